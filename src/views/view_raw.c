/*
 * The text of a message, or of all messages of a call, one below the other: as
 * text, taken apart, or as bytes. The lines are gathered once; the rows of the
 * screen, which are pieces of lines when they are wrapped, anew when the width
 * changes.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/message_lines.h"
#include "views/parts.h"
#include "views/raw_lines.h"
#include "views/raw_search.h"

#define TEXT_MAX	((size_t)4 << 20)	/* of a call; what is beyond is told */
#define SCROLL_CELLS	8

enum raw_mode {
	RAW_TEXT,
	RAW_PARSED,
	RAW_HEX,
};

struct raw_row {
	uint32_t line;
	uint32_t from, to;	/* bytes of it */
};

struct raw_state {
	struct message_lines lines;
	struct raw_row *rows;	/* owned */
	size_t n, cap;
	struct list list;
	uint32_t call;
	uint32_t message;	/* MESSAGE_NONE: all of the calls */
	uint32_t *calls;	/* owned; one, or those of a ladder */
	size_t calls_n;
	struct pinned pinned;	/* the same */
	uint32_t *all;		/* owned; messages of the calls, when several */
	size_t all_n, all_cap;
	size_t gathered;	/* messages of the calls in lines, and what is before them */
	uint32_t at;		/* message to begin the screen with, or MESSAGE_NONE */
	bool full;		/* TEXT_MAX was reached */
	bool cut_lines;		/* not wrapped */
	enum raw_mode mode;
	int per_row;		/* bytes, of RAW_HEX */
	struct raw_search search;
	struct raw_row search_top;	/* where one was when a search was begun */
	int search_x;
	struct buf searched;	/* what was searched for before it */
	int width;		/* that rows were made for */
	int x;			/* cells scrolled to the right */
};

static void
raw_open(struct view *v, const void *subject)
{
	const struct raw_subject *what = subject;
	struct raw_state *st = v->state;

	st->call = what->call;
	st->message = what->message;
	st->at = what->at;
	st->calls_n = what->n > 0 ? what->n : 1;
	st->calls = xreallocarray(NULL, st->calls_n, sizeof(*st->calls));
	memcpy(st->calls, what->n > 0 ? what->calls : &what->call,
	       st->calls_n * sizeof(*st->calls));
	pinned_set(&st->pinned, ((const struct views_app *)v->app)->pins, st->calls, st->calls_n);
}

static void
raw_close(struct view *v)
{
	struct raw_state *st = v->state;

	message_lines_release(&st->lines);
	raw_search_release(&st->search);
	buf_release(&st->searched);
	pinned_release(&st->pinned, ((const struct views_app *)v->app)->pins);
	free(st->calls);
	free(st->all);
	free(st->rows);
}

static void
add_row(struct raw_state *st, size_t line, size_t from, size_t to)
{
	ARRAY_GROW(st->rows, st->cap, st->n + 1);
	st->rows[st->n++] = (struct raw_row){ (uint32_t)line, (uint32_t)from, (uint32_t)to };
}

/* Make rows of the lines; what was at the top of the screen stays there. */
static void
make_rows(struct raw_state *st, int width)
{
	struct raw_row top = { 0 };
	int64_t at = 0;

	if (st->list.top < (int64_t)st->n)
		top = st->rows[st->list.top];
	st->n = 0;
	st->width = width;
	for (size_t i = 0; i < st->lines.n; i++) {
		size_t from = 0, n = st->lines.list[i].n;

		do {
			size_t to = st->cut_lines ? n : message_lines_wrap(&st->lines, i, from, width);

			if (i < top.line || (i == top.line && from <= top.from))
				at = (int64_t)st->n;
			add_row(st, i, from, to);
			from = to;
		} while (from < n);
	}
	st->list.top = st->list.cursor = at;
}

static void
add_message(struct raw_state *st, const struct views_app *app, uint32_t message)
{
	switch (st->mode) {
	case RAW_TEXT:
		message_lines_add(&st->lines, app, message);
		break;
	case RAW_PARSED:
		raw_parsed_add(&st->lines, app, message);
		break;
	case RAW_HEX:
		raw_hex_add(&st->lines, app, message, st->per_row);
		break;
	}
}

