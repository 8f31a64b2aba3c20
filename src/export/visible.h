/** @file visible.h  Text from the wire, safe to show, in ASCII where wished. */
#ifndef EXPORT_VISIBLE_H
#define EXPORT_VISIBLE_H

#include "base/buf.h"

/** Append @p s made visible (base/text.h); line ends are kept when @p lines is
 * true; with @p ascii each character that is not ASCII becomes "?". O(n). */
void visible_add(struct buf *b, struct str s, bool lines, bool ascii);

#endif
