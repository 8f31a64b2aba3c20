/* Sets of inputs: merging, pipes, packed files, the filter, places, the spool. */
#include <archive.h>
#include <archive_entry.h>

#include "capture_build.h"

/* A pcap of @p n records, 10 bytes each, at @p start, @p start + step, ... */
static void
make_pcap(struct maker *m, uint32_t start, uint32_t step, unsigned n, char fill)
{
	buf_clear(&m->b);
	put_pcap_header(m, 0xa1b2c3d4, 1);
	for (unsigned i = 0; i < n; i++)
		put_pcap_record(m, start + i * step, 0, fill, 10);
}

static void
test_merge(void **state)
{
	/* Five files that interleave, two of them equal in all times. */
	static const struct {
		uint32_t start, step;
		unsigned n;
	} files[] = {
		{ 1000, 5, 40 }, { 1001, 3, 50 }, { 1000, 5, 40 }, { 1150, 1, 9 }, { 1000, 7, 0 },
	};
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int64_t last = 0;
	uint16_t last_source = 0;
	unsigned frames[5] = { 0 }, total = 0;
	int fds[5];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		make_pcap(&m, files[i].start, files[i].step, files[i].n, (char)('a' + i));
		fds[i] = file_of(m.b.p, m.b.n);
		assert_int_equal(capture_add_fd(c, fds[i], "f", &err), 0);
	}
	while (next_record(c, &rec)) {
		assert_true(rec.time >= last);
		if (rec.time == last)
			assert_true(rec.source >= last_source);
		last = rec.time;
		last_source = rec.source;
		assert_int_equal(rec.data[0], 'a' + rec.source);
		assert_int_equal(rec.frame, ++frames[rec.source]);
		total++;
	}
	assert_int_equal(total, 139);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(frames[i], files[i].n);
		close(fds[i]);
	}
	capture_free(c);
	buf_release(&m.b);
}

/* An input added while another is being read. */
static void
test_add_late(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned n = 0;
	int a, b;

	(void)state;
	make_pcap(&m, 1000, 2, 10, 'a');
	a = file_of(m.b.p, m.b.n);
	make_pcap(&m, 1005, 2, 10, 'b');
	b = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, a, "a", &err), 0);
	assert_true(next_record(c, &rec));
	assert_true(next_record(c, &rec));
	assert_int_equal(capture_add_fd(c, b, "b", &err), 0);
	for (int64_t last = rec.time; next_record(c, &rec); last = rec.time, n++)
		assert_true(rec.time >= last);
	assert_int_equal(n, 18);
	capture_free(c);
	close(a);
	close(b);
	buf_release(&m.b);
}

static void
test_steps_back(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct capture_stats stats;
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	put_pcap_record(&m, 1000, 0, 'a', 1);
	put_pcap_record(&m, 900, 0, 'b', 1);
	put_pcap_record(&m, 1100, 0, 'c', 1);
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	for (char want = 'a'; want <= 'c'; want++) {
		assert_true(next_record(c, &rec));
		assert_int_equal(rec.data[0], want);
	}
	capture_stats(c, &stats);
	assert_int_equal(stats.back, 1);
	assert_int_equal(stats.first, 900 * NS_PER_S);
	assert_int_equal(stats.last, 1100 * NS_PER_S);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* A pipe byte by byte: WAIT until a record is whole, never a lost one. */
static void
test_pipe_by_bytes(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned n = 0;
	int p[2];

	(void)state;
	make_pcap(&m, 1000, 1, 5, 'p');
	assert_int_equal(pipe(p), 0);
	assert_int_equal(capture_add_fd(c, p[0], "pipe", &err), 0);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	assert_int_equal(capture_fd(c), p[0]);
	for (size_t i = 0; i < m.b.n; i++) {
		enum capture_status st;

		assert_int_equal(write(p[1], m.b.p + i, 1), 1);
		st = capture_next(c, &rec);
		if (i >= 24 && (i - 24) % 26 == 25) {
			assert_int_equal(st, CAPTURE_RECORD);
			assert_true(rec.fleeting);
			assert_int_equal(rec.place.source, 0);
			assert_int_equal(rec.data[9], 'p');
			n++;
			st = capture_next(c, &rec);
		}
		assert_int_equal(st, CAPTURE_WAIT);
	}
	close(p[1]);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	assert_int_equal(n, 5);
	assert_int_equal(capture_notice_count(c), 0);
	assert_false(capture_source_at(c, 0)->seekable);
	capture_free(c);
	close(p[0]);
	buf_release(&m.b);
}

/* A pipe that says nothing holds a file back; one that is no capture ends. */
static void
test_pipe_and_file(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned n = 0;
	int p[2], q[2], fd;

	(void)state;
	make_pcap(&m, 1000, 2, 5, 'f');
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pipe(q), 0);
	assert_int_equal(capture_add_fd(c, fd, "file", &err), 0);
	assert_int_equal(capture_add_fd(c, p[0], "pipe", &err), 0);
	assert_int_equal(capture_add_fd(c, q[0], "bad", &err), 0);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	assert_int_equal(write(q[1], "hello world\n", 12), 12);
	close(q[1]);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	assert_int_equal(capture_fd(c), p[0]);
	make_pcap(&m, 1001, 2, 5, 'p');
	assert_true(write(p[1], m.b.p, m.b.n) == (ssize_t)m.b.n);
	close(p[1]);
	while (next_record(c, &rec))
		assert_int_equal(rec.data[0], n++ % 2 ? 'p' : 'f');
	assert_int_equal(n, 10);
	assert_int_equal(capture_notice_count(c), 1);
	assert_string_equal(capture_notice_at(c, 0)->text, "bad: not a capture: a text file");
	assert_true(capture_notice_at(c, 0)->fatal);
	capture_free(c);
	close(fd);
	close(p[0]);
	close(q[0]);
	buf_release(&m.b);
}

