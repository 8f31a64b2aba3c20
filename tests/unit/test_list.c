#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/list.h"

static void
check(const struct list *l)
{
	assert_true(l->top >= 0);
	assert_true(l->cursor >= 0);
	if (l->count == 0) {
		assert_true(l->top == 0 && l->cursor == 0);
		return;
	}
	assert_true(l->cursor < l->count);
	assert_true(l->top <= l->cursor);
	if (l->height > 0) {
		assert_true(l->cursor < l->top + l->height);
		assert_true(l->top == 0 || l->top + l->height <= l->count);
	}
}

static void
moves(void **state)
{
	static const struct {
		int64_t count, cursor, top;
		int height;
		enum action action;
		int64_t want_cursor, want_top;
	} t[] = {
		{ 0, 0, 0, 5, ACTION_MOVE_DOWN, 0, 0 },
		{ 0, 0, 0, 5, ACTION_LAST, 0, 0 },
		{ 1, 0, 0, 5, ACTION_MOVE_DOWN, 0, 0 },
		{ 9, 0, 0, 5, ACTION_MOVE_UP, 0, 0 },
		{ 9, 4, 0, 5, ACTION_MOVE_DOWN, 5, 1 },
		{ 9, 3, 0, 5, ACTION_MOVE_DOWN, 4, 0 },
		{ 9, 8, 4, 5, ACTION_MOVE_DOWN, 8, 4 },
		{ 9, 4, 4, 5, ACTION_MOVE_UP, 3, 3 },
		{ 99, 2, 0, 10, ACTION_PAGE_DOWN, 12, 10 },
		{ 99, 12, 10, 10, ACTION_PAGE_UP, 2, 0 },
		{ 99, 90, 85, 10, ACTION_PAGE_DOWN, 98, 89 },
		{ 99, 3, 2, 10, ACTION_PAGE_UP, 0, 0 },
		{ 99, 2, 0, 10, ACTION_HALF_DOWN, 7, 5 },
		{ 99, 7, 5, 10, ACTION_HALF_UP, 2, 0 },
		{ 99, 2, 0, 10, ACTION_LAST, 98, 89 },
		{ 99, 98, 89, 10, ACTION_FIRST, 0, 0 },
		{ 99, 5, 5, 1, ACTION_PAGE_DOWN, 6, 6 },
		{ 99, 5, 5, 0, ACTION_PAGE_DOWN, 6, 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct list l = { t[i].count, t[i].cursor, t[i].top, t[i].height };

		assert_true(list_act(&l, t[i].action));
		if (l.cursor != t[i].want_cursor || l.top != t[i].want_top)
			fail_msg("case %zu: cursor %d top %d", i, (int)l.cursor, (int)l.top);
	}
}

static void
other_actions_are_ignored(void **state)
{
	struct list l = { 9, 3, 1, 5 };

	(void)state;
	assert_false(list_act(&l, ACTION_OPEN));
	assert_false(list_scroll(&l, ACTION_NONE));
	assert_int_equal(l.cursor, 3);
	assert_int_equal(l.top, 1);
}

static void
always_in_range(void **state)
{
	uint32_t seed = 1;
	struct list l = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		seed = seed * 1664525u + 1013904223u;
		if (seed >> 30 == 0)
			list_fit(&l, (int64_t)(seed >> 8) % 40 - 2, (int)(seed >> 16) % 12 - 1);
		else if (seed >> 30 == 1)
			list_go(&l, (int64_t)(seed >> 8) % 60 - 10);
		else
			list_act(&l, (enum action)(1 + (seed >> 8) % ACTION_LAST));
		check(&l);
	}
}

static void
scrolling(void **state)
{
	struct list l = { 0 };
	struct buf b = BUF_INIT;

	(void)state;
	list_fit(&l, 20, 8);
	list_scroll(&l, ACTION_MOVE_DOWN);
	assert_int_equal(l.top, 1);
	list_scroll(&l, ACTION_LAST);
	assert_int_equal(l.top, 12);
	list_scroll(&l, ACTION_PAGE_UP);
	assert_int_equal(l.top, 4);
	list_add_position(&l, &b);
	assert_string_equal(buf_cstr(&b), "5/20");
	list_fit(&l, 3, 8);
	assert_int_equal(l.top, 0);
	list_scroll(&l, ACTION_MOVE_DOWN);
	assert_int_equal(l.top, 0);
	buf_clear(&b);
	list_fit(&l, 0, 8);
	list_add_position(&l, &b);
	assert_string_equal(buf_cstr(&b), "0/0");
	buf_release(&b);
}

/* Growing below the window does not move it; a larger window shows more. */
static void
fitting(void **state)
{
	struct list l = { 0 };

	(void)state;
	list_fit(&l, 10, 5);
	list_go(&l, 7);
	assert_int_equal(l.top, 3);
	list_fit(&l, 1000000000000, 5);
	assert_int_equal(l.top, 3);
	assert_int_equal(l.cursor, 7);
	list_fit(&l, 10, 9);
	assert_int_equal(l.top, 1);
	list_fit(&l, 10, 2);
	assert_int_equal(l.top, 6);
	list_fit(&l, 4, 2);
	assert_int_equal(l.cursor, 3);
	assert_int_equal(l.top, 2);
}

static void
clicking(void **state)
{
	struct list l = { 0 };

	(void)state;
	assert_false(list_click(&l, 0));
	list_fit(&l, 7, 5);
	list_go(&l, 6);
	assert_int_equal(l.top, 2);
	assert_true(list_click(&l, 0));
	assert_int_equal(l.cursor, 2);
	assert_int_equal(l.top, 2);
	assert_true(list_click(&l, 4));
	assert_int_equal(l.cursor, 6);
	assert_false(list_click(&l, 5));
	assert_false(list_click(&l, -1));
	assert_int_equal(l.cursor, 6);
	list_fit(&l, 3, 5);
	assert_false(list_click(&l, 3));
	check(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),
		cmocka_unit_test(other_actions_are_ignored),
		cmocka_unit_test(always_in_range),
		cmocka_unit_test(scrolling),
		cmocka_unit_test(fitting),
		cmocka_unit_test(clicking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
