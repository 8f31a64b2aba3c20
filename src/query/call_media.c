/*
 * Calls are asked about their media while packets still come. What was found of a call
 * holds as long as what it was made from: its streams, their packets, the round trips
 * that were measured, and when it was answered and ended.
 */
#include "query/call_media.h"

#include <math.h>

#include "base/hash.h"
#include "base/mem.h"
#include "query/field_int.h"

const char *
call_audio_name(unsigned int audio)
{
	static const char *const names[] = {
#define CALL_AUDIO_NAME(id, name) name,
		CALL_AUDIOS(CALL_AUDIO_NAME)
#undef CALL_AUDIO_NAME
	};

	return audio < ARRAY_SIZE(names) ? names[audio] : NULL;
}

/* ---- who was heard ---- */

/* Sound, or what no description tells of; events alone are none. */
static bool
is_audio(const struct stream *st)
{
	const struct stream_codec *c = stream_codec(st);

	return st->kind != STREAM_T38 && c &&
		(!c->codec || c->codec->kind == CODEC_AUDIO || c->codec->kind == CODEC_OTHER);
}

#define HEARD	(200 * NS_PER_MS)	/* less than that is the rest of a ringing tone */

/* Whether packets came between the answer and the end, for some time or for half of it. */
static bool
is_in_call(const struct call *c, const struct meter_figures *f)
{
	int64_t from, to, least = HEARD;

	if (f->packets == 0 || f->start == TIME_NONE)
		return false;
	from = f->start > c->answered ? f->start : c->answered;
	to = c->ended != TIME_NONE && c->ended < f->end ? c->ended : f->end;
	if (c->ended != TIME_NONE && (c->ended - c->answered) / 2 < least)
		least = (c->ended - c->answered) / 2;
	return to >= from && to - from >= least;
}

/* Where no description tells, the address of the signalling may. */
static enum call_side
side_of(const struct query *q, const struct call *c, const struct stream_link *link,
	const struct stream *st)
{
	const struct path *p = store_path(q->store, c->path);

	if (link->side != CALL_SIDE_NONE)
		return (enum call_side)link->side;
	if (net_addr_eq(&st->src.addr, &p->src.addr))
		return CALL_SIDE_CALLER;
	return net_addr_eq(&st->src.addr, &p->dst.addr) ? CALL_SIDE_CALLEE : CALL_SIDE_NONE;
}

/* ---- the worst ---- */

static void
add_stream(struct query *q, const struct call *c, const struct stream_link *link,
	   struct call_media *m, unsigned int *heard)
{
	const struct stream *st = store_stream(q->store, link->stream);
	const struct meter_figures *f = query_figures(q, st);
	const struct quality *quality = query_quality(q, st);
	double loss = f->expected > 0 ? 100.0 * (double)f->lost / (double)f->expected : NAN;

	if (!isnan(loss) && !(m->loss_percent >= loss))
		m->loss_percent = loss;
	if (quality->known && !(m->mos <= quality->mos))
		m->mos = quality->mos;
	if (f->mean_jitter != TIME_NONE && (m->jitter == TIME_NONE || f->mean_jitter > m->jitter))
		m->jitter = f->mean_jitter;
	if (c->answered != TIME_NONE && is_audio(st) && is_in_call(c, f))
		*heard |= 1u << side_of(q, c, link, st);
}

static void
look(struct query *q, const struct call *c, size_t n)
{
	struct call_media *m = &q->media->answer;
	unsigned int heard = 0;

	*m = (struct call_media){
		.streams = (uint32_t)n, .audio = CALL_AUDIO_COUNT, .mos = NAN,
		.loss_percent = NAN, .jitter = TIME_NONE,
	};
	for (size_t i = 0; i < n; i++)
		add_stream(q, c, q->media->list[i], m, &heard);
	if (c->kind != CALL_INVITE || c->answered == TIME_NONE ||
	    store_stream_count(q->store) == 0)
		return;
	m->audio = (uint8_t)((heard >> CALL_SIDE_CALLER & 1 ? CALL_AUDIO_CALLER : 0) |
			     (heard >> CALL_SIDE_CALLEE & 1 ? CALL_AUDIO_CALLEE : 0));
	/* Somebody was heard, and nobody knows who. */
	if (m->audio == CALL_AUDIO_NONE && heard)
		m->audio = CALL_AUDIO_COUNT;
}

/* What the answer is made from, as one number: it changes with each of it. */
static uint64_t
sum_of(const struct query *q, const struct call *c, size_t n)
{
	uint64_t sum = n + hash_u64((uint64_t)c->answered) + hash_u64((uint64_t)c->ended + 1);

	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, q->media->list[i]->stream);

		sum += st->meter.packets + hash_u64((uint64_t)st->round_trip);
	}
	return sum;
}

static struct query_media *
media_of(struct query *q)
{
	if (!q->media) {
		q->media = xcalloc(1, sizeof(*q->media));
		q->media->of = CALL_NONE;
	}
	return q->media;
}

const struct call_media *
query_call_media(struct query *q, const struct call *c)
{
	struct query_media *m = media_of(q);
	size_t n = store_call_streams(q->store, c, &m->list, &m->cap);
	uint64_t sum = sum_of(q, c, n);

	if (m->of != c->index || m->sum != sum)
		look(q, c, n);
	m->of = c->index;
	m->sum = sum;
	return &m->answer;
}

void
query_media_free(struct query_media *m)
{
	if (!m)
		return;
	query_digits_release(&m->digits);
	free(m->list);
	free(m);
}

/* ---- texts ---- */

static bool
is_told(const struct stream_codec *c)
{
	return !c->codec || c->codec->kind == CODEC_AUDIO || c->codec->kind == CODEC_VIDEO ||
		c->codec->kind == CODEC_TEXT || c->codec->kind == CODEC_FAX ||
		c->codec->kind == CODEC_OTHER;
}

void
query_call_codecs(const struct query *q, const struct call *c, struct buf *b)
{
	const struct stream_link **list = NULL;
	size_t cap = 0, n = store_call_streams(q->store, c, &list, &cap);

	for (size_t i = 0; i < n; i++) {
		const struct stream *st = store_stream(q->store, list[i]->stream);

		for (uint8_t k = 0; k < st->codec_n; k++)
			if (st->codecs[k].name && is_told(&st->codecs[k]))
				query_add_word(b, str_of(st->codecs[k].name));
		if (st->kind == STREAM_T38 && st->codec_n == 0)
			query_add_word(b, STR("t38"));
	}
	free(list);
}

void
query_call_dtmf(struct query *q, const struct call *c, struct buf *b)
{
	struct query_digits *digits = &media_of(q)->digits;

	query_call_digits(q, c, digits);
	query_digits_text(digits, CALL_SIDE_NONE, b);
}
