/*
 * Key logs that are files, and may be written while they are read.
 *
 * Of each, what follows its last line end is kept until the line is complete; at
 * the end of a reading it is tried as it is, for the last line of a log may lack
 * its end, and is tried again when more of it came. A file is read anew when its
 * name leads to another one, when it became shorter, or when the bytes before
 * the place where reading stopped have changed, as they do when it was written
 * over in the meantime.
 */
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "transport/tls_keys_int.h"

#define READ_BYTES	((size_t)64 * 1024)
#define LOOK_AFTER	(50 * NS_PER_MS)
#define PIPE_WAIT_MS	200		/* for a writer that has begun, when added */
#define PIPE_FIRST_MAX	(UINT64_C(1) << 32)	/* bytes taken of a pipe when added */
#define PIPE_MORE_MAX	(UINT64_C(1) << 24)	/* and when looked at later */
#define TAIL_BYTES	32u

struct keylog {
	char *path;
	int fd;
	bool pipe;
	bool skipping;		/* inside a line that is too long */
	bool tried;		/* last says what line is */
	enum keylog_line last;
	dev_t dev;
	ino_t ino;
	struct timespec changed;	/* when it was last, as far as it was read */
	uint64_t at;		/* bytes read */
	size_t line_n, tail_n;
	char line[KEYLOG_LINE_MAX + 8];	/* what has no line end yet */
	char tail[TAIL_BYTES];	/* what was read last */
};

int
keys_open(const char *path, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (fstat(fd, st) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
	} else if (S_ISDIR(st->st_mode)) {
		err_set(err, "%s: is a directory", path);
	} else if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode)) {
		err_set(err, "%s: is neither a file nor a pipe", path);
	} else {
		return fd;
	}
	close(fd);
	return -1;
}

ssize_t
keys_read(int fd, void *to, size_t n, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t got;

	for (;;) {
		got = read(fd, to, n);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
		if (errno == EAGAIN && (wait_ms == 0 || poll(&p, 1, wait_ms) <= 0))
			return 0;
	}
}

/* ---- lines ---- */

static void
line_clear(struct keylog *log)
{
	gnutls_memset(log->line, 0, log->line_n);
	log->line_n = 0;
	log->skipping = log->tried = false;
}

/* Keep @p s, which has no line end. What is longer than any line is dropped but
 * for its beginning; a hole of NULs before a line takes no room. */
static void
line_add(struct keylog *log, struct str s)
{
	if (log->line_n == 0)
		while (s.n > 0 && s.p[0] == '\0')
			s = str_skip(s, 1);
	if (s.n == 0)
		return;
	log->tried = false;
	if (log->line_n + s.n > sizeof(log->line)) {
		log->skipping = true;
		s.n = sizeof(log->line) - log->line_n;
	}
	memcpy(log->line + log->line_n, s.p, s.n);
	log->line_n += s.n;
}

static enum keylog_line
line_try(struct tls_keys *k, struct keylog *log)
{
	struct str line = { log->line, log->line_n };

	if (!log->tried) {
		log->last = keys_take_line(k, line);
		if (log->skipping && log->last != KEYLOG_LINE_EMPTY)
			log->last = KEYLOG_LINE_BAD;
		log->tried = true;
	}
	return log->last;
}

static void
take_bytes(struct tls_keys *k, struct keylog *log, struct str s)
{
	size_t end;

	while ((end = str_chr(s, '\n')) != SIZE_MAX) {
		if (log->line_n > 0) {
			line_add(log, str_sub(s, 0, end));
			keys_count_line(&k->stats, line_try(k, log));
			line_clear(log);
		} else {
			keys_count_line(&k->stats, keys_take_line(k, str_sub(s, 0, end)));
		}
		s = str_skip(s, end + 1);
	}
	line_add(log, s);
}

/* ---- files ---- */

static void
keep_tail(struct keylog *log, const char *p, size_t n)
{
	size_t keep = n >= TAIL_BYTES ? 0 : TAIL_BYTES - n;

	if (keep > log->tail_n)
		keep = log->tail_n;
	memmove(log->tail, log->tail + log->tail_n - keep, keep);
	if (n > TAIL_BYTES) {
		p += n - TAIL_BYTES;
		n = TAIL_BYTES;
	}
	memcpy(log->tail + keep, p, n);
	log->tail_n = keep + n;
}

/* Read on, at most @p most bytes. @return 0, or -1 with errno. */
static int
read_on(struct tls_keys *k, struct keylog *log, uint64_t most, int wait_ms)
{
	char *bytes = xmalloc(READ_BYTES);
	ssize_t got = 0;
	int error;

	while (most > 0) {
		size_t ask = most < READ_BYTES ? (size_t)most : READ_BYTES;

		got = keys_read(log->fd, bytes, ask, wait_ms);
		if (got <= 0)
			break;
		take_bytes(k, log, (struct str){ bytes, (size_t)got });
		keep_tail(log, bytes, (size_t)got);
		log->at += (uint64_t)got;
		most -= (uint64_t)got;
	}
	error = errno;
	gnutls_memset(bytes, 0, READ_BYTES);
	free(bytes);
	if (log->line_n > 0)
		line_try(k, log);
	errno = error;
	return got < 0 ? -1 : 0;
}

