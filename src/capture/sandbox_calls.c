/*
 * The system calls that reading, showing and saving take; all others fail with EPERM.
 * They fail and do not kill, for libraries try things that they do without when these
 * are refused.
 *
 * A row without a condition is allowed as it is. The rows with conditions are below, in
 * code. Names that an architecture does not have are left out by libseccomp.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>
#include <seccomp.h>

#include "capture/sandbox_int.h"
#include "net/peers.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA	0x53564d41
#endif

#define RECEIVERS_MAX	1024u
/* The kernel compares descriptors as 32 bits of it. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FIRST_ARGUMENT	(offsetof(struct seccomp_data, args) + 4)
#else
#define FIRST_ARGUMENT	offsetof(struct seccomp_data, args)
#endif

/* When a row holds. */
enum when {
	ALWAYS,
	SENDS = 1 << 0,		/* with -H */
	LISTENS = 1 << 1,	/* with -L */
	LIVE = 1 << 2,		/* with interfaces */
	ANSWERS = 1 << 3,	/* with -L tls */
};

static const struct call {
	int number;
	unsigned when;		/* ALWAYS, or any of these */
} calls[] = {
	/* What is most frequent first. */
#define CALL(name, when) { SCMP_SYS(name), when }
	CALL(read, ALWAYS), CALL(pread64, ALWAYS), CALL(write, ALWAYS), CALL(poll, ALWAYS),
	CALL(ppoll, ALWAYS), CALL(recvfrom, SENDS | LISTENS | LIVE), CALL(clock_gettime, ALWAYS),
	CALL(writev, ALWAYS), CALL(readv, ALWAYS), CALL(pwrite64, ALWAYS), CALL(lseek, ALWAYS),
	CALL(_llseek, ALWAYS), CALL(close, ALWAYS),
	CALL(epoll_wait, ALWAYS), CALL(epoll_pwait, ALWAYS), CALL(epoll_ctl, ALWAYS),
	CALL(epoll_create1, ALWAYS), CALL(eventfd2, ALWAYS), CALL(pipe2, ALWAYS),
	CALL(select, ALWAYS), CALL(_newselect, ALWAYS), CALL(pselect6, ALWAYS),

	/* Files; open, fchmod and fcntl are below. */
	CALL(fstat, ALWAYS), CALL(fstat64, ALWAYS),
	CALL(newfstatat, ALWAYS), CALL(fstatat64, ALWAYS), CALL(stat, ALWAYS),
	CALL(lstat, ALWAYS), CALL(statx, ALWAYS), CALL(fstatfs, ALWAYS), CALL(statfs, ALWAYS),
	CALL(access, ALWAYS),
	CALL(faccessat, ALWAYS), CALL(faccessat2, ALWAYS), CALL(readlink, ALWAYS),
	CALL(readlinkat, ALWAYS), CALL(getcwd, ALWAYS), CALL(getdents64, ALWAYS),
	CALL(getdents, ALWAYS), CALL(dup, ALWAYS),
	CALL(dup2, ALWAYS), CALL(dup3, ALWAYS), CALL(fadvise64, ALWAYS),
	CALL(fsync, ALWAYS), CALL(fdatasync, ALWAYS), CALL(sync_file_range, ALWAYS),
	CALL(ftruncate, ALWAYS), CALL(ftruncate64, ALWAYS), CALL(fallocate, ALWAYS),
	CALL(rename, ALWAYS), CALL(renameat, ALWAYS), CALL(renameat2, ALWAYS),
	CALL(link, ALWAYS), CALL(linkat, ALWAYS), CALL(unlink, ALWAYS), CALL(unlinkat, ALWAYS),
	CALL(mkdir, ALWAYS), CALL(mkdirat, ALWAYS), CALL(umask, ALWAYS),

	/* Memory; mmap, mprotect and mremap are below. */
	CALL(brk, ALWAYS), CALL(munmap, ALWAYS), CALL(madvise, ALWAYS), CALL(mremap, ALWAYS),

	/* Itself; kill and the like are below. */
	CALL(rt_sigaction, ALWAYS), CALL(rt_sigprocmask, ALWAYS), CALL(rt_sigreturn, ALWAYS),
	CALL(sigreturn, ALWAYS), CALL(sigaltstack, ALWAYS), CALL(rt_sigpending, ALWAYS),
	CALL(rt_sigtimedwait, ALWAYS), CALL(rt_sigsuspend, ALWAYS), CALL(pause, ALWAYS),
	CALL(getpid, ALWAYS), CALL(gettid, ALWAYS), CALL(getppid, ALWAYS),
	CALL(getpgrp, ALWAYS), CALL(getpgid, ALWAYS), CALL(getsid, ALWAYS),
	CALL(getuid, ALWAYS), CALL(geteuid, ALWAYS), CALL(getgid, ALWAYS), CALL(getegid, ALWAYS),
	CALL(getresuid, ALWAYS), CALL(getresgid, ALWAYS), CALL(getgroups, ALWAYS),
	CALL(capget, ALWAYS),
	CALL(getrusage, ALWAYS), CALL(getrlimit, ALWAYS), CALL(ugetrlimit, ALWAYS),
	CALL(sysinfo, ALWAYS), CALL(uname, ALWAYS), CALL(times, ALWAYS), CALL(time, ALWAYS),
	CALL(gettimeofday, ALWAYS), CALL(clock_getres, ALWAYS), CALL(nanosleep, ALWAYS),
	CALL(clock_nanosleep, ALWAYS), CALL(setitimer, ALWAYS), CALL(alarm, ALWAYS),
	CALL(timerfd_create, ALWAYS), CALL(timerfd_settime, ALWAYS),
	CALL(timerfd_gettime, ALWAYS),
	CALL(getrandom, ALWAYS), CALL(futex, ALWAYS), CALL(set_robust_list, ALWAYS),
	CALL(rseq, ALWAYS), CALL(restart_syscall, ALWAYS), CALL(sched_yield, ALWAYS),
	CALL(sched_getaffinity, ALWAYS), CALL(getcpu, ALWAYS), CALL(membarrier, ALWAYS),
	CALL(exit, ALWAYS), CALL(exit_group, ALWAYS),

	/* Sockets that are open. */
	CALL(recvmsg, SENDS | LISTENS | LIVE), CALL(recvmmsg, SENDS | LISTENS | LIVE),
	CALL(recv, SENDS | LISTENS | LIVE),
	CALL(getsockopt, SENDS | LISTENS | LIVE), CALL(setsockopt, LISTENS | LIVE),
	CALL(getsockname, SENDS | LISTENS | LIVE), CALL(getpeername, SENDS | LISTENS),
	CALL(send, SENDS | ANSWERS),
	CALL(shutdown, SENDS | LISTENS),
	CALL(accept, LISTENS), CALL(accept4, LISTENS),
	CALL(bind, LIVE),
	/* Those that are made and connected later, and what sends, are below. */
#undef CALL
};

