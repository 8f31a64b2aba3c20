/*
 * An association has two ends and for each direction the verification tag that its
 * packets carry and a window of the TSNs that were seen. Most messages lie in one
 * chunk and are given as they lie in the packet; fragments wait in runs. A packet is
 * read chunk by chunk as it is asked for events.
 *
 * A tag that changes is a restart, a TSN far off a jump: both are believed when they
 * come a second time, so that a single forged packet moves nothing.
 */
#include "transport/sctp.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/sctp_int.h"

#define HOMES_MAX	4	/* further addresses of an end */
#define REASON_MAX	64u	/* bytes of an abort's own words */

enum chunk_type {
	CHUNK_DATA = 0,
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_SHUTDOWN_COMPLETE = 14,
	CHUNK_I_DATA = 64,
};

enum data_flag {
	DATA_ENDS = 1,
	DATA_BEGINS = 2,
	DATA_UNORDERED = 4,
};

/* One direction. */
struct way {
	uint32_t tag;		/* of its packets */
	uint32_t odd_tag;	/* another one, seen once; 0: none */
	bool has_tag;
	bool shut;		/* its sender has said SHUTDOWN */
	struct tsns seen;
};

struct association {
	struct net_endpoint ends[2];
	struct net_addr homes[2][HOMES_MAX];	/* that INIT, INIT ACK told of */
	struct way ways[2];
	struct list own;	/* runs */
	size_t bytes;		/* they take */
	uint32_t init_tag[2];	/* by the sender of INIT */
	uint32_t newer, older;	/* by their last packet; older links free ones */
	bool init[2];		/* which has sent INIT */
	bool from[2];		/* which has sent anything */
	bool data;		/* user data was seen */
	bool closed;		/* ABORT or SHUTDOWN COMPLETE */
};

struct sctp {
	struct sctp_stats stats;
	struct sctp_limits limits;
	struct association *all;
	size_t n, cap;
	uint32_t free, newest, oldest, live;
	struct hash_map by_ends, by_tag;
	struct runs runs;
	/* The packet at hand. */
	const struct segment *seg;	/* NULL: none */
	size_t at;			/* of the next chunk */
	struct association *a;
	uint32_t index;			/* of it */
	uint32_t tag;
	unsigned dir;
	bool strange;		/* its tag is not the one that is known */
	/* The last event. */
	struct buf text, reason;
	struct stamp *stamps;
	size_t stamp_cap;
	struct flow_event gap;		/* to be given next, when has_gap */
	struct stamp gap_stamp;
	struct net_endpoint gap_src, gap_dst;
	const char *later_text;		/* of an event of the packet at hand, when */
	uint8_t later_kind;		/* has_later */
	bool has_gap, has_later;
};

void
sctp_set_limits(struct sctp *s, const struct sctp_limits *limits)
{
	s->limits = *limits;
	if (!s->limits.waiting)
		s->limits.waiting = 1 << 20;
	if (!s->limits.waiting_all)
		s->limits.waiting_all = 64 << 20;
	if (!s->limits.patience)
		s->limits.patience = 10 * NS_PER_S;
	if (!s->limits.associations)
		s->limits.associations = 64 << 10;
}

struct sctp *
sctp_new(const struct sctp_limits *limits)
{
	static const struct sctp_limits none;
	struct sctp *s = xcalloc(1, sizeof(*s));

	sctp_set_limits(s, limits ? limits : &none);
	s->free = s->newest = s->oldest = NONE;
	runs_init(&s->runs);
	ARRAY_GROW(s->stamps, s->stamp_cap, 1);
	return s;
}

void
sctp_free(struct sctp *s)
{
	if (!s)
		return;
	runs_release(&s->runs);
	hash_map_release(&s->by_ends);
	hash_map_release(&s->by_tag);
	buf_release(&s->text);
	buf_release(&s->reason);
	free(s->stamps);
	free(s->all);
	free(s);
}

void
sctp_stats(const struct sctp *s, struct sctp_stats *stats)
{
	*stats = s->stats;
	stats->waiting_bytes = s->runs.bytes;
}

/* ---- associations ---- */

