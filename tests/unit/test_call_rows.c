/* The order of the list of calls against a plain sorted array, the sort in pieces
 * against the values one by one, and the places of columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "query_sample.h"
#include "views/call_columns.h"
#include "views/call_rows.h"

#define CALLS	3000u

static uint64_t seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

/* A call of few kinds: many ties, many without an answer. */
static void
add_call(struct sample *s, uint32_t i)
{
	static const char *const methods[] = { "INVITE", "OPTIONS", "MESSAGE" };
	static const char *const answers[] = { "486 Busy Here", "200 OK", "503 No", "404 no" };
	static const char *const ids[] = {
		"", "", "X-Id: a\r\n", "X-Id: B\r\n", "X-Id: same up to sixteen and on\r\n",
		"X-Id: same up to Sixteen and so\r\n", "X-Id: same up to\r\n",
		/* the highest bytes there are, and the lowest */
		"X-Id: \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\r\n",
		"X-Id: \xff\xff\xff\xff\xff\xff\xff\xff""a\r\n",
		"X-Id: \xff\xff\xff\xff\xff\xff\xff\xfe""b\r\n",
		"X-Id: \x01\r\n", "X-Id: \x01\x01\r\n",
	};
	const char *method = methods[below(3)], *answer = answers[below(4)];
	char head[512], src[64], first[64];

	if (below(3))
		snprintf(src, sizeof(src), "10.0.%u.%u:%u", below(3), below(3), 5060 + below(2));
	else
		snprintf(src, sizeof(src), "[2001:db8::%u:%u]:%u", below(3), below(3),
			 5060 + below(2));
	snprintf(head, sizeof(head), "Via: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n"
		 "From: <sip:%s%u@x%s>;tag=f%u\r\nTo: <sip:u%u@x>\r\nCall-ID: c%u\r\n"
		 "CSeq: 1 %s\r\n%s", i, below(2) ? "Caller-" : "caller-", below(40),
		 below(2) ? "\xff\xff\xff\xff" : "", i,
		 below(500), i, method, ids[below(ARRAY_SIZE(ids))]);
	snprintf(first, sizeof(first), "%s sip:u@x SIP/2.0", method);
	sample_message(s, i / 100.0, src, "10.0.9.9:5060", TRANSPORT_UDP, first, head, "");
	if (!below(3))
		return;
	snprintf(first, sizeof(first), "SIP/2.0 %s", answer);
	sample_message(s, i / 100.0 + below(1000) / 1e3, "10.0.9.9:5060", src, TRANSPORT_UDP,
		       first, head, "");
}

static int
setup(void **state)
{
	struct sample *s = xcalloc(1, sizeof(*s));

	seed = 4;
	s->store = store_new();
	store_set_reader(s->store, sample_read, s);
	for (uint32_t i = 0; i < CALLS; i++)
		add_call(s, i);
	query_init(&s->query, s->store);
	assert_int_equal(store_call_count(s->store), CALLS);
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

static const char *const orders[] = {
	"state", "-state", "status", "-status", "from_user,-status", "-from_user",
	"source,-messages,to_user", "-source", "header.x-id,-to_user",
	"-header.x-id", "from", "-from", "-setup_ms", "setup_ms",
	"call_id", "-call_id", "start", "flaws,-state", "any.cseq,method",
	"any.frames,-from", "-any.frames", "retransmissions,-source,middle", "-index", "index", "",
};

/* ---- the sort in pieces ---- */

/* How two items stand by the keys, asked one by one. */
static int
plain_cmp(struct query *q, const struct order_key *keys, size_t n, uint32_t a, uint32_t b)
{
	struct query_item x = query_call(q, a), y = query_call(q, b);

	for (size_t i = 0; i < n; i++) {
		struct buf text = BUF_INIT;
		struct field_value v = field_get(q, &keys[i].field, &x), w;
		int c;

		/* What was read is gone with the next question. */
		if (!v.absent && (v.kind == FIELD_TEXT || v.kind == FIELD_CHOICE)) {
			buf_add_str(&text, v.as.text);
			v.as.text = buf_str(&text);
		}
		w = field_get(q, &keys[i].field, &y);
		c = field_value_cmp(&v, &w);
		if (keys[i].reverse && !v.absent && !w.absent)
			c = -c;
		buf_release(&text);
		if (c)
			return c;
	}
	return 0;
}

/* A stable sort by inserting. */
static void
plain_sort(struct query *q, const char *text, uint32_t *items, size_t n)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct err err;
	int count = order_parse(QUERY_CALL, str_of(text), keys, &err);

	if (count < 0)
		return;
	for (size_t i = 1; i < n; i++) {
		uint32_t item = items[i];
		size_t low = 0, high = i;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (plain_cmp(q, keys, (size_t)count, items[middle], item) <= 0)
				low = middle + 1;
			else
				high = middle;
		}
		memmove(items + low + 1, items + low, (i - low) * sizeof(*items));
		items[low] = item;
	}
}

