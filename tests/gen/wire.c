/*
 * From payloads to frames: UDP datagrams, TCP segments in connections that
 * open themselves, IPv4 and IPv6 with fragments. Pieces of one payload are
 * 10 µs apart, in the order asked for, less those that are to be missing.
 */
#include "gen.h"

#include <netinet/in.h>

#include "base/mem.h"

#define PIECE_GAP	(10 * NS_PER_US)

void
gen_packet_add(struct gen *g, struct gen_packet p)
{
	ARRAY_GROW(g->packets, g->cap_packets, g->n_packets + 1);
	p.order = (uint32_t)g->n_packets;
	g->packets[g->n_packets++] = p;
}

static void
packet_add(struct gen *g, int64_t time, const struct wire *w, struct buf *frame)
{
	uint32_t n = (uint32_t)frame->n;
	struct gen_packet p = {
		.out = {
			.time = time, .wirelen = n,
			.caplen = w->cut && w->cut < n ? w->cut : n,
			.interface = w->interface, .block = w->block,
			.comment = w->comment,
			.bytes = arena_str(&g->arena, buf_str(frame)).p,
		},
	};

	gen_packet_add(g, p);
}

/* ---- IP ---- */

static void
ip4_header(struct buf *b, const struct wire *w, uint16_t id, size_t payload, size_t offset,
	   bool more)
{
	size_t at = b->n, head = w->ip_options ? 24 : 20;
	uint16_t sum;

	put_8(b, 0x40 | (unsigned)head / 4);
	put_8(b, 0);
	put_be16(b, (unsigned)(head + payload));
	put_be16(b, id);
	put_be16(b, (unsigned)(offset / 8) | (more ? 0x2000 : 0));
	put_8(b, w->ttl ? w->ttl : 64);
	put_8(b, w->proto);
	put_be16(b, 0);
	buf_add(b, w->from.addr.bytes, 4);
	buf_add(b, w->to.addr.bytes, 4);
	if (w->ip_options)
		put_be32(b, 0x94040000);	/* router alert, RFC 2113 */
	sum = sum_fold(sum_add(0, b->p + at, head));
	b->p[at + 10] = (char)(sum >> 8);
	b->p[at + 11] = (char)sum;
}

static void
ip6_header(struct buf *b, const struct wire *w, uint16_t id, size_t payload, size_t offset,
	   bool more)
{
	bool fragment = offset > 0 || more;
	size_t extra = (w->hop_by_hop ? 8u : 0u) + (fragment ? 8u : 0u);
	unsigned first = fragment ? IPPROTO_FRAGMENT : w->proto;

	put_be32(b, 0x60000000);
	put_be16(b, (unsigned)(payload + extra));
	put_8(b, w->hop_by_hop ? IPPROTO_HOPOPTS : first);
	put_8(b, w->ttl ? w->ttl : 64);
	buf_add(b, w->from.addr.bytes, 16);
	buf_add(b, w->to.addr.bytes, 16);
	if (w->hop_by_hop) {
		put_8(b, first);
		put_8(b, 0);
		put_be16(b, 0x0502);	/* router alert, RFC 2711 */
		put_be32(b, 0x00000100);
	}
	if (fragment) {
		put_8(b, w->proto);
		put_8(b, 0);
		put_be16(b, (unsigned)offset | (more ? 1 : 0));
		put_be32(b, id);
	}
}

void
ip_header(struct buf *b, const struct wire *w, uint16_t id, size_t payload, size_t offset,
	  bool more)
{
	if (w->from.addr.family == NET_IP6)
		ip6_header(b, w, id, payload, offset, more);
	else
		ip4_header(b, w, id, payload, offset, more);
}

static bool
pieces_have(const struct pieces *p, size_t i)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->at[k] == i)
			return true;
	return false;
}

/* Which of @p n pieces goes out as the @p i-th; n or more: none. */
static size_t
piece_at(const struct wire *w, size_t i, size_t n)
{
	if (w->reversed)
		return n - 1 - i;
	return w->order.n ? w->order.at[i] : i;
}

static size_t
pieces_count(const struct wire *w, size_t n)
{
	return w->order.n && !w->reversed ? w->order.n : n;
}

void
wire_ip(struct gen *g, int64_t time, const struct wire *w, const void *p, size_t n)
{
	uint16_t id = w->ip_id >= 0 ? (uint16_t)w->ip_id : g->next_ip_id++;
	size_t size = w->fragment ? w->fragment & ~(size_t)7 : n;
	size_t count = size && n > size ? (n + size - 1) / size : 1;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < pieces_count(w, count); i++) {
		size_t at = piece_at(w, i, count) * size, left = n - at;

		if (at > n || (at == n && n) || pieces_have(&w->drop, at / (size ? size : 1)))
			continue;
		if (left > size)
			left = size;
		buf_clear(&b);
		ip_header(&b, w, id, left, at, at + left < n);
		buf_add(&b, (const char *)p + at, left);
		stack_wrap(&g->stacks[w->interface], &b, w);
		packet_add(g, time + (int64_t)i * PIECE_GAP, w, &b);
	}
	buf_release(&b);
}

/* ---- UDP and TCP ---- */

static uint16_t
l4_sum(const struct wire *w, unsigned proto, const void *p, size_t n)
{
	size_t width = w->from.addr.family == NET_IP6 ? 16 : 4;
	uint64_t sum = proto + n;

	sum = sum_add(sum, w->from.addr.bytes, width);
	sum = sum_add(sum, w->to.addr.bytes, width);
	return sum_fold(sum_add(sum, p, n));
}

