/** @file mouse.h  What a mouse does. */
#ifndef UI_MOUSE_H
#define UI_MOUSE_H

#include <stdbool.h>

enum mouse_kind {
	MOUSE_PRESS,		/**< the left button */
	MOUSE_DOUBLE,		/**< the left button twice, after a MOUSE_PRESS */
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct mouse {
	enum mouse_kind kind;
	int y, x;		/**< cells, from the top left */
};

/** Whether a button went down, and not the wheel. */
static inline bool
mouse_is_click(const struct mouse *m)
{
	return m->kind == MOUSE_PRESS || m->kind == MOUSE_DOUBLE;
}

#endif
