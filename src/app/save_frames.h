/** @file save_frames.h  A set of records: source and frame number. */
#ifndef APP_SAVE_FRAMES_H
#define APP_SAVE_FRAMES_H

#include "base/base.h"

/** One number for both: frames are of 48 bits. */
static inline uint64_t
frame_key(uint16_t source, uint64_t frame)
{
	return (uint64_t)source << 48 | frame;
}

static inline uint16_t
frame_key_source(uint64_t key)
{
	return (uint16_t)(key >> 48);
}

static inline uint64_t
frame_key_frame(uint64_t key)
{
	return key & 0xffffffffffffu;
}

/** Zeroes to begin with. */
struct frame_set {
	uint64_t *keys;		/**< private */
	size_t n;		/**< records; exact once sealed */
	size_t cap;
	size_t at;		/**< private: where the last one was found */
};

void frame_set_add(struct frame_set *set, uint16_t source, uint64_t frame);

/** Put in order what was added, each once; before the set is asked. */
void frame_set_seal(struct frame_set *set);

/** O(1) for records asked in the order of their file, else O(log n). */
bool frame_set_has(struct frame_set *set, uint16_t source, uint64_t frame);

void frame_set_release(struct frame_set *set);

/** Records, and whose they are: one may have several owners. */
struct frame_owner {
	uint64_t key;		/**< source and frame */
	uint32_t owner;
};

/** Zeroes to begin with. */
struct frame_owners {
	struct frame_owner *list;	/**< by key and owner, once sealed */
	size_t n, cap;
	size_t at;		/**< private: where the last one was found */
};

void frame_owners_add(struct frame_owners *set, uint16_t source, uint64_t frame,
		      uint32_t owner);
/** Put in order what was added; before the set is asked. */
void frame_owners_seal(struct frame_owners *set);
/** Those of a record, *n of them, each once; NULL where there are none. As frame_set_has(). */
const struct frame_owner *frame_owners_of(struct frame_owners *set, uint16_t source,
					  uint64_t frame, size_t *n);
/** Whether one of a record's is another than @p owner. */
bool frame_owners_has_other(struct frame_owners *set, uint16_t source, uint64_t frame,
			    uint32_t owner);
void frame_owners_release(struct frame_owners *set);

#endif
