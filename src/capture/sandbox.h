/**
 * @file sandbox.h  What the process may do once it reads what others wrote.
 *
 * Devices, files and outputs are opened first; then sandbox_enter() drops root
 * (privileges.h), and lets Landlock and seccomp forbid all that reading, showing and
 * saving does not need. There is no way out of it.
 */
#ifndef CAPTURE_SANDBOX_H
#define CAPTURE_SANDBOX_H

#include "base/buf.h"
#include "base/err.h"

struct peers;

/** What may be done with a path, and all below it when it is a folder. */
enum sandbox_use {
	SANDBOX_READ = 1 << 0,		/**< open files, list folders */
	SANDBOX_WRITE = 1 << 1,		/**< read, make, write, rename and remove files */
	SANDBOX_MAKE = 1 << 2,		/**< a folder: make it where there is none */
	SANDBOX_NAMED = 1 << 3,		/**< by the user, for writing: also one of the system */
};

struct sandbox_path {
	char *path;			/**< owned */
	unsigned use;			/**< enum sandbox_use */
};

/** What is allowed; zeroed is nothing but reading what is open. */
struct sandbox_plan {
	const char *user;		/**< of --user; NULL: by itself */
	bool only_user;			/**< no sandbox: become the user that was named */
	bool files;			/**< files are opened later: as root where root began */
	bool sends;			/**< to a collector: sockets may be made and connected */
	const struct peers *peers;	/**< of which these are the addresses; borrowed, sealed
					     by entering; NULL: anywhere */
	bool listens;			/**< connections are taken */
	bool answers;			/**< and what comes is answered: TLS */
	bool live;			/**< there are sockets of interfaces */
	bool has_made;			/**< this file was made just now, the first of several: */
	int made_fd;			/**< it is to be of who makes the others */
	int *receivers;			/**< owned: sockets that nothing is sent by */
	size_t receiver_n, receiver_cap;
	uint16_t *ports;		/**< owned: TCP ports that may be connected to */
	size_t port_n, port_cap;
	struct sandbox_path *paths;	/**< owned */
	size_t n, cap;
};

void sandbox_plan_release(struct sandbox_plan *plan);

/**
 * Allow a path, relative to the current folder. One that cannot be opened is passed
 * over. Writing to a folder of the system (/etc, /usr and the like, and all below them;
 * /var, /home and the like themselves) is not allowed, unless it was named; to "/" never.
 */
void sandbox_plan_add(struct sandbox_plan *plan, const char *path, unsigned use);
/** The folder that @p path is in; where it is a link, also that of what it leads to. */
void sandbox_plan_add_folder(struct sandbox_plan *plan, const char *path, unsigned use);
void sandbox_plan_add_port(struct sandbox_plan *plan, uint16_t port);
/** A socket that is only read from; once it is closed, sandbox_closed() is to be called. */
void sandbox_plan_add_receiver(struct sandbox_plan *plan, int fd);

/** What sandbox_enter() gave. */
enum sandbox_result {
	SANDBOX_ALL,			/**< all of it holds */
	SANDBOX_PART,			/**< all that is possible here: *err tells what is not */
	SANDBOX_REFUSED,		/**< the user that was asked for by name cannot be had:
					     *err; nothing was changed, or root is half given
					     up: leave */
};

/**
 * Enter it: for good, and once. What is loaded when first used must have been used
 * before: the terminal, the locale, TLS, users by name; temporary files are made here,
 * for later spools too. Some 1 ms.
 */
enum sandbox_result sandbox_enter(const struct sandbox_plan *plan, struct err *err);

/** At the end: remove folders that were made for later (SANDBOX_MAKE) and are empty. */
void sandbox_leave(void);

/** A receiver was closed: nothing else may get its number, for it could not be written to. */
void sandbox_closed(int fd);

/** Append what holds now, a line each: after sandbox_enter(). Each is asked of the
 * system, or tried. */
void sandbox_tell(const struct sandbox_plan *plan, struct buf *out);

/** For tests: called when sandbox_enter() is through. NULL: nothing. */
void sandbox_set_probe(void (*probe)(void));

#endif
