/*
 * Calls, media between a few addresses, RTCP and UDPTL, and calls and streams that go, in any
 * order. A step of the input is four bytes (what and whose, ends, time, how long the rest is)
 * and that rest: a description, or bytes of packets. All tables must agree at the end.
 */
#include <stdint.h>

#include "../unit/media_store.h"
#include "../unit/media_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const addresses[] = {
	"192.0.2.1:4000", "192.0.2.2:6000", "192.0.2.1:4001", "[2001:db8::1]:4000",
	"10.0.0.1:4000", "192.0.2.2:6001", "203.0.113.1:9", "192.0.2.3:6000",
};

struct state {
	struct sip_store t;
	double ms;
};

/* What is told of two of the addresses; the input adds lines. */
static void
describe(struct state *s, const uint8_t *op, struct str more)
{
	static const char *const calls[] = { "c0", "c1", "c2", "c3" };
	static const char *const whats[] = {
		"INVITE", "200 INVITE", "INVITE", "200 INVITE", "UPDATE", "200 UPDATE", "BYE", "200 BYE",
	};
	static const char *const lines[] = {
		"m=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 odd/8000\r\n",
		"m=audio 6000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
		"m=image 4000 udptl t38\r\n", "m=audio 4000 RTP/SAVP 8\r\na=ssrc:1 x\r\n",
	};
	struct buf b = BUF_INIT;
	unsigned what = op[1] & 7u;

	buf_printf(&b, "v=0\r\no=- 1 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n%s",
		   1 + (what & 1), 1 + (what & 1), lines[op[1] >> 3 & 3]);
	buf_add_str(&b, more);
	media_say(&s->t, s->ms, what & 1 ? MEDIA_B : MEDIA_A, what & 1 ? MEDIA_A : MEDIA_B,
		  whats[what], calls[op[1] >> 5 & 3], what == 0 ? "a" : "a/b", 1 + what / 4,
		  what < 6 ? b.p : NULL);
	buf_release(&b);
}

static void
send(struct state *s, const uint8_t *op, struct str bytes)
{
	struct net_endpoint src, dst;
	struct media_input in = {
		.src = &src, .dst = &dst, .payload = bytes, .wire_length = (uint32_t)bytes.n,
		.frame = ++s->t.frames, .time = SIP_STORE_START + (int64_t)(s->ms * 1e6),
	};

	if (!net_endpoint_parse(str_of(addresses[op[1] & 7]), &src) ||
	    !net_endpoint_parse(str_of(addresses[op[1] >> 3 & 7]), &dst))
		BUG("addresses");
	switch (op[0] & 7u) {
	case 2:
		store_add_rtcp(s->t.store, &in);
		break;
	case 3:
		if (store_may_be_udptl(s->t.store, src.port, dst.port))
			store_add_udptl(s->t.store, &in);
		break;
	default:
		store_add_rtp(s->t.store, &in);
		break;
	}
}

/* A few packets in a row, that fit. */
static void
run(struct state *s, const uint8_t *op, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		media_send(&s->t, s->ms + (double)i, &(struct media_packet){
			addresses[op[1] & 7], addresses[op[1] >> 3 & 7], op[1] >> 6,
			160u * (uint8_t)bytes.p[i], (uint8_t)bytes.p[i],
			op[0] & 8u ? 8 : (uint8_t)(op[0] >> 4 | 96) });
}

static void
step(struct state *s, const uint8_t *op, struct str bytes)
{
	struct store *store = s->t.store;

	s->ms += op[2] * (op[2] > 200 ? 100.0 : 1.0) - 20.0 * (op[2] & 1);
	switch (op[0] & 7u) {
	case 0:
		describe(s, op, bytes);
		break;
	case 1: case 2: case 3:
		send(s, op, bytes);
		break;
	case 4: case 5:
		run(s, op, bytes);
		break;
	case 6:
		if (store_call_count(store) > 0)
			store_drop_call(store, op[1] % store_call_count(store));
		break;
	default:
		if (op[1] & 1)
			media_drop_rest(store);
		else
			store_media_work(store);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state s = { .ms = 0 };
	size_t at = 0;

	if (size > 4096)
		return 0;
	sip_store_init(&s.t);
	store_set_bounds(s.t.store, &(struct store_bounds){ .memory = 0 }, NULL, NULL);
	while (size - at > 4) {
		size_t n = data[at + 3] < size - at - 4 ? data[at + 3] : size - at - 4;
		char *copy = malloc(n ? n : 1);

		/* Of the exact size, so that one byte too far is seen. */
		memcpy(copy, data + at + 4, n);
		step(&s, data + at, (struct str){ copy, n });
		free(copy);
		at += 4 + n;
	}
	media_check(s.t.store);
	for (uint32_t i = 0; i < store_call_count(s.t.store); i++)
		store_drop_call(s.t.store, i);
	store_media_end(s.t.store);
	while (media_drop_rest(s.t.store))
		;
	media_check(s.t.store);
	if (store_streams_there(s.t.store) != 0)
		BUG("streams that nothing lets go of");
	sip_store_release(&s.t);
	return 0;
}
