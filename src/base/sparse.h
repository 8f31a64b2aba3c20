/**
 * @file sparse.h  An array of which elements come and go, by their index.
 *
 * For what is noted of things whose indexes only grow, while the old ones go: memory is
 * that of the elements that are there, in blocks of 2^SPARSE_SHIFT, and 12 bytes for each
 * block there ever was. A block goes with its last element.
 */
#ifndef BASE_SPARSE_H
#define BASE_SPARSE_H

#include "base/base.h"

#define SPARSE_SHIFT	9u
#define SPARSE_MASK	((1u << SPARSE_SHIFT) - 1)

/** Private: what stands before the elements of a block. */
struct sparse_block {
	uint64_t bits[(1u << SPARSE_SHIFT) / 64];	/* which are there */
};

struct sparse {
	struct sparse_block **blocks;	/**< private; NULL: none is there */
	uint32_t *used;			/**< private: elements of each */
	size_t blocks_cap, used_cap;	/**< private */
	size_t size;			/**< bytes of an element, a multiple of 8 or below */
	uint32_t block_n;		/**< private: there are pointers to */
	uint32_t n;			/**< elements that are there */
};

/** Elements of @p size bytes, none so far. */
void sparse_init(struct sparse *s, size_t size);

/** Give all back; it is as sparse_init() leaves it. */
void sparse_release(struct sparse *s);

/** Element @p i; NULL: it is not there. O(1). */
static inline void *
sparse_find(const struct sparse *s, uint32_t i)
{
	uint32_t block = i >> SPARSE_SHIFT, at = i & SPARSE_MASK;
	const struct sparse_block *b = block < s->block_n ? s->blocks[block] : NULL;

	if (!b || !(b->bits[at / 64] >> (at % 64) & 1))
		return NULL;
	return (char *)(b + 1) + at * s->size;
}

/** Element @p i, zeroed where it was not there. Valid until it is dropped. O(1), amortised. */
void *sparse_put(struct sparse *s, uint32_t i);

/** Let go of element @p i; nothing where it is not there. O(1). */
void sparse_drop(struct sparse *s, uint32_t i);

/** The first element from @p i on that is there, UINT32_MAX: there is none. Steps over
 * blocks that are gone. */
uint32_t sparse_from(const struct sparse *s, uint32_t i);

/** Bytes it has of the system. O(1) but for blocks. */
size_t sparse_memory(const struct sparse *s);

#endif
