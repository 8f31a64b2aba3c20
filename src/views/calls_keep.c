/*
 * Keeping up. Which calls there are and how they went is told by the messages that
 * came since the last look, for these tell which calls are new or changed. Timers
 * change states without a message: every look goes over some more of the calls
 * (a sweep), and once over all of them when everything is read.
 *
 * Its media grows without a message too, and to judge it takes longer: so some calls
 * are heard in each piece of work while reading goes on, and all once it has ended or
 * stands still. One whose streams are as they were costs a walk over them.
 *
 * Whether a call is listed may take reading its text. So calls that changed are
 * only marked, and asked about as time allows; one that changed ten times meanwhile
 * is asked about once. Another filter empties the list and asks all calls anew, from
 * the first: those before st->sifted have been asked. Changed ones among them are
 * asked at once, the others when it is their turn.
 *
 * Calls that the store let go of leave at once, whatever else waits: before anything is
 * looked at, the store is asked which went. What goes over all calls goes over those
 * that are told in the tally, so that it costs nothing for those that are gone.
 */
#include <inttypes.h>

#include "views/calls_state.h"
#include "views/parts.h"

#define SWEEP		4096u	/* calls looked at again in a refresh */
#define ROUND_US	2000000	/* between rounds over all calls of live input */
#define HEAR_US		2000	/* of media looked at in a piece, while reading goes on */
#define HEARD		32u	/* calls between looks at the clock */
#define MESSAGES	8192u	/* looked at between looks at the clock */
#define QUICK		16u	/* calls asked between looks at the clock, by index alone */

void
calls_reset(struct calls_state *st, const struct views_app *app)
{
	call_rows_clear(&st->rows);
	call_set_clear(&st->base);
	call_set_clear(&st->marked);
	call_set_clear(&st->selected);
	tally_release(&st->tally);
	buf_clear(&st->no_sip);
	st->streams.at = 0;
	st->list = (struct list){ 0 };
	st->no_sip_list = (struct list){ 0 };
	st->rate = st->packets = (struct calls_rate){ 0 };
	st->round = 0;
	st->messages = st->known = st->first = st->swept = st->unsettled = 0;
	st->heard = st->unheard = 0;
	st->sifted = 0;
	st->gone = 0;
	st->evicted_held = 0;
	st->settled = false;
	st->anchor = CALL_NONE;
	st->verdict = (struct verdict){ 0 };
	st->generation = app->generation;
	st->changed = true;
}

void
calls_take_off(struct calls_state *st)
{
	call_rows_clear(&st->rows);
	call_set_clear(&st->base);
	call_set_clear(&st->marked);
	call_set_clear(&st->selected);
	tally_release(&st->tally);
	st->first = st->swept = st->heard = st->sifted = st->known;
	st->anchor = CALL_NONE;
	call_rows_grow(&st->rows, st->known);
	call_set_grow(&st->base, st->known);
	call_set_grow(&st->marked, st->known);
	call_set_grow(&st->selected, st->known);
	st->changed = true;
}

/* ---- calls that are gone ---- */

static void
forget(struct calls_state *st, uint32_t call)
{
	if (call == st->anchor)
		st->anchor_gone = true;
	call_rows_forget(&st->rows, call);
	call_set_drop(&st->base, call);
	call_set_drop(&st->marked, call);
	call_set_drop(&st->selected, call);
	tally_forget(&st->tally, call);
	st->changed = true;
}

/* Look at all there are: too many went since the last time. */
static void
forget_all_gone(struct calls_state *st, const struct store *s)
{
	for (uint32_t i = tally_from(&st->tally, 0); i != UINT32_MAX;
	     i = tally_from(&st->tally, i + 1))
		if (store_call_is_gone(s, i))
			forget(st, i);
}

void
calls_let_go(struct calls_state *st, const struct views_app *app)
{
	uint32_t selected = st->selected.members, call;

	while ((call = store_next_gone(app->store, &st->gone)) != CALL_NONE) {
		if (call == CALL_LOST)
			forget_all_gone(st, app->store);
		else
			forget(st, call);
	}
	st->evicted_selected += selected - st->selected.members;
}

/* ---- what is new ---- */

/* Look at call @p i again. @return whether anything of it changed. */
static bool
look_at(struct calls_state *st, const struct views_app *app, uint32_t i, bool told)
{
	bool changed;

	if (i < st->first || store_call_is_gone(app->store, i))
		return false;
	changed = tally_tell(&st->tally, app->store, i);
	/* What only the clock may have changed is asked again only then. */
	if (told || changed) {
		call_set_put(&st->marked, i, true);
		call_rows_touch(&st->rows, i);
	}
	return told || changed;
}

static void
unsettle(struct calls_state *st)
{
	st->settled = false;
	st->unsettled = tally_known(&st->tally);
	/* Nothing grows while it is not read. */
	if (!st->progress.paused)
		st->unheard = st->unsettled;
}

