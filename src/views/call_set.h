/**
 * @file call_set.h  Some of the calls of the store, in order of arrival.
 *
 * A bit a call, and a count a block of them: a call comes and goes in O(1), the
 * call in a row of the list and the row of a call are found in O(n / 4096),
 * with a million calls some hundred steps.
 */
#ifndef VIEWS_CALL_SET_H
#define VIEWS_CALL_SET_H

#include "base/base.h"

struct call_set {
	uint64_t *words;	/**< private; bit i: call i is in it */
	uint32_t *blocks;	/**< private; members in each 4096 calls */
	size_t words_cap, blocks_cap;	/**< private */
	uint32_t n;		/**< calls it knows of */
	uint32_t members;
	uint32_t changes;	/**< how often a call came or went */
};

void call_set_release(struct call_set *s);

/** Nothing is known of any call; what it has of memory is kept. */
void call_set_clear(struct call_set *s);

/** Calls up to @p n are known, new ones are not in it. Amortised O(1) a call. */
void call_set_grow(struct call_set *s, uint32_t n);

/** Take call @p i (below n) in or out. */
void call_set_put(struct call_set *s, uint32_t i, bool member);

/** Whether call @p i is in it. */
static inline bool
call_set_has(const struct call_set *s, uint32_t i)
{
	return i < s->n && (s->words[i / 64] >> (i % 64) & 1);
}

/** Take in all members of @p of. O(n / 64). */
void call_set_join(struct call_set *s, const struct call_set *of);

/** The first member from call @p i on, or UINT32_MAX. */
uint32_t call_set_from(const struct call_set *s, uint32_t i);

/** All members, ascending. @return an array of s->members, to be freed; NULL when
 * there are none. O(n / 64 + members). */
uint32_t *call_set_list(const struct call_set *s);

/** The member before which there are @p row others; UINT32_MAX: there are not so many. */
uint32_t call_set_at(const struct call_set *s, uint32_t row);

/** The next member after @p i, or UINT32_MAX. */
uint32_t call_set_next(const struct call_set *s, uint32_t i);

/** How many members come before call @p i. */
uint32_t call_set_row(const struct call_set *s, uint32_t i);

#endif
