/**
 * @file claim_read.h  What a session description tells of where media comes.
 *
 * A quick reader of the lines that matter for it; all else is for sip/sdp.h. A line
 * that does not parse tells nothing.
 */
#ifndef STORE_CLAIM_READ_H
#define STORE_CLAIM_READ_H

#include "sip/sdp.h"
#include "store/stream.h"

struct told_medium {
	struct str text;	/**< its lines, from m= on */
	struct str formats;
	struct net_addr addr;	/**< NET_NONE: not told */
	struct net_addr rtcp_addr;	/**< NET_NONE: that of the medium */
	uint64_t map_hash;	/**< of what names its payload types; keyed */
	uint16_t port, rtcp_port;	/**< 0: not told */
	uint16_t port_count;	/**< at least 1 */
	uint16_t ptime_ms;	/**< 0: not told */
	uint16_t crypto;	/**< bits by enum stream_crypto */
	uint8_t kind;		/**< enum codec_kind */
	uint8_t direction;	/**< enum sdp_direction */
	bool own_direction, mux, secure, bundled, fax;
	bool framed;		/**< over TCP (RFC 4571) */
	uint16_t candidates, ssrcs;	/**< lines with them */
};

struct told_tails;

struct told {
	uint32_t n;
	struct told_medium media[SDP_MEDIA_MAX];
};

/** What the ends of descriptions told that were read last: many are alike. Some 20 KB, to
 * be freed by free(). */
struct told_tails *told_tails_new(void);
size_t told_tails_memory(void);

/** Read @p text. Slices borrow. No allocation; O(n). Of media[] the first n are set.
 * @param tails  looked into, and added to; makes no other difference than of time. NULL: none */
void told_read(struct str text, struct told_tails *tails, struct told *told);

/** An address in numbers, without "/ttl"; false: it is none. */
bool told_addr(struct str text, struct net_addr *addr);

#endif
