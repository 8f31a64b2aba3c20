/**
 * @file text.h  Text from the wire on its way to people.
 *
 * Width in terminal cells is from our own reading of Unicode (libunistring),
 * never from the locale, so that screens are the same everywhere.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

/**
 * Cut the next character off the front of *s and say how to show it.
 *
 * Control characters, bidi controls, unassigned and invisible format
 * characters, surrogates and bad UTF-8 do not reach a terminal: they come out
 * as a visible stand-in (^X style pictures U+2400.., U+FFFD).
 *
 * @param shown  at least 5 bytes; receives NUL-terminated UTF-8 of one
 *               character to show.
 * @return its width in cells: 0 (combining), 1 or 2; -1 when *s is empty.
 */
int text_next(struct str *s, char shown[5]);

/** Append @p s made visible as by text_next(). Line ends are kept when
 * @p lines is true. Allocates as buf does; O(n). */
void text_add_visible(struct buf *b, struct str s, bool lines);

/** Cells that @p s takes when shown by text_next(). */
int text_width(struct str s);

/** Append @p s made visible, cut or padded to exactly @p cells; a cut text
 * ends in "…" ("~" when @p ascii). Right aligned when @p right. */
void text_add_cells(struct buf *b, struct str s, int cells, bool right, bool ascii);

#endif
