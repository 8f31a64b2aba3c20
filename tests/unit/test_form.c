#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/form.h"

static const char *const formats[] = { "pcap", "pcapng", "text", NULL };

enum { PATH, NOTE, CALLS, FORMAT, RTP, HEADING, BOX, BUTTON = BOX + 5, CANCEL };

struct fixture {
	struct form form;
	struct buf screen;
};

static int
setup(void **state)
{
	static const char *const calls[] = { "all [120]", "shown [3]", NULL };
	static const char *const methods[] = { "INVITE", "BYE", "OPTIONS", "REGISTER", "NOTIFY" };
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	form_add(&f->form, FORM_TEXT, "Path", "Tab completes it");
	form_add(&f->form, FORM_NOTE, "", NULL);
	form_add_choice(&f->form, "What", calls, 1, NULL);
	form_add_choice(&f->form, "Format", formats, 0, "What the file is");
	form_add_beside(&f->form, FORM_CHECK, "with RTP", NULL);
	form_add(&f->form, FORM_HEADING, "Methods", NULL);
	form_add(&f->form, FORM_CHECK, methods[0], NULL);
	for (size_t i = 1; i < ARRAY_SIZE(methods); i++)
		form_add_beside(&f->form, FORM_CHECK, methods[i], NULL);
	form_add(&f->form, FORM_BUTTON, "Save", NULL);
	form_add_beside(&f->form, FORM_BUTTON, "Cancel", NULL);
	form_fit(&f->form, 10, 38);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	form_release(&f->form);
	buf_release(&f->screen);
	free(f);
	return 0;
}

static enum form_result
press(struct fixture *f, const char *names)
{
	struct str rest = str_of(names), word;
	enum form_result result = FORM_IGNORED;
	struct key key;

	while (str_cut_word(&rest, &word)) {
		assert_int_equal(key_parse(&key, word, NULL), 0);
		result = form_key(&f->form, key);
	}
	return result;
}

static const char *
draw(struct fixture *f, int height, int width, bool ascii, bool roles)
{
	struct canvas *c = canvas_new(height, width);

	c->ascii = ascii;
	form_fit(&f->form, height, width);
	form_draw(&f->form, c);
	buf_clear(&f->screen);
	for (int y = 0; y < height; y++) {
		if (roles)
			canvas_row_roles(c, y, &f->screen);
		else
			canvas_row(c, y, false, &f->screen);
		buf_add_char(&f->screen, '\n');
	}
	canvas_free(c);
	return buf_cstr(&f->screen);
}

/* ---- looks ---- */

static void
layout(void **state)
{
	struct fixture *f = *state;
	int height = 22, width = 78;

	assert_string_equal(draw(f, 10, 38, false, false),
			    "Path     _____________________________\n"
			    "\n"
			    "What    <shown [3]>\n"
			    "Format  <pcap>    [ ] with RTP\n"
			    "Methods\n"
			    "[ ] INVITE    [ ] BYE\n"
			    "[ ] OPTIONS   [ ] REGISTER\n"
			    "[ ] NOTIFY\n"
			    "[ Save ]  [ Cancel ]\n"
			    "Tab completes it\n");
	assert_string_equal(draw(f, 10, 38, false, true),
			    "kkkk....cddddddddddddddddddddddddddddd\n\n\n\nHHHHHHH\n\n\n\n\n"
			    "dddddddddddddddddddddddddddddddddddddd\n");
	form_size(&f->form, &height, &width);
	assert_int_equal(height, 9);
	assert_int_equal(width, FORM_WIDTH);
	height = 5;
	width = 30;
	form_size(&f->form, &height, &width);
	assert_int_equal(height, 5);
	assert_int_equal(width, 30);
}

/* A screen of 40x10 has six rows of 38 cells in a dialog. */
static void
scrolled(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(draw(f, 6, 38, true, false),
			    "Path     _____________________________\n"
			    "\n"
			    "What    <shown [3]>\n"
			    "Format  <pcap>    [ ] with RTP\n"
			    "Methods                              v\n"
			    "Tab completes it\n");
	press(f, "<S-Tab>");
	assert_int_equal(f->form.at, CANCEL);
	assert_string_equal(draw(f, 6, 38, false, false),
			    "Methods                              ▲\n"
			    "[ ] INVITE    [ ] BYE\n"
			    "[ ] OPTIONS   [ ] REGISTER\n"
			    "[ ] NOTIFY\n"
			    "[ Save ]  [ Cancel ]\n"
			    "\n");
	press(f, "<Tab> <Down>");
	assert_int_equal(f->form.at, CALLS);
	assert_int_equal(f->form.top, 0);
	draw(f, 1, 38, false, false);
	draw(f, 2, 8, false, false);
	press(f, "<Down> <Down> <Down>");
	draw(f, 1, 1, false, false);
	form_fit(&f->form, 0, 0);
	press(f, "<Down> <Up> x <Tab>");
}

