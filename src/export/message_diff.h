/**
 * @file message_diff.h  Two messages line by line: what is where in the other.
 *
 * The start line goes with the start line, a header with the one of its name
 * (any order, compact or long), a line of a session description with the one of
 * its type in the same section, parts of a body by their place, other bodies by
 * their longest common sequence.
 * Of headers and attributes that repeat, equal ones go together and the rest in
 * order; those that proxies put on top (Via, Record-Route, Route, Path,
 * Diversion) by their place from the bottom. A line of headers stays a line,
 * several values in it or not.
 *
 * A difference is volatile when two messages of one dialog, or of two legs of a
 * call, have it anyway: Via branch, rport and received, tags, Call-ID, CSeq,
 * RSeq and RAck, Content-Length, Max-Forwards, Date and Timestamp, nonces and
 * what is computed from them, entity tags, boundaries of parts; in SDP session id and version, t=,
 * ICE credentials, SSRCs, SRTP keys.
 */
#ifndef EXPORT_MESSAGE_DIFF_H
#define EXPORT_MESSAGE_DIFF_H

#include "base/str.h"

#define DIFF_LINES_MAX	16384	/* lines of a message that are compared */

enum diff_kind {
	DIFF_SAME,	/**< the same but for blanks and the form of a header's name */
	DIFF_CHANGED,	/**< spans tell what differs */
	DIFF_LEFT,	/**< the right one has no such line */
	DIFF_RIGHT,	/**< the left one has no such line */
};

enum diff_part {
	DIFF_START,
	DIFF_HEADER,
	DIFF_BLANK,	/**< between head and body */
	DIFF_SDP,
	DIFF_BODY,
};

/** Bytes of a line that differ from the other one's. Not empty; in order. */
struct diff_span {
	uint32_t from, to;
	bool is_volatile;
};

struct diff_side {
	struct str text;	/**< without its line end, folds inside; of a message */
	uint32_t span;		/**< first of its own in message_diff.spans */
	uint32_t span_count;	/**< of DIFF_CHANGED; may be 0 on one side */
};

struct diff_line {
	struct diff_side side[2];	/**< left, right; the absent one is empty */
	uint8_t kind;			/**< enum diff_kind */
	uint8_t part;			/**< enum diff_part */
	bool is_volatile;		/**< it differs, and all of that is volatile */
};

struct message_diff {
	struct diff_line *lines;	/**< owned; in the order of the left one */
	size_t n, cap;
	struct diff_span *spans;	/**< owned */
	size_t span_n, span_cap;
	uint32_t differences;		/**< lines that differ, volatile ones not counted */
	uint32_t volatiles;		/**< lines that differ in what is volatile only */
	uint32_t left_out[2];		/**< lines beyond DIFF_LINES_MAX */
	bool coarse;	/**< so much was unlike that the rest was not looked at closely */
};

/**
 * Compare two messages, any bytes. @p d is zeroed, or one that was filled before,
 * which is replaced; its slices borrow from both texts. Release it by
 * message_diff_release().
 *
 * O(n log n) in the lines, and at most some 30 million steps for what does not
 * align by itself.
 */
void message_diff_make(struct message_diff *d, struct str left, struct str right);

void message_diff_release(struct message_diff *d);

#endif