static void
job(void **state)
{
	struct sample *s = *state;

	for (size_t k = 0; k < ARRAY_SIZE(orders) - 1; k++) {
		uint32_t items[700], same[700], want[700];
		uint32_t n = below(3) ? below(ARRAY_SIZE(items)) : below(20), steps = 0;
		struct order_key keys[ORDER_MAX_KEYS];
		struct order_job job;
		struct err err;
		int count = order_parse(QUERY_CALL, str_of(orders[k]), keys, &err);

		for (uint32_t i = 0; i < n; i++)
			items[i] = same[i] = want[i] = below(CALLS);
		plain_sort(&s->query, orders[k], want, n);
		order_job_start(&job, &s->query, QUERY_CALL, keys, (size_t)count, items, n);
		while (order_job_step(&job, 0))
			steps++;
		order_job_release(&job);
		order_sort(&s->query, QUERY_CALL, keys, (size_t)count, same, n);
		assert_memory_equal(items, want, n * sizeof(*items));
		assert_memory_equal(same, want, n * sizeof(*items));
		assert_true(n < 2 || steps > 1);
		/* Given up on the way. */
		order_job_start(&job, &s->query, QUERY_CALL, keys, (size_t)count, items, n);
		order_job_step(&job, 0);
		order_job_release(&job);
		assert_memory_equal(items, want, n * sizeof(*items));
	}
}

/* ---- the list ---- */

/* Rows and calls agree, and are those that are listed. */
static void
check_rows(const struct call_rows *r, const bool *listed, uint32_t n)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < n; i++)
		count += listed[i];
	assert_int_equal(call_rows_count(r), count);
	for (uint32_t row = 0; row < count; row++) {
		uint32_t call = call_rows_at(r, row);

		assert_true(call < n && listed[call]);
		assert_int_equal(call_rows_row(r, call), row);
	}
	assert_int_equal(call_rows_at(r, count), UINT32_MAX);
}

/* All is sorted, and as the plain sort has it. */
static void
check_sorted(struct call_rows *r, struct query *q, const char *text, const bool *listed,
	     uint32_t n)
{
	uint32_t *want = xcalloc(n + 1, sizeof(*want)), count = 0;

	r->complete = true;
	while (call_rows_work(r, 0))
		;
	r->complete = false;
	assert_false(call_rows_is_sorting(r));
	for (uint32_t i = 0; i < n; i++)
		if (listed[i])
			want[count++] = i;
	plain_sort(q, text, want, count);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(call_rows_at(r, i), want[i]);
	check_rows(r, listed, n);
	free(want);
}

/* One of all that can happen to the list. */
static void
do_something(struct call_rows *r, bool *listed, uint32_t *n, const char **text)
{
	struct err err;
	uint32_t call = *n > 0 ? below(*n) : 0, what = below(100), many;

	if (what < 30 && *n < CALLS) {
		many = below(20) + 1;
		*n = *n + many < CALLS ? *n + many : CALLS;
		call_rows_grow(r, *n);
	} else if (what < 90 && *n > 0) {
		for (many = below(60); many > 0; many--) {
			call = below(*n);
			listed[call] = below(3) > 0;
			call_rows_put(r, call, listed[call]);
			if (below(2))
				call_rows_touch(r, call);
		}
	} else if (what < 93 && *n > 0) {
		bool on = below(2);

		for (uint32_t i = 0; i < *n; i++)
			call_rows_put(r, i, listed[i] = on);
	} else if (what < 96) {
		*text = orders[below(ARRAY_SIZE(orders))];
		assert_int_equal(call_rows_sort(r, str_of(*text), &err), 0);
	} else if (what == 96) {
		call_rows_clear(r);
		memset(listed, 0, CALLS * sizeof(*listed));
		*n = 0;
	}
}

static void
rows(void **state)
{
	struct sample *s = *state;
	bool *listed = xcalloc(CALLS, sizeof(*listed));
	struct call_rows r;
	const char *text = "";
	uint32_t n = 0;

	call_rows_init(&r, &s->query);
	for (int turn = 0; turn < 3000; turn++) {
		do_something(&r, listed, &n, &text);
		for (uint32_t i = below(4); i > 0; i--)
			call_rows_work(&r, 0);
		if (turn % 10 == 0)
			check_rows(&r, listed, n);
		if (turn % 25 == 0)
			check_sorted(&r, &s->query, text, listed, n);
	}
	check_sorted(&r, &s->query, text, listed, n);
	call_rows_release(&r);
	free(listed);
}

