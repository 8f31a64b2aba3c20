/*
 * Reassembly: a datagram in pieces, in each order, twice, overlapping, with
 * pieces missing, late, cut, inside of tunnels, and too many of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "decode/decode.h"

#define SECOND		NS_PER_S
#define PAYLOAD_MAX	70000

struct fixture {
	struct decoder *d;
	uint8_t datagram[PAYLOAD_MAX];	/* UDP header and payload */
	size_t size;
	bool ip6;
	uint16_t vlan;
	uint32_t id;
	int64_t time;
	uint32_t frame;
	struct segment seg;
};

static void
set16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static struct fixture
fixture_new(size_t size)
{
	struct fixture f = { .d = decoder_new(), .size = size, .id = 77, .time = 100 * SECOND };

	set16(f.datagram, 5060);
	set16(f.datagram + 2, 5062);
	set16(f.datagram + 4, size);
	for (size_t i = 8; i < size; i++)
		f.datagram[i] = (uint8_t)(i * 7 + i / 256);
	return f;
}

/* One fragment as a raw IP record in exact-size memory. Of its bytes, @p cut
 * are not captured. */
static enum decode_result
feed(struct fixture *f, size_t offset, size_t n, bool more, size_t cut)
{
	size_t vlan = f->vlan ? 18 : 0, header = vlan + (f->ip6 ? 48 : 20);
	uint8_t *bytes = xcalloc(1, header + n), *ip = bytes + vlan, *exact;
	struct record rec = {
		.wirelen = (uint32_t)(header + n), .caplen = (uint32_t)(header + n - cut),
		.time = f->time, .frame = ++f->frame, .source = 1,
		.place = { 0, PLACE_NONE }, .link = f->vlan ? 1 : 101,
	};
	enum decode_result r;

	if (f->vlan) {
		set16(bytes + 12, 0x8100);
		set16(bytes + 14, f->vlan);
		set16(bytes + 16, 0x0800);
	}
	if (f->ip6) {
		ip[0] = 0x60;
		set16(ip + 4, 8 + n);
		ip[6] = 44;
		ip[7] = 64;
		ip[23] = 1;
		ip[39] = 2;
		ip[40] = 17;
		set16(ip + 42, offset | (more ? 1 : 0));
		set16(ip + 44, f->id >> 16);
		set16(ip + 46, f->id & 0xffff);
	} else {
		ip[0] = 0x45;
		set16(ip + 2, 20 + n);
		set16(ip + 4, f->id);
		set16(ip + 6, offset / 8 | (more ? 0x2000 : 0));
		ip[8] = 64;
		ip[9] = 17;
		ip[15] = 1;
		ip[19] = 2;
	}
	memcpy(bytes + header, f->datagram + offset, n);
	exact = xmalloc(rec.caplen);
	memcpy(exact, bytes, rec.caplen);
	free(bytes);
	rec.data = exact;
	memset(&f->seg, 0xa5, sizeof(f->seg));
	r = decode_record(f->d, &rec, &f->seg);
	free(exact);
	return r;
}

/* A piece by its number: pieces of 16 bytes, the last one takes what is left. */
static enum decode_result
feed_piece(struct fixture *f, size_t i)
{
	size_t offset = i * 16;
	size_t n = f->size - offset < 16 ? f->size - offset : 16;

	return feed(f, offset, n, offset + n < f->size, 0);
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
check_whole(const struct fixture *f, unsigned fragments)
{
	assert_int_equal(f->seg.kind, SEGMENT_UDP);
	assert_int_equal(f->seg.src.port, 5060);
	assert_int_equal(f->seg.payload.n, f->size - 8);
	assert_memory_equal(f->seg.payload.p, f->datagram + 8, f->size - 8);
	assert_int_equal(f->seg.wire_length, f->size - 8);
	assert_int_equal(f->seg.flaws, 0);
	assert_int_equal(f->seg.fragments, fragments);
	assert_false(f->seg.in_record);
	assert_int_equal(f->seg.place.source, PLACE_NONE);
	assert_int_equal(f->seg.frame, f->frame);
	assert_true(f->seg.time == f->time);
	assert_int_equal(f->seg.source, 1);
	assert_int_equal(f->seg.ip_id, f->id & 0xffff);
	assert_int_equal(f->seg.ttl, 64);
}

static bool
expired(struct fixture *f)
{
	bool has = decode_has_expired(f->d, INT64_MAX);
	bool took = decode_expired(f->d, INT64_MAX, &f->seg);

	assert_true(has || !took);
	return took;
}

static void
check_orders(bool ip6)
{
	static const uint8_t orders[24][4] = {
		{ 0, 1, 2, 3 }, { 0, 1, 3, 2 }, { 0, 2, 1, 3 }, { 0, 2, 3, 1 }, { 0, 3, 1, 2 },
		{ 0, 3, 2, 1 }, { 1, 0, 2, 3 }, { 1, 0, 3, 2 }, { 1, 2, 0, 3 }, { 1, 2, 3, 0 },
		{ 1, 3, 0, 2 }, { 1, 3, 2, 0 }, { 2, 0, 1, 3 }, { 2, 0, 3, 1 }, { 2, 1, 0, 3 },
		{ 2, 1, 3, 0 }, { 2, 3, 0, 1 }, { 2, 3, 1, 0 }, { 3, 0, 1, 2 }, { 3, 0, 2, 1 },
		{ 3, 1, 0, 2 }, { 3, 1, 2, 0 }, { 3, 2, 0, 1 }, { 3, 2, 1, 0 },
	};

	for (size_t size = 49; size <= 64; size++) {
		struct fixture f = fixture_new(size);

		f.ip6 = ip6;
		for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
			f.id++;
			for (size_t k = 0; k < 3; k++)
				assert_int_equal(feed_piece(&f, orders[i][k]), DECODE_HELD);
			assert_int_equal(feed_piece(&f, orders[i][3]), DECODE_SEGMENT);
			check_whole(&f, 4);
		}
		assert_false(expired(&f));
		decoder_free(f.d);
	}
}

