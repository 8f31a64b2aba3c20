#include "views/stats_media.h"

#include <inttypes.h>

#include "base/text.h"
#include "base/time.h"
#include "views/parts.h"
#include "views/stream_page.h"

#define PAUSE	8	/* times what a look took, before the next one */
#define CODEC	8	/* cells of a codec, in tables wider than NAMED */
#define BAD	10	/* "100.00 %", "lost, late" */
#define JITTER	10
#define MOS	9
#define NAMED	60
#define USERS	16	/* least cells of who calls whom */

void
stats_media_init(struct stats_media *m, const struct views_app *app,
		 bool (*takes)(void *ctx, uint32_t call), void *ctx)
{
	*m = (struct stats_media){ .app = app, .stale = true };
	media_statistics_init(&m->stats, app->query, takes, ctx);
}

void
stats_media_retake(struct stats_media *m)
{
	m->stale = true;
}

bool
stats_media_step(struct stats_media *m)
{
	if (!m->stats.looking) {
		int64_t now;

		if (!m->stale)
			return false;
		now = time_monotonic_us();
		if (now - m->ended < PAUSE * m->took)
			return false;
		m->stale = false;
		m->began = now;
		media_statistics_look(&m->stats);
	}
	if (media_statistics_step(&m->stats))
		return true;
	m->ended = time_monotonic_us();
	m->took = m->ended - m->began;
	return false;
}

int
stats_media_worst_rows(const struct stats_media *m)
{
	uint32_t n = m->stats.counts.worst_n;

	return n > 0 ? 2 + (int)n : 0;
}

/* Its call, users where there is room, and its ends. */
static void
add_name(struct buf *b, const struct stats_media *m, const struct stream *st, int width)
{
	uint32_t call = store_stream_call(m->app->store, st);
	struct buf ends = BUF_INIT;

	parts_add_host(&ends, m->app, &st->src);
	buf_add_cstr(&ends, " → ");
	parts_add_host(&ends, m->app, &st->dst);
	if (call == CALL_NONE)
		buf_add_cstr(b, "orphan");
	else if (width - text_width(buf_str(&ends)) < USERS)
		buf_printf(b, "#%" PRIu64, (uint64_t)call + 1);
	else
		stream_add_call(b, m->app, call);
	buf_add_cstr(b, "  ");
	buf_add_str(b, buf_str(&ends));
	buf_release(&ends);
}

static void
draw_worst(const struct stats_media *m, const struct media_worst *w, struct canvas *c, int y,
	   const struct stats_place *p)
{
	const struct stream *st = store_stream(m->app->store, w->stream);
	int codec = p->width >= NAMED ? CODEC : 0;
	int room = p->width - BAD - JITTER - MOS - codec, x = p->x + room;
	const struct stream_codec *usual;
	const struct quality *q;
	struct buf b = BUF_INIT;

	if (!st || store_stream_is_gone(m->app->store, w->stream))
		return;
	add_name(&b, m, st, room - 1);
	canvas_field(c, y, p->x, room - 1, ROLE_NORMAL, CANVAS_LEFT, buf_str(&b));
	usual = stream_codec(st);
	if (codec > 0 && usual && usual->name)
		canvas_field(c, y, x, codec, ROLE_MEDIA, CANVAS_LEFT, str_of(usual->name));
	x += codec;
	buf_clear(&b);
	buf_printf(&b, "%.2f %%", w->bad_percent);
	canvas_field(c, y, x, BAD, role_of_loss(w->bad_percent, &m->app->query->limits),
		     CANVAS_RIGHT, buf_str(&b));
	buf_clear(&b);
	if (w->jitter_ms >= 0)
		buf_printf(&b, "%.1f ms", w->jitter_ms);
	else
		buf_add_cstr(&b, "–");
	canvas_field(c, y, x + BAD, JITTER, ROLE_NORMAL, CANVAS_RIGHT, buf_str(&b));
	q = query_quality(m->app->query, st);
	buf_clear(&b);
	if (q->known)
		buf_printf(&b, "%.2f", q->mos);
	else
		buf_add_cstr(&b, "–");
	canvas_field(c, y, x + BAD + JITTER, MOS,
		     role_of_mos(q->known ? q->mos : NAN, &m->app->query->limits), CANVAS_RIGHT,
		     buf_str(&b));
	buf_release(&b);
}

void
stats_media_draw_worst(const struct stats_media *m, struct canvas *c, int y,
		       const struct stats_place *p, const char *title)
{
	static const struct { const char *text; int width; } heads[] = {
		{ "lost, late", BAD }, { "jitter", JITTER }, { "est. MOS", MOS },
	};
	int x = p->x + p->width - BAD - JITTER - MOS;

	stats_draw_head(c, y++, p, title, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(heads); x += heads[i++].width)
		canvas_field(c, y, x, heads[i].width, ROLE_DIM, CANVAS_RIGHT, str_of(heads[i].text));
	y++;
	for (uint32_t i = 0; i < m->stats.counts.worst_n; i++)
		draw_worst(m, &m->stats.counts.worst[i], c, y++, p);
}
