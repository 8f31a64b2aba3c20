/* decode/hep.h and net/hep_wire.h: every chunk, what lies, every cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "decode/hep.h"
#include "net/hep_wire.h"

#define SIP "OPTIONS sip:b@example.com SIP/2.0\r\nCall-ID: x\r\n\r\n"

/* ---- making packets ---- */

static void
put_be16(struct buf *b, unsigned v)
{
	buf_add_char(b, (char)(v >> 8));
	buf_add_char(b, (char)v);
}

static void
put_be32(struct buf *b, uint32_t v)
{
	put_be16(b, v >> 16);
	put_be16(b, v & 0xffff);
}

static void
put_le32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_add_char(b, (char)(v >> 8 * i));
}

static void
put_chunk_of(struct buf *b, unsigned vendor, unsigned type, const void *p, size_t n)
{
	put_be16(b, vendor);
	put_be16(b, type);
	put_be16(b, (unsigned)n + 6);
	buf_add(b, p, n);
}

static void
put_chunk(struct buf *b, unsigned type, const char *p, size_t n)
{
	put_chunk_of(b, 0, type, p, n);
}

#define CHUNK(b, type, lit) put_chunk(b, type, lit, sizeof(lit) - 1)

static void
begin3(struct buf *b, const char *magic)
{
	buf_clear(b);
	buf_add(b, magic, 4);
	put_be16(b, 0);
}

static void
end3(struct buf *b)
{
	b->p[4] = (char)(b->n >> 8);
	b->p[5] = (char)b->n;
}

/* Every chunk there is, IPv4. */
static void
make_full(struct buf *b)
{
	begin3(b, "HEP3");
	CHUNK(b, 1, "\x02");
	CHUNK(b, 2, "\x11");
	CHUNK(b, 3, "\xc0\x00\x02\x01");
	CHUNK(b, 4, "\xc0\x00\x02\x02");
	CHUNK(b, 7, "\x13\xc4");
	CHUNK(b, 8, "\x13\xc6");
	CHUNK(b, 9, "\x65\x00\x00\x00");
	CHUNK(b, 10, "\x00\x01\xe2\x40");
	CHUNK(b, 11, "\x01");
	CHUNK(b, 12, "\x00\x00\x07\xd1");
	CHUNK(b, 13, "\x00\x1e");
	CHUNK(b, 14, "secret");
	put_chunk_of(b, 3, 15, "not for us", 10);
	CHUNK(b, 17, "call@example.com");
	CHUNK(b, 18, "\x00\x2a");
	CHUNK(b, 19, "node-a");
	CHUNK(b, 20, "\x02\x00\x00\x00\x00\x01");
	CHUNK(b, 21, "\x02\x00\x00\x00\x00\x02");
	CHUNK(b, 15, SIP);
	end3(b);
}

/* ---- looking at them ---- */

static uint8_t *held;		/* an exact copy of what is parsed */

static bool
parse(const struct buf *b, size_t n, struct hep *hep)
{
	free(held);
	held = xmalloc(n ? n : 1);
	if (n > 0)
		memcpy(held, b->p, n);
	return hep_parse((struct str){ (char *)held, n }, hep);
}

static void
assert_str(struct str s, const char *want)
{
	assert_int_equal(s.n, strlen(want));
	if (s.n > 0)
		assert_memory_equal(s.p, want, s.n);
}

static void
assert_endpoint(const struct net_endpoint *e, const char *want)
{
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, e);
	assert_string_equal(buf_cstr(&b), want);
	buf_release(&b);
}

static void
assert_full(const struct hep *hep)
{
	assert_int_equal(hep->version, 3);
	assert_int_equal(hep->protocol, 17);
	assert_int_equal(hep->type, HEP_SIP);
	assert_endpoint(&hep->src, "192.0.2.1:5060");
	assert_endpoint(&hep->dst, "192.0.2.2:5062");
	assert_int_equal(hep->time, 0x65000000 * NS_PER_S + 123456000);
	assert_int_equal(hep->node, 2001);
	assert_int_equal(hep->vlan, 42);
	assert_str(hep->key, "secret");
	assert_str(hep->correlation, "call@example.com");
	assert_str(hep->node_name, "node-a");
	assert_str(hep->payload, SIP);
	assert_false(hep->compressed);
}

