/*
 * The settings as a form, made from their table. What is changed holds at once, for
 * the views below too; saving is a matter of its own, and Cancel takes back all that
 * was changed since the form was opened. A text that cannot be taken is told in the
 * footer and stays in its field; the setting keeps the last good value meanwhile.
 */
#include "base/mem.h"
#include "base/text.h"
#include "query/filter.h"
#include "query/order.h"
#include "ui/form.h"
#include "ui/stack.h"
#include "views/parts.h"

enum button { BUTTON_CLOSE, BUTTON_SAVE, BUTTON_DEFAULTS, BUTTON_CANCEL, BUTTON_COUNT };

#define HELP_ROWS	2
#define HELP_LEAST	4	/* rows of a form that leaves room for help */
#define ERRORS_SHOWN	20

struct settings_state {
	struct form form;
	struct settings before;			/* when it was opened */
	size_t fields[SETTINGS_MAX];		/* of the form, by index in setting_defs */
	size_t buttons[BUTTON_COUNT];
	int form_height;
};

static const char *const button_help[BUTTON_COUNT] = {
	[BUTTON_CLOSE] = "Keep what was changed until the program ends.",
	[BUTTON_SAVE] = "Write what was changed to your settings file, whose other lines stay.",
	[BUTTON_DEFAULTS] = "Set everything to what it is without any settings file.",
	[BUTTON_CANCEL] = "Take back what was changed here.",
};

int
views_check_setting(const struct setting_def *def, struct str value, struct err *err)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct filter_error why;
	struct filter *filter;

	if (value.n > 0 && def->offset == offsetof(struct settings, sort) &&
	    order_parse(QUERY_CALL, value, keys, err) < 0)
		return -1;
	if (def->offset == offsetof(struct settings, filter)) {
		filter = filter_compile(QUERY_CALL, value, NULL, &why);
		if (!filter)
			return err_set(err, "column %zu: %s", why.column, why.text);
		filter_free(filter);
	}
	return 0;
}

static struct settings *
settings_of(const struct view *v)
{
	const struct views_app *app = v->app;

	return app->settings;
}

static void
tell_changed(const struct view *v)
{
	const struct views_app *app = v->app;

	if (app->settings_changed)
		app->settings_changed(app->ctx);
}

/* Which setting field @p field is of, or -1. */
static int
setting_at(const struct settings_state *st, size_t field)
{
	for (int i = 0; setting_defs[i].name; i++)
		if (st->fields[i] == field)
			return i;
	return -1;
}

/* Put the value of setting @p i into its field. */
static void
show_value(const struct view *v, int i)
{
	struct settings_state *st = v->state;
	const struct setting_def *def = &setting_defs[i];
	const char *member = (const char *)settings_of(v) + def->offset;
	struct form_field *field = &st->form.fields[st->fields[i]];
	struct buf text = BUF_INIT;

	switch (def->kind) {
	case SETTING_BOOL:
		field->choice = *(const bool *)member;
		break;
	case SETTING_CHOICE:
		field->choice = *(const int *)(const void *)member;
		break;
	case SETTING_NUMBER:
	case SETTING_DECIMAL:
		setting_add(&text, def, settings_of(v));
		form_set_text(&st->form, st->fields[i], buf_str(&text));
		break;
	case SETTING_TEXT:
		form_set_text(&st->form, st->fields[i], str_of(member));
		break;
	}
	buf_release(&text);
}

/* Take what is in the field of setting @p i. @return 0, or -1 with *err. */
static int
take_value(struct view *v, int i, struct err *err)
{
	struct settings_state *st = v->state;
	const struct setting_def *def = &setting_defs[i];
	char *member = (char *)settings_of(v) + def->offset;
	const struct form_field *field = &st->form.fields[st->fields[i]];
	struct str text = str_trim(form_text(&st->form, st->fields[i]));
	struct buf quoted = BUF_INIT;
	int result = 0;

	switch (def->kind) {
	case SETTING_BOOL:
		*(bool *)member = field->choice != 0;
		break;
	case SETTING_CHOICE:
		*(int *)(void *)member = field->choice;
		break;
	case SETTING_NUMBER:
	case SETTING_DECIMAL:
		result = setting_parse(def, settings_of(v), text, err);
		break;
	case SETTING_TEXT:
		result = views_check_setting(def, text, err);
		/* Here quotes are part of it. */
		buf_printf(&quoted, "\"%.*s\"", STR_ARG(text));
		if (setting_unquote(text).n < text.n)
			text = buf_str(&quoted);
		if (result == 0)
			result = setting_parse(def, settings_of(v), text, err);
		break;
	}
	buf_release(&quoted);
	return result;
}

