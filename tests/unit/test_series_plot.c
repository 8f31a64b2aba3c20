/* What a stream was like, as cells: the scale of time, the worst of a column, axes, glyphs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/base.h"
#include "views/page.h"
#include "views/series_plot.h"

#define START	(INT64_C(1772355600) * NS_PER_S)	/* 2026-03-01 09:00:00 UTC */

static const struct quality_limits limits = QUALITY_LIMITS_USUAL;
static const struct meter_setup setup = { .jitter_buffer = 60 * NS_PER_MS };

static void
test_scale(void **state)
{
	static const struct {
		int64_t seconds;	/* from the first to the last packet */
		int width, columns, cells;
		int64_t span_s;
	} cases[] = {
		{ 0, 80, 1, 8, 1 },
		{ 9, 80, 10, 8, 1 },
		{ 39, 80, 40, 2, 1 },
		{ 79, 80, 80, 1, 1 },
		{ 80, 80, 41, 1, 2 },
		{ 35999, 80, 80, 1, 450 },
		{ 36000, 80, 80, 1, 451 },
		{ 100, 1, 1, 1, 101 },
		{ 100, 0, 0, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct series_scale s = series_scale_of(START, START +
							cases[i].seconds * NS_PER_S,
							cases[i].width);

		assert_int_equal(s.columns, cases[i].columns);
		assert_int_equal(s.cells, cases[i].cells);
		assert_int_equal(s.span, cases[i].span_s * NS_PER_S);
	}
	assert_int_equal(series_scale_of(TIME_NONE, START, 80).columns, 0);
	assert_int_equal(series_scale_of(START, START - 1, 80).columns, 0);
	for (int width = 1; width < 300; width++) {
		struct series_scale s = series_scale_of(-INT64_MAX, INT64_MAX, width);
		struct canvas *c = canvas_new(1, width);

		assert_in_range(s.columns, 1, width);
		series_draw_clock(&s, true, c, 0, 0);
		canvas_free(c);
	}
}

static void
test_top(void **state)
{
	static const struct {
		enum series_kind kind;
		double value, top;
	} cases[] = {
		{ SERIES_LOSS, 0, 1 }, { SERIES_LOSS, 0.4, 1 }, { SERIES_LOSS, 1.2, 1.5 },
		{ SERIES_LOSS, 11.8, 15 }, { SERIES_LOSS, 50, 50 }, { SERIES_LOSS, 81, 100 },
		{ SERIES_LOSS, 100, 100 }, { SERIES_JITTER, 7, 8 }, { SERIES_JITTER, 0.01, 1 },
		{ SERIES_DELTA, 20, 20 }, { SERIES_DELTA, 20.1, 25 }, { SERIES_DELTA, 999, 1000 },
		{ SERIES_DELTA, 4095.9, 5000 }, { SERIES_MOS, 2, 4.5 }, { SERIES_MOS, NAN, 4.5 },
		{ SERIES_JITTER, NAN, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(fabs(series_top(cases[i].kind, cases[i].value) - cases[i].top) < 1e-9);
}

/* A series with these values, a second each. */
static void
fill(struct series *s, enum series_kind kind, const double *values, int n)
{
	struct series_scale scale = { START, NS_PER_S, n, 1 };

	series_begin(s, &scale);
	for (int i = 0; i < n; i++) {
		s->values[i * SERIES_KIND_COUNT + (int)kind] = (float)values[i];
		s->filled[i] = !isnan(values[i]);
	}
}

static void
assert_rows(const struct canvas *c, const char *const *rows)
{
	for (int y = 0; y < canvas_height(c); y++) {
		struct buf b = BUF_INIT;

		canvas_row(c, y, false, &b);
		assert_string_equal(buf_cstr(&b), rows[y]);
		buf_release(&b);
	}
}

static void
test_cells(void **state)
{
	static const double loss[] = { 0, NAN, 1, 25, 50, 75, 99, 100 };
	static const double mos[] = { NAN, 1, 1.1, 2.75, 4.5, 4.3 };
	static const char *const loss_rows[] = { "     ▄██", "  ▁▄████" };
	static const char *const loss_ascii[] = { "     :##", "  .:####" };
	static const char *const mos_rows[] = { "    █▇", " ▁▁███" };
	struct canvas *c = canvas_new(2, 10);
	struct series s = { 0 };

	(void)state;
	fill(&s, SERIES_LOSS, loss, ARRAY_SIZE(loss));
	series_draw(&s, SERIES_LOSS, 100, &limits, c, 0, 0, 2);
	assert_rows(c, loss_rows);
	assert_int_equal(canvas_at(c, 1, 2)->role, ROLE_OK);
	assert_int_equal(canvas_at(c, 1, 3)->role, ROLE_ERROR);
	canvas_clear(c);
	c->ascii = true;
	series_draw(&s, SERIES_LOSS, 100, &limits, c, 0, 0, 2);
	assert_rows(c, loss_ascii);
	c->ascii = false;
	canvas_clear(c);
	fill(&s, SERIES_MOS, mos, ARRAY_SIZE(mos));
	series_draw(&s, SERIES_MOS, 4.5, &limits, c, 0, 0, 2);
	assert_rows(c, mos_rows);
	assert_int_equal(canvas_at(c, 1, 1)->role, ROLE_ERROR);
	assert_int_equal(canvas_at(c, 1, 3)->role, ROLE_WARNING);
	assert_int_equal(canvas_at(c, 1, 4)->role, ROLE_OK);
	/* Without rows, beside the canvas, and of nothing. */
	series_draw(&s, SERIES_MOS, 4.5, &limits, c, 0, 0, 0);
	series_draw(&s, SERIES_MOS, 4.5, &limits, c, -5, -5, 3);
	series_draw(&(struct series){ 0 }, SERIES_MOS, 4.5, &limits, c, 0, 0, 2);
	series_release(&s);
	canvas_free(c);
}

static void
test_line(void **state)
{
	static const double values[] = { 0, 0, NAN, 0 };
	static const char *const rows[] = { "|#─#──   ───", "09:00:00" };
	static const char *const ascii[] = { "|#-#--   ---", "09:00:00" };
	struct canvas *c = canvas_new(2, 12);
	struct series s = { 0 };

	(void)state;
	fill(&s, SERIES_LOSS, values, ARRAY_SIZE(values));
	s.flags[0] = METER_SECOND_SEGMENT | METER_SECOND_EVENT;
	s.flags[1] = METER_SECOND_EVENT | METER_SECOND_MARKER;
	s.scale.cells = 3;
	for (int i = 0; i < 2; i++) {
		canvas_clear(c);
		c->ascii = i == 1;
		series_draw_line(&s, c, 0, 0);
		series_draw_clock(&s.scale, true, c, 1, 0);
		assert_rows(c, i == 1 ? ascii : rows);
	}
	series_release(&s);
	canvas_free(c);
}

/* Fifty packets a second for @p seconds; of second @p bad every second one is missing. */
static void
measure(struct stream *st, unsigned int seconds, unsigned int bad)
{
	for (unsigned int i = 0; i < seconds * 50; i++) {
		struct meter_packet p = {
			.time = START + (int64_t)i * 20 * NS_PER_MS, .timestamp = i * 160,
			.clock_rate = 8000, .sequence = (uint16_t)i, .bytes = 160,
			.kind = CODEC_AUDIO,
		};

		if (i / 50 == bad && i % 2)
			continue;
		meter_add(&st->meter, &p, &setup);
	}
}

/* One bad second of an hour is seen, however few columns there are. */
static void
test_worst(void **state)
{
	struct stream_codec codec = { .codec = codec_static(0), .name = "PCMU",
				      .clock_rate = 8000, .packets = 1 };
	struct stream st = { .codecs = &codec, .codec_n = 1, .round_trip = TIME_NONE };
	struct meter_figures f;

	(void)state;
	measure(&st, 3600, 1000);
	meter_figures(&st.meter, &f);
	for (int width = 1; width <= 4000; width = width * 3 + 1) {
		struct series_scale scale = series_scale_of(f.start, f.end, width);
		struct series s = { 0 };
		double least = 0;
		size_t steps = 0;

		series_begin(&s, &scale);
		while (series_step(&s, &st, &setup, 100))
			steps++;
		assert_in_range(steps, 35, 37);
		assert_true(s.worst[SERIES_LOSS].value > 40);
		assert_true(s.worst[SERIES_LOSS].at >= START + 999 * NS_PER_S &&
			    s.worst[SERIES_LOSS].at <= START + 1001 * NS_PER_S);
		for (int i = 0; i < scale.columns; i++) {
			double loss = series_value(&s, SERIES_LOSS, i);

			if (loss > least)
				least = loss;
		}
		assert_true(fabs(least - s.worst[SERIES_LOSS].value) < 1e-4);
		assert_true(s.worst[SERIES_MOS].value < 3);
		assert_true(isnan(series_value(&s, SERIES_LOSS, -1)));
		assert_true(isnan(series_value(&s, SERIES_LOSS, scale.columns)));
		series_release(&s);
	}
	meter_release(&st.meter);
}

/* What nothing came instead of is drawn where it was to come, with the MOS of it. */
static void
test_outage(void **state)
{
	struct stream_codec codec = { .codec = codec_static(0), .name = "PCMU",
				      .clock_rate = 8000, .packets = 1 };
	struct stream st = { .codecs = &codec, .codec_n = 1, .round_trip = TIME_NONE };
	struct series_scale scale = series_scale_of(START, START + 29 * NS_PER_S, 30);
	struct series s = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 30 * 50; i++)
		if (i / 50 < 10 || i / 50 >= 20)
			meter_add(&st.meter, &(struct meter_packet){
				.time = START + (int64_t)i * 20 * NS_PER_MS, .timestamp = i * 160,
				.clock_rate = 8000, .sequence = (uint16_t)i, .bytes = 160,
				.kind = CODEC_AUDIO }, &setup);
	series_begin(&s, &scale);
	while (series_step(&s, &st, &setup, 3))
		;
	for (int i = 0; i < scale.columns; i++) {
		bool out = i >= 10 && i < 20;

		assert_true(series_value(&s, SERIES_LOSS, i) == (out ? 100 : 0));
		assert_int_equal(series_value(&s, SERIES_MOS, i) < 1.5, out);
	}
	assert_int_equal(s.worst[SERIES_LOSS].at, START + 10 * NS_PER_S);
	series_release(&s);
	meter_release(&st.meter);
}

/* ---- pages ---- */

static void
test_page(void **state)
{
	static const char *const top[] = { "Head      note", "label value", "  right" };
	static const char *const below[] = { "  right", "Second", "" };
	struct canvas *c = canvas_new(3, 20);
	struct page p = { .width = 14 };
	int row;

	(void)state;
	row = page_head(&p, "Head", "note");
	page_put(&p, row + 1, 0, 6, ROLE_DIM, CANVAS_LEFT, STR("label"));
	page_printf(&p, row + 1, 6, 50, ROLE_NORMAL, "%s", "value");
	page_put(&p, row + 2, 0, 7, ROLE_NORMAL, CANVAS_RIGHT, STR("right"));
	page_put(&p, row + 2, 20, 7, ROLE_NORMAL, CANVAS_RIGHT, STR("outside"));
	assert_int_equal(page_head(&p, "Second", "a note that is too long"), 3);
	assert_int_equal(p.rows, 4);
	page_draw(&p, c, 0);
	assert_rows(c, top);
	canvas_clear(c);
	page_draw(&p, c, 2);
	assert_rows(c, below);
	assert_int_equal(page_section(&p, 0, 1), 3);
	assert_int_equal(page_section(&p, 3, 1), 3);
	assert_int_equal(page_section(&p, 3, -1), 0);
	page_clear(&p);
	assert_int_equal(p.rows, 0);
	page_release(&p);
	canvas_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_outage),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
