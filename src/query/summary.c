#include "query/summary.h"

static const char *const verdict_names[SUMMARY_VERDICT_COUNT] = {
	[SUMMARY_GOOD] = "good",
	[SUMMARY_FAILED] = "failed",
	[SUMMARY_NO_ANSWER] = "no answer",
	[SUMMARY_OPEN] = "open",
};

const char *
summary_verdict_name(enum summary_verdict v)
{
	return verdict_names[v];
}

enum summary_verdict
summary_verdict_of(enum call_state state)
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
		return SUMMARY_GOOD;
	case CALL_STATE_REJECTED:
	case CALL_STATE_UNAUTHORIZED:
	case CALL_STATE_TIMED_OUT:
	case CALL_STATE_UNACKNOWLEDGED:
	case CALL_STATE_UNANSWERED:
	case CALL_STATE_EXPIRED:
		return SUMMARY_FAILED;
	case CALL_STATE_CANCELLED:
	case CALL_STATE_BUSY:
		return SUMMARY_NO_ANSWER;
	case CALL_STATE_SETUP:
	case CALL_STATE_PROCEEDING:
	case CALL_STATE_RINGING:
	case CALL_STATE_TRYING:
	case CALL_STATE_PENDING:
	case CALL_STATE_COUNT:
		break;
	}
	return SUMMARY_OPEN;
}

void
summary_init(struct summary *s)
{
	memset(s, 0, sizeof(*s));
	s->first = s->last = TIME_NONE;
}

static void
span_count(struct summary_span *s, int64_t span)
{
	if (span == TIME_NONE)
		return;
	if (s->n == 0 || span < s->min)
		s->min = span;
	if (s->n == 0 || span > s->max)
		s->max = span;
	s->sum += (double)span;
	s->n++;
}

void
summary_count(struct summary *s, const struct store *store, const struct call *c)
{
	enum call_state state = store_call_state(store, c);
	unsigned int status = store_call_status(c);

	s->calls++;
	s->messages += c->messages;
	s->retransmissions += c->retransmissions;
	s->duplicates += c->duplicates;
	s->verdicts[summary_verdict_of(state)]++;
	s->states[state]++;
	s->kinds[c->kind]++;
	s->methods[c->method]++;
	s->classes[status < 700 ? status / 100 : 7]++;
	s->statuses[status < 700 ? status : 0]++;
	s->answered += c->kind == CALL_INVITE && c->answered != TIME_NONE;
	s->flawed += c->flaws != 0;
	s->middle += (c->flags & CALL_MIDDLE) != 0;
	span_count(&s->setup, call_setup(c));
	span_count(&s->pdd, call_pdd(c));
	span_count(&s->duration, call_duration(c));
	if (c->start != TIME_NONE && (s->first == TIME_NONE || c->start < s->first))
		s->first = c->start;
	if (c->end_seen != TIME_NONE && c->end_seen > s->last)
		s->last = c->end_seen;
}

size_t
summary_top_statuses(const struct summary *s, uint16_t *codes, size_t max)
{
	size_t n = 0;

	/* Into a short sorted list, from the lowest code up. */
	for (uint16_t code = 300; code < ARRAY_SIZE(s->statuses); code++) {
		size_t at = n;

		if (s->statuses[code] == 0)
			continue;
		while (at > 0 && s->statuses[codes[at - 1]] < s->statuses[code])
			at--;
		if (at >= max)
			continue;
		if (n < max)
			n++;
		memmove(codes + at + 1, codes + at, (n - at - 1) * sizeof(*codes));
		codes[at] = code;
	}
	return n;
}
