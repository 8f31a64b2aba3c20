/*
 * A client of TURN binds a channel to a peer; data that goes through it has only its
 * number. The request that binds it is between the same ends, in the clear unless TLS is
 * beneath: so each is kept, whether it is granted or not. What goes through a channel
 * that is not known is told between client and server.
 */
#include "app/media_in.h"

#include "app/rtp_in.h"
#include "app/streams.h"
#include "base/hash.h"
#include "base/mem.h"
#include "media/turn.h"

struct turn_channel {
	struct net_endpoint client, server, peer;
	uint16_t number;
};

struct turn_channels {
	struct hash_map map;
	struct turn_channel *list;
	size_t n, cap;
};

struct turn_channels *
turn_channels_new(void)
{
	return xcalloc(1, sizeof(struct turn_channels));
}

void
turn_channels_free(struct turn_channels *t)
{
	if (!t)
		return;
	hash_map_release(&t->map);
	free(t->list);
	free(t);
}

static uint64_t
channel_hash(const struct net_endpoint *client, const struct net_endpoint *server,
	     uint16_t number)
{
	return hash_u64(net_endpoint_hash(client) ^ net_endpoint_hash(server) * 3 ^ number);
}

static struct turn_channel *
channel_find(const struct turn_channels *t, const struct net_endpoint *client,
	     const struct net_endpoint *server, uint16_t number)
{
	uint64_t hash = channel_hash(client, server, number);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&t->map, hash, &cursor)) != HASH_NONE) {
		struct turn_channel *c = &t->list[i];

		if (c->number == number && net_endpoint_eq(&c->client, client) &&
		    net_endpoint_eq(&c->server, server))
			return c;
	}
	return NULL;
}

static void
channel_bind(struct streams *s, const struct media_input *in, const struct turn *turn)
{
	struct turn_channels *t = s->turn;
	struct turn_channel *c;

	if (turn->peer.addr.family == NET_NONE || turn->channel < 0x4000)
		return;
	c = channel_find(t, in->src, in->dst, turn->channel);
	if (!c && t->n == TURN_CHANNELS_MAX) {
		s->turn_lost++;
		return;
	}
	if (!c) {
		ARRAY_GROW(t->list, t->cap, t->n + 1);
		c = &t->list[t->n++];
		*c = (struct turn_channel){
			.client = *in->src, .server = *in->dst, .number = turn->channel,
		};
		hash_map_add(&t->map, channel_hash(in->src, in->dst, turn->channel),
			     (uint32_t)t->n - 1);
	}
	c->peer = turn->peer;
}

/* What is in a message of TURN, between whom it goes in truth. */
static void
take_turn(struct engine *e, const struct media_input *outer)
{
	struct streams *s = e->streams;
	struct media_input in = *outer;
	const struct turn_channel *c;
	struct turn turn;
	enum shape shape;

	if (!turn_parse(in.payload, in.wire_length, &turn))
		return;
	switch ((enum turn_kind)turn.kind) {
	case TURN_OTHER:
		return;
	case TURN_BIND:
		channel_bind(s, outer, &turn);
		return;
	case TURN_SEND:
		if (turn.peer.addr.family != NET_NONE)
			in.dst = &turn.peer;
		break;
	case TURN_DATA:
		if (turn.peer.addr.family != NET_NONE)
			in.src = &turn.peer;
		break;
	case TURN_CHANNEL:
		if ((c = channel_find(s->turn, in.src, in.dst, turn.channel)))
			in.dst = &c->peer;
		else if ((c = channel_find(s->turn, in.dst, in.src, turn.channel)))
			in.src = &c->peer;
		break;
	}
	in.payload = turn.data;
	in.wire_length = turn.data_length;
	in.carriage = STREAM_OVER_TURN;
	shape = shape_of(in.payload, in.wire_length, in.src->port, in.dst->port);
	s->turn_data++;
	if (shape == SHAPE_RTP || shape == SHAPE_RTCP)
		media_in_take(e, &in, shape);
}

void
media_in_take(struct engine *e, const struct media_input *in, enum shape shape)
{
	if (e->no_rtp)
		return;
	switch (shape) {
	case SHAPE_RTP:
		engine_flush(e);
		store_add_rtp(e->store, in);
		break;
	case SHAPE_RTCP:
		engine_flush(e);
		store_add_rtcp(e->store, in);
		break;
	case SHAPE_STUN:
	case SHAPE_TURN:
		take_turn(e, in);
		break;
	default:
		break;
	}
}

enum shape
media_in_delivery(const struct delivery *d, struct str payload, uint32_t wire_length,
		  enum stream_carriage carriage)
{
	struct media_input in = {
		.src = d->src, .dst = d->dst, .payload = payload, .wire_length = wire_length,
		.time = d->time, .carriage = (uint8_t)carriage, .vlan = d->vlan,
	};
	enum shape shape = shape_of(payload, wire_length, d->src->port, d->dst->port);

	if (d->seg) {
		in.frame = d->seg->frame;
		in.source = d->seg->source;
		in.vlan = in.vlan ? in.vlan : d->seg->vlan;
		if (in.time == TIME_NONE)
			in.time = d->seg->time;
	}
	/* A packet is there when the last of its bytes is. */
	for (size_t i = 0; i < d->stamp_n; i++) {
		if (i > 0 && d->stamps[i].time < in.time)
			continue;
		in.time = d->stamps[i].time;
		in.frame = d->stamps[i].frame;
		in.source = d->stamps[i].source;
	}
	if (d->time != TIME_NONE)
		in.time = d->time;
	media_in_take(d->e, &in, shape);
	return shape;
}
