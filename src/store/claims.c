/*
 * What session descriptions say of where media is received, kept as claims and
 * found by address. A claim is of one medium of one description; the addresses it
 * names (that of the medium, ICE candidates, that of RTCP) lead to it.
 *
 * Nothing is done for descriptions as long as no media was seen. Then those that
 * came before are read again, in order, and after that each as it comes.
 *
 * A later description of the same medium by the same side on the same hop takes the
 * place of the earlier one. That stays where it is and only counts for less: what
 * came of the later one (it may have been refused) is for the media to show.
 */
#include "store/streams_int.h"

#include "base/mem.h"
#include "sip/sdp_attr.h"
#include "sip/type.h"
#include "store/claim_read.h"

#define LEARN_AT_ONCE	100000u	/* messages with descriptions, when media is first seen */
#define LEARN_SLICE	4000u
#define PORTS_MAX	16u	/* of one medium, m=audio PORT/COUNT */
#define CANDIDATES_MAX	32u	/* of one medium */
#define SSRCS_MAX	64u	/* of one medium */
#define WALK_MAX	64u	/* claims looked at, of a call or an end */
#define FORWARD_LATE	(500 * NS_PER_MS)	/* a copy is captured before what it is of */

/* ---- ends ---- */

struct media_end *
media_end_find(const struct media *md, const struct net_endpoint *at)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&md->end_map, hash, &cursor)) != HASH_NONE) {
		struct media_end *end = chunks_at(&md->ends, i);

		if (net_endpoint_eq(&end->at, at))
			return end;
	}
	return NULL;
}

uint32_t
media_end_get(struct media *md, const struct net_endpoint *at)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0;
	struct media_end *end;
	uint32_t i;

	while ((i = hash_map_next(&md->end_map, hash, &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&((struct media_end *)chunks_at(&md->ends, i))->at, at))
			return i;
	end = chunks_add(&md->ends);
	*end = (struct media_end){
		.at = *at, .claims = UINT32_MAX, .from = STREAM_NONE, .to = STREAM_NONE,
		.pair.from = md->ends.n - 1,
	};
	hash_map_add_first(&md->end_map, hash, md->ends.n - 1);
	return md->ends.n - 1;
}

static bool
is_any(const struct net_addr *a)
{
	static const uint8_t zeros[16];

	return memcmp(a->bytes, zeros, sizeof(zeros)) == 0;
}

static struct stream_claim *
claim_at(const struct media *md, uint32_t i)
{
	return chunks_at(&md->claims, i);
}

static struct end_claim *
end_claim_at(const struct media *md, uint32_t i)
{
	return chunks_at(&md->end_claims, i);
}

/* Another one that leads to a claim, before @p next in its list. */
static struct end_claim *
end_claim_new(struct media *md, uint32_t claim, uint32_t next)
{
	struct end_claim *ec = chunks_add(&md->end_claims);
	uint32_t index = md->end_claims.n - 1;

	*ec = (struct end_claim){
		.claim = claim, .next = next, .before = UINT32_MAX, .end = UINT32_MAX,
	};
	if (next != UINT32_MAX)
		end_claim_at(md, next)->before = index;
	/* Those of one claim are made in a row. */
	if (claim_at(md, claim)->end_n++ == 0)
		claim_at(md, claim)->ends = index;
	return ec;
}

/* Let an address lead to a claim. */
static void
end_claim_add(struct store *s, uint32_t claim, const struct net_addr *addr, uint32_t port,
	      enum stream_how how, bool swapped)
{
	struct media *md = s->media;
	struct net_endpoint at = { *addr, (uint16_t)port };
	struct end_claim *ec;
	struct media_end *end;

	if (port == 0 || port > 65535 || addr->family == NET_NONE || is_any(addr))
		return;
	end = chunks_at(&md->ends, media_end_get(md, &at));
	ec = end_claim_new(md, claim, end->claims);
	ec->end = media_end_index(end);
	ec->how = (uint8_t)how;
	ec->swapped = swapped;
	end->claims = md->end_claims.n - 1;
	end->claim = claim;
	if (how != STREAM_HOW_RTCP && (end->to != STREAM_NONE || end->from != STREAM_NONE))
		link_end_changed(s, end, claim_at(md, claim)->time);
}

