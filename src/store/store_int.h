/** @file store_int.h  Inside the store: its tables and the parts that fill them. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include "base/arena.h"
#include "base/chunks.h"
#include "base/hash.h"
#include "store/store.h"

/** A dialog of an INVITE call: one To-tag that answered. */
struct dialog {
	uint32_t tag;		/**< keyed hash of the callee's tag */
	uint32_t next;		/**< of the same call, or CALL_NONE */
	bool answered;		/**< 2xx seen */
	bool own;		/**< answered at the hop of the caller */
	bool ended;		/**< BYE seen */
};

/** Texts kept once each. */
struct names {
	struct arena arena;
	struct str *list;
	size_t n, cap;
	struct hash_map map;
};

struct store {
	struct chunks messages;	/* struct message */
	struct chunks calls;	/* struct call */
	struct chunks dialogs;	/* struct dialog */
	struct chunks paths;	/* struct path */
	struct hash_map call_map;	/* Call-ID to the last call with it */
	struct hash_map path_map;
	struct arena text;
	struct names names;
	struct str methods[256 - SIP_METHOD_COUNT];	/* extension methods */
	uint32_t last_path;	/* the path of the previous message */
	uint32_t branch;	/* of the message on its way in: keyed hash of its
				 * transaction id; 0: none */
	uint32_t placeholders;	/* calls without a Call-ID */
	int64_t now;
	struct store_stats stats;
	store_read_fn *read;
	void *read_ctx;
};

/* ---- names.c ---- */

void names_release(struct names *n);
/** The number of @p text, above 0; 0 for the empty text. At most a million
 * texts of 1 KiB are kept: past that, 0. */
uint32_t names_add(struct names *n, struct str text);

/* ---- copies.c ---- */

/**
 * Find what @p m, not yet linked to @p call, is a copy of.
 * Sets MESSAGE_RETRANSMISSION or MESSAGE_DUPLICATE in m->flags and counts.
 * @return the earlier message, or NULL. Amortised O(1).
 */
const struct message *copies_mark(struct store *s, struct call *call, struct message *m);

/** Hash of what copies of one message on one path have in common, 24 bits. */
uint32_t copies_identity(const struct store *s, const struct sip_scan *scan, uint32_t path);

/* ---- machine.c ---- */

/** Let the machine of the call see @p m, which is no copy of an earlier one. */
void machine_step(struct store *s, struct call *call, const struct message *m,
		  const struct sip_scan *scan);
/** Take a copy (retransmission) into account. */
void machine_copy(struct call *call, const struct message *m);
/** Which machine follows a call that begins with this message. */
enum call_kind machine_kind(const struct message *m, const struct sip_scan *scan);
/** Whether an INVITE without To-tag begins a new call rather than a new try. */
bool machine_is_over(const struct store *s, const struct call *call, const struct message *m,
		     const struct sip_scan *scan);

#endif
