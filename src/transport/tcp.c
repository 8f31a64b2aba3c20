/*
 * The table of TCP connections, and what of a segment concerns the connection as
 * a whole; what concerns one direction, the policy of gaps above all, is in
 * tcp_stream.c.
 *
 * Connections are found by a hash of both ends that is the same both ways; the
 * last one is looked at first. They lie in chunks, so that they never move, and
 * are told by index. Each is in one list: the open ones and the closed ones with
 * the longest silent first, so that the next to be forgotten is known. The links
 * of the lists are kept apart from the connections: to move one to the end
 * touches its neighbours, which would not be in the cache otherwise. Closed
 * connections stay for CLOSED_NS, for their late retransmissions.
 *
 * A segment makes events, which wait in an array until they are asked for. A
 * connection that is forgotten is not used again before the next segment.
 */
#include "transport/tcp_int.h"

#include "base/mem.h"

void
tcp_set_limits(struct tcp *t, const struct tcp_limits *limits)
{
	t->limits = *limits;
	if (t->limits.waiting == 0)
		t->limits.waiting = (size_t)1 << 20;
	if (t->limits.waiting_all == 0)
		t->limits.waiting_all = (size_t)64 << 20;
	if (t->limits.patience == 0)
		t->limits.patience = 10 * NS_PER_S;
	if (t->limits.connections == 0)
		t->limits.connections = 1u << 20;
}

struct tcp *
tcp_new(const struct tcp_limits *limits)
{
	static const struct tcp_limits none;
	struct tcp *t = xcalloc(1, sizeof(*t));

	tcp_set_limits(t, limits ? limits : &none);
	chunks_init(&t->connections, sizeof(struct connection));
	chunks_init(&t->links, sizeof(struct link));
	t->open = t->closed = t->dying = t->spare =
		(struct link_list){ HASH_NONE, HASH_NONE, 0 };
	t->now = TIME_NONE;
	ARRAY_GROW(t->events, t->event_cap, 16);
	return t;
}

static void
free_spent(struct tcp *t)
{
	while (t->spent) {
		struct piece *p = t->spent;

		t->spent = p->next;
		free(p);
	}
}

void
tcp_free(struct tcp *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->connections.n; i++) {
		struct connection *c = chunks_at(&t->connections, i);

		stream_release(t, &c->streams[0]);
		stream_release(t, &c->streams[1]);
	}
	free_spent(t);
	free(t->events);
	hash_map_release(&t->map);
	chunks_release(&t->connections);
	chunks_release(&t->links);
	free(t);
}

/* ---- events ---- */

struct flow_event *
event_add(struct tcp *t, struct connection *c, unsigned dir, enum flow_event_kind kind,
	  const struct stamp *stamp)
{
	struct tcp_event *e;

	ARRAY_GROW(t->events, t->event_cap, t->event_n + 1);
	e = &t->events[t->event_n++];
	e->c = &c->pub;
	if (stamp)
		e->stamp = *stamp;
	e->ev = (struct flow_event){
		.kind = (uint8_t)kind, .dir = (uint8_t)dir, .place = { 0, PLACE_NONE },
		.stamp_n = stamp ? 1 : 0,
	};
	return &e->ev;
}

struct stamp
connection_stamp(const struct connection *c)
{
	return (struct stamp){
		.time = c->pub.last, .frame = c->last_frame, .source = c->last_source,
	};
}

/* ---- lists of connections ---- */

static void
link_remove(struct tcp *t, struct link_list *list, uint32_t i)
{
	struct link *l = chunks_at(&t->links, i);

	if (l->prev != HASH_NONE)
		((struct link *)chunks_at(&t->links, l->prev))->next = l->next;
	else
		list->first = l->next;
	if (l->next != HASH_NONE)
		((struct link *)chunks_at(&t->links, l->next))->prev = l->prev;
	else
		list->last = l->prev;
	list->n--;
}

static void
link_append(struct tcp *t, struct link_list *list, uint32_t i)
{
	struct link *l = chunks_at(&t->links, i);

	l->prev = list->last;
	l->next = HASH_NONE;
	if (list->last != HASH_NONE)
		((struct link *)chunks_at(&t->links, list->last))->next = i;
	else
		list->first = i;
	list->last = i;
	list->n++;
}

