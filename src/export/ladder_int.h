/**
 * @file ladder_int.h  A ladder while it is laid out; private to export/ladder*.c.
 */
#ifndef EXPORT_LADDER_INT_H
#define EXPORT_LADDER_INT_H

#include "base/hash.h"
#include "export/ladder.h"
#include "export/ladder_order.h"
#include "sip/scan.h"
#include "store/stream.h"

#define LADDER_LABEL_BYTES	160	/* of a reason phrase; for the rest stands "..." */

enum ladder_phase {
	LADDER_PHASE_GATHER,	/* call by call */
	LADDER_PHASE_SORT,	/* at once */
	LADDER_PHASE_HOPS,	/* item by item */
	LADDER_PHASE_CLAIMS,	/* call by call */
	LADDER_PHASE_ENDS,	/* item by item */
	LADDER_PHASE_LANES,	/* at once */
	LADDER_PHASE_ROWS,	/* item by item */
	LADDER_PHASE_DONE,
};

struct ladder_end {
	struct net_endpoint at;
	struct str name;
	uint32_t host;
	uint32_t lane;
	uint32_t namesake;	/* the first end with that name */
	bool shared;		/* of that one: several hosts have the name */
};

struct ladder_host {
	struct str name;	/* of its first endpoint */
	uint32_t lane;		/* LADDER_NONE: none yet, or split */
	bool split;
	bool inward;		/* talks to itself: its ports must be told apart */
};

/* A path of the store that occurs, as two ends. */
struct ladder_hop {
	uint32_t path;
	uint32_t src, dst;
	uint8_t transport;
};

/* A transaction: whether its request carried a session description. With no
 * method: a call, whether an offer in a response to INVITE waits for its answer. */
struct ladder_exchange {
	uint32_t call, cseq;
	uint8_t method;
	bool sdp;
};

/* An address that descriptions name, and who named it first. */
struct ladder_claim {
	struct net_endpoint at;
	uint32_t message;	/* of the store */
	uint32_t call;
	uint8_t side;		/* enum call_side */
};

struct ladder_job {
	struct ladder *l;
	const struct store *store;
	struct ladder_options options;
	const struct ladder_options *o;	/* these */
	uint32_t *calls;	/* owned; asked for */
	size_t calls_n;
	struct ladder_order order;
	enum ladder_phase phase;
	size_t at;		/* how far the phase is */
	int64_t before;		/* time of the message row above */
	uint32_t turn;
	struct hash_map call_map;
	struct ladder_end *ends;
	struct ladder_host *hosts;
	struct ladder_hop *hops;
	struct ladder_exchange *exchanges;
	size_t end_n, end_cap, host_n, host_cap, hop_n, hop_cap, exchange_n, exchange_cap;
	struct hash_map end_map, host_map, hop_map, lane_map, exchange_map, copy_map;
	/* Of streams. */
	struct ladder_claim *claims;
	const struct stream_claim **told;	/* of one call */
	struct quality_limits limits;
	size_t claim_n, claim_cap, told_cap;
	struct hash_map claim_map;	/* claims by address and port, and by address */
	struct hash_map side_map;	/* first claims by call and side */
	struct hash_map pair_map;	/* rows of streams by their two ends, in any order */
	struct buf text;		/* of the message at hand */
	struct buf line;
};

/** The hop that @p m went, its ends known from then on. */
struct ladder_hop *ladder_hop_of(struct ladder_job *w, const struct message *m);

/** Make @p at one of the ends that become lanes. */
void ladder_end_add(struct ladder_job *w, const struct net_endpoint *at);

/** Whether @p at, or its host, is one of them. */
bool ladder_end_known(const struct ladder_job *w, const struct net_endpoint *at);

/** Once all hops are known: ends become lanes. */
void ladder_make_lanes(struct ladder_job *w);

/** The lane of @p at, or LADDER_NONE where no message was. */
uint32_t ladder_lane_at(const struct ladder_job *w, const struct net_endpoint *at);

/** A new row at the end, of nothing so far. */
struct ladder_row *ladder_row_add(struct ladder_job *w, enum ladder_row_kind kind, int64_t time);

/** Leave of what was added to @p b from byte @p from on LADDER_LABEL_BYTES or
 * a little less, so that no character of UTF-8 is cut, and "...", if it is more. */
void ladder_cut_label(struct buf *b, size_t from);

/** Add message @p index, or fold it into the row of its first copy. */
void ladder_add_message(struct ladder_job *w, uint32_t index);

/** A row where the times of two messages are apart in a way that is worth one;
 * @p stepped: a clock went back between them. */
void ladder_add_pause(struct ladder_job *w, int64_t before, int64_t now, bool stepped);

/** Add an event, or fold it into the row above that tells the same. */
void ladder_add_event(struct ladder_job *w, const struct ladder_item *item);

/** Learn who named which address in call @p c. */
void ladder_learn_claims(struct ladder_job *w, const struct call *c);

/** Make ends of those of a stream that are at nobody's lane. */
void ladder_stream_ends(struct ladder_job *w, const struct ladder_item *item);

/** Add a stream, or put it into the row of the one the other way. */
void ladder_add_stream(struct ladder_job *w, const struct ladder_item *item);

#endif