static void
test_full(void **state)
{
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	make_full(&b);
	assert_true(parse(&b, b.n, &hep));
	assert_full(&hep);
	assert_int_equal(hep.flaws, 0);
	assert_int_equal(hep_length(buf_str(&b)), b.n);
	memcpy(b.p, "EEP1", 4);
	assert_true(parse(&b, b.n, &hep));
	assert_full(&hep);
	buf_release(&b);
}

static void
test_ip6(void **state)
{
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	begin3(&b, "HEP3");
	CHUNK(&b, 1, "\x0a");
	CHUNK(&b, 2, "\x06");
	CHUNK(&b, 5, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
	CHUNK(&b, 6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02");
	CHUNK(&b, 7, "\x13\xc4");
	CHUNK(&b, 11, "\x64");
	CHUNK(&b, 15, "log");
	end3(&b);
	assert_true(parse(&b, b.n, &hep));
	assert_endpoint(&hep.src, "[2001:db8::1]:5060");
	assert_endpoint(&hep.dst, "2001:db8::2");
	assert_int_equal(hep.type, HEP_LOG);
	assert_int_equal(hep.time, TIME_NONE);
	assert_int_equal(hep.flaws, HEP_FLAW_TIME);

	/* The family is wrong, or both are there: it decides. */
	b.p[12] = 2;
	assert_true(parse(&b, b.n, &hep));
	assert_endpoint(&hep.src, "[2001:db8::1]:5060");
	CHUNK(&b, 3, "\xc0\x00\x02\x01");
	CHUNK(&b, 4, "\xc0\x00\x02\x02");
	end3(&b);
	assert_true(parse(&b, b.n, &hep));
	assert_endpoint(&hep.src, "192.0.2.1:5060");
	b.p[12] = 30;
	assert_true(parse(&b, b.n, &hep));
	assert_endpoint(&hep.src, "[2001:db8::1]:5060");
	buf_release(&b);
}

/* Any cut gives what came before it, and says that it is cut. */
static void
test_cuts(void **state)
{
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	make_full(&b);
	for (size_t n = 0; n < b.n; n++) {
		if (!parse(&b, n, &hep)) {
			assert_true(n < 6);
			continue;
		}
		assert_true(n >= 6);
		assert_true(hep.flaws & HEP_FLAW_LENGTH);
		assert_true(n < 13 || hep.flaws & (HEP_FLAW_PAYLOAD | HEP_FLAW_LENGTH));
		if (n >= 13 + 7 + 10 + 10)
			assert_int_equal(hep.src.addr.family, NET_IP4);
		if (n > b.n - 20)
			assert_memory_equal(hep.payload.p, SIP, hep.payload.n);
	}
	buf_release(&b);
}

/* ---- lies ---- */

/* Where chunk @p type of vendor 0 begins in a full packet. */
static size_t
chunk_at(const struct buf *b, unsigned type)
{
	const uint8_t *p = (const uint8_t *)b->p;

	for (size_t i = 6; i + 6 <= b->n; i += get_be16(p + i + 4))
		if (get_be16(p + i) == 0 && get_be16(p + i + 2) == type)
			return i;
	fail();
	return 0;
}

/* A length of any chunk may be anything: all else is still read. */
static void
test_lies(void **state)
{
	static const unsigned lengths[] = { 0, 1, 5, 6, 7, 8, 9, 11, 13, 100, 300, 65535 };
	static const uint8_t types[] = { 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19 };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
		for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
			struct hep hep;
			unsigned was;
			size_t at;

			make_full(&b);
			at = chunk_at(&b, types[t]);
			was = get_be16((const uint8_t *)b.p + at + 4);
			if (was == lengths[i])
				continue;
			b.p[at + 4] = (char)(lengths[i] >> 8);
			b.p[at + 5] = (char)lengths[i];
			assert_true(parse(&b, b.n, &hep));
			assert_true(hep.flaws != 0);
			/* Text has no size of its own: what it says may be believed. */
			if (hep_chunk_size(types[t]) > 0) {
				hep.flaws = 0;
				assert_full(&hep);
			} else {
				assert_endpoint(&hep.src, "192.0.2.1:5060");
				assert_endpoint(&hep.dst, "192.0.2.2:5062");
				if (lengths[i] < 6 || lengths[i] == 65535)
					assert_full(&hep);
			}
		}
	}
	buf_release(&b);
}

