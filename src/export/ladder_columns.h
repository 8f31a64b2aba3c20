/**
 * @file ladder_columns.h  How far apart the lanes of a ladder stand.
 *
 * Say what is to fit (heads, arrows), then ask for the columns. All in cells.
 */
#ifndef EXPORT_LADDER_COLUMNS_H
#define EXPORT_LADDER_COLUMNS_H

#include "base/base.h"

#define LADDER_GAP_MIN	12	/* from lane to lane: an arrow with six cells of label */
#define LADDER_GAP_NICE	26	/* likewise, where there is room */
/* Of the label of an event that makes lanes stand apart; where that is wider it is cut. */
#define LADDER_EVENT_CELLS 44
#define LADDER_STREAM_CELLS 52	/* likewise, of a stream */

struct ladder_columns {
	size_t *x;		/**< column of each lane, once fitted */
	size_t *gap;		/**< private: from lane i to i + 1 */
	size_t *head;		/**< private: width of each head */
	uint32_t n;		/**< lanes */
	size_t time;		/**< width of the time column */
	size_t left;		/**< where the first lane stands */
	size_t width;		/**< of a line, wished */
};

/** @p n lanes; the first in column @p left or right of it. */
void ladder_columns_init(struct ladder_columns *c, uint32_t n, size_t time, size_t left,
			 size_t width);
void ladder_columns_release(struct ladder_columns *c);

/** Lane @p i has a head of @p width, above it and centred. */
void ladder_columns_head(struct ladder_columns *c, uint32_t i, size_t width);

/** There is an arrow (from a lane to itself: a loop) with a label of @p width. */
void ladder_columns_arrow(struct ladder_columns *c, uint32_t from, uint32_t to, size_t width);

/** Compute x[]: increasing, at least LADDER_GAP_MIN apart. Where all does not
 * fit in the width, the widest gaps give way first. O(n). */
void ladder_columns_fit(struct ladder_columns *c);

/** Once fitted: the blank column between the heads of lanes @p i and i + 1. The
 * gap is shared by what they need. */
size_t ladder_columns_border(const struct ladder_columns *c, uint32_t i);

#endif
