#include "capture/ticks.h"

/* The powers of ten that 64 bits hold. */
#define POW10_MAX	19

static uint64_t
pow10_u64(unsigned n)
{
	uint64_t v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

void
ticks_set(struct ticks *t, uint8_t tsresol, int64_t offset_s)
{
	unsigned n = tsresol & 0x7f;

	*t = (struct ticks){ .offset_s = offset_s };
	if (tsresol & 0x80 && n > 0) {
		t->shift = (uint8_t)n;
		t->per_second = n < 64 ? UINT64_C(1) << n : 0;
		return;
	}
	t->per_second = n <= POW10_MAX ? pow10_u64(n) : 0;
	if (n <= 9) {
		t->mul = (uint32_t)pow10_u64(9 - n);
		if (offset_s == 0)
			t->plain = INT64_MAX / NS_PER_S * t->per_second;
	}
	else if (n - 9 <= POW10_MAX)
		t->div = pow10_u64(n - 9);
	/* Finer still: all of 2^64 ticks are less than 2 ns. */
}

/* The part of a second that @p ticks, less than a second, are; in ns. */
static int64_t
fraction_ns(const struct ticks *t, uint64_t ticks)
{
	__extension__ unsigned __int128 wide;

	if (t->mul)
		return (int64_t)(ticks * t->mul);
	if (t->div)
		return (int64_t)(ticks / t->div);
	if (t->shift) {
		wide = ticks;
		wide *= (uint64_t)NS_PER_S;
		return (int64_t)(wide >> t->shift);
	}
	return 0;
}

int64_t
ticks_to_ns(const struct ticks *t, uint64_t ticks)
{
	uint64_t seconds = 0;
	int64_t sum;

	if (t->per_second) {
		seconds = ticks / t->per_second;
		ticks %= t->per_second;
	}
	if (seconds > INT64_MAX ||
	    __builtin_add_overflow((int64_t)seconds, t->offset_s, &sum))
		return TIME_NONE;
	/* One second short of the ends, so that the fraction fits as well. */
	if (sum >= INT64_MAX / NS_PER_S || sum <= INT64_MIN / NS_PER_S)
		return TIME_NONE;
	return sum * NS_PER_S + fraction_ns(t, ticks);
}