/* How many messages the calls have; what counts them is cheap. */
static size_t
count_messages(const struct raw_state *st, const struct views_app *app)
{
	size_t n = 0;

	for (size_t i = 0; i < st->calls_n; i++) {
		const struct call *call = store_call(app->store, st->calls[i]);

		n += call ? call->messages : 0;
	}
	return n;
}

/* The messages of the calls in order of arrival, which is that of the store. */
static size_t
list_messages(struct raw_state *st, const struct views_app *app, const uint32_t **list)
{
	const struct call *call = store_call(app->store, st->calls[0]);

	if (st->calls_n == 1)
		return call ? query_messages(app->query, call, list) : 0;
	st->all_n = 0;
	for (size_t i = 0; i < st->calls_n; i++) {
		const uint32_t *some;
		size_t n;

		call = store_call(app->store, st->calls[i]);
		n = call ? query_messages(app->query, call, &some) : 0;
		if (n == 0)
			continue;
		ARRAY_GROW(st->all, st->all_cap, st->all_n + n);
		memcpy(st->all + st->all_n, some, n * sizeof(*some));
		st->all_n += n;
	}
	parts_sort_indexes(st->all, st->all_n);
	*list = st->all;
	return st->all_n;
}

/* Gather messages until there is no more room. */
static void
gather_some(struct raw_state *st, const struct views_app *app, const uint32_t *list, size_t n)
{
	for (; st->gathered < n && !st->full; st->gathered++) {
		if (st->lines.n > 0)
			message_lines_say(&st->lines, MESSAGE_LINE_BLANK, list[st->gathered],
					  STR(""));
		add_message(st, app, list[st->gathered]);
		st->full = st->lines.text.n >= TEXT_MAX;
	}
}

/* Gather what is not there yet. @return whether there was anything. */
static bool
gather(struct raw_state *st, const struct views_app *app)
{
	const uint32_t *list;
	size_t n, from;

	if (st->message != MESSAGE_NONE) {
		if (st->lines.n > 0)
			return false;
		add_message(st, app, st->message);
		return true;
	}
	if (st->full || st->gathered == count_messages(st, app))
		return false;
	n = list_messages(st, app, &list);
	gather_some(st, app, list, n);
	for (from = st->gathered; from < n && list[from] < st->at; from++)
		;
	if (from < n && from > st->gathered && list[from] == st->at) {
		/* It is beyond what there is room for: from a little before it on, then. */
		for (size_t room = TEXT_MAX / 8; from > 1; from--) {
			size_t length = store_message(app->store, list[from - 1])->length;

			if (length > room)
				break;
			room -= length;
		}
		message_lines_clear(&st->lines);
		message_lines_say(&st->lines, MESSAGE_LINE_NOTICE, MESSAGE_NONE,
				  STR("Messages come before: open them from the ladder."));
		st->gathered = from;
		st->full = false;
		gather_some(st, app, list, n);
	}
	if (st->full && st->gathered < n)
		message_lines_say(&st->lines, MESSAGE_LINE_NOTICE, MESSAGE_NONE,
				  STR("More messages follow: open them from the ladder."));
	return true;
}

/* Begin the screen with message st->at, once it is there. */
static void
begin_at(struct raw_state *st)
{
	for (size_t i = 0; i < st->n && st->at != MESSAGE_NONE; i++) {
		const struct message_line *line = &st->lines.list[st->rows[i].line];

		if (line->message != st->at || line->kind == MESSAGE_LINE_BLANK)
			continue;
		st->list.top = st->list.cursor = (int64_t)i;
		break;
	}
	st->at = MESSAGE_NONE;
}

/* The line on top of the screen; NULL where there is nothing. */
static const struct message_line *
top_line(const struct raw_state *st)
{
	return st->list.top < (int64_t)st->n ? &st->lines.list[st->rows[st->list.top].line] : NULL;
}

/* Make the lines anew, after what they are made by has changed. The message on top
 * stays there, at its first line. */
