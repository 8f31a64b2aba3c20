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
	METER_SECOND_LONG    = 1 << 6,	/**< its max_delta is in ms */
	/* 1 << 7 tells entries of pauses: private */
};

/** A second of the stream's life; 16 bytes, there is one for each. */
struct meter_second {
	uint16_t received;	/**< packets, copies not counted */
	uint16_t lost;		/**< found to be missing in it */
	uint16_t late;		/**< of received: too late for the jitter buffer */
	uint16_t copies;	/**< duplicates */
	uint16_t jitter;	/**< mean of it, in 1/16 ms: see meter_second_jitter() */
	uint16_t max_delta;	/**< in 1/16 ms, or in ms: see meter_second_max_delta() */
	uint8_t out_of_order;
	uint8_t burst;		/**< burst ratio in 1/16; 0: not known */
	uint8_t payload_type;	/**< the last one in it */
	uint8_t flags;		/**< enum meter_second_flag */
};

#define METER_NONE	UINT16_MAX		/* not measured */
#define METER_MOST	(UINT16_MAX - 1)	/* more than there is room for */
#define METER_SIXTEENTH	((int64_t)NS_PER_MS / 16)

_Static_assert(sizeof(struct meter_second) == 16, "one for each second: keep it small");

/** Mean jitter of a second, ns; TIME_NONE: not measured, or beyond 4 s. */
static inline int64_t
meter_second_jitter(const struct meter_second *s)
{
	return s->jitter >= METER_MOST ? TIME_NONE : s->jitter * METER_SIXTEENTH;
}

/** The longest time between two packets, ns; TIME_NONE: not measured, or beyond a minute. */
static inline int64_t
meter_second_max_delta(const struct meter_second *s)
{
	return s->max_delta >= METER_MOST ? TIME_NONE :
		s->max_delta * (s->flags & METER_SECOND_LONG ? (int64_t)NS_PER_MS : METER_SIXTEENTH);
}

/** id, what it means: why a segment began */
#define METER_REASONS(_) \
	_(START,    "the stream begins") \
	_(SEQUENCE, "sequence numbers started anew") \
	_(TIME,     "timestamps started anew") \
	_(SILENCE,  "nothing was sent for a while: hold, or silence suppression") \
	_(PAYLOAD,  "another payload type, or clock rate of it")

enum meter_reason {
#define METER_REASON_ID(id, ...) METER_REASON_##id,
	METER_REASONS(METER_REASON_ID)
#undef METER_REASON_ID
	METER_REASON_COUNT
};

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

#define METER_SEGMENTS_MAX	20u	/* kept; more are counted */

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
	int64_t forgotten;	/**< ns from start of which the seconds are not kept any more; they
				     are in all other figures */
	uint32_t segments;	/**< all, those not kept too */
	uint8_t payload_type;	/**< most packets have it */
};

/* Private, but for the size: what is kept of a stream. */

/* Losses and bursts of the packets whose fate is settled; see meter_bursts.c. */
struct meter_bursts {
	uint64_t total, bad;	/* packets expected; lost or late ones of them */
	uint64_t burst_packets, burst_bad;
	uint64_t good;		/* packets since the last bad one, or from the first on */
	uint64_t span;		/* from first to last bad one of what may be a burst */
	uint64_t span_bad;	/* bad ones in it */
	uint32_t runs;		/* of bad ones without a good one between */
	uint32_t bursts;
};

/* A packet out of all sequence: where another begins, if the next one follows it. */
struct meter_candidate {
	int64_t time;
	uint32_t timestamp, clock_rate;
	uint16_t sequence;
	uint8_t payload_type, kind;
};

/* A pause taken for silence, until the packet behind it tells; see meter.c. */
struct meter_doubt {
	int64_t delta;
	double d;		/* of time against timestamps, over the pause */
	double behind;		/* of transit, with it, to the least one */
};

/* The segment that goes on; sums are those of the stream when it began. */
struct meter_open_segment {
	int64_t start, pause;
	uint64_t seen, lost;
};

/* A step of timestamps, and how often it came. */
struct meter_step {
	uint32_t step, count;
};

#define METER_LATE_ROW	5u	/* late ones in a row from which all may be late */
#define METER_STEPS	4u	/* told apart to find the usual one */
#define METER_WINDOW	256u	/* sequence numbers that are remembered one by one */

/* A step of timestamps that is longer than the usual one, and the packet behind it. */
struct meter_pace {
	uint64_t at;		/* its number, extended */
	uint32_t step;
};

