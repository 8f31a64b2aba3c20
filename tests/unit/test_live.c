/*
 * capture_add_live() on the loopback of a network namespace of its own; where there is
 * none to be had all is skipped.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "capture_build.h"

#include "base/mem.h"

#define PORT	50600	/* traffic of the tests goes to it; nobody listens */

static bool has_namespace;

static void
set_lo(bool up)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

static int
setup(void **state)
{
	(void)state;
	has_namespace = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (has_namespace)
		set_lo(true);
	return 0;
}

#define NEED_NAMESPACE() \
	do { \
		if (!has_namespace) \
			skip(); \
	} while (0)

/* Send @p n datagrams, the first byte of each counts from @p first. */
static void
send_to(uint16_t port, char first, unsigned n)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char bytes[100] = { 0 };

	assert_true(fd >= 0);
	for (unsigned i = 0; i < n; i++) {
		bytes[0] = (char)(first + (char)i);
		assert_int_equal(sendto(fd, bytes, sizeof(bytes), 0,
					(const struct sockaddr *)&in, sizeof(in)),
				 sizeof(bytes));
	}
	close(fd);
}

static struct capture *
live_on(const char *device, const char *filter)
{
	struct capture_live options = { .buffer = 4 << 20 };
	struct capture *c = capture_new();
	struct err err = { "" };

	if (filter && capture_set_filter(c, filter, &err) != 0)
		fail_msg("%s", err.text);
	if (capture_add_live(c, device, &options, &err) != CAPTURE_LIVE_OK)
		fail_msg("%s", err.text);
	return c;
}

/* The next record, within @p ms. @return whether there is one. */
static bool
next_within(struct capture *c, struct record *rec, int ms)
{
	int64_t until = time_monotonic_ms() + ms;
	int64_t left;

	for (;;) {
		enum capture_status status = capture_next(c, rec);

		if (status == CAPTURE_RECORD)
			return true;
		assert_int_equal(status, CAPTURE_WAIT);
		left = until - time_monotonic_ms();
		if (left <= 0)
			return false;
		poll(&(struct pollfd){ .fd = capture_fd(c), .events = POLLIN }, 1, (int)left);
	}
}

static bool
has_notice(const struct capture *c, const char *text)
{
	for (size_t i = 0; i < capture_notice_count(c); i++)
		if (strstr(capture_notice_at(c, i)->text, text))
			return true;
	return false;
}

static void
test_records(void **state)
{
	const struct capture_source *source;
	int64_t before = time_now(), sent;
	uint64_t done, total;
	struct capture *c;
	struct record rec;

	(void)state;
	NEED_NAMESPACE();
	c = live_on("lo", "udp port 50600");
	assert_true(capture_is_live(c));
	sent = time_monotonic_ms();
	send_to(PORT, 'a', 3);
	send_to(PORT + 1, 'x', 3);
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *before_it = i > 0 && capture_stays(c) ? rec.data : NULL;

		assert_true(next_within(c, &rec, 2000));
		if (before_it)
			assert_int_equal(before_it[42], 'a' + (int)i - 1);
		assert_int_equal(rec.frame, i + 1);
		assert_int_equal(rec.link, 1);
		assert_int_equal(rec.caplen, 14 + 20 + 8 + 100);
		assert_int_equal(rec.wirelen, rec.caplen);
		assert_int_equal(rec.data[42], 'a' + (int)i);
		assert_true(rec.fleeting);
		assert_int_equal(rec.source, 0);
		assert_true(rec.time >= before && rec.time <= time_now());
	}
	/* Generous: the machine may be busy. */
	assert_true(time_monotonic_ms() - sent < 1500);
	assert_false(next_within(c, &rec, 150));
	assert_true(capture_fd(c) >= 0);
	source = capture_source_at(c, 0);
	assert_string_equal(source->name, "lo");
	assert_string_equal(source->format, "live");
	assert_false(source->seekable);
	assert_true(source->kept);
	assert_int_equal(source->stats.records, 3);
	assert_int_equal(source->stats.filtered, 0);
	capture_progress(c, &done, &total);
	assert_int_equal(total, 0);
	capture_free(c);
}

