/** @file summary.h  What was read, in figures and by name. */
#ifndef APP_SUMMARY_H
#define APP_SUMMARY_H

#include "app/engine.h"

/**
 * Append what was read: sources, records, bytes, messages, calls by state,
 * flaws by name, tunnels, other protocols by name, and what was lost on the way.
 * Lines of "name: value"; a figure that is zero by nature is left out.
 */
void summary_add(struct buf *b, const struct engine *e);

/** The same as one JSON object, {"summary": {...}}, and a line end. */
void summary_add_json(struct buf *b, const struct engine *e);

/**
 * Append what an input without any SIP message holds instead, and what may be
 * the reason that none was found: link types, tunnels, protocols, top ports.
 */
void summary_add_no_sip(struct buf *b, const struct engine *e);

#endif
