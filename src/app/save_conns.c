#include "app/save_conns.h"

#include "base/bytes.h"
#include "base/mem.h"

#define FIN	0x01u
#define SYN	0x02u
#define RST	0x04u
#define ACK	0x10u

static uint64_t
conn_hash(uint8_t kind, const struct net_endpoint *a, const struct net_endpoint *b)
{
	/* The same in either order. */
	return hash_u64(net_endpoint_hash(a) + net_endpoint_hash(b) + kind);
}

static struct save_conn *
find(const struct save_conns *c, uint8_t kind, const struct net_endpoint *a,
     const struct net_endpoint *b)
{
	uint64_t hash = conn_hash(kind, a, b);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&c->map, hash, &cursor)) != HASH_NONE) {
		struct save_conn *conn = &c->list[i];
		const struct net_endpoint *e = conn->ends;

		if (conn->kind == kind &&
		    ((net_endpoint_eq(&e[0], a) && net_endpoint_eq(&e[1], b)) ||
		     (net_endpoint_eq(&e[0], b) && net_endpoint_eq(&e[1], a))))
			return conn;
	}
	return NULL;
}

struct save_conn *
save_conns_find(const struct save_conns *c, const struct segment *seg)
{
	return c->n > 0 ? find(c, seg->kind, &seg->src, &seg->dst) : NULL;
}

static struct save_life *
add_life(struct save_conn *conn)
{
	ARRAY_GROW(conn->lives, conn->cap, conn->n + 1);
	conn->lives[conn->n] = (struct save_life){ 0 };
	return &conn->lives[conn->n++];
}

struct save_conn *
save_conns_add(struct save_conns *c, uint8_t kind, const struct net_endpoint *a,
	       const struct net_endpoint *b, bool whole)
{
	struct save_conn *conn = find(c, kind, a, b);

	if (!conn) {
		ARRAY_GROW(c->list, c->cap, c->n + 1);
		conn = &c->list[c->n];
		*conn = (struct save_conn){ .kind = kind, .ends = { *a, *b } };
		add_life(conn);
		hash_map_add(&c->map, conn_hash(kind, a, b), (uint32_t)c->n++);
	}
	conn->whole |= whole;
	return conn;
}

void
save_conns_release(struct save_conns *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].lives);
	free(c->list);
	hash_map_release(&c->map);
	*c = (struct save_conns){ 0 };
}

/* Whether it looks like TLS: what brings HEP or names no transport may be it too. */
static bool
is_tls(const struct segment *seg)
{
	const uint8_t *p = (const uint8_t *)seg->payload.p;

	return seg->kind == SEGMENT_TCP && seg->payload.n >= 3 && p[0] >= 0x14 && p[0] <= 0x17 &&
		p[1] == 3 && p[2] <= 4;
}

void
save_conn_look(struct save_conn *conn, const struct segment *seg, bool wanted, bool other)
{
	struct save_life *life = &conn->lives[conn->n - 1];

	/* Ports that are used again. */
	if (seg->kind == SEGMENT_TCP && (seg->tcp_flags & (SYN | ACK)) == SYN &&
	    (life->frame == 0 || life->seq != seg->tcp_seq)) {
		life = add_life(conn);
		life->frame = seg->frame;
		life->source = seg->source;
		life->seq = seg->tcp_seq;
	}
	life->wanted |= wanted;
	life->other |= other;
	life->whole |= conn->whole || (wanted && is_tls(seg));
}

/* ---- the second look ---- */

static inline bool
seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool
has_chosen(const struct save_dir *d, uint32_t from, uint32_t to)
{
	uint32_t n = d->ranges < SAVE_CONN_RANGES ? d->ranges : SAVE_CONN_RANGES;

	for (uint32_t i = 0; i < n; i++)
		if (seq_before(from, d->to[i]) && seq_before(d->from[i], to))
			return true;
	return false;
}

/* Whether a packet without bytes of a message is to be kept. */
static bool
takes_rest(const struct save_dir *d, const struct segment *seg, bool other, bool news)
{
	uint32_t n = seg->wire_length;

	if (seg->tcp_flags & (SYN | FIN | RST))
		return true;
	if (n == 0)
		return d->ack_due && (seg->tcp_flags & ACK) &&
			!seq_before(seg->tcp_ack, d->acked);
	return has_chosen(d, seg->tcp_seq, seg->tcp_seq + n) || (!other && news);
}

bool
save_conn_is_back(const struct save_conn *conn, const struct segment *seg)
{
	return !net_endpoint_eq(&seg->src, &conn->ends[0]) ||
		!net_endpoint_eq(&seg->dst, &conn->ends[1]);
}

static bool
takes_tcp(struct save_conn *conn, const struct segment *seg, bool wanted, bool other, bool news)
{
	bool back = save_conn_is_back(conn, seg);
	struct save_dir *d = &conn->dirs[back], *o = &conn->dirs[!back];
	uint32_t end = seg->tcp_seq + seg->wire_length;
	bool take;

	if (wanted && seg->wire_length > 0) {
		uint32_t i = d->ranges++ % SAVE_CONN_RANGES;

		d->from[i] = seg->tcp_seq;
		d->to[i] = end;
		o->acked = end;
		o->ack_due = true;
	}
	take = wanted || takes_rest(d, seg, other, news);
	if (take && d->ack_due && (seg->tcp_flags & ACK) && !seq_before(seg->tcp_ack, d->acked))
		d->ack_due = false;
	return take;
}

/* Chunk types of RFC 9260 section 3.2; I-DATA is of RFC 8260. */
bool
save_conn_is_control(const struct segment *seg)
{
	const uint8_t *p = (const uint8_t *)seg->payload.p;
	size_t n = seg->payload.n, at = 12;

	while (at + 4 <= n) {
		size_t length = get_be16(p + at + 2);

		/* Not DATA, SACK, HEARTBEAT and its answer, I-DATA. */
		if (p[at] != 0 && (p[at] < 3 || p[at] > 5) && p[at] != 64)
			return true;
		at += length < 4 ? 4 : (length + 3) & ~(size_t)3;
	}
	return false;
}

/* A connection ends where the next one with its ends begins. */
static void
step(struct save_conn *conn, const struct segment *seg)
{
	const struct save_life *life = &conn->lives[conn->at];

	if (conn->at + 1 >= conn->n || seg->frame != life[1].frame ||
	    seg->source != life[1].source)
		return;
	conn->at++;
	memset(conn->dirs, 0, sizeof(conn->dirs));
}

bool
save_conn_news(struct save_conn *conn, const struct segment *seg)
{
	uint32_t end = seg->tcp_seq + seg->wire_length;
	struct save_dir *d;

	step(conn, seg);
	if (conn->kind != SEGMENT_TCP)
		return true;
	d = &conn->dirs[save_conn_is_back(conn, seg)];
	if (d->begun && !seq_before(d->end, end))
		return false;
	d->end = end;
	d->begun = true;
	return true;
}

bool
save_conn_needs_all(const struct save_conn *conn)
{
	const struct save_life *life = &conn->lives[conn->at];

	return life->wanted && (life->whole || !life->other);
}

bool
save_conn_takes(struct save_conn *conn, const struct segment *seg, bool wanted, bool other,
		bool news)
{
	const struct save_life *life;

	step(conn, seg);
	life = &conn->lives[conn->at];
	if (!life->wanted || save_conn_needs_all(conn))
		return life->wanted || wanted;
	if (conn->kind == SEGMENT_SCTP)
		return wanted || (!other && save_conn_is_control(seg));
	return takes_tcp(conn, seg, wanted, other, news);
}
