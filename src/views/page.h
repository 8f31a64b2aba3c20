/**
 * @file page.h  A page of texts at places, longer than the screen.
 *
 * Rows and cells are counted from the top left of the page. Text is kept as it is given
 * and made visible when it is drawn.
 */
#ifndef VIEWS_PAGE_H
#define VIEWS_PAGE_H

#include "base/buf.h"
#include "ui/canvas.h"

struct page_piece {
	int row, x, width;
	uint8_t role, align;	/**< enum role, enum canvas_align */
	uint32_t at, n;		/**< in text */
};

struct page {
	struct buf text;
	struct page_piece *pieces;	/**< owned; in the order they were put */
	size_t n, cap;
	int *sections;		/**< owned; rows of heads */
	size_t section_n, section_cap;
	int rows;		/**< so many are in use */
	int width;		/**< set by the owner before the first piece */
};

/** Zeroed is empty. */
void page_release(struct page *p);

/** Make it empty; the memory is kept. */
void page_clear(struct page *p);

/** Put a text in the field of @p width cells at (row, x), cut at the right of the page. */
void page_put(struct page *p, int row, int x, int width, enum role role, enum canvas_align align,
	      struct str text);

/** The same at the left, of printf(3) text, of which 511 bytes are kept. */
ATTR_PRINTF(6, 7)
void page_printf(struct page *p, int row, int x, int width, enum role role, const char *fmt, ...);

/** Put a head, @p note at its right where there is room, in the next row. @return its row. */
int page_head(struct page *p, const char *title, const char *note);

/** A row is in use though nothing stands in it. */
void page_reach(struct page *p, int rows);

/** Draw what is in the window that begins with row @p top; O(pieces). */
void page_draw(const struct page *p, struct canvas *c, int64_t top);

/** The head before or after row @p row, or @p row itself. */
int page_section(const struct page *p, int row, int step);

#endif
