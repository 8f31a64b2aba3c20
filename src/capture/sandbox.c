/*
 * The order: what needs files or powers later is made now (temporary files, what the
 * C library loads); root is given up; folders for settings are made, by who we are then;
 * then Landlock, then seccomp, which would not let Landlock happen.
 *
 * Each part does without the others. What a kernel lacks is told, and is no error.
 */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <langinfo.h>
#include <linux/seccomp.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture/sandbox_int.h"

#include "base/denied.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/writer.h"
#include "capture/privileges.h"
#include "capture/reserve.h"
#include "net/peers.h"

static struct {
	struct privileges who;
	int abi;			/* of Landlock in force; 0: none */
	bool calls;			/* seccomp is */
	bool pinned;			/* connections are made to the collector alone */
	struct sandbox_made made;
	int *receivers;			/* their numbers, also once they are closed */
	size_t receiver_n;
	void (*probe)(void);
} held;

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WITH_LEAKS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(WITH_LEAKS)
/* Looking for leaks traces the process by another one, which is just what must not be
 * possible: it is done in runs without the sandbox. The name is LeakSanitizer's. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return held.abi > 0 || held.calls || held.who.no_dump;
}
#endif

/* ---- the plan ---- */

void
sandbox_plan_release(struct sandbox_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		free(plan->paths[i].path);
	free(plan->paths);
	free(plan->ports);
	free(plan->receivers);
	*plan = (struct sandbox_plan){ 0 };
}

