/*
 * Capture files that are still written to. Such a stream is live: at the end of its file
 * it waits, and a clock lets it look again ten times a second. That works on every file
 * system, needs no rights and no names, and costs a read a look.
 *
 * While it waits it sees whether the file is still the one of its name. One that was
 * replaced, as programs do that rotate by renaming, is read to its end, and the new one by
 * another stream. One that was emptied and written anew has lost the bytes of what was
 * read before: its source cannot be read again, and a new stream begins at its start.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/denied.h"
#include "base/mem.h"
#include "capture/capture_int.h"

#define LOOK	(100 * NS_PER_MS)

int
capture_set_follow(struct capture *c, bool follow, struct err *err)
{
	const struct timespec look = { .tv_nsec = LOOK };
	const struct itimerspec t = { .it_interval = look, .it_value = look };

	c->follow = follow;
	if (!follow || c->follow_fd >= 0)
		return 0;
	c->follow_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->follow_fd >= 0 && timerfd_settime(c->follow_fd, 0, &t, NULL) == 0)
		return capture_poll_too(c, c->follow_fd, err);
	c->follow = false;
	return err_set(err, "timer: %s", strerror(errno));
}

void
follow_rest(const struct capture *c)
{
	uint64_t ticks;

	/* It is of no interest how many. */
	if (c->follow_fd >= 0 && read(c->follow_fd, &ticks, sizeof(ticks)) < 0)
		return;
}

void
follow_start(struct stream *s, bool named)
{
	s->follow = s->in.follow = true;
	s->named = named;
	s->input = SIZE_MAX;
	s->in.limit = UINT64_MAX;
	s->in.reached = xcalloc(1, sizeof(*s->in.reached));
	s->c->total_unknown = true;
}

void
follow_added(struct stream *s)
{
	struct seen_input *in = &s->c->inputs[s->c->input_n - 1];

	s->input = s->c->input_n - 1;
	in->fd = s->in.fd;
	in->reached = s->in.reached;
	in->ready = s->source != NULL;
}

/* A stream on the file that goes on under the name of @p of. */
static void
enter_next(struct stream *of, int fd, bool owns_fd, const struct stat *st)
{
	struct capture *c = of->c;
	struct stream *s;
	struct input in;

	input_init(&in, INPUT_FILE, fd, INPUT_BLOCK);
	in.done = &c->done;
	s = stream_new(c, of->name, &in);
	s->owns_fd = owns_fd;
	s->again = true;
	follow_start(s, of->named);
	inputs_add(c, s->name, fd, 0, st);
	follow_added(s);
	capture_enter(c, s);
}

static void
was_truncated(struct stream *s, const struct stat *st)
{
	struct source *src = s->source;
	bool owns_fd = src ? src->owns_fd : s->owns_fd;
	struct buf name = BUF_INIT;

	notice_add(s->c, s->name, false, "was emptied after %llu bytes: what was in it cannot be "
		   "shown again, and it is read anew from its beginning",
		   (unsigned long long)s->in.next);
	s->owns_fd = false;
	s->in.eof = true;
	if (s->input != SIZE_MAX)
		s->c->inputs[s->input].regular = false;
	if (src) {
		src->fd = -1;
		src->owns_fd = false;
		src->pub.kept = src->emptied = true;
		/* Sources are found again by their names. */
		buf_printf(&name, "%s (emptied)", src->name);
		free(src->name);
		src->pub.name = src->name = name.p;
	}
	enter_next(s, s->in.fd, owns_fd, st);
}

static void
was_replaced(struct stream *s)
{
	int fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct denied why;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (!s->follow_told)
			notice_add(s->c, s->name, false, "was replaced by what cannot be read: %s",
				   fd < 0 ? denied_why(&why, errno, s->name, DENIED_READ)
				   : "no regular file");
		s->follow_told = true;
		if (fd >= 0)
			close(fd);
		return;
	}
	notice_add(s->c, s->name, false, "was replaced by another file, which is read from here on");
	enter_next(s, fd, true, &st);
	s->in.follow = false;
}

void
follow_look(struct stream *s)
{
	int64_t now = time_monotonic();
	struct stat st, named;

	if (now - s->looked < LOOK || !s->in.follow)
		return;
	s->looked = now;
	if (fstat(s->in.fd, &st) != 0)
		return;
	if ((uint64_t)st.st_size < s->in.next)
		was_truncated(s, &st);
	else if (s->named && stat(s->name, &named) == 0 &&
		 (named.st_dev != st.st_dev || named.st_ino != st.st_ino))
		was_replaced(s);
}

void
follow_stop(struct stream *s)
{
	s->in.follow = false;
}
