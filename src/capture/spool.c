#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/spool.h"

#include "base/buf.h"
#include "base/mem.h"
#include "capture/reserve.h"

void
spool_init(struct spool *s)
{
	*s = (struct spool){ .fd = -1, .cap = SPOOL_CAP };
}

void
spool_release(struct spool *s)
{
	if (s->fd >= 0)
		reserve_give(s->fd);
	free(s->tail);
	spool_init(s);
}

/* A file without a name in @p dir, or -1 with errno. */
static int
open_unnamed(const char *dir)
{
	struct buf path = BUF_INIT;
	int fd, saved;

#ifdef O_TMPFILE
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
#endif
	/* A file system without O_TMPFILE: the name lives for a moment. */
	buf_printf(&path, "%s/rung-XXXXXX", dir);
	fd = mkostemp(path.p, O_CLOEXEC);
	saved = errno;
	if (fd >= 0)
		unlink(path.p);
	buf_release(&path);
	errno = saved;
	return fd;
}

int
spool_make_file(struct err *err)
{
	const char *dir = getenv("TMPDIR");
	int fd = -1;

	if (dir && *dir)
		fd = open_unnamed(dir);
	if (fd < 0) {
		dir = "/tmp";
		fd = open_unnamed(dir);
	}
	if (fd < 0)
		err_set(err, "spool: %s: %s", dir, strerror(errno));
	return fd;
}

int
spool_open(struct spool *s, struct err *err)
{
	if (s->fd < 0)
		s->fd = reserve_take();
	if (s->fd < 0)
		s->fd = spool_make_file(err);
	return s->fd < 0 ? -1 : 0;
}

/* Append to the file. What a failed write left behind stays unseen, past
 * flushed. */
static int
write_all(struct spool *s, const uint8_t *p, size_t n, struct err *err)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pwrite(s->fd, p + done, n - done, (off_t)(s->flushed + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, "spool: %s", strerror(r < 0 ? errno : ENOSPC));
		done += (size_t)r;
	}
	s->flushed += n;
	return 0;
}

static int
flush_tail(struct spool *s, struct err *err)
{
	if (spool_open(s, err) != 0 || write_all(s, s->tail, s->tail_n, err) != 0) {
		s->failed = true;
		return -1;
	}
	s->tail_n = 0;
	return 0;
}

int
spool_add(struct spool *s, const void *bytes, size_t n, struct err *err)
{
	void *tail = s->tail;

	if (s->failed)
		return err_set(err, "spool: closed after an error");
	if (n > s->cap || spool_size(s) > s->cap - n) {
		s->failed = true;
		return err_set(err, "spool: full at its cap of %llu bytes",
			       (unsigned long long)s->cap);
	}
	if (n == 0)
		return 0;
	if (s->tail_n + n > SPOOL_TAIL && flush_tail(s, err) != 0)
		return -1;
	if (n > SPOOL_TAIL) {
		if (write_all(s, bytes, n, err) == 0)
			return 0;
		s->failed = true;
		return -1;
	}
	array_grow(&tail, &s->tail_cap, s->tail_n + n, 1);
	s->tail = tail;
	memcpy(s->tail + s->tail_n, bytes, n);
	s->tail_n += n;
	return 0;
}

int
spool_read(const struct spool *s, uint64_t offset, void *to, size_t n, struct err *err)
{
	uint8_t *p = to;

	if (n > spool_size(s) || offset > spool_size(s) - n)
		return err_set(err, "spool: offset %llu: nothing there",
			       (unsigned long long)offset);
	while (n > 0 && offset < s->flushed) {
		uint64_t left = s->flushed - offset;
		ssize_t r = pread(s->fd, p, left < n ? (size_t)left : n, (off_t)offset);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, "spool: offset %llu: %s", (unsigned long long)offset,
				       r < 0 ? strerror(errno) : "the file is shorter");
		p += r;
		offset += (uint64_t)r;
		n -= (size_t)r;
	}
	if (n > 0)
		memcpy(p, s->tail + (offset - s->flushed), n);
	return 0;
}
