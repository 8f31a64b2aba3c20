#include "views/flow_search.h"

#include "base/mem.h"

#define LOOK	8u	/* messages read between two looks at the clock */

void
flow_search_release(struct flow_search *s)
{
	buf_release(&s->text);
	buf_release(&s->before);
	search_free(s->search);
	free(s->match);
}

void
flow_search_restart(struct flow_search *s, size_t n, size_t from)
{
	ARRAY_GROW(s->match, s->cap, n + 1);
	memset(s->match, 0, n + 1);
	s->n = n;
	s->from = from < n ? from : 0;
	s->done = s->search ? 0 : n;
	s->matches = 0;
}

void
flow_search_set(struct flow_search *s, struct str text, struct err *why)
{
	struct search *search = search_new(text, why);

	if (text.p != s->text.p) {
		buf_clear(&s->text);
		buf_add_str(&s->text, text);
	}
	search_free(s->search);
	s->search = search;
	s->step = 0;
	flow_search_restart(s, s->n, s->from);
}

static bool
has_match(struct search *search, struct str text)
{
	struct str line;
	size_t at, end;

	while (str_cut(&text, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (search_find(search, line, 0, &at, &end))
			return true;
	}
	return false;
}

bool
flow_search_work(struct flow_search *s, const struct flow_lines *f, const struct ladder *l,
		 struct query *q, int budget_ms)
{
	int64_t end = time_monotonic() + budget_ms * NS_PER_MS;
	unsigned int looked = 0;

	if (!s->search || s->n != f->n)
		return false;
	for (; s->done < s->n; s->done++) {
		size_t i = (s->from + s->done) % s->n;
		const struct ladder_row *row;

		if (!flow_lines_is_stop(f, l, (int64_t)i))
			continue;
		if (++looked % LOOK == 0 && time_monotonic() >= end)
			return true;
		row = &l->rows[f->list[i].row];
		if (has_match(s->search, row->label) ||
		    (row->kind == LADDER_MESSAGE &&
		     has_match(s->search, query_text(q, row->message)))) {
			s->match[i] = 1;
			s->matches++;
		}
	}
	return false;
}

static bool
is_looked_at(const struct flow_search *s, size_t line)
{
	return (line + s->n - s->from) % s->n < s->done;
}

enum flow_search_result
flow_search_next(const struct flow_search *s, size_t from, int step, bool here, size_t *line,
		 bool *wrapped)
{
	*wrapped = false;
	if (s->n == 0)
		return FLOW_SEARCH_NONE;
	for (size_t k = here ? 0 : 1; k <= s->n; k++) {
		size_t i = (step > 0 ? from + k : from + s->n - k % s->n) % s->n;

		if (!is_looked_at(s, i))
			return FLOW_SEARCH_LATER;
		if (!s->match[i])
			continue;
		*line = i;
		*wrapped = step > 0 ? i < from || (i == from && k > 0) :
			i > from || (i == from && k > 0);
		return FLOW_SEARCH_FOUND;
	}
	return FLOW_SEARCH_NONE;
}

uint32_t
flow_search_ordinal(const struct flow_search *s, size_t line)
{
	uint32_t n = 0;

	for (size_t i = 0; i <= line && i < s->n; i++)
		n += s->match[i];
	return n;
}
