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
#include "media/rtp.h"
#include "media/turn.h"
#include "media/udptl.h"

#define NAMED_MAX	64u	/* SSRCs looked at in a packet of RTCP */

/* ---- keys ---- */

static uint64_t
key_hash(const struct net_endpoint *src, const struct net_endpoint *dst, uint32_t ssrc)
{
	return hash_u64(net_endpoint_hash(src) ^ net_endpoint_hash(dst) * 3 ^ ssrc);
}

static uint64_t
pair_hash(const struct net_endpoint *a, const struct net_endpoint *b)
{
	/* The same in either order. */
	return hash_u64(net_endpoint_hash(a) + net_endpoint_hash(b));
}

static uint64_t
about_hash(const struct net_endpoint *at, uint32_t ssrc)
{
	return hash_u64(net_endpoint_hash(at) ^ ssrc);
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

		if (claim->rtcp.addr.family == NET_NONE || told_rtcp(m, &claim->at))
			continue;
		ARRAY_GROW(m->told, m->told_cap, m->told_n + 1);
		m->told[m->told_n][0] = claim->at;
		m->told[m->told_n][1] = claim->rtcp;
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
add_rtcp(struct save_media *m, uint32_t stream)
{
	const struct save_stream *st = &m->list[stream];
	struct net_endpoint a[3], b[3];
	size_t an = rtcp_ends(m, &st->src, a), bn = rtcp_ends(m, &st->dst, b);

	for (size_t i = 0; i < an; i++)
		hash_map_add(&m->about_map, about_hash(&a[i], st->ssrc), stream);
	for (size_t i = 0; i < bn; i++)
		hash_map_add(&m->about_map, about_hash(&b[i], st->ssrc), stream);
	for (size_t i = 0; i < an; i++)
		for (size_t k = 0; k < bn; k++) {
			ARRAY_GROW(m->rtcp, m->rtcp_cap, m->rtcp_n + 1);
			m->rtcp[m->rtcp_n] = (struct save_rtcp){ { a[i], b[k] }, stream };
			hash_map_add(&m->rtcp_map, pair_hash(&a[i], &b[k]),
				     (uint32_t)m->rtcp_n++);
		}
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

static void
add_stream(struct save_media *m, const struct stream *st, const struct call *c)
{
	int64_t end = c->ended > c->end_seen ? c->ended : c->end_seen;
	struct meter_figures f;
	uint32_t i = (uint32_t)m->n;
	struct save_stream *to;

	meter_figures(&st->meter, &f);
	if (f.end > end)
		end = f.end;
	ARRAY_GROW(m->list, m->cap, m->n + 1);
	to = &m->list[m->n++];
	*to = (struct save_stream){
		.src = st->src, .dst = st->dst, .ssrc = st->ssrc, .from = f.start, .to = f.end,
		.kind = st->kind, .carriage = st->carriage,
		.source = st->source,
		.call_from = c->start < f.start && c->start != TIME_NONE ? c->start : f.start,
		.call_to = end > INT64_MAX - SAVE_MEDIA_AFTER ? INT64_MAX
			: end + SAVE_MEDIA_AFTER,
	};
	m->carriages |= 1u << st->carriage;
	hash_map_add(&m->map, key_hash(&st->src, &st->dst, st->ssrc), i);
	hash_map_add(&m->end_map, net_endpoint_hash(&st->src), i);
	hash_map_add(&m->end_map, net_endpoint_hash(&st->dst), i);
	if (st->kind != STREAM_T38)
		add_rtcp(m, i);
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

/* ---- what is not ---- */

/* Those with the key of @st that are chosen have to be told apart by time. */
static void
mark_shared(struct save_media *m, const struct stream *st)
{
	uint64_t hash = key_hash(&st->src, &st->dst, st->ssrc);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->map, hash, &cursor)) != HASH_NONE) {
		struct save_stream *own = &m->list[i];

		own->shared = own->shared || (own->ssrc == st->ssrc &&
			net_endpoint_eq(&own->src, &st->src) &&
			net_endpoint_eq(&own->dst, &st->dst));
	}
}

static bool
is_rtcp_pair(const struct save_media *m, const struct net_endpoint *a,
	     const struct net_endpoint *b, int64_t time)
{
	uint64_t hash = pair_hash(a, b);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->rtcp_map, hash, &cursor)) != HASH_NONE) {
		const struct save_stream *st = &m->list[m->rtcp[i].stream];

		if (is_pair(m->rtcp[i].ends, a, b) &&
		    is_in(time, st->call_from, st->call_to))
			return true;
	}
	return false;
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

	for (uint32_t i = 0; i < count; i++) {
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
		if (is_rtcp_pair(m, &st->src, &st->dst, TIME_NONE))
			hash_map_add(&m->foreign_map,
				     foreign_hash(&st->src.addr, &st->dst.addr, st->ssrc), i);
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

static const struct save_stream *
find(const struct save_media *m, const struct datagram *d, uint32_t ssrc, bool fax)
{
	uint64_t hash = key_hash(&d->src, &d->dst, ssrc);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->map, hash, &cursor)) != HASH_NONE) {
		const struct save_stream *st = &m->list[i];

		if (st->ssrc == ssrc && (st->kind == STREAM_T38) == fax &&
		    net_endpoint_eq(&st->src, &d->src) && net_endpoint_eq(&st->dst, &d->dst) &&
		    (!st->shared || is_in(d->time, st->from, st->to)))
			return st;
	}
	return NULL;
}

