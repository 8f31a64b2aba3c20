#include "gen.h"

void
put_8(struct buf *b, unsigned v)
{
	buf_add_char(b, (char)(v & 0xff));
}

void
put_be16(struct buf *b, unsigned v)
{
	put_8(b, v >> 8);
	put_8(b, v);
}

void
put_be32(struct buf *b, uint32_t v)
{
	put_be16(b, v >> 16);
	put_be16(b, v);
}

void
put_be64(struct buf *b, uint64_t v)
{
	put_be32(b, (uint32_t)(v >> 32));
	put_be32(b, (uint32_t)v);
}

uint64_t
sum_add(uint64_t sum, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	/* Big-endian 32-bit words: their halves fold to the same sum. */
	for (; n >= 4; p += 4, n -= 4)
		sum += (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	if (n >= 2) {
		sum += (uint32_t)p[0] << 8 | p[1];
		p += 2;
		n -= 2;
	}
	if (n)
		sum += (uint32_t)p[0] << 8;
	return sum;
}

uint16_t
sum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t v = a * 0x9e3779b97f4a7c15u + b + 0x632be59bd9b4e019u;

	v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
	v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
	return v ^ (v >> 31);
}

uint64_t
mix_str(uint64_t a, struct str s)
{
	uint64_t v = mix(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		v = mix(v, (unsigned char)s.p[i]);
	return v;
}
