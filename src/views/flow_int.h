/** @file flow_int.h  The state of the view Flow; only for views/flow_*.c and view_flow.c. */
#ifndef VIEWS_FLOW_INT_H
#define VIEWS_FLOW_INT_H

#include "export/ladder.h"
#include "export/strip.h"
#include "query/related.h"
#include "store/stream.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/flow_hide.h"
#include "views/flow_lines.h"
#include "views/flow_mark.h"
#include "views/flow_preview.h"
#include "views/flow_search.h"
#include "views/parts.h"

/* Done at once when something changed, in ms; the rest when there is time. */
#define FLOW_AT_ONCE_MS	6

/* The other legs of the calls that the view was opened for. */
struct flow_related {
	struct related_job *job;	/* NULL: not under way */
	struct related list[RELATED_MAX];
	size_t n;
	uint32_t calls;			/* of the store when the search was begun */
	bool on, cut, told;
};

struct flow_state {
	uint32_t *calls;		/* owned; those opened, then related ones */
	size_t n, cap;
	size_t given;			/* of calls, opened */
	struct pinned pinned;		/* the same calls */
	struct flow_related related;
	struct ladder ladder;		/* that is shown, once laid_out */
	struct ladder next;		/* that is being laid out, while there is a job */
	struct ladder_job *job;
	struct ladder_options options;
	struct flow_lines lines;
	struct flow_shape shape;
	struct ladder_columns columns;
	struct list list;		/* of lines */
	struct flow_preview preview;
	struct flow_mark mark;
	struct flow_search search;
	struct flow_hide hide;
	struct strip strip;		/* of strip_call; n is 0 where there is nothing to tell */
	uint32_t strip_call;		/* CALL_NONE: to be made */
	int strip_width;		/* of the ladder it was made for */
	uint32_t hidden_version;	/* of hide, that lines were made by */
	uint64_t messages;		/* in the ladder, or the one being laid out */
	uint32_t events;		/* of the store then */
	uint64_t media;			/* packets of streams then */
	int64_t media_next;		/* when these are counted again */
	const struct stream_link **links;	/* owned; of one call */
	size_t link_cap;
	int width;			/* that the shape is for; 0: none */
	int first;			/* column that stands leftmost */
	int color_by;			/* enum setting_color_by */
	int preview_width;		/* cells asked for; 0: by itself */
	enum ladder_time time;
	bool want_preview, asked_preview;
	bool want_strip, asked_strip;
	bool names;			/* the setting, as the ladder has it */
	bool laid_out;
	bool media_ended;		/* they were counted since all is read */
	bool dirty;			/* work() changed what is seen */
	bool touched;			/* the user did something: the cursor is where he wants it */
	uint32_t begin_at;	/* and 1: the stream the cursor goes to; 0: none */
	bool follow;		/* the next layout shows the lanes of the cursor's arrow */
};

/* ---- flow_layout.c: keeping up with the data ---- */

/* Lay out anew; what is shown stays until that is done. */
void flow_lay_out(struct view *v);

/* Go on with that. @return whether there is more to do. */
bool flow_lay_out_step(struct view *v, int budget_ms);

/* Lay out anew where calls have grown, and follow what changed besides.
 * @return whether what is seen changed. */
bool flow_keep_up(struct view *v);

/* Make the lines anew; the cursor stays at its row, or near it. */
void flow_fill(struct view *v);

/* Rows above the list. */
int flow_head_rows(const struct view *v);

/* Rows of the list: what heads and strip leave. */
int flow_list_rows(const struct view *v);

/* The last column that is seen. */
uint32_t flow_last_column(const struct flow_state *st);

/* ---- flow_move.c: the cursor ---- */

/* The row the cursor is on, or NULL when there is none. */
const struct ladder_row *flow_current(const struct flow_state *st);

/* The same when it is a message. */
const struct ladder_row *flow_current_message(const struct flow_state *st);

/* Bring the cursor from a line to a stop: on in direction @step, else back. */
void flow_snap(struct flow_state *st, int step);

/* To line @i, which is a stop, and the lanes of its arrow. */
void flow_go(struct flow_state *st, int64_t i);

/* @return whether it was a movement. */
bool flow_move(struct flow_state *st, enum action action);

/* To the next error in direction @step. */
void flow_go_to_error(struct view *v, int step);

/* Scroll to the lanes of the arrow under the cursor, its start before its end. */
void flow_follow(struct flow_state *st);

enum view_result flow_mouse(struct view *v, const struct mouse *m);

/* ---- flow_find.c: searching ---- */

void flow_find_ask(struct view *v);
void flow_find_asked(struct view *v, enum prompt_result result, struct str text);
void flow_find_step(struct view *v, int step);
bool flow_find_work(struct view *v, int budget_ms);

/* ---- flow_legs.c: related calls ---- */

void flow_legs_toggle(struct view *v);
bool flow_legs_work(struct view *v, int budget_ms);
/* Forget legs that are gone. @return whether there were any. */
bool flow_legs_lost(struct view *v);
/* Show the calls that were opened, as many as are left, and their legs. */
void flow_legs_take(struct view *v);
/* Search anew where many calls came since. */
void flow_legs_keep_up(struct view *v);

/* ---- flow_strip.c: what was heard when ---- */

/* Have the strip of the call under the cursor at hand. */
void flow_strip_update(struct view *v);

/* Make it anew: there is more media. */
void flow_strip_forget(struct flow_state *st);

/* Rows it takes at the bottom; 0: it is not shown. */
int flow_strip_rows(const struct view *v);

void flow_strip_toggle(struct view *v);

/* Draw it in the last rows of @c. */
void flow_strip_draw(const struct view *v, struct canvas *c);

/* ---- flow_draw.c ---- */

void flow_draw(const struct view *v, struct canvas *c);
void flow_title(const struct view *v, struct buf *left, struct buf *right);

#endif
