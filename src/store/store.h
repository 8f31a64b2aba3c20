/**
 * @file store.h  What was seen: messages, dialogs, calls, paths.
 *
 * The store owns all it returns, as const. Indexes are given in order of
 * arrival and never reused. Messages are in the order they were added, which is
 * capture order. One thread owns a store.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "net/addr.h"
#include "sip/scan.h"
#include "store/call.h"
#include "store/event.h"

struct store;

/** Two endpoints and what is between them. */
struct path {
	struct net_endpoint src, dst;
	uint8_t transport;	/**< enum transport */
	uint8_t carrier;	/**< enum carrier: what brought it into the capture */
	uint32_t node;		/**< HEP: capture agent id; 0: none */
	/** The first path with these ends and this transport, whatever the carrier
	 * and the node; often itself. Copies of one message have an equal one. */
	uint32_t base;
};

/** One message on its way in; nothing of it is kept by reference. */
struct store_input {
	const struct sip_scan *scan;
	struct net_endpoint src, dst;
	uint8_t transport;	/**< enum transport */
	uint8_t ttl;
	bool has_ip_id;
	uint16_t ip_id;
	uint16_t vlan;
	struct place place;	/**< of the start line */
	uint32_t length;	/**< bytes there: head and body */
	uint64_t frame;		/**< of the record that completed it */
	uint16_t source;	/**< index of that record's source in the capture set */
	uint8_t carrier;	/**< enum carrier */
	uint32_t node;		/**< HEP: capture agent id; 0: none */
	uint32_t flaws;		/**< enum sip_flaw, beyond those of the scan */
	/** The records that brought it, in the order of the stream; NULL: the one of
	 * frame and time alone. Borrowed for the call. */
	const struct stamp *stamps;
	uint32_t stamp_n;
	int64_t time;		/**< of its last byte */
	/* Private: set by store_expect(); 0 before. What is guessed may be wrong. */
	uint64_t path_hash, call_hash;
	uint32_t call_guess, path_guess;
};

struct store *store_new(void);
void store_free(struct store *s);

/**
 * Say that a message is about to be added, so that what it needs is on its way
 * to the cache by then. In three steps with other work between them: where it is,
 * what is there, and what that leads to. The last two may be left out.
 */
void store_expect(const struct store *s, struct store_input *in);
void store_expect_soon(const struct store *s, struct store_input *in);
void store_expect_now(const struct store *s, const struct store_input *in);

/** Take a message. O(1), amortised; allocates for a new call, dialog or path.
 * @return its index. */
uint32_t store_add(struct store *s, const struct store_input *in);

/** Tell how far the capture reaches; timers are judged by it. Never goes back. */
void store_clock(struct store *s, int64_t now);
int64_t store_now(const struct store *s);

uint32_t store_call_count(const struct store *s);
uint32_t store_message_count(const struct store *s);

/** Object @p i, or NULL past the end. O(1). */
const struct call *store_call(const struct store *s, uint32_t i);
const struct message *store_message(const struct store *s, uint32_t i);
/** Path @p i, which must come from a message or call. */
const struct path *store_path(const struct store *s, uint32_t i);

/** The last call with that Call-ID (byte for byte), or CALL_NONE. */
uint32_t store_find_call(const struct store *s, struct str call_id);

/** Its state, with timers judged at store_now(). O(1). */
enum call_state store_call_state(const struct store *s, const struct call *c);
/** Final status to show: that of the caller's hop, else of a later one; 0: none. */
uint16_t store_call_status(const struct call *c);

/**
 * The messages of a call in order of arrival.
 * @param list  grown by the function as needed (ARRAY_GROW), owned by the caller
 * @return how many.
 */
size_t store_call_messages(const struct store *s, const struct call *c,
			   uint32_t **list, size_t *cap);

/** Name of a method in struct message or struct call, extension methods
 * included; empty for SIP_METHOD_NONE. Lives as long as the store. */
struct str store_method_name(const struct store *s, uint8_t method);

/** An interned text (reason phrases); empty for 0. */
struct str store_name(const struct store *s, uint32_t name);

/* ---- what carried a message ---- */

/**
 * The records that brought a message, oldest byte first. Times are those of the
 * records, in the order of the bytes and not of the capture: where a first piece
 * came again last, first is after last. Of a message that a carrier brought both
 * are its own time.
 */
