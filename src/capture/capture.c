/*
 * The set: streams that have a record to give stand in a heap by its time, the
 * others are pending. A record is given out only when no stream is pending, for
 * that one might have an earlier one. The stream whose record was given out
 * stays at the top and goes on at the next call, since the record's bytes are
 * in its window. A lone stream never touches the heap.
 *
 * A live stream (a listener) stands in the heap by its time too, but as long as it has
 * nothing it is passed over: it holds nobody up, and is held up by no pipe. Of several
 * interfaces a record waits a moment, for the kernel hands over what came on another one
 * somewhat later.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/denied.h"
#include "base/mem.h"
#include "capture/capture_int.h"
#include "capture/hep_listen.h"
#include "capture/live.h"
#include "capture/sandbox.h"

#define HOLD		(100 * NS_PER_MS)	/* a record waits for those of other interfaces */
#define HOLD_TURN	(20 * NS_PER_MS)	/* and as long that not each one wakes us */

struct capture *
capture_new(void)
{
	struct capture *c = xcalloc(1, sizeof(*c));

	c->kept.waiting_max = CAPTURE_WAITING_MAX;
	c->kept.patient = true;
	spool_init(&c->spool, &c->kept);
	spool_init(&c->log, &c->kept);
	c->spool.drops = true;
	c->unpacked.cap = SPOOL_CAP;
	spool_init(&c->packs, &c->unpacked);
	c->wait_fd = c->many_fd = c->many_pipe = c->hold_fd = c->follow_fd = -1;
	c->hold_until = INT64_MIN;
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
	inputs_release(c);
	for (size_t i = 0; i < READ_WINDOWS; i++)
		free(c->windows[i].data);
	spool_release(&c->spool);
	spool_release(&c->log);
	spool_release(&c->packs);
	bpf_free(c->bpf);
	info_release(c);
	if (c->ready_fd >= 0)
		close(c->ready_fd);
	if (c->many_fd >= 0)
		close(c->many_fd);
	if (c->hold_fd >= 0)
		close(c->hold_fd);
	if (c->follow_fd >= 0)
		close(c->follow_fd);
	free(c);
}

static bool is_live(const struct stream *s);

