/*
 * The recorder: files that are whole at any moment, rings of them, and what is left when
 * the disk is full, the directory vanishes or the reader goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "capture/capture.h"
#include "base/mem.h"
#include "export/record_int.h"

#define NOON	(INT64_C(1772366400) * NS_PER_S)

static char dir[] = "/tmp/rung-record-XXXXXX";
static const uint8_t bytes[4096] = "0123456789abcdef";

static struct record
packet(uint32_t i, uint32_t n)
{
	return (struct record){
		.data = bytes, .caplen = n, .wirelen = n, .time = NOON + i, .link = 1,
		.frame = i + 1,
	};
}

static int
remove_all(void)
{
	DIR *d = opendir(".");
	struct dirent *e;

	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			unlink(e->d_name);
	closedir(d);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return !mkdtemp(dir) || chdir(dir) != 0 || setenv("TZ", "UTC", 1) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	remove_all();
	return rmdir(dir) || chdir("/");
}

static int64_t ahead;	/* of the clock */

static int
clean(void **state)
{
	(void)state;
	ahead = 0;
	return remove_all();
}

static struct recorder *
must_open(const struct record_options *o)
{
	struct err err;
	struct recorder *r = record_open(o, &err);

	if (!r)
		fail_msg("%s", err.text);
	return r;
}

static void
must_fail(const struct record_options *o, const char *why)
{
	struct err err;

	assert_null(record_open(o, &err));
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	/* Whoever reads EEXIST advises to force it. */
	if (errno == EEXIST && !strstr(why, "File exists"))
		fail_msg("%s: force would not help", err.text);
}

static void
put(struct recorder *r, uint32_t from, uint32_t count, uint32_t n)
{
	for (uint32_t i = from; i < from + count; i++) {
		struct record rec = packet(i, n);

		record_packet(r, &rec);
	}
}

/* The packets of a file, which has to be whole: -1 when it cannot be opened. */
static int
packets_in(const char *path)
{
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int n = 0;

	if (capture_add(c, path, &err) != 0) {
		capture_free(c);
		return -1;
	}
	while (capture_next(c, &rec) == CAPTURE_RECORD)
		n++;
	if (capture_notice_count(c) > 0)
		fail_msg("%s", capture_notice_at(c, 0)->text);
	capture_free(c);
	return n;
}

/* All files whose names begin with @p stem, and the packets in them. */
static int
files_of(const char *stem, int *packets)
{
	DIR *d = opendir(".");
	struct dirent *e;
	int n = 0;

	*packets = 0;
	while ((e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, stem, strlen(stem)) != 0)
			continue;
		n++;
		*packets += packets_in(e->d_name);
	}
	closedir(d);
	return n;
}

static void
touch(const char *name)
{
	close(open(name, O_WRONLY | O_CREAT, 0600));
}

/* Let time pass. */
static void
later(struct recorder *r, int64_t ns)
{
	ahead += ns;
	record_tick_at(r, time_monotonic() + ahead);
}

/* ---- one file ---- */

static void
test_file(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		const char *path = ng ? "a.pcapng" : "a.pcap";
		struct recorder *r = must_open(&(struct record_options){ .path = path, .ng = ng });
		struct record_stats stats;
		struct stat st;

		/* pcapng can be opened before there is a packet. */
		assert_int_equal(packets_in(path), ng ? 0 : -1);
		put(r, 0, 100, 99);
		record_tick(r);
		assert_true(packets_in(path) <= 0);
		later(r, 600 * NS_PER_MS);
		assert_int_equal(packets_in(path), 100);
		put(r, 100, 20000, 999);
		assert_in_range(packets_in(path), 10000, 20099);
		record_finish(r);
		assert_int_equal(packets_in(path), 20100);
		record_stats(r, &stats);
		assert_int_equal(stats.packets, 20100);
		assert_int_equal(stats.lost, 0);
		assert_int_equal(stats.files, 1);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(stats.bytes, st.st_size);
		assert_string_equal(record_path(r), path);
		assert_int_equal(record_notice_count(r), 0);
		record_free(r);
	}
}

static void
test_empty(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		const char *path = ng ? "a.pcapng" : "a.pcap";
		struct recorder *r = must_open(&(struct record_options){ .path = path, .ng = ng });

		later(r, NS_PER_S);
		record_finish(r);
		record_free(r);
		assert_int_equal(packets_in(path), 0);
	}
}

