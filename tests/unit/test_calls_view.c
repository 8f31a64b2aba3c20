#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "views/calls_state.h"
#include "views_fixture.h"

static void
fixture_pause(void *ctx, bool paused)
{
	struct fixture *f = ctx;

	f->progress.paused = paused;
}

/* A fixture with all that the list asks of the program. */
static int
setup_calls(void **state)
{
	struct fixture *f;

	if (setup(state) != 0)
		return -1;
	f = *state;
	f->app.pause = fixture_pause;
	f->stack.globals = &views_globals;
	return 0;
}

/* An INVITE with the answers there are, 0 at the end. */
static void
add_invite(struct fixture *f, double ms, const char *call_id, const unsigned int *answers)
{
	const char *a = "192.0.2.1:5060", *b = "192.0.2.2:5060";
	struct sip_line line = { .start = "INVITE sip:bob@b.test SIP/2.0", .cseq = "1 INVITE",
				 .branch = call_id, .call_id = call_id };
	char status[40];

	sip_store_say(&f->sip, ms, a, b, &line);
	line.to_tag = "t";
	line.start = status;
	for (int i = 0; answers && answers[i]; i++) {
		snprintf(status, sizeof(status), "SIP/2.0 %u Answer", answers[i]);
		sip_store_say(&f->sip, ms + 10 * (i + 1), b, a, &line);
	}
}

/* At least one call of each outcome that is there at once. */
static void
add_outcomes(struct fixture *f)
{
	static const unsigned int answers[][3] = {
		{ 180 }, { 100, 183 }, { 200 }, { 302 }, { 401 }, { 404 }, { 404 }, { 480 },
		{ 486 }, { 487 }, { 500 }, { 503 }, { 600 }, { 603 }, { 604 },
	};
	static const char *const methods[] = { "REGISTER", "SUBSCRIBE", "OPTIONS", "MESSAGE" };
	static const char *const finals[] = {
		NULL, "SIP/2.0 100 Trying", "SIP/2.0 200 OK", "SIP/2.0 302 Moved",
		"SIP/2.0 401 Unauthorized", "SIP/2.0 486 Busy", "SIP/2.0 503 No",
		"SIP/2.0 600 Busy",
	};
	char id[40];

	/* Long enough ago for timers to have run out. */
	add_invite(f, 0, "unanswered@test", NULL);
	add_invite(f, 1, "unacknowledged@test", (const unsigned int[]){ 180, 200, 0 });
	add_single(f, 2, "OPTIONS", "unanswered-options@test", NULL);
	add_single(f, 3, "REGISTER", "unanswered-register@test", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		unsigned int list[4] = { answers[i][0], answers[i][1], answers[i][2], 0 };

		snprintf(id, sizeof(id), "invite-%zu@test", i);
		add_invite(f, 500000 + 100 * (double)i, id, list);
	}
	for (size_t m = 0; m < ARRAY_SIZE(methods); m++) {
		for (size_t i = 0; i < ARRAY_SIZE(finals); i++) {
			snprintf(id, sizeof(id), "%s-%zu@test", methods[m], i);
			add_single(f, 502000 + 10 * (double)(m * 10 + i), methods[m], id,
				   finals[i]);
		}
	}
}

/* ---- tests ---- */

static void
outcomes(void **state)
{
	struct fixture *f = *state;
	struct tally t;
	struct buf filter = BUF_INIT;

	tally_init(&t);
	add_outcomes(f);
	for (uint32_t i = 0; i < store_call_count(f->sip.store); i++) {
		tally_tell(&t, f->sip.store, i);
		tally_count(&t, i, true);
	}
	for (int i = 0; i < TALLY_OUTCOME_COUNT; i++) {
		const struct tally_def *def = &tally_defs[i];

		/* Those of media have a test of their own. */
		if (t.counts[i] == 0 && i != TALLY_CANCELLED && !tally_is_fault(i) &&
		    i != TALLY_REGISTER_EXPIRED && i != TALLY_SUBSCRIBE_EXPIRED)
			fail_msg("no call is %s: %s", tally_group_defs[def->group].name, def->text);
		if (fixture_matches(f, def->filter) != t.counts[i])
			fail_msg("%s: %u, but there are %u", def->filter,
				 fixture_matches(f, def->filter), (unsigned int)t.counts[i]);
	}
	for (int i = 0; i < TALLY_GROUP_COUNT; i++)
		assert_int_equal(fixture_matches(f, tally_group_defs[i].filter), t.groups[i]);
	tally_add_filter(ACTION_SHOW_UNANSWERED, &filter);
	assert_int_equal(fixture_matches(f, buf_cstr(&filter)),
			 t.counts[TALLY_TIMED_OUT] + t.counts[TALLY_UNACKNOWLEDGED]);
	buf_clear(&filter);
	tally_add_filter(ACTION_OPEN, &filter);
	assert_int_equal(filter.n, 0);
	buf_release(&filter);
	tally_release(&t);
}

