/** @file scan_int.h  Values that sip_scan() looks into; for it alone. */
#ifndef SIP_SCAN_INT_H
#define SIP_SCAN_INT_H

#include "sip/scan.h"

/** The value of a parameter in @p s, which starts at a ';' or with the thing the
 * parameters belong to. @p name is lower case, four to eight bytes with its '='. */
struct str sip_scan_param(struct str s, struct str name);

/**
 * Take a From or To apart. @p limit is the end of the input, which searches may
 * look ahead to. RFC 3261 sections 20.10, 20.20 and 20.39.
 * @return false when it does not follow the grammar; what can be read is set all
 *         the same.
 */
bool sip_scan_address(struct str v, const char *limit, struct str *uri, struct str *user,
		      struct str *tag);

/** Whether the body is SDP, or holds a part that is, by content_type and body. */
bool sip_scan_has_sdp(const struct sip_scan *msg);

#endif
