/*
 * The tables of a stream's page: what the ends report, payload types, digits, segments,
 * flaws. A table is rows of fields as wide as they need, the last one takes what is left.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "views/stream_page_int.h"

#define DIGITS_SHOWN	500u	/* that are told */
#define REPORT_CELLS	15	/* of a column of what was reported */
#define REPORT_LABEL	14

/* ---- reports ---- */

/** id, label */
#define REPORT_ROWS(_) \
	_(SEEN, "seen") \
	_(PACKETS, "packets") \
	_(LOST, "lost") \
	_(LOST_PERCENT, "lost, %") \
	_(DISCARD, "late, %") \
	_(DUPLICATES, "duplicates") \
	_(JITTER, "jitter") \
	_(MAX_JITTER, "max jitter") \
	_(ROUND_TRIP, "round trip") \
	_(DELAY, "one-way delay") \
	_(END_SYSTEM, "end system") \
	_(MOS, "MOS") \
	_(R_FACTOR, "R") \
	_(BURST_DENSITY, "burst density") \
	_(BURST_DURATION, "burst, mean") \
	_(GAP_DENSITY, "gap density") \
	_(GAP_DURATION, "gap, mean")

enum report_row {
#define REPORT_ROW_ID(id, label) REPORT_ROW_##id,
	REPORT_ROWS(REPORT_ROW_ID)
#undef REPORT_ROW_ID
	REPORT_ROW_COUNT
};

/* Append what a report says. @return whether it says anything. */
static bool
add_count(struct buf *b, int64_t n)
{
	if (n != REPORT_ABSENT)
		buf_printf(b, "%" PRId64, n);
	return n != REPORT_ABSENT;
}

static bool
add_span(struct buf *b, int64_t span)
{
	if (span != TIME_NONE)
		stream_add_ms(b, span);
	return span != TIME_NONE;
}

static bool
add_real(struct buf *b, double value, int digits, const char *unit)
{
	if (!isnan(value))
		stream_add_real(b, value, digits, unit);
	return !isnan(value);
}

static bool
add_mos(struct buf *b, const struct report *r)
{
	if (isnan(r->mos_lq) || isnan(r->mos_cq))
		return add_real(b, isnan(r->mos_cq) ? r->mos_lq : r->mos_cq, 2, "");
	buf_printf(b, "LQ %.1f CQ %.1f", r->mos_lq, r->mos_cq);
	return true;
}

static bool
add_reported(struct buf *b, const struct stream_facts *f, const struct report *r,
	     enum report_row row)
{
	switch (row) {
	case REPORT_ROW_SEEN:
		stream_add_clock(b, f->app, r->time, 0);
		return true;
	case REPORT_ROW_PACKETS:
		return add_count(b, r->packets);
	case REPORT_ROW_LOST:
		return add_count(b, r->lost);
	case REPORT_ROW_LOST_PERCENT:
		return add_real(b, r->lost_percent, 2, " %");
	case REPORT_ROW_DISCARD:
		return add_real(b, r->discard_percent, 2, " %");
	case REPORT_ROW_DUPLICATES:
		return add_count(b, r->duplicates);
	case REPORT_ROW_JITTER:
		return add_span(b, r->jitter);
	case REPORT_ROW_MAX_JITTER:
		return add_span(b, r->max_jitter);
	case REPORT_ROW_ROUND_TRIP:
		return add_span(b, r->round_trip);
	case REPORT_ROW_DELAY:
		return add_span(b, r->delay);
	case REPORT_ROW_END_SYSTEM:
		return add_span(b, r->end_system);
	case REPORT_ROW_MOS:
		return add_mos(b, r);
	case REPORT_ROW_R_FACTOR:
		return add_real(b, r->r_factor, 1, "");
	case REPORT_ROW_BURST_DENSITY:
		return add_real(b, 100 * r->burst_density, 1, " %");
	case REPORT_ROW_BURST_DURATION:
		return add_span(b, r->burst_duration);
	case REPORT_ROW_GAP_DENSITY:
		return add_real(b, 100 * r->gap_density, 1, " %");
	case REPORT_ROW_GAP_DURATION:
		return add_span(b, r->gap_duration);
	case REPORT_ROW_COUNT:
		break;
	}
	return false;
}

