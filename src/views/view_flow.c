/*
 * The ladder of one or several calls. The layout comes from export/ladder.h,
 * lines and columns from flow_lines.h; both are made when the data or the size
 * changes, not when drawing. The cursor stands on arrows of messages only; the
 * window is moved in lines.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/ladder.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/flow_lines.h"
#include "views/flow_mark.h"
#include "views/flow_summary.h"
#include "views/message_lines.h"
#include "views/parts.h"

#define SILENCE		(10 * NS_PER_S)	/* a longer pause is a row */
#define EAGER		1000	/* messages of a ladder that is laid out at each change */

struct flow_state {
	uint32_t *calls;		/* owned */
	size_t n;
	struct ladder ladder;
	struct ladder_options options;
	struct flow_lines lines;
	struct flow_shape shape;
	struct ladder_columns columns;
	struct list list;		/* of lines */
	struct message_lines preview;
	struct flow_mark mark;
	uint32_t preview_of;		/* message, or MESSAGE_NONE */
	uint64_t messages;		/* laid out */
	uint32_t events;		/* of the store then */
	int width;			/* that the shape is for */
	int first;			/* lane that stands leftmost */
	enum ladder_time time;
	bool want_preview, asked_preview;
	bool laid_out;
};

static void
flow_open(struct view *v, const void *subject)
{
	const struct flow_subject *what = subject;
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;

	st->calls = xreallocarray(NULL, what->n, sizeof(*st->calls));
	memcpy(st->calls, what->calls, what->n * sizeof(*st->calls));
	st->n = what->n;
	st->time = (enum ladder_time)app->settings->time;
	st->options = (struct ladder_options){
		.sdp = LADDER_SDP_FIRST, .silence = SILENCE, .name_ctx = (void *)(uintptr_t)app->names,
		.name = app->names ? host_names_lookup : NULL,
	};
	st->preview_of = MESSAGE_NONE;
	st->mark.message = MESSAGE_NONE;
}

static void
flow_close(struct view *v)
{
	struct flow_state *st = v->state;

	free(st->calls);
	if (st->laid_out) {
		ladder_release(&st->ladder);
		ladder_columns_release(&st->columns);
	}
	flow_lines_release(&st->lines);
	message_lines_release(&st->preview);
}

/* ---- keeping up ---- */

/* The row the cursor is on, or NULL when there is none. */
static const struct ladder_row *
current(const struct flow_state *st)
{
	if (!flow_lines_is_stop(&st->lines, &st->ladder, st->list.cursor))
		return NULL;
	return &st->ladder.rows[st->lines.list[st->list.cursor].row];
}

/* Bring the cursor from a line to an arrow: on in direction @p step, else back. */
static void
snap(struct flow_state *st, int step)
{
	int64_t i = st->list.cursor, end;

	while (i >= 0 && i < st->list.count && !flow_lines_is_stop(&st->lines, &st->ladder, i))
		i += step;
	if (!flow_lines_is_stop(&st->lines, &st->ladder, i)) {
		i = st->list.cursor;
		while (i >= 0 && i < st->list.count &&
		       !flow_lines_is_stop(&st->lines, &st->ladder, i))
			i -= step;
	}
	if (!flow_lines_is_stop(&st->lines, &st->ladder, i))
		return;
	list_go(&st->list, i);
	/* What belongs to the arrow is seen with it, and what comes before the first. */
	end = flow_lines_end(&st->lines, i);
	if (end >= st->list.top + st->list.height && st->list.height > 0)
		st->list.top = end - st->list.height + 1 < i ? end - st->list.height + 1 : i;
	while (--i >= 0 && !flow_lines_is_stop(&st->lines, &st->ladder, i))
		;
	if (i < 0 && st->list.cursor < st->list.height)
		st->list.top = 0;
}

static void
go_to_message(struct flow_state *st, uint32_t message)
{
	for (size_t i = 0; i < st->lines.n; i++)
		if (st->lines.list[i].kind == FLOW_LINE_ROW &&
		    st->ladder.rows[st->lines.list[i].row].message == message) {
			list_go(&st->list, (int64_t)i);
			return;
		}
}

static int
head_rows(const struct view *v)
{
	const struct flow_state *st = v->state;
	int rows = (int)st->shape.named + 1;

	return v->height > 6 ? rows : rows - 1;
}

