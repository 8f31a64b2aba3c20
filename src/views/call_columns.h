/**
 * @file call_columns.h  Which columns the list of calls has room for.
 */
#ifndef VIEWS_CALL_COLUMNS_H
#define VIEWS_CALL_COLUMNS_H

#include "query/call_fields.h"

/** A column that may be shown, in the order of the screen. */
struct call_column {
	enum call_field field;
	uint8_t min, max;	/**< cells */
	uint8_t rank;		/**< 1 is wanted most; each once */
};

#define CALL_COLUMNS	14

extern const struct call_column call_columns[CALL_COLUMNS];

/** Where column @p i stands, in cells; width 0: there is no room for it. */
struct call_place {
	int x, width;
};

/**
 * Place columns in @p width cells, a blank between them, two behind the index,
 * where a mark goes: the most wanted for which there is room, then as wide as
 * they like, in turns.
 * @param digits  cells that the largest index takes
 */
void call_columns_fit(struct call_place places[CALL_COLUMNS], int width, int digits);

#endif
