/**
 * @file order.h  Putting calls or messages in order by their fields.
 */
#ifndef QUERY_ORDER_H
#define QUERY_ORDER_H

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
 * Sort @p items, indexes of calls or messages as @p of says, by the keys, first
 * key first. Values are typed (field_value_cmp()); what has no value comes last,
 * whichever way round; equal ones keep the order they were in.
 *
 * Each value is asked once: O(n) questions (reading text where a field needs
 * it), O(n log n) comparisons, 24 bytes an item and key while it runs.
 */
void order_sort(struct query *q, enum query_subject of, const struct order_key *keys,
		size_t key_count, uint32_t *items, size_t n);

#endif