static void
test_fifo(void **state)
{
	char dir[] = "/tmp/rung-test-XXXXXX";
	struct buf path = BUF_INIT;
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	buf_printf(&path, "%s/fifo", dir);
	assert_int_equal(mkfifo(path.p, 0600), 0);
	/* Nobody writes yet. */
	assert_int_equal(capture_add(c, path.p, &err), 0);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	fd = open(path.p, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	make_pcap(&m, 1000, 2, 3, 'f');
	assert_true(write(fd, m.b.p, m.b.n - 5) == (ssize_t)m.b.n - 5);
	assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
	assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	close(fd);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	assert_int_equal(capture_notice_count(c), 1);
	capture_free(c);
	unlink(path.p);
	rmdir(dir);
	buf_release(&path);
	buf_release(&m.b);
}

/* ---- packed ---- */

struct member {
	const char *name;
	const void *p;
	size_t n;
};

/* Pack into memory. @p format: raw, zip, ustar. */
static size_t
pack(int (*filter)(struct archive *), int (*format)(struct archive *),
     const struct member *members, size_t n, char *to, size_t size)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	if (filter)
		assert_int_equal(filter(a), ARCHIVE_OK);
	assert_int_equal(format(a), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, to, size, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, members[i].name);
		archive_entry_set_size(e, (la_int64_t)members[i].n);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_true(archive_write_data(a, members[i].p, members[i].n) ==
			    (la_ssize_t)members[i].n);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	return used;
}

static const struct {
	const char *name;
	int (*filter)(struct archive *);
} filters[] = {
	{ "gzip", archive_write_add_filter_gzip }, { "xz", archive_write_add_filter_xz },
	{ "zstd", archive_write_add_filter_zstd }, { "lz4", archive_write_add_filter_lz4 },
	{ "bzip2", archive_write_add_filter_bzip2 },
};

#define PACKED_MAX	((size_t)1 << 20)

static void
test_packed_file(void **state)
{
	struct maker m = { 0 };
	char *packed = malloc(PACKED_MAX);
	uint32_t seed = 1;

	(void)state;
	make_pcap(&m, 1000, 1, 3000, 'g');
	for (size_t i = 40; i < m.b.n; i += 26)
		for (size_t k = 0; k < 4; k++)
			m.b.p[i + k] = (char)((seed = seed * 1103515245u + 12345u) >> 16);
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		struct member member = { "data", m.b.p, m.b.n };
		size_t n = pack(filters[i].filter, archive_write_set_format_raw, &member, 1,
				packed, PACKED_MAX);

		/* As a file, as a pipe, and cut. */
		for (int way = 0; way < 3; way++) {
			struct capture *c = capture_new();
			struct record rec;
			struct err err;
			unsigned count = 0;
			int fd, p[2] = { -1, -1 };

			if (way == 1) {
				assert_int_equal(pipe(p), 0);
				assert_true(n < 65536 && write(p[1], packed, n) == (ssize_t)n);
				close(p[1]);
				fd = p[0];
			} else {
				fd = file_of(packed, way == 2 ? n - n / 10 : n);
			}
			/* The last block of a cut one is lost, for bzip2 all of it. */
			if (capture_add_fd(c, fd, "x", &err) != 0)
				assert_int_equal(way, 2);
			while (next_record(c, &rec)) {
				count++;
				assert_int_equal(rec.data[5], 'g');
				assert_true(rec.fleeting || rec.place.source == PLACE_NONE);
			}
			if (way < 2) {
				assert_int_equal(count, 3000);
				assert_int_equal(capture_notice_count(c), 0);
				assert_string_equal(capture_source_at(c, 0)->packing,
						    filters[i].name);
			} else {
				assert_int_equal(capture_notice_count(c), 1);
				assert_true(count < 3000);
				/* Nothing readable is lost of gzip. */
				if (i == 0)
					assert_true(count > 2600);
			}
			capture_free(c);
			close(fd);
		}
	}
	free(packed);
	buf_release(&m.b);
}

