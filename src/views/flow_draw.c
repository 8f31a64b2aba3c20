/*
 * Drawing of the view Flow. It decides nothing: lines, columns and the division of
 * the screen are made by then.
 */
#include <inttypes.h>
#include <limits.h>

#include "base/text.h"
#include "query/call_media.h"
#include "views/flow_int.h"
#include "views/flow_stream.h"
#include "views/flow_summary.h"

/* The part of the canvas where lanes stand, and their columns in it. */
struct lanes {
	const struct flow_state *st;
	const struct store *store;
	struct canvas c;
	int width;
};

static int
column_x(const struct lanes *n, uint32_t column)
{
	const struct flow_state *st = n->st;

	return (int)(st->columns.x[column] - st->columns.x[st->first]) +
		(int)st->columns.x[0] - st->shape.lanes + 1;
}

/* Of a lane that is shown. */
static int
lane_x(const struct lanes *n, uint32_t lane)
{
	return column_x(n, n->st->lines.column[lane]);
}

/* Heads have the width of the ladder, above the times too: a cut one is of no use. */
static void
draw_lane_head(const struct lanes *n, struct canvas *c, int y, uint32_t i, struct str text,
	       enum role role)
{
	uint32_t last = n->st->lines.columns - 1, first = (uint32_t)n->st->first;
	int edge = n->st->shape.lanes - 1, x = edge + column_x(n, i), w = text_width(text);
	int left = i == first ? 0 : (edge + column_x(n, i - 1) + x) / 2 + 1;
	int right = i == last ? x + w + 1 : (x + edge + column_x(n, i + 1)) / 2;
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
	for (uint32_t i = 0; i < n->st->lines.columns; i++)
		canvas_fill(&n->c, y, column_x(n, i), 1, 1, role, glyph);
}

/* Which of those that are shown call @call is. */
static uint32_t
call_ordinal(const struct flow_state *st, uint32_t call)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->calls[i] == call)
			return (uint32_t)i;
	return 0;
}

static enum role
role_of_cycle(uint32_t i)
{
	static const enum role roles[] = {
		ROLE_CYCLE_1, ROLE_CYCLE_2, ROLE_CYCLE_3, ROLE_CYCLE_4, ROLE_CYCLE_5, ROLE_CYCLE_6,
	};

	return roles[i % ARRAY_SIZE(roles)];
}

static enum role
role_of_row(const struct lanes *n, const struct ladder_row *row)
{
	if (row->kind == LADDER_STREAM)
		return row->level == QUALITY_CRITICAL ? ROLE_ERROR :
			row->level == QUALITY_WARNING ? ROLE_WARNING : ROLE_MEDIA;
	if (row->kind == LADDER_EVENT)
		return row->happened == EVENT_LOG || row->happened == EVENT_RTCP ?
			ROLE_DIM : ROLE_WARNING;
	if (n->st->color_by == SETTING_COLOR_BY_CALL_ID)
		return role_of_cycle(call_ordinal(n->st, row->call));
	if (n->st->color_by == SETTING_COLOR_BY_CSEQ)
		return role_of_cycle(store_message(n->store, row->message)->cseq);
	if (row->flags & MESSAGE_REQUEST)
		return ROLE_REQUEST;
	return role_of_status(row->status);
}

/* Label and suffix, at most @p max cells from @p x on; the label gives way. */
static void
draw_label(struct lanes *n, int y, int x, int max, const struct ladder_row *row)
{
	struct buf b = BUF_INIT;
	struct str text = ladder_label(row, max);
	int suffix, label = text_width(text);

	flow_add_suffix(&b, row);
	suffix = text_width(buf_str(&b));
	if (label > max - suffix)
		label = max - suffix;
	if (label > 0) {
		canvas_field(&n->c, y, x, label, role_of_row(n, row), CANVAS_LEFT, text);
		x += label;
	}
	canvas_text(&n->c, y, x, max - (label > 0 ? label : 0), ROLE_RETRANSMISSION, buf_str(&b));
	buf_release(&b);
}

