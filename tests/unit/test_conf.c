#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf/rc.h"

static void
table_is_sound(void **state)
{
	struct settings s, again;
	struct err err;
	struct buf b = BUF_INIT;

	(void)state;
	settings_init(&s);
	assert_int_equal(s.theme, SETTING_THEME_DARK);
	assert_int_equal(s.ascii, SETTING_ASCII_AUTO);
	assert_int_equal(s.time, SETTING_TIME_ABSOLUTE);
	assert_false(s.utc);
	assert_int_equal(s.escape_ms, 25);
	memset(&again, 0, sizeof(again));
	for (const struct setting_def *def = setting_defs; def->name; def++) {
		assert_ptr_equal(setting_find(str_of(def->name)), def);
		assert_non_null(def->help);
		buf_clear(&b);
		setting_add(&b, def, &s);
		assert_string_equal(buf_cstr(&b), def->initial);
		assert_int_equal(setting_parse(def, &again, buf_str(&b), &err), 0);
	}
	buf_release(&b);
}

static void
values(void **state)
{
	static const struct {
		const char *name, *value, *after, *why;	/* why NULL: taken */
	} t[] = {
		{ "theme", "light", "light", NULL },
		{ "theme", "PLAIN", "plain", NULL },
		{ "theme", "pink", "dark", "pink: one of dark, light, plain wanted" },
		{ "utc", "yes", "on", NULL },
		{ "utc", "1", "on", NULL },
		{ "utc", "OFF", "off", NULL },
		{ "utc", "maybe", "off", "maybe: on or off wanted" },
		{ "escape-time", "0", "0", NULL },
		{ "escape-time", "1000", "1000", NULL },
		{ "escape-time", "1001", "25", "1001: a number from 0 to 1000 ms wanted" },
		{ "escape-time", "-1", "25", "-1: a number from 0 to 1000 ms wanted" },
		{ "escape-time", "-", "25", "-: a number from 0 to 1000 ms wanted" },
		{ "escape-time", "7x", "25", "7x: a number from 0 to 1000 ms wanted" },
		{ "escape-time", "99999999999999999999", "25",
		  "99999999999999999999: a number from 0 to 1000 ms wanted" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct settings s;
		struct err err;

		settings_init(&s);
		assert_int_equal(settings_set(&s, str_of(t[i].name), str_of(t[i].value), &err),
				 t[i].why ? -1 : 0);
		if (t[i].why)
			assert_string_equal(err.text, t[i].why);
		buf_clear(&b);
		setting_add(&b, setting_find(str_of(t[i].name)), &s);
		assert_string_equal(buf_cstr(&b), t[i].after);
	}
	buf_release(&b);
}

static void
texts(void **state)
{
	static const struct { const char *value, *text, *written; } t[] = {
		{ "a", "a", "a" },
		{ "\"\"", "", "\"\"" },
		{ "\" a \"", "a", "a" },
		{ "\"a\" or \"b\"", "\"a\" or \"b\"", "\"a\" or \"b\"" },
		{ "\"\"a\"\"", "\"a\"", "\"\"a\"\"" },
		{ "\"", "\"", "\"" },
	};
	struct buf b = BUF_INIT;
	struct settings s;
	struct err err;

	(void)state;
	settings_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(settings_set(&s, STR("filter"), str_of(t[i].value), &err), 0);
		assert_string_equal(s.filter, t[i].text);
		buf_clear(&b);
		setting_add(&b, setting_find(STR("filter")), &s);
		assert_string_equal(buf_cstr(&b), t[i].written);
	}
	assert_int_equal(settings_set(&s, STR("filter"), STR("a\033b"), &err), -1);
	assert_int_equal(settings_set(&s, STR("filter"), STR("a\0b"), &err), -1);
	buf_release(&b);
}

static void
ranges_and_groups(void **state)
{
	struct buf b = BUF_INIT;
	struct settings one, other;

	(void)state;
	for (const struct setting_def *def = setting_defs; def->name; def++) {
		assert_in_range(def->group, 0, SETTING_GROUP_COUNT - 1);
		assert_non_null(setting_group_title(def->group));
		/* Those of a group stand together. */
		assert_true(def == setting_defs || def->group >= def[-1].group);
	}
	setting_add_range(&b, setting_find(STR("theme")));
	buf_add_char(&b, '|');
	setting_add_range(&b, setting_find(STR("utc")));
	buf_add_char(&b, '|');
	setting_add_range(&b, setting_find(STR("escape-time")));
	buf_add_char(&b, '|');
	setting_add_range(&b, setting_find(STR("sort")));
	assert_string_equal(buf_cstr(&b), "dark, light or plain|on or off|0 to 1000 ms|");
	buf_release(&b);

	settings_init(&one);
	settings_init(&other);
	for (const struct setting_def *def = setting_defs; def->name; def++)
		assert_true(setting_same(def, &one, &other));
	other.utc = true;
	other.theme = 1;
	other.escape_ms = 1;
	memcpy(other.sort, "x", 2);
	assert_false(setting_same(setting_find(STR("utc")), &one, &other));
	assert_false(setting_same(setting_find(STR("theme")), &one, &other));
	assert_false(setting_same(setting_find(STR("escape-time")), &one, &other));
	assert_false(setting_same(setting_find(STR("sort")), &one, &other));
	assert_true(setting_same(setting_find(STR("filter")), &one, &other));
}

