/** @file base64.h  Bytes as letters, RFC 4648 section 4. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/** Append @p bytes encoded, padded with '=': four letters for three bytes or the
 * last one or two. O(n). */
void base64_add(struct buf *b, struct str bytes);

#endif