/* Opened, but neither parsed nor unpacked before it is said. */
static void
test_late(void **state)
{
	char *packed = malloc(PACKED_MAX);
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned count = 0;
	int fds[3];

	(void)state;
	make_pcap(&m, 1000, 1, 5, 'l');
	fds[0] = file_of(m.b.p, m.b.n);
	fds[1] = file_of(packed, pack(archive_write_add_filter_none,
				      archive_write_set_format_zip,
				      &(struct member){ "x.pcap", m.b.p, m.b.n }, 1, packed,
				      PACKED_MAX));
	fds[2] = file_of("hello", 5);
	capture_set_late(c, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(capture_add_fd(c, fds[i], "x", &err), i == 2 ? -1 : 0);
	capture_set_late(c, false);
	assert_int_equal(capture_source_count(c), 0);
	assert_int_equal(capture_notice_count(c), 1);
	assert_int_equal(capture_begin_late(c), 0);
	while (next_record(c, &rec))
		count++;
	assert_int_equal(count, 10);
	capture_free(c);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	free(packed);
	buf_release(&m.b);
}

/* gzip files put one after another are one file; padding is none of it. */
static void
test_gzip_members(void **state)
{
	struct maker m = { 0 };
	char *packed = malloc(PACKED_MAX);
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned count = 0;
	size_t n = 0;
	int fd;

	(void)state;
	make_pcap(&m, 1000, 1, 400, 'g');
	for (size_t from = 0; from < m.b.n; from += 1000) {
		size_t left = m.b.n - from;
		struct member member = { "data", m.b.p + from, left < 1000 ? left : 1000 };

		n += pack(archive_write_add_filter_gzip, archive_write_set_format_raw, &member, 1,
			  packed + n, PACKED_MAX - n);
	}
	memset(packed + n, 0, 100);
	fd = file_of(packed, n + 100);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	while (next_record(c, &rec))
		count++;
	assert_int_equal(count, 400);
	assert_int_equal(capture_notice_count(c), 0);
	capture_free(c);
	close(fd);
	free(packed);
	buf_release(&m.b);
}

/* What came through a gzip pipe is there before the pipe ends, and of a cut
 * one no record is lost: byte by byte. */
static void
test_gzip_by_bytes(void **state)
{
	struct maker m = { 0 };
	struct member member = { "data", NULL, 0 };
	char *packed = malloc(PACKED_MAX);
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	unsigned count = 0, early;
	size_t n;
	int p[2];

	(void)state;
	make_pcap(&m, 1000, 1, 400, 'g');
	member.p = m.b.p;
	member.n = m.b.n;
	n = pack(archive_write_add_filter_gzip, archive_write_set_format_raw, &member, 1, packed,
		 PACKED_MAX);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(capture_add_fd(c, p[0], "x", &err), 0);
	for (size_t i = 0; i < n - 9; i++) {
		enum capture_status st;

		assert_int_equal(write(p[1], packed + i, 1), 1);
		while ((st = capture_next(c, &rec)) == CAPTURE_RECORD)
			count++;
		assert_int_equal(st, CAPTURE_WAIT);
	}
	early = count;
	close(p[1]);
	while (next_record(c, &rec))
		count++;
	assert_true(early > 300);
	assert_true(count >= 399);
	assert_int_equal(capture_notice_count(c), 1);
	assert_non_null(strstr(capture_notice_at(c, 0)->text, "gzip: the data is cut short"));
	capture_free(c);
	close(p[0]);
	free(packed);
	buf_release(&m.b);
}

static void
read_archive(const char *bytes, size_t n, const char *packing, bool as_pipe)
{
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int64_t last = 0;
	unsigned count = 0;
	char copy[10];
	int fd, p[2];

	if (as_pipe) {
		assert_int_equal(pipe(p), 0);
		assert_true(write(p[1], bytes, n) == (ssize_t)n);
		close(p[1]);
		fd = p[0];
	} else {
		fd = file_of(bytes, n);
	}
	assert_int_equal(capture_add_fd(c, fd, "A", &err), 0);
	while (next_record(c, &rec)) {
		assert_true(rec.time >= last);
		last = rec.time;
		count++;
		if (rec.place.source == PLACE_NONE)
			continue;
		assert_true(capture_keep(c, &rec));
		assert_int_equal(capture_read(c, rec.place, copy, 10, &err), 0);
		assert_memory_equal(copy, rec.data, 10);
	}
	assert_int_equal(count, 1300);
	assert_int_equal(capture_source_count(c), 3);
	assert_string_equal(capture_source_at(c, 0)->name, "A:later.pcap");
	assert_string_equal(capture_source_at(c, 0)->packing, packing);
	assert_true(capture_source_at(c, 0)->seekable);
	assert_string_equal(capture_source_at(c, 2)->name, "A:dir/packed.gz");
	assert_string_equal(capture_source_at(c, 2)->packing, "gzip");
	assert_int_equal(capture_notice_count(c), 2);
	assert_string_equal(capture_notice_at(c, 0)->text,
			    "A:readme.txt: left out: not a capture: a text file");
	capture_free(c);
	close(fd);
}

static void
test_archives(void **state)
{
	struct maker later = { 0 }, early = { 0 }, third = { 0 };
	char *inner = malloc(PACKED_MAX), *outer = malloc(PACKED_MAX);
	struct member members[5];
	size_t n;

	(void)state;
	make_pcap(&later, 1500, 1, 500, 'l');
	make_pcap(&early, 1000, 2, 500, 'e');
	make_pcap(&third, 1200, 3, 300, 't');
	members[0] = (struct member){ "data", third.b.p, third.b.n };
	n = pack(archive_write_add_filter_gzip, archive_write_set_format_raw, members, 1, inner,
		 PACKED_MAX);
	members[0] = (struct member){ "readme.txt", "hello\n", 6 };
	members[1] = (struct member){ "later.pcap", later.b.p, later.b.n };
	members[2] = (struct member){ "early.pcap", early.b.p, early.b.n };
	members[3] = (struct member){ "dir/packed.gz", inner, n };
	members[4] = (struct member){ "empty", "", 0 };
	n = pack(NULL, archive_write_set_format_zip, members, 5, outer, PACKED_MAX);
	read_archive(outer, n, "zip", false);
	read_archive(outer, n, "zip", true);
	n = pack(NULL, archive_write_set_format_ustar, members, 5, outer, PACKED_MAX);
	read_archive(outer, n, "tar", false);
	n = pack(archive_write_add_filter_zstd, archive_write_set_format_ustar, members, 5, outer,
		 PACKED_MAX);
	read_archive(outer, n, "tar", true);
	n = pack(archive_write_add_filter_gzip, archive_write_set_format_ustar, members, 5, outer,
		 PACKED_MAX);
	read_archive(outer, n, "tar", false);
	read_archive(outer, n, "tar", true);
	free(inner);
	free(outer);
	buf_release(&later.b);
	buf_release(&early.b);
	buf_release(&third.b);
}

static void
test_archive_of_nothing(void **state)
{
	struct member member = { "a.txt", "hello\n", 6 };
	char *packed = malloc(PACKED_MAX);
	struct capture *c = capture_new();
	struct err err;
	size_t n;
	int fd;

	(void)state;
	n = pack(NULL, archive_write_set_format_zip, &member, 1, packed, PACKED_MAX);
	fd = file_of(packed, n);
	assert_int_equal(capture_add_fd(c, fd, "A", &err), -1);
	assert_string_equal(err.text, "A: a zip archive without a capture in it");
	capture_free(c);
	close(fd);
	free(packed);
}

/* ---- filter ---- */

/* An Ethernet and a raw IPv4 UDP packet from and to @p port. */
static void
put_udp(struct maker *m, uint32_t interface, bool ethernet, uint16_t port)
{
	struct maker k = { .big = true };
	size_t at = block_begin(m, 6);

	if (ethernet) {
		buf_add_chars(&k.b, 2, 12);
		put16(&k, 0x0800);
	}
	put16(&k, 0x4500);
	put16(&k, 28);
	put32(&k, 0);
	put32(&k, 0x40110000);
	put32(&k, 0x0a000001);
	put32(&k, 0x0a000002);
	put16(&k, port);
	put16(&k, port);
	put32(&k, 0x00080000);
	put32(m, interface);
	put64(m, 0);
	put32(m, (uint32_t)k.b.n);
	put32(m, (uint32_t)k.b.n);
	buf_add(&m->b, k.b.p, k.b.n);
	put_pad(m, k.b.n);
	block_end(m, at);
	buf_release(&k.b);
}

static void
test_filter(void **state)
{
	static const uint32_t frames[] = { 1, 3, 5, 7 };
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct capture_stats stats;
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	put_section(&m);
	put_interface(&m, 1, 6, 0);
	put_interface(&m, 101, 6, 0);
	put_interface(&m, 228, 6, 0);
	put_interface(&m, 12, 6, 0);
	for (uint32_t i = 0; i < 4; i++) {
		put_udp(&m, i, i == 0, 5060);
		put_udp(&m, i, i == 0, 5070);
	}
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_set_filter(c, "udp port and and", &err), -1);
	assert_memory_equal(err.text, "BPF filter: ", 12);
	assert_int_equal(capture_set_filter(c, "port 5060 and host 10.0.0.1", &err), 0);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		assert_true(next_record(c, &rec));
		assert_int_equal(rec.frame, frames[i]);
	}
	assert_false(next_record(c, &rec));
	capture_stats(c, &stats);
	assert_int_equal(stats.records, 8);
	assert_int_equal(stats.filtered, 4);
	assert_int_equal(capture_notice_count(c), 0);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* Known on Linux cooked captures only; the input is Ethernet. */
