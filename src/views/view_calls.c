/*
 * The list of calls. Which calls it shows is a set of bits (call_set.h), how
 * they went a tally; both are kept up by looking at the messages that came
 * since the last look, for these tell which calls are new or changed. Timers
 * change states without a message: every look goes over some more of the calls
 * (a sweep), and once over all of them when everything is read.
 *
 * Whether a call is shown may take reading its text. So calls that changed are
 * only marked, and asked about in work(), as time allows; one that
 * changed ten times meanwhile is asked about once.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <time.h>

#include "base/text.h"
#include "export/ladder.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/call_columns.h"
#include "views/call_rows.h"
#include "views/parts.h"
#include "views/tally.h"

#define SWEEP		4096	/* calls looked at again in a refresh */
#define JUDGE		32	/* calls asked about in a refresh */
#define HEAD_ROWS	2	/* the verdict, the column titles */

struct calls_state {
	struct list list;
	struct call_rows rows;
	struct call_columns *columns;	/* the program's, or own */
	struct call_columns own;
	struct call_layout layout;
	int scroll;		/* columns to the right */
	struct call_set marked;	/* to be asked about */
	struct tally tally;
	struct views_progress progress;
	uint32_t messages;	/* of the store, as of the last refresh */
	uint32_t swept;		/* the next call of the sweep */
	uint32_t current;	/* the call under the cursor, or CALL_NONE */
	uint32_t unsettled;	/* calls to look at once reading has ended */
	bool settled;		/* all were since */
	bool judged;		/* shown has changed since the last refresh */
	struct buf no_sip;	/* what there is instead */
	struct list no_sip_list;
};

/* ---- keeping up ---- */

/* Look at call @p i again. @return whether anything of it changed. */
static bool
look_at(struct calls_state *st, const struct views_app *app, uint32_t i, bool told)
{
	bool changed = tally_tell(&st->tally, app->store, i);

	/* What only the clock may have changed is asked again only then. */
	if (told || changed) {
		call_set_put(&st->marked, i, true);
		call_rows_touch(&st->rows, i);
	}
	return told || changed;
}

static bool
look_at_new(struct calls_state *st, const struct views_app *app)
{
	uint32_t count = store_message_count(app->store), last = CALL_NONE;
	bool changed = count != st->messages;

	call_rows_grow(&st->rows, store_call_count(app->store));
	call_set_grow(&st->marked, store_call_count(app->store));
	for (; st->messages < count; st->messages++) {
		uint32_t call = store_message(app->store, st->messages)->call;

		if (call != last && call != CALL_NONE)
			look_at(st, app, call, true);
		last = call;
	}
	return changed;
}

static bool
sweep(struct calls_state *st, const struct views_app *app, uint32_t count)
{
	uint32_t calls = store_call_count(app->store);
	bool changed = false;

	for (; count > 0 && calls > 0; count--) {
		if (st->swept >= calls)
			st->swept = 0;
		if (look_at(st, app, st->swept++, false))
			changed = true;
	}
	return changed;
}

/* Ask about a marked call. */
static void
judge(struct calls_state *st, const struct views_app *app, uint32_t call)
{
	bool member = !app->takes_call || app->takes_call(app->ctx, call);

	call_set_put(&st->marked, call, false);
	if (member == call_set_has(&st->rows.shown, call))
		return;
	call_rows_put(&st->rows, call, member);
	tally_count(&st->tally, call, member);
	st->judged = true;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Ask about marked calls, @p count of them or until @p end (0: never).
 * @return whether some are left. */
static bool
judge_marked(struct calls_state *st, const struct views_app *app, uint32_t count, int64_t end)
{
	uint32_t call = call_set_at(&st->marked, 0);

	for (; call != UINT32_MAX && count > 0; count--) {
		judge(st, app, call);
		if (end && now_us() >= end)
			break;
		call = call_set_next(&st->marked, call);
	}
	return st->marked.members > 0;
}

/* Once all is read, go over all calls, a piece at a time: the clock will not
 * move on. @return whether there was anything to do. */
static bool
settle(struct calls_state *st, const struct views_app *app, bool ended)
{
	uint32_t piece = st->unsettled < SWEEP ? st->unsettled : SWEEP;

	if (!ended || st->settled)
		return false;
	sweep(st, app, piece);
	st->unsettled -= piece;
	if (st->unsettled > 0)
		return true;
	st->settled = true;
	buf_clear(&st->no_sip);
	if (store_message_count(app->store) == 0 && app->no_sip)
		app->no_sip(app->ctx, &st->no_sip);
	return true;
}

static void
unsettle(struct calls_state *st, const struct views_app *app)
{
	st->settled = false;
	st->unsettled = store_call_count(app->store);
}

static bool
calls_work(struct view *v, int budget_ms)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int64_t end = now_us() + budget_ms * INT64_C(1000);
	bool ended = parts_progress(app).ended;

	if (look_at_new(st, app))
		unsettle(st, app);
	while (settle(st, app, ended)) {
		st->judged = true;
		if (now_us() >= end)
			return true;
	}
	if (judge_marked(st, app, UINT32_MAX, end))
		return true;
	return call_rows_work(&st->rows, end);
}

