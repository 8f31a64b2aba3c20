/* media/quality.h: the check values are those of doc/quality.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "media/quality.h"
#include "media/quality_emodel.h"

#define START	(INT64_C(1772355600) * NS_PER_S)

#define assert_near(a, b, by)	assert_true(fabs((a) - (b)) <= (by))

static const struct meter_setup setup = { .jitter_buffer = 60 * NS_PER_MS };

/* ---- the E-model ---- */

static void
test_default(void **state)
{
	const struct emodel e = EMODEL_DEFAULT;
	struct emodel_parts parts;

	(void)state;
	emodel_parts(&e, &parts);
	assert_near(parts.ro, 94.77, 0.005);
	assert_near(parts.is, 1.41, 0.005);
	assert_near(parts.id, 0.15, 0.005);
	/* G.107 clause 7.7: all at their defaults, R is 93.2. */
	assert_near(emodel_rate(&e), 93.206208, 1e-6);
	assert_near(quality_mos(emodel_rate(&e)), 4.41, 0.005);
}

/* T = Ta, Tr = 2 Ta, TELR 65 dB. */
static const struct { double ta, idte, idle, idd, r; } delays[] = {
	{ 0, 0, 0.15, 0, 93.21 }, { 50, 1.02, 0.58, 0, 91.76 }, { 100, 1.96, 0.73, 0, 90.66 },
	{ 150, 2.81, 0.84, 0.16, 89.54 }, { 200, 3.57, 0.93, 3.04, 85.80 },
	{ 300, 4.83, 1.09, 14.76, 72.67 }, { 400, 5.81, 1.23, 24.07, 62.25 },
	{ 1000, 8.63, 1.86, 43.79, 39.08 },
};

static void
test_delay(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
		struct emodel e = EMODEL_DEFAULT;
		struct emodel_parts parts;

		e.t = e.ta = delays[i].ta;
		e.tr = 2 * e.ta;
		emodel_parts(&e, &parts);
		assert_near(parts.idte, delays[i].idte, 0.006);
		assert_near(parts.idle, delays[i].idle, 0.006);
		assert_near(parts.idd, delays[i].idd, 0.006);
		assert_near(emodel_rate(&e), delays[i].r, 0.006);
	}
}

/* What other parameters do: worse echo, noise, quantisation. */
static void
test_parameters(void **state)
{
	struct emodel e = EMODEL_DEFAULT;
	struct emodel_parts parts;
	double before = emodel_rate(&e);

	(void)state;
	e.qdu = 4;
	assert_true(emodel_rate(&e) < before);
	e = (struct emodel)EMODEL_DEFAULT;
	e.nc = -50;
	assert_true(emodel_rate(&e) < before);
	e = (struct emodel)EMODEL_DEFAULT;
	e.t = e.ta = 150;
	e.tr = 300;
	before = emodel_rate(&e);
	e.telr = 45;
	assert_true(emodel_rate(&e) < before - 15);
	e.stmr = 8;
	emodel_parts(&e, &parts);
	assert_true(isfinite(parts.id));
	e.stmr = 21;
	emodel_parts(&e, &parts);
	assert_true(isfinite(parts.id));
	e = (struct emodel)EMODEL_DEFAULT;
	e.a = 10;
	assert_near(emodel_rate(&e), 103.206208, 1e-6);
}

/* G.107 annex B; its table B.1 has 4.34, 4.03, 3.60, 3.10 and 2.58 at 90 to 50. */
static const struct { double r, mos; } moses[] = {
	{ -5, 1 }, { 0, 1 }, { 3, 1 }, { 6.5, 1 }, { 10, 1.04 }, { 20, 1.25 }, { 30, 1.61 },
	{ 40, 2.06 }, { 50, 2.58 }, { 60, 3.10 }, { 70, 3.60 }, { 80, 4.024 }, { 90, 4.34 },
	{ 93.2, 4.41 }, { 100, 4.5 }, { 120, 4.5 }, { NAN, 1 },
};

