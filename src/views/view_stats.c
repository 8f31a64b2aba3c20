/*
 * Figures over calls as a page of sections. A section is some rows of cells at a
 * place; places are made anew when the rows of a section or the width change, and
 * then what was at the top of the screen stays there: the same row of the same
 * sections. Narrow sections stand side by side, as many as there is room for, in
 * bands as high as their highest.
 *
 * The figures are made a step at a time in work(), beside that of the
 * view that opened this one, which goes on keeping up the set of calls.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/call_set.h"
#include "views/parts.h"
#include "views/plot.h"
#include "views/stats_draw.h"
#include "views/stats_media.h"
#include "views/stats_rows.h"

#define GAP		2
#define HALF		58	/* cells of a table of hosts or agents */
#define TOP		10	/* hosts and agents that are listed */
#define WORK_READING_MS	3	/* of a slice while there is more to read */
#define NOTICES_MAX	10	/* notices that are listed */

/** id, title, kind */
#define SECTIONS(_) \
	_(OVERVIEW, "", WIDE) \
	_(NOTICES, "Notices, the latest first", WIDE) \
	_(RATE, "", WIDE) \
	_(METHODS, "Requests by method", NARROW) \
	_(CODES, "Responses by code", NARROW) \
	_(STATES, "Calls by state", NARROW) \
	_(KINDS, "Calls by kind", NARROW) \
	_(DELAYS, "Delays of INVITE", NARROW) \
	_(MEDIA, "Media", WIDE) \
	_(CODECS, "Streams by codec", NARROW) \
	_(LOSS, "Streams by loss", NARROW) \
	_(JITTER, "Streams by mean jitter", NARROW) \
	_(MOS, "Streams by estimated MOS", NARROW) \
	_(WORST, "Worst streams, by what was lost or late", WIDE) \
	_(HOSTS, "Addresses", HALF) \
	_(AGENTS, "User agents", HALF)

enum section {
#define SECTION_ID(id, ...) SECTION_##id,
	SECTIONS(SECTION_ID)
#undef SECTION_ID
	SECTION_COUNT
};

enum section_kind { KIND_WIDE, KIND_NARROW, KIND_HALF };

static const struct {
	const char *title;
	enum section_kind kind;
} section_defs[SECTION_COUNT] = {
#define SECTION_DEF(id, title, kind) [SECTION_##id] = { title, KIND_##kind },
	SECTIONS(SECTION_DEF)
#undef SECTION_DEF
};

struct stats_state {
	struct statistics stats;
	struct statistics next;	/* made beside, where calls of these are gone */
	bool remaking;
	int64_t began, took, ended;	/* us; of that */
	const struct call_set *calls;	/* NULL: all */
	uint32_t changes;	/* of calls, when they were told last */
	char *filter;		/* owned; NULL: none */
	struct stats_media media;

	uint32_t version, media_version;	/* of the figures that are shown */
	int width, height;	/* that the page was made for */
	struct stats_rows rows[SECTION_COUNT];
	uint32_t hosts[TOP], agents[TOP];
	size_t host_n, agent_n;
	struct buf notices;	/* lines */
	struct stats_place places[SECTION_COUNT];
	struct list list;
	struct views_progress progress;
};

/* ---- keeping up ---- */

static bool
takes(void *ctx, uint32_t call)
{
	const struct stats_state *st = ctx;

	return call_set_has(st->calls, call);
}

#define PAUSE		8	/* times what making them anew took */
#define READ_US		2000000	/* of reading texts for figures made anew, at most */

static void
begin(struct view *v, struct statistics *s)
{
	const struct views_app *app = v->app;
	struct stats_state *st = v->state;

	statistics_init(s, app->query, st->calls ? takes : NULL, st);
}

/* Whether what is made anew knows of all that was there when it was begun: while calls come
 * it would never be done. */
static bool
is_enough(const struct stats_state *st)
{
	return st->remaking && st->next.calls.n > 0 && !st->next.looking && !st->next.sorting &&
		(st->next.unread == 0 || time_monotonic_us() - st->began > READ_US);
}

/* What is made anew becomes what is shown. */
static void
take_next(struct stats_state *st)
{
	uint32_t version = st->stats.version + 1;

	statistics_release(&st->stats);
	st->stats = st->next;
	st->stats.version = version;
	st->remaking = false;
	st->ended = time_monotonic_us();
	st->took = st->ended - st->began;
}

