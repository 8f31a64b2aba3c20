/**
 * @file spool.h  Bytes put aside: an unlinked temporary file, its tail in memory.
 *
 * What fits in the tail never touches a disk. Offsets count from 0 in the
 * order of appending.
 */
#ifndef CAPTURE_SPOOL_H
#define CAPTURE_SPOOL_H

#include "base/err.h"

#define SPOOL_TAIL	((size_t)1 << 20)	/* bytes kept in memory */
#define SPOOL_CAP	(UINT64_C(16) << 30)	/* default cap */

struct spool {
	int fd;			/**< -1: no file yet */
	uint64_t flushed;	/**< bytes in the file */
	uint64_t cap;		/**< bytes it may grow to */
	uint8_t *tail;		/**< the bytes after those in the file */
	size_t tail_n;
	size_t tail_cap;
	bool failed;		/**< full or broken: it takes no more */
};

void spool_init(struct spool *s);

/** Forget everything and close the file; spool_init() makes it usable again. */
void spool_release(struct spool *s);

/** Make the file now, for a process that may not open files later.
 * @return 0, or -1 with *err. */
int spool_open(struct spool *s, struct err *err);

/** Make such a file. @return its descriptor, or -1 with *err. */
int spool_make_file(struct err *err);

/** Append. @return 0, or -1 with *err: nothing was appended, and nothing will
 * be from now on. */
int spool_add(struct spool *s, const void *bytes, size_t n, struct err *err);

/** Read exactly @p n bytes from @p offset. @return 0, or -1 with *err. */
int spool_read(const struct spool *s, uint64_t offset, void *to, size_t n, struct err *err);

static inline uint64_t
spool_size(const struct spool *s)
{
	return s->flushed + s->tail_n;
}

#endif
