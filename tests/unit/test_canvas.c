#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/canvas.h"
#include "ui/theme.h"

/* Each wide cell has its right half, each half its wide cell. */
static void
check_halves(const struct canvas *c)
{
	for (int y = 0; y < canvas_height(c); y++) {
		for (int x = 0; x < canvas_width(c); x++) {
			const struct cell *cell = canvas_at(c, y, x);
			const struct cell *next = canvas_at(c, y, x + 1);

			if (cell->width == 2)
				assert_true(next && next->width == 0 && next->text[0] == '\0');
			if (cell->width == 0)
				assert_true(x > 0 && canvas_at(c, y, x - 1)->width == 2);
			if (cell->width > 0)
				assert_true(cell->text[0] != '\0');
		}
	}
}

static void
check_row(const struct canvas *c, int y, const char *want)
{
	struct buf row = BUF_INIT;

	check_halves(c);
	canvas_row(c, y, false, &row);
	assert_string_equal(buf_cstr(&row), want);
	buf_release(&row);
}

static void
text_table(void **state)
{
	static const struct {
		const char *what;
		struct str text;
		int x, max, used;
		const char *row;
		const char *ascii;
	} t[] = {
		{ "plain", STR_INIT("abc"), 0, 10, 3, "abc", "abc" },
		{ "at max", STR_INIT("abcdef"), 2, 3, 3, "  abc", "  abc" },
		{ "max 0", STR_INIT("abc"), 0, 0, 0, "", "" },
		{ "max below 0", STR_INIT("abc"), 0, -5, 0, "", "" },
		{ "right edge", STR_INIT("abcdef"), 8, 100, 2, "        ab", "        ab" },
		{ "left edge", STR_INIT("abcdef"), -2, 100, 6, "cdef", "cdef" },
		{ "beyond", STR_INIT("abc"), 10, 100, 0, "", "" },
		{ "wide", STR_INIT("日本"), 0, 10, 4, "日本", "????" },
		{ "wide, odd max", STR_INIT("日本"), 0, 3, 2, "日", "??" },
		{ "wide over the right edge", STR_INIT("a日"), 8, 10, 3, "        a", "        a?" },
		{ "wide over the left edge", STR_INIT("日a"), -1, 10, 3, " a", "?a" },
		{ "combining", STR_INIT("e\xcc\x81x"), 0, 10, 2, "e\xcc\x81x", "ex" },
		{ "combining after the last that fits", STR_INIT("e\xcc\x81x"), 0, 1, 1,
		  "e\xcc\x81", "e" },
		{ "combining alone", STR_INIT("\xcc\x81x"), 0, 10, 2, "◌\xcc\x81x", "?x" },
		{ "too many combining",
		  STR_INIT("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81x"), 0, 10, 2,
		  "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81x", "ex" },
		{ "variation selector", STR_INIT("☎\xef\xb8\x8fx"), 0, 10, 2, "☎x", "?x" },
		{ "escape sequence", STR_INIT("a\033[2Jb"), 0, 10, 6, "a␛[2Jb", "a?[2Jb" },
		{ "C1 control", STR_INIT("a\xc2\x9b" "1mb"), 0, 10, 5, "a�1mb", "a?1mb" },
		{ "tab, cr, nul, del", STR_INIT("\t\r\0\177"), 0, 10, 4, "␉␍␀␡", "????" },
		{ "bidi override", STR_INIT("a\xe2\x80\xae" "b"), 0, 10, 3, "a�b", "a?b" },
		{ "bad UTF-8", STR_INIT("a\xff\xc3(\xed\xa0\x80"), 0, 10, 7, "a��(���", "a?\?(???" },
		{ "cut UTF-8", STR_INIT("a\xe6\x97"), 0, 10, 3, "a��", "a??" },
		{ "lines", STR_INIT("─│┌┼→◀…"), 0, 10, 7, "─│┌┼→◀…", "-|++><~" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			struct canvas *c = canvas_new(1, 10);
			int used;

			c->ascii = ascii;
			used = canvas_text(c, 0, t[i].x, t[i].max, ROLE_NORMAL, t[i].text);
			if (used != t[i].used)
				print_message("%s: %d cells, not %d\n", t[i].what, used, t[i].used);
			assert_int_equal(used, t[i].used);
			check_row(c, 0, ascii ? t[i].ascii : t[i].row);
			canvas_free(c);
		}
	}
}

