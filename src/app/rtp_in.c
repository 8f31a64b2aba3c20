#include "app/rtp_in.h"

#include "app/framers.h"
#include "app/media_in.h"
#include "base/mem.h"

struct rtp_batch *
rtp_batch_new(void)
{
	return xcalloc(1, sizeof(struct rtp_batch));
}

void
rtp_batch_free(struct rtp_batch *b)
{
	free(b);
}

void
rtp_in_expect(struct engine *e)
{
	struct rtp_batch *b = e->rtp;

	store_expect_rtps(e->store, &b->ahead[b->done], b->n - b->done, &b->new);
}

void
rtp_in_expect_whole(struct engine *e)
{
	/* Where streams begin, many do, and so do seconds of them. */
	if (UNLIKELY(e->rtp->many_odd))
		store_expect_whole(e->rtp->ahead, e->rtp->n);
}

/* T.38 is told by its port alone, and half of its numbers look like RTP. Descriptions that
 * came before the packet are in the store by now. */
static bool
take_udptl(struct engine *e, const struct media_input *in)
{
	if (LIKELY(!store_may_be_udptl(e->store, in->src->port, in->dst->port)) ||
	    !store_add_udptl(e->store, in))
		return false;
	e->payloads[PAYLOAD_RTP]--;
	framers_count(e, PAYLOAD_T38, SEGMENT_UDP, in->src->port, in->dst->port);
	return true;
}

static void
add(struct engine *e, const struct media_input *in)
{
	if (!take_udptl(e, in))
		store_add_rtp(e->store, in);
}

/* What was captured of it; *wire_length as UDP says. */
static struct str
packet_of(const struct record *rec, const struct rtp_ahead *a, uint32_t *wire_length)
{
	*wire_length = get_be16(a->rtp - 4) - 8u;
	return (struct str){ (const char *)a->rtp, glance_captured(rec, a->rtp, *wire_length) };
}

/* The headers before it are those that glance_udp6() wants. */
static NOINLINE void
add_glanced6(struct engine *e, const struct record *rec, const struct rtp_ahead *a)
{
	const uint8_t *ip = a->rtp - GLANCE_HEADERS6;
	uint32_t wire_length;
	struct str packet = packet_of(rec, a, &wire_length);
	struct net_endpoint src = { net_addr_ip6(ip + 8), get_be16(ip + 40) };
	struct net_endpoint dst = { net_addr_ip6(ip + 24), get_be16(ip + 42) };

	add(e, &(struct media_input){
		.src = &src, .dst = &dst,
		.payload = packet, .wire_length = wire_length, .time = a->time, .frame = rec->frame,
		.source = rec->source, .vlan = glance_vlan(rec, ip), .ttl = ip[7],
		.carriage = STREAM_OVER_UDP,
	});
}

/* Likewise, of glance_udp4(). */
static void
add_glanced(struct engine *e, const struct record *rec, const struct rtp_ahead *a)
{
	const uint8_t *ip = a->rtp - GLANCE_HEADERS;
	uint32_t wire_length;
	struct str packet = packet_of(rec, a, &wire_length);
	struct net_endpoint src, dst;

	net_addr_set_ip4(&src.addr, ip + 12);
	src.port = get_be16(ip + 20);
	net_addr_set_ip4(&dst.addr, ip + 16);
	dst.port = get_be16(ip + 22);
	add(e, &(struct media_input){
		.src = &src, .dst = &dst,
		.payload = packet, .wire_length = wire_length, .time = a->time, .frame = rec->frame,
		.source = rec->source, .vlan = glance_vlan(rec, ip),
		.ip_id = get_be16(ip + 4), .has_ip_id = true, .ttl = ip[8],
		.carriage = STREAM_OVER_UDP,
	});
}

