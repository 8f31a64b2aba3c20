/*
 * The ladder of one or several calls: what is common to the parts of the view. The
 * layout comes from export/ladder.h (flow_layout.c), lines and columns from
 * flow_lines.h; both are made when the data or the size changes, not when drawing.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "views/flow_int.h"

#define SILENCE		(10 * NS_PER_S)	/* a longer pause is a row */
#define PREVIEW_STEP	4		/* cells */

static void
flow_open(struct view *v, const void *subject)
{
	const struct flow_subject *what = subject;
	const struct views_app *app = v->app;
	const struct settings *set = app->settings;
	struct flow_state *st = v->state;

	ARRAY_GROW(st->calls, st->cap, what->n + 1);
	memcpy(st->calls, what->calls, what->n * sizeof(*st->calls));
	st->n = st->given = what->n;
	st->time = (enum ladder_time)set->time;
	st->color_by = set->color_by;
	st->preview_width = (int)set->preview_width;
	st->asked_preview = set->preview != SETTING_PREVIEW_AUTO;
	st->want_preview = set->preview == SETTING_PREVIEW_ON;
	st->options = (struct ladder_options){
		.sdp = (enum ladder_sdp)set->sdp, .silence = SILENCE,
		.split_ports = set->split_ports, .media = set->media,
		.limits = &app->query->limits, .name_ctx = (void *)(uintptr_t)app->names,
	};
	st->shape.named = 1;
	st->want_strip = set->media;
	st->strip_call = CALL_NONE;
	st->begin_at = what->stream;
	st->mark.message = MESSAGE_NONE;
	flow_preview_init(&st->preview);
	pinned_set(&st->pinned, app->pins, st->calls, st->n);
	if (what->related)
		flow_legs_toggle(v);
}

/* Nothing is kept of a ladder, which borrows texts of its calls. */
static void
forget_ladder(struct flow_state *st)
{
	if (st->job) {
		ladder_end(st->job);
		ladder_release(&st->next);
		st->job = NULL;
	}
	if (st->laid_out) {
		ladder_release(&st->ladder);
		ladder_columns_release(&st->columns);
	}
	st->laid_out = false;
	st->lines.n = 0;
	st->lines.columns = st->lines.stops = 0;
	st->width = 0;
	flow_strip_forget(st);
}

static bool
flow_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	size_t given = parts_drop_gone(app, st->calls, st->given);

	if (given == st->given && !flow_legs_lost(v))
		return false;
	if (st->mark.message != MESSAGE_NONE &&
	    store_message_is_gone(app->store, st->mark.message))
		st->mark.message = MESSAGE_NONE;
	forget_ladder(st);
	stack_error(v->stack, "Calls of the ladder were evicted to stay within the bound.");
	st->given = given;
	flow_legs_take(v);
	return true;
}

static void
flow_close(struct view *v)
{
	struct flow_state *st = v->state;
	const struct views_app *app = v->app;

	if (st->job) {
		ladder_end(st->job);
		ladder_release(&st->next);
	}
	if (st->laid_out) {
		ladder_release(&st->ladder);
		ladder_columns_release(&st->columns);
	}
	related_end(st->related.job);
	flow_lines_release(&st->lines);
	flow_search_release(&st->search);
	flow_preview_release(&st->preview);
	strip_release(&st->strip);
	pinned_release(&st->pinned, app->pins);
	free(st->links);
	free(st->calls);
}

/* Have the message under the cursor at hand for drawing. */
static void
update_preview(struct view *v)
{
	struct flow_state *st = v->state;
	const struct ladder_row *row = flow_current_message(st);
	int height = v->height - (flow_head_rows(v) > (int)st->shape.named);

	flow_preview_show(&st->preview, v->app,
			  row && st->shape.preview ? row->message : MESSAGE_NONE,
			  st->shape.preview_width > 0 ? st->shape.preview_width : 1, height);
}

static bool
flow_refresh(struct view *v)
{
	bool changed;

	if (((struct flow_state *)v->state)->given == 0) {
		parts_leave(v, "The calls of the ladder were evicted to stay within the bound.");
		return true;
	}
	flow_legs_keep_up(v);
	changed = flow_keep_up(v);
	update_preview(v);
	return changed;
}

static bool
flow_work(struct view *v, int budget_ms)
{
	bool more;

	if (((struct flow_state *)v->state)->given == 0)
		return false;
	more = flow_lay_out_step(v, budget_ms);

	/* One after the other: what is found is found in lines. */
	if (!more)
		more = flow_find_work(v, budget_ms);
	if (!more)
		more = flow_legs_work(v, budget_ms);
	return more;
}