static uint64_t
ends_hash(const struct net_endpoint *a, const struct net_endpoint *b)
{
	return net_endpoint_hash(a) + net_endpoint_hash(b);
}

static uint64_t
tag_hash(uint16_t src, uint16_t dst, uint32_t tag)
{
	return hash_u64((uint64_t)src << 48 | (uint64_t)dst << 32 | tag);
}

static void
way_set_tag(struct sctp *s, uint32_t i, unsigned dir, uint32_t tag)
{
	struct association *a = &s->all[i];
	struct way *w = &a->ways[dir];
	uint16_t src = a->ends[dir].port, dst = a->ends[!dir].port;

	if (w->has_tag && w->tag == tag)
		return;
	if (w->has_tag)
		hash_map_remove(&s->by_tag, tag_hash(src, dst, w->tag), i);
	/* Another tag is another count of TSNs. */
	*w = (struct way){ .tag = tag, .has_tag = true, .shut = w->shut };
	hash_map_add(&s->by_tag, tag_hash(src, dst, tag), i);
}

static void
ways_clear(struct sctp *s, uint32_t i)
{
	struct association *a = &s->all[i];

	for (unsigned dir = 0; dir < 2; dir++) {
		if (a->ways[dir].has_tag)
			hash_map_remove(&s->by_tag,
					tag_hash(a->ends[dir].port, a->ends[!dir].port,
						 a->ways[dir].tag), i);
		a->ways[dir] = (struct way){ .tag = 0 };
	}
}

static void
doom_all(struct sctp *s, struct association *a)
{
	while (a->own.first != NONE)
		runs_doom(&s->runs, &a->own, &a->bytes, a->own.first);
}

/* The association on these ends is over, as far as can be known. */
static void
association_retire(struct sctp *s, uint32_t i)
{
	struct association *a = &s->all[i];

	doom_all(s, a);
	if ((a->init[0] && !a->from[1]) || (a->init[1] && !a->from[0]))
		s->stats.init_unanswered++;
	ways_clear(s, i);
	a->init[0] = a->init[1] = a->from[0] = a->from[1] = false;
	a->data = a->closed = false;
	memset(a->homes, 0, sizeof(a->homes));
}

static void
age_remove(struct sctp *s, uint32_t i)
{
	struct association *a = &s->all[i];

	if (a->newer == NONE)
		s->newest = a->older;
	else
		s->all[a->newer].older = a->older;
	if (a->older == NONE)
		s->oldest = a->newer;
	else
		s->all[a->older].newer = a->newer;
}

static void
age_push(struct sctp *s, uint32_t i)
{
	struct association *a = &s->all[i];

	a->newer = NONE;
	a->older = s->newest;
	if (s->newest == NONE)
		s->oldest = i;
	else
		s->all[s->newest].newer = i;
	s->newest = i;
}

static void
association_evict(struct sctp *s, uint32_t i)
{
	struct association *a = &s->all[i];

	association_retire(s, i);
	hash_map_remove(&s->by_ends, ends_hash(&a->ends[0], &a->ends[1]), i);
	age_remove(s, i);
	a->older = s->free;
	s->free = i;
	s->live--;
	s->stats.evicted++;
}

static uint32_t
association_new(struct sctp *s, const struct segment *seg)
{
	uint32_t i;

	if (s->live == s->limits.associations)
		association_evict(s, s->oldest);
	i = s->free;
	if (i != NONE) {
		s->free = s->all[i].older;
	} else {
		ARRAY_GROW(s->all, s->cap, s->n + 1);
		i = (uint32_t)s->n++;
	}
	memset(&s->all[i], 0, sizeof(s->all[i]));
	net_endpoint_copy(&s->all[i].ends[0], &seg->src);
	net_endpoint_copy(&s->all[i].ends[1], &seg->dst);
	s->all[i].own = (struct list){ NONE, NONE };
	hash_map_add(&s->by_ends, ends_hash(&seg->src, &seg->dst), i);
	age_push(s, i);
	s->live++;
	s->stats.associations++;
	return i;
}

