#include "views/stream_page_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "views/parts.h"

#define PAIR_CELLS	36	/* least of a label and its value, side by side with others */
#define PAIRS_MAX	32
#define CALLS_MAX	4	/* of a stream that are told */
#define NO_ROW		(-1)

/* ---- words ---- */

enum role
role_of_loss(double percent, const struct quality_limits *limits)
{
	if (isnan(percent))
		return ROLE_DIM;
	return percent >= limits->critical.loss_percent ? ROLE_ERROR :
	       percent >= limits->warning.loss_percent ? ROLE_WARNING : ROLE_NORMAL;
}

enum role
role_of_mos(double mos, const struct quality_limits *limits)
{
	if (isnan(mos))
		return ROLE_DIM;
	return mos <= limits->critical.mos ? ROLE_ERROR :
	       mos <= limits->warning.mos ? ROLE_WARNING : ROLE_OK;
}

void
stream_add_end(struct buf *b, const struct views_app *app, const struct net_endpoint *at)
{
	parts_add_host(b, app, at);
	if (parts_host_name(app, at).n > 0)
		buf_printf(b, ":%u", at->port);
}

void
stream_add_call(struct buf *b, const struct views_app *app, uint32_t call)
{
	const struct call *c = store_call(app->store, call);
	struct str from, to;

	buf_printf(b, "#%" PRIu64, (uint64_t)call + 1);
	if (!c)
		return;
	from = call_from_user(c);
	to = call_to_user(c);
	buf_add_char(b, ' ');
	text_add_visible(b, from.n > 0 ? from : STR("–"), false);
	buf_add_cstr(b, " → ");
	text_add_visible(b, to.n > 0 ? to : STR("–"), false);
}

void
stream_add_codec(struct buf *b, const struct stream_codec *codec)
{
	if (!codec) {
		buf_add_cstr(b, "–");
		return;
	}
	if (codec->name)
		text_add_visible(b, str_of(codec->name), false);
	else
		buf_printf(b, "payload type %u", codec->payload_type);
	if (codec->clock_rate > 0)
		buf_printf(b, "/%" PRIu32, codec->clock_rate);
	if (codec->channels > 1)
		buf_printf(b, "/%u", codec->channels);
}

void
stream_add_clock(struct buf *b, const struct views_app *app, int64_t time, size_t digits)
{
	struct buf text = BUF_INIT;

	if (time == TIME_NONE)
		buf_add_cstr(&text, "–");
	else
		time_add(&text, time, TIME_CLOCK, app->utc);
	/* "09:00:00.123456": whole seconds have no point. */
	buf_add_str(b, time == TIME_NONE ? buf_str(&text) :
		    str_sub(buf_str(&text), 0, digits > 0 ? 9 + digits : 8));
	buf_release(&text);
}

void
stream_add_ms(struct buf *b, int64_t span)
{
	if (span == TIME_NONE)
		buf_add_cstr(b, "–");
	else
		buf_printf(b, "%.2f ms", (double)span / NS_PER_MS);
}

void
stream_add_real(struct buf *b, double value, int digits, const char *unit)
{
	if (isnan(value))
		buf_add_cstr(b, "–");
	else
		buf_printf(b, "%.*f%s", digits, value, unit);
}

static double
percent(uint64_t n, uint64_t of)
{
	return of > 0 ? 100.0 * (double)n / (double)of : NAN;
}

/* ---- facts ---- */

static void
add_report(struct stream_facts *f, const struct report *r)
{
	ARRAY_GROW(f->reports, f->report_cap, f->report_n + 1);
	f->reports[f->report_n++] = *r;
}

