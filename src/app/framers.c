/*
 * Which payload is what. A datagram is SIP by how it starts, on any port; what
 * is no SIP is told apart just well enough to say what a capture holds.
 */
#include "app/framers.h"

#include "base/bytes.h"
#include "sip/keepalive.h"
#include "sip/scan.h"

static const uint8_t *
bytes(const struct segment *seg)
{
	return (const uint8_t *)seg->payload.p;
}

/* ---- SIP in datagrams ---- */

/* Where the bytes of the payload can be found again: in the file, or copied to
 * the spool. */
static struct place
payload_place(struct engine *e, const struct segment *seg)
{
	struct place place = seg->place;

	if (!seg->in_record || place.source == PLACE_NONE)
		place = capture_spool(e->capture, seg->payload.p, seg->payload.n);
	if (place.source == PLACE_NONE)
		e->unspooled++;
	return place;
}

static uint32_t
message_flaws(const struct segment *seg, uint32_t scanned)
{
	uint32_t flaws = 0;

	if (seg->flaws & SEGMENT_FLAW_CUT)
		flaws |= SIP_FLAW_CUT;
	if (seg->flaws & SEGMENT_FLAW_FRAGMENTS)
		flaws |= SIP_FLAW_FRAGMENTS;
	/* What the capture lacks is not the sender's fault. */
	if (flaws)
		scanned &= ~(uint32_t)(SIP_FLAW_LENGTH_LONG | SIP_FLAW_NO_END);
	return flaws | scanned;
}

/* What all messages of a segment have in common. Filled in place: see the note
 * on words in net/addr.h. */
static void
input_fill(struct store_input *in, const struct segment *seg)
{
	net_endpoint_copy(&in->src, &seg->src);
	net_endpoint_copy(&in->dst, &seg->dst);
	in->transport = seg->kind == SEGMENT_TCP ? TRANSPORT_TCP :
			seg->kind == SEGMENT_SCTP ? TRANSPORT_SCTP : TRANSPORT_UDP;
	in->ttl = seg->ttl;
	in->ip_id = seg->ip_id;
	in->has_ip_id = seg->src.addr.family == NET_IP4;
	in->vlan = seg->vlan;
	in->frame = seg->frame;
	in->source = seg->source;
	in->carrier = CARRIER_NONE;
	in->node = 0;
	in->stamps = NULL;
	in->stamp_n = 0;
	in->flaws = 0;
	in->time = seg->time;
}

static bool
deliver_sip(struct engine *e, const struct segment *seg)
{
	struct place place = { 0, PLACE_NONE };
	size_t at = 0;

	if (!sip_may_start(seg->payload))
		return false;
	while (at < seg->payload.n) {
		struct sip_scan *scan = &e->batch.scans[e->batch.n];
		struct store_input *in = &e->batch.inputs[e->batch.n];
		struct str rest = str_skip(seg->payload, at);

		if (sip_scan(rest, SIP_DATAGRAM, scan) != SIP_SCAN_MESSAGE || scan->length == 0)
			break;
		if (at == 0)
			place = payload_place(e, seg);
		else
			scan->flaws |= SIP_FLAW_SEVERAL;
		scan->flaws = message_flaws(seg, scan->flaws);
		input_fill(in, seg);
		in->scan = scan;
		in->place.offset = place.offset + at + scan->start;
		in->place.source = place.source;
		in->length = (uint32_t)(scan->length - scan->start);
		at += scan->length;
		store_expect(e->store, in);
		if (++e->batch.n == ENGINE_BATCH)
			engine_flush(e);
	}
	/* The decoder's own memory is used again for the next datagram. */
	if (!seg->in_record)
		engine_flush(e);
	if (at > 0 && at < seg->payload.n)
		e->trailing++;
	return at > 0;
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
	return seg->payload.n >= 6 &&
		(str_starts(seg->payload, STR("HEP3")) || str_starts(seg->payload, STR("EEP1")) ||
		 (bytes(seg)[0] == 2 && bytes(seg)[1] == 16 &&
		  (bytes(seg)[2] == 2 || bytes(seg)[2] == 10) && bytes(seg)[3] == 17));
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

static bool
is_sip(const struct segment *seg)
{
	return sip_looks_like(seg->payload);
}

/* A TLS record: types 20 to 23, version 3.0 to 3.4 (RFC 8446 5.1). */
static bool
is_tls(const struct segment *seg)
{
	const uint8_t *p = bytes(seg);

	return seg->payload.n >= 5 && p[0] >= 20 && p[0] <= 23 && p[1] == 3 && p[2] <= 4;
}

/* A capture tool took the message out of whatever carried it. */
static bool
is_sip_pdu(const struct segment *seg)
{
	return seg->pdu && strcmp(seg->pdu, "sip") == 0;
}

static const struct framer framers[] = {
	{ "sip", SEGMENT_UDP, PAYLOAD_SIP, NULL, deliver_sip },
	{ "keep-alive", SEGMENT_UDP, PAYLOAD_KEEPALIVE, is_keepalive, NULL },
	{ "stun", SEGMENT_UDP, PAYLOAD_STUN, is_stun, NULL },
	{ "hep", SEGMENT_UDP, PAYLOAD_HEP, is_hep, NULL },
	{ "dns", SEGMENT_UDP, PAYLOAD_DNS, is_dns, NULL },
	{ "rtcp", SEGMENT_UDP, PAYLOAD_RTCP, is_rtcp, NULL },
	{ "rtp", SEGMENT_UDP, PAYLOAD_RTP, is_rtp, NULL },
	{ "dtls", SEGMENT_UDP, PAYLOAD_DTLS, is_dtls, NULL },
	{ "empty", SEGMENT_UDP, PAYLOAD_UDP_EMPTY, is_empty, NULL },
	{ "udp", SEGMENT_UDP, PAYLOAD_UDP, NULL, NULL },
	{ "sip", SEGMENT_TCP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "sip", SEGMENT_SCTP, PAYLOAD_SIP, is_sip_pdu, deliver_sip },
	{ "empty", SEGMENT_TCP, PAYLOAD_TCP_EMPTY, is_empty, NULL },
	{ "sip", SEGMENT_TCP, PAYLOAD_TCP_SIP, is_sip, NULL },
	{ "tls", SEGMENT_TCP, PAYLOAD_TLS, is_tls, NULL },
	{ "hep", SEGMENT_TCP, PAYLOAD_HEP, is_hep, NULL },
	{ "tcp", SEGMENT_TCP, PAYLOAD_TCP, NULL, NULL },
	{ "sctp", SEGMENT_SCTP, PAYLOAD_SCTP, NULL, NULL },
	{ "icmp", SEGMENT_ICMP, PAYLOAD_ICMP, NULL, NULL },
	{ "icmp6", SEGMENT_ICMP6, PAYLOAD_ICMP6, NULL, NULL },
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
	uint8_t payload = PAYLOAD_OTHER;
	uint32_t flaws = seg->flaws;

	for (size_t i = 0; i < ARRAY_SIZE(framers); i++) {
		const struct framer *f = &framers[i];

		if (f->kind != seg->kind || (f->probe && !f->probe(seg)))
			continue;
		if (f->deliver && !f->deliver(e, seg))
			continue;
		payload = f->payload;
		break;
	}
	e->payloads[payload]++;
	for (; flaws; flaws &= flaws - 1)
		e->segment_flaws[__builtin_ctz(flaws)]++;
	if (payload != PAYLOAD_SIP)
		count_port(e, seg);
}
