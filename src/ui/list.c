#include "ui/list.h"

static int64_t
clamp(int64_t v, int64_t low, int64_t high)
{
	if (v > high)
		v = high;
	return v < low ? low : v;
}

/* The last top that leaves no empty rows in the window. */
static int64_t
top_max(const struct list *l)
{
	return l->count > l->height ? l->count - l->height : 0;
}

static void
list_settle(struct list *l)
{
	l->cursor = clamp(l->cursor, 0, l->count - 1);
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->height > 0 && l->cursor >= l->top + l->height)
		l->top = l->cursor - l->height + 1;
	l->top = clamp(l->top, 0, top_max(l));
}

void
list_fit(struct list *l, int64_t count, int height)
{
	l->count = count < 0 ? 0 : count;
	l->height = height < 0 ? 0 : height;
	list_settle(l);
}

void
list_go(struct list *l, int64_t row)
{
	l->cursor = row;
	list_settle(l);
}

/* How far an action moves; false when it is no movement. */
static bool
movement(const struct list *l, enum action action, int64_t *delta)
{
	int64_t page = l->height > 1 ? l->height : 1, half = page > 1 ? page / 2 : 1;

	switch (action) {
	case ACTION_MOVE_UP:	*delta = -1; return true;
	case ACTION_MOVE_DOWN:	*delta = 1; return true;
	case ACTION_PAGE_UP:	*delta = -page; return true;
	case ACTION_PAGE_DOWN:	*delta = page; return true;
	case ACTION_HALF_UP:	*delta = -half; return true;
	case ACTION_HALF_DOWN:	*delta = half; return true;
	case ACTION_FIRST:	*delta = -l->count; return true;
	case ACTION_LAST:	*delta = l->count; return true;
	default:		return false;
	}
}

bool
list_act(struct list *l, enum action action)
{
	int64_t delta;

	if (!movement(l, action, &delta))
		return false;
	/* A page moves the window with the cursor, so that one does not look
	 * for the row one was on. */
	if (delta > 1 || delta < -1)
		l->top = clamp(l->top + delta, 0, top_max(l));
	list_go(l, l->cursor + delta);
	return true;
}

bool
list_scroll(struct list *l, enum action action)
{
	int64_t delta;

	if (!movement(l, action, &delta))
		return false;
	l->top = clamp(l->top + delta, 0, top_max(l));
	l->cursor = l->top;
	return true;
}

bool
list_click(struct list *l, int64_t row)
{
	if (row < 0 || row >= l->height || l->top + row >= l->count)
		return false;
	l->cursor = l->top + row;
	return true;
}

void
list_add_position(const struct list *l, struct buf *out)
{
	buf_printf(out, "%lld/%lld", (long long)(l->count ? l->cursor + 1 : 0),
		   (long long)l->count);
}
