/* Media that comes otherwise than by itself in a datagram: in TURN, behind a length over
 * TCP, in HEP, as an exported PDU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/framers.h"
#include "app/limits.h"
#include "app/streams.h"
#include "export/hep_send.h"
#include "store/stream.h"

#define COOKIE	"\x21\x12\xa4\x42"
#define ID12	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
#define PEER	"\x00\x12\x00\x08\x00\x01\xb5\x92\xe1\x12\xa6\x45"	/* 192.0.2.7:38016 */
#define BIND	"\x00\x09\x00\x14" COOKIE ID12 "\x00\x0c\x00\x04\x40\x01\x00\x00" PEER
#define PACKETS	6u
#define PAYLOAD	160u

/* What goes between a client (0) and a server (1). */
struct wire {
	struct engine e;
	struct net_endpoint ends[2];
	uint32_t seq[2], frame;
	uint8_t kind;
	const char *pdu;
};

static void
wire_init(struct wire *w, uint8_t kind)
{
	*w = (struct wire){ .kind = kind };
	engine_init(&w->e);
	net_endpoint_parse(STR("198.51.100.1:40000"), &w->ends[0]);
	net_endpoint_parse(STR("203.0.113.9:3478"), &w->ends[1]);
}

static void
send(struct wire *w, unsigned dir, struct str payload)
{
	struct segment seg = {
		.src = w->ends[dir], .dst = w->ends[!dir], .kind = w->kind, .ttl = 64,
		.payload = payload, .wire_length = (uint32_t)payload.n, .in_record = true,
		.frame = ++w->frame, .time = w->frame * 20 * NS_PER_MS, .place = { 100, 0 },
		.tcp_seq = 1 + w->seq[dir], .tcp_ack = 1 + w->seq[!dir], .tcp_flags = 0x18,
		.pdu = w->pdu,
	};

	framers_deliver(&w->e, &seg);
	engine_flush(&w->e);
	w->seq[dir] += (uint32_t)payload.n;
}

/* Packet @i of a call by PCMU. */
static void
rtp_add(struct buf *b, uint32_t i)
{
	const uint8_t head[] = {
		0x80, 0, 0x10, (uint8_t)i, 0, 0, (uint8_t)(i * 160 >> 8), (uint8_t)(i * 160),
		0xde, 0xad, 0xbe, 0xef,
	};

	buf_add(b, head, sizeof(head));
	buf_add_chars(b, 0x55, PAYLOAD);
}

static void
put16(struct buf *b, uint32_t v)
{
	buf_add_char(b, (char)(v >> 8));
	buf_add_char(b, (char)v);
}

static const struct stream *
the_stream(struct wire *w, const char *src, const char *dst, enum stream_carriage carriage)
{
	const struct stream *st = store_stream(w->e.store, 0);
	struct meter_figures f;
	struct buf b = BUF_INIT;

	assert_int_equal(store_stream_count(w->e.store), 1);
	net_endpoint_add(&b, &st->src);
	assert_string_equal(b.p, src);
	buf_clear(&b);
	net_endpoint_add(&b, &st->dst);
	assert_string_equal(b.p, dst);
	buf_release(&b);
	assert_int_equal(st->ssrc, 0xdeadbeef);
	assert_int_equal(st->carriage, carriage);
	meter_figures(&st->meter, &f);
	assert_int_equal(f.packets, PACKETS);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.bytes, PACKETS * PAYLOAD);
	return st;
}

/* A datagram whose fragments are not all there is given when nobody waits any more: what came
 * since stands, and of others it is as good as whole. */
static void
test_partial(void **state)
{
	static const struct { uint32_t i; bool partial; } sent[] = {
		{ 0, false }, { 1, false }, { 3, false }, { 4, false }, { 2, true }, { 5, true },
		{ 6, false },
	};
	struct meter_figures f;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	for (size_t k = 0; k < ARRAY_SIZE(sent); k++) {
		struct buf b = BUF_INIT;

		rtp_add(&b, sent[k].i);
		framers_deliver(&w.e, &(struct segment){
			.src = w.ends[0], .dst = w.ends[1], .kind = w.kind, .payload = buf_str(&b),
			.wire_length = (uint32_t)b.n, .frame = k + 1,
			.time = sent[k].i * 20 * NS_PER_MS,
			.flaws = sent[k].partial ? SEGMENT_FLAW_FRAGMENTS : 0,
		});
		engine_flush(&w.e);
		buf_release(&b);
	}
	assert_int_equal(store_stream_count(w.e.store), 1);
	assert_int_equal(store_stream(w.e.store, 0)->flaws, 0);
	meter_figures(&store_stream(w.e.store, 0)->meter, &f);
	assert_int_equal(f.packets, 6);
	assert_int_equal(f.expected, 7);
	assert_int_equal(f.lost, 1);
	assert_int_equal(f.out_of_order, 0);
	engine_release(&w.e);
}

