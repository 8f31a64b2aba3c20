/*
 * The ladder is laid out in three steps.
 *
 * 1. Messages and events of all calls are put in order. Each path that
 *    occurs is looked up once: its two ends become endpoints, and an endpoint
 *    belongs to a host. Here it is found which hosts must be split by port.
 * 2. Endpoints become lanes, in the order in which they appeared.
 * 3. Each message becomes a row. Copies are found by their identity and folded
 *    into the row of the first; what was an offer is remembered by transaction
 *    so that the description in the response is known to be its answer.
 */
#include "export/ladder.h"

#include <inttypes.h>

#include "base/hash.h"
#include "base/mem.h"
#include "export/ladder_order.h"
#include "export/ladder_sdp.h"
#include "sip/scan.h"

#define LABEL_BYTES	160	/* of a reason phrase; the rest is cut off */

struct end {
	struct net_endpoint at;
	struct str name;
	uint32_t host;
	uint32_t lane;
};

struct host {
	struct str name;	/* of its first endpoint */
	uint32_t lane;		/* LADDER_NONE: none yet, or split */
	bool split;
};

/* A path of the store that occurs, as two ends. */
struct hop {
	uint32_t path;
	uint32_t src, dst;
	uint8_t transport;
};

/* A transaction: whether its request carried a session description. With no
 * method: a call, whether an offer in a response to INVITE waits for its answer. */
struct exchange {
	uint32_t call, cseq;
	uint8_t method;
	bool sdp;
};

struct layout {
	struct ladder *l;
	const struct store *store;
	const struct ladder_options *o;
	struct ladder_order order;
	struct end *ends;
	struct host *hosts;
	struct hop *hops;
	struct exchange *exchanges;
	size_t end_n, end_cap, host_n, host_cap, hop_n, hop_cap, exchange_n, exchange_cap;
	struct hash_map end_map, host_map, hop_map, lane_map, exchange_map, copy_map;
	struct buf text;		/* of the message at hand */
	struct buf line;
};

/* ---- the messages, in order ---- */

static void
add_call(struct layout *w, const struct call *c)
{
	struct ladder *l = w->l;

	ladder_order_add(&w->order, c);
	l->calls[l->call_count++] = (struct ladder_call){
		.call = *c,
		.method = store_method_name(w->store, c->method),
		.reason = store_call_status(c) ? store_name(w->store, c->reason) : STR_NONE,
		.reason_text = store_name(w->store, c->reason_text),
		.state = store_call_state(w->store, c),
		.status = store_call_status(c),
	};
}

static void
gather(struct layout *w, const uint32_t *calls, size_t n)
{
	struct hash_map seen = { 0 };

	w->l->calls = xcalloc(n ? n : 1, sizeof(*w->l->calls));
	for (size_t i = 0; i < n; i++) {
		const struct call *c = store_call(w->store, calls[i]);
		uint64_t hash = hash_u64(calls[i]);
		size_t cursor = 0;
		uint32_t known;

		while ((known = hash_map_next(&seen, hash, &cursor)) != HASH_NONE)
			if (known == calls[i])
				break;
		if (!c || known != HASH_NONE)
			continue;
		hash_map_add(&seen, hash, calls[i]);
		add_call(w, c);
	}
	hash_map_release(&seen);
	ladder_order_sort(&w->order);
	w->l->messages = (uint32_t)w->order.messages;
	w->l->events = (uint32_t)(w->order.n - w->order.messages);
	w->l->events_left = w->order.left;
}

/* ---- who talks ---- */

static uint32_t
host_of(struct layout *w, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	uint64_t hash = net_endpoint_hash(&any);
	size_t cursor = 0;
	uint32_t i;

	/* The map holds an endpoint of each host. */
	while ((i = hash_map_next(&w->host_map, hash, &cursor)) != HASH_NONE)
		if (net_addr_eq(&w->ends[i].at.addr, &at->addr))
			return w->ends[i].host;
	hash_map_add(&w->host_map, hash, (uint32_t)w->end_n);
	ARRAY_GROW(w->hosts, w->host_cap, w->host_n + 1);
	w->hosts[w->host_n] = (struct host){ .lane = LADDER_NONE };
	return (uint32_t)w->host_n++;
}

