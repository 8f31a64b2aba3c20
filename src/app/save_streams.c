/*
 * What is known of the streams of chosen calls, or of chosen streams, before their packets are
 * looked for.
 */
#include "app/save_int.h"

/* Which of its own connections a stream came in is known before they are seen. */
static void
note_connections(struct save *s, size_t from)
{
	for (size_t i = from; i < s->media.n; i++)
		if (s->media.list[i].carriage == STREAM_OVER_TCP)
			save_conns_add(&s->conns, SEGMENT_TCP, &s->media.list[i].src,
				       &s->media.list[i].dst, true);
}

/* Whether it came but once, and its packets were not to be kept. */
static bool
is_unkept(const struct save *s, const struct save_stream *st)
{
	return !s->session->engine.keep_media && save_is_kept(s, st->source);
}

/* Those that were added, from @from on. */
static void
note_added(struct save *s, size_t from)
{
	note_connections(s, from);
	for (size_t i = from; i < s->media.n; i++)
		s->progress.media_unkept |= is_unkept(s, &s->media.list[i]);
	s->progress.media_gone |= s->progress.media_unkept;
}

void
save_note_media(struct save *s, const struct call *c)
{
	size_t from = s->media.n;

	save_media_add(&s->media, s->session->engine.store, c);
	note_added(s, from);
}

void
save_note_stream(struct save *s, uint32_t stream)
{
	size_t from = s->media.n;

	save_media_add_stream(&s->media, s->session->engine.store, stream);
	note_added(s, from);
}

bool
save_any_media(const struct save *s)
{
	for (size_t i = 0; i < s->media.n; i++)
		if (!is_unkept(s, &s->media.list[i]))
			return true;
	return false;
}
