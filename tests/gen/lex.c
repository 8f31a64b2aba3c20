#include "lex.h"

#include <time.h>

bool
lex_unescape(struct buf *b, struct str s)
{
	static const char from[] = "rnt0\\\"", to[] = "\r\n\t\0\\\"";

	for (size_t i = 0; i < s.n; i++) {
		const char *at;

		if (s.p[i] != '\\') {
			buf_add_char(b, s.p[i]);
			continue;
		}
		if (++i >= s.n)
			return false;
		at = memchr(from, s.p[i], sizeof(from) - 1);
		if (at) {
			buf_add_char(b, to[at - from]);
		} else if (s.p[i] == 'x' && i + 2 < s.n && ascii_hex(s.p[i + 1]) >= 0 &&
			   ascii_hex(s.p[i + 2]) >= 0) {
			put_8(b, (unsigned)(ascii_hex(s.p[i + 1]) << 4 | ascii_hex(s.p[i + 2])));
			i += 2;
		} else {
			return false;
		}
	}
	return true;
}

/* The end of a word from @p at on, in @p end: inside quotes and <> blanks
 * belong to it. */
static bool
word_end(struct str line, size_t at, size_t *end)
{
	char close = '\0';

	for (; at < line.n; at++) {
		char c = line.p[at];

		if (close) {
			if (c == '\\' && close == '"')
				at++;
			else if (c == close)
				close = '\0';
		} else if (ascii_is_blank(c)) {
			break;
		} else if (c == '"' || c == '<') {
			close = c == '<' ? '>' : '"';
		}
	}
	*end = at < line.n ? at : line.n;
	return !close;
}

static bool
is_key(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha(s.p[i]) && !ascii_is_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n > 0;
}

size_t
lex_line(struct lex_line *l, struct str line, struct arena *arena)
{
	size_t at = 0, end;

	l->n = l->next = 0;
	for (;; at = end) {
		struct lex_word *w = &l->words[l->n];
		struct str raw;
		size_t equals;

		while (at < line.n && ascii_is_blank(line.p[at]))
			at++;
		if (at >= line.n || line.p[at] == '#')
			return 0;
		if (l->n == LEX_WORDS || !word_end(line, at, &end))
			return at + 1;
		*w = (struct lex_word){ .column = at + 1 };
		raw = str_sub(line, at, end - at);
		equals = str_chr(raw, '=');
		if (equals != SIZE_MAX && is_key(str_sub(raw, 0, equals))) {
			w->key = arena_str(arena, str_sub(raw, 0, equals));
			raw = str_skip(raw, equals + 1);
		}
		w->quoted = raw.n >= 2 && raw.p[0] == '"' && raw.p[raw.n - 1] == '"';
		if (w->quoted) {
			struct buf b = BUF_INIT;
			bool good = lex_unescape(&b, str_sub(raw, 1, raw.n - 2));

			w->text = arena_str(arena, buf_str(&b));
			buf_release(&b);
			if (!good)
				return at + 1;
		} else {
			w->text = arena_str(arena, raw);
		}
		l->n++;
	}
}

bool
lex_span(struct str s, int64_t *span)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		{ "ns", 1 }, { "us", NS_PER_US }, { "ms", NS_PER_MS }, { "s", NS_PER_S },
		{ "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
	};
	uint32_t whole, part = 0;
	int64_t scale = 1;

	if (!str_take_u32(&s, &whole))
		return false;
	if (s.n > 0 && s.p[0] == '.') {
		s = str_skip(s, 1);
		for (; s.n > 0 && ascii_is_digit(s.p[0]) && scale < 100000000; s = str_skip(s, 1)) {
			part = part * 10 + (uint32_t)(s.p[0] - '0');
			scale *= 10;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(s, str_of(units[i].name))) {
			*span = whole * units[i].ns + part * units[i].ns / scale;
			return true;
		}
	return false;
}

static bool
take_number(struct str *s, char before, size_t digits, int *value)
{
	uint32_t v;

	if (before) {
		if (s->n == 0 || s->p[0] != before)
			return false;
		*s = str_skip(*s, 1);
	}
	if (s->n < digits || !str_to_u32(str_sub(*s, 0, digits), &v))
		return false;
	*s = str_skip(*s, digits);
	*value = (int)v;
	return true;
}

bool
lex_moment(struct str s, int64_t *moment)
{
	struct tm tm = { 0 };
	int64_t unit = NS_PER_S / 10, part = 0;

	if (!take_number(&s, '\0', 4, &tm.tm_year) || !take_number(&s, '-', 2, &tm.tm_mon) ||
	    !take_number(&s, '-', 2, &tm.tm_mday) || !take_number(&s, 'T', 2, &tm.tm_hour) ||
	    !take_number(&s, ':', 2, &tm.tm_min) || !take_number(&s, ':', 2, &tm.tm_sec))
		return false;
	if (s.n > 0 && s.p[0] == '.')
		for (s = str_skip(s, 1); s.n > 0 && ascii_is_digit(s.p[0]); s = str_skip(s, 1)) {
			part += (s.p[0] - '0') * unit;
			unit /= 10;
		}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*moment = (int64_t)timegm(&tm) * NS_PER_S + part;
	return str_eq(s, STR("Z"));
}

bool
lex_pieces(struct str s, struct pieces *p)
{
	struct str part;

	p->n = 0;
	while (str_cut(&s, ',', &part))
		if (p->n == PIECES_MAX || !str_to_u32(part, &p->at[p->n++]))
			return false;
	return true;
}

bool
lex_number(struct str s, uint32_t *value)
{
	uint64_t v = 0;

	if (!str_starts(s, STR("0x")))
		return str_to_u32(s, value);
	s = str_skip(s, 2);
	if (s.n == 0 || s.n > 8)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_hex(s.p[i]) < 0)
			return false;
		v = v << 4 | (uint64_t)ascii_hex(s.p[i]);
	}
	*value = (uint32_t)v;
	return true;
}