/* What was measured here of the same. */
static void
add_measured(struct buf *b, const struct stream_facts *f, enum report_row row)
{
	const struct meter_figures *g = &f->figures;
	double expected = g->expected > 0 ? (double)g->expected : NAN;

	switch (row) {
	case REPORT_ROW_SEEN:
		stream_add_clock(b, f->app, g->end, 0);
		break;
	case REPORT_ROW_PACKETS:
		buf_printf(b, "%" PRIu64, g->packets);
		break;
	case REPORT_ROW_LOST:
		buf_printf(b, "%" PRIu64, g->lost);
		break;
	case REPORT_ROW_LOST_PERCENT:
		stream_add_real(b, 100 * (double)g->lost / expected, 2, " %");
		break;
	case REPORT_ROW_DISCARD:
		stream_add_real(b, 100 * (double)g->late / expected, 2, " %");
		break;
	case REPORT_ROW_DUPLICATES:
		buf_printf(b, "%" PRIu64, g->duplicates);
		break;
	case REPORT_ROW_JITTER:
		stream_add_ms(b, g->mean_jitter);
		break;
	case REPORT_ROW_MAX_JITTER:
		stream_add_ms(b, g->max_jitter);
		break;
	case REPORT_ROW_ROUND_TRIP:
		stream_add_ms(b, f->st->round_trip);
		break;
	case REPORT_ROW_DELAY:
	case REPORT_ROW_END_SYSTEM:
		buf_add_cstr(b, "–");
		break;
	case REPORT_ROW_MOS:
		stream_add_real(b, f->quality.known ? f->quality.mos : NAN, 2, "");
		break;
	case REPORT_ROW_R_FACTOR:
		stream_add_real(b, f->quality.known ? f->quality.r_factor : NAN, 1, "");
		break;
	case REPORT_ROW_BURST_DENSITY:
		stream_add_real(b, 100 * g->burst_density, 1, " %");
		break;
	case REPORT_ROW_BURST_DURATION:
		stream_add_ms(b, g->burst_duration);
		break;
	case REPORT_ROW_GAP_DENSITY:
		stream_add_real(b, 100 * g->gap_density, 1, " %");
		break;
	case REPORT_ROW_GAP_DURATION:
		stream_add_ms(b, g->gap_duration);
		break;
	case REPORT_ROW_COUNT:
		break;
	}
}

/* From whom there are reports: a source, and which end tells. Receivers first, of each the
 * latest first. */
struct tellers {
	struct {
		uint8_t source;
		bool sender;
	} list[2 * REPORT_SOURCE_COUNT];
	size_t n;
};

static void
find_tellers(struct tellers *t, const struct stream_facts *f, bool sender)
{
	for (size_t at = f->report_n; at-- > 0;) {
		const struct report *r = &f->reports[at];
		size_t i = 0;

		while (i < t->n && (t->list[i].source != r->source ||
				    t->list[i].sender != sender))
			i++;
		if (r->sender != sender || i < t->n || t->n == ARRAY_SIZE(t->list))
			continue;
		t->list[t->n].source = r->source;
		t->list[t->n++].sender = r->sender;
	}
}

/* Append what its last report says that tells it. @return whether there is one. */
static bool
add_last(struct buf *b, const struct stream_facts *f, const struct tellers *t, size_t i,
	 enum report_row row)
{
	for (size_t at = f->report_n; at-- > 0;)
		if (f->reports[at].source == t->list[i].source &&
		    f->reports[at].sender == t->list[i].sender &&
		    add_reported(b, f, &f->reports[at], row))
			return true;
	return false;
}

