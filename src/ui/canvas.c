/*
 * The grid is one array of cells, row after row. A canvas and its parts share
 * it: a part is an offset and a smaller size with the same stride.
 *
 * Invariant: a cell of width 2 is followed in its row by one of width 0, and
 * each cell of width 0 follows one of width 2. Whatever overwrites one half
 * blanks the other (cell_split), also where the other half lies outside the
 * part that is drawn on; parts therefore begin and end anywhere.
 */
#include <stdarg.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/canvas.h"

static const struct cell cell_blank = { " ", 1, ROLE_NORMAL };

static int
clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

struct canvas *
canvas_new(int height, int width)
{
	struct canvas *c = xcalloc(1, sizeof(*c));

	canvas_resize(c, height, width);
	return c;
}

void
canvas_free(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

void
canvas_resize(struct canvas *c, int height, int width)
{
	c->height = clamp(height, 1, CANVAS_MAX_HEIGHT);
	c->width = clamp(width, 1, CANVAS_MAX_WIDTH);
	c->stride = c->width;
	c->cells = xreallocarray(c->cells, (size_t)c->height * (size_t)c->width,
				 sizeof(*c->cells));
	canvas_clear(c);
}

static struct cell *
cell_at(const struct canvas *c, int y, int x)
{
	return c->cells + (ptrdiff_t)y * c->stride + x;
}

const struct cell *
canvas_at(const struct canvas *c, int y, int x)
{
	if (y < 0 || x < 0 || y >= c->height || x >= c->width)
		return NULL;
	return cell_at(c, y, x);
}

struct canvas
canvas_part(const struct canvas *c, int y, int x, int height, int width)
{
	int64_t bottom = (int64_t)y + height, right = (int64_t)x + width;
	struct canvas part = { c->cells, c->stride, 0, 0, c->ascii };
	int top = y < 0 ? 0 : y, left = x < 0 ? 0 : x;

	if (bottom > c->height)
		bottom = c->height;
	if (right > c->width)
		right = c->width;
	if (bottom <= top || right <= left)
		return part;
	part.cells = cell_at(c, top, left);
	part.height = (int)bottom - top;
	part.width = (int)right - left;
	return part;
}

/* Make the cell free to be written: a wide character of which it is one half
 * loses the other half too. The neighbour of a half is in the same row. */
static void
cell_split(struct cell *cell)
{
	if (cell->width == 2) {
		memcpy(cell[1].text, " ", 2);
		cell[1].width = 1;
	} else if (cell->width == 0) {
		memcpy(cell[-1].text, " ", 2);
		cell[-1].width = 1;
	}
	cell->width = 1;
}

static void
cell_put(struct cell *cell, const char *text, int width, enum role role)
{
	cell_split(cell);
	if (width == 2)
		cell_split(cell + 1);
	memset(cell->text, 0, sizeof(cell->text));
	memcpy(cell->text, text, strlen(text));
	cell->width = (uint8_t)width;
	cell->role = (uint8_t)role;
	if (width == 2) {
		memset(cell[1].text, 0, sizeof(cell[1].text));
		cell[1].width = 0;
		cell[1].role = (uint8_t)role;
	}
}

/* Put text of one or two cells at a place that may be outside. Where one half
 * of a wide one is outside, the other is blank. */
static void
put(struct canvas *c, int y, int64_t x, const char *text, int width, enum role role)
{
	if (y < 0 || y >= c->height || x + width <= 0 || x >= c->width)
		return;
	if (x < 0)
		cell_put(cell_at(c, y, 0), " ", 1, role);
	else if (x + width > c->width)
		cell_put(cell_at(c, y, (int)x), " ", 1, role);
	else
		cell_put(cell_at(c, y, (int)x), text, width, role);
}

/* Add a combining character to what is at x. */
static void
put_mark(struct canvas *c, int y, int64_t x, const char *mark)
{
	size_t n = strlen(mark), used;
	struct cell *cell;

	if (y < 0 || y >= c->height || x < 0 || x >= c->width)
		return;
	cell = cell_at(c, y, (int)x);
	used = strlen(cell->text);
	if (cell->width > 0 && used + n < sizeof(cell->text))
		memcpy(cell->text + used, mark, n + 1);
}

/* What an ASCII canvas shows for a character that is not ASCII. */
static const char *
ascii_for(const char *shown)
{
	static const struct { const char *from, *to; } table[] = {
		{ "─", "-" }, { "━", "=" }, { "═", "=" }, { "╌", "-" }, { "┄", "-" },
		{ "│", "|" }, { "┃", "|" }, { "║", "|" }, { "┊", ":" }, { "┆", ":" },
		{ "←", "<" }, { "→", ">" }, { "◀", "<" }, { "▶", ">" }, { "◂", "<" },
		{ "▸", ">" }, { "↑", "^" }, { "↓", "v" }, { "▲", "^" }, { "▼", "v" },
		{ "…", "~" }, { "–", "-" }, { "—", "-" }, { "·", "." }, { "•", "*" },
		{ "✓", "+" }, { "✗", "x" }, { "█", "#" }, { "░", "." }, { "×", "x" },
	};
	const unsigned char *u = (const unsigned char *)shown;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i].from, shown) == 0)
			return table[i].to;
	/* The corners and crossings of U+2500 to U+257F. */
	if (u[0] == 0xe2 && (u[1] == 0x94 || u[1] == 0x95))
		return "+";
	return "?";
}