/* A header of a chunk of known size that has no value. */
static void
test_no_value(void **state)
{
	static const unsigned lengths[] = { 0, 2, 5, 6 };
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		char header[] = { 0, 0, 0, HEP_CHUNK_IP4_SRC, 0, (char)lengths[i] };
		struct buf with = BUF_INIT;
		size_t at;

		make_full(&b);
		at = chunk_at(&b, 15);
		buf_add(&with, b.p, at);
		buf_add(&with, header, sizeof(header));
		buf_add(&with, b.p + at, b.n - at);
		end3(&with);
		assert_true(parse(&with, with.n, &hep));
		assert_true(hep.flaws & HEP_FLAW_CHUNK);
		hep.flaws = 0;
		assert_full(&hep);
		buf_release(&with);
	}
	buf_release(&b);
}

/* A packet in the middle of other bytes. */
static void
test_find(void **state)
{
	static const char *const others[] = {
		"", "H", "HE", "EE", "HEP", "HEP3 ", "HEP3 is the name", "EEP1EEP1", "HHHEEE",
		"HEP3\1\1\1\1\1\1\1\1",
	};
	struct buf b = BUF_INIT, packet = BUF_INIT;

	(void)state;
	make_full(&packet);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		buf_clear(&b);
		buf_add_cstr(&b, others[i]);
		buf_add(&b, packet.p, packet.n);
		assert_int_equal(hep_wire_find(buf_str(&b)), b.n - packet.n);
		/* What has not come may still be one. */
		for (size_t n = b.n - packet.n + 1; n < b.n; n++)
			assert_true(hep_wire_find(str_sub(buf_str(&b), 0, n)) <=
				    b.n - packet.n);
	}
	assert_true(hep_wire_find(STR("no packet at all")) == SIZE_MAX);
	assert_true(hep_wire_find(STR("")) == SIZE_MAX);
	buf_release(&b);
	buf_release(&packet);
}

static void
test_payload_lies(void **state)
{
	struct buf b = BUF_INIT;
	struct hep hep;
	size_t at;

	(void)state;
	make_full(&b);
	at = chunk_at(&b, 15);
	b.p[at + 4] = b.p[at + 5] = 0;
	assert_true(parse(&b, b.n, &hep));
	assert_full(&hep);
	assert_int_equal(hep.flaws, HEP_FLAW_LENGTH);
	b.p[at + 4] = (char)0xff;
	assert_true(parse(&b, b.n, &hep));
	assert_full(&hep);
	assert_int_equal(hep.flaws, HEP_FLAW_LENGTH);
	/* Too short: the rest is no chunk. */
	b.p[at + 4] = 0;
	b.p[at + 5] = 6 + 7;
	assert_true(parse(&b, b.n, &hep));
	assert_str(hep.payload, "OPTIONS");
	assert_int_equal(hep.flaws, HEP_FLAW_LENGTH);
	buf_release(&b);
}

static void
test_total_lies(void **state)
{
	static const unsigned totals[] = { 0, 5, 6, 7, 100, 1000, 65535 };
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	make_full(&b);
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		b.p[4] = (char)(totals[i] >> 8);
		b.p[5] = (char)totals[i];
		assert_true(parse(&b, b.n, &hep));
		assert_full(&hep);
		assert_int_equal(hep.flaws, HEP_FLAW_LENGTH);
		assert_true(hep_length(buf_str(&b)) == (totals[i] < 6 ? SIZE_MAX : totals[i]));
	}
	/* A second packet behind the first is not a part of it. */
	end3(&b);
	buf_reserve(&b, b.n);
	buf_add(&b, b.p, b.n);
	b.p[b.n / 2 + 12] = 99;
	assert_true(parse(&b, b.n, &hep));
	assert_full(&hep);
	assert_int_equal(hep.flaws, HEP_FLAW_LENGTH);
	buf_release(&b);
}