static uint32_t
end_of(struct layout *w, const struct net_endpoint *at)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0, hosts = w->host_n;
	struct end e = { .at = *at, .lane = LADDER_NONE };
	uint32_t i;

	while ((i = hash_map_next(&w->end_map, hash, &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&w->ends[i].at, at))
			return i;
	e.host = host_of(w, at);
	if (w->o->name)
		e.name = arena_str(&w->l->arena, w->o->name(w->o->name_ctx, at));
	if (w->host_n > hosts)
		w->hosts[e.host].name = e.name;
	else if (!str_eq(w->hosts[e.host].name, e.name))
		w->hosts[e.host].split = true;
	ARRAY_GROW(w->ends, w->end_cap, w->end_n + 1);
	w->ends[w->end_n] = e;
	hash_map_add(&w->end_map, hash, (uint32_t)w->end_n);
	return (uint32_t)w->end_n++;
}

static struct hop *
hop_of(struct layout *w, const struct message *m)
{
	uint64_t hash = hash_u64(m->path);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->hop_map, hash, &cursor)) != HASH_NONE)
		if (w->hops[i].path == m->path)
			return &w->hops[i];

	const struct path *p = store_path(w->store, m->path);
	struct hop hop = { .path = m->path, .transport = p->transport };

	/* Where a ladder begins with a response, the caller is who gets it. */
	if (m->flags & MESSAGE_REQUEST) {
		hop.src = end_of(w, &p->src);
		hop.dst = end_of(w, &p->dst);
	} else {
		hop.dst = end_of(w, &p->dst);
		hop.src = end_of(w, &p->src);
	}
	if (hop.src != hop.dst && w->ends[hop.src].host == w->ends[hop.dst].host)
		w->hosts[w->ends[hop.src].host].split = true;
	ARRAY_GROW(w->hops, w->hop_cap, w->hop_n + 1);
	w->hops[w->hop_n] = hop;
	hash_map_add(&w->hop_map, hash, (uint32_t)w->hop_n);
	return &w->hops[w->hop_n++];
}

/* ---- lanes ---- */

static uint32_t
lane_add(struct layout *w, const struct end *e)
{
	struct ladder *l = w->l;
	uint32_t i = l->lane_count;

	if (i == LADDER_LANES_MAX) {
		/* The last lane becomes one for all the rest. */
		struct ladder_lane *rest = &l->lanes[i - 1];

		if (l->lanes_folded == 0) {
			l->lanes_folded = 1;
			rest->at = (struct net_endpoint){ 0 };
			rest->name = STR_NONE;
		}
		l->lanes_folded++;
		return i - 1;
	}
	ARRAY_GROW(l->lanes, l->lane_cap, (size_t)i + 1);
	l->lanes[i] = (struct ladder_lane){ .at = e->at, .name = e->name };
	l->lane_count++;
	return i;
}

static uint32_t
lane_named(struct layout *w, struct str name)
{
	uint64_t hash = hash_str(name);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->lane_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(w->l->lanes[i].name, name))
			return i;
	return LADDER_NONE;
}

static void
lane_of_end(struct layout *w, struct end *e)
{
	struct host *h = &w->hosts[e->host];
	bool split = h->split || w->o->split_ports;
	bool join = w->o->join_names && e->name.n > 0;

	e->lane = split ? LADDER_NONE : h->lane;
	if (e->lane == LADDER_NONE && join)
		e->lane = lane_named(w, e->name);
	if (e->lane == LADDER_NONE) {
		e->lane = lane_add(w, e);
		if (join && w->l->lanes[e->lane].name.n > 0)
			hash_map_add(&w->lane_map, hash_str(e->name), e->lane);
	} else {
		struct ladder_lane *lane = &w->l->lanes[e->lane];

		/* A lane of several ports is called by its address. */
		lane->at.port = 0;
		if (lane->at.addr.family && !net_addr_eq(&lane->at.addr, &e->at.addr))
			lane->joined++;
	}
	h->lane = e->lane;
}

static void
make_lanes(struct layout *w)
{
	struct ladder *l = w->l;

	for (size_t i = 0; i < w->order.n; i++)
		if (!w->order.items[i].event)
			hop_of(w, store_message(w->store, w->order.items[i].index));
	for (size_t i = 0; i < w->end_n; i++)
		lane_of_end(w, &w->ends[i]);
	for (uint32_t i = 0; i < l->lane_count; i++) {
		struct ladder_lane *lane = &l->lanes[i];

		buf_clear(&w->line);
		if (lane->at.addr.family != NET_NONE)
			net_endpoint_add(&w->line, &lane->at);
		else if (l->lanes_folded && i + 1 == LADDER_LANES_MAX)
			buf_printf(&w->line, "%" PRIu32 " more hosts", l->lanes_folded);
		else
			buf_add_char(&w->line, '?');
		if (lane->joined)
			buf_printf(&w->line, " +%" PRIu32, lane->joined);
		lane->address = arena_str(&l->arena, buf_str(&w->line));
	}
}