void
rtp_in_add_some(struct engine *e, unsigned to)
{
	struct rtp_batch *b = e->rtp;

	while (b->done < to) {
		unsigned i;

		b->done += (unsigned)store_go_on(e->store, &b->ahead[b->done], to - b->done);
		if (b->done == to)
			break;
		i = b->done++;
		b->odd++;
		if (LIKELY(b->records[i] && b->ahead[i].kind == RTP_AHEAD_IP4))
			add_glanced(e, b->records[i], &b->ahead[i]);
		else if (b->records[i])
			add_glanced6(e, b->records[i], &b->ahead[i]);
		else
			add(e, &b->inputs[i]);
	}
}

void
rtp_in_end(struct engine *e)
{
	rtp_in_add(e, e->rtp->n);
	e->rtp->many_odd = e->rtp->odd >= RTP_ODD;
	e->rtp->n = e->rtp->done = e->rtp->odd = 0;
}

/* What is told of a packet by its header; its flaws are not. @return whether it has none. */
static bool
take_header(struct rtp_ahead *a, struct str packet, uint32_t wire_length)
{
	struct rtp rtp;

	a->rtp = (const uint8_t *)packet.p;
	a->bytes = wire_length - RTP_HEADER;
	/* Most have a header of 12 bytes and no padding. */
	if (UNLIKELY(a->rtp[0] != 0x80)) {
		if (!rtp_parse(packet, wire_length, &rtp) || rtp.flaws)
			return false;
		a->bytes = rtp.payload_length;
	}
	return a->bytes < UINT16_MAX;
}

bool
rtp_in_glance(struct engine *e, const struct record *rec, const struct glance *g, uint32_t headers)
{
	struct rtp_ahead *a = &e->rtp->ahead[e->rtp->n];
	struct str packet = {
		(const char *)g->ip + headers, glance_captured(rec, g->ip + headers, g->payload),
	};

	if (!shape_is_plain_rtp(packet, (uint16_t)(g->ports >> 16), (uint16_t)g->ports) ||
	    !take_header(a, packet, g->payload))
		return false;
	if (packet.n < g->payload)
		e->segment_flaws[SEGMENT_FLAW_BIT_CUT]++;
	if (glance_is_tagged(rec, g->ip))
		decode_count_tag(e->decoder);
	e->payloads[PAYLOAD_RTP]++;
	if (UNLIKELY(e->no_rtp))
		return true;
	a->time = rec->time;
	a->kind = headers == GLANCE_HEADERS ? RTP_AHEAD_IP4 : RTP_AHEAD_IP6;
	rtp_ahead_put(a, store_rtp_map(e->store));
	rtp_in_count(e, rec);
	return true;
}

/* Whether the bytes before the payload of a segment are such headers, behind whatever else:
 * the ends that they tell are its own. */
static bool
has_headers(const struct segment *seg)
{
	const uint8_t *rtp = (const uint8_t *)seg->payload.p, *ip = rtp - GLANCE_HEADERS;

	return seg->in_record && seg->before >= GLANCE_HEADERS &&
		seg->src.addr.family == NET_IP4 && memcmp(ip + 12, seg->src.addr.bytes, 4) == 0 &&
		memcmp(ip + 16, seg->dst.addr.bytes, 4) == 0 &&
		get_be16(ip + 20) == seg->src.port && get_be16(ip + 22) == seg->dst.port;
}

void
rtp_in(struct engine *e, const struct segment *seg)
{
	struct rtp_batch *b = e->rtp;
	struct segment *room = rtp_in_room(e);
	struct rtp_ahead *a = &b->ahead[b->n];

	if (seg != room)
		*room = *seg;
	b->inputs[b->n] = media_input_of(room, STREAM_OVER_UDP);
	b->records[b->n] = NULL;
	a->in = &b->inputs[b->n];
	a->time = room->time;
	a->kind = room->time != TIME_NONE && has_headers(room) &&
		take_header(a, room->payload, room->wire_length) ? RTP_AHEAD_IP4 : RTP_AHEAD_OTHER;
	rtp_ahead_put(a, store_rtp_map(e->store));
	if (++b->n == RTP_BATCH || !room->in_record)
		engine_flush(e);
}
