/* What the views note of calls, while calls come and go for ever: against plain arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/sparse.h"
#include "base/time.h"
#include "query_sample.h"
#include "views/call_rows.h"
#include "views/call_set.h"
#include "views/tally.h"

static uint64_t seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

/* ---- elements by index ---- */

#define ELEMENTS	20000u

static void
sparse_against_array(void **state)
{
	struct sparse s;
	uint64_t *plain = xcalloc(ELEMENTS, sizeof(*plain));
	uint32_t n = 0;

	(void)state;
	seed = 1;
	sparse_init(&s, sizeof(uint64_t));
	assert_null(sparse_find(&s, 5));
	assert_int_equal(sparse_from(&s, 0), UINT32_MAX);
	for (uint32_t step = 0; step < 60000; step++) {
		/* A window that moves on: the old ones go. */
		uint32_t i = (step / 4 + below(3000)) % ELEMENTS;

		if (below(2)) {
			uint64_t *e = sparse_put(&s, i);

			assert_int_equal(*e, plain[i]);
			n += plain[i] == 0;
			*e = plain[i] = step + 1;
		} else {
			sparse_drop(&s, i);
			n -= plain[i] != 0;
			plain[i] = 0;
		}
		assert_int_equal(s.n, n);
	}
	for (uint32_t i = 0, next = 0; i < ELEMENTS; i++) {
		const uint64_t *e = sparse_find(&s, i);

		assert_int_equal(e ? *e : 0, plain[i]);
		if (plain[i]) {
			assert_int_equal(sparse_from(&s, next), i);
			next = i + 1;
		}
	}
	for (uint32_t i = 0; i < ELEMENTS; i++)
		sparse_drop(&s, i);
	assert_int_equal(s.n, 0);
	assert_true(sparse_memory(&s) < 64 * 12 * 2);
	sparse_release(&s);
	free(plain);
}

/* ---- sets ---- */

static void
set_against_array(void **state)
{
	struct call_set s = { 0 };
	bool *plain = xcalloc(ELEMENTS, sizeof(*plain));
	uint32_t members = 0;

	(void)state;
	seed = 2;
	for (uint32_t step = 0; step < 80000; step++) {
		uint32_t n = step / 5 + 3000, i = step / 5 + below(3000);

		call_set_grow(&s, n < ELEMENTS ? n : ELEMENTS);
		if (i >= s.n)
			continue;
		if (below(3)) {
			members += !plain[i];
			call_set_put(&s, i, true);
			plain[i] = true;
		} else {
			members -= plain[i];
			call_set_drop(&s, i);
			plain[i] = false;
		}
		/* One that goes for good, but for few of them. */
		i = step / 5;
		if (step % 5 == 0 && i % 700 && plain[i]) {
			call_set_drop(&s, i);
			plain[i] = false;
			members--;
		}
		assert_int_equal(s.members, members);
		if (step % 1000)
			continue;
		for (uint32_t k = 0, row = 0; k < s.n; k++) {
			assert_int_equal(call_set_has(&s, k), plain[k]);
			assert_int_equal(call_set_row(&s, k), row);
			if (!plain[k])
				continue;
			assert_int_equal(call_set_at(&s, row), k);
			row++;
		}
		assert_int_equal(call_set_at(&s, members), UINT32_MAX);
	}
	for (uint32_t i = call_set_from(&s, 0), k = 0; k < ELEMENTS; k++) {
		if (!plain[k])
			continue;
		assert_int_equal(i, k);
		i = call_set_next(&s, i);
	}
	call_set_drop(&s, UINT32_MAX);
	call_set_release(&s);
	free(plain);
}

/* Those that are gone take next to nothing. */
static void
set_gives_back(void **state)
{
	struct call_set s = { 0 };
	const uint32_t n = 4000000;

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		call_set_grow(&s, i + 1);
		call_set_put(&s, i, true);
		if (i >= 10000)
			call_set_drop(&s, i - 10000);
	}
	assert_int_equal(s.members, 10000);
	assert_true(call_set_memory(&s) < 40000);
	assert_int_equal(call_set_at(&s, 0), n - 10000);
	assert_int_equal(call_set_row(&s, n - 5000), 5000);
	call_set_release(&s);
}

/* ---- rows and counts, over a store that lets go ---- */

#define CALLS	3000u