/* ---- making the form ---- */

static void
add_setting(struct settings_state *st, int i)
{
	const struct setting_def *def = &setting_defs[i];

	switch (def->kind) {
	case SETTING_BOOL:
		st->fields[i] = form_add(&st->form, FORM_CHECK, def->name, NULL);
		break;
	case SETTING_CHOICE:
		st->fields[i] = form_add_choice(&st->form, def->name, def->choices, 0, NULL);
		break;
	case SETTING_NUMBER:
	case SETTING_DECIMAL:
	case SETTING_TEXT:
		st->fields[i] = form_add(&st->form, FORM_TEXT, def->name, NULL);
		break;
	}
}

static void
add_note(struct form *f, struct str text)
{
	size_t i = form_add(f, FORM_NOTE, "", NULL);

	f->fields[i].role = ROLE_ERROR;
	form_set_text(f, i, text);
}

static void
add_errors(struct form *f, const struct views_app *app)
{
	struct buf more = BUF_INIT;

	if (app->settings_errors_n == 0)
		return;
	form_add(f, FORM_HEADING, "Wrong lines in settings files", NULL);
	for (size_t i = 0; i < app->settings_errors_n && i < ERRORS_SHOWN; i++)
		add_note(f, str_of(app->settings_errors[i]));
	if (app->settings_errors_n > ERRORS_SHOWN) {
		buf_add_cstr(&more, "and more");
		add_note(f, buf_str(&more));
	}
	buf_release(&more);
}

static void
settings_open(struct view *v, const void *subject)
{
	static const char *const labels[BUTTON_COUNT] = {
		[BUTTON_CLOSE] = "Close", [BUTTON_SAVE] = "Save",
		[BUTTON_DEFAULTS] = "Defaults", [BUTTON_CANCEL] = "Cancel",
	};
	struct settings_state *st = v->state;

	(void)subject;
	st->before = *settings_of(v);
	for (enum setting_group g = 0; g < SETTING_GROUP_COUNT; g++) {
		form_add(&st->form, FORM_HEADING, setting_group_title(g), NULL);
		for (int i = 0; setting_defs[i].name; i++)
			if (setting_defs[i].group == g)
				add_setting(st, i);
	}
	for (int i = 0; setting_defs[i].name; i++)
		show_value(v, i);
	add_errors(&st->form, v->app);
	for (int i = 0; i < BUTTON_COUNT; i++)
		st->buttons[i] = i == 0 ? form_add(&st->form, FORM_BUTTON, labels[i], NULL)
			: form_add_beside(&st->form, FORM_BUTTON, labels[i], NULL);
	form_go(&st->form, 0);
}

static void
settings_close(struct view *v)
{
	struct settings_state *st = v->state;

	form_release(&st->form);
}

/* ---- what buttons do ---- */

static void
save(struct view *v)
{
	struct settings_state *st = v->state;
	const struct views_app *app = v->app;
	struct buf path = BUF_INIT;
	struct err err;

	for (int i = 0; setting_defs[i].name; i++) {
		if (take_value(v, i, &err) == 0)
			continue;
		stack_error(v->stack, "%s: %s", setting_defs[i].name, err.text);
		form_go(&st->form, st->fields[i]);
		return;
	}
	if (!app->settings_save) {
		stack_error(v->stack, "There is no settings file here.");
	} else if (app->settings_save(app->ctx, &path, &err) == 0) {
		stack_notice(v->stack, "Saved to %s.", buf_cstr(&path));
		stack_close(v->stack, v);
	} else {
		stack_error(v->stack, "Not saved: %s.", err.text);
	}
	buf_release(&path);
}

static void
set_all(struct view *v, const struct settings *values)
{
	*settings_of(v) = *values;
	for (int i = 0; setting_defs[i].name; i++)
		show_value(v, i);
	tell_changed(v);
}

static void
press(struct view *v)
{
	struct settings_state *st = v->state;
	struct settings initial;

	if (st->form.at == st->buttons[BUTTON_CLOSE]) {
		stack_close(v->stack, v);
	} else if (st->form.at == st->buttons[BUTTON_SAVE]) {
		save(v);
	} else if (st->form.at == st->buttons[BUTTON_DEFAULTS]) {
		settings_init(&initial);
		set_all(v, &initial);
		stack_notice(v->stack, "All is as without settings files; nothing is saved.");
	} else if (st->form.at == st->buttons[BUTTON_CANCEL]) {
		set_all(v, &st->before);
		stack_close(v->stack, v);
	}
}

