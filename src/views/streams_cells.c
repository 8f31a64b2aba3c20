/*
 * The columns of the list of streams are placed as those of calls are. The quality, which
 * takes more than a look, is kept at hand for the streams that are seen.
 */
#include "views/streams_cells.h"

#include <inttypes.h>

#include "base/text.h"
#include "query/stream_fields.h"
#include "views/parts.h"
#include "views/stream_page.h"

#define ORPHAN_CELLS	11	/* "orphan 94 %" */
#define ORPH_CELLS	8	/* "orph 94%" */
#define CALL_CELLS	11	/* "#12 a… → b…": below, users tell nothing */

static void
place_columns(const struct streams_cells *cells, const struct stream_rows *rows, int width,
	      struct call_layout *layout)
{
	uint32_t calls = store_call_count(rows->app->store);
	int digits = snprintf(NULL, 0, "%" PRIu32, calls > rows->known ? calls : rows->known);
	int fixed = (int)rows->app->settings->fixed_columns;

	call_columns_fit(&cells->columns, layout, width, fixed, cells->scroll, digits);
	if (layout->more)
		call_columns_fit(&cells->columns, layout, width - 1, fixed, cells->scroll, digits);
}

static bool
is_quality(const struct field *field)
{
	return field->of == QUERY_STREAM &&
		field->def == &stream_field_defs[STREAM_FIELD_QUALITY];
}

/* Judge those that are seen, where one sees it. While packets come, a stream is judged
 * anew once it has grown by a sixteenth. */
static void
fit_levels(struct streams_cells *cells, const struct stream_rows *rows, const struct list *list)
{
	const struct views_app *app = rows->app;
	bool ended = rows->progress.ended, seen = false;

	for (size_t i = 0; i < cells->columns.n; i++)
		seen |= cells->layout.places[i].width > 0 && is_quality(&cells->columns.list[i].field);
	for (int y = 0; seen && y < list->height && list->top + y < list->count; y++) {
		uint32_t i = call_rows_at(&rows->rows, (uint32_t)(list->top + y));
		struct stream_level *l = &cells->levels[i % STREAMS_LEVELS];
		const struct stream *s = store_stream(app->store, i);
		uint64_t grown = s ? meter_packets(&s->meter) - l->packets : 0;

		if (!s || (l->stream == i + 1 && (ended ? grown == 0 : grown <= l->packets / 16)))
			continue;
		*l = (struct stream_level){ i + 1, query_windows(app->query, s)->level,
					    meter_packets(&s->meter) };
	}
}

void
streams_cells_fit(struct streams_cells *cells, const struct stream_rows *rows,
		  const struct list *list, int width)
{
	place_columns(cells, rows, width, &cells->layout);
	if (cells->scroll > cells->layout.scroll_max)
		cells->scroll = cells->layout.scroll_max;
	fit_levels(cells, rows, list);
}

/* ---- drawing ---- */

/* The call of a stream; of an orphan how sure it is that it is one at all. */
static enum role
add_call(struct buf *b, const struct views_app *app, const struct query_item *item, int width)
{
	if (item->call) {
		if (width < CALL_CELLS)
			buf_printf(b, "#%" PRIu64, (uint64_t)item->call->index + 1);
		else
			stream_add_call(b, app, item->call->index);
		return ROLE_NORMAL;
	}
	if (width < ORPH_CELLS)
		buf_add_cstr(b, "orph");
	else
		buf_printf(b, width < ORPHAN_CELLS ? "orph %u%%" : "orphan %u %%",
			   item->stream->confidence);
	return ROLE_WARNING;
}

/* What is bad is seen. */
static enum role
role_of_value(const struct views_app *app, const struct field *field,
	      const struct field_value *value)
{
	const struct quality_limits *limits = &app->query->limits;
	struct str level;

	if (value->absent)
		return ROLE_DIM;
	if (field->of != QUERY_STREAM)
		return ROLE_NORMAL;
	switch ((enum stream_field)(field->def - stream_field_defs)) {
	case STREAM_FIELD_LOST_PERCENT:
	case STREAM_FIELD_WORST_LOSS_PERCENT:
	case STREAM_FIELD_REPORTED_LOST_PERCENT:
		return role_of_loss(value->as.real, limits);
	case STREAM_FIELD_MOS:
	case STREAM_FIELD_WORST_MOS:
	case STREAM_FIELD_REPORTED_MOS:
		return role_of_mos(value->as.real, limits);
	case STREAM_FIELD_QUALITY:
		level = value->as.text;
		return str_eq(level, str_of(quality_level_name(QUALITY_CRITICAL))) ? ROLE_ERROR :
		       str_eq(level, str_of(quality_level_name(QUALITY_GOOD))) ? ROLE_OK :
		       ROLE_WARNING;
	case STREAM_FIELD_CODEC:
		return ROLE_MEDIA;
	case STREAM_FIELD_FLAWS:
		return ROLE_WARNING;
	default:
		return ROLE_NORMAL;
	}
}

/* Of an address that is too long its end
 * is seen: hosts of a network begin alike; of a name both ends. */
static void
add_host(struct buf *b, const struct views_app *app, const struct net_endpoint *at, int width)
{
	bool named = parts_host_name(app, at).n > 0;
	struct buf text = BUF_INIT;

	stream_add_end(&text, app, at);
	if (named)
		parts_add_middle(b, buf_str(&text), width);
	else
		parts_add_tail(b, buf_str(&text), width);
	buf_release(&text);
}

