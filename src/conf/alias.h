/**
 * @file alias.h  Names that people gave to addresses.
 *
 * Keys are text: "10.0.0.1", "10.0.0.1:5060", "[2001:db8::1]:5060", in whatever
 * one form the caller writes addresses. Compared byte by byte.
 */
#ifndef CONF_ALIAS_H
#define CONF_ALIAS_H

#include "base/arena.h"
#include "base/hash.h"

struct alias_table {
	struct alias *aliases;		/**< private */
	size_t n;			/**< how many there are */
	size_t cap;			/**< private */
	struct hash_map map;		/**< private */
	struct arena arena;		/**< private; owns keys and names */
};

void alias_init(struct alias_table *t);
void alias_release(struct alias_table *t);

/** Name @p address (copied both); a later name for the same replaces. */
void alias_set(struct alias_table *t, struct str address, struct str name);

/** The name, owned by the table; STR_NONE (p NULL) where there is none. O(1). */
struct str alias_find(const struct alias_table *t, struct str address);

#endif