void
udp_datagram(struct buf *b, const struct wire *w, const void *p, size_t n)
{
	size_t at = b->n;
	uint16_t sum;

	put_be16(b, w->from.port);
	put_be16(b, w->to.port);
	put_be16(b, (unsigned)(n + 8));
	put_be16(b, 0);
	buf_add(b, p, n);
	if (w->no_sum)
		return;
	sum = l4_sum(w, IPPROTO_UDP, b->p + at, n + 8);
	if (sum == 0)
		sum = 0xffff;
	b->p[at + 6] = (char)(sum >> 8);
	b->p[at + 7] = (char)sum;
}

void
wire_udp(struct gen *g, int64_t time, const struct wire *wire, const void *p, size_t n)
{
	struct wire w = *wire;
	struct buf b = BUF_INIT;

	w.proto = IPPROTO_UDP;
	udp_datagram(&b, &w, p, n);
	wire_ip(g, time, &w, b.p, b.n);
	buf_release(&b);
}

#define TCP_FIN		0x01u
#define TCP_SYN		0x02u
#define TCP_PSH		0x08u
#define TCP_ACK		0x10u

static void
tcp_segment(struct gen *g, int64_t time, const struct wire *w, uint32_t seq, uint32_t ack,
	    unsigned flags, const void *p, size_t n)
{
	struct buf b = BUF_INIT;
	uint16_t sum;

	put_be16(&b, w->from.port);
	put_be16(&b, w->to.port);
	put_be32(&b, seq);
	put_be32(&b, flags & TCP_ACK ? ack : 0);
	put_be16(&b, 0x5000 | flags);
	put_be16(&b, 64240);
	put_be32(&b, 0);
	buf_add(&b, p, n);
	sum = l4_sum(w, IPPROTO_TCP, b.p, b.n);
	b.p[16] = (char)(sum >> 8);
	b.p[17] = (char)sum;
	wire_ip(g, time, w, b.p, b.n);
	buf_release(&b);
}

/* What a segment of one payload keeps of its wire: no fragments, no order. */
static struct wire
tcp_wire(const struct wire *wire)
{
	struct wire w = *wire;

	w.proto = IPPROTO_TCP;
	w.fragment = 0;
	w.order.n = w.drop.n = 0;
	w.reversed = false;
	return w;
}

static struct wire
turned(struct wire w)
{
	struct net_endpoint from = w.from;

	w.from = w.to;
	w.to = from;
	return w;
}

/* The connection of both ends; a new one is opened at *time, which moves on.
 * *side: which of its ends sends. */
static struct tcp_conn *
tcp_open(struct gen *g, int64_t *time, const struct wire *w, int *side)
{
	struct tcp_conn *c;

	for (c = g->conns; c; c = c->next)
		for (*side = 0; *side < 2; ++*side)
			if (net_endpoint_eq(&c->ends[*side], &w->from) &&
			    net_endpoint_eq(&c->ends[!*side], &w->to))
				return c;
	c = arena_alloc(&g->arena, sizeof(*c));
	*c = (struct tcp_conn){
		.ends = { w->from, w->to },
		.seq = { (uint32_t)mix(g->seed, w->from.port), (uint32_t)mix(g->seed, w->to.port) },
		.next = g->conns,
	};
	g->conns = c;
	*side = 0;
	tcp_segment(g, *time, w, c->seq[0]++, 0, TCP_SYN, NULL, 0);
	struct wire back = turned(*w);
	tcp_segment(g, *time + PIECE_GAP, &back, c->seq[1]++, c->seq[0], TCP_SYN | TCP_ACK,
		    NULL, 0);
	tcp_segment(g, *time + 2 * PIECE_GAP, w, c->seq[0], c->seq[1], TCP_ACK, NULL, 0);
	*time += 3 * PIECE_GAP;
	return c;
}

void
wire_tcp(struct gen *g, int64_t time, const struct wire *wire, const void *p, size_t n)
{
	struct wire w = tcp_wire(wire);
	size_t starts[PIECES_MAX + 1], count = 0, at = 0;
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);

	while (at < n && count < PIECES_MAX) {
		const struct pieces *s = &wire->segments;
		size_t size = s->n ? s->at[count < s->n ? count : s->n - 1] : 1460;

		starts[count++] = at;
		at += size ? size : 1;
	}
	starts[count] = n;
	for (size_t i = 0; i < pieces_count(wire, count); i++) {
		size_t k = piece_at(wire, i, count);

		if (k >= count || pieces_have(&wire->drop, k))
			continue;
		tcp_segment(g, time + (int64_t)i * PIECE_GAP, &w,
			    c->seq[side] + (uint32_t)starts[k], c->seq[!side],
			    TCP_ACK | (k + 1 == count ? TCP_PSH : 0),
			    (const char *)p + starts[k], starts[k + 1] - starts[k]);
	}
	c->seq[side] += (uint32_t)n;
}

void
wire_tcp_fin(struct gen *g, int64_t time, const struct wire *wire)
{
	struct wire w = tcp_wire(wire), back = turned(w);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side), **at = &g->conns;

	tcp_segment(g, time, &w, c->seq[side]++, c->seq[!side], TCP_FIN | TCP_ACK, NULL, 0);
	tcp_segment(g, time + PIECE_GAP, &back, c->seq[!side]++, c->seq[side],
		    TCP_FIN | TCP_ACK, NULL, 0);
	tcp_segment(g, time + 2 * PIECE_GAP, &w, c->seq[side], c->seq[!side], TCP_ACK, NULL, 0);
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}