static const char *
name_source(void *ctx, uint16_t source, bool *device)
{
	*device = source == 1;
	++*(int *)ctx;
	return source == 1 ? "eth0" : "HEP";
}

static void
test_several_links(void **state)
{
	int asked = 0;
	struct record_options o = { .path = "a.pcapng", .ng = true, .source = name_source,
				    .ctx = &asked };
	struct recorder *r = must_open(&o);
	struct record_stats stats;
	struct record rec = packet(0, 60);

	(void)state;
	record_packet(r, &rec);
	rec.source = 1;
	rec.link = 101;
	record_packet(r, &rec);
	record_packet(r, &rec);
	record_finish(r);
	record_free(r);
	assert_int_equal(packets_in("a.pcapng"), 3);
	assert_int_equal(asked, 2);

	/* One type of link is what a pcap file has: said once, counted each time. */
	o = (struct record_options){ .path = "a.pcap" };
	r = must_open(&o);
	put(r, 0, 2, 60);
	record_packet(r, &rec);
	record_packet(r, &rec);
	put(r, 2, 1, 60);
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(stats.lost, 2);
	assert_int_equal(stats.packets, 3);
	assert_int_equal(record_notice_count(r), 1);
	assert_non_null(strstr(record_notice(r, 0), "link type"));
	record_free(r);
	assert_int_equal(packets_in("a.pcap"), 3);
}

static bool
is_input(void *ctx, const struct stat *st)
{
	struct stat own;

	return stat(ctx, &own) == 0 && own.st_ino == st->st_ino;
}

static void
test_refusals(void **state)
{
	struct record_options o = { .path = "a.pcapng", .ng = true };
	struct recorder *r;
	char name[] = "a.pcapng";

	(void)state;
	touch("a.pcapng");
	must_fail(&o, "a.pcapng: File exists");
	assert_int_equal(errno, EEXIST);
	o.force = true;
	r = must_open(&o);
	put(r, 0, 1, 60);
	record_finish(r);
	record_free(r);
	assert_int_equal(packets_in("a.pcapng"), 1);
	o.is_input = is_input;
	o.ctx = name;
	must_fail(&o, "is what is read");
	assert_int_equal(packets_in("a.pcapng"), 1);
	symlink("a.pcapng", "link.pcapng");
	o.path = "link.pcapng";
	must_fail(&o, "is what is read");
	o.path = "none/a.pcapng";
	must_fail(&o, "none: No such file");
	o.path = "./";
	must_fail(&o, "no name");
	o.path = "..";
	must_fail(&o, "directory");
	o = (struct record_options){ .path = "-", .rotate_size = 4096 };
	must_fail(&o, "standard output");
	mkfifo("pipe", 0600);
	o = (struct record_options){ .path = "pipe" };
	must_fail(&o, "nobody reads");
	o.path = "/dev/null";
	r = must_open(&o);
	put(r, 0, 3, 60);
	record_finish(r);
	record_free(r);
}

/* ---- rings ---- */

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t number;	/* 0: is none */
	} cases[] = {
		{ "a-20261121-141500.pcap", 1 }, { "a-20261121-141500-2.pcap", 2 },
		{ "a-20261121-141500-12.pcap", 12 },
		{ "a.pcap", 0 }, { "a-.pcap", 0 }, { "b-20261121-141500.pcap", 0 },
		{ "a-20261121-141500.pcapng", 0 }, { "a-20261121-141500.pcap.gz", 0 },
		{ "a-20261121-141500", 0 }, { "a-20261121-14150.pcap", 0 },
		{ "a-20261121-1415000.pcap", 0 }, { "a-20261121_141500.pcap", 0 },
		{ "a-20261121-141500-1.pcap", 0 }, { "a-20261121-141500-02.pcap", 0 },
		{ "a-20261121-141500-.pcap", 0 }, { "a-20261121-141500-2x.pcap", 0 },
		{ "a-20261121-141500-99999999999.pcap", 0 }, { "aa-20261121-141500.pcap", 0 },
		{ "a-2026112a-141500.pcap", 0 }, { "", 0 },
	};
	struct ring ring;
	struct err err;

	(void)state;
	assert_int_equal(ring_open(&ring, "a.pcap", false, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *copy = xstrdup(cases[i].name);
		const char *stamp;
		uint32_t number = 0;

		if (ring_has(&ring, copy, &stamp, &number) != (cases[i].number > 0) ||
		    (cases[i].number > 0 && number != cases[i].number))
			fail_msg("%s: %u", cases[i].name, number);
		free(copy);
	}
	ring_release(&ring);
}

