#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <archive.h>

#include "capture/input.h"

#include "base/mem.h"
#include "capture/gunzip.h"
#include "capture/spool.h"

#define RAW_KEEP_MAX	((size_t)1 << 20)	/* bytes of gzip without content */

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
	gunzip_free(in->gunzip);
	in->gunzip = NULL;
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

static ptrdiff_t
raw_file(const struct input *in, void *to, size_t n)
{
	ptrdiff_t r;

	if (in->bounded && in->limit - in->next < n)
		n = in->next < in->limit ? (size_t)(in->limit - in->next) : 0;
	r = pread(in->fd, to, n, (off_t)in->next);
	return r == 0 && in->follow ? -2 : r;
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
			r = raw_file(in, to, n);
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
		if (in->reached)
			*in->reached = in->next;
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

void
input_gunzip(struct input *in)
{
	in->gunzip = gunzip_new();
	if (!in->gunzip) {
		snprintf(in->why, sizeof(in->why), "gzip: out of memory");
		in->eof = true;
		return;
	}
	in->raw = in->buf;
	in->raw_cap = in->cap;
	in->raw_pos = in->pos;
	in->raw_n = in->end;
	in->raw_keep = true;
	in->buf = NULL;
	in->cap = in->pos = in->end = 0;
	in->base = 0;
	in->eof = false;
}

void
input_raw_forget(struct input *in)
{
	in->raw_keep = false;
}

void
input_raw_again(struct input *in)
{
	gunzip_free(in->gunzip);
	in->gunzip = NULL;
	free(in->buf);
	in->buf = in->raw;
	in->cap = in->raw_cap;
	in->end = in->raw_n;
	in->pos = 0;
	in->raw = NULL;
	in->why[0] = '\0';
	in->eof = false;
}

/* More raw bytes for gunzip. @return as input_raw(). */
static ptrdiff_t
raw_more(struct input *in)
{
	ptrdiff_t r;
	void *raw = in->raw;

	if (!in->raw_keep)
		in->raw_pos = in->raw_n = 0;
	if (in->raw_n == in->raw_cap) {
		if (in->raw_n >= RAW_KEEP_MAX) {
			snprintf(in->why, sizeof(in->why), "gzip: nothing but headers");
			return -1;
		}
		array_grow(&raw, &in->raw_cap, in->raw_n + 1, 1);
		in->raw = raw;
	}
	r = input_raw(in, in->raw + in->raw_n, in->raw_cap - in->raw_n);
	if (r > 0)
		in->raw_n += (size_t)r;
	return r;
}

/* As input_raw(), out of gzip data. */
static ptrdiff_t
gunzipped(struct input *in, uint8_t *to, size_t n)
{
	/* An end or a fault that was met after bytes were made. */
	if (in->why[0])
		return -1;
	for (;;) {
		const uint8_t *p = in->raw + in->raw_pos;
		size_t left = in->raw_n - in->raw_pos, made;
		enum gunzip_status st = gunzip_next(in->gunzip, &p, &left, to, n, &made);
		ptrdiff_t r;

		in->raw_pos = in->raw_n - left;
		if (st == GUNZIP_BAD)
			snprintf(in->why, sizeof(in->why), "gzip: damaged data");
		if (made > 0)
			return (ptrdiff_t)made;
		if (st != GUNZIP_MORE)
			return st == GUNZIP_END ? 0 : -1;
		r = raw_more(in);
		if (r == 0 && !gunzip_may_end(in->gunzip))
			snprintf(in->why, sizeof(in->why), "gzip: the data is cut short");
		if (r <= 0)
			return r;
	}
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
		if (in->gunzip)
			r = gunzipped(in, in->buf + in->end, in->cap - in->end);
		else if (in->unpack)
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
