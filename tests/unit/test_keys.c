#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/view.h"

static void
names(void **state)
{
	static const struct {
		const char *name;
		uint32_t code;
		unsigned mods;
		const char *printed;	/* NULL: the same */
		const char *brief;
	} t[] = {
		{ "a", 'a', 0, NULL, "a" },
		{ "A", 'A', 0, NULL, "A" },
		{ "?", '?', 0, NULL, "?" },
		{ "é", 0xe9, 0, NULL, "é" },
		{ "日", 0x65e5, 0, NULL, "日" },
		{ "<", '<', 0, "<Lt>", "<" },
		{ ">", '>', 0, NULL, ">" },
		{ "<#>", '#', 0, "#", "#" },
		{ "<Lt>", '<', 0, NULL, "<" },
		{ "<Space>", ' ', 0, NULL, "Space" },
		{ "<up>", KEYCODE_UP, 0, "<Up>", "Up" },
		{ "<PageDown>", KEYCODE_PAGE_DOWN, 0, NULL, "PageDown" },
		{ "<Enter>", KEYCODE_ENTER, 0, NULL, "Enter" },
		{ "<Esc>", KEYCODE_ESC, 0, NULL, "Esc" },
		{ "<F1>", KEYCODE_F1, 0, NULL, "F1" },
		{ "<f12>", KEYCODE_F12, 0, "<F12>", "F12" },
		{ "<F>", 'F', 0, "F", "F" },
		{ "<C-L>", 'L', KEY_MOD_CTRL, NULL, "^L" },
		{ "<c-l>", 'L', KEY_MOD_CTRL, "<C-L>", "^L" },
		{ "<C-Space>", ' ', KEY_MOD_CTRL, NULL, "^Space" },
		{ "<C-]>", ']', KEY_MOD_CTRL, NULL, "^]" },
		{ "<A-x>", 'x', KEY_MOD_ALT, NULL, "A-x" },
		{ "<A-Lt>", '<', KEY_MOD_ALT, NULL, "A-<" },
		{ "<S-Up>", KEYCODE_UP, KEY_MOD_SHIFT, NULL, "S-Up" },
		{ "<S-A-C-Left>", KEYCODE_LEFT, KEY_MOD_SHIFT | KEY_MOD_ALT | KEY_MOD_CTRL,
		  "<C-A-S-Left>", "A-S-C-Left" },
	};
	struct buf b = BUF_INIT;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct key k = { 0, 0 }, again;

		if (key_parse(&k, str_of(t[i].name), &err) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(k.code, t[i].code);
		assert_int_equal(k.mods, t[i].mods);
		buf_clear(&b);
		key_add(&b, k);
		assert_string_equal(buf_cstr(&b), t[i].printed ? t[i].printed : t[i].name);
		assert_int_equal(key_parse(&again, buf_str(&b), &err), 0);
		assert_true(key_eq(k, again));
		buf_clear(&b);
		key_add_short(&b, k);
		assert_string_equal(buf_cstr(&b), t[i].brief);
	}
	buf_release(&b);
}

