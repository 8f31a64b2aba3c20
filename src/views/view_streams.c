/*
 * The list of streams: of all calls, of those that are listed, or of some. Which are shown
 * is in stream_rows.c, their order in call_rows.c, and their cells in streams_cells.c.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/parts.h"
#include "views/stream_page.h"
#include "views/stream_rows.h"
#include "views/streams_cells.h"

#define LOOK_US		2000	/* of looking at streams again in a refresh */
#define TYPING_MS	3	/* of a slice, while a filter is typed */
#define NAME_CELLS	20	/* of a title, for what these streams are of */
#define SOURCE_CELLS	14	/* of a title, kept for what is read */

struct streams_state {
	struct list list;
	struct stream_rows rows;
	struct streams_cells cells;
	uint32_t anchor;	/* the stream the cursor stands on; STREAM_NONE: not moved yet */
	struct pinned pinned;	/* the calls of the subject */
	size_t of_n;		/* how many that were */
	struct buf of;		/* which calls: for the title */
	bool single;		/* one call */
	struct streams_memory *memory;
	bool asking;		/* the filter is being typed */
	struct buf before;	/* the filter when that began */
	struct filter_error error;
};

void
streams_memory_release(struct streams_memory *m)
{
	if (m->columns)
		call_columns_release(m->columns);
	free(m->columns);
	buf_release(&m->order);
	buf_release(&m->filter);
	*m = (struct streams_memory){ 0 };
}

/* ---- rows ---- */

/* The stream the cursor is on, or STREAM_NONE. */
static uint32_t
current(const struct streams_state *st)
{
	uint32_t stream = call_rows_at(&st->rows.rows, (uint32_t)st->list.cursor);

	return stream == UINT32_MAX ? STREAM_NONE : stream;
}

/* The cursor stays on its stream where rows come in above it, @p line rows below the first
 * that is seen. */
static void
fit_cursor(struct streams_state *st, int64_t line)
{
	uint32_t row;

	if (st->anchor == STREAM_NONE || st->list.count == 0)
		return;
	row = call_rows_row(&st->rows.rows, st->anchor);
	if (call_set_has(&st->rows.rows.shown, st->anchor)) {
		st->list.top = row - line;
		list_go(&st->list, row);
	} else if (store_stream_is_gone(st->rows.app->store, st->anchor)) {
		/* Those around it stay where they are. */
		if (st->rows.rows.key_count == 0 && !st->rows.rows.reverse) {
			st->list.top = row - line;
			list_go(&st->list, row);
		}
		st->anchor = current(st);
	} else if (!stream_rows_is_sifting(&st->rows)) {
		/* What a filter leaves out while it is typed may be there with its next letter. */
		if (st->asking)
			list_go(&st->list, 0);
		else
			st->anchor = current(st);
	}
}

static void
fit(struct view *v)
{
	struct streams_state *st = v->state;
	int height = v->height - STREAMS_HEAD_ROWS;
	int64_t line = st->list.cursor - st->list.top;

	list_fit(&st->list, call_rows_count(&st->rows.rows), height > 0 ? height : 0);
	fit_cursor(st, line);
	streams_cells_fit(&st->cells, &st->rows, &st->list, v->width);
}

/* ---- the filter ---- */

static void
note(struct view *v)
{
	const struct streams_state *st = v->state;

	stack_ask_mark(v->stack, st->error.text[0] != '\0' ? st->error.column : 0);
	if (st->error.text[0] != '\0')
		stack_ask_note(v->stack, true, "column %zu", st->error.column);
	else
		stack_ask_note(v->stack, false, "%s%" PRIu32 " of %" PRIu32,
			       stream_rows_is_sifting(&st->rows) ? "…" : "",
			       call_rows_count(&st->rows.rows), st->rows.base.members);
}

static void
ask(struct view *v, struct str text)
{
	struct streams_state *st = v->state;

	st->asking = true;
	stack_ask(v->stack, v, STACK_ASK_FILTER, "Filter: ", text);
	note(v);
	fit(v);
}

