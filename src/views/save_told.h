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

/** Append what was saved, of how many calls (SAVE_TOLD_NO_CALLS: a message), what is not
 * in it, and the end of @p path, in @p width cells where that can be; @p gone calls were
 * let go of meanwhile. *b was empty. */
void save_told_result(struct buf *b, const struct save_progress *p, size_t calls, size_t gone,
		      struct str path, int width);

#endif
