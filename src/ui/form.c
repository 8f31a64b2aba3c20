/*
 * A form is laid out in rows as wide as it is shown. Every field begins a row but
 * those that stand beside the one before; labels of texts and choices that begin
 * a row have one width, so that the values stand in a column. Boxes beside one
 * another are a grid. The window of the rows that are seen follows the field one
 * is in. The layout is made anew by form_fit() and by what changes a field: a
 * form has few.
 */
#include "ui/form.h"

#include "base/mem.h"
#include "base/text.h"

#define LABEL_GAP	2	/* cells after the labels that stand in a column */
#define BESIDE_GAP	2	/* cells between fields in a row */
#define TEXT_CELLS	40	/* a text would like to have */
#define TEXT_SHORT	16	/* a text with a field beside it */
#define TEXT_LEAST	8
#define NOTE_ROWS	4	/* a note takes at most */
#define BOX_CELLS	4	/* "[x] ", and what a button has around its label */

struct form_place {
	int row, x;
	int cells, rows;
};

/* What a layout is made for. */
struct layout {
	const struct form *f;
	struct form_place *places;
	int width;
	int label;		/* cells of the labels in a column, their gap too */
	int row;		/* the last one begun */
};

static bool
can_be(const struct form_field *fld)
{
	return !fld->disabled && fld->kind != FORM_HEADING && fld->kind != FORM_NOTE;
}

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

static int
max_int(int a, int b)
{
	return a > b ? a : b;
}

static int
label_width(const struct form_field *fld)
{
	return text_width(str_of(fld->label));
}

static bool
has_beside(const struct form *f, size_t i)
{
	return i + 1 < f->n && f->fields[i + 1].beside;
}

/* ---- layout ---- */

/* Whether the label of the field stands in the column of labels. */
static bool
in_column(const struct form *f, size_t i)
{
	const struct form_field *fld = &f->fields[i];

	return !fld->beside && (fld->kind == FORM_TEXT || fld->kind == FORM_CHOICE ||
				(fld->kind == FORM_HEADING && has_beside(f, i)));
}

static int
column_of_labels(const struct form *f, int width)
{
	int cells = 0;

	for (size_t i = 0; i < f->n; i++)
		if (in_column(f, i))
			cells = max_int(cells, label_width(&f->fields[i]));
	return cells > 0 ? min_int(cells + LABEL_GAP, width / 2) : 0;
}

/* Cells before the value of a text or choice. */
static int
value_offset(const struct form *f, size_t i, int column)
{
	int cells = label_width(&f->fields[i]);

	return in_column(f, i) ? column : cells > 0 ? cells + 1 : 0;
}

static int
choice_width(const struct form_field *fld)
{
	int widest = 0;

	for (const char *const *s = fld->choices; s && *s; s++)
		widest = max_int(widest, text_width(str_of(*s)));
	return widest + 2;
}

/* Cells a field takes when there is room. */
static int
field_width(const struct layout *l, size_t i)
{
	const struct form_field *fld = &l->f->fields[i];

	switch (fld->kind) {
	case FORM_HEADING:
		return in_column(l->f, i) ? l->label - BESIDE_GAP : label_width(fld);
	case FORM_NOTE:
		return text_width(buf_str(&fld->text));
	case FORM_TEXT:
		return value_offset(l->f, i, l->label) +
			(has_beside(l->f, i) ? TEXT_SHORT : TEXT_CELLS);
	case FORM_CHECK:
	case FORM_BUTTON:
		return label_width(fld) + BOX_CELLS;
	case FORM_CHOICE:
		return value_offset(l->f, i, l->label) + choice_width(fld);
	}
	return 0;
}

/* The end of the piece of @p text that begins at *text and takes up to @p width
 * cells, at a blank where there is one; *text is what follows. */