static void
test_odd_values(void **state)
{
	static const struct {
		unsigned type;
		const char *body;
		size_t n;
		uint32_t flaw;
	} cases[] = {
		{ 1, "", 0, HEP_FLAW_CHUNK },
		{ 3, "\x01\x02\x03", 3, HEP_FLAW_CHUNK },
		{ 3, "\x01\x02\x03\x04\x05", 5, HEP_FLAW_LENGTH },
		{ 9, "\x01", 1, HEP_FLAW_CHUNK },
		{ 12, "\x01\x02", 2, HEP_FLAW_CHUNK },
		{ 12, "\0\0\0\0\x01\x02\x03\x04", 8, 0 },
		{ 11, "\x00\x05", 2, 0 },
		{ 11, "\x01\x05", 2, HEP_FLAW_LENGTH },
		{ 7, "\x00\x01\x00\x00", 4, HEP_FLAW_LENGTH },
		{ 10, "\x00\x0f\x42\x40", 4, HEP_FLAW_TIME },
		{ 15, "", 0, HEP_FLAW_PAYLOAD },
		{ 200, "new", 3, 0 },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hep hep;

		begin3(&b, "HEP3");
		put_chunk(&b, cases[i].type, cases[i].body, cases[i].n);
		/* Away from other chunks, else a wrong size would be put right. */
		put_chunk_of(&b, 9, 9, "", 0);
		if (cases[i].type != 3) {
			CHUNK(&b, 3, "\xc0\x00\x02\x01");
		}
		CHUNK(&b, 4, "\xc0\x00\x02\x02");
		if (cases[i].type != 9)
			CHUNK(&b, 9, "\x65\x00\x00\x00");
		if (cases[i].type != 15)
			CHUNK(&b, 15, SIP);
		end3(&b);
		assert_true(parse(&b, b.n, &hep));
		assert_int_equal(hep.flaws & ~(uint32_t)(HEP_FLAW_ADDRESS |
				 (cases[i].type == 9 ? HEP_FLAW_TIME : 0)), cases[i].flaw);
		if (cases[i].type == 12)
			assert_int_equal(hep.node, cases[i].n == 8 ? 0x01020304 : 0);
		if (i == 6)
			assert_int_equal(hep.type, HEP_RTCP_JSON);
	}
	buf_release(&b);
}

static void
test_nothing_in_it(void **state)
{
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	begin3(&b, "HEP3");
	end3(&b);
	assert_true(parse(&b, b.n, &hep));
	assert_int_equal(hep.flaws, HEP_FLAW_ADDRESS | HEP_FLAW_TIME | HEP_FLAW_PAYLOAD);
	assert_false(parse(&b, 5, &hep));
	buf_clear(&b);
	buf_add_cstr(&b, "INVITE sip:x SIP/2.0\r\n");
	assert_false(parse(&b, b.n, &hep));
	buf_release(&b);
	for (enum hep_flaw_bit f = 0; f < HEP_FLAW_COUNT; f++)
		assert_true(hep_flaw_name(f)[0] != '\0');
	assert_string_equal(hep_flaw_name(HEP_FLAW_BIT_COMPRESS), "compress");
	assert_string_equal(hep_flaw_name(HEP_FLAW_COUNT), "");
}