static void
change(struct view *v)
{
	const struct settings_state *st = v->state;
	int i = setting_at(st, st->form.at);
	struct err err;

	if (i < 0)
		return;
	if (take_value(v, i, &err) == 0)
		tell_changed(v);
	else
		stack_error(v->stack, "%s: %s", setting_defs[i].name, err.text);
}

static bool
settings_result(struct view *v, enum form_result result)
{
	switch (result) {
	case FORM_IGNORED:
		return false;
	case FORM_MOVED:
		break;
	case FORM_CHANGED:
		change(v);
		break;
	case FORM_PRESSED:
		press(v);
		break;
	case FORM_CANCELLED:
		stack_close(v->stack, v);
		break;
	}
	return true;
}

static bool
settings_key(struct view *v, struct key key)
{
	struct settings_state *st = v->state;

	return settings_result(v, form_key(&st->form, key));
}

static enum view_result
settings_mouse(struct view *v, const struct mouse *m)
{
	struct settings_state *st = v->state;

	if (m->y >= st->form_height)
		return VIEW_IGNORED;
	return settings_result(v, form_mouse(&st->form, m)) ? VIEW_HANDLED : VIEW_IGNORED;
}

static enum view_result
settings_act(struct view *v, enum action action)
{
	(void)v;
	return action == ACTION_SETTINGS ? VIEW_CLOSE : VIEW_IGNORED;
}

/* ---- showing ---- */

static void
settings_size(const struct view *v, int *height, int *width)
{
	const struct settings_state *st = v->state;
	int most = *height;

	form_size(&st->form, height, width);
	*height = *height + HELP_ROWS < most ? *height + HELP_ROWS : most;
}

static bool
settings_refresh(struct view *v)
{
	struct settings_state *st = v->state;
	bool changed = false;

	/* Keys of the program change some behind our back. */
	for (int i = 0; setting_defs[i].name; i++) {
		const struct form_field *field = &st->form.fields[st->fields[i]];
		int choice = field->choice;

		if (setting_defs[i].kind == SETTING_NUMBER ||
		    setting_defs[i].kind == SETTING_DECIMAL ||
		    setting_defs[i].kind == SETTING_TEXT)
			continue;
		show_value(v, i);
		changed |= field->choice != choice;
	}
	st->form_height = v->height - HELP_ROWS >= HELP_LEAST ? v->height - HELP_ROWS : v->height;
	form_fit(&st->form, st->form_height, v->width);
	return changed;
}

static void
settings_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct settings_state *st = v->state;
	int i = setting_at(st, st->form.at);

	buf_add_cstr(left, "Settings");
	if (i >= 0)
		buf_printf(right, "default: %s", setting_defs[i].initial);
}

/* What the field one is in is about. */
static void
add_help(const struct settings_state *st, struct buf *b)
{
	int i = setting_at(st, st->form.at);

	if (i >= 0) {
		buf_add_cstr(b, setting_defs[i].help);
		if (setting_defs[i].kind == SETTING_NUMBER ||
		    setting_defs[i].kind == SETTING_DECIMAL) {
			buf_add_cstr(b, " (");
			setting_add_range(b, &setting_defs[i]);
			buf_add_char(b, ')');
		}
		return;
	}
	for (i = 0; i < BUTTON_COUNT; i++)
		if (st->buttons[i] == st->form.at)
			buf_add_cstr(b, button_help[i]);
}

static void
settings_draw(const struct view *v, struct canvas *c)
{
	const struct settings_state *st = v->state;
	struct canvas part = canvas_part(c, 0, 0, st->form_height, canvas_width(c));
	struct buf help = BUF_INIT;

	form_draw(&st->form, &part);
	add_help(st, &help);
	parts_draw_words(c, st->form_height, ROLE_HINT, buf_str(&help));
	buf_release(&help);
}

const struct view_ops view_settings_ops = {
	.name = "settings",
	.state_size = sizeof(struct settings_state),
	.actions = (const enum action[]){ ACTION_NONE },
	.open = settings_open,
	.close = settings_close,
	.refresh = settings_refresh,
	.size = settings_size,
	.title = settings_title,
	.draw = settings_draw,
	.act = settings_act,
	.key = settings_key,
	.mouse = settings_mouse,
};
