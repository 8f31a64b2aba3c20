/*
 * What the payload types of a stream are. The numbers are those that the receiver
 * gave them (RFC 3264 section 5.1); where its description is not in the capture, or
 * does not have the number, those of the sender's, and where none has it, what the
 * number stands for by itself.
 */
#include "store/streams_int.h"

#define WALK_MAX	64u	/* claims of a call looked at */

/* How much a claim has to say of the payload types of a stream; 0: nothing. */
static unsigned
worth(const struct stream *st, const struct stream_link *link, const struct stream_claim *claim)
{
	bool medium = link->medium == claim->medium;
	bool sender = claim->side == link->side;

	if (net_endpoint_eq(&claim->at, &st->dst))
		return 6;
	if (!sender)
		return medium ? 5 : 2;
	if (net_endpoint_eq(&claim->at, &st->src))
		return 4;
	return medium ? 3 : 1;
}

/* The description of a payload type in a call: of those of most worth, the newest. */
static const struct map_entry *
find_in_call(const struct store *s, const struct stream *st, const struct stream_link *link,
	     uint8_t payload_type, const struct stream_claim **claim)
{
	const struct media *md = s->media;
	const struct map_entry *best = NULL;
	uint32_t i = ((const struct call *)chunks_at(&s->calls, link->call))->claims;
	unsigned most = 0;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		const struct stream_claim *c = chunks_at(&md->claims, i);
		unsigned w = worth(st, link, c);
		const struct map_entry *e;

		i = c->next_of_call;
		if (w <= most)
			continue;
		e = payload_map_find(md, c->map, payload_type);
		/* Listed, and no more: it may be told by the other side, or by itself. */
		if (!e || (!e->codec && !e->name && !e->clock_rate))
			continue;
		most = w;
		best = e;
		*claim = c;
	}
	return best;
}

/* @return whether its clock rate is an impossible one. */
static bool
describe(const struct store *s, const struct stream *st, uint8_t payload_type,
	 struct stream_codec *c)
{
	const struct stream_claim *claim = NULL;
	const struct map_entry *e = NULL;

	*c = (struct stream_codec){ .payload_type = payload_type };
	for (uint32_t i = st->first_link; i != UINT32_MAX && !e;) {
		const struct stream_link *l = chunks_at(&s->media->links, i);

		e = find_in_call(s, st, l, payload_type, &claim);
		i = l->next_of_stream;
	}
	if (e) {
		c->codec = e->codec;
		c->name = e->name;
		c->clock_rate = e->clock_rate;
		c->channels = e->channels;
		c->ptime_ms = claim->ptime_ms;
		c->described = true;
		return e->bad_clock;
	}
	c->codec = codec_static(payload_type);
	if (c->codec) {
		c->name = c->codec->name;
		c->clock_rate = c->codec->clock_rate;
		c->channels = c->codec->channels;
	}
	return false;
}

void
media_codec_describe(const struct store *s, const struct stream *st, uint8_t payload_type,
		     struct stream_codec *codec)
{
	describe(s, st, payload_type, codec);
}

/* The same, for a type that was seen. */
static void
describe_seen(struct store *s, struct stream *st, uint8_t payload_type, struct stream_codec *c)
{
	if (describe(s, st, payload_type, c) && !(st->flaws & RTP_FLAW_CLOCK)) {
		st->flaws |= RTP_FLAW_CLOCK;
		s->media->stats.flaws[RTP_FLAW_BIT_CLOCK]++;
	}
}

/* The last entry of a payload type: one that was given another meaning has several. */
static struct stream_codec *
find(struct stream *st, uint8_t payload_type)
{
	for (unsigned i = st->codec_n; i-- > 0;)
		if (st->codecs[i].payload_type == payload_type)
			return &st->codecs[i];
	return NULL;
}

/* Another entry; where there is no room, the last one stands for what comes. */
static struct stream_codec *
append(struct media *md, struct stream *st, const struct stream_codec *as)
{
	struct stream_codec *c;
	uint64_t packets;

	if (st->codec_n == 1 && st->codecs == &st->one_codec) {
		st->codecs = arena_alloc(&md->text, STREAM_CODECS_MAX * sizeof(*c));
		memset(st->codecs, 0, STREAM_CODECS_MAX * sizeof(*c));
		st->codecs[0] = st->one_codec;
	}
	if (st->codec_n < STREAM_CODECS_MAX)
		st->codec_n++;
	c = &st->codecs[st->codec_n - 1];
	packets = c->packets;
	*c = *as;
	c->packets = packets;
	return c;
}

struct stream_codec *
media_codec(struct store *s, struct stream *st, uint8_t payload_type)
{
	struct stream_codec *c = find(st, payload_type), as;

	if (!c) {
		describe_seen(s, st, payload_type, &as);
		c = append(s->media, st, &as);
	}
	st->payload_type = payload_type;
	st->codec_i = (uint8_t)(c - st->codecs);
	return c;
}

static bool
is_same(const struct stream_codec *a, const struct stream_codec *b)
{
	return a->codec == b->codec && a->clock_rate == b->clock_rate &&
		a->channels == b->channels && a->described == b->described &&
		a->ptime_ms == b->ptime_ms && (a->name == b->name || (a->name && b->name &&
			strcmp(a->name, b->name) == 0));
}

void
media_codecs_again(struct store *s, struct stream *st)
{
	uint8_t n = st->kind == STREAM_T38 ? 0 : st->codec_n;

	for (uint8_t i = 0; i < n; i++) {
		struct stream_codec *c = &st->codecs[i], as;

		if (find(st, c->payload_type) != c)
			continue;	/* what it was before */
		describe_seen(s, st, c->payload_type, &as);
		if (is_same(c, &as))
			continue;
		if (c->described && c->packets > 0 && (c->codec != as.codec ||
						      c->clock_rate != as.clock_rate)) {
			append(s->media, st, &as);
		} else {
			as.packets = c->packets;
			*c = as;
		}
	}
	st->payload_type = 255;
}
