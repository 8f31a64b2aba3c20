/*
 * Voice quality reports (RFC 6035) in PUBLISH and NOTIFY: which messages have one of which
 * call. They are found by the Call-ID they tell of, and by the call they are in, with which
 * they go.
 */
#include "store/reports_int.h"

#include "media/vq_report.h"
#include "sip/type.h"

/* The body, or that part of it; empty: none. */
static struct str
vq_body(const struct sip_scan *scan)
{
	struct sip_type type;
	struct sip_parts parts;
	struct sip_part part;

	if (!sip_type_parse(scan->content_type, &type))
		return STR_NONE;
	if (sip_type_is(&type, STR("application"), STR("vq-rtcpxr")))
		return scan->body;
	if (type.boundary.n == 0)
		return STR_NONE;
	sip_parts_of(&type, scan->body, &parts);
	while (sip_part_next(&parts, &part))
		if (sip_type_parse(part.content_type, &type) &&
		    sip_type_is(&type, STR("application"), STR("vq-rtcpxr")))
			return part.body;
	return STR_NONE;
}

struct str
store_vq_body(const struct sip_scan *scan)
{
	return scan->content_type.n > 0 && scan->body.n > 0 ? vq_body(scan) : STR_NONE;
}

static const struct vq_entry *
vq_at(const struct reports *r, uint32_t i)
{
	return chunks_at(&r->vq, i);
}

/* The newest one of a call; HASH_NONE. */
static uint32_t
find_vq(const struct reports *r, uint32_t call)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&r->vq_calls, hash_u64(call), &cursor)) != HASH_NONE)
		if (vq_at(r, i)->call == call)
			break;
	return i;
}

void
reports_learn_vq(struct store *s, uint32_t message, const struct sip_scan *scan)
{
	struct str id = vq_report_call_id(store_vq_body(scan));
	struct vq_entry *e;
	struct reports *r;

	if (id.n == 0)
		return;
	r = reports_get(s);
	s->media->stats.vq++;
	if (r->vq_map.live >= VQ_MAX || r->vq.n >= UINT32_MAX - 2 * CHUNKS_MASK) {
		s->media->stats.vq_lost++;
		return;
	}
	e = chunks_add(&r->vq);
	*e = (struct vq_entry){
		.hash = hash_str(id), .message = message, .call = store_message(s, message)->call,
	};
	e->next = find_vq(r, e->call);
	hash_map_add(&r->vq_map, e->hash, r->vq.n - 1);
	if (e->next == HASH_NONE)
		hash_map_add(&r->vq_calls, hash_u64(e->call), r->vq.n - 1);
	else
		hash_map_replace(&r->vq_calls, hash_u64(e->call), e->next, r->vq.n - 1);
}

void
reports_drop_vq(struct store *s, const struct call *c)
{
	struct reports *r = s->media->reports;
	uint32_t i, next;

	if (!r || r->vq_map.live == 0)
		return;
	i = find_vq(r, c->index);
	if (i != HASH_NONE)
		hash_map_remove(&r->vq_calls, hash_u64(c->index), i);
	for (; i != UINT32_MAX; i = next) {
		next = vq_at(r, i)->next;
		hash_map_remove(&r->vq_map, vq_at(r, i)->hash, i);
		chunks_drop(&r->vq, i);
	}
	hash_map_trim(&r->vq_map);
	hash_map_trim(&r->vq_calls);
}

uint32_t
store_next_vq(const struct store *s, struct str call_id, size_t *cursor)
{
	const struct reports *r = s->media->reports;
	uint64_t hash = hash_str(call_id);
	uint32_t i;

	while (r && (i = hash_map_next(&r->vq_map, hash, cursor)) != HASH_NONE)
		if (vq_at(r, i)->hash == hash)
			return vq_at(r, i)->message;
	return MESSAGE_NONE;
}
