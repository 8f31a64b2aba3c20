/**
 * @file hep.h  HEP, in which capture agents send packets to a collector.
 *
 * Version 3 ("HEP3", chunks of vendor, type and length), the same with "EEP1",
 * and the binary version 2 (and 1). Recognised by content on any port.
 */
#ifndef DECODE_HEP_H
#define DECODE_HEP_H

#include "base/buf.h"
#include "base/time.h"
#include "net/addr.h"

/** What the payload is (chunk 11). */
enum hep_type {
	HEP_SIP = 1,
	HEP_RTP = 4,
	HEP_RTCP_JSON = 5,
	HEP_LOG = 100,
};

#define HEP_FLAWS(_) \
	_(LENGTH,    "length",    "a length that does not fit the packet") \
	_(CHUNK,     "chunk",     "a chunk that is too short for what it is") \
	_(ADDRESS,   "address",   "an inner address is missing") \
	_(TIME,      "time",      "no time, or one that is none") \
	_(PAYLOAD,   "payload",   "no payload") \
	_(COMPRESS,  "compress",  "a compressed payload that cannot be unpacked")

enum hep_flaw_bit {
#define HEP_FLAW_BIT(id, ...) HEP_FLAW_BIT_##id,
	HEP_FLAWS(HEP_FLAW_BIT)
#undef HEP_FLAW_BIT
	HEP_FLAW_COUNT
};

enum hep_flaw {
#define HEP_FLAW_ID(id, ...) HEP_FLAW_##id = 1u << HEP_FLAW_BIT_##id,
	HEP_FLAWS(HEP_FLAW_ID)
#undef HEP_FLAW_ID
};

const char *hep_flaw_name(enum hep_flaw_bit f);

/* hep_parse() sets all but COMPRESS, which is for who finds that hep_unpack() says no. */

/** Slices borrow from the packet. */
struct hep {
	struct net_endpoint src, dst;	/**< inner; family NET_NONE: not given */
	int64_t time;		/**< TIME_NONE: not given; version 1 has none, and no flaw
				     for that */
	uint8_t version;	/**< 1, 2, 3 */
	uint8_t protocol;	/**< IP protocol number of what was captured; 0: not given */
	uint8_t type;		/**< enum hep_type and others; SIP in versions 1 and 2 */
	uint16_t vlan;
	uint32_t node;		/**< capture agent id; 0: none */
	uint32_t flaws;		/**< enum hep_flaw */
	struct str node_name;	/**< chunk 19 */
	struct str key;		/**< authentication key, chunk 14; empty: none */
	struct str correlation;	/**< chunk 17; empty: none */
	struct str payload;
	bool compressed;	/**< payload is, chunk 16: hep_unpack() */
};

/** Whether @p in begins like HEP: 6 bytes are enough. */
bool hep_may_start(struct str in);

/** Length of the packet at the front of a stream of version 3 packets.
 * @return 0 when it takes more bytes to tell; SIZE_MAX when it is none. */
size_t hep_length(struct str in);

/**
 * Parse one packet, the first of @p in: there may be another at hep_length(). A chunk
 * that lies ends its own reading, not that of the packet: what came before and what is
 * still found is given. Versions 1 and 2 have no magic: they are believed when their
 * length is right, or SIP follows.
 * @return false when it is no HEP; *hep is of no meaning then. O(chunks).
 */
bool hep_parse(struct str in, struct hep *hep);

#define HEP_UNPACKED_MAX	(1u << 20)	/* bytes a payload may have unpacked */

/** Unpack a compressed payload (zlib, gzip or bare deflate) into @p to, replaced.
 * @return false when it cannot be, *to is empty then. */
bool hep_unpack(const struct hep *hep, struct buf *to);

#endif
