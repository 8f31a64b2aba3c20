#include "app/docgen.h"

#include "app/commands.h"
#include "query/field.h"
#include "query/stream_fields.h"
#include "ui/action.h"
#include "views/views.h"
#include "ui/theme.h"
#include "views/call_columns.h"

/* Text in man source: a backslash and a dash mean something there, and so does
 * a dot or quote at the front of a line. */
static void
put(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static void
item(FILE *out, const char *name, const char *more, const char *help)
{
	fputs(".TP\n\\fB", out);
	put(out, name);
	fputs("\\fR", out);
	if (more) {
		fputs(" (", out);
		put(out, more);
		fputc(')', out);
	}
	fputc('\n', out);
	put(out, help);
	fputc('\n', out);
}

/* Which commands an option is for, unless for all: those it is for, or the one that it is
 * not for. */
static void
print_scope(FILE *out, unsigned scope)
{
	static const struct {
		unsigned scope;
		const char *name;
	} scopes[] = {
		{ SCOPE_CALLS, "calls" }, { SCOPE_FLOW, "flow" },
		{ SCOPE_MESSAGES, "messages" }, { SCOPE_RECORD, "record" }, { SCOPE_SAVE, "save" },
		{ SCOPE_STREAMS, "streams" },
		{ SCOPE_SCREENS, "the screens" },
	};
	size_t without = 0;
	bool not;
	const char *comma = "";

	for (size_t k = 0; k < ARRAY_SIZE(scopes); k++)
		without += !(scope & scopes[k].scope);
	if (without == 0)
		return;
	not = without == 1;
	fputs(not ? "Not for " : "For ", out);
	for (size_t k = 0; k < ARRAY_SIZE(scopes); k++) {
		if (!(scope & scopes[k].scope) != not)
			continue;
		fprintf(out, "%s%s", comma, scopes[k].name);
		comma = ", ";
	}
	fputs(".\n", out);
}

static void
print_options(FILE *out)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_def *def = &option_defs[i];

		if (options_group((enum option_id)i))
			fprintf(out, ".SS %s\n", options_group((enum option_id)i));
		fputs(".TP\n", out);
		if (def->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", def->letter);
		fputs("\\fB\\-\\-", out);
		put(out, def->name);
		fputs("\\fR", out);
		if (def->arg)
			fprintf(out, " \\fI%s\\fR", def->arg);
		fputc('\n', out);
		put(out, def->help);
		fputc('\n', out);
		print_scope(out, def->scope);
	}
}

static void
print_fields(FILE *out, enum query_subject of)
{
	const struct field_def *defs;
	size_t n = field_table(of, &defs);

	for (size_t i = 0; i < n; i++)
		item(out, defs[i].name, defs[i].unit, defs[i].help);
}

static void
print_call_fields(FILE *out)
{
	print_fields(out, QUERY_CALL);
}

static void
print_message_fields(FILE *out)
{
	print_fields(out, QUERY_MESSAGE);
}

static void
print_stream_fields(FILE *out)
{
	print_fields(out, QUERY_STREAM);
}

static void
print_second_fields(FILE *out)
{
	for (size_t i = 0; i < SECOND_FIELD_TOTAL; i++)
		item(out, second_field_defs[i].name, second_field_defs[i].unit,
		     second_field_defs[i].help);
}

static bool
has_action(const enum action *actions, enum action action)
{
	while (actions && *actions != ACTION_NONE)
		if (*actions++ == action)
			return true;
	return false;
}

/* Keys of an action in a view: its own, then those it has everywhere and that the
 * view gives no other meaning. @return whether there are any of its own. */
static bool
add_view_keys(const struct keymap *km, const char *view, enum action action, struct buf *out)
{
	struct str keys = str_of(action_defs[action].keys), word;
	bool own = keymap_add_own(km, view, action, 0, out) > 0;
	struct key key, seen;
	struct err err;

	while (str_cut_word(&keys, &word)) {
		struct str so_far = buf_str(out), one;
		bool again = false;

		if (key_parse(&key, word, &err) != 0 || keymap_find(km, view, key) != action)
			continue;
		while (!again && str_cut_word(&so_far, &one))
			again = key_parse(&seen, one, &err) == 0 && key_eq(seen, key);
		if (!again)
			buf_printf(out, "%s%.*s", out->n > 0 ? " " : "", STR_ARG(word));
	}
	return own;
}

