/**
 * @file rc.h  Reading settings files.
 *
 * A file is lines: "#..." and blank ones are comments; else
 *	set SETTING VALUE
 *	bind VIEW ACTION KEY...
 *	alias ADDRESS NAME
 * with blanks between, NAME being the rest of the line, perhaps in double
 * quotes. A line that is none of these, or is wrong, is reported with its place
 * and skipped; all others hold. What comes later wins.
 */
#ifndef CONF_RC_H
#define CONF_RC_H

#include "conf/settings.h"

#define RC_MAX_BYTES	(1u << 20)	/* of one file */
#define RC_MAX_ERRORS	100		/* kept; more are counted */

/** What reads the lines and what became of them. */
struct rc {
	struct settings *settings;	/**< what "set" changes; borrowed */
	/** Does "bind". @return 0, or -1 with *err. NULL: binds are errors. */
	int (*bind)(void *ctx, struct str view, struct str action, struct str keys,
		    struct err *err);
	/** Does "alias". @return 0, or -1 with *err. NULL: aliases are errors. */
	int (*alias)(void *ctx, struct str address, struct str name, struct err *err);
	void *ctx;			/**< of both */
	char **errors;			/**< "FILE:LINE: what"; owned */
	size_t errors_n;		/**< entries in errors */
	size_t errors_cap;		/**< private */
	size_t errors_total;		/**< errors there were */
};

void rc_init(struct rc *rc, struct settings *settings);
void rc_release(struct rc *rc);

/** Read @p text, called @p name in errors. @return how many lines were wrong. */
size_t rc_read_text(struct rc *rc, const char *name, struct str text);

/** Read a file. One that is missing is no error unless @p wanted; one that
 * cannot be read is. @return 0, or -1 when it was not read (reported). */
int rc_read_file(struct rc *rc, const char *path, bool wanted);

/** Read the files there are of: /etc/rungrc; rung/rungrc in $XDG_CONFIG_HOME, or
 * in ~/.config where that is not set; ~/.rungrc. */
void rc_read_default_files(struct rc *rc);

#endif
