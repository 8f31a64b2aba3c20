#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "export/strip.h"
#include "talk_store.h"

#define A	"192.0.2.1:5060"
#define B	"192.0.2.2:5060"
#define FORTH	"192.0.2.1:4000", "192.0.2.2:6000", 1, 0
#define BACK	"192.0.2.2:6000", "192.0.2.1:4000", 2, 0

/* Calls of 33 s, answered after 3, in cells of a second. */
static const struct {
	const char *name;
	struct media_talk talks[4];
	struct { double ms; const char *offer, *answer; } again[2];	/* by the caller */
	const char *forth, *back;
	const char *offer, *answer;	/* the first ones; NULL: the usual */
} cases[] = {
	{ "both ways", { { FORTH, 3000, 33000, 0, 0, 1 }, { BACK, 3000, 33000, 0, 0, 1 } }, { { 0, 0, 0 } },
	  "   ++++++++++++++++++++++++++++++", "   ++++++++++++++++++++++++++++++",
	  NULL, NULL },
	{ "one way", { { FORTH, 3000, 33000, 0, 0, 1 } }, { { 0, 0, 0 } },
	  "   ++++++++++++++++++++++++++++++", "   ..............................",
	  NULL, NULL },
	{ "silence in the middle",
	  { { FORTH, 3000, 33000, 0, 0, 1 }, { BACK, 3000, 13000, 0, 0, 1 },
	    { BACK, 23000, 33000, 0, 0, 501 } }, { { 0, 0, 0 } },
	  "   ++++++++++++++++++++++++++++++", "   ++++++++++..........++++++++++",
	  NULL, NULL },
	{ "early media", { { FORTH, 4000, 33000, 0, 0, 1 }, { BACK, 1000, 33000, 0, 0, 1 } },
	  { { 0, 0, 0 } },
	  "   .+++++++++++++++++++++++++++++", " ++++++++++++++++++++++++++++++++",
	  NULL, NULL },
	{ "losses", { { FORTH, 3000, 33000, 100, 1, 1 }, { BACK, 3000, 33000, 510, 20, 1 } },
	  { { 0, 0, 0 } },
	  "   ++x+++++++++++++++++++++++++++", "   ++++++++++X+++++++++++++++++++",
	  NULL, NULL },
	{ "an outage", { { FORTH, 3000, 33000, 0, 0, 1 }, { BACK, 3000, 33000, 500, 500, 1 } },
	  { { 0, 0, 0 } },
	  "   ++++++++++++++++++++++++++++++", "   ++++++++++XXXXXXXXXX++++++++++",
	  NULL, NULL },
	{ "hold",
	  { { FORTH, 3000, 33000, 0, 0, 1 }, { BACK, 3000, 13000, 0, 0, 1 },
	    { BACK, 23000, 33000, 0, 0, 501 } },
	  { { 13000, MEDIA_SDP("192.0.2.1", "4000", "0", "a=sendonly\r\n"),
	      MEDIA_SDP("192.0.2.2", "6000", "0", "a=recvonly\r\n") },
	    { 23000, MEDIA_SDP("192.0.2.1", "4000", "0", ""),
	      MEDIA_SDP("192.0.2.2", "6000", "0", "") } },
	  "   ++++++++++++++++++++++++++++++", "   ++++++++++==========++++++++++",
	  NULL, NULL },
	{ "inactive",
	  { { FORTH, 3000, 13000, 0, 0, 1 }, { BACK, 3000, 13000, 0, 0, 1 } },
	  { { 13000, MEDIA_SDP("192.0.2.1", "4000", "0", "a=inactive\r\n"),
	      MEDIA_SDP("192.0.2.2", "6000", "0", "a=inactive\r\n") }, { 0, 0, 0 } },
	  "   ++++++++++====================", "   ++++++++++====================",
	  NULL, NULL },
	/* What never was to come is not on hold. */
	{ "listens", { { BACK, 3000, 33000, 0, 0, 1 } }, { { 0, 0, 0 } },
	  "                                 ", "   ++++++++++++++++++++++++++++++",
	  MEDIA_SDP("192.0.2.1", "4000", "0", "a=recvonly\r\n"),
	  MEDIA_SDP("192.0.2.2", "6000", "0", "a=sendonly\r\n") },
};

static void
rows_of(const struct strip *t, enum strip_way way, char *to)
{
	char room[2];

	for (size_t i = 0; i < t->n; i++)
		to[i] = strip_glyph(&t->cells[way][i], true, room)[0];
	to[t->n] = '\0';
}

static void
add_again(struct sip_store *t, double ms, const char *offer, const char *answer, int i)
{
	char cseq[32], branch[32], ack[32];

	snprintf(cseq, sizeof(cseq), "%d INVITE", i + 2);
	snprintf(ack, sizeof(ack), "%d ACK", i + 2);
	snprintf(branch, sizeof(branch), "r%d", i);
	sip_store_say(t, ms, A, B, &(struct sip_line){
		"INVITE sip:bob@b.test SIP/2.0", cseq, branch, "b1", NULL, offer });
	sip_store_say(t, ms + 1, B, A, &(struct sip_line){
		"SIP/2.0 200 OK", cseq, branch, "b1", NULL, answer });
	sip_store_say(t, ms + 2, A, B, &(struct sip_line){
		"ACK sip:bob@b.test SIP/2.0", ack, "ra", "b1", NULL, NULL });
}

/* Media from @from to @to of all talks. */
static void
say_between(struct sip_store *t, const struct media_talk *talks, double from, double to)
{
	for (double ms = from; ms < to; ms += 20)
		for (size_t k = 0; k < ARRAY_SIZE(cases[0].talks) && talks[k].src; k++)
			media_due(t, &talks[k], ms);
}

