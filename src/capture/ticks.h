/**
 * @file ticks.h  Time stamps of a pcapng interface, as nanoseconds.
 *
 * if_tsresol and if_tsoffset come from the file and may be anything: no value
 * of them or of a time stamp overflows here.
 */
#ifndef CAPTURE_TICKS_H
#define CAPTURE_TICKS_H

#include "base/time.h"

/** How one interface counts. Made by ticks_set(). */
struct ticks {
	uint64_t per_second;	/**< 0: a second is more than 2^64 of them */
	uint64_t div;		/**< ticks in a ns, when finer than that; else 0 */
	uint32_t mul;		/**< ns in a tick, when that is whole; else 0 */
	uint8_t shift;		/**< a second is 2^shift ticks; 0: not binary */
	int64_t offset_s;	/**< added to every time, seconds */
	uint64_t plain;		/**< times of less ticks are just ticks * mul */
};

/** From if_tsresol as it stands in the file (top bit: power of 2). */
void ticks_set(struct ticks *t, uint8_t tsresol, int64_t offset_s);

/** @return ns since the epoch, rounded down to a whole ns; TIME_NONE for what
 *          does not fit (before 1677, after 2262). */
int64_t ticks_to_ns(const struct ticks *t, uint64_t ticks);

/** The same, sooner told of what most files have. */
static inline int64_t
ticks_to_ns_fast(const struct ticks *t, uint64_t ticks)
{
	return LIKELY(ticks < t->plain) ? (int64_t)(ticks * t->mul) : ticks_to_ns(t, ticks);
}

#endif
