#include "views/flow_lines.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"

#define NARROW		60	/* cells of a screen with short times */
#define LADDER_LEAST	60	/* cells of a ladder beside a preview */
#define PREVIEW_LEAST	40
#define GAP_LEAST	18	/* from lane to lane: addresses can be read; else one scrolls */

void
flow_lines_release(struct flow_lines *f)
{
	free(f->list);
	*f = (struct flow_lines){ 0 };
}

/* ---- lines ---- */

static void
add_line(struct flow_lines *f, uint32_t row, enum flow_line_kind kind, uint32_t note)
{
	ARRAY_GROW(f->list, f->cap, f->n + 1);
	f->list[f->n++] = (struct flow_line){ row, note, (uint8_t)kind };
}

/* Whether the row has another date than *date, which becomes that of the row. */
static bool
is_new_date(const struct ladder_row *row, struct buf *date, struct buf *scratch, bool utc)
{
	bool first = date->n == 0;

	if (row->time == TIME_NONE)
		return false;
	buf_clear(scratch);
	time_add(scratch, row->time, TIME_DATE, utc);
	if (str_eq(buf_str(scratch), buf_str(date)))
		return false;
	buf_clear(date);
	buf_add_str(date, buf_str(scratch));
	return !first;
}

void
flow_lines_fill(struct flow_lines *f, const struct ladder *l, bool dates, bool utc)
{
	struct buf date = BUF_INIT, scratch = BUF_INIT;

	f->n = 0;
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct ladder_row *row = &l->rows[i];

		if (dates && (row->kind == LADDER_MESSAGE || row->kind == LADDER_EVENT) &&
		    is_new_date(row, &date, &scratch, utc))
			add_line(f, i, FLOW_LINE_DATE, 0);
		add_line(f, i, FLOW_LINE_ROW, 0);
		if (row->kind != LADDER_MESSAGE && row->kind != LADDER_EVENT)
			continue;
		if (row->from == row->to && row->from != LADDER_NONE)
			add_line(f, i, FLOW_LINE_BACK, 0);
		for (uint32_t n = 0; n < row->note_count; n++)
			add_line(f, i, FLOW_LINE_NOTE, n);
		if (row->flaws)
			add_line(f, i, FLOW_LINE_FLAWS, 0);
	}
	buf_release(&date);
	buf_release(&scratch);
}

bool
flow_lines_is_stop(const struct flow_lines *f, const struct ladder *l, int64_t i)
{
	return i >= 0 && i < (int64_t)f->n && f->list[i].kind == FLOW_LINE_ROW &&
		l->rows[f->list[i].row].kind == LADDER_MESSAGE;
}

int64_t
flow_lines_end(const struct flow_lines *f, int64_t i)
{
	while (i + 1 < (int64_t)f->n && f->list[i + 1].row == f->list[i].row)
		i++;
	return i;
}

/* ---- shape ---- */

void
flow_add_suffix(struct buf *b, const struct ladder_row *row)
{
	if (row->sdp != LADDER_SDP_NONE && row->note_count == 0)
		buf_add_cstr(b, " (SDP)");
	if (row->retransmissions)
		buf_printf(b, " ×%" PRIu64, (uint64_t)row->retransmissions + 1);
	if (row->duplicates)
		buf_printf(b, " +%" PRIu32 " dup", row->duplicates);
	if (row->retransmissions == 0 && row->flags & MESSAGE_RETRANSMISSION)
		buf_add_cstr(b, " rtx");
	if (row->duplicates == 0 && row->flags & MESSAGE_DUPLICATE)
		buf_add_cstr(b, " dup");
	if (row->kind == LADDER_EVENT && row->count > 1)
		buf_printf(b, " ×%" PRIu32, row->count);
}

int
flow_label_cells(const struct ladder_row *row)
{
	struct buf b = BUF_INIT;
	int cells;

	flow_add_suffix(&b, row);
	cells = text_width(row->label) + text_width(buf_str(&b));
	buf_release(&b);
	return cells;
}

