/**
 * @file chunks.h  An append-only array whose elements never move.
 *
 * Elements live in blocks of 2^CHUNKS_SHIFT; growing maps one block and never
 * copies, so pointers stay valid until release and memory follows use. Beyond
 * the first 2 MiB huge pages are asked for. Up to 2^32 - 2^CHUNKS_SHIFT elements.
 *
 * Elements may be dropped, in any order, and their memory goes back to the system
 * as soon as all of a group of 2^CHUNKS_GROUP_SHIFT are. Indexes are not used again; a
 * dropped element reads as zeroes and must not be written to.
 */
#ifndef BASE_CHUNKS_H
#define BASE_CHUNKS_H

#include "base/base.h"

#define CHUNKS_SHIFT	18u	/* times a multiple of 8 bytes: whole huge pages */
#define CHUNKS_MASK	((1u << CHUNKS_SHIFT) - 1)
#define CHUNKS_GROUP_SHIFT	9u	/* times a multiple of 8 bytes: whole pages */

struct chunks {
	char **blocks;		/**< private */
	size_t cap;		/**< private */
	size_t size;		/**< bytes of an element */
	uint32_t n;		/**< elements, dropped ones included */
	uint16_t *dropped;	/**< private: of each group; owned */
	size_t dropped_cap;	/**< private: groups it has room for */
	uint32_t given_back;	/**< private: groups */
	char *hollow;		/**< private: what blocks are that were given back whole */
};

void chunks_init(struct chunks *c, size_t size);
void chunks_release(struct chunks *c);

/* Private: map the block of element n. */
void chunks_grow(struct chunks *c);

/** Append a zeroed element. @return it; its index is n - 1 after the call. */
static inline void *
chunks_add(struct chunks *c)
{
	if (UNLIKELY((c->n & CHUNKS_MASK) == 0))
		chunks_grow(c);
	c->n++;
	return c->blocks[(c->n - 1) >> CHUNKS_SHIFT] +
		(size_t)((c->n - 1) & CHUNKS_MASK) * c->size;
}

/** Element @p i, which must be below n. */
static inline void *
chunks_at(const struct chunks *c, uint32_t i)
{
	return c->blocks[i >> CHUNKS_SHIFT] + (size_t)(i & CHUNKS_MASK) * c->size;
}

/**
 * Drop element @p i, below n and not dropped yet; its size must be a multiple of 8. O(1);
 * a system call for every 2^CHUNKS_GROUP_SHIFT.
 */
void chunks_drop(struct chunks *c, uint32_t i);

/** The first index from @p i on that is not in a group given back; n at the end. For walks
 * over elements of which most may be dropped. */
static inline uint32_t
chunks_skip(const struct chunks *c, uint32_t i)
{
	while (i < c->n && i >> CHUNKS_GROUP_SHIFT < c->dropped_cap &&
	       c->dropped[i >> CHUNKS_GROUP_SHIFT] >= 1u << CHUNKS_GROUP_SHIFT)
		i = (i | ((1u << CHUNKS_GROUP_SHIFT) - 1)) + 1;
	return i < c->n ? i : c->n;
}

/** Bytes of elements that are there, groups and their elements counted whole. O(1). */
size_t chunks_memory(const struct chunks *c);

#endif