/* ---- acting ---- */

static bool
has_room_for_preview(struct view *v)
{
	if (v->width >= FLOW_PREVIEW_LEAST)
		return true;
	stack_notice(v->stack, "The message beside the ladder takes %d columns, here are %d.",
		     FLOW_PREVIEW_LEAST, v->width);
	return false;
}

/* @return whether it has to do with the message beside. */
static bool
act_preview(struct view *v, enum action action)
{
	struct flow_state *st = v->state;
	bool wider = action == ACTION_PREVIEW_WIDER;

	switch (action) {
	case ACTION_PREVIEW_UP:
	case ACTION_PREVIEW_DOWN:
		flow_preview_scroll(&st->preview, action == ACTION_PREVIEW_UP ? -1 : 1);
		return true;
	case ACTION_TOGGLE_PREVIEW:
		if (!has_room_for_preview(v))
			return true;
		st->want_preview = !st->want_preview;
		break;
	case ACTION_PREVIEW_WIDER:
	case ACTION_PREVIEW_NARROWER:
		if (!has_room_for_preview(v))
			return true;
		if (st->shape.preview)
			st->preview_width = st->shape.preview_width +
				(wider ? PREVIEW_STEP : -PREVIEW_STEP);
		st->want_preview = true;
		break;
	case ACTION_PREVIEW_RESET:
		st->preview_width = 0;
		st->width = 0;
		return true;
	default:
		return false;
	}
	st->asked_preview = true;
	st->width = 0;
	return true;
}

static void
next_color(struct view *v)
{
	static const char *const say[] = {
		[SETTING_COLOR_BY_REQUEST] = "request and status",
		[SETTING_COLOR_BY_CALL_ID] = "Call-ID",
		[SETTING_COLOR_BY_CSEQ] = "CSeq",
	};
	struct flow_state *st = v->state;

	st->color_by = (st->color_by + 1) % (SETTING_COLOR_BY_CSEQ + 1);
	stack_notice(v->stack, "Colours by %s.", say[st->color_by]);
}

/* @return whether it is what changes the ladder, or its lines. */
static bool
toggle(struct view *v, enum action action)
{
	struct flow_state *st = v->state;

	switch (action) {
	case ACTION_TOGGLE_TIME:
		st->time = (enum ladder_time)((st->time + 1) % (LADDER_TIME_DELTA + 1));
		flow_fill(v);
		return true;
	case ACTION_TOGGLE_COLORS:
		next_color(v);
		return true;
	case ACTION_TOGGLE_ONLY_SDP:
		flow_hide_set_only_sdp(&st->hide, !st->hide.only_sdp);
		return true;
	case ACTION_ONLY_MEDIA:
		flow_hide_set_only_media(&st->hide, !st->hide.only_media);
		if (st->options.media)
			return true;
		st->options.media = true;
		break;
	case ACTION_TOGGLE_MEDIA:
		st->options.media = !st->options.media;
		break;
	case ACTION_TOGGLE_STRIP:
		flow_strip_toggle(v);
		return true;
	case ACTION_UNHIDE:
		flow_hide_clear(&st->hide);
		return true;
	case ACTION_TOGGLE_SDP:
		st->options.sdp = (enum ladder_sdp)((st->options.sdp + 1) % (LADDER_SDP_FULL + 1));
		break;
	case ACTION_TOGGLE_PORTS:
		st->options.split_ports = !st->options.split_ports;
		st->first = 0;
		st->follow = true;
		break;
	case ACTION_TOGGLE_COPIES:
		st->options.unfold = !st->options.unfold;
		break;
	default:
		return false;
	}
	flow_lay_out(v);
	return true;
}

static void
open_raw(struct view *v, const struct ladder_row *row, bool all)
{
	struct flow_state *st = v->state;
	struct raw_subject raw = { .call = row->call, .message = MESSAGE_NONE };

	if (raw.call == CALL_NONE)
		raw.call = st->calls[0];
	if (!all)
		raw.message = row->message;
	else if (st->n > 1)
		raw = (struct raw_subject){ .call = raw.call, .message = MESSAGE_NONE,
					    .calls = st->calls, .n = st->n };
	if (all && row->kind == LADDER_MESSAGE)
		raw.at = row->message;
	stack_open(v->stack, &view_raw_ops, &raw);
}

