/** @file flow_preview.h  The message beside a ladder. */
#ifndef VIEWS_FLOW_PREVIEW_H
#define VIEWS_FLOW_PREVIEW_H

#include "views/raw_search.h"

struct flow_preview_row {
	uint32_t line;
	uint32_t from, to;	/**< bytes of it */
};

struct flow_preview {
	struct message_lines lines;
	struct flow_preview_row *rows;	/**< owned */
	size_t n, cap;
	size_t top;		/**< first row that is seen */
	uint32_t message;	/**< MESSAGE_NONE: none */
	int width, height;	/**< of the pane */
	bool names, syntax;	/**< the settings it was made by */
	struct raw_search found;	/**< what is searched for, in it */
};

void flow_preview_init(struct flow_preview *p);
void flow_preview_release(struct flow_preview *p);

/** Show @p message (MESSAGE_NONE: none) in a pane of that size. */
void flow_preview_show(struct flow_preview *p, const struct views_app *app, uint32_t message,
		       int width, int height);

/** Mark what is found in it from now on; empty: nothing. */
void flow_preview_search(struct flow_preview *p, const struct views_app *app, struct str text);

/** @return whether it moved. */
bool flow_preview_scroll(struct flow_preview *p, int rows);

void flow_preview_draw(const struct flow_preview *p, struct canvas *c);

#endif
