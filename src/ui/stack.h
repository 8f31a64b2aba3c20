/**
 * @file stack.h  The views that are open, one upon the other.
 *
 * The top one is drawn: a title row, the view, a footer row with the keys of
 * its actions. It gets the actions; what it ignores has a default here: close,
 * quit, help, redraw. When the last view closes, the program is done.
 */
#ifndef UI_STACK_H
#define UI_STACK_H

#include "ui/keymap.h"
#include "ui/view.h"

#define STACK_MAX	32	/* views open at once */

/** What lines are asked for; each kind has its history. */
enum stack_ask {
	STACK_ASK_SEARCH,
	STACK_ASK_FILTER,
	STACK_ASK_COMMAND,
	STACK_ASK_FILE,
	STACK_ASK_FIELD,
	STACK_ASK_COUNT
};

/** What a terminal takes for its clipboard, in bytes before they are encoded:
 * many drop a sequence of more than 100,000. */
#define STACK_COPY_MAX	((size_t)74 << 10)

/** What the program does in every view, where the view ignores it. */
struct stack_globals {
	const enum action *actions;	/**< ended by ACTION_NONE; for help */
	/** @p top is the view on top. @return whether it was one of them. */
	bool (*act)(struct stack *s, struct view *top, enum action action);
	/** Before the program is left, or the first view closed: append what is to be asked
	 * first. Nothing appended: nothing is asked. NULL: the same. */
	void (*leave)(const struct stack *s, struct buf *question);
};

struct stack {
	struct view *views[STACK_MAX];	/**< private; the last one is on top */
	int count;			/**< private */
	const struct keymap *keymap;	/**< borrowed */
	void *app;			/**< for the views; borrowed */
	struct buf notice;		/**< private; empty: none */
	struct prompt prompt;		/**< private */
	struct prompt_history asked[STACK_ASK_COUNT];	/**< private to ui/ */
	struct view *asking;		/**< private; NULL: nobody */
	struct buf ask_note;		/**< private */
	bool ask_error;			/**< private */
	/** Hand bytes to the clipboard; false when it cannot be. Set by the loop
	 * while there is a terminal, else NULL. */
	bool (*copy)(struct str bytes);
	struct view *confirming;	/**< private; NULL: nobody */
	struct buf question;		/**< private */
	bool leaving;			/**< private; it is whether to leave the program */
	const struct stack_globals *globals;	/**< set by the program; NULL: none */
	/** Told of what was done, for tests: an action, or "shot" for a picture of the
	 * view; by the view of that name, the "program" (its globals) or, "everywhere",
	 * the stack. NULL: nobody. */
	void (*told)(void *ctx, const char *by, const char *what);
	void *told_ctx;
	enum action pending;		/**< private; see stack_act_below() */
	enum action clicked;		/**< private; the hint of the last click */
	int height, width;		/**< of the screen, cells */
	bool ascii;			/**< draw with ASCII alone; set by loop_run() and
					 * script_run(), may be changed meanwhile */
	bool notice_error;		/**< private */
	bool second_hints;		/**< private; see ACTION_TOGGLE_HINTS */
	bool changed;			/**< private; draw again */
	bool repaint;			/**< private; see stack_take_repaint() */
	bool ended;			/**< private */
};

/** @p keymap and @p app must outlive the stack. Size 24x80 until told. */
void stack_init(struct stack *s, const struct keymap *keymap, void *app);

/** Closes all views. */
void stack_release(struct stack *s);

/** Open a view on top. May be called from a view's act(). When STACK_MAX views
 * are open, says so on the screen instead. */
void stack_open(struct stack *s, const struct view_ops *ops, const void *subject);

/** Take @p v off the stack, once its own function has returned; for a view that
 * finds in refresh() that what it shows is gone. */
void stack_close(struct stack *s, struct view *v);

/** Close all views but the first, which looks at its data anew. May be called from
 * a view's own functions. */
void stack_close_others(struct stack *s);

/** Close @p v, which is on top, and then do @p action as if its key had been
 * pressed in the view below: for a view in which one chooses actions. */
