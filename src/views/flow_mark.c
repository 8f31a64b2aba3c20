#include "views/flow_mark.h"

#include "views/views.h"

void
flow_mark_draw(const struct flow_mark *mark, const struct ladder_row *row,
	       const struct flow_shape *shape, struct canvas *c, int y)
{
	if (row->kind != LADDER_MESSAGE || row->message != mark->message)
		return;
	canvas_paint(c, y, 0, shape->lanes - 1, ROLE_SELECTED);
	canvas_text(c, y, shape->lanes - 1, 1, ROLE_SELECTED, STR("*"));
}

/* The message in the row above, or MESSAGE_NONE. */
static uint32_t
message_above(const struct ladder *l, const struct ladder_row *row)
{
	for (size_t i = (size_t)(row - l->rows); i-- > 0;)
		if (l->rows[i].kind == LADDER_MESSAGE)
			return l->rows[i].message;
	return MESSAGE_NONE;
}

static void
compare(struct stack *stack, uint32_t left, uint32_t right)
{
	const struct diff_subject subject = { { left, right } };

	stack_open(stack, &view_diff_ops, &subject);
}

bool
flow_mark_act(struct flow_mark *mark, enum action action, struct stack *stack,
	      const struct ladder *l, const struct ladder_row *row)
{
	uint32_t other = mark->message;

	switch (action) {
	case ACTION_MARK:
		if (!row)
			return false;
		if (mark->message == row->message)
			mark->message = MESSAGE_NONE;
		else if (mark->message == MESSAGE_NONE)
			mark->message = row->message;
		else
			compare(stack, mark->message, row->message);
		return true;
	case ACTION_UNMARK:
		mark->message = MESSAGE_NONE;
		return true;
	case ACTION_COMPARE:
		if (!row)
			return false;
		if (other == MESSAGE_NONE || other == row->message)
			other = message_above(l, row);
		if (other == MESSAGE_NONE)
			stack_notice(stack, "This is the first message: mark another one.");
		else
			compare(stack, other, row->message);
		return true;
	default:
		return false;
	}
}
