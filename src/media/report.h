/**
 * @file report.h  What an end of a call says of the quality it saw.
 */
#ifndef MEDIA_REPORT_H
#define MEDIA_REPORT_H

#include "base/time.h"
#include "net/addr.h"

/** id, name, what it is */
#define REPORT_SOURCES(_) \
	_(RTCP,    "rtcp",     "RTCP sender and receiver reports (RFC 3550 section 6.4)") \
	_(XR,      "rtcp-xr",  "extended reports of RTCP (RFC 3611)") \
	_(HEP,     "hep",      "RTCP reports as JSON, from a capture agent") \
	_(VQ,      "vq-rtcpxr", "voice quality reports in PUBLISH or NOTIFY (RFC 6035)") \
	_(HEADER,  "header",   "a header of BYE or its answer, such as X-RTP-Stat")

enum report_source {
#define REPORT_SOURCE_ID(id, ...) REPORT_##id,
	REPORT_SOURCES(REPORT_SOURCE_ID)
#undef REPORT_SOURCE_ID
	REPORT_SOURCE_COUNT
};

/** "rtcp", ... Static. */
const char *report_source_name(enum report_source source);

/**
 * One report about one stream. What it does not say: TIME_NONE, NAN, or for counts
 * REPORT_ABSENT.
 */
struct report {
	int64_t time;		/**< when it was seen */
	uint8_t source;		/**< enum report_source */
	bool has_ssrc;
	uint32_t ssrc;		/**< of the stream it is about */
	struct net_endpoint from, to;	/**< of that stream, where it says so; family NET_NONE */
	int64_t packets;	/**< received, or sent by the sender's count */
	int64_t lost;		/**< cumulative; may be negative (RFC 3550 section 6.4.1) */
	double lost_percent;	/**< since the report before, or of all where it says all */
	double discard_percent;	/**< too late or too early for its jitter buffer */
	int64_t jitter;		/**< ns; TIME_NONE also where the clock rate is not known */
	int64_t max_jitter;
	int64_t round_trip;	/**< as it says, ns */
	double mos_lq, mos_cq, r_factor;
	double burst_density, gap_density;	/**< 0 to 1 */
	int64_t burst_duration, gap_duration;
};

#define REPORT_ABSENT	INT64_MIN

/** One that says nothing. */
void report_init(struct report *r);

#endif