struct carriage {
	const uint32_t *frames;	/**< in the order of their file, each once, lower halves: see
				     carriage_frame(); lives until the next store_add() */
	const uint16_t *sources;	/**< of each frame; NULL: all are of source */
	uint32_t frame_n;	/**< at least 1 */
	uint16_t source;	/**< of the capture set, of the one that completed it */
	int64_t first, last;	/**< times at which its first and its last byte came */
	uint64_t base;		/**< private: number of the one that completed it; 0: all numbers
				     are of 32 bits */
};

/** Number of frame @p k. */
static inline uint64_t
carriage_frame(const struct carriage *c, uint32_t k)
{
	if (LIKELY(c->base == 0) || (c->sources && c->sources[k] != c->source))
		return c->frames[k];
	/* The others are near, before or behind it. */
	return c->base + (uint64_t)(int64_t)(int32_t)(c->frames[k] - (uint32_t)c->base);
}

/** Of message @p i, which must be there. O(log n) in the messages of several
 * frames. */
void store_carriage(const struct store *s, uint32_t i, struct carriage *c);

/** Frame number of the record that completed message @p i, counted from 1 in its file. As
 * store_carriage() where a source has more than 2^32 records, else O(1). */
uint64_t store_message_frame(const struct store *s, uint32_t i);

/* ---- events ---- */

/** Take an event. O(1), amortised. Of texts a bounded number is kept: past that
 * it has none. @return its index; EVENT_NONE when 4 Mi events are kept already: it
 * is counted only. */
uint32_t store_add_event(struct store *s, const struct event_input *in);

uint32_t store_event_count(const struct store *s);
const struct event *store_event(const struct store *s, uint32_t i);	/**< NULL past the end */

#define STORE_CALL_EVENTS_MAX	100u

/** What an event tells, all of it, into @p to (replaced). @return 0, or -1 with
 * *err, *to empty then. Costs a read where it lies in a file or the spool. */
int store_event_text(const struct store *s, const struct event *e, struct buf *to,
		     struct err *err);

/**
 * The events that concern a call, in order of time: those that name its Call-ID,
 * and those of the connections its messages used, between its first message and
 * its end (32 s after its last message where it has not ended). One that names a
 * Call-ID of several calls is told of the one that is nearest in time. Whatever
 * stream transport (TCP, TLS, WS, WSS) is named of two ends, it is one connection.
 * Of these at most STORE_CALL_EVENTS_MAX are told, the first ones: a busy
 * connection that loses much would bury each of its calls.
 * O(messages of the call + events of its connections).
 * @param list  grown as needed (ARRAY_GROW), owned by the caller
 * @param left  increased by how many were left out
 * @return how many.
 */
size_t store_call_events(const struct store *s, const struct call *c,
			 uint32_t **list, size_t *cap, uint64_t *left);

/** The last message seen on a path with these ends and transport, sent at most
 * 32 s before @p time, with that IP id when @p ip_id is not 0 and such a one is among
 * the last three; MESSAGE_NONE. For what quotes a packet without its text. O(1). */
uint32_t store_path_last(const struct store *s, const struct net_endpoint *src,
			 const struct net_endpoint *dst, uint8_t transport,
			 uint16_t ip_id, int64_t time);

/** Sums over all messages. */
struct store_stats {
	uint64_t requests, responses;
	uint64_t retransmissions, duplicates;
	uint64_t bytes;			/**< of message text */
	uint64_t flaws[32];		/**< messages with each sip_flaw_bit */
	uint64_t events_lost;		/**< that came when as many as are kept were there */
};

void store_stats(const struct store *s, struct store_stats *stats);

/**
 * How the text of messages is read again. Set by the engine; the function
 * reads @p n bytes at @p place, 0 or -1 with *err.
 */
typedef int store_read_fn(void *ctx, struct place place, void *to, size_t n, struct err *err);
void store_set_reader(struct store *s, store_read_fn *read, void *ctx);

/**
 * Read the text of message @p m into @p to (replaced). @return 0, or -1 with
 * *err, *to empty then. Costs a read of m->length bytes.
 */
int store_text(const struct store *s, const struct message *m, struct buf *to, struct err *err);

/* ---- letting go: retain.c ---- */

/** What a store may take; 0: no bound. */
struct store_bounds {
	size_t memory;		/**< bytes, as store_memory() counts them */
	uint32_t calls;
	bool unfinished_stay;	/**< for the number of calls alone, such as are not over do not
				     go: see store_has_room() */
};

