/**
 * @file units.h  Amounts as people write them: sizes and spans of time.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include "base/buf.h"

/**
 * A size in bytes: "4096", "64M", "64MiB", "1.5 G", "2GB". A letter alone and with "iB" counts
 * in powers of 1024, with "B" in powers of 1000, as GNU tools have it: k M G T, any case.
 * @return false, *bytes unchanged, when @p s is none or does not fit.
 */
bool str_to_size(struct str s, uint64_t *bytes);

/**
 * A span in nanoseconds: "30s", "10m", "1h", "2d", "250ms", "1.5h", "1h30m"; a number
 * alone is of seconds. Never negative.
 * @return false, *span_ns unchanged, when @p s is none or does not fit.
 */
bool str_to_span(struct str s, int64_t *span_ns);

/** Append @p bytes for people: "512 B", "1.5 MiB", "64 GiB". */
void size_add(struct buf *b, uint64_t bytes);

#endif
