/**
 * @file tcp_int.h  Shared by the files of TCP reassembly.
 */
#ifndef TRANSPORT_TCP_INT_H
#define TRANSPORT_TCP_INT_H

#include "base/chunks.h"
#include "base/hash.h"
#include "transport/tcp.h"

/* Flags of the header, as on the wire (RFC 9293 3.1). */
#define WIRE_FIN	0x01u
#define WIRE_SYN	0x02u
#define WIRE_RST	0x04u
#define WIRE_ACK	0x10u

/* Farther than this from what is expected, either way, a segment is a stray. */
#define NEAR_MAX	(4 << 20)
/* Bytes before the first segment seen that are still waited for or taken. */
#define START_MAX	65536
/* Where an RST may lie: bytes behind what is expected, and ahead of it. */
#define RST_BEHIND	65536
#define RST_AHEAD	(1 << 20)

#define PIECES_MAX	4096u	/* waiting segments of a direction */
#define STRAYS_MAX	3u	/* consecutive strays that move the stream */
#define TOLD_MAX	4u	/* segments given whose content is remembered */
/* What a hole that is acknowledged still waits for, whichever comes first. */
#define ACKED_SEGMENTS	8u
#define ACKED_NS	(200 * NS_PER_MS)

#define CLOSED_NS	(60 * NS_PER_S)	/* closed connections are known so long */
#define CLOSED_MAX	65536u		/* and no more than these */

enum stream_flag {
	STREAM_KNOWN = 1 << 0,	/**< next is set */
	STREAM_SOFT  = 1 << 1,	/**< next is a guess: no payload, no SYN was seen */
	STREAM_SYN   = 1 << 2,	/**< its SYN was seen; origin is its sequence number */
	STREAM_ACKED = 1 << 3,	/**< acked is set */
	STREAM_FAR   = 1 << 4,	/**< far_ack is set */
	STREAM_JUMP  = 1 << 5,	/**< it followed strays that nobody acknowledged */
	STREAM_FIN   = 1 << 6,	/**< fin is set */
	STREAM_ENDED = 1 << 7,	/**< FLOW_END was told */
};

/** Bytes that wait: a segment, or what was new of it. */
struct piece {
	struct piece *next;	/**< among those to be freed */
	struct stamp stamp;
	struct place place;
	uint32_t seq;
	uint32_t n;		/**< bytes at hand */
	uint32_t lost;		/**< bytes behind them that were not captured */
	bool cut;		/**< lost for the snap length */
	char bytes[];
};

struct waiting_list {
	struct waiting *first, *last;	/**< the oldest first */
};

/** Payload on its way to where it belongs. */
struct part {
	uint32_t seq;
	struct str bytes;
	uint32_t lost;
	bool cut;
	struct place place;
	struct stamp stamp;
};

/** What waits of a direction; there only as long as something does. */
struct waiting {
	struct waiting *prev, *next;
	struct waiting_list *list;	/**< it is in; NULL: no hole */
	struct connection *c;
	int64_t since;		/**< when its first hole became the first, or the
				     receiver last said that it has the same */
	int64_t acked_at;	/**< when that was seen to be acknowledged */
	uint32_t acked;		/**< and up to where */
	uint32_t acked_segments;	/**< of the connection since */
	uint8_t dir;
	uint8_t stray_n;
	size_t bytes;		/**< of pieces, with what they and this cost */
	struct stamp fin;	/**< of FIN where it came early; frame 0 else */
	struct piece **pieces;	/**< disjoint, ascending: first, n of them */
	size_t first, n, cap;
	struct piece *strays[STRAYS_MAX];	/**< consecutive */
};

/** One direction. */
struct stream {
	uint32_t next;		/**< sequence number of the next byte to give */
	uint32_t origin;	/**< one before its first byte: of the SYN where seen */
	uint32_t acked;		/**< by the other side, the most near next */
	uint32_t far_ack;	/**< the other side's last one far from next */
	uint32_t fin;		/**< sequence number of FIN */
	uint8_t flags;		/**< enum stream_flag */
	uint8_t told_at;	/**< the oldest of told_ */
	uint16_t told_n[TOLD_MAX];	/**< the last segments given: length, 0: none */
	uint32_t told_seq[TOLD_MAX];
	uint32_t told_hash[TOLD_MAX];
	struct waiting *waiting;	/**< NULL: nothing waits */
};

enum connection_state {
	CONNECTION_UNANSWERED = 1 << 0,	/**< a SYN, and nothing from the other end */
	CONNECTION_CLOSED     = 1 << 1,	/**< both FIN, or RST */
};

struct connection {
	struct tcp_connection pub;	/* first */
	struct stream streams[2];
	uint32_t index;
	uint64_t last_frame;
	uint16_t last_source;
	uint8_t state;		/**< enum connection_state */
};

/** A connection is in one list: open, closed (the longest silent first), dying
 * or free. */
struct link {
	uint32_t prev, next;	/**< HASH_NONE at the ends */
};

struct link_list {
	uint32_t first, last, n;
};

struct tcp_event {
	struct flow_event ev;
	struct tcp_connection *c;
	struct stamp stamp;
};

