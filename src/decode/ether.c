#include "decode/decode_int.h"

enum {
	ETHER_IP4 = 0x0800,
	ETHER_TEB = 0x6558,	/* transparent Ethernet bridging */
	ETHER_VLAN = 0x8100,
	ETHER_IP6 = 0x86dd,
	ETHER_PPP = 0x880b,
	ETHER_MPLS = 0x8847,
	ETHER_MPLS_UP = 0x8848,
	ETHER_PPPOE_DISCOVERY = 0x8863,
	ETHER_PPPOE = 0x8864,
	ETHER_QINQ = 0x88a8,
	ETHER_CMD = 0x8909,
	ETHER_VNTAG = 0x8926,
	ETHER_NSH = 0x894f,
	ETHER_QINQ_OLD = 0x9100,
	ETHER_QINQ_OLDER = 0x9200,
	ETHER_TYPE_MIN = 0x0600, /* below it is a length, IEEE 802.3 */
	ETHER_LENGTH_MAX = 1500,
};

bool
ether_type_carries_ip(uint16_t type)
{
	switch (type) {
	case ETHER_IP4:
	case ETHER_IP6:
	case ETHER_VLAN:
	case ETHER_QINQ:
	case ETHER_QINQ_OLD:
	case ETHER_QINQ_OLDER:
	case ETHER_MPLS:
	case ETHER_MPLS_UP:
	case ETHER_PPPOE:
		return true;
	}
	return false;
}

/* A type, or the length of an LLC frame. */
static enum layer
type_or_length(struct packet *pk, uint16_t type)
{
	if (type >= ETHER_TYPE_MIN) {
		pk->type = type;
		return LAYER_ETHERTYPE;
	}
	if (type > ETHER_LENGTH_MAX)
		return packet_other(pk, OTHER_ETHERTYPE, type);
	packet_trim(pk, type);
	return ether_llc_decode(pk);
}

enum layer
ether_decode(struct packet *pk)
{
	uint16_t type;

	if (pk->n < 14)
		return packet_bad(pk, FLAW_LINK_CUT);
	type = get_be16(pk->p + 12);
	packet_skip(pk, 14);
	if (LIKELY(type == ETHER_IP4))
		return LAYER_IP4;
	return type_or_length(pk, type);
}

static enum layer
vlan_decode(struct packet *pk)
{
	uint16_t tag, type;

	if (pk->n < 4)
		return packet_bad(pk, FLAW_VLAN_CUT);
	if (!packet_tag(pk))
		return packet_bad(pk, FLAW_TAG_DEPTH);
	pk->d->counts.tunnels[TUNNEL_VLAN]++;
	tag = get_be16(pk->p) & 0xfff;
	type = get_be16(pk->p + 2);
	if (pk->vlan == 0)
		pk->vlan = tag;
	packet_skip(pk, 4);
	return type_or_length(pk, type);
}

/* Tags without a VLAN: Cisco's of virtual interfaces (four bytes) and of
 * security groups (six), then a type. */
static enum layer
tag_decode(struct packet *pk, enum decode_tunnel tunnel, uint32_t length)
{
	uint16_t type;

	if (pk->n < length + 2)
		return packet_bad(pk, FLAW_VLAN_CUT);
	if (!packet_tag(pk))
		return packet_bad(pk, FLAW_TAG_DEPTH);
	pk->d->counts.tunnels[tunnel]++;
	type = get_be16(pk->p + length);
	packet_skip(pk, length + 2);
	return type_or_length(pk, type);
}

/* RFC 8300 section 2.2: the low six bits of the second byte count words, the
 * fourth byte is the next protocol. */
static enum layer
nsh_decode(struct packet *pk)
{
	enum layer next;
	uint32_t length;

	if (pk->n < 8)
		return packet_bad(pk, FLAW_NSH_CUT);
	length = (pk->p[1] & 0x3fu) * 4;
	if (length < 8 || length > pk->n)
		return packet_bad(pk, FLAW_NSH_CUT);
	switch (pk->p[3]) {
	case 1:
		next = LAYER_IP4;
		break;
	case 2:
		next = LAYER_IP6;
		break;
	case 3:
		next = LAYER_ETHERNET;
		break;
	case 5:
		next = LAYER_MPLS;
		break;
	default:
		return packet_other(pk, OTHER_ETHERTYPE, ETHER_NSH);
	}
	packet_skip(pk, length);
	return packet_tunnel(pk, TUNNEL_NSH, next);
}

enum layer
ether_type_decode(struct packet *pk)
{
	switch (pk->type) {
	case ETHER_IP4:
		return LAYER_IP4;
	case ETHER_IP6:
		return LAYER_IP6;
	case ETHER_VLAN:
	case ETHER_QINQ:
	case ETHER_QINQ_OLD:
	case ETHER_QINQ_OLDER:
		return vlan_decode(pk);
	case ETHER_VNTAG:
		return tag_decode(pk, TUNNEL_VNTAG, 4);
	case ETHER_CMD:
		return tag_decode(pk, TUNNEL_CMD, 6);
	case ETHER_NSH:
		return nsh_decode(pk);
	case ETHER_MPLS:
	case ETHER_MPLS_UP:
		return LAYER_MPLS;
	case ETHER_PPPOE:
		return pppoe_decode(pk);
	case ETHER_PPPOE_DISCOVERY:
		return packet_other(pk, OTHER_PLAIN, PLAIN_PPPOE);
	case ETHER_PPP:
		return LAYER_PPP;
	case ETHER_TEB:
		/* In a GRE or GENEVE header, which counted; elsewhere it is odd,
		 * and counting keeps it bounded. */
		return packet_tag(pk) ? LAYER_ETHERNET : packet_bad(pk, FLAW_TAG_DEPTH);
	}
	return packet_other(pk, OTHER_ETHERTYPE, pk->type);
}

