#include "transport/intake.h"

#include "base/mem.h"

/* Many streams wait at a time, each for a little: what is kept takes no more
 * memory than it needs, and none when it is used. */

void
intake_release(struct intake *in)
{
	free(in->kept);
	free(in->stamps);
	*in = (struct intake)INTAKE_INIT;
}

/* Make room for @need elements; the first time for no more. */
static void *
grow(void *array, uint32_t *cap, size_t need, size_t size)
{
	size_t n = *cap;

	if (need <= n)
		return array;
	if (need > UINT32_MAX / 2)
		BUG("a stream keeps %zu bytes", need);
	if (n == 0) {
		*cap = (uint32_t)need;
		return xreallocarray(NULL, need, size);
	}
	array_grow(&array, &n, need, size);
	*cap = (uint32_t)n;
	return array;
}

static void
kept_add(struct intake *in, struct str bytes)
{
	if (bytes.n == 0)
		return;
	in->kept = grow(in->kept, &in->kept_cap, (size_t)in->kept_n + bytes.n, 1);
	memcpy(in->kept + in->kept_n, bytes.p, bytes.n);
	in->kept_n += (uint32_t)bytes.n;
}

static void
stamps_push(struct intake *in, uint64_t at, const struct stamp *stamps, size_t n)
{
	if (in->stamp_first > 0 && in->stamp_first + in->stamp_n == in->stamp_cap) {
		memmove(in->stamps, in->stamps + in->stamp_first,
			in->stamp_n * sizeof(*in->stamps));
		in->stamp_first = 0;
	}
	in->stamps = grow(in->stamps, &in->stamp_cap,
			  (size_t)in->stamp_first + in->stamp_n + n,
			  sizeof(*in->stamps));
	for (size_t i = 0; i < n; i++) {
		if (in->stamp_n == INTAKE_STAMPS_MAX) {
			/* The newest takes the place of the one before it. */
			in->stamp_n--;
			in->stamps_lost++;
		}
		in->stamps[in->stamp_first + in->stamp_n] = stamps[i];
		in->stamps[in->stamp_first + in->stamp_n].at = at;
		in->stamp_n++;
	}
}

void
intake_take(struct intake *in, struct str bytes, struct place place,
	    const struct stamp *stamps, size_t n)
{
	size_t left = in->kept_n - in->kept_at;

	if (left == 0) {
		in->view = bytes;
		in->place = place;
		in->fresh = stamps;
		in->fresh_n = (uint32_t)n;
		in->borrowed = true;
		return;
	}
	if (in->kept_at > left) {
		memmove(in->kept, in->kept + in->kept_at, left);
		in->kept_n = (uint32_t)left;
		in->kept_at = 0;
	}
	stamps_push(in, in->at + left, stamps, n);
	kept_add(in, bytes);
	in->view = (struct str){ in->kept + in->kept_at, in->kept_n - in->kept_at };
	in->place = (struct place){ 0, PLACE_NONE };
	in->borrowed = false;
}

/* Drop the stamps of what is used. Stamps of one position belong together: they
 * reach up to the next position. */
static void
stamps_drop(struct intake *in)
{
	uint32_t keep = 0, i = 0;

	while (i < in->stamp_n) {
		const struct stamp *first = &in->stamps[in->stamp_first + i];

		if (first->at > in->at)
			break;
		keep = i;
		while (i < in->stamp_n && in->stamps[in->stamp_first + i].at == first->at)
			i++;
	}
	in->stamp_first += keep;
	in->stamp_n -= keep;
}

void
intake_use(struct intake *in, size_t n)
{
	if (n > in->view.n)
		BUG("%zu bytes used of %zu", n, in->view.n);
	in->view = str_skip(in->view, n);
	in->at += n;
	if (in->borrowed) {
		in->place.offset += n;
	} else {
		in->kept_at += (uint32_t)n;
		stamps_drop(in);
	}
}

static void
kept_empty(struct intake *in)
{
	free(in->kept);
	free(in->stamps);
	in->kept = NULL;
	in->stamps = NULL;
	in->kept_n = in->kept_cap = in->kept_at = 0;
	in->stamp_first = in->stamp_n = in->stamp_cap = 0;
}

#define ROOM	256u	/* bytes, and stamps by an eighth of that: to spare */

/* After much that was used little may be left, of thousands of streams. */
static void
shrink(struct intake *in)
{
	uint32_t left = in->kept_n - in->kept_at;

	if (in->kept_cap > 2 * left + ROOM) {
		memmove(in->kept, in->kept + in->kept_at, left);
		in->kept = xrealloc(in->kept, left);
		in->kept_n = in->kept_cap = left;
		in->kept_at = 0;
	}
	if (in->stamp_cap > 2 * in->stamp_n + ROOM / 8) {
		memmove(in->stamps, in->stamps + in->stamp_first,
			in->stamp_n * sizeof(*in->stamps));
		in->stamps = xreallocarray(in->stamps, in->stamp_n, sizeof(*in->stamps));
		in->stamp_cap = in->stamp_n;
		in->stamp_first = 0;
	}
}

void
intake_done(struct intake *in)
{
	if (in->borrowed && in->view.n > 0) {
		stamps_push(in, in->at, in->fresh, in->fresh_n);
		kept_add(in, in->view);
	} else if (in->view.n == 0 && in->kept) {
		kept_empty(in);
	} else if (in->kept) {
		shrink(in);
	}
	in->borrowed = false;
	in->fresh = NULL;
	in->fresh_n = 0;
	in->place = (struct place){ 0, PLACE_NONE };
	in->view = STR_NONE;
	if (in->kept)
		in->view = (struct str){ in->kept + in->kept_at, in->kept_n - in->kept_at };
}

void
intake_clear(struct intake *in)
{
	intake_use(in, in->view.n);
	intake_done(in);
}

size_t
intake_stamps(const struct intake *in, size_t from, size_t to, const struct stamp **list)
{
	uint64_t start = in->at + from, end = in->at + to;
	const struct stamp *s;
	size_t first = 0, n;

	if (in->borrowed) {
		*list = in->fresh;
		return in->fresh_n;
	}
	if (in->stamp_n == 0)
		BUG("no frame brought these bytes");
	s = in->stamps + in->stamp_first;
	/* From the last group that begins at or before the start. */
	for (size_t i = 0; i < in->stamp_n && s[i].at <= start; i++)
		if (s[i].at != s[first].at)
			first = i;
	for (n = first; n < in->stamp_n && s[n].at < end; n++)
		;
	*list = s + first;
	return n - first;
}
