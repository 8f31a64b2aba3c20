/*
 * What stands above the rows: title, verdict, and the line of the filter.
 *
 * The verdict tells how the calls went, and how to see those of an outcome: behind each
 * stands its key, or is it, where the word begins with it ("4xx"). It has one row where
 * that is enough, else two where there is room for them, else shorter words, at last
 * without keys.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "base/text.h"
#include "views/calls_state.h"
#include "views/parts.h"

#define NARROW		60	/* cells below which the title has other things to say */
#define TALL		14	/* rows of the view from which the verdict may have two */
#define LOW		6	/* rows below which there is no line of the filter */
#define SOURCE_CELLS	12	/* of the source that are seen at least */
#define RANK_SPARE	7	/* of what is said at the right: goes before words get shorter */
#define RATE_US		200000	/* a rate is measured over */
#define LOOK_US		500000	/* between looks at what was read */

/* ---- how fast ---- */

void
calls_rate_tell(struct calls_rate *r, int64_t now_us, uint64_t bytes)
{
	bool first = r->at_us[0] == 0;

	if (!first && now_us - r->at_us[1] < LOOK_US)
		return;
	r->at_us[0] = first ? now_us : r->at_us[1];
	r->bytes[0] = first ? bytes : r->bytes[1];
	r->at_us[1] = now_us;
	r->bytes[1] = bytes;
}

double
calls_rate_of(const struct calls_rate *r, int64_t now_us, uint64_t bytes)
{
	int64_t span = now_us - r->at_us[0];

	if (r->at_us[0] == 0 || span < RATE_US || bytes <= r->bytes[0])
		return 0;
	return (double)(bytes - r->bytes[0]) * 1e6 / (double)span;
}

/* ---- the title ---- */

/* Things it says at the right, from left to right. Where there is not room for all,
 * those of the highest rank go first, and from RANK_SPARE down words get shorter before. */
enum { TITLE_PARTS = 24 };

struct title {
	struct buf parts[TITLE_PARTS];
	char brief[TITLE_PARTS][48];	/* the same where there is no room; empty: none */
	int ranks[TITLE_PARTS];
	size_t n;
};

ATTR_PRINTF(3, 4)
static void
title_add(struct title *t, int rank, const char *fmt, ...)
{
	char text[96];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (t->n == TITLE_PARTS)
		return;
	buf_add_cstr(&t->parts[t->n], text);
	t->ranks[t->n++] = rank;
}

/* A number and what it counts, for which there is a shorter word. */
static void
title_add_either(struct title *t, int rank, const char *number, const char *word,
		 const char *brief)
{
	if (t->n < TITLE_PARTS)
		snprintf(t->brief[t->n], sizeof(t->brief[t->n]), "%s %s", number, brief);
	title_add(t, rank, "%s %s", number, word);
}

/* A number as people read it: "12,345". */
static const char *
grouped(char text[static 32], uint64_t n)
{
	char digits[24];
	int count = snprintf(digits, sizeof(digits), "%" PRIu64, n), at = 0;

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}

/* How much comes, and how much of the bound it takes. */
static void
add_live(struct title *t, const struct calls_state *st)
{
	const struct views_progress *p = &st->progress;
	double rate = calls_rate_of(&st->packets, time_monotonic_us(), p->packets);
	char text[32];

	if (rate > 0)
		title_add(t, 7, "%s pkt/s", grouped(text, (uint64_t)(rate + 0.5)));
	if (p->memory_most > 0)
		title_add(t, 8, "memory %d%%", (int)(100.0 * (double)p->memory /
						     (double)p->memory_most + 0.5));
	if (p->spool > p->spool_most / 2)
		title_add(t, 8, "spool %d%%", (int)(100.0 * (double)p->spool /
						    (double)p->spool_most + 0.5));
}

/* Calls that had to go, and those that could not come. */
static void
add_gone(struct title *t, const struct views_progress *p)
{
	char text[32], unfinished[32], word[64] = "evicted";

	if (p->gone_unfinished > 0)
		snprintf(word, sizeof(word), "evicted (%s unfinished)",
			 grouped(unfinished, p->gone_unfinished));
	if (p->gone > 0)
		title_add_either(t, 1, grouped(text, p->gone), word, "evicted");
	if (p->refused > 0)
		title_add_either(t, 2, grouped(text, p->refused), "not taken", "untaken");
}