static void
test_mos(void **state)
{
	double before = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moses); i++)
		assert_near(quality_mos(moses[i].r), moses[i].mos, 0.0051);
	for (double r = -1; r <= 101; r += 0.01) {
		double mos = quality_mos(r);

		assert_true(mos >= before && mos >= 1 && mos <= 4.5);
		before = mos;
	}
}

static const struct {
	const char *codec;
	double loss, burst, delay;	/* NAN: assumed */
	double r, mos;			/* NAN: not known */
} judged[] = {
	{ "PCMU", 0, 1, 0, 93.206, 4.409 },
	{ "PCMA", 0, 1, NAN, 90.66, 4.355 },
	{ "PCMU", 1, 1, 0, 89.57, 4.328 },
	{ "PCMU", 2, 1, 150, 82.53, 4.116 },
	{ "PCMU", 5, 1, 0, 77.43, 3.923 },
	{ "PCMU", 5, 2, 0, 76.00, 3.864 },
	{ "PCMU", 10, 1, 0, 66.14, 3.411 },
	{ "PCMU", 20, 1, 0, 51.08, 2.632 },
	{ "PCMU", 100, 1, 0, 17.27, 1.177 },
	{ "G729", 0, 1, 0, 82.21, 4.105 },
	{ "G729", 2, 1, 150, 70.54, 3.622 },
	{ "G729", 8, 1, 0, 57.32, 2.960 },
	{ "G723", 0, 1, 0, 78.21, 3.954 },
	{ "G723", 5, 1, 0, 59.25, 3.061 },
	{ "GSM-EFR", 0, 1, 0, 88.21, 4.293 },
	{ "GSM-EFR", 5, 1, 0, 58.21, 3.007 },
	/* Below 1, and not a number: as if it were 1. */
	{ "PCMU", 5, 0.5, 0, 77.43, 3.923 },
	{ "PCMU", 5, NAN, 0, 77.43, 3.923 },
	/* Out of range. */
	{ "PCMU", -3, 1, 0, 93.206, 4.409 },
	{ "PCMU", 300, 1, 0, 17.27, 1.177 },
	{ "PCMU", NAN, 1, 0, 93.206, 4.409 },
	{ "PCMU", 50, 1, 5000, 0, 1 }, { "PCMU", 100, 9, 1000, 0, 1 },
	/* Without both parameters there is no number. */
	{ "GSM", 0, 1, 0, NAN, NAN }, { "G722", 0, 1, 0, NAN, NAN },
	{ "opus", 0, 1, 0, NAN, NAN }, { "AMR-WB", 3, 1, 0, NAN, NAN },
	{ "H264", 0, 1, 0, NAN, NAN }, { "no such", 0, 1, 0, NAN, NAN },
};

static void
test_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++) {
		struct quality q = quality_judge(&(struct quality_input){
			.codec = codec_find(str_of(judged[i].codec), 0),
			.loss_percent = judged[i].loss, .burst_ratio = judged[i].burst,
			.delay_ms = judged[i].delay,
		});

		assert_int_equal(q.known, !isnan(judged[i].r));
		if (!q.known) {
			assert_near(q.mos, 0, 0);
			continue;
		}
		assert_near(q.r_factor, judged[i].r, 0.0101);
		assert_near(q.mos, judged[i].mos, 0.0006);
		assert_int_equal(q.delay_assumed, isnan(judged[i].delay));
		assert_near(q.delay_ms, isnan(judged[i].delay) ? QUALITY_DELAY_ASSUMED_MS
				   : judged[i].delay, 0);
	}
}

static void
test_delay_formula(void **state)
{
	(void)state;
	/* Half of 80, and the buffer, and a packet. */
	assert_near(quality_delay_ms(80 * NS_PER_MS, 30 * NS_PER_MS, &setup), 130, 1e-9);
	assert_near(quality_delay_ms(80 * NS_PER_MS, TIME_NONE, &setup), 120, 1e-9);
	assert_near(quality_delay_ms(0, TIME_NONE, &setup), 80, 1e-9);
	assert_true(isnan(quality_delay_ms(TIME_NONE, 20 * NS_PER_MS, &setup)));
	assert_true(isnan(quality_delay_ms(-1, 20 * NS_PER_MS, &setup)));
}

