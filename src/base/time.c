#include "base/time.h"

#include <inttypes.h>
#include <time.h>

static int64_t
clock_read(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t
time_now(void)
{
	return clock_read(CLOCK_REALTIME);
}

static int64_t passed;	/* by time_pass() */

int64_t
time_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC) + passed;
}

void
time_pass(int64_t span)
{
	passed += span;
}

/* Append @v as @n digits and @c after them (NUL: nothing). Lists of calls are
 * mostly times: printf would cost more than all the rest. */
static void
add_digits(struct buf *b, unsigned int v, int n, char c)
{
	char s[8];

	s[n] = c;
	for (int i = n; i-- > 0; v /= 10)
		s[i] = (char)('0' + v % 10);
	buf_add(b, s, (size_t)n + (c != '\0'));
}

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
	if (form != TIME_CLOCK) {
		/* 64 bits of ns reach from 1677 to 2262. */
		add_digits(b, (unsigned int)tm.tm_year + 1900, 4, '-');
		add_digits(b, (unsigned int)tm.tm_mon + 1, 2, '-');
		add_digits(b, (unsigned int)tm.tm_mday, 2, '\0');
	}
	if (form == TIME_DATE)
		return;
	if (form != TIME_CLOCK)
		buf_add_char(b, form == TIME_RFC3339 ? 'T' : ' ');
	add_digits(b, (unsigned int)tm.tm_hour, 2, ':');
	add_digits(b, (unsigned int)tm.tm_min, 2, ':');
	add_digits(b, (unsigned int)tm.tm_sec, 2, '.');
	add_digits(b, (unsigned int)us, 6, '\0');
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
