/*
 * What is far away is asked for before it is needed, and no more at once than the memory brings
 * meanwhile: a processor waits for a place to note what it asked for when there is none.
 */
#include "store/rtp_ahead.h"

#include "store/stream_new.h"

#define LINE	64u	/* of the cache */
#define ASKED	16u	/* packets that streams are asked for ahead */

_Static_assert(sizeof(struct rtp_ahead) == LINE, "one is a line of the cache");

const struct hash_map *
store_rtp_map(const struct store *s)
{
	return &s->media->map;
}

void
rtp_ahead_put(struct rtp_ahead *a, const struct hash_map *map)
{
	const struct media_input *in = a->in;
	const uint8_t *p = a->rtp;
	struct stream_key key;

	switch (a->kind) {
	case RTP_AHEAD_IP4:
		rtp_ahead_put_ip4(a, p, get_be32(p - 8), a->bytes, a->time, map);
		return;
	case RTP_AHEAD_IP6:
		p -= RTP_ENDS_BEFORE6;
		key_make_words(&key, key_of_ip6(p, p + 16),
			       (uint64_t)get_be32(p + 32) << 32 | get_be32(a->rtp + 8));
		break;
	default:
		key_make(&key, in->src, in->dst, in->payload.n < RTP_HEADER ? 0
			 : get_be32((const uint8_t *)in->payload.p + 8));
		break;
	}
	hash_map_prefetch(map, key.hash);
	a->key[0] = key.word[0];
	a->key[1] = key.word[1];
	a->hash = (uint32_t)key.hash;
}

/* ---- streams that begin ---- */

static void
ends_of(const struct rtp_ahead *a, struct net_endpoint *src, struct net_endpoint *dst)
{
	const uint8_t *p;

	if (a->kind == RTP_AHEAD_IP4) {
		p = a->rtp - RTP_ENDS_BEFORE;
		net_addr_set_ip4(&src->addr, p);
		net_addr_set_ip4(&dst->addr, p + 4);
		src->port = get_be16(p + 8);
		dst->port = get_be16(p + 10);
	} else if (a->kind == RTP_AHEAD_IP6) {
		p = a->rtp - RTP_ENDS_BEFORE6;
		*src = (struct net_endpoint){ net_addr_ip6(p), get_be16(p + 32) };
		*dst = (struct net_endpoint){ net_addr_ip6(p + 16), get_be16(p + 34) };
	} else {
		*src = *a->in->src;
		*dst = *a->in->dst;
	}
}

static void
expect_ends(const struct media *md, struct rtp_new *new, const struct rtp_ahead *a)
{
	uint64_t *hash = &new->hashes[2 * new->n++];
	struct net_endpoint src, dst;

	ends_of(a, &src, &dst);
	hash[0] = net_endpoint_hash(&src);
	hash[1] = net_endpoint_hash(&dst);
	hash_map_prefetch(&md->end_map, hash[0]);
	hash_map_prefetch(&md->end_map, hash[1]);
	if (md->by_ssrc)
		hash_map_prefetch(&md->ssrc_map, hash_u64((uint32_t)a->key[1]));
}

void
store_expect_new(const struct store *s, struct rtp_new *new)
{
	const struct media *md = s->media;

	for (size_t i = 0; i < 2 * new->n; i++) {
		new->ends[i] = hash_map_first(&md->end_map, new->hashes[i]);
		if (new->ends[i] != HASH_NONE)
			__builtin_prefetch(chunks_at(&md->ends, new->ends[i]), 1);
	}
}

static void
expect_back(const struct media *md, uint32_t i)
{
	const struct stream *st;

	if (i == STREAM_NONE)
		return;
	st = chunks_at(&md->streams, i);
	__builtin_prefetch(st, 1);
	__builtin_prefetch(&st->ssrc, 1);
}

void
store_expect_calls(const struct store *s, const struct rtp_new *new)
{
	const struct media *md = s->media;
	const struct stream_claim *claims[2 * RTP_AHEAD_MAX];
	size_t left = 0;

	for (size_t i = 0; i < 2 * new->n; i++) {
		const struct media_end *end;

		if (new->ends[i] == HASH_NONE)
			continue;
		end = chunks_at(&md->ends, new->ends[i]);
		expect_back(md, end->from);
		if (end->claims == UINT32_MAX)
			continue;
		claims[left] = chunks_at(&md->claims, end->claim);
		__builtin_prefetch(claims[left++]);
		__builtin_prefetch(chunks_at(&md->end_claims, end->claims));
	}
	for (size_t i = 0; i < left; i++) {
		const struct call *c = chunks_at(&s->calls, claims[i]->call);

		__builtin_prefetch(&c->ended);
		__builtin_prefetch(&c->streams, 1);
	}
}

