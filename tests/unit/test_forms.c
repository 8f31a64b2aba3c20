#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "forms_fixture.h"

/* ---- saving ---- */

static void
open_save_of_list(struct fixture *f)
{
	save_open(&f->stack, &(struct save_subject){
		.shown = &f->shown, .selected = &f->selected, .calls = (uint32_t[]){ 2 }, .n = 1,
		.message = MESSAGE_NONE });
}

static void
work(struct fixture *f)
{
	stack_work(&f->stack, 10);
	stack_refresh(&f->stack);
}

static void
what_is_offered(void **state)
{
	struct fixture *f = *state;
	const char *s;

	for (uint32_t i = 0; i < 4; i++)
		call_set_put(&f->shown, i, true);
	open_save_of_list(f);
	s = screen(f);
	has(s, "─ Save ─");
	has(s, "./calls.pcap");
	has(s, "<all [4]>");
	press(f, "<Tab> <Right>");
	has(screen(f), "./calls.pcap");
	press(f, "<Esc>");
	call_set_put(&f->shown, 1, false);
	open_save_of_list(f);
	has(screen(f), "<shown [3]>");
	press(f, "<Esc>");
	call_set_put(&f->selected, 3, true);
	open_save_of_list(f);
	s = screen(f);
	has(s, "<selected [1]>");
	has(s, "./call_3@test.pcap");
	/* What is chosen changes a name that was proposed, and none that was typed. */
	press(f, "<Down> <Right>");
	has(screen(f), "./calls.pcap");
	press(f, "<Right> <Right>");
	s = screen(f);
	has(s, "<this call>");
	has(s, "./call_2@test.pcap");
	press(f, "<Up> x <Down> <Right>");
	s = screen(f);
	has(s, "<selected [1]>");
	has(s, "./call_2@test.pcapx");
}

static void
of_messages(void **state)
{
	struct fixture *f = *state;
	const char *s;

	save_open(&f->stack, &(struct save_subject){
		.calls = (uint32_t[]){ 3, 0 }, .n = 2, .message = 1 });
	s = screen(f);
	has(s, "<these calls [2]>");
	has(s, "./call_3@test.pcap");
	press(f, "<Enter>");
	assert_int_equal(f->save.n, 2);
	assert_int_equal(f->save.calls[0], 0);
	assert_int_equal(f->save.calls[1], 3);
	assert_int_equal(f->save.message, MESSAGE_NONE);
	work(f);
	assert_true(is_on_top(f, &view_calls_ops));
	save_open(&f->stack, &(struct save_subject){
		.calls = (uint32_t[]){ 3 }, .n = 1, .message = 1, .message_first = true });
	s = screen(f);
	has(s, "<this message>");
	has(s, "./call_0@test-message.pcap");
	press(f, "<Enter>");
	assert_int_equal(f->save.n, 1);
	assert_int_equal(f->save.calls[0], 0);
	assert_int_equal(f->save.message, 1);
	work(f);
	has(buf_cstr(&f->stack.notice), "Saved 6 messages");
}

static void
formats(void **state)
{
	struct fixture *f = *state;
	const char *s;

	open_save_of_list(f);
	press(f, "<Down> <Down>");
	s = screen(f);
	has(s, "<pcap>");
	has(s, "packets, as captured");
	press(f, "<Right>");
	has(screen(f), "./calls.pcapng");
	/* RTP is for packets. */
	press(f, "<Tab> <Space>");
	has(screen(f), "[x] with RTP");
	press(f, "<Up> <Down> <Right>");
	s = screen(f);
	has(s, "./calls.txt");
	has(s, "messages, as read on the screen");
	press(f, "<Enter>");
	assert_int_equal(f->save.format, SAVE_TEXT);
	assert_false(f->save.rtp);
	work(f);
	open_save_of_list(f);
	press(f, "<C-U>");
	type(f, "x.JSON");
	has(screen(f), "<json>");
	press(f, "<C-U>");
	type(f, "~/a.b.pcapng");
	has(screen(f), "<pcapng>");
	press(f, "<Tab>");
	press(f, "<Down> <Down> <Left> <Left>");
	has(screen(f), "~/a.b.csv");
	press(f, "<Right> <Tab> <Space> <Enter>");
	assert_int_equal(f->save.format, SAVE_PCAP);
	assert_true(f->save.rtp);
	has(buf_cstr(&f->save.path), f->folder);
	has(buf_cstr(&f->save.path), "/a.b.pcap");
	work(f);
	/* Packed ones stay so; some names are of pcap too. */
	open_save_of_list(f);
	press(f, "<C-U>");
	type(f, "a.json.GZ");
	has(screen(f), "<json>");
	press(f, "<Tab> <Down> <Down> <Right>");
	has(screen(f), "a.csv.gz");
	press(f, "<Up> <Up> <C-U>");
	type(f, "a.CAP");
	has(screen(f), "<pcap>");
	press(f, "<Enter>");
	work(f);
	/* A name without a suffix that is known gets one with a format only. */
	open_save_of_list(f);
	press(f, "<C-U>");
	type(f, "a.b");
	press(f, "<Enter>");
	assert_string_equal(buf_cstr(&f->save.path), "a.b");
	work(f);
	f->settings.save_path[0] = '/';
	f->settings.save_path[1] = 'x';
	f->settings.save_path[2] = '\0';
	open_save_of_list(f);
	has(screen(f), "/x/calls.pcap");
}