/* ---- seconds ---- */

static void
test_second(void **state)
{
	const struct codec *pcmu = codec_static(0);
	struct meter_second s = { .received = 45, .lost = 5 };
	struct quality q;

	(void)state;
	q = quality_of_second(&s, pcmu, TIME_NONE, &setup);
	assert_true(q.known && q.delay_assumed);
	/* 10 % at 100 ms */
	assert_near(q.r_factor, 63.60, 0.01);
	/* Late is lost. */
	s = (struct meter_second){ .received = 50, .late = 5 };
	q = quality_of_second(&s, pcmu, TIME_NONE, &setup);
	assert_near(q.r_factor, 63.60, 0.01);
	s.burst = 32;
	assert_true(quality_of_second(&s, pcmu, TIME_NONE, &setup).r_factor < 63);
	q = quality_of_second(&s, pcmu, 40 * NS_PER_MS, &setup);
	assert_false(q.delay_assumed);
	assert_near(q.delay_ms, 100, 1e-9);
	q = quality_of_second(&s, codec_static(4), 40 * NS_PER_MS, &setup);
	assert_near(q.delay_ms, 110, 1e-9);
	s = (struct meter_second){ .copies = 4 };
	assert_false(quality_of_second(&s, pcmu, TIME_NONE, &setup).known);
	s.received = 50;
	assert_false(quality_of_second(&s, NULL, TIME_NONE, &setup).known);
	assert_false(quality_of_second(&s, codec_static(9), TIME_NONE, &setup).known);
}

/* ---- streams, 50 packets a second ---- */

struct feed {
	struct meter m;
	int64_t time;
	uint32_t timestamp;
	uint16_t sequence;
};

/* One packet; or none where it is lost. */
static void
feed_packet(struct feed *f, bool lost)
{
	if (!lost)
		meter_add(&f->m, &(struct meter_packet){
			.time = f->time, .timestamp = f->timestamp, .sequence = f->sequence,
			.clock_rate = 8000, .bytes = 160, .kind = CODEC_AUDIO,
		}, &setup);
	f->sequence++;
	f->timestamp += 160;
	f->time += 20 * NS_PER_MS;
}

/* Seconds in which every @p nth packet is lost; 0: none, 1: all. */
static void
feed_seconds(struct feed *f, int seconds, int nth)
{
	for (int i = 1; i <= seconds * 50; i++)
		feed_packet(f, nth > 0 && i % nth == 0);
}

static void
test_meter(void **state)
{
	struct feed f = { .time = START };
	struct quality q;

	(void)state;
	q = quality_of_meter(&f.m, codec_static(0), TIME_NONE, &setup);
	assert_false(q.known);
	feed_seconds(&f, 20, 0);
	q = quality_of_meter(&f.m, codec_static(0), TIME_NONE, &setup);
	assert_true(q.known && q.delay_assumed);
	assert_near(q.mos, 4.36, 0.0051);
	q = quality_of_meter(&f.m, codec_static(0), 40 * NS_PER_MS, &setup);
	assert_true(q.known && !q.delay_assumed);
	assert_near(q.delay_ms, 100, 1e-6);
	assert_false(quality_of_meter(&f.m, NULL, TIME_NONE, &setup).known);
	feed_seconds(&f, 20, 10);
	feed_packet(&f, false);
	q = quality_of_meter(&f.m, codec_static(0), TIME_NONE, &setup);
	/* 5 % of all */
	assert_near(q.r_factor, 74.9, 0.3);
	meter_release(&f.m);
}

/* ---- windows ---- */

struct piece { int seconds, nth; };	/* nth: see feed_seconds(); -1: hold */