/* ---- those that go on ---- */

/* @return whether it is known. */
static ALWAYS_INLINE bool
expect_stream(const struct chunks *streams, struct rtp_ahead *a, uint32_t guess)
{
	struct stream *st;

	a->stream = NULL;
	if (UNLIKELY(guess == HASH_NONE))
		return false;
	st = chunks_at(streams, guess);
	__builtin_prefetch(st, 1);
	__builtin_prefetch((const char *)st + LINE, 1);
	a->stream = st;
	return true;
}

void
store_expect_rtps(const struct store *s, struct rtp_ahead *ahead, size_t n, struct rtp_new *new)
{
	const struct media *md = s->media;
	/* Nobody can change copies. */
	const struct hash_map map = md->map;
	const struct chunks streams = md->streams;
	uint8_t left[RTP_AHEAD_MAX];
	size_t left_n = 0;

	if (n > RTP_AHEAD_MAX)
		BUG("%zu packets ahead", n);
	new->n = 0;
	for (size_t i = 0; i < n; i++)
		if (UNLIKELY(!map.slots || !expect_stream(&streams, &ahead[i],
							  hash_map_guess(&map, ahead[i].hash))))
			left[left_n++] = (uint8_t)i;
	for (size_t i = 0; i < left_n; i++) {
		struct rtp_ahead *a = &ahead[left[i]];

		if (!expect_stream(&streams, a, hash_map_first(&map, a->hash)))
			expect_ends(md, new, a);
	}
}

void
store_expect_whole(const struct rtp_ahead *ahead, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct stream *st = ahead[i].stream;

		if (LIKELY(!st || meter_runs(&st->meter)))
			continue;
		for (size_t k = 2; k < sizeof(*st) / LINE; k++)
			__builtin_prefetch((const char *)st + k * LINE, 1);
	}
}

/* The payload type is that of the packet before it, with what is known of that; one with
 * the marker is equal to none. */
static ALWAYS_INLINE bool
goes_on(struct stream *st, const struct rtp_ahead *a, const struct meter_setup *setup)
{
	const uint8_t *p = a->rtp;

	return st->payload_type == p[1] &&
		meter_go_on(&st->meter, a->time, get_be32(p + 4), get_be16(p + 2), p[1],
			    (uint16_t)a->bytes, setup);
}

/* Of IPv6 the key is no proof, and the addresses are compared. */
static bool
is_ip6_of(const struct stream *st, const struct rtp_ahead *a)
{
	const uint8_t *p;

	if (a->kind != RTP_AHEAD_IP6 || st->kind == STREAM_T38)
		return false;
	p = a->rtp - RTP_ENDS_BEFORE6;
	return st->src.addr.family == NET_IP6 && memcmp(st->src.addr.bytes, p, 16) == 0 &&
		st->dst.addr.family == NET_IP6 && memcmp(st->dst.addr.bytes, p + 16, 16) == 0;
}

/* A stream of IPv6, or one whose latest packet moved it on in nothing but time: a copy. */
static NOINLINE bool
goes_on_all_the_same(struct stream *st, const struct rtp_ahead *a, const struct meter_setup *setup)
{
	if (st->check & ~(CHECK_KEY | CHECK_TIME) ||
	    !(st->check & CHECK_KEY ? is_ip6_of(st, a) : a->kind == RTP_AHEAD_IP4) ||
	    (st->check & CHECK_TIME && a->time < st->last) || !goes_on(st, a, setup))
		return false;
	st->check &= (uint8_t)~CHECK_TIME;
	return true;
}

static ALWAYS_INLINE bool
goes_on_at_once(struct stream *st, const struct rtp_ahead *a, const struct meter_setup *setup)
{
	if (UNLIKELY(!st || !has_key(st, a->key)))
		return false;
	if (UNLIKELY(st->check != 0 || a->kind != RTP_AHEAD_IP4))
		return goes_on_all_the_same(st, a, setup);
	return goes_on(st, a, setup);
}

size_t
store_go_on(struct store *s, const struct rtp_ahead *ahead, size_t n)
{
	const struct meter_setup *setup = &s->media->setup;
	size_t i = 0;

	for (; i < n && LIKELY(goes_on_at_once(ahead[i].stream, &ahead[i], setup)); i++)
		ahead[i].stream->run++;
	s->media->stats.rtp += i;
	return i;
}
