/* Capture files that grow while they are read, are replaced, and are emptied. */
#include "capture_build.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "export/pcap_write.h"

#define PACKETS	40u

static char dir[] = "/tmp/rung-follow-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink("a");
	unlink("b");
	return chdir("/") != 0 || rmdir(dir) != 0;
}

/* A capture of packets whose bytes tell their number. */
static void
make(struct buf *b, bool ng, uint8_t first)
{
	struct pcap_writer w;
	uint8_t bytes[200];

	pcap_write_begin(&w, &(struct pcap_write_options){ .ng = ng, .comment = "x" }, NULL);
	for (uint32_t i = 0; i < PACKETS; i++) {
		struct record rec = {
			.data = bytes, .caplen = i * 5, .wirelen = i * 5 + 1, .link = 1,
			.time = (1700000000 + i) * NS_PER_S, .frame = i + 1,
		};

		memset(bytes, (int)(first + i), sizeof(bytes));
		assert_int_equal(pcap_write_gather(&w, &rec, NULL, NULL), 0);
	}
	buf_add_str(b, buf_str(&w.sink.buf));
	pcap_write_drop(&w);
}

static int
create(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void
append(int fd, const void *p, size_t n)
{
	assert_int_equal(write(fd, p, n), n);
}

static struct capture *
follow(const char *name)
{
	struct capture *c = capture_new();
	struct err err;

	assert_int_equal(capture_set_follow(c, true, &err), 0);
	if (capture_add(c, name, &err) != 0)
		fail_msg("%s", err.text);
	return c;
}

/* Take what is there. The bytes can be read again by their places. */
static uint32_t
take(struct capture *c, uint8_t first, uint32_t from)
{
	struct record rec;
	uint8_t again[200];
	struct err err;

	while (capture_next(c, &rec) == CAPTURE_RECORD) {
		assert_int_equal(rec.frame, from + 1);
		assert_int_equal(rec.caplen, from * 5);
		assert_int_equal(rec.time, (1700000000 + from) * NS_PER_S);
		if (rec.caplen > 0)
			assert_int_equal(rec.data[rec.caplen - 1], (uint8_t)(first + from));
		if (capture_read(c, rec.place, again, rec.caplen, &err) != 0)
			fail_msg("%s", err.text);
		assert_memory_equal(again, rec.data, rec.caplen);
		from++;
	}
	return from;
}

/* Wait for the clock of the set until @p n packets have come. */
static uint32_t
await(struct capture *c, uint8_t first, uint32_t from, uint32_t n)
{
	for (int turn = 0; turn < 50 && from < n; turn++) {
		struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };

		assert_true(p.fd >= 0);
		assert_int_equal(poll(&p, 1, 5000), 1);
		from = take(c, first, from);
	}
	return from;
}

static void
test_byte_by_byte(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct buf b = BUF_INIT;
		struct record rec;
		struct capture *c;
		uint32_t n = 0;
		int fd = create("a");

		make(&b, ng, 0);
		c = follow("a");
		for (size_t i = 0; i < b.n; i++) {
			assert_int_equal(take(c, 0, n), n);
			append(fd, b.p + i, 1);
			n = take(c, 0, n);
			assert_true(capture_fd(c) >= 0);
		}
		assert_int_equal(n, PACKETS);
		capture_stop(c);
		assert_int_equal(capture_next(c, &rec), CAPTURE_END);
		assert_int_equal(capture_notice_count(c), 0);
		assert_int_equal(capture_source_count(c), 1);
		capture_free(c);
		close(fd);
		unlink("a");
		buf_release(&b);
	}
}

/* Stopped within a packet: that one is still to come, not missing. */
static void
test_stopped_at_each_byte(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		buf_clear(&b);
		make(&b, ng, 0);
		for (size_t i = 200; i < b.n; i += 7) {
			int fd = create("a");
			struct record rec;
			struct capture *c;

			append(fd, b.p, i);
			c = follow("a");
			take(c, 0, 0);
			capture_stop(c);
			assert_int_equal(capture_next(c, &rec), CAPTURE_END);
			assert_int_equal(capture_notice_count(c), 0);
			capture_free(c);
			close(fd);
			unlink("a");
		}
	}
	buf_release(&b);
}

/* What was added is seen by whoever polls, and nobody is woken for nothing. */
static void
test_clock(void **state)
{
	struct buf b = BUF_INIT;
	int fd = create("a");
	struct capture *c;
	uint32_t n;
	int wakes = 0;

	(void)state;
	make(&b, true, 0);
	append(fd, b.p, b.n / 2);
	c = follow("a");
	n = take(c, 0, 0);
	assert_in_range(n, 1, PACKETS - 1);
	append(fd, b.p + b.n / 2, b.n - b.n / 2);
	assert_int_equal(await(c, 0, n, PACKETS), PACKETS);
	for (int64_t until = time_monotonic_ms() + 300; time_monotonic_ms() < until; wakes++) {
		struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };

		poll(&p, 1, 300);
		take(c, 0, PACKETS);
	}
	assert_in_range(wakes, 1, 6);
	capture_free(c);
	close(fd);
	unlink("a");
	buf_release(&b);
}