/* ---- rows ---- */

static struct ladder_row *
row_add(struct layout *w, enum ladder_row_kind kind, int64_t time)
{
	struct ladder *l = w->l;
	struct ladder_row *row;

	ARRAY_GROW(l->rows, l->row_cap, (size_t)l->row_count + 1);
	row = &l->rows[l->row_count++];
	*row = (struct ladder_row){
		.kind = (uint8_t)kind, .time = time, .last = time, .message = MESSAGE_NONE,
		.event = EVENT_NONE, .call = CALL_NONE, .from = LADDER_NONE, .to = LADDER_NONE,
	};
	return row;
}

/* Whether the times of two messages are apart in a way that is worth a row;
 * @stepped: a clock went back between them. */
static void
add_time_event(struct layout *w, int64_t before, int64_t now, bool stepped)
{
	struct ladder_row *row;
	int64_t span;

	if (before == TIME_NONE || now == TIME_NONE ||
	    __builtin_sub_overflow(now, before, &span) || span == INT64_MIN)
		return;
	buf_clear(&w->line);
	if (span < 0 && stepped) {
		buf_add_cstr(&w->line, "the clock goes back by ");
		span_add(&w->line, -span);
		row = row_add(w, LADDER_STEP_BACK, now);
		row->span = -span;
	} else if (w->o->silence > 0 && span > w->o->silence) {
		span_add(&w->line, span);
		buf_add_cstr(&w->line, " without a message");
		row = row_add(w, LADDER_SILENCE, now);
		row->span = span;
	} else {
		return;
	}
	row->label = arena_str(&w->l->arena, buf_str(&w->line));
}

static bool
is_copy(unsigned int flags)
{
	return (flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE)) != 0;
}

static void
count_copy(struct ladder_row *row, unsigned int flags)
{
	if (flags & MESSAGE_DUPLICATE)
		row->duplicates++;
	else
		row->retransmissions++;
}

/* Fold message @index, @m, into the row of its first copy. False when that is not
 * there. */
static bool
fold(struct layout *w, uint32_t index, const struct message *m)
{
	uint32_t base = store_path(w->store, m->path)->base;
	uint64_t hash = hash_u64((uint64_t)base << 32 | m->identity) ^ hash_u64(m->call);
	size_t cursor = 0;
	uint32_t i;

	if (w->o->unfold)
		return false;
	while ((i = hash_map_next(&w->copy_map, hash, &cursor)) != HASH_NONE) {
		struct ladder_row *row = &w->l->rows[i];
		const struct message *first = store_message(w->store, row->message);

		if (first->identity != m->identity || first->call != m->call ||
		    store_path(w->store, first->path)->base != base)
			continue;
		if (is_copy(row->flags) && !is_copy(m->flags)) {
			/* Its copy came later and stands before it. */
			count_copy(row, row->flags);
			row->message = index;
			row->flags = m->flags;
			row->flaws |= m->flaws;
			if (m->time != TIME_NONE)
				row->last = m->time;
			return true;
		}
		if (!is_copy(m->flags)) {
			/* Sent anew much later: copies after it belong to it. */
			hash_map_remove(&w->copy_map, hash, i);
			break;
		}
		count_copy(row, m->flags);
		row->flaws |= m->flaws;
		if (m->time != TIME_NONE)
			row->last = m->time;
		return true;
	}
	hash_map_add(&w->copy_map, hash, w->l->row_count);
	return false;
}

/* The exchange of that key, made when @make. */
static struct exchange *
exchange_of(struct layout *w, uint32_t call, uint32_t cseq, uint8_t method, bool make)
{
	uint64_t hash = hash_u64((uint64_t)call << 32 | cseq) ^ hash_u64(method);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->exchange_map, hash, &cursor)) != HASH_NONE) {
		struct exchange *x = &w->exchanges[i];

		if (x->call == call && x->cseq == cseq && x->method == method)
			return x;
	}
	if (!make)
		return NULL;
	ARRAY_GROW(w->exchanges, w->exchange_cap, w->exchange_n + 1);
	w->exchanges[w->exchange_n] = (struct exchange){
		.call = call, .cseq = cseq, .method = method,
	};
	hash_map_add(&w->exchange_map, hash, (uint32_t)w->exchange_n);
	return &w->exchanges[w->exchange_n++];
}

