/**
 * @file save_media.h  Which packets are media of chosen calls, or of chosen streams.
 *
 * Exactly those that were measured as their streams: by source, destination and SSRC
 * (T.38: by its ends), copies of packets included; and the RTCP about them, by where it
 * is sent (the port of RTP when both share one, the one above it, what a description
 * names) and by the SSRCs in it. Not what else goes between the same ports: STUN, DTLS,
 * streams that are of no chosen call. Where another stream has the same key later, the
 * time of each tells them apart.
 *
 * Media in a TCP connection is kept with the whole connection; media inside TURN or HEP
 * as it was captured, of TURN with the requests that bind its channels.
 */
#ifndef APP_SAVE_MEDIA_H
#define APP_SAVE_MEDIA_H

#include "base/hash.h"
#include "decode/segment.h"
#include "store/store.h"
#include "store/stream.h"

#define SAVE_MEDIA_AFTER	(5 * NS_PER_S)	/* RTCP on its way when a call ends */

/** What a packet is known by, and when it may come. Spans of the same that touch are one,
 * so that many streams between the same ends cost what one does. */
struct save_span {
	struct net_endpoint a, b;	/**< b: family NET_NONE where one end is enough */
	uint32_t ssrc;
	uint32_t older;		/**< the next one of the same; HASH_NONE: none */
	int64_t from, to;
	uint8_t what;		/**< private */
	bool shared;		/**< a stream that is not chosen has the same key */
};

/** A chosen stream. */
struct save_stream {
	struct net_endpoint src, dst;
	uint8_t carriage;	/**< enum stream_carriage */
	uint16_t source;	/**< of its first packet */
};

/** Zeroes to begin with. */
struct save_media {
	struct save_stream *list;
	size_t n, cap;
	struct save_span *spans;
	size_t span_n, span_cap;
	struct hash_map map;		/**< spans, the newest one of each key */
	struct hash_map foreign_map;	/**< SSRC of others between ends of rtcp */
	struct hash_map told_map;	/**< RTCP ends that descriptions name, by that of RTP */
	struct hash_map once_map;	/**< streams of the store that are in list */
	struct net_endpoint (*told)[2];	/**< RTP, RTCP */
	uint32_t *once;
	size_t told_n, told_cap, once_n, once_cap;
	const struct stream_link **links;	/**< of one call */
	const struct stream_claim **claims;	/**< likewise */
	size_t link_cap, claim_cap;
	uint32_t carriages;		/**< bits by enum stream_carriage that occur */
};

/** Take in the streams of a call, at the end of list; those that are there are not
 * taken twice. */
void save_media_add(struct save_media *m, const struct store *s, const struct call *c);

/** Take in one stream. The RTCP about it is that of its first call's time; of one that is of no
 * call, from its first packet on. */
void save_media_add_stream(struct save_media *m, const struct store *s, uint32_t stream);

/** All are added: learn which streams of others may be taken for theirs.
 * O(streams of the store). */
void save_media_seal(struct save_media *m, const struct store *s);

/** Whether the packet is of a chosen stream, or is RTCP about one. Not for what comes by
 * TCP. O(1). */
bool save_media_takes(const struct save_media *m, const struct segment *seg);

/** Whether a TCP segment is of a connection in which a chosen stream came. O(1). */
bool save_media_has_tcp(const struct save_media *m, const struct segment *seg);

void save_media_release(struct save_media *m);

#endif
