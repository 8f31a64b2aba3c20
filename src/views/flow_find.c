/* Searching in the view Flow: the line asked for, and where it leads. */
#include <inttypes.h>

#include "views/flow_int.h"

/* Where a slice has not told yet, going there waits for the next one. */
static void
go_on(struct view *v)
{
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;
	bool wrapped;
	size_t line;

	switch (flow_search_next(s, s->step_from, s->step, s->here, &line, &wrapped)) {
	case FLOW_SEARCH_LATER:
		return;
	case FLOW_SEARCH_FOUND:
		flow_go(st, (int64_t)line);
		st->dirty = true;
		if (!s->asking)
			stack_notice(v->stack, "Match %" PRIu32 " of %" PRIu32 "%s%s.",
				     flow_search_ordinal(s, line), s->matches,
				     flow_search_done(s) ? "" : " or more",
				     !wrapped ? "" : s->step > 0 ? ": went on at the start" :
				     ": went on at the end");
		break;
	case FLOW_SEARCH_NONE:
		st->dirty = true;
		if (!s->asking)
			stack_error(v->stack, "Not found: %.*s%s", STR_ARG(buf_str(&s->text)),
				    st->lines.hidden ? ", in what is not hidden" : "");
		break;
	}
	s->step = 0;
}

static void
say_matches(struct view *v, const struct err *why)
{
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;

	if (why && why->text[0] != '\0')
		stack_ask_note(v->stack, true, "taken as text: %s", why->text);
	else if (!s->search)
		stack_ask_note(v->stack, false, "/pattern/ is a regular expression");
	else if (!flow_search_done(s))
		stack_ask_note(v->stack, false, "%" PRIu32 " so far", s->matches);
	else if (search_given_up(s->search) > 0)
		stack_ask_note(v->stack, true, "%" PRIu32 " matches, and lines too hard for it",
			       s->matches);
	else
		stack_ask_note(v->stack, s->matches == 0, "%" PRIu32 " message%s", s->matches,
			       s->matches == 1 ? "" : "s");
}

/* Search for @text from line @from on, and go to the first match. */
static void
search_for(struct view *v, struct str text, struct err *why)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;

	flow_search_set(s, text, why);
	flow_search_restart(s, st->lines.n, s->back);
	flow_preview_search(&st->preview, app, text);
	if (!s->search)
		return;
	s->step = 1;
	s->step_from = s->from;
	s->here = true;
	flow_search_work(s, &st->lines, &st->ladder, app->query, FLOW_AT_ONCE_MS);
	go_on(v);
}

void
flow_find_ask(struct view *v)
{
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;
	struct err none = { .text = "" };

	buf_clear(&s->before);
	buf_add_str(&s->before, buf_str(&s->text));
	s->back = (size_t)st->list.cursor;
	s->asking = true;
	flow_search_set(s, STR(""), &none);
	flow_preview_search(&st->preview, v->app, STR(""));
	stack_ask(v->stack, v, STACK_ASK_SEARCH, "Search: ", STR(""));
	say_matches(v, NULL);
}

void
flow_find_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct flow_state *st = v->state;
	struct err why = { .text = "" };

	switch (result) {
	case PROMPT_CHANGED:
		if ((size_t)st->list.cursor != st->search.back)
			flow_go(st, (int64_t)st->search.back);
		search_for(v, text, &why);
		say_matches(v, &why);
		break;
	case PROMPT_CANCELLED:
		st->search.asking = false;
		search_for(v, buf_str(&st->search.before), &why);
		st->search.step = 0;
		flow_go(st, (int64_t)st->search.back);
		break;
	case PROMPT_TAKEN:
		st->search.asking = false;
		flow_go(st, (int64_t)st->search.back);
		search_for(v, text, &why);
		break;
	case PROMPT_IGNORED:
	case PROMPT_MOVED:
		break;
	}
}

void
flow_find_step(struct view *v, int step)
{
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;

	if (!s->search) {
		stack_notice(v->stack, "Nothing was searched for yet.");
		return;
	}
	s->step = step;
	s->step_from = (size_t)st->list.cursor;
	s->here = false;
	go_on(v);
	if (s->step != 0)
		stack_notice(v->stack, "Searching: %zu of %zu lines.", s->done, s->n);
}

bool
flow_find_work(struct view *v, int budget_ms)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	struct flow_search *s = &st->search;
	bool more;

	if (!s->search || flow_search_done(s))
		return false;
	more = flow_search_work(s, &st->lines, &st->ladder, app->query, budget_ms);
	st->dirty = true;
	if (s->step != 0)
		go_on(v);
	if (s->asking)
		say_matches(v, NULL);
	return more;
}
