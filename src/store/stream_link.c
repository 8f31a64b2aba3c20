/*
 * Which calls a stream is of.
 *
 * A claim at its destination is as good as certain, more so where its source is
 * claimed by the other side of the same call; one at its source alone is symmetric
 * RTP (RFC 4961). Where no address is known, its SSRC may be; or it goes between the two
 * hosts that exchanged a description, to or from the port told by it, whatever address it
 * names for that; or the stream the other way between the same ends is of a call.
 *
 * Each way it fits is worth points. Of the calls that fit, those are chosen that fit
 * as the best one does: a port that was used by another call before does not count
 * once both ends of a later one fit; but the legs of a call that a server passed on
 * without touching its media fit alike, and the stream is of each. Legs are on hops
 * of their own: of calls between the same two hosts, one after the other, the later
 * one has the port, though the end of the earlier one is yet to come.
 */
#include "store/streams_int.h"

enum fit {
	FIT_OVER   = 1,		/* with one of these alone: the call is over */
	FIT_NAT    = 2,
	FIT_SSRC   = 4,
	FIT_SRC_ICE = 8,
	FIT_SRC    = 16,
	FIT_DST_ICE = 32,
	FIT_DST    = 64,
	FIT_BOTH   = 128,	/* ends, by sides that are not the same */
};

#define WALK_MAX	64u	/* claims or streams looked at */
#define STALE_MAX	8u	/* of these in a row, of long ago */
#define LEGS_APART	(32 * NS_PER_S)	/* descriptions of one stream by two legs */
#define HOP_APART	(2 * NS_PER_S)	/* the same, by legs on the same hop */

static enum call_side
other_side(unsigned side)
{
	return side == CALL_SIDE_CALLER ? CALL_SIDE_CALLEE
		: side == CALL_SIDE_CALLEE ? CALL_SIDE_CALLER : CALL_SIDE_NONE;
}

/* ---- finding ---- */

/* What a walk over claims looks for, and has found. */
struct search {
	const struct store *s;
	const struct net_endpoint *src, *dst;
	struct link_match *list;
	size_t n;
	int64_t time;
	uint8_t payload_type;
	bool hosts;	/* by the hosts of messages, not by the addresses told */
};

static struct link_match *
match_get(struct search *f, uint32_t call, int64_t time, unsigned medium)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].call == call)
			return &f->list[i];
	if (f->n == LINK_MATCHES_MAX)
		return NULL;
	f->list[f->n] = (struct link_match){
		.call = call, .time = time, .medium = (uint8_t)medium,
	};
	return &f->list[f->n++];
}

/* Of media at one address, that which has the payload type. */
static bool
has_type(const struct search *f, const struct stream_claim *claim)
{
	return payload_map_find(f->s->media, claim->map, f->payload_type) != NULL;
}

static void
match_receiver(struct search *f, const struct stream_claim *claim, const struct end_claim *ec)
{
	bool ice = ec->how == STREAM_HOW_ICE;
	unsigned fit = ice ? FIT_DST_ICE : FIT_DST;
	struct link_match *m = match_get(f, claim->call, claim->time, claim->medium);
	unsigned receiver = ec->swapped ? other_side(claim->side) : claim->side;

	if (!m)
		return;
	if (!(m->fit & (FIT_DST | FIT_DST_ICE)) || fit > (m->fit & (FIT_DST | FIT_DST_ICE))) {
		m->fit = (uint8_t)((m->fit & ~(unsigned)(FIT_DST | FIT_DST_ICE)) | fit);
		m->how = ice ? STREAM_HOW_ICE : STREAM_HOW_SDP;
		m->side = (uint8_t)other_side(receiver);
		m->medium = claim->medium;
		m->time = claim->time;
	} else if (m->medium != claim->medium && m->time == claim->time && has_type(f, claim)) {
		m->medium = claim->medium;	/* bundled: all at one address */
	}
}

static void
match_sender(struct search *f, const struct stream_claim *claim, const struct end_claim *ec)
{
	unsigned fit = ec->how == STREAM_HOW_ICE ? FIT_SRC_ICE : FIT_SRC;
	struct link_match *m = match_get(f, claim->call, claim->time, claim->medium);
	unsigned sender = ec->swapped ? other_side(claim->side) : claim->side;

	if (!m)
		return;
	if (m->fit & (FIT_DST | FIT_DST_ICE)) {
		m->fit = (uint8_t)(m->fit | fit | (sender == m->side ? FIT_BOTH : 0u));
		return;
	}
	if (fit <= (m->fit & (FIT_SRC | FIT_SRC_ICE)))
		return;
	m->fit = (uint8_t)((m->fit & ~(unsigned)(FIT_SRC | FIT_SRC_ICE)) | fit);
	m->how = STREAM_HOW_SYMMETRIC;
	m->side = (uint8_t)sender;
	m->medium = claim->medium;
	m->time = claim->time;
}

