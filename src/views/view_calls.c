/*
 * The list of calls: its rows, and what is done with them. How it keeps up with the
 * store, and which calls it lists, is in calls_keep.c.
 */
#include <inttypes.h>

#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/call_columns.h"
#include "views/calls.h"
#include "views/calls_state.h"
#include "views/parts.h"

#define HEAD_ROWS	2	/* the verdict, the column titles */
#define LADDER_CALLS	1000u	/* selected ones that one ladder takes */

static bool
calls_work(struct view *v, int budget_ms)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int64_t end = calls_now_us() + budget_ms * INT64_C(1000);

	if (app->generation != st->generation)
		calls_reset(st, app);
	if (calls_keep(st, app, end))
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

	st->autoscroll = app->settings->autoscroll;
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
	take_settings(v);
}

static void
calls_close(struct view *v)
{
	struct calls_state *st = v->state;

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

static void
fit_columns(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int digits = snprintf(NULL, 0, "%" PRIu32, store_call_count(app->store));

	call_columns_fit(st->columns, &st->layout, v->width, (int)app->settings->fixed_columns,
			 st->scroll, digits);
	if (st->scroll > st->layout.scroll_max)
		st->scroll = st->layout.scroll_max;
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
 * it goes to what is nearest. */
static void
fit_cursor(struct calls_state *st)
{
	int64_t before = st->list.cursor;
	uint32_t row;

	if (st->autoscroll) {
		list_go(&st->list, newest_row(st));
		st->anchor = current(st);
	} else if (st->anchor == CALL_NONE) {
		return;
	} else if (call_set_has(&st->rows.shown, st->anchor)) {
		row = call_rows_row(&st->rows, st->anchor);
		st->list.top += (int64_t)row - before;
		list_go(&st->list, row);
	} else {
		if (st->rows.key_count == 0) {
			row = call_set_row(&st->rows.shown, st->anchor);
			list_go(&st->list, st->rows.reverse ? st->list.count - row : row);
		}
		if (!is_awaited(st, st->anchor))
			st->anchor = current(st);
	}
}

void
calls_fit(struct view *v)
{
	struct calls_state *st = v->state;
	int height;

	calls_head_fit(v);
	height = v->height - calls_head_rows(st) - 1;
	list_fit(&st->list, call_rows_count(&st->rows), height > 0 ? height : 0);
	if (st->list.count > 0)
		fit_cursor(st);
	fit_columns(v);
	list_fit(&st->no_sip_list, no_sip_lines(st), v->height);
}

static bool
calls_refresh(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	bool changed;

	if (app->generation != st->generation)
		calls_reset(st, app);
	changed = calls_look(st, app);
	calls_fit(v);
	if (changed && st->asking)
		calls_filter_note(v);
	return changed;
}

/* ---- drawing ---- */

/* Which of its own fields of a call it is, or CALL_FIELD_TOTAL. */
static enum call_field
call_field_of(const struct field *field)
{
	if (field->of != QUERY_CALL || field->header.n > 0)
		return CALL_FIELD_TOTAL;
	return (enum call_field)(field->def - call_field_defs);
}

static void
draw_cell(const struct views_app *app, struct canvas *c, int y, const struct call_place *at,
	  const struct field *field, const struct query_item *item, struct buf *scratch)
{
	const struct field_style style = {
		.form = FIELD_FORM_SCREEN, .time = TIME_CLOCK, .utc = app->utc,
		.ascii = app->ascii, .origin = TIME_NONE,
	};
	struct field_value value = field_get(app->query, field, item);
	enum role role = ROLE_NORMAL;

	buf_clear(scratch);
	if (value.kind == FIELD_ADDRESS && !value.absent)
		parts_add_host(scratch, app, &value.as.endpoint);
	else
		field_format(scratch, &value, &style);
	switch (call_field_of(field)) {
	case CALL_FIELD_STATE:
	case CALL_FIELD_STATUS:
	case CALL_FIELD_REASON:
		role = role_of_state(store_call_state(app->store, item->call),
				     store_call_status(item->call));
		break;
	case CALL_FIELD_METHOD:
		role = item->call->kind == CALL_INVITE ? ROLE_REQUEST : ROLE_NORMAL;
		break;
	default:
		break;
	}
	if (value.absent)
		role = ROLE_DIM;
	canvas_field(c, y, at->x, at->width, role,
		     field_is_right(field->def) ? CANVAS_RIGHT : CANVAS_LEFT, buf_str(scratch));
}

/* The row of a selected call: what tells which it is, and a mark. */
static void
draw_selected(const struct calls_state *st, struct canvas *c, int y, bool flawed)
{
	int mark = st->layout.mark >= 0 ? st->layout.mark : 0;

	canvas_paint(c, y, 0, mark, ROLE_SELECTED);
	canvas_text(c, y, mark, 1, flawed ? ROLE_WARNING : ROLE_SELECTED, STR("*"));
}

static void
draw_rows(const struct view *v, struct canvas *c)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	const struct call_place *places = st->layout.places;
	int width = canvas_width(c);
	struct buf scratch = BUF_INIT;

	for (int y = HEAD_ROWS; y < canvas_height(c); y++) {
		int64_t row = st->list.top + y - HEAD_ROWS;
		uint32_t call = call_rows_at(&st->rows, (uint32_t)row);
		struct query_item item;

		if (call == UINT32_MAX)
			break;
		item = query_call(app->query, call);
		for (size_t i = 0; i < st->columns->n; i++)
			if (places[i].width)
				draw_cell(app, c, y, &places[i], &st->columns->list[i].field, &item,
					  &scratch);
		if (item.call->flaws && st->layout.mark >= 0)
			canvas_text(c, y, st->layout.mark, 1, ROLE_WARNING, STR("!"));
		if (call_set_has(&st->selected, call))
			draw_selected(st, c, y, item.call->flaws != 0);
		if (row == st->list.cursor)
			canvas_paint(c, y, 0, width, ROLE_CURSOR);
	}
	buf_release(&scratch);
}

/* The title of a column, and whether the list is sorted by it. */
static void
draw_title(const struct calls_state *st, struct canvas *c, size_t i)
{
	const struct call_column *column = &st->columns->list[i];
	const struct call_place *at = &st->layout.places[i];
	bool is_right = field_is_right(column->field.def), reverse;
	struct str title = call_column_title(column);
	int x = at->x + at->width;

	canvas_field(c, 1, at->x, at->width, ROLE_HEADER, is_right ? CANVAS_RIGHT : CANVAS_LEFT,
		     title);
	if (!call_rows_is_first(&st->rows, &column->field, &reverse))
		return;
	if (!is_right && text_width(title) < at->width)
		x = at->x + text_width(title);
	if (x >= canvas_width(c))
		x = canvas_width(c) - 1;
	canvas_text(c, 1, x, 1, ROLE_HEADER, c->ascii ? reverse ? STR("v") : STR("^") :
		    reverse ? STR("▼") : STR("▲"));
}

static void
draw_head(const struct view *v, struct canvas *c)
{
	const struct calls_state *st = v->state;

	canvas_fill(c, 1, 0, 1, canvas_width(c), ROLE_HEADER, " ");
	for (size_t i = 0; i < st->columns->n; i++)
		if (st->layout.places[i].width)
			draw_title(st, c, i);
}

/* The lines of what there is instead of SIP. */
static void
draw_no_sip(const struct calls_state *st, struct canvas *c)
{
	struct str rest = buf_str(&st->no_sip), line;
	int64_t y = -st->no_sip_list.top;

	for (; str_cut(&rest, '\n', &line) && y < canvas_height(c); y++)
		if (y >= 0)
			canvas_text(c, (int)y, 0, canvas_width(c), ROLE_NORMAL, line);
}

/* Why there are no rows. */
static void
draw_none(const struct view *v, struct canvas *c, int y)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	uint32_t calls = st->known - st->first;
	int width = canvas_width(c);

	if (calls_is_sifting(st) || st->marked.members > 0)
		return;
	if (st->base.members > 0)
		canvas_printf(c, y, 0, width, ROLE_NOTICE,
			      "None of %" PRIu32 " calls passes the filter.", st->base.members);
	else if (calls > 0)
		canvas_printf(c, y, 0, width, ROLE_NOTICE, "None of %" PRIu32
			      " calls is one of those asked for%s%s", calls,
			      app->where && *app->where ? ": " : ".",
			      app->where ? app->where : "");
	else if (st->first > 0)
		canvas_text(c, y, 0, width, ROLE_DIM, STR("No new calls so far."));
	else
		canvas_text(c, y, 0, width, ROLE_DIM, st->progress.ended ?
			    STR("No SIP message was found.") : STR("No SIP message so far."));
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
	draw_head(v, &table);
	draw_rows(v, &table);
	if (call_rows_count(&st->rows) == 0)
		draw_none(v, &table, HEAD_ROWS);
	calls_head_draw(v, c);
}

