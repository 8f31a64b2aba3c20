/*
 * Root is given up in this order: the bounding set (it takes CAP_SETPCAP), the groups,
 * the group, the user, then every capability. What the system says is not believed:
 * each is read back, and the way back to root is tried.
 *
 * Who is root by itself, and not by sudo, becomes "nobody", who may neither read the
 * captures in root's folders nor save there. Where that is wanted later, the user that
 * counts for files (fsuid) stays root, without a capability: what root owns can be
 * opened, as far as the rules of Landlock let it; everything else about the process -
 * signals, tracing, limits - is of "nobody". Without Landlock this is not done.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture/privileges.h"

#include "base/str.h"

#define NOBODY	65534u

/* ---- whom ---- */

static bool
to_id(const char *text, uint32_t *id)
{
	return text && *text && str_to_u32(str_of(text), id) && *id != UINT32_MAX;
}

/* Without the groups: to ask for them may load a service of names. */
static void
take_user_alone(struct privileges *p, const struct passwd *pw)
{
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	p->group_n = 0;
	snprintf(p->name, sizeof(p->name), "%s", pw->pw_name);
}

static void
take_user(struct privileges *p, const struct passwd *pw)
{
	take_user_alone(p, pw);
	p->group_n = PRIVILEGES_GROUPS_MAX;
	if (getgrouplist(pw->pw_name, pw->pw_gid, p->groups, &p->group_n) < 0)
		p->group_n = PRIVILEGES_GROUPS_MAX;
}

static void
take_id(struct privileges *p, uid_t uid, gid_t gid)
{
	p->uid = uid;
	p->gid = gid;
	p->groups[0] = gid;
	p->group_n = 1;
	snprintf(p->name, sizeof(p->name), "%u", (unsigned)uid);
}

static bool
take_sudo(struct privileges *p)
{
	const struct passwd *pw;
	uint32_t uid, gid;

	if (!to_id(getenv("SUDO_UID"), &uid) || uid == 0)
		return false;
	pw = getpwuid(uid);
	if (pw) {
		take_user(p, pw);
	} else {
		if (!to_id(getenv("SUDO_GID"), &gid))
			gid = NOBODY;
		take_id(p, uid, gid);
	}
	return true;
}

static void
take_nobody(struct privileges *p)
{
	const struct passwd *pw = getpwnam("nobody");

	if (pw && pw->pw_uid != 0)
		take_user_alone(p, pw);
	else
		take_id(p, NOBODY, NOBODY);
	p->group_n = 0;
}

/* @return false: there is none. */
static bool
take_named(struct privileges *p, const char *user)
{
	const struct passwd *pw = getpwnam(user);
	uint32_t uid;

	if (!pw && to_id(user, &uid)) {
		pw = getpwuid(uid);
		if (!pw)
			take_id(p, uid, uid);
	} else if (!pw) {
		return false;
	}
	if (pw)
		take_user(p, pw);
	return true;
}

int
privileges_choose(struct privileges *p, const char *user, bool files, struct err *err)
{
	uid_t real = getuid();
	const struct passwd *pw;

	memset(p, 0, sizeof(*p));
	if (user && !take_named(p, user))
		return err_set(err, "--user: there is no user \"%s\"", user);
	if (real == 0 && geteuid() == 0) {
		p->drop = true;
		if (user || take_sudo(p))
			return 0;
		take_nobody(p);
		p->files = files;
		return 0;
	}
	if (user && p->uid != real)
		return err_set(err, "--user: only root can become %s", p->name);
	pw = getpwuid(real);
	take_id(p, real, getgid());
	if (pw)
		snprintf(p->name, sizeof(p->name), "%s", pw->pw_name);
	/* A file with the set-user-ID bit. */
	p->drop = geteuid() != real || getegid() != p->gid;
	return 0;
}

/* ---- becoming ---- */

static int
caps_get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capget, &head, data);
}

static int
caps_set(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capset, &head, data);
}

static bool
caps_are_none(void)
{
	struct __user_cap_data_struct data[2];

	if (caps_get(data) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (data[i].effective || data[i].permitted || data[i].inheritable)
			return false;
	return true;
}

static bool
drop_bounding(void)
{
	bool all = true;

	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1 &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			all = false;
	return all;
}

static bool
ids_are(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	return getresuid(&r, &e, &s) == 0 && getresgid(&rg, &eg, &sg) == 0 && r == uid &&
		e == uid && s == uid && rg == gid && eg == gid && sg == gid;
}

/* Keep the user that counts for files: the capabilities that allow it were kept. */
static bool
keep_files(void)
{
	struct __user_cap_data_struct data[2];

	if (caps_get(data) != 0)
		return false;
	data[0].effective = data[0].permitted &
		(CAP_TO_MASK(CAP_SETUID) | CAP_TO_MASK(CAP_SETGID));
	data[1].effective = 0;
	if (caps_set(data) != 0)
		return false;
	setfsgid(0);
	setfsuid(0);
	/* It answers with what held before. */
	return setfsuid(0) == 0 && setfsgid(0) == 0;
}

static int
become(struct privileges *p, struct err *err)
{
	bool may_set = geteuid() == 0;

	if (may_set && setgroups((size_t)p->group_n, p->groups) != 0)
		return err_set(err, "the groups of root stay: %s", strerror(errno));
	prctl(PR_SET_KEEPCAPS, p->files ? 1 : 0, 0, 0, 0);
	if (setresgid(p->gid, p->gid, p->gid) != 0 || setresuid(p->uid, p->uid, p->uid) != 0 ||
	    !ids_are(p->uid, p->gid)) {
		prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
		return err_set(err, "root cannot become %s: %s", p->name, strerror(errno));
	}
	if (p->files)
		p->files = keep_files();
	prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	p->dropped = true;
	return 0;
}

/* That there is no way back. */
static bool
is_final(const struct privileges *p)
{
	if (p->uid == 0)
		return true;
	return setresuid(0, 0, 0) != 0 && setuid(0) != 0 && ids_are(p->uid, p->gid);
}

static bool
forbid_dumps(void)
{
	const struct rlimit none = { 0, 0 };

	/* This one also keeps others of the same user from reading the memory. */
	return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

int
privileges_drop(struct privileges *p, struct err *err)
{
	static const struct __user_cap_data_struct none[2];
	int result = 0;

	p->no_bounding = drop_bounding();
	if (p->drop)
		result = become(p, err);
	if (!p->dropped)
		p->files = false;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	p->no_caps = caps_set(none) == 0 && caps_are_none();
	if (p->drop && p->dropped && !is_final(p)) {
		p->dropped = false;
		result = err_set(err, "there is a way back to root from user %s", p->name);
	}
	if (!p->no_caps && result == 0)
		result = err_set(err, "capabilities stay: %s", strerror(errno));
	p->no_new = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!p->no_new && result == 0)
		result = err_set(err, "new privileges can be had: %s", strerror(errno));
	p->no_dump = forbid_dumps();
	if (!p->no_dump && result == 0)
		result = err_set(err, "core dumps stay: %s", strerror(errno));
	return result;
}

void
privileges_drop_files(struct privileges *p)
{
	if (!p->files)
		return;
	setfsuid(p->uid);
	setfsgid(p->gid);
	p->files = false;
}
