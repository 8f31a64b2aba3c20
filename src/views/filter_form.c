#include "views/filter_form.h"

#include "query/filter.h"
#include "store/call.h"

#define METHODS_ALL	((1u << FILTER_FORM_METHODS) - 1)
#define OTHERS		(1u << (FILTER_FORM_METHODS - 1))

const char *const filter_form_methods[FILTER_FORM_METHODS] = {
	"REGISTER", "INVITE", "SUBSCRIBE", "NOTIFY", "INFO", "OPTIONS", "PUBLISH", "MESSAGE",
	"REFER", "UPDATE", "others"
};

const char *const filter_form_states[] = {
	"any",
#define STATE_NAME(id, name, help) name,
	CALL_STATES(STATE_NAME)
#undef STATE_NAME
	NULL
};

static const struct {
	const char *field, *label;
} texts[] = {
#define TEXT_ROW(id, field, label) { field, label },
	FILTER_FORM_TEXTS(TEXT_ROW)
#undef TEXT_ROW
};

void
filter_form_release(struct filter_form *f)
{
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++)
		buf_release(&f->texts[i]);
}

void
filter_form_clear(struct filter_form *f)
{
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++)
		buf_clear(&f->texts[i]);
	f->state = 0;
	f->methods = METHODS_ALL;
}

/* ---- making an expression ---- */

static bool
is_quantifier(char c)
{
	return c == '+' || c == '*' || c == '?';
}

/* In quotes, where a backslash stays what it is but before a quote. */
static void
add_pattern(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	if (text.n > 0 && is_quantifier(text.p[0]))
		buf_add_char(out, '\\');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"') {
			buf_add_char(out, '\\');
		} else if (c == '\\' && i + 1 < text.n) {
			/* A quote is one with or without it. */
			buf_add_char(out, c);
			c = text.p[++i];
		}
		buf_add_char(out, c);
	}
	buf_add_char(out, '"');
}

/* Take off what was appended since there were @p n bytes. */
static void
cut_off(struct buf *b, size_t n)
{
	if (b->n > n) {
		b->n = n;
		b->p[n] = '\0';
	}
}

static bool
compiles(struct str expression, struct filter_error *why)
{
	struct filter *f = filter_compile(QUERY_CALL, expression, NULL, why);

	filter_free(f);
	return f != NULL;
}

