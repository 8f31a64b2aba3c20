/*
 * SCTP associations (RFC 9260) over IP, or over UDP from and to port 9899
 * (RFC 6951). Each side has a verification tag, a TSN and a sequence number for
 * each of its streams. A message is cut into DATA chunks, each in a packet of its
 * own but for the first, which may share one with the messages before.
 */
#include "gen.h"

#include <netinet/in.h>

#include "base/mem.h"

#define STREAMS		16u
#define UDP_PORT	9899

enum {
	DATA = 0, INIT = 1, INIT_ACK = 2, SACK = 3, HEARTBEAT = 4, HEARTBEAT_ACK = 5, ABORT = 6,
	SHUTDOWN = 7, SHUTDOWN_ACK = 8, COOKIE_ECHO = 10, COOKIE_ACK = 11, SHUTDOWN_COMPLETE = 14,
};

struct sctp_assoc {
	struct sctp_assoc *next;
	struct net_endpoint ends[2];
	uint32_t tag[2];	/* that the other side has to send */
	uint32_t tsn[2];	/* of the next chunk */
	uint16_t ssn[2][STREAMS];
	struct str last[2];	/* the message sent last, and where it was */
	uint32_t last_tsn[2];
	uint16_t last_ssn[2];
	int64_t ready;		/* since when it can carry messages */
	bool closed;
};

