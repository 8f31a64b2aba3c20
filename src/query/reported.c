/*
 * Reports are gathered from where they were kept and from the texts of messages. Those
 * that name addresses or an SSRC are of the stream that fits most of what they name; a
 * header in a BYE names none mostly, and is of the stream its writer sent or received.
 */
#include "query/reported.h"

#include "base/hash.h"
#include "base/mem.h"
#include "media/rtcp_json.h"
#include "media/stat_header.h"
#include "media/vq_report.h"
#include "query/header.h"

#define SEEN_MAX	64u	/* texts remembered, so that hops of a message tell once */

struct gather {
	struct query *q;
	const struct call *call;
	struct reported_list *out;
	const struct stream_link **links;
	size_t link_n, link_cap;
	const struct stream_claim **claims;
	size_t claim_n, claim_cap;
	uint64_t seen[SEEN_MAX];
	size_t seen_n;
};

void
reported_release(struct reported_list *r)
{
	free(r->list);
	*r = (struct reported_list){ 0 };
}

static void
add(struct gather *g, const struct reported *one)
{
	struct reported_list *r = g->out;

	if (r->n == REPORTED_MAX) {
		r->left++;
		return;
	}
	ARRAY_GROW(r->list, r->cap, r->n + 1);
	r->list[r->n++] = *one;
}

static uint8_t
other_side(uint8_t side)
{
	switch ((enum call_side)side) {
	case CALL_SIDE_CALLER:
		return CALL_SIDE_CALLEE;
	case CALL_SIDE_CALLEE:
		return CALL_SIDE_CALLER;
	default:
		return CALL_SIDE_NONE;
	}
}

static const struct stream *
stream_at(const struct gather *g, size_t i)
{
	return store_stream(g->q->store, g->links[i]->stream);
}

/* Whether a text was there before. */
static bool
was_seen(struct gather *g, uint64_t hash)
{
	for (size_t i = 0; i < g->seen_n; i++)
		if (g->seen[i] == hash)
			return true;
	if (g->seen_n < SEEN_MAX)
		g->seen[g->seen_n++] = hash;
	return false;
}

static bool
is_copy(const struct message *m)
{
	return m->flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE);
}

/* ---- RTCP ---- */

static void
gather_stream(struct gather *g, const struct stream_link *l)
{
	const struct stream *st = store_stream(g->q->store, l->stream);
	const struct report *list;
	uint64_t total;
	size_t n = store_stream_reports(g->q->store, st, &list, &total);

	for (size_t i = 0; i < n; i++)
		add(g, &(struct reported){
			.report = list[i], .stream = st->index, .message = MESSAGE_NONE,
			.event = EVENT_NONE,
			.by = list[i].sender ? l->side : other_side(l->side),
		});
	g->out->left += total - n;
}

/* ---- which stream ---- */

/* How much of what a report names fits a stream; below 4: not enough. */
static unsigned int
fit(const struct report *r, const struct stream *st)
{
	unsigned int n = 0;

	if (r->has_ssrc && r->ssrc == st->ssrc)
		n += 8;
	if (r->from.addr.family && net_addr_eq(&r->from.addr, &st->src.addr))
		n += net_endpoint_eq(&r->from, &st->src) ? 4 : 1;
	if (r->to.addr.family && net_addr_eq(&r->to.addr, &st->dst.addr))
		n += net_endpoint_eq(&r->to, &st->dst) ? 4 : 1;
	return n;
}

static uint32_t
stream_named(const struct gather *g, const struct report *r)
{
	const struct stream *best = NULL;
	unsigned int most = 3;

	for (size_t i = 0; i < g->link_n; i++) {
		const struct stream *st = stream_at(g, i);
		unsigned int n = fit(r, st);

		if (n < most || (n == most && (!best || meter_packets(&st->meter) <= meter_packets(&best->meter))))
			continue;
		most = n;
		best = st;
	}
	return best ? best->index : STREAM_NONE;
}

static bool
receives_at(const struct gather *g, uint8_t side, const struct net_endpoint *at)
{
	for (size_t i = 0; i < g->claim_n; i++)
		if (g->claims[i]->side == side && net_endpoint_eq(&g->claims[i]->at, at))
			return true;
	return false;
}

/* The stream that a side sent, or received: the one at an address it named, before that of
 * a server between. */
