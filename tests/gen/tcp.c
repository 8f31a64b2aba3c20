/*
 * TCP connections. One opens itself at the first bytes between two ends, unless
 * the script said how. Each side counts its sequence numbers and keeps all that
 * it sent, so that any of it can be sent again. What happens to segments on the
 * way (order, loss, coming twice) is of one payload and does not touch the
 * counting.
 */
#include "gen.h"

#include <netinet/in.h>

#include "base/mem.h"

#define TCP_FIN		0x01u
#define TCP_SYN		0x02u
#define TCP_RST		0x04u
#define TCP_PSH		0x08u
#define TCP_ACK		0x10u

#define MSS		1460u

struct tcp_conn {
	struct tcp_conn *next;
	struct net_endpoint ends[2];
	uint32_t seq[2];	/* of the next byte */
	struct buf sent[2];	/* all bytes so far; owned */
	int64_t ready;		/* since when it can carry bytes */
	bool closed, acked, upgraded;
};

static void
segment(struct gen *g, int64_t time, const struct wire *w, uint32_t seq, uint32_t ack,
	unsigned flags, struct str bytes)
{
	struct buf b = BUF_INIT;

	put_be16(&b, w->from.port);
	put_be16(&b, w->to.port);
	put_be32(&b, seq);
	put_be32(&b, flags & TCP_ACK ? ack : 0);
	put_be16(&b, (w->tcp_options ? 0x8000 : 0x5000) | flags);
	put_be16(&b, 64240);
	put_be32(&b, 0);
	if (w->tcp_options) {
		put_be32(&b, 0x0101080a);
		put_be32(&b, (uint32_t)(time / NS_PER_MS));
		put_be32(&b, flags & TCP_ACK ? (uint32_t)(time / NS_PER_MS) - 10 : 0);
	}
	buf_add_str(&b, bytes);
	put_sum(&b, 16, wire_sum(w, IPPROTO_TCP, b.p, b.n));
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

static bool
is_between(const struct tcp_conn *c, const struct wire *w, int side)
{
	return net_endpoint_eq(&c->ends[side], &w->from) &&
		net_endpoint_eq(&c->ends[!side], &w->to);
}

static struct tcp_conn *
conn_find(const struct gen *g, const struct wire *w, int *side)
{
	for (struct tcp_conn *c = g->conns; c; c = c->next)
		for (*side = 0; *side < 2; ++*side)
			if (!c->closed && is_between(c, w, *side))
				return c;
	*side = 0;
	return NULL;
}

/* Its first numbers: of seed and port, and other ones each time. */
static struct tcp_conn *
conn_new(struct gen *g, const struct wire *w, const struct tcp_begin *how)
{
	struct tcp_conn *c = arena_alloc(&g->arena, sizeof(*c));
	uint64_t seed = g->seed;

	for (struct tcp_conn *old = g->conns; old; old = old->next)
		if (is_between(old, w, 0) || is_between(old, w, 1))
			seed = mix(seed, 1);
	*c = (struct tcp_conn){
		.ends = { w->from, w->to }, .acked = how->acked,
		.seq = { (uint32_t)mix(seed, w->from.port), (uint32_t)mix(seed, w->to.port) },
		.next = g->conns,
	};
	for (size_t i = 0; i < how->isn.n && i < 2; i++)
		c->seq[i] = how->isn.at[i];
	g->conns = c;
	return c;
}

static void
handshake(struct gen *g, int64_t *time, const struct wire *w, struct tcp_conn *c)
{
	struct wire back = wire_back(w);

	segment(g, *time, w, c->seq[0]++, 0, TCP_SYN, STR_NONE);
	segment(g, *time + PIECE_GAP, &back, c->seq[1]++, c->seq[0], TCP_SYN | TCP_ACK, STR_NONE);
	segment(g, *time + 2 * PIECE_GAP, w, c->seq[0], c->seq[1], TCP_ACK, STR_NONE);
	*time += 3 * PIECE_GAP;
	c->ready = *time;
}

/* The connection of both ends; a new one is opened at *time, which moves on. */
static struct tcp_conn *
tcp_open(struct gen *g, int64_t *time, const struct wire *w, int *side)
{
	struct tcp_conn *c = conn_find(g, w, side);

	if (!c) {
		c = conn_new(g, w, &(struct tcp_begin){ .acked = false });
		handshake(g, time, w, c);
	}
	if (*time < c->ready)
		*time = c->ready;
	return c;
}

void
tcp_begin(struct gen *g, int64_t time, const struct wire *wire, const struct tcp_begin *how)
{
	struct wire w = tcp_wire(wire), back = wire_back(&w);
	int side;
	struct tcp_conn *old = conn_find(g, &w, &side), *c;
	int64_t wait = NS_PER_S;

	if (old)
		old->closed = true;
	c = conn_new(g, &w, how);
	c->closed = how->unanswered || how->refused;
	c->upgraded = how->before;
	if (how->before) {
		c->seq[0]++;
		c->seq[1]++;
	} else if (!c->closed) {
		handshake(g, &time, &w, c);
	}
	for (uint32_t i = 0; c->closed && i < (how->tries ? how->tries : 1); i++) {
		segment(g, time, &w, c->seq[0], 0, TCP_SYN, STR_NONE);
		if (how->refused)
			segment(g, time + PIECE_GAP, &back, 0, c->seq[0] + 1, TCP_RST | TCP_ACK,
				STR_NONE);
		time += wait;
		wait *= 2;
	}
}

/* One payload on its way. */
struct sending {
	struct gen *g;
	const struct wire *wire;
	uint32_t seq, ack;
	const char *bytes;
	const size_t *starts;
	size_t count;
};

static void
send_piece(void *arg, int64_t time, size_t k)
{
	const struct sending *s = arg;
	struct str part = { s->bytes + s->starts[k], s->starts[k + 1] - s->starts[k] };

	segment(s->g, time, s->wire, s->seq + (uint32_t)s->starts[k], s->ack,
		TCP_ACK | (k + 1 == s->count ? TCP_PSH : 0), part);
}

void
tcp_repeat(struct gen *g, int64_t time, const struct wire *wire, struct tcp_place at, const void *p,
	   size_t n)
{
	struct wire w = tcp_wire(wire), back = wire_back(&w);
	struct tcp_conn *c = at.conn;
	struct sending s = {
		.g = g, .wire = &w, .bytes = p, .seq = at.seq, .ack = c->seq[!at.side],
	};
	size_t *starts;

	if (n == 0)
		return;
	s.starts = starts = wire_cut(wire, n, MSS, &s.count);
	wire_pieces(wire, &time, s.count, send_piece, &s);
	if (wire->acked || c->acked)
		segment(g, time, &back, c->seq[!at.side], at.seq + (uint32_t)n, TCP_ACK, STR_NONE);
	free(starts);
}

struct tcp_place
tcp_send(struct gen *g, int64_t time, const struct wire *wire, const void *p, size_t n)
{
	struct wire w = tcp_wire(wire);
	struct tcp_place at;

	at.conn = tcp_open(g, &time, &w, &at.side);
	at.seq = at.conn->seq[at.side];
	tcp_repeat(g, time, wire, at, p, n);
	at.conn->seq[at.side] += (uint32_t)n;
	buf_add(&at.conn->sent[at.side], p, n);
	return at;
}

bool
tcp_again(struct gen *g, int64_t time, const struct wire *wire, int64_t ahead, struct str other,
	  size_t n)
{
	struct wire w = tcp_wire(wire);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);
	struct str bytes = other;

	if (other.n == 0) {
		int64_t from = (int64_t)c->sent[side].n + ahead;

		if (from < 0 || from + (int64_t)n > (int64_t)c->sent[side].n)
			return false;
		bytes = str_sub(buf_str(&c->sent[side]), (size_t)from, n);
	}
	segment(g, time, &w, c->seq[side] + (uint32_t)ahead, c->seq[!side], TCP_ACK | TCP_PSH,
		bytes);
	return true;
}

