/* What carried messages: their records, the agents they came through, their paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sip_store.h"

#define A "192.0.2.1:5060"
#define B "192.0.2.2:5060"

static const struct sip_line invite = {
	"INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "i1", NULL, NULL, NULL };
static const struct sip_line ringing = {
	"SIP/2.0 180 Ringing", "1 INVITE", "i1", "b1", NULL, NULL };

static int64_t
at(double ms)
{
	return SIP_STORE_START + (int64_t)(ms * 1e6);
}

static void
frames_are(const struct sip_store *t, uint32_t message, const char *frames, uint16_t source,
	   double first, double last)
{
	struct carriage c;
	struct buf b = BUF_INIT;

	store_carriage(t->store, message, &c);
	for (uint32_t i = 0; i < c.frame_n; i++)
		buf_printf(&b, "%s%u", i ? " " : "", c.frames[i]);
	assert_string_equal(buf_cstr(&b), frames);
	assert_int_equal(c.source, source);
	assert_true(c.first == at(first) && c.last == at(last));
	buf_release(&b);
}

static void
test_carriage(void **state)
{
	const struct stamp three[] = {
		{ .time = at(10), .frame = 7, .source = 1 }, { .time = at(10), .frame = 7, .source = 1 },
		{ .time = at(12), .frame = 9, .source = 1 }, { .time = at(11), .frame = 8, .source = 1 },
	};
	const struct stamp one = { .time = at(20), .frame = 12 };
	const struct stamp twins[] = {
		{ .time = at(30), .frame = 12 }, { .time = at(31), .frame = 12, .source = 1 },
	};
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	sip_store_say(&t, 1, A, B, &invite);
	t.like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = three, .stamp_n = 4,
				       .frame = 9, .source = 1, .place.source = PLACE_SPOOL };
	sip_store_say(&t, 12, A, B, &ringing);
	/* One record: nothing that the index does not tell. */
	t.like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = &one, .stamp_n = 1,
				       .frame = 12 };
	sip_store_say(&t, 20, A, B, &ringing);
	t.like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = twins, .stamp_n = 2,
				       .frame = 12, .source = 1 };
	sip_store_say(&t, 31, A, B, &ringing);
	/* In the spool, from the file of the first one there, and from another. */
	t.like = (struct store_input){ .source = 1, .place.source = PLACE_SPOOL, .frame = 40 };
	sip_store_say(&t, 40, A, B, &ringing);
	t.like = (struct store_input){ .source = 2, .place.source = PLACE_SPOOL, .frame = 41 };
	sip_store_say(&t, 41, A, B, &ringing);
	t.like = (struct store_input){ .source = 3, .place.source = 3, .frame = 42 };
	sip_store_say(&t, 42, A, B, &ringing);

	frames_are(&t, 0, "1", 0, 1, 1);
	frames_are(&t, 1, "7 8 9", 1, 10, 12);
	frames_are(&t, 2, "12", 0, 20, 20);
	frames_are(&t, 3, "12 12", 1, 30, 31);
	frames_are(&t, 4, "40", 1, 40, 40);
	frames_are(&t, 5, "41", 2, 41, 41);
	frames_are(&t, 6, "42", 3, 42, 42);
	sip_store_release(&t);
}

static void
test_many_carriages(void **state)
{
	struct stamp two[] = { { .time = at(0), .frame = 1 }, { .time = at(1), .frame = 2 } };
	struct sip_store t;
	char want[32];

	(void)state;
	sip_store_init(&t);
	for (uint32_t i = 0; i < 500; i++) {
		two[0].frame = 10 * i + 1;
		two[1].frame = 10 * i + 2;
		/* Every third message has one record. */
		t.like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = two,
					       .stamp_n = i % 3 ? 2 : 0, .frame = 10 * i + 2 };
		sip_store_say(&t, 1, A, B, &invite);
	}
	for (uint32_t i = 0; i < 500; i++) {
		snprintf(want, sizeof(want), i % 3 ? "%u %u" : "%.0u%u", i % 3 ? 10 * i + 1 : 0,
			 10 * i + 2);
		frames_are(&t, i, want, 0, i % 3 ? 0 : 1, 1);
	}
	sip_store_release(&t);
}

