/**
 * @file addr.h  Addresses and endpoints as values: copied, compared, printed.
 */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include "base/buf.h"

enum net_family {
	NET_NONE = 0,	/**< not known; prints as nothing */
	NET_IP4 = 4,
	NET_IP6 = 6,
};

/** Bytes past the family's length are zero, so that values compare bytewise. */
struct net_addr {
	uint8_t family;		/**< enum net_family */
	uint8_t bytes[16];	/**< network order; 4 or 16 of them used */
};

struct net_endpoint {
	struct net_addr addr;
	uint16_t port;		/**< 0: none */
};

/** An address block: all addresses whose first @c bits equal those of addr. */
struct net_block {
	struct net_addr addr;
	uint8_t bits;		/**< 0..32 or 0..128 */
};

/*
 * Addresses are written and read in words of 8 bytes, always the same ones: a
 * read that spans several fresh writes waits for all of them to reach the cache.
 */

/** Set *a from 4 bytes in network order, in place. */
static inline void
net_addr_set_ip4(struct net_addr *a, const uint8_t *bytes)
{
	uint64_t words[2] = { 0, 0 };

	memcpy(words, bytes, 4);
	a->family = NET_IP4;
	memcpy(a->bytes, &words[0], 8);
	memcpy(a->bytes + 8, &words[1], 8);
}

/** From 4 or 16 bytes in network order. */
static inline struct net_addr
net_addr_ip4(const uint8_t *bytes)
{
	struct net_addr a;

	net_addr_set_ip4(&a, bytes);
	return a;
}

static inline struct net_addr
net_addr_ip6(const uint8_t *bytes)
{
	struct net_addr a = { .family = NET_IP6 };

	memcpy(a.bytes, bytes, 16);
	return a;
}

static inline bool
net_addr_eq(const struct net_addr *a, const struct net_addr *b)
{
	uint64_t x[2], y[2];

	memcpy(&x[0], a->bytes, 8);
	memcpy(&x[1], a->bytes + 8, 8);
	memcpy(&y[0], b->bytes, 8);
	memcpy(&y[1], b->bytes + 8, 8);
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (uint64_t)(a->family ^ b->family)) == 0;
}

/** Copy by words, as the comment above says. */
static inline void
net_endpoint_copy(struct net_endpoint *to, const struct net_endpoint *from)
{
	uint64_t word;

	to->addr.family = from->addr.family;
	to->port = from->port;
	memcpy(&word, from->addr.bytes, 8);
	memcpy(to->addr.bytes, &word, 8);
	memcpy(&word, from->addr.bytes + 8, 8);
	memcpy(to->addr.bytes + 8, &word, 8);
}

static inline bool
net_endpoint_eq(const struct net_endpoint *a, const struct net_endpoint *b)
{
	return a->port == b->port && net_addr_eq(&a->addr, &b->addr);
}

/** Numeric order, IPv4 before IPv6. @return <0, 0 or >0. */
int net_addr_cmp(const struct net_addr *a, const struct net_addr *b);
int net_endpoint_cmp(const struct net_endpoint *a, const struct net_endpoint *b);

/** Keyed hash (base/hash.h). */
uint64_t net_endpoint_hash(const struct net_endpoint *e);

/** Numeric text of an IPv4 or IPv6 address (brackets allowed around IPv6, a
 * zone id is dropped). @return false when @p text is no address. */
bool net_addr_parse(struct str text, struct net_addr *addr);

/** "10.0.0.0/8", "2001:db8::/32", or a single address. */
bool net_block_parse(struct str text, struct net_block *block);
bool net_block_has(const struct net_block *block, const struct net_addr *addr);

/** Whether it is no address of the open internet: RFC 1918, RFC 6598, RFC 4193, loopback
 * and link-local ones. */
bool net_addr_is_private(const struct net_addr *addr);

/** "192.0.2.1:5060", "[2001:db8::1]:5060", or an address alone (port 0). */
bool net_endpoint_parse(struct str text, struct net_endpoint *e);

/** Append the address; IPv6 as RFC 5952 says, no brackets. */
void net_addr_add(struct buf *b, const struct net_addr *addr);

/** Append address:port with brackets around IPv6; the port is left out when 0. */
void net_endpoint_add(struct buf *b, const struct net_endpoint *e);

#endif
