/**
 * @file segment.h  What decoding makes of a record: one transport payload.
 */
#ifndef DECODE_SEGMENT_H
#define DECODE_SEGMENT_H

#include "base/str.h"
#include "net/addr.h"
#include "net/record.h"

/** What carries the payload. Values below 256 are IP protocol numbers. */
enum segment_kind {
	SEGMENT_UDP = 17,
	SEGMENT_TCP = 6,
	SEGMENT_SCTP = 132,
	SEGMENT_ICMP = 1,
	SEGMENT_ICMP6 = 58,
};

/** What is wrong with the way to the payload; the payload is still given. */
#define SEGMENT_FLAWS(_) \
	_(CUT,          "cut",           "the capture holds less of the packet than was on the wire") \
	_(FRAGMENTS,    "fragments-missing", "fragments of the datagram are not in the capture") \
	_(OVERLAP,      "fragments-overlap", "fragments overlap with different bytes") \
	_(UDP_LENGTH,   "udp-length",    "the UDP length does not fit the IP packet") \
	_(IP_LENGTH,    "ip-length",     "the IP length does not fit the frame")

enum segment_flaw_bit {
#define SEGMENT_FLAW_BIT(id, ...) SEGMENT_FLAW_BIT_##id,
	SEGMENT_FLAWS(SEGMENT_FLAW_BIT)
#undef SEGMENT_FLAW_BIT
	SEGMENT_FLAW_COUNT
};

enum segment_flaw {
#define SEGMENT_FLAW_ID(id, ...) SEGMENT_FLAW_##id = 1u << SEGMENT_FLAW_BIT_##id,
	SEGMENT_FLAWS(SEGMENT_FLAW_ID)
#undef SEGMENT_FLAW_ID
};

struct segment {
	struct net_endpoint src, dst;	/**< of the innermost IP header */
	uint8_t kind;			/**< enum segment_kind */
	uint8_t ttl;			/**< of the innermost IP header; hop limit */
	uint16_t ip_id;			/**< 0 for unfragmented IPv6 */
	uint16_t vlan;			/**< outermost VLAN id; 0: none */
	uint8_t tunnels;		/**< how many tunnels were peeled */
	uint8_t fragments;		/**< reassembled from so many; 0: whole. 255: or more */
	uint32_t flaws;			/**< enum segment_flaw */

	/** Payload of UDP, TCP...; what was captured of it. Borrowed: from the
	 * record (in_record), or from the decoder until its next call. */
	struct str payload;
	uint32_t wire_length;		/**< payload length by the headers; >= payload.n */
	bool in_record;			/**< payload lies inside record.data */
	uint32_t before;		/**< bytes of the record before it when in_record */
	struct place place;		/**< of the payload's first byte when in_record */

	uint32_t tcp_seq, tcp_ack;	/**< host order */
	uint16_t tcp_window;
	uint8_t tcp_flags;		/**< as on the wire: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 */

	/** Of the record; of the one that completed a datagram of fragments; of
	 * the last one seen when some are missing. */
	int64_t time;
	uint64_t frame;			/**< likewise */
	uint16_t source;		/**< likewise */
	/** The dissector an exported PDU names: "sip", "rtp" or "rtcp"; "sip/tls" and
	 * "sip/wss" where it says that it came in these; NULL else.
	 * The payload is one such message then, whatever kind says (a kind of
	 * TCP comes without sequence numbers). Static. */
	const char *pdu;
};

#endif