static void
overwriting_half_of_a_wide_one(void **state)
{
	struct canvas *c = canvas_new(1, 6), part;

	(void)state;
	canvas_text(c, 0, 0, 6, ROLE_NORMAL, STR("日本語"));
	canvas_text(c, 0, 1, 1, ROLE_NORMAL, STR("x"));
	check_row(c, 0, " x本語");
	canvas_text(c, 0, 2, 1, ROLE_NORMAL, STR("y"));
	check_row(c, 0, " xy 語");
	canvas_text(c, 0, 3, 2, ROLE_NORMAL, STR("日"));
	check_row(c, 0, " xy日");
	/* A part may begin in the middle of one. */
	part = canvas_part(c, 0, 4, 1, 1);
	canvas_fill(&part, 0, 0, 1, 1, ROLE_NORMAL, "z");
	check_row(c, 0, " xy z");
	canvas_text(c, 0, 0, 6, ROLE_NORMAL, STR("日本語"));
	canvas_text(c, 0, 1, 4, ROLE_NORMAL, STR("語日"));
	check_row(c, 0, " 語日");
	canvas_free(c);
}

static void
parts_clip(void **state)
{
	struct canvas *c = canvas_new(4, 8), part;

	(void)state;
	part = canvas_part(c, 1, 2, 2, 4);
	assert_int_equal(canvas_height(&part), 2);
	assert_int_equal(canvas_width(&part), 4);
	for (int y = -1; y < 4; y++)
		canvas_text(&part, y, -1, 100, ROLE_ERROR, STR("abcdefghi"));
	check_row(c, 0, "");
	check_row(c, 1, "  bcde");
	check_row(c, 2, "  bcde");
	check_row(c, 3, "");
	canvas_clear(&part);
	check_row(c, 1, "");
	part = canvas_part(c, 2, 6, 100, 100);
	assert_int_equal(canvas_height(&part), 2);
	assert_int_equal(canvas_width(&part), 2);
	part = canvas_part(c, 4, 0, 1, 1);
	assert_int_equal(canvas_height(&part), 0);
	part = canvas_part(c, 0, 0, -1, 3);
	assert_int_equal(canvas_text(&part, 0, 0, 9, ROLE_NORMAL, STR("abc")), 0);
	canvas_fill(&part, 0, 0, 9, 9, ROLE_NORMAL, "x");
	part = canvas_part(c, -1, -1, 2, 2);
	assert_int_equal(canvas_height(&part), 1);
	canvas_free(c);
}

