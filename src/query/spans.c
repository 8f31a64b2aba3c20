/*
 * A merge sort from below: runs of a fixed length are sorted one by one, then
 * neighbours are merged into the other array until one run is left. A step is a
 * run, or a pair of runs.
 */
#include "query/spans.h"

#include "base/mem.h"

#define RUN	1024u

void
spans_release(struct spans *s)
{
	free(s->v);
	free(s->other);
	*s = (struct spans){ 0 };
}

void
spans_clear(struct spans *s)
{
	s->n = s->run = s->at = 0;
}

void
spans_add(struct spans *s, int64_t span)
{
	ARRAY_GROW(s->v, s->cap, s->n + 1);
	s->v[s->n++] = span;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
merge(const int64_t *v, size_t a, size_t b, size_t end, int64_t *to)
{
	size_t middle = b;

	for (size_t i = a; i < end; i++)
		to[i] = a < middle && (b == end || v[a] <= v[b]) ? v[a++] : v[b++];
}

bool
spans_sort(struct spans *s)
{
	if (s->run == 0) {
		size_t n = least(RUN, s->n - s->at);

		if (n > 1)
			qsort(s->v + s->at, n, sizeof(*s->v), compare);
		s->at += n;
		if (s->at < s->n)
			return true;
		s->run = RUN;
	} else {
		size_t middle = least(s->at + s->run, s->n), end = least(middle + s->run, s->n);

		ARRAY_GROW(s->other, s->other_cap, s->n);
		merge(s->v, s->at, middle, end, s->other);
		s->at = end;
		if (s->at < s->n)
			return true;
		int64_t *v = s->v;
		size_t cap = s->cap;

		s->v = s->other;
		s->cap = s->other_cap;
		s->other = v;
		s->other_cap = cap;
		s->run *= 2;
	}
	s->at = 0;
	return s->run < s->n;
}

static int64_t
percentile(const struct spans *s, size_t percent)
{
	/* The rank from 1, rounded up. */
	return s->v[s->n / 100 * percent + (s->n % 100 * percent + 99) / 100 - 1];
}

struct span_figures
spans_figures(const struct spans *s)
{
	if (s->n == 0)
		return (struct span_figures){ 0 };
	return (struct span_figures){
		.n = s->n, .min = s->v[0], .median = percentile(s, 50),
		.p95 = percentile(s, 95), .p99 = percentile(s, 99), .max = s->v[s->n - 1],
	};
}