/* Of what is not seen that it is there: at the edge behind which its lanes are. */
static void
draw_beyond(struct lanes *n, int y, const struct ladder_row *row, bool right)
{
	int cells = text_width(row->label), room = n->width - 6;
	int x;

	if (cells > room)
		cells = room;
	if (cells < 1)
		return;
	x = right ? n->width - cells - 4 : 2;
	canvas_fill(&n->c, y, x, 1, cells + 4, ROLE_DIM, " ");
	canvas_text(&n->c, y, right ? n->width - 2 : x, 2, ROLE_DIM, right ? STR(">>") : STR("<<"));
	canvas_field(&n->c, y, right ? x + 1 : x + 3, cells, ROLE_DIM, CANVAS_LEFT, row->label);
}

static void
draw_loop(struct lanes *n, int y, const struct ladder_row *row, bool back)
{
	uint32_t last = n->st->lines.columns - 1;
	int x = lane_x(n, row->from), w = flow_label_cells(row);
	uint32_t column = n->st->lines.column[row->from];
	int room = (column < last ? column_x(n, column + 1) : n->width) - x - 6;

	if (x < 0 || x + 4 > n->width) {
		if (!back)
			draw_beyond(n, y, row, x > 0);
		return;
	}
	canvas_text(&n->c, y, x + 1, 3, role_of_row(n, row), back ? STR("◀─┘") : STR("──┐"));
	if (!back)
		draw_label(n, y, x + 5, w < room ? w : room, row);
}

static void
draw_arrow(struct lanes *n, int y, const struct ladder_row *row)
{
	bool right = row->from < row->to;
	bool both = row->kind == LADDER_STREAM && row->stream[1] != STREAM_NONE;
	const char *shaft = row->kind == LADDER_EVENT ? "╌" : row->kind == LADDER_STREAM ? "═" : "─";
	int lo = lane_x(n, right ? row->from : row->to);
	int hi = lane_x(n, right ? row->to : row->from);
	int from = lo < 0 ? -1 : lo, to = hi > n->width ? n->width : hi;
	int w = flow_label_cells(row), room;
	enum role role = role_of_row(n, row);

	if (to <= from) {
		draw_beyond(n, y, row, lo > 0);
		return;
	}
	if (lo + 1 < hi)
		canvas_fill(&n->c, y, lo + 1, 1, hi - lo - 1, role, shaft);
	for (uint32_t i = 0; i < n->st->lines.columns; i++)
		if (column_x(n, i) > lo && column_x(n, i) < hi)
			canvas_fill(&n->c, y, column_x(n, i), 1, 1, role, "┼");
	if (right || both)
		canvas_fill(&n->c, y, hi - 1, 1, 1, role, "▶");
	if (!right || both)
		canvas_fill(&n->c, y, lo + 1, 1, 1, role, "◀");
	/* In the middle of what is seen of it. */
	room = to - from - 1 - 5;
	if (w > room && row->shorter)
		w = text_width(ladder_label(row, room));
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
	int first = column_x(n, (uint32_t)n->st->first) + 2, w = text_width(text), x = first;

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
	uint32_t last = n->st->lines.columns - 1;
	int right = column_x(n, last) < n->width ? column_x(n, last) : n->width;
	int w = text_width(row->label), left = column_x(n, (uint32_t)n->st->first);
	int x = left + (right - left - w + 1) / 2;

	if (x <= left)
		x = left + 1;
	/* Its blanks do not wipe out the lanes at both ends. */
	if (x - 1 > left)
		canvas_fill(&n->c, y, x - 1, 1, 1, ROLE_DIM, " ");
	if (x + w < right)
		canvas_fill(&n->c, y, x + w, 1, 1, ROLE_DIM, " ");
	canvas_field(&n->c, y, x, w < n->width - x ? w : n->width - x, ROLE_DIM, CANVAS_LEFT,
		     row->label);
}

/* What happened to no two lanes, over all that are seen. */
static void
draw_wide(struct lanes *n, int y, const struct ladder_row *row)
{
	int x = column_x(n, (uint32_t)n->st->first) + 2, w = flow_label_cells(row);

	draw_label(n, y, x, w < n->width - x ? w : n->width - x, row);
}

