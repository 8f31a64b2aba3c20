/* Text of any bytes, drawn at any place. The first bytes say where; then every
 * cell must hold one visible character, and wide ones both of their halves. */
#include "base/text.h"
#include "ui/canvas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct canvas *c)
{
	for (int y = 0; y < canvas_height(c); y++) {
		for (int x = 0; x < canvas_width(c); x++) {
			const struct cell *cell = canvas_at(c, y, x), *next = canvas_at(c, y, x + 1);

			if (!memchr(cell->text, '\0', sizeof(cell->text)) || cell->width > 2)
				abort();
			if ((cell->width == 0) != (cell->text[0] == '\0'))
				abort();
			if (cell->width == 2 && (!next || next->width != 0))
				abort();
			if (cell->width == 0 && (x == 0 || canvas_at(c, y, x - 1)->width != 2))
				abort();
			if (cell->width > 0 && text_width(str_of(cell->text)) != cell->width)
				abort();
			for (const char *p = cell->text; *p; p++)
				if ((unsigned char)*p < ' ' || *p == 0x7f || (c->ascii && *p & 0x80))
					abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct canvas *c = canvas_new(3, 17), part;
	struct str text;
	int max, used;

	if (size >= 6) {
		text = (struct str){ (const char *)data + 6, size - 6 };
		c->ascii = data[0] & 1;
		canvas_text(c, 1, 0, 17, ROLE_NORMAL, STR("日本語 日本語 日本"));
		part = canvas_part(c, data[1] % 5 - 1, data[2] % 20 - 1, 2, data[3] % 20);
		max = data[5] % 40;
		used = canvas_text(&part, 0, data[4] % 60 - 30, max, ROLE_ERROR, text);
		if (used < 0 || used > max)
			abort();
		check(c);
		canvas_field(&part, 1, data[4] % 60 - 30, max, ROLE_ERROR,
			     (enum canvas_align)(data[0] % 3), text);
		check(c);
	}
	canvas_free(c);
	return 0;
}