void stack_act_below(struct stack *s, struct view *v, enum action action);

/** The size of the whole screen has changed. */
void stack_resize(struct stack *s, int height, int width);

/** A key was pressed. A key with Alt that is bound to nothing is taken as Esc
 * and the key: that is what a terminal sends for both. */
void stack_key(struct stack *s, struct key key);

/**
 * The mouse did something; m->y and m->x are cells of the screen. A click on a hint in
 * the footer is its key. The rest is for the view on top: what is beside a dialog does
 * nothing. A notch of the wheel that the view does not take moves by three lines.
 */
void stack_mouse(struct stack *s, const struct mouse *m);

/** Do an action as if its key had been pressed. */
void stack_act(struct stack *s, enum action action);

/** Let all views do for about @p budget_ms in all what they put off: to be called by
 * the source of the loop after each slice it has read, and when there is nothing to
 * read. @return whether there is more to do: the source is LOOP_BUSY then. */
bool stack_work(struct stack *s, int budget_ms);

/** Let the top view, and what is seen below it, look at the data. */
void stack_refresh(struct stack *s);

/** Tell all views that some of the data is gone; where it is theirs, those that are seen
 * look at it at once. To be called before anything else is done with the views. */
void stack_lose(struct stack *s);

/** Bytes that views have which are open, see view_ops.memory. */
size_t stack_memory(const struct stack *s);

/** Whether something changed since the last stack_draw(). */
static inline bool
stack_changed(const struct stack *s)
{
	return s->changed;
}

/** Whether the user asked for the whole screen to be sent anew; once. */
bool stack_take_repaint(struct stack *s);

/** Draw the screen; @p c has the size given to stack_resize(). */
void stack_draw(struct stack *s, struct canvas *c);

/** Say something in the footer until the next key. */
ATTR_PRINTF(2, 3)
void stack_notice(struct stack *s, const char *fmt, ...);
/** The same, as an error. */
ATTR_PRINTF(2, 3)
void stack_error(struct stack *s, const char *fmt, ...);

/**
 * Let the user type a line in the footer, which begins with @p text; @p label is
 * static. Keys go there until it is taken or given up, and v->ops->asked() is
 * told. @p v must be the view on top; may be called from its act().
 */
void stack_ask(struct stack *s, struct view *v, enum stack_ask kind, const char *label,
	       struct str text);

/**
 * Ask the question, which is answered by y, or n or Esc, in the footer (the stack's
 * own one, whether to leave, by Enter too); then
 * v->ops->confirmed() is told. @p v must be the view on top; may be called from its
 * act().
 */
ATTR_PRINTF(3, 4)
void stack_confirm(struct stack *s, struct view *v, const char *fmt, ...);

/** What stands beside the line being typed, until told otherwise. */
ATTR_PRINTF(3, 4)
void stack_ask_note(struct stack *s, bool error, const char *fmt, ...);

/** Show character @p column of the line being typed, from 1, as wrong; 0: none. */
void stack_ask_mark(struct stack *s, size_t column);

/** Put @p bytes, called @p what ("the message"), on the clipboard of the user's
 * terminal, the first STACK_COPY_MAX of them, and say so in the footer. */
void stack_copy(struct stack *s, const char *what, struct str bytes);

/** The view on top, NULL when none is open. */
const struct view *stack_top(const struct stack *s);

/** Whether the last view was closed or the user quit. */
static inline bool
stack_done(const struct stack *s)
{
	return s->ended;
}

/** Keys of a view, from the tables. Subject: struct help_subject. */
extern const struct view_ops view_help_ops;

struct help_subject {
	const struct view_ops *ops;	/**< of the view that is explained */
};

/** A dialog to choose an action of the view below by its name. Subject: struct
 * palette_subject. */
extern const struct view_ops view_palette_ops;

struct palette_subject {
	const struct view_ops *ops;	/**< of the view below */
};

/** The actions that the stack does itself, ended by ACTION_NONE. */
extern const enum action stack_actions[];

#endif
