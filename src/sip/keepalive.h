/**
 * @file keepalive.h  Datagrams that only hold a path open.
 */
#ifndef SIP_KEEPALIVE_H
#define SIP_KEEPALIVE_H

#include "base/str.h"

enum sip_keepalive {
	SIP_KEEPALIVE_NONE,	/* something else */
	SIP_KEEPALIVE_CRLF,	/* line ends only; RFC 5626 section 3.5.1 */
	SIP_KEEPALIVE_NUL,	/* up to four NUL bytes, as some agents send */
	SIP_KEEPALIVE_STUN,	/* with magic cookie; RFC 8489 section 5 */
};

/** What the whole payload @p in of a datagram is. An empty one is NONE. */
enum sip_keepalive sip_keepalive(struct str in);

#endif
