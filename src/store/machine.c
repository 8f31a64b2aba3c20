/*
 * What becomes of a call.
 *
 * Each kind of call has a machine. A message is turned into an event, the table
 * (transitions.c) says where the event leads from the present state, and only an
 * event that leads somewhere changes facts and times: a late refusal from one
 * fork does not touch a call that another one has answered.
 *
 * A call is judged at the caller's own hop: the branch of the first INVITE. What
 * is seen on later hops (other branches, behind a proxy) counts as progress and
 * as an answer, but a refusal there is only remembered (leg_status), and is
 * believed when the capture shows no final response on the caller's hop.
 *
 * Timers are events too. They are not stored: store_call_state() asks for them
 * with the time that the capture reaches.
 */
#include "sip/address.h"
#include "sip/event.h"
#include "sip/param.h"
#include "sip/reason.h"
#include "store/store_int.h"
#include "store/transitions.h"

#define T1_64		(32 * NS_PER_S)		/* 64*T1, RFC 3261 17.1.1.1 */
#define TIMER_C		(180 * NS_PER_S)	/* RFC 3261 16.6 */
#define REUSE_SOON	(1 * NS_PER_S)

/* Move on; false when the event means nothing here. */
static bool
advance(struct call *call, enum call_input event)
{
	uint8_t to = transition(call->kind, call->machine, event);

	if (to == NOWHERE)
		return false;
	call->machine = to;
	return true;
}

static enum call_input
response_event(uint16_t status)
{
	switch (status) {
	case 100:
		return INPUT_TRYING;
	case 180:
		return INPUT_RINGING;
	case 401:
	case 407:
		return INPUT_CHALLENGE;
	case 486:
	case 600:
		return INPUT_BUSY;
	case 487:
		return INPUT_TERMINATED;
	default:
		return status < 200 ? INPUT_PROGRESS : status < 300 ? INPUT_SUCCESS :
		       status < 400 ? INPUT_REDIRECT : INPUT_REFUSAL;
	}
}

/* ---- dialogs ---- */

static struct dialog *
dialog_find(struct store *s, const struct call *call, uint32_t tag)
{
	for (uint32_t i = call->dialogs; i != CALL_NONE; ) {
		struct dialog *d = chunks_at(&s->dialogs, i);

		if (d->tag == tag)
			return d;
		i = d->next;
	}
	return NULL;
}

static size_t
dialog_count(const struct store *s, const struct call *call)
{
	size_t n = 0;

	for (uint32_t i = call->dialogs; i != CALL_NONE; n++)
		i = ((const struct dialog *)chunks_at(&s->dialogs, i))->next;
	return n;
}

#define DIALOGS_MAX	64	/* of one call; more are counted as one */

static struct dialog *
dialog_get(struct store *s, struct call *call, uint32_t tag)
{
	struct dialog *d = dialog_find(s, call, tag);

	if (d)
		return d;
	if (call->dialogs != CALL_NONE) {
		call->flags |= CALL_FORKED;
		if (dialog_count(s, call) >= DIALOGS_MAX)
			return chunks_at(&s->dialogs, call->dialogs);
	}
	d = chunks_add(&s->dialogs);
	*d = (struct dialog){ .tag = tag, .next = call->dialogs };
	call->dialogs = s->dialogs.n - 1;
	return d;
}

/* Note the BYE of one dialog. @return whether no answered one is left: of those
 * the caller knows, where its own hop was seen; an agent on the way may show
 * other tags behind it. */
static bool
dialog_bye(struct store *s, const struct call *call, uint32_t from_tag, uint32_t to_tag)
{
	struct dialog *d = dialog_find(s, call, from_tag);
	bool own = false, left = false, own_left = false;

	if (!d)
		d = dialog_find(s, call, to_tag);
	if (!d)
		return true;
	d->ended = true;
	for (uint32_t i = call->dialogs; i != CALL_NONE; i = d->next) {
		d = chunks_at(&s->dialogs, i);
		own = own || d->own;
		left = left || (d->answered && !d->ended);
		own_left = own_left || (d->own && !d->ended);
	}
	return !(own ? own_left : left);
}

