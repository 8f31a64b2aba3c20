#include "decode/decode_int.h"

enum {
	PROTO_HOPOPT = 0,
	PROTO_IPIP = 4,
	PROTO_IP6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_AH = 51,
	PROTO_NONE = 59,
	PROTO_DSTOPTS = 60,
	PROTO_ETHERIP = 97,
	PROTO_MOBILITY = 135,
	PROTO_MPLS = 137,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

static inline void
addr_set4(struct net_addr *a, const uint8_t *bytes)
{
	memset(a, 0, sizeof(*a));
	a->family = NET_IP4;
	memcpy(a->bytes, bytes, 4);
}

static inline void
addr_set6(struct net_addr *a, const uint8_t *bytes)
{
	a->family = NET_IP6;
	memcpy(a->bytes, bytes, 16);
}

bool
ip_plausible(const struct packet *pk, uint32_t offset)
{
	const uint8_t *p = pk->p + offset;

	if (pk->n < offset + 20)
		return false;
	if (p[0] >> 4 == 4) {
		uint32_t header = (p[0] & 15u) * 4, total = get_be16(p + 2);

		return header >= 20 && total >= header && total <= pk->wire - offset;
	}
	return p[0] >> 4 == 6 && get_be16(p + 4) + UINT32_C(40) <= pk->wire - offset;
}

enum layer
ip_decode(struct packet *pk)
{
	if (pk->n < 1)
		return packet_bad(pk, FLAW_IP4_CUT);
	switch (pk->p[0] >> 4) {
	case 4:
		return ip4_decode(pk);
	case 6:
		return ip6_decode(pk);
	}
	return packet_bad(pk, FLAW_IP_VERSION);
}

/* The IP header says that @p wire bytes follow it, at which the packet stands. */
static inline void
ip_length(struct packet *pk, uint32_t wire)
{
	if (UNLIKELY(wire > pk->wire))
		pk->flaws |= SEGMENT_FLAW_IP_LENGTH;
	pk->wire = wire;
	if (pk->n > wire)
		pk->n = wire;
}

/* RFC 791 section 3.1. */
enum layer
ip4_decode(struct packet *pk)
{
	const uint8_t *p = pk->p;
	enum decode_flaw flaw;
	struct ip4_head h;

	if (pk->n < 20)
		return packet_bad(pk, FLAW_IP4_CUT);
	if (!ip4_head_read(p, &h, &flaw))
		return packet_bad(pk, flaw);
	if (h.header > pk->n)
		return packet_bad(pk, FLAW_IP4_CUT);

	addr_set4(&pk->seg->src.addr, p + 12);
	addr_set4(&pk->seg->dst.addr, p + 16);
	pk->ttl = p[8];
	pk->ip_id = get_be16(p + 4);
	pk->type = p[9];
	packet_skip(pk, h.header);
	/* A total of zero: segmentation was left to the card, the frame is the
	 * measure. */
	if (h.total != 0)
		ip_length(pk, h.total - h.header);

	if (UNLIKELY(h.fragment & 0x3fff))
		return fragment_add(pk, &(struct fragment){
			.offset = (h.fragment & 0x1fff) * 8,
			.id = pk->ip_id,
			.protocol = (uint8_t)pk->type,
			.more = h.fragment & 0x2000,
		});
	return ip4_payload(pk);
}

/* RFC 8200 section 3. */
enum layer
ip6_decode(struct packet *pk)
{
	const uint8_t *p = pk->p;
	uint32_t length;

	if (pk->n < 40)
		return packet_bad(pk, FLAW_IP6_CUT);
	if (p[0] >> 4 != 6)
		return packet_bad(pk, FLAW_IP_VERSION);
	addr_set6(&pk->seg->src.addr, p + 8);
	addr_set6(&pk->seg->dst.addr, p + 24);
	pk->ttl = p[7];
	pk->ip_id = 0;
	pk->type = p[6];
	length = get_be16(p + 4);
	packet_skip(pk, 40);
	/* Zero: a jumbogram, or segmentation left to the card. */
	if (length != 0)
		ip_length(pk, length);
	return ip6_payload(pk);
}

bool
ip6_is_extension(uint16_t type)
{
	switch (type) {
	case PROTO_HOPOPT:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AH:
	case PROTO_DSTOPTS:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	}
	return false;
}

uint32_t
ip6_extension_length(uint16_t type, const uint8_t *p, uint32_t n)
{
	uint32_t length;

	if (n < 8)
		return 0;
	if (type == PROTO_FRAGMENT)
		return 8;
	/* The authentication header counts words of four bytes, less two. */
	length = type == PROTO_AH ? (p[1] + 2u) * 4 : (p[1] + 1u) * 8;
	if (length > n || (type == PROTO_AH && n < 12))
		return 0;
	return length;
}

/* One header of a known kind. @return false when it is cut. */
static bool
extension_skip(struct packet *pk)
{
	uint32_t length = ip6_extension_length(pk->type, pk->p, pk->n);

	if (length == 0)
		return false;
	pk->type = pk->p[0];
	packet_skip(pk, length);
	return true;
}

static enum layer
etherip_decode(struct packet *pk)
{
	/* RFC 3378: version 3 and twelve reserved bits. */
	if (pk->n < 2 || pk->p[0] >> 4 != 3)
		return packet_other(pk, OTHER_IP, PROTO_ETHERIP);
	packet_skip(pk, 2);
	return packet_tunnel(pk, TUNNEL_ETHERIP, LAYER_ETHERNET);
}

/* What both versions may carry. */
static enum layer
ip_payload(struct packet *pk)
{
	switch (pk->type) {
	case SEGMENT_UDP:
		return udp_decode(pk);
	case SEGMENT_TCP:
		return tcp_decode(pk);
	case SEGMENT_SCTP:
		return sctp_decode(pk);
	case SEGMENT_ICMP:
		return icmp_decode(pk, SEGMENT_ICMP);
	case SEGMENT_ICMP6:
		return icmp_decode(pk, SEGMENT_ICMP6);
	case PROTO_IPIP:
		return packet_tunnel(pk, TUNNEL_IPIP, LAYER_IP4);
	case PROTO_IP6:
		return packet_tunnel(pk, TUNNEL_IP6, LAYER_IP6);
	case PROTO_GRE:
		return gre_decode(pk);
	case PROTO_ETHERIP:
		return etherip_decode(pk);
	case PROTO_MPLS:
		/* RFC 4023. */
		return packet_tunnel(pk, TUNNEL_MPLS_IP, LAYER_MPLS);
	}
	return packet_other(pk, OTHER_IP, pk->type);
}

enum layer
ip4_payload(struct packet *pk)
{
	/* One is enough: a second one is an other protocol. */
	if (UNLIKELY(pk->type == PROTO_AH) && !extension_skip(pk))
		return packet_bad(pk, FLAW_AH_CUT);
	return ip_payload(pk);
}

/* RFC 8200 section 4.5: next header, reserved, offset in units of eight bytes
 * above three bits of which the lowest says more, id. */
static enum layer
ip6_fragment(struct packet *pk)
{
	uint32_t offset, id;
	uint16_t word;
	uint8_t next;

	if (pk->n < 8)
		return packet_bad(pk, FLAW_IP6_EXTENSION_CUT);
	next = pk->p[0];
	word = get_be16(pk->p + 2);
	id = get_be32(pk->p + 4);
	offset = word & 0xfff8u;
	packet_skip(pk, 8);
	pk->type = next;
	pk->ip_id = (uint16_t)id;
	/* An atomic fragment is a whole packet and none of the others' business
	 * (RFC 6946). */
	if (offset == 0 && !(word & 1))
		return LAYER_PAYLOAD6;
	return fragment_add(pk, &(struct fragment){
		.offset = offset, .id = id, .protocol = next,
		.more = word & 1, .ip6 = true,
	});
}

/* One header of a packet or of its reassembled part.
 * @return LAYER_PAYLOAD6 to go on with what follows it. */
static enum layer
ip6_extension(struct packet *pk)
{
	bool ah = pk->type == PROTO_AH;

	if (pk->type == PROTO_FRAGMENT)
		return ip6_fragment(pk);
	if (!extension_skip(pk))
		return packet_bad(pk, ah ? FLAW_AH_CUT : FLAW_IP6_EXTENSION_CUT);
	return LAYER_PAYLOAD6;
}

enum layer
ip6_payload(struct packet *pk)
{
	for (int i = 0; i <= EXTENSIONS_MAX; i++) {
		enum layer layer;

		if (pk->type == PROTO_NONE)
			return packet_other(pk, OTHER_PLAIN, PLAIN_NO_PROTOCOL);
		if (!ip6_is_extension(pk->type))
			return ip_payload(pk);
		layer = ip6_extension(pk);
		if (layer != LAYER_PAYLOAD6)
			return layer;
	}
	return packet_bad(pk, FLAW_IP6_EXTENSION_DEPTH);
}
