#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "views/call_set.h"
#include "views/flow_lines.h"
#include "views/message_lines.h"
#include "views/plot.h"
#include "views/tally.h"
#include "views/views.h"
#include "views_fixture.h"

/* ---- tests ---- */

static void
list_of_calls(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	s = run(f, ":shot list");
	has(s, "2 INVITE: 1 answered[2] 1 busy[8]");
	has(s, "1 REGISTER: 1 failed");
	has(s, "5 calls");
	has(s, "completed");
	has(s, "403");
	has(s, "sample.pcap");
	s = run(f, ":resize 200x50\n:shot wide\n");
	has(s, "192.0.2.1:5060");
	has(s, "Busy Here");
	has(s, "09:00:00.000000");
}

static void
walk(void **state)
{
	struct fixture *f = *state;
	const char *s;

	name_host(f, "192.0.2.9", "proxy-berlin");
	add_sample(f);
	s = run(f, "<Enter>\n:shot flow");
	has(s, "completed 200 OK  alice → bob");
	has(s, "INVITE ×2");
	has(s, "duration 1:00");
	has(s, "180 Ringing");
	has(s, "SDP offer");
	s = run(f, "<End> <Up> <Enter>\n:shot message");
	has(s, "BYE sip:bob@b.test SIP/2.0");
	has(s, "frame 7");
	s = run(f, "]\n:shot next");
	has(s, "frame 8");
	s = run(f, "<Esc>\n<Esc>\nj <Enter>\n:shot refused");
	has(s, "proxy-berlin");
	has(s, "2001:db8::17");
	has(s, "cut");
	s = run(f, ":resize 200x50\n<Down>\n:shot wide\n");
	has(s, "Content-Type: application/sdp");
	s = run(f, "r\n:shot raw\n<End>\n:shot end\n");
	has(s, "[31m");
	has_not(s, "\x1b");
	s = run(f, "q q\n:shot back");
	has(s, "5 calls");
}

static void
happened(void **state)
{
	const char *a = "192.0.2.1:5060", *b = "192.0.2.2:5060";
	const struct stamp stamps[] = {
		{ .time = SIP_STORE_START, .frame = 3 },
		{ .time = SIP_STORE_START + 2 * NS_PER_MS, .frame = 5 },
	};
	struct fixture *f = *state;
	const char *s;

	f->sip.like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = stamps,
					    .stamp_n = 2, .frame = 5 };
	sip_store_say(&f->sip, 2, a, b, &(struct sip_line){
		"INVITE sip:b SIP/2.0", "1 INVITE", "i", NULL, NULL, NULL });
	f->sip.like = (struct store_input){ .transport = TRANSPORT_TCP };
	sip_store_event(&f->sip, 10, EVENT_GAP, b, a, "1460 bytes not captured", NULL);
	sip_store_event(&f->sip, 20, EVENT_LOG, b, a, "\x1b[31mred", "call-1@test");
	s = run(f, "<Enter>\n:shot flow");
	has(s, "╌ gap: 1460 bytes not captured ╌");
	has(s, "log: ");
	has_not(s, "\x1b");
	has(s, "1/3");			/* the cursor stands on events too */
	sip_store_event(&f->sip, 30, EVENT_RESET, a, b, "", NULL);
	sip_store_event(&f->sip, 31, EVENT_RESET, a, b, "", NULL);
	s = run(f, ":shot reset");
	has(s, "connection reset ×2");
	s = run(f, "G <Enter>\n:shot event");
	has(s, "Event: reset");
	has(s, "Count: 2 one after the other");
	has(s, "Call: #1, by its connection");
	s = run(f, "<Esc> g j j <Enter>\n:shot log");
	has(s, "Call: #1 ");
	has_not(s, "\x1b");
	s = run(f, "<Enter> g <Enter>\n:shot raw");
	has(s, "TCP  frames 3, 5\n");
	has(s, "\nfirst byte 09:00:00.000000\n");
}

static void
toggles(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	run(f, "<Enter>");
	s = run(f, "w\n:shot relative");
	has(s, "63.060500");
	s = run(f, "w\n:shot delta");
	has(s, "+0.050000");
	s = run(f, "w d\n:shot full");
	has(s, "09:01:03.050000");
	s = run(f, "d\n:shot off");
	has(s, "INVITE (SDP) ×2");
	s = run(f, "y\n:shot unfolded");
	has(s, "INVITE (SDP) rtx");
	s = run(f, "t\n:shot no room");
	has(s, "takes 100 columns");
	s = run(f, ":resize 120x30\nt\n:shot preview");
	has(s, "Via: SIP/2.0/UDP");
	s = run(f, "s\n:shot ports");
	has(s, "192.0.2.1:5060");
}