/* ---- what all kinds share ---- */

/* Whether the caller sent it: from its own port, or from its address to where
 * the first request went (a connection made anew has another port). A proxy or
 * an agent on the same host has a port of its own and sends elsewhere. */
static bool
from_caller_host(const struct store *s, const struct call *call, const struct message *m)
{
	const struct path *own = store_path(s, call->path);
	const struct path *path = store_path(s, m->path);

	return net_addr_eq(&own->src.addr, &path->src.addr) &&
		(own->src.port == path->src.port || net_endpoint_eq(&own->dst, &path->dst));
}

/* Whether this is the first time something is measured, or the first time it is
 * measured at the caller's own hop. */
static bool
measures(struct call *call, int64_t at, uint16_t leg_flag, bool own_hop)
{
	if (at == TIME_NONE) {
		if (!own_hop)
			call->flags |= leg_flag;
		return true;
	}
	if (own_hop && (call->flags & leg_flag)) {
		call->flags &= (uint16_t)~leg_flag;
		return true;
	}
	return false;
}

static void
open_try(struct store *s, struct call *call, const struct message *m)
{
	call->request = m->time;
	call->waiting = m->time;
	call->cseq = m->cseq;
	call->branch = s->branch;
	call->ringing = TIME_NONE;
	call->progress = TIME_NONE;
	call->answered = TIME_NONE;
	call->ended = TIME_NONE;
	call->ended_by = CALL_SIDE_NONE;
	call->status = 0;
	call->leg_status = 0;
	names_drop(&s->names, call->reason);
	call->reason = 0;
	call->flags &= (uint16_t)~(CALL_CANCEL | CALL_REMOVING | CALL_LEG_PROGRESS |
		CALL_LEG_RINGING | CALL_LEG_ANSWERED | CALL_LEG_ENDED |
		CALL_ACKED | CALL_ANSWER_REPEATED);
}

static void
set_status(struct store *s, struct call *call, const struct message *m,
	   const struct sip_scan *scan)
{
	call->status = m->status;
	names_set(&s->names, &call->reason, scan->reason);
}

static void
step_provisional(struct call *call, const struct message *m, bool own_hop)
{
	call->leg_status = 0;
	if (call->flags & CALL_LEG_ENDED) {
		call->flags &= (uint16_t)~CALL_LEG_ENDED;
		call->ended = TIME_NONE;
	}
	call->waiting = m->time;
	if (m->status > 100 && measures(call, call->progress, CALL_LEG_PROGRESS, own_hop))
		call->progress = m->time;
	if (m->status == 180 && measures(call, call->ringing, CALL_LEG_RINGING, own_hop))
		call->ringing = m->time;
	advance(call, response_event(m->status));
}

static void
step_success(struct store *s, struct call *call, const struct message *m,
	     const struct sip_scan *scan, bool own_hop)
{
	if (!advance(call, INPUT_SUCCESS))
		return;
	if (measures(call, call->answered, CALL_LEG_ANSWERED, own_hop)) {
		call->answered = m->time;
		set_status(s, call, m, scan);
	}
	call->ended = TIME_NONE;
	call->ended_by = CALL_SIDE_NONE;
	call->leg_status = 0;
}

