/*
 * Landlock, by its system calls: the C library has none. Rules are for a folder and all
 * below it, or one file; what is open already is not touched by them.
 *
 * The numbers are written here where the headers of the system are older than what the
 * kernel may know. What version knows what: Documentation/userspace-api/landlock.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture/sandbox_int.h"

#include "base/mem.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#define SYS_landlock_add_rule		445
#define SYS_landlock_restrict_self	446
#endif

#define FS_REFER		(UINT64_C(1) << 13)	/* version 2 */
#define FS_TRUNCATE		(UINT64_C(1) << 14)	/* 3 */
#define FS_IOCTL_DEV		(UINT64_C(1) << 15)	/* 5 */
#define NET_BIND_TCP		(UINT64_C(1) << 0)	/* 4 */
#define NET_CONNECT_TCP		(UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_UNIX	(UINT64_C(1) << 0)	/* 6 */
#define SCOPE_SIGNAL		(UINT64_C(1) << 1)
#define RULE_NET_PORT		2
#define FS_OF_1			((UINT64_C(1) << 13) - 1)

#define FS_READ_FILE		LANDLOCK_ACCESS_FS_READ_FILE
#define FS_READ			(FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE_FILE		(LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)
#define FS_WRITE \
	(FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 FS_REFER)

/* Older kernels take the beginning of it. */
struct ruleset {
	uint64_t fs, net, scoped;
};

struct net_rule {
	uint64_t allowed, port;
};

int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
			       LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

static uint64_t
fs_of(int abi)
{
	uint64_t fs = FS_OF_1;

	if (abi >= 2)
		fs |= FS_REFER;
	if (abi >= 3)
		fs |= FS_TRUNCATE;
	if (abi >= 5)
		fs |= FS_IOCTL_DEV;
	return fs;
}

static size_t
ruleset_size(int abi)
{
	return abi >= 6 ? sizeof(struct ruleset)
		: abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

void
landlock_add_rules(struct buf *out, int abi)
{
	buf_add_cstr(out, "files");
	if (abi >= 3)
		buf_add_cstr(out, ", their lengths");
	if (abi >= 4)
		buf_add_cstr(out, ", TCP");
	if (abi >= 5)
		buf_add_cstr(out, ", devices");
	if (abi >= 6)
		buf_add_cstr(out, ", abstract sockets, signals");
}

/* What cannot be opened cannot be had, and needs no rule. */
static int
allow_path(int rules, const struct sandbox_path *path, uint64_t known)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = -1 };
	struct stat st;
	int result = 0;

	rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return 0;
	if (path->use & SANDBOX_READ)
		rule.allowed_access |= FS_READ;
	if (path->use & SANDBOX_WRITE)
		rule.allowed_access |= FS_READ | FS_WRITE;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_READ_FILE | FS_WRITE_FILE;
	rule.allowed_access &= known;
	if (rule.allowed_access)
		result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
				      &rule, 0);
	close(rule.parent_fd);
	return result;
}

/* To remove folders, which takes empty ones, where @p made is in. */
static int
allow_removal(int rules, const char *made)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_REMOVE_DIR, .parent_fd = -1,
	};
	const char *slash = strrchr(made, '/');
	char *folder = xstrndup(made, slash > made ? (size_t)(slash - made) : 1);
	int result = 0;

	rule.parent_fd = open(folder, O_PATH | O_CLOEXEC);
	free(folder);
	if (rule.parent_fd < 0)
		return 0;
	result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return result;
}

static int
allow_port(int rules, uint16_t port)
{
	struct net_rule rule = { NET_CONNECT_TCP, port };

	return (int)syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &rule, 0);
}

int
landlock_enter(const struct sandbox_plan *plan, const struct sandbox_made *made, int abi,
	       struct err *err)
{
	struct ruleset set = {
		fs_of(abi), NET_BIND_TCP | NET_CONNECT_TCP, SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL
	};
	int rules, result = 0;

	rules = (int)syscall(SYS_landlock_create_ruleset, &set, ruleset_size(abi), 0);
	if (rules < 0)
		return err_set(err, "Landlock: %s", strerror(errno));
	for (size_t i = 0; i < plan->n && result == 0; i++)
		result = allow_path(rules, &plan->paths[i], set.fs);
	for (size_t i = 0; i < made->n && result == 0; i++)
		result = allow_removal(rules, made->paths[i]);
	for (size_t i = 0; i < plan->port_n && result == 0 && abi >= 4; i++)
		result = allow_port(rules, plan->ports[i]);
	if (result == 0)
		result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	if (result != 0)
		err_set(err, "Landlock: %s", strerror(errno));
	close(rules);
	return result;
}
