#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/statistics.h"
#include "query_sample.h"

/* ---- rate ---- */

static void
count(struct rate *r, int64_t ms)
{
	rate_count(r, ms * NS_PER_MS, 1);
}

static uint64_t
sum(const struct rate *r)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < RATE_BUCKETS; i++) {
		n += r->n[i];
		if (i >= r->used)
			assert_true(r->n[i] == 0);
	}
	return n;
}

static void
test_rate(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r);
	assert_int_equal(r.used, 0);
	rate_count(&r, TIME_NONE, 1);
	assert_int_equal(r.used, 0);
	assert_int_equal(r.timeless, 1);
	count(&r, 1000);
	count(&r, 1000 + RATE_BUCKETS - 1);
	assert_true(r.width == NS_PER_MS);
	assert_int_equal(r.used, RATE_BUCKETS);
	assert_true(rate_start(&r, 0) == NS_PER_S);
	/* One too far: twice as wide, nothing lost. */
	count(&r, 1000 + RATE_BUCKETS);
	assert_true(r.width == 2 * NS_PER_MS);
	assert_true(rate_start(&r, 0) == NS_PER_S);
	assert_int_equal(r.used, RATE_BUCKETS / 2 + 1);
	assert_int_equal(r.n[RATE_BUCKETS / 2 - 1], 1);
	assert_int_equal(r.n[RATE_BUCKETS / 2], 1);
	/* Before the first one, without and with room. */
	count(&r, 100);
	assert_true(r.width == 2 * NS_PER_MS);
	assert_true(rate_start(&r, 0) == 100 * NS_PER_MS);
	count(&r, -5000);
	assert_true(r.width == 4 * NS_PER_MS);
	assert_true(rate_start(&r, 0) == -5000 * NS_PER_MS);
	assert_int_equal(sum(&r), 5);
	rate_count(&r, 100 * NS_PER_MS, -1);
	assert_int_equal(sum(&r), 4);
}

static void
test_rate_bounds(void **state)
{
	struct rate r;
	uint64_t random = 1;

	(void)state;
	rate_init(&r);
	rate_count(&r, INT64_MAX, 1);
	rate_count(&r, INT64_MIN + 1, 1);
	rate_count(&r, 0, 1);
	assert_int_equal(sum(&r), 3);
	/* Each moment is in its bucket, in whatever order they come. */
	rate_init(&r);
	for (int i = 0; i < 20000; i++) {
		int64_t t;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		t = (int64_t)(random >> (random & 31)) / (i % 7 + 1);
		rate_count(&r, t, 1);
		if (t == TIME_NONE)
			continue;
		assert_true(t >= rate_start(&r, 0) && (t < rate_start(&r, r.used - 1) ||
			    (uint64_t)t - (uint64_t)rate_start(&r, r.used - 1) <
			    (uint64_t)r.width));
	}
	assert_int_equal(sum(&r) + r.timeless, 20000);
}

/* ---- spans ---- */

static const struct {
	size_t n;		/* spans 1..n, in another order */
	int64_t median, p95, p99;
} ranks[] = {
	{ 1, 1, 1, 1 }, { 2, 1, 2, 2 }, { 3, 2, 3, 3 }, { 4, 2, 4, 4 }, { 20, 10, 19, 20 },
	{ 100, 50, 95, 99 }, { 101, 51, 96, 100 }, { 1000, 500, 950, 990 },
	{ 1024, 512, 973, 1014 }, { 1025, 513, 974, 1015 }, { 4096, 2048, 3892, 4056 },
	{ 50021, 25011, 47520, 49521 },
};

static void
test_spans(void **state)
{
	struct spans s = { 0 };
	struct span_figures f;

	(void)state;
	assert_false(spans_sort(&s));
	assert_int_equal(spans_figures(&s).n, 0);
	for (size_t k = 0; k < ARRAY_SIZE(ranks); k++) {
		size_t n = ranks[k].n;

		spans_clear(&s);
		/* 7919 is a prime that divides none of them. */
		for (size_t i = 0; i < n; i++)
			spans_add(&s, (int64_t)(i * 7919 % n) + 1);
		while (spans_sort(&s))
			;
		for (size_t i = 0; i < n; i++)
			assert_true(s.v[i] == (int64_t)i + 1);
		f = spans_figures(&s);
		assert_int_equal(f.n, n);
		assert_true(f.min == 1 && f.max == (int64_t)n);
		assert_true(f.median == ranks[k].median);
		assert_true(f.p95 == ranks[k].p95 && f.p99 == ranks[k].p99);
	}
	spans_release(&s);
}

/* ---- statistics ---- */

struct fixture {
	struct sample sample;
	struct statistics stats;
	uint32_t taken;		/* calls, a bit each */
};

static bool
takes(void *ctx, uint32_t call)
{
	const struct fixture *f = ctx;

	return f->taken >> call & 1;
}

static void
finish(struct fixture *f)
{
	for (int n = 0; statistics_step(&f->stats); n++)
		assert_true(n < 100000);
}

