/*
 * The list of calls: its rows, and what is done with them. How it keeps up with the
 * store, and which calls it lists, is in calls_keep.c.
 */
#include <inttypes.h>

#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/call_columns.h"
#include "views/calls_state.h"
#include "views/parts.h"

#define TYPING_MS	4	/* of work at a time while a filter is typed */
#define LADDER_CALLS	1000u	/* selected ones that one ladder takes */

static bool
calls_work(struct view *v, int budget_ms)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int64_t end;

	/* The next key comes soon. */
	if (st->asking && budget_ms > TYPING_MS)
		budget_ms = TYPING_MS;
	end = time_monotonic_us() + budget_ms * INT64_C(1000);
	if (app->generation != st->generation)
		calls_reset(st, app);
	if (calls_keep(v, end))
		return true;
	return call_rows_work(&st->rows, end);
}

/* What the user's settings begin with. */
static void
take_settings(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	struct filter_error error;
	struct err err;

	if (call_rows_sort(&st->rows, str_of(app->settings->sort), &err) < 0)
		stack_error(v->stack, "sort: %s", err.text);
	if (calls_filter_set(v, str_of(app->settings->filter), &error) != 0)
		stack_error(v->stack, "filter: column %zu: %s", error.column, error.text);
}

static void
calls_open(struct view *v, const void *subject)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;

	(void)subject;
	st->anchor = CALL_NONE;
	st->generation = app->generation;
	call_columns_init(&st->own);
	st->columns = app->columns ? app->columns : &st->own;
	call_rows_init(&st->rows, app->query);
	tally_init(&st->tally);
	if (app->pins)
		app->pins->selected = &st->selected;
	take_settings(v);
}

static void
calls_close(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;

	if (app->pins)
		app->pins->selected = NULL;
	pinned_release(&st->pinned, app->pins);
	call_rows_release(&st->rows);
	call_columns_release(&st->own);
	call_set_release(&st->base);
	call_set_release(&st->marked);
	call_set_release(&st->selected);
	tally_release(&st->tally);
	filter_free(st->filter);
	buf_release(&st->filter_text);
	buf_release(&st->before);
	buf_release(&st->no_sip);
	streams_memory_release(&st->streams);
}

/* Lines of what there is instead of SIP. */
static int64_t
no_sip_lines(const struct calls_state *st)
{
	struct str rest = buf_str(&st->no_sip), line;
	int64_t n = 0;

	while (str_cut(&rest, '\n', &line))
		n += line.n > 0 || rest.n > 0;
	return n;
}

/* The call the cursor is on, or CALL_NONE. */
static uint32_t
current(const struct calls_state *st)
{
	uint32_t call = call_rows_at(&st->rows, (uint32_t)st->list.cursor);

	return call == UINT32_MAX ? CALL_NONE : call;
}

/* The row of the call that came last. */
static uint32_t
newest_row(const struct calls_state *st)
{
	const struct call_set *shown = &st->rows.shown;

	return call_rows_row(&st->rows, call_set_at(shown, shown->members - 1));
}

/* Whether the call that the cursor was on may be listed once it is asked about. */
static bool
is_awaited(const struct calls_state *st, uint32_t call)
{
	return call_set_has(&st->marked, call) ||
		(call_set_has(&st->base, call) && call >= st->sifted);
}

/* The cursor stays on its call where rows come in above it; where that went away,
 * it goes to what is nearest. It stood @p line rows below the first that is seen. */
static void
fit_cursor(struct calls_state *st, int64_t line)
{
	uint32_t row;

	if (st->autoscroll) {
		list_go(&st->list, newest_row(st));
		st->anchor = current(st);
	} else if (st->anchor == CALL_NONE) {
		return;
	} else if (call_set_has(&st->rows.shown, st->anchor)) {
		row = call_rows_row(&st->rows, st->anchor);
		st->list.top = row - line;
		list_go(&st->list, row);
	} else {
		if (st->rows.key_count == 0) {
			row = call_set_row(&st->rows.shown, st->anchor);
			row = st->rows.reverse ? (uint32_t)st->list.count - row : row;
			/* Those around it stay where they are. */
			if (st->anchor_gone)
				st->list.top = row - line;
			list_go(&st->list, row);
		}
		st->anchor_gone = false;
		if (!is_awaited(st, st->anchor))
			st->anchor = current(st);
	}
}

