/* What a segment is taken for, and what comes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/framers.h"
#include "app/streams.h"
#include "export/hep_send.h"

#define PING(n)	"OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK" n "\r\n" \
	"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: " n "\r\nCSeq: 1 OPTIONS\r\n" \
	"Content-Length: 0\r\n\r\n"

static void
deliver(struct engine *e, uint8_t kind, struct str payload)
{
	struct segment seg = {
		.kind = kind, .ttl = 64, .payload = payload, .in_record = true,
		.wire_length = (uint32_t)payload.n, .frame = 7, .time = 5 * NS_PER_S,
		.place = { 100, 0 }, .tcp_seq = 1, .tcp_flags = 0x18,
	};

	net_endpoint_parse(STR("192.0.2.1:5060"), &seg.src);
	net_endpoint_parse(STR("192.0.2.2:5061"), &seg.dst);
	framers_deliver(e, &seg);
	engine_flush(e);
}

static void
hep_add(struct buf *b, const char *text)
{
	struct hep_packet packet = {
		.time = 3 * NS_PER_S, .protocol = SEGMENT_UDP, .type = 1, .payload = str_of(text),
	};

	net_endpoint_parse(STR("198.51.100.1:5060"), &packet.src);
	net_endpoint_parse(STR("198.51.100.2:5060"), &packet.dst);
	assert_true(hep_encode(b, &packet, 9, NULL));
}

/* Several HEP packets in a datagram: each is read, at its place. */
static void
test_heps(void **state)
{
	struct engine e;
	struct buf b = BUF_INIT;
	size_t first;

	(void)state;
	hep_add(&b, PING("1"));
	first = b.n;
	hep_add(&b, PING("2"));
	hep_add(&b, PING("3"));
	buf_add_cstr(&b, "HEP3 and nothing more");
	engine_init(&e);
	deliver(&e, SEGMENT_UDP, buf_str(&b));
	assert_int_equal(store_message_count(e.store), 3);
	assert_int_equal(e.payloads[PAYLOAD_HEP], 1);
	for (uint32_t i = 0; i < 3; i++) {
		const struct message *m = store_message(e.store, i);

		assert_int_equal(m->time, 3 * NS_PER_S);
		assert_int_equal(m->frame, 7);
		assert_int_equal(m->source, 0);
		assert_int_equal(m->offset, 100 + (i + 1) * first - (sizeof(PING("1")) - 1));
		assert_int_equal(store_path(e.store, m->path)->carrier, CARRIER_HEP);
		assert_int_equal(store_path(e.store, m->path)->node, 9);
	}
	engine_release(&e);
	buf_release(&b);
}

/* What is counted as what. */
static void
test_payloads(void **state)
{
	static const struct {
		uint8_t kind;
		struct str payload;
		enum payload counted;
	} rows[] = {
		{ SEGMENT_UDP, STR_INIT(PING("1")), PAYLOAD_SIP },
		{ SEGMENT_UDP, STR_INIT("\r\n\r\n"), PAYLOAD_KEEPALIVE },
		{ SEGMENT_UDP, STR_INIT("HEP3"), PAYLOAD_UDP },
		{ SEGMENT_UDP, STR_INIT(""), PAYLOAD_UDP_EMPTY },
		{ SEGMENT_TCP, STR_INIT(PING("1")), PAYLOAD_TCP_SIP },
		{ SEGMENT_TCP, STR_INIT("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"), PAYLOAD_TLS },
		{ SEGMENT_TCP, STR_INIT("GET / HTTP/1.1\r\nUpgrade: websocket\r\n"), PAYLOAD_WS },
		{ SEGMENT_TCP, STR_INIT("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), PAYLOAD_TCP },
		{ SEGMENT_TCP, STR_INIT("\x01\x02\x03 something"), PAYLOAD_TCP },
		{ SEGMENT_TCP, STR_INIT(""), PAYLOAD_TCP_EMPTY },
		{ SEGMENT_SCTP, STR_INIT("\0\0\0\0\0\0\0\0\0\0\0\0"), PAYLOAD_SCTP },
		{ SEGMENT_ICMP, STR_INIT("\x08\0\0\0"), PAYLOAD_ICMP },
		{ SEGMENT_ICMP6, STR_INIT("\x80\0\0\0"), PAYLOAD_ICMP6 },
		{ 99, STR_INIT("x"), PAYLOAD_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct engine e;

		engine_init(&e);
		deliver(&e, rows[i].kind, rows[i].payload);
		for (int p = 0; p < PAYLOAD_COUNT; p++)
			if (e.payloads[p] != (p == (int)rows[i].counted))
				fail_msg("row %zu is counted as %s", i,
					 payload_name((enum payload)p));
		engine_release(&e);
	}
}

/* What the snap length cut is told, whatever transport a message is said to have:
 * a HEP packet of a TCP message, an exported PDU of TCP. */
static void
test_cut(void **state)
{
	struct hep_packet packet = {
		.time = 3 * NS_PER_S, .protocol = SEGMENT_TCP, .type = 1,
		.payload = STR_INIT(PING("1")),
	};
	struct segment seg = {
		.in_record = true, .frame = 1, .time = 5 * NS_PER_S, .flaws = SEGMENT_FLAW_CUT,
	};
	struct buf b = BUF_INIT;
	struct engine e;

	(void)state;
	assert_true(hep_encode(&b, &packet, 9, NULL));
	engine_init(&e);
	seg.kind = SEGMENT_UDP;
	seg.payload = str_sub(buf_str(&b), 0, b.n - 30);
	seg.wire_length = (uint32_t)b.n;
	framers_deliver(&e, &seg);
	seg.kind = SEGMENT_TCP;
	seg.pdu = "sip";
	seg.payload = str_sub(packet.payload, 0, packet.payload.n - 30);
	seg.wire_length = (uint32_t)packet.payload.n;
	framers_deliver(&e, &seg);
	engine_flush(&e);
	assert_int_equal(store_message_count(e.store), 2);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(store_path(e.store, store_message(e.store, i)->path)->transport,
				 TRANSPORT_TCP);
		assert_true(store_message(e.store, i)->flaws & SIP_FLAW_CUT);
		assert_false(store_message(e.store, i)->flaws & SIP_FLAW_NO_END);
	}
	engine_release(&e);
	buf_release(&b);
}

/* An exported PDU of TCP has no sequence numbers: it is a message by itself. */
static void
test_pdu(void **state)
{
	struct engine e;
	struct segment seg = {
		.kind = SEGMENT_TCP, .payload = STR_INIT(PING("1")), .in_record = true,
		.pdu = "sip", .frame = 1, .time = TIME_NONE,
	};
	struct tcp_stats stats;

	(void)state;
	engine_init(&e);
	framers_deliver(&e, &seg);
	framers_deliver(&e, &seg);
	engine_flush(&e);
	tcp_stats(e.streams->tcp, &stats);
	assert_int_equal(stats.segments, 0);
	assert_int_equal(store_message_count(e.store), 2);
	assert_int_equal(store_path(e.store, 0)->transport, TRANSPORT_TCP);
	engine_release(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heps),
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_pdu),
	};

	return cmocka_run_group_tests_name("framers", tests, NULL, NULL);
}
