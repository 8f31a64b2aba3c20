/* store/: letting go of calls, and keeping within bounds. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sip_store.h"
#include "store/store_int.h"

#define MIB	((size_t)1 << 20)

/* ---- random scripts into two stores ---- */

static uint64_t
next(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*seed >> 33) % below;
}

/* One random message of one of @p ids Call-IDs, into each of two stores. */
static void
say_both(struct sip_store *a, struct sip_store *b, uint64_t *seed, uint32_t ids, double ms)
{
	static const struct { const char *start, *cseq; bool forth; const char *body; } lines[] = {
		{ "INVITE sip:bob@b.test SIP/2.0", "1 INVITE", true, SIP_STORE_SDP_A },
		{ "INVITE sip:bob@b.test SIP/2.0", "3 INVITE", true, NULL },
		{ "SIP/2.0 100 Trying", "1 INVITE", false, NULL },
		{ "SIP/2.0 180 Ringing", "1 INVITE", false, NULL },
		{ "SIP/2.0 200 OK", "1 INVITE", false, SIP_STORE_SDP_B },
		{ "SIP/2.0 486 Busy Here", "1 INVITE", false, NULL },
		{ "ACK sip:bob@b.test SIP/2.0", "1 ACK", true, NULL },
		{ "BYE sip:bob@b.test SIP/2.0", "2 BYE", true, NULL },
		{ "SIP/2.0 200 Fine", "2 BYE", false, NULL },
		{ "REGISTER sip:b.test SIP/2.0", "1 REGISTER", true, NULL },
		{ "SIP/2.0 200 OK", "1 REGISTER", false, NULL },
		{ "OPTIONS sip:b.test SIP/2.0", "4 OPTIONS", true, NULL },
		{ "SIP/2.0 501 No", "4 OPTIONS", false, NULL },
		{ "BREW sip:pot SIP/2.0", "9 BREW", true, NULL },
	};
	uint32_t line = (uint32_t)next(seed, ARRAY_SIZE(lines));
	char id[40], branch[24], tag[12], ends[2][32];
	struct stamp stamps[3];
	struct sip_line say = {
		lines[line].start, lines[line].cseq, branch, NULL, id, lines[line].body };
	struct sip_store *to[] = { a, b };

	snprintf(id, sizeof(id), "call-%u@test", (unsigned)next(seed, ids));
	snprintf(branch, sizeof(branch), "b%u", (unsigned)next(seed, 3));
	snprintf(tag, sizeof(tag), "t%u", (unsigned)next(seed, 3));
	if (next(seed, 2))
		say.to_tag = tag;
	snprintf(ends[0], sizeof(ends[0]), "192.0.2.%u:%u", (unsigned)next(seed, 3) + 1,
		 (unsigned)next(seed, 4) + 5060);
	snprintf(ends[1], sizeof(ends[1]), "198.51.100.%u:5060", (unsigned)next(seed, 3) + 1);
	a->like = (struct store_input){ .transport = TRANSPORT_UDP };
	if (next(seed, 4) == 0) {
		a->like.carrier = CARRIER_HEP;
		a->like.node = (uint32_t)next(seed, 2);
	} else if (next(seed, 3) == 0) {
		a->like.transport = TRANSPORT_TCP;
		a->like.stamp_n = (uint32_t)next(seed, 3) + 1;
		for (uint32_t i = 0; i < a->like.stamp_n; i++)
			stamps[i] = (struct stamp){ .frame = a->frames * 4 + i,
				.source = (uint16_t)next(seed, 2), .time = (int64_t)i };
		a->like.stamps = stamps;
	}
	b->like = a->like;
	for (size_t i = 0; i < 2; i++)
		sip_store_say(to[i], ms, ends[!lines[line].forth], ends[lines[line].forth], &say);
	if (next(seed, 6) == 0)
		for (size_t i = 0; i < 2; i++)
			sip_store_event(to[i], ms, EVENT_LOG, ends[0], ends[1], id, line % 2 ? id : NULL);
}

