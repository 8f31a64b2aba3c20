/** @file scan_int.h  Values that sip_scan() looks into; for it alone. */
#ifndef SIP_SCAN_INT_H
#define SIP_SCAN_INT_H

#include "sip/feeds.h"
#include "sip/scan.h"

/*
 * What is looked into in each message, where the input ends at @p limit: searches may look
 * ahead to there. One for each kind of machine; see feeds.h.
 */

/** The branch of a Via value, which may hold several Vias. */
typedef struct str sip_scan_branch_fn(struct str via, const char *limit);

/**
 * Take a From or To apart. RFC 3261 sections 20.10, 20.20 and 20.39.
 * @return false when it does not follow the grammar; what can be read is set all
 *         the same.
 */
typedef bool sip_scan_address_fn(struct str v, const char *limit, struct str *uri,
				 struct str *tag);

sip_scan_branch_fn sip_scan_branch_plain;
sip_scan_address_fn sip_scan_address_plain;
#ifdef SIP_FEEDS_AVX2
sip_scan_branch_fn sip_scan_branch_avx2;
sip_scan_address_fn sip_scan_address_avx2;
#endif

/** For tests: whether to do without what only this machine can. */
void sip_scan_use_plain(bool plain);

/** Whether the body is SDP, or holds a part that is, by content_type and body. */
bool sip_scan_has_sdp(const struct sip_scan *msg);

#endif