static void
test_length(void **state)
{
	static const struct {
		struct str in;
		size_t want;
	} cases[] = {
		{ STR_INIT(""), 0 },
		{ STR_INIT("H"), 0 },
		{ STR_INIT("HEP3"), 0 },
		{ STR_INIT("HEP3\x01"), 0 },
		{ STR_INIT("HEP3\x01\x02"), 0x102 },
		{ STR_INIT("EEP1\x00\x06xx"), 6 },
		{ STR_INIT("EEP1\x00\x05xx"), SIZE_MAX },
		{ STR_INIT("EEP"), 0 },
		{ STR_INIT("HEQ"), SIZE_MAX },
		{ STR_INIT("x"), SIZE_MAX },
		{ STR_INIT("\x02\x10\x02\x11\x00\x00"), SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(hep_length(cases[i].in) == cases[i].want);
}

/* ---- versions 1 and 2 ---- */

struct v2 {
	uint8_t version, length, family;
	bool big;		/* byte order of the times */
	uint8_t pad;		/* bytes after the capture id */
	const char *padding;
};

static void
make_v2(struct buf *b, const struct v2 *v)
{
	static const uint8_t ip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 };

	buf_clear(b);
	buf_add_char(b, (char)v->version);
	buf_add_char(b, (char)v->length);
	buf_add_char(b, (char)v->family);
	buf_add_char(b, 17);
	put_be16(b, 5060);
	put_be16(b, 5062);
	for (int i = 0; i < 2; i++) {
		if (v->family == 2)
			buf_add(b, "\xc0\x00\x02\x01", 4);
		else
			buf_add(b, ip6, 16);
	}
	if (v->version == 2 && v->big) {
		put_be32(b, 1481455196);
		put_be32(b, 100);
		put_be16(b, 301);
	} else if (v->version == 2) {
		put_le32(b, 1481455196);
		put_le32(b, 100);
		buf_add(b, "\x2d\x01", 2);
	}
	if (v->version == 2)
		buf_add(b, v->padding ? v->padding : "\0\0", v->pad);
	buf_add_cstr(b, SIP);
}

static void
test_v2(void **state)
{
	static const struct {
		struct v2 v;
		uint32_t flaws;
	} cases[] = {
		{ { 2, 16, 2, false, 2, NULL }, 0 },
		{ { 2, 40, 10, false, 2, NULL }, 0 },
		{ { 2, 40, 30, true, 2, NULL }, 0 },
		{ { 2, 16, 2, true, 2, NULL }, 0 },
		{ { 2, 28, 2, false, 2, NULL }, 0 },
		{ { 2, 16, 2, false, 0, NULL }, 0 },
		{ { 2, 26, 2, false, 0, NULL }, 0 },
		{ { 2, 16, 2, false, 2, "x\x01" }, 0 },
		/* The high byte of a length of two bytes, and nonsense. */
		{ { 2, 1, 2, false, 2, NULL }, HEP_FLAW_LENGTH },
		{ { 2, 200, 10, false, 0, NULL }, HEP_FLAW_LENGTH },
		{ { 1, 16, 2, false, 0, NULL }, 0 },
		{ { 1, 40, 10, false, 0, NULL }, 0 },
		{ { 1, 28, 2, false, 0, NULL }, HEP_FLAW_LENGTH },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct v2 *v = &cases[i].v;
		struct hep hep;

		make_v2(&b, v);
		assert_true(parse(&b, b.n, &hep));
		assert_int_equal(hep.version, v->version);
		assert_int_equal(hep.flaws, cases[i].flaws);
		assert_str(hep.payload, SIP);
		assert_int_equal(hep.type, HEP_SIP);
		assert_int_equal(hep.protocol, 17);
		assert_endpoint(&hep.src, v->family == 2 ? "192.0.2.1:5060" :
				"[2001:db8::7]:5060");
		assert_int_equal(hep.dst.port, 5062);
		assert_int_equal(hep.node, v->version == 2 ? 301 : 0);
		assert_true(hep.time == (v->version == 1 ? TIME_NONE :
					 1481455196 * NS_PER_S + 100000));
	}
	/* A length that is right is enough, whatever is carried. */
	make_v2(&b, &cases[0].v);
	memset(b.p + 28, '\xff', b.n - 28);
	assert_true(hep_may_start(buf_str(&b)));
	b.p[1] = 17;
	assert_true(hep_may_start(buf_str(&b)));
	buf_release(&b);
}

static void
test_v2_cuts_and_others(void **state)
{
	/* DNS, Diameter, a Skinny header, STUN, RTP. */
	static const struct str others[] = {
		STR_INIT("\x01\x10\x02\x00\x00\x01\x00\x00"),
		STR_INIT("\x01\x00\x02\x11\x80\x00\x01\x01\x00\x00\x00\x00"
			 "aaaabbbbccccddddeeee"),
		STR_INIT("\x02\x00\x00\x00\x00\x00\x00\x00"),
		STR_INIT("\x01\x01\x00\x44\x21\x12\xa4\x42"),
		STR_INIT("\x80\x00\x02\x11\x21\x12\xa4\x42"),
		STR_INIT("\x02\x10\x02"),
	};
	struct v2 v = { 2, 16, 2, false, 2, NULL };
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		buf_clear(&b);
		buf_add_str(&b, others[i]);
		assert_false(parse(&b, b.n, &hep));
	}
	for (int family = 2; family <= 10; family += 8) {
		v.family = (uint8_t)family;
		v.length = family == 2 ? 16 : 40;
		make_v2(&b, &v);
		for (size_t n = 0; n < b.n; n++) {
			bool is = parse(&b, n, &hep);

			assert_true(is == (n >= 6));
			if (!is)
				continue;
			assert_true(!(hep.flaws & HEP_FLAW_ADDRESS) == (n >= v.length));
			assert_true(!(hep.flaws & HEP_FLAW_TIME) == (n >= v.length + 10u));
			assert_true(!(hep.flaws & HEP_FLAW_PAYLOAD) == (n > v.length + 12u));
		}
	}
	buf_release(&b);
}

