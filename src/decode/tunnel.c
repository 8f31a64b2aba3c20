/*
 * GRE and what it carries, and tunnels in UDP. UDP says nothing but a port, so
 * a tunnel there must prove itself by its header and by what it carries;
 * otherwise the datagram stays a datagram: SIP may use any port.
 */
#include "decode/decode_int.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080,
	GRE_VERSION = 0x0007,
};

/* draft-foschiano-erspan: type I has no header, II one of 8 bytes, III one of
 * 12 and 8 more when the lowest bit says so. */
static enum layer
erspan_decode(struct packet *pk, bool header)
{
	uint32_t length;
	bool ip;

	if (!header)
		return packet_tunnel(pk, TUNNEL_ERSPAN1, LAYER_ETHERNET);
	if (pk->n < 8)
		return packet_bad(pk, FLAW_ERSPAN_CUT);
	switch (pk->p[0] >> 4) {
	case 1:
		packet_skip(pk, 8);
		return packet_tunnel(pk, TUNNEL_ERSPAN2, LAYER_ETHERNET);
	case 2:
		break;
	default:
		return packet_bad(pk, FLAW_ERSPAN_VERSION);
	}

	if (pk->n < 12)
		return packet_bad(pk, FLAW_ERSPAN_CUT);
	length = pk->p[11] & 1 ? 20 : 12;
	ip = (pk->p[10] >> 2 & 0x1f) == 2;	/* frame type */
	if (length > pk->n)
		return packet_bad(pk, FLAW_ERSPAN_CUT);
	packet_skip(pk, length);
	return packet_tunnel(pk, TUNNEL_ERSPAN3, ip ? LAYER_IP : LAYER_ETHERNET);
}

/* RFC 2637 section 4.1: version 1 carries PPP, or nothing but a number. */
static enum layer
pptp_decode(struct packet *pk, uint16_t flags)
{
	uint32_t header = 8 + (flags & GRE_SEQUENCE ? 4u : 0) + (flags & GRE_ACK ? 4u : 0);
	uint32_t length;

	if (header > pk->n)
		return packet_bad(pk, FLAW_GRE_CUT);
	length = get_be16(pk->p + 4);
	packet_skip(pk, header);
	packet_trim(pk, length);
	if (!(flags & GRE_SEQUENCE) || length == 0)
		return packet_other(pk, OTHER_PLAIN, PLAIN_PPTP_ACK);
	return packet_tunnel(pk, TUNNEL_PPTP, LAYER_PPP);
}

/* RFC 2784, RFC 2890. */
enum layer
gre_decode(struct packet *pk)
{
	uint32_t header = 4;
	uint16_t flags, type;

	if (pk->n < 4)
		return packet_bad(pk, FLAW_GRE_CUT);
	flags = get_be16(pk->p);
	type = get_be16(pk->p + 2);
	if ((flags & GRE_VERSION) == 1)
		return pptp_decode(pk, flags);
	if (flags & GRE_VERSION)
		return packet_bad(pk, FLAW_GRE_VERSION);
	if (flags & GRE_ROUTING)
		return packet_bad(pk, FLAW_GRE_ROUTING);
	header += flags & GRE_CHECKSUM ? 4 : 0;
	header += flags & GRE_KEY ? 4 : 0;
	header += flags & GRE_SEQUENCE ? 4 : 0;
	if (header > pk->n)
		return packet_bad(pk, FLAW_GRE_CUT);
	packet_skip(pk, header);

	switch (type) {
	case 0:
		return packet_other(pk, OTHER_PLAIN, PLAIN_GRE_KEEPALIVE);
	case 0x6558:
		return packet_tunnel(pk, TUNNEL_GRE, LAYER_ETHERNET);
	case 0x88be:
		return erspan_decode(pk, flags & GRE_SEQUENCE);
	case 0x22eb:
		return erspan_decode(pk, true);
	}
	pk->type = type;
	return packet_tunnel(pk, TUNNEL_GRE, LAYER_ETHERTYPE);
}

/* A MAC header whose type or length can be one. */
static bool
ether_plausible(const struct packet *pk, uint32_t offset)
{
	uint32_t type;

	if (pk->n < offset + 14)
		return false;
	type = get_be16(pk->p + offset + 12);
	return type >= 0x600 || (type <= 1500 && type <= pk->wire - offset - 14);
}

