/*
 * A packet is looked up as it was when it was measured: by source, destination and SSRC.
 * RTCP has other ends, and who sends it need not send media: it is taken where it names
 * a chosen stream and one of its ends is where RTCP of that stream goes; or, where it
 * names none that is known, when both of its ends are.
 */
#include "app/save_media.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "decode/hep.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/turn.h"
#include "media/udptl.h"

#define PARTS_MAX	64u	/* looked at of a compound of RTCP */

/* ---- keys ---- */

/* What spans are of: which packets, known by which ends. */
enum span_what {
	SPAN_RTP,		/* from a to b, SSRC */
	SPAN_FAX,		/* from a to b */
	SPAN_RTCP,		/* between a and b, either way */
	SPAN_ABOUT,		/* a is an end of the RTCP about that SSRC */
	SPAN_ABOUT_TURN,	/* the same, of what came inside TURN */
	SPAN_TCP,		/* media came in connections between a and b */
	SPAN_TURN,		/* media inside TURN came from or to a */
	SPAN_CHANNEL,		/* it went between a and b */
};

static const struct net_endpoint nowhere;

static bool
has_direction(enum span_what what)
{
	return what == SPAN_RTP || what == SPAN_FAX;
}

static uint64_t
pair_hash(const struct net_endpoint *a, const struct net_endpoint *b)
{
	/* The same in either order. */
	return hash_u64(net_endpoint_hash(a) + net_endpoint_hash(b));
}

static uint64_t
span_hash(const struct save_span *key)
{
	uint64_t ends = has_direction(key->what)
		? net_endpoint_hash(&key->a) ^ net_endpoint_hash(&key->b) * 3
		: net_endpoint_hash(&key->a) + net_endpoint_hash(&key->b);

	return hash_u64(hash_u64(ends) ^ ((uint64_t)key->what << 32 | key->ssrc));
}

static bool
is_pair(const struct net_endpoint *ends, const struct net_endpoint *a,
	const struct net_endpoint *b)
{
	return (net_endpoint_eq(&ends[0], a) && net_endpoint_eq(&ends[1], b)) ||
		(net_endpoint_eq(&ends[0], b) && net_endpoint_eq(&ends[1], a));
}

static bool
is_in(int64_t time, int64_t from, int64_t to)
{
	return time == TIME_NONE || (time >= from && time <= to);
}

/* ---- spans ---- */

static bool
is_same_key(const struct save_span *x, const struct save_span *y)
{
	const struct net_endpoint ends[2] = { x->a, x->b };

	if (x->what != y->what || x->ssrc != y->ssrc)
		return false;
	if (has_direction(x->what))
		return net_endpoint_eq(&x->a, &y->a) && net_endpoint_eq(&x->b, &y->b);
	return is_pair(ends, &y->a, &y->b);
}

/* The newest span with the key of @key; HASH_NONE: there is none. */
static uint32_t
spans_find(const struct save_media *m, const struct save_span *key)
{
	uint64_t hash = span_hash(key);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->map, hash, &cursor)) != HASH_NONE)
		if (is_same_key(&m->spans[i], key))
			return i;
	return HASH_NONE;
}

/* Calls come in the order in which they began: what may be joined is among the latest. */
#define JOIN_MAX	8

static void
spans_add(struct save_media *m, struct save_span span)
{
	uint32_t first = spans_find(m, &span), i = first;

	for (int looked = 0; i != HASH_NONE && looked < JOIN_MAX; looked++) {
		struct save_span *old = &m->spans[i];

		if (span.from <= old->to && span.to >= old->from) {
			old->from = span.from < old->from ? span.from : old->from;
			old->to = span.to > old->to ? span.to : old->to;
			return;
		}
		i = old->older;
	}
	ARRAY_GROW(m->spans, m->span_cap, m->span_n + 1);
	span.older = HASH_NONE;
	if (first != HASH_NONE) {
		/* The first in the map stays there, and the new one is what it says. */
		struct save_span was = m->spans[first];

		span.older = (uint32_t)m->span_n;
		m->spans[first] = span;
		m->spans[m->span_n++] = was;
		return;
	}
	hash_map_add(&m->map, span_hash(&span), (uint32_t)m->span_n);
	m->spans[m->span_n++] = span;
}

/* Whether there is one of that key at @time; TIME_NONE: at any. */
static bool
spans_have(const struct save_media *m, struct save_span key, int64_t time)
{
	for (uint32_t i = spans_find(m, &key); i != HASH_NONE; i = m->spans[i].older)
		if (is_in(time, m->spans[i].from, m->spans[i].to))
			return true;
	return false;
}

