/*
 * Calls with their media: each is the same few messages and, between its answer and its
 * end, a packet each way every 20 ms. Calls that are under way wait in a heap by
 * the time of their next step.
 */
#include "bench.h"

#include <inttypes.h>
#include <netinet/in.h>

#include "base/mem.h"

#define START		(INT64_C(1772442000) * NS_PER_S)	/* 2026-03-02T09:00Z */
#define HOSTS		200u	/* each way; ports of one count up by two */
#define PTIME		(20 * NS_PER_MS)
#define PAYLOAD		160u	/* bytes of 20 ms of G.711 */

/* Steps of a call: its messages before the media, two packets a turn, two messages. */
enum { INVITE, TRYING, RINGING, OK, ACK, MEDIA };

struct media_call {
	struct bench_turn turn;	/* its next step */
	int64_t start;
	uint32_t step;
};

struct media {
	const struct bench *config;
	struct bench_out *out;
	struct bench_heap heap;	/* of struct media_call */
	uint32_t turns;		/* packets each way */
	struct buf text;
};

static struct net_endpoint
end_of(uint32_t number, bool callee, bool sip)
{
	uint32_t host = number % HOSTS;
	uint8_t ip[4] = { 10, callee ? 40 : 30, (uint8_t)(host / 100), (uint8_t)(10 + host % 100) };

	return (struct net_endpoint){
		.addr = net_addr_ip4(ip),
		.port = (uint16_t)(sip ? 5060 : 10000 + number / HOSTS % 25000 * 2),
	};
}

static void
send_udp(struct media *t, const struct media_call *c, bool callee, bool sip, struct str payload)
{
	struct wire w = {
		.proto = IPPROTO_UDP, .ttl = 62, .from = end_of(c->turn.number, callee, sip),
		.to = end_of(c->turn.number, !callee, sip),
	};

	buf_clear(&t->out->head);
	udp_datagram(&t->out->head, &w, payload.p, payload.n);
	bench_out_packet(t->out, c->turn.time, &w, buf_str(&t->out->head), STR_NONE);
}

static void
put_sdp(struct buf *b, const struct media_call *c, bool callee)
{
	struct net_endpoint at = end_of(c->turn.number, callee, false);

	buf_add_cstr(b, "v=0\r\no=- 1 1 IN IP4 ");
	net_addr_add(b, &at.addr);
	buf_add_cstr(b, "\r\ns=-\r\nc=IN IP4 ");
	net_addr_add(b, &at.addr);
	buf_printf(b, "\r\nt=0 0\r\nm=audio %u RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n"
		   "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
		   "a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n", at.port);
}

/* The caller asks, but for the responses; all messages are between the two. */
static void
send_message(struct media *t, const struct media_call *c, const char *line, const char *method,
	     unsigned cseq, bool sdp)
{
	bool response = line[0] == 'S', to_tag = line[0] != 'I';
	struct net_endpoint a = end_of(c->turn.number, false, true), b = end_of(c->turn.number, true, true);
	struct buf body = BUF_INIT, *m = &t->text;

	if (sdp)
		put_sdp(&body, c, response);
	buf_clear(m);
	buf_printf(m, "%s\r\nVia: SIP/2.0/UDP ", line);
	net_endpoint_add(m, &a);
	buf_printf(m, ";branch=z9hG4bK-%u-%u;rport\r\nFrom: \"Office\" <sip:+1555%07u@pbx.example.com>"
		   ";tag=a%u\r\nTo: <sip:+4930%07u@carrier.example.net>", c->turn.number, cseq + (line[0] == 'A'),
		   c->turn.number, c->turn.number, c->turn.number);
	if (to_tag)
		buf_printf(m, ";tag=b%u", c->turn.number);
	buf_printf(m, "\r\nCall-ID: %016" PRIx64 "-%u@pbx.example.com\r\nCSeq: %u %s\r\n"
		   "Contact: <sip:agent@", mix(t->out->seed, c->turn.number), c->turn.number, cseq, method);
	net_endpoint_add(m, response ? &b : &a);
	buf_add_cstr(m, ">\r\nMax-Forwards: 70\r\nUser-Agent: Example SoftSwitch 4.2.11\r\n");
	if (sdp)
		buf_add_cstr(m, "Content-Type: application/sdp\r\n");
	buf_printf(m, "Content-Length: %zu\r\n\r\n", body.n);
	buf_add_str(m, buf_str(&body));
	send_udp(t, c, response, true, buf_str(m));
	buf_release(&body);
}

