/**
 * @file names.h  What people call a host.
 *
 * Names come from aliases of the user (address or address:port) and from the
 * name records of captures (address). A name of the port is preferred to one of
 * the address, an alias to a record.
 */
#ifndef EXPORT_NAMES_H
#define EXPORT_NAMES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "net/addr.h"

#define HOST_NAMES_MAX		65536	/* names kept; more are counted only */
#define HOST_NAME_BYTES		255	/* of a name; the rest is cut off */

enum host_name_rank {
	HOST_NAME_RECORD,	/**< from a capture */
	HOST_NAME_ALIAS,	/**< from the user */
};

struct host_name;

struct host_names {
	struct arena arena;		/**< private */
	struct host_name *list;		/**< private */
	size_t n, cap;			/**< names kept */
	size_t dropped;			/**< names beyond HOST_NAMES_MAX */
	struct hash_map map;		/**< private */
};

void host_names_init(struct host_names *names);
void host_names_release(struct host_names *names);

/**
 * Let @p name stand for @p at; port 0 means any port. Of two aliases the later
 * stands, of two records the first. The name is copied; empty ones change nothing.
 */
void host_names_add(struct host_names *names, const struct net_endpoint *at, struct str name,
		    enum host_name_rank rank);

/**
 * An alias as settings give it: "192.0.2.1", "192.0.2.1:5060",
 * "[2001:db8::1]:5060" or "2001:db8::1", and its name.
 * @return 0, or -1 with *err when @p address is none or @p name is empty.
 */
int host_names_add_alias(struct host_names *names, struct str address, struct str name,
			 struct err *err);

/** Forget the names that captures gave; those of the user stay. */
void host_names_forget_records(struct host_names *names);

/** The name of @p at, or of its address; STR_NONE when it has none. O(1).
 * Lives until host_names_release() or host_names_forget_records(). */
struct str host_names_find(const struct host_names *names, const struct net_endpoint *at);

/** The aliases among the names, in the order they came. @return false
 * past the last; else *name lives until host_names_release(). Asked for one after the
 * other, with *cursor 0 at first. */
bool host_names_next_alias(const struct host_names *names, size_t *cursor,
			   struct net_endpoint *at, struct str *name);

/** The same as a ladder_name_fn (export/ladder.h), with @p names as context. */
struct str host_names_lookup(void *names, const struct net_endpoint *at);

#endif
