/*
 * Two messages side by side, or below a certain width one line under the other.
 * The comparison (export/message_diff.h) is made once, as messages do not
 * change; the rows of the screen, pieces of its lines, when the width does. A
 * sign between the sides (before the lines, one under the other) tells without
 * colours: "*" they differ, "~" in what is volatile only, "<" ">" one alone.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/message_diff.h"
#include "sip/start.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/parts.h"

#define BESIDE_LEAST	60	/* cells of a screen with two sides */
#define SIGN_CELLS	3	/* between them */
#define SCROLL_CELLS	8
#define NO_LINE		SIZE_MAX

struct diff_row {
	uint32_t line;
	struct {
		uint32_t from, to;	/* bytes of it, empty: nothing to show */
	} part[2];
};

struct diff_state {
	uint32_t message[2];
	struct pinned pinned;		/* their calls */
	bool gone;			/* one of them is */
	struct buf text[2];		/* what diff borrows from */
	struct message_diff diff;
	struct buf notice;		/* empty, or above the lines */
	struct diff_row *rows;		/* owned */
	size_t n, cap;
	struct list list;		/* of rows */
	size_t current;			/* line one has gone to, or NO_LINE */
	int widest;			/* cells of the widest line */
	int width;			/* that rows were made for */
	int x;				/* cells scrolled to the right */
	bool cut_lines;			/* not wrapped */
	bool bright;			/* volatile differences are as others */
	bool plain;			/* not coloured by syntax */
};

/* ---- what is compared ---- */

static void
compare(struct diff_state *st, struct query *query)
{
	static const char *const sides[] = { "left", "right" };
	const struct message_diff *d = &st->diff;
	struct buf *say = &st->notice;

	buf_clear(say);
	for (int k = 0; k < 2; k++) {
		buf_clear(&st->text[k]);
		buf_add_str(&st->text[k], query_text(query, st->message[k]));
		if (st->text[k].n == 0)
			buf_printf(say, "The text of the %s one cannot be read again. ", sides[k]);
	}
	message_diff_make(&st->diff, buf_str(&st->text[0]), buf_str(&st->text[1]));
	for (int k = 0; k < 2; k++)
		if (d->left_out[k])
			buf_printf(say, "%" PRIu32 " more lines of the %s one are not compared. ",
				   d->left_out[k], sides[k]);
	if (d->coarse)
		buf_add_cstr(say, "So much is unlike that some of it is not taken apart.");
	if (say->n == 0 && d->differences == 0)
		buf_add_cstr(say, d->volatiles ? "They differ only in what is volatile." :
			     "Nothing differs.");
	st->widest = 0;
	for (size_t i = 0; i < d->n; i++)
		for (int k = 0; k < 2; k++) {
			int width = text_width(d->lines[i].side[k].text);

			if (width > st->widest)
				st->widest = width;
		}
	st->current = NO_LINE;
	st->width = 0;
}

static void
pin_calls(struct diff_state *st, const struct views_app *app)
{
	uint32_t calls[2];

	for (int k = 0; k < 2; k++) {
		const struct message *m = store_message(app->store, st->message[k]);

		calls[k] = m ? m->call : CALL_NONE;
	}
	pinned_set(&st->pinned, app->pins, calls, 2);
}

static bool
diff_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct diff_state *st = v->state;

	for (int k = 0; k < 2; k++)
		st->gone = st->gone || store_message_is_gone(app->store, st->message[k]);
	return st->gone;
}

static void
diff_open(struct view *v, const void *subject)
{
	const struct diff_subject *what = subject;
	const struct views_app *app = v->app;
	struct diff_state *st = v->state;

	memcpy(st->message, what->message, sizeof(st->message));
	pin_calls(st, app);
	compare(st, app->query);
}

static void
diff_close(struct view *v)
{
	struct diff_state *st = v->state;

	message_diff_release(&st->diff);
	buf_release(&st->text[0]);
	buf_release(&st->text[1]);
	buf_release(&st->notice);
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
	free(st->rows);
}