static bool
end_has(const struct association *a, unsigned end, const struct net_endpoint *e)
{
	if (a->ends[end].port != e->port)
		return false;
	for (size_t i = 0; i < HOMES_MAX; i++)
		if (net_addr_eq(&a->homes[end][i], &e->addr))
			return true;
	return net_addr_eq(&a->ends[end].addr, &e->addr);
}

/* By the ends; else, for one of several addresses, by the ports and the tag, and
 * the addresses that were told of: a tag alone need not be unique in a capture. */
static uint32_t
association_find(const struct sctp *s, const struct segment *seg, uint32_t tag, unsigned *dir)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->by_ends, ends_hash(&seg->src, &seg->dst), &cursor)) !=
	       HASH_NONE) {
		const struct net_endpoint *ends = s->all[i].ends;

		for (*dir = 0; *dir < 2; (*dir)++)
			if (net_endpoint_eq(&ends[*dir], &seg->src) &&
			    net_endpoint_eq(&ends[!*dir], &seg->dst))
				return i;
	}
	cursor = 0;
	while (tag != 0 && (i = hash_map_next(&s->by_tag,
					      tag_hash(seg->src.port, seg->dst.port, tag),
					      &cursor)) != HASH_NONE) {
		const struct association *a = &s->all[i];

		for (*dir = 0; *dir < 2; (*dir)++)
			if (a->ways[*dir].has_tag && a->ways[*dir].tag == tag &&
			    end_has(a, *dir, &seg->src) && end_has(a, !*dir, &seg->dst))
				return i;
	}
	*dir = 0;
	return NONE;
}

/* ---- events ---- */

static void
event_of_packet(const struct sctp *s, struct flow_event *ev, enum flow_event_kind kind,
		struct stamp *stamp)
{
	*ev = (struct flow_event){
		.kind = (uint8_t)kind, .dir = (uint8_t)s->dir, .place = { 0, PLACE_NONE },
		.stamps = stamp, .stamp_n = 1,
	};
	*stamp = (struct stamp){
		.time = s->seg->time, .frame = s->seg->frame, .source = s->seg->source,
	};
}

/* An event of the packet at hand, behind all that was given up before it. */
static void
event_later(struct sctp *s, enum flow_event_kind kind, const char *text)
{
	s->later_kind = (uint8_t)kind;
	s->later_text = text;
	s->has_later = true;
}

/* A run that is whole, or what there is of one. */
static void
event_of_run(struct sctp *s, struct flow_event *ev, const struct run *run)
{
	*ev = (struct flow_event){
		.kind = FLOW_MESSAGE, .dir = run->key.dir, .place = { 0, PLACE_NONE },
		.cut = !run_text(run, &s->text),
	};
	ev->stamp_n = run_stamps(run, &s->stamps, &s->stamp_cap);
	ev->stamps = s->stamps;
	ev->bytes = buf_str(&s->text);
}

/* ---- chunks ---- */

static void
room_make(struct sctp *s, size_t size)
{
	struct association *a = s->a;

	while (a->own.first != NONE && a->bytes + size > s->limits.waiting)
		runs_doom(&s->runs, &a->own, &a->bytes, a->own.first);
	while (s->runs.waiting.first != NONE && s->runs.bytes + size > s->limits.waiting_all) {
		uint32_t i = s->runs.waiting.first;
		struct association *b = &s->all[s->runs.all[i].key.association];

		runs_doom(&s->runs, &b->own, &b->bytes, i);
	}
}

enum step {
	STEP_DONE,	/* the packet is at its end */
	STEP_AGAIN,
	STEP_EVENT,	/* *ev is set */
};

/* RFC 9260 section 3.3.1, RFC 8260 section 2.1. @chunk: what is there of it, of
 * @length bytes. */