const struct stream_claim *
media_claim_of(const struct store *s, const struct media_end *end, int64_t time)
{
	const struct media *md = s->media;
	const struct stream_claim *best = NULL;
	uint32_t i = end ? end->claims : UINT32_MAX;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		const struct end_claim *ec = chunks_at(&md->end_claims, i);
		const struct stream_claim *claim = chunks_at(&md->claims, ec->claim);

		if (ec->how != STREAM_HOW_NAT && claim_stands(s, claim, time) &&
		    (!best || (best->replaced && !claim->replaced)))
			best = claim;
		if (best && !best->replaced)
			break;
		i = ec->next;
	}
	return best;
}

const struct stream_claim *
media_claim_at(const struct store *s, const struct net_endpoint *at, int64_t time)
{
	return media_claim_of(s, media_end_find(s->media, at), time);
}

/* ---- claims ---- */

/* Who sent it: by tag; behind an agent that has other tags on its other side, by
 * address. */
static enum call_side
sender_of(const struct store *s, const struct call *c, const struct message *m,
	  uint32_t from_tag, uint32_t to_tag)
{
	bool request = m->flags & MESSAGE_REQUEST;
	const struct path *own = store_path(s, c->path), *path = store_path(s, m->path);

	if (from_tag && from_tag == c->from_tag)
		return request ? CALL_SIDE_CALLER : CALL_SIDE_CALLEE;
	if (to_tag && to_tag == c->from_tag)
		return request ? CALL_SIDE_CALLEE : CALL_SIDE_CALLER;
	if (net_endpoint_eq(&path->src, &own->src))
		return CALL_SIDE_CALLER;
	return net_endpoint_eq(&path->dst, &own->src) ? CALL_SIDE_CALLEE
		: request ? CALL_SIDE_CALLER : CALL_SIDE_CALLEE;
}

/* Whether it tells nothing that @old does not. */
static bool
is_same(const struct store *s, const struct stream_claim *old, const struct stream_claim *claim,
	const struct net_endpoint *rtcp)
{
	struct net_endpoint before;

	if (old->replaced || !net_endpoint_eq(&old->at, &claim->at) || old->kind != claim->kind ||
	    old->direction != claim->direction || old->hold != claim->hold ||
	    old->mux != claim->mux || old->crypto != claim->crypto ||
	    old->ptime_ms != claim->ptime_ms || old->map != claim->map)
		return false;
	before = store_claim_rtcp(s, old);
	return net_endpoint_eq(&before, rtcp);
}

/* What was told before is told again: by whom first? Of two hops that were captured each
 * for itself the second may be in the file first, or have the earlier time by a clock
 * that is a little behind; who received it before sending it on tells. */
static void
told_again(struct store *s, struct stream_claim *old, const struct stream_claim *claim)
{
	const struct path *before = store_path(s, old->path), *path = store_path(s, claim->path);
	int64_t gone = span_between(old->time, claim->time);
	bool nearer = net_endpoint_eq(&path->dst, &before->src) &&
		!net_endpoint_eq(&path->src, &before->dst) && gone <= FORWARD_LATE;

	if (claim->path == old->path || (gone >= 0 && !nearer))
		return;
	path_ref(s, claim->path);
	path_unref(s, old->path);
	old->message = claim->message;
	old->path = claim->path;
	if (gone < 0)
		old->time = claim->time;
}

/* Take the place of what the same side said of it. @return whether it was told before. */
static bool
replace(struct store *s, const struct call *c, const struct stream_claim *claim,
	const struct net_endpoint *rtcp, bool has_more)
{
	uint32_t i = c->claims;

	for (unsigned n = 0; i != UINT32_MAX && n < WALK_MAX; n++) {
		struct stream_claim *old = chunks_at(&s->media->claims, i);

		if (old->tag == claim->tag && old->medium == claim->medium) {
			if (!has_more && is_same(s, old, claim, rtcp)) {
				told_again(s, old, claim);
				return true;
			}
			if (old->path == claim->path)
				old->replaced = true;
		}
		i = old->next_of_call;
	}
	return false;
}

