/*
 * A stream, and the one the other way where there is one: both beside each other where
 * there is room, else one of them. Both have the same axis of time, so that what happened
 * at a time stands at one place; beside each other it is as high, too.
 *
 * The page is made anew when the stream grew, not when it is drawn. What a stream
 * held is gathered a piece at a time; meanwhile the page stays as it was.
 */
#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "base/time.h"
#include "ui/list.h"
#include "views/parts.h"
#include "views/stream_page.h"

#define BESIDE		152	/* cells of a screen that has room for two */
#define PANE_GAP	3
#define SECONDS		4096u	/* gathered between looks at the clock */
#define AT_ONCE_US	2000
#define PAUSE		8	/* times what making the page took, while it is read */

/* What tells whether anything changed. */
struct stream_look {
	uint64_t packets, reports;
	uint32_t call, reverse;
	int64_t ended;			/* of the call: then its last figures come */
	uint16_t flaws;
	bool names;
};

struct stream_state {
	uint32_t streams[2];		/* the one asked for, and the other way */
	size_t n;			/* of them */
	struct stream_page pages[2];
	struct stream_facts facts[2];
	struct series next[2];		/* being gathered */
	bool gathering;
	struct stream_look seen[2];
	int width, height;		/* that the page was made for */
	int64_t began, took, ended;	/* us; of making it */
	struct list list;
	struct pinned pinned;		/* its call */
	bool gone;
};

static const struct stream *
stream_of(const struct view *v, size_t i)
{
	const struct views_app *app = v->app;
	const struct stream_state *st = v->state;

	return store_stream(app->store, st->streams[i]);
}

static bool
is_gone(const struct view *v, size_t i)
{
	const struct views_app *app = v->app;
	const struct stream_state *st = v->state;

	return query_is_gone(app->query, QUERY_STREAM, st->streams[i]);
}

/* Panes that are shown. */
static size_t
panes(const struct view *v)
{
	const struct stream_state *st = v->state;

	return st->n == 2 && v->width >= BESIDE ? 2 : 1;
}

static int
pane_width(const struct view *v)
{
	return panes(v) == 2 ? (v->width - PANE_GAP) / 2 : v->width;
}

/* ---- making the page ---- */

static struct stream_look
look(const struct views_app *app, const struct stream *s)
{
	const struct report *reports;
	struct stream_look l = {
		.packets = meter_packets(&s->meter), .call = store_stream_call(app->store, s),
		.reverse = store_stream_reverse(app->store, s), .flaws = s->flaws,
		.names = app->settings->names,
	};

	const struct call *call = store_call(app->store, l.call);

	store_stream_reports(app->store, s, &reports, &l.reports);
	/* Headers of BYE and of its answer tell figures. */
	l.ended = call ? call->ended : TIME_NONE;
	return l;
}

static bool
is_same(const struct stream_look *a, const struct stream_look *b)
{
	return a->packets == b->packets && a->reports == b->reports && a->call == b->call &&
		a->reverse == b->reverse && a->flaws == b->flaws && a->names == b->names &&
		a->ended == b->ended;
}

/* Whether what is shown is no longer all there is. */
static bool
has_changed(const struct view *v)
{
	const struct stream_state *st = v->state;

	if (st->width != v->width || st->height != v->height)
		return true;
	for (size_t i = 0; i < st->n; i++) {
		struct stream_look now = look(v->app, stream_of(v, i));

		if (!is_same(&now, &st->seen[i]))
			return true;
	}
	return false;
}

static void
begin(struct view *v)
{
	const struct views_app *app = v->app;
	struct stream_state *st = v->state;
	const struct stream *s[2] = { stream_of(v, 0), NULL };
	struct series_scale scale;
	struct meter_figures f[2];
	int width = pane_width(v) - STREAM_PLOT_LEFT;

	st->began = time_monotonic_us();
	st->streams[1] = store_stream_reverse(app->store, s[0]);
	st->n = stream_of(v, 1) ? 2 : 1;
	width = pane_width(v) - STREAM_PLOT_LEFT;
	for (size_t i = 0; i < st->n; i++) {
		s[i] = stream_of(v, i);
		st->seen[i] = look(v->app, s[i]);
		meter_figures(&s[i]->meter, &f[i]);
	}
	for (size_t i = 0; i < st->n; i++) {
		const struct meter_figures *own = &f[i], *other = &f[st->n - 1 - i];
		/* One at another time has an axis of its own. */
		bool meet = own->start <= other->end && other->start <= own->end;

		scale = series_scale_of(meet && other->start < own->start ? other->start :
					own->start,
					meet && other->end > own->end ? other->end : own->end,
					width);
		series_begin(&st->next[i], &scale);
	}
	st->gathering = true;
	st->width = v->width;
	st->height = v->height;
}

