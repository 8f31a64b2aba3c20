/*
 * Blocks of 64 bytes become masks of line feeds, one bit a byte, eight blocks at
 * a time; the masks become offsets. Only the first step knows the machine.
 */
#include "sip/feeds.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2_PATH
#endif

#define BLOCK	64u
#define BATCH	8u	/* blocks a step */

/* Set masks[i] to the line feeds of block i of @p n; *odd where there is NUL or
 * a byte above 127 in one. */
typedef void masks_fn(const char *p, size_t n, uint64_t *masks, uint32_t *odd);

#ifdef __SSE2__
static void
masks_plain(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	const __m128i feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	__m128i plain = _mm_set1_epi8(-1);

	for (size_t i = 0; i < n; i++) {
		const __m128i *from = (const __m128i *)(const void *)(p + i * BLOCK);
		uint64_t mask = 0;

		for (int k = 0; k < 4; k++) {
			__m128i v = _mm_loadu_si128(from + k);

			mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, feed))
				<< (16 * k);
			/* As signed bytes, NUL and those beyond ASCII are not above 0. */
			plain = _mm_and_si128(plain, _mm_cmpgt_epi8(v, zero));
		}
		masks[i] = mask;
	}
	*odd |= (uint32_t)_mm_movemask_epi8(plain) ^ 0xffff;
}
#else
static void
masks_plain(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	for (size_t i = 0; i < n; i++) {
		masks[i] = 0;
		for (unsigned k = 0; k < BLOCK; k++) {
			char c = p[i * BLOCK + k];

			masks[i] |= (uint64_t)(c == '\n') << k;
			*odd |= c == '\0' || (unsigned char)c > 127;
		}
	}
}
#endif

#ifdef HAVE_AVX2_PATH
__attribute__((target("avx2"))) static void
masks_avx2(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	const __m256i feed = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
	__m256i plain = _mm256_set1_epi8(-1);

	for (size_t i = 0; i < n; i++) {
		const __m256i *from = (const __m256i *)(const void *)(p + i * BLOCK);
		__m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);

		masks[i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, feed)) |
			(uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, feed)) << 32;
		plain = _mm256_and_si256(plain, _mm256_and_si256(_mm256_cmpgt_epi8(a, zero),
								 _mm256_cmpgt_epi8(b, zero)));
	}
	*odd |= ~(uint32_t)_mm256_movemask_epi8(plain);
}
#endif

static masks_fn masks_choose;
static masks_fn *masks_of = masks_choose;

static void
masks_choose(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	masks_of = masks_plain;
#ifdef HAVE_AVX2_PATH
	if (__builtin_cpu_supports("avx2"))
		masks_of = masks_avx2;
#endif
	masks_of(p, n, masks, odd);
}

/* The masks of the blocks from @p at on; the last block of all may be cut. */
static size_t
masks_take(struct str s, size_t at, uint64_t *masks, uint32_t *odd)
{
	size_t whole = (s.n - at) / BLOCK;
	char tail[BLOCK];

	if (whole > 0) {
		if (whole > BATCH)
			whole = BATCH;
		masks_of(s.p + at, whole, masks, odd);
		return whole;
	}
	memset(tail, ' ', sizeof(tail));
	memcpy(tail, s.p + at, s.n - at);
	masks_of(tail, 1, masks, odd);
	return 1;
}

size_t
sip_feeds_find(struct str s, uint32_t feeds[SIP_FEEDS_MAX], uint32_t *odd)
{
	uint32_t last = UINT32_MAX - 2, strange = 0;
	uint64_t masks[BATCH];
	size_t count = 0, blocks;

	for (size_t at = 0; at < s.n; at += blocks * BLOCK) {
		blocks = masks_take(s, at, masks, &strange);
		for (size_t i = 0; i < blocks; i++) {
			uint32_t from = (uint32_t)(at + i * BLOCK);

			for (uint64_t mask = masks[i]; mask; mask &= mask - 1) {
				uint32_t feed = from + (uint32_t)__builtin_ctzll(mask);
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
	}
	*odd = strange;
	return count;
}