/* Cells of a column: two of them, what was measured and a teller, are seen in any width. */
static int
report_cells(const struct stream_page *p)
{
	int half = (p->page.width - REPORT_LABEL + 1) / 2 - 1;

	return half > REPORT_CELLS ? REPORT_CELLS : half < 1 ? 1 : half;
}

/* Tellers that there is room for beside what was measured. */
static size_t
tellers_in_row(const struct stream_page *p)
{
	int n = (p->page.width - REPORT_LABEL + 1) / (report_cells(p) + 1) - 1;

	return n < 1 ? 1 : (size_t)n;
}

/* The field of column @p i, of which 0 is what was measured. */
static void
put_reported(struct stream_page *p, int y, size_t i, enum role role, struct str text)
{
	int cells = report_cells(p);

	page_put(&p->page, y, REPORT_LABEL + (cells + 1) * (int)i, cells, role, CANVAS_RIGHT,
		 text);
}

/* A row of the tellers from @p from to before @p end, unless no report of theirs tells that. */
static void
add_report_row(struct stream_page *p, const struct stream_facts *f, const struct tellers *t,
	       size_t from, size_t end, enum report_row row, const char *label)
{
	struct buf b = BUF_INIT;
	int y = p->page.rows;
	bool any = false;

	for (size_t i = from; i < end; i++) {
		buf_clear(&b);
		if (!add_last(&b, f, t, i, row))
			continue;
		any = true;
		put_reported(p, y, i - from + 1, ROLE_NORMAL, buf_str(&b));
	}
	if (any) {
		buf_clear(&b);
		add_measured(&b, f, row);
		page_put(&p->page, y, 0, REPORT_LABEL, ROLE_DIM, CANVAS_LEFT, str_of(label));
		put_reported(p, y, 0, ROLE_NORMAL, buf_str(&b));
	}
	buf_release(&b);
}

/* Round trips, the whole ones and those of which the capture sees a part. */
static void
say_round_trips(struct stream_page *p, const struct stream_reported *r)
{
	struct buf b = BUF_INIT;

	if (r->round_trip_n > 1) {
		stream_add_ms(&b, r->round_trip_min);
		buf_add_cstr(&b, " to ");
		stream_add_ms(&b, r->round_trip_max);
		buf_add_cstr(&b, ", mean ");
	}
	if (r->round_trip_n > 0) {
		stream_add_ms(&b, r->round_trip_mean);
		buf_add_cstr(&b, "; ");
	}
	buf_add_cstr(&b, "from here to its receiver ");
	stream_add_ms(&b, r->to_receiver);
	buf_add_cstr(&b, ", to its sender ");
	stream_add_ms(&b, r->to_sender);
	if (r->to_receiver != TIME_NONE || r->to_sender != TIME_NONE)
		stream_page_say(p, "Round trip", ROLE_NORMAL, "%s", buf_cstr(&b));
	buf_release(&b);
}

/* What RTCP tells beside its reports. */
static void
say_rtcp(struct stream_page *p, const struct stream_facts *f)
{
	struct stream_reported r;
	struct buf b = BUF_INIT;

	if (!store_stream_reported(f->app->store, f->st, &r))
		return;
	buf_printf(&b, "%" PRIu64 " of its sender, %" PRIu64 " of its receiver, %" PRIu64
		   " extended", r.senders, r.receivers, r.extended);
	if (r.secure > 0)
		buf_printf(&b, ", %" PRIu64 " encrypted", r.secure);
	if (r.bye != TIME_NONE) {
		buf_add_cstr(&b, "; BYE at ");
		stream_add_clock(&b, f->app, r.bye, 3);
	}
	stream_page_say(p, "RTCP", ROLE_NORMAL, "%s", buf_cstr(&b));
	if (r.cname.n > 0) {
		buf_clear(&b);
		text_add_visible(&b, r.cname, false);
		stream_page_say(p, "CNAME", ROLE_NORMAL, "%s", buf_cstr(&b));
	}
	say_round_trips(p, &r);
	buf_release(&b);
}