void
capture_enter(struct capture *c, struct stream *s)
{
	c->endless |= is_live(s);
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

/* Whether an input that is read a second time is not what it was. It may have grown. */
static bool
has_changed(const struct stat *st, const struct seen_input *was)
{
	uint64_t size = (uint64_t)st->st_size;

	if (was->reached)
		return size < *was->reached;
	return st->st_dev != was->dev || st->st_ino != was->ino || size < was->size ||
		(size == was->size && (st->st_mtim.tv_sec != was->changed.tv_sec ||
				       st->st_mtim.tv_nsec != was->changed.tv_nsec));
}

static int
refuse_fd(struct capture *c, int fd, const char *name, bool owns_fd, const char *what,
	  struct err *err)
{
	int r = add_refused(c, name, what, err);

	if (owns_fd)
		close(fd);
	return r;
}

/* What came of it. */
enum begun { BEGUN, BEGUN_ENDED, BEGUN_REFUSED };

/* A small archive may be unpacked already. */
static enum begun
begin(struct stream *s)
{
	const struct capture *c = s->c;
	size_t notices = c->notice_n;

	if ((s->late ? stream_look(s) : stream_start(s)) != READ_END)
		return BEGUN;
	return c->notice_n > notices && c->notices[c->notice_n - 1].fatal ? BEGUN_REFUSED
		: BEGUN_ENDED;
}

int
capture_add_as(struct capture *c, int fd, const char *name, bool owns_fd,
	       const struct seen_input *was, struct err *err)
{
	struct stat st;
	struct input in;
	struct stream *s;
	enum begun begun;
	uint64_t start;
	off_t at;

	st.st_mode = 0;
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode))
		return refuse_fd(c, fd, name, owns_fd,
				 S_ISDIR(st.st_mode) ? "is a directory" : strerror(errno), err);
	if (was && has_changed(&st, was))
		return refuse_fd(c, fd, name, owns_fd, "has changed since it was read", err);
	input_init(&in, S_ISREG(st.st_mode) ? INPUT_FILE : INPUT_PIPE, fd, block_size(c));
	in.done = &c->done;
	if (S_ISREG(st.st_mode)) {
		at = was ? (off_t)was->start : owns_fd ? 0 : lseek(fd, 0, SEEK_CUR);
		in.start = in.next = in.base = at > 0 ? (uint64_t)at : 0;
		in.limit = !was ? (uint64_t)st.st_size : was->reached ? *was->reached : was->size;
		in.bounded = was && was->reached;
		if (in.limit < in.start)
			in.limit = in.start;
		c->total += in.limit - in.start;
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	} else {
		c->total_unknown = true;
	}

	s = stream_new(c, name, &in);
	s->owns_fd = owns_fd;
	s->again = S_ISREG(st.st_mode);
	if (c->follow && s->again)
		follow_start(s, owns_fd);
	start = s->in.start;
	s->late = c->late;
	begun = begin(s);
	if (begun == BEGUN_REFUSED)
		err_set(err, "%s", c->notices[c->notice_n - 1].text);
	else
		inputs_add(c, name, owns_fd ? -1 : fd, start, &st);
	s->seen = c->input_n - 1;
	if (begun != BEGUN_REFUSED && owns_fd && !was && !s->follow && !s->late)
		inputs_keep(c, s->seen, fd, s->source && s->source->owns_fd);
	if (begun != BEGUN) {
		free(s->in.reached);
		stream_free(s);
	} else {
		capture_enter(c, s);
		if (s->follow)
			follow_added(s);
	}
	return begun == BEGUN_REFUSED ? -1 : 0;
}

void
capture_set_late(struct capture *c, bool late)
{
	c->late = late;
}

static enum begun
begin_late(struct stream *s)
{
	struct seen_input *in = &s->c->inputs[s->seen];
	bool keeps = s->owns_fd && !s->follow;
	int fd = s->in.fd;
	enum begun begun;

	s->late = false;
	begun = begin(s);
	if (begun == BEGUN_REFUSED) {
		in->regular = false;
		in->fd = -1;
	} else if (keeps) {
		inputs_keep(s->c, s->seen, fd, s->source && s->source->owns_fd);
	}
	return begun;
}

size_t
capture_begin_late(struct capture *c)
{
	struct stream **added = c->pending;
	size_t n = c->pending_n, refused = 0;

	/* Members of archives come to be meanwhile. */
	c->pending = NULL;
	c->pending_n = c->pending_cap = 0;
	for (size_t i = 0; i < n; i++) {
		enum begun begun = added[i]->late ? begin_late(added[i]) : BEGUN;

		refused += begun == BEGUN_REFUSED;
		if (begun == BEGUN)
			capture_enter(c, added[i]);
		else
			stream_free(added[i]);
	}
	free(added);
	return refused;
}

int
capture_add_fd(struct capture *c, int fd, const char *name, struct err *err)
{
	return capture_add_as(c, fd, name, false, NULL, err);
}

int
capture_add(struct capture *c, const char *path, struct err *err)
{
	struct denied why;
	int fd;

	if (path[0] == '-' && path[1] == '\0')
		return capture_add_fd(c, STDIN_FILENO, path, err);
	/* Without O_NONBLOCK a named pipe would wait here for its writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return add_refused(c, path, denied_why(&why, errno, path, DENIED_READ), err);
	return capture_add_as(c, fd, path, true, NULL, err);
}

/* ---- live inputs ---- */

static bool
is_live(const struct stream *s)
{
	return s->state == STREAM_HEP || s->state == STREAM_LIVE || s->follow;
}

/* Beside others a listener is polled through a set of them. */
int
capture_poll_too(struct capture *c, int fd, struct err *err)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (c->many_fd < 0)
		c->many_fd = epoll_create1(EPOLL_CLOEXEC);
	if (c->many_fd < 0 || epoll_ctl(c->many_fd, EPOLL_CTL_ADD, fd, &e) != 0)
		return err_set(err, "epoll: %s", strerror(errno));
	return 0;
}

