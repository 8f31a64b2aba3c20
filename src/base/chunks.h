/**
 * @file chunks.h  An append-only array whose elements never move.
 *
 * Elements live in blocks of 2^CHUNKS_SHIFT; growing maps one block and never
 * copies, so pointers stay valid until release and memory follows use. Beyond
 * the first 2 MiB huge pages are asked for. Up to 2^32 - 2^CHUNKS_SHIFT elements.
 */
#ifndef BASE_CHUNKS_H
#define BASE_CHUNKS_H

#include "base/base.h"

#define CHUNKS_SHIFT	18u	/* times a multiple of 8 bytes: whole huge pages */
#define CHUNKS_MASK	((1u << CHUNKS_SHIFT) - 1)

struct chunks {
	char **blocks;		/**< private */
	size_t cap;		/**< private */
	size_t size;		/**< bytes of an element */
	uint32_t n;		/**< elements */
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

#endif
