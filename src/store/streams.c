/*
 * Streams in the order they began, found by source, destination and SSRC. What
 * descriptions say of addresses is kept as claims, found by address; a stream is tied to
 * a call by the claims at its ends.
 */
#include "store/streams_int.h"

#include "base/mem.h"

struct media *
media_new(void)
{
	struct media *m = xcalloc(1, sizeof(*m));

	chunks_init(&m->streams, sizeof(struct stream));
	chunks_init(&m->links, sizeof(struct stream_link));
	chunks_init(&m->claims, sizeof(struct stream_claim));
	chunks_init(&m->digits, sizeof(struct digit));
	m->setup.jitter_buffer = 60 * NS_PER_MS;
	return m;
}

void
media_free(struct media *m)
{
	for (uint32_t i = 0; i < m->streams.n; i++)
		meter_release(&((struct stream *)chunks_at(&m->streams, i))->meter);
	chunks_release(&m->streams);
	chunks_release(&m->links);
	chunks_release(&m->claims);
	chunks_release(&m->digits);
	hash_map_release(&m->map);
	hash_map_release(&m->ssrc_map);
	hash_map_release(&m->claim_map);
	arena_release(&m->text);
	free(m);
}

/* ---- streams ---- */

static void
link_by(struct store *s, struct stream *st, const struct net_endpoint *at, enum stream_how how)
{
	struct media *md = s->media;
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0;
	uint32_t i, best = HASH_NONE;
	const struct stream_claim *claim;
	struct stream_link *link;
	struct call *c;

	while ((i = hash_map_next(&md->claim_map, hash, &cursor)) != HASH_NONE) {
		claim = chunks_at(&md->claims, i);
		if (net_endpoint_eq(&claim->at, at) && (best == HASH_NONE || i > best))
			best = i;
	}
	if (best == HASH_NONE)
		return;
	claim = chunks_at(&md->claims, best);
	c = chunks_at(&s->calls, claim->call);
	link = chunks_add(&md->links);
	*link = (struct stream_link){
		.stream = st->index, .call = claim->call, .how = (uint8_t)how,
		.medium = claim->medium, .next_of_stream = st->first_link,
		.next_of_call = c->streams,
		.side = (claim->side == CALL_SIDE_CALLER) == (how == STREAM_HOW_SDP)
			? CALL_SIDE_CALLEE : CALL_SIDE_CALLER,
	};
	st->first_link = c->streams = md->links.n - 1;
	st->confidence = 100;
}

static uint64_t
stream_hash(const struct net_endpoint *src, const struct net_endpoint *dst, uint32_t ssrc)
{
	return hash_u64(net_endpoint_hash(src) ^ net_endpoint_hash(dst) * 3 ^ ssrc);
}

struct stream *
media_find(struct store *s, const struct net_endpoint *src, const struct net_endpoint *dst,
	   uint32_t ssrc)
{
	uint64_t hash = stream_hash(src, dst, ssrc);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->media->map, hash, &cursor)) != HASH_NONE) {
		struct stream *st = chunks_at(&s->media->streams, i);

		if (st->ssrc == ssrc && net_endpoint_eq(&st->src, src) &&
		    net_endpoint_eq(&st->dst, dst))
			return st;
	}
	return NULL;
}

struct stream *
media_next_ssrc(struct store *s, uint32_t ssrc, size_t *cursor)
{
	uint32_t i;

	while ((i = hash_map_next(&s->media->ssrc_map, hash_u64(ssrc), cursor)) != HASH_NONE) {
		struct stream *st = chunks_at(&s->media->streams, i);

		if (st->ssrc == ssrc)
			return st;
	}
	return NULL;
}

static struct stream *
stream_get(struct store *s, const struct media_input *in, uint32_t ssrc)
{
	struct media *md = s->media;
	struct stream *st = media_find(s, in->src, in->dst, ssrc);
	uint64_t hash;

	if (st)
		return st;
	hash = stream_hash(in->src, in->dst, ssrc);
	st = chunks_add(&md->streams);
	*st = (struct stream){
		.src = *in->src, .dst = *in->dst, .ssrc = ssrc, .index = md->streams.n - 1,
		.carriage = in->carriage, .confidence = 50, .first_link = UINT32_MAX,
		.first_event = UINT32_MAX, .reverse = STREAM_NONE, .first_frame = in->frame,
		.source = in->source, .vlan = in->vlan, .round_trip = TIME_NONE,
	};
	hash_map_add(&md->map, hash, st->index);
	hash_map_add(&md->ssrc_map, hash_u64(ssrc), st->index);
	reports_stream_new(s, st);
	link_by(s, st, in->dst, STREAM_HOW_SDP);
	if (st->first_link == UINT32_MAX)
		link_by(s, st, in->src, STREAM_HOW_SYMMETRIC);
	return st;
}

