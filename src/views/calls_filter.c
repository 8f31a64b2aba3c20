/*
 * The filter of the list as it is typed. Each key compiles what stands there: when it
 * means something, it is the filter at once, and calls are asked anew; when not, the
 * last one that did stays, and the place is told. The key itself waits for two
 * milliseconds of asking at most, so that a short list changes without a flash.
 */
#include <inttypes.h>

#include "views/calls_state.h"

#define AT_ONCE_US	2000	/* of asking before the key is answered */

int
calls_filter_set(struct view *v, struct str expression, struct filter_error *err)
{
	const struct views_app *app = v->app;
	struct calls_state *st = v->state;
	struct filter_options options = { .utc = app->utc };
	struct str text = str_trim(expression);
	struct filter *filter = NULL;

	if (str_eq(text, buf_str(&st->filter_text)))
		return 0;
	if (text.n > 0) {
		/* As typed, for the place of an error is counted in that. */
		filter = filter_compile(QUERY_CALL, expression, &options, err);
		if (!filter)
			return -1;
	}
	filter_free(st->filter);
	st->filter = filter;
	buf_clear(&st->filter_text);
	buf_add_str(&st->filter_text, text);
	call_rows_clear(&st->rows);
	call_rows_grow(&st->rows, st->known);
	st->sifted = st->first;
	st->changed = true;
	calls_sift(st, app, time_monotonic_us() + AT_ONCE_US);
	calls_fit(v);
	return 0;
}

void
calls_set_filter(struct view *v, struct str expression)
{
	struct filter_error err;

	if (calls_filter_set(v, expression, &err) != 0)
		stack_error(v->stack, "Filter: column %zu: %s", err.column, err.text);
}

void
calls_filter_note(struct view *v)
{
	struct calls_state *st = v->state;

	stack_ask_mark(v->stack, st->error.text[0] != '\0' ? st->error.column : 0);
	if (st->error.text[0] != '\0')
		stack_ask_note(v->stack, true, "column %zu", st->error.column);
	else
		stack_ask_note(v->stack, false, "%s%" PRIu32 " of %" PRIu32,
			       calls_is_sifting(st) ? "…" : "", call_rows_count(&st->rows),
			       st->base.members);
}

static void
ask(struct view *v, struct str text)
{
	struct calls_state *st = v->state;

	st->asking = true;
	st->changed = true;
	stack_ask(v->stack, v, STACK_ASK_FILTER, "Filter: ", text);
	calls_filter_note(v);
	calls_fit(v);
}

void
calls_filter_ask(struct view *v)
{
	struct calls_state *st = v->state;

	st->error.text[0] = '\0';
	buf_clear(&st->before);
	buf_add_str(&st->before, buf_str(&st->filter_text));
	ask(v, buf_str(&st->before));
}

/* What was typed means nothing: it stays to be mended. */
static void
ask_again(struct view *v, struct str text)
{
	struct buf copy = BUF_INIT;

	buf_add_str(&copy, text);
	ask(v, buf_str(&copy));
	buf_release(&copy);
}

void
calls_filter_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct calls_state *st = v->state;

	st->error.text[0] = '\0';
	st->changed = true;
	if (result == PROMPT_CANCELLED) {
		st->asking = false;
		calls_filter_set(v, buf_str(&st->before), &st->error);
	} else if (calls_filter_set(v, text, &st->error) == 0) {
		st->error.text[0] = '\0';
		st->asking = result == PROMPT_CHANGED;
	} else if (result == PROMPT_TAKEN) {
		ask_again(v, text);
	}
	if (st->asking)
		calls_filter_note(v);
	calls_fit(v);
}