static void
ask_filter(struct view *v)
{
	struct streams_state *st = v->state;

	st->error.text[0] = '\0';
	buf_clear(&st->before);
	buf_add_str(&st->before, buf_str(&st->rows.filter_text));
	ask(v, buf_str(&st->before));
}

/* When it means nothing, that is said in the footer. */
static void
set_filter(struct view *v, struct str expression)
{
	struct streams_state *st = v->state;
	struct filter_error err;

	if (stream_rows_filter(&st->rows, expression, &err) != 0)
		stack_error(v->stack, "Filter: column %zu: %s", err.column, err.text);
	fit(v);
}

static void
streams_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct streams_state *st = v->state;

	st->error.text[0] = '\0';
	if (result == PROMPT_CANCELLED) {
		st->asking = false;
		set_filter(v, buf_str(&st->before));
		return;
	}
	if (stream_rows_filter(&st->rows, text, &st->error) == 0) {
		st->error.text[0] = '\0';
		st->asking = result == PROMPT_CHANGED;
	} else if (result == PROMPT_TAKEN) {
		struct buf copy = BUF_INIT;

		/* It means nothing: it stays to be mended. */
		buf_add_str(&copy, text);
		ask(v, buf_str(&copy));
		buf_release(&copy);
	}
	if (st->asking)
		note(v);
	fit(v);
}

/* ---- coming and going ---- */

/* Which calls, where it is not all. */
static void
say_of(struct streams_state *st, const struct views_app *app, const struct streams_subject *what)
{
	if (what->n == 1) {
		buf_add_cstr(&st->of, "of call ");
		stream_add_call(&st->of, app, what->calls[0]);
	} else if (what->n > 1) {
		buf_printf(&st->of, "of %zu calls", what->n);
	} else if (what->listed) {
		buf_add_cstr(&st->of, "of the calls listed");
		if (what->filter && *what->filter)
			buf_printf(&st->of, " (%s)", what->filter);
	}
	st->single = what->n == 1;
}

/* Be as it was when it was left. */
static void
recall(struct view *v, struct streams_memory *m)
{
	struct streams_state *st = v->state;
	struct filter_error error;
	struct err err;

	for (size_t i = 0; m->columns && i < m->columns->n; i++) {
		if (i == 0)
			call_columns_clear(&st->cells.columns);
		call_columns_add(&st->cells.columns, buf_str(&m->columns->list[i].name),
				 m->columns->list[i].width, &err);
	}
	if (call_rows_sort(&st->rows.rows, buf_str(&m->order), &err) < 0 ||
	    stream_rows_filter(&st->rows, buf_str(&m->filter), &error) < 0)
		stack_error(v->stack, "The list of streams begins anew.");
	st->anchor = m->at > 0 ? m->at - 1 : STREAM_NONE;
}

static void
streams_open(struct view *v, const void *subject)
{
	const struct streams_subject *what = subject;
	const struct views_app *app = v->app;
	struct streams_state *st = v->state;

	st->anchor = STREAM_NONE;
	call_columns_init_of(&st->cells.columns, QUERY_STREAM);
	stream_rows_init(&st->rows, v->app, what);
	say_of(st, v->app, what);
	st->of_n = what->n;
	pinned_set(&st->pinned, app->pins, what->calls, what->n);
	st->memory = what->memory;
	if (st->memory)
		recall(v, st->memory);
	/* A short list is there at once. */
	stream_rows_work(&st->rows, time_monotonic_us() + LOOK_US);
}

static void
streams_close(struct view *v)
{
	struct streams_state *st = v->state;
	struct streams_memory *m = st->memory;

	if (m) {
		streams_memory_release(m);
		call_rows_add_sort(&st->rows.rows, &m->order);
		buf_add_str(&m->filter, buf_str(&st->rows.filter_text));
		m->at = st->anchor == STREAM_NONE ? 0 : st->anchor + 1;
		m->columns = xmalloc(sizeof(*m->columns));
		*m->columns = st->cells.columns;
	} else {
		call_columns_release(&st->cells.columns);
	}
	stream_rows_release(&st->rows);
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
	buf_release(&st->of);
	buf_release(&st->before);
}

