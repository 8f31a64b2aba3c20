#include "views/plot.h"

#define EIGHTHS	8

struct plot_counts {
	uint64_t n[CANVAS_MAX_WIDTH];
	uint64_t top;
};

static int64_t
divide(int64_t a, int64_t by)
{
	return a / by - (a % by < 0);
}

struct plot_scale
plot_scale_of(const struct rate *const *rates, size_t n, int width)
{
	struct plot_scale p = { .buckets = 1, .cells = 1 };
	bool any = false;

	if (width > CANVAS_MAX_WIDTH)
		width = CANVAS_MAX_WIDTH;
	for (size_t i = 0; i < n; i++)
		if (rates[i]->used > 0 && rates[i]->width > p.bucket)
			p.bucket = rates[i]->width;
	for (size_t i = 0; i < n; i++) {
		const struct rate *r = rates[i];
		int64_t first, last;

		if (r->used == 0)
			continue;
		first = divide(r->base, p.bucket / r->width);
		last = divide(r->base + (int64_t)r->used - 1, p.bucket / r->width);
		if (!any || first < p.first)
			p.first = first;
		if (!any || last > p.last)
			p.last = last;
		any = true;
	}
	if (!any || width < 1)
		return p;
	n = (size_t)(p.last - p.first + 1);
	p.buckets = ((int64_t)n + width - 1) / width;
	p.columns = (int)(((int64_t)n + p.buckets - 1) / p.buckets);
	/* A single column is no plot as wide as the screen. */
	p.cells = width / p.columns < 8 ? width / p.columns : 8;
	return p;
}

static void
count(const struct plot_scale *p, const struct rate *r, struct plot_counts *to)
{
	memset(to, 0, sizeof(*to));
	for (uint32_t i = 0; i < r->used; i++) {
		int64_t at = divide(r->base + (int64_t)i, p->bucket / r->width) - p->first;
		uint64_t *n = &to->n[at / p->buckets];

		*n += r->n[i];
		if (*n > to->top)
			to->top = *n;
	}
}

uint64_t
plot_top(const struct plot_scale *p, const struct rate *r)
{
	struct plot_counts counts;

	count(p, r, &counts);
	return counts.top;
}

/* @p n of @p most in eighths of cells, rounded up. */
static int
eighths(uint64_t n, uint64_t most, int cells)
{
	if (n == 0 || cells < 1)
		return 0;
	if (n >= most)
		return cells * EIGHTHS;
	return 1 + (int)((double)n / (double)most * (cells * EIGHTHS - 1));
}

void
plot_draw(const struct plot_scale *p, const struct rate *r, struct canvas *c, int y, int x,
	  int height, enum role role)
{
	static const char *const glyphs[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { " ", ".", ".", ".", ":", ":", ":", "#", "#" };
	struct plot_counts counts;

	count(p, r, &counts);
	for (int i = 0; i < p->columns; i++) {
		int high = eighths(counts.n[i], counts.top, height);

		for (int row = height - 1; row >= 0 && high > 0; row--, high -= EIGHTHS) {
			int part = high < EIGHTHS ? high : EIGHTHS;

			canvas_fill(c, y + row, x + i * p->cells, 1, p->cells, role,
				    c->ascii ? ascii[part] : glyphs[part]);
		}
	}
}

void
plot_bar(struct canvas *c, int y, int x, int width, enum role role, uint64_t n, uint64_t most)
{
	static const char *const glyphs[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int length = eighths(n, most, width), part = length % EIGHTHS;

	canvas_fill(c, y, x, 1, length / EIGHTHS, role, c->ascii ? "#" : "█");
	if (part > 0)
		canvas_text(c, y, x + length / EIGHTHS, 1, role,
			    str_of(c->ascii ? (part < 4 ? "." : "#") : glyphs[part]));
}