/* @return whether there are more new messages. */
static bool
look_at_new(struct calls_state *st, const struct views_app *app, int64_t end_us)
{
	uint32_t count = store_message_count(app->store), last = CALL_NONE;

	if (st->frozen || st->messages >= count)
		return false;
	st->known = store_call_count(app->store);
	call_rows_grow(&st->rows, st->known);
	call_set_grow(&st->base, st->known);
	call_set_grow(&st->marked, st->known);
	call_set_grow(&st->selected, st->known);
	while (st->messages < count) {
		uint32_t call = store_message(app->store, st->messages++)->call;

		if (call != last && call != CALL_NONE)
			look_at(st, app, call, true);
		last = call;
		if (st->messages % MESSAGES == 0 && time_monotonic_us() >= end_us)
			break;
	}
	st->changed = true;
	unsettle(st);
	return st->messages < count;
}

/* The next call of a round over all that are told; UINT32_MAX: there are none. */
static uint32_t
next_of_round(const struct calls_state *st, uint32_t at)
{
	uint32_t call = tally_from(&st->tally, at);

	return call == UINT32_MAX && at > 0 ? tally_from(&st->tally, 0) : call;
}

static bool
sweep(struct calls_state *st, const struct views_app *app, uint32_t count)
{
	bool changed = false;
	uint32_t call;

	if (count > tally_known(&st->tally))
		count = tally_known(&st->tally);
	for (; count > 0; count--) {
		call = next_of_round(st, st->swept);
		if (call == UINT32_MAX)
			break;
		st->swept = call + 1;
		if (look_at(st, app, call, false))
			changed = true;
	}
	return changed;
}

/* What there is instead of SIP; streams of it have a list. */
static void
say_no_sip(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	uint32_t streams = store_stream_count(app->store);
	struct buf key = BUF_INIT;

	buf_clear(&st->no_sip);
	if (store_message_count(app->store) > 0 || !app->no_sip)
		return;
	if (streams > 0 &&
	    keymap_add_keys(v->stack->keymap, v->ops->name, ACTION_STREAMS, 1, &key) > 0)
		buf_printf(&st->no_sip, "%s lists %" PRIu32 " RTP stream%s of no call.\n",
			   buf_cstr(&key), streams, streams == 1 ? "" : "s");
	app->no_sip(app->ctx, &st->no_sip);
	buf_release(&key);
}

/* Once all is read, go over all calls, a piece at a time: the clock will not
 * move on. @return whether there is more to do. */
static bool
settle(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	uint32_t piece = st->unsettled < SWEEP ? st->unsettled : SWEEP;

	if (!st->progress.ended || st->settled)
		return false;
	sweep(st, app, piece);
	st->changed = true;
	st->unsettled -= piece;
	if (st->unsettled > 0)
		return true;
	st->settled = true;
	say_no_sip(v);
	return false;
}

/* The clock of live input goes on while nothing comes, and changes states: all are looked at
 * every few seconds. @return whether there is more to do. */
static bool
go_round(struct calls_state *st, const struct views_app *app)
{
	int64_t now = time_monotonic_us();
	uint32_t piece = st->round < SWEEP ? st->round : SWEEP;

	if (!st->progress.live || st->frozen)
		return false;
	if (st->round == 0 && now - st->round_us >= ROUND_US) {
		st->round = tally_known(&st->tally);
		st->round_us = now;
		return st->round > 0;
	}
	if (sweep(st, app, piece))
		st->changed = true;
	st->round -= piece;
	return st->round > 0;
}

/* Look at the media of those that were not since it may have grown.
 * @return whether some are left. */
static bool
hear(struct calls_state *st, const struct views_app *app, int64_t end_us)
{
	bool reading = !st->progress.ended && !st->progress.paused;
	uint32_t n = 0;

	if (store_stream_count(app->store) == 0)
		st->unheard = 0;
	while (st->unheard > 0) {
		uint32_t i = next_of_round(st, st->heard);

		if (i == UINT32_MAX)
			st->unheard = 0;
		if (st->unheard == 0)
			break;
		st->heard = i + 1;
		st->unheard--;
		if (tally_hear(&st->tally, app->query, i)) {
			call_set_put(&st->marked, i, true);
			call_rows_touch(&st->rows, i);
			st->changed = true;
		}
		if (++n % HEARD == 0 && time_monotonic_us() >= end_us)
			break;
	}
	/* More of it comes: what is left has its turn in the next piece. */
	return !reading && st->unheard > 0;
}

/* ---- which calls are listed ---- */