/* What comes stands at the end until it is sorted; what goes is gone at once. */
static void
meanwhile(void **state)
{
	struct sample *s = *state;
	struct call_rows r;
	struct err err;
	uint32_t first;

	call_rows_init(&r, &s->query);
	assert_int_equal(call_rows_sort(&r, STR("-index"), &err), 0);
	call_rows_grow(&r, CALLS);
	for (uint32_t i = 0; i < 100; i++) {
		call_rows_put(&r, i, true);
		assert_int_equal(call_rows_at(&r, 0), i);	/* the newest first at once */
	}
	assert_false(call_rows_work(&r, 0));
	call_rows_take_changed(&r);
	assert_int_equal(call_rows_sort(&r, STR("from_user"), &err), 0);
	assert_int_equal(call_rows_at(&r, 0), 0);	/* as they came, until it is sorted */
	assert_true(call_rows_is_sorting(&r));
	while (call_rows_work(&r, 0))
		;
	assert_true(call_rows_take_changed(&r));
	assert_false(call_rows_take_changed(&r));
	first = call_rows_at(&r, 0);
	call_rows_put(&r, first, false);
	assert_int_not_equal(call_rows_at(&r, 0), first);
	call_rows_put(&r, first, true);
	assert_int_equal(call_rows_at(&r, 0), first);
	call_rows_put(&r, 200, true);
	assert_int_equal(call_rows_at(&r, 100), 200);
	/* A wrong one changes nothing. */
	assert_int_equal(call_rows_sort(&r, STR("form_user"), &err), -1);
	assert_string_equal(err.text, "unknown field 'form_user' (did you mean 'from_user'?)");
	assert_int_equal(call_rows_at(&r, 0), first);
	call_rows_release(&r);
}

static void
said(const struct call_rows *r, const char *want)
{
	struct buf text = BUF_INIT;

	call_rows_add_sort(r, &text);
	assert_string_equal(buf_cstr(&text), want);
	buf_release(&text);
}

static void
turning(void **state)
{
	struct sample *s = *state;
	struct call_rows r;
	struct err err;

	call_rows_init(&r, &s->query);
	said(&r, "");
	call_rows_turn(&r);
	said(&r, "-index");
	assert_int_equal(call_rows_sort_by(&r, STR("index"), &err), 0);
	assert_false(r.reverse);
	assert_int_equal(call_rows_sort_by(&r, STR("header.X-Id"), &err), 0);
	said(&r, "header.X-Id");
	assert_int_equal(call_rows_sort_by(&r, STR("header.x-id"), &err), 0);
	said(&r, "-header.X-Id");
	assert_int_equal(call_rows_sort(&r, STR("status,-start"), &err), 0);
	call_rows_turn(&r);
	said(&r, "-status,start");
	assert_int_equal(call_rows_sort_by(&r, STR("nothing"), &err), -1);
	said(&r, "-status,start");
	call_rows_release(&r);
}

/* ---- columns ---- */

/* Nothing overlaps or passes the edge, at every width and place. */
static void
check_fit(const struct call_columns *c, int width, int fixed, int scroll)
{
	struct call_layout l;
	int end = 0, seen = 0;
	size_t last = SIZE_MAX;

	call_columns_fit(c, &l, width, fixed, scroll, 7);
	assert_true(l.scroll_max >= 0 && (c->n == 0 || l.scroll_max < (int)c->n));
	for (size_t i = 0; i < c->n; i++) {
		if (l.places[i].width == 0)
			continue;
		assert_int_equal(l.places[i].x, end + (seen == 0 ? 0 : seen == 1 ? 2 : 1));
		if (seen == 0)
			assert_int_equal(l.mark, l.places[i].width);
		end = l.places[i].x + l.places[i].width;
		assert_int_equal(call_layout_at(&l, c->n, end), i);
		assert_int_equal(call_layout_at(&l, c->n, l.places[i].x), i);
		seen++;
		last = i;
	}
	assert_true(end <= width);
	assert_true(width == 0 || c->n == 0 || seen > 0);
	assert_true(!l.more || last != c->n - 1);
	if (scroll >= l.scroll_max && c->n > 0 && width > 0)
		assert_int_equal(last, c->n - 1);
}

/* Names with blanks between, and ":WIDTH" behind them. */
static void
choose(struct call_columns *c, const char *names)
{
	struct str rest = str_of(names), word, name;
	struct err err;

	call_columns_clear(c);
	while (str_cut(&rest, ' ', &word)) {
		uint64_t width = 0;

		str_cut(&word, ':', &name);
		str_to_u64(word, &width);
		assert_int_equal(call_columns_add(c, name, (int)width, &err), 0);
	}
}