/* Those of RTCP, and what messages of its call say of it. */
static void
take_reports(struct stream_facts *f)
{
	const struct call *call = store_call(f->app->store,
					     store_stream_call(f->app->store, f->st));
	const struct report *kept = NULL;
	size_t n = store_stream_reports(f->app->store, f->st, &kept, &f->report_total);
	struct reported_list all = { 0 };

	f->report_n = 0;
	if (!call) {
		for (size_t i = 0; i < n; i++)
			add_report(f, &kept[i]);
		return;
	}
	reported_gather(f->app->query, call, &all);
	for (size_t i = 0; i < all.n; i++) {
		if (all.list[i].stream != f->st->index)
			continue;
		add_report(f, &all.list[i].report);
		if (all.list[i].message != MESSAGE_NONE || all.list[i].event != EVENT_NONE)
			f->report_total++;
	}
	reported_release(&all);
}

void
stream_facts_release(struct stream_facts *f)
{
	free(f->reports);
	*f = (struct stream_facts){ 0 };
}

void
stream_facts_take(struct stream_facts *f, const struct views_app *app, const struct stream *st,
		  const struct quality_limits *limits)
{
	f->app = app;
	f->st = st;
	f->limits = *limits;
	meter_figures(&st->meter, &f->figures);
	f->quality = store_stream_quality(app->store, st);
	store_stream_windows(app->store, st, limits, &f->windows);
	f->late = f->figures.late > 0;
	take_reports(f);
}

/* ---- pieces of the page ---- */

void
stream_page_wrap(struct stream_page *p, int row, int x, enum role role, struct str s)
{
	int room = p->page.width - x > 8 ? p->page.width - x : 8;
	size_t from = 0;

	/* Broken at a blank where one is near. */
	do {
		size_t end = parts_wrap(s, from, room), blank = end;

		while (end < s.n && blank > from + 1 && s.p[blank] != ' ')
			blank--;
		if (end < s.n && s.p[blank] == ' ')
			end = blank;
		page_put(&p->page, row++, x, room, role, CANVAS_LEFT, str_sub(s, from, end - from));
		from = end + (end < s.n && s.p[end] == ' ');
	} while (from < s.n);
}

void
stream_page_say(struct stream_page *p, const char *label, enum role role, const char *fmt, ...)
{
	int row = p->page.rows;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	page_put(&p->page, row, 0, STREAM_LABEL - 1, ROLE_DIM, CANVAS_LEFT, str_of(label));
	stream_page_wrap(p, row, STREAM_LABEL, role, str_of(text));
}

/* Labels and values down the columns. */
struct pairs {
	struct {
		const char *label;
		char value[72];
		enum role role;
	} list[PAIRS_MAX];
	size_t n;
};

/* ---- about ---- */

static void
add_end(struct buf *b, const struct stream_facts *f, const struct net_endpoint *at)
{
	net_endpoint_add(b, at);
	if (parts_host_name(f->app, at).n > 0) {
		buf_add_cstr(b, " (");
		parts_add_host(b, f->app, at);
		buf_add_char(b, ')');
	}
}

static void
say_ends(struct stream_page *p, const struct stream_facts *f)
{
	struct buf b = BUF_INIT;

	add_end(&b, f, &f->st->src);
	buf_add_cstr(&b, " → ");
	add_end(&b, f, &f->st->dst);
	stream_page_say(p, "Ends", ROLE_HOST, "%s", buf_cstr(&b));
	buf_release(&b);
}

/* Why a stream is said to be of a call. */
static const char *
how_help(unsigned int how)
{
#define HOW_HELP(id, name, help) help,
	static const char *const helps[] = { STREAM_HOWS(HOW_HELP) };
#undef HOW_HELP

	return how < STREAM_HOW_COUNT ? helps[how] : "";
}

static void
say_calls(struct stream_page *p, const struct stream_facts *f)
{
	const struct stream_link *link;
	struct buf b = BUF_INIT;
	uint32_t cursor = 0, n = 0;

	while ((link = query_next_link(f->app->query, f->st, &cursor))) {
		const char *side = call_side_name((enum call_side)link->side);

		if (++n > CALLS_MAX)
			continue;
		buf_clear(&b);
		stream_add_call(&b, f->app, link->call);
		if (side)
			buf_printf(&b, ", sent by the %s", side);
		if (link->medium != UINT8_MAX)
			buf_printf(&b, ", m= line %u", link->medium + 1u);
		buf_printf(&b, ": %s", how_help(link->how));
		stream_page_say(p, n == 1 ? "Call" : "and of", ROLE_NORMAL, "%s", buf_cstr(&b));
	}
	if (n > CALLS_MAX)
		stream_page_say(p, "", ROLE_DIM, "and %" PRIu32 " more calls", n - CALLS_MAX);
	if (n == 0)
		stream_page_say(p, "Call", ROLE_WARNING, "none: an orphan, RTP to %u %% by what it "
				"looks like", f->st->confidence);
	buf_release(&b);
}