static void
grows(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->progress = (struct views_progress){ .bytes = 1, .total = 4 };
	s = run(f, ":shot nothing yet");
	has(s, "No SIP message so far");
	has(s, "reading 25%");
	add_single(f, 0, "OPTIONS", "first@test", NULL);
	s = run(f, ":shot first");
	has(s, "1 other: 1 open");
	/* The clock decides without a message of that call. */
	add_sample(f);
	f->progress = (struct views_progress){ .bytes = 4, .total = 4, .ended = true, .notices = 2,
					       .flaws = 1 };
	s = run(f, ":resize 100x20\n:shot all");
	has(s, "1 bad packet  2 notices  6 calls");
	has(s, "3 other: 1 good, 1 failed, 1 open");
}

static void
only_some(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->taken = 1;
	f->app.where = "index < 2";
	add_sample(f);
	s = run(f, ":shot some");
	has(s, "1 of 5 calls");
	has(s, "completed");
	has_not(s, "486");
	has(s, "\n1 INVITE: 1 answered[2]\n");
	stack_release(&f->stack);
	stack_init(&f->stack, &f->keymap, &f->app);
	f->taken = 0;
	s = run(f, ":resize 200x50\n:shot none");
	has(s, "None of 5 calls is one of those asked for: index < 2");
	run(f, "<Enter> r j <End>\n");
}

static void
no_sip(void **state)
{
	struct fixture *f = *state;
	const char *s = run(f, ":shot nothing");

	has(s, "What there is:\n  rtp  12");
	run(f, "<Enter> j <End> r\n:shot still");
}

static void
unreadable(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	buf_clear(&f->sip.text);
	s = run(f, "r\n:shot raw");
	has(s, "Its text cannot be read again.");
	run(f, "q <Enter>\n:shot flow");
}

/* What is marked stays so, whatever happens to the ladder. */
static void
marks(void **state)
{
	struct fixture *f = *state;
	const char *s;

	sip_store_call(&f->sip, "one@test", "192.0.2.1:5060", "192.0.2.2:5060");
	run(f, "<Enter>");
	/* On the second of two copies, which is then folded into the first. */
	s = run(f, "y <Down> <Space> <Down>\n:shot marked");
	has(s, " *│");
	s = run(f, "y\n:shot folded");
	has_not(s, " *│");
	s = run(f, "y d s\n:shot unfolded");
	has(s, " *│");
	sip_store_say(&f->sip, 70000, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
		"OPTIONS sip:b@b.test SIP/2.0", "9 OPTIONS", "o9", NULL, "one@test", NULL });
	s = run(f, ":shot grown");
	has(s, "OPTIONS");
	has(s, " *│");
	s = run(f, "<End> <Space>\n:shot compared");
	has(s, "Messages compared  call 1");
	has(s, "#2  09:00:00");
	has(s, "OPTIONS sip:b@b.test SIP/2.0");
	s = run(f, "q <C-W>\n:shot not marked");
	has_not(s, "*");
	s = run(f, "<Home> =\n:shot nothing above");
	has(s, "This is the first message");
}

static void
compared(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_refused(f);
	/* The ACK has control characters, wide ones and a fold in it. */
	s = run(f, "<Enter> <End> <Space> <Home> <Space>\n:resize 200x50\n:shot hostile");
	has(s, "Messages compared  call 1");
	has(s, "ACK sip:bob@b.test SIP/2.0");
	has(s, "No colon here");
	has(s, "> Content-Type: application/sdp");
	has(s, "different, ");
	has_not(s, "\x1b");
	s = run(f, "v n\n:shot all");
	has(s, "   1/");
	has_not(s, "volatile");
	s = run(f, ":resize 59x20\n:shot one under the other");
	has(s, "\n< ACK sip:bob@b.test SIP/2.0\n> INVITE ");
	s = run(f, ":resize 59x20\nx\n:shot swapped");
	has(s, "\n< INVITE sip:+4930123456789@b.test SIP/2.0\n> ACK ");
	/* The same on its way: a copy differs in nothing. */
	s = run(f, "q <C-W> <Home> <Down> =\n:shot the same");
	has(s, "Nothing differs.");
	run(f, "n N <End>\n");
	buf_clear(&f->sip.text);
	s = run(f, "q <Down> =\n:resize 100x20\n:shot unreadable");
	has(s, "cannot be read again");
	run(f, "n N <End> v x w <Right>\n");
}

