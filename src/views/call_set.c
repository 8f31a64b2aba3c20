#include "views/call_set.h"

#include "base/mem.h"

#define BLOCK		(1u << CALL_SET_SHIFT)
#define BLOCK_WORDS	(BLOCK / 64)

/* Blocks of @p n calls. */
static uint32_t
blocks_of(uint32_t n)
{
	return n / BLOCK + (n % BLOCK != 0);
}

static void
free_words(struct call_set *s)
{
	for (uint32_t b = s->low; b < blocks_of(s->n); b++) {
		free(s->words[b]);
		s->words[b] = NULL;
	}
}

void
call_set_release(struct call_set *s)
{
	free_words(s);
	free(s->words);
	free(s->blocks);
	*s = (struct call_set){ 0 };
}

void
call_set_clear(struct call_set *s)
{
	free_words(s);
	s->changes += s->members > 0;
	s->n = s->low = 0;
	s->members = 0;
}

void
call_set_grow(struct call_set *s, uint32_t n)
{
	uint32_t had = blocks_of(s->n), want = blocks_of(n);

	if (n <= s->n)
		return;
	if (want > had) {
		ARRAY_GROW(s->words, s->words_cap, want);
		ARRAY_GROW(s->blocks, s->blocks_cap, want);
		memset(s->words + had, 0, (want - had) * sizeof(*s->words));
		memset(s->blocks + had, 0, (want - had) * sizeof(*s->blocks));
	}
	s->n = n;
}

/* @p more members are in block @p b. */
static void
count(struct call_set *s, uint32_t b, uint32_t more)
{
	if (s->members == 0 || b < s->low)
		s->low = b;
	s->blocks[b] += more;
	s->members += more;
	s->changes += more;
}

/* One less is in block @p b. */
static void
uncount(struct call_set *s, uint32_t b)
{
	uint32_t n = blocks_of(s->n);

	s->members--;
	s->changes++;
	if (--s->blocks[b] > 0)
		return;
	free(s->words[b]);
	s->words[b] = NULL;
	while (s->low < n && s->blocks[s->low] == 0)
		s->low++;
}

static uint64_t *
words_of(struct call_set *s, uint32_t b)
{
	if (!s->words[b])
		s->words[b] = xcalloc(BLOCK_WORDS, sizeof(*s->words[b]));
	return s->words[b];
}

void
call_set_put(struct call_set *s, uint32_t i, bool member)
{
	uint32_t b = i / BLOCK;

	if (i >= s->n)
		BUG("call %u of %u", i, s->n);
	if (call_set_has(s, i) == member)
		return;
	words_of(s, b)[i % BLOCK / 64] ^= UINT64_C(1) << (i % 64);
	if (member)
		count(s, b, 1);
	else
		uncount(s, b);
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
	for (uint32_t b = of->low; b < blocks_of(of->n); b++) {
		uint32_t more = 0;

		if (of->blocks[b] == 0)
			continue;
		for (uint32_t w = 0; w < BLOCK_WORDS; w++) {
			more += ones(of->words[b][w] & ~words_of(s, b)[w]);
			s->words[b][w] |= of->words[b][w];
		}
		count(s, b, more);
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
	uint32_t block = s->low, word = 0;

	if (row >= s->members)
		return UINT32_MAX;
	while (row >= s->blocks[block])
		row -= s->blocks[block++];
	while (row >= ones(s->words[block][word]))
		row -= ones(s->words[block][word++]);
	for (uint64_t bits = s->words[block][word];; bits &= bits - 1)
		if (row-- == 0)
			return block * BLOCK + word * 64 + (uint32_t)__builtin_ctzll(bits);
}

/* The first member of block @p b from its call @p at on, or BLOCK. */
static uint32_t
next_in(const struct call_set *s, uint32_t b, uint32_t at)
{
	uint64_t mask = ~UINT64_C(0) << (at % 64);

	if (s->blocks[b] == 0)
		return BLOCK;
	for (uint32_t word = at / 64; word < BLOCK_WORDS; word++, mask = ~UINT64_C(0))
		if (s->words[b][word] & mask)
			return word * 64 +
				(uint32_t)__builtin_ctzll(s->words[b][word] & mask);
	return BLOCK;
}

uint32_t
call_set_next(const struct call_set *s, uint32_t i)
{
	uint32_t n = blocks_of(s->n), at, found;

	if (s->members == 0 || i >= s->n || ++i >= s->n)
		return UINT32_MAX;
	if (i / BLOCK < s->low)
		i = s->low * BLOCK;
	at = i % BLOCK;
	for (uint32_t b = i / BLOCK; b < n; b++, at = 0) {
		found = next_in(s, b, at);
		if (found < BLOCK)
			return b * BLOCK + found;
	}
	return UINT32_MAX;
}

uint32_t
call_set_row(const struct call_set *s, uint32_t i)
{
	uint32_t row = 0, block;

	if (i > s->n)
		i = s->n;
	block = i / BLOCK;
	for (uint32_t b = s->low; b < block; b++)
		row += s->blocks[b];
	if (i % BLOCK == 0 || s->blocks[block] == 0)
		return row;
	for (uint32_t w = 0; w < i % BLOCK / 64; w++)
		row += ones(s->words[block][w]);
	if (i % 64)
		row += ones(s->words[block][i % BLOCK / 64] & ((UINT64_C(1) << (i % 64)) - 1));
	return row;
}

size_t
call_set_memory(const struct call_set *s)
{
	size_t bytes = s->words_cap * sizeof(*s->words) + s->blocks_cap * sizeof(*s->blocks);

	for (uint32_t b = s->low; b < blocks_of(s->n); b++)
		if (s->words[b])
			bytes += BLOCK_WORDS * sizeof(**s->words);
	return bytes;
}
