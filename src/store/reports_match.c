/*
 * Which stream RTCP is about. It goes between the ports of RTP where it is muxed, the next
 * ones where it is not, or where a=rtcp says (RFC 3605); behind a NAT ports are anything.
 */
#include "store/reports_int.h"

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

/* Whether a description says of @at that its RTCP goes to @rtcp. */
static bool
is_told(const struct store *s, const struct net_endpoint *at, const struct net_endpoint *rtcp,
	int64_t time)
{
	const struct stream_claim *claim = media_claim_at(s, at, time);

	struct net_endpoint told;

	if (!claim || !net_endpoint_eq(&claim->at, at))
		return false;
	told = store_claim_rtcp(s, claim);
	return net_endpoint_eq(&told, rtcp);
}

static enum match
match(const struct store *s, const struct stream *st, const struct net_endpoint *src,
      const struct net_endpoint *dst, int64_t time)
{
	bool from = net_addr_eq(&st->src.addr, &src->addr);
	bool to = net_addr_eq(&st->dst.addr, &dst->addr);

	if (time != TIME_NONE &&
	    (is_told(s, &st->dst, dst, time) || is_told(s, &st->src, src, time)))
		return MATCH_TOLD;
	if (from && to)
		return MATCH_HOSTS;
	return from || to ? MATCH_HOST : MATCH_SSRC;
}

struct stream *
reports_match(struct store *s, const struct net_endpoint *src, const struct net_endpoint *dst,
	      uint32_t ssrc, int64_t time)
{
	struct net_endpoint from = port_before(src), to = port_before(dst);
	struct stream *best = media_find(s, src, dst, ssrc), *st;
	enum match fits = MATCH_NONE;
	bool several = false;
	uint64_t cursor = 0;

	if (best)
		return best;
	best = media_find(s, &from, &to, ssrc);
	if (best)
		return best;
	/* The newest one comes first: of several one after another it is that. */
	while ((st = media_next_ssrc(s, ssrc, &cursor))) {
		enum match m = match(s, st, src, dst, time);

		several = m == fits || (several && m < fits);
		if (m > fits) {
			fits = m;
			best = st;
		}
	}
	return (several || ssrc == 0) && fits < MATCH_HOSTS ? NULL : best;
}

/* Who receives RTCP at an address. */
static const struct stream_claim *
claim_of_rtcp(const struct store *s, const struct net_endpoint *at, int64_t time)
{
	struct net_endpoint before = port_before(at);
	const struct stream_claim *claim = media_claim_at(s, at, time);

	return claim ? claim : media_claim_at(s, &before, time);
}

void
reports_note_unseen(struct store *s, const struct net_endpoint *src, enum unseen what, int64_t time)
{
	struct media *md = s->media;
	const struct stream_claim *found;
	const struct end_claim *ec;
	struct stream_claim *claim;

	if (time == TIME_NONE || md->off)
		return;
	media_wake(s);
	found = claim_of_rtcp(s, src, time);
	if (!found)
		return;
	ec = chunks_at(&md->end_claims, found->ends);
	claim = chunks_at(&md->claims, ec->claim);
	if (what == UNSEEN_HEARD) {
		struct claim_rest *rest = claim_rest_get(md, claim);

		md->unseen += rest->hears_unseen == TIME_NONE;
		rest->hears_unseen = time;
	} else {
		md->unseen += !claim->sends_unseen;
		claim->sends_unseen = true;
	}
}

bool
reports_expect_secure(const struct store *s, const struct net_endpoint *dst, int64_t time)
{
	const struct stream_claim *claim = time == TIME_NONE ? NULL : claim_of_rtcp(s, dst, time);

	return claim && claim->secure;
}
