/*
 * The text of a message, or of all messages of a call, one below the other. The
 * lines are gathered once; the rows of the screen, which are pieces of lines
 * when they are wrapped, anew when the width changes.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/message_lines.h"
#include "views/parts.h"

#define TEXT_MAX	((size_t)4 << 20)	/* of a call; what is beyond is told */
#define SCROLL_CELLS	8

struct raw_row {
	uint32_t line;
	uint32_t from, to;	/* bytes of it */
};

struct raw_state {
	struct message_lines lines;
	struct raw_row *rows;	/* owned */
	size_t n, cap;
	struct list list;
	uint32_t call;
	uint32_t message;	/* MESSAGE_NONE: all of the call */
	uint32_t gathered;	/* messages of the call in lines */
	bool full;		/* TEXT_MAX was reached */
	bool cut_lines;		/* not wrapped */
	int width;		/* that rows were made for */
	int x;			/* cells scrolled to the right */
};

static void
raw_open(struct view *v, const void *subject)
{
	const struct raw_subject *what = subject;
	struct raw_state *st = v->state;

	st->call = what->call;
	st->message = what->message;
}

static void
raw_close(struct view *v)
{
	struct raw_state *st = v->state;

	message_lines_release(&st->lines);
	free(st->rows);
}

static void
add_row(struct raw_state *st, size_t line, size_t from, size_t to)
{
	ARRAY_GROW(st->rows, st->cap, st->n + 1);
	st->rows[st->n++] = (struct raw_row){ (uint32_t)line, (uint32_t)from, (uint32_t)to };
}

/* Make rows of the lines; what was at the top of the screen stays there. */
static void
make_rows(struct raw_state *st, int width)
{
	struct raw_row top = { 0 };
	int64_t at = 0;

	if (st->list.top < (int64_t)st->n)
		top = st->rows[st->list.top];
	st->n = 0;
	st->width = width;
	for (size_t i = 0; i < st->lines.n; i++) {
		size_t from = 0, n = st->lines.list[i].n;

		do {
			size_t to = st->cut_lines ? n : message_lines_wrap(&st->lines, i, from, width);

			if (i < top.line || (i == top.line && from <= top.from))
				at = (int64_t)st->n;
			add_row(st, i, from, to);
			from = to;
		} while (from < n);
	}
	st->list.top = st->list.cursor = at;
}

/* Gather what is not there yet. @return whether there was anything. */
static bool
gather(struct raw_state *st, const struct views_app *app)
{
	const struct call *call = store_call(app->store, st->call);
	const uint32_t *list;
	size_t n;

	if (st->message != MESSAGE_NONE || !call) {
		if (st->lines.n > 0 || st->message == MESSAGE_NONE)
			return false;
		message_lines_add(&st->lines, app, st->message);
		return true;
	}
	if (st->full || st->gathered == call->messages)
		return false;
	n = query_messages(app->query, call, &list);
	for (; st->gathered < n && !st->full; st->gathered++) {
		if (st->lines.n > 0)
			message_lines_say(&st->lines, MESSAGE_LINE_BLANK, MESSAGE_NONE, STR(""));
		message_lines_add(&st->lines, app, list[st->gathered]);
		st->full = st->lines.text.n >= TEXT_MAX;
	}
	if (st->full && st->gathered < n)
		message_lines_say(&st->lines, MESSAGE_LINE_NOTICE, MESSAGE_NONE,
				  STR("More messages follow: open them from the ladder."));
	return true;
}

static bool
raw_refresh(struct view *v)
{
	struct raw_state *st = v->state;
	bool changed = gather(st, v->app);

	if (changed || st->width != v->width)
		make_rows(st, v->width);
	list_fit(&st->list, (int64_t)st->n, v->height);
	st->list.cursor = st->list.top;
	return changed;
}