static void
fields(void **state)
{
	static const struct {
		struct str text;
		int width;
		enum canvas_align align;
		const char *row;
	} t[] = {
		{ STR_INIT("ab"), 5, CANVAS_LEFT, "|ab   |" },
		{ STR_INIT("ab"), 5, CANVAS_RIGHT, "|   ab|" },
		{ STR_INIT("ab"), 5, CANVAS_CENTER, "| ab  |" },
		{ STR_INIT("abcde"), 5, CANVAS_RIGHT, "|abcde|" },
		{ STR_INIT("abcdef"), 5, CANVAS_RIGHT, "|abcd…|" },
		{ STR_INIT("日本語"), 5, CANVAS_LEFT, "|日本…|" },
		{ STR_INIT("a日本語"), 5, CANVAS_LEFT, "|a日 …|" },
		{ STR_INIT("\xcc\x81"), 3, CANVAS_LEFT, "|◌\xcc\x81  |" },
		{ STR_INIT(""), 2, CANVAS_LEFT, "|  |" },
		{ STR_INIT("ab"), 1, CANVAS_LEFT, "|…|" },
		{ STR_INIT("ab"), 0, CANVAS_LEFT, "||" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct canvas *c = canvas_new(1, 12);

		canvas_text(c, 0, 0, 1, ROLE_NORMAL, STR("|"));
		canvas_text(c, 0, 1, 11, ROLE_NORMAL, STR("###########"));
		canvas_field(c, 0, 1, t[i].width, ROLE_NORMAL, t[i].align, t[i].text);
		canvas_text(c, 0, 1 + t[i].width, 1, ROLE_NORMAL, STR("|"));
		canvas_fill(c, 0, 2 + t[i].width, 1, 12, ROLE_NORMAL, " ");
		check_row(c, 0, t[i].row);
		canvas_free(c);
	}
}

static void
lines_and_roles(void **state)
{
	struct canvas *c = canvas_new(3, 5);
	struct buf b = BUF_INIT;

	(void)state;
	canvas_hline(c, 1, 1, 9, ROLE_BORDER);
	canvas_vline(c, 0, 0, 9, ROLE_LANE);
	check_row(c, 1, "│────");
	canvas_row_roles(c, 1, &b);
	assert_string_equal(buf_cstr(&b), "lbbbb");
	canvas_paint(c, 1, 3, 9, ROLE_NORMAL);
	canvas_paint(c, 9, 0, 9, ROLE_ERROR);
	buf_clear(&b);
	canvas_row_roles(c, 1, &b);
	assert_string_equal(buf_cstr(&b), "lbb");
	buf_clear(&b);
	canvas_row(c, 0, true, &b);
	assert_string_equal(buf_cstr(&b), "│    ");
	assert_int_equal(canvas_printf(c, 2, 1, 9, ROLE_NORMAL, "%d", 12), 2);
	check_row(c, 2, "│12");
	assert_null(canvas_at(c, 3, 0));
	assert_null(canvas_at(c, 0, -1));
	canvas_resize(c, 0, 1 << 30);
	assert_int_equal(canvas_height(c), 1);
	assert_int_equal(canvas_width(c), CANVAS_MAX_WIDTH);
	buf_release(&b);
	canvas_free(c);
}

static void
letters_differ(void **state)
{
	(void)state;
	for (int i = 0; i < ROLE_COUNT; i++) {
		assert_true(role_letter((enum role)i) > ' ');
		for (int j = 0; j < i; j++) {
			assert_true(role_letter((enum role)i) != role_letter((enum role)j));
			assert_string_not_equal(role_name((enum role)i), role_name((enum role)j));
		}
	}
}

static void
styles(void **state)
{
	static const struct {
		const char *text;
		int result, fg, bg, attrs;
	} t[] = {
		{ "default", 0, -1, -1, 0 },
		{ "", 0, -1, -1, 0 },
		{ "bold red", 0, 1, -1, STYLE_BOLD },
		{ "Bright-Blue on black underline", 0, 12, 0, STYLE_UNDERLINE },
		{ "208 on 17 dim reverse", 0, 208, 17, STYLE_DIM | STYLE_REVERSE },
		{ "256", -1, 7, 7, 7 },
		{ "pink", -1, 7, 7, 7 },
		{ "bright-", -1, 7, 7, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct style s = { 7, 7, 7 };
		struct err err;

		assert_int_equal(style_parse(&s, str_of(t[i].text), &err), t[i].result);
		assert_int_equal(s.fg, t[i].fg);
		assert_int_equal(s.bg, t[i].bg);
		assert_int_equal(s.attrs, t[i].attrs);
	}
}

static void
styles_are_written(void **state)
{
	static const struct { const char *text, *written; } t[] = {
		{ "", "default" },
		{ "bold default", "bold" },
		{ "default on default", "default" },
		{ "red", "red" },
		{ "on red", "on red" },
		{ "15 on 8 reverse dim", "dim reverse bright-white on bright-black" },
		{ "16 on 255", "16 on 255" },
	};
	struct style style, again;
	struct buf b = BUF_INIT;
	struct theme theme;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(style_parse(&style, str_of(t[i].text), &err), 0);
		buf_clear(&b);
		style_add(&b, &style);
		assert_string_equal(buf_cstr(&b), t[i].written);
	}
	for (int name = 0; name < THEME_COUNT; name++) {
		theme_init(&theme, (enum theme_name)name);
		for (int i = 0; i < ROLE_COUNT; i++) {
			buf_clear(&b);
			style_add(&b, &theme.styles[i]);
			assert_int_equal(style_parse(&again, buf_str(&b), &err), 0);
			assert_true(style_eq(&again, &theme.styles[i]));
		}
	}
	for (int i = 0; i < ROLE_COUNT; i++)
		assert_int_equal(role_find(str_of(role_name((enum role)i))), i);
	assert_int_equal(role_find(STR("none")), ROLE_COUNT);
	buf_release(&b);
}

static void
themes(void **state)
{
	struct theme t;
	bool bold;

	(void)state;
	for (int name = 0; name < THEME_COUNT; name++)
		theme_init(&t, (enum theme_name)name);
	for (int i = 0; i < ROLE_COUNT; i++) {
		assert_int_equal(t.styles[i].fg, STYLE_DEFAULT);
		assert_int_equal(t.styles[i].bg, STYLE_DEFAULT);
	}
	unsetenv("NO_COLOR");
	assert_int_equal(theme_choose(THEME_LIGHT), THEME_LIGHT);
	setenv("NO_COLOR", "", 1);
	assert_int_equal(theme_choose(THEME_LIGHT), THEME_LIGHT);
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(theme_choose(THEME_LIGHT), THEME_PLAIN);
	unsetenv("NO_COLOR");
	for (int color = -1; color < 256; color++) {
		bold = false;
		assert_in_range(style_color(color, 8, &bold) + 1, 0, 8);
		assert_in_range(style_color(color, 16, &bold) + 1, 0, 16);
		assert_int_equal(style_color(color, 256, &bold), color);
	}
	bold = false;
	assert_int_equal(style_color(9, 8, &bold), 1);
	assert_true(bold);
	assert_int_equal(style_color(196, 16, &bold), 9);
	assert_int_equal(style_color(231, 16, &bold), 15);
	assert_int_equal(style_color(16, 16, &bold), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_table),
		cmocka_unit_test(overwriting_half_of_a_wide_one),
		cmocka_unit_test(parts_clip),
		cmocka_unit_test(fields),
		cmocka_unit_test(lines_and_roles),
		cmocka_unit_test(letters_differ),
		cmocka_unit_test(styles),
		cmocka_unit_test(styles_are_written),
		cmocka_unit_test(themes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