/* Of calls that are gone nothing can be taken back: figures are made anew, now and then.
 * @return those to go on with. */
static struct statistics *
current(struct view *v)
{
	struct stats_state *st = v->state;
	int64_t now = time_monotonic_us();

	if (st->remaking)
		return &st->next;
	if (!statistics_lost(&st->stats) || now - st->ended < PAUSE * st->took)
		return &st->stats;
	begin(v, &st->next);
	st->remaking = true;
	st->began = now;
	return &st->next;
}

static bool
stats_work(struct view *v, int budget_ms)
{
	const struct views_app *app = v->app;
	struct stats_state *st = v->state;
	struct statistics *s;
	bool reading = !parts_progress(app).ended;
	int budget = reading && budget_ms > WORK_READING_MS ? WORK_READING_MS : budget_ms;
	int64_t end = time_monotonic_us() + budget * INT64_C(1000);

	if (st->calls && st->calls->changes != st->changes) {
		st->changes = st->calls->changes;
		stats_media_retake(&st->media);
		statistics_retake(&st->stats);
		if (st->remaking)
			statistics_retake(&st->next);
	}
	s = current(v);
	do {
		bool media = stats_media_step(&st->media);
		bool more = statistics_step(s) && !is_enough(st);

		if (!more && st->remaking) {
			take_next(st);
			s = &st->stats;
		}
		if (!more && !media)
			return false;
	} while (time_monotonic_us() < end);
	return true;
}

static void
stats_open(struct view *v, const void *subject)
{
	const struct stats_subject *what = subject;
	struct stats_state *st = v->state;

	st->calls = what->calls;
	if (what->filter && *what->filter)
		st->filter = xstrdup(what->filter);
	begin(v, &st->stats);
	/* Streams of no call stand in no filter of calls. */
	stats_media_init(&st->media, v->app, st->filter ? takes : NULL, st);
}

static void
stats_close(struct view *v)
{
	struct stats_state *st = v->state;

	statistics_release(&st->stats);
	if (st->remaking)
		statistics_release(&st->next);
	for (int i = 0; i < SECTION_COUNT; i++)
		stats_rows_release(&st->rows[i]);
	buf_release(&st->notices);
	free(st->filter);
}

/* ---- places ---- */

static void
gather_notices(struct stats_state *st, const struct views_app *app)
{
	size_t end = 0;

	buf_clear(&st->notices);
	if (app->notices)
		app->notices(app->ctx, &st->notices);
	for (int n = 0; end < st->notices.n && n < NOTICES_MAX; end++)
		n += st->notices.p[end] == '\n';
	st->notices.n = end;
}

/* Draw them in rows of @p width, from row @p y of @p c on, where it is not NULL.
 * @return rows they take. */
static int
wrap_notices(const struct stats_state *st, struct canvas *c, int y, int x, int width)
{
	struct str rest = buf_str(&st->notices), line;
	int rows = 0;

	while (width > 0 && str_cut(&rest, '\n', &line)) {
		for (size_t from = 0, end; from < line.n; from = end, rows++) {
			end = parts_wrap(line, from, width);
			if (c)
				canvas_text(c, y + rows, x, width, ROLE_WARNING,
					    str_sub(line, from, end - from));
		}
	}
	return rows;
}

static void
gather(struct view *v)
{
	const struct views_app *app = v->app;
	struct stats_state *st = v->state;
	const struct statistics *s = &st->stats;

	stats_rows_overview(&st->rows[SECTION_OVERVIEW], s, app);
	stats_rows_methods(&st->rows[SECTION_METHODS], s, app->store);
	stats_rows_codes(&st->rows[SECTION_CODES], s);
	stats_rows_states(&st->rows[SECTION_STATES], s);
	stats_rows_kinds(&st->rows[SECTION_KINDS], s);
	stats_rows_media(&st->rows[SECTION_MEDIA], &st->media.stats.counts);
	stats_rows_codecs(&st->rows[SECTION_CODECS], &st->media.stats.counts);
	stats_rows_loss(&st->rows[SECTION_LOSS], &st->media.stats.counts);
	stats_rows_jitter(&st->rows[SECTION_JITTER], &st->media.stats.counts);
	stats_rows_mos(&st->rows[SECTION_MOS], &st->media.stats.counts);
	gather_notices(st, app);
	st->host_n = statistics_top_hosts(s, st->hosts, TOP);
	st->agent_n = statistics_top_agents(s, st->agents, TOP);
	st->version = s->version;
	st->media_version = st->media.stats.version;
}

