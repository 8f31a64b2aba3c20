#include "base/time.h"

#include <inttypes.h>
#include <time.h>

void
time_add(struct buf *b, int64_t t, enum time_form form, bool utc)
{
	int64_t seconds, us;
	struct tm tm;
	time_t clock;

	if (t == TIME_NONE)
		return;
	seconds = t / NS_PER_S;
	us = t % NS_PER_S;
	if (us < 0) {
		us += NS_PER_S;
		seconds--;
	}
	us /= NS_PER_US;
	clock = (time_t)seconds;
	if (form == TIME_RFC3339)
		utc = true;
	if (!(utc ? gmtime_r(&clock, &tm) : localtime_r(&clock, &tm))) {
		buf_printf(b, "@%" PRId64, seconds);
		return;
	}
	if (form != TIME_CLOCK)
		buf_printf(b, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	if (form == TIME_DATE)
		return;
	if (form != TIME_CLOCK)
		buf_add_char(b, form == TIME_RFC3339 ? 'T' : ' ');
	buf_printf(b, "%02d:%02d:%02d.%06" PRId64, tm.tm_hour, tm.tm_min, tm.tm_sec, us);
	if (form == TIME_RFC3339)
		buf_add_char(b, 'Z');
}

void
span_add(struct buf *b, int64_t span_ns)
{
	uint64_t ns = span_ns < 0 ? -(uint64_t)span_ns : (uint64_t)span_ns;
	uint64_t tenths = (ns + 50000) / 100000;	/* of a millisecond */
	uint64_t ms = (ns + 500000) / 1000000;
	uint64_t s = ns / (uint64_t)NS_PER_S;

	/* The unit is chosen after rounding: never "1000.0 ms" or "60.000 s". */
	if (span_ns < 0)
		buf_add_char(b, '-');
	if (tenths < 10000)
		buf_printf(b, "%" PRIu64 ".%" PRIu64 " ms", tenths / 10, tenths % 10);
	else if (ms < 60000)
		buf_printf(b, "%" PRIu64 ".%03" PRIu64 " s", ms / 1000, ms % 1000);
	else if (s < 60)
		buf_add_cstr(b, "1:00");
	else if (s < 3600)
		buf_printf(b, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
	else
		buf_printf(b, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60, s % 60);
}
