/*
 * Round trips, seen from the middle. A report with an NTP time passes the capture at t1;
 * its receiver's report that echoes the time and says how long it waited passes at t2:
 * t2 - t1 less that wait is the way from here to that end and back (RFC 3550 section
 * 6.4.1; with RRTR and DLRR, RFC 3611 section 4.5). The whole path is the sum of the two
 * ways, where both were measured at about the same time.
 */
#include "store/reports_int.h"

#define ROUND_TRIP_MOST	(10 * NS_PER_S)	/* more is a wait that was told wrongly */
#define FRESH		(60 * NS_PER_S)	/* ways further apart are not of one path */
#define ROUNDING	(100 * NS_PER_US)	/* the wait is told in 15 us, and clocks drift */

void
reference_add(struct reference list[REFERENCES], uint8_t *at, int64_t time, uint32_t middle)
{
	/* The first time counts. */
	for (unsigned i = 0; i < REFERENCES; i++)
		if (list[i].used && list[i].middle == middle)
			return;
	list[*at] = (struct reference){ .time = time, .middle = middle, .used = true };
	*at = (uint8_t)((*at + 1u) % REFERENCES);
}

/* TIME_NONE where it cannot be. */
static int64_t
way_of(const struct reference list[REFERENCES], int64_t time, uint32_t middle, uint32_t delay)
{
	int64_t wait = (int64_t)(((uint64_t)delay * (uint64_t)NS_PER_S) >> 16), way;

	for (unsigned i = 0; i < REFERENCES; i++) {
		if (!list[i].used || list[i].middle != middle)
			continue;
		way = span_between(list[i].time, time);
		if (way < 0 || way > INT64_MAX / 2)
			return TIME_NONE;
		way -= wait;
		if (way < -ROUNDING || way > ROUND_TRIP_MOST)
			return TIME_NONE;
		return way < 0 ? 0 : way;
	}
	return TIME_NONE;
}

static void
note_whole(struct stream *st, int64_t whole)
{
	struct stream_reports *r = st->reports;

	st->round_trip = whole;
	if (r->round_trip_n == 0 || whole < r->round_trip_min)
		r->round_trip_min = whole;
	if (r->round_trip_n == 0 || whole > r->round_trip_max)
		r->round_trip_max = whole;
	r->round_trip_sum += (double)whole;
	r->round_trip_n += r->round_trip_n < UINT32_MAX;
}

static bool
is_fresh(const struct stream_reports *r, enum way way, int64_t time)
{
	int64_t age;

	if (r->way[way] == TIME_NONE)
		return false;
	age = span_between(r->way_time[way], time);
	return age <= FRESH && age >= -FRESH;
}

static void
set_way(struct stream_reports *r, enum way way, int64_t span, int64_t time)
{
	r->way[way] = span;
	r->way_time[way] = time;
}

void
round_trip_take(struct store *s, struct stream *st, enum way way, const struct told *told)
{
	struct stream_reports *r = reports_of(s, st), *back;
	const struct reference *list = r->sent;
	const enum way other = way == WAY_RECEIVER ? WAY_SENDER : WAY_RECEIVER;
	struct stream *reverse = NULL;
	int64_t span;

	/* No wait at all is said by those that do not measure it. */
	if (told->middle == 0 || told->delay == 0 || told->kept.time == TIME_NONE)
		return;
	if (way == WAY_SENDER) {
		if (!r->extended)
			return;
		list = r->extended->asked;
	}
	span = way_of(list, told->kept.time, told->middle, told->delay);
	if (span == TIME_NONE)
		return;
	set_way(r, way, span, told->kept.time);
	/* The end this way leads to sends the stream the other way. */
	if (told->has_by)
		reverse = reports_match(s, &st->dst, &st->src, told->by, told->kept.time);
	if (reverse) {
		back = reports_of(s, reverse);
		set_way(back, other, span, told->kept.time);
		if (is_fresh(back, way, told->kept.time))
			set_way(r, other, back->way[way], back->way_time[way]);
	}
	if (!is_fresh(r, other, told->kept.time))
		return;
	span += r->way[other];
	note_whole(st, span);
	if (reverse)
		note_whole(reverse, span);
}
