/** @file save_comment.h  What a saved capture says of where it is from. */
#ifndef VIEWS_SAVE_COMMENT_H
#define VIEWS_SAVE_COMMENT_H

#include "views/views.h"

/**
 * Append a line for pcapng: what was chosen (@p what, such as "selected calls"), of
 * which inputs, and by which filters (@p filter: of calls; empty: none). Call-IDs
 * are named when there are few, and @p named. Always UTF-8 that can be shown.
 */
void save_comment_add(struct buf *b, const struct views_app *app,
		      const struct save_request *request, const char *what,
		      struct str filter, bool named);

#endif