static inline struct link_list *
list_of(struct tcp *t, const struct connection *c)
{
	return c->state & CONNECTION_CLOSED ? &t->closed : &t->open;
}

static inline void
touch(struct tcp *t, const struct connection *c)
{
	struct link_list *list = list_of(t, c);

	if (list->last == c->index)
		return;
	link_remove(t, list, c->index);
	link_append(t, list, c->index);
}

void
connection_close(struct tcp *t, struct connection *c)
{
	if (c->state & CONNECTION_CLOSED)
		return;
	link_remove(t, &t->open, c->index);
	c->state |= CONNECTION_CLOSED;
	link_append(t, &t->closed, c->index);
	if (!(c->pub.flags & (TCP_RST_0 | TCP_RST_1)))
		t->stats.closed++;
}

/* ---- the table ---- */

/* The same for both directions. */
static inline uint64_t
ends_hash(const struct net_endpoint *a, const struct net_endpoint *b)
{
	return net_endpoint_hash(a) + net_endpoint_hash(b);
}

/* Whether @seg is of @c, and in which direction. */
static inline bool
is_of(const struct connection *c, const struct segment *seg, unsigned *dir)
{
	const struct net_endpoint *ends = c->pub.ends;

	if (net_endpoint_eq(&ends[0], &seg->src) && net_endpoint_eq(&ends[1], &seg->dst))
		*dir = 0;
	else if (net_endpoint_eq(&ends[1], &seg->src) && net_endpoint_eq(&ends[0], &seg->dst))
		*dir = 1;
	else
		return false;
	return true;
}

static struct connection *
connection_find(const struct tcp *t, const struct segment *seg, uint64_t hash, unsigned *dir)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&t->map, hash, &cursor)) != HASH_NONE) {
		struct connection *c = chunks_at(&t->connections, i);

		if (is_of(c, seg, dir))
			return c;
	}
	return NULL;
}

/* Give all that waits of @c, and forget it. */
static void
connection_finish(struct tcp *t, struct connection *c, const char *why)
{
	stream_finish(t, c, 0, why);
	stream_finish(t, c, 1, why);
	event_add(t, c, 0, FLOW_FORGET, NULL);
	if (!hash_map_remove(&t->map, ends_hash(&c->pub.ends[0], &c->pub.ends[1]), c->index))
		BUG("a connection is not in the map");
	link_remove(t, list_of(t, c), c->index);
	link_append(t, &t->dying, c->index);
	if (t->last == c)
		t->last = NULL;
}

static struct connection *
slot_take(struct tcp *t)
{
	struct connection *c;
	uint32_t i = t->spare.first;

	if (i != HASH_NONE) {
		link_remove(t, &t->spare, i);
		c = chunks_at(&t->connections, i);
		memset(c, 0, sizeof(*c));
	} else {
		c = chunks_add(&t->connections);
		chunks_add(&t->links);
		i = t->connections.n - 1;
	}
	c->index = i;
	return c;
}

/* Which end of @seg opened the connection: false: its source. */
static bool
opened_by_destination(const struct segment *seg)
{
	if (seg->tcp_flags & WIRE_SYN)
		return (seg->tcp_flags & WIRE_ACK) != 0;
	return seg->dst.port > seg->src.port;
}

static struct connection *
connection_new(struct tcp *t, const struct segment *seg, uint64_t hash, unsigned *dir)
{
	struct connection *c;

	while (t->open.n + t->closed.n >= t->limits.connections) {
		uint32_t i = t->closed.n > 0 ? t->closed.first : t->open.first;

		t->stats.evicted += t->closed.n == 0;
		connection_finish(t, chunks_at(&t->connections, i),
				  "forgotten for other connections");
	}
	c = slot_take(t);
	*dir = opened_by_destination(seg);
	net_endpoint_copy(&c->pub.ends[*dir], &seg->src);
	net_endpoint_copy(&c->pub.ends[1 - *dir], &seg->dst);
	c->pub.first = c->pub.last = seg->time;
	c->pub.frame = seg->frame;
	c->pub.source = seg->source;
	t->stats.connections++;
	if (!(seg->tcp_flags & WIRE_SYN)) {
		c->pub.flags |= TCP_MIDDLE;
		t->stats.middle++;
	} else if (!(seg->tcp_flags & WIRE_ACK)) {
		c->state |= CONNECTION_UNANSWERED;
		t->stats.unanswered++;
	}
	hash_map_add(&t->map, hash, c->index);
	link_append(t, &t->open, c->index);
	return c;
}