static struct str
take_piece(struct str *text, int width)
{
	struct str rest = *text, piece = rest, next;
	size_t blank = 0;
	char shown[5];
	int used = 0, w;

	for (next = rest; (w = text_next(&next, shown)) >= 0 && used + w <= width; rest = next) {
		used += w;
		if (rest.p[0] == ' ')
			blank = (size_t)(rest.p - text->p);
	}
	/* One character at least, however narrow it is. */
	if (rest.n == text->n && rest.n > 0)
		text_next(&rest, shown);
	piece.n -= rest.n;
	if (rest.n > 0 && blank > 0) {
		piece.n = blank;
		rest = str_skip(*text, blank + 1);
	}
	*text = rest;
	return piece;
}

static int
note_rows(const struct form_field *fld, int width)
{
	struct str text = buf_str(&fld->text);
	int rows = 0;

	do {
		take_piece(&text, width);
		rows++;
	} while (text.n > 0 && rows < NOTE_ROWS);
	return rows;
}

static void
new_row(struct layout *l, size_t i, int x, int cells)
{
	if (i > 0)
		l->row += max_int(l->places[i - 1].rows, 1);
	cells = min_int(cells, max_int(l->width - x, 0));
	l->places[i] = (struct form_place){ l->row, x, cells, 1 };
}

/* Put field @p i where it belongs, those from @p i on that are boxes beside it too.
 * @return the field after. */
static size_t
place_field(struct layout *l, size_t i)
{
	const struct form_field *fields = l->f->fields;
	int cells = field_width(l, i), column = cells, x, first;
	size_t end = i + 1;

	if (fields[i].kind == FORM_CHECK) {
		for (; end < l->f->n && fields[end].beside && fields[end].kind == FORM_CHECK; end++)
			column = max_int(column, field_width(l, end));
	}
	x = i > 0 ? l->places[i - 1].x + l->places[i - 1].cells + BESIDE_GAP : 0;
	if (!fields[i].beside) {
		new_row(l, i, 0, cells);
	} else if (x + column <= l->width || (fields[i].kind == FORM_TEXT && x +
			value_offset(l->f, i, l->label) + TEXT_LEAST <= l->width)) {
		l->places[i] = (struct form_place){ l->row, x, min_int(cells, l->width - x), 1 };
	} else {
		/* Under the values, unless it does not fit there either. */
		x = fields[i].kind != FORM_BUTTON && l->label + column <= l->width ? l->label : 0;
		new_row(l, i, x, cells);
	}
	first = l->places[i].x;
	if (fields[i].kind == FORM_TEXT && !has_beside(l->f, i))
		l->places[i].cells = l->width - first;
	for (size_t k = i + 1; k < end; k++) {
		x = l->places[k - 1].x + column + BESIDE_GAP;
		cells = field_width(l, k);
		if (x + column <= l->width)
			l->places[k] = (struct form_place){ l->row, x, cells, 1 };
		else
			new_row(l, k, first, cells);
	}
	return end;
}

/* @return how many rows it takes. */
static int
lay_out(const struct form *f, struct form_place *places, int width)
{
	struct layout l = { f, places, max_int(width, 1), 0, 0 };

	l.label = column_of_labels(f, l.width);
	for (size_t i = 0; i < f->n;) {
		size_t at = i;

		i = place_field(&l, i);
		if (f->fields[at].kind == FORM_NOTE && !f->fields[at].beside && !has_beside(f, at))
			places[at].rows = note_rows(&f->fields[at], l.width);
	}
	return f->n > 0 ? l.row + places[f->n - 1].rows : 0;
}

static bool
has_help(const struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->fields[i].help)
			return true;
	return false;
}

void
form_size(const struct form *f, int *height, int *width)
{
	struct form_place *places = xcalloc(f->n + 1, sizeof(*places));
	int widest = 1, rows;

	*width = min_int(*width, FORM_WIDTH);
	rows = lay_out(f, places, *width);
	for (size_t i = 0; i < f->n; i++) {
		widest = max_int(widest, places[i].x + places[i].cells);
		if (f->fields[i].help)
			widest = max_int(widest, text_width(str_of(f->fields[i].help)));
	}
	*width = min_int(*width, widest);
	*height = min_int(*height, rows + has_help(f));
	free(places);
}

/* ---- fields ---- */

