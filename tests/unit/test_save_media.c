/*
 * That a call is saved with exactly its media: a capture is made of which it is known of
 * each packet whether it belongs to the call that is chosen, and compared with what was
 * saved, packet for packet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/save.h"
#include "base/mem.h"

static char folder[] = "/tmp/test_save_media.XXXXXX";

/* ---- a capture ---- */

struct packet {
	struct buf bytes;	/* an IP packet */
	bool want;
};

static struct packet packets[4096];
static size_t packet_n;
static FILE *out;
static int64_t clock_us;

static void
put_be16(uint8_t *to, unsigned v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

static void
put_be32(uint8_t *to, uint32_t v)
{
	put_be16(to, v >> 16);
	put_be16(to + 2, v & 0xffff);
}

static void
put32(FILE *f, uint32_t v)
{
	fwrite(&v, 4, 1, f);
}

static void
capture_begin(const char *path)
{
	out = fopen(path, "w");
	assert_non_null(out);
	/* Of this machine's byte order, raw IP. */
	put32(out, 0xa1b2c3d4);
	put32(out, 4u << 16 | 2);
	put32(out, 0);
	put32(out, 0);
	put32(out, 65535);
	put32(out, 101);
	clock_us = INT64_C(1772355600) * 1000000;
	for (size_t i = 0; i < packet_n; i++)
		buf_release(&packets[i].bytes);
	packet_n = 0;
}

static void
write_packet(struct str bytes, bool want)
{
	struct packet *p = &packets[packet_n++];

	assert_true(packet_n < ARRAY_SIZE(packets));
	p->want = want;
	p->bytes = (struct buf)BUF_INIT;
	buf_add_str(&p->bytes, bytes);
	clock_us += 1000;
	put32(out, (uint32_t)(clock_us / 1000000));
	put32(out, (uint32_t)(clock_us % 1000000));
	put32(out, (uint32_t)bytes.n);
	put32(out, (uint32_t)bytes.n);
	fwrite(bytes.p, 1, bytes.n, out);
}

/* A datagram in an IPv4 packet; of more than @most bytes of payload in fragments. */
static void
udp(const char *src, const char *dst, struct str payload, size_t most, bool want)
{
	static uint16_t ip_id;
	struct net_endpoint a, b;
	uint8_t whole[4096] = { 0 }, ip[4096 + 20];
	size_t n = payload.n + 8;

	assert_true(net_endpoint_parse(str_of(src), &a) && net_endpoint_parse(str_of(dst), &b));
	assert_true(n <= sizeof(whole));
	whole[0] = (uint8_t)(a.port >> 8);
	whole[1] = (uint8_t)a.port;
	whole[2] = (uint8_t)(b.port >> 8);
	whole[3] = (uint8_t)b.port;
	whole[4] = (uint8_t)(n >> 8);
	whole[5] = (uint8_t)n;
	memcpy(whole + 8, payload.p, payload.n);
	ip_id++;
	for (size_t at = 0; at < n; at += most) {
		size_t piece = n - at < most ? n - at : most;
		size_t place = at / 8 | (at + piece < n ? 0x2000 : 0);
		const uint8_t head[20] = {
			0x45, 0, (uint8_t)((piece + 20) >> 8), (uint8_t)(piece + 20),
			(uint8_t)(ip_id >> 8), (uint8_t)ip_id, (uint8_t)(place >> 8),
			(uint8_t)place, 64, 17, 0, 0,
			a.addr.bytes[0], a.addr.bytes[1], a.addr.bytes[2], a.addr.bytes[3],
			b.addr.bytes[0], b.addr.bytes[1], b.addr.bytes[2], b.addr.bytes[3],
		};

		memcpy(ip, head, 20);
		memcpy(ip + 20, whole + at, piece);
		write_packet((struct str){ (const char *)ip, piece + 20 }, want);
	}
}

#define WHOLE	4096u

static void
say(const char *src, const char *dst, const char *call_id, const char *start, const char *cseq,
    const char *body, bool want)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s%c\r\n"
		   "From: <sip:alice@a.test>;tag=a1\r\nTo: <sip:bob@b.test>%s\r\n"
		   "Call-ID: %s\r\nCSeq: %s\r\n%sContent-Length: %zu\r\n\r\n%s", start, call_id,
		   cseq[0], start[0] == 'I' ? "" : ";tag=b1", call_id, cseq,
		   body ? "Content-Type: application/sdp\r\n" : "", body ? strlen(body) : 0,
		   body ? body : "");
	udp(src, dst, buf_str(&b), WHOLE, want);
	buf_release(&b);
}

