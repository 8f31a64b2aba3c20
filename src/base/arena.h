/**
 * @file arena.h  Many small allocations that die together.
 *
 * Memory comes in chunks of 64 KiB, of 2 MiB once it is much, or of the size
 * asked for. Nothing is freed singly. Alignment is 8 bytes for arena_alloc(),
 * none for arena_str().
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;	/**< private, newest first */
	char *next;			/**< private */
	size_t left;			/**< private */
	size_t bytes;			/**< allocated from the system */
};

#define ARENA_INIT	{ NULL, NULL, 0, 0 }

void arena_release(struct arena *a);

/** Uninitialised memory, 8-aligned, valid until arena_release(). */
void *arena_alloc(struct arena *a, size_t size);

/** Uninitialised memory of any alignment, for text. */
char *arena_bytes(struct arena *a, size_t size);

/** A copy of @p s with the arena's life (and a NUL after it that does not
 * count). The empty string stays STR_NONE-like with a non-NULL p. */
struct str arena_str(struct arena *a, struct str s);

#endif