static void
columns_fit(void **state)
{
	struct call_columns c;
	struct err err;

	(void)state;
	call_columns_init(&c);
	for (int kind = 0; kind < 4; kind++) {
		for (int width = 0; width <= 300; width++)
			for (int fixed = 0; fixed < 5; fixed++)
				for (int scroll = 0; scroll < 15; scroll++)
					check_fit(&c, width, fixed, scroll);
		if (kind == 0)
			choose(&c, "start index method:120 from_user state source reason pdd_ms");
		else if (kind == 1)
			choose(&c, "reason:120");
		else
			call_columns_clear(&c);
		if (kind == 2)
			assert_int_equal(call_columns_add(&c, STR("flaws"), 0, &err), 0);
	}
	call_columns_release(&c);
}

/* The number of a call, or a stream, is whole. */
static void
columns_numbers(void **state)
{
	static const enum query_subject of[] = { QUERY_CALL, QUERY_STREAM, QUERY_STREAM };
	static const char *const names[] = { "index", "index", "call.index" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct call_columns c;
		struct call_layout l;
		struct err err;
		int seen = 0;

		call_columns_init_of(&c, of[i]);
		call_columns_add(&c, str_of(names[i]), 0, &err);
		for (int scroll = 0; scroll < 30; scroll++) {
			size_t at = call_columns_find(&c, str_of(names[i]));

			call_columns_fit(&c, &l, 80, 1, scroll, 9);
			if (l.places[at].width == 0)
				continue;
			seen++;
			assert_true(l.places[at].width >= (i == 2 ? 10 : 9));
		}
		assert_true(seen > 0);
		call_columns_release(&c);
	}
}

static void
columns_chosen(void **state)
{
	struct call_columns c;
	struct call_layout l;
	struct err err;
	uint32_t revision;

	(void)state;
	call_columns_init(&c);
	/* All the usual ones fit a wide screen, and the texts have room. */
	call_columns_fit(&c, &l, 200, 1, 0, 4);
	assert_int_equal(l.scroll_max, 0);
	assert_false(l.more);
	assert_true(l.places[call_columns_find(&c, STR("reason"))].width >= 22);
	assert_int_equal(call_columns_find(&c, STR("from-user")), 2);
	assert_int_equal(call_columns_find(&c, STR("cause")), SIZE_MAX);
	revision = c.revision;
	assert_int_equal(call_columns_add(&c, STR(" Header.User-Agent "), 10, &err), 0);
	assert_int_not_equal(c.revision, revision);
	assert_string_equal(buf_cstr(&c.list[c.n - 1].name), "header.User-Agent");
	assert_true(str_eq(call_column_title(&c.list[c.n - 1]), STR("User-Agent")));
	assert_int_equal(call_columns_add(&c, STR("header.user-agent"), 0, &err), -1);
	assert_string_equal(err.text, "there is a column 'header.user-agent' already");
	assert_int_equal(call_columns_add(&c, STR("any.cseq"), 0, &err), 0);
	assert_string_equal(buf_cstr(&c.list[c.n - 1].name), "any.cseq");
	assert_int_equal(call_columns_add(&c, STR("stat"), 0, &err), -1);
	assert_string_equal(err.text, "unknown field 'stat' (did you mean 'state'?)");
	choose(&c, "any.cseq:100000 method");
	assert_string_equal(buf_cstr(&c.list[0].name), "any.cseq");
	assert_string_equal(buf_cstr(&c.list[1].name), "method");
	assert_int_equal(c.list[0].width, CALL_COLUMN_WIDTH_MAX);
	for (unsigned int i = 0; c.n < CALL_COLUMNS_MAX; i++) {
		char name[32];

		snprintf(name, sizeof(name), "header.x-%u", i);
		assert_int_equal(call_columns_add(&c, str_of(name), 0, &err), 0);
	}
	assert_int_equal(call_columns_add(&c, STR("cause"), 0, &err), -1);
	assert_string_equal(err.text, "more than 64 columns");
	call_columns_reset(&c);
	assert_int_equal(c.n, 14);
	assert_string_equal(buf_cstr(&c.list[13].name), "transport");
	call_columns_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(job), cmocka_unit_test(rows), cmocka_unit_test(meanwhile),
		cmocka_unit_test(turning), cmocka_unit_test(columns_fit),
		cmocka_unit_test(columns_numbers),
		cmocka_unit_test(columns_chosen),
	};

	return cmocka_run_group_tests_name("call rows", tests, setup, teardown);
}
