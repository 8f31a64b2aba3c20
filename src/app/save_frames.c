#include <stdlib.h>

#include "app/save_frames.h"

#include "base/mem.h"

void
frame_set_add(struct frame_set *set, uint16_t source, uint32_t frame)
{
	ARRAY_GROW(set->keys, set->cap, set->n + 1);
	set->keys[set->n++] = (uint64_t)source << 32 | frame;
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
frame_set_has(struct frame_set *set, uint16_t source, uint32_t frame)
{
	uint64_t key = (uint64_t)source << 32 | frame;
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
