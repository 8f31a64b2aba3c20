/*
 * The program itself on a pseudo terminal: that it leaves at once and puts the terminal
 * back, whatever it does just then; what a move of the cursor costs; that it sleeps;
 * and windows that change their size in haste.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "pty_child.h"

#define LEAVES_MS	5000	/* of a busy machine, with sanitizers */
#define MOVE_BYTES	4096

/* An end of the program, brought about in each state. */
enum end {
	END_QUIT, END_INT, END_TERM, END_HUP, END_QUIT_SIGNAL, END_CRASH, END_CLOSED, END_CTRL_C,
	END_CLOSED_NOHUP,	/* the hangup is ignored: the end of input tells */
	END_COUNT
};

/* What it does then. */
static const struct state {
	const char *name;
	const char *keys;	/* after the list is there */
	const char *wait_for;	/* then on the screen */
	bool typing;		/* letters are text */
	bool loading;		/* and more to read comes all the time */
} states[] = {
	{ "the list", "", "", false, false },
	{ "a ladder", "\r", "Flow of call", false, false },
	{ "help", "?", "Keys: ", false, false },
	{ "a dialog", ":", "Commands: ", true, false },
	{ "a line being typed", "r/", "Search: ", true, false },
	{ "loading", "", "", false, true },
	{ "loading, and a dialog", ":", "Commands: ", true, true },
	{ "loading, and a line being typed", "r/", "Search: ", true, true },
};

static char program[4096], sample[4096];

/* ---- the child ---- */

struct how {
	const char *file;
	int stdin_fd;		/* -1: the terminal */
	bool ignore_hangup;
};

static void
run_program(const void *ctx)
{
	const struct how *how = ctx;

	if (how->stdin_fd >= 0)
		dup2(how->stdin_fd, STDIN_FILENO);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	/* It dies of a crash that is sent, where nothing leaks. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	for (int i = 1; i < NSIG; i++)
		signal(i, i == SIGHUP && how->ignore_hangup ? SIG_IGN : SIG_DFL);
	execl(program, program, "-F", how->file, (char *)NULL);
	_exit(9);
}

static pid_t
start_feeding(struct how *how)
{
	how->file = "-";
	return feed_start(sample, &how->stdin_fd);
}

static void
start(struct child *c, const struct how *how, int height, int width)
{
	child_start(c, height, width, run_program, how);
	expect(c, "\033[?1049h");
	expect(c, "INVITE");
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- leaving ---- */

/* @return whether the status is that of such an end. */
static bool
bring_about(struct child *c, enum end end, const struct state *st)
{
	static const int numbers[END_COUNT] = {
		[END_INT] = SIGINT, [END_TERM] = SIGTERM, [END_HUP] = SIGHUP,
		[END_QUIT_SIGNAL] = SIGQUIT, [END_CRASH] = SIGSEGV,
	};
	int status;

	if (numbers[end] != 0) {
		kill(c->pid, numbers[end]);
	} else if (end == END_CTRL_C) {
		type(c, "\003");
	} else if (end == END_CLOSED || end == END_CLOSED_NOHUP) {
		close(c->tty);
		close(c->slave);
		c->tty = -1;
	} else {
		/* An Esc and a Q, as what is typed is text. */
		type(c, st->typing ? "\033Q" : "Q");
		/* What comes through a pipe would be lost. */
		if (st->loading) {
			expect(c, "Leave, and lose");
			type(c, "y");
		}
	}
	status = finish(c);
	switch (end) {
	case END_QUIT:
	case END_CLOSED_NOHUP:
		return status == 0;
	case END_CRASH:
		return status != 0 && status != 128 + SIGALRM;
	case END_CLOSED:
		return status == 0 || status == 128 + SIGHUP;
	case END_CTRL_C:
		return status == 128 + SIGINT;
	default:
		return status == 128 + numbers[end];
	}
}

static void
leaves_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		for (int end = 0; end < END_COUNT; end++) {
			struct how how = { sample, -1, end == END_CLOSED_NOHUP };
			pid_t feeder = states[i].loading ? start_feeding(&how) : 0;
			struct child c;
			int64_t began;
			bool good;

			start(&c, &how, 24, 80);
			type(&c, states[i].keys);
			expect(&c, states[i].wait_for);
			began = now_ms();
			good = bring_about(&c, (enum end)end, &states[i]);
			if (!good || now_ms() - began > LEAVES_MS)
				fail_msg("%s, end %d: %s after %d ms", states[i].name, end,
					 good ? "left" : "another end", (int)(now_ms() - began));
			if (end != END_CLOSED && end != END_CLOSED_NOHUP)
				assert_left(&c);
			buf_release(&c.out);
			if (feeder > 0) {
				close(how.stdin_fd);
				waitpid(feeder, NULL, 0);
			}
		}
	}
}

/* ---- cost ---- */

/* All that comes until nothing has come for a while. @return how many bytes. */
static size_t
drain(struct child *c, int quiet_ms)
{
	size_t before = c->out.n;

	while (take(c, quiet_ms))
		;
	return c->out.n - before;
}