static void
any_size(void **state)
{
	static const char *const keys[] = {
		"", "j", "<Enter>", "<Down> <Down>", "t", "<Right> <Right> <Right>", "w", "<Enter>",
		"w", "<Right>", "]", "<End>", "<Esc> r", "[", "<PageUp>",
		"<Esc> <Home> <Space>", "<Down> <Space>", "n", "v n", "x N", "w", "<Right> <End>",
	};
	static const int sizes[][2] = {
		{ 200, 50 }, { 80, 24 }, { 40, 10 }, { 41, 9 }, { 20, 5 }, { 7, 4 }, { 1, 1 },
		{ 2, 3 }, { 140, 3 }, { 300, 4 }, { 101, 12 },
	};
	struct fixture *f = *state;
	struct buf script = BUF_INIT;

	add_sample(f);
	for (uint32_t i = 0; i < 12; i++) {
		char from[32], to[32];

		snprintf(from, sizeof(from), "198.51.100.%u:5060", i);
		snprintf(to, sizeof(to), "198.51.100.%u:5060", i + 1);
		sip_store_say(&f->sip, 95000 + i, from, to, &(struct sip_line){
			"INVITE sip:x SIP/2.0", "1 INVITE", "w1", NULL, "many@test", NULL });
	}
	run(f, "<End>");
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		buf_clear(&script);
		buf_printf(&script, "%s\n", keys[k]);
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			buf_printf(&script, ":resize %dx%d\n:shot+ %zu\n", sizes[i][0],
				   sizes[i][1], k);
		run(f, buf_cstr(&script));
	}
	buf_release(&script);
}

static void
many_lanes(void **state)
{
	struct fixture *f = *state;
	const char *s;

	for (uint32_t i = 0; i < 12; i++) {
		char from[32], to[32];

		snprintf(from, sizeof(from), "198.51.100.%u:5060", 10 + i);
		snprintf(to, sizeof(to), "198.51.100.%u:5060", 11 + i);
		sip_store_say(&f->sip, i, from, to, &(struct sip_line){
			"INVITE sip:x SIP/2.0", "1 INVITE", "w1", NULL, "many@test", NULL });
	}
	s = run(f, "<Enter>\n:shot many");
	has(s, "100.10");
	has(s, "lanes 1-4/13");
	has_not(s, ".22:5060");
	s = run(f, "<Right> <Right> <Right> <Right> <Right> <Right> <Right> <Right> <Right>\n"
		":shot right");
	has(s, ".22:5060");
	has_not(s, "100.10");
	s = run(f, "<Home>\n:shot the lanes follow the cursor");
	has(s, "lanes 1-4/13");
	s = run(f, "<End>\n:shot end");
	has(s, "lanes 10-13/13");
	/* Two whole lanes in a narrow window. */
	s = run(f, ":resize 40x10\n<Left> <Left> <Left> <Left> <Left> <Left> <Left> <Left> <Left>"
		" <Left> <Left> <Left> <Left>\n<Home>\n:shot narrow");
	has(s, "INVITE");
	has(s, "▶");
}

static void
ascii(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->app.ascii = true;
	add_sample(f);
	s = run(f, ":resize 200x40\n:shot list\nj <Enter>\n:shot flow\n<Down> <Enter>\n:shot raw\n"
		"q <Space> <End> <Space> n\n:shot diff");
	has(s, "Messages compared");
	has(s, "|-------- INVITE -------->|");
	has(s, "192.0.2.9:5060 > [2001:db8::17]:5060");
	for (const char *p = s; *p; p++)
		assert_false(*p & 0x80);
}

static void
sets(void **state)
{
	struct call_set s = { 0 };
	uint32_t n = 0, call;

	(void)state;
	assert_int_equal(call_set_at(&s, 0), UINT32_MAX);
	assert_int_equal(call_set_next(&s, 0), UINT32_MAX);
	call_set_grow(&s, 10);
	call_set_grow(&s, 20000);
	for (uint32_t i = 0; i < 20000; i += 7)
		call_set_put(&s, i, true);
	for (uint32_t i = 0; i < 20000; i += 70)
		call_set_put(&s, i, false);
	for (uint32_t i = 0; i < 20000; i++) {
		if (i % 7 == 0 && i % 70 != 0) {
			assert_true(call_set_has(&s, i));
			assert_int_equal(call_set_at(&s, n), i);
			assert_int_equal(call_set_row(&s, i), n);
			n++;
		} else {
			assert_false(call_set_has(&s, i));
		}
	}
	assert_int_equal(s.members, n);
	assert_int_equal(call_set_row(&s, UINT32_MAX), n);
	call = call_set_at(&s, 0);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(call, call_set_at(&s, i));
		call = call_set_next(&s, call);
	}
	assert_int_equal(call, UINT32_MAX);
	call_set_release(&s);
}

