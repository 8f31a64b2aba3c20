/**
 * @file sink.h  Text on its way into a FILE, in large pieces.
 *
 * Writers append to @c buf and call sink_step() once an item. The first error
 * of the system is remembered; what comes after it is dropped, and sink_end()
 * reports it. A reader that went away (EPIPE) and a full disk (ENOSPC) are such
 * errors: the caller decides what they mean.
 */
#ifndef EXPORT_SINK_H
#define EXPORT_SINK_H

#include "base/buf.h"
#include "base/err.h"

#define SINK_PIECE	((size_t)256 * 1024)	/* bytes gathered before a write */

struct sink {
	struct buf buf;		/**< what is not written yet */
	FILE *file;		/**< borrowed; NULL: all is gathered in buf, of which the
				     owner may take, until one is set */
	int error;		/**< errno of the first failure; 0: none */
};

/** @p file is borrowed until sink_end(); or NULL. */
void sink_init(struct sink *s, FILE *file);

/** Write out what has gathered, whatever its size. */
void sink_flush(struct sink *s);

/** Write out what has gathered when it is worth a write.
 * @return false once writing has failed: nothing more will come of it. */
static inline bool
sink_step(struct sink *s)
{
	if (s->buf.n >= SINK_PIECE)
		sink_flush(s);
	return s->error == 0;
}

/** Fill *err and errno from the remembered error. @return 0 when there was none,
 * or -1. */
int sink_status(const struct sink *s, struct err *err);

/** Write out the rest, flush the FILE and release the buffer; the FILE stays
 * open. @return 0, or -1 with errno and *err: "write: cause". */
int sink_end(struct sink *s, struct err *err);

#endif
