/** @file reports_int.h  Inside the store: what ends of calls tell of streams. */
#ifndef STORE_REPORTS_INT_H
#define STORE_REPORTS_INT_H

#include "media/rtcp_xr.h"
#include "store/streams_int.h"

enum kept_flag {
	KEPT_PACKETS    = 1 << 0,
	KEPT_LOST       = 1 << 1,
	KEPT_FRACTION   = 1 << 2,
	KEPT_JITTER     = 1 << 3,
	KEPT_MAX_JITTER = 1 << 4,
	KEPT_DUPLICATES = 1 << 5,
	KEPT_VOIP       = 1 << 6,	/* all from burst_ms on */
	KEPT_SENDER     = 1 << 7,	/* of an SR: packets are those sent */
};

/* A report as it is kept, in the units of the wire: the clock rate may be known later. */
struct kept {
	int64_t time;
	uint32_t packets, jitter, max_jitter, duplicates;
	int32_t lost;
	uint16_t has;		/* enum kept_flag */
	uint16_t burst_ms, gap_ms, round_trip_ms, end_system_ms;
	uint8_t source;		/* enum report_source */
	uint8_t fraction, discard, burst_density, gap_density;	/* 1/256 */
	uint8_t r_factor, mos_lq, mos_cq;
	uint16_t nth;		/* of its series, so that it is known again */
};

/* Reports of one kind, thinned: all of the first ones, then every second, fourth, ... */
struct series {
	struct kept *list;
	uint8_t n, cap, limit;
	uint32_t stride;	/* a power of two */
	uint64_t total;
	struct kept last, worst;
};

#define SERIES_RECEIVED	6u	/* kept, beside the last and the worst */
#define SERIES_EXTENDED	4u

_Static_assert(SERIES_RECEIVED + SERIES_EXTENDED + 2 * 2 + 1 <= STREAM_REPORTS_MAX,
	       "the last and the worst, and the last of what the sender says");

/* When a report with that NTP time was seen. */
struct reference {
	int64_t time;
	uint32_t middle;
	bool used;
};

#define REFERENCES	4u	/* kept: answers come before the next one but one, mostly */

/* Round trips from the place of the capture to an end and back. */
enum way {
	WAY_RECEIVER,		/* to the receiver of the stream */
	WAY_SENDER,		/* to its sender */
	WAYS
};

/* What few streams have. */
struct stream_extended {
	struct series series;
	struct reference asked[REFERENCES];	/* RRTRs of the receiver */
	uint8_t asked_at;
};

/* Streams are many: small, and what few have is beside it. */
struct stream_reports {
	struct series received;
	struct stream_extended *extended;	/* NULL: none came */
	struct kept sent_last;
	uint64_t sent_n, secure;
	struct reference sent[REFERENCES];	/* SRs of the sender */
	uint8_t sent_at;
	int64_t way[WAYS], way_time[WAYS];
	int64_t round_trip_min, round_trip_max;
	double round_trip_sum;
	uint32_t round_trip_n;
	uint32_t cname;		/* store_name() */
	int64_t bye;
	uint32_t index;		/* in the list */
};

/* A message with a voice quality report. */
struct vq_entry {
	uint64_t hash;		/* of the Call-ID it reports of */
	uint32_t message;
};

/* What a part of a packet tells of one stream. */
enum told_kind {
	TOLD_SENT,		/* SR: kept, middle */
	TOLD_RECEIVED,		/* report block: kept, middle, delay, by */
	TOLD_EXTENDED,		/* XR: kept */
	TOLD_ASKED,		/* RRTR of its receiver: middle */
	TOLD_ANSWERED,		/* DLRR of its sender: middle, delay */
	TOLD_BYE,
	TOLD_SECURE,		/* SRTCP of its sender: nothing else is clear */
	TOLD_CNAME,		/* cname */
};

struct told {
	struct net_endpoint src, dst;	/* as of the stream, but for RTCP's ports */
	struct kept kept;
	uint64_t order;		/* private to the list of those that wait */
	uint32_t ssrc;
	uint32_t middle, delay;	/* of NTP; 2^-16 s */
	uint32_t by;		/* SSRC of who tells it */
	uint32_t cname;
	uint8_t kind;		/* enum told_kind */
	bool has_by, waits;
};

#define TOLD_WAITING	4096u	/* that wait for their stream; the oldest make room */
#define VQ_MAX		(1u << 20)	/* messages with voice quality reports, found again */

#define COPIES_KNOWN	256u	/* packets that a copy is known of; a power of two */

/* A packet that came, by its bytes and ends. */
struct seen_packet {
	uint64_t hash;
	int64_t time;
};

struct reports {
	struct chunks list;	/* struct stream_reports */
	struct seen_packet seen[COPIES_KNOWN];	/* where its hash says */
	struct told *waiting;	/* a ring; NULL: none ever waited */
	uint64_t waited;	/* all that ever waited */
	uint32_t next_slot;	/* in the ring */
	struct hash_map waiting_map;	/* SSRC to waiting */
	struct chunks vq;	/* struct vq_entry */
	struct hash_map vq_map;	/* Call-ID to those that report of it */
	struct hash_map vq_messages;	/* message to the same */
	size_t bytes;		/* that are beside list */
	struct report *asked;	/* the list last asked for */
};

/** Made when it is first needed. */
struct reports *reports_get(struct store *s);

/** Those of a stream; likewise. */
struct stream_reports *reports_of(struct store *s, struct stream *st);

/* ---- reports_match.c ---- */

/** The stream from @p src to @p dst with that SSRC, told by addresses that RTCP uses: the
 * same ones, those of the ports before, what a=rtcp says, the same hosts, and the SSRC
 * alone where one stream has it. NULL: none, or not clear which. O(1). */
struct stream *reports_match(struct store *s, const struct net_endpoint *src,
			     const struct net_endpoint *dst, uint32_t ssrc, int64_t time);

/** What an end tells of media that the capture does not have. */
enum unseen { UNSEEN_SENT, UNSEEN_HEARD };

/** Note with its description that RTCP from @p src told of such media. O(1). */
void reports_note_unseen(struct store *s, const struct net_endpoint *src, enum unseen what,
			 int64_t time);

/** Whether a description says that media to @p dst is SRTP, at that port or the one
 * before. */
bool reports_expect_secure(const struct store *s, const struct net_endpoint *dst, int64_t time);

/* ---- reports_keep.c ---- */

/** Take VoIP metrics into a report. */
void kept_voip(struct kept *k, const struct rtcp_xr_voip *voip);

void series_add(struct series *s, const struct kept *given);
void stream_reports_init(struct stream_reports *r);
/** Made when it is first needed. */
struct stream_extended *stream_extended_of(struct stream_reports *r);
void stream_reports_release(struct stream_reports *r);
/** Bytes it takes beside the struct. */
size_t stream_reports_memory(const struct stream_reports *r);

/* ---- round_trip.c ---- */

void reference_add(struct reference list[REFERENCES], uint8_t *at, int64_t time, uint32_t middle);

/** A report came back: @p middle as it echoes it (0: none), @p delay as it says. */
void round_trip_take(struct store *s, struct stream *st, enum way way, const struct told *told);

#endif