static void
step_refusal(struct store *s, struct call *call, const struct message *m,
	     const struct sip_scan *scan, bool own_hop)
{
	enum call_input event = response_event(m->status);

	if (event == INPUT_CHALLENGE)
		call->flags |= CALL_CHALLENGED;
	if (call->machine == CALL_STATE_COMPLETED && call->answered != TIME_NONE)
		return;		/* of a fork that lost, late */
	if (!own_hop) {
		if (transition(call->kind, call->machine, event) == NOWHERE)
			return;
		call->leg_status = m->status;
		if (call->ended == TIME_NONE) {
			call->ended = m->time;
			call->flags |= CALL_LEG_ENDED;
		}
		if (call->status == 0)
			names_set(&s->names, &call->reason, scan->reason);
		return;
	}
	if (!advance(call, event))
		return;
	set_status(s, call, m, scan);
	if (call->machine == CALL_STATE_REGISTERED)
		return;		/* the binding goes on */
	if (call->ended == TIME_NONE || (call->flags & CALL_LEG_ENDED)) {
		call->ended = m->time;
		call->flags &= (uint16_t)~CALL_LEG_ENDED;
		call->ended_by = event == INPUT_TERMINATED ? CALL_SIDE_NONE : CALL_SIDE_CALLEE;
	}
}

/* ---- INVITE ---- */

/* A further try is the caller's: from where the first came, or with its tag. A
 * back-to-back agent may use the Call-ID on its other side, with numbers and
 * tags of its own: that is a later hop. */
static void
invite_opening(struct store *s, struct call *call, const struct message *m, uint32_t from_tag)
{
	bool first = call->machine == STATE_START;
	bool from_host = !first && from_caller_host(s, call, m);
	bool further = m->cseq > call->cseq ? from_host || from_tag == call->from_tag
		: m->cseq == call->cseq && s->branch != call->branch && from_host;

	if (first || further) {
		if (!advance(call, INPUT_REQUEST))
			return;
		open_try(s, call, m);
		call->from_tag = from_tag;
	} else if (m->cseq == call->cseq && s->branch != call->branch) {
		/* Forwarded, or forked to another target: a leg is open again. */
		call->leg_status = 0;
		if (call->flags & CALL_LEG_ENDED) {
			call->flags &= (uint16_t)~CALL_LEG_ENDED;
			call->ended = TIME_NONE;
		}
	}
}

/* Who sent a BYE: by the caller's tag; behind an agent that has other tags on its
 * other side, by the caller's own address. */
static enum call_side
bye_side(const struct call *call, const struct path *own, const struct path *path,
	 uint32_t from_tag, uint32_t to_tag)
{
	if (call->flags & CALL_MIDDLE)
		return CALL_SIDE_NONE;
	if (from_tag && from_tag == call->from_tag)
		return CALL_SIDE_CALLER;
	if (to_tag && to_tag == call->from_tag)
		return CALL_SIDE_CALLEE;
	if (net_endpoint_eq(&path->src, &own->src))
		return CALL_SIDE_CALLER;
	return net_endpoint_eq(&path->dst, &own->src) ? CALL_SIDE_CALLEE : CALL_SIDE_NONE;
}

/* The end is when the caller sends or gets the BYE, as the answer is when it
 * gets the 2xx; one on a later hop serves until that is seen. */
static void
invite_bye(struct store *s, struct call *call, const struct message *m,
	   uint32_t from_tag, uint32_t to_tag)
{
	const struct path *own = store_path(s, call->path);
	const struct path *path = store_path(s, m->path);
	enum call_side side = bye_side(call, own, path, from_tag, to_tag);
	bool own_hop = net_endpoint_eq(&path->src, &own->src) ||
		net_endpoint_eq(&path->dst, &own->src);

	if (dialog_bye(s, call, from_tag, to_tag) && advance(call, INPUT_BYE)) {
		call->ended = m->time;
		call->flags &= (uint16_t)~CALL_LEG_ENDED;
		if (!own_hop)
			call->flags |= CALL_LEG_BYE;
		call->ended_by = (uint8_t)side;
	} else if (call->machine == CALL_STATE_COMPLETED) {
		if (own_hop && (call->flags & CALL_LEG_BYE)) {
			call->ended = m->time;
			call->flags &= (uint16_t)~CALL_LEG_BYE;
		}
		if (call->ended_by == CALL_SIDE_NONE)
			call->ended_by = (uint8_t)side;
	}
}

