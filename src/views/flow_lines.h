/**
 * @file flow_lines.h  A ladder on a screen: its lines, and where things stand.
 *
 * Between the layout (export/ladder.h), which knows no screen, and the drawing,
 * which decides nothing.
 */
#ifndef VIEWS_FLOW_LINES_H
#define VIEWS_FLOW_LINES_H

#include "base/hash.h"
#include "export/ladder.h"
#include "export/ladder_columns.h"
#include "export/ladder_text.h"
#include "views/flow_hide.h"

enum flow_line_kind {
	FLOW_LINE_RELATED,	/**< why a call is there too; above all rows */
	FLOW_LINE_DATE,		/**< the date of the row below, where it changes */
	FLOW_LINE_ROW,		/**< the arrow, or what an event says */
	FLOW_LINE_BACK,		/**< the way back of an arrow to itself */
	FLOW_LINE_NOTE,		/**< one of the notes of the row */
	FLOW_LINE_FLAWS,	/**< what is wrong with the message */
};

struct flow_line {
	uint32_t row;
	uint32_t note;		/**< index, of FLOW_LINE_NOTE and FLOW_LINE_RELATED */
	uint32_t stops;		/**< lines so far, this one too, that the cursor can stand on */
	uint8_t kind;		/**< enum flow_line_kind */
};

/** The widest label of the arrows between two lanes that are shown. */
struct flow_arrow {
	uint32_t from, to;	/**< columns */
	uint32_t cells;
};

struct flow_lines {
	struct flow_line *list;	/**< owned */
	size_t n, cap;
	uint32_t head;		/**< lines of FLOW_LINE_RELATED */
	uint32_t stops;
	uint32_t hidden;	/**< rows of messages, events and streams that are not shown */
	uint32_t *lane;		/**< owned; the lanes that are shown, from left to right */
	uint32_t *column;	/**< owned; of each lane; LADDER_NONE: it is hidden */
	uint32_t columns;
	struct flow_arrow *arrows;	/**< owned */
	size_t arrow_n, arrow_cap;
	struct hash_map arrow_map;	/**< private */
};

void flow_lines_release(struct flow_lines *f);

/** What lines there are. */
struct flow_choice {
	const struct store *store;
	const struct flow_hide *hide;
	uint32_t related;	/**< calls there is a reason to tell of */
	bool dates;		/**< where the date changes after the first row, it has a line */
	bool utc;
};

/** The lines of a ladder, replaced. O(rows). */
void flow_lines_fill(struct flow_lines *f, const struct ladder *l,
		     const struct flow_choice *choice);

/** Whether the cursor can stand on line @p i: it is the arrow of a message or a stream,
 * or an event. */
bool flow_lines_is_stop(const struct flow_lines *f, const struct ladder *l, int64_t i);

/** The line of row @p row, or the first one after it; -1 when there is none.
 * O(log n). */
int64_t flow_lines_of(const struct flow_lines *f, uint32_t row);

/** The last line of the row that line @p i belongs to. */
int64_t flow_lines_end(const struct flow_lines *f, int64_t i);

#define FLOW_PREVIEW_WIDTH	140	/* of a screen that has room for one by itself */
#define FLOW_PREVIEW_LEAST	100	/* and when it is asked for */

/** Who gets which cells of a screen. */
struct flow_shape {
	int time;		/**< width of the time column */
	int tag;		/**< of the "#3" behind it; 0: a single call */
	int lanes;		/**< column where the lanes' part begins */
	int ladder;		/**< width of the ladder, time included */
	int preview;		/**< column of the preview; 0: none */
	int preview_width;
	bool narrow;		/**< times in ms, not us */
	int scroll_max;		/**< columns one can scroll to the right */
	uint32_t named;		/**< rows of lane heads: 1, or 2 with names */
};

/** What there is to divide. */
struct flow_wish {
	int width;		/**< cells there are */
	int preview_width;	/**< cells; 0: by itself */
	bool preview;
	enum ladder_time time;
};

/** Cells of the label of a row with its suffix. */
int flow_label_cells(const struct ladder_row *row);

/** Append what follows a label and is never cut: copies, a description untold. */
void flow_add_suffix(struct buf *b, const struct ladder_row *row);

/** Divide the screen. @p columns, those of the lanes shown, is initialised and
 * fitted; to be released by ladder_columns_release(). O(lanes * lanes). */
void flow_shape_fit(struct flow_shape *shape, struct ladder_columns *columns,
		    const struct ladder *l, const struct flow_lines *f,
		    const struct flow_wish *wish);

#endif