static void
walk_claims(struct search *f, uint32_t i, void (*match)(struct search *f,
		const struct stream_claim *claim, const struct end_claim *ec))
{
	const struct media *md = f->s->media;
	unsigned stale = 0;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX && stale < STALE_MAX; n++) {
		const struct end_claim *ec = chunks_at(&md->end_claims, i);
		const struct stream_claim *claim = chunks_at(&md->claims, ec->claim);

		i = ec->next;
		if (ec->how == STREAM_HOW_RTCP || (ec->how == STREAM_HOW_NAT) != f->hosts)
			continue;
		if (!claim_stands(f->s, claim, f->time)) {
			stale++;
			continue;
		}
		stale = 0;
		match(f, claim, ec);
	}
}

/* By something else than addresses, where nothing else fits. */
static void
match_otherwise(struct search *f, const struct stream_claim *claim, uint8_t fit,
		enum stream_how how, unsigned side)
{
	struct link_match *m = match_get(f, claim->call, claim->time, claim->medium);

	if (!m || m->fit)
		return;
	m->fit = fit;
	m->how = (uint8_t)how;
	m->side = (uint8_t)side;
}

/* Both ends must be hosts of the messages, for one of them was not told. */
static void
match_host(struct search *f, const struct stream_claim *claim, const struct net_addr *other,
	   unsigned side)
{
	if (net_addr_eq(&store_path(f->s, claim->path)->dst.addr, other))
		match_otherwise(f, claim, FIT_NAT, STREAM_HOW_NAT, side);
}

static void
match_receiver_host(struct search *f, const struct stream_claim *claim,
		    const struct end_claim *ec)
{
	(void)ec;
	match_host(f, claim, &f->src->addr, other_side(claim->side));
}

static void
match_sender_host(struct search *f, const struct stream_claim *claim, const struct end_claim *ec)
{
	(void)ec;
	match_host(f, claim, &f->dst->addr, claim->side);
}

static void
match_hosts(struct search *f, const struct media_end *src, const struct media_end *dst)
{
	f->hosts = true;
	walk_claims(f, dst->claims, match_receiver_host);
	walk_claims(f, src->claims, match_sender_host);
	f->hosts = false;
}

static void
match_ssrc(struct search *f, uint32_t ssrc)
{
	const struct media *md = f->s->media;
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&md->ssrc_claims, hash_u64(ssrc), &cursor)) != HASH_NONE)
		if (((const struct end_claim *)chunks_at(&md->end_claims, i))->ssrc == ssrc)
			break;
	for (unsigned n = 0; i != HASH_NONE && n < WALK_MAX; n++) {
		const struct end_claim *ec = chunks_at(&md->end_claims, i);
		const struct stream_claim *claim = chunks_at(&md->claims, ec->claim);

		i = ec->next;
		if (claim_stands(f->s, claim, f->time))
			match_otherwise(f, claim, FIT_SSRC, STREAM_HOW_SSRC, claim->side);
	}
}

/* The other way, or nearly: from where this one goes, to the host it comes from. */
static bool
is_way_back(const struct store *s, const struct stream *back, const struct media_end *src,
	    const struct media_end *dst, int64_t time)
{
	return back->link_n > 0 && net_addr_eq(&back->dst.addr, &src->at.addr) &&
		net_addr_eq(&back->src.addr, &dst->at.addr) &&
		(net_endpoint_eq(&back->src, &dst->at) || net_endpoint_eq(&back->dst, &src->at)) &&
		span_between(stream_last(back), time) <= MEDIA_LINGER * 6 &&
		!link_is_over(s, back, time, MEDIA_LINGER);
}

static void
match_back(struct search *f, const struct stream *back)
{
	const struct media *md = f->s->media;

	for (uint32_t i = back->first_link; i != UINT32_MAX;) {
		const struct stream_link *l = chunks_at(&md->links, i);
		struct link_match *m = NULL;

		i = l->next_of_stream;
		if (!call_is_over(store_call(f->s, l->call), f->time))
			m = match_get(f, l->call, stream_last(back), l->medium);
		if (!m || m->fit)
			continue;
		m->fit = FIT_NAT;
		m->how = STREAM_HOW_NAT;
		m->side = (uint8_t)other_side(l->side);
	}
}

