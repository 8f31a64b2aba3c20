/**
 * @file series_plot.h  What a stream was like over its life, drawn in cells.
 *
 * A column stands for one second, or for several where there are more of them than
 * columns: then for the worst of these, never for their mean. A second of trouble in an hour
 * is seen; what an outage took stands in the seconds it took. Several streams share one
 * scale of time, and stand above each other by it.
 */
#ifndef VIEWS_SERIES_PLOT_H
#define VIEWS_SERIES_PLOT_H

#include "media/outage.h"
#include "media/quality.h"
#include "store/stream.h"
#include "ui/canvas.h"

/** id, title, unit, least top of the axis, what is drawn */
#define SERIES_KINDS(_) \
	_(LOSS,   "Loss",      "%",  1.0, "packets that never came") \
	_(LATE,   "Late",      "%",  1.0, "packets too late for the jitter buffer") \
	_(JITTER, "Jitter",    "ms", 1.0, "interarrival jitter, RFC 3550") \
	_(DELTA,  "Max delta", "ms", 10.0, "longest time between two packets") \
	_(MOS,    "MOS",       "",   4.5, "estimated by the E-model")

enum series_kind {
#define SERIES_KIND_ID(id, ...) SERIES_##id,
	SERIES_KINDS(SERIES_KIND_ID)
#undef SERIES_KIND_ID
	SERIES_KIND_COUNT
};

struct series_kind_def {
	const char *title, *unit;
	double top;		/**< the axis reaches this at least */
	const char *help;
};

/** Indexed by enum series_kind. */
extern const struct series_kind_def series_kind_defs[SERIES_KIND_COUNT];

#define SERIES_MOS_BOTTOM	1.0	/* the other ones begin at 0 */

/** Which column a moment is in. */
struct series_scale {
	int64_t start;		/**< of the first column */
	int64_t span;		/**< ns of a column: a multiple of a second */
	int columns;		/**< 0: there is nothing to draw */
	int cells;		/**< that a column is wide, 1 or more */
};

/** The scale on which what was from @p start to @p end is drawn in @p width cells, or less.
 * Either TIME_NONE: nothing. */
struct series_scale series_scale_of(int64_t start, int64_t end, int width);

struct series_worst {
	double value;		/**< NAN: nothing was measured */
	int64_t at;		/**< the second */
};

/** The columns of one stream. Zeroed is empty. */
struct series {
	struct series_scale scale;
	struct series_worst worst[SERIES_KIND_COUNT];	/**< of all columns */
	uint8_t seen;		/**< enum meter_second_flag of all columns */
	/* private */
	float *values;		/* SERIES_KIND_COUNT a column; NAN: not measured */
	uint8_t *flags;
	bool *filled;		/* whether anything came, or was missed */
	struct outage_walk walk;
};

void series_release(struct series *s);

/** Begin anew. O(columns). */
void series_begin(struct series *s, const struct series_scale *scale);

/** Look at up to @p seconds more of @p st. @return whether there are more. */
bool series_step(struct series *s, const struct stream *st, const struct meter_setup *setup,
		 size_t seconds);

/** The value of a column, NAN where there is none. */
double series_value(const struct series *s, enum series_kind kind, int column);

/** A number for the top of an axis: @p value or a little more, with one digit that is not 0,
 * or 1.5, or 2.5; at least what @p kind wants. */
double series_top(enum series_kind kind, double value);

/**
 * Draw the values of @p kind as columns up to @p top in @p height rows, its top left cell at
 * (y, x). What is above 0 at all is seen. Columns that reach a threshold of @p limits
 * have the role of it.
 */
void series_draw(const struct series *s, enum series_kind kind, double top,
		 const struct quality_limits *limits, struct canvas *c, int y, int x, int height);

/** Draw the line of time: "─" where packets came or were missed, a letter where
 * something else was, see series_marks. */
void series_draw_line(const struct series *s, struct canvas *c, int y, int x);

/** What a letter on the line of time means. */
struct series_mark {
	uint8_t flag;		/**< enum meter_second_flag */
	char letter;
	const char *text;
};

/** As many as there are cells for of those that a column has are drawn, the first ones first.
 * Ended by flag 0. */
extern const struct series_mark series_marks[];

/** Draw clock times below the line, as many as there is room for. */
void series_draw_clock(const struct series_scale *scale, bool utc, struct canvas *c, int y, int x);

#endif
