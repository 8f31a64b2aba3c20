#include <fcntl.h>
#include <unistd.h>

#include "app/session.h"

#include "conf/rc_save.h"
#include "views/views.h"

_Static_assert(RC_MAX_WIDTH == CALL_COLUMN_WIDTH_MAX, "a width that is read can be taken");

void
config_init(struct config *c)
{
	*c = (struct config){ 0 };
	rc_init(&c->rc, NULL);
	call_columns_init(&c->columns);
}

void
config_release(struct config *c)
{
	rc_release(&c->rc);
	call_columns_release(&c->columns);
}

void
config_add_path(struct buf *b, struct str path)
{
	const char *home = getenv("HOME");
	size_t n = home ? strlen(home) : 0;

	if (n > 1 && str_starts(path, str_of(home)) && path.n > n && path.p[n] == '/') {
		buf_add_char(b, '~');
		path = str_skip(path, n);
	}
	buf_add_str(b, path);
}

/* ---- reading ---- */

static int
check_text(void *ctx, const struct setting_def *def, struct str value, struct err *err)
{
	(void)ctx;
	return views_check_setting(def, value, err);
}

static int
bind_keys(void *ctx, struct str view, struct str action, struct str keys, struct err *err)
{
	struct session *s = ctx;

	return keymap_bind(&s->keymap, view, action, keys, err);
}

static int
set_color(void *ctx, struct str name, struct str look, struct err *err)
{
	struct session *s = ctx;
	enum role role = role_find(name);

	if (role == ROLE_COUNT)
		return err_set(err, "no such role: %.*s", STR_ARG(name));
	if (style_parse(&s->config.colors[role], look, err) != 0)
		return -1;
	s->config.colored[role] = true;
	return 0;
}

/* A first column that is wrong leaves those chosen before. */
static int
set_column(void *ctx, bool first, struct str field, int width, struct err *err)
{
	struct session *s = ctx;
	struct config *c = &s->config;
	struct field found;

	if (first && field_find(QUERY_CALL, field, &found))
		call_columns_clear(&c->columns);
	if (call_columns_add(&c->columns, field, width, err) != 0)
		return -1;
	c->columns_given = true;
	return 0;
}

static bool
is_column(void *ctx, struct str field)
{
	struct field found;

	(void)ctx;
	return field_find(QUERY_CALL, field, &found);
}

static int
set_alias(void *ctx, struct str address, struct str name, struct err *err)
{
	struct session *s = ctx;

	return host_names_add_alias(&s->names, address, name, err);
}

int
config_read(struct session *s)
{
	const struct options *o = &s->options;
	struct rc *rc = &s->config.rc;
	int result = 0;

	rc->settings = &s->settings;
	rc->check = check_text;
	rc->bind = bind_keys;
	rc->color = set_color;
	rc->column = set_column;
	rc->alias = set_alias;
	rc->ctx = s;
	if (!o->given[OPTION_NO_CONFIG])
		rc_read_default_files(rc);
	if (o->config)
		result = rc_read_file(rc, o->config, true);
	for (size_t i = 0; i < rc->errors_n; i++)
		complain("%s", rc->errors[i]);
	if (rc->errors_total > rc->errors_n)
		complain("%zu more wrong lines in settings files",
			 rc->errors_total - rc->errors_n);
	if (s->config.columns.n == 0)
		call_columns_reset(&s->config.columns);
	/* What is asked for by options is not the user's setting, but holds. */
	if (o->given[OPTION_UTC])
		s->settings.utc = true;
	if (o->given[OPTION_ASCII])
		s->settings.ascii = SETTING_ASCII_ON;
	s->config.saved = s->settings;
	s->config.columns_saved = s->config.columns.revision;
	return result;
}

void
config_theme(const struct session *s, struct theme *theme)
{
	bool no_color = theme_choose(THEME_DARK) == THEME_PLAIN;

	theme_init(theme, theme_choose((enum theme_name)s->settings.theme));
	for (int i = 0; i < ROLE_COUNT && !no_color; i++)
		if (s->config.colored[i])
			theme->styles[i] = s->config.colors[i];
}

/* ---- saving ---- */

int
config_file(const struct session *s, struct buf *path, struct err *err)
{
	if (s->options.config) {
		buf_add_cstr(path, s->options.config);
		return 0;
	}
	if (s->options.given[OPTION_NO_CONFIG])
		return err_set(err, "no settings file is in use (-F); name one by -f");
	/* By who we are for files, which the real user may not be. */
	if (rc_usual_file(2, path) &&
	    faccessat(AT_FDCWD, buf_cstr(path), F_OK, AT_EACCESS) == 0)
		return 0;
	buf_clear(path);
	if (rc_usual_file(1, path))
		return 0;
	return err_set(err, "HOME is not set; name a settings file by -f");
}

/* What the files that are read before @p path give. */
static void
read_before(const struct session *s, const char *path, struct settings *before)
{
	struct buf usual = BUF_INIT;
	struct rc rc;

	settings_init(before);
	rc_init(&rc, before);
	rc.check = check_text;
	for (unsigned int i = 0; i < RC_USUAL_FILES && !s->options.given[OPTION_NO_CONFIG]; i++) {
		buf_clear(&usual);
		if (!rc_usual_file(i, &usual))
			continue;
		if (strcmp(buf_cstr(&usual), path) == 0)
			break;
		rc_read_file(&rc, buf_cstr(&usual), false);
	}
	buf_release(&usual);
	rc_release(&rc);
}

static void
add_columns(const struct call_columns *c, struct buf *lines)
{
	for (size_t i = 0; i < c->n; i++) {
		buf_printf(lines, "column %s", buf_cstr(&c->list[i].name));
		if (c->list[i].width > 0)
			buf_printf(lines, " %d", c->list[i].width);
		buf_add_char(lines, '\n');
	}
}

int
config_save(struct session *s, struct buf *path, struct err *err)
{
	struct rc_save what = {
		.now = &s->settings, .check = check_text, .column_known = is_column,
		.columns = s->config.columns.revision != s->config.columns_saved,
	};
	struct buf file = BUF_INIT, columns = BUF_INIT;
	struct settings before;
	bool some = what.columns;
	int result = config_file(s, &file, err);

	for (int i = 0; setting_defs[i].name; i++) {
		what.changed[i] = !setting_same(&setting_defs[i], &s->settings, &s->config.saved);
		some |= what.changed[i];
	}
	if (result == 0) {
		config_add_path(path, buf_str(&file));
		if (!some)
			result = err_set(err, "nothing was changed, %s is as it was",
					 buf_cstr(path));
	}
	add_columns(&s->config.columns, &columns);
	what.column_lines = buf_str(&columns);
	if (result == 0) {
		read_before(s, buf_cstr(&file), &before);
		what.before = &before;
		result = rc_save_file(buf_cstr(&file), &what, err);
	}
	if (result == 0) {
		s->config.saved = s->settings;
		s->config.columns_saved = s->config.columns.revision;
	}
	buf_release(&columns);
	buf_release(&file);
	return result;
}
