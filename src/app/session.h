/**
 * @file session.h  One run of the program: what was asked, and what is read for it.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/config.h"
#include "app/engine.h"
#include "app/hep_out.h"
#include "app/options.h"
#include "conf/settings.h"
#include "export/names.h"
#include "query/filter.h"
#include "query/query.h"
#include "ui/keymap.h"

/** Exit codes. */
enum exit_code {
	EXIT_DONE = 0,		/**< did its work */
	EXIT_NOTHING = 1,	/**< nothing matched */
	EXIT_USAGE = 2,
	EXIT_INPUT = 3,		/**< nothing could be read, or the system said no */
};

struct session {
	struct options options;
	struct settings settings;
	struct config config;
	struct engine engine;
	struct hep_out *hep_out;	/**< NULL: nothing is sent on */
	bool default_device;		/**< capture on the one of the settings: nothing was named */
	struct buf devices;		/**< interfaces captured on, with commas; empty: none */
	size_t opened;			/**< inputs that may be captures, before they begin */
	bool live;			/**< listens, captures, or follows; no more once other
					     inputs are opened */
	struct recording *recording;	/**< -O; NULL: none */
	uint64_t memory;		/**< bound of the process, see app/bounds.h; 0: none */
	uint64_t store_memory;		/**< the store's part of it */
	store_holds_fn *holds;		/**< which calls are on the screen; NULL: none */
	void *holds_ctx;
	store_parting_fn *parting;	/**< who is told of calls that are evicted; NULL */
	void *parting_ctx;
	struct query query;
	struct host_names names;
	size_t names_taken;		/**< of the capture set, already in names */
	struct keymap keymap;
	struct filter *filter;		/**< of --where and the match expression; NULL: none */
	struct buf where;		/**< its text; empty: none */
	/** Called by session_read() after each piece that was read; @p last: the store is about
	 * to be emptied, and what was noted of it is void. NULL: nobody. */
	void (*look)(void *ctx, bool last);
	void *look_ctx;
	bool look_waits;		/**< to be called when standard output takes more, too */
	size_t notices_told;		/**< notices of the capture set already printed */
};

void session_init(struct session *s);
void session_release(struct session *s);

/**
 * Read settings, compile the filter for items of kind @p of, open the inputs
 * and set the BPF filter. Says on standard error what is wrong.
 * @return EXIT_DONE, or the code to leave with.
 */
enum exit_code session_open(struct session *s, enum query_subject of);

/**
 * Begin to read the inputs that are open: in the sandbox, for now they are parsed. Tells
 * nothing: session_tell() does.
 * @return EXIT_DONE, or EXIT_INPUT: there were some, and nothing can be read of any.
 */
enum exit_code session_begin(struct session *s);

/** Open the inputs and what is recorded, for who reads packets himself. Says what is wrong. */
enum exit_code session_open_sources(struct session *s);

/**
 * Read the capture @p path too, from where reading is (@p add: records merge by time
 * with those not read yet, what was at its end goes on), or instead of all there is:
 * engine and query are empty then, with the same filters, aliases and TLS secrets;
 * listeners are closed, recording ends, what is sent on goes on.
 * @return 0; or -1 with *err, and everything is as it was.
 */
int session_open_file(struct session *s, const char *path, bool add, struct err *err);

/** Begin with an empty store, for one that is full (store_is_full()); the inputs go on where
 * they are. What was made of the old one is not valid any more. */
void session_begin_anew(struct session *s);

/** Read all inputs to their end, waiting for pipes; a listener or interface
 * until SIGINT or SIGTERM comes. Tells what was wrong with them. @return EXIT_DONE, or EXIT_INPUT
 * when nothing could be read. */
enum exit_code session_read(struct session *s);

/** Whether input was asked for that has no end. */
bool session_is_live(const struct session *s);

/** Do what is due beside reading: send what waits, write what is recorded. */
void session_tend(struct session *s);

/** End what -O writes, with what came until now: interfaces are asked for it a last time. */
void session_end_recording(struct session *s);

/** Send and write the rest; tell what could not be, and what listeners refused. */
void session_finish(struct session *s);

/** Take the names that name resolution records gave so far. */
void session_take_names(struct session *s);

/** Print the notices of the capture set that were not printed yet. */
void session_tell(struct session *s);

/** Whether a call is one of those asked for by -c, --call-id and --where. */
bool session_takes_call(struct session *s, uint32_t call);
/** Whether a message is, by those of its call and --where on messages. */
bool session_takes_message(struct session *s, uint32_t message);
/** Whether a stream is, by those of any of its calls and --where on streams. */
bool session_takes_stream(struct session *s, uint32_t stream);
/** A stream, with the call that fits it best of those asked for. */
struct query_item session_stream(const struct session *s, uint32_t stream);

/** Give the settings of media to what measures and judges it: how it is judged holds at
 * once, the jitter buffer for what is read from now on. */
void session_set_media(struct session *s);

/** Whether to write times in UTC; after settings were read. */
bool session_utc(const struct session *s);
/** Whether to draw with ASCII only: asked for, set, or no UTF-8 locale. */
bool session_ascii(const struct session *s);

/** Print "rung: " and a line on standard error. */
ATTR_PRINTF(1, 2)
void complain(const char *fmt, ...);

#endif
