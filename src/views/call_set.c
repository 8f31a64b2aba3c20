#include "views/call_set.h"

#include "base/mem.h"

#define BLOCK		4096u
#define BLOCK_WORDS	(BLOCK / 64)

void
call_set_release(struct call_set *s)
{
	free(s->words);
	free(s->blocks);
	*s = (struct call_set){ 0 };
}

void
call_set_clear(struct call_set *s)
{
	s->changes += s->members > 0;
	s->n = 0;
	s->members = 0;
}

void
call_set_grow(struct call_set *s, uint32_t n)
{
	size_t words = ((size_t)s->n + 63) / 64, want_words = ((size_t)n + 63) / 64;
	size_t blocks = ((size_t)s->n + BLOCK - 1) / BLOCK;
	size_t want_blocks = ((size_t)n + BLOCK - 1) / BLOCK;

	if (n <= s->n)
		return;
	ARRAY_GROW(s->words, s->words_cap, want_words);
	ARRAY_GROW(s->blocks, s->blocks_cap, want_blocks);
	memset(s->words + words, 0, (want_words - words) * sizeof(*s->words));
	memset(s->blocks + blocks, 0, (want_blocks - blocks) * sizeof(*s->blocks));
	s->n = n;
}

void
call_set_put(struct call_set *s, uint32_t i, bool member)
{
	if (i >= s->n)
		BUG("call %u of %u", i, s->n);
	if (call_set_has(s, i) == member)
		return;
	s->changes++;
	s->words[i / 64] ^= UINT64_C(1) << (i % 64);
	if (member) {
		s->blocks[i / BLOCK]++;
		s->members++;
	} else {
		s->blocks[i / BLOCK]--;
		s->members--;
	}
}

static uint32_t
ones(uint64_t word)
{
	return (uint32_t)__builtin_popcountll(word);
}

void
call_set_join(struct call_set *s, const struct call_set *of)
{
	call_set_grow(s, of->n);
	for (size_t w = 0; w < ((size_t)of->n + 63) / 64; w++) {
		uint32_t more = ones(of->words[w] & ~s->words[w]);

		s->words[w] |= of->words[w];
		s->blocks[w / BLOCK_WORDS] += more;
		s->members += more;
		s->changes += more;
	}
}

uint32_t
call_set_from(const struct call_set *s, uint32_t i)
{
	return call_set_has(s, i) ? i : call_set_next(s, i);
}

uint32_t *
call_set_list(const struct call_set *s)
{
	uint32_t *list, n = 0;

	if (s->members == 0)
		return NULL;
	list = xreallocarray(NULL, s->members, sizeof(*list));
	for (uint32_t i = call_set_from(s, 0); i != UINT32_MAX; i = call_set_next(s, i))
		list[n++] = i;
	return list;
}

uint32_t
call_set_at(const struct call_set *s, uint32_t row)
{
	uint32_t block = 0, word;

	if (row >= s->members)
		return UINT32_MAX;
	while (row >= s->blocks[block])
		row -= s->blocks[block++];
	word = block * BLOCK_WORDS;
	while (row >= ones(s->words[word]))
		row -= ones(s->words[word++]);
	for (uint64_t bits = s->words[word];; bits &= bits - 1)
		if (row-- == 0)
			return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

uint32_t
call_set_next(const struct call_set *s, uint32_t i)
{
	uint32_t words = (uint32_t)(((size_t)s->n + 63) / 64), word;
	uint64_t bits;

	if (i >= s->n || ++i >= s->n)
		return UINT32_MAX;
	word = i / 64;
	bits = s->words[word] & ~UINT64_C(0) << (i % 64);
	while (bits == 0) {
		if (++word == words)
			return UINT32_MAX;
		bits = s->words[word];
	}
	return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

uint32_t
call_set_row(const struct call_set *s, uint32_t i)
{
	uint32_t row = 0, block;

	if (i > s->n)
		i = s->n;
	block = i / BLOCK;
	for (uint32_t b = 0; b < block; b++)
		row += s->blocks[b];
	for (uint32_t w = block * BLOCK_WORDS; w < i / 64; w++)
		row += ones(s->words[w]);
	if (i % 64)
		row += ones(s->words[i / 64] & ((UINT64_C(1) << (i % 64)) - 1));
	return row;
}