void
calls_fit(struct view *v)
{
	struct calls_state *st = v->state;
	int64_t line = st->list.cursor - st->list.top;
	int height;

	calls_head_fit(v);
	height = v->height - calls_head_rows(st) - 1;
	list_fit(&st->list, call_rows_count(&st->rows), height > 0 ? height : 0);
	if (st->list.count > 0)
		fit_cursor(st, line);
	calls_table_fit(v);
	list_fit(&st->no_sip_list, no_sip_lines(st), v->height);
}

#define ROWS_PINNED	512	/* of the screen, at most */
#define SEEN_PART	4u	/* of the calls there are, rows that are held are at most that part */

/* The rows that are seen are let go of last. */
static void
hold_seen(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	uint32_t calls[ROWS_PINNED], hash = 0;
	size_t n = 0, seen = 0;

	if (!app->pins)
		return;
	/* Where they are most of all there are, new ones would go instead. */
	if (tally_known(&st->tally) < SEEN_PART * (uint32_t)st->list.height) {
		calls[n++] = st->anchor;
		hash = st->anchor;
	}
	for (int y = 0; n == 0 && y < st->list.height; y++) {
		uint32_t call = call_rows_at(&st->rows, (uint32_t)(st->list.top + y));

		if (y == ROWS_PINNED)
			break;

		if (call == UINT32_MAX)
			break;
		calls[y] = call;
		seen++;
		hash = hash * 31 + call + 1;
	}
	n += seen;
	if (n == st->pinned.n && hash == st->pinned_hash)
		return;
	pinned_set(&st->pinned, app->pins, calls, n);
	st->pinned_hash = hash;
}

/* What had to go although it was selected is not in what is saved or opened. */
static void
say_lost(struct view *v)
{
	struct calls_state *st = v->state;

	if (st->evicted_selected == 0)
		return;
	stack_error(v->stack, "%" PRIu64 " selected call%s evicted to stay within the bound.",
		    st->evicted_selected, st->evicted_selected == 1 ? "" : "s");
	st->evicted_selected = 0;
}

static bool
calls_lost(struct view *v)
{
	struct calls_state *st = v->state;

	calls_let_go(st, v->app);
	/* The rows that are drawn next are others. */
	if (st->changed)
		calls_fit(v);
	return st->evicted_selected > 0;
}

/* What is wrong with an input is said where it shows, not on the way out alone. The
 * end of it tells what, the beginning names the file. */
static void
say_notice(struct view *v)
{
	struct calls_state *st = v->state;
	struct buf text = BUF_INIT;

	if (st->progress.notices == st->notices_said)
		return;
	st->notices_said = st->progress.notices;
	if (st->notices_said == 0 || !st->progress.notice)
		return;
	parts_add_tail(&text, str_of(st->progress.notice), v->width);
	stack_error(v->stack, "%s", buf_cstr(&text));
	buf_release(&text);
}

static bool
calls_refresh(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	bool changed;

	if (app->generation != st->generation)
		calls_reset(st, app);
	/* Changed in the settings it holds at once; its key leaves them alone. */
	if (st->autoscroll_set != app->settings->autoscroll)
		st->autoscroll = st->autoscroll_set = app->settings->autoscroll;
	changed = calls_look(st, app);
	say_notice(v);
	say_lost(v);
	calls_fit(v);
	hold_seen(v);
	if (changed && st->asking)
		calls_filter_note(v);
	return changed;
}

/* ---- drawing ---- */

/* One line of it: a sentence, or a label and a figure behind blanks, which is moved to
 * the left where it would not be seen. */
static void
draw_no_sip_line(struct canvas *c, int y, struct str line)
{
	int width = canvas_width(c), cells = text_width(line), figure_x;
	size_t at = line.n;
	struct str figure;

	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	figure = str_skip(line, at);
	figure_x = width - text_width(figure);
	if (cells <= width || !str_starts(line, STR("  ")) || figure_x < 4) {
		canvas_text(c, y, 0, width, ROLE_NORMAL, line);
		return;
	}
	canvas_field(c, y, 2, figure_x - 3, ROLE_NORMAL, CANVAS_LEFT,
		     str_trim(str_sub(line, 0, at)));
	canvas_text(c, y, figure_x, width - figure_x, ROLE_NORMAL, figure);
}

