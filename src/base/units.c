#include "base/units.h"

#include "base/time.h"

struct unit {
	struct str name;
	uint64_t factor;
};

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)
#define TIB	(UINT64_C(1) << 40)

static const struct unit sizes[] = {
	{ STR_INIT(""), 1 },
	{ STR_INIT("b"), 1 },
	{ STR_INIT("k"), KIB },
	{ STR_INIT("kib"), KIB },
	{ STR_INIT("kb"), 1000 },
	{ STR_INIT("m"), MIB },
	{ STR_INIT("mib"), MIB },
	{ STR_INIT("mb"), 1000 * 1000 },
	{ STR_INIT("g"), GIB },
	{ STR_INIT("gib"), GIB },
	{ STR_INIT("gb"), 1000 * 1000 * 1000 },
	{ STR_INIT("t"), TIB },
	{ STR_INIT("tib"), TIB },
	{ STR_INIT("tb"), UINT64_C(1000) * 1000 * 1000 * 1000 },
};

static const struct unit spans[] = {
	{ STR_INIT(""), NS_PER_S },
	{ STR_INIT("ms"), NS_PER_MS },
	{ STR_INIT("s"), NS_PER_S },
	{ STR_INIT("sec"), NS_PER_S },
	{ STR_INIT("m"), 60 * NS_PER_S },
	{ STR_INIT("min"), 60 * NS_PER_S },
	{ STR_INIT("h"), 3600 * NS_PER_S },
	{ STR_INIT("d"), 86400 * NS_PER_S },
};

/* Digits behind the point that count. */
#define FRACTION_MAX	9

static const struct unit *
find_unit(const struct unit *units, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_ci(units[i].name, name))
			return &units[i];
	return NULL;
}

static bool
take_digits(struct str *s, uint64_t *value, size_t *count)
{
	*value = 0;
	for (*count = 0; s->n > 0 && ascii_is_digit(s->p[0]); *s = str_skip(*s, 1), ++*count) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(s->p[0] - '0'), value))
			return false;
	}
	return true;
}

/* Cut the number and its unit off the front of *s: "1.5 h" of "1.5 h 20m".
 * @return the unit; NULL: there is none such, or it does not fit. */
static const struct unit *
take_amount(struct str *s, const struct unit *units, size_t n, uint64_t *amount)
{
	uint64_t whole, part = 0, scale = 1;
	size_t count, decimals = 0, name = 0;
	const struct unit *unit;

	if (!take_digits(s, &whole, &count) || count == 0)
		return NULL;
	if (s->n > 0 && s->p[0] == '.') {
		*s = str_skip(*s, 1);
		if (!take_digits(s, &part, &decimals) || decimals == 0 ||
		    decimals > FRACTION_MAX)
			return NULL;
	}
	while (s->n > 0 && s->p[0] == ' ')
		*s = str_skip(*s, 1);
	while (name < s->n && ascii_is_alpha(s->p[name]))
		name++;
	unit = find_unit(units, n, str_sub(*s, 0, name));
	if (!unit)
		return NULL;
	*s = str_skip(*s, name);
	while (decimals-- > 0)
		scale *= 10;
	/* The part may be as fine as 1e-9 of 2^40, of which the product does not fit. */
	part = unit->factor / scale * part + unit->factor % scale * part / scale;
	if (__builtin_mul_overflow(whole, unit->factor, amount) ||
	    __builtin_add_overflow(*amount, part, amount))
		return NULL;
	return unit;
}

bool
str_to_size(struct str s, uint64_t *bytes)
{
	uint64_t amount;

	s = str_trim(s);
	if (!take_amount(&s, sizes, ARRAY_SIZE(sizes), &amount) || s.n > 0)
		return false;
	*bytes = amount;
	return true;
}

bool
str_to_span(struct str s, int64_t *span_ns)
{
	uint64_t sum = 0, amount;
	bool several = false;

	for (s = str_trim(s); ; several = true) {
		const struct unit *unit = take_amount(&s, spans, ARRAY_SIZE(spans), &amount);

		if (!unit || __builtin_add_overflow(sum, amount, &sum) || sum > INT64_MAX)
			return false;
		while (s.n > 0 && s.p[0] == ' ')
			s = str_skip(s, 1);
		/* "1h30" may be meant as minutes or seconds. */
		if (unit->name.n == 0 && (several || s.n > 0))
			return false;
		if (s.n == 0)
			break;
	}
	*span_ns = (int64_t)sum;
	return true;
}

void
size_add(struct buf *b, uint64_t bytes)
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;
	double value;

	if (bytes < KIB) {
		buf_printf(b, "%u B", (unsigned)bytes);
		return;
	}
	for (value = (double)bytes / 1024; value >= 1023.5 && i < ARRAY_SIZE(names) - 1; i++)
		value /= 1024;
	buf_printf(b, value < 9.95 && (unsigned)(value * 10 + 0.5) % 10 != 0 ? "%.1f %s" : "%.0f %s",
		   value, names[i]);
}
