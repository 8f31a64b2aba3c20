/*
 * Calls that are known (those given, then those found) are read first: what they
 * name is looked up by Call-ID at once, what others could have with them goes into a
 * map. Then all calls of the store are passed by once for all that are new: the
 * index alone says which were there at the same time; only of those the text is
 * read. What was found is known from then on, and all begins anew for it.
 *
 * A guess from time and users is held back until a further pass has shown that no
 * other call fits as well: on a busy box many do, and then none is told.
 */
#include "query/related.h"

#include <inttypes.h>

#include "base/mem.h"
#include "query/related_int.h"

#define SLACK		(2 * NS_PER_S)	/* between two legs at most, and around a call */
#define DISORDER	(50 * NS_PER_MS)	/* a leg may seem to come that much too early */
#define TRANSFER_MOST	(5 * NS_PER_S)	/* from a REFER to the call that it asks for */
#define GUESS_MEMBERS	64u	/* calls of a pass that guesses are made for */
#define GUESSES_MAX	256u
#define BOXES_MAX	8u	/* hosts that got the INVITE of a call */
#define COST_LOOK	256u	/* calls passed by between two looks at the clock */
#define COST_TEXT	16u	/* of a text, in calls passed by */

enum phase {
	PHASE_READ,		/* the calls that are new */
	PHASE_PASS,		/* all calls: which belong to them? */
	PHASE_RIVALS,		/* all calls: which guesses hold? */
	PHASE_DONE,
};

struct member {
	uint32_t call;
	uint8_t depth;
	uint8_t boxes_n;
	bool session;		/* has a Session-ID */
	bool named;		/* names another call: needs no guess whose leg it is */
	int64_t start, end;
	struct net_addr boxes[BOXES_MAX];
};

/* A token of a member, which others may have too. */
struct mark {
	struct str text;	/* in the arena */
	uint32_t member;
	uint8_t reason;
};

/* A REFER of a member: @receiver is asked to call @user. */
struct refer {
	uint32_t member;
	int64_t time;
	struct net_addr receiver;
	struct str user;	/* in the arena */
};

/* @parent was got by the box that sent @child. */
struct guess {
	struct related found;
	uint32_t parent, child;
	int alike;
	bool refuted;
};

struct related_job {
	struct query *q;
	struct arena arena;
	struct str headers;
	struct member *members;
	size_t n, cap;
	size_t read;		/* members read */
	size_t passed;		/* members that all calls were compared with */
	size_t pass_end;	/* members of this pass: from passed on */
	int64_t hull_start, hull_end;
	struct mark *marks;
	size_t marks_n, marks_cap;
	struct refer *refers;
	size_t refers_n, refers_cap;
	struct hash_map mark_map, member_map;
	struct related list[RELATED_MAX];
	size_t found;
	struct guess guesses[GUESSES_MAX];
	size_t guesses_n;
	enum phase phase;
	uint32_t at;		/* call that the pass is at */
	unsigned int cost;
	uint64_t texts;
	bool cut;
	struct related_tokens tokens;
	uint32_t *list_of;	/* messages of a call */
	size_t list_cap;
};

/* ---- who is known ---- */

static uint32_t
member_of(const struct related_job *j, uint32_t call)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&j->member_map, hash_u64(call), &cursor)) != HASH_NONE)
		if (j->members[i].call == call)
			return i;
	return HASH_NONE;
}

static void
add_member(struct related_job *j, uint32_t call, unsigned int depth)
{
	const struct call *c = store_call(j->q->store, call);

	if (!c || member_of(j, call) != HASH_NONE)
		return;
	ARRAY_GROW(j->members, j->cap, j->n + 1);
	j->members[j->n] = (struct member){
		.call = call, .depth = (uint8_t)depth, .start = c->start, .end = c->end_seen,
	};
	hash_map_add(&j->member_map, hash_u64(call), (uint32_t)j->n++);
}

