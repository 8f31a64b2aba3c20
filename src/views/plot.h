/** @file plot.h  Counts over time, drawn in cells. */
#ifndef VIEWS_PLOT_H
#define VIEWS_PLOT_H

#include "query/rate.h"
#include "ui/canvas.h"

/** What stands in which column; the same for several rates below one another. */
struct plot_scale {
	int64_t bucket;		/**< ns; the columns begin at a multiple of it */
	int64_t first, last;	/**< buckets, counted from the epoch */
	int64_t buckets;	/**< in a column, 1 or more */
	int cells;		/**< that a column is wide, 1 or more */
	int columns;		/**< 0: there is nothing to draw */
};

/** The scale on which all of @p n rates are drawn in @p width cells or less. */
struct plot_scale plot_scale_of(const struct rate *const *rates, size_t n, int width);

/** The span of a column, ns. */
static inline int64_t
plot_column_span(const struct plot_scale *p)
{
	return p->bucket * p->buckets;
}

/** The highest count of a column. O(RATE_BUCKETS). */
uint64_t plot_top(const struct plot_scale *p, const struct rate *r);

/** Draw columns up to @p height rows high, the highest as high as there is room;
 * where there is anything, something is drawn. The top left cell is (y, x). */
void plot_draw(const struct plot_scale *p, const struct rate *r, struct canvas *c, int y, int x,
	       int height, enum role role);

/** Draw a bar of @p n of @p most in @p width cells, likewise. */
void plot_bar(struct canvas *c, int y, int x, int width, enum role role, uint64_t n,
	      uint64_t most);

#endif
