/**
 * @file ladder_table.h  A ladder for programs: its messages, events and streams as rows.
 */
#ifndef EXPORT_LADDER_TABLE_H
#define EXPORT_LADDER_TABLE_H

#include "export/table.h"

/** The columns where none were chosen: those of messages, and what happened. To be
 * freed by the caller. */
void ladder_table_fields(struct field **fields, size_t *n);

/**
 * Write the rows of calls, one call after the other, or all of them together when
 * @p merge, in the order of export/ladder_order.h; with streams when @p media. Stops where writing fails.
 * @return how many events were left out: see store_call_events().
 */
uint64_t ladder_table_write(struct table *t, const uint32_t *calls, size_t n, bool merge,
			    bool media);

#endif