/** What is there, and what had to go. Counters only grow. */
struct store_kept {
	uint32_t calls;		/**< there now */
	uint32_t first_call;	/**< none before it is there */
	uint32_t first_message;	/**< likewise */
	uint64_t gone;		/**< calls let go for a bound, those below included */
	uint64_t gone_unfinished;	/**< of them: were not over */
	uint64_t gone_held;	/**< of them: were on the screen or selected */
	uint64_t gone_pressed;	/**< of them: by store_press() */
	uint64_t gone_streams;	/**< of no call, let go for a bound */
	uint64_t gone_events;	/**< likewise */
	uint64_t gone_messages;	/**< old ones of calls that are there still */
};

/** Whether a call is on the screen or selected: such go last. */
typedef bool store_holds_fn(void *ctx, uint32_t call);

/**
 * Bounds that hold from now on; NULL @p holds: no call is held. @p holds is asked often: O(1).
 * To be called on an empty store, else texts that are there already are not given back.
 * A bound of memory ends huge pages in the process (pages_set_small()).
 */
void store_set_bounds(struct store *s, const struct store_bounds *bounds,
		      store_holds_fn *holds, void *ctx);

/** Another bound of memory than that of store_set_bounds(), where there is one: others than
 * the store need more, or less. O(1). */
void store_set_memory(struct store *s, size_t memory);

/** Is told of each call that is to go for a bound, while all of it is still there. Must not
 * change the store. */
typedef void store_parting_fn(void *ctx, uint32_t call);
/** Whom to tell; NULL: nobody. */
void store_set_parting(struct store *s, store_parting_fn *parting, void *ctx);

/**
 * Keep within the bounds: where one is exceeded, calls go that are over, the oldest end
 * first; then others, the oldest sign of life first; then those held. Of calls that go on for
 * longer than memory reaches back (registrations) the oldest messages go before the call
 * does, unless it is held. To be called between reads: amortised O(1) a message; what it
 * takes at once is bounded, so it may need several calls. @return whether something went.
 */
bool store_retain(struct store *s);

/**
 * Whether a call may begin: where as many as allowed are there, one that is over goes for
 * it; where none is, and unfinished ones are to stay, there is no room. O(1), amortised; where
 * there is none, a pass over all calls for each eighth of their number asked.
 */
bool store_has_room(struct store *s);

/** Let so many calls go at the next store_retain(), in its order, whatever the bounds: what
 * keeps their bytes is full. Nothing without bounds. */
void store_press(struct store *s, uint32_t calls);

/** Let go of call @p call and all that is its own: messages, streams, events. Its index is not
 * used again. Nothing where it is gone. O(what it has). */
void store_drop_call(struct store *s, uint32_t call);

/** Whether it is gone: store_call() answers with a call that has no texts and no messages,
 * store_message() of its messages with one of CALL_NONE, which is a copy of nothing. */
bool store_call_is_gone(const struct store *s, uint32_t call);
bool store_message_is_gone(const struct store *s, uint32_t message);

/**
 * Calls that went, in the order they did: begin with *cursor = 0.
 * @return CALL_NONE at the end; or CALL_LOST once, when the cursor lags so far behind that
 *         some are not told: whoever asks looks at all it knows of.
 */
uint32_t store_next_gone(const struct store *s, uint64_t *cursor);

#define CALL_LOST	(UINT32_MAX - 1)

/** Bytes the store has of the system, tables and texts and media. O(1) but for media. */
size_t store_memory(const struct store *s);

void store_kept(const struct store *s, struct store_kept *kept);

/**
 * Whether indexes run short: of 2^32 less than 2^26 are left, that is of some table. To be
 * asked between reads; the program then begins a new store. O(1).
 */
bool store_is_full(const struct store *s);

/**
 * A new store for one that is full, which is freed: with its reader, releaser, clock and
 * counters; its calls count as gone, and the places of their texts are released. Bounds and how
 * media is measured are to be set again. O(messages there).
 */
struct store *store_renew(struct store *old);

/** Is told of places whose bytes no message needs any more. NULL: nobody. */
typedef void store_release_fn(void *ctx, struct place place, size_t n);
void store_set_releaser(struct store *s, store_release_fn *release, void *ctx);

#endif