/* Take @found into the list, unless it is there or is one too deep. */
static void
add_found(struct related_job *j, struct related found)
{
	uint32_t to = member_of(j, found.to);
	unsigned int depth = to == HASH_NONE ? 1 : j->members[to].depth + 1u;

	if (found.call == found.to || member_of(j, found.call) != HASH_NONE ||
	    !store_call(j->q->store, found.call) || depth > RELATED_DEPTH)
		return;
	if (j->found == RELATED_MAX) {
		j->cut = true;
		return;
	}
	found.depth = (uint8_t)depth;
	j->list[j->found++] = found;
	add_member(j, found.call, depth);
}

static enum related_strength
strength_of(enum related_reason reason)
{
	switch (reason) {
	case RELATED_ICID:
	case RELATED_CALL_ID:
	case RELATED_TRANSFER:
		return RELATED_LIKELY;
	case RELATED_TIMING:
		return RELATED_GUESS;
	default:
		return RELATED_SURE;
	}
}

static struct related
relation(uint32_t call, uint32_t to, const struct related_token *t, bool names)
{
	struct related r = { .call = call, .to = to, .reason = t->reason, .names = names,
			     .strength = (uint8_t)strength_of((enum related_reason)t->reason) };

	snprintf(r.header, sizeof(r.header), "%.*s", (int)(t->header.n < 31 ? t->header.n : 31),
		 t->header.p ? t->header.p : "");
	return r;
}

/* ---- what is known of them ---- */

static void
add_mark(struct related_job *j, struct str text, enum related_reason reason, uint32_t member)
{
	uint64_t hash = hash_str(text);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&j->mark_map, hash, &cursor)) != HASH_NONE)
		if (j->marks[i].reason == reason && str_eq(j->marks[i].text, text))
			return;
	ARRAY_GROW(j->marks, j->marks_cap, j->marks_n + 1);
	j->marks[j->marks_n] = (struct mark){ arena_str(&j->arena, text), member,
					      (uint8_t)reason };
	hash_map_add(&j->mark_map, hash, (uint32_t)j->marks_n++);
}

static const struct mark *
find_mark(const struct related_job *j, struct str text, enum related_reason reason)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&j->mark_map, hash_str(text), &cursor)) != HASH_NONE)
		if (j->marks[i].reason == reason && str_eq(j->marks[i].text, text))
			return &j->marks[i];
	return NULL;
}

static int64_t
distance(const struct call *a, int64_t start, int64_t end)
{
	if (a->start == TIME_NONE || start == TIME_NONE)
		return INT64_MAX;
	if (a->start > end)
		return span_between(end, a->start);
	if (a->end_seen < start)
		return span_between(a->end_seen, start);
	return 0;
}

/* The call with that Call-ID; of several the one nearest in time to @m. */
static uint32_t
call_named(const struct related_job *j, struct str id, const struct member *m)
{
	uint32_t i = store_find_call(j->q->store, id), best = i;
	int64_t least = INT64_MAX;

	for (unsigned int steps = 0; i != CALL_NONE && steps < 1000; steps++) {
		const struct call *c = store_call(j->q->store, i);
		int64_t d = distance(c, m->start, m->end);

		if (d < least) {
			least = d;
			best = i;
		}
		i = c->earlier;
	}
	return best;
}

static void
read_text(struct related_job *j, uint32_t message)
{
	j->texts++;
	j->cost += COST_TEXT;
	related_tokens_read(&j->tokens, query_text(j->q, message), j->headers);
}

static bool
is_first_invite(const struct message *m)
{
	return (m->flags & MESSAGE_REQUEST) && m->method == SIP_METHOD_INVITE &&
		!(m->flags & MESSAGE_TO_TAG);
}

/* Who got the INVITE of @c, who sent it first not included. @return how many. */
static unsigned int
boxes_of(struct related_job *j, const struct call *c, struct net_addr *boxes)
{
	const struct store *s = j->q->store;
	const struct net_addr *caller = &store_path(s, c->path)->src.addr;
	size_t n = store_call_messages(s, c, &j->list_of, &j->list_cap);
	unsigned int count = 0;

	for (size_t i = 0; i < n && i < RELATED_MESSAGES_MAX; i++) {
		const struct message *m = store_message(s, j->list_of[i]);
		const struct net_addr *to = &store_path(s, m->path)->dst.addr;
		unsigned int k = 0;

		if (!is_first_invite(m) || net_addr_eq(to, caller))
			continue;
		while (k < count && !net_addr_eq(&boxes[k], to))
			k++;
		if (k == count && count < BOXES_MAX)
			boxes[count++] = *to;
	}
	return count;
}

