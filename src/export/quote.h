/** @file quote.h  Text inside CSV and JSON. */
#ifndef EXPORT_QUOTE_H
#define EXPORT_QUOTE_H

#include "base/buf.h"

/** Append @p s as a value of CSV (RFC 4180), in quotes where it needs them. */
void quote_csv(struct buf *b, struct str s);

/** Append JSON text, escaping all in it that is not ASCII: what a terminal could
 * take for a command or would show in another order stays in the line, readable
 * by programs. */
void quote_json_ascii(struct buf *b, struct str json);

#endif
