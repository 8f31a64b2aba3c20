#include "export/names.h"

#include "base/mem.h"

struct host_name {
	struct net_endpoint at;
	uint8_t rank;		/* enum host_name_rank */
	struct str name;
};

void
host_names_init(struct host_names *names)
{
	*names = (struct host_names){ .arena = ARENA_INIT };
}

void
host_names_release(struct host_names *names)
{
	arena_release(&names->arena);
	hash_map_release(&names->map);
	free(names->list);
	host_names_init(names);
}

static struct host_name *
find(const struct host_names *names, const struct net_endpoint *at)
{
	uint64_t hash = net_endpoint_hash(at);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&names->map, hash, &cursor)) != HASH_NONE)
		if (net_endpoint_eq(&names->list[i].at, at))
			return &names->list[i];
	return NULL;
}

void
host_names_add(struct host_names *names, const struct net_endpoint *at, struct str name,
	       enum host_name_rank rank)
{
	struct host_name *known = find(names, at);

	name = str_sub(str_trim(name), 0, HOST_NAME_BYTES);
	if (name.n == 0 || at->addr.family == NET_NONE)
		return;
	if (known) {
		if (rank < known->rank || rank == HOST_NAME_RECORD)
			return;
		known->name = arena_str(&names->arena, name);
		known->rank = (uint8_t)rank;
		return;
	}
	if (names->n >= HOST_NAMES_MAX) {
		names->dropped++;
		return;
	}
	ARRAY_GROW(names->list, names->cap, names->n + 1);
	names->list[names->n] = (struct host_name){
		.at = *at, .rank = (uint8_t)rank, .name = arena_str(&names->arena, name),
	};
	hash_map_add(&names->map, net_endpoint_hash(at), (uint32_t)names->n);
	names->n++;
}

int
host_names_add_alias(struct host_names *names, struct str address, struct str name,
		     struct err *err)
{
	struct net_endpoint at = { 0 };

	address = str_trim(address);
	/* An IPv6 address without brackets could be taken for one with a port. */
	if (net_addr_parse(address, &at.addr))
		at.port = 0;
	else if (!net_endpoint_parse(address, &at))
		return err_set(err, "alias: %.*s: not an address or address:port",
			       STR_ARG(str_sub(address, 0, 64)));
	if (str_trim(name).n == 0)
		return err_set(err, "alias: %.*s: empty name", STR_ARG(address));
	host_names_add(names, &at, name, HOST_NAME_ALIAS);
	return 0;
}

struct str
host_names_find(const struct host_names *names, const struct net_endpoint *at)
{
	const struct host_name *known = at->port ? find(names, at) : NULL;
	struct net_endpoint any = { .addr = at->addr };

	if (!known)
		known = find(names, &any);
	return known ? known->name : STR_NONE;
}

bool
host_names_next_alias(const struct host_names *names, size_t *cursor,
		      struct net_endpoint *at, struct str *name)
{
	while (*cursor < names->n) {
		const struct host_name *known = &names->list[(*cursor)++];

		if (known->rank != HOST_NAME_ALIAS)
			continue;
		*at = known->at;
		*name = known->name;
		return true;
	}
	return false;
}

void
host_names_forget_records(struct host_names *names)
{
	struct host_names kept;
	struct net_endpoint at;
	struct str name;
	size_t cursor = 0;

	host_names_init(&kept);
	while (host_names_next_alias(names, &cursor, &at, &name))
		host_names_add(&kept, &at, name, HOST_NAME_ALIAS);
	host_names_release(names);
	*names = kept;
}

struct str
host_names_lookup(void *names, const struct net_endpoint *at)
{
	return host_names_find(names, at);
}