/* Channels: of one that was bound the peer is known, of another the server is told. */
static void
test_channel(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (int known = 0; known < 2; known++)
		for (unsigned dir = 0; dir < 2; dir++) {
			const char *peer = known ? "192.0.2.7:38016" : "203.0.113.9:3478";
			struct wire w;

			wire_init(&w, SEGMENT_UDP);
			if (known)
				send(&w, 0, (struct str){ BIND, sizeof(BIND) - 1 });
			for (uint32_t i = 0; i < PACKETS; i++) {
				buf_clear(&b);
				put16(&b, 0x4001);
				put16(&b, 12 + PAYLOAD);
				rtp_add(&b, i);
				send(&w, dir, buf_str(&b));
			}
			the_stream(&w, dir ? peer : "198.51.100.1:40000",
				   dir ? "198.51.100.1:40000" : peer, STREAM_OVER_TURN);
			assert_int_equal(w.e.payloads[PAYLOAD_TURN], PACKETS);
			assert_int_equal(w.e.payloads[PAYLOAD_STUN], known);
			assert_int_equal(w.e.streams->turn_data, PACKETS);
			engine_release(&w.e);
		}
	buf_release(&b);
}

static void
indication_add(struct buf *b, uint8_t method, uint32_t i)
{
	buf_add_char(b, 0);
	buf_add_char(b, (char)method);
	put16(b, 12 + 4 + 12 + PAYLOAD);
	buf_add(b, COOKIE ID12 PEER, 4 + 12 + 12);
	put16(b, 0x0013);
	put16(b, 12 + PAYLOAD);
	rtp_add(b, i);
}

static void
test_indication(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (unsigned dir = 0; dir < 2; dir++) {
		struct wire w;

		wire_init(&w, SEGMENT_UDP);
		for (uint32_t i = 0; i < PACKETS; i++) {
			buf_clear(&b);
			indication_add(&b, dir ? 0x17 : 0x16, i);
			send(&w, dir, buf_str(&b));
		}
		the_stream(&w, dir ? "192.0.2.7:38016" : "198.51.100.1:40000",
			   dir ? "198.51.100.1:40000" : "192.0.2.7:38016", STREAM_OVER_TURN);
		engine_release(&w.e);
	}
	buf_release(&b);
}

/* A stream of messages, in pieces of @step bytes. */
static void
send_pieces(struct wire *w, struct str all, size_t step)
{
	for (size_t at = 0; at < all.n; at += step)
		send(w, 0, str_sub(all, at, step));
}

/* RFC 4571, wherever segments end; the time is that of the segment that completes it. */
static void
test_framed(void **state)
{
	static const size_t steps[] = { 1, 2, 7, 173, 174, 175, 348, 2000 };
	struct buf b = BUF_INIT;

	(void)state;
	for (uint32_t i = 0; i < PACKETS; i++) {
		put16(&b, 12 + PAYLOAD);
		rtp_add(&b, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct stream *st;
		struct wire w;

		wire_init(&w, SEGMENT_TCP);
		send_pieces(&w, buf_str(&b), steps[i]);
		st = the_stream(&w, "198.51.100.1:40000", "203.0.113.9:3478", STREAM_OVER_TCP);
		/* The first ones wait until two are there; their frames are known then. */
		assert_int_equal(st->first_frame, (2 + 12 + PAYLOAD + steps[i] - 1) / steps[i]);
		streams_end(&w.e);
		assert_int_equal(w.e.streams->channels[CHANNEL_RTP], 1);
		assert_int_equal(w.e.streams->kept, 0);
		engine_release(&w.e);
	}
	buf_release(&b);
}

/* A hole: reading goes on with a frame of the same SSRC. */
static void
test_hole(void **state)
{
	struct buf b = BUF_INIT;
	struct meter_figures f;
	struct wire w;

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		put16(&b, 12 + PAYLOAD);
		rtp_add(&b, i);
	}
	wire_init(&w, SEGMENT_TCP);
	send_pieces(&w, str_sub(buf_str(&b), 0, 1740), 174);
	w.seq[0] += 200;
	send_pieces(&w, str_skip(buf_str(&b), 1940), 200);
	streams_end(&w.e);
	assert_int_equal(store_stream_count(w.e.store), 1);
	meter_figures(&store_stream(w.e.store, 0)->meter, &f);
	assert_int_equal(f.packets, 18);
	assert_int_equal(f.lost, 2);
	engine_release(&w.e);
	buf_release(&b);
}

