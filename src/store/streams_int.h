/** @file streams_int.h  Inside the store: media, and whose it is. */
#ifndef STORE_STREAMS_INT_H
#define STORE_STREAMS_INT_H

#include "store/store_int.h"
#include "store/stream.h"

struct media {
	struct chunks streams;	/* struct stream */
	struct chunks links;	/* struct stream_link */
	struct chunks claims;	/* struct stream_claim */
	struct chunks digits;	/* struct digit */
	struct hash_map map;	/* source, destination, SSRC to stream */
	struct hash_map ssrc_map;	/* SSRC to streams */
	struct hash_map claim_map;	/* end to claims */
	struct arena text;
	struct meter_setup setup;
	struct media_stats stats;
};

struct media *media_new(void);
void media_free(struct media *m);

/** Take in what a message with a description tells. */
void media_learn(struct store *s, struct call *c, uint32_t message, const struct sip_scan *scan);

/** Take in a packet of telephone events (RFC 4733) of a stream, or one of redundancy
 * (RFC 2198) that may hold some: a digit begins, goes on, ends, or is told again. Of SRTP
 * nothing is taken. O(1); allocates for a new digit. */
void media_digit(struct store *s, struct stream *st, const struct rtp *rtp,
		 const struct media_input *in, const struct stream_codec *codec);

/** The stream with that key, or NULL. O(1). */
struct stream *media_find(struct store *s, const struct net_endpoint *src,
			  const struct net_endpoint *dst, uint32_t ssrc);

/** The next stream with that SSRC, whatever its ends; begin with *cursor = 0; NULL at
 * the end. */
struct stream *media_next_ssrc(struct store *s, uint32_t ssrc, size_t *cursor);

#endif
