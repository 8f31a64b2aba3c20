/*
 * What is sent to a private address that a description names does not leave the network of its
 * sender, where the other side is behind a NAT; what is sent to a port that nobody told of
 * arrives, and is thrown away. Both look well in a capture made at the sender. They are told
 * by what the other side sends itself: it is there, and these packets go elsewhere.
 *
 * A NAT within the capture shows the other side with both of its addresses, and a host that
 * was told of otherwise, as in messages that are not here, sends from there as well.
 */
#include "query/call_astray.h"

/* Reports of the other side tell of it: it came. */
static bool
is_reported(const struct query *q, const struct stream *st)
{
	const struct report *list;
	uint64_t total;
	size_t n = store_stream_reports(q->store, st, &list, &total);

	for (size_t i = 0; i < n; i++)
		if (!list[i].sender)
			return true;
	return false;
}

/* Whether a side receives at an end, or an address, by any of its descriptions. */
static bool
is_described(const struct stream_claim *const *claims, size_t n, unsigned int side,
	     const struct net_endpoint *at, bool port)
{
	for (size_t i = 0; i < n; i++)
		if (claims[i]->side == side && net_addr_eq(&claims[i]->at.addr, &at->addr) &&
		    (!port || claims[i]->at.port == at->port))
			return true;
	return false;
}

enum call_astray
call_stream_astray(struct query *q, const struct stream_link *const *links, size_t n,
		   const struct stream_claim *const *claims, size_t claim_n, size_t i)
{
	const struct stream *st = store_stream(q->store, links[i]->stream);
	unsigned int side = links[i]->side,
		other = side == CALL_SIDE_CALLER ? CALL_SIDE_CALLEE : CALL_SIDE_CALLER;
	bool private = net_addr_is_private(&st->dst.addr), back = false, there = false;
	bool port = links[i]->how == STREAM_HOW_SYMMETRIC && st->link_n == 1;

	if (side == CALL_SIDE_NONE || st->carriage != STREAM_OVER_UDP || (!private && !port) ||
	    !is_described(claims, claim_n, other, &st->dst, false))
		return CALL_ASTRAY_NONE;
	for (size_t k = 0; k < n; k++) {
		const struct stream *way = store_stream(q->store, links[k]->stream);

		if (links[k]->side == side)
			continue;
		if (links[k]->side != other || way->carriage != STREAM_OVER_UDP ||
		    net_endpoint_eq(&way->src, &st->dst))
			return CALL_ASTRAY_NONE;
		back = true;
		private = private && !net_addr_is_private(&way->src.addr);
		there |= is_described(claims, claim_n, other, &way->src, true);
	}
	private = private && back;
	port = port && there && !is_described(claims, claim_n, other, &st->dst, true);
	if ((!private && !port) || is_reported(q, st))
		return CALL_ASTRAY_NONE;
	return private ? CALL_ASTRAY_PRIVATE : CALL_ASTRAY_PORT;
}