static void
add_progress(struct title *t, const struct calls_state *st)
{
	const struct views_progress *p = &st->progress;
	double rate = calls_rate_of(&st->rate, time_monotonic_us(), p->bytes), left;

	if (p->ended || p->paused)
		return;
	if (p->live) {
		title_add(t, p->interfaces ? 9 : 3, p->interfaces ? "live" :
			  p->listens ? "listening" : "following");
		add_live(t, st);
		return;
	}
	if (p->total == 0)
		title_add(t, 3, "reading %" PRIu64 " MB", p->bytes / 1000000);
	else
		title_add(t, 3, "reading %d%%", (int)(100.0 * (double)(p->bytes < p->total ?
			p->bytes : p->total) / (double)p->total));
	if (rate <= 0)
		return;
	title_add(t, 7, "%.*f MB/s", rate < 10e6 ? 1 : 0, rate / 1e6);
	if (p->total <= p->bytes)
		return;
	left = (double)(p->total - p->bytes) / rate;
	if (left < 120)
		title_add(t, 6, "%.0f s left", left + 0.5);
	else
		title_add(t, 6, "%.0f min left", left / 60 + 0.5);
}

/* What was lost before it could be read. */
static void
add_drops(struct title *t, const struct views_progress *p)
{
	char text[32];

	if (p->dropped == 0)
		return;
	title_add(t, 0, "%s dropped", grouped(text, p->dropped));
	if (p->drop_cause)
		title_add(t, 4, "(%s)", p->drop_cause);
}

/* What the inputs lack. */
static void
add_lacks(struct title *t, const struct views_progress *p)
{
	if (p->encrypted > 0)
		title_add(t, 8, "%" PRIu64 " TLS unread", p->encrypted);
	if (p->gaps > 0)
		title_add(t, 8, "%" PRIu64 " gap%s", p->gaps, p->gaps == 1 ? "" : "s");
	if (p->flaws > 0)
		title_add(t, 8, "%" PRIu64 " bad packet%s", p->flaws, p->flaws == 1 ? "" : "s");
}

/* Their number, and the key that lists them. */
static void
add_notices(struct title *t, const struct view *v)
{
	const struct calls_state *st = v->state;
	const struct views_app *app = v->app;
	struct buf key = BUF_INIT;
	uint32_t n = st->progress.notices;

	if (app->notices && v->width >= NARROW &&
	    keymap_add_keys(v->stack->keymap, "calls", ACTION_STATISTICS, 1, &key) > 0)
		title_add(t, 5, "%" PRIu32 " notice%s[%s]", n, n == 1 ? "" : "s", buf_cstr(&key));
	else
		title_add(t, 5, "%" PRIu32 " notice%s", n, n == 1 ? "" : "s");
	buf_release(&key);
}

static void
add_marks(struct title *t, const struct calls_state *st, const struct views_app *app)
{
	uint32_t waiting = store_call_count(app->store) - st->known;
	struct store_kept kept;

	/* Of those that came since some went already. */
	store_kept(app->store, &kept);
	if (waiting > kept.calls)
		waiting = kept.calls;
	if (st->progress.paused && st->frozen && waiting > 0)
		title_add(t, 2, "paused, %" PRIu32 " new call%s wait%s", waiting,
			  waiting == 1 ? "" : "s", waiting == 1 ? "s" : "");
	else if (st->progress.paused)
		title_add(t, 2, "paused");
	if (st->autoscroll)
		title_add(t, 9, "autoscroll");
}

/* Whether a column that is seen has the mark of the order. */
static bool
is_order_seen(const struct calls_state *st)
{
	bool reverse;

	for (size_t i = 0; i < st->columns->n; i++)
		if (st->layout.places[i].width > 0 &&
		    call_rows_is_first(&st->rows, &st->columns->list[i].field, &reverse))
			return true;
	return false;
}

static void
add_order(struct title *t, const struct calls_state *st)
{
	struct buf order = BUF_INIT;

	call_rows_add_sort(&st->rows, &order);
	if (order.n > 0 && !is_order_seen(st))
		title_add(t, 8, "by %.40s", buf_cstr(&order));
	buf_release(&order);
}

