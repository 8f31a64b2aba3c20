/*
 * Saving into any file: read again it has the new values, all other lines are there
 * byte for byte and in order, and saving once more changes nothing. The first byte
 * says what is saved, the first line is the value of a text.
 */
#include "conf/rc.h"
#include "conf/rc_save.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
change(struct rc_save *what, struct settings *now, const char *name, struct str value)
{
	struct err err;

	if (settings_set(now, str_of(name), value, &err) == 0)
		what->changed[setting_find(str_of(name)) - setting_defs] = true;
}

static bool
has_command(struct str line, struct str command)
{
	struct str word = STR_NONE;

	line = str_trim(line);
	str_cut_word(&line, &word);
	return str_eq(word, command);
}

static bool
may_change(struct str line)
{
	return has_command(line, STR("set")) || has_command(line, STR("column"));
}

static bool
may_be_new(struct str line)
{
	return may_change(line) || str_trim(line).n == 0 ||
		str_eq(str_trim(line), STR("# Saved by the program:"));
}

static struct str
without_cr(struct str line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static struct str
skip_mark(struct str text)
{
	return str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text;
}

static void
check_lines(struct str old, struct str new)
{
	struct str was, is;

	old = skip_mark(old);
	new = skip_mark(new);
	while (old.n > 0 && str_cut(&old, '\n', &was)) {
		/* The last one may get a line end. */
		bool last = old.p == NULL;

		if (may_change(was))
			continue;
		for (;;) {
			if (!str_cut(&new, '\n', &is))
				abort();
			if (str_eq(was, is) || (last && str_eq(was, without_cr(is))))
				break;
			if (!may_change(is))
				abort();
		}
	}
	while (str_cut(&new, '\n', &is))
		if (!may_be_new(is))
			abort();
}

static int
on_column(void *ctx, bool first, struct str field, int width, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	*n = first ? 1 : *n + 1;
	if (*n == 1 ? !str_eq(field, STR("a")) || width != 0
		    : !str_eq(field, STR("b")) || width != 3)
		abort();
	return 0;
}

static void
check_values(struct str text, const struct rc_save *what)
{
	struct settings s = *what->before;
	size_t columns = 0;
	struct rc rc;

	rc_init(&rc, &s);
	rc.ctx = &columns;
	if (what->columns)
		rc.column = on_column;
	rc_read_text(&rc, "rc", text);
	for (int i = 0; setting_defs[i].name; i++)
		if (what->changed[i] && !setting_same(&setting_defs[i], &s, what->now))
			abort();
	if (what->columns && columns != 2)
		abort();
	rc_release(&rc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, value = STR_NONE;
	struct settings now, before;
	struct rc_save what = {
		.now = &now, .before = &before,
		.column_lines = STR("column a\ncolumn b 3\n"),
	};
	struct buf out = BUF_INIT, again = BUF_INIT;
	uint8_t which;

	if (size == 0)
		return 0;
	which = data[0];
	text = str_skip(text, 1);
	str_cut(&text, '\n', &value);
	settings_init(&now);
	settings_init(&before);
	if (which & 1)
		change(&what, &now, "theme", which & 0x80 ? STR("light") : STR("dark"));
	if (which & 2)
		change(&what, &now, "utc", STR("on"));
	if (which & 4)
		change(&what, &now, "escape-time", value);
	if (which & 8)
		change(&what, &now, "filter", value);
	if (which & 16)
		before = now;
	what.columns = which & 32;
	rc_save_text(&out, text, &what);
	check_values(buf_str(&out), &what);
	check_lines(text, buf_str(&out));
	rc_save_text(&again, buf_str(&out), &what);
	if (!str_eq(buf_str(&out), buf_str(&again)))
		abort();
	buf_release(&out);
	buf_release(&again);
	return 0;
}
