#include <time.h>

#include "query/field_int.h"
#include "query/filter_int.h"

#define NS_PER_DAY	(INT64_C(86400) * NS_PER_S)

bool
choice_eq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		unsigned char x = ascii_lower(a.p[i]), y = ascii_lower(b.p[i]);

		x = x == '-' || x == '_' ? ' ' : x;
		y = y == '-' || y == '_' ? ' ' : y;
		if (x != y)
			return false;
	}
	return true;
}

/* ---- numbers ---- */

/**
 * Cut "12" or "1.5" off *s.
 * @param scaled  the number times 10^9
 * @param step    what one of its last digit is, times 10^9
 * @return false when there is none, or it is beyond 10^9 with decimals beyond ns.
 */
static bool
take_decimal(struct str *s, int64_t *scaled, int64_t *step)
{
	struct str rest = *s;
	uint32_t whole;
	int64_t value, unit = NS_PER_S;

	if (!str_take_u32(&rest, &whole))
		return false;
	value = (int64_t)whole * NS_PER_S;
	if (rest.n > 1 && rest.p[0] == '.' && ascii_is_digit(rest.p[1])) {
		rest = str_skip(rest, 1);
		while (rest.n > 0 && ascii_is_digit(rest.p[0]) && unit > 1) {
			unit /= 10;
			value += (rest.p[0] - '0') * unit;
			rest = str_skip(rest, 1);
		}
		if (rest.n > 0 && ascii_is_digit(rest.p[0]))
			return false;
	}
	*s = rest;
	*scaled = value;
	*step = unit;
	return true;
}

static const struct {
	const char *name;
	int64_t ns;
} time_units[] = {
	{ "ns", 1 }, { "us", NS_PER_US }, { "µs", NS_PER_US }, { "ms", NS_PER_MS },
	{ "s", NS_PER_S }, { "sec", NS_PER_S }, { "m", 60 * NS_PER_S },
	{ "min", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S }, { "d", NS_PER_DAY },
};

/** A number of at most 1, given times 10^9, times @p unit. Units from a second
 * up are multiples of it, so neither product overflows. */
static int64_t
times_unit(int64_t scaled, int64_t unit)
{
	return unit < NS_PER_S ? scaled * unit / NS_PER_S : scaled * (unit / NS_PER_S);
}

/** A span in ns: a number and a unit, @p bare where there is none. */
static bool
parse_span(struct str text, int64_t bare, struct literal *l)
{
	int64_t scaled, step, unit = 0;
	bool negative = str_starts(text, STR("-"));
	int64_t value, size;

	if (negative)
		text = str_skip(text, 1);
	if (!take_decimal(&text, &scaled, &step))
		return false;
	text = str_trim(text);
	if (text.n == 0)
		unit = bare;
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
		if (str_eq_ci(text, str_of(time_units[i].name)))
			unit = time_units[i].ns;
	}
	if (unit == 0)
		return false;
	if (__builtin_mul_overflow(scaled / NS_PER_S, unit, &value) || value > INT64_MAX / 4)
		return false;
	value += times_unit(scaled % NS_PER_S, unit);
	size = times_unit(step, unit);
	if (size < 1)
		size = 1;
	l->lo = negative ? -value : value;
	l->hi = l->lo + size - 1;
	return true;
}

static bool
parse_count(const struct field_def *def, struct str text, struct literal *l)
{
	struct str unit = def->unit ? str_of(def->unit) : STR_NONE;
	uint64_t n;

	if (str_eq(unit, STR("s")) && parse_span(text, NS_PER_S, l)) {
		l->lo /= NS_PER_S;
		l->hi = l->lo;
		return true;
	}
	if (!str_to_u64(text, &n) || n > INT64_MAX)
		return false;
	l->lo = l->hi = (int64_t)n;
	return true;
}

/* Hexadecimal behind 0x, else decimal. */
static bool
parse_hex(struct str text, struct literal *l)
{
	uint32_t v = 0;

	if (!str_starts_ci(text, STR("0x"))) {
		if (!str_to_u32(text, &v))
			return false;
		l->lo = l->hi = v;
		return true;
	}
	text = str_skip(text, 2);
	if (text.n < 1 || text.n > 8)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int digit = ascii_hex(text.p[i]);

		if (digit < 0)
			return false;
		v = v << 4 | (uint32_t)digit;
	}
	l->lo = l->hi = v;
	return true;
}

