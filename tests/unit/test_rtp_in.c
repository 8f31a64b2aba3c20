/* RTP on its way into the store: whatever carries it, and whether one look tells what it is
 * or the layers have to, the streams are the same. */
#include "capture_build.h"

#include <sys/wait.h>

#include "app/engine.h"
#include "base/bytes.h"
#include "decode/glance.h"
#include "store/stream.h"

#define A	"192.0.2.1"
#define B	"192.0.2.2"
#define A6	"2001:db8::1"
#define B6	"2001:db8::2"
#define PACKETS	300u

/* ---- what one look tells ---- */

#define IP_BYTES	(20 + 8 + 12 + 4)

static void
make_packet(uint8_t ip[IP_BYTES])
{
	memcpy(ip, (const uint8_t[IP_BYTES]){
		0x45, 0, 0, IP_BYTES, 0, 1, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
		0x75, 0x30, 0x75, 0x32, 0, IP_BYTES - 20, 0, 0,
		0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 'p', 'i', 'n', 'g' }, IP_BYTES);
}

static const struct {
	uint16_t link;
	uint8_t n, bytes[20];
} heads[] = {
	{ 228, 0, { 0 } },	/* no look tells it */
	{ 1, 14, { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 } },
	{ 113, 16, { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 8, 0 } },
	{ 276, 20, { 8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0 } },
	{ 1, 18, { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0xe0, 7, 8, 0 } },
	{ 101, 0, { 0 } },
};

#define TAGGED	4u	/* of heads: VLAN 7 */

static uint64_t
tags_counted(const struct decoder *d)
{
	struct decode_count count;

	for (size_t i = 0; decode_count_at(d, i, &count); i++)
		if (count.kind == DECODE_COUNT_TUNNEL && strcmp(count.name, "vlan") == 0)
			return count.n;
	return 0;
}

/* @param n  bytes captured of @p wire */
static enum decode_result
decode_behind(size_t head, const uint8_t *ip, size_t n, size_t wire, struct segment *seg)
{
	uint8_t bytes[20 + IP_BYTES];
	size_t at = heads[head].n;
	uint8_t *exact = malloc(at + n + 1);
	struct decoder *d = decoder_new();
	enum decode_result result;

	memcpy(bytes, heads[head].bytes, at);
	memcpy(bytes + at, ip, n);
	/* A byte too far is one too many. */
	memcpy(exact + 1, bytes, at + n);
	result = decode_record(d, &(struct record){
		.data = exact + 1, .caplen = (uint32_t)(at + n), .wirelen = (uint32_t)(at + wire),
		.time = 5 * NS_PER_S, .place = { 1000 - at, 3 }, .frame = 7, .link = heads[head].link,
	}, seg);
	if (result == DECODE_SEGMENT) {
		seg->payload.p += (const char *)ip - ((const char *)exact + 1 + at);
		seg->before -= (uint32_t)at;
	}
	assert_int_equal(tags_counted(d), head == TAGGED);
	decoder_free(d);
	free(exact);
	return result;
}

static void
compare_cut(const uint8_t *ip, size_t n, size_t wire)
{
	struct segment want, got;
	enum decode_result result = decode_behind(0, ip, n, wire, &want);

	for (size_t i = 1; i < ARRAY_SIZE(heads); i++) {
		/* There it is IPv6. */
		if (heads[i].link == 101 && n > 0 && ip[0] >> 4 == 6)
			continue;
		assert_int_equal(decode_behind(i, ip, n, wire, &got), result);
		if (result != DECODE_SEGMENT)
			continue;
		assert_true(net_endpoint_eq(&got.src, &want.src));
		assert_true(net_endpoint_eq(&got.dst, &want.dst));
		assert_int_equal(got.kind, want.kind);
		assert_int_equal(got.ttl, want.ttl);
		assert_int_equal(got.vlan, i == TAGGED ? 7 : 0);
		assert_int_equal(got.ip_id, want.ip_id);
		assert_int_equal(got.flaws, want.flaws);
		assert_int_equal(got.tunnels, want.tunnels);
		assert_int_equal(got.wire_length, want.wire_length);
		assert_int_equal(got.before, want.before);
		assert_int_equal(got.place.offset, want.place.offset);
		assert_true(got.payload.p == want.payload.p && got.payload.n == want.payload.n);
	}
}

