/*
 * Choosing a capture to open. What is typed is a path: all up to its last "/" is the
 * folder that is listed, the rest picks the names that have it in them. The folder is
 * read, and the names picked, in slices. Names are any bytes.
 */
#include <inttypes.h>
#include <limits.h>
#include <unistr.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "ui/list.h"
#include "ui/path.h"
#include "views/parts.h"

#define TYPED_MAX	4000u	/* bytes of a path */
#define HEAD_ROWS	2	/* the path, the column titles */
#define PICK_BATCH	4096u	/* names looked at between looks at the clock */
#define AT_ONCE_MS	5	/* of a key for reading and picking; the rest is put off */
#define SIZE_CELLS	8
#define DATE_CELLS	16
#define DATES_FROM	72	/* cells of a screen that has room for dates */

/* How well a picked name fits what was typed: the cursor goes to the best one. */
enum fit { FIT_NONE, FIT_WITHIN, FIT_BEGIN_CI, FIT_BEGIN, FIT_SAME };

struct files_view {
	struct buf path;	/* as typed */
	struct buf folder;	/* that list is of */
	struct path_list list;
	struct buf why;		/* the folder cannot be read */
	uint32_t *picked;	/* owned; of list */
	size_t n, cap;
	size_t seen;		/* names of list that were looked at */
	struct list rows;	/* picked, after a row for the folder above */
	struct buf asked;	/* the path, expanded, that is to be confirmed */
	struct buf came_from;	/* name the cursor goes to: the folder that was left */
	enum fit best;
	bool moved;		/* the cursor, by the user */
	bool completing;	/* as soon as the list is done */
	bool changed;		/* by work(), since the last look */
};

static struct str
typed_name(const struct files_view *st)
{
	struct str path = buf_str(&st->path);

	return str_skip(path, path_name_at(path));
}

/* Rows above the names: the way up, while nothing is typed. */
static int64_t
rows_up(const struct files_view *st)
{
	return typed_name(st).n == 0 && !str_eq(buf_str(&st->path), STR("/"));
}

/* The name in row @p row, or NULL. */
static struct path_name *
name_at(const struct files_view *st, int64_t row)
{
	int64_t i = row - rows_up(st);

	return i >= 0 && i < (int64_t)st->n ? &st->list.names[st->picked[i]] : NULL;
}

static bool
is_capture(const char *name)
{
	static const char *const suffixes[] = { ".pcap", ".pcapng", ".cap", ".dmp", ".ntar" };
	struct str s = str_of(name), gz = STR(".gz");

	if (str_ends_ci(s, gz))
		s.n -= gz.n;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (s.n > strlen(suffixes[i]) && str_ends_ci(s, str_of(suffixes[i])))
			return true;
	return false;
}

/* ---- reading and picking ---- */

static enum fit
fit_of(const struct path_name *name, struct str typed, struct str came_from)
{
	struct str s = str_of(name->name);

	if (path_is_hidden(name) && (typed.n == 0 || typed.p[0] != '.'))
		return FIT_NONE;
	if (typed.n == 0)
		return came_from.n > 0 && str_eq(s, came_from) ? FIT_SAME : FIT_WITHIN;
	if (str_eq(s, typed))
		return FIT_SAME;
	if (str_starts(s, typed))
		return FIT_BEGIN;
	if (str_starts_ci(s, typed))
		return FIT_BEGIN_CI;
	return str_find_ci(s, typed) != SIZE_MAX ? FIT_WITHIN : FIT_NONE;
}

static void
pick_batch(struct files_view *st)
{
	struct str typed = typed_name(st), came_from = buf_str(&st->came_from);
	size_t end = st->list.n - st->seen > PICK_BATCH ? st->seen + PICK_BATCH : st->list.n;

	for (; st->seen < end; st->seen++) {
		enum fit fit = fit_of(&st->list.names[st->seen], typed, came_from);

		if (fit == FIT_NONE)
			continue;
		ARRAY_GROW(st->picked, st->cap, st->n + 1);
		st->picked[st->n++] = (uint32_t)st->seen;
		if (fit <= st->best)
			continue;
		st->best = fit;
		if (!st->moved)
			st->rows.cursor = (int64_t)st->n - 1 + rows_up(st);
	}
}

