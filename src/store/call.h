/**
 * @file call.h  A call: the dialogs and transactions of one Call-ID.
 *
 * A call begins with whatever is first seen of its Call-ID. What the machine of
 * its kind makes of the messages is kept as facts and times; call_state() turns
 * them into a word, knowing how far the capture reaches.
 */
#ifndef STORE_CALL_H
#define STORE_CALL_H

#include "base/str.h"
#include "base/time.h"
#include "store/message.h"

/** Which machine follows the call; by the method of its first request. */
enum call_kind {
	CALL_INVITE,
	CALL_REGISTER,
	CALL_SUBSCRIBE,		/**< SUBSCRIBE, or NOTIFY with Subscription-State */
	CALL_SINGLE,		/**< any other request outside a dialog */
};

/** id, name (fields, filters, screens), what it means */
#define CALL_STATES(_) \
	_(SETUP,          "setup",          "INVITE sent, no answer seen") \
	_(PROCEEDING,     "proceeding",     "a provisional response, not ringing") \
	_(RINGING,        "ringing",        "180 seen") \
	_(IN_CALL,        "in call",        "2xx to INVITE, no end seen") \
	_(COMPLETED,      "completed",      "answered, ended by BYE") \
	_(CANCELLED,      "cancelled",      "CANCEL or 487, never answered") \
	_(BUSY,           "busy",           "486 or 600") \
	_(REJECTED,       "rejected",       "another final response of 4xx to 6xx") \
	_(REDIRECTED,     "redirected",     "3xx without a further try") \
	_(UNAUTHORIZED,   "unauthorized",   "401 or 407 without a further try") \
	_(TIMED_OUT,      "timed out",      "no final response, and the capture is long enough to know") \
	_(UNACKNOWLEDGED, "unacknowledged", "2xx without an ACK, and the capture shows enough to know") \
	_(TRYING,         "trying",         "request sent, no final response so far") \
	_(ANSWERED,       "answered",       "2xx to a single request") \
	_(UNANSWERED,     "unanswered",     "no final response within 32 s") \
	_(REGISTERED,     "registered",     "2xx to REGISTER, binding not run out") \
	_(UNREGISTERED,   "unregistered",   "bindings removed by REGISTER") \
	_(EXPIRED,        "expired",        "registration or subscription ran out without refresh") \
	_(ACTIVE,         "active",         "subscription active") \
	_(PENDING,        "pending",        "subscription accepted, not active") \
	_(TERMINATED,     "terminated",     "subscription ended")

enum call_state {
#define CALL_STATE_ID(id, ...) CALL_STATE_##id,
	CALL_STATES(CALL_STATE_ID)
#undef CALL_STATE_ID
	CALL_STATE_COUNT
};

/** Who ended the call. */
enum call_side {
	CALL_SIDE_NONE,		/**< not known, or not ended */
	CALL_SIDE_CALLER,	/**< the one who sent the first request */
	CALL_SIDE_CALLEE,
};

enum call_flag {
	CALL_ACKED          = 1 << 0,	/**< ACK to the 2xx seen */
	CALL_ANSWER_REPEATED = 1 << 1,	/**< the 2xx was retransmitted by its sender */
	CALL_MIDDLE         = 1 << 2,	/**< begins in the middle: its first request is not there */
	CALL_CANCEL         = 1 << 3,	/**< CANCEL seen from the caller */
	CALL_FORKED         = 1 << 4,	/**< more than one To-tag answered the INVITE */
	CALL_CHALLENGED     = 1 << 5,	/**< a 401 or 407 came at some time */
	CALL_REINVITE_FAILED = 1 << 6,	/**< a request inside the dialog was refused */
	CALL_NO_CALL_ID     = 1 << 7,	/**< call_id is a placeholder */
	CALL_HAS_SDP        = 1 << 8,
	CALL_REMOVING       = 1 << 9,	/**< the present try asks to end it (Expires: 0) */
	/* Measured at a later hop, until the caller's own hop tells. */
	CALL_LEG_PROGRESS   = 1 << 10,
	CALL_LEG_RINGING    = 1 << 11,
	CALL_LEG_ANSWERED   = 1 << 12,
	CALL_LEG_ENDED      = 1 << 13,
	CALL_LEG_BYE        = 1 << 14,
	CALL_LATER_GONE     = 1 << 15,	/**< private: there was a later one with its Call-ID */
};

