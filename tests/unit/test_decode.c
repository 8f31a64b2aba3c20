/*
 * The decoder on whole records: each link type, tag and tunnel, with its bytes
 * written out; each cut at every byte, and with every byte changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "decode/decode.h"

#define BYTES(...) \
	(const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define BE16(v)	((v) >> 8) & 255, (v) & 255

#define MACS	0x02, 0, 0, 0, 0, 2,  0x02, 0, 0, 0, 0, 1
#define ETH(type)	MACS, BE16(type)
/* An IPv4 header in front of what is tunnelled. */
#define IP4(protocol, total) \
	0x45, 0, BE16(total),  0, 1, 0, 0,  64, protocol, 0, 0, \
	10, 0, 0, 1,  10, 0, 0, 2
#define IP6(next, length) \
	0x60, 0, 0, 0,  BE16(length), next, 61, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
#define UDP(dst, length)	0xc0, 0, BE16(dst),  BE16(length), 0, 0
#define PING	'p', 'i', 'n', 'g'
#define SIP_UDP	BE16(5060), BE16(5062),  0, 12, 0, 0,  PING	/* 12 bytes */
/* 32 bytes */
#define INNER4 \
	0x45, 0, 0, 32,  0x12, 0x34, 0, 0,  60, 17, 0, 0, \
	192, 0, 2, 1,  192, 0, 2, 2,  SIP_UDP
#define INNER6	IP6(17, 12), SIP_UDP			/* 52 bytes */
#define INNER_ETH	ETH(0x0800), INNER4		/* 46 bytes */

#define SRC4	"192.0.2.1:5060"
#define DST4	"192.0.2.2:5062"
#define SRC6	"[2001:db8::1]:5060"
#define DST6	"[2001:db8::2]:5062"

struct decode_case {
	const char *name;
	uint16_t link;
	const uint8_t *bytes;
	size_t n;
	const char *src, *dst;	/* NULL: not a segment */
	unsigned tunnels, vlan;
	const char *counted;	/* a count that must be there; NULL: none at all */
};

