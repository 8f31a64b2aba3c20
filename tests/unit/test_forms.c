#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sip_store.h"
#include "ui/script.h"
#include "views/call_set.h"
#include "views/views.h"

/* What the fake saver was asked for, and how it is to go on. */
struct save {
	struct buf path;
	uint32_t calls[8];
	size_t n;
	uint32_t message;
	enum save_format format;
	bool rtp, overwrite;
	const char *refuse;	/* save_start() fails with it */
	const char *break_down;	/* save_step() does, at its end */
	int steps;		/* until it is done */
	int started, ended;
	uint64_t missing;
};

struct fixture {
	struct sip_store sip;
	struct query query;
	struct host_names names;
	struct settings settings;
	struct views_app app;
	struct keymap keymap;
	struct stack stack;
	struct buf screens;
	struct call_set shown, selected;
	struct save save;
	struct buf applied;	/* by the filter form */
	int applies;
	struct buf opened;	/* by the file picker, "+" in front: added */
	const char *refuse;	/* open_file() fails with it */
	char folder[64], back[512];
	struct buf made;
};

static struct save *
fake_start(void *ctx, const struct save_request *request, struct err *err)
{
	struct fixture *f = ctx;
	struct save *s = &f->save;

	buf_clear(&s->path);
	buf_add_cstr(&s->path, request->path);
	s->n = request->n;
	for (size_t i = 0; i < request->n && i < ARRAY_SIZE(s->calls); i++)
		s->calls[i] = request->calls[i];
	s->message = request->message;
	s->format = request->format;
	s->rtp = request->rtp;
	s->overwrite = request->overwrite;
	if (s->refuse) {
		err_set(err, "%s: %s", request->path, s->refuse);
		return NULL;
	}
	s->started++;
	return s;
}

static enum save_state
fake_step(struct save *s, int budget_ms, struct save_progress *p, struct err *err)
{
	(void)budget_ms;
	assert_true(s->started > s->ended);
	*p = (struct save_progress){ .done = 50, .total = 200, .packets = 12, .messages = 6,
				     .missing = s->missing };
	if (s->steps-- > 0)
		return SAVE_RUNNING;
	if (s->break_down) {
		err_set(err, "%s", s->break_down);
		return SAVE_FAILED;
	}
	return SAVE_DONE;
}

static void
fake_end(struct save *s)
{
	s->ended++;
}

static int
fake_open(void *ctx, const char *path, bool add, struct err *err)
{
	struct fixture *f = ctx;

	buf_clear(&f->opened);
	if (f->refuse)
		return err_set(err, "%s: %s", path, f->refuse);
	buf_printf(&f->opened, "%s%s", add ? "+" : "", path);
	return 0;
}

static void
apply(void *ctx, struct str expression)
{
	struct fixture *f = ctx;

	buf_clear(&f->applied);
	buf_add_str(&f->applied, expression);
	f->applies++;
}

static void
make(struct fixture *f, const char *name, size_t bytes)
{
	const struct timespec then[2] = { { 1772442000, 0 }, { 1772442000, 0 } };
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	futimens(fd, then);
	close(fd);
	buf_add(&f->made, name, strlen(name) + 1);
}

static void
make_folder(struct fixture *f, const char *name)
{
	assert_int_equal(mkdir(name, 0700), 0);
	buf_add(&f->made, name, strlen(name) + 1);
}

/* In a folder of its own. */
static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || !getcwd(f->back, sizeof(f->back)))
		return -1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/test-forms-XXXXXX");
	if (!mkdtemp(f->folder) || chdir(f->folder) != 0 || setenv("HOME", f->folder, 1) != 0)
		return -1;
	sip_store_init(&f->sip);
	query_init(&f->query, f->sip.store);
	host_names_init(&f->names);
	settings_init(&f->settings);
	f->app = (struct views_app){
		.settings = &f->settings, .store = f->sip.store, .query = &f->query,
		.names = &f->names, .source = "sample.pcap", .utc = true, .ctx = f,
		.save_start = fake_start, .save_step = fake_step, .save_end = fake_end,
		.open_file = fake_open,
	};
	for (int i = 0; i < 4; i++) {
		char id[32];

		snprintf(id, sizeof(id), "call/%d@test", i);
		sip_store_call(&f->sip, id, "192.0.2.1:5060", "192.0.2.2:5060");
	}
	call_set_grow(&f->shown, 4);
	call_set_grow(&f->selected, 4);
	keymap_init(&f->keymap);
	views_add_keys(&f->keymap);
	stack_init(&f->stack, &f->keymap, &f->app);
	f->stack.globals = &views_globals;
	stack_open(&f->stack, &view_calls_ops, NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	stack_release(&f->stack);
	assert_int_equal(f->save.started, f->save.ended);
	for (size_t i = f->made.n; i > 0;) {
		for (i--; i > 0 && f->made.p[i - 1] != '\0'; i--)
			;
		remove(f->made.p + i);
	}
	assert_int_equal(chdir(f->back), 0);
	rmdir(f->folder);
	keymap_release(&f->keymap);
	host_names_release(&f->names);
	query_release(&f->query);
	sip_store_release(&f->sip);
	call_set_release(&f->shown);
	call_set_release(&f->selected);
	buf_release(&f->screens);
	buf_release(&f->save.path);
	buf_release(&f->applied);
	buf_release(&f->opened);
	buf_release(&f->made);
	free(f);
	return 0;
}