/* ---- compressed ---- */

/* @param bits  as deflateInit2() takes them. */
static void
pack(struct buf *to, const char *text, size_t n, int bits)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)n };

	buf_clear(to);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.avail_out = (uInt)n + 1000;
	z.next_out = (Bytef *)buf_reserve(to, n + 1000);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->n = n + 1000 - z.avail_out;
	deflateEnd(&z);
}

static void
test_compressed(void **state)
{
	static const int bits[] = { 15, 15 + 16, -15 };
	struct buf packed = BUF_INIT, b = BUF_INIT, out = BUF_INIT;
	char *big = xcalloc(1, HEP_UNPACKED_MAX + 1);
	struct hep hep;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		pack(&packed, SIP, sizeof(SIP) - 1, bits[i]);
		begin3(&b, "HEP3");
		put_chunk(&b, 16, packed.p, packed.n);
		end3(&b);
		assert_true(parse(&b, b.n, &hep));
		assert_true(hep.compressed);
		buf_add_cstr(&out, "old");
		assert_true(hep_unpack(&hep, &out));
		assert_str(buf_str(&out), SIP);
		/* Every cut of it: no. */
		for (size_t n = 0; n < packed.n; n++) {
			struct hep cut = { .compressed = true };
			char *copy = xmalloc(n ? n : 1);

			memcpy(copy, packed.p, n);
			cut.payload = (struct str){ copy, n };
			assert_false(hep_unpack(&cut, &out));
			assert_int_equal(out.n, 0);
			free(copy);
		}
		/* Bombs. */
		pack(&packed, big, HEP_UNPACKED_MAX, bits[i]);
		hep.payload = buf_str(&packed);
		assert_true(hep_unpack(&hep, &out));
		assert_int_equal(out.n, HEP_UNPACKED_MAX);
		pack(&packed, big, HEP_UNPACKED_MAX + 1, bits[i]);
		hep.payload = buf_str(&packed);
		assert_false(hep_unpack(&hep, &out));
		assert_int_equal(out.n, 0);
	}
	hep.payload = STR("not packed at all");
	assert_false(hep_unpack(&hep, &out));
	hep.compressed = false;
	assert_false(hep_unpack(&hep, &out));
	free(big);
	buf_release(&packed);
	buf_release(&b);
	buf_release(&out);
}

static int
release(void **state)
{
	(void)state;
	free(held);
	held = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_ip6),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_no_value),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_payload_lies),
		cmocka_unit_test(test_total_lies),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_nothing_in_it),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_v2),
		cmocka_unit_test(test_v2_cuts_and_others),
		cmocka_unit_test(test_compressed),
	};

	return cmocka_run_group_tests_name("hep", tests, NULL, release);
}