/* What a view does by keys of its own, or by its name alone. */
static void
print_keys_of(FILE *out, const struct keymap *km, const struct view_ops *ops)
{
	struct buf keys = BUF_INIT;
	bool begun = false;

	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		bool own;

		buf_clear(&keys);
		own = add_view_keys(km, ops->name, (enum action)i, &keys);
		if (!own && (keys.n > 0 || !has_action(ops->actions, (enum action)i)))
			continue;
		if (!begun) {
			fputs(".SS ", out);
			put(out, ops->name);
			fputc('\n', out);
		}
		begun = true;
		item(out, keys.n > 0 ? buf_cstr(&keys) : "no key", action_defs[i].name,
		     action_defs[i].help);
	}
	buf_release(&keys);
}

/* The generic keys, then those of each view. */
static void
print_keys(FILE *out)
{
	struct keymap km;

	keymap_init(&km);
	views_add_keys(&km);
	fputs(".SS generic\n", out);
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (action_defs[i].keys[0] != '\0')
			item(out, action_defs[i].keys, action_defs[i].name, action_defs[i].help);
	for (const struct view_ops *const *v = views; *v; v++)
		print_keys_of(out, &km, *v);
	keymap_release(&km);
}

/* "dark, light or plain; default dark" */
static void
add_values(struct buf *b, const struct setting_def *def)
{
	setting_add_range(b, def);
	buf_printf(b, "%s%s", b->n > 0 ? "; default " : "default ", def->initial);
}

static void
print_settings(FILE *out)
{
	struct buf values = BUF_INIT;

	for (enum setting_group g = 0; g < SETTING_GROUP_COUNT; g++) {
		fprintf(out, ".SS %s\n", setting_group_title(g));
		for (const struct setting_def *def = setting_defs; def->name; def++) {
			if (def->group != g)
				continue;
			buf_clear(&values);
			add_values(&values, def);
			item(out, def->name, buf_cstr(&values), def->help);
		}
	}
	buf_release(&values);
}

static void
print_roles(FILE *out)
{
	struct buf looks = BUF_INIT;
	struct theme dark, light;

	theme_init(&dark, THEME_DARK);
	theme_init(&light, THEME_LIGHT);
	for (int i = 0; i < ROLE_COUNT; i++) {
		buf_clear(&looks);
		style_add(&looks, &dark.styles[i]);
		if (!style_eq(&dark.styles[i], &light.styles[i])) {
			buf_add_cstr(&looks, "; light: ");
			style_add(&looks, &light.styles[i]);
		}
		item(out, role_name((enum role)i), NULL, buf_cstr(&looks));
	}
	buf_release(&looks);
}

static void
print_columns(FILE *out)
{
	struct call_columns usual;
	struct buf names = BUF_INIT;

	call_columns_init(&usual);
	for (size_t i = 0; i < usual.n; i++)
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", buf_cstr(&usual.list[i].name));
	put(out, buf_cstr(&names));
	fputs(".\n", out);
	buf_release(&names);
	call_columns_release(&usual);
}

static void
print_states(FILE *out)
{
#define PRINT_STATE(id, name, help) item(out, name, NULL, help);
	CALL_STATES(PRINT_STATE)
#undef PRINT_STATE
}

static void
print_flaws(FILE *out)
{
	for (size_t i = 0; i < SIP_FLAW_COUNT; i++)
		item(out, sip_flaw_defs[i].name, NULL, sip_flaw_defs[i].help);
}

static void
print_actions_of(FILE *out, const char *who, const enum action *actions)
{
	for (; actions && *actions != ACTION_NONE; actions++)
		fprintf(out, "%s %s\n", who, action_defs[*actions].name);
}

/* What a script can have done, as ui/script.h tells it: for the screen tests. */
static void
print_view_actions(FILE *out)
{
	for (const struct view_ops *const *v = views; *v; v++) {
		fprintf(out, "%s shot\n", (*v)->name);
		print_actions_of(out, (*v)->name, (*v)->actions);
	}
	print_actions_of(out, "program", views_globals.actions);
	print_actions_of(out, "everywhere", stack_actions);
}

int
docgen_print(const char *name, FILE *out)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} sections[] = {
		{ "options", print_options },
		{ "call-fields", print_call_fields },
		{ "message-fields", print_message_fields },
		{ "keys", print_keys },
		{ "settings", print_settings },
		{ "roles", print_roles },
		{ "columns", print_columns },
		{ "stream-fields", print_stream_fields },
		{ "second-fields", print_second_fields },
		{ "states", print_states },
		{ "flaws", print_flaws },
		{ "view-actions", print_view_actions },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		if (strcmp(name, sections[i].name) == 0) {
			sections[i].print(out);
			return 0;
		}
	}
	return -1;
}
