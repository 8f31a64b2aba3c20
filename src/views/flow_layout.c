/*
 * The ladder of the view Flow follows its calls. It is laid out in slices, beside the
 * one that is shown; small ones are there at once. From it come the lines, without
 * what is hidden, and from these the places of the lanes.
 */
#include "views/flow_int.h"

#define EAGER	1000	/* messages of a ladder that is laid out at each change */
#define MEDIA_EVERY	NS_PER_S	/* between looks at how much media there is by now */

int
flow_head_rows(const struct view *v)
{
	const struct flow_state *st = v->state;
	int rows = (int)st->shape.named + 1;

	return v->height > 6 ? rows : rows - 1;
}

int
flow_list_rows(const struct view *v)
{
	return v->height - flow_head_rows(v) - flow_strip_rows(v);
}

uint32_t
flow_last_column(const struct flow_state *st)
{
	uint32_t i = (uint32_t)st->first;
	size_t shift;

	if (st->lines.columns == 0)
		return 0;
	shift = st->columns.x[i] - st->columns.x[0];
	while (i + 1 < st->lines.columns &&
	       st->columns.x[i + 1] - shift < (size_t)st->shape.ladder)
		i++;
	return i;
}

/* Divide the screen anew; the lines stay. */
static void
fit(struct view *v)
{
	struct flow_state *st = v->state;
	struct flow_wish wish = { .width = v->width, .preview_width = st->preview_width,
				  .preview = st->want_preview, .time = st->time };

	if (!st->asked_preview)
		wish.preview = v->width >= FLOW_PREVIEW_WIDTH;
	st->want_preview = wish.preview;
	ladder_columns_release(&st->columns);
	flow_shape_fit(&st->shape, &st->columns, &st->ladder, &st->lines, &wish);
	st->width = v->width;
	if (st->first > st->shape.scroll_max)
		st->first = st->shape.scroll_max;
}

/* Bring the cursor to row @row, or what is shown nearest. */
static void
go_to_row(struct flow_state *st, uint32_t row)
{
	int64_t i = flow_lines_of(&st->lines, row);

	list_go(&st->list, i >= 0 ? i : (int64_t)st->lines.n - 1);
}

void
flow_fill(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	int64_t cursor = st->list.cursor;
	bool had = st->touched && cursor < (int64_t)st->lines.n &&
		st->lines.list[cursor].kind != FLOW_LINE_RELATED;
	uint32_t row = had ? st->lines.list[cursor].row : 0;
	struct flow_choice choice = {
		.store = app->store, .hide = &st->hide, .related = (uint32_t)st->related.n,
		.dates = st->time == LADDER_TIME_ABSOLUTE, .utc = app->utc,
	};

	flow_lines_fill(&st->lines, &st->ladder, &choice);
	st->hidden_version = st->hide.version;
	fit(v);
	flow_strip_update(v);
	list_fit(&st->list, (int64_t)st->lines.n, flow_list_rows(v));
	if (had)
		go_to_row(st, row);
	flow_snap(st, 1);
	flow_search_restart(&st->search, st->lines.n, (size_t)st->list.cursor);
	st->search.step_from = (size_t)st->list.cursor;
}

/* A line that the user chose, in terms that outlive a ladder. */
struct spot {
	uint32_t message, event, stream;
	bool there;
};

static struct spot
spot_of(const struct flow_state *st, int64_t line)
{
	const struct ladder_row *row;

	if (!st->laid_out || !st->touched ||
	    !flow_lines_is_stop(&st->lines, &st->ladder, line))
		return (struct spot){ MESSAGE_NONE, EVENT_NONE, STREAM_NONE, false };
	row = &st->ladder.rows[st->lines.list[line].row];
	return (struct spot){ row->message, row->event, row->stream[0], true };
}

/* A stream may have got one the other way since, and stand second. */
static bool
is_spot(const struct ladder_row *row, const struct spot *spot)
{
	return row->message == spot->message && row->event == spot->event &&
		(row->stream[0] == spot->stream || row->stream[1] == spot->stream);
}

/* The line of @spot, or that of the last message before it where it is not there any
 * more; -1: neither. */
static int64_t
line_of(const struct flow_state *st, const struct spot *spot)
{
	int64_t near = -1;
	uint32_t least = MESSAGE_NONE;

	for (size_t i = 0; spot->there && i < st->lines.n; i++) {
		const struct ladder_row *row = &st->ladder.rows[st->lines.list[i].row];

		if (st->lines.list[i].kind != FLOW_LINE_ROW)
			continue;
		if (is_spot(row, spot))
			return (int64_t)i;
		if (row->message == MESSAGE_NONE || spot->message == MESSAGE_NONE ||
		    row->message > spot->message || spot->message - row->message > least)
			continue;
		least = spot->message - row->message;
		near = (int64_t)i;
	}
	return near;
}

