/*
 * Reading bytes again by place. A few windows, kept by least recent use, make
 * neighbouring reads cheap; a read far from the last one of its source fetches
 * no more than it was asked for.
 */
#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/capture_int.h"

static int
read_file(const struct source *src, uint64_t offset, void *to, size_t n, size_t *got,
	  struct err *err)
{
	uint8_t *p = to;

	*got = 0;
	while (*got < n) {
		ssize_t r = pread(src->fd, p + *got, n - *got, (off_t)(offset + *got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(err, "%s: offset %llu: %s", src->name,
				       (unsigned long long)offset, strerror(errno));
		if (r == 0)
			break;
		*got += (size_t)r;
	}
	return 0;
}

/* The window of @p source used last, or the one used longest ago. */
static struct read_window *
window_for(struct capture *c, uint16_t source, bool *fresh)
{
	struct read_window *best = &c->windows[0];

	*fresh = false;
	for (size_t i = 0; i < READ_WINDOWS; i++) {
		struct read_window *w = &c->windows[i];

		if (w->data && w->source == source)
			return w;
		if (w->used < best->used)
			best = w;
	}
	*fresh = true;
	return best;
}

static bool
near(const struct read_window *w, uint64_t offset, size_t n)
{
	return offset + n + READ_WINDOW >= w->start && offset <= w->start + w->n + READ_WINDOW;
}

static int
read_windowed(struct capture *c, const struct source *src, uint16_t source, uint64_t offset,
	      void *to, size_t n, struct err *err)
{
	bool fresh;
	struct read_window *w = window_for(c, source, &fresh);
	uint64_t start = offset;
	size_t want = n;

	w->used = ++c->reads;
	if (!fresh && offset >= w->start && offset - w->start <= w->n &&
	    n <= w->n - (size_t)(offset - w->start)) {
		memcpy(to, w->data + (offset - w->start), n);
		return 0;
	}
	if (!fresh && near(w, offset, n)) {
		want = READ_WINDOW;
		/* Going backwards: let the window end where this read does. */
		if (offset < w->start)
			start = offset + n > READ_WINDOW ? offset + n - READ_WINDOW : 0;
	}
	if (!w->data)
		w->data = xmalloc(READ_WINDOW);
	w->source = source;
	w->start = start;
	w->n = 0;
	if (read_file(src, start, w->data, want, &w->n, err) != 0)
		return -1;
	if (offset - start > w->n || n > w->n - (size_t)(offset - start))
		return err_set(err, "%s: offset %llu: the file has become shorter", src->name,
			       (unsigned long long)offset);
	memcpy(to, w->data + (offset - start), n);
	return 0;
}

int
capture_read(struct capture *c, struct place place, void *to, size_t n, struct err *err)
{
	const struct source *src;
	size_t got;

	if (place.source == PLACE_SPOOL)
		return spool_read(&c->spool, place.offset, to, n, err);
	if (place.source >= c->source_n)
		return err_set(err, "no place to read from");
	src = c->sources[place.source];
	if (src->pub.kept && !src->emptied)
		return spool_read(&c->log, place.offset, to, n, err);
	if (src->spool) {
		if (place.offset > src->spool_n || n > src->spool_n - place.offset)
			return err_set(err, "%s: offset %llu: past its end", src->name,
				       (unsigned long long)place.offset);
		return spool_read(src->spool, src->spool_start + place.offset, to, n, err);
	}
	if (src->fd < 0 || place.offset > INT64_MAX - READ_WINDOW * 4)
		return err_set(err, "%s: cannot be read again", src->name);
	if (n <= READ_WINDOW)
		return read_windowed(c, src, place.source, place.offset, to, n, err);
	if (read_file(src, place.offset, to, n, &got, err) != 0)
		return -1;
	if (got < n)
		return err_set(err, "%s: offset %llu: the file has become shorter", src->name,
			       (unsigned long long)place.offset);
	return 0;
}
