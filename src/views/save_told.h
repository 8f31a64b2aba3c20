/**
 * @file save_told.h  What is told of a save, while it runs and when it is done.
 */
#ifndef VIEWS_SAVE_TOLD_H
#define VIEWS_SAVE_TOLD_H

#include "base/buf.h"
#include "export/save.h"

/** What was asked for. */
struct save_told {
	size_t calls;		/**< 0: a message, or streams */
	size_t streams;		/**< 0: messages */
	size_t gone;		/**< calls let go of meanwhile */
};

/** Append a bar where the end is known, and what was written so far. */
void save_told_progress(struct buf *b, const struct save_progress *p);

/** Append what was saved, what is not in it, and the end of @p path, in @p width cells where
 * that can be. *b was empty. */
void save_told_result(struct buf *b, const struct save_progress *p, const struct save_told *told,
		      struct str path, int width);

#endif