/* @return whether there is more to do. */
static bool
read_some(struct files_view *st, int budget_ms)
{
	int64_t end = time_monotonic() + budget_ms * NS_PER_MS;

	if (path_list_read(&st->list, budget_ms))
		return true;
	while (st->seen < st->list.n) {
		pick_batch(st);
		if (time_monotonic() >= end)
			break;
	}
	return st->seen < st->list.n;
}

static void
fit(struct view *v)
{
	struct files_view *st = v->state;
	int64_t cursor = st->rows.cursor;

	list_fit(&st->rows, (int64_t)st->n + rows_up(st),
		 v->height > HEAD_ROWS ? v->height - HEAD_ROWS : 0);
	if (cursor < st->rows.count)
		list_go(&st->rows, cursor);
	for (int64_t i = st->rows.top; i < st->rows.top + st->rows.height; i++) {
		struct path_name *name = name_at(st, i);

		if (name)
			path_list_look(&st->list, buf_cstr(&st->folder),
				       (size_t)(name - st->list.names));
	}
}

/* The path is another one: list its folder, unless it is listed, and pick anew. */
static void
path_changed(struct view *v)
{
	struct files_view *st = v->state;
	struct buf folder = BUF_INIT;
	struct err err;

	path_folder(&folder, buf_str(&st->path));
	if (!str_eq(buf_str(&folder), buf_str(&st->folder))) {
		buf_clear(&st->folder);
		buf_add_str(&st->folder, buf_str(&folder));
		buf_clear(&st->why);
		if (path_list_open(&st->list, buf_cstr(&folder), &err) != 0)
			buf_add_cstr(&st->why, err.text);
	}
	buf_release(&folder);
	st->n = st->seen = 0;
	st->best = FIT_NONE;
	st->moved = st->completing = false;
	st->rows.cursor = st->rows.top = 0;
	read_some(st, AT_ONCE_MS);
	fit(v);
}

/* @p came_from: what the cursor is to go to. */
static void
set_path(struct view *v, struct str path, struct str came_from)
{
	struct files_view *st = v->state;
	struct buf b = BUF_INIT;

	buf_clear(&st->came_from);
	buf_add_str(&st->came_from, came_from);

	/* It may be a part of the one there is. */
	buf_add_str(&b, str_sub(path, 0, TYPED_MAX));
	buf_release(&st->path);
	st->path = b;
	path_changed(v);
}

static bool
files_work(struct view *v, int budget_ms)
{
	struct files_view *st = v->state;
	struct buf b = BUF_INIT;
	bool more;

	if (st->list.done && st->seen == st->list.n && !st->completing)
		return false;
	more = read_some(st, budget_ms);
	st->changed = true;
	if (!more && st->completing) {
		struct str path = buf_str(&st->path), name = typed_name(st);

		st->completing = false;
		buf_add_str(&b, str_sub(path, 0, path.n - name.n));
		if (path_list_complete(&st->list, name, &b) == 0)
			stack_error(v->stack, "No name begins so.");
		else
			set_path(v, buf_str(&b), STR_NONE);
	}
	buf_release(&b);
	fit(v);
	return more;
}

/* ---- moving about ---- */

static void
go_up(struct view *v)
{
	struct files_view *st = v->state;
	struct str path = buf_str(&st->path), last;
	struct buf b = BUF_INIT;
	char *whole = NULL;

	/* Names of folders that are relative, or links, have no other way up. */
	if (path.n == 0 || path.p[0] != '/')
		whole = realpath(buf_cstr(&st->folder), NULL);
	if (whole) {
		buf_add_cstr(&b, whole);
		free(whole);
	} else {
		buf_add_str(&b, str_sub(path, 0, path_name_at(path)));
	}
	while (b.n > 1 && b.p[b.n - 1] == '/')
		b.n--;
	last = str_skip(buf_str(&b), path_name_at(buf_str(&b)));
	if (b.n > last.n)
		set_path(v, str_sub(buf_str(&b), 0, b.n - last.n), last);
	buf_release(&b);
}

