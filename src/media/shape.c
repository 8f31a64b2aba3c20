#include "media/shape.h"

#include "base/bytes.h"
#include "base/mem.h"

#define STUN_HEADER	20u
#define STUN_COOKIE	UINT32_C(0x2112a442)
#define ZRTP_COOKIE	UINT32_C(0x5a525450)	/* "ZRTP" */
#define DTLS_HEADER	13u
#define DTLS_RECORDS	16	/* that are looked at */

/* A datagram: bytes captured, and how many were on the wire. */
struct datagram {
	const uint8_t *p;
	size_t n;
	uint32_t wire;
	uint16_t ports[2];
};

static inline bool
has_port(const struct datagram *d, uint16_t port)
{
	return d->ports[0] == port || d->ports[1] == port;
}

/* ---- by port ---- */

/* What a port is given to; those beyond SHAPE_PORT_LAST are not asked for. */
static enum shape
shape_of_port(uint16_t port)
{
	switch (port) {
	case 53: case 5353: case 5355:
		return SHAPE_DNS;
	case 67: case 68: case 546: case 547:
		return SHAPE_DHCP;
	case 69:
		return SHAPE_TFTP;
	case 123:
		return SHAPE_NTP;
	case 137: case 138:
		return SHAPE_NETBIOS;
	case 161: case 162:
		return SHAPE_SNMP;
	case 500: case 4500:
		return SHAPE_IPSEC;
	case 514:
		return SHAPE_SYSLOG;
	case 1194:
		return SHAPE_OPENVPN;
	case 1645: case 1646: case 1812: case 1813: case 3799:
		return SHAPE_RADIUS;
	case 1701:
		return SHAPE_L2TP;
	case 1900:
		return SHAPE_SSDP;
	case 2123: case 2152: case 3386:
		return SHAPE_GTP;
	case 3544:
		return SHAPE_TEREDO;
	case 4569:
		return SHAPE_IAX2;
	case 4789:
		return SHAPE_VXLAN;
	default:
		return SHAPE_UDP;
	}
}

static inline enum shape
shape_of_ports(const struct datagram *d)
{
	enum shape shape = SHAPE_UDP;

	if (d->ports[0] <= SHAPE_PORT_LAST)
		shape = shape_of_port(d->ports[0]);
	if (shape == SHAPE_UDP && d->ports[1] <= SHAPE_PORT_LAST)
		shape = shape_of_port(d->ports[1]);
	return shape;
}

/* ---- STUN, TURN, ZRTP ---- */

/* RFC 8489 section 5. */
static bool
is_stun(const struct datagram *d)
{
	return d->n >= 8 && d->wire >= STUN_HEADER && get_be32(d->p + 4) == STUN_COOKIE &&
		get_be16(d->p + 2) % 4 == 0 && get_be16(d->p + 2) + STUN_HEADER == d->wire;
}

/* RFC 3489 section 11.1, without a cookie: attributes of known types fill it. */
static bool
is_old_stun(const struct datagram *d)
{
	uint32_t at = STUN_HEADER;

	if (d->n < STUN_HEADER || d->p[0] > 1 || (d->p[1] & 0xef) == 0 || (d->p[1] & 0xec) != 0 ||
	    get_be16(d->p + 2) % 4 != 0 || get_be16(d->p + 2) + STUN_HEADER != d->wire)
		return false;
	while (at + 4 <= d->n) {
		uint16_t type = get_be16(d->p + at), length = get_be16(d->p + at + 2);

		if (type == 0 || (type > 0x0026 && type < 0x8000))
			return false;
		at += 4u + (length + 3u) / 4 * 4;
	}
	return at >= d->wire || (at >= d->n && d->n < d->wire);
}

/* RFC 8656 section 12.4; RFC 5766 had channels up to 0x7fff. Padding is allowed. */
static bool
is_turn_channel(const struct datagram *d)
{
	uint32_t length;

	if (d->n < 4)
		return false;
	length = 4u + get_be16(d->p + 2);
	if (d->p[0] > 0x4f)
		return length == d->wire && d->n >= 6 && (d->p[4] & 0xc0) == 0x80;
	return length == d->wire || (length < d->wire && (length + 3) / 4 * 4 == d->wire);
}

