#include "export/quote.h"

#include <unistr.h>

static bool
needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
			return true;
	return false;
}

void
quote_csv(struct buf *b, struct str s)
{
	if (!needs_quotes(s)) {
		buf_add_str(b, s);
		return;
	}
	buf_add_char(b, '"');
	for (size_t quote; (quote = str_chr(s, '"')) != SIZE_MAX; s = str_skip(s, quote + 1)) {
		buf_add(b, s.p, quote);
		buf_add_cstr(b, "\"\"");
	}
	buf_add_str(b, s);
	buf_add_char(b, '"');
}

void
quote_json_ascii(struct buf *b, struct str s)
{
	while (s.n > 0) {
		size_t plain = 0;
		ucs4_t c;
		int used;

		while (plain < s.n && (unsigned char)s.p[plain] < 0x7f)
			plain++;
		buf_add(b, s.p, plain);
		s = str_skip(s, plain);
		if (s.n == 0)
			break;
		used = u8_mbtoucr(&c, (const uint8_t *)s.p, s.n);
		if (used < 1) {
			c = 0xfffd;
			used = 1;
		}
		if (c >= 0x10000)
			buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				   0xdc00 + ((c - 0x10000) & 0x3ff));
		else
			buf_printf(b, "\\u%04x", c);
		s = str_skip(s, (size_t)used);
	}
}
