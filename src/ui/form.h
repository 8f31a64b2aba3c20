/**
 * @file form.h  Fields to fill in, one under the other, for dialogs.
 *
 * A view keeps a form, hands it keys (view_ops.key) and the mouse, and draws it. Tab,
 * Down and Enter in a text go to the next field, S-Tab and Up to the one before; Space
 * checks a box; Left, Right and Space choose; in a text keys are those of ui/prompt.h but
 * for Up and Down. Enter on a button presses it, and Enter in the last text too, the
 * first button; Esc gives up. What does not fit is scrolled; the help of the field one
 * is in stands in the last row.
 */
#ifndef UI_FORM_H
#define UI_FORM_H

#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/prompt.h"

enum form_kind {
	FORM_HEADING,		/**< its label alone; one cannot go there, nor to a NOTE */
	FORM_NOTE,		/**< its text, for the program to set: counts, errors */
	FORM_TEXT,
	FORM_CHECK,		/**< [x] label */
	FORM_CHOICE,		/**< label <value> */
	FORM_BUTTON,
};

struct form_field {
	enum form_kind kind;
	const char *label;		/**< static */
	const char *help;		/**< static; NULL: none */
	const char *const *choices;	/**< CHOICE: static, ends with NULL */
	struct buf text;		/**< TEXT, NOTE; owned. Change by form_set_text() */
	int choice;			/**< CHOICE: index; CHECK: 0 or 1 */
	enum role role;			/**< NOTE */
	bool disabled;			/**< shown dim; one cannot go there */
	bool beside;			/**< stands in the row of the field before, where it fits */
};

struct form {
	struct form_field *fields;	/**< owned */
	size_t n, cap;
	size_t at;			/**< field one is in */
	int top, height, width;		/**< private */
	struct prompt prompt;		/**< private: of the text one is in */
};

enum form_result {
	FORM_IGNORED,		/**< the key means nothing here */
	FORM_MOVED,
	FORM_CHANGED,		/**< the value of field form->at */
	FORM_PRESSED,		/**< the button form->at */
	FORM_CANCELLED,
};

/** Zeroed is empty. */
void form_release(struct form *f);

/** Append a field. @return its index. */
size_t form_add(struct form *f, enum form_kind kind, const char *label, const char *help);
size_t form_add_choice(struct form *f, const char *label, const char *const *choices, int choice,
		       const char *help);

void form_set_text(struct form *f, size_t i, struct str text);
struct str form_text(const struct form *f, size_t i);

/** Go to field @p i, or the next one where one can be. */
void form_go(struct form *f, size_t i);

/** How many rows and cells it would like. */
void form_size(const struct form *f, int *height, int *width);
/** To be told before drawing and keys. */
void form_fit(struct form *f, int height, int width);

enum form_result form_key(struct form *f, struct key key);
enum form_result form_mouse(struct form *f, const struct mouse *m);
void form_draw(const struct form *f, struct canvas *c);

#endif
