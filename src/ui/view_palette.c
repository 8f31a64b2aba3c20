/*
 * All that can be done in the view below, by name. One types a part of the name, or of
 * what help says; the list holds what has all the words typed, the better matches
 * first, and of equal ones those used last. The names that were run are kept in the
 * history of STACK_ASK_COMMAND.
 */
#include "base/text.h"
#include "ui/list.h"
#include "ui/stack.h"

#define WIDTH		78	/* cells it would like */
#define WIDE		60	/* from here on there is room for what help says */
#define NAME_CELLS	20
#define KEYS_CELLS	14
#define KEYS_MAX	2
#define HEAD_ROWS	1

/* How well an entry has what was typed, the best first. */
enum rank {
	RANK_NAME,		/* the name begins with it */
	RANK_WORD,		/* a word of the name does */
	RANK_INSIDE,		/* somewhere in the name */
	RANK_HELP,		/* in the sentence */
	RANK_LETTERS,		/* its letters in this order in the name */
	RANK_NONE,
};

struct entry {
	enum action action;
	int age;		/* runs since, 0 the last one; -1: never */
};

struct palette_state {
	const struct view_ops *below;
	struct prompt prompt;
	struct entry all[ACTION_COUNT];
	int n;
	int shown[ACTION_COUNT];	/* of all, as listed */
	struct list list;
};

static bool
is_word_start(struct str s, size_t at)
{
	return at == 0 || s.p[at - 1] == '-' || s.p[at - 1] == ' ';
}

/* Where @p part is in @p s, at the start of a word if there is such a place; s.n: nowhere. */
static size_t
find_part(struct str s, struct str part)
{
	size_t found = s.n;

	for (size_t i = 0; i + part.n <= s.n; i++) {
		if (!str_starts_ci(str_skip(s, i), part))
			continue;
		if (is_word_start(s, i))
			return i;
		if (found == s.n)
			found = i;
	}
	return found;
}

static bool
has_letters(struct str s, struct str letters)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < letters.n; i++)
		n += ascii_lower(s.p[i]) == ascii_lower(letters.p[n]);
	return n == letters.n;
}

static enum rank
rank_word(enum action action, struct str word)
{
	struct str name = str_of(action_defs[action].name), help = str_of(action_defs[action].help);
	size_t at = find_part(name, word);

	if (at == 0)
		return RANK_NAME;
	if (at < name.n)
		return is_word_start(name, at) ? RANK_WORD : RANK_INSIDE;
	if (find_part(help, word) < help.n)
		return RANK_HELP;
	return has_letters(name, word) ? RANK_LETTERS : RANK_NONE;
}

/* As its worst word. */
static enum rank
rank_of(enum action action, struct str typed)
{
	enum rank worst = RANK_NAME;
	struct str word;

	while (str_cut_word(&typed, &word)) {
		enum rank rank = rank_word(action, word);

		worst = rank > worst ? rank : worst;
	}
	return worst;
}

static bool
comes_before(const struct entry *a, enum rank a_rank, const struct entry *b, enum rank b_rank)
{
	if (a_rank != b_rank)
		return a_rank < b_rank;
	if (a->age >= 0 && b->age >= 0)
		return a->age < b->age;
	return a->age >= 0 && b->age < 0;
}

/* There are some dozens: sorted by insertion, which leaves equal ones in the order of
 * the view. */
static void
narrow(struct palette_state *st)
{
	struct str typed = buf_str(&st->prompt.text);
	enum rank ranks[ACTION_COUNT];
	int n = 0;

	for (int i = 0; i < st->n; i++) {
		enum rank rank = rank_of(st->all[i].action, typed);
		int at = n;

		if (rank == RANK_NONE)
			continue;
		while (at > 0 && comes_before(&st->all[i], rank, &st->all[st->shown[at - 1]],
					      ranks[at - 1])) {
			st->shown[at] = st->shown[at - 1];
			ranks[at] = ranks[at - 1];
			at--;
		}
		st->shown[at] = i;
		ranks[at] = rank;
		n++;
	}
	list_fit(&st->list, n, st->list.height);
}

static enum action
action_at(const struct palette_state *st, int64_t row)
{
	return row < st->list.count ? st->all[st->shown[row]].action : ACTION_NONE;
}

static bool
is_movement(enum action action)
{
	return action >= ACTION_MOVE_UP && action <= ACTION_RIGHT;
}