/* What most short streams never have; made when it is needed first. */
struct meter_odd {
	struct meter_candidate candidate;	/* with .pending */
	struct meter_doubt doubt;	/* with .doubts */
	int64_t late_since;	/* arrival of the first of the late ones in a row */
	uint64_t late[METER_WINDOW / 64];
	struct meter_bursts bursts;	/* of what is settled; see meter_bursts.c */
	struct meter_step steps[METER_STEPS - 1];	/* but the usual one */
	struct meter_segment *segments;	/* those before the current one */
	struct meter_open_segment segment;	/* the current one, when it is not the first */
	uint64_t expected_before;	/* of runs before, and of strays */
	uint64_t back;		/* ns by which times went back, in all */
	uint32_t segment_cap;
	uint32_t late_n, jumps, gaps;
	struct meter_pace pace;	/* of the last packet that came after a pause */
	uint32_t forgot_n, forgot;	/* entries that were before .seconds, of so many seconds */
};

/* Made where a number is left out or comes out of order, and with what is odd. Without it
 * all from the first to the highest one came, in order. */
struct meter_window {
	uint64_t got[METER_WINDOW / 64];	/* see meter_sequence.c */
	uint64_t settled;	/* extended: the first number whose fate is open */
	uint64_t lost;
	struct meter_odd *odd;	/* NULL: none yet; what is settled was good */
	uint32_t out_of_order;
	uint32_t now_lost, now_late;
	uint16_t now_runs;	/* of packets lost or late */
	uint8_t now_out_of_order;
	uint8_t behind;		/* how far below the highest number that of .timestamp is */
};

/* In the order of use. What a packet in sequence touches comes first, and no more: what
 * can be told of a run of such packets at its end is counted then. What begins with now_ is
 * of the second that goes on. What can be told from the rest is not kept: how many came
 * is how many are expected without the lost ones. */
struct meter {
	int64_t last;		/* arrival of the last packet, copies aside */
	double usual;		/* ns of the usual step of timestamps */
	uint32_t timestamp;	/* of the last packet whose timestamp tells its time */
	uint32_t step;		/* of timestamps that the next one goes on by */
	uint32_t left;		/* ns of the current second; 0: no run goes on */
	uint32_t run_bytes;
	uint32_t run_least, run_most;	/* deltas, ns */
	uint16_t next;		/* number of the next packet */
	uint8_t run;		/* packets of the run that goes on */
	uint8_t payload_type, kind;	/* of what is no event, noise or repair */
	bool quiet;		/* comfort noise came last */
	bool steady;		/* the last packet was the highest one, and media */
	bool late_before;	/* the last packet was late */
	double jitter, transit;	/* ns; transit counts from where the reference is */
	double least_now;	/* transit in the time window, see meter.c */
	double limit;		/* of transit: beyond it a packet is late */
	double min_jitter, max_jitter;
	double now_jitter;	/* sum */

	/* Once in a second. */
	uint32_t run_left;	/* .left when the run began */
	uint32_t base;		/* extended sequence number: the first one */
	uint64_t highest;	/* likewise, when the run began */
	int64_t media;		/* arrival of the packet of .timestamp */
	uint64_t second_end;	/* of the current second, see meter_axis() */
	double least;		/* transit in the time window, when the run began */
	uint32_t clock_rate;
	uint32_t delta_n;
	double delta_sum;
	int64_t min_delta, max_delta;	/* the longest without the current second */
	int64_t now_max_delta;	/* -1: none */
	uint32_t now_jitter_n, now_received, now_copies;
	uint32_t major_votes;
	struct meter_step usual_step;	/* the one that came most */
	uint64_t bytes;
	double jitter_sum, jitter_n;	/* without the current second */
	struct meter_second *seconds;
	struct meter_window *window;	/* NULL: none yet */
	uint32_t second_n, second_cap;
	uint8_t now_flags;	/* enum meter_second_flag */
	uint8_t major_type;	/* payload type of most seconds */
	uint8_t least_age;	/* seconds since .least was renewed */
	bool plain : 1;		/* nothing is pending: a run may begin */
	bool pending : 1;	/* the candidate waits for the next packet */
	bool doubts : 1;	/* so does the doubt */
	bool marked : 1;	/* the last packet had the marker */
	uint8_t late_row : 3;	/* late ones in a row; METER_LATE_ROW: or more */

