/* Other legs of a call: what joins two calls, and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/related_int.h"
#include "sip_store.h"

#define U1	"ab30317f1a784dc48ff824d0d3715d86"
#define U2	"47755a9de7794ba387653f2099600ef2"
#define NIL	"00000000000000000000000000000000"

#define A	"192.0.2.1:5060"
#define BOX	"192.0.2.9:5060"
#define B	"198.51.100.1:5060"
#define C	"198.51.100.2:5060"

/* A request of a call. */
struct ask {
	double ms;
	const char *src, *dst, *call_id, *from, *to, *headers, *method;
};

static void
put(struct sip_store *t, const struct ask *a)
{
	const char *method = a->method ? a->method : "INVITE";
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s sip:%s@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s%d\r\n"
		   "From: <sip:%s@h>;tag=f%s\r\nTo: <sip:%s@h>\r\nCall-ID: %s\r\n"
		   "CSeq: 1 %s\r\n%sContent-Length: 0\r\n\r\n", method, a->to, a->call_id,
		   (int)a->ms, a->from, a->call_id, a->to, a->call_id, method,
		   a->headers ? a->headers : "");
	sip_store_add(t, a->ms, a->src, a->dst, buf_str(&b), 0);
	buf_release(&b);
}

/* What is found for call @from; @list has room for RELATED_MAX. */
static size_t
find(struct sip_store *t, uint32_t from, struct related *list)
{
	struct query q;
	struct related_job *j;
	const struct related *r;
	size_t n;

	query_init(&q, t->store);
	j = related_start(&q, &from, 1, STR("X-Call-ID, X-CID"));
	while (related_step(j, 1))
		;
	r = related_list(j, &n);
	memcpy(list, r, n * sizeof(*r));
	related_end(j);
	query_release(&q);
	return n;
}

/* Two calls at the same time, of other hosts and users: what the text of the second,
 * or the first, says joins them or not. */
