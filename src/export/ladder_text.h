/**
 * @file ladder_text.h  A ladder as lines of text.
 *
 * Text from the wire is made visible. No line has trailing blanks. Lines keep
 * to the width asked for as long as every pair of lanes can be kept apart;
 * ladders of many lanes and long notes make longer ones.
 */
#ifndef EXPORT_LADDER_TEXT_H
#define EXPORT_LADDER_TEXT_H

#include "export/ladder.h"
#include "export/sink.h"

#define LADDER_TEXT_WIDTH	100	/* cells, where nothing says otherwise */

enum ladder_time {
	LADDER_TIME_ABSOLUTE,	/**< clock, with the date above where it changes */
	LADDER_TIME_RELATIVE,	/**< seconds since the first row */
	LADDER_TIME_DELTA,	/**< seconds since the message row above */
};

/** Zeroes are useful. */
struct ladder_text_options {
	int width;		/**< in cells; 0: LADDER_TEXT_WIDTH */
	enum ladder_time time;
	bool utc;
	bool ascii;		/**< nothing but ASCII; other characters become "?" */
	bool no_head;		/**< leave out what is known of the calls */
};

/** Write @p l. Where it holds several calls, each row names its own ("#3", the
 * index as in lists). O(rows * width). Errors are kept by the sink. */
void ladder_text_write(const struct ladder *l, const struct ladder_text_options *options,
		       struct sink *out);

#endif
