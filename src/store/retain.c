/*
 * Letting go of calls. What is gone stays known for a while, so that whoever keeps calls
 * by their index can follow.
 */
#include "store/store_int.h"

#include "base/mem.h"

#define GONE_TOLD	65536u	/* calls that went are known for that long */

struct retain {
	struct store_bounds bounds;
	store_holds_fn *holds;
	void *ctx;
	struct store_kept kept;
	uint32_t gone[GONE_TOLD];	/* a ring, by dropped */
	uint64_t dropped;
};

static struct retain *
retain_get(struct store *s)
{
	if (!s->retain)
		s->retain = xcalloc(1, sizeof(*s->retain));
	return s->retain;
}

void
retain_free(struct retain *r)
{
	free(r);
}

void
store_set_bounds(struct store *s, const struct store_bounds *bounds, store_holds_fn *holds,
		 void *ctx)
{
	struct retain *r = retain_get(s);

	r->bounds = *bounds;
	r->holds = holds;
	r->ctx = ctx;
}

void
store_set_releaser(struct store *s, store_release_fn *release, void *ctx)
{
	s->release = release;
	s->release_ctx = ctx;
}

bool
store_call_is_gone(const struct store *s, uint32_t call)
{
	return s->retain && call < s->calls.n &&
		!((const struct call *)chunks_at(&s->calls, call))->text;
}

bool
store_message_is_gone(const struct store *s, uint32_t message)
{
	return s->retain && message < s->messages.n &&
		((const struct message *)chunks_at(&s->messages, message))->length == 0;
}

void
store_drop_call(struct store *s, uint32_t call)
{
	struct retain *r = retain_get(s);

	if (store_call_is_gone(s, call))
		return;
	media_drop_call(s, chunks_at(&s->calls, call));
	r->gone[r->dropped++ % GONE_TOLD] = call;
}

uint32_t
store_next_gone(const struct store *s, uint64_t *cursor)
{
	const struct retain *r = s->retain;

	if (!r || *cursor >= r->dropped)
		return CALL_NONE;
	if (r->dropped - *cursor > GONE_TOLD) {
		*cursor = r->dropped;
		return CALL_LOST;
	}
	return r->gone[(*cursor)++ % GONE_TOLD];
}

bool
store_retain(struct store *s)
{
	(void)s;
	return false;
}

size_t
store_memory(const struct store *s)
{
	return chunks_memory(&s->messages) + chunks_memory(&s->calls) + s->text.bytes +
		media_memory(s);
}

void
store_kept(const struct store *s, struct store_kept *kept)
{
	*kept = s->retain ? s->retain->kept : (struct store_kept){ 0 };
	if (!s->retain)
		kept->calls = s->calls.n;
}
