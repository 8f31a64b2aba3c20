/*
 * The inputs once more, for a second look at their packets. A descriptor of each is
 * kept, for by then its name may lead elsewhere, and who could read it may have been
 * given up: that of a plain file is its source's, a packed one gets one of its own, up
 * to a bound. Beyond it they are opened by name again; that they are what they were is
 * told by device, inode, size and time of the last change. Of pipes and
 * live inputs the log is read.
 *
 * The sources of both sets correspond by name: where one is there several times, the
 * first is the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/denied.h"
#include "base/mem.h"
#include "capture/capture_int.h"

#define KEPT_MAX	512u	/* inputs with a descriptor of their own */

void
inputs_add(struct capture *c, const char *name, int fd, uint64_t start, const struct stat *st)
{
	struct seen_input *in;

	ARRAY_GROW(c->inputs, c->input_cap, c->input_n + 1);
	in = &c->inputs[c->input_n++];
	*in = (struct seen_input){ .name = xstrdup(name), .fd = fd, .start = start };
	if (!st)
		return;
	in->regular = S_ISREG(st->st_mode);
	in->dev = st->st_dev;
	in->ino = st->st_ino;
	in->size = (uint64_t)st->st_size;
	in->changed = st->st_mtim;
}

void
inputs_release(struct capture *c)
{
	for (size_t i = 0; i < c->input_n; i++) {
		if (c->inputs[i].owned)
			close(c->inputs[i].fd);
		free(c->inputs[i].name);
		free(c->inputs[i].reached);
	}
	free(c->inputs);
}

/* Half of what may be open is for what is read. */
static int
keep_own(int fd)
{
	struct rlimit limit;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own >= 0 && (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
			 (rlim_t)own > limit.rlim_cur / 2)) {
		close(own);
		own = -1;
	}
	return own;
}

void
inputs_keep(struct capture *c, size_t i, int fd, bool stays)
{
	struct seen_input *in = &c->inputs[i];

	if (!in->regular)
		return;
	if (!stays && i < KEPT_MAX)
		fd = keep_own(fd);
	else if (!stays)
		fd = -1;
	in->fd = fd;
	in->kept = fd >= 0;
	in->owned = in->kept && !stays;
}

static int
add_again(struct capture *again, const struct seen_input *in, struct err *err)
{
	struct denied why;
	int fd;

	if (in->fd >= 0 && !in->kept)
		return capture_add_as(again, in->fd, in->name, false, in, err);
	if (in->fd >= 0)
		fd = fcntl(in->fd, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(in->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_set(err, "%s: %s", in->name,
			       denied_why(&why, errno, in->name, DENIED_READ));
	return capture_add_as(again, fd, in->name, true, in, err);
}

/* What was kept of the sources that are no files: one stream, for it is in the order in
 * which the packets were given out. */
static void
add_log(struct capture *again, const struct capture *c)
{
	struct input in;
	struct stream *s;

	input_init(&in, INPUT_SPOOL, -1, 0);
	s = stream_new(again, "log", &in);
	s->again = true;
	s->log = log_reader_new(c, &again->done);
	s->state = STREAM_LOG;
	again->total += log_reader_total(s->log);
	for (size_t i = 0; i < c->source_n; i++) {
		const struct source *of = c->sources[i];

		if (!of->pub.kept || of->emptied)
			continue;
		free(s->name);
		s->name = xstrdup(of->name);
		if (!stream_publish(s, of->pub.format))
			break;
		s->source->pub.seekable = false;
		s->source->spool = NULL;
		s->source->of = (uint16_t)i;
		log_reader_source(s->log, i, s->index);
	}
	capture_enter(again, s);
}

struct capture *
capture_again(const struct capture *c, struct err *err)
{
	struct capture *again = capture_new();

	again->unpacked.cap = c->unpacked.cap;
	if (c->bpf && capture_set_filter(again, bpf_text(c->bpf), err) != 0) {
		capture_free(again);
		return NULL;
	}
	for (size_t i = 0; i < c->input_n; i++) {
		if (!c->inputs[i].regular || (c->inputs[i].reached && !c->inputs[i].ready))
			continue;
		if (add_again(again, &c->inputs[i], err) == 0)
			continue;
		capture_free(again);
		return NULL;
	}
	if (c->log_packets > 0)
		add_log(again, c);
	return again;
}

uint16_t
capture_again_source(const struct capture *c, const struct capture *again, size_t i)
{
	const char *name = again->sources[i]->name;
	size_t before = 0;

	if (again->sources[i]->of != PLACE_NONE)
		return again->sources[i]->of;
	for (size_t k = 0; k < i; k++)
		before += again->sources[k]->of == PLACE_NONE &&
			strcmp(again->sources[k]->name, name) == 0;
	for (size_t k = 0; k < c->source_n; k++)
		if (!c->sources[k]->pub.kept && strcmp(c->sources[k]->name, name) == 0 &&
		    before-- == 0)
			return (uint16_t)k;
	return PLACE_NONE;
}

bool
capture_is_input(const struct capture *c, const struct stat *st)
{
	for (size_t i = 0; i < c->input_n; i++)
		if (c->inputs[i].regular && c->inputs[i].dev == st->st_dev &&
		    c->inputs[i].ino == st->st_ino)
			return true;
	return false;
}