static struct statistics_host
host(const struct fixture *f, const char *address)
{
	struct net_addr addr;

	assert_true(net_addr_parse(str_of(address), &addr));
	for (uint32_t i = 1; i < f->stats.host_n; i++)
		if (net_addr_eq(&f->stats.hosts[i].addr, &addr))
			return f->stats.hosts[i];
	return (struct statistics_host){ 0 };
}

static void
check_host(const struct fixture *f, const char *address, uint64_t sent, uint64_t received,
	   uint32_t calls)
{
	struct statistics_host h = host(f, address);

	assert_int_equal(h.sent, sent);
	assert_int_equal(h.received, received);
	assert_int_equal(h.calls, calls);
}

/* All six calls of the sample. */
static void
check_all(const struct fixture *f)
{
	const struct statistics *s = &f->stats;
	uint32_t top[3];

	assert_int_equal(s->messages, 19);
	assert_int_equal(s->requests, 11);
	assert_int_equal(s->responses, 8);
	assert_int_equal(s->retransmissions, 1);
	assert_int_equal(s->methods[SIP_METHOD_INVITE], 5);
	assert_int_equal(s->methods[SIP_METHOD_ACK], 3);
	assert_int_equal(s->codes[200], 4);
	assert_int_equal(s->codes[180], 1);
	assert_int_equal(s->codes[503], 1);
	assert_int_equal(s->calls.n, 6);
	assert_int_equal(s->calls.kinds[CALL_INVITE], 4);
	assert_int_equal(s->calls.kinds[CALL_REGISTER], 1);
	assert_int_equal(s->calls.states[CALL_STATE_COMPLETED], 1);
	assert_int_equal(s->calls.states[CALL_STATE_BUSY], 1);
	assert_int_equal(s->calls.answered, 2);
	assert_true(s->calls.first == SAMPLE_START);
	assert_true(s->calls.last == SAMPLE_START + 301300 * NS_PER_MS);
	assert_int_equal(sum(&s->rate), 19);
	assert_int_equal(sum(&s->calls.rate), 6);
	assert_int_equal(s->setup.n, 2);
	assert_true(s->setup.min == 1250 * NS_PER_MS && s->setup.max == 3000 * NS_PER_MS);
	assert_int_equal(s->pdd.n, 2);
	assert_true(s->pdd.median == 600 * NS_PER_MS && s->pdd.p99 == 1250 * NS_PER_MS);
	check_host(f, "10.0.0.1", 6, 4, 2);
	check_host(f, "10.0.0.2", 5, 7, 3);
	check_host(f, "2001:db8::5", 1, 1, 1);
	assert_int_equal(s->agents[STATISTICS_NOT_TOLD].asked, 5);
	assert_int_equal(s->agents[STATISTICS_NOT_TOLD].answered, 6);
	assert_int_equal(statistics_top_agents(s, top, 3), 1);
	assert_true(str_eq(s->agents[top[0]].name, STR("Softphone 3.2")));
	assert_int_equal(s->agents[top[0]].asked, 1);
	assert_int_equal(statistics_top_hosts(s, top, 3), 3);
	assert_int_equal(s->hosts[top[0]].sent + s->hosts[top[0]].received, 12);
	assert_int_equal(s->unread, 0);
	assert_false(s->calls_cut);
}

