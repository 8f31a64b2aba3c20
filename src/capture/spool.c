/*
 * The last segment is in memory, with more bytes to come; full, it is written to a free
 * place of the file at once, or put to the writer. The segments in the file are a list in order of their index
 * with holes, which is searched from where it would be without these, and packed when half
 * of it is gone. So what it costs follows from what is kept, not from what went through.
 *
 * Of the free places some stay as they are for the next segments, the others give their
 * blocks back to the disk.
 *
 * The writer does all of one spool in the order in which it was told, so a place is free at
 * once when its segment goes, whatever is still to be written there. Only what failed
 * is tried again out of order, and only while its segment, which has the place, is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/spool.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"
#include "capture/reserve.h"

#define WARM_MAX	64u	/* free places that keep their blocks */
#define PATIENCE	NS_PER_S	/* after a fault */

void
spool_init(struct spool *s, struct spool_budget *budget)
{
	*s = (struct spool){ .fd = -1, .budget = budget };
}

static void
write_free(struct spool_write *w)
{
	free(w->bytes);
	free(w);
}

static void
writes_free(struct spool_write *first)
{
	for (struct spool_write *w = first, *next; w; w = next) {
		next = w->next;
		write_free(w);
	}
}

/* Nobody is to see what was to be written. */
static void
writes_release(struct spool *s)
{
	for (struct spool_write *w = s->waiting.first; w; w = w->next)
		writer_cancel(&w->job);
	for (struct spool_write *w = s->waiting.first; w; w = w->next)
		writer_wait(&w->job);
	writes_free(s->waiting.first);
	writes_free(s->failed.first);
	writes_free(s->spare);
}

