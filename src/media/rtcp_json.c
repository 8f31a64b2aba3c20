#include <unistr.h>

#include "media/rtcp_json.h"

#include "base/bytes.h"

enum {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_LAST = 213,	/* as the IANA registry has it, and a little more */
};

#define SENDER_INFO	20u	/* bytes in an SR between the SSRC and the blocks */
#define REPORT_BLOCK	24u

/* One packet of the compound. */
struct part {
	const uint8_t *body;	/* after the header of 4 bytes */
	size_t n;
	uint8_t type, count;
};

/* Cut the next one off; of *rest only whole ones are left (is_rtcp()). */
static bool
part_next(struct str *rest, struct part *part)
{
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t n;

	if (rest->n < 4)
		return false;
	n = 4 * ((size_t)get_be16(p + 2) + 1);
	if (n > rest->n)
		return false;
	*part = (struct part){ p + 4, n - 4, p[1], p[0] & 31 };
	if ((p[0] & 0x20) && part->n > 0 && p[n - 1] <= part->n)
		part->n -= p[n - 1];	/* padding, its count included */
	*rest = str_skip(*rest, n);
	return true;
}

/* RFC 3550 section A.2; but a packet need not begin with a report (RFC 5506). */
static bool
is_rtcp(struct str packet)
{
	struct str rest = packet;
	struct part part;

	if (packet.n < 8 || (uint8_t)packet.p[1] < RTCP_SR ||
	    (uint8_t)packet.p[1] > RTCP_LAST)
		return false;
	while (rest.n > 0) {
		if ((uint8_t)rest.p[0] >> 6 != 2 || !part_next(&rest, &part))
			return false;
	}
	return true;
}

static void
add_sender(struct buf *b, const uint8_t *p)
{
	buf_printf(b, "\"sender_information\":{\"ntp_timestamp_sec\":%u,"
		   "\"ntp_timestamp_usec\":%u,\"octets\":%u,\"rtp_timestamp\":%u,"
		   "\"packets\":%u},", get_be32(p), get_be32(p + 4), get_be32(p + 16),
		   get_be32(p + 8), get_be32(p + 12));
}

static void
add_block(struct buf *b, const uint8_t *p)
{
	/* 24 bits with a sign. */
	int32_t lost = (int32_t)(get_be24(p + 5) ^ 0x800000) - 0x800000;

	buf_printf(b, "{\"source_ssrc\":%u,\"highest_seq_no\":%u,\"fraction_lost\":%u,"
		   "\"ia_jitter\":%u,\"packets_lost\":%d,\"lsr\":%u,\"dlsr\":%u}",
		   get_be32(p), get_be32(p + 8), p[4], get_be32(p + 12), lost,
		   get_be32(p + 16), get_be32(p + 20));
}

/* What SR and RR say, of all there are: the sender's part of the first SR, the blocks
 * of each. */
static void
add_reports(struct buf *b, struct str packet)
{
	struct buf blocks = BUF_INIT;
	struct str rest = packet;
	struct part part;
	bool has_sender = false;
	unsigned n = 0;

	while (part_next(&rest, &part)) {
		size_t at = part.type == RTCP_SR ? 4 + SENDER_INFO : 4;

		if ((part.type != RTCP_SR && part.type != RTCP_RR) || part.n < at)
			continue;
		if (part.type == RTCP_SR && !has_sender)
			add_sender(b, part.body + 4);
		has_sender |= part.type == RTCP_SR;
		for (unsigned i = 0; i < part.count && at + REPORT_BLOCK <= part.n; i++) {
			if (n++ > 0)
				buf_add_char(&blocks, ',');
			add_block(&blocks, part.body + at);
			at += REPORT_BLOCK;
		}
	}
	buf_printf(b, "\"ssrc\":%u,\"type\":%u,\"report_count\":%u,\"report_blocks\":[",
		   get_be32((const uint8_t *)packet.p + 4), (uint8_t)packet.p[1], n);
	buf_add_str(b, buf_str(&blocks));
	buf_add_char(b, ']');
	buf_release(&blocks);
}

/* UTF-8 as RFC 3550 section 6.5 has it, all but printable ASCII escaped. A NUL, which
 * some pad with, is left out: databases that take JSON refuse it. */
static void
add_text(struct buf *b, const uint8_t *p, size_t n)
{
	buf_add_char(b, '"');
	while (n > 0) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p, n);

		if (used < 1) {
			c = 0xfffd;
			used = 1;
		}
		p += used;
		n -= (size_t)used;
		if (c == '"' || c == '\\')
			buf_add_char(b, '\\');
		if (c >= 0x20 && c < 0x7f)
			buf_add_char(b, (char)c);
		else if (c >= 0x10000)
			buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				   0xdc00 + ((c - 0x10000) & 0x3ff));
		else if (c != 0)
			buf_printf(b, "\\u%04x", c);
	}
	buf_add_char(b, '"');
}

/* RFC 3550 section 6.5: chunks of an SSRC and items, up to a zero item and the next
 * multiple of 4. @return how many items were appended to @p items. */
static unsigned
add_sdes(struct buf *items, const struct part *part, unsigned n)
{
	size_t at = 0;

	for (unsigned i = 0; i < part->count && at + 4 <= part->n; i++) {
		uint32_t ssrc = get_be32(part->body + at);

		at += 4;
		while (at + 2 <= part->n && part->body[at] != 0) {
			size_t length = part->body[at + 1];

			if (length > part->n - at - 2)
				return n;
			if (n++ > 0)
				buf_add_char(items, ',');
			buf_printf(items, "{\"sdes_chunk_ssrc\":%u,\"type\":%u,\"text\":",
				   ssrc, part->body[at]);
			add_text(items, part->body + at + 2, length);
			buf_add_char(items, '}');
			at += 2 + length;
		}
		at = (at + 4) & ~(size_t)3;
	}
	return n;
}

static void
add_descriptions(struct buf *b, struct str packet)
{
	struct buf items = BUF_INIT;
	struct str rest = packet;
	struct part part;
	bool has = false;
	unsigned n = 0, chunks = 0;
	uint32_t ssrc = 0;

	while (part_next(&rest, &part)) {
		if (part.type != RTCP_SDES || part.count == 0 || part.n < 4)
			continue;
		if (!has)
			ssrc = get_be32(part.body);
		has = true;
		chunks += part.count;
		n = add_sdes(&items, &part, n);
	}
	if (has) {
		buf_printf(b, ",\"sdes_ssrc\":%u,\"sdes_report_count\":%u,"
			   "\"sdes_information\":[", ssrc, chunks);
		buf_add_str(b, buf_str(&items));
		buf_add_char(b, ']');
	}
	buf_release(&items);
}

static void
add_byes(struct buf *b, struct str packet)
{
	struct str rest = packet;
	struct part part;
	unsigned n = 0;

	while (part_next(&rest, &part)) {
		if (part.type != RTCP_BYE)
			continue;
		for (unsigned i = 0; i < part.count && 4 * (i + 1) <= part.n; i++) {
			buf_add_cstr(b, n++ == 0 ? ",\"bye_ssrc\":[" : ",");
			buf_printf(b, "%u", get_be32(part.body + 4 * (size_t)i));
		}
	}
	if (n > 0)
		buf_add_char(b, ']');
}

bool
rtcp_json_add(struct buf *b, struct str packet)
{
	if (!is_rtcp(packet))
		return false;
	buf_add_char(b, '{');
	add_reports(b, packet);
	add_descriptions(b, packet);
	add_byes(b, packet);
	buf_add_char(b, '}');
	return true;
}