/* Divide the screen anew; the lines stay. */
static void
fit(struct view *v)
{
	struct flow_state *st = v->state;
	struct flow_wish wish = { v->width, st->want_preview, st->time };

	if (!st->asked_preview)
		wish.preview = v->width >= FLOW_PREVIEW_WIDTH;
	st->want_preview = wish.preview;
	ladder_columns_release(&st->columns);
	flow_shape_fit(&st->shape, &st->columns, &st->ladder, &wish);
	st->width = v->width;
	if (st->first > st->shape.scroll_max)
		st->first = st->shape.scroll_max;
}

static void
lay_out(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	const struct ladder_row *row = st->laid_out ? current(st) : NULL;
	uint32_t message = row ? row->message : MESSAGE_NONE;

	if (st->laid_out)
		ladder_release(&st->ladder);
	ladder_layout(&st->ladder, app->store, st->calls, st->n, &st->options);
	st->laid_out = true;
	st->messages = st->ladder.messages;
	st->events = store_event_count(app->store);
	flow_lines_fill(&st->lines, &st->ladder, st->time == LADDER_TIME_ABSOLUTE, app->utc);
	fit(v);
	list_fit(&st->list, (int64_t)st->lines.n, v->height - head_rows(v));
	if (message != MESSAGE_NONE)
		go_to_message(st, message);
	snap(st, 1);
}

/* Whether the calls have grown so much that they are worth another layout: a
 * large one is not laid out for each message that comes. */
static bool
has_grown(const struct flow_state *st, const struct views_app *app)
{
	uint64_t now = 0;

	for (size_t i = 0; i < st->n; i++) {
		const struct call *call = store_call(app->store, st->calls[i]);

		now += call ? call->messages : 0;
	}
	if (now == st->messages)
		return st->events != store_event_count(app->store) &&
			(now < EAGER || parts_progress(app).ended);
	return now < EAGER || now - st->messages > st->messages / 4 ||
		parts_progress(app).ended;
}

/* Have the message under the cursor at hand for drawing. */
static void
update_preview(struct view *v)
{
	struct flow_state *st = v->state;
	const struct ladder_row *row = current(st);
	uint32_t message = row && st->shape.preview ? row->message : MESSAGE_NONE;

	if (message == st->preview_of)
		return;
	st->preview_of = message;
	message_lines_clear(&st->preview);
	if (message != MESSAGE_NONE)
		message_lines_add(&st->preview, v->app, message);
}

static bool
flow_refresh(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	bool changed = false;

	if (!st->laid_out || has_grown(st, app)) {
		lay_out(v);
		changed = true;
	}
	if (st->width != v->width)
		fit(v);
	list_fit(&st->list, (int64_t)st->lines.n, v->height - head_rows(v));
	snap(st, 1);
	update_preview(v);
	return changed;
}

/* ---- what it says ---- */

/* The last lane that is seen. */
static uint32_t
last_lane(const struct flow_state *st)
{
	uint32_t i = (uint32_t)st->first;
	size_t shift = st->columns.x[i] - st->columns.x[0];

	while (i + 1 < st->ladder.lane_count &&
	       st->columns.x[i + 1] - shift < (size_t)st->shape.ladder)
		i++;
	return i;
}

static void
flow_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct flow_state *st = v->state;
	uint32_t message = 0, messages = 0;

	if (st->ladder.call_count == 1) {
		buf_printf(left, "Flow of call %" PRIu64 "  ",
			   (uint64_t)st->ladder.calls[0].call.index + 1);
		parts_add_middle(left, call_id(&st->ladder.calls[0].call),
				 v->width - text_width(buf_str(left)) -
				 (st->ladder.events_left > 0 ? 34 : 14));
	} else {
		buf_printf(left, "Flow of %" PRIu32 " calls", st->ladder.call_count);
	}
	for (int64_t i = 0; i < st->list.count; i++) {
		if (!flow_lines_is_stop(&st->lines, &st->ladder, i))
			continue;
		messages++;
		message += i <= st->list.cursor;
	}
	if (st->ladder.events_left > 0)
		buf_printf(right, "%" PRIu64 " events more  ", st->ladder.events_left);
	if (st->shape.scroll_max > 0)
		buf_printf(right, "lanes %d-%" PRIu32 "/%" PRIu32 "  ", st->first + 1,
			   last_lane(st) + 1, st->ladder.lane_count);
	buf_printf(right, "%" PRIu32 "/%" PRIu32, message, messages);
}

/* ---- drawing ---- */

