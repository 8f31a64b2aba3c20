/*
 * What session descriptions say of where media is received, kept as claims and found
 * by address.
 */
#include "store/streams_int.h"

#include "base/mem.h"
#include "sip/sdp_attr.h"
#include "sip/type.h"

static enum call_side
sender_of(const struct call *c, const struct message *m, const struct sip_scan *scan)
{
	const struct str tag = m->flags & MESSAGE_REQUEST ? scan->from_tag : scan->to_tag;

	return tag.n && ((uint32_t)hash_str(tag) | 1) == c->from_tag ? CALL_SIDE_CALLER
							       : CALL_SIDE_CALLEE;
}

static void
claim(struct store *s, struct call *c, uint32_t message, const struct sdp_media *sm, uint8_t i,
      enum call_side side)
{
	struct media *md = s->media;
	struct stream_claim *claim;
	struct net_addr addr;

	if (!net_addr_parse(sm->common.address.text, &addr))
		return;
	claim = chunks_add(&md->claims);
	*claim = (struct stream_claim){
		.time = store_message(s, message)->time, .call = c->index, .message = message,
		.at = { addr, sm->port }, .side = (uint8_t)side, .medium = i,
		.direction = sm->common.direction, .hold = sdp_is_hold(sm),
		.rejected = sdp_is_rejected(sm), .mux = sm->rtcp_mux,
		.ptime_ms = (uint16_t)sm->ptime_ms,
		.next_of_call = c->claims, .next_of_end = UINT32_MAX,
	};
	c->claims = md->claims.n - 1;
	hash_map_add(&md->claim_map, net_endpoint_hash(&claim->at), c->claims);
}

void
media_learn(struct store *s, struct call *c, uint32_t message, const struct sip_scan *scan)
{
	struct str text;
	struct sdp sdp;

	if (!sip_body_sdp(scan->content_type, scan->body, &text))
		return;
	sdp_parse(text, &sdp);
	for (uint32_t i = 0; i < sdp.media_count; i++)
		claim(s, c, message, &sdp.media[i], (uint8_t)i,
		      sender_of(c, store_message(s, message), scan));
}

size_t
store_call_claims(const struct store *s, const struct call *c, const struct stream_claim ***list,
		  size_t *cap)
{
	size_t n = 0;

	for (uint32_t i = c->claims; i != UINT32_MAX;) {
		const struct stream_claim *claim = chunks_at(&s->media->claims, i);

		ARRAY_GROW(*list, *cap, n + 1);
		memmove(*list + 1, *list, n * sizeof(**list));
		(*list)[0] = claim;
		n++;
		i = claim->next_of_call;
	}
	return n;
}
