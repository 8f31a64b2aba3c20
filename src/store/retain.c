/*
 * Keeping within bounds.
 *
 * Who goes is found by passes over all calls there are. A pass keeps the first VICTIMS_MAX in
 * the order of going in a heap, and works in slices; afterwards they go one by one, each
 * looked at again. A pass pays for itself: it is begun when its victims are used up or when
 * so much has come since that its order may be another one. It is begun a little before the
 * bound is reached, so that nobody waits for it.
 *
 * All work is counted in units of about a nanosecond. What one store_retain() may do grows
 * with the messages that came since the one before: it never falls behind for good, and the
 * screen never waits long. Where memory is slower than that, the clock ends it.
 *
 * Calls that go on for ever - a registration refreshed every minute - have a message on
 * every page. Pages are given back whole, so they would keep all of them, and push out all
 * else. So they are cut: their messages from before the horizon go, which is the end of the
 * oldest call that is over, or where there is none a quarter of all messages. Their memory
 * is given back from the oldest on, as fast as it is needed: it does not swing.
 *
 * What is not of calls has shares of the memory: events, names, media. A flood of one does
 * not push out all of another.
 */
#include "store/store_int.h"

#include "base/mem.h"
#include "store/streams_int.h"
#include "store/victims.h"

#define GONE_TOLD	65536u	/* calls that went are known for that long */

#define WORK_SLICE	2000000		/* at once */
#define WORK_MESSAGE	1000		/* and for each message that came */
#define WORK_PIECE	100000		/* between looks at the clock */
#define WORK_LEAST	500000		/* however long it takes */
#define TIME_MOST	(4 * NS_PER_MS)	/* at once, where the machine is slow */
/* Most of it is waiting for memory that was not looked at for long. */
#define COST_LOOK	80		/* of a pass at a call */
#define COST_STEP	150		/* along the messages of a call */
#define COST_EBB	80		/* at an entry that was left */
#define COST_CALL	2000
#define COST_LINK	3000		/* a stream of a call */
#define COST_MESSAGE	250
#define COST_EVENT	500
#define COST_REST	20000

#define FORWARD		8192u		/* calls and messages passed over at once */

/* Cutting calls: a pass of its own. */
struct cut {
	bool on;
	uint32_t horizon;	/* of this pass or the last one: a message */
	uint32_t at;		/* call to be looked at next */
	uint32_t message;	/* where its messages were followed to; MESSAGE_NONE: not begun */
	uint32_t kept;		/* messages from there on to the newest one, ... */
	uint32_t had;		/* ... when there were that many */
	uint64_t cost;		/* calls and messages looked at */
};

struct retain {
	struct store_bounds bounds;
	store_holds_fn *holds;
	void *ctx;
	store_parting_fn *parting;
	void *parting_ctx;
	struct store_kept kept;
	uint32_t calls_gone;	/* all of them, for whatever reason */
	uint32_t rest;		/* last message of a call that is gone already, or cut off */
	bool rest_lies;		/* cut off: entries stay until they ebb away */
	uint32_t ebb_at, ebb_to;	/* between them lie such entries, ... */
	uint32_t lying;		/* so many */
	bool ebb_all;		/* give back all of them, full or not */
	uint32_t leaving;	/* call whose media goes first, by parts; CALL_NONE */
	bool full;		/* memory is to be freed */
	uint32_t pressed;	/* calls that are to go whatever the bounds */
	bool crowded;		/* calls that are not over are all there are */
	uint32_t seen;		/* messages there were at the last store_retain() */

	/* The pass under way, and what the last one found. */
	bool passing;
	uint32_t at;		/* call to be looked at next */
	uint32_t began;		/* messages there were then */
	uint32_t looked;	/* calls */
	struct victims victims;

	struct cut cut;
	uint64_t freed_calls, freed_media;	/* bytes, since media has more than its share */
	uint32_t gone[GONE_TOLD];	/* a ring, by dropped */
	uint64_t dropped;
};

