/**
 * @file carriage_text.h  What carried a message, as people read it.
 */
#ifndef EXPORT_CARRIAGE_TEXT_H
#define EXPORT_CARRIAGE_TEXT_H

#include "store/store.h"

/** How the time of the first byte is told, where it is not that of the last one. */
enum carriage_time {
	CARRIAGE_TIME_SPAN,	/**< "first byte 1.2 ms before" */
	CARRIAGE_TIME_CLOCK,	/**< "first byte 09:00:00.123456" */
	CARRIAGE_TIME_CLOCK_UTC,
};

/** Append the frames of message @p i: "frames 12-15", "frames 3, 5-7, 9" (at most
 * eight of such pieces, then how many more); "frame 12" where it is one. */
void carriage_frames_add(struct buf *b, const struct store *s, uint32_t i);

/** Append what is to be told besides, each with two blanks before it: the time of
 * its first byte, the agent it came by ("via HEP node 7"). Nothing of most. */
void carriage_rest_add(struct buf *b, const struct store *s, uint32_t i, enum carriage_time time);

#endif
