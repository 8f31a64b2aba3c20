#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "forms_fixture.h"

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
	has(s, "File: ./ ");
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
	has(s, "File: ./B ");
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
	has(s, "/old/ ");
	has(s, f->folder);
	s = run(f, "<Home> <Enter>\n:shot a\n");
	has_not(s, "/old/ ");
	s = run(f, "<Backspace>\n:shot a\n");
	has(s, "File: /tmp/ ");
	s = run(f, "<Left> <Left> <Left>\n:shot a\n");
	has(s, "File: / ");
	has_not(s, "../");
	s = run(f, "~\n:shot a\n");
	has(s, "File: ~/ ");
	has(s, "b.pcapng");
	s = run(f, "t r <Tab>\n:shot a\n");
	has(s, "File: ~/trunk-b.CAP ");
	s = run(f, "<C-W> . . / / n o w h e r e /\n:shot a\n");
	has(s, "File: /nowhere/ ");
	has(s, "/nowhere/: No such file or directory");
	has(press(f, "x <Enter>"), "There is no file /nowhere/x.");
	has(press(f, "<C-U> / d e v / n u l l <Enter>"), "This is a device or a pipe");
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
		cmocka_unit_test_setup_teardown(files_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(files_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(files_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(files_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
