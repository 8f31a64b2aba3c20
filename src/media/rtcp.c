/*
 * Compounds are walked by their lengths: each packet begins with 4 bytes that tell how
 * long it is, so every step goes on by 4 bytes or more. What is promised and not there
 * is left out; the numbers of a block are read only where all of it is there.
 */
#include "media/rtcp.h"

#define HEADER		4u
#define SENDER_INFO	20u	/* bytes in an SR between the SSRC and the blocks */
#define REPORT_BLOCK	24u

static const uint8_t *
bytes(struct str s)
{
	return (const uint8_t *)s.p;
}

/* ---- the compound ---- */

bool
rtcp_may_start(struct str packet)
{
	const uint8_t *p = bytes(packet);

	return packet.n >= 8 && p[0] >> 6 == 2 && p[1] >= RTCP_SR && p[1] <= RTCP_LAST;
}

bool
rtcp_is_whole(struct str packet)
{
	struct rtcp_walk walk;
	struct rtcp_part part;

	if (!rtcp_may_start(packet))
		return false;
	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part))
		;
	return (walk.flaws & ~(uint32_t)RTCP_FLAW_PADDING) == 0;
}

/* The bit that says "encrypted", and a count that began at 0 or 1. A random word passes
 * once in 512 times. */
static bool
is_index(struct str packet, size_t from_end)
{
	uint32_t word;

	if (packet.n < 8 + from_end)
		return false;
	word = get_be32(bytes(packet) + packet.n - from_end);
	return word >> 23 == 0x100;
}

bool
rtcp_is_secure(struct str packet, uint32_t wire_length)
{
	size_t first;

	if (!rtcp_may_start(packet) || (wire_length <= packet.n && rtcp_is_whole(packet)))
		return false;
	first = HEADER * ((size_t)get_be16(bytes(packet) + 2) + 1);
	if (first < 8 || first + 4 > wire_length)
		return false;
	if (wire_length > packet.n)
		return wire_length % 4 != 0;
	/* Behind it: the index and a tag of 80 bits or 32; a tag of 128 bits stands before
	 * the index, and is encrypted with it in mind. */
	return is_index(packet, 14) || is_index(packet, 8) || is_index(packet, 4);
}

void
rtcp_start(struct rtcp_walk *walk, struct str packet, uint32_t wire_length)
{
	*walk = (struct rtcp_walk){ .rest = packet };
	if (wire_length > packet.n)
		walk->beyond = wire_length - (uint32_t)packet.n;
}

/* Padding is at the end of the last packet, its own length in the last byte
 * (RFC 3550 section 6.4.1). */
static void
drop_padding(struct rtcp_walk *walk, struct rtcp_part *part)
{
	uint8_t n;

	if (part->body.n == 0)
		return;
	n = bytes(part->body)[part->body.n - 1];
	if (n == 0 || n > part->body.n)
		walk->flaws |= RTCP_FLAW_PADDING;
	if (n <= part->body.n)
		part->body.n -= n;
}

bool
rtcp_next(struct rtcp_walk *walk, struct rtcp_part *part)
{
	const uint8_t *p = bytes(walk->rest);
	size_t n;
	bool cut;

	if (walk->rest.n == 0) {
		walk->flaws |= walk->beyond > 0 ? (uint32_t)RTCP_FLAW_CUT : 0;
		return false;
	}
	if (walk->rest.n < HEADER) {
		walk->flaws |= walk->beyond > 0 ? RTCP_FLAW_CUT : RTCP_FLAW_LENGTH;
		return false;
	}
	if (p[0] >> 6 != 2) {
		walk->flaws |= RTCP_FLAW_VERSION;
		return false;
	}
	n = HEADER * ((size_t)get_be16(p + 2) + 1);
	if (n > walk->rest.n + walk->beyond) {
		walk->flaws |= RTCP_FLAW_LENGTH;
		return false;
	}
	cut = n > walk->rest.n;
	*part = (struct rtcp_part){
		.body = str_sub(walk->rest, HEADER, n - HEADER), .type = p[1], .count = p[0] & 31,
	};
	walk->rest = str_skip(walk->rest, n);
	if (cut)
		walk->flaws |= RTCP_FLAW_CUT;
	else if (p[0] & 0x20)
		drop_padding(walk, part);
	return true;
}

/* ---- parts ---- */

static bool
word(const struct rtcp_part *part, size_t i, uint32_t *value)
{
	if (part->body.n < 4 * (i + 1))
		return false;
	*value = get_be32(bytes(part->body) + 4 * i);
	return true;
}