/* What it is and by what it was carried. */
static void
say_kind(struct stream_page *p, const struct stream_facts *f)
{
#define HELP(id, name, help) help,
	static const char *const kinds[] = { STREAM_KINDS(HELP) };
	static const char *const carriages[] = { STREAM_CARRIAGES(HELP) };
#undef HELP
	const struct stream *st = f->st;
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s, over %s",
		   st->kind < STREAM_KIND_COUNT ? kinds[st->kind] : "unknown",
		   st->carriage < STREAM_CARRIAGE_COUNT ? carriages[st->carriage] : "unknown");
	if (st->kind != STREAM_T38)
		buf_printf(&b, ", SSRC 0x%08" PRIX32, st->ssrc);
	if (st->vlan)
		buf_printf(&b, ", VLAN %u", st->vlan);
	buf_printf(&b, ", from frame %" PRIu64, stream_first_frame(st));
	if (st->crypto)
		buf_add_cstr(&b, ", keys are in its description");
	stream_page_say(p, "Kind", ROLE_NORMAL, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void
say_codec(struct stream_page *p, const struct stream_facts *f)
{
	const struct stream_codec *codec = stream_codec(f->st);
	struct buf b = BUF_INIT;

	stream_add_codec(&b, codec);
	if (!codec && f->st->codec_n > 0)
		buf_add_cstr(&b, " (events or comfort noise alone)");
	if (codec) {
		if (codec->name && f->st->kind != STREAM_T38)
			buf_printf(&b, ", payload type %u", codec->payload_type);
		buf_printf(&b, ", %s", codec->described ? "as its SDP says" :
			   codec->name ? "by its number" : "not in any SDP");
		if (codec->ptime_ms > 0)
			buf_printf(&b, ", ptime %" PRIu32 " ms", codec->ptime_ms);
	}
	if (f->figures.interval != TIME_NONE) {
		buf_add_cstr(&b, ", a packet every ");
		stream_add_ms(&b, f->figures.interval);
	}
	stream_page_say(p, "Codec", ROLE_NORMAL, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void
say_time(struct stream_page *p, const struct stream_facts *f)
{
	const struct meter_figures *g = &f->figures;
	struct buf b = BUF_INIT;

	if (g->start == TIME_NONE) {
		buf_add_cstr(&b, "–");
	} else {
		time_add(&b, g->start, TIME_DATE, f->app->utc);
		buf_add_char(&b, ' ');
		stream_add_clock(&b, f->app, g->start, 3);
		buf_add_cstr(&b, " to ");
		stream_add_clock(&b, f->app, g->end, 3);
		buf_add_cstr(&b, ", ");
		span_add(&b, span_between(g->start, g->end));
	}
	stream_page_say(p, "Time", ROLE_NORMAL, "%s", buf_cstr(&b));
	buf_release(&b);
}

/* Why no MOS is estimated. */
static const char *
why_unknown(const struct stream_facts *f)
{
	const struct stream_codec *codec = stream_codec(f->st);

	if (f->st->kind == STREAM_T38)
		return "it is of speech, and this is fax";
	if (!codec && f->st->codec_n > 0)
		return "none of its packets is of a codec";
	if (!codec || !codec->codec)
		return "its codec is not known";
	if (codec->codec->ie < 0 || codec->codec->bpl <= 0)
		return "the E-model has no parameters of this codec";
	return "too few packets";
}

static void
say_quality(struct stream_page *p, const struct stream_facts *f)
{
	const struct quality *q = &f->quality;
	struct buf b = BUF_INIT;

	if (!q->known) {
		stream_page_say(p, "Estimated MOS", ROLE_DIM, "– (%s)", why_unknown(f));
		return;
	}
	buf_printf(&b, "%.2f, R %.1f (by the E-model, delay %.0f ms %s)", q->mos, q->r_factor,
		   q->delay_ms, q->delay_assumed ? "assumed" : "by RTCP");
	stream_page_say(p, "Estimated MOS", role_of_mos(q->mos, &f->limits), "%s", buf_cstr(&b));
	buf_release(&b);
}

/* Why it is neither good nor bad. */
static void
say_unjudged(struct stream_page *p, const struct stream_facts *f)
{
	int64_t least = f->limits.critical.span < f->limits.warning.span ?
		f->limits.critical.span : f->limits.warning.span;

	stream_page_say(p, "Quality", ROLE_DIM, "– (less than %" PRId64 " s of packets)",
			least / NS_PER_S);
}

/* Times beyond the thresholds. */
static void
say_windows(struct stream_page *p, const struct stream_facts *f)
{
	const struct quality_windows *w = &f->windows;
	const char *name = quality_level_name((enum quality_level)w->level);
	struct buf b = BUF_INIT;

	if (!name) {
		say_unjudged(p, f);
		return;
	}
	buf_add_cstr(&b, name);
	if (w->level == QUALITY_BRIEF)
		buf_add_cstr(&b, ": beyond a limit, but for less than its time");
	if (w->since != TIME_NONE) {
		buf_add_cstr(&b, " since ");
		stream_add_clock(&b, f->app, w->since, 0);
		buf_add_cstr(&b, ", for ");
		span_add(&b, w->duration);
		if (w->times > 1)
			buf_printf(&b, " in %" PRIu32 " times", w->times);
	}
	if (!isnan(w->worst_loss_percent)) {
		buf_printf(&b, "; worst 10 s: %.1f %% lost or late", w->worst_loss_percent);
		if (!isnan(w->worst_mos))
			buf_printf(&b, ", MOS %.2f", w->worst_mos);
		if (w->worst_at != TIME_NONE) {
			buf_add_cstr(&b, " at ");
			stream_add_clock(&b, f->app, w->worst_at, 0);
		}
	}
	stream_page_say(p, "Quality", w->level == QUALITY_CRITICAL ? ROLE_ERROR :
			w->level == QUALITY_GOOD ? ROLE_OK : ROLE_WARNING, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void
add_about(struct stream_page *p, const struct stream_facts *f)
{
	say_ends(p, f);
	say_calls(p, f);
	say_kind(p, f);
	say_codec(p, f);
	say_time(p, f);
	say_quality(p, f);
	say_windows(p, f);
}

/* ---- figures ---- */

ATTR_PRINTF(4, 5)
static void
pair(struct pairs *list, const char *label, enum role role, const char *fmt, ...)
{
	va_list args;

	if (list->n == PAIRS_MAX)
		BUG("more than %d figures of a stream", PAIRS_MAX);
	list->list[list->n].label = label;
	list->list[list->n].role = role;
	va_start(args, fmt);
	vsnprintf(list->list[list->n].value, sizeof(list->list[0].value), fmt, args);
	va_end(args);
	list->n++;
}

static void
pair_buf(struct pairs *list, const char *label, enum role role, struct buf *b)
{
	pair(list, label, role, "%s", buf_cstr(b));
	buf_clear(b);
}

/* A count, and what part of @p of it is. */
static void
pair_part(struct pairs *list, const char *label, uint64_t n, uint64_t of,
	  const struct quality_limits *limits)
{
	double part = percent(n, of);

	if (n == 0 || isnan(part))
		pair(list, label, ROLE_NORMAL, "%" PRIu64, n);
	else
		pair(list, label, limits ? role_of_loss(part, limits) : ROLE_NORMAL,
		     part < 0.1 ? "%" PRIu64 ", %.3f %%" : "%" PRIu64 ", %.1f %%", n, part);
}

static void
pair_spans(struct pairs *list, const char *label, int64_t least, int64_t mean, int64_t most,
	   struct buf *b)
{
	const int64_t spans[] = { least, mean, most };

	for (size_t i = 0; i < ARRAY_SIZE(spans) && mean != TIME_NONE; i++) {
		double ms = (double)spans[i] / NS_PER_MS;

		buf_printf(b, "%s%.*f", i > 0 ? " / " : "", ms < 100 ? 2 : ms < 1000 ? 1 : 0, ms);
	}
	buf_add_cstr(b, mean == TIME_NONE ? "–" : " ms");
	pair_buf(list, label, ROLE_NORMAL, b);
}

/* How long one is in the mean, and the part of it that is lost. */
static void
pair_burst(struct pairs *list, const char *label, int64_t span, double density, struct buf *b)
{
	double ms = (double)span / NS_PER_MS;

	if (span == TIME_NONE)
		buf_add_cstr(b, "–");
	else if (ms >= 10000)
		span_add(b, span);
	else
		buf_printf(b, "%.*f ms", ms < 100 ? 2 : ms < 1000 ? 1 : 0, ms);
	buf_add_cstr(b, ", density ");
	stream_add_real(b, 100 * density, 1, " %");
	pair_buf(list, label, ROLE_NORMAL, b);
}

static void
pair_bursts(struct pairs *list, const struct meter_figures *g, struct buf *b)
{
	pair(list, "Bursts", ROLE_NORMAL, "%" PRIu64, g->bursts);
	if (g->bursts == 0)
		return;
	pair_burst(list, "Burst, mean", g->burst_duration, g->burst_density, b);
	pair_burst(list, "Gap, mean", g->gap_duration, g->gap_density, b);
}

static void
gather(struct pairs *list, const struct stream_facts *f)
{
	const struct meter_figures *g = &f->figures;
	struct buf b = BUF_INIT;
	int64_t span = g->start == TIME_NONE ? 0 : span_between(g->start, g->end);

	pair(list, "Packets", ROLE_NORMAL, "%" PRIu64, g->packets);
	pair(list, "Expected", ROLE_NORMAL, "%" PRIu64, g->expected);
	pair_part(list, "Lost", g->lost, g->expected, &f->limits);
	if (f->st->kind == STREAM_T38)
		pair_part(list, "Recovered", f->st->recovered, g->lost, NULL);
	pair_part(list, "Late", g->late, g->expected, &f->limits);
	pair_part(list, "Duplicates", g->duplicates, g->packets, NULL);
	pair_part(list, "Out of order", g->out_of_order, g->packets, NULL);
	pair_spans(list, "Delta", g->min_delta, g->mean_delta, g->max_delta, &b);
	pair_spans(list, "Jitter", g->min_jitter, g->mean_jitter, g->max_jitter, &b);
	pair_bursts(list, g, &b);
	stream_add_real(&b, g->burst_ratio, 2, "");
	pair_buf(list, "Burst ratio", ROLE_NORMAL, &b);
	pair(list, "Payload", ROLE_NORMAL, "%" PRIu64 " bytes", g->bytes);
	if (span > 0)
		pair(list, "Payload rate", ROLE_NORMAL, "%.1f kbit/s",
		     (double)g->bytes * 8e6 / (double)span);
	stream_add_ms(&b, f->st->round_trip);
	pair_buf(list, "Round trip", ROLE_NORMAL, &b);
	pair(list, "Markers", ROLE_NORMAL, "%" PRIu64, g->markers);
	pair(list, "Time jumps", g->timestamp_jumps ? ROLE_WARNING : ROLE_NORMAL, "%" PRIu64,
	     g->timestamp_jumps);
	pair(list, "Pauses", ROLE_NORMAL, "%" PRIu64 " without loss", g->gaps);
	pair(list, "Segments", ROLE_NORMAL, "%" PRIu32, g->segments);
	if (g->forgotten > 0) {
		span_add(&b, g->forgotten);
		buf_add_cstr(&b, " at first, let go of");
		pair_buf(list, "Seconds", ROLE_NORMAL, &b);
	}
	buf_release(&b);
}

/* As many columns of them beside each other as leave every value whole. */
static int
pair_columns(const struct pairs *list, int width)
{
	int columns = width / PAIR_CELLS, cells = 0;

	for (int i = 0; i < (int)list->n; i++)
		if (text_width(str_of(list->list[i].value)) > cells)
			cells = text_width(str_of(list->list[i].value));
	while (columns > 1 && width / columns - STREAM_LABEL - 1 < cells)
		columns--;
	return columns < 1 ? 1 : columns;
}

static void
add_figures(struct stream_page *p, const struct stream_facts *f)
{
	int row, rows, columns;
	struct pairs list = { .n = 0 };

	gather(&list, f);
	page_head(&p->page, "Measured", "delta and jitter: min / mean / max");
	row = p->page.rows;
	columns = pair_columns(&list, p->page.width);
	rows = ((int)list.n + columns - 1) / columns;
	for (int i = 0; i < (int)list.n; i++) {
		int x = p->page.width * (i / rows) / columns;
		int next = p->page.width * (i / rows + 1) / columns, y = row + i % rows;

		page_put(&p->page, y, x, STREAM_LABEL - 1, ROLE_DIM, CANVAS_LEFT,
			 str_of(list.list[i].label));
		page_put(&p->page, y, x + STREAM_LABEL, next - x - STREAM_LABEL - 1,
			 list.list[i].role, CANVAS_LEFT, str_of(list.list[i].value));
	}
}

/* ---- plots ---- */

static void
add_axis(struct stream_page *p, enum series_kind kind, int row, double top)
{
	double bottom = kind == SERIES_MOS ? SERIES_MOS_BOTTOM : 0;

	page_printf(&p->page, row, 0, STREAM_PLOT_LEFT - 1, ROLE_DIM, "%*.*f",
		    STREAM_PLOT_LEFT - 1, top < 10 && top != floor(top) ? 1 : 0, top);
	if (p->plot_height > 1)
		page_printf(&p->page, row + p->plot_height - 1, 0, STREAM_PLOT_LEFT - 1, ROLE_DIM,
			    "%*.0f", STREAM_PLOT_LEFT - 1, bottom);
}

/* "Jitter, ms          worst 12.3 at 09:00:12" */
static void
add_plot(struct stream_page *p, const struct stream_facts *f, enum series_kind kind)
{
	const struct series_kind_def *def = &series_kind_defs[kind];
	const struct series_worst *worst = &p->series.worst[kind];
	const char *sep = *def->unit ? ", " : "";
	int row = p->page.rows, used;
	struct buf b = BUF_INIT;

	used = text_width(str_of(def->title)) + text_width(str_of(sep)) +
	       text_width(str_of(def->unit));
	page_printf(&p->page, row, 0, used, ROLE_HOST, "%s%s%s", def->title, sep, def->unit);
	/* What a few packets would come to in their second tells nothing of the stream. */
	if (isnan(worst->value) || (kind == SERIES_MOS && !f->quality.known)) {
		if (kind == SERIES_MOS)
			page_printf(&p->page, row, used + 2, p->page.width, ROLE_DIM,
				    "not estimated: %s", why_unknown(f));
		else
			page_put(&p->page, row, used + 2, p->page.width, ROLE_DIM, CANVAS_LEFT,
				 STR("not measured"));
		return;
	}
	if (worst->value > 0) {
		buf_printf(&b, "worst %.*f at ", kind == SERIES_MOS ? 2 : 1, worst->value);
		stream_add_clock(&b, f->app, worst->at, 0);
	} else {
		buf_add_cstr(&b, "0 all the time");
	}
	buf_printf(&b, " (%s)", def->help);
	page_put(&p->page, row, used + 2, p->page.width - used - 2, ROLE_DIM, CANVAS_LEFT,
		 buf_str(&b));
	buf_release(&b);
	/* Where nothing was lost, a row tells that as well as an empty plot. */
	if (kind != SERIES_MOS && f->tops[kind] <= 0)
		return;
	p->plot_rows[kind] = row + 1;
	page_reach(&p->page, row + 1 + p->plot_height);
	add_axis(p, kind, row + 1, f->tops[kind]);
}

/* What the letters in the line of time mean that are in it. */
static void
add_marks(struct stream_page *p)
{
	struct buf b = BUF_INIT;

	for (const struct series_mark *m = series_marks; m->flag; m++)
		if (p->series.seen & m->flag)
			buf_printf(&b, "%s%c %s", b.n > 0 ? "   " : "", m->letter, m->text);
	if (b.n > 0)
		page_put(&p->page, p->page.rows, STREAM_PLOT_LEFT, p->page.width, ROLE_DIM,
			 CANVAS_LEFT, buf_str(&b));
	buf_release(&b);
}

static void
add_plots(struct stream_page *p, const struct stream_facts *f)
{
	const struct series_scale *scale = &p->series.scale;
	char note[64] = "";

	if (scale->columns > 0 && scale->span > NS_PER_S)
		snprintf(note, sizeof(note), "a bar is the worst of %" PRId64 " seconds",
			 scale->span / NS_PER_S);
	else if (scale->columns > 0)
		snprintf(note, sizeof(note), "a bar is a second");
	page_head(&p->page, "Over time", note);
	if (scale->columns == 0) {
		page_put(&p->page, p->page.rows, 0, p->page.width, ROLE_DIM, CANVAS_LEFT,
			 STR("no packet has a time"));
		return;
	}
	for (enum series_kind kind = 0; kind < SERIES_KIND_COUNT; kind++)
		if (kind != SERIES_LATE || f->late)
			add_plot(p, f, kind);
	p->line_row = p->page.rows;
	p->clock_row = p->line_row + 1;
	page_reach(&p->page, p->clock_row + 1);
	add_marks(p);
}

/* ---- all of it ---- */

void
stream_page_release(struct stream_page *p)
{
	page_release(&p->page);
	series_release(&p->series);
}

void
stream_page_begin(struct stream_page *p, int width, int plot_height)
{
	page_clear(&p->page);
	p->page.width = width;
	p->plot_height = plot_height;
	p->line_row = p->clock_row = NO_ROW;
	for (int i = 0; i < SERIES_KIND_COUNT; i++)
		p->plot_rows[i] = NO_ROW;
}

void
stream_page_add(struct stream_page *p, enum stream_section section, const struct stream_facts *f)
{
	static void (*const adders[])(struct stream_page *p, const struct stream_facts *f) = {
		[STREAM_SECTION_ABOUT] = add_about,
		[STREAM_SECTION_FIGURES] = add_figures,
		[STREAM_SECTION_PLOTS] = add_plots,
		[STREAM_SECTION_REPORTS] = stream_page_reports,
		[STREAM_SECTION_CODECS] = stream_page_codecs,
		[STREAM_SECTION_DIGITS] = stream_page_digits,
		[STREAM_SECTION_SEGMENTS] = stream_page_segments,
		[STREAM_SECTION_FLAWS] = stream_page_flaws,
	};

	adders[section](p, f);
}

void
stream_page_draw(const struct stream_page *p, const struct stream_facts *f, struct canvas *c,
		 int64_t top)
{
	struct canvas plots = canvas_part(c, 0, STREAM_PLOT_LEFT, canvas_height(c),
					  canvas_width(c) - STREAM_PLOT_LEFT);

	page_draw(&p->page, c, top);
	for (enum series_kind kind = 0; kind < SERIES_KIND_COUNT; kind++)
		if (p->plot_rows[kind] != NO_ROW)
			series_draw(&p->series, kind, f->tops[kind], &f->limits, &plots,
				    (int)(p->plot_rows[kind] - top), 0, p->plot_height);
	if (p->line_row == NO_ROW)
		return;
	series_draw_line(&p->series, &plots, (int)(p->line_row - top), 0);
	series_draw_clock(&p->series.scale, f->app->utc, &plots, (int)(p->clock_row - top), 0);
}
