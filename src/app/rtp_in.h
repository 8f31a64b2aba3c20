/**
 * @file rtp_in.h  RTP on its way into the store, some packets at a time: where a stream
 * is kept is far away in memory, and comes closer while others are looked at. It waits
 * together with messages, see engine_flush().
 */
#ifndef APP_RTP_IN_H
#define APP_RTP_IN_H

#include "app/engine.h"
#include "store/stream.h"

#define RTP_BATCH	32u	/* packets */

/** Those that wait. */
struct rtp_batch {
	struct media_input inputs[RTP_BATCH];
	/** What they came in; behind the last there is room for one. */
	struct segment segments[RTP_BATCH];
	unsigned n;
	unsigned done;		/**< of them in the store */
};

struct rtp_batch *rtp_batch_new(void);
void rtp_batch_free(struct rtp_batch *b);

/** Where a segment is best put that may be RTP, for rtp_in_room_take(). */
static inline struct segment *
rtp_in_room(const struct engine *e)
{
	return &e->rtp->segments[e->rtp->n];
}

/** Take the datagram in rtp_in_room(), which has the shape of RTP. It goes into the store with
 * the next engine_flush(); at once where its bytes do not stay. O(1). */
static inline void
rtp_in_room_take(struct engine *e)
{
	struct rtp_batch *b = e->rtp;
	struct media_input *in = &b->inputs[b->n];
	const struct segment *seg = &b->segments[b->n];

	in->src = &seg->src;
	in->dst = &seg->dst;
	in->payload = seg->payload;
	in->wire_length = seg->wire_length;
	in->time = seg->time;
	in->frame = seg->frame;
	in->source = seg->source;
	in->vlan = seg->vlan;
	in->ip_id = seg->ip_id;
	in->has_ip_id = seg->src.addr.family == NET_IP4;
	in->ttl = seg->ttl;
	in->carriage = STREAM_OVER_UDP;
	if (++b->n == RTP_BATCH || !seg->in_record)
		engine_flush(e);
}

/** The same of one that may be elsewhere. */
void rtp_in(struct engine *e, const struct segment *seg);

/** How many wait. */
static inline unsigned
rtp_in_waits(const struct engine *e)
{
	return e->rtp->n;
}

/** For engine_flush(): what they need is asked for, again after streams were let go of; those
 * before the @p to th go into the store; the rest does. */
void rtp_in_expect(struct engine *e);
void rtp_in_add(struct engine *e, unsigned to);
void rtp_in_end(struct engine *e);

#endif