static void
match_nat(struct search *f, const struct media_end *src, const struct media_end *dst)
{
	const struct media *md = f->s->media;
	uint32_t i = dst->from;

	for (unsigned n = 0; i != STREAM_NONE && n < STALE_MAX && f->n == 0; n++) {
		const struct stream *back = chunks_at(&md->streams, i);

		i = back->next_from;
		if (is_way_back(f->s, back, src, dst, f->time))
			match_back(f, back);
	}
	i = src->to;
	for (unsigned n = 0; i != STREAM_NONE && n < STALE_MAX && f->n == 0; n++) {
		const struct stream *back = chunks_at(&md->streams, i);

		i = back->next_to;
		if (is_way_back(f->s, back, src, dst, f->time))
			match_back(f, back);
	}
}

/* ---- choosing ---- */

static unsigned
points(const struct link_match *m)
{
	return m->fit & FIT_OVER ? 0 : m->fit;
}

/* How well, without what tells legs apart in nothing. */
static unsigned
class_of(const struct link_match *m)
{
	unsigned fit = points(m);

	return fit & FIT_BOTH ? FIT_BOTH : fit & FIT_DST ? FIT_DST : fit & FIT_DST_ICE
		? FIT_DST_ICE : fit & (FIT_SRC | FIT_SRC_ICE) ? FIT_SRC : fit;
}

static bool
is_better(const struct link_match *a, const struct link_match *b)
{
	unsigned x = class_of(a), y = class_of(b);

	/* Of legs the first one is that of the caller. */
	return x != y ? x > y : a->call < b->call;
}

static bool
is_same_hop(const struct store *s, uint32_t a, uint32_t b)
{
	return store_call(s, a)->path == store_call(s, b)->path;
}

/* Whether a later call on the same hop fits as well. */
static bool
is_followed(const struct search *f, const struct link_match *m)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct link_match *later = &f->list[i];

		if (later->call != m->call && class_of(later) == class_of(m) &&
		    m->time != TIME_NONE && later->time != TIME_NONE &&
		    later->time <= f->time && span_between(m->time, later->time) > HOP_APART &&
		    is_same_hop(f->s, m->call, later->call))
			return true;
	}
	return false;
}

/* Whether the end that no description tells is the host that a side of the call
 * sends its messages from. */
static bool
is_at_host(const struct search *f, const struct link_match *m)
{
	const struct path *path = store_path(f->s, store_call(f->s, m->call)->path);
	bool to = m->fit & (FIT_DST | FIT_DST_ICE);
	const struct net_addr *at = to ? &f->src->addr : &f->dst->addr;

	return net_addr_eq(at, &(to == (m->side == CALL_SIDE_CALLER) ? &path->src
							      : &path->dst)->addr);
}

/* Whether a server has one address of media for several calls, and another one of these
 * fits by where its messages come from. */
static bool
is_elsewhere(const struct search *f, const struct link_match *m)
{
	const struct path *path = store_path(f->s, store_call(f->s, m->call)->path);

	if (class_of(m) == FIT_BOTH || class_of(m) < FIT_SRC || is_at_host(f, m))
		return false;
	for (size_t i = 0; i < f->n; i++) {
		const struct link_match *other = &f->list[i];
		const struct path *its = store_path(f->s, store_call(f->s, other->call)->path);

		if (class_of(other) == class_of(m) && is_at_host(f, other) &&
		    (net_endpoint_eq(&its->dst, &path->dst) || net_endpoint_eq(&its->src, &path->src)))
			return true;
	}
	return false;
}

static size_t
choose(struct search *f)
{
	int64_t newest = TIME_NONE;
	unsigned best = 0, others = 0;	/* a bit for each */
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct link_match *m = &f->list[i];

		if (call_is_over(chunks_at(&f->s->calls, m->call), f->time))
			m->fit |= FIT_OVER;
		if (class_of(m) > best)
			best = class_of(m);
	}
	for (size_t i = 0; i < f->n; i++)
		if (class_of(&f->list[i]) == best && f->list[i].time > newest)
			newest = f->list[i].time;
	for (size_t i = 0; i < f->n && f->n > 1; i++)
		others |= (unsigned)(is_followed(f, &f->list[i]) ||
				       is_elsewhere(f, &f->list[i])) << i;
	for (size_t i = 0; i < f->n; i++) {
		struct link_match m = f->list[i];
		/* A call of which the end was not seen may have had the port before; of
		 * those that are over, the last. */
		bool apart = best == 0 ? m.time != newest : newest != TIME_NONE &&
			m.time != TIME_NONE && span_between(m.time, newest) > LEGS_APART;
		size_t at = kept;

		if (class_of(&m) != best || apart || others >> i & 1)
			continue;
		for (; at > 0 && is_better(&m, &f->list[at - 1]); at--)
			f->list[at] = f->list[at - 1];
		f->list[at] = m;
		kept++;
	}
	return kept;
}

