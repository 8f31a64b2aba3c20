/**
 * @file views.h  The screens of the program, one file each, one row each.
 *
 * Their view->app is a struct views_app, filled by the program: what there is
 * to show and how. Views keep indexes of the store between turns of the loop,
 * never pointers into it.
 */
#ifndef VIEWS_VIEWS_H
#define VIEWS_VIEWS_H

#include "conf/settings.h"
#include "export/names.h"
#include "export/save.h"
#include "query/query.h"
#include "ui/keymap.h"
#include "ui/stack.h"
#include "ui/view.h"

/** Where reading the inputs is. */
struct views_progress {
	uint64_t bytes;		/**< read so far */
	uint64_t total;		/**< there are; 0: not known */
	bool ended;		/**< all is read */
	bool live;		/**< it has no end: nothing but listeners and interfaces */
	bool interfaces;	/**< captured on */
	bool listens;		/**< to HEP agents */
	bool piped;		/**< by standard input, which comes but once, and goes on */
	const char *recording;	/**< live: the file that all packets go to; NULL: none */
	bool media_unkept;	/**< media of live inputs is measured, but not kept for saving */
	bool paused;		/**< by the user: files are not read, and lists of what
				     live inputs bring stand still */
	uint32_t notices;	/**< faults of the inputs themselves: cut, damaged, not there;
				     and limits reached: what is beyond is left out */
	const char *notice;	/**< the last of these, until there is another; or NULL */
	uint64_t dropped;	/**< live: packets lost before they could be read */
	const char *drop_cause;	/**< of the last of these; NULL: not known */
	uint64_t packets;	/**< live: records so far */
	uint64_t memory, memory_most;	/**< bytes that calls and media take, and may; 0: no bound */
	uint64_t spool, spool_most;	/**< bytes in temporary files that calls need, and may take */
	uint64_t gone, gone_unfinished;	/**< calls let go of for a bound; of them not over */
	uint64_t refused;	/**< new calls for which there was no room */
	uint64_t flaws;		/**< packets that were cut, lost or could not be decoded */
	uint64_t gaps;		/**< pieces of streams that the inputs lack */
	uint64_t encrypted;	/**< TLS connections that cannot be read */
};

struct call_columns;
struct pins;

/** All is borrowed and outlives the stack. Members not named are zero. */
struct views_app {
	const struct store *store;
	struct query *query;
	const struct host_names *names;		/**< NULL: hosts have no names */
	struct settings *settings;	/**< what the user may change; see settings_changed() */
	struct call_columns *columns;	/**< of the list of calls; NULL: the usual ones */
	const char *source;	/**< what is read: "a.pcap, b.pcap" */
	const char *bpf;	/**< the BPF filter; NULL or empty: none */
	const char *where;	/**< what calls were asked for; NULL or empty: all */
	bool ascii, utc;
	bool no_rtp;		/**< media was not to be looked at */
	uint32_t messages_max;	/**< laid out in a ladder, for the bound of memory; 0: all */
	struct pins *pins;	/**< which calls are on the screen; NULL: nobody asks */
	uint32_t generation;	/**< another one: the store was emptied for other inputs */
	void *ctx;		/**< of the functions below, all optional */
	/** Without it all is read. */
	void (*progress)(void *ctx, struct views_progress *progress);
	/** Whether a call is one of those asked for. Asked once it is seen, and
	 * again whenever it changed. Without it all are. */
	bool (*takes_call)(void *ctx, uint32_t call);
	/** Append what went wrong with the inputs, a line each, the latest of each kind
	 * first; progress.notices is their number. Without it they are told once. */
	void (*notices)(void *ctx, struct buf *lines);
	/** Append what the inputs hold when there is no SIP in them. */
	void (*no_sip)(void *ctx, struct buf *out);
	/** Stop reading, or go on. */
	void (*pause)(void *ctx, bool paused);
	/** Let go of all calls there are by now and that no view holds: their memory is given
	 * back, and new messages of them begin new calls. NULL: this is not done here. */
	void (*clear)(void *ctx);
	/** Make what was changed in *settings hold: colours, mouse, zone of times. */
	void (*settings_changed)(void *ctx);
	/** Write settings and columns to the user's file, whose other lines stay.
	 * Appends its name to *path. @return 0, or -1 with *err. */
	int (*settings_save)(void *ctx, struct buf *path, struct err *err);
	/** What was wrong in settings files; told by the settings screen. */
	const char *const *settings_errors;
	size_t settings_errors_n;
	/**
	 * Read the capture @p path too (@p add), or instead of all there is: then the
	 * store is empty, all views but the first are closed and generation is another.
	 * @return 0; or -1 with *err, and everything as it was.
	 */
	int (*open_file)(void *ctx, const char *path, bool add, struct err *err);
	/** Saving, see export/save.h. @return NULL with *err. */
	struct save *(*save_start)(void *ctx, const struct save_request *request,
				   struct err *err);
	enum save_state (*save_step)(struct save *save, int budget_ms,
				     struct save_progress *progress, struct err *err);
	/** In any state; what was not finished leaves nothing behind. */
	void (*save_end)(struct save *save);
};

/** Calls to show as one ladder; copied. */
struct flow_subject {
	const uint32_t *calls;
	size_t n;
	bool related;		/**< and the other legs of them (query/related.h) */
	uint32_t stream;	/**< and 1: it begins at the row of that one; 0: at the top */
};

/** An event of a ladder, to tell all that is known of it. */
struct event_subject {
	uint32_t event;		/**< store_event() */
	uint32_t call;		/**< it is shown with; CALL_NONE: of several */
	uint32_t count;		/**< so many alike followed each other */
	int64_t last;		/**< time of the last of them */
};

