#include "app/rtp_in.h"

#include "base/mem.h"

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

void
rtp_in_expect(struct engine *e)
{
	struct rtp_batch *b = e->rtp;

	store_expect_rtps(e->store, &b->inputs[b->done], b->n - b->done);
}

void
rtp_in_add(struct engine *e, unsigned to)
{
	struct rtp_batch *b = e->rtp;

	store_add_rtps(e->store, &b->inputs[b->done], to - b->done);
	b->done = to;
}

void
rtp_in_end(struct engine *e)
{
	rtp_in_add(e, e->rtp->n);
	e->rtp->n = e->rtp->done = 0;
}

void
rtp_in(struct engine *e, const struct segment *seg)
{
	struct segment *room = rtp_in_room(e);

	if (seg != room)
		*room = *seg;
	rtp_in_room_take(e);
}