static const struct decode_case segments[] = {
	/* ---- link types ---- */
	{ "ethernet", 1, BYTES(ETH(0x0800), INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ethernet, ipv6", 1, BYTES(ETH(0x86dd), INNER6), SRC6, DST6, 0, 0, NULL },
	{ "ethernet, padded", 1, BYTES(ETH(0x0800), INNER4, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
	  SRC4, DST4, 0, 0, NULL },
	{ "802.3, snap", 1, BYTES(
		MACS, BE16(40),			/* length */
		0xaa, 0xaa, 0x03,		/* LLC: SNAP, unnumbered */
		0, 0, 0, 0x08, 0x00,		/* encapsulated Ethernet, IPv4 */
		INNER4, 0, 0), SRC4, DST4, 0, 0, NULL },
	{ "802.3, llc ip", 1, BYTES(MACS, BE16(35), 0x06, 0x06, 0x03, INNER4),
	  SRC4, DST4, 0, 0, NULL },
	{ "null, little", 0, BYTES(2, 0, 0, 0, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "null, big", 0, BYTES(0, 0, 0, 2, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "null, macos", 0, BYTES(30, 0, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "null, freebsd", 0, BYTES(28, 0, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "null, netbsd", 0, BYTES(24, 0, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "null, windows", 0, BYTES(23, 0, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "null, linux", 0, BYTES(10, 0, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "null, ethertype", 0, BYTES(0, 15, 8, 0, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "loop", 108, BYTES(0, 0, 0, 2, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ppp", 9, BYTES(0x00, 0x21, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ppp, address and control", 9, BYTES(0xff, 0x03, 0x00, 0x21, INNER4),
	  SRC4, DST4, 0, 0, NULL },
	{ "ppp, short protocol", 9, BYTES(0xff, 0x03, 0x57, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "ppp, mpls", 9, BYTES(0x02, 0x81, 0, 2, 1, 64, INNER4), SRC4, DST4, 0, 0, "mpls" },
	{ "ppp hdlc", 50, BYTES(0xff, 0x03, 0x00, 0x57, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "ppp hdlc, cisco", 50, BYTES(0x0f, 0x00, 0x08, 0x00, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "cisco hdlc", 104, BYTES(0x8f, 0x00, 0x08, 0x00, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ppp with direction", 204, BYTES(1, 0xff, 0x03, 0x00, 0x21, INNER4),
	  SRC4, DST4, 0, 0, NULL },
	{ "ppp with direction as address", 166, BYTES(0, 0x03, 0x00, 0x21, INNER4),
	  SRC4, DST4, 0, 0, NULL },
	{ "pppoe link", 51, BYTES(0x11, 0, 0, 1, BE16(34), 0x00, 0x21, INNER4),
	  SRC4, DST4, 0, 0, "pppoe" },
	{ "raw 12", 12, BYTES(INNER4), SRC4, DST4, 0, 0, NULL },
	{ "raw 14", 14, BYTES(INNER6), SRC6, DST6, 0, 0, NULL },
	{ "raw 101", 101, BYTES(INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ipv4", 228, BYTES(INNER4), SRC4, DST4, 0, 0, NULL },
	{ "ipv6", 229, BYTES(INNER6), SRC6, DST6, 0, 0, NULL },
	{ "sll", 113, BYTES(
		0, 0,  0, 1,  0, 6,		/* to us, Ethernet, address of 6 */
		2, 0, 0, 0, 0, 1, 0, 0,		/* address */
		0x08, 0x00, INNER4), SRC4, DST4, 0, 0, NULL },
	{ "sll, vlan", 113, BYTES(
		0, 0,  0, 1,  0, 6,  2, 0, 0, 0, 0, 1, 0, 0,
		0x81, 0x00,  0x00, 0x2a, 0x08, 0x00, INNER4), SRC4, DST4, 0, 42, "vlan" },
	{ "sll, llc", 113, BYTES(
		0, 0,  0, 1,  0, 6,  2, 0, 0, 0, 0, 1, 0, 0,
		0x00, 0x04,  0xaa, 0xaa, 0x03, 0, 0, 0, 0x08, 0x00, INNER4),
	  SRC4, DST4, 0, 0, NULL },
	{ "sll2", 276, BYTES(
		0x86, 0xdd,  0, 0,  0, 0, 0, 3,	/* IPv6, reserved, interface */
		0, 1,  4,  6,			/* Ethernet, outgoing, address of 6 */
		2, 0, 0, 0, 0, 1, 0, 0, INNER6), SRC6, DST6, 0, 0, NULL },
	{ "sll2, two vlans", 276, BYTES(
		0x88, 0xa8,  0, 0,  0, 0, 0, 3,  0, 1, 4, 6,  2, 0, 0, 0, 0, 1, 0, 0,
		0x00, 0x07, 0x81, 0x00,  0x00, 0x08, 0x08, 0x00, INNER4),
	  SRC4, DST4, 0, 7, "vlan" },
	{ "nflog, little", 239, BYTES(
		2, 0, 0, 5,			/* IPv4, version 0, group 5 */
		8, 0, 1, 0,  8, 0, 1, 0,	/* packet header */
		5, 0, 10, 0,  0, 0, 0, 0,	/* prefix "", padded */
		36, 0, 9, 0,  INNER4), SRC4, DST4, 0, 0, NULL },
	{ "nflog, big", 239, BYTES(
		10, 0, 0, 5,
		0, 8, 0, 1,  0x86, 0xdd, 1, 0,
		0, 56, 0, 9,  INNER6), SRC6, DST6, 0, 0, NULL },
	{ "exported pdu", 252, BYTES(
		0, 12, 0, 4,  's', 'i', 'p', 0,	/* dissector */
		0, 20, 0, 4,  192, 0, 2, 1,	/* IPv4 source */
		0, 21, 0, 4,  192, 0, 2, 2,	/* IPv4 destination */
		0, 24, 0, 4,  0, 0, 0, 3,	/* ports of UDP */
		0, 25, 0, 4,  0, 0, BE16(5060),
		0, 26, 0, 4,  0, 0, BE16(5062),
		0, 0, 0, 0,  PING), SRC4, DST4, 0, 0, NULL },
	{ "exported pdu, heuristic", 252, BYTES(
		0, 13, 0, 8,  's', 'i', 'p', '_', 'u', 'd', 'p', 0,
		0, 22, 0, 16,  0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0, 23, 0, 16,  0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		0, 25, 0, 4,  0, 0, BE16(5060),  0, 26, 0, 4,  0, 0, BE16(5062),
		0, 0, 0, 0,  PING), SRC6, DST6, 0, 0, NULL },
	{ "exported pdu, udp", 252, BYTES(
		0, 14, 0, 8,  'u', 'd', 'p', '.', 'p', 'o', 'r', 't',	/* dissector table */
		0, 20, 0, 4,  192, 0, 2, 1,  0, 21, 0, 4,  192, 0, 2, 2,
		0, 24, 0, 4,  0, 0, 0, 3,
		0, 25, 0, 4,  0, 0, BE16(5060),  0, 26, 0, 4,  0, 0, BE16(5062),
		0, 32, 0, 4,  0, 0, BE16(5062),				/* its number */
		0, 0, 0, 0,  PING), SRC4, DST4, 0, 0, NULL },
	{ "exported pdu, decrypted", 252, BYTES(
		0, 12, 0, 4,  's', 'i', 'p', 0,
		0, 20, 0, 4,  192, 0, 2, 1,  0, 21, 0, 4,  192, 0, 2, 2,
		0, 24, 0, 4,  0, 0, 0, 3,
		0, 25, 0, 4,  0, 0, BE16(5060),  0, 26, 0, 4,  0, 0, BE16(5062),
		0, 33, 0, 8,  'S', 'I', 'P', '/', 'T', 'L', 'S', 0,	/* protocol */
		0, 0, 0, 0,  PING), SRC4, DST4, 0, 0, NULL },
	{ "exported pdu, ip", 252, BYTES(0, 12, 0, 4,  'i', 'p', 0, 0,  0, 0, 0, 0,  INNER4),
	  SRC4, DST4, 0, 0, NULL },

	/* ---- tags ---- */
	{ "vlan", 1, BYTES(ETH(0x8100), 0x60, 0x64, 0x08, 0x00, INNER4),
	  SRC4, DST4, 0, 100, "vlan" },
	{ "qinq", 1, BYTES(ETH(0x88a8), 0, 2, 0x81, 0, 0, 3, 0x86, 0xdd, INNER6),
	  SRC6, DST6, 0, 2, "vlan" },
	{ "9100 in 9200 in 8100", 1, BYTES(ETH(0x8100), 0, 2, 0x92, 0, 0, 3, 0x91, 0, 0, 4,
					   0x08, 0, INNER4), SRC4, DST4, 0, 2, "vlan" },
	{ "priority tag, then vlan", 1, BYTES(ETH(0x8100), 0xa0, 0, 0x81, 0, 0, 9, 0x08, 0,
					      INNER4), SRC4, DST4, 0, 9, "vlan" },
	{ "vlan, 802.3 snap", 1, BYTES(ETH(0x8100), 0, 5, BE16(40), 0xaa, 0xaa, 3, 0, 0, 0,
				       0x08, 0, INNER4), SRC4, DST4, 0, 5, "vlan" },
	{ "vntag", 1, BYTES(ETH(0x8926), 0, 0, 0, 1, 0x08, 0, INNER4), SRC4, DST4, 0, 0, "vntag" },
	{ "cisco metadata", 1, BYTES(ETH(0x8909), 1, 1, 0, 1, 0, 9, 0x08, 0, INNER4),
	  SRC4, DST4, 0, 0, "cisco metadata" },
	{ "mpls", 1, BYTES(ETH(0x8847), 0, 1, 0x00, 64,  0, 2, 0x01, 64, INNER4),
	  SRC4, DST4, 0, 0, "mpls" },
	{ "mpls, ipv6", 1, BYTES(ETH(0x8848), 0, 2, 0x01, 64, INNER6), SRC6, DST6, 0, 0, "mpls" },
	{ "mpls, pseudowire", 1, BYTES(ETH(0x8847), 0, 2, 0x01, 64, 0, 0, 0, 0, INNER_ETH),
	  SRC4, DST4, 1, 0, "pseudowire" },
	{ "mpls, pseudowire, no control word", 1, BYTES(
		ETH(0x8847), 0, 2, 0x01, 64,
		0x44, 0, 0, 0, 0, 2,  0x64, 0, 0, 0, 0, 1,  0x08, 0x00, INNER4),
	  SRC4, DST4, 1, 0, "pseudowire" },
	{ "pppoe", 1, BYTES(
		ETH(0x8864), 0x11, 0, 0, 1, BE16(34),	/* session 1 */
		0x00, 0x21, INNER4, 0, 0, 0, 0), SRC4, DST4, 0, 0, "pppoe" },

	/* ---- IP ---- */
	{ "ip4 options", 228, BYTES(
		0x46, 0, 0, 36,  0, 1, 0, 0,  64, 17, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
		0x94, 0, 0, 0,			/* router alert with a length of zero */
		SIP_UDP), SRC4, DST4, 0, 0, NULL },
	{ "ip4 total zero", 228, BYTES(
		0x45, 0, 0, 0,  0, 1, 0, 0,  64, 17, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
		SIP_UDP), SRC4, DST4, 0, 0, NULL },
	{ "ip4, ah", 228, BYTES(
		0x45, 0, 0, 56,  0, 1, 0, 0,  64, 51, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
		17, 4, 0, 0,  0, 0, 0, 1,  0, 0, 0, 1,		/* UDP, 24 bytes, SPI, number */
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,		/* check value */
		SIP_UDP), SRC4, DST4, 0, 0, NULL },
	{ "ip6 extensions", 229, BYTES(
		IP6(0, 60),
		43, 0, 5, 2, 0, 0, 1, 0,			/* hop by hop: router alert */
		60, 0, 0, 0, 0, 0, 0, 0,			/* routing, nothing left */
		135, 0, 1, 4, 0, 0, 0, 0,			/* destination options */
		139, 0, 0, 0, 0, 0, 0, 0,			/* mobility */
		140, 0, 0, 0, 0, 0, 0, 0,			/* host identity */
		17, 0, 0, 0, 0, 0, 0, 0,			/* shim6 */
		SIP_UDP), SRC6, DST6, 0, 0, NULL },
	{ "ip6 atomic fragment", 229, BYTES(
		IP6(44, 20), 17, 0, 0, 0, 0, 0, 0, 9, SIP_UDP), SRC6, DST6, 0, 0, NULL },
	{ "ip6, ah", 229, BYTES(
		IP6(51, 28), 17, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, SIP_UDP),
	  SRC6, DST6, 0, 0, NULL },

	/* ---- tunnels ---- */
	{ "ipip", 228, BYTES(IP4(4, 52), INNER4), SRC4, DST4, 1, 0, "ipip" },
	{ "6in4", 228, BYTES(IP4(41, 72), INNER6), SRC6, DST6, 1, 0, "6in4" },
	{ "4in6", 229, BYTES(IP6(4, 32), INNER4), SRC4, DST4, 1, 0, "ipip" },
	{ "etherip", 228, BYTES(IP4(97, 68), 0x30, 0, INNER_ETH), SRC4, DST4, 1, 0, "etherip" },
	{ "mpls in ip", 228, BYTES(IP4(137, 56), 0, 2, 1, 64, INNER4),
	  SRC4, DST4, 1, 0, "mpls-in-ip" },
	{ "gre", 228, BYTES(IP4(47, 56), 0, 0, 0x08, 0x00, INNER4), SRC4, DST4, 1, 0, "gre" },
	{ "gre, checksum, key, sequence", 228, BYTES(
		IP4(47, 88), 0xb0, 0, 0x86, 0xdd,	/* C, K, S; IPv6 */
		0, 0, 0, 0,  0, 0, 0, 7,  0, 0, 0, 1,  INNER6), SRC6, DST6, 1, 0, "gre" },
	{ "gre, ethernet", 228, BYTES(IP4(47, 70), 0, 0, 0x65, 0x58, INNER_ETH),
	  SRC4, DST4, 1, 0, "gre" },
	{ "gre, mpls", 228, BYTES(IP4(47, 60), 0, 0, 0x88, 0x47, 0, 2, 1, 64, INNER4),
	  SRC4, DST4, 1, 0, "mpls" },
	{ "pptp", 228, BYTES(
		IP4(47, 72), 0x30, 0x81, 0x88, 0x0b,	/* K, S, A, version 1; PPP */
		0, 36, 0, 1,  0, 0, 0, 1,  0, 0, 0, 1,	/* length, call; numbers */
		0xff, 0x03, 0x00, 0x21, INNER4), SRC4, DST4, 1, 0, "pptp" },
	{ "erspan 1", 228, BYTES(IP4(47, 70), 0, 0, 0x88, 0xbe, INNER_ETH),
	  SRC4, DST4, 1, 0, "erspan1" },
	{ "erspan 2", 228, BYTES(
		IP4(47, 82), 0x10, 0, 0x88, 0xbe,  0, 0, 0, 1,	/* S; number */
		0x10, 1, 0, 1,  0, 0, 0, 1,			/* version 1, index */
		INNER_ETH), SRC4, DST4, 1, 0, "erspan2" },
	{ "erspan 3", 228, BYTES(
		IP4(47, 86), 0x10, 0, 0x22, 0xeb,  0, 0, 0, 1,
		0x20, 1, 0, 1,  0, 0, 0, 1,  0, 0, 0, 0,	/* version 2 */
		INNER_ETH), SRC4, DST4, 1, 0, "erspan3" },
	{ "erspan 3, platform header, ip", 228, BYTES(
		IP4(47, 80), 0x10, 0, 0x22, 0xeb,  0, 0, 0, 1,
		0x20, 1, 0, 1,  0, 0, 0, 1,  0, 0, 0x08, 0x01,	/* frame type 2, O */
		0, 0, 0, 0, 0, 0, 0, 0,
		INNER4), SRC4, DST4, 1, 0, "erspan3" },
	{ "vxlan", 228, BYTES(
		IP4(17, 82), UDP(4789, 62),  8, 0, 0, 0,  0, 0, 1, 0,  INNER_ETH),
	  SRC4, DST4, 1, 0, "vxlan" },
	{ "vxlan, linux port, group", 228, BYTES(
		IP4(17, 82), UDP(8472, 62),  0x88, 0, 0, 5,  0, 0, 1, 0,  INNER_ETH),
	  SRC4, DST4, 1, 0, "vxlan" },
	{ "vxlan-gpe", 228, BYTES(
		IP4(17, 68), UDP(4790, 48),  0x0c, 0, 0, 1,  0, 0, 1, 0,  INNER4),
	  SRC4, DST4, 1, 0, "vxlan-gpe" },
	{ "geneve", 228, BYTES(
		IP4(17, 90), UDP(6081, 70),
		2, 0, 0x65, 0x58,  0, 0, 1, 0,			/* options of 8 bytes */
		1, 2, 1, 1,  0, 0, 0, 0,
		INNER_ETH), SRC4, DST4, 1, 0, "geneve" },
	{ "geneve, ip", 229, BYTES(
		IP6(17, 48), UDP(6081, 48), 0, 0, 0x08, 0x00,  0, 0, 1, 0,  INNER4),
	  SRC4, DST4, 1, 0, "geneve" },
	{ "gtp-u", 228, BYTES(
		IP4(17, 68), UDP(2152, 48), 0x30, 0xff, BE16(32),  0, 0, 0, 1,  INNER4),
	  SRC4, DST4, 1, 0, "gtp-u" },
	{ "gtp-u, extensions", 228, BYTES(
		IP4(17, 80), UDP(2152, 60),
		0x34, 0xff, BE16(44),  0, 0, 0, 1,		/* E; tunnel */
		0, 0, 0, 0x85,					/* number, next: container */
		1, 0x10, 0, 0xc0,				/* 4 bytes, next: PDCP number */
		1, 0, 0, 0,					/* 4 bytes, none next */
		INNER4), SRC4, DST4, 1, 0, "gtp-u" },
	{ "mpls in udp", 228, BYTES(
		IP4(17, 64), UDP(6635, 44), 0, 2, 1, 64, INNER4), SRC4, DST4, 1, 0, "mpls-in-udp" },
	{ "teredo", 228, BYTES(
		IP4(17, 88), UDP(3544, 68),
		0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,	/* origin */
		INNER6), SRC6, DST6, 1, 0, "teredo" },
	{ "nsh", 1, BYTES(
		ETH(0x894f), 0x0f, 0xc2, 2, 1,  0, 0, 1, 255,	/* 8 bytes, IPv4; path */
		INNER4), SRC4, DST4, 1, 0, "nsh" },
	{ "nsh, ipv6, longer", 1, BYTES(
		ETH(0x894f), 0x0f, 0xc3, 2, 2,  0, 0, 1, 255,  1, 2, 3, 4,  INNER6),
	  SRC6, DST6, 1, 0, "nsh" },
	{ "nsh, ethernet", 1, BYTES(
		ETH(0x894f), 0x0f, 0xc2, 2, 3,  0, 0, 1, 255,  INNER_ETH),
	  SRC4, DST4, 1, 0, "nsh" },
	{ "nsh, mpls", 1, BYTES(
		ETH(0x894f), 0x0f, 0xc2, 2, 5,  0, 0, 1, 255,  0, 2, 1, 64, INNER4),
	  SRC4, DST4, 1, 0, "mpls" },
	{ "vxlan-gpe, mpls", 228, BYTES(
		IP4(17, 72), UDP(4790, 52),  0x0c, 0, 0, 5,  0, 0, 1, 0,  0, 2, 1, 64, INNER4),
	  SRC4, DST4, 1, 0, "mpls" },
	{ "eight tunnels", 228, BYTES(
		IP4(4, 192), IP4(4, 172), IP4(4, 152), IP4(4, 132), IP4(4, 112), IP4(4, 92),
		IP4(4, 72), IP4(4, 52), INNER4), SRC4, DST4, 8, 0, "ipip" },
};

/* What ends otherwise: as an other protocol, or with a flaw. */
static const struct decode_case ends[] = {
	{ .name = "arp", .link = 1, BYTES(ETH(0x0806), 0, 1, 8, 0), .counted = "arp" },
	{ .name = "unknown ethertype", .link = 1, BYTES(ETH(0x9abc), 0),
	  .counted = "ethertype 0x9abc" },
	{ .name = "a length too long", .link = 1, BYTES(ETH(0x05ee), 0),
	  .counted = "ethertype 0x05ee" },
	{ .name = "stp", .link = 1, BYTES(ETH(0x0026), 0x42, 0x42, 3, 0), .counted = "stp" },
	{ .name = "llc", .link = 1, BYTES(ETH(0x0026), 0x10, 0x10, 3, 0), .counted = "llc 0x10" },
	{ .name = "cdp", .link = 1, BYTES(ETH(0x0026), 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0),
	  .counted = "cdp" },
	{ .name = "foreign snap", .link = 1, BYTES(ETH(0x0026), 0xaa, 0xaa, 3, 1, 2, 3, 8, 0),
	  .counted = "snap" },
	{ .name = "pppoe discovery", .link = 1, BYTES(ETH(0x8863), 0x11, 9, 0, 0, 0, 0),
	  .counted = "pppoe discovery" },
	{ .name = "lcp", .link = 9, BYTES(0xc0, 0x21, 1, 1, 0, 4), .counted = "lcp" },
	{ .name = "unknown ppp", .link = 9, BYTES(0x40, 0x22, 1), .counted = "ppp 0x4022" },
	{ .name = "igmp", .link = 228, BYTES(IP4(2, 28), 0x16, 0, 0, 0, 0, 0, 0, 0),
	  .counted = "igmp" },
	{ .name = "esp", .link = 229, BYTES(IP6(50, 8), 0, 0, 0, 1, 0, 0, 0, 1), .counted = "esp" },
	{ .name = "unknown protocol", .link = 228, BYTES(IP4(200, 20)),
	  .counted = "ip protocol 200" },
	{ .name = "no next header", .link = 229, BYTES(IP6(59, 0)),
	  .counted = "ip6 no next header" },
	{ .name = "usb", .link = 220, BYTES(0), .counted = "link type 220 (usb)" },
	{ .name = "user link", .link = 147, BYTES(0), .counted = "link type 147" },
	{ .name = "null family", .link = 0, BYTES(7, 0, 0, 0), .counted = "address family 7" },
	{ .name = "other pdu", .link = 252, BYTES(0, 12, 0, 4, 'd', 'n', 's', 0, 0, 0, 0, 0, 1),
	  .counted = "exported pdu dns" },
	{ .name = "pdu without a name", .link = 252, BYTES(0, 0, 0, 0, 1),
	  .counted = "exported pdu " },
	{ .name = "gre keepalive", .link = 228, BYTES(IP4(47, 24), 0, 0, 0, 0),
	  .counted = "gre keepalive" },
	{ .name = "pptp ack", .link = 228, BYTES(IP4(47, 32), 0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 1,
						 0, 0, 0, 1), .counted = "pptp acknowledgment" },
	{ .name = "nflog, no payload", .link = 239, BYTES(2, 0, 0, 5, 8, 0, 1, 0, 8, 0, 1, 0),
	  .counted = "nflog without payload" },
	{ .name = "netlink in sll", .link = 113,
	  BYTES(0, 4, BE16(824), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), .counted = "netlink" },

	{ .name = "ip4 header of 16", .link = 228, BYTES(0x44, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2, SIP_UDP), .counted = "ip4 header length" },
	{ .name = "ip4 header of 60 in 32", .link = 228, BYTES(0x4f, 0, 0, 64, 0, 0, 0, 0, 64, 17,
		0, 0, 192, 0, 2, 1, 192, 0, 2, 2, SIP_UDP), .counted = "ip4 header cut" },
	{ .name = "ip4 total of 19", .link = 228, BYTES(0x45, 0, 0, 19, 0, 0, 0, 0, 64, 17, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2, SIP_UDP), .counted = "ip4 total length" },
	{ .name = "version 5", .link = 101, BYTES(0x55, 0, 0, 32), .counted = "ip version" },
	{ .name = "ip6 extension up to the end", .link = 229,
	  BYTES(IP6(0, 16), 17, 1, 0, 0, 0, 0, 0, 0,
		PING, PING), .counted = "udp header cut" },
	{ .name = "ip6 extension beyond", .link = 229, BYTES(IP6(0, 20), 17, 255, 0, 0, 0, 0, 0, 0,
		SIP_UDP), .counted = "ip6 extension header cut" },
	{ .name = "ah beyond", .link = 228, BYTES(
		IP4(51, 36), 17, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
		PING), .counted = "ah cut" },
	{ .name = "gre flags beyond", .link = 228, BYTES(IP4(47, 28), 0xb0, 0, 8, 0, 0, 0, 0, 0),
	  .counted = "gre cut" },
	{ .name = "gre version 2", .link = 228, BYTES(IP4(47, 24), 0, 2, 8, 0),
	  .counted = "gre version" },
	{ .name = "gre routing", .link = 228, BYTES(IP4(47, 24), 0x40, 0, 8, 0),
	  .counted = "gre source routing" },
	{ .name = "erspan version 7", .link = 228,
	  BYTES(IP4(47, 36), 0x10, 0, 0x88, 0xbe, 0, 0, 0, 1,
		0x70, 0, 0, 0, 0, 0, 0, 0), .counted = "erspan version" },
	{ .name = "tcp header of 16", .link = 228, BYTES(IP4(6, 40), 0, 1, 0, 2, 0, 0, 0, 0,
		0, 0, 0, 0, 0x40, 2, 0, 0, 0, 0, 0, 0), .counted = "tcp header length" },
	{ .name = "tcp header beyond", .link = 228, BYTES(IP4(6, 40), 0, 1, 0, 2, 0, 0, 0, 0,
		0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0), .counted = "tcp header length" },
	{ .name = "nflog attribute of 0", .link = 239, BYTES(2, 0, 0, 5, 0, 0, 1, 0, 8, 0, 1, 0),
	  .counted = "nflog attribute length" },
	{ .name = "nflog attribute beyond", .link = 239, BYTES(2, 0, 0, 5, 90, 0, 1, 0, 8, 0, 1, 0),
	  .counted = "nflog cut" },
	{ .name = "pdu tag beyond", .link = 252, BYTES(0, 12, 0xff, 0xff, 's', 'i', 'p'),
	  .counted = "exported pdu cut" },
	{ .name = "nsh of 4", .link = 1, BYTES(ETH(0x894f), 0x0f, 0xc1, 2, 1, 0, 0, 1, 255, INNER4),
	  .counted = "nsh cut" },
	{ .name = "nine tunnels", .link = 228, BYTES(
		IP4(4, 212), IP4(4, 192), IP4(4, 172), IP4(4, 152), IP4(4, 132), IP4(4, 112),
		IP4(4, 92), IP4(4, 72), IP4(4, 52), INNER4), .counted = "too many tunnels" },
};

/* Tunnel ports with something else on them stay plain UDP. */
static const struct decode_case plain[] = {
	{ "text on vxlan", 228, BYTES(IP4(17, 48), UDP(4789, 28), 'H', 'E', 'L', 'L', 'O', ' ', 's',
		'i', 'p', ':', 'a', '@', 'b', ' ', 'S', 'I', 'P', '/', '2', '.'),
	  NULL, "10.0.0.2:4789", 0, 0, NULL },
	{ "text on gtp-u", 228, BYTES(IP4(17, 40), UDP(2152, 20), '0', 'P', 'T', 'I', 'O', 'N', 'S',
		' ', 's', 'i', 'p', ':'), NULL, "10.0.0.2:2152", 0, 0, NULL },
	{ "gtp-u echo", 228, BYTES(IP4(17, 40), UDP(2152, 20), 0x32, 1, 0, 4, 0, 0, 0, 0,
		0, 1, 0, 0), NULL, "10.0.0.2:2152", 0, 0, NULL },
	{ "gtp-u, extension of 0", 228, BYTES(IP4(17, 76), UDP(2152, 56), 0x34, 0xff, BE16(40),
		0, 0, 0, 1,  0, 0, 0, 0x85,  0, 0, 0, 0,  INNER4),
	  NULL, "10.0.0.2:2152", 0, 0, NULL },
	{ "geneve, short", 228, BYTES(IP4(17, 34), UDP(6081, 14), 0, 0, 0x65, 0x58, 0, 0),
	  NULL, "10.0.0.2:6081", 0, 0, NULL },
	{ "geneve, options beyond", 228, BYTES(IP4(17, 68), UDP(6081, 48), 63, 0, 8, 0, 0, 0, 1, 0,
		INNER4), NULL, "10.0.0.2:6081", 0, 0, NULL },
	{ "labels without end", 228, BYTES(IP4(17, 40), UDP(6635, 20), 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0), NULL, "10.0.0.2:6635", 0, 0, NULL },
	{ "teredo bubble that lies", 228, BYTES(IP4(17, 68), UDP(3544, 48), IP6(59, 8)),
	  NULL, "10.0.0.2:3544", 0, 0, NULL },
	{ "text on gpe", 228, BYTES(IP4(17, 40), UDP(4790, 20), 'I', 'N', 'V', 'I', 'T', 'E', ' ',
		's', 'i', 'p', ':', 'x'), NULL, "10.0.0.2:4790", 0, 0, NULL },
	{ "port of sctp over udp, sip", 228, BYTES(
		IP4(17, 48), UDP(9899, 28),
		'B', 'Y', 'E', ' ', 's', 'i', 'p', ':', 'a', '@', 'b', '@', 'c', '@', 'd', 0, 0, 0,
		0, 0), NULL, "10.0.0.2:9899", 0, 0, NULL },
	{ "port of sctp over udp, a chunk too long", 228, BYTES(
		IP4(17, 60), UDP(9899, 40),
		BE16(5060), BE16(5062),  0, 0, 0, 7,  0, 0, 0, 0,
		0, 3, BE16(21),  0, 0, 0, 1,  0, 0, 0, 0,  0, 0, 0, 0,  PING),
	  NULL, "10.0.0.2:9899", 0, 0, NULL },
	{ "port of sctp over udp, no tag", 228, BYTES(
		IP4(17, 60), UDP(9899, 40),
		BE16(5060), BE16(5062),  0, 0, 0, 0,  0, 0, 0, 0,
		0, 3, BE16(20),  0, 0, 0, 1,  0, 0, 0, 0,  0, 0, 0, 0,  PING),
	  NULL, "10.0.0.2:9899", 0, 0, NULL },
};

static enum decode_result
decode_bytes(struct decoder *d, uint16_t link, const uint8_t *bytes, size_t caplen,
	     size_t wirelen, struct segment *seg)
{
	const struct record rec = {
		.data = bytes, .caplen = (uint32_t)caplen, .wirelen = (uint32_t)wirelen,
		.time = 5 * NS_PER_S, .place = { 1000, 3 }, .frame = 7, .source = 3, .link = link,
	};

	memset(seg, 0xa5, sizeof(*seg));
	return decode_record(d, &rec, seg);
}

static uint64_t
count_of(const struct decoder *d, const char *name)
{
	struct decode_count c;

	for (size_t i = 0; decode_count_at(d, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.n;
	return 0;
}

/* How many others and flaws there are in all. */
static uint64_t
count_ends(const struct decoder *d)
{
	struct decode_count c;
	uint64_t n = 0;

	for (size_t i = 0; decode_count_at(d, i, &c); i++)
		if (c.kind != DECODE_COUNT_TUNNEL)
			n += c.n;
	return n;
}

static void
check_endpoint(const char *name, const struct net_endpoint *e, const char *want)
{
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, e);
	if (strlen(want) != b.n || memcmp(b.p, want, b.n) != 0)
		fail_msg("%s: %.*s instead of %s", name, (int)b.n, b.p, want);
	buf_release(&b);
}

static void
test_segments(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		const struct decode_case *c = &segments[i];
		struct decoder *d = decoder_new();
		struct decode_count count;
		struct segment seg;

		if (decode_bytes(d, c->link, c->bytes, c->n, c->n, &seg) != DECODE_SEGMENT)
			fail_msg("%s: no segment", c->name);
		check_endpoint(c->name, &seg.src, c->src);
		check_endpoint(c->name, &seg.dst, c->dst);
		if (!str_eq(seg.payload, STR("ping")) || seg.wire_length != 4 || seg.flaws)
			fail_msg("%s: payload of %zu, flaws %x", c->name, seg.payload.n, seg.flaws);
		if (seg.tunnels != c->tunnels || seg.vlan != c->vlan)
			fail_msg("%s: %u tunnels, vlan %u", c->name, seg.tunnels, seg.vlan);
		assert_int_equal(seg.kind, SEGMENT_UDP);
		assert_int_equal(seg.frame, 7);
		assert_int_equal(seg.source, 3);
		assert_true(seg.time == 5 * NS_PER_S);
		assert_true(seg.in_record);
		assert_int_equal(seg.place.source, 3);
		assert_int_equal(seg.place.offset,
				 1000 + (size_t)((const uint8_t *)seg.payload.p - c->bytes));
		assert_int_equal(seg.fragments, 0);
		assert_int_equal(seg.tcp_seq, 0);
		if (c->counted && count_of(d, c->counted) == 0)
			fail_msg("%s: %s was not counted", c->name, c->counted);
		if (!c->counted && decode_count_at(d, 0, &count))
			fail_msg("%s: counted %s", c->name, count.name);
		decoder_free(d);
	}
}

static void
test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const struct decode_case *c = &ends[i];
		struct decoder *d = decoder_new();
		struct segment seg;
		enum decode_result r = decode_bytes(d, c->link, c->bytes, c->n, c->n, &seg);

		if (r != DECODE_OTHER && r != DECODE_BAD)
			fail_msg("%s: result %d", c->name, r);
		if (c->counted && count_of(d, c->counted) != 1)
			fail_msg("%s: %s was not counted", c->name, c->counted);
		assert_int_equal(count_ends(d), 1);
		decoder_free(d);
	}
}

static void
test_plain(void **state)
{
	struct decoder *d = decoder_new();
	struct decode_count count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		const struct decode_case *c = &plain[i];
		struct segment seg;

		if (decode_bytes(d, c->link, c->bytes, c->n, c->n, &seg) != DECODE_SEGMENT)
			fail_msg("%s: no segment", c->name);
		check_endpoint(c->name, &seg.dst, c->dst);
		assert_int_equal(seg.payload.n, c->n - 28);
		assert_int_equal(seg.tunnels, 0);
	}
	assert_false(decode_count_at(d, 0, &count));
	decoder_free(d);
}

/* SCTP as RFC 6951 carries it: the ports are its own. */
static const struct decode_case sctp_udp[] = {
	{ "sctp over udp", 228, BYTES(
		IP4(17, 60), UDP(9899, 40),
		BE16(5060), BE16(5062),  0, 0, 0, 7,  0, 0, 0, 0,
		0, 3, BE16(20),  0, 0, 0, 1,  0, 0, 0, 0,  0, 0, 0, 0,  PING),
	  "10.0.0.1:5060", "10.0.0.2:5062", 1, 0, "sctp over udp" },
};

static void
test_sctp_udp(void **state)
{
	const struct decode_case *c = &sctp_udp[0];
	struct decoder *d = decoder_new();
	struct segment seg;

	(void)state;
	assert_int_equal(decode_bytes(d, c->link, c->bytes, c->n, c->n, &seg), DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_SCTP);
	check_endpoint(c->name, &seg.src, c->src);
	check_endpoint(c->name, &seg.dst, c->dst);
	assert_int_equal(seg.payload.n, 32);
	assert_int_equal(seg.wire_length, 32);
	assert_true(seg.in_record);
	assert_int_equal(seg.tunnels, 1);
	assert_int_equal(count_of(d, c->counted), 1);
	decoder_free(d);
}

/* Cut a case behind byte @p n: by the snaplen, or for good. */
static void
check_cut(const struct decode_case *c, size_t n, size_t wirelen)
{
	struct decoder *d = decoder_new();
	uint8_t *copy = xmalloc(n > 0 ? n : 1);
	uint8_t *bytes = copy;
	struct segment seg;

	/* An exact-size copy, so that a byte too far is seen; of nothing, too. */
	if (n > 0)
		memcpy(copy, c->bytes, n);
	else
		bytes = NULL;
	switch (decode_bytes(d, c->link, bytes, n, wirelen, &seg)) {
	case DECODE_SEGMENT:
		if (seg.payload.n > 0)
			assert_true((const uint8_t *)seg.payload.p >= copy &&
				    (const uint8_t *)seg.payload.p + seg.payload.n <= copy + n);
		assert_true(seg.payload.n <= seg.wire_length);
		assert_int_equal(seg.payload.n < seg.wire_length,
				 (seg.flaws & SEGMENT_FLAW_CUT) != 0);
		break;
	case DECODE_HELD:
		fail_msg("%s, %zu bytes: held", c->name, n);
		break;
	case DECODE_OTHER:
	case DECODE_BAD:
		if (count_ends(d) != 1)
			fail_msg("%s, %zu bytes: not counted", c->name, n);
		break;
	}
	free(copy);
	decoder_free(d);
}

static void
check_cuts(const struct decode_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n <= cases[i].n; n++) {
			check_cut(&cases[i], n, cases[i].n);
			check_cut(&cases[i], n, n);
		}
	}
}

static void
test_every_cut(void **state)
{
	(void)state;
	check_cuts(segments, ARRAY_SIZE(segments));
	check_cuts(ends, ARRAY_SIZE(ends));
	check_cuts(plain, ARRAY_SIZE(plain));
	check_cuts(sctp_udp, ARRAY_SIZE(sctp_udp));
}

/* Each byte of each case set to what lies best. */
static void
test_every_byte(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		const struct decode_case *c = &segments[i];
		struct decoder *d = decoder_new();
		uint8_t *copy = xmalloc(c->n);
		struct segment seg;

		for (size_t at = 0; at < c->n; at++) {
			memcpy(copy, c->bytes, c->n);
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				copy[at] = values[v];
				if (decode_bytes(d, c->link, copy, c->n, c->n, &seg) ==
				    DECODE_SEGMENT)
					assert_true(seg.payload.n <= c->n &&
						    seg.payload.n <= seg.wire_length);
			}
		}
		free(copy);
		decoder_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_sctp_udp),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