struct flow_hide;
struct ladder;

/** What a ladder shows, to be chosen. The ladder is read when the view opens; what is
 * hidden is kept in *hide, which outlives the view. */
struct hide_subject {
	struct flow_hide *hide;
	const struct ladder *ladder;
	const struct store *store;
};

/** Messages to read. */
struct raw_subject {
	uint32_t call;
	uint32_t message;	/**< this one alone; MESSAGE_NONE: all of the call */
	uint32_t at;		/**< of all, the one to begin the screen with; 0: any */
	const uint32_t *calls;	/**< and of these, one among the other, when there are
				 * any; copied */
	size_t n;
};

/** Messages to compare, the left one first. */
struct diff_subject {
	uint32_t message[2];
};

struct call_set;

/** Calls to tell figures of. */
struct stats_subject {
	const struct call_set *calls;	/**< kept up meanwhile by who opens it, and outlives
					     the view; NULL: all */
	const char *filter;		/**< what picks them, copied; NULL or empty: nothing */
};

/** What the list of streams was like when it was left; zeroed at first. */
struct streams_memory {
	struct call_columns *columns;	/**< owned; NULL: the usual ones */
	struct buf order, filter;
	uint32_t at;			/**< the stream the cursor was on, and 1; 0: none */
};

void streams_memory_release(struct streams_memory *m);

/** Streams to list. */
struct streams_subject {
	const uint32_t *calls;	/**< those of these calls, copied; */
	size_t n;		/**< 0: of those in listed */
	/** Kept up meanwhile by who opens it, and outlives the view; NULL: all streams,
	 * orphans too. */
	const struct call_set *listed;
	const char *filter;	/**< what picks these calls, copied; NULL or empty: nothing */
	struct streams_memory *memory;	/**< outlives the view; NULL: the list begins anew */
};

/** A stream to tell all of. */
struct stream_subject {
	uint32_t stream;	/**< store_stream() */
};

/** Open the ladder of the call that a stream is of, or say why there is none. */
void stream_open_flow(struct view *v, uint32_t stream);
struct save_subject;
/** Open the form to save a stream, and the one the other way; or what else @p more has, which
 * may be NULL: calls instead of its call, streams instead of these. */
void stream_open_save(struct view *v, uint32_t stream, const struct save_subject *more);

/** What there is to save; what is empty is not offered. It begins with the calls
 * selected; else those shown, when they are not all; else all, where shown is given;
 * else the streams selected; else this stream, or both ways; else this message, or this call. */
struct save_subject {
	/** As that of stats_subject: kept up, and outlive the view. NULL: not offered;
	 * with shown all calls of the store are offered too. */
	const struct call_set *shown, *selected;
	const uint32_t *calls;	/**< this call, or those of a ladder; copied */
	size_t n;
	/** Streams, likewise kept up; NULL: not offered. */
	const struct call_set *streams_shown, *streams_selected;
	const uint32_t *streams;	/**< this stream, and the one the other way; copied */
	size_t stream_n;	/**< 0 to 2 */
	bool both_ways;		/**< begin with both, where there are two */
	uint32_t message;	/**< this message; MESSAGE_NONE: not offered */
	bool message_first;	/**< begin with it, not with this call */
	bool rtp;		/**< begin with their RTP */
	const char *filter;	/**< what picks those shown, copied; NULL or empty: nothing */
};

/** Open the form, or say why nothing can be saved. */
void save_open(struct stack *s, const struct save_subject *subject);

/** A form for a filter of calls. */
struct filter_form_subject {
	/** Takes an expression of the filter language (query/filter.h), valid during the
	 * call and compiling; empty: all calls. Called once, as the form closes. */
	void (*apply)(void *ctx, struct str expression);
	void *ctx;		/**< outlives the view */
	struct str now;		/**< the filter there is; one made by the form fills it in */
};

/** The columns to choose. */
struct columns_subject {
	struct call_columns *columns;	/**< changed at once; outlives the view */
};

struct call_rows;

/** What a list is sorted by, to be chosen. */
struct sort_subject {
	struct call_rows *rows;		/**< sorted at each change; outlive the view */
	const struct call_columns *columns;	/**< their fields come first; NULL: none */
};

/** name, subject */
#define VIEWS(_) \
	_(calls, "none") \
	_(flow, "struct flow_subject") \
	_(event, "struct event_subject") \
	_(hide, "struct hide_subject") \
	_(raw, "struct raw_subject") \
	_(diff, "struct diff_subject") \
	_(stats, "struct stats_subject") \
	_(streams, "struct streams_subject") \
	_(stream, "struct stream_subject") \
	_(settings, "none") \
	_(save, "struct save_subject") \
	_(filter_form, "struct filter_form_subject") \
	_(files, "none") \
	_(columns, "struct columns_subject") \
	_(sort, "struct sort_subject")

#define VIEW_DECLARE(name, subject) extern const struct view_ops view_##name##_ops;
VIEWS(VIEW_DECLARE)
#undef VIEW_DECLARE

/** All of them, help included, NULL at the end. */
extern const struct view_ops *const views[];

/** Append what would be lost if what is read were closed: "lose 3 calls captured live".
 * @return whether anything would be: files can be read again. */
bool views_tell_loss(const struct views_app *app, struct buf *loss);

/** What all views do: toggles, settings, files, commands. */
extern const struct stack_globals views_globals;

/** Make the keys of all views known. */
void views_add_keys(struct keymap *km);

/** Whether a setting of text means what it should: a filter, a sort order.
 * @return 0, or -1 with *err. */
int views_check_setting(const struct setting_def *def, struct str value, struct err *err);

#endif
