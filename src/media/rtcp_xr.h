/**
 * @file rtcp_xr.h  Extended reports of RTCP.
 *
 * RFC 3611 sections 3 and 4. Slices borrow from the packet, nothing is allocated.
 */
#ifndef MEDIA_RTCP_XR_H
#define MEDIA_RTCP_XR_H

#include "media/report.h"
#include "media/rtcp.h"

enum rtcp_xr_type {
	RTCP_XR_LOSS_RLE      = 1,
	RTCP_XR_DUPLICATE_RLE = 2,
	RTCP_XR_RECEIPT_TIMES = 3,
	RTCP_XR_RRTR          = 4,	/* receiver reference time */
	RTCP_XR_DLRR          = 5,	/* the answer to it */
	RTCP_XR_SUMMARY       = 6,	/* statistics */
	RTCP_XR_VOIP          = 7,	/* VoIP metrics */
};

/** One block. */
struct rtcp_xr_block {
	struct str body;	/**< after the header of 4 bytes */
	uint8_t type;		/**< enum rtcp_xr_type, or another one */
	uint8_t specific;	/**< the byte beside it: flags or thinning */
	bool flawed;		/**< too short for its type, or cut by the end of the packet:
				     the readers below find nothing in it */
};

struct rtcp_xr_walk {
	struct str rest;
	uint32_t ssrc;		/**< of who sent it */
	uint32_t flaws;		/**< enum rtcp_flaw: XR */
};

/** Begin with the first block. @return false when it is no XR, or too short. */
bool rtcp_xr_start(struct rtcp_xr_walk *walk, const struct rtcp_part *part);

/** The next block, of any type. Each step goes on by 4 bytes or more. False at the end. */
bool rtcp_xr_next(struct rtcp_xr_walk *walk, struct rtcp_xr_block *block);

/** Loss or duplicate RLE, sections 4.1 and 4.2. */
struct rtcp_xr_rle {
	uint32_t ssrc;		/**< of the stream it is about */
	uint16_t begin, end;	/**< sequence numbers: from, and up to but without */
	uint8_t thinning;	/**< one of 2^thinning packets is told of */
	uint32_t ones;		/**< came; or came once */
	uint32_t zeros;		/**< did not; or came more than once */
};

/** Sums of the trace, clipped to the numbers it says it is of. */
bool rtcp_xr_rle(const struct rtcp_xr_block *block, struct rtcp_xr_rle *rle);

/** The NTP time of a receiver reference time block (section 4.4), its middle 32 bits. */
bool rtcp_xr_rrtr(const struct rtcp_xr_block *block, uint32_t *middle);

/** DLRR, section 4.5: sub-block @p i, from 0. */
struct rtcp_xr_dlrr {
	uint32_t ssrc;		/**< of the receiver whose RRTR it answers */
	uint32_t lrr;		/**< middle of its NTP time; 0: none came */
	uint32_t dlrr;		/**< since then, in 2^-16 s */
};

bool rtcp_xr_dlrr(const struct rtcp_xr_block *block, unsigned int i, struct rtcp_xr_dlrr *dlrr);

/** Statistics summary, section 4.6. What its flags do not claim is 0 and not told. */
struct rtcp_xr_summary {
	uint32_t ssrc;
	uint16_t begin, end;
	bool has_lost, has_duplicates, has_jitter;
	uint8_t ttl;		/**< what the last four are: 0 nothing, 1 TTL, 2 hop limit */
	uint32_t lost, duplicates;
	uint32_t min_jitter, max_jitter, mean_jitter, dev_jitter;	/**< units of the clock */
	uint8_t min_ttl, max_ttl, mean_ttl, dev_ttl;
};

bool rtcp_xr_summary(const struct rtcp_xr_block *block, struct rtcp_xr_summary *summary);

#define RTCP_XR_UNAVAILABLE	127u	/* of levels, R factors and MOS */

/** VoIP metrics, section 4.7, as they are on the wire. */
struct rtcp_xr_voip {
	uint32_t ssrc;
	uint8_t loss_rate, discard_rate;	/**< in 1/256, since it began */
	uint8_t burst_density, gap_density;	/**< in 1/256 */
	uint16_t burst_ms, gap_ms;	/**< mean durations */
	uint16_t round_trip_ms, end_system_ms;
	int8_t signal_dbm, noise_dbm;	/**< RTCP_XR_UNAVAILABLE */
	uint8_t rerl_db;		/**< RTCP_XR_UNAVAILABLE */
	uint8_t gmin;
	uint8_t r_factor, ext_r_factor;	/**< 0 to 100, RTCP_XR_UNAVAILABLE */
	uint8_t mos_lq, mos_cq;		/**< in tenths, 10 to 50, RTCP_XR_UNAVAILABLE */
	uint8_t rx_config;
	uint16_t buffer_nominal_ms, buffer_max_ms, buffer_most_ms;	/**< of the jitter buffer */
};

bool rtcp_xr_voip(const struct rtcp_xr_block *block, struct rtcp_xr_voip *voip);

/** Take them into a report, in its units; what is "unavailable" stays as it is there. */
void rtcp_xr_voip_report(const struct rtcp_xr_voip *voip, struct report *r);

#endif
