#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "demo_view.h"
#include "ui/script.h"

struct fixture {
	struct keymap keymap;
	struct demo demo;
	struct stack stack;
	struct loop_source source;
	struct buf screens;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->demo = (struct demo){ .total = 12, .step = 5 };
	f->source = (struct loop_source){ .ctx = &f->demo, .read_for = demo_read };
	keymap_init(&f->keymap);
	keymap_add_view(&f->keymap, &demo_items_ops);
	keymap_add_view(&f->keymap, &demo_detail_ops);
	keymap_add_view(&f->keymap, &view_help_ops);
	stack_init(&f->stack, &f->keymap, &f->demo);
	stack_open(&f->stack, &demo_items_ops, NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	keymap_release(&f->keymap);
	buf_release(&f->screens);
	free(f);
	return 0;
}

static void
run(struct fixture *f, const char *script, const char *want)
{
	struct err err;

	if (script_run("demo", str_of(script), &f->stack, &f->source, false,
		       &f->screens, &err) != 0)
		fail_msg("%s", err.text);
	if (strcmp(buf_cstr(&f->screens), want) != 0)
		print_message("%s", buf_cstr(&f->screens));
	assert_string_equal(buf_cstr(&f->screens), want);
}

static void
list_detail_and_back(void **state)
{
	struct fixture *f = *state;

	run(f,
	    "# The list is full before the first shot, however slow it was read.\n"
	    "#: size 30x6\n"
	    "#: args ignored here\n"
	    ":shot list\n"
	    "j <Down>\n"
	    "\n"
	    "<Enter>\n"
	    ":shot+ detail\n"
	    "<Esc>\n"
	    "<End>\n"
	    ":shot end\n"
	    ":resize 24x5\n"
	    ":shot+ small\n"
	    "q\n",
	    "== list 30x6\n"
	    "Items                     1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "  item 2\n"
	    "  item 3\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== detail 30x6 +roles (. normal, t title, o ok, k key, i hint)\n"
	    "detail                        |tttttttttttttttttttttttttttttt\n"
	    "  this is 2                   |..ooooooooo\n"
	    "                              |\n"
	    "                              |\n"
	    "                              |\n"
	    "Esc Back  F1 Help             |kkk.iiii..kk.iiii\n"
	    "== end 30x6\n"
	    "Items                    12/12\n"
	    "  item 8\n"
	    "  item 9\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== small 24x5 +roles (. normal, t title, c cursor, k key, i hint)\n"
	    "Items              12/12|tttttttttttttttttttttttt\n"
	    "  item 9                |\n"
	    "  item 10               |\n"
	    "  item 11               |cccccccccccccccccccccccc\n"
	    "Esc Quit  F1 Help       |kkk.iiii..kk.iiii\n");
	assert_true(stack_done(&f->stack));
	assert_int_equal(f->demo.opened, 1);
	assert_int_equal(f->demo.closed, 1);
}

static void
asking(void **state)
{
	struct fixture *f = *state;

	run(f,
	    "#: size 30x4\n"
	    "/ 1 x q\n"
	    ":shot+ a key is a letter\n"
	    "<F1> <Backspace> <Backspace> 1\n"
	    ":shot a number\n"
	    ":resize 30x2\n"
	    ":shot no footer\n"
	    ":resize 30x4\n"
	    "<Enter>\n"
	    ":shot gone there\n"
	    "/ <Up> <Esc>\n"
	    ":shot given up\n"
	    "/ 5 <A-x>\n"
	    ":shot a key with Alt is Esc first\n"
	    "/ c l o s e <Enter>\n",
	    "== a key is a letter 30x4 +roles (. normal, t title, c cursor, e error, k key)\n"
	    "Items                     1/12|tttttttttttttttttttttttttttttt\n"
	    "  item 0                      |cccccccccccccccccccccccccccccc\n"
	    "  item 1                      |\n"
	    "Go to: 1xq             3 bytes|kkkkkkk...c............eeeeeee\n"
	    "== a number 30x4\n"
	    "Items                     1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "Go to: 11              2 bytes\n"
	    "== no footer 30x2\n"
	    "  item 0\n"
	    "Go to: 11              2 bytes\n"
	    "== gone there 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n"
	    "== given up 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "given up: 11\n"
	    "== a key with Alt is Esc first 30x4\n"
	    "Items                    12/12\n"
	    "  item 10\n"
	    "  item 11\n"
	    "Esc Quit  F1 Help  Enter Open\n");
	assert_true(stack_done(&f->stack));
}

static void
help_is_made_of_the_tables(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_int_equal(keymap_bind(&f->keymap, STR("items"), STR("open"), STR("o"), &err), 0);
	run(f,
	    "#: size 64x18\n"
	    "?\n"
	    ":shot help\n"
	    ":resize 40x5\n"
	    "<Space>\n"
	    ":shot scrolled\n"
	    "?\n"
	    ":shot back\n",
	    "== help 64x18\n"
	    "Keys: items\n"
	    "items\n"
	    "  o, Enter              Open what the cursor is on\n"
	    "  Up, k                 Move one line up\n"
	    "  Down, j               Move one line down\n"
	    "  PageUp, ^B            Move one page up\n"
	    "  PageDown, ^F          Move one page down\n"
	    "  Home, ^A, g           Move to the first line\n"
	    "  End, ^E, G            Move to the last line\n"
	    "\n"
	    "everywhere\n"
	    "  Esc, q                Go back; from the first view: leave\n"
	    "  F1, ?, h, H           Show the keys of this view\n"
	    "  K                     Show other keys of actions at the bottom\n"
	    "  ^L                    Draw the whole screen again\n"
	    "  Q                     Leave the program\n"
	    "\n"
	    "Esc Back\n"
	    "== scrolled 40x5\n"
	    "Keys: items                         4/16\n"
	    "  Down, j           Move one line down\n"
	    "  PageUp, ^B        Move one page up\n"
	    "  PageDown, ^F      Move one page down\n"
	    "Esc Back\n"
	    "== back 40x5\n"
	    "Items                               1/12\n"
	    "  item 0\n"
	    "  item 1\n"
	    "  item 2\n"
	    "Esc Quit  F1 Help  o Open\n");
}

static void
tiny_screens(void **state)
{
	struct fixture *f = *state;

	run(f,
	    ":resize 3x1\n:shot one\n<Enter>\n:shot two\n:resize 1x1\n? ?\n<Esc>\n"
	    ":resize 4x3\n:shot three\n",
	    "== one 3x1\n"
	    "  i\n"
	    "== two 3x1\n"
	    "  t\n"
	    "== three 4x3\n"
	    "Item\n"
	    "  it\n");
}

static void
press(struct fixture *f, const char *name)
{
	struct key key;

	assert_int_equal(key_parse(&key, str_of(name), NULL), 0);
	stack_key(&f->stack, key);
}

static void
alt_is_esc_and_a_key(void **state)
{
	struct fixture *f = *state;
	struct err err;

	loop_drain(&f->stack, &f->source);
	press(f, "<Enter>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_detail_ops);
	press(f, "<A-?>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	press(f, "<Esc>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_int_equal(keymap_bind(&f->keymap, STR("items"), STR("open"), STR("<A-o>"), &err), 0);
	press(f, "<A-o>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_detail_ops);
	press(f, "<A-Q>");
	assert_true(stack_done(&f->stack));
}

static void
a_view_closes_itself(void **state)
{
	struct fixture *f = *state;

	loop_drain(&f->stack, &f->source);
	press(f, "<Enter>");
	press(f, "?");
	f->demo.gone = true;
	/* Not while it is covered; then as soon as it comes to light. */
	stack_refresh(&f->stack);
	assert_ptr_equal(stack_top(&f->stack)->ops, &view_help_ops);
	press(f, "<Esc>");
	assert_ptr_equal(stack_top(&f->stack)->ops, &demo_items_ops);
	assert_int_equal(f->demo.closed, 1);
	assert_false(stack_done(&f->stack));
}

static void
too_many_views(void **state)
{
	struct fixture *f = *state;
	struct canvas *c = canvas_new(4, 40);
	struct buf row = BUF_INIT;
	int64_t number = 7;

	for (int i = 0; i < STACK_MAX + 5; i++)
		stack_open(&f->stack, &demo_detail_ops, &number);
	stack_resize(&f->stack, 4, 40);
	stack_draw(&f->stack, c);
	canvas_row(c, 3, false, &row);
	assert_string_equal(buf_cstr(&row), "32 views are open: close some first");
	assert_int_equal(canvas_at(c, 3, 0)->role, ROLE_ERROR);
	press(f, "x");
	assert_true(stack_changed(&f->stack));
	stack_draw(&f->stack, c);
	buf_clear(&row);
	canvas_row(c, 3, false, &row);
	assert_string_equal(buf_cstr(&row), "Esc Back  F1 Help");
	assert_false(stack_changed(&f->stack));
	for (int i = 0; i < STACK_MAX; i++) {
		assert_false(stack_done(&f->stack));
		press(f, "q");
	}
	assert_true(stack_done(&f->stack));
	assert_int_equal(f->demo.opened, f->demo.closed);
	buf_release(&row);
	canvas_free(c);
}

static void
redraw_and_nothing(void **state)
{
	struct fixture *f = *state;
	struct canvas *c = canvas_new(24, 80);

	loop_drain(&f->stack, &f->source);
	stack_draw(&f->stack, c);
	press(f, "x");
	assert_false(stack_changed(&f->stack));
	press(f, "<C-L>");
	assert_true(stack_changed(&f->stack));
	assert_true(stack_take_repaint(&f->stack));
	assert_false(stack_take_repaint(&f->stack));
	stack_notice(&f->stack, "saved %d", 1);
	assert_true(stack_changed(&f->stack));
	canvas_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(list_detail_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(asking, setup, teardown),
		cmocka_unit_test_setup_teardown(help_is_made_of_the_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(tiny_screens, setup, teardown),
		cmocka_unit_test_setup_teardown(alt_is_esc_and_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(a_view_closes_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_views, setup, teardown),
		cmocka_unit_test_setup_teardown(redraw_and_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