/* ---- rows ---- */

static bool
is_beside(const struct diff_state *st)
{
	return st->width >= BESIDE_LEAST;
}

/* Cells of side @p k; those of its lines where one is under the other. */
static int
side_width(const struct diff_state *st, int k)
{
	int left = (st->width - SIGN_CELLS) / 2;

	if (!is_beside(st))
		return st->width > 2 ? st->width - 2 : 1;
	return k == 0 ? left : st->width - SIGN_CELLS - left;
}

/* Add the rows of a line, both sides of it in one row, or those in @p sides. */
static void
add_rows(struct diff_state *st, size_t line, unsigned int sides)
{
	uint32_t at[2] = { 0, 0 };
	bool more;

	do {
		struct diff_row row = { .line = (uint32_t)line };

		more = false;
		for (int k = 0; k < 2; k++) {
			struct str text = st->diff.lines[line].side[k].text;
			size_t to = st->cut_lines ? text.n :
				parts_wrap(text, at[k], side_width(st, k));

			if (!(sides & 1u << k))
				continue;
			row.part[k].from = at[k];
			row.part[k].to = at[k] = (uint32_t)to;
			more |= to < text.n;
		}
		ARRAY_GROW(st->rows, st->cap, st->n + 1);
		st->rows[st->n++] = row;
	} while (more);
}

/* Make rows of the lines; the line at the top of the screen stays there. */
static void
make_rows(struct diff_state *st, int width)
{
	uint32_t top = st->list.top < (int64_t)st->n ? st->rows[st->list.top].line : 0;
	int64_t at = 0;

	st->width = width;
	st->n = 0;
	for (size_t i = 0; i < st->diff.n; i++) {
		enum diff_kind kind = (enum diff_kind)st->diff.lines[i].kind;

		if (i == top)
			at = (int64_t)st->n;
		if (is_beside(st)) {
			add_rows(st, i, 3);
			continue;
		}
		if (kind != DIFF_RIGHT)
			add_rows(st, i, 1);
		if (kind == DIFF_RIGHT || kind == DIFF_CHANGED)
			add_rows(st, i, 2);
	}
	st->list.top = st->list.cursor = at;
}

/* Rows above the lines: who is compared, between whom, and a notice. */
static int
head_rows(const struct view *v)
{
	const struct diff_state *st = v->state;
	int heads = v->height < 5 ? 0 : is_beside(st) && v->height < 8 ? 1 : 2;

	return heads + (st->notice.n > 0 && v->height > 2);
}

static bool
diff_refresh(struct view *v)
{
	struct diff_state *st = v->state;

	if (st->gone) {
		parts_leave(v, "A message that was compared was evicted to stay within the bound.");
		return true;
	}
	st->plain = !((const struct views_app *)v->app)->settings->syntax;
	if (st->width != v->width)
		make_rows(st, v->width);
	list_fit(&st->list, (int64_t)st->n, v->height - head_rows(v));
	st->list.cursor = st->list.top;
	return false;
}

/* ---- differences ---- */

/* Whether one goes to that line with the keys. */
static bool
is_wanted(const struct diff_state *st, size_t line)
{
	const struct diff_line *l = &st->diff.lines[line];

	return l->kind != DIFF_SAME && (st->bright || !l->is_volatile);
}

static bool
is_shown(const struct diff_state *st, size_t line)
{
	int64_t end = st->list.top + st->list.height;

	for (int64_t i = st->list.top; i < end && i < (int64_t)st->n; i++)
		if (st->rows[i].line == line)
			return true;
	return false;
}

/* Scroll so that the first row of a line is in the upper part of the window. */
static void
show_line(struct diff_state *st, size_t line)
{
	int64_t row = 0;

	while (row < (int64_t)st->n && st->rows[row].line != line)
		row++;
	if (row < st->list.top || row >= st->list.top + st->list.height)
		st->list.top = row - st->list.height / 4;
	if (st->list.top < 0)
		st->list.top = 0;
	st->list.cursor = st->list.top;
	list_fit(&st->list, st->list.count, st->list.height);
	st->list.cursor = st->list.top;
}

