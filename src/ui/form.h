/**
 * @file form.h  Fields to fill in, one under the other, for dialogs.
 *
 * A view keeps a form, hands it keys (view_ops.key) and the mouse, and draws it. Tab and
 * Enter in a text go to the next field, S-Tab to the one before; Down and Up to the row
 * below or above; Space checks a box; Left, Right and Space choose; in a text keys are
 * those of ui/prompt.h but for Up and Down, elsewhere Left and Right, Home and End go to
 * other fields too. Enter on a button presses it, and Enter in the last text too, the
 * first button; Enter on a box or a choice is left to the view. Esc gives up. What does
 * not fit is scrolled; the help of the field one is in stands in the last row.
 */
#ifndef UI_FORM_H
#define UI_FORM_H

#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/prompt.h"

#define FORM_WIDTH	66	/* cells a form would like to have, at most */

enum form_kind {
	FORM_HEADING,		/**< its label alone; one cannot go there, nor to a NOTE */
	FORM_NOTE,		/**< its text, for the program to set: counts, errors; of
				 * more than a row where it needs, a blank row when empty */
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
	bool beside;			/**< stands in the row of the field before, where it fits;
					 * boxes beside one another stand in columns */
};

struct form_place;

struct form {
	struct form_field *fields;	/**< owned */
	size_t n, cap;
	size_t at;			/**< field one is in; see form_go() */
	int top, height, width;		/**< private */
	struct prompt prompt;		/**< private: of the text one is in */
	struct form_place *places;	/**< private: where fields stand */
	size_t places_cap;		/**< private */
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

/** Append a field. @return its index. f->fields moves: take the index first, then the
 * field. */
size_t form_add(struct form *f, enum form_kind kind, const char *label, const char *help);
/** The same, in the row of the field before. */
size_t form_add_beside(struct form *f, enum form_kind kind, const char *label,
		       const char *help);
size_t form_add_choice(struct form *f, const char *label, const char *const *choices, int choice,
		       const char *help);

/** Of a TEXT the first PROMPT_MAX bytes are taken; the cursor is at its end. @p text
 * may be the field's own. */
void form_set_text(struct form *f, size_t i, struct str text);
struct str form_text(const struct form *f, size_t i);

/** Go to field @p i, or the next one where one can be, or the last before it. */
void form_go(struct form *f, size_t i);

/** How many rows and cells it would like, at most those given in *height and *width:
 * as view_ops.size. */
void form_size(const struct form *f, int *height, int *width);
/** To be told before drawing and keys: in refresh(), and when a field was disabled. */
void form_fit(struct form *f, int height, int width);

enum form_result form_key(struct form *f, struct key key);
/** y and x are cells of what form_draw() draws on. */
enum form_result form_mouse(struct form *f, const struct mouse *m);
void form_draw(const struct form *f, struct canvas *c);

#endif
