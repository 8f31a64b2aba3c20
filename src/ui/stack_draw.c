/* How the open views stand on the screen: the title row, the view, the footer; and a
 * dialog in a frame over what is below it. */
#include "base/text.h"
#include "ui/stack_int.h"

#define CHROME_ROWS	2	/* title and footer */
#define TITLE_GAP	2	/* cells between the parts of a title */
#define TITLE_LEAST	20	/* that its left part keeps beside a right one */
#define HINTS_MAX	32	/* in a footer */

/* Between title and footer; a dialog in the middle of that, its frame too. */
struct stack_place
stack_place_of(const struct stack *s, const struct view *v)
{
	struct stack_place p = { 0, 0, s->height, s->width };
	int height, width;

	if (s->height > CHROME_ROWS) {
		p.y = 1;
		p.height -= CHROME_ROWS;
	}
	if (!v->ops->size || p.height <= 2 || p.width <= 2)
		return p;
	height = p.height - 2;
	width = p.width - 2;
	v->ops->size(v, &height, &width);
	height = height < 1 ? 1 : height > p.height - 2 ? p.height - 2 : height;
	width = width < 1 ? 1 : width > p.width - 2 ? p.width - 2 : width;
	p.y += (p.height - height) / 2;
	p.x += (p.width - width) / 2;
	p.height = height;
	p.width = width;
	return p;
}

/* The lowest view of which something is seen: dialogs stand over others. */
int
stack_first_seen(const struct stack *s)
{
	int i = s->count - 1;

	while (i > 0 && s->views[i]->ops->size)
		i--;
	return i;
}

static void
add_title(const struct view *v, struct buf *left, struct buf *right)
{
	if (v->ops->title)
		v->ops->title(v, left, right);
	else
		buf_add_cstr(left, v->ops->name);
}

static void
draw_title(const struct view *v, struct canvas *c)
{
	struct buf left = BUF_INIT, right = BUF_INIT;
	int width = canvas_width(c), used, n;

	add_title(v, &left, &right);
	n = text_width(buf_str(&right));
	used = text_width(buf_str(&left));
	/* The left part gives way as long as it tells something; then the right one. */
	if (n > 0 && used + TITLE_GAP + n > width) {
		used = width - TITLE_GAP - n;
		if (used < TITLE_LEAST)
			n = 0;
	}
	if (n == 0)
		used = width;
	canvas_fill(c, 0, 0, 1, width, ROLE_TITLE, " ");
	canvas_field(c, 0, 0, used, ROLE_TITLE, CANVAS_LEFT, buf_str(&left));
	canvas_text(c, 0, width - n, n, ROLE_TITLE, buf_str(&right));
	buf_release(&left);
	buf_release(&right);
}

/* The frame around @p p, with the title in it. */
static void
draw_frame(const struct view *v, const struct stack_place *p, struct canvas *c)
{
	struct canvas f = canvas_part(c, p->y - 1, p->x - 1, p->height + 2, p->width + 2);
	struct buf left = BUF_INIT, right = BUF_INIT;
	int bottom = p->height + 1, edge = p->width + 1, used, n;

	add_title(v, &left, &right);
	canvas_fill(&f, 0, 0, bottom + 1, edge + 1, ROLE_NORMAL, " ");
	canvas_hline(&f, 0, 1, p->width, ROLE_BORDER);
	canvas_hline(&f, bottom, 1, p->width, ROLE_BORDER);
	canvas_vline(&f, 1, 0, p->height, ROLE_BORDER);
	canvas_vline(&f, 1, edge, p->height, ROLE_BORDER);
	canvas_fill(&f, 0, 0, 1, 1, ROLE_BORDER, "┌");
	canvas_fill(&f, 0, edge, 1, 1, ROLE_BORDER, "┐");
	canvas_fill(&f, bottom, 0, 1, 1, ROLE_BORDER, "└");
	canvas_fill(&f, bottom, edge, 1, 1, ROLE_BORDER, "┘");
	/* Both between blanks, the left one two cells from the corner. */
	n = text_width(str_trim(buf_str(&right)));
	used = text_width(str_trim(buf_str(&left)));
	if (used > p->width - 4)
		used = p->width - 4;
	if (used > 0)
		canvas_fill(&f, 0, 2, 1, used + 2, ROLE_HOST, " ");
	canvas_field(&f, 0, 3, used, ROLE_HOST, CANVAS_LEFT, str_trim(buf_str(&left)));
	if (n > 0 && used + n + 7 <= p->width) {
		canvas_fill(&f, 0, edge - 3 - n, 1, n + 2, ROLE_HOST, " ");
		canvas_text(&f, 0, edge - 2 - n, n, ROLE_HOST, str_trim(buf_str(&right)));
	}
	buf_release(&left);
	buf_release(&right);
}

/* ---- the footer ---- */

struct hint {
	enum action action;
	const char *label;
	int x, width;		/* cells, key and label */
};

struct hints {
	struct hint list[HINTS_MAX];
	int n;
	int x;			/* where the next one goes */
};

/* The key of @p action to tell of, or the second one; nothing when it has none. */
static struct str
hint_key(const struct stack *s, enum action action, struct buf *keys)
{
	const char *view = stack_top(s)->ops->name;
	size_t first;

	buf_clear(keys);
	if (keymap_add_keys(s->keymap, view, action, 1, keys) == 0)
		return STR_NONE;
	first = keys->n + strlen(", ");
	if (s->second_hints) {
		buf_clear(keys);
		if (keymap_add_keys(s->keymap, view, action, 2, keys) == 2)
			return str_skip(buf_str(keys), first);
	}
	return buf_str(keys);
}

