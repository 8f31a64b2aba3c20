/**
 * @file sniff.h  What some bytes look like.
 */
#ifndef CAPTURE_SNIFF_H
#define CAPTURE_SNIFF_H

#include "base/base.h"

#define SNIFF_BYTES	((size_t)512)	/* enough to know each kind by */

enum sniff {
	SNIFF_PCAP,
	SNIFF_PCAPNG,
	SNIFF_PACKED,	/**< a file libarchive is asked about */
	SNIFF_OTHER,	/**< none of ours; sniff_name() says what */
};

/** From the first @p n bytes; all of the file when n < SNIFF_BYTES. */
enum sniff sniff_kind(const uint8_t *p, size_t n);

/** The name of the packing of SNIFF_PACKED: "gzip", "zip"...; static. */
const char *sniff_packing(const uint8_t *p, size_t n);

/** What a file that is no capture looks like, with an article: "an HTML
 * page"; never NULL. Static. */
const char *sniff_name(const uint8_t *p, size_t n);

#endif