void
form_release(struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_release(&f->fields[i].text);
	free(f->fields);
	free(f->places);
	prompt_release(&f->prompt);
	*f = (struct form){ .fields = NULL };
}

/* Rows there are for the fields. */
static int
body_rows(const struct form *f)
{
	return f->height > 1 && has_help(f) ? f->height - 1 : f->height;
}

/* Whether there is no field before (or after) @p i in which one can be. */
static bool
is_outermost(const struct form *f, size_t i, bool first)
{
	for (size_t k = first ? 0 : i + 1; k < (first ? i : f->n); k++)
		if (can_be(&f->fields[k]))
			return false;
	return true;
}

/* Lay it out, and show the field one is in; with the first of them what stands
 * above it, with the last what stands below. */
static void
update(struct form *f)
{
	int rows, body = max_int(body_rows(f), 1), most, row;

	if (f->width <= 0)
		return;
	rows = lay_out(f, f->places, f->width);
	most = max_int(rows - body, 0);
	if (f->n == 0)
		return;
	row = f->places[f->at].row;
	if (is_outermost(f, f->at, false))
		f->top = most;
	if (is_outermost(f, f->at, true))
		f->top = 0;
	f->top = min_int(max_int(f->top, row - body + 1), min_int(row, most));
}

static void
enter(struct form *f, size_t i)
{
	f->at = i;
	if (f->fields[i].kind == FORM_TEXT)
		prompt_start(&f->prompt, "", NULL, buf_str(&f->fields[i].text));
}

size_t
form_add(struct form *f, enum form_kind kind, const char *label, const char *help)
{
	ARRAY_GROW(f->fields, f->cap, f->n + 1);
	ARRAY_GROW(f->places, f->places_cap, f->n + 1);
	f->fields[f->n] = (struct form_field){ .kind = kind, .label = label, .help = help };
	f->n++;
	if (can_be(&f->fields[f->n - 1]) && (f->n == 1 || !can_be(&f->fields[f->at])))
		enter(f, f->n - 1);
	update(f);
	return f->n - 1;
}

size_t
form_add_beside(struct form *f, enum form_kind kind, const char *label, const char *help)
{
	size_t i = form_add(f, kind, label, help);

	f->fields[i].beside = true;
	update(f);
	return i;
}

size_t
form_add_choice(struct form *f, const char *label, const char *const *choices, int choice,
		const char *help)
{
	size_t i = form_add(f, FORM_CHOICE, label, help);

	f->fields[i].choices = choices;
	f->fields[i].choice = choice;
	update(f);
	return i;
}

void
form_set_text(struct form *f, size_t i, struct str text)
{
	struct form_field *fld = &f->fields[i];
	struct buf copy = BUF_INIT;

	buf_add_str(&copy, fld->kind == FORM_TEXT ? str_sub(text, 0, PROMPT_MAX) : text);
	buf_release(&fld->text);
	fld->text = copy;
	if (i == f->at)
		enter(f, i);
	update(f);
}

struct str
form_text(const struct form *f, size_t i)
{
	return buf_str(&f->fields[i].text);
}

void
form_go(struct form *f, size_t i)
{
	size_t to = i;

	while (to < f->n && !can_be(&f->fields[to]))
		to++;
	while (to >= f->n || !can_be(&f->fields[to])) {
		if (to == 0)
			return;
		to--;
	}
	if (to != f->at)
		enter(f, to);
	update(f);
}

void
form_fit(struct form *f, int height, int width)
{
	f->height = height;
	f->width = width;
	if (f->n > 0 && !can_be(&f->fields[f->at]))
		form_go(f, f->at);
	update(f);
}

/* ---- keys ---- */

/* To the next field, or the one before; round at the ends. */
static enum form_result
step(struct form *f, bool forward)
{
	size_t i = f->at;

	do {
		i = forward ? (i + 1) % f->n : (i + f->n - 1) % f->n;
	} while (i != f->at && !can_be(&f->fields[i]));
	form_go(f, i);
	return FORM_MOVED;
}

static int
distance(const struct form_place *a, const struct form_place *b)
{
	int d = a->x - b->x;

	return d < 0 ? -d : d;
}