/* "10.0.0.0/8"; nothing is appended when it is none. */
static bool
add_block(struct buf *out, const char *field, struct str text)
{
	size_t begin = out->n;
	struct filter_error why;

	if (str_chr(text, '/') == SIZE_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (ascii_hex(text.p[i]) < 0 && !memchr(".:/[]", text.p[i], 5))
			return false;
	buf_printf(out, "%s in %.*s", field, STR_ARG(text));
	if (compiles(str_skip(buf_str(out), begin), &why))
		return true;
	cut_off(out, begin);
	return false;
}

static int
add_statuses(struct buf *out, struct str text, struct err *err)
{
	const char *sep = "status in (";

	for (size_t i = 0; i < text.n;) {
		size_t end = i;

		while (end < text.n && (ascii_is_digit(text.p[end]) || ascii_is_alpha(text.p[end])))
			end++;
		if (end > i) {
			buf_printf(out, "%s%.*s", sep, STR_ARG(str_sub(text, i, end - i)));
			sep = ", ";
			i = end;
		} else if (text.p[i] == ' ' || text.p[i] == ',') {
			i++;
		} else {
			return err_set(err, "codes as 486, classes as 4xx, with commas between");
		}
	}
	if (sep[0] == 's')
		return err_set(err, "no code in it");
	buf_add_char(out, ')');
	return 0;
}

static int
add_text(const struct filter_form *f, enum filter_form_text i, struct buf *out, struct err *err)
{
	struct str text = buf_str(&f->texts[i]);
	size_t begin = out->n;
	struct filter_error why;
	bool address = i == FILTER_FORM_SOURCE || i == FILTER_FORM_DESTINATION;

	if (i == FILTER_FORM_STATUS) {
		if (add_statuses(out, text, err) != 0)
			return -1;
	} else if (!address || !add_block(out, texts[i].field, text)) {
		size_t slashes = 0;

		/* It would take the quote at the end for its own. */
		while (slashes < text.n && text.p[text.n - 1 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 1)
			return err_set(err, "\\ at the end of the pattern");
		buf_printf(out, "%s ~ ", texts[i].field);
		add_pattern(out, text);
	}
	if (!compiles(str_skip(buf_str(out), begin), &why))
		return err_set(err, "%s", why.text);
	return 0;
}

static void
add_methods(struct buf *out, uint32_t methods)
{
	bool others = methods & OTHERS;
	const char *sep = others ? "method not in (" : "method in (";

	for (int i = 0; i < FILTER_FORM_METHODS - 1; i++) {
		bool named = (methods >> i & 1) != others;

		if (!named)
			continue;
		buf_printf(out, "%s%s", sep, filter_form_methods[i]);
		sep = ", ";
	}
	buf_add_char(out, ')');
}

static void
add_and(struct buf *out, size_t begin)
{
	if (out->n > begin)
		buf_add_cstr(out, " and ");
}

int
filter_form_add(const struct filter_form *f, struct buf *expression, enum filter_form_text *bad,
		struct err *err)
{
	size_t begin = expression->n;
	struct err why = { .text = "" };

	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++) {
		if (f->texts[i].n == 0)
			continue;
		add_and(expression, begin);
		if (add_text(f, (enum filter_form_text)i, expression, &why) == 0)
			continue;
		*bad = (enum filter_form_text)i;
		cut_off(expression, begin);
		return err_set(err, "%s: %s", texts[i].label, why.text);
	}
	if (f->state > 0) {
		add_and(expression, begin);
		buf_printf(expression, "state = \"%s\"", filter_form_states[f->state]);
	}
	if (f->methods != 0 && f->methods != METHODS_ALL) {
		add_and(expression, begin);
		add_methods(expression, f->methods);
	}
	return 0;
}

/* ---- reading one back ---- */

static bool
take(struct str *s, struct str what)
{
	if (!str_starts(*s, what))
		return false;
	*s = str_skip(*s, what.n);
	return true;
}

/* What stands up to the closing quote. */
static bool
take_pattern(struct str *s, struct buf *out)
{
	struct str rest = *s;

	if (rest.n > 1 && rest.p[0] == '\\' && is_quantifier(rest.p[1]))
		rest = str_skip(rest, 1);
	for (; rest.n > 0 && rest.p[0] != '"'; rest = str_skip(rest, 1)) {
		if (rest.p[0] == '\\' && rest.n > 1) {
			if (rest.p[1] != '"')
				buf_add_char(out, '\\');
			rest = str_skip(rest, 1);
		}
		buf_add_char(out, rest.p[0]);
	}
	*s = rest;
	return take(s, STR("\""));
}

static bool
take_until(struct str *s, const char *ends, struct buf *out)
{
	while (s->n > 0 && !strchr(ends, s->p[0])) {
		buf_add_char(out, s->p[0]);
		*s = str_skip(*s, 1);
	}
	return out->n > 0;
}

static bool
take_methods(struct filter_form *f, struct str *s)
{
	struct str all = *s, name;
	bool others = take(s, STR("method not in ("));
	uint32_t named = 0;

	if (!others && !take(s, STR("method in (")))
		return false;
	all = str_sub(*s, 0, str_chr(*s, ')'));
	if (all.n == s->n)
		return false;
	*s = str_skip(*s, all.n + 1);
	while (str_cut(&all, ',', &name)) {
		int i = 0;

		name = str_trim(name);
		while (i < FILTER_FORM_METHODS - 1 && !str_eq(name, str_of(filter_form_methods[i])))
			i++;
		if (i == FILTER_FORM_METHODS - 1)
			return false;
		named |= 1u << i;
	}
	f->methods = others ? METHODS_ALL & ~named : named;
	return true;
}

static bool
take_state(struct filter_form *f, struct str *s)
{
	if (!take(s, STR("state = \"")))
		return false;
	for (int i = 1; filter_form_states[i]; i++) {
		struct str rest = *s;

		if (take(&rest, str_of(filter_form_states[i])) && take(&rest, STR("\""))) {
			f->state = i;
			*s = rest;
			return true;
		}
	}
	return false;
}

static bool
take_term(struct filter_form *f, struct str *s)
{
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT; i++) {
		struct str rest = *s;

		if (!take(&rest, str_of(texts[i].field)) || f->texts[i].n > 0)
			continue;
		*s = rest;
		if (i == FILTER_FORM_STATUS)
			return take(s, STR(" in (")) && take_until(s, ")", &f->texts[i]) &&
				take(s, STR(")"));
		if (take(s, STR(" ~ \"")))
			return take_pattern(s, &f->texts[i]);
		return take(s, STR(" in ")) && take_until(s, " ", &f->texts[i]);
	}
	return s->n > 0 && (s->p[0] == 's' ? take_state(f, s) : take_methods(f, s));
}

bool
filter_form_read(struct filter_form *f, struct str expression)
{
	struct buf again = BUF_INIT;
	struct str rest = expression;
	enum filter_form_text bad;
	bool same;

	filter_form_clear(f);
	while (rest.n > 0 && take_term(f, &rest))
		if (rest.n > 0 && !take(&rest, STR(" and ")))
			break;
	/* Whatever it was taken for: it is what the form makes of it, or not. */
	same = rest.n == 0 && filter_form_add(f, &again, &bad, NULL) == 0 &&
		str_eq(buf_str(&again), expression);
	buf_release(&again);
	if (!same)
		filter_form_clear(f);
	return same;
}
