/* What the list of calls says of their audio, above the rows and by its filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/call_media.h"
#include "views/calls_state.h"
#include "media_store.h"
#include "views_fixture.h"

#define A	"192.0.2.1"
#define B	"192.0.2.2"
#define AUDIO(addr, port, rest) MEDIA_SDP(addr, "m=audio " port " RTP/AVP 8\r\n" rest)

enum { CALLER = 1, CALLEE = 2, BOTH = 3 };

/* A call of some seconds: what was described, who sends, and what is said of it. */
static const struct {
	const char *id, *offer, *answer;
	unsigned int port, seconds;
	unsigned int sends, lose;	/**< of the caller, every so many; 0: none */
	unsigned int packets;
	const char *audio, *faults;
} samples[] = {
	{ "good", AUDIO(A, "4000", ""), AUDIO(B, "6000", ""), 4000, 20, BOTH, 0, 900,
	  "both", "" },
	{ "one-way", AUDIO(A, "4002", ""), AUDIO(B, "6002", ""), 4002, 20, CALLER, 0, 900,
	  "caller", "one_way" },
	{ "other-way", AUDIO(A, "4004", ""), AUDIO(B, "6004", ""), 4004, 20, CALLEE, 0, 900,
	  "callee", "one_way" },
	{ "silent", AUDIO(A, "4006", ""), AUDIO(B, "6006", ""), 4006, 20, 0, 0, 0,
	  "none", "no_audio" },
	{ "bad", AUDIO(A, "4008", ""), AUDIO(B, "6008", ""), 4008, 20, BOTH, 8, 900,
	  "both", "bad_audio" },
	{ "both-faults", AUDIO(A, "4010", ""), AUDIO(B, "6010", ""), 4010, 20, CALLER, 8, 900,
	  "caller", "one_way bad_audio" },
	/* None of these is at fault. */
	{ "short", AUDIO(A, "4012", ""), AUDIO(B, "6012", ""), 4012, 2, CALLER, 0, 80,
	  "caller", "" },
	{ "short-silent", AUDIO(A, "4014", ""), AUDIO(B, "6014", ""), 4014, 2, 0, 0, 0,
	  "none", "" },
	{ "listens", AUDIO(A, "4016", "a=sendonly\r\n"), AUDIO(B, "6016", "a=recvonly\r\n"),
	  4016, 20, CALLER, 0, 900, "caller", "" },
	{ "on-hold", AUDIO(A, "4018", "a=inactive\r\n"), AUDIO(B, "6018", "a=inactive\r\n"),
	  4018, 20, 0, 0, 0, "none", "" },
	{ "refused", AUDIO(A, "4020", ""), AUDIO(B, "0", ""), 4020, 20, 0, 0, 0, "", "" },
	{ "video", MEDIA_SDP(A, "m=video 4022 RTP/AVP 97\r\n"),
	  MEDIA_SDP(B, "m=video 6022 RTP/AVP 97\r\n"), 4022, 20, 0, 0, 0, "", "" },
	{ "stray", AUDIO(A, "4024", ""), AUDIO(B, "6024", ""), 4024, 20, CALLER, 0, 12,
	  "none", "no_audio" },
};

static void
add_audio(struct fixture *f, size_t i, double ms)
{
	char a[32], b[32];

	snprintf(a, sizeof(a), A ":%u", samples[i].port);
	snprintf(b, sizeof(b), B ":%u", samples[i].port + 2000);
	for (unsigned int n = 0; n < samples[i].packets; n++) {
		struct media_packet p = {
			a, b, (uint32_t)(100 + i), 160 * n, (uint16_t)(n + 1), 8 };

		if (samples[i].sends & CALLER &&
		    !(samples[i].lose && n % samples[i].lose == samples[i].lose - 1))
			media_send(&f->sip, ms + 20.0 * n, &p);
		p = (struct media_packet){ b, a, (uint32_t)(200 + i), 160 * n, (uint16_t)(n + 1), 8 };
		if (samples[i].sends & CALLEE)
			media_send(&f->sip, ms + 20.0 * n + 5, &p);
	}
}

static void
add_samples(struct fixture *f, bool audio)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		double ms = 30000.0 * (double)i;

		media_call(&f->sip, ms, samples[i].id, samples[i].offer, samples[i].answer);
		if (audio)
			add_audio(f, i, ms + 100);
		media_bye(&f->sip, ms + 1000.0 * samples[i].seconds, samples[i].id);
	}
}