static void
by_agent(struct sip_store *t, uint32_t node)
{
	t->like = (struct store_input){ .carrier = node ? CARRIER_HEP : CARRIER_NONE,
					.node = node };
}

static unsigned int
copy(const struct sip_store *t, uint32_t message)
{
	return store_message(t->store, message)->flags &
		(MESSAGE_DUPLICATE | MESSAGE_RETRANSMISSION);
}

static void
test_agents(void **state)
{
	struct sip_store t;
	const struct path *p, *q;

	(void)state;
	sip_store_init(&t);
	by_agent(&t, 7);
	sip_store_say(&t, 0, A, B, &invite);
	sip_store_say(&t, 500, A, B, &invite);
	by_agent(&t, 8);
	sip_store_say(&t, 4, A, B, &invite);	/* before the last one, of the first */
	sip_store_say(&t, 495, A, B, &invite);
	by_agent(&t, 0);
	sip_store_say(&t, 1, A, B, &invite);	/* the packet itself */
	sip_store_say(&t, 2000, A, B, &invite);
	by_agent(&t, 7);
	sip_store_say(&t, 2005, A, B, &invite);
	sip_store_say(&t, 2030, A, B, &invite);	/* too far to be the same */

	assert_int_equal(copy(&t, 0), 0);
	assert_int_equal(copy(&t, 1), MESSAGE_RETRANSMISSION);
	assert_int_equal(copy(&t, 2), MESSAGE_DUPLICATE);
	assert_int_equal(copy(&t, 3), MESSAGE_DUPLICATE);
	assert_int_equal(copy(&t, 5), MESSAGE_RETRANSMISSION);
	assert_int_equal(copy(&t, 6), MESSAGE_DUPLICATE);
	assert_int_equal(copy(&t, 7), MESSAGE_RETRANSMISSION);
	assert_int_equal(store_call_count(t.store), 1);

	p = store_path(t.store, store_message(t.store, 0)->path);
	q = store_path(t.store, store_message(t.store, 2)->path);
	assert_int_equal(p->carrier, CARRIER_HEP);
	assert_int_equal(p->node, 7);
	assert_int_equal(q->node, 8);
	assert_true(p != q);
	assert_int_equal(q->base, store_message(t.store, 0)->path);
	q = store_path(t.store, store_message(t.store, 4)->path);
	assert_int_equal(q->carrier, CARRIER_NONE);
	assert_int_equal(q->base, store_message(t.store, 0)->path);
	assert_int_equal(store_message(t.store, 6)->path, store_message(t.store, 0)->path);
	sip_store_release(&t);
}

/* A HEP agent of many numbers costs no more than one. */
static void
test_many_agents(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	for (uint32_t i = 1; i <= 20000; i++) {
		by_agent(&t, i);
		sip_store_say(&t, 100.0 * i, A, B, &ringing);
	}
	by_agent(&t, 77);
	sip_store_say(&t, 0, A, B, &invite);
	assert_int_equal(store_message(t.store, 20000)->path, store_message(t.store, 76)->path);
	sip_store_release(&t);
}

/* A call starts with its oldest message where messages may come late. */
static void
test_start(void **state)
{
	struct sip_store t;

	(void)state;
	for (int hep = 0; hep < 2; hep++) {
		sip_store_init(&t);
		by_agent(&t, (uint32_t)hep);
		sip_store_say(&t, 10, B, A, &ringing);
		sip_store_say(&t, 5, A, B, &invite);
		assert_true(store_call(t.store, 0)->start == at(hep ? 5 : 10));
		sip_store_release(&t);
	}
}