static void
verdict_keys(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_outcomes(f);
	s = run(f, ":resize 160x30\n:shot all");
	has(s, "17 INVITE: 1 answered[2], 2 busy[8]");
	has(s, "1 unanswered, 1 unacknowledged[7], 2 open[1]");
	s = run(f, "7\n:shot unanswered");
	has(s, "2 of 51 calls");
	has(s, "filter kind = invite and state in (timed_out, unacknowledged)");
	s = run(f, "4\n:shot 4xx");
	has(s, "4 of 51 calls");
	s = run(f, "0\n:shot all");
	has(s, " 51 calls");
	has_not(s, "filter kind");
}

static void
typed(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	s = run(f, "/\n:shot empty");
	has(s, "such as:");
	has(s, "5 of 5");
	s = run(f, "s t a t u s <Space> >\n:shot bad");
	has(s, "column 9: ");
	has(s, "status >");
	s = run(f, "<Space> 4 0 0\n:shot good");
	has(s, "2 of 5");
	/* What means nothing stays to be mended; the last good filter holds. */
	s = run(f, "<Space> (\n<Enter>\n:shot bad");
	has(s, "Filter: status > 400 (");
	has(s, "column ");
	has(s, "2 of 5 calls");
	s = run(f, "<Backspace> <Backspace> <Enter>\n:shot taken");
	has(s, "filter status > 400");
	has(s, "F1 Help");
	s = run(f, "<F3> <C-U> o p t i o n s\n:shot other");
	has(s, "1 of 5 calls");
	s = run(f, "<Esc>\n:shot given up");
	has(s, "filter status > 400");
	has(s, "2 of 5 calls");
	s = run(f, "<F3> <C-U> <Enter>\n:shot none");
	has(s, " 5 calls");
	has_not(s, "filter");
	s = run(f, "/ <Up> <Up>\n:shot earlier");
	has(s, "Filter: status > 400");
	has(s, "2 of 5");
	s = run(f, "<Enter> <F9>\n:shot cleared");
	has(s, " 5 calls");
}

static void
set_from_outside(void **state)
{
	struct fixture *f = *state;
	const char *s;

	snprintf(f->settings.filter, sizeof(f->settings.filter), "register");
	add_sample(f);
	s = run(f, ":shot begins with");
	has(s, "1 of 5 calls");
	calls_set_filter(f->stack.views[0], STR("no_such_field = 1"));
	s = run(f, ":shot bad");
	has(s, "column 1: ");
	has(s, "1 of 5 calls");
	calls_set_filter(f->stack.views[0], STR(" busy "));
	assert_string_equal(buf_cstr(&((struct calls_state *)f->stack.views[0]->state)->filter_text),
			    "busy");
	s = run(f, ":shot good");
	has(s, "486");
	has_not(s, "403");
}

static void
selected(void **state)
{
	struct fixture *f = *state;
	struct calls_state *st;
	const char *s;

	add_sample(f);
	s = run(f, "<Space> j <Space>\n:shot+ two");
	has(s, "2 selected  5 calls");
	has(s, "   1* INVITE");
	s = run(f, "<Enter>\n:shot both");
	has(s, "2 calls");
	s = run(f, "q\n<F6>\n:shot text of both");
	has(s, "one@test");
	s = run(f, "q\n<Space>\n:shot one");
	has(s, "1 selected");
	s = run(f, "<C-W>\n:shot none");
	has_not(s, "selected");
	s = run(f, "5 *\n*\n0\n:shot nothing listed");
	has_not(s, "selected");
	s = run(f, "8 * 0\n:shot the busy one");
	has(s, "1 selected");
	st = f->stack.views[0]->state;
	assert_true(call_set_has(&st->selected, 1));
	s = run(f, "*\n:shot all");
	has(s, "5 selected");
}

