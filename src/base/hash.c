/*
 * The hash folds 128-bit products of (input ^ key) words. The map uses linear
 * probing from (tag & mask): the 32-bit tag is the low half of the hash, so
 * growing needs no key; up to 2^32 slots. What is removed leaves no trace: the entries
 * behind it move up. So a map that things come to and go from for ever stays as it is.
 *
 * To grow, a small map moves at once. A large one keeps its slots beside the new ones, and
 * each add and remove moves those of MOVED places more, from the first on: long before the
 * new ones are full nothing is left in the old ones, whose memory goes back meanwhile. What
 * is looked for is in one of them. What was moved is not looked at again: whoever looks among
 * the old ones begins behind it, and ends at the last one, for what had wrapped around from
 * there to the first ones moves at once. What is removed of them leaves a mark.
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

#define LARGE	((size_t)64 << 10)	/* bytes from which slots are pages */
#define HUGE	((size_t)2 << 20)	/* bytes from which these are huge */
#define AT_ONCE	((size_t)1 << 12)	/* slots up to which all are moved at once */
#define MOVED	256u			/* slots looked at with each add and remove */
#define GIVEN	((size_t)1 << 13)	/* slots given back at once: whole pages */

static struct hash_slot *
slots_new(size_t count)
{
	size_t bytes = count * sizeof(struct hash_slot);
	void *slots;

	if (bytes < LARGE)
		return xcalloc(count, sizeof(struct hash_slot));
	slots = pages_alloc(bytes, bytes < HUGE ? bytes : 0);
	/* They are touched all over, and read before they are written: each page would be asked
	 * for twice. */
	if (bytes < HUGE)
		pages_want(slots, bytes);
	return slots;
}

static void
slots_free(struct hash_slot *slots, size_t count)
{
	if (count * sizeof(*slots) >= LARGE)
		pages_free(slots, count * sizeof(*slots));
	else
		free(slots);
}

static size_t
old_count(const struct hash_map *m)
{
	return m->old_mask ? m->old_mask + 1 : 0;
}

static void
old_release(struct hash_map *m)
{
	slots_free(m->old, old_count(m));
	m->old = NULL;
	m->old_mask = m->moved = 0;
}

void
hash_map_release(struct hash_map *m)
{
	old_release(m);
	slots_free(m->slots, m->mask ? m->mask + 1 : 0);
	*m = (struct hash_map){ 0 };
}

static void
put(struct hash_map *m, struct hash_slot slot)
{
	size_t i = slot.tag & m->mask;

	while (m->slots[i].inverse != HASH_SLOT_FREE)
		i = (i + 1) & m->mask;
	m->slots[i] = slot;
}

/* In its own place: those there, and behind it, are found one later. */
static void
put_first(struct hash_map *m, struct hash_slot slot)
{
	size_t i = slot.tag & m->mask;

	while (m->slots[i].inverse != HASH_SLOT_FREE) {
		struct hash_slot other = m->slots[i];

		m->slots[i] = slot;
		slot = other;
		i = (i + 1) & m->mask;
	}
	m->slots[i] = slot;
}

/* Move what is in @p count old slots more. */
static void
move(struct hash_map *m, size_t count)
{
	size_t all = old_count(m), given = m->moved / GIVEN * GIVEN;
	size_t end = all - m->moved < count ? all : m->moved + count;

	for (; m->moved < end; m->moved++)
		if (m->old[m->moved].inverse > HASH_SLOT_GONE)
			put(m, m->old[m->moved]);
	if (m->moved == all)
		old_release(m);
	else if (all * sizeof(*m->old) >= LARGE && m->moved - given >= GIVEN)
		pages_empty(m->old + given, (m->moved - given) / GIVEN * GIVEN * sizeof(*m->old));
}

/* Those at the end may have wrapped around to the first slots. */
static void
move_first(struct hash_map *m)
{
	size_t n = 0;

	while (n <= m->old_mask && m->old[n].inverse != HASH_SLOT_FREE)
		n++;
	move(m, n < MOVED ? MOVED : n);
}

/* To @p want slots, which are enough. */
static void
resize(struct hash_map *m, size_t want)
{
	size_t count = m->mask ? m->mask + 1 : 0;

	if (m->old)
		move(m, SIZE_MAX);
	m->old = m->slots;
	m->old_mask = m->mask;
	m->slots = slots_new(want);
	m->mask = want - 1;
	if (m->old && count <= AT_ONCE)
		move(m, SIZE_MAX);
	else if (m->old)
		move_first(m);
}

