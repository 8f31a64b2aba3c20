#include "views/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"

void
page_release(struct page *p)
{
	buf_release(&p->text);
	free(p->pieces);
	free(p->sections);
	*p = (struct page){ .n = 0 };
}

void
page_clear(struct page *p)
{
	buf_clear(&p->text);
	p->n = p->section_n = 0;
	p->rows = 0;
}

void
page_reach(struct page *p, int rows)
{
	if (rows > p->rows)
		p->rows = rows;
}

static void
put(struct page *p, int row, int x, int width, enum role role, enum canvas_align align, size_t at)
{
	page_reach(p, row + 1);
	if (width > p->width - x)
		width = p->width - x;
	if (width < 1)
		return;
	ARRAY_GROW(p->pieces, p->cap, p->n + 1);
	p->pieces[p->n++] = (struct page_piece){
		row, x, width, (uint8_t)role, (uint8_t)align,
		(uint32_t)at, (uint32_t)(p->text.n - at) };
}

void
page_put(struct page *p, int row, int x, int width, enum role role, enum canvas_align align,
	 struct str text)
{
	size_t at = p->text.n;

	buf_add_str(&p->text, text);
	put(p, row, x, width, role, align, at);
}

void
page_printf(struct page *p, int row, int x, int width, enum role role, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_add_cstr(&b, text);
	page_put(p, row, x, width, role, CANVAS_LEFT, buf_str(&b));
	buf_release(&b);
}

int
page_head(struct page *p, const char *title, const char *note)
{
	int row = p->rows, used = text_width(str_of(title)), room = p->width - used - 2;

	ARRAY_GROW(p->sections, p->section_cap, p->section_n + 1);
	p->sections[p->section_n++] = row;
	page_put(p, row, 0, p->width, ROLE_HEADER, CANVAS_LEFT, str_of(title));
	if (note && text_width(str_of(note)) <= room)
		page_put(p, row, used + 2, room, ROLE_HEADER, CANVAS_RIGHT, str_of(note));
	return row;
}

void
page_draw(const struct page *p, struct canvas *c, int64_t top)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct page_piece *piece = &p->pieces[i];
		int64_t y = piece->row - top;

		if (y >= 0 && y < canvas_height(c))
			canvas_field(c, (int)y, piece->x, piece->width, (enum role)piece->role,
				     (enum canvas_align)piece->align,
				     str_sub(buf_str(&p->text), piece->at, piece->n));
	}
}

int
page_section(const struct page *p, int row, int step)
{
	int best = row;

	for (size_t i = 0; i < p->section_n; i++) {
		int at = p->sections[i];

		if (step > 0 && at > row && best == row)
			best = at;
		if (step < 0 && at < row)
			best = at;
	}
	return best;
}