static const struct {
	const char *what;
	struct piece pieces[6];
	int level;
	int since, duration, times;	/* s; since: -1: never; -2: not looked at */
} windows[] = {
	{ "good", { { 60, 0 } }, QUALITY_GOOD, -1, 0, 0 },
	{ "too short", { { 9, 2 } }, QUALITY_UNKNOWN, -1, 0, 0 },
	{ "10 s of 20 %, and not longer", { { 20, 0 }, { 10, 5 }, { 20, 0 } },
	  QUALITY_BRIEF, -1, 0, 0 },
	{ "12 s of 20 %", { { 20, 0 }, { 12, 5 }, { 20, 0 } }, QUALITY_CRITICAL, 20, 12, 1 },
	{ "10 % to the end", { { 20, 0 }, { 40, 10 } }, QUALITY_CRITICAL, 20, 40, 1 },
	{ "just 5 %", { { 60, 20 } }, QUALITY_CRITICAL, -2, -2, 1 },
	{ "below 5 %", { { 25, 22 } }, QUALITY_BRIEF, -1, 0, 0 },
	{ "a second of silence in a good stream", { { 30, 0 }, { 1, 1 }, { 30, 0 } },
	  QUALITY_BRIEF, -1, 0, 0 },
	{ "two seconds", { { 30, 0 }, { 2, 1 }, { 30, 0 } }, QUALITY_BRIEF, -1, 0, 0 },
	{ "an outage of 8 s", { { 30, 0 }, { 8, 1 }, { 30, 0 } }, QUALITY_BRIEF, -1, 0, 0 },
	{ "an outage of 15 s", { { 30, 0 }, { 15, 1 }, { 30, 0 } },
	  QUALITY_CRITICAL, -2, -2, 1 },
	{ "bad, good for long, bad", { { 15, 10 }, { 30, 0 }, { 15, 10 } },
	  QUALITY_CRITICAL, 0, 30, 2 },
	{ "bad, good for 5 s, bad", { { 8, 5 }, { 5, 0 }, { 8, 5 } },
	  QUALITY_CRITICAL, 0, 21, 1 },
	{ "4 % for 25 s", { { 20, 0 }, { 25, 25 }, { 20, 0 } }, QUALITY_BRIEF, -1, 0, 0 },
	{ "4 % for 40 s", { { 20, 0 }, { 40, 25 }, { 20, 0 } }, QUALITY_WARNING, 20, 40, 1 },
	{ "2.5 % for 25 s", { { 20, 0 }, { 25, 40 }, { 20, 0 } }, QUALITY_GOOD, -1, 0, 0 },
	{ "2 % for long", { { 120, 50 } }, QUALITY_GOOD, -1, 0, 0 },
	/* Six bad seconds on both sides of a hold, shorter than the window or longer. */
	{ "a short hold between", { { 20, 0 }, { 6, 5 }, { 5, -1 }, { 6, 5 }, { 20, 0 } },
	  QUALITY_CRITICAL, 20, 12, 1 },
	{ "hold between", { { 20, 0 }, { 6, 5 }, { 300, -1 }, { 6, 5 }, { 20, 0 } },
	  QUALITY_BRIEF, -1, 0, 0 },
};

static void
feed_pieces(struct feed *f, const struct piece *pieces)
{
	for (int i = 0; i < 6 && pieces[i].seconds > 0; i++) {
		if (pieces[i].nth >= 0) {
			feed_seconds(f, pieces[i].seconds, pieces[i].nth);
		} else {
			f->time += pieces[i].seconds * NS_PER_S;
			f->timestamp += (uint32_t)pieces[i].seconds * 8000;
		}
	}
}