static bool
streams_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct streams_state *st = v->state;
	uint32_t *left = NULL;
	size_t n = 0;

	stream_rows_let_go(&st->rows);
	if (st->pinned.n == 0)
		return false;
	left = xreallocarray(NULL, st->pinned.n, sizeof(*left));
	memcpy(left, st->pinned.calls, st->pinned.n * sizeof(*left));
	n = parts_drop_gone(app, left, st->pinned.n);
	if (n < st->pinned.n)
		pinned_set(&st->pinned, app->pins, left, n);
	free(left);
	return st->pinned.n == 0;
}

static bool
streams_work(struct view *v, int budget_ms)
{
	struct streams_state *st = v->state;

	/* The next key comes soon. */
	if (st->asking && budget_ms > TYPING_MS)
		budget_ms = TYPING_MS;
	return stream_rows_work(&st->rows, time_monotonic_us() + budget_ms * INT64_C(1000));
}

static bool
streams_refresh(struct view *v)
{
	struct streams_state *st = v->state;
	bool changed;

	if (st->of_n > 0 && st->pinned.n == 0 && ((const struct views_app *)v->app)->pins) {
		parts_leave(v, "The calls of these streams were evicted to stay within the bound.");
		return true;
	}
	changed = stream_rows_look(&st->rows, time_monotonic_us() + LOOK_US);

	fit(v);
	if (changed && st->asking)
		note(v);
	return changed;
}

/* ---- drawing ---- */

/* What the list is sorted by, where no column that is seen has the mark of it; in up to @room
 * cells. */
static void
add_order(const struct streams_state *st, struct buf *b, int room)
{
	const struct call_columns *columns = &st->cells.columns;
	struct buf order = BUF_INIT;
	bool reverse, seen = false;

	for (size_t i = 0; i < columns->n; i++)
		seen |= st->cells.layout.places[i].width > 0 &&
			call_rows_is_first(&st->rows.rows, &columns->list[i].field, &reverse);
	call_rows_add_sort(&st->rows.rows, &order);
	if (order.n > 0 && !seen && text_width(buf_str(&order)) + 5 <= room)
		buf_printf(b, "by %s  ", buf_cstr(&order));
	buf_release(&order);
}

/* What goes on. */
static void
add_work(const struct streams_state *st, struct buf *b)
{
	const struct views_progress *p = &st->rows.progress;

	if (!p->ended && !p->live && p->total > 0)
		buf_printf(b, "reading %d%%  ", (int)(100.0 * (double)(p->bytes < p->total ?
					p->bytes : p->total) / (double)p->total));
	if (p->paused)
		buf_add_cstr(b, "paused  ");
	if (call_rows_is_sorting(&st->rows.rows))
		buf_add_cstr(b, "sorting  ");
	if (stream_rows_is_sifting(&st->rows))
		buf_printf(b, "filtering %d%%  ", (int)(100.0 * st->rows.sifted / st->rows.known));
}

static void
add_counts(const struct streams_state *st, struct buf *b)
{
	uint32_t rows = call_rows_count(&st->rows.rows), all = st->rows.base.members;

	if (st->rows.selected.members > 0)
		buf_printf(b, "%" PRIu32 " selected  ", st->rows.selected.members);
	if (st->rows.orphans.members > 0)
		buf_printf(b, "%" PRIu32 " orphan%s  ", st->rows.orphans.members,
			   st->rows.orphans.members == 1 ? "" : "s");
	if (rows != all)
		buf_printf(b, "%" PRIu32 " of ", rows);
	buf_printf(b, "%" PRIu32 " stream%s", all, all == 1 ? "" : "s");
}

