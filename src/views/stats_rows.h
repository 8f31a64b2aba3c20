/** @file stats_rows.h  Figures over calls as rows of text, for the screen of them. */
#ifndef VIEWS_STATS_ROWS_H
#define VIEWS_STATS_ROWS_H

#include "query/media_statistics.h"
#include "query/statistics.h"
#include "ui/role.h"
#include "views/views.h"

/** A count with a bar, or a line of the overview. */
struct stats_row {
	char label[48];
	char value[48];		/**< of the overview alone */
	uint64_t n;
	enum role role;
};

struct stats_rows {
	struct stats_row *list;	/**< owned */
	size_t n;
	size_t cap;		/**< private */
	uint64_t most;		/**< the largest count */
	uint64_t whole;		/**< what is 100 percent */
};

void stats_rows_release(struct stats_rows *rows);

/* Each replaces what was there. */

/** What there is, in names and values. */
void stats_rows_overview(struct stats_rows *rows, const struct statistics *s,
			 const struct views_app *app);
/** The most first. */
void stats_rows_methods(struct stats_rows *rows, const struct statistics *s,
			const struct store *store);
void stats_rows_states(struct stats_rows *rows, const struct statistics *s);
void stats_rows_kinds(struct stats_rows *rows, const struct statistics *s);
/** Classes, and the codes of each below it. */
void stats_rows_codes(struct stats_rows *rows, const struct statistics *s);

/** What streams there are, in names and values. */
void stats_rows_media(struct stats_rows *rows, const struct media_counts *c);
/** The most first. */
void stats_rows_codecs(struct stats_rows *rows, const struct media_counts *c);
/** The best first; those of which it is not known last. */
void stats_rows_loss(struct stats_rows *rows, const struct media_counts *c);
void stats_rows_jitter(struct stats_rows *rows, const struct media_counts *c);
void stats_rows_mos(struct stats_rows *rows, const struct media_counts *c);

#endif