static void
invite_cancel(struct store *s, struct call *call, const struct message *m)
{
	bool own = call->machine == STATE_START || s->branch == call->branch ||
		(m->cseq == call->cseq && from_caller_host(s, call, m));

	if (call->machine == STATE_START) {
		/* It has the number and the branch of its INVITE (RFC 3261 9.1). */
		call->cseq = m->cseq;
		call->branch = s->branch;
	}
	if (!own || !advance(call, INPUT_CANCEL))
		return;
	call->flags |= CALL_CANCEL;
	call->ended = m->time;
	call->ended_by = CALL_SIDE_CALLER;
}

static void
invite_request(struct store *s, struct call *call, const struct message *m,
	       const struct sip_scan *scan)
{
	switch (m->method) {
	case SIP_METHOD_INVITE:
		if (!(m->flags & MESSAGE_TO_TAG))
			invite_opening(s, call, m, tag_hash(scan->from_tag));
		else
			advance(call, INPUT_IN_DIALOG);
		break;
	case SIP_METHOD_ACK:
		if (call->machine == STATE_START)
			call->cseq = m->cseq;
		advance(call, INPUT_ACK);
		if (m->cseq == call->cseq && call->machine == CALL_STATE_IN_CALL)
			call->flags |= CALL_ACKED;
		break;
	case SIP_METHOD_BYE:
		invite_bye(s, call, m, tag_hash(scan->from_tag), s->to_tag);
		break;
	case SIP_METHOD_CANCEL:
		invite_cancel(s, call, m);
		break;
	case SIP_METHOD_PRACK:
		if (call->machine == STATE_START)
			advance(call, INPUT_PROGRESS);
		break;
	default:
		if (m->flags & MESSAGE_TO_TAG)
			advance(call, INPUT_IN_DIALOG);
	}
}

static void
invite_response(struct store *s, struct call *call, const struct message *m,
		const struct sip_scan *scan)
{
	bool start = call->machine == STATE_START;
	uint32_t from_tag = tag_hash(scan->from_tag);
	bool own_hop = start || s->branch == call->branch || call->branch == 0;
	/* Begun with a PRACK, which does not tell the number of its INVITE. */
	bool from_prack = call->method == SIP_METHOD_PRACK && call->branch == 0 &&
		call->machine == CALL_STATE_PROCEEDING && from_tag == call->from_tag;

	if (m->cseq_method == SIP_METHOD_BYE && start) {
		advance(call, INPUT_BYE);
		call->ended = m->time;
		return;
	}
	if (m->cseq_method == SIP_METHOD_CANCEL && start) {
		advance(call, INPUT_CANCEL);
		return;
	}
	if (m->cseq_method != SIP_METHOD_INVITE) {
		if (start && m->status < 300)
			advance(call, INPUT_IN_DIALOG);
		return;
	}
	if (start || from_prack) {
		call->cseq = m->cseq;
		call->branch = s->branch;
	} else if (m->cseq != call->cseq || from_tag != call->from_tag) {
		if (m->status >= 300 && m->status != 401 && m->status != 407 &&
		    call->machine == CALL_STATE_IN_CALL)
			call->flags |= CALL_REINVITE_FAILED;
		return;
	}
	if (m->status > 100 && m->status < 300 && scan->to_tag.n) {
		struct dialog *d = dialog_get(s, call, s->to_tag);

		if (m->status >= 200) {
			d->answered = true;
			d->own = d->own || own_hop;
		}
	}
	if (m->status < 200)
		step_provisional(call, m, own_hop);
	else if (m->status < 300)
		step_success(s, call, m, scan, own_hop);
	else
		step_refusal(s, call, m, scan, own_hop);
}

/* ---- the other kinds ---- */

/* The largest "expires" of the addresses in a Contact; false when none has one. */
static bool
contact_expires(struct str contact, uint32_t *expires)
{
	struct sip_address address;
	bool found = false;

	while (sip_address_next(&contact, &address)) {
		struct str value;
		uint32_t n;

		if (!sip_param_find(address.params, STR("expires"), &value) ||
		    !str_to_u32(value, &n) || (found && n <= *expires))
			continue;
		*expires = n;
		found = true;
	}
	return found;
}

