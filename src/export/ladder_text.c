/*
 * A line is painted on a row of cells: first the lanes, then what lies over
 * them, each thing at its column. Columns come from ladder_columns(): lanes are
 * as far apart as the labels between them need, and moved together evenly from
 * the widest gap down when the line would be too long.
 */
#include "export/ladder_text.h"

#include <inttypes.h>
#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/ladder_columns.h"
#include "export/visible.h"

#define WIDE_LEAST	24	/* cells of an event over all lanes, on a short line too */

struct strokes {
	const char *lane, *pause, *shaft, *dashes, *tape, *cross, *right, *left, *corner_down, *corner_up;
	const char *times, *cut, *none;
};

static const struct strokes unicode_strokes = {
	.lane = "│", .pause = "┊", .shaft = "─", .dashes = "╌", .tape = "═", .cross = "┼",
	.right = "▶", .left = "◀", .corner_down = "┐", .corner_up = "┘", .times = "×", .cut = "…", .none = "–",
};

static const struct strokes ascii_strokes = {
	.lane = "|", .pause = ":", .shaft = "-", .dashes = "~", .tape = "=", .cross = "+",
	.right = ">", .left = "<", .corner_down = ".", .corner_up = "'", .times = "x", .cut = "~", .none = "-",
};

/* A character and the combining one after it, if any; empty in the second cell
 * of a wide character. */
struct cell {
	char b[9];
	uint8_t n;		/* bytes in b */
};

struct painter {
	const struct ladder *l;
	const struct ladder_text_options *o;
	const struct strokes *s;
	struct sink *out;
	struct ladder_columns at;
	struct cell *cells;
	size_t n, cap;		/* cells of the line */
	struct buf scratch;
	int64_t before;		/* time of the message row above */
	char date[16];		/* last one written */
	bool mixed;		/* transports */
};

/* ---- cells ---- */

static void
cell_set(struct cell *c, const char *glyph)
{
	c->n = (uint8_t)strlen(glyph);
	memcpy(c->b, glyph, (size_t)c->n + 1);
}

/* Let cell @x show @glyph, a character of one to four bytes. */
static void
put(struct painter *p, size_t x, const char *glyph)
{
	struct cell *c;

	if (x >= p->n) {
		ARRAY_GROW(p->cells, p->cap, x + 1);
		for (; p->n <= x; p->n++)
			cell_set(&p->cells[p->n], " ");
	}
	c = &p->cells[x];
	/* Half of a wide character does not stay. */
	if (c->n == 0 && x > 0)
		cell_set(&p->cells[x - 1], " ");
	if (x + 1 < p->n && p->cells[x + 1].n == 0)
		cell_set(&p->cells[x + 1], " ");
	cell_set(c, glyph);
}

static void
put_combining(struct painter *p, size_t x, const char *shown)
{
	size_t n = strlen(shown);
	struct cell *c;

	if (x >= p->n)
		return;
	c = &p->cells[x];
	if (p->o->ascii || c->n == 0 || c->n > 4 || n > 4)
		return;
	memcpy(c->b + c->n, shown, n + 1);
	c->n = (uint8_t)(c->n + n);
}

/* Put at most @max cells of @text at @x. @return the cell after it. */
static size_t
put_plain(struct painter *p, size_t x, struct str text, size_t max)
{
	char shown[5];
	size_t used = 0, base = x;
	int w;

	while ((w = text_next(&text, shown)) >= 0) {
		if (w == 0) {
			if (used > 0)
				put_combining(p, base, shown);
			continue;
		}
		if (used + (size_t)w > max)
			break;
		base = x + used;
		for (int i = 0; i < w; i++)
			put(p, base + (size_t)i, p->o->ascii && (shown[0] & 0x80) ? "?" : " ");
		if (!(p->o->ascii && (shown[0] & 0x80))) {
			put(p, base, shown);
			if (w == 2)
				cell_set(&p->cells[base + 1], "");
		}
		used += (size_t)w;
	}
	return x + used;
}

static size_t
cells_of(struct str text)
{
	int w = text_width(text);

	return w > 0 ? (size_t)w : 0;
}

/* The same, with "…" at the end of what does not fit. */
static size_t
put_text(struct painter *p, size_t x, struct str text, size_t max)
{
	if (cells_of(text) <= max)
		return put_plain(p, x, text, max);
	if (max == 0)
		return x;
	x = put_plain(p, x, text, max - 1);
	put(p, x, p->s->cut);
	return x + 1;
}

