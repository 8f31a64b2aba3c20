/* The thread that writes: in order, with what fails, what waits, and what is called off. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/writer.h"

static int
make_file(void)
{
	char name[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	return fd;
}

static void
check_file(int fd, const char *text)
{
	char got[64];
	ssize_t n = pread(fd, got, sizeof(got), 0);

	assert_int_equal(n, (ssize_t)strlen(text));
	assert_memory_equal(got, text, strlen(text));
}

/* With the thread and without: the same comes of it. */
static void
check_jobs(void)
{
	int fd = make_file(), closed = make_file();
	bool broken = false;
	struct writer_job a = { .fd = fd, .p = "abcdef", .n = 6 };
	struct writer_job b = { .fd = fd, .at = 2, .p = "XY", .n = 2 };
	struct writer_job c = { .fd = fd, .at = WRITER_GO_ON, .p = "12", .n = 2 };
	struct writer_job d = { .fd = closed, .p = "zz", .n = 2, .broken = &broken };
	struct writer_job e = { .fd = fd, .p = "zz", .n = 2, .broken = &broken };

	close(closed);
	writer_put(&a);
	writer_put(&b);
	writer_put(&c);
	writer_put(&d);
	writer_put(&e);
	writer_wait(&e);
	assert_true(writer_is_done(&a) && writer_is_done(&d));
	assert_int_equal(a.done, 6);
	assert_int_equal(a.error | b.error | c.error, 0);
	assert_int_equal(d.error, EBADF);
	assert_int_equal(e.error, ECANCELED);
	assert_true(broken);
	check_file(fd, "12XYef");
	/* What is put again begins anew. */
	broken = false;
	writer_put(&e);
	writer_wait(&e);
	assert_int_equal(e.error, 0);
	check_file(fd, "zzXYef");
	close(fd);
}

static void
test_without(void **state)
{
	(void)state;
	assert_false(writer_runs());
	check_jobs();
}

static void
test_thread(void **state)
{
	(void)state;
	assert_true(writer_start());
	assert_true(writer_start());
	assert_true(writer_runs());
	check_jobs();
}

static void
test_punch(void **state)
{
	static char bytes[1 << 16];
	int fd = make_file();
	struct writer_job a = { .fd = fd, .p = bytes, .n = sizeof(bytes) };
	struct writer_job b = { .kind = WRITER_PUNCH, .fd = fd, .n = sizeof(bytes) };
	struct stat st;

	(void)state;
	writer_put(&a);
	writer_put(&b);
	writer_wait(&b);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, sizeof(bytes));
	assert_true(b.error == EOPNOTSUPP || st.st_blocks == 0);
	close(fd);
}

/* Behind one that takes long, others can be called off, and that one is done whole. */
static void
test_cancel(void **state)
{
	static char bytes[1 << 18], back[1 << 18];
	int fds[2], fd = make_file();
	struct writer_job a = { .at = WRITER_GO_ON, .p = bytes, .n = sizeof(bytes) };
	struct writer_job b = { .fd = fd, .p = "b", .n = 1 };
	struct writer_job c = { .fd = fd, .at = 0, .p = "c", .n = 1 };
	size_t n = 0;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	a.fd = fds[1];
	memset(bytes, 'a', sizeof(bytes));
	writer_put(&a);
	writer_put(&b);
	writer_put(&c);
	writer_cancel(&b);
	assert_false(writer_is_done(&a) || writer_is_done(&b));
	while (n < sizeof(bytes)) {
		ssize_t r = read(fds[0], back + n, sizeof(back) - n);

		assert_true(r > 0);
		n += (size_t)r;
	}
	writer_wait(&c);
	assert_int_equal(a.done, sizeof(bytes));
	assert_memory_equal(bytes, back, sizeof(bytes));
	assert_int_equal(b.error, ECANCELED);
	assert_int_equal(c.error, 0);
	check_file(fd, "c");
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without), cmocka_unit_test(test_thread),
		cmocka_unit_test(test_punch), cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
