/**
 * @file step.h  One step of a script: what its words say, and its bytes sent.
 */
#ifndef TESTS_STEP_H
#define TESTS_STEP_H

#include "lex.h"

enum step_kind {
	STEP_SIP,
	STEP_RAW,	/**< the body as it is, over the call's transport */
	STEP_BYTES,	/**< the body as it is, beneath the frames of the transport */
	STEP_UDP,	/**< the body in a datagram */
	STEP_IP,	/**< the body as the payload of IP, proto=N */
	STEP_ICMP,	/**< destination unreachable about the last packet */
	STEP_RTP,
	STEP_DTMF,	/**< RFC 4733 */
	STEP_REPORT,	/**< RTCP SR */
	STEP_SYN,	/**< a connection begins, or is tried */
	STEP_OPEN,	/**< a connection was there when the capture began */
	STEP_FIN,
	STEP_RST,
	STEP_ACK,
	STEP_PROBE,	/**< TCP keep-alive */
	STEP_AGAIN,	/**< bytes of the stream once more, or other ones there */
	STEP_PING,	/**< the keep-alive of the call's transport, and its answer */
	STEP_PONG,
	STEP_CLOSE,	/**< WebSocket */
	STEP_LOG,	/**< HEP type 100 about the call */
	STEP_RTCP,	/**< HEP type 5, as JSON */
	STEP_HEP,	/**< HEP type proto=N */
	STEP_REPEAT,	/**< the same message again, in a new datagram */
	STEP_DUPLICATE,	/**< the same packet captured again */
};

struct rtp {
	struct str codec;
	int64_t ptime, length, jitter;
	uint32_t ssrc, seq, timestamp, type, lose;	/**< lose: every so manieth */
	bool has_type;
	struct pieces swap;	/**< packets that come after their successor */
	int64_t copies;		/**< each captured again so much later; 0: not */
	struct str digits;
	int64_t gap;		/**< between two of them */
	uint32_t volume;	/**< of them, in -dBm0 */
};

/** A report block. */
struct rtcp_report {
	uint32_t about;		/**< SSRC; 0: the packet has none */
	uint32_t fraction, missing, highest, jitter;
	int64_t ago, held;	/**< LSR: sent so long before; DLSR */
};

struct step {
	enum step_kind kind;
	int64_t time;
	struct wire wire;
	struct sip_step sip;
	struct rtp rtp;
	struct rtcp_report report;
	struct str id;		/**< by which repeat and duplicate name it */
	struct str prefix, suffix;	/**< bytes around the message */
	struct tcp_begin begin;
	struct ws_how ws;
	uint32_t back, ahead, bytes;	/**< of the stream */
	uint32_t quote, mtu;	/**< of an ICMP error */
	int64_t late;		/**< how much later it is carried to the collector */
	bool half;		/**< closed one way */
	bool joined;		/**< goes with the next step's bytes */
	uint32_t proto, ttl, code;
	bool has_code;
	uint32_t fill;		/**< bytes of text to add to the body */
	struct buf body;	/**< owned */
};

/** What was sent, to be sent again. */
struct sent {
	struct sent *next;
	struct str id;
	struct wire wire;
	struct str payload, quote;
	struct str lines;	/**< of the list of messages */
	struct str inner;	/**< what a carrier wrapped; empty: none */
	unsigned inner_type;
	struct wire inner_wire;
	bool tcp;
	struct tcp_place place;	/**< conn NULL: no bytes of a stream */
	size_t first_packet, packets;
};

struct step_context {
	struct gen *gen;
	struct sip_call *call;	/**< NULL: outside of calls */
	struct sent *sent;	/**< newest first, of the whole script */
	struct buf waiting;	/**< bytes of joined steps */
	struct hep_carrier carrier;	/**< version 0: none */
	bool list;		/**< print the messages */
	struct buf lines;	/**< of the messages not yet sent */
};

/** Set the option of @p word in @p step. @return NULL, or what is wrong. */
const char *step_option(struct step *step, const struct lex_word *word);

/** Send what the step says. @return NULL, or what is wrong. */
const char *step_send(struct step_context *c, struct step *step);

/* ---- media.c ---- */

/** Send a stream, digits, a report. @return NULL, or what is wrong. */
const char *media_rtp(struct gen *g, const struct step *s);
const char *media_dtmf(struct gen *g, const struct step *s);
const char *media_report(struct gen *g, const struct step *s);

#endif