/* Keep what the REFER that was read last asks for. */
static void
add_refer(struct related_job *j, uint32_t member, const struct message *m)
{
	if (j->tokens.refer_to.n == 0 || m->method != SIP_METHOD_REFER || m->time == TIME_NONE)
		return;
	ARRAY_GROW(j->refers, j->refers_cap, j->refers_n + 1);
	j->refers[j->refers_n++] = (struct refer){
		.member = member, .time = m->time,
		.receiver = store_path(j->q->store, m->path)->dst.addr,
		.user = arena_str(&j->arena, j->tokens.refer_to),
	};
}

/* Read what a new member says; what it names is found by that. */
static void
read_member(struct related_job *j, uint32_t index)
{
	struct member m = j->members[index];
	const struct call *c = store_call(j->q->store, m.call);
	size_t n;

	m.boxes_n = (uint8_t)boxes_of(j, c, m.boxes);
	add_mark(j, call_id(c), RELATED_HEADER, index);
	n = store_call_messages(j->q->store, c, &j->list_of, &j->list_cap);
	for (size_t i = 0, texts = 0; i < n && texts < RELATED_MESSAGES_MAX; i++) {
		const struct message *e = store_message(j->q->store, j->list_of[i]);

		if (e->flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE))
			continue;
		texts++;
		read_text(j, j->list_of[i]);
		add_refer(j, index, e);
		for (size_t k = 0; k < j->tokens.n; k++) {
			const struct related_token *t = &j->tokens.list[k];
			uint32_t other;

			m.session |= t->reason == RELATED_SESSION_ID;
			if (related_is_shared((enum related_reason)t->reason)) {
				add_mark(j, t->text, (enum related_reason)t->reason, index);
				continue;
			}
			other = call_named(j, t->text, &m);
			if (other == CALL_NONE || other == m.call)
				continue;
			m.named = true;
			add_found(j, relation(other, m.call, t, false));
		}
	}
	j->members[index] = m;
}

/* ---- all other calls ---- */

/* A file may tell of any time: the last one there is has none after it. */
static int64_t
later(int64_t t, int64_t span)
{
	int64_t sum;

	return __builtin_add_overflow(t, span, &sum) ? INT64_MAX : sum;
}

static bool
overlaps(const struct call *c, const struct member *m)
{
	return c->start != TIME_NONE && m->start != TIME_NONE &&
		c->start <= later(m->end, SLACK) && later(c->end_seen, SLACK) >= m->start;
}

/* Whether @child began while @parent was being set up, from the index alone. */
static bool
begins_in_setup(const struct call *parent, const struct call *child)
{
	int64_t after;

	if (parent->kind != CALL_INVITE || child->kind != CALL_INVITE ||
	    (parent->flags | child->flags) & CALL_MIDDLE || parent->start == TIME_NONE ||
	    child->start == TIME_NONE)
		return false;
	after = span_between(parent->start, child->start);
	if (after < -DISORDER || after > SLACK)
		return false;
	return (parent->answered == TIME_NONE || parent->answered > child->start) &&
		(parent->ended == TIME_NONE || parent->ended > child->start);
}

/* Whether the one who sent @child had got @parent. */
static bool
is_sent_by_box(struct related_job *j, const struct call *parent, const struct call *child)
{
	const struct net_addr *box = &store_path(j->q->store, child->path)->src.addr;
	struct net_addr boxes[BOXES_MAX];
	unsigned int n;

	if (net_addr_eq(box, &store_path(j->q->store, parent->path)->src.addr))
		return false;
	j->cost += COST_TEXT;
	n = boxes_of(j, parent, boxes);
	while (n-- > 0)
		if (net_addr_eq(&boxes[n], box))
			return true;
	return false;
}