static uint32_t
stream_of_side(const struct gather *g, uint8_t side, bool sent)
{
	const struct stream *best = NULL;
	bool best_own = false;

	for (size_t i = 0; i < g->link_n; i++) {
		const struct stream *st = stream_at(g, i);
		bool own;

		if (st->kind == STREAM_T38 ||
		    g->links[i]->side != (sent ? side : other_side(side)))
			continue;
		own = receives_at(g, side, sent ? &st->src : &st->dst);
		if (best && (best_own > own ||
			     (best_own == own && meter_packets(&st->meter) <= meter_packets(&best->meter))))
			continue;
		best = st;
		best_own = own;
	}
	return best ? best->index : STREAM_NONE;
}

/* ---- capture agents ---- */

/* What the store could not tell of a stream. */
static void
add_agent(struct gather *g, uint32_t i, const struct event *e, uint32_t ssrc, struct report *r)
{
	const struct path *path = store_path(g->q->store, e->path);
	const struct net_endpoint *from = r->sender ? &path->src : &path->dst;
	const struct net_endpoint *to = r->sender ? &path->dst : &path->src;

	for (size_t k = 0; k < g->link_n; k++)
		if (stream_at(g, k)->ssrc == ssrc)
			return;
	if (!report_says(r))
		return;
	r->source = REPORT_HEP;
	r->time = e->time;
	r->has_ssrc = true;
	r->ssrc = ssrc;
	r->from = *from;
	r->to = *to;
	add(g, &(struct reported){
		.report = *r, .stream = STREAM_NONE, .message = MESSAGE_NONE, .event = i,
		.by = CALL_SIDE_NONE,
	});
}

static void
gather_event(struct gather *g, uint32_t i)
{
	const struct event *e = store_event(g->q->store, i);
	struct rtcp_json json;
	struct report r;
	struct err err;

	if (e->kind != EVENT_RTCP)
		return;
	if (store_event_text(g->q->store, e, &g->q->event_text, &err) != 0 ||
	    !rtcp_json_read(buf_str(&g->q->event_text), &json) || !json.has_ssrc)
		return;
	if (json.has_sender) {
		report_init(&r);
		r.sender = true;
		r.packets = json.sender.packets;
		add_agent(g, i, e, json.ssrc, &r);
	}
	for (unsigned int b = 0; b < json.block_n; b++) {
		report_init(&r);
		if (json.has[b] & RTCP_JSON_LOST)
			r.lost = json.blocks[b].lost;
		if (json.has[b] & RTCP_JSON_FRACTION)
			r.lost_percent = json.blocks[b].fraction * 100 / 256.0;
		add_agent(g, i, e, json.blocks[b].ssrc, &r);
	}
	if (json.has_voip) {
		report_init(&r);
		rtcp_xr_voip_report(&json.voip, &r);
		add_agent(g, i, e, json.voip.ssrc, &r);
	}
}

static void
gather_events(struct gather *g)
{
	uint32_t *list = NULL;
	size_t cap = 0, n;
	uint64_t left = 0;

	n = store_call_events(g->q->store, g->call, &list, &cap, &left);
	for (size_t i = 0; i < n; i++)
		gather_event(g, list[i]);
	free(list);
}

/* ---- voice quality reports ---- */

static uint8_t
sender_of(const struct gather *g, uint32_t stream)
{
	for (size_t i = 0; i < g->link_n; i++)
		if (g->links[i]->stream == stream)
			return g->links[i]->side;
	return CALL_SIDE_NONE;
}

static void
add_metrics(struct gather *g, uint32_t message, const struct vq_metrics *m)
{
	struct reported one = {
		.report = m->report, .message = message, .event = EVENT_NONE,
	};

	if (!m->present || !report_says(&m->report))
		return;
	one.report.time = store_message(g->q->store, message)->time;
	one.stream = stream_named(g, &one.report);
	if (m->may_be_decimal) {
		struct report decimal = one.report;
		uint32_t stream;

		decimal.ssrc = m->ssrc_decimal;
		stream = stream_named(g, &decimal);
		if (stream != STREAM_NONE &&
		    store_stream(g->q->store, stream)->ssrc == m->ssrc_decimal) {
			one.stream = stream;
			one.report.ssrc = m->ssrc_decimal;
		}
	}
	one.by = other_side(sender_of(g, one.stream));
	add(g, &one);
}