static void
test_filter_that_fits_nothing(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int fd;

	(void)state;
	make_pcap(&m, 1000, 1, 50000, 'x');
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_set_filter(c, "inbound", &err), 0);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	/* A turn's end while all is filtered out. */
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	assert_false(next_record(c, &rec));
	assert_int_equal(capture_notice_count(c), 2);
	assert_false(capture_notice_at(c, 0)->fatal);
	assert_true(capture_notice_at(c, 1)->fatal);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* ---- places and the spool ---- */

static void
test_spool(void **state)
{
	struct capture *c = capture_new();
	struct place places[64];
	static uint8_t block[100000], back[100000];
	struct place none;
	struct err err;

	(void)state;
	capture_set_spool_cap(c, 64 * sizeof(block));
	for (unsigned i = 0; i < 64; i++) {
		memset(block, (int)i, sizeof(block));
		places[i] = capture_spool(c, block, sizeof(block));
		assert_int_equal(places[i].source, PLACE_SPOOL);
		assert_true(capture_hold(c, places[i], sizeof(block)));
		/* Those in the file, those in memory, those across both. */
		for (unsigned k = 0; k <= i; k++) {
			assert_int_equal(capture_read(c, places[k], back, sizeof(back), &err), 0);
			assert_int_equal(back[0], k);
			assert_int_equal(back[sizeof(back) - 1], k);
		}
	}
	none = capture_spool(c, block, 1);
	assert_int_equal(none.source, PLACE_NONE);
	none = capture_spool(c, block, 1);
	assert_int_equal(none.source, PLACE_NONE);
	assert_int_equal(capture_notice_count(c), 1);
	assert_int_equal(capture_read(c, none, back, 1, &err), -1);
	places[0].offset = 64 * sizeof(block);
	assert_int_equal(capture_read(c, places[0], back, 1, &err), -1);
	capture_free(c);
}