/* Of devices: what terminals are asked, and files and pipes; not TIOCSTI, which types
 * for the user, nor TIOCLINUX. */
static const unsigned long requests[] = {
	TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, TCFLSH, TCXONC, TCSBRK, TIOCGPGRP, FIONREAD,
	FIONBIO,
};

/* Of interfaces. */
static const unsigned long live_requests[] = {
	SIOCGIFINDEX, SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFHWADDR, SIOCGIFMTU, SIOCGIFCONF,
	SIOCGIFADDR, SIOCGSTAMP, SIOCETHTOOL,
};

static unsigned
when_of(const struct sandbox_plan *plan)
{
	return (plan->sends ? SENDS : 0u) | (plan->listens ? LISTENS : 0u) |
		(plan->live ? LIVE : 0u) | (plan->answers ? ANSWERS : 0u);
}

static bool
holds(const struct call *call, unsigned now)
{
	return call->when == ALWAYS || (call->when & now);
}

size_t
calls_count(const struct sandbox_plan *plan)
{
	unsigned now = when_of(plan);
	size_t n = 0;

	/* A negative number is a name that this architecture does not have. */
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		n += calls[i].number >= 0 && holds(&calls[i], now);
	/* ioctl, fcntl, open, openat, fchmod, mmap, mprotect, prctl, prlimit, what signals. */
	return n + 12 + (plan->sends ? 2 : 0) + (plan->sends || plan->answers ? 1 : 0);
}