	/* Seldom touched. */
	uint32_t segment_n;	/* all, the current one too; 0: none came */
	uint32_t first_timestamp;	/* of the current segment, as the next three */
	uint16_t first_sequence;
	uint8_t first_type, reason;	/* payload type; enum meter_reason */
	uint32_t copies, markers;
	int64_t start;		/* time of the first packet */
};

#define METER_HOT	104u	/* bytes that a packet in sequence touches */

_Static_assert(offsetof(struct meter, run_left) == METER_HOT, "what each packet touches");
_Static_assert(sizeof(struct meter) <= 288, "there is one for each stream");
_Static_assert(sizeof(struct meter_window) <= 72, "there is one for many a stream");

/** How streams are judged. */
struct meter_setup {
	int64_t jitter_buffer;	/**< ns: what comes later than this after it was due is lost */
	uint32_t seconds_max;	/**< kept of a stream, 16 bytes each; 0: all. Of more the oldest
				     go, and up to a quarter of them at once */
};

/** A meter that measured nothing is all zero. */
void meter_release(struct meter *m);

/**
 * Take a packet in. O(1); allocates once in a while: 16 bytes for a second in which
 * packets came and for a pause between two such seconds, an eighth of that in
 * reserve, METER_SEGMENTS_MAX segments at most, 72 bytes where packets are missing or out
 * of order, and 256 for what is odd: a late packet, another segment, a loss that stays.
 * @return RTP_FLAW_TIME_BACK when its time is before that of the packet before, else 0.
 */
unsigned int meter_add(struct meter *m, const struct meter_packet *p,
		       const struct meter_setup *setup);

/**
 * The same for a packet of the kind and clock rate of the one before it, without marker:
 * taken where it goes on as that one did, on time and in the same second. Touches
 * METER_HOT bytes.
 * @return whether it was taken; where not, nothing has changed.
 */
static inline bool
meter_go_on(struct meter *m, int64_t time, uint32_t timestamp, uint16_t sequence,
	    uint8_t payload_type, uint16_t bytes, const struct meter_setup *setup)
{
	uint64_t delta = (uint64_t)time - (uint64_t)m->last;
	double d = (double)(int64_t)delta - m->usual, transit = m->transit + d, jitter;
	double buffer = (double)setup->jitter_buffer;

	if (UNLIKELY(delta >= m->left || timestamp - m->timestamp != m->step ||
		     sequence != m->next || payload_type != m->payload_type ||
		     transit > m->limit || m->run == UINT8_MAX))
		return false;
	m->last = time;
	m->left -= (uint32_t)delta;
	m->timestamp = timestamp;
	m->next++;
	m->run++;
	m->run_bytes += bytes;
	m->run_least = (uint32_t)delta < m->run_least ? (uint32_t)delta : m->run_least;
	m->run_most = (uint32_t)delta > m->run_most ? (uint32_t)delta : m->run_most;
	jitter = m->jitter + (__builtin_fabs(d) - m->jitter) * (1.0 / 16);
	m->jitter = jitter;
	m->transit = transit;
	m->now_jitter += jitter;
	m->min_jitter = jitter < m->min_jitter ? jitter : m->min_jitter;
	m->max_jitter = jitter > m->max_jitter ? jitter : m->max_jitter;
	if (transit < m->least_now) {
		m->least_now = transit;
		m->limit = transit + buffer < m->limit ? transit + buffer : m->limit;
	}
	return true;
}

/** Whether meter_go_on() may take the next packet: not the first two, nor the first one of a
 * second. */
static inline bool
meter_runs(const struct meter *m)
{
	return m->left > 0;
}

/** Packets that came, copies included: changes with each of them. */
static inline uint64_t
meter_packets(const struct meter *m)
{
	uint64_t n = m->segment_n > 0 ? m->highest - m->base + 1 : 0;

	if (m->window)
		n -= m->window->lost - (m->window->odd ? m->window->odd->expected_before : 0);
	return n + m->run + m->copies + m->pending;
}

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
 * nothing came, as while on hold, are passed over, and those forgotten. */
bool meter_next_second(const struct meter *m, struct meter_cursor *cursor, int64_t *time,
		       struct meter_second *second);

/** Bytes it takes beside the struct. */
static inline size_t
meter_memory(const struct meter *m)
{
	const struct meter_odd *odd = m->window ? m->window->odd : NULL;

	return m->second_cap * sizeof(*m->seconds) + (m->window ? sizeof(*m->window) : 0) +
		(odd ? sizeof(*odd) + odd->segment_cap * sizeof(*odd->segments) : 0);
}

#endif