static void
test_read_again(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	struct place *places = calloc(30000, sizeof(*places));
	uint32_t seed = 1;
	size_t n = 0;
	char got[100], want[100];
	struct err err;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	for (uint32_t i = 0; i < 30000; i++)
		put_pcap_record(&m, 1000, i, (char)(i * 7), 60 + i % 40);
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	while (next_record(c, &rec))
		places[n++] = rec.place;
	assert_int_equal(n, 30000);
	/* Forwards, backwards, anywhere. */
	for (size_t k = 0; k < 3 * n; k++) {
		size_t i = k < n ? k : 2 * n - 1 - k;

		if (k >= 2 * n)
			i = (seed = seed * 1103515245u + 12345u) % n;
		memset(want, (int)(i * 7), sizeof(want));
		assert_int_equal(capture_read(c, places[i], got, 60 + i % 40, &err), 0);
		assert_memory_equal(got, want, 60 + i % 40);
	}
	assert_int_equal(ftruncate(fd, 100000), 0);
	assert_int_equal(capture_read(c, places[n / 2], got, 60, &err), -1);
	assert_string_equal(err.text, "x: offset 1432540: the file has become shorter");
	capture_free(c);
	close(fd);
	free(places);
	buf_release(&m.b);
}

/* Standard input that is a file somewhere in its middle. */
static void
test_from_an_offset(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	uint64_t done, total;
	char got[10];
	struct err err;
	int fd;

	(void)state;
	buf_add_chars(&m.b, '#', 1000);
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	put_pcap_record(&m, 1000, 0, 'z', 10);
	fd = file_of(m.b.p, m.b.n);
	assert_int_equal(lseek(fd, 1000, SEEK_SET), 1000);
	assert_int_equal(capture_add_fd(c, fd, "x", &err), 0);
	assert_true(next_record(c, &rec));
	assert_int_equal(rec.place.offset, 1040);
	assert_int_equal(capture_read(c, rec.place, got, 10, &err), 0);
	assert_memory_equal(got, "zzzzzzzzzz", 10);
	assert_false(next_record(c, &rec));
	capture_progress(c, &done, &total);
	assert_int_equal(done, 50);
	assert_int_equal(total, 50);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* The next record, by some at a time where @few. @return whether there is one. */
static bool
take_next(struct capture *c, bool few, struct record *recs, size_t *at, size_t *n,
	  struct record *rec)
{
	if (few && *at == *n) {
		*at = 0;
		*n = capture_next_few(c, recs, 7);
	}
	if (*at == *n)
		return next_record(c, rec);
	*rec = recs[(*at)++];
	return true;
}

/* Several records at a time are those that come one by one, and are counted as these. */
static void
check_few(const struct maker *m)
{
	struct capture *one = capture_new(), *few = capture_new();
	struct record a, b, recs[7];
	struct capture_stats x, y;
	size_t at = 0, n = 0, none = 0, records = 0, by_few = 0;
	int fds[2] = { file_of(m->b.p, m->b.n), file_of(m->b.p, m->b.n) };
	struct err err;

	assert_int_equal(capture_add_fd(one, fds[0], "f", &err), 0);
	assert_int_equal(capture_add_fd(few, fds[1], "f", &err), 0);
	while (take_next(one, false, recs, &none, &none, &a)) {
		assert_true(take_next(few, true, recs, &at, &n, &b));
		by_few += n > 0;
		records++;
		assert_int_equal(a.time, b.time);
		assert_int_equal(a.caplen, b.caplen);
		assert_int_equal(a.wirelen, b.wirelen);
		assert_memory_equal(a.data, b.data, a.caplen);
		assert_int_equal(a.place.offset, b.place.offset);
		assert_int_equal(a.place.source, b.place.source);
		assert_int_equal(a.frame, b.frame);
		assert_int_equal(a.source, b.source);
		assert_int_equal(a.interface, b.interface);
		assert_int_equal(a.link, b.link);
		assert_int_equal(a.fleeting, b.fleeting);
	}
	assert_false(take_next(few, true, recs, &at, &n, &b));
	assert_int_equal(capture_next_few(few, recs, 7), 0);
	assert_true(records > 8 && by_few > records / 2);
	capture_stats(one, &x);
	capture_stats(few, &y);
	assert_memory_equal(&x, &y, sizeof(x));
	assert_int_equal(capture_notice_count(one), capture_notice_count(few));
	for (size_t i = 0; i < capture_notice_count(one); i++)
		assert_string_equal(capture_notice_at(one, i)->text,
				    capture_notice_at(few, i)->text);
	assert_int_equal(capture_comment_count(one), capture_comment_count(few));
	for (size_t i = 0; i < capture_comment_count(one); i++)
		assert_int_equal(capture_comment_at(one, i)->frame,
				 capture_comment_at(few, i)->frame);
	capture_free(one);
	capture_free(few);
	close(fds[0]);
	close(fds[1]);
}

static void
test_few(void **state)
{
	struct maker m = { 0 };

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		buf_clear(&m.b);
		m.big = round == 1;
		put_pcap_header(&m, round == 2 ? 0xa1b23c4d : 0xa1b2c3d4, 1);
		/* Blocks of the file end inside of records; times go back, records are cut. */
		for (uint32_t i = 0; i < 9000; i++) {
			put_pcap_record(&m, 1000 + i / 7 - (i % 100 == 50), i, (char)i,
					i % 130 + 1);
			if (i % 333 == 0)
				m.b.p[m.b.n - (i % 130 + 1) - 2] = 1;
			if (i % 555 == 100)	/* less on the wire than captured */
				m.b.p[m.b.n - (i % 130 + 1) - (m.big ? 1 : 4)] = 1;
			if (i == 5000)
				buf_add_chars(&m.b, '\xff', 100);
		}
		put32(&m, 1);
		check_few(&m);
	}
	buf_release(&m.b);
}