/*
 * RFC 3264 and RFC 6337 section 2: a description in a request is an offer, but
 * in ACK and PRACK it answers one that came in a response to INVITE. In a
 * response it answers that of its request, and is an offer where that had none.
 */
static enum ladder_sdp_role
sdp_role(struct layout *w, const struct message *m)
{
	bool sdp = (m->flags & MESSAGE_SDP) != 0;
	bool request = (m->flags & MESSAGE_REQUEST) != 0;
	struct exchange *x, *waiting;

	if (request && m->method != SIP_METHOD_ACK) {
		x = exchange_of(w, m->call, m->cseq, m->cseq_method, true);
		x->sdp = x->sdp || sdp;
	}
	if (!sdp)
		return LADDER_SDP_NONE;
	if (request) {
		if (m->method != SIP_METHOD_ACK && m->method != SIP_METHOD_PRACK)
			return LADDER_SDP_OFFER;
		waiting = exchange_of(w, m->call, 0, SIP_METHOD_NONE, false);
		if (m->method == SIP_METHOD_PRACK && !(waiting && waiting->sdp))
			return LADDER_SDP_OFFER;
		if (waiting)
			waiting->sdp = false;
		return LADDER_SDP_ANSWER;
	}
	x = exchange_of(w, m->call, m->cseq, m->cseq_method, false);
	if (!x)
		return LADDER_SDP_UNKNOWN;
	if (x->sdp)
		return LADDER_SDP_ANSWER;
	if (m->cseq_method == SIP_METHOD_INVITE)
		exchange_of(w, m->call, 0, SIP_METHOD_NONE, true)->sdp = true;
	return LADDER_SDP_OFFER;
}

static struct str
label_of(struct layout *w, const struct message *m, const struct sip_scan *scan)
{
	buf_clear(&w->line);
	if (m->flags & MESSAGE_REQUEST) {
		struct str name = store_method_name(w->store, m->method);

		if (name.n == 0 && scan)
			name = scan->method_text;
		buf_add_str(&w->line, str_sub(name, 0, LABEL_BYTES));
	} else {
		if (m->status)
			buf_printf(&w->line, "%u", m->status);
		else
			buf_add_cstr(&w->line, "response");
		if (scan && scan->reason.n > 0) {
			buf_add_char(&w->line, ' ');
			buf_add_str(&w->line, str_sub(scan->reason, 0, LABEL_BYTES));
		}
	}
	if (w->line.n == 0)
		buf_add_char(&w->line, '?');
	return arena_str(&w->l->arena, buf_str(&w->line));
}

#define FLAWS_LOST	(SIP_FLAW_CUT | SIP_FLAW_FRAGMENTS | SIP_FLAW_GAP)

static void
add_lost(struct layout *w, const struct message *m, const struct sip_scan *scan)
{
	struct ladder_row *above, *row;
	uint64_t whole = 0;

	if (scan && scan->has_length && !(scan->flaws & SIP_FLAW_NO_END))
		whole = (uint64_t)scan->head + scan->content_length;
	buf_clear(&w->line);
	buf_printf(&w->line, "%" PRIu32, m->length);
	if (whole > m->length)
		buf_printf(&w->line, " of %" PRIu64, whole);
	buf_add_cstr(&w->line, " bytes: ");
	if (m->flaws & SIP_FLAW_FRAGMENTS)
		buf_add_cstr(&w->line, "fragments missing in the capture");
	else if (m->flaws & SIP_FLAW_GAP)
		buf_add_cstr(&w->line, "a piece of the stream missing in the capture");
	else
		buf_add_cstr(&w->line, "the rest was not captured");
	row = row_add(w, LADDER_LOST, m->time);
	above = row - 1;
	row->label = arena_str(&w->l->arena, buf_str(&w->line));
	row->message = above->message;
	row->call = above->call;
	row->from = above->from;
	row->to = above->to;
}