static const char *
sdp(const char *address, unsigned port, const char *rest)
{
	static char text[4][512];
	static unsigned next;
	char *to = text[next++ % 4];

	snprintf(to, sizeof(text[0]), "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 0\r\n%s", address, address, port, rest);
	return to;
}

static void
rtp(const char *src, const char *dst, uint32_t ssrc, uint16_t sequence, size_t most, bool want)
{
	uint8_t b[172] = { 0x80, 0, (uint8_t)(sequence >> 8), (uint8_t)sequence };
	uint32_t timestamp = sequence * 160u;

	for (int k = 0; k < 4; k++) {
		b[4 + k] = (uint8_t)(timestamp >> (24 - 8 * k));
		b[8 + k] = (uint8_t)(ssrc >> (24 - 8 * k));
	}
	udp(src, dst, (struct str){ (const char *)b, sizeof(b) }, most, want);
}

/* A report of @ssrc, about @about where it is not 0. */
static void
rtcp(const char *src, const char *dst, uint32_t ssrc, uint32_t about, bool want)
{
	uint8_t b[32] = { (uint8_t)(0x80 | (about ? 1 : 0)), 201, 0, (uint8_t)(about ? 7 : 1) };

	for (int k = 0; k < 4; k++) {
		b[4 + k] = (uint8_t)(ssrc >> (24 - 8 * k));
		b[8 + k] = (uint8_t)(about >> (24 - 8 * k));
	}
	udp(src, dst, (struct str){ (const char *)b, about ? 32 : 8 }, WHOLE, want);
}

static void
stun(const char *src, const char *dst)
{
	static const char bytes[] = "\0\1\0\0\x21\x12\xa4\x42""012345678901";

	udp(src, dst, (struct str){ bytes, 20 }, WHOLE, false);
}

static void
dtls(const char *src, const char *dst)
{
	static const char bytes[] = "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\1x";

	udp(src, dst, (struct str){ bytes, 14 }, WHOLE, false);
}

/* ---- saving ---- */

