#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "ui/path.h"

struct fixture {
	char folder[64];
	struct buf made;	/* names, each with a NUL, to be removed */
	struct path_list list;
	struct buf out;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/test-path-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	*state = f;
	return 0;
}

static const char *
path_of(struct fixture *f, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	return path;
}

static void
make(struct fixture *f, const char *name, bool folder)
{
	int fd;

	if (folder) {
		assert_int_equal(mkdir(path_of(f, name), 0700), 0);
	} else {
		fd = open(path_of(f, name), O_WRONLY | O_CREAT, 0600);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, "12345", 5), 5);
		close(fd);
	}
	buf_add(&f->made, name, strlen(name) + 1);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->made.n; i += strlen(f->made.p + i) + 1)
		remove(path_of(f, f->made.p + i));
	rmdir(f->folder);
	path_list_release(&f->list);
	buf_release(&f->made);
	buf_release(&f->out);
	free(f);
	return 0;
}

static void
paths(void **state)
{
	static const struct { const char *path, *folder, *expanded; size_t name_at; } t[] = {
		{ "", ".", "", 0 },
		{ "x", ".", "x", 0 },
		{ "./x", "./", "./x", 2 },
		{ "/x", "/", "/x", 1 },
		{ "/", "/", "/", 1 },
		{ "~", ".", "/home/of/one", 0 },
		{ "~/", "/home/of/one/", "/home/of/one/", 2 },
		{ "~/a/b", "/home/of/one/a/", "/home/of/one/a/b", 4 },
		{ "~a/b", "~a/", "~a/b", 3 },
		{ "a/~", "a/", "a/~", 2 },
	};
	struct fixture *f = *state;

	setenv("HOME", "/home/of/one", 1);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(path_name_at(str_of(t[i].path)), t[i].name_at);
		buf_clear(&f->out);
		path_folder(&f->out, str_of(t[i].path));
		assert_string_equal(buf_cstr(&f->out), t[i].folder);
		buf_clear(&f->out);
		path_expand(&f->out, str_of(t[i].path));
		assert_string_equal(buf_cstr(&f->out), t[i].expanded);
	}
}

static void
safe(void **state)
{
	static const struct { const char *text, *name; } t[] = {
		{ "abc-1@192.0.2.1", "abc-1@192.0.2.1" },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ "..", "_." },
		{ "-rf", "_rf" },
		{ "a b;$(x)\x1b[1m", "a_b___x___1m" },
		{ "", "file" },
		{ "ä", "__" },
		{ "0123456789012345678901234567890", "01234567890123456789" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		buf_clear(&f->out);
		path_add_safe(&f->out, str_of(t[i].text), 20);
		assert_string_equal(buf_cstr(&f->out), t[i].name);
	}
}

static void
read_all(struct fixture *f)
{
	struct err err;

	if (path_list_open(&f->list, f->folder, &err) != 0)
		fail_msg("%s", err.text);
	while (path_list_read(&f->list, 1))
		;
	assert_true(f->list.done);
}