static void
cells(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *offer = cases[i].offer ? cases[i].offer : SIP_STORE_SDP_A;
		const char *answer = cases[i].answer ? cases[i].answer : SIP_STORE_SDP_B;
		struct strip strip = { .n = 0 };
		struct sip_store t;
		char row[64];
		double at = 1000;

		sip_store_init(&t);
		sip_store_say(&t, 0, A, B, &(struct sip_line){ "INVITE sip:bob@b.test SIP/2.0",
			"1 INVITE", "i1", NULL, NULL, offer });
		sip_store_say(&t, 900, B, A, &(struct sip_line){ "SIP/2.0 183 Progress",
			"1 INVITE", "i1", "b1", NULL, answer });
		say_between(&t, cases[i].talks, at, 3000);
		sip_store_say(&t, 3000, B, A, &(struct sip_line){ "SIP/2.0 200 OK", "1 INVITE",
			"i1", "b1", NULL, answer });
		at = 3000;
		for (int k = 0; k < 2 && cases[i].again[k].ms > 0; k++) {
			say_between(&t, cases[i].talks, at, cases[i].again[k].ms);
			at = cases[i].again[k].ms;
			add_again(&t, at, cases[i].again[k].offer, cases[i].again[k].answer, k);
		}
		say_between(&t, cases[i].talks, at, 33000);
		media_bye(&t, 32990, NULL, A, B);
		assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 33));
		assert_true(strip.media);
		assert_int_equal(strip.unplaced, 0);
		assert_int_equal(strip.answered, 3);
		assert_int_equal(strip.ended, 33);
		print_message("%s\n", cases[i].name);
		rows_of(&strip, STRIP_FORTH, row);
		assert_string_equal(row, cases[i].forth);
		rows_of(&strip, STRIP_BACK, row);
		assert_string_equal(row, cases[i].back);
		strip_release(&strip);
		sip_store_release(&t);
	}
}

/* Few cells and many; what has no time has none. */
static void
sizes(void **state)
{
	struct strip strip = { .n = 0 };
	struct sip_store t;
	struct buf b = BUF_INIT;
	char row[STRIP_CELLS_MAX + 1];

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, SIP_STORE_SDP_A, SIP_STORE_SDP_B);
	media_say(&t, &cases[0].talks[0], 2);
	media_bye(&t, 32990, NULL, A, B);
	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 1));
	rows_of(&strip, STRIP_BACK, row);
	assert_string_equal(row, "+");
	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 100000));
	assert_int_equal(strip.n, STRIP_CELLS_MAX);
	rows_of(&strip, STRIP_BACK, row);
	assert_int_equal(strspn(row, " "), 90);
	assert_true(strspn(row + 91, "+") >= 900);
	assert_false(strip_make(&strip, t.store, store_call(t.store, 0), 0));
	assert_int_equal(strip.n, 0);
	sip_store_say(&t, 40000, A, B, &(struct sip_line){
		"OPTIONS sip:b SIP/2.0", "1 OPTIONS", "o", NULL, "alone@test", NULL });
	assert_false(strip_make(&strip, t.store, store_call(t.store, 1), 10));

	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 22));
	strip_text(&b, &strip, 0, true);
	assert_string_equal(buf_cstr(&b),
		"Media of call #1, a cell is 1.500 s\n"
		"  caller >   |++++++++++++++++++++|\n"
		"  callee >   |++++++++++++++++++++|\n"
		"  + flowing   | answered, ended\n");
	buf_release(&b);
	strip_release(&strip);
	sip_store_release(&t);
}

/* Nothing agreed is no silence. */
static void
nothing(void **state)
{
	struct strip strip = { .n = 0 };
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, NULL, NULL);
	media_bye(&t, 33000, NULL, A, B);
	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 10));
	assert_false(strip.media);
	strip_release(&strip);
	sip_store_release(&t);

	sip_store_init(&t);
	media_call(&t, NULL, A, B, SIP_STORE_SDP_A, MEDIA_SDP("192.0.2.2", "0", "8", ""));
	media_bye(&t, 33000, NULL, A, B);
	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 10));
	assert_false(strip.media);
	strip_release(&strip);
	sip_store_release(&t);
}

/* Nor is what the capture would not have: one direction of media between hosts that do not
 * signal themselves. */
static void
not_here(void **state)
{
	static const struct media_talk talk = { FORTH, 3000, 33000, 0, 0, 1 };
	struct strip strip = { .n = 0 };
	struct sip_store t;
	char row[64];

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, "203.0.113.1:5060", "203.0.113.2:5060", SIP_STORE_SDP_A,
		   SIP_STORE_SDP_B);
	media_say(&t, &talk, 1);
	media_bye(&t, 33000, NULL, "203.0.113.1:5060", "203.0.113.2:5060");
	assert_true(strip_make(&strip, t.store, store_call(t.store, 0), 5));
	rows_of(&strip, STRIP_FORTH, row);
	assert_string_equal(row, "+++++");
	rows_of(&strip, STRIP_BACK, row);
	assert_string_equal(row, "     ");
	strip_release(&strip);
	sip_store_release(&t);
}

/* No sign can be taken for a digit that was pressed. */
static void
signs(void **state)
{
	(void)state;
	for (size_t i = 0; i < STRIP_STATE_COUNT; i++)
		if (i != STRIP_DIGIT)
			assert_null(strpbrk(strip_state_defs[i].ascii, "0123456789*#ABCD"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells), cmocka_unit_test(sizes), cmocka_unit_test(nothing),
		cmocka_unit_test(not_here), cmocka_unit_test(signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
