#include "decode/decode_int.h"

void
segment_finish(struct packet *pk, enum segment_kind kind)
{
	struct segment *seg = pk->seg;

	if (pk->n < pk->wire && !(pk->flaws & SEGMENT_FLAW_FRAGMENTS))
		pk->flaws |= SEGMENT_FLAW_CUT;
	seg->kind = (uint8_t)kind;
	seg->ttl = pk->ttl;
	seg->ip_id = pk->ip_id;
	seg->vlan = pk->vlan;
	seg->tunnels = pk->tunnels;
	seg->fragments = pk->fragments < 255 ? (uint8_t)pk->fragments : 255;
	seg->flaws = pk->flaws;
	seg->payload = (struct str){ (const char *)pk->p, pk->n };
	seg->wire_length = pk->wire;
	seg->in_record = pk->in_record;
	seg->before = 0;
	seg->place = (struct place){ 0, PLACE_NONE };
	if (pk->in_record) {
		seg->before = (uint32_t)(pk->p - pk->rec->data);
		seg->place.offset = pk->rec->place.offset + seg->before;
		seg->place.source = pk->rec->place.source;
	}
	seg->tcp_seq = 0;
	seg->tcp_ack = 0;
	seg->tcp_window = 0;
	seg->tcp_flags = 0;
	seg->pdu = NULL;
}

static inline void
ports_set(struct segment *seg, uint16_t src, uint16_t dst)
{
	seg->src.port = src;
	seg->dst.port = dst;
}

/* RFC 768. */
enum layer
udp_decode(struct packet *pk)
{
	uint16_t src, dst;
	uint32_t length;
	enum layer layer;

	if (pk->n < 8)
		return packet_bad(pk, FLAW_UDP_CUT);
	src = get_be16(pk->p);
	dst = get_be16(pk->p + 2);
	length = get_be16(pk->p + 4);
	packet_skip(pk, 8);
	if (LIKELY(length >= 8 && length - 8 <= pk->wire))
		packet_trim(pk, length - 8);
	else if (length != 0 || pk->wire <= UINT16_MAX - 8)
		pk->flaws |= SEGMENT_FLAW_UDP_LENGTH;

	layer = udp_tunnel_decode(pk, src, dst);
	if (LIKELY(layer == LAYER_SEGMENT)) {
		ports_set(pk->seg, src, dst);
		segment_finish(pk, SEGMENT_UDP);
	}
	return layer;
}

/* RFC 9293 section 3.1. */
enum layer
tcp_decode(struct packet *pk)
{
	const uint8_t *p = pk->p;
	uint32_t header, captured;

	if (pk->n < 20)
		return packet_bad(pk, FLAW_TCP_CUT);
	header = (p[12] >> 4) * 4u;
	if (header < 20 || header > pk->wire)
		return packet_bad(pk, FLAW_TCP_HEADER_LENGTH);
	/* A snaplen inside of the options leaves a header without payload. */
	captured = header < pk->n ? header : pk->n;
	packet_skip(pk, captured);
	pk->wire -= header - captured;

	ports_set(pk->seg, get_be16(p), get_be16(p + 2));
	segment_finish(pk, SEGMENT_TCP);
	pk->seg->tcp_seq = get_be32(p + 4);
	pk->seg->tcp_ack = get_be32(p + 8);
	pk->seg->tcp_flags = p[13];
	pk->seg->tcp_window = get_be16(p + 14);
	return LAYER_SEGMENT;
}

/* RFC 9260 section 3: the whole packet is the payload. */
enum layer
sctp_decode(struct packet *pk)
{
	if (pk->n < 12)
		return packet_bad(pk, FLAW_SCTP_CUT);
	ports_set(pk->seg, get_be16(pk->p), get_be16(pk->p + 2));
	segment_finish(pk, SEGMENT_SCTP);
	return LAYER_SEGMENT;
}

/* The whole message is the payload. */
enum layer
icmp_decode(struct packet *pk, enum segment_kind kind)
{
	if (pk->n < 4)
		return packet_bad(pk, FLAW_ICMP_CUT);
	ports_set(pk->seg, 0, 0);
	segment_finish(pk, kind);
	return LAYER_SEGMENT;
}
