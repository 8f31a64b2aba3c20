/*
 * A message whose bytes lie in the record at hand goes into the batch and on to
 * the store with others. What lies in memory that is used again at once makes the
 * batch empty itself before that.
 */
#include "app/deliver.h"

#include "app/keep.h"
#include "app/rtp_in.h"

/* Whether a place is in a packet that came once, and may not be kept: what waited in a
 * stream comes out of it long after its packet. */
static bool
is_void(const struct engine *e, struct place place)
{
	const struct capture_source *source = capture_source_at(e->capture, place.source);

	return source && source->kept;
}

/* Where the bytes can be found again: in the file, in the packet that is kept, or copied
 * to the spool. */
static struct place
place_of(struct engine *e, struct str text, struct place place)
{
	if (UNLIKELY(e->fleeting != NULL))
		place = keep_text(e, text);
	else if (place.source == PLACE_NONE || is_void(e, place))
		place = capture_spool(e->capture, text.p, text.n);
	if (UNLIKELY(place.source == PLACE_NONE))
		e->unspooled++;
	return place;
}

static inline uint32_t
message_flaws(const struct delivery *d, uint32_t scanned)
{
	uint32_t flaws = d->flaws;

	/* Of a stream the gap tells. */
	if (d->seg && (d->seg->flaws & SEGMENT_FLAW_CUT) &&
	    (d->seg->kind == SEGMENT_UDP || d->seg->pdu))
		flaws |= SIP_FLAW_CUT;
	if (d->seg && (d->seg->flaws & SEGMENT_FLAW_FRAGMENTS))
		flaws |= SIP_FLAW_FRAGMENTS;
	/* What the capture lacks is not the sender's fault. */
	if (flaws)
		scanned &= ~(uint32_t)(SIP_FLAW_LENGTH_LONG | SIP_FLAW_NO_END);
	return flaws | scanned;
}

/* The record that completed it: out of order it is not that of the last byte. */
static const struct stamp *
newest(const struct stamp *stamps, size_t n)
{
	const struct stamp *last = &stamps[n - 1];

	for (size_t i = 0; i + 1 < n; i++)
		if (stamps[i].time > last->time ||
		    (stamps[i].time == last->time && stamps[i].frame > last->frame))
			last = &stamps[i];
	return last;
}

/* Filled in place: see the note on words in net/addr.h. */
static NOINLINE void
input_fill(struct store_input *in, const struct delivery *d, const struct stamp *stamps, size_t n)
{
	const struct segment *seg = d->seg;
	bool datagram = seg && seg->kind == SEGMENT_UDP && d->carrier == CARRIER_NONE;

	net_endpoint_copy(&in->src, d->src);
	net_endpoint_copy(&in->dst, d->dst);
	in->transport = d->transport;
	in->carrier = d->carrier;
	in->node = d->node;
	in->ttl = seg && d->carrier == CARRIER_NONE ? seg->ttl : 0;
	in->ip_id = datagram ? seg->ip_id : 0;
	in->has_ip_id = datagram && seg->src.addr.family == NET_IP4;
	in->vlan = d->carrier == CARRIER_HEP ? d->vlan : seg ? seg->vlan : 0;
	in->flaws = 0;
	in->stamps = NULL;
	in->stamp_n = 0;
	if (n == 0) {
		in->frame = seg->frame;
		in->source = seg->source;
		in->time = seg->time;
	} else {
		const struct stamp *last = newest(stamps, n);

		in->frame = last->frame;
		in->source = last->source;
		in->time = last->time;
		if (n > 1) {
			in->stamps = stamps;
			in->stamp_n = (uint32_t)n;
		}
	}
	if (d->time != TIME_NONE)
		in->time = d->time;
}

/* The same for the datagram of one record and no carrier, as nearly all are. */
static NOINLINE void
input_fill_udp(struct store_input *in, const struct segment *seg)
{
	net_endpoint_copy(&in->src, &seg->src);
	net_endpoint_copy(&in->dst, &seg->dst);
	in->transport = TRANSPORT_UDP;
	in->carrier = CARRIER_NONE;
	in->node = 0;
	in->ttl = seg->ttl;
	in->ip_id = seg->ip_id;
	in->has_ip_id = seg->src.addr.family == NET_IP4;
	in->vlan = seg->vlan;
	in->flaws = 0;
	in->stamps = NULL;
	in->stamp_n = 0;
	in->frame = seg->frame;
	in->source = seg->source;
	in->time = seg->time;
}

/* Whether the batch may borrow @text until the next record is asked for. */
static bool
is_in_record(const struct segment *seg, struct str text)
{
	return seg && seg->in_record && text.p >= seg->payload.p &&
		text.p + text.n <= seg->payload.p + seg->payload.n;
}

