/* The view Flow: what needs settings, names, a mouse, or many messages. What keys do
 * is in tests/screen/flow-*.keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "views_setup.h"

#define A	"192.0.2.1:5060"
#define B	"192.0.2.2:5060"
#define C	"192.0.2.3:5060"

/* With the keys of all views, of a source with a short name. */
static int
setup_flow(void **state)
{
	struct fixture *f;

	if (setup(state) != 0)
		return -1;
	f = *state;
	f->app.source = "x.pcap";
	f->stack.globals = &views_globals;
	return 0;
}

static void
open_flow(struct fixture *f, uint32_t n, bool related)
{
	uint32_t calls[1000];

	for (uint32_t i = 0; i < n && i < ARRAY_SIZE(calls); i++)
		calls[i] = i;
	stack_open(&f->stack, &view_flow_ops,
		   &(struct flow_subject){ .calls = calls, .n = n, .related = related });
}

static const char *
run(struct fixture *f, const char *script)
{
	return shots(&f->stack, f->app.ascii, script, &f->screens);
}

static void
say(struct fixture *f, double ms, const char *src, const char *dst, const char *start,
    const char *cseq, const char *call_id)
{
	sip_store_say(&f->sip, ms, src, dst, &(struct sip_line){
		start, cseq, cseq + 2, NULL, call_id, NULL });
}

static void
names(void **state)
{
	struct fixture *f = *state;
	struct err err;
	const char *s;

	say(f, 0, A, B, "INVITE sip:b SIP/2.0", "1 INVITE", "n@test");
	say(f, 10, C, A, "SIP/2.0 180 Ringing", "1 INVITE", "n@test");
	host_names_add_alias(&f->names, STR("192.0.2.2"), STR("cluster"), &err);
	host_names_add_alias(&f->names, STR("192.0.2.3"), STR("cluster"), &err);
	open_flow(f, 1, false);
	/* Two hosts with one name are one lane, as long as names are shown. */
	s = run(f, ":shot names");
	has(s, "cluster");
	has(s, "192.0.2.2 +1");
	s = run(f, "a\n:shot addresses");
	has_not(s, "cluster");
	has(s, "192.0.2.3:5060");
	s = run(f, "a\n:shot names again");
	has(s, "192.0.2.2 +1");
	s = run(f, "s\n:shot ports");
	has(s, "192.0.2.3:5060");
}

static void
settings(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->settings.sdp = SETTING_SDP_OFF;
	f->settings.color_by = SETTING_COLOR_BY_CSEQ;
	f->settings.preview = SETTING_PREVIEW_ON;
	f->settings.preview_width = 30;
	f->settings.time = SETTING_TIME_DELTA;
	f->settings.split_ports = true;
	sip_store_call(&f->sip, "one@test", A, B);
	open_flow(f, 1, false);
	s = run(f, ":resize 120x30\n:shot+ as set");
	has(s, "INVITE (SDP)");
	has(s, "by CSeq");
	has(s, "│ Via: SIP/2.0/UDP h;branch=z9h");
	has(s, "+60.000000");
	has(s, "|wwwwwwwwwwww");	/* a long pause */
	f->settings.long_pause_ms = 0;
	s = run(f, ":shot+ no pause is long");
	has_not(s, "|wwwwwwwwwwww");
	f->settings.preview = SETTING_PREVIEW_OFF;
	run(f, "<Esc>\n");
}

static void
mouse(void **state)
{
	struct fixture *f = *state;
	struct mouse m = { MOUSE_PRESS, 0, 5 };
	const char *s;

	sip_store_call(&f->sip, "one@test", A, B);
	open_flow(f, 1, false);
	run(f, ":resize 150x24\n:shot first");
	/* Title, summary, heads: nothing; then a note of the first arrow, and others. */
	for (m.y = 0; m.y < 3; m.y++)
		stack_mouse(&f->stack, &m);
	s = run(f, ":resize 150x24\n:shot heads");
	has(s, "1/7");
	m.y = 5;
	stack_resize(&f->stack, 24, 150);
	stack_mouse(&f->stack, &m);
	s = run(f, ":resize 150x24\n:shot second");
	has(s, "2/7");
	m.kind = MOUSE_WHEEL_DOWN;
	stack_mouse(&f->stack, &m);
	s = run(f, ":resize 150x24\n:shot third");
	has(s, "5/7");
	/* Beside: the message scrolls. */
	m.x = 140;
	stack_mouse(&f->stack, &m);
	s = run(f, ":resize 150x24\n:shot beside");
	has(s, "5/7");
	m = (struct mouse){ MOUSE_DOUBLE, 5, 5 };
	stack_mouse(&f->stack, &m);
	s = run(f, ":resize 150x24\n:shot opened");
	has(s, "Message of call 1");
	/* Anywhere but in the footer, at any size. */
	run(f, ":resize 150x24\n<Esc>\n");
	for (int size = 0; size < 12; size++) {
		char script[64];

		snprintf(script, sizeof(script), ":resize %dx%d\n:shot x\n", 1 + size * 15,
			 1 + size * 2);
		run(f, script);
		for (m.y = 0; m.y < size * 2; m.y++) {
			m.kind = (enum mouse_kind)(m.y % 4);
			if (m.kind != MOUSE_DOUBLE)
				stack_mouse(&f->stack, &m);
		}
	}
}

