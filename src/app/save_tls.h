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
	bool wanted;		/**< it carries chosen messages, or their media */
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

/** That of a TCP segment; NULL: it is of none. O(those with the same ends). */
struct save_tls_conn *save_tls_find(const struct save_tls *t, const struct segment *seg);

/** How many are wanted. */
size_t save_tls_wanted(const struct save_tls *t);

/** Append the secrets of those that are wanted as lines of a key log, each once; the
 * caller wipes them. @return of how many connections there are some. */
size_t save_tls_secrets(const struct save_tls *t, const struct tls_keys *keys, struct buf *to);

void save_tls_release(struct save_tls *t);

#endif
