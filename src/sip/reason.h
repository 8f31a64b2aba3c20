/**
 * @file reason.h  Reason and Warning: why, in the words of the sender.
 *
 * RFC 3326 section 2; RFC 3261 section 20.43.
 */
#ifndef SIP_REASON_H
#define SIP_REASON_H

#include "sip/param.h"

/** Slices borrow from the value. */
struct sip_reason {
	struct str protocol;	/**< "SIP", "Q.850" ... */
	uint32_t cause;		/**< valid when has_cause */
	bool has_cause;
	struct str text;	/**< without quotes, escapes left in */
	struct str params;	/**< all, for sip_param_next() */
	bool bad;		/**< does not follow the grammar */
};

/** The next of a list of reasons; false when *rest is exhausted (p NULL). */
bool sip_reason_next(struct str *rest, struct sip_reason *reason);

struct sip_warning {
	uint32_t code;		/**< 0 when it is no number */
	struct str agent;	/**< host or pseudonym */
	struct str text;	/**< without quotes, escapes left in */
	bool bad;
};

/** The next of a list of warnings; false when *rest is exhausted (p NULL). */
bool sip_warning_next(struct str *rest, struct sip_warning *warning);

#endif
