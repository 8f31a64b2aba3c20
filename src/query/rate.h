/**
 * @file rate.h  How many in which time: counts in a fixed number of buckets.
 *
 * Buckets begin as RATE_WIDTH_MIN long. Where a moment does not fit in any more,
 * they become twice as long and two become one. Their bounds are multiples of
 * their length since the epoch, so that those of two rates line up.
 */
#ifndef QUERY_RATE_H
#define QUERY_RATE_H

#include "base/time.h"

#define RATE_BUCKETS	2048u
#define RATE_WIDTH_MIN	NS_PER_MS

struct rate {
	int64_t width;		/**< of a bucket, ns: RATE_WIDTH_MIN times a power of two */
	int64_t base;		/**< bucket 0 begins at base * width */
	uint32_t used;		/**< buckets from 0 to the last that was counted in */
	uint64_t timeless;	/**< counted at TIME_NONE: in no bucket */
	uint64_t n[RATE_BUCKETS];
};

void rate_init(struct rate *r);

/** Count @p by at moment @p t; negative to take back what was counted there.
 * O(1), amortised. */
void rate_count(struct rate *r, int64_t t, int64_t by);

/** The moment at which bucket @p i begins, as far as there are moments. */
static inline int64_t
rate_start(const struct rate *r, uint32_t i)
{
	int64_t at = r->base + (int64_t)i, start;

	if (__builtin_mul_overflow(at, r->width, &start))
		return at < 0 ? TIME_NONE + 1 : INT64_MAX;
	return start;
}

#endif
