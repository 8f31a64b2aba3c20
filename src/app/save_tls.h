/**
 * @file save_tls.h  The TLS connections that carry chosen messages.
 *
 * Which connection a packet is of is told by its ends and its time: what used the same
 * ports before or after is another one.
 */
#ifndef APP_SAVE_TLS_H
#define APP_SAVE_TLS_H

#include "app/streams.h"
#include "base/hash.h"

struct save_tls_conn {
	struct net_endpoint ends[2];
	int64_t first, last;	/**< INT64_MAX: it goes on */
	uint8_t random[32];	/**< of the client */
	bool has_random;
	uint32_t older;		/**< with the same ends; HASH_NONE: none */
};

/** Zeroes to begin with. */
struct save_tls {
	struct save_tls_conn *list;
	size_t n, cap;
	struct hash_map map;	/**< the newest one of each pair of ends */
};

/** Take in all that are known, those that go on too. O(connections). */
void save_tls_learn(struct save_tls *t, const struct streams *s);

#define SAVE_TLS_NONE	UINT32_MAX

/** The index of that of a TCP segment, or SAVE_TLS_NONE. O(those with the same ends). */
uint32_t save_tls_find(const struct save_tls *t, const struct segment *seg);

void save_tls_release(struct save_tls *t);

/** Those that go into a file. Zeroes to begin with. */
struct save_tls_set {
	uint64_t *bits;		/**< owned */
	size_t words;
	size_t n;
};

void save_tls_set_add(struct save_tls_set *set, uint32_t i);
void save_tls_set_release(struct save_tls_set *set);

/** Append the secrets of those in @p set as lines of a key log, each once; the caller
 * wipes them. @return of how many connections there are some. */
size_t save_tls_secrets(const struct save_tls *t, const struct save_tls_set *set,
			const struct tls_keys *keys, struct buf *to);

#endif