static void
gather_again(struct raw_state *st, const struct views_app *app)
{
	const struct message_line *top = top_line(st);
	bool wrapped;

	st->at = top ? top->message : MESSAGE_NONE;
	message_lines_clear(&st->lines);
	st->gathered = 0;
	st->full = false;
	st->n = 0;
	st->x = 0;
	st->list.top = 0;
	gather(st, app);
	make_rows(st, st->width);
	begin_at(st);
	raw_search_restart(&st->search);
	raw_search_lines(&st->search, &st->lines, app, st->per_row);
	if (st->n > 0)
		raw_search_go(&st->search, st->rows[st->list.top].line, 0, &wrapped);
}

static bool
raw_lost(struct view *v)
{
	const struct views_app *app = v->app;
	struct raw_state *st = v->state;
	size_t left = parts_drop_gone(app, st->calls, st->calls_n);

	if (left == st->calls_n)
		return false;
	st->calls_n = left;
	if (left > 0)
		st->call = st->calls[0];
	/* One alone that is of none of them went with its call. */
	if (st->message != MESSAGE_NONE && store_message_is_gone(app->store, st->message))
		st->calls_n = 0;
	if (st->calls_n == 0)
		return true;
	gather_again(st, app);
	stack_error(v->stack, "Some of these calls were evicted to stay within the bound.");
	return true;
}

static bool
raw_refresh(struct view *v)
{
	struct raw_state *st = v->state;
	int per_row = raw_hex_per_row(v->width);
	bool resized = st->width != v->width, changed;

	if (st->calls_n == 0) {
		parts_leave(v, "The call that was shown was evicted to stay within the bound.");
		return true;
	}
	st->lines.plain = !((const struct views_app *)v->app)->settings->syntax;
	st->width = v->width;
	if (resized && st->per_row != per_row) {
		st->per_row = per_row;
		if (st->mode == RAW_HEX)
			gather_again(st, v->app);
	}
	changed = gather(st, v->app);
	if (changed)
		raw_search_lines(&st->search, &st->lines, v->app, st->per_row);
	if (changed || resized)
		make_rows(st, v->width);
	begin_at(st);
	list_fit(&st->list, (int64_t)st->n, v->height);
	st->list.cursor = st->list.top;
	return changed;
}

static void
raw_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct views_app *app = v->app;
	const struct raw_state *st = v->state;
	const struct call *call = store_call(app->store, st->call);
	static const char *const modes[] = {
		[RAW_TEXT] = "", [RAW_PARSED] = ", explained", [RAW_HEX] = ", bytes",
	};
	int room;

	if (st->search.matches > 0)
		buf_printf(right, "%" PRIu32 "/%" PRIu32 "%s", st->search.at + 1,
			   st->search.matches, st->search.full ? "+" : "");
	if (st->list.count > st->list.height)
		buf_printf(right, "%s%d%%", right->n > 0 ? "  " : "",
			   (int)((st->list.top + st->list.height) * 100 / st->list.count));
	if (st->message == MESSAGE_NONE && st->calls_n > 1) {
		buf_printf(left, "Messages of %zu calls%s", st->calls_n, modes[st->mode]);
		return;
	}
	buf_printf(left, "%s of call %" PRIu32 "%s",
		   st->message == MESSAGE_NONE ? "Messages" : "Message", st->call + 1,
		   modes[st->mode]);
	if (!call)
		return;
	room = v->width - text_width(buf_str(left)) - text_width(buf_str(right)) - 4;
	if (room > 2) {
		buf_add_cstr(left, "  ");
		parts_add_middle(left, call_id(call), room);
	}
}

static void
raw_draw(const struct view *v, struct canvas *c)
{
	const struct raw_state *st = v->state;

	for (int y = 0; y < canvas_height(c); y++) {
		int64_t i = st->list.top + y;
		const struct raw_row *row;

		if (i >= (int64_t)st->n)
			break;
		row = &st->rows[i];
		message_lines_draw(&st->lines, row->line, row->from, row->to, c, y,
				   st->cut_lines ? -st->x : 0);
		raw_search_draw(&st->search, &st->lines, row->line, row->from, row->to, c, y,
				st->cut_lines ? -st->x : 0);
	}
}

