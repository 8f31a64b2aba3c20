/*
 * Wireshark's "Export PDUs": tags of two bytes type and two bytes length, in
 * network order, up to an end tag; then the bytes a dissector was given. One
 * of the tags names that dissector, others the addresses and ports.
 */
#include "decode/decode_int.h"

enum pdu_tag {
	PDU_TAG_END = 0,
	PDU_TAG_DISSECTOR = 12,
	PDU_TAG_HEURISTIC = 13,
	PDU_TAG_TABLE = 14,
	PDU_TAG_IP4_SRC = 20,
	PDU_TAG_IP4_DST = 21,
	PDU_TAG_IP6_SRC = 22,
	PDU_TAG_IP6_DST = 23,
	PDU_TAG_PORT_TYPE = 24,
	PDU_TAG_SRC_PORT = 25,
	PDU_TAG_DST_PORT = 26,
	PDU_TAG_PROTOCOL = 33,	/* to be shown in the column of that name */
};

/* Dissectors that are looked into: by a layer of ours, or as a segment that
 * carries the name. What UDP carries, named by the table its ports are in, is a
 * datagram; what TCP carries cannot be put in order without its header. */
static const struct {
	const char *dissector;
	enum layer layer;
	const char *pdu;
} pdu_defs[] = {
	{ "sip", LAYER_SEGMENT, "sip" },
	{ "sip.tcp", LAYER_SEGMENT, "sip" },
	{ "sip_udp", LAYER_SEGMENT, "sip" },
	{ "sip_tcp", LAYER_SEGMENT, "sip" },
	{ "rtp", LAYER_SEGMENT, "rtp" },
	{ "rtp_udp", LAYER_SEGMENT, "rtp" },
	{ "rtcp", LAYER_SEGMENT, "rtcp" },
	{ "rtcp_udp", LAYER_SEGMENT, "rtcp" },
	{ "udp.port", LAYER_SEGMENT, NULL },
	{ "ip", LAYER_IP, NULL },
	{ "ipv6", LAYER_IP6, NULL },
	{ "eth", LAYER_ETHERNET, NULL },
	{ "eth_maybefcs", LAYER_ETHERNET, NULL },
	{ "eth_withfcs", LAYER_ETHERNET, NULL },
	{ "eth_withoutfcs", LAYER_ETHERNET, NULL },
	{ "ppp", LAYER_PPP, NULL },
	{ "mpls", LAYER_MPLS, NULL },
};

static enum segment_kind
kind_of_port_type(uint32_t type)
{
	switch (type) {
	case 1:
		return SEGMENT_SCTP;
	case 2:
		return SEGMENT_TCP;
	}
	return SEGMENT_UDP;
}

/* What we write of SIP that came encrypted says so in the protocol. */
static const char *
pdu_of(const char *pdu, struct str protocol)
{
	while (protocol.n > 0 && protocol.p[protocol.n - 1] == '\0')
		protocol.n--;
	if (pdu && strcmp(pdu, "sip") == 0 && str_eq(protocol, STR("SIP/TLS")))
		return "sip/tls";
	if (pdu && strcmp(pdu, "sip") == 0 && str_eq(protocol, STR("SIP/WSS")))
		return "sip/wss";
	return pdu;
}

static enum layer
pdu_enter(struct packet *pk, struct str name, struct str protocol, enum segment_kind kind)
{
	/* Some writers count a NUL, or pad with it. */
	while (name.n > 0 && name.p[name.n - 1] == '\0')
		name.n--;
	for (size_t i = 0; i < ARRAY_SIZE(pdu_defs); i++) {
		if (!str_eq(name, str_of(pdu_defs[i].dissector)))
			continue;
		if (pdu_defs[i].layer == LAYER_SEGMENT) {
			segment_finish(pk, pdu_defs[i].pdu ? kind : SEGMENT_UDP);
			pk->seg->pdu = pdu_of(pdu_defs[i].pdu, protocol);
		}
		return pdu_defs[i].layer;
	}
	counts_pdu(&pk->d->counts, name);
	return LAYER_OTHER;
}

/* The port tags hold four bytes. */
static uint16_t
port_of(const uint8_t *value, uint32_t length)
{
	return length >= 4 ? (uint16_t)get_be32(value) : 0;
}

static void
pdu_address(struct segment *seg, uint16_t tag, const uint8_t *value, uint32_t length)
{
	if (tag == PDU_TAG_IP4_SRC && length >= 4)
		seg->src.addr = net_addr_ip4(value);
	else if (tag == PDU_TAG_IP4_DST && length >= 4)
		seg->dst.addr = net_addr_ip4(value);
	else if (tag == PDU_TAG_IP6_SRC && length >= 16)
		seg->src.addr = net_addr_ip6(value);
	else if (tag == PDU_TAG_IP6_DST && length >= 16)
		seg->dst.addr = net_addr_ip6(value);
}

enum layer
pdu_decode(struct packet *pk)
{
	enum segment_kind kind = SEGMENT_UDP;
	struct segment *seg = pk->seg;
	struct str name = STR_NONE, protocol = STR_NONE;

	seg->src = (struct net_endpoint){ .port = 0 };
	seg->dst = (struct net_endpoint){ .port = 0 };
	while (pk->n >= 4) {
		uint16_t tag = get_be16(pk->p);
		uint32_t length = get_be16(pk->p + 2);
		const uint8_t *value = pk->p + 4;

		if (length > pk->n - 4)
			return packet_bad(pk, FLAW_PDU_CUT);
		packet_skip(pk, 4 + length);
		switch (tag) {
		case PDU_TAG_END:
			return pdu_enter(pk, name, protocol, kind);
		case PDU_TAG_DISSECTOR:
		case PDU_TAG_HEURISTIC:
		case PDU_TAG_TABLE:
			if (!name.p)
				name = (struct str){ (const char *)value, length };
			break;
		case PDU_TAG_PROTOCOL:
			protocol = (struct str){ (const char *)value, length };
			break;
		case PDU_TAG_PORT_TYPE:
			if (length >= 4)
				kind = kind_of_port_type(get_be32(value));
			break;
		case PDU_TAG_SRC_PORT:
			seg->src.port = port_of(value, length);
			break;
		case PDU_TAG_DST_PORT:
			seg->dst.port = port_of(value, length);
			break;
		default:
			pdu_address(seg, tag, value, length);
			break;
		}
	}
	return packet_bad(pk, FLAW_PDU_CUT);
}
