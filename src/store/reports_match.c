/*
 * Which stream RTCP is about. It goes between the ports of RTP where it is muxed, the next
 * ones where it is not, or where a=rtcp says (RFC 3605); behind a NAT ports are anything.
 */
#include "store/reports_int.h"

#define TRIED	64u	/* streams and claims looked at: somebody may give all one SSRC */

enum match {
	MATCH_NONE,
	MATCH_SSRC,		/* nothing but the SSRC */
	MATCH_HOST,		/* one end is on the same host */
	MATCH_HOSTS,
	MATCH_TOLD,		/* a description has RTCP for this stream there */
};

static struct net_endpoint
port_before(const struct net_endpoint *e)
{
	struct net_endpoint at = *e;

	at.port = (uint16_t)(at.port - 1);
	return at;
}

/* Whether a claim says of @at that its RTCP goes to @rtcp. */
static bool
is_told(const struct store *s, const struct net_endpoint *at, const struct net_endpoint *rtcp)
{
	const struct media *md = s->media;
	size_t cursor = 0;
	uint32_t i;

	for (unsigned n = 0; n < TRIED; n++) {
		const struct stream_claim *claim;

		i = hash_map_next(&md->claim_map, net_endpoint_hash(at), &cursor);
		if (i == HASH_NONE)
			break;
		claim = chunks_at(&md->claims, i);
		if (net_endpoint_eq(&claim->at, at) && net_endpoint_eq(&claim->rtcp, rtcp))
			return true;
	}
	return false;
}

static enum match
match(const struct store *s, const struct stream *st, const struct net_endpoint *src,
      const struct net_endpoint *dst)
{
	bool from = net_addr_eq(&st->src.addr, &src->addr);
	bool to = net_addr_eq(&st->dst.addr, &dst->addr);

	if (is_told(s, &st->dst, dst) || is_told(s, &st->src, src))
		return MATCH_TOLD;
	if (from && to)
		return MATCH_HOSTS;
	return from || to ? MATCH_HOST : MATCH_SSRC;
}

struct stream *
reports_match(struct store *s, const struct net_endpoint *src, const struct net_endpoint *dst,
	      uint32_t ssrc)
{
	struct net_endpoint from = port_before(src), to = port_before(dst);
	struct stream *best = media_find(s, src, dst, ssrc), *st;
	enum match fits = MATCH_NONE;
	bool several = false;
	size_t cursor = 0;

	if (best)
		return best;
	best = media_find(s, &from, &to, ssrc);
	if (best)
		return best;
	for (unsigned i = 0; i < TRIED && (st = media_next_ssrc(s, ssrc, &cursor)); i++) {
		enum match m = match(s, st, src, dst);

		if (m < fits)
			continue;
		several = m == fits;
		fits = m;
		best = st;
	}
	/* Of several between the same hosts the last one began last: one after another. */
	return several && fits < MATCH_HOSTS ? NULL : best;
}

static bool
is_secure(const struct store *s, const struct net_endpoint *at)
{
	const struct media *md = s->media;
	size_t cursor = 0;
	uint32_t i;

	for (unsigned n = 0; n < TRIED; n++) {
		const struct stream_claim *claim;

		i = hash_map_next(&md->claim_map, net_endpoint_hash(at), &cursor);
		if (i == HASH_NONE)
			break;
		claim = chunks_at(&md->claims, i);
		if (claim->secure && net_endpoint_eq(&claim->at, at))
			return true;
	}
	return false;
}

bool
reports_expect_secure(const struct store *s, const struct net_endpoint *dst)
{
	struct net_endpoint before = port_before(dst);

	return is_secure(s, dst) || is_secure(s, &before);
}
