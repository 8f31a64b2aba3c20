#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/denied.h"

#include "base/mem.h"

static struct {
	bool rules;
	char user[64];
} held;

void
denied_begin(bool rules, const char *user)
{
	held.rules = rules;
	snprintf(held.user, sizeof(held.user), "%s", user ? user : "");
}

static bool
may(const char *path, int mode)
{
	/* By who we are for files now, and not by the real user. Rules of the sandbox
	 * do not count here: that is how they are told apart. */
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

/* Whether the permissions of the file system would allow it. */
static bool
is_permitted(const char *path, enum denied_use use)
{
	const char *slash;
	char *folder;
	bool permitted;

	if (use == DENIED_READ)
		return may(path, R_OK);
	slash = strrchr(path, '/');
	folder = !slash ? xstrdup(".") : xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
	permitted = may(folder, W_OK | X_OK);
	free(folder);
	return permitted;
}

const char *
denied_why(struct denied *d, int cause, const char *path, enum denied_use use)
{
	const char *what = strerror(cause);

	if ((cause != EACCES && cause != EPERM && cause != EXDEV) || (!held.rules && !held.user[0]))
		snprintf(d->text, sizeof(d->text), "%s", what);
	else if (held.rules && is_permitted(path, use))
		snprintf(d->text, sizeof(d->text),
			 "not allowed by the sandbox; --no-sandbox turns it off");
	else if (cause != EXDEV && held.user[0])
		snprintf(d->text, sizeof(d->text),
			 "%s as user %s, to whom root was dropped; --user root keeps root",
			 what, held.user);
	else
		snprintf(d->text, sizeof(d->text), "%s", what);
	return d->text;
}