static const struct {
	const char *first, *second;	/* headers */
	const char *id[2];
	int reason;			/* -1: not related */
} pairs[] = {
	{ NULL, NULL, { "one-1@h", "two-2@h" }, -1 },
	{ NULL, "X-Call-ID: one-1@h\r\n", { "one-1@h", "two-2@h" }, RELATED_HEADER },
	{ NULL, "x-cid:  one-1@h \r\n", { "one-1@h", "two-2@h" }, RELATED_HEADER },
	{ "X-Call-ID: two-2@h\r\n", NULL, { "one-1@h", "two-2@h" }, RELATED_HEADER },
	{ NULL, "X-CID: zero@h\r\nX-CID: one-1@h\r\n", { "one-1@h", "two-2@h" }, RELATED_HEADER },
	{ NULL, "X-CID: zero@h, one-1@h\r\n", { "one-1@h", "two-2@h" }, RELATED_HEADER },
	{ NULL, "X-CID: one-1@\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ NULL, "X-Other: one-1@h\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ NULL, "X-CID:\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ NULL, "Replaces: one-1@h;to-tag=1;from-tag=2\r\n", { "one-1@h", "two-2@h" },
	  RELATED_REPLACES },
	{ "Replaces: two-2@h;to-tag=1;from-tag=2\r\n", NULL, { "one-1@h", "two-2@h" },
	  RELATED_REPLACES },
	{ NULL, "Join: one-1@h;to-tag=1;from-tag=2\r\n", { "one-1@h", "two-2@h" }, RELATED_JOIN },
	{ NULL, "Target-Dialog: one-1@h;local-tag=1;remote-tag=2\r\n", { "one-1@h", "two-2@h" },
	  RELATED_TARGET_DIALOG },
	{ NULL, "In-Reply-To: zero@h, one-1@h\r\n", { "one-1@h", "two-2@h" },
	  RELATED_IN_REPLY_TO },
	{ NULL, "Refer-To: <sip:x@h?Replaces=one-1%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n",
	  { "one-1@h", "two-2@h" }, RELATED_REFER_TO },
	{ NULL, "Refer-To: <sip:one-1@h>\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ NULL, "Refer-To: <sip:x@h?Replaces=one-1%4\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ "Session-ID: " U1 ";remote=" NIL "\r\n", "Session-ID: " U1 ";remote=" NIL "\r\n",
	  { "one-1@h", "two-2@h" }, RELATED_SESSION_ID },
	{ "Session-ID: " U1 ";remote=" U2 "\r\n", "Session-ID: " U2 ";remote=" U1 "\r\n",
	  { "one-1@h", "two-2@h" }, RELATED_SESSION_ID },
	{ "Session-ID: " U1 "\r\n", "Session-ID: " U1 "\r\n", { "one-1@h", "two-2@h" },
	  RELATED_SESSION_ID },
	{ "Session-ID: " NIL ";remote=" U1 "\r\n", "Session-ID: " NIL ";remote=" U2 "\r\n",
	  { "one-1@h", "two-2@h" }, -1 },
	{ "Session-ID: 1\r\n", "Session-ID: 1\r\n", { "one-1@h", "two-2@h" }, -1 },
	{ "P-Charging-Vector: icid-value=AyretyU0dm+6O2;icid-generated-at=192.0.2.1\r\n",
	  "P-Charging-Vector: icid-value=\"AyretyU0dm+6O2\"\r\n", { "one-1@h", "two-2@h" },
	  RELATED_ICID },
	{ NULL, NULL, { "a84b4c76e66710@h", "a84b4c76e66710@h_b2b-1" }, RELATED_CALL_ID },
	{ NULL, NULL, { "a84b4c76e66710@h-b2b_1", "a84b4c76e66710@h" }, RELATED_CALL_ID },
	{ NULL, NULL, { "a84b4c76e66710@h_b2b-1", "a84b4c76e66710@h_b2b-2" }, RELATED_CALL_ID },
};

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		for (uint32_t from = 0; from < 2; from++) {
			struct sip_store t;
			struct related r[RELATED_MAX];
			size_t n;

			sip_store_init(&t);
			put(&t, &(struct ask){ 0, A, BOX, pairs[i].id[0], "alice", "bob",
					       pairs[i].first, NULL });
			put(&t, &(struct ask){ 500, B, C, pairs[i].id[1], "carol", "dave",
					       pairs[i].second, NULL });
			n = find(&t, from, r);
			if (n != (pairs[i].reason >= 0) ||
			    (n && (r[0].reason != pairs[i].reason || r[0].call != 1 - from ||
				   r[0].to != from)))
				fail_msg("pair %zu from %u: %zu found, reason %d", i, from, n,
					 n ? r[0].reason : -1);
			sip_store_release(&t);
		}
	}
}

static const struct {
	const char *a, *b;
	bool alike;
} ids[] = {
	{ "a84b4c76e66710@pc33", "a84b4c76e66710@pc33-b2b_1", true },
	{ "a84b4c76e66710@pc33", "b2b_1-a84b4c76e66710@pc33", true },
	{ "a84b4c76e66710@pc33", "a84b4c76e66710_pbx-1@pc34", true },
	{ "a84b4c76e66710", "a84b4c76e66710-1", true },
	{ "abcdef@h", "abcdef@h_b2b-1", true },
	{ "abcdef_b2b-1@h", "abcdef_b2b-2@h", true },
	/* One cut off the other, 30 characters. */
	{ "c2f8a1b0d4e64f7a9b3c5d7e9f1a2b", "c2f8a1b0d4e64f7a9b3c5d7e9f1a2b3c4d5e@10.0.0.1", true },
	/* One part before the @. */
	{ "c2f8a1b0d4e64f7a9b3c@10.0.0.1", "c2f8a1b0d4e64f7a9b3c@10.0.0.2", true },
	{ "c2f8a1@10.0.0.1", "c2f8a1@10.0.0.2", false },
	/* Counters. */
	{ "1-2345@127.0.0.1", "11-2345@127.0.0.1", false },
	{ "1-2345@127.0.0.1", "1-1-2345@127.0.0.1", false },
	{ "1-2345@127.0.0.1", "1-2345@127.0.0.10", false },
	{ "n1", "n10", false }, { "n1", "n1-1", false },
	{ "call-of-the-load-test-number-1", "call-of-the-load-test-number-10", false },
	{ "call-of-the-load-test-number-1", "call-of-the-load-test-number-12345", false },
	{ "loadtest-run-1@h", "loadtest-run-2@h", false },
	{ "", "", false }, { "", "x", false }, { "same@h", "same@h", false },
	{ "-", "--", false }, { "@", "@@", false },
};

