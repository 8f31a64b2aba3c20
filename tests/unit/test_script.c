#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "demo_view.h"
#include "ui/script.h"

/* Run a script on a fresh program. @return what script_run() did. */
static int
run(struct str text, bool ascii, struct buf *screens, struct err *err)
{
	struct demo demo = { .total = 3, .step = 1 };
	struct loop_source source = { .ctx = &demo, .read_for = demo_read };
	struct keymap keymap;
	struct stack stack;
	int result;

	keymap_init(&keymap);
	keymap_add_view(&keymap, &demo_items_ops);
	stack_init(&stack, &keymap, &demo);
	stack_open(&stack, &demo_items_ops, NULL);
	result = script_run("s", text, &stack, &source, ascii, screens, err);
	stack_release(&stack);
	keymap_release(&keymap);
	return result;
}

static void
errors(void **state)
{
	static const struct { const char *script, *why; } t[] = {
		{ "j\n<Foo>\n", "s:2: no such key: <Foo>" },
		{ "jj\n", "s:1: no such key: jj" },
		{ "\n:shoot x\n", "s:2: no such step: :shoot x" },
		{ ":shot\n", "s:1: no such step: :shot" },
		{ ":resize 0x5\n", "s:1: not a size: 0x5" },
		{ ":resize 5\n", "s:1: not a size: 5" },
		{ ":resize 5x5x\n", "s:1: not a size: 5x5x" },
		{ "#: size 5x99999\n", "s:1: not a size: 5x99999" },
		{ ":click\n", "s:1: no such step: :click" },
		{ ":click 1\n", "s:1: not a cell of the screen: 1" },
		{ ":click 1,\n", "s:1: not a cell of the screen: 1," },
		{ ":double 1,2,3\n", "s:1: not a cell of the screen: 1,2,3" },
		{ ":wheel-up 24,0\n", "s:1: not a cell of the screen: 24,0" },
		{ ":wheel-down 0,80\n", "s:1: not a cell of the screen: 0,80" },
		{ "q\n:click 0,0\n", "s:2: the program has ended before :click 0,0" },
		{ "q\nj\n", "s:2: the program has ended before j" },
		{ "q j\n", "s:1: the program has ended before j" },
		{ "q\n:shot x\n", "s:2: the program has ended before :shot x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct buf screens = BUF_INIT;
		struct err err = { "" };

		assert_int_equal(run(str_of(t[i].script), false, &screens, &err), -1);
		assert_string_equal(err.text, t[i].why);
		buf_release(&screens);
	}
}

static void
good_ones(void **state)
{
	static const struct { const char *script, *screens; } t[] = {
		{ "", "" },
		{ ": j\n", "" },
		{ "# nothing\n#: args x\n\n : \n<#> \t x\nq\n# after the end\n", "" },
		{ "#: size 20x3\n:shot a b\r\nj", "== a b 20x3\nItems            1/3\n  item 0\n"
						  "Esc Quit  F1 Help\n" },
		{ "#: size 20x4\n:click 2,5\n:shot m\n:wheel-up 1,0\n:shot u\n:double 2,0\n:shot d\n"
		  ":click 3,0\n:wheel-down 0,0\n:shot w\n",
		  "== m 20x4\nItems            2/3\n  item 0\n  item 1\nEsc Quit  F1 Help\n"
		  "== u 20x4\nItems            1/3\n  item 0\n  item 1\nEsc Quit  F1 Help\n"
		  "== d 20x4\ndetail\n  this is 1\n\nEsc Back  F1 Help\n"
		  "== w 20x4\nItems            3/3\n  item 1\n  item 2\nEsc Quit  F1 Help\n" },
		{ "#: size 9x3\n<Space> ?\n:shot h\n", "== h 9x3\nKeys: it…\nitems\nEsc Back\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct buf screens = BUF_INIT;
		struct err err = { "" };

		if (run(str_of(t[i].script), false, &screens, &err) != 0)
			fail_msg("%s", err.text);
		assert_string_equal(buf_cstr(&screens), t[i].screens);
		buf_release(&screens);
	}
}

static void
every_cut(void **state)
{
	static const char text[] = "#: size 20x5\nj <Down>\n:shot+ a\n<Enter>\n:resize 8x4\n:shot b\nq\n:double 1,2\n:wheel-up 1,1\nq\nq\n";

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		struct buf screens = BUF_INIT;
		char *copy = malloc(n ? n : 1);
		struct err err;

		assert_non_null(copy);
		memcpy(copy, text, n);
		run((struct str){ copy, n }, true, &screens, &err);
		buf_release(&screens);
		free(copy);
	}
}

static void
files(void **state)
{
	static const char *const done[] = {
		"10x4 items shot\n", "10x4 items move-down\n", "20x5 everywhere help\n",
		"20x5 everywhere close\n", "20x5 items last\n",
	};
	char dir[] = "/tmp/rung-script-XXXXXX", path[64], line[64] = "";
	struct demo demo = { .total = 3, .step = 1 };
	struct keymap keymap;
	struct stack stack;
	struct err err;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/one.keys", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("#: size 10x4\n:shot x\n<F12> <Down>\n:resize 20x5\n<F1> <Esc> <End>\n", f);
	fclose(f);
	keymap_init(&keymap);
	stack_init(&stack, &keymap, &demo);
	stack_open(&stack, &demo_items_ops, NULL);
	assert_int_equal(script_run_file(path, "/nonexistent", &stack, NULL, false, &err), -1);
	assert_string_equal(err.text, "/nonexistent/one.screens: No such file or directory");
	assert_int_equal(script_run_file("/nonexistent", dir, &stack, NULL, false, &err), -1);
	assert_int_equal(script_run_file(dir, dir, &stack, NULL, false, &err), -1);
	if (script_run_file(path, dir, &stack, NULL, false, &err) != 0)
		fail_msg("%s", err.text);
	stack_release(&stack);
	keymap_release(&keymap);
	unlink(path);
	snprintf(path, sizeof(path), "%s/one.screens", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_string_equal(line, "== x 10x4\n");
	fclose(f);
	unlink(path);
	snprintf(path, sizeof(path), "%s/one.actions", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	for (size_t i = 0; i < ARRAY_SIZE(done); i++) {
		assert_non_null(fgets(line, sizeof(line), f));
		assert_string_equal(line, done[i]);
	}
	assert_null(fgets(line, sizeof(line), f));
	fclose(f);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
