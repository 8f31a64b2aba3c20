/**
 * @file glance.h  Most packets by one look: a pure function of the record.
 */
#ifndef DECODE_GLANCE_H
#define DECODE_GLANCE_H

#include "base/bytes.h"
#include "decode/segment.h"

#define GLANCE_HEADERS	28u	/* bytes of IPv4 and UDP */
#define GLANCE_HEADERS6	48u	/* of IPv6 and UDP */

#define UDP_TUNNEL_FIRST	2152u	/* the lowest and highest port of a tunnel over UDP */
#define UDP_TUNNEL_LAST		9899u

/** Whether there may be a tunnel in datagrams of that port, one from UDP_TUNNEL_FIRST to
 * UDP_TUNNEL_LAST. */
bool udp_tunnel_port(uint16_t port);

/** The same of any port; most are outside, or that of SIP. */
static inline bool
udp_is_tunnel_port(uint16_t port)
{
	return (uint32_t)port - UDP_TUNNEL_FIRST <= UDP_TUNNEL_LAST - UDP_TUNNEL_FIRST &&
		port != 5060 && udp_tunnel_port(port);
}

/** Whether one of two ports, as glance_udp4() gives them, may be of a tunnel. */
static inline bool
glance_low_ports(uint32_t ports)
{
	return ports <= (UDP_TUNNEL_LAST << 16 | 0xffff) || (uint16_t)ports <= UDP_TUNNEL_LAST;
}

/** Whether one is: nothing but the layers tells what is in there. */
static inline bool
glance_is_tunnel(uint32_t ports)
{
	return glance_low_ports(ports) && ports != (5060u << 16 | 5060u) &&
		(udp_is_tunnel_port((uint16_t)(ports >> 16)) ||
		 udp_is_tunnel_port((uint16_t)ports));
}

#define GLANCE_TAGGED	18u	/* bytes of Ethernet with a VLAN tag, and of no other link layer's */

#define GLANCE_NONE	UINT32_MAX	/* private */

/* Bytes of the link layer's header, where it says that something of @type follows, if it says
 * anything; GLANCE_NONE: it does not, or of that less than @headers bytes were captured. */
static inline uint32_t
glance_link(const struct record *rec, uint16_t type, uint32_t headers)
{
	const uint8_t *p = rec->data;

	if (LIKELY(rec->link == 1)) {	/* Ethernet */
		if (rec->caplen < GLANCE_TAGGED + headers)
			return GLANCE_NONE;
		if (LIKELY(get_be16(p + 12) == type))
			return 14;
		return get_be16(p + 12) == 0x8100 && get_be16(p + 16) == type ? GLANCE_TAGGED
			: GLANCE_NONE;
	}
	/* Linux cooked, and version 2; of netlink (824) it is something else. */
	if (rec->link == 113)
		return rec->caplen >= 16 + headers && get_be16(p + 14) == type &&
			get_be16(p + 2) != 824 ? 16 : GLANCE_NONE;
	if (rec->link == 276)
		return rec->caplen >= 20 + headers && get_be16(p) == type &&
			get_be16(p + 8) != 824 ? 20 : GLANCE_NONE;
	/* IP alone, whose version tells. */
	return rec->link == 101 && rec->caplen >= headers ? 0 : GLANCE_NONE;
}

/** What one look told. */
struct glance {
	const uint8_t *ip;	/**< the header of IP, with that of UDP behind it; NULL: it is something
				     else, and the rest is not set. Borrowed from the record */
	uint32_t payload;	/**< bytes behind the UDP header, on the wire */
	uint32_t ports;		/**< source port above, destination port below */
};

/** Whether there is a VLAN tag before an IP header that was found so in @p rec. */
static inline bool
glance_is_tagged(const struct record *rec, const uint8_t *ip)
{
	return ip == rec->data + GLANCE_TAGGED;
}

/** Its VLAN id; 0: none. */
static inline uint16_t
glance_vlan(const struct record *rec, const uint8_t *ip)
{
	return glance_is_tagged(rec, ip) ? get_be16(ip - 4) & 0xfff : 0;
}

/** How much was captured of a payload of @p n bytes that begins at @p p. */
static inline uint32_t
glance_captured(const struct record *rec, const uint8_t *p, uint32_t n)
{
	uint32_t left = rec->caplen - (uint32_t)(p - rec->data);

	return left < n ? left : n;
}

/* See glance_udp4(); there are @link bytes, of @n, before a header of IPv4 without options. Ports
 * are any. */
static ALWAYS_INLINE bool
glance_behind(const struct record *rec, uint32_t link, uint32_t n, struct glance *g)
{
	const uint8_t *ip = rec->data + link;
	uint32_t total = get_be16(ip + 2);
	uint64_t udp = get_be64(ip + 20);

	if ((get_be32(ip + 6) & 0x3fff00ff) != SEGMENT_UDP || total < GLANCE_HEADERS ||
	    total > n - link || (uint16_t)(udp >> 16) != total - 20)
		return false;
	g->ip = ip;
	g->payload = total - GLANCE_HEADERS;
	g->ports = (uint32_t)(udp >> 32);
	return true;
}

/**
 * As glance_udp4(), of Ethernet without a tag alone, all of it captured, and of ports whatever
 * they are: what most packets are. Where not, @p g is not set.
 */
static ALWAYS_INLINE bool
glance_usual(const struct record *rec, struct glance *g)
{
	return rec->link == 1 && rec->caplen >= 14 + GLANCE_HEADERS &&
		get_be32(rec->data + 12) >> 8 == 0x080045 && glance_behind(rec, 14, rec->caplen, g);
}

/**
 * Look whether it is Ethernet, perhaps with one VLAN tag, Linux cooked, or nothing but IP; IPv4
 * without options or fragments (RFC 791 section 3.1), and UDP of the length that IPv4 says, the
 * headers captured, on no port of a tunnel. O(1).
 * @return whether it is.
 */
static inline bool
glance_udp4(const struct record *rec, struct glance *g)
{
	uint32_t link = glance_link(rec, 0x0800, GLANCE_HEADERS);

	if (link != GLANCE_NONE && rec->data[link] == 0x45 &&
	    glance_behind(rec, link, rec->wirelen, g) && !glance_is_tunnel(g->ports))
		return true;
	g->ip = NULL;
	return false;
}

/**
 * The same of IPv6 (RFC 8200 section 3) with UDP right behind its header.
 */
static inline bool
glance_udp6(const struct record *rec, struct glance *g)
{
	uint32_t link = glance_link(rec, 0x86dd, GLANCE_HEADERS6), length;
	const uint8_t *ip;

	g->ip = NULL;
	if (link == GLANCE_NONE)
		return false;
	ip = rec->data + link;
	if (ip[0] >> 4 != 6 || ip[6] != SEGMENT_UDP)
		return false;
	length = get_be16(ip + 4);
	if (length < 8 || length > rec->wirelen - link - 40 || get_be16(ip + 44) != length)
		return false;
	g->ports = get_be32(ip + 40);
	if (glance_is_tunnel(g->ports))
		return false;
	g->payload = length - 8;
	g->ip = ip;
	return true;
}

#endif
