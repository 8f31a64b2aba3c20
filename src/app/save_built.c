#include "app/save_built.h"

#include "base/bytes.h"

#define UDP	17u
#define HOPS	64u
#define WHOLE	65535u

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
