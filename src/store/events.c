/*
 * What happened besides messages. An event hangs in one chain: of the calls whose
 * Call-ID it names, or of the connection it happened to. A chain is found by its
 * last event; each one leads to the one before it.
 *
 * A connection is two ends in either order and what is between them: UDP, SCTP or
 * a stream. A stream is one thing here, for a reset is one of TCP whatever TLS and
 * WebSocket made of it. Calls are not told of events: they ask for them, so that an
 * event may come before its call.
 */
#include "store/event.h"

#include "base/mem.h"
#include "store/streams_int.h"

#define EVENTS_MAX	(4u << 20)		/* a few bytes on the wire make one */
#define LINGER	(32 * NS_PER_S)		/* 64*T1: what a call may still wait for */

static const char *const names[EVENT_COUNT] = {
#define EVENT_NAME(id, name, help) [EVENT_##id] = name,
	EVENTS(EVENT_NAME)
#undef EVENT_NAME
};

const char *
event_name(enum event_kind k)
{
	return k < EVENT_COUNT ? names[k] : "event";
}

void
event_say(struct buf *b, enum event_kind k, struct str text)
{
	static const char *const titles[EVENT_COUNT] = {
		[EVENT_GAP] = "gap",
		[EVENT_OVERLAP] = "overlap",
		[EVENT_RESET] = "connection reset",
		[EVENT_REFUSED] = "connection refused",
		[EVENT_UNANSWERED] = "connection attempt not answered",
		[EVENT_ALERT] = "TLS alert",
		[EVENT_ICMP] = "ICMP",
		[EVENT_LOG] = "log",
		[EVENT_RTCP] = "RTCP report",
	};
	struct str title = str_of(k < EVENT_COUNT ? titles[k] : "event");

	if (!str_starts_ci(text, title)) {
		buf_add_str(b, title);
		if (text.n == 0 && k == EVENT_ICMP)
			buf_add_cstr(b, " error");
		if (text.n == 0 && k == EVENT_GAP)
			buf_add_cstr(b, " in the stream");
		if (text.n > 0)
			buf_add_cstr(b, k == EVENT_ICMP ? " " : ": ");
	}
	buf_add_str(b, text);
}

/* ---- connections ---- */

static unsigned int
pair_kind(uint8_t transport)
{
	switch ((enum transport)transport) {
	case TRANSPORT_TLS:
	case TRANSPORT_WS:
	case TRANSPORT_WSS:
		return TRANSPORT_TCP;
	default:
		return transport;
	}
}

static uint64_t
pair_hash(const struct path *p)
{
	uint64_t a = net_endpoint_hash(&p->src), b = net_endpoint_hash(&p->dst);

	return hash_u64(hash_u64(a) + hash_u64(b) + pair_kind(p->transport));
}

static bool
pair_eq(const struct path *p, const struct path *q)
{
	if (pair_kind(p->transport) != pair_kind(q->transport))
		return false;
	return (net_endpoint_eq(&p->src, &q->src) && net_endpoint_eq(&p->dst, &q->dst)) ||
	       (net_endpoint_eq(&p->src, &q->dst) && net_endpoint_eq(&p->dst, &q->src));
}

/* The last event of a connection. */
static uint32_t
pair_last(const struct store *s, const struct path *p, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->pair_map, hash, &cursor)) != HASH_NONE)
		if (pair_eq(store_path(s, store_event(s, i)->path), p))
			break;
	return i;
}

/* The last event that names a Call-ID. */
static uint32_t
told_last(const struct store *s, struct str id, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->told_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(store_name(s, store_event(s, i)->call_id), id))
			break;
	return i;
}

static struct str
told_id(struct str id)
{
	return str_sub(id, 0, NAME_LENGTH_MAX);
}

/* A chain ends where it has none, or the older ones are gone. */
static bool
is_here(const struct store *s, uint32_t i)
{
	return i != EVENT_NONE && ((const struct event *)chunks_at(&s->events, i))->here;
}

/* Put event @i at the front of a chain. */
static void
chain(struct hash_map *map, uint64_t hash, struct event *e, uint32_t last, uint32_t i)
{
	e->previous = last == HASH_NONE ? EVENT_NONE : last;
	if (last == HASH_NONE)
		hash_map_add(map, hash, i);
	else
		hash_map_replace(map, hash, last, i);
}

