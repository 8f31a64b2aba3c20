/*
 * Choosing the columns of the list of calls. The rows are all fields there are; the
 * columns are those that are on, in the order of the rows, made anew after each change:
 * so a field that is taken off stays where it is in the dialog, and can come back.
 */
#include <inttypes.h>

#include "ui/list.h"
#include "views/field_rows.h"
#include "views/parts.h"

#define FIELDS_WIDTH	58	/* cells of a row: mark, name, title, width */
#define NAME_WIDTH	24
#define TITLE_WIDTH	16
#define BOTTOM_ROWS	(1 + FIELD_HELP_ROWS)

struct columns_state {
	struct call_columns *columns;
	struct field_rows fields;
	struct list list;
};

static void
columns_open(struct view *v, const void *subject)
{
	struct columns_state *st = v->state;

	st->columns = ((const struct columns_subject *)subject)->columns;
	field_rows_fill(&st->fields, st->columns);
}

static void
columns_close(struct view *v)
{
	struct columns_state *st = v->state;

	field_rows_release(&st->fields);
}

static bool
columns_refresh(struct view *v)
{
	struct columns_state *st = v->state;
	int64_t top = st->list.top;
	int height = v->height > BOTTOM_ROWS ? v->height - BOTTOM_ROWS : v->height;

	list_fit(&st->list, (int64_t)st->fields.n, height);
	return st->list.top != top;
}

static void
columns_size(const struct view *v, int *height, int *width)
{
	const struct columns_state *st = v->state;
	int rows = (int)st->fields.n + BOTTOM_ROWS;

	/* Some rows of the list stay in sight, for what changes there. */
	if (*height > 16)
		*height -= 4;
	*height = rows < *height ? rows : *height;
	*width = FIELDS_WIDTH < *width ? FIELDS_WIDTH : *width;
}

static void
columns_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct columns_state *st = v->state;

	buf_add_cstr(left, " Columns ");
	buf_printf(right, " %zu of %zu ", st->columns->n, st->fields.n);
}

static void
draw_field(const struct columns_state *st, struct canvas *c, int y, size_t i)
{
	const struct field_row *row = &st->fields.rows[i];
	enum role role = row->on ? ROLE_NORMAL : ROLE_DIM;
	int width = canvas_width(c), x = 4;

	canvas_text(c, y, 0, 3, row->on ? ROLE_SELECTED : ROLE_DIM,
		    row->on ? STR("[x]") : STR("[ ]"));
	canvas_field(c, y, x, NAME_WIDTH, role, CANVAS_LEFT, buf_str(&row->name));
	x += NAME_WIDTH + 1;
	if (width >= FIELDS_WIDTH) {
		canvas_field(c, y, x, TITLE_WIDTH, role, CANVAS_LEFT, field_row_title(row));
		x += TITLE_WIDTH + 1;
	}
	if (row->width > 0)
		canvas_printf(c, y, x, width, role, "%d cells", row->width);
	else if (row->on)
		canvas_text(c, y, x, width, ROLE_DIM, STR("by itself"));
	if ((int64_t)i == st->list.cursor)
		canvas_paint(c, y, 0, width, ROLE_CURSOR);
}

static void
columns_draw(const struct view *v, struct canvas *c)
{
	const struct columns_state *st = v->state;
	int y = 0;

	for (; y < st->list.height && st->list.top + y < st->list.count; y++)
		draw_field(st, c, y, (size_t)(st->list.top + y));
	if (canvas_height(c) <= BOTTOM_ROWS)
		return;
	y = canvas_height(c) - BOTTOM_ROWS;
	canvas_hline(c, y, 0, canvas_width(c), ROLE_BORDER);
	field_help_draw(c, y + 1, &st->fields.rows[st->list.cursor].field);
}

/* ---- changes ---- */

/* Make the columns those that are on. */
static void
apply(struct columns_state *st)
{
	struct err err;

	call_columns_clear(st->columns);
	for (size_t i = 0; i < st->fields.n; i++) {
		const struct field_row *row = &st->fields.rows[i];

		if (row->on && call_columns_add(st->columns, buf_str(&row->name), row->width,
						&err) < 0)
			BUG("column %s: %s", buf_cstr(&row->name), err.text);
	}
}

static void
switch_on(struct view *v, size_t i, bool on)
{
	struct columns_state *st = v->state;

	if (!on && st->columns->n == 1) {
		stack_error(v->stack, "One column must stay.");
		return;
	}
	if (on && st->columns->n == CALL_COLUMNS_MAX) {
		stack_error(v->stack, "There are %u columns: no more can be shown.",
			    CALL_COLUMNS_MAX);
		return;
	}
	st->fields.rows[i].on = on;
	apply(st);
}

static void
move(struct columns_state *st, int by)
{
	int64_t from = st->list.cursor, to = from + by;

	if (to < 0 || to >= st->list.count)
		return;
	field_rows_move(&st->fields, (size_t)from, (size_t)to);
	list_go(&st->list, to);
	apply(st);
}

/* By itself, a column begins at its usual width. */
static void
resize(struct columns_state *st, int by)
{
	struct field_row *row = &st->fields.rows[st->list.cursor];

	if (row->width > 0)
		row->width += by;
	else
		row->width = row->field.def->width + by;
	if (row->width > CALL_COLUMN_WIDTH_MAX)
		row->width = CALL_COLUMN_WIDTH_MAX;
	apply(st);
}

