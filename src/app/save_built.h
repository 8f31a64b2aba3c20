/**
 * @file save_built.h  Packets for messages whose own cannot be read again.
 */
#ifndef APP_SAVE_BUILT_H
#define APP_SAVE_BUILT_H

#include "base/buf.h"
#include "net/addr.h"

#define SAVE_BUILT_LINK	101u	/* LINKTYPE_RAW: begins with an IP header */

/**
 * Put an IP packet with @p payload in a UDP datagram from @p src to @p dst into @p to
 * (replaced), checksums and all.
 * @return false, nothing built, when there is no such packet: addresses of two
 *         families or none, or the payload is too long.
 */
bool save_built_packet(struct buf *to, const struct net_endpoint *src,
		       const struct net_endpoint *dst, struct str payload);

#define SAVE_PDU_LINK	252u	/* LINKTYPE_WIRESHARK_UPPER_PDU */

/**
 * Put @p text, a SIP message that came by @p transport (enum transport), as Wireshark
 * exports it into @p to (replaced): tags, then the message.
 * @return false, nothing built, when there is no such record: addresses of two families or
 *         none, or the text is too long for one.
 */
bool save_built_pdu(struct buf *to, const struct net_endpoint *src,
		    const struct net_endpoint *dst, unsigned transport, struct str text);

#endif