static const char *
at(const char *name)
{
	static char paths[2][256];
	static int next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* Save the first call of what was made, and compare. */
static void
check(void)
{
	char *argv[] = { (char *)"rung", (char *)"-F", (char *)(uintptr_t)at("in.pcap"), NULL };
	uint32_t calls[] = { 0 };
	struct save_request request = {
		.path = at("out.pcap"), .calls = calls, .n = 1, .message = MESSAGE_NONE,
		.format = SAVE_PCAP, .rtp = true, .overwrite = true,
	};
	struct save_progress progress;
	struct session s;
	struct err err;
	struct save *save;
	uint8_t head[24], record[16], bytes[65536];
	size_t next = 0, wanted = 0;
	FILE *f;

	fclose(out);
	session_init(&s);
	assert_int_equal(options_parse(&s.options, 3, argv, SCOPE_SCREENS, &err), OPTIONS_OK);
	assert_int_equal(session_open(&s, QUERY_CALL), EXIT_DONE);
	assert_int_equal(session_begin(&s), EXIT_DONE);
	assert_int_equal(session_read(&s), EXIT_DONE);
	save = save_start(&s, &request, &err);
	assert_non_null(save);
	while (save_step(save, 0, &progress, &err) == SAVE_RUNNING)
		;
	save_end(save);
	session_release(&s);
	for (size_t i = 0; i < packet_n; i++)
		wanted += packets[i].want;
	f = fopen(at("out.pcap"), "r");
	assert_non_null(f);
	assert_int_equal(fread(head, 1, 24, f), 24);
	while (fread(record, 1, 16, f) == 16) {
		uint32_t n;

		memcpy(&n, record + 8, 4);
		assert_true(n <= sizeof(bytes));
		assert_int_equal(fread(bytes, 1, n, f), n);
		while (next < packet_n && !packets[next].want)
			next++;
		assert_true(next < packet_n);
		if (n != packets[next].bytes.n || memcmp(bytes, packets[next].bytes.p, n) != 0)
			print_message("packet %zu is missing, or one before it is extra\n", next);
		assert_int_equal(n, packets[next].bytes.n);
		assert_memory_equal(bytes, packets[next].bytes.p, n);
		next++;
		wanted--;
	}
	assert_int_equal(wanted, 0);
	fclose(f);
}

#define A	"192.0.2.1:5060"
#define B	"192.0.2.2:5060"
#define MA	"192.0.2.1:4000"
#define MB	"192.0.2.2:6000"

/* The same ports, one call after the other. */
static void
test_exact(void **state)
{
	(void)state;
	capture_begin(at("in.pcap"));
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "1 INVITE", sdp("192.0.2.1", 4000, ""), true);
	/* Another call, at the same time. */
	say(A, B, "two@t", "INVITE sip:b SIP/2.0", "1 INVITE", sdp("192.0.2.1", 4010, ""), false);
	say(B, A, "one@t", "SIP/2.0 200 OK", "1 INVITE", sdp("192.0.2.2", 6000, ""), true);
	say(B, A, "two@t", "SIP/2.0 200 OK", "1 INVITE", sdp("192.0.2.2", 6010, ""), false);
	stun(MA, MB);
	dtls(MB, MA);
	for (uint16_t i = 0; i < 100; i++) {
		rtp(MA, MB, 1, i, WHOLE, true);
		rtp(MB, MA, 2, i, i % 10 == 3 ? 96 : WHOLE, true);
		rtp("192.0.2.1:4010", "192.0.2.2:6010", 1, i, WHOLE, false);
		rtp("192.0.2.2:6010", "192.0.2.1:4010", 2, i, i % 10 == 3 ? 96 : WHOLE, false);
		if (i == 50) {
			/* Seen twice. */
			rtp(MA, MB, 1, i, WHOLE, true);
			rtcp("192.0.2.1:4001", "192.0.2.2:6001", 1, 0, true);
			rtcp("192.0.2.2:6001", "192.0.2.1:4001", 2, 1, true);
			/* Of who sends no media; and through a NAT. */
			rtcp("192.0.2.1:4001", "192.0.2.2:6001", 9, 2, true);
			rtcp("192.0.2.99:7777", "192.0.2.2:6001", 1, 2, true);
			/* Muxed. */
			rtcp(MA, MB, 1, 2, true);
			/* Those of the other one. */
			rtcp("192.0.2.1:4011", "192.0.2.2:6011", 1, 2, false);
			rtcp("192.0.2.1:4010", "192.0.2.2:6010", 1, 2, false);
			stun(MB, MA);
			stun("192.0.2.1:4001", "192.0.2.2:6001");
			udp(MA, MB, STR("\r\n\r\n"), WHOLE, false);
		}
	}
	say(A, B, "one@t", "BYE sip:b SIP/2.0", "2 BYE", NULL, true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "2 BYE", NULL, true);
	say(A, B, "two@t", "BYE sip:b SIP/2.0", "2 BYE", NULL, false);
	check();
}

