/* base/units: sizes and spans as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"
#include "base/units.h"

#define NO	UINT64_MAX

/* Ask with an exact copy on the heap, so that ASan sees one byte too far. */
static uint64_t
size_of(const char *text, size_t n)
{
	char *copy = malloc(n + !n);
	uint64_t bytes = NO;

	memcpy(copy, text, n);
	if (!str_to_size((struct str){ copy, n }, &bytes))
		assert_true(bytes == NO);
	free(copy);
	return bytes;
}

static int64_t
span_of(const char *text, size_t n)
{
	char *copy = malloc(n + !n);
	int64_t span = -1;

	memcpy(copy, text, n);
	if (!str_to_span((struct str){ copy, n }, &span))
		assert_true(span == -1);
	free(copy);
	return span;
}

static void
test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {
		{ "0", 0 }, { "4096", 4096 }, { "1b", 1 }, { "512B", 512 },
		{ "1k", 1024 }, { "1K", 1024 }, { "1KiB", 1024 }, { "1kB", 1000 },
		{ "64M", 64 << 20 }, { "64 MiB", 64 << 20 }, { " 64M\n", 64 << 20 },
		{ "2GiB", UINT64_C(2) << 30 }, { "2GB", 2000000000 },
		{ "1.5G", UINT64_C(3) << 29 }, { "0.5k", 512 }, { "1.5b", 1 },
		{ "0.000000001T", 1099 }, { "0.999999999T", UINT64_C(1099511626676) },
		{ "3tb", UINT64_C(3000000000000) }, { "16777215T", UINT64_C(16777215) << 40 },
		{ "18446744073709551614", UINT64_MAX - 1 },
		{ "", NO }, { " ", NO }, { "M", NO }, { "-1", NO }, { "+1", NO }, { ".5G", NO },
		{ "1.", NO }, { "1.M", NO }, { "1.5.5", NO }, { "1Mi", NO }, { "1MM", NO },
		{ "1M1", NO }, { "1 M 2", NO }, { "64M;", NO }, { "0x10", NO }, { "1e3", NO },
		{ "16777216T", NO }, { "18446744073709551616", NO }, { "1.0123456789M", NO },
		{ "99999999999999999999999", NO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t got = size_of(cases[i].text, strlen(cases[i].text));

		if (got != cases[i].bytes)
			fail_msg("%s: %llu", cases[i].text, (unsigned long long)got);
	}
}

static void
test_spans(void **state)
{
	static const struct {
		const char *text;
		int64_t span;
	} cases[] = {
		{ "0", 0 }, { "30", 30 * NS_PER_S }, { "30s", 30 * NS_PER_S },
		{ "30 sec", 30 * NS_PER_S }, { "10m", 600 * NS_PER_S },
		{ "10min", 600 * NS_PER_S }, { "1h", 3600 * NS_PER_S },
		{ "2d", 172800 * NS_PER_S }, { "250ms", 250 * NS_PER_MS },
		{ "1.5h", 5400 * NS_PER_S }, { "0.1s", 100 * NS_PER_MS },
		{ "1h30m", 5400 * NS_PER_S }, { "1h 30m 5s", 5405 * NS_PER_S },
		{ "1H", 3600 * NS_PER_S }, { "106751d", INT64_C(106751) * 86400 * NS_PER_S },
		{ "", -1 }, { "h", -1 }, { "-1s", -1 }, { "1h30", -1 }, { "1 30s", -1 },
		{ "30 1h", -1 }, { "1x", -1 }, { "1s,", -1 }, { "106752d", -1 },
		{ "99999999999s", -1 }, { "1.s", -1 }, { "1.5.5s", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = span_of(cases[i].text, strlen(cases[i].text));

		if (got != cases[i].span)
			fail_msg("%s: %lld", cases[i].text, (long long)got);
	}
}

static void
test_every_cut(void **state)
{
	static const char size[] = " 12.125 MiB ", span[] = " 1h 30.25min5s ";

	(void)state;
	for (size_t n = 0; n < sizeof(size); n++)
		size_of(size, n);
	for (size_t n = 0; n < sizeof(span); n++)
		span_of(span, n);
}

static void
test_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" }, { 1536, "1.5 KiB" },
		{ 64 << 20, "64 MiB" }, { (UINT64_C(2) << 30) - 1, "2 GiB" },
		{ 20u << 20 | 1u << 19, "20 MiB" }, { UINT64_C(1) << 40, "1 TiB" },
		{ UINT64_C(5000) << 40, "5000 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = BUF_INIT;

		size_add(&b, cases[i].bytes);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