/* Add the movements among @p actions, or all but them. */
static void
add_actions(struct palette_state *st, const struct stack *s, const enum action *actions,
	    bool movements)
{
	const struct prompt_history *used = &s->asked[STACK_ASK_COMMAND];

	for (const enum action *a = actions; a && *a; a++) {
		struct entry *e = &st->all[st->n];
		bool known = *a == ACTION_COMMANDS || is_movement(*a) != movements ||
			(*a == ACTION_HELP && st->below == &view_help_ops);

		for (int i = 0; i < st->n; i++)
			known |= st->all[i].action == *a;
		if (known)
			continue;
		*e = (struct entry){ .action = *a, .age = -1 };
		for (size_t i = 0; i < used->n; i++)
			if (str_eq(buf_str(&used->lines[i]), str_of(action_defs[*a].name)))
				e->age = (int)(used->n - 1 - i);
		st->n++;
	}
}

static void
palette_open(struct view *v, const void *subject)
{
	struct palette_state *st = v->state;
	const struct stack *s = v->stack;

	st->below = ((const struct palette_subject *)subject)->ops;
	prompt_start(&st->prompt, ":", NULL, STR(""));
	add_actions(st, s, st->below->actions, false);
	if (s->globals)
		add_actions(st, s, s->globals->actions, false);
	add_actions(st, s, stack_actions, false);
	/* Whose keys are in everybody's hands. */
	add_actions(st, s, st->below->actions, true);
	narrow(st);
}

static void
palette_close(struct view *v)
{
	struct palette_state *st = v->state;

	prompt_release(&st->prompt);
}

static void
palette_size(const struct view *v, int *height, int *width)
{
	const struct palette_state *st = v->state;

	/* Not by what is listed: it must not jump while one types. */
	*width = *width < WIDTH ? *width : WIDTH;
	if (st->n + HEAD_ROWS < *height)
		*height = st->n + HEAD_ROWS;
}

/* Without room beside the names, what help says of one stands in the last row. */
static int
tail_rows(const struct view *v)
{
	return v->width < WIDE && v->height > HEAD_ROWS + 2;
}

static bool
palette_refresh(struct view *v)
{
	struct palette_state *st = v->state;
	int64_t top = st->list.top;

	list_fit(&st->list, st->list.count, v->height - HEAD_ROWS - tail_rows(v));
	return st->list.top != top;
}

static void
palette_title(const struct view *v, struct buf *left, struct buf *right)
{
	const struct palette_state *st = v->state;

	buf_printf(left, "Commands: %s", st->below->name);
	list_add_position(&st->list, right);
}

static void
draw_entry(const struct view *v, struct canvas *c, int y, enum action action, bool at_cursor)
{
	const struct palette_state *st = v->state;
	int width = canvas_width(c), keys_x = NAME_CELLS + 1, help_x = keys_x + KEYS_CELLS + 1;
	struct buf keys = BUF_INIT;

	keymap_add_keys(v->stack->keymap, st->below->name, action, KEYS_MAX, &keys);
	canvas_text(c, y, 0, width, ROLE_NORMAL, str_of(action_defs[action].name));
	if (width < WIDE) {
		canvas_text(c, y, keys_x, width - keys_x, ROLE_KEY, buf_str(&keys));
	} else {
		canvas_field(c, y, keys_x, KEYS_CELLS, ROLE_KEY, CANVAS_LEFT, buf_str(&keys));
		canvas_field(c, y, help_x, width - help_x, ROLE_NORMAL, CANVAS_LEFT,
			     str_of(action_defs[action].help));
	}
	if (at_cursor)
		canvas_paint(c, y, 0, width, ROLE_CURSOR);
	buf_release(&keys);
}

static void
palette_draw(const struct view *v, struct canvas *c)
{
	const struct palette_state *st = v->state;
	const struct list *l = &st->list;
	int height = canvas_height(c), width = canvas_width(c);

	prompt_draw(&st->prompt, c, 0, STR(""), ROLE_DIM);
	for (int y = 0; y < l->height && l->top + y < l->count && HEAD_ROWS + y < height; y++)
		draw_entry(v, c, HEAD_ROWS + y, action_at(st, l->top + y), l->top + y == l->cursor);
	if (l->count == 0)
		canvas_text(c, HEAD_ROWS, 0, width, ROLE_DIM, STR("Nothing is called so."));
	else if (tail_rows(v))
		canvas_field(c, height - 1, 0, width, ROLE_DIM, CANVAS_LEFT,
			     str_of(action_defs[action_at(st, l->cursor)].help));
}

