/*
 * The strip of media below the ladder: of the call that the cursor is at. Its two rows are
 * there wherever the ladder keeps rows enough to be read; what its signs mean, and a blank
 * row above, where the ladder does not need these rows.
 */
#include <inttypes.h>

#include "base/text.h"
#include "views/flow_int.h"

#define LEGEND		40	/* rows of a view in which the legend takes room from the ladder */
#define ROWS_LEAST	4	/* that stay for the ladder where the strip was asked for */
#define ROWS_USUAL	10	/* and where it was not */
#define CELLS_LEAST	10
#define LEGEND_ROWS	2	/* the legend, then a blank row above the strip */
#define LABEL_CELLS	10	/* "caller ▶ ", at the end of the room for times */

static uint32_t
call_at(const struct flow_state *st)
{
	const struct ladder_row *row = flow_current(st);

	if (row && row->call != CALL_NONE)
		return row->call;
	/* An event of several calls does not change whose strip is seen. */
	return st->strip_call != CALL_NONE ? st->strip_call : st->calls[0];
}

void
flow_strip_forget(struct flow_state *st)
{
	st->strip_call = CALL_NONE;
}

void
flow_strip_update(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	int cells = st->shape.ladder - st->shape.lanes - STRIP_MARKS;
	uint32_t index = call_at(st);
	const struct call *call = store_call(app->store, index);

	if (!st->laid_out || (index == st->strip_call && st->strip_width == cells))
		return;
	st->strip_call = index;
	st->strip_width = cells;
	/* Where no media was captured at all, that none came says nothing. */
	if (!call || cells < CELLS_LEAST || store_stream_count(app->store) == 0 ||
	    !strip_make(&st->strip, app->store, call, (size_t)cells) || !st->strip.media)
		st->strip.n = 0;
}

int
flow_strip_rows(const struct view *v)
{
	const struct flow_state *st = v->state;
	int room = v->height - flow_head_rows(v), rows;
	int64_t left = room - (int64_t)st->lines.n - STRIP_WAYS;

	if (!st->laid_out || st->strip.n == 0 || !st->want_strip)
		return 0;
	rows = v->height >= LEGEND ? STRIP_WAYS + LEGEND_ROWS :
	       STRIP_WAYS + (int)(left < 0 ? 0 : left < LEGEND_ROWS ? left : LEGEND_ROWS);
	if (left < 0 && room < rows + (st->asked_strip ? ROWS_LEAST : ROWS_USUAL))
		return 0;
	return rows;
}

void
flow_strip_toggle(struct view *v)
{
	struct flow_state *st = v->state;
	bool seen = flow_strip_rows(v) > 0;

	if (st->strip.n == 0) {
		stack_notice(v->stack, "Nothing is known of media here.");
		return;
	}
	st->want_strip = st->asked_strip = !seen;
	if (!seen && flow_strip_rows(v) == 0)
		stack_notice(v->stack, "What was heard when takes %d more rows.", STRIP_WAYS);
}

static enum role
role_of_cell(const struct strip_cell *cell)
{
	static const uint8_t roles[STRIP_STATE_COUNT] = {
		[STRIP_NONE] = ROLE_NORMAL, [STRIP_FLOWING] = ROLE_MEDIA,
		[STRIP_PARTLY] = ROLE_MEDIA, [STRIP_LOST] = ROLE_WARNING,
		[STRIP_BAD] = ROLE_ERROR, [STRIP_SILENT] = ROLE_WARNING,
		[STRIP_HOLD] = ROLE_DIM, [STRIP_DIGIT] = ROLE_KEY,
	};

	return (enum role)roles[cell->state];
}

static void
draw_row(const struct strip *t, struct canvas *c, int y, int x, enum strip_way way, bool ascii)
{
	char room[2];

	for (size_t i = 0; i <= t->n; i++) {
		if (i == t->answered || i == t->ended)
			canvas_fill(c, y, x++, 1, 1, ROLE_BORDER, "│");
		if (i < t->n)
			x += canvas_text(c, y, x, 1, role_of_cell(&t->cells[way][i]),
					 str_of(strip_glyph(&t->cells[way][i], ascii, room)));
	}
}

/* What the signs mean; before it, where times stand, what time a cell is. */
static void
draw_legend(const struct flow_state *st, struct canvas *c, int y, int x, bool ascii)
{
	struct buf b = BUF_INIT;

	buf_add_cstr(&b, "cell ");
	span_add(&b, strip_cell_span(&st->strip));
	if (text_width(buf_str(&b)) < x)
		canvas_field(c, y, 0, x - 1, ROLE_DIM, CANVAS_RIGHT, buf_str(&b));
	buf_clear(&b);
	strip_legend(&b, &st->strip, ascii);
	canvas_field(c, y, x, canvas_width(c) - x, ROLE_DIM, CANVAS_LEFT, buf_str(&b));
	buf_release(&b);
}

void
flow_strip_draw(const struct view *v, struct canvas *c)
{
	static const struct { const char *wide, *narrow; } names[STRIP_WAYS] = {
		{ "caller ▶", "A ▶" }, { "callee ▶", "B ▶" },
	};
	const struct flow_state *st = v->state;
	const struct views_app *app = v->app;
	int rows = flow_strip_rows(v), y = canvas_height(c) - rows, x = st->shape.lanes;
	bool wide = x > LABEL_CELLS;

	if (rows == 0)
		return;
	if (rows == STRIP_WAYS + LEGEND_ROWS)
		y++;
	for (int way = 0; way < STRIP_WAYS; way++, y++) {
		if (st->n > 1 && way == 0)
			canvas_printf(c, y, 0, x - LABEL_CELLS, ROLE_DIM, "#%" PRIu64,
				      (uint64_t)st->strip_call + 1);
		canvas_field(c, y, wide ? x - LABEL_CELLS : 0, wide ? LABEL_CELLS - 1 : x - 1,
			     ROLE_DIM, CANVAS_RIGHT, str_of(wide ? names[way].wide :
							    names[way].narrow));
		draw_row(&st->strip, c, y, x, (enum strip_way)way, app->ascii);
	}
	if (rows > STRIP_WAYS)
		draw_legend(st, c, y, x, app->ascii);
}