/* Seconds with @p digits after the point, or as many as @p cells have room for. */
static void
add_seconds(struct buf *b, int64_t now, int64_t then, bool sign, int digits, int cells)
{
	char text[48];
	int64_t span = 0;
	uint64_t us;
	int whole, n;

	if (now != TIME_NONE && then != TIME_NONE && __builtin_sub_overflow(now, then, &span))
		span = 0;
	us = (span < 0 ? -(uint64_t)span : (uint64_t)span) / 1000;
	whole = snprintf(text, sizeof(text), "%s%" PRIu64, span < 0 ? "-" : sign ? "+" : "",
			 us / 1000000);
	snprintf(text + whole, sizeof(text) - (size_t)whole, ".%06" PRIu64, us % 1000000);
	n = whole + 1 + digits < cells ? whole + 1 + digits : cells;
	buf_add_str(b, str_sub(str_of(text), 0, (size_t)(n > whole + 1 ? n : whole)));
}

/* Time of the message or event shown before line @i; a stream begins beside them. */
static int64_t
time_before(const struct flow_state *st, int64_t i)
{
	while (i-- > 0) {
		const struct ladder_row *row = &st->ladder.rows[st->lines.list[i].row];

		if (flow_lines_is_stop(&st->lines, &st->ladder, i) && row->time != TIME_NONE &&
		    row->kind != LADDER_STREAM)
			return row->time;
	}
	return TIME_NONE;
}

/* Whether so much time went by before that it is worth a colour. */
static bool
is_long(const struct views_app *app, int64_t before, int64_t now)
{
	int64_t least = app->settings->long_pause_ms * NS_PER_MS;

	return least > 0 && before != TIME_NONE && now != TIME_NONE &&
		span_between(before, now) > least;
}

static void
draw_time(const struct view *v, struct canvas *c, int y, int64_t i)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct ladder_row *row = &st->ladder.rows[st->lines.list[i].row];
	int64_t before = time_before(st, i);
	enum role role = is_long(app, before, row->time) ? ROLE_WARNING : ROLE_TIME;
	bool narrow = st->shape.narrow;
	int digits = narrow ? 3 : 6;
	struct buf b = BUF_INIT;

	if (row->time == TIME_NONE)
		buf_add_cstr(&b, "–");
	else if (st->time == LADDER_TIME_ABSOLUTE)
		time_add(&b, row->time, TIME_CLOCK, app->utc);
	else if (st->time == LADDER_TIME_RELATIVE)
		add_seconds(&b, row->time, st->ladder.first, false, digits, st->shape.time);
	else
		add_seconds(&b, row->time, before, true, digits, st->shape.time);
	if (st->search.search && (size_t)i < st->search.n && st->search.match[i])
		role = ROLE_MATCH;
	if (narrow && st->time == LADDER_TIME_ABSOLUTE)
		canvas_text(c, y, 0, st->shape.time, role, buf_str(&b));
	else
		canvas_field(c, y, 0, st->shape.time, role, CANVAS_RIGHT, buf_str(&b));
	if (st->shape.tag && row->call != CALL_NONE)
		canvas_printf(c, y, st->shape.time + 1, st->shape.tag,
			      st->color_by == SETTING_COLOR_BY_CALL_ID ?
			      role_of_cycle(call_ordinal(st, row->call)) : ROLE_DIM, "#%" PRIu64,
			      (uint64_t)row->call + 1);
	buf_release(&b);
}

