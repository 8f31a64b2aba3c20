/*
 * Texts kept once each, for as long as somebody refers to them: calls and events let go of
 * theirs. A number is used again once nobody has it.
 */
#include "store/store_int.h"

#include "base/mem.h"

#define NAMES_MAX	1000000u
#define NAME_COST	(sizeof(struct name) + sizeof(struct hash_slot) * 2 + 1)

void
names_release(struct names *n)
{
	arena_release(&n->arena);
	hash_map_release(&n->map);
	free(n->list);
	*n = (struct names){ .arena.counted = n->arena.counted };
}

static bool
is_full(const struct names *n, size_t length, bool half)
{
	size_t live = half ? n->live * 2 : n->live;
	size_t bytes = n->bytes + NAME_COST + length;

	return live >= NAMES_MAX || (n->bytes_max && (half ? bytes * 2 : bytes) > n->bytes_max);
}

/* A place in the list. @return its number. */
static uint32_t
place_new(struct names *n)
{
	uint32_t number = n->free;

	if (number) {
		n->free = n->list[number - 1].next_free;
		return number;
	}
	ARRAY_GROW(n->list, n->cap, n->n + 1);
	return (uint32_t)++n->n;
}

static uint32_t
add(struct names *n, struct str text, bool half)
{
	uint64_t hash;
	size_t cursor = 0;
	uint32_t i;

	if (text.n == 0)
		return 0;
	if (text.n > NAME_LENGTH_MAX)
		text.n = NAME_LENGTH_MAX;
	hash = hash_str(text);
	while ((i = hash_map_next(&n->map, hash, &cursor)) != HASH_NONE) {
		if (str_eq(n->list[i].text, text)) {
			n->list[i].refs++;
			return i + 1;
		}
	}
	if (is_full(n, text.n, half))
		return 0;
	i = place_new(n);
	n->list[i - 1] = (struct name){ .text = arena_str(&n->arena, text), .refs = 1 };
	n->bytes += NAME_COST + text.n;
	n->live++;
	hash_map_add(&n->map, hash, i - 1);
	return i;
}

uint32_t
names_add(struct names *n, struct str text)
{
	return add(n, text, false);
}

uint32_t
names_add_half(struct names *n, struct str text)
{
	return add(n, text, true);
}

void
names_drop(struct names *n, uint32_t number)
{
	struct name *name;

	if (number == 0)
		return;
	name = &n->list[number - 1];
	if (name->refs == 0)
		BUG("name %u is dropped once more than it was added", number);
	/* What nothing is given back of may as well stay. */
	if (--name->refs > 0 || !n->arena.counted)
		return;
	hash_map_remove(&n->map, hash_str(name->text), number - 1);
	n->bytes -= NAME_COST + name->text.n;
	n->live--;
	arena_drop_str(&n->arena, name->text);
	*name = (struct name){ .next_free = n->free };
	n->free = number;
}

void
names_set(struct names *n, uint32_t *number, struct str text)
{
	uint32_t had = *number;

	*number = names_add(n, text);
	names_drop(n, had);
}

size_t
names_memory(const struct names *n)
{
	return n->arena.bytes + n->cap * sizeof(*n->list) + hash_map_memory(&n->map);
}

struct str
store_name(const struct store *s, uint32_t name)
{
	return name > 0 && name <= s->names.n && s->names.list[name - 1].text.p
		? s->names.list[name - 1].text : STR_NONE;
}
