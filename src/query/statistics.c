/*
 * Three things go on by turns, each from where it was: messages are counted, in
 * order of arrival; calls are looked at, all of them from the first on whenever
 * anything may have changed, into figures that replace the former ones at the end;
 * and the first request and the first response of each call are read for who
 * wrote them.
 *
 * Of each call it is noted whether its messages are counted. Where that is not as
 * takes() has it, its messages so far are counted or taken back.
 *
 * The addresses of a call are noted with it, as far as there is room for; where
 * there are more, in a table of pairs of call and address.
 */
#include "query/statistics.h"

#include "base/mem.h"
#include "query/header.h"

#define MESSAGES_AT_ONCE	512u
#define CALLS_AT_ONCE		512u
#define PAIRS_MAX		(1u << 20)
#define CALL_HOSTS		4

/* statistics_call.agent of which nothing was read. */
#define UNREAD	UINT16_MAX

enum side { ASKING, ANSWERING, SIDES };

struct statistics_call {
	uint32_t first[SIDES];		/* messages to read; MESSAGE_NONE */
	uint16_t agent[SIDES];		/* index of agents, UNREAD */
	uint16_t hosts[CALL_HOSTS];	/* index of hosts; OTHERS: free */
	bool known;			/* counted is as takes() had it once */
	bool counted;
};

struct statistics_path {
	uint32_t src, dst;		/* index of hosts */
};

struct statistics_pair {
	uint32_t call, host;
};

void
statistics_init(struct statistics *s, struct query *q,
		bool (*takes)(void *ctx, uint32_t call), void *ctx)
{
	struct store_kept kept;

	memset(s, 0, sizeof(*s));
	sparse_init(&s->list, sizeof(struct statistics_call));
	sparse_init(&s->paths, sizeof(struct statistics_path));
	store_kept(q->store, &kept);
	s->counted = kept.first_message;
	/* What went before is not of interest. */
	while (store_next_gone(q->store, &s->gone) != CALL_NONE)
		;
	s->query = q;
	s->takes = takes;
	s->ctx = ctx;
	rate_init(&s->rate);
	rate_init(&s->calls.rate);
	s->calls.first = s->calls.last = TIME_NONE;
	ARRAY_GROW(s->hosts, s->hosts_cap, 1);
	s->hosts[STATISTICS_OTHERS] = (struct statistics_host){ 0 };
	s->host_n = 1;
	ARRAY_GROW(s->agents, s->agents_cap, STATISTICS_AGENTS);
	memset(s->agents, 0, STATISTICS_AGENTS * sizeof(*s->agents));
	s->agent_n = STATISTICS_AGENTS;
	s->stale = true;
}

void
statistics_release(struct statistics *s)
{
	sparse_release(&s->list);
	sparse_release(&s->paths);
	free(s->hosts);
	free(s->agents);
	free(s->pairs);
	hash_map_release(&s->host_map);
	hash_map_release(&s->agent_map);
	hash_map_release(&s->pair_map);
	arena_release(&s->names);
	spans_release(&s->setups);
	spans_release(&s->pdds);
}

void
statistics_retake(struct statistics *s)
{
	s->stale = true;
}

/* ---- addresses ---- */

static uint32_t
host_find(struct statistics *s, const struct net_addr *addr)
{
	uint64_t hash = hash_bytes(addr->bytes, sizeof(addr->bytes)) + addr->family;
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->host_map, hash, &cursor)) != HASH_NONE)
		if (net_addr_eq(&s->hosts[i].addr, addr))
			return i;
	if (s->host_n == STATISTICS_HOSTS_MAX)
		return STATISTICS_OTHERS;
	ARRAY_GROW(s->hosts, s->hosts_cap, (size_t)s->host_n + 1);
	s->hosts[s->host_n] = (struct statistics_host){ .addr = *addr };
	hash_map_add(&s->host_map, hash, s->host_n);
	return s->host_n++;
}

static const struct statistics_path *
path_hosts(struct statistics *s, uint32_t i)
{
	struct statistics_path *to = sparse_find(&s->paths, i);
	const struct path *p;

	if (to)
		return to;
	p = store_path(s->query->store, i);
	to = sparse_put(&s->paths, i);
	to->src = host_find(s, &p->src.addr);
	to->dst = host_find(s, &p->dst.addr);
	return to;
}

static uint64_t
pair_hash(struct statistics_pair pair)
{
	return hash_u64((uint64_t)pair.call << 32 | pair.host);
}

