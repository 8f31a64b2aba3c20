/*
 * What is asked about streams: names, codecs, links, sums over all.
 */
#include "store/stream_new.h"
#include "store/streams_int.h"

#include "base/mem.h"

#define NAME(id, name, help) name,

const char *
stream_kind_name(unsigned int kind)
{
	static const char *const names[] = { STREAM_KINDS(NAME) };

	return kind < STREAM_KIND_COUNT ? names[kind] : NULL;
}

const char *
stream_carriage_name(unsigned int carriage)
{
	static const char *const names[] = { STREAM_CARRIAGES(NAME) };

	return carriage < STREAM_CARRIAGE_COUNT ? names[carriage] : NULL;
}

const char *
stream_how_name(unsigned int how)
{
	static const char *const names[] = { STREAM_HOWS(NAME) };

	return how < STREAM_HOW_COUNT ? names[how] : NULL;
}

const char *
stream_crypto_name(unsigned int crypto)
{
#define CRYPTO_NAME(id, name) name,
	static const char *const names[] = { STREAM_CRYPTOS(CRYPTO_NAME) };
#undef CRYPTO_NAME

	return crypto < STREAM_CRYPTO_COUNT ? names[crypto] : NULL;
}

#undef NAME

uint32_t
store_link_count(const struct store *s)
{
	return s->media->links_made;
}

uint32_t
store_stream_count(const struct store *s)
{
	return s->media->streams.n;
}

const struct stream *
store_stream(const struct store *s, uint32_t i)
{
	static const struct stream_codec none;
	/* Nothing writes to it. */
	static const struct stream gone = {
		.payload_type = 255, .codecs = (struct stream_codec *)(uintptr_t)&none,
		.index = STREAM_NONE, .first_link = UINT32_MAX, .first_event = UINT32_MAX,
		.reverse = STREAM_NONE, .rival = STREAM_NONE, .round_trip = TIME_NONE,
		.last = TIME_NONE, .meter.start = TIME_NONE,
		.check = CHECK_TIME,
	};
	const struct stream *st;

	if (i >= s->media->streams.n)
		return NULL;
	st = chunks_at(&s->media->streams, i);
	return LIKELY(stream_is_there(st)) ? st : &gone;
}

bool
store_stream_is_gone(const struct store *s, uint32_t i)
{
	return i < s->media->streams.n &&
		!stream_is_there(chunks_at(&s->media->streams, i));
}

uint32_t
store_next_stream(const struct store *s, uint32_t i)
{
	const struct chunks *list = &s->media->streams;

	do
		i = chunks_skip(list, i + 1);
	while (i < list->n && !stream_is_there(chunks_at(list, i)));
	return i;
}

uint32_t
store_first_stream(const struct store *s)
{
	return s->media->first_stream;
}

uint32_t
store_streams_there(const struct store *s)
{
	return s->media->streams.n - s->media->streams_gone;
}

uint32_t
store_stream_reverse(const struct store *s, const struct stream *st)
{
	return st->reverse == STREAM_NONE || store_stream_is_gone(s, st->reverse)
		? STREAM_NONE : st->reverse;
}

uint32_t
store_next_gone_stream(const struct store *s, uint64_t *cursor)
{
	const struct media *md = s->media;

	if (*cursor >= md->streams_gone)
		return STREAM_NONE;
	if (md->streams_gone - *cursor > STREAMS_TOLD) {
		*cursor = md->streams_gone;
		return STREAM_LOST;
	}
	return md->gone[(*cursor)++ % STREAMS_TOLD];
}

const struct stream_codec *
stream_codec(const struct stream *st)
{
	const struct stream_codec *best = NULL;
	uint64_t most = 0;

	for (uint8_t i = 0; i < st->codec_n; i++) {
		const struct stream_codec *c = &st->codecs[i];
		bool aside = c->codec && (c->codec->kind == CODEC_EVENT ||
					  c->codec->kind == CODEC_NOISE);

		if (aside || (best && stream_codec_packets(st, i) <= most))
			continue;
		best = c;
		most = stream_codec_packets(st, i);
	}
	return best;
}