/* From the one gone to, or from the top of the window where it is not seen. */
static void
go(struct view *v, bool forth)
{
	struct diff_state *st = v->state;
	size_t n = st->diff.n, line = st->current;

	if (st->n == 0)
		return;
	if (line == NO_LINE || !is_shown(st, line)) {
		line = st->rows[st->list.top].line;
		if (forth && is_wanted(st, line)) {
			st->current = line;
			return;
		}
	}
	do {
		if (forth ? line + 1 >= n : line == 0) {
			stack_notice(v->stack, "There is no difference %s.",
				     forth ? "below" : "above");
			return;
		}
		line += forth ? 1 : SIZE_MAX;
	} while (!is_wanted(st, line));
	st->current = line;
	show_line(st, line);
}

static void
diff_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct diff_state *st = v->state;
	const struct message *a = store_message(app->store, st->message[0]);
	const struct message *b = store_message(app->store, st->message[1]);
	uint32_t wanted = st->diff.differences + (st->bright ? st->diff.volatiles : 0), at = 0;

	buf_add_cstr(left, v->width < BESIDE_LEAST ? "Compared" : "Messages compared");
	if (a && b && a->call == b->call)
		buf_printf(left, "  call %" PRIu32, a->call + 1);
	else if (a && b)
		buf_printf(left, "  calls %" PRIu32 " and %" PRIu32, a->call + 1, b->call + 1);
	for (size_t i = 0; st->current != NO_LINE && i <= st->current; i++)
		at += is_wanted(st, i);
	if (at > 0)
		buf_printf(right, "%" PRIu32 "/", at);
	buf_printf(right, "%" PRIu32 " different", wanted);
	if (!st->bright && st->diff.volatiles > 0 && v->width >= BESIDE_LEAST)
		buf_printf(right, ", %" PRIu32 " volatile", st->diff.volatiles);
}

/* ---- drawing ---- */

/* "#3  09:00:02.000000  486 Busy Here" */
static void
add_name(struct buf *b, const struct views_app *app, const struct diff_state *st, int k)
{
	const struct message *m = store_message(app->store, st->message[k]);
	const struct call *call = m ? store_call(app->store, m->call) : NULL;
	const uint32_t *list;
	size_t n = call ? query_messages(app->query, call, &list) : 0;
	struct sip_start start;

	for (size_t i = 0; i < n; i++)
		if (list[i] == st->message[k])
			buf_printf(b, "#%zu  ", i + 1);
	if (m && m->time != TIME_NONE) {
		time_add(b, m->time, TIME_CLOCK, app->utc);
		buf_add_cstr(b, "  ");
	}
	if (st->text[k].n == 0 || sip_start_parse(buf_str(&st->text[k]), &start) == SIP_START_NOT)
		return;
	text_add_visible(b, start.request ? start.method_text : start.status_text, false);
	if (!start.request) {
		buf_add_char(b, ' ');
		text_add_visible(b, start.reason, false);
	}
}

static void
add_way(struct buf *b, const struct views_app *app, uint32_t message)
{
	const struct message *m = store_message(app->store, message);
	const struct path *path = m ? store_path(app->store, m->path) : NULL;

	if (!path)
		return;
	parts_add_host(b, app, &path->src);
	buf_add_cstr(b, " → ");
	parts_add_host(b, app, &path->dst);
}

/* Where side @p k of a row begins. */
static int
side_x(const struct diff_state *st, int k)
{
	if (!is_beside(st))
		return 2;
	return k == 0 ? 0 : st->width - side_width(st, 1);
}

