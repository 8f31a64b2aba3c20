#include "views/flow_lines.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"

#define NARROW		60	/* cells of a screen with short times */
#define LADDER_LEAST	60	/* cells of a ladder beside a preview */
#define PREVIEW_LEAST	40
#define LADDER_ASKED	40	/* and of both, where the user divides */
#define PREVIEW_ASKED	20
#define SUFFIX_MOST	72	/* bytes of what follows a label */
#define GAP_LEAST	18	/* from lane to lane: addresses can be read; else one scrolls */

void
flow_lines_release(struct flow_lines *f)
{
	free(f->list);
	free(f->lane);
	free(f->column);
	free(f->arrows);
	hash_map_release(&f->arrow_map);
	*f = (struct flow_lines){ 0 };
}

/* ---- lines ---- */

static void
add_line(struct flow_lines *f, uint32_t row, enum flow_line_kind kind, uint32_t note)
{
	ARRAY_GROW(f->list, f->cap, f->n + 1);
	f->list[f->n++] = (struct flow_line){ row, note, f->stops, (uint8_t)kind };
}

/* Where the date changes. */
struct dates {
	struct buf now, scratch;
	int64_t slot;		/* quarter of an hour of the row before */
	bool utc, any;
};

/* Whether the row has another date than the one before, if there was one. All zones
 * are whole quarters of an hour apart, so within one there is no other date. */
static bool
is_new_date(const struct ladder_row *row, struct dates *d)
{
	int64_t slot = row->time / (15 * 60 * NS_PER_S);
	bool first = !d->any;

	if (row->time == TIME_NONE || (d->any && slot == d->slot))
		return false;
	d->slot = slot;
	d->any = true;
	buf_clear(&d->scratch);
	time_add(&d->scratch, row->time, TIME_DATE, d->utc);
	if (str_eq(buf_str(&d->scratch), buf_str(&d->now)))
		return false;
	buf_clear(&d->now);
	buf_add_str(&d->now, buf_str(&d->scratch));
	return !first;
}

static void
show_lanes(struct flow_lines *f, const struct ladder *l, const struct flow_hide *hide)
{
	uint32_t n = l->lane_count;

	f->lane = xreallocarray(f->lane, n + 1, sizeof(*f->lane));
	f->column = xreallocarray(f->column, n + 1, sizeof(*f->column));
	f->columns = 0;
	for (uint32_t i = 0; i < n; i++) {
		f->column[i] = LADDER_NONE;
		if (flow_hide_lane(hide, &l->lanes[i].at))
			continue;
		f->lane[f->columns] = i;
		f->column[i] = f->columns++;
	}
}

/* Whether it is of something that the cursor can stand on. */
static bool
is_thing(const struct ladder_row *row)
{
	return row->kind == LADDER_MESSAGE || row->kind == LADDER_EVENT ||
		row->kind == LADDER_STREAM;
}

/* Whether a row is left out; of a pause nobody could say whose it is. */
static bool
is_hidden(const struct flow_lines *f, const struct ladder_row *row,
	  const struct flow_choice *choice)
{
	const struct flow_hide *hide = choice->hide;
	bool only = hide->only_sdp || hide->only_media;
	const struct message *m;

	if (row->kind == LADDER_SILENCE || row->kind == LADDER_STEP_BACK)
		return only;
	if ((row->from != LADDER_NONE && f->column[row->from] == LADDER_NONE) ||
	    (row->to != LADDER_NONE && f->column[row->to] == LADDER_NONE))
		return true;
	if (row->kind == LADDER_EVENT)
		return only;
	if (row->kind == LADDER_STREAM)
		return hide->only_sdp || hide->streams[row->media];
	m = store_message(choice->store, row->message);
	if (only && !(m->flags & MESSAGE_SDP))
		return true;
	return flow_hide_method(hide, m);
}

static struct flow_arrow *
arrow_between(struct flow_lines *f, uint32_t from, uint32_t to)
{
	uint64_t hash = hash_u64((uint64_t)from << 32 | to);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&f->arrow_map, hash, &cursor)) != HASH_NONE)
		if (f->arrows[i].from == from && f->arrows[i].to == to)
			return &f->arrows[i];
	ARRAY_GROW(f->arrows, f->arrow_cap, f->arrow_n + 1);
	f->arrows[f->arrow_n] = (struct flow_arrow){ from, to, 0 };
	hash_map_add(&f->arrow_map, hash, (uint32_t)f->arrow_n);
	return &f->arrows[f->arrow_n++];
}

/* What the columns must know: an arrow with so wide a label. */
static void
note_arrow(struct flow_lines *f, const struct ladder_row *row)
{
	struct flow_arrow *arrow;
	uint32_t cells;

	if (row->from == LADDER_NONE || row->to == LADDER_NONE)
		return;
	arrow = arrow_between(f, f->column[row->from], f->column[row->to]);
	/* No character is wider than it has bytes. */
	if (row->label.n + SUFFIX_MOST <= arrow->cells)
		return;
	cells = (uint32_t)flow_label_cells(row);
	if (row->kind == LADDER_EVENT && cells > LADDER_EVENT_CELLS)
		cells = LADDER_EVENT_CELLS;
	if (row->kind == LADDER_STREAM && cells > LADDER_STREAM_CELLS)
		cells = LADDER_STREAM_CELLS;
	if (cells > arrow->cells)
		arrow->cells = cells;
}