static void
compare(const uint8_t *ip, size_t n)
{
	compare_cut(ip, n, n);
}

static void
test_glance(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x0f, 0x20, 0x3f, 0x40, 0x44, 0x46, 0x80, 0xff };
	static const uint16_t ports[] = { 2151, 2152, 4789, 8472, 9899, 9900 };
	uint8_t ip[IP_BYTES];

	(void)state;
	for (size_t i = 0; i < IP_BYTES; i++) {
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			make_packet(ip);
			ip[i] = values[v];
			compare(ip, IP_BYTES);
			make_packet(ip);
			ip[i] = (uint8_t)(ip[i] + values[v]);
			compare(ip, IP_BYTES);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		for (size_t at = 20; at <= 22; at += 2) {
			make_packet(ip);
			ip[at] = (uint8_t)(ports[i] >> 8);
			ip[at + 1] = (uint8_t)ports[i];
			compare(ip, IP_BYTES);
		}
	}
	make_packet(ip);
	for (size_t n = 0; n <= IP_BYTES; n++) {
		compare(ip, n);
		for (size_t wire = n; wire <= IP_BYTES + 2; wire++)
			compare_cut(ip, n, wire);
	}
}

/* Where one look tells of IPv6 the layers tell the same. @return whether it did. */
static bool
compare6(const uint8_t *ip, size_t n, size_t wire)
{
	struct decoder *d = decoder_new();
	uint8_t *exact = malloc(18 + n + 1);
	struct record rec = {
		.data = exact + 1, .caplen = (uint32_t)(18 + n), .wirelen = (uint32_t)(18 + wire),
		.time = 5 * NS_PER_S, .frame = 7, .link = 1,
	};
	struct segment seg;
	struct glance g;
	bool told;

	memcpy(exact + 1, heads[TAGGED].bytes, 16);
	memcpy(exact + 17, (const uint8_t[]){ 0x86, 0xdd }, 2);
	memcpy(exact + 19, ip, n);
	told = glance_udp6(&rec, &g);
	if (told) {
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_SEGMENT);
		assert_int_equal(seg.kind, SEGMENT_UDP);
		assert_int_equal(seg.tunnels, 0);
		assert_int_equal(seg.flaws, seg.payload.n < g.payload ? SEGMENT_FLAW_CUT : 0);
		assert_true(seg.payload.p == (const char *)g.ip + GLANCE_HEADERS6);
		assert_int_equal(seg.payload.n,
				 glance_captured(&rec, g.ip + GLANCE_HEADERS6, g.payload));
		assert_int_equal(seg.wire_length, g.payload);
		assert_memory_equal(seg.src.addr.bytes, g.ip + 8, 16);
		assert_memory_equal(seg.dst.addr.bytes, g.ip + 24, 16);
		assert_int_equal((uint32_t)seg.src.port << 16 | seg.dst.port, g.ports);
		assert_int_equal(seg.vlan, glance_vlan(&rec, g.ip));
		assert_int_equal(seg.ttl, g.ip[7]);
	}
	decoder_free(d);
	free(exact);
	return told;
}

static void
test_glance6(void **state)
{
	static const uint8_t packet[] = {
		0x60, 0, 0, 0, 0, 24, 17, 64, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x75, 0x30, 0x75, 0x32, 0, 24,
		0, 0, 0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 'p', 'i', 'n', 'g' };
	uint8_t ip[sizeof(packet)];

	(void)state;
	assert_true(compare6(packet, sizeof(packet), sizeof(packet)));
	for (size_t i = 0; i < sizeof(packet); i++) {
		for (unsigned v = 0; v < 256; v++) {
			memcpy(ip, packet, sizeof(ip));
			ip[i] = (uint8_t)v;
			compare6(ip, sizeof(ip), sizeof(ip));
		}
		assert_false(compare6(packet, i, i));
		assert_true(compare6(packet, i, sizeof(packet)) == (i >= GLANCE_HEADERS6));
	}
}

/* ---- the same streams ---- */

/* What the headers of RTP are like, whether the payload was captured, and each packet twice. */
enum form {
	PLAIN, EXTENDED, PADDED, LISTED, ALL, CUT, CUT_ALL, FLAWED, TWICE, TWICE_LATER, FORMS
};