static void
count_all(struct store *s)
{
	paths_begin_count(s);
	carriages_begin_drop(s);
	for (uint32_t i = 0; i < s->messages.n; i++)
		path_count(s, store_message(s, i)->path);
	for (uint32_t i = 0; i < s->calls.n; i++)
		path_count(s, store_call(s, i)->path);
	for (uint32_t i = 0; i < s->events.n; i++)
		path_count(s, store_event(s, i)->path);
	claims_count_paths(s);
}

static struct retain *
retain_get(struct store *s)
{
	if (s->retain)
		return s->retain;
	s->retain = xcalloc(1, sizeof(*s->retain));
	s->retain->rest = MESSAGE_NONE;
	s->retain->leaving = CALL_NONE;
	/* Texts that are there already stay. */
	if (s->text.bytes == 0)
		s->text.counted = true;
	if (s->frames.bytes == 0)
		s->frames.counted = true;
	if (s->names.arena.bytes == 0)
		s->names.arena.counted = true;
	count_all(s);
	return s->retain;
}

void
retain_free(struct retain *r)
{
	free(r);
}

void
store_set_bounds(struct store *s, const struct store_bounds *bounds, store_holds_fn *holds,
		 void *ctx)
{
	struct retain *r = retain_get(s);

	r->bounds = *bounds;
	r->holds = holds;
	r->ctx = ctx;
	r->full = false;
	s->names.bytes_max = bounds->memory / 16;
	if (bounds->memory) {
		candidates_bound(s->media->candidates, bounds->memory / 16);
		pages_set_small(true);
	}
}

void
store_set_memory(struct store *s, size_t memory)
{
	if (s->retain && s->retain->bounds.memory > 0)
		s->retain->bounds.memory = memory;
}

void
store_set_parting(struct store *s, store_parting_fn *parting, void *ctx)
{
	struct retain *r = retain_get(s);

	r->parting = parting;
	r->parting_ctx = ctx;
}

void
store_set_releaser(struct store *s, store_release_fn *release, void *ctx)
{
	s->release = release;
	s->release_ctx = ctx;
}

bool
store_call_is_gone(const struct store *s, uint32_t call)
{
	return s->retain && call < s->calls.n &&
		!((const struct call *)chunks_at(&s->calls, call))->text;
}

bool
store_message_is_gone(const struct store *s, uint32_t message)
{
	const struct message *m;

	if (!s->retain || message >= s->messages.n)
		return false;
	m = chunks_at(&s->messages, message);
	return m->length == 0 ||
		(s->retain->rest != MESSAGE_NONE && store_call_is_gone(s, m->call));
}

/* ---- dropping ---- */

/* All of a call but its messages, whose last one is answered. */
static uint32_t
let_go(struct store *s, struct retain *r, uint32_t call)
{
	uint32_t last = drop_call_but_messages(s, chunks_at(&s->calls, call));

	r->calls_gone++;
	r->gone[r->dropped++ % GONE_TOLD] = call;
	return last;
}

/* They may lag: what went of the middle lies before them once what was first goes. */
static void
first_forward(const struct store *s, struct retain *r, uint32_t most)
{
	struct store_kept *k = &r->kept;

	for (; most > 0 && (k->first_call = chunks_skip(&s->calls, k->first_call)) < s->calls.n &&
	     store_call_is_gone(s, k->first_call); most--)
		k->first_call++;
	for (; most > 0 &&
	     (k->first_message = chunks_skip(&s->messages, k->first_message)) < s->messages.n &&
	     store_message_is_gone(s, k->first_message); most--)
		k->first_message++;
}

void
store_drop_call(struct store *s, uint32_t call)
{
	struct retain *r = retain_get(s);
	uint32_t all = UINT32_MAX;

	if (call >= s->calls.n || store_call_is_gone(s, call))
		return;
	drop_messages(s, let_go(s, r, call), &all);
	r->ebb_all = true;
	first_forward(s, r, FORWARD);
}

/* Go on with the messages of a call that is gone, or was cut. */
static void
sweep(struct store *s, struct retain *r, int64_t *work)
{
	uint32_t most = (uint32_t)(*work / COST_MESSAGE) + 1, left = most;

	r->rest = (r->rest_lies ? leave_messages : drop_messages)(s, r->rest, &left);
	r->lying += r->rest_lies ? most - left : 0;
	*work -= (int64_t)(most - left) * COST_MESSAGE;
}

