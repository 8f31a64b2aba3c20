#include "views/call_columns.h"

const struct call_column call_columns[CALL_COLUMNS] = {
	{ CALL_FIELD_INDEX,	   4,  8,  1 },
	{ CALL_FIELD_START,	  15, 15,  9 },
	{ CALL_FIELD_METHOD,	   9,  9,  5 },
	{ CALL_FIELD_FROM_USER,	   9, 24,  3 },
	{ CALL_FIELD_TO_USER,	   9, 24,  4 },
	{ CALL_FIELD_SOURCE,	  18, 24, 10 },
	{ CALL_FIELD_DESTINATION, 18, 24, 11 },
	{ CALL_FIELD_TRANSPORT,	   4,  4, 14 },
	{ CALL_FIELD_MESSAGES,	   4,  5,  7 },
	{ CALL_FIELD_STATE,	  14, 14,  2 },
	{ CALL_FIELD_STATUS,	   4,  4,  6 },
	{ CALL_FIELD_REASON,	  12, 40, 12 },
	{ CALL_FIELD_PDD_MS,	   8,  9, 13 },
	{ CALL_FIELD_DURATION_MS,  8,  9,  8 },
};

static int
min_of(size_t i, int digits)
{
	const struct call_column *c = &call_columns[i];

	return c->field == CALL_FIELD_INDEX && digits > c->min ? digits : c->min;
}

static size_t
of_rank(unsigned int rank)
{
	for (size_t i = 0; i < CALL_COLUMNS; i++)
		if (call_columns[i].rank == rank)
			return i;
	BUG("no column of rank %u", rank);
}

/* Give what is left to columns that can be wider, a cell each by turns. */
static void
widen(struct call_place *places, int left)
{
	bool given = true;

	while (left > 0 && given) {
		given = false;
		for (size_t i = 0; i < CALL_COLUMNS && left > 0; i++) {
			if (call_columns[i].field == CALL_FIELD_INDEX || places[i].width == 0 ||
			    places[i].width >= call_columns[i].max)
				continue;
			places[i].width++;
			left--;
			given = true;
		}
	}
}

void
call_columns_fit(struct call_place places[CALL_COLUMNS], int width, int digits)
{
	int left = width, x = 0;

	memset(places, 0, CALL_COLUMNS * sizeof(*places));
	for (unsigned int rank = 1; rank <= CALL_COLUMNS; rank++) {
		size_t i = of_rank(rank);
		int need = min_of(i, digits);

		if (need + 1 > left)
			break;
		places[i].width = need;
		left -= need + 1;
	}
	widen(places, left);
	for (size_t i = 0; i < CALL_COLUMNS; i++) {
		places[i].x = x;
		if (places[i].width)
			x += places[i].width + (call_columns[i].field == CALL_FIELD_INDEX ? 2 : 1);
	}
}
