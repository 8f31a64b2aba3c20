/**
 * @file spans.h  Many spans of time, and which of them stands where.
 *
 * Sorted in pieces, so that millions of them do not hold up a screen.
 */
#ifndef QUERY_SPANS_H
#define QUERY_SPANS_H

#include "base/time.h"

struct spans {
	int64_t *v;		/**< in ns; in order once spans_sort() said so */
	size_t n;
	size_t cap;		/**< private */
	int64_t *other;		/**< private: room to merge into */
	size_t other_cap;	/**< private */
	size_t run, at;		/**< private: length of the sorted runs; where it is */
};

/** What is told of them; n is 0 where there are none, and the rest unset. */
struct span_figures {
	uint64_t n;
	int64_t min, median, p95, p99, max;	/**< ns */
};

void spans_release(struct spans *s);

/** Make it empty; the memory is kept. */
void spans_clear(struct spans *s);

/** Amortised O(1). Not while it is being sorted. */
void spans_add(struct spans *s, int64_t span);

/** Sort a piece: O(n) at most. @return whether more is to do. */
bool spans_sort(struct spans *s);

/** The figures of sorted spans, exact: a percentile is the least span that so many
 * of a hundred do not exceed (nearest rank), one of those measured. O(1). */
struct span_figures spans_figures(const struct spans *s);

#endif
