/**
 * @file flow_search.h  A text searched for in the messages of a ladder.
 *
 * In slices, from where one is to the end and then from the start, so that what is
 * next is known first. A line of the ladder matches when the label of its row, or the
 * text of its message, has a line that does; copies folded into it are not read.
 */
#ifndef VIEWS_FLOW_SEARCH_H
#define VIEWS_FLOW_SEARCH_H

#include "query/query.h"
#include "query/search.h"
#include "views/flow_lines.h"

struct flow_search {
	struct buf text;	/**< what is searched for; empty: nothing */
	struct search *search;	/**< owned */
	uint8_t *match;		/**< owned; of each line: whether it is one */
	size_t n, cap;		/**< lines there are */
	size_t from;		/**< where it was begun */
	size_t done;		/**< lines looked at, from there on */
	uint32_t matches;
	int step;		/**< where to go once it is found: 1, -1; 0: nowhere */
	size_t step_from;	/**< from which line on */
	bool here;		/**< that line too */
	bool asking;		/**< the text is being typed */
	size_t back;		/**< line one was at when a text was being typed */
	struct buf before;	/**< what was searched for then */
};

void flow_search_release(struct flow_search *s);

/** Search for @p text from now on; nothing is found yet. *why as search_new(). */
void flow_search_set(struct flow_search *s, struct str text, struct err *why);

/** Forget what was found: there are @p n lines now, and one is at line @p from. */
void flow_search_restart(struct flow_search *s, size_t n, size_t from);

/** Look on for about @p budget_ms. @return whether there is more to look at. */
bool flow_search_work(struct flow_search *s, const struct flow_lines *f,
		      const struct ladder *l, struct query *q, int budget_ms);

/** What flow_search_next() knows. */
enum flow_search_result {
	FLOW_SEARCH_FOUND,
	FLOW_SEARCH_NONE,
	FLOW_SEARCH_LATER,	/**< not known yet */
};

/** The next match behind line @p from in direction @p step, around the end; from
 * itself too, when @p here. */
enum flow_search_result flow_search_next(const struct flow_search *s, size_t from, int step,
					 bool here, size_t *line, bool *wrapped);

/** How many of the matches stand at or above line @p line. */
uint32_t flow_search_ordinal(const struct flow_search *s, size_t line);

static inline bool
flow_search_done(const struct flow_search *s)
{
	return s->done >= s->n;
}

#endif
