/*
 * The decoder at its limits: transport headers, lengths that lie, frames of
 * more than 64 KiB, stacks without end, names without number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "decode/decode.h"

#define BE16(v)	((v) >> 8) & 255, (v) & 255
#define MACS	0x02, 0, 0, 0, 0, 2,  0x02, 0, 0, 0, 0, 1
#define ETH(type)	MACS, BE16(type)
#define IP4(protocol, total) \
	0x45, 0, BE16(total),  0, 1, 0, 0,  64, protocol, 0, 0, \
	10, 0, 0, 1,  10, 0, 0, 2
#define IP6(next, length) \
	0x60, 0, 0, 0,  BE16(length), next, 61, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
#define PING	'p', 'i', 'n', 'g'
#define SIP_UDP	BE16(5060), BE16(5062),  0, 12, 0, 0,  PING	/* 12 bytes */
#define INNER4	IP4(17, 32), SIP_UDP

static enum decode_result
decode_bytes(struct decoder *d, uint16_t link, const uint8_t *bytes, size_t caplen,
	     size_t wirelen, struct segment *seg)
{
	const struct record rec = {
		.data = bytes, .caplen = (uint32_t)caplen, .wirelen = (uint32_t)wirelen,
		.time = 5 * NS_PER_S, .place = { 1000, 3 }, .frame = 7, .source = 3, .link = link,
	};

	memset(seg, 0xa5, sizeof(*seg));
	return decode_record(d, &rec, seg);
}