static void
taken_off(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	s = run(f, "<Space> <F5>\n:shot asks");
	has(s, "Take all 5 calls off the list? y/n");
	s = run(f, "n\n:shot not");
	has(s, "1 selected  5 calls");
	s = run(f, "<F5> y\n:shot empty");
	has(s, "No new calls so far.");
	has(s, " 0 calls");
	has_not(s, "INVITE:");
	/* One more message of a call that was taken off. */
	add_single(f, 95000, "OPTIONS", "options@test", "SIP/2.0 200 OK");
	s = run(f, "<F5>\n:shot still empty");
	has(s, " 0 calls");
	add_single(f, 96000, "OPTIONS", "new@test", "SIP/2.0 200 OK");
	s = run(f, ":shot a new one");
	has(s, " 1 call\n");
	has(s, "1 other: 1 good");
	has(s, "   6  OPTIONS");
	s = run(f, "0 1\n:shot none");
	has(s, "None of 1 calls passes the filter.");
}

static void
scrolls_by_itself(void **state)
{
	struct fixture *f = *state;
	struct calls_state *st;
	const char *s;

	f->settings.autoscroll = true;
	f->progress.ended = false;
	for (int i = 0; i < 50; i++) {
		char id[20];

		snprintf(id, sizeof(id), "%d@test", i);
		add_single(f, i, "OPTIONS", id, NULL);
	}
	s = run(f, ":shot end");
	has(s, "autoscroll  50 calls");
	has(s, "  50  OPTIONS");
	st = f->stack.views[0]->state;
	assert_int_equal(st->list.cursor, 49);
	run(f, "k");
	assert_false(st->autoscroll);
	add_single(f, 60, "OPTIONS", "more@test", NULL);
	s = run(f, ":shot stays");
	has_not(s, "autoscroll");
	assert_int_equal(st->list.cursor, 48);
	run(f, "A");
	assert_int_equal(st->list.cursor, 50);
	run(f, "z");
	assert_int_equal(st->list.cursor, 0);
	add_single(f, 70, "OPTIONS", "newest@test", NULL);
	s = run(f, ":shot newest first");
	has(s, "  52  OPTIONS");
	assert_true(st->autoscroll);
}

static void
stands_still(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->progress = (struct views_progress){ .live = true, .listens = true };
	add_single(f, 0, "OPTIONS", "first@test", NULL);
	s = run(f, ":shot listening");
	has(s, "listening  1 call\n");
	s = run(f, "p\n:shot paused");
	has(s, "the list stands still");
	add_single(f, 1, "OPTIONS", "second@test", NULL);
	s = run(f, ":shot waits");
	has(s, "paused, 1 new call waits  1 call\n");
	has_not(s, "   2  OPTIONS");
	add_single(f, 2, "OPTIONS", "third@test", NULL);
	s = run(f, "p\n:shot goes on");
	has(s, "listening  3 calls");
	has(s, "   3  OPTIONS");
}

/* What cannot be read again is not left without a question. */
static void
leaving(void **state)
{
	struct fixture *f = *state;

	f->progress = (struct views_progress){ .live = true, .interfaces = true };
	add_single(f, 0, "OPTIONS", "first@test", NULL);
	has(run(f, "q\n:shot one"), "Leave, and lose 1 call captured live? y/n");
	add_single(f, 1, "OPTIONS", "second@test", NULL);
	has_not(run(f, "x <Esc>\n:shot no"), "Leave");
	has(run(f, "<Esc>\n:shot two"), "Leave, and lose 2 calls captured live? y/n");
	run(f, "n");
	has(run(f, "<Enter> Q\n:shot a ladder"), "Leave, and lose 2 calls");
	/* The answer is for the question asked last. */
	has_not(run(f, "n q\n:shot back"), "Leave");
	f->progress.recording = "/tmp/all.pcap";
	has(run(f, "q\n:shot recorded"), "Leave, and end recording to /tmp/all.pcap? y/n");
	assert_false(stack_done(&f->stack));
	f->settings.exit_prompt = SETTING_EXIT_NEVER;
	run(f, "n q");
	assert_true(stack_done(&f->stack));
}

