/**
 * @file ladder_order.h  What happened in some calls, messages, events and streams, in order.
 *
 * Messages are in order of arrival as long as the clock of the capture runs on.
 * What was only delivered late is put where its time says: a message behind a hole
 * of its stream, one that a capture agent held back, one of another file. A clock
 * that goes back (the frame numbers of a file go on and its times do not) begins a
 * new turn; turns stay in order of arrival. Events stand at their time, streams where
 * they begin.
 */
#ifndef EXPORT_LADDER_ORDER_H
#define EXPORT_LADDER_ORDER_H

#include "store/store.h"
#include "store/stream.h"

struct ladder_item {
	int64_t time;		/**< it stands at: that of the one before it, if it has none */
	uint32_t index;		/**< store_message(), store_event() or store_stream() */
	uint32_t call;		/**< store_call(); CALL_NONE: of several of the calls */
	uint32_t turn;		/**< how often a clock had gone back before it */
	uint32_t at;		/**< private: order of arrival */
	bool event, stream;	/**< neither: a message */
	uint8_t side;		/**< of a stream: enum call_side, who sent it */
	uint8_t how;		/**< likewise: enum stream_how */
};

/** Zeroes and a store to begin with. */
struct ladder_order {
	const struct store *store;	/**< borrowed */
	bool media;			/**< streams too */
	struct ladder_item *items;
	size_t n, cap;
	size_t messages, streams;	/**< of the items */
	size_t messages_max;		/**< of them, the newest; 0: all */
	uint64_t messages_left;		/**< messages beyond */
	uint64_t left;			/**< events left out: see store_call_events() */
	uint64_t streams_left;		/**< streams beyond LADDER_STREAMS_MAX of a call */
	uint32_t *list;			/**< private */
	const struct stream_link **links;	/**< private */
	size_t list_cap, link_cap;	/**< private */
};

/** Add the messages and events of a call, which must not be there yet, and its streams
 * where these are asked for. */
void ladder_order_add(struct ladder_order *o, const struct call *c);

/** Add one message, which must not be there yet. */
void ladder_order_add_message(struct ladder_order *o, uint32_t index);

/** Put all that was added in order, an event or stream that several calls have once.
 * O(n log n), linear in messages that are in order. */
void ladder_order_sort(struct ladder_order *o);

/** Empty it, keeping its room. */
void ladder_order_clear(struct ladder_order *o);
void ladder_order_release(struct ladder_order *o);

#endif