static void
check_carriage(const struct store *a, const struct store *b, uint32_t i, uint32_t k)
{
	struct carriage x, y;

	store_carriage(a, i, &x);
	store_carriage(b, k, &y);
	assert_int_equal(x.frame_n, y.frame_n);
	assert_memory_equal(x.frames, y.frames, x.frame_n * sizeof(*x.frames));
	assert_int_equal(x.source, y.source);
	assert_true(x.first == y.first && x.last == y.last);
}

/* That messages are equal but for the numbers of what they refer to. */
static void
check_message(const struct store *a, const struct store *b, uint32_t i, uint32_t k)
{
	struct message x = *store_message(a, i), y = *store_message(b, k);
	const struct path *p = store_path(a, x.path), *q = store_path(b, y.path);

	assert_true(net_endpoint_eq(&p->src, &q->src) && net_endpoint_eq(&p->dst, &q->dst));
	assert_true(p->carrier == q->carrier && p->node == q->node && p->transport == q->transport);
	x.path = y.path = x.call = y.call = x.previous = y.previous = 0;
	x.identity = y.identity = 0;
	assert_memory_equal(&x, &y, sizeof(x));
	check_carriage(a, b, i, k);
}

static void
check_call(const struct store *a, const struct store *b, const struct call *x,
	   const struct call *y)
{
	uint32_t *list[2] = { NULL, NULL };
	size_t cap[2] = { 0, 0 }, n;
	uint64_t left = 0;

	assert_true(str_eq(call_id(x), call_id(y)) && str_eq(call_from(x), call_from(y)) &&
		    str_eq(call_to_user(x), call_to_user(y)));
	assert_int_equal(store_call_state(a, x), store_call_state(b, y));
	assert_int_equal(store_call_status(x), store_call_status(y));
	assert_true(str_eq(store_name(a, x->reason), store_name(b, y->reason)));
	assert_int_equal(x->flags & 0x7fff, y->flags & 0x7fff);
	assert_true(x->start == y->start && x->answered == y->answered && x->ended == y->ended &&
		    x->ringing == y->ringing && x->progress == y->progress);
	assert_int_equal(x->retransmissions, y->retransmissions);
	assert_int_equal(x->duplicates, y->duplicates);
	assert_int_equal(x->flaws, y->flaws);
	assert_true(net_endpoint_eq(&store_path(a, x->path)->src, &store_path(b, y->path)->src));
	n = store_call_messages(a, x, &list[0], &cap[0]);
	assert_int_equal(store_call_messages(b, y, &list[1], &cap[1]), n);
	for (size_t i = 0; i < n; i++)
		check_message(a, b, list[0][i], list[1][i]);
	n = store_call_events(a, x, &list[0], &cap[0], &left);
	assert_true(store_call_events(b, y, &list[1], &cap[1], &left) <= n);
	free(list[0]);
	free(list[1]);
}

static uint32_t
id_of(const struct call *c)
{
	uint32_t id = 0;
	struct str rest = str_skip(call_id(c), strlen("call-"));

	str_take_u32(&rest, &id);
	return id;
}

/* Drop a random call of @p t, and again. @p since  when each Call-ID first lost a call. */
static void
drop_some(struct sip_store *t, uint64_t *seed, uint32_t *since)
{
	uint32_t i = (uint32_t)next(seed, store_call_count(t->store));
	const struct call *c = store_call(t->store, i);

	if (!store_call_is_gone(t->store, i) && since[id_of(c)] == 0)
		since[id_of(c)] = store_message_count(t->store);
	store_drop_call(t->store, i);
	store_drop_call(t->store, i);
	c = store_call(t->store, i);
	assert_true(store_call_is_gone(t->store, i));
	assert_true(c->first == MESSAGE_NONE && c->last == MESSAGE_NONE && c->messages == 0);
	assert_true(call_id(c).n == 0 && call_id(c).p);
	assert_int_equal(store_path(t->store, c->path)->src.port, 0);
	assert_true(store_call_state(t->store, c) < CALL_STATE_COUNT);
}

