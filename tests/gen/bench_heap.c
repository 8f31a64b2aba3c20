/* What is to be done next: a heap by time; the number breaks ties. */
#include "bench.h"

#include "base/mem.h"

static char *
at(const struct bench_heap *h, size_t i)
{
	return h->items + i * h->size;
}

static bool
earlier(const void *x, const void *y)
{
	const struct bench_turn *a = x, *b = y;

	return a->time != b->time ? a->time < b->time : a->number < b->number;
}

const void *
bench_heap_first(const struct bench_heap *h)
{
	return h->n > 0 ? h->items : NULL;
}

void
bench_heap_add(struct bench_heap *h, const void *item)
{
	size_t i;

	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 64;
		h->items = xreallocarray(h->items, h->cap, h->size);
	}
	for (i = h->n++; i > 0 && earlier(item, at(h, (i - 1) / 2)); i = (i - 1) / 2)
		memcpy(at(h, i), at(h, (i - 1) / 2), h->size);
	memcpy(at(h, i), item, h->size);
}

void
bench_heap_sink(struct bench_heap *h, const void *item)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < h->n) {
		if (child + 1 < h->n && earlier(at(h, child + 1), at(h, child)))
			child++;
		if (!earlier(at(h, child), item))
			break;
		memcpy(at(h, i), at(h, child), h->size);
		i = child;
	}
	memcpy(at(h, i), item, h->size);
}

void
bench_heap_drop(struct bench_heap *h)
{
	if (--h->n > 0)
		bench_heap_sink(h, at(h, h->n));
}

void
bench_heap_release(struct bench_heap *h)
{
	free(h->items);
	*h = (struct bench_heap){ .size = h->size };
}