static void
list_call(struct calls_state *st, const struct views_app *app, uint32_t call)
{
	struct query_item item = query_call(app->query, call);
	bool listed = call_set_has(&st->base, call) &&
		(!st->filter || filter_match(st->filter, app->query, &item));

	if (listed == call_set_has(&st->rows.shown, call))
		return;
	call_rows_put(&st->rows, call, listed);
	st->changed = true;
}

/* Ask about a marked call. */
static void
judge(struct calls_state *st, const struct views_app *app, uint32_t call)
{
	bool member = call >= st->first &&
		(!app->takes_call || app->takes_call(app->ctx, call));

	call_set_put(&st->marked, call, false);
	if (member != call_set_has(&st->base, call)) {
		call_set_put(&st->base, call, member);
		tally_count(&st->tally, call, member);
		if (!member)
			call_set_put(&st->selected, call, false);
		st->changed = true;
	}
	if (call < st->sifted || !member)
		list_call(st, app, call);
}

/* Whether the time is over, looked at after call number @p i. */
static bool
is_over(const struct calls_state *st, const struct views_app *app, uint32_t i, int64_t end_us)
{
	bool slow = app->takes_call ||
		(st->filter && filter_need(st->filter) >= FIELD_NEED_TEXT);

	return (slow || i % QUICK == 0) && time_monotonic_us() >= end_us;
}

/* @return whether some are left. */
static bool
judge_marked(struct calls_state *st, const struct views_app *app, int64_t end_us)
{
	uint32_t call = call_set_from(&st->marked, 0), i = 0;

	while (call != UINT32_MAX) {
		judge(st, app, call);
		if (is_over(st, app, ++i, end_us))
			break;
		call = call_set_next(&st->marked, call);
	}
	return st->marked.members > 0;
}

bool
calls_sift(struct calls_state *st, const struct views_app *app, int64_t end_us)
{
	uint32_t call = call_set_from(&st->base, st->sifted), i = 0;

	while (call != UINT32_MAX) {
		list_call(st, app, call);
		st->sifted = call + 1;
		if (is_over(st, app, ++i, end_us))
			return calls_is_sifting(st);
		call = call_set_next(&st->base, call);
	}
	/* Those that come are asked at once, as long as they come in order. */
	st->sifted = st->known;
	return false;
}

bool
calls_keep(struct view *v, int64_t end_us)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int64_t now = time_monotonic_us(), end;
	bool more;

	calls_let_go(st, app);
	st->progress = parts_progress(app);
	st->frozen = st->progress.paused && !st->progress.ended;
	more = look_at_new(st, app, end_us);
	more |= go_round(st, app);
	while (settle(v))
		if (time_monotonic_us() >= end_us)
			return true;
	end = time_monotonic_us() + HEAR_US;
	more |= hear(st, app, st->progress.ended || st->progress.paused || end > end_us ?
		     end_us : end);
	/* Neither waits for the other: calls come in while a slow filter is asked. */
	more |= judge_marked(st, app, now + (end_us - now) / 2);
	more |= calls_sift(st, app, end_us);
	st->rows.complete = !more && (st->progress.ended || st->progress.paused);
	return more;
}

/* ---- a look ---- */

static bool
is_same(const struct views_progress *a, const struct views_progress *b)
{
	return a->bytes == b->bytes && a->total == b->total && a->ended == b->ended &&
		a->paused == b->paused && a->notices == b->notices &&
		a->flaws == b->flaws && a->gaps == b->gaps && a->encrypted == b->encrypted &&
		a->dropped == b->dropped && a->gone == b->gone && a->refused == b->refused;
}

/* Whether the title tells of other packets a second than come: none, at last. */
static bool
is_rate_stale(struct calls_state *st)
{
	double now = calls_rate_of(&st->packets, time_monotonic_us(), st->progress.packets);
	bool stale = st->progress.live && !(now <= 0 && st->packets_told <= 0);

	st->packets_told = now;
	return stale;
}

bool
calls_look(struct calls_state *st, const struct views_app *app)
{
	bool changed;

	calls_let_go(st, app);
	st->progress = parts_progress(app);
	if (!st->progress.ended) {
		calls_rate_tell(&st->rate, time_monotonic_us(), st->progress.bytes);
		if (st->progress.live)
			calls_rate_tell(&st->packets, time_monotonic_us(), st->progress.packets);
		unsettle(st);
		if (!st->frozen && sweep(st, app, SWEEP))
			st->changed = true;
	}
	if (st->progress.ended)
		st->packets = (struct calls_rate){ 0 };
	/* Those that wait while the list stands still are told too. */
	changed = is_rate_stale(st);
	changed = call_rows_take_changed(&st->rows) || st->changed || changed ||
		!is_same(&st->seen, &st->progress) ||
		store_call_count(app->store) != st->seen_calls;
	st->seen = st->progress;
	st->seen_calls = store_call_count(app->store);
	st->changed = false;
	return changed;
}
