#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "conf/rc.h"
#include "conf/rc_save.h"

struct wish {
	struct settings now, before;
	struct rc_save what;
};

static int
setting_index(const char *name)
{
	const struct setting_def *def = setting_find(str_of(name));

	assert_non_null(def);
	return (int)(def - setting_defs);
}

static void
wish_init(struct wish *w)
{
	settings_init(&w->now);
	settings_init(&w->before);
	w->what = (struct rc_save){ .now = &w->now, .before = &w->before };
}

static void
wish_set(struct wish *w, const char *name, const char *value)
{
	struct err err;

	assert_int_equal(settings_set(&w->now, str_of(name), str_of(value), &err), 0);
	w->what.changed[setting_index(name)] = true;
}

static bool
is_known_column(void *ctx, struct str field)
{
	(void)ctx;
	return !str_eq(field, STR("nosuch"));
}

/* Save "theme light" and "utc on" into @p old. */
static void
expect(const char *old, const char *new)
{
	struct buf out = BUF_INIT;
	struct wish w;

	wish_init(&w);
	wish_set(&w, "theme", "light");
	wish_set(&w, "utc", "on");
	rc_save_text(&out, str_of(old), &w.what);
	assert_string_equal(buf_cstr(&out), new);
	buf_release(&out);
}

static void
lines_are_edited_in_place(void **state)
{
	(void)state;
	expect("# mine\n\n  set\ttheme   dark  \nbind x y z\nset utc off\n",
	       "# mine\n\n  set\ttheme   light  \nbind x y z\nset utc on\n");
	/* The last good one counts; wrong ones stay as they are. */
	expect("set theme dark\nset theme plain\nset theme pink\nset utc on\nset utc\n",
	       "set theme dark\nset theme light\nset theme pink\nset utc on\nset utc\n");
	/* No line end at the end, nor then. */
	expect("set utc off\nset theme dark", "set utc on\nset theme light");
	expect("#set theme dark\nset themes dark\n set utc no\n",
	       "#set theme dark\nset themes dark\n set utc on\n\n# Saved by the program:\n"
	       "set theme light\n");
}

static void
missing_lines_are_added(void **state)
{
	struct buf out = BUF_INIT, again = BUF_INIT;
	struct wish w;

	(void)state;
	expect("", "# Saved by the program:\nset theme light\nset utc on\n");
	expect("bind a b c",
	       "bind a b c\n\n# Saved by the program:\nset theme light\nset utc on\n");
	expect("# Saved by the program:\nset theme dark\n",
	       "# Saved by the program:\nset theme light\nset utc on\n");

	/* What the files before say already needs no line. */
	wish_init(&w);
	wish_set(&w, "theme", "light");
	w.before.theme = SETTING_THEME_LIGHT;
	rc_save_text(&out, STR("# x\n"), &w.what);
	assert_string_equal(buf_cstr(&out), "# x\n");
	buf_clear(&out);

	/* But one that says something else is told. */
	rc_save_text(&out, STR("set theme dark\n"), &w.what);
	assert_string_equal(buf_cstr(&out), "set theme light\n");
	rc_save_text(&again, buf_str(&out), &w.what);
	assert_string_equal(buf_cstr(&again), buf_cstr(&out));
	buf_release(&out);
	buf_release(&again);
}

static void
line_ends_stay(void **state)
{
	(void)state;
	expect("# mine\r\nset theme dark\r\n",
	       "# mine\r\nset theme light\r\n\r\n# Saved by the program:\r\nset utc on\r\n");
	expect("set utc off\r\nset theme dark", "set utc on\r\nset theme light");
	expect("# mine\nset utc off\r\nset theme dark \r\n",
	       "# mine\nset utc on\r\nset theme light \r\n");
	expect("\xef\xbb\xbfset theme dark\nset utc off",
	       "\xef\xbb\xbfset theme light\nset utc on");
}

static void
columns(void **state)
{
	static const struct { const char *old, *new; } t[] = {
		{ "column index\n# between\ncolumn state 9\ncolumn nosuch\ncolumn to x\nset utc on",
		  "column a\ncolumn b 3\n# between\ncolumn nosuch\ncolumn to x\nset utc on" },
		{ "set utc on\n",
		  "set utc on\n\n# Saved by the program:\ncolumn a\ncolumn b 3\n" },
		{ "x\r\ncolumn state", "x\r\ncolumn a\r\ncolumn b 3\r\n" },
		{ "", "# Saved by the program:\ncolumn a\ncolumn b 3\n" },
	};
	struct buf out = BUF_INIT;
	struct wish w;

	(void)state;
	wish_init(&w);
	w.what.columns = true;
	w.what.column_known = is_known_column;
	w.what.column_lines = STR("column a\ncolumn b 3\n");
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		buf_clear(&out);
		rc_save_text(&out, str_of(t[i].old), &w.what);
		assert_string_equal(buf_cstr(&out), t[i].new);
	}
	buf_release(&out);
}

