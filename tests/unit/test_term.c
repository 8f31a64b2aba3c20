/*
 * The program of demo_view.h on a pseudo terminal: this process is the terminal
 * and reads what is drawn, the child runs the loop. Each step waits until what
 * it looks for was drawn, or fails after PATIENCE_MS; nothing waits for time but
 * where the bytes of a key come slowly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <cmocka.h>

#include "base/mem.h"
#include "demo_view.h"
#include "pty_child.h"
#include "ui/term.h"

struct how {
	const char *term, *locale;
	bool ignore_hangup, pipe_stdin, exit_early, die_early, mouse;
	bool linger;	/* there is work to finish when the terminal was given back */
	bool job;	/* of a shell that stops and continues it often, told by SIGUSR1 */
};

/* The child ends in the middle of things. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* ---- the child ---- */

static enum loop_state
read_and_exit(void *ctx, int budget_ms)
{
	const struct how *how = ctx;

	(void)budget_ms;
	if (how->exit_early)
		exit(7);
	BUG("asked for by the test");
}

/* What stops is continued by somebody only where there is a shell. */
static void
be_shell(void)
{
	sigset_t told;
	int number, status;
	bool stopped;
	pid_t job, got = 0;

	sigemptyset(&told);
	sigaddset(&told, SIGUSR1);
	sigprocmask(SIG_BLOCK, &told, NULL);
	signal(SIGTTOU, SIG_IGN);
	job = fork();
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		return;
	}
	sigwait(&told, &number);
	for (int i = 0; i < 100 && got != job; i++) {
		kill(job, SIGTSTP);
		kill(job, SIGCONT);
		usleep(5000);
		for (stopped = false;
		     (got = waitpid(job, &status, WNOHANG | WUNTRACED | WCONTINUED)) == job &&
		     !WIFEXITED(status);
		     stopped = WIFSTOPPED(status))
			;
		if (stopped) {
			kill(job, SIGKILL);
			_exit(50);
		}
	}
	if (got != job && waitpid(job, &status, 0) != job)
		_exit(51);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 52);
}

static void
child_main(const void *ctx)
{
	const struct how *how = ctx;
	/* All there at once: keys must not race with the reading. */
	struct demo demo = { .rows = 50, .total = 50, .step = 50 };
	struct loop_source source = { .ctx = &demo, .read_for = demo_read };
	struct keymap keymap;
	struct stack stack;
	struct theme theme;
	struct err err;
	enum loop_end end;
	int ends[2];

	/* Not cmocka's handlers, which go on with the next test. */
	static const int defaults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTSTP,
					SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
	if (how->job)
		be_shell();
	setenv("TERM", how->term ? how->term : "xterm-256color", 1);
	setenv("LC_ALL", how->locale ? how->locale : "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	if (how->ignore_hangup)
		signal(SIGHUP, SIG_IGN);
	if (how->pipe_stdin && pipe(ends) == 0)
		dup2(ends[0], STDIN_FILENO);
	if (how->exit_early || how->die_early)
		source = (struct loop_source){ .ctx = (void *)(uintptr_t)how,
					       .read_for = read_and_exit };
	keymap_init(&keymap);
	keymap_add_view(&keymap, &view_help_ops);
	stack_init(&stack, &keymap, &demo);
	stack_open(&stack, &demo_items_ops, NULL);
	stack_notice(&stack, "─日本─");
	setlocale(LC_CTYPE, "");
	bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	/* Long enough for the bytes of a key on a machine that is busy. */
	theme_init(&theme, THEME_DARK);
	if (term_start(&theme, 100, &err) != 0) {
		fprintf(stdout, "%s\n", err.text);
		fflush(stdout);
		_exit(9);
	}
	term_set_mouse(how->mouse);
	end = loop_run(&stack, &source, !utf8);
	term_stop();
	for (int i = 0; how->linger && i < 100; i++)
		usleep(2000);
	_exit(end == LOOP_SIGNALED ? 100 + term_signal() : (int)end);
}

static void
start(struct child *c, const struct how *how)
{
	child_start(c, 24, 80, child_main, how);
}

static void
keys_and_quit(void **state)
{
	struct child c;
	size_t before;

	(void)state;
	start(&c, &(struct how){ 0 });
	expect(&c, "\033[?1049h");
	expect(&c, "item 0");
	expect(&c, "─日本─");
	before = c.out.n;
	type(&c, "\033OB");		/* Down, as keypad mode sends it */
	expect(&c, "2");
	assert_true(c.out.n - before < 2048);
	type(&c, "j\r");
	expect(&c, "this is 2");
	type(&c, "\033");		/* Esc alone */
	expect(&c, "item 1");
	type(&c, "\033OP");		/* F1 */
	expect(&c, "Keys: ");
	type(&c, "q");
	expect(&c, "item 1");
	type(&c, "\033[F");		/* End, in a mode that TERM does not tell of */
	expect(&c, "item 49");
	type(&c, "\033[I\033[200~\033[1;99q");	/* not keys, and not Esc */
	type(&c, "\033[H\r");		/* Home, Enter */
	expect(&c, "this is 0");
	type(&c, "q");
	expect(&c, "Quit");
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
}

/* Clicks, the wheel and other buttons, in both forms; bytes that come slowly. */
static void
mouse(void **state)
{
	static const char *const on[] = { "\033[?1006;1000h", "\033[?1006;1000h" };
	static const char *const terms[] = { "xterm-256color", "screen" };
	struct child c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
		start(&c, &(struct how){ .mouse = true, .term = terms[i] });
		expect(&c, on[i]);
		expect(&c, "item 0");
		type(&c, "\033[<0;5;4M\033[<0;5;4m");
		expect(&c, "3");		/* the title: 3/50 */
		type(&c, "\033[<2;5;9M\033[<66;5;9M\033[<35;5;9M\033[<0;0;9M\033[<0;9M");
		type(&c, "\033[<65;5;9M");
		expect(&c, "6");
		type(&c, "\033[<6");
		usleep(20000);
		type(&c, "4;5;9M\r");
		expect(&c, "this is 2");
		type(&c, "\033[<0;2;24M");	/* Esc in the footer */
		expect(&c, "item 2");
		type(&c, "\033[<0;5;7M\033[<0;5;7m\033[<0;6;7M");
		expect(&c, "this is 5");
		type(&c, "q\033[M %,\033[M`%,");
		expect(&c, "item 10");
		type(&c, "\r");
		expect(&c, "this is 7");
		type(&c, "Q");
		assert_int_equal(finish(&c), LOOP_QUIT);
		assert_true(drawn(&c, "\033[?1006;1000l"));
		assert_left(&c);
	}
}

