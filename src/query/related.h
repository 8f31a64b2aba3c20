/**
 * @file related.h  The other legs of a call, where a B2BUA or a transfer made them.
 *
 * What says so, from the sure to the guessed:
 * - a header that names the Call-ID of the other one: those the user gives
 *   (X-Call-ID), Replaces (RFC 3891), Refer-To with Replaces in it (RFC 3515),
 *   Join (RFC 3911), Target-Dialog (RFC 4538), In-Reply-To (RFC 3261 section 20.21);
 * - a UUID of Session-ID that both have (RFC 7989; its older form, RFC 7329), the
 *   icid-value of P-Charging-Vector that both have (RFC 7315);
 * - Call-IDs of which one is the other with something added, "abc@h" and
 *   "abc@h-b2b_1", or that have one part before the "@";
 * - who got a REFER within a call sent an INVITE to the user whom it named within
 *   five seconds;
 * - and, as a guess: a box got the INVITE of one and sent that of the other within
 *   two seconds, while the first was being set up, from or to the same user, and
 *   there is no other call it could belong to.
 *
 * Legs of legs are found too. A leg that is wrongly there misleads more than one
 * that is not: calls that do not overlap in time are looked up only where a
 * Call-ID is named by one of those that are known.
 */
#ifndef QUERY_RELATED_H
#define QUERY_RELATED_H

#include "query/query.h"

#define RELATED_MAX	64u	/* found; what is beyond is told by related_job.cut */
#define RELATED_DEPTH	4u	/* legs of legs of legs of legs */

enum related_reason {
	RELATED_HEADER,		/**< a header of the user's choice names a Call-ID */
	RELATED_REPLACES,
	RELATED_REFER_TO,
	RELATED_JOIN,
	RELATED_TARGET_DIALOG,
	RELATED_IN_REPLY_TO,
	RELATED_SESSION_ID,
	RELATED_ICID,
	RELATED_CALL_ID,	/**< the Call-IDs are alike */
	RELATED_TRANSFER,	/**< who got a REFER called whom it named */
	RELATED_TIMING,		/**< same box, same time, same users */
	RELATED_REASON_COUNT
};

enum related_strength {
	RELATED_SURE,
	RELATED_LIKELY,
	RELATED_GUESS,
};

struct related {
	uint32_t call;		/**< what was found: store_call() index */
	uint32_t to;		/**< the call it is related to, found before or given */
	int64_t after;		/**< TIMING: that it began this much after the other, in ns */
	uint8_t reason;		/**< enum related_reason */
	uint8_t strength;	/**< enum related_strength */
	uint8_t depth;		/**< 1: to one of those given */
	bool names;		/**< its header names the other one; else the other one's
				     names it */
	char header[32];	/**< HEADER: its name, cut */
};

/** A search under way. */
struct related_job;

/**
 * Look for calls related to @p calls (store_call() indexes, copied). @p headers are
 * names with commas between. @p q is borrowed, must outlive the job, and may be used
 * by others between two steps.
 */
struct related_job *related_start(struct query *q, const uint32_t *calls, size_t n,
				  struct str headers);
void related_end(struct related_job *job);

/**
 * Work for about @p budget_ms (0: to the end). A look at each call of the store costs
 * some 20 ns, for each turn: one, and one more for each further leg of legs; texts
 * are read of calls that overlap in time only. @return whether there is more to do.
 */
bool related_step(struct related_job *job, int budget_ms);

/** What was found so far, in that order; valid until the next step. */
const struct related *related_list(const struct related_job *job, size_t *n);

/** Whether there are more than RELATED_MAX. */
bool related_cut(const struct related_job *job);

/** How many texts were read. */
uint64_t related_texts(const struct related_job *job);

/** Append why, in words: "X-Call-ID names #3", "the same Session-ID as #3". */
void related_say(struct buf *b, const struct related *r);

/** Whether two Call-IDs are those of one call and its leg, as their text has it. */
bool related_ids_alike(struct str a, struct str b);

#endif
