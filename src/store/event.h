/**
 * @file event.h  What happened to calls and their connections besides SIP messages.
 */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "base/buf.h"
#include "net/addr.h"
#include "store/message.h"

/** id, name (JSON), what it means */
#define EVENTS(_) \
	_(GAP,        "gap",         "bytes of the stream are not in the capture") \
	_(OVERLAP,    "overlap",     "bytes of the stream came again with other content") \
	_(RESET,      "reset",       "the connection was reset") \
	_(REFUSED,    "refused",     "the connection was refused") \
	_(UNANSWERED, "unanswered",  "nobody answered the attempt to connect") \
	_(ALERT,      "tls-alert",   "a TLS alert") \
	_(ICMP,       "icmp",        "an ICMP error quotes a packet") \
	_(LOG,        "log",         "a log line from a capture agent") \
	_(RTCP,       "rtcp-report", "an RTCP report from a capture agent, as JSON")

enum event_kind {
#define EVENT_ID(id, ...) EVENT_##id,
	EVENTS(EVENT_ID)
#undef EVENT_ID
	EVENT_COUNT
};

#define EVENT_NONE	UINT32_MAX	/* no such event */

/** Static. */
const char *event_name(enum event_kind k);

/**
 * Append what an event says to people: "connection reset", "gap: 1460 bytes not
 * captured", "ICMP port unreachable for INVITE". @p text is that of the event; what
 * it begins with already is not said twice. As it is: not made visible.
 */
void event_say(struct buf *b, enum event_kind k, struct str text);

#define EVENT_TEXT_MAX	512u	/* bytes kept of text */

/** One event on its way in; nothing is kept by reference. */
struct event_input {
	uint8_t kind;			/**< enum event_kind */
	uint8_t transport;		/**< enum transport */
	/** From the one who sent it (the RST, the alert, the ICMP error's packet: from
	 * the one who sent the quoted packet); either order is the same connection. */
	struct net_endpoint src, dst;
	/** Whose call it is, when that is known: Call-ID or correlation id. The call
	 * may appear later. Empty: that of every call that uses the connection (both
	 * ends, in either order) at that time. */
	struct str call_id;
	struct str text;		/**< for people; EVENT_TEXT_MAX bytes are kept unless it
					     has a place */
	bool reports_taken;		/**< EVENT_RTCP: store_add_rtcp() had the packet itself */
	struct place place;		/**< of all of its text; source PLACE_NONE: none */
	uint32_t length;		/**< bytes there */
	uint64_t frame;
	uint16_t source;
	int64_t time;
};

/** An event as it is kept. */
struct event {
	int64_t time;
	uint64_t offset;	/**< of its whole text in source; source PLACE_NONE: none */
	uint32_t length;
	uint32_t frame;		/**< private: event_frame() */
	uint32_t path;		/**< store_path(), in the direction it was told */
	uint32_t text;		/**< store_name(), where it has no place */
	uint32_t call_id;	/**< store_name(); 0: of the connection */
	uint32_t previous;	/**< private: of the same connection or call */
	uint16_t source;	/**< file of offset; PLACE_SPOOL, PLACE_NONE */
	uint16_t file;		/**< index of the source of its record in the capture set */
	uint8_t kind;		/**< enum event_kind */
	bool here;		/**< false: it is gone */
	uint16_t frame_high;	/**< private */
};

_Static_assert(sizeof(struct event) == 48, "events are many");

/** Frame number of its record in its file; 0: it has none. */
static inline uint64_t
event_frame(const struct event *e)
{
	return (uint64_t)e->frame_high << 32 | e->frame;
}

#endif
