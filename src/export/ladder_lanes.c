/*
 * Who talks in a ladder. Each path that occurs is looked up once: its two ends
 * become endpoints, and an endpoint belongs to a host; here it is found which
 * hosts must be split by port. Endpoints become lanes, in the order in which they
 * appeared.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "export/ladder_int.h"

/* ---- who talks ---- */

static uint32_t
host_of(struct ladder_job *w, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	uint64_t hash = net_endpoint_hash(&any);
	size_t cursor = 0;
	uint32_t i;

	/* The map holds an endpoint of each host. */
	while ((i = hash_map_next(&w->host_map, hash, &cursor)) != HASH_NONE)
		if (net_addr_eq(&w->ends[i].at.addr, &at->addr))
			return w->ends[i].host;
	hash_map_add(&w->host_map, hash, (uint32_t)w->end_n);
	ARRAY_GROW(w->hosts, w->host_cap, w->host_n + 1);
	w->hosts[w->host_n] = (struct ladder_host){ .lane = LADDER_NONE };
	return (uint32_t)w->host_n++;
}

static uint32_t
end_of(struct ladder_job *w, const struct net_endpoint *at)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0, hosts = w->host_n;
	struct ladder_end e = { .at = *at, .lane = LADDER_NONE };
	uint32_t i;

	while ((i = hash_map_next(&w->end_map, hash, &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&w->ends[i].at, at))
			return i;
	e.host = host_of(w, at);
	if (w->o->name)
		e.name = arena_str(&w->l->arena, w->o->name(w->o->name_ctx, at));
	if (w->host_n > hosts)
		w->hosts[e.host].name = e.name;
	else if (!str_eq(w->hosts[e.host].name, e.name))
		w->hosts[e.host].split = true;
	ARRAY_GROW(w->ends, w->end_cap, w->end_n + 1);
	w->ends[w->end_n] = e;
	hash_map_add(&w->end_map, hash, (uint32_t)w->end_n);
	return (uint32_t)w->end_n++;
}

struct ladder_hop *
ladder_hop_of(struct ladder_job *w, const struct message *m)
{
	uint64_t hash = hash_u64(m->path);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->hop_map, hash, &cursor)) != HASH_NONE)
		if (w->hops[i].path == m->path)
			return &w->hops[i];

	const struct path *p = store_path(w->store, m->path);
	struct ladder_hop hop = { .path = m->path, .transport = p->transport };

	/* Where a ladder begins with a response, the caller is who gets it. */
	if (m->flags & MESSAGE_REQUEST) {
		hop.src = end_of(w, &p->src);
		hop.dst = end_of(w, &p->dst);
	} else {
		hop.dst = end_of(w, &p->dst);
		hop.src = end_of(w, &p->src);
	}
	if (hop.src != hop.dst && w->ends[hop.src].host == w->ends[hop.dst].host)
		w->hosts[w->ends[hop.src].host].split = w->hosts[w->ends[hop.src].host].inward = true;
	ARRAY_GROW(w->hops, w->hop_cap, w->hop_n + 1);
	w->hops[w->hop_n] = hop;
	hash_map_add(&w->hop_map, hash, (uint32_t)w->hop_n);
	return &w->hops[w->hop_n++];
}

void
ladder_end_add(struct ladder_job *w, const struct net_endpoint *at)
{
	end_of(w, at);
}

bool
ladder_end_known(const struct ladder_job *w, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	bool ports = w->o->split_ports;
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->end_map, net_endpoint_hash(at), &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&w->ends[i].at, at))
			return true;
	cursor = 0;
	while (!ports &&
	       (i = hash_map_next(&w->host_map, net_endpoint_hash(&any), &cursor)) != HASH_NONE)
		if (net_addr_eq(&w->ends[i].at.addr, &at->addr))
			return !w->hosts[w->ends[i].host].split;
	return false;
}

/* ---- lanes ---- */