/* The same, cut in the middle: both ends of an address tell hosts apart. */
static size_t
put_middle(struct painter *p, size_t x, struct str text, size_t max)
{
	size_t width = cells_of(text), tail;
	char shown[5];

	if (width <= max || max < 3)
		return put_text(p, x, text, max);
	tail = (max - 1) / 2;
	x = put_plain(p, x, text, max - 1 - tail);
	put(p, x++, p->s->cut);
	while (width > tail) {
		int w = text_next(&text, shown);

		width -= w > 0 ? (size_t)w : 0;
	}
	return put_plain(p, x, text, tail);
}

static void
line_end(struct painter *p)
{
	struct buf *b = &p->out->buf;
	size_t n = p->n;
	char *to;

	while (n > 0 && p->cells[n - 1].b[0] == ' ' && p->cells[n - 1].b[1] == '\0')
		n--;
	to = buf_reserve(b, n * sizeof(p->cells->b) + 1);
	for (size_t i = 0; i < n; i++) {
		memcpy(to, p->cells[i].b, sizeof(p->cells->b));
		to += p->cells[i].n;
	}
	b->n = (size_t)(to - b->p);
	buf_add_char(b, '\n');
	p->n = 0;
	sink_step(p->out);
}

static void
line_lanes(struct painter *p, const char *glyph)
{
	for (uint32_t i = 0; i < p->l->lane_count; i++)
		put(p, p->at.x[i], glyph);
}

/* ---- the time column ---- */