/* ---- acting ---- */

static void
scroll_cells(struct raw_state *st, int cells)
{
	int most = st->lines.widest > st->width ? st->lines.widest - st->width : 0;

	st->x += cells;
	if (st->x > most)
		st->x = most;
	if (st->x < 0)
		st->x = 0;
}

/* To the first line of the message after or before the one on top. */
static void
go_to_message(struct raw_state *st, int step)
{
	int64_t row = st->list.top + step;

	while (row >= 0 && row < (int64_t)st->n &&
	       st->lines.list[st->rows[row].line].kind != MESSAGE_LINE_ABOUT)
		row += step;
	if (row < 0 || row >= (int64_t)st->n)
		return;
	/* A wrapped line has several rows. */
	while (st->rows[row].from > 0)
		row--;
	st->list.top = st->list.cursor = row;
	list_fit(&st->list, st->list.count, st->list.height);
	st->list.cursor = st->list.top;
}

/* Show the message of the call after or before the one shown. */
static void
show_other(struct view *v, int step)
{
	struct raw_state *st = v->state;
	const struct views_app *app = v->app;
	const struct call *call = store_call(app->store, st->call);
	const uint32_t *list;
	size_t n = call ? query_messages(app->query, call, &list) : 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i] != st->message)
			continue;
		if ((step < 0 && i == 0) || (step > 0 && i + 1 == n)) {
			stack_notice(v->stack, "This is the %s message of the call.",
				     step < 0 ? "first" : "last");
			return;
		}
		st->message = list[step < 0 ? i - 1 : i + 1];
		gather_again(st, app);
		raw_refresh(v);
		return;
	}
}

static void
go(struct view *v, int step)
{
	struct raw_state *st = v->state;

	if (st->message == MESSAGE_NONE)
		go_to_message(st, step);
	else
		show_other(v, step);
}

/* ---- searching ---- */

