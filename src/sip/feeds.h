/**
 * @file feeds.h  Line feeds in a head, found 64 bytes at a time, and single
 * bytes in a value, 16 at a time.
 *
 * A look at a block finds line feeds and notes whether there were bytes that no
 * plain ASCII text has, so that bad bytes need no search of their own.
 */
#ifndef SIP_FEEDS_H
#define SIP_FEEDS_H

#include "base/str.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SIP_FEEDS_BLOCK	64

struct sip_feeds {
	const char *block;	/**< the block looked at */
	const char *end;	/**< of the input */
	uint64_t mask;		/**< line feeds in it that were not given out */
	uint32_t odd;		/**< not 0: NUL or a byte above 127 in a block so far */
};

#ifdef __SSE2__
static inline uint64_t
sip_feeds_mask(struct sip_feeds *l, const char *p)
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

	l->odd |= (uint32_t)_mm_movemask_epi8(plain) ^ 0xffff;
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
#else
static inline uint64_t
sip_feeds_mask(struct sip_feeds *l, const char *p)
{
	uint64_t mask = 0;

	for (int i = 0; i < SIP_FEEDS_BLOCK; i++) {
		mask |= (uint64_t)(p[i] == '\n') << i;
		l->odd |= p[i] == '\0' || (unsigned char)p[i] > 127;
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

/* Look at the block at l->block, which may be cut by the end of the input. */
static inline void
sip_feeds_look(struct sip_feeds *l)
{
	size_t left = (size_t)(l->end - l->block);
	char tail[SIP_FEEDS_BLOCK];
	const char *p = l->block;

	if (UNLIKELY(left < SIP_FEEDS_BLOCK)) {
		memset(tail, ' ', sizeof(tail));
		memcpy(tail, l->block, left);
		p = tail;
	}
	l->mask = sip_feeds_mask(l, p);
}

/** Start at @p p; [p, end) must not be empty. */
static inline void
sip_feeds_init(struct sip_feeds *l, const char *p, const char *end)
{
	*l = (struct sip_feeds){ .block = p, .end = end };
	sip_feeds_look(l);
}

/** Pass over line feeds before @p to, which lies in the input or at its end. */
static inline void
sip_feeds_skip(struct sip_feeds *l, const char *to)
{
	while (l->end - l->block > SIP_FEEDS_BLOCK && to - l->block >= SIP_FEEDS_BLOCK) {
		l->block += SIP_FEEDS_BLOCK;
		sip_feeds_look(l);
	}
	l->mask = to - l->block >= SIP_FEEDS_BLOCK ? 0 :
		l->mask >> (to - l->block) << (to - l->block);
}

/** The next line feed, or NULL when there are no more. */
static inline const char *
sip_feeds_next(struct sip_feeds *l)
{
	const char *feed;

	while (l->mask == 0) {
		if (l->end - l->block <= SIP_FEEDS_BLOCK)
			return NULL;
		l->block += SIP_FEEDS_BLOCK;
		sip_feeds_look(l);
	}
	feed = l->block + __builtin_ctzll(l->mask);
	l->mask &= l->mask - 1;
	return feed;
}

#endif