/* ---- what is chosen ---- */

/* The end to which RTCP goes by a description, where RTP goes to @at; NULL: not told. */
static const struct net_endpoint *
told_rtcp(const struct save_media *m, const struct net_endpoint *at)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->told_map, net_endpoint_hash(at), &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&m->told[i][0], at))
			return &m->told[i][1];
	return NULL;
}

static void
learn_rtcp(struct save_media *m, const struct store *s, const struct call *c)
{
	size_t n = store_call_claims(s, c, &m->claims, &m->claim_cap);

	for (size_t i = 0; i < n; i++) {
		const struct stream_claim *claim = m->claims[i];

		struct net_endpoint rtcp = store_claim_rtcp(s, claim);

		if (rtcp.addr.family == NET_NONE || told_rtcp(m, &claim->at))
			continue;
		ARRAY_GROW(m->told, m->told_cap, m->told_n + 1);
		m->told[m->told_n][0] = claim->at;
		m->told[m->told_n][1] = rtcp;
		hash_map_add(&m->told_map, net_endpoint_hash(&claim->at), (uint32_t)m->told_n++);
	}
}

/* Where RTCP of a stream with that end may come from or go to. @return how many. */
static size_t
rtcp_ends(const struct save_media *m, const struct net_endpoint *at, struct net_endpoint ends[3])
{
	const struct net_endpoint *told = told_rtcp(m, at);
	size_t n = 0;

	ends[n++] = *at;
	if (at->port < UINT16_MAX) {
		ends[n] = *at;
		ends[n++].port++;
	}
	if (told && !net_endpoint_eq(told, &ends[0]) && !net_endpoint_eq(told, &ends[n - 1]))
		ends[n++] = *told;
	return n;
}

static void
add_rtcp(struct save_media *m, const struct stream *st, int64_t from, int64_t to)
{
	const struct net_endpoint *sides[] = { &st->src, &st->dst };
	struct net_endpoint ends[2][3];
	size_t n[2];

	for (int side = 0; side < 2; side++) {
		n[side] = rtcp_ends(m, sides[side], ends[side]);
		for (size_t i = 0; i < n[side]; i++) {
			struct save_span about = {
				.what = SPAN_ABOUT, .a = ends[side][i], .ssrc = st->ssrc,
				.from = from, .to = to,
			};

			spans_add(m, about);
			about.what = SPAN_ABOUT_TURN;
			if (st->carriage == STREAM_OVER_TURN)
				spans_add(m, about);
		}
	}
	for (size_t i = 0; i < n[0]; i++)
		for (size_t k = 0; k < n[1]; k++)
			spans_add(m, (struct save_span){
				.what = SPAN_RTCP, .a = ends[0][i], .b = ends[1][k],
				.from = from, .to = to,
			});
}

/* What carries a stream, where that is no datagram of its own. */
static void
add_carriage(struct save_media *m, const struct stream *st, int64_t from, int64_t to)
{
	struct save_span span = { .what = SPAN_TCP, .a = st->src, .b = st->dst,
				  .from = from, .to = to };

	if (st->carriage == STREAM_OVER_TCP) {
		spans_add(m, span);
		return;
	}
	if (st->carriage != STREAM_OVER_TURN)
		return;
	span.what = SPAN_TURN;
	span.b = nowhere;
	spans_add(m, span);
	span.a = st->dst;
	spans_add(m, span);
	/* A channel may be bound long before. */
	spans_add(m, (struct save_span){ .what = SPAN_CHANNEL, .a = st->src, .b = st->dst,
					.from = INT64_MIN, .to = INT64_MAX });
}

static bool
is_new(struct save_media *m, uint32_t stream)
{
	uint64_t hash = hash_u64(stream);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->once_map, hash, &cursor)) != HASH_NONE)
		if (m->once[i] == stream)
			return false;
	ARRAY_GROW(m->once, m->once_cap, m->once_n + 1);
	m->once[m->once_n] = stream;
	hash_map_add(&m->once_map, hash, (uint32_t)m->once_n++);
	return true;
}

