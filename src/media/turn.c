#include "media/turn.h"

#include "base/bytes.h"
#include "base/mem.h"

#define STUN_HEADER	20u
#define STUN_COOKIE	UINT32_C(0x2112a442)

/* RFC 8656 sections 17 and 18 */
#define METHOD_SEND	0x0016	/* indications */
#define METHOD_DATA	0x0017
#define METHOD_BIND	0x0009	/* request */
#define CHANNEL_NUMBER	0x000c
#define XOR_PEER	0x0012
#define DATA		0x0013

/* RFC 8489 section 14.2: the port with the front of the cookie, the address with the
 * cookie and the transaction id, which lie in the header one after the other. */
static void
read_peer(const uint8_t *header, const uint8_t *p, size_t n, struct net_endpoint *peer)
{
	uint8_t bytes[16];
	size_t length = n >= 2 && p[1] == 1 ? 4 : 16;

	if (n < 4 + length || (p[1] != 1 && p[1] != 2))
		return;
	for (size_t i = 0; i < length; i++)
		bytes[i] = p[4 + i] ^ header[4 + i];
	peer->addr = length == 4 ? net_addr_ip4(bytes) : net_addr_ip6(bytes);
	peer->port = get_be16(p + 2) ^ (uint16_t)(STUN_COOKIE >> 16);
}

static bool
read_stun(struct str in, uint32_t wire, struct turn *t)
{
	const uint8_t *p = (const uint8_t *)in.p;
	uint32_t at = STUN_HEADER, end;
	bool data = false;

	if (in.n < STUN_HEADER || get_be32(p + 4) != STUN_COOKIE)
		return false;
	switch (get_be16(p)) {
	case METHOD_SEND:
		t->kind = TURN_SEND;
		break;
	case METHOD_DATA:
		t->kind = TURN_DATA;
		break;
	case METHOD_BIND:
		t->kind = TURN_BIND;
		break;
	default:
		return true;
	}
	end = STUN_HEADER + get_be16(p + 2);
	if (end > wire)
		end = wire;
	while (at + 4 <= end && at + 4 <= in.n) {
		uint32_t length = get_be16(p + at + 2);
		size_t rest = in.n - at - 4;
		uint16_t type = get_be16(p + at);

		at += 4;
		if (length > end - at)
			break;
		if (type == XOR_PEER) {
			read_peer(p, p + at, length < rest ? length : rest, &t->peer);
		} else if (type == CHANNEL_NUMBER && length >= 2 && rest >= 2) {
			t->channel = get_be16(p + at);
		} else if (type == DATA) {
			t->data = str_sub(in, at, length < rest ? length : rest);
			t->data_length = length;
			data = true;
		}
		at += (length + 3) / 4 * 4;
	}
	return data || t->kind == TURN_BIND;
}

bool
turn_parse(struct str in, uint32_t wire_length, struct turn *turn)
{
	const uint8_t *p = (const uint8_t *)in.p;

	*turn = (struct turn){ .kind = TURN_OTHER };
	if (in.n < 4)
		return false;
	if ((p[0] & 0xc0) == 0)
		return read_stun(in, wire_length, turn);
	if ((p[0] & 0xc0) != 0x40)
		return false;
	turn->kind = TURN_CHANNEL;
	turn->channel = get_be16(p);
	turn->data_length = get_be16(p + 2);
	if (turn->data_length > wire_length - 4)
		turn->data_length = wire_length - 4;
	turn->data = str_sub(in, 4, turn->data_length < in.n - 4 ? turn->data_length : in.n - 4);
	return true;
}

size_t
turn_framed(struct str bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.p;

	if (bytes.n < 4)
		return bytes.n > 0 && p[0] & 0x80 ? SIZE_MAX : 0;
	if ((p[0] & 0xc0) == 0) {
		if (get_be16(p + 2) % 4 != 0)
			return SIZE_MAX;
		if (bytes.n < 8)
			return 0;
		return get_be32(p + 4) == STUN_COOKIE ? STUN_HEADER + (size_t)get_be16(p + 2)
						      : SIZE_MAX;
	}
	/* 0x4000 to 0x4fff; up to 0x7fff before RFC 8656. */
	return (p[0] & 0xc0) == 0x40 ? (4u + (size_t)get_be16(p + 2) + 3) / 4 * 4 : SIZE_MAX;
}