size_t
media_calls_of(const struct store *s, const struct media_end *src, const struct media_end *dst,
	  uint32_t ssrc, uint8_t payload_type, int64_t time, struct link_match *matches)
{
	struct search f = {
		.s = s, .list = matches, .time = time, .payload_type = payload_type,
		.src = &src->at, .dst = &dst->at,
	};

	walk_claims(&f, dst->claims, match_receiver);
	walk_claims(&f, src->claims, match_sender);
	if (f.n == 0)
		match_ssrc(&f, ssrc);
	if (f.n == 0)
		match_hosts(&f, src, dst);
	if (f.n == 0)
		match_nat(&f, src, dst);
	return choose(&f);
}

/* ---- links ---- */

static struct stream_link *
link_of(const struct store *s, const struct stream *st, uint32_t call)
{
	for (uint32_t i = st->first_link; i != UINT32_MAX;) {
		struct stream_link *l = chunks_at(&s->media->links, i);

		if (l->call == call)
			return l;
		i = l->next_of_stream;
	}
	return NULL;
}

bool
link_is_over(const struct store *s, const struct stream *st, int64_t time, int64_t linger)
{
	for (uint32_t i = st->first_link; i != UINT32_MAX;) {
		const struct stream_link *l = chunks_at(&s->media->links, i);
		const struct call *c = store_call(s, l->call);

		if (c->ended == TIME_NONE || span_between(c->ended, time) <= linger)
			return false;
		i = l->next_of_stream;
	}
	return st->first_link != UINT32_MAX;
}

static unsigned
link_class(const struct stream_link *l)
{
	return class_of(&(struct link_match){ .fit = l->fit });
}

bool
link_is_next(const struct store *s, const struct stream *st, const struct link_match *m)
{
	const struct stream_link *l;

	if (class_of(m) != FIT_BOTH || m->time <= st->last || link_of(s, st, m->call))
		return false;
	l = chunks_at(&s->media->links, st->first_link);
	return is_same_hop(s, l->call, m->call);
}

/* Put it in its place among those of the stream: best first, of equal ones the
 * earlier call. */
static void
link_insert(struct media *md, struct stream *st, uint32_t index)
{
	struct stream_link *link = chunks_at(&md->links, index);
	uint32_t *at = &st->first_link;

	while (*at != UINT32_MAX) {
		struct stream_link *l = chunks_at(&md->links, *at);

		if (link_class(link) > link_class(l) ||
		    (link_class(link) == link_class(l) && link->call < l->call))
			break;
		at = &l->next_of_stream;
	}
	link->next_of_stream = *at;
	*at = index;
}

/* Take it out of the stream's list. @return its index. */
static uint32_t
link_cut(struct media *md, struct stream *st, const struct stream_link *link)
{
	uint32_t *at = &st->first_link, index;
	struct stream_link *l;

	for (; (l = chunks_at(&md->links, *at)) != link; at = &l->next_of_stream)
		;
	index = *at;
	*at = l->next_of_stream;
	return index;
}

static void
link_set(struct stream_link *l, const struct link_match *m)
{
	l->how = m->how;
	l->side = m->side;
	l->medium = m->medium;
	l->fit = m->fit & FIT_OVER ? 0 : m->fit;
}

void
link_release(struct store *s, struct stream *st, struct stream_link *link)
{
	chunks_drop(&s->media->links, link_cut(s->media, st, link));
	st->link_n--;
}

/* It was of another call after all. */
static void
link_drop(struct store *s, struct stream *st, struct stream_link *link)
{
	struct media *md = s->media;
	struct call *c = chunks_at(&s->calls, link->call);
	uint32_t *at = &c->streams;

	while (chunks_at(&md->links, *at) != link)
		at = &((struct stream_link *)chunks_at(&md->links, *at))->next_of_call;
	*at = link->next_of_call;
	link_release(s, st, link);
}

/* Whether there is room for a call that fits as @m does: where a stream has as many as it may,
 * that of the last one, which fits worse then. */
