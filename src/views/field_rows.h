/**
 * @file field_rows.h  The fields of a call, or a stream, as rows to choose from: those of
 * columns first, then all others.
 */
#ifndef VIEWS_FIELD_ROWS_H
#define VIEWS_FIELD_ROWS_H

#include "ui/canvas.h"
#include "views/call_columns.h"

#define FIELD_HELP_ROWS	2	/* of a sentence at the bottom */

struct field_row {
	struct field field;	/**< its header name is owned by name */
	struct buf name;	/**< owned; as one writes it */
	bool on;		/**< is a column */
	int width;		/**< of the column; 0: by itself */
};

struct field_rows {
	struct field_row *rows;	/**< owned */
	size_t n, cap;
	enum query_subject of;	/**< whose fields they are */
};

/** Zeroed is empty. */
void field_rows_release(struct field_rows *r);

/** The fields of @p columns (NULL: none, of calls) in their order, then those of the table. */
void field_rows_fill(struct field_rows *r, const struct call_columns *columns);

/** Put a row for the field @p name, which field_find() knows, at place @p at (at most n).
 * The row that is there for it already, if any, stays. @return where it is. */
size_t field_rows_put(struct field_rows *r, size_t at, struct str name);

/** Take the row @p from out and put it at @p to. */
void field_rows_move(struct field_rows *r, size_t from, size_t to);

/** What heads its column. */
struct str field_row_title(const struct field_row *row);

/** Draw the sentence of @p field in rows @p y and on of @p c, to the bottom. */
void field_help_draw(struct canvas *c, int y, const struct field *field);

#endif
