#include "net/addr.h"

#include <arpa/inet.h>

#include "base/bytes.h"
#include "base/hash.h"

int
net_addr_cmp(const struct net_addr *a, const struct net_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int
net_endpoint_cmp(const struct net_endpoint *a, const struct net_endpoint *b)
{
	int order = net_addr_cmp(&a->addr, &b->addr);

	return order ? order : (a->port > b->port) - (a->port < b->port);
}

uint64_t
net_endpoint_hash(const struct net_endpoint *e)
{
	uint64_t rest = (uint64_t)e->addr.family << 48 | (uint64_t)e->port << 32;

	/* Nothing that a sender chooses is folded into something else it chooses
	 * but through the key. */
	if (e->addr.family != NET_IP6)
		return hash_u64(rest | get_be32(e->addr.bytes));
	rest = hash_u64(rest) ^ get_be64(e->addr.bytes + 8);
	return hash_u64(hash_u64(rest) ^ get_be64(e->addr.bytes));
}

bool
net_addr_parse(struct str text, struct net_addr *addr)
{
	char name[INET6_ADDRSTRLEN + 1];
	bool only6 = false;	/* brackets and zones are for IPv6 */
	size_t zone;
	uint8_t bytes[16];

	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
		text = str_sub(text, 1, text.n - 2);
		only6 = true;
	}
	zone = str_chr(text, '%');
	if (zone != SIZE_MAX) {
		text.n = zone;
		only6 = true;
	}
	if (text.n == 0 || text.n >= sizeof(name) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(name, text.p, text.n);
	name[text.n] = '\0';
	if (!only6 && inet_pton(AF_INET, name, bytes) == 1)
		*addr = net_addr_ip4(bytes);
	else if (inet_pton(AF_INET6, name, bytes) == 1)
		*addr = net_addr_ip6(bytes);
	else
		return false;
	return true;
}

bool
net_block_parse(struct str text, struct net_block *block)
{
	size_t slash = str_chr(text, '/');
	uint32_t bits;

	if (!net_addr_parse(str_sub(text, 0, slash), &block->addr))
		return false;
	bits = block->addr.family == NET_IP4 ? 32 : 128;
	block->bits = (uint8_t)bits;
	if (slash == SIZE_MAX)
		return true;
	if (!str_to_u32(str_skip(text, slash + 1), &bits) || bits > block->bits)
		return false;
	block->bits = (uint8_t)bits;
	return true;
}

bool
net_block_has(const struct net_block *block, const struct net_addr *addr)
{
	size_t whole = block->bits / 8;
	unsigned rest = block->bits % 8;

	if (block->addr.family != addr->family)
		return false;
	if (memcmp(block->addr.bytes, addr->bytes, whole) != 0)
		return false;
	return rest == 0 || ((block->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest)) == 0;
}

bool
net_addr_is_private(const struct net_addr *addr)
{
	static const struct net_block blocks[] = {
		{ { .family = NET_IP4, .bytes = { 10 } }, 8 },
		{ { .family = NET_IP4, .bytes = { 172, 16 } }, 12 },
		{ { .family = NET_IP4, .bytes = { 192, 168 } }, 16 },
		{ { .family = NET_IP4, .bytes = { 100, 64 } }, 10 },
		{ { .family = NET_IP4, .bytes = { 169, 254 } }, 16 },
		{ { .family = NET_IP4, .bytes = { 127 } }, 8 },
		{ { .family = NET_IP6, .bytes = { 0xfc } }, 7 },
		{ { .family = NET_IP6, .bytes = { 0xfe, 0x80 } }, 10 },
		{ { .family = NET_IP6, .bytes = { [15] = 1 } }, 128 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		if (net_block_has(&blocks[i], addr))
			return true;
	return false;
}

bool
net_endpoint_parse(struct str text, struct net_endpoint *e)
{
	size_t colon = SIZE_MAX;
	uint32_t port = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ':')
			colon = i;
	if (colon != SIZE_MAX && str_to_u32(str_skip(text, colon + 1), &port) && port <= 65535) {
		struct str host = str_sub(text, 0, colon);
		bool plain6 = str_chr(host, ':') != SIZE_MAX && host.p[0] != '[';

		if (!plain6 && net_addr_parse(host, &e->addr)) {
			e->port = (uint16_t)port;
			return true;
		}
	}
	e->port = 0;
	return net_addr_parse(text, &e->addr);
}

void
net_addr_add(struct buf *b, const struct net_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	static const uint8_t zeros[12];

	if (addr->family == NET_IP6 && memcmp(addr->bytes, zeros, 12) == 0 &&
	    get_be16(addr->bytes + 12) != 0) {
		/* The system writes these as "::1.2.3.4", the deprecated form. */
		buf_printf(b, "::%x:%x", get_be16(addr->bytes + 12), get_be16(addr->bytes + 14));
		return;
	}
	if (addr->family == NET_IP4)
		inet_ntop(AF_INET, addr->bytes, text, sizeof(text));
	else if (addr->family == NET_IP6)
		inet_ntop(AF_INET6, addr->bytes, text, sizeof(text));
	else
		return;
	buf_add_cstr(b, text);
}

void
net_endpoint_add(struct buf *b, const struct net_endpoint *e)
{
	bool brackets = e->addr.family == NET_IP6 && e->port != 0;

	if (brackets)
		buf_add_char(b, '[');
	net_addr_add(b, &e->addr);
	if (brackets)
		buf_add_char(b, ']');
	if (e->port)
		buf_printf(b, ":%u", e->port);
}
