#include "base/buf.h"

#include <stdarg.h>

#include "base/mem.h"

void
buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf)BUF_INIT;
}

char *
buf_reserve(struct buf *b, size_t more)
{
	if (b->n + more + 1 > b->cap || b->n + more + 1 <= more) {
		void *p = b->p;

		/* A sum that wrapped is more memory than there is. */
		array_grow(&p, &b->cap, b->n + more + 1 <= more ? SIZE_MAX : b->n + more + 1, 1);
		b->p = p;
		b->p[b->n] = '\0';
	}
	return b->p + b->n;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_reserve(b, n), p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void
buf_add_cstr(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_add_chars(struct buf *b, char c, size_t count)
{
	if (count == 0)
		return;
	memset(buf_reserve(b, count), c, count);
	b->n += count;
	b->p[b->n] = '\0';
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("bad format: %s", fmt);
	buf_reserve(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}
