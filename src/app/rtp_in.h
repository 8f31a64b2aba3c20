/**
 * @file rtp_in.h  RTP on its way into the store, some packets at a time: where a stream
 * is kept is far away in memory, and comes closer while others are looked at.
 */
#ifndef APP_RTP_IN_H
#define APP_RTP_IN_H

#include "app/engine.h"

#define RTP_BATCH	32	/* packets */

struct rtp_batch;

struct rtp_batch *rtp_batch_new(void);
void rtp_batch_free(struct rtp_batch *b);

/** Take a datagram that has the shape of RTP. It goes into the store with the next
 * rtp_in_flush(); at once where its bytes do not stay. O(1). */
void rtp_in(struct engine *e, const struct segment *seg);

/** Put what waits into the store: messages first, then RTP. That is the order they came
 * in, as long as this is done before a message joins those that wait. */
void rtp_in_flush(struct engine *e);

/** Whether something waits. */
bool rtp_in_waits(const struct engine *e);

#endif