/* RFC 8839: an address for each; "remote-candidates" tells those of the other side. */
static void
learn_candidates(struct store *s, uint32_t claim, struct str lines)
{
	struct sdp_candidate c;
	struct str name, value, word, addr;
	struct net_addr at;
	uint32_t port;
	unsigned left = CANDIDATES_MAX, n = 0;

	while (left > 0 && sdp_attr_next(&lines, &name, &value)) {
		if (str_eq(name, STR("candidate"))) {
			left--;
			if (sdp_candidate_parse(value, &c) && c.component == 1 &&
			    told_addr(c.address.text, &at))
				end_claim_add(s, claim, &at, c.port, STREAM_HOW_ICE, false);
		} else if (str_eq(name, STR("remote-candidates"))) {
			left--;
			while (sdp_format_next(&value, &word) && sdp_format_next(&value, &addr) &&
			       n++ < CANDIDATES_MAX) {
				bool rtp = str_eq(word, STR("1"));

				if (!sdp_format_next(&value, &word) || !rtp ||
				    !str_to_u32(word, &port) || !told_addr(addr, &at))
					break;
				end_claim_add(s, claim, &at, port, STREAM_HOW_ICE, true);
			}
		}
	}
}

static void
learn_ssrcs(struct store *s, uint32_t claim, struct str lines)
{
	struct media *md = s->media;
	struct str name, value;
	struct sdp_ssrc ssrc;
	uint32_t before = 0;
	unsigned left = SSRCS_MAX;

	while (left > 0 && sdp_attr_next(&lines, &name, &value)) {
		struct end_claim *ec;
		size_t cursor = 0;
		uint64_t hash;
		uint32_t i;

		if (!str_eq(name, STR("ssrc")) || !sdp_ssrc_parse(value, &ssrc))
			continue;
		left--;
		if (left < SSRCS_MAX - 1 && ssrc.ssrc == before)
			continue;	/* its next attribute */
		before = ssrc.ssrc;
		hash = hash_u64(ssrc.ssrc);
		while ((i = hash_map_next(&md->ssrc_claims, hash, &cursor)) != HASH_NONE)
			if (end_claim_at(md, i)->ssrc == ssrc.ssrc)
				break;
		ec = end_claim_new(md, claim, i);
		ec->ssrc = ssrc.ssrc;
		ec->how = STREAM_HOW_SSRC;
		if (i == HASH_NONE)
			hash_map_add(&md->ssrc_claims, hash, md->end_claims.n - 1);
		else
			hash_map_replace(&md->ssrc_claims, hash, i, md->end_claims.n - 1);
		link_ssrc_told(s, ssrc.ssrc, claim_at(md, claim)->time);
	}
}

/* Whether an address may stand for another one where packets are seen: a name, or one that a
 * NAT translates on the way to, or from, the host that the message comes from. */
static bool
is_translated(const struct net_addr *told, const struct net_addr *host)
{
	if (told->family == NET_NONE)
		return true;
	return told->family == host->family && !is_any(told) && !net_addr_eq(told, host) &&
		(net_addr_is_private(told) || net_addr_is_private(host));
}

static void
claim_add(struct store *s, struct call *c, const struct stream_claim *told,
	  const struct net_endpoint *rtcp, const struct told_medium *m)
{
	struct media *md = s->media;
	const struct net_addr *host;
	struct stream_claim *claim;
	uint32_t index;

	if (replace(s, c, told, rtcp, m->candidates || m->ssrcs))
		return;
	if (c->claims != UINT32_MAX) {
		if (claim_at(md, c->claims)->ordinal + 1u >= CALL_CLAIMS_MAX ||
		    !media_has_numbers(md)) {
			md->stats.claims_lost++;
			return;
		}
	}
	claim = chunks_add(&md->claims);
	index = md->claims.n - 1;
	*claim = *told;
	claim->next_of_call = c->claims;
	payload_map_ref(md, claim->map);
	path_ref(s, claim->path);
	claim->ordinal = c->claims == UINT32_MAX ? 0 : (claim_at(md, c->claims)->ordinal + 1u) &
		(CALL_CLAIMS_MAX - 1);
	c->claims = index;
	if (claim->at.port == 0)
		return;
	if (claim->kind == CODEC_FAX)
		media_fax_add(md, claim->at.port);
	for (uint32_t i = 0; i < m->port_count && i < PORTS_MAX; i++)
		end_claim_add(s, index, &claim->at.addr, claim->at.port + 2 * i, STREAM_HOW_SDP,
			      false);
	if (m->rtcp_port) {
		end_claim_add(s, index, &rtcp->addr, rtcp->port, STREAM_HOW_RTCP, false);
		if (claim->end_n > 0)
			claim_keep_rtcp(md, claim, rtcp);
	}
	if (m->candidates)
		learn_candidates(s, index, m->text);
	if (m->ssrcs)
		learn_ssrcs(s, index, m->text);
	host = &store_path(s, claim->path)->src.addr;
	if (is_translated(&claim->at.addr, host))
		end_claim_add(s, index, host, claim->at.port, STREAM_HOW_NAT, false);
}

