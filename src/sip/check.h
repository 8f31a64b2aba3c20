/**
 * @file check.h  All that is wrong with one message, found by parsing all of it.
 *
 * For a message somebody looks at; sip_scan() finds what the list shows.
 */
#ifndef SIP_CHECK_H
#define SIP_CHECK_H

#include "sip/scan.h"

/**
 * The flaws of @p message, the bytes @p scan was made from, with those of @p scan:
 * each known header is parsed by its kind, the Request-URI by its scheme, the body
 * by its Content-Type. Nothing is allocated; O(n).
 */
uint32_t sip_check(const struct sip_scan *scan, struct str message);

/** The flaw of one header by its value alone; 0 when there is none or the
 * header is not known. Says which line of a message is the wrong one. */
uint32_t sip_check_header(unsigned id, struct str value);

#endif