static void
test_ids(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct str a = str_of(ids[i].a), b = str_of(ids[i].b);

		if (related_ids_alike(a, b) != ids[i].alike ||
		    related_ids_alike(b, a) != ids[i].alike)
			fail_msg("%s %s", ids[i].a, ids[i].b);
	}
}

/* Calls of which nothing is known but time, box and users. */
static const struct {
	const char *name;
	struct ask asks[5];	/* the first two are the legs in question */
	bool related;
} guesses[] = {
	{ "both users", { { 0, A, BOX, "x", "200", "5551234", NULL, NULL },
			  { 100, BOX, B, "y", "200", "5551234", NULL, NULL } }, true },
	{ "another form of the number",
	  { { 0, A, BOX, "x", "alice", "+49305551234", NULL, NULL },
	    { 100, BOX, B, "y", "bob", "0305551234", NULL, NULL } }, true },
	{ "one user", { { 0, A, BOX, "x", "alice", "100", NULL, NULL },
			{ 100, BOX, B, "y", "alice", "device7", NULL, NULL } }, true },
	{ "no user", { { 0, A, BOX, "x", "alice", "100", NULL, NULL },
		       { 100, BOX, B, "y", "bob", "device7", NULL, NULL } }, false },
	{ "nobody", { { 0, A, BOX, "x", "anonymous", "100", NULL, NULL },
		      { 100, BOX, B, "y", "anonymous", "device7", NULL, NULL } }, false },
	{ "too late", { { 0, A, BOX, "x", "200", "5551234", NULL, NULL },
			{ 2500, BOX, B, "y", "200", "5551234", NULL, NULL } }, false },
	{ "too early", { { 500, A, BOX, "x", "200", "5551234", NULL, NULL },
			 { 0, BOX, B, "y", "200", "5551234", NULL, NULL } }, false },
	{ "another box", { { 0, A, BOX, "x", "200", "5551234", NULL, NULL },
			   { 100, C, B, "y", "200", "5551234", NULL, NULL } }, false },
	{ "the same sender", { { 0, A, BOX, "x", "200", "5551234", NULL, NULL },
			       { 100, A, BOX, "y", "200", "5551234", NULL, NULL } }, false },
	/* On a busy box another call fits as well. */
	{ "rival", { { 0, A, BOX, "x", "sipp", "service", NULL, NULL },
		     { 100, BOX, B, "y", "sipp", "service", NULL, NULL },
		     { 50, C, BOX, "z", "sipp", "service", NULL, NULL } }, false },
	{ "a rival that fits better", { { 0, A, BOX, "x", "main", "111", NULL, NULL },
		     { 100, BOX, B, "y", "main", "222", NULL, NULL },
		     { 50, C, BOX, "z", "main", "222", NULL, NULL } }, false },
	{ "a rival that fits less", { { 0, A, BOX, "x", "main", "222", NULL, NULL },
		     { 100, BOX, B, "y", "main", "222", NULL, NULL },
		     { 50, C, BOX, "z", "main", "111", NULL, NULL } }, true },
	/* The leg says whose it is. */
	{ "named another", { { 0, A, BOX, "x", "main", "222", NULL, NULL },
		     { 100, BOX, B, "y", "main", "222", "X-CID: zzzz\r\n", NULL },
		     { 50, C, A, "zzzz", "else", "who", NULL, NULL } }, false },
	{ "other sessions",
	  { { 0, A, BOX, "x", "main", "222", "Session-ID: " U1 "\r\n", NULL },
	    { 100, BOX, B, "y", "main", "222", "Session-ID: " U2 "\r\n", NULL } }, false },
	/* Registrations are no legs. */
	{ "no call", { { 0, A, BOX, "x", "200", "5551234", NULL, "OPTIONS" },
		       { 100, BOX, B, "y", "200", "5551234", NULL, "OPTIONS" } }, false },
};

static int
by_time(const void *a, const void *b)
{
	const struct ask *const *x = a, *const *y = b;

	return ((*x)->ms > (*y)->ms) - ((*x)->ms < (*y)->ms);
}

