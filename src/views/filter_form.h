/**
 * @file filter_form.h  A filter of calls made from fields that were filled in.
 *
 * Each field that is not empty is a term of an expression (query/filter.h), all of
 * which must hold. Texts are patterns, as in "~", but:
 * - a quantifier in front, which would have nothing to repeat, is meant as it stands:
 *   "+49", "*21";
 * - an address block in source and destination is one: "10.0.0.0/8".
 * STATUS is codes and classes, with commas or blanks between.
 */
#ifndef VIEWS_FILTER_FORM_H
#define VIEWS_FILTER_FORM_H

#include "base/buf.h"
#include "base/err.h"

/** id, field of the language, label */
#define FILTER_FORM_TEXTS(_) \
	_(FROM, "from", "SIP From") \
	_(TO, "to", "SIP To") \
	_(SOURCE, "source", "Source") \
	_(DESTINATION, "destination", "Destination") \
	_(PAYLOAD, "text", "Payload") \
	_(STATUS, "status", "Status")

enum filter_form_text {
#define FILTER_FORM_ID(id, ...) FILTER_FORM_##id,
	FILTER_FORM_TEXTS(FILTER_FORM_ID)
#undef FILTER_FORM_ID
	FILTER_FORM_TEXT_COUNT
};

#define FILTER_FORM_METHODS	11	/* the last one: all others */

/** "REGISTER" ... "others" */
extern const char *const filter_form_methods[FILTER_FORM_METHODS];

/** "any", then the names of enum call_state; ends with NULL. */
extern const char *const filter_form_states[];

struct filter_form {
	struct buf texts[FILTER_FORM_TEXT_COUNT];
	int state;		/**< of filter_form_states */
	uint32_t methods;	/**< bits; all of them or none: any method */
};

void filter_form_release(struct filter_form *f);

/** All empty, any method. */
void filter_form_clear(struct filter_form *f);

/**
 * Append the expression, nothing when the form is empty.
 * @return 0; or -1 with *err and *bad, the text that cannot be used, and nothing is
 *         appended.
 */
int filter_form_add(const struct filter_form *f, struct buf *expression,
		    enum filter_form_text *bad, struct err *err);

/** Fill *f in with what @p expression was made of by filter_form_add(). @return
 * false when it was not: then *f is empty. */
bool filter_form_read(struct filter_form *f, struct str expression);

#endif
