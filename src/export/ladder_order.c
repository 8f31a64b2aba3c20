#include "export/ladder_order.h"

#include "export/ladder.h"

#include "base/mem.h"

#define STEPS_MAX	1024u	/* steps back that events are sorted by */

/* The newest record seen of a source. */
struct clock {
	int64_t time;
	uint64_t frame;
	bool set;
};

/* A place where the clock of a source went back. */
struct step {
	uint64_t frame;
	uint32_t turn;
	uint16_t source;
};

static void
take(struct ladder_order *o, uint32_t index, uint32_t call, bool event)
{
	ARRAY_GROW(o->items, o->cap, o->n + 1);
	o->items[o->n++] = (struct ladder_item){
		.index = index, .call = call, .event = event,
		.time = event ? store_event(o->store, index)->time
			      : store_message(o->store, index)->time,
	};
	o->messages += !event;
}

static void
take_stream(struct ladder_order *o, const struct stream_link *link)
{
	struct meter_figures f;

	meter_figures(&store_stream(o->store, link->stream)->meter, &f);
	ARRAY_GROW(o->items, o->cap, o->n + 1);
	o->items[o->n++] = (struct ladder_item){
		.index = link->stream, .call = link->call, .stream = true, .time = f.start,
		.side = link->side, .how = link->how,
	};
	o->streams++;
}

void
ladder_order_add_message(struct ladder_order *o, uint32_t index)
{
	take(o, index, store_message(o->store, index)->call, false);
}

void
ladder_order_add(struct ladder_order *o, const struct call *c)
{
	size_t n = store_call_messages(o->store, c, &o->list, &o->list_cap), first = 0;

	if (o->messages_max > 0 && n > o->messages_max)
		first = n - o->messages_max;
	for (size_t i = first; i < n; i++)
		take(o, o->list[i], c->index, false);
	o->messages_left += first;
	n = store_call_events(o->store, c, &o->list, &o->list_cap, &o->left);
	for (size_t i = 0; i < n; i++)
		take(o, o->list[i], c->index, true);
	if (!o->media)
		return;
	n = store_call_streams(o->store, c, &o->links, &o->link_cap);
	for (size_t i = 0; i < n && i < LADDER_STREAMS_MAX; i++)
		take_stream(o, o->links[i]);
	if (n > LADDER_STREAMS_MAX)
		o->streams_left += n - LADDER_STREAMS_MAX;
}

static int
kind_of(const struct ladder_item *item)
{
	return item->stream ? 2 : item->event;
}

/* Messages by arrival, events behind them by time, then streams. */
static int
by_arrival(const void *a, const void *b)
{
	const struct ladder_item *x = a, *y = b;
	int kind = kind_of(x);

	if (kind != kind_of(y))
		return kind - kind_of(y);
	if (kind > 0 && x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int
by_time(const void *a, const void *b)
{
	const struct ladder_item *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void
sort(struct ladder_order *o, int (*cmp)(const void *, const void *))
{
	for (size_t i = 1; i < o->n; i++)
		if (cmp(&o->items[i - 1], &o->items[i]) > 0) {
			qsort(o->items, o->n, sizeof(*o->items), cmp);
			return;
		}
}

/* Of all calls together, which each have as many: those that came first go. */
static void
drop_oldest(struct ladder_order *o)
{
	size_t more;

	if (o->messages_max == 0 || o->messages <= o->messages_max)
		return;
	more = o->messages - o->messages_max;
	memmove(o->items, o->items + more, (o->n - more) * sizeof(*o->items));
	o->n -= more;
	o->messages -= more;
	o->messages_left += more;
}

/* An event of a connection that several calls used is one row, of none of them, and
 * so is a stream of several legs. Equal ones follow each other. */
static void
join_shared(struct ladder_order *o)
{
	size_t n = o->messages;

	for (size_t i = o->messages; i < o->n; i++) {
		struct ladder_item *last = &o->items[n - 1], *item = &o->items[i];

		if (n > o->messages && last->index == item->index && last->stream == item->stream) {
			last->call = CALL_NONE;
			o->streams -= item->stream;
		} else {
			o->items[n++] = *item;
		}
	}
	o->n = n;
}

/* Whether a message shows that the clock of its source went back. */
static bool
goes_back(struct clock *c, int64_t time, uint64_t frame)
{
	bool back = c->set && frame > c->frame && time < c->time;

	if (!c->set || frame > c->frame)
		*c = (struct clock){ time, frame, true };
	return back;
}

/* Number the turns of messages, and find those of the events by their frames. */
static void
number_turns(struct ladder_order *o)
{
	struct clock *clocks = NULL;
	struct step *steps = NULL;
	size_t clock_n = 0, clock_cap = 0, step_n = 0, step_cap = 0;
	uint32_t turn = 0;

	for (size_t i = 0; i < o->messages; i++) {
		struct ladder_item *item = &o->items[i];
		const struct message *m = store_message(o->store, item->index);
		struct carriage c;
		uint64_t frame;

		item->turn = turn;
		/* Agents have clocks of their own and send when they like. */
		if (m->time == TIME_NONE || store_path(o->store, m->path)->carrier != CARRIER_NONE)
			continue;
		store_carriage(o->store, item->index, &c);
		ARRAY_GROW(clocks, clock_cap, (size_t)c.source + 1);
		for (; clock_n <= c.source; clock_n++)
			clocks[clock_n] = (struct clock){ .set = false };
		frame = c.base ? c.base : m->frame;
		if (!goes_back(&clocks[c.source], m->time, frame))
			continue;
		item->turn = ++turn;
		if (step_n == STEPS_MAX)
			continue;
		ARRAY_GROW(steps, step_cap, step_n + 1);
		steps[step_n++] = (struct step){ frame, turn, c.source };
	}
	for (size_t i = o->messages; i < o->n && step_n > 0; i++) {
		const struct ladder_item *item = &o->items[i];
		const struct event *e = item->stream ? NULL : store_event(o->store, item->index);
		const struct stream *st = item->stream ? store_stream(o->store, item->index) : NULL;
		uint64_t frame = st ? stream_first_frame(st) : event_frame(e);
		uint16_t source = st ? st->source : e->file;

		for (size_t k = 0; k < step_n; k++)
			if (steps[k].source == source && steps[k].frame <= frame)
				o->items[i].turn = steps[k].turn;
	}
	free(clocks);
	free(steps);
}

void
ladder_order_sort(struct ladder_order *o)
{
	int64_t before = TIME_NONE;

	sort(o, by_arrival);
	drop_oldest(o);
	join_shared(o);
	number_turns(o);
	for (size_t i = 0; i < o->n; i++) {
		struct ladder_item *item = &o->items[i];

		item->at = (uint32_t)i;
		/* A new turn, or the events, or the streams, begin with times of their own. */
		if (i > 0 && (item->turn != item[-1].turn || kind_of(item) != kind_of(item - 1)))
			before = TIME_NONE;
		if (item->time == TIME_NONE)
			item->time = before;
		if (item->time > before)
			before = item->time;
	}
	sort(o, by_time);
}

void
ladder_order_clear(struct ladder_order *o)
{
	o->n = o->messages = o->streams = 0;
	o->streams_left = o->messages_left = 0;
}

void
ladder_order_release(struct ladder_order *o)
{
	free(o->items);
	free(o->list);
	free(o->links);
	*o = (struct ladder_order){ .store = o->store };
}