static bool
make_room(struct store *s, struct stream *st, const struct link_match *m)
{
	struct media *md = s->media;
	struct stream_link *last;

	if (!media_has_numbers(md))
		return false;
	if (st->link_n < STREAM_LINKS_MAX)
		return true;
	last = chunks_at(&md->links, st->first_link);
	while (last->next_of_stream != UINT32_MAX)
		last = chunks_at(&md->links, last->next_of_stream);
	if (link_class(last) >= class_of(m))
		return false;
	link_drop(s, st, last);
	return true;
}

static void
link_add(struct store *s, struct stream *st, const struct link_match *m)
{
	struct media *md = s->media;
	struct call *c = chunks_at(&s->calls, m->call);
	struct stream_link *link;

	if (!make_room(s, st, m))
		return;
	link = chunks_add(&md->links);
	*link = (struct stream_link){
		.stream = st->index, .call = m->call, .next_of_call = c->streams,
	};
	link_set(link, m);
	c->streams = md->links.n - 1;
	md->links_made++;
	if (st->link_n++ == 0)
		orphan_remove(md, st);
	link_insert(md, st, md->links.n - 1);
}

/* Calls that only seemed to fit, by one end, before both ends of another one did. */
static void
drop_worse(struct store *s, struct stream *st, const struct link_match *best, int64_t time)
{
	for (uint32_t i = st->first_link; i != UINT32_MAX;) {
		struct stream_link *l = chunks_at(&s->media->links, i);

		i = l->next_of_stream;
		if (link_class(l) < FIT_BOTH && l->call != best->call &&
		    !call_is_over(store_call(s, l->call), time))
			link_drop(s, st, l);
	}
}

/* Streams the other way that were not known to be of a call. */
static void
link_back(struct store *s, const struct stream *st, int64_t time)
{
	struct media *md = s->media;
	const struct media_end *src = chunks_at(&md->ends, st->src_end);
	const struct media_end *dst = chunks_at(&md->ends, st->dst_end);
	uint32_t lists[] = { dst->from, src->to };

	for (unsigned k = 0; k < ARRAY_SIZE(lists); k++) {
		uint32_t i = lists[k];

		for (unsigned n = 0; i != STREAM_NONE && n < STALE_MAX; n++) {
			struct stream *back = chunks_at(&md->streams, i);

			i = k == 0 ? back->next_from : back->next_to;
			if (back->link_n == 0 && back->kind != STREAM_T38 &&
			    span_between(stream_last(back), time) <= MEDIA_LINGER)
				back->check |= CHECK_CLAIM;
		}
	}
}

/* The newest description of a side of a call that tells of a medium; NULL: none. */
static const struct stream_claim *
claim_of_side(const struct store *s, const struct stream_link *l, enum call_side side,
	      int64_t time)
{
	const struct media *md = s->media;
	uint32_t i = store_call(s, l->call)->claims;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		const struct stream_claim *claim = chunks_at(&md->claims, i);

		if (claim->side == side && claim->medium == l->medium && !claim->replaced &&
		    claim_stands(s, claim, time))
			return claim;
		i = claim->next_of_call;
	}
	return NULL;
}

/* SRTP where the receiver, or the sender, says so, and the other one does not gainsay:
 * by its address, where that is told, else by its side of the call. */
static void
note_security(struct store *s, struct stream *st)
{
	const struct media *md = s->media;
	const struct stream_link *l = chunks_at(&md->links, st->first_link);
	const struct stream_claim *to = media_claim_of(s, chunks_at(&md->ends, st->dst_end),
						       stream_last(st));
	const struct stream_claim *from = media_claim_of(s, chunks_at(&md->ends, st->src_end),
							 stream_last(st));

	if (st->kind == STREAM_T38)
		return;
	if (!to && l->side != CALL_SIDE_NONE)
		to = claim_of_side(s, l, other_side(l->side), st->last);
	if (!from && l->side != CALL_SIDE_NONE)
		from = claim_of_side(s, l, l->side, st->last);
	if (!to && !from)
		return;
	st->kind = (!to || to->secure) && (!from || from->secure) ? STREAM_SRTP : STREAM_RTP;
	st->crypto = (uint16_t)((to ? to->crypto : 0u) | (from ? from->crypto : 0u));
}

/* Whether a stream is of a call on that hop already that it fits as well, and that has
 * not ended: it is not of the next one too. */
