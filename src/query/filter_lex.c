#include "query/filter_int.h"

static bool
is_space(char c)
{
	return ascii_is_blank(c) || c == '\n' || c == '\r';
}

/** Whether the byte at @p i ends a word that begins before it. */
static bool
ends_word(struct str s, size_t i)
{
	char c = s.p[i];
	char next = i + 1 < s.n ? s.p[i + 1] : '\0';

	if (is_space(c) || memchr("(),\"=<>~", c, 8))
		return true;
	if (c == '!')
		return next == '=' || next == '~';
	return (c == '&' || c == '|') && next == c;
}

static const struct {
	const char *text;
	enum token_kind kind;
} signs[] = {	/* the longer ones first */
	{ "==", TOKEN_EQ }, { "!=", TOKEN_NE }, { "<=", TOKEN_LE }, { ">=", TOKEN_GE },
	{ "!~", TOKEN_NO_MATCH }, { "&&", TOKEN_AND }, { "||", TOKEN_OR },
	{ "=", TOKEN_EQ }, { "<", TOKEN_LT }, { ">", TOKEN_GT }, { "~", TOKEN_MATCH },
	{ "!", TOKEN_NOT }, { "(", TOKEN_OPEN }, { ")", TOKEN_CLOSE }, { ",", TOKEN_COMMA },
}, keywords[] = {
	{ "and", TOKEN_AND }, { "or", TOKEN_OR }, { "not", TOKEN_NOT }, { "in", TOKEN_IN },
};

static bool
take_string(struct lexer *l, struct token *t)
{
	struct str s = l->expression;
	size_t i = l->next + 1;

	t->kind = TOKEN_STRING;
	t->quote = s.p[l->next];
	while (i < s.n && s.p[i] != t->quote)
		i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
	t->text = str_sub(s, l->next + 1, i - l->next - 1);
	l->next = i < s.n ? i + 1 : s.n;
	return i < s.n;
}

bool
lexer_next(struct lexer *l, struct token *t)
{
	struct str s = l->expression, rest;
	size_t end;

	while (l->next < s.n && is_space(s.p[l->next]))
		l->next++;
	*t = (struct token){ .kind = TOKEN_END, .at = l->next };
	if (l->next >= s.n)
		return true;
	if (s.p[l->next] == '"' || s.p[l->next] == '\'')
		return take_string(l, t);
	rest = str_skip(s, l->next);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (str_starts(rest, str_of(signs[i].text))) {
			t->kind = signs[i].kind;
			t->text = str_sub(rest, 0, strlen(signs[i].text));
			l->next += t->text.n;
			return true;
		}
	}
	for (end = l->next + 1; end < s.n && !ends_word(s, end); end++)
		;
	t->kind = TOKEN_WORD;
	t->text = str_sub(s, l->next, end - l->next);
	l->next = end;
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (str_eq_ci(t->text, str_of(keywords[i].text)))
			t->kind = keywords[i].kind;
	}
	return true;
}

static struct str
unescape(struct arena *a, const struct token *t, bool pattern)
{
	struct str s = t->text;
	char *to;
	size_t n = 0;

	if (t->kind != TOKEN_STRING || str_chr(s, '\\') == SIZE_MAX)
		return s;
	to = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : '\0';

		if (s.p[i] != '\\' || i + 1 >= s.n) {
			to[n++] = s.p[i];
			continue;
		}
		i++;
		if (next == t->quote)
			to[n++] = next;
		else if (!pattern && next == '\\')
			to[n++] = '\\';
		else if (!pattern && (next == 'n' || next == 'r' || next == 't'))
			to[n++] = next == 'n' ? '\n' : next == 'r' ? '\r' : '\t';
		else {
			to[n++] = '\\';
			to[n++] = next;
		}
	}
	return (struct str){ to, n };
}

struct str
token_value(struct arena *a, const struct token *t)
{
	return unescape(a, t, false);
}

struct str
token_pattern(struct arena *a, const struct token *t)
{
	return unescape(a, t, true);
}
