/* "0010  48 65 6c 6c 6f 20 77 6f  72 6c 64 21 0d 0a 00 00  |Hello world!....|":
 * 74 cells for 16 bytes, 40 for 8; four more where the offset needs eight digits. */
#include "views/raw_lines.h"

#define WIDE_CELLS	74
#define FAR		0x10000u	/* offsets from here need more digits */

int
raw_hex_per_row(int width)
{
	return width < WIDE_CELLS ? 8 : 16;
}

size_t
raw_hex_byte_at(size_t total, int per_row, int i)
{
	(void)per_row;
	return (total > FAR ? 8u : 4u) + 2u + 3u * (size_t)i + (i >= 8 ? 1u : 0u);
}

size_t
raw_hex_text_at(size_t total, int per_row, int i)
{
	return raw_hex_byte_at(total, per_row, per_row - 1) + 3 + 2 - (per_row > 8 ? 0u : 1u) +
		(size_t)i;
}

static void
add_row(struct buf *b, struct str row, size_t offset, size_t total, int per_row)
{
	static const char digits[] = "0123456789abcdef";
	size_t start = b->n;

	buf_printf(b, total > FAR ? "%08zx" : "%04zx", offset);
	for (int i = 0; (size_t)i < row.n; i++) {
		unsigned char c = (unsigned char)row.p[i];

		buf_add_chars(b, ' ', start + raw_hex_byte_at(total, per_row, i) - b->n);
		buf_add_char(b, digits[c >> 4]);
		buf_add_char(b, digits[c & 15]);
	}
	buf_add_chars(b, ' ', start + raw_hex_text_at(total, per_row, 0) - 1 - b->n);
	buf_add_char(b, '|');
	for (size_t i = 0; i < row.n; i++)
		buf_add_char(b, row.p[i] >= ' ' && row.p[i] <= '~' ? row.p[i] : '.');
	buf_add_char(b, '|');
}

void
raw_hex_add(struct message_lines *l, const struct views_app *app, uint32_t index, int per_row)
{
	struct str text;
	struct buf b = BUF_INIT;

	message_lines_about(l, app, index, true);
	text = query_text(app->query, index);
	if (text.n == 0)
		message_lines_say(l, MESSAGE_LINE_NOTICE, index,
				  STR("Its text cannot be read again."));
	for (size_t at = 0; at < text.n; at += (size_t)per_row) {
		buf_clear(&b);
		add_row(&b, str_sub(text, at, (size_t)per_row), at, text.n, per_row);
		message_lines_say(l, MESSAGE_LINE_HEX, index, buf_str(&b));
	}
	buf_release(&b);
}
