/**
 * @file chars.h  Character classes of SIP, and words read four bytes at a time.
 *
 * Only for the room. RFC 3261 section 25.1.
 */
#ifndef SIP_CHARS_H
#define SIP_CHARS_H

#include "base/str.h"

enum sip_char {
	SIP_CHAR_TOKEN = 1,	/* token */
	SIP_CHAR_SCHEME = 2,	/* ALPHA DIGIT + - . */
	SIP_CHAR_USER = 4,	/* in the user part, unescaped */
	SIP_CHAR_HOST = 8,	/* ALPHA DIGIT - . and _, which hosts use */
	SIP_CHAR_PARAM = 16,	/* in a URI parameter, unescaped */
	SIP_CHAR_HEADER = 32,	/* in a URI header, unescaped */
	SIP_CHAR_PASSWORD = 64,	/* in a password, unescaped */
	SIP_CHAR_LWS = 128,	/* SP HTAB CR LF */
};

extern const uint8_t sip_chars[256];

/** Whether @p c is of class @p kind. */
static inline bool
sip_char_is(char c, enum sip_char kind)
{
	return (sip_chars[(unsigned char)c] & kind) != 0;
}

/** How many bytes at the front of @p s are of class @p kind. */
static inline size_t
sip_span(struct str s, enum sip_char kind)
{
	size_t n = 0;

	while (n < s.n && sip_char_is(s.p[n], kind))
		n++;
	return n;
}

/** Whether @p s is not empty and a token. */
static inline bool
sip_is_token(struct str s)
{
	return s.n > 0 && sip_span(s, SIP_CHAR_TOKEN) == s.n;
}

/** @p s without SP, HTAB, CR and LF at its front. */
static inline struct str
sip_skip_lws(struct str s)
{
	return str_skip(s, sip_span(s, SIP_CHAR_LWS));
}

/** @p s without SP and HTAB at its front. */
static inline struct str
sip_skip_blanks(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_blank(s.p[n]))
		n++;
	return str_skip(s, n);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SIP_FOUR(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define SIP_FOUR_FIRST(four)	((four) & 0xff)
#else
#define SIP_FOUR(a, b, c, d) \
	((uint32_t)(d) | (uint32_t)(c) << 8 | (uint32_t)(b) << 16 | (uint32_t)(a) << 24)
#define SIP_FOUR_FIRST(four)	((four) >> 24)
#endif

/** Four bytes as a word, ASCII letters folded to lower case; equal to
 * SIP_FOUR('a', ...) of letters, ':', '/', '-' and ' '. CR looks like '-' and
 * some control characters look like punctuation, never like letters. */
static inline uint32_t
sip_four(const char *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof(w));
	return w | 0x20202020u;
}

/** 0 when the four bytes at @p p are those of @p name (lower case), letters in any case.
 * Unlike with sip_four() a CR is no '-'. */
static inline uint32_t
sip_four_differs(const char *p, const char *name)
{
	uint32_t w, n;

	memcpy(&w, p, sizeof(w));
	memcpy(&n, name, sizeof(n));
	/* Of what names are made of only letters have this bit. */
	return (w | (n & 0x40404040u) >> 1) ^ n;
}

#endif