static void
add_counts(struct title *t, const struct calls_state *st, const struct views_app *app)
{
	uint32_t calls = tally_known(&st->tally), rows = call_rows_count(&st->rows);
	const char *s;

	if (st->progress.ended && st->marked.members > 0)
		title_add(t, 5, "%" PRIu32 " to look at", st->marked.members);
	if (call_rows_is_sorting(&st->rows))
		title_add(t, 5, "sorting");
	else
		add_order(t, st);
	if (calls_is_sifting(st))
		title_add(t, 5, "filtering %d%%", (int)(100.0 *
			  call_set_row(&st->base, st->sifted) / st->base.members));
	if (st->selected.members > 0)
		title_add(t, 4, "%" PRIu32 " selected", st->selected.members);
	/* Without anything that hides some, the rest is on its way into the list. */
	if (!st->filter && !app->takes_call)
		calls = rows;
	s = calls == 1 ? "" : "s";
	if (rows != calls)
		title_add(t, 1, "%" PRIu32 " of %" PRIu32 " call%s", rows, calls, s);
	else
		title_add(t, 1, "%" PRIu32 " call%s", calls, s);
}

/* Say shorter what can be. @return whether anything was. */
static bool
title_shorten(struct title *t)
{
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		if (t->brief[i][0] == '\0')
			continue;
		buf_clear(&t->parts[i]);
		buf_add_cstr(&t->parts[i], t->brief[i]);
		t->brief[i][0] = '\0';
		any = true;
	}
	return any;
}

/* Take out what there is no room for. */
static void
title_fit(struct title *t, int room)
{
	for (;;) {
		size_t worst = 0, left = 0;
		int width = -2;

		for (size_t i = 0; i < t->n; i++) {
			if (t->parts[i].n == 0)
				continue;
			left++;
			width += 2 + text_width(buf_str(&t->parts[i]));
			if (t->parts[worst].n == 0 || t->ranks[i] >= t->ranks[worst])
				worst = i;
		}
		if (width <= room || left == 0)
			return;
		if (t->ranks[worst] < RANK_SPARE && title_shorten(t))
			continue;
		buf_clear(&t->parts[worst]);
	}
}

/* What was asked for besides the filter. @return whether there is any. */
static bool
is_asked_for(const struct views_app *app)
{
	return (app->bpf && *app->bpf) || (app->where && *app->where);
}

void
calls_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	struct title t = { .n = 0 };
	int room;

	add_progress(&t, st);
	add_drops(&t, &st->progress);
	add_gone(&t, &st->progress);
	if (v->width >= NARROW)
		add_lacks(&t, &st->progress);
	if (st->progress.notices > 0)
		add_notices(&t, v);
	add_marks(&t, st, app);
	add_counts(&t, st, app);
	title_fit(&t, v->width - SOURCE_CELLS - 2);
	for (size_t i = 0; i < t.n; i++) {
		if (t.parts[i].n > 0) {
			buf_add_cstr(right, right->n > 0 ? "  " : "");
			buf_add_str(right, buf_str(&t.parts[i]));
		}
		buf_release(&t.parts[i]);
	}
	room = v->width - text_width(buf_str(right)) - 2;
	if (st->info == 0 && app->bpf && *app->bpf)
		room -= 2 + text_width(str_of(app->bpf));
	if (st->info == 0 && app->where && *app->where)
		room -= 2 + text_width(str_of(app->where));
	parts_add_tail(left, str_of(app->source ? app->source : "rung"),
		       room > SOURCE_CELLS ? room : SOURCE_CELLS);
	if (st->info == 0 && app->bpf && *app->bpf)
		buf_printf(left, "  %s", app->bpf);
	if (st->info == 0 && app->where && *app->where)
		buf_printf(left, "  %s", app->where);
}

/* ---- the verdict ---- */

/* How much room it takes. */
struct density {
	bool brief;		/* short words */
	bool keyless;
	bool split;		/* a group may go on in the next row */
	const char *sep;	/* between outcomes */
};

static struct verdict_piece *
add_piece(struct verdict *d, int *x, enum role role, const char *filter)
{
	struct verdict_piece *p = &d->pieces[d->n];

	if (d->n == VERDICT_PIECES)
		BUG("more than %d pieces of a verdict", VERDICT_PIECES);
	d->n++;
	*p = (struct verdict_piece){ .y = d->rows - 1, .x = *x, .role = role,
				     .filter = filter, .key_x = -1, .sep = "" };
	return p;
}