static void
test_replaced(void **state)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct capture *c, *again;
	struct record rec;
	struct err err;
	int fd = create("a"), fd2;
	uint32_t n;

	(void)state;
	make(&one, true, 0);
	make(&two, false, 100);
	append(fd, one.p, one.n - 150);
	c = follow("a");
	n = take(c, 0, 0);
	assert_int_equal(n, PACKETS - 1);
	/* Renamed: its writer goes on for a while. */
	assert_int_equal(rename("a", "b"), 0);
	append(fd, one.p + one.n - 150, 150);
	assert_int_equal(await(c, 0, n, PACKETS), PACKETS);
	assert_int_equal(capture_notice_count(c), 0);
	fd2 = create("a");
	append(fd2, two.p, 10);
	append(fd2, two.p + 10, two.n - 10);
	assert_int_equal(await(c, 100, 0, PACKETS), PACKETS);
	assert_int_equal(capture_notice_count(c), 1);
	assert_non_null(strstr(capture_notice_at(c, 0)->text, "replaced"));
	assert_int_equal(capture_source_count(c), 2);
	/* Both can be read once more, as far as they were read. */
	append(fd2, two.p + 24, two.n - 24);
	again = capture_again(c, &err);
	assert_non_null(again);
	n = 0;
	while (capture_next(again, &rec) == CAPTURE_RECORD) {
		n++;
		assert_int_equal(capture_again_source(c, again, rec.source), rec.source);
	}
	assert_int_equal(n, 2 * PACKETS);
	capture_free(again);
	capture_free(c);
	close(fd);
	close(fd2);
	unlink("a");
	unlink("b");
	buf_release(&one);
	buf_release(&two);
}

static void
test_emptied(void **state)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct capture *c, *again;
	struct record rec;
	struct place place;
	uint8_t byte;
	struct err err;
	int fd = create("a");
	uint32_t n = 0;

	(void)state;
	make(&one, false, 0);
	make(&two, true, 100);
	append(fd, one.p, one.n);
	c = follow("a");
	assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
	assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
	place = rec.place;
	assert_int_equal(take(c, 0, 2), PACKETS);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	append(fd, two.p, 1000);
	n = await(c, 100, n, 5);
	assert_true(n >= 5);
	append(fd, two.p + 1000, two.n - 1000);
	assert_int_equal(await(c, 100, n, PACKETS), PACKETS);
	assert_int_equal(capture_notice_count(c), 1);
	assert_non_null(strstr(capture_notice_at(c, 0)->text, "emptied"));
	/* Bytes of another packet are never taken for those that were there. */
	assert_int_equal(capture_read(c, place, &byte, 1, &err), -1);
	/* Nor are they counted among the packets that are kept. */
	assert_true(capture_hold(c, place, 1));
	capture_release(c, place, 1);
	capture_release(c, place, 1);
	again = capture_again(c, &err);
	assert_non_null(again);
	for (n = 0; capture_next(again, &rec) == CAPTURE_RECORD; n++)
		assert_int_equal(capture_again_source(c, again, rec.source), 1);
	assert_int_equal(n, PACKETS);
	capture_free(again);
	capture_free(c);
	close(fd);
	unlink("a");
	buf_release(&one);
	buf_release(&two);
}

/* Two that grow do not wait for one another, nor does a file for them. */
static void
test_two(void **state)
{
	struct buf b = BUF_INIT;
	struct capture *c = capture_new();
	struct record rec;
	struct err err;
	int fd = create("a"), fd2 = create("b"), n = 0;

	(void)state;
	make(&b, true, 0);
	append(fd, b.p, b.n);
	assert_int_equal(capture_set_follow(c, true, &err), 0);
	assert_int_equal(capture_add(c, "a", &err), 0);
	assert_int_equal(capture_add(c, "b", &err), 0);
	while (capture_next(c, &rec) == CAPTURE_RECORD)
		n++;
	assert_int_equal(n, PACKETS);
	append(fd2, b.p, b.n);
	for (int turn = 0; turn < 50 && n < (int)(2 * PACKETS); turn++) {
		struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };

		assert_int_equal(poll(&p, 1, 5000), 1);
		while (capture_next(c, &rec) == CAPTURE_RECORD)
			n++;
	}
	assert_int_equal(n, 2 * PACKETS);
	capture_stop(c);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	capture_free(c);
	close(fd);
	close(fd2);
	unlink("a");
	unlink("b");
	buf_release(&b);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *bytes, *why;
	} cases[] = {
		{ "\x1f\x8b\x08\x00 and so on", "packed (gzip), and cannot be followed" },
		{ "PK\003\004 and so on", "packed (zip), and cannot be followed" },
		{ "INVITE sip:a SIP/2.0", "not a capture" },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct capture *c = capture_new();
		int fd = create("a");

		append(fd, cases[i].bytes, 10);
		assert_int_equal(capture_set_follow(c, true, &err), 0);
		assert_int_equal(capture_add(c, "a", &err), -1);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
		assert_int_equal(capture_add(c, "none", &err), -1);
		capture_free(c);
		close(fd);
		unlink("a");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_stopped_at_each_byte),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_emptied),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
