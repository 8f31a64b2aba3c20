/*
 * Streams in the order they began, found by source, destination and SSRC; the calls
 * they are of are found when they begin (stream_link.c). What every packet does is in
 * store_add_rtp(): find the stream, see whether it is the same still, count. Most packets
 * come another way, rtp_ahead.c.
 *
 * A key may be used again, by a later call: then it is another stream, and the key
 * leads to that one.
 */
#include "store/stream_new.h"

#include "base/bytes.h"
#include "base/mem.h"

#define LINE		64u	/* of the cache */

_Static_assert(offsetof(struct stream, meter) + METER_HOT == 2 * LINE, "hot fields fill lines");
_Static_assert(sizeof(struct stream) % LINE == 0, "streams begin with a line");
_Static_assert(offsetof(struct stream, ssrc) % LINE == 0 &&
	       offsetof(struct stream, first_event) == offsetof(struct stream, ssrc) + LINE,
	       "what is looked at of others is a line");
_Static_assert(offsetof(struct stream, src) / LINE ==
	       (offsetof(struct stream, dst) + sizeof(struct net_endpoint) - 1) / LINE,
	       "its ends are of one line");
_Static_assert(sizeof(struct stream) <= 512, "there are many that are short");

struct media *
media_new(void)
{
	struct media *m = xcalloc(1, sizeof(*m));

	chunks_init(&m->streams, sizeof(struct stream));
	chunks_init(&m->links, sizeof(struct stream_link));
	chunks_init(&m->claims, sizeof(struct stream_claim));
	chunks_init(&m->rests, sizeof(struct claim_rest));
	chunks_init(&m->digits, sizeof(struct digit));
	chunks_init(&m->ends, sizeof(struct media_end));
	chunks_init(&m->end_claims, sizeof(struct end_claim));
	chunks_init(&m->pairs, sizeof(struct media_pair));
	chunks_init(&m->maps, sizeof(struct payload_map));
	m->text = (struct arena)ARENA_COUNTED;
	m->candidates = candidates_new();
	m->setup.jitter_buffer = 60 * NS_PER_MS;
	return m;
}

void
media_free(struct media *m)
{
	/* Most short streams have nothing beside them. */
	for (uint32_t i = m->first_stream; m->meters > 0 && i < m->streams.n;) {
		struct stream *st = chunks_at(&m->streams, i);
		size_t bytes = meter_memory(&st->meter);

		if (bytes > 0)
			meter_release(&st->meter);
		m->meters -= bytes;
		i = stream_is_there(st) ? i + 1 : chunks_skip(&m->streams, i + 1);
	}
	chunks_release(&m->streams);
	chunks_release(&m->links);
	chunks_release(&m->claims);
	chunks_release(&m->rests);
	chunks_release(&m->digits);
	chunks_release(&m->ends);
	chunks_release(&m->end_claims);
	chunks_release(&m->pairs);
	chunks_release(&m->maps);
	hash_map_release(&m->map);
	hash_map_release(&m->ssrc_map);
	hash_map_release(&m->end_map);
	hash_map_release(&m->pair_map);
	hash_map_release(&m->map_map);
	hash_map_release(&m->rest_map);
	hash_map_release(&m->ssrc_claims);
	media_seen_release(&m->seen);
	candidates_free(m->candidates);
	hash_map_release(&m->encoding_map);
	arena_release(&m->text);
	arena_release(&m->names);
	free(m->tails);
	free(m->lesson);
	free(m->encodings);
	free(m->gone);
	free(m->fax_ports);
	free(m->orphans);
	free(m);
}

/* ---- a packet ---- */

/* Count what came the short way. */
static void
end_run(struct stream *st)
{
	if (st->run == 0)
		return;
	st->codecs[st->codec_i].packets += st->run;
	st->run = 0;
	st->last = st->meter.last;
	st->sequence = (uint16_t)(st->meter.next - 1);
	st->timestamp = st->meter.timestamp;
}

static void
count(struct store *s, struct stream *st, const struct meter_packet *p,
      struct stream_codec *codec)
{
	codec->packets++;
	st->sequence = p->sequence;
	st->timestamp = p->timestamp;
	if (LIKELY(p->time > st->last))
		st->last = p->time;
	media_measure(s->media, st, p);
	s->media->stats.rtp++;
	st->check &= (uint8_t)~(CHECK_TIME | CHECK_READ);
	if (UNLIKELY(st->last != st->meter.last))
		st->check |= CHECK_TIME;
	if (UNLIKELY(!codec->codec || p->kind == CODEC_EVENT || p->kind == CODEC_RED))
		st->check |= CHECK_READ;
}

static inline struct stream_codec *
codec_get(struct store *s, struct stream *st, uint8_t payload_type)
{
	return LIKELY(st->payload_type == payload_type) ? &st->codecs[st->codec_i]
		: media_codec(s, st, payload_type);
}

static uint8_t
kind_of(const struct stream_codec *c)
{
	return c->codec ? c->codec->kind : CODEC_OTHER;
}

