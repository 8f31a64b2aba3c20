/* The lanes, methods and media of a ladder, to be shown or hidden, with how many messages
 * each has. The choice takes effect at once in the ladder below. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"
#include "export/ladder.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/flow_hide.h"
#include "views/parts.h"

enum hide_kind {
	HIDE_LANES,		/* a heading */
	HIDE_LANE,
	HIDE_METHODS,		/* a heading */
	HIDE_METHOD,
	HIDE_MEDIA,		/* a heading */
	HIDE_STREAMS,
	HIDE_ONLY_SDP,
};

struct hide_item {
	enum hide_kind kind;
	struct net_endpoint at;		/* of LANE */
	uint8_t method;			/* of METHOD */
	uint8_t kind_of;		/* of STREAMS: enum stream_kind */
	struct str text;		/* in the arena */
	uint32_t messages;		/* or streams */
};

struct hide_state {
	struct flow_hide *hide;		/* borrowed from the ladder below */
	struct hide_item *items;	/* owned */
	size_t n, cap;
	struct arena arena;
	struct list list;
};

static struct hide_item *
add(struct hide_state *st, enum hide_kind kind, struct str text)
{
	ARRAY_GROW(st->items, st->cap, st->n + 1);
	st->items[st->n] = (struct hide_item){ .kind = kind, .text = arena_str(&st->arena, text) };
	return &st->items[st->n++];
}

static void
add_lanes(struct hide_state *st, const struct ladder *l)
{
	struct buf b = BUF_INIT;

	add(st, HIDE_LANES, STR("Lanes"));
	for (uint32_t i = 0; i < l->lane_count; i++) {
		const struct ladder_lane *lane = &l->lanes[i];
		struct hide_item *item;

		buf_clear(&b);
		if (lane->name.n > 0)
			buf_printf(&b, "%.*s  ", STR_ARG(lane->name));
		buf_add_str(&b, lane->address);
		item = add(st, HIDE_LANE, buf_str(&b));
		item->at = lane->at;
		item->messages = lane->messages;
	}
	buf_release(&b);
}

static void
add_methods(struct hide_state *st, const struct ladder *l, const struct store *store)
{
	uint32_t counts[256] = { 0 };

	add(st, HIDE_METHODS, STR("Methods, with their responses"));
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct ladder_row *row = &l->rows[i];

		if (row->kind == LADDER_MESSAGE)
			counts[flow_method_of(store_message(store, row->message))] +=
				1 + row->retransmissions + row->duplicates;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(counts); i++) {
		struct str name = store_method_name(store, (uint8_t)i);
		struct hide_item *item;

		if (counts[i] == 0)
			continue;
		item = add(st, HIDE_METHOD, name.n > 0 ? name : STR("(none)"));
		item->method = (uint8_t)i;
		item->messages = counts[i];
	}
}

static void
add_media(struct hide_state *st, const struct ladder *l)
{
	static const char *const names[] = {
		[STREAM_RTP] = "RTP", [STREAM_SRTP] = "SRTP", [STREAM_T38] = "T.38",
	};
	uint32_t counts[STREAM_KIND_COUNT] = { 0 };

	if (l->streams == 0)
		return;
	for (uint32_t i = 0; i < l->row_count; i++)
		if (l->rows[i].kind == LADDER_STREAM)
			counts[l->rows[i].media] += l->rows[i].stream[1] != STREAM_NONE ? 2 : 1;
	add(st, HIDE_MEDIA, STR("Streams of media"));
	for (uint8_t i = 0; i < STREAM_KIND_COUNT; i++) {
		struct hide_item *item;

		if (counts[i] == 0)
			continue;
		item = add(st, HIDE_STREAMS, str_of(names[i]));
		item->kind_of = i;
		item->messages = counts[i];
	}
}

static void
hide_open(struct view *v, const void *subject)
{
	const struct hide_subject *what = subject;
	struct hide_state *st = v->state;

	st->hide = what->hide;
	st->arena = (struct arena)ARENA_INIT;
	add_lanes(st, what->ladder);
	add_methods(st, what->ladder, what->store);
	add_media(st, what->ladder);
	add(st, HIDE_ONLY_SDP, STR("Messages without a session description"));
	list_fit(&st->list, (int64_t)st->n, v->height);
	list_go(&st->list, 1);
}

static void
hide_close(struct view *v)
{
	struct hide_state *st = v->state;

	arena_release(&st->arena);
	free(st->items);
}

static void
hide_size(const struct view *v, int *height, int *width)
{
	const struct hide_state *st = v->state;
	int widest = 44;

	for (size_t i = 0; i < st->n; i++) {
		int cells = text_width(st->items[i].text) + 16;

		if (cells > widest)
			widest = cells;
	}
	if (st->n < (size_t)*height)
		*height = (int)st->n;
	if (widest < *width)
		*width = widest;
}

static bool
is_heading(const struct hide_item *item)
{
	return item->kind == HIDE_LANES || item->kind == HIDE_METHODS || item->kind == HIDE_MEDIA;
}