static void
wrapping(void **state)
{
	struct message_lines l = { 0 };

	(void)state;
	message_lines_say(&l, MESSAGE_LINE_BODY, 0, STR("abcdef"));
	message_lines_say(&l, MESSAGE_LINE_BODY, 0, STR("\xe4\xb8\xad\xe4\xb8\xad"));
	message_lines_say(&l, MESSAGE_LINE_BODY, 0, STR(""));
	assert_int_equal(message_lines_wrap(&l, 0, 0, 4), 4);
	assert_int_equal(message_lines_wrap(&l, 0, 4, 4), 6);
	assert_int_equal(message_lines_wrap(&l, 0, 0, 0), 1);
	/* Wide characters are not split, and one is taken even without room. */
	assert_int_equal(message_lines_wrap(&l, 1, 0, 3), 3);
	assert_int_equal(message_lines_wrap(&l, 1, 0, 1), 3);
	assert_int_equal(message_lines_wrap(&l, 2, 0, 4), 0);
	assert_int_equal(l.widest, 6);
	message_lines_release(&l);
}

/* ---- statistics ---- */

static void
figures(void **state)
{
	struct fixture *f = *state;
	const char *s;

	/* Of nothing. */
	f->app.no_sip = NULL;
	s = run(f, "i\n:shot nothing");
	has(s, "Calls         0");
	has(s, "First         \xe2\x80\x93");
	has(s, "none with a time");
	has_not(s, "Answered");
	/* They grow while the page is open; what is on top stays there. */
	f->progress.ended = false;
	add_sample(f);
	s = run(f, ":shot more");
	has(s, "Calls         5");
	has(s, "Answered      1 of 2 INVITE, 50.0%");
	has(s, "INVITE ");
	s = run(f, "] ]\n:shot methods");
	has(strchr(s, '\n') + 1, "Statistics");
	assert_true(strncmp(strchr(strchr(s, '\n') + 1, '\n') + 1, "Requests by", 11) == 0);
	sip_store_call(&f->sip, "two@test", "192.0.2.1:5060", "192.0.2.7:5060");
	add_single(f, 99000, "PUBLISH", "publish@test", "SIP/2.0 489 Bad Event");
	sip_store_add(&f->sip, 99500, "192.0.2.1:5060", "192.0.2.2:5060",
		      STR("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKodd\r\n"
			  "From: <sip:a@x>;tag=1\r\nTo: <sip:x>\r\nCall-ID: odd@test\r\n"
			  "CSeq: 1 OPTIONS\r\nUser-Agent: \033[31mred\r\n\r\n"), 0);
	s = run(f, ":shot grown");
	assert_true(strncmp(strchr(strchr(s, '\n') + 1, '\n') + 1, "Requests by", 11) == 0);
	has(s, "PUBLISH");
	has(s, "489 Bad Event");
	f->progress.ended = true;
	s = run(f, "<End>\n:shot end\n<Home>\n:shot home");
	has(s, "[31mred");
	has_not(s, "\033");
	has(s, "Addresses");
	has(s, "192.0.2.7");
	has(s, "not told");
	has(s, "Calls         8");
	s = run(f, "<Esc>\n:shot list");
	has(s, "8 calls");
}

static void
figures_of_some(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_sample(f);
	f->app.where = "state = completed";
	f->taken = 1;
	s = run(f, "i\n:resize 200x50\n:shot one");
	has(s, "where state = completed");
	has(s, "Calls         1 of 5");
	has(s, "Answered      1 of 1 INVITE, 100.0%");
	has_not(s, "486");
	has(s, "Messages      8");
	/* The set of calls is kept up under it, also when calls come in late. */
	f->taken = 3;
	add_single(f, 99000, "BYE", "refused@test", NULL);
	add_single(f, 99100, "MESSAGE", "options@test", NULL);
	s = run(f, ":resize 200x50\n:shot three");
	has(s, "Calls         3 of 5");
	has(s, "486 Busy Here");
	f->taken = 0;
	add_single(f, 99200, "BYE", "one@test", NULL);
	add_single(f, 99200, "BYE", "refused@test", NULL);
	add_single(f, 99200, "BYE", "options@test", NULL);
	s = run(f, ":resize 200x50\n:shot none");
	has(s, "Calls         0 of 5");
	has(s, "Messages      0");
}