static void
test_orders(void **state)
{
	(void)state;
	check_orders(false);
	check_orders(true);
}

/* Each packet captured twice: A A B B C C gives the datagram once and leaves
 * nothing behind; A B C A B C gives it twice. */
static void
test_copies(void **state)
{
	(void)state;
	for (int ip6 = 0; ip6 < 2; ip6++) {
		struct fixture f = fixture_new(45);

		f.ip6 = ip6;
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(feed_piece(&f, i), i < 2 ? DECODE_HELD : DECODE_SEGMENT);
			if (i == 2)
				check_whole(&f, 3);
			assert_int_equal(feed_piece(&f, i), DECODE_HELD);
		}
		assert_false(expired(&f));
		assert_int_equal(count_of(f.d, "duplicate fragment"), 3);
		assert_int_equal(count_of(f.d, "fragments missing"), 0);
		assert_int_equal(count_of(f.d, "first fragment missing"), 0);

		f.id++;
		for (size_t i = 0; i < 6; i++)
			assert_int_equal(feed_piece(&f, i % 3),
					 i % 3 < 2 ? DECODE_HELD : DECODE_SEGMENT);
		check_whole(&f, 3);
		assert_false(expired(&f));
		assert_int_equal(count_of(f.d, "duplicate fragment"), 3);
		decoder_free(f.d);
	}
}

/* The rest of a copy does not spoil the next datagram with its id. */
static void
test_copy_then_other(void **state)
{
	struct fixture f = fixture_new(45);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_piece(&f, i);
	assert_int_equal(feed_piece(&f, 2), DECODE_HELD);
	for (size_t i = 8; i < f.size; i++)
		f.datagram[i] ^= 0x55;
	assert_int_equal(feed_piece(&f, 0), DECODE_HELD);
	assert_int_equal(feed_piece(&f, 1), DECODE_HELD);
	assert_int_equal(feed_piece(&f, 2), DECODE_SEGMENT);
	check_whole(&f, 3);
	assert_false(expired(&f));
	assert_int_equal(count_of(f.d, "duplicate fragment"), 1);
	decoder_free(f.d);
}

/* Copies on two VLANs do not mix. */
static void
test_vlans(void **state)
{
	struct fixture f = fixture_new(45);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (f.vlan = 1; f.vlan <= 2; f.vlan++) {
			assert_int_equal(feed_piece(&f, i), i < 2 ? DECODE_HELD : DECODE_SEGMENT);
			if (i == 2) {
				check_whole(&f, 3);
				assert_int_equal(f.seg.vlan, f.vlan);
			}
		}
	}
	assert_false(expired(&f));
	decoder_free(f.d);
}

