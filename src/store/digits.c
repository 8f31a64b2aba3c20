/*
 * A digit is told by many packets: some as it is held down, all with the timestamp of its
 * beginning and a duration that grows, and three at its end. Packets are lost, come late
 * and are captured twice. So each report is looked up among the last few digits of its
 * stream: the same event at the same timestamp is the same digit.
 *
 * Longer than 0xFFFF units a digit goes on as another segment, whose timestamp is where
 * the one before ended (RFC 4733 section 2.5.1.3). And some senders let the timestamp
 * run with each packet: a report of the same event that begins before the end of what is
 * known of it can be no other press of the key.
 */
#include "store/streams_int.h"

#include "base/mem.h"
#include "media/dtmf.h"

#define DIGITS_BACK	4	/* digits of a stream a report is looked up among */
#define DIGIT_STALE	(10 * NS_PER_S)	/* silence after which a timestamp means another one */
#define DIGIT_STEP	(150 * NS_PER_MS)	/* at most between two reports of one */
#define EVENTS_WITHIN	8u	/* of a block of a redundant packet */
#define DIGIT_SEGMENT	0xffffu	/* units of a segment that is not the last one */

#define NAME(id, name) name,

const char *
digit_source_name(unsigned int source)
{
	static const char *const names[] = { DIGIT_SOURCES(NAME) };

	return source < DIGIT_SOURCE_COUNT ? names[source] : NULL;
}

#undef NAME

/* A report, and what its packet says of it. */
struct told {
	struct dtmf_event event;
	uint32_t timestamp;	/* of its beginning */
	uint32_t clock_rate;
	int64_t time;
	uint16_t sequence;	/* of the packet */
	bool marker;
	bool again;		/* from a redundant packet: it may repeat what was told before */
};

static struct digit *
digit_at(struct store *s, uint32_t i)
{
	return i == UINT32_MAX ? NULL : chunks_at(&s->media->digits, i);
}

/* How a report belongs to a digit. */
enum relation {
	RELATION_NONE,
	RELATION_SAME,
	RELATION_SEGMENT,	/* it goes on in a new segment */
	RELATION_RUNS,		/* the timestamp runs with the packets */
};

/* How @p t is another report of @p d, the newest digit, though its timestamp differs. */
static enum relation
digit_goes_on(const struct digit *d, const struct told *t)
{
	uint32_t ahead = t->timestamp - d->timestamp;
	int64_t since = span_between(d->last, t->time);

	if (d->event != t->event.event || since < 0 || since > DIGIT_STEP || ahead == 0 ||
	    ahead > DIGIT_SEGMENT)
		return RELATION_NONE;
	/* A segment follows the one before without a pause; only the last one ends. */
	if (!d->ended && (ahead == DIGIT_SEGMENT ||
			  (ahead == d->units && t->event.duration < d->units && !t->marker)))
		return RELATION_SEGMENT;
	if (t->marker || t->event.duration < d->units)
		return RELATION_NONE;
	if (d->ended && (!t->event.end || t->event.duration != d->units ||
			 (ahead >= d->units && !d->runs)))
		return RELATION_NONE;
	return RELATION_RUNS;
}

/* Whether a report with the timestamp of a digit is of another press: its packet was sent after
 * that digit ended, and it begins once more. Who gives both the same timestamp is at fault, but
 * the key was pressed twice. */
static bool
begins_anew(const struct digit *d, const struct told *t)
{
	return !t->again && !t->event.end && t->event.duration < d->units &&
		(d->ended || t->marker) && (int16_t)(t->sequence - d->sequence) > 0;
}

static enum relation
digit_find(struct store *s, const struct stream *st, const struct told *t,
	   struct digit **found)
{
	struct digit *newest = digit_at(s, st->first_event), *d = newest;

	for (int i = 0; d && i < DIGITS_BACK; i++, d = digit_at(s, d->before)) {
		int64_t since = span_between(d->last, t->time);

		*found = d;
		if (d->event == t->event.event && d->timestamp == t->timestamp &&
		    since <= DIGIT_STALE && since >= -DIGIT_STALE) {
			if (!begins_anew(d, t))
				return RELATION_SAME;
			*found = newest;
			return RELATION_NONE;
		}
	}
	*found = newest;
	return newest ? digit_goes_on(newest, t) : RELATION_NONE;
}

/* Whether it is a report that came late, of a digit too far back or of a segment that is
 * over, rather than a new one. */
static bool
told_late(struct store *s, const struct stream *st, const struct told *t)
{
	const struct digit *d = digit_at(s, st->first_event);

	return d && (int32_t)(t->timestamp - d->timestamp) < 0 &&
		span_between(d->last, t->time) <= DIGIT_STEP;
}

static struct digit *
digit_add(struct store *s, struct stream *st, const struct told *t)
{
	struct media *m = s->media;
	const struct digit *newest = digit_at(s, st->first_event);
	struct digit *d;

	if (m->digits.n - m->digits_gone >= DIGITS_MAX || !media_has_numbers(m) ||
	     (newest && newest->number + 1 >= DIGITS_STREAM_MAX)) {
		m->stats.digits_lost++;
		return NULL;
	}
	d = chunks_add(&m->digits);
	*d = (struct digit){
		.time = t->time, .duration = TIME_NONE, .stream = st->index,
		.message = MESSAGE_NONE, .before = st->first_event,
		.number = newest ? newest->number + 1 : 0,
		.text = { dtmf_digit(t->event.event) }, .event = t->event.event,
		.volume = (int8_t)-t->event.volume, .source = DIGIT_RTP,
		.timestamp = t->timestamp, .last = t->time, .sequence = t->sequence,
	};
	st->first_event = m->digits.n - 1;
	return d;
}

