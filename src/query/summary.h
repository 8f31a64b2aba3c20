/**
 * @file summary.h  Figures over many calls: the line that says how it went.
 */
#ifndef QUERY_SUMMARY_H
#define QUERY_SUMMARY_H

#include "store/store.h"

/** What a call came to, whatever its kind; by its state. */
enum summary_verdict {
	SUMMARY_GOOD,		/**< answered: in call, completed, registered, active ... */
	SUMMARY_FAILED,		/**< refused, timed out, unacknowledged ... */
	SUMMARY_NO_ANSWER,	/**< ended by the parties: cancelled, busy */
	SUMMARY_OPEN,		/**< the capture does not show how it ends */
	SUMMARY_VERDICT_COUNT
};

/** Static: "good", "failed", "no answer", "open". */
const char *summary_verdict_name(enum summary_verdict v);

enum summary_verdict summary_verdict_of(enum call_state state);

/** A range of spans in ns; mean is sum / n. */
struct summary_span {
	uint64_t n;
	int64_t min, max;	/**< unset when n is 0 */
	double sum;
};

struct summary {
	uint64_t calls;
	uint64_t messages, retransmissions, duplicates;
	uint64_t verdicts[SUMMARY_VERDICT_COUNT];
	uint64_t states[CALL_STATE_COUNT];
	uint64_t kinds[CALL_SINGLE + 1];
	uint64_t methods[256];		/**< by call.method, store_method_name() */
	uint64_t classes[8];		/**< by final status / 100; 0: none; 7: beyond 6xx */
	uint64_t statuses[700];		/**< by final status; 0: none or beyond 699 */
	uint64_t answered;		/**< INVITE calls with a 2xx */
	uint64_t flawed;		/**< calls with any flaw */
	uint64_t middle;		/**< calls without their beginning */
	struct summary_span setup, pdd, duration;
	int64_t first, last;		/**< times; TIME_NONE: no call */
};

void summary_init(struct summary *s);

/** Count a call. O(1), no allocation. */
void summary_count(struct summary *s, const struct store *store, const struct call *c);

/**
 * The final statuses from 300 on, the most frequent first, equal ones by code.
 * @param codes  room for @p max. @return how many.
 */
size_t summary_top_statuses(const struct summary *s, uint16_t *codes, size_t max);

#endif
