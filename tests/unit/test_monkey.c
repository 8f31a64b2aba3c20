/*
 * The program on a pseudo terminal that sends it bytes by chance: sequences of keys and
 * of the mouse cut anywhere, bad UTF-8, long pastes, windows that change their size, while
 * it reads and afterwards. It must then still leave when told to, in time, well, and with
 * the terminal put back.
 *
 * MONKEY_SEED and MONKEY_RUNS in the environment: the first seed, and how many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "pty_child.h"

#define BURSTS		120
#define PASTE_BYTES	100000
#define LEAVES_MS	10000	/* of a busy machine, with sanitizers */

static char program[4096], sample[4096], folder[] = "/tmp/rung-monkey-XXXXXX";

/* What terminals send, and what they should not. No "/" and no "~" alone: a name typed
 * into a form stays in the folder of the test. */
static const struct str pieces[] = {
	STR_INIT("\033[<0;10;5M"), STR_INIT("\033[<0;10;5m"), STR_INIT("\033[<64;10;5M"),
	STR_INIT("\033[<65;3;3M"), STR_INIT("\033[<0;99999999999999;5M"), STR_INIT("\033[<;;M"),
	STR_INIT("\033[<0;0;0M"), STR_INIT("\033[<0;-1;5M"), STR_INIT("\033[<0;65535;65535M"),
	STR_INIT("\033[M !!"), STR_INIT("\033[M\001\002\004"), STR_INIT("\033[M\377\377\377"),
	STR_INIT("\033[1;5A"), STR_INIT("\033[1;2B"), STR_INIT("\033[1;0C"),
	STR_INIT("\033[1;99999D"), STR_INIT("\033[4294967295~"), STR_INIT("\033[5~"),
	STR_INIT("\033[6~"), STR_INIT("\033[200~text\033[201~"), STR_INIT("\033[15~"),
	STR_INIT("\033[18~"), STR_INIT("\033OP"), STR_INIT("\033OR"), STR_INIT("\033O5R"),
	STR_INIT("\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1A"), STR_INIT("\033]52;c;YWJj\007"),
	STR_INIT("\033P1$r0m\033\\"), STR_INIT("\033[?1;2c"), STR_INIT("\033[24;80R"),
	STR_INIT("\033[I\033[O"), STR_INIT("\033\033[A"), STR_INIT("\033\033\033"),
	STR_INIT("\303\244"), STR_INIT("\342\202\254"), STR_INIT("\360\237\230\200"),
	STR_INIT("\377\376"), STR_INIT("\355\240\200"), STR_INIT("\300\200"),
	STR_INIT("\364\220\200\200"), STR_INIT("\302\233"), STR_INIT("\314\201\314\201"),
	STR_INIT("\0\0"), STR_INIT("\r"), STR_INIT("\r"), STR_INIT("\r"), STR_INIT("\t"),
	STR_INIT("\033[A"), STR_INIT("\033[B"), STR_INIT("\033[B\033[B\r"), STR_INIT("\033"),
	STR_INIT(":statistics\r"), STR_INIT(":save\r"), STR_INIT("\017"), STR_INIT("\024a\r"),
	STR_INIT("\003x"), STR_INIT("rxe"), STR_INIT(" ="), STR_INIT("\033OS"),
};

struct how {
	const char *file;
	int stdin_fd;		/* -1: the terminal */
	const char *term, *locale;
};

static uint32_t
random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static void
run_program(const void *ctx)
{
	const struct how *how = ctx;

	if (how->stdin_fd >= 0)
		dup2(how->stdin_fd, STDIN_FILENO);
	if (chdir(folder) != 0)
		_exit(7);
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("TERM", how->term, 1);
	setenv("LC_ALL", how->locale, 1);
	unsetenv("NO_COLOR");
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	execl(program, program, "-F", "-f", "rc", how->file, (char *)NULL);
	_exit(9);
}

static pid_t
start_feeding(struct how *how)
{
	how->file = "-";
	return feed_start(sample, &how->stdin_fd);
}