/* @c: NULL where it is of none. */
static void
add_stream(struct save_media *m, const struct stream *st, const struct call *c)
{
	struct meter_figures f;
	int64_t from, end;

	meter_figures(&st->meter, &f);
	from = f.start;
	end = f.end;
	if (c && c->start != TIME_NONE && c->start < from)
		from = c->start;
	if (c && c->ended > end)
		end = c->ended;
	if (c && c->end_seen > end)
		end = c->end_seen;
	end = end > INT64_MAX - SAVE_MEDIA_AFTER ? INT64_MAX : end + SAVE_MEDIA_AFTER;
	m->carriages |= 1u << st->carriage;
	ARRAY_GROW(m->list, m->cap, m->n + 1);
	m->list[m->n++] = (struct save_stream){
		.src = st->src, .dst = st->dst, .carriage = st->carriage, .source = st->source,
	};
	spans_add(m, (struct save_span){
		.what = st->kind == STREAM_T38 ? SPAN_FAX : SPAN_RTP,
		.a = st->src, .b = st->dst, .ssrc = st->kind == STREAM_T38 ? 0 : st->ssrc,
		.from = f.start, .to = f.end,
	});
	add_carriage(m, st, f.start, f.end);
	if (st->kind != STREAM_T38)
		add_rtcp(m, st, from, end);
}

void
save_media_add(struct save_media *m, const struct store *s, const struct call *c)
{
	size_t n = store_call_streams(s, c, &m->links, &m->link_cap);

	learn_rtcp(m, s, c);
	for (size_t i = 0; i < n; i++)
		if (is_new(m, m->links[i]->stream))
			add_stream(m, store_stream(s, m->links[i]->stream), c);
}

void
save_media_add_stream(struct save_media *m, const struct store *s, uint32_t stream)
{
	const struct stream *st = store_stream(s, stream);
	uint32_t call = st ? store_stream_call(s, st) : CALL_NONE;
	const struct call *c = call == CALL_NONE ? NULL : store_call(s, call);

	if (!st || !is_new(m, stream))
		return;
	if (c)
		learn_rtcp(m, s, c);
	add_stream(m, st, c);
}

/* ---- what is not ---- */

/* Those with the key of @st that are chosen have to be told apart by time. */
static void
mark_shared(struct save_media *m, const struct stream *st)
{
	bool fax = st->kind == STREAM_T38;
	uint32_t i = spans_find(m, &(struct save_span){
		.what = fax ? SPAN_FAX : SPAN_RTP, .a = st->src, .b = st->dst,
		.ssrc = fax ? 0 : st->ssrc,
	});

	/* Where the first one is marked, all are. */
	for (; i != HASH_NONE && !m->spans[i].shared; i = m->spans[i].older)
		m->spans[i].shared = true;
}

static bool
is_rtcp_pair(const struct save_media *m, const struct net_endpoint *a,
	     const struct net_endpoint *b, int64_t time)
{
	return spans_have(m, (struct save_span){ .what = SPAN_RTCP, .a = *a, .b = *b }, time);
}

/* What is told of an SSRC from the beginning of @f on, another stream with the key of a chosen
 * one, is of that. Where a later one is chosen again its spans go on beyond. */
static void
cut_about(struct save_media *m, struct save_span key, const struct meter_figures *f)
{
	for (uint32_t i = spans_find(m, &key); i != HASH_NONE; i = m->spans[i].older) {
		struct save_span *span = &m->spans[i];

		if (span->from < f->start && span->to >= f->start &&
		    span->to - SAVE_MEDIA_AFTER <= f->end)
			span->to = f->start - 1;
	}
}

/* Nor is what names nobody of a chosen call that was over when @f began. */
static void
cut_between(struct save_media *m, struct save_span key, const struct meter_figures *f)
{
	for (uint32_t i = spans_find(m, &key); i != HASH_NONE; i = m->spans[i].older) {
		struct save_span *span = &m->spans[i];

		if (span->to >= f->start && span->to - SAVE_MEDIA_AFTER < f->start)
			span->to = f->start - 1;
	}
}

/* Let RTCP be that of a stream which is not chosen, from its beginning on, where its ends were
 * those of a chosen one before. */
static void
cut_rtcp(struct save_media *m, const struct stream *st)
{
	struct net_endpoint from[3], to[3];
	size_t from_n = rtcp_ends(m, &st->src, from), to_n = rtcp_ends(m, &st->dst, to);
	struct save_span key = { .what = SPAN_RTP, .a = st->src, .b = st->dst, .ssrc = st->ssrc };
	bool same = spans_find(m, &key) != HASH_NONE;
	struct meter_figures f;

	meter_figures(&st->meter, &f);
	if (f.start == TIME_NONE)
		return;
	for (size_t i = 0; i < from_n; i++)
		for (size_t k = 0; k < to_n; k++)
			cut_between(m, (struct save_span){ .what = SPAN_RTCP, .a = from[i],
							   .b = to[k] }, &f);
	key.b = nowhere;
	for (size_t i = 0; same && i < from_n + to_n; i++) {
		key.a = i < from_n ? from[i] : to[i - from_n];
		key.what = SPAN_ABOUT;
		cut_about(m, key, &f);
		key.what = SPAN_ABOUT_TURN;
		cut_about(m, key, &f);
	}
}