/* The nearest field of the next row that has one, or the row before; or SIZE_MAX. */
static size_t
row_neighbour(const struct form *f, bool down)
{
	const struct form_place *from = &f->places[f->at];
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < f->n; i++) {
		const struct form_place *p = &f->places[i], *b;

		if (!can_be(&f->fields[i]) || (down ? p->row <= from->row : p->row >= from->row))
			continue;
		b = best < f->n ? &f->places[best] : NULL;
		if (!b || (down ? p->row < b->row : p->row > b->row) ||
		    (p->row == b->row && distance(p, from) < distance(b, from)))
			best = i;
	}
	return best;
}

static enum form_result
step_row(struct form *f, bool down)
{
	size_t i = row_neighbour(f, down);

	if (i == SIZE_MAX)
		return step(f, down);
	form_go(f, i);
	return FORM_MOVED;
}

static enum form_result
step_page(struct form *f, bool down)
{
	size_t to;

	for (int i = 1; i < body_rows(f) && (to = row_neighbour(f, down)) != SIZE_MAX; i++)
		form_go(f, to);
	return FORM_MOVED;
}

static enum form_result
press_first(struct form *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->fields[i].kind == FORM_BUTTON && can_be(&f->fields[i])) {
			form_go(f, i);
			return FORM_PRESSED;
		}
	}
	return step(f, true);
}

static enum form_result
leave_text(struct form *f)
{
	for (size_t i = f->at + 1; i < f->n; i++)
		if (f->fields[i].kind == FORM_TEXT && can_be(&f->fields[i]))
			return step(f, true);
	return press_first(f);
}

static enum form_result
text_key(struct form *f, struct key key)
{
	struct form_field *fld = &f->fields[f->at];

	switch (prompt_key(&f->prompt, key)) {
	case PROMPT_IGNORED:
		break;
	case PROMPT_MOVED:
		return FORM_MOVED;
	case PROMPT_CHANGED:
		buf_clear(&fld->text);
		buf_add_str(&fld->text, buf_str(&f->prompt.text));
		update(f);
		return FORM_CHANGED;
	case PROMPT_TAKEN:
		return leave_text(f);
	case PROMPT_CANCELLED:
		/* Rubbing out more than there is, is no wish to leave. */
		return key.code == KEYCODE_BACKSPACE || key.code == 'H' ? FORM_MOVED :
			FORM_CANCELLED;
	}
	return FORM_IGNORED;
}

static enum form_result
choose(struct form *f, bool forward)
{
	struct form_field *fld = &f->fields[f->at];
	int n = 0;

	while (fld->choices && fld->choices[n])
		n++;
	if (n < 2)
		return FORM_MOVED;
	fld->choice = (fld->choice + (forward ? 1 : n - 1)) % n;
	return FORM_CHANGED;
}

/* A key in what is no text. */
static enum form_result
other_key(struct form *f, uint32_t code)
{
	struct form_field *fld = &f->fields[f->at];
	bool choice = fld->kind == FORM_CHOICE;

	switch (code) {
	case ' ':
		if (choice)
			return choose(f, true);
		if (fld->kind == FORM_BUTTON)
			return FORM_PRESSED;
		fld->choice = !fld->choice;
		return FORM_CHANGED;
	case KEYCODE_ENTER:
		return fld->kind == FORM_BUTTON ? FORM_PRESSED : FORM_IGNORED;
	case KEYCODE_LEFT:
	case KEYCODE_RIGHT:
		return choice ? choose(f, code == KEYCODE_RIGHT) : step(f, code == KEYCODE_RIGHT);
	case KEYCODE_HOME:
		form_go(f, 0);
		return FORM_MOVED;
	case KEYCODE_END:
		form_go(f, f->n - 1);
		return FORM_MOVED;
	default:
		return FORM_IGNORED;
	}
}