/* Append the path of what the cursor is on, or else of what was typed. */
static void
add_chosen(const struct files_view *st, struct buf *out)
{
	const struct path_name *name = name_at(st, st->rows.cursor);
	struct str path = buf_str(&st->path);

	if (name)
		path = str_sub(path, 0, path_name_at(path));
	buf_add_str(out, path);
	if (name)
		buf_add_cstr(out, name->name);
}

static void
open_file(struct view *v, const struct buf *path, bool add)
{
	const struct views_app *app = v->app;
	struct buf shown = BUF_INIT;
	struct err err = { .text = "it cannot be read" };

	if (app->open_file(app->ctx, buf_cstr(path), add, &err) != 0) {
		stack_error(v->stack, "%s", err.text);
		return;
	}
	parts_add_tail(&shown, buf_str(path), v->stack->width - 20);
	stack_close(v->stack, v);
	stack_notice(v->stack, add ? "Reading %s too." : "Reading %s.", buf_cstr(&shown));
	buf_release(&shown);
}

static void
choose(struct view *v, bool add)
{
	struct files_view *st = v->state;
	const struct views_app *app = v->app;
	struct buf path = BUF_INIT, whole = BUF_INIT, shown = BUF_INIT, loss = BUF_INIT;

	if (rows_up(st) && st->rows.cursor == 0) {
		go_up(v);
		return;
	}
	add_chosen(st, &path);
	path_expand(&whole, buf_str(&path));
	switch (path_kind(buf_cstr(&whole))) {
	case PATH_FOLDER:
		if (path.p[path.n - 1] != '/')
			buf_add_char(&path, '/');
		set_path(v, buf_str(&path), STR_NONE);
		break;
	case PATH_FILE:
		if (add || (!views_tell_loss(app, &loss) &&
			    store_message_count(app->store) == 0)) {
			open_file(v, &whole, add);
			break;
		}
		/* Kept, as the cursor may be elsewhere once the folder is read. */
		buf_clear(&st->asked);
		buf_add_str(&st->asked, buf_str(&whole));
		parts_add_tail(&shown, buf_str(&path), v->stack->width / 2 - 10);
		stack_confirm(v->stack, v, "Open %s, and %s?", buf_cstr(&shown),
			      loss.n > 0 ? buf_cstr(&loss) : "close what is open");
		break;
	case PATH_DEVICE:
		/* It may never have anything to say, and the screen would wait for it. */
		stack_error(v->stack, "This is a device or a pipe: name it on the command line.");
		break;
	case PATH_NOTHING:
		parts_add_tail(&shown, buf_str(&path), v->stack->width / 2);
		stack_error(v->stack, "There is no file %s.", buf_cstr(&shown));
		break;
	}
	buf_release(&path);
	buf_release(&whole);
	buf_release(&shown);
	buf_release(&loss);
}

static void
files_confirmed(struct view *v, bool yes)
{
	const struct files_view *st = v->state;

	if (yes)
		open_file(v, &st->asked, false);
}

/* ---- typing ---- */

static void
type(struct view *v, uint32_t code)
{
	struct files_view *st = v->state;
	struct str path = buf_str(&st->path);
	uint8_t bytes[4];
	int n = u8_uctomb(bytes, (ucs4_t)code, sizeof(bytes));
	struct buf b = BUF_INIT;

	if (n < 1 || path.n + (size_t)n > TYPED_MAX)
		return;
	/* Typed by habit, after the one that came by itself. */
	if (code == '/' && str_eq(path, STR("~/")))
		return;
	/* Where a name would begin these begin a path. */
	if (typed_name(st).n > 0 || (code != '/' && code != '~'))
		buf_add_str(&b, path);
	buf_add(&b, bytes, (size_t)n);
	if (str_eq(buf_str(&b), STR("~")))
		buf_add_char(&b, '/');
	set_path(v, buf_str(&b), STR_NONE);
	buf_release(&b);
}

/* Take the last character of the name off, or go up. */
static void
rub_out(struct view *v)
{
	struct files_view *st = v->state;
	struct str path = buf_str(&st->path);

	if (typed_name(st).n == 0) {
		go_up(v);
		return;
	}
	do {
		path.n--;
	} while (path.n > 0 && ((unsigned char)path.p[path.n] & 0xc0) == 0x80);
	set_path(v, path, STR_NONE);
}