static void
add_row(struct flow_lines *f, uint32_t i, const struct ladder_row *row)
{
	bool stop = is_thing(row);

	f->stops += stop;
	add_line(f, i, FLOW_LINE_ROW, 0);
	if (!stop)
		return;
	note_arrow(f, row);
	if (row->from == row->to && row->from != LADDER_NONE)
		add_line(f, i, FLOW_LINE_BACK, 0);
	for (uint32_t n = 0; n < row->note_count; n++)
		add_line(f, i, FLOW_LINE_NOTE, n);
	if (row->flaws)
		add_line(f, i, FLOW_LINE_FLAWS, 0);
}

void
flow_lines_fill(struct flow_lines *f, const struct ladder *l, const struct flow_choice *choice)
{
	struct dates dates = { .utc = choice->utc };

	f->n = f->arrow_n = 0;
	hash_map_release(&f->arrow_map);
	f->stops = f->hidden = 0;
	f->head = choice->related;
	show_lanes(f, l, choice->hide);
	for (uint32_t i = 0; i < choice->related; i++)
		add_line(f, 0, FLOW_LINE_RELATED, i);
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct ladder_row *row = &l->rows[i];
		bool stop = is_thing(row);

		if (is_hidden(f, row, choice)) {
			f->hidden += stop;
			continue;
		}
		if (choice->dates && stop && is_new_date(row, &dates))
			add_line(f, i, FLOW_LINE_DATE, 0);
		add_row(f, i, row);
	}
	buf_release(&dates.now);
	buf_release(&dates.scratch);
}

bool
flow_lines_is_stop(const struct flow_lines *f, const struct ladder *l, int64_t i)
{
	return i >= 0 && i < (int64_t)f->n && f->list[i].kind == FLOW_LINE_ROW &&
		is_thing(&l->rows[f->list[i].row]);
}

int64_t
flow_lines_of(const struct flow_lines *f, uint32_t row)
{
	int64_t low = f->head, high = (int64_t)f->n;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (f->list[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	/* Above it may be its date. */
	while (low < (int64_t)f->n && f->list[low].kind != FLOW_LINE_ROW)
		low++;
	return low < (int64_t)f->n ? low : -1;
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

/* Columns of the lanes in @p width cells, or more where they would come too near. */
static void
fit_columns(struct ladder_columns *at, const struct ladder *l, const struct flow_lines *f,
	    const struct flow_shape *shape, int width)
{
	size_t least = (size_t)shape->lanes + (size_t)f->columns * GAP_LEAST;

	if (f->columns < 3 || least < (size_t)width)
		least = (size_t)width;
	ladder_columns_init(at, f->columns, (size_t)shape->time, (size_t)shape->lanes, least);
	for (uint32_t i = 0; i < f->columns; i++) {
		const struct ladder_lane *lane = &l->lanes[f->lane[i]];
		int name = text_width(lane->name), address = text_width(lane->address);

		ladder_columns_head(at, i, (size_t)(name > address ? name : address));
	}
	for (size_t i = 0; i < f->arrow_n; i++)
		ladder_columns_arrow(at, f->arrows[i].from, f->arrows[i].to, f->arrows[i].cells);
	ladder_columns_fit(at);
}

/* Cells from the left edge to behind the head of the last lane; a wide one is
 * moved to the left, so only some of it counts. */
static int
columns_end(const struct ladder_columns *at, const struct ladder *l, const struct flow_lines *f)
{
	const struct ladder_lane *last;
	int head;

	if (f->columns == 0)
		return 0;
	last = &l->lanes[f->lane[f->columns - 1]];
	head = text_width(last->address);
	if (text_width(last->name) > head)
		head = text_width(last->name);
	return (int)at->x[f->columns - 1] + (head < GAP_LEAST ? head : GAP_LEAST) / 2 + 1;
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

/* How much of the screen is for the ladder, beside a preview; @p end is what it
 * would take. */
static int
ladder_cells(const struct flow_wish *wish, int end)
{
	if (wish->preview_width > 0) {
		int width = wish->preview_width;

		if (width > wish->width - LADDER_ASKED - 2)
			width = wish->width - LADDER_ASKED - 2;
		if (width < PREVIEW_ASKED)
			width = PREVIEW_ASKED;
		return wish->width - width - 2;
	}
	if (end < LADDER_LEAST)
		end = LADDER_LEAST;
	if (end > wish->width - PREVIEW_LEAST)
		end = wish->width - PREVIEW_LEAST;
	/* The message is worth half of the screen, more where lanes leave it. */
	if (end > wish->width / 2 + 10)
		end = wish->width / 2 + 10;
	return end;
}

void
flow_shape_fit(struct flow_shape *shape, struct ladder_columns *columns,
	       const struct ladder *l, const struct flow_lines *f, const struct flow_wish *wish)
{
	int end;

	*shape = (struct flow_shape){ .ladder = wish->width, .named = 1 };
	for (uint32_t i = 0; i < f->columns; i++)
		if (l->lanes[f->lane[i]].name.n > 0)
			shape->named = 2;
	fit_time(shape, l, wish);
	fit_columns(columns, l, f, shape, wish->width);
	end = columns_end(columns, l, f);
	if (wish->preview && wish->width >= FLOW_PREVIEW_LEAST) {
		end = ladder_cells(wish, end);
		shape->ladder = end;
		shape->preview = end + 1;
		shape->preview_width = wish->width - end - 2;
		ladder_columns_release(columns);
		fit_columns(columns, l, f, shape, end);
		end = columns_end(columns, l, f);
	}
	while (shape->scroll_max + 1 < (int)f->columns &&
	       end - (int)(columns->x[shape->scroll_max] - columns->x[0]) > shape->ladder)
		shape->scroll_max++;
}
