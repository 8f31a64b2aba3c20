/* base/text.h and base/time.h: what people are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "base/text.h"
#include "base/time.h"

static struct str
copy(struct str s)
{
	char *p = s.n ? malloc(s.n) : NULL;

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

static const struct {
	struct str text;
	const char *shown;
	int cells;
} visible[] = {
	{ STR_INIT(""), "", 0 },
	{ STR_INIT("INVITE sip:a@b"), "INVITE sip:a@b", 14 },
	{ STR_INIT("\0"), "␀", 1 },
	{ STR_INIT("a\r\nb"), "a␍␊b", 4 },
	{ STR_INIT("\x1b[31m"), "␛[31m", 5 },
	{ STR_INIT("\x7f"), "␡", 1 },
	{ STR_INIT("\xc2\x9b" "31m"), "\xef\xbf\xbd" "31m", 4 },		/* C1 CSI */
	{ STR_INIT("\xc3\xa4\xe2\x82\xac"), "ä€", 2 },
	{ STR_INIT("e\xcc\x81"), "e\xcc\x81", 1 },			/* combining */
	{ STR_INIT("\xe6\xbc\xa2\xe5\xad\x97"), "漢字", 4 },
	{ STR_INIT("\xf0\x9f\x98\x80"), "😀", 2 },
	{ STR_INIT("\xe2\x80\xae" "abc"), "\xef\xbf\xbd" "abc", 4 },	/* bidi override */
	{ STR_INIT("\xe2\x81\xa6"), "\xef\xbf\xbd", 1 },		/* bidi isolate */
	{ STR_INIT("\xe2\x80\x8b"), "\xef\xbf\xbd", 1 },		/* zero width space */
	{ STR_INIT("\xef\xbb\xbf"), "\xef\xbf\xbd", 1 },		/* byte order mark */
	{ STR_INIT("\xe2\x80\xa8"), "\xef\xbf\xbd", 1 },		/* line separator */
	{ STR_INIT("\xee\x80\x80"), "\xef\xbf\xbd", 1 },		/* private use */
	{ STR_INIT("\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd", 2 },
	{ STR_INIT("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd", 2 },	/* overlong */
	{ STR_INIT("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd", 2 },	/* cut */
	{ STR_INIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3 },
};

static void
test_visible(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(visible); i++) {
		struct str s = copy(visible[i].text);

		buf_clear(&b);
		text_add_visible(&b, s, false);
		assert_string_equal(buf_cstr(&b), visible[i].shown);
		assert_int_equal(text_width(s), visible[i].cells);
		free((char *)(uintptr_t)s.p);
	}
	buf_release(&b);
}

/* Any byte string, cut anywhere: it ends, and no control byte comes out. */
static void
test_every_cut(void **state)
{
	struct buf all = BUF_INIT, b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(visible); i++)
		buf_add_str(&all, visible[i].text);
	for (int c = 255; c >= 0; c--)
		buf_add_char(&all, (char)c);
	for (size_t n = 0; n <= all.n; n++) {
		struct str s = copy(str_sub(buf_str(&all), 0, n));

		buf_clear(&b);
		text_add_visible(&b, s, false);
		for (size_t i = 0; i < b.n; i++)
			assert_true((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7f);
		assert_true(text_width(s) <= (int)n);
		free((char *)(uintptr_t)s.p);
	}
	buf_release(&all);
	buf_release(&b);
}

static void
test_next(void **state)
{
	struct str s = STR("a\xe6\xbc\xa2\xcc\x81");
	char shown[5];

	(void)state;
	assert_int_equal(text_next(&s, shown), 1);
	assert_string_equal(shown, "a");
	assert_int_equal(text_next(&s, shown), 2);
	assert_string_equal(shown, "漢");
	assert_int_equal(text_next(&s, shown), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(text_next(&s, shown), -1);
}

static void
test_lines(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	text_add_visible(&b, STR("a\r\nb\nc\rd\r\r\n\ve"), true);
	assert_string_equal(buf_cstr(&b), "a\nb\nc␍d␍\n␋e");
	buf_release(&b);
}

static void
test_cells(void **state)
{
	static const struct {
		const char *text;
		int cells;
		bool right, ascii;
		const char *want;
	} cases[] = {
		{ "abc", 0, false, false, "" },
		{ "abc", -1, false, false, "" },
		{ "abc", 5, false, false, "abc  " },
		{ "abc", 5, true, false, "  abc" },
		{ "abc", 3, false, false, "abc" },
		{ "abcd", 3, false, false, "ab…" },
		{ "abcd", 3, false, true, "ab~" },
		{ "abcd", 1, false, false, "…" },
		{ "漢字", 4, false, false, "漢字" },
		{ "漢字", 3, false, false, "漢…" },
		{ "漢字漢", 4, false, false, "漢 …" },
		{ "", 2, false, false, "  " },
		{ "a\tb", 3, false, false, "a␉b" },
		{ "e\xcc\x81" "fg", 2, false, false, "e\xcc\x81…" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		text_add_cells(&b, str_of(cases[i].text), cases[i].cells, cases[i].right,
			       cases[i].ascii);
		assert_string_equal(buf_cstr(&b), cases[i].want);
		assert_int_equal(text_width(buf_str(&b)),
				 cases[i].cells > 0 ? cases[i].cells : 0);
	}
	buf_release(&b);
}

static void
test_moments(void **state)
{
	static const struct {
		int64_t t;
		enum time_form form;
		const char *want;
	} cases[] = {
		{ 0, TIME_RFC3339, "1970-01-01T00:00:00.000000Z" },
		{ 1, TIME_RFC3339, "1970-01-01T00:00:00.000000Z" },
		{ -1, TIME_RFC3339, "1969-12-31T23:59:59.999999Z" },
		{ INT64_C(1772442000123456789), TIME_RFC3339, "2026-03-02T09:00:00.123456Z" },
		{ INT64_C(1772442000123456789), TIME_DATE, "2026-03-02" },
		{ INT64_C(1772442000123456789), TIME_CLOCK, "09:00:00.123456" },
		{ INT64_C(1772442000123456789), TIME_FULL, "2026-03-02 09:00:00.123456" },
		{ TIME_NONE, TIME_FULL, "" },
		{ INT64_MAX, TIME_RFC3339, "2262-04-11T23:47:16.854775Z" },
		{ INT64_MIN + 1, TIME_RFC3339, "1677-09-21T00:12:43.145224Z" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		time_add(&b, cases[i].t, cases[i].form, true);
		assert_string_equal(buf_cstr(&b), cases[i].want);
	}
	buf_release(&b);
}

static void
test_zone(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	setenv("TZ", "XYZ-2", 1);
	tzset();
	time_add(&b, 0, TIME_FULL, false);
	assert_string_equal(buf_cstr(&b), "1970-01-01 02:00:00.000000");
	buf_clear(&b);
	time_add(&b, 0, TIME_RFC3339, false);
	assert_string_equal(buf_cstr(&b), "1970-01-01T00:00:00.000000Z");
	setenv("TZ", "UTC", 1);
	tzset();
	buf_release(&b);
}

/* Of any moments; nothing overflows. */
static void
test_between(void **state)
{
	(void)state;
	assert_true(span_between(5, 7) == 2 && span_between(7, 5) == -2);
	assert_true(span_between(-1, INT64_MAX) == INT64_MAX);
	assert_true(span_between(INT64_MIN + 1, INT64_MAX) == INT64_MAX);
	assert_true(span_between(INT64_MAX, INT64_MIN + 1) == -INT64_MAX);
	assert_true(span_between(1, INT64_MIN + 1) == -INT64_MAX);
}

static void
test_spans(void **state)
{
	static const struct {
		int64_t span;
		const char *want;
	} cases[] = {
		{ 0, "0.0 ms" },
		{ 1, "0.0 ms" },
		{ 400 * NS_PER_US, "0.4 ms" },
		{ -400 * NS_PER_US, "-0.4 ms" },
		{ 999940 * NS_PER_US, "999.9 ms" },
		{ 999960 * NS_PER_US, "1.000 s" },
		{ NS_PER_S, "1.000 s" },
		{ 12345 * NS_PER_MS, "12.345 s" },
		{ 59999 * NS_PER_MS, "59.999 s" },
		{ 60 * NS_PER_S - 1, "1:00" },
		{ 60 * NS_PER_S, "1:00" },
		{ 185 * NS_PER_S, "3:05" },
		{ 3600 * NS_PER_S - 1, "59:59" },
		{ 3723 * NS_PER_S, "1:02:03" },
		{ -3723 * NS_PER_S, "-1:02:03" },
		{ INT64_MIN, "-2562047:47:16" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		span_add(&b, cases[i].span);
		assert_string_equal(buf_cstr(&b), cases[i].want);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visible), cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_next), cmocka_unit_test(test_lines),
		cmocka_unit_test(test_cells), cmocka_unit_test(test_moments),
		cmocka_unit_test(test_zone), cmocka_unit_test(test_spans),
		cmocka_unit_test(test_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
