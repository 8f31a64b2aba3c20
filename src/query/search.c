#include "query/search.h"

#include "base/mem.h"
#include "query/filter_int.h"

struct search {
	struct pattern *pattern;
	uint64_t given_up;
};

struct search *
search_new(struct str text, struct err *why)
{
	struct pattern *pattern = NULL;
	struct filter_error err;
	struct search *s;

	why->text[0] = '\0';
	if (text.n == 0)
		return NULL;
	if (text.n > 2 && text.p[0] == '/' && text.p[text.n - 1] == '/') {
		pattern = pattern_new(str_sub(text, 1, text.n - 2), false, &err);
		if (!pattern)
			err_set(why, "%s", err.text);
	}
	if (!pattern)
		pattern = pattern_new(text, true, &err);
	if (!pattern) {
		err_set(why, "%s", err.text);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->pattern = pattern;
	return s;
}

void
search_free(struct search *s)
{
	if (!s)
		return;
	pattern_free(s->pattern);
	free(s);
}

bool
search_find(struct search *s, struct str line, size_t from, size_t *at, size_t *end)
{
	return from < line.n && pattern_find(s->pattern, line, from, at, end, &s->given_up);
}

uint64_t
search_given_up(const struct search *s)
{
	return s->given_up;
}
