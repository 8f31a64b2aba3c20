/**
 * @file privileges.h  Who the process is, and that it is not root any longer.
 */
#ifndef CAPTURE_PRIVILEGES_H
#define CAPTURE_PRIVILEGES_H

#include <sys/types.h>

#include "base/err.h"

#define PRIVILEGES_GROUPS_MAX	256	/* further groups of a user; more are left out */

/** Whom to become, and what came of it. */
struct privileges {
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVILEGES_GROUPS_MAX];
	int group_n;
	char name[64];		/**< of the user, or the number */
	bool drop;		/**< another user than now */
	bool files;		/**< files are still opened as root, without its powers */

	bool dropped;		/**< became that user, and cannot go back */
	bool no_caps;		/**< effective, permitted, inheritable and ambient are empty */
	bool no_bounding;	/**< the bounding set is empty */
	bool no_new;		/**< no new privileges */
	bool no_dump;		/**< no core dump, no debugger */
};

/**
 * Decide whom to become. Root becomes @p user; else who called by sudo (SUDO_UID,
 * SUDO_GID); else "nobody". Anybody else stays who they are.
 * @param user   by --user: a name or number; NULL: not given.
 * @param files  root's own files are wanted later (those "nobody" may not reach). Holds
 *               only where "nobody" was not asked for by name.
 * @return 0, or -1 with *err: there is no such user, or it takes root to become one.
 */
int privileges_choose(struct privileges *p, const char *user, bool files, struct err *err);

/**
 * Become it, and give up all capabilities and all ways back; no core dumps from now on.
 * What cannot be had is left false in *p, and *err tells the first of it.
 * @return 0 when all of it holds, else -1.
 */
int privileges_drop(struct privileges *p, struct err *err);

/** Open files as the user too, where they are opened as root. */
void privileges_drop_files(struct privileges *p);

#endif