static uint64_t
chance(const struct media *t, const struct media_call *c, uint32_t step)
{
	return mix(t->out->seed, (uint64_t)c->turn.number << 32 | step);
}

/* Packet @p i of one way; few are lost. */
static void
send_packet(struct media *t, const struct media_call *c, uint32_t i, bool callee)
{
	uint32_t ssrc = (uint32_t)mix(t->out->seed, c->turn.number * 2u + callee + 77u);
	struct buf *m = &t->text;

	if (chance(t, c, c->step) / 1000 % 1000 < t->config->loss)
		return;
	buf_clear(m);
	put_8(m, 0x80);
	put_8(m, i == 0 ? 0x88 : 8);
	put_be16(m, ssrc + i);
	put_be32(m, ssrc * 3 + i * PAYLOAD);
	put_be32(m, ssrc);
	buf_add_chars(m, '\x55', PAYLOAD);
	send_udp(t, c, callee, false, buf_str(m));
}

static const int64_t offsets[] = {
	[INVITE] = 0, [TRYING] = 2 * NS_PER_MS, [RINGING] = 30 * NS_PER_MS,
	[OK] = 400 * NS_PER_MS, [ACK] = 405 * NS_PER_MS, [MEDIA] = 410 * NS_PER_MS,
};

/* Do the step at hand. @return whether there is another. */
static bool
call_step(struct media *t, struct media_call *c)
{
	uint32_t packets = 2 * t->turns, k = c->step - MEDIA;

	switch (c->step) {
	case INVITE:
		send_message(t, c, "INVITE sip:agent@carrier.example.net SIP/2.0", "INVITE", 1, true);
		break;
	case TRYING:
		send_message(t, c, "SIP/2.0 100 Trying", "INVITE", 1, false);
		break;
	case RINGING:
		send_message(t, c, "SIP/2.0 180 Ringing", "INVITE", 1, false);
		break;
	case OK:
		send_message(t, c, "SIP/2.0 200 OK", "INVITE", 1, true);
		break;
	case ACK:
		send_message(t, c, "ACK sip:agent@carrier.example.net SIP/2.0", "ACK", 1, false);
		break;
	default:
		if (k < packets) {
			send_packet(t, c, k / 2, k % 2);
			break;
		}
		if (k == packets) {
			send_message(t, c, "BYE sip:agent@carrier.example.net SIP/2.0", "BYE", 2, false);
			break;
		}
		send_message(t, c, "SIP/2.0 200 OK", "BYE", 2, false);
		return false;
	}
	c->step++;
	k = c->step - MEDIA;
	if (c->step >= MEDIA && t->config->silent && k < packets)
		c->step = MEDIA + packets;
	/* Packets come up to 1.5 ms later than they should. */
	c->turn.time = c->step < MEDIA ? c->start + offsets[c->step] :
		c->start + offsets[MEDIA] + k / 2 * PTIME + k % 2 * 5 * NS_PER_MS +
		(int64_t)(chance(t, c, c->step) % 1500) * NS_PER_US;
	return true;
}

void
bench_media_run(const struct bench *config, struct bench_out *out)
{
	struct media t = {
		.config = config, .out = out, .turns = config->media_ms / 20,
		.heap = { .size = sizeof(struct media_call) },
	};

	for (uint32_t number = 0; number < config->calls || t.heap.n > 0;) {
		const struct media_call *first = bench_heap_first(&t.heap);
		int64_t arrival = START + (int64_t)number * config->apart_us * NS_PER_US;
		struct media_call c = { .turn = { arrival, number }, .start = arrival };

		if (number < config->calls && (!first || arrival <= first->turn.time)) {
			bench_heap_add(&t.heap, &c);
			number++;
			continue;
		}
		c = *first;
		if (call_step(&t, &c))
			bench_heap_sink(&t.heap, &c);
		else
			bench_heap_drop(&t.heap);
	}
	bench_heap_release(&t.heap);
	buf_release(&t.text);
}