static void
streams_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct streams_state *st = v->state;
	struct buf counts = BUF_INIT;
	int room;

	add_work(st, right);
	add_counts(st, &counts);
	room = v->width - text_width(buf_str(right)) - text_width(buf_str(&counts));
	add_order(st, right, room - NAME_CELLS);
	buf_add_str(right, buf_str(&counts));
	buf_release(&counts);
	buf_printf(left, "Streams %s", buf_cstr(&st->of));
	if (st->rows.filter_text.n > 0)
		buf_printf(left, "%swhere %s", st->of.n > 0 ? " " : "",
			   buf_cstr(&st->rows.filter_text));
	room = v->width - text_width(buf_str(right)) - text_width(buf_str(left)) - 4;
	if (room >= SOURCE_CELLS && app->source) {
		buf_add_cstr(left, left->p[left->n - 1] == ' ' ? " " : "  ");
		parts_add_tail(left, str_of(app->source), room);
	}
}

/* Why there are no rows. */
static void
draw_none(const struct view *v, struct canvas *c)
{
	const struct streams_state *st = v->state;
	struct canvas rest = canvas_part(c, STREAMS_HEAD_ROWS, 0,
					 canvas_height(c) - STREAMS_HEAD_ROWS, canvas_width(c));

	if (stream_rows_is_sifting(&st->rows))
		return;
	if (st->rows.base.members > 0)
		canvas_printf(&rest, 0, 0, canvas_width(c), ROLE_NOTICE, "None of %" PRIu32
			      " stream%s passes the filter.", st->rows.base.members,
			      st->rows.base.members == 1 ? "" : "s");
	else if (((const struct views_app *)v->app)->no_rtp)
		canvas_printf(&rest, 0, 0, canvas_width(c), ROLE_NOTICE,
			      "With --no-rtp media is not looked at.");
	else
		canvas_printf(&rest, 0, 0, canvas_width(c), ROLE_DIM, "No RTP stream%s%s.",
			      st->of.n == 0 ? "" : st->single ? " of this call" :
			      " of these calls",
			      st->rows.progress.ended ? " was found" : " so far");
}

static void
streams_draw(const struct view *v, struct canvas *c)
{
	const struct streams_state *st = v->state;

	streams_cells_draw(&st->cells, &st->rows, &st->list, c);
	if (call_rows_count(&st->rows.rows) == 0)
		draw_none(v, c);
}

/* ---- acting ---- */

/* What has to do with columns, order and filter. */
static enum view_result
act_on_table(struct view *v, enum action action)
{
	struct streams_state *st = v->state;

	switch (action) {
	case ACTION_LEFT:
		st->cells.scroll -= st->cells.scroll > 0;
		break;
	case ACTION_RIGHT:
		st->cells.scroll += st->cells.scroll < st->cells.layout.scroll_max;
		break;
	case ACTION_COLUMNS:
		stack_open(v->stack, &view_columns_ops,
			   &(struct columns_subject){ &st->cells.columns });
		return VIEW_HANDLED;
	case ACTION_SORT:
		stack_open(v->stack, &view_sort_ops,
			   &(struct sort_subject){ &st->rows.rows, &st->cells.columns });
		return VIEW_HANDLED;
	case ACTION_SORT_REVERSE:
		call_rows_turn(&st->rows.rows);
		break;
	case ACTION_FILTER:
		ask_filter(v);
		return VIEW_HANDLED;
	case ACTION_FILTER_CLEAR:
		set_filter(v, STR(""));
		break;
	default:
		return VIEW_IGNORED;
	}
	fit(v);
	return VIEW_HANDLED;
}

/* @return whether it is what selects. */
static bool
act_select(struct streams_state *st, enum action action, uint32_t stream)
{
	struct call_set *selected = &st->rows.selected;

	if (action == ACTION_SELECT && stream != STREAM_NONE) {
		call_set_put(selected, stream, !call_set_has(selected, stream));
	} else if (action == ACTION_SELECT_ALL) {
		call_set_join(selected, &st->rows.rows.shown);
	} else if (action == ACTION_UNSELECT) {
		call_set_clear(selected);
		call_set_grow(selected, st->rows.known);
	} else {
		return false;
	}
	return true;
}

