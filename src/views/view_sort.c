/*
 * Choosing what the list of calls is sorted by. What is typed narrows the rows to the
 * fields that have it in their names; the order holds at once, so that it is seen in the
 * list beside.
 */
#include "base/mem.h"
#include "query/order.h"
#include "query/stream_fields.h"
#include "ui/list.h"
#include "views/call_rows.h"
#include "views/field_rows.h"
#include "views/parts.h"

#define FIELDS_WIDTH	48	/* cells of a row: mark, name, title */
#define BOTTOM_ROWS	(1 + FIELD_HELP_ROWS)
#define TYPED_MAX	32u

struct sort_state {
	struct sort_subject subject;
	struct field_rows fields;
	size_t *seen;		/* rows of fields that match, in their order */
	size_t seen_n, seen_cap;
	struct buf typed;
	struct list list;
	/* The order there is: rows of fields. */
	struct {
		size_t row;
		bool reverse;
	} keys[ORDER_MAX_KEYS];
	size_t key_count;
	struct buf order;	/* the same, written */
	bool added;		/* keys were added here, one by one */
};

/* ---- rows ---- */

/* In names '-' counts as '_', as everywhere. */
static unsigned char
fold(char c)
{
	return c == '-' ? '_' : ascii_lower(c);
}

static bool
has(struct str name, struct str typed)
{
	for (size_t at = 0; at + typed.n <= name.n; at++) {
		size_t i = 0;

		while (i < typed.n && fold(name.p[at + i]) == fold(typed.p[i]))
			i++;
		if (i == typed.n)
			return true;
	}
	return false;
}

static bool
matches(const struct sort_state *st, const struct field_row *row)
{
	struct str typed = buf_str(&st->typed);

	return has(buf_str(&row->name), typed) || has(field_row_title(row), typed);
}

/* Make the rows those that match; the cursor goes to the field @p row if it is one. */
static void
narrow(struct sort_state *st, size_t row)
{
	size_t at = 0;

	st->seen_n = 0;
	for (size_t i = 0; i < st->fields.n; i++) {
		if (!matches(st, &st->fields.rows[i]))
			continue;
		if (i == row)
			at = st->seen_n;
		ARRAY_GROW(st->seen, st->seen_cap, st->seen_n + 1);
		st->seen[st->seen_n++] = i;
	}
	list_fit(&st->list, (int64_t)st->seen_n, st->list.height);
	list_go(&st->list, (int64_t)at);
}

/* The field under the cursor, or SIZE_MAX. */
static size_t
row_at(const struct sort_state *st)
{
	return st->seen_n > 0 ? st->seen[st->list.cursor] : SIZE_MAX;
}

/* Where the field @p row is in the order, or SIZE_MAX. */
static size_t
key_of(const struct sort_state *st, size_t row)
{
	for (size_t i = 0; i < st->key_count; i++)
		if (st->keys[i].row == row)
			return i;
	return SIZE_MAX;
}

/* ---- the order ---- */

static void
write_order(struct sort_state *st)
{
	buf_clear(&st->order);
	for (size_t i = 0; i < st->key_count; i++)
		buf_printf(&st->order, "%s%s%s", i > 0 ? "," : "", st->keys[i].reverse ? "-" : "",
			   buf_cstr(&st->fields.rows[st->keys[i].row].name));
}

static void
apply(struct sort_state *st)
{
	struct err err;

	write_order(st);
	if (call_rows_sort(st->subject.rows, buf_str(&st->order), &err) < 0)
		BUG("order %s: %s", buf_cstr(&st->order), err.text);
}

/* The name of the order of arrival. */
static struct str
arrival(const struct sort_state *st)
{
	return str_of(st->fields.of == QUERY_STREAM ? stream_field_defs[STREAM_FIELD_INDEX].name :
		      call_field_defs[CALL_FIELD_INDEX].name);
}

/* Take up the order there is when it opens. */
static void
take_order(struct sort_state *st, struct str now)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct err err;
	int n = order_parse(st->fields.of, str_trim(now).n > 0 ? now : arrival(st), keys, &err);

	for (int i = 0; i < n; i++) {
		struct buf name = BUF_INIT;
		size_t row;

		field_name_add(&name, &keys[i].field);
		row = field_rows_put(&st->fields, st->fields.n, buf_str(&name));
		buf_release(&name);
		if (key_of(st, row) != SIZE_MAX)
			continue;
		st->keys[st->key_count].row = row;
		st->keys[st->key_count++].reverse = keys[i].reverse;
	}
	write_order(st);
}

