#include "base/chunks.h"

#include <sys/mman.h>

#include "base/mem.h"

#define GROUP		(1u << CHUNKS_GROUP_SHIFT)
#define BLOCK_GROUPS	(1u << (CHUNKS_SHIFT - CHUNKS_GROUP_SHIFT))

void
chunks_init(struct chunks *c, size_t size)
{
	*c = (struct chunks){ .size = size };
}

void
chunks_release(struct chunks *c)
{
	size_t count = ((size_t)c->n + CHUNKS_MASK) >> CHUNKS_SHIFT;

	for (size_t i = 0; i < count; i++)
		if (c->blocks[i] != c->hollow)
			pages_free(c->blocks[i], c->size << CHUNKS_SHIFT);
	if (c->hollow)
		munmap(c->hollow, c->size << CHUNKS_SHIFT);
	free(c->blocks);
	free(c->dropped);
	chunks_init(c, c->size);
}

void
chunks_grow(struct chunks *c)
{
	size_t block = c->n >> CHUNKS_SHIFT;

	if (c->n >= UINT32_MAX - (CHUNKS_MASK + 1))
		BUG("more than 2^32 elements of %zu bytes", c->size);
	ARRAY_GROW(c->blocks, c->cap, block + 1);
	c->blocks[block] = pages_alloc(c->size << CHUNKS_SHIFT, block == 0 ? 1 : 0);
}

/* Instead of a block of which all is dropped: zeroes, of which there is one page. */
static void
give_back_block(struct chunks *c, size_t block)
{
	size_t bytes = c->size << CHUNKS_SHIFT;

	if (!c->hollow) {
		void *p = mmap(NULL, bytes, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (p == MAP_FAILED)
			return;
		c->hollow = p;
	}
	pages_free(c->blocks[block], bytes);
	c->blocks[block] = c->hollow;
}

static bool
is_block_dropped(const struct chunks *c, uint32_t group)
{
	uint32_t first = group & ~(BLOCK_GROUPS - 1);

	for (uint32_t i = 0; i < BLOCK_GROUPS; i++)
		if (c->dropped[first + i] < GROUP)
			return false;
	return true;
}

static void
grow_dropped(struct chunks *c, uint32_t group)
{
	size_t had = c->dropped_cap;

	/* All of a block, for is_block_dropped(). */
	ARRAY_GROW(c->dropped, c->dropped_cap, (group | (BLOCK_GROUPS - 1)) + (size_t)1);
	if (c->dropped_cap > had)
		memset(c->dropped + had, 0, (c->dropped_cap - had) * sizeof(*c->dropped));
}

void
chunks_drop(struct chunks *c, uint32_t i)
{
	uint32_t group = i >> CHUNKS_GROUP_SHIFT;
	char *first;

	if (i >= c->n || c->size % 8 != 0)
		BUG("element %u of %u, of %zu bytes, to be dropped", i, c->n, c->size);
	if ((group | (BLOCK_GROUPS - 1)) >= c->dropped_cap)
		grow_dropped(c, group);
	if (c->dropped[group] >= GROUP)
		BUG("element %u is dropped twice", i);
	memset(chunks_at(c, i), 0, c->size);
	if (++c->dropped[group] < GROUP)
		return;
	first = chunks_at(c, group << CHUNKS_GROUP_SHIFT);
	/* Zeroes they are anyway. */
	(void)madvise(first, c->size << CHUNKS_GROUP_SHIFT, MADV_DONTNEED);
	c->given_back++;
	if (is_block_dropped(c, group))
		give_back_block(c, i >> CHUNKS_SHIFT);
}

size_t
chunks_memory(const struct chunks *c)
{
	size_t groups = ((size_t)c->n + GROUP - 1) >> CHUNKS_GROUP_SHIFT;

	return ((groups - c->given_back) << CHUNKS_GROUP_SHIFT) * c->size +
		c->cap * sizeof(*c->blocks) + c->dropped_cap * sizeof(*c->dropped);
}