static void
test_stop(void **state)
{
	enum capture_status status;
	struct capture *c;
	struct record rec;
	unsigned n = 0;

	(void)state;
	NEED_NAMESPACE();
	c = live_on("lo", "udp port 50600");
	send_to(PORT, 'a', 5);
	/* What has come by then is in a block that the kernel still has. */
	capture_stop(c);
	while ((status = capture_next(c, &rec)) != CAPTURE_END) {
		n += status == CAPTURE_RECORD;
		if (status == CAPTURE_WAIT)
			poll(&(struct pollfd){ .fd = capture_fd(c), .events = POLLIN }, 1, 1000);
	}
	assert_int_equal(n, 5);
	assert_false(capture_is_live(c));
	assert_true(capture_source_at(c, 0)->stats.has_drops);
	assert_int_equal(capture_source_at(c, 0)->stats.dropped, 0);
	capture_free(c);
}

/* The same packets on both, in the order of time. */
static void
test_several(void **state)
{
	struct capture_live options = { .buffer = 4 << 20, .snaplen = 60 };
	unsigned seen[2] = { 0 };
	int64_t last = 0;
	struct capture *c;
	struct record rec;
	struct err err;

	(void)state;
	NEED_NAMESPACE();
	c = live_on("lo", "udp port 50600");
	assert_int_equal(capture_add_live(c, "any", &options, &err), CAPTURE_LIVE_OK);
	for (unsigned round = 0; round < 20; round++) {
		send_to(PORT, 'a', 2);
		usleep(3000);
	}
	for (unsigned i = 0; i < 80; i++) {
		assert_true(next_within(c, &rec, 2000));
		assert_true(rec.time >= last);
		last = rec.time;
		assert_in_range(rec.source, 0, 1);
		seen[rec.source]++;
		assert_int_equal(rec.link, rec.source == 0 ? 1 : 276);
		assert_int_equal(rec.caplen, rec.source == 0 ? 142 : 60);
		assert_int_equal(rec.wirelen, rec.source == 0 ? 142 : 148);
	}
	assert_int_equal(seen[0], 40);
	assert_int_equal(seen[1], 40);
	assert_false(next_within(c, &rec, 150));
	capture_free(c);
}

/* With nothing to read nobody is waken but for a look each second. */
static void
test_sleeps(void **state)
{
	int64_t until = time_monotonic_ms() + 1200;
	unsigned woken = 0;
	struct capture *c;
	struct record rec;
	struct err err;

	(void)state;
	NEED_NAMESPACE();
	c = live_on("lo", "udp port 50600");
	assert_int_equal(capture_add_live(c, "any", NULL, &err), CAPTURE_LIVE_OK);
	while (time_monotonic_ms() < until) {
		assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
		woken += poll(&(struct pollfd){ .fd = capture_fd(c), .events = POLLIN }, 1, 300) > 0;
	}
	assert_in_range(woken, 1, 8);
	capture_free(c);
}

static void
test_down(void **state)
{
	struct capture *c;
	struct record rec;

	(void)state;
	NEED_NAMESPACE();
	set_lo(false);
	c = live_on("lo", "udp port 50600");
	assert_true(has_notice(c, "is down"));
	assert_false(next_within(c, &rec, 100));
	set_lo(true);
	send_to(PORT, 'a', 2);
	assert_true(next_within(c, &rec, 2000));
	assert_int_equal(rec.link, 276);
	assert_int_equal(rec.data[20 + 28], 'a');
	assert_true(next_within(c, &rec, 2000));
	assert_false(next_within(c, &rec, 1300));
	assert_true(has_notice(c, "is up again"));
	set_lo(false);
	assert_false(next_within(c, &rec, 1300));
	assert_true(has_notice(c, "went down"));
	set_lo(true);
	send_to(PORT, 'b', 1);
	assert_true(next_within(c, &rec, 2000));
	assert_int_equal(rec.data[20 + 28], 'b');
	/* Down at one look, which the next one, 20 ms later, does not find any more. */
	assert_false(next_within(c, &rec, 30));
	set_lo(false);
	usleep(30000);
	assert_false(next_within(c, &rec, 0));
	set_lo(true);
	assert_false(next_within(c, &rec, 1300));
	assert_true(has_notice(c, "went down for a moment"));
	capture_free(c);
}

