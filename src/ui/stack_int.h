/** @file stack_int.h  What stack.c and stack_draw.c share. */
#ifndef UI_STACK_INT_H
#define UI_STACK_INT_H

#include "ui/stack.h"

/** Where a view stands on the screen, its frame left out. */
struct stack_place {
	int y, x, height, width;
};

struct stack_place stack_place_of(const struct stack *s, const struct view *v);

/** The lowest view of which something is seen: dialogs stand over others. */
int stack_first_seen(const struct stack *s);

/** The action of the hint in the footer that is drawn in column @p x; ACTION_NONE
 * where there is none. */
enum action stack_hint_at(const struct stack *s, int x);

#endif
