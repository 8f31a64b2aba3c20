/* The keys of a view, made from the table of actions, the keymap and what the
 * view says it handles. Lines are text, laid out anew at each drawing: there
 * are a few dozen. */
#include "ui/list.h"
#include "ui/stack.h"

struct help_state {
	const struct view_ops *ops;	/* of the view that is explained */
	const struct stack_globals *globals;
	struct list list;
};

#define KEYS_WIDTH	24
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
	int64_t count = 0, top = st->list.top;

	while (help_line(st, count, &line))
		count++;
	list_fit(&st->list, count, v->height);
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

static void
help_draw(const struct view *v, struct canvas *c)
{
	const struct help_state *st = v->state;
	int width = canvas_width(c), keys_width = width / 2 < KEYS_WIDTH ? width / 2 : KEYS_WIDTH;
	struct buf keys = BUF_INIT;
	struct help_line line;

	for (int y = 0; y < canvas_height(c) && help_line(st, st->list.top + y, &line); y++) {
		if (line.heading) {
			canvas_text(c, y, 0, width, ROLE_HOST, str_of(line.heading));
			continue;
		}
		if (line.action == ACTION_NONE)
			continue;
		buf_clear(&keys);
		keymap_add_keys(v->stack->keymap, st->ops->name, line.action, KEYS_MAX, &keys);
		canvas_field(c, y, 2, keys_width - 3, ROLE_KEY, CANVAS_LEFT, buf_str(&keys));
		canvas_text(c, y, keys_width, width, ROLE_NORMAL,
			    str_of(action_defs[line.action].help));
	}
	buf_release(&keys);
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
