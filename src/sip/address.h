/**
 * @file address.h  Addresses: From, To, Contact, Route and their like.
 *
 * RFC 3261 sections 20.10 and 25.1 (name-addr, addr-spec).
 */
#ifndef SIP_ADDRESS_H
#define SIP_ADDRESS_H

#include "sip/uri.h"

/** Slices borrow from the value. */
struct sip_address {
	struct str display;	/**< display name without quotes, escapes left in */
	struct str uri;		/**< without <> */
	struct str params;	/**< of the header, for sip_param_next() */
	bool quoted;		/**< the display name was in quotes */
	bool brackets;		/**< the URI was in <> */
	bool star;		/**< "*", as in Contact */
	bool bad;		/**< does not follow the grammar */
};

/** Take one address apart. @return !address->bad. The URI itself is not looked
 * into; but without <> it holds no ',', ';' or '?' (section 20). */
bool sip_address_parse(struct str value, struct sip_address *address);

/** The next address of a list; false when *rest is exhausted (p NULL). */
bool sip_address_next(struct str *rest, struct sip_address *address);

#endif