uint32_t
store_add_event(struct store *s, const struct event_input *in)
{
	struct store_input ends = { .transport = in->transport };
	struct str id = told_id(in->call_id);
	struct event *e;
	uint64_t hash;
	uint32_t i;

	if (in->kind == EVENT_RTCP && !in->reports_taken)
		reports_learn_json(s, in);
	if (s->events.n - s->events_gone >= EVENTS_MAX) {
		s->stats.events_lost++;
		return EVENT_NONE;
	}
	e = chunks_add(&s->events);
	i = s->events.n - 1;
	net_endpoint_copy(&ends.src, &in->src);
	net_endpoint_copy(&ends.dst, &in->dst);
	e->path = path_find(s, &ends);
	path_ref(s, e->path);
	e->here = true;
	e->time = in->time;
	e->offset = in->place.offset;
	e->source = in->place.source;
	e->length = in->length;
	e->frame = (uint32_t)in->frame;
	e->frame_high = (uint16_t)(in->frame >> 32);
	e->file = in->source;
	e->kind = in->kind;
	/* What can be read again is not kept a second time. */
	if (in->place.source == PLACE_NONE)
		e->text = names_add_half(&s->names, str_sub(in->text, 0, EVENT_TEXT_MAX));
	e->call_id = names_add(&s->names, id);
	e->previous = EVENT_NONE;
	if (e->call_id) {
		hash = hash_str(id);
		chain(&s->told_map, hash, e, told_last(s, id, hash), i);
	} else if (id.n == 0) {
		const struct path *p = store_path(s, e->path);

		hash = pair_hash(p);
		chain(&s->pair_map, hash, e, pair_last(s, p, hash), i);
	}
	return i;
}

int
store_event_text(const struct store *s, const struct event *e, struct buf *to, struct err *err)
{
	struct place place = { .offset = e->offset, .source = e->source };

	buf_clear(to);
	if (e->source != PLACE_NONE)
		return store_read(s, place, e->length, to, err);
	buf_add_str(to, store_name(s, e->text));
	return 0;
}

uint32_t
store_event_count(const struct store *s)
{
	return s->events.n;
}

const struct event *
store_event(const struct store *s, uint32_t i)
{
	static const struct event gone = {
		.time = TIME_NONE, .path = PATH_NONE, .previous = EVENT_NONE,
		.source = PLACE_NONE,
	};
	const struct event *e;

	if (i >= s->events.n)
		return NULL;
	e = chunks_at(&s->events, i);
	return LIKELY(e->here) ? e : &gone;
}

/* ---- asking ---- */

/* How far a moment is from the life of a call; nothing when one is not known. */
static uint64_t
distance(const struct call *c, int64_t time)
{
	if (time == TIME_NONE || c->start == TIME_NONE)
		return 0;
	if (time < c->start)
		return (uint64_t)c->start - (uint64_t)time;
	return time > c->end_seen ? (uint64_t)time - (uint64_t)c->end_seen : 0;
}

/* Of two calls with one Call-ID, whether the later one is nearer. */
static bool
is_later(const struct call *earlier, const struct call *later, int64_t time)
{
	uint64_t a = distance(earlier, time), b = distance(later, time);

	return b < a || (a == b && time >= later->start);
}

static bool
is_nearest(const struct store *s, const struct call *c, int64_t time)
{
	if (c->later != CALL_NONE && is_later(c, store_call(s, c->later), time))
		return false;
	return c->earlier == CALL_NONE || is_later(store_call(s, c->earlier), c, time);
}

/* Whether nothing more is to come of it. A last request that has no answer may
 * lack it because of what happened. */
static bool
has_ended(const struct store *s, const struct call *c)
{
	const struct message *last = store_message(s, c->last);

	if (c->kind == CALL_SINGLE)
		return c->status >= 200;
	return c->ended != TIME_NONE &&
		(!(last->flags & MESSAGE_REQUEST) || last->method == SIP_METHOD_ACK);
}

static bool
is_within(const struct store *s, const struct call *c, const struct event *e)
{
	int64_t after;

	if (e->time == TIME_NONE || c->start == TIME_NONE)
		return true;
	if (e->time < c->start)
		return false;
	if (e->time <= c->end_seen)
		return true;
	return !has_ended(s, c) && c->end_seen != TIME_NONE &&
		!__builtin_sub_overflow(e->time, c->end_seen, &after) && after <= LINGER;
}

/* A list that grows. */
struct found {
	const struct store *s;
	uint32_t **list;
	size_t n, *cap;
};

static void
take(struct found *f, uint32_t i)
{
	ARRAY_GROW(*f->list, *f->cap, f->n + 1);
	(*f->list)[f->n++] = i;
}

static bool
has(const struct hash_map *m, uint32_t i)
{
	size_t cursor = 0;
	uint32_t known;

	while ((known = hash_map_next(m, hash_u64(i), &cursor)) != HASH_NONE)
		if (known == i)
			return true;
	return false;
}

