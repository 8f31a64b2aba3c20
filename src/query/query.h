/**
 * @file query.h  Asking the store: what is asked about, and the texts read for it.
 *
 * Most answers come from the store's index. Those that need the text of a
 * message read it again; the last one read is kept with its scan, so that
 * several questions about one message cost one read.
 *
 * One thread; one struct query may serve any number of filters and columns,
 * one after the other.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "base/buf.h"
#include "media/quality.h"
#include "sip/scan.h"
#include "store/store.h"
#include "store/stream.h"

/** What a question is about. */
enum query_subject {
	QUERY_CALL,
	QUERY_MESSAGE,
	QUERY_STREAM,
	QUERY_SUBJECT_COUNT
};

/** A call, or a message with its call, or an event of a call: a row among its
 * messages, asked for fields of messages; or a stream, or a second of it, with its call. */
struct query_item {
	const struct call *call;	/**< NULL only for a message or stream of no call */
	const struct message *message;	/**< NULL: the item is a call, or an event */
	const struct event *event;	/**< NULL: the item is no event */
	uint32_t index;			/**< of the call, message, event or stream in the store */
	const struct stream *stream;	/**< NULL: the item is no stream */
	const struct query_second *second;	/**< of the stream; NULL: all of it */
	bool row;			/**< of a stream: it is a row among messages, asked
					     for fields of messages */
};

/** A second of a stream, as meter_next_second() gives them. */
struct query_second {
	int64_t time;
	struct meter_second meter;
};

/** What is made of one stream's packets: kept for the one asked last. */
struct query_stream_figures {
	uint32_t of;			/**< private: index, and what it was made from */
	uint64_t packets;
	int64_t round_trip;
	bool judged, has_windows;
	struct meter_figures meter;
	struct quality quality;
	struct quality_windows windows;
};

struct query_media;
struct query_told;

struct query {
	const struct store *store;
	uint64_t unread;	/**< messages whose text could not be read again */
	struct err err;		/**< why, for the first of them */
	struct quality_limits limits;	/**< read; set by query_set_limits() */
	bool lets_go;		/**< set by the owner: what is in the store may go (store_retain()):
				     nothing of it is kept by reference from one turn to the next */

	/* private: the last text read */
	uint32_t text_of;
	bool text_ok, scan_done, scan_ok;
	struct buf text;
	struct sip_scan scan;
	struct buf event_text;
	/* private: the messages of the last call asked about */
	uint32_t list_of;
	uint32_t *list;
	size_t list_n, list_cap;
	/* private: the stream asked about last; a value made of several texts */
	struct query_stream_figures figures;
	struct query_media *media;	/* NULL: not asked yet */
	struct query_told *told;	/* likewise */
	struct buf made;
};

/** The store is borrowed and must outlive the query; it may grow meanwhile. */
void query_init(struct query *q, const struct store *store);
void query_release(struct query *q);

/** Items by their index, which must be below the store's count. */
struct query_item query_call(const struct query *q, uint32_t i);
struct query_item query_message(const struct query *q, uint32_t i);
/** Event @p i as one of call @p call. */
struct query_item query_event(const struct query *q, uint32_t i, uint32_t call);
/** Stream @p i as a row among the messages of call @p call. */
struct query_item query_stream_row(const struct query *q, uint32_t i, uint32_t call);
/** An item of kind @p of. */
struct query_item query_item_of(const struct query *q, enum query_subject of, uint32_t i);
/** Stream @p i, with the call that fits it best. */
struct query_item query_stream(const struct query *q, uint32_t i);

/** Whether item @p i was let go of: it is still known by its index, and there is nothing
 * of it. O(1). */
bool query_is_gone(const struct query *q, enum query_subject of, uint32_t i);

/** Forget what was kept of calls and streams asked about last: some went. O(1). */
void query_forget(struct query *q);

/** From where on the quality of a stream is called a warning, or critical; the usual
 * ones until it is called. */
void query_set_limits(struct query *q, const struct quality_limits *limits);

/** What was measured of a stream; valid until another is asked about. O(1), and nothing
 * when it is the one of the last call and no packet came. */
const struct meter_figures *query_figures(struct query *q, const struct stream *st);
/** How good it was, likewise; by the codec that most packets have. */
const struct quality *query_quality(struct query *q, const struct stream *st);
/** How bad it was at times, likewise. O(seconds). */
const struct quality_windows *query_windows(struct query *q, const struct stream *st);

/** The next link of a stream; begin with *cursor = 0. NULL at the end. */
const struct stream_link *query_next_link(const struct query *q, const struct stream *st,
					  uint32_t *cursor);

/**
 * The text of message @p i, valid until another message's is asked for. Empty
 * when it cannot be read; that is counted in unread.
 * Costs a read of the message, nothing when it is the one of the last call.
 */
struct str query_text(struct query *q, uint32_t i);

/** Its scan, NULL when the text cannot be read; valid as long as the text. */
const struct sip_scan *query_scan(struct query *q, uint32_t i);

/**
 * All that is wrong with message @p i, enum sip_flaw: what the index knows and
 * what a look at every header and the body finds. The index alone for a message
 * of which bytes are missing, or that cannot be read again: what is not there is
 * not wrong. Costs a read, as query_text().
 */
uint32_t query_flaws(struct query *q, uint32_t i);

/**
 * The messages of a call in order of arrival, valid until another call is
 * asked about. @return how many, *list at the first; none for NULL.
 */
size_t query_messages(struct query *q, const struct call *c, const uint32_t **list);

#endif