/* Room for a guess where @alike users are; of many the less likely ones give way. */
static struct guess *
guess_room(struct related_job *j, int alike)
{
	if (j->guesses_n < GUESSES_MAX)
		return &j->guesses[j->guesses_n++];
	for (size_t i = 0; i < GUESSES_MAX; i++)
		if (j->guesses[i].alike < alike)
			return &j->guesses[i];
	return NULL;
}

/* @parent and @child are @c and @m, in either order: which is which shows by who sent
 * it, as two that begin together may come in any order. */
static void
guess(struct related_job *j, const struct call *c, const struct member *m, bool child_is_new)
{
	const struct call *known = store_call(j->q->store, m->call);
	const struct call *parent = child_is_new ? known : c, *child = child_is_new ? c : known;
	struct guess *room;
	int alike;

	if ((!child_is_new && m->named) || !begins_in_setup(parent, child))
		return;
	alike = related_users_alike(parent, child);
	room = alike > 0 && is_sent_by_box(j, parent, child) ? guess_room(j, alike) : NULL;
	if (!room)
		return;
	*room = (struct guess){
		.found = { .call = c->index, .to = m->call, .reason = RELATED_TIMING,
			   .strength = RELATED_GUESS, .names = child_is_new,
			   .after = span_between(parent->start, child->start) },
		.parent = parent->index, .child = child->index, .alike = alike,
	};
}

/* Whether @c is the call that somebody at @receiver was asked for. */
static bool
is_asked_for(const struct related_job *j, const struct call *c, int64_t time,
	     const struct net_addr *receiver, struct str user)
{
	int64_t after;

	if (c->kind != CALL_INVITE || c->flags & CALL_MIDDLE || c->start == TIME_NONE)
		return false;
	after = span_between(time, c->start);
	return after >= -DISORDER && after <= TRANSFER_MOST &&
		net_addr_eq(&store_path(j->q->store, c->path)->src.addr, receiver) &&
		str_eq(call_to_user(c), user);
}

/* Whether a REFER of a member of this pass asks for @c. */
static bool
join_by_refer(struct related_job *j, const struct call *c)
{
	for (size_t i = 0; i < j->refers_n; i++) {
		const struct refer *r = &j->refers[i];

		if (r->member < j->passed ||
		    !is_asked_for(j, c, r->time, &r->receiver, r->user))
			continue;
		add_found(j, (struct related){
			.call = c->index, .to = j->members[r->member].call, .names = true,
			.reason = RELATED_TRANSFER, .strength = RELATED_LIKELY,
			.after = span_between(r->time, c->start) });
		return true;
	}
	return false;
}

/* Whether the REFER @m of @c, read last, asks for a member of this pass. */
static bool
join_referrer(struct related_job *j, const struct call *c, const struct message *m)
{
	const struct net_addr *receiver = &store_path(j->q->store, m->path)->dst.addr;

	if (j->tokens.refer_to.n == 0 || m->time == TIME_NONE)
		return false;
	for (size_t i = j->passed; i < j->pass_end; i++) {
		const struct call *known = store_call(j->q->store, j->members[i].call);

		if (!is_asked_for(j, known, m->time, receiver, j->tokens.refer_to))
			continue;
		add_found(j, (struct related){
			.call = c->index, .to = known->index, .reason = RELATED_TRANSFER,
			.strength = RELATED_LIKELY, .after = span_between(m->time, known->start) });
		return true;
	}
	return false;
}

/* Whether the tokens at hand join call @c to a member; *other: to a call that is none,
 * so that a guess would be wrong. */
static bool
join_by_text(struct related_job *j, const struct call *c, bool *other, bool *session)
{
	for (size_t i = 0; i < j->tokens.n; i++) {
		const struct related_token *t = &j->tokens.list[i];
		bool shared = related_is_shared((enum related_reason)t->reason);
		const struct mark *mark = find_mark(j, t->text, shared ?
			(enum related_reason)t->reason : RELATED_HEADER);

		if (mark) {
			add_found(j, relation(c->index, j->members[mark->member].call, t, true));
			return true;
		}
		*session |= t->reason == RELATED_SESSION_ID;
		if (!shared && store_find_call(j->q->store, t->text) != CALL_NONE)
			*other = true;
	}
	return false;
}