/* The lines of what there is instead of SIP. */
static void
draw_no_sip(const struct calls_state *st, struct canvas *c)
{
	struct str rest = buf_str(&st->no_sip), line;
	int64_t y = -st->no_sip_list.top;

	for (; str_cut(&rest, '\n', &line) && y < canvas_height(c); y++)
		if (y >= 0)
			draw_no_sip_line(c, (int)y, line);
}

static void
calls_draw(const struct view *v, struct canvas *c)
{
	const struct calls_state *st = v->state;
	int above = calls_head_rows(st) - 1;
	struct canvas table;

	if (st->no_sip.n > 0) {
		draw_no_sip(st, c);
		return;
	}
	/* Its first row is the last of what stands above. */
	table = canvas_part(c, above, 0, canvas_height(c) - above, canvas_width(c));
	calls_table_draw(v, &table);
	calls_head_draw(v, c);
}

/* ---- acting ---- */

/* The cursor was moved by hand. */
static void
moved(struct calls_state *st)
{
	st->anchor = current(st);
	if (st->autoscroll && st->list.count > 0 && st->list.cursor != newest_row(st))
		st->autoscroll = false;
}

static void
open_ladder(struct view *v, bool related)
{
	struct calls_state *st = v->state;
	uint32_t call = current(st), *list = NULL;
	struct flow_subject subject = { .calls = &call, .n = 1, .related = related };

	if (st->selected.members > LADDER_CALLS) {
		stack_error(v->stack, "%" PRIu32 " calls are selected; a ladder takes %u.",
			    st->selected.members, LADDER_CALLS);
		return;
	}
	if (st->selected.members > 0) {
		list = call_set_list(&st->selected);
		subject.calls = list;
		subject.n = st->selected.members;
	}
	stack_open(v->stack, &view_flow_ops, &subject);
	free(list);
}

static void
open_raw(struct view *v)
{
	struct calls_state *st = v->state;
	struct raw_subject subject = { .call = current(st), .message = MESSAGE_NONE };
	uint32_t *list = NULL;

	if (st->selected.members > LADDER_CALLS) {
		stack_error(v->stack, "%" PRIu32 " calls are selected; their text is shown of %u.",
			    st->selected.members, LADDER_CALLS);
		return;
	}
	if (st->selected.members > 0) {
		list = call_set_list(&st->selected);
		subject.call = list[0];
		if (st->selected.members > 1) {
			subject.calls = list;
			subject.n = st->selected.members;
		}
	}
	stack_open(v->stack, &view_raw_ops, &subject);
	free(list);
}

/* What picks the calls that are listed, of the command line and typed. */
static void
add_filters(struct view *v, struct buf *filter)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	const char *where = app->where ? app->where : "";

	if (*where && st->filter_text.n > 0)
		buf_printf(filter, "(%s) and (%s)", where, buf_cstr(&st->filter_text));
	else
		buf_add_cstr(filter, *where ? where : buf_cstr(&st->filter_text));
}

/* All streams, orphans too; of the calls listed where some calls are not. */
static void
open_streams(struct view *v)
{
	struct calls_state *st = v->state;
	struct buf filter = BUF_INIT;
	bool picked;

	add_filters(v, &filter);
	picked = filter.n > 0 || st->first > 0;
	stack_open(v->stack, &view_streams_ops, &(struct streams_subject){
		.listed = picked ? &st->rows.shown : NULL, .filter = buf_cstr(&filter),
		.memory = &st->streams });
	buf_release(&filter);
}

static void
open_statistics(struct view *v)
{
	struct calls_state *st = v->state;
	struct buf filter = BUF_INIT;

	add_filters(v, &filter);
	stack_open(v->stack, &view_stats_ops,
		   &(struct stats_subject){ &st->rows.shown, buf_cstr(&filter) });
	buf_release(&filter);
}

/* What the form made; once it is closed. */
static void
take_form(void *ctx, struct str expression)
{
	calls_set_filter(ctx, expression);
}

static void
open_form(struct view *v)
{
	struct calls_state *st = v->state;

	stack_open(v->stack, &view_filter_form_ops, &(struct filter_form_subject){
		.apply = take_form, .ctx = v, .now = buf_str(&st->filter_text) });
}

