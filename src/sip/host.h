/**
 * @file host.h  Host and port as URIs, Via and others write them.
 *
 * RFC 3261 section 25.1 (hostport, sent-by).
 */
#ifndef SIP_HOST_H
#define SIP_HOST_H

#include "base/str.h"

enum sip_host_kind {
	SIP_HOST_NONE,		/* empty */
	SIP_HOST_NAME,
	SIP_HOST_IP4,
	SIP_HOST_IP6,		/* the brackets are not in the slice */
};

struct sip_host {
	struct str name;	/**< without brackets; borrows */
	uint8_t kind;		/**< enum sip_host_kind */
	bool has_port;
	uint16_t port;		/**< 0 when absent or bad */
};

/** Numeric forms; IPv6 without brackets. No zone, no mask. */
bool sip_is_ip4(struct str s);
bool sip_is_ip6(struct str s);

/**
 * Take "host", "host:port", "[2001:db8::1]:port" off the front of *s; LWS around
 * the colon is skipped when @p lws (Via allows it). What follows stays in *s.
 * @return false when it does not follow the grammar; *host holds what could be read.
 */
bool sip_host_take(struct str *s, bool lws, struct sip_host *host);

#endif