/* What the tellers from @p from to before @p end say, beside what was measured. */
static void
add_report_table(struct stream_page *p, const struct stream_facts *f, const struct tellers *t,
		 size_t from, size_t end)
{
	static const char *const labels[] = {
#define REPORT_ROW_LABEL(id, label) label,
		REPORT_ROWS(REPORT_ROW_LABEL)
#undef REPORT_ROW_LABEL
	};
	bool narrow = report_cells(p) < REPORT_CELLS;
	int head = p->page.rows;

	put_reported(p, head, 0, ROLE_HOST, STR("measured"));
	put_reported(p, head + 1, 0, ROLE_DIM, STR("here"));
	for (size_t i = from; i < end; i++) {
		const char *end_name = t->list[i].sender ? "by its sender" : "by its receiver";

		put_reported(p, head, i - from + 1, ROLE_HOST, str_of(report_source_name(
					(enum report_source)t->list[i].source)));
		put_reported(p, head + 1, i - from + 1, ROLE_DIM,
			     str_skip(str_of(end_name), narrow ? strlen("by its ") : 0));
	}
	for (enum report_row row = 0; row < REPORT_ROW_COUNT; row++)
		add_report_row(p, f, t, from, end, row, labels[row]);
}

/* Where all that tell do not stand side by side there is another table below. */
static void
add_reports(struct stream_page *p, const struct stream_facts *f)
{
	struct tellers t = { .n = 0 };
	size_t most = tellers_in_row(p);

	if (f->report_n == 0) {
		page_put(&p->page, p->page.rows, 0, p->page.width, ROLE_DIM, CANVAS_LEFT,
			 STR("neither end reported about it"));
		return;
	}
	find_tellers(&t, f, false);
	find_tellers(&t, f, true);
	for (size_t from = 0; from < t.n; from += most)
		add_report_table(p, f, &t, from, from + most < t.n ? from + most : t.n);
}

void
stream_page_reports(struct stream_page *p, const struct stream_facts *f)
{
	char note[64] = "";

	if (f->report_n > 0)
		snprintf(note, sizeof(note), "%" PRIu64 " report%s", f->report_total,
			 f->report_total == 1 ? "" : "s");
	page_head(&p->page, "Reported beside measured", note);
	add_reports(p, f);
	say_rtcp(p, f);
}

/* Where rows of a table are folded: what comes last in them would stand in a few cells, or
 * in none. */
static bool
is_narrow(const struct stream_page *p)
{
	return p->page.width < 60;
}

/* ---- payload types ---- */

/* Whether its name tells its kind. */
static bool
is_named(const struct stream_codec *codec)
{
	return codec->name && str_eq_ci(str_of(codec->name), str_of(codec_kind_name(
						(enum codec_kind)codec->codec->kind)));
}