/* @param rtcp  where its RTCP goes */
static void
claim_fill(struct store *s, struct stream_claim *claim, struct net_endpoint *rtcp,
	   const struct told *told, uint32_t i)
{
	const struct told_medium *m = &told->media[i];
	uint16_t port = m->port;

	/* RFC 8843: all of a bundle come where the first one does. */
	for (uint32_t k = 0; port == 0 && m->bundled && k < told->n; k++)
		if (told->media[k].bundled)
			port = told->media[k].port;
	claim->medium = i & (SDP_MEDIA_MAX - 1);
	claim->at = (struct net_endpoint){ m->addr, port };
	claim->direction = m->direction & 3u;
	claim->kind = (m->fax ? CODEC_FAX : m->kind) & 15u;
	claim->hold = port > 0 && (m->direction == SDP_SENDONLY || m->direction == SDP_INACTIVE ||
				   (is_any(&m->addr) && port != SDP_PORT_UNKNOWN));
	claim->mux = m->mux;
	claim->secure = m->secure;
	claim->framed = m->framed;
	claim->crypto = m->crypto & 0x7ffu;
	claim->ptime_ms = m->ptime_ms;
	if (m->addr.family == NET_NONE)
		claim->at = (struct net_endpoint){ .port = port };
	*rtcp = claim_usual_rtcp(claim);
	if (port > 0 && m->rtcp_port && !m->mux) {
		const struct net_addr *to = m->rtcp_addr.family == NET_NONE ? &m->addr
			: &m->rtcp_addr;

		/* Where neither is a place it does not matter. */
		if (to->family != NET_NONE && !(is_any(to) && is_any(&m->addr)))
			*rtcp = (struct net_endpoint){ *to, m->rtcp_port };
	}
	claim->map = payload_map_get(s, port == 0 || m->fax ? NULL : m);
}

/* Offers and answers of a session (RFC 3261, 3262, 3311), and what INFO adds to them. Others, as
 * those to OPTIONS, tell what could be; those in a refusal what would have been. */
static bool
tells(const struct call *c, const struct message *m)
{
	uint8_t method = m->flags & MESSAGE_REQUEST ? m->method : m->cseq_method;

	if (c->kind != CALL_INVITE || (m->flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE)) ||
	    m->status >= 300)
		return false;
	return method == SIP_METHOD_INVITE || method == SIP_METHOD_ACK ||
		method == SIP_METHOD_PRACK || method == SIP_METHOD_UPDATE ||
		method == SIP_METHOD_INFO;
}

/* What a message described, and is not learned yet. */
struct lesson {
	struct call *call;
	uint32_t message;
	uint32_t from_tag, to_tag;
	bool trickled;		/* told are candidates for what was described before */
	struct buf text;	/* of a message that was read again; told borrows of it */
	struct told told;
};

/* Slots of ends are far apart: they are asked for before they are needed. */
static void
expect_ends(const struct media *md, const struct told *told)
{
	for (uint32_t i = 0; i < told->n; i++) {
		struct net_endpoint at = { told->media[i].addr, told->media[i].port };

		hash_map_prefetch(&md->end_map, net_endpoint_hash(&at));
	}
}

/* @return whether there is a description. */
static bool
lesson_read(struct media *md, const struct sip_scan *scan, struct lesson *l)
{
	struct str text;

	l->trickled = scan->cseq_method == SIP_METHOD_INFO;
	if (l->trickled ? !claim_is_trickle(scan, &text)
	    : !sip_body_sdp(scan->content_type, scan->body, &text))
		return false;
	l->from_tag = tag_hash(scan->from_tag);
	l->to_tag = tag_hash(scan->to_tag);
	if (!md->tails)
		md->tails = told_tails_new();
	told_read(text, l->trickled ? NULL : md->tails, &l->told);
	expect_ends(md, &l->told);
	return true;
}