/* ---- what a segment says of the connection ---- */

/* Whether @seg begins another connection on the same ends. */
static bool
begins_anew(const struct connection *c, unsigned dir, const struct segment *seg)
{
	const struct stream *s = &c->streams[dir], *o = &c->streams[1 - dir];
	int32_t ahead = seq_diff(s->origin, seg->tcp_seq);

	if (seg->tcp_flags & WIRE_RST)
		return false;
	if (!(seg->tcp_flags & WIRE_SYN)) {
		int32_t off = seq_diff(seg->tcp_seq, s->next);

		/* Nothing comes after FIN, but for what belongs to a later one. */
		return (c->state & CONNECTION_CLOSED) && seg->wire_length > 0 &&
		       (s->flags & STREAM_KNOWN) &&
		       (off > NEAR_MAX || off < -NEAR_MAX ||
			(off >= 0 && (s->flags & STREAM_ENDED)));
	}
	if (s->flags & STREAM_SYN) {
		if (ahead == 0)
			return false;
	} else if (!(c->state & CONNECTION_CLOSED) &&
		   (!(s->flags & STREAM_KNOWN) || (ahead >= 0 && ahead <= START_MAX))) {
		return false;	/* the capture has it late */
	}
	/* An answer to a SYN repeated may have another number. */
	return !(seg->tcp_flags & WIRE_ACK) || !(o->flags & STREAM_SYN) ||
	       seg->tcp_ack != o->origin + 1 || c->pub.bytes[dir] > 0;
}

/* The ends change places while nothing was said of them. @return whether. */
static bool
turn_round(struct connection *c)
{
	struct tcp_connection *pub = &c->pub;
	struct net_endpoint end = pub->ends[0];
	struct stream s = c->streams[0];

	if (pub->flags & ~(unsigned)TCP_MIDDLE || s.waiting || c->streams[1].waiting)
		return false;
	net_endpoint_copy(&pub->ends[0], &pub->ends[1]);
	net_endpoint_copy(&pub->ends[1], &end);
	c->streams[0] = c->streams[1];
	c->streams[1] = s;
	return true;
}

static void
syn_take(struct tcp *t, struct connection *c, unsigned *dir, const struct segment *seg)
{
	bool answer = (seg->tcp_flags & WIRE_ACK) != 0;
	struct stream *s;

	if (c->pub.flags & TCP_MIDDLE) {
		if (*dir != (answer ? 1u : 0u) && turn_round(c))
			*dir = 1 - *dir;
		c->pub.flags &= (uint16_t)~TCP_MIDDLE;
		t->stats.middle--;
	}
	s = &c->streams[*dir];
	c->pub.flags |= answer ? TCP_SYN_ACK : TCP_SYN;
	if ((s->flags & STREAM_SYN) && s->origin == seg->tcp_seq)
		return;
	s->flags &= (uint8_t)~STREAM_SYN;
	stream_begin(t, c, *dir, seg->tcp_seq);
}

static bool
rst_is_plausible(const struct connection *c, unsigned dir, const struct segment *seg)
{
	const struct stream *s = &c->streams[dir], *o = &c->streams[1 - dir];
	int32_t ahead = 0;

	if (s->flags & STREAM_KNOWN)
		ahead = seq_diff(seg->tcp_seq, s->next);
	else if ((seg->tcp_flags & WIRE_ACK) && (o->flags & STREAM_KNOWN))
		ahead = seq_diff(seg->tcp_ack, o->next);
	return ahead >= -RST_BEHIND && ahead <= RST_AHEAD;
}

