/**
 * @file buf.h  A byte string that grows.
 *
 * Invariants: p is NULL until the first append; once set, p[n] is a NUL that
 * does not count, so p is a C string where no NUL was appended. The buffer owns
 * its bytes; slices of it die with the next append.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;
	size_t n;	/**< bytes used */
	size_t cap;	/**< private */
};

#define BUF_INIT	{ NULL, 0, 0 }

void buf_release(struct buf *b);

/** Make it empty; the memory is kept. */
static inline void
buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

/** Room for @p more bytes beyond n. @return where they go. */
char *buf_reserve(struct buf *b, size_t more);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_cstr(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_chars(struct buf *b, char c, size_t count);
ATTR_PRINTF(2, 3)
void buf_printf(struct buf *b, const char *fmt, ...);

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

/** The bytes as a C string, "" when empty; owned by the buffer. */
static inline const char *
buf_cstr(const struct buf *b)
{
	return b->p ? b->p : "";
}

#endif