/* What may stand between packets of a pcapng file, and packets that are not plain. */
static void
put_odd(struct maker *m, unsigned i)
{
	static const char flags[4] = { 1 }, long_one[300] = "x";
	size_t at;

	switch (i) {
	case 0:
		put_epb(m, 0, 1000, 'c', 13, "a comment");
		break;
	case 1:		/* options that are no comments, then a comment behind them */
		at = block_begin(m, 6);
		put32(m, 1);
		put32(m, 0);
		put32(m, 1000000);
		put32(m, 5);
		put32(m, 5);
		buf_add_chars(&m->b, 'o', 5);
		put_pad(m, 5);
		put_option(m, 2, flags, 4);
		put_option(m, 1, "late", 4);
		put32(m, 0);
		block_end(m, at);
		break;
	case 2:		/* only options that are none */
		at = block_begin(m, 6);
		put32(m, 0);
		put32(m, 0);
		put32(m, 1000001);
		put32(m, 6);
		put32(m, 6);
		buf_add_chars(&m->b, 'f', 6);
		put_pad(m, 6);
		put_option(m, 2, flags, 4);
		put_option(m, 0x8001, long_one, sizeof(long_one));
		put32(m, 0);
		block_end(m, at);
		break;
	case 3:		/* an option runs past its block */
		at = block_begin(m, 6);
		put32(m, 0);
		put32(m, 0);
		put32(m, 1000001);
		put32(m, 4);
		put32(m, 4);
		buf_add_chars(&m->b, 'f', 4);
		put16(m, 2);
		put16(m, 400);
		put32(m, 0);
		block_end(m, at);
		break;
	case 4:		/* no such interface */
		put_epb(m, 77, 1000, 'n', 8, NULL);
		break;
	case 5:		/* more bytes than there is room for */
		at = m->b.n;
		put_epb(m, 0, 1000, 'r', 16, NULL);
		m->b.p[at + (m->big ? 23 : 20)] = 99;
		break;
	case 6:		/* less on the wire than captured */
		at = m->b.n;
		put_epb(m, 0, 1000, 'w', 16, NULL);
		m->b.p[at + (m->big ? 27 : 24)] = 1;
		break;
	case 7:		/* a simple packet */
		at = block_begin(m, 3);
		put32(m, 6);
		buf_add_chars(&m->b, 's', 6);
		put_pad(m, 6);
		block_end(m, at);
		break;
	case 8:		/* an obsolete one */
		at = block_begin(m, 2);
		put16(m, 0);
		put16(m, 3);
		put32(m, 0);
		put32(m, 1000002);
		put32(m, 7);
		put32(m, 7);
		buf_add_chars(&m->b, 'p', 7);
		put_pad(m, 7);
		block_end(m, at);
		break;
	case 9:		/* another interface, of another link type, in finer ticks */
		put_interface(m, 101, 9, 0);
		put_epb(m, 2, 1234567890123, '9', 20, NULL);
		put_epb(m, 2, 1234567890124, '9', 20, NULL);
		break;
	case 10:	/* a time that cannot be */
		put_epb(m, 1, UINT64_MAX, 't', 9, NULL);
		put_epb(m, 0, UINT64_MAX, 't', 9, NULL);
		break;
	case 11:	/* names, statistics, something unknown, something of systemd */
		at = block_begin(m, 4);
		put16(m, 1);
		put16(m, 8);
		buf_add(&m->b, "\x0a\0\0\1abc", 8);
		put32(m, 0);
		block_end(m, at);
		at = block_begin(m, 5);
		put32(m, 0);
		put64(m, 0);
		block_end(m, at);
		block_end(m, block_begin(m, 0x1234));
		at = block_begin(m, 9);
		put32(m, 0);
		block_end(m, at);
		break;
	case 12:	/* lengths that differ, before a good block */
		at = m->b.n;
		put_epb(m, 0, 1000, 'd', 16, NULL);
		m->b.p[m->b.n - (m->big ? 1 : 4)] ^= 4;
		break;
	case 13:	/* bytes that are no block */
		buf_add_chars(&m->b, '\xee', 40);
		break;
	case 14:	/* a length without its padding */
		at = block_begin(m, 6);
		put32(m, 0);
		put32(m, 0);
		put32(m, 1000003);
		put32(m, 5);
		put32(m, 5);
		buf_add_chars(&m->b, 'u', 5);
		put32(m, 37);
		memcpy(m->b.p + at + 4, m->b.p + m->b.n - 4, 4);
		break;
	case 15:	/* too short for a packet */
		at = block_begin(m, 6);
		put32(m, 0);
		block_end(m, at);
		break;
	default:	/* another section, the other way round */
		m->big = !m->big;
		put_section(m);
		put_interface(m, 1, -1, 0);
		put_interface(m, 1, 0x8a, -5);
		break;
	}
}