static void
check_gone_messages(const struct store *s)
{
	struct carriage c;

	for (uint32_t m = 0; m < store_message_count(s); m++) {
		assert_true(store_message_is_gone(s, m));
		assert_int_equal(store_message(s, m)->call, CALL_NONE);
		assert_int_equal(store_message(s, m)->previous, MESSAGE_NONE);
		store_carriage(s, m, &c);
		assert_int_equal(c.frame_n, 1);
	}
}

/* One store keeps all, from the other calls go. What is left of those both knew by then is
 * the same; later messages of what went make other calls, which nobody compares. */
static void
random_script(uint64_t seed)
{
	const struct store_bounds none = { 0 };
	struct sip_store a, b;
	double ms = 0;
	uint32_t compared = 0;
	bool changed[2000] = { false };
	uint32_t since[2000] = { 0 };

	sip_store_init(&a);
	sip_store_init(&b);
	if (seed % 2)
		store_set_bounds(b.store, &none, NULL, NULL);
	for (int i = 0; i < 1500; i++) {
		ms += (double)next(&seed, 4000);
		say_both(&a, &b, &seed, 30 + (uint32_t)i / 3, ms);
		if (i >= 300 && next(&seed, 20) == 0)
			drop_some(&b, &seed, since);
	}
	/* Calls of both have other numbers by now: by their first message. */
	for (uint32_t m = 0; m < store_message_count(a.store); m++)
		if (store_message_is_gone(b.store, m))
			changed[store_message(a.store, m)->call] = true;
	for (uint32_t m = 0; m < store_message_count(a.store); m++) {
		uint32_t i = store_message(a.store, m)->call;
		const struct call *c = store_call(a.store, i);

		if (changed[i] || c->first != m || (since[id_of(c)] && m >= since[id_of(c)]))
			continue;
		check_call(a.store, b.store, c,
			   store_call(b.store, store_message(b.store, m)->call));
		compared++;
	}
	assert_true(compared > 100);
	for (uint32_t c = 0; c < store_call_count(b.store); c++)
		store_drop_call(b.store, c);
	check_gone_messages(b.store);
	sip_store_release(&a);
	sip_store_release(&b);
}

static void
test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		random_script(seed);
}

/* Whatever was in it, an emptied store takes no more than it did at first. */
static void
test_all_gone(void **state)
{
	const struct store_bounds none = { 0 }, nothing = { .memory = 1 };
	struct sip_store a, b;
	uint64_t seed = 5;
	size_t after = 0;

	(void)state;
	sip_store_init(&a);
	sip_store_init(&b);
	store_set_bounds(b.store, &none, NULL, NULL);
	for (int round = 0; round < 20; round++) {
		struct store_kept kept;

		for (uint32_t i = 0; i < 1000; i++)
			say_both(&a, &b, &seed, 100, (round * 1000 + (double)i) * 100);
		for (uint32_t c = 0; c < store_call_count(b.store); c++)
			store_drop_call(b.store, c);
		/* Events of connections are of no call. */
		store_set_bounds(b.store, &nothing, NULL, NULL);
		while (store_retain(b.store))
			;
		store_set_bounds(b.store, &none, NULL, NULL);
		store_kept(b.store, &kept);
		assert_int_equal(kept.calls, 0);
		assert_int_equal(kept.first_call, store_call_count(b.store));
		assert_int_equal(kept.first_message, store_message_count(b.store));
		assert_int_equal(kept.gone, 0);
		if (round == 2)
			after = store_memory(b.store);
	}
	assert_true(store_memory(b.store) <= after + 4096);	/* a map may have grown */
	sip_store_release(&a);
	sip_store_release(&b);
}

