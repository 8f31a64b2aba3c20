/**
 * @file call_columns.h  The columns of the list of calls, or of streams: chosen, ordered,
 * placed.
 */
#ifndef VIEWS_CALL_COLUMNS_H
#define VIEWS_CALL_COLUMNS_H

#include "base/buf.h"
#include "base/err.h"
#include "query/call_fields.h"

#define CALL_COLUMNS_MAX	64u
#define CALL_COLUMN_WIDTH_MAX	200	/* cells */

struct call_column {
	struct field field;	/**< its header name is owned by name */
	struct buf name;	/**< as one writes it: "state", "header.user-agent" */
	int width;		/**< cells asked for; 0: by itself */
	int min, usual, max;	/**< private; cells it takes by itself */
};

/** What the user has chosen. */
struct call_columns {
	struct call_column list[CALL_COLUMNS_MAX];
	size_t n;
	enum query_subject of;	/**< what is listed */
	uint32_t revision;	/**< another one: something was changed */
};

/** The usual ones, the most wanted first: they stand in this order. */
void call_columns_init(struct call_columns *c);
/** Those of a list of what @p of says. */
void call_columns_init_of(struct call_columns *c, enum query_subject of);
void call_columns_release(struct call_columns *c);
/** None; or the usual ones again. */
void call_columns_clear(struct call_columns *c);
void call_columns_reset(struct call_columns *c);

/** Put a column last. @p name as in field_find(), copied; @p width 0: by itself,
 * at most CALL_COLUMN_WIDTH_MAX are taken.
 * @return 0, or -1 with *err: unknown (with a suggestion), there already, too many. */
int call_columns_add(struct call_columns *c, struct str name, int width, struct err *err);
/** @return its index, or SIZE_MAX. */
size_t call_columns_find(const struct call_columns *c, struct str name);
/** Whether it is the call of a stream, "call.index": told by more than its number. */
bool call_column_is_call(const struct call_column *c);
/** What heads it: the title of the field, or the name of the header. */
struct str call_column_title(const struct call_column *c);

/** Where a column stands. */
struct call_place {
	int x, width;		/**< cells; width 0: it is not seen */
};

/** How the columns are placed. */
struct call_layout {
	struct call_place places[CALL_COLUMNS_MAX];
	int mark;		/**< the cell behind the first that is seen */
	int scroll_max;		/**< columns one can scroll to the right */
	bool more;		/**< there are some that are not seen at the right */
};

/**
 * Place the columns in @p width cells, a blank between them and two behind the first,
 * where a mark goes: the first @p fixed of them, then those after the first @p scroll of
 * the rest, as many as there is room for; a text that comes last may be cut. What is left
 * goes to those that can be wider, a cell each by turns. Where fixed ones would take most
 * of the room, fewer are fixed.
 * @param digits  cells that the largest index takes
 */
void call_columns_fit(const struct call_columns *c, struct call_layout *l, int width,
		      int fixed, int scroll, int digits);

/** The column, of @p n, that has cell @p x of its row, or the blank behind; SIZE_MAX: none. */
size_t call_layout_at(const struct call_layout *l, size_t n, int x);

#endif