/* A note begins where its text says, and takes the rows it needs. */
static void
notes(void **state)
{
	struct fixture *f = *state;

	form_set_text(&f->form, NOTE, STR("/nowhere/x.pcap: cannot be created: No such file or "
					  "directory"));
	f->form.fields[NOTE].role = ROLE_ERROR;
	assert_memory_equal(draw(f, 12, 40, false, false),
			    "Path     _______________________________\n"
			    "/nowhere/x.pcap: cannot be created: No\n"
			    "such file or directory\n"
			    "What    <shown [3]>\n", 40 + 1 + 38 + 1 + 22 + 1 + 17);
	form_set_text(&f->form, NOTE, STR("日本語日本語日本語\x1b[31m\xff"));
	assert_non_null(strstr(draw(f, 16, 11, false, false),
			       "日本語日本\n語日本語␛[3\n1m\xef\xbf\xbd\n"));
	assert_non_null(strstr(draw(f, 16, 1, true, false), "\n"));
	/* Half of it scrolled away: what stays is its end. */
	form_set_text(&f->form, NOTE, STR("one two"));
	press(f, "<Down>");
	assert_int_equal(f->form.at, CALLS);
	draw(f, 2, 6, false, false);
	assert_int_equal(f->form.top, 3);
}

static void
wide_text(void **state)
{
	struct fixture *f = *state;

	press(f, "日 ä");
	assert_memory_equal(draw(f, 10, 20, false, false), "Path    日ä _", 14);
	press(f, "<Left> <Left>");
	assert_memory_equal(draw(f, 10, 20, false, true), "kkkk....cc.ddddddddd", 20);
	press(f, "<End> / a / b / c / d / e / f / g / h / i");
	assert_memory_equal(draw(f, 10, 20, false, false), "Path    d/e/f/g/h/i\n", 20);
	press(f, "<Tab>");
	assert_memory_equal(draw(f, 10, 20, false, false), "Path    日ä/a/b/c/d…", 24);
	assert_memory_equal(draw(f, 10, 20, true, false), "Path    " "?" "?" "?/a/b/c/d~", 20);
}

/* ---- keys ---- */

static void
keys(void **state)
{
	static const struct {
		const char *keys;
		size_t at;
		enum form_result result;
	} t[] = {
		{ "<Tab>", CALLS, FORM_MOVED },
		{ "<Enter>", BUTTON, FORM_PRESSED },
		{ "<S-Tab>", CANCEL, FORM_MOVED },
		{ "<Up>", CANCEL, FORM_MOVED },
		{ "<S-Tab> <Tab>", PATH, FORM_MOVED },
		{ "<Esc>", PATH, FORM_CANCELLED },
		{ "<C-G>", PATH, FORM_CANCELLED },
		{ "<Backspace>", PATH, FORM_MOVED },
		{ "<C-H>", PATH, FORM_MOVED },
		{ "q", PATH, FORM_CHANGED },
		{ "<Tab> q", CALLS, FORM_IGNORED },
		{ "<Tab> <Enter>", CALLS, FORM_IGNORED },
		{ "<F5>", PATH, FORM_IGNORED },
		{ "<A-x>", PATH, FORM_IGNORED },
		{ "<Down> <Down> <Down>", BOX, FORM_MOVED },
		{ "<Down> <Down> <Down> <Right>", BOX + 1, FORM_MOVED },
		{ "<Down> <Down> <Down> <Right> <Down>", BOX + 3, FORM_MOVED },
		{ "<Down> <Down> <Down> <Right> <Down> <Down>", BOX + 4, FORM_MOVED },
		{ "<Down> <Down> <Tab> <Space>", RTP, FORM_CHANGED },
		{ "<Down> <Space>", CALLS, FORM_CHANGED },
		{ "<Down> <Home>", PATH, FORM_MOVED },
		{ "<Down> <End>", CANCEL, FORM_MOVED },
		{ "<Down> <End> <Enter>", CANCEL, FORM_PRESSED },
		{ "<Down> <End> <Left> <Space>", BUTTON, FORM_PRESSED },
		{ "<PageDown> <PageDown> <PageDown>", BUTTON, FORM_MOVED },
		{ "<PageDown> <PageUp> <PageUp>", PATH, FORM_MOVED },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		form_set_text(&f->form, PATH, STR(""));
		form_go(&f->form, PATH);
		assert_int_equal(press(f, t[i].keys), t[i].result);
		assert_int_equal(f->form.at, t[i].at);
	}
}

