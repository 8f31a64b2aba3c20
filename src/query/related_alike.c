/*
 * Call-IDs and users that are alike. What counters make ("1-77@h" and "11-77@h",
 * "call9" and "call91") must not be: so what was added stands behind a separator,
 * or much of the id is the same.
 */
#include "base/text.h"
#include "query/related_int.h"

#define BASE_LEAST	12u	/* bytes that both have, where the rest could be anything */
#define BASE_KNOWN	6u	/* where the rest is what B2BUAs add */
#define BASE_CUT	24u	/* where there is no separator: one was cut off */
#define LOCAL_LEAST	16u	/* of the part before the @, the hosts being different */
#define REST_MOST	40u	/* of what was added */
#define NUMBER_LEAST	6u	/* digits of numbers that are compared from their end */

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.' || c == ';' || c == '~' || c == '+' || c == ':';
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return true;
}

/* Whether @p rest is what B2BUAs add: "-b2b_1", "_b2b-1", "b2b_1-", "_pbx-1", "-leg2". */
static bool
is_known(struct str rest)
{
	static const struct str words[] = {
		STR_INIT("b2bua"), STR_INIT("b2b"), STR_INIT("pbx"), STR_INIT("sbc"),
		STR_INIT("leg"),
	};

	while (rest.n > 0 && is_separator(rest.p[0]))
		rest = str_skip(rest, 1);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct str tail;

		if (!str_starts_ci(rest, words[i]))
			continue;
		tail = str_skip(rest, words[i].n);
		while (tail.n > 0 && is_separator(tail.p[0]))
			tail = str_skip(tail, 1);
		while (tail.n > 0 && is_separator(tail.p[tail.n - 1]))
			tail.n--;
		return tail.n <= 4 && is_digits(tail);
	}
	return false;
}

/* Whether @p longer is @p base with something added at one end. */
static bool
is_added(struct str base, struct str longer)
{
	struct str rest;

	if (longer.n <= base.n || longer.n - base.n > REST_MOST || base.n < BASE_KNOWN)
		return false;
	if (str_starts(longer, base)) {
		rest = str_skip(longer, base.n);
		if (is_separator(rest.p[0]) && (base.n >= BASE_LEAST || is_known(rest)))
			return true;
		return base.n >= BASE_CUT && rest.n >= 4 &&
			!(ascii_is_digit(base.p[base.n - 1]) && is_digits(rest));
	}
	if (!str_eq(str_skip(longer, longer.n - base.n), base))
		return false;
	rest = str_sub(longer, 0, longer.n - base.n);
	return is_separator(rest.p[rest.n - 1]) && (base.n >= BASE_LEAST || is_known(rest)) &&
		!is_digits(str_sub(rest, 0, rest.n - 1));
}

/* Without what B2BUAs add at the end: "_b2b-1". */
static struct str
without_suffix(struct str s)
{
	for (size_t i = s.n > 12 ? s.n - 12 : 1; i < s.n; i++)
		if (is_separator(s.p[i]) && is_known(str_skip(s, i)))
			return str_sub(s, 0, i);
	return s;
}

static struct str
local_part(struct str id, struct str *host)
{
	size_t at = str_chr(id, '@');

	*host = at == SIZE_MAX ? STR_NONE : str_skip(id, at + 1);
	return str_sub(id, 0, at);
}

static bool
is_alike(struct str a, struct str b)
{
	struct str base = without_suffix(a);

	if (is_added(a, b) || is_added(b, a))
		return true;
	/* Both have a suffix, and the one without was not seen. */
	return base.n >= BASE_KNOWN && base.n < a.n && str_eq(base, without_suffix(b));
}

bool
related_ids_alike(struct str a, struct str b)
{
	struct str host_a, host_b, local_a, local_b;

	/* Most are not, and differ at both ends. */
	if (a.n == 0 || b.n == 0 ||
	    (a.p[0] != b.p[0] && a.p[a.n - 1] != b.p[b.n - 1]) || str_eq(a, b))
		return false;
	if (is_alike(a, b))
		return true;
	local_a = local_part(a, &host_a);
	local_b = local_part(b, &host_b);
	if (host_a.n == 0 || host_b.n == 0)
		return false;
	if (str_eq(local_a, local_b))
		return local_a.n >= LOCAL_LEAST;
	return is_alike(local_a, local_b);
}

/* ---- users ---- */

/* The digits of a number, without "+" and separators; none when it is a name. */
static size_t
digits_of(struct str user, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < user.n; i++) {
		char c = user.p[i];

		if (ascii_is_digit(c) && n < size)
			to[n++] = c;
		else if (!(c == '+' && i == 0) && c != '-' && c != '.')
			return c == ';' ? n : 0;
	}
	return n;
}

static bool
is_nobody(struct str user)
{
	return user.n == 0 || str_eq_ci(user, STR("anonymous")) ||
		str_eq_ci(user, STR("unknown")) || str_eq_ci(user, STR("unavailable")) ||
		str_eq_ci(user, STR("restricted")) || str_eq_ci(user, STR("asterisk"));
}

/* The same name, or numbers that end alike: "+49301234567" and "0301234567". */
static bool
is_same_user(struct str a, struct str b)
{
	char x[32], y[32];
	size_t n, m, least;

	if (is_nobody(a) || is_nobody(b))
		return false;
	if (str_eq(a, b))
		return true;
	n = digits_of(a, x, sizeof(x));
	m = digits_of(b, y, sizeof(y));
	least = n < m ? n : m;
	/* What stands before are prefixes: 0, 00, a country, an area. */
	while (least > NUMBER_LEAST && (x[n - least] == '0' || y[m - least] == '0'))
		least--;
	return least >= NUMBER_LEAST && memcmp(x + n - least, y + m - least, least) == 0;
}

int
related_users_alike(const struct call *a, const struct call *b)
{
	return is_same_user(call_from_user(a), call_from_user(b)) +
		is_same_user(call_to_user(a), call_to_user(b));
}
