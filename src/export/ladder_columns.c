#include "export/ladder_columns.h"

#include "base/mem.h"

#define ARROW_EXTRA	6	/* cells of a gap beside the label: lane, shaft, blanks, head */
#define SPAN_NEAR	8	/* an arrow over more gaps has room anyway */
#define GAP_MAX		64	/* a longer label is cut */

void
ladder_columns_init(struct ladder_columns *c, uint32_t n, size_t time, size_t left, size_t width)
{
	*c = (struct ladder_columns){ .n = n, .time = time, .left = left, .width = width };
	c->x = xcalloc((size_t)n + 1, sizeof(*c->x));
	c->gap = xcalloc((size_t)n + 1, sizeof(*c->gap));
	c->head = xcalloc((size_t)n + 1, sizeof(*c->head));
	for (uint32_t i = 0; i < n; i++)
		c->gap[i] = LADDER_GAP_NICE;
}

void
ladder_columns_release(struct ladder_columns *c)
{
	free(c->x);
	free(c->gap);
	free(c->head);
	*c = (struct ladder_columns){ 0 };
}

void
ladder_columns_head(struct ladder_columns *c, uint32_t i, size_t width)
{
	c->head[i] = width < GAP_MAX ? width : GAP_MAX;
}

static void
want(size_t *gap, size_t width)
{
	if (width > GAP_MAX)
		width = GAP_MAX;
	if (*gap < width)
		*gap = width;
}

void
ladder_columns_arrow(struct ladder_columns *c, uint32_t from, uint32_t to, size_t width)
{
	uint32_t lo = from < to ? from : to, hi = from < to ? to : from;
	size_t have = 0;

	width += ARROW_EXTRA;
	if (lo == hi || hi - lo > SPAN_NEAR) {
		if (lo == hi && lo + 1 < c->n)
			want(&c->gap[lo], width);
		return;
	}
	for (uint32_t i = lo; i < hi; i++)
		have += c->gap[i];
	if (have >= width)
		return;
	for (uint32_t i = lo; i < hi; i++)
		want(&c->gap[i], c->gap[i] + (width - have + (hi - lo) - 1) / (hi - lo));
}

/* What the gaps take together when none is wider than @cap. */
static size_t
total(const struct ladder_columns *c, size_t cap)
{
	size_t sum = 0;

	for (uint32_t i = 0; i + 1 < c->n; i++)
		sum += c->gap[i] < cap ? c->gap[i] : cap;
	return sum;
}

void
ladder_columns_fit(struct ladder_columns *c)
{
	size_t room, cap = LADDER_GAP_MIN, end = c->n ? c->head[c->n - 1] / 2 + 1 : 0;

	for (uint32_t i = 0; i + 1 < c->n; i++)
		want(&c->gap[i], (c->head[i] + c->head[i + 1]) / 2 + 4);
	/* The first head may stand over the time column, not left of it. */
	if (c->n && c->head[0] / 2 > c->left)
		c->left = c->head[0] / 2;
	room = c->width > c->left + end ? c->width - c->left - end : 0;
	while (cap < GAP_MAX && total(c, cap + 1) <= room)
		cap++;
	if (c->n)
		c->x[0] = c->left;
	for (uint32_t i = 1; i < c->n; i++)
		c->x[i] = c->x[i - 1] + (c->gap[i - 1] < cap ? c->gap[i - 1] : cap);
}

size_t
ladder_columns_border(const struct ladder_columns *c, uint32_t i)
{
	size_t gap = c->x[i + 1] - c->x[i], a = c->head[i], b = c->head[i + 1];
	size_t at = a + b > 0 ? gap * a / (a + b) : gap / 2;

	/* A short name beside a long one keeps some cells. */
	if (at < 3)
		at = 3;
	if (at > gap - 3)
		at = gap - 3;
	return c->x[i] + at;
}