static void
rst_take(struct tcp *t, struct connection *c, unsigned dir, const struct segment *seg)
{
	bool refused = dir == 1 && (c->state & CONNECTION_UNANSWERED);
	struct stamp stamp = connection_stamp(c);
	struct flow_event *ev;

	if (!rst_is_plausible(c, dir, seg)) {
		t->stats.outside++;
		return;
	}
	c->pub.flags |= dir == 0 ? TCP_RST_0 : TCP_RST_1;
	if (c->state & CONNECTION_CLOSED)
		return;
	if (seg->tcp_flags & WIRE_ACK)
		stream_acknowledge(t, c, 1 - dir, seg->tcp_ack);
	stream_reset(t, c, dir, seg->tcp_seq);
	stream_reset(t, c, 1 - dir, c->streams[1 - dir].next);
	ev = event_add(t, c, dir, FLOW_RESET, &stamp);
	ev->text = refused ? "connection refused" : "connection reset";
	if (refused) {
		c->state &= (uint8_t)~CONNECTION_UNANSWERED;
		t->stats.unanswered--;
		t->stats.refused++;
	} else {
		t->stats.reset++;
	}
	connection_close(t, c);
}

/* Whether @seg, without SYN, comes late from an earlier connection of the same ends:
 * it answers something else than the SYN of this one. */
static bool
is_stale(const struct connection *c, unsigned dir, const struct segment *seg)
{
	const struct stream *o = &c->streams[1 - dir];
	int32_t ahead = seq_diff(seg->tcp_ack, o->origin);

	return dir == 1 && (seg->tcp_flags & (WIRE_SYN | WIRE_ACK)) == WIRE_ACK &&
	       (o->flags & STREAM_SYN) && (ahead < 1 || ahead > NEAR_MAX);
}

static void
note_answer(struct tcp *t, struct connection *c, unsigned dir, const struct segment *seg)
{
	if (dir == 0 && (seg->tcp_flags & (WIRE_SYN | WIRE_ACK)) != WIRE_ACK)
		return;
	c->state &= (uint8_t)~CONNECTION_UNANSWERED;
	t->stats.unanswered--;
}

static inline void
note_segment(struct connection *c, const struct segment *seg)
{
	if (LIKELY(seg->time != TIME_NONE))
		c->pub.last = seg->time;
	c->last_frame = seg->frame;
	c->last_source = seg->source;
}

/* ---- segments ---- */

/* A segment of any kind. @return its connection. */
static struct connection *
take_any(struct tcp *t, struct connection *c, unsigned dir, const struct segment *seg)
{
	if (c && begins_anew(c, dir, seg)) {
		connection_finish(t, c, "the ports were used again");
		t->stats.reused++;
		c = NULL;
	}
	if (!c)
		c = connection_new(t, seg, ends_hash(&seg->src, &seg->dst), &dir);
	note_segment(c, seg);
	if (seg->tcp_flags & WIRE_RST) {
		rst_take(t, c, dir, seg);
		return c;
	}
	if (c->state & CONNECTION_UNANSWERED) {
		if (is_stale(c, dir, seg)) {
			t->stats.outside++;
			return c;
		}
		note_answer(t, c, dir, seg);
	}
	if (seg->tcp_flags & WIRE_SYN)
		syn_take(t, c, &dir, seg);
	if (seg->tcp_flags & WIRE_ACK)
		stream_acknowledge(t, c, 1 - dir, seg->tcp_ack);
	stream_take(t, c, dir, seg, seg->tcp_seq + ((seg->tcp_flags & WIRE_SYN) != 0));
	if (c->streams[0].waiting || c->streams[1].waiting)
		stream_check(t, c);
	return c;
}

/* The usual case: a whole segment in order, and nothing waits. @return false
 * when it is not, and nothing was done. */