/* Contact's parameter first, then the header (RFC 3261 10.2.1.1, 20.19). */
static bool
expires_of(const struct sip_scan *scan, uint32_t *expires)
{
	struct str value = str_trim(scan->expires);

	return contact_expires(scan->contact, expires) || str_take_u32(&value, expires);
}

static void
plain_request(struct store *s, struct call *call, const struct message *m,
	      const struct sip_scan *scan)
{
	bool first = call->machine == STATE_START;
	bool registered = call->machine == CALL_STATE_REGISTERED;
	bool further = m->cseq != call->cseq ||
		(s->branch != call->branch && from_caller_host(s, call, m));
	int64_t answered = call->answered;
	uint32_t expires;

	if (m->method != call->method || !(first || further) || !advance(call, INPUT_REQUEST))
		return;
	open_try(s, call, m);
	if (registered)
		call->answered = answered;
	if (call->kind != CALL_SINGLE && expires_of(scan, &expires)) {
		if (expires == 0)
			call->flags |= CALL_REMOVING;
		else if (call->expires == 0)
			call->expires = expires;
	}
}

static void
plain_success(struct store *s, struct call *call, const struct message *m,
	      const struct sip_scan *scan)
{
	uint32_t expires;
	bool known = call->kind != CALL_SINGLE && expires_of(scan, &expires);
	bool removed = call->kind != CALL_SINGLE &&
		((call->flags & CALL_REMOVING) || (known && expires == 0));

	if (!advance(call, removed ? INPUT_REMOVED : INPUT_SUCCESS))
		return;
	if (known)
		call->expires = expires;
	set_status(s, call, m, scan);
	call->answered = m->time;
	call->waiting = m->time;
	call->ended = removed ? m->time : TIME_NONE;
	call->leg_status = 0;
}

static void
plain_response(struct store *s, struct call *call, const struct message *m,
	       const struct sip_scan *scan)
{
	bool start = call->machine == STATE_START;
	bool own_hop = start || s->branch == call->branch || call->branch == 0;

	if (start) {
		call->cseq = m->cseq;
		call->branch = s->branch;
	}
	if (m->cseq != call->cseq || m->cseq_method != call->method)
		return;
	if (m->status < 200)
		step_provisional(call, m, own_hop);
	else if (m->status < 300 && own_hop)
		plain_success(s, call, m, scan);
	else if (m->status < 300)
		call->leg_status = m->status;
	else
		step_refusal(s, call, m, scan, own_hop);
}

static void
subscription_notify(struct call *call, const struct message *m, const struct sip_scan *scan)
{
	struct sip_subscription sub;

	sip_subscription_parse(scan->subscription_state, &sub);
	if (str_eq_ci(sub.state, STR("terminated"))) {
		if (advance(call, INPUT_SUB_TERMINATED))
			call->ended = m->time;
		return;
	}
	if (str_eq_ci(sub.state, STR("pending")))
		advance(call, INPUT_SUB_PENDING);
	else if (sub.state.n > 0)
		advance(call, INPUT_SUB_ACTIVE);
	call->waiting = m->time;
	if (sub.has_expires)
		call->expires = sub.expires_s;
}

static void
subscription_step(struct store *s, struct call *call, const struct message *m,
		  const struct sip_scan *scan)
{
	if (m->method == SIP_METHOD_NOTIFY)
		subscription_notify(call, m, scan);
	/* RFC 6665 4.1.2.2, 4.2.2: the other side knows of none. */
	else if (m->status == 481 && call->machine != STATE_START &&
		 (m->cseq_method == SIP_METHOD_NOTIFY || m->cseq_method == SIP_METHOD_SUBSCRIBE) &&
		 advance(call, INPUT_SUB_TERMINATED))
		call->ended = m->time;
	if (m->flags & MESSAGE_REQUEST)
		plain_request(s, call, m, scan);
	else if (m->cseq_method == SIP_METHOD_SUBSCRIBE)
		plain_response(s, call, m, scan);
}