/* @return its index, or HASH_NONE. */
static uint32_t
pair_find(const struct statistics *s, struct statistics_pair pair)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->pair_map, pair_hash(pair), &cursor)) != HASH_NONE)
		if (s->pairs[i].call == pair.call && s->pairs[i].host == pair.host)
			break;
	return i;
}

static void
pair_add(struct statistics *s, struct statistics_pair pair)
{
	if (pair_find(s, pair) != HASH_NONE)
		return;
	if (s->pair_n == PAIRS_MAX) {
		s->calls_cut = true;
		return;
	}
	ARRAY_GROW(s->pairs, s->pairs_cap, (size_t)s->pair_n + 1);
	s->pairs[s->pair_n] = pair;
	hash_map_add(&s->pair_map, pair_hash(pair), s->pair_n++);
	s->hosts[pair.host].calls++;
}

static void
pair_remove(struct statistics *s, struct statistics_pair pair)
{
	uint32_t i = pair_find(s, pair), last = s->pair_n - 1;

	if (i == HASH_NONE)
		return;
	hash_map_remove(&s->pair_map, pair_hash(pair), i);
	if (i != last) {
		hash_map_replace(&s->pair_map, pair_hash(s->pairs[last]), last, i);
		s->pairs[i] = s->pairs[last];
	}
	s->pair_n--;
	s->hosts[pair.host].calls--;
}

/* Call @p i has a message from or to @p host. */
static void
note_host(struct statistics *s, uint32_t i, uint32_t host)
{
	struct statistics_call *c = sparse_find(&s->list, i);

	if (!c)
		BUG("call %u was not looked at", i);
	if (host == STATISTICS_OTHERS)
		return;
	for (int k = 0; k < CALL_HOSTS; k++) {
		if (c->hosts[k] == host)
			return;
		if (c->hosts[k] == STATISTICS_OTHERS) {
			c->hosts[k] = (uint16_t)host;
			s->hosts[host].calls++;
			return;
		}
	}
	pair_add(s, (struct statistics_pair){ i, host });
}

/* ---- messages ---- */

static void
count_message(struct statistics *s, const struct message *m, int by)
{
	const struct statistics_path *p = path_hosts(s, m->path);
	uint64_t n = (uint64_t)(int64_t)by;

	if (m->flags & MESSAGE_DUPLICATE) {
		s->duplicates += n;
		return;
	}
	s->messages += n;
	if (m->flags & MESSAGE_REQUEST) {
		s->requests += n;
		s->methods[m->method] += n;
	} else {
		s->responses += n;
		s->codes[m->status] += n;
	}
	if (m->flags & MESSAGE_RETRANSMISSION)
		s->retransmissions += n;
	s->hosts[p->src].sent += n;
	s->hosts[p->dst].received += n;
	rate_count(&s->rate, m->time, by);
	if (by > 0) {
		note_host(s, m->call, p->src);
		note_host(s, m->call, p->dst);
	} else {
		pair_remove(s, (struct statistics_pair){ m->call, p->src });
		pair_remove(s, (struct statistics_pair){ m->call, p->dst });
	}
}

static bool
takes(const struct statistics *s, uint32_t call)
{
	return !s->takes || s->takes(s->ctx, call);
}

static struct statistics_call *
call_at(struct statistics *s, uint32_t i)
{
	struct statistics_call *c = sparse_find(&s->list, i);

	if (c)
		return c;
	c = sparse_put(&s->list, i);
	*c = (struct statistics_call){
		.first = { MESSAGE_NONE, MESSAGE_NONE }, .agent = { UNREAD, UNREAD } };
	return c;
}

/* Count who wrote the first message of a side, or take it back. */
static void
count_agent(struct statistics *s, const struct statistics_call *c, enum side side, int by)
{
	struct statistics_agent *a;

	if (c->first[side] == MESSAGE_NONE)
		return;
	if (c->agent[side] == UNREAD) {
		s->unread += (uint64_t)(int64_t)by;
		return;
	}
	a = &s->agents[c->agent[side]];
	if (side == ASKING)
		a->asked += (uint32_t)by;
	else
		a->answered += (uint32_t)by;
}