#define ODD	17u	/* of put_odd() */

static void
put_ng_start(struct maker *m)
{
	buf_clear(&m->b);
	put_section(m);
	put_interface(m, 1, -1, 0);
	put_interface(m, 1, 0x8a, -5);
}

static void
test_few_of_blocks(void **state)
{
	struct maker m = { 0 };

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		m.big = round % 2;
		put_ng_start(&m);
		/* Blocks of the file end inside of blocks. */
		for (uint32_t i = 0; i < 9000; i++) {
			put_epb(&m, i % 50 == 7, 1000000u + i - (i % 100 == 50 ? 90u : 0),
				(char)i, i % 130, NULL);
			if (round >= 2 && i % 97 == 0 && i / 97 / 2 < ODD)
				put_odd(&m, i / 97 / 2);
		}
		check_few(&m);
	}
	buf_release(&m.b);
}

/* The same, cut after each byte. */
static void
test_few_of_blocks_cut(void **state)
{
	struct maker m = { 0 };

	(void)state;
	for (unsigned odd = 0; odd < ODD; odd++) {
		size_t all, from;

		m.big = odd % 2;
		put_ng_start(&m);
		for (unsigned i = 0; i < 20; i++)
			put_epb(&m, i % 2, 1000000 + i, 'a', 4 + i % 5, NULL);
		from = m.b.n - 50;
		put_odd(&m, odd);
		for (unsigned i = 0; i < 3; i++)
			put_epb(&m, 0, 1000050 + i, 'b', 3 + i, NULL);
		all = m.b.n;
		for (m.b.n = from; m.b.n <= all; m.b.n++)
			check_few(&m);
	}
	buf_release(&m.b);
}

