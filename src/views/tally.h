/**
 * @file tally.h  How the calls went, kept up while they change.
 *
 * Each call has one outcome at a time, and those that are shown are counted.
 * Telling it again moves the call; nothing is counted anew.
 */
#ifndef VIEWS_TALLY_H
#define VIEWS_TALLY_H

#include "store/store.h"
#include "ui/role.h"

/** id, group, text after its number, role */
#define TALLY_OUTCOMES(_) \
	_(ANSWERED, CALLS, "answered", OK) \
	_(BUSY, CALLS, "busy", WARNING) \
	_(CANCELLED, CALLS, "cancelled", WARNING) \
	_(REDIRECTED, CALLS, "redirected", STATUS_3XX) \
	_(FAILED_4XX, CALLS, "4xx", STATUS_4XX) \
	_(FAILED_5XX, CALLS, "5xx", STATUS_5XX) \
	_(FAILED_6XX, CALLS, "6xx", STATUS_6XX) \
	_(TIMED_OUT, CALLS, "unanswered", ERROR) \
	_(UNACKNOWLEDGED, CALLS, "unacknowledged", ERROR) \
	_(OPEN, CALLS, "open", STATUS_1XX) \
	_(REGISTER_GOOD, REGISTERS, "good", OK) \
	_(REGISTER_FAILED, REGISTERS, "failed", ERROR) \
	_(REGISTER_OPEN, REGISTERS, "open", STATUS_1XX) \
	_(SUBSCRIBE_GOOD, SUBSCRIBES, "good", OK) \
	_(SUBSCRIBE_FAILED, SUBSCRIBES, "failed", ERROR) \
	_(SUBSCRIBE_OPEN, SUBSCRIBES, "open", STATUS_1XX) \
	_(OTHER_GOOD, OTHERS, "good", OK) \
	_(OTHER_FAILED, OTHERS, "failed", ERROR) \
	_(OTHER_OPEN, OTHERS, "open", STATUS_1XX)

enum tally_outcome {
#define TALLY_ID(id, ...) TALLY_##id,
	TALLY_OUTCOMES(TALLY_ID)
#undef TALLY_ID
	TALLY_OUTCOME_COUNT
};

enum tally_group {
	TALLY_CALLS,
	TALLY_REGISTERS,
	TALLY_SUBSCRIBES,
	TALLY_OTHERS,
	TALLY_GROUP_COUNT
};

struct tally_def {
	const char *text;
	enum tally_group group;
	enum role role;
};

/** By enum tally_outcome. */
extern const struct tally_def tally_defs[TALLY_OUTCOME_COUNT];

/** What a group is called: "INVITE". */
extern const char *const tally_group_names[TALLY_GROUP_COUNT];

struct tally {
	uint64_t counts[TALLY_OUTCOME_COUNT];
	uint64_t groups[TALLY_GROUP_COUNT];
	uint8_t *outcomes;	/**< private; by call, with a bit for those counted */
	size_t cap;		/**< private */
	uint32_t n;		/**< private; calls it knows of */
};

void tally_release(struct tally *t);

/** What a call came to, as of now. */
enum tally_outcome tally_outcome_of(const struct store *s, const struct call *c);

/** Note the outcome of call @p i as of now. O(1), amortised.
 * @return whether it is another than before, or the first. */
bool tally_tell(struct tally *t, const struct store *s, uint32_t i);

/** Count call @p i, which was told before, or count it no more. */
void tally_count(struct tally *t, uint32_t i, bool counted);

#endif
