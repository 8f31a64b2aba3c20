/**
 * @file rc.h  Reading settings files.
 *
 * A file is lines: "#..." and blank ones are comments; else
 *	set SETTING VALUE
 *	bind VIEW ACTION KEY...
 *	color ROLE LOOK
 *	column FIELD [WIDTH]
 *	alias ADDRESS NAME
 * with blanks between; VALUE, LOOK and NAME are the rest of the line, VALUE and
 * NAME perhaps in double quotes. A line that is none of these, or is wrong, is
 * reported with its place and skipped; all others hold. What comes later wins; the
 * first column of a file replaces the columns chosen before.
 */
#ifndef CONF_RC_H
#define CONF_RC_H

#include "conf/settings.h"

#define RC_MAX_BYTES	(1u << 20)	/* of one file */
#define RC_MAX_ERRORS	100		/* kept; more are counted */
#define RC_MAX_WIDTH	200		/* of a column, cells */

/** What reads the lines and what became of them. The functions do what lines say;
 * they return 0, or -1 with *err and nothing changed. One that is NULL makes its
 * lines errors, but for check. */
struct rc {
	struct settings *settings;	/**< what "set" changes; borrowed */
	/** Whether a SETTING_TEXT means anything; NULL: all do. */
	int (*check)(void *ctx, const struct setting_def *def, struct str value, struct err *err);
	int (*bind)(void *ctx, struct str view, struct str action, struct str keys,
		    struct err *err);
	int (*color)(void *ctx, struct str role, struct str look, struct err *err);
	/** @p first: the columns chosen before are to be forgotten; @p width 0: by
	 * itself, else up to RC_MAX_WIDTH. */
	int (*column)(void *ctx, bool first, struct str field, int width, struct err *err);
	int (*alias)(void *ctx, struct str address, struct str name, struct err *err);
	void *ctx;			/**< of all of them */
	bool given[SETTINGS_MAX];	/**< by index in setting_defs: a line set it */
	char **errors;			/**< "FILE:LINE: what"; owned */
	size_t errors_n;		/**< entries in errors */
	size_t errors_cap;		/**< private */
	size_t errors_total;		/**< errors there were */
	bool columns;			/**< private: this file had a column */
};

void rc_init(struct rc *rc, struct settings *settings);
void rc_release(struct rc *rc);

/** Read @p text, called @p name in errors. @return how many lines were wrong. */
size_t rc_read_text(struct rc *rc, const char *name, struct str text);

/** Read a file. One that is missing is no error unless @p wanted; one that
 * cannot be read is. @return 0, or -1 when it was not read (reported). */
int rc_read_file(struct rc *rc, const char *path, bool wanted);

/** Append the path of usual file @p i, in the order they are read: 0 is
 * /etc/rungrc; 1 rung/rungrc in $XDG_CONFIG_HOME, or in ~/.config where that is not
 * set; 2 ~/.rungrc. @return whether there is such a path: not without $HOME. */
#define RC_USUAL_FILES	3u
bool rc_usual_file(unsigned int i, struct buf *path);

/** Read the usual files that there are. */
void rc_read_default_files(struct rc *rc);

#endif
