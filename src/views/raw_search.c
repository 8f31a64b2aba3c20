#include "views/raw_search.h"

#include "base/mem.h"
#include "base/text.h"

void
raw_search_release(struct raw_search *s)
{
	buf_release(&s->text);
	search_free(s->search);
	free(s->marks);
	*s = (struct raw_search){ 0 };
}

void
raw_search_restart(struct raw_search *s)
{
	s->n = 0;
	s->matches = 0;
	s->at = 0;
	s->lines = 0;
	s->full = false;
}

void
raw_search_set(struct raw_search *s, struct str text, struct err *why)
{
	struct search *search = search_new(text, why);

	/* It may be our own text. */
	if (text.p != s->text.p) {
		buf_clear(&s->text);
		buf_add_str(&s->text, text);
	}
	search_free(s->search);
	s->search = search;
	raw_search_restart(s);
}

static void
add_mark(struct raw_search *s, size_t line, size_t from, size_t to)
{
	if (s->n >= RAW_MARKS_MAX) {
		s->full = true;
		return;
	}
	ARRAY_GROW(s->marks, s->cap, s->n + 1);
	s->marks[s->n++] = (struct raw_mark){ (uint32_t)line, (uint32_t)from, (uint32_t)to,
					      s->matches };
}

static void
search_line(struct raw_search *s, const struct message_lines *l, size_t line)
{
	struct str text = message_lines_str(l, line);
	size_t at, end = 0;

	while (!s->full && search_find(s->search, text, end, &at, &end)) {
		add_mark(s, line, at, end);
		s->matches += !s->full;
	}
}

/* The rows that bytes [at, end) of a dump stand in, bytes and letters. */
static void
mark_bytes(struct raw_search *s, size_t line, size_t total, size_t per_row, size_t at,
	   size_t end)
{
	int n = (int)per_row;

	for (size_t row = at / per_row; row * per_row < end && !s->full; row++) {
		size_t start = row * per_row;
		int from = start < at ? (int)(at - start) : 0;
		int last = end - start < per_row ? (int)(end - start) - 1 : n - 1;

		add_mark(s, line + row, raw_hex_byte_at(total, n, from),
			 raw_hex_byte_at(total, n, last) + 2);
		add_mark(s, line + row, raw_hex_text_at(total, n, from),
			 raw_hex_text_at(total, n, last) + 1);
	}
}

/* Search the dump that begins at line @p line. @return the line after it. */
static size_t
search_dump(struct raw_search *s, const struct message_lines *l, const struct views_app *app,
	    size_t line, int per_row)
{
	uint32_t message = l->list[line].message;
	struct str text = query_text(app->query, message);
	size_t at, end = 0, after = line, marks;

	while (after < l->n && l->list[after].kind == MESSAGE_LINE_HEX &&
	       l->list[after].message == message)
		after++;
	/* Of what cannot be read again there is no place. */
	if ((after - line) != (text.n + (size_t)per_row - 1) / (size_t)per_row)
		return after;
	while (!s->full && search_find(s->search, text, end, &at, &end)) {
		marks = s->n;
		mark_bytes(s, line, text.n, (size_t)per_row, at, end);
		/* A match has all of its marks. */
		if (s->full)
			s->n = marks;
		else
			s->matches++;
	}
	return after;
}

void
raw_search_lines(struct raw_search *s, const struct message_lines *l,
		 const struct views_app *app, int per_row)
{
	if (!s->search)
		return;
	while (s->lines < l->n && !s->full) {
		if (l->list[s->lines].kind == MESSAGE_LINE_HEX) {
			s->lines = search_dump(s, l, app, s->lines, per_row);
			continue;
		}
		search_line(s, l, s->lines);
		s->lines++;
	}
}

const struct raw_mark *
raw_search_mark(const struct raw_search *s, uint32_t match)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->marks[middle].match < match)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->marks[low].match == match ? &s->marks[low] : NULL;
}

/* The first mark in line @line or after. */
static size_t
mark_of_line(const struct raw_search *s, size_t line)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->marks[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
raw_search_go(struct raw_search *s, size_t line, size_t from, bool *wrapped)
{
	*wrapped = false;
	for (size_t i = mark_of_line(s, line); i < s->n; i++) {
		const struct raw_mark *m = &s->marks[i];

		if (m->line > line || m->from >= from) {
			s->at = m->match;
			return true;
		}
	}
	*wrapped = true;
	s->at = 0;
	return s->matches > 0;
}

bool
raw_search_step(struct raw_search *s, int step, bool *wrapped)
{
	*wrapped = false;
	if (s->matches == 0)
		return false;
	*wrapped = step > 0 ? s->at + 1 >= s->matches : s->at == 0;
	if (*wrapped)
		s->at = step > 0 ? 0 : s->matches - 1;
	else
		s->at = step > 0 ? s->at + 1 : s->at - 1;
	return true;
}

void
raw_search_draw(const struct raw_search *s, const struct message_lines *l, size_t line,
		size_t from, size_t to, struct canvas *c, int y, int x)
{
	struct str text = message_lines_str(l, line);

	for (size_t i = mark_of_line(s, line); i < s->n && s->marks[i].line == line; i++) {
		const struct raw_mark *m = &s->marks[i];
		size_t start = m->from > from ? m->from : from, end = m->to < to ? m->to : to;

		if (start >= end)
			continue;
		canvas_paint(c, y, x + text_width(str_sub(text, from, start - from)),
			     text_width(str_sub(text, start, end - start)),
			     m->match == s->at ? ROLE_MATCH_AT : ROLE_MATCH);
	}
}