/* RFC 6189 section 5. */
static bool
is_zrtp(const struct datagram *d)
{
	return d->n >= 12 && (d->p[0] & 0xf0) == 0x10 && get_be32(d->p + 4) == ZRTP_COOKIE;
}

/* ---- DTLS ---- */

/* Version 1.0, 1.2, or what was before 1.0. */
static bool
is_dtls_version(const uint8_t *p)
{
	return (p[0] == 0xfe && (p[1] == 0xff || p[1] == 0xfd)) || (p[0] == 1 && p[1] == 0);
}

/* Records of DTLS 1.3 in the short form (RFC 9147 section 4): those with a length
 * and without a connection id, of which the length is not known. */
static size_t
short_record(const uint8_t *p, size_t n)
{
	size_t head = p[0] & 0x08 ? 5 : 4;

	if (n < head || (p[0] & 0xf4) != 0x24)
		return 0;
	/* At least a type, and a tag of 8 bytes (section 4.2.1 wants 16 to take a sample). */
	return get_be16(p + head - 2) < 16 ? 0 : head + get_be16(p + head - 2);
}

/* RFC 6347 section 4.1, RFC 9146 for type 25: records that fill the datagram. */
static bool
is_dtls(const struct datagram *d)
{
	size_t at = 0;

	for (int i = 0; i < DTLS_RECORDS && at < d->wire; i++) {
		const uint8_t *p = d->p + at;
		size_t n = d->n > at ? d->n - at : 0, length;

		if (n < DTLS_HEADER && n < d->wire - at)
			return i > 0;
		if (n >= DTLS_HEADER && p[0] >= 20 && p[0] <= 26 && is_dtls_version(p + 1)) {
			/* Of one with a connection id the length is behind it. */
			if (p[0] == 25)
				return true;
			length = DTLS_HEADER + get_be16(p + 11);
		} else {
			length = n > 0 ? short_record(p, n) : 0;
		}
		if (length == 0 || length > d->wire - at)
			return false;
		at += length;
	}
	return at > 0;
}

/* ---- QUIC ---- */

/* RFC 9000, RFC 9369, drafts, and those of Google (RFC 8999 section 5.1). */
static bool
is_quic_version(uint32_t v)
{
	return v == 1 || v == UINT32_C(0x6b3343cf) || v >> 8 == 0xff0000 || v >> 8 == 0xfaceb0 ||
		(v & UINT32_C(0x0f0f0f0f)) == UINT32_C(0x0a0a0a0a) ||
		((v >> 24 == 'Q' || v >> 24 == 'T') && (v >> 16 & 255) - '0' < 10 &&
		 (v >> 8 & 255) - '0' < 10 && (v & 255) - '0' < 10);
}

static bool
is_quic_port(const struct datagram *d)
{
	return has_port(d, 443) || has_port(d, 8443) || has_port(d, 853) || has_port(d, 80);
}

/* A long header: version, and a connection id of at most 20 bytes. Version 0 offers
 * others (RFC 8999 section 6). */
static bool
is_quic_long(const struct datagram *d)
{
	uint32_t version;

	if (d->n < 7)
		return false;
	version = get_be32(d->p + 1);
	if (version == 0)
		return is_quic_port(d) && d->p[5] <= 20 && d->wire >= 7u + d->p[5] + 4u;
	return is_quic_version(version) && (d->p[5] <= 20 || version >> 24 == 'Q');
}

/* ---- others ---- */

/* "d1:", as every message of the hash table begins; a SYN of uTP, with what most add. */
static bool
is_bittorrent(const struct datagram *d)
{
	if (d->n >= 4 && d->p[0] == 'd' && d->p[1] == '1' && d->p[2] == ':')
		return true;
	return d->n >= 20 && d->p[0] == 0x41 && d->p[1] <= 2 && get_be32(d->p + 8) == 0 &&
		d->wire <= 40 && get_be16(d->p + 16) == 1;
}

static bool
is_wireguard(const struct datagram *d)
{
	if (d->n < 4 || d->p[0] < 1 || d->p[0] > 4 || d->p[1] || d->p[2] || d->p[3])
		return false;
	switch (d->p[0]) {
	case 1:
		return d->wire == 148;
	case 2:
		return d->wire == 92;
	case 3:
		return d->wire == 64;
	default:
		return d->wire >= 32 && d->wire % 16 == 0;
	}
}