static inline bool
take_next(struct tcp *t, struct connection *c, unsigned dir, const struct segment *seg)
{
	const unsigned plain = STREAM_SYN | STREAM_ACKED;
	const unsigned far = STREAM_FAR | STREAM_JUMP;
	struct stream *s = &c->streams[dir], *o = &c->streams[1 - dir];
	struct stamp stamp = { .time = seg->time, .frame = seg->frame, .source = seg->source };
	struct flow_event *ev;

	if ((seg->tcp_flags & (WIRE_FIN | WIRE_SYN | WIRE_RST | WIRE_ACK)) != WIRE_ACK ||
	    seg->tcp_seq != s->next || seg->payload.n != seg->wire_length || c->state != 0 ||
	    (s->flags & ~plain) != STREAM_KNOWN || s->waiting || o->waiting)
		return false;
	if ((o->flags & (STREAM_ACKED | far)) != STREAM_ACKED ||
	    seq_diff(seg->tcp_ack, o->acked) < 0 || seq_diff(seg->tcp_ack, o->next) > NEAR_MAX)
		return false;
	o->acked = seg->tcp_ack;
	note_segment(c, seg);
	if (seg->payload.n == 0)
		return true;
	ev = event_add(t, c, dir, FLOW_BYTES, &stamp);
	ev->bytes = seg->payload;
	if (seg->in_record)
		ev->place = seg->place;
	told_add(s, s->next, seg->payload.p, seg->payload.n);
	s->next += (uint32_t)seg->payload.n;
	c->pub.bytes[dir] += seg->payload.n;
	c->pub.flags |= dir == 0 ? TCP_DATA_0 : TCP_DATA_1;
	return true;
}

/* Forget closed connections: two at most, so that it costs each segment little. */
static void
expire_closed(struct tcp *t)
{
	for (unsigned i = 0; i < 2 && t->closed.n > 0; i++) {
		struct connection *c = chunks_at(&t->connections, t->closed.first);
		int64_t last = c->pub.last;

		if (t->closed.n <= CLOSED_MAX &&
		    (t->now == TIME_NONE || last == TIME_NONE || t->now <= last ||
		     (uint64_t)t->now - (uint64_t)last <= (uint64_t)CLOSED_NS))
			return;
		connection_finish(t, c, "the connection ended");
	}
}

/* All events were told: what they pointed to may go. */
static void
turn_begin(struct tcp *t)
{
	t->event_at = t->event_n = 0;
	if (UNLIKELY(t->spent != NULL))
		free_spent(t);
	while (UNLIKELY(t->dying.n > 0)) {
		uint32_t i = t->dying.first;

		link_remove(t, &t->dying, i);
		link_append(t, &t->spare, i);
	}
}

struct tcp_connection *
tcp_take(struct tcp *t, const struct segment *seg)
{
	struct connection *c = t->last;
	unsigned dir = 0;

	if (t->event_at < t->event_n)
		BUG("a segment before the events of the one before were taken");
	turn_begin(t);
	t->now = seg->time;
	t->stats.segments++;
	if (!c || !is_of(c, seg, &dir))
		c = connection_find(t, seg, ends_hash(&seg->src, &seg->dst), &dir);
	if (!c || !take_next(t, c, dir, seg))
		c = take_any(t, c, dir, seg);
	t->last = c;
	touch(t, c);
	if (UNLIKELY(t->holes.first || t->acked.first))
		stream_expire(t);
	if (t->closed.n > 0)
		expire_closed(t);
	return &c->pub;
}

bool
tcp_next(struct tcp *t, struct flow_event *ev, struct tcp_connection **c)
{
	const struct tcp_event *e;

	while (UNLIKELY(t->event_at == t->event_n)) {
		uint32_t i = t->open.n > 0 ? t->open.first : t->closed.first;

		if (!t->ending)
			return false;
		turn_begin(t);
		t->ending = i != HASH_NONE;
		if (t->ending)
			connection_finish(t, chunks_at(&t->connections, i),
					  "the capture ended");
	}
	e = &t->events[t->event_at++];
	*ev = e->ev;
	if (e->ev.stamp_n > 0)
		ev->stamps = &e->stamp;
	*c = e->c;
	return true;
}

void
tcp_end(struct tcp *t)
{
	t->ending = true;
}

void
tcp_stats(const struct tcp *t, struct tcp_stats *stats)
{
	*stats = t->stats;
	stats->open = t->open.n;
}

struct tcp_connection *
tcp_each(const struct tcp *t, const struct tcp_connection *after)
{
	const struct connection *c = (const struct connection *)after;
	uint32_t next = t->open.first;

	if (c) {
		next = ((const struct link *)chunks_at(&t->links, c->index))->next;
		if (next == HASH_NONE && !(c->state & CONNECTION_CLOSED))
			next = t->closed.first;
	} else if (next == HASH_NONE) {
		next = t->closed.first;
	}
	return next == HASH_NONE ? NULL
		: &((struct connection *)chunks_at(&t->connections, next))->pub;
}