/* Why a call is there that was not opened. */
static void
draw_related(const struct flow_state *st, struct canvas *c, int y, uint32_t i)
{
	const struct related *r = &st->related.list[i];
	struct buf b = BUF_INIT;
	int x;

	buf_printf(&b, "#%" PRIu64, (uint64_t)r->call + 1);
	x = canvas_text(c, y, 0, canvas_width(c), ROLE_CALL_ID, buf_str(&b));
	buf_clear(&b);
	related_say(&b, r);
	if (r->strength == RELATED_LIKELY)
		buf_add_cstr(&b, " (likely)");
	if (i + 1 == st->related.n && st->related.cut)
		buf_add_cstr(&b, "; there are more");
	canvas_field(c, y, x + 1, canvas_width(c) - x - 1,
		     r->strength == RELATED_GUESS ? ROLE_DIM : ROLE_NORMAL, CANVAS_LEFT,
		     buf_str(&b));
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

	if (line->kind == FLOW_LINE_RELATED) {
		draw_related(st, c, y, line->note);
		return;
	}
	draw_lanes(n, y, ROLE_LANE, pause ? "┊" : "│");
	switch ((enum flow_line_kind)line->kind) {
	case FLOW_LINE_RELATED:
		break;
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
			draw_time(v, c, y, i);
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
draw_preview(const struct view *v, struct canvas *c, int y)
{
	const struct flow_state *st = v->state;
	const struct ladder_row *row = flow_current(st);
	struct canvas part = canvas_part(c, y, st->shape.preview + 1, canvas_height(c) - y,
					 st->shape.preview_width);

	canvas_vline(c, y, st->shape.preview - 1, canvas_height(c) - y, ROLE_BORDER);
	if (row && row->kind == LADDER_STREAM)
		flow_stream_draw(v->app, row, &part);
	else
		flow_preview_draw(&st->preview, &part);
}

/* Since the message marked, to that under the cursor: "+1.234567 s since the mark". */
static bool
add_since_mark(const struct view *v, struct buf *b)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct ladder_row *row = flow_current(st);
	const struct message *m = store_message(app->store, st->mark.message);

	if (!m || !row || m->time == TIME_NONE || row->time == TIME_NONE ||
	    row->message == st->mark.message)
		return false;
	add_seconds(b, row->time, m->time, true, 6, INT_MAX);
	buf_add_cstr(b, " s since the mark");
	return true;
}

/* The first row: the call, or how many there are, and what was measured. */
static void
draw_summary(const struct view *v, struct canvas *c)
{
	const struct views_app *app = v->app;
	const struct flow_state *st = v->state;
	const struct ladder *l = &st->ladder;
	const struct call *call = l->call_count == 1 ?
		store_call(app->store, l->calls[0].call.index) : NULL;
	int width = canvas_width(c);
	struct canvas part;
	struct buf b = BUF_INIT;

	if (add_since_mark(v, &b)) {
		int cells = text_width(buf_str(&b));

		width = width > cells + 2 ? width - cells - 2 : 0;
		canvas_text(c, 0, canvas_width(c) - cells, cells, ROLE_SELECTED, buf_str(&b));
	}
	part = canvas_part(c, 0, 0, 1, width);
	if (l->call_count == 1)
		flow_summary_draw(&l->calls[0], call ? query_call_unheard(app->query, call) : NULL,
				  app->utc, &part);
	else
		canvas_printf(&part, 0, 0, width, ROLE_HOST, "%" PRIu32 " calls, %" PRIu32
			      " messages", l->call_count, l->messages);
	buf_release(&b);
}

static void
draw_heads(const struct view *v, struct lanes *n, struct canvas *part, int y)
{
	const struct flow_state *st = v->state;
	const struct ladder *l = &st->ladder;
	bool named = st->shape.named == 2;

	for (uint32_t i = (uint32_t)st->first; i < st->lines.columns; i++) {
		const struct ladder_lane *lane = &l->lanes[st->lines.lane[i]];

		if (column_x(n, i) >= n->width)
			break;
		if (named)
			draw_lane_head(n, part, y, i, lane->name, ROLE_HOST);
		draw_lane_head(n, part, y + (int)st->shape.named - 1, i, lane->address,
			       named ? ROLE_NORMAL : ROLE_HOST);
	}
}

void
flow_draw(const struct view *v, struct canvas *c)
{
	const struct flow_state *st = v->state;
	struct canvas part = canvas_part(c, 0, 0, canvas_height(c), st->shape.ladder);
	struct lanes n = { .st = st, .store = ((const struct views_app *)v->app)->store,
			   .width = st->shape.ladder - st->shape.lanes + 1 };
	int y = 0;

	if (!st->laid_out) {
		canvas_text(c, 0, 0, canvas_width(c), ROLE_DIM, STR("Laying out the messages ..."));
		return;
	}
	n.c = canvas_part(&part, 0, st->shape.lanes - 1, canvas_height(c), n.width);
	if (flow_head_rows(v) > (int)st->shape.named) {
		y = 1;
		draw_summary(v, c);
	}
	if (st->shape.preview)
		draw_preview(v, c, y);
	if (st->lines.columns == 0) {
		canvas_text(&part, y, 0, canvas_width(&part), ROLE_DIM, st->ladder.lane_count == 0 ?
			    STR("No messages.") : STR("All lanes are hidden."));
		return;
	}
	draw_heads(v, &n, &part, y);
	y += (int)st->shape.named;
	if (st->lines.stops == 0) {
		canvas_text(&part, y, 0, canvas_width(&part), ROLE_DIM,
			    STR("All messages are hidden."));
		return;
	}
	for (int64_t i = st->list.top;
	     i < st->list.count && y < canvas_height(c) - flow_strip_rows(v); i++)
		draw_line(v, &part, &n, y++, i);
	flow_strip_draw(v, &part);
}

/* ---- the title ---- */

/* What differs from the usual, at the right. */
static void
add_modes(const struct flow_state *st, struct buf *b)
{
	if (st->job)
		buf_add_cstr(b, "laying out  ");
	if (st->related.job)
		buf_add_cstr(b, "looking for legs  ");
	if (st->color_by == SETTING_COLOR_BY_CALL_ID)
		buf_add_cstr(b, "by Call-ID  ");
	if (st->color_by == SETTING_COLOR_BY_CSEQ)
		buf_add_cstr(b, "by CSeq  ");
	if (st->hide.only_sdp)
		buf_add_cstr(b, "SDP only  ");
	if (st->hide.only_media)
		buf_add_cstr(b, "media only  ");
	if (!st->options.media && st->strip.n > 0)
		buf_add_cstr(b, "media hidden  ");
	if (st->lines.hidden > 0)
		buf_printf(b, "%" PRIu32 " hidden  ", st->lines.hidden);
	else if (st->hide.lane_n > 0 || st->hide.method_n > 0)
		buf_add_cstr(b, "lanes or methods hidden  ");
	if (st->ladder.messages_left > 0)
		buf_printf(b, "%" PRIu64 " older messages  ", st->ladder.messages_left);
	if (st->ladder.events_left > 0)
		buf_printf(b, "%" PRIu64 " events more  ", st->ladder.events_left);
	if (st->ladder.streams_left > 0)
		buf_printf(b, "%" PRIu64 " streams more  ", st->ladder.streams_left);
}

/* Which of the matches the cursor is on, or how many there are. */
static void
add_match(const struct flow_state *st, struct buf *b)
{
	const struct flow_search *s = &st->search;
	size_t at = (size_t)st->list.cursor;

	if (!s->search || s->matches == 0)
		return;
	if (at < s->n && s->match[at])
		buf_printf(b, "match %" PRIu32 "/", flow_search_ordinal(s, at));
	else
		buf_add_cstr(b, "matches ");
	buf_printf(b, "%" PRIu32 "%s  ", s->matches, flow_search_done(s) ? "" : "+");
}

void
flow_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct flow_state *st = v->state;
	uint32_t at = 0;
	int room;

	add_modes(st, right);
	add_match(st, right);
	if (st->first > 0 || flow_last_column(st) + 1 < st->lines.columns)
		buf_printf(right, "lanes %d-%" PRIu32 "/%" PRIu32 "  ", st->first + 1,
			   flow_last_column(st) + 1, st->lines.columns);
	if (st->list.cursor < (int64_t)st->lines.n)
		at = st->lines.list[st->list.cursor].stops;
	buf_printf(right, "%" PRIu32 "/%" PRIu32, at, st->lines.stops);
	if (st->n > 1) {
		buf_printf(left, "%s%zu calls", v->width < 60 ? "" : "Flow of ", st->n);
		if (st->related.n > 0)
			buf_printf(left, ", %zu related", st->related.n);
		return;
	}
	if (st->n == 0)
		return;
	buf_printf(left, "Flow of call %" PRIu64 "  ", (uint64_t)st->calls[0] + 1);
	room = v->width - text_width(buf_str(left)) - text_width(buf_str(right)) - 4;
	if (st->laid_out && st->ladder.call_count > 0 && room >= 8)
		parts_add_middle(left, call_id(&st->ladder.calls[0].call), room);
}
