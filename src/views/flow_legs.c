/* The other legs of the calls of a flow: looked for while there is time, and shown
 * among them. */
#include <inttypes.h>

#include "base/mem.h"
#include "views/flow_int.h"

/* Show the calls that were opened, and of those found @n. */
static void
take_calls(struct view *v, size_t n)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;

	st->n = st->given;
	for (size_t i = 0; i < n; i++) {
		ARRAY_GROW(st->calls, st->cap, st->n + 1);
		st->calls[st->n++] = st->related.list[i].call;
	}
	st->related.n = n;
	pinned_set(&st->pinned, app->pins, st->calls, st->n);
	flow_lay_out(v);
}

bool
flow_legs_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_related *r = &((struct flow_state *)v->state)->related;
	size_t left = 0, had = r->n;

	for (size_t i = 0; i < r->n; i++)
		if (!store_call_is_gone(app->store, r->list[i].call))
			r->list[left++] = r->list[i];
	r->n = left;
	return left < had;
}

void
flow_legs_take(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;

	flow_legs_lost(v);
	/* What it knows of may be gone. */
	related_end(st->related.job);
	st->related.job = NULL;
	st->related.calls = store_call_count(app->store);
	if (st->given > 0)
		take_calls(v, st->related.n);
	else
		st->n = 0;
}

static void
start(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;

	related_end(st->related.job);
	st->related.calls = store_call_count(app->store);
	st->related.job = related_start(app->query, st->calls, st->given,
					str_of(app->settings->related));
}

/* Whether the list of legs is another one than that shown, which it becomes. */
static bool
take_list(struct flow_related *r)
{
	size_t n;
	const struct related *list = related_list(r->job, &n);
	bool same = n == r->n;

	for (size_t i = 0; same && i < n; i++)
		same = list[i].call == r->list[i].call;
	if (n > 0)
		memcpy(r->list, list, n * sizeof(*list));
	r->cut = related_cut(r->job);
	if (!same)
		r->n = n;
	return !same;
}

/* Once, as the lines that tell it may not be seen. */
static void
say_found(struct view *v)
{
	const struct flow_state *st = v->state;
	const struct flow_related *r = &st->related;
	struct buf b = BUF_INIT;

	if (r->n == 0) {
		stack_notice(v->stack, "No other legs of %s were found.",
			     st->given > 1 ? "these calls" : "this call");
		return;
	}
	related_say(&b, &r->list[0]);
	stack_notice(v->stack, "#%" PRIu64 ": %s%s", (uint64_t)r->list[0].call + 1, buf_cstr(&b),
		     r->n > 1 ? " (Home shows the others)" : "");
	buf_release(&b);
}

bool
flow_legs_work(struct view *v, int budget_ms)
{
	struct flow_state *st = v->state;
	struct flow_related *r = &st->related;
	bool more, changed;

	if (!r->job)
		return false;
	more = related_step(r->job, budget_ms);
	if (more)
		return true;
	changed = take_list(r);
	if (flow_legs_lost(v))
		changed = true;
	related_end(r->job);
	r->job = NULL;
	st->dirty = true;
	if (changed)
		take_calls(v, r->n);
	if (!r->told)
		say_found(v);
	r->told = true;
	return false;
}

void
flow_legs_keep_up(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	uint32_t calls = store_call_count(app->store);

	if (!st->related.on || st->related.job || calls == st->related.calls)
		return;
	if (parts_progress(app).ended || calls - st->related.calls > st->related.calls / 4)
		start(v);
}

void
flow_legs_toggle(struct view *v)
{
	struct flow_state *st = v->state;
	struct flow_related *r = &st->related;

	r->on = !r->on;
	r->told = false;
	if (r->on) {
		start(v);
		flow_legs_work(v, FLOW_AT_ONCE_MS);
		return;
	}
	related_end(r->job);
	r->job = NULL;
	r->cut = false;
	if (r->n > 0)
		take_calls(v, 0);
	else
		stack_notice(v->stack, "Related calls are not looked for.");
}
