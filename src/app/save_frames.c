#include <stdlib.h>

#include "app/save_frames.h"

#include "base/mem.h"

void
frame_set_add(struct frame_set *set, uint16_t source, uint64_t frame)
{
	ARRAY_GROW(set->keys, set->cap, set->n + 1);
	set->keys[set->n++] = frame_key(source, frame);
}

static int
by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Merge the keys from @p at on, which are in order, with those before, which are too. */
static void
merge(struct frame_set *set, size_t at)
{
	size_t n = set->n - at, to = set->n;
	uint64_t *late = xreallocarray(NULL, n, sizeof(*late));

	memcpy(late, set->keys + at, n * sizeof(*late));
	while (n > 0)
		set->keys[--to] = at > 0 && set->keys[at - 1] > late[n - 1] ?
			set->keys[--at] : late[--n];
	free(late);
}

void
frame_set_seal(struct frame_set *set)
{
	size_t n = 0, at = 1;

	while (at < set->n && set->keys[at - 1] <= set->keys[at])
		at++;
	/* Most come in order, and few behind a large set that is: these alone are sorted. */
	if (at < set->n) {
		qsort(set->keys + at, set->n - at, sizeof(*set->keys), by_key);
		merge(set, at);
	}
	for (size_t i = 0; i < set->n; i++)
		if (n == 0 || set->keys[n - 1] != set->keys[i])
			set->keys[n++] = set->keys[i];
	set->n = n;
	set->at = 0;
}

/* The first key that is not below @p key. */
static size_t
find(const struct frame_set *set, uint64_t key)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->keys[mid] < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
frame_set_has(struct frame_set *set, uint16_t source, uint64_t frame)
{
	uint64_t key = frame_key(source, frame);
	size_t at = set->at;

	/* The next one is the usual answer. */
	if (at < set->n && set->keys[at] < key)
		at++;
	if ((at > 0 && set->keys[at - 1] >= key) || (at < set->n && set->keys[at] < key))
		at = find(set, key);
	set->at = at;
	return at < set->n && set->keys[at] == key;
}

void
frame_set_release(struct frame_set *set)
{
	free(set->keys);
	*set = (struct frame_set){ 0 };
}

/* ---- owners ---- */

void
frame_owners_add(struct frame_owners *set, uint16_t source, uint64_t frame, uint32_t owner)
{
	ARRAY_GROW(set->list, set->cap, set->n + 1);
	set->list[set->n++] = (struct frame_owner){ frame_key(source, frame), owner };
}

static int
compare_owners(const void *a, const void *b)
{
	const struct frame_owner *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->owner > y->owner) - (x->owner < y->owner);
}

void
frame_owners_seal(struct frame_owners *set)
{
	size_t at = 1, n = 0;

	while (at < set->n && compare_owners(&set->list[at - 1], &set->list[at]) <= 0)
		at++;
	if (at < set->n)
		qsort(set->list, set->n, sizeof(*set->list), compare_owners);
	for (size_t i = 0; i < set->n; i++)
		if (n == 0 || compare_owners(&set->list[n - 1], &set->list[i]) != 0)
			set->list[n++] = set->list[i];
	set->n = n;
	set->at = 0;
}

/* The first one that is not below @key. */
static size_t
owners_find(const struct frame_owners *set, uint64_t key)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->list[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct frame_owner *
frame_owners_of(struct frame_owners *set, uint16_t source, uint64_t frame, size_t *n)
{
	uint64_t key = frame_key(source, frame);
	size_t at = set->at, end;

	/* Asked in order, it is this one again, or the next. */
	if (at > set->n || (at > 0 && set->list[at - 1].key >= key) ||
	    (at < set->n && set->list[at].key < key))
		at = owners_find(set, key);
	set->at = at;
	for (end = at; end < set->n && set->list[end].key == key; end++)
		;
	*n = end - at;
	return *n > 0 ? set->list + at : NULL;
}

bool
frame_owners_has_other(struct frame_owners *set, uint16_t source, uint64_t frame, uint32_t owner)
{
	size_t n;
	const struct frame_owner *list = frame_owners_of(set, source, frame, &n);

	/* In order: one that is another is the first or the last. */
	return n > 0 && (list[0].owner != owner || list[n - 1].owner != owner);
}

void
frame_owners_release(struct frame_owners *set)
{
	free(set->list);
	*set = (struct frame_owners){ 0 };
}
