/*
 * HEP. Version 3 is a list of chunks in any order, of which each says how long it is
 * (net/hep_wire.h finds the next one behind a lie). Versions 1 and 2 are a C struct of
 * the sender's machine, sent as it lay in memory:
 *
 *	version, length, family, protocol	a byte each
 *	source port, destination port		network order
 *	source, destination address		4 or 16 bytes each
 *	seconds, microseconds			version 2, the sender's byte order
 *	capture id, 2 bytes of padding		likewise
 *	payload
 *
 * The length is of the header and the addresses; some count the times too, and some
 * write nonsense into it, so what is read goes by the family.
 */
#include "decode/hep.h"

#include <zlib.h>

#include "base/bytes.h"
#include "net/hep_wire.h"

#define FIXED_HEADER	8u	/* of versions 1 and 2, up to the addresses */
#define TIME_HEADER	12u	/* of version 2, padding included */
#define SECONDS_OLD	UINT32_C(946684800)	/* 2000-01-01 */
#define SECONDS_NEW	UINT32_C(4102444800)	/* 2100-01-01 */
#define MICROSECONDS	UINT32_C(1000000)

const char *
hep_flaw_name(enum hep_flaw_bit f)
{
	static const char *const names[] = {
#define HEP_FLAW_NAME(id, name, help) name,
		HEP_FLAWS(HEP_FLAW_NAME)
#undef HEP_FLAW_NAME
	};

	return (unsigned)f < HEP_FLAW_COUNT ? names[f] : "";
}

bool
hep_may_start(struct str in)
{
	return hep_wire_version(in) != 0;
}

size_t
hep_length(struct str in)
{
	return hep_wire_length(in);
}

/* ---- version 3 ---- */

struct chunks {
	struct hep *hep;
	struct net_addr src[2], dst[2];		/* IPv4, IPv6 */
	uint32_t seconds, microseconds;
	uint8_t family;
	bool has_seconds;
	bool has_payload;
};

/* A chunk's value, of as many bytes as it has. @return false when they are too few, or
 * the number is larger than @p max. */
static bool
chunk_number(struct chunks *c, const struct hep_chunk *chunk, uint32_t max, uint32_t *value)
{
	uint64_t v = 0;

	if (chunk->body.n < hep_chunk_size(chunk->type)) {
		c->hep->flaws |= HEP_FLAW_CHUNK;
		return false;
	}
	for (size_t i = 0; i < chunk->body.n; i++) {
		v = v << 8 | (uint8_t)chunk->body.p[i];
		if (v > max) {
			c->hep->flaws |= HEP_FLAW_LENGTH;
			return false;
		}
	}
	*value = (uint32_t)v;
	return true;
}

static void
chunk_addr(struct chunks *c, const struct hep_chunk *chunk, struct net_addr *to)
{
	const uint8_t *p = (const uint8_t *)chunk->body.p;

	if (chunk->body.n < hep_chunk_size(chunk->type)) {
		c->hep->flaws |= HEP_FLAW_CHUNK;
		return;
	}
	if (chunk->body.n > hep_chunk_size(chunk->type))
		c->hep->flaws |= HEP_FLAW_LENGTH;
	*to = chunk->type < HEP_CHUNK_IP6_SRC ? net_addr_ip4(p) : net_addr_ip6(p);
}

/* The first payload counts. */
static void
chunk_payload(struct chunks *c, const struct hep_chunk *chunk)
{
	if (c->has_payload)
		return;
	c->hep->payload = chunk->body;
	c->hep->compressed = chunk->type == HEP_CHUNK_COMPRESSED;
	c->has_payload = chunk->body.n > 0;
}