static void
written(void **state)
{
	struct fixture *f = *state;
	const char *s;

	for (uint32_t i = 0; i < 3; i++)
		call_set_put(&f->shown, i, true);
	f->save.steps = 1;
	open_save_of_list(f);
	press(f, "<Enter>");
	assert_int_equal(f->save.started, 1);
	assert_int_equal(f->save.n, 3);
	assert_false(f->save.overwrite);
	work(f);
	s = screen(f);
	has(s, "[#####...............] 25%  12 packets");
	/* Meanwhile nothing but cancelling. */
	press(f, "<Tab> x <F2> <C-O> q");
	assert_int_equal(f->save.started, 1);
	assert_true(is_on_top(f, &view_save_ops));
	work(f);
	assert_true(is_on_top(f, &view_calls_ops));
	assert_int_equal(f->save.ended, 1);
	has(screen(f), "Saved 3 calls, 6 messages, 12 packets to ./calls.pcap");
	assert_false(f->stack.notice_error);
	f->save.steps = 0;
	f->save.missing = 4;
	open_save_of_list(f);
	press(f, "<F2>");
	work(f);
	has(screen(f), "12 packets (4 missing) to ./calls.pcap");
	assert_true(f->stack.notice_error);
	/* What came by a pipe. */
	f->save.missing = 0;
	f->save.built = 12;
	f->save.media_gone = true;
	open_save_of_list(f);
	press(f, "<F2>");
	work(f);
	has(screen(f), "12 packets (12 rebuilt, no RTP) to ");
	assert_true(f->stack.notice_error);
	/* What was not kept: why, and with less to say there is room for the path. */
	f->save.built = 0;
	f->save.media_unkept = true;
	open_save_of_list(f);
	press(f, "<F2>");
	work(f);
	has(screen(f), "Saved 3 calls, 12 packets (no RTP: started without -r) to ./calls.pcap");
}

/* What the file is to say of itself. */
static void
commented(void **state)
{
	struct fixture *f = *state;
	uint32_t calls[] = { 1, 0 };
	struct save_subject subject = { .shown = &f->shown, .selected = &f->selected,
					.message = MESSAGE_NONE, .filter = "method = \"\033\"" };

	f->app.source = "a.pcap, b.pcap";
	f->app.bpf = "udp";
	call_set_put(&f->shown, 1, true);
	save_open(&f->stack, &subject);
	press(f, "<Enter>");
	assert_string_equal(buf_cstr(&f->save.comment), "calls of a.pcap, b.pcap where "
			    "method = \"␛\"; BPF filter udp");
	work(f);
	call_set_put(&f->selected, 1, true);
	save_open(&f->stack, &subject);
	press(f, "<Enter>");
	assert_string_equal(buf_cstr(&f->save.comment),
			    "selected calls of a.pcap, b.pcap; BPF filter udp");
	work(f);
	f->app.bpf = NULL;
	save_open(&f->stack, &(struct save_subject){ .calls = calls, .n = 2,
						     .message = MESSAGE_NONE });
	press(f, "<Enter>");
	has(buf_cstr(&f->save.comment), "calls of a.pcap, b.pcap; Call-ID ");
	has(buf_cstr(&f->save.comment), ", ");
	work(f);
}

static void
overwritten(void **state)
{
	struct fixture *f = *state;

	make(f, "calls.pcap", 10);
	make_folder(f, "folder");
	open_save_of_list(f);
	press(f, "<Enter>");
	has(screen(f), "Overwrite ./calls.pcap, which exists? y/n");
	press(f, "n");
	assert_int_equal(f->save.started, 0);
	has(screen(f), "./calls.pcap");
	press(f, "<Enter> y");
	assert_int_equal(f->save.started, 1);
	assert_true(f->save.overwrite);
	work(f);
	assert_true(is_on_top(f, &view_calls_ops));
	open_save_of_list(f);
	press(f, "<C-U>");
	type(f, "folder");
	press(f, "<Enter>");
	has(screen(f), "This is a folder");
	press(f, "<C-U>");
	type(f, "/dev/null");
	press(f, "<Enter>");
	has(screen(f), "This is a device or a pipe");
	press(f, "<C-U> / <Enter>");
	has(screen(f), "Type the name of a file.");
	press(f, "<C-U> <Enter>");
	has(screen(f), "Type the name of a file.");
	assert_int_equal(f->save.started, 1);
}

