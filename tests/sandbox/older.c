/*
 * Run a program as if the kernel were older: "older NAME... -- COMMAND", where these are
 * missing: landlock, seccomp, users (as in containers that may not change them).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#endif
#define LOW_HALF	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4u : 0u)

static const struct missing {
	const char *name;
	int64_t number;
	int64_t first;		/* only with this first argument; -1: any */
	uint32_t fault;
} all[] = {
	{ "landlock", SYS_landlock_create_ruleset, -1, ENOSYS },
	{ "seccomp", SYS_seccomp, -1, ENOSYS },
	{ "seccomp", SYS_prctl, PR_SET_SECCOMP, EINVAL },
	{ "users", SYS_setresuid, -1, EPERM },
};
#define ALL	(sizeof(all) / sizeof(all[0]))

static unsigned short
add(struct sock_filter *code, unsigned short n, const struct missing *m)
{
	const struct sock_filter part[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)m->number, 0, m->first < 0 ? 1 : 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + LOW_HALF),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)m->first, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | m->fault),
	};

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		if (m->first >= 0 || (i != 2 && i != 3))
			code[n++] = part[i];
	return n;
}

int
main(int argc, char **argv)
{
	struct sock_filter code[5 * ALL + 1];
	struct sock_fprog program = { .filter = code };
	unsigned short n = 0;
	int i = 1;

	for (size_t k = 0; k < ALL; k++)
		for (int a = 1; a < argc && strcmp(argv[a], "--") != 0; a++)
			if (strcmp(argv[a], all[k].name) == 0)
				n = add(code, n, &all[k]);
	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	if (i + 1 >= argc)
		return 2;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	/* The number of its own, for one that is missing may be ours. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
		perror("older");
		return 77;
	}
	execv(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