static void
test_overlap(void **state)
{
	struct fixture f = fixture_new(64);

	(void)state;
	/* The same bytes again are no flaw. */
	assert_int_equal(feed(&f, 0, 32, true, 0), DECODE_HELD);
	assert_int_equal(feed(&f, 16, 40, true, 0), DECODE_HELD);
	assert_int_equal(feed(&f, 8, 56, false, 0), DECODE_SEGMENT);
	check_whole(&f, 3);

	/* Other bytes are; those that came first stay. */
	f.id++;
	assert_int_equal(feed(&f, 0, 32, true, 0), DECODE_HELD);
	f.datagram[20] ^= 1;
	assert_int_equal(feed(&f, 16, 32, true, 0), DECODE_HELD);
	f.datagram[20] ^= 1;
	assert_int_equal(feed(&f, 48, 16, false, 0), DECODE_SEGMENT);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_OVERLAP);
	assert_memory_equal(f.seg.payload.p, f.datagram + 8, f.size - 8);
	assert_int_equal(count_of(f.d, "fragments overlap with different bytes"), 1);

	/* Two ends, or bytes behind the end. */
	f.id++;
	assert_int_equal(feed(&f, 32, 16, false, 0), DECODE_HELD);
	assert_int_equal(feed(&f, 48, 16, true, 0), DECODE_HELD);
	assert_int_equal(feed(&f, 16, 24, false, 0), DECODE_HELD);
	assert_int_equal(feed(&f, 0, 32, true, 0), DECODE_SEGMENT);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_OVERLAP | SEGMENT_FLAW_UDP_LENGTH);
	assert_int_equal(f.seg.payload.n, 40);
	assert_int_equal(count_of(f.d, "fragments overlap with different bytes"), 3);
	assert_false(expired(&f));
	decoder_free(f.d);
}

static void
test_missing(void **state)
{
	struct fixture f = fixture_new(64);

	(void)state;
	/* The end is not there: what is, and how much it should be. */
	feed_piece(&f, 0);
	feed_piece(&f, 1);
	assert_false(decode_has_expired(f.d, f.time + 30 * SECOND));
	assert_false(decode_expired(f.d, f.time + 30 * SECOND, &f.seg));
	assert_true(decode_has_expired(f.d, f.time + 30 * SECOND + 1));
	assert_true(decode_expired(f.d, f.time + 30 * SECOND + 1, &f.seg));
	assert_int_equal(f.seg.payload.n, 24);
	assert_memory_equal(f.seg.payload.p, f.datagram + 8, 24);
	assert_int_equal(f.seg.wire_length, 56);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_FRAGMENTS);
	assert_int_equal(f.seg.frame, 2);
	assert_int_equal(f.seg.fragments, 2);
	assert_int_equal(f.seg.dst.addr.bytes[3], 2);
	assert_false(expired(&f));

	/* A hole: up to it. */
	f.id++;
	feed_piece(&f, 0);
	feed_piece(&f, 3);
	assert_true(expired(&f));
	assert_int_equal(f.seg.payload.n, 8);
	assert_int_equal(f.seg.wire_length, 56);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_FRAGMENTS);
	assert_false(expired(&f));

	/* The start is not there: counted. */
	f.id++;
	feed_piece(&f, 1);
	feed_piece(&f, 3);
	assert_false(expired(&f));
	assert_int_equal(count_of(f.d, "first fragment missing"), 1);
	assert_int_equal(count_of(f.d, "fragments missing"), 2);
	decoder_free(f.d);
}

/* A fragment that comes after the others have expired begins anew. */
static void
test_late(void **state)
{
	struct fixture f = fixture_new(40);

	(void)state;
	feed_piece(&f, 0);
	feed_piece(&f, 1);
	f.time += 31 * SECOND;
	assert_int_equal(feed_piece(&f, 2), DECODE_HELD);
	assert_true(decode_has_expired(f.d, f.time));
	assert_true(decode_expired(f.d, f.time, &f.seg));
	assert_int_equal(f.seg.payload.n, 24);
	assert_false(decode_expired(f.d, f.time, &f.seg));
	assert_int_equal(feed_piece(&f, 1), DECODE_HELD);
	assert_int_equal(feed_piece(&f, 0), DECODE_SEGMENT);
	check_whole(&f, 3);
	/* Without times nothing expires but at the end. */
	f.time = TIME_NONE;
	f.id++;
	feed_piece(&f, 0);
	assert_false(decode_has_expired(f.d, 1000 * SECOND));
	assert_true(expired(&f));
	decoder_free(f.d);
}

