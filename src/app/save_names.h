/** @file save_names.h  Names for many files, out of a template. */
#ifndef APP_SAVE_NAMES_H
#define APP_SAVE_NAMES_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

#define SAVE_NAME_MAX	240u	/* bytes of a name, which has to leave room for one beside */

/** What a name may be made of. */
struct save_name_parts {
	uint32_t index;		/**< %i */
	struct str call_id;	/**< %c */
	struct str from, to;	/**< %f %t: users; empty: "unknown" */
};

/** Zeroes to begin with. */
struct save_names {
	char **list;		/**< owned; in the order in which they were added */
	size_t n, cap;
	uint32_t *next;		/**< private: number to be tried next, of each name */
	size_t next_cap;
	struct hash_map map;
};

/**
 * Whether @p template is one: its last component has a name, and "%" only as %i %c %f %t
 * %%. What is before the last "/" is taken as it is.
 * @return 0, or -1 with *err.
 */
int save_names_check(const char *template, struct err *err);

/**
 * Append a name to the list. What comes from a call is made safe: letters, digits and
 * "-_.@+" as they are, "_" for all else, at most 64 bytes, no dot nor dash in front of the
 * name. A name that is there already gets a number before its suffix: "bob-2.pcap". O(1)
 * but for many that are made alike.
 */
void save_names_add(struct save_names *names, const char *template,
		    const struct save_name_parts *parts);

void save_names_release(struct save_names *names);

#endif
