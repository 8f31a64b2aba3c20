/**
 * @file call_set.h  Some of the calls of the store, in order of arrival.
 *
 * A bit a call, and a count a block of 4096 of them: a call comes and goes in O(1), the
 * call in a row of the list and the row of a call are found in O(n / 4096),
 * with a million calls some hundred steps. A block without members takes no memory but
 * its count and a pointer: sets of calls that are gone may go on for ever.
 */
#ifndef VIEWS_CALL_SET_H
#define VIEWS_CALL_SET_H

#include "base/base.h"

#define CALL_SET_SHIFT	12u	/* calls of a block, as a power of 2 */
#define CALL_SET_MASK	((1u << CALL_SET_SHIFT) - 1)

struct call_set {
	uint64_t **words;	/**< private; of each block, NULL: it has no members */
	uint32_t *blocks;	/**< private; members in each */
	size_t words_cap, blocks_cap;	/**< private */
	uint32_t low;		/**< private; blocks before it have no members */
	uint32_t n;		/**< calls it knows of */
	uint32_t members;
	uint32_t changes;	/**< how often a call came or went */
};

void call_set_release(struct call_set *s);

/** Nothing is known of any call. */
void call_set_clear(struct call_set *s);

/** Calls up to @p n are known, new ones are not in it. Amortised O(1) a call. */
void call_set_grow(struct call_set *s, uint32_t n);

/** Take call @p i (below n) in or out. */
void call_set_put(struct call_set *s, uint32_t i, bool member);

/** Whether call @p i is in it. */
static inline bool
call_set_has(const struct call_set *s, uint32_t i)
{
	const uint64_t *words = i < s->n ? s->words[i >> CALL_SET_SHIFT] : NULL;

	return words && (words[(i & CALL_SET_MASK) / 64] >> (i % 64) & 1);
}

/** Take call @p i out; one that it does not know of is not in it. */
static inline void
call_set_drop(struct call_set *s, uint32_t i)
{
	if (call_set_has(s, i))
		call_set_put(s, i, false);
}

/** Take in all members of @p of. O(n / 4096 + 64 a block with members). */
void call_set_join(struct call_set *s, const struct call_set *of);

/** The first member from call @p i on, or UINT32_MAX. */
uint32_t call_set_from(const struct call_set *s, uint32_t i);

/** All members, ascending. @return an array of s->members, to be freed; NULL when
 * there are none. O(n / 4096 + members). */
uint32_t *call_set_list(const struct call_set *s);

/** The member before which there are @p row others; UINT32_MAX: there are not so many. */
uint32_t call_set_at(const struct call_set *s, uint32_t row);

/** The next member after @p i, or UINT32_MAX. */
uint32_t call_set_next(const struct call_set *s, uint32_t i);

/** How many members come before call @p i. */
uint32_t call_set_row(const struct call_set *s, uint32_t i);

/** Bytes it has of the system. O(n / 4096). */
size_t call_set_memory(const struct call_set *s);

#endif