/* The next call has the same ports, and one SSRC is the same: what is told from then on is of it. */
static void
test_again(void **state)
{
	(void)state;
	capture_begin(at("in.pcap"));
	for (int call = 0; call < 2; call++) {
		const char *id = call == 0 ? "one@t" : "two@t";
		uint32_t back = call == 0 ? 2 : 3;
		bool want = call == 0;

		say(A, B, id, "INVITE sip:b SIP/2.0", "1 INVITE", sdp("192.0.2.1", 4000, ""), want);
		say(B, A, id, "SIP/2.0 200 OK", "1 INVITE", sdp("192.0.2.2", 6000, ""), want);
		for (uint16_t i = 0; i < 50; i++) {
			rtp(MA, MB, 1, i, WHOLE, want);
			rtp(MB, MA, back, i, WHOLE, want);
		}
		rtcp("192.0.2.1:4001", "192.0.2.2:6001", 1, back, want);
		rtcp("192.0.2.2:6001", "192.0.2.1:4001", back, 1, want);
		rtcp("192.0.2.1:4001", "192.0.2.2:6001", 9, 0, want);
		say(A, B, id, "BYE sip:b SIP/2.0", "2 BYE", NULL, want);
		say(B, A, id, "SIP/2.0 200 OK", "2 BYE", NULL, want);
		/* On its way. */
		rtcp("192.0.2.2:6001", "192.0.2.1:4001", back, 1, want);
	}
	check();
}

/* RTCP goes where the description says. */
static void
test_told(void **state)
{
	(void)state;
	capture_begin(at("in.pcap"));
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "1 INVITE",
	    sdp("192.0.2.1", 4000, "a=rtcp:4500\r\n"), true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "1 INVITE",
	    sdp("192.0.2.2", 6000, "a=rtcp:6500 IN IP4 192.0.2.3\r\n"), true);
	for (uint16_t i = 0; i < 50; i++) {
		rtp(MA, MB, 1, i, WHOLE, true);
		rtp(MB, MA, 2, i, WHOLE, true);
		/* Nobody's. */
		rtp("198.51.100.1:8000", "198.51.100.2:9000", 1, i, WHOLE, false);
	}
	rtcp("192.0.2.1:4500", "192.0.2.3:6500", 1, 2, true);
	rtcp("192.0.2.3:6500", "192.0.2.1:4500", 2, 1, true);
	rtcp("198.51.100.1:8001", "198.51.100.2:9001", 1, 0, false);
	check();
}

/* ---- in other things ---- */

static void
add_rtp(struct buf *b, uint32_t ssrc, uint16_t sequence)
{
	uint8_t bytes[60] = { 0x80, 0, (uint8_t)(sequence >> 8), (uint8_t)sequence };

	put_be32(bytes + 4, sequence * 160u);
	put_be32(bytes + 8, ssrc);
	buf_add(b, bytes, sizeof(bytes));
}

static void
channel(const char *src, const char *dst, uint16_t number, uint32_t ssrc, uint16_t sequence,
	bool want)
{
	struct buf b = BUF_INIT;
	uint8_t head[4];

	put_be16(head, number);
	put_be16(head + 2, 60);
	buf_add(&b, head, sizeof(head));
	add_rtp(&b, ssrc, sequence);
	udp(src, dst, buf_str(&b), WHOLE, want);
	buf_release(&b);
}

/* ChannelBind (RFC 8656 section 12.1) to 198.51.100.7:6000, or the port above. */
static void
bind_channel(const char *src, const char *dst, uint16_t number, uint16_t port, bool want)
{
	uint8_t b[40] = { 0, 9, 0, 20, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
			  12, 0, 0x0c, 0, 4, 0, 0, 0, 0, 0, 0x12, 0, 8, 0, 1 };
	static const uint8_t address[4] = { 198, 51, 100, 7 };

	put_be16(b + 24, number);
	put_be16(b + 34, port ^ 0x2112);
	for (int i = 0; i < 4; i++)
		b[36 + i] = address[i] ^ b[4 + i];
	udp(src, dst, (struct str){ (const char *)b, sizeof(b) }, WHOLE, want);
}

