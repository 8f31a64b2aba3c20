#include "views/stats_draw.h"

#include <inttypes.h>

#include "base/text.h"
#include "views/plot.h"

#define NARROW		38	/* cells a narrow section needs, the gap included */
#define NARROW_MAX	5	/* of them in a band */

int
stats_narrow_columns(int width)
{
	int n = width / NARROW;

	return n < 1 ? 1 : n > NARROW_MAX ? NARROW_MAX : n;
}

void
stats_draw_head(struct canvas *c, int y, const struct stats_place *p, const char *title,
		const char *note)
{
	int used, room;

	canvas_fill(c, y, p->x, 1, p->width, ROLE_HEADER, " ");
	used = canvas_text(c, y, p->x, p->width, ROLE_HEADER, str_of(title));
	room = p->width - used - 2;
	if (note && text_width(str_of(note)) <= room)
		canvas_field(c, y, p->x + used + 2, room, ROLE_HEADER, CANVAS_RIGHT,
			     str_of(note));
}

void
stats_draw_number(struct canvas *c, int y, int x, int width, enum role role, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	canvas_field(c, y, x, width, role, CANVAS_RIGHT, str_of(text));
}

int
stats_pair_rows(const struct stats_rows *rows, int width)
{
	int columns = stats_narrow_columns(width);

	return ((int)rows->n + columns - 1) / columns;
}

void
stats_draw_pairs(const struct stats_rows *rows, struct canvas *c, int y,
		 const struct stats_place *p)
{
	int columns = stats_narrow_columns(p->width), high = stats_pair_rows(rows, p->width);

	for (size_t i = 0; i < rows->n; i++) {
		int column = (int)i / high, row = (int)i % high;
		int x = p->x + p->width * column / columns;
		int width = p->width * (column + 1) / columns - p->width * column / columns;

		canvas_field(c, y + row, x, 13, ROLE_DIM, CANVAS_LEFT,
			     str_of(rows->list[i].label));
		canvas_field(c, y + row, x + 14, width - 15, ROLE_NORMAL, CANVAS_LEFT,
			     str_of(rows->list[i].value));
	}
}

void
stats_draw_counts(const struct stats_rows *rows, const char *title, struct canvas *c, int y,
		  const struct stats_place *p)
{
	int number = p->width < 30 ? 7 : STATS_NUMBER, percent = 5;
	int bar = p->width >= 34 ? (p->width - number - percent) / 3 : 0;
	int label = p->width - number - percent - (bar > 0 ? bar + 1 : 0);

	stats_draw_head(c, y++, p, title, NULL);
	if (rows->n == 0)
		canvas_text(c, y, p->x, p->width, ROLE_DIM, STR("none"));
	for (size_t i = 0; i < rows->n; i++, y++) {
		const struct stats_row *row = &rows->list[i];
		double share = rows->whole > 0 ? 100.0 * (double)row->n / (double)rows->whole : 0;
		char text[16];

		canvas_field(c, y, p->x, label, row->role, CANVAS_LEFT, str_of(row->label));
		stats_draw_number(c, y, p->x + label, number, ROLE_NORMAL, row->n);
		snprintf(text, sizeof(text), share < 1 ? "<1%%" : "%.0f%%", share);
		canvas_field(c, y, p->x + label + number, percent, ROLE_DIM, CANVAS_RIGHT,
			     str_of(text));
		if (bar > 0)
			plot_bar(c, y, p->x + label + number + percent + 1, bar, row->role, row->n,
				 rows->most);
	}
}
