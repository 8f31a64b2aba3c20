/* Which calls are held by open views, and what becomes of a view whose call went. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf/settings.h"
#include "query_sample.h"
#include "ui/stack.h"
#include "views/pins.h"
#include "views/views.h"

struct fixture {
	struct sample s;
	struct pins pins;
	struct settings settings;
	struct keymap keymap;
	struct views_app app;
	struct stack stack;
};

static void
add_call(struct sample *s, uint32_t i)
{
	char head[256];

	snprintf(head, sizeof(head), "Via: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n"
		 "From: <sip:a@x>;tag=f%u\r\nTo: <sip:b@x>\r\nCall-ID: c%u\r\n"
		 "CSeq: 1 INVITE\r\n", i, i, i);
	sample_message(s, i, "10.0.0.1:5060", "10.0.9.9:5060", TRANSPORT_UDP,
		       "INVITE sip:u@x SIP/2.0", head, "");
	sample_message(s, i + 0.5, "10.0.9.9:5060", "10.0.0.1:5060", TRANSPORT_UDP,
		       "SIP/2.0 486 Busy Here", head, "");
}

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->s.store = store_new();
	store_set_reader(f->s.store, sample_read, &f->s);
	query_init(&f->s.query, f->s.store);
	f->s.query.lets_go = true;
	for (uint32_t i = 0; i < 8; i++)
		add_call(&f->s, i);
	pins_init(&f->pins);
	settings_init(&f->settings);
	keymap_init(&f->keymap);
	views_add_keys(&f->keymap);
	f->app = (struct views_app){
		.store = f->s.store, .query = &f->s.query, .settings = &f->settings,
		.pins = &f->pins, .utc = true,
	};
	stack_init(&f->stack, &f->keymap, &f->app);
	stack_open(&f->stack, &view_calls_ops, NULL);
	while (stack_work(&f->stack, 5))
		;
	stack_refresh(&f->stack);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	assert_int_equal(f->pins.calls.n, 0);
	pins_release(&f->pins);
	keymap_release(&f->keymap);
	sample_release(&f->s);
	free(f);
	return 0;
}

static void
drop(struct fixture *f, uint32_t call)
{
	store_drop_call(f->s.store, call);
	query_forget(&f->s.query);
	stack_lose(&f->stack);
}

static void
draw(struct fixture *f)
{
	struct canvas *c = canvas_new(24, 80);

	while (stack_work(&f->stack, 5))
		;
	stack_draw(&f->stack, c);
	canvas_free(c);
}

static void
held(void **state)
{
	struct fixture *f = *state;
	struct pinned a = { .calls = NULL }, b = { .calls = NULL };
	const uint32_t first[] = { 1, 2, CALL_NONE }, second[] = { 2, 3 };

	pinned_set(&a, &f->pins, first, 3);
	pinned_set(&b, &f->pins, second, 2);
	assert_true(pins_has(&f->pins, 1) && pins_has(&f->pins, 2) && pins_has(&f->pins, 3));
	assert_false(pins_has(&f->pins, 4));
	pinned_set(&a, &f->pins, second, 2);
	assert_false(pins_has(&f->pins, 1));
	pinned_release(&b, &f->pins);
	assert_true(pins_has(&f->pins, 3));
	pinned_release(&a, &f->pins);
	assert_false(pins_has(&f->pins, 3) || pins_has(&f->pins, 2));
	pinned_set(&a, NULL, first, 3);
	pinned_release(&a, NULL);
}

static void
selected(void **state)
{
	struct fixture *f = *state;

	assert_false(pins_has(&f->pins, 0));
	stack_act(&f->stack, ACTION_SELECT);
	assert_true(pins_has(&f->pins, 0));
	stack_act(&f->stack, ACTION_SELECT);
	assert_false(pins_has(&f->pins, 0));
	stack_act(&f->stack, ACTION_SELECT);
	drop(f, 0);
	draw(f);
	assert_non_null(strstr(buf_cstr(&f->stack.notice), "1 selected call evicted"));
	assert_false(pins_has(&f->pins, 0));
}

/* A ladder of two goes on with the one that is left, and closes without it. */
static void
ladder(void **state)
{
	struct fixture *f = *state;
	const uint32_t calls[] = { 2, 5 };

	stack_open(&f->stack, &view_flow_ops, &(struct flow_subject){ .calls = calls, .n = 2 });
	draw(f);
	assert_true(pins_has(&f->pins, 2) && pins_has(&f->pins, 5));
	drop(f, 1);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_flow_ops);
	drop(f, 2);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_flow_ops);
	assert_non_null(strstr(buf_cstr(&f->stack.notice), "evicted"));
	assert_false(pins_has(&f->pins, 2));
	draw(f);
	stack_act(&f->stack, ACTION_OPEN_RAW);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_raw_ops);
	draw(f);
	drop(f, 5);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_calls_ops);
	draw(f);
}

/* A dialog on a ladder stays; what is below it is drawn, and closes after it. */
static void
below_dialog(void **state)
{
	struct fixture *f = *state;
	const uint32_t calls[] = { 3 };

	stack_open(&f->stack, &view_flow_ops, &(struct flow_subject){ .calls = calls, .n = 1 });
	draw(f);
	stack_act(&f->stack, ACTION_HIDE);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_hide_ops);
	drop(f, 3);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_hide_ops);
	draw(f);
	stack_act(&f->stack, ACTION_CLOSE);
	stack_refresh(&f->stack);
	draw(f);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_calls_ops);
}

static void
compared(void **state)
{
	struct fixture *f = *state;

	stack_open(&f->stack, &view_diff_ops, &(struct diff_subject){ { 0, 9 } });
	draw(f);
	assert_true(pins_has(&f->pins, 0) && pins_has(&f->pins, 4));
	drop(f, 4);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_calls_ops);
	draw(f);
}

static void
statistics(void **state)
{
	struct fixture *f = *state;

	stack_act(&f->stack, ACTION_STATISTICS);
	draw(f);
	drop(f, 4);
	drop(f, 6);
	draw(f);
	draw(f);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_stats_ops);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(held, setup, teardown),
		cmocka_unit_test_setup_teardown(selected, setup, teardown),
		cmocka_unit_test_setup_teardown(ladder, setup, teardown),
		cmocka_unit_test_setup_teardown(below_dialog, setup, teardown),
		cmocka_unit_test_setup_teardown(compared, setup, teardown),
		cmocka_unit_test_setup_teardown(statistics, setup, teardown),
	};

	return cmocka_run_group_tests_name("pins", tests, NULL, NULL);
}