static const struct {
	uint8_t first;		/* byte of the header */
	uint8_t rest[12];	/* behind the 12 bytes: CSRC list and extension */
	uint8_t rest_n;
	uint8_t captured;	/* bytes of RTP; 0: all */
	uint8_t flaws;
	int64_t again;		/* ns: after that each is captured once more; 0: it is not */
} forms[FORMS] = {
	[PLAIN] = { .first = 0x80 },
	[EXTENDED] = { .first = 0x90, .rest = { 0xbe, 0xde, 0, 1 }, .rest_n = 8 },
	[PADDED] = { .first = 0xa0 },
	[LISTED] = { .first = 0x81, .rest_n = 4 },
	[ALL] = { .first = 0xb1, .rest = { [4] = 0xbe, 0xde, 0, 1 }, .rest_n = 12 },
	[CUT] = { .first = 0x80, .captured = 12 },
	[CUT_ALL] = { .first = 0xb1, .rest_n = 12, .captured = 14 },
	[FLAWED] = { .first = 0x90, .rest = { 0xbe, 0xde, 1 }, .rest_n = 4,
		     .flaws = RTP_FLAW_EXTENSION },
	[TWICE] = { .first = 0x80, .again = 1000 },
	/* By a clock that is ahead by more than a packet. */
	[TWICE_LATER] = { .first = 0x80, .again = 30 * NS_PER_MS, .flaws = RTP_FLAW_TIME_BACK },
};

/* The link layer of the capture, and whether it comes through a pipe. */
enum carried {
	ETHER, VLAN, COOKED, COOKED2, RAW, RAW4, ETHER_PIPE, RAW_PIPE,
	ETHER6, VLAN6, COOKED6, RAW6, CARRIERS
};

static bool
is_ip6(enum carried by)
{
	return by >= ETHER6;
}

static bool
is_tagged(enum carried by)
{
	return by == VLAN || by == VLAN6;
}

static size_t
head_of(enum carried by)
{
	switch (by) {
	case COOKED: case COOKED6:
		return 2;
	case COOKED2:
		return 3;
	case RAW: case RAW4: case RAW_PIPE: case RAW6:
		return 0;
	default:
		return 1;
	}
}

static void
put_link(struct maker *m, enum carried by)
{
	static const uint8_t tag[] = { 0x81, 0, 0, 7 };
	size_t head = head_of(by), n = heads[head].n;
	uint8_t type[] = { 8, 0 };

	if (n == 0)
		return;
	if (is_ip6(by))
		memcpy(type, (const uint8_t[]){ 0x86, 0xdd }, 2);
	/* Of version 2 of cooked ones the type comes first. */
	if (head == 3) {
		buf_add(&m->b, heads[head].bytes, n);
		return;
	}
	buf_add(&m->b, heads[head].bytes, n - 2);
	if (is_tagged(by))
		buf_add(&m->b, tag, sizeof(tag));
	buf_add(&m->b, type, sizeof(type));
}

static void
put_udp(struct maker *m, enum carried by, int64_t time, bool back, const uint16_t ports[2],
	const void *payload, size_t n, size_t captured)
{
	size_t link = heads[head_of(by)].n + (is_tagged(by) ? 4u : 0);
	size_t ip_n = is_ip6(by) ? 40 : 20, all = link + ip_n + 8;
	uint8_t ip[40], udp[8] = {
		(uint8_t)(ports[back] >> 8), (uint8_t)ports[back],
		(uint8_t)(ports[!back] >> 8), (uint8_t)ports[!back],
		(uint8_t)((8 + n) >> 8), (uint8_t)(8 + n), 0, 0 };

	put32(m, (uint32_t)(time / NS_PER_S));
	put32(m, (uint32_t)(time % NS_PER_S / 1000));
	put32(m, (uint32_t)(all + captured));
	put32(m, (uint32_t)(all + n));
	put_link(m, by);
	if (is_ip6(by))
		memcpy(ip, (const uint8_t[40]){ 0x60, 0, 0, 0, udp[4], udp[5], 17, 64,
			[8] = 0x20, 1, 0x0d, 0xb8, [23] = back ? 2 : 1,
			[24] = 0x20, 1, 0x0d, 0xb8, [39] = back ? 1 : 2 }, 40);
	else
		memcpy(ip, (const uint8_t[20]){ 0x45, 0, (uint8_t)((28 + n) >> 8), (uint8_t)(28 + n),
			0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, back ? 2 : 1,
			192, 0, 2, back ? 1 : 2 }, 20);
	buf_add(&m->b, ip, ip_n);
	buf_add(&m->b, udp, sizeof(udp));
	buf_add(&m->b, payload, captured);
}

