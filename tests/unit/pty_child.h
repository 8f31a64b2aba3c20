/**
 * @file pty_child.h  A child process on a pseudo terminal, of which this process is the
 * terminal and reads what is drawn.
 *
 * Nothing here waits for time: each step waits until what it looks for was drawn, or
 * fails after PATIENCE_MS.
 */
#ifndef TESTS_PTY_CHILD_H
#define TESTS_PTY_CHILD_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

#define PATIENCE_MS	20000

struct child {
	pid_t pid;
	int tty;		/* the master side */
	int slave;		/* held, so that the line has its modes to the end */
	struct termios before;
	struct buf out;		/* all that was drawn */
	size_t seen;		/* of it, up to where the last look went */
};

/* Run @p run, which does not return, on a terminal of that size. */
static inline void
child_start(struct child *c, int height, int width, void (*run)(const void *ctx),
	    const void *ctx)
{
	struct winsize size = { .ws_row = (unsigned short)height,
				.ws_col = (unsigned short)width };

	*c = (struct child){ 0 };
	fflush(NULL);
	assert_int_equal(openpty(&c->tty, &c->slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(c->tty, &c->before), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		close(c->tty);
		if (login_tty(c->slave) != 0)
			_exit(8);
		/* No child outlives a test that fails. */
		alarm(PATIENCE_MS / 1000);
		run(ctx);
		_exit(8);
	}
}

/* More of what is drawn, for which one waits @p wait_ms. @return false when nothing
 * came. */
static inline bool
take(struct child *c, int wait_ms)
{
	struct pollfd p = { c->tty, POLLIN, 0 };
	ssize_t n;

	if (poll(&p, 1, wait_ms) < 1)
		return false;
	n = read(c->tty, buf_reserve(&c->out, 4096), 4096);
	if (n <= 0)
		return false;
	c->out.n += (size_t)n;
	return true;
}

static inline void
expect(struct child *c, const char *text)
{
	const char *at;

	for (;;) {
		at = c->out.n > c->seen ? memmem(c->out.p + c->seen, c->out.n - c->seen,
						 text, strlen(text)) : NULL;
		if (at)
			break;
		if (!take(c, PATIENCE_MS)) {
			struct buf shown = BUF_INIT;

			text_add_visible(&shown, str_skip(buf_str(&c->out), c->seen), false);
			kill(c->pid, SIGKILL);
			fail_msg("not drawn: %s; but %s", text, buf_cstr(&shown));
		}
	}
	c->seen = (size_t)(at - c->out.p) + strlen(text);
}

static inline void
type(struct child *c, const char *keys)
{
	assert_int_equal(write(c->tty, keys, strlen(keys)), strlen(keys));
}

/* Whether the child has ended; *status as waitpid(2) tells. */
static inline bool
ended(const struct child *c, int *status)
{
	pid_t pid = waitpid(c->pid, status, WNOHANG);

	assert_true(pid >= 0);
	return pid == c->pid;
}

/* Wait for the end of the child, and for all it has drawn until then. That the line is
 * silent tells nothing on a machine that is busy; the child has an alarm against
 * hanging. @return the exit code, or 128 + the signal. */
static inline int
finish(struct child *c)
{
	struct termios after;
	int status;

	if (c->tty < 0) {
		assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	} else {
		while (!ended(c, &status))
			take(c, 20);
		while (take(c, 0))
			;
		assert_int_equal(tcgetattr(c->tty, &after), 0);
		assert_int_equal(after.c_lflag, c->before.c_lflag);
		assert_int_equal(after.c_iflag, c->before.c_iflag);
		assert_int_equal(after.c_oflag, c->before.c_oflag);
		close(c->tty);
		close(c->slave);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static inline bool
drawn(const struct child *c, const char *text)
{
	return c->out.n > 0 && memmem(c->out.p, c->out.n, text, strlen(text)) != NULL;
}

/* As a shell finds it: the first screen, the cursor, no attributes. */
static inline void
assert_left(struct child *c)
{
	assert_true(drawn(c, "\033[?1049l"));
	assert_true(drawn(c, "\033[?25h") || drawn(c, "\033[?12l\033[?25h") ||
		    drawn(c, "\033[34h\033[?25h"));
	buf_release(&c->out);
}

/* Send a capture on and on, with its header once. */
ATTR_NORETURN static inline void
feed(const char *file, int fd)
{
	static char bytes[1 << 16];
	ssize_t n;
	int in = open(file, O_RDONLY);

	signal(SIGPIPE, SIG_DFL);
	alarm(2 * PATIENCE_MS / 1000);
	n = read(in, bytes, sizeof(bytes));
	if (n < 24 || n == sizeof(bytes) || write(fd, bytes, 24) != 24)
		_exit(1);
	while (write(fd, bytes + 24, (size_t)n - 24) > 0)
		;
	_exit(0);
}

/* Who does that to a pipe, of which *fd is the end to read. */
static inline pid_t
feed_start(const char *file, int *fd)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		feed(file, ends[1]);
	}
	close(ends[1]);
	*fd = ends[0];
	return pid;
}

#endif
