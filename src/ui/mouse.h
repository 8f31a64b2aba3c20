/** @file mouse.h  What a mouse does. */
#ifndef UI_MOUSE_H
#define UI_MOUSE_H

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

#endif
