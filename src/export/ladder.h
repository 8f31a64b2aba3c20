/**
 * @file ladder.h  The ladder as data: lanes, and rows between them.
 *
 * ladder_layout() decides what is shown and between whom; how it looks is the
 * affair of those who draw it (export/ladder_text.h, screens, other formats).
 * The data is a copy: it may be kept while the store takes more messages.
 */
#ifndef EXPORT_LADDER_H
#define EXPORT_LADDER_H

#include "base/arena.h"
#include "media/quality.h"
#include "store/store.h"
#include "store/stream.h"

#define LADDER_LANES_MAX	256	/* the last one stands for all further hosts */
#define LADDER_STREAMS_MAX	1000	/* rows of streams of a call, the first ones */
#define LADDER_NONE		UINT32_MAX

/** What is told of session descriptions. */
enum ladder_sdp {
	LADDER_SDP_OFF,
	LADDER_SDP_FIRST,	/**< one line: the first media line that is in use */
	LADDER_SDP_FULL,	/**< a line each media line */
};

/** What a session description is to its exchange (RFC 3264, RFC 6337). */
enum ladder_sdp_role {
	LADDER_SDP_NONE,	/**< the message carries none */
	LADDER_SDP_UNKNOWN,	/**< the request it belongs to was not seen */
	LADDER_SDP_OFFER,
	LADDER_SDP_ANSWER,
};

/** Name of @p at, or STR_NONE. The slice need only live until the next call. */
typedef struct str ladder_name_fn(void *ctx, const struct net_endpoint *at);

/** Zeroes are useful: a lane a host, no SDP, copies folded, no event rows for
 * silence. */
struct ladder_options {
	enum ladder_sdp sdp;
	bool split_ports;	/**< a lane an address and port, always */
	bool join_names;	/**< addresses with one name share a lane */
	bool unfold;		/**< copies are rows of their own */
	bool media;		/**< streams are rows too */
	uint32_t messages_max;	/**< the newest ones are laid out, others told of; 0: all */
	int64_t silence;	/**< a longer pause gets an event row, in ns; 0: none */
	const struct quality_limits *limits;	/**< streams are judged by; NULL: the usual ones */
	ladder_name_fn *name;	/**< NULL: no names */
	void *name_ctx;
};

struct ladder_lane {
	/** Port 0 where the lane stands for several ports; family NET_NONE in the
	 * lane that stands for the hosts beyond LADDER_LANES_MAX. */
	struct net_endpoint at;
	struct str name;	/**< STR_NONE: has none */
	struct str address;	/**< of at; "N more hosts", "192.0.2.1 +1" */
	uint32_t messages;	/**< sent or received, copies included */
	uint32_t joined;	/**< further ends with other addresses in it */
};

enum ladder_row_kind {
	LADDER_MESSAGE,
	LADDER_SILENCE,		/**< nothing was seen for row.span */
	LADDER_STEP_BACK,	/**< the clock of the capture went back by row.span */
	LADDER_LOST,		/**< pieces of the message above are not there */
	LADDER_EVENT,		/**< row.event: a reset, an alert, an ICMP error, a log line */
	LADDER_STREAM,		/**< row.stream: media, from its first packet on */
};

#define LADDER_SHORTER	6

struct ladder_row {
	int64_t time;		/**< of the first copy; TIME_NONE: not known */
	int64_t last;		/**< of the last copy folded into it */
	int64_t span;		/**< in ns; of SILENCE and STEP_BACK */
	struct str label;	/**< "INVITE", "486 Busy Here"; what an event says; "RTP PCMA
				     1,502/1,499  0.1/0 %  MOS 4.2/4.1" */
	const struct str *shorter;	/**< of STREAM: the label again, LADDER_SHORTER times, shorter
				     each time; else NULL */
	const struct str *notes;	/**< SDP summary, a line each; real ends of a stream */
	uint32_t note_count;
	uint32_t message;	/**< store_message() index; MESSAGE_NONE: an event of none */
	uint32_t call;		/**< store_call() index */
	uint32_t from, to;	/**< lanes; equal: a host to itself; LADDER_NONE: of none */
	uint32_t event;		/**< of EVENT: store_event() index; else EVENT_NONE */
	/** Of STREAM: store_stream() indexes; that from @p from to @p to, and the one the
	 * other way at the same time, STREAM_NONE where there is none. Else both NONE. */
	uint32_t stream[2];
	uint32_t count;		/**< of EVENT: how many alike follow each other, folded */
	uint32_t retransmissions;	/**< folded into it, itself not counted */
	uint32_t duplicates;	/**< likewise */
	uint32_t flaws;		/**< enum sip_flaw, those of its copies too */
	uint16_t status;	/**< of a response */
	uint8_t kind;		/**< enum ladder_row_kind */
	uint8_t sdp;		/**< enum ladder_sdp_role */
	uint8_t flags;		/**< enum message_flag of the first copy */
	uint8_t transport;	/**< enum transport */
	uint8_t happened;	/**< of EVENT: enum event_kind */
	uint8_t media;		/**< of STREAM: enum stream_kind */
	uint8_t level;		/**< of STREAM: enum quality_level, the worse of both */
};