static void
raw_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct raw_state *st = v->state;
	const struct call *call = store_call(app->store, st->call);

	if (st->message == MESSAGE_NONE)
		buf_printf(left, "Messages of call %" PRIu32, st->call + 1);
	else
		buf_printf(left, "Message of call %" PRIu32, st->call + 1);
	if (call) {
		buf_add_cstr(left, "  ");
		parts_add_middle(left, call_id(call), v->width - text_width(buf_str(left)) - 6);
	}
	if (st->list.count > st->list.height)
		buf_printf(right, "%d%%", (int)((st->list.top + st->list.height) * 100 /
						st->list.count));
}

static void
raw_draw(const struct view *v, struct canvas *c)
{
	const struct raw_state *st = v->state;

	for (int y = 0; y < canvas_height(c); y++) {
		int64_t i = st->list.top + y;
		const struct raw_row *row;

		if (i >= (int64_t)st->n)
			break;
		row = &st->rows[i];
		message_lines_draw(&st->lines, row->line, row->from, row->to, c, y,
				   st->cut_lines ? -st->x : 0);
	}
}

/* ---- acting ---- */

static void
scroll_cells(struct raw_state *st, int cells)
{
	int most = st->lines.widest > st->width ? st->lines.widest - st->width : 0;

	st->x += cells;
	if (st->x > most)
		st->x = most;
	if (st->x < 0)
		st->x = 0;
}

/* To the first line of the message after or before the one on top. */
static void
go_to_message(struct raw_state *st, int step)
{
	int64_t row = st->list.top + step;

	while (row >= 0 && row < (int64_t)st->n &&
	       st->lines.list[st->rows[row].line].kind != MESSAGE_LINE_ABOUT)
		row += step;
	if (row < 0 || row >= (int64_t)st->n)
		return;
	/* A wrapped line has several rows. */
	while (st->rows[row].from > 0)
		row--;
	st->list.top = st->list.cursor = row;
	list_fit(&st->list, st->list.count, st->list.height);
	st->list.cursor = st->list.top;
}

/* Show the message of the call after or before the one shown. */
static void
show_other(struct view *v, int step)
{
	struct raw_state *st = v->state;
	const struct views_app *app = v->app;
	const struct call *call = store_call(app->store, st->call);
	const uint32_t *list;
	size_t n = call ? query_messages(app->query, call, &list) : 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i] != st->message)
			continue;
		if ((step < 0 && i == 0) || (step > 0 && i + 1 == n)) {
			stack_notice(v->stack, "This is the %s message of the call.",
				     step < 0 ? "first" : "last");
			return;
		}
		st->message = list[step < 0 ? i - 1 : i + 1];
		message_lines_clear(&st->lines);
		st->list.top = st->list.cursor = 0;
		st->x = 0;
		st->n = 0;
		raw_refresh(v);
		return;
	}
}

static void
go(struct view *v, int step)
{
	struct raw_state *st = v->state;

	if (st->message == MESSAGE_NONE)
		go_to_message(st, step);
	else
		show_other(v, step);
}

static enum view_result
raw_act(struct view *v, enum action action)
{
	struct raw_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_NEXT:
		go(v, 1);
		return VIEW_HANDLED;
	case ACTION_PREVIOUS:
		go(v, -1);
		return VIEW_HANDLED;
	case ACTION_TOGGLE_WRAP:
		st->cut_lines = !st->cut_lines;
		st->x = 0;
		st->width = 0;
		raw_refresh(v);
		return VIEW_HANDLED;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		if (!st->cut_lines)
			return VIEW_IGNORED;
		scroll_cells(st, action == ACTION_LEFT ? -SCROLL_CELLS : SCROLL_CELLS);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_raw_ops = {
	.name = "raw",
	.state_size = sizeof(struct raw_state),
	.actions = (const enum action[]){
		ACTION_NEXT, ACTION_PREVIOUS, ACTION_TOGGLE_WRAP, ACTION_MOVE_UP, ACTION_MOVE_DOWN,
		ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST,
		ACTION_LAST, ACTION_LEFT, ACTION_RIGHT, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_TOGGLE_WRAP, "w" },
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_NONE, NULL }
	},
	.open = raw_open,
	.close = raw_close,
	.refresh = raw_refresh,
	.title = raw_title,
	.draw = raw_draw,
	.act = raw_act,
};
