/*
 * What few claims have: RTCP elsewhere than beside the port of its medium, or word of media
 * that the capture does not have. It lies apart, for there are many claims.
 */
#include "store/streams_int.h"

/* Its index; HASH_NONE: there is none. */
static uint32_t
find(const struct media *md, const struct stream_claim *claim)
{
	uint64_t hash = hash_u64(claim->ends);
	size_t cursor = 0;
	uint32_t i;

	if (LIKELY(!claim->has_rest))
		return HASH_NONE;
	while ((i = hash_map_next(&md->rest_map, hash, &cursor)) != HASH_NONE)
		if (((const struct claim_rest *)chunks_at(&md->rests, i))->ends == claim->ends)
			break;
	return i;
}

static struct claim_rest *
rest_of(const struct media *md, const struct stream_claim *claim)
{
	uint32_t i = find(md, claim);

	return i == HASH_NONE ? NULL : chunks_at(&md->rests, i);
}

struct claim_rest *
claim_rest_get(struct media *md, struct stream_claim *claim)
{
	struct claim_rest *rest = rest_of(md, claim);

	if (rest)
		return rest;
	rest = chunks_add(&md->rests);
	*rest = (struct claim_rest){ .hears_unseen = TIME_NONE, .ends = claim->ends };
	hash_map_add(&md->rest_map, hash_u64(claim->ends), md->rests.n - 1);
	claim->has_rest = 1;
	return rest;
}

void
claim_rest_drop(struct media *md, struct stream_claim *claim)
{
	uint32_t i = find(md, claim);

	if (i == HASH_NONE)
		return;
	hash_map_remove(&md->rest_map, hash_u64(claim->ends), i);
	chunks_drop(&md->rests, i);
	claim->has_rest = 0;
}

struct net_endpoint
claim_usual_rtcp(const struct stream_claim *claim)
{
	if (claim->at.port == 0)
		return (struct net_endpoint){ .port = 0 };
	return (struct net_endpoint){
		claim->at.addr, claim->mux ? claim->at.port : (uint16_t)(claim->at.port + 1) };
}

void
claim_keep_rtcp(struct media *md, struct stream_claim *claim, const struct net_endpoint *rtcp)
{
	struct net_endpoint usual = claim_usual_rtcp(claim);

	if (!net_endpoint_eq(&usual, rtcp))
		claim_rest_get(md, claim)->rtcp = *rtcp;
}

struct net_endpoint
store_claim_rtcp(const struct store *s, const struct stream_claim *claim)
{
	const struct claim_rest *rest = rest_of(s->media, claim);

	return rest && rest->rtcp.addr.family != NET_NONE ? rest->rtcp : claim_usual_rtcp(claim);
}

int64_t
store_claim_hears_unseen(const struct store *s, const struct stream_claim *claim)
{
	const struct claim_rest *rest = rest_of(s->media, claim);

	return rest ? rest->hears_unseen : TIME_NONE;
}