static uint64_t
foreign_hash(const struct net_addr *a, const struct net_addr *b, uint32_t ssrc)
{
	struct net_endpoint x = { .addr = *a }, y = { .addr = *b };

	return hash_u64(pair_hash(&x, &y) ^ ssrc);
}

void
save_media_seal(struct save_media *m, const struct store *s)
{
	uint32_t count = m->n > 0 ? store_stream_count(s) : 0;

	for (uint32_t i = store_first_stream(s); i < count; i = store_next_stream(s, i)) {
		const struct stream *st = store_stream(s, i);
		uint64_t hash = hash_u64(i);
		size_t cursor = 0;
		uint32_t k;

		while ((k = hash_map_next(&m->once_map, hash, &cursor)) != HASH_NONE)
			if (m->once[k] == i)
				break;
		if (k != HASH_NONE)
			continue;
		mark_shared(m, st);
		/* Only its tag is kept: one in 4 billion is not told apart. */
		if (!is_rtcp_pair(m, &st->src, &st->dst, TIME_NONE))
			continue;
		hash_map_add(&m->foreign_map,
			     foreign_hash(&st->src.addr, &st->dst.addr, st->ssrc), i);
		if (st->kind != STREAM_T38)
			cut_rtcp(m, st);
	}
}

/* ---- packets ---- */

/* A packet, however it came. */
struct datagram {
	struct net_endpoint src, dst;
	struct str payload;
	uint32_t wire_length;
	int64_t time;
};

/* Whether it is of a chosen stream. */
static bool
is_of_stream(const struct save_media *m, const struct datagram *d, uint32_t ssrc,
	     enum span_what what)
{
	struct save_span key = { .what = (uint8_t)what, .a = d->src, .b = d->dst, .ssrc = ssrc };
	uint32_t i = spans_find(m, &key);

	return i != HASH_NONE && (!m->spans[i].shared || spans_have(m, key, d->time));
}

/* Whether a chosen stream has that SSRC, and its RTCP that end; by TURN alone, when
 * @turn: the other end is known to the server alone then. */
static bool
is_about(const struct save_media *m, const struct net_endpoint *at, uint32_t ssrc, int64_t time,
	 bool turn)
{
	return spans_have(m, (struct save_span){
		.what = turn ? SPAN_ABOUT_TURN : SPAN_ABOUT, .a = *at, .ssrc = ssrc,
	}, time);
}

/* What the SSRCs in a packet of RTCP say. */
enum named {
	NAMED_NOBODY,
	NAMED_CHOSEN,
	NAMED_FOREIGN,
};

static enum named
look_up(const struct save_media *m, const struct datagram *d, uint32_t ssrc)
{
	size_t cursor = 0;

	if (is_about(m, &d->src, ssrc, d->time, false) ||
	    is_about(m, &d->dst, ssrc, d->time, false))
		return NAMED_CHOSEN;
	if (hash_map_next(&m->foreign_map, foreign_hash(&d->src.addr, &d->dst.addr, ssrc),
			  &cursor) != HASH_NONE)
		return NAMED_FOREIGN;
	return NAMED_NOBODY;
}

/* Who is named in a packet of a compound: its sender, or whom it is about. */
static enum named
named_in(const struct save_media *m, const struct datagram *d, const struct rtcp_part *part)
{
	enum named who = NAMED_NOBODY, about;
	struct rtcp_block block;
	uint32_t ssrc;

	if (rtcp_ssrc(part, &ssrc))
		who = look_up(m, d, ssrc);
	for (unsigned int i = 0; who != NAMED_CHOSEN && rtcp_block(part, i, &block); i++) {
		about = look_up(m, d, block.ssrc);
		if (about != NAMED_NOBODY)
			who = about;
	}
	if (who != NAMED_CHOSEN && rtcp_feedback(part, &ssrc)) {
		about = look_up(m, d, ssrc);
		if (about != NAMED_NOBODY)
			who = about;
	}
	return who;
}