static void
related(void **state)
{
	struct fixture *f = *state;
	const char *s;

	say(f, 0, A, B, "INVITE sip:b SIP/2.0", "1 INVITE", "a84b4c76e66710@h");
	say(f, 20, B, C, "INVITE sip:c SIP/2.0", "1 INVITE", "a84b4c76e66710@h-b2b_1");
	f->progress.ended = false;
	open_flow(f, 1, true);
	s = run(f, ":shot legs");
	has(s, "Flow of 2 calls, 1 related");
	has(s, "#2 a Call-ID like that of #1 (likely)");
	/* What comes later is found once all is read. */
	say(f, 30, B, C, "INVITE sip:d SIP/2.0", "1 INVITE", "a84b4c76e66710@h-b2b_2");
	f->progress.ended = true;
	s = run(f, ":shot more");
	has(s, "Flow of 3 calls, 2 related");
	/* A cursor on the last one, then the ladder shrinks. */
	s = run(f, "G <F4>\n:shot none");
	has(s, "Flow of call 1");
	has(s, "1/1");
	s = run(f, "<F4> G f <Space> <Esc> x\n:shot hidden, none");
	has(s, "1 hidden");
	has(s, "All messages are hidden");
	has_not(s, "1/1");
}

/* A line comes in above while a search is typed: giving it up leads back to the
 * message one was at, not to the line that it had. */
static void
given_up(void **state)
{
	struct fixture *f = *state;
	const char *s;

	say(f, 0, A, B, "INVITE sip:b SIP/2.0", "1 INVITE", "a84b4c76e66710@h");
	say(f, 300, A, B, "SIP/2.0 180 Ringing", "1 INVITE", "a84b4c76e66710@h");
	say(f, 400, A, B, "SIP/2.0 200 OK", "1 INVITE", "a84b4c76e66710@h");
	f->progress.ended = false;
	open_flow(f, 1, true);
	s = run(f, "<Down>\n:shot before");
	has(s, "2/3");
	run(f, "/ I N V");
	say(f, 500, B, C, "INVITE sip:c SIP/2.0", "1 INVITE", "a84b4c76e66710@h-b2b_1");
	s = run(f, ":shot meanwhile");
	has(s, "Flow of 2 calls, 1 related");
	s = run(f, "<Esc>\n:shot after");
	has(s, "180 Ringing");
	has(s, "2/4");
}

/* A ladder of many messages, at a pace of slices, while more come. */
static void
many(void **state)
{
	struct fixture *f = *state;
	const char *s;

	for (int i = 0; i < 20000; i++) {
		char cseq[32];

		snprintf(cseq, sizeof(cseq), "%d INFO", i + 1);
		say(f, i, A, B, "INFO sip:b SIP/2.0", cseq, i % 2 ? "even@test" : "odd@test");
	}
	open_flow(f, 2, false);
	s = run(f, ":shot all\n");
	has(s, "Flow of 2 calls");
	has(s, "/20000");
	/* Others come; keys go on meanwhile. */
	say(f, 30000, A, B, "BYE sip:b SIP/2.0", "99999 BYE", "odd@test");
	stack_refresh(&f->stack);
	stack_act(&f->stack, ACTION_LAST);
	stack_act(&f->stack, ACTION_TOGGLE_SDP);
	stack_act(&f->stack, ACTION_TOGGLE_COPIES);
	stack_act(&f->stack, ACTION_PAGE_UP);
	stack_act(&f->stack, ACTION_RELATED);
	stack_act(&f->stack, ACTION_NEXT_ERROR);
	s = run(f, "<End>\n:shot later");
	has(s, "20001/20001");
	/* Found in slices, from where one is. */
	s = run(f, "<Home> / C S e q : <Space> 1 5 0 0 0 <Space> <Enter>\n:shot found");
	has(s, "Match 1 of 1");
	has(s, "match 1/1  15000/20001");
	s = run(f, "D\n:shot hidden");
	has(s, "20001 hidden");
	s = run(f, "n D n\n:shot again");
	has(s, "Match 1 of 1");
	/* Closed in the middle of it all. */
	stack_act(&f->stack, ACTION_TOGGLE_PORTS);
	stack_act(&f->stack, ACTION_RELATED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names, setup_flow, teardown),
		cmocka_unit_test_setup_teardown(settings, setup_flow, teardown),
		cmocka_unit_test_setup_teardown(mouse, setup_flow, teardown),
		cmocka_unit_test_setup_teardown(related, setup_flow, teardown),
		cmocka_unit_test_setup_teardown(given_up, setup_flow, teardown),
		cmocka_unit_test_setup_teardown(many, setup_flow, teardown),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
