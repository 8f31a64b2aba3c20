#include "export/visible.h"

#include "base/text.h"

void
visible_add(struct buf *b, struct str s, bool lines, bool ascii)
{
	char shown[5];

	if (!ascii) {
		text_add_visible(b, s, lines);
		return;
	}
	while (s.n > 0) {
		if (lines && (s.p[0] == '\n' || (s.p[0] == '\r' && s.n > 1 && s.p[1] == '\n'))) {
			s = str_skip(s, s.p[0] == '\r' ? 2 : 1);
			buf_add_char(b, '\n');
			continue;
		}
		text_next(&s, shown);
		buf_add_char(b, shown[0] & 0x80 ? '?' : shown[0]);
	}
}