static void
test_windows(void **state)
{
	const struct quality_limits limits = QUALITY_LIMITS_USUAL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		struct feed f = { .time = START };
		struct quality_windows w;

		feed_pieces(&f, windows[i].pieces);
		quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
		if (w.level != windows[i].level || w.times != (uint32_t)windows[i].times)
			fail_msg("%s: level %u, times %u", windows[i].what, w.level, w.times);
		if (windows[i].since >= 0 &&
		    llabs(w.since - START - windows[i].since * NS_PER_S) > NS_PER_S)
			fail_msg("%s: since %g", windows[i].what,
				 (double)(w.since - START) / 1e9);
		if (windows[i].since == -1)
			assert_true(w.since == TIME_NONE);
		if (windows[i].duration >= 0 &&
		    llabs(w.duration - windows[i].duration * NS_PER_S) > 2 * NS_PER_S)
			fail_msg("%s: for %g", windows[i].what, (double)w.duration / 1e9);
		meter_release(&f.m);
	}
}

/* Beginning and end of losses lie anywhere in a second: the length is told all the same. */
static void
test_boundaries(void **state)
{
	static const struct { int packets, nth, level; } cases[] = {
		{ 475, 5, QUALITY_BRIEF }, { 495, 5, QUALITY_BRIEF }, { 500, 5, QUALITY_BRIEF },
		{ 500, 2, QUALITY_BRIEF }, { 515, 5, QUALITY_CRITICAL },
		{ 550, 5, QUALITY_CRITICAL }, { 550, 2, QUALITY_CRITICAL },
		{ 480, 20, QUALITY_BRIEF }, { 600, 20, QUALITY_CRITICAL },
		{ 100, 1, QUALITY_BRIEF }, { 490, 1, QUALITY_BRIEF }, { 560, 1, QUALITY_CRITICAL },
	};
	const struct quality_limits limits = QUALITY_LIMITS_USUAL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases) * 50; i++) {
		int before = 1000 + (int)i % 50, packets = cases[i / 50].packets;
		struct feed f = { .time = START };
		struct quality_windows w;

		for (int k = 0; k < before; k++)
			feed_packet(&f, false);
		for (int k = 0; k < packets; k++)
			feed_packet(&f, k % cases[i / 50].nth == 0);
		for (int k = 0; k < 1000; k++)
			feed_packet(&f, false);
		quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
		if (w.level != cases[i / 50].level)
			fail_msg("%d packets, every %dth, from %d: %u for %g s", packets,
				 cases[i / 50].nth, before, w.level, (double)w.duration / 1e9);
		if (w.level == QUALITY_CRITICAL) {
			assert_near((double)w.duration / 1e9, packets / 50.0, 1.1);
			assert_near((double)(w.since - START) / 1e9, before / 50.0, 1.1);
		}
		meter_release(&f.m);
	}
}

/* Losses at random: those well above a threshold are found, those well below are not. */
static void
test_random_loss(void **state)
{
	static const struct { int seconds, per_mille, level, least, most; } cases[] = {
		{ 15, 60, QUALITY_CRITICAL, 75, 100 }, { 15, 80, QUALITY_CRITICAL, 98, 100 },
		{ 30, 60, QUALITY_CRITICAL, 95, 100 }, { 60, 60, QUALITY_CRITICAL, 99, 100 },
		{ 60, 20, QUALITY_CRITICAL, 0, 0 }, { 9, 100, QUALITY_CRITICAL, 0, 0 },
		{ 60, 40, QUALITY_WARNING, 98, 100 }, { 120, 20, QUALITY_WARNING, 0, 5 },
	};
	const struct quality_limits limits = QUALITY_LIMITS_USUAL;
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int found = 0, of = 200, percent;

		for (int n = 0; n < of; n++) {
			struct feed f = { .time = START };
			struct quality_windows w;

			feed_seconds(&f, 20, 0);
			for (int k = 0; k < cases[i].seconds * 50; k++) {
				seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
				feed_packet(&f, (int)((seed >> 33) % 1000) < cases[i].per_mille);
			}
			feed_seconds(&f, 20, 0);
			quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
			found += w.level != QUALITY_UNKNOWN && w.level >= cases[i].level;
			meter_release(&f.m);
		}
		percent = 100 * found / of;
		if (percent < cases[i].least || percent > cases[i].most)
			fail_msg("%d s of %g %%: in %d %%", cases[i].seconds,
				 cases[i].per_mille / 10.0, percent);
	}
}

