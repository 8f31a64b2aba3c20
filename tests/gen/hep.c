/*
 * What a capture agent sends: HEP 3 in chunks, and the older binary header of
 * versions 1 and 2, whose times and node are little-endian. Also the deflate that
 * compressed payloads and WebSocket messages need: matches of what a table of the
 * last places finds, in the codes that the format fixes.
 */
#include "gen.h"

#include <netinet/in.h>

/* ---- deflate, RFC 1951 section 3.2.6 ---- */

struct bits {
	struct buf *b;
	uint32_t held;
	unsigned n;
};

static void
bits_add(struct bits *s, uint32_t v, unsigned n)
{
	s->held |= v << s->n;
	for (s->n += n; s->n >= 8; s->n -= 8) {
		put_8(s->b, s->held);
		s->held >>= 8;
	}
}

/* Codes go in with their most significant bit first. */
static void
code_add(struct bits *s, uint32_t code, unsigned n)
{
	while (n-- > 0)
		bits_add(s, code >> n & 1, 1);
}

static void
symbol_add(struct bits *s, unsigned symbol)
{
	if (symbol < 144)
		code_add(s, 0x30 + symbol, 8);
	else if (symbol < 256)
		code_add(s, 0x190 + symbol - 144, 9);
	else if (symbol < 280)
		code_add(s, symbol - 256, 7);
	else
		code_add(s, 0xc0 + symbol - 280, 8);
}

/* Lengths 3 to 10 have symbols of their own, so no match is longer. */
#define MATCH_MIN	3u
#define MATCH_MAX	10u

static void
match_add(struct bits *s, unsigned length, unsigned distance)
{
	unsigned code = 0, extra = 0, base = 1;

	symbol_add(s, 257 + length - MATCH_MIN);
	while (distance >= base + (1u << extra)) {
		base += 1u << extra;
		code++;
		extra = code < 4 ? 0 : code / 2 - 1;
	}
	code_add(s, code, 5);
	bits_add(s, distance - base, extra);
}

void
deflate_fixed(struct buf *b, struct str in, bool last)
{
	struct bits s = { .b = b };
	size_t seen[1024] = { 0 };	/* place + 1 by three bytes */

	bits_add(&s, last ? 3 : 2, 3);
	for (size_t i = 0; i < in.n; ) {
		size_t n = 0, from = 0;

		if (i + MATCH_MIN <= in.n) {
			size_t *slot = &seen[mix_str(0, str_sub(in, i, 3)) % ARRAY_SIZE(seen)];

			from = *slot;
			*slot = i + 1;
		}
		if (from && i - --from <= 32768)
			while (n < MATCH_MAX && i + n < in.n && in.p[from + n] == in.p[i + n])
				n++;
		if (n >= MATCH_MIN) {
			match_add(&s, (unsigned)n, (unsigned)(i - from));
			i += n;
		} else {
			symbol_add(&s, (unsigned char)in.p[i++]);
		}
	}
	symbol_add(&s, 256);
	/* Not the last: an empty stored block follows, of which the four bytes at
	 * the end are left out (RFC 7692, section 7.2.1). */
	if (!last)
		bits_add(&s, 0, 3);
	bits_add(&s, 0, -s.n & 7);
}

static void
zlib_fixed(struct buf *b, struct str in)
{
	uint32_t low = 1, high = 0;

	put_be16(b, 0x7801);
	deflate_fixed(b, in, true);
	for (size_t i = 0; i < in.n; i++) {
		low = (low + (unsigned char)in.p[i]) % 65521;
		high = (high + low) % 65521;
	}
	put_be32(b, high << 16 | low);
}

/* ---- HEP ---- */

static void
chunk(struct buf *b, unsigned type, const void *p, size_t n)
{
	put_be16(b, 0);
	put_be16(b, type);
	put_be16(b, (unsigned)n + 6);
	buf_add(b, p, n);
}

static void
chunk_number(struct buf *b, unsigned type, uint32_t v, unsigned bytes)
{
	put_be16(b, 0);
	put_be16(b, type);
	put_be16(b, bytes + 6);
	while (bytes-- > 0)
		put_8(b, v >> 8 * bytes);
}

static void
hep3(struct buf *b, const struct hep_carrier *c, const struct wire *w, int64_t time, unsigned type,
     struct str correlation, struct str payload)
{
	bool ip6 = w->from.addr.family == NET_IP6;
	size_t at = b->n, width = ip6 ? 16 : 4;
	struct buf packed = BUF_INIT;

	buf_add_cstr(b, "HEP3");
	put_be16(b, 0);
	chunk_number(b, 1, ip6 ? 10 : 2, 1);
	chunk_number(b, 2, w->proto, 1);
	chunk(b, ip6 ? 5 : 3, w->from.addr.bytes, width);
	chunk(b, ip6 ? 6 : 4, w->to.addr.bytes, width);
	chunk_number(b, 7, w->from.port, 2);
	chunk_number(b, 8, w->to.port, 2);
	chunk_number(b, 9, (uint32_t)(time / NS_PER_S), 4);
	chunk_number(b, 10, (uint32_t)(time % NS_PER_S / NS_PER_US), 4);
	chunk_number(b, 11, type, 1);
	chunk_number(b, 12, c->node, 4);
	if (c->password.n)
		chunk(b, 14, c->password.p, c->password.n);
	if (correlation.n)
		chunk(b, 17, correlation.p, correlation.n);
	if (c->node_name.n)
		chunk(b, 19, c->node_name.p, c->node_name.n);
	if (c->compressed)
		zlib_fixed(&packed, payload);
	else
		buf_add_str(&packed, payload);
	chunk(b, c->compressed ? 16 : 15, packed.p, packed.n);
	put_sum(b, at + 4, (uint16_t)(b->n - at));
	buf_release(&packed);
}

static void
put_le(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		put_8(b, v >> 8 * i);
}

static void
hep2(struct buf *b, const struct hep_carrier *c, const struct wire *w, int64_t time,
     struct str payload)
{
	bool ip6 = w->from.addr.family == NET_IP6;
	size_t width = ip6 ? 16 : 4;

	put_8(b, c->version);
	put_8(b, (unsigned)(8 + 2 * width));
	put_8(b, ip6 ? 10 : 2);
	put_8(b, w->proto);
	put_be16(b, w->from.port);
	put_be16(b, w->to.port);
	buf_add(b, w->from.addr.bytes, width);
	buf_add(b, w->to.addr.bytes, width);
	if (c->version == 2) {
		put_le(b, (uint32_t)(time / NS_PER_S), 4);
		put_le(b, (uint32_t)(time % NS_PER_S / NS_PER_US), 4);
		put_le(b, c->node, 2);
		put_le(b, 0, 2);
	}
	buf_add_str(b, payload);
}

void
hep_packet(struct buf *b, const struct hep_carrier *c, const struct wire *w, int64_t time,
	   unsigned type, struct str correlation, struct str payload)
{
	if (c->version == 3)
		hep3(b, c, w, time, type, correlation, payload);
	else
		hep2(b, c, w, time, payload);
}