/* libseccomp answers with a negative errno. */
static int
allow(scmp_filter_ctx filter, int number)
{
	int r = number < 0 ? 0 : seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);

	/* That the architecture has under another name, or not. */
	return r == -EDOM || r == -EFAULT ? 0 : r;
}

/* Argument @p n, as far as @p mask goes, is @p value. */
static struct scmp_arg_cmp
argument(unsigned n, uint64_t mask, uint64_t value)
{
	return (struct scmp_arg_cmp){
		.arg = n, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value,
	};
}

static int
allow_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition)
{
	int r = number < 0 ? 0 :
		seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &condition);

	return r == -EDOM || r == -EFAULT ? 0 : r;
}

static int
allow_requests(scmp_filter_ctx filter, const unsigned long *list, size_t n)
{
	int r = 0;

	/* The kernel looks at 32 bits of it, and so must we. */
	for (size_t i = 0; i < n && r == 0; i++)
		r = allow_if(filter, SCMP_SYS(ioctl),
			     argument(1, UINT32_MAX, list[i]));
	return r;
}

/* Memory that can be run would be a program of somebody else; a pattern that finds none
 * is interpreted. */
static int
allow_memory(scmp_filter_ctx filter)
{
	int r = allow_if(filter, SCMP_SYS(mmap), argument(2, PROT_EXEC, 0));

	if (r == 0)
		r = allow_if(filter, SCMP_SYS(mmap2),
			     argument(2, PROT_EXEC, 0));
	if (r == 0)
		r = allow_if(filter, SCMP_SYS(mprotect),
			     argument(2, PROT_EXEC, 0));
	return r;
}

/* To itself: raise(), abort(), and the stop by ^Z. */
static int
allow_signals(scmp_filter_ctx filter)
{
	const uint32_t pid = (uint32_t)getpid();
	int r = allow_if(filter, SCMP_SYS(kill), argument(0, UINT32_MAX, pid));

	if (r == 0)
		r = allow_if(filter, SCMP_SYS(tgkill), argument(0, UINT32_MAX, pid));
	return r;
}