/* The text of @m scanned, or NULL when it is not needed or cannot be read. */
static const struct sip_scan *
read_text(struct layout *w, const struct message *m, struct sip_scan *scan)
{
	bool described = (m->flags & MESSAGE_SDP) && w->o->sdp != LADDER_SDP_OFF;
	struct err err;

	if ((m->flags & MESSAGE_REQUEST) && m->method != SIP_METHOD_OTHER && !described &&
	    !(m->flaws & FLAWS_LOST))
		return NULL;
	if (store_text(w->store, m, &w->text, &err) < 0) {
		w->l->unread++;
		return NULL;
	}
	if (sip_scan(buf_str(&w->text), SIP_DATAGRAM, scan) != SIP_SCAN_MESSAGE)
		return NULL;
	return scan;
}

static void
add_message(struct layout *w, uint32_t index)
{
	const struct message *m = store_message(w->store, index);
	struct hop *hop = hop_of(w, m);
	struct ladder_row *row;
	struct sip_scan room;
	const struct sip_scan *scan;
	uint32_t from = w->ends[hop->src].lane, to = w->ends[hop->dst].lane;

	w->l->lanes[from].messages++;
	if (to != from)
		w->l->lanes[to].messages++;
	if (fold(w, index, m))
		return;
	scan = read_text(w, m, &room);
	row = row_add(w, LADDER_MESSAGE, m->time);
	row->message = index;
	row->call = m->call;
	row->from = from;
	row->to = to;
	row->flaws = m->flaws;
	row->status = m->status;
	row->flags = m->flags;
	row->transport = hop->transport;
	row->label = label_of(w, m, scan);
	row->sdp = (uint8_t)sdp_role(w, m);
	if (scan && row->sdp != LADDER_SDP_NONE && w->o->sdp != LADDER_SDP_OFF)
		row->notes = ladder_sdp_notes(&w->l->arena, scan, (enum ladder_sdp_role)row->sdp,
					      w->o->sdp, &row->note_count);
	if (m->flaws & FLAWS_LOST)
		add_lost(w, m, scan);
}

/* ---- events ---- */

/* The lane of @at, or LADDER_NONE where no message was. */
static uint32_t
lane_at(const struct layout *w, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->end_map, net_endpoint_hash(at), &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&w->ends[i].at, at))
			return w->ends[i].lane;
	/* Another port of a host that is one lane. */
	cursor = 0;
	while ((i = hash_map_next(&w->host_map, net_endpoint_hash(&any), &cursor)) != HASH_NONE) {
		const struct host *h = &w->hosts[w->ends[i].host];

		if (net_addr_eq(&w->ends[i].at.addr, &at->addr))
			return h->split || w->o->split_ports ? LADDER_NONE : h->lane;
	}
	return LADDER_NONE;
}

/* The number of member @p name (with its quotes), where it comes first in @p json. */
static bool
number_of(struct str json, struct str name, int64_t *value)
{
	size_t at = str_find_ci(json, name), n = 0;
	bool negative;
	uint32_t v;

	if (at == SIZE_MAX)
		return false;
	json = str_trim(str_skip(json, at + name.n));
	if (!str_starts(json, STR(":")))
		return false;
	json = str_trim(str_skip(json, 1));
	negative = str_starts(json, STR("-"));
	json = str_skip(json, negative);
	while (n < json.n && ascii_is_digit(json.p[n]))
		n++;
	if (!str_to_u32(str_sub(json, 0, n), &v))
		return false;
	*value = negative ? -(int64_t)v : (int64_t)v;
	return true;
}

/* Of a report in JSON, for which no ladder has room, what matters: the first block,
 * else what was sent. */
static struct str
report_words(struct str json, char *to, size_t size)
{
	int64_t sent, lost, fraction, jitter;

	if (!str_starts(json, STR("{")))
		return json;
	to[0] = '\0';
	/* The fraction is of 256; jitter in units of the timestamp. */
	if (number_of(json, STR("\"packets_lost\""), &lost) &&
	    number_of(json, STR("\"fraction_lost\""), &fraction) &&
	    number_of(json, STR("\"ia_jitter\""), &jitter))
		snprintf(to, size, "%" PRId64 " lost, %.1f %% lately, jitter %" PRId64, lost,
			 (double)fraction * 100 / 256, jitter);
	else if (number_of(json, STR("\"packets\""), &sent))
		snprintf(to, size, "%" PRId64 " packets sent", sent);
	return str_of(to);
}

