/**
 * @file filter.h  The filter language: which calls, which messages.
 *
 * One language for --where, the screens and the saved filters, over the fields
 * of query/field.h. The reference for people, with examples, is doc/filters.md;
 * in short:
 *
 *   expression  = alternative *( ("or" / "||") alternative )
 *   alternative = term *( [ "and" / "&&" ] term )
 *   term        = ("not" / "!") term / "(" expression ")" / comparison / word
 *   comparison  = field op value / field ["not"] "in" (value / "(" value *("," value) ")")
 *   op          = "=" "==" "!=" "<" "<=" ">" ">=" "~" "!~"
 *   field       = NAME / "header." NAME / "any." NAME / "call." NAME
 *
 * - Text is compared with ASCII case ignored. "~" is a PCRE2 pattern: case
 *   ignored, "." matches line ends too, "^" and "$" match at lines; (?-i)
 *   at its front minds the case.
 * - Numbers take units: us ms s m h d (a bare number has the field's unit).
 *   A status may be a class: 4xx. A moment is a date, a date and clock
 *   (2026-03-02T09:00, with Z or +01:00, else in the zone asked for), or a
 *   clock alone, compared with the time of day. It means all of the unit it
 *   ends with: start = 09:15 is the minute, start > 2026-03-02 begins the day after.
 * - An address may be a block (10.0.0.0/8), and have a port.
 * - What a call does not have is not equal, not less, not more, and matches
 *   no pattern; "!=", "!~" and "not in" are the contrary of "=", "~" and "in".
 * - A field alone: it is there, and not zero or false.
 * - text, header.NAME and the other fields that need text look, for a call,
 *   into every message of it; so do message fields (any.status = 401).
 *   In a filter of messages the fields of calls are those of its call.
 * - A word alone is, in this order: a field; an address, block or
 *   address:port of any message; a class of status (4xx); a method (of the
 *   call; those sent only inside dialogs: of any of its requests); the name of
 *   a state; the code of a known status: the status, or exactly that user; a
 *   number of three or more digits: the end of the user of From, To or
 *   Request-URI, where "+", "00" and "0" at the front do not count; else text
 *   found in any message. A quoted word is always text.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "query/field.h"

#define FILTER_MAX_LENGTH	65536u	/* bytes of an expression */
#define FILTER_MAX_DEPTH	100u	/* parentheses and nots in each other */
#define FILTER_MAX_PATTERNS	256u	/* patterns and words of text */

struct filter;

struct filter_error {
	size_t column;		/**< characters from 1; where the text went wrong */
	char text[240];		/**< one line without the column, no full stop */
};

struct filter_options {
	bool utc;		/**< moments without a zone are in UTC, not TZ */
};

/**
 * Compile an expression about calls or messages. An empty one matches all.
 * @param options  NULL: the zone of TZ
 * @return the filter, to be given to filter_free(); NULL with *err.
 */
struct filter *filter_compile(enum query_subject of, struct str expression,
			      const struct filter_options *options, struct filter_error *err);
void filter_free(struct filter *f);

/**
 * Whether @p item (of the kind compiled for) matches. Parts that the index
 * can answer are asked first; text is read only when they leave it open.
 */
bool filter_match(struct filter *f, struct query *q, const struct query_item *item);

/** The dearest thing it may need. */
enum field_need filter_need(const struct filter *f);

/** How often a pattern was given up at the limit of its work, or failed: these
 * count as no match and should be told. */
uint64_t filter_given_up(const struct filter *f);

#endif
