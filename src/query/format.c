/*
 * Values as text. A list of calls is mostly this: numbers and times are written
 * digit by digit, without printf.
 */
#include <unistr.h>

#include "query/field.h"

static void
add_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_add(b, digits + n, sizeof(digits) - n);
}

static void
add_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_add_char(b, '-');
	add_u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

static void
put_digits(char *to, unsigned int v, int n)
{
	while (n-- > 0) {
		to[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

/** A span in units of @p unit ns with a number of decimals, cut off as those of
 * times are. */
static void
add_span(struct buf *b, int64_t span, int64_t unit, int decimals)
{
	uint64_t v = span < 0 ? -(uint64_t)span : (uint64_t)span;
	uint64_t step = (uint64_t)unit;
	char digits[12];

	for (int i = 0; i < decimals; i++)
		step /= 10;
	v /= step;
	step = (uint64_t)unit / step;
	if (span < 0 && v > 0)
		buf_add_char(b, '-');
	add_u64(b, v / step);
	digits[0] = '.';
	put_digits(digits + 1, (unsigned int)(v % step), decimals);
	buf_add(b, digits, (size_t)decimals + 1);
}

/**
 * As time_add() in the form TIME_RFC3339. Days are turned into a date by
 * counting years from March, so that the leap day is the last of its year.
 */
static void
add_rfc3339(struct buf *b, int64_t t)
{
	char s[28] = "0000-00-00T00:00:00.000000Z";
	int64_t seconds = t / NS_PER_S, ns = t % NS_PER_S;
	unsigned int day, era_day, year, month, second;

	if (ns < 0) {
		ns += NS_PER_S;
		seconds--;
	}
	if (seconds < 0) {		/* before 1970: rare */
		time_add(b, t, TIME_RFC3339, true);
		return;
	}
	second = (unsigned int)(seconds % 86400);
	day = (unsigned int)(seconds / 86400) + 719468;	/* since 0000-03-01 */
	era_day = day % 146097;
	year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
	day = day / 146097 * 400 + year;		/* year, from March */
	era_day -= 365 * year + year / 4 - year / 100;	/* day of it */
	month = (5 * era_day + 2) / 153;
	put_digits(s + 8, era_day - (153 * month + 2) / 5 + 1, 2);
	put_digits(s + 5, month < 10 ? month + 3 : month - 9, 2);
	put_digits(s, day + (month >= 10), 4);
	put_digits(s + 11, second / 3600, 2);
	put_digits(s + 14, second / 60 % 60, 2);
	put_digits(s + 17, second % 60, 2);
	put_digits(s + 20, (unsigned int)(ns / 1000), 6);
	buf_add(b, s, 27);
}

/** Text as a JSON string (RFC 8259 section 7). */
static void
add_json_text(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	while (s.n > 0) {
		size_t plain = 0;
		unsigned char c;
		int used;

		while (plain < s.n && (unsigned char)s.p[plain] >= 0x20 &&
		       (unsigned char)s.p[plain] < 0x7f &&
		       s.p[plain] != '"' && s.p[plain] != '\\')
			plain++;
		buf_add(b, s.p, plain);
		s = str_skip(s, plain);
		if (s.n == 0)
			break;
		c = (unsigned char)s.p[0];
		used = 1;
		if (c == '"' || c == '\\') {
			buf_add_char(b, '\\');
			buf_add_char(b, (char)c);
		} else if (c == '\n' || c == '\r' || c == '\t') {
			buf_add_char(b, '\\');
			buf_add_char(b, c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		} else if (c < 0x80) {
			buf_printf(b, "\\u%04x", c);
		} else {
			ucs4_t uc;

			used = u8_mbtoucr(&uc, (const uint8_t *)s.p, s.n);
			if (used < 1) {
				used = 1;
				buf_add_cstr(b, "\xef\xbf\xbd");
			} else {
				buf_add(b, s.p, (size_t)used);
			}
		}
		s = str_skip(s, (size_t)used);
	}
	buf_add_char(b, '"');
}

static void
add_json_words(struct buf *b, struct str words)
{
	struct str word;
	bool more = false;

	buf_add_char(b, '[');
	while (str_cut(&words, ' ', &word)) {
		if (more)
			buf_add_cstr(b, ", ");
		more = true;
		add_json_text(b, word);
	}
	buf_add_char(b, ']');
}

static void
add_list(struct buf *b, const struct field_value *v, bool json)
{
	bool more = false;

	if (json)
		buf_add_char(b, '[');
	for (unsigned int i = 0; i < 32; i++) {
		const char *name = NULL;

		if (v->as.list.bits >> i & 1)
			name = v->as.list.name(i);
		if (!name)
			continue;
		if (more)
			buf_add_cstr(b, json ? ", " : " ");
		more = true;
		if (json)
			buf_add_char(b, '"');
		buf_add_cstr(b, name);
		if (json)
			buf_add_char(b, '"');
	}
	if (json)
		buf_add_char(b, ']');
}

/* Programs get an array, or words as of other lists; people read a row of numbers. */
static void
add_numbers(struct buf *b, const struct field_value *v, enum field_form form)
{
	if (form == FIELD_FORM_JSON)
		buf_add_char(b, '[');
	for (uint32_t i = 0; i < v->as.numbers.n; i++) {
		if (i > 0)
			buf_add_cstr(b, form == FIELD_FORM_PLAIN ? " " : ", ");
		add_u64(b, field_number_at(v, i));
	}
	if (form == FIELD_FORM_JSON)
		buf_add_char(b, ']');
}

static void
add_time(struct buf *b, int64_t t, const struct field_style *style)
{
	int64_t span;

	if (style->form != FIELD_FORM_SCREEN) {
		if (style->form == FIELD_FORM_JSON)
			buf_add_char(b, '"');
		add_rfc3339(b, t);
		if (style->form == FIELD_FORM_JSON)
			buf_add_char(b, '"');
	} else if (style->origin != TIME_NONE &&
		   !__builtin_sub_overflow(t, style->origin, &span)) {
		add_span(b, span, NS_PER_S, 6);
	} else {
		time_add(b, t, style->time, style->utc);
	}
}

void
field_format(struct buf *b, const struct field_value *v, const struct field_style *style)
{
	bool json = style->form == FIELD_FORM_JSON;
	bool screen = style->form == FIELD_FORM_SCREEN;

	if (v->absent) {
		if (json)
			buf_add_cstr(b, v->kind == FIELD_LIST || v->kind == FIELD_NUMBERS ||
				     v->kind == FIELD_WORDS ? "[]" : "null");
		else if (screen)
			buf_add_cstr(b, style->ascii ? "-" : "–");
		return;
	}
	switch ((enum field_kind)v->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		if (json)
			add_json_text(b, v->as.text);
		else
			buf_add_str(b, v->as.text);
		break;
	case FIELD_COUNT:
	case FIELD_STATUS:
		add_i64(b, v->as.number);
		break;
	case FIELD_TIME:
		add_time(b, v->as.number, style);
		break;
	case FIELD_SPAN:
		if (screen)
			span_add(b, v->as.number);
		else
			add_span(b, v->as.number, NS_PER_MS, 3);
		break;
	case FIELD_BOOL:
		if (screen)
			buf_add_cstr(b, v->as.number ? "yes" : "no");
		else
			buf_add_cstr(b, v->as.number ? "true" : "false");
		break;
	case FIELD_ADDRESS:
		if (json)
			buf_add_char(b, '"');
		net_endpoint_add(b, &v->as.endpoint);
		if (json)
			buf_add_char(b, '"');
		break;
	case FIELD_PERCENT:
		buf_printf(b, "%.2f", v->as.real);
		if (screen)
			buf_add_char(b, '%');
		break;
	case FIELD_LIST:
		add_list(b, v, json);
		break;
	case FIELD_NUMBERS:
		add_numbers(b, v, style->form);
		break;
	case FIELD_REAL:
		buf_printf(b, "%.*f", v->decimals, v->as.real);
		break;
	case FIELD_HEX:
		buf_printf(b, json ? "\"0x%08X\"" : "0x%08X", (unsigned int)v->as.number);
		break;
	case FIELD_WORDS:
		if (json)
			add_json_words(b, v->as.text);
		else
			buf_add_str(b, v->as.text);
		break;
	}
}