static void
chunk_take(struct chunks *c, const struct hep_chunk *chunk)
{
	struct hep *hep = c->hep;
	uint32_t v;

	switch (chunk->type) {
	case HEP_CHUNK_FAMILY:
		if (chunk_number(c, chunk, UINT8_MAX, &v))
			c->family = (uint8_t)v;
		break;
	case HEP_CHUNK_PROTOCOL:
		if (chunk_number(c, chunk, UINT8_MAX, &v))
			hep->protocol = (uint8_t)v;
		break;
	case HEP_CHUNK_IP4_SRC:
	case HEP_CHUNK_IP6_SRC:
		chunk_addr(c, chunk, &c->src[chunk->type == HEP_CHUNK_IP6_SRC]);
		break;
	case HEP_CHUNK_IP4_DST:
	case HEP_CHUNK_IP6_DST:
		chunk_addr(c, chunk, &c->dst[chunk->type == HEP_CHUNK_IP6_DST]);
		break;
	case HEP_CHUNK_SRC_PORT:
		if (chunk_number(c, chunk, UINT16_MAX, &v))
			hep->src.port = (uint16_t)v;
		break;
	case HEP_CHUNK_DST_PORT:
		if (chunk_number(c, chunk, UINT16_MAX, &v))
			hep->dst.port = (uint16_t)v;
		break;
	case HEP_CHUNK_SECONDS:
		c->has_seconds |= chunk_number(c, chunk, UINT32_MAX, &c->seconds);
		break;
	case HEP_CHUNK_MICROSECONDS:
		chunk_number(c, chunk, UINT32_MAX, &c->microseconds);
		break;
	case HEP_CHUNK_TYPE:
		if (chunk_number(c, chunk, UINT8_MAX, &v))
			hep->type = (uint8_t)v;
		break;
	case HEP_CHUNK_NODE:
		chunk_number(c, chunk, UINT32_MAX, &hep->node);
		break;
	case HEP_CHUNK_KEY:
		hep->key = chunk->body;
		break;
	case HEP_CHUNK_PAYLOAD:
	case HEP_CHUNK_COMPRESSED:
		chunk_payload(c, chunk);
		break;
	case HEP_CHUNK_CORRELATION:
		hep->correlation = chunk->body;
		break;
	case HEP_CHUNK_VLAN:
		if (chunk_number(c, chunk, UINT16_MAX, &v))
			hep->vlan = (uint16_t)v;
		break;
	case HEP_CHUNK_NODE_NAME:
		hep->node_name = chunk->body;
		break;
	}
}

/* Seconds and microseconds as a moment, with the flaw when they are none. */
static void
time_set(struct hep *hep, uint32_t seconds, uint32_t microseconds)
{
	if (seconds == 0) {
		hep->flaws |= HEP_FLAW_TIME;
		return;
	}
	hep->time = seconds * NS_PER_S;
	if (microseconds < MICROSECONDS)
		hep->time += microseconds * NS_PER_US;
	else
		hep->flaws |= HEP_FLAW_TIME;
}

static void
chunks_read(struct chunks *c, struct str in, size_t length)
{
	struct str rest = str_skip(in, HEP_HEADER);
	struct hep_chunk chunk;

	/* A total that is too small ends the reading when a payload was found, for what
	 * follows may be anything. */
	while (!(in.n - rest.n >= length && c->has_payload) && hep_chunk_next(&rest, &chunk)) {
		if (chunk.lies)
			c->hep->flaws |= HEP_FLAW_LENGTH;
		if (chunk.vendor == 0)
			chunk_take(c, &chunk);
	}
	if (rest.n > 0)
		c->hep->flaws |= HEP_FLAW_LENGTH;
}

static void
parse3(struct str in, struct hep *hep)
{
	struct chunks c = { .hep = hep };
	size_t length = get_be16((const uint8_t *)in.p + 4);
	bool six;

	if (length != in.n)
		hep->flaws |= HEP_FLAW_LENGTH;
	chunks_read(&c, in, length);

	/* The family decides where there are both; where it does not fit, what there is. */
	six = c.family != 2;
	if (c.src[six].family == NET_NONE && c.dst[six].family == NET_NONE)
		six = !six;
	hep->src.addr = c.src[six];
	hep->dst.addr = c.dst[six];
	if (c.has_seconds)
		time_set(hep, c.seconds, c.microseconds);
	else
		hep->flaws |= HEP_FLAW_TIME;
}

/* ---- versions 1 and 2 ---- */

/* Whether the first line is that of a SIP message. */
static bool
is_sip(struct str s)
{
	static const struct str version = STR_INIT("SIP/2.0");
	size_t end = str_chr(str_sub(s, 0, 4096), '\n');

	if (str_starts(s, version))
		return true;
	if (end == SIZE_MAX || s.n == 0 || !ascii_is_alpha(s.p[0]))
		return false;
	s = str_trim(str_sub(s, 0, end));
	return s.n > version.n && str_eq(str_skip(s, s.n - version.n), version);
}

/* Some pad the times to a multiple of four bytes, as C does, and some do not. What
 * lies in the padding is not defined; two letters are hardly there by chance. */
