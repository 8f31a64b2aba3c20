/** @file stream_page_int.h  Only for the files of the page of a stream. */
#ifndef VIEWS_STREAM_PAGE_INT_H
#define VIEWS_STREAM_PAGE_INT_H

#include "views/stream_page.h"

#define STREAM_LABEL	14	/* cells of what a value is */

/** A label and a value, in the next row. */
ATTR_PRINTF(4, 5)
void stream_page_say(struct stream_page *p, const char *label, enum role role, const char *fmt,
		     ...);

/** Put a text into as many rows as it takes, from (@p row, @p x) to the right edge. */
void stream_page_wrap(struct stream_page *p, int row, int x, enum role role, struct str s);

/** Append a clock time, with fractions of @p digits. */
void stream_add_clock(struct buf *b, const struct views_app *app, int64_t time, size_t digits);

/** Append "1.25 ms", of TIME_NONE "–". */
void stream_add_ms(struct buf *b, int64_t span);

/** Append a number with its unit, of NAN "–". */
void stream_add_real(struct buf *b, double value, int digits, const char *unit);

/* The sections of stream_tables.c. */
void stream_page_reports(struct stream_page *p, const struct stream_facts *f);
void stream_page_codecs(struct stream_page *p, const struct stream_facts *f);
void stream_page_digits(struct stream_page *p, const struct stream_facts *f);
void stream_page_segments(struct stream_page *p, const struct stream_facts *f);
void stream_page_flaws(struct stream_page *p, const struct stream_facts *f);

#endif