static void
calls_open(struct view *v, const void *subject)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	struct err err;

	(void)subject;
	st->current = CALL_NONE;
	call_columns_init(&st->own);
	st->columns = app->columns ? app->columns : &st->own;
	call_rows_init(&st->rows, app->query);
	if (call_rows_sort(&st->rows, str_of(app->settings->sort), &err) < 0)
		stack_error(v->stack, "sort: %s", err.text);
}

static void
calls_close(struct view *v)
{
	struct calls_state *st = v->state;

	call_rows_release(&st->rows);
	call_columns_release(&st->own);
	call_set_release(&st->marked);
	tally_release(&st->tally);
	buf_release(&st->no_sip);
}

/* Lines of what there is instead of SIP. */
static int64_t
no_sip_lines(const struct calls_state *st)
{
	struct str rest = buf_str(&st->no_sip), line;
	int64_t n = 0;

	while (str_cut(&rest, '\n', &line))
		n += line.n > 0 || rest.n > 0;
	return n;
}

static void
fit_columns(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	int digits = snprintf(NULL, 0, "%" PRIu32, store_call_count(app->store));

	call_columns_fit(st->columns, &st->layout, v->width, (int)app->settings->fixed_columns,
			 st->scroll, digits);
	if (st->scroll > st->layout.scroll_max)
		st->scroll = st->layout.scroll_max;
}

static void
fit(struct view *v)
{
	struct calls_state *st = v->state;
	int height = v->height > HEAD_ROWS ? v->height - HEAD_ROWS : 0;
	int64_t before = st->list.cursor;

	/* The cursor stays on its call where rows come in above it; but on the first row
	 * of a list that is not in order of arrival, where one waits for what comes. */
	list_fit(&st->list, call_rows_count(&st->rows), height);
	if (before == 0 && (st->rows.reverse || st->rows.key_count > 0)) {
		list_go(&st->list, 0);
	} else if (st->current != CALL_NONE && call_set_has(&st->rows.shown, st->current)) {
		uint32_t row = call_rows_row(&st->rows, st->current);

		st->list.top += (int64_t)row - before;
		list_go(&st->list, row);
	}
	st->current = call_rows_at(&st->rows, (uint32_t)st->list.cursor);
	fit_columns(v);
	list_fit(&st->no_sip_list, no_sip_lines(st), v->height);
}

static bool
is_same(const struct views_progress *a, const struct views_progress *b)
{
	return a->bytes == b->bytes && a->total == b->total && a->ended == b->ended &&
		a->notices == b->notices && a->flaws == b->flaws &&
		a->gaps == b->gaps && a->encrypted == b->encrypted;
}

static bool
calls_refresh(struct view *v)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	struct views_progress before = st->progress;
	bool changed;

	st->progress = parts_progress(app);
	changed = !is_same(&before, &st->progress);
	if (look_at_new(st, app)) {
		changed = true;
		unsettle(st, app);
	}
	if (!st->progress.ended) {
		unsettle(st, app);
		changed = sweep(st, app, SWEEP) || changed;
	}
	changed = settle(st, app, st->progress.ended) || changed;
	judge_marked(st, app, app->takes_call ? JUDGE : UINT32_MAX, 0);
	st->rows.complete = st->progress.ended || st->progress.paused;
	changed = call_rows_take_changed(&st->rows) || changed || st->judged;
	st->judged = false;
	fit(v);
	return changed;
}

/* ---- what it says ---- */

static void
add_progress(struct buf *b, const struct views_progress *p)
{
	if (p->ended)
		return;
	if (p->live)
		buf_add_cstr(b, "listening  ");
	else if (p->total > 0)
		buf_printf(b, "reading %d%%  ", (int)(100.0 * (double)(p->bytes < p->total ?
							       p->bytes : p->total) /
						      (double)p->total));
	else
		buf_printf(b, "reading %" PRIu64 " MB  ", p->bytes / 1000000);
}

#define NARROW	60	/* cells below which the title has other things to say */

/* What the inputs lack. */
static void
add_lacks(struct buf *b, const struct views_progress *p)
{
	if (p->encrypted > 0)
		buf_printf(b, "%" PRIu64 " TLS unread  ", p->encrypted);
	if (p->gaps > 0)
		buf_printf(b, "%" PRIu64 " gap%s  ", p->gaps, p->gaps == 1 ? "" : "s");
	if (p->flaws > 0)
		buf_printf(b, "%" PRIu64 " bad packet%s  ", p->flaws, p->flaws == 1 ? "" : "s");
}