/* Whether RTCP of a stream goes to or comes from @at. */
static bool
is_rtcp_end(const struct save_media *m, const struct save_stream *st,
	    const struct net_endpoint *at)
{
	struct net_endpoint ends[3];

	for (int side = 0; side < 2; side++) {
		size_t n = rtcp_ends(m, side ? &st->dst : &st->src, ends);

		for (size_t i = 0; i < n; i++)
			if (net_endpoint_eq(&ends[i], at))
				return true;
	}
	return false;
}

/* Whether a chosen stream has that SSRC, and its RTCP that end; by TURN alone, when
 * @turn: the other end is known to the server alone then. */
static bool
is_about(const struct save_media *m, const struct net_endpoint *at, uint32_t ssrc, int64_t time,
	 bool turn)
{
	uint64_t hash = about_hash(at, ssrc);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->about_map, hash, &cursor)) != HASH_NONE) {
		const struct save_stream *st = &m->list[i];

		if (st->ssrc == ssrc && (!turn || st->carriage == STREAM_OVER_TURN) &&
		    is_in(time, st->call_from, st->call_to) && is_rtcp_end(m, st, at))
			return true;
	}
	return false;
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

/* RFC 3550 section 6.4, RFC 4585 section 6.1: the SSRC of the sender comes first, those of
 * blocks and of feedback have their places. */
static bool
takes_rtcp(const struct save_media *m, const struct datagram *d)
{
	const uint8_t *p = (const uint8_t *)d->payload.p;
	size_t n = d->payload.n, at = 0;
	bool foreign = false;
	unsigned int named = 0;

	while (at + 8 <= n && p[at] >> 6 == 2 && named < NAMED_MAX) {
		size_t end = at + (get_be16(p + at + 2) + 1u) * 4;
		size_t block = p[at + 1] == 200 ? at + 28 : at + 8;
		size_t step = p[at + 1] <= 201 ? 24 : 4;
		unsigned int blocks = p[at + 1] <= 201 ? p[at] & 31u :
			p[at + 1] == 205 || p[at + 1] == 206 ? 1 : 0;
		enum named who = look_up(m, d, get_be32(p + at + 4));

		named++;
		for (; who != NAMED_CHOSEN && blocks > 0 && block + 4 <= n && block + 4 <= end;
		     blocks--, block += step, named++) {
			enum named about = look_up(m, d, get_be32(p + block));

			if (about != NAMED_NOBODY)
				who = about;
		}
		if (who == NAMED_CHOSEN)
			return true;
		foreign = foreign || who == NAMED_FOREIGN;
		at = end;
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
	if (rtp_parse(d->payload, d->wire_length, &rtp) && find(m, d, rtp.ssrc, false))
		return true;
	return find(m, d, 0, true) && udptl_parse(d->payload, d->wire_length, &udptl);
}

/* ---- packets in others ---- */

/* Whether a request of a client binds a channel to the peer of a chosen stream: without it
 * nobody could tell whose data goes through that. */
static bool
is_binding(const struct save_media *m, const struct net_endpoint *client,
	   const struct net_endpoint *peer)
{
	uint64_t hash = net_endpoint_hash(client);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->end_map, hash, &cursor)) != HASH_NONE) {
		const struct save_stream *st = &m->list[i];
		const struct net_endpoint ends[2] = { st->src, st->dst };

		if (st->carriage == STREAM_OVER_TURN && is_pair(ends, client, peer))
			return true;
	}
	return false;
}

static bool
takes_turn(const struct save_media *m, const struct datagram *d)
{
	struct datagram in = *d;
	struct turn turn;
	struct rtp rtp;
	uint32_t ssrc;

	if (!turn_parse(d->payload, d->wire_length, &turn))
		return false;
	if (turn.kind == TURN_BIND)
		return is_binding(m, &d->src, &turn.peer);
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

/* Whether a stream that came in a connection has this end, and was there then. */
static bool
has_end(const struct save_media *m, const struct segment *seg, const struct net_endpoint *at,
	const struct net_endpoint *other)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->end_map, hash, &cursor)) != HASH_NONE) {
		const struct save_stream *st = &m->list[i];
		const struct net_endpoint *back = net_endpoint_eq(&st->src, at) ? &st->dst :
			&st->src;

		if (!net_endpoint_eq(&st->src, at) && !net_endpoint_eq(&st->dst, at))
			continue;
		if (((st->carriage == STREAM_OVER_TCP && net_endpoint_eq(back, other)) ||
		     st->carriage == STREAM_OVER_TURN) && is_in(seg->time, st->from, st->to))
			return true;
	}
	return false;
}

bool
save_media_has_tcp(const struct save_media *m, const struct segment *seg)
{
	return (m->carriages & (1u << STREAM_OVER_TCP | 1u << STREAM_OVER_TURN)) &&
		(has_end(m, seg, &seg->src, &seg->dst) || has_end(m, seg, &seg->dst, &seg->src));
}

void
save_media_release(struct save_media *m)
{
	free(m->list);
	free(m->rtcp);
	free(m->told);
	free(m->once);
	free(m->links);
	free(m->claims);
	hash_map_release(&m->map);
	hash_map_release(&m->about_map);
	hash_map_release(&m->rtcp_map);
	hash_map_release(&m->end_map);
	hash_map_release(&m->foreign_map);
	hash_map_release(&m->told_map);
	hash_map_release(&m->once_map);
	*m = (struct save_media){ 0 };
}