static void
draw_heads(const struct view *v, struct canvas *c, int rows)
{
	const struct views_app *app = v->app;
	const struct diff_state *st = v->state;
	bool beside = is_beside(st);
	struct buf b = BUF_INIT;

	for (int k = 0; k < 2; k++) {
		int y = beside ? 0 : k;

		buf_clear(&b);
		add_name(&b, app, st, k);
		canvas_field(c, y, side_x(st, k), side_width(st, k), ROLE_HOST, CANVAS_LEFT,
			     buf_str(&b));
		if (!beside)
			canvas_text(c, y, 0, 1, ROLE_HOST, k == 0 ? STR("<") : STR(">"));
		if (!beside || rows < 2)
			continue;
		buf_clear(&b);
		add_way(&b, app, st->message[k]);
		canvas_field(c, 1, side_x(st, k), side_width(st, k), ROLE_NORMAL, CANVAS_LEFT,
			     buf_str(&b));
	}
	buf_release(&b);
}

/* The colour of a line where nothing differs at @p at, and up to where. */
static enum role
plain_role(const struct diff_line *line, struct str text, size_t at, size_t *end)
{
	size_t colon;

	*end = text.n;
	switch ((enum diff_part)line->part) {
	case DIFF_START:
		return ROLE_START_LINE;
	case DIFF_HEADER:
		colon = str_chr(text, ':');
		if (colon == SIZE_MAX || at > colon)
			return ROLE_HEADER_VALUE;
		*end = colon + 1;
		return ROLE_HEADER_NAME;
	case DIFF_SDP:
		if (text.n < 2 || text.p[1] != '=' || at >= 2)
			return ROLE_SDP_VALUE;
		*end = 2;
		return ROLE_SDP_TYPE;
	case DIFF_BLANK:
	case DIFF_BODY:
		break;
	}
	return ROLE_NORMAL;
}

/* The run of one role that begins at @p at. @return its end. */
static size_t
run(const struct diff_state *st, const struct diff_line *line, int k, size_t at, enum role *role)
{
	const struct diff_side *side = &line->side[k];
	size_t end = side->text.n;

	if (line->is_volatile && !st->bright) {
		*role = ROLE_DIM;
		return end;
	}
	if (line->kind == DIFF_LEFT || line->kind == DIFF_RIGHT) {
		*role = ROLE_ONE_SIDED;
		return end;
	}
	*role = st->plain ? ROLE_NORMAL : plain_role(line, side->text, at, &end);
	for (uint32_t i = 0; i < side->span_count; i++) {
		const struct diff_span *s = &st->diff.spans[side->span + i];

		if (s->from > at)
			return s->from < end ? s->from : end;
		if (s->to > at) {
			*role = s->is_volatile && !st->bright ? ROLE_DIM : ROLE_DIFFERENT;
			return s->to;
		}
	}
	return end;
}

static void
draw_part(const struct diff_state *st, const struct diff_row *row, int k, struct canvas *c, int y)
{
	const struct diff_line *line = &st->diff.lines[row->line];
	size_t from = row->part[k].from, to = row->part[k].to;
	int x = st->cut_lines ? -st->x : 0, width = side_width(st, k);
	struct canvas part = canvas_part(c, y, side_x(st, k), 1, width);

	for (size_t at = from; at < to && x < width;) {
		enum role role;
		size_t end = run(st, line, k, at, &role);

		if (end > to)
			end = to;
		x += canvas_text(&part, 0, x, st->widest + 1, role,
				 str_sub(line->side[k].text, at, end - at));
		at = end;
	}
}

static struct str
sign_of(const struct diff_state *st, const struct diff_row *row)
{
	const struct diff_line *line = &st->diff.lines[row->line];

	switch ((enum diff_kind)line->kind) {
	case DIFF_SAME:
		return is_beside(st) ? STR("│") : STR(" ");
	case DIFF_LEFT:
		return STR("<");
	case DIFF_RIGHT:
		return STR(">");
	case DIFF_CHANGED:
		break;
	}
	if (!is_beside(st))
		return row->part[0].to > 0 ? STR("<") : STR(">");
	return line->is_volatile ? STR("~") : STR("*");
}