/* ICE over TCP: STUN behind a length comes first. What is none is not taken. */
static void
test_protocols(void **state)
{
	static const struct {
		struct str in;
		enum channel_protocol want;
	} rows[] = {
		{ STR_INIT("\x00\x14\x00\x01\x00\x00" COOKIE ID12), CHANNEL_RTP },
		{ STR_INIT("\x00\x03\x00\x00" COOKIE ID12), CHANNEL_TURN },
		{ STR_INIT("\x00\x14\x80\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x05" "12345678"
			   "\x00\x14\x80\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x06" "12345678"),
		  CHANNEL_OTHER },
		/* DNS over TCP */
		{ STR_INIT("\x00\x11\x9a\xbc\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01"
			   "\x00\x01\x00\x11\x81\xbc\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01"
			   "\x00\x01"), CHANNEL_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wire w;

		wire_init(&w, SEGMENT_TCP);
		send(&w, 0, rows[i].in);
		streams_end(&w.e);
		for (int p = 0; p < CHANNEL_COUNT; p++)
			if (w.e.streams->channels[p] != (p == (int)rows[i].want))
				fail_msg("row %zu is a connection %s", i,
					 channel_name((enum channel_protocol)p));
		engine_release(&w.e);
	}
}

/* TURN over TCP: messages one after the other, ChannelData padded. */
static void
test_turn_tcp(void **state)
{
	struct buf b = BUF_INIT;
	struct wire w;

	(void)state;
	buf_add(&b, BIND, sizeof(BIND) - 1);
	for (uint32_t i = 0; i < PACKETS; i++) {
		put16(&b, 0x4001);
		put16(&b, 12 + PAYLOAD);
		rtp_add(&b, i);
	}
	wire_init(&w, SEGMENT_TCP);
	send_pieces(&w, buf_str(&b), 100);
	the_stream(&w, "198.51.100.1:40000", "192.0.2.7:38016", STREAM_OVER_TURN);
	assert_true(w.e.payloads[PAYLOAD_TCP_TURN] > 0);
	engine_release(&w.e);
	buf_release(&b);
}

static void
test_pdu(void **state)
{
	struct buf b = BUF_INIT;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_TCP);
	w.pdu = "rtp";
	for (uint32_t i = 0; i < PACKETS; i++) {
		buf_clear(&b);
		rtp_add(&b, i);
		send(&w, 0, buf_str(&b));
	}
	the_stream(&w, "198.51.100.1:40000", "203.0.113.9:3478", STREAM_OVER_PDU);
	assert_int_equal(w.e.payloads[PAYLOAD_RTP], PACKETS);
	engine_release(&w.e);
	buf_release(&b);
}

static void
test_hep(void **state)
{
	struct buf b = BUF_INIT, rtp = BUF_INIT;
	struct meter_figures f;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	for (uint32_t i = 0; i < PACKETS; i++) {
		struct hep_packet packet = {
			.time = 3 * NS_PER_S + 20 * i * NS_PER_MS, .protocol = SEGMENT_UDP, .type = 4,
		};

		buf_clear(&b);
		buf_clear(&rtp);
		rtp_add(&rtp, i);
		packet.payload = buf_str(&rtp);
		net_endpoint_parse(STR("192.0.2.1:4000"), &packet.src);
		net_endpoint_parse(STR("192.0.2.2:4002"), &packet.dst);
		assert_true(hep_encode(&b, &packet, 9, NULL));
		send(&w, 0, buf_str(&b));
	}
	meter_figures(&the_stream(&w, "192.0.2.1:4000", "192.0.2.2:4002", STREAM_OVER_HEP)->meter,
		      &f);
	assert_int_equal(f.start, 3 * NS_PER_S);
	assert_int_equal(w.e.streams->hep_rtp, PACKETS);
	engine_release(&w.e);
	buf_release(&b);
	buf_release(&rtp);
}