/* The first message of @c, and where one is transferred. @return whether that joins it. */
static bool
look_at_text(struct related_job *j, const struct call *c, bool *other, bool *session)
{
	uint32_t i = c->last;

	read_text(j, c->first);
	if (join_by_text(j, c, other, session))
		return true;
	for (unsigned int n = 0; i != MESSAGE_NONE && n < RELATED_MESSAGES_MAX; n++) {
		const struct message *m = store_message(j->q->store, i);

		if (m->method == SIP_METHOD_REFER && i != c->first &&
		    !(m->flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE))) {
			bool ignored = false;

			read_text(j, i);
			if (join_by_text(j, c, &ignored, session) || join_referrer(j, c, m))
				return true;
		}
		i = m->previous;
	}
	return false;
}

static void
look_at_call(struct related_job *j, uint32_t call)
{
	const struct call *c = store_call(j->q->store, call);
	size_t end = j->pass_end - j->passed > GUESS_MEMBERS ? j->passed + GUESS_MEMBERS :
		j->pass_end;
	bool other = false, session = false;
	size_t first;

	if ((c->kind != CALL_INVITE && c->method != SIP_METHOD_REFER) || c->start == TIME_NONE ||
	    c->start > j->hull_end || later(c->end_seen, SLACK) < j->hull_start ||
	    member_of(j, call) != HASH_NONE)
		return;
	for (first = j->passed; first < j->pass_end; first++)
		if (overlaps(c, &j->members[first]))
			break;
	if (first == j->pass_end || look_at_text(j, c, &other, &session) || join_by_refer(j, c))
		return;
	for (size_t i = first; i < end; i++) {
		const struct member m = j->members[i];

		if (!overlaps(c, &m))
			continue;
		if (related_ids_alike(call_id(c), call_id(store_call(j->q->store, m.call)))) {
			add_found(j, (struct related){
				.call = call, .to = m.call, .reason = RELATED_CALL_ID,
				.strength = RELATED_LIKELY });
			return;
		}
		if (other || (session && m.session))
			continue;
		guess(j, c, &m, true);
		guess(j, c, &m, false);
	}
}

/* Whether @c could be the parent of what was guessed, as well as the one that was. */
static void
look_for_rivals(struct related_job *j, uint32_t call)
{
	const struct call *c = store_call(j->q->store, call);

	for (size_t i = 0; i < j->guesses_n; i++) {
		struct guess *g = &j->guesses[i];
		const struct call *child = store_call(j->q->store, g->child);

		if (g->refuted || call == g->parent || call == g->child ||
		    !begins_in_setup(c, child) || related_users_alike(c, child) < g->alike)
			continue;
		if (is_sent_by_box(j, c, child))
			g->refuted = true;
	}
}

/* ---- one thing after the other ---- */

/* Those before it are gone. */
static uint32_t
first_call(const struct related_job *j)
{
	struct store_kept kept;

	store_kept(j->q->store, &kept);
	return kept.first_call;
}

static void
start_pass(struct related_job *j)
{
	j->at = first_call(j);
	j->pass_end = j->n;
	j->guesses_n = 0;
	j->hull_start = INT64_MAX;
	j->hull_end = INT64_MIN;
	for (size_t i = j->passed; i < j->pass_end; i++) {
		const struct member *m = &j->members[i];

		if (m->start == TIME_NONE)
			continue;
		if (m->start < j->hull_start)
			j->hull_start = m->start;
		if (later(m->end, SLACK) > j->hull_end)
			j->hull_end = later(m->end, SLACK);
	}
	j->phase = PHASE_PASS;
}

/* What was found in this pass is to be read, and passed by, in turn. */
static void
end_pass(struct related_job *j)
{
	for (size_t i = 0; i < j->guesses_n; i++)
		if (!j->guesses[i].refuted)
			add_found(j, j->guesses[i].found);
	j->guesses_n = 0;
	j->passed = j->pass_end;
	/* Those that are deepest are compared with nobody. */
	while (j->passed < j->n && j->members[j->passed].depth >= RELATED_DEPTH)
		j->passed++;
	j->phase = j->passed < j->n && !j->cut ? PHASE_READ : PHASE_DONE;
}