/* ---- driving ---- */

static const char *
run(struct fixture *f, const char *script)
{
	struct err err;

	buf_clear(&f->screens);
	if (script_run("test", str_of(script), &f->stack, NULL, f->app.ascii, &f->screens, &err) != 0)
		fail_msg("%s", err.text);
	if (getenv("VIEWS_SHOW"))
		puts(buf_cstr(&f->screens));
	return buf_cstr(&f->screens);
}

/* Keys without the work between them. */
static const char *
press(struct fixture *f, const char *names)
{
	struct str rest = str_of(names), word;
	struct key key;

	while (str_cut_word(&rest, &word)) {
		assert_int_equal(key_parse(&key, word, NULL), 0);
		stack_key(&f->stack, key);
	}
	stack_refresh(&f->stack);
	return buf_cstr(&f->stack.notice);
}

static void
type(struct fixture *f, const char *text)
{
	for (; *text; text++)
		stack_key(&f->stack, (struct key){ (unsigned char)*text, 0 });
	stack_refresh(&f->stack);
}

/* The screen as it is, without any work. */
static const char *
screen(struct fixture *f)
{
	struct canvas *c = canvas_new(f->stack.height, f->stack.width);

	c->ascii = f->app.ascii;
	stack_draw(&f->stack, c);
	buf_clear(&f->screens);
	for (int y = 0; y < canvas_height(c); y++) {
		canvas_row(c, y, false, &f->screens);
		buf_add_char(&f->screens, '\n');
	}
	canvas_free(c);
	if (getenv("VIEWS_SHOW"))
		puts(buf_cstr(&f->screens));
	return buf_cstr(&f->screens);
}

static void
has(const char *s, const char *what)
{
	if (!strstr(s, what))
		fail_msg("no \"%s\" in\n%s", what, s);
}

static void
has_not(const char *s, const char *what)
{
	if (strstr(s, what))
		fail_msg("\"%s\" in\n%s", what, s);
}

static bool
is_on_top(const struct fixture *f, const struct view_ops *ops)
{
	return stack_top(&f->stack)->ops == ops;
}

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
		.calls = (uint32_t[]){ 0, 3 }, .n = 2, .message = 1 });
	s = screen(f);
	has(s, "<these calls [2]>");
	has(s, "./call_0@test.pcap");
	press(f, "<Enter>");
	assert_int_equal(f->save.n, 2);
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
	press(f, "/ <Enter>");
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
open_filter(struct fixture *f, const char *now)
{
	stack_open(&f->stack, &view_filter_form_ops, &(struct filter_form_subject){
		.apply = apply, .ctx = f, .now = str_of(now) });
}

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

/* ---- files ---- */

static void
make_files(struct fixture *f)
{
	const struct timespec then[2] = { { 1772442000, 0 }, { 1772442000, 0 } };

	make_folder(f, "old");
	make(f, "old/2025.pcap.gz", 123456);
	utimensat(AT_FDCWD, "old", then, 0);
	make(f, "b.pcapng", 5);
	make(f, "notes.txt", 70000000);
	make(f, "trunk-b.CAP", 9999);
	make(f, ".hidden.pcap", 1);
	make(f, "evil\x1b[31m\xff.pcap", 1);
}

