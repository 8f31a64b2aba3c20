/**
 * @file raw_lines.h  Other ways to show a message as lines: its bytes, and what
 * it is made of. Only for the view that shows them.
 */
#ifndef VIEWS_RAW_LINES_H
#define VIEWS_RAW_LINES_H

#include "views/message_lines.h"

/** Bytes in a row of a dump that fits @p width cells: 16, or 8. */
int raw_hex_per_row(int width);

/** Append message @p index as a dump of @p per_row bytes a row: offset, bytes, and
 * what of them is ASCII. Each row is a line of kind MESSAGE_LINE_HEX. */
void raw_hex_add(struct message_lines *l, const struct views_app *app, uint32_t index,
		 int per_row);

/** Where in a row of a dump of @p total bytes byte @p i of the row stands. */
size_t raw_hex_byte_at(size_t total, int per_row, int i);
size_t raw_hex_text_at(size_t total, int per_row, int i);

/** Append message @p index taken apart: flaws in words, each header with its
 * parts and parameters below it, session descriptions explained. O(length). */
void raw_parsed_add(struct message_lines *l, const struct views_app *app, uint32_t index);

/** The same of @p text and its @p scan, without what is known of it besides. */
void raw_parsed_text(struct message_lines *l, uint32_t index, struct str text,
		     const struct sip_scan *scan, uint32_t flaws);

/** Append the session description @p text, explained. */
void raw_sdp_add(struct message_lines *l, uint32_t index, struct str text);

/** Append the line "name: value", indented by @p depth; line ends of a folded
 * value become blanks. */
void raw_part_add(struct message_lines *l, uint32_t index, int depth, const char *name,
		  struct str value);

#endif