static enum shape
other(const struct datagram *d)
{
	enum shape shape = shape_of_ports(d);

	if (shape == SHAPE_RADIUS)
		return d->n >= 20 && get_be16(d->p + 2) == d->wire ? SHAPE_RADIUS : SHAPE_UDP;
	if (shape != SHAPE_UDP)
		return shape;
	if (is_wireguard(d))
		return SHAPE_WIREGUARD;
	if (is_bittorrent(d))
		return SHAPE_BITTORRENT;
	/* A short header tells nothing, nor does that of the first versions. */
	if (d->n > 0 && d->wire >= 9 && (has_port(d, 443) || has_port(d, 8443) || has_port(d, 853)))
		return SHAPE_QUIC;
	return SHAPE_UDP;
}

/* ---- RTP and RTCP ---- */

/* RFC 5761 section 4: types 192 to 223, the others would be RTP with a marker and payload
 * types that are to be avoided. RFC 3550 section 6.1: the first packet fits the
 * datagram; reports may lie of their length and be reports. */
static bool
is_rtcp(const uint8_t *p, size_t n, uint32_t wire)
{
	if (n < 4 || wire < 8 || p[1] < 192 || p[1] > 223)
		return false;
	return (get_be16(p + 2) + 1u) * 4 <= wire || ((p[1] == 200 || p[1] == 201) && wire % 4 == 0);
}

/* RFC 3550 section 5.1. Lengths that lie are flaws of it. */
static bool
is_rtp(const uint8_t *p, size_t n)
{
	return n >= 12 && (p[1] < 200 || p[1] > 204);
}

/* Of protocols whose first byte may be any, on the ports where they are at home. */
static enum shape
taken(const struct datagram *d)
{
	enum shape shape = shape_of_ports(d);

	switch (shape) {
	case SHAPE_DNS:
	case SHAPE_NETBIOS:
	case SHAPE_NTP:
	case SHAPE_IPSEC:
	case SHAPE_IAX2:
		return shape;
	default:
		/* RFC 9287: the bit that would tell it from RTP may be off. */
		return is_quic_port(d) && is_quic_long(d) ? SHAPE_QUIC : SHAPE_UDP;
	}
}

static inline enum shape
media(const struct datagram *d)
{
	if (UNLIKELY(d->ports[0] <= SHAPE_PORT_LAST || d->ports[1] <= SHAPE_PORT_LAST || has_port(d, 8443))) {
		enum shape shape = taken(d);

		if (shape != SHAPE_UDP)
			return shape;
	}
	if (is_rtcp(d->p, d->n, d->wire))
		return SHAPE_RTCP;
	return is_rtp(d->p, d->n) ? SHAPE_RTP : other(d);
}

enum shape
shape_of(struct str payload, uint32_t wire_length, uint16_t src_port, uint16_t dst_port)
{
	const struct datagram d = {
		(const uint8_t *)payload.p, payload.n, wire_length, { src_port, dst_port },
	};

	if (d.n == 0)
		return SHAPE_UDP;
	if (LIKELY((d.p[0] & 0xc0) == 0x80))
		return media(&d);
	if (d.p[0] < 64) {
		if (is_stun(&d))
			return SHAPE_STUN;
		if (d.p[0] < 2)
			return is_old_stun(&d) ? SHAPE_STUN : other(&d);
		if (d.p[0] < 20)
			return is_zrtp(&d) ? SHAPE_ZRTP : other(&d);
		return is_dtls(&d) ? SHAPE_DTLS : other(&d);
	}
	if (d.p[0] < 128)
		return is_turn_channel(&d) ? SHAPE_TURN : other(&d);
	return is_quic_long(&d) ? SHAPE_QUIC : other(&d);
}

size_t
shape_framed(struct str bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	uint32_t length;

	if (bytes.n < 3)
		return 0;
	length = get_be16(p);
	if (length < 8 || (p[2] & 0xc0) != 0x80)
		return SIZE_MAX;
	if (bytes.n < 6)
		return 0;
	if (is_rtcp(p + 2, bytes.n - 2, length) && (get_be16(p + 4) + 1u) * 4 <= length)
		return length + 2u;
	if (length < 12 || (p[3] >= 200 && p[3] <= 204))
		return SIZE_MAX;
	return bytes.n < 14 ? 0 : length + 2u;
}
