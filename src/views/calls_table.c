/*
 * The table of the list of calls: columns, their titles, rows. It is drawn from its
 * second row on; the first belongs to what stands above.
 */
#include <inttypes.h>

#include "base/text.h"
#include "views/calls_state.h"
#include "views/parts.h"
#include "views/stream_page.h"

#define HEAD_ROWS	2	/* one of something else, and the column titles */

static void
place_columns(const struct view *v, struct call_layout *layout)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	int digits = snprintf(NULL, 0, "%" PRIu32, store_call_count(app->store));
	int fixed = (int)app->settings->fixed_columns;

	call_columns_fit(st->columns, layout, v->width, fixed, st->scroll, digits);
	/* A cell for the mark that tells of more. */
	if (layout->more)
		call_columns_fit(st->columns, layout, v->width - 1, fixed, st->scroll, digits);
}

void
calls_table_fit(struct view *v)
{
	struct calls_state *st = v->state;

	place_columns(v, &st->layout);
	if (st->scroll > st->layout.scroll_max)
		st->scroll = st->layout.scroll_max;
}

/* ---- drawing ---- */

/* Which of its own fields of a call it is, or CALL_FIELD_TOTAL. */
static enum call_field
call_field_of(const struct field *field)
{
	if (field->of != QUERY_CALL || field->header.n > 0)
		return CALL_FIELD_TOTAL;
	return (enum call_field)(field->def - call_field_defs);
}

/* How a call went is seen, and what is bad of its media. */
static enum role
role_of_value(const struct views_app *app, const struct field *field,
	      const struct query_item *item, const struct field_value *value)
{
	if (value->absent)
		return ROLE_DIM;
	switch (call_field_of(field)) {
	case CALL_FIELD_STATE:
	case CALL_FIELD_STATUS:
	case CALL_FIELD_REASON:
		return role_of_state(store_call_state(app->store, item->call),
				     store_call_status(item->call));
	case CALL_FIELD_METHOD:
		return item->call->kind == CALL_INVITE ? ROLE_REQUEST : ROLE_NORMAL;
	case CALL_FIELD_MOS:
		return role_of_mos(value->as.real, &app->query->limits);
	case CALL_FIELD_LOSS_PERCENT:
		return role_of_loss(value->as.real, &app->query->limits);
	case CALL_FIELD_CODECS:
		return ROLE_MEDIA;
	case CALL_FIELD_AUDIO_FAULTS:
		return ROLE_WARNING;
	default:
		return ROLE_NORMAL;
	}
}

static void
draw_cell(const struct views_app *app, struct canvas *c, int y, const struct call_place *at,
	  const struct field *field, const struct query_item *item, struct buf *scratch)
{
	const struct field_style style = {
		.form = FIELD_FORM_SCREEN, .time = TIME_CLOCK, .utc = app->utc,
		.ascii = app->ascii, .origin = TIME_NONE,
	};
	struct field_value value = field_get(app->query, field, item);
	enum role role = role_of_value(app, field, item, &value);

	buf_clear(scratch);
	if (value.kind == FIELD_ADDRESS && !value.absent)
		parts_add_host(scratch, app, &value.as.endpoint);
	else
		field_format(scratch, &value, &style);
	canvas_field(c, y, at->x, at->width, role,
		     field_is_right(field->def) ? CANVAS_RIGHT : CANVAS_LEFT, buf_str(scratch));
}

/* The row of a selected call: what tells which it is, and a mark. */
static void
draw_selected(const struct call_layout *layout, struct canvas *c, int y, bool flawed)
{
	int mark = layout->mark >= 0 ? layout->mark : 0;

	canvas_paint(c, y, 0, mark, ROLE_SELECTED);
	canvas_text(c, y, mark, 1, flawed ? ROLE_WARNING : ROLE_SELECTED, STR("*"));
}

static void
draw_rows(const struct view *v, struct canvas *c, const struct call_layout *layout)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	const struct call_place *places = layout->places;
	int width = canvas_width(c);
	struct buf scratch = BUF_INIT;

	for (int y = HEAD_ROWS; y < canvas_height(c); y++) {
		int64_t row = st->list.top + y - HEAD_ROWS;
		uint32_t call = call_rows_at(&st->rows, (uint32_t)row);
		struct query_item item;

		if (call == UINT32_MAX)
			break;
		item = query_call(app->query, call);
		for (size_t i = 0; i < st->columns->n; i++)
			if (places[i].width)
				draw_cell(app, c, y, &places[i], &st->columns->list[i].field, &item,
					  &scratch);
		if (item.call->flaws && layout->mark >= 0)
			canvas_text(c, y, layout->mark, 1, ROLE_WARNING, STR("!"));
		if (call_set_has(&st->selected, call))
			draw_selected(layout, c, y, item.call->flaws != 0);
		if (row == st->list.cursor)
			canvas_paint(c, y, 0, width, ROLE_CURSOR);
	}
	buf_release(&scratch);
}

