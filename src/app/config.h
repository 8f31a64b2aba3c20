/**
 * @file config.h  What settings files say, and how it gets back into them.
 *
 * conf/ knows lines; here they get their meaning: settings, keys, colours, columns and
 * names of hosts.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/buf.h"
#include "conf/rc.h"
#include "ui/theme.h"
#include "views/call_columns.h"

struct session;

struct config {
	struct rc rc;				/**< what was wrong, what was given */
	struct settings saved;			/**< what files say, as far as known */
	struct style colors[ROLE_COUNT];	/**< of "color" lines */
	bool colored[ROLE_COUNT];		/**< there is one */
	struct call_columns columns;		/**< of the list of calls */
	bool columns_given;			/**< "column" lines chose them */
	uint32_t columns_saved;			/**< their revision that files have */
};

void config_init(struct config *c);
void config_release(struct config *c);

/**
 * Read the files that the options of @p s ask for into its settings, names, keymap
 * and s->config. Wrong lines are told on standard error, and kept in config.rc.
 * @return 0, or -1 when the file of --config could not be read.
 */
int config_read(struct session *s);

/** The look of the theme that is set, with the colours of the files; NO_COLOR wins
 * over both. */
void config_theme(const struct session *s, struct theme *theme);

/**
 * Append all that holds as the text of a settings file with comments, which does the
 * same when it is read without others. What holds without it too is a comment.
 */
void config_print(const struct session *s, struct buf *out);

/**
 * Write what is other than at the start, or since it was saved last, into the user's
 * file: that of --config, else ~/.rungrc where there is one, else rung/rungrc in
 * $XDG_CONFIG_HOME or ~/.config. See conf/rc_save.h.
 * @param path  its name is appended, "~" for the home folder
 * @return 0, or -1 with *err: there is no such file or nothing to be saved, or it
 * cannot be written.
 */
int config_save(struct session *s, struct buf *path, struct err *err);

/**
 * Append the file that config_save() writes, as it is to be opened.
 * @return 0, or -1 with *err: there is none.
 */
int config_file(const struct session *s, struct buf *path, struct err *err);

/** Append @p path with "~" for the home folder. */
void config_add_path(struct buf *b, struct str path);

#endif