static struct str
event_label(struct layout *w, const struct event *e, struct str text)
{
	char words[128];

	buf_clear(&w->line);
	text = str_trim(text);
	if (e->kind == EVENT_RTCP)
		text = report_words(text, words, sizeof(words));
	event_say(&w->line, (enum event_kind)e->kind, text);
	if (w->line.n > LABEL_BYTES) {
		w->line.n = LABEL_BYTES;
		while (w->line.n > 0 && ((unsigned char)w->line.p[w->line.n] & 0xc0) == 0x80)
			w->line.n--;
		buf_add_cstr(&w->line, "...");
	}
	return arena_str(&w->l->arena, buf_str(&w->line));
}

/* Fold an event into the row above where that tells the same. */
static bool
fold_event(struct layout *w, const struct event *e, uint32_t call)
{
	struct ladder_row *row = w->l->row_count > 0 ? &w->l->rows[w->l->row_count - 1] : NULL;
	const struct event *first;

	if (w->o->unfold || !row || row->kind != LADDER_EVENT || row->call != call ||
	    row->happened != e->kind)
		return false;
	first = store_event(w->store, row->event);
	if (e->kind == EVENT_RTCP) {
		/* Numbers of one of many reports say nothing. */
		if (row->count == 1)
			row->label = event_label(w, e, STR_NONE);
		if (first->path != e->path)
			row->from = row->to = LADDER_NONE;
	} else if (first->text != e->text || e->source != PLACE_NONE || first->path != e->path) {
		return false;
	}
	row->count++;
	if (e->time != TIME_NONE)
		row->last = e->time;
	return true;
}

static void
add_event(struct layout *w, const struct ladder_item *item)
{
	const struct event *e = store_event(w->store, item->index);
	const struct path *p = store_path(w->store, e->path);
	struct ladder_row *row;
	struct err err;

	if (fold_event(w, e, item->call))
		return;
	if (store_event_text(w->store, e, &w->text, &err) != 0)
		w->l->unread++;
	row = row_add(w, LADDER_EVENT, e->time);
	row->event = item->index;
	row->count = 1;
	row->call = item->call;
	row->transport = p->transport;
	row->happened = e->kind;
	row->label = event_label(w, e, buf_str(&w->text));
	if (e->kind == EVENT_LOG)
		return;
	row->from = lane_at(w, &p->src);
	row->to = lane_at(w, &p->dst);
	if (row->from == LADDER_NONE || row->to == LADDER_NONE)
		row->from = row->to = LADDER_NONE;
}

static void
make_rows(struct layout *w)
{
	int64_t before = TIME_NONE;
	uint32_t turn = 0;

	for (size_t i = 0; i < w->order.n; i++) {
		const struct ladder_item *item = &w->order.items[i];
		int64_t now = item->event ? store_event(w->store, item->index)->time
			: store_message(w->store, item->index)->time;
		uint32_t rows = w->l->row_count;

		if (now != TIME_NONE && (w->l->first == TIME_NONE || now < w->l->first))
			w->l->first = now;
		if (item->event) {
			add_event(w, item);
			continue;
		}
		/* A pause stands above the message that ends it: not above one
		 * that is folded into an earlier row. */
		add_time_event(w, before, now, item->turn != turn);
		add_message(w, item->index);
		if (w->l->row_count == rows + 1 && w->l->rows[rows].kind == LADDER_SILENCE)
			w->l->row_count = rows;
		turn = item->turn;
		if (now != TIME_NONE)
			before = now;
	}
}

void
ladder_layout(struct ladder *l, const struct store *s, const uint32_t *calls, size_t n,
	      const struct ladder_options *options)
{
	struct layout w = { .l = l, .store = s, .o = options, .order = { .store = s } };

	*l = (struct ladder){ .first = TIME_NONE, .arena = ARENA_INIT };
	gather(&w, calls, n);
	make_lanes(&w);
	make_rows(&w);

	ladder_order_release(&w.order);
	free(w.ends);
	free(w.hosts);
	free(w.hops);
	free(w.exchanges);
	hash_map_release(&w.end_map);
	hash_map_release(&w.host_map);
	hash_map_release(&w.hop_map);
	hash_map_release(&w.lane_map);
	hash_map_release(&w.exchange_map);
	hash_map_release(&w.copy_map);
	buf_release(&w.text);
	buf_release(&w.line);
}

void
ladder_release(struct ladder *l)
{
	free(l->lanes);
	free(l->rows);
	free(l->calls);
	arena_release(&l->arena);
	*l = (struct ladder){ 0 };
}
