/**
 * @file engine.h  The way of a packet, in order: capture, decode, transport,
 * SIP, store. The one file that knows all of them.
 */
#ifndef APP_ENGINE_H
#define APP_ENGINE_H

#include "capture/capture.h"
#include "decode/decode.h"
#include "media/shape.h"
#include "store/store.h"

enum engine_status {
	ENGINE_BUSY,		/**< there is more to read at once */
	ENGINE_WAIT,		/**< a pipe has nothing now: poll engine_fd() */
	ENGINE_END,		/**< all is read */
};

/** What a payload that is no SIP message was taken for. */
#define PAYLOADS(_) \
	_(SIP,       "sip",            "datagrams with SIP messages") \
	_(KEEPALIVE, "keep-alive",     "CRLF or NUL keep-alives (RFC 5626)") \
	_(HEP,       "hep",            "datagrams and segments with HEP") \
	_(T38,       "t38",            "T.38 where a description told of it") \
	SHAPES(_) \
	_(UDP_EMPTY, "udp, empty",     "UDP datagrams without payload") \
	_(TCP_SIP,   "sip over tcp",   "TCP segments of connections with SIP") \
	_(TLS,       "tls",            "TCP segments of connections with TLS") \
	_(WS,        "websocket",      "TCP segments of connections with WebSocket") \
	_(TCP_RTP,   "rtp over tcp",   "TCP segments of connections with RTP") \
	_(TCP_TURN,  "turn over tcp",  "TCP segments of connections with TURN") \
	_(TCP,       "tcp, other",     "other TCP segments") \
	_(TCP_EMPTY, "tcp, empty",     "TCP segments without payload") \
	_(SCTP_SIP,  "sip over sctp",  "SCTP packets that complete SIP messages") \
	_(SCTP,      "sctp, other",    "other SCTP packets") \
	_(ICMP,      "icmp",           "ICMP") \
	_(ICMP6,     "icmp6",          "ICMPv6") \
	_(OTHER,     "other",          "other transports")

enum payload {
#define PAYLOAD_ID(id, ...) PAYLOAD_##id,
	PAYLOADS(PAYLOAD_ID)
#undef PAYLOAD_ID
	PAYLOAD_COUNT
};

const char *payload_name(enum payload p);

#define ENGINE_BATCH	32	/* messages scanned before they go into the store */

/**
 * Messages on their way into the store. What a message needs of the store is
 * far away in memory: while a few are scanned it comes closer. Their bytes are
 * where they were captured, so a batch is emptied before these go.
 */
struct engine_batch {
	struct sip_scan scans[ENGINE_BATCH];
	struct store_input inputs[ENGINE_BATCH];
	uint8_t rtp_before[ENGINE_BATCH];	/* that wait in engine.rtp, and came before */
	unsigned n;
};

/** Sees each SIP message on its way into the store, and its text. */
typedef void engine_tap_fn(void *ctx, const struct store_input *in, struct str text);

struct rtp_batch;
struct streams;

struct engine {
	struct capture *capture;	/**< owned */
	struct decoder *decoder;	/**< owned */
	struct store *store;		/**< owned */
	struct streams *streams;	/**< owned */
	struct rtp_batch *rtp;		/**< owned; empty between calls of engine_read() */
	uint64_t payloads[PAYLOAD_COUNT];	/**< segments of each */
	uint64_t segment_flaws[SEGMENT_FLAW_COUNT];
	uint64_t trailing;		/**< datagrams with bytes after the last message */
	uint64_t unspooled;		/**< messages whose text could not be kept */
	uint32_t *ports;		/**< packets by port of what is no SIP: UDP, then TCP */
	engine_tap_fn *tap;		/**< NULL: none */
	/** Sees each record before anything else does; NULL: none. */
	void (*tap_record)(void *ctx, const struct record *rec);
	void *tap_record_ctx;
	/** Sees what has the shape of RTCP; NULL: none. */
	void (*tap_rtcp)(void *ctx, const struct segment *seg);
	void *tap_ctx;
	struct engine_batch batch;	/**< empty between calls of engine_read() */
	/** The record at hand where its packet is lost unless it is kept, see app/keep.h;
	 * NULL else. */
	const struct record *fleeting;
	bool kept;			/**< it is kept */
	bool wanted;			/**< it is to be kept, for what it is part of */
	bool keep_media;		/**< so are those of media */
	struct keep *keep;		/**< owned; NULL: nothing was to be kept so far */
	bool no_rtp;			/**< media is counted, and not looked at */
	bool bounded;			/**< the store is kept within bounds, see app/bounds.h */
	bool went;			/**< something of it did; taken back by who looks */
	bool retaining;			/**< more is to go yet: engine_read() again soon */
	bool refuses;			/**< calls may not begin where store_has_room() says so */
	uint64_t refused;		/**< calls that did not */
	uint64_t *refused_ids;		/**< private: hashes of the Call-IDs of some of them;
					     owned; NULL: none so far */
	int64_t clock, clock_mono;	/**< private: when the store's clock was moved last by
					     what came, and by this clock */
	int64_t clock_told;		/**< private: to where it was moved without */
	bool ended;
};

/** An engine with no input; add them to ->capture. */
void engine_init(struct engine *e);
void engine_release(struct engine *e);

/** Let @p to, released or never begun, be @p from, which is no engine any more. Between
 * calls of engine_read(). */
void engine_move(struct engine *to, struct engine *from);

/** An empty store instead of the one there is, see store_renew(); between calls of
 * engine_read(). */
void engine_renew_store(struct engine *e);

/** Put the messages of the batch, and the RTP that waits, into the store, in the order they
 * came in. */
void engine_flush(struct engine *e);

/** Whether nothing was read, but the clock of the store may go on: inputs are live. Then
 * engine_read() moves it by the time that went by, once a second at least. */
bool engine_is_live(const struct engine *e);

/**
 * Read up to @p records records, or until a pipe is dry or all is read.
 * O(1) a record; allocates in the store only.
 */
enum engine_status engine_read(struct engine *e, unsigned records);

#endif
