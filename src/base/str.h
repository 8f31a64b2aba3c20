/**
 * @file str.h  Borrowed byte slices.
 *
 * A struct str points into bytes that somebody else owns. It is never NUL
 * terminated, never freed, and valid only as long as its owner says.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

struct str {
	const char *p;	/**< first byte; NULL only when n is 0 */
	size_t n;	/**< length in bytes */
};

#define STR(lit)	((struct str){ (lit), sizeof(lit) - 1 })
#define STR_INIT(lit)	{ (lit), sizeof(lit) - 1 }	/* for static tables */
#define STR_NONE	((struct str){ NULL, 0 })
#define STR_ARG(s)	(int)(s).n, (s).p ? (s).p : ""	/* for "%.*s" */

/** The bytes of a C string, borrowed. */
struct str str_of(const char *s);

/** ASCII lower case of one byte; other bytes are unchanged. */
static inline unsigned char
ascii_lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/** -1 where @p c is no hexadecimal digit. */
int ascii_hex(char c);

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** The same where both are mostly of some four to sixteen bytes, without a call. */
static inline bool
str_eq_short(struct str a, struct str b)
{
	uint64_t x, y, v, w;
	uint32_t p, q, r, t;

	if (a.n != b.n)
		return false;
	if (a.n - 8 <= 8) {
		memcpy(&x, a.p, 8);
		memcpy(&y, b.p, 8);
		memcpy(&v, a.p + a.n - 8, 8);
		memcpy(&w, b.p + b.n - 8, 8);
		return ((x ^ y) | (v ^ w)) == 0;
	}
	if (a.n - 4 < 4) {
		memcpy(&p, a.p, 4);
		memcpy(&q, b.p, 4);
		memcpy(&r, a.p + a.n - 4, 4);
		memcpy(&t, b.p + b.n - 4, 4);
		return ((p ^ q) | (r ^ t)) == 0;
	}
	if (a.n - 1 < 3)
		return ((a.p[0] ^ b.p[0]) | (a.p[a.n / 2] ^ b.p[a.n / 2]) |
			(a.p[a.n - 1] ^ b.p[a.n - 1])) == 0;
	return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}

/** ASCII-only case folding; locale never changes the answer. */
bool str_eq_ci(struct str a, struct str b);

/** Bytewise order; a prefix comes first. @return <0, 0 or >0. */
int str_cmp(struct str a, struct str b);
/** The same with ASCII letters folded. */
int str_cmp_ci(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_starts_ci(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_ends_ci(struct str s, struct str suffix);

/** The part of @p s after its first @p n bytes (clipped). */
static inline struct str
str_skip(struct str s, size_t n)
{
	if (n > s.n)
		n = s.n;
	if (n > 0) {
		s.p += n;
		s.n -= n;
	}
	return s;
}

/** The part of @p s from @p from on (clipped), at most @p n bytes. */
static inline struct str
str_sub(struct str s, size_t from, size_t n)
{
	s = str_skip(s, from);
	if (s.n > n)
		s.n = n;
	return s;
}

/** Drop SP, HTAB, CR and LF at both ends (folded LWS, RFC 3261 section 25.1). */
struct str str_trim(struct str s);

/** Index of @p c in @p s, or SIZE_MAX. */
static inline size_t
str_chr(struct str s, char c)
{
	const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : SIZE_MAX;
}
/** Index of @p needle in @p s with ASCII letters folded, or SIZE_MAX. */
size_t str_find_ci(struct str s, struct str needle);

/**
 * Cut the part before the first @p sep off the front of *rest.
 * *rest is what follows the separator, or empty when there is none.
 * @return false when *rest is already exhausted (p NULL); *rest becomes
 *         STR_NONE after the last part, so "a," gives "a" and "".
 */
bool str_cut(struct str *rest, char sep, struct str *part);

/** Cut the next word, bounded by SP and HTAB, off the front of *rest.
 * @return false when only blanks were left; *word is unchanged then. */
bool str_cut_word(struct str *rest, struct str *word);

/** Cut the longest prefix of digits off *s. False when there is none or it
 * does not fit in 32 bits; *s is unchanged then. */
static inline bool
str_take_u32(struct str *s, uint32_t *value)
{
	const char *p = s->p, *end;
	uint64_t v = 0;
	unsigned digit;

	/* There may be none, and nothing is added to NULL. */
	if (s->n == 0)
		return false;
	end = p + s->n;
	for (; p < end && (digit = (unsigned)((unsigned char)*p - '0')) <= 9; p++) {
		v = v * 10 + digit;
		if (v > UINT32_MAX)
			return false;
	}
	if (p == s->p)
		return false;
	s->p = p;
	s->n = (size_t)(end - p);
	*value = (uint32_t)v;
	return true;
}

/** All of @p s as a decimal number. False when it is not one or too large. */
static inline bool
str_to_u32(struct str s, uint32_t *value)
{
	return str_take_u32(&s, value) && s.n == 0;
}

bool str_to_u64(struct str s, uint64_t *value);

#endif