/* Let call @p i be counted or not, with its messages so far. */
static void
call_count(struct statistics *s, uint32_t i, bool counted)
{
	struct statistics_call *c = call_at(s, i);
	/* Of a call not known before no message is counted. */
	uint32_t at = c->known ? store_call(s->query->store, i)->last : MESSAGE_NONE;
	int by = counted ? 1 : -1;

	c->known = true;
	if (c->counted == counted)
		return;
	c->counted = counted;
	s->version++;
	for (enum side side = ASKING; side < SIDES; side++)
		count_agent(s, c, side, by);
	while (at != MESSAGE_NONE) {
		const struct message *m = store_message(s->query->store, at);

		if (at < s->counted)
			count_message(s, m, by);
		at = m->previous;
	}
	for (int k = 0; !counted && k < CALL_HOSTS; k++) {
		if (c->hosts[k] != STATISTICS_OTHERS)
			s->hosts[c->hosts[k]].calls--;
		c->hosts[k] = STATISTICS_OTHERS;
	}
}

static void
note_first(struct statistics *s, struct statistics_call *c, enum side side, uint32_t message)
{
	if (c->first[side] != MESSAGE_NONE)
		return;
	c->first[side] = message;
	s->unread += c->counted;
}

/* Count the next message. */
static void
take_message(struct statistics *s)
{
	uint32_t i = s->counted;
	const struct message *m = store_message(s->query->store, i);
	struct statistics_call *c;

	if (m->call == CALL_NONE || store_call_is_gone(s->query->store, m->call)) {
		s->counted++;
		return;
	}
	c = call_at(s, m->call);
	if (!c->known)
		call_count(s, m->call, takes(s, m->call));
	s->counted++;
	if (m->flags & MESSAGE_REQUEST)
		note_first(s, c, ASKING, i);
	else if (m->status > 100)
		note_first(s, c, ANSWERING, i);
	if (c->counted)
		count_message(s, m, 1);
}

/* ---- calls ---- */

static void
look_begin(struct statistics *s)
{
	struct store_kept kept;

	s->looking = true;
	s->stale = false;
	store_kept(s->query->store, &kept);
	s->looked = kept.first_call;
	s->looked_messages = store_message_count(s->query->store);
	s->looked_now = store_now(s->query->store);
	memset(&s->next, 0, sizeof(s->next));
	s->next.first = s->next.last = TIME_NONE;
	rate_init(&s->next.rate);
	spans_clear(&s->setups);
	spans_clear(&s->pdds);
}

static void
look_at(struct statistics *s, uint32_t i)
{
	const struct call *c = store_call(s->query->store, i);
	struct statistics_calls *to = &s->next;
	bool counted;

	if (store_call_is_gone(s->query->store, i))
		return;
	counted = takes(s, i);
	call_count(s, i, counted);
	if (!counted)
		return;
	to->n++;
	to->kinds[c->kind]++;
	to->states[store_call_state(s->query->store, c)]++;
	to->answered += c->kind == CALL_INVITE && c->answered != TIME_NONE;
	if (c->start != TIME_NONE && (to->first == TIME_NONE || c->start < to->first))
		to->first = c->start;
	if (c->end_seen != TIME_NONE && c->end_seen > to->last)
		to->last = c->end_seen;
	rate_count(&to->rate, c->start, 1);
	if (call_setup(c) != TIME_NONE)
		spans_add(&s->setups, call_setup(c));
	if (call_pdd(c) != TIME_NONE)
		spans_add(&s->pdds, call_pdd(c));
}

/* @return whether the look at all calls goes on. */
static bool
look_on(struct statistics *s)
{
	uint32_t calls = store_call_count(s->query->store);

	if (s->looking) {
		for (uint32_t n = 0; n < CALLS_AT_ONCE && s->looked < calls; n++)
			look_at(s, s->looked++);
		if (s->looked < calls)
			return true;
		s->looking = false;
		s->sorting = true;
		return true;
	}
	if (!s->sorting)
		return false;
	if (spans_sort(&s->setups) || spans_sort(&s->pdds))
		return true;
	s->sorting = false;
	s->calls = s->next;
	s->setup = spans_figures(&s->setups);
	s->pdd = spans_figures(&s->pdds);
	s->version++;
	return true;
}

/* ---- user agents ---- */