static void
calls_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	const struct views_progress *p = &st->progress;
	uint32_t calls = store_call_count(app->store);
	int room;

	add_progress(right, p);
	if (st->marked.members > 0 && p->ended)
		buf_printf(right, "%" PRIu32 " to look at  ", st->marked.members);
	if (v->width >= NARROW)
		add_lacks(right, p);
	if (p->notices > 0)
		buf_printf(right, "%" PRIu32 " notice%s  ", p->notices,
			   p->notices == 1 ? "" : "s");
	if (call_rows_count(&st->rows) != calls)
		buf_printf(right, "%" PRIu32 " of ", call_rows_count(&st->rows));
	buf_printf(right, "%" PRIu32 " call%s", calls, calls == 1 ? "" : "s");
	room = v->width - text_width(buf_str(right)) - 2;
	if (app->bpf && *app->bpf)
		room -= 2 + text_width(str_of(app->bpf));
	if (app->where && *app->where)
		room -= 2 + text_width(str_of(app->where));
	parts_add_tail(left, str_of(app->source ? app->source : "rung"), room > 12 ? room : 12);
	if (app->bpf && *app->bpf)
		buf_printf(left, "  %s", app->bpf);
	if (app->where && *app->where)
		buf_printf(left, "  %s", app->where);
}

/* ---- drawing ---- */

/* @return the cell after what would be drawn, were there room for it. */
ATTR_PRINTF(4, 5)
static int
say(struct canvas *c, int x, enum role role, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	canvas_text(c, 0, x, canvas_width(c), role, str_of(text));
	return x + text_width(str_of(text));
}

/* The outcomes of a group. @return as say(). */
static int
draw_group(const struct tally *t, enum tally_group group, struct canvas *c, int x)
{
	const char *sep = ": ";

	if (t->groups[group] == 0)
		return x;
	if (x > 0)
		x += 2;
	x = say(c, x, ROLE_HOST, "%" PRIu64 " %s", t->groups[group], tally_group_names[group]);
	for (int i = 0; i < TALLY_OUTCOME_COUNT; i++) {
		const struct tally_def *d = &tally_defs[i];

		if (d->group != group || t->counts[i] == 0)
			continue;
		x = say(c, x, ROLE_NORMAL, "%s", sep);
		x = say(c, x, d->role, "%" PRIu64 " %s", t->counts[i], d->text);
		sep = ", ";
	}
	return x;
}

static void
draw_verdict(const struct calls_state *st, struct canvas *c)
{
	int x = 0;

	for (int i = 0; i < TALLY_GROUP_COUNT; i++)
		x = draw_group(&st->tally, (enum tally_group)i, c, x);
	if (x > canvas_width(c))
		canvas_text(c, 0, canvas_width(c) - 1, 1, ROLE_DIM, STR("…"));
}

/* Which of its own fields of a call it is, or CALL_FIELD_TOTAL. */
static enum call_field
call_field_of(const struct field *field)
{
	if (field->of != QUERY_CALL || field->header.n > 0)
		return CALL_FIELD_TOTAL;
	return (enum call_field)(field->def - call_field_defs);
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
	enum role role = ROLE_NORMAL;

	buf_clear(scratch);
	if (value.kind == FIELD_ADDRESS && !value.absent)
		parts_add_host(scratch, app, &value.as.endpoint);
	else
		field_format(scratch, &value, &style);
	switch (call_field_of(field)) {
	case CALL_FIELD_STATE:
	case CALL_FIELD_STATUS:
	case CALL_FIELD_REASON:
		role = role_of_state(store_call_state(app->store, item->call),
				     store_call_status(item->call));
		break;
	case CALL_FIELD_METHOD:
		role = item->call->kind == CALL_INVITE ? ROLE_REQUEST : ROLE_NORMAL;
		break;
	default:
		break;
	}
	if (value.absent)
		role = ROLE_DIM;
	canvas_field(c, y, at->x, at->width, role,
		     field_is_right(field->def) ? CANVAS_RIGHT : CANVAS_LEFT, buf_str(scratch));
}

static void
draw_rows(const struct view *v, struct canvas *c)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	const struct call_place *places = st->layout.places;
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
		if (item.call->flaws && st->layout.mark >= 0)
			canvas_text(c, y, st->layout.mark, 1, ROLE_WARNING, STR("!"));
		if (row == st->list.cursor)
			canvas_paint(c, y, 0, width, ROLE_CURSOR);
	}
	buf_release(&scratch);
}