static bool
is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Who may write there owns the machine, or all who use it. */
static bool
is_of_system(const char *path)
{
	static const char *const whole[] = {
		"/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin",
		"/sys", "/usr",
	};
	static const char *const alone[] = {
		"/home", "/opt", "/run", "/srv", "/var", "/var/lib", "/var/spool",
	};

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (is_below(path, whole[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
		if (strcmp(path, alone[i]) == 0)
			return true;
	return is_below(path, "/dev") && !is_below(path, "/dev/shm");
}

void
sandbox_plan_add(struct sandbox_plan *plan, const char *path, unsigned use)
{
	char *real = realpath(path, NULL);

	if (!real)
		real = xstrdup(path);
	if ((use & SANDBOX_WRITE) &&
	    (strcmp(real, "/") == 0 || (!(use & SANDBOX_NAMED) && is_of_system(real))))
		use = SANDBOX_READ;
	for (size_t i = 0; i < plan->n; i++) {
		if (strcmp(plan->paths[i].path, real) == 0) {
			plan->paths[i].use |= use;
			free(real);
			return;
		}
	}
	ARRAY_GROW(plan->paths, plan->cap, plan->n + 1);
	plan->paths[plan->n++] = (struct sandbox_path){ real, use };
}

static void
add_folder(struct sandbox_plan *plan, const char *path, unsigned use)
{
	const char *slash = strrchr(path, '/');
	char *folder = !slash ? xstrdup(".")
		: xstrndup(path, slash > path ? (size_t)(slash - path) : 1);

	sandbox_plan_add(plan, folder, use);
	free(folder);
}

void
sandbox_plan_add_folder(struct sandbox_plan *plan, const char *path, unsigned use)
{
	char *real = realpath(path, NULL);

	add_folder(plan, path, use);
	if (real)
		add_folder(plan, real, use);
	free(real);
}

void
sandbox_plan_add_port(struct sandbox_plan *plan, uint16_t port)
{
	ARRAY_GROW(plan->ports, plan->port_cap, plan->port_n + 1);
	plan->ports[plan->port_n++] = port;
}

void
sandbox_plan_add_receiver(struct sandbox_plan *plan, int fd)
{
	ARRAY_GROW(plan->receivers, plan->receiver_cap, plan->receiver_n + 1);
	plan->receivers[plan->receiver_n++] = fd;
}

/* ---- before ---- */

/* What the C library loads when it is first asked, and could not later. */
static void
warm_up(void)
{
	static iconv_t to = (iconv_t)-1, from = (iconv_t)-1;
	const char *charset = nl_langinfo(CODESET);
	char bytes[16];

	tzset();
	if (wctomb(bytes, L'\u00e9') < 0)
		wctomb(NULL, L'\0');
	/* Names in archives; open for good, or what was loaded goes again. */
	if (strcmp(charset, "UTF-8") != 0 && to == (iconv_t)-1) {
		to = iconv_open(charset, "UTF-8");
		from = iconv_open("UTF-8", charset);
	}
	(void)from;
}

/* Folders that are wanted where there are none; those they lie in, too. */
static void
make_folders(const struct sandbox_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		char *path = plan->paths[i].path;

		if (!(plan->paths[i].use & SANDBOX_MAKE))
			continue;
		for (size_t k = 1; path[0]; k++) {
			char c = path[k];

			if (c != '/' && c != '\0')
				continue;
			path[k] = '\0';
			/* What goes wrong shows when something is written there. */
			if (mkdir(path, 0700) == 0 && held.made.n < ARRAY_SIZE(held.made.paths))
				held.made.paths[held.made.n++] = xstrdup(path);
			path[k] = c;
			if (c == '\0')
				break;
		}
	}
}

/* ---- entering ---- */

/* The first of what is wrong is told, the rest by --sandbox-status. */
static void
note(struct err *err, enum sandbox_result *result, const char *text)
{
	if (*result == SANDBOX_ALL)
		err_set(err, "sandbox: %s; --sandbox-status tells what holds", text);
	*result = SANDBOX_PART;
}

static void
hold_receivers(const struct sandbox_plan *plan)
{
	held.receiver_n = plan->receiver_n;
	held.receivers = xreallocarray(held.receivers, plan->receiver_n + 1, sizeof(int));
	for (size_t i = 0; i < plan->receiver_n; i++)
		held.receivers[i] = plan->receivers[i];
}

static void
enter_rules(const struct sandbox_plan *plan, struct err *err, enum sandbox_result *result)
{
	struct err why;

	make_folders(plan);
	if (held.abi == 0) {
		note(err, result, "this kernel has no Landlock: files and TCP are not held back");
	} else if (landlock_enter(plan, &held.made, held.abi, &why) != 0) {
		held.abi = 0;
		note(err, result, why.text);
	}
	/* Without rules for files root's own would all be within reach. */
	if (held.abi == 0)
		privileges_drop_files(&held.who);
	hold_receivers(plan);
	held.pinned = plan->sends && plan->peers && peers_seal(plan->peers) == 0;
	/* It takes on what holds by now, and could not be made later. */
	if (plan->live || plan->listens)
		writer_start();
	held.calls = calls_enter_receivers(plan, &why) == 0 &&
		calls_enter(plan, held.pinned, &why) == 0;
	if (held.calls)
		return;
	note(err, result, why.text);
	/* Files that run as root could be made. */
	privileges_drop_files(&held.who);
}

enum sandbox_result
sandbox_enter(const struct sandbox_plan *plan, struct err *err)
{
	enum sandbox_result result = SANDBOX_ALL;
	bool rules = !plan->only_user;
	struct err why;

	held.abi = rules ? landlock_version() : 0;
	if (privileges_choose(&held.who, plan->user, plan->files && held.abi > 0, err) != 0)
		return SANDBOX_REFUSED;
	if (rules) {
		warm_up();
		reserve_fill();
	}
	/* Where that cannot be it stays root's, and can be written all the same. */
	if (plan->has_made && held.who.drop && !held.who.files)
		(void)!fchown(plan->made_fd, held.who.uid, held.who.gid);
	if (privileges_drop(&held.who, &why) != 0) {
		if (plan->user && held.who.drop && !held.who.dropped) {
			*err = why;
			return SANDBOX_REFUSED;
		}
		note(err, &result, why.text);
	}
	if (rules)
		enter_rules(plan, err, &result);
	denied_begin(held.abi > 0, held.who.dropped && held.who.uid != 0 && !held.who.files
		     ? held.who.name : NULL);
	if (held.probe)
		held.probe();
	return result;
}

void
sandbox_closed(int fd)
{
	for (size_t i = 0; i < held.receiver_n; i++) {
		int taken;

		if (held.receivers[i] != fd)
			continue;
		taken = eventfd(0, EFD_CLOEXEC);
		if (taken >= 0 && taken != fd) {
			dup3(taken, fd, O_CLOEXEC);
			close(taken);
		}
		return;
	}
}

void
sandbox_leave(void)
{
	while (held.made.n > 0) {
		char *path = held.made.paths[--held.made.n];

		/* By this call: rmdir() is not allowed. One that is not empty stays. */
		unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
		free(path);
	}
}

void
sandbox_set_probe(void (*probe)(void))
{
	held.probe = probe;
}

/* ---- what holds ---- */

static void
tell_who(struct buf *out)
{
	const struct privileges *p = &held.who;
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) != 0 || real != effective || real != saved)
		buf_add_cstr(out, "user: several");
	else
		buf_printf(out, "user: %s (%u)", real == p->uid ? p->name : real == 0 ? "root" : "",
			   (unsigned)real);
	if (p->files)
		buf_add_cstr(out, ", for files root without capabilities");
	if (p->drop && !p->dropped)
		buf_printf(out, "; could not become %s", p->name);
	buf_add_char(out, '\n');
	buf_printf(out, "capabilities: %s%s\n", p->no_caps ? "none" : "some",
		   p->no_bounding ? ", and none can be had"
		   : p->no_new ? ", and none can be had without new privileges" : "");
	buf_printf(out, "no new privileges: %s\n",
		   prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "yes" : "NO");
	buf_printf(out, "core dumps: %s\n",
		   prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? "none" : "POSSIBLE");
}

