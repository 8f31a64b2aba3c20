/*
 * The set: streams that have a record to give stand in a heap by its time, the
 * others are pending. A record is given out only when no stream is pending, for
 * that one might have an earlier one. The stream whose record was given out
 * stays at the top and goes on at the next call, since the record's bytes are
 * in its window. A lone stream never touches the heap.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/capture_int.h"

struct capture *
capture_new(void)
{
	struct capture *c = xcalloc(1, sizeof(*c));

	spool_init(&c->spool);
	spool_init(&c->packs);
	c->wait_fd = -1;
	/* Readable for ever: what to poll when there is only work to do. */
	c->ready_fd = eventfd(1, EFD_CLOEXEC);
	return c;
}

void
capture_free(struct capture *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->pending_n; i++)
		stream_free(c->pending[i]);
	for (size_t i = 0; i < c->heap_n; i++)
		stream_free(c->heap[i].stream);
	free(c->pending);
	free(c->heap);
	for (size_t i = 0; i < c->source_n; i++) {
		struct source *src = c->sources[i];

		if (src->owns_fd)
			close(src->fd);
		free(src->name);
		free(src);
	}
	free(c->sources);
	for (size_t i = 0; i < READ_WINDOWS; i++)
		free(c->windows[i].data);
	spool_release(&c->spool);
	spool_release(&c->packs);
	bpf_free(c->bpf);
	info_release(c);
	if (c->ready_fd >= 0)
		close(c->ready_fd);
	free(c);
}

void
capture_enter(struct capture *c, struct stream *s)
{
	ARRAY_GROW(c->pending, c->pending_cap, c->pending_n + 1);
	c->pending[c->pending_n++] = s;
	c->ended = false;
}

/* ---- adding inputs ---- */

static int
add_refused(struct capture *c, const char *name, const char *what, struct err *err)
{
	notice_add(c, name, true, "%s", what);
	return err_set(err, "%s: %s", name, what);
}

/* Windows are smaller the more of them there are. */
static size_t
block_size(const struct capture *c)
{
	size_t n = c->pending_n + c->heap_n;

	return n < 16 ? INPUT_BLOCK : n < 128 ? INPUT_BLOCK / 4 : INPUT_BLOCK / 16;
}

static int
add_fd(struct capture *c, int fd, const char *name, bool owns_fd, struct err *err)
{
	struct stat st;
	struct input in;
	struct stream *s;
	size_t notices;
	off_t at;

	st.st_mode = 0;
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		int r = add_refused(c, name, S_ISDIR(st.st_mode) ? "is a directory" :
				    strerror(errno), err);

		if (owns_fd)
			close(fd);
		return r;
	}
	input_init(&in, S_ISREG(st.st_mode) ? INPUT_FILE : INPUT_PIPE, fd, block_size(c));
	in.done = &c->done;
	if (S_ISREG(st.st_mode)) {
		at = owns_fd ? 0 : lseek(fd, 0, SEEK_CUR);
		in.start = in.next = in.base = at > 0 ? (uint64_t)at : 0;
		in.limit = (uint64_t)st.st_size;
		if (in.limit < in.start)
			in.limit = in.start;
		c->total += in.limit - in.start;
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	} else {
		c->total_unknown = true;
	}

	s = stream_new(c, name, &in);
	s->owns_fd = owns_fd;
	notices = c->notice_n;
	if (stream_start(s) != READ_END) {
		capture_enter(c, s);
		return 0;
	}
	stream_free(s);
	if (c->notice_n > notices && c->notices[c->notice_n - 1].fatal)
		return err_set(err, "%s", c->notices[c->notice_n - 1].text);
	return 0;
}

int
capture_add_fd(struct capture *c, int fd, const char *name, struct err *err)
{
	return add_fd(c, fd, name, false, err);
}

int
capture_add(struct capture *c, const char *path, struct err *err)
{
	int fd;

	if (path[0] == '-' && path[1] == '\0')
		return capture_add_fd(c, STDIN_FILENO, path, err);
	/* Without O_NONBLOCK a named pipe would wait here for its writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return add_refused(c, path, strerror(errno), err);
	return add_fd(c, fd, path, true, err);
}

/* ---- the merge ---- */

static bool
before(const struct heap_item *a, const struct heap_item *b)
{
	return a->key < b->key || (a->key == b->key && a->order < b->order);
}

static void
heap_down(struct capture *c)
{
	struct heap_item *h = c->heap, item = h[0];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= c->heap_n)
			break;
		if (child + 1 < c->heap_n && before(&h[child + 1], &h[child]))
			child++;
		if (!before(&h[child], &item))
			break;
		h[i] = h[child];
		i = child;
	}
	h[i] = item;
}