static void
save_errors(void **state)
{
	struct fixture *f = *state;
	const char *s;

	f->save.refuse = "Permission denied";
	open_save_of_list(f);
	press(f, "<C-U>");
	type(f, "/nowhere/my.pcapng");
	press(f, "<Enter>");
	s = screen(f);
	has(s, "│/nowhere/my.pcapng: Permission denied");
	has(s, "Path    /nowhere/my.pcapng");
	has(s, "<pcapng>");
	/* What goes wrong later is no other; the error goes with the next change. */
	f->save.refuse = NULL;
	f->save.break_down = "/nowhere/my.pcapng: No space left on device";
	press(f, "<Enter>");
	work(f);
	s = screen(f);
	has(s, "│/nowhere/my.pcapng: No space left on device");
	has(s, "Path    /nowhere/my.pcapng");
	press(f, "x");
	s = screen(f);
	has(s, "my.pcapngx");
	has_not(s, "No space");
	run(f, ":resize 40x10\n");
	press(f, "<Backspace> <Enter>");
	work(f);
	s = screen(f);
	has(s, "No space left on  │\n│device ");
	has(s, "my.pcapng");
}

static void
cancelled(void **state)
{
	struct fixture *f = *state;

	f->save.steps = 100;
	open_save_of_list(f);
	press(f, "<Enter>");
	work(f);
	press(f, "<Esc>");
	assert_int_equal(f->save.ended, 1);
	has(screen(f), "Cancelled: nothing was written.");
	press(f, "<Enter> <Enter>");
	assert_int_equal(f->save.ended, 2);
	assert_true(is_on_top(f, &view_save_ops));
	press(f, "<Enter>");
	assert_int_equal(f->save.started, 3);
	/* Left behind by a program that ends: teardown() looks. */
}

static void
open_filter(struct fixture *f, const char *now)
{
	stack_open(&f->stack, &view_filter_form_ops, &(struct filter_form_subject){
		.apply = apply, .ctx = f, .now = str_of(now) });
}

/* Click on what stands on the screen; all before it is of one cell and byte, or a
 * line of the frame. */
static void
click(struct fixture *f, const char *what)
{
	const char *s = screen(f), *at = strstr(s, what), *line = at;
	int y = 0, x = 0;

	assert_non_null(at);
	for (; s < at; s++)
		y += *s == '\n';
	while (line[-1] != '\n')
		x += ((unsigned char)*--line & 0xc0) != 0x80;
	stack_mouse(&f->stack, &(struct mouse){ .kind = MOUSE_PRESS, .y = y, .x = x });
}

static void
with_mouse(void **state)
{
	struct fixture *f = *state;

	f->save.steps = 100;
	open_save_of_list(f);
	click(f, "with RTP");
	click(f, "[ Save ]");
	assert_int_equal(f->save.started, 1);
	assert_true(f->save.rtp);
	click(f, "./calls.pcap");
	click(f, "[ Save ]");
	assert_int_equal(f->save.started, 1);
	click(f, "[ Cancel ]");
	assert_int_equal(f->save.ended, 1);
	assert_true(is_on_top(f, &view_save_ops));
	click(f, "[ Cancel ]");
	assert_true(is_on_top(f, &view_calls_ops));
	open_filter(f, "");
	click(f, "INVITE     [x] SUB");
	click(f, "[ Filter ]");
	assert_string_equal(buf_cstr(&f->applied), "method not in (INVITE)");
}

/* Whatever the size, and in ASCII. */
static void
sizes(void **state)
{
	struct fixture *f = *state;

	open_save_of_list(f);
	run(f, ":resize 20x5\n:resize 12x4\n:resize 12x3\n:resize 3x2\n:resize 1x1\n");
	press(f, "<Tab> x <Down> <Esc>");
	open_filter(f, "from ~ \"a\"");
	run(f, ":resize 20x5\n:resize 12x4\n:resize 12x3\n:resize 3x2\n:resize 1x1\n");
	press(f, "<Tab> x <Down> <S-Tab>");
	f->app.ascii = true;
	run(f, ":resize 40x10\n");
	press(f, "<Home>");
	has(screen(f), "+- Filter --");
	has(screen(f), "v|");
}