/* The title of a column, and whether the list is sorted by it. */
static void
draw_title(const struct calls_state *st, struct canvas *c, size_t i,
	   const struct call_place *at)
{
	const struct call_column *column = &st->columns->list[i];
	bool is_right = field_is_right(column->field.def), reverse;
	struct str title = call_column_title(column);
	int cells = text_width(title), x;

	canvas_field(c, 1, at->x, at->width, ROLE_HEADER, is_right ? CANVAS_RIGHT : CANVAS_LEFT,
		     title);
	if (!call_rows_is_first(&st->rows, &column->field, &reverse))
		return;
	/* Beside the title, on the side where its column has room, or a blank. */
	if (cells > at->width)
		cells = at->width;
	x = is_right ? at->x + at->width - cells - 1 : at->x + cells;
	if (x >= canvas_width(c))
		x = canvas_width(c) - 1;
	if (x < 0)
		x = 0;
	canvas_text(c, 1, x, 1, ROLE_HEADER, c->ascii ? reverse ? STR("v") : STR("^") :
		    reverse ? STR("▼") : STR("▲"));
}

static void
draw_head(const struct view *v, struct canvas *c, const struct call_layout *layout)
{
	const struct calls_state *st = v->state;

	canvas_fill(c, 1, 0, 1, canvas_width(c), ROLE_HEADER, " ");
	for (size_t i = 0; i < st->columns->n; i++)
		if (layout->places[i].width)
			draw_title(st, c, i, &layout->places[i]);
	if (layout->more)
		canvas_fill(c, 1, canvas_width(c) - 1, 1, 1, ROLE_HEADER, "▶");
}

/* Why there are no rows. */
static void
draw_none(const struct view *v, struct canvas *c, int y)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	uint32_t calls = tally_known(&st->tally);
	int width = canvas_width(c);

	if (calls_is_sifting(st) || st->marked.members > 0)
		return;
	if (st->base.members > 0)
		canvas_printf(c, y, 0, width, ROLE_NOTICE,
			      "None of %" PRIu32 " calls passes the filter.", st->base.members);
	else if (calls > 0)
		canvas_printf(c, y, 0, width, ROLE_NOTICE, "None of %" PRIu32
			      " calls is one of those asked for%s%s", calls,
			      app->where && *app->where ? ": " : ".",
			      app->where ? app->where : "");
	else if (st->first > 0)
		canvas_text(c, y, 0, width, ROLE_DIM, STR("No new calls so far."));
	else
		canvas_text(c, y, 0, width, ROLE_DIM, st->progress.ended ?
			    STR("No SIP message was found.") : STR("No SIP message so far."));
}

void
calls_table_draw(const struct view *v, struct canvas *c)
{
	const struct calls_state *st = v->state;
	struct call_layout layout;

	/* Placed anew: columns may have been chosen since the last look at the data. */
	place_columns(v, &layout);
	draw_head(v, c, &layout);
	draw_rows(v, c, &layout);
	if (call_rows_count(&st->rows) == 0)
		draw_none(v, c, HEAD_ROWS);
}

/* ---- acting ---- */

enum view_result
calls_table_act(struct view *v, enum action action)
{
	struct calls_state *st = v->state;

	switch (action) {
	case ACTION_LEFT:
		st->scroll -= st->scroll > 0;
		break;
	case ACTION_RIGHT:
		st->scroll += st->scroll < st->layout.scroll_max;
		break;
	case ACTION_COLUMNS:
		stack_open(v->stack, &view_columns_ops,
			   &(struct columns_subject){ st->columns });
		return VIEW_HANDLED;
	case ACTION_SORT:
		stack_open(v->stack, &view_sort_ops,
			   &(struct sort_subject){ &st->rows, st->columns });
		return VIEW_HANDLED;
	case ACTION_SORT_REVERSE:
		call_rows_turn(&st->rows);
		calls_fit(v);
		break;
	default:
		return VIEW_IGNORED;
	}
	calls_table_fit(v);
	return VIEW_HANDLED;
}

enum view_result
calls_table_click(struct view *v, int x)
{
	struct calls_state *st = v->state;
	size_t i = call_layout_at(&st->layout, st->columns->n, x);
	struct err err;

	if (i == SIZE_MAX)
		return VIEW_IGNORED;
	if (call_rows_sort_by(&st->rows, buf_str(&st->columns->list[i].name), &err) != 0)
		stack_error(v->stack, "sort: %s", err.text);
	calls_fit(v);
	return VIEW_HANDLED;
}