static bool
files_key(struct view *v, struct key key)
{
	struct files_view *st = v->state;
	struct str path = buf_str(&st->path), name = typed_name(st);

	if (key_eq(key, (struct key){ KEYCODE_TAB, 0 })) {
		/* In work(), where it is done at once nearly always. */
		st->completing = true;
		return true;
	}
	if (key_eq(key, (struct key){ KEYCODE_BACKSPACE, 0 }) ||
	    key_eq(key, (struct key){ 'H', KEY_MOD_CTRL })) {
		rub_out(v);
		return true;
	}
	if (key.mods == KEY_MOD_CTRL && (key.code == 'U' || key.code == 'W') && name.n > 0) {
		set_path(v, str_sub(path, 0, path.n - name.n), STR_NONE);
		return true;
	}
	if (key.mods != 0 || key.code < ' ' || key.code >= KEYCODE_UP)
		return false;
	type(v, key.code);
	return true;
}

/* ---- the view ---- */

static void
files_open(struct view *v, const void *subject)
{
	struct files_view *st = v->state;

	(void)subject;
	st->list.done = true;
	set_path(v, STR("./"), STR_NONE);
}

static void
files_close(struct view *v)
{
	struct files_view *st = v->state;

	buf_release(&st->path);
	buf_release(&st->folder);
	buf_release(&st->why);
	buf_release(&st->asked);
	buf_release(&st->came_from);
	path_list_release(&st->list);
	free(st->picked);
}

static bool
files_refresh(struct view *v)
{
	struct files_view *st = v->state;
	bool changed = st->changed;

	st->changed = false;
	fit(v);
	return changed;
}

static void
files_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct files_view *st = v->state;

	buf_add_cstr(left, "Open a capture");
	if (st->list.left_out > 0)
		buf_printf(right, "%" PRIu64 " names left out  ", st->list.left_out);
	list_add_position(&st->rows, right);
}

static void
add_size(struct buf *b, int64_t bytes)
{
	static const char units[] = "kMGTPE";
	double n = (double)bytes;
	int unit = -1;

	if (bytes < 0)
		return;
	while (n >= 9999.5 || (unit >= 0 && n >= 999.5)) {
		n /= 1000;
		unit++;
	}
	if (unit < 0)
		buf_printf(b, "%" PRId64, bytes);
	else
		buf_printf(b, n < 9.95 ? "%.1f %cB" : "%.0f %cB", n, units[unit]);
}

static void
draw_row(const struct view *v, struct canvas *c, int y, int64_t row)
{
	const struct files_view *st = v->state;
	const struct views_app *app = v->app;
	const struct path_name *name = name_at(st, row);
	int width = canvas_width(c), room, x = 2;
	bool capture = name && !name->folder && is_capture(name->name);
	enum role role = !name || name->folder ? ROLE_HOST : capture ? ROLE_OK : ROLE_DIM;
	struct buf b = BUF_INIT;

	room = width - x - SIZE_CELLS - 1 - (width >= DATES_FROM ? DATE_CELLS + 2 : 0);
	if (capture)
		canvas_text(c, y, 0, 1, role, STR("*"));
	buf_add_cstr(&b, name ? name->name : "..");
	if (!name || name->folder)
		buf_add_char(&b, '/');
	canvas_field(c, y, x, room, role, CANVAS_LEFT, buf_str(&b));
	x += room + 1;
	buf_clear(&b);
	if (name && !name->folder)
		add_size(&b, name->bytes);
	canvas_field(c, y, x, SIZE_CELLS, ROLE_NORMAL, CANVAS_RIGHT, buf_str(&b));
	x += SIZE_CELLS + 2;
	buf_clear(&b);
	if (name && name->modified != TIME_NONE)
		time_add(&b, name->modified, TIME_FULL, app->utc);
	if (x + DATE_CELLS <= width)
		canvas_text(c, y, x, DATE_CELLS, ROLE_TIME, buf_str(&b));
	if (row == st->rows.cursor)
		canvas_paint(c, y, 0, width, ROLE_CURSOR);
	buf_release(&b);
}