bool
rtcp_ssrc(const struct rtcp_part *part, uint32_t *ssrc)
{
	return word(part, 0, ssrc);
}

bool
rtcp_sender(const struct rtcp_part *part, struct rtcp_sender *sender)
{
	const uint8_t *p = bytes(part->body);

	if (part->type != RTCP_SR || part->body.n < 4 + SENDER_INFO)
		return false;
	*sender = (struct rtcp_sender){
		.ssrc = get_be32(p), .ntp_seconds = get_be32(p + 4),
		.ntp_fraction = get_be32(p + 8), .timestamp = get_be32(p + 12),
		.packets = get_be32(p + 16), .octets = get_be32(p + 20),
	};
	return true;
}

/* Where the blocks begin; SIZE_MAX where there can be none. */
static size_t
blocks_at(const struct rtcp_part *part)
{
	switch (part->type) {
	case RTCP_SR:
		return 4 + SENDER_INFO;
	case RTCP_RR:
		return 4;
	default:
		return SIZE_MAX;
	}
}

bool
rtcp_block(const struct rtcp_part *part, unsigned int i, struct rtcp_block *block)
{
	size_t at = blocks_at(part);
	const uint8_t *p;

	if (i >= part->count || at > part->body.n ||
	    (size_t)(i + 1) * REPORT_BLOCK > part->body.n - at)
		return false;
	p = bytes(part->body) + at + (size_t)i * REPORT_BLOCK;
	*block = (struct rtcp_block){
		.ssrc = get_be32(p), .fraction = p[4],
		/* 24 bits with a sign. */
		.lost = (int32_t)(get_be24(p + 5) ^ 0x800000) - 0x800000,
		.highest = get_be32(p + 8), .jitter = get_be32(p + 12),
		.lsr = get_be32(p + 16), .dlsr = get_be32(p + 20),
	};
	return true;
}

void
rtcp_sdes_start(struct rtcp_sdes *sdes, const struct rtcp_part *part)
{
	*sdes = (struct rtcp_sdes){ .part = part };
}

/* RFC 3550 section 6.5: chunks of an SSRC and items, up to a zero item and the next
 * multiple of 4. */
bool
rtcp_sdes_next(struct rtcp_sdes *sdes)
{
	const struct rtcp_part *part = sdes->part;
	const uint8_t *p = bytes(part->body);
	size_t n = part->body.n, length;

	if (part->type != RTCP_SDES)
		return false;
	for (;;) {
		if (!sdes->inside) {
			if (sdes->chunk >= part->count || sdes->at + 4 > n)
				return false;
			sdes->ssrc = get_be32(p + sdes->at);
			sdes->at += 4;
			sdes->chunk++;
			sdes->inside = true;
		}
		if (sdes->at + 2 <= n && p[sdes->at] != 0)
			break;
		sdes->at = (sdes->at + 4) & ~(size_t)3;
		sdes->inside = false;
	}
	length = p[sdes->at + 1];
	if (length > n - sdes->at - 2) {
		sdes->chunk = part->count;
		sdes->inside = false;
		return false;
	}
	sdes->type = p[sdes->at];
	sdes->text = str_sub(part->body, sdes->at + 2, length);
	sdes->at += 2 + length;
	return true;
}

bool
rtcp_bye(const struct rtcp_part *part, unsigned int i, uint32_t *ssrc)
{
	return part->type == RTCP_BYE && i < part->count && word(part, i, ssrc);
}

bool
rtcp_feedback(const struct rtcp_part *part, uint32_t *media_ssrc)
{
	return (part->type == RTCP_RTPFB || part->type == RTCP_PSFB) && word(part, 1, media_ssrc);
}

uint32_t
rtcp_part_flaws(const struct rtcp_part *part)
{
	size_t need;

	switch (part->type) {
	case RTCP_SR:
		need = 4 + SENDER_INFO + REPORT_BLOCK * (size_t)part->count;
		break;
	case RTCP_RR:
		need = 4 + REPORT_BLOCK * (size_t)part->count;
		break;
	case RTCP_SDES:
	case RTCP_BYE:
		need = 4 * (size_t)part->count;
		break;
	case RTCP_APP:
	case RTCP_RTPFB:
	case RTCP_PSFB:
		need = 8;
		break;
	case RTCP_XR:
		need = 4;
		break;
	default:
		need = 0;
		break;
	}
	return part->body.n < need ? RTCP_FLAW_BLOCKS : 0;
}
