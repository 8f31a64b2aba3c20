#include "media/rtp.h"

const struct rtp_flaw_def rtp_flaw_defs[RTP_FLAW_COUNT] = {
#define RTP_FLAW_DEF(id, flaw_name, flaw_help) \
	[RTP_FLAW_BIT_##id] = { .name = flaw_name, .help = flaw_help },
	RTP_FLAWS(RTP_FLAW_DEF)
#undef RTP_FLAW_DEF
};

bool
rtp_parse(struct str packet, uint32_t wire_length, struct rtp *rtp)
{
	const uint8_t *p = (const uint8_t *)packet.p;
	uint32_t at = RTP_HEADER, end = wire_length;

	if (packet.n < RTP_HEADER || p[0] >> 6 != 2 || (p[1] >= 200 && p[1] <= 204))
		return false;
	*rtp = (struct rtp){
		.ssrc = get_be32(p + 8), .timestamp = get_be32(p + 4), .sequence = get_be16(p + 2),
		.payload_type = p[1] & 127, .marker = p[1] >> 7, .csrc_count = p[0] & 15,
		.extension = p[0] >> 4 & 1,
	};
	if (at + rtp->csrc_count * 4u > wire_length)
		rtp->flaws |= RTP_FLAW_CSRC;
	else
		at += rtp->csrc_count * 4u;
	if (rtp->extension && !rtp->flaws) {
		if (at + 4 <= packet.n && at + 4u + get_be16(p + at + 2) * 4u <= wire_length)
			at += 4u + get_be16(p + at + 2) * 4u;
		else if (at + 4 <= packet.n || at + 4 > wire_length)
			rtp->flaws |= RTP_FLAW_EXTENSION;
	}
	if (p[0] & 0x20 && wire_length <= packet.n) {
		if (p[wire_length - 1] == 0 || p[wire_length - 1] > end - at)
			rtp->flaws |= RTP_FLAW_PADDING;
		else
			end -= p[wire_length - 1];
	}
	rtp->payload_length = end - at;
	if (at < packet.n)
		rtp->payload = str_sub(packet, at, packet.n - at < end - at ? packet.n - at : end - at);
	return true;
}
