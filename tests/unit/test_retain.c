/* store/: letting go of calls, and keeping within bounds. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sip_store.h"

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

/* Drop a random call of b. Messages of that Call-ID no longer come: they would make another
 * call. */
static void
drop_some(struct sip_store *b, uint64_t *seed, size_t base)
{
	uint32_t i = (uint32_t)next(seed, store_call_count(b->store));

	(void)base;
	store_drop_call(b->store, i);
	assert_true(store_call_is_gone(b->store, i));
	assert_int_equal(store_call(b->store, i)->first, MESSAGE_NONE);
	assert_int_equal(call_id(store_call(b->store, i)).n, 0);
	store_drop_call(b->store, i);
}

/* Each Call-ID lives for a while, and is let go of only then, in b. */
static void
random_script(uint64_t seed)
{
	const struct store_bounds none = { 0 };
	struct sip_store a, b;
	size_t base;
	double ms = 0;

	sip_store_init(&a);
	sip_store_init(&b);
	if (seed % 2)
		store_set_bounds(b.store, &none, NULL, NULL);
	base = store_memory(b.store);
	for (int i = 0; i < 1500; i++) {
		ms += (double)next(&seed, 4000);
		say_both(&a, &b, &seed, 30, ms);
		/* Both were the same so far: so is what is there of both. */
		if (i % 300 == 299) {
			for (int k = 0; k < 12; k++)
				drop_some(&b, &seed, base);
			for (uint32_t c = 0; c < store_call_count(b.store); c++)
				if (!store_call_is_gone(b.store, c))
					check_call(a.store, b.store, store_call(a.store, c),
						   store_call(b.store, c));
			break;
		}
	}
	for (uint32_t c = 0; c < store_call_count(b.store); c++)
		store_drop_call(b.store, c);
	for (uint32_t m = 0; m < store_message_count(b.store); m++) {
		assert_true(store_message_is_gone(b.store, m));
		assert_int_equal(store_message(b.store, m)->call, CALL_NONE);
	}
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

/* ---- floods ---- */

static void
flood(const char *start, const char *cseq, bool one_id, bool ports, uint32_t n)
{
	const struct store_bounds bounds = { .memory = 16 * MIB };
	struct sip_store t;
	struct store_kept kept;
	size_t most = 0;

	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, NULL, NULL);
	for (uint32_t i = 0; i < n; i++) {
		char id[40], branch[24], src[32];

		snprintf(id, sizeof(id), "flood-%u@test", one_id ? 1 : i);
		snprintf(branch, sizeof(branch), "b%u", i);
		snprintf(src, sizeof(src), "192.0.2.%u:%u", ports ? i / 60000 % 250 : 1,
			 ports ? i % 60000 + 1 : 5060);
		buf_clear(&t.text);
		sip_store_say(&t, i, src, "198.51.100.1:5060", &(struct sip_line){
			start, cseq, branch, NULL, id, NULL });
		if (i % 250 == 0)
			store_retain(t.store);
		if (store_memory(t.store) > most)
			most = store_memory(t.store);
	}
	store_kept(t.store, &kept);
	assert_true(kept.gone + kept.gone_messages > 0);
	assert_true(most <= bounds.memory / 100 * 102);
	sip_store_release(&t);
}

static void
test_floods(void **state)
{
	(void)state;
	flood("INVITE sip:x SIP/2.0", "1 INVITE", false, false, 60000);
	flood("INVITE sip:x SIP/2.0", "1 INVITE", false, true, 60000);
	flood("OPTIONS sip:x SIP/2.0", "1 OPTIONS", true, false, 300000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_floods),
	};

	return cmocka_run_group_tests_name("retain", tests, NULL, NULL);
}
