/**
 * @file time.h  Moments and spans, in nanoseconds.
 *
 * A moment is an int64_t of nanoseconds since the Unix epoch, TIME_NONE when
 * it is not known. A span is an int64_t of nanoseconds.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/buf.h"

#define TIME_NONE	INT64_MIN
#define NS_PER_US	INT64_C(1000)
#define NS_PER_MS	INT64_C(1000000)
#define NS_PER_S	INT64_C(1000000000)

/** Now, as a moment. */
int64_t time_now(void);

/** Now, on a clock that nobody sets: of use for spans only. */
int64_t time_monotonic(void);

/** As if @p span had gone by on that clock: for tests of what waits. */
void time_pass(int64_t span);

/** The same in whole us, and ms. */
static inline int64_t
time_monotonic_us(void)
{
	return time_monotonic() / NS_PER_US;
}

static inline int64_t
time_monotonic_ms(void)
{
	return time_monotonic() / NS_PER_MS;
}

/** From one moment to another, neither of which is TIME_NONE. Files may tell of any
 * times: a span that is too long to be counted is the longest one that can be. */
static inline int64_t
span_between(int64_t from, int64_t to)
{
	int64_t span;

	if (__builtin_sub_overflow(to, from, &span))
		return to > from ? INT64_MAX : -INT64_MAX;
	return span > -INT64_MAX ? span : -INT64_MAX;
}

/** How moments are written. */
enum time_form {
	TIME_RFC3339,	/**< 2026-03-01T09:00:00.123456Z, always UTC */
	TIME_DATE,	/**< 2026-03-01 */
	TIME_CLOCK,	/**< 09:00:00.123456 */
	TIME_FULL,	/**< 2026-03-01 09:00:00.123456 */
};

/**
 * Append @p t in @p form, microseconds truncated; in UTC or the zone of TZ.
 * TIME_NONE appends nothing. TIME_RFC3339 is UTC whatever @p utc says.
 */
void time_add(struct buf *b, int64_t t, enum time_form form, bool utc);

/** Append a span for people: "0.4 ms", "12.345 s", "3:05", "1:02:03";
 * negative ones with "-". */
void span_add(struct buf *b, int64_t span_ns);

#endif