static uint32_t
crc32c(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint32_t crc = UINT32_MAX;

	while (n-- > 0) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void
packet(struct gen *g, int64_t time, const struct wire *wire, uint32_t tag, struct str chunks)
{
	struct wire w = *wire;
	struct buf b = BUF_INIT;
	uint32_t sum;

	put_be16(&b, w.from.port);
	put_be16(&b, w.to.port);
	put_be32(&b, tag);
	put_be32(&b, 0);
	buf_add_str(&b, chunks);
	sum = crc32c(b.p, b.n);
	for (int i = 0; i < 4; i++)	/* least significant byte first */
		b.p[8 + i] = (char)(sum >> 8 * i);
	if (w.over_udp) {
		w.from.port = w.to.port = UDP_PORT;
		wire_udp(g, time, &w, b.p, b.n);
	} else {
		w.proto = IPPROTO_SCTP;
		wire_ip(g, time, &w, b.p, b.n);
	}
	buf_release(&b);
}

static size_t
chunk_begin(struct buf *b, unsigned type, unsigned flags)
{
	put_8(b, type);
	put_8(b, flags);
	put_be16(b, 0);
	return b->n - 4;
}

/* Padding does not count. */
static void
chunk_end(struct buf *b, size_t at)
{
	put_sum(b, at + 2, (uint16_t)(b->n - at));
	buf_add_chars(b, '\0', -b->n & 3);
}

/* The same wire without what is only for a message. */
static struct wire
plain(const struct wire *w)
{
	struct wire back = wire_back(w);

	return wire_back(&back);
}

static struct sctp_assoc *
assoc_find(const struct gen *g, const struct wire *w, int *side)
{
	for (struct sctp_assoc *a = g->assocs; a; a = a->next)
		for (*side = 0; *side < 2; ++*side)
			if (!a->closed && net_endpoint_eq(&a->ends[*side], &w->from) &&
			    net_endpoint_eq(&a->ends[!*side], &w->to))
				return a;
	*side = 0;
	return NULL;
}

/* INIT or INIT ACK of one side. */
static void
send_init(struct gen *g, int64_t time, const struct wire *w, const struct sctp_assoc *a, int side,
	  bool ack)
{
	struct buf b = BUF_INIT;
	size_t at = chunk_begin(&b, ack ? INIT_ACK : INIT, 0);

	put_be32(&b, a->tag[side]);
	put_be32(&b, 106496);
	put_be16(&b, STREAMS);
	put_be16(&b, STREAMS);
	put_be32(&b, a->tsn[side]);
	if (ack) {
		put_be16(&b, 7);	/* state cookie */
		put_be16(&b, 4 + 16);
		put_be64(&b, mix(a->tag[0], 1));
		put_be64(&b, mix(a->tag[0], 2));
	}
	chunk_end(&b, at);
	packet(g, time, w, ack ? a->tag[!side] : 0, buf_str(&b));
	buf_release(&b);
}

static void
send_chunk(struct gen *g, int64_t time, const struct wire *w, uint32_t tag, unsigned type,
	   struct str value)
{
	struct buf b = BUF_INIT;
	size_t at = chunk_begin(&b, type, 0);

	buf_add_str(&b, value);
	chunk_end(&b, at);
	packet(g, time, w, tag, buf_str(&b));
	buf_release(&b);
}

static struct sctp_assoc *
assoc_new(struct gen *g, const struct wire *w, const struct sctp_how *how)
{
	struct sctp_assoc *a = arena_alloc(&g->arena, sizeof(*a));
	uint64_t seed = mix(g->seed, 132);

	for (struct sctp_assoc *old = g->assocs; old; old = old->next)
		seed = mix(seed, 1);
	*a = (struct sctp_assoc){
		.next = g->assocs, .ends = { w->from, w->to },
		.tag = { (uint32_t)mix(seed, 2), (uint32_t)mix(seed, 3) },
		.tsn = { (uint32_t)mix(seed, 4), (uint32_t)mix(seed, 5) },
	};
	for (size_t i = 0; i < how->tsn.n && i < 2; i++)
		a->tsn[i] = how->tsn.at[i];
	return g->assocs = a;
}

static void
handshake(struct gen *g, int64_t *time, const struct wire *wire, struct sctp_assoc *a)
{
	struct wire w = plain(wire), back = wire_back(&w);
	struct buf cookie = BUF_INIT;

	put_be64(&cookie, mix(a->tag[0], 1));
	put_be64(&cookie, mix(a->tag[0], 2));
	send_init(g, *time, &w, a, 0, false);
	send_init(g, *time + PIECE_GAP, &back, a, 1, true);
	send_chunk(g, *time + 2 * PIECE_GAP, &w, a->tag[1], COOKIE_ECHO, buf_str(&cookie));
	send_chunk(g, *time + 3 * PIECE_GAP, &back, a->tag[0], COOKIE_ACK, STR_NONE);
	*time += 4 * PIECE_GAP;
	a->ready = *time;
	buf_release(&cookie);
}

static struct sctp_assoc *
sctp_open(struct gen *g, int64_t *time, const struct wire *w, int *side)
{
	struct sctp_assoc *a = assoc_find(g, w, side);

	if (!a) {
		a = assoc_new(g, w, &(struct sctp_how){ .before = false });
		handshake(g, time, w, a);
	}
	if (*time < a->ready)
		*time = a->ready;
	return a;
}

void
sctp_begin(struct gen *g, int64_t time, const struct wire *wire, const struct sctp_how *how)
{
	struct wire w = plain(wire), back = wire_back(&w);
	int side;
	struct sctp_assoc *a = assoc_find(g, &w, &side);

	if (a)
		a->closed = true;
	a = assoc_new(g, &w, how);
	a->closed = how->unanswered || how->refused;
	if (how->before)
		return;
	if (!a->closed) {
		handshake(g, &time, &w, a);
		return;
	}
	send_init(g, time, &w, a, 0, false);
	if (how->refused)
		send_chunk(g, time + PIECE_GAP, &back, a->tag[0], ABORT, STR_NONE);
}

/* One message on its way. */
struct sending {
	struct gen *g;
	const struct wire *wire;
	const struct buf *before;	/* goes in the packet of the first chunk */
	struct str message;
	const size_t *starts;
	size_t count;
	uint32_t tag, tsn;
	uint16_t ssn;
};

static void
put_data(struct buf *b, const struct sending *s, size_t k)
{
	unsigned flags = (s->wire->unordered ? 4u : 0) | (k == 0 ? 2u : 0) |
		(k + 1 == s->count ? 1u : 0);
	size_t at = chunk_begin(b, DATA, flags);

	put_be32(b, s->tsn + (uint32_t)k);
	put_be16(b, s->wire->stream);
	put_be16(b, s->ssn);
	put_be32(b, s->wire->ppid);
	buf_add_str(b, str_sub(s->message, s->starts[k], s->starts[k + 1] - s->starts[k]));
	chunk_end(b, at);
}

static void
send_piece(void *arg, int64_t time, size_t k)
{
	const struct sending *s = arg;
	struct buf b = BUF_INIT;

	if (k == 0 && s->before)
		buf_add_str(&b, buf_str(s->before));
	put_data(&b, s, k);
	packet(s->g, time, s->wire, s->tag, buf_str(&b));
	buf_release(&b);
}

static void
send_sack(struct gen *g, int64_t time, const struct wire *w, const struct sctp_assoc *a, int side)
{
	struct buf b = BUF_INIT;

	put_be32(&b, a->tsn[!side] - 1);
	put_be32(&b, 106496);
	put_be32(&b, 0);
	send_chunk(g, time, w, a->tag[!side], SACK, buf_str(&b));
	buf_release(&b);
}

static void
send_pieces(struct sending *s, int64_t *time)
{
	struct wire w = *s->wire;
	const struct wire *whole = s->wire;
	size_t *starts = wire_cut(whole, s->message.n, 65000, &s->count);

	s->starts = starts;
	w.fragment = 0;
	s->wire = &w;
	wire_pieces(whole, time, s->count, send_piece, s);
	s->wire = whole;
	free(starts);
}

void
sctp_send(struct gen *g, int64_t time, const struct wire *wire, struct buf *waiting, bool joined,
	  struct str message)
{
	int side;
	struct sctp_assoc *a = sctp_open(g, &time, wire, &side);
	struct wire back = wire_back(wire);
	uint16_t *ssn = &a->ssn[side][wire->stream % STREAMS];
	struct sending s = {
		.g = g, .wire = wire, .before = waiting, .message = message,
		.tag = a->tag[!side], .tsn = a->tsn[side], .ssn = wire->unordered ? 0 : *ssn,
	};

	if (!wire->unordered)
		++*ssn;
	a->last[side] = arena_str(&g->arena, message);
	a->last_tsn[side] = s.tsn;
	a->last_ssn[side] = s.ssn;
	if (joined) {
		s.count = 1;
		s.starts = (const size_t[]){ 0, message.n };
		put_data(waiting, &s, 0);
		a->tsn[side]++;
		return;
	}
	send_pieces(&s, &time);
	a->tsn[side] += (uint32_t)s.count;
	buf_clear(waiting);
	if (wire->acked)
		send_sack(g, time, &back, a, !side);
}

bool
sctp_repeat(struct gen *g, int64_t time, const struct wire *wire)
{
	int side;
	struct sctp_assoc *a = assoc_find(g, wire, &side);
	struct sending s;

	if (!a || !a->last[side].n)
		return false;
	s = (struct sending){
		.g = g, .wire = wire, .message = a->last[side], .tag = a->tag[!side],
		.tsn = a->last_tsn[side], .ssn = a->last_ssn[side],
	};
	send_pieces(&s, &time);
	return true;
}

void
sctp_sign(struct gen *g, int64_t time, const struct wire *wire, enum sctp_sign sign)
{
	static const char info[] = { 0, 1, 0, 12, 'r', 'u', 'n', 'g', '-', 'g', 'e', 'n' };
	struct wire w = plain(wire), back = wire_back(&w);
	struct buf b = BUF_INIT;
	int side;
	struct sctp_assoc *a = sctp_open(g, &time, &w, &side);
	uint32_t tag = a->tag[!side];

	switch (sign) {
	case SCTP_PING:
	case SCTP_PONG:
		send_chunk(g, time, &w, tag, sign == SCTP_PING ? HEARTBEAT : HEARTBEAT_ACK,
			   (struct str){ info, sizeof(info) });
		break;
	case SCTP_SACK:
		send_sack(g, time, &w, a, side);
		break;
	case SCTP_ABORT:
		put_be16(&b, 12);	/* user-initiated */
		put_be16(&b, 4);
		send_chunk(g, time, &w, tag, ABORT, buf_str(&b));
		a->closed = true;
		break;
	case SCTP_SHUTDOWN:
		put_be32(&b, a->tsn[!side] - 1);
		send_chunk(g, time, &w, tag, SHUTDOWN, buf_str(&b));
		send_chunk(g, time + PIECE_GAP, &back, a->tag[side], SHUTDOWN_ACK, STR_NONE);
		send_chunk(g, time + 2 * PIECE_GAP, &w, tag, SHUTDOWN_COMPLETE, STR_NONE);
		a->closed = true;
		break;
	}
	buf_release(&b);
}

void
sctp_bytes(struct gen *g, int64_t time, const struct wire *wire, struct str chunks)
{
	int side;
	struct sctp_assoc *a = sctp_open(g, &time, wire, &side);

	packet(g, time, wire, a->tag[!side], chunks);
}