static int
plot_height(const struct view *v)
{
	return v->height >= 40 ? 8 : v->height >= 20 ? 4 : 3;
}

static int
calls_plot_height(const struct view *v)
{
	return (plot_height(v) + 1) / 2;
}

#define DELAY_ROWS	6	/* figures */
#define DELAY_NOTES	2

static bool
section_is_media(enum section i)
{
	return i >= SECTION_MEDIA && i <= SECTION_WORST;
}

static int
section_height(const struct view *v, enum section i, int width)
{
	const struct stats_state *st = v->state;
	int rows = (int)st->rows[i].n;

	if (section_is_media(i) && st->media.stats.counts.streams == 0)
		return 0;
	switch (i) {
	case SECTION_OVERVIEW:
		return stats_pair_rows(&st->rows[i], width);
	case SECTION_MEDIA:
		return 1 + stats_pair_rows(&st->rows[i], width);
	case SECTION_WORST:
		return stats_media_worst_rows(&st->media);
	case SECTION_NOTICES:
		rows = wrap_notices(st, NULL, 0, 0, width);
		return rows > 0 ? 1 + rows : 0;
	case SECTION_RATE:
		return 3 + plot_height(v) + calls_plot_height(v);
	case SECTION_DELAYS:
		return 2 + DELAY_ROWS + DELAY_NOTES;
	case SECTION_HOSTS:
		return 2 + (int)st->host_n + 1 + st->stats.calls_cut;
	case SECTION_AGENTS:
		return 2 + (int)st->agent_n + 3;
	default:
		return 1 + (rows > 0 ? rows : 1);
	}
}

/* The section whose band is at row @p y of the page, with its row of that. */
static enum section
section_at(const struct stats_state *st, int64_t y, int64_t *row)
{
	enum section at = SECTION_OVERVIEW;

	for (enum section i = SECTION_OVERVIEW; i < SECTION_COUNT; i++)
		if (st->places[i].y <= y && st->places[i].y > st->places[at].y)
			at = i;
	*row = y - st->places[at].y;
	return at;
}

/* Place all sections. @return rows of the page. */
static int
place(const struct view *v)
{
	struct stats_state *st = v->state;
	int width = v->width, y = 0;

	for (int i = 0; i < SECTION_COUNT;) {
		enum section_kind kind = section_defs[i].kind;
		int columns = kind == KIND_NARROW ? stats_narrow_columns(width) :
			      kind == KIND_HALF && width >= 2 * HALF ? 2 : 1;
		int height = 0;

		for (int k = 0; k < columns && i < SECTION_COUNT &&
		     section_defs[i].kind == kind; k++, i++) {
			int x = width * k / columns, next = width * (k + 1) / columns;
			struct stats_place *p = &st->places[i];

			*p = (struct stats_place){ y, x, 0,
				next - x - (k + 1 < columns ? GAP : 0) };
			p->height = section_height(v, (enum section)i, p->width);
			if (p->height > height)
				height = p->height;
		}
		if (height > 0)
			y += height + (i < SECTION_COUNT);
	}
	return y;
}

static bool
stats_refresh(struct view *v)
{
	struct stats_state *st = v->state;
	struct views_progress before = st->progress;
	bool changed;
	int64_t row;
	enum section at = section_at(st, st->list.top, &row);

	st->progress = parts_progress(v->app);
	if (!st->progress.ended || !before.ended)
		stats_media_retake(&st->media);
	changed = st->version != st->stats.version ||
		  st->media_version != st->media.stats.version || st->width != v->width ||
		  st->height != v->height || st->progress.notices != before.notices;
	if (!changed)
		return before.ended != st->progress.ended || before.bytes != st->progress.bytes;
	gather(v);
	st->width = v->width;
	st->height = v->height;
	st->list.count = place(v);
	st->list.top = st->list.cursor = st->places[at].y + row;
	list_fit(&st->list, st->list.count, v->height);
	if (st->list.top > st->list.count - st->list.height)
		st->list.top = st->list.count > st->list.height ?
			       st->list.count - st->list.height : 0;
	st->list.cursor = st->list.top;
	return true;
}

/* ---- drawing ---- */

