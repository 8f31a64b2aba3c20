/**
 * @file vq_report.h  Voice quality reports: application/vq-rtcpxr.
 *
 * RFC 6035 section 4.6. Reporters before it, which put the ends and the Call-ID into
 * LocalMetrics, are understood too.
 */
#ifndef MEDIA_VQ_REPORT_H
#define MEDIA_VQ_REPORT_H

#include "media/report.h"

/** id, first word of the report */
#define VQ_KINDS(_) \
	_(SESSION,  "VQSessionReport") \
	_(INTERVAL, "VQIntervalReport") \
	_(ALERT,    "VQAlertReport")

enum vq_kind {
#define VQ_KIND_ID(id, ...) VQ_##id,
	VQ_KINDS(VQ_KIND_ID)
#undef VQ_KIND_ID
	VQ_KIND_COUNT
};

/** What one side measured of what it received. */
struct vq_metrics {
	bool present;
	/** source VQ, time TIME_NONE. from, to and ssrc are those of the stream it received,
	 * where the report names them. */
	struct report report;
	/** Where its SSRC is written without "0x" and has digits only, it may be meant as a
	 * decimal number: that one. */
	bool may_be_decimal;
	uint32_t ssrc_decimal;
	struct str start, stop;	/**< Timestamps, RFC 3339 */
	struct str codec;	/**< PD of SessionDesc */
	uint8_t payload_type;	/**< 255: not told */
	uint32_t sample_rate;	/**< 0: not told */
	uint32_t frame_ms;	/**< 0: not told */
};

/** Slices borrow from the body. What is absent is empty. */
struct vq_report {
	uint8_t kind;		/**< enum vq_kind */
	struct str type;	/**< what follows the first word: "CallTerm" */
	struct str call_id;	/**< of the call it is about */
	struct str local_id, remote_id, orig_id, dialog_id;
	struct vq_metrics local, remote;
};

/**
 * Read a body. What has no meaning here is passed over; numbers that stand for
 * "unavailable" (127, a MOS beyond 5) are absent.
 * @return false when it is no such report. O(bytes).
 */
bool vq_report_parse(struct str body, struct vq_report *vq);

/** The Call-ID it names, without reading the rest; empty when it is no report or has
 * none. */
struct str vq_report_call_id(struct str body);

#endif
