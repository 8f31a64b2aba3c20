#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <archive.h>

#include "capture/input.h"

#include "base/mem.h"
#include "capture/spool.h"

void
input_init(struct input *in, enum input_kind kind, int fd, size_t block)
{
	*in = (struct input){ .kind = kind, .fd = fd, .limit = UINT64_MAX, .block = block };
}

void
input_release(struct input *in)
{
	if (in->unpack)
		archive_read_free(in->unpack);
	if (in->secret && in->buf)
		explicit_bzero(in->buf, in->cap);
	free(in->raw);
	free(in->buf);
	in->unpack = NULL;
	in->raw = in->buf = NULL;
	in->cap = in->pos = in->end = 0;
}

static ptrdiff_t
raw_pipe(struct input *in, void *to, size_t n)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };

	/* O_NONBLOCK would be set for every process that shares the pipe. */
	if (poll(&p, 1, 0) == 0)
		return -2;
	return read(in->fd, to, n);
}

static ptrdiff_t
raw_spool(struct input *in, void *to, size_t n)
{
	uint64_t left = in->limit - in->next;
	struct err err;

	if (left < n)
		n = (size_t)left;
	if (n > 0 && spool_read(in->spool, in->next, to, n, &err) != 0) {
		snprintf(in->why, sizeof(in->why), "%.150s", err.text);
		return -1;
	}
	return (ptrdiff_t)n;
}

ptrdiff_t
input_raw(struct input *in, void *to, size_t n)
{
	ptrdiff_t r;

	do {
		errno = 0;
		if (in->kind == INPUT_SPOOL)
			r = raw_spool(in, to, n);
		else if (in->kind == INPUT_FILE)
			r = pread(in->fd, to, n, (off_t)in->next);
		else
			r = raw_pipe(in, to, n);
	} while (r == -1 && errno == EINTR);

	if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return -2;
	if (r == -1 && in->why[0] == '\0')
		snprintf(in->why, sizeof(in->why), "read error: %s", strerror(errno));
	if (r > 0) {
		in->next += (uint64_t)r;
		in->counted += (uint64_t)r;
		if (in->done)
			*in->done += (uint64_t)r;
	}
	return r;
}

/* As input_raw(), out of the unpacker. */
static ptrdiff_t
unpacked(struct input *in, void *to, size_t n)
{
	la_ssize_t r = ARCHIVE_RETRY;
	const char *text;

	for (int tries = 0; r == ARCHIVE_RETRY && tries < 8; tries++)
		r = archive_read_data(in->unpack, to, n);
	if (r >= 0)
		return r;
	text = archive_error_string(in->unpack);
	if (in->why[0] == '\0')
		snprintf(in->why, sizeof(in->why), "unpacking: %.140s",
			 text ? text : "damaged data");
	return -1;
}

/* A new window, so that secrets in the old one can be wiped. */
static void
grow(struct input *in, size_t need)
{
	size_t cap = in->cap ? in->cap : in->block;
	uint8_t *buf;

	while (cap < need)
		cap *= 2;
	if (cap == in->cap)
		return;
	buf = xmalloc(cap);
	if (in->end > 0)
		memcpy(buf, in->buf, in->end);
	if (in->secret && in->buf)
		explicit_bzero(in->buf, in->cap);
	free(in->buf);
	in->buf = buf;
	in->cap = cap;
}

enum input_status
input_fill(struct input *in, size_t n)
{
	if (n > INPUT_MAX)
		BUG("a window of %zu bytes", n);
	if (in->pos > 0) {
		memmove(in->buf, in->buf + in->pos, in->end - in->pos);
		in->base += in->pos;
		in->end -= in->pos;
		in->pos = 0;
	}
	while (in->end < n) {
		ptrdiff_t r;

		if (in->eof)
			return INPUT_END;
		/* Grow as bytes come, not as a length promises them. */
		if (in->end == in->cap)
			grow(in, in->cap + 1);
		if (in->unpack)
			r = unpacked(in, in->buf + in->end, in->cap - in->end);
		else
			r = input_raw(in, in->buf + in->end, in->cap - in->end);
		if (r == -2)
			return INPUT_WAIT;
		if (r <= 0) {
			in->eof = true;
			continue;
		}
		in->end += (size_t)r;
	}
	return INPUT_OK;
}
