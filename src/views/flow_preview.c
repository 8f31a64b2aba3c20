#include "views/flow_preview.h"

#include <inttypes.h>

#include "base/mem.h"

void
flow_preview_init(struct flow_preview *p)
{
	*p = (struct flow_preview){ .message = MESSAGE_NONE };
}

void
flow_preview_release(struct flow_preview *p)
{
	message_lines_release(&p->lines);
	raw_search_release(&p->found);
	free(p->rows);
}

static void
make_rows(struct flow_preview *p)
{
	p->n = 0;
	for (size_t i = 0; i < p->lines.n; i++) {
		size_t from = 0, n = p->lines.list[i].n;

		do {
			size_t to = message_lines_wrap(&p->lines, i, from, p->width);

			ARRAY_GROW(p->rows, p->cap, p->n + 1);
			p->rows[p->n++] = (struct flow_preview_row){
				(uint32_t)i, (uint32_t)from, (uint32_t)to };
			from = to;
		} while (from < n);
	}
}

/* The row in which the first match is; 0 when there is none. */
static size_t
match_row(const struct flow_preview *p)
{
	const struct raw_mark *m = raw_search_mark(&p->found, 0);

	for (size_t i = 0; m && i < p->n; i++)
		if (p->rows[i].line == m->line && m->from < p->rows[i].to)
			return i;
	return 0;
}

static size_t
most_top(const struct flow_preview *p)
{
	/* The last row of the pane tells that there is more. */
	size_t seen = p->height > 1 ? (size_t)p->height - 1 : 1;

	return p->n > (size_t)p->height ? p->n - seen : 0;
}

/* Scroll as little as it takes to show the first match. */
static void
show_match(struct flow_preview *p)
{
	size_t row = match_row(p);

	if (row >= p->top && row + 1 < p->top + (size_t)p->height)
		return;
	p->top = row > 2 ? row - 2 : 0;
	if (p->top > most_top(p))
		p->top = most_top(p);
}

void
flow_preview_show(struct flow_preview *p, const struct views_app *app, uint32_t message,
		  int width, int height)
{
	const struct settings *s = app->settings;
	bool same = message == p->message && s->names == p->names;

	p->syntax = s->syntax;
	p->lines.plain = !s->syntax;
	if (same && p->width == width && p->height == height)
		return;
	p->width = width;
	p->height = height;
	if (!same) {
		p->message = message;
		p->names = s->names;
		p->top = 0;
		message_lines_clear(&p->lines);
		if (message != MESSAGE_NONE)
			message_lines_add(&p->lines, app, message);
		raw_search_restart(&p->found);
		raw_search_lines(&p->found, &p->lines, app, 0);
	}
	make_rows(p);
	if (p->top > most_top(p))
		p->top = most_top(p);
	if (!same && p->found.matches > 0)
		show_match(p);
}

void
flow_preview_search(struct flow_preview *p, const struct views_app *app, struct str text)
{
	struct err why;

	raw_search_set(&p->found, text, &why);
	raw_search_lines(&p->found, &p->lines, app, 0);
	if (p->found.matches > 0)
		show_match(p);
}

bool
flow_preview_scroll(struct flow_preview *p, int rows)
{
	int64_t top = (int64_t)p->top + rows, most = (int64_t)most_top(p);
	size_t before = p->top;

	p->top = (size_t)(top < 0 ? 0 : top > most ? most : top);
	return p->top != before;
}

void
flow_preview_draw(const struct flow_preview *p, struct canvas *c)
{
	int height = canvas_height(c);
	bool more = p->n > p->top + (size_t)height;

	if (more)
		height--;
	for (int y = 0; y < height && p->top + (size_t)y < p->n; y++) {
		const struct flow_preview_row *row = &p->rows[p->top + (size_t)y];

		message_lines_draw(&p->lines, row->line, row->from, row->to, c, y, 0);
		raw_search_draw(&p->found, &p->lines, row->line, row->from, row->to, c, y, 0);
	}
	if (more)
		canvas_printf(c, height, 0, canvas_width(c), ROLE_DIM, "%zu more lines",
			      p->n - p->top - (size_t)height);
}