enum form_result
form_key(struct form *f, struct key key)
{
	if (f->n > 0 && !can_be(&f->fields[f->at]))
		form_go(f, f->at);
	if (key_eq(key, (struct key){ KEYCODE_ESC, 0 }))
		return FORM_CANCELLED;
	if (f->n == 0 || !can_be(&f->fields[f->at]))
		return FORM_IGNORED;
	if (key.code == KEYCODE_TAB && (key.mods & ~KEY_MOD_SHIFT) == 0)
		return step(f, key.mods == 0);
	if (key.mods == 0) {
		switch (key.code) {
		case KEYCODE_UP:
		case KEYCODE_DOWN:
			return step_row(f, key.code == KEYCODE_DOWN);
		case KEYCODE_PAGE_UP:
		case KEYCODE_PAGE_DOWN:
			return step_page(f, key.code == KEYCODE_PAGE_DOWN);
		default:
			break;
		}
	}
	if (f->fields[f->at].kind == FORM_TEXT)
		return text_key(f, key);
	return key.mods == 0 ? other_key(f, key.code) : FORM_IGNORED;
}

/* ---- the mouse ---- */

/* The field that has the cell, or SIZE_MAX. */
static size_t
field_at(const struct form *f, int y, int x)
{
	if (y < 0 || y >= body_rows(f))
		return SIZE_MAX;
	for (size_t i = 0; i < f->n; i++) {
		const struct form_place *p = &f->places[i];
		int row = y + f->top - p->row;

		if (row >= 0 && row < p->rows && x >= p->x && x < p->x + p->cells)
			return i;
	}
	return SIZE_MAX;
}

static int
offset_of_value(const struct form *f, size_t i)
{
	return value_offset(f, i, column_of_labels(f, f->width));
}

/* Put the cursor of the text one is in at cell @p x of what is shown of it. */
static void
click_text(struct form *f, int x)
{
	struct prompt *p = &f->prompt;
	struct str rest = buf_str(&p->text), next = rest;
	char shown[5];
	int used = 0, w;

	/* One that was scrolled is left as it is: its end is what one sees. */
	if (x < 0 || text_width(rest) >= f->places[f->at].cells - offset_of_value(f, f->at))
		return;
	while ((w = text_next(&next, shown)) >= 0 && (used + w <= x || w == 0)) {
		used += w;
		rest = next;
	}
	p->at = p->text.n - rest.n;
}

enum form_result
form_mouse(struct form *f, const struct mouse *m)
{
	size_t i;

	if (f->n == 0 || f->width <= 0)
		return FORM_IGNORED;
	if (m->kind == MOUSE_WHEEL_UP || m->kind == MOUSE_WHEEL_DOWN)
		return step_row(f, m->kind == MOUSE_WHEEL_DOWN);
	i = field_at(f, m->y, m->x);
	/* Its press was answered already. */
	if (i >= f->n || !can_be(&f->fields[i]) || m->kind == MOUSE_DOUBLE)
		return FORM_IGNORED;
	form_go(f, i);
	switch (f->fields[i].kind) {
	case FORM_TEXT:
		click_text(f, m->x - f->places[i].x - offset_of_value(f, i));
		return FORM_MOVED;
	case FORM_CHECK:
	case FORM_CHOICE:
	case FORM_BUTTON:
		return other_key(f, ' ');
	case FORM_HEADING:
	case FORM_NOTE:
		break;
	}
	return FORM_MOVED;
}

/* ---- drawing ---- */

/* @p part begins at the first row that is seen, which is row @p skip of it. */
static void
draw_note(const struct form_field *fld, const struct form_place *p, int skip,
	  struct canvas *part)
{
	struct str text = buf_str(&fld->text);

	for (int y = 0; y < p->rows && text.n > 0; y++) {
		bool last = y + 1 == p->rows;
		struct str piece = last ? text : take_piece(&text, p->cells);

		canvas_field(part, y - skip, 0, canvas_width(part), fld->role, CANVAS_LEFT, piece);
	}
}