static struct stream_codec *
codec_get(struct stream *st, uint8_t payload_type)
{
	struct stream_codec *c;

	for (uint8_t i = 0; i < st->codec_n; i++)
		if (st->codecs[i].payload_type == payload_type)
			return &st->codecs[i];
	if (st->codec_n < STREAM_CODECS_MAX)
		st->codec_n++;
	c = &st->codecs[st->codec_n - 1];
	*c = (struct stream_codec){ .payload_type = payload_type, .packets = c->packets };
	c->codec = codec_static(payload_type);
	if (c->codec) {
		c->name = c->codec->name;
		c->clock_rate = c->codec->clock_rate;
		c->channels = c->codec->channels;
	}
	return c;
}

bool
store_add_rtp(struct store *s, const struct media_input *in)
{
	struct media *md = s->media;
	struct stream_codec *codec;
	struct stream *st;
	struct rtp rtp;

	if (!rtp_parse(in->payload, in->wire_length, &rtp) || in->time == TIME_NONE)
		return false;
	st = stream_get(s, in, rtp.ssrc);
	codec = codec_get(st, rtp.payload_type);
	codec->packets++;
	meter_add(&st->meter, &(struct meter_packet){
		.time = in->time, .timestamp = rtp.timestamp, .sequence = rtp.sequence,
		.clock_rate = codec->clock_rate, .bytes = (uint16_t)rtp.payload_length,
		.payload_type = rtp.payload_type, .marker = rtp.marker,
		.kind = codec->codec ? codec->codec->kind : CODEC_OTHER,
	}, &md->setup);
	if (codec->codec && codec->codec->kind == CODEC_EVENT)
		media_digit(s, st, &rtp, in, codec);
	md->stats.rtp++;
	return true;
}

void
store_media_end(struct store *s)
{
	reports_end(s);
}

void
store_media_setup(struct store *s, const struct meter_setup *setup)
{
	s->media->setup = *setup;
}

const struct meter_setup *
store_media_setup_get(const struct store *s)
{
	return &s->media->setup;
}

/* ---- asking ---- */

#define NAME(id, name, ...) name,

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

#undef NAME

uint32_t
store_stream_count(const struct store *s)
{
	return s->media->streams.n;
}

const struct stream *
store_stream(const struct store *s, uint32_t i)
{
	return i < s->media->streams.n ? chunks_at(&s->media->streams, i) : NULL;
}

const struct stream_codec *
stream_codec(const struct stream *st)
{
	const struct stream_codec *best = NULL;

	for (uint8_t i = 0; i < st->codec_n; i++) {
		const struct stream_codec *c = &st->codecs[i];
		bool aside = c->codec && (c->codec->kind == CODEC_EVENT ||
					  c->codec->kind == CODEC_NOISE);

		if (!aside && (!best || c->packets > best->packets))
			best = c;
	}
	return best;
}

const struct stream_link *
store_stream_links(const struct store *s, const struct stream *st, uint32_t *cursor)
{
	const struct stream_link *l;
	uint32_t i = *cursor == 0 ? st->first_link : *cursor - 1;

	if (i == UINT32_MAX)
		return NULL;
	l = chunks_at(&s->media->links, i);
	/* 0 is the beginning: the end is told as one beyond all. */
	*cursor = l->next_of_stream + 1;
	if (*cursor == 0)
		*cursor = UINT32_MAX;
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
		memmove(*list + 1, *list, n * sizeof(**list));
		(*list)[0] = l;
		n++;
		i = l->next_of_call;
	}
	return n;
}

void
store_media_stats(const struct store *s, struct media_stats *stats)
{
	*stats = s->media->stats;
	stats->memory = (uint64_t)s->media->streams.n * sizeof(struct stream);
	for (uint32_t i = 0; i < s->media->streams.n; i++)
		stats->memory += meter_memory(&store_stream(s, i)->meter);
}
