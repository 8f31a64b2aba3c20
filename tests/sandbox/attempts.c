#include "attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* -1, or the descriptor closed again. */
static int
opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static int
try_execute(void)
{
	char *const argv[] = { (char *)(uintptr_t)"/bin/true", NULL };

	return execve("/bin/true", argv, argv + 1);
}

/* A child that came to be ends at once. */
static int
forked(long pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid < 0 ? -1 : 0;
}

static int
try_fork(void)
{
	return forked(fork());
}

static int
try_clone(void)
{
	return forked(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int
try_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -1;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r = connect(fd, (struct sockaddr *)&to, sizeof(to));
	/* Nobody listens, and this one was asked. */
	if (r != 0 && errno == ECONNREFUSED)
		r = 0;
	close(fd);
	return r;
}

static int
try_datagram(void)
{
	return opened(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int
try_local_socket(void)
{
	return opened(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
try_raw_socket(void)
{
	return opened(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
}

static int
try_packet_socket(void)
{
	return opened(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(3)));
}

static int
try_shadow(void)
{
	return opened(open("/etc/shadow", O_RDONLY | O_CLOEXEC));
}

/* Everybody may read it, who is in no sandbox. */
static int
try_passwd(void)
{
	return opened(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int
try_memory_of_parent(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)getppid());
	return opened(open(path, O_RDWR | O_CLOEXEC));
}

static int
try_write_outside(void)
{
	int fd = open("/var/tmp/rung-probe", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		unlink("/var/tmp/rung-probe");
	return opened(fd);
}

static int
try_folder_outside(void)
{
	int r = mkdir("/var/tmp/rung-probe.d", 0700);

	if (r == 0)
		rmdir("/var/tmp/rung-probe.d");
	return r;
}

static int
try_link(void)
{
	int r = link("/etc/passwd", "/var/tmp/rung-probe");

	if (r == 0)
		unlink("/var/tmp/rung-probe");
	return r;
}

static int
try_symlink(void)
{
	int r = symlink("/etc/passwd", "/var/tmp/rung-probe");

	if (r == 0)
		unlink("/var/tmp/rung-probe");
	return r;
}

static int
try_chmod(void)
{
	return chmod("/var/tmp", 01777);
}

static int
try_chown(void)
{
	return chown("/var/tmp", (uid_t)-1, (gid_t)-1);
}

static int
try_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
try_read_process(void)
{
	char byte, from = 0;
	struct iovec to = { &byte, 1 }, there = { &from, 1 };

	return process_vm_readv(getpid(), &to, 1, &there, 1, 0) < 0 ? -1 : 0;
}

static int
try_signal(void)
{
	return kill(getppid(), 0);
}

static int
try_setuid(void)
{
	if (setuid(0) == 0)
		return 0;
	return setresuid(0, 0, 0);
}

static int
try_setgroups(void)
{
	gid_t root = 0;

	return (int)syscall(SYS_setgroups, 1, &root);
}

static int
try_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = 1, .permitted = 1 } };

	return (int)syscall(SYS_capset, &head, data);
}

static int
try_dumps(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0)
		return 0;
	return setrlimit(RLIMIT_CORE, &all);
}

static int
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int
try_protect(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 0 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int
try_mount(void)
{
	return mount("none", "/var/tmp", "tmpfs", 0, NULL);
}

static int
try_unshare(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
try_chroot(void)
{
	return chroot("/");
}

static int
try_device(void)
{
	return mknod("/var/tmp/rung-probe", S_IFCHR | 0600, 1 << 8 | 3);
}

static int
try_ring(void)
{
	char params[120] = { 0 };

	return opened((int)syscall(SYS_io_uring_setup, 1, params));
}

static int
try_bpf(void)
{
	return opened((int)syscall(SYS_bpf, 0, NULL, 0));
}

static int
try_setuid_file(void)
{
	int fd = open("rung-probe", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 04755);

	if (fd >= 0)
		unlink("rung-probe");
	return opened(fd);
}

static int
try_setuid_bit(void)
{
	int fd = open("rung-probe", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), r;

	if (fd < 0)
		return -1;
	r = fchmod(fd, 04755);
	unlink("rung-probe");
	close(fd);
	return r;
}

static int
try_owner_of_signals(void)
{
	return fcntl(STDIN_FILENO, F_SETOWN, getppid());
}

/* What is written to a socket of an interface is sent there. */
static int
try_to_send(void)
{
	static const char frame[60] = "\377\377\377\377\377\377\2";
	int done = -1;

	for (int fd = 3; fd < 256; fd++) {
		struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
		int family, copy;
		socklen_t n = sizeof(family);

		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &n) != 0)
			continue;
		if (sendto(fd, frame, 9, 0, (struct sockaddr *)&to, sizeof(to)) > 0)
			done = 0;
		if (family != AF_PACKET)
			continue;
		copy = dup(fd);
		if (copy >= 0 || write(fd, frame, sizeof(frame)) > 0)
			done = 0;
		if (copy >= 0)
			close(copy);
	}
	return done;
}

static int
try_type_ahead(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

const struct attempt attempts[] = {
	{ "execute", try_execute }, { "fork", try_fork }, { "clone", try_clone },
	{ "connect", try_connect }, { "datagram socket", try_datagram },
	{ "local socket", try_local_socket }, { "raw socket", try_raw_socket },
	{ "packet socket", try_packet_socket }, { "open /etc/shadow", try_shadow },
	{ "open /etc/passwd", try_passwd }, { "memory of the parent", try_memory_of_parent },
	{ "write outside", try_write_outside }, { "make a folder outside", try_folder_outside },
	{ "link outside", try_link }, { "symbolic link outside", try_symlink },
	{ "chmod", try_chmod }, { "chown", try_chown }, { "ptrace", try_ptrace },
	{ "read a process", try_read_process }, { "signal the parent", try_signal },
	{ "setuid", try_setuid }, { "setgroups", try_setgroups },
	{ "take a capability", try_capabilities }, { "allow core dumps", try_dumps },
	{ "memory to run", try_code }, { "make memory run", try_protect },
	{ "mount", try_mount }, { "unshare", try_unshare }, { "chroot", try_chroot },
	{ "make a device", try_device }, { "io_uring", try_ring }, { "bpf", try_bpf },
	{ "type for the user", try_type_ahead }, { "a set-user-ID file", try_setuid_file },
	{ "set-user-ID", try_setuid_bit }, { "signals by a file", try_owner_of_signals },
	{ "send by a socket", try_to_send },
};
const size_t attempt_n = sizeof(attempts) / sizeof(attempts[0]);