static uint64_t
count_of(const struct decoder *d, const char *name)
{
	struct decode_count c;

	for (size_t i = 0; decode_count_at(d, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.n;
	return 0;
}

static void
test_transport(void **state)
{
	static const uint8_t tcp[] = {
		IP4(6, 48),
		BE16(5060), BE16(5062),  1, 2, 3, 4,  5, 6, 7, 8,
		0x60, 0x18, 0x10, 0x00,  0, 0, 0, 0,	/* 24 bytes, PSH ACK, window */
		0, 0, 0, 0,				/* an option with length 0 */
		PING,
	};
	static const uint8_t sctp[] = {
		IP4(132, 36), BE16(5060), BE16(5062), 0, 0, 0, 1, 0, 0, 0, 0, PING,
	};
	static const uint8_t icmp[] = { IP4(1, 28), 8, 0, 0, 0, 0, 1, 0, 1 };
	static const uint8_t icmp6[] = { IP6(58, 8), 128, 0, 0, 0, 0, 1, 0, 1 };
	struct decoder *d = decoder_new();
	struct segment seg;

	(void)state;
	assert_int_equal(decode_bytes(d, 228, tcp, sizeof(tcp), sizeof(tcp), &seg), DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_TCP);
	assert_int_equal(seg.src.port, 5060);
	assert_true(str_eq(seg.payload, STR("ping")));
	assert_int_equal(seg.tcp_seq, 0x01020304);
	assert_int_equal(seg.tcp_ack, 0x05060708);
	assert_int_equal(seg.tcp_flags, 0x18);
	assert_int_equal(seg.tcp_window, 0x1000);
	assert_int_equal(seg.ttl, 64);
	assert_int_equal(seg.ip_id, 1);

	/* Cut inside of the options: a header without payload, which is known. */
	assert_int_equal(decode_bytes(d, 228, tcp, 42, sizeof(tcp), &seg), DECODE_SEGMENT);
	assert_int_equal(seg.payload.n, 0);
	assert_int_equal(seg.wire_length, 4);
	assert_int_equal(seg.flaws, SEGMENT_FLAW_CUT);

	assert_int_equal(decode_bytes(d, 228, sctp, sizeof(sctp), sizeof(sctp), &seg),
			 DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_SCTP);
	assert_int_equal(seg.payload.n, 16);
	assert_int_equal(seg.dst.port, 5062);
	assert_int_equal(decode_bytes(d, 228, icmp, sizeof(icmp), sizeof(icmp), &seg),
			 DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_ICMP);
	assert_int_equal(seg.payload.n, 8);
	assert_int_equal(seg.src.port, 0);
	assert_int_equal(decode_bytes(d, 229, icmp6, sizeof(icmp6), sizeof(icmp6), &seg),
			 DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_ICMP6);
	assert_int_equal(seg.ttl, 61);
	decoder_free(d);
}

static void
test_lengths(void **state)
{
	static const struct {
		uint16_t total, udp;
		size_t caplen, wirelen, payload;
		uint32_t wire;
		uint32_t flaws;
	} cases[] = {
		{ 32, 12, 32, 32, 4, 4, 0 },
		{ 32, 10, 32, 32, 2, 2, 0 },
		{ 32, 8, 32, 32, 0, 0, 0 },
		{ 32, 13, 32, 32, 4, 4, SEGMENT_FLAW_UDP_LENGTH },
		{ 32, 7, 32, 32, 4, 4, SEGMENT_FLAW_UDP_LENGTH },
		{ 32, 0, 32, 32, 4, 4, SEGMENT_FLAW_UDP_LENGTH },
		{ 32, 12, 30, 32, 2, 4, SEGMENT_FLAW_CUT },
		{ 32, 12, 28, 32, 0, 4, SEGMENT_FLAW_CUT },
		{ 132, 112, 32, 132, 4, 104, SEGMENT_FLAW_CUT },
		{ 132, 112, 32, 32, 4, 104, SEGMENT_FLAW_CUT | SEGMENT_FLAW_IP_LENGTH },
		{ 30, 12, 32, 32, 2, 2, SEGMENT_FLAW_UDP_LENGTH },
		{ 65535, 65515, 32, 65535, 4, 65507, SEGMENT_FLAW_CUT },
	};
	struct decoder *d = decoder_new();
	uint8_t bytes[] = { INNER4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct segment seg;

		bytes[2] = (uint8_t)(cases[i].total >> 8);
		bytes[3] = (uint8_t)cases[i].total;
		bytes[24] = (uint8_t)(cases[i].udp >> 8);
		bytes[25] = (uint8_t)cases[i].udp;
		assert_int_equal(decode_bytes(d, 228, bytes, cases[i].caplen, cases[i].wirelen,
					 &seg),
				 DECODE_SEGMENT);
		if (seg.payload.n != cases[i].payload || seg.wire_length != cases[i].wire ||
		    seg.flaws != cases[i].flaws)
			fail_msg("case %zu: %zu of %u, flaws %x", i, seg.payload.n,
				 seg.wire_length, seg.flaws);
	}
	decoder_free(d);
}

/* Segmentation left to the card: a frame of more than 64 KiB, lengths zero. */
static void
test_large_frame(void **state)
{
	static const uint8_t header[] = { IP4(17, 0), BE16(5060), BE16(5062), 0, 0, 0, 0 };
	size_t n = 200000;
	uint8_t *bytes = xcalloc(1, n);
	struct decoder *d = decoder_new();
	struct segment seg;

	(void)state;
	memcpy(bytes, header, sizeof(header));
	assert_int_equal(decode_bytes(d, 228, bytes, n, n, &seg), DECODE_SEGMENT);
	assert_int_equal(seg.payload.n, n - 28);
	assert_int_equal(seg.wire_length, n - 28);
	assert_int_equal(seg.flaws, 0);
	free(bytes);
	decoder_free(d);
}

/* 33 tags are too many; 32 are not; of labels likewise. */
static void
test_tag_depth(void **state)
{
	static const uint8_t macs[] = { MACS };
	static const uint8_t inner[] = { INNER4 };
	struct decoder *d = decoder_new();
	uint8_t bytes[300];
	struct segment seg;

	(void)state;
	for (size_t tags = 32; tags <= 33; tags++) {
		enum decode_result want = tags == 32 ? DECODE_SEGMENT : DECODE_BAD;
		size_t n = sizeof(macs);

		memcpy(bytes, macs, n);
		for (size_t i = 0; i < tags; i++, n += 4)
			memcpy(bytes + n, (const uint8_t[]){ 0x81, 0, 0, 1 }, 4);
		memcpy(bytes + n, (const uint8_t[]){ 8, 0 }, 2);
		memcpy(bytes + n + 2, inner, sizeof(inner));
		n += 2 + sizeof(inner);
		assert_int_equal(decode_bytes(d, 1, bytes, n, n, &seg), want);
	}
	assert_int_equal(count_of(d, "too many tags"), 1);

	/* Labels, and Ethernet in Ethernet. */
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, macs, sizeof(macs));
	memcpy(bytes + sizeof(macs), (const uint8_t[]){ 0x88, 0x47 }, 2);
	assert_int_equal(decode_bytes(d, 1, bytes, sizeof(bytes), sizeof(bytes), &seg), DECODE_BAD);
	assert_int_equal(count_of(d, "too many tags"), 2);
	{
		uint8_t frames[14 * 40];

		for (size_t i = 0; i < 40; i++) {
			memcpy(frames + i * 14, macs, sizeof(macs));
			memcpy(frames + i * 14 + 12, (const uint8_t[]){ 0x65, 0x58 }, 2);
		}
		assert_int_equal(decode_bytes(d, 1, frames, sizeof(frames), sizeof(frames), &seg),
				 DECODE_BAD);
	}
	assert_int_equal(count_of(d, "too many tags"), 3);
	decoder_free(d);
	decoder_free(NULL);
}

/* Sixteen extension headers pass, a chain of more does not. */
static void
test_extension_depth(void **state)
{
	static const uint8_t ip6[] = { IP6(60, 0) };
	static const uint8_t udp[] = { SIP_UDP };
	struct decoder *d = decoder_new();
	uint8_t bytes[400];
	struct segment seg;

	(void)state;
	for (size_t count = 16; count <= 17; count++) {
		size_t n = sizeof(ip6);

		memcpy(bytes, ip6, n);
		for (size_t i = 0; i < count; i++, n += 8)
			memcpy(bytes + n, (const uint8_t[]){
				i + 1 < count ? 60 : 17, 0, 1, 4, 0, 0, 0, 0 }, 8);
		memcpy(bytes + n, udp, sizeof(udp));
		n += sizeof(udp);
		bytes[4] = (uint8_t)((n - 40) >> 8);
		bytes[5] = (uint8_t)(n - 40);
		assert_int_equal(decode_bytes(d, 229, bytes, n, n, &seg),
				 count == 16 ? DECODE_SEGMENT : DECODE_BAD);
	}
	assert_int_equal(count_of(d, "too many ip6 extension headers"), 1);
	decoder_free(d);
}

static void
test_pdu(void **state)
{
	static const uint8_t bytes[] = {
		0, 12, 0, 4,  'r', 't', 'p', 0,  0, 24, 0, 4,  0, 0, 0, 2,
		0, 0, 0, 0,  PING,
	};
	struct decoder *d = decoder_new();
	struct segment seg;

	(void)state;
	assert_int_equal(decode_bytes(d, 252, bytes, sizeof(bytes), sizeof(bytes), &seg),
			 DECODE_SEGMENT);
	assert_string_equal(seg.pdu, "rtp");
	assert_int_equal(seg.kind, SEGMENT_TCP);
	assert_int_equal(seg.src.addr.family, NET_NONE);
	assert_int_equal(seg.src.port, 0);
	decoder_free(d);
}

/* Names from the wire do not fill memory. */
static void
test_count_cap(void **state)
{
	struct decoder *d = decoder_new();
	uint8_t bytes[] = { ETH(0) };
	struct decode_count c;
	struct segment seg;
	uint64_t sum = 0;
	size_t i;

	(void)state;
	for (unsigned type = 0xa000; type < 0xb000; type++) {
		bytes[12] = (uint8_t)(type >> 8);
		bytes[13] = (uint8_t)type;
		assert_int_equal(decode_bytes(d, 1, bytes, sizeof(bytes), sizeof(bytes), &seg),
				 DECODE_OTHER);
	}
	for (i = 0; decode_count_at(d, i, &c); i++)
		sum += c.n;
	assert_int_equal(sum, 0x1000);
	assert_int_equal(i, 129);
	assert_int_equal(count_of(d, "others"), 0x1000 - 128);
	assert_int_equal(count_of(d, "ethertype 0xa07f"), 1);
	decoder_free(d);
}

static void
test_link_names(void **state)
{
	const char *name;
	uint16_t link;
	size_t i;

	(void)state;
	assert_string_equal(decode_link_name(1), "ethernet");
	assert_string_equal(decode_link_name(276), "linux cooked v2");
	assert_null(decode_link_name(220));
	for (i = 0; decode_link_at(i, &link, &name); i++)
		assert_string_equal(decode_link_name(link), name);
	assert_true(i >= 17);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transport),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_large_frame),
		cmocka_unit_test(test_tag_depth),
		cmocka_unit_test(test_extension_depth),
		cmocka_unit_test(test_pdu),
		cmocka_unit_test(test_count_cap),
		cmocka_unit_test(test_link_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