static const struct codec *
judged_codec(const struct stream *st)
{
	const struct stream_codec *c = stream_codec(st);

	return c ? c->codec : NULL;
}

const struct codec *
stream_codec_of_second(const struct stream *st, const struct meter_second *second)
{
	/* The last entry of a payload type, as one that was given another meaning has several. */
	for (unsigned i = st->codec_n; i-- > 0;) {
		const struct codec *codec = st->codecs[i].codec;

		if (st->codecs[i].payload_type != second->payload_type)
			continue;
		if (codec && (codec->kind == CODEC_EVENT || codec->kind == CODEC_NOISE))
			break;
		return codec;
	}
	return judged_codec(st);
}

struct quality
store_stream_quality(const struct store *s, const struct stream *st)
{
	return quality_of_meter(&st->meter, judged_codec(st), st->round_trip, &s->media->setup);
}

void
store_stream_windows(const struct store *s, const struct stream *st,
		     const struct quality_limits *limits, struct quality_windows *windows)
{
	quality_windows(&st->meter, judged_codec(st), st->round_trip, &s->media->setup, limits,
			windows);
}

/* *cursor: 0 is the beginning, UINT32_MAX the end, else it is one more than the link. */
const struct stream_link *
store_stream_links(const struct store *s, const struct stream *st, uint32_t *cursor)
{
	const struct stream_link *l;
	uint32_t i = *cursor == 0 ? st->first_link : *cursor - 1;

	if (i == UINT32_MAX || *cursor == UINT32_MAX)
		return NULL;
	l = chunks_at(&s->media->links, i);
	*cursor = l->next_of_stream == UINT32_MAX ? UINT32_MAX : l->next_of_stream + 1;
	return l;
}

uint32_t
store_stream_call(const struct store *s, const struct stream *st)
{
	uint32_t cursor = 0;
	const struct stream_link *l = store_stream_links(s, st, &cursor);

	return l ? l->call : CALL_NONE;
}

size_t
store_call_streams(const struct store *s, const struct call *c, const struct stream_link ***list,
		   size_t *cap)
{
	size_t n = 0;

	for (uint32_t i = c->streams; i != UINT32_MAX;) {
		const struct stream_link *l = chunks_at(&s->media->links, i);

		ARRAY_GROW(*list, *cap, n + 1);
		(*list)[n++] = l;
		i = l->next_of_call;
	}
	/* Newest first: nearly the order asked for, the other way round. */
	for (size_t i = 0; i < n / 2; i++) {
		const struct stream_link *l = (*list)[i];

		(*list)[i] = (*list)[n - 1 - i];
		(*list)[n - 1 - i] = l;
	}
	for (size_t i = 1; i < n; i++) {
		const struct stream_link *l = (*list)[i];
		size_t at = i;

		for (; at > 0 && (*list)[at - 1]->stream > l->stream; at--)
			(*list)[at] = (*list)[at - 1];
		(*list)[at] = l;
	}
	return n;
}

const struct media_stats *
store_media_counts(const struct store *s)
{
	return &s->media->stats;
}

void
store_media_stats(const struct store *s, struct media_stats *stats)
{
	*stats = s->media->stats;
	stats->unsure = candidates_unsure(s->media->candidates);
	stats->memory = media_memory(s) - candidates_memory(s->media->candidates);
}

uint32_t
store_media_refused(struct store *s, const struct net_endpoint *src,
		    const struct net_endpoint *dst)
{
	const struct media *md = s->media;
	const struct media_end *from = media_end_find(md, src), *to = media_end_find(md, dst);
	const struct media_pair *pair = from && to ?
		media_pair_find(md, media_end_index(from), media_end_index(to)) : NULL;
	struct stream *st;
	uint32_t call;

	if (!pair || pair->newest == STREAM_NONE)
		return CALL_NONE;
	st = chunks_at(&md->streams, pair->newest);
	call = store_stream_call(s, st);
	if (call == CALL_NONE || (st->flaws & RTP_FLAW_REFUSED) ||
	    store_call(s, call)->ended != TIME_NONE)
		return CALL_NONE;
	st->flaws |= RTP_FLAW_REFUSED;
	return call;
}
