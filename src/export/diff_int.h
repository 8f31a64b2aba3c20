/**
 * @file diff_int.h  The steps of message_diff. Only for the room.
 */
#ifndef EXPORT_DIFF_INT_H
#define EXPORT_DIFF_INT_H

#include "export/message_diff.h"

#define DIFF_NONE	UINT32_MAX

/* ---- diff_lines.c: a message as lines that have a name ---- */

struct diff_item {
	struct str line;
	struct str key;		/**< what goes together; ASCII case is folded */
	struct str value;	/**< of line: what is compared */
	uint32_t section;	/**< only lines of one section go together; never falls */
	uint8_t part;		/**< enum diff_part */
	uint8_t header;		/**< enum sip_header_id */
	bool by_bottom;		/**< goes with the one in its place from the last */
};

enum diff_body {
	DIFF_BODY_TEXT,
	DIFF_BODY_SDP,
	DIFF_BODY_PARTS,	/**< multipart (RFC 2046 section 5.1), with a boundary */
};

struct diff_items {
	struct diff_item *list;	/**< owned */
	size_t n, cap;
	uint32_t left_out;
	struct str body;
	enum diff_body kind;	/**< of body, by its type or its look */
	struct str boundary;	/**< of DIFF_BODY_PARTS */
};

/** Add start line, headers and the blank line of @p text to @p m, which is
 * zeroed; find its body. */
void diff_items_add_head(struct diff_items *m, struct str text);

/** Add the body, as what @p kind says; text are lines without names. */
void diff_items_add_body(struct diff_items *m, enum diff_body kind);

#define DIFF_RANGES_MAX	32	/* further volatile values of a line count as others */

struct diff_ranges {
	struct { uint32_t from, to; } list[DIFF_RANGES_MAX];	/**< bytes of the line */
	uint32_t n;
};

/** What is volatile in a line. O(line). */
void diff_volatile_ranges(const struct diff_item *item, struct diff_ranges *ranges);

/* ---- diff_align.c: what two sequences have in common ---- */

struct diff_unit {
	struct str text;
	uint64_t hash;		/**< of text */
	uint32_t from, to;	/**< the caller's */
};

struct diff_align {
	uint16_t *table;	/**< owned */
	uint64_t budget;	/**< cells that may still be filled */
	bool coarse;		/**< it was used up */
};

/**
 * Match equal units in order: to_b[i] is the one of @p b that goes with a[i], or
 * DIFF_NONE, and to_a[] the other way. Long sequences are matched piece by piece,
 * which may find less than the longest common sequence.
 */
void diff_align_run(struct diff_align *al, const struct diff_unit *a, uint32_t an,
		    const struct diff_unit *b, uint32_t bn, uint32_t *to_b, uint32_t *to_a);

#endif