/* ---- floods ---- */

struct flood {
	const char *start, *cseq;
	bool one_id, ports, events, hep_events;
	uint32_t header;	/* bytes of the From URI */
	uint32_t n;
};

static void
flood_one(struct sip_store *t, const struct flood *f, uint32_t i)
{
	char id[40], branch[24], src[32];

	snprintf(id, sizeof(id), "flood-%u@test", f->one_id ? 1 : i);
	snprintf(branch, sizeof(branch), "b%u", i);
	snprintf(src, sizeof(src), "192.0.2.%u:%u", f->ports ? i / 60000 % 250 : 1,
		 f->ports ? i % 60000 + 1 : 5060);
	if (f->events || f->hep_events) {
		sip_store_event(t, i, EVENT_ICMP, src, "198.51.100.1:5060", branch,
				f->hep_events ? id : NULL);
		return;
	}
	buf_clear(&t->text);
	if (f->header) {
		struct buf b = BUF_INIT;

		buf_printf(&b, "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s\r\nFrom: <sip:",
			   f->start, branch);
		for (uint32_t k = 0; k < f->header; k++)
			buf_add_cstr(&b, "x");
		buf_printf(&b, "@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: %s\r\nCSeq: %s\r\n"
			   "Reason: SIP;text=\"%s\"\r\n\r\n", id, f->cseq, id);
		sip_store_add(t, i, src, "198.51.100.1:5060", buf_str(&b), 0);
		buf_release(&b);
		return;
	}
	sip_store_say(t, i, src, "198.51.100.1:5060", &(struct sip_line){
		f->start, f->cseq, branch, NULL, id, NULL });
}

static void
flood(const struct flood *f)
{
	const struct store_bounds bounds = { .memory = 16 * MIB };
	struct sip_store t;
	struct store_kept kept;
	size_t most = 0;

	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, NULL, NULL);
	for (uint32_t i = 0; i < f->n; i++) {
		flood_one(&t, f, i);
		if (i % 50 == 0)
			store_retain(t.store);
		if (store_memory(t.store) > most)
			most = store_memory(t.store);
	}
	store_kept(t.store, &kept);
	assert_true(kept.gone + kept.gone_messages + kept.gone_events > 0);
	assert_true(most <= bounds.memory / 100 * 102);
	sip_store_release(&t);
}

static void
test_floods(void **state)
{
	static const struct flood floods[] = {
		{ .start = "INVITE sip:x SIP/2.0", .cseq = "1 INVITE", .n = 60000 },
		{ .start = "INVITE sip:x SIP/2.0", .cseq = "1 INVITE", .ports = true, .n = 60000 },
		{ .start = "OPTIONS sip:x SIP/2.0", .cseq = "1 OPTIONS", .one_id = true,
		  .n = 300000 },
		{ .start = "INVITE sip:x SIP/2.0", .cseq = "1 INVITE", .header = 4000, .n = 8000 },
		{ .start = "INVITE sip:x SIP/2.0", .cseq = "1 INVITE", .header = 1100, .n = 20000 },
		{ .events = true, .n = 100000 },
		{ .events = true, .ports = true, .n = 100000 },
		{ .hep_events = true, .n = 100000 },
		{ .hep_events = true, .one_id = true, .n = 100000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(floods); i++)
		flood(&floods[i]);
}

/* ---- who goes ---- */

/* A call that ends @p ms after the start, or not. */
static uint32_t
call_of(struct sip_store *t, double ms, const char *id, bool ends)
{
	uint32_t m = sip_store_say(t, ms, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
		"INVITE sip:x SIP/2.0", "1 INVITE", id, NULL, id, NULL });

	if (ends)
		sip_store_say(t, ms + 1, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
			"SIP/2.0 486 Busy Here", "1 INVITE", id, "t", id, NULL });
	return store_message(t->store, m)->call;
}

static bool
holds(void *ctx, uint32_t call)
{
	return *(uint32_t *)ctx == call;
}