static void
check_none(const struct fixture *f)
{
	const struct statistics *s = &f->stats;
	uint32_t top[3];

	assert_int_equal(s->messages + s->requests + s->responses + s->retransmissions, 0);
	for (size_t i = 0; i < ARRAY_SIZE(s->codes); i++)
		assert_int_equal(s->codes[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(s->methods); i++)
		assert_int_equal(s->methods[i], 0);
	for (uint32_t i = 0; i < s->host_n; i++)
		assert_int_equal(s->hosts[i].calls, 0);
	for (uint32_t i = 0; i < s->agent_n; i++)
		assert_int_equal(s->agents[i].asked + s->agents[i].answered, 0);
	assert_int_equal(sum(&s->rate) + sum(&s->calls.rate), 0);
	assert_int_equal(s->calls.n, 0);
	assert_true(s->calls.first == TIME_NONE);
	assert_int_equal(s->setup.n, 0);
	assert_int_equal(statistics_top_hosts(s, top, 3), 0);
	assert_int_equal(statistics_top_agents(s, top, 3), 0);
	assert_int_equal(s->unread, 0);
	assert_int_equal(s->pair_n, 0);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	sample_init(&f->sample);
	f->taken = UINT32_MAX;
	statistics_init(&f->stats, &f->sample.query, takes, f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	statistics_release(&f->stats);
	sample_release(&f->sample);
	free(f);
	return 0;
}

static void
test_all(void **state)
{
	struct fixture *f = *state;
	uint32_t version;

	finish(f);
	check_all(f);
	/* With nothing new there is nothing to do. */
	version = f->stats.version;
	assert_false(statistics_step(&f->stats));
	assert_int_equal(f->stats.version, version);
}

static void
test_some(void **state)
{
	struct fixture *f = *state;

	/* Calls come and go, counted before and not. */
	f->taken = 1 << 1 | 1 << 4;
	finish(f);
	assert_int_equal(f->stats.calls.n, 2);
	assert_int_equal(f->stats.messages, 5);
	assert_int_equal(f->stats.codes[486], 1);
	assert_int_equal(f->stats.codes[200], 0);
	assert_int_equal(f->stats.setup.n, 0);
	check_host(f, "10.0.0.1", 0, 0, 0);
	f->taken = UINT32_MAX;
	assert_false(statistics_step(&f->stats));
	statistics_retake(&f->stats);
	finish(f);
	check_all(f);
	f->taken = 0;
	statistics_retake(&f->stats);
	finish(f);
	check_none(f);
	f->taken = UINT32_MAX;
	statistics_retake(&f->stats);
	finish(f);
	check_all(f);
}

static void
test_grows(void **state)
{
	struct fixture *f = *state;
	struct statistics *s = &f->stats;
	struct buf b = BUF_INIT;

	finish(f);
	sample_message(&f->sample, 350, "10.0.0.1:5060", "10.0.0.2:5060", TRANSPORT_UDP,
		       "BYE sip:dave@x SIP/2.0",
		       SAMPLE_HEAD("six", "6c", "<sip:carol@x>;tag=f6", "<sip:dave@x>;tag=t6",
				   "2 BYE"), "");
	finish(f);
	assert_int_equal(s->calls.n, 6);
	assert_int_equal(s->messages, 20);
	assert_int_equal(s->calls.states[CALL_STATE_COMPLETED], 2);
	/* A call with more addresses than are noted with it. */
	for (int i = 0; i < 20; i++) {
		buf_clear(&b);
		buf_printf(&b, "10.1.0.%d:5060", i / 2);
		sample_message(&f->sample, 360 + i, buf_cstr(&b), "10.2.0.1:5060", TRANSPORT_UDP,
			       "OPTIONS sip:x SIP/2.0",
			       SAMPLE_HEAD("many", "m", "<sip:m@x>;tag=f7", "<sip:x@x>",
					   "1 OPTIONS") "User-Agent: \r\nServer: Odd\r\n", "");
	}
	finish(f);
	check_host(f, "10.1.0.9", host(f, "10.1.0.9").sent, 0, 1);
	check_host(f, "10.1.0.1", host(f, "10.1.0.1").sent, 0, 1);
	check_host(f, "10.2.0.1", 0, host(f, "10.2.0.1").received, 1);
	assert_true(s->pair_n > 0);
	assert_true(s->messages + s->duplicates == 40);
	f->taken = 0;
	statistics_retake(s);
	finish(f);
	assert_int_equal(s->duplicates, 0);
	check_none(f);
	buf_release(&b);
}

static void
test_unread(void **state)
{
	struct fixture *f = *state;

	f->sample.broken = true;
	finish(f);
	assert_int_equal(f->stats.agents[STATISTICS_NOT_READ].asked, 6);
	assert_int_equal(f->stats.agents[STATISTICS_NOT_READ].answered, 6);
	assert_int_equal(f->stats.agent_n, STATISTICS_AGENTS);
	assert_int_equal(f->stats.messages, 19);
}

static void
test_bounds(void **state)
{
	struct fixture *f = *state;
	const uint32_t more = 500, agents = STATISTICS_AGENTS_MAX - STATISTICS_AGENTS + more;
	struct buf head = BUF_INIT, src = BUF_INIT;
	uint64_t others = 0;

	f->taken = UINT32_MAX;
	f->stats.takes = NULL;
	for (uint32_t i = 0; i < STATISTICS_HOSTS_MAX + more; i++) {
		buf_clear(&head);
		buf_clear(&src);
		buf_printf(&src, "10.9.%u.%u:5060", i >> 8, i & 255);
		buf_printf(&head, "Via: SIP/2.0/UDP h;branch=z9hG4bKx%u\r\nFrom: <sip:a@x>;tag=1\r\n"
			   "To: <sip:b@x>\r\nCall-ID: bound-%u\r\nCSeq: 1 OPTIONS\r\n"
			   "User-Agent: agent %u\r\n", i, i, i < agents - 1 ? i : 0);
		sample_message(&f->sample, 400, buf_cstr(&src), "10.0.0.1:5060", TRANSPORT_UDP,
			       "OPTIONS sip:x SIP/2.0", buf_cstr(&head), "");
	}
	finish(f);
	assert_int_equal(f->stats.host_n, STATISTICS_HOSTS_MAX);
	assert_int_equal(f->stats.agent_n, STATISTICS_AGENTS_MAX);
	assert_int_equal(f->stats.agents[STATISTICS_OTHERS].asked, more);
	for (uint32_t i = 0; i < f->stats.host_n; i++)
		others += f->stats.hosts[i].sent;
	assert_int_equal(others, f->stats.messages);
	assert_true(f->stats.hosts[STATISTICS_OTHERS].sent > more);
	buf_release(&head);
	buf_release(&src);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate), cmocka_unit_test(test_rate_bounds),
		cmocka_unit_test(test_spans),
		cmocka_unit_test_setup_teardown(test_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_some, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unread, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
	};

	return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
