/**
 * @file ws.h  One WebSocket connection (RFC 6455): HTTP upgrade, then frames.
 *
 * SIP has one message in each WebSocket message (RFC 7118). The capture may begin
 * after the upgrade. Text compressed by permessage-deflate (RFC 7692) is unpacked.
 */
#ifndef TRANSPORT_WS_H
#define TRANSPORT_WS_H

#include "transport/flow_event.h"

enum ws_state {
	WS_HANDSHAKE,	/**< HTTP so far; it may still become WebSocket */
	WS_OPEN,	/**< frames */
	WS_CLOSED,	/**< a close frame was seen both ways, or nothing can be read any more */
	WS_OTHER,	/**< HTTP without upgrade, or an upgrade to something else */
};

#define WS_FLAWS(_) \
	_(LENGTH,   "length",   "a frame or message longer than is taken") \
	_(OPCODE,   "opcode",   "a frame of no known kind, or reserved bits") \
	_(CONTINUE, "continue", "a continuation of nothing, or a message inside another") \
	_(CONTROL,  "control",  "a control frame that is too long or in pieces") \
	_(DEFLATE,  "deflate",  "compressed text that cannot be unpacked") \
	_(GAP,      "gap",      "bytes are missing in the capture") \
	_(CUT,      "cut",      "the connection ends inside a frame")

enum ws_flaw_bit {
#define WS_FLAW_BIT(id, ...) WS_FLAW_BIT_##id,
	WS_FLAWS(WS_FLAW_BIT)
#undef WS_FLAW_BIT
	WS_FLAW_COUNT
};

const char *ws_flaw_name(enum ws_flaw_bit f);

struct ws_info {
	uint8_t state;		/**< enum ws_state */
	uint8_t client;		/**< direction of the one who masks */
	bool middle;		/**< the upgrade is not in the capture */
	bool deflate;		/**< permessage-deflate was agreed */
	bool sip;		/**< the subprotocol sip was agreed (offered, when no answer was seen) */
	uint16_t status;	/**< of the answer to the upgrade; 0: not seen */
	uint16_t close[2];	/**< code of the close frame; 1005: it has none; 0: not seen */
	uint32_t waiting[2];	/**< bytes kept now, once ws_next() has said false */
	uint64_t frames[2];	/**< that were there as a whole, controls among them */
	uint64_t messages[2];	/**< given, those that are cut among them */
	uint64_t controls[2];
	uint64_t flaws[WS_FLAW_COUNT];
};

/** What a close code means ("going away"); NULL for 1000, 1005 and unknown ones.
 * Static. RFC 6455 section 7.4.1. */
const char *ws_close_name(uint16_t code);

struct ws;

/** Some 800 bytes, and what waits: at most one frame of 16 MiB and one message of
 * as much in each direction; with compression 40 KiB a direction. */
struct ws *ws_new(void);
void ws_free(struct ws *w);	/**< NULL is fine */

/** Whether a stream that begins with @p in may be HTTP on its way to WebSocket
 * ("GET ", "HTTP/1.1 "); @p in may be cut. */
bool ws_may_start(struct str in);

/** Whether @p in looks like frames from the middle of a connection that carry
 * SIP: a plausible header whose text, unmasked and unpacked, begins like a SIP
 * start line does (a method or "SIP/2.0") or is a keep-alive of line ends. @p in
 * may be cut: true when nothing is against it yet. O(1). */
bool ws_may_be_frames(struct str in);

/** Take the next bytes of direction @p dir; borrowed, with @p stamps, until
 * ws_next() has said false. */
void ws_take(struct ws *w, unsigned dir, struct str bytes, struct place place,
	     const struct stamp *stamps, size_t n);

/** Bytes of that direction are missing here; 0: not known how many. Frames are
 * found again where the length allows, else by ws_may_be_frames(). */
void ws_gap(struct ws *w, unsigned dir, uint64_t missing, const struct stamp *stamp);

/** Nothing more comes. */
void ws_end(struct ws *w);

/**
 * FLOW_MESSAGE (text and binary alike, unmasked, put together; place only where
 * it lies unmasked and in one piece), FLOW_GAP where a message is lost, FLOW_END
 * for a close frame. Of a message that is lost in part the first bytes come before
 * the gap, as a FLOW_MESSAGE that is cut. An empty message is given too.
 * To be asked after each ws_take(), ws_gap() and ws_end() until it says false.
 */
bool ws_next(struct ws *w, struct flow_event *ev);

const struct ws_info *ws_info(const struct ws *w);

#endif