/* Variation selectors change the width in some terminals and show nothing. */
static bool
is_variation_selector(const char *shown)
{
	const unsigned char *u = (const unsigned char *)shown;

	return (u[0] == 0xef && u[1] == 0xb8 && u[2] >= 0x80 && u[2] <= 0x8f) ||
		(u[0] == 0xf3 && u[1] == 0xa0 && u[2] >= 0x84);
}

int
canvas_text(struct canvas *c, int y, int x, int max, enum role role, struct str text)
{
	char shown[5];
	int used = 0, base = -1, marks = 0, width;

	if (y < 0 || y >= c->height)
		return 0;
	while (text.n > 0) {
		width = text_next(&text, shown);
		if (width == 0 && is_variation_selector(shown))
			continue;
		if (width == 0 && base >= 0) {
			if (!c->ascii && marks++ < CELL_MARKS)
				put_mark(c, y, (int64_t)x + base, shown);
			continue;
		}
		if (used + (width > 0 ? width : 1) > max || (int64_t)x + used >= c->width)
			break;
		base = used;
		marks = 0;
		if (c->ascii && (unsigned char)shown[0] >= 0x80) {
			for (int i = 0; i < (width > 0 ? width : 1); i++)
				put(c, y, (int64_t)x + used + i, ascii_for(shown), 1, role);
		} else if (width == 0) {
			/* Nothing of ours to combine with: shown on a stand-in,
			 * never on what somebody else drew before. */
			put(c, y, (int64_t)x + used, "◌", 1, role);
			put_mark(c, y, (int64_t)x + used, shown);
			marks = 1;
		} else {
			put(c, y, (int64_t)x + used, shown, width, role);
		}
		used += width > 0 ? width : 1;
	}
	return used;
}

int
canvas_printf(struct canvas *c, int y, int x, int max, enum role role, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return canvas_text(c, y, x, max, role, str_of(text));
}

/* Cells of text, at most limit + 1 of them counted. */
static int
width_up_to(struct str text, int limit)
{
	char shown[5];
	int cells = 0, base = 0;

	while (text.n > 0 && cells <= limit) {
		int w = text_next(&text, shown);

		cells += w > 0 ? w : !base && !is_variation_selector(shown);
		base |= cells;
	}
	return cells;
}

void
canvas_field(struct canvas *c, int y, int x, int width, enum role role,
	     enum canvas_align align, struct str text)
{
	int cells, pad;

	if (width <= 0)
		return;
	cells = width_up_to(text, width);
	canvas_fill(c, y, x, 1, width, role, " ");
	if (cells > width) {
		canvas_text(c, y, x, width - 1, role, text);
		canvas_text(c, y, x + width - 1, 1, role, STR("…"));
		return;
	}
	pad = align == CANVAS_RIGHT ? width - cells : align == CANVAS_CENTER ? (width - cells) / 2 : 0;
	canvas_text(c, y, x + pad, width - pad, role, text);
}

void
canvas_fill(struct canvas *c, int y, int x, int height, int width,
	    enum role role, const char *glyph)
{
	struct canvas part = canvas_part(c, y, x, height, width);

	if (c->ascii && (unsigned char)glyph[0] >= 0x80)
		glyph = ascii_for(glyph);
	for (int row = 0; row < part.height; row++)
		for (int col = 0; col < part.width; col++)
			cell_put(cell_at(&part, row, col), glyph, 1, role);
}

void
canvas_hline(struct canvas *c, int y, int x, int width, enum role role)
{
	canvas_fill(c, y, x, 1, width, role, "─");
}

void
canvas_vline(struct canvas *c, int y, int x, int height, enum role role)
{
	canvas_fill(c, y, x, height, 1, role, "│");
}

void
canvas_paint(struct canvas *c, int y, int x, int width, enum role role)
{
	struct canvas part = canvas_part(c, y, x, 1, width);

	for (int col = 0; part.height > 0 && col < part.width; col++)
		cell_at(&part, 0, col)->role = (uint8_t)role;
}

void
canvas_clear(struct canvas *c)
{
	if (c->stride != c->width) {
		canvas_fill(c, 0, 0, c->height, c->width, ROLE_NORMAL, " ");
		return;
	}
	for (size_t i = 0; i < (size_t)c->height * (size_t)c->width; i++)
		c->cells[i] = cell_blank;
}

void
canvas_row(const struct canvas *c, int y, bool pad, struct buf *out)
{
	int width = c->width;

	if (y < 0 || y >= c->height)
		return;
	while (!pad && width > 0 && strcmp(cell_at(c, y, width - 1)->text, " ") == 0)
		width--;
	for (int x = 0; x < width; x++)
		buf_add_cstr(out, cell_at(c, y, x)->text);
}

void
canvas_row_roles(const struct canvas *c, int y, struct buf *out)
{
	int width = c->width;

	if (y < 0 || y >= c->height)
		return;
	while (width > 0 && cell_at(c, y, width - 1)->role == ROLE_NORMAL)
		width--;
	for (int x = 0; x < width; x++)
		buf_add_char(out, role_letter((enum role)cell_at(c, y, x)->role));
}
