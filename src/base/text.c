#include "base/text.h"

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

static bool
is_hidden(ucs4_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return true;
	/* Bidi controls, zero-width and other format characters, line and
	 * paragraph separators, tags, private use and unassigned ones. */
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
		UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
		UC_CATEGORY_MASK_Zp);
}

int
text_next(struct str *s, char shown[5])
{
	ucs4_t c;
	int used, width;

	if (s->n == 0)
		return -1;
	if (s->p[0] >= 0x20 && s->p[0] < 0x7f) {
		shown[0] = s->p[0];
		shown[1] = '\0';
		*s = str_skip(*s, 1);
		return 1;
	}
	used = u8_mbtoucr(&c, (const uint8_t *)s->p, s->n);
	if (used < 1) {
		c = 0xfffd;
		used = 1;
	} else if (c < 0x20) {
		c += 0x2400;
	} else if (c == 0x7f) {
		c = 0x2421;
	} else if (is_hidden(c)) {
		c = 0xfffd;
	}
	*s = str_skip(*s, (size_t)used);
	used = u8_uctomb((uint8_t *)shown, c, 4);
	shown[used > 0 ? used : 0] = '\0';
	width = uc_width(c, "UTF-8");
	return width < 0 ? 1 : width;
}

/* How many bytes at the front are shown as they are, a cell each. */
static size_t
plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

void
text_add_visible(struct buf *b, struct str s, bool lines)
{
	char shown[5];

	while (s.n > 0) {
		size_t plain = plain_run(s);

		if (plain > 0) {
			buf_add(b, s.p, plain);
			s = str_skip(s, plain);
			continue;
		}
		if (lines && (s.p[0] == '\n' || (s.p[0] == '\r' && s.n > 1 && s.p[1] == '\n'))) {
			s = str_skip(s, s.p[0] == '\r' ? 2 : 1);
			buf_add_char(b, '\n');
			continue;
		}
		text_next(&s, shown);
		buf_add_cstr(b, shown);
	}
}

int
text_width(struct str s)
{
	char shown[5];
	size_t plain = plain_run(s);
	int cells = (int)plain, w;

	s = str_skip(s, plain);
	while ((w = text_next(&s, shown)) >= 0)
		cells += w;
	return cells;
}

void
text_add_cells(struct buf *b, struct str s, int cells, bool right, bool ascii)
{
	int width = text_width(s), used = 0;
	char shown[5];

	if (cells <= 0)
		return;
	if (width <= cells) {
		if (right)
			buf_add_chars(b, ' ', (size_t)(cells - width));
		text_add_visible(b, s, false);
		if (!right)
			buf_add_chars(b, ' ', (size_t)(cells - width));
		return;
	}
	for (;;) {
		struct str before = s;
		int w = text_next(&s, shown);

		if (w < 0 || used + w > cells - 1) {
			s = before;
			break;
		}
		buf_add_cstr(b, shown);
		used += w;
	}
	buf_add_chars(b, ' ', (size_t)(cells - 1 - used));
	buf_add_cstr(b, ascii ? "~" : "…");
}