static enum step
data_take(struct sctp *s, struct flow_event *ev, struct str chunk, uint32_t length)
{
	const uint8_t *p = (const uint8_t *)chunk.p;
	bool idata = p[0] == CHUNK_I_DATA;
	uint32_t header = idata ? 20 : 16;
	struct run_part part = { .seg = s->seg };
	struct way *w = &s->a->ways[s->dir];
	uint32_t run, tsn;

	s->stats.data++;
	if (length <= header) {
		s->stats.bad++;
		return STEP_AGAIN;
	}
	if (chunk.n < header) {
		event_of_packet(s, ev, FLOW_GAP, s->stamps);
		ev->cut = true;
		ev->missing = length - header;
		return STEP_EVENT;
	}
	tsn = get_be32(p + 4);
	s->a->data = true;
	if (!s->strange && !tsns_take(&w->seen, tsn)) {
		s->stats.retransmitted++;
		return STEP_AGAIN;
	}
	part.begins = p[1] & DATA_BEGINS;
	part.ends = p[1] & DATA_ENDS;
	part.cut = chunk.n < length;
	part.bytes = str_skip(chunk, header);
	if (part.begins && part.ends) {
		event_of_packet(s, ev, FLOW_MESSAGE, s->stamps);
		ev->bytes = part.bytes;
		ev->cut = part.cut;
		if (s->seg->in_record && s->seg->place.source != PLACE_NONE) {
			ev->place = s->seg->place;
			ev->place.offset += (uint64_t)(part.bytes.p - s->seg->payload.p);
		}
		s->stats.messages++;
		return STEP_EVENT;
	}
	part.key = (struct run_key){
		.association = s->index, .tag = s->tag, .dir = (uint8_t)s->dir,
		.stream = get_be16(p + 8),
		.message = idata ? get_be32(p + 12) : get_be16(p + 10),
		.flags = (uint8_t)((p[1] & DATA_UNORDERED ? RUN_UNORDERED : 0) |
				   (idata ? RUN_IDATA : 0)),
	};
	part.seq = !idata ? tsn : part.begins ? 0 : get_be32(p + 16);
	room_make(s, part_size(&part));
	run = runs_add(&s->runs, &s->a->own, &s->a->bytes, &part);
	if (run == NONE)
		return STEP_AGAIN;
	event_of_run(s, ev, &s->runs.all[run]);
	s->stats.messages++;
	runs_drop(&s->runs, run);
	return STEP_EVENT;
}

/* Address parameters of INIT and INIT ACK (RFC 9260 section 3.3.2.1). */
static void
homes_take(struct net_addr homes[HOMES_MAX], struct str in)
{
	size_t n = 0;

	while (in.n >= 4 && n < HOMES_MAX) {
		const uint8_t *p = (const uint8_t *)in.p;
		uint32_t type = get_be16(p), length = get_be16(p + 2);

		if (length < 4 || length > in.n)
			return;
		if (type == 5 && length == 8)
			net_addr_set_ip4(&homes[n++], p + 4);
		else if (type == 6 && length == 20)
			homes[n++] = net_addr_ip6(p + 4);
		in = str_skip(in, (length + 3u) & ~3u);
	}
}

/* RFC 9260 sections 3.3.2 and 3.3.3. */
static void
init_take(struct sctp *s, struct str chunk)
{
	struct association *a = s->a;
	bool ack = chunk.p[0] == CHUNK_INIT_ACK;
	uint32_t tag;

	if (chunk.n < 8)
		return;
	tag = get_be32((const uint8_t *)chunk.p + 4);
	if (!ack) {
		if (a->closed || a->data || (a->init[s->dir] && a->init_tag[s->dir] != tag)) {
			association_retire(s, s->index);
			a->from[s->dir] = true;
			s->stats.associations++;
		}
		a->init[s->dir] = true;
		a->init_tag[s->dir] = tag;
	}
	way_set_tag(s, s->index, !s->dir, tag);
	homes_take(a->homes[s->dir], str_skip(chunk, 20));
}

/* Of the first cause of an ABORT, RFC 9260 section 3.3.10. */
static const char *const cause_names[] = {
	[1] = "invalid stream identifier",
	[2] = "missing mandatory parameter",
	[3] = "stale cookie",
	[4] = "out of resource",
	[5] = "unresolvable address",
	[6] = "unrecognized chunk type",
	[7] = "invalid mandatory parameter",
	[8] = "unrecognized parameters",
	[9] = "no user data",
	[10] = "cookie received while shutting down",
	[11] = "restart with new addresses",
	[12] = "user-initiated abort",
	[13] = "protocol violation",
};