/* The connections of the messages, each once: by their paths, and two paths that
 * are one connection by its last event. */
static void
take_connections(struct found *f, const struct call *c)
{
	struct hash_map paths = { 0 }, chains = { 0 };

	for (uint32_t m = c->last; m != MESSAGE_NONE; m = store_message(f->s, m)->previous) {
		uint32_t path = path_base(f->s, store_message(f->s, m)->path), last;

		if (has(&paths, path))
			continue;
		hash_map_add(&paths, hash_u64(path), path);
		last = pair_last(f->s, store_path(f->s, path),
				 pair_hash(store_path(f->s, path)));
		if (last == HASH_NONE || has(&chains, last))
			continue;
		hash_map_add(&chains, hash_u64(last), last);
		for (uint32_t i = last; is_here(f->s, i); i = store_event(f->s, i)->previous)
			if (is_within(f->s, c, store_event(f->s, i)))
				take(f, i);
	}
	hash_map_release(&paths);
	hash_map_release(&chains);
}

static int
by_time(const void *a, const void *b, void *store)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int64_t t = store_event(store, x)->time, u = store_event(store, y)->time;

	if (t != u)
		return t < u ? -1 : 1;
	return (x > y) - (x < y);
}

static void
sort(const struct store *s, uint32_t *list, size_t n)
{
	if (n > 1)
		qsort_r(list, n, sizeof(*list), by_time, (void *)(uintptr_t)s);
}

size_t
store_call_events(const struct store *s, const struct call *c, uint32_t **list, size_t *cap,
		  uint64_t *left)
{
	struct found f = { .s = s, .list = list, .cap = cap };
	struct str id = told_id(call_id(c));
	size_t own;
	uint32_t i;

	if (s->events.n == 0)
		return 0;
	i = c->flags & CALL_NO_CALL_ID ? HASH_NONE : told_last(s, id, hash_str(id));
	for (; is_here(s, i); i = store_event(s, i)->previous)
		if (is_nearest(s, c, store_event(s, i)->time))
			take(&f, i);
	own = f.n;
	take_connections(&f, c);
	if (f.n - own > STORE_CALL_EVENTS_MAX) {
		sort(s, *list + own, f.n - own);
		*left += f.n - own - STORE_CALL_EVENTS_MAX;
		f.n = own + STORE_CALL_EVENTS_MAX;
	}
	sort(s, *list, f.n);
	return f.n;
}

/* ---- letting go ---- */

#define DROP_STEPS	65536u	/* events looked at for one call: what is left goes by age */

/* Take what is kept of an event away that no chain leads to any more. */
static void
drop(struct store *s, uint32_t i)
{
	struct event *e = chunks_at(&s->events, i);

	drop_place(s, (struct place){ .offset = e->offset, .source = e->source }, e->length);
	names_drop(&s->names, e->text);
	names_drop(&s->names, e->call_id);
	path_unref(s, e->path);
	chunks_drop(&s->events, i);
	s->events_gone++;
}

void
events_drop_call(struct store *s, const struct call *c)
{
	struct str id = told_id(call_id(c));
	uint64_t hash = hash_str(id);
	uint32_t i, last = EVENT_NONE, next;

	if (s->told_map.live == 0 || (c->flags & CALL_NO_CALL_ID))
		return;
	i = told_last(s, id, hash);
	if (i == HASH_NONE)
		return;
	/* Before its text goes with the last event that has it. */
	for (uint32_t steps = 0; is_here(s, i) && steps < DROP_STEPS; steps++, i = next) {
		next = store_event(s, i)->previous;
		if (!is_nearest(s, c, store_event(s, i)->time)) {
			last = i;
			continue;
		}
		if (last != EVENT_NONE)
			((struct event *)chunks_at(&s->events, last))->previous = next;
		else if (is_here(s, next))
			hash_map_replace(&s->told_map, hash, i, next);
		else
			hash_map_remove(&s->told_map, hash, i);
		drop(s, i);
	}
}

bool
events_drop_oldest(struct store *s)
{
	const struct event *e;
	uint32_t i;

	while (s->first_event < s->events.n && !store_event(s, s->first_event)->here)
		s->first_event++;
	if (s->first_event == s->events.n)
		return false;
	i = s->first_event++;
	e = store_event(s, i);
	/* The last one of its chain is the only one; of others the next ones lead to it still. */
	if (e->call_id)
		hash_map_remove(&s->told_map, hash_str(store_name(s, e->call_id)), i);
	else
		hash_map_remove(&s->pair_map, pair_hash(store_path(s, e->path)), i);
	drop(s, i);
	return true;
}
