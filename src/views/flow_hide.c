#include "views/flow_hide.h"

/* Of a lane for all ports a port that got its own lane is hidden too. */
static bool
is_lane(const struct net_endpoint *hidden, const struct net_endpoint *at)
{
	return net_addr_eq(&hidden->addr, &at->addr) &&
		(hidden->port == 0 || hidden->port == at->port);
}

bool
flow_hide_lane(const struct flow_hide *h, const struct net_endpoint *at)
{
	for (uint32_t i = 0; i < h->lane_n; i++)
		if (is_lane(&h->lanes[i], at))
			return true;
	return false;
}

bool
flow_hide_method(const struct flow_hide *h, const struct message *m)
{
	return h->methods[flow_method_of(m)];
}

void
flow_hide_set_lane(struct flow_hide *h, const struct net_endpoint *at, bool hidden)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->lane_n; i++)
		if (!is_lane(&h->lanes[i], at))
			h->lanes[n++] = h->lanes[i];
	h->lane_n = n;
	if (hidden && n < FLOW_HIDE_LANES_MAX)
		h->lanes[h->lane_n++] = *at;
	h->version++;
}

void
flow_hide_set_method(struct flow_hide *h, uint8_t method, bool hidden)
{
	if (h->methods[method] != hidden)
		h->method_n += hidden ? 1u : UINT32_MAX;
	h->methods[method] = hidden;
	h->version++;
}

void
flow_hide_set_only_sdp(struct flow_hide *h, bool only)
{
	h->only_sdp = only;
	h->only_media = false;
	h->version++;
}

void
flow_hide_set_only_media(struct flow_hide *h, bool only)
{
	h->only_media = only;
	h->only_sdp = false;
	h->version++;
}

void
flow_hide_set_stream(struct flow_hide *h, uint8_t kind, bool hidden)
{
	h->streams[kind] = hidden;
	h->version++;
}

void
flow_hide_clear(struct flow_hide *h)
{
	*h = (struct flow_hide){ .version = h->version + 1 };
}
