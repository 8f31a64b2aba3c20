/**
 * @file arena.h  Many small allocations that die together.
 *
 * Memory comes in chunks of 64 KiB, of 2 MiB once it is much, or of the size
 * asked for. Nothing is freed singly. Alignment is 8 bytes for arena_alloc(),
 * none for arena_str().
 *
 * An arena begun with ARENA_COUNTED counts the pieces in each of its chunks: they may
 * be dropped, in any order, and a chunk of which all are is used again.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_chunk;

/* Private: chunks of one size of a counted arena. */
struct arena_pool {
	char *next;
	size_t left;
	char **spare;		/* chunks free to be used; owned */
	size_t spare_n, spare_cap;
};

#define ARENA_POOLS	2

struct arena {
	struct arena_chunk *chunks;	/**< private, newest first */
	char *next;			/**< private */
	size_t left;			/**< private */
	size_t bytes;			/**< allocated from the system, without what was
					     given back */
	bool counted;			/**< private */
	struct arena_slab *slabs;	/**< private: chunks of counted ones lie in these */
	struct large_piece *large;	/**< private: and these in none */
	struct arena_pool pools[ARENA_POOLS];	/**< private: for small pieces and large ones */
};

#define ARENA_INIT	{ .counted = false }
#define ARENA_COUNTED	{ .counted = true }

void arena_release(struct arena *a);

/** Uninitialised memory, 8-aligned, valid until arena_release(). */
void *arena_alloc(struct arena *a, size_t size);

/** Uninitialised memory of any alignment, for text. */
char *arena_bytes(struct arena *a, size_t size);

/** Drop a piece of a counted arena, of @p size bytes as it was asked for. O(1). */
void arena_drop(struct arena *a, const void *p, size_t size);

/** The same of a text from arena_str(). */
void arena_drop_str(struct arena *a, struct str s);

/** A copy of @p s with the arena's life (and a NUL after it that does not
 * count). The empty string stays STR_NONE-like with a non-NULL p. */
struct str arena_str(struct arena *a, struct str s);

#endif
