/**
 * @file demo_view.h  A small program of two views, for the tests of ui/.
 *
 * "items" lists the numbers of a source that grows while it is read, "detail"
 * shows one. They are as a view of the program is, only with less to show.
 */
#ifndef TESTS_DEMO_VIEW_H
#define TESTS_DEMO_VIEW_H

#include "ui/list.h"
#include "ui/loop.h"

/** The data: @p rows of @p total have been read, @p step a slice. */
struct demo {
	int64_t rows, total, step;
	bool gone;		/**< makes "detail" close itself */
	int opened, closed;	/**< calls of open() and close() */
	int reads;		/**< slices */
};

static inline enum loop_state
demo_read(void *ctx, int budget_ms)
{
	struct demo *d = ctx;

	(void)budget_ms;
	d->reads++;
	d->rows += d->step;
	if (d->rows > d->total)
		d->rows = d->total;
	return d->rows < d->total ? LOOP_BUSY : LOOP_IDLE;
}

/* ---- detail; subject: int64_t, the number ---- */

struct detail_state {
	int64_t number;
};

static inline void
detail_open(struct view *v, const void *subject)
{
	struct detail_state *st = v->state;
	struct demo *d = v->app;

	st->number = *(const int64_t *)subject;
	d->opened++;
}

static inline void
detail_close(struct view *v)
{
	struct demo *d = v->app;

	d->closed++;
}

static inline bool
detail_refresh(struct view *v)
{
	const struct demo *d = v->app;

	if (d->gone)
		stack_close(v->stack, v);
	return false;
}

static inline void
detail_draw(const struct view *v, struct canvas *c)
{
	const struct detail_state *st = v->state;

	canvas_printf(c, 0, 2, canvas_width(c), ROLE_OK, "this is %lld", (long long)st->number);
}

static const struct view_ops demo_detail_ops = {
	.name = "detail",
	.state_size = sizeof(struct detail_state),
	.open = detail_open,
	.close = detail_close,
	.refresh = detail_refresh,
	.draw = detail_draw,
};

/* ---- items; no subject ---- */

struct items_state {
	struct list list;
};

static inline bool
items_refresh(struct view *v)
{
	struct items_state *st = v->state;
	const struct demo *d = v->app;
	bool grown = st->list.count != d->rows;

	list_fit(&st->list, d->rows, v->height);
	return grown;
}

static inline void
items_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct items_state *st = v->state;

	buf_add_cstr(left, "Items");
	list_add_position(&st->list, right);
}

static inline void
items_draw(const struct view *v, struct canvas *c)
{
	const struct items_state *st = v->state;
	int width = canvas_width(c);

	for (int y = 0; y < canvas_height(c); y++) {
		int64_t row = st->list.top + y;

		if (row >= st->list.count)
			break;
		canvas_printf(c, y, 2, width, ROLE_NORMAL, "item %lld", (long long)row);
		if (row == st->list.cursor)
			canvas_paint(c, y, 0, width, ROLE_CURSOR);
	}
}

static inline enum view_result
items_act(struct view *v, enum action action)
{
	struct items_state *st = v->state;

	if (list_act(&st->list, action))
		return VIEW_HANDLED;
	if (action == ACTION_OPEN && st->list.count > 0) {
		stack_open(v->stack, &demo_detail_ops, &st->list.cursor);
		return VIEW_HANDLED;
	}
	if (action == ACTION_COPY) {
		stack_copy(v->stack, "the item", STR("a\nb\033"));
		return VIEW_HANDLED;
	}
	if (action == ACTION_SEARCH) {
		stack_ask(v->stack, v, STACK_ASK_SEARCH, "Go to: ", STR(""));
		return VIEW_HANDLED;
	}
	return VIEW_IGNORED;
}

static inline void
items_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct items_state *st = v->state;
	uint32_t number;

	if (result == PROMPT_CHANGED)
		stack_ask_note(v->stack, !str_to_u32(text, &number), "%zu bytes", text.n);
	else if (result == PROMPT_CANCELLED)
		stack_notice(v->stack, "given up: %.*s", STR_ARG(text));
	else if (str_eq(text, STR("close")))
		stack_close(v->stack, v);
	else if (str_to_u32(text, &number))
		list_go(&st->list, number);
}

static inline enum view_result
items_mouse(struct view *v, const struct mouse *m)
{
	struct items_state *st = v->state;

	if (!mouse_is_click(m) || !list_click(&st->list, m->y))
		return VIEW_IGNORED;
	return m->kind == MOUSE_DOUBLE ? items_act(v, ACTION_OPEN) : VIEW_HANDLED;
}

static const struct view_ops demo_items_ops = {
	.name = "items",
	.state_size = sizeof(struct items_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP,
		ACTION_PAGE_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.refresh = items_refresh,
	.title = items_title,
	.draw = items_draw,
	.act = items_act,
	.mouse = items_mouse,
	.asked = items_asked,
};

#endif