static uint32_t
last(const struct sip_store *t, const char *src, const char *dst, uint16_t ip_id, double ms)
{
	struct net_endpoint a, b;

	assert_true(net_endpoint_parse(str_of(src), &a) && net_endpoint_parse(str_of(dst), &b));
	return store_path_last(t->store, &a, &b, TRANSPORT_UDP, ip_id, at(ms));
}

static void
test_path_last(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	assert_int_equal(last(&t, A, B, 0, 0), MESSAGE_NONE);
	for (int i = 0; i < 4; i++) {
		t.ip_id = (uint16_t)(100 + i);
		sip_store_say(&t, 1000 * i, A, B, &invite);
		sip_store_say(&t, 1000 * i + 1, B, A, &ringing);
	}
	assert_int_equal(last(&t, A, B, 0, 3500), 6);
	assert_int_equal(last(&t, A, B, 102, 3500), 4);
	assert_int_equal(last(&t, A, B, 100, 3500), 6);		/* too long ago to be known */
	assert_int_equal(last(&t, B, A, 0, 3500), 7);
	assert_int_equal(last(&t, A, B, 0, 2500), 4);		/* not what came later */
	assert_int_equal(last(&t, A, B, 0, 35000), 6);
	assert_int_equal(last(&t, A, B, 0, 35001), MESSAGE_NONE);
	assert_int_equal(last(&t, A, "192.0.2.3:5060", 0, 3500), MESSAGE_NONE);
	/* By an agent it is the same path. */
	by_agent(&t, 9);
	sip_store_say(&t, 4000, A, B, &invite);
	assert_int_equal(last(&t, A, B, 0, 4500), 8);
	sip_store_release(&t);
}

/* Of a source with more than 2^32 records. */
static void
test_high_frames(void **state)
{
	const uint64_t lap = UINT64_C(1) << 32;
	const struct stamp pieces[] = {
		{ .time = at(20), .frame = lap - 2, .source = 1 },
		{ .time = at(21), .frame = lap - 1, .source = 1 },
		{ .time = at(22), .frame = lap + 3, .source = 1 },
	};
	struct sip_store t;
	struct carriage c;

	(void)state;
	sip_store_init(&t);
	t.like = (struct store_input){ .frame = 7, .source = 1, .place.source = 1 };
	sip_store_say(&t, 10, A, B, &invite);
	assert_int_equal(store_message_frame(t.store, 0), 7);
	t.like.frame = lap + 3;
	t.like.stamps = pieces;
	t.like.stamp_n = 3;
	t.like.transport = TRANSPORT_TCP;
	sip_store_say(&t, 22, A, B, &ringing);
	/* One that was late, another source, and the next laps. */
	t.like = (struct store_input){ .frame = lap - 9, .source = 1, .place.source = 1 };
	sip_store_say(&t, 23, A, B, &ringing);
	t.like = (struct store_input){ .frame = 7, .source = 2, .place.source = 2 };
	sip_store_say(&t, 24, A, B, &ringing);
	t.like = (struct store_input){ .frame = lap + 7, .source = 1, .place.source = 1 };
	sip_store_say(&t, 25, A, B, &ringing);
	t.like.frame = 5 * lap + 7;
	sip_store_say(&t, 26, A, B, &ringing);

	assert_int_equal(store_message_frame(t.store, 0), 7);
	assert_int_equal(store_message_frame(t.store, 1), lap + 3);
	assert_int_equal(store_message_frame(t.store, 2), lap - 9);
	assert_int_equal(store_message_frame(t.store, 3), 7);
	assert_int_equal(store_message_frame(t.store, 4), lap + 7);
	assert_int_equal(store_message_frame(t.store, 5), 5 * lap + 7);
	store_carriage(t.store, 1, &c);
	assert_int_equal(c.frame_n, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(carriage_frame(&c, i), pieces[i].frame);
	store_carriage(t.store, 4, &c);
	assert_int_equal(carriage_frame(&c, 0), lap + 7);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_carriage), cmocka_unit_test(test_high_frames),
		cmocka_unit_test(test_many_carriages),
		cmocka_unit_test(test_agents),
		cmocka_unit_test(test_many_agents),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_path_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
