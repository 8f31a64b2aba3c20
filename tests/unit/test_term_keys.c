/* What the bytes of a terminal mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/term_keys.h"

static void
characters(void **state)
{
	static const struct { uint32_t c; const char *name; } t[] = {
		{ 'x', "x" }, { 0x20ac, "€" }, { '\r', "<Enter>" }, { '\n', "<Enter>" },
		{ '\t', "<Tab>" }, { 27, "<Esc>" }, { 8, "<Backspace>" }, { 127, "<Backspace>" },
		{ 0, "<C-Space>" }, { 1, "<C-A>" }, { 26, "<C-Z>" }, { 31, "<C-_>" },
	};
	struct key key;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct buf b = BUF_INIT;

		assert_true(term_key_of_char(t[i].c, &key));
		key_add(&b, key);
		assert_string_equal(buf_cstr(&b), t[i].name);
		buf_release(&b);
	}
	assert_false(term_key_of_char(0x110000, &key));
}

static void
sequences(void **state)
{
	static const struct { const char *params; char last; const char *name; } t[] = {
		{ "", 'A', "<Up>" }, { "1;5", 'C', "<C-Right>" }, { "1;3", 'D', "<A-Left>" },
		{ "1;2", 'H', "<S-Home>" }, { "", 'Z', "<S-Tab>" }, { "", 'P', "<F1>" },
		{ "5", '~', "<PageUp>" }, { "6;5", '~', "<C-PageDown>" }, { "8", '~', "<End>" },
		{ "15", '~', "<F5>" }, { "17", '~', "<F6>" }, { "21", '~', "<F10>" },
		{ "23", '~', "<F11>" }, { "24;2", '~', "<S-F12>" }, { "99999999999", 'A', "<Up>" },
		{ "200", '~', NULL }, { "16", '~', NULL }, { "22", '~', NULL }, { "", '~', NULL },
		{ "", 'I', NULL }, { "?1;2", 'c', NULL }, { ";;;;", 'q', NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct buf b = BUF_INIT;
		struct key key;
		bool found = term_key_of_sequence(t[i].params, (uint32_t)t[i].last, &key);

		if (found)
			key_add(&b, key);
		if (found != (t[i].name != NULL) || (found && strcmp(buf_cstr(&b), t[i].name) != 0))
			fail_msg("%s%c: %s", t[i].params, t[i].last, buf_cstr(&b));
		buf_release(&b);
	}
}

static void
mouse_reports(void **state)
{
	static const struct {
		const char *params;
		char last;
		bool told;
		struct mouse m;
	} t[] = {
		{ "<0;1;1", 'M', true, { MOUSE_PRESS, 0, 0 } },
		{ "<0;300;24", 'M', true, { MOUSE_PRESS, 23, 299 } },
		{ "<16;3;2", 'M', true, { MOUSE_PRESS, 1, 2 } },
		{ "<64;3;2", 'M', true, { MOUSE_WHEEL_UP, 1, 2 } },
		{ "<65;3;2", 'M', true, { MOUSE_WHEEL_DOWN, 1, 2 } },
		{ "<0;1;1", 'm', false, { 0 } }, { "<0;1;1", 'x', false, { 0 } },
		{ "<1;1;1", 'M', false, { 0 } }, { "<2;1;1", 'M', false, { 0 } },
		{ "<32;1;1", 'M', false, { 0 } }, { "<35;1;1", 'M', false, { 0 } },
		{ "<66;1;1", 'M', false, { 0 } }, { "<128;1;1", 'M', false, { 0 } },
		{ "<0;0;1", 'M', false, { 0 } }, { "<0;1;0", 'M', false, { 0 } },
		{ "<0;1", 'M', false, { 0 } }, { "<", 'M', false, { 0 } },
		{ "<0;1;99999", 'M', false, { 0 } }, { "<0;4294967297;1", 'M', false, { 0 } },
		{ "<-1;1;1", 'M', false, { 0 } }, { "<0;x;1", 'M', false, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct mouse m;
		bool told = term_mouse_of_sequence(t[i].params, (uint32_t)t[i].last, &m);

		if (told != t[i].told || (told && (m.kind != t[i].m.kind || m.y != t[i].m.y ||
						   m.x != t[i].m.x)))
			fail_msg("%s%c", t[i].params, t[i].last);
	}
}

static void
older_mouse_reports(void **state)
{
	struct mouse m;

	(void)state;
	assert_true(term_mouse_of_bytes((const uint32_t[]){ ' ', '!', '#' }, &m));
	assert_true(m.kind == MOUSE_PRESS && m.y == 2 && m.x == 0);
	assert_true(term_mouse_of_bytes((const uint32_t[]){ '`', '!', '!' }, &m));
	assert_int_equal(m.kind, MOUSE_WHEEL_UP);
	assert_false(term_mouse_of_bytes((const uint32_t[]){ '#', '!', '!' }, &m));
	assert_false(term_mouse_of_bytes((const uint32_t[]){ ' ', ' ', '!' }, &m));
	assert_false(term_mouse_of_bytes((const uint32_t[]){ ' ', 3, '!' }, &m));
}

static void
double_clicks(void **state)
{
	static const struct { enum mouse_kind kind; int64_t ms; int y, x; bool twice; } t[] = {
		{ MOUSE_PRESS, 0, 5, 5, false },
		{ MOUSE_PRESS, TERM_DOUBLE_MS, 5, 6, true },
		{ MOUSE_PRESS, TERM_DOUBLE_MS + 1, 5, 6, false },
		{ MOUSE_PRESS, 500, 6, 6, false },		/* another row */
		{ MOUSE_PRESS, 600, 6, 8, false },		/* too far */
		{ MOUSE_PRESS, 601 + TERM_DOUBLE_MS, 6, 8, false },	/* too late */
		{ MOUSE_PRESS, 1100, 6, 8, true },
		{ MOUSE_PRESS, 1101, 6, 8, false },
		{ MOUSE_WHEEL_UP, 1102, 6, 8, false },
		{ MOUSE_PRESS, 1103, 6, 8, false },
	};
	struct term_clicks clicks = { .some = false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct mouse m = { t[i].kind, t[i].y, t[i].x };

		term_mouse_clicks(&clicks, &m, t[i].ms);
		if (m.kind != (t[i].twice ? MOUSE_DOUBLE : t[i].kind))
			fail_msg("click %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters),
		cmocka_unit_test(sequences),
		cmocka_unit_test(mouse_reports),
		cmocka_unit_test(older_mouse_reports),
		cmocka_unit_test(double_clicks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