static void
stats_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct stats_state *st = v->state;
	const struct views_progress *p = &st->progress;
	int room;

	if (!p->ended && p->total > 0)
		buf_printf(right, "reading %d%%  ", (int)(100.0 * (double)(p->bytes < p->total ?
							       p->bytes : p->total) /
						      (double)p->total));
	buf_printf(right, "%" PRIu32 " call%s", st->stats.calls.n,
		   st->stats.calls.n == 1 ? "" : "s");
	if (st->list.count > st->list.height)
		buf_printf(right, "  %d%%", (int)((st->list.top + st->list.height) * 100 /
						  st->list.count));
	buf_add_cstr(left, "Statistics  ");
	room = v->width - text_width(buf_str(right)) - 14;
	if (st->filter)
		room -= 8 + text_width(str_of(st->filter));
	if (room >= 8)
		parts_add_tail(left, str_of(app->source ? app->source : ""), room);
	if (st->filter)
		buf_printf(left, "%swhere %s", room >= 8 ? "  " : "", st->filter);
}

/* What went wrong with the inputs: the title of the list has their number. */
static void
draw_notices(const struct stats_state *st, struct canvas *c, int y, const struct stats_place *p)
{
	stats_draw_head(c, y, p, section_defs[SECTION_NOTICES].title, NULL);
	wrap_notices(st, c, y + 1, p->x, p->width);
}

/* "top 34 in 2.048 s, mean 16.6/s" */
static void
add_rate(struct buf *b, const struct plot_scale *scale, const struct rate *rate, uint64_t n,
	 int64_t span)
{
	buf_clear(b);
	buf_printf(b, "top %" PRIu64 " in ", plot_top(scale, rate));
	span_add(b, plot_column_span(scale));
	if (span > 0)
		buf_printf(b, ", mean %.3g/s", (double)n * 1e9 / (double)span);
}

static void
draw_rate(const struct view *v, struct canvas *c, int y, const struct stats_place *p)
{
	const struct views_app *app = v->app;
	const struct stats_state *st = v->state;
	const struct statistics *s = &st->stats;
	const struct rate *rates[] = { &s->rate, &s->calls.rate };
	struct plot_scale scale = plot_scale_of(rates, ARRAY_SIZE(rates), p->width);
	int64_t span = s->calls.first == TIME_NONE ? 0 : s->calls.last - s->calls.first;
	struct buf b = BUF_INIT;
	int used = scale.columns * scale.cells, width;

	if (scale.columns > 0)
		add_rate(&b, &scale, &s->rate, s->messages - s->rate.timeless, span);
	stats_draw_head(c, y++, p, "Messages over time", buf_cstr(&b));
	if (scale.columns == 0) {
		canvas_text(c, y, p->x, p->width, ROLE_DIM, STR("none with a time"));
		return;
	}
	plot_draw(&scale, &s->rate, c, y, p->x, plot_height(v), ROLE_REQUEST);
	y += plot_height(v);
	add_rate(&b, &scale, &s->calls.rate, s->calls.n - s->calls.rate.timeless, span);
	stats_draw_head(c, y++, p, "Calls begun over time", buf_cstr(&b));
	plot_draw(&scale, &s->calls.rate, c, y, p->x, calls_plot_height(v), ROLE_OK);
	y += calls_plot_height(v);
	/* Where the columns begin and end. */
	buf_clear(&b);
	time_add(&b, scale.first * scale.bucket, TIME_CLOCK, app->utc);
	width = canvas_text(c, y, p->x, p->width, ROLE_TIME, str_sub(buf_str(&b), 0, 12));
	buf_clear(&b);
	time_add(&b, (scale.last + 1) * scale.bucket, TIME_CLOCK, app->utc);
	if (used >= 2 * width + 2)
		canvas_text(c, y, p->x + used - width, width, ROLE_TIME,
			    str_sub(buf_str(&b), 0, 12));
	buf_release(&b);
}

