/**
 * @file raw_search.h  What was searched for, and where it is in the lines shown.
 *
 * Text is searched line by line; of a dump the bytes are searched, so that what
 * stands across its rows is found.
 */
#ifndef VIEWS_RAW_SEARCH_H
#define VIEWS_RAW_SEARCH_H

#include "query/search.h"
#include "views/raw_lines.h"

/** Marks kept; beyond it matches are not found. */
#define RAW_MARKS_MAX	200000u

/** A piece of a line that a match covers. */
struct raw_mark {
	uint32_t line, from, to;	/**< bytes of the line */
	uint32_t match;			/**< number of its match */
};

struct raw_search {
	struct buf text;		/**< what is searched for; empty: nothing */
	struct search *search;		/**< owned */
	struct raw_mark *marks;		/**< owned; in order, by match and by line */
	size_t n, cap;
	uint32_t matches;
	uint32_t at;			/**< the match that one is at */
	size_t lines;			/**< searched so far */
	bool full;			/**< RAW_MARKS_MAX was reached */
};

void raw_search_release(struct raw_search *s);

/** Search for @p text from now on; nothing is found yet. *why as search_new(). */
void raw_search_set(struct raw_search *s, struct str text, struct err *why);

/** Forget what was found: other lines are shown. */
void raw_search_restart(struct raw_search *s);

/** Find what is in the lines not searched yet. @p per_row is that of dumps. */
void raw_search_lines(struct raw_search *s, const struct message_lines *l,
		      const struct views_app *app, int per_row);

/** The first match in line @p line from byte @p from on, or after; when there is none
 * the first of all. *wrapped tells that it went
 * on at the other end. @return false when there are no matches. */
bool raw_search_go(struct raw_search *s, size_t line, size_t from, bool *wrapped);

/** To the next match or, @p step -1, the one before. */
bool raw_search_step(struct raw_search *s, int step, bool *wrapped);

/** The first mark of match @p match, NULL when there is none. */
const struct raw_mark *raw_search_mark(const struct raw_search *s, uint32_t match);

/** Draw the marks of bytes [@p from, @p to) of line @p line over what was drawn of
 * it at (y, x). */
void raw_search_draw(const struct raw_search *s, const struct message_lines *l, size_t line,
		     size_t from, size_t to, struct canvas *c, int y, int x);

#endif