/* ---- tests ---- */

static void
faults(void **state)
{
	struct fixture *f = *state;
	struct buf got = BUF_INIT;

	add_samples(f, true);
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct call *c = store_call(f->sip.store, i);
		const char *audio = call_audio_name(query_call_media(&f->query, c)->audio);
		unsigned int bits = query_call_faults(&f->query, c);
		const char *words = query_call_unheard(&f->query, c);
		const char *want = bits >> CALL_FAULT_NO_AUDIO & 1 ? "no audio" :
			!(bits >> CALL_FAULT_ONE_WAY & 1) ? "" :
			strcmp(audio, "caller") == 0 ? "one-way: callee not heard" :
			"one-way: caller not heard";

		assert_string_equal(words ? words : "", want);
		buf_clear(&got);
		buf_printf(&got, "%s:", audio ? audio : "");
		for (unsigned int k = 0; k < CALL_FAULT_COUNT; k++)
			if (bits >> k & 1)
				buf_printf(&got, " %s", call_fault_name(k));
		if (strncmp(buf_cstr(&got), samples[i].audio, strlen(samples[i].audio)) != 0 ||
		    strcmp(strchr(buf_cstr(&got), ':') + 1 + (bits != 0), samples[i].faults) != 0)
			fail_msg("%s: \"%s\"", samples[i].id, buf_cstr(&got));
	}
	buf_release(&got);
}

/* Each phrase counts what its filter lists. */
static void
counted(void **state)
{
	struct fixture *f = *state;
	struct tally t;
	struct buf filter = BUF_INIT;

	tally_init(&t);
	add_samples(f, true);
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++) {
		tally_tell(&t, f->sip.store, i);
		tally_count(&t, i, i % 2);
		assert_true(tally_hear(&t, &f->query, i));
		tally_count(&t, i, true);
		assert_false(tally_hear(&t, &f->query, i));
	}
	assert_int_equal(t.counts[TALLY_ANSWERED], ARRAY_SIZE(samples));
	assert_int_equal(t.counts[TALLY_ONE_WAY], 3);
	assert_int_equal(t.counts[TALLY_NO_AUDIO], 2);
	assert_int_equal(t.counts[TALLY_BAD_AUDIO], 2);
	assert_int_equal(t.groups[TALLY_CALLS], ARRAY_SIZE(samples));
	for (int i = TALLY_ONE_WAY; i <= TALLY_BAD_AUDIO; i++) {
		assert_int_equal(fixture_matches(f, tally_defs[i].filter), t.counts[i]);
		buf_clear(&filter);
		tally_add_filter(tally_defs[i].action, &filter);
		assert_string_equal(buf_cstr(&filter), tally_defs[i].filter);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(samples); i++)
		tally_count(&t, i, false);
	for (int i = 0; i < TALLY_OUTCOME_COUNT; i++)
		assert_int_equal(t.counts[i], 0);
	buf_release(&filter);
	tally_release(&t);
}

/* Media that comes after all that was said of a call; and what lists by it follows. */
static void
grows(void **state)
{
	struct fixture *f = *state;
	struct view *top;
	const char *s;

	add_samples(f, false);
	/* Descriptions are read once there is media. */
	media_run(&f->sip, 110, A ":4000", B ":6000", 100, 8, 1, 900);
	f->progress.ended = false;
	has(run(f, ":resize 120x24\n:shot before"), "13 answered[2], 1 one-way[w], 6 no audio[m]");
	top = f->stack.views[f->stack.count - 1];
	assert_int_equal(top->ops->act(top, ACTION_SHOW_ONE_WAY), VIEW_HANDLED);
	has(run(f, ":shot filtered"), "1 of 13 calls");
	media_run(&f->sip, 115, B ":6000", A ":4000", 200, 8, 1, 900);
	s = run(f, ":shot after\n:shot after");
	has(s, "13 answered[2], 6 no audio[m]");
	has(s, "0 of 13 calls");
}

/* Without any media nothing is said of it. */
static void
without(void **state)
{
	struct fixture *f = *state;

	add_samples(f, false);
	assert_int_equal(fixture_matches(f, "audio in (none, caller, callee, both)"), 0);
	has(run(f, ":resize 120x24\n:shot a"), "13 INVITE: 13 answered[2]\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(faults),
		TEST(counted),
		TEST(grows),
		TEST(without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
