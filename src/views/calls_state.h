/**
 * @file calls_state.h  What the list of calls is made of. Only for the files of that
 * view: view_calls.c acts, calls_keep.c keeps up with the store, calls_filter.c types the
 * filter, calls_head.c says what stands above the rows, which calls_table.c draws.
 */
#ifndef VIEWS_CALLS_STATE_H
#define VIEWS_CALLS_STATE_H

#include "base/time.h"
#include "query/filter.h"
#include "ui/list.h"
#include "ui/stack.h"
#include "views/call_columns.h"
#include "views/call_rows.h"
#include "views/call_set.h"
#include "views/pins.h"
#include "views/tally.h"
#include "views/views.h"

/* ---- how fast it is read: calls_head.c ---- */

/** Two looks at what was read, some time between them. */
struct calls_rate {
	int64_t at_us[2];	/**< 0: none so far */
	uint64_t bytes[2];
};

/** @p bytes are read at @p now_us. */
void calls_rate_tell(struct calls_rate *r, int64_t now_us, uint64_t bytes);

/** Bytes a second, 0 while not measured over 200 ms. */
double calls_rate_of(const struct calls_rate *r, int64_t now_us, uint64_t bytes);

/* ---- the verdict: calls_head.c ---- */

#define VERDICT_PIECES	32

/** A count of it, where it stands; y and x are cells of the view. */
struct verdict_piece {
	char text[48];
	char key[8];		/**< to be pressed for it; empty: none */
	int y, x, width;
	int key_x;		/**< where the key stands; -1: nowhere */
	const char *sep;	/**< what stands before it */
	enum role role;
	const char *filter;	/**< that lists these calls */
};

struct verdict {
	struct verdict_piece pieces[VERDICT_PIECES];
	size_t n;
	int rows;
	int width;		/**< it was placed for */
	bool cut;		/**< not all of it fits */
};

/* ---- the view ---- */

struct calls_state {
	struct list list;
	struct call_rows rows;
	struct call_columns *columns;	/* the program's, or own */
	struct call_columns own;
	struct call_layout layout;
	int scroll;		/* columns to the right */
	struct call_set base;	/* asked for by the program's arguments, not taken off */
	struct call_set marked;	/* to be asked about */
	struct call_set selected;
	struct pinned pinned;	/* calls in the rows that are seen */
	uint32_t pinned_hash;	/* of these, so that they are named anew only when others are */
	struct tally tally;	/* of base */
	struct views_progress progress, seen;	/* seen: at the last refresh */
	uint32_t notices_said;	/* of progress.notices, at the bottom of the screen */
	uint32_t seen_calls;
	struct calls_rate rate, packets;	/* bytes, and packets of live inputs */
	struct verdict verdict;
	uint32_t generation;	/* of the store's content */
	uint32_t messages;	/* looked at */
	uint64_t gone;		/* cursor of store_next_gone() */
	uint64_t evicted_selected;	/* selected calls that went, not told yet */
	uint64_t evicted_held;	/* of store_kept(), told so far */
	uint32_t known;		/* calls there were then */
	uint32_t first;		/* calls before it were taken off the list */
	uint32_t swept;		/* the next call of the sweep */
	uint32_t heard;		/* the next call whose media is looked at */
	uint32_t unheard;	/* calls to do that with once reading has ended */
	double packets_told;	/* a second, in the title */
	uint32_t round;		/* calls to look at as the clock went on; live */
	int64_t round_us;	/* when that was begun */
	uint32_t unsettled;	/* calls to look at once reading has ended */
	bool settled;		/* all were since */
	bool frozen;		/* the list stands still */
	bool changed;		/* what is shown has, since the last refresh */
	bool autoscroll;
	bool autoscroll_set;	/* as the setting was when last looked at */
	/* The call the cursor stands on; or, where that was filtered away, stood on.
	 * CALL_NONE until it is moved: then it stays in the first row. */
	uint32_t anchor;
	bool anchor_gone;	/* it went; until the cursor is put elsewhere */
	int info;		/* rows of it: 0, 1 */

	struct filter *filter;	/* NULL: none */
	struct buf filter_text;
	uint32_t sifted;	/* calls from here on are not asked for it yet */
	bool asking;		/* it is being typed */
	struct buf before;	/* the filter when that began */
	struct filter_error error;	/* of what is typed; text empty: none */

	struct streams_memory streams;	/* how the list of streams was left */

	struct buf no_sip;	/* what there is instead */
	struct list no_sip_list;
};

/* ---- calls_keep.c ---- */

/** Begin with an empty list; the filter and the order stay. */
void calls_reset(struct calls_state *st, const struct views_app *app);

/** Look at what is new and at what is put off, until @p end_us.
 * @return whether there is more to do. */
bool calls_keep(struct view *v, int64_t end_us);

/** Forget the calls that the store let go of. */
void calls_let_go(struct calls_state *st, const struct views_app *app);

/** See where reading is; while it goes on, look at some calls again, which the clock
 * alone may have changed. @return whether anything that is shown has changed. */
bool calls_look(struct calls_state *st, const struct views_app *app);

/** List those that the filter takes, until @p end_us. @return whether some calls are
 * not asked yet. */
bool calls_sift(struct calls_state *st, const struct views_app *app, int64_t end_us);

/** Whether calls are to be asked yet for the filter. */
static inline bool
calls_is_sifting(const struct calls_state *st)
{
	return call_set_from(&st->base, st->sifted) != UINT32_MAX;
}

/** The list forgets all calls so far. */
void calls_take_off(struct calls_state *st);

/* ---- calls_filter.c ---- */

/** Make @p expression the filter. @return 0, or -1 with *err and the filter as it was. */
int calls_filter_set(struct view *v, struct str expression, struct filter_error *err);

/** The same; when it means nothing, that is said in the footer. Empty: no filter. */
void calls_set_filter(struct view *v, struct str expression);

/** Let it be typed in the footer, and what becomes of that. */
void calls_filter_ask(struct view *v);
void calls_filter_asked(struct view *v, enum prompt_result result, struct str text);

/** Say how many calls it lists beside what is typed. */
void calls_filter_note(struct view *v);

/* ---- calls_head.c ---- */

/** Place what stands above the column titles; sets info and verdict. */
void calls_head_fit(struct view *v);

/** The rows of it. */
static inline int
calls_head_rows(const struct calls_state *st)
{
	return st->verdict.rows + st->info;
}

void calls_head_draw(const struct view *v, struct canvas *c);
void calls_title(const struct view *v, struct buf *left, struct buf *right);

/** The filter that lists what is counted at (y, x), NULL: nothing is. */
const char *calls_head_at(const struct calls_state *st, int y, int x);

/* ---- calls_table.c ---- */

/** Place the columns. */
void calls_table_fit(struct view *v);

/** Draw titles and rows, the titles in the second row of @p c. */
void calls_table_draw(const struct view *v, struct canvas *c);

/** What has to do with columns and order. */
enum view_result calls_table_act(struct view *v, enum action action);

/** A click on the title in cell @p x: sort by it, or turn that order around. */
enum view_result calls_table_click(struct view *v, int x);

/* ---- view_calls.c ---- */

/** Bring cursor and window to what there is. */
void calls_fit(struct view *v);

#endif