static void
draw_row(const struct diff_state *st, const struct diff_row *row, struct canvas *c, int y)
{
	const struct diff_line *line = &st->diff.lines[row->line];
	enum role role = ROLE_ONE_SIDED;
	int x = is_beside(st) ? side_width(st, 0) : 0;

	if (line->kind == DIFF_SAME)
		role = ROLE_BORDER;
	else if (line->is_volatile && !st->bright)
		role = ROLE_DIM;
	canvas_text(c, y, x + is_beside(st), 1, role, sign_of(st, row));
	for (int k = 0; k < 2; k++)
		draw_part(st, row, k, c, y);
	if (row->line == st->current)
		canvas_paint(c, y, x, is_beside(st) ? SIGN_CELLS : 2, ROLE_CURSOR);
}

static void
diff_draw(const struct view *v, struct canvas *c)
{
	const struct diff_state *st = v->state;
	int heads = head_rows(v) - (st->notice.n > 0 && v->height > 2), y = heads;

	if (heads > 0)
		draw_heads(v, c, heads);
	if (st->notice.n > 0 && v->height > 2)
		canvas_field(c, y++, 0, canvas_width(c), ROLE_NOTICE, CANVAS_LEFT,
			     str_trim(buf_str(&st->notice)));
	for (int64_t i = st->list.top; i < (int64_t)st->n && y < canvas_height(c); i++)
		draw_row(st, &st->rows[i], c, y++);
}

/* ---- acting ---- */

static void
scroll_cells(struct diff_state *st, int cells)
{
	int narrow = side_width(st, 0);
	int most = st->widest > narrow ? st->widest - narrow : 0;

	st->x += cells;
	if (st->x > most)
		st->x = most;
	if (st->x < 0)
		st->x = 0;
}

static void
swap(struct view *v)
{
	const struct views_app *app = v->app;
	struct diff_state *st = v->state;
	uint32_t left = st->message[0];

	st->message[0] = st->message[1];
	st->message[1] = left;
	compare(st, app->query);
	diff_refresh(v);
}

static enum view_result
diff_act(struct view *v, enum action action)
{
	struct diff_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_NEXT_DIFFERENCE:
	case ACTION_PREVIOUS_DIFFERENCE:
		go(v, action == ACTION_NEXT_DIFFERENCE);
		return VIEW_HANDLED;
	case ACTION_TOGGLE_VOLATILE:
		st->bright = !st->bright;
		if (st->current != NO_LINE && !is_wanted(st, st->current))
			st->current = NO_LINE;
		return VIEW_HANDLED;
	case ACTION_SWAP:
		swap(v);
		return VIEW_HANDLED;
	case ACTION_TOGGLE_WRAP:
		st->cut_lines = !st->cut_lines;
		st->x = 0;
		st->width = 0;
		diff_refresh(v);
		return VIEW_HANDLED;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		if (!st->cut_lines)
			return VIEW_IGNORED;
		scroll_cells(st, action == ACTION_LEFT ? -SCROLL_CELLS : SCROLL_CELLS);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_diff_ops = {
	.name = "diff",
	.state_size = sizeof(struct diff_state),
	.actions = (const enum action[]){
		ACTION_NEXT_DIFFERENCE, ACTION_PREVIOUS_DIFFERENCE, ACTION_TOGGLE_VOLATILE,
		ACTION_SWAP, ACTION_TOGGLE_WRAP, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP,
		ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST,
		ACTION_LEFT, ACTION_RIGHT, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_NEXT_DIFFERENCE, "n ]" },
		{ ACTION_PREVIOUS_DIFFERENCE, "N [" },
		{ ACTION_TOGGLE_VOLATILE, "v" },
		{ ACTION_SWAP, "x" },
		{ ACTION_TOGGLE_WRAP, "w" },
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_NONE, NULL }
	},
	.open = diff_open,
	.close = diff_close,
	.lost = diff_lost,
	.refresh = diff_refresh,
	.title = diff_title,
	.draw = diff_draw,
	.act = diff_act,
};
