/* The keys of a view, made from the table of actions, the keymap and what the
 * view says it handles. Lines are text, laid out anew at each drawing: there
 * are a few dozen. What an action does is wrapped at words, so that a line may take
 * several rows; the list counts rows. */
#include "ui/list.h"
#include "ui/stack.h"

struct help_state {
	const struct view_ops *ops;	/* of the view that is explained */
	const struct stack_globals *globals;
	struct list list;
};

#define KEYS_WIDTH	24	/* cells, the blanks beside them too */
#define KEYS_NARROW	15	/* on a screen of less than NARROW cells */
#define NARROW		60
#define KEYS_MAX	6

struct help_line {
	enum action action;		/* ACTION_NONE: a heading, or blank */
	const char *heading;
};

/* The part of the page that lists @p actions (NULL: none), of which line *n counts
 * from its start. @return whether it is in it; else *n is that from its end. */
static bool
help_part(const char *heading, const enum action *actions, int64_t *n, struct help_line *line)
{
	int64_t count = 0;

	for (const enum action *a = actions; a && *a; a++)
		count++;
	if (count == 0)
		return false;
	if (*n > count + 1) {
		*n -= count + 2;
		return false;
	}
	if (*n == 0)
		line->heading = heading;
	else if (*n <= count)
		line->action = actions[*n - 1];
	return true;
}

/* Line @p n of the page. @return false past the end. */
static bool
help_line(const struct help_state *st, int64_t n, struct help_line *line)
{
	const enum action *global = st->globals ? st->globals->actions : NULL;

	*line = (struct help_line){ ACTION_NONE, NULL };
	return help_part(st->ops->name, st->ops->actions, &n, line) ||
		help_part("the program", global, &n, line) ||
		help_part("everywhere", stack_actions, &n, line);
}

static int
keys_width(int width)
{
	return width < NARROW ? KEYS_NARROW : KEYS_WIDTH;
}

/* Take what fits @p width cells off the front of the help, which is ASCII. */
static struct str
take_row(struct str *help, int width)
{
	size_t room = width > 0 ? (size_t)width : 1, end = room;
	struct str row = *help;

	if (help->n > room) {
		while (end > 0 && help->p[end] != ' ')
			end--;
		row.n = end > 0 ? end : room;
	}
	*help = str_trim(str_skip(*help, row.n));
	return row;
}

static int
rows_of(const struct help_line *line, int width)
{
	struct str help = str_of(action_defs[line->action].help);
	int rows = 0;

	if (line->heading || line->action == ACTION_NONE)
		return 1;
	do {
		take_row(&help, width);
		rows++;
	} while (help.n > 0);
	return rows;
}

static void
help_open(struct view *v, const void *subject)
{
	struct help_state *st = v->state;

	st->ops = ((const struct help_subject *)subject)->ops;
	st->globals = v->stack->globals;
}

static bool
help_refresh(struct view *v)
{
	struct help_state *st = v->state;
	struct help_line line;
	int64_t rows = 0, top = st->list.top;

	for (int64_t i = 0; help_line(st, i, &line); i++)
		rows += rows_of(&line, v->width - keys_width(v->width));
	list_fit(&st->list, rows, v->height);
	return st->list.top != top;
}

static void
help_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct help_state *st = v->state;

	buf_printf(left, "Keys: %s", st->ops->name);
	if (st->list.count > st->list.height)
		list_add_position(&st->list, right);
}

/* How to do without a key what has none in this view: by its name. */
static void
add_command(const struct view *v, enum action action, struct buf *out)
{
	const struct help_state *st = v->state;

	keymap_add_keys(v->stack->keymap, st->ops->name, ACTION_COMMANDS, 1, out);
	if (out->n > 0 && action != ACTION_COMMANDS)
		buf_add_cstr(out, action_defs[action].name);
}

/* A line whose first row is row @p y, which may be above the canvas. */
static void
draw_line(const struct view *v, const struct help_line *line, struct canvas *c, int64_t y)
{
	const struct help_state *st = v->state;
	int width = canvas_width(c), x = keys_width(width);
	struct str help = str_of(action_defs[line->action].help);
	struct buf keys = BUF_INIT;

	if (line->heading && y >= 0)
		canvas_text(c, (int)y, 0, width, ROLE_HOST, str_of(line->heading));
	if (line->heading || line->action == ACTION_NONE)
		return;
	keymap_add_keys(v->stack->keymap, st->ops->name, line->action, KEYS_MAX, &keys);
	if (keys.n == 0)
		add_command(v, line->action, &keys);
	if (y >= 0)
		canvas_field(c, (int)y, 2, x - 3, ROLE_KEY, CANVAS_LEFT, buf_str(&keys));
	for (; help.n > 0 && y < canvas_height(c); y++) {
		struct str row = take_row(&help, width - x);

		if (y >= 0)
			canvas_text(c, (int)y, x, width, ROLE_NORMAL, row);
	}
	buf_release(&keys);
}

static void
help_draw(const struct view *v, struct canvas *c)
{
	const struct help_state *st = v->state;
	int room = canvas_width(c) - keys_width(canvas_width(c));
	int64_t y = -st->list.top;
	struct help_line line;

	for (int64_t i = 0; y < canvas_height(c) && help_line(st, i, &line); i++) {
		draw_line(v, &line, c, y);
		y += rows_of(&line, room);
	}
}

static enum view_result
help_act(struct view *v, enum action action)
{
	struct help_state *st = v->state;

	return list_scroll(&st->list, action) ? VIEW_HANDLED : VIEW_IGNORED;
}

const struct view_ops view_help_ops = {
	.name = "help",
	.state_size = sizeof(struct help_state),
	.actions = (const enum action[]){
		ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_HALF_UP, ACTION_HALF_DOWN, ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_PAGE_DOWN, "<Space>" },
		{ ACTION_CLOSE, "<Esc> q h H ? <F1>" },
		{ ACTION_NONE, NULL }
	},
	.open = help_open,
	.refresh = help_refresh,
	.title = help_title,
	.draw = help_draw,
	.act = help_act,
};