static void
step(struct related_job *j)
{
	uint32_t calls = store_call_count(j->q->store);

	j->cost++;
	switch (j->phase) {
	case PHASE_READ:
		if (j->read < j->n)
			read_member(j, (uint32_t)j->read++);
		else
			start_pass(j);
		break;
	case PHASE_PASS:
		if (j->at < calls) {
			look_at_call(j, j->at++);
			break;
		}
		j->at = first_call(j);
		j->phase = PHASE_RIVALS;
		break;
	case PHASE_RIVALS:
		if (j->guesses_n > 0 && j->at < calls)
			look_for_rivals(j, j->at++);
		else
			end_pass(j);
		break;
	case PHASE_DONE:
		break;
	}
}

bool
related_step(struct related_job *j, int budget_ms)
{
	int64_t end = time_monotonic() + budget_ms * NS_PER_MS;

	while (j->phase != PHASE_DONE) {
		step(j);
		if (j->cost < COST_LOOK)
			continue;
		j->cost = 0;
		if (budget_ms > 0 && time_monotonic() >= end)
			break;
	}
	return j->phase != PHASE_DONE;
}

struct related_job *
related_start(struct query *q, const uint32_t *calls, size_t n, struct str headers)
{
	struct related_job *j = xcalloc(1, sizeof(*j));

	j->q = q;
	j->arena = (struct arena)ARENA_INIT;
	j->headers = arena_str(&j->arena, headers);
	for (size_t i = 0; i < n; i++)
		add_member(j, calls[i], 0);
	j->phase = j->n > 0 ? PHASE_READ : PHASE_DONE;
	return j;
}

void
related_end(struct related_job *j)
{
	if (!j)
		return;
	free(j->members);
	free(j->marks);
	free(j->refers);
	free(j->list_of);
	hash_map_release(&j->mark_map);
	hash_map_release(&j->member_map);
	buf_release(&j->tokens.text);
	arena_release(&j->arena);
	free(j);
}

const struct related *
related_list(const struct related_job *j, size_t *n)
{
	*n = j->found;
	return j->list;
}

bool
related_cut(const struct related_job *j)
{
	return j->cut;
}

uint64_t
related_texts(const struct related_job *j)
{
	return j->texts;
}

/* ---- in words ---- */

void
related_say(struct buf *b, const struct related *r)
{
	static const char *const names[RELATED_REASON_COUNT] = {
		[RELATED_REPLACES] = "Replaces", [RELATED_REFER_TO] = "Refer-To",
		[RELATED_JOIN] = "Join", [RELATED_TARGET_DIALOG] = "Target-Dialog",
		[RELATED_IN_REPLY_TO] = "In-Reply-To",
	};
	uint64_t to = (uint64_t)r->to + 1;
	const char *name = r->reason == RELATED_HEADER ? r->header : names[r->reason];

	switch ((enum related_reason)r->reason) {
	case RELATED_SESSION_ID:
		buf_printf(b, "the same Session-ID as #%" PRIu64, to);
		break;
	case RELATED_ICID:
		buf_printf(b, "the same icid-value as #%" PRIu64, to);
		break;
	case RELATED_CALL_ID:
		buf_printf(b, "a Call-ID like that of #%" PRIu64, to);
		break;
	case RELATED_TRANSFER:
		buf_printf(b, r->names ? "the REFER of #%" PRIu64 " asked for it " :
			   "its REFER asked for #%" PRIu64 " ", to);
		span_add(b, r->after);
		buf_add_cstr(b, " before");
		break;
	case RELATED_TIMING:
		buf_printf(b, "a guess: the box that got #%" PRIu64 " sent #%" PRIu64 " after ",
			   r->names ? to : (uint64_t)r->call + 1,
			   r->names ? (uint64_t)r->call + 1 : to);
		span_add(b, r->after);
		break;
	default:
		if (r->names)
			buf_printf(b, "its %s names #%" PRIu64, name, to);
		else
			buf_printf(b, "the %s of #%" PRIu64 " names it", name, to);
		break;
	}
}
