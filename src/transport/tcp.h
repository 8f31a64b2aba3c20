/**
 * @file tcp.h  TCP connections: segments in, ordered bytes out (RFC 9293).
 *
 * A connection is known by its two ends; a new SYN with another initial sequence
 * number on the same ends is a new connection (reused ports). Sequence numbers
 * are compared modulo 2^32. A capture may begin in the middle of a connection.
 *
 * In order and whole is the usual case: the bytes are given as they lie in the
 * record. What comes early is copied and waits, within bounds of bytes and of
 * capture time. What does not come is a gap: told when the other side has
 * acknowledged it and later bytes are there, when a bound is met, at the end of
 * the connection, or at the end of the input. Where bytes come twice with other
 * content, the first are kept and FLOW_OVERLAP is told.
 *
 * Who forges an RST shall not hide what follows: bytes in order are given after a
 * FLOW_RESET too. Nothing is given of a direction after its FLOW_END.
 */
#ifndef TRANSPORT_TCP_H
#define TRANSPORT_TCP_H

#include "decode/segment.h"
#include "transport/flow_event.h"

struct tcp;

enum tcp_flag {
	TCP_SYN       = 1 << 0,	/**< a SYN was seen */
	TCP_SYN_ACK   = 1 << 1,	/**< it was answered */
	TCP_MIDDLE    = 1 << 2,	/**< the capture begins in the middle of it */
	TCP_FIN_0     = 1 << 3,	/**< direction 0 was ended by FIN */
	TCP_FIN_1     = 1 << 4,
	TCP_RST_0     = 1 << 5,	/**< reset by the sender of direction 0 */
	TCP_RST_1     = 1 << 6,
	TCP_DATA_0    = 1 << 7,	/**< payload was seen in direction 0 */
	TCP_DATA_1    = 1 << 8,
};

/** What is known of a connection. Owned by the table, valid until FLOW_FORGET. */
struct tcp_connection {
	/** ends[0] opened it: who sent the SYN; from the middle on, the end with
	 * the higher port, else the one seen first. Direction 0 is from ends[0]. */
	struct net_endpoint ends[2];
	void *user;		/**< the caller's; NULL at first */
	int64_t first, last;	/**< times of its first and last segment */
	uint64_t frame;		/**< of its first segment */
	uint16_t source;
	uint16_t flags;		/**< enum tcp_flag */
	uint64_t bytes[2];	/**< of payload, each once, captured or known to be missing */
	uint32_t gaps;		/**< told so far, both directions */
};

/** Counters over all connections so far; all O(1) to read. */
struct tcp_stats {
	uint64_t connections;	/**< begun */
	uint64_t open;		/**< in the table and not closed */
	uint64_t middle;	/**< of which the beginning is not there */
	uint64_t unanswered;	/**< SYN without an answer; final at tcp_end() */
	uint64_t refused;	/**< SYN answered by RST */
	uint64_t reset;		/**< broken off by RST later */
	uint64_t closed;	/**< ended by FIN both ways */
	uint64_t reused;	/**< begun on the ends of an earlier one */
	uint64_t evicted;	/**< forgotten while open, for the bound on their number */
	uint64_t segments;
	uint64_t retransmitted;	/**< segments that brought nothing new */
	uint64_t partly;	/**< segments that brought some bytes again */
	uint64_t out_of_order;	/**< segments that had to wait */
	uint64_t keepalives;	/**< of one byte or none before what is expected */
	uint64_t gaps;		/**< told; gap_bytes in them, as far as known */
	uint64_t gap_bytes;
	uint64_t cut;		/**< gaps because of the snap length */
	uint64_t overlaps;	/**< bytes that came again with other content */
	uint64_t outside;	/**< segments too far from what is expected, not used */
	uint64_t waiting_bytes;	/**< kept at the moment */
	uint64_t waiting_max;	/**< the most that were */
};

/** Bounds; the defaults in brackets. A zero means the default. */
struct tcp_limits {
	size_t waiting;		/**< bytes kept of one direction [1 MiB]; what it
				     takes to keep them counts */
	size_t waiting_all;	/**< bytes kept of all together [64 MiB] */
	int64_t patience;	/**< ns of capture time a hole may stay open [10 s] */
	uint32_t connections;	/**< in the table; closed ones go first, then the
				     longest silent [1 Mi] */
};

struct tcp *tcp_new(const struct tcp_limits *limits);
/** Other bounds from now on; what is beyond them goes with what comes next. */
void tcp_set_limits(struct tcp *t, const struct tcp_limits *limits);
void tcp_free(struct tcp *t);	/**< no events; empty the table by tcp_end() first */

/**
 * Take a segment of kind SEGMENT_TCP with its TCP header (seg->pdu NULL). The
 * segment must stay valid until tcp_next() has said false, which it must have
 * before the next segment. O(1), amortised
 * over the bytes that wait; allocates for a new connection and for what waits.
 * @return its connection.
 */
struct tcp_connection *tcp_take(struct tcp *t, const struct segment *seg);

/** The next event, of any connection (holes whose time has run out come with a
 * segment of another one). @return false when there is none left. */
bool tcp_next(struct tcp *t, struct flow_event *ev, struct tcp_connection **c);

/** The input is at its end: tcp_next() then gives all that waits, and FORGET for
 * each connection. */
void tcp_end(struct tcp *t);

/** The connections that are known now, one after the other: NULL begins; closed ones too,
 * for as long as they are known. Between tcp_next() saying false and tcp_take(). O(1).
 * @return NULL after the last. */
struct tcp_connection *tcp_each(const struct tcp *t, const struct tcp_connection *after);

void tcp_stats(const struct tcp *t, struct tcp_stats *stats);

#endif
