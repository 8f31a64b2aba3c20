#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/time.h"
#include "ui/term.h"
#include "ui/term_signals.h"

static const int end_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
	SIGPWR,
};
static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

#define ALL_SIGNALS	(ARRAY_SIZE(end_signals) + ARRAY_SIZE(crash_signals) + 3)
#define RESTORE_MAX	256
#define PATIENCE_MS	3000	/* with the loop, before a second signal does not ask it */

/* What the handlers touch. */
static volatile sig_atomic_t sig_end, sig_winch, sig_stop, sig_cont, armed;
static volatile int64_t sig_end_ms;
static int sig_pipe[2] = { -1, -1 };

static struct {
	int fd;
	struct termios before;
	char bytes[RESTORE_MAX];
	size_t n;
	const char *volatile mouse_off;
} restore;

/* What was set before curses was asked: it sets some of its own. */
static struct {
	struct { int number; struct sigaction action; } list[ALL_SIGNALS];
	size_t n;
} old;

/* ---- the terminal as it was ---- */

void
term_restore_init(int fd, const struct termios *before)
{
	restore.fd = fd;
	restore.before = *before;
	restore.n = 0;
	restore.mouse_off = NULL;
}

int
term_restore_putc(int c)
{
	if (restore.n < sizeof(restore.bytes))
		restore.bytes[restore.n++] = (char)c;
	return c;
}

void
term_restore_mouse(const char *off)
{
	restore.mouse_off = off;
}

void
term_restore_arm(bool on)
{
	armed = on;
}

bool
term_restore_armed(void)
{
	return armed;
}

static void
restore_write(const char *bytes, size_t n)
{
	if (write(restore.fd, bytes, n) < 0) {
		/* Gone: then there is nothing to put back. */
	}
}

void
term_restore(void)
{
	int flags;

	if (!armed)
		return;
	armed = 0;
	/* A terminal that takes no more must not hold us. */
	flags = fcntl(restore.fd, F_GETFL);
	fcntl(restore.fd, F_SETFL, flags | O_NONBLOCK);
	if (restore.mouse_off)
		restore_write(restore.mouse_off, strlen(restore.mouse_off));
	restore_write(restore.bytes, restore.n);
	fcntl(restore.fd, F_SETFL, flags);
	tcsetattr(restore.fd, TCSANOW, &restore.before);
}

/* ---- the handlers ---- */

static void
wake(void)
{
	int saved = errno;

	if (write(sig_pipe[1], "", 1) < 0) {
		/* Full: it is awake already. */
	}
	errno = saved;
}

static void
on_end(int number)
{
	int64_t now = time_monotonic_ms();

	/* The loop may hang in a write. But a shell and a terminal that close send one each, and
	 * then the loop has work to finish. */
	if (sig_end != 0) {
		if (now - sig_end_ms <= PATIENCE_MS)
			return;
		term_restore();
		_exit(128 + number);
	}
	sig_end_ms = now;
	sig_end = number;
	wake();
}

static void
on_event(int number)
{
	if (number == SIGWINCH) {
		sig_winch = 1;
	} else if (number == SIGTSTP) {
		sig_stop = 1;
		sig_cont = 0;
	} else {
		/* As the kernel has it: who is sent on does not stop any more. */
		sig_cont = 1;
		sig_stop = 0;
	}
	wake();
}

static void
on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	term_restore();
	for (size_t i = 0; i < old.n; i++)
		if (old.list[i].number == number)
			sigaction(number, &old.list[i].action, NULL);
	/* A fault comes again when we return, now to whom it went before; what
	 * was sent by somebody must be sent on. */
	if (info->si_code <= 0)
		raise(number);
}

static void
old_keep(int number)
{
	old.list[old.n].number = number;
	sigaction(number, NULL, &old.list[old.n++].action);
}

static bool
was_ignored(int number)
{
	for (size_t i = 0; i < old.n; i++)
		if (old.list[i].number == number)
			return old.list[i].action.sa_handler == SIG_IGN;
	return false;
}

static void
signal_take(int number, void (*simple)(int))
{
	struct sigaction sa = { 0 };

	/* Under nohup a hangup stays ignored; without job control the stop. */
	if ((simple == on_end || number == SIGTSTP) && was_ignored(number))
		return;
	sigemptyset(&sa.sa_mask);
	if (simple) {
		/* Who was first is seen by the second. */
		sigfillset(&sa.sa_mask);
		sa.sa_handler = simple;
	} else {
		sa.sa_sigaction = on_crash;
		sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	}
	sigaction(number, &sa, NULL);
}

/* ---- */

int
term_signals_open(struct err *err)
{
	if (pipe2(sig_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(err, "pipe: %s", strerror(errno));
	old.n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++)
		old_keep(end_signals[i]);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++)
		old_keep(crash_signals[i]);
	old_keep(SIGWINCH);
	old_keep(SIGTSTP);
	old_keep(SIGCONT);
	return 0;
}

void
term_signals_close(void)
{
	for (int i = 0; i < 2; i++) {
		int fd = sig_pipe[i];

		/* A handler that comes now must not write to whoever has the number next. */
		sig_pipe[i] = -1;
		if (fd >= 0)
			close(fd);
	}
}

int
term_signals_fd(void)
{
	return sig_pipe[0];
}

void
term_signals_take(void)
{
	static char stack_space[32768];
	stack_t stack = { .ss_sp = stack_space, .ss_size = sizeof(stack_space) }, before;

	sig_end = sig_winch = sig_stop = sig_cont = 0;
	/* So that an overflown stack is a crash that restores, too. */
	if (sigaltstack(NULL, &before) == 0 && before.ss_flags & SS_DISABLE)
		sigaltstack(&stack, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++)
		signal_take(end_signals[i], on_end);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++)
		signal_take(crash_signals[i], NULL);
	signal_take(SIGWINCH, on_event);
	signal_take(SIGTSTP, on_event);
	signal_take(SIGCONT, on_event);
}

void
term_signals_give_back(bool ends)
{
	for (size_t i = ends ? 0 : ARRAY_SIZE(end_signals); i < old.n; i++)
		sigaction(old.list[i].number, &old.list[i].action, NULL);
}

unsigned int
term_signals_seen(void)
{
	unsigned int seen = 0;
	char drain[64];

	while (read(sig_pipe[0], drain, sizeof(drain)) > 0)
		;
	if (sig_stop)
		seen |= TERM_SIGNALS_STOP;
	sig_stop = 0;
	if (sig_cont)
		seen |= TERM_SIGNALS_CONT;
	sig_cont = 0;
	if (sig_winch)
		seen |= TERM_SIGNALS_WINCH;
	sig_winch = 0;
	return seen;
}

void
term_signals_stop_here(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, ignore = { .sa_handler = SIG_IGN }, ours;
	sigset_t stop, before;

	sigemptyset(&dfl.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, &before);
	sigaction(SIGTSTP, &dfl, &ours);
	raise(SIGTSTP);
	/* What continues us takes it back while it waits; what came before that is seen here.
	 * Else nobody would continue us. */
	if (sig_cont)
		sigaction(SIGTSTP, &ignore, NULL);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	/* Here we stand still until SIGCONT. */
	sigaction(SIGTSTP, &ours, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int
term_signal(void)
{
	return sig_end;
}
