/*
 * The link types, by their LINKTYPE_ values (the numbers in files, not DLT_).
 */
#include "decode/decode_int.h"

enum {
	ARPHRD_NETLINK_ = 824,
	SLL_NOVELL = 0x0001,	/* Novell's 802.3 frames without LLC */
	SLL_LLC = 0x0004,	/* 802.2 follows */
};

/* What follows a cooked header whose protocol field is @p protocol. */
static enum layer
cooked(struct packet *pk, uint16_t hardware, uint16_t protocol)
{
	if (hardware == ARPHRD_NETLINK_)
		return packet_other(pk, OTHER_PLAIN, PLAIN_NETLINK);
	if (protocol == SLL_LLC)
		return ether_llc_decode(pk);
	if (protocol == SLL_NOVELL)
		return packet_other(pk, OTHER_LLC, 0xff);
	pk->type = protocol;
	return LAYER_ETHERTYPE;
}

/* Packet type, ARPHRD_, address length, 8 bytes of address, protocol. */
static enum layer
sll_decode(struct packet *pk)
{
	uint16_t hardware, protocol;

	if (pk->n < 16)
		return packet_bad(pk, FLAW_LINK_CUT);
	hardware = get_be16(pk->p + 2);
	protocol = get_be16(pk->p + 14);
	packet_skip(pk, 16);
	return cooked(pk, hardware, protocol);
}

/* Protocol, two reserved, interface index (4), ARPHRD_, packet type, address
 * length, 8 bytes of address. */
static enum layer
sll2_decode(struct packet *pk)
{
	uint16_t hardware, protocol;

	if (pk->n < 20)
		return packet_bad(pk, FLAW_LINK_CUT);
	protocol = get_be16(pk->p);
	hardware = get_be16(pk->p + 8);
	packet_skip(pk, 20);
	return cooked(pk, hardware, protocol);
}

/*
 * An address family in the byte order of the machine that captured (LOOP: in
 * network order, which this reads too). The number of AF_INET6 is that of
 * Linux, Windows, NetBSD and OpenBSD, FreeBSD or macOS.
 */
static enum layer
null_decode(struct packet *pk)
{
	uint32_t family;

	if (pk->n < 4)
		return packet_bad(pk, FLAW_LINK_CUT);
	family = get_le32(pk->p);
	if (family > 0xffff)
		family = get_be32(pk->p);
	packet_skip(pk, 4);
	switch (family) {
	case 2:
		return LAYER_IP4;
	case 10:
	case 23:
	case 24:
	case 28:
	case 30:
		return LAYER_IP6;
	}
	if (family > 0xffff) {
		/* Some writers put an EtherType at the end. */
		pk->type = (uint16_t)family;
		return LAYER_ETHERTYPE;
	}
	return packet_other(pk, OTHER_FAMILY, family);
}

static enum layer
chdlc_decode(struct packet *pk)
{
	if (pk->n < 4)
		return packet_bad(pk, FLAW_LINK_CUT);
	pk->type = get_be16(pk->p + 2);
	packet_skip(pk, 4);
	return LAYER_ETHERTYPE;
}

/* PPP in frames like HDLC; 0f and 8f begin those of Cisco's. */
static enum layer
ppp_hdlc_decode(struct packet *pk)
{
	if (pk->n >= 2 && (pk->p[0] == 0x0f || pk->p[0] == 0x8f) && pk->p[1] == 0)
		return chdlc_decode(pk);
	return LAYER_PPP;
}

/* A byte of direction, in front of a PPP frame or in place of its address. */
static enum layer
ppp_direction_decode(struct packet *pk)
{
	if (pk->n < 2)
		return packet_bad(pk, FLAW_LINK_CUT);
	packet_skip(pk, pk->p[1] == 0x03 ? 2 : 1);
	return LAYER_PPP;
}

static enum layer
raw_decode(struct packet *pk)
{
	(void)pk;
	return LAYER_IP;
}

static enum layer
raw4_decode(struct packet *pk)
{
	(void)pk;
	return LAYER_IP4;
}

static enum layer
raw6_decode(struct packet *pk)
{
	(void)pk;
	return LAYER_IP6;
}

/*
 * Family, version, resource id, then attributes in the byte order of the
 * machine that captured: length (of header and value), type, value, padded to
 * 4. Types are small, so the zero byte of a type shows the order.
 */
static enum layer
nflog_decode(struct packet *pk)
{
	enum { HEADER = 4, TYPE_PAYLOAD = 9 };

	if (pk->n < 4)
		return packet_bad(pk, FLAW_LINK_CUT);
	packet_skip(pk, 4);
	while (pk->n >= HEADER) {
		bool little = (pk->p[3] & 0x7f) == 0;
		uint32_t length = little ? get_le16(pk->p) : get_be16(pk->p);
		uint32_t type = (little ? get_le16(pk->p + 2) : get_be16(pk->p + 2)) & 0x7fff;
		uint32_t padded = (length + 3) & ~UINT32_C(3);

		if (length < HEADER)
			return packet_bad(pk, FLAW_NFLOG_LENGTH);
		if (type == TYPE_PAYLOAD) {
			packet_skip(pk, HEADER);
			packet_trim(pk, length - HEADER);
			return LAYER_IP;
		}
		if (padded > pk->n)
			return packet_bad(pk, FLAW_NFLOG_CUT);
		packet_skip(pk, padded);
	}
	if (pk->wire > pk->n)
		return packet_bad(pk, FLAW_NFLOG_CUT);
	return packet_other(pk, OTHER_PLAIN, PLAIN_NFLOG);
}

const struct link_def dec_link_defs[] = {
	{ 1, "ethernet", ether_decode },
	{ 0, "null", null_decode },
	{ 9, "ppp", ppp_hdlc_decode },
	{ 12, "raw ip", raw_decode },
	{ 14, "raw ip", raw_decode },
	{ 50, "ppp hdlc", ppp_hdlc_decode },
	{ 51, "pppoe", pppoe_decode },
	{ 101, "raw ip", raw_decode },
	{ 104, "cisco hdlc", ppp_hdlc_decode },
	{ 108, "loop", null_decode },
	{ 113, "linux cooked", sll_decode },
	{ 166, "ppp with direction", ppp_direction_decode },
	{ 204, "ppp with direction", ppp_direction_decode },
	{ 228, "ipv4", raw4_decode },
	{ 229, "ipv6", raw6_decode },
	{ 239, "nflog", nflog_decode },
	{ 252, "exported pdu", pdu_decode },
	{ 276, "linux cooked v2", sll2_decode },
};
const size_t dec_link_count = ARRAY_SIZE(dec_link_defs);

const struct link_def *
link_find(uint16_t link)
{
	for (size_t i = 0; i < dec_link_count; i++)
		if (dec_link_defs[i].link == link)
			return &dec_link_defs[i];
	return NULL;
}

const char *
decode_link_name(uint16_t link)
{
	const struct link_def *def = link_find(link);

	return def ? def->name : NULL;
}

bool
decode_link_at(size_t i, uint16_t *link, const char **name)
{
	if (i >= dec_link_count)
		return false;
	*link = dec_link_defs[i].link;
	*name = dec_link_defs[i].name;
	return true;
}
