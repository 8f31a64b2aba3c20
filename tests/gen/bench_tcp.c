/*
 * The messages of the large captures in TCP connections. What the seed picks is
 * retransmitted 200 ms later, or split, with its first part 300 µs after the
 * second: sooner than anybody answers. Each kind of delay is always the same, so
 * a queue for each keeps the file in order of time.
 */
#include "bench.h"

#include <netinet/in.h>

#include "base/mem.h"

static const int64_t delays[LATER_COUNT] = {
	[LATER_BEHIND] = 300 * NS_PER_US, [LATER_AGAIN] = 200 * NS_PER_MS,
	[LATER_CLOSE] = 500 * NS_PER_MS,
};

#define FIN	0x01u
#define SYN	0x02u
#define PSH	0x08u
#define ACK	0x10u

static void
segment(struct bench_out *o, int64_t time, const struct wire *w, uint32_t seq, uint32_t ack,
	unsigned flags, struct str bytes)
{
	struct buf *b = &o->head;
	uint64_t sum = IPPROTO_TCP + 20 + bytes.n;

	buf_clear(b);
	put_be16(b, w->from.port);
	put_be16(b, w->to.port);
	put_be32(b, seq);
	put_be32(b, ack);
	put_be16(b, 0x5000 | flags);
	put_be16(b, 64240);
	put_be32(b, 0);
	sum = sum_add(sum, w->from.addr.bytes, 4);
	sum = sum_add(sum, w->to.addr.bytes, 4);
	sum = sum_add(sum_add(sum, b->p, b->n), bytes.p, bytes.n);
	put_sum(b, 16, sum_fold(sum));
	bench_out_packet(o, time, w, buf_str(b), bytes);
}

static struct wire
stream_wire(const struct bench_stream *s, const struct bench_ends *ends)
{
	bool from_server = ends->reverse != s->turned;

	return (struct wire){
		.proto = IPPROTO_TCP, .ttl = 62,
		.from = { net_addr_ip4(ends->from), from_server ? 5060 : s->port },
		.to = { net_addr_ip4(ends->to), from_server ? s->port : 5060 },
	};
}

/* ---- what comes later ---- */

static void
later_add(struct bench_tcp *t, enum bench_delay delay, struct later_packet p)
{
	struct bench_later *l = &t->later[delay];

	if (l->first == l->n)
		l->first = l->n = 0;
	ARRAY_GROW(l->packets, l->cap, l->n + 1);
	p.time += delays[delay];
	l->packets[l->n++] = p;
}

static void
close_now(struct bench_out *o, const struct later_packet *p)
{
	struct wire w = stream_wire(&p->stream, &p->ends), back = wire_back(&w);
	bool side = p->ends.reverse;
	uint32_t seq = p->stream.seq[side], ack = p->stream.seq[!side];

	segment(o, p->time, &w, seq, ack, FIN | ACK, STR_NONE);
	segment(o, p->time, &back, ack, seq + 1, FIN | ACK, STR_NONE);
	segment(o, p->time, &w, seq + 1, ack + 1, ACK, STR_NONE);
}

static void
later_send(struct bench_later *l, struct bench_out *o)
{
	struct later_packet *p = &l->packets[l->first++];
	struct wire w = { .proto = IPPROTO_TCP, .ttl = 62, .from = p->from, .to = p->to };

	if (!p->bytes) {
		close_now(o, p);
		return;
	}
	segment(o, p->time, &w, p->seq, p->ack, ACK | PSH, (struct str){ p->bytes, p->n });
	free(p->bytes);
}

void
bench_tcp_flush(struct bench_tcp *t, struct bench_out *o, int64_t time)
{
	for (;;) {
		struct bench_later *soonest = NULL;

		for (int i = 0; i < LATER_COUNT; i++) {
			struct bench_later *l = &t->later[i];

			if (l->first < l->n && l->packets[l->first].time <= time &&
			    (!soonest || l->packets[l->first].time <
			     soonest->packets[soonest->first].time))
				soonest = l;
		}
		if (!soonest)
			return;
		later_send(soonest, o);
	}
}

void
bench_tcp_release(struct bench_tcp *t)
{
	for (int i = 0; i < LATER_COUNT; i++)
		free(t->later[i].packets);
}