static void
reset(struct columns_state *st)
{
	call_columns_reset(st->columns);
	field_rows_fill(&st->fields, st->columns);
	list_fit(&st->list, (int64_t)st->fields.n, st->list.height);
}

static void
save(struct view *v)
{
	const struct views_app *app = v->app;
	const struct columns_state *st = v->state;
	struct buf path = BUF_INIT;
	struct err err;

	if (st->columns->of != QUERY_CALL)
		stack_notice(v->stack, "Only the columns of the list of calls are saved.");
	else if (!app->settings_save)
		stack_error(v->stack, "There is no settings file here.");
	else if (app->settings_save(app->ctx, &path, &err) == 0)
		stack_notice(v->stack, "Saved to %s.", buf_cstr(&path));
	else
		stack_error(v->stack, "Not saved: %s.", err.text);
	buf_release(&path);
}

/* Whether a field is called @p name, which stays to be completed after "header.". */
static bool
check_name(enum query_subject of, struct str name, struct err *err)
{
	struct field field;
	const char *near;

	if (str_eq_ci(name, STR("header.")) || str_eq_ci(name, STR("any.header.")) || name.n == 0) {
		err_set(err, "name of a header, or a field");
		return false;
	}
	if (field_find(of, name, &field))
		return true;
	near = field_suggest(of, name);
	if (near)
		err_set(err, "unknown; did you mean %s?", near);
	else
		err_set(err, "unknown");
	return false;
}

static void
columns_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct columns_state *st = v->state;
	struct str name = str_trim(text);
	struct err err;
	size_t i;

	if (result == PROMPT_CANCELLED)
		return;
	if (!check_name(st->fields.of, name, &err)) {
		if (result == PROMPT_TAKEN)
			stack_error(v->stack, "Column '%.*s': %s.", STR_ARG(name), err.text);
		else
			stack_ask_note(v->stack, false, "%s", err.text);
		return;
	}
	if (result == PROMPT_CHANGED) {
		stack_ask_note(v->stack, false, "%s", "");
		return;
	}
	i = field_rows_put(&st->fields, (size_t)st->list.cursor + 1, name);
	list_fit(&st->list, (int64_t)st->fields.n, st->list.height);
	list_go(&st->list, (int64_t)i);
	switch_on(v, i, true);
}

/* ---- acting ---- */

static enum view_result
columns_act(struct view *v, enum action action)
{
	struct columns_state *st = v->state;
	size_t at = (size_t)st->list.cursor;

	if (list_act(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_SELECT:
		switch_on(v, at, !st->fields.rows[at].on);
		break;
	case ACTION_COLUMN_UP:
		move(st, -1);
		break;
	case ACTION_COLUMN_DOWN:
		move(st, 1);
		break;
	case ACTION_COLUMN_NARROWER:
		resize(st, -1);
		break;
	case ACTION_COLUMN_WIDER:
		resize(st, 1);
		break;
	case ACTION_COLUMN_ADD:
		stack_ask(v->stack, v, STACK_ASK_FIELD, "Column: ", STR("header."));
		break;
	case ACTION_COLUMNS_RESET:
		reset(st);
		break;
	case ACTION_SAVE:
		save(v);
		break;
	default:
		return VIEW_IGNORED;
	}
	return VIEW_HANDLED;
}

static enum view_result
columns_mouse(struct view *v, const struct mouse *m)
{
	struct columns_state *st = v->state;
	int64_t row = st->list.top + m->y;

	if (m->kind == MOUSE_DOUBLE)
		return VIEW_HANDLED;	/* its first press did it */
	if (m->kind != MOUSE_PRESS || m->y >= st->list.height || row >= st->list.count)
		return VIEW_IGNORED;
	list_go(&st->list, row);
	switch_on(v, (size_t)row, !st->fields.rows[row].on);
	return VIEW_HANDLED;
}

const struct view_ops view_columns_ops = {
	.name = "columns",
	.state_size = sizeof(struct columns_state),
	.actions = (const enum action[]){
		ACTION_SELECT, ACTION_COLUMN_UP, ACTION_COLUMN_DOWN, ACTION_SAVE, ACTION_COLUMN_ADD,
		ACTION_COLUMN_WIDER, ACTION_COLUMN_NARROWER, ACTION_COLUMNS_RESET,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_SELECT, "<Space>" },
		{ ACTION_COLUMN_UP, "- K <S-Up>" },
		{ ACTION_COLUMN_DOWN, "+ J <S-Down>" },
		{ ACTION_COLUMN_WIDER, "> <Right>" },
		{ ACTION_COLUMN_NARROWER, "<Lt> <Left>" },
		{ ACTION_COLUMN_ADD, "a <Insert>" },
		{ ACTION_COLUMNS_RESET, "R" },
		{ ACTION_SAVE, "s" },
		{ ACTION_CLOSE, "<Enter> <F10> t T" },
		{ ACTION_NONE, NULL }
	},
	.open = columns_open,
	.close = columns_close,
	.refresh = columns_refresh,
	.size = columns_size,
	.title = columns_title,
	.draw = columns_draw,
	.act = columns_act,
	.mouse = columns_mouse,
	.asked = columns_asked,
};