static void
expect_gone(struct sip_store *t, uint64_t *cursor, uint32_t call)
{
	assert_true(store_retain(t->store));
	assert_int_equal(store_next_gone(t->store, cursor), call);
	assert_int_equal(store_next_gone(t->store, cursor), CALL_NONE);
	assert_true(store_call_is_gone(t->store, call));
}

static void
test_order(void **state)
{
	const struct store_bounds bounds = { .calls = 4 };
	struct sip_store t;
	uint32_t held = 0, open, over[3], more[4];
	uint64_t cursor = 0;
	struct store_kept kept;
	struct store_stats stats;

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, holds, &held);
	held = call_of(&t, 0, "held", true);
	open = call_of(&t, 10, "open", false);
	over[0] = call_of(&t, 30, "over-30", true);
	over[1] = call_of(&t, 20, "over-20", true);
	assert_false(store_retain(t.store));
	over[2] = call_of(&t, 40, "over-40", true);
	expect_gone(&t, &cursor, over[1]);
	more[0] = call_of(&t, 50, "open-50", false);
	expect_gone(&t, &cursor, over[0]);
	more[1] = call_of(&t, 60, "open-60", false);
	expect_gone(&t, &cursor, over[2]);
	/* No other is over: the oldest sign of life, which "open" has given anew. */
	call_of(&t, 70, "open", false);
	more[2] = call_of(&t, 80, "open-80", false);
	expect_gone(&t, &cursor, more[0]);
	/* What ends meanwhile goes before those that do not. */
	sip_store_say(&t, 90, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
		"SIP/2.0 486 Busy Here", "1 INVITE", "open-80", "t", "open-80", NULL });
	more[3] = call_of(&t, 100, "open-100", false);
	expect_gone(&t, &cursor, more[2]);
	store_set_bounds(t.store, &(struct store_bounds){ .calls = 1 }, holds, &held);
	assert_true(store_retain(t.store));
	assert_int_equal(store_next_gone(t.store, &cursor), more[1]);
	assert_int_equal(store_next_gone(t.store, &cursor), open);
	assert_int_equal(store_next_gone(t.store, &cursor), more[3]);
	store_kept(t.store, &kept);
	assert_int_equal(kept.calls, 1);
	assert_int_equal(kept.gone, 8);
	assert_int_equal(kept.gone_unfinished, 4);
	assert_int_equal(kept.gone_held, 0);
	assert_int_equal(kept.first_call, held);
	store_stats(t.store, &stats);
	assert_int_equal(stats.requests, 10);
	assert_int_equal(stats.responses, 5);
	sip_store_release(&t);
}

/* A call that takes all the memory goes even when it is held, and its messages count as gone
 * at once. */
static void
test_held(void **state)
{
	const struct store_bounds bounds = { .memory = 8 * MIB };
	struct sip_store t;
	uint32_t held = 0;
	struct store_kept kept = { 0 };

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, holds, &held);
	for (uint32_t i = 0; i < 300000 && kept.gone_held == 0; i++) {
		char branch[24];

		snprintf(branch, sizeof(branch), "b%u", i);
		buf_clear(&t.text);
		sip_store_say(&t, i, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			"INFO sip:x SIP/2.0", "1 INFO", branch, "t", "one", NULL });
		if (i % 50 == 0 && store_retain(t.store)) {
			store_kept(t.store, &kept);
			assert_true(store_message_is_gone(t.store, 0));
			assert_true(store_message_is_gone(t.store, i));
			assert_int_equal(store_message(t.store, i)->call, CALL_NONE);
		}
		assert_true(store_memory(t.store) <= bounds.memory / 100 * 102);
	}
	assert_int_equal(kept.gone_held, 1);
	assert_int_equal(kept.gone_messages, 0);
	sip_store_release(&t);
}

