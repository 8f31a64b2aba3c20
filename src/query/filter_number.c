/*
 * Telephone numbers as people write them. One number is +49 30 1234, 0049 30
 * 1234 or 030 1234 depending on where one stands; what they share is their
 * right end.
 */
#include "query/filter_int.h"

#define NUMBER_MIN	3	/* digits of a word that is a number */
#define DOTTED_MIN	7	/* digits where dots separate them: not 10.0.0 */
#define NATIONAL_MIN	6	/* digits a user must share with a longer number */

static bool
is_separator(char c)
{
	return c == '-' || c == '.' || c == '(' || c == ')' || c == '/' || c == ' ';
}

/** Without what depends on where one stands: +, 00 or 0. */
static struct str
strip_prefix(struct str s)
{
	struct str rest = s;

	if (str_starts(rest, STR("+")))
		rest = str_skip(rest, 1);
	else if (str_starts(rest, STR("00")))
		rest = str_skip(rest, 2);
	else if (str_starts(rest, STR("0")))
		rest = str_skip(rest, 1);
	return rest.n > 0 ? rest : s;
}

bool
number_parse(struct arena *a, struct str word, struct str *digits)
{
	char *to;
	size_t n = 0, count = 0;
	bool dotted = false;

	if (word.n > 64)
		return false;
	to = arena_alloc(a, word.n + 1);
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (ascii_is_digit(c)) {
			to[n++] = c;
			count++;
		} else if (c == '+' && i == 0) {
			to[n++] = c;
		} else if (is_separator(c) && count > 0) {
			dotted |= c == '.' || c == '/';
		} else {
			return false;
		}
	}
	if (count < (dotted ? DOTTED_MIN : NUMBER_MIN))
		return false;
	*digits = strip_prefix((struct str){ to, n });
	return true;
}

/** The user without its parameters. */
static struct str
user_number(struct str user)
{
	size_t end = str_chr(user, ';');

	return end == SIZE_MAX ? user : str_sub(user, 0, end);
}

bool
number_is_user(struct str digits, struct str user)
{
	size_t i, j = digits.n, same = 0;

	user = user_number(user);
	for (i = user.n; i > 0 && j > 0; i--) {
		if (is_separator(user.p[i - 1]))
			continue;
		if (user.p[i - 1] != digits.p[j - 1])
			break;
		j--;
		same++;
	}
	if (j == 0)
		return true;
	/* The user is the shorter one: what is left of it may be a prefix only. */
	user = str_sub(user, 0, i);
	return same >= NATIONAL_MIN &&
	       (user.n == 0 || str_eq(user, STR("+")) || str_eq(user, STR("0")) ||
		str_eq(user, STR("00")));
}

bool
number_eq_user(struct str digits, struct str user)
{
	return str_eq(strip_prefix(user_number(user)), digits);
}