/* RFC 7348 section 5: flags (only the VNI's; group policy adds two), reserved
 * but for the group, VNI, reserved. */
static enum layer
vxlan_decode(struct packet *pk)
{
	if (pk->n < 8 || (pk->p[0] & 0x7f) != 0x08 || pk->p[7] != 0 ||
	    (!(pk->p[0] & 0x80) && get_be24(pk->p + 1) != 0) || !ether_plausible(pk, 8))
		return LAYER_SEGMENT;
	packet_skip(pk, 8);
	return packet_tunnel(pk, TUNNEL_VXLAN, LAYER_ETHERNET);
}

/* draft-ietf-nvo3-vxlan-gpe: a next protocol, which the P flag announces; not
 * all senders set it. */
static enum layer
vxlan_gpe_decode(struct packet *pk)
{
	enum layer next;
	uint8_t protocol;

	if (pk->n < 8 || (pk->p[0] & 0xc8) != 0x08 || pk->p[7] != 0)
		return LAYER_SEGMENT;
	protocol = pk->p[3] ? pk->p[3] : 3;
	if ((protocol == 1 || protocol == 2) && ip_plausible(pk, 8))
		next = LAYER_IP;
	else if (protocol == 3 && ether_plausible(pk, 8))
		next = LAYER_ETHERNET;
	else if (protocol == 5)
		next = LAYER_MPLS;
	else
		return LAYER_SEGMENT;
	packet_skip(pk, 8);
	return packet_tunnel(pk, TUNNEL_VXLAN_GPE, next);
}

/* RFC 8926 section 3.4: version 0 and length of the options in words, flags,
 * protocol type, VNI, reserved. */
static enum layer
geneve_decode(struct packet *pk)
{
	enum layer next = LAYER_ETHERTYPE;
	uint32_t header;
	uint16_t type;

	if (pk->n < 8 || pk->p[0] >> 6 != 0 || (pk->p[1] & 0x3f) != 0 || pk->p[7] != 0)
		return LAYER_SEGMENT;
	header = 8 + (pk->p[0] & 0x3fu) * 4;
	type = get_be16(pk->p + 2);
	if (header > pk->n)
		return LAYER_SEGMENT;
	if (type == 0x6558 && ether_plausible(pk, header))
		next = LAYER_ETHERNET;
	else if (!ether_type_carries_ip(type))
		return LAYER_SEGMENT;
	packet_skip(pk, header);
	pk->type = type;
	return packet_tunnel(pk, TUNNEL_GENEVE, next);
}

/* Bytes of a G-PDU's header, or 0 when it is none: 3GPP TS 29.281 section 5. */
static uint32_t
gtpu_header(const struct packet *pk)
{
	const uint8_t *p = pk->p;
	uint32_t header = 8;
	uint8_t next;

	/* Version 1, GTP and not GTP', the spare bit zero; type 255. */
	if (pk->n < 8 || p[0] >> 4 != 3 || (p[0] & 0x08) || p[1] != 0xff)
		return 0;
	if (get_be16(p + 2) + UINT32_C(8) > pk->wire)
		return 0;
	if (!(p[0] & 0x07))
		return header;
	if (pk->n < 12)
		return 0;
	header = 12;
	next = p[0] & 0x04 ? p[11] : 0;
	while (next != 0) {
		uint32_t length;

		if (header >= pk->n)
			return 0;
		length = p[header] * 4u;
		if (length == 0 || length > pk->n - header)
			return 0;
		header += length;
		next = p[header - 1];
	}
	return header;
}

static enum layer
gtpu_decode(struct packet *pk)
{
	uint32_t header = gtpu_header(pk);
	uint32_t length;

	if (header == 0 || !ip_plausible(pk, header))
		return LAYER_SEGMENT;
	length = get_be16(pk->p + 2);
	if (length < header - 8)
		return LAYER_SEGMENT;
	length -= header - 8;
	packet_skip(pk, header);
	packet_trim(pk, length);
	return packet_tunnel(pk, TUNNEL_GTPU, LAYER_IP);
}

