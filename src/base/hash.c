/*
 * The hash folds 128-bit products of (input ^ key) words. The map uses linear
 * probing from (tag & mask): the 32-bit tag is the low half of the hash, so
 * growing needs no key; up to 2^32 slots. What is removed leaves no trace: the entries
 * behind it move up. So a map that things come to and go from for ever stays as it is.
 */
#include "base/hash.h"

#include <sys/random.h>

#include "base/mem.h"

uint64_t hash_seed[2] = { 0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u };

void
hash_seed_random(void)
{
	uint64_t drawn[2];

	if (getrandom(drawn, sizeof(drawn), GRND_NONBLOCK) == (ssize_t)sizeof(drawn)) {
		hash_seed[0] = drawn[0] | 1;
		hash_seed[1] = drawn[1] | 1;
	}
}

#define LARGE	((size_t)1 << 20)	/* bytes from which slots are pages */

static struct hash_slot *
slots_new(size_t count)
{
	size_t bytes = count * sizeof(struct hash_slot);

	return bytes >= LARGE ? pages_alloc(bytes, 0) : xmalloc(bytes);
}

static void
slots_free(struct hash_slot *slots, size_t count)
{
	if (count * sizeof(*slots) >= LARGE)
		pages_free(slots, count * sizeof(*slots));
	else
		free(slots);
}

void
hash_map_release(struct hash_map *m)
{
	slots_free(m->slots, m->mask ? m->mask + 1 : 0);
	*m = (struct hash_map){ 0 };
}

static void
put(struct hash_map *m, uint32_t tag, uint32_t index)
{
	size_t i = tag & m->mask;

	while (m->slots[i].index != HASH_SLOT_FREE)
		i = (i + 1) & m->mask;
	m->slots[i] = (struct hash_slot){ tag, index };
}

static void
grow(struct hash_map *m)
{
	struct hash_slot *old = m->slots;
	size_t count = m->mask ? m->mask + 1 : 0;
	size_t want = count ? count * 2 : 64;

	m->slots = slots_new(want);
	memset(m->slots, 0xff, want * sizeof(*m->slots));
	m->mask = want - 1;
	for (size_t i = 0; i < count; i++)
		if (old[i].index != HASH_SLOT_FREE)
			put(m, old[i].tag, old[i].index);
	slots_free(old, count);
}

void
hash_map_add(struct hash_map *m, uint64_t hash, uint32_t index)
{
	if (index == HASH_NONE)
		BUG("index %u in a hash map", index);
	if (!m->slots || m->live + 1 > (m->mask + 1) / 4 * 3)
		grow(m);
	put(m, (uint32_t)hash, index);
	m->live++;
}

static struct hash_slot *
find_slot(struct hash_map *m, uint64_t hash, uint32_t index)
{
	uint32_t tag = (uint32_t)hash;

	if (!m->slots)
		return NULL;
	for (size_t i = tag & m->mask; m->slots[i].index != HASH_SLOT_FREE; i = (i + 1) & m->mask)
		if (m->slots[i].tag == tag && m->slots[i].index == index)
			return &m->slots[i];
	return NULL;
}

/* Slot @p gap is to be free: the next entry that would be looked for there, or before, moves
 * into it, and leaves a gap of its own. */
static void
close_gap(struct hash_map *m, size_t gap)
{
	struct hash_slot *s = m->slots;

	for (size_t i = (gap + 1) & m->mask; s[i].index != HASH_SLOT_FREE; i = (i + 1) & m->mask) {
		size_t home = s[i].tag & m->mask;

		if (((i - home) & m->mask) < ((i - gap) & m->mask))
			continue;
		s[gap] = s[i];
		gap = i;
	}
	s[gap].index = HASH_SLOT_FREE;
}

bool
hash_map_remove(struct hash_map *m, uint64_t hash, uint32_t index)
{
	struct hash_slot *s = find_slot(m, hash, index);

	if (!s)
		return false;
	close_gap(m, (size_t)(s - m->slots));
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
