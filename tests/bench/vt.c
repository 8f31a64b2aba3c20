#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "vt.h"

static struct vt_cell *
cell_at(const struct vt *vt, int y, int x)
{
	return vt->cells + (ptrdiff_t)y * vt->width + x;
}

static int
clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Blank, with the background of the pen. */
static void
blank(struct vt *vt, int y, int x, int n)
{
	for (n = clamp(n, 0, vt->width - x); n > 0; n--, x++)
		*cell_at(vt, y, x) = (struct vt_cell){ ' ', 0, vt->pen.bg, 0 };
}

static void
blank_rows(struct vt *vt, int from, int to)
{
	for (int y = from; y < to; y++)
		blank(vt, y, 0, vt->width);
}

void
vt_init(struct vt *vt, int height, int width)
{
	*vt = (struct vt){ .height = height, .width = width, .bottom = height };
	vt->cells = calloc((size_t)height * (size_t)width, sizeof(*vt->cells));
	if (!vt->cells)
		abort();
	blank_rows(vt, 0, height);
}

void
vt_release(struct vt *vt)
{
	free(vt->cells);
}

/* Move the rows from @p from to the end of the region by @p n, up where it is more
 * than 0. */
static void
scroll(struct vt *vt, int from, int n)
{
	int rows = vt->bottom - from, kept;
	size_t row = (size_t)vt->width * sizeof(*vt->cells);

	if (from < vt->top || from >= vt->bottom)
		return;
	n = clamp(n, -rows, rows);
	kept = rows - abs(n);
	if (n > 0) {
		memmove(cell_at(vt, from, 0), cell_at(vt, from + n, 0), (size_t)kept * row);
		blank_rows(vt, vt->bottom - n, vt->bottom);
	} else {
		memmove(cell_at(vt, from - n, 0), cell_at(vt, from, 0), (size_t)kept * row);
		blank_rows(vt, from, from - n);
	}
}

static void
line_feed(struct vt *vt)
{
	if (vt->y + 1 == vt->bottom)
		scroll(vt, vt->top, 1);
	else if (vt->y + 1 < vt->height)
		vt->y++;
}

static void
put_char(struct vt *vt, uint32_t c)
{
	int width = wcwidth((wchar_t)c);

	if (width <= 0)
		return;
	if (vt->wraps || vt->x + width > vt->width) {
		vt->x = 0;
		line_feed(vt);
	}
	vt->wraps = false;
	*cell_at(vt, vt->y, vt->x) = vt->pen;
	cell_at(vt, vt->y, vt->x)->c = c;
	if (width == 2) {
		*cell_at(vt, vt->y, vt->x + 1) = vt->pen;
		cell_at(vt, vt->y, vt->x + 1)->c = 0;
	}
	vt->last = c;
	vt->x += width;
	if (vt->x >= vt->width) {
		vt->x = vt->width - 1;
		vt->wraps = true;
	}
}

/* ---- control sequences ---- */

static int
param(const struct vt *vt, int i, int otherwise)
{
	return i < vt->params_n && vt->params[i] > 0 ? vt->params[i] : otherwise;
}

/* 38;5;N or 38;2;R;G;B at *i. */
static uint16_t
extended_color(const struct vt *vt, int *i)
{
	int kind = param(vt, *i + 1, 0);

	if (kind == 5) {
		*i += 2;
		return (uint16_t)(*i < vt->params_n ? vt->params[*i] + 1 : 0);
	}
	*i += kind == 2 ? 4 : 0;
	return 1000;
}