static void
a_move_is_cheap(void **state)
{
	static const struct { int height, width; } sizes[] = { { 24, 80 }, { 50, 200 } };
	static const char *const views[] = { "", "\r" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(views); i++) {
		struct how how = { sample, -1, false };
		struct child c;
		size_t most = 0, n;

		start(&c, &how, sizes[i / 2].height, sizes[i / 2].width);
		type(&c, views[i % 2]);
		drain(&c, 200);
		for (int key = 0; key < 8; key++) {
			size_t before = c.out.n;

			type(&c, key < 6 ? "\033[B" : "\033[A");
			assert_true(take(&c, PATIENCE_MS));
			drain(&c, 40);
			n = c.out.n - before;
			most = n > most ? n : most;
		}
		print_message("# %dx%d, view %zu: at most %zu bytes a move\n", sizes[i / 2].width,
			      sizes[i / 2].height, i % 2, most);
		assert_in_range(most, 1, MOVE_BYTES - 1);
		type(&c, "Q");
		assert_int_equal(finish(&c), 0);
		buf_release(&c.out);
	}
}

/* Ticks of CPU time of a process. */
static unsigned long
ticks(pid_t pid)
{
	char path[64], text[1024] = "";
	unsigned long user, system;
	const char *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		skip();
	fclose(f);
	/* After the name, which may have blanks: fields 3 on. */
	p = strrchr(text, ')');
	for (int field = 2; p && field < 14; field++)
		p = strchr(p + 1, ' ');
	assert_non_null(p);
	user = strtoul(p, (char **)(uintptr_t)&p, 10);
	system = strtoul(p, NULL, 10);
	return user + system;
}

static void
an_idle_screen_sleeps(void **state)
{
	static const char *const views[] = { "", "\r", "r", "i", ":" };
	const struct timespec second = { .tv_sec = 1, .tv_nsec = 0 };
	struct child c[ARRAY_SIZE(views)];
	unsigned long before[ARRAY_SIZE(views)], most = 2;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		start(&c[i], &(struct how){ sample, -1, false }, 24, 80);
		type(&c[i], views[i]);
	}
	/* They come to rest some time; what never does is never within a tick. */
	for (int tries = 0; tries < 10 && most > 1; tries++) {
		for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
			drain(&c[i], 100);
			before[i] = ticks(c[i].pid);
		}
		nanosleep(&second, NULL);
		most = 0;
		for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
			unsigned long used = ticks(c[i].pid) - before[i];

			most = used > most ? used : most;
			if (drain(&c[i], 0) > 0)
				most = 2;
		}
	}
	assert_in_range(most, 0, 1);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		kill(c[i].pid, SIGTERM);
		assert_int_equal(finish(&c[i]), 128 + SIGTERM);
		buf_release(&c[i].out);
	}
}

/* ---- sizes ---- */

static uint32_t
random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

/* Windows of 1x1 to 300x100 while there is more to read, in several views; at the end
 * the picture is whole. */
static void
resize_storm(void **state)
{
	static const char *const keys[] = { "\033[B", "\r", "r", "\033", "?", ":", "i", "q", "" };
	const struct winsize last = { .ws_row = 24, .ws_col = 80 };
	struct how how = { NULL, -1, false };
	uint32_t seed = 20260302;
	struct child c;
	pid_t feeder = start_feeding(&how);

	(void)state;
	start(&c, &how, 24, 80);
	for (int i = 0; i < 500; i++) {
		struct winsize size = {
			.ws_row = (unsigned short)(1 + random_below(&seed, 100)),
			.ws_col = (unsigned short)(1 + random_below(&seed, 300)),
		};

		assert_int_equal(ioctl(c.tty, TIOCSWINSZ, &size), 0);
		if (i % 5 == 0) {
			/* Never the key that leaves from the list. */
			type(&c, "\r");
			type(&c, keys[random_below(&seed, ARRAY_SIZE(keys))]);
		}
		take(&c, i % 3 ? 0 : 5);
		buf_clear(&c.out);
		c.seen = 0;
	}
	assert_int_equal(ioctl(c.tty, TIOCSWINSZ, &last), 0);
	kill(c.pid, SIGWINCH);
	expect(&c, "\033[H\033[2J");
	kill(c.pid, SIGTERM);
	assert_int_equal(finish(&c), 128 + SIGTERM);
	assert_left(&c);
	close(how.stdin_fd);
	waitpid(feeder, NULL, 0);
}

/* Bytes that are no character take no keys after them along. */
static void
bad_bytes_are_passed_over(void **state)
{
	static const char *const bad[] = { "\377", "\303", "\346\274", "\355\240\200", "\200\200" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct how how = { sample, -1, false };
		struct child c;

		start(&c, &how, 24, 80);
		type(&c, bad[i]);
		type(&c, "jk:");
		expect(&c, "Commands: ");
		type(&c, "\033Q");
		assert_int_equal(finish(&c), 0);
		assert_left(&c);
	}
}

static int
find_program(void **state)
{
	const char *build = getenv("top_builddir"), *src = getenv("top_srcdir");

	(void)state;
	snprintf(program, sizeof(program), "%s/rung", build ? build : ".");
	snprintf(sample, sizeof(sample), "%s/tests/captures/dialogs.pcap", src ? src : ".");
	return 0;
}

static void
needs_the_program(void **state)
{
	(void)state;
	assert_int_equal(access(program, X_OK), 0);
	assert_int_equal(access(sample, R_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_the_program),
		cmocka_unit_test(leaves_at_once),
		cmocka_unit_test(a_move_is_cheap),
		cmocka_unit_test(an_idle_screen_sleeps),
		cmocka_unit_test(resize_storm),
		cmocka_unit_test(bad_bytes_are_passed_over),
	};

	return cmocka_run_group_tests(tests, find_program, NULL);
}