void
tcp_ack(struct gen *g, int64_t time, const struct wire *wire, uint32_t less)
{
	struct wire w = tcp_wire(wire);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);

	segment(g, time, &w, c->seq[side], c->seq[!side] - less, TCP_ACK, STR_NONE);
}

void
tcp_probe(struct gen *g, int64_t time, const struct wire *wire, size_t n)
{
	struct wire w = tcp_wire(wire), back = wire_back(&w);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);

	segment(g, time, &w, c->seq[side] - 1, c->seq[!side], TCP_ACK,
		str_sub((struct str){ "\0", 1 }, 0, n));
	segment(g, time + PIECE_GAP, &back, c->seq[!side], c->seq[side], TCP_ACK, STR_NONE);
}

void
tcp_fin(struct gen *g, int64_t time, const struct wire *wire, bool half)
{
	struct wire w = tcp_wire(wire), back = wire_back(&w);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);

	segment(g, time, &w, c->seq[side]++, c->seq[!side], TCP_FIN | TCP_ACK, STR_NONE);
	if (half) {
		segment(g, time + PIECE_GAP, &back, c->seq[!side], c->seq[side], TCP_ACK, STR_NONE);
		return;
	}
	segment(g, time + PIECE_GAP, &back, c->seq[!side]++, c->seq[side], TCP_FIN | TCP_ACK,
		STR_NONE);
	segment(g, time + 2 * PIECE_GAP, &w, c->seq[side], c->seq[!side], TCP_ACK, STR_NONE);
	c->closed = true;
}

void
tcp_rst(struct gen *g, int64_t time, const struct wire *wire)
{
	struct wire w = tcp_wire(wire);
	int side;
	struct tcp_conn *c = tcp_open(g, &time, &w, &side);

	segment(g, time, &w, c->seq[side], c->seq[!side], TCP_RST | TCP_ACK, STR_NONE);
	c->closed = true;
}

bool
tcp_upgrade(struct gen *g, int64_t *time, const struct wire *wire, bool *client)
{
	struct wire w = tcp_wire(wire);
	int side;
	struct tcp_conn *c = tcp_open(g, time, &w, &side);
	bool before = c->upgraded;

	*client = side == 0;
	c->upgraded = true;
	return before;
}

void
tcp_ready(struct gen *g, const struct wire *wire, int64_t time)
{
	int side;
	struct tcp_conn *c = conn_find(g, wire, &side);

	if (c)
		c->ready = time;
}

void
tcp_release(struct gen *g)
{
	for (struct tcp_conn *c = g->conns; c; c = c->next) {
		buf_release(&c->sent[0]);
		buf_release(&c->sent[1]);
	}
	g->conns = NULL;
}