static void
decimals(void **state)
{
	static const struct { const char *value, *after, *why; } t[] = {
		{ "4", "4", NULL },
		{ "2.75", "2.75", NULL },
		{ "2.50", "2.5", NULL },
		{ "1.0", "1", NULL },
		{ "5.00", "5", NULL },
		{ "5.01", "3", "5.01: a number from 1 to 5, as 2.5, wanted" },
		{ "0.99", "3", "0.99: a number from 1 to 5, as 2.5, wanted" },
		{ "2.", "3", "2.: a number from 1 to 5, as 2.5, wanted" },
		{ "2.123", "3", "2.123: a number from 1 to 5, as 2.5, wanted" },
		{ "2,5", "3", "2,5: a number from 1 to 5, as 2.5, wanted" },
		{ ".5", "3", ".5: a number from 1 to 5, as 2.5, wanted" },
		{ "-1", "3", "-1: a number from 1 to 5, as 2.5, wanted" },
		{ "4294967296", "3", "4294967296: a number from 1 to 5, as 2.5, wanted" },
		{ "", "3", ": a number from 1 to 5, as 2.5, wanted" },
	};
	const struct setting_def *def = setting_find(STR("warning-mos"));
	struct settings s, same;
	struct buf b = BUF_INIT;
	struct err err;

	(void)state;
	settings_init(&same);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		settings_init(&s);
		assert_int_equal(setting_parse(def, &s, str_of(t[i].value), &err),
				 t[i].why ? -1 : 0);
		if (t[i].why)
			assert_string_equal(err.text, t[i].why);
		buf_clear(&b);
		setting_add(&b, def, &s);
		assert_string_equal(buf_cstr(&b), t[i].after);
		assert_int_equal(setting_same(def, &s, &same), strcmp(t[i].after, "3") == 0);
	}
	buf_clear(&b);
	setting_add_range(&b, setting_find(STR("warning-loss")));
	assert_string_equal(buf_cstr(&b), "0 to 100 %");
	buf_release(&b);
}

static void
negative_numbers(void **state)
{
	static const struct setting_def def = {
		.name = "n", .kind = SETTING_NUMBER, .min = -5, .max = INT64_MAX,
	};
	int64_t n = 1;

	(void)state;
	assert_int_equal(setting_parse(&def, &n, STR("-5"), NULL), 0);
	assert_int_equal(n, -5);
	assert_int_equal(setting_parse(&def, &n, STR("-6"), NULL), -1);
	assert_int_equal(setting_parse(&def, &n, STR("9223372036854775807"), NULL), 0);
	assert_true(n == INT64_MAX);
	assert_int_equal(setting_parse(&def, &n, STR("9223372036854775808"), NULL), -1);
}

/* ---- files ---- */

struct seen {
	struct buf binds, aliases, colors, columns;
};

static int
on_bind(void *ctx, struct str view, struct str action, struct str keys, struct err *err)
{
	struct seen *seen = ctx;

	if (str_eq(view, STR("nowhere")))
		return err_set(err, "no such view: nowhere");
	buf_printf(&seen->binds, "%.*s|%.*s|%.*s\n", STR_ARG(view), STR_ARG(action), STR_ARG(keys));
	return 0;
}

static int
on_alias(void *ctx, struct str address, struct str name, struct err *err)
{
	struct seen *seen = ctx;

	if (!str_eq(address, STR("::1")) && !str_starts(address, STR("10.")))
		return err_set(err, "not an address: %.*s", STR_ARG(address));
	buf_printf(&seen->aliases, "%.*s|%.*s\n", STR_ARG(address), STR_ARG(name));
	return 0;
}

static int
on_color(void *ctx, struct str role, struct str look, struct err *err)
{
	struct seen *seen = ctx;

	if (str_eq(role, STR("nosuch")))
		return err_set(err, "no such role: nosuch");
	buf_printf(&seen->colors, "%.*s|%.*s\n", STR_ARG(role), STR_ARG(look));
	return 0;
}

