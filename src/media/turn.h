/**
 * @file turn.h  What a message of TURN says of the data it carries (RFC 8656).
 */
#ifndef MEDIA_TURN_H
#define MEDIA_TURN_H

#include "base/str.h"
#include "net/addr.h"

enum turn_kind {
	TURN_OTHER,		/**< a message of STUN that carries no data */
	TURN_SEND,		/**< Send indication: client to server */
	TURN_DATA,		/**< Data indication: server to client */
	TURN_BIND,		/**< ChannelBind request: client to server */
	TURN_CHANNEL,		/**< ChannelData, either way */
};

/** Slices borrow from the message. */
struct turn {
	uint8_t kind;		/**< enum turn_kind */
	uint16_t channel;	/**< BIND, CHANNEL */
	struct net_endpoint peer;	/**< SEND, DATA, BIND; family NET_NONE: not told */
	struct str data;	/**< SEND, DATA, CHANNEL: what was captured of it */
	uint32_t data_length;	/**< on the wire */
};

/**
 * Read a message that shape_of() says is STUN or TURN.
 * @param wire_length  bytes of it on the wire, at least those of @p in
 * @return false when it is too short, or an indication lacks its data. O(attributes).
 */
bool turn_parse(struct str in, uint32_t wire_length, struct turn *turn);

/**
 * How long the message at the front of a stream is (RFC 8656 section 12.5, RFC 8489
 * section 6.2.2): of ChannelData with its padding.
 * @return 0: it takes more bytes to tell; SIZE_MAX: it is none of STUN or TURN.
 */
size_t turn_framed(struct str bytes);

#endif