/* A limit of MOS alone: 3.0 is 13.1 % of PCMU, or less where the delay is longer. */
static void
test_mos_limit(void **state)
{
	static const struct {
		int nth, round_trip_ms;
		double mos;
		int level;
	} cases[] = {
		{ 8, -1, 3.0, QUALITY_GOOD }, { 7, -1, 3.0, QUALITY_CRITICAL },
		{ 8, 400, 3.0, QUALITY_CRITICAL }, { 0, 400, 3.0, QUALITY_GOOD },
		{ 0, 2000, 3.0, QUALITY_CRITICAL }, { 3, -1, 1.0, QUALITY_GOOD },
		{ 2, -1, 1.6, QUALITY_CRITICAL }, { 0, -1, 4.6, QUALITY_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct quality_limit limit = { 0, cases[i].mos, 10 * NS_PER_S };
		struct feed f = { .time = START };
		struct quality_windows w;

		feed_packet(&f, false);
		feed_seconds(&f, 30, cases[i].nth);
		feed_packet(&f, false);
		quality_windows(&f.m, codec_static(0), cases[i].round_trip_ms < 0 ? TIME_NONE
				: cases[i].round_trip_ms * NS_PER_MS, &setup,
				&(struct quality_limits){ { 0, 0, NS_PER_S }, limit }, &w);
		if (w.level != cases[i].level)
			fail_msg("every %dth, %d ms: level %u", cases[i].nth,
				 cases[i].round_trip_ms, w.level);
		meter_release(&f.m);
	}
}

static void
test_worst(void **state)
{
	const struct quality_limits limits = QUALITY_LIMITS_USUAL;
	struct feed f = { .time = START };
	struct quality_windows w;

	(void)state;
	feed_seconds(&f, 30, 0);
	quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
	assert_near(w.worst_loss_percent, 0, 0);
	assert_near(w.worst_mos, 4.36, 0.0051);
	assert_true(w.worst_at == TIME_NONE);
	feed_seconds(&f, 10, 10);
	feed_seconds(&f, 30, 0);
	quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
	assert_near(w.worst_loss_percent, 10, 0.3);
	assert_in_range(w.worst_at - START, 29 * NS_PER_S, 31 * NS_PER_S);
	assert_true(w.worst_mos < 3.4);
	/* Nothing is known of how it sounds: losses count all the same. */
	quality_windows(&f.m, codec_static(9), TIME_NONE, &setup, &limits, &w);
	assert_near(w.worst_loss_percent, 10, 0.3);
	assert_true(isnan(w.worst_mos));
	/* A delay that is too long makes all of it bad. */
	quality_windows(&f.m, codec_static(0), 2 * NS_PER_S, &setup, &limits, &w);
	assert_int_equal(w.level, QUALITY_CRITICAL);
	assert_int_equal(w.times, 1);
	assert_true(w.since == START);
	/* Limits that are off; a span that is none. */
	quality_windows(&f.m, codec_static(0), 2 * NS_PER_S, &setup,
			&(struct quality_limits){ { 0, 0, NS_PER_S }, { 0, 0, 0 } }, &w);
	assert_int_equal(w.level, QUALITY_GOOD);
	meter_release(&f.m);
	quality_windows(&f.m, codec_static(0), TIME_NONE, &setup, &limits, &w);
	assert_int_equal(w.level, QUALITY_UNKNOWN);
	assert_true(isnan(w.worst_loss_percent) && isnan(w.worst_mos));
	assert_string_equal(quality_level_name(QUALITY_BRIEF), "brief");
	assert_string_equal(quality_level_name(QUALITY_WARNING), "warning");
	assert_null(quality_level_name(QUALITY_UNKNOWN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_mos),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_delay_formula),
		cmocka_unit_test(test_second),
		cmocka_unit_test(test_meter),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_random_loss),
		cmocka_unit_test(test_mos_limit),
		cmocka_unit_test(test_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
