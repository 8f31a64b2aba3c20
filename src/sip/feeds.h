/**
 * @file feeds.h  Line feeds in a head, found 64 bytes at a time, and single
 * bytes in a value, 16 at a time. Only for the room.
 */
#ifndef SIP_FEEDS_H
#define SIP_FEEDS_H

#include "base/str.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SIP_FEEDS_BLOCK	64u	/* bytes a mask tells of */

/**
 * Set masks[i] to where line feeds are in block i of the @p n blocks at @p p,
 * the lowest bit for the first byte. *odd becomes not 0 where there is NUL or a
 * byte above 127 in one.
 */
typedef void sip_feeds_fn(const char *p, size_t n, uint64_t *masks, uint32_t *odd);
extern sip_feeds_fn *sip_feeds_masks;	/* the best for this machine */

#ifdef __SSE2__
/* The first @p c in [p, end), or @p end. Up to 15 bytes after @p end are read:
 * they must lie before @p limit, else the search goes byte by byte. */
static inline const char *
sip_find_byte(const char *p, const char *end, const char *limit, char c)
{
	const __m128i wanted = _mm_set1_epi8(c);

	for (; p < end && limit - p >= 16; p += 16) {
		unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(
			_mm_loadu_si128((const __m128i *)(const void *)p), wanted));

		if (mask) {
			p += __builtin_ctz(mask);
			return p < end ? p : end;
		}
	}
	for (; p < end; p++)
		if (*p == c)
			return p;
	return end;
}
/* How many bytes of [p, limit) come before the first colon, when it is one of
 * the first 32 and there is no blank, control or byte above 127 before it; 0
 * when a look at 32 bytes does not tell. */
static inline size_t
sip_plain_name(const char *p, const char *limit)
{
	const __m128i colon = _mm_set1_epi8(':'), blank = _mm_set1_epi8(' ');
	__m128i a, b;
	uint32_t colons, plain, before;

	if (limit - p < 32)
		return 0;
	a = _mm_loadu_si128((const __m128i *)(const void *)p);
	b = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
	colons = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, colon)) |
		(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, colon)) << 16;
	plain = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(a, blank)) |
		(uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(b, blank)) << 16;
	if (colons == 0)
		return 0;
	before = (colons & -colons) - 1;
	return (plain & before) == before ? (size_t)__builtin_ctz(colons) : 0;
}
#else
static inline const char *
sip_find_byte(const char *p, const char *end, const char *limit, char c)
{
	const char *at = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	(void)limit;
	return at ? at : end;
}

static inline size_t
sip_plain_name(const char *p, const char *limit)
{
	(void)p;
	(void)limit;
	return 0;
}
#endif

#endif