static void
tell_calls(const struct sandbox_plan *plan, struct buf *out)
{
	bool filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (held.calls && filtered && fd < 0 && errno == EPERM)
		buf_printf(out, "seccomp: %zu system calls are allowed, all others fail\n",
			   calls_count(plan));
	else
		buf_add_cstr(out, "seccomp: NO\n");
	if (fd >= 0)
		close(fd);
}

static void
tell_paths(const struct sandbox_plan *plan, unsigned use, const char *title, struct buf *out)
{
	const char *sep = " ";
	struct stat st;

	buf_add_cstr(out, title);
	for (size_t i = 0; i < plan->n; i++) {
		if (!(plan->paths[i].use & use))
			continue;
		buf_add_cstr(out, sep);
		text_add_visible(out, str_of(plan->paths[i].path), false);
		/* There is no rule for it then, and one that is made later is not allowed. */
		if (stat(plan->paths[i].path, &st) != 0 && errno == ENOENT)
			buf_add_cstr(out, " (not there)");
		sep = ", ";
	}
	buf_add_cstr(out, *sep == ' ' ? " nothing\n" : "\n");
}

static void
tell_files(const struct sandbox_plan *plan, struct buf *out)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	if (held.abi == 0) {
		buf_add_cstr(out, "landlock: NO\n");
		return;
	}
	buf_printf(out, "landlock: version %d holds back ", held.abi);
	landlock_add_rules(out, held.abi);
	buf_add_char(out, '\n');
	tell_paths(plan, SANDBOX_READ | SANDBOX_WRITE, "may read:", out);
	tell_paths(plan, SANDBOX_WRITE, "may write:", out);
}

static void
tell_network(const struct sandbox_plan *plan, struct buf *out)
{
	const char *sep = " ";

	if (!held.calls) {
		buf_add_cstr(out, held.abi >= 4 ? "network: NOT held back, but for TCP\n"
			     : "network: NOT held back\n");
		return;
	}
	buf_add_cstr(out, "network:");
	if (plan->sends) {
		buf_printf(out, " %s to %s", plan->port_n > 0 ? "connections" : "datagrams",
			   held.pinned ? "the collector alone" : "ANY address");
		for (size_t i = 0; i < plan->port_n && held.abi >= 4 && !held.pinned; i++)
			buf_printf(out, "%s%u", i ? ", " : ", port ", plan->ports[i]);
		sep = "; ";
	}
	if (plan->listens) {
		buf_printf(out, "%slisteners that are open", sep);
		sep = "; ";
	}
	if (plan->live) {
		buf_printf(out, "%sinterfaces that are open", sep);
		sep = "; ";
	}
	buf_add_cstr(out, *sep == ' ' ? " none\n" : "\n");
}

void
sandbox_tell(const struct sandbox_plan *plan, struct buf *out)
{
	tell_who(out);
	tell_calls(plan, out);
	tell_files(plan, out);
	tell_network(plan, out);
}