static void
count_held(struct store *s, struct stream *st, const struct candidate_packet *held, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct candidate_packet *h = &held[i];
		struct stream_codec *codec = codec_get(s, st, h->payload_type);

		count(s, st, &(struct meter_packet){
			.time = h->time, .timestamp = h->timestamp, .sequence = h->sequence,
			.clock_rate = codec->clock_rate, .bytes = h->bytes,
			.payload_type = h->payload_type, .marker = h->marker, .kind = kind_of(codec),
			.has_ip_id = h->has_ip_id, .ip_id = h->ip_id,
		}, codec);
	}
}

/* A packet of a stream that is not there: it becomes one where a description tells of
 * it, or enough of them fit each other. @return it, or NULL. */
static struct stream *
begin(struct store *s, const struct media_input *in, const struct rtp *rtp,
      const struct stream_key *key)
{
	struct start start;
	struct stream *st;

	media_wake(s);
	start_init(&start, key, 100);
	stream_find_calls(s, in, rtp->ssrc, rtp->payload_type, &start);
	if (!stream_has_room(s->media, &start))
		return NULL;
	/* What came before its description did is of it too. A header that lies is no proof of
	 * RTP, wherever it goes. */
	if (start.n > 0 && rtp->flaws == 0)
		start.held_n = candidates_take(s->media->candidates, key->hash, &start.held);
	else if (candidates_add(s->media->candidates, key->hash, in, rtp, &start.held,
				&start.held_n, &start.confidence) == CANDIDATE_WAIT)
		return NULL;
	if (start.n > 0)
		start.confidence = 100;
	st = stream_add(s, in, rtp->ssrc, STREAM_RTP, &start, NULL);
	count_held(s, st, start.held, start.held_n);
	return st;
}

/* Whether a packet goes on where the last one was. */
static bool
goes_on(const struct stream *st, const struct rtp *rtp)
{
	int16_t steps = (int16_t)(rtp->sequence - st->sequence);

	return steps > 0 && steps < 3000;
}

/* Whether a packet of the key of @st begins another stream: the calls it was of are over,
 * and it is of another one now, or starts anew after silence. */
static bool
begins_again(struct store *s, const struct stream *st, const struct media_input *in,
	     const struct rtp *rtp, struct start *start)
{
	bool silent = span_between(stream_last(st), in->time) > SILENCE;

	if (in->time < stream_last(st))
		return false;
	if (st->link_n == 0) {
		/* What was there before the call is not of it. */
		if (!silent)
			return false;
		stream_find_calls(s, in, rtp->ssrc, rtp->payload_type, start);
		return start->n > 0 && start->matches[0].time != TIME_NONE &&
			span_between(stream_last(st), start->matches[0].time) > SILENCE;
	}
	if (!link_is_over(s, st, in->time, 0)) {
		/* One whose end was not seen is over when the next one has the port. */
		if (!silent && !(st->check & CHECK_CLAIM))
			return false;
		stream_find_calls(s, in, rtp->ssrc, rtp->payload_type, start);
		if (start->n > 0 && link_is_next(s, st, &start->matches[0]))
			return true;
		start->n = 0;
		return false;
	}
	stream_find_calls(s, in, rtp->ssrc, rtp->payload_type, start);
	for (size_t i = 0; i < start->n; i++)
		if (!call_is_over(store_call(s, start->matches[i].call), in->time))
			return true;
	start->n = 0;
	return silent && !goes_on(st, rtp);
}

/* RFC 3550 section 8.2: another source with its SSRC sends while it does. What is captured
 * before and behind a translator is one source, and what comes from where it goes may be
 * sent back. */
static void
look_at_rival(struct store *s, struct stream *st, const struct media_input *in,
	      const struct rtp *rtp)
{
	struct media *md = s->media;
	struct stream *rival = chunks_at(&md->streams, st->rival);
	enum rtp_flaw_bit flaw = stream_is_back(st, rival) ? RTP_FLAW_BIT_LOOP
							   : RTP_FLAW_COUNT;
	int16_t steps;
	int32_t ticks;

	if (!stream_is_there(rival)) {
		st->check &= (uint8_t)~CHECK_RIVAL;
		return;
	}
	end_run(rival);
	steps = (int16_t)(rtp->sequence - rival->sequence);
	ticks = (int32_t)(rtp->timestamp - rival->timestamp);
	st->check &= (uint8_t)~CHECK_RIVAL;
	if (span_between(stream_last(rival), in->time) > SILENCE)
		return;
	if (steps <= -50 || steps >= 50 || ticks <= -90000 || ticks >= 90000)
		flaw = RTP_FLAW_BIT_COLLISION;
	if (flaw == RTP_FLAW_COUNT)
		return;
	stream_note_flaw(md, st, flaw);
	stream_note_flaw(md, rival, flaw);
}