static uint32_t
lane_add(struct ladder_job *w, const struct ladder_end *e)
{
	struct ladder *l = w->l;
	uint32_t i = l->lane_count;

	if (i == LADDER_LANES_MAX) {
		/* The last lane becomes one for all the rest. */
		struct ladder_lane *rest = &l->lanes[i - 1];

		if (l->lanes_folded == 0) {
			l->lanes_folded = 1;
			rest->at = (struct net_endpoint){ 0 };
			rest->name = STR_NONE;
		}
		l->lanes_folded++;
		return i - 1;
	}
	ARRAY_GROW(l->lanes, l->lane_cap, (size_t)i + 1);
	l->lanes[i] = (struct ladder_lane){ .at = e->at, .name = e->name };
	l->lane_count++;
	return i;
}

static uint32_t
lane_named(struct ladder_job *w, struct str name)
{
	uint64_t hash = hash_str(name);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->lane_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(w->l->lanes[i].name, name))
			return i;
	return LADDER_NONE;
}

static void
lane_of_end(struct ladder_job *w, struct ladder_end *e)
{
	struct ladder_host *h = &w->hosts[e->host];
	bool split = h->split || w->o->split_ports;
	/* Of a host that talks to itself its own name would hide what is said. */
	bool join = w->o->join_names && e->name.n > 0 &&
		(!h->inward || w->ends[e->namesake].shared);

	e->lane = split ? LADDER_NONE : h->lane;
	if (e->lane == LADDER_NONE && join)
		e->lane = lane_named(w, e->name);
	if (e->lane == LADDER_NONE) {
		e->lane = lane_add(w, e);
		if (join && w->l->lanes[e->lane].name.n > 0)
			hash_map_add(&w->lane_map, hash_str(e->name), e->lane);
	} else {
		struct ladder_lane *lane = &w->l->lanes[e->lane];

		/* A lane of several ports is called by its address. */
		lane->at.port = 0;
		if (lane->at.addr.family && !net_addr_eq(&lane->at.addr, &e->at.addr))
			lane->joined++;
	}
	h->lane = e->lane;
}

/* Which names are those of several hosts. */
static void
find_namesakes(struct ladder_job *w)
{
	struct hash_map map = { 0 };

	for (uint32_t i = 0; i < w->end_n; i++) {
		struct ladder_end *e = &w->ends[i];
		uint64_t hash = hash_str(e->name);
		size_t cursor = 0;
		uint32_t first;

		while ((first = hash_map_next(&map, hash, &cursor)) != HASH_NONE)
			if (str_eq(w->ends[first].name, e->name))
				break;
		if (first == HASH_NONE)
			hash_map_add(&map, hash, first = i);
		e->namesake = first;
		if (w->ends[first].host != e->host)
			w->ends[first].shared = true;
	}
	hash_map_release(&map);
}

void
ladder_make_lanes(struct ladder_job *w)
{
	struct ladder *l = w->l;

	if (w->o->join_names)
		find_namesakes(w);
	for (size_t i = 0; i < w->end_n; i++)
		lane_of_end(w, &w->ends[i]);
	for (uint32_t i = 0; i < l->lane_count; i++) {
		struct ladder_lane *lane = &l->lanes[i];

		buf_clear(&w->line);
		if (lane->at.addr.family != NET_NONE)
			net_endpoint_add(&w->line, &lane->at);
		else if (l->lanes_folded && i + 1 == LADDER_LANES_MAX)
			buf_printf(&w->line, "%" PRIu32 " more hosts", l->lanes_folded);
		else
			buf_add_char(&w->line, '?');
		if (lane->joined)
			buf_printf(&w->line, " +%" PRIu32, lane->joined);
		lane->address = arena_str(&l->arena, buf_str(&w->line));
	}
}

uint32_t
ladder_lane_at(const struct ladder_job *w, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->end_map, net_endpoint_hash(at), &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&w->ends[i].at, at))
			return w->ends[i].lane;
	/* Another port of a host that is one lane. */
	cursor = 0;
	while ((i = hash_map_next(&w->host_map, net_endpoint_hash(&any), &cursor)) != HASH_NONE) {
		const struct ladder_host *h = &w->hosts[w->ends[i].host];

		if (net_addr_eq(&w->ends[i].at.addr, &at->addr))
			return h->split || w->o->split_ports ? LADDER_NONE : h->lane;
	}
	return LADDER_NONE;
}
