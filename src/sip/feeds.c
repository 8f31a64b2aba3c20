/*
 * Masks of line feeds: one function for each kind of machine, the best of which
 * is chosen when the first is asked for.
 */
#include "sip/feeds.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2_PATH
#endif

#ifdef __SSE2__
static void
masks_plain(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	const __m128i feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	__m128i plain = _mm_set1_epi8(-1);

	for (size_t i = 0; i < n; i++) {
		const __m128i *from = (const __m128i *)(const void *)(p + i * SIP_FEEDS_BLOCK);
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
		for (unsigned k = 0; k < SIP_FEEDS_BLOCK; k++) {
			char c = p[i * SIP_FEEDS_BLOCK + k];

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
		const __m256i *from = (const __m256i *)(const void *)(p + i * SIP_FEEDS_BLOCK);
		__m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);

		masks[i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, feed)) |
			(uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, feed)) << 32;
		plain = _mm256_and_si256(plain, _mm256_and_si256(_mm256_cmpgt_epi8(a, zero),
								 _mm256_cmpgt_epi8(b, zero)));
	}
	*odd |= ~(uint32_t)_mm256_movemask_epi8(plain);
}
#endif

static sip_feeds_fn masks_choose;
sip_feeds_fn *sip_feeds_masks = masks_choose;

static void
masks_choose(const char *p, size_t n, uint64_t *masks, uint32_t *odd)
{
	sip_feeds_masks = masks_plain;
#ifdef HAVE_AVX2_PATH
	if (__builtin_cpu_supports("avx2"))
		sip_feeds_masks = masks_avx2;
#endif
	sip_feeds_masks(p, n, masks, odd);
}