static int
on_column(void *ctx, bool first, struct str field, int width, struct err *err)
{
	struct seen *seen = ctx;

	if (str_eq(field, STR("nosuch")))
		return err_set(err, "no such field: nosuch");
	buf_printf(&seen->columns, "%s%.*s|%d\n", first ? "*" : "", STR_ARG(field), width);
	return 0;
}

static int
on_check(void *ctx, const struct setting_def *def, struct str value, struct err *err)
{
	(void)ctx;
	if (strcmp(def->name, "filter") == 0 && !str_eq(value, STR("a \"b")))
		return err_set(err, "not a filter: %.*s", STR_ARG(value));
	return 0;
}

struct fixture {
	struct settings settings;
	struct seen seen;
	struct rc rc;
};

static void
fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	settings_init(&f->settings);
	rc_init(&f->rc, &f->settings);
	f->rc.bind = on_bind;
	f->rc.alias = on_alias;
	f->rc.color = on_color;
	f->rc.column = on_column;
	f->rc.check = on_check;
	f->rc.ctx = &f->seen;
}

static void
fixture_release(struct fixture *f)
{
	rc_release(&f->rc);
	buf_release(&f->seen.aliases);
	buf_release(&f->seen.binds);
	buf_release(&f->seen.colors);
	buf_release(&f->seen.columns);
}

