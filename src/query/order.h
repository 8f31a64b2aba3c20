/**
 * @file order.h  Putting calls, messages or streams in order by their fields.
 */
#ifndef QUERY_ORDER_H
#define QUERY_ORDER_H

#include "base/arena.h"
#include "query/field.h"

struct order_key {
	struct field field;
	bool reverse;
};

#define ORDER_MAX_KEYS	8u

/**
 * Parse "status,-start" ('-' before a name: the other way round). Header names
 * are borrowed.
 * @param keys  room for ORDER_MAX_KEYS
 * @return how many keys, or -1 with *err.
 */
int order_parse(enum query_subject of, struct str text, struct order_key *keys, struct err *err);

/**
 * A sort that is done in pieces. Values are typed and compared as field_value_cmp()
 * does; what has no value comes last, whichever way round; equal ones keep the order
 * they were in.
 *
 * Each value is asked once: O(n) questions (reading text where a field needs it),
 * O(n log n) comparisons. While it runs it takes 32 bytes an item; and where the first
 * field is text or an address, or there are several, 32 more an item and key. Text
 * that was read for it is copied, text of the index stays there: what the store forgets
 * all of must not be sorted on.
 */
struct order_job {
	/* All private. */
	struct query *query;
	enum query_subject of;
	const struct order_key *keys;
	size_t key_count;
	uint32_t *items;
	size_t n;
	int phase;
	size_t at;			/* the next item of this phase */
	struct order_row *rows, *spare;
	struct order_value *values;	/* key_count an item, or NULL */
	struct arena texts;
	size_t run, left, right, middle, end;	/* of the merging */
};

/**
 * Begin to sort @p items, indexes of calls, messages or streams as @p of says, by the keys,
 * first key first. Query, keys and items are borrowed until order_job_release(); items
 * are changed only at the end.
 */
void order_job_start(struct order_job *job, struct query *q, enum query_subject of,
		     const struct order_key *keys, size_t key_count, uint32_t *items, size_t n);

/**
 * Go on until @p end_us (time_monotonic_us(); INT64_MAX: to the end), which is passed
 * by less than a ms where no text has to be read, else by what reading for one item
 * takes. At least a piece is done.
 * @return whether there is more to do; if not, items are sorted.
 */
bool order_job_step(struct order_job *job, int64_t end_us);

/** At any time; a zeroed one too. */
void order_job_release(struct order_job *job);

/** All of it at once. */
void order_sort(struct query *q, enum query_subject of, const struct order_key *keys,
		size_t key_count, uint32_t *items, size_t n);

#endif