/* Registrations that are refreshed for ever: none goes, but what is old of them. */
static void
test_refreshed(void **state)
{
	enum { PHONES = 500 };
	const struct store_bounds bounds = { .memory = 8 * MIB };
	struct sip_store t;
	struct store_kept kept;

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, NULL, NULL);
	for (uint32_t i = 0; i < 200000; i++) {
		char id[24], branch[24], cseq[24];

		snprintf(id, sizeof(id), "phone-%u", i / 2 % PHONES);
		snprintf(branch, sizeof(branch), "b%u", i / 2);
		snprintf(cseq, sizeof(cseq), "%u REGISTER", i / 2 / PHONES + 1);
		buf_clear(&t.text);
		sip_store_say(&t, i * 60.0, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			i % 2 ? "SIP/2.0 200 OK" : "REGISTER sip:x SIP/2.0", cseq, branch, NULL, id,
			NULL });
		if (i % 50 == 0)
			store_retain(t.store);
		assert_true(store_memory(t.store) <= bounds.memory / 100 * 102);
	}
	store_kept(t.store, &kept);
	assert_int_equal(kept.gone, 0);
	assert_int_equal(kept.calls, PHONES);
	assert_true(kept.gone_messages > 0);
	for (uint32_t i = 0; i < PHONES; i++) {
		const struct call *c = store_call(t.store, i);
		uint32_t *list = NULL;
		size_t cap = 0, n = store_call_messages(t.store, c, &list, &cap);

		assert_int_equal(n + c->messages_gone, 400);
		assert_int_equal(list[0], c->first);
		assert_int_equal(store_message(t.store, list[0])->previous, MESSAGE_NONE);
		assert_int_equal(store_message(t.store, list[0])->call, i);
		free(list);
	}
	sip_store_release(&t);
}

/* Of calls with one Call-ID any may go: the others stay a chain, and what still comes of the
 * last one is not of the one before. */
static void
test_same_id(void **state)
{
	struct sip_store t;
	uint32_t calls[3], m;

	(void)state;
	for (uint32_t gone = 0; gone < 3; gone++) {
		sip_store_init(&t);
		for (uint32_t i = 0; i < 3; i++) {
			char branch[8];

			snprintf(branch, sizeof(branch), "b%u", i);
			m = sip_store_say(&t, i * 100000, "192.0.2.1:5060", "192.0.2.2:5060",
				&(struct sip_line){ "INVITE sip:x SIP/2.0", "1 INVITE", branch,
						    NULL, "same", NULL });
			calls[i] = store_message(t.store, m)->call;
			sip_store_say(&t, i * 100000 + 10, "192.0.2.2:5060", "192.0.2.1:5060",
				&(struct sip_line){ "SIP/2.0 486 Busy", "1 INVITE", branch,
						    "t", "same", NULL });
		}
		assert_int_equal(store_call(t.store, calls[1])->earlier, calls[0]);
		store_drop_call(t.store, calls[gone]);
		assert_int_equal(store_find_call(t.store, STR("same")), calls[gone == 2 ? 1 : 2]);
		assert_int_equal(store_call(t.store, calls[gone == 2 ? 1 : 2])->earlier,
				 gone == 0 || gone == 2 ? calls[gone == 0] : calls[0]);
		m = sip_store_say(&t, 200020, "192.0.2.1:5060", "192.0.2.2:5060",
			&(struct sip_line){ "ACK sip:x SIP/2.0", "1 ACK", "b2", "t", "same", NULL });
		if (gone == 2) {
			assert_int_equal(store_message(t.store, m)->call, 3);
			assert_int_equal(store_call(t.store, 3)->earlier, calls[1]);
		} else {
			assert_int_equal(store_message(t.store, m)->call, calls[2]);
		}
		sip_store_release(&t);
	}
}

