/*
 * Segments of a few connections through all that looks into them: TCP, TLS,
 * WebSocket, SCTP, HEP, ICMP and SIP together. A step of the input is five bytes
 * (what, ends, sequence, flags, length) and the payload.
 */
#include <stdint.h>

#include "app/framers.h"
#include "app/streams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct state {
	struct engine e;
	uint32_t seq[8];
	uint32_t frame;
};

static const char keylog[] =
	"CLIENT_RANDOM 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	"202122232425262728292a2b2c2d2e2f\n";

static void
step(struct state *s, const uint8_t *op, struct str payload)
{
	static const uint8_t kinds[] = { SEGMENT_TCP, SEGMENT_TCP, SEGMENT_TCP, SEGMENT_UDP,
					 SEGMENT_SCTP, SEGMENT_ICMP, SEGMENT_ICMP6, SEGMENT_TCP };
	unsigned ends = op[1] & 7u;
	uint8_t a[4] = { 192, 0, 2, (uint8_t)(1 + (ends & 1)) };
	uint8_t b[4] = { 192, 0, 2, (uint8_t)(2 - (ends & 1)) };
	struct segment seg = {
		.kind = kinds[op[0] & 7u], .ttl = 64, .payload = payload, .in_record = true,
		.wire_length = (uint32_t)payload.n + (op[0] & 8u ? 5u : 0u),
		.flaws = op[0] & 8u ? SEGMENT_FLAW_CUT : 0u,
		.place = { s->frame, 0 }, .frame = ++s->frame, .time = s->frame * NS_PER_MS,
		.tcp_seq = s->seq[ends] + (op[2] < 192 ? 0u : (uint32_t)(op[2] - 224) * 7u),
		.tcp_ack = s->seq[ends ^ 1u], .tcp_flags = op[3] & 0x3f, .tcp_window = 8192,
	};

	net_addr_set_ip4(&seg.src.addr, a);
	net_addr_set_ip4(&seg.dst.addr, b);
	seg.src.port = seg.dst.port = (uint16_t)(5060 + (ends >> 1));
	framers_deliver(&s->e, &seg);
	engine_flush(&s->e);
	if (op[2] < 192)
		s->seq[ends] += (uint32_t)payload.n + (seg.tcp_flags & 2 ? 1 : 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state s = { .frame = 0 };
	size_t at = 0;

	if (size > 8192)
		return 0;
	engine_init(&s.e);
	tls_keys_add_text(s.e.streams->keys, STR(keylog));
	while (size - at > 5) {
		size_t n = (size_t)data[at + 4] * (data[at] & 16u ? 8u : 1u);
		char *copy;

		if (n > size - at - 5)
			n = size - at - 5;
		/* Of the exact size, so that one byte too far is seen. */
		copy = malloc(n ? n : 1);
		memcpy(copy, data + at + 5, n);
		step(&s, data + at, (struct str){ copy, n });
		free(copy);
		at += 5 + n;
	}
	streams_end(&s.e);
	if (s.e.streams->kept != 0)
		BUG("%llu bytes are counted as kept", (unsigned long long)s.e.streams->kept);
	for (uint32_t i = 0; i < store_message_count(s.e.store); i++) {
		struct carriage c;

		store_carriage(s.e.store, i, &c);
		if (c.frame_n == 0)
			BUG("message %u came in no frame", i);
	}
	engine_release(&s.e);
	return 0;
}