static bool
parse_status(struct str text, struct literal *l)
{
	uint32_t code;

	if (text.n == 3 && text.p[0] >= '1' && text.p[0] <= '6' &&
	    ascii_lower(text.p[1]) == 'x' && ascii_lower(text.p[2]) == 'x') {
		l->lo = (text.p[0] - '0') * 100;
		l->hi = l->lo + 99;
		return true;
	}
	if (text.n > 3 || !str_to_u32(text, &code))
		return false;
	l->lo = l->hi = code;
	return true;
}

/* ---- moments ---- */

/** @p n digits with a value of at most @p max off the front of *s. */
static bool
take_digits(struct str *s, size_t n, int max, int *value)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(s->p[i]))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	if (v > max)
		return false;
	*s = str_skip(*s, n);
	*value = v;
	return true;
}

static bool
take_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_skip(*s, 1);
	return true;
}

/** HH:MM[:SS[.fraction]] as ns since midnight; *size is what its last unit lasts. */
static bool
take_clock(struct str *s, int64_t *ns, int64_t *size)
{
	int hour, minute, second = 0;
	int64_t unit = NS_PER_S, fraction = 0;

	if (!take_digits(s, 2, 23, &hour) || !take_char(s, ':') ||
	    !take_digits(s, 2, 59, &minute))
		return false;
	*size = 60 * NS_PER_S;
	if (take_char(s, ':')) {
		if (!take_digits(s, 2, 60, &second))
			return false;
		if (take_char(s, '.')) {
			while (s->n > 0 && ascii_is_digit(s->p[0]) && unit > 1) {
				unit /= 10;
				fraction += (s->p[0] - '0') * unit;
				*s = str_skip(*s, 1);
			}
		}
		*size = unit;
	}
	*ns = ((int64_t)hour * 3600 + minute * 60 + second) * NS_PER_S + fraction;
	return true;
}

/** Z or +HH:MM; *offset in s east of UTC. */
static bool
take_zone(struct str *s, int64_t *offset)
{
	int hour, minute, sign = 1;

	*offset = 0;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	if (take_char(s, '-'))
		sign = -1;
	else if (!take_char(s, '+'))
		return false;
	if (!take_digits(s, 2, 23, &hour))
		return false;
	take_char(s, ':');
	if (!take_digits(s, 2, 59, &minute))
		return false;
	*offset = sign * ((int64_t)hour * 3600 + minute * 60);
	return true;
}

/** The moment of a date at 00:00 and of ns after it. */
static bool
moment_of(struct tm *date, int64_t ns, bool utc, int64_t offset, int64_t *t)
{
	time_t seconds;

	date->tm_hour = (int)(ns / (3600 * NS_PER_S));
	date->tm_min = (int)(ns / (60 * NS_PER_S) % 60);
	date->tm_sec = (int)(ns / NS_PER_S % 60);
	date->tm_isdst = -1;
	seconds = utc ? timegm(date) : mktime(date);
	return !__builtin_mul_overflow((int64_t)seconds - offset, NS_PER_S, t) &&
	       !__builtin_add_overflow(*t, ns % NS_PER_S, t);
}

static bool
parse_time(struct str text, bool utc, struct literal *l)
{
	struct tm date = { 0 }, next;
	int64_t ns = 0, size = 0, offset = 0;

	l->clock = text.n > 2 && text.p[2] == ':';
	if (l->clock) {
		if (!take_clock(&text, &l->lo, &size) || text.n > 0)
			return false;
		l->hi = l->lo + size - 1;
		return true;
	}
	if (!take_digits(&text, 4, 2261, &date.tm_year) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, 12, &date.tm_mon) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, 31, &date.tm_mday) ||
	    date.tm_year < 1678 || date.tm_mon < 1 || date.tm_mday < 1)
		return false;
	date.tm_year -= 1900;
	date.tm_mon--;
	if (text.n > 0 && (take_char(&text, 'T') || take_char(&text, 't') ||
			   take_char(&text, ' '))) {
		if (!take_clock(&text, &ns, &size))
			return false;
		text = str_trim(text);
	}
	if (text.n > 0) {
		if (!take_zone(&text, &offset) || text.n > 0)
			return false;
		utc = true;
	}
	next = date;
	if (!moment_of(&date, ns, utc, offset, &l->lo))
		return false;
	if (size > 0)
		return !__builtin_add_overflow(l->lo, size - 1, &l->hi);
	next.tm_mday++;		/* a day may have 23 or 25 hours */
	if (!moment_of(&next, 0, utc, offset, &l->hi))
		return false;
	l->hi--;
	return true;
}