static void
test_guesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++) {
		for (int side = 0; side < 2; side++) {
			const struct ask *order[5];
			struct sip_store t;
			struct related r[RELATED_MAX];
			uint32_t from, to;
			size_t n = 0, found;
			bool there = false;

			sip_store_init(&t);
			while (n < 5 && guesses[i].asks[n].src) {
				order[n] = &guesses[i].asks[n];
				n++;
			}
			qsort(order, n, sizeof(order[0]), by_time);
			for (size_t k = 0; k < n; k++)
				put(&t, order[k]);
			from = store_find_call(t.store, str_of(guesses[i].asks[side].call_id));
			to = store_find_call(t.store, str_of(guesses[i].asks[!side].call_id));
			found = find(&t, from, r);
			for (size_t k = 0; k < found; k++)
				there |= r[k].call == to;
			if (there != guesses[i].related)
				fail_msg("%s, side %d: %zu found", guesses[i].name, side, found);
			sip_store_release(&t);
		}
	}
}

/* A busy box: hundreds of calls within the two seconds, of one caller, each with its
 * leg, whose number has another form. Each has its own leg alone; those to one number
 * have none. */
static void
test_busy(void **state)
{
	enum { CALLS = 400 };
	struct sip_store t;
	struct related r[RELATED_MAX];

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < CALLS; i++) {
		char in[24], out[24], to[24], national[24];
		int number = i % 10 == 9 ? 999999 : 100000 + i;

		snprintf(in, sizeof(in), "in%d@h", i);
		snprintf(out, sizeof(out), "out-%d@h", i);
		snprintf(to, sizeof(to), "+4930%d", number);
		snprintf(national, sizeof(national), "030%d", number);
		put(&t, &(struct ask){ i * 4, A, BOX, in, "+4930700", to, NULL, NULL });
		put(&t, &(struct ask){ i * 4 + 2, BOX, B, out, "+4930700", national, NULL, NULL });
	}
	for (uint32_t i = 0; i < 2 * CALLS; i += 7) {
		size_t n = find(&t, i, r);

		if (n != (i / 2 % 10 != 9))
			fail_msg("call %u: %zu found", i, n);
		if (n > 0)
			assert_int_equal(r[0].call, i ^ 1);
	}
	sip_store_release(&t);
}

/* Who is told to call somebody, and does. */
static void
test_transfer(void **state)
{
	static const struct {
		const char *src, *to;
		double ms;
		bool related;
	} cases[] = {
		{ B, "carol", 5100, true },
		{ B, "carol", 11000, false },	/* much later */
		{ B, "carol", 4000, false },	/* before it was told */
		{ B, "dave", 5100, false },	/* somebody else */
		{ C, "carol", 5100, false },	/* who was not told */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int side = 0; side < 2; side++) {
			const struct ask refer = { 5000, A, B, "told@h", "alice", "bob",
						   "Refer-To: <sip:carol@h>\r\n", "REFER" };
			const struct ask call = { cases[i].ms, cases[i].src, BOX, "new@h", "bob",
						  cases[i].to, NULL, NULL };
			struct sip_store t;
			struct related r[RELATED_MAX];
			struct buf said = BUF_INIT;
			size_t n;

			sip_store_init(&t);
			put(&t, &(struct ask){ 0, A, B, "told@h", "alice", "bob", NULL, NULL });
			put(&t, call.ms < refer.ms ? &call : &refer);
			put(&t, call.ms < refer.ms ? &refer : &call);
			n = find(&t, (uint32_t)side, r);
			assert_int_equal(n, cases[i].related);
			if (n > 0) {
				assert_int_equal(r[0].reason, RELATED_TRANSFER);
				related_say(&said, &r[0]);
				assert_string_equal(buf_cstr(&said), side == 0 ?
					"the REFER of #1 asked for it 100.0 ms before" :
					"its REFER asked for #2 100.0 ms before");
			}
			buf_release(&said);
			sip_store_release(&t);
		}
	}
}

