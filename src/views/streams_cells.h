/**
 * @file streams_cells.h  What stands where in the list of streams: its columns, the titles
 * and the cells of each row.
 */
#ifndef VIEWS_STREAMS_CELLS_H
#define VIEWS_STREAMS_CELLS_H

#include "ui/canvas.h"
#include "ui/list.h"
#include "views/call_columns.h"
#include "views/stream_rows.h"

#define STREAMS_HEAD_ROWS	1	/**< rows, of the titles */
#define STREAMS_LEVELS		256u	/**< streams judged at a time; a power of 2 */

/** How a stream is judged, which takes a look at each second of it. */
struct stream_level {
	uint32_t stream;	/**< and 1; 0: none */
	uint8_t level;		/**< enum quality_level */
	uint64_t packets;	/**< when it was */
};

/** Zeroed but for the columns, which the owner initializes and releases. */
struct streams_cells {
	struct call_columns columns;
	struct call_layout layout;	/**< as of streams_cells_fit() */
	int scroll;			/**< columns to the right */
	struct stream_level levels[STREAMS_LEVELS];	/**< private */
};

/** Place the columns in @p width cells, and judge the streams that @p list shows where
 * that is seen: O(seconds) of those that are new or have grown by a sixteenth. */
void streams_cells_fit(struct streams_cells *cells, const struct stream_rows *rows,
		       const struct list *list, int width);

/** Draw titles and rows. The columns are placed anew: they may be others by now. */
void streams_cells_draw(const struct streams_cells *cells, const struct stream_rows *rows,
			const struct list *list, struct canvas *c);

#endif