#define FAX_SDP(at, port) "v=0\r\no=- 1 1 IN IP4 " at "\r\ns=-\r\nc=IN IP4 " at "\r\nt=0 0\r\n" \
	"m=image " port " udptl t38\r\na=T38FaxVersion:0\r\n"
#define FAX_HEAD "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: fax\r\n" \
	"CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n"

static void
send_udptl(struct wire *w, uint16_t sequence, uint8_t again)
{
	struct buf b = BUF_INIT;

	put16(&b, sequence);
	buf_add(&b, "\x02\xc0\x01\x00", 4);
	buf_add_char(&b, (char)again);
	for (uint8_t i = 0; i < again; i++)
		buf_add(&b, "\x02\xc0\x02", 3);
	send(w, 0, buf_str(&b));
	buf_release(&b);
}

/* Fax where a description tells of it, by its sequence numbers; before that it is some
 * datagram. Nothing else in the capture is media. */
static void
test_t38(void **state)
{
	const struct stream *st;
	const struct stream_link *link;
	struct meter_figures f;
	uint32_t cursor = 0;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	/* There is no file here in which what was described before can be read again. */
	send(&w, 0, STR("OPTIONS sip:b@x SIP/2.0\r\nCall-ID: other\r\nCSeq: 1 OPTIONS\r\n\r\n"));
	send_udptl(&w, 0, 0);
	assert_int_equal(w.e.payloads[PAYLOAD_UDP], 1);
	send(&w, 0, STR("INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
			FAX_HEAD FAX_SDP("198.51.100.1", "40000")));
	send(&w, 1, STR("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
			FAX_HEAD FAX_SDP("203.0.113.9", "3478")));
	send_udptl(&w, 0, 0);
	send_udptl(&w, 1, 1);
	send_udptl(&w, 4, 3);		/* 2 and 3 came with it */
	send_udptl(&w, 4, 3);
	send_udptl(&w, 7, 1);		/* of 5 and 6 one did */
	assert_int_equal(w.e.payloads[PAYLOAD_T38], 5);
	assert_int_equal(store_stream_count(w.e.store), 1);
	st = store_stream(w.e.store, 0);
	assert_int_equal(st->kind, STREAM_T38);
	assert_int_equal(st->recovered, 3);
	assert_string_equal(stream_codec(st)->name, "t38");
	meter_figures(&st->meter, &f);
	assert_int_equal(f.packets, 5);
	assert_int_equal(f.expected, 8);
	assert_int_equal(f.max_jitter, TIME_NONE);
	link = store_stream_links(w.e.store, st, &cursor);
	assert_non_null(link);
	assert_int_equal(link->how, STREAM_HOW_SDP);
	/* STUN and RTP may come there too, and are not fax. */
	send(&w, 0, STR("\x00\x01\x00\x00" COOKIE ID12));
	assert_int_equal(w.e.payloads[PAYLOAD_STUN], 1);
	for (uint32_t i = 0; i < PACKETS; i++) {
		struct buf b = BUF_INIT;

		rtp_add(&b, i);
		send(&w, 0, buf_str(&b));
		buf_release(&b);
	}
	assert_int_equal(w.e.payloads[PAYLOAD_RTP], PACKETS);
	assert_int_equal(w.e.payloads[PAYLOAD_T38], 5);
	engine_release(&w.e);
}

/* Both ends told of addresses that a NAT translates: the port, between the hosts of the messages,
 * is fax; the same port of another host is not. */