static inline void
batch_add(const struct delivery *d, struct store_input *in, struct str text, bool stays)
{
	struct engine *e = d->e;

	if (UNLIKELY(e->fleeting || in->place.source == PLACE_SPOOL) &&
	    !capture_hold(e->capture, in->place, in->length)) {
		in->place = (struct place){ 0, PLACE_NONE };
		e->unspooled++;
	}
	if (e->tap)
		e->tap(e->tap_ctx, in, text);
	store_expect(e->store, in);
	e->batch.rtp_before[e->batch.n] = (uint8_t)rtp_in_waits(e);
	if (++e->batch.n == ENGINE_BATCH || !stays)
		engine_flush(e);
}

/* Inlined twice: most messages come by deliver_udp(), for which nearly all that
 * can be told in a delivery is known to be absent. */
static ALWAYS_INLINE bool
take_datagram(const struct delivery *d, struct str text, struct place place, bool stays, bool udp)
{
	struct engine *e = d->e;
	size_t at = 0;

	if (!sip_may_start(text))
		return false;
	while (at < text.n) {
		struct sip_scan *scan = &e->batch.scans[e->batch.n];
		struct store_input *in = &e->batch.inputs[e->batch.n];
		struct str rest = { text.p + at, text.n - at };

		if (sip_scan(rest, SIP_DATAGRAM, scan) != SIP_SCAN_MESSAGE || scan->length == 0)
			break;
		if (at == 0)
			place = place_of(e, text, place);
		else
			scan->flaws |= SIP_FLAW_SEVERAL;
		scan->flaws = message_flaws(d, scan->flaws);
		if (udp)
			input_fill_udp(in, d->seg);
		else
			input_fill(in, d, d->stamps, d->stamp_n);
		in->scan = scan;
		in->place.offset = place.offset + at + scan->start;
		in->place.source = place.source;
		in->length = (uint32_t)(scan->length - scan->start);
		at += scan->length;
		batch_add(d, in, (struct str){ rest.p + scan->start, in->length }, stays);
	}
	if (at > 0 && at < text.n)
		e->trailing++;
	return at > 0;
}

bool
deliver_datagram(const struct delivery *d, struct str text, struct place place)
{
	return take_datagram(d, text, place, is_in_record(d->seg, text) && d->stamp_n <= 1,
			     false);
}

static NOINLINE bool
deliver_fragments(struct engine *e, const struct segment *seg)
{
	struct delivery d = {
		.e = e, .seg = seg, .src = &seg->src, .dst = &seg->dst, .time = TIME_NONE,
		.transport = TRANSPORT_UDP,
	};

	d.stamp_n = decode_fragments(e->decoder, &d.stamps);
	return deliver_datagram(&d, seg->payload, seg->in_record ? seg->place
				: (struct place){ 0, PLACE_NONE });
}

bool
deliver_udp(struct engine *e, const struct segment *seg)
{
	struct delivery d = { .e = e, .seg = seg };

	if (UNLIKELY(seg->fragments > 0))
		return deliver_fragments(e, seg);
	return take_datagram(&d, seg->payload, seg->in_record ? seg->place
			     : (struct place){ 0, PLACE_NONE }, seg->in_record, true);
}

struct sip_scan *
deliver_room(void *ctx)
{
	const struct delivery *d = ctx;

	return &d->e->batch.scans[d->e->batch.n];
}

void
deliver_piece(void *ctx, const struct sip_piece *piece)
{
	const struct delivery *d = ctx;
	struct engine *e = d->e;
	struct store_input *in = &e->batch.inputs[e->batch.n];

	piece->scan->flaws |= d->flaws;
	input_fill(in, d, piece->stamps, piece->stamp_n);
	in->scan = piece->scan;
	in->place = place_of(e, piece->text, piece->place);
	in->length = (uint32_t)piece->text.n;
	batch_add(d, in, piece->text, piece->stamp_n == 1 && is_in_record(d->seg, piece->text));
}

void
deliver_event(const struct delivery *d, enum event_kind kind, struct str call_id, struct str text)
{
	struct event_input in = {
		.kind = (uint8_t)kind, .transport = d->transport,
		.src = *d->src, .dst = *d->dst, .call_id = call_id, .text = text,
		.place = { 0, PLACE_NONE }, .reports_taken = d->reports_taken,
	};

	/* In the order in which things happened. */
	engine_flush(d->e);
	if (d->stamp_n > 0) {
		in.frame = d->stamps[d->stamp_n - 1].frame;
		in.source = d->stamps[d->stamp_n - 1].source;
		in.time = d->stamps[d->stamp_n - 1].time;
	} else if (d->seg) {
		in.frame = d->seg->frame;
		in.source = d->seg->source;
		in.time = d->seg->time;
	} else {
		in.time = TIME_NONE;
	}
	if (d->time != TIME_NONE)
		in.time = d->time;
	/* Each of these is a text of its own. */
	if (text.n > 0 && (kind == EVENT_LOG || kind == EVENT_RTCP)) {
		in.place = capture_spool(d->e->capture, text.p, text.n);
		in.length = (uint32_t)text.n;
	}
	if (store_add_event(d->e->store, &in) != EVENT_NONE)
		capture_hold(d->e->capture, in.place, in.length);
	d->e->wanted = true;
}