static void
set_style(struct vt *vt)
{
	struct vt_cell *pen = &vt->pen;

	if (vt->params_n == 0)
		*pen = (struct vt_cell){ 0 };
	for (int i = 0; i < vt->params_n; i++) {
		int p = vt->params[i];

		if (p == 0)
			*pen = (struct vt_cell){ 0 };
		else if (p < 8)
			pen->attrs |= (uint8_t)(1u << p);
		else if (p == 22)
			pen->attrs &= (uint8_t)~(1u << 1 | 1u << 2);
		else if (p > 22 && p < 28)
			pen->attrs &= (uint8_t)~(1u << (p - 20));
		else if (p >= 30 && p < 38)
			pen->fg = (uint16_t)(p - 29);
		else if (p == 38)
			pen->fg = extended_color(vt, &i);
		else if (p == 39)
			pen->fg = 0;
		else if (p >= 40 && p < 48)
			pen->bg = (uint16_t)(p - 39);
		else if (p == 48)
			pen->bg = extended_color(vt, &i);
		else if (p == 49)
			pen->bg = 0;
		else if (p >= 90 && p < 98)
			pen->fg = (uint16_t)(p - 81);
		else if (p >= 100 && p < 108)
			pen->bg = (uint16_t)(p - 91);
	}
}

static void
erase(struct vt *vt, bool all_rows)
{
	int kind = param(vt, 0, 0);

	if (kind == 0)
		blank(vt, vt->y, vt->x, vt->width);
	else if (kind == 1)
		blank(vt, vt->y, 0, vt->x + 1);
	else
		blank(vt, vt->y, 0, vt->width);
	if (all_rows && kind != 1)
		blank_rows(vt, vt->y + 1, vt->height);
	if (all_rows && kind != 0)
		blank_rows(vt, 0, vt->y);
}

/* Insert (@p n above 0) or delete cells at the cursor. */
static void
shift(struct vt *vt, int n)
{
	struct vt_cell *at = cell_at(vt, vt->y, vt->x);
	int rest = vt->width - vt->x, kept;

	n = clamp(n, -rest, rest);
	kept = rest - abs(n);
	if (n > 0) {
		memmove(at + n, at, (size_t)kept * sizeof(*at));
		blank(vt, vt->y, vt->x, n);
	} else {
		memmove(at, at - n, (size_t)kept * sizeof(*at));
		blank(vt, vt->y, vt->x + kept, -n);
	}
}

static void
go(struct vt *vt, int y, int x)
{
	vt->y = clamp(y, 0, vt->height - 1);
	vt->x = clamp(x, 0, vt->width - 1);
	vt->wraps = false;
}

static void
control(struct vt *vt, char final)
{
	int n = param(vt, 0, 1);

	if (vt->is_private)
		return;
	switch (final) {
	case 'A': go(vt, vt->y - n, vt->x); break;
	case 'B': go(vt, vt->y + n, vt->x); break;
	case 'C': go(vt, vt->y, vt->x + n); break;
	case 'D': go(vt, vt->y, vt->x - n); break;
	case 'G': go(vt, vt->y, n - 1); break;
	case 'd': go(vt, n - 1, vt->x); break;
	case 'H':
	case 'f': go(vt, n - 1, param(vt, 1, 1) - 1); break;
	case 'J': erase(vt, true); break;
	case 'K': erase(vt, false); break;
	case 'X': blank(vt, vt->y, vt->x, n); break;
	case '@': shift(vt, n); break;
	case 'P': shift(vt, -n); break;
	case 'L': scroll(vt, vt->y, -n); break;
	case 'M': scroll(vt, vt->y, n); break;
	case 'S': scroll(vt, vt->top, n); break;
	case 'T': scroll(vt, vt->top, -n); break;
	case 'm': set_style(vt); break;
	case 'r':
		vt->top = clamp(n - 1, 0, vt->height - 1);
		vt->bottom = clamp(param(vt, 1, vt->height), vt->top + 1, vt->height);
		go(vt, 0, 0);
		break;
	case 'b':
		for (n = clamp(n, 0, vt->width); n > 0; n--)
			put_char(vt, vt->last);
		break;
	default:
		break;
	}
}

