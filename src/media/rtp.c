#include "media/rtp.h"

const struct rtp_flaw_def rtp_flaw_defs[RTP_FLAW_COUNT] = {
#define RTP_FLAW_DEF(id, flaw_name, flaw_help) \
	[RTP_FLAW_BIT_##id] = { .name = flaw_name, .help = flaw_help },
	RTP_FLAWS(RTP_FLAW_DEF)
#undef RTP_FLAW_DEF
};

/* Behind the extension, or 0: it ends behind the packet. Where its length was not
 * captured, it ends where it begins. */
static uint32_t
skip_extension(struct str packet, uint32_t wire_length, uint32_t at)
{
	uint32_t end = at + 4;

	if (end > wire_length)
		return 0;
	if (end > packet.n)
		return at;
	end += get_be16((const uint8_t *)packet.p + at + 2) * 4u;
	return end <= wire_length ? end : 0;
}

bool
rtp_parse(struct str packet, uint32_t wire_length, struct rtp *rtp)
{
	const uint8_t *p = (const uint8_t *)packet.p;
	uint32_t at = RTP_HEADER, end, behind;
	uint8_t padding;

	if (packet.n < RTP_HEADER || p[0] >> 6 != 2 || (p[1] >= 200 && p[1] <= 204))
		return false;
	if (wire_length < packet.n)
		wire_length = (uint32_t)packet.n;
	end = wire_length;
	*rtp = (struct rtp){
		.ssrc = get_be32(p + 8), .timestamp = get_be32(p + 4), .sequence = get_be16(p + 2),
		.payload_type = p[1] & 127, .marker = p[1] >> 7, .csrc_count = p[0] & 15,
		.extension = p[0] >> 4 & 1,
	};
	behind = at + rtp->csrc_count * 4u;
	if (behind > wire_length)
		rtp->flaws |= RTP_FLAW_CSRC;
	else
		at = behind;
	if (rtp->extension && !rtp->flaws) {
		behind = skip_extension(packet, wire_length, at);
		if (behind == 0)
			rtp->flaws |= RTP_FLAW_EXTENSION;
		else
			at = behind;
	}
	if (p[0] & 0x20 && wire_length == packet.n) {
		padding = p[wire_length - 1];
		if (padding == 0 || padding > end - at)
			rtp->flaws |= RTP_FLAW_PADDING;
		else
			end -= padding;
	}
	rtp->payload_length = end - at;
	if (at < packet.n)
		rtp->payload = str_sub(packet, at, packet.n - at < end - at ? packet.n - at : end - at);
	return true;
}
