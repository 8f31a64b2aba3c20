#include "store/streams_int.h"

#include "base/mem.h"

#define NAME(id, name, ...) name,

const char *
digit_source_name(unsigned int source)
{
	static const char *const names[] = { DIGIT_SOURCES(NAME) };

	return source < DIGIT_SOURCE_COUNT ? names[source] : NULL;
}

#undef NAME

void
media_digit(struct store *s, struct stream *st, const struct rtp *rtp,
	    const struct media_input *in, const struct stream_codec *codec)
{
	(void)st;
	(void)rtp;
	(void)in;
	(void)codec;
	s->media->stats.digits_lost++;
}

size_t
store_stream_digits(const struct store *s, const struct stream *st, const struct digit ***list,
		    size_t *cap)
{
	size_t n = 0;

	for (uint32_t i = st->first_event; i != UINT32_MAX;) {
		const struct digit *d = chunks_at(&s->media->digits, i);

		ARRAY_GROW(*list, *cap, n + 1);
		(*list)[n++] = d;
		i = d->next;
	}
	return n;
}
