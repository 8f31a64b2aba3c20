/**
 * @file rtcp_json.h  RTCP as the JSON that HOMER collectors take (HEP type 5).
 */
#ifndef MEDIA_RTCP_JSON_H
#define MEDIA_RTCP_JSON_H

#include "base/buf.h"
#include "media/rtcp_xr.h"

/**
 * Append a compound RTCP packet as one JSON object:
 *
 *	{"sender_information":{"ntp_timestamp_sec":N,"ntp_timestamp_usec":N,"octets":N,
 *	 "rtp_timestamp":N,"packets":N},
 *	 "ssrc":N,"type":N,"report_count":N,
 *	 "report_blocks":[{"source_ssrc":N,"highest_seq_no":N,"fraction_lost":N,
 *	  "ia_jitter":N,"packets_lost":N,"lsr":N,"dlsr":N},...],
 *	 "sdes_ssrc":N,"sdes_report_count":N,
 *	 "sdes_information":[{"sdes_chunk_ssrc":N,"type":N,"text":"..."},...],
 *	 "bye_ssrc":[N,...],
 *	 "report_blocks_xr":{"type":7,"id":N,"fraction_lost":N,"fraction_discard":N,
 *	  "burst_density":N,"gap_density":N,"burst_duration":N,"gap_duration":N,
 *	  "round_trip_delay":N,"end_system_delay":N,"r_factor":N,"mos_lq":N,"mos_cq":N}}
 *
 * The names are those that capture agents write. The numbers are as on the wire: the
 * second half of the NTP time is a fraction in 2^-32 s for all its name, jitter is in
 * units of the clock, losses may be negative. What the packet does not have is left
 * out, but for report_count and report_blocks. ssrc and type are those of the first
 * packet in it. VoIP metrics are all that is said of XR: id is the SSRC they are about,
 * MOS is in tenths. APP and feedback are passed over.
 *
 * @return false when it is no RTCP, or is cut: the lengths inside must add up to that
 *         of the packet (RFC 3550 section A.2); nothing is appended then. O(bytes).
 */
bool rtcp_json_add(struct buf *b, struct str packet);

#define RTCP_JSON_BLOCKS_MAX	31u

/** What a block in it tells. */
enum rtcp_json_has {
	RTCP_JSON_FRACTION = 1 << 0,
	RTCP_JSON_LOST     = 1 << 1,
	RTCP_JSON_JITTER   = 1 << 2,
};

/** What such an object says; of whichever agent wrote it. */
struct rtcp_json {
	uint32_t ssrc;		/**< of who sent it */
	bool has_ssrc, has_voip;
	bool has_sender;	/**< with a count of packets */
	struct rtcp_sender sender;
	struct rtcp_block blocks[RTCP_JSON_BLOCKS_MAX];
	uint8_t has[RTCP_JSON_BLOCKS_MAX];	/**< enum rtcp_json_has of each */
	unsigned int block_n;
	struct rtcp_xr_voip voip;	/**< what it does not tell is "unavailable", or 0 */
};

/** Read it back. Numbers may be written as text; what is missing, or too large, is 0,
 * and blocks without an SSRC are left out; so are sender's parts and VoIP metrics of zeros, and
 * blocks whose SSRC and highest number are 0, which some agents write where there were none.
 * @return false when it is no JSON object, or larger than 64 KiB. Allocates meanwhile. */
bool rtcp_json_read(struct str text, struct rtcp_json *json);

#endif
