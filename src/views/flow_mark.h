/**
 * @file flow_mark.h  The message of a ladder that is marked, to be compared.
 *
 * It is known by its index in the store, so it stays marked when the ladder is
 * laid out anew, also while it is folded into another row.
 */
#ifndef VIEWS_FLOW_MARK_H
#define VIEWS_FLOW_MARK_H

#include "ui/stack.h"
#include "views/flow_lines.h"

struct flow_mark {
	uint32_t message;	/**< MESSAGE_NONE: none is marked */
};

/** Show the mark where @p row, drawn on row @p y of the canvas, has it: a sign
 * between its time and the lanes, and the time in another role. */
void flow_mark_draw(const struct flow_mark *mark, const struct ladder_row *row,
		    const struct flow_shape *shape, struct canvas *c, int y);

/**
 * Do what has to do with marks: mark, unmark, open the comparison. @p row is the
 * one under the cursor, in @p l, or NULL.
 * @return whether @p action is such a one.
 */
bool flow_mark_act(struct flow_mark *mark, enum action action, struct stack *stack,
		   const struct ladder *l, const struct ladder_row *row);

#endif
