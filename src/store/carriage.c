/*
 * What carried a message. Most messages are one record, and their index entry
 * tells all of it. The others, those of streams, have an entry in a table beside:
 * it grows in the order of the messages, so it is found by halving; where messages are
 * dropped, by a map.
 *
 * Messages in the spool do not tell the file they came from by their place. They
 * are taken to be from the file of the first of them, which is right for an
 * interface and for a single capture; those of other files have an entry.
 *
 * Frame numbers are kept as their lower 32 bits. Few captures have more records; what
 * is above is noted of a source where it changes from one of its messages to the next.
 */
#include "store/store_int.h"

#include "base/mem.h"

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The frames of the stamps, in the order of their files, each once. */
static void
take_frames(struct store *s, struct carriage_entry *c, const struct store_input *in)
{
	uint64_t *all = xreallocarray(NULL, in->stamp_n, sizeof(*all));
	bool ordered = true;
	uint32_t n = 0, *to;
	uint16_t *sources;

	for (uint32_t i = 0; i < in->stamp_n; i++) {
		all[i] = (uint64_t)in->stamps[i].source << 48 | in->stamps[i].frame;
		ordered = ordered && (i == 0 || all[i] >= all[i - 1]);
	}
	if (!ordered)
		qsort(all, in->stamp_n, sizeof(*all), by_number);
	for (uint32_t i = 0; i < in->stamp_n; i++)
		if (n == 0 || all[i] != all[n - 1])
			all[n++] = all[i];
	c->frames = to = arena_alloc(&s->frames, n * sizeof(*to));
	c->frame_n = n;
	for (uint32_t i = 0; i < n; i++)
		to[i] = (uint32_t)all[i];
	/* One that began in a file and ended in the next. */
	if (n > 0 && (all[0] >> 48 != in->source || all[n - 1] >> 48 != in->source)) {
		c->sources = sources = arena_alloc(&s->frames, n * sizeof(*sources));
		for (uint32_t i = 0; i < n; i++)
			sources[i] = (uint16_t)(all[i] >> 48);
	}
	free(all);
}

/* Out of order its first byte need not have come first. */
static int64_t
earliest(const struct stamp *stamps, uint32_t n)
{
	int64_t first = stamps[0].time;

	for (uint32_t i = 1; i < n; i++)
		if (stamps[i].time < first && stamps[i].time != TIME_NONE)
			first = stamps[i].time;
	return first;
}

static bool
is_plain(const struct store *s, const struct store_input *in, const struct carriage_entry *c)
{
	return c->frame_n == 1 && !c->sources && c->frames[0] == (uint32_t)in->frame && c->first == in->time &&
		c->last == in->time && c->source == carriage_source(s, in->place.source);
}

static void
drop_frames(struct store *s, const struct carriage_entry *c)
{
	if (!s->frames.counted)
		return;
	arena_drop(&s->frames, c->frames, c->frame_n * sizeof(*c->frames));
	if (c->sources)
		arena_drop(&s->frames, c->sources, c->frame_n * sizeof(*c->sources));
}

void
carriage_add(struct store *s, uint32_t i, const struct store_input *in)
{
	const uint32_t frame = (uint32_t)in->frame;
	struct carriage_entry c = {
		.message = i, .frame_n = 1, .frames = &frame, .source = in->source,
		.first = in->time, .last = in->time,
	};
	struct carriage_entry *kept;

	if (in->place.source >= PLACE_NONE && s->spool_source == UINT32_MAX)
		s->spool_source = in->source;
	if (in->stamps && in->stamp_n > 0) {
		take_frames(s, &c, in);
		/* A carrier says when the message was sent; when its own records
		 * were is no news of it. */
		if (in->carrier == CARRIER_NONE)
			c.first = earliest(in->stamps, in->stamp_n);
	}
	if (is_plain(s, in, &c)) {
		if (c.frames != &frame)
			drop_frames(s, &c);
		return;
	}
	if (c.frames == &frame) {
		uint32_t *copy = arena_alloc(&s->frames, sizeof(*copy));

		*copy = frame;
		c.frames = copy;
	}
	kept = chunks_add(&s->carriages);
	*kept = c;
	if (UNLIKELY(s->retain))
		hash_map_add(&s->carriage_map, hash_u64(i), s->carriages.n - 1);
}

static uint32_t
find_mapped(const struct store *s, uint32_t message)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->carriage_map, hash_u64(message), &cursor)) != HASH_NONE)
		if (((const struct carriage_entry *)chunks_at(&s->carriages, i))->message ==
		    message)
			break;
	return i;
}

void
carriage_drop(struct store *s, uint32_t i)
{
	const struct carriage_entry *c;
	uint32_t at;

	if (s->carriage_map.live == 0 || (at = find_mapped(s, i)) == HASH_NONE)
		return;
	c = chunks_at(&s->carriages, at);
	drop_frames(s, c);
	hash_map_remove(&s->carriage_map, hash_u64(i), at);
	chunks_drop(&s->carriages, at);
}

void
carriages_begin_drop(struct store *s)
{
	for (uint32_t i = 0; i < s->carriages.n; i++) {
		const struct carriage_entry *c = chunks_at(&s->carriages, i);

		hash_map_add(&s->carriage_map, hash_u64(c->message), i);
	}
}

static const struct carriage_entry *
find(const struct store *s, uint32_t message)
{
	uint32_t from = 0, to = s->carriages.n;

	if (s->retain) {
		uint32_t i = find_mapped(s, message);

		return i == HASH_NONE ? NULL : chunks_at(&s->carriages, i);
	}
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		const struct carriage_entry *c = chunks_at(&s->carriages, middle);

		if (c->message == message)
			return c;
		if (c->message < message)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* Those of a source begin with 0. */
static uint32_t
high_of(const struct store *s, uint32_t message, uint16_t source)
{
	for (size_t i = s->high_n; i-- > 0; )
		if (s->highs[i].source == source && s->highs[i].message <= message)
			return s->highs[i].high;
	return 0;
}

void
carriage_note_high(struct store *s, uint32_t i, const struct store_input *in)
{
	uint32_t high = (uint32_t)(in->frame >> 32);

	if (high == high_of(s, i, in->source))
		return;
	ARRAY_GROW(s->highs, s->high_cap, s->high_n + 1);
	s->highs[s->high_n++] = (struct frame_high){ i, high, in->source };
}

void
store_carriage(const struct store *s, uint32_t i, struct carriage *c)
{
	const struct message *m = store_message(s, i);
	const struct carriage_entry *e = find(s, i);

	if (!m)
		BUG("carriage of message %u of %u", i, s->messages.n);
	if (e)
		*c = (struct carriage){
			.frames = e->frames, .sources = e->sources, .frame_n = e->frame_n,
			.source = e->source, .first = e->first, .last = e->last,
		};
	else
		*c = (struct carriage){
			.frames = &m->frame, .frame_n = 1, .first = m->time, .last = m->time,
			.source = (uint16_t)carriage_source(s, (uint16_t)m->source),
		};
	if (UNLIKELY(s->high_n > 0))
		c->base = (uint64_t)high_of(s, i, c->source) << 32 | m->frame;
}

uint64_t
store_message_frame(const struct store *s, uint32_t i)
{
	struct carriage c;

	if (LIKELY(s->high_n == 0))
		return store_message(s, i)->frame;
	store_carriage(s, i, &c);
	return c.base;
}
