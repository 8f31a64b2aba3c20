/*
 * Packets that come once, through a pipe, into a store with room for few calls: what is
 * held of the log and the spool is what the messages there are need. The first byte says how
 * the run is set up; a step is three bytes (what, which, how much) and what it takes.
 */
#include <stdint.h>
#include <unistd.h>

#include "app/engine.h"
#include "base/bytes.h"
#include "capture/capture_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PIPE_MAX	65536u
#define RECORD		16u
#define HEADERS		40u		/* of IP and TCP */

enum what {
	CALL_BY_UDP,		/* a message of call .which */
	CALL_BY_TCP,
	BYTES_BY_UDP,		/* bytes of the input, to port 5060 + .which */
	BYTES_BY_TCP,
	HOLE,			/* of .how_much bytes in the connection .which */
	WHATS
};

struct run {
	struct buf file;
	uint32_t seq[4];
	uint32_t time;
};

static void
add_le32(struct buf *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++, v >>= 8)
		buf_add_char(b, (char)v);
}

static void
add_packet(struct run *r, uint8_t protocol, uint8_t which, struct str payload)
{
	size_t head = protocol == 6 ? 20 : 8, n = 20 + head + payload.n;
	uint8_t h[HEADERS] = { 0x45, 0, (uint8_t)(n >> 8), (uint8_t)n, 0, which, 0, 0, 64, protocol,
			       0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x9c, (uint8_t)(which & 3),
			       0x13, 0xc4 };
	uint32_t *seq = &r->seq[which & 3];

	if (r->file.n + RECORD + n > PIPE_MAX)
		return;
	if (protocol == 6) {
		for (unsigned i = 0; i < 4; i++)
			h[24 + i] = (uint8_t)(*seq >> (24 - 8 * i));
		h[32] = 0x50;
		h[33] = 0x18;
		*seq += (uint32_t)payload.n;
	} else {
		h[24] = (uint8_t)((8 + payload.n) >> 8);
		h[25] = (uint8_t)(8 + payload.n);
		h[23] = (uint8_t)(0xc4 + (which >> 6));
	}
	add_le32(&r->file, r->time);
	add_le32(&r->file, 0);
	add_le32(&r->file, (uint32_t)n);
	add_le32(&r->file, (uint32_t)n);
	buf_add(&r->file, h, 20 + head);
	buf_add_str(&r->file, payload);
}

static void
add_call(struct run *r, uint8_t protocol, uint8_t which, uint8_t how_much)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK%u\r\n"
		   "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: %u\r\nCSeq: %u %s\r\n"
		   "Content-Length: %u\r\n\r\n", which & 1 ? "INVITE" : "OPTIONS", r->time,
		   which >> 2, how_much, which & 1 ? "INVITE" : "OPTIONS", how_much & 15);
	buf_add_chars(&text, 'x', how_much & 15);
	add_packet(r, protocol, which, buf_str(&text));
	buf_release(&text);
}

/* @return what it takes of @rest. */
static size_t
step(struct run *r, const uint8_t op[3], struct str rest)
{
	size_t n = op[2] < rest.n ? op[2] : rest.n;

	r->time += op[0] >> 4;
	switch ((enum what)((op[0] & 15) % WHATS)) {
	case CALL_BY_UDP:
		add_call(r, 17, op[1], op[2]);
		return 0;
	case CALL_BY_TCP:
		add_call(r, 6, op[1], op[2]);
		return 0;
	case BYTES_BY_UDP:
		add_packet(r, 17, op[1], str_sub(rest, 0, n));
		return n;
	case BYTES_BY_TCP:
		add_packet(r, 6, op[1], str_sub(rest, 0, n));
		return n;
	case HOLE:
		r->seq[op[1] & 3] += op[2];
		return 0;
	case WHATS:
		break;
	}
	return 0;
}

static uint64_t
held(const struct spool *s)
{
	uint64_t n = s->tail_held;

	for (size_t i = 0; i < s->n; i++)
		n += s->segments[i].slot == SPOOL_NO_SLOT ? 0 : s->segments[i].held;
	return n;
}

static void
check_texts(const struct engine *e)
{
	struct buf text = BUF_INIT;

	for (uint32_t i = 0; i < store_message_count(e->store); i++)
		if (!store_message_is_gone(e->store, i) &&
		    store_text(e->store, store_message(e->store, i), &text, NULL) != 0)
			BUG("the text of message %u cannot be read", i);
	buf_release(&text);
}

static void
read_all(struct engine *e, const struct run *r, uint8_t setup)
{
	const struct store_bounds bounds = { .calls = 1 + (setup >> 1 & 3),
					     .unfinished_stay = setup & 1 };
	int p[2];

	if (pipe(p) != 0 || write(p[1], r->file.p, r->file.n) != (ssize_t)r->file.n)
		BUG("no pipe");
	close(p[1]);
	engine_init(e);
	e->bounded = true;
	e->refuses = setup & 1;
	e->keep_media = setup & 8;
	store_set_bounds(e->store, &bounds, NULL, NULL);
	if (capture_add_fd(e->capture, p[0], "pipe", NULL) == 0)
		while (engine_read(e, 1 + (setup >> 4)) != ENGINE_END)
			;
	check_texts(e);
	for (uint32_t i = 0; i < store_call_count(e->store); i++)
		store_drop_call(e->store, i);
	while (store_retain(e->store))
		;
	if (store_event_count(e->store) == 0 &&
	    held(&e->capture->log) + held(&e->capture->spool) > 0)
		BUG("something is held for nobody");
	engine_release(e);
	close(p[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [18] = 4, [20] = 101 };
	struct run r = { .time = 1 };
	struct engine e;
	struct str rest;

	if (size == 0)
		return 0;
	buf_add(&r.file, head, sizeof(head));
	for (rest = (struct str){ (const char *)data + 1, size - 1 }; rest.n >= 3; ) {
		const uint8_t *op = (const uint8_t *)rest.p;

		rest = str_skip(rest, 3);
		rest = str_skip(rest, step(&r, op, rest));
	}
	read_all(&e, &r, data[0]);
	buf_release(&r.file);
	return 0;
}