static void
no_names(void **state)
{
	static const struct str t[] = {
		STR_INIT(""), STR_INIT(" "), STR_INIT("ab"), STR_INIT("<>"), STR_INIT("<Foo>"),
		STR_INIT("<F0>"), STR_INIT("<F13>"), STR_INIT("<F99999999999>"), STR_INIT("<C->"),
		STR_INIT("<C-é>"), STR_INIT("<C-1>"), STR_INIT("<S-a>"), STR_INIT("\033"),
		STR_INIT("\x7f"), STR_INIT("\xff"), STR_INIT("<\xff>"), STR_INIT("\xcc\x81"),
		STR_INIT("\xe2\x80\xae"), STR_INIT("a\0"), STR_INIT("<Up"), STR_INIT("<\0>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct key k = { 7, 7 };
		struct err err;

		if (key_parse(&k, t[i], &err) != -1)
			fail_msg("case %zu is a key", i);
		assert_int_equal(k.code, 7);
		assert_int_equal(k.mods, 7);
	}
}

static const struct view_ops view_one = {
	.name = "one",
	.keys = (const struct view_keys[]){
		{ ACTION_OPEN, "o <Space>" },
		{ ACTION_NONE, NULL },
	},
};

static enum action
find(const struct keymap *km, const char *view, const char *name)
{
	struct err err;
	struct key k;

	assert_int_equal(key_parse(&k, str_of(name), &err), 0);
	return keymap_find(km, view, k);
}

static void
check_keys(const struct keymap *km, const char *view, enum action action, const char *want)
{
	struct buf b = BUF_INIT;

	keymap_add_keys(km, view, action, 9, &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_release(&b);
}

static void
maps(void **state)
{
	static const struct { const char *view, *action, *keys, *why; } bad[] = {
		{ "two", "open", "x", "no such view: two" },
		{ "one", "opne", "x", "no such action: opne" },
		{ "one", "open", "x <Foo>", "no such key: <Foo>" },
		{ "one", "open", " ", "no keys given" },
	};
	struct keymap km;
	struct err err;

	(void)state;
	keymap_init(&km);
	keymap_add_view(&km, &view_one);
	assert_int_equal(find(&km, "one", "j"), ACTION_MOVE_DOWN);
	assert_int_equal(find(&km, "elsewhere", "j"), ACTION_MOVE_DOWN);
	assert_int_equal(find(&km, "one", "o"), ACTION_OPEN);
	assert_int_equal(find(&km, "elsewhere", "o"), ACTION_SETTINGS);
	check_keys(&km, "one", ACTION_OPEN, "o, Space, Enter");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(keymap_bind(&km, str_of(bad[i].view), str_of(bad[i].action),
					     str_of(bad[i].keys), &err), -1);
		assert_string_equal(err.text, bad[i].why);
	}
	assert_int_equal(find(&km, "one", "x"), ACTION_NONE);
	/* The view's own binding hides the generic one. */
	assert_int_equal(keymap_bind(&km, STR("one"), STR("help"), STR("j\t<F2>"), &err), 0);
	assert_int_equal(find(&km, "one", "j"), ACTION_HELP);
	assert_int_equal(find(&km, "one", "<F2>"), ACTION_HELP);
	assert_int_equal(find(&km, "elsewhere", "j"), ACTION_MOVE_DOWN);
	check_keys(&km, "one", ACTION_MOVE_DOWN, "Down");
	check_keys(&km, "elsewhere", ACTION_MOVE_DOWN, "Down, j");
	/* Unbound, and bound again. */
	assert_int_equal(keymap_bind(&km, STR("generic"), STR("none"), STR("j"), &err), 0);
	assert_int_equal(find(&km, "elsewhere", "j"), ACTION_NONE);
	assert_int_equal(find(&km, "one", "j"), ACTION_HELP);
	assert_int_equal(keymap_bind(&km, STR("one"), STR("close"), STR("j"), &err), 0);
	assert_int_equal(find(&km, "one", "j"), ACTION_CLOSE);
	keymap_release(&km);
}

/* A view's own keys, in the order they were bound, in lines that can be read. */
static void
own_keys(void **state)
{
	struct buf keys = BUF_INIT, line = BUF_INIT;
	struct keymap km;
	struct err err;

	(void)state;
	keymap_init(&km);
	keymap_add_view(&km, &view_one);
	assert_string_equal(keymap_view(&km, 0), "generic");
	assert_string_equal(keymap_view(&km, 1), "one");
	assert_null(keymap_view(&km, 2));
	assert_int_equal(keymap_add_own(&km, "one", ACTION_QUIT, 0, &keys), 0);
	assert_int_equal(keymap_bind(&km, STR("one"), STR("quit"), STR("<Space> < <C-S-Left> x"), &err),
			 0);
	assert_int_equal(keymap_bind(&km, STR("one"), STR("quit"), STR("<"), &err), 0);
	assert_int_equal(keymap_add_own(&km, "one", ACTION_QUIT, 0, &keys), 4);
	assert_string_equal(buf_cstr(&keys), "<Space> <C-S-Left> x <Lt>");
	buf_clear(&keys);
	assert_int_equal(keymap_add_own(&km, "one", ACTION_QUIT, 3, &keys), 1);
	assert_string_equal(buf_cstr(&keys), "<Lt>");
	assert_int_equal(keymap_add_own(&km, "one", ACTION_QUIT, 4, &keys), 0);
	for (char c = '!'; c <= '~'; c++) {
		buf_clear(&line);
		key_add(&line, (struct key){ (unsigned char)c, KEY_MOD_ALT });
		assert_int_equal(keymap_bind(&km, STR("one"), STR("help"), buf_str(&line), &err), 0);
	}
	buf_clear(&keys);
	assert_int_equal(keymap_add_own(&km, "one", ACTION_HELP, 0, &keys), KEYMAP_LINE_KEYS);
	assert_int_equal(keymap_bind(&km, STR("one"), STR("help"), buf_str(&keys), &err), 0);
	buf_release(&keys);
	buf_release(&line);
	keymap_release(&km);
}

/* No two actions want the same key: the second would take it from the first. */
static void
defaults_do_not_collide(void **state)
{
	struct keymap km;
	struct str keys, word;
	struct err err;
	struct key k;

	(void)state;
	keymap_init(&km);
	for (int i = 1; i < ACTION_COUNT; i++) {
		assert_int_equal(action_find(str_of(action_defs[i].name)), i);
		keys = str_of(action_defs[i].keys);
		while (str_cut_word(&keys, &word)) {
			assert_int_equal(key_parse(&k, word, &err), 0);
			assert_int_equal(keymap_find(&km, "generic", k), i);
		}
	}
	keymap_release(&km);
}

static void
words(void **state)
{
	struct str rest = STR(" ab\t\tc  "), word = STR_NONE;

	(void)state;
	assert_true(str_cut_word(&rest, &word));
	assert_true(str_eq(word, STR("ab")));
	assert_true(str_cut_word(&rest, &word));
	assert_true(str_eq(word, STR("c")));
	assert_false(str_cut_word(&rest, &word));
	assert_true(str_eq(word, STR("c")));
	assert_int_equal(rest.n, 0);
	rest = STR_NONE;
	assert_false(str_cut_word(&rest, &word));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_names),
		cmocka_unit_test(maps),
		cmocka_unit_test(own_keys),
		cmocka_unit_test(defaults_do_not_collide),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