/* Sort by field @p row alone, or the other way round. */
static void
choose(struct sort_state *st, size_t row)
{
	bool same = st->key_count > 0 && st->keys[0].row == row;

	st->keys[0].reverse = same && !st->keys[0].reverse;
	st->keys[0].row = row;
	st->key_count = 1;
	apply(st);
}

/* Whether they are as they came: then no other key would be asked. */
static bool
is_arrival(const struct sort_state *st)
{
	const struct field *first = &st->fields.rows[st->keys[0].row].field;

	return st->key_count == 1 && first->of == st->fields.of &&
		str_eq(str_of(first->def->name), arrival(st));
}

/* Add a key; one that is there is turned, then taken out. */
static void
add(struct view *v, size_t row)
{
	struct sort_state *st = v->state;
	size_t key = key_of(st, row);

	if (key == SIZE_MAX && st->key_count == ORDER_MAX_KEYS) {
		stack_error(v->stack, "More than %u fields to sort by.", ORDER_MAX_KEYS);
		return;
	}
	if (key == SIZE_MAX) {
		if (is_arrival(st))
			st->key_count = 0;
		st->keys[st->key_count].row = row;
		st->keys[st->key_count++].reverse = false;
	} else if (!st->keys[key].reverse) {
		st->keys[key].reverse = true;
	} else if (st->key_count > 1) {
		memmove(st->keys + key, st->keys + key + 1,
			(st->key_count - key - 1) * sizeof(*st->keys));
		st->key_count--;
	} else {
		st->keys[0].reverse = false;
	}
	st->added = true;
	apply(st);
}

static void
turn(struct sort_state *st)
{
	for (size_t i = 0; i < st->key_count; i++)
		st->keys[i].reverse = !st->keys[i].reverse;
	apply(st);
}

/* ---- the view ---- */

static void
sort_open(struct view *v, const void *subject)
{
	struct sort_state *st = v->state;

	struct buf now = BUF_INIT;

	st->subject = *(const struct sort_subject *)subject;
	field_rows_fill(&st->fields, st->subject.columns);
	call_rows_add_sort(st->subject.rows, &now);
	take_order(st, buf_str(&now));
	buf_release(&now);
	narrow(st, st->key_count > 0 ? st->keys[0].row : 0);
}

static void
sort_close(struct view *v)
{
	struct sort_state *st = v->state;

	field_rows_release(&st->fields);
	buf_release(&st->typed);
	buf_release(&st->order);
	free(st->seen);
}

static bool
sort_refresh(struct view *v)
{
	struct sort_state *st = v->state;
	int64_t top = st->list.top;
	int height = v->height > BOTTOM_ROWS ? v->height - BOTTOM_ROWS : v->height;

	list_fit(&st->list, (int64_t)st->seen_n, height);
	return st->list.top != top;
}

static void
sort_size(const struct view *v, int *height, int *width)
{
	const struct sort_state *st = v->state;
	int rows = (int)st->fields.n + BOTTOM_ROWS;

	if (*height > 16)
		*height -= 4;
	*height = rows < *height ? rows : *height;
	*width = FIELDS_WIDTH < *width ? FIELDS_WIDTH : *width;
}

static void
sort_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct sort_state *st = v->state;

	if (st->typed.n > 0)
		buf_printf(left, " Sort by: %s ", buf_cstr(&st->typed));
	else
		buf_add_cstr(left, " Sort by ");
	buf_add_char(right, ' ');
	parts_add_tail(right, buf_str(&st->order), v->width - 18 - (int)st->typed.n);
	buf_add_char(right, ' ');
}

