/** @file victims.h  The calls that are the next to go; only for retain.c. */
#ifndef STORE_VICTIMS_H
#define STORE_VICTIMS_H

#include "base/base.h"

#define VICTIMS_MAX	16384u

/** Calls in the order in which they go. */
enum rank { RANK_OVER, RANK_UNFINISHED, RANK_HELD };

struct victim {
	int64_t since;		/**< end, or last sign of life */
	uint32_t call;
	uint32_t rank;		/**< enum rank */
};

/**
 * A heap. While it is gathered whoever is last to go is on top, so that one who goes before
 * takes that place; once it is turned whoever goes first is.
 */
struct victims {
	uint32_t n;
	struct victim list[VICTIMS_MAX];
};

/** Whether @p new is among the first ones of those that were gathered. O(1). */
bool victims_takes(const struct victims *v, const struct victim *new);

/** Gather: where there are VICTIMS_MAX the last one goes for one that is before it. */
void victims_push(struct victims *v, const struct victim *new);

/** All are gathered. O(n). */
void victims_turn(struct victims *v);

/** The first of those that are turned, of which there must be one. */
struct victim victims_take(struct victims *v);

#endif