/* The calls that are shown, or the message, or the stream one is at. */
static void
save(struct view *v, const struct ladder_row *row)
{
	const struct flow_state *st = v->state;
	bool both = row && row->kind == LADDER_STREAM && row->stream[1] != STREAM_NONE;

	if (row && row->kind == LADDER_STREAM) {
		stream_open_save(v, row->stream[0], &(struct save_subject){
			.calls = st->calls, .n = st->n, .streams = row->stream,
			.stream_n = both ? 2 : 0, .both_ways = both });
		return;
	}
	save_open(v->stack, &(struct save_subject){
		.calls = st->calls, .n = st->n,
		.message = row && row->kind == LADDER_MESSAGE ? row->message : MESSAGE_NONE });
}

/* @return whether it is what opens another view. */
static bool
act_open(struct view *v, enum action action)
{
	struct flow_state *st = v->state;
	const struct views_app *app = v->app;
	const struct ladder_row *row = flow_current(st);

	switch (action) {
	case ACTION_OPEN:
		if (row && row->kind == LADDER_EVENT)
			stack_open(v->stack, &view_event_ops, &(struct event_subject){
				row->event, row->call, row->count, row->last });
		else if (row && row->kind == LADDER_STREAM)
			stack_open(v->stack, &view_stream_ops,
				   &(struct stream_subject){ row->stream[0] });
		else if (row)
			open_raw(v, row, false);
		return row != NULL;
	case ACTION_OPEN_RAW:
		if (row)
			open_raw(v, row, true);
		return row != NULL;
	case ACTION_STREAMS:
		stack_open(v->stack, &view_streams_ops,
			   &(struct streams_subject){ .calls = st->calls, .n = st->n });
		return true;
	case ACTION_SAVE:
		save(v, row);
		return true;
	case ACTION_HIDE:
		stack_open(v->stack, &view_hide_ops, &(struct hide_subject){
			&st->hide, &st->ladder, app->store });
		return true;
	default:
		return false;
	}
}

static void
sideways(struct flow_state *st, int step)
{
	st->first += step;
	if (st->first > st->shape.scroll_max)
		st->first = st->shape.scroll_max;
	if (st->first < 0)
		st->first = 0;
}

/* What needs no ladder beyond that which is there. @return whether it was that. */
static bool
act_here(struct view *v, enum action action)
{
	struct flow_state *st = v->state;

	switch (action) {
	case ACTION_LEFT:
	case ACTION_RIGHT:
		sideways(st, action == ACTION_LEFT ? -1 : 1);
		return true;
	case ACTION_SEARCH:
		flow_find_ask(v);
		return true;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_PREVIOUS:
		flow_find_step(v, action == ACTION_SEARCH_NEXT ? 1 : -1);
		return true;
	case ACTION_NEXT_ERROR:
	case ACTION_PREVIOUS_ERROR:
		flow_go_to_error(v, action == ACTION_NEXT_ERROR ? 1 : -1);
		return true;
	case ACTION_RELATED:
		flow_legs_toggle(v);
		return true;
	default:
		return act_preview(v, action) || toggle(v, action) || flow_move(st, action);
	}
}

/* @return whether it has to do with marks. */
static bool
act_mark(struct view *v, enum action action)
{
	struct flow_state *st = v->state;
	const struct ladder_row *row = flow_current_message(st);

	if (flow_mark_act(&st->mark, action, v->stack, &st->ladder, row))
		return true;
	if (action != ACTION_MARK && action != ACTION_COMPARE)
		return false;
	stack_notice(v->stack, "There is no message here to compare.");
	return true;
}

static enum view_result
flow_act(struct view *v, enum action action)
{
	struct flow_state *st = v->state;

	if (!st->laid_out && action != ACTION_RELATED)
		return VIEW_IGNORED;
	st->touched = true;
	if (act_mark(v, action) || act_open(v, action))
		return VIEW_HANDLED;
	if (!act_here(v, action))
		return VIEW_IGNORED;
	flow_refresh(v);
	return VIEW_HANDLED;
}

static enum view_result
flow_pointed(struct view *v, const struct mouse *m)
{
	struct flow_state *st = v->state;
	enum view_result result;

	if (!st->laid_out)
		return VIEW_IGNORED;
	st->touched = true;
	result = flow_mouse(v, m);
	if (result == VIEW_HANDLED)
		update_preview(v);
	return result;
}

