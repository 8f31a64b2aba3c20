/* Losses stand in the seconds they happened in, also where nothing came instead. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base.h"
#include "media/codec.h"
#include "media/outage.h"

#define START	(INT64_C(1772355600) * NS_PER_S)	/* 2026-03-01 09:00:00 UTC */

static const struct meter_setup setup = { .jitter_buffer = 60 * NS_PER_MS };

static void
test_each(void **state)
{
	static const struct {
		double missing, rate;
		int64_t apart;		/* seconds from beginning to beginning */
		double each;
	} cases[] = {
		{ 100, 50, 3, 50 },
		{ 101, 50, 3, 50 },	/* the one more in the second after */
		{ 80, 50, 3, 40 },
		{ 50, 50, 3, 25 },
		{ 49, 50, 3, 0 },	/* less than half: a pause, and losses */
		{ 1, 50, 600, 0 },
		{ 0, 50, 3, 0 },
		{ 500, 50, 1, 0 },	/* no second between */
		{ 500, 50, 0, 0 },
		{ 500, 50, -5, 0 },
		{ 10, 1, 11, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t seconds;

		assert_true(outage_each(START, START + cases[i].apart * NS_PER_S,
					cases[i].missing, cases[i].rate, &seconds) ==
			    cases[i].each);
		assert_true(cases[i].each < 1 || seconds == cases[i].apart - 1);
	}
	assert_true(outage_rate(TIME_NONE) == 50 && outage_rate(20 * NS_PER_MS) == 50);
	assert_true(outage_rate(60 * NS_PER_S) == 1);
}

/* @count packets from number @from on, 20 ms apart, @later ns after their time. */
static void
add(struct meter *m, unsigned int from, unsigned int count, int64_t later)
{
	for (unsigned int i = from; i < from + count; i++)
		meter_add(m, &(struct meter_packet){
			.time = START + i * 20 * NS_PER_MS + later,
			.timestamp = i * 160 + (uint32_t)(later / NS_PER_MS * 8),
			.sequence = (uint16_t)i, .clock_rate = 8000, .bytes = 160,
			.kind = CODEC_AUDIO,
		}, &setup);
}

/* All that was received and lost is told once, and times go on. */
static void
check_walk(const struct meter *m, const char *losses)
{
	struct outage_walk walk = { .rate = outage_rate(20 * NS_PER_MS) };
	struct meter_figures f;
	struct meter_second second;
	int64_t time, before = INT64_MIN;
	uint64_t received = 0, lost = 0;
	char row[64] = "";

	meter_figures(m, &f);
	while (outage_next_second(&walk, m, &time, &second)) {
		int64_t at = span_between(START, time) / NS_PER_S;

		assert_true(time > before);
		before = time;
		received += second.received;
		lost += second.lost;
		assert_in_range(at, 0, sizeof(row) - 2);
		row[at] = second.lost == 0 ? '+' : second.received > 0 ? 'x' : 'X';
		assert_true(second.received > 0 || second.max_delta == METER_NONE);
	}
	for (size_t i = 0; i < sizeof(row) - 1; i++)
		if (!row[i] && START + (int64_t)i * NS_PER_S < before)
			row[i] = '.';
	assert_string_equal(row, losses);
	assert_int_equal(lost, f.lost);
	assert_int_equal(received, f.packets - f.duplicates);
}

static void
test_walk(void **state)
{
	struct meter m = { .segment_n = 0 };

	(void)state;
	check_walk(&m, "");
	/* From the middle of a second to that of another. */
	add(&m, 0, 125, 0);
	check_walk(&m, "+++");
	add(&m, 375, 75, 0);
	check_walk(&m, "+++XXXXx+");
	meter_release(&m);
	m = (struct meter){ .segment_n = 0 };

	/* Numbers go on after it: a pause. */
	add(&m, 0, 100, 0);
	add(&m, 100, 100, 5 * NS_PER_S);
	check_walk(&m, "++.....++");
	meter_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each), cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
