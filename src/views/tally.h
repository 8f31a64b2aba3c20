/**
 * @file tally.h  How the calls went, kept up while they change.
 *
 * Each call has one outcome at a time, and those that are shown are counted.
 * Telling it again moves the call; nothing is counted anew. What is wrong with the audio
 * of answered calls is counted besides, so these stand in two counts or more; it is told
 * by itself, for streams grow while nothing is said of the call.
 */
#ifndef VIEWS_TALLY_H
#define VIEWS_TALLY_H

#include "base/sparse.h"
#include "query/query.h"
#include "store/store.h"
#include "ui/action.h"
#include "ui/role.h"

/** ONE_WAY to LOSS_UNSEEN, in the order of enum call_fault, are no outcomes of their own.
 * id, group, text after its number, the same where room is short, role, action that
 * filters to it, and the filter that lists the same calls */
#define TALLY_OUTCOMES(_) \
	_(ANSWERED, CALLS, "answered", "answ", OK, SHOW_ANSWERED, \
	  "kind = invite and state in (in_call, completed)") \
	_(ONE_WAY, CALLS, "one-way", "1-way", ERROR, SHOW_ONE_WAY, \
	  "audio_faults = one_way") \
	_(NO_AUDIO, CALLS, "no audio", "no-aud", ERROR, SHOW_NO_AUDIO, \
	  "audio_faults = no_audio") \
	_(BAD_AUDIO, CALLS, "bad audio", "bad-aud", WARNING, SHOW_BAD_AUDIO, \
	  "audio_faults = bad_audio") \
	_(LATE_AUDIO, CALLS, "late audio", "late-aud", WARNING, NONE, \
	  "audio_faults = late_audio") \
	_(CUT_AUDIO, CALLS, "cut audio", "cut-aud", WARNING, NONE, \
	  "audio_faults = cut_audio") \
	_(LOSS_UNSEEN, CALLS, "loss unseen", "loss-uns", WARNING, NONE, \
	  "audio_faults = loss_unseen") \
	_(BUSY, CALLS, "busy", "busy", WARNING, SHOW_BUSY, \
	  "kind = invite and state = busy") \
	_(CANCELLED, CALLS, "cancelled", "canc", WARNING, SHOW_CANCELLED, \
	  "kind = invite and state = cancelled") \
	_(REDIRECTED, CALLS, "redirected", "redir", STATUS_3XX, SHOW_REDIRECTED, \
	  "kind = invite and state = redirected") \
	_(FAILED_4XX, CALLS, "4xx", "4xx", STATUS_4XX, SHOW_4XX, \
	  "kind = invite and state in (rejected, unauthorized) and status = 4xx") \
	_(FAILED_5XX, CALLS, "5xx", "5xx", STATUS_5XX, SHOW_5XX, \
	  "kind = invite and state = rejected and status = 5xx") \
	_(FAILED_6XX, CALLS, "6xx", "6xx", STATUS_6XX, SHOW_6XX, \
	  "kind = invite and state = rejected and status >= 600") \
	_(TIMED_OUT, CALLS, "unanswered", "unansw", ERROR, SHOW_UNANSWERED, \
	  "kind = invite and state = timed_out") \
	_(UNACKNOWLEDGED, CALLS, "unacknowledged", "unack", ERROR, SHOW_UNANSWERED, \
	  "kind = invite and state = unacknowledged") \
	_(OPEN, CALLS, "open", "open", STATUS_1XX, SHOW_OPEN, \
	  "kind = invite and state in (setup, proceeding, ringing)") \
	_(REGISTER_GOOD, REGISTERS, "good", "good", OK, NONE, \
	  "kind = register and state in (registered, unregistered, redirected)") \
	_(REGISTER_FAILED, REGISTERS, "failed", "failed", ERROR, NONE, \
	  "kind = register and state in (rejected, unauthorized, unanswered)") \
	_(REGISTER_EXPIRED, REGISTERS, "expired", "exp", WARNING, NONE, \
	  "kind = register and state = expired") \
	_(REGISTER_OPEN, REGISTERS, "open", "open", STATUS_1XX, NONE, \
	  "kind = register and state in (trying, proceeding)") \
	_(SUBSCRIBE_GOOD, SUBSCRIBES, "good", "good", OK, NONE, \
	  "kind = subscribe and state in (active, terminated, redirected)") \
	_(SUBSCRIBE_FAILED, SUBSCRIBES, "failed", "failed", ERROR, NONE, \
	  "kind = subscribe and state in (rejected, unauthorized, unanswered)") \
	_(SUBSCRIBE_EXPIRED, SUBSCRIBES, "expired", "exp", WARNING, NONE, \
	  "kind = subscribe and state = expired") \
	_(SUBSCRIBE_OPEN, SUBSCRIBES, "open", "open", STATUS_1XX, NONE, \
	  "kind = subscribe and state in (trying, proceeding, pending)") \
	_(OTHER_GOOD, OTHERS, "good", "good", OK, NONE, \
	  "kind = single and state in (answered, redirected)") \
	_(OTHER_FAILED, OTHERS, "failed", "failed", ERROR, NONE, \
	  "kind = single and state in (rejected, unauthorized, unanswered)") \
	_(OTHER_OPEN, OTHERS, "open", "open", STATUS_1XX, NONE, \
	  "kind = single and state in (trying, proceeding)")

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
	const char *text, *brief;
	enum tally_group group;
	enum role role;
	enum action action;	/**< ACTION_NONE: none */
	const char *filter;
};

/** By enum tally_outcome. */
extern const struct tally_def tally_defs[TALLY_OUTCOME_COUNT];

struct tally_group_def {
	const char *name;	/**< "INVITE" */
	const char *filter;	/**< that lists its calls */
};

/** By enum tally_group. */
extern const struct tally_group_def tally_group_defs[TALLY_GROUP_COUNT];

/** Whether it is of those that answered calls are counted in besides. */
static inline bool
tally_is_fault(int outcome)
{
	return outcome >= TALLY_ONE_WAY && outcome <= TALLY_LOSS_UNSEEN;
}

/** Append the filter that lists all calls with the outcomes of @p action; nothing when
 * it has none. */
void tally_add_filter(enum action action, struct buf *out);

struct tally {
	uint64_t counts[TALLY_OUTCOME_COUNT];
	uint64_t groups[TALLY_GROUP_COUNT];
	struct sparse calls;	/**< private; those told */
};

void tally_init(struct tally *t);
/** Forget all; it is as tally_init() leaves it. */
void tally_release(struct tally *t);

/** Note the outcome of call @p i as of now. O(1), amortised.
 * @return whether it is another than before, or the first. */
bool tally_tell(struct tally *t, const struct store *s, uint32_t i);

/** Look at the media of call @p i, which was told before; O(streams) where they are as they
 * were. @return whether they are not. */
bool tally_hear(struct tally *t, struct query *q, uint32_t i);

/** Count call @p i, which was told before, or count it no more; nothing where it was not. */
void tally_count(struct tally *t, uint32_t i, bool counted);

/** Call @p i is gone: it is not counted, and nothing is kept of it. */
void tally_forget(struct tally *t, uint32_t i);

/** The first call from @p i on that was told; UINT32_MAX: none. */
static inline uint32_t
tally_from(const struct tally *t, uint32_t i)
{
	return sparse_from(&t->calls, i);
}

/** How many were told and not forgotten. */
static inline uint32_t
tally_known(const struct tally *t)
{
	return t->calls.n;
}

#endif