void
stream_page_codecs(struct stream_page *p, const struct stream_facts *f)
{
	const struct stream *st = f->st;
	struct buf b = BUF_INIT;

	if (st->codec_n == 0 || st->kind == STREAM_T38)
		return;
	page_head(&p->page, "Payload types", st->codec_n == STREAM_CODECS_MAX ?
		  "more are counted with the last one" : NULL);
	for (unsigned int i = 0; i < st->codec_n && i < STREAM_CODECS_MAX; i++) {
		const struct stream_codec *codec = &st->codecs[i];
		uint64_t packets = stream_codec_packets(st, i);
		int row = p->page.rows;

		page_printf(&p->page, row, 0, 4, ROLE_NORMAL, "%3u", codec->payload_type);
		buf_clear(&b);
		if (codec->name)
			stream_add_codec(&b, codec);
		else
			buf_add_cstr(&b, "codec not known");
		page_put(&p->page, row, 5, 22, codec->name ? ROLE_NORMAL : ROLE_DIM, CANVAS_LEFT,
			 buf_str(&b));
		buf_clear(&b);
		if (is_narrow(p))
			buf_printf(&b, "%" PRIu64 " packet%s, ", packets, packets == 1 ? "" : "s");
		else
			page_printf(&p->page, row, 28, 17, ROLE_NORMAL, "%9" PRIu64 " packet%s",
				    packets, packets == 1 ? "" : "s");
		buf_add_cstr(&b, codec->described ? "in the SDP" : "not in an SDP");
		if (codec->codec && !is_named(codec))
			buf_printf(&b, ", %s",
				   codec_kind_name((enum codec_kind)codec->codec->kind));
		if (codec->ptime_ms > 0)
			buf_printf(&b, ", ptime %" PRIu32 " ms", codec->ptime_ms);
		stream_page_wrap(p, row + is_narrow(p), is_narrow(p) ? 5 : 46, ROLE_DIM,
				 buf_str(&b));
	}
	buf_release(&b);
}

/* ---- digits ---- */

static void
add_digit(struct stream_page *p, const struct stream_facts *f, const struct digit *d)
{
	int row = p->page.rows;
	struct buf b = BUF_INIT;

	if (d->text[0])
		text_add_visible(&b, str_of(d->text), false);
	else
		buf_printf(&b, "event %u", d->event);
	page_put(&p->page, row, 0, 9, ROLE_SELECTED, CANVAS_LEFT, buf_str(&b));
	buf_clear(&b);
	stream_add_clock(&b, f->app, d->time, 3);
	page_put(&p->page, row, 10, 12, ROLE_TIME, CANVAS_LEFT, buf_str(&b));
	buf_clear(&b);
	if (d->duration == TIME_NONE)
		buf_add_cstr(&b, "–");
	else
		buf_printf(&b, "%.0f ms", (double)d->duration / NS_PER_MS);
	page_put(&p->page, row, 23, 9, ROLE_NORMAL, CANVAS_RIGHT, buf_str(&b));
	buf_clear(&b);
	if (d->volume > 0)
		buf_add_cstr(&b, "–");
	else
		buf_printf(&b, "%d dBm0", d->volume);
	if (is_narrow(p)) {
		buf_add_cstr(&b, ", ");
	} else {
		page_put(&p->page, row, 33, 9, ROLE_NORMAL, CANVAS_RIGHT, buf_str(&b));
		buf_clear(&b);
	}
	buf_printf(&b, "%s, %u%s packet%s%s", digit_source_name(d->source), d->packets,
		   d->packets == UINT8_MAX ? " or more" : "", d->packets == 1 ? "" : "s",
		   d->ended ? "" : ", its end is missing");
	stream_page_wrap(p, row + is_narrow(p), is_narrow(p) ? 10 : 44,
			 d->ended ? ROLE_DIM : ROLE_WARNING, buf_str(&b));
	buf_release(&b);
}

void
stream_page_digits(struct stream_page *p, const struct stream_facts *f)
{
	const struct digit **list = NULL;
	size_t cap = 0, n = store_stream_digits(f->app->store, f->st, &list, &cap);
	struct buf b = BUF_INIT;

	if (n > 0) {
		for (size_t i = 0; i < n && i < DIGITS_SHOWN; i++)
			text_add_visible(&b, str_of(list[i]->text), false);
		page_head(&p->page, "DTMF", buf_cstr(&b));
	}
	for (size_t i = 0; i < n && i < DIGITS_SHOWN; i++)
		add_digit(p, f, list[i]);
	if (n > DIGITS_SHOWN)
		page_printf(&p->page, p->page.rows, 0, p->page.width, ROLE_DIM,
			    "and %zu more", n - DIGITS_SHOWN);
	free(list);
	buf_release(&b);
}

