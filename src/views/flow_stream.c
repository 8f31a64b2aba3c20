#include "views/flow_stream.h"

#include <inttypes.h>

#include "views/parts.h"

/* Where the next line goes. */
struct lines {
	struct canvas *c;
	int y;
	struct buf b;
};

#define NAME_CELLS	14

static void
say(struct lines *l, const char *name, enum role role)
{
	int width = canvas_width(l->c);

	canvas_text(l->c, l->y, 1, NAME_CELLS, ROLE_DIM, str_of(name));
	canvas_field(l->c, l->y, NAME_CELLS + 1, width - NAME_CELLS - 1, role, CANVAS_LEFT,
		     buf_str(&l->b));
	buf_clear(&l->b);
	l->y++;
}

static void
say_span(struct lines *l, const char *name, int64_t span)
{
	if (span == TIME_NONE)
		return;
	span_add(&l->b, span);
	say(l, name, ROLE_NORMAL);
}

static void
say_codecs(struct lines *l, const struct stream *st)
{
	for (uint8_t i = 0; i < st->codec_n; i++) {
		const struct stream_codec *codec = &st->codecs[i];

		if (codec->name)
			buf_printf(&l->b, "%s, ", codec->name);
		buf_printf(&l->b, "payload type %u", codec->payload_type);
		if (codec->clock_rate)
			buf_printf(&l->b, ", %" PRIu32 " Hz", codec->clock_rate);
		buf_printf(&l->b, ", %" PRIu64 " packets", stream_codec_packets(st, i));
		say(l, i == 0 ? "codec" : "", ROLE_NORMAL);
	}
}

static void
say_counts(struct lines *l, const struct meter_figures *f)
{
	buf_printf(&l->b, "%" PRIu64, f->packets);
	if (f->duplicates)
		buf_printf(&l->b, ", %" PRIu64 " of them copies", f->duplicates);
	if (f->out_of_order)
		buf_printf(&l->b, ", %" PRIu64 " out of order", f->out_of_order);
	say(l, "packets", ROLE_NORMAL);
	if (f->expected == 0)
		return;
	buf_printf(&l->b, "%" PRIu64 " of %" PRIu64 ", %.2f %%", f->lost, f->expected,
		   (double)f->lost * 100 / (double)f->expected);
	say(l, "lost", f->lost ? ROLE_WARNING : ROLE_NORMAL);
}

static void
say_quality(struct lines *l, const struct store *s, const struct stream *st)
{
	struct quality q = store_stream_quality(s, st);

	if (!q.known)
		return;
	buf_printf(&l->b, "%.2f, R %.1f, an estimate%s", q.mos, q.r_factor,
		   q.delay_assumed ? " with an assumed delay" : "");
	say(l, "MOS", ROLE_NORMAL);
}

static void
draw_stream(struct lines *l, const struct views_app *app, const struct stream *st)
{
	struct meter_figures f;

	meter_figures(&st->meter, &f);
	buf_printf(&l->b, "%s ", st->kind == STREAM_T38 ? "T.38" :
		   st->kind == STREAM_SRTP ? "SRTP" : "RTP");
	net_endpoint_add(&l->b, &st->src);
	buf_add_cstr(&l->b, " → ");
	net_endpoint_add(&l->b, &st->dst);
	canvas_field(l->c, l->y++, 0, canvas_width(l->c), ROLE_HOST, CANVAS_LEFT, buf_str(&l->b));
	buf_clear(&l->b);
	if (st->kind != STREAM_T38) {
		buf_printf(&l->b, "0x%08" PRIx32, st->ssrc);
		say(l, "SSRC", ROLE_NORMAL);
	}
	if (st->carriage != STREAM_OVER_UDP) {
		buf_add_cstr(&l->b, stream_carriage_name(st->carriage));
		say(l, "over", ROLE_NORMAL);
	}
	say_codecs(l, st);
	if (f.start != TIME_NONE) {
		time_add(&l->b, f.start, TIME_CLOCK, app->utc);
		buf_add_cstr(&l->b, " to ");
		time_add(&l->b, f.end, TIME_CLOCK, app->utc);
		say(l, "seen", ROLE_TIME);
	}
	say_counts(l, &f);
	say_span(l, "jitter, mean", f.mean_jitter);
	say_span(l, "jitter, most", f.max_jitter);
	say_span(l, "delta, most", f.max_delta);
	say_span(l, "interval", f.interval);
	say_span(l, "round trip", st->round_trip);
	say_quality(l, app->store, st);
}

void
flow_stream_draw(const struct views_app *app, const struct ladder_row *row, struct canvas *c)
{
	struct lines l = { .c = c };

	for (size_t i = 0; i < ARRAY_SIZE(row->stream); i++) {
		const struct stream *st = store_stream(app->store, row->stream[i]);

		if (!st)
			continue;
		l.y += i > 0;
		draw_stream(&l, app, st);
	}
	buf_release(&l.b);
}