static void
add_seconds(struct buf *b, int64_t ns, bool sign)
{
	uint64_t us = (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) / 1000;

	buf_add_cstr(b, ns < 0 ? "-" : sign ? "+" : "");
	buf_printf(b, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

static int64_t
since(int64_t now, int64_t then)
{
	int64_t span;

	if (now == TIME_NONE || then == TIME_NONE || __builtin_sub_overflow(now, then, &span))
		return 0;
	return span;
}

static void
put_time(struct painter *p, const struct ladder_row *row)
{
	struct buf *b = &p->scratch;
	size_t width;

	buf_clear(b);
	if (row->time == TIME_NONE)
		buf_add_cstr(b, p->s->none);
	else if (p->o->time == LADDER_TIME_ABSOLUTE)
		time_add(b, row->time, TIME_CLOCK, p->o->utc);
	else if (p->o->time == LADDER_TIME_RELATIVE)
		add_seconds(b, since(row->time, p->l->first), false);
	else
		add_seconds(b, since(row->time, p->before), true);
	width = cells_of(buf_str(b));
	put_plain(p, width < p->at.time ? p->at.time - width : 0, buf_str(b), SIZE_MAX);
	if (p->l->call_count > 1 && row->call != CALL_NONE) {
		buf_clear(b);
		buf_printf(b, "#%" PRIu64, (uint64_t)row->call + 1);
		put_plain(p, p->at.time + 2, buf_str(b), SIZE_MAX);
	}
}

/* A line with the date, where it is another than that of the row above. */
static void
date_line(struct painter *p, int64_t time)
{
	if (p->o->time != LADDER_TIME_ABSOLUTE || time == TIME_NONE)
		return;
	buf_clear(&p->scratch);
	time_add(&p->scratch, time, TIME_DATE, p->o->utc);
	if (strncmp(buf_cstr(&p->scratch), p->date, sizeof(p->date) - 1) == 0)
		return;
	snprintf(p->date, sizeof(p->date), "%.15s", buf_cstr(&p->scratch));
	line_lanes(p, p->s->lane);
	put_plain(p, 0, str_of(p->date), p->at.time);
	line_end(p);
}

/* ---- rows ---- */

/* What follows the label and is never cut: copies, a description not told. */
static void
add_suffix(struct painter *p, struct buf *b, const struct ladder_row *row)
{
	if (row->sdp != LADDER_SDP_NONE && row->note_count == 0)
		buf_add_cstr(b, " (SDP)");
	/* A copy that has a row of its own. */
	if (row->flags & MESSAGE_DUPLICATE)
		buf_add_cstr(b, " (dup)");
	else if (row->flags & MESSAGE_RETRANSMISSION)
		buf_add_cstr(b, " (again)");
	if (row->retransmissions)
		buf_printf(b, " %s%" PRIu64, p->s->times, (uint64_t)row->retransmissions + 1);
	if (row->duplicates)
		buf_printf(b, " +%" PRIu32 " dup", row->duplicates);
	if (row->kind == LADDER_EVENT && row->count > 1)
		buf_printf(b, " %s%" PRIu32, p->s->times, row->count);
}

/* Label and suffix in at most @max cells at @x. @return the cell after them. */
static size_t
put_label(struct painter *p, size_t x, const struct ladder_row *row, size_t max)
{
	size_t suffix;

	buf_clear(&p->scratch);
	add_suffix(p, &p->scratch, row);
	suffix = cells_of(buf_str(&p->scratch));
	x = put_text(p, x, ladder_label(row, (int)(max < INT_MAX ? max : INT_MAX)),
		     max > suffix ? max - suffix : 0);
	return put_plain(p, x, buf_str(&p->scratch), max);
}

static size_t
label_cells(struct painter *p, const struct ladder_row *row)
{
	buf_clear(&p->scratch);
	add_suffix(p, &p->scratch, row);
	return cells_of(row->label) + cells_of(buf_str(&p->scratch));
}

/* What is wrong with a message, right of the ladder. */
static void
put_remarks(struct painter *p, const struct ladder_row *row)
{
	struct buf *b = &p->scratch;
	size_t right = p->at.x[p->l->lane_count - 1];
	const char *sep = "! ";

	buf_clear(b);
	if (row->kind == LADDER_STREAM) {
		if (row->level == QUALITY_WARNING || row->level == QUALITY_CRITICAL)
			buf_printf(b, "! %s", quality_level_name((enum quality_level)row->level));
	} else if (p->mixed) {
		buf_add_cstr(b, transport_name((enum transport)row->transport));
		buf_add_char(b, ' ');
	}
	for (unsigned int i = 0; i < SIP_FLAW_COUNT; i++) {
		if (!(row->flaws & 1u << i))
			continue;
		buf_add_cstr(b, sep);
		buf_add_cstr(b, sip_flaw_defs[i].name);
		sep = ", ";
	}
	if (b->n > 0)
		put_plain(p, (p->n > right ? p->n : right + 1) + 1, buf_str(b), SIZE_MAX);
}

static void
paint_loop(struct painter *p, const struct ladder_row *row)
{
	size_t x = p->at.x[row->from];
	size_t max = row->from + 1 < p->l->lane_count ?
		p->at.x[row->from + 1] - x - 5 : SIZE_MAX / 2;

	put(p, x + 1, p->s->shaft);
	put(p, x + 2, p->s->shaft);
	put(p, x + 3, p->s->corner_down);
	put_label(p, x + 5, row, max);
	put_remarks(p, row);
	line_end(p);
	line_lanes(p, p->s->lane);
	put(p, x + 1, p->s->left);
	put(p, x + 2, p->s->shaft);
	put(p, x + 3, p->s->corner_up);
	line_end(p);
}

static void
paint_arrow(struct painter *p, const struct ladder_row *row)
{
	bool right = row->from < row->to;
	uint32_t first = right ? row->from : row->to, last = right ? row->to : row->from;
	bool both = row->kind == LADDER_STREAM && row->stream[1] != STREAM_NONE;
	size_t lo = p->at.x[first], hi = p->at.x[last];
	size_t inner = hi - lo - 1, max = inner - 5, w = label_cells(p, row);
	size_t x;

	for (x = lo + 1; x < hi; x++)
		put(p, x, row->kind == LADDER_EVENT ? p->s->dashes :
		    row->kind == LADDER_STREAM ? p->s->tape : p->s->shaft);
	for (uint32_t i = first + 1; i < last; i++)
		put(p, p->at.x[i], p->s->cross);
	if (right || both)
		put(p, hi - 1, p->s->right);
	if (!right || both)
		put(p, lo + 1, p->s->left);
	if (w > max)
		w = row->shorter ? cells_of(ladder_label(row, (int)max)) : max;
	if (w > max)
		w = max;
	x = lo + 1 + (inner - w - 2 + (right ? 0 : 1)) / 2;
	put(p, x, " ");
	x = put_label(p, x + 1, row, max);
	put(p, x, " ");
	put_remarks(p, row);
	line_end(p);
}

/* Text under an arrow: over the lanes, from the left one of the two on; moved
 * to the left where it would leave the width. */
static void
paint_note(struct painter *p, const struct ladder_row *row, struct str text, const char *mark)
{
	size_t first = p->at.x[row->from < row->to ? row->from : row->to] + 2;
	size_t w = cells_of(text) + strlen(mark), left = p->at.x[0] + 2;

	if (first + w > p->at.width)
		first = w + left < p->at.width ? p->at.width - w : left;
	line_lanes(p, p->s->lane);
	first = put_plain(p, first, str_of(mark), SIZE_MAX);
	put_plain(p, first, text, SIZE_MAX);
	line_end(p);
}

static void
paint_event(struct painter *p, const struct ladder_row *row)
{
	size_t left = p->at.x[0], right = p->at.x[p->l->lane_count - 1];
	size_t w = cells_of(row->label) + 2, x = left + 2;

	line_lanes(p, p->s->pause);
	if (right - left > w + 2)
		x = left + (right - left - w) / 2;
	put(p, x, " ");
	x = put_plain(p, x + 1, row->label, SIZE_MAX);
	put(p, x, " ");
	line_end(p);
}

/* What happened to no two lanes: over all of them, cut where the line ends. */
static void
paint_wide(struct painter *p, const struct ladder_row *row)
{
	size_t x = p->at.x[0] + 2;

	put_label(p, x, row, p->at.width > x + WIDE_LEAST ? p->at.width - x : WIDE_LEAST);
	line_end(p);
}

static void
paint_row(struct painter *p, const struct ladder_row *row)
{
	switch ((enum ladder_row_kind)row->kind) {
	case LADDER_SILENCE:
	case LADDER_STEP_BACK:
		paint_event(p, row);
		return;
	case LADDER_LOST:
		paint_note(p, row, row->label, "! ");
		return;
	case LADDER_EVENT:
	case LADDER_STREAM:
	case LADDER_MESSAGE:
		break;
	}
	date_line(p, row->time);
	line_lanes(p, p->s->lane);
	put_time(p, row);
	if (row->from == LADDER_NONE)
		paint_wide(p, row);
	else if (row->from == row->to)
		paint_loop(p, row);
	else
		paint_arrow(p, row);
	for (uint32_t i = 0; i < row->note_count; i++)
		paint_note(p, row, row->notes[i], "");
	if (row->kind == LADDER_MESSAGE && row->time != TIME_NONE)
		p->before = row->time;
}

/* ---- the heads ---- */

static void
paint_lane_head(struct painter *p, uint32_t i, struct str text)
{
	size_t x = p->at.x[i], w = cells_of(text), left, right, start;
	uint32_t last = p->l->lane_count - 1;

	left = i == 0 ? 0 : ladder_columns_border(&p->at, i - 1) + 1;
	right = i == last ? x + w : ladder_columns_border(&p->at, i);
	if (w > right - left)
		w = right - left;
	start = x > left + w / 2 ? x - w / 2 : left;
	if (start + w > right)
		start = right - w;
	put_middle(p, start, text, w);
}

static void
paint_lane_heads(struct painter *p)
{
	const struct ladder *l = p->l;
	bool named = false;

	for (uint32_t i = 0; i < l->lane_count; i++)
		named = named || l->lanes[i].name.n > 0;
	if (named) {
		for (uint32_t i = 0; i < l->lane_count; i++)
			paint_lane_head(p, i, l->lanes[i].name);
		line_end(p);
	}
	for (uint32_t i = 0; i < l->lane_count; i++)
		paint_lane_head(p, i, l->lanes[i].address);
	line_end(p);
}

/* "  title    value", a line of a call's head; the value made visible. */
static void
head_start(struct painter *p, const char *title)
{
	buf_printf(&p->out->buf, "  %-9s", title);
}

static void
head_text(struct painter *p, struct str text)
{
	visible_add(&p->out->buf, text, false, p->o->ascii);
}

static void
head_moment(struct painter *p, const char *title, int64_t time)
{
	head_start(p, title);
	time_add(&p->out->buf, time, TIME_FULL, p->o->utc);
	buf_add_cstr(&p->out->buf, p->o->utc ? " UTC" : "");
}

static void
head_span(struct painter *p, const char *title, int64_t span)
{
	if (span == TIME_NONE)
		return;
	buf_printf(&p->out->buf, "  %s ", title);
	span_add(&p->out->buf, span);
}

static void
head_times(struct painter *p, const struct call *c)
{
	struct buf *b = &p->out->buf;

	if (c->start != TIME_NONE) {
		head_moment(p, "Start", c->start);
		head_span(p, "pdd", call_pdd(c));
		head_span(p, "setup", call_setup(c));
		head_span(p, "duration", call_duration(c));
		buf_add_char(b, '\n');
	}
	if (c->ended != TIME_NONE || c->cause || c->ended_by != CALL_SIDE_NONE) {
		const char *by = call_side_name((enum call_side)c->ended_by);

		head_moment(p, "End", c->ended);
		if (by)
			buf_printf(b, "%sby %s", c->ended == TIME_NONE ? "" : "  ", by);
		if (c->cause)
			buf_printf(b, "  Q.850 cause %u", c->cause);
		buf_add_char(b, '\n');
	}
}

static void
call_head(struct painter *p, const struct ladder_call *c)
{
	struct buf *b = &p->out->buf;

	buf_printf(b, "Call #%" PRIu64 "  ", (uint64_t)c->call.index + 1);
	head_text(p, c->method.n ? c->method : STR("?"));
	buf_printf(b, "  %s", call_state_name(c->state));
	if (c->status) {
		buf_printf(b, "  %u", c->status);
		if (c->reason.n) {
			buf_add_char(b, ' ');
			head_text(p, c->reason);
		}
	}
	buf_add_char(b, '\n');
	head_start(p, "Call-ID");
	head_text(p, call_id(&c->call));
	buf_add_char(b, '\n');
	head_start(p, "From");
	head_text(p, call_from(&c->call));
	buf_add_char(b, '\n');
	head_start(p, "To");
	head_text(p, call_to(&c->call));
	buf_add_char(b, '\n');
	head_times(p, &c->call);
	if (c->reason_text.n) {
		head_start(p, "Reason");
		head_text(p, c->reason_text);
		buf_add_char(b, '\n');
	}
	buf_printf(b, "  %-9s%" PRIu32, "Messages", c->call.messages);
	if (c->call.retransmissions)
		buf_printf(b, ", %" PRIu32 " retransmitted", c->call.retransmissions);
	if (c->call.duplicates)
		buf_printf(b, ", %" PRIu32 " captured twice", c->call.duplicates);
	buf_add_char(b, '\n');
	sink_step(p->out);
}

/* ---- all of it ---- */

/* What the columns must know of each row that is an arrow. */
static void
measure(struct painter *p)
{
	const struct ladder *l = p->l;
	size_t time = p->o->time == LADDER_TIME_ABSOLUTE ? 15 : 12, left = time + 2;
	const struct ladder_row *first = NULL;
	uint32_t highest = 0;

	for (uint32_t i = 0; i < l->call_count; i++)
		if (l->calls[i].call.index > highest)
			highest = l->calls[i].call.index;
	if (l->call_count > 1)
		left += 3 + (size_t)snprintf(NULL, 0, "%" PRIu64, (uint64_t)highest + 1);
	ladder_columns_init(&p->at, l->lane_count, time, left,
			    p->o->width > 0 ? (size_t)p->o->width : LADDER_TEXT_WIDTH);
	for (uint32_t i = 0; i < l->lane_count; i++) {
		size_t name = cells_of(l->lanes[i].name);
		size_t address = cells_of(l->lanes[i].address);

		ladder_columns_head(&p->at, i, name > address ? name : address);
	}
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct ladder_row *row = &l->rows[i];

		if (row->kind == LADDER_SILENCE || row->kind == LADDER_STEP_BACK)
			ladder_columns_arrow(&p->at, 0, l->lane_count - 1, cells_of(row->label));
		if ((row->kind == LADDER_EVENT || row->kind == LADDER_STREAM) &&
		    row->from != LADDER_NONE) {
			size_t cells = label_cells(p, row);
			size_t most = row->kind == LADDER_EVENT ? LADDER_EVENT_CELLS :
				LADDER_STREAM_CELLS;

			ladder_columns_arrow(&p->at, row->from, row->to,
					     cells < most ? cells : most);
		}
		if (row->kind != LADDER_MESSAGE)
			continue;
		ladder_columns_arrow(&p->at, row->from, row->to, label_cells(p, row));
		if (!first)
			first = row;
		if (row->transport != first->transport)
			p->mixed = true;
	}
	ladder_columns_fit(&p->at);
}

void
ladder_text_write(const struct ladder *l, const struct ladder_text_options *options,
		  struct sink *out)
{
	struct painter p = {
		.l = l, .o = options, .out = out, .before = l->first,
		.s = options->ascii ? &ascii_strokes : &unicode_strokes,
	};

	if (!options->no_head)
		for (uint32_t i = 0; i < l->call_count; i++)
			call_head(&p, &l->calls[i]);
	if (l->lane_count > 0) {
		if (!options->no_head)
			buf_add_char(&out->buf, '\n');
		measure(&p);
		paint_lane_heads(&p);
		if (options->time != LADDER_TIME_ABSOLUTE || l->first == TIME_NONE) {
			line_lanes(&p, p.s->lane);
			line_end(&p);
		}
		for (uint32_t i = 0; i < l->row_count && out->error == 0; i++)
			paint_row(&p, &l->rows[i]);
	}
	if (l->events_left > 0)
		buf_printf(&out->buf, "%" PRIu64 " more events of its connections are left out\n",
			   l->events_left);
	if (l->streams_left > 0)
		buf_printf(&out->buf, "%" PRIu64 " more streams are left out\n", l->streams_left);
	ladder_columns_release(&p.at);
	free(p.cells);
	buf_release(&p.scratch);
}