/* To the set it is a pipe that is polled and never read. */
static struct stream *
new_live(struct capture *c, const char *name, int fd)
{
	struct input in;

	input_init(&in, INPUT_PIPE, fd, 0);
	return stream_new(c, name, &in);
}

static int
enter_live(struct stream *s, const char *format, struct err *err)
{
	struct capture *c = s->c;

	if (!stream_publish(s, format)) {
		err_set(err, "%s: too many sources", s->name);
		stream_free(s);
		return -1;
	}
	c->total_unknown = true;
	inputs_add(c, s->name, -1, 0, NULL);
	capture_enter(c, s);
	return 0;
}

int
capture_add_hep(struct capture *c, const char *where, const struct hep_listen *options,
		struct err *err)
{
	struct hep_listener *l = hep_listener_new(where, options, &c->hep, err);
	struct stream *s;

	if (!l)
		return -1;
	if (capture_poll_too(c, hep_listener_fd(l), err) != 0) {
		hep_listener_free(l);
		return -1;
	}
	s = new_live(c, where, hep_listener_fd(l));
	s->state = STREAM_HEP;
	s->hep = l;
	c->kept.patient = false;
	return enter_live(s, "hep", err);
}

/* What wakes for records that are held back, once there are two interfaces. */
static int
need_hold(struct capture *c, struct err *err)
{
	if (c->live_n == 0 || c->hold_fd >= 0)
		return 0;
	c->hold_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->hold_fd < 0)
		return err_set(err, "timer: %s", strerror(errno));
	return 0;
}

int
capture_add_live(struct capture *c, const char *device, const struct capture_live *options,
		 struct err *err)
{
	enum capture_live_result result;
	struct live *l = live_new(c, device, options, c->bpf ? bpf_text(c->bpf) : NULL,
				  &result, err);
	struct stream *s;

	if (!l)
		return result;
	if (capture_poll_too(c, live_fd(l), err) != 0 || need_hold(c, err) != 0) {
		live_free(l);
		return CAPTURE_LIVE_FAILED;
	}
	s = new_live(c, device, live_fd(l));
	s->state = STREAM_LIVE;
	s->live = l;
	c->kept.patient = false;
	c->live_n++;
	return enter_live(s, "live", err);
}

static void
add_receivers(const struct stream *s, struct sandbox_plan *plan)
{
	int fds[2];

	if (s->state != STREAM_LIVE)
		return;
	live_sockets(s->live, fds);
	sandbox_plan_add_receiver(plan, fds[0]);
	sandbox_plan_add_receiver(plan, fds[1]);
}

void
capture_add_receivers(const struct capture *c, struct sandbox_plan *plan)
{
	for (size_t i = 0; i < c->pending_n; i++)
		add_receivers(c->pending[i], plan);
	for (size_t i = 0; i < c->heap_n; i++)
		add_receivers(c->heap[i].stream, plan);
}

bool
capture_is_live(const struct capture *c)
{
	for (size_t i = 0; i < c->pending_n; i++)
		if (!is_live(c->pending[i]))
			return false;
	for (size_t i = 0; i < c->heap_n; i++)
		if (!is_live(c->heap[i].stream))
			return false;
	return c->pending_n + c->heap_n > 0;
}

uint16_t
capture_hep_port(const struct capture *c, size_t source)
{
	for (size_t i = 0; i < c->pending_n; i++)
		if (c->pending[i]->state == STREAM_HEP && c->pending[i]->index == source)
			return hep_listener_port(c->pending[i]->hep);
	for (size_t i = 0; i < c->heap_n; i++)
		if (c->heap[i].stream->state == STREAM_HEP &&
		    c->heap[i].stream->index == source)
			return hep_listener_port(c->heap[i].stream->hep);
	return 0;
}