/* ---- who goes ---- */

static bool
is_held(const struct retain *r, uint32_t call)
{
	return r->holds && r->holds(r->ctx, call);
}

/* Where a call stands; whether it is held is asked separately. */
static struct victim
judge(const struct store *s, const struct call *c)
{
	bool over = call_state_is_over(store_call_state(s, c));

	return (struct victim){
		.call = c->index, .rank = over ? RANK_OVER : RANK_UNFINISHED,
		.since = over && c->ended != TIME_NONE ? c->ended : c->end_seen,
	};
}

static void
look_at(struct store *s, struct retain *r, const struct call *c)
{
	struct victim v = judge(s, c);

	if (!victims_takes(&r->victims, &v))
		return;
	if (is_held(r, c->index))
		v.rank = RANK_HELD;
	victims_push(&r->victims, &v);
}

static void
pass_begin(const struct store *s, struct retain *r)
{
	r->passing = true;
	r->at = r->kept.first_call;
	r->began = s->messages.n;
	r->looked = 0;
	r->victims.n = 0;
}

static void
pass_go_on(struct store *s, struct retain *r, int64_t *work)
{
	for (; *work > 0 && (r->at = chunks_skip(&s->calls, r->at)) < s->calls.n; r->at++) {
		const struct call *c = chunks_at(&s->calls, r->at);

		*work -= COST_LOOK;
		r->looked++;
		if (c->text)
			look_at(s, r, c);
	}
	if (r->at < s->calls.n)
		return;
	r->passing = false;
	victims_turn(&r->victims);
	*work -= (int64_t)r->victims.n * COST_LOOK;
}

/* Calls that end later go later, so of those that are over the order stays. */
static bool
is_stale(const struct store *s, const struct retain *r)
{
	uint32_t came = s->messages.n - r->began;

	return r->victims.n == 0 ||
		came > (r->victims.list[0].rank == RANK_OVER ? r->looked : r->looked / 8);
}

/* Go on with a call that is to go: its media, of which there may be much, and then itself. */
static void
leave(struct store *s, struct retain *r, int64_t *work)
{
	uint32_t call = r->leaving, most = (uint32_t)(*work > 0 ? *work / COST_LINK : 0) + 1;
	uint32_t left = most;
	bool all = true;

	if (!store_call_is_gone(s, call))
		all = media_drop_links(s, chunks_at(&s->calls, call), &left);
	*work -= (int64_t)(most - left) * COST_LINK;
	if (!all)
		return;
	r->leaving = CALL_NONE;
	if (store_call_is_gone(s, call))
		return;
	r->rest = let_go(s, r, call);
	r->rest_lies = false;
	sweep(s, r, work);
}

/* Let the first victim go, where it is what it was. */
static bool
take_victim(struct store *s, struct retain *r, int64_t *work)
{
	struct victim v = victims_take(&r->victims), now;

	*work -= COST_CALL;
	if (store_call_is_gone(s, v.call))
		return false;
	now = judge(s, chunks_at(&s->calls, v.call));
	if (is_held(r, v.call)) {
		r->kept.gone_held += v.rank == RANK_HELD;
		if (v.rank != RANK_HELD)
			return false;
	} else if (now.rank > v.rank || now.since != v.since) {
		return false;
	}
	if (r->parting)
		r->parting(r->parting_ctx, v.call);
	r->kept.gone++;
	r->kept.gone_unfinished += now.rank != RANK_OVER;
	r->leaving = v.call;
	leave(s, r, work);
	return true;
}

/* ---- cutting ---- */

/* From @p c->message on back to the first one before the horizon. @return whether that is
 * found, or the end. */
static bool
follow(const struct store *s, struct cut *c, int64_t *work)
{
	for (; *work > 0; *work -= COST_STEP, c->cost++) {
		const struct message *m = chunks_at(&s->messages, c->message);

		if (m->previous == MESSAGE_NONE || m->previous < c->horizon)
			return true;
		c->message = m->previous;
		c->kept++;
	}
	return false;
}