/* Legs of legs, and an end to it. */
static void
test_chain(void **state)
{
	struct sip_store t;
	struct related r[RELATED_MAX];
	struct buf said = BUF_INIT;
	size_t n;

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < 8; i++) {
		char id[24], names[48];

		snprintf(id, sizeof(id), "leg%d@h", i);
		snprintf(names, sizeof(names), "X-CID: leg%d@h\r\n", i - 1);
		put(&t, &(struct ask){ i * 10, A, B, id, "a", "b", i ? names : NULL, NULL });
	}
	n = find(&t, 0, r);
	assert_int_equal(n, RELATED_DEPTH);
	assert_int_equal(r[3].call, 4);
	assert_int_equal(r[3].to, 3);
	assert_int_equal(r[3].depth, 4);
	related_say(&said, &r[3]);
	assert_string_equal(buf_cstr(&said), "its X-CID names #4");
	n = find(&t, 7, r);
	assert_int_equal(n, RELATED_DEPTH);
	assert_int_equal(r[0].call, 6);
	buf_clear(&said);
	related_say(&said, &r[0]);
	assert_string_equal(buf_cstr(&said), "the X-CID of #8 names it");
	n = find(&t, 3, r);
	assert_int_equal(n, 7);
	buf_release(&said);
	sip_store_release(&t);
}

/* More legs than are shown; none of calls at other times. */
static void
test_bounds(void **state)
{
	struct query q;
	struct sip_store t;
	struct related_job *j;
	uint32_t first = 0;
	size_t n;

	(void)state;
	sip_store_init(&t);
	put(&t, &(struct ask){ 0, A, B, "root@h", "a", "b", NULL, NULL });
	for (int i = 0; i < 100; i++) {
		char id[24];

		snprintf(id, sizeof(id), "leg%d@h", i);
		put(&t, &(struct ask){ i * 10, A, B, id, "a", "b", "X-CID: root@h\r\n", NULL });
	}
	query_init(&q, t.store);
	j = related_start(&q, &first, 1, STR("X-CID"));
	assert_false(related_step(j, 0));
	related_list(j, &n);
	assert_int_equal(n, RELATED_MAX);
	assert_true(related_cut(j));
	related_end(j);
	/* Nothing asked for, nothing there, unknown calls. */
	j = related_start(&q, NULL, 0, STR(""));
	assert_false(related_step(j, 0));
	related_end(j);
	j = related_start(&q, &(uint32_t){ 9999 }, 1, STR("X-CID"));
	assert_false(related_step(j, 0));
	related_end(j);
	related_end(NULL);
	query_release(&q);
	sip_store_release(&t);

	sip_store_init(&t);
	put(&t, &(struct ask){ 0, A, B, "root@h", "a", "b", NULL, NULL });
	put(&t, &(struct ask){ 60000, A, B, "late@h", "a", "b", "X-CID: root@h\r\n", NULL });
	query_init(&q, t.store);
	j = related_start(&q, &first, 1, STR("X-CID"));
	related_step(j, 0);
	related_list(j, &n);
	assert_int_equal(n, 0);		/* it was not there at that time */
	assert_int_equal(related_texts(j), 1);
	related_end(j);
	query_release(&q);
	sip_store_release(&t);
}

/* Cut at every byte: what is left is read within its bounds. */
static void
test_cut(void **state)
{
	static const char message[] =
		"REFER sip:b@h SIP/2.0\r\nX-CID: one-1@h, \"two\"\r\n"
		"Replaces: one-1@h;to-tag=1;from-tag=2\r\nJoin: a@h;x\r\n"
		"Target-Dialog: abcd@h\r\nIn-Reply-To: one@h ,two@h\r\n"
		"Session-ID: " U1 ";remote=" U2 "\r\n"
		"P-Charging-Vector: icid-value=\"AyretyU0dm\";x=y\r\n"
		"Refer-To: <sip:x@h?Replaces=one-1%40h%3Bto-tag%3D1>\r\n\r\n";
	struct related_tokens t = { .n = 0 };

	(void)state;
	for (size_t n = 0; n < sizeof(message); n++) {
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, message, n);
		related_tokens_read(&t, (struct str){ copy, n }, STR("X-CID"));
		free(copy);
	}
	related_tokens_read(&t, STR(message), STR("X-CID"));
	assert_int_equal(t.n, 9);
	assert_true(str_eq(t.refer_to, STR("x")));
	buf_release(&t.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs), cmocka_unit_test(test_ids),
		cmocka_unit_test(test_guesses), cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("related", tests, NULL, NULL);
}
