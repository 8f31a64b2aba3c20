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
	bool sender;		/**< its sender tells of it, and packets are those sent; else
				     what its receiver got */
	bool has_ssrc;
	uint32_t ssrc;		/**< of the stream it is about */
	struct net_endpoint from, to;	/**< of that stream, where it says so; family NET_NONE */
	int64_t packets;	/**< received, or sent by the sender's count */
	int64_t lost;		/**< cumulative; may be negative (RFC 3550 section 6.4.1) */
	int64_t duplicates;
	double lost_percent;	/**< since the report before, or of all where it says all */
	double discard_percent;	/**< too late or too early for its jitter buffer */
	int64_t jitter;		/**< ns; TIME_NONE also where the clock rate is not known */
	int64_t max_jitter;
	int64_t round_trip;	/**< as it says, ns */
	int64_t delay;		/**< one way, as it says, ns; some mean their jitter buffer */
	int64_t end_system;	/**< in jitter buffer and decoder (RFC 3611 section 4.7.3), ns */
	double mos_lq, mos_cq, r_factor;
	double burst_density, gap_density;	/**< 0 to 1 */
	int64_t burst_duration, gap_duration;
};

#define REPORT_ABSENT	INT64_MIN

/** One that says nothing. */
void report_init(struct report *r);

/** Whether it says anything: a count, a span or a judgement. */
bool report_says(const struct report *r);

/** Milliseconds as a span; TIME_NONE below 0 and above an hour. */
int64_t report_ms(double ms);

/** An R factor from 0 to 100, a MOS from 1 to 5, a percentage from 0 to 100; NAN for
 * what is beyond: 127 is "unavailable". */
double report_r_factor(double r);
double report_mos(double mos);
double report_percent(double percent);

/** The decimal number at the front of @p s, whatever follows: "4.1", "-2", ".5", "20ms".
 * False where there is none. The locale never changes the answer. */
bool report_number(struct str s, double *value);

/** The same where it is a count from 0 to 2^53; REPORT_ABSENT else. */
int64_t report_count(struct str s);

#endif