static void
put_sip(struct maker *m, enum carried by, int64_t time, bool back, const char *start,
	unsigned cseq, const char *media)
{
	static const uint16_t ports[2] = { 5060, 5060 };
	struct buf text = BUF_INIT, sdp = BUF_INIT;

	buf_printf(&sdp, "v=0\r\no=- 1 %u IN IP4 x\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n%s\r\n", cseq,
		   is_ip6(by) ? back ? "IP6 " B6 : "IP6 " A6 : back ? "IP4 " B : "IP4 " A, media);
	buf_printf(&text, "%s\r\nVia: SIP/2.0/UDP " A ";branch=z9hG4bK%u\r\n"
		   "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: one\r\n"
		   "CSeq: %u INVITE\r\nContent-Type: application/sdp\r\n"
		   "Content-Length: %zu\r\n\r\n%s", start, cseq, cseq, sdp.n, buf_cstr(&sdp));
	put_udp(m, by, time, back, ports, text.p, text.n, text.n);
	buf_release(&sdp);
	buf_release(&text);
}

/* Both ways, every seventh packet of the one is missing, and every 50th has the marker. */
static int64_t
put_rtp(struct maker *m, enum carried by, enum form form, int64_t time)
{
	static const uint16_t ports[2] = { 30000, 30002 };

	for (unsigned i = 0; i < PACKETS; i++, time += 20 * NS_PER_MS) {
		for (unsigned back = 0; back < 2; back++) {
			uint8_t rtp[172] = { forms[form].first, i % 50 ? 0 : 0x80, (uint8_t)(i >> 8), (uint8_t)i,
				0, 0, (uint8_t)(i * 160 >> 8), (uint8_t)(i * 160), 0, 0, 0,
				(uint8_t)(back + 1) };

			if (back && i % 7 == 3)
				continue;
			memcpy(rtp + 12, forms[form].rest, sizeof(forms[form].rest));
			rtp[sizeof(rtp) - 1] = 3;
			put_udp(m, by, time, back, ports, rtp, sizeof(rtp),
				forms[form].captured ? forms[form].captured : sizeof(rtp));
			if (forms[form].again)
				put_udp(m, by, time + forms[form].again, back, ports, rtp,
					sizeof(rtp), sizeof(rtp));
		}
	}
	return time;
}

/* Numbers that look like RTP, at once behind the description. */
static void
put_t38(struct maker *m, enum carried by, int64_t time)
{
	static const uint16_t ports[2] = { 31000, 31002 };

	for (unsigned i = 0; i < 8; i++) {
		const uint8_t udptl[] = { 0x80, (uint8_t)i, 11, 0xc0, 0x01, 0x80, 0, 0, 0, 0xff, 0,
			0, 0, 0, 0, 0 };

		put_udp(m, by, time + (int64_t)i * 30 * NS_PER_MS, false, ports, udptl,
			sizeof(udptl), sizeof(udptl));
	}
}

static void
put_call(struct maker *m, enum carried by, enum form form)
{
	int64_t time = 1000 * NS_PER_S;

	put_sip(m, by, time, false, "INVITE sip:b@x SIP/2.0", 1, "m=audio 30000 RTP/AVP 0");
	put_sip(m, by, time + 1, true, "SIP/2.0 200 OK", 1, "m=audio 30002 RTP/AVP 0");
	time = put_rtp(m, by, form, time + NS_PER_S);
	put_sip(m, by, time, false, "INVITE sip:b@x SIP/2.0", 2, "m=image 31000 udptl t38");
	put_sip(m, by, time + 1, true, "SIP/2.0 200 OK", 2, "m=image 31002 udptl t38");
	put_t38(m, by, time + 2);
}