/* The part of the canvas where lanes stand, and their columns in it. */
struct lanes {
	const struct flow_state *st;
	struct canvas c;
	int width;
};

static int
lane_x(const struct lanes *n, uint32_t lane)
{
	const struct flow_state *st = n->st;

	return (int)(st->columns.x[lane] - st->columns.x[st->first]) +
		(int)st->columns.x[0] - st->shape.lanes + 1;
}

/* Heads have the width of the ladder, above the times too: a cut one is of no use. */
static void
draw_lane_head(const struct lanes *n, struct canvas *c, int y, uint32_t i, struct str text,
	       enum role role)
{
	uint32_t last = n->st->ladder.lane_count - 1, first = (uint32_t)n->st->first;
	int edge = n->st->shape.lanes - 1, x = edge + lane_x(n, i), w = text_width(text);
	int left = i == first ? 0 : (edge + lane_x(n, i - 1) + x) / 2 + 1;
	int right = i == last ? x + w + 1 : (x + edge + lane_x(n, i + 1)) / 2;
	int at;
	struct buf b = BUF_INIT;

	if (right > canvas_width(c) && x < canvas_width(c))
		right = canvas_width(c);
	if (w > right - left)
		w = right - left;
	at = x - w / 2;
	if (at < left)
		at = left;
	if (at + w > right)
		at = right - w;
	parts_add_middle(&b, text, w);
	canvas_text(c, y, at, w, role, buf_str(&b));
	buf_release(&b);
}

static void
draw_lanes(struct lanes *n, int y, enum role role, const char *glyph)
{
	for (uint32_t i = 0; i < n->st->ladder.lane_count; i++)
		canvas_fill(&n->c, y, lane_x(n, i), 1, 1, role, glyph);
}

static enum role
role_of_row(const struct ladder_row *row)
{
	if (row->kind == LADDER_EVENT)
		return row->happened == EVENT_LOG || row->happened == EVENT_RTCP ?
			ROLE_DIM : ROLE_WARNING;
	if (row->flags & MESSAGE_REQUEST)
		return ROLE_REQUEST;
	return role_of_status(row->status);
}

/* Label and suffix, at most @p max cells from @p x on; the label gives way. */
static void
draw_label(struct lanes *n, int y, int x, int max, const struct ladder_row *row)
{
	struct buf b = BUF_INIT;
	int suffix, label = text_width(row->label);

	flow_add_suffix(&b, row);
	suffix = text_width(buf_str(&b));
	if (label > max - suffix)
		label = max - suffix;
	if (label > 0) {
		canvas_field(&n->c, y, x, label, role_of_row(row), CANVAS_LEFT, row->label);
		x += label;
	}
	canvas_text(&n->c, y, x, max - (label > 0 ? label : 0), ROLE_RETRANSMISSION, buf_str(&b));
	buf_release(&b);
}

static void
draw_loop(struct lanes *n, int y, const struct ladder_row *row, bool back)
{
	uint32_t last = n->st->ladder.lane_count - 1;
	int x = lane_x(n, row->from), w = flow_label_cells(row);
	int room = (row->from < last ? lane_x(n, row->from + 1) : n->width) - x - 6;

	canvas_text(&n->c, y, x + 1, 3, role_of_row(row), back ? STR("◀─┘") : STR("──┐"));
	if (!back)
		draw_label(n, y, x + 5, w < room ? w : room, row);
}

static void
draw_arrow(struct lanes *n, int y, const struct ladder_row *row)
{
	bool right = row->from < row->to;
	int lo = lane_x(n, right ? row->from : row->to);
	int hi = lane_x(n, right ? row->to : row->from);
	int from = lo < 0 ? -1 : lo, to = hi > n->width ? n->width : hi;
	int w = flow_label_cells(row), room;
	enum role role = role_of_row(row);

	if (to <= from)
		return;
	if (row->kind == LADDER_EVENT)
		for (int x = lo + 1; x < hi; x++)
			canvas_fill(&n->c, y, x, 1, 1, role, "╌");
	else
		canvas_hline(&n->c, y, lo + 1, hi - lo - 1, role);
	for (uint32_t i = 0; i < n->st->ladder.lane_count; i++)
		if (lane_x(n, i) > lo && lane_x(n, i) < hi)
			canvas_fill(&n->c, y, lane_x(n, i), 1, 1, role, "┼");
	canvas_fill(&n->c, y, right ? hi - 1 : lo + 1, 1, 1, role, right ? "▶" : "◀");
	/* In the middle of what is seen of it. */
	room = to - from - 1 - 5;
	if (w > room)
		w = room;
	if (w < 1)
		return;
	from += 1 + (to - from - 1 - w - 2 + (right ? 0 : 1)) / 2;
	canvas_fill(&n->c, y, from, 1, w + 2, role, " ");
	draw_label(n, y, from + 1, w, row);
}