/* ---- acting ---- */

/* What has to do with columns and order. */
static enum view_result
act_on_table(struct view *v, enum action action)
{
	struct calls_state *st = v->state;

	switch (action) {
	case ACTION_LEFT:
		st->scroll -= st->scroll > 0;
		break;
	case ACTION_RIGHT:
		st->scroll += st->scroll < st->layout.scroll_max;
		break;
	case ACTION_SORT_REVERSE:
		call_rows_turn(&st->rows);
		calls_fit(v);
		break;
	default:
		return VIEW_IGNORED;
	}
	fit_columns(v);
	return VIEW_HANDLED;
}

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

static void
open_statistics(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	const char *where = app->where ? app->where : "";
	struct buf filter = BUF_INIT;

	if (*where && st->filter_text.n > 0)
		buf_printf(&filter, "(%s) and (%s)", where, buf_cstr(&st->filter_text));
	else
		buf_add_cstr(&filter, *where ? where : buf_cstr(&st->filter_text));
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

	save_open(v->stack, &(struct save_subject){
		.shown = &st->rows.shown, .selected = &st->selected,
		.calls = &call, .n = call != CALL_NONE, .message = MESSAGE_NONE });
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
			stack_confirm(v->stack, v, "Take all %" PRIu32 " call%s off the list?",
				      st->base.members, st->base.members == 1 ? "" : "s");
		return VIEW_HANDLED;
	case ACTION_SAVE:
		open_save(v);
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
		act_on_list, act_on_filter, act_on_table, act_on_calls,
	};
	struct calls_state *st = v->state;

	if (st->no_sip.n > 0)
		return list_scroll(&st->no_sip_list, action) ? VIEW_HANDLED : VIEW_IGNORED;
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
	struct calls_state *st = v->state;
	uint32_t n = st->base.members;

	if (!yes)
		return;
	calls_take_off(st);
	calls_fit(v);
	stack_notice(v->stack, "%" PRIu32 " call%s taken off the list; new ones appear.", n,
		     n == 1 ? "" : "s");
}