/* Who asks too late for what went is told so, once. */
static void
test_journal(void **state)
{
	struct sip_store t;
	uint64_t cursor = 0, late = 0;

	(void)state;
	sip_store_init(&t);
	assert_int_equal(store_next_gone(t.store, &cursor), CALL_NONE);
	for (uint32_t i = 0; i < 70000; i++) {
		char id[24];

		snprintf(id, sizeof(id), "c%u", i);
		buf_clear(&t.text);
		store_drop_call(t.store, call_of(&t, i, id, false));
		assert_int_equal(store_next_gone(t.store, &cursor), i);
	}
	assert_int_equal(store_next_gone(t.store, &late), CALL_LOST);
	assert_int_equal(store_next_gone(t.store, &late), CALL_NONE);
	assert_false(store_is_full(t.store));
	sip_store_release(&t);
}

struct released {
	uint64_t bytes;
	uint32_t places;
};

static void
release(void *ctx, struct place place, size_t n)
{
	struct released *r = ctx;

	(void)place;
	r->bytes += n;
	r->places++;
}

/* Each place is released, once. */
static void
test_release(void **state)
{
	struct sip_store t;
	struct released r = { 0 };
	struct store_stats stats;

	(void)state;
	sip_store_init(&t);
	store_set_releaser(t.store, release, &r);
	t.like.place.source = PLACE_SPOOL;
	sip_store_call(&t, "one", "192.0.2.1:5060", "192.0.2.2:5060");
	sip_store_call(&t, "two", "192.0.2.1:5060", "192.0.2.2:5060");
	store_stats(t.store, &stats);
	store_drop_call(t.store, 0);
	assert_int_equal(r.places, 8);
	store_drop_call(t.store, 1);
	store_drop_call(t.store, 1);
	assert_int_equal(r.places, 16);
	assert_int_equal(r.bytes, stats.bytes);
	sip_store_release(&t);
}

/* A store instead of one that is full: what was held is given back, counters go on. */
static void
test_renew(void **state)
{
	const struct store_bounds bounds = { .memory = 8 * MIB };
	struct released r = { 0 };
	struct store_stats stats;
	struct store_kept kept;
	struct sip_store t;
	uint64_t bytes = 0;
	char id[24];

	(void)state;
	sip_store_init(&t);
	store_index_enough = 5000;
	for (uint32_t lap = 1; lap <= 3; lap++) {
		uint32_t i;

		store_set_bounds(t.store, &bounds, NULL, NULL);
		store_set_releaser(t.store, release, &r);
		t.like.place.source = PLACE_SPOOL;
		for (i = 0; !store_is_full(t.store); i++) {
			snprintf(id, sizeof(id), "l%u-%u", lap, i);
			buf_clear(&t.text);
			call_of(&t, i, id, i % 2);
			if (i % 100 == 99)
				store_drop_call(t.store, i - 50);
			store_retain(t.store);
		}
		store_stats(t.store, &stats);
		bytes = stats.bytes;
		t.store = store_renew(t.store);
		assert_false(store_is_full(t.store));
		assert_int_equal(store_call_count(t.store), 0);
		assert_int_equal(store_message_count(t.store), 0);
		assert_true(r.bytes == bytes);
		store_stats(t.store, &stats);
		assert_true(stats.bytes == bytes);
		store_kept(t.store, &kept);
		assert_int_equal(kept.calls, 0);
		assert_true(kept.gone == (uint64_t)lap * (i - i / 100));
		assert_true(kept.gone_unfinished <= kept.gone);
		assert_int_equal(kept.first_call, 0);
	}
	store_index_enough = UINT32_MAX - (1u << 26);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_random), cmocka_unit_test(test_all_gone),
		cmocka_unit_test(test_floods), cmocka_unit_test(test_order),
		cmocka_unit_test(test_held), cmocka_unit_test(test_refreshed),
		cmocka_unit_test(test_same_id), cmocka_unit_test(test_journal),
		cmocka_unit_test(test_release),
	};

	return cmocka_run_group_tests_name("retain", tests, NULL, NULL);
}