static void
read_call(struct buf *told, enum carried by, enum form form)
{
	static const uint16_t links[CARRIERS] = { 1, 1, 113, 276, 101, 228, 1, 228, 1, 1, 113, 101 };
	bool pipe = by == ETHER_PIPE || by == RAW_PIPE;
	char path[] = "/tmp/rung-rtp-in-XXXXXX";
	struct maker m = { 0 };
	struct engine e;
	struct err err;
	enum engine_status status;
	int fd = mkstemp(path), in[2];

	assert_true(fd >= 0);
	put_pcap_header(&m, 0xa1b2c3d4, links[by]);
	put_call(&m, by, form);
	assert_int_equal(write(fd, m.b.p, m.b.n), m.b.n);
	engine_init(&e);
	e.keep_media = true;
	if (pipe) {
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(pipe2(in, O_CLOEXEC), 0);
		if (fork() == 0) {
			close(in[0]);
			_exit(write(in[1], m.b.p, m.b.n) != (ssize_t)m.b.n);
		}
		close(in[1]);
		assert_int_equal(capture_add_fd(e.capture, in[0], "pipe", &err), 0);
	} else {
		assert_int_equal(capture_add(e.capture, path, &err), 0);
	}
	do
		status = engine_read(&e, 100);
	while (status == ENGINE_BUSY || status == ENGINE_WAIT);
	buf_clear(told);
	buf_printf(told, "sip %ju rtp %ju t38 %ju cut %ju back %ju\n", (uintmax_t)e.payloads[PAYLOAD_SIP],
		   (uintmax_t)e.payloads[PAYLOAD_RTP], (uintmax_t)e.payloads[PAYLOAD_T38],
		   (uintmax_t)e.segment_flaws[SEGMENT_FLAW_BIT_CUT],
		   (uintmax_t)store_media_counts(e.store)->flaws[RTP_FLAW_BIT_TIME_BACK]);
	for (uint32_t i = 0; i < store_stream_count(e.store); i++) {
		const struct stream *st = store_stream(e.store, i);
		struct meter_figures f;

		meter_figures(&st->meter, &f);
		net_endpoint_add(told, &st->src);
		buf_printf(told, " %s %u links packets %ju copies %ju bytes %ju lost %ju markers %ju "
			   "jitter %jd flaws %x\n", stream_kind_name(st->kind), st->link_n,
			   (uintmax_t)f.packets, (uintmax_t)f.duplicates, (uintmax_t)f.bytes, (uintmax_t)f.lost,
			   (uintmax_t)f.markers, (intmax_t)f.max_jitter, st->flaws);
	}
	engine_release(&e);
	if (pipe) {
		close(in[0]);
		wait(NULL);
	}
	close(fd);
	unlink(path);
	buf_release(&m.b);
}

static void
test_carriers(void **state)
{
	struct buf told = BUF_INIT, wanted = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < FORMS * CARRIERS; i++) {
		enum carried c = i % CARRIERS;
		enum form form = i / CARRIERS;
		const char *a = is_ip6(c) ? "[" A6 "]" : A, *b = is_ip6(c) ? "[" B6 "]" : B;
		/* Behind a gap a packet comes later than the copy of the one before it. */
		unsigned back = form == TWICE_LATER ? 299 + 256 - 43 : 0;
		unsigned bytes = 160u - forms[form].rest_n, each = forms[form].again ? 2 : 1;

		if (form == FLAWED)	/* where the extension begins the payload does */
			bytes = 160;
		else if (form == CUT_ALL)	/* of the extension nothing is known */
			bytes = 156;
		else if (forms[form].first & 0x20)
			bytes -= 3;
		buf_clear(&wanted);
		buf_printf(&wanted, "sip 4 rtp %u t38 8 cut %u back %u\n"
			   "%s:30000 rtp 1 links packets %u copies %u bytes %u lost 0 markers %u jitter 0 flaws %x\n"
			   "%s:30002 rtp 1 links packets %u copies %u bytes %u lost 43 markers %u jitter 0 flaws %x\n"
			   "%s:31000 t38 1 links packets 8 copies 0 bytes 128 lost 0 markers 0 jitter "
			   "-9223372036854775808 flaws 0\n", 557 * each,
			   forms[form].captured ? 557 : 0, back,
			   a, 300 * each, 300 * (each - 1), 300 * each * bytes, 6 * each, forms[form].flaws,
			   b, 257 * each, 257 * (each - 1), 257 * each * bytes, 5 * each, forms[form].flaws,
			   a);
		read_call(&told, c, form);
		assert_string_equal(buf_cstr(&told), buf_cstr(&wanted));
	}
	buf_release(&wanted);
	buf_release(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glance),
		cmocka_unit_test(test_glance6),
		cmocka_unit_test(test_carriers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
