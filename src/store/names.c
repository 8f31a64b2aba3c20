#include "store/store_int.h"

#include "base/mem.h"

#define NAMES_MAX	1000000u


void
names_release(struct names *n)
{
	arena_release(&n->arena);
	hash_map_release(&n->map);
	free(n->list);
	*n = (struct names){ 0 };
}

static uint32_t
add(struct names *n, struct str text, size_t max)
{
	uint64_t hash;
	size_t cursor = 0;
	uint32_t i;

	if (text.n == 0)
		return 0;
	if (text.n > NAME_LENGTH_MAX)
		text.n = NAME_LENGTH_MAX;
	hash = hash_str(text);
	while ((i = hash_map_next(&n->map, hash, &cursor)) != HASH_NONE)
		if (str_eq(n->list[i], text))
			return i + 1;
	if (n->n >= max)
		return 0;
	ARRAY_GROW(n->list, n->cap, n->n + 1);
	n->list[n->n] = arena_str(&n->arena, text);
	hash_map_add(&n->map, hash, (uint32_t)n->n);
	return (uint32_t)++n->n;
}

uint32_t
names_add(struct names *n, struct str text)
{
	return add(n, text, NAMES_MAX);
}

uint32_t
names_add_half(struct names *n, struct str text)
{
	return add(n, text, NAMES_MAX / 2);
}

struct str
store_name(const struct store *s, uint32_t name)
{
	return name > 0 && name <= s->names.n ? s->names.list[name - 1] : STR_NONE;
}