static void
figures_any_size(void **state)
{
	struct fixture *f = *state;
	struct buf script = BUF_INIT;

	add_sample(f);
	buf_add_cstr(&script, "i ");
	for (int width = 1; width < 260; width += 7)
		for (int height = 2; height < 60; height += 13)
			buf_printf(&script, "\n:resize %dx%d\n<Home>\n:shot a\n<PageDown> ]\n"
				   ":shot b\n<End> [\n:shot c\n", width, height);
	run(f, buf_cstr(&script));
	f->app.ascii = true;
	run(f, "<Esc> i\n:shot ascii");
	for (const char *p = buf_cstr(&f->screens); *p; p++)
		assert_true((unsigned char)*p < 0x80);
	buf_release(&script);
}

static void
plots(void **state)
{
	struct rate a, b;
	const struct rate *rates[] = { &a, &b };
	struct plot_scale p;
	struct canvas *c = canvas_new(3, 20);
	struct buf row = BUF_INIT;

	(void)state;
	rate_init(&a);
	rate_init(&b);
	p = plot_scale_of(rates, 2, 20);
	assert_int_equal(p.columns, 0);
	/* 10 buckets, two cells a column; the highest is full, the least is seen. */
	for (int64_t i = 0; i < 10; i++)
		rate_count(&a, i * NS_PER_MS, i == 9 ? 1000 : i % 2);
	p = plot_scale_of(rates, 2, 20);
	assert_int_equal(p.columns, 10);
	assert_int_equal(p.cells, 2);
	assert_true(plot_column_span(&p) == NS_PER_MS);
	assert_int_equal(plot_top(&p, &a), 1000);
	plot_draw(&p, &a, c, 0, 0, 3, ROLE_NORMAL);
	canvas_row(c, 0, false, &row);
	assert_string_equal(buf_cstr(&row), "                  ██");
	buf_clear(&row);
	canvas_row(c, 2, false, &row);
	assert_string_equal(buf_cstr(&row), "  ▁▁  ▁▁  ▁▁  ▁▁  ██");
	/* Another rate of wider buckets, before it: one scale for both. */
	rate_count(&b, -1000 * NS_PER_MS, 1);
	rate_count(&b, 2000 * NS_PER_MS, 1);
	p = plot_scale_of(rates, 2, 20);
	assert_true(p.bucket == 2 * NS_PER_MS);
	assert_int_equal(p.first, -500);
	assert_int_equal(p.last, 1000);
	assert_true(p.columns <= 20 && p.columns > 10);
	assert_int_equal(plot_top(&p, &a), 1004);
	for (int width = 1; width < 300; width++) {
		p = plot_scale_of(rates, 2, width);
		assert_true(p.columns * p.cells <= width);
		plot_draw(&p, &b, c, 0, 0, 3, ROLE_NORMAL);
	}
	canvas_free(c);
	buf_release(&row);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(figures, setup, teardown),
		cmocka_unit_test_setup_teardown(figures_of_some, setup, teardown),
		cmocka_unit_test_setup_teardown(figures_any_size, setup, teardown),
		cmocka_unit_test(plots),
		cmocka_unit_test_setup_teardown(list_of_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(walk, setup, teardown),
		cmocka_unit_test_setup_teardown(happened, setup, teardown),
		cmocka_unit_test_setup_teardown(toggles, setup, teardown),
		cmocka_unit_test_setup_teardown(grows, setup, teardown),
		cmocka_unit_test_setup_teardown(only_some, setup, teardown),
		cmocka_unit_test_setup_teardown(no_sip, setup, teardown),
		cmocka_unit_test_setup_teardown(unreadable, setup, teardown),
		cmocka_unit_test_setup_teardown(marks, setup, teardown),
		cmocka_unit_test_setup_teardown(compared, setup, teardown),
		cmocka_unit_test_setup_teardown(any_size, setup, teardown),
		cmocka_unit_test_setup_teardown(many_lanes, setup, teardown),
		cmocka_unit_test_setup_teardown(ascii, setup, teardown),
		cmocka_unit_test(sets),
		cmocka_unit_test(wrapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