/* A click on the title of a column. */
static enum view_result
sort_at(struct view *v, int x)
{
	struct calls_state *st = v->state;
	struct err err;

	for (size_t i = 0; i < st->columns->n; i++) {
		const struct call_place *at = &st->layout.places[i];

		if (at->width == 0 || x < at->x || x > at->x + at->width)
			continue;
		if (call_rows_sort_by(&st->rows, buf_str(&st->columns->list[i].name), &err) != 0)
			stack_error(v->stack, "sort: %s", err.text);
		calls_fit(v);
		return VIEW_HANDLED;
	}
	return VIEW_IGNORED;
}

static enum view_result
calls_mouse(struct view *v, const struct mouse *m)
{
	struct calls_state *st = v->state;
	int64_t row = m->y - calls_head_rows(st) - 1;
	const char *filter;

	if (st->no_sip.n > 0 || (m->kind != MOUSE_PRESS && m->kind != MOUSE_DOUBLE))
		return VIEW_IGNORED;
	if (row == -1)
		return m->kind == MOUSE_PRESS ? sort_at(v, m->x) : VIEW_HANDLED;
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
		ACTION_OPEN, ACTION_FILTER, ACTION_SELECT, ACTION_OPEN_RAW, ACTION_RELATED,
		ACTION_SAVE, ACTION_FILTER_FORM, ACTION_STATISTICS, ACTION_CLEAR,
		ACTION_FILTER_CLEAR, ACTION_SHOW_ALL, ACTION_SHOW_OPEN, ACTION_SHOW_ANSWERED,
		ACTION_SHOW_REDIRECTED, ACTION_SHOW_4XX, ACTION_SHOW_5XX, ACTION_SHOW_6XX,
		ACTION_SHOW_UNANSWERED, ACTION_SHOW_BUSY, ACTION_SHOW_CANCELLED,
		ACTION_SELECT_ALL, ACTION_UNSELECT, ACTION_SORT_REVERSE, ACTION_AUTOSCROLL,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT,
		ACTION_RIGHT,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_FILTER, "/ <F3> <Tab>" },
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
		{ ACTION_STATISTICS, "i" },
		{ ACTION_SORT_REVERSE, "z" },
		{ ACTION_NONE, NULL }
	},
	.open = calls_open,
	.close = calls_close,
	.work = calls_work,
	.refresh = calls_refresh,
	.title = calls_title,
	.draw = calls_draw,
	.act = calls_act,
	.mouse = calls_mouse,
	.asked = calls_filter_asked,
	.confirmed = calls_confirmed,
};
