#include "app/rtp_in.h"

#include "base/mem.h"
#include "store/stream.h"

struct rtp_batch {
	struct media_input inputs[RTP_BATCH];
	struct net_endpoint ends[RTP_BATCH][2];
	unsigned n;
};

struct rtp_batch *
rtp_batch_new(void)
{
	return xcalloc(1, sizeof(struct rtp_batch));
}

void
rtp_batch_free(struct rtp_batch *b)
{
	free(b);
}

bool
rtp_in_waits(const struct engine *e)
{
	return e->rtp->n > 0;
}

void
rtp_in_flush(struct engine *e)
{
	struct rtp_batch *b = e->rtp;
	unsigned n = b->n;

	engine_flush(e);
	b->n = 0;
	store_add_rtps(e->store, b->inputs, n);
}

void
rtp_in(struct engine *e, const struct segment *seg)
{
	struct rtp_batch *b = e->rtp;
	struct media_input *in = &b->inputs[b->n];
	struct net_endpoint *ends = b->ends[b->n];

	/* Filled in place: see the note on words in net/addr.h. */
	net_endpoint_copy(&ends[0], &seg->src);
	net_endpoint_copy(&ends[1], &seg->dst);
	in->src = &ends[0];
	in->dst = &ends[1];
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
		rtp_in_flush(e);
}
