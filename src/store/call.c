#include "store/call.h"

#include "sip/scan.h"

static const char *const state_names[CALL_STATE_COUNT] = {
#define CALL_STATE_NAME(id, name, help) [CALL_STATE_##id] = name,
	CALL_STATES(CALL_STATE_NAME)
#undef CALL_STATE_NAME
};

static const char *const transport_names[TRANSPORT_COUNT] = {
#define TRANSPORT_NAME(id, name, title) [TRANSPORT_##id] = name,
	TRANSPORTS(TRANSPORT_NAME)
#undef TRANSPORT_NAME
};

const char *
call_state_name(enum call_state s)
{
	return state_names[s];
}

bool
call_state_is_over(enum call_state state)
{
	switch (state) {
	case CALL_STATE_SETUP:
	case CALL_STATE_PROCEEDING:
	case CALL_STATE_RINGING:
	case CALL_STATE_IN_CALL:
	case CALL_STATE_TRYING:
	case CALL_STATE_REGISTERED:
	case CALL_STATE_ACTIVE:
	case CALL_STATE_PENDING:
	case CALL_STATE_COUNT:
		return false;
	case CALL_STATE_COMPLETED:
	case CALL_STATE_CANCELLED:
	case CALL_STATE_BUSY:
	case CALL_STATE_REJECTED:
	case CALL_STATE_REDIRECTED:
	case CALL_STATE_UNAUTHORIZED:
	case CALL_STATE_TIMED_OUT:
	case CALL_STATE_UNACKNOWLEDGED:
	case CALL_STATE_ANSWERED:
	case CALL_STATE_UNANSWERED:
	case CALL_STATE_UNREGISTERED:
	case CALL_STATE_EXPIRED:
	case CALL_STATE_TERMINATED:
		return true;
	}
	return false;
}

const char *
transport_name(enum transport t)
{
	return transport_names[t];
}

const char *
carrier_name(enum carrier c)
{
	return c == CARRIER_HEP ? "hep" : NULL;
}

const char *
call_side_name(enum call_side s)
{
	return s == CALL_SIDE_CALLER ? "caller" : s == CALL_SIDE_CALLEE ? "callee" : NULL;
}

static struct str
user_of(struct str uri)
{
	struct str user = sip_scan_user(uri);

	/* Of a URI that is not kept whole, a user that goes on behind what is. */
	return uri.n == CALL_TEXT_MAX && user.p + user.n == uri.p + uri.n ? STR_NONE : user;
}

struct str
call_from_user(const struct call *c)
{
	return user_of(call_from(c));
}

struct str
call_to_user(const struct call *c)
{
	return user_of(call_to(c));
}

static int64_t
span(int64_t from, int64_t to)
{
	/* A clock that was set back between the two measured nothing. */
	return from == TIME_NONE || to == TIME_NONE || to < from ? TIME_NONE : to - from;
}

int64_t
call_setup(const struct call *c)
{
	return c->kind == CALL_INVITE ? span(c->request, c->answered) : TIME_NONE;
}

int64_t
call_pdd(const struct call *c)
{
	if (c->kind != CALL_INVITE)
		return TIME_NONE;
	return span(c->request, c->progress != TIME_NONE ? c->progress : c->answered);
}

int64_t
call_ring(const struct call *c)
{
	return span(c->ringing, c->answered != TIME_NONE ? c->answered : c->ended);
}

int64_t
call_duration(const struct call *c)
{
	return c->kind == CALL_INVITE ? span(c->answered, c->ended) : TIME_NONE;
}
