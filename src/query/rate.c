#include "query/rate.h"

void
rate_init(struct rate *r)
{
	memset(r, 0, sizeof(*r));
	r->width = RATE_WIDTH_MIN;
}

/* Rounded down also before 1970. */
static int64_t
divide(int64_t t, int64_t by)
{
	return t / by - (t % by < 0);
}

static void
widen(struct rate *r)
{
	int64_t base = divide(r->base, 2);

	for (uint32_t i = 0; i < r->used; i++) {
		uint64_t n = r->n[i];

		/* Never behind the one that is read next. */
		r->n[i] = 0;
		r->n[divide(r->base + (int64_t)i, 2) - base] += n;
	}
	r->used = (uint32_t)(divide(r->base + (int64_t)r->used - 1, 2) - base) + 1;
	r->base = base;
	r->width *= 2;
}

void
rate_count(struct rate *r, int64_t t, int64_t by)
{
	int64_t at;

	if (t == TIME_NONE) {
		r->timeless += (uint64_t)by;
		return;
	}
	at = divide(t, r->width);
	if (r->used == 0) {
		r->base = at;
		r->used = 1;
	}
	while (at >= r->base + (int64_t)RATE_BUCKETS ||
	       r->base + (int64_t)r->used - at > (int64_t)RATE_BUCKETS) {
		widen(r);
		at = divide(t, r->width);
	}
	if (at < r->base) {
		uint32_t more = (uint32_t)(r->base - at);

		memmove(r->n + more, r->n, r->used * sizeof(*r->n));
		memset(r->n, 0, more * sizeof(*r->n));
		r->base = at;
		r->used += more;
	}
	if (at - r->base >= (int64_t)r->used)
		r->used = (uint32_t)(at - r->base) + 1;
	r->n[at - r->base] += (uint64_t)by;
}