/* Drop what was drawn, but keep its end, where a report or the last screen is. */
static void
forget(struct child *c)
{
	const size_t keep = 8192;

	if (c->out.n <= 4 * keep)
		return;
	memmove(c->out.p, c->out.p + c->out.n - keep, keep);
	c->out.n = keep;
	c->seen = 0;
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* It may have been told to: the palette has a command for it. */
static bool
has_left(const struct child *c)
{
	return drawn(c, "\033[?1049l");
}

/* Type as much at a time as the line takes, and read what is drawn meanwhile.
 * @return false when it does not go: nobody reads for long, or it has left. */
static bool
type_bytes(struct child *c, const char *bytes, size_t n)
{
	int64_t until = now_ms() + LEAVES_MS;

	while (n > 0) {
		struct pollfd p = { c->tty, POLLIN | POLLOUT, 0 };
		ssize_t sent;

		if (has_left(c) || now_ms() > until)
			return false;
		poll(&p, 1, 100);
		if (p.revents & POLLIN) {
			take(c, 0);
			forget(c);
		}
		if (!(p.revents & POLLOUT))
			continue;
		sent = write(c->tty, bytes, n);
		if (sent < 0 && errno != EAGAIN)
			return false;
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}

static size_t
add_random(char *to, size_t max, uint32_t *seed)
{
	size_t n = 0;

	if (random_below(seed, 4) > 0) {
		struct str piece = pieces[random_below(seed, ARRAY_SIZE(pieces))];

		n = random_below(seed, 3) > 0 ? piece.n : random_below(seed, (uint32_t)piece.n + 1);
		memcpy(to, piece.p, n);
		return n;
	}
	while (n < max && random_below(seed, 6) > 0)
		to[n++] = (char)random_below(seed, 256);
	for (size_t i = 0; i < n; i++) {
		/* ^Z and ^\ are signals, which have their own tests. */
		if (to[i] == 26 || to[i] == 28 || to[i] == 'Q' || to[i] == '/')
			to[i] = 'j';
	}
	return n;
}

static void
resize(struct child *c, int height, int width)
{
	struct winsize size = { .ws_row = (unsigned short)height, .ws_col = (unsigned short)width };

	assert_int_equal(ioctl(c->tty, TIOCSWINSZ, &size), 0);
}

static bool
storm(struct child *c, uint32_t *seed)
{
	char burst[64];
	bool good = true;

	for (int i = 0; i < BURSTS && good; i++) {
		size_t n = add_random(burst, sizeof(burst), seed);

		for (size_t j = 0; j < n; j++)
			if (burst[j] == 3)
				burst[j] = 'c';
		good = type_bytes(c, burst, n);
		if (random_below(seed, 4) == 0)
			resize(c, 1 + (int)random_below(seed, 80), 1 + (int)random_below(seed, 250));
		if (random_below(seed, 3) == 0)
			take(c, 2);
		forget(c);
	}
	return good;
}

/* Each of the pieces, cut at each of its bytes, and then a key that is none of it. */
static bool
cut_everywhere(struct child *c)
{
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(pieces) && good; i++) {
		for (size_t n = 0; n < pieces[i].n && good; n++) {
			if (memchr(pieces[i].p, 3, pieces[i].n))
				continue;
			good = type_bytes(c, pieces[i].p, n) && type_bytes(c, "j", 1);
			forget(c);
		}
	}
	return good;
}

/* Esc until the list is there, each by itself. */
static bool
back_to_list(struct child *c)
{
	bool good = true;

	for (int i = 0; i < 12 && good; i++) {
		good = type_bytes(c, "\033", 1);
		take(c, 60);
		forget(c);
	}
	return good;
}

static bool
paste(struct child *c, uint32_t *seed)
{
	static const char *const text[] = {
		"from.user ~ \"", "a", "\303\244", "((", " and ", "\377", "\314\201", "\346\274\242",
		"status >= 400 ",
	};
	struct buf b = BUF_INIT;
	bool good;

	while (b.n < PASTE_BYTES)
		buf_add_cstr(&b, text[random_below(seed, ARRAY_SIZE(text))]);
	good = back_to_list(c) && type_bytes(c, "\t", 1) && type_bytes(c, b.p, b.n) &&
	       type_bytes(c, "\r", 1);
	buf_release(&b);
	return good;
}

/* Esc, Esc, Q until it has left. @return its status, or -1. */
static int
leave(struct child *c)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	int64_t until = now_ms() + LEAVES_MS;
	int status;

	for (int i = 0; now_ms() < until; i++) {
		if (ended(c, &status)) {
			while (take(c, 0))
				;
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		}
		/* What comes after it has left is echoed, and does not matter. */
		if (!has_left(c))
			type_bytes(c, i % 3 < 2 ? "\033" : "Q", 1);
		nanosleep(&pause, NULL);
		while (take(c, 0))
			;
	}
	kill(c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	return -1;
}

static void
check_left(struct child *c, uint32_t run, bool loading, bool taken, int status)
{
	struct termios after;

	if (!taken || status != 0 || drawn(c, "Sanitizer") || drawn(c, "runtime error")) {
		size_t skip = c->out.n > 4000 ? c->out.n - 4000 : 0;

		printf("# ");
		for (size_t i = skip; i < c->out.n; i++)
			if (c->out.p[i] == '\n')
				printf("\n# ");
			else if (c->out.p[i] >= 32 && c->out.p[i] < 127)
				putchar(c->out.p[i]);
		putchar('\n');
		fail_msg("seed %u%s: status %d%s", run, loading ? ", loading" : "", status,
			 taken ? "" : ", what was typed was not read");
	}
	assert_int_equal(tcgetattr(c->tty, &after), 0);
	assert_int_equal(after.c_lflag, c->before.c_lflag);
	assert_int_equal(after.c_iflag, c->before.c_iflag);
	assert_int_equal(after.c_oflag, c->before.c_oflag);
	close(c->tty);
	close(c->slave);
	assert_left(c);
}

static void
one_run(uint32_t run, bool loading)
{
	static const char *const terms[] = { "xterm-256color", "screen", "xterm" };
	struct how how = {
		.file = sample, .stdin_fd = -1, .term = terms[run % ARRAY_SIZE(terms)],
		.locale = run % 5 == 0 ? "C" : "C.UTF-8",
	};
	pid_t feeder = loading ? start_feeding(&how) : 0;
	uint32_t seed = run * 2654435761u;
	struct child c;
	bool taken;
	int status;

	child_start(&c, 24, 80, run_program, &how);
	expect(&c, "\033[?1049h");
	assert_int_equal(fcntl(c.tty, F_SETFL, fcntl(c.tty, F_GETFL) | O_NONBLOCK), 0);
	taken = storm(&c, &seed);
	if (run % 3 == 0)
		taken = taken && cut_everywhere(&c);
	if (run % 3 == 1)
		taken = taken && paste(&c, &seed) && storm(&c, &seed);
	if (has_left(&c)) {
		print_message("# seed %u%s: left early\n", run, loading ? ", loading" : "");
		taken = true;
	}
	resize(&c, 24, 80);
	status = leave(&c);
	check_left(&c, run, loading, taken, status);
	if (feeder > 0) {
		close(how.stdin_fd);
		waitpid(feeder, NULL, 0);
	}
}

static uint32_t
number_of(const char *name, uint32_t otherwise)
{
	const char *value = getenv(name);
	uint32_t n;

	return value && str_to_u32(str_of(value), &n) ? n : otherwise;
}

static void
leaves_whatever_was_typed(void **state)
{
	uint32_t first = number_of("MONKEY_SEED", 3), runs = number_of("MONKEY_RUNS", 3);

	(void)state;
	for (uint32_t i = 0; i < runs; i++) {
		one_run(first + i, false);
		one_run(first + i, true);
	}
}

/* Where the list stands, Esc does nothing: it is typed too often to be the end. */
static int
set_up(void **state)
{
	const char *build = getenv("top_builddir"), *src = getenv("top_srcdir");
	char path[64];
	FILE *f;

	(void)state;
	snprintf(program, sizeof(program), "%s/rung", build ? build : ".");
	snprintf(sample, sizeof(sample), "%s/tests/captures/dialogs.pcap", src ? src : ".");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/rc", folder);
	f = fopen(path, "w");
	if (!f)
		return -1;
	fputs("set exit-prompt never\nbind generic search <C-T>\nbind calls none <Esc> q\n", f);
	return fclose(f);
}

static int
tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_whatever_was_typed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
