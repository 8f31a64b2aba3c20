/** @file stats_media.h  Figures over streams, on the screen of statistics. */
#ifndef VIEWS_STATS_MEDIA_H
#define VIEWS_STATS_MEDIA_H

#include "query/media_statistics.h"
#include "views/stats_draw.h"

struct stats_media {
	struct media_statistics stats;
	/* private */
	const struct views_app *app;
	bool stale;
	int64_t began, took, ended;	/* us; of a look at all streams */
};

/** @p takes: which calls, NULL: all, and streams of none. */
void stats_media_init(struct stats_media *m, const struct views_app *app,
		      bool (*takes)(void *ctx, uint32_t call), void *ctx);

/** Streams may have changed. */
void stats_media_retake(struct stats_media *m);

/** Do some more, for a fraction of a ms; while packets come now and then. @return whether
 * there is more to do now. */
bool stats_media_step(struct stats_media *m);

/** Rows of the table of the worst ones; 0: nothing was lost or late. */
int stats_media_worst_rows(const struct stats_media *m);

void stats_media_draw_worst(const struct stats_media *m, struct canvas *c, int y,
			    const struct stats_place *p, const char *title);

#endif
