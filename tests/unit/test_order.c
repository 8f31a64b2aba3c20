/* Order of calls by typed values, and the figures over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/order.h"
#include "query_sample.h"

static const struct {
	const char *keys, *order;
} cases[] = {
	{ "index", "123456" },
	{ "-index", "654321" },
	{ "start", "123456" },
	{ "-start", "654321" },
	/* calls without a duration last, both ways; equal ones as they were */
	{ "duration_ms", "123456" },
	{ "-duration_ms", "123456" },
	{ "setup_ms", "612345" },
	{ "status", "136425" },
	{ "-status", "524136" },
	{ "method,-start", "652134" },
	{ "method", "125634" },
	{ "from_user", "254163" },
	{ "state,index", "321654" },
	{ "source", "163524" },
	{ "-source", "425316" },
	{ "messages,-index", "543621" },
	{ "header.X-Corr", "512346" },
	{ "-user_agent,index", "123456" },
	{ "cause", "512346" },
};

static void
sort_by(struct sample *s, const char *text, char out[SAMPLE_CALLS + 1])
{
	struct order_key keys[ORDER_MAX_KEYS];
	uint32_t items[SAMPLE_CALLS];
	struct err err;
	int n = order_parse(QUERY_CALL, str_of(text), keys, &err);

	assert_true(n > 0);
	for (uint32_t i = 0; i < SAMPLE_CALLS; i++)
		items[i] = i;
	order_sort(&s->query, QUERY_CALL, keys, (size_t)n, items, SAMPLE_CALLS);
	for (size_t i = 0; i < SAMPLE_CALLS; i++)
		out[i] = (char)('1' + items[i]);
	out[SAMPLE_CALLS] = '\0';
}

static void
test_sort(void **state)
{
	struct sample s;
	char got[SAMPLE_CALLS + 1];

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sort_by(&s, cases[i].keys, got);
		if (strcmp(got, cases[i].order) != 0)
			print_error("%s: %s\n", cases[i].keys, got);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sort_by(&s, cases[i].keys, got);
		assert_string_equal(got, cases[i].order);
	}
	sample_release(&s);
}

/** All lengths up to some, so that each shape of the merging is met. */
static void
test_lengths(void **state)
{
	struct sample s;
	struct order_key keys[ORDER_MAX_KEYS];
	uint32_t items[40];
	struct err err;

	(void)state;
	sample_init(&s);
	assert_int_equal(order_parse(QUERY_CALL, STR("-index"), keys, &err), 1);
	for (size_t n = 0; n <= ARRAY_SIZE(items); n++) {
		for (size_t i = 0; i < n; i++)
			items[i] = (uint32_t)(i * 5 % SAMPLE_CALLS);
		order_sort(&s.query, QUERY_CALL, keys, 1, items, n);
		for (size_t i = 1; i < n; i++)
			assert_true(items[i - 1] >= items[i]);
	}
	sample_release(&s);
}

static void
test_wrong(void **state)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct err err;

	(void)state;
	assert_int_equal(order_parse(QUERY_CALL, STR("stat"), keys, &err), -1);
	assert_string_equal(err.text, "unknown field 'stat' (did you mean 'state'?)");
	assert_int_equal(order_parse(QUERY_CALL, STR(" , "), keys, &err), -1);
	assert_int_equal(order_parse(QUERY_CALL, STR("to,to,to,to,to,to,to,to,to"), keys, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort), cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