/* @return whether there is more to gather. */
static bool
gather(struct view *v)
{
	const struct views_app *app = v->app;
	struct stream_state *st = v->state;
	const struct meter_setup *setup = store_media_setup_get(app->store);

	for (size_t i = 0; i < st->n; i++)
		if (series_step(&st->next[i], stream_of(v, i), setup, SECONDS))
			return true;
	return false;
}

static int
plot_height(const struct view *v)
{
	return v->height >= 44 ? 5 : v->height >= 34 ? 4 : v->height >= 20 ? 3 : 2;
}

/* The higher one of those that are seen. */
static double
top_of(const struct view *v, enum series_kind kind)
{
	const struct stream_state *st = v->state;
	double most = 0;

	for (size_t i = 0; i < panes(v); i++) {
		double worst = st->next[i].worst[kind].value;

		if (!isnan(worst) && worst > most)
			most = worst;
	}
	return most > 0 || kind == SERIES_MOS ? series_top(kind, most) : 0;
}

/* All is gathered: it becomes what is shown. */
static void
take(struct view *v)
{
	const struct views_app *app = v->app;
	struct stream_state *st = v->state;
	bool late = false;

	for (size_t i = 0; i < st->n; i++) {
		stream_facts_take(&st->facts[i], app, stream_of(v, i), &app->query->limits);
		late = late || st->facts[i].late;
		for (enum series_kind kind = 0; kind < SERIES_KIND_COUNT; kind++)
			st->facts[i].tops[kind] = top_of(v, kind);
	}
	for (size_t i = 0; i < st->n; i++) {
		series_release(&st->pages[i].series);
		st->pages[i].series = st->next[i];
		st->next[i] = (struct series){ 0 };
		st->facts[i].late = late;
		stream_page_begin(&st->pages[i], pane_width(v), plot_height(v));
	}
	for (enum stream_section s = 0; s < STREAM_SECTION_COUNT; s++) {
		int rows = 0;

		for (size_t i = 0; i < panes(v); i++) {
			stream_page_add(&st->pages[i], s, &st->facts[i]);
			if (st->pages[i].page.rows > rows)
				rows = st->pages[i].page.rows;
		}
		for (size_t i = 0; i < panes(v); i++)
			page_reach(&st->pages[i].page, rows);
	}
	st->gathering = false;
	st->ended = time_monotonic_us();
	st->took = st->ended - st->began;
}

/* Go on until @p end_us. @return whether there is more to do. */
static bool
go_on(struct view *v, int64_t end_us)
{
	const struct stream_state *st = v->state;

	while (st->gathering) {
		if (!gather(v))
			take(v);
		else if (time_monotonic_us() >= end_us)
			return true;
	}
	return false;
}

static bool
stream_work(struct view *v, int budget_ms)
{
	return go_on(v, time_monotonic_us() + budget_ms * INT64_C(1000));
}

static void
fit(struct view *v)
{
	struct stream_state *st = v->state;
	int64_t most;

	list_fit(&st->list, st->pages[0].page.rows, v->height);
	most = st->list.count > st->list.height ? st->list.count - st->list.height : 0;
	if (st->list.top > most)
		st->list.top = most;
	st->list.cursor = st->list.top;
}

/* Hold the call of what is shown. */
static void
hold(struct view *v)
{
	const struct views_app *app = v->app;
	struct stream_state *st = v->state;
	const struct stream *s = stream_of(v, 0);
	uint32_t call = s ? store_stream_call(app->store, s) : CALL_NONE;

	if (st->pinned.n == (call != CALL_NONE) && (st->pinned.n == 0 || st->pinned.calls[0] == call))
		return;
	pinned_set(&st->pinned, app->pins, &call, 1);
}

static bool
stream_refresh(struct view *v)
{
	struct stream_state *st = v->state;
	bool was = st->gathering, resized = st->width != v->width || st->height != v->height;
	int64_t now = time_monotonic_us();

	if (!stream_of(v, 0)) {
		stack_close(v->stack, v);
		return false;
	}
	if (st->gone) {
		parts_leave(v, "The stream that was shown was evicted to stay within the bound.");
		return true;
	}
	hold(v);
	if ((resized || !st->gathering) && has_changed(v) &&
	    (resized || parts_progress(v->app).ended || now - st->ended >= PAUSE * st->took)) {
		begin(v);
		was = true;
	}
	/* A page of another width than the screen's is not shown. */
	go_on(v, now + (resized ? INT64_MAX / 2 : AT_ONCE_US));
	fit(v);
	return was && !st->gathering;
}

static bool
stream_lost(struct view *v)
{
	struct stream_state *st = v->state;

	if (is_gone(v, 0)) {
		st->gone = true;
		st->gathering = false;
	} else if (st->n == 2 && is_gone(v, 1)) {
		begin(v);
	}
	return st->gone;
}

static void
stream_open(struct view *v, const void *subject)
{
	const struct stream_subject *what = subject;
	struct stream_state *st = v->state;

	st->streams[0] = what->stream;
	st->streams[1] = STREAM_NONE;
	st->n = 1;
	hold(v);
}

