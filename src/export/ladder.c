/*
 * The ladder is laid out in phases, each of which can be left and gone on with:
 * the messages and events of all calls are gathered and put in order, their ends
 * become lanes (ladder_lanes.c), and each of them a row (ladder_rows.c,
 * ladder_events.c, ladder_streams.c). Who named which address of media is known before
 * there are lanes, as what nobody named is a lane of its own.
 */
#include "export/ladder.h"

#include "base/mem.h"
#include "export/ladder_int.h"

#define STEPS	64	/* items between two looks at the clock */

/* ---- the messages, in order ---- */

static void
add_call(struct ladder_job *w, const struct call *c)
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

/* One of the calls asked for, unless it is there already. */
static void
gather(struct ladder_job *w, uint32_t call)
{
	const struct call *c = store_call(w->store, call);
	uint64_t hash = hash_u64(call);
	size_t cursor = 0;
	uint32_t known;

	while ((known = hash_map_next(&w->call_map, hash, &cursor)) != HASH_NONE)
		if (known == call)
			return;
	if (!c)
		return;
	hash_map_add(&w->call_map, hash, call);
	add_call(w, c);
}

static void
sort(struct ladder_job *w)
{
	ladder_order_sort(&w->order);
	w->l->messages = (uint32_t)w->order.messages;
	w->l->streams = (uint32_t)w->order.streams;
	w->l->events = (uint32_t)(w->order.n - w->order.messages - w->order.streams);
	w->l->messages_left = w->order.messages_left;
	w->l->events_left = w->order.left;
	w->l->streams_left = w->order.streams_left;
}

/* ---- rows ---- */

static void
make_row(struct ladder_job *w, const struct ladder_item *item)
{
	struct ladder *l = w->l;
	int64_t now = item->event ? store_event(w->store, item->index)->time
		: item->stream ? item->time : store_message(w->store, item->index)->time;
	uint32_t rows = l->row_count;

	if (now != TIME_NONE && (l->first == TIME_NONE || now < l->first))
		l->first = now;
	if (item->event) {
		ladder_add_event(w, item);
		return;
	}
	if (item->stream) {
		ladder_add_stream(w, item);
		return;
	}
	/* A pause stands above the message that ends it: not above one that is folded
	 * into an earlier row. */
	ladder_add_pause(w, w->before, now, item->turn != w->turn);
	ladder_add_message(w, item->index);
	if (l->row_count == rows + 1 && l->rows[rows].kind == LADDER_SILENCE)
		l->row_count = rows;
	w->turn = item->turn;
	if (now != TIME_NONE)
		w->before = now;
}

/* ---- all of it ---- */

struct ladder_job *
ladder_start(struct ladder *l, const struct store *s, const uint32_t *calls, size_t n,
	     const struct ladder_options *options)
{
	struct ladder_job *w = xcalloc(1, sizeof(*w));

	*l = (struct ladder){ .first = TIME_NONE, .arena = ARENA_INIT };
	l->calls = xcalloc(n ? n : 1, sizeof(*l->calls));
	w->l = l;
	w->store = s;
	w->options = *options;
	w->o = &w->options;
	w->limits = options->limits ? *options->limits
		: (struct quality_limits)QUALITY_LIMITS_USUAL;
	w->options.limits = NULL;
	w->order.store = s;
	w->order.media = options->media;
	w->order.messages_max = options->messages_max;
	w->before = TIME_NONE;
	w->calls = xreallocarray(NULL, n ? n : 1, sizeof(*w->calls));
	if (n > 0)
		memcpy(w->calls, calls, n * sizeof(*calls));
	w->calls_n = n;
	return w;
}

static void
next_phase(struct ladder_job *w)
{
	w->phase++;
	w->at = 0;
}

/* Do one thing of the phase, or go to the next one. */
static void
step(struct ladder_job *w)
{
	const struct ladder_item *item = w->at < w->order.n ? &w->order.items[w->at] : NULL;

	switch (w->phase) {
	case LADDER_PHASE_GATHER:
		if (w->at < w->calls_n)
			gather(w, w->calls[w->at++]);
		else
			next_phase(w);
		break;
	case LADDER_PHASE_SORT:
		sort(w);
		next_phase(w);
		break;
	case LADDER_PHASE_HOPS:
		if (!item) {
			next_phase(w);
			break;
		}
		if (!item->event && !item->stream)
			ladder_hop_of(w, store_message(w->store, item->index));
		w->at++;
		break;
	case LADDER_PHASE_CLAIMS:
		if (w->order.streams > 0 && w->at < w->l->call_count)
			ladder_learn_claims(w, &w->l->calls[w->at++].call);
		else
			next_phase(w);
		break;
	case LADDER_PHASE_ENDS:
		if (!item || w->order.streams == 0) {
			next_phase(w);
			break;
		}
		if (item->stream)
			ladder_stream_ends(w, item);
		w->at++;
		break;
	case LADDER_PHASE_LANES:
		ladder_make_lanes(w);
		next_phase(w);
		break;
	case LADDER_PHASE_ROWS:
		if (!item) {
			next_phase(w);
			break;
		}
		make_row(w, item);
		w->at++;
		break;
	case LADDER_PHASE_DONE:
		break;
	}
}

bool
ladder_step(struct ladder_job *w, int budget_ms)
{
	int64_t end = time_monotonic() + budget_ms * NS_PER_MS;

	while (w->phase != LADDER_PHASE_DONE) {
		for (int i = 0; i < STEPS && w->phase != LADDER_PHASE_DONE; i++)
			step(w);
		if (budget_ms > 0 && time_monotonic() >= end)
			break;
	}
	return w->phase != LADDER_PHASE_DONE;
}

void
ladder_end(struct ladder_job *w)
{
	if (!w)
		return;
	ladder_order_release(&w->order);
	free(w->calls);
	free(w->ends);
	free(w->hosts);
	free(w->hops);
	free(w->exchanges);
	free(w->claims);
	free(w->told);
	hash_map_release(&w->claim_map);
	hash_map_release(&w->side_map);
	hash_map_release(&w->pair_map);
	hash_map_release(&w->call_map);
	hash_map_release(&w->end_map);
	hash_map_release(&w->host_map);
	hash_map_release(&w->hop_map);
	hash_map_release(&w->lane_map);
	hash_map_release(&w->exchange_map);
	hash_map_release(&w->copy_map);
	buf_release(&w->text);
	buf_release(&w->line);
	free(w);
}

void
ladder_layout(struct ladder *l, const struct store *s, const uint32_t *calls, size_t n,
	      const struct ladder_options *options)
{
	struct ladder_job *w = ladder_start(l, s, calls, n, options);

	ladder_step(w, 0);
	ladder_end(w);
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

static size_t
job_memory(const struct ladder_job *w)
{
	return w->order.cap * sizeof(*w->order.items) + w->order.list_cap * sizeof(uint32_t) +
		w->exchange_cap * sizeof(*w->exchanges) + w->hop_cap * sizeof(*w->hops) +
		w->claim_cap * sizeof(*w->claims) + hash_map_memory(&w->copy_map) +
		hash_map_memory(&w->exchange_map) + w->text.cap;
}

size_t
ladder_memory(const struct ladder *l, const struct ladder_job *job)
{
	return l->row_cap * sizeof(*l->rows) + l->lane_cap * sizeof(*l->lanes) +
		l->call_count * sizeof(*l->calls) + l->arena.bytes +
		(job ? job_memory(job) : 0);
}
