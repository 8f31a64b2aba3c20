/**
 * @file rtp_in.h  RTP on its way into the store, some packets at a time: where a stream
 * is kept is far away in memory, and comes closer while others are looked at. It waits
 * together with messages, see engine_flush().
 */
#ifndef APP_RTP_IN_H
#define APP_RTP_IN_H

#include "app/engine.h"
#include "decode/glance.h"
#include "store/rtp_ahead.h"

#define RTP_BATCH	RTP_AHEAD_MAX	/* packets */
#define RTP_ODD		8u		/* of them that are many */

/** Those that wait. */
struct rtp_batch {
	struct rtp_ahead ahead[RTP_BATCH];
	/** What those came in that were seen at a glance; NULL: the segment tells. */
	const struct record *records[RTP_BATCH];
	struct media_input inputs[RTP_BATCH];
	/** Behind the last there is room for one. */
	struct segment segments[RTP_BATCH];
	struct rtp_new new;	/* of them */
	unsigned n;
	unsigned done;		/**< of them in the store */
	unsigned odd;		/**< of them that did not go on as the one before did */
	bool many_odd;		/**< they were many, of those before */
};

struct rtp_batch *rtp_batch_new(void);
void rtp_batch_free(struct rtp_batch *b);

/** Where a segment is best put that may be RTP, for rtp_in(). */
static inline struct segment *
rtp_in_room(const struct engine *e)
{
	return &e->rtp->segments[e->rtp->n];
}

/** Take a datagram that has the shape of RTP. It goes into the store with the next
 * engine_flush(); at once where its bytes do not stay. O(1). */
void rtp_in(struct engine *e, const struct segment *seg);

/* Another one waits. */
static ALWAYS_INLINE void
rtp_in_count(struct engine *e, const struct record *rec)
{
	struct rtp_batch *b = e->rtp;

	b->records[b->n] = rec;
	if (UNLIKELY(++b->n == RTP_BATCH))
		engine_flush(e);
}

/**
 * The same of a record, of which glance_usual() told @p g, of no low ports: most records of most
 * captures are RTP. The record, which has a time, must stay until the next engine_flush() too.
 * O(1).
 * @param map  store_rtp_map()
 * @return false: it may be anything, and nothing was done.
 */
static ALWAYS_INLINE bool
rtp_in_usual(struct engine *e, const struct record *rec, const struct glance *g,
	     const struct hash_map *map)
{
	const uint8_t *rtp = g->ip + GLANCE_HEADERS;

	if (g->payload < RTP_HEADER || rtp[0] != 0x80 || !shape_is_plain_media(rtp[1]))
		return false;
	e->payloads[PAYLOAD_RTP]++;
	if (UNLIKELY(e->no_rtp))
		return true;
	rtp_ahead_put_ip4(&e->rtp->ahead[e->rtp->n], rtp, g->ports, g->payload - RTP_HEADER,
			  rec->time, map);
	rtp_in_count(e, rec);
	return true;
}

/** The same, whatever was looked at, with as many bytes of IP and UDP, and whatever the header
 * is, if it has no flaw. */
bool rtp_in_glance(struct engine *e, const struct record *rec, const struct glance *g,
		   uint32_t headers);

_Static_assert(UDP_TUNNEL_LAST >= SHAPE_PORT_LAST && UDP_TUNNEL_LAST >= 8443,
	       "ports that are not low tell nothing");

/** How many wait. */
static inline unsigned
rtp_in_waits(const struct engine *e)
{
	return e->rtp->n;
}

/** For engine_flush(): what they need is asked for, again after streams were let go of; those
 * before the @p to th go into the store; the rest does. */
void rtp_in_expect(struct engine *e);
void rtp_in_expect_whole(struct engine *e);
void rtp_in_add_some(struct engine *e, unsigned to);
void rtp_in_end(struct engine *e);

static inline void
rtp_in_add(struct engine *e, unsigned to)
{
	if (e->rtp->done < to)
		rtp_in_add_some(e, to);
}

#endif
