/*
 * Paths: endpoints kept once per pair, for a capture has many messages and few
 * pairs. What one capture agent tells and what another does are paths of their
 * own; the first one with the same ends and transport is the base of all of them
 * and found without the carrier, so that a message seen twice is known as one.
 */
#include "store/store_int.h"

#define RECENT_REACH	(32 * NS_PER_S)

static uint64_t
ends_hash(const struct net_endpoint *from, const struct net_endpoint *to, uint8_t transport)
{
	uint64_t ports = (uint64_t)from->port << 32 | (uint64_t)to->port << 8 | transport;
	uint32_t src, dst;

	if (from->addr.family != NET_IP4 || to->addr.family != NET_IP4)
		return hash_u64(net_endpoint_hash(from) ^
				hash_u64(net_endpoint_hash(to) ^ transport));
	memcpy(&src, from->addr.bytes, sizeof(src));
	memcpy(&dst, to->addr.bytes, sizeof(dst));
	return hash_two((uint64_t)src << 32 | dst, ports);
}

static uint64_t
carrier_hash(uint32_t node, uint8_t carrier)
{
	return hash_u64((uint64_t)node << 8 | carrier);
}

uint64_t
path_hash(const struct store_input *in)
{
	uint64_t hash = ends_hash(&in->src, &in->dst, in->transport);

	if (UNLIKELY(in->carrier != CARRIER_NONE))
		hash ^= carrier_hash(in->node, in->carrier);
	return hash;
}

static uint32_t
find_base(const struct store *s, const struct net_endpoint *src, const struct net_endpoint *dst,
	  uint8_t transport)
{
	uint64_t hash = ends_hash(src, dst, transport);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->path_map, hash, &cursor)) != HASH_NONE) {
		const struct path *p = store_path(s, i);

		if (p->base == i && p->transport == transport &&
		    net_endpoint_eq(&p->src, src) && net_endpoint_eq(&p->dst, dst))
			break;
	}
	return i;
}

static uint32_t
path_add(struct store *s, const struct store_input *in, uint64_t hash)
{
	uint32_t base = find_base(s, &in->src, &in->dst, in->transport);
	struct path_entry *e = chunks_add(&s->paths);
	uint32_t i = s->paths.n - 1;

	net_endpoint_copy(&e->path.src, &in->src);
	net_endpoint_copy(&e->path.dst, &in->dst);
	e->path.transport = in->transport;
	e->path.carrier = in->carrier;
	e->path.node = in->carrier != CARRIER_NONE ? in->node : 0;
	e->path.base = base == HASH_NONE ? i : base;
	for (size_t k = 0; k < PATH_RECENT; k++)
		e->recent[k] = MESSAGE_NONE;
	if (UNLIKELY(s->retain)) {
		chunks_add(&s->path_refs);
		if (base != HASH_NONE)
			path_count(s, base);
	}
	hash_map_add(&s->path_map, hash, i);
	if (base == HASH_NONE && in->carrier != CARRIER_NONE)
		hash_map_add(&s->path_map, ends_hash(&in->src, &in->dst, in->transport), i);
	return i;
}

/* ---- who refers to them ---- */

void
path_count(struct store *s, uint32_t path)
{
	++*(uint64_t *)chunks_at(&s->path_refs, path);
}

static void
path_drop(struct store *s, uint32_t i)
{
	const struct path *p = store_path(s, i);
	uint64_t ends = ends_hash(&p->src, &p->dst, p->transport);
	uint32_t base = p->base;

	if (p->carrier == CARRIER_NONE) {
		hash_map_remove(&s->path_map, ends, i);
	} else {
		hash_map_remove(&s->path_map, ends ^ carrier_hash(p->node, p->carrier), i);
		if (base == i)
			hash_map_remove(&s->path_map, ends, i);
	}
	if (s->last_entry && s->last_path == i)
		s->last_entry = NULL;
	chunks_drop(&s->paths, i);
	chunks_drop(&s->path_refs, i);
	if (base != i)
		path_discount(s, base);
}

void
path_discount(struct store *s, uint32_t path)
{
	uint64_t *refs = chunks_at(&s->path_refs, path);

	if (*refs == 0)
		BUG("path %u is let go of once more than it was taken", path);
	if (--*refs == 0)
		path_drop(s, path);
}

void
paths_begin_count(struct store *s)
{
	for (uint32_t i = 0; i < s->paths.n; i++)
		chunks_add(&s->path_refs);
	for (uint32_t i = 0; i < s->paths.n; i++)
		if (path_base(s, i) != i)
			path_count(s, path_base(s, i));
}

uint32_t
path_find(struct store *s, const struct store_input *in)
{
	uint64_t hash = in->path_hash ? in->path_hash : path_hash(in);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->path_map, hash, &cursor)) != HASH_NONE) {
		s->last_entry = chunks_at(&s->paths, i);
		if (path_is(&s->last_entry->path, in))
			return s->last_path = i;
	}
	s->last_path = path_add(s, in, hash);
	s->last_entry = chunks_at(&s->paths, s->last_path);
	return s->last_path;
}

const struct path *
store_path(const struct store *s, uint32_t i)
{
	static const struct path none;

	if (UNLIKELY(i == PATH_NONE))
		return &none;
	if (i >= s->paths.n)
		BUG("path %u of %u", i, s->paths.n);
	return &((const struct path_entry *)chunks_at(&s->paths, i))->path;
}

uint32_t
store_path_last(const struct store *s, const struct net_endpoint *src,
		const struct net_endpoint *dst, uint8_t transport, uint16_t ip_id, int64_t time)
{
	uint32_t i = find_base(s, src, dst, transport), found = MESSAGE_NONE;
	const struct path_entry *e;
	int64_t age;

	if (i == HASH_NONE)
		return MESSAGE_NONE;
	e = chunks_at(&s->paths, i);
	for (size_t k = 0; k < PATH_RECENT && e->recent[k] != MESSAGE_NONE; k++) {
		const struct message *m = store_message(s, e->recent[k]);

		if (m->call == CALL_NONE)
			continue;	/* gone */
		if (time != TIME_NONE && m->time != TIME_NONE &&
		    (__builtin_sub_overflow(time, m->time, &age) || age < 0 ||
		     age > RECENT_REACH))
			continue;
		if (ip_id && (m->flags & MESSAGE_IP_ID) && m->ip_id == ip_id)
			return e->recent[k];
		if (found == MESSAGE_NONE)
			found = e->recent[k];
	}
	return found;
}