static void
test_turn(void **state)
{
	const char *client = "192.0.2.1:4000", *server = "203.0.113.3:3478";

	(void)state;
	capture_begin(at("in.pcap"));
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "1 INVITE", sdp("203.0.113.3", 50000, ""), true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "1 INVITE", sdp("198.51.100.7", 6000, ""), true);
	bind_channel(client, server, 0x4001, 6000, true);
	bind_channel(client, server, 0x4002, 6002, false);
	for (uint16_t i = 0; i < 50; i++) {
		channel(client, server, 0x4001, 1, i, true);
		channel(server, client, 0x4001, 2, i, true);
		stun(client, server);
	}
	check();
}

/* A segment of TCP, of bytes of @b. */
static void
tcp(const char *src, const char *dst, uint32_t *seq, const struct buf *b, bool want)
{
	struct net_endpoint x, y;
	uint8_t ip[512] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 6 };
	size_t n = 40 + b->n;

	assert_true(net_endpoint_parse(str_of(src), &x) && net_endpoint_parse(str_of(dst), &y));
	assert_true(n <= sizeof(ip));
	put_be16(ip + 2, (uint16_t)n);
	memcpy(ip + 12, x.addr.bytes, 4);
	memcpy(ip + 16, y.addr.bytes, 4);
	put_be16(ip + 20, x.port);
	put_be16(ip + 22, y.port);
	put_be32(ip + 24, *seq);
	ip[32] = 0x50;
	ip[33] = 0x18;
	put_be16(ip + 34, 65535);
	memcpy(ip + 40, b->p, b->n);
	*seq += (uint32_t)b->n;
	write_packet((struct str){ (const char *)ip, n }, want);
}

static void
test_tcp(void **state)
{
	uint32_t seq[4] = { 1000, 2000, 3000, 4000 };

	(void)state;
	capture_begin(at("in.pcap"));
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "1 INVITE", sdp("192.0.2.1", 4000, ""), true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "1 INVITE", sdp("192.0.2.2", 6000, ""), true);
	for (uint16_t i = 0; i < 20; i++) {
		const char *ends[4] = { MA, MB, "198.51.100.1:8000", "198.51.100.2:9000" };

		for (uint32_t k = 0; k < 4; k++) {
			struct buf b = BUF_INIT;

			/* RFC 4571: behind its length. */
			buf_add(&b, "\0\x3c", 2);
			add_rtp(&b, k + 1, i);
			tcp(ends[k], ends[k ^ 1], &seq[k], &b, k < 2);
			buf_release(&b);
		}
	}
	check();
}

/* T.38 on the ports of the audio before. */
static void
test_fax(void **state)
{
	static const char fax[] = "m=image 4000 udptl t38\r\n";
	static const char answer[] = "m=image 6000 udptl t38\r\n";

	(void)state;
	capture_begin(at("in.pcap"));
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "1 INVITE", sdp("192.0.2.1", 4000, ""), true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "1 INVITE", sdp("192.0.2.2", 6000, ""), true);
	for (uint16_t i = 0; i < 20; i++)
		rtp(MA, MB, 1, i, WHOLE, true);
	say(A, B, "one@t", "INVITE sip:b SIP/2.0", "2 INVITE", sdp("192.0.2.1", 0, fax), true);
	say(B, A, "one@t", "SIP/2.0 200 OK", "2 INVITE", sdp("192.0.2.2", 0, answer), true);
	for (uint8_t i = 0; i < 20; i++) {
		/* One byte of fax, nothing again. */
		const char b[] = { 0, (char)i, 1, 6, 0, 0 };

		udp(MA, MB, (struct str){ b, sizeof(b) }, WHOLE, true);
		udp(MB, MA, (struct str){ b, sizeof(b) }, WHOLE, true);
		stun(MA, MB);
		udp("192.0.2.1:4002", "192.0.2.2:6002", (struct str){ b, sizeof(b) }, WHOLE, false);
	}
	check();
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < packet_n; i++)
		buf_release(&packets[i].bytes);
	unlink(at("in.pcap"));
	unlink(at("out.pcap"));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact), cmocka_unit_test(test_again),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_turn), cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_fax),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