static void
draw_delays(const struct stats_state *st, struct canvas *c, int y, const struct stats_place *p)
{
	const struct span_figures *const of[] = { &st->stats.setup, &st->stats.pdd };
	static const char *const names[DELAY_ROWS] = {
		"calls", "min", "median", "95th pct", "99th pct", "max" };
	static const char *const columns[] = { "setup", "PDD" };
	int width = p->width >= 36 ? 12 : (p->width - 10) / 2;
	struct buf b = BUF_INIT;

	stats_draw_head(c, y, p, section_defs[SECTION_DELAYS].title, NULL);
	y++;
	for (int k = 0; k < 2; k++) {
		int x = p->x + 10 + width * k;
		const int64_t spans[DELAY_ROWS] = { 0, of[k]->min, of[k]->median, of[k]->p95,
						    of[k]->p99, of[k]->max };

		canvas_field(c, y, x, width, ROLE_HOST, CANVAS_RIGHT, str_of(columns[k]));
		for (int i = 0; i < DELAY_ROWS; i++) {
			buf_clear(&b);
			if (i == 0)
				buf_printf(&b, "%" PRIu64, of[k]->n);
			else if (of[k]->n > 0)
				span_add(&b, spans[i]);
			else
				buf_add_cstr(&b, "–");
			canvas_field(c, y + 1 + i, x, width, ROLE_NORMAL, CANVAS_RIGHT,
				     buf_str(&b));
		}
	}
	for (int i = 0; i < DELAY_ROWS; i++)
		canvas_field(c, y + 1 + i, p->x, 10, ROLE_DIM, CANVAS_LEFT, str_of(names[i]));
	y += 1 + DELAY_ROWS;
	canvas_text(c, y, p->x, p->width, ROLE_DIM, STR("setup: INVITE to 2xx"));
	canvas_text(c, y + 1, p->x, p->width, ROLE_DIM, STR("PDD: to 101-299 (RFC 6076 4.3.1)"));
	buf_release(&b);
}

/* A row of a table: a name and some numbers at the right. */
static void
draw_table_row(struct canvas *c, int y, const struct stats_place *p, enum role role,
	       struct str name, const uint64_t *numbers, int n)
{
	int number = p->width < 50 ? 7 : STATS_NUMBER, room = p->width - n * number;
	struct buf b = BUF_INIT;

	parts_add_middle(&b, name, room);
	canvas_text(c, y, p->x, room, role, buf_str(&b));
	for (int i = 0; i < n; i++)
		if (numbers[i] != UINT64_MAX)
			stats_draw_number(c, y, p->x + room + i * number, number, role, numbers[i]);
	buf_release(&b);
}

static void
draw_table_head(struct canvas *c, int y, const struct stats_place *p, const char *const *names,
		int n)
{
	int number = p->width < 50 ? 7 : STATS_NUMBER;

	for (int i = 0; i < n; i++)
		canvas_field(c, y, p->x + p->width - (n - i) * number, number, ROLE_DIM,
			     CANVAS_RIGHT, str_sub(str_of(names[i]), 0, (size_t)number - 1));
}

static void
draw_hosts(const struct view *v, struct canvas *c, int y, const struct stats_place *p)
{
	static const char *const names[] = { "sent", "received", "calls" };
	const struct stats_state *st = v->state;
	const struct statistics *s = &st->stats;
	uint64_t rest[] = { s->messages, s->messages, UINT64_MAX };
	uint32_t others = s->host_n - 1 - (uint32_t)st->host_n;
	struct buf b = BUF_INIT;

	stats_draw_head(c, y++, p, section_defs[SECTION_HOSTS].title, NULL);
	draw_table_head(c, y++, p, names, 3);
	for (size_t i = 0; i < st->host_n; i++) {
		const struct statistics_host *h = &s->hosts[st->hosts[i]];
		const struct net_endpoint at = { .addr = h->addr };
		const uint64_t numbers[] = { h->sent, h->received, h->calls };

		buf_clear(&b);
		parts_add_host(&b, v->app, &at);
		draw_table_row(c, y++, p, ROLE_NORMAL, buf_str(&b), numbers, 3);
		rest[0] -= h->sent;
		rest[1] -= h->received;
	}
	if (others > 0 && rest[0] + rest[1] > 0) {
		buf_clear(&b);
		buf_printf(&b, "%s%" PRIu32 " others",
			   s->host_n == STATISTICS_HOSTS_MAX ? "over " : "", others);
		draw_table_row(c, y++, p, ROLE_DIM, buf_str(&b), rest, 3);
	}
	if (s->calls_cut)
		canvas_text(c, y, p->x, p->width, ROLE_WARNING,
			    STR("Calls with many addresses are not all counted."));
	buf_release(&b);
}

