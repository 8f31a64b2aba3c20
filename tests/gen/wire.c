/*
 * From payloads to frames: UDP datagrams, IPv4 and IPv6 with fragments. Pieces
 * of one payload are 10 µs apart, in the order asked for, less those that are to
 * be missing.
 */
#include "gen.h"

#include <netinet/in.h>

#include "base/mem.h"

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

/* What an ICMP error will quote. */
static void
quote_keep(struct gen *g, const struct buf *b)
{
	buf_clear(&g->quote);
	buf_add_str(&g->quote, str_sub(buf_str(b), 0, QUOTE_MAX));
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
		quote_keep(g, &b);
		stack_wrap(&g->stacks[w->interface], &b, w);
		packet_add(g, time + (int64_t)i * PIECE_GAP, w, &b);
	}
	buf_release(&b);
}

struct wire
wire_back(const struct wire *w)
{
	return (struct wire){
		.from = w->to, .to = w->from, .proto = w->proto, .ip_id = -1,
		.interface = w->interface, .tcp_options = w->tcp_options,
		.over_udp = w->over_udp,
	};
}

size_t *
wire_cut(const struct wire *w, size_t n, size_t size, size_t *count)
{
	const struct pieces *s = &w->segments;
	size_t *starts = NULL, cap = 0, at = 0;

	*count = 0;
	do {
		ARRAY_GROW(starts, cap, *count + 2);
		starts[*count] = at;
		if (s->n)
			size = s->at[*count < s->n ? *count : s->n - 1];
		at += size ? size : 1;
		++*count;
	} while (at < n);
	starts[*count] = n;
	return starts;
}

void
wire_pieces(const struct wire *w, int64_t *time, size_t count,
	    void (*send)(void *arg, int64_t time, size_t piece), void *arg)
{
	size_t turns = pieces_count(w, count);

	for (size_t i = 0; i < turns + w->again.n; i++) {
		size_t k = i < turns ? piece_at(w, i, count) : w->again.at[i - turns];

		if (k < count && !(i < turns && pieces_have(&w->drop, k)))
			send(arg, *time, k);
		*time += PIECE_GAP;
	}
}

/* ---- sums, UDP ---- */

void
put_sum(struct buf *b, size_t at, uint16_t sum)
{
	b->p[at] = (char)(sum >> 8);
	b->p[at + 1] = (char)sum;
}

uint16_t
wire_sum(const struct wire *w, unsigned proto, const void *p, size_t n)
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
	sum = wire_sum(w, IPPROTO_UDP, b->p + at, n + 8);
	if (sum == 0)
		sum = 0xffff;
	put_sum(b, at + 6, sum);
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

void
gen_release(struct gen *g)
{
	tcp_release(g);
	buf_release(&g->quote);
	arena_release(&g->arena);
	free(g->packets);
}
