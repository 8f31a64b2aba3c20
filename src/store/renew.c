/*
 * A store instead of one that is full. All calls go: what they held elsewhere is given
 * back, what was counted stays counted.
 */
#include "store/streams_int.h"

/* Of messages and events; what a message that was cut off held was told of then. */
static void
release_places(struct store *s)
{
	for (uint32_t i = 0; (i = chunks_skip(&s->messages, i)) < s->messages.n; i++) {
		const struct message *m = chunks_at(&s->messages, i);

		drop_place(s, (struct place){ .offset = m->offset, .source = m->source },
			   m->length);
	}
	while (events_drop_oldest(s))
		;
}

struct store *
store_renew(struct store *old)
{
	struct store *s = store_new();
	const struct media_stats *counts = store_media_counts(old);

	s->read = old->read;
	s->read_ctx = old->read_ctx;
	s->release = old->release;
	s->release_ctx = old->release_ctx;
	s->stats = old->stats;
	s->now = old->now;
	s->media->stats = *counts;
	retain_hand_over(old, s);
	release_places(old);
	store_free(old);
	return s;
}
