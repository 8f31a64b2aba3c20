/*
 * TCP reassembly against an oracle. The first byte chooses:
 *   1 a stream without SYN, 2 no FIN, 4 segments may be lost and cut,
 *   8 small bounds (with 4), 16 arbitrary segments instead of what follows here.
 * Four bytes of initial sequence number, then steps of three bytes: what to do
 * (the top bit: which side), and two of argument. Either side sends a stream
 * whose bytes follow from their position. What it sends is cut, held back, sent
 * again in other pieces, with other content where it was sent before. What comes
 * out must be the stream; where segments were lost, the stream without the gaps
 * that were told, and no gap may hold a byte that came before it was told.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/tcp.h"

#define STREAM_MAX	16384u
#define HELD_MAX	8u
#define FRAMES_MAX	4096u
#define PLACE_STEP	100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum mode { MIDDLE = 1, NO_FIN = 2, LOSSY = 4, SMALL = 8, RAW = 16 };

/* A byte that was cut off is not waited for: where it comes again it is old. */
enum { NOT_SENT, SENT, CUT_OFF };

struct range {
	uint32_t from, n;
};

struct side {
	uint32_t isn;
	uint32_t made;		/* bytes of the stream made so far */
	uint32_t received;	/* up to where all was sent */
	uint32_t told;		/* position of what came out */
	struct range held[HELD_MAX];
	unsigned held_n;
	bool ended, fin;
	uint8_t sent[STREAM_MAX];	/* enum: of each byte */
};

struct world {
	struct tcp *t;
	uint8_t mode;
	struct side sides[2];
	int64_t time;
	uint32_t frame;
	struct { uint8_t side; uint32_t from, n; } frames[FRAMES_MAX];
	unsigned forgotten;
};

static char
content(unsigned side, uint32_t at)
{
	return (char)((at * 2654435761u + side * 77u) >> 13);
}

static void
check_bytes(const struct world *w, const struct flow_event *ev)
{
	const struct side *s = &w->sides[ev->dir];
	uint64_t frame = ev->stamps[0].frame;

	if (s->told + ev->bytes.n > s->made)
		BUG("more than was sent");
	for (size_t i = 0; i < ev->bytes.n; i++)
		if (ev->bytes.p[i] != content(ev->dir, s->told + (uint32_t)i))
			BUG("other bytes at %zu", s->told + i);
	if (ev->stamp_n != 1 || frame == 0 || frame > w->frame ||
	    w->frames[frame].side != ev->dir || s->told < w->frames[frame].from ||
	    s->told + ev->bytes.n > w->frames[frame].from + w->frames[frame].n)
		BUG("frame %llu did not bring this", (unsigned long long)frame);
	if (ev->place.offset != frame * (uint64_t)PLACE_STEP + s->told - w->frames[frame].from)
		BUG("it does not lie there");
}

static void
check_gap(const struct world *w, const struct flow_event *ev)
{
	const struct side *s = &w->sides[ev->dir];

	if (!(w->mode & LOSSY))
		BUG("a gap where nothing is missing");
	if (s->told + ev->missing > s->made)
		BUG("more is missing than was sent");
	for (uint64_t i = 0; i < ev->missing; i++)
		if (s->sent[s->told + i] == SENT)
			BUG("byte %u was there", s->told + (uint32_t)i);
}

static void
drain(struct world *w)
{
	struct tcp_connection *c;
	struct flow_event ev;

	while (tcp_next(w->t, &ev, &c)) {
		struct side *s = &w->sides[ev.dir];

		if (w->forgotten)
			BUG("an event of what is forgotten");
		if (ev.kind == FLOW_BYTES) {
			check_bytes(w, &ev);
			s->told += (uint32_t)ev.bytes.n;
		} else if (ev.kind == FLOW_GAP) {
			check_gap(w, &ev);
			s->told += (uint32_t)ev.missing;
		} else if (ev.kind == FLOW_END) {
			if (s->ended || s->told != s->made || !s->fin)
				BUG("an end at %u of %u", s->told, s->made);
			s->ended = true;
		} else if (ev.kind == FLOW_FORGET) {
			w->forgotten++;
		} else if (ev.kind == FLOW_RESET) {
			BUG("a reset");
		}
	}
}