static void
draw_agents(const struct stats_state *st, struct canvas *c, int y, const struct stats_place *p)
{
	static const char *const names[] = { "asked", "answered" };
	const struct statistics *s = &st->stats;
	const struct { const char *name; uint32_t at; } apart[] = {
		{ "not told", STATISTICS_NOT_TOLD }, { "text not there", STATISTICS_NOT_READ } };
	uint64_t rest[2] = { s->agents[STATISTICS_OTHERS].asked,
			     s->agents[STATISTICS_OTHERS].answered };
	uint32_t others = s->agent_n - STATISTICS_AGENTS - (uint32_t)st->agent_n;
	char note[48] = "";

	if (s->unread > 0)
		snprintf(note, sizeof(note), "%" PRIu64 " to read", s->unread);
	stats_draw_head(c, y++, p, section_defs[SECTION_AGENTS].title, note);
	canvas_text(c, y, p->x, p->width - 18, ROLE_DIM, STR("calls whose first message is of it"));
	draw_table_head(c, y++, p, names, 2);
	for (uint32_t i = STATISTICS_AGENTS; i < s->agent_n; i++) {
		rest[0] += s->agents[i].asked;
		rest[1] += s->agents[i].answered;
	}
	for (size_t i = 0; i < st->agent_n; i++) {
		const struct statistics_agent *a = &s->agents[st->agents[i]];

		draw_table_row(c, y++, p, ROLE_NORMAL, a->name,
			       (const uint64_t[]){ a->asked, a->answered }, 2);
		rest[0] -= a->asked;
		rest[1] -= a->answered;
	}
	if (rest[0] + rest[1] > 0) {
		snprintf(note, sizeof(note), "%s%" PRIu32 " others",
			 s->agent_n == STATISTICS_AGENTS_MAX ? "over " : "", others);
		draw_table_row(c, y++, p, ROLE_DIM, str_of(note), rest, 2);
	}
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++) {
		const struct statistics_agent *a = &s->agents[apart[i].at];

		if (a->asked + a->answered > 0)
			draw_table_row(c, y++, p, ROLE_DIM, str_of(apart[i].name),
				       (const uint64_t[]){ a->asked, a->answered }, 2);
	}
}

static void
stats_draw(const struct view *v, struct canvas *c)
{
	const struct stats_state *st = v->state;

	for (enum section i = SECTION_OVERVIEW; i < SECTION_COUNT; i++) {
		const struct stats_place *p = &st->places[i];
		int y = p->y - (int)st->list.top;

		if (p->height == 0 || y >= canvas_height(c) || y + p->height <= 0)
			continue;
		switch (i) {
		case SECTION_OVERVIEW:
			stats_draw_pairs(&st->rows[i], c, y, p);
			break;
		case SECTION_MEDIA:
			stats_draw_head(c, y, p, section_defs[i].title, NULL);
			stats_draw_pairs(&st->rows[i], c, y + 1, p);
			break;
		case SECTION_WORST:
			stats_media_draw_worst(&st->media, c, y, p, section_defs[i].title);
			break;
		case SECTION_NOTICES:
			draw_notices(st, c, y, p);
			break;
		case SECTION_RATE:
			draw_rate(v, c, y, p);
			break;
		case SECTION_DELAYS:
			draw_delays(st, c, y, p);
			break;
		case SECTION_HOSTS:
			draw_hosts(v, c, y, p);
			break;
		case SECTION_AGENTS:
			draw_agents(st, c, y, p);
			break;
		default:
			stats_draw_counts(&st->rows[i], section_defs[i].title, c, y, p);
			break;
		}
	}
}

/* ---- acting ---- */

/* To the band below or above the row on top. */
static void
go_to_band(struct stats_state *st, int step)
{
	int64_t row = -1;

	for (int i = 0; i < SECTION_COUNT; i++) {
		int64_t y = st->places[i].y;

		if (step > 0 ? y > st->list.top && (row < 0 || y < row) :
		    y < st->list.top && y > row)
			row = y;
	}
	if (row < 0)
		return;
	if (row > st->list.count - st->list.height)
		row = st->list.count - st->list.height;
	st->list.top = st->list.cursor = row < 0 ? 0 : row;
}

static enum view_result
stats_act(struct view *v, enum action action)
{
	struct stats_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		go_to_band(st, action == ACTION_NEXT ? 1 : -1);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

const struct view_ops view_stats_ops = {
	.name = "stats",
	.state_size = sizeof(struct stats_state),
	.actions = (const enum action[]){
		ACTION_NEXT, ACTION_PREVIOUS, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP,
		ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_NONE, NULL }
	},
	.open = stats_open,
	.close = stats_close,
	.work = stats_work,
	.refresh = stats_refresh,
	.title = stats_title,
	.draw = stats_draw,
	.act = stats_act,
};