static void
file_text(void **state)
{
	static const char *const errors[] = {
		"rc:6: no such setting: colour",
		"rc:7: set wants a setting and its value",
		"rc:8: unknown command: sett",
		"rc:9: no such view: nowhere",
		"rc:10: bind wants a view, an action and keys",
		"rc:11: alias wants an address and a name",
		"rc:12: not an address: x.y",
		"rc:13: unknown command: a␛[2J�",
		"rc:14: alias wants an address and a name",
		"rc:16: blue: one of dark, light, plain wanted",
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_int_equal(rc_read_text(&f.rc, "rc", STR(
		"# comment\n"
		"\n"
		"  set\ttheme   light  \r\n"
		"bind calls open <Enter>  o\n"
		"alias 10.0.0.1 \"Carrier A\"\n"
		"set colour red\n"
		"set theme\n"
		"sett theme dark\n"
		"bind nowhere open x\n"
		"bind calls open\n"
		"alias 10.0.0.2\n"
		"alias x.y name\n"
		"a\033[2J\xff b\n"
		"alias 10.0.0.3 \"\"\n"
		"alias ::1 me and you\n"
		"set theme blue\n"
		"set utc on")), ARRAY_SIZE(errors));
	assert_int_equal(f.rc.errors_n, ARRAY_SIZE(errors));
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_string_equal(f.rc.errors[i], errors[i]);
	assert_int_equal(f.settings.theme, SETTING_THEME_LIGHT);
	assert_true(f.settings.utc);
	assert_string_equal(buf_cstr(&f.seen.binds), "calls|open|<Enter>  o\n");
	assert_string_equal(buf_cstr(&f.seen.aliases), "10.0.0.1|Carrier A\n::1|me and you\n");
	fixture_release(&f);
}

static void
colors_and_columns(void **state)
{
	static const char *const errors[] = {
		"rc:1: no such field: nosuch",
		"rc:4: state: a width from 0 to 200 wanted",
		"rc:5: 201: a width from 0 to 200 wanted",
		"rc:6: column wants a field, and perhaps a width",
		"rc:8: no such role: nosuch",
		"rc:9: color wants a role and a look",
		"rc:10: not a filter: b",
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_int_equal(rc_read_text(&f.rc, "rc", STR(
		"\xef\xbb\xbf" "column nosuch\n"
		"column index\n"
		" column\tcall_id  24 \r\n"
		"column index state\n"
		"column index 201\n"
		"column\n"
		"color request bold  cyan on 17\n"
		"color nosuch red\n"
		"color request\n"
		"set filter \"b\"\n"
		"set filter a \"b\n"
		"set utc off\n")), ARRAY_SIZE(errors));
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_string_equal(f.rc.errors[i], errors[i]);
	assert_string_equal(f.settings.filter, "a \"b");
	assert_string_equal(buf_cstr(&f.seen.colors), "request|bold  cyan on 17\n");
	assert_string_equal(buf_cstr(&f.seen.columns), "*index|0\ncall_id|24\n");
	/* Given, though it is what holds anyway. */
	assert_true(f.rc.given[setting_find(STR("utc")) - setting_defs]);
	assert_false(f.rc.given[setting_find(STR("theme")) - setting_defs]);

	/* The next file begins anew; without a column it changes none. */
	rc_read_text(&f.rc, "rc", STR("set utc on"));
	rc_read_text(&f.rc, "rc", STR("column to\n"));
	assert_string_equal(buf_cstr(&f.seen.columns), "*index|0\ncall_id|24\n*to|0\n");
	fixture_release(&f);

	/* Where nobody wants them they are wrong. */
	fixture_init(&f);
	f.rc.color = NULL;
	f.rc.column = NULL;
	assert_int_equal(rc_read_text(&f.rc, "rc", STR("color a b\ncolumn a")), 2);
	fixture_release(&f);
}

static void
usual_files(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	setenv("HOME", "/h", 1);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	for (unsigned int i = 0; i < RC_USUAL_FILES; i++) {
		assert_true(rc_usual_file(i, &b));
		buf_add_char(&b, ' ');
	}
	assert_string_equal(buf_cstr(&b), "/etc/rungrc /h/.config/rung/rungrc /h/.rungrc ");
	buf_clear(&b);
	setenv("XDG_CONFIG_HOME", "/x", 1);
	assert_true(rc_usual_file(1, &b));
	assert_string_equal(buf_cstr(&b), "/x/rung/rungrc");
	unsetenv("HOME");
	assert_false(rc_usual_file(2, &b));
	unsetenv("XDG_CONFIG_HOME");
	assert_false(rc_usual_file(1, &b));
	assert_false(rc_usual_file(RC_USUAL_FILES, &b));
	buf_release(&b);
}

static void
many_errors_are_counted(void **state)
{
	struct buf text = BUF_INIT;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (int i = 0; i < 5000; i++)
		buf_add_cstr(&text, "x\n");
	rc_read_text(&f.rc, "rc", buf_str(&text));
	assert_int_equal(f.rc.errors_n, RC_MAX_ERRORS);
	assert_int_equal(f.rc.errors_total, 5000);
	buf_release(&text);
	fixture_release(&f);
}

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void
files(void **state)
{
	char dir[] = "/tmp/rung-conf-XXXXXX", path[128], xdg[128];
	struct fixture f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fixture_init(&f);
	snprintf(path, sizeof(path), "%s/none", dir);
	assert_int_equal(rc_read_file(&f.rc, path, false), 0);
	assert_int_equal(f.rc.errors_n, 0);
	assert_int_equal(rc_read_file(&f.rc, path, true), -1);
	assert_int_equal(f.rc.errors_n, 1);
	assert_int_equal(rc_read_file(&f.rc, dir, false), -1);
	assert_int_equal(f.rc.errors_n, 2);

	/* The later file wins; XDG_CONFIG_HOME hides ~/.config. */
	setenv("HOME", dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	snprintf(path, sizeof(path), "%s/.config", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.config/rung", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.config/rung/rungrc", dir);
	write_file(path, "set theme light\nset utc on\n");
	snprintf(path, sizeof(path), "%s/.rungrc", dir);
	write_file(path, "set theme plain\n");
	rc_read_default_files(&f.rc);
	assert_int_equal(f.settings.theme, SETTING_THEME_PLAIN);
	assert_true(f.settings.utc);

	snprintf(xdg, sizeof(xdg), "%s/xdg", dir);
	mkdir(xdg, 0700);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	settings_init(&f.settings);
	rc_read_default_files(&f.rc);
	assert_false(f.settings.utc);
	assert_int_equal(f.settings.theme, SETTING_THEME_PLAIN);
	assert_int_equal(f.rc.errors_n, 2);
	fixture_release(&f);

	unlink(path);
	rmdir(xdg);
	snprintf(path, sizeof(path), "%s/.config/rung/rungrc", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/.config/rung", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/.config", dir);
	rmdir(path);
	assert_int_equal(rmdir(dir), 0);
}

/* Cut at every byte: an exact copy on the heap, so that a byte too far shows. */
static void
every_cut(void **state)
{
	static const char text[] = "set theme light\nbind calls open <Enter>\nalias 10.0.0.1 \"A b\"\n"
		"color request bold on 17\ncolumn index 5\nset filter \"a \"b\"";
	struct fixture f;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, text, n);
		fixture_init(&f);
		rc_read_text(&f.rc, "rc", (struct str){ copy, n });
		fixture_release(&f);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(values),
		cmocka_unit_test(texts),
		cmocka_unit_test(ranges_and_groups),
		cmocka_unit_test(decimals),
		cmocka_unit_test(negative_numbers),
		cmocka_unit_test(file_text),
		cmocka_unit_test(colors_and_columns),
		cmocka_unit_test(usual_files),
		cmocka_unit_test(many_errors_are_counted),
		cmocka_unit_test(files),
		cmocka_unit_test(every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