static void
values(void **state)
{
	struct fixture *f = *state;
	struct str text;

	press(f, "a <Space> b <Tab> <Right> <Down> <Left>");
	assert_string_equal(buf_cstr(&f->form.fields[PATH].text), "a b");
	assert_int_equal(f->form.fields[CALLS].choice, 0);
	assert_int_equal(f->form.fields[FORMAT].choice, 2);
	press(f, "<Right>");
	assert_int_equal(f->form.fields[FORMAT].choice, 0);
	press(f, "<Tab> <Space>");
	assert_int_equal(f->form.fields[RTP].choice, 1);
	press(f, "<Space>");
	assert_int_equal(f->form.fields[RTP].choice, 0);
	/* A text can be set from itself, while one is in it too. */
	form_go(&f->form, PATH);
	form_set_text(&f->form, PATH, str_skip(form_text(&f->form, PATH), 2));
	press(f, "c");
	text = form_text(&f->form, PATH);
	assert_true(str_eq(text, STR("bc")));
	for (int i = 0; i < PROMPT_MAX + 10; i++)
		press(f, "z");
	assert_int_equal(form_text(&f->form, PATH).n, PROMPT_MAX);
}

static void
disabled(void **state)
{
	struct fixture *f = *state;

	f->form.fields[RTP].disabled = true;
	press(f, "<Down> <Down> <Tab>");
	assert_int_equal(f->form.at, BOX);
	f->form.fields[BOX].disabled = true;
	assert_non_null(strstr(draw(f, 10, 38, false, true), "\nddd.dddddd"));
	assert_int_equal(f->form.at, BOX + 1);
	f->form.fields[BUTTON].disabled = true;
	form_go(&f->form, PATH);
	assert_int_equal(press(f, "<Enter>"), FORM_PRESSED);
	assert_int_equal(f->form.at, CANCEL);
	for (size_t i = 0; i < f->form.n; i++)
		f->form.fields[i].disabled = true;
	draw(f, 10, 38, false, false);
	assert_int_equal(press(f, "<Tab>"), FORM_IGNORED);
	assert_int_equal(press(f, "<Esc>"), FORM_CANCELLED);
}

static void
mouse(void **state)
{
	static const struct {
		struct mouse m;
		size_t at;
		enum form_result result;
	} t[] = {
		{ { MOUSE_PRESS, 2, 10 }, CALLS, FORM_CHANGED },
		{ { MOUSE_PRESS, 3, 20 }, RTP, FORM_CHANGED },
		{ { MOUSE_PRESS, 4, 2 }, PATH, FORM_IGNORED },
		{ { MOUSE_PRESS, 5, 17 }, BOX + 1, FORM_CHANGED },
		{ { MOUSE_PRESS, 8, 12 }, CANCEL, FORM_PRESSED },
		{ { MOUSE_PRESS, 8, 37 }, PATH, FORM_IGNORED },
		{ { MOUSE_PRESS, 9, 2 }, PATH, FORM_IGNORED },
		{ { MOUSE_PRESS, 100, -7 }, PATH, FORM_IGNORED },
		{ { MOUSE_DOUBLE, 8, 2 }, PATH, FORM_IGNORED },
		{ { MOUSE_WHEEL_DOWN, 0, 0 }, CALLS, FORM_MOVED },
		{ { MOUSE_WHEEL_UP, 0, 0 }, CANCEL, FORM_MOVED },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		form_go(&f->form, PATH);
		form_fit(&f->form, 10, 38);
		assert_int_equal(form_mouse(&f->form, &t[i].m), t[i].result);
		assert_int_equal(f->form.at, t[i].at);
	}
	assert_int_equal(f->form.fields[CALLS].choice, 0);
	assert_int_equal(f->form.fields[RTP].choice, 1);
	form_go(&f->form, PATH);
	form_set_text(&f->form, PATH, STR("日ab"));
	form_mouse(&f->form, &(struct mouse){ MOUSE_PRESS, 0, 10 });
	press(f, "x");
	assert_string_equal(buf_cstr(&f->form.fields[PATH].text), "日xab");
}

static void
empty(void **state)
{
	struct fixture f = { .form.n = 0 };
	int height = 10, width = 10;

	(void)state;
	form_size(&f.form, &height, &width);
	assert_int_equal(height, 0);
	assert_int_equal(press(&f, "<Tab>"), FORM_IGNORED);
	assert_int_equal(press(&f, "<Esc>"), FORM_CANCELLED);
	form_go(&f.form, 0);
	assert_string_equal(draw(&f, 1, 5, false, false), "\n");
	form_add(&f.form, FORM_NOTE, "", NULL);
	form_go(&f.form, 3);
	form_set_text(&f.form, 0, STR("x"));
	assert_string_equal(draw(&f, 1, 5, false, false), "x\n");
	form_release(&f.form);
	buf_release(&f.screen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(layout, setup, teardown),
		cmocka_unit_test_setup_teardown(scrolled, setup, teardown),
		cmocka_unit_test_setup_teardown(notes, setup, teardown),
		cmocka_unit_test_setup_teardown(wide_text, setup, teardown),
		cmocka_unit_test_setup_teardown(keys, setup, teardown),
		cmocka_unit_test_setup_teardown(values, setup, teardown),
		cmocka_unit_test_setup_teardown(disabled, setup, teardown),
		cmocka_unit_test_setup_teardown(mouse, setup, teardown),
		cmocka_unit_test(empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
