#include "base/base64.h"

void
base64_add(struct buf *b, struct str bytes)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	while (bytes.n > 0) {
		size_t n = bytes.n < 3 ? bytes.n : 3;
		uint32_t v = 0;

		for (size_t i = 0; i < 3; i++)
			v = v << 8 | (i < n ? (unsigned char)bytes.p[i] : 0);
		for (size_t i = 0; i < 4; i++)
			buf_add_char(b, i <= n ? letters[v >> (18 - 6 * i) & 63] : '=');
		bytes = str_skip(bytes, n);
	}
}
