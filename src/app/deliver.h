/**
 * @file deliver.h  SIP messages into the store, whatever carried them.
 */
#ifndef APP_DELIVER_H
#define APP_DELIVER_H

#include "app/engine.h"
#include "app/sip_reader.h"

/** What the messages of one piece of input have in common. All is borrowed. */
struct delivery {
	struct engine *e;
	const struct segment *seg;	/**< the segment at hand; NULL: input is at its end */
	const struct net_endpoint *src, *dst;
	uint8_t transport;		/**< enum transport */
	uint8_t carrier;		/**< enum carrier */
	uint32_t node;			/**< HEP: capture agent id */
	uint16_t vlan;			/**< HEP: what the agent says of it; 0: nothing */
	uint32_t flaws;			/**< enum sip_flaw, for each message */
	/** The records that brought it; stamp_n 0: the segment's. */
	const struct stamp *stamps;
	size_t stamp_n;
	int64_t time;			/**< TIME_NONE: that of the last record */
	bool reports_taken;		/**< the packet that its event is of was given to the
					     store already */
};

/** The transport of what came by IP protocol @p kind (enum segment_kind), as far as
 * that tells: TCP, SCTP, and UDP for all else. */
static inline uint8_t
deliver_transport(unsigned kind)
{
	return kind == SEGMENT_TCP ? TRANSPORT_TCP :
		kind == SEGMENT_SCTP ? TRANSPORT_SCTP : TRANSPORT_UDP;
}

/** Take the messages of a datagram, or of a message of a transport that keeps
 * bounds. @param place  of text; source PLACE_NONE: it is put into the spool.
 * @return whether it is SIP. */
bool deliver_datagram(const struct delivery *d, struct str text, struct place place);

/** The same for the payload of a UDP datagram, by the shortest way. */
bool deliver_udp(struct engine *e, const struct segment *seg);

/** For sip_reader: messages of a stream; the context is a struct delivery. */
struct sip_scan *deliver_room(void *ctx);
void deliver_piece(void *ctx, const struct sip_piece *piece);

/** What concerns calls beside messages: see struct event_input. */
void deliver_event(const struct delivery *d, enum event_kind kind, struct str call_id,
		   struct str text);

#endif
