#include <errno.h>
#include <stdarg.h>

#include "base/mem.h"
#include "base/text.h"
#include "conf/rc.h"

void
rc_init(struct rc *rc, struct settings *settings)
{
	*rc = (struct rc){ .settings = settings };
}

void
rc_release(struct rc *rc)
{
	for (size_t i = 0; i < rc->errors_n; i++)
		free(rc->errors[i]);
	free(rc->errors);
	rc->errors = NULL;
	rc->errors_n = rc->errors_cap = 0;
}

/* The text may hold anything that the file holds. */
ATTR_PRINTF(2, 3)
static void
report(struct rc *rc, const char *fmt, ...)
{
	struct buf visible = BUF_INIT;
	char text[1024];
	va_list ap;

	rc->errors_total++;
	if (rc->errors_n == RC_MAX_ERRORS)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_add_visible(&visible, str_of(text), false);
	ARRAY_GROW(rc->errors, rc->errors_cap, rc->errors_n + 1);
	rc->errors[rc->errors_n++] = xstrndup(buf_cstr(&visible), visible.n);
	buf_release(&visible);
}

/* The next word of *line, empty at its end; what follows it is trimmed. */
static struct str
take_word(struct str *line)
{
	struct str word = STR_NONE;

	str_cut_word(line, &word);
	*line = str_trim(*line);
	return word;
}

/* What users of sngrep may have in their file. */
static const struct setting_def *
find_by_old_name(struct str name)
{
	static const char *const names[][2] = {
		{ "capture.device", "capture-device" },
		{ "capture.buffer", "capture-buffer" },
		{ "capture.limit", "capture-limit" },
		{ "capture.rotate", "capture-rotate" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, str_of(names[i][0])))
			return setting_find(str_of(names[i][1]));
	return NULL;
}

static int
do_set(struct rc *rc, struct str rest, struct err *err)
{
	struct str name = take_word(&rest);

	const struct setting_def *def;

	if (rest.n == 0)
		return err_set(err, "set wants a setting and its value");
	def = setting_find(name);
	if (!def)
		def = find_by_old_name(name);
	if (!def)
		return err_set(err, "no such setting: %.*s", STR_ARG(name));
	if (rc->check && def->kind == SETTING_TEXT &&
	    rc->check(rc->ctx, def, setting_unquote(rest), err) != 0)
		return -1;
	if (setting_parse(def, rc->settings, rest, err) != 0)
		return -1;
	rc->given[def - setting_defs] = true;
	return 0;
}

static int
do_bind(struct rc *rc, struct str rest, struct err *err)
{
	struct str view = take_word(&rest), action = take_word(&rest);

	if (rest.n == 0)
		return err_set(err, "bind wants a view, an action and keys");
	if (!rc->bind)
		return err_set(err, "there are no keys to bind here");
	return rc->bind(rc->ctx, view, action, rest, err);
}

static int
do_color(struct rc *rc, struct str rest, struct err *err)
{
	struct str role = take_word(&rest);

	if (rest.n == 0)
		return err_set(err, "color wants a role and a look");
	if (!rc->color)
		return err_set(err, "there is nothing to colour here");
	return rc->color(rc->ctx, role, rest, err);
}

static int
do_column(struct rc *rc, struct str rest, struct err *err)
{
	struct str field = take_word(&rest);
	uint32_t width = 0;

	if (field.n == 0)
		return err_set(err, "column wants a field, and perhaps a width");
	if (rest.n > 0 && (!str_to_u32(rest, &width) || width > RC_MAX_WIDTH))
		return err_set(err, "%.*s: a width from 0 to %d wanted", STR_ARG(rest),
			       RC_MAX_WIDTH);
	if (!rc->column)
		return err_set(err, "there are no columns here");
	if (rc->column(rc->ctx, !rc->columns, field, (int)width, err) != 0)
		return -1;
	rc->columns = true;
	return 0;
}

static int
do_alias(struct rc *rc, struct str rest, struct err *err)
{
	struct str address = take_word(&rest);

	rest = setting_unquote(rest);
	if (rest.n == 0)
		return err_set(err, "alias wants an address and a name");
	if (!rc->alias)
		return err_set(err, "there is nothing to name here");
	return rc->alias(rc->ctx, address, rest, err);
}

static int
do_line(struct rc *rc, struct str line, struct err *err)
{
	static const struct {
		struct str name;
		int (*run)(struct rc *rc, struct str rest, struct err *err);
	} commands[] = {
		{ STR_INIT("set"), do_set },
		{ STR_INIT("bind"), do_bind },
		{ STR_INIT("color"), do_color },
		{ STR_INIT("column"), do_column },
		{ STR_INIT("alias"), do_alias },
	};
	struct str word;

	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	word = take_word(&line);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (str_eq(word, commands[i].name))
			return commands[i].run(rc, line, err);
	return err_set(err, "unknown command: %.*s", STR_ARG(word));
}

size_t
rc_read_text(struct rc *rc, const char *name, struct str text)
{
	size_t before = rc->errors_total;
	struct str line;
	struct err err;
	int number = 0;

	rc->columns = false;
	/* Some editors put a byte order mark before all. */
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_skip(text, 3);
	while (str_cut(&text, '\n', &line)) {
		number++;
		if (do_line(rc, line, &err) != 0)
			report(rc, "%s:%d: %s", name, number, err.text);
	}
	return rc->errors_total - before;
}

int
rc_read_file(struct rc *rc, const char *path, bool wanted)
{
	struct buf text = BUF_INIT;
	FILE *f = fopen(path, "rbe");
	const char *why = NULL;
	size_t n;

	if (!f) {
		if (wanted || (errno != ENOENT && errno != ENOTDIR))
			report(rc, "%s: %s", path, strerror(errno));
		return wanted || (errno != ENOENT && errno != ENOTDIR) ? -1 : 0;
	}
	do {
		n = fread(buf_reserve(&text, 4096), 1, 4096, f);
		text.n += n;
	} while (n > 0 && text.n <= RC_MAX_BYTES);
	if (ferror(f))
		why = strerror(errno);
	else if (text.n > RC_MAX_BYTES)
		why = "too large for settings";
	fclose(f);
	if (why)
		report(rc, "%s: %s", path, why);
	else
		rc_read_text(rc, path, buf_str(&text));
	buf_release(&text);
	return why ? -1 : 0;
}

bool
rc_usual_file(unsigned int i, struct buf *path)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	/* A relative one is to be ignored (XDG Base Directory Specification). */
	if (xdg && xdg[0] != '/')
		xdg = NULL;
	if (home && home[0] == '\0')
		home = NULL;
	if (i == 0)
		buf_add_cstr(path, "/etc/rungrc");
	else if (i == 1 && xdg)
		buf_printf(path, "%s/rung/rungrc", xdg);
	else if (i == 1 && home)
		buf_printf(path, "%s/.config/rung/rungrc", home);
	else if (i == 2 && home)
		buf_printf(path, "%s/.rungrc", home);
	else
		return false;
	return true;
}

void
rc_read_default_files(struct rc *rc)
{
	struct buf path = BUF_INIT;

	for (unsigned int i = 0; i < RC_USUAL_FILES; i++) {
		buf_clear(&path);
		if (rc_usual_file(i, &path))
			rc_read_file(rc, buf_cstr(&path), false);
	}
	buf_release(&path);
}
