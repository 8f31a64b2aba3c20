/**
 * @file spool.h  Bytes put aside: an unlinked temporary file, its end in memory.
 *
 * Bytes are told by an offset that only grows, in segments of SPOOL_SEGMENT bytes. A
 * segment whose bytes nobody needs any more is let go of, and its place in the file is
 * used again: so the file stays as large as what is in it, whatever went through it.
 * What fits in one segment never touches a disk.
 *
 * What is needed is told by pieces: spool_hold() once for each, spool_let_go() once
 * with the same numbers. A segment that nobody holds, or held yet, stays until it is let go
 * of by spool_drop_oldest(); only in a spool that is made to (drops) it goes by itself when
 * the last piece of it does.
 *
 * Where a thread writes (base/writer.h) a full segment is put to it, and is read from memory
 * until it is in the file: nobody waits for the disk.
 */
#ifndef CAPTURE_SPOOL_H
#define CAPTURE_SPOOL_H

#include "base/err.h"
#include "base/writer.h"

#define SPOOL_SHIFT	20u
#define SPOOL_SEGMENT	((size_t)1 << SPOOL_SHIFT)	/* bytes */
#define SPOOL_CAP	(UINT64_C(16) << 30)		/* default cap */

/** A segment that is in the file. */
struct spool_segment {
	uint64_t index;		/**< of it: its first offset by SPOOL_SEGMENT */
	uint32_t slot;		/**< place in the file, likewise; SPOOL_NO_SLOT: it is gone */
	uint32_t held;		/**< pieces in it that somebody needs */
	uint32_t n;		/**< bytes in it */
	struct spool_write *write;	/**< it is not in the file yet; NULL: it is */
};

/** What the writer has to do, or failed to. */
struct spool_write {
	struct writer_job job;
	struct spool_write *next;
	uint8_t *bytes;		/**< of the segment, owned; NULL: blocks are given back */
	size_t cap;		/**< of bytes */
	uint64_t index;		/**< of the segment, which may be gone meanwhile */
};

struct spool_writes {
	struct spool_write *first, **last;
	size_t n;		/**< of segments */
};

#define SPOOL_NO_SLOT	UINT32_MAX

/** Places of the file that are free. */
struct spool_slots {
	uint32_t *list;
	size_t n, cap;
};

/** What spools may take together. */
struct spool_budget {
	uint64_t cap;
	uint64_t used;		/**< bytes, of segments in the file all of them */
	uint64_t unheld;	/**< of them: those nobody holds */
	uint64_t waiting_max;	/**< bytes of each spool that may wait for the writer, but two
				     segments at least; 0: none does */
	bool patient;		/**< to wait for the writer then, else nothing can be appended */
};

struct spool {
	int fd;				/**< -1: no file yet */
	bool drops;			/**< segments go with the last piece of them */
	struct spool_budget *budget;	/**< borrowed */
	uint8_t *tail;			/**< the segment that is not in the file yet */
	size_t tail_n, tail_cap;
	uint64_t tail_index;
	uint32_t tail_held;
	uint32_t slots;			/**< places the file has */
	struct spool_segment *segments;	/**< in order; owned */
	size_t n, cap, gone;
	struct spool_slots warm, cold;	/**< free, as they were; and without blocks on disk */
	int64_t again_at;		/**< after a fault: when to try again; monotonic */
	struct spool_writes waiting;	/**< in order */
	struct spool_writes failed;	/**< to be tried again */
	struct spool_write *spare;	/**< to be used again, at most SPOOL_SPARE */
	size_t spare_n;
	int fault;			/**< errno of a write that failed since */
	bool slow;			/**< the last append failed as too much waits */
};

#define SPOOL_SPARE	4u

void spool_init(struct spool *s, struct spool_budget *budget);

/** Forget everything and close the file; spool_init() makes it usable again. */
void spool_release(struct spool *s);

/** Make the file now, for a process that may not open files later.
 * @return 0, or -1 with *err. */
int spool_open(struct spool *s, struct err *err);

/** Make such a file. @return its descriptor, or -1 with *err. */
int spool_make_file(struct err *err);

/** The directory such files are made in; *error: errno of why it is not $TMPDIR, which is
 * set, 0: it is, or is not known yet. */
const char *spool_folder(int *error);

/** Append, across segments. @return 0, or -1 with *err: full, or the disk is; that is tried
 * again a second later at the earliest; or it is too slow (slow). Of what was not appended whole nothing can be
 * read; it counts as appended nevertheless. */
int spool_add(struct spool *s, const void *bytes, size_t n, struct err *err);

/** Append @p n bytes, at most SPOOL_SEGMENT, of one segment, which are to be filled at once.
 * They lie at spool_next(). @return NULL with *err as spool_add(). */
void *spool_take(struct spool *s, size_t n, struct err *err);

/** Read exactly @p n bytes from @p offset. @return 0, or -1 with *err. */
int spool_read(const struct spool *s, uint64_t offset, void *to, size_t n, struct err *err);

/** A piece is needed. @return false when some of it is gone. O(1), seldom O(log n). */
bool spool_hold(struct spool *s, uint64_t offset, size_t n);
/** It is not any more. */
void spool_let_go(struct spool *s, uint64_t offset, size_t n);
/** Let go of the oldest segment in the file that nobody holds. @return false: there is none. */
bool spool_drop_oldest(struct spool *s);

/** See what the writer has done. O(1) where that is nothing. */
void spool_tend(struct spool *s);

/** Segments in the file. */
static inline size_t
spool_written(const struct spool *s)
{
	size_t n = s->n - s->gone, waiting = s->waiting.n + s->failed.n;

	return n > waiting ? n - waiting : 0;
}

/** The first segment at @p offset or after it that is there. @return its first offset, and
 * in *n its bytes; UINT64_MAX: there is none. */
uint64_t spool_segment_from(const struct spool *s, uint64_t offset, size_t *n);

/** The offset that spool_add() will append at. */
static inline uint64_t
spool_size(const struct spool *s)
{
	return (s->tail_index << SPOOL_SHIFT) + s->tail_n;
}

/** The offset that spool_take() of @p n bytes will append at. */
static inline uint64_t
spool_next(const struct spool *s, size_t n)
{
	return n <= SPOOL_SEGMENT - s->tail_n ? spool_size(s) :
		(s->tail_index + 1) << SPOOL_SHIFT;
}

/** Bytes the file takes on the disk, about. */
static inline uint64_t
spool_disk(const struct spool *s)
{
	return (uint64_t)(s->slots - s->cold.n) << SPOOL_SHIFT;
}

#endif
