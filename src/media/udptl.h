/**
 * @file udptl.h  The transport of T.38 over UDP: UDPTL.
 *
 * ITU-T T.38 (09/2010) section 9 and annex A, aligned PER: a sequence number, the packet of the
 * facsimile, and either packets before it again or parity over some of them.
 */
#ifndef MEDIA_UDPTL_H
#define MEDIA_UDPTL_H

#include "base/str.h"

struct udptl {
	uint16_t sequence;
	struct str primary;	/**< the IFP packet; borrowed, what was captured of it */
	uint32_t primary_length;	/**< on the wire */
	uint16_t again;		/**< earlier packets that came with it */
	uint16_t parity;	/**< entries of error correction that came with it */
	bool cut;		/**< the capture holds only its front: again, parity are not known */
};

/**
 * Read a datagram of which @p wire_length bytes were on the wire.
 * @return false when it is no UDPTL: a length in it is longer than the rest, a count
 *         is not met, or bytes follow the end (but for some zeros, which some senders
 *         add). O(n).
 */
bool udptl_parse(struct str in, uint32_t wire_length, struct udptl *udptl);

#endif