/* What had no line end was a line of its own. */
static void
start_anew(struct tls_keys *k, struct keylog *log)
{
	if (log->line_n > 0)
		keys_count_line(&k->stats, line_try(k, log));
	line_clear(log);
	log->at = 0;
	log->tail_n = 0;
}

static void
identify(struct keylog *log, int fd, const struct stat *st)
{
	log->fd = fd;
	log->pipe = S_ISFIFO(st->st_mode);
	log->dev = st->st_dev;
	log->ino = st->st_ino;
	log->changed = (struct timespec){ 0 };
}

static bool
tail_is_same(const struct keylog *log)
{
	char now[TAIL_BYTES];
	ssize_t got = pread(log->fd, now, log->tail_n, (off_t)(log->at - log->tail_n));
	bool same = got == (ssize_t)log->tail_n && memcmp(now, log->tail, log->tail_n) == 0;

	gnutls_memset(now, 0, sizeof(now));
	return same;
}

/* Read what the open file has now that it had not before. */
static int
follow_file(struct tls_keys *k, struct keylog *log)
{
	struct stat st;
	uint64_t size;

	if (fstat(log->fd, &st) != 0)
		return -1;
	size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	if (size == log->at && st.st_mtim.tv_sec == log->changed.tv_sec &&
	    st.st_mtim.tv_nsec == log->changed.tv_nsec)
		return 0;
	log->changed = st.st_mtim;
	if (size < log->at || !tail_is_same(log)) {
		start_anew(k, log);
		if (lseek(log->fd, 0, SEEK_SET) < 0)
			return -1;
	}
	return read_on(k, log, size - log->at, 0);
}

static void
follow(struct tls_keys *k, struct keylog *log)
{
	struct stat st;
	int fd;

	if (log->pipe) {
		read_on(k, log, PIPE_MORE_MAX, 0);
		return;
	}
	follow_file(k, log);
	if (stat(log->path, &st) != 0 || (st.st_dev == log->dev && st.st_ino == log->ino))
		return;
	fd = keys_open(log->path, &st, NULL);
	if (fd < 0)
		return;
	start_anew(k, log);
	close(log->fd);
	identify(log, fd, &st);
	if (log->pipe)
		read_on(k, log, PIPE_MORE_MAX, 0);
	else
		follow_file(k, log);
}

static void
keylog_free(struct keylog *log)
{
	close(log->fd);
	free(log->path);
	gnutls_memset(log, 0, sizeof(*log));
	free(log);
}

int
tls_keys_add_file(struct tls_keys *k, const char *path, struct err *err)
{
	struct keylog *log;
	struct stat st;
	int fd = keys_open(path, &st, err), result;

	if (fd < 0)
		return -1;
	for (size_t i = 0; i < k->log_n; i++) {
		if (k->logs[i]->dev == st.st_dev && k->logs[i]->ino == st.st_ino) {
			close(fd);
			follow(k, k->logs[i]);
			return 0;
		}
	}
	log = xcalloc(1, sizeof(*log));
	log->path = xstrdup(path);
	identify(log, fd, &st);
	result = log->pipe ? read_on(k, log, PIPE_FIRST_MAX, PIPE_WAIT_MS) : follow_file(k, log);
	if (result != 0) {
		err_set(err, "%s: read: %s", path, strerror(errno));
		keylog_free(log);
		return -1;
	}
	ARRAY_GROW(k->logs, k->log_cap, k->log_n + 1);
	k->logs[k->log_n++] = log;
	return 0;
}

bool
tls_keys_refresh(struct tls_keys *k)
{
	int64_t t;

	if (k->log_n == 0)
		return false;
	t = time_monotonic();
	if (k->looked != INT64_MIN && t - k->looked < LOOK_AFTER)
		return false;
	k->looked = t;
	k->fresh = false;
	for (size_t i = 0; i < k->log_n; i++)
		follow(k, k->logs[i]);
	return k->fresh;
}

void
keylogs_count(const struct tls_keys *k, struct tls_keys_stats *stats)
{
	for (size_t i = 0; i < k->log_n; i++)
		if (k->logs[i]->line_n > 0 && k->logs[i]->tried)
			keys_count_line(stats, k->logs[i]->last);
}

void
keylogs_release(struct tls_keys *k)
{
	for (size_t i = 0; i < k->log_n; i++)
		keylog_free(k->logs[i]);
	free(k->logs);
}
