#include "transport/sctp_int.h"

static bool
mark(struct tsns *t, uint32_t tsn)
{
	uint64_t *word = &t->seen[tsn % TSNS_WINDOW / 64], bit = UINT64_C(1) << tsn % 64;
	bool was = *word & bit;

	*word |= bit;
	return !was;
}

static void
begin(struct tsns *t, uint32_t tsn)
{
	memset(t->seen, 0, sizeof(t->seen));
	t->high = tsn;
	t->has_high = true;
	t->has_jump = false;
	mark(t, tsn);
}

static bool
is_near(int32_t distance)
{
	return distance > -TSNS_WINDOW && distance < TSNS_WINDOW;
}

bool
tsns_take(struct tsns *t, uint32_t tsn)
{
	int32_t ahead = (int32_t)(tsn - t->high);

	if (!t->has_high) {
		begin(t, tsn);
		return true;
	}
	if (!is_near(ahead)) {
		if (!t->has_jump || !is_near((int32_t)(tsn - t->jump))) {
			t->jump = tsn;
			t->has_jump = true;
			return true;
		}
		if (tsn == t->jump)
			return false;
		begin(t, t->jump);
		ahead = (int32_t)(tsn - t->high);
	}
	for (; ahead > 0; ahead--) {
		uint32_t next = ++t->high;

		t->seen[next % TSNS_WINDOW / 64] &= ~(UINT64_C(1) << next % 64);
	}
	return mark(t, tsn);
}