/* Text under an arrow, from the left one of its two lanes on; moved to the left
 * where there is no room, but not over the first lane. */
static void
draw_note(struct lanes *n, int y, const struct ladder_row *row, struct str text, enum role role)
{
	int first = lane_x(n, (uint32_t)n->st->first) + 2, w = text_width(text), x = first;

	if (row->from != LADDER_NONE && row->to != LADDER_NONE)
		x = lane_x(n, row->from < row->to ? row->from : row->to) + 2;
	if (x + w > n->width)
		x = n->width - w;
	if (x < first)
		x = first;
	canvas_field(&n->c, y, x, n->width - x < w ? n->width - x : w, role, CANVAS_LEFT, text);
}

/* What an event says, in the middle of the lanes that are seen. */
static void
draw_event(struct lanes *n, int y, const struct ladder_row *row)
{
	uint32_t last = n->st->ladder.lane_count - 1;
	int right = lane_x(n, last) < n->width ? lane_x(n, last) : n->width;
	int w = text_width(row->label), left = lane_x(n, (uint32_t)n->st->first);
	int x = left + (right - left - w) / 2;

	if (x < 1)
		x = 1;
	canvas_fill(&n->c, y, x - 1, 1, w + 2, ROLE_DIM, " ");
	canvas_text(&n->c, y, x, n->width, ROLE_DIM, row->label);
}

/* What happened to no two lanes, over all that are seen. */
static void
draw_wide(struct lanes *n, int y, const struct ladder_row *row)
{
	int x = lane_x(n, (uint32_t)n->st->first) + 2, w = flow_label_cells(row);

	draw_label(n, y, x, w < n->width - x ? w : n->width - x, row);
}

static void
add_seconds(struct buf *b, int64_t now, int64_t then, bool sign, bool narrow)
{
	int64_t span = 0;
	uint64_t us;

	if (now != TIME_NONE && then != TIME_NONE && __builtin_sub_overflow(now, then, &span))
		span = 0;
	us = (span < 0 ? -(uint64_t)span : (uint64_t)span) / 1000;
	buf_add_cstr(b, span < 0 ? "-" : sign ? "+" : "");
	if (narrow)
		buf_printf(b, "%" PRIu64 ".%03" PRIu64, us / 1000000, us / 1000 % 1000);
	else
		buf_printf(b, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

/* Time of the message row before row @p i. */
static int64_t
time_before(const struct ladder *l, uint32_t i)
{
	while (i-- > 0)
		if (l->rows[i].kind == LADDER_MESSAGE && l->rows[i].time != TIME_NONE)
			return l->rows[i].time;
	return TIME_NONE;
}

static void
draw_time(const struct view *v, struct canvas *c, int y, uint32_t i)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct ladder_row *row = &st->ladder.rows[i];
	struct buf b = BUF_INIT;

	if (row->time == TIME_NONE)
		buf_add_cstr(&b, "–");
	else if (st->time == LADDER_TIME_ABSOLUTE)
		time_add(&b, row->time, TIME_CLOCK, app->utc);
	else if (st->time == LADDER_TIME_RELATIVE)
		add_seconds(&b, row->time, st->ladder.first, false,
			    st->shape.narrow);
	else
		add_seconds(&b, row->time, time_before(&st->ladder, i), true,
			    st->shape.narrow);
	if (st->shape.narrow && st->time == LADDER_TIME_ABSOLUTE)
		canvas_text(c, y, 0, st->shape.time, ROLE_TIME, buf_str(&b));
	else
		canvas_field(c, y, 0, st->shape.time, ROLE_TIME, CANVAS_RIGHT, buf_str(&b));
	if (st->shape.tag && row->call != CALL_NONE)
		canvas_printf(c, y, st->shape.time + 1, st->shape.tag, ROLE_DIM, "#%" PRIu64,
			      (uint64_t)row->call + 1);
	buf_release(&b);
}

static void
draw_line(const struct view *v, struct canvas *c, struct lanes *n, int y, int64_t i)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct flow_line *line = &st->lines.list[i];
	const struct ladder_row *row = &st->ladder.rows[line->row];
	bool pause = row->kind == LADDER_SILENCE || row->kind == LADDER_STEP_BACK;
	struct buf b = BUF_INIT;

	draw_lanes(n, y, ROLE_LANE, pause ? "┊" : "│");
	switch ((enum flow_line_kind)line->kind) {
	case FLOW_LINE_DATE:
		time_add(&b, row->time, TIME_DATE, app->utc);
		canvas_text(c, y, 0, st->shape.lanes, ROLE_TIME, buf_str(&b));
		break;
	case FLOW_LINE_ROW:
		if (pause) {
			draw_event(n, y, row);
		} else if (row->kind == LADDER_LOST) {
			draw_note(n, y, row, row->label, ROLE_WARNING);
		} else {
			draw_time(v, c, y, line->row);
			if (row->from == LADDER_NONE)
				draw_wide(n, y, row);
			else if (row->from == row->to)
				draw_loop(n, y, row, false);
			else
				draw_arrow(n, y, row);
		}
		break;
	case FLOW_LINE_BACK:
		draw_loop(n, y, row, true);
		break;
	case FLOW_LINE_NOTE:
		draw_note(n, y, row, row->notes[line->note], ROLE_MEDIA);
		break;
	case FLOW_LINE_FLAWS:
		buf_add_cstr(&b, "! ");
		parts_add_flaws(&b, row->flaws);
		draw_note(n, y, row, buf_str(&b), ROLE_WARNING);
		break;
	}
	buf_release(&b);
	if (line->kind == FLOW_LINE_ROW)
		flow_mark_draw(&st->mark, row, &st->shape, c, y);
	if (i == st->list.cursor && flow_lines_is_stop(&st->lines, &st->ladder, i))
		canvas_paint(c, y, 0, st->shape.ladder, ROLE_CURSOR);
}