/* Whether the outcome after @p i is shown and has the same key: it stands there. */
static bool
shares_key(const struct tally *t, int i)
{
	return i + 1 < TALLY_OUTCOME_COUNT && t->counts[i + 1] > 0 &&
		tally_defs[i].action != ACTION_NONE &&
		tally_defs[i + 1].action == tally_defs[i].action;
}

static void
add_outcome(const struct view *v, struct verdict *d, int *x, int i,
	    const struct density *density)
{
	const struct calls_state *st = v->state;
	const struct tally_def *def = &tally_defs[i];
	const char *word = density->brief ? def->brief : def->text;
	struct verdict_piece *p = add_piece(d, x, def->role, def->filter);
	struct buf key = BUF_INIT;
	int digits;

	digits = snprintf(p->text, sizeof(p->text), "%" PRIu64 " ", st->tally.counts[i]);
	snprintf(p->text + digits, sizeof(p->text) - (size_t)digits, "%s", word);
	p->width = digits + (int)strlen(word);
	if (def->action != ACTION_NONE && !density->keyless && !shares_key(&st->tally, i))
		keymap_add_keys(v->stack->keymap, v->ops->name, def->action, 1, &key);
	snprintf(p->key, sizeof(p->key), "%s", buf_cstr(&key));
	if (key.n == 1 && key.p[0] == word[0]) {
		p->key_x = *x + digits;
	} else if (key.n > 0) {
		p->key_x = *x + p->width + 1;
		p->width += 2 + text_width(str_of(p->key));
	}
	*x += p->width;
	buf_release(&key);
}

/* The outcomes of a group, from *x on; those for which there is no room stand in the
 * next row, up to @p rows of them. */
static void
add_group(const struct view *v, struct verdict *d, int *x, int group, int rows,
	  const struct density *density)
{
	const struct calls_state *st = v->state;
	const struct tally_group_def *def = &tally_group_defs[group];
	struct verdict_piece *p = add_piece(d, x, ROLE_HOST, def->filter);
	const char *sep = ": ";

	p->width = snprintf(p->text, sizeof(p->text), "%" PRIu64 " %s",
			    st->tally.groups[group], def->name);
	*x += p->width;
	for (int i = 0; i < TALLY_OUTCOME_COUNT; i++) {
		if ((int)tally_defs[i].group != group || st->tally.counts[i] == 0)
			continue;
		*x += (int)strlen(sep);
		add_outcome(v, d, x, i, density);
		if (*x > v->width && d->rows < rows) {
			d->n--;
			d->rows++;
			*x = 2;
			sep = "";
			add_outcome(v, d, x, i, density);
		}
		d->pieces[d->n - 1].sep = sep;
		sep = density->sep;
	}
}

/* Place all of it in at most @p rows. @return whether it fits. */
static bool
place(const struct view *v, struct verdict *d, int rows, const struct density *density)
{
	const struct calls_state *st = v->state;
	bool fits = true;
	int x = 0;

	d->n = 0;
	d->rows = 1;
	for (int g = 0; g < TALLY_GROUP_COUNT; g++) {
		size_t first = d->n;
		int from = x;

		if (st->tally.groups[g] == 0)
			continue;
		x += x > 0 ? 2 : 0;
		add_group(v, d, &x, g, from == 0 && density->split ? rows : d->rows, density);
		if (x > v->width && from > 0 && d->rows < rows) {
			/* The whole group again, in the next row. */
			d->n = first;
			d->rows++;
			x = 0;
			add_group(v, d, &x, g, density->split ? rows : d->rows, density);
		}
		fits = fits && x <= v->width;
	}
	return fits;
}

