/**
 * @file writer.h  A thread that writes to files, so that who captures waits for no disk.
 *
 * It is the only thread beside the first one, and does nothing but system calls on
 * descriptors that are open: it allocates nothing, and knows of no state but that of jobs.
 * A job belongs to the thread from writer_put() until writer_is_done(); what is in it, and
 * the bytes it points to, are not touched meanwhile. Jobs are done one after the other, in
 * the order in which they were put. Without the thread writer_put() does the job itself.
 *
 * All functions are for the first thread alone.
 */
#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include <sys/types.h>

#include "base/base.h"

#define WRITER_GO_ON	((off_t)-1)	/* of a job: where the file is at */

enum writer_kind {
	WRITER_WRITE,		/**< n bytes at an offset */
	WRITER_PUNCH,		/**< give back the blocks of n bytes at an offset */
};

/** Zeroes are useful but for fd, at, p and n. */
struct writer_job {
	enum writer_kind kind;
	int fd;			/**< borrowed */
	off_t at;		/**< in the file; or WRITER_GO_ON */
	const void *p;		/**< borrowed */
	size_t n;
	/** Of several jobs that follow from one another: becomes true when one of them fails;
	 * while it is true none is done, but fails with ECANCELED. NULL: it is alone. */
	bool *broken;

	size_t done;		/**< bytes written, when it is done */
	int error;		/**< errno, 0: all is written; likewise */

	struct writer_job *next;	/**< private */
	int state;			/**< private */
};

/**
 * Begin the thread, which has all signals blocked and what holds for the caller now: user,
 * rules for files, filters of system calls.
 * @return whether it is there; it may be already.
 */
bool writer_start(void);
bool writer_runs(void);

void writer_put(struct writer_job *job);

bool writer_is_done(const struct writer_job *job);
/** Wait until it is done. */
void writer_wait(struct writer_job *job);
/** Let it fail with ECANCELED if it has not begun; it is to be waited for nevertheless. */
void writer_cancel(struct writer_job *job);

#endif
