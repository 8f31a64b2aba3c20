/** @file stats_draw.h  What sections of the statistics are drawn with. */
#ifndef VIEWS_STATS_DRAW_H
#define VIEWS_STATS_DRAW_H

#include "ui/canvas.h"
#include "views/stats_rows.h"

#define STATS_NUMBER	9	/* cells of a number in a table */

struct stats_place {
	int y, x, height, width;
};

/** How many narrow sections, or pairs of names and values, stand side by side. */
int stats_narrow_columns(int width);

/** A line above a section; @p note, or NULL, at its right when there is room. */
void stats_draw_head(struct canvas *c, int y, const struct stats_place *p, const char *title,
		     const char *note);

void stats_draw_number(struct canvas *c, int y, int x, int width, enum role role, uint64_t n);

/** Names and values down the columns, from row @p y on: stats_pair_rows() of them. */
void stats_draw_pairs(const struct stats_rows *rows, struct canvas *c, int y,
		      const struct stats_place *p);
int stats_pair_rows(const struct stats_rows *rows, int width);

/** A section of counts, with the part of the whole and a bar. */
void stats_draw_counts(const struct stats_rows *rows, const char *title, struct canvas *c, int y,
		       const struct stats_place *p);

#endif