static void
verdict_fit(const struct view *v, struct verdict *d)
{
	static const struct { struct density density; int rows; } tries[] = {
		{ { .sep = ", " }, 1 }, { { .sep = " " }, 1 },
		{ { .sep = ", " }, 2 }, { { .sep = " " }, 2 },
		{ { .sep = ", ", .split = true }, 2 }, { { .sep = " ", .split = true }, 2 },
		{ { .brief = true, .sep = " " }, 1 },
		{ { .brief = true, .sep = " ", .split = true }, 2 },
		{ { .brief = true, .keyless = true, .sep = " " }, 1 },
	};
	int most = v->height >= TALL ? 2 : 1, had = d->width == v->width ? d->rows : 0;

	d->width = v->width;
	d->cut = true;
	for (size_t i = 0; i < ARRAY_SIZE(tries) && d->cut; i++)
		if (tries[i].rows <= most)
			d->cut = !place(v, d, tries[i].rows, &tries[i].density);
	/* Rows below do not move up again for a shorter word. */
	if (had == 2 && most == 2)
		d->rows = 2;
}

const char *
calls_head_at(const struct calls_state *st, int y, int x)
{
	for (size_t i = 0; i < st->verdict.n; i++) {
		const struct verdict_piece *p = &st->verdict.pieces[i];

		if (y == p->y && x >= p->x && x < p->x + p->width)
			return p->filter;
	}
	return NULL;
}

static void
verdict_draw(const struct calls_state *st, struct canvas *c)
{
	const struct verdict *d = &st->verdict;
	int width = canvas_width(c), end = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct verdict_piece *p = &d->pieces[i];
		bool active = str_eq(str_of(p->filter), buf_str(&st->filter_text));
		int x = p->x - (int)strlen(p->sep);

		canvas_text(c, p->y, x, width, ROLE_NORMAL, str_of(p->sep));
		x = p->x + canvas_text(c, p->y, p->x, width, p->role, str_of(p->text));
		if (p->key_x >= x) {
			canvas_text(c, p->y, p->key_x - 1, width, ROLE_DIM, STR("["));
			x = canvas_text(c, p->y, p->key_x, width, ROLE_KEY, str_of(p->key));
			canvas_text(c, p->y, p->key_x + x, width, ROLE_DIM, STR("]"));
		} else if (p->key_x >= 0) {
			canvas_paint(c, p->y, p->key_x, 1, ROLE_KEY);
		}
		if (active)
			canvas_paint(c, p->y, p->x, p->width, ROLE_MATCH);
		end = p->x + p->width;
	}
	if (d->cut && end > width)
		canvas_text(c, d->rows - 1, width - 1, 1, ROLE_DIM, STR("…"));
}

/* ---- the line of the filter ---- */

static int
draw_info_part(struct canvas *c, int y, int x, const char *label, enum role role,
	       struct str text)
{
	if (text.n == 0)
		return x;
	x += x > 0 ? 2 : 0;
	x += canvas_text(c, y, x, canvas_width(c), ROLE_DIM, str_of(label));
	return x + 1 + canvas_text(c, y, x + 1, canvas_width(c), role, text);
}

static void
draw_info(const struct view *v, struct canvas *c, int y)
{
	const struct views_app *app = v->app;
	const struct calls_state *st = v->state;
	int x = 0, width = canvas_width(c);

	if (st->error.text[0] != '\0') {
		canvas_printf(c, y, 0, width, ROLE_ERROR, "column %zu: %s", st->error.column,
			      st->error.text);
		return;
	}
	if (st->asking && st->filter_text.n == 0) {
		canvas_text(c, y, 0, width, ROLE_DIM, STR("such as:  alice   486   10.0.0.1"
			    "   !options   status >= 500 and from_user ~ ^49"));
		return;
	}
	x = draw_info_part(c, y, x, "filter", ROLE_NOTICE, buf_str(&st->filter_text));
	x = draw_info_part(c, y, x, "where", ROLE_NORMAL, str_of(app->where ? app->where : ""));
	draw_info_part(c, y, x, "BPF", ROLE_NORMAL, str_of(app->bpf ? app->bpf : ""));
}

/* ---- all of it ---- */

void
calls_head_fit(struct view *v)
{
	struct calls_state *st = v->state;

	verdict_fit(v, &st->verdict);
	st->info = v->height >= LOW && st->no_sip.n == 0 &&
		(st->asking || st->filter_text.n > 0 || is_asked_for(v->app));
}

void
calls_head_draw(const struct view *v, struct canvas *c)
{
	const struct calls_state *st = v->state;

	verdict_draw(st, c);
	if (st->info)
		draw_info(v, c, st->verdict.rows);
}
