#include "base/str.h"

struct str
str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

int
ascii_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
str_eq_ci(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

int
str_cmp_ci(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		int order = ascii_lower(a.p[i]) - ascii_lower(b.p[i]);

		if (order)
			return order;
	}
	return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool
str_starts_ci(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_ci(str_sub(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

bool
str_ends_ci(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq_ci(str_skip(s, s.n - suffix.n), suffix);
}

static bool
is_lws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_lws(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_lws(s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t
str_find_ci(struct str s, struct str needle)
{
	if (needle.n > s.n)
		return SIZE_MAX;
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (str_eq_ci(str_sub(s, i, needle.n), needle))
			return i;
	return SIZE_MAX;
}

bool
str_cut(struct str *rest, char sep, struct str *part)
{
	size_t at;

	if (!rest->p)
		return false;
	at = str_chr(*rest, sep);
	if (at == SIZE_MAX) {
		*part = *rest;
		*rest = STR_NONE;
	} else {
		*part = str_sub(*rest, 0, at);
		*rest = str_skip(*rest, at + 1);
	}
	return true;
}

bool
str_cut_word(struct str *rest, struct str *word)
{
	struct str s = *rest;
	size_t n = 0;

	while (s.n > 0 && ascii_is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (n < s.n && !ascii_is_blank(s.p[n]))
		n++;
	*rest = str_skip(s, n);
	if (n == 0)
		return false;
	*word = (struct str){ s.p, n };
	return true;
}

bool
str_to_u64(struct str s, uint64_t *value)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]) || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*value = v;
	return true;
}
