/**
 * @file rtcp.h  RTCP packets: compounds and what their parts say.
 *
 * RFC 3550 section 6, RFC 4585 section 6 (feedback); compounds that do not begin with a
 * report are taken too (RFC 5506). Extended reports are read by media/rtcp_xr.h. All
 * slices borrow from the packet, nothing is allocated.
 */
#ifndef MEDIA_RTCP_H
#define MEDIA_RTCP_H

#include "base/bytes.h"
#include "base/str.h"

enum rtcp_type {
	RTCP_SR    = 200,
	RTCP_RR    = 201,
	RTCP_SDES  = 202,
	RTCP_BYE   = 203,
	RTCP_APP   = 204,
	RTCP_RTPFB = 205,	/* feedback about the transport */
	RTCP_PSFB  = 206,	/* feedback about the payload */
	RTCP_XR    = 207,
	RTCP_LAST  = 213,	/* as the IANA registry has it, and a little more */
};

enum rtcp_flaw {
	RTCP_FLAW_LENGTH  = 1 << 0,	/* the lengths inside do not add up to the packet's */
	RTCP_FLAW_VERSION = 1 << 1,	/* a packet in the compound is not of version 2 */
	RTCP_FLAW_PADDING = 1 << 2,	/* longer than its packet, or of length 0 */
	RTCP_FLAW_BLOCKS  = 1 << 3,	/* more blocks or sources promised than there is room for */
	RTCP_FLAW_CUT     = 1 << 4,	/* the capture has not all of the packet */
	RTCP_FLAW_XR      = 1 << 5,	/* a block too short for its type, or beyond the packet */
};

/* ---- the compound ---- */

/** One packet of a compound. */
struct rtcp_part {
	struct str body;	/**< after the header of 4 bytes, without padding */
	uint8_t type;		/**< enum rtcp_type, or another one */
	uint8_t count;		/**< of blocks or sources; subtype or format of others: 0 to 31 */
};

/** Where a walk over a compound is. */
struct rtcp_walk {
	struct str rest;	/**< what no packet was cut off of yet */
	uint32_t beyond;	/**< bytes on the wire that were not captured */
	uint32_t flaws;		/**< enum rtcp_flaw, of what was walked over */
};

/** Whether @p packet may be RTCP at all: version 2 and a type of RTCP; O(1). */
bool rtcp_may_start(struct str packet);

/**
 * Whether @p packet is RTCP, and whole: it begins with a header and an SSRC, each packet in
 * it is of version 2, and the lengths inside add up to its own (RFC 3550 section A.2).
 * SRTCP never is, for what comes behind it. O(packets in it).
 */
bool rtcp_is_whole(struct str packet);

/**
 * Whether it looks like SRTCP (RFC 3711 section 3.4, RFC 7714 section 9): it begins with
 * the header of one packet, which is clear, has lengths that do not add up, and where the
 * index stands the bit that says "encrypted" with a number as a sender has counted to.
 * @param wire_length  bytes on the wire; what is cut is known by it alone: a length that
 *                     is no multiple of 4
 */
bool rtcp_is_secure(struct str packet, uint32_t wire_length);

/** Begin with the first packet of @p packet, of which @p wire_length bytes were on
 * the wire. */
void rtcp_start(struct rtcp_walk *walk, struct str packet, uint32_t wire_length);

/**
 * Cut the next packet off. Of one that is cut by the capture what is there is given.
 * @return false at the end, and where what follows is no packet: flaws tell.
 */
bool rtcp_next(struct rtcp_walk *walk, struct rtcp_part *part);

/* ---- parts ---- */

/** The SSRC of who sent it: of SR, RR, APP, XR and feedback, else the first one that is
 * there. False where there is none. */
bool rtcp_ssrc(const struct rtcp_part *part, uint32_t *ssrc);

/** What an SR says of its sender, RFC 3550 section 6.4.1. */
struct rtcp_sender {
	uint32_t ssrc;
	uint32_t ntp_seconds, ntp_fraction;	/**< since 1900; in 2^-32 s */
	uint32_t timestamp;	/**< of RTP, at that time */
	uint32_t packets, octets;	/**< sent so far */
};

/** @return false when it is no SR, or has no room for this. */
bool rtcp_sender(const struct rtcp_part *part, struct rtcp_sender *sender);

/** The middle 32 bits of an NTP time, as LSR has it: 2^-16 s. */
static inline uint32_t
rtcp_ntp_middle(uint32_t seconds, uint32_t fraction)
{
	return seconds << 16 | fraction >> 16;
}

/** A report block of SR or RR. */
struct rtcp_block {
	uint32_t ssrc;		/**< of the stream it is about */
	uint8_t fraction;	/**< lost since the report before, in 1/256 */
	int32_t lost;		/**< of all; -2^23 to 2^23 - 1: copies make it negative */
	uint32_t highest;	/**< extended sequence number */
	uint32_t jitter;	/**< in units of the clock rate */
	uint32_t lsr;		/**< middle of the NTP time of the last SR; 0: none came */
	uint32_t dlsr;		/**< since then, in 2^-16 s */
};

/** Block @p i, from 0. @return false past those that are there, whatever was promised. */
bool rtcp_block(const struct rtcp_part *part, unsigned int i, struct rtcp_block *block);

/** Item types of SDES; only what is asked for by name. */
#define RTCP_SDES_CNAME	1u

/** Walk over the items of an SDES packet; private but for ssrc, type and text. */
struct rtcp_sdes {
	uint32_t ssrc;		/**< of the source it describes */
	uint8_t type;
	struct str text;	/**< UTF-8, as it says */
	const struct rtcp_part *part;
	size_t at;
	unsigned int chunk;
	bool inside;
};

/** Begin; @p part must live as long as the walk. */
void rtcp_sdes_start(struct rtcp_sdes *sdes, const struct rtcp_part *part);

/** @return false at the end, and at an item that runs over it. */
bool rtcp_sdes_next(struct rtcp_sdes *sdes);

/** Source @p i, from 0, that a BYE takes leave of; false past those that are there. */
bool rtcp_bye(const struct rtcp_part *part, unsigned int i, uint32_t *ssrc);

/** The stream that feedback (RTPFB, PSFB) is about; the format is part->count. */
bool rtcp_feedback(const struct rtcp_part *part, uint32_t *media_ssrc);

/** Flaws of a part that its walk does not look for: RTCP_FLAW_BLOCKS. */
uint32_t rtcp_part_flaws(const struct rtcp_part *part);

#endif