/* What was told before, with candidates that were not. */
static void
learn_trickled(struct store *s, const struct lesson *l)
{
	const struct stream_claim *before[SDP_MEDIA_MAX];

	claims_trickled(s, l->call, l->from_tag, &l->told, before);
	for (uint32_t i = 0; i < l->told.n; i++) {
		struct told_medium m = l->told.media[i];
		struct net_endpoint rtcp;
		struct stream_claim claim;

		if (!before[i])
			continue;
		claim = *before[i];
		claim.time = store_message(s, l->message)->time;
		claim.end_n = 0;
		claim.has_rest = claim.replaced = claim.sends_unseen = 0;
		rtcp = store_claim_rtcp(s, before[i]);
		m.rtcp_port = before[i]->has_rest ? rtcp.port : 0;
		m.ssrcs = 0;
		m.port_count = 1;
		claim_add(s, l->call, &claim, &rtcp, &m);
	}
}

static void
learn(struct store *s, const struct lesson *l)
{
	const struct message *m = store_message(s, l->message);
	struct stream_claim claim = {
		.time = m->time, .call = l->call->index, .message = l->message, .path = m->path,
	};
	struct net_endpoint rtcp;

	if (l->trickled) {
		learn_trickled(s, l);
		return;
	}
	claim.tag = m->flags & MESSAGE_REQUEST ? l->from_tag : l->to_tag;
	claim.side = sender_of(s, l->call, m, l->from_tag, l->to_tag) & 3u;
	for (uint32_t i = 0; i < l->told.n; i++) {
		claim_fill(s, &claim, &rtcp, &l->told, i);
		claim_add(s, l->call, &claim, &rtcp, &l->told.media[i]);
		/* Where nothing new was told nobody has it. */
		payload_map_put(s->media, claim.map);
	}
}

/* ---- letting go ---- */

/* The newest claim of an end is another one now. */
static void
end_set_claims(struct media *md, struct media_end *end, uint32_t i)
{
	end->claims = i;
	end->claim = i == UINT32_MAX ? UINT32_MAX : end_claim_at(md, i)->claim;
}

static void
end_claim_drop(struct media *md, uint32_t i)
{
	struct end_claim *ec = end_claim_at(md, i);
	uint64_t hash = hash_u64(ec->ssrc);
	uint32_t end = ec->end;

	if (ec->next != UINT32_MAX)
		end_claim_at(md, ec->next)->before = ec->before;
	if (ec->before != UINT32_MAX)
		end_claim_at(md, ec->before)->next = ec->next;
	else if (end != UINT32_MAX)
		end_set_claims(md, chunks_at(&md->ends, end), ec->next);
	else if (ec->next != UINT32_MAX)
		hash_map_replace(&md->ssrc_claims, hash, i, ec->next);
	else
		hash_map_remove(&md->ssrc_claims, hash, i);
	chunks_drop(&md->end_claims, i);
	if (end != UINT32_MAX)
		media_end_put(md, end);
}

void
claims_count_paths(struct store *s)
{
	const struct chunks *list = &s->media->claims;

	for (uint32_t i = chunks_skip(list, 0); i < list->n; i = chunks_skip(list, i + 1))
		path_ref(s, claim_at(s->media, i)->path);
}

void
claims_drop(struct store *s, struct call *c)
{
	struct media *md = s->media;

	for (uint32_t i = c->claims, next; i != UINT32_MAX; i = next) {
		struct stream_claim *claim = claim_at(md, i);

		next = claim->next_of_call;
		for (uint32_t k = 0; k < claim->end_n; k++)
			end_claim_drop(md, claim->ends + k);
		if (claim->kind == CODEC_FAX && claim->at.port)
			media_fax_remove(md, claim->at.port);
		claim_rest_drop(md, claim);
		path_unref(s, claim->path);
		payload_map_unref(md, claim->map);
		chunks_drop(&md->claims, i);
	}
	c->claims = UINT32_MAX;
}

/* ---- when ---- */

