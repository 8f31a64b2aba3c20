/*
 * The sandbox, entered by children of the test: what it refuses, what it allows, and
 * what each part does where another is missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <netdb.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/denied.h"
#include "capture/capture.h"
#include "capture/privileges.h"
#include "capture/reserve.h"
#include "capture/sandbox.h"
#include "capture/sandbox_int.h"
#include "net/peers.h"
#include "../sandbox/attempts.h"

static char folder[] = "/tmp/rung-sandbox-XXXXXX";
static char other[] = "/tmp/rung-sandbox-XXXXXX";

/* Run @p body in a child. @return what it returned. */
static int
in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status))
		print_message("# ended by signal %d\n", WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int
enter_with(struct sandbox_plan *plan)
{
	struct err err;
	enum sandbox_result r = sandbox_enter(plan, &err);

	if (r != SANDBOX_ALL)
		print_message("# %s\n", err.text);
	return r == SANDBOX_REFUSED ? -1 : 0;
}

static char *
path_in(const char *dir, const char *name)
{
	static char path[4][256];
	static unsigned i;

	snprintf(path[++i % 4], sizeof(path[0]), "%s/%s", dir, name);
	return path[i % 4];
}

/* ---- what is refused ---- */

static int
try_all(void)
{
	struct sandbox_plan plan = { 0 };
	int done = 0;

	sandbox_plan_add(&plan, folder, SANDBOX_WRITE);
	if (enter_with(&plan) != 0)
		return 100;
	for (size_t i = 0; i < attempt_n; i++) {
		if (attempts[i].run() != 0)
			continue;
		print_message("# done: %s\n", attempts[i].name);
		done++;
	}
	return done;
}

static void
test_attempts_fail(void **state)
{
	(void)state;
	if (landlock_version() == 0)
		skip();
	assert_int_equal(in_child(try_all), 0);
}

/* The sandbox must be why: outside of it most are possible. */
static int
try_all_free(void)
{
	int done = 0;

	for (size_t i = 0; i < attempt_n; i++)
		if (strcmp(attempts[i].name, "execute") != 0 &&
		    strcmp(attempts[i].name, "chroot") != 0 &&
		    strcmp(attempts[i].name, "mount") != 0 &&
		    strcmp(attempts[i].name, "ptrace") != 0 &&
		    strcmp(attempts[i].name, "type for the user") != 0 &&
		    strcmp(attempts[i].name, "unshare") != 0)
			done += attempts[i].run() == 0;
	return done;
}

static void
test_attempts_are_real(void **state)
{
	(void)state;
	assert_true(in_child(try_all_free) >= 12);
}

/* ---- what is allowed ---- */

static int
use_files(void)
{
	struct sandbox_plan plan = { .files = true };
	struct stat st;
	struct denied why;
	int fd;

	sandbox_plan_add(&plan, folder, SANDBOX_WRITE);
	if (enter_with(&plan) != 0)
		return 1;
	fd = open(path_in(folder, "new"), O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || close(fd) != 0)
		return 2;
	if (rename(path_in(folder, "new"), path_in(folder, "old")) != 0)
		return 3;
	fd = open(folder, O_TMPFILE | O_RDWR, 0600);
	if (fd < 0 || fchmod(fd, 0644) != 0)
		return 4;
	if (stat(path_in(folder, "old"), &st) != 0 || unlink(path_in(folder, "old")) != 0)
		return 5;
	if (open(path_in(other, "file"), O_RDONLY) >= 0 || errno != EACCES)
		return 6;
	if (!strstr(denied_why(&why, EACCES, path_in(other, "file"), DENIED_READ), "sandbox"))
		return 7;
	if (open(path_in(other, "new"), O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES)
		return 8;
	if (!strstr(denied_why(&why, EACCES, path_in(other, "new"), DENIED_WRITE), "sandbox"))
		return 9;
	if (strcmp(denied_why(&why, ENOENT, "/nothing", DENIED_READ), strerror(ENOENT)) != 0)
		return 10;
	/* It may end itself as it likes. */
	return raise(SIGCONT);
}

static void
test_files(void **state)
{
	(void)state;
	if (landlock_version() == 0)
		skip();
	assert_int_equal(in_child(use_files), 0);
}

static int
read_only(void)
{
	struct sandbox_plan plan = { .files = true };

	sandbox_plan_add_folder(&plan, path_in(other, "file"), SANDBOX_READ);
	if (enter_with(&plan) != 0)
		return 1;
	if (open(path_in(other, "file"), O_RDONLY) < 0)
		return 2;
	if (open(path_in(other, "file"), O_WRONLY) >= 0 || errno != EACCES)
		return 3;
	if (open(path_in(other, "file"), O_RDONLY | O_TRUNC) >= 0)
		return 4;
	return unlink(path_in(other, "file")) == 0 ? 5 : 0;
}

static void
test_read_only(void **state)
{
	(void)state;
	if (landlock_version() < 3)
		skip();
	assert_int_equal(in_child(read_only), 0);
}

/* Of a capture: its spools have files, whoever comes and goes. */
static int
use_spools(void)
{
	struct sandbox_plan plan = { 0 };
	struct err err;

	if (enter_with(&plan) != 0)
		return 1;
	for (int i = 0; i < 20; i++) {
		struct capture *c = capture_new(), *another = capture_new();
		char *bytes = calloc(1, 3u << 20);
		struct place place;
		char back = 1;

		/* So much has to go into a file. */
		place = capture_spool(c, bytes, 3u << 20);
		if (place.source == PLACE_NONE || place.offset != 0 ||
		    capture_read(c, place, &back, 1, &err) != 0 || back != 0)
			return 2;
		back = 1;
		place = capture_spool(another, bytes, 3u << 20);
		if (place.source == PLACE_NONE ||
		    capture_read(another, place, &back, 1, &err) != 0 || back != 0)
			return 3;
		free(bytes);
		capture_free(c);
		capture_free(another);
	}
	return 0;
}

static void
test_spools(void **state)
{
	(void)state;
	assert_int_equal(in_child(use_spools), 0);
}

static int
listener(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static uint16_t the_port, other_port;

/* What is no TCP: raw, of another protocol, of the link. */
static int
other_sockets(void)
{
	if (socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 || errno != EPERM)
		return 10;
	if (socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP) >= 0 || errno != EPERM)
		return 11;
	if (socket(AF_INET, SOCK_DGRAM, 0) >= 0 || errno != EPERM)
		return 12;
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EPERM ? 13 : 0;
}

static int
use_network(void)
{
	struct sandbox_plan plan = { .sends = true };

	sandbox_plan_add_port(&plan, the_port);
	if (enter_with(&plan) != 0)
		return 1;
	if (connect_to(the_port) != 0)
		return 2;
	if (connect_to(other_port) == 0 || errno != EACCES)
		return 3;
	return other_sockets();
}

/* The addresses of the collector, and another one at the same port. */
static struct sockaddr_in
address(const char *host, uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static void
make_peers(struct peers *peers, int type)
{
	struct sockaddr_in at = address("127.0.0.1", the_port);
	struct addrinfo one = {
		.ai_family = AF_INET, .ai_socktype = type,
		.ai_addr = (struct sockaddr *)&at, .ai_addrlen = sizeof(at),
	};
	struct err err;

	assert_int_equal(peers_init(peers, &one, &err), 0);
	assert_int_equal(peers->n, 1);
}

/* Nothing can be put where the addresses are. */
static int
change(const struct peers *peers)
{
	struct sockaddr_in *at = (void *)(uintptr_t)peers->list[0].at;
	int pipe_fds[2];
	void *p;

	if (pipe(pipe_fds) != 0 || write(pipe_fds[1], "0123456789abcdef", 16) != 16 ||
	    read(pipe_fds[0], at, sizeof(*at)) > 0)
		return 20;
	if (mprotect(peers->page, peers->size, PROT_READ | PROT_WRITE) == 0)
		return 21;
	if (munmap(peers->page, peers->size) == 0)
		return 22;
	if (madvise(peers->page, peers->size, MADV_DONTNEED) == 0)
		return 23;
	p = mmap(peers->page, peers->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (p != MAP_FAILED)
		return 24;
	p = mremap(peers->page, peers->size, peers->size * 4, MREMAP_MAYMOVE);
	if (p != MAP_FAILED)
		return 25;
	return 0;
}

static int
use_peers(int type)
{
	struct sandbox_plan plan = { .sends = true };
	struct peers peers;
	struct sockaddr_in same, elsewhere = address("127.0.0.2", the_port);
	int fd;
	struct iovec iov = { .iov_base = &the_port, .iov_len = 2 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_name = &elsewhere, .msg_namelen = sizeof(elsewhere),
	};

	make_peers(&peers, type);
	if (type == SOCK_STREAM)
		sandbox_plan_add_port(&plan, the_port);
	plan.peers = &peers;
	if (enter_with(&plan) != 0)
		return 1;
	memcpy(&same, peers.list[0].at, sizeof(same));
	/* Each time anew, as after a break. */
	for (int i = 0; i < 3; i++) {
		fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
		if (connect(fd, (struct sockaddr *)&same, sizeof(same)) == 0 || errno != EPERM)
			return 2;
		if (connect(fd, (struct sockaddr *)&elsewhere, sizeof(elsewhere)) == 0 ||
		    errno != EPERM)
			return 3;
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&elsewhere, sizeof(elsewhere)) > 0 ||
		    errno != EPERM)
			return 4;
		if (sendmsg(fd, &msg, 0) > 0 || errno != EPERM)
			return 5;
		if (connect(fd, peers.list[0].at, peers.list[0].n) != 0 || send(fd, "x", 1, 0) != 1)
			return 6;
	}
	return change(&peers);
}

static int
use_stream(void)
{
	return use_peers(SOCK_STREAM);
}

static int
use_datagrams(void)
{
	return use_peers(SOCK_DGRAM);
}

static int
seal(void)
{
	struct peers peers;

	make_peers(&peers, SOCK_STREAM);
	return peers_seal(&peers);
}

static void
test_peers(void **state)
{
	int fd;

	(void)state;
	/* As old a kernel cannot seal. */
	if (landlock_version() == 0 || in_child(seal) != 0)
		skip();
	fd = listener(&the_port);
	assert_int_equal(in_child(use_stream), 0);
	assert_int_equal(in_child(use_datagrams), 0);
	close(fd);
}

static void
test_network(void **state)
{
	int one, two;

	(void)state;
	if (landlock_version() < 4)
		skip();
	one = listener(&the_port);
	two = listener(&other_port);
	assert_int_equal(in_child(use_network), 0);
	close(one);
	close(two);
}

/* ---- who ---- */

static int
be_nobody(void)
{
	struct sandbox_plan plan = { 0 };
	uid_t r, e, s;

	unsetenv("SUDO_UID");
	if (enter_with(&plan) != 0 || getresuid(&r, &e, &s) != 0)
		return 1;
	if (r == 0 || e == 0 || s == 0 || getgroups(0, NULL) != 0)
		return 2;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 3;
}

static int
be_sudo(void)
{
	struct sandbox_plan plan = { .files = true };
	struct stat st;

	setenv("SUDO_UID", "4242", 1);
	setenv("SUDO_GID", "4243", 1);
	sandbox_plan_add(&plan, other, SANDBOX_WRITE);
	if (enter_with(&plan) != 0)
		return 1;
	if (getuid() != 4242 || getgid() != 4243)
		return 2;
	if (open(path_in(other, "sudo"), O_WRONLY | O_CREAT, 0600) < 0 ||
	    stat(path_in(other, "sudo"), &st) != 0)
		return 3;
	return st.st_uid == 4242 && st.st_gid == 4243 ? 0 : 4;
}

/* Files stay root's, and nothing else does. */
static int
keep_files(void)
{
	struct sandbox_plan plan = { .files = true };
	struct stat st;

	unsetenv("SUDO_UID");
	sandbox_plan_add(&plan, folder, SANDBOX_WRITE);
	if (enter_with(&plan) != 0 || getuid() == 0 || geteuid() == 0)
		return 1;
	if (open(path_in(folder, "root"), O_WRONLY | O_CREAT, 0600) < 0 ||
	    stat(path_in(folder, "root"), &st) != 0)
		return 2;
	if (open("/etc/shadow", O_RDONLY) >= 0)
		return 3;
	return st.st_uid == 0 ? 0 : 4;
}

static int
by_name(void)
{
	struct sandbox_plan plan = { .user = "daemon", .files = true };

	return enter_with(&plan) == 0 && getuid() == 1 ? 0 : 1;
}

static int
by_wrong_name(void)
{
	struct sandbox_plan plan = { .user = "no such user" };
	struct err err;

	return sandbox_enter(&plan, &err) == SANDBOX_REFUSED && strstr(err.text, "no such user")
		? 0 : 1;
}

static void
test_users(void **state)
{
	(void)state;
	assert_int_equal(in_child(by_wrong_name), 0);
	if (getuid() != 0)
		skip();
	assert_int_equal(chmod(other, 0777), 0);
	assert_int_equal(in_child(be_nobody), 0);
	assert_int_equal(in_child(be_sudo), 0);
	assert_int_equal(in_child(by_name), 0);
	if (landlock_version() > 0)
		assert_int_equal(in_child(keep_files), 0);
}

/* ---- the plan ---- */

static void
test_plan(void **state)
{
	struct sandbox_plan plan = { 0 };

	(void)state;
	sandbox_plan_add(&plan, "/", SANDBOX_WRITE | SANDBOX_NAMED);
	sandbox_plan_add(&plan, "/etc", SANDBOX_WRITE);
	sandbox_plan_add(&plan, "/usr/lib", SANDBOX_WRITE);
	sandbox_plan_add(&plan, "/home", SANDBOX_WRITE);
	sandbox_plan_add(&plan, "/dev", SANDBOX_WRITE);
	assert_int_equal(plan.n, 5);
	for (size_t i = 0; i < plan.n; i++)
		assert_int_equal(plan.paths[i].use & SANDBOX_WRITE, 0);
	sandbox_plan_add(&plan, "/etc", SANDBOX_WRITE | SANDBOX_NAMED);
	assert_int_equal(plan.n, 5);
	assert_true(plan.paths[1].use & SANDBOX_WRITE);
	sandbox_plan_add(&plan, "/tmp", SANDBOX_WRITE);
	assert_true(plan.paths[5].use & SANDBOX_WRITE);
	sandbox_plan_add_folder(&plan, "/usr/nothing", SANDBOX_READ);
	assert_string_equal(plan.paths[6].path, "/usr");
	sandbox_plan_release(&plan);
	assert_int_equal(plan.n, 0);
}

static int
tell(void)
{
	static const char *const lines[] = {
		"user: ", "capabilities: none", "no new privileges: yes", "core dumps: none",
		"seccomp: ", "landlock: version ", "may read: ", "may write: ", "network: none",
	};
	struct sandbox_plan plan = { 0 };
	struct buf text = BUF_INIT;

	sandbox_plan_add(&plan, folder, SANDBOX_WRITE);
	if (enter_with(&plan) != 0)
		return 1;
	sandbox_tell(&plan, &text);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(buf_cstr(&text), lines[i]))
			return 2 + (int)i;
	return strstr(buf_cstr(&text), "NO\n") ? 50 : 0;
}

static void
test_told(void **state)
{
	(void)state;
	if (landlock_version() == 0)
		skip();
	assert_int_equal(in_child(tell), 0);
}

static int
set_up(void **state)
{
	FILE *f;

	(void)state;
	if (!mkdtemp(folder) || !mkdtemp(other))
		return -1;
	f = fopen(path_in(other, "file"), "w");
	return f && fputs("x", f) >= 0 ? fclose(f) : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path_in(folder, "root"));
	unlink(path_in(other, "file"));
	unlink(path_in(other, "sudo"));
	return rmdir(folder) | rmdir(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attempts_fail),
		cmocka_unit_test(test_attempts_are_real),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_spools),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