/* It is off in the terminals that have none, and after each end. */
static void
mouse_is_left_off(void **state)
{
	static const char *const without[] = { "linux", "vt100" };
	static const int numbers[] = { SIGTERM, SIGSEGV, SIGTSTP };
	struct child c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		start(&c, &(struct how){ .mouse = true, .term = without[i] });
		expect(&c, "item 0");
		type(&c, "q");
		assert_int_equal(finish(&c), LOOP_QUIT);
		assert_false(drawn(&c, "1000h"));
		buf_release(&c.out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		start(&c, &(struct how){ .mouse = true });
		expect(&c, "\033[?1006;1000h");
		expect(&c, "item 0");
		kill(c.pid, numbers[i]);
		expect(&c, "\033[?1006;1000l");
		expect(&c, "\033[?1049l");
		if (numbers[i] == SIGTSTP) {
			expect(&c, "\033[?1006;1000h");
			expect(&c, "item 0");
			type(&c, "q");
			expect(&c, "\033[?1006;1000l");
		}
		finish(&c);
		assert_left(&c);
	}
	start(&c, &(struct how){ 0 });
	expect(&c, "item 0");
	type(&c, "\033[<0;5;4M\r");	/* not asked for */
	expect(&c, "this is 0");
	type(&c, "Q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_false(drawn(&c, "1000"));
	assert_left(&c);
}

/* OSC 52, where the terminal does not show it. */
static void
clipboard(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ 0 });
	expect(&c, "item 0");
	type(&c, "y");
	expect(&c, "\033]52;c;YQpiGw==\a");
	expect(&c, "4 bytes");
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
	start(&c, &(struct how){ .term = "linux" });
	expect(&c, "item 0");
	type(&c, "y");
	expect(&c, "has none for");
	assert_false(drawn(&c, "\033]52"));
	type(&c, "/abc\033q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	buf_release(&c.out);
}

static void
signals(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct child c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		start(&c, &(struct how){ 0 });
		expect(&c, "item 0");
		kill(c.pid, numbers[i]);
		assert_int_equal(finish(&c), 100 + numbers[i]);
		assert_left(&c);
	}
	start(&c, &(struct how){ 0 });
	expect(&c, "item 0");
	type(&c, "\003");
	assert_int_equal(finish(&c), 100 + SIGINT);
	assert_left(&c);
}