/* ---- acting ---- */

static void
run(struct view *v)
{
	struct palette_state *st = v->state;
	enum action action = action_at(st, st->list.cursor);

	if (action == ACTION_NONE)
		return;
	prompt_history_add(&v->stack->asked[STACK_ASK_COMMAND], str_of(action_defs[action].name));
	stack_act_below(v->stack, v, action);
}

/* What all names that begin with the text have in common; when that is no more than
 * the text, the name the cursor is on. */
static void
complete(struct palette_state *st)
{
	struct str typed = buf_str(&st->prompt.text), common = STR_NONE;
	bool some = false;

	for (int i = 0; i < st->n; i++) {
		struct str name = str_of(action_defs[st->all[i].action].name);
		size_t n = 0;

		if (!str_starts_ci(name, typed))
			continue;
		while (some && n < common.n && n < name.n && common.p[n] == name.p[n])
			n++;
		common = some ? str_sub(common, 0, n) : name;
		some = true;
	}
	if (common.n <= typed.n)
		common = str_of(action_defs[action_at(st, st->list.cursor)].name);
	if (st->list.count > 0)
		prompt_start(&st->prompt, ":", NULL, common);
	narrow(st);
	list_go(&st->list, 0);
}

static bool
palette_key(struct view *v, struct key key)
{
	struct palette_state *st = v->state;
	enum action action = keymap_find(v->stack->keymap, v->ops->name, key);
	bool letter = key.mods == 0 && key.code < KEYCODE_UP;

	/* What a line being typed would make something else of. */
	if (!letter && (is_movement(action) || action == ACTION_OPEN))
		return false;
	if (key.code == KEYCODE_TAB && key.mods == 0) {
		complete(st);
		return true;
	}
	switch (prompt_key(&st->prompt, key)) {
	case PROMPT_MOVED:
		return true;
	case PROMPT_CHANGED:
		narrow(st);
		list_go(&st->list, 0);
		return true;
	case PROMPT_TAKEN:
		run(v);
		return true;
	case PROMPT_CANCELLED:
		stack_close(v->stack, v);
		return true;
	case PROMPT_IGNORED:
		break;
	}
	/* A key of a view below would do there what is not seen. */
	return !(key.mods & KEY_MOD_ALT) && action != ACTION_HELP && action != ACTION_REDRAW;
}

static enum view_result
palette_act(struct view *v, enum action action)
{
	struct palette_state *st = v->state;

	if (list_act(&st->list, action))
		return VIEW_HANDLED;
	if (action != ACTION_OPEN)
		return VIEW_IGNORED;
	run(v);
	return VIEW_HANDLED;
}

static enum view_result
palette_mouse(struct view *v, const struct mouse *m)
{
	struct palette_state *st = v->state;

	if (!mouse_is_click(m) || !list_click(&st->list, m->y - HEAD_ROWS))
		return VIEW_IGNORED;
	return m->kind == MOUSE_DOUBLE ? palette_act(v, ACTION_OPEN) : VIEW_HANDLED;
}

const struct view_ops view_palette_ops = {
	.name = "palette",
	.state_size = sizeof(struct palette_state),
	.actions = (const enum action[]){
		ACTION_OPEN, ACTION_MOVE_UP, ACTION_MOVE_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN,
		ACTION_FIRST, ACTION_LAST, ACTION_NONE
	},
	.keys = (const struct view_keys[]){
		{ ACTION_MOVE_UP, "<Up> <C-P>" },
		{ ACTION_MOVE_DOWN, "<Down> <C-N>" },
		{ ACTION_FIRST, "<C-Home>" },
		{ ACTION_LAST, "<C-End>" },
		/* These are typed, or keys of a line. */
		{ ACTION_NONE, "k j g G q Q K ? h H a c C p : / [ ] n N r R S o O y" },
		{ ACTION_NONE, "<Home> <End> <C-A> <C-E> <C-B> <C-F> <C-U> <C-D>" },
		/* And these would do in the view below what is not seen. */
		{ ACTION_NONE, "<F2> <F6> <F8> <C-O>" },
		{ ACTION_NONE, NULL }
	},
	.open = palette_open,
	.close = palette_close,
	.refresh = palette_refresh,
	.size = palette_size,
	.title = palette_title,
	.draw = palette_draw,
	.act = palette_act,
	.key = palette_key,
	.mouse = palette_mouse,
};
