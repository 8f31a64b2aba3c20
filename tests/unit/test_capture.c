/* The capture readers on one file: formats, times, cuts, damage. */
#include "capture_build.h"

#include "capture/sniff.h"
#include "capture/ticks.h"

static void
test_pcap_variants(void **state)
{
	static const struct {
		uint32_t magic;
		bool big;
		int64_t ns;
	} rows[] = {
		{ 0xa1b2c3d4, false, 7000 }, { 0xa1b2c3d4, true, 7000 },
		{ 0xa1b23c4d, false, 7 }, { 0xa1b23c4d, true, 7 },
		{ 0xa1b2cd34, false, 7000 }, { 0xa1b2cd34, true, 7000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct maker m = { .big = rows[i].big };
		struct capture *c = capture_new();
		struct record rec;
		struct capture_stats stats;
		uint16_t link;
		struct err err;
		int fd;

		/* The upper bits of the link type are about an FCS. */
		put_pcap_header(&m, rows[i].magic, 0x24000000u | 113);
		for (unsigned k = 0; k < 3; k++) {
			put32(&m, 1700000000 + k);
			put32(&m, 7);
			put32(&m, 5);
			put32(&m, 9);
			if (rows[i].magic == 0xa1b2cd34)
				put64(&m, 0x0102030405060708);
			buf_add_cstr(&m.b, "abcde");
		}
		fd = file_of(m.b.p, m.b.n);
		assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
		for (unsigned k = 0; k < 3; k++) {
			assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
			assert_int_equal(rec.time, (1700000000 + k) * NS_PER_S + rows[i].ns);
			assert_int_equal(rec.caplen, 5);
			assert_int_equal(rec.wirelen, 9);
			assert_int_equal(rec.link, 113);
			assert_int_equal(rec.frame, k + 1);
			assert_memory_equal(rec.data, "abcde", 5);
			assert_memory_equal(m.b.p + rec.place.offset, "abcde", 5);
		}
		assert_int_equal(capture_next(c, &rec), CAPTURE_END);
		assert_int_equal(capture_next(c, &rec), CAPTURE_END);
		capture_stats(c, &stats);
		assert_int_equal(stats.records, 3);
		assert_int_equal(stats.cut, 3);
		assert_int_equal(stats.bytes, 15);
		assert_int_equal(stats.first, 1700000000 * NS_PER_S + rows[i].ns);
		assert_int_equal(stats.last, 1700000002 * NS_PER_S + rows[i].ns);
		assert_int_equal(capture_link_at(c, 0, &link), 3);
		assert_int_equal(link, 113);
		assert_int_equal(capture_link_at(c, 1, &link), 0);
		assert_string_equal(capture_source_at(c, 0)->format, "pcap");
		assert_int_equal(capture_notice_count(c), 0);
		capture_free(c);
		close(fd);
		buf_release(&m.b);
	}
}

static void
test_ticks(void **state)
{
	static const struct {
		uint8_t tsresol;
		int64_t offset;
		uint64_t ticks;
		int64_t ns;
	} rows[] = {
		{ 6, 0, UINT64_C(1700000000123456), INT64_C(1700000000123456000) },
		{ 9, 0, UINT64_C(1700000000123456789), INT64_C(1700000000123456789) },
		{ 0, 0, 17, 17 * NS_PER_S },
		{ 0, 0, UINT64_MAX, TIME_NONE },
		{ 0, 0, UINT64_C(9223372037), TIME_NONE },
		{ 3, 100, 1500, 101 * NS_PER_S + 500 * NS_PER_MS },
		{ 12, 0, UINT64_C(1000000000001999), 1000 * NS_PER_S + 1 },
		{ 19, 0, UINT64_MAX, NS_PER_S + 844674407 },
		{ 20, 0, UINT64_MAX, 184467440 },
		{ 28, 5, UINT64_MAX, 5 * NS_PER_S + 1 },
		{ 29, 5, UINT64_MAX, 5 * NS_PER_S },
		{ 127, 5, UINT64_MAX, 5 * NS_PER_S },
		{ 0x80, 0, 3, 3 * NS_PER_S },
		{ 0x80 | 10, 0, 1536, NS_PER_S + 500 * NS_PER_MS },
		{ 0x80 | 32, 0, (UINT64_C(7) << 32) | 0x80000000u, 7 * NS_PER_S + 500 * NS_PER_MS },
		{ 0x80 | 63, 0, INT64_MAX, 999999999 },
		{ 0x80 | 64, 0, UINT64_MAX, 999999999 },
		{ 0x80 | 127, 0, UINT64_MAX, 0 },
		{ 6, INT64_MAX, UINT64_MAX, TIME_NONE },
		{ 6, INT64_MIN, 0, TIME_NONE },
		{ 6, -10, 5000000, -5 * NS_PER_S },
		{ 9, INT64_C(-9223372036), 0, TIME_NONE },
		{ 9, INT64_C(-9223372035), 0, INT64_C(-9223372035) * NS_PER_S },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ticks t;

		ticks_set(&t, rows[i].tsresol, rows[i].offset);
		if (ticks_to_ns(&t, rows[i].ticks) != rows[i].ns)
			fail_msg("row %zu: %lld", i, (long long)ticks_to_ns(&t, rows[i].ticks));
	}
	/* None of all resolutions overflows. */
	for (unsigned r = 0; r < 256; r++) {
		struct ticks t;

		ticks_set(&t, (uint8_t)r, INT64_MAX / NS_PER_S);
		ticks_to_ns(&t, UINT64_MAX);
		ticks_set(&t, (uint8_t)r, INT64_MIN / NS_PER_S);
		ticks_to_ns(&t, 0);
	}
}

/* Two sections of either byte order with everything in them. */
static void
put_whole_pcapng(struct maker *m)
{
	static const char names[] = "\xc0\0\2\1host\0alias\0";
	size_t at;

	for (int section = 0; section < 2; section++) {
		m->big = section == 1;
		put_section(m);
		put_interface(m, 1, -1, 0);
		put_interface(m, 101, 9, 50);
		put_epb(m, 0, UINT64_C(1700000000000001), 'a', 5, "first");
		put_epb(m, 1, UINT64_C(1700000000000000002), 'b', 8, NULL);
		/* simple: 6 bytes, no time */
		at = block_begin(m, 3);
		put32(m, 6);
		buf_add_cstr(&m->b, "simple\0");
		put_pad(m, 6);
		block_end(m, at);
		/* the obsolete packet block, with drops 3 */
		at = block_begin(m, 2);
		put16(m, 0);
		put16(m, 3);
		put32(m, (uint32_t)(UINT64_C(1700000001000000) >> 32));
		put32(m, (uint32_t)UINT64_C(1700000001000000));
		put32(m, 4);
		put32(m, 4);
		buf_add_cstr(&m->b, "oldy");
		block_end(m, at);
		at = block_begin(m, 4);
		put_option(m, 1, names, sizeof(names) - 1);
		put32(m, 0);
		block_end(m, at);
		/* two statistics blocks: the last counts */
		for (uint64_t k = 1; k <= 2; k++) {
			at = block_begin(m, 5);
			put32(m, 1);
			put64(m, 0);
			put16(m, 5);
			put16(m, 8);
			put64(m, 10 * k);
			put16(m, 7);
			put16(m, 8);
			put64(m, 100 * k);
			put32(m, 0);
			block_end(m, at);
		}
		at = block_begin(m, 10);
		put32(m, 0x544c534b);
		put32(m, 6);
		buf_add(&m->b, "SECRET\0\0", 8);
		block_end(m, at);
		at = block_begin(m, 0x40000bad);
		put32(m, 32473);
		block_end(m, at);
	}
}

static void
test_pcapng_whole(void **state)
{
	static const struct {
		int64_t time;
		const char *data;
		uint32_t caplen, wirelen;
		uint16_t link, interface;
	} rows[] = {
		{ INT64_C(1700000000000001000), "aaaaa", 5, 15, 1, 0 },
		{ INT64_C(1700000050000000002), "bbbbbbbb", 8, 18, 101, 1 },
		{ TIME_NONE, "simple", 6, 6, 1, 0 },
		{ INT64_C(1700000001000000000), "oldy", 4, 4, 1, 0 },
	};
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct capture_stats stats;
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	put_whole_pcapng(&m);
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		size_t k = i % ARRAY_SIZE(rows);

		assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
		assert_int_equal(rec.time, rows[k].time);
		assert_int_equal(rec.caplen, rows[k].caplen);
		assert_int_equal(rec.wirelen, rows[k].wirelen);
		assert_int_equal(rec.link, rows[k].link);
		assert_int_equal(rec.interface, rows[k].interface);
		assert_memory_equal(rec.data, rows[k].data, rec.caplen);
		assert_memory_equal(m.b.p + rec.place.offset, rec.data, rec.caplen);
	}
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	assert_int_equal(capture_notice_count(c), 0);
	capture_stats(c, &stats);
	assert_int_equal(stats.no_time, 2);
	assert_int_equal(stats.unknown_blocks, 2);
	assert_true(stats.has_drops);
	assert_int_equal(stats.dropped, 400);
	assert_int_equal(stats.if_dropped, 40);
	assert_int_equal(capture_name_count(c), 4);
	assert_string_equal(capture_name_at(c, 1)->name, "alias");
	assert_int_equal(capture_name_at(c, 0)->addr.bytes[0], 0xc0);
	assert_int_equal(capture_secrets_count(c), 2);
	assert_int_equal(capture_secrets_at(c, 1)->n, 6);
	assert_memory_equal(capture_secrets_at(c, 1)->data, "SECRET", 6);
	assert_int_equal(capture_comment_count(c), 2);
	assert_string_equal(capture_comment_at(c, 0)->text, "first");
	assert_int_equal(capture_comment_at(c, 0)->frame, 1);
	/* The custom block between has number 5. */
	assert_int_equal(capture_comment_at(c, 1)->frame, 6);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* Where each record of a file ends: those before a cut must come out. */
static size_t
whole_records(const size_t *ends, size_t n, size_t cut)
{
	size_t count = 0;

	while (count < n && ends[count] <= cut)
		count++;
	return count;
}

static void
test_pcap_every_cut(void **state)
{
	struct maker m = { 0 };
	size_t ends[4];

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	for (uint32_t i = 0; i < 4; i++) {
		put_pcap_record(&m, 1700000000 + i, i, (char)('a' + i), 30 + i);
		ends[i] = m.b.n;
	}
	for (size_t cut = 0; cut <= m.b.n; cut++) {
		struct outcome o = read_all(m.b.p, cut);
		bool clean = cut == 24;

		for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
			clean |= cut == ends[i];
		assert_int_equal(o.notices, clean ? 0 : 1);
		assert_int_equal(o.fatal, cut < 24);
		assert_int_equal(o.added, cut < 24 ? -1 : 0);
		assert_int_equal(o.records, whole_records(ends, ARRAY_SIZE(ends), cut));
	}
	buf_release(&m.b);
}

static void
test_pcapng_every_cut(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct maker m = { .big = big != 0 };
		size_t ends[3], section, interface;

		(void)state;
		put_section(&m);
		section = m.b.n;
		put_interface(&m, 1, -1, 0);
		interface = m.b.n;
		for (uint32_t i = 0; i < 3; i++) {
			put_epb(&m, 0, 1700000000000000u + i, (char)('a' + i), 30 + i, "text");
			ends[i] = m.b.n;
		}
		for (size_t cut = 0; cut <= m.b.n; cut++) {
			struct outcome o = read_all(m.b.p, cut);
			bool clean = cut == section || cut == interface;

			for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
				clean |= cut == ends[i];
			assert_int_equal(o.notices, clean ? 0 : 1);
			assert_int_equal(o.fatal, cut < section);
			assert_int_equal(o.records, whole_records(ends, ARRAY_SIZE(ends), cut));
		}
		buf_release(&m.b);
	}
}