static void
open_save(struct view *v)
{
	struct calls_state *st = v->state;
	uint32_t call = current(st);
	struct buf filter = BUF_INIT;

	add_filters(v, &filter);
	save_open(v->stack, &(struct save_subject){
		.shown = &st->rows.shown, .selected = &st->selected,
		.calls = &call, .n = call != CALL_NONE, .message = MESSAGE_NONE,
		.filter = buf_cstr(&filter) });
	buf_release(&filter);
}

/* Which calls are listed. */
static enum view_result
act_on_filter(struct view *v, enum action action)
{
	struct buf filter = BUF_INIT;

	switch (action) {
	case ACTION_FILTER:
		calls_filter_ask(v);
		return VIEW_HANDLED;
	case ACTION_FILTER_FORM:
		open_form(v);
		return VIEW_HANDLED;
	case ACTION_FILTER_CLEAR:
	case ACTION_SHOW_ALL:
		calls_set_filter(v, STR(""));
		return VIEW_HANDLED;
	default:
		break;
	}
	tally_add_filter(action, &filter);
	if (filter.n == 0)
		return VIEW_IGNORED;
	calls_set_filter(v, buf_str(&filter));
	buf_release(&filter);
	return VIEW_HANDLED;
}

static enum view_result
act_on_list(struct view *v, enum action action)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	uint32_t call = current(st);

	switch (action) {
	case ACTION_SELECT:
		if (call != CALL_NONE)
			call_set_put(&st->selected, call, !call_set_has(&st->selected, call));
		return VIEW_HANDLED;
	case ACTION_SELECT_ALL:
		call_set_join(&st->selected, &st->rows.shown);
		return VIEW_HANDLED;
	case ACTION_UNSELECT:
		call_set_clear(&st->selected);
		call_set_grow(&st->selected, st->known);
		return VIEW_HANDLED;
	case ACTION_AUTOSCROLL:
		st->autoscroll = !st->autoscroll;
		calls_fit(v);
		return VIEW_HANDLED;
	case ACTION_CLEAR:
		if (st->base.members > 0)
			stack_confirm(v->stack, v, app->clear ? "Let go of all %" PRIu32 " call%s?" :
				      "Take all %" PRIu32 " call%s off the list?",
				      st->base.members, st->base.members == 1 ? "" : "s");
		return VIEW_HANDLED;
	case ACTION_SAVE:
		open_save(v);
		return VIEW_HANDLED;
	case ACTION_STREAMS:
		open_streams(v);
		return VIEW_HANDLED;
	case ACTION_STATISTICS:
		open_statistics(v);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

/* What opens another view. */
static enum view_result
act_on_calls(struct view *v, enum action action)
{
	struct calls_state *st = v->state;

	if (current(st) == CALL_NONE && st->selected.members == 0)
		return VIEW_IGNORED;
	switch (action) {
	case ACTION_OPEN:
		open_ladder(v, false);
		break;
	case ACTION_RELATED:
		open_ladder(v, true);
		break;
	case ACTION_OPEN_RAW:
		open_raw(v);
		break;
	default:
		return VIEW_IGNORED;
	}
	st->anchor = current(st);
	return VIEW_HANDLED;
}

static enum view_result
calls_act(struct view *v, enum action action)
{
	static enum view_result (*const acts[])(struct view *v, enum action action) = {
		act_on_list, act_on_filter, calls_table_act, act_on_calls,
	};
	struct calls_state *st = v->state;

	if (st->no_sip.n > 0) {
		if (action == ACTION_STREAMS || action == ACTION_STATISTICS)
			return act_on_list(v, action);
		return list_scroll(&st->no_sip_list, action) ? VIEW_HANDLED : VIEW_IGNORED;
	}
	if (list_act(&st->list, action)) {
		moved(st);
		return VIEW_HANDLED;
	}
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (acts[i](v, action) == VIEW_HANDLED)
			return VIEW_HANDLED;
	return VIEW_IGNORED;
}

static void
calls_confirmed(struct view *v, bool yes)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	uint32_t n = st->base.members;

	if (!yes)
		return;
	calls_take_off(st);
	calls_fit(v);
	hold_seen(v);
	if (app->clear) {
		app->clear(app->ctx);
		stack_notice(v->stack, "%" PRIu32 " call%s let go; new ones appear.", n,
			     n == 1 ? "" : "s");
		return;
	}
	stack_notice(v->stack, "%" PRIu32 " call%s taken off the list; new ones appear.", n,
		     n == 1 ? "" : "s");
}

