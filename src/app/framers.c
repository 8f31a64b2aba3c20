/*
 * Which payload is what. A datagram is SIP by how it starts, on any port; what is no
 * SIP is told by its shape. One whose first byte may be that of RTP is no SIP, HEP
 * or keep-alive: it goes a short way.
 */
#include "app/framers.h"

#include "app/hep_in.h"
#include "app/icmp_in.h"
#include "app/media_in.h"
#include "app/rtp_in.h"
#include "app/streams.h"
#include "decode/hep.h"
#include "sip/keepalive.h"

/* Shapes are payloads, in their order. */
static inline enum payload
payload_of_shape(enum shape shape)
{
	return (enum payload)((unsigned)PAYLOAD_STUN + shape);
}

_Static_assert(PAYLOAD_UDP - PAYLOAD_STUN == (int)SHAPE_UDP, "shapes are payloads");

/* ---- what is looked into ---- */

static inline struct delivery
delivery_of(struct engine *e, const struct segment *seg)
{
	return (struct delivery){
		.e = e, .seg = seg, .src = &seg->src, .dst = &seg->dst, .time = TIME_NONE,
		.transport = deliver_transport(seg->kind),
	};
}

static inline struct place
place_of(const struct segment *seg)
{
	return seg->in_record ? seg->place : (struct place){ 0, PLACE_NONE };
}

static enum payload
deliver_sip_udp(struct engine *e, const struct segment *seg)
{
	return deliver_udp(e, seg) ? PAYLOAD_SIP : PAYLOAD_COUNT;
}

static enum payload
deliver_sip(struct engine *e, const struct segment *seg)
{
	struct delivery d = delivery_of(e, seg);

	if (strcmp(seg->pdu, "sip/tls") == 0)
		d.transport = TRANSPORT_TLS;
	else if (strcmp(seg->pdu, "sip/wss") == 0)
		d.transport = TRANSPORT_WSS;
	return deliver_datagram(&d, seg->payload, place_of(seg)) ? PAYLOAD_SIP : PAYLOAD_COUNT;
}

static enum payload
deliver_hep(struct engine *e, const struct segment *seg)
{
	struct stamp stamp = { .time = seg->time, .frame = seg->frame, .source = seg->source };
	struct delivery d = delivery_of(e, seg);
	struct place place = place_of(seg);
	struct str rest = seg->payload;
	size_t n;

	d.stamps = &stamp;
	d.stamp_n = 1;
	if (!hep_in(&d, rest, place))
		return PAYLOAD_COUNT;
	/* Some agents put several into a datagram. */
	while ((n = hep_length(rest)) > 0 && n < rest.n) {
		rest = str_skip(rest, n);
		place.offset += n;
		if (!hep_may_start(rest) || !hep_in(&d, rest, place))
			break;
	}
	return PAYLOAD_HEP;
}

static enum payload
deliver_icmp(struct engine *e, const struct segment *seg)
{
	icmp_in(e, seg);
	return seg->kind == SEGMENT_ICMP6 ? PAYLOAD_ICMP6 : PAYLOAD_ICMP;
}

static enum payload
deliver_udptl(struct engine *e, const struct segment *seg)
{
	struct media_input in;

	if (e->no_rtp)
		return PAYLOAD_COUNT;
	/* A description that waits may tell of it; half of the numbers of UDPTL look like
	 * media, and begin long after it. */
	if (e->batch.n > 0 && !shape_is_media(seg->payload))
		engine_flush(e);
	if (LIKELY(!store_may_be_udptl(e->store, seg->src.port, seg->dst.port)))
		return PAYLOAD_COUNT;
	engine_flush(e);
	in = media_input_of(seg, STREAM_OVER_UDP);
	return store_add_udptl(e->store, &in) ? PAYLOAD_T38 : PAYLOAD_COUNT;
}

/* What is told by its bytes and ports, and media of it. */
static enum payload
deliver_shape(struct engine *e, const struct segment *seg)
{
	enum shape shape = shape_of(seg->payload, seg->wire_length, seg->src.port, seg->dst.port);
	struct media_input in;

	switch (shape) {
	case SHAPE_RTP:
		if (!e->no_rtp)
			rtp_in(e, seg);
		return PAYLOAD_RTP;
	case SHAPE_STUN:
	case SHAPE_TURN:
		break;
	case SHAPE_RTCP:
		if (e->tap_rtcp)
			e->tap_rtcp(e->tap_ctx, seg);
		break;
	default:
		return payload_of_shape(shape);
	}
	in = media_input_of(seg, STREAM_OVER_UDP);
	media_in_take(e, &in, shape);
	return payload_of_shape(shape);
}

/* A capture tool took it out of whatever carried it. */
static enum payload
deliver_pdu(struct engine *e, const struct segment *seg)
{
	struct media_input in = media_input_of(seg, STREAM_OVER_PDU);
	enum shape shape = strcmp(seg->pdu, "rtcp") == 0 ? SHAPE_RTCP : SHAPE_RTP;

	media_in_take(e, &in, shape);
	return payload_of_shape(shape);
}

static bool
is_sip_pdu(const struct segment *seg)
{
	return seg->pdu && strncmp(seg->pdu, "sip", 3) == 0;
}