static void
put_csi(struct vt *vt, unsigned char c)
{
	int *p = &vt->params[vt->params_n ? vt->params_n - 1 : 0];

	if (c >= '0' && c <= '9') {
		if (vt->params_n == 0)
			vt->params_n = 1;
		*p = clamp(*p * 10 + (c - '0'), 0, 9999);
	} else if (c == ';') {
		vt->params_n = clamp(vt->params_n == 0 ? 2 : vt->params_n + 1, 0, VT_PARAMS);
	} else if (c >= '<' && c <= '?') {
		vt->is_private = true;
	} else if (c >= '@') {
		vt->state = VT_TEXT;
		control(vt, (char)c);
	}
}

static void
put_escape(struct vt *vt, unsigned char c)
{
	vt->state = VT_TEXT;
	switch (c) {
	case '[':
		vt->state = VT_CSI;
		memset(vt->params, 0, sizeof(vt->params));
		vt->params_n = 0;
		vt->is_private = false;
		break;
	case ']': vt->state = VT_OSC; break;
	case '(':
	case ')': vt->state = VT_SKIP_ONE; break;
	case '7':
		vt->saved_y = vt->y;
		vt->saved_x = vt->x;
		break;
	case '8': go(vt, vt->saved_y, vt->saved_x); break;
	case 'M':
		if (vt->y == vt->top)
			scroll(vt, vt->top, -1);
		else
			go(vt, vt->y - 1, vt->x);
		break;
	default:
		break;
	}
}

static void
put_text(struct vt *vt, unsigned char c)
{
	if (c >= 0xc0) {
		vt->more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		vt->code = c & (0x3fu >> vt->more);
	} else if (c >= 0x80) {
		vt->code = vt->code << 6 | (c & 0x3f);
		if (vt->more > 0 && --vt->more == 0)
			put_char(vt, vt->code);
	} else if (c >= ' ') {
		put_char(vt, c);
	} else if (c == 27) {
		vt->state = VT_ESCAPE;
	} else if (c == '\r') {
		go(vt, vt->y, 0);
	} else if (c == '\n') {
		vt->wraps = false;
		line_feed(vt);
	} else if (c == '\b') {
		go(vt, vt->y, vt->x - 1);
	} else if (c == '\t') {
		go(vt, vt->y, (vt->x / 8 + 1) * 8);
	}
}

void
vt_put(struct vt *vt, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		switch (vt->state) {
		case VT_TEXT: put_text(vt, c); break;
		case VT_ESCAPE: put_escape(vt, c); break;
		case VT_SKIP_ONE: vt->state = VT_TEXT; break;
		case VT_CSI: put_csi(vt, c); break;
		case VT_OSC:
			if (c == 7 || c == '\\')
				vt->state = VT_TEXT;
			break;
		}
	}
}

/* ---- what is to be seen ---- */

void
vt_row(const struct vt *vt, int y, char *out, size_t size)
{
	size_t n = 0;

	for (int x = 0; x < vt->width && n + 5 <= size; x++) {
		uint32_t c = cell_at(vt, y, x)->c;

		if (c >= 0x10000)
			c = '?';
		if (c >= 0x800) {
			out[n++] = (char)(0xe0 | c >> 12);
			out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			out[n++] = (char)(0x80 | (c & 0x3f));
		} else if (c >= 0x80) {
			out[n++] = (char)(0xc0 | c >> 6);
			out[n++] = (char)(0x80 | (c & 0x3f));
		} else if (c > 0) {
			out[n++] = (char)c;
		}
	}
	out[n] = '\0';
}

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001b3);
}

uint64_t
vt_hash(const struct vt *vt, int from, int to)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (int y = from; y < to; y++) {
		for (int x = 0; x < vt->width; x++) {
			const struct vt_cell *cell = cell_at(vt, y, x);

			hash = mix(hash, cell->c);
			hash = mix(hash, (uint64_t)cell->fg << 24 | (uint64_t)cell->bg << 8 |
				   cell->attrs);
		}
	}
	return hash;
}

int
vt_lit(const struct vt *vt, int y)
{
	int n = 0;

	for (int x = 0; x < vt->width; x++)
		n += cell_at(vt, y, x)->bg != 0 || cell_at(vt, y, x)->attrs & VT_REVERSE;
	return n;
}