static enum view_result
streams_act(struct view *v, enum action action)
{
	struct streams_state *st = v->state;
	uint32_t stream = current(st);

	if (list_act(&st->list, action)) {
		st->anchor = current(st);
		return VIEW_HANDLED;
	}
	if (act_on_table(v, action) == VIEW_HANDLED || act_select(st, action, stream))
		return VIEW_HANDLED;
	if (stream == STREAM_NONE)
		return VIEW_IGNORED;
	switch (action) {
	case ACTION_OPEN:
		stack_open(v->stack, &view_stream_ops, &(struct stream_subject){ stream });
		break;
	case ACTION_FLOW:
		stream_open_flow(v, stream);
		break;
	case ACTION_SAVE:
		stream_open_save(v, stream, &(struct save_subject){
			.streams_shown = &st->rows.rows.shown,
			.streams_selected = &st->rows.selected,
			.filter = buf_cstr(&st->rows.filter_text) });
		break;
	default:
		return VIEW_IGNORED;
	}
	st->anchor = stream;
	return VIEW_HANDLED;
}

/* A click on a title: sort by it, or turn that order around. */
static enum view_result
click_title(struct view *v, int x)
{
	struct streams_state *st = v->state;
	size_t i = call_layout_at(&st->cells.layout, st->cells.columns.n, x);
	struct err err;

	if (i == SIZE_MAX)
		return VIEW_IGNORED;
	if (call_rows_sort_by(&st->rows.rows, buf_str(&st->cells.columns.list[i].name), &err) != 0)
		stack_error(v->stack, "sort: %s", err.text);
	fit(v);
	return VIEW_HANDLED;
}

static enum view_result
streams_mouse(struct view *v, const struct mouse *m)
{
	struct streams_state *st = v->state;

	if (!mouse_is_click(m))
		return VIEW_IGNORED;
	if (m->y < STREAMS_HEAD_ROWS)
		return click_title(v, m->x);
	if (!list_click(&st->list, m->y - STREAMS_HEAD_ROWS))
		return VIEW_IGNORED;
	st->anchor = current(st);
	return m->kind == MOUSE_DOUBLE ? streams_act(v, ACTION_OPEN) : VIEW_HANDLED;
}

const struct view_ops view_streams_ops = {
	.name = "streams",
	.state_size = sizeof(struct streams_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_FLOW, ACTION_FILTER, ACTION_SORT, ACTION_SAVE, ACTION_SELECT,
		ACTION_COLUMNS, ACTION_SELECT_ALL, ACTION_UNSELECT, ACTION_FILTER_CLEAR,
		ACTION_SORT_REVERSE,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT,
		ACTION_RIGHT, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_FLOW, "x <F4>" },
		{ ACTION_SELECT, "<Space>" },
		{ ACTION_SELECT_ALL, "*" },
		{ ACTION_UNSELECT, "<C-W>" },
		{ ACTION_FILTER, "/ <F3>" },
		{ ACTION_FILTER_CLEAR, "<F9>" },
		{ ACTION_SAVE, "<F2> s S" },
		{ ACTION_SORT, "<Lt> >" },
		{ ACTION_SORT_REVERSE, "z" },
		{ ACTION_COLUMNS, "<F10> t T" },
		{ ACTION_CLOSE, "<Tab>" },
		{ ACTION_NONE, NULL }
	},
	.open = streams_open,
	.close = streams_close,
	.lost = streams_lost,
	.work = streams_work,
	.refresh = streams_refresh,
	.title = streams_title,
	.draw = streams_draw,
	.act = streams_act,
	.mouse = streams_mouse,
	.asked = streams_asked,
};