static const char *
abort_text(struct sctp *s, struct str chunk)
{
	const uint8_t *p = (const uint8_t *)chunk.p;
	uint32_t code, length;
	struct str words;

	if (chunk.n < 8)
		return NULL;
	code = get_be16(p + 4);
	length = get_be16(p + 6);
	if (code >= ARRAY_SIZE(cause_names) || !cause_names[code])
		return NULL;
	words = str_sub(chunk, 8, length > 4 ? length - 4 : 0);
	if (code < 12 || words.n == 0)
		return cause_names[code];
	buf_clear(&s->reason);
	buf_printf(&s->reason, "%s: ", cause_names[code]);
	for (size_t i = 0; i < words.n && i < REASON_MAX && words.p[i]; i++) {
		char c = words.p[i];

		buf_add_char(&s->reason, c >= ' ' && c < 0x7f ? c : '?');
	}
	return buf_cstr(&s->reason);
}

static enum step
chunk_take(struct sctp *s, struct flow_event *ev, struct str chunk, uint32_t length)
{
	struct association *a = s->a;
	bool first;

	switch ((uint8_t)chunk.p[0]) {
	case CHUNK_DATA:
	case CHUNK_I_DATA:
		return data_take(s, ev, chunk, length);
	case CHUNK_INIT:
	case CHUNK_INIT_ACK:
		init_take(s, chunk);
		break;
	case CHUNK_ABORT:
		if (a->closed)
			break;
		s->stats.aborted++;
		a->closed = true;
		doom_all(s, a);
		event_later(s, FLOW_RESET, abort_text(s, chunk));
		break;
	case CHUNK_SHUTDOWN:
	case CHUNK_SHUTDOWN_ACK:
		first = !a->ways[s->dir].shut;
		a->ways[s->dir].shut = true;
		if (first)
			event_later(s, FLOW_END, NULL);
		break;
	case CHUNK_SHUTDOWN_COMPLETE:
		if (!a->closed)
			s->stats.shut++;
		a->closed = true;
		doom_all(s, a);
		break;
	}
	return STEP_AGAIN;
}

/* The next chunk of the packet at hand (RFC 9260 section 3.2). */
static enum step
packet_next(struct sctp *s, struct flow_event *ev)
{
	struct str in = str_skip(s->seg->payload, s->at);
	size_t wire = s->seg->wire_length - s->at;
	struct str chunk;
	uint32_t length;

	if (in.n < 4) {
		s->at = s->seg->payload.n;
		/* The snap length may have taken whole chunks. */
		if (s->seg->payload.n >= s->seg->wire_length || wire <= 16)
			return STEP_DONE;
		event_of_packet(s, ev, FLOW_GAP, s->stamps);
		ev->cut = true;
		ev->missing = wire;
		s->seg = NULL;
		return STEP_EVENT;
	}
	length = get_be16((const uint8_t *)in.p + 2);
	s->stats.chunks++;
	if (length < 4) {
		s->stats.bad++;
		return STEP_DONE;
	}
	if (length > wire)
		s->stats.bad++;
	chunk = str_sub(in, 0, length);
	/* The last one may come without its padding; one that is not whole is
	 * the last. */
	s->at += (length + 3u) & ~3u;
	if (s->at > s->seg->payload.n)
		s->at = s->seg->payload.n;
	if (chunk.n < length) {
		enum step step = chunk_take(s, ev, chunk, length);

		s->at = s->seg->wire_length;
		return step == STEP_EVENT ? step : STEP_AGAIN;
	}
	return chunk_take(s, ev, chunk, length);
}

/* ---- the turn ---- */

static void
doom_expired(struct sctp *s, int64_t now)
{
	while (now != TIME_NONE && s->runs.waiting.first != NONE) {
		uint32_t i = s->runs.waiting.first;
		struct run *run = &s->runs.all[i];
		struct association *a = &s->all[run->key.association];

		if (run->since == TIME_NONE)
			run->since = now;
		if (now <= run->since || (uint64_t)now - (uint64_t)run->since <=
						 (uint64_t)s->limits.patience)
			return;
		runs_doom(&s->runs, &a->own, &a->bytes, i);
	}
}