/* The value of a field; of the quality the one at hand. */
static struct field_value
value_of(const struct streams_cells *cells, const struct views_app *app, const struct field *field,
	 const struct query_item *item)
{
	const struct stream_level *l = &cells->levels[item->index % STREAMS_LEVELS];
	struct field_value value = { .kind = FIELD_CHOICE, .absent = true };
	const char *name;

	if (!is_quality(field) || l->stream != item->index + 1)
		return field_get(app->query, field, item);
	name = quality_level_name((enum quality_level)l->level);
	if (name) {
		value.absent = false;
		value.as.text = str_of(name);
	}
	return value;
}

static void
draw_cell(const struct streams_cells *cells, const struct views_app *app, struct canvas *c, int y,
	  const struct call_place *at, const struct call_column *column,
	  const struct query_item *item, struct buf *scratch)
{
	const struct field_style style = {
		.form = FIELD_FORM_SCREEN, .time = TIME_CLOCK, .utc = app->utc,
		.ascii = app->ascii, .origin = TIME_NONE,
	};
	bool is_right = field_is_right(column->field.def);
	struct field_value value;
	enum role role;

	buf_clear(scratch);
	if (call_column_is_call(column)) {
		role = add_call(scratch, app, item, at->width);
		is_right = false;
	} else {
		value = value_of(cells, app, &column->field, item);
		role = role_of_value(app, &column->field, &value);
		if (value.kind == FIELD_ADDRESS && !value.absent)
			add_host(scratch, app, &value.as.endpoint, at->width);
		else
			field_format(scratch, &value, &style);
	}
	canvas_field(c, y, at->x, at->width, role, is_right ? CANVAS_RIGHT : CANVAS_LEFT,
		     buf_str(scratch));
}

/* What tells which stream it is, and a mark in the place of others. */
static void
draw_selected(struct canvas *c, int y, const struct call_layout *layout)
{
	int mark = layout->mark >= 0 ? layout->mark : 0;

	canvas_paint(c, y, 0, mark, ROLE_SELECTED);
	canvas_text(c, y, mark, 1, ROLE_SELECTED, STR("*"));
}

static void
draw_rows(const struct streams_cells *cells, const struct stream_rows *rows,
	  const struct list *list, const struct call_layout *layout, struct canvas *c)
{
	const struct views_app *app = rows->app;
	struct buf scratch = BUF_INIT;

	for (int y = STREAMS_HEAD_ROWS; y < canvas_height(c); y++) {
		int64_t row = list->top + y - STREAMS_HEAD_ROWS;
		uint32_t stream = call_rows_at(&rows->rows, (uint32_t)row);
		struct query_item item;

		if (stream == UINT32_MAX)
			break;
		item = query_stream(app->query, stream);
		for (size_t i = 0; i < cells->columns.n; i++)
			if (layout->places[i].width)
				draw_cell(cells, app, c, y, &layout->places[i], &cells->columns.list[i],
					  &item, &scratch);
		if (layout->mark >= 0 && (!item.call || item.stream->flaws))
			canvas_text(c, y, layout->mark, 1, ROLE_WARNING,
				    item.call ? STR("!") : STR("?"));
		if (call_set_has(&rows->selected, stream))
			draw_selected(c, y, layout);
		if (row == list->cursor)
			canvas_paint(c, y, 0, canvas_width(c), ROLE_CURSOR);
	}
	buf_release(&scratch);
}

/* The title of a column, and whether the list is sorted by it. */
static void
draw_head(const struct streams_cells *cells, const struct stream_rows *rows,
	  const struct call_layout *layout, struct canvas *c)
{
	bool reverse;

	canvas_fill(c, 0, 0, 1, canvas_width(c), ROLE_HEADER, " ");
	for (size_t i = 0; i < cells->columns.n; i++) {
		const struct call_column *column = &cells->columns.list[i];
		const struct call_place *at = &layout->places[i];
		bool is_right = field_is_right(column->field.def) && !call_column_is_call(column);
		struct str title = call_column_title(column);
		int title_cells = text_width(title), x;

		if (at->width == 0)
			continue;
		canvas_field(c, 0, at->x, at->width, ROLE_HEADER,
			     is_right ? CANVAS_RIGHT : CANVAS_LEFT, title);
		if (!call_rows_is_first(&rows->rows, &column->field, &reverse))
			continue;
		if (title_cells > at->width)
			title_cells = at->width;
		x = is_right ? at->x + at->width - title_cells - 1 : at->x + title_cells;
		x = x < 0 ? 0 : x >= canvas_width(c) ? canvas_width(c) - 1 : x;
		canvas_text(c, 0, x, 1, ROLE_HEADER, c->ascii ? reverse ? STR("v") : STR("^") :
			    reverse ? STR("▼") : STR("▲"));
	}
	if (layout->more)
		canvas_fill(c, 0, canvas_width(c) - 1, 1, 1, ROLE_HEADER, "▶");
}

void
streams_cells_draw(const struct streams_cells *cells, const struct stream_rows *rows,
		   const struct list *list, struct canvas *c)
{
	struct call_layout layout;

	place_columns(cells, rows, canvas_width(c), &layout);
	draw_head(cells, rows, &layout, c);
	draw_rows(cells, rows, list, &layout, c);
}
