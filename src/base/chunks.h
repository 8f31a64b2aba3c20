/**
 * @file chunks.h  An append-only array whose elements never move.
 *
 * Elements live in blocks of 2^CHUNKS_SHIFT; growing maps one block and never
 * copies, so pointers stay valid until release and memory follows use. Beyond
 * the first 2 MiB huge pages are asked for. Up to 2^32 - 2^CHUNKS_SHIFT elements.
 *
 * Elements may be dropped, in any order, and each page of memory goes back to the system
 * as soon as all that lies in it is. Indexes are not used again; a dropped element reads
 * as zeroes and must not be written to.
 */
#ifndef BASE_CHUNKS_H
#define BASE_CHUNKS_H

#include "base/base.h"

#define CHUNKS_SHIFT	18u	/* times a multiple of 8 bytes: whole huge pages */
#define CHUNKS_MASK	((1u << CHUNKS_SHIFT) - 1)
#define CHUNKS_PAGE	4096u		/* bytes given back at least */

struct chunks {
	char **blocks;		/**< private */
	size_t cap;		/**< private */
	struct chunks_holes **holes;	/**< private: of each block; NULL: none dropped */
	size_t size;		/**< bytes of an element */
	uint32_t n;		/**< elements, dropped ones included */
	uint32_t ready;		/**< private: memory was asked for of so many */
	size_t pages_gone;	/**< private: given back, of all blocks */
	size_t holes_bytes;	/**< private */
	char *hollow;		/**< private: what blocks are that were given back whole */
};

void chunks_init(struct chunks *c, size_t size);
void chunks_release(struct chunks *c);

/* Private: see to memory for element n. */
void chunks_grow(struct chunks *c);

/** Append a zeroed element. @return it; its index is n - 1 after the call. */
static inline void *
chunks_add(struct chunks *c)
{
	if (UNLIKELY(c->n == c->ready))
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
 * a system call for every page.
 */
void chunks_drop(struct chunks *c, uint32_t i);

/** Index @p i, or the next one that may not be dropped: passes over pages that were given
 * back. n at the end. For walking over what is left. */
uint32_t chunks_skip(const struct chunks *c, uint32_t i);

/** Bytes of elements that are there, their pages counted whole. O(1). */
size_t chunks_memory(const struct chunks *c);

#endif