/* Where a text can be typed is seen by the line it stands on. */
static void
draw_text(const struct form *f, size_t i, struct canvas *c)
{
	const struct form_field *fld = &f->fields[i];
	int width = canvas_width(c), used = text_width(buf_str(&fld->text));

	if (i != f->at || fld->disabled) {
		canvas_fill(c, 0, 0, 1, width, ROLE_DIM, fld->disabled ? " " : "_");
		canvas_field(c, 0, 0, min_int(width, used), fld->disabled ? ROLE_DIM : ROLE_NORMAL,
			     CANVAS_LEFT, buf_str(&fld->text));
		return;
	}
	prompt_draw(&f->prompt, c, 0, STR(""), ROLE_NORMAL);
	used += f->prompt.at == f->prompt.text.n;
	if (used < width)
		canvas_fill(c, 0, used, 1, width - used, ROLE_DIM, "_");
}

static void
draw_value(const struct form *f, size_t i, struct canvas *part, enum role role)
{
	const struct form_field *fld = &f->fields[i];
	int x = offset_of_value(f, i), width = canvas_width(part) - x;
	struct canvas value = canvas_part(part, 0, x, 1, width);

	canvas_text(part, 0, 0, max_int(x - 1, 0), i == f->at ? ROLE_KEY : role,
		    str_of(fld->label));
	if (fld->kind == FORM_TEXT) {
		draw_text(f, i, &value);
	} else if (fld->choices) {
		const char *text = fld->choices[fld->choice];

		role = i == f->at ? ROLE_CURSOR : role;
		width = canvas_text(&value, 0, 0, width, role, STR("<"));
		width += canvas_text(&value, 0, width, canvas_width(&value) - width - 1, role,
				     str_of(text));
		canvas_text(&value, 0, width, 1, role, STR(">"));
	}
}

static void
draw_field(const struct form *f, size_t i, struct canvas *c)
{
	const struct form_field *fld = &f->fields[i];
	const struct form_place *p = &f->places[i];
	bool here = i == f->at && can_be(fld);
	enum role role = fld->disabled ? ROLE_DIM : ROLE_NORMAL;
	struct canvas part = canvas_part(c, p->row - f->top, p->x, p->rows, p->cells);
	int width = canvas_width(&part), x;

	switch (fld->kind) {
	case FORM_HEADING:
		canvas_text(&part, 0, 0, width, fld->disabled ? ROLE_DIM : ROLE_HOST,
			    str_of(fld->label));
		break;
	case FORM_NOTE:
		draw_note(fld, p, max_int(f->top - p->row, 0), &part);
		break;
	case FORM_TEXT:
	case FORM_CHOICE:
		draw_value(f, i, &part, role);
		break;
	case FORM_CHECK:
		x = canvas_text(&part, 0, 0, width, here ? ROLE_CURSOR : role,
				fld->choice ? STR("[x]") : STR("[ ]"));
		canvas_field(&part, 0, x + 1, width - x - 1, here ? ROLE_KEY : role, CANVAS_LEFT,
			     str_of(fld->label));
		break;
	case FORM_BUTTON:
		canvas_printf(&part, 0, 0, width, here ? ROLE_CURSOR : role, "[ %s ]", fld->label);
		break;
	}
}

void
form_draw(const struct form *f, struct canvas *c)
{
	int body = body_rows(f), rows;
	struct canvas part = canvas_part(c, 0, 0, body, canvas_width(c));
	const char *help = f->n > 0 ? f->fields[f->at].help : NULL;

	if (f->n == 0 || f->width <= 0)
		return;
	for (size_t i = 0; i < f->n; i++) {
		const struct form_place *p = &f->places[i];

		if (p->row < f->top + body && p->row + p->rows > f->top)
			draw_field(f, i, &part);
	}
	rows = f->places[f->n - 1].row + f->places[f->n - 1].rows;
	if (f->top > 0)
		canvas_text(&part, 0, f->width - 1, 1, ROLE_BORDER, STR("▲"));
	if (rows > f->top + body && body > 0)
		canvas_text(&part, body - 1, f->width - 1, 1, ROLE_BORDER, STR("▼"));
	if (body < f->height && help)
		canvas_field(c, f->height - 1, 0, f->width, ROLE_DIM, CANVAS_LEFT, str_of(help));
}