/* Columns of all lanes in @p width cells, or more where lanes would come too near. */
static void
fit_columns(struct ladder_columns *at, const struct ladder *l, const struct flow_shape *shape,
	    int width)
{
	size_t least = (size_t)shape->lanes + (size_t)l->lane_count * GAP_LEAST;

	if (l->lane_count < 3 || least < (size_t)width)
		least = (size_t)width;
	ladder_columns_init(at, l->lane_count, (size_t)shape->time, (size_t)shape->lanes, least);
	for (uint32_t i = 0; i < l->lane_count; i++) {
		int name = text_width(l->lanes[i].name), address = text_width(l->lanes[i].address);

		ladder_columns_head(at, i, (size_t)(name > address ? name : address));
	}
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct ladder_row *row = &l->rows[i];
		bool event = row->kind == LADDER_EVENT && row->from != LADDER_NONE;
		int cells = row->kind == LADDER_MESSAGE || event ? flow_label_cells(row) : 0;

		if (event && cells > LADDER_EVENT_CELLS)
			cells = LADDER_EVENT_CELLS;
		if (row->kind == LADDER_MESSAGE || event)
			ladder_columns_arrow(at, row->from, row->to, (size_t)cells);
	}
	ladder_columns_fit(at);
}

/* Cells from the left edge to behind the head of the last lane; a wide one is
 * moved to the left, so only some of it counts. */
static int
columns_end(const struct ladder_columns *at, const struct ladder *l)
{
	uint32_t last = l->lane_count;
	int head;

	if (last == 0)
		return 0;
	last--;
	head = text_width(l->lanes[last].address);
	if (text_width(l->lanes[last].name) > head)
		head = text_width(l->lanes[last].name);
	return (int)at->x[last] + (head < GAP_LEAST ? head : GAP_LEAST) / 2 + 1;
}

static void
fit_time(struct flow_shape *shape, const struct ladder *l, const struct flow_wish *wish)
{
	uint32_t highest = 0;

	shape->narrow = wish->width < NARROW;
	if (shape->narrow)
		shape->time = wish->time == LADDER_TIME_ABSOLUTE ? 12 : 9;
	else
		shape->time = wish->time == LADDER_TIME_ABSOLUTE ? 15 : 12;
	if (l->call_count > 1) {
		for (uint32_t i = 0; i < l->call_count; i++)
			if (l->calls[i].call.index > highest)
				highest = l->calls[i].call.index;
		shape->tag = 2 + snprintf(NULL, 0, "%" PRIu64, (uint64_t)highest + 1);
	}
	shape->lanes = shape->time + shape->tag + 2;
}

void
flow_shape_fit(struct flow_shape *shape, struct ladder_columns *columns,
	       const struct ladder *l, const struct flow_wish *wish)
{
	int end;

	*shape = (struct flow_shape){ .ladder = wish->width, .named = 1 };
	for (uint32_t i = 0; i < l->lane_count; i++)
		if (l->lanes[i].name.n > 0)
			shape->named = 2;
	fit_time(shape, l, wish);
	fit_columns(columns, l, shape, wish->width);
	end = columns_end(columns, l);
	if (wish->preview && wish->width >= FLOW_PREVIEW_LEAST) {
		if (end < LADDER_LEAST)
			end = LADDER_LEAST;
		if (end > wish->width - PREVIEW_LEAST)
			end = wish->width - PREVIEW_LEAST;
		/* The message is worth half of the screen, more where lanes leave it. */
		if (end > wish->width / 2 + 10)
			end = wish->width / 2 + 10;
		shape->ladder = end;
		shape->preview = end + 1;
		shape->preview_width = wish->width - end - 2;
		ladder_columns_release(columns);
		fit_columns(columns, l, shape, end);
		end = columns_end(columns, l);
	}
	while (shape->scroll_max + 1 < (int)l->lane_count &&
	       end - (int)(columns->x[shape->scroll_max] - columns->x[0]) > shape->ladder)
		shape->scroll_max++;
}
