/*
 * A settings file made of what holds. A line is a comment ("#set ...", prose has a
 * blank after the "#") where leaving it out changes nothing: it says what the program
 * does by itself, and no file said so. So a file that is read and written again stays
 * the same, and a theme that is changed later changes the colours that nobody chose.
 */
#include "app/session.h"

#include "net/addr.h"
#include "views/views.h"

static void
add_heading(struct buf *out, const char *title)
{
	buf_printf(out, "\n# ---- %s ----\n", title);
}

static void
print_setting(const struct session *s, int i, struct buf *out)
{
	const struct setting_def *def = &setting_defs[i];
	struct settings initial;

	settings_init(&initial);
	buf_printf(out, "\n# %s\n", def->help);
	if (def->kind != SETTING_TEXT) {
		buf_add_cstr(out, "# ");
		setting_add_range(out, def);
		buf_printf(out, "; default: %s\n", def->initial);
	}
	if (!s->config.rc.given[i] && setting_same(def, &s->settings, &initial))
		buf_add_char(out, '#');
	buf_printf(out, "set %s ", def->name);
	setting_add(out, def, &s->settings);
	buf_add_char(out, '\n');
}

static void
print_settings(const struct session *s, struct buf *out)
{
	for (enum setting_group g = 0; g < SETTING_GROUP_COUNT; g++) {
		add_heading(out, setting_group_title(g));
		for (int i = 0; setting_defs[i].name; i++)
			if (setting_defs[i].group == g)
				print_setting(s, i, out);
	}
}

/* The keys of an action in a view, KEYMAP_LINE_KEYS in a line. */
static void
print_action(const struct keymap *km, const struct keymap *initial, const char *view,
	     enum action action, struct buf *out)
{
	struct buf keys = BUF_INIT, usual = BUF_INIT;
	bool same = true;
	int skip, n;

	for (skip = 0; same; skip += KEYMAP_LINE_KEYS) {
		buf_clear(&keys);
		buf_clear(&usual);
		n = keymap_add_own(km, view, action, skip, &keys);
		keymap_add_own(initial, view, action, skip, &usual);
		same = str_eq(buf_str(&keys), buf_str(&usual));
		if (n == 0)
			break;
	}
	for (skip = 0; ; skip += KEYMAP_LINE_KEYS) {
		buf_clear(&keys);
		if (keymap_add_own(km, view, action, skip, &keys) == 0)
			break;
		if (skip == 0)
			buf_printf(out, "# %s\n", action_defs[action].help);
		buf_printf(out, "%sbind %s %s %s\n", same ? "#" : "", view,
			   action_defs[action].name, buf_cstr(&keys));
	}
	buf_release(&keys);
	buf_release(&usual);
}

static void
print_keys(const struct keymap *km, struct buf *out)
{
	struct keymap initial;
	const char *view;

	keymap_init(&initial);
	views_add_keys(&initial);
	add_heading(out, "Keys");
	buf_add_cstr(out, "# bind VIEW ACTION KEYS; \"generic\" is every view that gives the key\n"
		     "# no other meaning, the action \"none\" takes keys away.\n");
	for (size_t i = 0; (view = keymap_view(km, i)); i++) {
		buf_add_char(out, '\n');
		for (int action = ACTION_NONE; action < ACTION_COUNT; action++)
			print_action(km, &initial, view, (enum action)action, out);
	}
	keymap_release(&initial);
}

static void
print_colors(const struct session *s, struct buf *out)
{
	struct theme theme;

	theme_init(&theme, (enum theme_name)s->settings.theme);
	add_heading(out, "Colours");
	buf_add_cstr(out, "# color ROLE LOOK, on top of the theme. A look is words: bold dim\n"
		     "# underline reverse, a colour (default black red green yellow blue magenta\n"
		     "# cyan white, bright-NAME, 0 to 255), and \"on COLOUR\" behind it.\n\n");
	for (int i = 0; i < ROLE_COUNT; i++) {
		bool own = s->config.colored[i];

		buf_printf(out, "%scolor %s ", own ? "" : "#", role_name((enum role)i));
		style_add(out, own ? &s->config.colors[i] : &theme.styles[i]);
		buf_add_char(out, '\n');
	}
}

static bool
columns_same(const struct call_columns *a, const struct call_columns *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = a->list[i].width == b->list[i].width &&
			str_eq(buf_str(&a->list[i].name), buf_str(&b->list[i].name));
	return same;
}

static void
print_columns(const struct config *c, struct buf *out)
{
	struct call_columns usual;
	const char *mark;

	call_columns_init(&usual);
	mark = c->columns_given || !columns_same(&c->columns, &usual) ? "" : "#";
	add_heading(out, "Columns of the list of calls");
	buf_add_cstr(out, "# column FIELD [WIDTH], from left to right; the first one in a file takes the\n"
		     "# place of all that were chosen before. rung(1), CALL FIELDS, has the fields.\n\n");
	for (size_t i = 0; i < c->columns.n; i++) {
		const struct call_column *column = &c->columns.list[i];

		buf_printf(out, "%scolumn %s", mark, buf_cstr(&column->name));
		if (column->width > 0)
			buf_printf(out, " %d", column->width);
		buf_add_char(out, '\n');
	}
	call_columns_release(&usual);
}

static void
print_aliases(const struct host_names *names, struct buf *out)
{
	struct net_endpoint at;
	struct str name;
	size_t cursor = 0;

	add_heading(out, "Names of hosts");
	buf_add_cstr(out, "# alias ADDRESS NAME, or ADDRESS:PORT, [ADDRESS]:PORT.\n\n");
	while (host_names_next_alias(names, &cursor, &at, &name)) {
		bool quoted;

		/* A name that was cut may end in a blank. */
		name = str_trim(name);
		quoted = setting_unquote(name).n < name.n;
		buf_add_cstr(out, "alias ");
		if (at.port)
			net_endpoint_add(out, &at);
		else
			net_addr_add(out, &at.addr);
		buf_printf(out, quoted ? " \"%.*s\"\n" : " %.*s\n", STR_ARG(name));
	}
}

void
config_print(const struct session *s, struct buf *out)
{
	buf_add_cstr(out, "# Settings of rung, all that hold. A line like \"#set ...\" is what\n"
		     "# holds without it. See rung(1), SETTINGS.\n");
	print_settings(s, out);
	print_keys(&s->keymap, out);
	print_colors(s, out);
	print_columns(&s->config, out);
	print_aliases(&s->names, out);
}