static size_t
time_header(struct str in)
{
	if (in.n > TIME_HEADER && in.p[10] >= 'A' && in.p[10] <= 'Z' && in.p[11] >= 'A' &&
	    in.p[11] <= 'Z' && is_sip(str_skip(in, 10)))
		return 10;
	return TIME_HEADER;
}

static bool
is_now(uint32_t seconds, uint32_t microseconds)
{
	return seconds >= SECONDS_OLD && seconds < SECONDS_NEW && microseconds < MICROSECONDS;
}

/* In the byte order in which it is a time; little endian, as nearly all senders are,
 * where it is one in neither or both. */
static void
times_read(struct hep *hep, const uint8_t *p)
{
	bool big = !is_now(get_le32(p), get_le32(p + 4)) && is_now(get_be32(p), get_be32(p + 4));

	hep->node = big ? get_be16(p + 8) : get_le16(p + 8);
	if (big)
		time_set(hep, get_be32(p), get_be32(p + 4));
	else
		time_set(hep, get_le32(p), get_le32(p + 4));
}

static bool
parse12(struct str in, struct hep *hep)
{
	const uint8_t *p = (const uint8_t *)in.p;
	size_t addr, header, payload, length = p[1];

	hep->type = HEP_SIP;
	hep->protocol = p[3];
	addr = p[2] == 2 ? 4 : 16;
	header = FIXED_HEADER + 2 * addr;
	payload = header;
	if (hep->version == 2)
		payload += time_header(str_skip(in, header));
	/* Only a length that is right tells it from other things, or SIP behind it. */
	if (length != header && (hep->version == 1 ||
				 (length != header + 10 && length != header + TIME_HEADER))) {
		hep->flaws |= HEP_FLAW_LENGTH;
		if (!is_sip(str_skip(in, payload)))
			return false;
	}
	if (in.n < payload)
		hep->flaws |= HEP_FLAW_LENGTH;
	if (in.n >= FIXED_HEADER) {
		hep->src.port = get_be16(p + 4);
		hep->dst.port = get_be16(p + 6);
	}
	if (in.n >= header) {
		p += FIXED_HEADER;
		hep->src.addr = addr == 4 ? net_addr_ip4(p) : net_addr_ip6(p);
		hep->dst.addr = addr == 4 ? net_addr_ip4(p + addr) : net_addr_ip6(p + addr);
	}
	if (hep->version == 2 && in.n >= header + 10)
		times_read(hep, (const uint8_t *)in.p + header);
	else if (hep->version == 2)
		hep->flaws |= HEP_FLAW_TIME;
	hep->payload = str_skip(in, payload);
	return true;
}

bool
hep_parse(struct str in, struct hep *hep)
{
	unsigned version = hep_wire_version(in);

	*hep = (struct hep){ .time = TIME_NONE, .version = (uint8_t)version };
	if (version == 0)
		return false;
	if (version == 3)
		parse3(in, hep);
	else if (!parse12(in, hep))
		return false;
	if (hep->src.addr.family == NET_NONE || hep->dst.addr.family == NET_NONE)
		hep->flaws |= HEP_FLAW_ADDRESS;
	if (hep->payload.n == 0)
		hep->flaws |= HEP_FLAW_PAYLOAD;
	return true;
}

/* ---- compressed payloads ---- */

/* @param bits  as inflateInit2() takes them. */
static bool
inflate_all(struct str in, int bits, struct buf *to)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
	int r = inflateInit2(&z, bits);

	if (r != Z_OK)
		return false;
	buf_clear(to);
	while (r == Z_OK && to->n < HEP_UNPACKED_MAX) {
		size_t room = 4 * in.n + 1024;

		if (room > HEP_UNPACKED_MAX - to->n)
			room = HEP_UNPACKED_MAX - to->n;
		z.next_out = (Bytef *)buf_reserve(to, room);
		z.avail_out = (uInt)room;
		r = inflate(&z, Z_NO_FLUSH);
		to->n += room - z.avail_out;
		to->p[to->n] = '\0';
	}
	inflateEnd(&z);
	if (r != Z_STREAM_END)
		buf_clear(to);
	return r == Z_STREAM_END;
}

bool
hep_unpack(const struct hep *hep, struct buf *to)
{
	buf_clear(to);
	if (!hep->compressed || hep->payload.n == 0 || hep->payload.n > HEP_PACKET_MAX)
		return false;
	/* 15 + 32: zlib or gzip, whichever header is there; -15: none. */
	return inflate_all(hep->payload, 15 + 32, to) || inflate_all(hep->payload, -15, to);
}
