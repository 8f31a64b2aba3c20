/**
 * @file save_told.h  What is told of a save, while it runs and when it is done.
 */
#ifndef VIEWS_SAVE_TOLD_H
#define VIEWS_SAVE_TOLD_H

#include "base/buf.h"
#include "export/save.h"

#define SAVE_TOLD_NO_CALLS	SIZE_MAX

/** Append a bar where the end is known, and what was written so far. */
void save_told_progress(struct buf *b, const struct save_progress *p);

/** Append what was saved, of how many calls (SAVE_TOLD_NO_CALLS: a message), and what is
 * not in it; @p gone calls were let go of meanwhile. */
void save_told_result(struct buf *b, const struct save_progress *p, size_t calls, size_t gone);

#endif
