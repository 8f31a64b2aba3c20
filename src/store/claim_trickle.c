/*
 * Trickle ICE (RFC 8840): candidates that an end found after it sent its description come in
 * INFO, as a fragment: lines m= as they were told, each with its a=mid and the candidates.
 * A fragment has no order of its own: a=mid says which medium of the description it means.
 *
 * For the media a fragment is the description once more, with other candidates: another claim
 * of that medium, in all else a copy of the one before.
 */
#include "store/streams_int.h"

#include "sip/sdp_attr.h"
#include "sip/type.h"
#include "store/claim_read.h"

#define WALK_MAX	64u	/* claims looked at */

bool
claim_is_trickle(const struct sip_scan *scan, struct str *text)
{
	return scan->request && scan->method == SIP_METHOD_INFO &&
		sip_body_part(scan->content_type, scan->body, STR("application"),
			      STR("trickle-ice-sdpfrag"), text);
}

/* The newest claim of who has that tag; of medium @p medium, if that is below SDP_MEDIA_MAX.
 * NULL: none. */
static const struct stream_claim *
claim_of(const struct store *s, const struct call *c, uint32_t tag, uint32_t medium)
{
	uint32_t i = c->claims;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		const struct stream_claim *claim = chunks_at(&s->media->claims, i);

		if (claim->tag == tag && (medium >= SDP_MEDIA_MAX || claim->medium == medium))
			return claim;
		i = claim->next_of_call;
	}
	return NULL;
}

/* Read the description that a claim is of. @return false: it cannot be. */
static bool
read_description(const struct store *s, const struct stream_claim *claim, struct buf *text,
		 struct told *told)
{
	struct sip_scan scan;
	struct str sdp;

	if (store_message_is_gone(s, claim->message) ||
	    store_text(s, store_message(s, claim->message), text, NULL) != 0 ||
	    sip_scan(buf_str(text), SIP_DATAGRAM, &scan) != SIP_SCAN_MESSAGE ||
	    !sip_body_sdp(scan.content_type, scan.body, &sdp))
		return false;
	told_read(sdp, NULL, told);
	return true;
}

/* Which medium of @p all the lines of another one mean: by a=mid; SDP_MEDIA_MAX: none. */
static uint32_t
medium_of(const struct told *all, struct str lines)
{
	struct str mid, other;

	if (!sdp_attr_find(lines, STR("mid"), &mid))
		return SDP_MEDIA_MAX;
	for (uint32_t i = 0; i < all->n; i++)
		if (sdp_attr_find(all->media[i].text, STR("mid"), &other) && str_eq(mid, other))
			return i;
	return SDP_MEDIA_MAX;
}

static bool
has_candidates(const struct told *told)
{
	for (uint32_t i = 0; i < told->n; i++)
		if (told->media[i].candidates)
			return true;
	return false;
}

void
claims_trickled(const struct store *s, const struct call *c, uint32_t tag,
		const struct told *told, const struct stream_claim **claims)
{
	/* Many fragments have nothing but the end of candidates. */
	const struct stream_claim *newest = has_candidates(told) ?
		claim_of(s, c, tag, SDP_MEDIA_MAX) : NULL;
	struct buf text = BUF_INIT;
	struct told all;
	bool known = newest && read_description(s, newest, &text, &all);

	for (uint32_t i = 0; i < told->n; i++) {
		uint32_t medium = known ? medium_of(&all, told->media[i].text) : SDP_MEDIA_MAX;

		/* Without names the order has to do. */
		if (medium == SDP_MEDIA_MAX)
			medium = i;
		claims[i] = newest && told->media[i].candidates ? claim_of(s, c, tag, medium)
								 : NULL;
	}
	buf_release(&text);
}
