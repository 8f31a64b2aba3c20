/** @file stream_new.h  Inside the store: streams by their keys, and how they begin. */
#ifndef STORE_STREAM_NEW_H
#define STORE_STREAM_NEW_H

#include "store/rtp_ahead.h"
#include "store/streams_int.h"

#define SILENCE		(5 * NS_PER_S)	/* after it, a stream is looked at again */

struct stream_key {
	uint64_t word[2];	/* of IPv4 all there is; of IPv6 a hash of the addresses */
	uint64_t hash;
};

/** Of IPv4. @p ends: both addresses as they are in a packet, a word; @p rest: source port,
 * destination port and SSRC, from the highest bit on. */
static inline void
key_make_words(struct stream_key *k, uint64_t ends, uint64_t rest)
{
	k->word[0] = ends;
	k->word[1] = rest;
	k->hash = rtp_key_hash(ends, rest);
}

/** What stands for the addresses of IPv6, 16 bytes each. */
static inline uint64_t
key_of_ip6(const uint8_t *src, const uint8_t *dst)
{
	uint64_t h = hash_fold(hash_word8(src) ^ hash_seed[0], hash_word8(src + 8) ^ hash_seed[1]);

	return hash_fold(h ^ hash_word8(dst) ^ hash_seed[1], hash_word8(dst + 8) ^ hash_seed[0]) ^ h;
}

static inline void
key_make(struct stream_key *k, const struct net_endpoint *src, const struct net_endpoint *dst,
	 uint32_t ssrc)
{
	uint64_t rest = (uint64_t)src->port << 48 | (uint64_t)dst->port << 32 | ssrc;
	uint64_t h;

	if (LIKELY(src->addr.family == NET_IP4)) {
		unsigned char ends[8];

		memcpy(ends, src->addr.bytes, 4);
		memcpy(ends + 4, dst->addr.bytes, 4);
		h = hash_word8(ends);
	} else {
		h = key_of_ip6(src->addr.bytes, dst->addr.bytes);
	}
	key_make_words(k, h, rest);
}

static inline bool
has_key(const struct stream *st, const uint64_t *word)
{
	return st->key[0] == word[0] && st->key[1] == word[1];
}

static inline bool
is_stream(const struct stream *st, const struct stream_key *k, const struct net_endpoint *src,
	  const struct net_endpoint *dst)
{
	/* Of IPv4 the key tells all. */
	return has_key(st, k->word) &&
		(LIKELY(!(st->check & CHECK_KEY) && src->addr.family == NET_IP4 &&
			dst->addr.family == NET_IP4) ||
		 (net_endpoint_eq(&st->src, src) && net_endpoint_eq(&st->dst, dst)));
}

/** The newest stream with that key; NULL: none. O(1). */
struct stream *stream_find(const struct store *s, const struct stream_key *k,
			   const struct net_endpoint *src, const struct net_endpoint *dst);

static inline uint64_t
media_pair_hash(uint32_t from, uint32_t to)
{
	return hash_u64((uint64_t)from << 32 | to);
}

/** The pair of two ends; NULL: none. O(1). */
struct media_pair *media_pair_find(const struct media *md, uint32_t from, uint32_t to);

/** What is known of a packet of no stream so far. */
struct start {
	struct stream_key key;
	size_t n;		/* of matches */
	struct media_end *src, *dst;	/* NULL: not known */
	struct media_pair *pair;	/* NULL: none yet */
	const struct candidate_packet *held;
	size_t held_n;
	uint8_t confidence;
	struct link_match matches[LINK_MATCHES_MAX];	/* n of them are set */
};

/** Nothing is known but its key: for each packet of none, so that matches stay as they are. */
static inline void
start_init(struct start *start, const struct stream_key *key, uint8_t confidence)
{
	start->key = *key;
	start->n = start->held_n = 0;
	start->src = start->dst = NULL;
	start->pair = NULL;
	start->held = NULL;
	start->confidence = confidence;
}

/** Whether there is room for another stream between two ends; counted where not. */
bool stream_has_room(struct media *md, const struct start *start);

/** Fill in what is known of the ends, and the calls that a stream between them is of. */
void stream_find_calls(struct store *s, const struct media_input *in, uint32_t ssrc,
		       uint8_t payload_type, struct start *start);

/** A stream begins, in the place of @p before, which has its key; NULL: none has. */
struct stream *stream_add(struct store *s, const struct media_input *in, uint32_t ssrc,
			  enum stream_kind kind, const struct start *start,
			  struct stream *before);

static inline void
stream_note_flaw(struct media *md, struct stream *st, enum rtp_flaw_bit bit)
{
	if (!(st->flaws & 1u << bit))
		md->stats.flaws[bit]++;
	st->flaws = (uint16_t)(st->flaws | 1u << bit);
}

#endif