static void
listing(void **state)
{
	struct fixture *f = *state;
	struct err err;

	make(f, "b.pcap", false);
	make(f, "a.txt", false);
	make(f, ".hidden", false);
	make(f, "old", true);
	make(f, "evil\x1b[31m\xff\n", false);
	assert_int_equal(symlink(f->folder, path_of(f, "link")), 0);
	buf_add(&f->made, "link", 5);
	assert_int_equal(symlink("/nowhere/at/all", path_of(f, "broken")), 0);
	buf_add(&f->made, "broken", 7);
	read_all(f);
	assert_int_equal(f->list.n, 7);
	assert_string_equal(f->list.names[0].name, "link");
	assert_true(f->list.names[0].folder);
	assert_string_equal(f->list.names[1].name, "old");
	assert_string_equal(f->list.names[2].name, ".hidden");
	assert_string_equal(f->list.names[6].name, "evil\x1b[31m\xff\n");
	assert_int_equal(f->list.names[3].bytes, -1);
	for (size_t i = 0; i < f->list.n; i++)
		path_list_look(&f->list, f->folder, i);
	assert_int_equal(f->list.names[3].bytes, 5);
	assert_true(f->list.names[3].modified > INT64_C(1600000000) * NS_PER_S);
	assert_string_equal(f->list.names[5].name, "broken");
	assert_int_equal(f->list.names[5].bytes, -1);
	assert_int_equal(path_kind(f->folder), PATH_FOLDER);
	assert_int_equal(path_kind(path_of(f, "a.txt")), PATH_FILE);
	assert_int_equal(path_kind("/dev/null"), PATH_DEVICE);
	assert_int_equal(path_kind(path_of(f, "broken")), PATH_NOTHING);
	assert_int_equal(path_list_open(&f->list, path_of(f, "a.txt"), &err), -1);
	assert_non_null(strstr(err.text, "a.txt: Not a directory"));
	assert_int_equal(f->list.n, 0);
	assert_false(path_list_read(&f->list, 1));
}

static void
completion(void **state)
{
	static const struct { const char *begin, *to; size_t found; } t[] = {
		{ "x", "", 0 },
		{ "ca", "call-", 3 },
		{ "call-", "call-", 3 },
		{ "call-1", "call-1.pcap", 1 },
		{ "call-1.pcap", "call-1.pcap", 1 },
		{ "sub", "subdir/", 1 },
		{ ".h", ".hidden", 1 },
		{ ".", ".hidden", 1 },
		{ "", "", 6 },
		{ "\xc3", "", 2 },
		{ "z\xc3", "", 0 },
	};
	struct fixture *f = *state;

	make(f, "call-1.pcap", false);
	make(f, "call-2.pcap", false);
	make(f, "call-3", true);
	make(f, "subdir", true);
	make(f, ".hidden", false);
	make(f, "\xc3\xa4", false);	/* the first bytes of these are the same */
	make(f, "\xc3\xb6", false);
	read_all(f);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		buf_clear(&f->out);
		assert_int_equal(path_list_complete(&f->list, str_of(t[i].begin), &f->out),
				 t[i].found);
		if (t[i].begin[0] != '\xc3')
			assert_string_equal(buf_cstr(&f->out), t[i].to);
	}
	buf_clear(&f->out);
	path_list_add_names(&f->list, STR("call"), 100, &f->out);
	assert_string_equal(buf_cstr(&f->out), "call-3/  call-1.pcap  call-2.pcap");
	buf_clear(&f->out);
	path_list_add_names(&f->list, STR("call"), 10, &f->out);
	assert_string_equal(buf_cstr(&f->out), "call-3/  call-1.pcap  …");
}

/* More than one run, in any order of the system. */
static void
many(void **state)
{
	struct fixture *f = *state;
	char name[32];

	for (unsigned int i = 0; i < 2100; i++) {
		snprintf(name, sizeof(name), "%u", i * 7919 % 100003);
		make(f, name, i % 100 == 0);
	}
	read_all(f);
	assert_int_equal(f->list.n, 2100);
	for (size_t i = 1; i < f->list.n; i++) {
		const struct path_name *a = &f->list.names[i - 1], *b = a + 1;

		assert_true(a->folder > b->folder ||
			    (a->folder == b->folder && strcmp(a->name, b->name) < 0));
	}
	/* Left in the middle. */
	assert_int_equal(path_list_open(&f->list, f->folder, NULL), 0);
	path_list_read(&f->list, 0);
	path_list_read(&f->list, 0);
	assert_false(f->list.done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(paths, setup, teardown),
		cmocka_unit_test_setup_teardown(safe, setup, teardown),
		cmocka_unit_test_setup_teardown(listing, setup, teardown),
		cmocka_unit_test_setup_teardown(completion, setup, teardown),
		cmocka_unit_test_setup_teardown(many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
