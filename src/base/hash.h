/**
 * @file hash.h  Keyed hashing, and a map from hashes to indexes.
 *
 * What is hashed comes from the wire, so the hash is keyed with a secret drawn
 * at start (hash_set_seed): a sender cannot aim at one bucket.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

/** Draw the process-wide key from the system; called once by main(). Tests
 * leave it at its fixed value, so that they repeat. */
void hash_seed_random(void);

/** 64 bits over @p n bytes. Some 0.3 ns a byte. */
uint64_t hash_bytes(const void *p, size_t n);

static inline uint64_t
hash_str(struct str s)
{
	return hash_bytes(s.p, s.n);
}

/** Hash of an integer, keyed as hash_bytes(). */
uint64_t hash_u64(uint64_t v);

/**
 * A map from a hash to a 32-bit index, open addressing. It stores 8 bytes a
 * slot (a tag of the hash and the index) and asks the caller whether an index
 * with an equal tag is the one meant. It owns no elements.
 */
struct hash_map {
	struct hash_slot *slots;	/**< private */
	size_t mask;			/**< slots - 1; 0: nothing allocated */
	size_t used;			/**< entries, removed ones included */
	size_t live;			/**< entries */
};

#define HASH_NONE	UINT32_MAX	/* no such index; never stored */

struct hash_slot {
	uint32_t tag;
	uint32_t index;
};

void hash_map_release(struct hash_map *m);

/** Pull the slot of @p hash towards the cache; no effect else. */
void hash_map_prefetch(const struct hash_map *m, uint64_t hash);

/**
 * Iterate over the candidates for @p hash: start with *cursor = 0, call until
 * HASH_NONE. Entries with the same tag but another key come up too: compare.
 */
uint32_t hash_map_next(const struct hash_map *m, uint64_t hash, size_t *cursor);

/** Add; duplicates are not detected. Amortised O(1).
 * Growing rehashes by the tag and the position alone (needs no keys). */
void hash_map_add(struct hash_map *m, uint64_t hash, uint32_t index);

/** Take the entry of @p hash with @p index away. @return whether it was there. */
bool hash_map_remove(struct hash_map *m, uint64_t hash, uint32_t index);

/** Let the entry of @p hash with index @p from be @p to. */
bool hash_map_replace(struct hash_map *m, uint64_t hash, uint32_t from, uint32_t to);

#endif
