/**
 * @file save_choice.h  What the form for saving offers: calls, a message, or streams; and
 * which those are.
 */
#ifndef VIEWS_SAVE_CHOICE_H
#define VIEWS_SAVE_CHOICE_H

#include "views/views.h"

enum save_what {
	WHAT_SELECTED,
	WHAT_SHOWN,
	WHAT_ALL,
	WHAT_STREAMS_SELECTED,
	WHAT_STREAM,
	WHAT_BOTH_WAYS,		/**< that stream and the one the other way */
	WHAT_STREAMS_SHOWN,
	WHAT_CALLS,
	WHAT_MESSAGE,
	WHAT_COUNT
};

struct save_choice {
	const char *names[WHAT_COUNT + 1];	/**< of those offered; ends with NULL */
	enum save_what whats[WHAT_COUNT];	/**< which these are */
	uint32_t *calls;	/**< these calls; owned */
	size_t calls_n;
	uint32_t message;
	uint32_t *list;		/**< calls to save, ascending; see save_choice_list(); owned */
	uint32_t *streams;	/**< or streams; owned */
	size_t list_n, streams_n;
	/* private */
	const struct call_set *shown, *selected, *streams_shown, *streams_selected;
	uint32_t ways[2];	/* this stream, and the other way; STREAM_NONE */
	struct buf texts[WHAT_COUNT];
	uint32_t counts[WHAT_COUNT];
};

static inline bool
save_what_is_streams(enum save_what what)
{
	return what >= WHAT_STREAMS_SELECTED && what <= WHAT_STREAMS_SHOWN;
}

/** What there is is offered. *c was empty. */
void save_choice_init(struct save_choice *c, const struct views_app *app,
		      const struct save_subject *subject);
void save_choice_release(struct save_choice *c);

/** How many there are now, of calls, messages or streams. */
uint32_t save_choice_count(const struct save_choice *c, const struct views_app *app,
			   enum save_what what);

/** Name what is offered, with the counts of now. @return whether any name is another. */
bool save_choice_name(struct save_choice *c, const struct views_app *app);

/** The index among those offered to begin with. */
int save_choice_first(const struct save_choice *c, const struct views_app *app,
		      const struct save_subject *subject);

/** The first call of it, CALL_NONE where there is none. */
uint32_t save_choice_call(const struct save_choice *c, const struct views_app *app,
			  enum save_what what);

/** The first stream of it, STREAM_NONE where there is none. */
uint32_t save_choice_stream(const struct save_choice *c, enum save_what what);

/** Put what is to be saved in list, or in streams, and leave the other empty.
 * @return whether there is anything. */
bool save_choice_list(struct save_choice *c, const struct views_app *app, enum save_what what);

#endif
