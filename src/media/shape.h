/**
 * @file shape.h  What a datagram is that is no SIP, by its bytes and ports.
 *
 * A pure function of one datagram. Media shares its ports with STUN, TURN, DTLS,
 * ZRTP and QUIC: these are told by the first byte (RFC 7983 section 7, RFC 9443
 * section 2), RTCP from RTP by the second (RFC 5761 section 4), and each by the lengths
 * it holds. That a datagram has the shape of RTP does not make it RTP: see
 * store/candidates.h.
 */
#ifndef MEDIA_SHAPE_H
#define MEDIA_SHAPE_H

#include "base/str.h"

/** id, name, what it is */
#define SHAPES(_) \
	_(STUN,       "stun",         "STUN and TURN, but for data in channels") \
	_(RTP,        "rtp",          "what has the shape of RTP") \
	_(RTCP,       "rtcp",         "what has the shape of RTCP") \
	_(TURN,       "turn channel", "TURN ChannelData") \
	_(DTLS,       "dtls",         "DTLS") \
	_(ZRTP,       "zrtp",         "ZRTP") \
	_(QUIC,       "quic",         "QUIC") \
	_(DNS,        "dns",          "DNS, mDNS and LLMNR by port") \
	_(NETBIOS,    "netbios",      "NetBIOS by port") \
	_(DHCP,       "dhcp",         "DHCP by port") \
	_(NTP,        "ntp",          "NTP by port") \
	_(SNMP,       "snmp",         "SNMP by port") \
	_(SYSLOG,     "syslog",       "syslog by port") \
	_(SSDP,       "ssdp",         "SSDP by port") \
	_(RADIUS,     "radius",       "RADIUS by port and length") \
	_(TFTP,       "tftp",         "TFTP by port") \
	_(GTP,        "gtp",          "GTP by port") \
	_(TEREDO,     "teredo",       "Teredo by port") \
	_(VXLAN,      "vxlan",        "VXLAN by port") \
	_(L2TP,       "l2tp",         "L2TP by port") \
	_(IPSEC,      "ipsec",        "IKE, and ESP in UDP, by port") \
	_(IAX2,       "iax2",         "IAX2 by port") \
	_(WIREGUARD,  "wireguard",    "WireGuard") \
	_(OPENVPN,    "openvpn",      "OpenVPN by port") \
	_(BITTORRENT, "bittorrent",   "BitTorrent: its hash table, and connections over uTP") \
	_(UDP,        "udp, other",   "other UDP datagrams")

enum shape {
#define SHAPE_ID(id, ...) SHAPE_##id,
	SHAPES(SHAPE_ID)
#undef SHAPE_ID
	SHAPE_COUNT
};

/** Whether the first byte is one of RTP or RTCP (128 to 191). False where there is none. */
static inline bool
shape_is_media(struct str payload)
{
	return payload.n > 0 && ((unsigned char)payload.p[0] & 0xc0) == 0x80;
}

#define SHAPE_PORT_LAST	5355u	/* private: the highest port that tells something, but 8443 */

/* Private to what is here and app/rtp_in.h: whether ports tell nothing, and whether the second
 * byte is none of RTCP. */
static inline bool
shape_is_plain_port(uint16_t src_port, uint16_t dst_port)
{
	return src_port > SHAPE_PORT_LAST && src_port != 8443 &&
		dst_port > SHAPE_PORT_LAST && dst_port != 8443;
}

static inline bool
shape_is_plain_media(uint8_t second)
{
	return (second & 0xe0) != 0xc0;
}

/** Whether shape_of() says RTP of it at once; where not it is still to be asked. */
static inline bool
shape_is_plain_rtp(struct str payload, uint16_t src_port, uint16_t dst_port)
{
	const unsigned char *p = (const unsigned char *)payload.p;

	return payload.n >= 12 && (p[0] & 0xc0) == 0x80 && shape_is_plain_media(p[1]) &&
		shape_is_plain_port(src_port, dst_port);
}

/**
 * What a datagram is that is no SIP. O(1) but for DTLS and classic STUN, whose records
 * and attributes are walked over.
 * @param payload      what was captured of it; may be empty
 * @param wire_length  bytes on the wire, payload.n or more
 */
enum shape shape_of(struct str payload, uint32_t wire_length, uint16_t src_port,
		    uint16_t dst_port);

/**
 * Whether bytes of a stream begin with RTP or RTCP behind a length of two bytes
 * (RFC 4571 section 2), as far as they tell.
 * @return the bytes of length and packet; 0: it takes more bytes to tell, or there are
 *         fewer than 14; SIZE_MAX: it is something else.
 */
size_t shape_framed(struct str bytes);

#endif