static void
test_name_of_time(void **state)
{
	struct ring ring;
	struct err err;
	static const char *const names[] = {
		"a-20260301-120000.pcap", "a-20260301-120000-2.pcap", "a-20260301-120000-4.pcap",
		"a-20260301-120001.pcap", "a-20260301-120000-5.pcap",
	};
	static const int seconds[] = { 0, 0, 0, 1, 0 };

	(void)state;
	assert_int_equal(ring_open(&ring, "a.pcap", false, &err), 0);
	touch("a-20260301-120000-3.pcap");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *name;
		int fd = ring_create(&ring, NOON + seconds[i] * NS_PER_S, true, &name);

		assert_true(fd >= 0);
		assert_string_equal(name, names[i]);
		free(name);
		close(fd);
	}
	ring_release(&ring);
}

static void
test_by_size(void **state)
{
	struct record_options o = { .path = "a.pcapng", .ng = true, .rotate_size = 65536 };
	struct record_stats stats;
	int packets, files;

	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct recorder *r;
		struct stat st;

		o.ng = ng;
		o.path = ng ? "a.pcapng" : "b.pcap";
		r = must_open(&o);
		put(r, 0, 1000, 1000);
		record_finish(r);
		record_stats(r, &stats);
		files = files_of(ng ? "a-" : "b-", &packets);
		assert_int_equal(packets, 1000);
		assert_int_equal(files, stats.files);
		assert_in_range(files, 16, 17);
		assert_int_equal(stat(record_path(r), &st), 0);
		assert_true(st.st_size <= 65536);
		record_free(r);
	}
}

static void
test_large_packet(void **state)
{
	struct record_options o = { .path = "a.pcap", .rotate_size = 2000 };
	struct recorder *r = must_open(&o);
	int packets;

	(void)state;
	put(r, 0, 5, 4000);
	record_finish(r);
	record_free(r);
	assert_int_equal(files_of("a-", &packets), 5);
	assert_int_equal(packets, 5);
}

static void
test_by_time(void **state)
{
	struct record_options o = { .path = "a.pcapng", .ng = true, .rotate_span = 60 * NS_PER_S };
	struct recorder *r = must_open(&o);
	int packets;

	(void)state;
	/* A time without packets is no file. */
	later(r, 61 * NS_PER_S);
	assert_int_equal(files_of("a-", &packets), 1);
	put(r, 0, 3, 60);
	later(r, NS_PER_S);
	assert_int_equal(files_of("a-", &packets), 1);
	later(r, 60 * NS_PER_S);
	assert_int_equal(files_of("a-", &packets), 1);
	assert_int_equal(packets, 3);
	assert_int_equal(record_fd(r), -1);
	ahead = 0;
	record_tick(r);
	put(r, 3, 2, 60);
	assert_int_equal(files_of("a-", &packets), 2);
	later(r, 0);
	later(r, 59 * NS_PER_S);
	assert_int_equal(files_of("a-", &packets), 2);
	assert_int_equal(packets, 5);
	record_finish(r);
	record_free(r);
}