static void
flow_asked(struct view *v, enum prompt_result result, struct str text)
{
	flow_find_asked(v, result, text);
	flow_refresh(v);
}

static size_t
flow_memory(const struct view *v)
{
	const struct flow_state *st = v->state;

	return ladder_memory(&st->ladder, NULL) + ladder_memory(&st->next, st->job) +
		st->lines.cap * sizeof(*st->lines.list) + st->search.n;
}

/* On a stream what one does with it. Beside media its streams, which otherwise come after
 * what fits in 80 columns. */
static const enum action *
flow_wanted(const struct view *v)
{
	static const enum action at_stream[] = {
		ACTION_OPEN, ACTION_SAVE, ACTION_STREAMS, ACTION_TOGGLE_MEDIA,
		ACTION_TOGGLE_STRIP, ACTION_ONLY_MEDIA, ACTION_NONE
	};
	static const enum action with_media[] = {
		ACTION_OPEN, ACTION_OPEN_RAW, ACTION_RELATED, ACTION_MARK, ACTION_STREAMS,
		ACTION_NONE
	};
	const struct flow_state *st = v->state;
	const struct ladder_row *row = st->laid_out ? flow_current(st) : NULL;

	if (row && row->kind == LADDER_STREAM)
		return at_stream;
	return st->laid_out && (st->ladder.streams > 0 || st->strip.n > 0) ? with_media : NULL;
}

const struct view_ops view_flow_ops = {
	.name = "flow",
	.state_size = sizeof(struct flow_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_OPEN_RAW, ACTION_RELATED, ACTION_MARK, ACTION_SEARCH,
		ACTION_NEXT_ERROR, ACTION_SAVE, ACTION_HIDE, ACTION_TOGGLE_TIME,
		ACTION_TOGGLE_SDP, ACTION_STREAMS,
		ACTION_TOGGLE_PREVIEW, ACTION_COMPARE, ACTION_TOGGLE_PORTS,
		ACTION_TOGGLE_COPIES, ACTION_TOGGLE_MEDIA, ACTION_UNHIDE, ACTION_ONLY_MEDIA,
		ACTION_TOGGLE_STRIP,
		ACTION_SEARCH_NEXT, ACTION_SEARCH_PREVIOUS,
		ACTION_PREVIOUS_ERROR, ACTION_TOGGLE_ONLY_SDP,
		ACTION_TOGGLE_COLORS, ACTION_UNMARK, ACTION_PREVIEW_UP, ACTION_PREVIEW_DOWN,
		ACTION_PREVIEW_WIDER, ACTION_PREVIEW_NARROWER, ACTION_PREVIEW_RESET,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT,
		ACTION_RIGHT, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_RELATED, "<F4> x" },
		{ ACTION_STREAMS, "<Tab>" },
		{ ACTION_MARK, "<Space>" },
		{ ACTION_UNMARK, "<C-W>" },
		{ ACTION_COMPARE, "=" },
		{ ACTION_NEXT_ERROR, "e" },
		{ ACTION_PREVIOUS_ERROR, "E" },
		{ ACTION_HIDE, "<F7> f" },
		{ ACTION_UNHIDE, "<F9> F" },
		{ ACTION_TOGGLE_ONLY_SDP, "D" },
		{ ACTION_TOGGLE_TIME, "w" },
		{ ACTION_TOGGLE_SDP, "d" },
		{ ACTION_TOGGLE_PREVIEW, "t" },
		{ ACTION_PREVIEW_WIDER, "9" },
		{ ACTION_PREVIEW_NARROWER, "0" },
		{ ACTION_PREVIEW_RESET, "T" },
		{ ACTION_PREVIEW_UP, "<S-Up> <A-Up>" },
		{ ACTION_PREVIEW_DOWN, "<S-Down> <A-Down>" },
		{ ACTION_TOGGLE_PORTS, "s" },
		{ ACTION_TOGGLE_COPIES, "y" },
		{ ACTION_TOGGLE_MEDIA, "<F3> m" },
		{ ACTION_ONLY_MEDIA, "M" },
		{ ACTION_TOGGLE_STRIP, "v" },
		{ ACTION_NONE, NULL }
	},
	.open = flow_open,
	.close = flow_close,
	.lost = flow_lost,
	.wanted = flow_wanted,
	.refresh = flow_refresh,
	.work = flow_work,
	.title = flow_title,
	.memory = flow_memory,
	.draw = flow_draw,
	.act = flow_act,
	.mouse = flow_pointed,
	.asked = flow_asked,
};