/* The ladder was opened for a stream: the cursor begins at its row. */
static void
begin_at_stream(struct flow_state *st)
{
	struct spot spot = { MESSAGE_NONE, EVENT_NONE, st->begin_at - 1, true };
	int64_t line = st->begin_at > 0 && !st->touched ? line_of(st, &spot) : -1;

	if (line < 0)
		return;
	list_go(&st->list, line);
	st->touched = st->follow = true;
	st->begin_at = 0;
}

/* What was laid out is shown from now on. */
static void
take_over(struct view *v)
{
	struct flow_state *st = v->state;
	struct spot spot = spot_of(st, st->list.cursor);
	struct spot back = spot_of(st, (int64_t)st->search.back);
	int64_t line;

	ladder_end(st->job);
	st->job = NULL;
	if (st->laid_out)
		ladder_release(&st->ladder);
	st->ladder = st->next;
	st->next = (struct ladder){ 0 };
	st->laid_out = true;
	flow_strip_forget(st);
	/* Rows are others now. */
	st->lines.n = 0;
	if (!st->touched)
		list_go(&st->list, 0);
	flow_fill(v);
	line = line_of(st, &spot);
	if (line >= 0) {
		list_go(&st->list, line);
		flow_snap(st, 1);
	}
	/* To which a search that is given up returns. */
	line = line_of(st, &back);
	if (line >= 0)
		st->search.back = (size_t)line;
	begin_at_stream(st);
	if (st->follow)
		flow_follow(st);
	st->follow = false;
	st->dirty = true;
}

bool
flow_lay_out_step(struct view *v, int budget_ms)
{
	struct flow_state *st = v->state;

	if (!st->job)
		return false;
	if (ladder_step(st->job, budget_ms))
		return true;
	take_over(v);
	return false;
}

static uint64_t
count_messages(const struct flow_state *st, const struct views_app *app)
{
	uint64_t n = 0;

	for (size_t i = 0; i < st->n; i++) {
		const struct call *call = store_call(app->store, st->calls[i]);

		n += call ? call->messages : 0;
	}
	return n;
}

/* Packets of their streams. */
static uint64_t
count_media(struct flow_state *st, const struct views_app *app)
{
	uint64_t n = 0;

	for (size_t i = 0; st->options.media && i < st->n; i++) {
		const struct call *call = store_call(app->store, st->calls[i]);
		size_t links = call ? store_call_streams(app->store, call, &st->links,
							 &st->link_cap) : 0;

		for (size_t k = 0; k < links; k++)
			n += meter_packets(&store_stream(app->store, st->links[k]->stream)->meter);
	}
	return n;
}

void
flow_lay_out(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;

	if (st->job) {
		ladder_end(st->job);
		ladder_release(&st->next);
	}
	st->names = app->settings->names;
	st->options.name = app->names && st->names ? host_names_lookup : NULL;
	st->options.messages_max = app->messages_max;
	st->options.join_names = st->names && !st->options.split_ports;
	st->messages = count_messages(st, app);
	st->media = count_media(st, app);
	st->events = store_event_count(app->store);
	st->job = ladder_start(&st->next, app->store, st->calls, st->n, &st->options);
	flow_lay_out_step(v, FLOW_AT_ONCE_MS);
}

/* Whether there is more media than is told of. What flows is looked at now and then. */
static bool
has_more_media(struct flow_state *st, const struct views_app *app)
{
	bool ended = parts_progress(app).ended;
	int64_t now = time_monotonic();

	/* More may be read where all was. */
	st->media_ended = st->media_ended && ended;
	if (!st->options.media || (ended ? st->media_ended : now < st->media_next))
		return false;
	st->media_ended = ended;
	st->media_next = now + MEDIA_EVERY;
	return (ended || st->messages < EAGER) && st->media != count_media(st, app);
}

/* Whether the calls have grown so much that they are worth another layout: a
 * large one is not laid out for each message that comes. */
static bool
has_grown(const struct flow_state *st, const struct views_app *app)
{
	uint64_t now = count_messages(st, app), shown;

	if (now == st->messages)
		return st->events != store_event_count(app->store) &&
			(now < EAGER || parts_progress(app).ended);
	shown = st->messages;
	if (app->messages_max > 0 && shown > app->messages_max)
		shown = app->messages_max;
	return now < EAGER || now - st->messages > shown / 4 || parts_progress(app).ended;
}

bool
flow_keep_up(struct view *v)
{
	const struct views_app *app = v->app;
	struct flow_state *st = v->state;
	bool changed = st->dirty;

	st->dirty = false;
	if (st->names != app->settings->names ||
	    (!st->job && (!st->laid_out || has_grown(st, app) || has_more_media(st, app)))) {
		flow_lay_out(v);
		changed = true;
	}
	if (st->laid_out && st->hidden_version != st->hide.version) {
		flow_fill(v);
		flow_follow(st);
		changed = true;
	}
	if (!st->laid_out)
		return changed;
	if (st->width != v->width) {
		fit(v);
		flow_follow(st);
	}
	flow_strip_update(v);
	list_fit(&st->list, (int64_t)st->lines.n, flow_list_rows(v));
	flow_snap(st, 1);
	return changed;
}