static void
test_keep(void **state)
{
	struct record_options o = { .path = "./a.pcap", .rotate_size = 8192, .keep = 3 };
	struct record_stats stats;
	struct recorder *r;
	int packets;

	(void)state;
	touch("a-20200101-000000.pcap");
	touch("a-20200101-000000-2.pcap");
	touch("a-20200101-000001.pcap");
	touch("a-20200101-000000.pcapng");
	touch("a-20200101.pcap");
	touch("a.pcap");
	assert_int_equal(mkdir("a-20190101-000000.pcap", 0700), 0);
	r = must_open(&o);
	/* The directory is none of ours; two of three are left beside the new one. */
	assert_int_equal(access("a-20190101-000000.pcap", F_OK), 0);
	assert_int_equal(rmdir("a-20190101-000000.pcap"), 0);
	assert_int_equal(access("a-20200101-000000.pcap", F_OK), -1);
	assert_int_equal(access("a-20200101-000000-2.pcap", F_OK), 0);
	assert_int_equal(access("a-20200101-000001.pcap", F_OK), 0);
	put(r, 0, 100, 1000);
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(stats.files, 13);
	assert_int_equal(stats.removed, 13);
	record_free(r);
	assert_int_equal(access("a.pcap", F_OK), 0);
	assert_int_equal(access("a-20200101.pcap", F_OK), 0);
	assert_int_equal(access("a-20200101-000000.pcapng", F_OK), 0);
	unlink("a-20200101.pcap");
	unlink("a-20200101-000000.pcapng");
	assert_int_equal(files_of("a-", &packets), 3);
	assert_int_equal(packets, 8 + 8 + 4);
}

/* ---- faults ---- */

static void
limit_files(rlim_t bytes_max)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
test_full(void **state)
{
	(void)state;
	for (rlim_t most = 1000000; most < 1000000 + 1100; most += 37) {
		for (int ng = 0; ng < 2; ng++) {
			struct record_options o = { .path = "a", .ng = ng, .force = true };
			struct recorder *r = must_open(&o);
			struct record_stats stats;
			struct stat st;

			limit_files(most);
			put(r, 0, 3000, 999);
			assert_false(record_is_over(r));
			record_finish(r);
			limit_files(RLIM_INFINITY);
			record_stats(r, &stats);
			assert_int_equal(stats.packets + stats.lost, 3000);
			assert_int_equal(packets_in("a"), stats.packets);
			assert_in_range(stats.packets, 960, 1000);
			assert_int_equal(stat("a", &st), 0);
			assert_int_equal(stats.bytes, st.st_size);
			assert_int_equal(record_notice_count(r), 1);
			assert_non_null(strstr(record_notice(r, 0), "a: File too large; nothing"));
			record_free(r);
		}
	}
}

static void
test_full_ring(void **state)
{
	struct record_options o = { .path = "a.pcapng", .ng = true, .rotate_span = NS_PER_S * 60 };
	struct recorder *r = must_open(&o);
	struct record_stats stats;
	int packets;

	(void)state;
	limit_files(100000);
	put(r, 0, 1000, 999);
	assert_int_equal(record_fd(r), -1);
	assert_false(record_is_over(r));
	assert_int_equal(record_notice_count(r), 1);
	put(r, 1000, 1000, 999);
	assert_int_equal(record_notice_count(r), 1);
	/* When the next file is due, it is tried; there is still no room for its head. */
	limit_files(10);
	r->retry_at = 0;
	put(r, 2000, 10, 999);
	assert_int_equal(record_fd(r), -1);
	assert_int_equal(record_notice_count(r), 1);
	assert_int_equal(files_of("a-", &packets), 1);
	limit_files(RLIM_INFINITY);
	r->retry_at = 0;
	put(r, 2010, 500, 999);
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(record_notice_count(r), 2);
	assert_non_null(strstr(record_notice(r, 1), "written again"));
	assert_int_equal(files_of("a-", &packets), 2);
	assert_int_equal(packets, stats.packets);
	assert_int_equal(stats.packets + stats.lost, 2510);
	assert_int_equal(stats.files, 2);
	record_free(r);
}

/* The lone file goes on where it stopped, when there is room again. */
static void
test_room_again(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		/* Its head has room in it, or not. */
		for (rlim_t most = 10; most < 100000; most += 9999) {
			struct record_options o = { .path = "a", .ng = ng, .force = true };
			struct recorder *r = must_open(&o);
			struct record_stats stats;

			limit_files(most);
			put(r, 0, 2000, 999);
			later(r, 0);
			assert_int_equal(record_notice_count(r), 1);
			r->retry_at = 0;
			put(r, 2000, 1, 60);
			later(r, 0);
			later(r, NS_PER_S);
			limit_files(RLIM_INFINITY);
			assert_true(packets_in("a") < 200);
			r->retry_at = 0;
			put(r, 2001, 10, 60);
			later(r, 0);
			later(r, NS_PER_S);
			put(r, 2011, 10, 60);
			record_finish(r);
			record_stats(r, &stats);
			assert_int_equal(packets_in("a"), stats.packets);
			assert_true(stats.packets >= 20);
			assert_int_equal(stats.packets + stats.lost, 2021);
			assert_int_equal(record_notice_count(r), 2);
			assert_non_null(strstr(record_notice(r, 1), "written again"));
			record_free(r);
		}
	}
}