/** What a head block tells of a call. Slices borrow from the store. */
struct ladder_call {
	struct call call;
	struct str method;
	struct str reason;	/**< phrase of status */
	struct str reason_text;	/**< text of a Reason header */
	enum call_state state;
	uint16_t status;	/**< 0: none */
};

struct ladder {
	struct ladder_lane *lanes;
	struct ladder_row *rows;
	struct ladder_call *calls;
	uint32_t lane_count, row_count, call_count;
	uint32_t lanes_folded;	/**< hosts in the last lane beyond LADDER_LANES_MAX; 0: none */
	uint32_t messages;	/**< copies included */
	uint32_t events;	/**< folded ones included */
	uint32_t streams;
	uint64_t messages_left;	/**< left out: older ones, see messages_max */
	uint64_t events_left;	/**< left out: see store_call_events() */
	uint64_t streams_left;	/**< left out: those beyond LADDER_STREAMS_MAX of a call */
	uint32_t unread;	/**< messages whose text could not be read again */
	int64_t first;		/**< earliest time of a row; TIME_NONE: none has one */
	size_t lane_cap, row_cap;	/**< private */
	struct arena arena;	/**< private */
};

/**
 * Lay out calls @p calls (indexes of the store, unknown and repeated ones are
 * passed over) as one ladder, messages and events in the order of
 * export/ladder_order.h.
 *
 * An event goes from lane to lane where it happened between two of them (a log
 * line never does). Those that say the same one after the other are one row, and
 * so are reports of RTCP.
 *
 * A stream goes from lane to lane of its ends, and one row is for both ways where a
 * stream and that back run between the same two ends at the same time. An end that is
 * no lane is put where its address was told of: at the lane of the party whose session
 * description named it; the note tells the real one. Where nobody did it is a lane.
 *
 * A lane is a host, from left to right as they appear, the caller first. An
 * address is split by port where it talks to itself, where its ports have
 * different names, and where the options say so.
 *
 * Time and memory are linear in the messages, and the seconds of streams (plus a sort where they are not in
 * order of time, or there are several calls). Reads the text of responses, of
 * messages with a session description and of those with pieces missing.
 *
 * @param l  filled; to be released by ladder_release() in any case.
 */
void ladder_layout(struct ladder *l, const struct store *s, const uint32_t *calls, size_t n,
		   const struct ladder_options *options);

/** The same in slices, for those who cannot wait. */
struct ladder_job;

/** @p l must stay where it is, and is of no use, until it is done; the options are
 * copied. To be given to ladder_end(). */
struct ladder_job *ladder_start(struct ladder *l, const struct store *s, const uint32_t *calls,
				size_t n, const struct ladder_options *options);

/** Do for about @p budget_ms (0: all) what is to do. Putting items in order and
 * making lanes of their ends are done at a time: some 10 ms for 100,000 messages.
 * @return whether there is more. The store may grow meanwhile: messages that came
 * after those of their call were gathered are not in it. */
bool ladder_step(struct ladder_job *job, int budget_ms);

/** Done or given up; NULL is fine. The ladder is still to be released. */
void ladder_end(struct ladder_job *job);

void ladder_release(struct ladder *l);

/** Bytes that a ladder, and what lays it out where there is one, take. */
size_t ladder_memory(const struct ladder *l, const struct ladder_job *job);

/** The longest form of a label that fits into @p cells; where none does, the one that is
 * to be cut. */
struct str ladder_label(const struct ladder_row *row, int cells);

#endif
