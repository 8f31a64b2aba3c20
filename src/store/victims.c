#include "store/victims.h"

static bool
is_before(const struct victim *a, const struct victim *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	return a->since != b->since ? a->since < b->since : a->call < b->call;
}

/* Whoever is last to go is above: or first, when all are known. */
static bool
is_above(const struct victim *a, const struct victim *b, bool first)
{
	return first ? is_before(a, b) : is_before(b, a);
}

static void
sift_down(struct victims *v, uint32_t i, bool first)
{
	struct victim *list = v->list, moved = list[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= v->n)
			break;
		if (child + 1 < v->n && is_above(&list[child + 1], &list[child], first))
			child++;
		if (!is_above(&list[child], &moved, first))
			break;
		list[i] = list[child];
		i = child;
	}
	list[i] = moved;
}

bool
victims_takes(const struct victims *v, const struct victim *new)
{
	return v->n < VICTIMS_MAX || is_before(new, &v->list[0]);
}

void
victims_push(struct victims *v, const struct victim *new)
{
	struct victim *list = v->list;
	uint32_t i = v->n;

	if (i == VICTIMS_MAX) {
		if (is_before(new, &list[0])) {
			list[0] = *new;
			sift_down(v, 0, false);
		}
		return;
	}
	v->n++;
	for (; i > 0 && is_above(new, &list[(i - 1) / 2], false); i = (i - 1) / 2)
		list[i] = list[(i - 1) / 2];
	list[i] = *new;
}

void
victims_turn(struct victims *v)
{
	for (uint32_t i = v->n / 2; i-- > 0; )
		sift_down(v, i, true);
}

struct victim
victims_take(struct victims *v)
{
	struct victim first = v->list[0];

	v->list[0] = v->list[--v->n];
	sift_down(v, 0, true);
	return first;
}
