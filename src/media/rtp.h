/**
 * @file rtp.h  The header of an RTP packet.
 *
 * RFC 3550 section 5.1; the clear header of SRTP is the same (RFC 3711 section 3.1).
 */
#ifndef MEDIA_RTP_H
#define MEDIA_RTP_H

#include "base/bytes.h"
#include "base/str.h"

#define RTP_HEADER	12u	/* bytes, without CSRC list and extension */

/** id, name, what it means */
#define RTP_FLAWS(_) \
	_(CSRC,      "csrc",      "the CSRC list is longer than the packet") \
	_(EXTENSION, "extension", "the header extension is longer than the packet") \
	_(PADDING,   "padding",   "the padding is longer than the payload, or its length is 0") \
	_(CLOCK,     "clock",     "its description gives a clock rate of 0, or none that is possible") \
	_(LOOP,      "loop",      "packets came back to where they were sent from") \
	_(COLLISION, "collision", "two sources use one SSRC: towards one address, or towards each other") \
	_(TIME_BACK, "time-back", "the time of the capture went back within it") \
	_(REFUSED,   "refused",   "an ICMP error told that packets of it did not arrive, before its call ended")

enum rtp_flaw_bit {
#define RTP_FLAW_BIT(id, ...) RTP_FLAW_BIT_##id,
	RTP_FLAWS(RTP_FLAW_BIT)
#undef RTP_FLAW_BIT
	RTP_FLAW_COUNT
};

enum rtp_flaw {
#define RTP_FLAW_ID(id, ...) RTP_FLAW_##id = 1 << RTP_FLAW_BIT_##id,
	RTP_FLAWS(RTP_FLAW_ID)
#undef RTP_FLAW_ID
};

struct rtp_flaw_def {
	const char *name;
	const char *help;
};

/** Indexed by enum rtp_flaw_bit. */
extern const struct rtp_flaw_def rtp_flaw_defs[RTP_FLAW_COUNT];

struct rtp {
	uint32_t ssrc;
	uint32_t timestamp;	/**< in units of the clock rate */
	uint16_t sequence;
	uint8_t payload_type;	/**< 0..127 */
	bool marker;
	uint8_t csrc_count;
	bool extension;
	uint16_t flaws;		/**< enum rtp_flaw */
	struct str payload;	/**< what was captured of it, without padding */
	uint32_t payload_length;	/**< on the wire, without padding */
};

/**
 * Read the header at the front of @p packet, of which @p wire_length bytes were
 * on the wire. Where a length in it lies, the flaw is set and the payload begins behind
 * the part that is sound.
 * @return false when it is no RTP: shorter than a header, or not version 2; or when its
 *         payload type is one of RTCP (72 to 76 with the marker, RFC 5761 section 4).
 */
bool rtp_parse(struct str packet, uint32_t wire_length, struct rtp *rtp);

#endif