void
capture_hep_stats(const struct capture *c, struct hep_listen_stats *stats)
{
	*stats = c->hep;
}

static void
stop(struct stream *s)
{
	if (s->state == STREAM_HEP)
		hep_listener_stop(s->hep);
	else if (s->state == STREAM_LIVE)
		live_stop(s->live);
	else if (s->follow)
		follow_stop(s);
}

void
capture_stop(struct capture *c)
{
	for (size_t i = 0; i < c->pending_n; i++)
		stop(c->pending[i]);
	for (size_t i = 0; i < c->heap_n; i++)
		stop(c->heap[i].stream);
}

/* Let the set that wait_fd may be have this pipe, -1: none. @return whether it has. */
static bool
many_set_pipe(struct capture *c, int fd)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (c->many_pipe >= 0 && c->many_pipe != fd)
		epoll_ctl(c->many_fd, EPOLL_CTL_DEL, c->many_pipe, NULL);
	c->many_pipe = fd;
	/* It may be another pipe that has the number now. */
	return fd < 0 || epoll_ctl(c->many_fd, EPOLL_CTL_ADD, fd, &e) == 0 || errno == EEXIST;
}

/* What to poll for @p live waiting listeners, one of which has @p live_fd, and the pipe
 * @p fd (-1: none). */
