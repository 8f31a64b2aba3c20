#include "base/mem.h"
#include "conf/alias.h"

struct alias {
	struct str address;
	struct str name;
};

void
alias_init(struct alias_table *t)
{
	*t = (struct alias_table){ .arena = ARENA_INIT };
}

void
alias_release(struct alias_table *t)
{
	free(t->aliases);
	hash_map_release(&t->map);
	arena_release(&t->arena);
	alias_init(t);
}

static struct alias *
find(const struct alias_table *t, struct str address)
{
	uint64_t hash = hash_str(address);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&t->map, hash, &cursor)) != HASH_NONE)
		if (str_eq(t->aliases[i].address, address))
			return &t->aliases[i];
	return NULL;
}

void
alias_set(struct alias_table *t, struct str address, struct str name)
{
	struct alias *a = find(t, address);

	if (!a) {
		ARRAY_GROW(t->aliases, t->cap, t->n + 1);
		a = &t->aliases[t->n];
		a->address = arena_str(&t->arena, address);
		hash_map_add(&t->map, hash_str(address), (uint32_t)t->n++);
	}
	a->name = arena_str(&t->arena, name);
}

struct str
alias_find(const struct alias_table *t, struct str address)
{
	const struct alias *a = find(t, address);

	return a ? a->name : STR_NONE;
}