/* See to what is not the same as ever. @return the stream that the packet is of. */
static struct stream *
check(struct store *s, struct stream *st, const struct media_input *in, const struct rtp *rtp,
      const struct stream_key *key)
{
	struct media *md = s->media;
	struct start start;

	start_init(&start, key, st->confidence);
	if (st->check & CHECK_GONE) {
		st = stream_find(s, key, in->src, in->dst);
		end_run(st);
	}
	if (begins_again(s, st, in, rtp, &start) && stream_has_room(md, &start))
		return stream_add(s, in, rtp->ssrc, STREAM_RTP, &start, st);
	if (in->time < stream_last(st)) {
		st->flaws |= RTP_FLAW_TIME_BACK;
		md->stats.flaws[RTP_FLAW_BIT_TIME_BACK]++;
	}
	if (st->check & CHECK_RIVAL)
		look_at_rival(s, st, in, rtp);
	/* Until the calls it is of are over, what is told now may be of its next one. */
	if (st->check & CHECK_CLAIM && !link_is_over(s, st, in->time, 0)) {
		st->check &= (uint8_t)~CHECK_CLAIM;
		link_stream(s, st, in->time);
		media_codecs_again(s, st);
	}
	return st;
}

static void
note_flaws(struct media *md, struct stream *st, uint16_t flaws)
{
	st->flaws |= flaws;
	for (; flaws; flaws &= (uint16_t)(flaws - 1))
		md->stats.flaws[__builtin_ctz(flaws)]++;
}

/* Whether time went back, or very much on. */
static inline bool
is_off(const struct stream *st, int64_t time)
{
	return (uint64_t)time - (uint64_t)stream_last(st) > SILENCE;
}

/* Most of it is looked at: all lines are asked for together. */
static inline void
prefetch_all(const struct stream *st)
{
	for (size_t i = 0; i < sizeof(*st) / LINE; i++)
		__builtin_prefetch((const char *)st + i * LINE, 1);
}

bool
store_add_rtp(struct store *s, const struct media_input *in)
{
	struct stream_codec *codec;
	struct stream *st;
	struct stream_key key;
	struct rtp rtp;
	uint8_t kind;

	if (!rtp_parse(in->payload, in->wire_length, &rtp) || in->time == TIME_NONE)
		return false;
	key_make(&key, in->src, in->dst, rtp.ssrc);
	st = stream_find(s, &key, in->src, in->dst);
	if (LIKELY(st)) {
		prefetch_all(st);
		end_run(st);
	}
	if (UNLIKELY(!st)) {
		st = begin(s, in, &rtp, &key);
		if (!st)
			return true;
	} else if (UNLIKELY(in->partial) && in->time < st->last) {
		/* Nobody received it, and what came since has been measured. */
		return true;
	} else if (UNLIKELY(st->check & CHECK_ONCE || is_off(st, in->time))) {
		st = check(s, st, in, &rtp, &key);
	}
	if (UNLIKELY(rtp.flaws))
		note_flaws(s->media, st, rtp.flaws);
	codec = codec_get(s, st, rtp.payload_type);
	if (UNLIKELY(!codec->codec && rtp.payload_length == 4))
		media_digit_guess(st, &rtp, codec);
	kind = kind_of(codec);
	count(s, st, &(struct meter_packet){
		.time = in->time, .timestamp = rtp.timestamp, .sequence = rtp.sequence,
		.clock_rate = codec->clock_rate,
		.bytes = rtp.payload_length < UINT16_MAX ? (uint16_t)rtp.payload_length : UINT16_MAX,
		.payload_type = rtp.payload_type, .marker = rtp.marker, .kind = kind,
		.has_ip_id = in->has_ip_id, .ip_id = in->ip_id,
	}, codec);
	if (UNLIKELY(kind == CODEC_EVENT || kind == CODEC_RED))
		media_digit(s, st, &rtp, in, codec);
	return true;
}

struct stream *
media_stream(struct store *s, const struct media_input *in, uint32_t ssrc, enum stream_kind kind)
{
	struct start start = { .confidence = 100 };
	const struct rtp rtp = { .ssrc = ssrc };
	struct stream *st;

	key_make(&start.key, in->src, in->dst, ssrc);
	st = stream_find(s, &start.key, in->src, in->dst);
	if (st)
		end_run(st);
	if (st && !(st->check & CHECK_ONCE || span_between(stream_last(st), in->time) > SILENCE))
		return st;
	if (st && !begins_again(s, st, in, &rtp, &start)) {
		st->check &= (uint8_t)~CHECK_CLAIM;
		return st;
	}
	media_wake(s);
	stream_find_calls(s, in, ssrc, 255, &start);
	return stream_has_room(s->media, &start) ? stream_add(s, in, ssrc, kind, &start, st) : st;
}

void
store_media_end(struct store *s)
{
	while (store_media_work(s))
		;
	reports_end(s);
}

void
store_media_off(struct store *s)
{
	s->media->off = true;
}

bool
store_media_is_off(const struct store *s)
{
	return s->media->off;
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