static void
stream_close(struct view *v)
{
	struct stream_state *st = v->state;

	for (size_t i = 0; i < ARRAY_SIZE(st->pages); i++) {
		stream_page_release(&st->pages[i]);
		stream_facts_release(&st->facts[i]);
		series_release(&st->next[i]);
	}
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
}

/* ---- drawing ---- */

static void
stream_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct stream_state *st = v->state;
	const struct stream *s = stream_of(v, 0);

	if (!s)
		return;
	buf_add_cstr(left, "Stream ");
	stream_add_end(left, v->app, &s->src);
	buf_add_cstr(left, st->n == 2 && panes(v) == 2 ? " <-> " : " → ");
	stream_add_end(left, v->app, &s->dst);
	if (st->n == 2 && panes(v) == 1)
		buf_add_cstr(right, "one of two ways");
	if (st->list.count > st->list.height)
		buf_printf(right, "%s%d%%", right->n > 0 ? "  " : "",
			   (int)((st->list.top + st->list.height) * 100 / st->list.count));
}

static void
stream_draw(const struct view *v, struct canvas *c)
{
	const struct stream_state *st = v->state;
	int width = st->pages[0].page.width;

	for (size_t i = 0; i < panes(v); i++) {
		struct canvas pane = canvas_part(c, 0, (int)i * (width + PANE_GAP),
						 canvas_height(c), width);

		stream_page_draw(&st->pages[i], &st->facts[i], &pane, st->list.top);
	}
	if (panes(v) == 2)
		canvas_vline(c, 0, width + PANE_GAP / 2, canvas_height(c), ROLE_BORDER);
}

/* ---- acting ---- */

static void
turn(struct view *v)
{
	struct stream_state *st = v->state;

	if (st->n < 2) {
		stack_notice(v->stack, "No stream the other way was seen.");
		return;
	}
	st->streams[0] = st->streams[1];
	/* Anew, whatever the width. */
	st->width = 0;
	stream_refresh(v);
}

static void
go_to_section(struct stream_state *st, int step)
{
	int64_t most = st->list.count > st->list.height ? st->list.count - st->list.height : 0;
	int64_t row = page_section(&st->pages[0].page, (int)st->list.top, step);

	/* Above the first there is what has no head. */
	if (step < 0 && row == st->list.top)
		row = 0;
	st->list.top = st->list.cursor = row < most ? row : most;
}

void
stream_open_flow(struct view *v, uint32_t stream)
{
	const struct views_app *app = v->app;
	const struct stream *s = store_stream(app->store, stream);
	uint32_t call = s ? store_stream_call(app->store, s) : CALL_NONE;

	if (call == CALL_NONE)
		stack_notice(v->stack, "It is of no call: there is no ladder of it.");
	else
		stack_open(v->stack, &view_flow_ops,
			   &(struct flow_subject){ .calls = &call, .n = 1,
						   .stream = stream + 1 });
}

void
stream_open_save(struct view *v, uint32_t stream, const struct save_subject *more)
{
	const struct views_app *app = v->app;
	const struct stream *s = store_stream(app->store, stream);
	uint32_t call = s ? store_stream_call(app->store, s) : CALL_NONE;
	uint32_t ways[2] = { stream, s ? store_stream_reverse(app->store, s) : STREAM_NONE };
	struct save_subject what = more ? *more : (struct save_subject){ .shown = NULL };

	if (what.n == 0) {
		what.calls = &call;
		what.n = call != CALL_NONE;
	}
	what.message = MESSAGE_NONE;
	if (what.stream_n == 0) {
		what.streams = ways;
		what.stream_n = !s ? 0 : ways[1] == STREAM_NONE ? 1 : 2;
	}
	what.rtp = true;
	save_open(v->stack, &what);
}

static enum view_result
stream_act(struct view *v, enum action action)
{
	struct stream_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		go_to_section(st, action == ACTION_NEXT ? 1 : -1);
		return VIEW_HANDLED;
	case ACTION_OTHER_WAY:
		turn(v);
		return VIEW_HANDLED;
	case ACTION_FLOW:
		stream_open_flow(v, st->streams[0]);
		return VIEW_HANDLED;
	case ACTION_SAVE:
		stream_open_save(v, st->streams[0], NULL);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_stream_ops = {
	.name = "stream",
	.state_size = sizeof(struct stream_state),
	.actions = (const enum action[]){
		ACTION_FLOW, ACTION_OTHER_WAY, ACTION_SAVE, ACTION_NEXT, ACTION_PREVIOUS,
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_FLOW, "<Enter> x <F4>" },
		{ ACTION_OTHER_WAY, "<Tab>" },
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_SAVE, "<F2> s S" },
		{ ACTION_NONE, NULL }
	},
	.open = stream_open,
	.close = stream_close,
	.lost = stream_lost,
	.work = stream_work,
	.refresh = stream_refresh,
	.title = stream_title,
	.draw = stream_draw,
	.act = stream_act,
};