static void
draw_preview(const struct flow_state *st, struct canvas *c, int y)
{
	struct canvas part = canvas_part(c, y, st->shape.preview + 1, canvas_height(c) - y,
					 st->shape.preview_width);
	int row = 0;

	canvas_vline(c, y, st->shape.preview - 1, canvas_height(c) - y, ROLE_BORDER);
	for (size_t i = 0; i < st->preview.n && row < canvas_height(&part); i++) {
		size_t from = 0, n = st->preview.list[i].n;

		do {
			size_t to = message_lines_wrap(&st->preview, i, from, canvas_width(&part));

			message_lines_draw(&st->preview, i, from, to, &part, row++, 0);
			from = to;
		} while (from < n && row < canvas_height(&part));
	}
}

static void
flow_draw(const struct view *v, struct canvas *c)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct ladder *l = &st->ladder;
	struct canvas part = canvas_part(c, 0, 0, canvas_height(c), st->shape.ladder);
	struct lanes n = { .st = st, .width = st->shape.ladder - st->shape.lanes + 1 };
	int y = 0;

	n.c = canvas_part(&part, 0, st->shape.lanes - 1, canvas_height(c), n.width);
	if (head_rows(v) > (int)st->shape.named) {
		y = 1;
		if (l->call_count == 1)
			flow_summary_draw(&l->calls[0], app->utc, c);
		else
			canvas_printf(c, 0, 0, canvas_width(c), ROLE_HOST, "%" PRIu32 " calls, %"
				      PRIu32 " messages", l->call_count, l->messages);
	}
	if (st->shape.preview)
		draw_preview(st, c, y);
	if (l->lane_count == 0)
		return;
	for (uint32_t i = (uint32_t)st->first; i < l->lane_count; i++) {
		if (lane_x(&n, i) >= n.width)
			break;
		if (st->shape.named == 2)
			draw_lane_head(&n, &part, y, i, l->lanes[i].name, ROLE_HOST);
		draw_lane_head(&n, &part, y + (int)st->shape.named - 1, i, l->lanes[i].address,
			       st->shape.named == 2 ? ROLE_NORMAL : ROLE_HOST);
	}
	y += (int)st->shape.named;
	for (int64_t i = st->list.top; i < st->list.count && y < canvas_height(c); i++)
		draw_line(v, &part, &n, y++, i);
}

/* ---- acting ---- */

