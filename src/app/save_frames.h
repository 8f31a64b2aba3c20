/** @file save_frames.h  A set of records: source and frame number. */
#ifndef APP_SAVE_FRAMES_H
#define APP_SAVE_FRAMES_H

#include "base/base.h"

/** Zeroes to begin with. */
struct frame_set {
	uint64_t *keys;		/**< private */
	size_t n;		/**< records; exact once sealed */
	size_t cap;
	size_t at;		/**< private: where the last one was found */
};

void frame_set_add(struct frame_set *set, uint16_t source, uint32_t frame);

/** Put in order what was added, each once; before the set is asked. */
void frame_set_seal(struct frame_set *set);

/** O(1) for records asked in the order of their file, else O(log n). */
bool frame_set_has(struct frame_set *set, uint16_t source, uint32_t frame);

void frame_set_release(struct frame_set *set);

#endif
