/**
 * @file meter.h  Measuring one stream of RTP packets, as they come.
 *
 * Sequence numbers, losses and jitter by RFC 3550 (appendices A.1, A.3, A.8); gaps and
 * bursts by RFC 3611 section 4.7.2. Times are ns (base/time.h), of the capture.
 *
 * What is no fault of the network begins a new segment and counts neither as loss
 * nor as jitter: a sequence or timestamp that starts anew, silence, another payload type.
 */
#ifndef MEDIA_METER_H
#define MEDIA_METER_H

#include "base/time.h"

/** One packet, as it is measured. */
struct meter_packet {
	int64_t time;		/**< TIME_NONE: not known */
	uint32_t timestamp;
	uint32_t clock_rate;	/**< of its payload type, Hz; 0: not known */
	uint16_t sequence;
	uint16_t bytes;		/**< of payload, on the wire */
	uint8_t payload_type;
	uint8_t kind;		/**< enum codec_kind of its payload type */
	bool marker;
	bool has_ip_id;		/**< ip_id tells copies of a packet from its repetition */
	uint16_t ip_id;
};

/** What a second of a stream held. */
enum meter_second_flag {
	METER_SECOND_EVENT   = 1 << 0,	/**< telephone-event packets */
	METER_SECOND_NOISE   = 1 << 1,	/**< comfort noise */
	METER_SECOND_SEGMENT = 1 << 2,	/**< a segment began */
	METER_SECOND_GAP     = 1 << 3,	/**< a pause longer than packets are apart, no loss */
	METER_SECOND_MARKER  = 1 << 4,
	METER_SECOND_STEP    = 1 << 5,	/**< a jump of timestamps */
};

/** A second of the stream's life; 16 bytes, there is one for each. */
struct meter_second {
	uint16_t received;	/**< packets, copies not counted */
	uint16_t lost;		/**< found to be missing in it */
	uint16_t late;		/**< of received: too late for the jitter buffer */
	uint16_t copies;	/**< duplicates */
	uint16_t jitter;	/**< mean of it, in 1/16 ms; METER_NONE: not measured */
	uint16_t max_delta;	/**< in 1/16 ms, METER_MOST: that or more; METER_NONE: not measured */
	uint8_t out_of_order;
	uint8_t burst;		/**< burst ratio in 1/16; 0: not known */
	uint8_t payload_type;	/**< the last one in it */
	uint8_t flags;		/**< enum meter_second_flag */
};

#define METER_NONE	UINT16_MAX
#define METER_MOST	(UINT16_MAX - 1)

_Static_assert(sizeof(struct meter_second) == 16, "one for each second: keep it small");

/** id, name, what it means: why a segment began */
#define METER_REASONS(_) \
	_(START,    "start",    "the stream begins") \
	_(SEQUENCE, "sequence", "sequence numbers started anew") \
	_(TIME,     "time",     "timestamps started anew") \
	_(SILENCE,  "silence",  "nothing was sent for a while: hold, or silence suppression") \
	_(PAYLOAD,  "payload",  "another payload type")

enum meter_reason {
#define METER_REASON_ID(id, ...) METER_REASON_##id,
	METER_REASONS(METER_REASON_ID)
#undef METER_REASON_ID
	METER_REASON_COUNT
};

/** "start", ... Static. */
const char *meter_reason_name(enum meter_reason reason);

struct meter_segment {
	int64_t start, end;	/**< first and last packet */
	int64_t pause;		/**< before it, ns */
	uint32_t packets;	/**< copies not counted */
	uint32_t lost;
	uint32_t first_timestamp;
	uint16_t first_sequence;
	uint8_t payload_type;
	uint8_t reason;		/**< enum meter_reason */
};

#define METER_SEGMENTS_MAX	64u	/* kept; more are counted */

/** What was measured. Spans in ns, TIME_NONE where there were too few packets or the
 * clock rate is not known. */
struct meter_figures {
	int64_t start, end;	/**< times of first and last packet */
	uint64_t packets;	/**< all that came, copies included */
	uint64_t bytes;		/**< of payload */
	uint64_t expected;	/**< by sequence numbers */
	uint64_t lost;		/**< expected, and never came */
	uint64_t duplicates;	/**< came again: another copy in the capture, or sent twice */
	uint64_t out_of_order;	/**< came after one with a higher number */
	uint64_t late;		/**< came too late for the jitter buffer */
	uint64_t markers;
	uint64_t timestamp_jumps;
	uint64_t gaps;		/**< pauses without loss */
	int64_t min_delta, max_delta, mean_delta;	/**< between arrivals */
	int64_t min_jitter, max_jitter, mean_jitter;	/**< interarrival jitter, RFC 3550 6.4.1 */
	int64_t interval;	/**< of packets, as timestamps say; TIME_NONE: not known */
	uint64_t bursts;	/**< RFC 3611 section 4.7.2, Gmin 16; losses and late ones */
	int64_t burst_duration, gap_duration;	/**< mean ones */
	double burst_density, gap_density;	/**< fraction of lost and late in them, 0 to 1; NAN: none */
	double burst_ratio;	/**< BurstR of G.107: 1 for random loss; NAN: not known */
	uint32_t segments;	/**< all, those not kept too */
	uint8_t payload_type;	/**< most packets have it */
};

/* Private, but for the size: what is kept of a stream. */
struct meter {
	int64_t start, end;
	uint64_t packets, bytes;
	uint64_t seen;		/* copies not counted */
	uint64_t expected_before;	/* of the segments before */
	uint64_t delta_sum, jitter_sum, jitter_n, delta_n;
	int64_t min_delta, max_delta, min_jitter, max_jitter;
	int64_t jitter, transit;
	uint32_t base, highest;	/* extended sequence numbers of this segment */
	uint32_t timestamp;
	struct meter_second *seconds;
	uint32_t second_n;
	size_t second_cap;
	int64_t seconds_start;
};

/** How streams are judged. */
struct meter_setup {
	int64_t jitter_buffer;	/**< ns: what comes later than this after it was due is lost */
};

/** A meter that measured nothing is all zero. */
void meter_release(struct meter *m);

/** Take a packet in. O(1); allocates once in a while, at most 16 bytes for a second of
 * life and a bounded number for pauses. */
void meter_add(struct meter *m, const struct meter_packet *p, const struct meter_setup *setup);

/** Sum up. O(1). */
void meter_figures(const struct meter *m, struct meter_figures *f);

/** Segment @p i of figures.segments, in order of time; false past those that are kept. */
bool meter_segment(const struct meter *m, uint32_t i, struct meter_segment *segment);

/** Where a walk over the seconds is; zero before the first. */
struct meter_cursor {
	uint64_t at[2];		/* private */
};

/** The next second in which a packet came or was missed. *time: its beginning, a
 * multiple of a second after the start of the stream. False at the end. Seconds in which
 * nothing came, as while on hold, are passed over. */
bool meter_next_second(const struct meter *m, struct meter_cursor *cursor, int64_t *time,
		       struct meter_second *second);

/** Bytes it takes beside the struct. */
size_t meter_memory(const struct meter *m);

#endif