static bool
is_taken(const struct store *s, const struct stream *st, const struct link_match *m,
	 int64_t time)
{
	for (uint32_t i = st->first_link; i != UINT32_MAX;) {
		const struct stream_link *l = chunks_at(&s->media->links, i);

		if (link_class(l) >= class_of(m) && is_same_hop(s, l->call, m->call) &&
		    !call_is_over(store_call(s, l->call), time) &&
		    span_between(stream_first(st), m->time) > HOP_APART)
			return true;
		i = l->next_of_stream;
	}
	return false;
}

void
link_to(struct store *s, struct stream *st, const struct link_match *matches, size_t n,
	int64_t time)
{
	bool first = st->link_n == 0;

	for (size_t i = 0; i < n; i++) {
		struct stream_link *l = link_of(s, st, matches[i].call);

		if (!l && is_taken(s, st, &matches[i], time)) {
			return;
		} else if (!l) {
			link_add(s, st, &matches[i]);
		} else if (matches[i].fit > l->fit && !(matches[i].fit & FIT_OVER)) {
			uint32_t index = link_cut(s->media, st, l);

			link_set(l, &matches[i]);
			link_insert(s->media, st, index);
		}
	}
	/* There may have been no room for them. */
	if (n == 0 || st->link_n == 0)
		return;
	if (matches[0].fit & FIT_BOTH && link_of(s, st, matches[0].call))
		drop_worse(s, st, &matches[0], time);
	if (matches[0].how != STREAM_HOW_NAT)
		st->confidence = 100;
	note_security(s, st);
	if (first)
		link_back(s, st, time);
}

void
link_stream(struct store *s, struct stream *st, int64_t time)
{
	struct media *md = s->media;
	struct link_match matches[LINK_MATCHES_MAX];
	size_t n = media_calls_of(s, chunks_at(&md->ends, st->src_end), chunks_at(&md->ends, st->dst_end),
			     st->ssrc, st->payload_type, time, matches);

	link_to(s, st, matches, n, time);
}

void
media_link_as(struct store *s, struct stream *st, const struct stream *other,
	      enum stream_how how, bool same_side)
{
	if (st->link_n > 0 || st == other)
		return;
	for (uint32_t i = other->first_link; i != UINT32_MAX;) {
		const struct stream_link *l = chunks_at(&s->media->links, i);
		const struct link_match m = {
			.call = l->call, .how = (uint8_t)how, .medium = l->medium,
			.side = same_side ? l->side : (uint8_t)other_side(l->side),
			.fit = how == STREAM_HOW_NAT ? FIT_NAT : FIT_SSRC,
		};

		i = l->next_of_stream;
		link_to(s, st, &m, 1, stream_last(st));
	}
}

/* ---- what comes later ---- */

/* Something was told at @time that may concern a stream: it is of a call now, or its
 * payload types mean something else. One whose calls are all over waits for its next
 * packet: that begins another stream. */
static void
look_again(struct store *s, struct stream *st, int64_t time)
{
	int64_t at = time;

	if (at == TIME_NONE || at > stream_last(st))
		at = stream_last(st);
	if (at < stream_first(st))
		at = stream_first(st);
	if (st->check & CHECK_GONE)
		return;
	st->check |= CHECK_CLAIM;
	if (!link_is_over(s, st, time == TIME_NONE ? at : time, 0)) {
		link_stream(s, st, at);
		media_codecs_again(s, st);
	}
}

static bool
is_past(const struct stream *st, int64_t time)
{
	return time != TIME_NONE && span_between(stream_last(st), time) > MEDIA_EARLY;
}

void
link_end_changed(struct store *s, const struct media_end *end, int64_t time)
{
	struct media *md = s->media;
	uint32_t lists[] = { end->to, end->from };

	for (unsigned k = 0; k < ARRAY_SIZE(lists); k++) {
		uint32_t i = lists[k];
		unsigned stale = 0;

		for (unsigned n = 0; i != STREAM_NONE && n < WALK_MAX && stale < STALE_MAX; n++) {
			struct stream *st = chunks_at(&md->streams, i);

			i = k == 0 ? st->next_to : st->next_from;
			if (is_past(st, time)) {
				stale++;
				continue;
			}
			stale = 0;
			look_again(s, st, time);
		}
	}
}

void
link_ssrc_told(struct store *s, uint32_t ssrc, int64_t time)
{
	uint64_t cursor = 0;
	struct stream *st;

	while ((st = media_next_ssrc(s, ssrc, &cursor)) != NULL)
		if (st->link_n == 0 && !is_past(st, time))
			look_again(s, st, time);
}