int64_t
clock_of(int64_t t, bool utc)
{
	int64_t seconds = t / NS_PER_S, ns = t % NS_PER_S;
	struct tm tm;
	time_t clock;

	if (ns < 0) {
		ns += NS_PER_S;
		seconds--;
	}
	clock = (time_t)seconds;
	if (!(utc ? gmtime_r(&clock, &tm) : localtime_r(&clock, &tm)))
		return 0;
	return ((int64_t)tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * NS_PER_S + ns;
}

/* ---- the rest ---- */

static bool
parse_bool(struct str text, struct literal *l)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0", "1" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq_ci(text, str_of(words[i]))) {
			l->lo = l->hi = (int64_t)(i & 1);
			return true;
		}
	}
	return false;
}

static bool
parse_address(struct str text, struct literal *l)
{
	struct net_endpoint e;

	if (net_block_parse(text, &l->block))
		return true;
	if (!net_endpoint_parse(text, &e))
		return false;
	l->block.addr = e.addr;
	l->block.bits = e.addr.family == NET_IP4 ? 32 : 128;
	l->port = e.port;
	return true;
}

/** One of a fixed set of names; what is wrong says which is near. */
static int
parse_choice(const char *(*name)(unsigned int), struct str text, const char *what,
	     struct literal *l, struct filter_error *err)
{
	struct suggest s;
	const char *known;

	suggest_start(&s, text);
	for (unsigned int i = 0; (known = name(i)) != NULL; i++) {
		if (choice_eq(text, str_of(known))) {
			l->text = str_of(known);
			return 0;
		}
		suggest_offer(&s, known);
	}
	filter_error_set(err, s.best ? "%s is never '%.*s' (did you mean '%s'?)" :
			 "%s is never '%.*s'", what, (int)(text.n < 60 ? text.n : 60),
			 text.n ? text.p : "", s.best);
	return -1;
}

int
literal_parse(struct arena *a, const struct field_def *def, struct str text, bool utc,
	      struct literal *literal, struct filter_error *err)
{
	const char *what = NULL;

	memset(literal, 0, sizeof(*literal));
	switch ((enum field_kind)def->kind) {
	case FIELD_TEXT:
	case FIELD_WORDS:
		literal->text = arena_str(a, text);
		break;
	case FIELD_CHOICE:
		return parse_choice(def->choice, text, def->name, literal, err);
	case FIELD_LIST:
		return parse_choice(def->choice ? def->choice : field_flaw_name, text, def->name,
				    literal, err);
	case FIELD_COUNT:
	case FIELD_NUMBERS:
		what = parse_count(def, text, literal) ? NULL : "a number";
		break;
	case FIELD_STATUS:
		what = parse_status(text, literal) ? NULL : "a status (486) or a class (4xx)";
		break;
	case FIELD_SPAN:
		what = parse_span(text, NS_PER_MS, literal) ? NULL :
		       "a time span (500ms, 30s, 2m)";
		break;
	case FIELD_TIME:
		what = parse_time(text, utc, literal) ? NULL :
		       "a time (2026-03-02T09:00, 09:15:00)";
		break;
	case FIELD_BOOL:
		what = parse_bool(text, literal) ? NULL : "true or false";
		break;
	case FIELD_ADDRESS:
		what = parse_address(text, literal) ? NULL :
		       "an address (10.0.0.1, 10.0.0.0/8, 10.0.0.1:5060)";
		break;
	case FIELD_HEX:
		what = parse_hex(text, literal) ? NULL : "a number (0x1234ABCD, 305441741)";
		break;
	case FIELD_REAL:
		what = text.n > 0 && ascii_is_digit(text.p[text.n - 1]) &&
			parse_span(text, NS_PER_S, literal) ? NULL : "a number";
		literal->real = (double)literal->lo / (double)NS_PER_S;
		break;
	case FIELD_PERCENT:
		if (text.n > 0 && text.p[text.n - 1] == '%')
			text.n--;
		what = parse_span(str_trim(text), NS_PER_S, literal) ? NULL : "a percentage";
		literal->real = (double)literal->lo / (double)NS_PER_S;
		break;
	}
	if (!what)
		return 0;
	filter_error_set(err, "'%.*s' is not %s", (int)(text.n < 60 ? text.n : 60),
			 text.n ? text.p : "", what);
	return -1;
}
