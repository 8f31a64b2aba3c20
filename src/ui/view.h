/**
 * @file view.h  What a screen of the program is.
 *
 * A view turns a part of the program's data into cells and user actions into
 * changes of its own state. It never touches the terminal: it draws on the
 * canvas it is given (ui/canvas.h); ui/term_curses.c alone includes
 * <curses.h>. So every view can be drawn, and compared, without a terminal.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "base/buf.h"
#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/prompt.h"

struct stack;
struct view;

enum view_result {
	VIEW_IGNORED,	/* not mine: the stack tries the default action */
	VIEW_HANDLED,	/* state changed, draw me again */
	VIEW_CLOSE,	/* take me off the stack */
};

/** Keys that a view has besides the generic ones. */
struct view_keys {
	enum action action;
	const char *keys;	/**< names, blanks between; NULL ends the array */
};

struct view_ops {
	/** In keymaps and settings; heads the help page. One word. */
	const char *name;
	/** Size of the private state; zeroed before open(), freed after close(). */
	size_t state_size;
	/** What act() handles, the most wanted first, ended by ACTION_NONE: the
	 * footer shows as many as fit, help lists all. Optional. */
	const enum action *actions;
	/** Which of them are wanted most where the cursor is now, ended by ACTION_NONE; NULL:
	 * none. The footer shows these before the others. Optional. */
	const enum action *(*wanted)(const struct view *v);
	/** Default keys of its own, ended by a NULL keys. Optional. */
	const struct view_keys *keys;

	/** Start showing @p subject (an object of the kind the view documents,
	 * valid during the call only). Optional. */
	void (*open)(struct view *v, const void *subject);
	/** Release what open() and later calls acquired. Optional. */
	void (*close)(struct view *v);
	/** The data has grown, the clock moved on, or height and width changed;
	 * also called once after open(), and when the view comes to the top
	 * again. The place to call list_fit(). @return draw again? Optional. */
	bool (*refresh)(struct view *v);
	/** Some of the data is gone, and perhaps what the view shows: it forgets that at once,
	 * and closes itself in refresh() when nothing is left. @return whether anything of
	 * it is. See stack_lose(). Optional. */
	bool (*lost)(struct view *v);
	/** Do for about @p budget_ms what was put off. Asked of every view that is open,
	 * the lowest first, while the loop has nothing better to do.
	 * @return whether there is more to do. Optional. */
	bool (*work)(struct view *v, int budget_ms);
	/** Bytes it has of what grows with the data. Where it has few: NULL. */
	size_t (*memory)(const struct view *v);
	/** Makes it a dialog, in a frame in the middle of the screen, over the view
	 * below: how many cells it would like to have inside, at most those given in
	 * *height and *width. It has its title in the frame. Optional. */
	void (*size)(const struct view *v, int *height, int *width);
	/** Append what the first row of the screen says, at its left and at its
	 * right. Without it: the name. Optional. */
	void (*title)(const struct view *v, struct buf *left, struct buf *right);
	/** Draw all of it on a blank canvas of v->height x v->width cells (or
	 * less, at a size without room). Must not change state. */
	void (*draw)(const struct view *v, struct canvas *c);
	/** One action, already looked up in the view's keymap. Optional. */
	enum view_result (*act)(struct view *v, enum action action);
	/** A key, before it is looked up: for views in which one types. @return
	 * whether it was taken; else it is looked up. Optional. */
	bool (*key)(struct view *v, struct key key);
	/** The mouse did something within the view; m->y and m->x are cells of its
	 * canvas. When ignored, the wheel scrolls by ACTION_MOVE_*. Optional. */
	enum view_result (*mouse)(struct view *v, const struct mouse *m);
	/** What becomes of the line asked for by stack_ask(): PROMPT_CHANGED after
	 * each key that changed it, then PROMPT_TAKEN or PROMPT_CANCELLED. @p text
	 * is valid until the next stack_ask(). Needed by views that ask. */
	void (*asked)(struct view *v, enum prompt_result result, struct str text);
	/** The answer to stack_confirm(). Needed by views that ask for one. */
	void (*confirmed)(struct view *v, bool yes);
};

struct view {
	const struct view_ops *ops;
	struct stack *stack;	/**< to open other views on: stack_open() */
	void *app;		/**< what the program gave stack_init() */
	void *state;		/**< ops->state_size bytes, zeroed at first */
	int height, width;	/**< cells there are to draw on */
	bool closing;		/**< private to the stack */
};

#endif
