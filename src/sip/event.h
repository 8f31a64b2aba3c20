/**
 * @file event.h  Subscriptions and times: Event, Subscription-State, and headers
 * whose value is a number of seconds.
 *
 * RFC 6665 section 8.2; RFC 4028 sections 4 and 5; RFC 3261 sections 20.19, 20.23
 * and 20.33.
 */
#ifndef SIP_EVENT_H
#define SIP_EVENT_H

#include "sip/param.h"

/** Slices borrow from the value. */
struct sip_event {
	struct str package;	/**< "dialog.winfo", templates included */
	struct str id;		/**< empty when absent */
	struct str params;
};

/** False when it does not follow the grammar; what could be read is set. */
bool sip_event_parse(struct str value, struct sip_event *event);

struct sip_subscription {
	struct str state;	/**< "active", "pending", "terminated" or other */
	struct str reason;	/**< empty when absent */
	struct str params;
	uint32_t expires_s;	/**< valid when has_expires */
	uint32_t retry_after_s;	/**< valid when has_retry_after */
	bool has_expires, has_retry_after;
};

/** False when it does not follow the grammar; what could be read is set. */
bool sip_subscription_parse(struct str value, struct sip_subscription *sub);

/** Expires, Min-Expires, Session-Expires, Min-SE, Retry-After. */
struct sip_seconds {
	uint32_t seconds;	/**< 0 when it is no number of 32 bits */
	struct str comment;	/**< of Retry-After, without (); escapes left in */
	struct str refresher;	/**< of Session-Expires: "uac", "uas" or empty */
	struct str params;
};

/** False when it does not follow the grammar; what could be read is set. */
bool sip_seconds_parse(struct str value, struct sip_seconds *seconds);

#endif
