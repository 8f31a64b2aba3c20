/**
 * @file canvas.h  A grid of cells that views draw on.
 *
 * Coordinates are terminal cells, origin top left of the canvas or of the part
 * of it (canvas_part) that is drawn on. Drawing outside is clipped, never an
 * error; negative coordinates are how a scrolled text is drawn. Text is any
 * bytes: what a terminal could take for a command is shown by a stand-in
 * (base/text.h), a wide character takes two cells, combining ones join the
 * cell of their base.
 *
 * An ASCII canvas holds ASCII only: lines and arrows become - | + < >, other
 * characters "?" for each cell, so that the layout stays the same.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include "base/buf.h"
#include "ui/role.h"

#define CANVAS_MAX_HEIGHT	1000
#define CANVAS_MAX_WIDTH	2000
#define CELL_MARKS		4	/* combining characters kept in a cell */

struct cell {
	char text[4 * (1 + CELL_MARKS) + 1];	/**< UTF-8, NUL-terminated */
	uint8_t width;	/**< 1, 2; 0: the right half of the wide one before */
	uint8_t role;	/**< enum role */
};

struct canvas {
	struct cell *cells;	/**< the first cell of this part */
	int stride;		/**< cells from one row to the next */
	int height, width;	/**< of this part */
	bool ascii;
};

/** A blank canvas; sizes are brought into 1..CANVAS_MAX_*. */
struct canvas *canvas_new(int height, int width);
void canvas_free(struct canvas *c);

/** Another size; the content is blank afterwards. */
void canvas_resize(struct canvas *c, int height, int width);

static inline int
canvas_height(const struct canvas *c)
{
	return c->height;
}

static inline int
canvas_width(const struct canvas *c)
{
	return c->width;
}

/** A part of @p c to draw on, clipped to it (maybe to nothing: 0 x 0); valid as
 * long as @p c and until its next resize. Costs nothing. */
struct canvas canvas_part(const struct canvas *c, int y, int x, int height, int width);

/** Blank all of it. */
void canvas_clear(struct canvas *c);

/**
 * Draw @p text at (y, x), at most @p max cells, no padding. A wide character
 * that does not fit is left out. Cells left of the canvas count as drawn.
 * Stops reading at the right edge. Does not allocate.
 * @return cells used, at most @p max.
 */
int canvas_text(struct canvas *c, int y, int x, int max, enum role role, struct str text);

/** The same with printf(3) text, of which 511 bytes are drawn. */
ATTR_PRINTF(6, 7)
int canvas_printf(struct canvas *c, int y, int x, int max, enum role role, const char *fmt, ...);

enum canvas_align { CANVAS_LEFT, CANVAS_RIGHT, CANVAS_CENTER };

/** Draw @p text in exactly @p width cells: padded with blanks, or cut with
 * "…" as its last cell. Costs up to two passes over @p text. */
void canvas_field(struct canvas *c, int y, int x, int width, enum role role,
		  enum canvas_align align, struct str text);

/** Fill a rectangle with @p glyph, one character of one cell (" ", "·"). */
void canvas_fill(struct canvas *c, int y, int x, int height, int width,
		 enum role role, const char *glyph);

/** Lines of "─" to the right, or "│" down, from (y, x). */
void canvas_hline(struct canvas *c, int y, int x, int width, enum role role);
void canvas_vline(struct canvas *c, int y, int x, int height, enum role role);

/** Give @p width cells from (y, x) another role, their text stays. */
void canvas_paint(struct canvas *c, int y, int x, int width, enum role role);

/** The cell, or NULL outside. */
const struct cell *canvas_at(const struct canvas *c, int y, int x);

/** Append row @p y as text: trailing blanks dropped, or (@p pad) kept. */
void canvas_row(const struct canvas *c, int y, bool pad, struct buf *out);

/** Append a letter for each cell's role (role_letter), trailing ROLE_NORMAL
 * dropped. */
void canvas_row_roles(const struct canvas *c, int y, struct buf *out);

#endif
