/** @file sandbox_int.h  The two halves of the sandbox, each of which can be missing. */
#ifndef CAPTURE_SANDBOX_INT_H
#define CAPTURE_SANDBOX_INT_H

#include "capture/sandbox.h"

/* ---- sandbox_files.c: Landlock ---- */

/** What the kernel knows, 0: no Landlock. */
int landlock_version(void);

/** What is held back, as far as version @p abi can, a few words. */
void landlock_add_rules(struct buf *out, int abi);

/** Folders that were made, and are to be removed when they stay empty; owned. */
struct sandbox_made {
	char *paths[8];
	size_t n;
};

/** @return 0, or -1 with *err. Needs "no new privileges". */
int landlock_enter(const struct sandbox_plan *plan, const struct sandbox_made *made, int abi,
		   struct err *err);

/* ---- sandbox_calls.c: seccomp ---- */

/** @param pinned  the plan's peers are sealed: connect() takes no others.
 * @return 0, or -1 with *err. */
int calls_enter(const struct sandbox_plan *plan, bool pinned, struct err *err);

/** Forbid writing to, sending by and copying the descriptors that are only read from. Before
 * calls_enter(). @return 0, or -1 with *err. */
int calls_enter_receivers(const struct sandbox_plan *plan, struct err *err);

/** How many system calls are allowed with this plan, some of them in part. */
size_t calls_count(const struct sandbox_plan *plan);

#endif