/* Texts come back as they were, quotes and all. */
static void
texts_come_back(void **state)
{
	static const char *const texts[] = {
		"", "a", "\"", "\"\"", "\"\"\"", "\"a\"", "\"a\" or \"b\"", "\"\"a\"\"", "a\"",
		"# no comment", "a  b\tc", "\xff\xfe", "\"a\" \"", "\"\" or \"\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct buf out = BUF_INIT;
		struct settings s;
		struct wish w;
		struct rc rc;

		wish_init(&w);
		memcpy(w.now.filter, texts[i], strlen(texts[i]) + 1);
		w.what.changed[setting_index("filter")] = true;
		rc_save_text(&out, STR("set filter old\n"), &w.what);
		settings_init(&s);
		rc_init(&rc, &s);
		assert_int_equal(rc_read_text(&rc, "rc", buf_str(&out)), 0);
		assert_string_equal(s.filter, texts[i]);
		rc_release(&rc);
		buf_release(&out);
	}
}

static void
every_cut(void **state)
{
	static const char text[] = "\xef\xbb\xbf# a\r\nset theme dark\r\ncolumn index 5\r\n"
		"set filter \"\"\r\ncolumn state\n";
	struct wish w;

	(void)state;
	wish_init(&w);
	wish_set(&w, "theme", "light");
	wish_set(&w, "filter", "\"a\" or \"b\"");
	w.what.columns = true;
	w.what.column_lines = STR("column a\n");
	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = malloc(n ? n : 1);
		struct buf out = BUF_INIT;
		struct settings s;
		struct rc rc;

		assert_non_null(copy);
		memcpy(copy, text, n);
		rc_save_text(&out, (struct str){ copy, n }, &w.what);
		settings_init(&s);
		rc_init(&rc, &s);
		rc_read_text(&rc, "rc", buf_str(&out));
		assert_int_equal(s.theme, SETTING_THEME_LIGHT);
		assert_string_equal(s.filter, "\"a\" or \"b\"");
		rc_release(&rc);
		buf_release(&out);
		free(copy);
	}
}

/* ---- files ---- */

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void
check_file(const char *path, const char *want)
{
	char text[512];
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	fclose(in);
	assert_string_equal(text, want);
}

static void
files(void **state)
{
	char dir[] = "/tmp/rung-save-XXXXXX", path[128], link[128], deep[128];
	struct stat st;
	struct wish w;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	wish_init(&w);
	wish_set(&w, "theme", "light");

	/* Made, with its folders. */
	snprintf(deep, sizeof(deep), "%s/a/b/rungrc", dir);
	assert_int_equal(rc_save_file(deep, &w.what, &err), 0);
	check_file(deep, "# Saved by the program:\nset theme light\n");

	/* The mode stays, and a link stays a link. */
	snprintf(path, sizeof(path), "%s/real", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	write_file(path, "set theme dark\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(rc_save_file(link, &w.what, &err), 0);
	check_file(path, "set theme light\n");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);

	/* A link to nothing yet. */
	unlink(path);
	assert_int_equal(rc_save_file(link, &w.what, &err), 0);
	check_file(path, "# Saved by the program:\nset theme light\n");

	/* Round and round; a folder; no right to write. */
	unlink(link);
	assert_int_equal(symlink("link", link), 0);
	assert_int_equal(rc_save_file(link, &w.what, &err), -1);
	assert_int_equal(rc_save_file(dir, &w.what, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(rc_save_file("/proc/none/rungrc", &w.what, &err), -1);

	/* Nothing is left beside. */
	unlink(link);
	unlink(path);
	unlink(deep);
	snprintf(deep, sizeof(deep), "%s/a/b", dir);
	assert_int_equal(rmdir(deep), 0);
	snprintf(deep, sizeof(deep), "%s/a", dir);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
too_large(void **state)
{
	char path[] = "/tmp/rung-save-XXXXXX";
	int fd = mkstemp(path);
	struct buf text = BUF_INIT;
	struct stat st;
	struct wish w;
	struct err err;

	(void)state;
	assert_true(fd >= 0);
	wish_init(&w);
	wish_set(&w, "theme", "light");
	buf_add_chars(&text, '#', RC_MAX_BYTES);
	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	assert_int_equal(rc_save_file(path, &w.what, &err), -1);
	assert_non_null(strstr(err.text, "would be too large"));
	assert_int_equal(write(fd, "#", 1), 1);
	assert_int_equal(rc_save_file(path, &w.what, &err), -1);
	assert_non_null(strstr(err.text, ": too large"));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, RC_MAX_BYTES + 1);
	close(fd);
	unlink(path);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_edited_in_place),
		cmocka_unit_test(missing_lines_are_added),
		cmocka_unit_test(line_ends_stay),
		cmocka_unit_test(columns),
		cmocka_unit_test(texts_come_back),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(files),
		cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