static void
toggle_preview(struct view *v)
{
	struct flow_state *st = v->state;

	if (v->width < FLOW_PREVIEW_LEAST) {
		stack_notice(v->stack, "The message beside the ladder takes %d columns, here are %d.",
			     FLOW_PREVIEW_LEAST, v->width);
		return;
	}
	st->asked_preview = true;
	st->want_preview = !st->want_preview;
	st->width = 0;
}

static bool
toggle(struct view *v, enum action action)
{
	struct flow_state *st = v->state;

	switch (action) {
	case ACTION_TOGGLE_TIME:
		st->time = (enum ladder_time)((st->time + 1) % (LADDER_TIME_DELTA + 1));
		break;
	case ACTION_TOGGLE_SDP:
		st->options.sdp = (enum ladder_sdp)((st->options.sdp + 1) % (LADDER_SDP_FULL + 1));
		break;
	case ACTION_TOGGLE_PORTS:
		st->options.split_ports = !st->options.split_ports;
		st->first = 0;
		break;
	case ACTION_TOGGLE_COPIES:
		st->options.unfold = !st->options.unfold;
		break;
	default:
		return false;
	}
	lay_out(v);
	return true;
}

/* Scroll to the lanes of the arrow under the cursor, its start before its end. */
static void
follow(struct flow_state *st)
{
	const struct ladder_row *row = current(st);
	int lo, hi;

	if (!row)
		return;
	lo = (int)(row->from < row->to ? row->from : row->to);
	hi = (int)(row->from < row->to ? row->to : row->from);
	if (lo < st->first)
		st->first = lo;
	while (st->first < lo && st->first < st->shape.scroll_max && (int)last_lane(st) < hi)
		st->first++;
	if (st->first > st->shape.scroll_max)
		st->first = st->shape.scroll_max;
}

/* @return whether it was a movement. */
static bool
move(struct flow_state *st, enum action action)
{
	int64_t before = st->list.cursor;

	if (!list_act(&st->list, action))
		return false;
	snap(st, st->list.cursor < before || action == ACTION_LAST ? -1 : 1);
	follow(st);
	return true;
}

static enum view_result
flow_act(struct view *v, enum action action)
{
	struct flow_state *st = v->state;
	const struct ladder_row *row = current(st);
	struct raw_subject raw = { .message = MESSAGE_NONE };

	if (flow_mark_act(&st->mark, action, v->stack, &st->ladder, row))
		return VIEW_HANDLED;
	if (move(st, action) || toggle(v, action)) {
		flow_refresh(v);
		return VIEW_HANDLED;
	}
	switch (action) {
	case ACTION_TOGGLE_PREVIEW:
		toggle_preview(v);
		flow_refresh(v);
		return VIEW_HANDLED;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		st->first += action == ACTION_LEFT ? -1 : 1;
		if (st->first > st->shape.scroll_max)
			st->first = st->shape.scroll_max;
		if (st->first < 0)
			st->first = 0;
		return VIEW_HANDLED;
	case ACTION_OPEN:
	case ACTION_OPEN_RAW:
		if (!row)
			return VIEW_IGNORED;
		raw.call = row->call;
		if (action == ACTION_OPEN)
			raw.message = row->message;
		else if (st->n > 1)
			raw = (struct raw_subject){ row->call, MESSAGE_NONE, st->calls, st->n };
		stack_open(v->stack, &view_raw_ops, &raw);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_flow_ops = {
	.name = "flow",
	.state_size = sizeof(struct flow_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_OPEN_RAW, ACTION_MARK, ACTION_TOGGLE_TIME, ACTION_TOGGLE_SDP,
		ACTION_TOGGLE_PREVIEW, ACTION_TOGGLE_PORTS, ACTION_TOGGLE_COPIES, ACTION_COMPARE,
		ACTION_UNMARK, ACTION_MOVE_UP,
		ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP,
		ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT, ACTION_RIGHT,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_MARK, "<Space>" },
		{ ACTION_UNMARK, "<C-W>" },
		{ ACTION_COMPARE, "=" },
		{ ACTION_TOGGLE_TIME, "w" },
		{ ACTION_TOGGLE_SDP, "d" },
		{ ACTION_TOGGLE_PREVIEW, "t" },
		{ ACTION_TOGGLE_PORTS, "s" },
		{ ACTION_TOGGLE_COPIES, "y" },
		{ ACTION_NONE, NULL }
	},
	.open = flow_open,
	.close = flow_close,
	.refresh = flow_refresh,
	.title = flow_title,
	.draw = flow_draw,
	.act = flow_act,
};