static void
files_listed(void **state)
{
	struct fixture *f = *state;
	const char *s;

	make_files(f);
	s = run(f, "<C-O>\n:shot a");
	has(s, "Open a capture");
	has(s, "File: ./\n");
	has(s, "  Name                                                    Size  Changed\n");
	has(s, "  ../\n");
	has(s, "  old/                                                          2026-03-02 09:00\n");
	has(s, "* b.pcapng                                                   5  2026-03-02 09:00\n");
	has(s, "* evil␛[31m\xef\xbf\xbd.pcap");
	has(s, "  notes.txt                                              70 MB  2026-03-02 09:00\n");
	has(s, "* trunk-b.CAP                                             9999  ");
	has_not(s, "hidden");
	has(s, "2/6");
	s = run(f, "B\n:shot b");
	has(s, "File: ./B\n");
	has(s, "b.pcapng");
	has(s, "trunk-b");
	has_not(s, "notes");
	has(s, "1/2");
	s = run(f, "<Backspace> .\n:shot c\n<C-U> z z\n:shot d\n:resize 40x10\n<C-U>\n:shot e\n");
	has(s, "hidden");
	has(s, "No name here has this in it.");
	has(strstr(s, "== e"), "  notes.txt                        70 MB\n");
	run(f, ":resize 12x3\n:resize 3x2\n:resize 80x24\n");
}

static void
files_moved(void **state)
{
	struct fixture *f = *state;
	const char *s;

	make_files(f);
	s = run(f, "<C-O> <Enter>\n:shot a\n");
	has(s, "File: ./old/");
	has(s, "* 2025.pcap.gz");
	has(s, "123 kB");
	/* Up again, to where one was. */
	s = run(f, "<Left>\n:shot+ a\n");
	has(s, f->folder);
	has(s, "  old/");
	s = run(f, "<Right>\n:shot a\n");
	has(s, "/old/\n");
	has(s, f->folder);
	s = run(f, "<Home> <Enter>\n:shot a\n");
	has_not(s, "/old/\n");
	s = run(f, "<Backspace>\n:shot a\n");
	has(s, "File: /tmp/\n");
	s = run(f, "<Left> <Left> <Left>\n:shot a\n");
	has(s, "File: /\n");
	has_not(s, "../");
	s = run(f, "~\n:shot a\n");
	has(s, "File: ~/\n");
	has(s, "b.pcapng");
	s = run(f, "t r <Tab>\n:shot a\n");
	has(s, "File: ~/trunk-b.CAP\n");
	s = run(f, "<C-W> / n o w h e r e /\n:shot a\n");
	has(s, "File: /nowhere/\n");
	has(s, "/nowhere/: No such file or directory");
	has(press(f, "x <Enter>"), "There is no file /nowhere/x.");
}

static void
files_opened(void **state)
{
	struct fixture *f = *state;

	make_files(f);
	run(f, "<C-O> b . <Enter>");
	has(screen(f), "Open ./b.pcapng, and close what is open? y/n");
	press(f, "n");
	assert_int_equal(f->opened.n, 0);
	assert_true(is_on_top(f, &view_files_ops));
	f->refuse = "this is no capture";
	press(f, "<Enter> y");
	has(screen(f), "./b.pcapng: this is no capture");
	assert_true(is_on_top(f, &view_files_ops));
	f->refuse = NULL;
	press(f, "<Enter> y");
	assert_string_equal(buf_cstr(&f->opened), "./b.pcapng");
	assert_true(is_on_top(f, &view_calls_ops));
	has(screen(f), "Reading ./b.pcapng.");
	run(f, "<C-O> ~ h i d <C-U> . h i d");
	has(press(f, "<Insert>"), "Reading ");
	has(buf_cstr(&f->opened), "+");
	has(buf_cstr(&f->opened), "/.hidden.pcap");
	run(f, "<C-O> <C-O>");
	assert_int_equal(f->stack.count, 2);
	run(f, "<Esc>");
	assert_true(is_on_top(f, &view_calls_ops));
	/* By mouse; the third row has the folder. */
	run(f, "<C-O>");
	stack_mouse(&f->stack, &(struct mouse){ MOUSE_PRESS, 4, 5 });
	stack_mouse(&f->stack, &(struct mouse){ MOUSE_DOUBLE, 4, 5 });
	has(screen(f), "File: ./old/");
}

/* Folders of any size, a slice at a time. */
static void
files_many(void **state)
{
	struct fixture *f = *state;
	char name[32];

	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "%04d.pcap", i * 7 % 3000);
		make(f, name, 1);
	}
	has(run(f, "<C-O> <End>\n:shot a\n"), "2999.pcap");
	has(run(f, "2 9 9\n:shot a\n"), "4/13");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_offered, setup, teardown),
		cmocka_unit_test_setup_teardown(of_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(formats, setup, teardown),
		cmocka_unit_test_setup_teardown(written, setup, teardown),
		cmocka_unit_test_setup_teardown(overwritten, setup, teardown),
		cmocka_unit_test_setup_teardown(save_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(no_saver, setup, teardown),
		cmocka_unit_test_setup_teardown(names_completed, setup, teardown),
		cmocka_unit_test_setup_teardown(filter_made, setup, teardown),
		cmocka_unit_test_setup_teardown(filter_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(files_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(files_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(files_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(files_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
