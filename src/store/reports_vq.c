/*
 * Voice quality reports (RFC 6035) in PUBLISH and NOTIFY: which messages have one of which
 * call. They are found by the Call-ID they tell of, and go with the message.
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
	*e = (struct vq_entry){ .hash = hash_str(id), .message = message };
	hash_map_add(&r->vq_map, e->hash, r->vq.n - 1);
	hash_map_add(&r->vq_messages, hash_u64(message), r->vq.n - 1);
}

void
reports_drop_vq(struct store *s, uint32_t message)
{
	struct reports *r = s->media->reports;
	uint64_t hash = hash_u64(message);
	size_t cursor = 0;
	uint32_t i;

	if (!r)
		return;
	while ((i = hash_map_next(&r->vq_messages, hash, &cursor)) != HASH_NONE)
		if (vq_at(r, i)->message == message)
			break;
	if (i == HASH_NONE)
		return;
	hash_map_remove(&r->vq_map, vq_at(r, i)->hash, i);
	hash_map_remove(&r->vq_messages, hash, i);
	hash_map_trim(&r->vq_map);
	hash_map_trim(&r->vq_messages);
	chunks_drop(&r->vq, i);
}

uint32_t
store_next_vq(const struct store *s, struct str call_id, size_t *cursor)
{
	const struct reports *r = s->media->reports;
	uint64_t hash = hash_str(call_id);
	uint32_t i;

	while (r && (i = hash_map_next(&r->vq_map, hash, cursor)) != HASH_NONE)
		if (vq_at(r, i)->hash == hash &&
		    !store_message_is_gone(s, vq_at(r, i)->message))
			return vq_at(r, i)->message;
	return MESSAGE_NONE;
}
