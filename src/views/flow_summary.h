/** @file flow_summary.h  A call in a line, above its ladder. */
#ifndef VIEWS_FLOW_SUMMARY_H
#define VIEWS_FLOW_SUMMARY_H

#include "export/ladder.h"
#include "ui/canvas.h"

/** Draw it in row 0: how the call ended first, as that is what one looks for, and who was not
 * heard (query_call_unheard(); NULL: nobody). What does not fit whole is left out. */
void flow_summary_draw(const struct ladder_call *call, const char *unheard, bool utc,
		       struct canvas *c);

#endif