/* ---- entry ---- */

enum call_kind
machine_kind(const struct message *m, const struct sip_scan *scan)
{
	uint8_t method = m->flags & MESSAGE_REQUEST ? m->method : m->cseq_method;
	bool in_dialog = m->flags & MESSAGE_TO_TAG;

	switch (method) {
	case SIP_METHOD_INVITE:
	case SIP_METHOD_ACK:
	case SIP_METHOD_BYE:
	case SIP_METHOD_CANCEL:
	case SIP_METHOD_PRACK:
		return CALL_INVITE;
	case SIP_METHOD_UPDATE:
	case SIP_METHOD_INFO:
	case SIP_METHOD_REFER:
		return in_dialog && (m->flags & MESSAGE_REQUEST) ? CALL_INVITE : CALL_SINGLE;
	case SIP_METHOD_REGISTER:
		return CALL_REGISTER;
	case SIP_METHOD_SUBSCRIBE:
		return CALL_SUBSCRIBE;
	case SIP_METHOD_NOTIFY:
		return scan->subscription_state.n ? CALL_SUBSCRIBE : CALL_SINGLE;
	default:
		return CALL_SINGLE;
	}
}

bool
machine_is_over(const struct store *s, const struct call *call, const struct message *m,
		const struct sip_scan *scan)
{
	bool other = tag_hash(scan->from_tag) != call->from_tag || m->cseq <= call->cseq;
	int64_t since = call->ended != TIME_NONE ? call->ended : call->end_seen;
	int64_t gap;

	if (call->kind != CALL_INVITE || s->branch == call->branch ||
	    m->time == TIME_NONE || since == TIME_NONE)
		return false;
	gap = span_between(since, m->time);
	switch (call->machine) {
	case CALL_STATE_COMPLETED:
		return gap >= T1_64 || (other && gap >= REUSE_SOON);
	case CALL_STATE_IN_CALL:	/* its BYE is not in the capture */
		return gap >= T1_64 && tag_hash(scan->from_tag) != call->from_tag;
	case CALL_STATE_BUSY:
	case CALL_STATE_REJECTED:
	case CALL_STATE_CANCELLED:
	case CALL_STATE_REDIRECTED:
	case CALL_STATE_UNAUTHORIZED:
		return gap >= T1_64;
	default:
		return false;
	}
}

void
machine_copy(struct call *call, const struct message *m)
{
	if (m->cseq_method != SIP_METHOD_INVITE || m->cseq != call->cseq ||
	    (m->flags & MESSAGE_DUPLICATE))
		return;
	if (m->status >= 200 && m->status < 300)
		call->flags |= CALL_ANSWER_REPEATED;
	else if (m->status >= 100 && m->status < 200)
		call->waiting = m->time;	/* rings on, RFC 3261 13.3.1.1 */
}

/* Reasons are a list: SIP;cause=200, Q.850;cause=16;text="..." (RFC 3326). The
 * text is that of the Q.850 one, else of the first that has one. */
static NOINLINE void
note_reason(struct store *s, struct call *call, struct str value)
{
	struct sip_reason reason;
	struct str rest = value, text = STR_NONE;

	while (sip_reason_next(&rest, &reason)) {
		bool q850 = str_eq_ci(reason.protocol, STR("Q.850"));

		if (q850 && reason.has_cause && reason.cause <= 127)
			call->cause = (uint16_t)reason.cause;
		if (reason.text.n > 0 && (q850 || text.n == 0))
			text = reason.text;
	}
	names_set(&s->names, &call->reason_text, text.n ? text : value);
}

