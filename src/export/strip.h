/**
 * @file strip.h  What was heard when: a call's media as two rows of cells, both ways.
 *
 * The life of the call, from its first message to the last of message and media, in cells
 * of equal time. Each tells the worst that matters of its time, see enum strip_state; what
 * an outage took was lost in that time, not when it was found out.
 */
#ifndef EXPORT_STRIP_H
#define EXPORT_STRIP_H

#include "base/buf.h"
#include "base/time.h"
#include "store/store.h"
#include "store/stream.h"

#define STRIP_CELLS_MAX	1000u

/** id, glyph, the same in ASCII (none that can be a digit: 0 to 9, *, #, A to D), name, what it
 * means */
#define STRIP_STATES(_) \
	_(NONE,    " ", " ", "",             "not answered, not agreed on, or would not be here") \
	_(FLOWING, "▆", "+", "flowing",      "packets came") \
	_(PARTLY,  "▂", "-", "now and then", "packets came in less than half of the time") \
	_(LOST,    "▒", "x", "lost",         "some were lost") \
	_(BAD,     "░", "X", "much lost",    "5 % were lost, or more") \
	_(SILENT,  "·", ".", "silent",       "agreed on, and nothing came") \
	_(HOLD,    "═", "=", "hold",         "on hold") \
	_(DIGIT,   "5", "5", "digit",        "a digit was pressed")

enum strip_state {
#define STRIP_STATE_ID(id, ...) STRIP_##id,
	STRIP_STATES(STRIP_STATE_ID)
#undef STRIP_STATE_ID
	STRIP_STATE_COUNT
};

struct strip_state_def {
	const char *glyph, *ascii;	/**< of one cell; of DIGIT the digit stands */
	const char *name, *help;
};

extern const struct strip_state_def strip_state_defs[STRIP_STATE_COUNT];

struct strip_cell {
	uint8_t state;		/**< enum strip_state */
	char digit;		/**< of DIGIT: the first one in its time */
	uint32_t received, lost;	/**< packets, of all streams of that way */
};

enum strip_way {
	STRIP_FORTH,		/**< from the caller */
	STRIP_BACK,
	STRIP_WAYS
};

/** Zeroes to begin with; to be released. */
struct strip {
	struct strip_cell *cells[STRIP_WAYS];	/**< owned, n of each */
	size_t n;
	int64_t start, end;	/**< of the call, media included */
	size_t answered, ended;	/**< the cell before which it was; SIZE_MAX: it was not, or
				     there is none before it */
	bool media;		/**< a cell holds something else than NONE */
	uint32_t unplaced;	/**< streams of the call whose way is not known */
	const struct stream_link **links;	/**< private */
	const struct stream_claim **claims;	/**< private */
	const struct digit **digits;	/**< private */
	size_t link_cap, claim_cap, digit_cap;
};

/**
 * Make it of @p n cells (at most STRIP_CELLS_MAX) for a call, replaced.
 * O(n + claims + seconds of its streams).
 * @return whether there is any time in which something could be: else n is 0.
 */
bool strip_make(struct strip *strip, const struct store *s, const struct call *c, size_t n);

void strip_release(struct strip *strip);

/** The time of a cell, ns. */
int64_t strip_cell_span(const struct strip *strip);

/** The glyph of a cell; of a digit in *room. */
const char *strip_glyph(const struct strip_cell *cell, bool ascii, char room[2]);

#define STRIP_TEXT_LEFT	11	/* cells before a row in a text */
#define STRIP_MARKS	2	/* at most, in a row besides its cells */

/** Append it as lines of text, for call @p call of the store. */
void strip_text(struct buf *b, const struct strip *strip, uint32_t call, bool ascii);

/** Append what the glyphs that occur mean: "▆ flowing   · silent". */
void strip_legend(struct buf *b, const struct strip *strip, bool ascii);

#endif
