#include "net/hep_wire.h"

#include "base/bytes.h"

#define CHUNK_TYPES	64u	/* more than have been given out */

static const uint8_t *
bytes(struct str s)
{
	return (const uint8_t *)s.p;
}

/* Families as the systems number them: IPv4 is 2 for all; IPv6 is 10 (Linux), 23
 * (Windows), 24, 28, 30 (BSDs, macOS). */
static bool
is_family(uint8_t family)
{
	return family == 2 || family == 10 || family == 23 || family == 24 ||
		family == 28 || family == 30;
}

unsigned
hep_wire_version(struct str in)
{
	const uint8_t *p = bytes(in);

	if (in.n >= HEP_HEADER && (memcmp(p, "HEP3", 4) == 0 || memcmp(p, "EEP1", 4) == 0))
		return 3;
	if (in.n < HEP_HEADER || (p[0] != 1 && p[0] != 2) || !is_family(p[2]))
		return 0;
	/* TCP, UDP, SCTP, and what some write for TLS. */
	return p[3] == 6 || p[3] == 17 || p[3] == 132 || p[3] == 22 ? p[0] : 0;
}

size_t
hep_wire_length(struct str in)
{
	size_t n = in.n < 4 ? in.n : 4, length;

	if (n > 0 && memcmp(in.p, "HEP3", n) != 0 && memcmp(in.p, "EEP1", n) != 0)
		return SIZE_MAX;
	if (in.n < HEP_HEADER)
		return 0;
	length = get_be16(bytes(in) + 4);
	return length < HEP_HEADER ? SIZE_MAX : length;
}

/* Whether a packet begins here, by its length and the header of its first chunk, or
 * nothing says that none does. */
static bool
may_be_packet(struct str in)
{
	size_t length = hep_wire_length(in);

	if (length == 0 || length == SIZE_MAX)
		return length == 0;
	if (in.n < HEP_HEADER + HEP_CHUNK_HEADER)
		return true;
	in = str_skip(in, HEP_HEADER);
	return get_be16(bytes(in)) <= UINT8_MAX && get_be16(bytes(in) + 4) >= HEP_CHUNK_HEADER &&
		get_be16(bytes(in) + 4) <= length;
}

/* The first place before @p end that begins with @p c and may be a packet, else @p end. */
static size_t
find_packet(struct str in, char c, size_t end)
{
	size_t at = 0, step;

	while ((step = str_chr(str_sub(in, at, end - at), c)) != SIZE_MAX) {
		at += step;
		if (may_be_packet(str_skip(in, at)))
			return at;
		at++;
	}
	return end;
}

size_t
hep_wire_find(struct str in)
{
	size_t at = find_packet(in, 'E', find_packet(in, 'H', in.n));

	return at < in.n ? at : SIZE_MAX;
}

size_t
hep_chunk_size(unsigned type)
{
	static const uint8_t sizes[] = {
		[HEP_CHUNK_FAMILY] = 1,
		[HEP_CHUNK_PROTOCOL] = 1,
		[HEP_CHUNK_IP4_SRC] = 4,
		[HEP_CHUNK_IP4_DST] = 4,
		[HEP_CHUNK_IP6_SRC] = 16,
		[HEP_CHUNK_IP6_DST] = 16,
		[HEP_CHUNK_SRC_PORT] = 2,
		[HEP_CHUNK_DST_PORT] = 2,
		[HEP_CHUNK_SECONDS] = 4,
		[HEP_CHUNK_MICROSECONDS] = 4,
		[HEP_CHUNK_TYPE] = 1,
		[HEP_CHUNK_NODE] = 4,
		[HEP_CHUNK_KEEPALIVE] = 2,
		[HEP_CHUNK_VLAN] = 2,
	};

	return type < ARRAY_SIZE(sizes) ? sizes[type] : 0;
}

/* Whether a chunk that we know and that fits begins here. */
static bool
is_chunk(struct str s)
{
	size_t length, size;
	unsigned type;

	if (s.n < HEP_CHUNK_HEADER || get_be16(bytes(s)) != 0)
		return false;
	type = get_be16(bytes(s) + 2);
	length = get_be16(bytes(s) + 4);
	size = hep_chunk_size(type);
	return type >= HEP_CHUNK_FAMILY && type <= CHUNK_TYPES &&
		length >= HEP_CHUNK_HEADER + size && length <= s.n &&
		(size == 0 || length == HEP_CHUNK_HEADER + size);
}

static bool
ends_or_is_chunk(struct str s)
{
	return s.n == 0 || is_chunk(s);
}

/* The same for one of another vendor, who are numbered from 1: told by what follows. */
static bool
is_other_chunk(struct str s)
{
	size_t length;

	if (s.n < HEP_CHUNK_HEADER || get_be16(bytes(s)) == 0 || get_be16(bytes(s)) > UINT8_MAX)
		return false;
	length = get_be16(bytes(s) + 4);
	return length >= HEP_CHUNK_HEADER && length <= s.n && is_chunk(str_skip(s, length));
}

/* Where a chunk ends whose length is a lie: its header included. */
static size_t
end_of_liar(struct str in, size_t size)
{
	if (size > 0 && in.n >= HEP_CHUNK_HEADER + size) {
		/* Or a header without the value. */
		if (!ends_or_is_chunk(str_skip(in, HEP_CHUNK_HEADER + size)) &&
		    is_chunk(str_skip(in, HEP_CHUNK_HEADER)))
			return HEP_CHUNK_HEADER;
		return HEP_CHUNK_HEADER + size;
	}
	for (size_t i = HEP_CHUNK_HEADER; i + HEP_CHUNK_HEADER <= in.n; i++)
		if (is_chunk(str_skip(in, i)) || is_other_chunk(str_skip(in, i)))
			return i;
	return in.n;
}

bool
hep_chunk_next(struct str *rest, struct hep_chunk *chunk)
{
	struct str in = *rest;
	size_t length, size;

	if (in.n < HEP_CHUNK_HEADER)
		return false;
	chunk->vendor = get_be16(bytes(in));
	chunk->type = get_be16(bytes(in) + 2);
	length = get_be16(bytes(in) + 4);
	size = chunk->vendor == 0 ? hep_chunk_size(chunk->type) : 0;
	chunk->lies = length < HEP_CHUNK_HEADER || length > in.n;
	/* One that would swallow its neighbour, or leave a part of itself to it. */
	if (!chunk->lies && size > 0 && length != HEP_CHUNK_HEADER + size &&
	    in.n >= HEP_CHUNK_HEADER + size)
		chunk->lies = ends_or_is_chunk(str_skip(in, HEP_CHUNK_HEADER + size)) &&
			(length > HEP_CHUNK_HEADER + size || !is_chunk(str_skip(in, length)));
	if (chunk->lies)
		length = end_of_liar(in, size);
	chunk->body = str_sub(in, HEP_CHUNK_HEADER, length - HEP_CHUNK_HEADER);
	*rest = str_skip(in, length);
	return true;
}