struct tcp {
	struct tcp_limits limits;
	struct tcp_stats stats;
	int64_t now;			/**< time of the segment at hand, TIME_NONE */
	struct connection *last;	/**< of the last segment; NULL: none */
	struct hash_map map;
	struct chunks connections;	/**< struct connection */
	struct chunks links;		/**< struct link, same indexes */
	struct link_list open, closed, dying, spare;
	struct waiting_list holes;	/**< by waiting.since */
	struct waiting_list acked;	/**< by waiting.acked_at */
	struct tcp_event *events;	/**< event_at up to event_n are still to be told */
	size_t event_at, event_n, event_cap;
	struct piece *spent;		/**< events point into them */
	bool ending;
};

static inline int32_t
seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* ---- events (tcp.c) ---- */

/** Append an event, dir and kind set, all else zero; good until the next. */
struct flow_event *event_add(struct tcp *t, struct connection *c, unsigned dir,
			     enum flow_event_kind kind, const struct stamp *stamp);

/** The stamp of the last segment of @p c. */
struct stamp connection_stamp(const struct connection *c);

/** Both directions ended, or RST: move it to the closed ones. */
void connection_close(struct tcp *t, struct connection *c);

/* ---- one direction (tcp_stream.c) ---- */

/** Take payload and FIN of @p seg, whose first byte has number @p seq. */
void stream_take(struct tcp *t, struct connection *c, unsigned dir,
		 const struct segment *seg, uint32_t seq);

/** The other side acknowledges up to @p ack. */
void stream_acknowledge(struct tcp *t, struct connection *c, unsigned dir, uint32_t ack);

/** Take its SYN of number @p isn: that of this connection. */
void stream_begin(struct tcp *t, struct connection *c, unsigned dir, uint32_t isn);

/** Give up all holes, and tell what the other side acknowledged beyond. */
void stream_finish(struct tcp *t, struct connection *c, unsigned dir, const char *why);

/** It is broken off, the sender being at @p seq: give up all holes, and tell what
 * is missing up to there or to what the other side acknowledged. The stream stays
 * where it is, for the RST may be forged. */
void stream_reset(struct tcp *t, struct connection *c, unsigned dir, uint32_t seq);

/** Look at holes that are acknowledged, and at the bounds, after a segment of @p c. */
void stream_check(struct tcp *t, struct connection *c);

/** Give up what has waited too long, of any connection. */
void stream_expire(struct tcp *t);

/* ---- what waits (tcp_pieces.c) ---- */

static inline uint32_t
part_length(const struct part *p)
{
	return (uint32_t)p->bytes.n + p->lost;
}

/** Drop @p n sequence numbers at the front, or keep the first @p n. */
void part_skip(struct part *p, uint32_t n);
void part_clip(struct part *p, uint32_t n);

/** Keep what is new of @p part. *differs is set where the rest has other content.
 * @return how much is new. */
uint32_t part_wait(struct tcp *t, struct connection *c, unsigned dir, struct part part,
		   bool *differs);

/** The sequence number behind it. */
static inline uint32_t
piece_end(const struct piece *p)
{
	return p->seq + p->n + p->lost;
}

/** Bytes it counts for. */
static inline size_t
piece_cost(const struct piece *p)
{
	return sizeof(*p) + sizeof(p) + p->n;
}

/** A copy, counted as waiting; to be freed by the caller. */
struct piece *piece_new(struct tcp *t, const struct part *part);

/** From whatever list it is in to none, or to the end of @p list. */
void list_remove(struct waiting *w);
void list_append(struct waiting_list *list, struct waiting *w);

/** What waits of the direction, made where it is not there. */
struct waiting *waiting_get(struct tcp *t, struct connection *c, unsigned dir);
/** It must hold no pieces and no strays. */
void waiting_free(struct tcp *t, struct stream *s);

void strays_drop(struct tcp *t, struct waiting *w);

/** Free what waits, without a word. */
void stream_release(struct tcp *t, struct stream *s);

/* Private: 32 bits of a keyed hash in four lanes, for one is bound by the
 * latency of the product. */
static inline uint32_t
told_hash(const char *bytes, size_t n)
{
	const unsigned char *p = (const unsigned char *)bytes;
	uint64_t a = hash_seed[0], b = hash_seed[1], c = ~hash_seed[0], d = ~hash_seed[1];

	if (n > 64) {
		for (; n > 64; p += 64, n -= 64) {
			a = hash_fold(hash_word8(p) ^ hash_seed[1], hash_word8(p + 8) ^ a);
			b = hash_fold(hash_word8(p + 16) ^ hash_seed[0], hash_word8(p + 24) ^ b);
			c = hash_fold(hash_word8(p + 32) ^ hash_seed[1], hash_word8(p + 40) ^ c);
			d = hash_fold(hash_word8(p + 48) ^ hash_seed[0], hash_word8(p + 56) ^ d);
		}
		a = hash_fold(a ^ c, b ^ d ^ hash_seed[0]);
	}
	return (uint32_t)hash_fold(a ^ hash_bytes(p, n), hash_seed[1]);
}

/** Remember the content of bytes that are given. */
static inline void
told_add(struct stream *s, uint32_t seq, const char *bytes, size_t n)
{
	unsigned at = s->told_at;

	if (UNLIKELY(n > UINT16_MAX))
		return;
	s->told_at = (uint8_t)((at + 1) % TOLD_MAX);
	s->told_n[at] = (uint16_t)n;
	s->told_seq[at] = seq;
	s->told_hash[at] = told_hash(bytes, n);
}

#endif