/* @return false when it does not fit, and what comes after it is not wanted more. */
static bool
hint_add(const struct stack *s, struct hints *hints, enum action action, const char *label)
{
	struct buf keys = BUF_INIT;
	struct str key = hint_key(s, action, &keys);
	int width = key.n > 0 ? text_width(key) + 1 + text_width(str_of(label)) : 0;
	bool fits = hints->x + width <= s->width && hints->n < HINTS_MAX;

	if (width > 0 && fits) {
		hints->list[hints->n++] = (struct hint){ action, label, hints->x, width };
		hints->x += width + 2;
	}
	buf_release(&keys);
	return fits;
}

static bool
is_among(const enum action *list, enum action action)
{
	for (; list && *list; list++)
		if (*list == action)
			return true;
	return false;
}

/* Those of @list that have a label, but for those of @but. @return as hint_add(). */
static bool
hints_add(const struct stack *s, struct hints *hints, const enum action *list,
	  const enum action *but)
{
	bool fits = true;

	for (; fits && list && *list; list++)
		if (action_defs[*list].label[0] != '\0' && !is_among(but, *list))
			fits = hint_add(s, hints, *list, action_defs[*list].label);
	return fits;
}

/* Help and the way out come first, as they must be seen in any width. */
static void
hints_lay_out(const struct stack *s, struct hints *hints)
{
	const struct view *v = stack_top(s);
	enum action leave = s->count > 1 ? ACTION_CLOSE : ACTION_QUIT;
	const enum action *wanted = v->ops->wanted ? v->ops->wanted(v) : NULL;
	bool fits;

	*hints = (struct hints){ .n = 0 };
	fits = hint_add(s, hints, ACTION_CLOSE, action_defs[leave].label);
	if (fits && v->ops != &view_help_ops)
		fits = hint_add(s, hints, ACTION_HELP, action_defs[ACTION_HELP].label);
	if (fits && hints_add(s, hints, wanted, NULL))
		hints_add(s, hints, v->ops->actions, wanted);
}

static bool
shows_hints(const struct stack *s)
{
	const struct view *v = stack_top(s);

	return v && s->height > CHROME_ROWS && s->confirming != v && s->asking != v &&
		s->notice.n == 0;
}

enum action
stack_hint_at(const struct stack *s, int x)
{
	struct hints hints;

	if (!shows_hints(s))
		return ACTION_NONE;
	hints_lay_out(s, &hints);
	for (int i = 0; i < hints.n; i++)
		if (x >= hints.list[i].x && x < hints.list[i].x + hints.list[i].width)
			return hints.list[i].action;
	return ACTION_NONE;
}

static void
draw_hints(const struct stack *s, struct canvas *c, int y)
{
	struct buf keys = BUF_INIT;
	struct hints hints;

	hints_lay_out(s, &hints);
	for (int i = 0; i < hints.n; i++) {
		const struct hint *h = &hints.list[i];
		int x = h->x + canvas_text(c, y, h->x, h->width, ROLE_KEY,
					   hint_key(s, h->action, &keys));

		canvas_text(c, y, x + 1, h->width, ROLE_HINT, str_of(h->label));
	}
	buf_release(&keys);
}

/* The question gives way to what answers it. */
static void
draw_question(const struct stack *s, struct canvas *c, int y)
{
	int width = canvas_width(c) - 4, n = text_width(buf_str(&s->question));

	n = n < width ? n : width;
	canvas_field(c, y, 0, n, ROLE_NOTICE, CANVAS_LEFT, buf_str(&s->question));
	canvas_text(c, y, n < 0 ? 0 : n + 1, 3, ROLE_KEY, STR("y/n"));
}

static void
draw_footer(const struct stack *s, struct canvas *c, int y)
{
	const struct view *v = stack_top(s);

	canvas_fill(c, y, 0, 1, canvas_width(c), ROLE_NORMAL, " ");
	if (s->confirming == v)
		draw_question(s, c, y);
	else if (s->asking == v)
		prompt_draw(&s->prompt, c, y, buf_str(&s->ask_note),
			    s->ask_error ? ROLE_ERROR : ROLE_DIM);
	else if (s->notice.n > 0)
		canvas_field(c, y, 0, canvas_width(c),
			     s->notice_error ? ROLE_ERROR : ROLE_NOTICE,
			     CANVAS_LEFT, buf_str(&s->notice));
	else
		draw_hints(s, c, y);
}

static void
draw_view(const struct stack *s, const struct view *v, struct canvas *c)
{
	struct stack_place p = stack_place_of(s, v);
	struct canvas body = canvas_part(c, p.y, p.x, p.height, p.width);

	if (v->ops->size && p.y > 0 && p.x > 0) {
		draw_frame(v, &p, c);
	} else {
		/* A dialog without room for a frame covers all. */
		canvas_fill(c, 0, 0, canvas_height(c), canvas_width(c), ROLE_NORMAL, " ");
		if (s->height > CHROME_ROWS)
			draw_title(v, c);
	}
	v->ops->draw(v, &body);
}

void
stack_draw(struct stack *s, struct canvas *c)
{
	const struct view *v = stack_top(s);
	int height = canvas_height(c);

	s->changed = false;
	canvas_clear(c);
	if (!v)
		return;
	for (int i = stack_first_seen(s); i < s->count; i++)
		draw_view(s, s->views[i], c);
	/* What is typed must be seen. */
	if (height > CHROME_ROWS || s->asking == v || s->confirming == v)
		draw_footer(s, c, height - 1);
}
