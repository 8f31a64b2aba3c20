#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "ui/prompt.h"

/* Press the keys named. @return what the last one did. */
static enum prompt_result
press(struct prompt *p, const char *names)
{
	struct str rest = str_of(names), word;
	enum prompt_result result = PROMPT_IGNORED;
	struct key key;

	while (str_cut_word(&rest, &word)) {
		assert_int_equal(key_parse(&key, word, NULL), 0);
		result = prompt_key(p, key);
	}
	return result;
}

static void
editing(void **state)
{
	static const struct {
		const char *keys, *text;
		size_t at;
		enum prompt_result result;
	} t[] = {
		{ "a b c", "abc", 3, PROMPT_CHANGED },
		{ "a <Space> b", "a b", 3, PROMPT_CHANGED },
		{ "a b <Left> c", "acb", 2, PROMPT_CHANGED },
		{ "a b <C-A> c", "cab", 1, PROMPT_CHANGED },
		{ "a b <Home> <End> c", "abc", 3, PROMPT_CHANGED },
		{ "a b <Left> <Left> <Left>", "ab", 0, PROMPT_MOVED },
		{ "a b <Right>", "ab", 2, PROMPT_MOVED },
		{ "a b <Backspace>", "a", 1, PROMPT_CHANGED },
		{ "a b <Home> <Backspace>", "ab", 0, PROMPT_MOVED },
		{ "a b <Home> <Delete>", "b", 0, PROMPT_CHANGED },
		{ "a b <Delete>", "ab", 2, PROMPT_MOVED },
		{ "a <Space> b c <C-W>", "a ", 2, PROMPT_CHANGED },
		{ "a <Space> b <Space> <C-W>", "a ", 2, PROMPT_CHANGED },
		{ "a b c <Left> <C-U>", "c", 0, PROMPT_CHANGED },
		{ "a b c <Left> <C-K>", "ab", 2, PROMPT_CHANGED },
		{ "a <Space> b c <A-b> x", "a xbc", 3, PROMPT_CHANGED },
		{ "a b <Space> c <Home> <C-Right> x", "abx c", 3, PROMPT_CHANGED },
		{ "ä 日 <Left> <Backspace>", "日", 0, PROMPT_CHANGED },
		{ "ä 日 <Backspace>", "ä", 2, PROMPT_CHANGED },
		{ "! ~ <Lt>", "!~<", 3, PROMPT_CHANGED },
		{ "a <F5>", "a", 1, PROMPT_IGNORED },
		{ "a <A-x>", "a", 1, PROMPT_IGNORED },
		{ "a <Enter>", "a", 1, PROMPT_TAKEN },
		{ "a <Esc>", "a", 1, PROMPT_CANCELLED },
		{ "a <C-G>", "a", 1, PROMPT_CANCELLED },
		{ "<Backspace>", "", 0, PROMPT_CANCELLED },
		{ "<Up>", "", 0, PROMPT_MOVED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct prompt p = { .at = 0 };

		prompt_start(&p, "", NULL, STR(""));
		assert_int_equal(press(&p, t[i].keys), t[i].result);
		assert_string_equal(buf_cstr(&p.text), t[i].text);
		assert_int_equal(p.at, t[i].at);
		prompt_release(&p);
	}
}

/* A mark goes with the letter it stands on. */
static void
combining(void **state)
{
	struct prompt p = { .at = 0 };

	(void)state;
	prompt_start(&p, "", NULL, STR("ae\xcc\x81x"));
	press(&p, "<Left> <Left>");
	assert_int_equal(p.at, 1);
	press(&p, "<Delete>");
	assert_string_equal(buf_cstr(&p.text), "ax");
	prompt_release(&p);
}

static void
bounds(void **state)
{
	struct prompt p = { .at = 0 };

	(void)state;
	prompt_start(&p, "", NULL, STR(""));
	for (int i = 0; i < PROMPT_MAX - 1; i++)
		press(&p, "a");
	press(&p, "日 b c");
	assert_int_equal(p.text.n, PROMPT_MAX);
	assert_int_equal(p.text.p[PROMPT_MAX - 1], 'b');
	prompt_release(&p);
}

static void
history(void **state)
{
	struct prompt_history h = { .n = 0 };
	struct prompt p = { .at = 0 };

	(void)state;
	for (int i = 0; i < PROMPT_LINES + 3; i++) {
		prompt_start(&p, "", &h, STR(""));
		press(&p, i % 2 ? "x <Enter>" : "y <Enter>");
	}
	assert_int_equal(h.n, 2);
	prompt_start(&p, "", &h, STR(""));
	press(&p, "<Enter>");
	assert_int_equal(h.n, 2);
	press(&p, "q <Up>");
	assert_string_equal(buf_cstr(&p.text), "y");
	press(&p, "<Up> <Up>");
	assert_string_equal(buf_cstr(&p.text), "x");
	assert_int_equal(press(&p, "<Down> <Down>"), PROMPT_CHANGED);
	assert_string_equal(buf_cstr(&p.text), "q");
	assert_int_equal(press(&p, "<Down>"), PROMPT_MOVED);
	for (int i = 0; i < PROMPT_LINES; i++) {
		char line[16];

		snprintf(line, sizeof(line), "%d", i);
		prompt_history_add(&h, str_of(line));
	}
	assert_int_equal(h.n, PROMPT_LINES);
	assert_string_equal(buf_cstr(&h.lines[0]), "0");
	prompt_history_release(&h);
	prompt_release(&p);
}

static void
drawing(void **state)
{
	static const struct { const char *text; int back; const char *row, *roles; } t[] = {
		{ "abc", 0, "/abc       note", "k...c......dddd" },
		{ "abc", 2, "/abc       note", "k.c........dddd" },
		{ "abcdefg", 0, "/abcdefg   note", "k.......c..dddd" },
		{ "abcdefghij", 0, "/abcdefghij", "k..........c" },
		{ "abcdefghijklmnopqr", 0, "/fghijklmnopqr", "k.............c" },
		{ "日本語日本語日本語", 0, "/本語日本語", "k............c" },
		{ "日本", 1, "/日本      note", "k..cc......dddd" },
	};
	struct canvas *c = canvas_new(1, 15);
	struct buf row = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct prompt p = { .at = 0 };

		prompt_start(&p, "/", NULL, str_of(t[i].text));
		for (int n = 0; n < t[i].back; n++)
			press(&p, "<Left>");
		prompt_draw(&p, c, 0, STR("note"), ROLE_DIM);
		buf_clear(&row);
		canvas_row(c, 0, false, &row);
		if (i != 5)
			assert_string_equal(buf_cstr(&row), t[i].row);
		buf_clear(&row);
		canvas_row_roles(c, 0, &row);
		if (i != 5)
			assert_string_equal(buf_cstr(&row), t[i].roles);
		prompt_release(&p);
	}
	canvas_free(c);
	buf_release(&row);
}

/* The vectors of RFC 4648 section 10. */
static void
base64(void **state)
{
	static const struct { const char *bytes, *letters; } t[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xff\xfe\xfd", "//79" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		buf_clear(&b);
		base64_add(&b, str_of(t[i].bytes));
		assert_string_equal(buf_cstr(&b), t[i].letters);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(editing),
		cmocka_unit_test(combining),
		cmocka_unit_test(bounds),
		cmocka_unit_test(history),
		cmocka_unit_test(drawing),
		cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
