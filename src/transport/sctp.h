/**
 * @file sctp.h  SCTP associations (RFC 9260): packets in, user messages out.
 *
 * An association is known by addresses and ports; one that has several addresses
 * by the ports and the verification tag. DATA (and I-DATA, RFC 8260) chunks are put
 * together by TSN, retransmitted ones dropped. A capture may begin in the middle.
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
	uint64_t bad;		/**< packets with a chunk whose length lies */
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

/** Take a packet of kind SEGMENT_SCTP: seg->payload is the whole of it, common
 * header included. It must stay valid until sctp_next() has said false. O(1) a
 * chunk. */
void sctp_take(struct sctp *s, const struct segment *seg);

/** FLOW_MESSAGE for each user message, place only where it lies in one chunk;
 * FLOW_GAP for one that is given up; FLOW_RESET for ABORT; FLOW_END for SHUTDOWN.
 * @param src, dst  set: who sent it to whom, of the packet that completed it. */
bool sctp_next(struct sctp *s, struct flow_event *ev, struct net_endpoint *src,
	       struct net_endpoint *dst);

/** The input is at its end. */
void sctp_end(struct sctp *s);

void sctp_stats(const struct sctp *s, struct sctp_stats *stats);

#endif