void
spool_release(struct spool *s)
{
	writes_release(s);
	if (s->fd >= 0)
		reserve_give(s->fd);
	free(s->tail);
	free(s->segments);
	free(s->warm.list);
	free(s->cold.list);
	spool_init(s, s->budget);
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

static int tmpdir_error;	/* errno of the last file that was to be made there */

const char *
spool_folder(int *error)
{
	const char *dir = getenv("TMPDIR");

	*error = tmpdir_error;
	return dir && *dir && tmpdir_error == 0 ? dir : "/tmp";
}

int
spool_make_file(struct err *err)
{
	const char *dir = getenv("TMPDIR");
	int fd = -1;

	if (dir && *dir) {
		fd = open_unnamed(dir);
		tmpdir_error = fd < 0 ? errno : 0;
	}
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

/* ---- places of the file ---- */

static void
slots_push(struct spool_slots *to, uint32_t slot)
{
	ARRAY_GROW(to->list, to->cap, to->n + 1);
	to->list[to->n++] = slot;
}

static uint32_t
slot_take(struct spool *s)
{
	if (s->warm.n > 0)
		return s->warm.list[--s->warm.n];
	if (s->cold.n > 0)
		return s->cold.list[--s->cold.n];
	return s->slots++;
}

static void
writes_push(struct spool_writes *to, struct spool_write *w)
{
	if (!to->first)
		to->last = &to->first;
	w->next = NULL;
	*to->last = w;
	to->last = &w->next;
	to->n += w->bytes != NULL;
}

static struct spool_write *
writes_shift(struct spool_writes *from)
{
	struct spool_write *w = from->first;

	from->first = w->next;
	from->n -= w->bytes != NULL;
	return w;
}

static bool
is_written_aside(const struct spool *s)
{
	return s->budget->waiting_max > 0 && writer_runs();
}

/* Give the blocks of a place back to the disk. */
static void
slot_punch(struct spool *s, uint32_t slot)
{
	off_t at = (off_t)slot << SPOOL_SHIFT;
	struct spool_write *w;

	if (!is_written_aside(s)) {
		/* Where that cannot be done the file stays as large as it was. */
		(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
				 (off_t)SPOOL_SEGMENT);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->job.kind = WRITER_PUNCH;
	w->job.fd = s->fd;
	w->job.at = at;
	w->job.n = SPOOL_SEGMENT;
	writer_put(&w->job);
	writes_push(&s->waiting, w);
}

static void
slot_free(struct spool *s, uint32_t slot)
{
	/* There is room for a segment at least. */
	s->again_at = 0;
	if (s->warm.n < WARM_MAX) {
		slots_push(&s->warm, slot);
		return;
	}
	slot_punch(s, slot);
	slots_push(&s->cold, slot);
}

static int
slot_write(const struct spool *s, uint32_t slot, const uint8_t *p, size_t n, struct err *err)
{
	off_t at = (off_t)slot << SPOOL_SHIFT;

	while (n > 0) {
		ssize_t r = pwrite(s->fd, p, n, at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, "spool: %s", strerror(r < 0 ? errno : ENOSPC));
		p += r;
		at += r;
		n -= (size_t)r;
	}
	return 0;
}

/* ---- segments ---- */

/* The first segment in the list that has @p index or one after it. */
static size_t
segment_at(const struct spool *s, uint64_t index)
{
	size_t low = 0, high = s->n;

	/* Without holes it is known. */
	if (high > 0 && index >= s->segments[0].index &&
	    index - s->segments[0].index < high) {
		low = (size_t)(index - s->segments[0].index);
		if (s->segments[low].index == index)
			return low;
		high = low;
		low = 0;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->segments[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The segment in the file, NULL: it is gone, or is none. */
static struct spool_segment *
segment_find(const struct spool *s, uint64_t index)
{
	size_t i = segment_at(s, index);

	if (i >= s->n || s->segments[i].index != index || s->segments[i].slot == SPOOL_NO_SLOT)
		return NULL;
	return &s->segments[i];
}

/* ---- what the writer does ---- */

static void
write_recycle(struct spool *s, struct spool_write *w)
{
	if (!w->bytes || s->spare_n == SPOOL_SPARE) {
		write_free(w);
		return;
	}
	w->next = s->spare;
	s->spare = w;
	s->spare_n++;
}

/* It is done, well or not. */
static void
write_settle(struct spool *s, struct spool_write *w)
{
	struct spool_segment *seg = w->bytes ? segment_find(s, w->index) : NULL;

	if (!seg || w->job.error == 0) {
		if (seg)
			seg->write = NULL;
		write_recycle(s, w);
		return;
	}
	s->fault = w->job.error;
	writes_push(&s->failed, w);
}

void
spool_tend(struct spool *s)
{
	while (s->waiting.first && writer_is_done(&s->waiting.first->job))
		write_settle(s, writes_shift(&s->waiting));
}

static void
write_put(struct spool *s, struct spool_write *w, const struct spool_segment *seg)
{
	w->job.fd = s->fd;
	w->job.at = (off_t)seg->slot << SPOOL_SHIFT;
	w->job.p = w->bytes;
	w->job.n = seg->n;
	writer_put(&w->job);
	writes_push(&s->waiting, w);
}

/* Those that failed once more, where there is room now: a place that was freed. */
static void
writes_retry(struct spool *s)
{
	size_t n = s->failed.n;

	s->fault = 0;
	while (n-- > 0) {
		struct spool_write *w = writes_shift(&s->failed);
		struct spool_segment *seg = segment_find(s, w->index);

		if (!seg) {
			write_recycle(s, w);
			continue;
		}
		if (s->warm.n > 0) {
			slots_push(&s->cold, seg->slot);
			seg->slot = slot_take(s);
		}
		write_put(s, w, seg);
	}
}

/* See that the writer can have one more. */
static int
make_way(struct spool *s, struct err *err)
{
	size_t most = (size_t)(s->budget->waiting_max >> SPOOL_SHIFT);

	if (most < 2)
		most = 2;
	spool_tend(s);
	while (s->fault == 0 && s->waiting.n + s->failed.n >= most) {
		if (!s->budget->patient) {
			s->slow = true;
			return err_set(err, "spool: the disk is slower than what comes");
		}
		writer_wait(&s->waiting.first->job);
		spool_tend(s);
	}
	if (s->fault == 0)
		return 0;
	err_set(err, "spool: %s", strerror(s->fault));
	writes_retry(s);
	s->again_at = time_monotonic() + PATIENCE;
	return -1;
}

/* The bytes of the tail go to the writer, others become those of the next one. */
static struct spool_write *
tail_put(struct spool *s)
{
	struct spool_write *w = s->spare;
	uint8_t *bytes = s->tail;
	size_t cap = s->tail_cap;

	if (w) {
		s->spare = w->next;
		s->spare_n--;
	} else {
		w = xcalloc(1, sizeof(*w));
	}
	s->tail = w->bytes;
	s->tail_cap = w->cap;
	*w = (struct spool_write){ .bytes = bytes, .cap = cap, .index = s->tail_index };
	return w;
}

/* Put the tail into the file, and begin another one. */
static int
tail_write(struct spool *s, struct err *err)
{
	bool aside = is_written_aside(s);
	struct spool_segment *seg;
	uint32_t slot;

	if (spool_open(s, err) != 0)
		return -1;
	slot = slot_take(s);
	if (!aside && slot_write(s, slot, s->tail, s->tail_n, err) != 0) {
		slots_push(&s->warm, slot);
		return -1;
	}
	ARRAY_GROW(s->segments, s->cap, s->n + 1);
	seg = &s->segments[s->n++];
	*seg = (struct spool_segment){
		.index = s->tail_index, .slot = slot, .held = s->tail_held,
		.n = (uint32_t)s->tail_n,
	};
	if (aside) {
		seg->write = tail_put(s);
		write_put(s, seg->write, seg);
	}
	s->budget->used += SPOOL_SEGMENT - s->tail_n;
	if (s->tail_held == 0)
		s->budget->unheld += SPOOL_SEGMENT;
	s->tail_index++;
	s->tail_n = 0;
	s->tail_held = 0;
	return 0;
}

static int
tail_flush(struct spool *s, struct err *err)
{
	s->slow = false;
	if (s->again_at && time_monotonic() < s->again_at)
		return err_set(err, "spool: closed after an error");
	if (is_written_aside(s) && make_way(s, err) != 0)
		return -1;
	s->again_at = tail_write(s, err) == 0 ? 0 : time_monotonic() + PATIENCE;
	return s->again_at ? -1 : 0;
}

static void
segments_pack(struct spool *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->segments[i].slot != SPOOL_NO_SLOT)
			s->segments[n++] = s->segments[i];
	s->n = n;
	s->gone = 0;
}

static void
segment_drop(struct spool *s, struct spool_segment *seg)
{
	slot_free(s, seg->slot);
	seg->slot = SPOOL_NO_SLOT;
	s->budget->used -= SPOOL_SEGMENT;
	s->gone++;
	if (s->gone > s->n / 2 + 16)
		segments_pack(s);
}

bool
spool_drop_oldest(struct spool *s)
{
	for (size_t i = 0; i < s->n && s->budget->unheld > 0; i++) {
		struct spool_segment *seg = &s->segments[i];

		if (seg->slot == SPOOL_NO_SLOT || seg->held > 0)
			continue;
		s->budget->unheld -= SPOOL_SEGMENT;
		segment_drop(s, seg);
		return true;
	}
	return false;
}

/* ---- appending ---- */

static int
check_room(struct spool *s, size_t n, struct err *err)
{
	const struct spool_budget *b = s->budget;

	if (n <= b->cap && b->used <= b->cap - n)
		return 0;
	s->slow = false;
	return err_set(err, "spool: full at its cap of %llu bytes", (unsigned long long)b->cap);
}

static uint8_t *
tail_grow(struct spool *s, size_t n)
{
	void *tail = s->tail;

	array_grow(&tail, &s->tail_cap, s->tail_n + n, 1);
	s->tail = tail;
	s->tail_n += n;
	s->budget->used += n;
	return s->tail + s->tail_n - n;
}

int
spool_add(struct spool *s, const void *bytes, size_t n, struct err *err)
{
	const uint8_t *p = bytes;

	if (check_room(s, n, err) != 0)
		return -1;
	while (n > 0) {
		size_t k = SPOOL_SEGMENT - s->tail_n;

		if (k == 0) {
			if (tail_flush(s, err) != 0)
				return -1;
			continue;
		}
		if (k > n)
			k = n;
		memcpy(tail_grow(s, k), p, k);
		p += k;
		n -= k;
	}
	return 0;
}

void *
spool_take(struct spool *s, size_t n, struct err *err)
{
	if (n > SPOOL_SEGMENT)
		BUG("%zu bytes of one segment", n);
	if (check_room(s, n, err) != 0)
		return NULL;
	if (n > SPOOL_SEGMENT - s->tail_n && tail_flush(s, err) != 0)
		return NULL;
	return tail_grow(s, n);
}

/* ---- who needs what ---- */

/* The last segment of a piece; its first is offset >> SPOOL_SHIFT. */
static uint64_t
last_of(uint64_t offset, size_t n)
{
	return (offset + n - 1) >> SPOOL_SHIFT;
}

static bool
hold_segment(struct spool *s, uint64_t index)
{
	struct spool_segment *seg;

	if (LIKELY(index == s->tail_index)) {
		s->tail_held++;
		return true;
	}
	seg = segment_find(s, index);
	if (!seg)
		return false;
	if (seg->held++ == 0)
		s->budget->unheld -= SPOOL_SEGMENT;
	return true;
}

static void
let_segment_go(struct spool *s, uint64_t index)
{
	struct spool_segment *seg;

	if (index == s->tail_index) {
		if (s->tail_held == 0)
			BUG("a piece is let go of that nobody holds");
		s->tail_held--;
		return;
	}
	seg = segment_find(s, index);
	if (!seg || seg->held == 0)
		BUG("a piece is let go of that nobody holds");
	if (--seg->held > 0)
		return;
	if (s->drops)
		segment_drop(s, seg);
	else
		s->budget->unheld += SPOOL_SEGMENT;
}

bool
spool_hold(struct spool *s, uint64_t offset, size_t n)
{
	uint64_t first = offset >> SPOOL_SHIFT, last;

	if (n == 0)
		return true;
	if (offset > spool_size(s) || n > spool_size(s) - offset)
		return false;
	last = last_of(offset, n);
	for (uint64_t i = first; i <= last; i++) {
		if (hold_segment(s, i))
			continue;
		while (i-- > first)
			let_segment_go(s, i);
		return false;
	}
	return true;
}

void
spool_let_go(struct spool *s, uint64_t offset, size_t n)
{
	if (n == 0)
		return;
	for (uint64_t i = offset >> SPOOL_SHIFT, last = last_of(offset, n); i <= last; i++)
		let_segment_go(s, i);
}

/* ---- reading ---- */

static int
nothing_there(uint64_t offset, struct err *err)
{
	return err_set(err, "spool: offset %llu: nothing there", (unsigned long long)offset);
}

/* Of a segment in the file. */
static int
segment_read(const struct spool *s, const struct spool_segment *seg, size_t at, uint8_t *to,
	     size_t n, struct err *err)
{
	off_t from = (off_t)(((uint64_t)seg->slot << SPOOL_SHIFT) + at);

	while (n > 0) {
		ssize_t r = pread(s->fd, to, n, from);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, "spool: offset %llu: %s", (unsigned long long)from,
				       r < 0 ? strerror(errno) : "the file is shorter");
		to += r;
		from += r;
		n -= (size_t)r;
	}
	return 0;
}

int
spool_read(const struct spool *s, uint64_t offset, void *to, size_t n, struct err *err)
{
	uint8_t *p = to;

	if (offset > spool_size(s) || n > spool_size(s) - offset)
		return nothing_there(offset, err);
	while (n > 0) {
		uint64_t index = offset >> SPOOL_SHIFT;
		size_t at = (size_t)(offset & (SPOOL_SEGMENT - 1)), k = SPOOL_SEGMENT - at;
		const struct spool_segment *seg;

		if (k > n)
			k = n;
		if (index == s->tail_index) {
			memcpy(p, s->tail + at, k);
		} else {
			seg = segment_find(s, index);
			if (!seg || at + k > seg->n)
				return nothing_there(offset, err);
			if (seg->write)
				memcpy(p, seg->write->bytes + at, k);
			else if (segment_read(s, seg, at, p, k, err) != 0)
				return -1;
		}
		p += k;
		offset += k;
		n -= k;
	}
	return 0;
}

uint64_t
spool_segment_from(const struct spool *s, uint64_t offset, size_t *n)
{
	uint64_t index = (offset + SPOOL_SEGMENT - 1) >> SPOOL_SHIFT;
	size_t i = segment_at(s, index);

	while (i < s->n && s->segments[i].slot == SPOOL_NO_SLOT)
		i++;
	if (i < s->n) {
		*n = s->segments[i].n;
		return s->segments[i].index << SPOOL_SHIFT;
	}
	if (index > s->tail_index || s->tail_n == 0)
		return UINT64_MAX;
	*n = s->tail_n;
	return s->tail_index << SPOOL_SHIFT;
}
