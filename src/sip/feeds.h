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

#define SIP_FEEDS_BLOCK	64
#define SIP_FEEDS_MAX	64	/* lines found ahead; heads with more are rare */

#ifdef __SSE2__
static inline uint64_t
sip_feeds_mask(const char *p, uint32_t *odd)
{
	const __m128i *from = (const __m128i *)(const void *)p;
	const __m128i feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	__m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
	__m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
	uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, feed)) |
		(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, feed)) << 16;
	uint32_t top = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(c, feed)) |
		(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(d, feed)) << 16;
	/* As signed bytes, NUL and those beyond ASCII are not above 0. */
	__m128i plain = _mm_and_si128(
		_mm_and_si128(_mm_cmpgt_epi8(a, zero), _mm_cmpgt_epi8(b, zero)),
		_mm_and_si128(_mm_cmpgt_epi8(c, zero), _mm_cmpgt_epi8(d, zero)));

	*odd |= (uint32_t)_mm_movemask_epi8(plain) ^ 0xffff;
	return low | (uint64_t)top << 32;
}

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
static inline size_t
sip_plain_name(const char *p, const char *limit)
{
	(void)p;
	(void)limit;
	return 0;
}

static inline uint64_t
sip_feeds_mask(const char *p, uint32_t *odd)
{
	uint64_t mask = 0;

	for (int i = 0; i < SIP_FEEDS_BLOCK; i++) {
		mask |= (uint64_t)(p[i] == '\n') << i;
		*odd |= p[i] == '\0' || (unsigned char)p[i] > 127;
	}
	return mask;
}

static inline const char *
sip_find_byte(const char *p, const char *end, const char *limit, char c)
{
	const char *at = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	(void)limit;
	return at ? at : end;
}
#endif

/**
 * Find line feeds from the front of @p s up to and with that of the first empty
 * line, or the end, or SIP_FEEDS_MAX of them.
 *
 * @param feeds  receives their offsets
 * @param odd    set to not 0 when NUL or a byte above 127 was in a block looked
 *               at (some of what follows the empty line too), or when not all
 *               of the head was
 * @return how many were found.
 */
static inline size_t
sip_feeds_find(struct str s, uint32_t feeds[SIP_FEEDS_MAX], uint32_t *odd)
{
	uint32_t last = UINT32_MAX - 2, strange = 0;
	size_t count = 0;

	for (size_t at = 0; at < s.n; at += SIP_FEEDS_BLOCK) {
		char tail[SIP_FEEDS_BLOCK];
		const char *p = s.p + at;
		uint64_t mask;

		if (UNLIKELY(s.n - at < SIP_FEEDS_BLOCK)) {
			memset(tail, ' ', sizeof(tail));
			memcpy(tail, p, s.n - at);
			p = tail;
		}
		for (mask = sip_feeds_mask(p, &strange); mask; mask &= mask - 1) {
			uint32_t feed = (uint32_t)at + (uint32_t)__builtin_ctzll(mask);
			uint32_t gap = feed - last;

			feeds[count++] = feed;
			if (UNLIKELY(gap <= 2) && (gap == 1 || s.p[feed - 1] == '\r')) {
				*odd = strange;
				return count;
			}
			if (UNLIKELY(count == SIP_FEEDS_MAX)) {
				*odd = 1;
				return count;
			}
			last = feed;
		}
	}
	*odd = strange;
	return count;
}

#endif