static void
test_removed(void **state)
{
	struct record_options o = { .path = "a.pcap" };
	struct recorder *r = must_open(&o);
	struct record_stats stats;

	(void)state;
	put(r, 0, 10, 60);
	later(r, 0);
	unlink("a.pcap");
	later(r, NS_PER_S);
	assert_int_equal(record_notice_count(r), 1);
	put(r, 10, 5, 60);
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(packets_in("a.pcap"), 5);
	assert_int_equal(stats.packets, 5);
	assert_int_equal(stats.lost, 10);
	record_free(r);
}

static void
test_directory_gone(void **state)
{
	struct record_options o = { .path = "sub/a.pcap", .rotate_size = 10000 };
	struct recorder *r;
	struct record_stats stats;
	char command[64];

	(void)state;
	assert_int_equal(mkdir("sub", 0700), 0);
	r = must_open(&o);
	put(r, 0, 3, 1000);
	snprintf(command, sizeof(command), "%s", record_path(r));
	assert_int_equal(unlink(command), 0);
	assert_int_equal(rmdir("sub"), 0);
	put(r, 3, 30, 1000);
	record_stats(r, &stats);
	assert_int_equal(record_notice_count(r), 1);
	assert_non_null(strstr(record_notice(r, 0), "sub: the directory was removed; nothing is "
			       "written for now"));
	assert_int_equal(stats.files, 1);
	/* One of that name again. */
	assert_int_equal(mkdir("sub", 0700), 0);
	record_next_file(r);
	put(r, 33, 4, 1000);
	record_finish(r);
	record_stats(r, &stats);
	assert_non_null(strstr(record_notice(r, 1), "packets are written again"));
	assert_int_equal(stats.files, 2);
	assert_int_equal(packets_in(record_path(r)), 4);
	assert_int_equal(unlink(record_path(r)), 0);
	assert_int_equal(rmdir("sub"), 0);
	record_free(r);
}

/* ---- pipes ---- */

static void
test_pipe(void **state)
{
	struct record_options o = { .path = "pipe", .ng = true };
	struct record_stats stats;
	struct recorder *r;
	int in, n;
	FILE *copy;
	static char piece[65536];
	ssize_t got;

	(void)state;
	mkfifo("pipe", 0600);
	in = open("pipe", O_RDONLY | O_NONBLOCK);
	r = must_open(&o);
	/* Nobody reads: what is too much is left out whole. */
	put(r, 0, 10000, 4000);
	record_stats(r, &stats);
	assert_int_equal(record_notice_count(r), 1);
	assert_non_null(strstr(record_notice(r, 0), "too slow"));
	assert_in_range(stats.lost, 1000, 9000);
	copy = fopen("copy", "w");
	for (int turn = 0; turn < 2000; turn++) {
		while ((got = read(in, piece, sizeof(piece))) > 0)
			assert_int_equal(fwrite(piece, 1, (size_t)got, copy), got);
		later(r, NS_PER_S);
	}
	put(r, 10000, 1, 60);
	record_finish(r);
	while ((got = read(in, piece, sizeof(piece))) > 0)
		assert_int_equal(fwrite(piece, 1, (size_t)got, copy), got);
	fclose(copy);
	record_stats(r, &stats);
	n = packets_in("copy");
	assert_int_equal(n, stats.packets);
	assert_int_equal(stats.packets + stats.lost, 10001);
	record_free(r);
	close(in);
}

static void
test_reader_leaves(void **state)
{
	struct record_options o = { .path = "pipe" };
	struct record_stats stats;
	struct recorder *r;
	int in;

	(void)state;
	mkfifo("pipe", 0600);
	in = open("pipe", O_RDONLY | O_NONBLOCK);
	r = must_open(&o);
	put(r, 0, 100, 4000);
	close(in);
	put(r, 100, 1000, 4000);
	assert_true(record_is_over(r));
	assert_true(record_reader_left(r));
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(stats.packets + stats.lost, 1100);
	record_free(r);
}

