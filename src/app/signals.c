#include <signal.h>

#include "app/signals.h"

#include "base/time.h"

static const int end_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
	SIGPWR,
};

/* What the handlers touch. */
static volatile sig_atomic_t ended, next_file;
static volatile int64_t ended_ms;	/* when, or the one before; 0: never */

static void
on_end(int number)
{
	int64_t now = time_monotonic_ms();

	if (ended_ms > 0 && now - ended_ms <= SIGNALS_PATIENCE_MS)
		return;
	if (ended == 0) {
		ended_ms = now;
		ended = number;
	} else {
		signal(number, SIG_DFL);
		raise(number);
	}
}

static void
on_next_file(int number)
{
	(void)number;
	next_file = 1;
}

static void
watch(int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler };

	/* One at a time: who was first is seen by the second. */
	sigfillset(&action.sa_mask);
	action.sa_flags = flags;
	sigaction(number, &action, NULL);
}

void
signals_init(void)
{
	signal(SIGPIPE, SIG_IGN);
	/* A limit on the size of files is an error of writing. */
	signal(SIGXFSZ, SIG_IGN);
	watch(SIGUSR1, on_next_file, SA_RESTART);
}

void
signals_watch(void)
{
	struct sigaction was;

	ended = 0;
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++) {
		/* What nohup(1) set holds. Shells let SIGINT be ignored in the background, and
		 * there it may be sent on purpose. */
		if (end_signals[i] != SIGHUP || sigaction(SIGHUP, NULL, &was) != 0 ||
		    was.sa_handler != SIG_IGN)
			watch(end_signals[i], on_end, SA_RESTART);
	}
}

int
signals_end(void)
{
	return ended;
}

void
signals_raise(void)
{
	if (ended == 0)
		return;
	signal(ended, SIG_DFL);
	raise(ended);
}

bool
signals_take_next_file(void)
{
	bool taken = next_file;

	next_file = 0;
	return taken;
}