/* IEEE 802.2: two service access points and a control field. */
enum layer
ether_llc_decode(struct packet *pk)
{
	uint32_t oui;
	uint16_t type;

	if (pk->n < 3)
		return packet_bad(pk, FLAW_LLC_CUT);
	if (pk->p[0] == 0x06 && pk->p[2] == 0x03) {
		packet_skip(pk, 3);
		return LAYER_IP4;
	}
	if (pk->p[0] != 0xaa || pk->p[1] != 0xaa || pk->p[2] != 0x03)
		return packet_other(pk, OTHER_LLC, pk->p[0]);

	if (pk->n < 8)
		return packet_bad(pk, FLAW_LLC_CUT);
	oui = get_be24(pk->p + 3);
	type = get_be16(pk->p + 6);
	packet_skip(pk, 8);
	if (oui == 0x00000c)
		return packet_other(pk, OTHER_ETHERTYPE, type);
	if (oui != 0 && oui != 0x0000f8)
		return packet_other(pk, OTHER_PLAIN, PLAIN_SNAP);
	/* Not type_or_length(): a length in here would go in circles. */
	pk->type = type;
	return type >= ETHER_TYPE_MIN ? LAYER_ETHERTYPE
				      : packet_other(pk, OTHER_ETHERTYPE, type);
}

static bool
ether_header_at(const struct packet *pk, uint32_t offset)
{
	return pk->n >= offset + 14 && ether_type_carries_ip(get_be16(pk->p + offset + 12));
}

/*
 * Labels do not say what they carry (RFC 3032 leaves it to the
 * label's meaning). IP is told by its version; a pseudowire has a control word
 * that begins with a zero half byte (RFC 4385 section 3) or none at all.
 */
static enum layer
mpls_payload(struct packet *pk)
{
	uint8_t nibble;

	if (pk->n < 4)
		return packet_bad(pk, FLAW_MPLS_CUT);
	nibble = pk->p[0] >> 4;
	if ((nibble == 4 || nibble == 6) && (ip_plausible(pk, 0) || !ether_header_at(pk, 0)))
		return LAYER_IP;
	if (nibble == 0 && (ether_header_at(pk, 4) || !ether_header_at(pk, 0))) {
		packet_skip(pk, 4);
		return packet_tunnel(pk, TUNNEL_PSEUDOWIRE, LAYER_ETHERNET);
	}
	if (ether_header_at(pk, 0))
		return packet_tunnel(pk, TUNNEL_PSEUDOWIRE, LAYER_ETHERNET);
	return packet_other(pk, OTHER_PLAIN, PLAIN_MPLS);
}

enum layer
mpls_decode(struct packet *pk)
{
	bool bottom;

	pk->d->counts.tunnels[TUNNEL_MPLS]++;
	do {
		if (pk->n < 4)
			return packet_bad(pk, FLAW_MPLS_CUT);
		if (!packet_tag(pk))
			return packet_bad(pk, FLAW_TAG_DEPTH);
		bottom = pk->p[2] & 1;
		packet_skip(pk, 4);
	} while (!bottom);
	return mpls_payload(pk);
}

/* RFC 2516 section 4: version and type 1, code, session, length. */
enum layer
pppoe_decode(struct packet *pk)
{
	uint16_t length;

	if (pk->n < 6)
		return packet_bad(pk, FLAW_PPPOE_CUT);
	if (!packet_tag(pk))
		return packet_bad(pk, FLAW_TAG_DEPTH);
	if (pk->p[1] != 0)
		return packet_other(pk, OTHER_PLAIN, PLAIN_PPPOE);
	pk->d->counts.tunnels[TUNNEL_PPPOE]++;
	length = get_be16(pk->p + 4);
	packet_skip(pk, 6);
	packet_trim(pk, length);
	return LAYER_PPP;
}

/* RFC 1661 section 2, RFC 1662 section 3.1: address and control may be left
 * out, and so may the first byte of the protocol when it is zero. */
enum layer
ppp_decode(struct packet *pk)
{
	uint16_t protocol;

	if (pk->n >= 2 && pk->p[0] == 0xff && pk->p[1] == 0x03)
		packet_skip(pk, 2);
	if (pk->n < 2)
		return packet_bad(pk, FLAW_PPP_CUT);
	if (pk->p[0] & 1) {
		protocol = pk->p[0];
		packet_skip(pk, 1);
	} else {
		protocol = get_be16(pk->p);
		packet_skip(pk, 2);
	}
	switch (protocol) {
	case 0x0021:
		return LAYER_IP4;
	case 0x0057:
		return LAYER_IP6;
	case 0x0281:
	case 0x0283:
		return LAYER_MPLS;
	}
	return packet_other(pk, OTHER_PPP, protocol);
}