/* Let what is before c->message be a chain of nobody's. */
static void
cut_off(struct store *s, struct retain *r, struct call *call)
{
	struct message *m = chunks_at(&s->messages, r->cut.message);
	uint32_t keeps = r->cut.kept + (call->messages - r->cut.had);

	if (m->previous == MESSAGE_NONE)
		return;
	r->rest = m->previous;
	r->rest_lies = true;
	m->previous = MESSAGE_NONE;
	call->first = r->cut.message;
	call->messages_gone += call->messages - keeps;
	r->kept.gone_messages += call->messages - keeps;
	call->messages = keeps;
}

/* @return whether it is done with that call. */
static bool
cut_call(struct store *s, struct retain *r, int64_t *work)
{
	struct call *call = chunks_at(&s->calls, r->cut.at);
	struct cut *c = &r->cut;

	if (!call->text || call->first >= c->horizon || call->last < c->horizon)
		return true;
	if (c->message == MESSAGE_NONE) {
		if (call_state_is_over(store_call_state(s, call)) || is_held(r, call->index))
			return true;
		c->message = call->last;
		c->kept = 1;
		c->had = call->messages;
	}
	if (!follow(s, c, work))
		return false;
	cut_off(s, r, call);
	return true;
}

static void
cut_go_on(struct store *s, struct retain *r, int64_t *work)
{
	struct cut *c = &r->cut;

	while (*work > 0 && r->rest == MESSAGE_NONE &&
	       (c->at = chunks_skip(&s->calls, c->at)) < s->calls.n) {
		*work -= COST_LOOK;
		c->cost++;
		if (!cut_call(s, r, work))
			return;
		c->message = MESSAGE_NONE;
		c->at++;
	}
	c->on = c->at < s->calls.n;
}

#define EBB_AT_ONCE	64u

static bool
ebbs(const struct retain *r)
{
	return r->lying > 0;
}

/* Give back some of the entries that cut messages left. */
static void
ebb(struct store *s, struct retain *r, int64_t *work)
{
	for (unsigned n = 0; n < EBB_AT_ONCE &&
	     (r->ebb_at = chunks_skip(&s->messages, r->ebb_at)) < r->ebb_to; n++, r->ebb_at++) {
		*work -= COST_EBB;
		if (!message_lies(chunks_at(&s->messages, r->ebb_at)))
			continue;
		chunks_drop(&s->messages, r->ebb_at);
		r->lying--;
	}
	r->ebb_all &= ebbs(r);
}

/* Where calls are to be cut now; 0: nowhere, it would not be worth it. */
static uint32_t
horizon(const struct store *s, const struct retain *r)
{
	uint32_t n = s->messages.n, from = r->kept.first_message;
	size_t all = chunks_memory(&s->messages), window;
	const struct call *oldest = store_call(s, r->victims.list[0].call);

	if (r->victims.list[0].rank == RANK_OVER && oldest->last != MESSAGE_NONE) {
		window = (size_t)(n - oldest->last) * sizeof(struct message);
		if (all < window || all - window < all / 8 ||
		    all - window < r->bounds.memory / 32)
			return 0;
		from = oldest->last;
	} else {
		if ((n - s->messages_gone) / 8 < s->calls.n - r->calls_gone)
			return 0;
		from = from > r->cut.horizon ? from : r->cut.horizon;
		from += (n - from) / 4;
	}
	return from > r->cut.horizon && from - r->cut.horizon > r->cut.cost / 8 ? from : 0;
}

static bool
cut_begin(const struct store *s, struct retain *r)
{
	uint32_t at = r->victims.n > 0 ? horizon(s, r) : 0;

	if (at == 0)
		return false;
	r->cut = (struct cut){
		.on = true, .horizon = at, .at = r->kept.first_call, .message = MESSAGE_NONE,
	};
	r->ebb_at = r->kept.first_message;
	r->ebb_to = at;
	return true;
}

/* ---- keeping within ---- */

static uint32_t
live(const struct store *s, const struct retain *r)
{
	return s->calls.n - r->calls_gone;
}

