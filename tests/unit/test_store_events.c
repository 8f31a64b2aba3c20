/* Events: which calls they concern, in which order, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sip_store.h"

#define A "192.0.2.1:5060"
#define A2 "192.0.2.1:40000"
#define B "192.0.2.2:5060"
#define C "192.0.2.3:5060"

/* The texts of the events of a call, in their order. */
static void
events_are(const struct sip_store *t, uint32_t call, const char *want)
{
	struct buf b = BUF_INIT;
	uint32_t *list = NULL;
	uint64_t left = 0;
	size_t cap = 0, n = store_call_events(t->store, store_call(t->store, call), &list, &cap,
					      &left);

	for (size_t i = 0; i < n; i++) {
		struct str text = store_name(t->store, store_event(t->store, list[i])->text);

		buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(text));
	}
	assert_string_equal(buf_cstr(&b), want);
	buf_release(&b);
	free(list);
}

static void
invite(struct sip_store *t, double ms, const char *src, const char *dst, const char *call_id)
{
	sip_store_say(t, ms, src, dst, &(struct sip_line){
		"INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "i", NULL, call_id, NULL });
}

static void
test_windows(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	t.like.transport = TRANSPORT_TLS;
	invite(&t, 1000, A2, B, "x");
	sip_store_say(&t, 1010, B, A2, &(struct sip_line){
		"SIP/2.0 180 Ringing", "1 INVITE", "i", "b", "x", NULL });
	invite(&t, 1000, A2, C, "y");
	/* Told out of order, in either direction, by whatever stream transport. */
	sip_store_event(&t, 2000, EVENT_ALERT, A2, B, "later", NULL);
	t.like.transport = TRANSPORT_TCP;
	sip_store_event(&t, 1500, EVENT_RESET, B, A2, "reset", NULL);
	sip_store_event(&t, 999, EVENT_GAP, A2, B, "before", NULL);
	sip_store_event(&t, 33010, EVENT_GAP, A2, B, "just", NULL);
	sip_store_event(&t, 33011, EVENT_GAP, A2, B, "after", NULL);
	sip_store_event(&t, 1600, EVENT_GAP, A, B, "other-port", NULL);
	sip_store_event(&t, 1600, EVENT_GAP, A2, C, "other-call", NULL);
	t.like.transport = TRANSPORT_UDP;
	sip_store_event(&t, 1600, EVENT_ICMP, A2, B, "other-transport", NULL);
	events_are(&t, 0, "reset later just");
	events_are(&t, 1, "other-call");
	assert_int_equal(store_event_count(t.store), 8);
	assert_null(store_event(t.store, 8));
	assert_int_equal(store_event(t.store, 1)->kind, EVENT_RESET);
	assert_int_equal(store_event(t.store, 1)->source, PLACE_NONE);
	sip_store_release(&t);

	/* A call that has ended is not concerned by what comes then; one whose
	 * BYE has no answer is. */
	sip_store_init(&t);
	t.like.transport = TRANSPORT_TCP;
	sip_store_call(&t, "x", A2, B);
	sip_store_event(&t, 63060, EVENT_RESET, A2, B, "during", NULL);
	sip_store_event(&t, 63062, EVENT_RESET, A2, B, "over", NULL);
	events_are(&t, 0, "during");
	invite(&t, 70000, A2, B, "y");
	sip_store_say(&t, 70001, B, A2, &(struct sip_line){
		"SIP/2.0 200 OK", "1 INVITE", "i", "b", "y", NULL });
	sip_store_say(&t, 70002, A2, B, &(struct sip_line){
		"ACK sip:b SIP/2.0", "1 ACK", "k", "b", "y", NULL });
	sip_store_say(&t, 80000, A2, B, &(struct sip_line){
		"BYE sip:b SIP/2.0", "2 BYE", "y", "b", "y", NULL });
	sip_store_event(&t, 80001, EVENT_RESET, B, A2, "bye-lost", NULL);
	events_are(&t, 1, "bye-lost");
	sip_store_release(&t);
}

static void
test_call_ids(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	sip_store_event(&t, 0, EVENT_LOG, A, C, "early", "x");
	sip_store_event(&t, 10, EVENT_LOG, A, C, "stranger", "nobody");
	sip_store_call(&t, "x", A, B);
	sip_store_event(&t, 400, EVENT_ICMP, A, B, "icmp", "x");
	sip_store_event(&t, 64000, EVENT_LOG, A, C, "after", "x");
	/* The same Call-ID again, five minutes later. */
	invite(&t, 363000, A, B, "x");
	sip_store_event(&t, 362000, EVENT_LOG, A, C, "near-second", "x");
	sip_store_event(&t, 100000, EVENT_LOG, A, C, "near-first", "x");
	sip_store_event(&t, 363500, EVENT_LOG, A, C, "second", "x");
	assert_int_equal(store_call_count(t.store), 2);
	events_are(&t, 0, "early icmp after near-first");
	events_are(&t, 1, "near-second second");
	/* And a third time. */
	sip_store_say(&t, 363001, B, A, &(struct sip_line){
		"SIP/2.0 486 Busy", "1 INVITE", "i", "b", "x", NULL });
	sip_store_say(&t, 363002, A, B, &(struct sip_line){
		"ACK sip:b SIP/2.0", "1 ACK", "i", "b", "x", NULL });
	sip_store_say(&t, 999000, A, B, &(struct sip_line){
		"INVITE sip:b SIP/2.0", "1 INVITE", "j", NULL, "x", NULL });
	assert_int_equal(store_call_count(t.store), 3);
	sip_store_event(&t, 999100, EVENT_LOG, A, C, "third", "x");
	events_are(&t, 1, "near-second second");
	events_are(&t, 2, "third");
	sip_store_release(&t);
}

/* Many events of one connection, many of different ones. */
static void
test_many(void **state)
{
	struct sip_store t;
	uint32_t *list = NULL;
	size_t cap = 0;
	uint64_t left = 0;
	char end[32], text[32];

	(void)state;
	sip_store_init(&t);
	t.like.transport = TRANSPORT_TCP;
	invite(&t, 0, A2, B, "x");
	sip_store_say(&t, 5, B, A2, &(struct sip_line){
		"SIP/2.0 180 Ringing", "1 INVITE", "i", "b", "x", NULL });
	for (int i = 0; i < 20000; i++) {
		snprintf(end, sizeof(end), "192.0.2.9:%d", 1024 + i);
		snprintf(text, sizeof(text), "%d", i);
		sip_store_event(&t, 1, EVENT_RESET, end, B, text, NULL);
		if (i % 10 == 0)
			sip_store_event(&t, 2 - i * 1e-6, EVENT_GAP, A2, B, text, NULL);
	}
	assert_int_equal(store_call_events(t.store, store_call(t.store, 0), &list, &cap, &left),
			 STORE_CALL_EVENTS_MAX);
	assert_int_equal(left, 2000 - STORE_CALL_EVENTS_MAX);
	for (size_t i = 1; i < STORE_CALL_EVENTS_MAX; i++)
		assert_true(store_event(t.store, list[i - 1])->time <=
			    store_event(t.store, list[i])->time);
	/* The first ones: the last that were told. */
	assert_string_equal(store_name(t.store, store_event(t.store, list[0])->text).p, "19990");
	free(list);
	sip_store_release(&t);
}

static void
test_words(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *text, *want;
	} rows[] = {
		{ EVENT_GAP, "1460 bytes not captured", "gap: 1460 bytes not captured" },
		{ EVENT_GAP, "", "gap in the stream" },
		{ EVENT_RESET, "", "connection reset" },
		{ EVENT_RESET, "Connection reset by peer", "Connection reset by peer" },
		{ EVENT_REFUSED, "", "connection refused" },
		{ EVENT_UNANSWERED, "", "connection attempt not answered" },
		{ EVENT_ALERT, "fatal: handshake failure", "TLS alert: fatal: handshake failure" },
		{ EVENT_ICMP, "port unreachable for INVITE", "ICMP port unreachable for INVITE" },
		{ EVENT_ICMP, "", "ICMP error" },
		{ EVENT_LOG, "a line", "log: a line" },
		{ EVENT_RTCP, "", "RTCP report" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		buf_clear(&b);
		event_say(&b, rows[i].kind, str_of(rows[i].text));
		assert_string_equal(buf_cstr(&b), rows[i].want);
	}
	assert_string_equal(event_name(EVENT_ALERT), "tls-alert");
	assert_string_equal(carrier_name(CARRIER_HEP), "hep");
	assert_null(carrier_name(CARRIER_NONE));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_call_ids),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