/* A growing file, and one that was read to its end, can be read again; and yes is Enter too. */
static void
leaving_files(void **state)
{
	struct fixture *f = *state;

	f->progress = (struct views_progress){ .live = true };
	add_single(f, 0, "OPTIONS", "first@test", NULL);
	f->settings.exit_prompt = SETTING_EXIT_ALWAYS;
	has(run(f, "q\n:shot asked"), "Leave? y/n");
	run(f, "<Enter>");
	assert_true(stack_done(&f->stack));
	f->stack.ended = false;
	f->settings.exit_prompt = SETTING_EXIT_LIVE;
	run(f, "q");
	assert_true(stack_done(&f->stack));
}

/* The cursor, as calls come and go. */
static void
cursor(void **state)
{
	struct fixture *f = *state;
	struct calls_state *st;
	const char *s;

	add_sample(f);
	run(f, "j j j");
	st = f->stack.views[0]->state;
	assert_int_equal(st->anchor, 3);
	/* Its call stays listed, in another row. */
	run(f, "/ r e g i s t e r <Enter>");
	assert_int_equal(st->list.cursor, 0);
	assert_int_equal(st->anchor, 3);
	run(f, "0");
	assert_int_equal(st->list.cursor, 3);
	/* It is filtered away: the one after it is nearest. */
	run(f, "/ ! r e g i s t e r <Enter>");
	assert_int_equal(st->list.cursor, 3);
	assert_int_equal(st->anchor, 4);
	run(f, "0 z");
	assert_int_equal(st->list.cursor, 0);
	s = run(f, ":shot turned");
	has(s, "▼");
	/* Other inputs: all begins anew, but for filter and order. */
	run(f, "/ o p t i o n s <Enter> *");
	f->app.generation++;
	s = run(f, ":shot again");
	has(s, "1 of 5 calls");
	has_not(s, "selected");
	assert_int_equal(st->selected.members, 0);
	has(s, "▼");
}

static void
click(struct fixture *f, enum mouse_kind kind, int y, int x)
{
	stack_mouse(&f->stack, &(struct mouse){ .kind = kind, .y = y, .x = x });
}

static void
clicked(void **state)
{
	struct fixture *f = *state;
	struct calls_state *st;
	const char *s;

	add_sample(f);
	run(f, "");
	st = f->stack.views[0]->state;
	click(f, MOUSE_PRESS, 5, 10);
	assert_int_equal(st->list.cursor, 2);
	/* Below the last row. */
	click(f, MOUSE_PRESS, 22, 10);
	assert_int_equal(st->list.cursor, 2);
	/* "1 busy[8]" of the verdict, then "2 INVITE". */
	click(f, MOUSE_PRESS, 1, 27);
	s = run(f, ":shot busy");
	has(s, "filter kind = invite and state = busy");
	has(s, "1 of 5 calls");
	click(f, MOUSE_PRESS, 1, 2);
	s = run(f, ":shot calls");
	has(s, "2 of 5 calls");
	run(f, "0");
	/* The title of the second column, twice. */
	click(f, MOUSE_PRESS, 2, 8);
	s = run(f, ":shot by method");
	has(s, "Method▲");
	click(f, MOUSE_PRESS, 2, 8);
	s = run(f, ":shot turned");
	has(s, "Method▼");
	click(f, MOUSE_PRESS, 3, 8);
	click(f, MOUSE_DOUBLE, 3, 8);
	s = run(f, ":shot opened");
	has(s, "REGISTER");
	assert_int_equal(f->stack.count, 2);
}