/* Read the text of a message again. @return whether there is something to learn. */
static bool
read_again(struct store *s, uint32_t i, struct lesson *l)
{
	const struct message *m = store_message(s, i);
	struct sip_scan scan;
	struct call *c;

	if (m->call == CALL_NONE || store_message_is_gone(s, i))
		return false;
	c = chunks_at(&s->calls, m->call);
	l->call = c;
	l->message = i;
	return tells(c, m) && store_text(s, m, &l->text, NULL) == 0 &&
		sip_scan(buf_str(&l->text), SIP_DATAGRAM, &scan) == SIP_SCAN_MESSAGE &&
		lesson_read(s->media, &scan, l);
}

/* Learn what is before message @end; while one is read, what the one before it needs comes.
 * @return whether there is more. */
static bool
catch_up(struct store *s, uint32_t end, unsigned most)
{
	struct media *md = s->media;
	struct lesson lessons[2], *next = &lessons[0], *last = NULL;
	struct store_kept kept;

	if (LIKELY(md->learned >= end))
		return false;
	lessons[0].text = lessons[1].text = (struct buf)BUF_INIT;
	if (s->retain && md->learned < end) {
		store_kept(s, &kept);
		if (md->learned < kept.first_message)
			md->learned = kept.first_message < end ? kept.first_message : end;
	}
	for (; md->learned < end; md->learned++) {
		const struct message *m = chunks_at(&s->messages, md->learned);

		if (LIKELY(!(m->flags & MESSAGE_SDP) &&
			   !(md->trickles && m->method == SIP_METHOD_INFO)) ||
		    store_message_is_gone(s, md->learned))
			continue;
		if (most-- == 0)
			break;
		if (!read_again(s, md->learned, next))
			continue;
		if (last)
			learn(s, last);
		last = next;
		next = &lessons[next == &lessons[0]];
	}
	if (last)
		learn(s, last);
	buf_release(&lessons[0].text);
	buf_release(&lessons[1].text);
	return md->learned < end;
}

void
media_wake(struct store *s)
{
	if (s->media->awake)
		return;
	s->media->awake = true;
	catch_up(s, s->messages.n, LEARN_AT_ONCE);
}

bool
store_expects_framed(struct store *s, const struct net_endpoint *a, const struct net_endpoint *b,
		     int64_t time)
{
	const struct stream_claim *claim;

	if (s->media->off || s->messages.n == 0)
		return false;
	media_wake(s);
	claim = media_claim_at(s, b, time);
	if (!claim)
		claim = media_claim_at(s, a, time);
	return claim && claim->framed;
}

bool
store_media_work(struct store *s)
{
	return s->media->awake && catch_up(s, s->messages.n, LEARN_SLICE);
}

void
media_expect(struct store *s, const struct sip_scan *scan)
{
	struct media *md = s->media;

	md->lesson_read = false;
	if (!md->awake || md->off)
		return;
	if (!md->lesson)
		md->lesson = xcalloc(1, sizeof(*md->lesson));
	md->lesson_read = lesson_read(md, scan, md->lesson);
}

void
media_learn(struct store *s, struct call *c, uint32_t message)
{
	struct media *md = s->media;

	/* Those in order: this one waits where there is more to catch up with. */
	if (!md->awake || md->off || catch_up(s, message, 0))
		return;
	if (md->lesson_read && tells(c, store_message(s, message))) {
		md->lesson->call = c;
		md->lesson->message = message;
		learn(s, md->lesson);
	}
	md->learned = message + 1;
}

void
media_learn_info(struct store *s, struct call *c, uint32_t message, const struct sip_scan *scan)
{
	struct str text;

	if (!claim_is_trickle(scan, &text))
		return;
	s->media->trickles = true;
	media_expect(s, scan);
	media_learn(s, c, message);
}

size_t
claims_lesson_memory(void)
{
	return sizeof(struct lesson);
}

size_t
store_call_claims(const struct store *s, const struct call *c, const struct stream_claim ***list,
		  size_t *cap)
{
	size_t n = 0;

	for (uint32_t i = c->claims; i != UINT32_MAX;) {
		const struct stream_claim *claim = chunks_at(&s->media->claims, i);

		ARRAY_GROW(*list, *cap, n + 1);
		(*list)[n++] = claim;
		i = claim->next_of_call;
	}
	for (size_t i = 0; i < n / 2; i++) {
		const struct stream_claim *claim = (*list)[i];

		(*list)[i] = (*list)[n - 1 - i];
		(*list)[n - 1 - i] = claim;
	}
	return n;
}