#define CALL_TEXT_MAX	8192u	/* bytes kept of a Call-ID or URI */

/** Times are moments (base/time.h), TIME_NONE when it did not happen. */
struct call {
	/* What every message touches comes first, in two lines of the cache. */
	const char *text;	/**< private: Call-ID, From and To URI in a row */
	uint64_t seen[2];	/**< private: filter of identities */
	uint32_t last;		/**< newest message, head of the chain */
	uint32_t messages;	/**< all that are there, copies included */
	int64_t end_seen;	/**< last message */
	uint32_t flaws;		/**< enum sip_flaw of all messages together */
	uint32_t later;		/**< call with the same Call-ID; CALL_NONE: none */
	uint32_t index;		/**< in the store, from 0 */
	uint32_t first;		/**< oldest message */
	int64_t start;		/**< first message; of a stream, the oldest */

	uint32_t cseq;		/**< of the present try */
	uint32_t branch;	/**< private: of the caller's own INVITE */
	uint32_t from_tag;	/**< private: keyed hash of the caller's tag */
	uint16_t flags;		/**< enum call_flag */
	uint8_t kind;		/**< enum call_kind */
	uint8_t machine;	/**< private: state before timers; CALL_STATE_COUNT: none */
	/* Private: lengths in text, at most CALL_TEXT_MAX each. */
	uint16_t call_id_n, from_n, to_n;
	uint16_t cause;		/**< Q.850 cause of a Reason header; 0: none */
	uint32_t dialogs;	/**< private: first dialog, or CALL_NONE */
	uint32_t path;		/**< of the first request: caller to callee */
	int64_t waiting;	/**< latest sign of life that a timer counts from */
	int64_t answered;	/**< first 2xx to the INVITE (or to the request) */
	int64_t ended;		/**< BYE, final refusal, CANCEL */
	uint16_t status;	/**< final status of the present try; 0: none */
	uint16_t leg_status;	/**< private: final status on a later hop */
	uint8_t method;		/**< of the first request; store_method_name() */
	uint8_t ended_by;	/**< enum call_side */

	int64_t progress;	/**< first response above 100 of the present try */
	int64_t ringing;	/**< first 180 of the present try */
	int64_t request;	/**< the request that opened the present try */
	uint32_t reason;	/**< store_name(): reason phrase of status; 0: none */
	uint32_t reason_text;	/**< store_name(): text of the Reason header; 0: none */
	uint32_t retransmissions;
	uint32_t duplicates;
	uint32_t expires;	/**< granted, in s (REGISTER, SUBSCRIBE) */
	uint32_t streams, claims;	/**< private: newest stream_link and stream_claim; CALL_NONE */
	uint32_t messages_gone;	/**< older ones that were let go of */
	uint32_t earlier;	/**< call with the same Call-ID; CALL_NONE: none */
};

_Static_assert(sizeof(struct call) == 192, "a call is three lines of the cache");

/** Slices live as long as the store. */
static inline struct str
call_id(const struct call *c)
{
	return (struct str){ c->text, c->call_id_n };
}

static inline struct str
call_from(const struct call *c)
{
	return (struct str){ c->text + c->call_id_n, c->from_n };
}

static inline struct str
call_to(const struct call *c)
{
	return (struct str){ c->text + c->call_id_n + c->from_n, c->to_n };
}

/** The user part of call_from() and call_to(), looked for there; STR_NONE: there is none. */
struct str call_from_user(const struct call *c);
struct str call_to_user(const struct call *c);

/** Static names. */
const char *call_state_name(enum call_state s);
const char *call_side_name(enum call_side s);	/**< "caller", "callee"; NULL for none */

/** Whether nothing more is to come of a call in that state; a registration that holds may be
 * refreshed, and is not over. */
bool call_state_is_over(enum call_state s);

/* Figures, spans in ns; TIME_NONE when one of the two ends was not seen, or
 * the clock was set back between them. */

/** First INVITE of the present try to its 2xx. */
int64_t call_setup(const struct call *c);
/** Post-dial delay: the INVITE to the first response above 100 that tells of
 * progress or of success (RFC 6076 4.3.1). */
int64_t call_pdd(const struct call *c);
/** First 180 to the 2xx, or to the end where there was none. */
int64_t call_ring(const struct call *c);
/** 2xx to BYE (RFC 6076 4.5.1: at the caller, from 2xx to BYE). */
int64_t call_duration(const struct call *c);

#endif