static int
allow_own(scmp_filter_ctx filter)
{
	/* What names memory for debuggers, and what --sandbox-status asks. */
	static const uint32_t what[] = {
		PR_SET_VMA, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP, PR_GET_DUMPABLE, PR_CAPBSET_READ,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(what) && r == 0; i++)
		r = allow_if(filter, SCMP_SYS(prctl), argument(0, UINT32_MAX, what[i]));
	/* Read, and of itself. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
				     argument(0, UINT32_MAX, 0), argument(2, UINT64_MAX, 0));
	return r;
}

/* No file that runs as whoever owns it: root's, where root's files are within reach. The
 * C library gives a mode of 0 where there is none. */
static int
allow_files(scmp_filter_ctx filter)
{
	static const uint32_t commands[] = {
		F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL,
	};
	const uint64_t mask = S_ISUID | S_ISGID;
	int r = allow_if(filter, SCMP_SYS(open), argument(2, mask, 0));

	if (r == 0)
		r = allow_if(filter, SCMP_SYS(openat), argument(3, mask, 0));
	if (r == 0)
		r = allow_if(filter, SCMP_SYS(fchmod), argument(1, mask, 0));
	/* Not who gets signals of a descriptor. */
	for (size_t i = 0; i < ARRAY_SIZE(commands) && r == 0; i++) {
		r = allow_if(filter, SCMP_SYS(fcntl), argument(1, UINT32_MAX, commands[i]));
		if (r == 0)
			r = allow_if(filter, SCMP_SYS(fcntl64),
				     argument(1, UINT32_MAX, commands[i]));
	}
	return r;
}

/* Where the socket is connected to: without an address. That of sendmsg() cannot be seen,
 * and so it is not allowed at all. */
static int
allow_sending(scmp_filter_ctx filter)
{
	return allow_if(filter, SCMP_SYS(sendto), argument(4, UINT64_MAX, 0));
}

/* Where an address lies is all that can be seen of it: these lie where nobody can put
 * another one. */
static int
allow_peers(scmp_filter_ctx filter, const struct peers *peers)
{
	int r = 0;

	for (size_t i = 0; i < peers->n && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(connect), 2,
				     argument(1, UINT64_MAX, (uintptr_t)peers->list[i].at),
				     argument(2, UINT32_MAX, peers->list[i].n));
	return r;
}

/* Of the kind that the collector takes, no raw ones: the type has flags above its low bits.
 * Of its usual protocol: others send to addresses, and pass Landlock by. */
static int
allow_sockets(scmp_filter_ctx filter, uint32_t type)
{
	static const uint32_t families[] = { AF_INET, AF_INET6 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3,
				     argument(0, UINT32_MAX, families[i]),
				     argument(1, 0xf, type), argument(2, UINT32_MAX, 0));
	return r;
}

static int
fill(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool pinned)
{
	unsigned now = when_of(plan);
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls) && r == 0; i++)
		if (holds(&calls[i], now))
			r = allow(filter, calls[i].number);
	if (r == 0)
		r = allow_requests(filter, requests, ARRAY_SIZE(requests));
	if (r == 0 && plan->live)
		r = allow_requests(filter, live_requests, ARRAY_SIZE(live_requests));
	if (r == 0)
		r = allow_memory(filter);
	if (r == 0)
		r = allow_signals(filter);
	if (r == 0)
		r = allow_own(filter);
	if (r == 0)
		r = allow_files(filter);
	if (r == 0 && (plan->sends || plan->answers))
		r = allow_sending(filter);
	if (r == 0 && plan->sends)
		r = allow_sockets(filter, plan->port_n > 0 ? SOCK_STREAM : SOCK_DGRAM);
	if (r == 0 && plan->sends)
		r = pinned ? allow_peers(filter, plan->peers) : allow(filter, SCMP_SYS(connect));
	return r;
}

/* Sockets of interfaces send what is written to them, to the network as it is. As these
 * are open, only their numbers tell them from files; none is had by another number. This
 * filter is by hand: their number has no bound, and each is compared with once. */
int
calls_enter_receivers(const struct sandbox_plan *plan, struct err *err)
{
	static const uint32_t numbers[] = {
		SYS_write, SYS_writev, SYS_pwrite64, SYS_pwritev, SYS_pwritev2, SYS_sendto,
		SYS_sendmsg, SYS_sendmmsg, SYS_connect, SYS_dup, SYS_dup3, SYS_fcntl,
#ifdef SYS_dup2
		SYS_dup2,
#endif
	};
	struct sock_filter code[2 * RECEIVERS_MAX + ARRAY_SIZE(numbers) + 4];
	struct sock_fprog program = { .filter = code };
	unsigned short n = 0;

	if (plan->receiver_n == 0)
		return 0;
	if (plan->receiver_n > RECEIVERS_MAX)
		return err_set(err, "seccomp: more than %u interfaces", RECEIVERS_MAX / 2);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i],
			(uint8_t)(ARRAY_SIZE(numbers) - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST_ARGUMENT);
	for (size_t i = 0; i < plan->receiver_n; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(uint32_t)plan->receivers[i], 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							 SECCOMP_RET_ERRNO | EPERM);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return err_set(err, "no seccomp, system calls are not held back: %s",
			       strerror(errno));
	return 0;
}

int
calls_enter(const struct sandbox_plan *plan, bool pinned, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return err_set(err, "seccomp: out of memory");
	/* A tree, not a list: it is asked at each system call. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* For the thread that writes, too; it gets what calls_enter_receivers() set likewise. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
	r = fill(filter, plan, pinned);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	/* How libseccomp says that the kernel refused. */
	return r == 0 ? 0 : err_set(err, "no seccomp, system calls are not held back: %s",
				    r == -ECANCELED ? "refused by this kernel" : strerror(-r));
}
