/**
 * @file list.h  Where one is in something longer than the screen.
 *
 * Two kinds: with a cursor (list_act), where the window follows the cursor,
 * and without one (list_scroll), where the window itself moves. Rows are
 * numbered from 0. All is in range after each call: 0 <= top, top + height <=
 * count where that many rows exist, top <= cursor < top + height; with no rows
 * cursor and top are 0.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "base/buf.h"
#include "ui/action.h"

struct list {
	int64_t count;		/**< rows there are */
	int64_t cursor;
	int64_t top;		/**< first row in the window */
	int height;		/**< rows of the window, 0 or more */
};

/** Tell the present size of both; what is shown moves only as far as it must.
 * To be called from the view's refresh(). O(1). */
void list_fit(struct list *l, int64_t count, int height);

/** Put the cursor on @p row, or as near as there is one. */
void list_go(struct list *l, int64_t row);

/** Do a movement. @return whether @p action is one. */
bool list_act(struct list *l, enum action action);

/** The same for a text without cursor: the cursor stays at the top. */
bool list_scroll(struct list *l, enum action action);

/**
 * Put the cursor on row @p row of the window, counted from its top: where the mouse
 * went down. A view with a cursor has a .mouse of
 *
 *	if (!mouse_is_click(m) || !list_click(&st->list, m->y - HEAD_ROWS))
 *		return VIEW_IGNORED;
 *	return m->kind == MOUSE_DOUBLE ? x_act(v, ACTION_OPEN) : VIEW_HANDLED;
 *
 * @return false, and nothing done, when no row is there.
 */
bool list_click(struct list *l, int64_t row);

/** Append "3/120", or "0/0" when empty. */
void list_add_position(const struct list *l, struct buf *out);

#endif
