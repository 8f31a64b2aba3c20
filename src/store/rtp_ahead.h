/**
 * @file rtp_ahead.h  Packets of RTP that come next: where their streams are kept is far away in
 * memory, and comes closer while others are looked at.
 *
 * A packet takes three steps. When it is put here the place in the map that its key leads to is
 * asked for; when some are together, store_expect_rtps() reads these places and asks for the
 * streams they lead to; store_go_on() counts.
 */
#ifndef STORE_RTP_AHEAD_H
#define STORE_RTP_AHEAD_H

#include "base/bytes.h"
#include "base/hash.h"
#include "store/stream.h"

#define RTP_AHEAD_MAX	64u	/* packets together */

/** What is known of a packet without its headers. */
enum rtp_ahead_kind {
	RTP_AHEAD_OTHER,	/* .in tells of it */
	RTP_AHEAD_IP4,		/* a header of IPv4 without options was before it */
	RTP_AHEAD_IP6,		/* a header of IPv6 without more of them was before it */
};

struct rtp_ahead {
	/** An RTP header without a flaw, of which 12 bytes were captured, and before it the headers
	 * of UDP and IP that brought it, as .kind says; OTHER: not used. Borrowed. */
	const uint8_t *rtp;
	int64_t time;		/**< not TIME_NONE, but with OTHER */
	uint32_t bytes;		/**< of payload, rtp.payload_length, fewer than 65535; OTHER: not used */
	uint8_t kind;		/**< enum rtp_ahead_kind */
	const struct media_input *in;	/**< with OTHER. Borrowed */
	/* Private. */
	uint32_t hash;		/* what a map looks at of it */
	uint64_t key[2];
	struct stream *stream;	/* that it is of, as it seems; NULL: none is known */
};

/** Where streams are found: for rtp_ahead_put(). It stays while the store does, but not what it
 * says. */
const struct hash_map *store_rtp_map(const struct store *s);

/* Private to streams. The hash of a key: each product takes in what a sender chose together
 * with the seed. */
static inline uint64_t
rtp_key_hash(uint64_t ends, uint64_t rest)
{
	uint64_t h = hash_fold(ends ^ hash_seed[1], rest ^ hash_seed[0]);

	return hash_fold(h ^ hash_seed[0], hash_seed[1]);
}

/* Where addresses and ports are before RTP, in front of the length and the checksum of UDP. */
#define RTP_ENDS_BEFORE		16
#define RTP_ENDS_BEFORE6	40	/* of IPv6 */

/** A packet comes, of which all that its kind wants is filled in. O(1). */
void rtp_ahead_put(struct rtp_ahead *a, const struct hash_map *map);

/** The same of IPv4; @p ports: the source port above, the destination port below. */
static ALWAYS_INLINE void
rtp_ahead_put_ip4(struct rtp_ahead *a, const uint8_t *rtp, uint32_t ports, uint32_t bytes,
		  int64_t time, const struct hash_map *map)
{
	uint64_t ends = hash_word8(rtp - RTP_ENDS_BEFORE);
	uint64_t rest = (uint64_t)ports << 32 | get_be32(rtp + 8);
	uint64_t hash = rtp_key_hash(ends, rest);

	hash_map_prefetch(map, hash);
	a->rtp = rtp;
	a->time = time;
	a->bytes = bytes;
	a->kind = RTP_AHEAD_IP4;
	a->hash = (uint32_t)hash;
	a->key[0] = ends;
	a->key[1] = rest;
}

/** Those of some that begin streams, as it seems: private. */
struct rtp_new {
	size_t n;
	/* Of both ends of each: what they are found by, and which they are. */
	uint64_t hashes[2 * RTP_AHEAD_MAX];
	uint32_t ends[2 * RTP_AHEAD_MAX];
};

/**
 * @p n packets, RTP_AHEAD_MAX at most, come next, or after messages. What those need that begin
 * streams is a chain: each of these asks for what is next on the way, and other work between
 * them is time that it takes to come.
 * @param[out] new  for store_expect_new() and store_expect_calls(), in this order, before the
 *                  packets; these may be left out
 */
void store_expect_rtps(const struct store *s, struct rtp_ahead *ahead, size_t n,
		       struct rtp_new *new);
void store_expect_new(const struct store *s, struct rtp_new *new);
void store_expect_calls(const struct store *s, const struct rtp_new *new);

/** Between them, too: most of a stream is looked at where its next packet does not go on as the
 * one before it did. Streams that this is sure of are asked for as a whole. */
void store_expect_whole(const struct rtp_ahead *ahead, size_t n);

/**
 * Take as many of @p n packets that were expected as go on where the one before them in their
 * streams was: most do. Since then nothing may have been let go of. O(1) a packet.
 * @return how many; the one behind them is for store_add_rtp(), whereupon the rest goes on
 */
size_t store_go_on(struct store *s, const struct rtp_ahead *ahead, size_t n);

#endif
