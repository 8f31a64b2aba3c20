#include "views/tally.h"

#include "base/mem.h"
#include "query/call_media.h"

const struct tally_def tally_defs[TALLY_OUTCOME_COUNT] = {
#define TALLY_DEF(id, group, text, brief, role, action, filter) \
	[TALLY_##id] = { text, brief, TALLY_##group, ROLE_##role, ACTION_##action, filter },
	TALLY_OUTCOMES(TALLY_DEF)
#undef TALLY_DEF
};

const struct tally_group_def tally_group_defs[TALLY_GROUP_COUNT] = {
	[TALLY_CALLS] = { "INVITE", "kind = invite" },
	[TALLY_REGISTERS] = { "REGISTER", "kind = register" },
	[TALLY_SUBSCRIBES] = { "SUBSCRIBE", "kind = subscribe" },
	[TALLY_OTHERS] = { "other", "kind = single" },
};

void
tally_add_filter(enum action action, struct buf *out)
{
	/* Two outcomes have one key. */
	if (action == ACTION_SHOW_UNANSWERED) {
		buf_add_cstr(out, "kind = invite and state in (timed_out, unacknowledged)");
		return;
	}
	for (int i = 0; i < TALLY_OUTCOME_COUNT && action != ACTION_NONE; i++)
		if (tally_defs[i].action == action)
			buf_add_cstr(out, tally_defs[i].filter);
}

/* Of a call. */
struct told {
	uint32_t mark;		/* of query_call_media_mark() */
	uint8_t faults;		/* bits by enum call_fault */
	uint8_t outcome;	/* and 1; 0: none yet */
	bool counted;
};

void
tally_init(struct tally *t)
{
	*t = (struct tally){ 0 };
	sparse_init(&t->calls, sizeof(struct told));
}

void
tally_release(struct tally *t)
{
	sparse_release(&t->calls);
	tally_init(t);
}

static enum tally_outcome
outcome_of_invite(enum call_state state, unsigned int status)
{
	switch (state) {
	case CALL_STATE_IN_CALL:
	case CALL_STATE_COMPLETED:
		return TALLY_ANSWERED;
	case CALL_STATE_BUSY:
		return TALLY_BUSY;
	case CALL_STATE_CANCELLED:
		return TALLY_CANCELLED;
	case CALL_STATE_REDIRECTED:
		return TALLY_REDIRECTED;
	case CALL_STATE_REJECTED:
	case CALL_STATE_UNAUTHORIZED:
		if (status >= 600)
			return TALLY_FAILED_6XX;
		return status >= 500 ? TALLY_FAILED_5XX : TALLY_FAILED_4XX;
	case CALL_STATE_TIMED_OUT:
		return TALLY_TIMED_OUT;
	case CALL_STATE_UNACKNOWLEDGED:
		return TALLY_UNACKNOWLEDGED;
	default:
		return TALLY_OPEN;
	}
}

/* What ran out was granted once: it did not fail. */
enum verdict { GOOD, FAILED, EXPIRED, OPEN, VERDICTS };

/* What a call that is no INVITE came to. */
static enum verdict
verdict_of(enum call_state state)
{
	switch (state) {
	case CALL_STATE_IN_CALL:
	case CALL_STATE_COMPLETED:
	case CALL_STATE_REDIRECTED:
	case CALL_STATE_ANSWERED:
	case CALL_STATE_REGISTERED:
	case CALL_STATE_UNREGISTERED:
	case CALL_STATE_ACTIVE:
	case CALL_STATE_TERMINATED:
		return GOOD;
	case CALL_STATE_SETUP:
	case CALL_STATE_PROCEEDING:
	case CALL_STATE_RINGING:
	case CALL_STATE_TRYING:
	case CALL_STATE_PENDING:
	case CALL_STATE_COUNT:
		return OPEN;
	case CALL_STATE_EXPIRED:
		return EXPIRED;
	default:
		return FAILED;
	}
}

/* What a call came to, as of now. */
static enum tally_outcome
outcome_of(const struct store *s, const struct call *c)
{
	static const enum tally_outcome of[TALLY_GROUP_COUNT][VERDICTS] = {
		[TALLY_REGISTERS] = {
			TALLY_REGISTER_GOOD, TALLY_REGISTER_FAILED, TALLY_REGISTER_EXPIRED,
			TALLY_REGISTER_OPEN },
		[TALLY_SUBSCRIBES] = {
			TALLY_SUBSCRIBE_GOOD, TALLY_SUBSCRIBE_FAILED, TALLY_SUBSCRIBE_EXPIRED,
			TALLY_SUBSCRIBE_OPEN },
		[TALLY_OTHERS] = { TALLY_OTHER_GOOD, TALLY_OTHER_FAILED, TALLY_OTHER_FAILED, TALLY_OTHER_OPEN },
	};
	enum call_state state = store_call_state(s, c);
	enum tally_group group = TALLY_OTHERS;

	if (c->kind == CALL_INVITE)
		return outcome_of_invite(state, store_call_status(c));
	if (c->kind == CALL_REGISTER)
		group = TALLY_REGISTERS;
	else if (c->kind == CALL_SUBSCRIBE)
		group = TALLY_SUBSCRIBES;
	return of[group][verdict_of(state)];
}

_Static_assert(CALL_FAULT_COUNT <= 8, "bits of told.faults");
_Static_assert(TALLY_BAD_AUDIO - TALLY_ONE_WAY == CALL_FAULT_BAD_AUDIO - CALL_FAULT_ONE_WAY &&
	       TALLY_NO_AUDIO - TALLY_ONE_WAY == CALL_FAULT_NO_AUDIO - CALL_FAULT_ONE_WAY &&
	       TALLY_LATE_AUDIO - TALLY_ONE_WAY == CALL_FAULT_LATE_AUDIO - CALL_FAULT_ONE_WAY &&
	       TALLY_CUT_AUDIO - TALLY_ONE_WAY == CALL_FAULT_CUT_AUDIO - CALL_FAULT_ONE_WAY &&
	       TALLY_LOSS_UNSEEN - TALLY_ONE_WAY == CALL_FAULT_LOSS_UNSEEN - CALL_FAULT_ONE_WAY,
	       "the faults stand in one order");

static void
count_faults(struct tally *t, uint32_t faults, bool more)
{
	for (unsigned int f = 0; f < CALL_FAULT_COUNT; f++)
		if (faults >> f & 1)
			t->counts[TALLY_ONE_WAY + f] += more ? UINT64_C(1) : UINT64_MAX;
}

bool
tally_hear(struct tally *t, struct query *q, uint32_t i)
{
	const struct call *c = store_call(q->store, i);
	struct told *told = sparse_find(&t->calls, i);
	uint64_t sum;
	uint32_t mark;

	/* Only that of INVITE has any. */
	if (!told || c->kind != CALL_INVITE)
		return false;
	sum = query_call_media_mark(q, c);
	mark = (uint32_t)(sum ^ sum >> 32);
	if (told->mark == mark)
		return false;
	told->mark = mark;
	if (told->counted)
		count_faults(t, told->faults, false);
	told->faults = (uint8_t)query_call_faults(q, c);
	if (told->counted)
		count_faults(t, told->faults, true);
	return true;
}

static void
count(struct tally *t, struct told *told, bool counted)
{
	unsigned int outcome = told->outcome - 1u;

	if (counted == told->counted || told->outcome == 0)
		return;
	told->counted = counted;
	count_faults(t, told->faults, counted);
	if (counted) {
		t->counts[outcome]++;
		t->groups[tally_defs[outcome].group]++;
	} else {
		t->counts[outcome]--;
		t->groups[tally_defs[outcome].group]--;
	}
}

void
tally_count(struct tally *t, uint32_t i, bool counted)
{
	struct told *told = sparse_find(&t->calls, i);

	if (told)
		count(t, told, counted);
}

bool
tally_tell(struct tally *t, const struct store *s, uint32_t i)
{
	uint8_t now = (uint8_t)(outcome_of(s, store_call(s, i)) + 1u);
	struct told *told = sparse_put(&t->calls, i);
	bool counted = told->counted;

	if (told->outcome == now)
		return false;
	count(t, told, false);
	told->outcome = now;
	count(t, told, counted);
	return true;
}

void
tally_forget(struct tally *t, uint32_t i)
{
	tally_count(t, i, false);
	sparse_drop(&t->calls, i);
}
