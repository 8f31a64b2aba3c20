/**
 * @file uri.h  URIs taken apart: sip, sips, tel, and others as far as known.
 *
 * RFC 3261 section 19.1, RFC 3966 (tel), RFC 3860 (im), RFC 3859 (pres),
 * RFC 8141 (urn).
 */
#ifndef SIP_URI_H
#define SIP_URI_H

#include "sip/host.h"
#include "sip/param.h"

enum sip_uri_kind {
	SIP_URI_NONE,		/* no scheme */
	SIP_URI_SIP,
	SIP_URI_SIPS,
	SIP_URI_TEL,
	SIP_URI_MAIL,		/* im:, pres:, mailto:, xmpp: user@host */
	SIP_URI_URN,
	SIP_URI_OTHER,
};

/** Slices borrow from the text; what is absent is empty. */
struct sip_uri {
	uint8_t kind;		/**< enum sip_uri_kind */
	bool has_user;		/**< there was a '@', or it is tel: */
	bool has_password;
	struct str scheme;	/**< without the colon */
	struct str rest;	/**< what follows the colon, all of it */
	struct str user;	/**< escapes left in; of tel: the number */
	struct str password;
	struct sip_host host;
	struct str params;	/**< from the first ';' on, for sip_param_next() */
	struct str headers;	/**< after '?' */
};

/**
 * Take @p text (no <> around it) apart.
 * @return false when it does not follow the grammar of its scheme; *uri holds
 *         what could be read. Unknown schemes only need a name. O(n).
 */
bool sip_uri_parse(struct str text, struct sip_uri *uri);

/** Cut the next "name=value" off the headers of a URI. False at the end. */
bool sip_uri_header_next(struct str *headers, struct str *name, struct str *value);

#endif
