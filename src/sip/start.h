/**
 * @file start.h  The first line of a message, and what is SIP by its look.
 *
 * RFC 3261 sections 7.1 and 7.2.
 */
#ifndef SIP_START_H
#define SIP_START_H

#include "sip/flaw.h"
#include "sip/method.h"

enum sip_start_result {
	SIP_START_OK,		/**< a start line and its line end */
	SIP_START_NOT,		/**< not SIP */
	SIP_START_CUT,		/**< the input ends inside the line; SIP beyond doubt */
	SIP_START_PREFIX,	/**< the input ends inside the line; may become SIP */
};

/** Slices borrow from the input. */
struct sip_start {
	bool request;
	uint8_t method;		/**< enum sip_method */
	uint16_t status;	/**< 100..999; 0: request, or unreadable */
	bool bare_cr;		/**< the line ends in CR alone */
	uint32_t flaws;		/**< enum sip_flaw */
	struct str method_text;
	struct str uri;
	struct str version;	/**< "SIP/2.0" as sent */
	struct str status_text;	/**< digits as sent */
	struct str reason;
	size_t used;		/**< bytes of the line with its line end */
};

/**
 * Parse the start line at the front of @p in (no empty lines before it).
 *
 * A line is SIP when it begins with SIP/ and a digit and holds a status code, or
 * is a token, a URI and SIP/. A known method with a sip, sips or tel URI also is
 * without a version when the line is cut or a header line follows.
 * Fills *start unless it returns SIP_START_NOT. O(line).
 */
enum sip_start_result sip_start_parse(struct str in, struct sip_start *start);

#endif