static void
test_few_of_many(void **state)
{
	struct capture *c = capture_new();
	struct record rec, recs[4];
	struct maker m = { 0 };
	struct err err;
	int fds[2], pipes[2];

	(void)state;
	/* None of two files, with a filter, of a pipe, or before there was one. */
	make_pcap(&m, 1000, 1, 20, 'a');
	fds[0] = file_of(m.b.p, m.b.n);
	fds[1] = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, fds[0], "a", &err), 0);
	assert_int_equal(capture_next_few(c, recs, 4), 0);
	assert_int_equal(capture_add_fd(c, fds[1], "b", &err), 0);
	while (next_record(c, &rec))
		assert_true(rec.frame == 20 || capture_next_few(c, recs, 4) == 0);
	capture_free(c);

	c = capture_new();
	assert_int_equal(capture_set_filter(c, "udp", &err), 0);
	assert_true(lseek(fds[0], 0, SEEK_SET) == 0);
	assert_int_equal(capture_add_fd(c, fds[0], "a", &err), 0);
	assert_false(next_record(c, &rec));
	assert_int_equal(capture_next_few(c, recs, 4), 0);
	capture_free(c);

	c = capture_new();
	assert_int_equal(pipe(pipes), 0);
	assert_true(write(pipes[1], m.b.p, m.b.n) == (ssize_t)m.b.n);
	close(pipes[1]);
	assert_int_equal(capture_add_fd(c, pipes[0], "p", &err), 0);
	while (next_record(c, &rec))
		assert_int_equal(capture_next_few(c, recs, 4), 0);
	capture_free(c);
	close(pipes[0]);
	close(fds[0]);
	close(fds[1]);
	buf_release(&m.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_add_late),
		cmocka_unit_test(test_steps_back),
		cmocka_unit_test(test_pipe_by_bytes),
		cmocka_unit_test(test_pipe_and_file),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_packed_file),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_gzip_members),
		cmocka_unit_test(test_gzip_by_bytes),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_archive_of_nothing),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_that_fits_nothing),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_few_of_blocks),
		cmocka_unit_test(test_few_of_blocks_cut),
		cmocka_unit_test(test_few_of_many),
		cmocka_unit_test(test_spool),
		cmocka_unit_test(test_read_again),
		cmocka_unit_test(test_from_an_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
