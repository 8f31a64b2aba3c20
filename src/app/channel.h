/**
 * @file channel.h  What a connection carries: SIP, TLS, WebSocket, HEP, media or else.
 *
 * Found by what its bytes look like, on any port, and looked for again for a
 * while where the capture begins in the middle. The text of TLS is a channel of
 * its own inside.
 */
#ifndef APP_CHANNEL_H
#define APP_CHANNEL_H

#include "app/deliver.h"
#include "transport/flow_event.h"
#include "transport/tls.h"
#include "transport/ws.h"

/** id, name (summary) */
#define CHANNELS(_) \
	_(NEW,   "without payload") \
	_(SIP,   "with sip") \
	_(TLS,   "with tls") \
	_(WS,    "with websocket") \
	_(HEP,   "with hep") \
	_(RTP,   "with rtp") \
	_(TURN,  "with turn") \
	_(OTHER, "with something else")

enum channel_protocol {
#define CHANNEL_ID(id, ...) CHANNEL_##id,
	CHANNELS(CHANNEL_ID)
#undef CHANNEL_ID
	CHANNEL_COUNT
};

const char *channel_name(enum channel_protocol p);

/** One direction of a channel with media, see app/framed.h. */
struct framed {
	bool lost;		/**< private: looks for where a frame begins */
	bool seen;		/**< private: ssrc is that of a frame */
	uint32_t ssrc;		/**< private: of the last frame of RTP */
};

struct channel {
	uint8_t protocol;	/**< enum channel_protocol */
	uint8_t base;		/**< TRANSPORT_TCP, or TRANSPORT_TLS for the text of TLS */
	bool ended[2];
	bool sip;		/**< carried a SIP message, inside of TLS too */
	uint32_t kept;		/**< private to app/keep.c: bytes kept without knowing of SIP */
	uint16_t looked[2];	/* private: pieces of OTHER looked at */
	struct framed framed[2];
	uint32_t searched[2];	/* private: bytes of OTHER searched */
	struct sip_reader *readers;	/* private: two; NULL: nothing to keep */
	struct tls *tls;	/**< NULL: no TLS */
	struct ws *ws;		/* private */
	uint32_t ws_kept;	/* private: bytes it was last counted with */
	struct channel *inner;	/**< of the text of TLS; NULL: none yet */
};

/** @param base  TRANSPORT_TCP or TRANSPORT_TLS. */
struct channel *channel_new(uint8_t base);

/** Both directions are at their end: give what waits. */
void channel_end(struct channel *ch, struct engine *e, const struct net_endpoint ends[2]);

/** Count and free it. */
void channel_free(struct channel *ch, struct streams *s);

/** Take an event of the connection between @p ends. @param seg  the segment at
 * hand, or NULL. */
void channel_take(struct channel *ch, struct engine *e, const struct segment *seg,
		  const struct net_endpoint ends[2], const struct flow_event *ev);

#endif