static bool
is_media_pdu(const struct segment *seg)
{
	return seg->pdu && (strcmp(seg->pdu, "rtp") == 0 || strcmp(seg->pdu, "rtcp") == 0);
}

/* An exported PDU comes without the header that puts it in order. */
static bool
has_header(const struct segment *seg)
{
	return !seg->pdu;
}

/* ---- what else there is ---- */

static bool
is_keepalive(const struct segment *seg)
{
	enum sip_keepalive k = sip_keepalive(seg->payload);

	return k == SIP_KEEPALIVE_CRLF || k == SIP_KEEPALIVE_NUL;
}

static bool
is_hep(const struct segment *seg)
{
	return hep_may_start(seg->payload);
}

static bool
is_empty(const struct segment *seg)
{
	return seg->payload.n == 0;
}

static const struct framer framers[] = {
	{ "sip", SEGMENT_UDP, PAYLOAD_SIP, NULL, deliver_sip_udp },
	{ "rtp", SEGMENT_UDP, PAYLOAD_RTP, is_media_pdu, deliver_pdu },
	{ "t38", SEGMENT_UDP, PAYLOAD_T38, NULL, deliver_udptl },
	{ "keep-alive", SEGMENT_UDP, PAYLOAD_KEEPALIVE, is_keepalive, NULL },
	{ "hep", SEGMENT_UDP, PAYLOAD_HEP, is_hep, deliver_hep },
	{ "empty", SEGMENT_UDP, PAYLOAD_UDP_EMPTY, is_empty, NULL },
	{ "udp", SEGMENT_UDP, PAYLOAD_UDP, NULL, deliver_shape },
	{ "sip", SEGMENT_TCP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "rtp", SEGMENT_TCP, PAYLOAD_RTP, is_media_pdu, deliver_pdu },
	{ "sip", SEGMENT_SCTP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "rtp", SEGMENT_SCTP, PAYLOAD_RTP, is_media_pdu, deliver_pdu },
	{ "tcp", SEGMENT_TCP, PAYLOAD_TCP, has_header, streams_tcp },
	{ "tcp", SEGMENT_TCP, PAYLOAD_TCP, NULL, NULL },
	{ "sctp", SEGMENT_SCTP, PAYLOAD_SCTP, has_header, streams_sctp },
	{ "sctp", SEGMENT_SCTP, PAYLOAD_SCTP, NULL, NULL },
	{ "icmp", SEGMENT_ICMP, PAYLOAD_ICMP, NULL, deliver_icmp },
	{ "icmp6", SEGMENT_ICMP6, PAYLOAD_ICMP6, NULL, deliver_icmp },
};

static enum payload
deliver_by_table(struct engine *e, const struct segment *seg)
{
	for (size_t i = 0; i < ARRAY_SIZE(framers); i++) {
		const struct framer *f = &framers[i];
		enum payload payload;

		if (f->kind != seg->kind || (f->probe && !f->probe(seg)))
			continue;
		payload = f->deliver ? f->deliver(e, seg) : (enum payload)f->payload;
		if (payload != PAYLOAD_COUNT)
			return payload;
	}
	return PAYLOAD_OTHER;
}

/* What has the first byte of media is no text. */
static enum payload
deliver_media(struct engine *e, const struct segment *seg)
{
	enum payload payload;

	if (LIKELY(shape_is_plain_rtp(seg->payload, seg->src.port, seg->dst.port))) {
		if (!e->no_rtp)
			rtp_in(e, seg);
		return PAYLOAD_RTP;
	}
	payload = deliver_udptl(e, seg);
	return payload != PAYLOAD_COUNT ? payload : deliver_shape(e, seg);
}

/* The port that tells most: a registered one before an ephemeral one. */
static void
count_port(struct engine *e, enum segment_kind kind, uint16_t src_port, uint16_t dst_port)
{
	uint16_t port = src_port < dst_port ? src_port : dst_port;
	uint32_t *n;

	if (kind != SEGMENT_UDP && kind != SEGMENT_TCP)
		return;
	n = &e->ports[(kind == SEGMENT_TCP ? 65536 : 0) + port];
	if (*n < UINT32_MAX)
		++*n;
}

void
framers_count(struct engine *e, enum payload payload, enum segment_kind kind, uint16_t src_port,
	      uint16_t dst_port)
{
	e->payloads[payload]++;
	/* Calls and streams tell their ports. */
	if (payload != PAYLOAD_SIP && payload != PAYLOAD_TCP_SIP && payload != PAYLOAD_RTP)
		count_port(e, kind, src_port, dst_port);
}

enum payload
framers_deliver(struct engine *e, const struct segment *seg)
{
	uint32_t flaws = seg->flaws;
	enum payload payload;

	if (LIKELY(seg->kind == SEGMENT_UDP && shape_is_media(seg->payload) && !seg->pdu))
		payload = deliver_media(e, seg);
	else
		payload = deliver_by_table(e, seg);
	framers_count(e, payload, seg->kind, seg->src.port, seg->dst.port);
	for (; flaws; flaws &= flaws - 1)
		e->segment_flaws[__builtin_ctz(flaws)]++;
	return payload;
}
