/**
 * @file bytes.h  Integers out of captured bytes, at any alignment.
 *
 * None of these check bounds: the caller has compared lengths first.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

/* Read whole and turned round: of bytes put together compilers do not always make that. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BYTES_BE(bits, v)	__builtin_bswap##bits(v)	/* private */
#define BYTES_LE(bits, v)	(v)
#else
#define BYTES_BE(bits, v)	(v)
#define BYTES_LE(bits, v)	__builtin_bswap##bits(v)
#endif

static inline uint16_t
get_be16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_BE(16, v);
}

static inline uint32_t
get_be24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
get_be32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_BE(32, v);
}

static inline uint64_t
get_be64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_BE(64, v);
}

static inline uint16_t
get_le16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_LE(16, v);
}

static inline uint32_t
get_le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_LE(32, v);
}

static inline uint64_t
get_le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return BYTES_LE(64, v);
}

#endif