static void
heap_pop(struct capture *c)
{
	c->heap[0] = c->heap[--c->heap_n];
	if (c->heap_n > 0)
		heap_down(c);
}

static void
heap_push(struct capture *c, struct stream *s)
{
	struct heap_item item = { s->key, s->order, s };
	size_t i = c->heap_n;

	ARRAY_GROW(c->heap, c->heap_cap, c->heap_n + 1);
	c->heap_n++;
	for (; i > 0 && before(&item, &c->heap[(i - 1) / 2]); i = (i - 1) / 2)
		c->heap[i] = c->heap[(i - 1) / 2];
	c->heap[i] = item;
}

/* A record without a time keeps its place among those of its stream. */
static void
set_key(struct stream *s)
{
	if (s->head.time != TIME_NONE)
		s->key = s->head.time;
	else if (s->last_time != TIME_NONE)
		s->key = s->last_time;
}

/* Let the stream go on whose record was given out. */
static void
go_on(struct capture *c)
{
	struct stream *s = c->heap[0].stream;
	enum read_status rs = stream_next(s, &s->head);

	c->handed = false;
	if (rs == READ_RECORD) {
		set_key(s);
		c->heap[0].key = s->key;
		heap_down(c);
		return;
	}
	heap_pop(c);
	if (rs == READ_END)
		stream_free(s);
	else
		capture_enter(c, s);
}

/* Ask the pending streams. @return whether each has a record now or has
 * ended; otherwise wait_fd is set. */
static bool
pump(struct capture *c)
{
	size_t kept = 0;
	bool busy = false;
	int fd = -1;

	/* Unpacking an archive makes pending_n grow meanwhile. */
	for (size_t i = 0; i < c->pending_n; i++) {
		struct stream *s = c->pending[i];
		enum read_status rs = stream_next(s, &s->head);

		if (rs == READ_RECORD) {
			set_key(s);
			heap_push(c, s);
		} else if (rs == READ_END) {
			stream_free(s);
		} else {
			busy |= rs == READ_BUSY;
			if (rs == READ_WAIT && fd < 0 && s->in.kind == INPUT_PIPE)
				fd = s->in.fd;
			c->pending[kept++] = s;
		}
	}
	c->pending_n = kept;
	if (kept == 0)
		return true;
	c->wait_fd = busy || fd < 0 ? c->ready_fd : fd;
	return false;
}

static enum capture_status
next_merged(struct capture *c, struct record *rec)
{
	if (c->handed)
		go_on(c);
	if (c->pending_n > 0 && !pump(c))
		return CAPTURE_WAIT;
	if (c->heap_n == 0) {
		if (!c->ended)
			bpf_end(c);
		c->ended = true;
		return CAPTURE_END;
	}
	*rec = c->heap[0].stream->head;
	c->handed = true;
	return CAPTURE_RECORD;
}

enum capture_status
capture_next(struct capture *c, struct record *rec)
{
	c->wait_fd = -1;
	if (LIKELY(c->heap_n == 1 && c->handed && c->pending_n == 0)) {
		struct stream *s = c->heap[0].stream;
		enum read_status rs = stream_next(s, rec);

		if (LIKELY(rs == READ_RECORD))
			return CAPTURE_RECORD;
		c->handed = false;
		c->heap_n = 0;
		if (rs == READ_END)
			stream_free(s);
		else
			capture_enter(c, s);
		if (rs == READ_WAIT && s->in.kind == INPUT_PIPE) {
			c->wait_fd = s->in.fd;
			return CAPTURE_WAIT;
		}
	}
	return next_merged(c, rec);
}

bool
capture_stays(const struct capture *c)
{
	return c->heap_n == 1 && c->handed && c->pending_n == 0 && !c->bpf &&
		c->heap[0].stream->state == STREAM_PCAP && pcap_reader_stays(c->heap[0].stream);
}

int
capture_fd(const struct capture *c)
{
	return c->wait_fd;
}

void
capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
	*total = c->total_unknown ? 0 : c->total;
	/* Of some archives bytes are read twice. */
	*done = *total > 0 && c->done > *total ? *total : c->done;
}
