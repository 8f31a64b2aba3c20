/**
 * @file call_rows.h  The rows of the list of calls: which, and in what order. The list of
 * streams has the same: where calls are spoken of, streams are meant too.
 *
 * The calls that are listed are a set (call_set.h). In order of arrival, row and call
 * are found in the set. Sorted by other fields, an order is made beside in pieces
 * (call_rows_work()), and the list changes to it when it is whole: calls that came
 * meanwhile stand at the end until then, those that left are gone at once. So the
 * screen never waits for it.
 *
 * A sorted list is sorted anew after changes, when an eighth of it has changed or some
 * multiple of the time has gone by that sorting took last: keeping order takes a small
 * part of the time while calls come, whatever their number. Changes are put in order at
 * once where that takes 2 ms, and once nothing more is to come (call_rows.complete).
 *
 * Costs 8 bytes a call when sorted by fields, and while sorting 8 bytes and what struct
 * order_job says; of calls that are gone, nothing beyond the next sorting.
 */
#ifndef VIEWS_CALL_ROWS_H
#define VIEWS_CALL_ROWS_H

#include "base/sparse.h"
#include "query/order.h"
#include "views/call_set.h"

/** One order: which call is where. Private. */
struct call_order {
	uint32_t *calls;	/* in order; below, those that came after it was made */
	size_t n, cap;
	struct sparse places;	/* of calls in that: uint32_t */
	struct call_set live;	/* places whose call is listed */
};

struct call_rows {
	struct call_set shown;		/**< to be read; changed by call_rows_put() */
	struct order_key keys[ORDER_MAX_KEYS];	/**< to be read: what was asked for */
	size_t key_count;		/**< 0: in order of arrival */
	bool reverse;			/**< arrival only: the newest first */
	bool complete;			/**< set by the owner: no more is to come */
	/* private */
	struct query *query;
	enum query_subject of;		/* what is listed */
	struct buf text;		/* what was asked for; keys borrow from it */
	bool sorted;			/* by now, else as they came */
	bool wanted;			/* another order was asked for than there is */
	bool changed;
	struct call_order now, next;
	struct order_job job;
	int phase;			/* of making next */
	uint32_t at;			/* the next place, or call, of that phase */
	uint32_t stale;			/* changes that now has not, next has not either */
	int64_t started, took, ended;	/* us; of the last sorting */
};

void call_rows_init(struct call_rows *r, struct query *q);
/** The same for a list of what @p of says. */
void call_rows_init_of(struct call_rows *r, struct query *q, enum query_subject of);
void call_rows_release(struct call_rows *r);

/** Forget all calls; the order that was asked for stays. */
void call_rows_clear(struct call_rows *r);

/** Calls up to @p n are known, new ones are not listed. */
void call_rows_grow(struct call_rows *r, uint32_t n);

/** List call @p i (below n), or not. O(1) amortised. */
void call_rows_put(struct call_rows *r, uint32_t i, bool listed);

/** Call @p i is gone for good: it is not listed and nothing is kept of it. O(1). */
void call_rows_forget(struct call_rows *r, uint32_t i);

/** Call @p i has changed: its place may be another. O(1). */
void call_rows_touch(struct call_rows *r, uint32_t i);

/** Sort by @p text, as order_parse(): "status,-start"; empty, "index" or "-index": as they came.
 * @return 0, or -1 with *err and the order as it was. */
int call_rows_sort(struct call_rows *r, struct str text, struct err *err);

/** Turn the order around. */
void call_rows_turn(struct call_rows *r);

/** Sort by the field called @p name alone; if it is that by which it is sorted first, turn
 * the order around. @return as call_rows_sort(). */
int call_rows_sort_by(struct call_rows *r, struct str name, struct err *err);

/** Whether @p field is what the list was asked to be sorted by first; *reverse: the other
 * way round. */
bool call_rows_is_first(const struct call_rows *r, const struct field *field, bool *reverse);

/** Append what call_rows_sort() was last given, empty at first. */
void call_rows_add_sort(const struct call_rows *r, struct buf *out);

/** How many rows there are; the call in a row (UINT32_MAX: past the end); the row of a
 * call (of one that is not listed: anything). At most some hundred steps each. */
uint32_t call_rows_count(const struct call_rows *r);
uint32_t call_rows_at(const struct call_rows *r, uint32_t row);
uint32_t call_rows_row(const struct call_rows *r, uint32_t call);

/** Work on the order until @p end_us (time_monotonic_us()). @return whether there is more to do
 * now; changes that can wait are not. */
bool call_rows_work(struct call_rows *r, int64_t end_us);

/** Whether another order was asked for than the list has by now. */
static inline bool
call_rows_is_sorting(const struct call_rows *r)
{
	return r->wanted;
}

/** Whether the list changed its order since the last call of this. */
bool call_rows_take_changed(struct call_rows *r);

#endif