/* ---- segments ---- */

static const char *
reason_help(unsigned int reason)
{
#define REASON_HELP(id, help) help,
	static const char *const helps[] = { METER_REASONS(REASON_HELP) };
#undef REASON_HELP

	return reason < METER_REASON_COUNT ? helps[reason] : "";
}

static void
add_segment(struct stream_page *p, const struct stream_facts *f, uint32_t i,
	    const struct meter_segment *s)
{
	int row = p->page.rows;
	struct buf b = BUF_INIT;

	page_printf(&p->page, row, 0, 3, ROLE_DIM, "%3" PRIu32, i + 1);
	stream_add_clock(&b, f->app, s->start, 3);
	page_put(&p->page, row, 4, 12, ROLE_TIME, CANVAS_LEFT, buf_str(&b));
	buf_clear(&b);
	if (s->start != TIME_NONE && s->end != TIME_NONE)
		span_add(&b, span_between(s->start, s->end));
	page_put(&p->page, row, 17, 10, ROLE_NORMAL, CANVAS_RIGHT, buf_str(&b));
	page_printf(&p->page, row, 28, 8, ROLE_NORMAL, "%8" PRIu32, s->packets);
	buf_clear(&b);
	if (is_narrow(p)) {
		buf_printf(&b, "%" PRIu32 " lost, PT %u, ", s->lost, s->payload_type);
	} else {
		page_printf(&p->page, row, 37, 6, ROLE_NORMAL, "%6" PRIu32, s->lost);
		page_printf(&p->page, row, 44, 3, ROLE_NORMAL, "%3u", s->payload_type);
	}
	if (s->reason == METER_REASON_SILENCE && s->pause > 0) {
		buf_add_cstr(&b, "hold, or silence, of ");
		span_add(&b, s->pause);
	} else {
		buf_add_cstr(&b, reason_help(s->reason));
		if (s->pause > 0) {
			buf_add_cstr(&b, ", after ");
			span_add(&b, s->pause);
		}
	}
	stream_page_wrap(p, row + is_narrow(p), is_narrow(p) ? 4 : 48, ROLE_DIM, buf_str(&b));
	buf_release(&b);
}

void
stream_page_segments(struct stream_page *p, const struct stream_facts *f)
{
	struct meter_segment segment;
	uint32_t i = 0;
	int row;

	/* A single one is the stream itself. */
	if (f->figures.segments < 2)
		return;
	page_head(&p->page, "Segments", "no loss, no jitter is counted from one to the next");
	row = p->page.rows;
	page_put(&p->page, row, 4, 23, ROLE_DIM, CANVAS_LEFT, STR("begins           lasts"));
	page_put(&p->page, row, 28, is_narrow(p) ? 8 : 19, ROLE_DIM, CANVAS_LEFT,
		 is_narrow(p) ? STR(" packets") : STR(" packets   lost  PT"));
	if (!is_narrow(p))
		page_put(&p->page, row, 48, p->page.width, ROLE_DIM, CANVAS_LEFT,
			 STR("why it begins"));
	for (; meter_segment(&f->st->meter, i, &segment); i++)
		add_segment(p, f, i, &segment);
	if (f->figures.segments > i)
		page_printf(&p->page, p->page.rows, 0, p->page.width, ROLE_DIM,
			    "and %" PRIu32 " more that were not kept", f->figures.segments - i);
}

/* ---- flaws ---- */

void
stream_page_flaws(struct stream_page *p, const struct stream_facts *f)
{
	if (f->st->flaws == 0)
		return;
	page_head(&p->page, "Flaws", NULL);
	for (unsigned int i = 0; i < RTP_FLAW_COUNT; i++)
		if (f->st->flaws & 1u << i)
			stream_page_say(p, rtp_flaw_defs[i].name, ROLE_WARNING, "%s",
					rtp_flaw_defs[i].help);
}
