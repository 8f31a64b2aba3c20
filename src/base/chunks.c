#include "base/chunks.h"

#include "base/mem.h"

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
		pages_free(c->blocks[i], c->size << CHUNKS_SHIFT);
	free(c->blocks);
	c->blocks = NULL;
	c->cap = 0;
	c->n = 0;
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
