/**
 * @file save_conns.h  Which packets of TCP connections and SCTP associations belong
 * to chosen messages.
 *
 * One that carries chosen messages alone is kept whole: handshake, acknowledgements,
 * what came twice, keep-alives, its end. So is one of TLS or WebSocket, whatever
 * it carries: parts of it could not be decrypted or unpacked. Of others that carry
 * messages of other calls too, what is kept is
 *	- packets with bytes of chosen messages, first or again, and what
 *	  acknowledges them first;
 *	- how it begins and ends: SYN, FIN, RST; of SCTP all control chunks but
 *	  SACK and HEARTBEAT;
 *	- bytes that are of no message.
 * Two looks at the input are needed: save_conn_look() at all packets first, then
 * save_conn_takes() for all again.
 */
#ifndef APP_SAVE_CONNS_H
#define APP_SAVE_CONNS_H

#include "base/hash.h"
#include "decode/segment.h"

#define SAVE_CONN_RANGES	32	/* of chosen bytes, the last ones of a direction */

/** One of the connections that had these ends one after the other. */
struct save_life {
	uint64_t frame;		/**< of its SYN; 0: the first, whatever began it */
	uint32_t seq;
	uint16_t source;
	bool wanted, other;	/**< whether it carries chosen messages; others */
	bool whole;		/**< to be kept whole in any case */
};

struct save_dir {
	uint32_t end;		/**< highest sequence number seen */
	uint32_t acked;		/**< to be acknowledged: what ack_due is about */
	uint32_t from[SAVE_CONN_RANGES], to[SAVE_CONN_RANGES];
	uint32_t ranges;	/**< so far */
	bool begun, ack_due;
};

struct save_conn {
	struct net_endpoint ends[2];
	uint8_t kind;		/**< SEGMENT_TCP, SEGMENT_SCTP */
	bool whole;
	struct save_life *lives;	/**< owned */
	size_t n, cap;
	size_t at;		/**< of lives, in the second look */
	struct save_dir dirs[2];
};

/** Zeroes to begin with. */
struct save_conns {
	struct save_conn *list;
	size_t n, cap;
	struct hash_map map;
};

/** Add what is between two ends, in either order, or find it. @p whole: it is TLS or
 * WebSocket. Valid until the next one is added. */
struct save_conn *save_conns_add(struct save_conns *c, uint8_t kind,
				 const struct net_endpoint *a, const struct net_endpoint *b,
				 bool whole);

/** That of a packet, NULL: it is of none. */
struct save_conn *save_conns_find(const struct save_conns *c, const struct segment *seg);

/** The first look. @param wanted, other  whether the packet has parts of chosen
 * messages, and of others. */
void save_conn_look(struct save_conn *conn, const struct segment *seg, bool wanted, bool other);

/** The second one, of each packet first: whether it has bytes that come for the first time;
 * of SCTP always. */
bool save_conn_news(struct save_conn *conn, const struct segment *seg);

/** And whether the packet is to be kept. @param news  what save_conn_news() said of it. */
bool save_conn_takes(struct save_conn *conn, const struct segment *seg, bool wanted,
		     bool other, bool news);

/** In the second look: whether all packets are kept of the one that has these ends now. */
bool save_conn_needs_all(const struct save_conn *conn);

/** Whether it is from the second end to the first. */
bool save_conn_is_back(const struct save_conn *conn, const struct segment *seg);

/** Whether a packet of SCTP has a chunk that is neither data nor about data. */
bool save_conn_is_control(const struct segment *seg);

void save_conns_release(struct save_conns *c);

#endif