/* Whether the packet's tag is the one of its direction; that may be another now. */
static bool
tag_take(struct sctp *s, uint8_t first, uint8_t flags)
{
	struct way *w = &s->a->ways[s->dir];

	/* With the T bit it is the tag of the other direction. */
	if (s->tag == 0 || first == CHUNK_INIT ||
	    ((first == CHUNK_ABORT || first == CHUNK_SHUTDOWN_COMPLETE) && (flags & 1)))
		return true;
	if (!w->has_tag || w->odd_tag == s->tag)
		way_set_tag(s, s->index, s->dir, s->tag);
	if (w->tag == s->tag) {
		w->odd_tag = 0;
		return true;
	}
	w->odd_tag = s->tag;
	return false;
}

void
sctp_take(struct sctp *s, const struct segment *seg)
{
	const uint8_t *p = (const uint8_t *)seg->payload.p;

	s->stats.packets++;
	s->seg = NULL;
	s->has_later = false;
	doom_expired(s, seg->time);
	if (seg->payload.n < 12)
		return;
	s->seg = seg;
	s->at = 12;
	s->tag = get_be32(p + 4);
	s->index = association_find(s, seg, s->tag, &s->dir);
	if (s->index == NONE) {
		s->index = association_new(s, seg);
	} else if (s->index != s->newest) {
		age_remove(s, s->index);
		age_push(s, s->index);
	}
	s->a = &s->all[s->index];
	s->a->from[s->dir] = true;
	s->strange = seg->payload.n >= 14 && !tag_take(s, p[12], p[13]);
}

/* What was given up: the first bytes of a message where they are there, a gap. */
static bool
doomed_next(struct sctp *s, struct flow_event *ev, struct net_endpoint *src,
	    struct net_endpoint *dst)
{
	const struct run *run;
	bool begins;
	uint32_t i;

	if (!s->has_gap) {
		if (!runs_take_doomed(&s->runs, &i))
			return false;
		run = &s->runs.all[i];
		event_of_run(s, ev, run);
		s->stats.incomplete++;
		s->gap = (struct flow_event){
			.kind = FLOW_GAP, .dir = ev->dir, .place = { 0, PLACE_NONE },
			.text = "fragments are not in the capture",
			.stamps = &s->gap_stamp, .stamp_n = 1,
		};
		s->gap_stamp = ev->stamps[ev->stamp_n - 1];
		net_endpoint_copy(&s->gap_src, &run->src);
		net_endpoint_copy(&s->gap_dst, &run->dst);
		s->has_gap = true;
		net_endpoint_copy(src, &run->src);
		net_endpoint_copy(dst, &run->dst);
		begins = run->begins;
		runs_drop(&s->runs, i);
		if (begins)
			return true;
	}
	*ev = s->gap;
	net_endpoint_copy(src, &s->gap_src);
	net_endpoint_copy(dst, &s->gap_dst);
	s->has_gap = false;
	return true;
}

bool
sctp_next(struct sctp *s, struct flow_event *ev, struct net_endpoint *src,
	  struct net_endpoint *dst)
{
	enum step step = STEP_AGAIN;

	while (step == STEP_AGAIN) {
		if (doomed_next(s, ev, src, dst))
			return true;
		if (!s->seg)
			return false;
		net_endpoint_copy(src, &s->seg->src);
		net_endpoint_copy(dst, &s->seg->dst);
		if (s->has_later) {
			event_of_packet(s, ev, (enum flow_event_kind)s->later_kind, s->stamps);
			ev->text = s->later_text;
			s->has_later = false;
			return true;
		}
		if (s->at >= s->seg->wire_length)
			break;
		step = packet_next(s, ev);
	}
	if (step == STEP_EVENT)
		return true;
	s->seg = NULL;
	return false;
}

void
sctp_end(struct sctp *s)
{
	s->seg = NULL;
	for (uint32_t i = s->oldest; i != NONE; i = s->all[i].newer)
		association_retire(s, i);
}