/* Off a heading, in direction @step; the first line is one. */
static void
snap(struct hide_state *st, int step)
{
	int64_t i = st->list.cursor;

	if (i < st->list.count && is_heading(&st->items[i]))
		list_go(&st->list, i + step > 0 ? i + step : 1);
	if (st->list.cursor == 1)
		st->list.top = 0;
}

static bool
hide_refresh(struct view *v)
{
	struct hide_state *st = v->state;

	list_fit(&st->list, (int64_t)st->n, v->height);
	snap(st, 1);
	return false;
}

static bool
is_hidden(const struct hide_state *st, const struct hide_item *item)
{
	switch (item->kind) {
	case HIDE_LANE:
		return flow_hide_lane(st->hide, &item->at);
	case HIDE_METHOD:
		return st->hide->methods[item->method];
	case HIDE_STREAMS:
		return st->hide->streams[item->kind_of];
	case HIDE_ONLY_SDP:
		return st->hide->only_sdp || st->hide->only_media;
	case HIDE_LANES:
	case HIDE_METHODS:
	case HIDE_MEDIA:
		break;
	}
	return false;
}

static void
hide_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct hide_state *st = v->state;
	unsigned int hidden = 0;

	for (size_t i = 0; i < st->n; i++)
		hidden += is_hidden(st, &st->items[i]);
	buf_add_cstr(left, "What is shown");
	if (hidden > 0)
		buf_printf(right, "%u hidden", hidden);
}

static void
draw_item(const struct hide_state *st, struct canvas *c, int y, const struct hide_item *item,
	  bool cursor)
{
	bool hidden = is_hidden(st, item);
	int width = canvas_width(c), room = width - 14;

	if (is_heading(item)) {
		canvas_text(c, y, 0, width, ROLE_HOST, item->text);
		return;
	}
	canvas_text(c, y, 1, width, hidden ? ROLE_SELECTED : ROLE_OK,
		    hidden ? STR("hide") : STR("show"));
	if (item->kind != HIDE_ONLY_SDP)
		canvas_printf(c, y, width - 8, 8, ROLE_DIM, "%7" PRIu32, item->messages);
	else
		room += 8;
	canvas_field(c, y, 6, room, hidden ? ROLE_DIM : ROLE_NORMAL, CANVAS_LEFT, item->text);
	if (cursor)
		canvas_paint(c, y, 0, width, ROLE_CURSOR);
}

static void
hide_draw(const struct view *v, struct canvas *c)
{
	const struct hide_state *st = v->state;

	for (int y = 0; y < canvas_height(c) && st->list.top + y < (int64_t)st->n; y++) {
		int64_t i = st->list.top + y;

		draw_item(st, c, y, &st->items[i], i == st->list.cursor);
	}
}

static void
toggle(struct hide_state *st)
{
	const struct hide_item *item = &st->items[st->list.cursor];
	bool hide = !is_hidden(st, item);

	switch (item->kind) {
	case HIDE_LANE:
		flow_hide_set_lane(st->hide, &item->at, hide);
		break;
	case HIDE_METHOD:
		flow_hide_set_method(st->hide, item->method, hide);
		break;
	case HIDE_STREAMS:
		flow_hide_set_stream(st->hide, item->kind_of, hide);
		break;
	case HIDE_ONLY_SDP:
		flow_hide_set_only_sdp(st->hide, hide);
		break;
	case HIDE_LANES:
	case HIDE_METHODS:
	case HIDE_MEDIA:
		break;
	}
}

static enum view_result
hide_act(struct view *v, enum action action)
{
	struct hide_state *st = v->state;
	int64_t before = st->list.cursor;

	if (list_act(&st->list, action)) {
		snap(st, st->list.cursor < before ? -1 : 1);
		return VIEW_HANDLED;
	}
	switch (action) {
	case ACTION_HIDE:
		if (st->list.cursor < (int64_t)st->n)
			toggle(st);
		return VIEW_HANDLED;
	case ACTION_UNHIDE:
		flow_hide_clear(st->hide);
		return VIEW_HANDLED;
	case ACTION_OPEN:
		return VIEW_CLOSE;
	default:
		return VIEW_IGNORED;
	}
}

static enum view_result
hide_mouse(struct view *v, const struct mouse *m)
{
	struct hide_state *st = v->state;
	int64_t i = st->list.top + m->y;

	if (m->kind != MOUSE_PRESS || i >= (int64_t)st->n || is_heading(&st->items[i]))
		return VIEW_IGNORED;
	list_go(&st->list, i);
	toggle(st);
	return VIEW_HANDLED;
}

const struct view_ops view_hide_ops = {
	.name = "hide",
	.state_size = sizeof(struct hide_state),
	.actions = (const enum action[]){
		ACTION_HIDE, ACTION_UNHIDE, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP,
		ACTION_PAGE_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_OPEN, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_HIDE, "<Space>" },
		{ ACTION_UNHIDE, "<F9> F a" },
		{ ACTION_NONE, NULL }
	},
	.open = hide_open,
	.close = hide_close,
	.refresh = hide_refresh,
	.size = hide_size,
	.title = hide_title,
	.draw = hide_draw,
	.act = hide_act,
	.mouse = hide_mouse,
};
