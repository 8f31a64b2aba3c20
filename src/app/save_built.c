#include "app/save_built.h"

#include "base/bytes.h"
#include "store/transport.h"

#define UDP	17u
#define HOPS	64u
#define WHOLE	65535u

/* The tags of exported PDUs that are written; those of strings are filled to 4 bytes. */
#define TAG_END		0u
#define TAG_DISSECTOR	12u
#define TAG_IP4_SRC	20u	/* dst: the next */
#define TAG_IP6_SRC	22u
#define TAG_PORT_TYPE	24u
#define TAG_PORT_SRC	25u
#define TAG_PROTOCOL	33u
#define PORT_TYPE_SCTP	1u
#define PORT_TYPE_TCP	2u
#define PORT_TYPE_UDP	3u
#define RECORD_MAX	262144u	/* what readers take */

/* The sum of RFC 1071, of 16-bit words, not folded. */
static uint32_t
sum(const uint8_t *p, size_t n, uint32_t start)
{
	for (; n > 1; p += 2, n -= 2)
		start += get_be16(p);
	return n ? start + ((uint32_t)p[0] << 8) : start;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
set16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

bool
save_built_packet(struct buf *to, const struct net_endpoint *src, const struct net_endpoint *dst,
		  struct str payload)
{
	bool ip4 = src->addr.family == NET_IP4;
	size_t head = ip4 ? 20 : 40, size = ip4 ? 4 : 16, udp = 8 + payload.n;
	uint8_t h[48] = { 0 };
	uint32_t check;
	uint16_t folded;

	buf_clear(to);
	if (src->addr.family != dst->addr.family || src->addr.family == NET_NONE ||
	    udp > WHOLE - (ip4 ? head : 0))
		return false;
	if (ip4) {
		h[0] = 0x45;
		set16(h + 2, (uint32_t)(head + udp));
		h[8] = HOPS;
		h[9] = UDP;
		memcpy(h + 12, src->addr.bytes, 4);
		memcpy(h + 16, dst->addr.bytes, 4);
		set16(h + 10, fold(sum(h, 20, 0)));
	} else {
		h[0] = 0x60;
		set16(h + 4, (uint32_t)udp);
		h[6] = UDP;
		h[7] = HOPS;
		memcpy(h + 8, src->addr.bytes, 16);
		memcpy(h + 24, dst->addr.bytes, 16);
	}
	set16(h + head, src->port);
	set16(h + head + 2, dst->port);
	set16(h + head + 4, (uint32_t)udp);
	/* Over a pseudo header of addresses, length and protocol (RFC 768, 8200). */
	check = sum(src->addr.bytes, size, (uint32_t)udp + UDP);
	check = sum(dst->addr.bytes, size, check);
	check = sum(h + head, 8, check);
	folded = fold(sum((const uint8_t *)payload.p, payload.n, check));
	set16(h + head + 6, folded ? folded : 0xffff);
	buf_add(to, h, head + 8);
	buf_add_str(to, payload);
	return true;
}

static void
add_tag(struct buf *b, uint32_t tag, const void *value, size_t n)
{
	size_t filled = (n + 3) & ~(size_t)3;
	uint8_t head[4];

	set16(head, tag);
	set16(head + 2, (uint32_t)filled);
	buf_add(b, head, sizeof(head));
	buf_add(b, value, n);
	buf_add_chars(b, '\0', filled - n);
}

static void
add_number(struct buf *b, uint32_t tag, uint32_t value)
{
	uint8_t bytes[4];

	set16(bytes, value >> 16);
	set16(bytes + 2, value);
	add_tag(b, tag, bytes, sizeof(bytes));
}

bool
save_built_pdu(struct buf *to, const struct net_endpoint *src, const struct net_endpoint *dst,
	       unsigned transport, struct str text)
{
	bool ip4 = src->addr.family == NET_IP4;
	uint32_t tag = ip4 ? TAG_IP4_SRC : TAG_IP6_SRC;
	size_t size = ip4 ? 4 : 16;

	buf_clear(to);
	if (src->addr.family != dst->addr.family || src->addr.family == NET_NONE ||
	    text.n > RECORD_MAX - 128)
		return false;
	add_tag(to, TAG_DISSECTOR, "sip", 3);
	add_tag(to, tag, src->addr.bytes, size);
	add_tag(to, tag + 1, dst->addr.bytes, size);
	add_number(to, TAG_PORT_TYPE, transport == TRANSPORT_UDP ? PORT_TYPE_UDP
		   : transport == TRANSPORT_SCTP ? PORT_TYPE_SCTP : PORT_TYPE_TCP);
	add_number(to, TAG_PORT_SRC, src->port);
	add_number(to, TAG_PORT_SRC + 1, dst->port);
	if (transport == TRANSPORT_TLS || transport == TRANSPORT_WSS)
		add_tag(to, TAG_PROTOCOL, transport == TRANSPORT_WSS ? "SIP/WSS" : "SIP/TLS", 7);
	add_tag(to, TAG_END, "", 0);
	buf_add_str(to, text);
	return true;
}