static void
draw_head(const struct files_view *st, struct canvas *c)
{
	struct str hint = STR("Tab completes, Left goes up");
	int width = canvas_width(c), x;
	struct buf b = BUF_INIT;

	x = canvas_text(c, 0, 0, width, ROLE_KEY, STR("File: "));
	parts_add_tail(&b, buf_str(&st->path), width - x - 1);
	x += canvas_text(c, 0, x, width - x, ROLE_NORMAL, buf_str(&b));
	canvas_paint(c, 0, x, 1, ROLE_CURSOR);
	if (x + 2 + (int)hint.n <= width)
		canvas_text(c, 0, width - (int)hint.n, width, ROLE_DIM, hint);
	canvas_fill(c, 1, 0, 1, width, ROLE_HEADER, " ");
	canvas_text(c, 1, 2, width, ROLE_HEADER, STR("Name"));
	x = width - (width >= DATES_FROM ? DATE_CELLS + 2 : 0) - 4;
	canvas_text(c, 1, x, 4, ROLE_HEADER, STR("Size"));
	if (width >= DATES_FROM)
		canvas_text(c, 1, width - DATE_CELLS, DATE_CELLS, ROLE_HEADER, STR("Changed"));
	buf_release(&b);
}

static void
files_draw(const struct view *v, struct canvas *c)
{
	const struct files_view *st = v->state;
	int y = HEAD_ROWS;

	draw_head(st, c);
	for (int64_t i = st->rows.top; i < st->rows.count && y < canvas_height(c); i++)
		draw_row(v, c, y++, i);
	if (st->why.n > 0)
		canvas_text(c, y, 2, canvas_width(c), ROLE_ERROR, buf_str(&st->why));
	else if (!st->list.done)
		canvas_printf(c, y, 2, canvas_width(c), ROLE_DIM, "Reading the folder: %zu names",
			      st->list.n);
	else if (st->n == 0 && st->seen == st->list.n)
		canvas_text(c, y, 2, canvas_width(c), ROLE_DIM, typed_name(st).n > 0 ?
			    STR("No name here has this in it.") : STR("Nothing to be seen here."));
}

static enum view_result
files_act(struct view *v, enum action action)
{
	struct files_view *st = v->state;
	const struct path_name *name;

	if (list_act(&st->rows, action)) {
		st->moved = true;
		fit(v);
		return VIEW_HANDLED;
	}
	switch (action) {
	case ACTION_OPEN:
	case ACTION_ADD:
		choose(v, action == ACTION_ADD);
		return VIEW_HANDLED;
	case ACTION_LEFT:
		go_up(v);
		return VIEW_HANDLED;
	case ACTION_RIGHT:
		name = name_at(st, st->rows.cursor);
		if (name && name->folder)
			choose(v, false);
		return VIEW_HANDLED;
	case ACTION_FILES:
		return VIEW_HANDLED;
	default:
		return VIEW_IGNORED;
	}
}

static enum view_result
files_mouse(struct view *v, const struct mouse *m)
{
	struct files_view *st = v->state;
	int64_t row = st->rows.top + m->y - HEAD_ROWS;

	if (m->kind != MOUSE_PRESS && m->kind != MOUSE_DOUBLE)
		return VIEW_IGNORED;
	if (m->y < HEAD_ROWS || row >= st->rows.count)
		return VIEW_IGNORED;
	st->moved = true;
	list_go(&st->rows, row);
	if (m->kind == MOUSE_DOUBLE)
		choose(v, false);
	return VIEW_HANDLED;
}

const struct view_ops view_files_ops = {
	.name = "files",
	.state_size = sizeof(struct files_view),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_ADD, ACTION_LEFT, ACTION_RIGHT, ACTION_MOVE_UP,
		ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_FIRST, ACTION_LAST,
		ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_ADD, "<F2> <Insert>" },
		/* These are typed. */
		{ ACTION_NONE, "k j g G r R S / n N ] [ y a c C p o O : K q ? h H Q" },
		{ ACTION_NONE, NULL }
	},
	.open = files_open,
	.close = files_close,
	.refresh = files_refresh,
	.work = files_work,
	.title = files_title,
	.draw = files_draw,
	.key = files_key,
	.mouse = files_mouse,
	.act = files_act,
	.confirmed = files_confirmed,
};