static void
sets(void **state)
{
	struct call_set a = { 0 }, b = { 0 };
	uint32_t *list;

	(void)state;
	assert_null(call_set_list(&a));
	assert_int_equal(call_set_from(&a, 0), UINT32_MAX);
	call_set_grow(&a, 10);
	call_set_put(&a, 3, true);
	call_set_grow(&b, 10000);
	for (uint32_t i = 3; i < 10000; i += 4999)
		call_set_put(&b, i, true);
	call_set_join(&a, &b);
	call_set_join(&a, &b);
	assert_int_equal(a.members, 2);
	list = call_set_list(&a);
	for (uint32_t i = 0; i < a.members; i++) {
		assert_int_equal(list[i], 3 + 4999 * i);
		assert_int_equal(call_set_at(&a, i), list[i]);
		assert_int_equal(call_set_from(&a, i ? list[i - 1] + 1 : 0), list[i]);
	}
	free(list);
	call_set_clear(&a);
	assert_int_equal(a.members, 0);
	call_set_grow(&a, 10000);
	assert_int_equal(call_set_from(&a, 0), UINT32_MAX);
	assert_int_equal(call_set_row(&a, 10000), 0);
	call_set_release(&a);
	call_set_release(&b);
}

static void
rate(void **state)
{
	struct calls_rate r = { 0 };

	(void)state;
	assert_true(calls_rate_of(&r, 5000000, 100) <= 0);
	calls_rate_tell(&r, 1000000, 0);
	assert_true(calls_rate_of(&r, 1100000, 1000000) <= 0);
	assert_int_equal(calls_rate_of(&r, 1200000, 1000000), 5000000);
	calls_rate_tell(&r, 1500000, 5000000);
	calls_rate_tell(&r, 1600000, 5500000);
	assert_int_equal(calls_rate_of(&r, 2000000, 5000000), 5000000);
	/* The first look no longer counts. */
	calls_rate_tell(&r, 2000000, 5000000);
	assert_true(calls_rate_of(&r, 2000000, 5000000) <= 0);
	calls_rate_tell(&r, 2500000, 6000000);
	assert_int_equal(calls_rate_of(&r, 3000000, 6000000), 1000000);
}

/* Reading, and what the title leaves out first. */
static void
header(void **state)
{
	struct fixture *f = *state;
	struct calls_state *st;
	struct view *v;
	struct buf left = BUF_INIT, right = BUF_INIT;

	add_sample(f);
	f->progress = (struct views_progress){ .bytes = 500000000, .total = 1000000000,
					       .flaws = 3, .notices = 1 };
	run(f, "* A");
	v = f->stack.views[0];
	st = v->state;
	st->rate = (struct calls_rate){ .at_us = { time_monotonic_us() - 1000000, time_monotonic_us() },
					.bytes = { 250000000, 250000000 } };
	v->width = 200;
	calls_title(v, &left, &right);
	has(buf_cstr(&right), "reading 50%  2");
	has(buf_cstr(&right), " MB/s  ");
	has(buf_cstr(&right), " s left  3 bad packets  1 notice  autoscroll  5 selected  5 calls");
	for (v->width = 100; v->width > 0; v->width--) {
		buf_clear(&left);
		buf_clear(&right);
		calls_title(v, &left, &right);
		assert_true(right.n == 0 || (int)right.n + 14 <= v->width);
		if (v->width > 30)
			has(buf_cstr(&right), "5 calls");
	}
	buf_release(&left);
	buf_release(&right);
}

/* All sizes, with all there can be above the rows. */
static void
sizes(void **state)
{
	struct fixture *f = *state;
	struct buf script = BUF_INIT;

	f->app.where = "index < 1000";
	f->app.bpf = "udp port 5060";
	add_outcomes(f);
	for (int h = 1; h < 30; h += h < 8 ? 1 : 7)
		for (int w = 1; w < 140; w += w < 8 ? 3 : 33)
			buf_printf(&script, ":resize %dx%d\n8\n:shot a\n/\n(\n:shot b\n<Esc> 0 <Space> j\n",
				   w, h);
	run(f, buf_cstr(&script));
	buf_release(&script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_calls, teardown)
		TEST(outcomes),
		TEST(verdict_keys),
		TEST(typed),
		TEST(set_from_outside),
		TEST(selected),
		TEST(taken_off),
		TEST(scrolls_by_itself),
		TEST(stands_still),
		TEST(leaving),
		TEST(leaving_files),
		TEST(cursor),
		TEST(clicked),
		TEST(header),
		TEST(sizes),
		cmocka_unit_test(sets),
		cmocka_unit_test(rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