/* The title of a column, and whether the list is sorted by it. */
static void
draw_title(const struct calls_state *st, struct canvas *c, size_t i)
{
	const struct call_column *column = &st->columns->list[i];
	const struct call_place *at = &st->layout.places[i];
	bool is_right = field_is_right(column->field.def), reverse;
	struct str title = call_column_title(column);
	int x = at->x + at->width;

	canvas_field(c, 1, at->x, at->width, ROLE_HEADER, is_right ? CANVAS_RIGHT : CANVAS_LEFT,
		     title);
	if (!call_rows_is_first(&st->rows, &column->field, &reverse))
		return;
	if (!is_right && text_width(title) < at->width)
		x = at->x + text_width(title);
	if (x >= canvas_width(c))
		x = canvas_width(c) - 1;
	canvas_text(c, 1, x, 1, ROLE_HEADER, c->ascii ? reverse ? STR("v") : STR("^") :
		    reverse ? STR("▼") : STR("▲"));
}

static void
draw_head(const struct view *v, struct canvas *c)
{
	const struct calls_state *st = v->state;

	canvas_fill(c, 1, 0, 1, canvas_width(c), ROLE_HEADER, " ");
	for (size_t i = 0; i < st->columns->n; i++)
		if (st->layout.places[i].width)
			draw_title(st, c, i);
}

/* The lines of what there is instead of SIP. */
static void
draw_no_sip(const struct calls_state *st, struct canvas *c)
{
	struct str rest = buf_str(&st->no_sip), line;
	int64_t y = -st->no_sip_list.top;

	for (; str_cut(&rest, '\n', &line) && y < canvas_height(c); y++)
		if (y >= 0)
			canvas_text(c, (int)y, 0, canvas_width(c), ROLE_NORMAL, line);
}

static void
calls_draw(const struct view *v, struct canvas *c)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	int width = canvas_width(c);

	if (st->no_sip.n > 0) {
		draw_no_sip(st, c);
		return;
	}
	draw_verdict(st, c);
	draw_head(v, c);
	draw_rows(v, c);
	if (call_rows_count(&st->rows) > 0)
		return;
	if (store_call_count(app->store) > 0)
		canvas_printf(c, HEAD_ROWS, 0, width, ROLE_NOTICE, "None of %" PRIu32
			      " calls is one of those asked for%s%s",
			      store_call_count(app->store), app->where && *app->where ? ": " : ".",
			      app->where ? app->where : "");
	else
		canvas_text(c, HEAD_ROWS, 0, width, ROLE_DIM, st->progress.ended ?
			    STR("No SIP message was found.") : STR("No SIP message so far."));
}

/* ---- acting ---- */

/* What has to do with columns and order. */
static enum view_result
act_on_table(struct view *v, enum action action)
{
	struct calls_state *st = v->state;

	switch (action) {
	case ACTION_LEFT:
		st->scroll -= st->scroll > 0;
		break;
	case ACTION_RIGHT:
		st->scroll += st->scroll < st->layout.scroll_max;
		break;
	case ACTION_SORT_REVERSE:
		call_rows_turn(&st->rows);
		fit(v);
		break;
	default:
		return VIEW_IGNORED;
	}
	fit_columns(v);
	return VIEW_HANDLED;
}

static enum view_result
calls_act(struct view *v, enum action action)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;

	if (st->no_sip.n > 0)
		return list_scroll(&st->no_sip_list, action) ? VIEW_HANDLED : VIEW_IGNORED;
	if (list_act(&st->list, action)) {
		st->current = call_rows_at(&st->rows, (uint32_t)st->list.cursor);
		return VIEW_HANDLED;
	}
	if (action == ACTION_STATISTICS) {
		stack_open(v->stack, &view_stats_ops,
			   &(struct stats_subject){ &st->rows.shown, app->where });
		return VIEW_HANDLED;
	}
	if (act_on_table(v, action) == VIEW_HANDLED)
		return VIEW_HANDLED;
	if (st->current == CALL_NONE)
		return VIEW_IGNORED;
	switch (action) {
	case ACTION_OPEN:
		stack_open(v->stack, &view_flow_ops, &(struct flow_subject){ &st->current, 1 });
		return VIEW_HANDLED;
	case ACTION_OPEN_RAW:
		stack_open(v->stack, &view_raw_ops,
			   &(struct raw_subject){ .call = st->current, .message = MESSAGE_NONE });
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_calls_ops = {
	.name = "calls",
	.state_size = sizeof(struct calls_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_OPEN_RAW, ACTION_STATISTICS, ACTION_SORT_REVERSE,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_LEFT,
		ACTION_RIGHT,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_STATISTICS, "i" },
		{ ACTION_SORT_REVERSE, "z" },
		{ ACTION_NONE, NULL }
	},
	.open = calls_open,
	.close = calls_close,
	.work = calls_work,
	.refresh = calls_refresh,
	.title = calls_title,
	.draw = calls_draw,
	.act = calls_act,
};
