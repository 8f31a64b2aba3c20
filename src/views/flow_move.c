/* The cursor of the view Flow: it stands on messages, events and streams; the window is
 * moved in lines. */
#include "views/flow_int.h"

static bool
is_stop(const struct flow_state *st, int64_t i)
{
	return flow_lines_is_stop(&st->lines, &st->ladder, i);
}

const struct ladder_row *
flow_current(const struct flow_state *st)
{
	if (!is_stop(st, st->list.cursor))
		return NULL;
	return &st->ladder.rows[st->lines.list[st->list.cursor].row];
}

const struct ladder_row *
flow_current_message(const struct flow_state *st)
{
	const struct ladder_row *row = flow_current(st);

	return row && row->kind == LADDER_MESSAGE ? row : NULL;
}

void
flow_snap(struct flow_state *st, int step)
{
	int64_t i = st->list.cursor, end;

	while (i >= 0 && i < st->list.count && !is_stop(st, i))
		i += step;
	if (!is_stop(st, i)) {
		i = st->list.cursor;
		while (i >= 0 && i < st->list.count && !is_stop(st, i))
			i -= step;
	}
	if (!is_stop(st, i))
		return;
	list_go(&st->list, i);
	/* What belongs to the arrow is seen with it, and what comes before the first. */
	end = flow_lines_end(&st->lines, i);
	if (end >= st->list.top + st->list.height && st->list.height > 0)
		st->list.top = end - st->list.height + 1 < i ? end - st->list.height + 1 : i;
	while (--i >= 0 && !is_stop(st, i))
		;
	if (i < 0 && st->list.cursor < st->list.height)
		st->list.top = 0;
}

void
flow_follow(struct flow_state *st)
{
	const struct ladder_row *row = flow_current(st);
	int from, to, lo, hi;

	if (!row || row->from == LADDER_NONE || row->to == LADDER_NONE)
		return;
	from = (int)st->lines.column[row->from];
	to = (int)st->lines.column[row->to];
	lo = from < to ? from : to;
	hi = from < to ? to : from;
	if (lo < st->first)
		st->first = lo;
	while (st->first < lo && st->first < st->shape.scroll_max &&
	       (int)flow_last_column(st) < hi)
		st->first++;
	if (st->first > st->shape.scroll_max)
		st->first = st->shape.scroll_max;
}

void
flow_go(struct flow_state *st, int64_t i)
{
	list_go(&st->list, i);
	flow_snap(st, 1);
	flow_follow(st);
}

bool
flow_move(struct flow_state *st, enum action action)
{
	int64_t before = st->list.cursor;

	if (!list_act(&st->list, action))
		return false;
	flow_snap(st, st->list.cursor < before || action == ACTION_LAST ? -1 : 1);
	flow_follow(st);
	return true;
}

/* ---- errors ---- */

/* A challenge that was answered is none, one that ended the call is. */
static bool
is_error(const struct views_app *app, const struct ladder_row *row)
{
	const struct call *call;

	if (row->kind == LADDER_EVENT)
		return row->happened != EVENT_LOG && row->happened != EVENT_RTCP;
	if (row->kind == LADDER_STREAM)
		return row->level == QUALITY_WARNING || row->level == QUALITY_CRITICAL;
	if (row->flaws)
		return true;
	if (row->status != 401 && row->status != 407)
		return row->status >= 400;
	call = store_call(app->store, row->call);
	return call && store_call_status(call) == row->status;
}

void
flow_go_to_error(struct view *v, int step)
{
	struct flow_state *st = v->state;
	int64_t i = st->list.cursor + step;

	while (i >= 0 && i < st->list.count &&
	       !(is_stop(st, i) && is_error(v->app, &st->ladder.rows[st->lines.list[i].row])))
		i += step;
	if (i < 0 || i >= st->list.count)
		stack_notice(v->stack, "No refusal, flaw, fault or bad stream %s here%s.",
			     step > 0 ? "after" : "before",
			     st->lines.hidden ? ", in what is not hidden" : "");
	else
		flow_go(st, i);
}

/* ---- the mouse ---- */

/* To the row that line @i belongs to. @return whether there is one. */
static bool
point(struct flow_state *st, int64_t i)
{
	if (i < 0 || i >= st->list.count)
		return false;
	while (i > 0 && !is_stop(st, i) && st->lines.list[i].kind != FLOW_LINE_RELATED &&
	       st->lines.list[i - 1].row == st->lines.list[i].row)
		i--;
	if (!is_stop(st, i))
		return false;
	list_go(&st->list, i);
	flow_snap(st, 1);
	return true;
}

enum view_result
flow_mouse(struct view *v, const struct mouse *m)
{
	struct flow_state *st = v->state;
	bool beside = st->shape.preview && m->x >= st->shape.preview - 1;
	bool there;

	switch (m->kind) {
	case MOUSE_WHEEL_UP:
	case MOUSE_WHEEL_DOWN:
		if (!beside)
			return VIEW_IGNORED;
		flow_preview_scroll(&st->preview, m->kind == MOUSE_WHEEL_UP ? -3 : 3);
		return VIEW_HANDLED;
	case MOUSE_PRESS:
	case MOUSE_DOUBLE:
		if (beside || m->y < flow_head_rows(v) ||
		    m->y >= flow_head_rows(v) + flow_list_rows(v))
			return VIEW_HANDLED;
		there = point(st, st->list.top + m->y - flow_head_rows(v));
		if (there && m->kind == MOUSE_DOUBLE)
			return v->ops->act(v, ACTION_OPEN);
		return VIEW_HANDLED;
	}
	return VIEW_IGNORED;
}
