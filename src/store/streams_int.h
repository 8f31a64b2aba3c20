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
	struct reports *reports;	/* store/reports_int.h; NULL: none yet */
};

struct media *media_new(void);
void media_free(struct media *m);

/** Take in what a message with a description tells. */
void media_learn(struct store *s, struct call *c, uint32_t message, const struct sip_scan *scan);

/** Take in a packet of telephone events (RFC 4733) of a stream: a digit begins, goes on,
 * ends, or is told again. */
void media_digit(struct store *s, struct stream *st, const struct rtp *rtp,
		 const struct media_input *in, const struct stream_codec *codec);

/** The stream with that key, or NULL. O(1). */
struct stream *media_find(struct store *s, const struct net_endpoint *src,
			  const struct net_endpoint *dst, uint32_t ssrc);

/** The next stream with that SSRC, whatever its ends; begin with *cursor = 0; NULL at
 * the end. */
struct stream *media_next_ssrc(struct store *s, uint32_t ssrc, size_t *cursor);

/* ---- reports.c ---- */

/** Give what was reported of a stream before it was known. To be called when one is new, its
 * ends set and it can be found. O(1) where nothing waits. */
void reports_stream_new(struct store *s, struct stream *st);

/** All is read: what still waits is tried once more, and counted. */
void reports_end(struct store *s);

/** Before the media of the store is freed. */
void reports_free(struct store *s);

/** Take a PUBLISH or NOTIFY in that may hold a voice quality report. */
void reports_learn_vq(struct store *s, uint32_t message, const struct sip_scan *scan);

/** Take a report of a capture agent in, which is JSON. */
void reports_learn_json(struct store *s, const struct event_input *in);

/** That RTCP of one SSRC tells of another: both are of one session. */
struct rtcp_partner {
	struct net_endpoint src, dst;	/* of the packet: sent by who has @by */
	uint32_t by, about;
};

/** The next partner of an SSRC, on either side: begin with *cursor = 0; NULL at the end.
 * A bounded number is kept, each pair once. Where one of two SSRCs is that of a stream of a
 * call, the other one's stream is of it too (STREAM_HOW_RTCP). */
const struct rtcp_partner *media_next_partner(const struct store *s, uint32_t ssrc,
					      size_t *cursor);

#endif