static void
test_cut(void **state)
{
	struct fixture f = fixture_new(48);

	(void)state;
	/* The last one is cut. */
	feed_piece(&f, 0);
	feed_piece(&f, 1);
	assert_int_equal(feed(&f, 32, 16, false, 5), DECODE_SEGMENT);
	assert_int_equal(f.seg.payload.n, 35);
	assert_int_equal(f.seg.wire_length, 40);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_CUT);

	/* The one in the middle is; it comes again, and again cut. */
	f.id++;
	assert_int_equal(feed(&f, 16, 16, true, 9), DECODE_HELD);
	assert_int_equal(feed(&f, 16, 16, true, 3), DECODE_HELD);
	feed_piece(&f, 0);
	assert_int_equal(feed_piece(&f, 2), DECODE_SEGMENT);
	assert_int_equal(f.seg.payload.n, 15);
	assert_memory_equal(f.seg.payload.p, f.datagram + 8, 15);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_CUT);

	/* The first is, inside of the UDP header. */
	f.id++;
	feed_piece(&f, 1);
	feed_piece(&f, 2);
	assert_int_equal(feed(&f, 0, 16, true, 12), DECODE_BAD);
	assert_int_equal(count_of(f.d, "udp header cut"), 1);

	/* Nothing of it is captured. */
	f.id++;
	feed_piece(&f, 0);
	assert_int_equal(feed(&f, 16, 32, false, 32), DECODE_SEGMENT);
	assert_int_equal(f.seg.payload.n, 8);
	assert_false(expired(&f));
	decoder_free(f.d);
}

static void
test_hostile(void **state)
{
	struct fixture f = fixture_new(65528);

	(void)state;
	/* Beyond the end of what a datagram can be; lengths that cannot be. */
	assert_int_equal(feed(&f, 65528, 8, false, 0), DECODE_BAD);
	assert_int_equal(feed(&f, 65520, 16, true, 0), DECODE_BAD);
	assert_int_equal(count_of(f.d, "fragment beyond 65535"), 2);
	assert_int_equal(feed(&f, 8, 0, false, 0), DECODE_BAD);
	assert_int_equal(feed(&f, 8, 9, true, 0), DECODE_BAD);
	assert_int_equal(count_of(f.d, "fragment length"), 2);
	assert_false(expired(&f));

	/* The largest there can be. */
	assert_int_equal(feed(&f, 32768, 65535 - 32768, false, 0), DECODE_HELD);
	set16(f.datagram + 4, 65535);
	f.size = 65535;
	assert_int_equal(feed(&f, 0, 32768, true, 0), DECODE_SEGMENT);
	assert_int_equal(f.seg.payload.n, 65535 - 8);
	assert_memory_equal(f.seg.payload.p, f.datagram + 8, 65535 - 8);
	assert_int_equal(f.seg.flaws, 0);
	decoder_free(f.d);
}

/* At the cap the oldest go first, and are given like expired ones. */
static void
test_cap(void **state)
{
	struct fixture f = fixture_new(64);
	uint64_t taken = 0, first = 0;

	(void)state;
	decoder_set_fragment_cap(f.d, 100000);
	for (f.id = 1; f.id <= 1000; f.id++) {
		assert_int_equal(feed_piece(&f, 0), DECODE_HELD);
		while (decode_expired(f.d, f.time, &f.seg)) {
			assert_int_equal(f.seg.ip_id, ++first);
			assert_int_equal(f.seg.flaws, SEGMENT_FLAW_FRAGMENTS);
			taken++;
		}
	}
	assert_true(taken > 900 && taken < 1000);
	assert_int_equal(count_of(f.d, "fragments given up for memory"), taken);
	while (expired(&f))
		taken++;
	assert_int_equal(taken, 1000);

	/* Nobody takes them: dropped, and counted. */
	for (f.id = 1; f.id <= 3000; f.id++)
		assert_int_equal(feed_piece(&f, 0), DECODE_HELD);
	taken = count_of(f.d, "incomplete datagram dropped");
	assert_true(taken > 1900);
	while (expired(&f))
		taken++;
	assert_int_equal(taken, 3000);

	/* A cap below one datagram lets one live. */
	decoder_set_fragment_cap(f.d, 0);
	feed_piece(&f, 0);
	feed_piece(&f, 1);
	feed_piece(&f, 2);
	assert_int_equal(feed_piece(&f, 3), DECODE_SEGMENT);
	check_whole(&f, 4);
	decoder_free(f.d);
}

/* What was given up and not taken is released; so is what was taken, by the
 * next record. */
static void
test_release(void **state)
{
	struct fixture f = fixture_new(64);

	(void)state;
	feed_piece(&f, 0);
	assert_true(decode_expired(f.d, INT64_MAX, &f.seg));
	f.id++;
	feed_piece(&f, 0);
	f.time += 31 * SECOND;
	feed_piece(&f, 0);
	assert_true(decode_has_expired(f.d, f.time));
	decoder_free(f.d);
}

