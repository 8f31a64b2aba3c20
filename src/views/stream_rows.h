/**
 * @file stream_rows.h  Which streams are listed: those of some calls, or all, that a filter
 * takes.
 *
 * The order is that of call_rows.h. Streams change with every packet, and tell nobody:
 * while reading goes on some are looked at again in each turn, and all once more when it
 * has ended. Nothing is done for a stream but in a slice.
 */
#ifndef VIEWS_STREAM_ROWS_H
#define VIEWS_STREAM_ROWS_H

#include "query/filter.h"
#include "views/call_rows.h"
#include "views/views.h"

struct stream_rows {
	struct call_rows rows;		/**< their order */
	struct call_set base;		/**< streams of the calls */
	struct call_set orphans;	/**< those of base that are of no call */
	struct call_set selected;	/**< changed by the owner; streams that are gone leave it */
	struct views_progress progress;	/**< at the last look */
	struct buf filter_text;		/**< to be read; empty: none */
	uint32_t known;			/**< streams there were, gone ones included */
	/* private */
	const struct views_app *app;
	struct call_set calls;		/* those of the subject */
	const struct call_set *listed;	/* or these; NULL: all */
	uint32_t listed_changes;
	uint64_t gone;		/* cursor of store_next_gone_stream() */
	struct filter *filter;
	uint32_t sifted;	/* streams before it were asked */
	uint32_t swept;		/* the next one to be looked at again */
	uint32_t unsettled;	/* so many are to be looked at again */
	bool settled;		/* all were, since reading ended */
	bool frozen, changed;
};

/** @p what is copied, but for what it says. */
void stream_rows_init(struct stream_rows *r, const struct views_app *app,
		      const struct streams_subject *what);
void stream_rows_release(struct stream_rows *r);

/** Make @p expression the filter. @return 0, or -1 with *err and the filter as it was. */
int stream_rows_filter(struct stream_rows *r, struct str expression, struct filter_error *err);

/** Do what is put off until @p end_us. @return whether there is more to do. */
bool stream_rows_work(struct stream_rows *r, int64_t end_us);

/** See what is new, and look at some streams again while reading goes on, until @p end_us.
 * @return whether anything changed since the last time. */
bool stream_rows_look(struct stream_rows *r, int64_t end_us);

/** Forget the streams that the store let go of. */
void stream_rows_let_go(struct stream_rows *r);

/** Whether streams are to be asked yet. */
static inline bool
stream_rows_is_sifting(const struct stream_rows *r)
{
	return r->sifted < r->known;
}

#endif