static void
gather_quality(struct gather *g)
{
	struct str id = call_id(g->call);
	size_t cursor = 0;
	uint32_t i;

	while ((i = store_next_vq(g->q->store, id, &cursor)) != MESSAGE_NONE) {
		const struct sip_scan *scan;
		struct vq_report vq;
		struct str body;

		if (is_copy(store_message(g->q->store, i)))
			continue;
		scan = query_scan(g->q, i);
		body = scan ? store_vq_body(scan) : STR_NONE;
		if (!vq_report_parse(body, &vq) || !str_eq(vq.call_id, id) ||
		    was_seen(g, hash_str(body)))
			continue;
		add_metrics(g, i, &vq.local);
		add_metrics(g, i, &vq.remote);
	}
}

/* ---- headers ---- */

static void
add_stat(struct gather *g, uint32_t message, const struct report *r, uint8_t by)
{
	struct reported one = {
		.report = *r, .message = message, .event = EVENT_NONE, .by = by,
	};

	if (!report_says(r))
		return;
	one.report.time = store_message(g->q->store, message)->time;
	one.stream = stream_named(g, r);
	if (one.stream == STREAM_NONE)
		one.stream = stream_of_side(g, by, r->sender);
	add(g, &one);
}

static void
gather_headers(struct gather *g, uint32_t message, uint8_t by)
{
	for (int id = 0; id < STAT_HEADER_COUNT; id++) {
		struct query_headers h;
		struct stat_header stat;

		query_headers_start(&h, g->q, message,
				    str_of(stat_header_name((enum stat_header_id)id)));
		while (query_headers_next(&h)) {
			uint64_t hash = hash_u64(hash_str(h.value) ^ (uint64_t)(8 * id + by));

			if (was_seen(g, hash) ||
			    !stat_header_parse((enum stat_header_id)id, h.value, &stat))
				continue;
			add_stat(g, message, &stat.received, by);
			add_stat(g, message, &stat.sent, by);
		}
	}
}

static bool
is_end(const struct message *m)
{
	if (is_copy(m))
		return false;
	if (m->flags & MESSAGE_REQUEST)
		return m->method == SIP_METHOD_BYE;
	return m->cseq_method == SIP_METHOD_BYE && m->status >= 200 && m->status < 300;
}

static void
gather_ends(struct gather *g)
{
	struct buf caller = BUF_INIT;	/* the tag it has in From */
	bool known = false;

	for (uint32_t i = g->call->last; i != MESSAGE_NONE;
	     i = store_message(g->q->store, i)->previous) {
		const struct message *m = store_message(g->q->store, i);
		const struct sip_scan *scan;
		uint8_t from;

		if (!is_end(m))
			continue;
		if (!known) {
			scan = query_scan(g->q, g->call->first);
			if (scan)
				buf_add_str(&caller, scan->from_tag);
			known = true;
		}
		scan = query_scan(g->q, i);
		if (!scan)
			continue;
		from = str_eq(scan->from_tag, buf_str(&caller)) ? CALL_SIDE_CALLER
								: CALL_SIDE_CALLEE;
		gather_headers(g, i, m->flags & MESSAGE_REQUEST ? from : other_side(from));
	}
	buf_release(&caller);
}

/* ---- the whole ---- */

static int
by_time(const void *a, const void *b)
{
	const struct reported *x = a, *y = b;

	if (x->report.time != y->report.time)
		return x->report.time < y->report.time ? -1 : 1;
	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return (x->report.source > y->report.source) - (x->report.source < y->report.source);
}

void
reported_gather(struct query *q, const struct call *c, struct reported_list *r)
{
	struct gather g = { .q = q, .call = c, .out = r };

	r->n = 0;
	r->left = 0;
	g.link_n = store_call_streams(q->store, c, &g.links, &g.link_cap);
	g.claim_n = store_call_claims(q->store, c, &g.claims, &g.claim_cap);
	for (size_t i = 0; i < g.link_n; i++)
		gather_stream(&g, g.links[i]);
	gather_events(&g);
	gather_quality(&g);
	gather_ends(&g);
	if (r->n > 1)
		qsort(r->list, r->n, sizeof(r->list[0]), by_time);
	free(g.links);
	free(g.claims);
}