static uint16_t
agent_find(struct statistics *s, struct str name)
{
	uint64_t hash;
	size_t cursor = 0;
	uint32_t i;

	name = str_sub(name, 0, STATISTICS_AGENT_BYTES);
	hash = hash_str(name);
	while ((i = hash_map_next(&s->agent_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(s->agents[i].name, name))
			return (uint16_t)i;
	if (s->agent_n == STATISTICS_AGENTS_MAX)
		return STATISTICS_OTHERS;
	ARRAY_GROW(s->agents, s->agents_cap, (size_t)s->agent_n + 1);
	s->agents[s->agent_n] = (struct statistics_agent){ .name = arena_str(&s->names, name) };
	hash_map_add(&s->agent_map, hash, s->agent_n);
	return (uint16_t)s->agent_n++;
}

static uint16_t
agent_read(struct statistics *s, uint32_t message, enum side side)
{
	static const struct str names[] = { STR_INIT("User-Agent"), STR_INIT("Server") };
	struct str name;

	if (query_text(s->query, message).n == 0)
		return STATISTICS_NOT_READ;
	/* Both are found in both. */
	name = query_header(s->query, message, names[side]);
	if (name.n == 0)
		name = query_header(s->query, message, names[!side]);
	return name.n > 0 ? agent_find(s, name) : STATISTICS_NOT_TOLD;
}

/* Read a text, or look for one to read. @return whether there are more. */
static bool
read_on(struct statistics *s)
{
	if (s->unread == 0)
		return false;
	for (uint32_t n = 0; n < CALLS_AT_ONCE * 8; n++) {
		struct statistics_call *c;

		s->asked = sparse_from(&s->list, s->asked);
		if (s->asked == UINT32_MAX)
			s->asked = sparse_from(&s->list, 0);
		if (s->asked == UINT32_MAX)
			return false;
		c = sparse_find(&s->list, s->asked);
		for (enum side side = ASKING; c->counted && side < SIDES; side++) {
			if (c->first[side] == MESSAGE_NONE || c->agent[side] != UNREAD)
				continue;
			count_agent(s, c, side, -1);
			c->agent[side] = agent_read(s, c->first[side], side);
			count_agent(s, c, side, 1);
			s->version++;
			return true;
		}
		s->asked++;
	}
	return true;
}

bool
statistics_step(struct statistics *s)
{
	uint32_t messages = store_message_count(s->query->store);

	if (s->counted < messages) {
		for (uint32_t n = 0; n < MESSAGES_AT_ONCE && s->counted < messages; n++)
			take_message(s);
		s->version++;
		return true;
	}
	/* By turns, so that neither waits for the other while calls keep coming. */
	s->reading = !s->reading;
	if (s->reading && read_on(s))
		return true;
	if (look_on(s))
		return true;
	if (s->stale || s->looked_messages != messages ||
	    s->looked_now != store_now(s->query->store)) {
		look_begin(s);
		return true;
	}
	return read_on(s);
}

bool
statistics_lost(struct statistics *s)
{
	uint32_t call;

	while ((call = store_next_gone(s->query->store, &s->gone)) != CALL_NONE) {
		const struct statistics_call *c = sparse_find(&s->list, call);

		if (call == CALL_LOST || (c && c->counted))
			s->lost = true;
	}
	return s->lost;
}

/* ---- the most ---- */

static size_t
top_of(const struct statistics *s, uint64_t (*weight)(const struct statistics *s, uint32_t i),
       uint32_t from, uint32_t to, uint32_t *top, size_t max)
{
	size_t n = 0;

	/* Into a short sorted list; equal ones as they came. */
	for (uint32_t i = from; i < to; i++) {
		uint64_t w = weight(s, i);
		size_t at = n;

		while (at > 0 && weight(s, top[at - 1]) < w)
			at--;
		if (w == 0 || at >= max)
			continue;
		if (n < max)
			n++;
		memmove(top + at + 1, top + at, (n - at - 1) * sizeof(*top));
		top[at] = i;
	}
	return n;
}

static uint64_t
host_weight(const struct statistics *s, uint32_t i)
{
	return s->hosts[i].sent + s->hosts[i].received;
}

static uint64_t
agent_weight(const struct statistics *s, uint32_t i)
{
	return (uint64_t)s->agents[i].asked + s->agents[i].answered;
}

size_t
statistics_top_hosts(const struct statistics *s, uint32_t *top, size_t max)
{
	return top_of(s, host_weight, STATISTICS_OTHERS + 1, s->host_n, top, max);
}

size_t
statistics_top_agents(const struct statistics *s, uint32_t *top, size_t max)
{
	return top_of(s, agent_weight, STATISTICS_AGENTS, s->agent_n, top, max);
}