static void
add_call(struct sample *s, uint32_t i)
{
	static const char *const answers[] = { "486 Busy Here", "200 OK", "503 No", "404 no" };
	char head[256], first[64];

	snprintf(head, sizeof(head), "Via: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n"
		 "From: <sip:%s%u@x>;tag=f%u\r\nTo: <sip:u%u@x>\r\nCall-ID: c%u\r\n"
		 "CSeq: 1 INVITE\r\n", i, below(2) ? "A-long-name-of-a-caller-" : "", below(40),
		 i, below(500), i);
	sample_message(s, i / 100.0, "10.0.0.1:5060", "10.0.9.9:5060", TRANSPORT_UDP,
		       "INVITE sip:u@x SIP/2.0", head, "");
	if (below(4) == 0)
		return;
	snprintf(first, sizeof(first), "SIP/2.0 %s", answers[below(4)]);
	sample_message(s, i / 100.0 + 0.001, "10.0.9.9:5060", "10.0.0.1:5060", TRANSPORT_UDP,
		       first, head, "");
}

static int
setup(void **state)
{
	struct sample *s = xcalloc(1, sizeof(*s));

	seed = 3;
	s->store = store_new();
	store_set_reader(s->store, sample_read, s);
	query_init(&s->query, s->store);
	s->query.lets_go = true;
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	sample_release(*state);
	free(*state);
	return 0;
}

/* As the list does: rows, counts, and what is gone. */
struct model {
	bool listed[CALLS], gone[CALLS];
	uint32_t n, listed_n;
};

static void
check_rows(const struct call_rows *r, const struct model *m)
{
	uint32_t seen = 0;
	bool *met = xcalloc(CALLS, sizeof(*met));

	assert_int_equal(call_rows_count(r), m->listed_n);
	for (uint32_t row = 0; row < m->listed_n; row++) {
		uint32_t call = call_rows_at(r, row);

		assert_true(call < CALLS && m->listed[call] && !m->gone[call] && !met[call]);
		met[call] = true;
		assert_int_equal(call_rows_row(r, call), row);
		seen++;
	}
	assert_int_equal(seen, m->listed_n);
	assert_int_equal(call_rows_at(r, m->listed_n), UINT32_MAX);
	free(met);
}

/* A step of whatever may happen. */
static void
happen(struct sample *s, struct call_rows *r, struct tally *t, struct model *m)
{
	uint32_t i;

	if (m->n < CALLS && below(3)) {
		add_call(s, m->n);
		call_rows_grow(r, m->n + 1);
		tally_tell(t, s->store, m->n);
		tally_count(t, m->n, true);
		call_rows_put(r, m->n, true);
		m->listed[m->n++] = true;
		m->listed_n++;
	}
	if (m->n == 0)
		return;
	i = below(m->n);
	if (m->gone[i])
		return;
	switch (below(4)) {
	case 0:
		call_rows_touch(r, i);
		break;
	case 1:
		m->listed_n += m->listed[i] ? UINT32_MAX : 1;
		m->listed[i] = !m->listed[i];
		call_rows_put(r, i, m->listed[i]);
		break;
	case 2:
		m->listed_n -= m->listed[i];
		m->gone[i] = true;
		store_drop_call(s->store, i);
		call_rows_forget(r, i);
		tally_forget(t, i);
		break;
	}
}

static void
rows_against_array(void **state)
{
	static const char *const orders[] = { "", "-index", "from_user", "-state,from_user",
					      "messages", "header.via" };
	struct sample *s = *state;
	struct model *m = xcalloc(1, sizeof(*m));
	struct call_rows r;
	struct tally t;
	struct err err;
	uint64_t counted = 0;

	call_rows_init(&r, &s->query);
	tally_init(&t);
	for (uint32_t step = 0; step < 9000; step++) {
		if (step % 1000 == 0)
			assert_int_equal(call_rows_sort(&r, str_of(orders[step / 1000 % 6]), &err), 0);
		happen(s, &r, &t, m);
		/* Pieces of no time: things happen in each phase. */
		if (below(3) == 0)
			call_rows_work(&r, 0);
		if (step % 97 == 0)
			check_rows(&r, m);
	}
	r.complete = true;
	while (call_rows_work(&r, INT64_MAX))
		;
	check_rows(&r, m);
	for (int i = 0; i < TALLY_GROUP_COUNT; i++)
		counted += t.groups[i];
	assert_int_equal(counted, tally_known(&t));
	for (uint32_t i = 0; i < m->n; i++) {
		if (!m->gone[i]) {
			m->listed[i] = false;
			store_drop_call(s->store, i);
			call_rows_forget(&r, i);
			tally_forget(&t, i);
		}
	}
	m->listed_n = 0;
	check_rows(&r, m);
	assert_int_equal(tally_known(&t), 0);
	for (int i = 0; i < TALLY_OUTCOME_COUNT; i++)
		assert_int_equal(t.counts[i], 0);
	call_rows_release(&r);
	tally_release(&t);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sparse_against_array),
		cmocka_unit_test(set_against_array),
		cmocka_unit_test(set_gives_back),
		cmocka_unit_test_setup_teardown(rows_against_array, setup, teardown),
	};

	return cmocka_run_group_tests_name("gone", tests, NULL, NULL);
}