static bool
takes_rtcp(const struct save_media *m, const struct datagram *d)
{
	struct rtcp_walk walk;
	struct rtcp_part part;
	bool foreign = false;

	rtcp_start(&walk, d->payload, (uint32_t)d->payload.n);
	for (unsigned int n = 0; n < PARTS_MAX && rtcp_next(&walk, &part); n++) {
		enum named who = named_in(m, d, &part);

		if (who == NAMED_CHOSEN)
			return true;
		foreign = foreign || who == NAMED_FOREIGN;
	}
	return !foreign && is_rtcp_pair(m, &d->src, &d->dst, d->time);
}

static bool
is_rtcp(const struct datagram *d)
{
	const uint8_t *p = (const uint8_t *)d->payload.p;

	return d->payload.n >= 8 && p[0] >> 6 == 2 && p[1] >= 192 && p[1] <= 223 &&
		(get_be16(p + 2) + 1u) * 4 <= d->wire_length;
}

static bool
takes(const struct save_media *m, const struct datagram *d)
{
	struct udptl udptl;
	struct rtp rtp;

	if (is_rtcp(d) && takes_rtcp(m, d))
		return true;
	if (rtp_parse(d->payload, d->wire_length, &rtp) && is_of_stream(m, d, rtp.ssrc, SPAN_RTP))
		return true;
	return is_of_stream(m, d, 0, SPAN_FAX) && udptl_parse(d->payload, d->wire_length, &udptl);
}

/* ---- packets in others ---- */

static bool
takes_turn(const struct save_media *m, const struct datagram *d)
{
	struct datagram in = *d;
	struct turn turn;
	struct rtp rtp;
	uint32_t ssrc;

	if (!turn_parse(d->payload, d->wire_length, &turn))
		return false;
	/* Without the request that binds a channel to the peer of a chosen stream nobody
	 * could tell whose data goes through that. */
	if (turn.kind == TURN_BIND)
		return spans_have(m, (struct save_span){ .what = SPAN_CHANNEL, .a = d->src,
						       .b = turn.peer }, TIME_NONE);
	if (turn.data.n == 0)
		return false;
	in.payload = turn.data;
	in.wire_length = turn.data_length;
	if (is_rtcp(&in))
		ssrc = get_be32((const uint8_t *)in.payload.p + 4);
	else if (rtp_parse(in.payload, in.wire_length, &rtp))
		ssrc = rtp.ssrc;
	else
		return false;
	return is_about(m, &d->src, ssrc, d->time, true) ||
		is_about(m, &d->dst, ssrc, d->time, true);
}

static bool
takes_hep(const struct save_media *m, const struct datagram *d)
{
	struct datagram in = *d;
	struct str rest = d->payload;
	struct hep hep;

	/* Some agents put several into a datagram. */
	while (hep_may_start(rest) && hep_parse(rest, &hep)) {
		size_t n = hep_length(rest);

		in.src = hep.src;
		in.dst = hep.dst;
		in.payload = hep.payload;
		in.wire_length = (uint32_t)hep.payload.n;
		if (hep.time != TIME_NONE)
			in.time = hep.time;
		if (takes(m, &in))
			return true;
		if (n == 0 || n >= rest.n)
			break;
		rest = str_skip(rest, n);
	}
	return false;
}

bool
save_media_takes(const struct save_media *m, const struct segment *seg)
{
	struct datagram d = { seg->src, seg->dst, seg->payload, seg->wire_length, seg->time };

	if (m->n == 0 || (seg->kind != SEGMENT_UDP && !seg->pdu))
		return false;
	return takes(m, &d) ||
		((m->carriages & 1u << STREAM_OVER_TURN) && takes_turn(m, &d)) ||
		((m->carriages & 1u << STREAM_OVER_HEP) && takes_hep(m, &d));
}

bool
save_media_has_tcp(const struct save_media *m, const struct segment *seg)
{
	struct save_span tcp = { .what = SPAN_TCP, .a = seg->src, .b = seg->dst };
	struct save_span turn[] = {
		{ .what = SPAN_TURN, .a = seg->src },
		{ .what = SPAN_TURN, .a = seg->dst },
	};

	return (m->carriages & (1u << STREAM_OVER_TCP | 1u << STREAM_OVER_TURN)) &&
		(spans_have(m, tcp, seg->time) || spans_have(m, turn[0], seg->time) ||
		 spans_have(m, turn[1], seg->time));
}

void
save_media_release(struct save_media *m)
{
	free(m->list);
	free(m->spans);
	free(m->told);
	free(m->once);
	free(m->links);
	free(m->claims);
	hash_map_release(&m->map);
	hash_map_release(&m->foreign_map);
	hash_map_release(&m->told_map);
	hash_map_release(&m->once_map);
	*m = (struct save_media){ 0 };
}
