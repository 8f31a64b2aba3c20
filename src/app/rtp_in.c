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

/* The headers before it are those that glance_udp6() wants. */
static NOINLINE void
add_glanced6(struct engine *e, const struct record *rec, const struct rtp_ahead *a)
{
	const uint8_t *ip = a->rtp - GLANCE_HEADERS6;
	struct net_endpoint src = { net_addr_ip6(ip + 8), get_be16(ip + 40) };
	struct net_endpoint dst = { net_addr_ip6(ip + 24), get_be16(ip + 42) };

	add(e, &(struct media_input){
		.src = &src, .dst = &dst,
		.payload = { (const char *)a->rtp, a->bytes + RTP_HEADER },
		.wire_length = a->bytes + RTP_HEADER, .time = a->time, .frame = rec->frame,
		.source = rec->source, .vlan = glance_vlan(rec, ip), .ttl = ip[7],
		.carriage = STREAM_OVER_UDP,
	});
}

/* Likewise, of glance_udp4(). */
static void
add_glanced(struct engine *e, const struct record *rec, const struct rtp_ahead *a)
{
	const uint8_t *ip = a->rtp - GLANCE_HEADERS;
	struct net_endpoint src, dst;

	net_addr_set_ip4(&src.addr, ip + 12);
	src.port = get_be16(ip + 20);
	net_addr_set_ip4(&dst.addr, ip + 16);
	dst.port = get_be16(ip + 22);
	add(e, &(struct media_input){
		.src = &src, .dst = &dst,
		.payload = { (const char *)a->rtp, a->bytes + RTP_HEADER },
		.wire_length = a->bytes + RTP_HEADER, .time = a->time, .frame = rec->frame,
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
	e->rtp->n = e->rtp->done = 0;
}

bool
rtp_in_glance(struct engine *e, const struct record *rec, const struct glance *g, uint32_t headers)
{
	struct rtp_ahead *a = &e->rtp->ahead[e->rtp->n];

	if (!rtp_in_is_plain(g, headers) || g->payload >= UINT16_MAX ||
	    !shape_is_plain_port((uint16_t)(g->ports >> 16), (uint16_t)g->ports))
		return false;
	if (glance_is_tagged(rec, g->ip))
		decode_count_tag(e->decoder);
	e->payloads[PAYLOAD_RTP]++;
	if (UNLIKELY(e->no_rtp))
		return true;
	a->rtp = g->ip + headers;
	a->time = rec->time;
	a->bytes = g->payload - RTP_HEADER;
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

static bool
is_plain(const struct segment *seg)
{
	const uint8_t *rtp = (const uint8_t *)seg->payload.p;

	return seg->payload.n >= RTP_HEADER && rtp[0] == 0x80 && seg->time != TIME_NONE &&
		seg->wire_length < UINT16_MAX && has_headers(seg);
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
	a->kind = RTP_AHEAD_OTHER;
	if (is_plain(room)) {
		a->kind = RTP_AHEAD_IP4;
		a->rtp = (const uint8_t *)room->payload.p;
		a->time = room->time;
		a->bytes = room->wire_length - RTP_HEADER;
	}
	rtp_ahead_put(a, store_rtp_map(e->store));
	if (++b->n == RTP_BATCH || !room->in_record)
		engine_flush(e);
}
