/**
 * @file gunzip.h  gzip data as it comes, byte by byte if need be.
 *
 * libarchive unpacks gzip too, but waits for whole blocks and, of a file cut
 * short, drops up to 64 KiB that could be read; capture files end so, and
 * pipes deliver so.
 */
#ifndef CAPTURE_GUNZIP_H
#define CAPTURE_GUNZIP_H

#include "base/base.h"

struct gunzip;

enum gunzip_status {
	GUNZIP_MORE,	/**< all input used, or all room */
	GUNZIP_END,	/**< the data ended; what follows is none of it */
	GUNZIP_BAD,	/**< damaged */
};

struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *g);

/**
 * Unpack from *p, *n to @p to of @p room bytes; *p and *n become what is left,
 * *made the bytes made, which are good even with GUNZIP_BAD. Several gzip
 * members after one another are one.
 */
enum gunzip_status gunzip_next(struct gunzip *g, const uint8_t **p, size_t *n, uint8_t *to,
			       size_t room, size_t *made);

/** Whether the input may end here: between members. */
bool gunzip_may_end(const struct gunzip *g);

#endif