/* Memory is freed from 1/128 below the bound to 2/128 below: what comes while it is has room. */
static bool
is_full(const struct store *s, struct retain *r)
{
	size_t memory, margin = r->bounds.memory / 128;

	if (r->bounds.memory == 0)
		return false;
	memory = store_memory(s);
	if (memory > r->bounds.memory - margin)
		r->full = true;
	else if (memory <= r->bounds.memory - 2 * margin)
		r->full = false;
	return r->full;
}

static bool
has_too_many(const struct store *s, const struct retain *r)
{
	return r->bounds.calls && live(s, r) > r->bounds.calls;
}

static bool
has_many_events(const struct store *s, const struct retain *r)
{
	size_t max = r->bounds.memory / 8;

	return r->bounds.memory &&
		(chunks_memory(&s->events) + hash_map_memory(&s->told_map) +
		 hash_map_memory(&s->pair_map) > max ||
		 s->names.bytes > s->names.bytes_max / 8 * 7);
}

static bool
drop_event(struct store *s, struct retain *r, int64_t *work)
{
	if (!events_drop_oldest(s))
		return false;
	r->kept.gone_events++;
	*work -= COST_EVENT;
	return true;
}

static bool
drop_rest(struct store *s, struct retain *r, int64_t *work)
{
	size_t before = media_memory(s), now;

	*work -= COST_REST;
	if (!media_drop_rest(s))
		return false;
	now = media_memory(s);
	r->freed_media += before > now ? before - now : 0;
	return true;
}

/* Streams of no call have a quarter of the memory; past that they go as fast as calls do. */
static bool
is_turn_of_media(const struct store *s, struct retain *r)
{
	if (media_memory(s) <= r->bounds.memory / 4) {
		r->freed_calls = r->freed_media = 0;
		return false;
	}
	return r->freed_media <= r->freed_calls;
}

static bool
drop_call(struct store *s, struct retain *r, int64_t *work, bool *went)
{
	size_t before = store_memory(s), now;

	if (!r->passing && is_stale(s, r))
		pass_begin(s, r);
	if (r->passing)
		pass_go_on(s, r, work);
	if (r->passing)
		return true;		/* the work is done for now */
	if (r->victims.n == 0)
		return false;
	if (r->bounds.unfinished_stay && !r->full && r->pressed == 0 && r->victims.list[0].rank != RANK_OVER) {
		r->crowded = true;
		return true;
	}
	if (r->full && cut_begin(s, r))
		return true;
	if (take_victim(s, r, work)) {
		r->kept.gone_pressed += r->pressed > 0;
		r->pressed -= r->pressed > 0;
		*went = true;
	}
	now = store_memory(s);
	r->freed_calls += before > now ? before - now : 0;
	return true;
}

/* A piece of what is to be done. @return false: nothing is left that could go. */
static bool
step(struct store *s, struct retain *r, int64_t *work, bool *went)
{
	if (r->rest != MESSAGE_NONE) {
		sweep(s, r, work);
		return true;
	}
	if (r->leaving != CALL_NONE) {
		leave(s, r, work);
		return *went = true;
	}
	if (r->cut.on) {
		cut_go_on(s, r, work);
		return true;
	}
	if (ebbs(r) && (r->ebb_all || is_full(s, r))) {
		ebb(s, r, work);
		return true;
	}
	if (is_full(s, r) && is_turn_of_media(s, r) && drop_rest(s, r, work))
		return *went = true;
	if (drop_call(s, r, work, went))
		return true;
	if (drop_rest(s, r, work) || drop_event(s, r, work))
		return *went = true;
	return false;
}

static bool
is_wanted(const struct store *s, struct retain *r)
{
	return r->rest != MESSAGE_NONE || r->leaving != CALL_NONE || r->cut.on || is_full(s, r) ||
		(r->ebb_all && ebbs(r)) || r->pressed > 0 || (has_too_many(s, r) && !r->crowded);
}

/* A few steps. @return false: nothing is left to do. */
static bool
take_steps(struct store *s, struct retain *r, int64_t *work, bool *went)
{
	while (*work > 0)
		if (!is_wanted(s, r) || !step(s, r, work, went))
			return false;
	return true;
}