/* A rest that ends elsewhere than its echo is no rest. */
static void
test_echo_end(void **state)
{
	struct fixture f = fixture_new(48);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_piece(&f, i);
	assert_int_equal(feed(&f, 0, 16, false, 0), DECODE_SEGMENT);
	assert_int_equal(f.seg.flaws, SEGMENT_FLAW_UDP_LENGTH);
	assert_int_equal(feed(&f, 16, 64, true, 0), DECODE_HELD);
	assert_false(expired(&f));
	assert_int_equal(count_of(f.d, "first fragment missing"), 1);
	decoder_free(f.d);
}

/* The whole of a fragmented tunnel: outer fragments, inner fragments. */
static void
test_nested(void **state)
{
	static const uint8_t inner[2][36] = {
		{ 0x45, 0, 0, 36, 0, 9, 0x20, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		  0x13, 0xc4, 0x13, 0xc4, 0, 20, 0, 0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' },
		{ 0x45, 0, 0, 24, 0, 9, 0, 2, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		  'i', 'j', 'k', 'l' },
	};
	struct decoder *d = decoder_new();
	struct segment seg;

	(void)state;
	for (uint8_t round = 0; round < 2; round++) {
		size_t size = round == 0 ? 36 : 24;

		for (uint8_t part = 0; part < 2; part++) {
			size_t n = part == 0 ? 16 : size - 16;
			uint8_t bytes[64] = {
				0x45, 0, 0, (uint8_t)(20 + n),  0, round,
				part == 0 ? 0x20 : 0, part == 0 ? 0 : 2,
				64, 4, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
			};
			struct record rec = {
				.data = bytes, .caplen = (uint32_t)(20 + n),
				.wirelen = (uint32_t)(20 + n), .link = 101,
			};

			memcpy(bytes + 20, inner[round] + part * 16, n);
			assert_int_equal(decode_record(d, &rec, &seg),
					 round && part ? DECODE_SEGMENT : DECODE_HELD);
		}
	}
	assert_true(str_eq(seg.payload, STR("abcdefghijkl")));
	assert_int_equal(seg.tunnels, 1);
	assert_int_equal(seg.fragments, 2);
	assert_int_equal(seg.src.addr.bytes[0], 10);

	/* What is given up may be a fragment itself. */
	{
		uint8_t bytes[56] = {
			0x45, 0, 0, 56,  0, 5, 0x20, 0,  64, 4, 0, 0,
			192, 0, 2, 1,  192, 0, 2, 2,
		};
		struct record rec = { .data = bytes, .caplen = 56, .wirelen = 56, .link = 101 };

		memcpy(bytes + 20, inner[0], 36);
		bytes[25] = 10;
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_BAD);
		rec.caplen = rec.wirelen = 52;
		set16(bytes + 2, 52);
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_HELD);
	}
	assert_true(decode_expired(d, INT64_MAX, &seg));
	assert_true(str_eq(seg.payload, STR("abcd")));
	assert_false(decode_expired(d, INT64_MAX, &seg));
	decoder_free(d);
}

/* Random pieces of many datagrams against a plain model: each datagram all of
 * whose bytes were fed is given, with its bytes. */
static void
test_random(void **state)
{
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct fixture f = fixture_new(0);
		bool have[64] = { false };
		size_t blocks, missing;

		seed = seed * 1664525 + 1013904223;
		blocks = 2 + (seed >> 16) % 20;
		seed = seed * 1664525 + 1013904223;
		f.size = blocks * 8 - (seed >> 16) % 8;
		f.ip6 = seed >> 30 & 1;
		set16(f.datagram + 4, f.size);
		for (size_t i = 8; i < f.size; i++)
			f.datagram[i] = (uint8_t)(seed >> (i % 24));
		missing = blocks;
		while (missing > 0) {
			size_t from, to, end;
			enum decode_result r;

			seed = seed * 1664525 + 1013904223;
			from = (seed >> 16) % blocks;
			seed = seed * 1664525 + 1013904223;
			to = from + 1 + (seed >> 16) % (blocks - from);
			if (from == 0 && to == blocks)
				continue;
			end = to == blocks ? f.size : to * 8;
			r = feed(&f, from * 8, end - from * 8, to < blocks, 0);
			for (size_t b = from; b < to; b++) {
				missing -= !have[b];
				have[b] = true;
			}
			assert_int_equal(r, missing ? DECODE_HELD : DECODE_SEGMENT);
		}
		assert_int_equal(f.seg.payload.n, f.size - 8);
		assert_memory_equal(f.seg.payload.p, f.datagram + 8, f.size - 8);
		assert_int_equal(f.seg.flaws, 0);
		decoder_free(f.d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_copy_then_other),
		cmocka_unit_test(test_vlans),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_echo_end),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