/* A disk that takes nothing for now: here it is a pipe. */
static void
test_slow_disk(void **state)
{
	static char much[1 << 20];
	int fds[2];
	struct writer_job behind = { .at = WRITER_GO_ON, .p = much, .n = sizeof(much) };
	struct recorder *r = must_open(&(struct record_options){
		.path = "slow.pcap", .drops = true, .rotate_size = 0 });
	struct record_stats stats;

	(void)state;
	assert_true(writer_start());
	assert_int_equal(pipe(fds), 0);
	behind.fd = fds[1];
	writer_put(&behind);
	record_set_waiting_max(r, 2 << 20);
	put(r, 0, 1000, 4000);
	record_stats(r, &stats);
	assert_in_range(stats.lost, 100, 600);
	assert_int_equal(stats.packets + stats.lost, 1000);
	assert_int_equal(record_bytes(r), 24 + stats.packets * 4016);
	assert_non_null(strstr(record_notice(r, 0), "slow.pcap: the disk is too slow"));
	for (size_t n = 0; n < sizeof(much);) {
		ssize_t k = read(fds[0], much, sizeof(much) - n);

		assert_true(k > 0);
		n += (size_t)k;
	}
	record_drain(r);
	put(r, 1000, 10, 4000);
	record_finish(r);
	record_stats(r, &stats);
	assert_int_equal(stats.packets + stats.lost, 1010);
	assert_int_equal(packets_in("slow.pcap"), (int)stats.packets);
	record_free(r);
	close(fds[0]);
	close(fds[1]);
}

/* A full disk, found by the thread: the file is whole, all others are counted. */
static void
test_full_behind(void **state)
{
	struct rlimit old, small;
	struct record_stats stats;

	(void)state;
	assert_true(writer_start());
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1200 << 10;
	for (int way = 0; way < 2; way++) {
		const char *path = way == 0 ? "full.pcapng" : "full.pcap";
		struct recorder *r = must_open(&(struct record_options){
			.path = path, .ng = way == 0, .drops = true });

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		put(r, 0, 1000, 4000);
		record_drain(r);
		record_stats(r, &stats);
		assert_int_equal(stats.packets + stats.lost, 1000);
		assert_in_range(stats.packets, 250, 310);
		assert_int_equal(packets_in(path), (int)stats.packets);
		assert_int_equal(record_notice_count(r), 1);
		assert_non_null(strstr(record_notice(r, 0), "File too large"));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		record_next_file(r);
		put(r, 1000, 10, 4000);
		record_finish(r);
		record_stats(r, &stats);
		assert_int_equal(stats.packets + stats.lost, 1010);
		assert_int_equal(packets_in(path), (int)stats.packets);
		assert_non_null(strstr(record_notice(r, 1), "written again"));
		record_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_file, clean),
		cmocka_unit_test_teardown(test_empty, clean),
		cmocka_unit_test_teardown(test_several_links, clean),
		cmocka_unit_test_teardown(test_refusals, clean),
		cmocka_unit_test_teardown(test_names, clean),
		cmocka_unit_test_teardown(test_name_of_time, clean),
		cmocka_unit_test_teardown(test_by_size, clean),
		cmocka_unit_test_teardown(test_large_packet, clean),
		cmocka_unit_test_teardown(test_by_time, clean),
		cmocka_unit_test_teardown(test_keep, clean),
		cmocka_unit_test_teardown(test_full, clean),
		cmocka_unit_test_teardown(test_full_ring, clean),
		cmocka_unit_test_teardown(test_room_again, clean),
		cmocka_unit_test_teardown(test_removed, clean),
		cmocka_unit_test_teardown(test_directory_gone, clean),
		cmocka_unit_test_teardown(test_pipe, clean),
		cmocka_unit_test_teardown(test_reader_leaves, clean),
		/* From here on there is the thread. */
		cmocka_unit_test_teardown(test_slow_disk, clean),
		cmocka_unit_test_teardown(test_full_behind, clean),
		cmocka_unit_test_teardown(test_by_size, clean),
		cmocka_unit_test_teardown(test_keep, clean),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
