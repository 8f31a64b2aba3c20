/**
 * @file via.h  Via: the way a request came and its response goes.
 *
 * RFC 3261 sections 18.2 and 20.42, RFC 3581 (rport).
 */
#ifndef SIP_VIA_H
#define SIP_VIA_H

#include "sip/host.h"
#include "sip/param.h"

/** Slices borrow from the value; what is absent is empty. */
struct sip_via {
	struct str protocol;	/**< "SIP" */
	struct str version;	/**< "2.0" */
	struct str transport;	/**< "UDP", "TCP", "TLS", "WS" ... */
	struct sip_host sent_by;
	struct str params;	/**< for sip_param_next() */
	struct str branch;
	struct str received;	/**< an IPv6 address keeps no brackets */
	struct str rport;	/**< value */
	struct str maddr;
	struct str ttl;
	bool has_rport;		/**< also without a value */
	bool bad;		/**< does not follow the grammar */
};

/** Take one Via value apart. @return !via->bad. */
bool sip_via_parse(struct str value, struct sip_via *via);

/** The next of a list of Via values; false when *rest is exhausted (p NULL). */
bool sip_via_next(struct str *rest, struct sip_via *via);

#endif