void
hash_map_trim(struct hash_map *m)
{
	size_t want = m->mask + 1;

	if (m->old) {
		move(m, MOVED);
		return;
	}
	/* What is left is few, so that it has moved before others fill the new slots. */
	while (want > 64 && want > m->mask / 4 && m->live < want / 16)
		want /= 2;
	if (m->mask && want <= m->mask)
		resize(m, want);
}

/* For one more. */
static void
make_room(struct hash_map *m, uint32_t index)
{
	if (~index <= HASH_SLOT_GONE)
		BUG("index %u in a hash map", index);
	if (UNLIKELY(m->old))
		move(m, MOVED);
	if (!m->slots || m->live + 1 > (m->mask + 1) / 2)
		resize(m, m->mask ? (m->mask + 1) * 2 : 64);
	m->live++;
}

void
hash_map_add(struct hash_map *m, uint64_t hash, uint32_t index)
{
	make_room(m, index);
	put(m, (struct hash_slot){ (uint32_t)hash, ~index });
}

void
hash_map_add_first(struct hash_map *m, uint64_t hash, uint32_t index)
{
	make_room(m, index);
	put_first(m, (struct hash_slot){ (uint32_t)hash, ~index });
}

/* Where those with that tag begin that did not move. */
static size_t
old_home(const struct hash_map *m, uint32_t tag)
{
	size_t home = tag & m->old_mask;

	return home < m->moved ? m->moved : home;
}

uint32_t
hash_map_next_old(const struct hash_map *m, uint64_t hash, size_t *cursor)
{
	uint32_t tag = (uint32_t)hash;
	size_t at = old_home(m, tag) + (*cursor - HASH_CURSOR_OLD);

	for (; m->old && at <= m->old_mask && m->old[at].inverse != HASH_SLOT_FREE; at++) {
		++*cursor;
		if (m->old[at].tag == tag && m->old[at].inverse != HASH_SLOT_GONE)
			return ~m->old[at].inverse;
	}
	return HASH_NONE;
}

static struct hash_slot *
find_slot(struct hash_map *m, uint32_t tag, uint32_t index)
{
	struct hash_slot *s = m->slots;

	if (!s || ~index <= HASH_SLOT_GONE)
		return NULL;
	for (size_t i = tag & m->mask; s[i].inverse != HASH_SLOT_FREE; i = (i + 1) & m->mask)
		if (s[i].tag == tag && s[i].inverse == ~index)
			return &s[i];
	return NULL;
}

static struct hash_slot *
find_old(struct hash_map *m, uint32_t tag, uint32_t index)
{
	struct hash_slot *s = m->old;

	if (!s || ~index <= HASH_SLOT_GONE)
		return NULL;
	for (size_t i = old_home(m, tag); i <= m->old_mask && s[i].inverse != HASH_SLOT_FREE; i++)
		if (s[i].tag == tag && s[i].inverse == ~index)
			return &s[i];
	return NULL;
}

/* Slot @p gap is to be free: the next entry that would be looked for there, or before, moves
 * into it, and leaves a gap of its own. */
static void
close_gap(struct hash_map *m, size_t gap)
{
	struct hash_slot *s = m->slots;

	for (size_t i = (gap + 1) & m->mask; s[i].inverse != HASH_SLOT_FREE;
	     i = (i + 1) & m->mask) {
		size_t home = s[i].tag & m->mask;

		if (((i - home) & m->mask) < ((i - gap) & m->mask))
			continue;
		s[gap] = s[i];
		gap = i;
	}
	s[gap].inverse = HASH_SLOT_FREE;
}

bool
hash_map_remove(struct hash_map *m, uint64_t hash, uint32_t index)
{
	struct hash_slot *s = find_slot(m, (uint32_t)hash, index);

	if (s) {
		close_gap(m, (size_t)(s - m->slots));
	} else {
		s = find_old(m, (uint32_t)hash, index);
		if (!s)
			return false;
		s->inverse = HASH_SLOT_GONE;
	}
	m->live--;
	if (UNLIKELY(m->old))
		move(m, MOVED);
	return true;
}

bool
hash_map_replace(struct hash_map *m, uint64_t hash, uint32_t from, uint32_t to)
{
	struct hash_slot *s = find_slot(m, (uint32_t)hash, from);

	if (~to <= HASH_SLOT_GONE)
		BUG("index %u in a hash map", to);
	if (!s)
		s = find_old(m, (uint32_t)hash, from);
	if (!s)
		return false;
	s->inverse = ~to;
	return true;
}