static void
digit_update(struct digit *d, const struct told *t, enum relation relation)
{
	if (relation == RELATION_SEGMENT) {
		d->units_before += t->timestamp - d->timestamp;
		d->timestamp = t->timestamp;
		d->units = 0;
	}
	d->runs = d->runs || relation == RELATION_RUNS;
	if (t->event.duration > d->units)
		d->units = t->event.duration;
	d->ended = d->ended || t->event.end;
	if (d->packets < UINT8_MAX)
		d->packets++;
	if (t->time > d->last)
		d->last = t->time;
	if (!t->again && (int16_t)(t->sequence - d->sequence) > 0)
		d->sequence = t->sequence;
	if (t->clock_rate > 0)
		d->duration = (int64_t)(((uint64_t)d->units_before + d->units) *
					(uint64_t)NS_PER_S / t->clock_rate);
}

static void
event_packet(struct store *s, struct stream *st, struct str payload, struct told *t,
	     uint32_t timestamp)
{
	struct dtmf_events events;

	dtmf_events_of(payload, &events);
	while (dtmf_event_next(&events, &t->event)) {
		enum relation relation;
		struct digit *d;

		t->timestamp = timestamp + t->event.offset;
		relation = digit_find(s, st, t, &d);
		if (relation == RELATION_NONE) {
			if (told_late(s, st, t))
				continue;
			d = digit_add(s, st, t);
		}
		if (d)
			digit_update(d, t, relation);
	}
}

/* Whether a block inside a redundant packet is of events; its clock rate. Where its type was
 * not seen by itself descriptions are asked, but only where it may be: most blocks are of
 * sound, and longer. */
static bool
is_event_within(const struct store *s, const struct stream *st, const struct red_block *block,
		uint32_t *clock_rate)
{
	const struct stream_codec *codec = NULL;
	struct stream_codec told;

	if (block->data.n % 4 != 0 || block->data.n > EVENTS_WITHIN * 4)
		return false;
	for (uint8_t i = 0; i < st->codec_n && !codec; i++)
		if (st->codecs[i].payload_type == block->payload_type)
			codec = &st->codecs[i];
	if (!codec) {
		media_codec_describe(s, st, block->payload_type, &told);
		codec = &told;
	}
	*clock_rate = codec->clock_rate;
	return codec->codec && codec->codec->kind == CODEC_EVENT;
}

bool
media_digit_guess(struct stream *st, const struct rtp *rtp, struct stream_codec *codec)
{
	const struct stream_codec *speech = stream_codec(st);
	struct dtmf_events events;
	struct dtmf_event e;

	if (codec->codec || codec->described || st->kind != STREAM_RTP ||
	    rtp->payload_type < 96 || rtp->payload_length != 4)
		return false;
	/* Longer than half a second none is when it begins. */
	dtmf_events_of(rtp->payload, &events);
	if (!dtmf_event_next(&events, &e) || dtmf_digit(e.event) == '\0' ||
	    (rtp->payload.p[1] & 0x40) || e.duration == 0 || e.duration > 4000)
		return false;
	codec->codec = codec_find(STR("telephone-event"), 0);
	codec->name = codec->codec->name;
	codec->clock_rate = speech && speech->clock_rate ? speech->clock_rate : 8000;
	codec->channels = 1;
	return true;
}

void
media_digit(struct store *s, struct stream *st, const struct rtp *rtp,
	    const struct media_input *in, const struct stream_codec *codec)
{
	struct told t = {
		.clock_rate = codec->clock_rate, .time = in->time, .marker = rtp->marker,
		.sequence = rtp->sequence, .again = codec->codec && codec->codec->kind == CODEC_RED,
	};
	struct red_blocks blocks;
	struct red_block block;

	if (st->kind != STREAM_RTP || !codec->codec)
		return;
	if (codec->codec->kind == CODEC_EVENT) {
		event_packet(s, st, rtp->payload, &t, rtp->timestamp);
		return;
	}
	if (codec->codec->kind != CODEC_RED || !red_blocks_of(rtp->payload, &blocks))
		return;
	while (red_block_next(&blocks, &block)) {
		if (is_event_within(s, st, &block, &t.clock_rate))
			event_packet(s, st, block.data, &t, rtp->timestamp - block.offset);
	}
}

size_t
store_stream_digits(const struct store *s, const struct stream *st, const struct digit ***list,
		    size_t *cap)
{
	const struct digit *d;
	size_t n;

	if (st->first_event == UINT32_MAX)
		return 0;
	d = chunks_at(&s->media->digits, st->first_event);
	n = (size_t)d->number + 1;
	ARRAY_GROW(*list, *cap, n);
	for (size_t i = n; i > 0; i--) {
		(*list)[i - 1] = d;
		if (d->before != UINT32_MAX)
			d = chunks_at(&s->media->digits, d->before);
	}
	return n;
}