static void
no_saver(void **state)
{
	struct fixture *f = *state;

	save_open(&f->stack, &(struct save_subject){ .message = MESSAGE_NONE });
	has(screen(f), "There is nothing to save.");
	f->app.save_start = NULL;
	open_save_of_list(f);
	assert_true(is_on_top(f, &view_calls_ops));
	has(screen(f), "Nothing can be saved here.");
	f->app.open_file = NULL;
	press(f, "<C-O>");
	assert_true(is_on_top(f, &view_calls_ops));
	has(screen(f), "No other capture can be opened here.");
}

static void
names_completed(void **state)
{
	struct fixture *f = *state;
	const char *s;

	make(f, "trace-1.pcap", 1);
	make(f, "trace-2.txt", 1);
	make_folder(f, "traces");
	open_save_of_list(f);
	run(f, "<C-U> t <Tab>");
	s = screen(f);
	has(s, "Path    trace");
	has_not(s, "trace-1");
	run(f, "<Tab>");
	has(screen(f), "traces/  trace-1.pcap  trace-2.txt");
	run(f, "- 2 <Tab>");
	s = screen(f);
	has(s, "Path    trace-2.txt");
	has(s, "<text>");
	run(f, "<C-U> ~ <Tab> t r a c e s <Tab>");
	has(screen(f), "Path    ~/traces/");
	run(f, "<Tab>");
	has(screen(f), "No name begins so.");
	run(f, "<C-U> / n o w h e r e / <Tab>");
	has(screen(f), "/nowhere/: No such file or directory");
	run(f, "<C-U> . / z <Tab>");
	has(screen(f), "No name begins so.");
	/* On, as ever, without Tab for it. */
	press(f, "<Down>");
	press(f, "<Tab>");
	has(screen(f), "messages, as read on the screen");
}

/* ---- the filter form ---- */

static void
filter_made(void **state)
{
	struct fixture *f = *state;
	const char *s;

	open_filter(f, "");
	s = screen(f);
	has(s, "─ Filter ─");
	has(s, "[x] REGISTER");
	type(f, "alice");
	press(f, "<Down> <Down>");
	type(f, "10.0.0.0/8");
	press(f, "<Enter>");
	assert_true(is_on_top(f, &view_calls_ops));
	assert_int_equal(f->applies, 1);
	assert_string_equal(buf_cstr(&f->applied), "from ~ \"alice\" and source in 10.0.0.0/8");
	open_filter(f, "from ~ \"alice\" and source in 10.0.0.0/8");
	s = screen(f);
	has(s, "alice");
	has(s, "10.0.0.0/8");
	/* A box, and Enter on it. */
	press(f, "<C-U> <Tab> <Tab> <C-U> <Tab> <Tab> <Tab> <Tab> <Tab> <Space> <Enter>");
	assert_string_equal(buf_cstr(&f->applied), "method not in (REGISTER)");
	open_filter(f, "method not in (REGISTER)");
	s = screen(f);
	has(s, "[ ] REGISTER");
	has(s, "[x] INVITE");
	press(f, "<S-Tab> <S-Tab> <Enter>");
	has(screen(f), "[x] REGISTER");
	press(f, "<Enter>");
	assert_string_equal(buf_cstr(&f->applied), "");
	assert_int_equal(f->applies, 3);
	open_filter(f, "from ~ \"alice\"");
	press(f, "<S-Tab> <Enter>");
	assert_true(is_on_top(f, &view_calls_ops));
	open_filter(f, "");
	press(f, "x <Esc>");
	assert_true(is_on_top(f, &view_calls_ops));
	assert_int_equal(f->applies, 3);
}

static void
filter_errors(void **state)
{
	struct fixture *f = *state;
	const char *s;

	open_filter(f, "alice or bob");
	has(screen(f), "In place of: alice or bob");
	type(f, "a(b");
	press(f, "<Down>");
	type(f, "bob");
	press(f, "<Enter>");
	s = screen(f);
	has(s, "│SIP From: ");
	has(s, "a(b");
	has(s, "bob");
	assert_int_equal(f->applies, 0);
	press(f, ")");
	has_not(screen(f), "│SIP From: ");
	press(f, "<Enter>");
	assert_string_equal(buf_cstr(&f->applied), "from ~ \"a(b)\" and to ~ \"bob\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_offered, setup, teardown),
		cmocka_unit_test_setup_teardown(of_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(formats, setup, teardown),
		cmocka_unit_test_setup_teardown(written, setup, teardown),
		cmocka_unit_test_setup_teardown(commented, setup, teardown),
		cmocka_unit_test_setup_teardown(overwritten, setup, teardown),
		cmocka_unit_test_setup_teardown(save_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(with_mouse, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(no_saver, setup, teardown),
		cmocka_unit_test_setup_teardown(names_completed, setup, teardown),
		cmocka_unit_test_setup_teardown(filter_made, setup, teardown),
		cmocka_unit_test_setup_teardown(filter_errors, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
