/**
 * @file stream_page.h  All that is known of a stream, as a page: figures, plots, tables.
 *
 * It is made of sections one below the other, so that the pages of two streams can be held
 * level: each section ends where the longer one does.
 */
#ifndef VIEWS_STREAM_PAGE_H
#define VIEWS_STREAM_PAGE_H

#include "query/reported.h"
#include "views/page.h"
#include "views/series_plot.h"
#include "views/views.h"

/** id */
#define STREAM_SECTIONS(_) \
	_(ABOUT) _(FIGURES) _(PLOTS) _(REPORTS) _(CODECS) _(DIGITS) _(SEGMENTS) _(FLAWS)

enum stream_section {
#define STREAM_SECTION_ID(id) STREAM_SECTION_##id,
	STREAM_SECTIONS(STREAM_SECTION_ID)
#undef STREAM_SECTION_ID
	STREAM_SECTION_COUNT
};

/** A page, and where the plots stand in it. */
struct stream_page {
	struct page page;
	struct series series;	/**< that is shown; filled by the owner */
	int plot_rows[SERIES_KIND_COUNT];	/**< the first of each; -1: it is not drawn */
	int line_row, clock_row;	/**< of time; -1: not drawn */
	int plot_height;
};

/** What it is made from; borrowed, but for what is owned. Zeroed is empty. */
struct stream_facts {
	const struct views_app *app;
	const struct stream *st;
	struct meter_figures figures;
	struct quality quality;
	struct quality_windows windows;
	struct quality_limits limits;
	struct report *reports;	/**< owned; in order of time */
	size_t report_n, report_cap;
	uint64_t report_total;	/**< those that were not kept too */
	double tops[SERIES_KIND_COUNT];	/**< of the axes; also of the stream beside */
	bool late;		/**< packets were late: that is drawn; likewise */
};

#define STREAM_PLOT_LEFT	7	/* cells of the numbers at the axes */

/** Ask the store, again or for the first time. The tops are left as they are. O(seconds of the
 * stream), for the windows; reads texts of its call, for what they report. */
void stream_facts_take(struct stream_facts *f, const struct views_app *app,
		       const struct stream *st, const struct quality_limits *limits);

void stream_facts_release(struct stream_facts *f);

void stream_page_release(struct stream_page *p);

/** Make it empty, for texts of @p width cells. */
void stream_page_begin(struct stream_page *p, int width, int plot_height);

/** Add a section, of several rows or none. */
void stream_page_add(struct stream_page *p, enum stream_section section,
		     const struct stream_facts *f);

/** Draw the window that begins with row @p top. */
void stream_page_draw(const struct stream_page *p, const struct stream_facts *f,
		      struct canvas *c, int64_t top);

/** Append "#12 alice → bob": a call by its number and users, made visible. */
void stream_add_call(struct buf *b, const struct views_app *app, uint32_t call);

/** Append an end of a stream, by its name where it has one, with its port: that tells streams
 * of a host apart. */
void stream_add_end(struct buf *b, const struct views_app *app, const struct net_endpoint *at);

/** Append "PCMU/8000"; what is not known of it is told by its number: "payload type 97". */
void stream_add_codec(struct buf *b, const struct stream_codec *codec);

/** The role of a fraction of loss, and of a MOS (NAN: not known). */
enum role role_of_loss(double percent, const struct quality_limits *limits);
enum role role_of_mos(double mos, const struct quality_limits *limits);

#endif
