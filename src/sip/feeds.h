/**
 * @file feeds.h  Line feeds in a head, found 64 bytes at a time, and single
 * bytes in a value, 16 at a time. Only for the room.
 */
#ifndef SIP_FEEDS_H
#define SIP_FEEDS_H

#include "base/str.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define SIP_FEEDS_AVX2	__attribute__((target("avx2,bmi")))
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SIP_FEEDS_BLOCK	64u	/* bytes a mask tells of */

/**
 * Where line feeds are in the block at @p p, the lowest bit for the first byte. *plain
 * loses bits where there is NUL or a byte above 127 in it.
 */
typedef uint64_t sip_feeds_fn(const char *p, uint32_t *plain);

#define SIP_FIND_BEHIND	32u	/* bytes that a sip_find_fn may read behind the end */

/** The first byte that is @p c or @p d in [p, end), or @p end. */
typedef const char *sip_find_fn(const char *p, const char *end, char c, char d);

#ifdef SIP_FEEDS_AVX2
/** For functions that have the attribute too; asked for by __builtin_cpu_supports(). */
SIP_FEEDS_AVX2 static inline uint64_t
sip_feeds_avx2(const char *p, uint32_t *plain)
{
	const __m256i feed = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
	const __m256i *from = (const __m256i *)(const void *)p;
	__m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);

	/* As signed bytes, NUL and those beyond ASCII are not above 0. */
	*plain &= (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(_mm256_min_epi8(a, b), zero));
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, feed)) |
		(uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, feed)) << 32;
}

SIP_FEEDS_AVX2 static inline const char *
sip_find_avx2(const char *p, const char *end, char c, char d)
{
	const __m256i wanted = _mm256_set1_epi8(c), other = _mm256_set1_epi8(d);

	for (; p < end; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		uint32_t mask = (uint32_t)_mm256_movemask_epi8(
			_mm256_or_si256(_mm256_cmpeq_epi8(v, wanted),
					_mm256_cmpeq_epi8(v, other)));

		if (mask) {
			p += (unsigned)__builtin_ctz(mask);
			return p < end ? p : end;
		}
	}
	return end;
}
#endif

#ifdef __SSE2__
static inline uint64_t
sip_feeds_plain(const char *p, uint32_t *plain)
{
	const __m128i feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	uint64_t mask = 0;

	for (int k = 0; k < 4; k++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p + k);

		mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, feed)) << (16 * k);
		if (_mm_movemask_epi8(_mm_cmpgt_epi8(v, zero)) != 0xffff)
			*plain = 0;
	}
	return mask;
}

static inline const char *
sip_find_plain(const char *p, const char *end, char c, char d)
{
	const __m128i wanted = _mm_set1_epi8(c), other = _mm_set1_epi8(d);

	for (; p < end; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		unsigned mask = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(_mm_cmpeq_epi8(v, wanted), _mm_cmpeq_epi8(v, other)));

		if (mask) {
			p += (unsigned)__builtin_ctz(mask);
			return p < end ? p : end;
		}
	}
	return end;
}
#else
static inline const char *
sip_find_plain(const char *p, const char *end, char c, char d)
{
	while (p < end && *p != c && *p != d)
		p++;
	return p;
}

static inline uint64_t
sip_feeds_plain(const char *p, uint32_t *plain)
{
	uint64_t mask = 0;

	for (unsigned k = 0; k < SIP_FEEDS_BLOCK; k++) {
		mask |= (uint64_t)(p[k] == '\n') << k;
		if (p[k] == '\0' || (unsigned char)p[k] > 127)
			*plain = 0;
	}
	return mask;
}
#endif

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
	uint32_t colons, odd;
	__m128i v;

	if (limit - p < 32)
		return 0;
	v = _mm_loadu_si128((const __m128i *)(const void *)p);
	colons = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, colon));
	odd = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(v, blank)) ^ 0xffffu;
	if (colons == 0) {	/* a long name */
		v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
		colons = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, colon)) << 16;
		odd |= ~(uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(v, blank)) << 16;
		if (colons == 0)
			return 0;
	}
	/* Whether what is odd all comes after the first colon. */
	return (odd & (colons ^ (colons - 1))) == 0 ? (size_t)__builtin_ctz(colons) : 0;
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
