/*
 * What is known of an event of a ladder: a reset, an alert, an ICMP error, a log line.
 * Where it quotes a packet, Enter shows the message that this was.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/message_lines.h"
#include "views/parts.h"

struct event_row {
	uint32_t line, from, to;
};

struct event_state {
	struct event_subject what;
	struct pinned pinned;		/* the call it is shown with */
	bool gone;			/* that is */
	struct message_lines lines;
	struct event_row *rows;		/* owned; pieces of lines */
	size_t n, cap;
	struct list list;
	uint32_t about;			/* the message it is about, or MESSAGE_NONE */
	int width;			/* that the rows are for */
};

ATTR_PRINTF(3, 4)
static void
say(struct event_state *st, const char *name, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_printf(&b, "%s: %s", name, text);
	message_lines_say(&st->lines, MESSAGE_LINE_PART, MESSAGE_NONE, buf_str(&b));
	buf_release(&b);
}

static void
say_time(struct event_state *st, const struct views_app *app, const char *name, int64_t time)
{
	struct buf b = BUF_INIT;

	if (time == TIME_NONE)
		return;
	time_add(&b, time, TIME_FULL, app->utc);
	say(st, name, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void
say_ends(struct event_state *st, const struct views_app *app, const struct path *p)
{
	struct buf b = BUF_INIT;

	parts_add_host(&b, app, &p->src);
	buf_add_cstr(&b, " → ");
	parts_add_host(&b, app, &p->dst);
	say(st, "Between", "%s", buf_cstr(&b));
	if (parts_host_name(app, &p->src).n || parts_host_name(app, &p->dst).n) {
		buf_clear(&b);
		net_endpoint_add(&b, &p->src);
		buf_add_cstr(&b, " → ");
		net_endpoint_add(&b, &p->dst);
		say(st, "Addresses", "%s", buf_cstr(&b));
	}
	say(st, "Transport", "%s", transport_name((enum transport)p->transport));
	buf_release(&b);
}

/* The last message of the call that went the way of the event before it. */
static uint32_t
message_before(const struct views_app *app, uint32_t call, const struct event *e,
	       const struct path *p)
{
	const struct call *c = store_call(app->store, call);
	uint32_t *list = NULL, found = MESSAGE_NONE;
	size_t cap = 0, n = c ? store_call_messages(app->store, c, &list, &cap) : 0;

	while (n-- > 0 && found == MESSAGE_NONE) {
		const struct message *m = store_message(app->store, list[n]);
		const struct path *way = store_path(app->store, m->path);

		if (m->time != TIME_NONE && m->time <= e->time &&
		    net_endpoint_eq(&way->src, &p->src) && net_endpoint_eq(&way->dst, &p->dst))
			found = list[n];
	}
	free(list);
	return found;
}

static void
say_about(struct event_state *st, const struct views_app *app, const struct event *e,
	  const struct path *p)
{
	const struct message *m;
	struct str method;
	uint64_t frame;

	if (e->kind == EVENT_ICMP)
		st->about = message_before(app, st->what.call, e, p);
	m = store_message(app->store, st->about);
	if (!m)
		return;
	method = store_method_name(app->store, m->method);
	frame = store_message_frame(app->store, st->about);
	if (m->flags & MESSAGE_REQUEST)
		say(st, "About", "%.*s in frame %" PRIu64 ": Enter shows it",
		    (int)(method.n < 32 ? method.n : 32), method.p ? method.p : "", frame);
	else
		say(st, "About", "the response %u in frame %" PRIu64 ": Enter shows it", m->status,
		    frame);
}

/* All of its text, line by line. */
static void
say_text(struct event_state *st, const struct views_app *app, const struct event *e)
{
	struct buf text = BUF_INIT;
	struct str rest, line;
	struct err err;

	if (store_event_text(app->store, e, &text, &err) != 0) {
		message_lines_say(&st->lines, MESSAGE_LINE_NOTICE, MESSAGE_NONE,
				  STR("Its text cannot be read again."));
		buf_release(&text);
		return;
	}
	rest = str_trim(buf_str(&text));
	if (rest.n > 0)
		message_lines_say(&st->lines, MESSAGE_LINE_BLANK, MESSAGE_NONE, STR(""));
	while (rest.n > 0 && str_cut(&rest, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		message_lines_say(&st->lines, MESSAGE_LINE_BODY, MESSAGE_NONE, line);
	}
	buf_release(&text);
}

static void
event_open(struct view *v, const void *subject)
{
	const struct views_app *app = v->app;
	struct event_state *st = v->state;
	const struct event *e;
	const struct path *p;

	st->what = *(const struct event_subject *)subject;
	st->about = MESSAGE_NONE;
	pinned_set(&st->pinned, app->pins, &st->what.call, 1);
	e = store_event(app->store, st->what.event);
	if (!e)
		return;
	p = store_path(app->store, e->path);
	say(st, "Event", "%s", event_name((enum event_kind)e->kind));
	say_time(st, app, "Time", e->time);
	if (st->what.count > 1) {
		say(st, "Count", "%" PRIu32 " one after the other", st->what.count);
		say_time(st, app, "Last", st->what.last);
	}
	say_ends(st, app, p);
	say(st, "Frame", "%" PRIu64, event_frame(e));
	if (st->what.call != CALL_NONE)
		say(st, "Call", "#%" PRIu64 "%s", (uint64_t)st->what.call + 1,
		    e->call_id ? "" : ", by its connection");
	say_about(st, app, e, p);
	say_text(st, app, e);
}

static void
event_close(struct view *v)
{
	struct event_state *st = v->state;

	message_lines_release(&st->lines);
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
	free(st->rows);
}

static bool
event_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct event_state *st = v->state;

	if (st->what.call != CALL_NONE && store_call_is_gone(app->store, st->what.call))
		st->gone = true;
	if (st->about != MESSAGE_NONE && store_message_is_gone(app->store, st->about))
		st->about = MESSAGE_NONE;
	return st->gone;
}

static void
event_size(const struct view *v, int *height, int *width)
{
	const struct event_state *st = v->state;
	int rows = 0, cells = *width < 76 ? *width : 76;

	for (size_t i = 0; i < st->lines.n && rows < *height; i++)
		rows += 1 + text_width(message_lines_str(&st->lines, i)) / (cells > 0 ? cells : 1);
	if (rows < *height)
		*height = rows > 0 ? rows : 1;
	*width = cells;
}

static bool
event_refresh(struct view *v)
{
	struct event_state *st = v->state;

	if (st->gone) {
		parts_leave(v, "The call of this event was evicted to stay within the bound.");
		return true;
	}
	if (st->width != v->width) {
		st->width = v->width;
		st->n = 0;
		for (size_t i = 0; i < st->lines.n; i++) {
			size_t from = 0, n = st->lines.list[i].n;

			do {
				size_t to = message_lines_wrap(&st->lines, i, from, v->width);

				ARRAY_GROW(st->rows, st->cap, st->n + 1);
				st->rows[st->n++] = (struct event_row){
					(uint32_t)i, (uint32_t)from, (uint32_t)to };
				from = to;
			} while (from < n);
		}
	}
	list_fit(&st->list, (int64_t)st->n, v->height);
	return false;
}

static void
event_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct event_state *st = v->state;
	const struct event *e = store_event(app->store, st->what.event);

	(void)right;
	if (e)
		event_say(left, (enum event_kind)e->kind, STR(""));
}

static void
event_draw(const struct view *v, struct canvas *c)
{
	const struct event_state *st = v->state;

	for (int y = 0; y < canvas_height(c) && st->list.top + y < (int64_t)st->n; y++) {
		const struct event_row *row = &st->rows[st->list.top + y];

		message_lines_draw(&st->lines, row->line, row->from, row->to, c, y, 0);
	}
}

static enum view_result
event_act(struct view *v, enum action action)
{
	struct event_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	if (action != ACTION_OPEN)
		return VIEW_IGNORED;
	if (st->about == MESSAGE_NONE)
		return VIEW_CLOSE;
	stack_open(v->stack, &view_raw_ops, &(struct raw_subject){
		.call = st->what.call, .message = st->about });
	return VIEW_HANDLED;
}

const struct view_ops view_event_ops = {
	.name = "event",
	.state_size = sizeof(struct event_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.open = event_open,
	.close = event_close,
	.lost = event_lost,
	.refresh = event_refresh,
	.size = event_size,
	.title = event_title,
	.draw = event_draw,
	.act = event_act,
};