/* Curses has handlers of its own that end the program. */
static void
signals_while_it_finishes(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ .linger = true });
	expect(&c, "item 0");
	kill(c.pid, SIGINT);
	expect(&c, "\033[?1049l");
	for (int i = 0; i < 20; i++) {
		kill(c.pid, i % 2 ? SIGTERM : SIGINT);
		usleep(1000);
	}
	assert_int_equal(finish(&c), 100 + SIGINT);
	assert_left(&c);
}

static void
crashes(void **state)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT };
	struct child c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		start(&c, &(struct how){ 0 });
		expect(&c, "item 0");
		kill(c.pid, numbers[i]);
		assert_int_not_equal(finish(&c), 0);
		assert_left(&c);
	}
}

static void
exit_and_bug(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ .exit_early = true });
	assert_int_equal(finish(&c), 7);
	assert_left(&c);
	start(&c, &(struct how){ .die_early = true });
	assert_int_not_equal(finish(&c), 0);
	assert_true(drawn(&c, "asked for by the test"));
	assert_left(&c);
}

static void
closed_terminal(void **state)
{
	struct child c;

	(void)state;
	for (int ignore = 0; ignore < 2; ignore++) {
		int end;

		start(&c, &(struct how){ .ignore_hangup = ignore });
		expect(&c, "item 0");
		close(c.slave);
		close(c.tty);
		c.tty = -1;
		end = finish(&c);
		if (ignore)
			assert_int_equal(end, LOOP_CLOSED);
		else
			assert_true(end == LOOP_CLOSED || end == 100 + SIGHUP);
		buf_release(&c.out);
	}
}

static void
resizing(void **state)
{
	static const struct winsize sizes[] = {
		{ .ws_row = 1, .ws_col = 1 }, { .ws_row = 2, .ws_col = 300 },
		{ .ws_row = 3, .ws_col = 2 }, { .ws_row = 200, .ws_col = 7 },
		{ .ws_row = 10, .ws_col = 40 },
	};
	struct winsize large = { .ws_row = 45, .ws_col = 132 };
	struct child c;

	(void)state;
	start(&c, &(struct how){ 0 });
	expect(&c, "item 0");
	for (int i = 0; i < 20; i++)
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++)
			assert_int_equal(ioctl(c.tty, TIOCSWINSZ, &sizes[j]), 0);
	assert_int_equal(ioctl(c.tty, TIOCSWINSZ, &large), 0);
	expect(&c, "item 42");
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
}

/* The child leads its session, so the system ignores the stop itself; what is
 * seen is the terminal given back and taken again. */
static void
suspending(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ 0 });
	expect(&c, "item 0");
	type(&c, "\032");
	expect(&c, "\033[?1049l");
	expect(&c, "\033[?1049h");
	expect(&c, "item 0");
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
}

/* A stop that was taken back before it was obeyed: nobody would continue us. */
static void
suspending_and_continued(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ .job = true });
	expect(&c, "item 0");
	kill(c.pid, SIGUSR1);
	usleep(600000);
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
}

static void
input_is_a_pipe(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ .pipe_stdin = true });
	expect(&c, "item 0");
	type(&c, "\r");
	expect(&c, "this is 0");
	type(&c, "qq");
	assert_int_equal(finish(&c), LOOP_QUIT);
	assert_left(&c);
}

static void
plain_locale_is_ascii(void **state)
{
	struct child c;

	(void)state;
	start(&c, &(struct how){ .locale = "C" });
	expect(&c, "-???\?-");
	type(&c, "q");
	assert_int_equal(finish(&c), LOOP_QUIT);
	for (size_t i = 0; i < c.out.n; i++)
		assert_false(c.out.p[i] & 0x80);
	assert_left(&c);
}

static void
unfit_terminals(void **state)
{
	static const struct { const char *term, *why; } t[] = {
		{ "", "TERM is not set" },
		{ "dumb", "terminal dumb cannot move its cursor" },
		{ "no-such-terminal", "terminal no-such-terminal is not known here" },
	};
	struct child c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		start(&c, &(struct how){ .term = t[i].term });
		expect(&c, t[i].why);
		assert_int_equal(finish(&c), 9);
		buf_release(&c.out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_quit),
		cmocka_unit_test(mouse),
		cmocka_unit_test(mouse_is_left_off),
		cmocka_unit_test(clipboard),
		cmocka_unit_test(signals),
		cmocka_unit_test(signals_while_it_finishes),
		cmocka_unit_test(crashes),
		cmocka_unit_test(exit_and_bug),
		cmocka_unit_test(closed_terminal),
		cmocka_unit_test(resizing),
		cmocka_unit_test(suspending),
		cmocka_unit_test(suspending_and_continued),
		cmocka_unit_test(input_is_a_pipe),
		cmocka_unit_test(plain_locale_is_ascii),
		cmocka_unit_test(unfit_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