void
machine_step(struct store *s, struct call *call, const struct message *m,
	     const struct sip_scan *scan)
{
	bool request = m->flags & MESSAGE_REQUEST;

	/* An INVITE makes a call of what began as something else. */
	if (m->method == SIP_METHOD_INVITE && !(m->flags & MESSAGE_TO_TAG) &&
	    call->kind != CALL_INVITE) {
		call->kind = CALL_INVITE;
		call->method = SIP_METHOD_INVITE;
		call->machine = STATE_START;
		path_ref(s, m->path);
		path_unref(s, call->path);
		call->path = m->path;
		call->from_tag = tag_hash(scan->from_tag);
	}
	if (call->machine == STATE_START) {
		call->from_tag = tag_hash(scan->from_tag);
		if (!request || (m->flags & MESSAGE_TO_TAG) ||
		    (call->kind == CALL_INVITE && m->method != SIP_METHOD_INVITE))
			call->flags |= CALL_MIDDLE;
	}
	if (scan->reason_header.n)
		note_reason(s, call, scan->reason_header);
	if (!request && m->status < 100)
		return;		/* a status that cannot be read tells nothing */
	switch (call->kind) {
	case CALL_INVITE:
		(request ? invite_request : invite_response)(s, call, m, scan);
		break;
	case CALL_SUBSCRIBE:
		subscription_step(s, call, m, scan);
		break;
	default:
		(request ? plain_request : plain_response)(s, call, m, scan);
	}
}

/* ---- the state to show ---- */

static bool
has_passed(int64_t now, int64_t since, int64_t span)
{
	return now != TIME_NONE && since != TIME_NONE && span_between(since, now) >= span;
}

static enum call_input
timer_event(const struct call *call, int64_t now)
{
	bool acked = call->flags & (CALL_ACKED | CALL_MIDDLE);

	switch (call->machine) {
	case CALL_STATE_SETUP:
	case CALL_STATE_TRYING:
		return has_passed(now, call->waiting, T1_64) ? INPUT_TIMER_B : INPUT_COUNT;
	case CALL_STATE_PROCEEDING:
	case CALL_STATE_RINGING:
		if (call->kind != CALL_INVITE)
			return has_passed(now, call->request, T1_64) ? INPUT_TIMER_B : INPUT_COUNT;
		return has_passed(now, call->waiting, TIMER_C) ? INPUT_TIMER_C : INPUT_COUNT;
	case CALL_STATE_IN_CALL:
		return !acked && has_passed(now, call->answered, T1_64) ? INPUT_NO_ACK : INPUT_COUNT;
	case CALL_STATE_COMPLETED:
		return !acked && call->answered != TIME_NONE &&
			(call->flags & CALL_ANSWER_REPEATED) ? INPUT_NO_ACK : INPUT_COUNT;
	case CALL_STATE_REGISTERED:
	case CALL_STATE_ACTIVE:
	case CALL_STATE_PENDING:
		return call->expires && has_passed(now, call->waiting,
				(int64_t)call->expires * NS_PER_S) ? INPUT_RUN_OUT : INPUT_COUNT;
	default:
		return INPUT_COUNT;
	}
}

enum call_state
store_call_state(const struct store *s, const struct call *call)
{
	enum call_input event = INPUT_COUNT;
	uint8_t to;

	if (call->machine == STATE_START)	/* nothing it knew what to do with */
		return call->kind == CALL_INVITE ? CALL_STATE_SETUP : CALL_STATE_TRYING;
	if (call->leg_status >= 300)
		event = response_event(call->leg_status);
	else if (call->leg_status >= 200)
		event = INPUT_SUCCESS;
	to = event == INPUT_COUNT ? NOWHERE : transition(call->kind, call->machine, event);
	if (to == NOWHERE) {
		event = timer_event(call, s->now);
		to = event == INPUT_COUNT ? NOWHERE : transition(call->kind, call->machine, event);
	}
	return to == NOWHERE ? call->machine : to;
}

uint16_t
store_call_status(const struct call *call)
{
	return call->status ? call->status : call->leg_status;
}