static int
fd_to_poll(struct capture *c, unsigned live, int live_fd, int fd)
{
	if (live == 0)
		return fd;
	if (!many_set_pipe(c, fd))
		return c->ready_fd;
	return live == 1 && fd < 0 ? live_fd : c->many_fd;
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

static bool
only_live_pending(const struct capture *c)
{
	for (size_t i = 0; i < c->pending_n; i++)
		if (!is_live(c->pending[i]))
			return false;
	return true;
}

/* Ask the pending streams. @return whether each that others wait for has a record now
 * or has ended; for the case that there is no record at all wait_fd is set. With @p look live
 * ones are asked in any case. */
static bool
pump(struct capture *c, bool look)
{
	size_t kept = 0;
	/* A look costs a system call, too much for every record of a file. */
	bool skip_live = c->heap_n > 0 && !look && ++c->live_skipped % LIVE_TURN != 0 &&
		only_live_pending(c);
	bool busy = false;
	int fd = -1, live_fd = -1;
	unsigned live = 0;

	keep_tend(c);
	if (UNLIKELY(c->follow_fd >= 0) && !skip_live)
		follow_rest(c);
	/* Unpacking an archive, and following a file, makes pending_n grow meanwhile. */
	for (size_t i = 0; i < c->pending_n; i++) {
		struct stream *s = c->pending[i];
		enum read_status rs = is_live(s) && skip_live ? READ_WAIT :
			stream_next(s, &s->head);

		if (rs == READ_RECORD) {
			set_key(s);
			heap_push(c, s);
		} else if (rs == READ_END) {
			stream_free(s);
		} else {
			busy |= rs == READ_BUSY;
			if (is_live(s)) {
				live++;
				live_fd = s->follow ? c->follow_fd : s->in.fd;
			} else if (rs == READ_WAIT && fd < 0 && s->in.kind == INPUT_PIPE) {
				fd = s->in.fd;
			}
			c->pending[kept++] = s;
		}
	}
	c->pending_n = kept;
	if (kept > 0 && (kept > live || c->heap_n == 0)) {
		c->wait_fd = busy ? c->ready_fd : fd_to_poll(c, live, live_fd, fd);
		if (c->wait_fd < 0)
			c->wait_fd = c->ready_fd;
	}
	return kept == live;
}

/* Bring a live stream to the top, whatever its time. @return whether there is one. */
static bool
raise_live(struct capture *c)
{
	struct heap_item *h = c->heap;
	size_t i = 0;

	while (i < c->heap_n && !is_live(h[i].stream))
		i++;
	if (i >= c->heap_n)
		return false;
	for (; i > 0; i = (i - 1) / 2) {
		struct heap_item item = h[i];

		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = item;
	}
	return true;
}

static void
set_hold(struct capture *c, int64_t span)
{
	struct itimerspec t = { .it_value = { span / NS_PER_S, span % NS_PER_S } };

	timerfd_settime(c->hold_fd, 0, &t, NULL);
	c->hold_set = span > 0;
}

static bool
is_interface_pending(const struct capture *c)
{
	for (size_t i = 0; i < c->pending_n; i++)
		if (c->pending[i]->state == STREAM_LIVE)
			return true;
	return false;
}

/* Of several interfaces: whether the first record is so new that others may have an
 * earlier one. These come in blocks, each at its time. */
static bool
is_new(const struct capture *c)
{
	return c->hold_fd >= 0 && c->heap_n > 0 && c->heap[0].key > c->hold_until &&
		c->heap[0].stream->state == STREAM_LIVE;
}

/* Whether the first record has to wait for those of other interfaces, which were asked at
 * @p now. One from the future waits for nobody. */
static bool
must_hold(struct capture *c, int64_t now)
{
	const struct heap_item *first = &c->heap[0];

	c->hold_until = now - HOLD;
	if (!is_new(c) || first->key > now || !is_interface_pending(c))
		return false;
	set_hold(c, first->key - c->hold_until > HOLD_TURN ? first->key - c->hold_until :
		 HOLD_TURN);
	/* Not the interfaces: there may be more on the one that has to wait. */
	c->wait_fd = c->hold_fd;
	return true;
}

static enum capture_status
next_merged(struct capture *c, struct record *rec)
{
	int64_t now = TIME_NONE;
	bool held;

	if (c->handed)
		go_on(c);
	if (UNLIKELY(c->hold_set))
		set_hold(c, 0);
	if (UNLIKELY(c->hold_fd >= 0) && (c->heap_n == 0 || is_new(c)))
		now = time_now();
	held = c->pending_n > 0 && !pump(c, now != TIME_NONE);
	if (c->heap_n == 0 ? c->pending_n > 0 : held && !raise_live(c))
		return CAPTURE_WAIT;
	if (UNLIKELY(now != TIME_NONE) && !held && c->heap_n > 0 && must_hold(c, now))
		return CAPTURE_WAIT;
	c->wait_fd = -1;
	if (c->heap_n == 0) {
		if (!c->ended)
			bpf_end(c);
		c->ended = true;
		return CAPTURE_END;
	}
	*rec = c->heap[0].stream->head;
	if (rec->fleeting)
		keep_place(c, rec);
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

		if (LIKELY(rs == READ_RECORD)) {
			if (rec->fleeting)
				keep_place(c, rec);
			return CAPTURE_RECORD;
		}
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

size_t
capture_next_few(struct capture *c, struct record *recs, size_t n)
{
	struct stream *s;

	if (c->heap_n != 1 || !c->handed || c->pending_n > 0 || c->bpf)
		return 0;
	s = c->heap[0].stream;
	if (s->fleeting || (s->state != STREAM_PCAP && s->state != STREAM_PCAPNG))
		return 0;
	return stream_next_few(s, recs, n);
}

bool
capture_stays(const struct capture *c)
{
	const struct stream *s;

	if (c->heap_n != 1 || !c->handed || c->pending_n > 0)
		return false;
	s = c->heap[0].stream;
	if (s->state == STREAM_LIVE)
		return live_stays(s->live);
	if (c->bpf)
		return false;
	return s->state == STREAM_PCAP ? pcap_reader_stays(s)
		: s->state == STREAM_PCAPNG && ng_reader_stays(s);
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
