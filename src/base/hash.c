/*
 * The hash folds 128-bit products of (input ^ key) words. The map uses linear
 * probing from (tag & mask): the 32-bit tag is the low half of the hash, so
 * growing needs no key; up to 2^32 slots.
 */
#include "base/hash.h"

#include <sys/random.h>

#include "base/mem.h"

#define SLOT_FREE	UINT32_MAX		/* index of a slot never used */
#define SLOT_GONE	(UINT32_MAX - 1)	/* index of a removed entry */

static uint64_t seed[2] = { 0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u };

void
hash_seed_random(void)
{
	uint64_t drawn[2];

	if (getrandom(drawn, sizeof(drawn), GRND_NONBLOCK) == (ssize_t)sizeof(drawn)) {
		seed[0] = drawn[0] | 1;
		seed[1] = drawn[1] | 1;
	}
}

static uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 u128;
	u128 product = (u128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
word8(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static uint64_t
word4(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* Up to 16 bytes as two words that overlap where there are fewer. */
static void
tail_words(const unsigned char *p, size_t n, uint64_t *a, uint64_t *b)
{
	if (n >= 8) {
		*a = word8(p);
		*b = word8(p + n - 8);
	} else if (n >= 4) {
		*a = word4(p);
		*b = word4(p + n - 4);
	} else if (n > 0) {
		*a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
		*b = 0;
	} else {
		*a = *b = 0;
	}
}

uint64_t
hash_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = seed[0] ^ n, a, b;

	for (; n > 16; p += 16, n -= 16)
		h = fold(word8(p) ^ seed[1], word8(p + 8) ^ h);
	tail_words(p, n, &a, &b);
	h = fold(a ^ seed[1], b ^ h);
	return fold(h ^ seed[0], seed[1]);
}

uint64_t
hash_u64(uint64_t v)
{
	return fold(fold(v ^ seed[0], seed[1]) ^ seed[1], seed[0]);
}

void
hash_map_release(struct hash_map *m)
{
	free(m->slots);
	*m = (struct hash_map){ 0 };
}

void
hash_map_prefetch(const struct hash_map *m, uint64_t hash)
{
	if (m->slots)
		__builtin_prefetch(&m->slots[(uint32_t)hash & m->mask]);
}

uint32_t
hash_map_next(const struct hash_map *m, uint64_t hash, size_t *cursor)
{
	uint32_t tag = (uint32_t)hash;

	if (!m->slots)
		return HASH_NONE;
	for (;;) {
		const struct hash_slot *s = &m->slots[(tag + (*cursor)++) & m->mask];

		if (s->index == SLOT_FREE)
			return HASH_NONE;
		if (s->tag == tag && s->index != SLOT_GONE)
			return s->index;
	}
}

static void
put(struct hash_map *m, uint32_t tag, uint32_t index)
{
	size_t i = tag & m->mask;

	while (m->slots[i].index != SLOT_FREE)
		i = (i + 1) & m->mask;
	m->slots[i] = (struct hash_slot){ tag, index };
}

static void
grow(struct hash_map *m)
{
	struct hash_slot *old = m->slots;
	size_t count = m->mask ? m->mask + 1 : 0;
	size_t want = count ? (m->live * 2 > count / 2 ? count * 2 : count) : 64;

	m->slots = xreallocarray(NULL, want, sizeof(*m->slots));
	memset(m->slots, 0xff, want * sizeof(*m->slots));
	m->mask = want - 1;
	for (size_t i = 0; i < count; i++)
		if (old[i].index < SLOT_GONE)
			put(m, old[i].tag, old[i].index);
	m->used = m->live;
	free(old);
}

void
hash_map_add(struct hash_map *m, uint64_t hash, uint32_t index)
{
	if (index >= SLOT_GONE)
		BUG("index %u in a hash map", index);
	if (!m->slots || m->used + 1 > (m->mask + 1) / 4 * 3)
		grow(m);
	put(m, (uint32_t)hash, index);
	m->used++;
	m->live++;
}

static struct hash_slot *
find_slot(struct hash_map *m, uint64_t hash, uint32_t index)
{
	uint32_t tag = (uint32_t)hash;

	if (!m->slots)
		return NULL;
	for (size_t i = tag & m->mask; m->slots[i].index != SLOT_FREE; i = (i + 1) & m->mask)
		if (m->slots[i].tag == tag && m->slots[i].index == index)
			return &m->slots[i];
	return NULL;
}

bool
hash_map_remove(struct hash_map *m, uint64_t hash, uint32_t index)
{
	struct hash_slot *s = find_slot(m, hash, index);

	if (!s)
		return false;
	s->index = SLOT_GONE;
	m->live--;
	return true;
}

bool
hash_map_replace(struct hash_map *m, uint64_t hash, uint32_t from, uint32_t to)
{
	struct hash_slot *s = find_slot(m, hash, from);

	if (!s)
		return false;
	s->index = to;
	return true;
}
