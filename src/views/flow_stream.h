/** @file flow_stream.h  The streams of a row of a ladder, told beside it. */
#ifndef VIEWS_FLOW_STREAM_H
#define VIEWS_FLOW_STREAM_H

#include "export/ladder.h"
#include "ui/canvas.h"
#include "views/views.h"

/** Draw what was measured of the streams of @p row, of kind LADDER_STREAM. */
void flow_stream_draw(const struct views_app *app, const struct ladder_row *row,
		      struct canvas *c);

#endif