static void
draw_field(const struct sort_state *st, struct canvas *c, int y, size_t i)
{
	const struct field_row *row = &st->fields.rows[i];
	size_t key = key_of(st, i);
	enum role role = row->on ? ROLE_NORMAL : ROLE_DIM;
	int x = 0;

	if (key != SIZE_MAX) {
		role = ROLE_SELECTED;
		if (st->key_count > 1)
			x = canvas_printf(c, y, 0, 2, role, "%zu", key + 1);
		canvas_text(c, y, x, 1, role, c->ascii ? st->keys[key].reverse ? STR("v") :
			    STR("^") : st->keys[key].reverse ? STR("▼") : STR("▲"));
	}
	canvas_field(c, y, 3, 24, role, CANVAS_LEFT, buf_str(&row->name));
	canvas_field(c, y, 28, canvas_width(c) - 28, role, CANVAS_LEFT, field_row_title(row));
	if (i == row_at(st))
		canvas_paint(c, y, 0, canvas_width(c), ROLE_CURSOR);
}

static void
sort_draw(const struct view *v, struct canvas *c)
{
	const struct sort_state *st = v->state;
	int y = 0;

	for (; y < st->list.height && st->list.top + y < st->list.count; y++)
		draw_field(st, c, y, st->seen[st->list.top + y]);
	if (st->seen_n == 0)
		canvas_text(c, 0, 0, canvas_width(c), ROLE_NOTICE, STR("No field has that name."));
	if (canvas_height(c) <= BOTTOM_ROWS)
		return;
	y = canvas_height(c) - BOTTOM_ROWS;
	canvas_hline(c, y, 0, canvas_width(c), ROLE_BORDER);
	if (st->seen_n > 0)
		field_help_draw(c, y + 1, &st->fields.rows[row_at(st)].field);
}

/* Letters narrow the rows; they are no movements here. */
static bool
sort_key(struct view *v, struct key key)
{
	struct sort_state *st = v->state;
	size_t row = row_at(st);
	bool is_name = key.code < 0x80 && (ascii_is_alpha((char)key.code) ||
					   ascii_is_digit((char)key.code) ||
					   key.code == '_' || key.code == '-' || key.code == '.');

	if (key.code == KEYCODE_BACKSPACE && st->typed.n > 0) {
		st->typed.p[--st->typed.n] = '\0';
	} else if (is_name && key.mods == 0) {
		if (st->typed.n < TYPED_MAX)
			buf_add_char(&st->typed, (char)key.code);
	} else {
		return false;
	}
	narrow(st, row);
	return true;
}

static enum view_result
sort_act(struct view *v, enum action action)
{
	struct sort_state *st = v->state;
	size_t row = row_at(st);

	if (list_act(&st->list, action))
		return VIEW_HANDLED;
	switch (action) {
	case ACTION_SORT:
		if (row == SIZE_MAX)
			return VIEW_HANDLED;
		/* An order that was put together is not thrown away. */
		if (!st->added)
			choose(st, row);
		return VIEW_CLOSE;
	case ACTION_SELECT:
		if (row != SIZE_MAX)
			add(v, row);
		return VIEW_HANDLED;
	case ACTION_SORT_REVERSE:
		turn(st);
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

static enum view_result
sort_mouse(struct view *v, const struct mouse *m)
{
	struct sort_state *st = v->state;
	int64_t row = st->list.top + m->y;

	if (m->kind == MOUSE_DOUBLE)
		return VIEW_CLOSE;
	if (m->kind != MOUSE_PRESS || m->y >= st->list.height || row >= st->list.count)
		return VIEW_IGNORED;
	list_go(&st->list, row);
	choose(st, row_at(st));
	return VIEW_HANDLED;
}

const struct view_ops view_sort_ops = {
	.name = "sort",
	.state_size = sizeof(struct sort_state),
	.actions = (const enum action[]){
		ACTION_SORT, ACTION_SELECT, ACTION_SORT_REVERSE, ACTION_MOVE_UP,
		ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP,
		ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_SORT, "<Enter>" },
		{ ACTION_SELECT, "<Space>" },
		{ ACTION_SORT_REVERSE, "<Lt> > <Tab>" },
		{ ACTION_NONE, NULL }
	},
	.open = sort_open,
	.close = sort_close,
	.refresh = sort_refresh,
	.size = sort_size,
	.title = sort_title,
	.draw = sort_draw,
	.act = sort_act,
	.key = sort_key,
	.mouse = sort_mouse,
};