static void
test_t38_nat(void **state)
{
	const struct stream *st;
	uint32_t cursor = 0;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	send(&w, 0, STR("OPTIONS sip:b@x SIP/2.0\r\nCall-ID: other\r\nCSeq: 1 OPTIONS\r\n\r\n"));
	send_udptl(&w, 0, 0);
	send(&w, 0, STR("INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
			FAX_HEAD FAX_SDP("192.168.1.10", "40000")));
	send(&w, 1, STR("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
			FAX_HEAD FAX_SDP("10.0.0.5", "6000")));
	send_udptl(&w, 0, 0);
	send_udptl(&w, 1, 1);
	/* Its own port is another one outside. */
	w.ends[0].port = 31000;
	w.ends[1].port = 6000;
	send_udptl(&w, 0, 0);
	assert_int_equal(w.e.payloads[PAYLOAD_T38], 3);
	assert_int_equal(store_stream_count(w.e.store), 2);
	for (uint32_t i = 0; i < 2; i++, cursor = 0) {
		st = store_stream(w.e.store, i);
		assert_int_equal(st->kind, STREAM_T38);
		assert_int_equal(store_stream_links(w.e.store, st, &cursor)->how, STREAM_HOW_NAT);
	}
	net_endpoint_parse(STR("203.0.113.10:6000"), &w.ends[1]);
	send_udptl(&w, 0, 0);
	assert_int_equal(w.e.payloads[PAYLOAD_T38], 3);
	engine_release(&w.e);
}

/* --no-rtp: counted, and no more. */
static void
test_off(void **state)
{
	struct buf b = BUF_INIT;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	w.e.no_rtp = true;
	for (uint32_t i = 0; i < PACKETS; i++) {
		buf_clear(&b);
		rtp_add(&b, i);
		send(&w, 0, buf_str(&b));
	}
	assert_int_equal(w.e.payloads[PAYLOAD_RTP], PACKETS);
	assert_int_equal(store_stream_count(w.e.store), 0);
	engine_release(&w.e);
	buf_release(&b);
}

/* More SSRCs between two ends than are kept: bounded, and said once. */
static void
test_limits(void **state)
{
	struct limit limits[LIMITS_MAX];
	struct buf b = BUF_INIT;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	for (unsigned ssrc = 0; ssrc < STREAM_SSRCS_MAX + 2; ssrc++) {
		assert_int_equal(limits_reached(&w.e, limits), ssrc > STREAM_SSRCS_MAX);
		for (uint32_t i = 0; i < PACKETS; i++) {
			buf_clear(&b);
			rtp_add(&b, i);
			b.p[11] = (char)ssrc;
			send(&w, 0, buf_str(&b));
		}
	}
	assert_int_equal(store_stream_count(w.e.store), STREAM_SSRCS_MAX);
	assert_int_equal(limits_reached(&w.e, limits), 1);
	assert_string_equal(limits[0].what,
			    "RTP packets not counted: of too many SSRCs between two ends");
	assert_in_range(limits[0].n, 2, 2 * PACKETS);
	engine_release(&w.e);
	buf_release(&b);
}

#define TCP_SDP	"v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n" \
	"m=audio 3478 TCP/RTP/AVP 0\r\na=setup:passive\r\na=connection:new\r\n"

/* One packet is enough where a description tells of the connection. */
static void
test_told_framed(void **state)
{
	const struct stream *st;
	struct buf b = BUF_INIT;
	struct meter_figures f;
	struct wire w;

	(void)state;
	wire_init(&w, SEGMENT_UDP);
	rtp_add(&b, 0);
	b.p[8] = 1;
	send(&w, 0, buf_str(&b));
	send(&w, 1, STR("INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
			FAX_HEAD TCP_SDP));
	w.kind = SEGMENT_TCP;
	buf_clear(&b);
	put16(&b, 12 + PAYLOAD);
	rtp_add(&b, 1);
	send(&w, 0, buf_str(&b));
	assert_int_equal(store_stream_count(w.e.store), 1);
	st = store_stream(w.e.store, 0);
	assert_int_equal(st->carriage, STREAM_OVER_TCP);
	assert_int_equal(st->confidence, 100);
	meter_figures(&st->meter, &f);
	assert_int_equal(f.packets, 1);
	engine_release(&w.e);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits), cmocka_unit_test(test_partial),
		cmocka_unit_test(test_channel), cmocka_unit_test(test_indication),
		cmocka_unit_test(test_framed), cmocka_unit_test(test_hole),
		cmocka_unit_test(test_protocols), cmocka_unit_test(test_turn_tcp),
		cmocka_unit_test(test_pdu), cmocka_unit_test(test_hep),
		cmocka_unit_test(test_told_framed), cmocka_unit_test(test_t38), cmocka_unit_test(test_t38_nat),
		cmocka_unit_test(test_off),
	};

	return cmocka_run_group_tests_name("media in", tests, NULL, NULL);
}