/* RFC 7510: labels right behind the UDP header. */
static enum layer
mpls_udp_decode(struct packet *pk)
{
	uint32_t at = 0;

	do {
		at += 4;
		if (at > pk->n || at > 4 * TAG_MAX)
			return LAYER_SEGMENT;
	} while (!(pk->p[at - 2] & 1));
	if (!ip_plausible(pk, at))
		return LAYER_SEGMENT;
	return packet_tunnel(pk, TUNNEL_MPLS_UDP, LAYER_MPLS);
}

/* RFC 4380: IPv6, or an origin indication of 8 bytes before it. */
static enum layer
teredo_decode(struct packet *pk)
{
	uint32_t at = pk->n >= 8 && get_be16(pk->p) == 0 ? 8 : 0;

	if (pk->n < at + 40 || pk->p[at] >> 4 != 6 ||
	    get_be16(pk->p + at + 4) + UINT32_C(40) != pk->wire - at)
		return LAYER_SEGMENT;
	packet_skip(pk, at);
	return packet_tunnel(pk, TUNNEL_TEREDO, LAYER_IP6);
}

/* Bytes that a chunk of that type has at least (RFC 9260 section 3.3, RFC 4895,
 * 5061, 6525, 3758, 4820, 8260); 0: no chunk that is known. */
static uint32_t
sctp_chunk_min(uint8_t type)
{
	switch (type) {
	case 0:		/* DATA */
		return 17;
	case 1:		/* INIT, INIT ACK */
	case 2:
		return 20;
	case 3:		/* SACK */
		return 16;
	case 4:		/* HEARTBEAT ... COOKIE ACK */
	case 5:
	case 6:
	case 8:
	case 9:
	case 10:
	case 11:
	case 14:	/* SHUTDOWN COMPLETE */
	case 132:	/* PAD */
		return 4;
	case 7:		/* SHUTDOWN, AUTH, ASCONF, RE-CONFIG, FORWARD-TSN */
	case 15:
	case 128:
	case 130:
	case 192:
	case 193:
	case 194:
		return 8;
	case 64:	/* I-DATA */
		return 21;
	}
	return 0;
}

/* RFC 6951: an SCTP packet from the common header on. Ports are not
 * zero, nor is the verification tag but for INIT; the first chunk is a known one. */
static enum layer
sctp_udp_decode(struct packet *pk)
{
	const uint8_t *p = pk->p;
	uint32_t min, length;

	if (pk->n < 16 || get_be16(p) == 0 || get_be16(p + 2) == 0)
		return LAYER_SEGMENT;
	min = sctp_chunk_min(p[12]);
	length = get_be16(p + 14);
	if (min == 0 || length < min || length > pk->wire - 12 ||
	    (get_be32(p + 4) == 0) != (p[12] == 1))
		return LAYER_SEGMENT;
	pk->type = SEGMENT_SCTP;
	return packet_tunnel(pk, TUNNEL_SCTP_UDP, LAYER_PAYLOAD4);
}

static inline enum layer
port_decode(struct packet *pk, uint16_t port)
{
	switch (port) {
	case 2152:
		return gtpu_decode(pk);
	case 3544:
		return teredo_decode(pk);
	case 4789:
	case 8472:
		return vxlan_decode(pk);
	case 4790:
		return vxlan_gpe_decode(pk);
	case 6081:
		return geneve_decode(pk);
	case 6635:
		return mpls_udp_decode(pk);
	case 9899:
		return sctp_udp_decode(pk);
	}
	return LAYER_SEGMENT;
}

bool
udp_tunnel_port(uint16_t port)
{
	switch (port) {
	case UDP_TUNNEL_FIRST:
	case 3544:
	case 4789:
	case 4790:
	case 6081:
	case 6635:
	case 8472:
	case UDP_TUNNEL_LAST:
		return true;
	default:
		return false;
	}
}

enum layer
udp_tunnel_decode(struct packet *pk, uint16_t src, uint16_t dst)
{
	enum layer layer = port_decode(pk, dst);

	/* What comes back from such a port may be the tunnel's other half. */
	return layer == LAYER_SEGMENT ? port_decode(pk, src) : layer;
}