static struct segment
segment_of(struct world *w, unsigned side)
{
	static const uint8_t address[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
	const struct side *o = &w->sides[1 - side];
	struct segment seg = { .kind = SEGMENT_TCP, .tcp_flags = 16, .time = w->time };

	seg.src.addr = net_addr_ip4(address[side]);
	seg.dst.addr = net_addr_ip4(address[1 - side]);
	seg.src.port = side ? 5060 : 40000;
	seg.dst.port = side ? 40000 : 5060;
	/* The receiver may have what the capture lacks. */
	seg.tcp_ack = o->isn + 1 + (w->mode & LOSSY ? o->made : o->received);
	seg.frame = ++w->frame;
	w->frames[seg.frame].side = (uint8_t)side;
	seg.place = (struct place){ seg.frame * (uint64_t)PLACE_STEP, 0 };
	seg.in_record = true;
	return seg;
}

static void
take(struct world *w, const struct segment *seg)
{
	tcp_take(w->t, seg);
	drain(w);
}

static void
send_flags(struct world *w, unsigned side, unsigned flags, uint32_t seq)
{
	struct segment seg = segment_of(w, side);

	seg.tcp_flags = (uint8_t)flags;
	seg.tcp_seq = seq;
	take(w, &seg);
}

/* Send a range; @captured bytes of it are there, @other content if set. */
static void
send_range(struct world *w, unsigned side, struct range r, uint32_t captured, bool other)
{
	struct side *s = &w->sides[side];
	struct segment seg = segment_of(w, side);
	char *copy = xmalloc(captured > 0 ? captured : 1);

	for (uint32_t i = 0; i < captured; i++)
		copy[i] = (char)(content(side, r.from + i) ^ (other && i % 3 == 0));
	seg.payload = (struct str){ copy, captured };
	seg.wire_length = r.n;
	seg.tcp_seq = s->isn + 1 + r.from;
	w->frames[seg.frame].from = r.from;
	w->frames[seg.frame].n = captured;
	for (uint32_t i = 0; i < r.n && !other; i++)
		if (s->sent[r.from + i] == NOT_SENT)
			s->sent[r.from + i] = i < captured ? SENT : CUT_OFF;
	while (s->received < s->made && s->sent[s->received])
		s->received++;
	take(w, &seg);
	free(copy);
}

static void
send_held(struct world *w, unsigned side, unsigned i)
{
	struct side *s = &w->sides[side];
	struct range r = s->held[i];

	s->held_n--;
	memmove(s->held + i, s->held + i + 1, (s->held_n - i) * sizeof(r));
	send_range(w, side, r, r.n, false);
}

/* Bytes that all were sent before, for they may come with other content. */
static bool
all_sent(const struct side *s, struct range r)
{
	return r.n > 0 && !memchr(s->sent + r.from, 0, r.n);
}

static void
make(struct world *w, unsigned side, uint32_t n)
{
	struct side *s = &w->sides[side];

	if (s->made + n > STREAM_MAX)
		n = STREAM_MAX - s->made;
	if (n == 0)
		return;
	s->held[s->held_n++] = (struct range){ s->made, n };
	s->made += n;
	/* From the middle on, what comes first is the beginning. */
	if (s->held_n == HELD_MAX || (s->made == n && (w->mode & MIDDLE)))
		send_held(w, side, 0);
}

static void
send_again(struct world *w, unsigned side, uint8_t a, uint8_t b, bool other)
{
	struct side *s = &w->sides[side];
	struct range r = { .n = b };

	if (s->made == 0 || ((w->mode & MIDDLE) && s->received == 0))
		return;
	r.from = s->made - 1 - (a * 5u) % s->made;
	if (r.n > s->made - r.from)
		r.n = s->made - r.from;
	if (r.n == 0 || (other && (!all_sent(s, r) || (w->mode & LOSSY))))
		return;
	send_range(w, side, r, r.n, other);
}

/* A segment or a reset that somebody forged: alone, it changes nothing. */
static void
forge(struct world *w, unsigned side, uint8_t a, uint8_t b)
{
	struct segment seg;

	if (w->sides[side].made == 0 && (w->mode & MIDDLE))
		return;
	seg = segment_of(w, side);
	if (b & 2)
		seg.tcp_flags = 4;
	else
		seg.payload = STR("forged");
	seg.wire_length = (uint32_t)seg.payload.n;
	seg.tcp_seq = w->sides[side].isn + (b & 4 ? 1000000000u : 3000000000u) + a * 100u;
	take(w, &seg);
}

static void
step(struct world *w, const uint8_t *op)
{
	unsigned side = op[0] >> 7;
	struct side *s = &w->sides[side];
	uint32_t n = s->held_n;

	switch (op[0] & 15) {
	case 0: case 1: case 2:
		make(w, side, 1 + op[1] % 64u);
		break;
	case 3:
		make(w, side, 1 + op[1] * 6u);
		break;
	case 4: case 5: case 6:
		if (n > 0)
			send_held(w, side, op[1] % n);
		break;
	case 7:
		if (n > 0)
			send_range(w, side, s->held[op[1] % n], s->held[op[1] % n].n, false);
		break;
	case 8:
		send_again(w, side, op[1], op[2], false);
		break;
	case 9:
		send_again(w, side, op[1], op[2], true);
		break;
	case 10:
		if (op[2] & 1)
			forge(w, side, op[1], op[2]);
		else
			send_flags(w, side, 16, s->isn + 1 + s->received);
		break;
	case 11:
		/* Keep-alives come when nothing is under way. */
		if (s->received == s->made && s->made > 0 && n == 0)
			send_flags(w, side, 16, s->isn + s->received);
		break;
	case 12:
		w->time += w->mode & LOSSY ? op[1] * NS_PER_MS * 20 : op[1];
		w->time -= op[2] * NS_PER_US;
		break;
	case 13:
		if (!(w->mode & MIDDLE))
			send_flags(w, side, side ? 18 : 2, s->isn);
		break;
	case 14:
		if (n > 0 && (w->mode & LOSSY)) {
			s->held_n--;
			memmove(s->held, s->held + 1, s->held_n * sizeof(s->held[0]));
		}
		break;
	default:
		if (n > 0 && (w->mode & LOSSY)) {
			struct range r = s->held[0];

			send_range(w, side, r, op[1] % (r.n + 1), false);
		}
	}
}

static void
finish(struct world *w)
{
	struct tcp_stats stats;

	for (unsigned side = 0; side < 2; side++) {
		struct side *s = &w->sides[side];

		while (s->held_n > 0)
			send_held(w, side, s->held_n - 1);
	}
	for (unsigned side = 0; side < 2 && !(w->mode & NO_FIN); side++) {
		w->sides[side].fin = true;
		send_flags(w, side, 17, w->sides[side].isn + 1 + w->sides[side].made);
	}
	tcp_end(w->t);
	drain(w);
	for (unsigned side = 0; side < 2; side++) {
		const struct side *s = &w->sides[side];

		if (!(w->mode & LOSSY) && s->told != s->made)
			BUG("%u of %u bytes", s->told, s->made);
		if (!(w->mode & NO_FIN) && !s->ended && s->told == s->made)
			BUG("no end was told");
		for (uint32_t i = s->told; i < s->made; i++)
			if (s->sent[i] == SENT)
				BUG("byte %u was lost in silence", i);
	}
	tcp_stats(w->t, &stats);
	if (w->forgotten != (w->frame > 0) || stats.open || stats.waiting_bytes)
		BUG("something is left");
}

/* Segments of any kind, without an oracle: what is counted must agree. */
static void
run_raw(struct tcp *t, const uint8_t *data, size_t size)
{
	static const uint8_t address[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
	uint64_t begun = 0, forgotten = 0;
	struct tcp_connection *c;
	struct flow_event ev;
	struct tcp_stats stats;
	uint32_t frame = 0, ends[2] = { 0, 0 };
	bool more = true;

	while (more) {
		more = size >= 9;
		if (more) {
			struct segment seg = { .kind = SEGMENT_TCP, .tcp_flags = data[0] & 0x17,
				.frame = ++frame, .time = (int64_t)get_be16(data + 6) << 26 };
			unsigned side = data[0] >> 7;
			size_t n = data[8] & 31u;
			char *copy;

			/* Numbers near 0, or far, or where the last one ended. */
			seg.tcp_seq = (uint32_t)(int8_t)data[1] << (data[5] & 15u) * 2;
			if (data[3] & 0x40)
				seg.tcp_seq = ends[side];
			seg.tcp_ack = (uint32_t)(int8_t)data[2] << (data[5] >> 4) * 2;
			seg.src.addr = net_addr_ip4(address[side]);
			seg.dst.addr = net_addr_ip4(address[1 - side]);
			seg.src.port = side ? data[3] & 1 : data[4] & 1;
			seg.dst.port = side ? data[4] & 1 : data[3] & 1;
			if (data[3] & 0x80)
				seg.time = TIME_NONE;
			data += 9;
			size -= 9;
			if (n > size)
				n = size;
			copy = xmalloc(n > 0 ? n : 1);
			if (n > 0)
				memcpy(copy, data, n);
			data += n;
			size -= n;
			seg.payload = (struct str){ copy, n };
			seg.wire_length = (uint32_t)n + (frame % 7 == 0 ? frame % 50 : 0);
			ends[side] = seg.tcp_seq + seg.wire_length;
			c = tcp_take(t, &seg);
			begun += c->user == NULL;
			c->user = t;
			while (tcp_next(t, &ev, &c)) {
				free(xstrndup(ev.bytes.p, ev.bytes.n));
				forgotten += ev.kind == FLOW_FORGET;
			}
			free(copy);
		} else {
			tcp_end(t);
			while (tcp_next(t, &ev, &c))
				forgotten += ev.kind == FLOW_FORGET;
		}
	}
	tcp_stats(t, &stats);
	if (begun != forgotten || stats.connections != begun || stats.open || stats.waiting_bytes)
		BUG("begun %zu, forgotten %zu", (size_t)begun, (size_t)forgotten);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcp_limits limits = { 0 };
	struct world *w;

	if (size < 5)
		return 0;
	if ((data[0] & SMALL) && (data[0] & (LOSSY | RAW)))
		limits = (struct tcp_limits){ 1000, 1500, NS_PER_S, 3 };
	w = xcalloc(1, sizeof(*w));
	w->t = tcp_new(&limits);
	w->mode = data[0];
	w->time = NS_PER_S;
	w->sides[0].isn = get_be32(data + 1);
	w->sides[1].isn = ~w->sides[0].isn;
	data += 5;
	size -= 5;
	if (w->mode & RAW) {
		run_raw(w->t, data, size);
	} else {
		if (!(w->mode & MIDDLE)) {
			send_flags(w, 0, 2, w->sides[0].isn);
			send_flags(w, 1, 18, w->sides[1].isn);
		}
		/* One step sends at most one segment; the end needs some more. */
		for (; size >= 3 && w->frame < FRAMES_MAX - 4 * HELD_MAX; data += 3, size -= 3)
			step(w, data);
		finish(w);
	}
	tcp_free(w->t);
	free(w);
	return 0;
}
