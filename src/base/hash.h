/**
 * @file hash.h  Keyed hashing, and a map from hashes to indexes.
 *
 * What is hashed comes from the wire, so the hash is keyed with a secret drawn
 * at start (hash_seed_random): a sender cannot aim at one bucket.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

/** Draw the process-wide key from the system; called once by main(). Tests
 * leave it at its fixed value, so that they repeat. */
void hash_seed_random(void);

extern uint64_t hash_seed[2];		/* private: the key */

/* Private: the 128-bit product of two words, folded. */
static inline uint64_t
hash_fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 u128;
	u128 product = (u128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
hash_word8(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint64_t
hash_word4(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/** 64 bits over @p n bytes. Some 0.2 ns a byte. */
static inline uint64_t
hash_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = hash_seed[0] ^ n, a = 0, b = 0;

	for (; n > 16; p += 16, n -= 16)
		h = hash_fold(hash_word8(p) ^ hash_seed[1], hash_word8(p + 8) ^ h);
	/* What is left, as two words that overlap where it is less than both. */
	if (n >= 8) {
		a = hash_word8(p);
		b = hash_word8(p + n - 8);
	} else if (n >= 4) {
		a = hash_word4(p);
		b = hash_word4(p + n - 4);
	} else if (n > 0) {
		a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
	}
	h = hash_fold(a ^ hash_seed[1], b ^ h);
	return hash_fold(h ^ hash_seed[0], hash_seed[1]);
}

static inline uint64_t
hash_str(struct str s)
{
	return hash_bytes(s.p, s.n);
}

/** Hash of an integer, keyed as hash_bytes(). */
static inline uint64_t
hash_u64(uint64_t v)
{
	return hash_fold(hash_fold(v ^ hash_seed[0], hash_seed[1]) ^ hash_seed[1], hash_seed[0]);
}

/** Of two. */
static inline uint64_t
hash_two(uint64_t a, uint64_t b)
{
	return hash_fold(hash_fold(a ^ hash_seed[1], b ^ hash_seed[0]) ^ hash_seed[0],
			 hash_seed[1]);
}

/**
 * A map from a hash to a 32-bit index, open addressing. It stores 8 bytes a
 * slot (a tag of the hash and the index) and asks the caller whether an index
 * with an equal tag is the one meant. It owns no elements.
 *
 * A large map grows by parts: entries move to the new slots a few at a time, with those
 * that are added and removed. Nobody waits for all of them.
 */
struct hash_map {
	struct hash_slot *slots;	/**< private */
	size_t mask;			/**< slots - 1; 0: nothing allocated */
	size_t live;			/**< entries */
	struct hash_slot *old;		/**< private: slots that entries still move from; NULL */
	size_t old_mask;		/**< private: 0: there are none */
	size_t moved;			/**< private: of the old ones, from the first on */
};

#define HASH_NONE	UINT32_MAX	/* no such index; never stored, nor the one before it */

/** Private. */
struct hash_slot {
	uint32_t tag;
	uint32_t inverse;	/* ~index: what was never written is free */
};

#define HASH_SLOT_FREE	0u	/* private: inverse of a slot never used */
#define HASH_SLOT_GONE	1u	/* private: of an old one whose entry went */

void hash_map_release(struct hash_map *m);

/** Bytes of its slots, those that are used: old ones go back as they are emptied. */
static inline size_t
hash_map_memory(const struct hash_map *m)
{
	size_t n = m->mask ? m->mask + 1 : 0;

	if (UNLIKELY(m->old))
		n = m->moved * (n / 64) / ((m->old_mask + 1) / 64) + m->old_mask + 1 - m->moved;
	return n * sizeof(*m->slots);
}

/** Pull the slot of @p hash towards the cache; no effect else. */
static inline void
hash_map_prefetch(const struct hash_map *m, uint64_t hash)
{
	/* As a number, for an empty map has no slots to point into. */
	__builtin_prefetch((const void *)((uintptr_t)m->slots +
					  ((uint32_t)hash & m->mask) * sizeof(*m->slots)));
}

/* Private: go on among the old slots. */
uint32_t hash_map_next_old(const struct hash_map *m, uint64_t hash, size_t *cursor);

#define HASH_CURSOR_OLD	((size_t)1 << 40)	/* private: from here on it counts old slots */

/**
 * Iterate over the candidates for @p hash: start with *cursor = 0, call until
 * HASH_NONE. Entries with the same tag but another key come up too: compare.
 */
static inline uint32_t
hash_map_next(const struct hash_map *m, uint64_t hash, size_t *cursor)
{
	uint32_t tag = (uint32_t)hash;

	if (!m->slots)
		return HASH_NONE;
	if (UNLIKELY(*cursor >= HASH_CURSOR_OLD))
		return hash_map_next_old(m, hash, cursor);
	/* Nearly all are in their slot or the next one. Which of these is no branch, for that would
	 * be guessed wrong too often. */
	if (*cursor == 0)
		*cursor = m->slots[tag & m->mask].tag != tag;
	for (;;) {
		const struct hash_slot *s = &m->slots[(tag + (*cursor)++) & m->mask];

		if (s->inverse == HASH_SLOT_FREE) {
			if (LIKELY(!m->old))
				return HASH_NONE;
			*cursor = HASH_CURSOR_OLD;
			return hash_map_next_old(m, hash, cursor);
		}
		if (s->tag == tag)
			return ~s->inverse;
	}
}

/** What hash_map_next() gives first. */
static inline uint32_t
hash_map_first(const struct hash_map *m, uint64_t hash)
{
	size_t cursor = 0;

	return hash_map_next(m, hash, &cursor);
}

/**
 * The same, where it is at one of two places, as nearly all are. Calls
 * nothing: for loops. @p m must have had an entry, ever.
 * @return HASH_NONE: ask hash_map_first().
 */
static ALWAYS_INLINE uint32_t
hash_map_guess(const struct hash_map *m, uint32_t tag)
{
	const struct hash_slot *s = &m->slots[tag & m->mask];

	/* As there, no branch. */
	s = &m->slots[(tag + (s->tag != tag)) & m->mask];
	return LIKELY(s->tag == tag) ? ~s->inverse : HASH_NONE;
}

/** Add; duplicates are not detected. O(1); a large map takes new slots of the system, and
 * others move: an iteration begins anew after it.
 * Growing rehashes by the tag and the position alone (needs no keys). */
void hash_map_add(struct hash_map *m, uint64_t hash, uint32_t index);

/** The same; of different hashes those that were added last are found at once, at the cost of
 * the ones before. For what is soon needed often, and seldom after. */
void hash_map_add_first(struct hash_map *m, uint64_t hash, uint32_t index);

/** Take the entry of @p hash with @p index away. Others may move: an iteration begins anew
 * after it. @return whether it was there. */
bool hash_map_remove(struct hash_map *m, uint64_t hash, uint32_t index);

/** Give back the slots of a map of which few are left: O(1), when called after each
 * hash_map_remove(). Not within a walk by hash_map_next(). */
void hash_map_trim(struct hash_map *m);

/** Let the entry of @p hash with index @p from be @p to. */
bool hash_map_replace(struct hash_map *m, uint64_t hash, uint32_t from, uint32_t to);

#endif
