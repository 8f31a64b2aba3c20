/*
 * Which payload is what. A datagram is SIP by how it starts, on any port; what
 * is no SIP is told apart just well enough to say what a capture holds.
 */
#include "app/framers.h"

#include "app/hep_in.h"
#include "app/icmp_in.h"
#include "app/streams.h"
#include "base/bytes.h"
#include "decode/hep.h"
#include "sip/keepalive.h"
#include "sip/scan.h"
#include "store/stream.h"

static const uint8_t *
bytes(const struct segment *seg)
{
	return (const uint8_t *)seg->payload.p;
}

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

static struct media_input
media_of(const struct segment *seg)
{
	return (struct media_input){
		.src = &seg->src, .dst = &seg->dst, .payload = seg->payload,
		.wire_length = seg->wire_length, .time = seg->time, .frame = seg->frame,
		.source = seg->source, .vlan = seg->vlan, .ip_id = seg->ip_id,
		.has_ip_id = seg->src.addr.family == NET_IP4, .ttl = seg->ttl,
		.carriage = STREAM_OVER_UDP,
	};
}

static enum payload
deliver_rtcp(struct engine *e, const struct segment *seg)
{
	struct media_input in = media_of(seg);

	store_add_rtcp(e->store, &in);
	if (e->tap_rtcp)
		e->tap_rtcp(e->tap_ctx, seg);
	return PAYLOAD_RTCP;
}

static enum payload
deliver_rtp(struct engine *e, const struct segment *seg)
{
	struct media_input in = media_of(seg);

	store_add_rtp(e->store, &in);
	return PAYLOAD_RTP;
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
is_stun(const struct segment *seg)
{
	return sip_keepalive(seg->payload) == SIP_KEEPALIVE_STUN;
}

static bool
is_port(const struct segment *seg, uint16_t port)
{
	return seg->src.port == port || seg->dst.port == port;
}

static bool
is_dns(const struct segment *seg)
{
	return is_port(seg, 53) || is_port(seg, 5353) || is_port(seg, 5355);
}

static bool
is_hep(const struct segment *seg)
{
	return hep_may_start(seg->payload);
}

/* Record types 20 to 23 and 25 of DTLS 1.0, 1.2 (RFC 6347 4.1). */
static bool
is_dtls(const struct segment *seg)
{
	const uint8_t *p = bytes(seg);

	return seg->payload.n >= 13 && p[0] >= 20 && p[0] <= 25 && p[1] == 0xfe &&
		(p[2] == 0xff || p[2] == 0xfd);
}

/* RFC 3550 6.4, 6.1: version 2, packet types 192 to 223 as RFC 5761 reserves. */
static bool
is_rtcp(const struct segment *seg)
{
	const uint8_t *p = bytes(seg);

	return seg->payload.n >= 8 && p[0] >> 6 == 2 && p[1] >= 192 && p[1] <= 223 &&
		(get_be16(p + 2) + 1u) * 4 <= seg->wire_length;
}

/* RFC 3550 5.1: version 2, room for the CSRC list, even-numbered or high port. */
static bool
is_rtp(const struct segment *seg)
{
	const uint8_t *p = bytes(seg);

	return seg->payload.n >= 12 && p[0] >> 6 == 2 && (p[1] < 192 || p[1] > 223) &&
		12u + (p[0] & 15u) * 4 <= seg->wire_length &&
		seg->src.port >= 1024 && seg->dst.port >= 1024;
}

static bool
is_empty(const struct segment *seg)
{
	return seg->payload.n == 0;
}

/* A capture tool took the message out of whatever carried it. */
static bool
is_sip_pdu(const struct segment *seg)
{
	return seg->pdu && strcmp(seg->pdu, "sip") == 0;
}

static const struct framer framers[] = {
	{ "sip", SEGMENT_UDP, PAYLOAD_SIP, NULL, deliver_sip_udp },
	{ "keep-alive", SEGMENT_UDP, PAYLOAD_KEEPALIVE, is_keepalive, NULL },
	{ "stun", SEGMENT_UDP, PAYLOAD_STUN, is_stun, NULL },
	{ "hep", SEGMENT_UDP, PAYLOAD_HEP, is_hep, deliver_hep },
	{ "dns", SEGMENT_UDP, PAYLOAD_DNS, is_dns, NULL },
	{ "rtcp", SEGMENT_UDP, PAYLOAD_RTCP, is_rtcp, deliver_rtcp },
	{ "rtp", SEGMENT_UDP, PAYLOAD_RTP, is_rtp, deliver_rtp },
	{ "dtls", SEGMENT_UDP, PAYLOAD_DTLS, is_dtls, NULL },
	{ "empty", SEGMENT_UDP, PAYLOAD_UDP_EMPTY, is_empty, NULL },
	{ "udp", SEGMENT_UDP, PAYLOAD_UDP, NULL, NULL },
	{ "sip", SEGMENT_TCP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "sip", SEGMENT_SCTP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "tcp", SEGMENT_TCP, PAYLOAD_TCP, has_header, streams_tcp },
	{ "tcp", SEGMENT_TCP, PAYLOAD_TCP, NULL, NULL },
	{ "sctp", SEGMENT_SCTP, PAYLOAD_SCTP, has_header, streams_sctp },
	{ "sctp", SEGMENT_SCTP, PAYLOAD_SCTP, NULL, NULL },
	{ "icmp", SEGMENT_ICMP, PAYLOAD_ICMP, NULL, deliver_icmp },
	{ "icmp6", SEGMENT_ICMP6, PAYLOAD_ICMP6, NULL, deliver_icmp },
};

/* The port that tells most: a registered one before an ephemeral one. */
static void
count_port(struct engine *e, const struct segment *seg)
{
	uint16_t port = seg->src.port < seg->dst.port ? seg->src.port : seg->dst.port;
	uint32_t *n;

	if (seg->kind != SEGMENT_UDP && seg->kind != SEGMENT_TCP)
		return;
	n = &e->ports[(seg->kind == SEGMENT_TCP ? 65536 : 0) + port];
	if (*n < UINT32_MAX)
		++*n;
}

void
framers_deliver(struct engine *e, const struct segment *seg)
{
	uint8_t payload = PAYLOAD_COUNT;
	uint32_t flaws = seg->flaws;

	for (size_t i = 0; i < ARRAY_SIZE(framers); i++) {
		const struct framer *f = &framers[i];

		if (f->kind != seg->kind || (f->probe && !f->probe(seg)))
			continue;
		payload = (uint8_t)(f->deliver ? f->deliver(e, seg) : f->payload);
		if (payload != PAYLOAD_COUNT)
			break;
	}
	if (payload == PAYLOAD_COUNT)
		payload = PAYLOAD_OTHER;
	e->payloads[payload]++;
	for (; flaws; flaws &= flaws - 1)
		e->segment_flaws[__builtin_ctz(flaws)]++;
	if (payload != PAYLOAD_SIP && payload != PAYLOAD_TCP_SIP)
		count_port(e, seg);
}
