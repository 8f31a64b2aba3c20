/**
 * @file auth.h  Challenges and credentials.
 *
 * RFC 3261 section 22, RFC 7616, RFC 8760.
 */
#ifndef SIP_AUTH_H
#define SIP_AUTH_H

#include "sip/param.h"

/** Slices borrow from the value, without quotes; what is absent has p NULL.
 * The response, nonces and opaque let nobody in but are not for logs. */
struct sip_auth {
	struct str scheme;
	struct str params;	/**< all, for sip_param_next_by(',') */
	struct str realm, nonce, uri, username, qop, algorithm;
	struct str response, opaque, cnonce, nc, domain;
	bool stale;		/**< stale=true */
	bool bad;		/**< does not follow the grammar */
};

/** Take the value of (Proxy-)Authorization or WWW-/Proxy-Authenticate apart.
 * @return !auth->bad. */
bool sip_auth_parse(struct str value, struct sip_auth *auth);

#endif
