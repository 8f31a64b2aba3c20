#include "base/sparse.h"

#include "base/mem.h"

#define BLOCK	(1u << SPARSE_SHIFT)

void
sparse_init(struct sparse *s, size_t size)
{
	*s = (struct sparse){ .size = size };
}

void
sparse_release(struct sparse *s)
{
	for (uint32_t b = 0; b < s->block_n; b++)
		free(s->blocks[b]);
	free(s->blocks);
	free(s->used);
	sparse_init(s, s->size);
}

static void
grow(struct sparse *s, uint32_t n)
{
	ARRAY_GROW(s->blocks, s->blocks_cap, n);
	ARRAY_GROW(s->used, s->used_cap, n);
	memset(s->blocks + s->block_n, 0, (n - s->block_n) * sizeof(*s->blocks));
	memset(s->used + s->block_n, 0, (n - s->block_n) * sizeof(*s->used));
	s->block_n = n;
}

void *
sparse_put(struct sparse *s, uint32_t i)
{
	uint32_t block = i >> SPARSE_SHIFT, at = i & SPARSE_MASK;
	struct sparse_block *b;
	uint64_t bit = UINT64_C(1) << (at % 64);
	char *element;

	if (block >= s->block_n)
		grow(s, block + 1);
	if (!s->blocks[block])
		s->blocks[block] = xcalloc(1, sizeof(*b) + BLOCK * s->size);
	b = s->blocks[block];
	element = (char *)(b + 1) + at * s->size;
	if (b->bits[at / 64] & bit)
		return element;
	b->bits[at / 64] |= bit;
	s->used[block]++;
	s->n++;
	memset(element, 0, s->size);
	return element;
}

void
sparse_drop(struct sparse *s, uint32_t i)
{
	uint32_t block = i >> SPARSE_SHIFT, at = i & SPARSE_MASK;

	if (!sparse_find(s, i))
		return;
	s->blocks[block]->bits[at / 64] &= ~(UINT64_C(1) << (at % 64));
	s->n--;
	if (--s->used[block] > 0)
		return;
	free(s->blocks[block]);
	s->blocks[block] = NULL;
}

uint32_t
sparse_from(const struct sparse *s, uint32_t i)
{
	uint32_t word = (i & SPARSE_MASK) / 64;
	uint64_t mask = ~UINT64_C(0) << (i % 64);

	for (uint32_t block = i >> SPARSE_SHIFT; block < s->block_n; block++) {
		const struct sparse_block *b = s->blocks[block];

		for (; b && word < BLOCK / 64; word++, mask = ~UINT64_C(0)) {
			uint64_t bits = b->bits[word] & mask;

			if (bits)
				return (block << SPARSE_SHIFT) + word * 64 +
					(uint32_t)__builtin_ctzll(bits);
		}
		word = 0;
		mask = ~UINT64_C(0);
	}
	return UINT32_MAX;
}

size_t
sparse_memory(const struct sparse *s)
{
	size_t bytes = s->blocks_cap * sizeof(*s->blocks) + s->used_cap * sizeof(*s->used);

	for (uint32_t b = 0; b < s->block_n; b++)
		if (s->blocks[b])
			bytes += sizeof(**s->blocks) + BLOCK * s->size;
	return bytes;
}