/* The row in which byte @from of line @line is. There are rows. */
static int64_t
row_at(const struct raw_state *st, uint32_t line, uint32_t from)
{
	int64_t low = 0, high = (int64_t)st->n;

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		const struct raw_row *row = &st->rows[middle];

		if (row->line < line || (row->line == line && row->from <= from))
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool
is_seen(const struct raw_state *st, int64_t row)
{
	return row >= st->list.top && row < st->list.top + st->list.height;
}

/* Scroll, as little as it takes, to where the match is that one is at. */
static void
show_match(struct view *v)
{
	struct raw_state *st = v->state;
	const struct raw_mark *m = raw_search_mark(&st->search, st->search.at);
	int64_t row;
	int x;

	if (!m || st->n == 0)
		return;
	row = row_at(st, m->line, m->from);
	if (!is_seen(st, row)) {
		row -= st->list.height / 3;
		st->list.top = st->list.cursor = row > 0 ? row : 0;
	}
	list_fit(&st->list, (int64_t)st->n, v->height);
	st->list.cursor = st->list.top;
	if (!st->cut_lines)
		return;
	x = text_width(str_sub(message_lines_str(&st->lines, m->line), 0, m->from));
	if (x < st->x || x >= st->x + v->width - SCROLL_CELLS)
		st->x = x > v->width / 2 ? x - v->width / 2 : 0;
}

/* To where one was when the search was begun; the rows may be others now. */
static void
go_back(struct view *v)
{
	struct raw_state *st = v->state;

	st->x = st->search_x;
	if (st->n == 0)
		return;
	st->list.top = st->list.cursor = row_at(st, st->search_top.line, st->search_top.from);
	list_fit(&st->list, (int64_t)st->n, v->height);
	st->list.cursor = st->list.top;
}

/* Search from where one was. *why is of search_new(). */
static void
search_for(struct view *v, struct str text, struct err *why)
{
	struct raw_state *st = v->state;
	bool wrapped;

	raw_search_set(&st->search, text, why);
	raw_search_lines(&st->search, &st->lines, v->app, st->per_row);
	go_back(v);
	if (st->n == 0)
		return;
	if (raw_search_go(&st->search, st->rows[st->list.top].line, st->rows[st->list.top].from,
			  &wrapped))
		show_match(v);
}

static void
say_matches(struct view *v, const struct err *why)
{
	struct raw_state *st = v->state;
	uint32_t n = st->search.matches;

	if (why->text[0] != '\0')
		stack_ask_note(v->stack, true, "taken as text: %s", why->text);
	else if (!st->search.search)
		stack_ask_note(v->stack, false, "/pattern/ is a regular expression");
	else if (search_given_up(st->search.search) > 0)
		stack_ask_note(v->stack, true, "%" PRIu32 " matches, and lines too hard for it", n);
	else
		stack_ask_note(v->stack, n == 0, "%" PRIu32 "%s match%s", n,
			       st->search.full ? " or more" : "", n == 1 ? "" : "es");
}

static void
raw_asked(struct view *v, enum prompt_result result, struct str text)
{
	struct raw_state *st = v->state;
	struct err why;

	switch (result) {
	case PROMPT_CHANGED:
		search_for(v, text, &why);
		say_matches(v, &why);
		break;
	case PROMPT_CANCELLED:
		search_for(v, buf_str(&st->searched), &why);
		go_back(v);
		break;
	case PROMPT_TAKEN:
		search_for(v, text, &why);
		if (text.n > 0 && st->search.matches == 0)
			stack_error(v->stack, "Not found: %.*s", STR_ARG(text));
		else if (text.n > 0)
			stack_notice(v->stack, "Match %" PRIu32 " of %" PRIu32 "%s.",
				     st->search.at + 1, st->search.matches,
				     st->search.full ? " or more" : "");
		break;
	case PROMPT_IGNORED:
	case PROMPT_MOVED:
		break;
	}
}

static void
ask_search(struct view *v)
{
	struct raw_state *st = v->state;
	struct err none = { .text = "" };

	buf_clear(&st->searched);
	buf_add_str(&st->searched, buf_str(&st->search.text));
	st->search_top = (struct raw_row){ 0 };
	if (st->list.top < (int64_t)st->n)
		st->search_top = st->rows[st->list.top];
	st->search_x = st->x;
	raw_search_set(&st->search, STR(""), &none);
	stack_ask(v->stack, v, STACK_ASK_SEARCH, "Search: ", STR(""));
	say_matches(v, &none);
}

static void
search_step(struct view *v, int step)
{
	struct raw_state *st = v->state;
	const struct raw_mark *m;
	bool wrapped, found;

	if (!st->search.search) {
		stack_notice(v->stack, "Nothing was searched for yet.");
		return;
	}
	/* From what is seen, when one has left the match. */
	m = raw_search_mark(&st->search, st->search.at);
	if (m && !is_seen(st, row_at(st, m->line, m->from))) {
		const struct raw_row *top = &st->rows[st->list.top];

		found = raw_search_go(&st->search, top->line, top->from, &wrapped);
		if (found && step < 0 && wrapped) {
			st->search.at = st->search.matches - 1;
			wrapped = false;
		} else if (found && step < 0) {
			raw_search_step(&st->search, step, &wrapped);
		}
	} else {
		found = raw_search_step(&st->search, step, &wrapped);
	}
	if (!found) {
		stack_error(v->stack, "Not found: %.*s", STR_ARG(buf_str(&st->search.text)));
		return;
	}
	show_match(v);
	if (wrapped)
		stack_notice(v->stack, "Match %" PRIu32 " of %" PRIu32 ": went on at the %s.",
			     st->search.at + 1, st->search.matches, step > 0 ? "start" : "end");
}

/* ---- */

/* The message shown or, of all of the call, the one on top. */
static void
copy(struct view *v)
{
	struct raw_state *st = v->state;
	const struct views_app *app = v->app;
	const struct message_line *top = top_line(st);
	const struct message *m = top ? store_message(app->store, top->message) : NULL;
	struct str text = m ? query_text(app->query, top->message) : STR_NONE;
	const struct sip_scan *scan = m ? query_scan(app->query, top->message) : NULL;
	struct str method = scan ? scan->method_text : STR_NONE;
	char what[64];

	if (scan && scan->request) {
		/* A method may be any token. */
		if (method.n > 16)
			method.n = 16;
		snprintf(what, sizeof(what), "the %.*s", STR_ARG(method));
	} else if (scan) {
		snprintf(what, sizeof(what), "the response %u", scan->status);
	} else {
		snprintf(what, sizeof(what), "the message");
	}
	stack_copy(v->stack, what, text);
}

/* All that is shown, or one message of it. */
static void
save(struct view *v)
{
	const struct raw_state *st = v->state;
	const struct message_line *top = top_line(st);
	bool one = st->message != MESSAGE_NONE;

	save_open(v->stack, &(struct save_subject){
		.calls = st->calls, .n = st->calls_n, .message_first = one,
		.message = one || !top ? st->message : top->message });
}

static void
toggle_mode(struct view *v, enum raw_mode mode)
{
	struct raw_state *st = v->state;

	st->mode = st->mode == mode ? RAW_TEXT : mode;
	gather_again(st, v->app);
	raw_refresh(v);
}

static void
sideways(struct view *v, int step)
{
	struct raw_state *st = v->state;

	/* Wrapped lines have nothing beside: to the message beside. */
	if (st->cut_lines)
		scroll_cells(st, step * SCROLL_CELLS);
	else
		go(v, step);
}

static enum view_result
raw_act(struct view *v, enum action action)
{
	struct raw_state *st = v->state;

	if (list_scroll(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		go(v, action == ACTION_NEXT ? 1 : -1);
		return VIEW_HANDLED;
	case ACTION_TOGGLE_WRAP:
		st->cut_lines = !st->cut_lines;
		st->x = 0;
		st->width = 0;
		raw_refresh(v);
		return VIEW_HANDLED;
	case ACTION_TOGGLE_HEX:
	case ACTION_TOGGLE_PARSED:
		toggle_mode(v, action == ACTION_TOGGLE_HEX ? RAW_HEX : RAW_PARSED);
		return VIEW_HANDLED;
	case ACTION_SEARCH:
		ask_search(v);
		return VIEW_HANDLED;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_PREVIOUS:
		search_step(v, action == ACTION_SEARCH_NEXT ? 1 : -1);
		return VIEW_HANDLED;
	case ACTION_COPY:
		copy(v);
		return VIEW_HANDLED;
	case ACTION_SAVE:
		save(v);
		return VIEW_HANDLED;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		sideways(v, action == ACTION_LEFT ? -1 : 1);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

static size_t
raw_memory(const struct view *v)
{
	const struct raw_state *st = v->state;

	return st->lines.text.cap + st->lines.cap * sizeof(*st->lines.list) +
		st->cap * sizeof(*st->rows) + st->all_cap * sizeof(*st->all);
}

const struct view_ops view_raw_ops = {
	.name = "raw",
	.state_size = sizeof(struct raw_state),
	.actions = (const enum action[]){
		ACTION_SEARCH, ACTION_NEXT, ACTION_PREVIOUS, ACTION_TOGGLE_PARSED,
		ACTION_TOGGLE_HEX, ACTION_COPY, ACTION_SAVE, ACTION_TOGGLE_WRAP,
		ACTION_SEARCH_NEXT, ACTION_SEARCH_PREVIOUS, ACTION_MOVE_UP, ACTION_MOVE_DOWN,
		ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST,
		ACTION_LAST, ACTION_LEFT, ACTION_RIGHT, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_TOGGLE_WRAP, "w" },
		{ ACTION_TOGGLE_PARSED, "e" },
		{ ACTION_TOGGLE_HEX, "x" },
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_NONE, NULL }
	},
	.open = raw_open,
	.close = raw_close,
	.lost = raw_lost,
	.refresh = raw_refresh,
	.memory = raw_memory,
	.title = raw_title,
	.draw = raw_draw,
	.act = raw_act,
	.asked = raw_asked,
};