/* ---- connections ---- */

static void
stream_open(struct bench_out *o, struct bench_stream *s, int64_t time,
	    const struct bench_ends *ends)
{
	struct wire w, back;

	s->open = true;
	s->turned = ends->reverse;
	s->seq[ends->reverse] = (uint32_t)mix(o->seed, o->records);
	s->seq[!ends->reverse] = (uint32_t)mix(o->seed, ~o->records);
	w = stream_wire(s, ends);
	back = wire_back(&w);
	segment(o, time, &w, s->seq[ends->reverse]++, 0, SYN, STR_NONE);
	segment(o, time, &back, s->seq[!ends->reverse]++, s->seq[ends->reverse], SYN | ACK, STR_NONE);
	segment(o, time, &w, s->seq[ends->reverse], s->seq[!ends->reverse], ACK, STR_NONE);
}

void
bench_tcp_syn(struct bench_out *o, int64_t time, uint32_t number, const uint8_t *to)
{
	uint64_t h = mix(o->seed, number);
	uint8_t from[4] = { 10, 99, (uint8_t)(h >> 8), (uint8_t)h };
	struct wire w = {
		.proto = IPPROTO_TCP, .ttl = 62,
		.from = { net_addr_ip4(from), (uint16_t)(h >> 16) },
		.to = { net_addr_ip4(to), 5060 },
	};

	segment(o, time, &w, (uint32_t)(h >> 32), 0, SYN, STR_NONE);
}

static bool
picked(const struct bench_tcp *t, const struct bench_out *o, uint64_t what, uint32_t percent)
{
	return percent > 0 && mix(o->seed ^ what, t->segments) % 100 < percent;
}

/* Bytes of one segment, perhaps in two and the wrong order, perhaps twice. */
static void
send_segment(struct bench_tcp *t, struct bench_out *o, const struct wire *w, int64_t time,
	     uint32_t seq, uint32_t ack, struct str bytes)
{
	struct later_packet late = {
		.time = time, .from = w->from, .to = w->to, .seq = seq, .ack = ack,
	};

	t->segments++;
	if (picked(t, o, 1, t->config->retransmit)) {
		late.n = bytes.n;
		late.bytes = xstrndup(bytes.p, late.n);
		later_add(t, LATER_AGAIN, late);
	}
	if (bytes.n > 1 && picked(t, o, 2, t->config->reorder)) {
		size_t front = 1 + mix(seq, 3) % (bytes.n - 1);

		late.n = front;
		late.bytes = xstrndup(bytes.p, front);
		later_add(t, LATER_BEHIND, late);
		seq += (uint32_t)front;
		bytes = str_skip(bytes, front);
	}
	segment(o, time, w, seq, ack, ACK | PSH, bytes);
}

void
bench_tcp_send(struct bench_tcp *t, struct bench_out *o, struct bench_stream *s, int64_t time,
	       const struct bench_ends *ends, struct str text, bool part)
{
	bool side = ends->reverse;
	uint32_t mss = t->config->mss;
	struct wire w, back;

	bench_tcp_flush(t, o, time);
	if (!s->open)
		stream_open(o, s, time, ends);
	w = stream_wire(s, ends);
	back = wire_back(&w);
	while (text.n > 0) {
		struct str bytes = part ? text : str_sub(text, 0, mss);

		if (part)
			segment(o, time, &w, s->seq[side], s->seq[!side], ACK | PSH, bytes);
		else
			send_segment(t, o, &w, time, s->seq[side], s->seq[!side], bytes);
		s->seq[side] += (uint32_t)bytes.n;
		text = str_skip(text, bytes.n);
		s->unacked[!side] = 0;
		if (++s->unacked[side] < 2)
			continue;
		s->unacked[side] = 0;
		segment(o, time, &back, s->seq[!side], s->seq[side], ACK, STR_NONE);
	}
}

void
bench_tcp_close(struct bench_tcp *t, struct bench_stream *s, int64_t time,
		const struct bench_ends *ends)
{
	if (s->open)
		later_add(t, LATER_CLOSE, (struct later_packet){
			.time = time, .stream = *s, .ends = *ends,
		});
	s->open = false;
}
