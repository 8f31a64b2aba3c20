#include "transport/intake.h"

#include "base/mem.h"

#define KEEP_MEMORY	65536u	/* bytes of memory that an empty intake may hold on to */

void
intake_release(struct intake *in)
{
	buf_release(&in->kept);
	free(in->stamps);
	*in = (struct intake)INTAKE_INIT;
}

static void
stamps_push(struct intake *in, uint64_t at, const struct stamp *stamps, size_t n)
{
	if (in->stamp_first > 0 && in->stamp_first + in->stamp_n == in->stamp_cap) {
		memmove(in->stamps, in->stamps + in->stamp_first,
			in->stamp_n * sizeof(*in->stamps));
		in->stamp_first = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (in->stamp_n == INTAKE_STAMPS_MAX) {
			/* The newest takes the place of the one before it. */
			in->stamp_n--;
			in->stamps_lost++;
		}
		ARRAY_GROW(in->stamps, in->stamp_cap, in->stamp_first + in->stamp_n + 1);
		in->stamps[in->stamp_first + in->stamp_n] = stamps[i];
		in->stamps[in->stamp_first + in->stamp_n].at = at;
		in->stamp_n++;
	}
}

void
intake_take(struct intake *in, struct str bytes, struct place place,
	    const struct stamp *stamps, size_t n)
{
	size_t left = in->kept.n - in->kept_at;

	if (left == 0) {
		in->view = bytes;
		in->place = place;
		in->fresh = stamps;
		in->fresh_n = n;
		in->borrowed = true;
		return;
	}
	if (in->kept_at > left) {
		memmove(in->kept.p, in->kept.p + in->kept_at, left);
		in->kept.n = left;
		in->kept_at = 0;
	}
	stamps_push(in, in->at + left, stamps, n);
	buf_add_str(&in->kept, bytes);
	in->view = str_skip(buf_str(&in->kept), in->kept_at);
	in->place = (struct place){ 0, PLACE_NONE };
	in->borrowed = false;
}

/* Drop the stamps of what is used. Stamps of one position belong together: they
 * reach up to the next position. */
static void
stamps_drop(struct intake *in)
{
	size_t keep = 0, i = 0;

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
		in->kept_at += n;
		stamps_drop(in);
	}
}

static void
kept_empty(struct intake *in)
{
	in->kept_at = 0;
	in->stamp_first = in->stamp_n = 0;
	if (in->kept.cap > KEEP_MEMORY) {
		buf_release(&in->kept);
		free(in->stamps);
		in->stamps = NULL;
		in->stamp_cap = 0;
	} else {
		buf_clear(&in->kept);
	}
}

void
intake_done(struct intake *in)
{
	if (in->borrowed && in->view.n > 0) {
		stamps_push(in, in->at, in->fresh, in->fresh_n);
		buf_add_str(&in->kept, in->view);
	} else if (in->view.n == 0 && in->kept.n > 0) {
		kept_empty(in);
	}
	in->borrowed = false;
	in->fresh = NULL;
	in->fresh_n = 0;
	in->place = (struct place){ 0, PLACE_NONE };
	in->view = str_skip(buf_str(&in->kept), in->kept_at);
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