/* All bytes of everything, each changed in turn: no crash, no endless loop. */
static void
test_every_byte_wrong(void **state)
{
	static const unsigned char wrong[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct maker m = { 0 };

	(void)state;
	put_whole_pcapng(&m);
	for (size_t i = 0; i < m.b.n; i++) {
		char was = m.b.p[i];

		for (size_t k = 0; k < ARRAY_SIZE(wrong); k++) {
			m.b.p[i] = (char)wrong[k];
			read_all(m.b.p, m.b.n);
		}
		m.b.p[i] = was;
	}
	for (size_t cut = 0; cut < m.b.n; cut++)
		read_all(m.b.p, cut);
	buf_release(&m.b);
}

static void
overwrite32(struct maker *m, size_t at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		m->b.p[at + i] = (char)(v >> 8 * i);
}

static void
test_pcap_damage(void **state)
{
	static const struct {
		size_t field;		/* of the header of record 5 of 9 */
		uint32_t value;
		size_t records, notices;
	} rows[] = {
		{ 8, 0xffffffff, 8, 1 },	/* caplen beyond all bounds */
		{ 8, 1000000, 8, 1 },		/* beyond what is usual */
		{ 8, 200000, 8, 1 },		/* beyond the end of the file */
		{ 4, 0xffffffff, 9, 0 },	/* odd fraction, but a record follows */
		{ 8, 90, 8, 1 },		/* runs into the next record */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct maker m = { 0 };
		struct outcome o;
		size_t at = 0;

		put_pcap_header(&m, 0xa1b2c3d4, 1);
		for (uint32_t k = 0; k < 9; k++) {
			if (k == 4)
				at = m.b.n;
			put_pcap_record(&m, 1700000000 + k, k, 'x', 70);
		}
		overwrite32(&m, at + rows[i].field, rows[i].value);
		o = read_all(m.b.p, m.b.n);
		if (o.records != rows[i].records || o.notices != rows[i].notices)
			fail_msg("row %zu: %zu records, %zu notices", i, o.records, o.notices);
		buf_release(&m.b);
	}
}

static void
test_pcap_zeros(void **state)
{
	struct maker m = { 0 };
	struct outcome o;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	put_pcap_record(&m, 1700000000, 0, 'x', 70);
	buf_add_chars(&m.b, 0, 5000);
	o = read_all(m.b.p, m.b.n);
	assert_int_equal(o.records, 1);
	assert_int_equal(o.notices, 1);
	buf_release(&m.b);
}

static void
test_pcapng_damage(void **state)
{
	static const struct {
		size_t field;		/* of block 5 of 9 */
		uint32_t value;
		size_t records, notices;
	} rows[] = {
		{ 4, 0, 8, 1 },			/* a length of nothing */
		{ 4, 0xffffffff, 8, 1 },
		{ 4, 5000, 8, 1 },		/* past the end */
		{ 4, 132, 8, 1 },		/* into the next block */
		{ 8, 7, 8, 1 },			/* no such interface */
		{ 20, 100000, 9, 1 },		/* caplen larger than the block */
		{ 0, 4711, 8, 0 },		/* a type nobody knows */
		{ 96, 0, 9, 1 },		/* only the second length is wrong */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct maker m = { 0 };
		struct outcome o;
		size_t at = 0;

		put_section(&m);
		put_interface(&m, 1, 6, 0);
		for (uint32_t k = 0; k < 9; k++) {
			if (k == 4)
				at = m.b.n;
			put_epb(&m, 0, 1700000000000000u + k, 'x', 68, NULL);
		}
		overwrite32(&m, at + rows[i].field, rows[i].value);
		o = read_all(m.b.p, m.b.n);
		if (o.records != rows[i].records || o.notices != rows[i].notices)
			fail_msg("row %zu: %zu records, %zu notices", i, o.records, o.notices);
		buf_release(&m.b);
	}
}

/* Records larger than the window, and ones that lie across its blocks. */
static void
test_large_records(void **state)
{
	static const uint32_t sizes[] = { 200000, 262144, 900000, 70, 3000000, 1 };
	struct maker m = { 0 };
	struct outcome o;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	overwrite32(&m, 16, 1000000);
	for (uint32_t i = 0; i < 3; i++)
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
			put_pcap_record(&m, 1700000000 + i, 0, (char)k, sizes[k]);
	o = read_all(m.b.p, m.b.n);
	assert_int_equal(o.records, 18);
	assert_int_equal(o.notices, 0);
	buf_clear(&m.b);
	put_section(&m);
	put_interface(&m, 1, 6, 0);
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
		put_epb(&m, 0, k, 'x', sizes[k], NULL);
	o = read_all(m.b.p, m.b.n);
	assert_int_equal(o.records, ARRAY_SIZE(sizes));
	assert_int_equal(o.notices, 0);
	buf_release(&m.b);
}

static void
test_notices_are_capped(void **state)
{
	struct maker m = { 0 };
	struct outcome o;

	(void)state;
	put_section(&m);
	put_interface(&m, 1, 6, 0);
	for (unsigned i = 0; i < 5000; i++)
		put_epb(&m, 9, i, 'x', 4, NULL);
	put_epb(&m, 0, 1, 'x', 4, NULL);
	o = read_all(m.b.p, m.b.n);
	assert_int_equal(o.records, 1);
	assert_int_equal(o.notices, 101);
	buf_release(&m.b);
}

static void
test_notice_text(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	put_pcap_record(&m, 1700000000, 0, 'x', 70);
	put_pcap_record(&m, 1700000000, 0, 'x', 70);
	fd = file_of(m.b.p, m.b.n - 20);
	assert_int_equal(capture_add_fd(c, fd, "a.pcap", &err), 0);
	while (next_record(c, &rec))
		;
	assert_int_equal(capture_notice_count(c), 1);
	assert_string_equal(capture_notice_at(c, 0)->text,
			    "a.pcap: offset 110, record 2: cut inside a record: 66 of 86 bytes");
	assert_false(capture_notice_at(c, 0)->fatal);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

static void
test_not_a_capture(void **state)
{
	static const struct {
		struct str bytes;
		const char *name;
	} rows[] = {
		{ STR_INIT(""), "an empty file" },
		{ STR_INIT("hello\n"), "a text file" },
		{ STR_INIT("<!DOCTYPE html><html>"), "an HTML page" },
		{ STR_INIT("snoop\0\0\0\0\0\0\2"), "snoop" },
		{ STR_INIT("GMBU\0\2"), "Network Monitor" },
		{ STR_INIT("\x7f" "ELF\2\1\1"), "ELF" },
		{ STR_INIT("INVITE sip:a@b SIP/2.0\r\n"), "SIP text" },
		{ STR_INIT("SIP/2.0 200 OK\r\n"), "SIP text" },
		{ STR_INIT("{\"a\": 1}"), "JSON" },
		{ STR_INIT("#!rtpplay1.0 1.2.3.4/5\n"), "rtpdump" },
		{ STR_INIT("CLIENT_RANDOM 00"), "TLS key log" },
		{ STR_INIT("\0\0\0\0\0\0\0\0"), "zero bytes" },
		{ STR_INIT("\x93\x01\x02"), "too short" },
		{ STR_INIT("\x1f\x8b\x08garbage"), "gzip: damaged data" },
		{ STR_INIT("\xd4\xc3\xb2\xa1\x09\x00\x04\x00\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		  "pcap version 9.4" },
		{ STR_INIT("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\2\0\0\0"
			   "\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"), "pcapng version 2.0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capture *c = capture_new();
		struct record rec;
		struct err err = { "" };
		int fd = file_of(rows[i].bytes.p, rows[i].bytes.n);

		assert_int_equal(capture_add_fd(c, fd, "some file", &err), -1);
		if (!strstr(err.text, rows[i].name) || strncmp(err.text, "some file: ", 11) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(capture_notice_count(c), 1);
		assert_true(capture_notice_at(c, 0)->fatal);
		assert_string_equal(capture_notice_at(c, 0)->text, err.text);
		assert_int_equal(capture_source_count(c), 0);
		assert_int_equal(capture_next(c, &rec), CAPTURE_END);
		capture_free(c);
		close(fd);
	}
}

static void
test_paths(void **state)
{
	struct capture *c = capture_new();
	struct err err;

	(void)state;
	assert_int_equal(capture_add(c, "/", &err), -1);
	assert_string_equal(err.text, "/: is a directory");
	assert_int_equal(capture_add(c, "/nonexistent/x.pcap", &err), -1);
	assert_string_equal(err.text, "/nonexistent/x.pcap: No such file or directory");
	assert_int_equal(capture_add(c, "/dev/null", &err), -1);
	assert_string_equal(err.text, "/dev/null: an empty file");
	assert_int_equal(capture_notice_count(c), 3);
	capture_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap_variants),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_pcapng_whole),
		cmocka_unit_test(test_pcap_every_cut),
		cmocka_unit_test(test_pcapng_every_cut),
		cmocka_unit_test(test_every_byte_wrong),
		cmocka_unit_test(test_pcap_damage),
		cmocka_unit_test(test_pcap_zeros),
		cmocka_unit_test(test_pcapng_damage),
		cmocka_unit_test(test_large_records),
		cmocka_unit_test(test_notices_are_capped),
		cmocka_unit_test(test_notice_text),
		cmocka_unit_test(test_not_a_capture),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
