/**
 * @file bounds.h  What a run may take of memory and of calls, when its input has no end.
 *
 * The bound of --memory is for the whole process. The store has a part of it, by which calls
 * are let go; each of the other parts that a sender can grow has a share. What the screens
 * note of calls follows their number.
 */
#ifndef APP_BOUNDS_H
#define APP_BOUNDS_H

#include "app/session.h"

#define BOUNDS_MEMORY_MIN	OPTIONS_MEMORY_MIN
#define BOUNDS_MEMORY_USUAL	((uint64_t)2 << 30)	/* at most, where it is not asked for */

/** Let the engine of @p s keep within what was asked for, or with live inputs what is
 * usual; to be called when its inputs are open and before they are read. Nothing where there
 * is no bound. */
void bounds_apply(struct session *s);

/** How many calls there may be; 0: as many as memory has room for. */
uint32_t bounds_calls(const struct session *s);

/** Views have @p bytes of what grows with the data: what is more than their part is not for
 * the store, which keeps half of its own at least. O(1). */
void bounds_views(struct session *s, size_t bytes);

/** Messages laid out in one ladder at most; 0: no bound. */
uint32_t bounds_ladder(const struct session *s);

/** Bytes of the bound that are in use, about, and the bound; 0: none. */
void bounds_used(const struct session *s, uint64_t *used, uint64_t *most);

#endif
