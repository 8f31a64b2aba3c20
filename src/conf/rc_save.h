/**
 * @file rc_save.h  Writing settings into a file that is the user's.
 *
 * Only the lines that say something else from now on are touched: comments, blank
 * lines, wrong ones, their order and their line ends stay byte for byte.
 */
#ifndef CONF_RC_SAVE_H
#define CONF_RC_SAVE_H

#include "conf/settings.h"

/** What is to be saved; all borrowed. */
struct rc_save {
	const struct settings *now;	/**< the values wanted */
	const struct settings *before;	/**< what the files read before this one give */
	bool changed[SETTINGS_MAX];	/**< by index in setting_defs: which to save */
	bool columns;			/**< save the columns too */
	struct str column_lines;	/**< their lines, each ended by "\n" */
	/** Whether a field of a "column" line is one: other lines are wrong, and
	 * stay. NULL: all are. */
	bool (*column_known)(void *ctx, struct str field);
	/** As in struct rc: a "set" line that it refuses is wrong. Optional. */
	int (*check)(void *ctx, const struct setting_def *def, struct str value, struct err *err);
	void *ctx;
};

/**
 * Append to *out the text @p old with what is to be saved. The last good line of a
 * setting gets the new value; one without a line gets one at the end if the files
 * before do not give that value already. The new columns stand where the first old one
 * stood. A lone CR ends no line; new lines end as the first line of @p old does.
 */
void rc_save_text(struct buf *out, struct str old, const struct rc_save *what);

/**
 * The same with a file, which is made (and the folders it is in, for the user alone)
 * where there is none. A symbolic link stays one: what it leads to is written. Written
 * beside and renamed, so that a failure leaves the old file whole; permissions stay.
 * @return 0, or -1 with *err: cannot be read or written, no regular file, or larger
 * than RC_MAX_BYTES, before or after.
 */
int rc_save_file(const char *path, const struct rc_save *what, struct err *err);

#endif
