#include "app/save_media.h"

#include "base/mem.h"
#include "decode/icmp.h"
#include "sip/scan.h"
#include "sip/sdp_attr.h"
#include "sip/start.h"

#define SPANS_MAX	64u	/* kept of an endpoint; more make the last one longer */
#define PORTS_MAX	8u	/* of "port/count" */

static uint32_t
find(const struct save_media *m, const struct net_endpoint *at, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->map, hash, &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&m->list[i].at, at))
			break;
	return i;
}

/* Let the span at @p i reach over another, where they meet. */
static bool
widen(struct save_media_at *e, int64_t from, int64_t to, bool anyhow)
{
	if (!anyhow && (from > e->to || to < e->from))
		return false;
	if (from < e->from)
		e->from = from;
	if (to > e->to)
		e->to = to;
	return true;
}

static void
add(struct save_media *m, const struct net_endpoint *at, int64_t from, int64_t to)
{
	uint64_t hash = net_endpoint_hash(at);
	uint32_t first = find(m, at, hash), i = first;

	for (; i != HASH_NONE; i = m->list[i].next)
		if (widen(&m->list[i], from, to, m->list[i].next == HASH_NONE &&
			  m->list[first].spans >= SPANS_MAX))
			return;
	ARRAY_GROW(m->list, m->cap, m->n + 1);
	m->list[m->n] = (struct save_media_at){
		.at = *at, .from = from, .to = to, .next = HASH_NONE, .spans = 1,
	};
	if (first == HASH_NONE) {
		hash_map_add(&m->map, hash, (uint32_t)m->n++);
		return;
	}
	m->list[m->n].next = m->list[first].next;
	m->list[first].next = (uint32_t)m->n++;
	m->list[first].spans++;
}

static bool
is_any(const struct net_addr *a)
{
	for (size_t i = 0; i < sizeof(a->bytes); i++)
		if (a->bytes[i])
			return false;
	return true;
}

static void
learn(struct save_media *m, struct str address, uint32_t port, int64_t from, int64_t to)
{
	struct net_endpoint at;

	memset(&at, 0, sizeof(at));
	if (port == 0 || port > UINT16_MAX || !net_addr_parse(address, &at.addr) ||
	    is_any(&at.addr))
		return;
	at.port = (uint16_t)port;
	add(m, &at, from, to);
}

void
save_media_learn(struct save_media *m, struct str text, int64_t from, int64_t to)
{
	struct sdp_candidate candidate;
	struct str name, value, lines;
	struct sdp sdp;

	sdp_parse(text, &sdp);
	for (uint32_t i = 0; i < sdp.media_count; i++) {
		const struct sdp_media *media = &sdp.media[i];
		struct str address = media->common.address.text;

		for (uint32_t k = 0; k < media->port_count && k < PORTS_MAX; k++) {
			uint32_t port = media->port + 2 * k;

			learn(m, address, port, from, to);
			/* RFC 3550 section 11, whether or not RFC 5761 was offered. */
			learn(m, address, port ? port + 1 : 0, from, to);
		}
		if (media->rtcp.present)
			learn(m, media->rtcp.address.text.n ? media->rtcp.address.text : address,
			      media->rtcp.port, from, to);
		lines = media->text;
		while (sdp_attr_next(&lines, &name, &value))
			if (str_eq_ci(name, STR("candidate")) &&
			    sdp_candidate_parse(value, &candidate))
				learn(m, candidate.address.text, candidate.port, from, to);
	}
}

static bool
has(const struct save_media *m, const struct net_endpoint *at, int64_t time)
{
	uint32_t i = find(m, at, net_endpoint_hash(at));

	for (; i != HASH_NONE; i = m->list[i].next)
		if (time == TIME_NONE || (time >= m->list[i].from && time <= m->list[i].to))
			return true;
	return false;
}

static bool
is_sip(struct str payload)
{
	struct sip_start start;

	return sip_may_start(payload) && sip_start_parse(payload, &start) == SIP_START_OK;
}

static bool
is_media(const struct save_media *m, const struct segment *seg, int64_t time)
{
	return seg->kind == SEGMENT_UDP &&
		(has(m, &seg->dst, time) || has(m, &seg->src, time)) && !is_sip(seg->payload);
}

bool
save_media_takes(const struct save_media *m, const struct segment *seg)
{
	struct icmp_error error;

	if (m->n == 0)
		return false;
	/* That media does not arrive is told so. */
	if (seg->kind == SEGMENT_ICMP || seg->kind == SEGMENT_ICMP6)
		return icmp_error_read(seg, &error) && is_media(m, &error.quoted, seg->time);
	return is_media(m, seg, seg->time);
}

void
save_media_release(struct save_media *m)
{
	free(m->list);
	hash_map_release(&m->map);
	*m = (struct save_media){ 0 };
}