static enum view_result
calls_mouse(struct view *v, const struct mouse *m)
{
	struct calls_state *st = v->state;
	int64_t row = m->y - calls_head_rows(st) - 1;
	const char *filter;

	if (st->no_sip.n > 0 || (m->kind != MOUSE_PRESS && m->kind != MOUSE_DOUBLE))
		return VIEW_IGNORED;
	/* Here the second of two quick presses is one more: it turns the order around. */
	if (row == -1)
		return calls_table_click(v, m->x);
	if (row < 0) {
		filter = calls_head_at(st, m->y, m->x);
		if (!filter)
			return VIEW_IGNORED;
		calls_set_filter(v, str_of(filter));
		return VIEW_HANDLED;
	}
	if (st->list.top + row >= st->list.count)
		return VIEW_IGNORED;
	list_go(&st->list, st->list.top + row);
	moved(st);
	if (m->kind == MOUSE_DOUBLE)
		return act_on_calls(v, ACTION_OPEN);
	return VIEW_HANDLED;
}

const struct view_ops view_calls_ops = {
	.name = "calls",
	.state_size = sizeof(struct calls_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_STREAMS, ACTION_FILTER, ACTION_SELECT, ACTION_OPEN_RAW,
		ACTION_RELATED, ACTION_SAVE, ACTION_FILTER_FORM, ACTION_STATISTICS, ACTION_CLEAR,
		ACTION_FILTER_CLEAR, ACTION_SHOW_ALL, ACTION_SHOW_OPEN, ACTION_SHOW_ANSWERED,
		ACTION_SHOW_REDIRECTED, ACTION_SHOW_4XX, ACTION_SHOW_5XX, ACTION_SHOW_6XX,
		ACTION_SHOW_UNANSWERED, ACTION_SHOW_BUSY, ACTION_SHOW_CANCELLED,
		ACTION_SHOW_ONE_WAY, ACTION_SHOW_NO_AUDIO, ACTION_SHOW_BAD_AUDIO,
		ACTION_SELECT_ALL, ACTION_UNSELECT, ACTION_SORT, ACTION_SORT_REVERSE,
		ACTION_COLUMNS, ACTION_AUTOSCROLL,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT,
		ACTION_RIGHT,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_FILTER, "/ <F3>" },
		{ ACTION_STREAMS, "<Tab>" },
		{ ACTION_FILTER_FORM, "<F7> f F" },
		{ ACTION_FILTER_CLEAR, "<F9>" },
		{ ACTION_SELECT, "<Space>" },
		{ ACTION_SELECT_ALL, "*" },
		{ ACTION_UNSELECT, "<C-W>" },
		{ ACTION_RELATED, "<F4> x" },
		{ ACTION_SAVE, "<F2> s S" },
		{ ACTION_CLEAR, "<F5>" },
		{ ACTION_AUTOSCROLL, "A" },
		{ ACTION_SHOW_ALL, "0" },
		{ ACTION_SHOW_OPEN, "1" },
		{ ACTION_SHOW_ANSWERED, "2" },
		{ ACTION_SHOW_REDIRECTED, "3" },
		{ ACTION_SHOW_4XX, "4" },
		{ ACTION_SHOW_5XX, "5" },
		{ ACTION_SHOW_6XX, "6" },
		{ ACTION_SHOW_UNANSWERED, "7" },
		{ ACTION_SHOW_BUSY, "8" },
		{ ACTION_SHOW_CANCELLED, "9" },
		{ ACTION_SHOW_ONE_WAY, "w" },
		{ ACTION_SHOW_NO_AUDIO, "m" },
		{ ACTION_SHOW_BAD_AUDIO, "b" },
		{ ACTION_STATISTICS, "i" },
		{ ACTION_SORT, "<Lt> >" },
		{ ACTION_SORT_REVERSE, "z" },
		{ ACTION_COLUMNS, "<F10> t T" },
		{ ACTION_NONE, NULL }
	},
	.open = calls_open,
	.close = calls_close,
	.lost = calls_lost,
	.work = calls_work,
	.refresh = calls_refresh,
	.title = calls_title,
	.draw = calls_draw,
	.act = calls_act,
	.mouse = calls_mouse,
	.asked = calls_filter_asked,
	.confirmed = calls_confirmed,
};