bool
store_retain(struct store *s)
{
	struct retain *r = s->retain;
	int64_t work, done = 0, begun;
	bool went = false, more = true;

	if (!r)
		return false;
	work = WORK_SLICE + (int64_t)(s->messages.n - r->seen) * WORK_MESSAGE;
	r->crowded = false;
	r->seen = s->messages.n;
	while (work > 0 && has_many_events(s, r) && drop_event(s, r, &work))
		went = true;
	begun = is_wanted(s, r) ? time_monotonic() : 0;
	while (more && done < work) {
		int64_t left = WORK_PIECE;

		more = take_steps(s, r, &left, &went);
		done += WORK_PIECE - left;
		if (done >= WORK_LEAST && time_monotonic() - begun >= TIME_MOST)
			break;
	}
	/* What is left of it is asked for again. */
	r->pressed = 0;
	first_forward(s, r, FORWARD);
	return went;
}

void
store_press(struct store *s, uint32_t calls)
{
	if (s->retain)
		s->retain->pressed = calls;
}

bool
store_has_room(struct store *s)
{
	struct retain *r = s->retain;
	bool went = false;

	if (!r || !r->bounds.unfinished_stay || r->bounds.calls == 0)
		return true;
	r->crowded = false;
	while (live(s, r) >= r->bounds.calls && !r->crowded) {
		int64_t work = WORK_SLICE;

		r->full = false;
		if (r->rest != MESSAGE_NONE)
			sweep(s, r, &work);
		else if (r->leaving != CALL_NONE)
			leave(s, r, &work);
		else if (!drop_call(s, r, &work, &went))
			break;
	}
	if (went)
		first_forward(s, r, FORWARD);
	return live(s, r) < r->bounds.calls;
}

/* ---- telling ---- */

uint32_t
store_next_gone(const struct store *s, uint64_t *cursor)
{
	const struct retain *r = s->retain;

	if (!r || *cursor >= r->dropped)
		return CALL_NONE;
	if (r->dropped - *cursor > GONE_TOLD) {
		*cursor = r->dropped;
		return CALL_LOST;
	}
	return r->gone[(*cursor)++ % GONE_TOLD];
}

void
retain_count_streams(struct store *s, uint32_t n)
{
	if (s->retain)
		s->retain->kept.gone_streams += n;
}

size_t
store_memory(const struct store *s)
{
	return sizeof(*s) + (s->retain ? sizeof(*s->retain) : 0) +
		chunks_memory(&s->messages) + chunks_memory(&s->calls) +
		chunks_memory(&s->dialogs) + chunks_memory(&s->paths) +
		chunks_memory(&s->path_refs) + chunks_memory(&s->carriages) +
		chunks_memory(&s->events) + hash_map_memory(&s->call_map) +
		hash_map_memory(&s->path_map) + hash_map_memory(&s->carriage_map) +
		hash_map_memory(&s->pair_map) + hash_map_memory(&s->told_map) +
		s->text.bytes + s->frames.bytes + names_memory(&s->names) + media_memory(s);
}

void
store_kept(const struct store *s, struct store_kept *kept)
{
	*kept = s->retain ? s->retain->kept : (struct store_kept){ 0 };
	kept->calls = s->calls.n - (s->retain ? s->retain->calls_gone : 0);
}

void
retain_hand_over(struct store *from, struct store *to)
{
	struct store_kept *kept = &retain_get(to)->kept;

	store_kept(from, kept);
	for (uint32_t i = kept->first_call; (i = chunks_skip(&from->calls, i)) < from->calls.n; i++)
		if (!store_call_is_gone(from, i))
			kept->gone_unfinished += judge(from, store_call(from, i)).rank != RANK_OVER;
	kept->gone += kept->calls;
	kept->calls = kept->first_call = kept->first_message = 0;
}

/* Indexes are of 32 bits, and not used again. */
uint32_t store_index_enough = UINT32_MAX - (1u << 26);

bool
store_is_full(const struct store *s)
{
	const struct media *md = s->media;
	const struct chunks *tables[] = {
		&s->messages, &s->calls, &s->dialogs, &s->paths, &s->carriages, &s->events,
		&md->streams, &md->links, &md->claims, &md->digits, &md->ends, &md->end_claims,
		&md->pairs, &md->maps,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i]->n > store_index_enough)
			return true;
	return false;
}