static void
test_errors(void **state)
{
	struct capture *c = capture_new();
	struct err err = { "" };
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(capture_add_live(c, "nosuch0", NULL, &err), CAPTURE_LIVE_NO_DEVICE);
	assert_non_null(strstr(err.text, "nosuch0: no such interface (there are "));
	assert_int_equal(capture_add_live(c, "", NULL, &err), CAPTURE_LIVE_NO_DEVICE);
	assert_int_equal(capture_add_live(c, "nflog:1", NULL, &err), CAPTURE_LIVE_NO_DEVICE);
	assert_int_equal(capture_source_count(c), 0);
	capture_free(c);
	if (!has_namespace)
		return;
	c = capture_new();
	assert_int_equal(capture_set_filter(c, "ether host 00:00:00:00:00:01", &err), 0);
	assert_int_equal(capture_add_live(c, "any", NULL, &err), CAPTURE_LIVE_FILTER);
	assert_int_equal(strncmp(err.text, "any: BPF filter: ", 17), 0);
	capture_free(c);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		c = capture_new();
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(CAPTURE_LIVE_PERMISSION & 0xff);
		_exit(capture_add_live(c, "lo", NULL, NULL) & 0xff);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CAPTURE_LIVE_PERMISSION & 0xff);
}

static void
test_interfaces(void **state)
{
	struct capture_interface *list;
	bool any = false;
	struct err err;
	size_t n;

	(void)state;
	NEED_NAMESPACE();
	assert_int_equal(capture_interfaces(&list, &n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		any = any || strcmp(list[i].name, "any") == 0;
		if (strcmp(list[i].name, "lo") != 0)
			continue;
		assert_true(list[i].up && list[i].loopback);
		assert_true(list[i].n >= 1);
		assert_int_equal(list[i].addrs[0].family, NET_IP4);
	}
	assert_true(any);
	capture_interfaces_free(list, n);
}

/* A ring of a MiB for more than that, which nobody reads. */
static void
test_drops(void **state)
{
	struct capture_live options = { .buffer = 1 << 20 };
	const struct capture_source *source;
	uint64_t sent = 0, taken = 0;
	struct capture *c;
	struct record rec;
	struct err err;

	(void)state;
	NEED_NAMESPACE();
	c = capture_new();
	assert_int_equal(capture_add_live(c, "lo", &options, &err), CAPTURE_LIVE_OK);
	/* Each brings an answer that nobody listens, not all of them. */
	for (; sent < 20000; sent += 100)
		send_to(PORT, 'a', 100);
	capture_stop(c);
	for (;;) {
		enum capture_status status = capture_next(c, &rec);

		if (status == CAPTURE_END)
			break;
		taken += status == CAPTURE_RECORD;
		if (status == CAPTURE_WAIT)
			poll(&(struct pollfd){ .fd = capture_fd(c), .events = POLLIN }, 1, 1000);
	}
	source = capture_source_at(c, 0);
	assert_true(source->stats.dropped > 0);
	assert_true(taken + source->stats.dropped >= sent);
	assert_string_equal(source->stats.drop_cause, "buffer full, try -B 2");
	assert_true(has_notice(c, "packets dropped: buffer full"));
	capture_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_sleeps),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_drops),
	};

	return cmocka_run_group_tests_name("live", tests, setup, NULL);
}
