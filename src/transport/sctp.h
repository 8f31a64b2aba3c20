/**
 * @file sctp.h  SCTP associations (RFC 9260): packets in, user messages out.
 *
 * An association is known by addresses and ports; one that has several addresses
 * by the ports, the verification tag and the addresses that its INIT told of. DATA
 * (and I-DATA, RFC 8260) chunks are put together by TSN, retransmitted ones dropped.
 * A capture may begin in the middle.
 */
#ifndef TRANSPORT_SCTP_H
#define TRANSPORT_SCTP_H

#include "decode/segment.h"
#include "transport/flow_event.h"

struct sctp;

struct sctp_stats {
	uint64_t associations, packets, chunks;
	uint64_t data;		/**< DATA and I-DATA chunks */
	uint64_t retransmitted;	/**< of which came before */
	uint64_t messages;	/**< given */
	uint64_t incomplete;	/**< given up: fragments are not in the capture */
	uint64_t aborted, shut;	/**< associations ended by ABORT, by SHUTDOWN COMPLETE */
	uint64_t init_unanswered;	/**< final at sctp_end() */
	uint64_t bad;		/**< chunks whose length lies */
	uint64_t evicted;	/**< associations forgotten for the bound */
	uint64_t waiting_bytes;	/**< kept at the moment */
};

/** Bounds; zero means the default in brackets. */
struct sctp_limits {
	size_t waiting;		/**< bytes kept of one association [1 MiB] */
	size_t waiting_all;	/**< of all [64 MiB] */
	int64_t patience;	/**< ns of capture time that fragments wait [10 s] */
	uint32_t associations;	/**< [64 Ki] */
};

struct sctp *sctp_new(const struct sctp_limits *limits);
void sctp_free(struct sctp *s);
/** Other bounds from now on; what is beyond them goes with what comes next. */
void sctp_set_limits(struct sctp *s, const struct sctp_limits *limits);

/** Take a packet of kind SEGMENT_SCTP, pdu NULL: seg->payload is the whole of it,
 * common header included. It must stay valid until sctp_next() has said false. O(1) a
 * chunk. */
void sctp_take(struct sctp *s, const struct segment *seg);

/**
 * FLOW_MESSAGE for each user message, place only where it lies in one chunk; cut
 * when the snap length took the end of it, or its chunk's length lies. FLOW_GAP for
 * one that is given up, behind a FLOW_MESSAGE that is cut when its first fragments
 * are there; FLOW_GAP that is cut for chunks beyond the snap length. FLOW_RESET for
 * ABORT; FLOW_END for SHUTDOWN and SHUTDOWN ACK, once a direction. Direction 0 is
 * from who sent the first packet that was seen.
 * @param src, dst  set: who sent it to whom, of the packet that completed it.
 */
bool sctp_next(struct sctp *s, struct flow_event *ev, struct net_endpoint *src,
	       struct net_endpoint *dst);

/** The input is at its end. */
void sctp_end(struct sctp *s);

void sctp_stats(const struct sctp *s, struct sctp_stats *stats);

#endif
