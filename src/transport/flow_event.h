/**
 * @file flow_event.h  What comes out of a transport: the same for each of them.
 *
 * TCP, TLS, WebSocket and SCTP all take bytes in the order of the capture and are
 * then asked for what they make of them, until they have no more to say.
 */
#ifndef TRANSPORT_FLOW_EVENT_H
#define TRANSPORT_FLOW_EVENT_H

#include "base/str.h"
#include "net/record.h"

enum flow_event_kind {
	FLOW_BYTES,	/**< the next bytes of a stream (TCP, TLS) */
	FLOW_MESSAGE,	/**< a whole message of a transport that keeps bounds (SCTP, WebSocket) */
	FLOW_GAP,	/**< bytes are missing here: not captured, or not to be had (bad MAC) */
	FLOW_END,	/**< the sender ends its direction: FIN, close_notify, close frame */
	FLOW_RESET,	/**< the connection is broken off: RST, ABORT */
	FLOW_ALERT,	/**< a TLS alert that is no close_notify; text tells */
	FLOW_OVERLAP,	/**< bytes came again with other content; the first were kept */
	FLOW_FORGET,	/**< the connection is about to be forgotten: release ->user */
};

/** All that is pointed to is borrowed until the next call on the same object. */
struct flow_event {
	uint8_t kind;		/**< enum flow_event_kind */
	uint8_t dir;		/**< 0: from the first end of the connection, 1: from the second */
	bool cut;		/**< GAP: for the snap length, not for a lost packet;
				     MESSAGE: these are its first bytes, more are missing */
	struct str bytes;	/**< BYTES, MESSAGE */
	/** Where bytes lie in an input; source PLACE_NONE when they have no place. */
	struct place place;
	uint64_t missing;	/**< GAP: how many bytes; 0: not known */
	const char *text;	/**< ALERT: "fatal: handshake failure"; RESET, GAP, END: a
				     reason where there is one; else NULL. Static, or
				     owned by the object. */
	/** The records that brought it, in their order; at least one, but for FORGET. */
	const struct stamp *stamps;
	size_t stamp_n;
};

#endif
