/*
 * Letting go of media: with a call go its claims and links, and the streams that are of no
 * other one, with all that is kept of them. What stays names nothing that went: all lists
 * are linked both ways, and an entry is taken out of each that it is in. Two indexes are
 * left that may lead to a stream that went, .reverse and .rival: whoever follows them asks
 * whether it is there.
 *
 * A packet that comes for a stream that went is one of no stream: where a description of
 * another call has its addresses it begins a stream of that call, else it waits among the
 * candidates until enough of them came in a row, and begins one of no call.
 *
 * Streams of no call are in a heap by the time of their last packet as it was known when
 * they came to where they are. That is looked up again when they come to the top: none is
 * touched for a packet.
 */
#include "store/stream_new.h"

#include "base/mem.h"
#include "store/claim_read.h"

#define ORPHANS_AT_ONCE	256u	/* looked at again to find the oldest one */

/* ---- streams of no call ---- */

static void
orphan_set(struct media *md, uint32_t at, struct orphan o)
{
	md->orphans[at] = o;
	((struct stream *)chunks_at(&md->streams, o.stream))->orphan = at;
}

static void
sift_up(struct media *md, uint32_t at, struct orphan o)
{
	while (at > 0 && md->orphans[(at - 1) / 2].last > o.last) {
		orphan_set(md, at, md->orphans[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	orphan_set(md, at, o);
}

static void
sift_down(struct media *md, uint32_t at, struct orphan o)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < md->orphan_n &&
		    md->orphans[child + 1].last < md->orphans[child].last)
			child++;
		if (child >= md->orphan_n || md->orphans[child].last >= o.last)
			break;
		orphan_set(md, at, md->orphans[child]);
		at = child;
	}
	orphan_set(md, at, o);
}

void
orphan_add(struct media *md, struct stream *st)
{
	if (st->orphan != UINT32_MAX)
		return;
	if (md->orphan_n == md->orphan_cap) {
		md->orphan_cap += md->orphan_cap / 2 + 16;
		md->orphans = xreallocarray(md->orphans, md->orphan_cap, sizeof(*md->orphans));
	}
	md->orphan_n++;
	sift_up(md, md->orphan_n - 1, (struct orphan){ stream_last(st), st->index });
}

void
orphan_remove(struct media *md, struct stream *st)
{
	uint32_t at = st->orphan;
	struct orphan last;

	if (at == UINT32_MAX)
		return;
	st->orphan = UINT32_MAX;
	last = md->orphans[--md->orphan_n];
	if (at < md->orphan_n) {
		sift_up(md, at, last);
		at = ((struct stream *)chunks_at(&md->streams, last.stream))->orphan;
		sift_down(md, at, last);
	}
	if (md->orphan_n < md->orphan_cap / 4) {
		md->orphan_cap /= 2;
		md->orphans = xreallocarray(md->orphans, md->orphan_cap, sizeof(*md->orphans));
	}
}

/* ---- what a stream is in ---- */

void
media_end_put(struct media *md, uint32_t end)
{
	struct media_end *e = chunks_at(&md->ends, end);

	if (e->claims != UINT32_MAX || e->from != STREAM_NONE || e->to != STREAM_NONE)
		return;
	hash_map_remove(&md->end_map, net_endpoint_hash(&e->at), end);
	chunks_drop(&md->ends, end);
}

static struct stream *
stream_at(struct media *md, uint32_t i)
{
	return i == STREAM_NONE ? NULL : chunks_at(&md->streams, i);
}

static void
leave_ssrc(struct media *md, struct stream *st)
{
	struct stream *newer = stream_at(md, st->prev_ssrc), *older = stream_at(md, st->next_ssrc);
	uint64_t hash = hash_u64(st->ssrc);

	if (!md->by_ssrc)
		return;
	if (older)
		older->prev_ssrc = st->prev_ssrc;
	if (newer)
		newer->next_ssrc = st->next_ssrc;
	else if (older)
		hash_map_replace(&md->ssrc_map, hash, st->index, older->index);
	else
		hash_map_remove(&md->ssrc_map, hash, st->index);
}

static void
leave_ends(struct media *md, struct stream *st)
{
	struct media_end *src = chunks_at(&md->ends, st->src_end);
	struct media_end *dst = chunks_at(&md->ends, st->dst_end);
	struct stream *newer = stream_at(md, st->prev_from), *older = stream_at(md, st->next_from);

	if (older)
		older->prev_from = st->prev_from;
	*(newer ? &newer->next_from : &src->from) = st->next_from;
	newer = stream_at(md, st->prev_to);
	older = stream_at(md, st->next_to);
	if (older)
		older->prev_to = st->prev_to;
	*(newer ? &newer->next_to : &dst->to) = st->next_to;
	media_end_put(md, st->src_end);
	if (st->dst_end != st->src_end)
		media_end_put(md, st->dst_end);
}

static void
leave_pair(struct media *md, const struct stream *st)
{
	struct media_end *from = chunks_at(&md->ends, st->src_end);
	struct media_pair *p = media_pair_find(md, st->src_end, st->dst_end);
	uint64_t hash;
	size_t cursor = 0;
	uint32_t i;

	p->there--;
	/* Which of them are of the present call is not known; no more than there are. */
	if (p->n > p->there)
		p->n = p->there;
	if (p->newest == st->index)
		p->newest = STREAM_NONE;
	if (p->there > 0 || p == &from->pair)
		return;
	hash = media_pair_hash(st->src_end, st->dst_end);
	while ((i = hash_map_next(&md->pair_map, hash, &cursor)) != HASH_NONE)
		if (chunks_at(&md->pairs, i) == p)
			break;
	hash_map_remove(&md->pair_map, hash, i);
	chunks_drop(&md->pairs, i);
	from->pairs--;
}

static void
drop_digits(struct media *md, const struct stream *st)
{
	for (uint32_t i = st->first_event, before; i != UINT32_MAX; i = before) {
		before = ((struct digit *)chunks_at(&md->digits, i))->before;
		chunks_drop(&md->digits, i);
		md->digits_gone++;
	}
}

/* It is gone: say so. */
static void
note_gone(struct media *md, uint32_t stream)
{
	if (!md->gone)
		md->gone = xmalloc(STREAMS_TOLD * sizeof(*md->gone));
	md->gone[md->streams_gone++ % STREAMS_TOLD] = stream;
	while (md->first_stream < md->streams.n &&
	       !stream_is_there(chunks_at(&md->streams, md->first_stream)))
		md->first_stream = chunks_skip(&md->streams, md->first_stream + 1);
}

/* Of no call any more. */
static void
drop_stream(struct store *s, struct stream *st)
{
	struct media *md = s->media;
	uint32_t index = st->index;
	struct stream_key key;

	key_make(&key, &st->src, &st->dst, st->ssrc);
	hash_map_remove(&md->map, key.hash, index);
	orphan_remove(md, st);
	leave_ssrc(md, st);
	leave_pair(md, st);
	leave_ends(md, st);
	drop_digits(md, st);
	media_seen_drop(md, st);
	reports_drop_stream(s, st);
	md->meters -= meter_memory(&st->meter);
	meter_release(&st->meter);
	if (st->codecs != &st->one_codec)
		arena_drop(&md->text, st->codecs, STREAM_CODECS_MAX * sizeof(*st->codecs));
	chunks_drop(&md->streams, index);
	note_gone(md, index);
}

/* ---- for the bound ---- */

static void
trim(struct media *md)
{
	struct hash_map *maps[] = {
		&md->map, &md->ssrc_map, &md->end_map, &md->pair_map, &md->map_map,
		&md->rest_map, &md->ssrc_claims,
	};

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		hash_map_trim(maps[i]);
}

bool
media_drop_links(struct store *s, struct call *c, uint32_t *most)
{
	struct media *md = s->media;

	for (; c->streams != UINT32_MAX && *most > 0; --*most) {
		struct stream_link *l = chunks_at(&md->links, c->streams);
		struct stream *st = chunks_at(&md->streams, l->stream);

		c->streams = l->next_of_call;
		link_release(s, st, l);
		if (st->link_n == 0)
			drop_stream(s, st);
	}
	return c->streams == UINT32_MAX;
}

void
media_drop_call(struct store *s, struct call *c)
{
	uint32_t all = UINT32_MAX;

	media_drop_links(s, c, &all);
	claims_drop(s, c);
	trim(s->media);
}

bool
media_drop_rest(struct store *s)
{
	struct media *md = s->media;
	struct orphan top;

	if (md->orphan_n == 0)
		return false;
	for (unsigned n = 0; n < ORPHANS_AT_ONCE; n++) {
		int64_t last;

		top = md->orphans[0];
		last = stream_last(chunks_at(&md->streams, top.stream));
		if (last <= top.last)
			break;
		top.last = last;
		sift_down(md, 0, top);
	}
	drop_stream(s, chunks_at(&md->streams, md->orphans[0].stream));
	retain_count_streams(s, 1);
	trim(md);
	return true;
}

size_t
media_memory(const struct store *s)
{
	const struct media *md = s->media;
	const struct chunks *tables[] = {
		&md->streams, &md->links, &md->claims, &md->digits, &md->ends, &md->end_claims,
		&md->pairs, &md->maps, &md->rests,
	};
	const struct hash_map *maps[] = {
		&md->map, &md->ssrc_map, &md->end_map, &md->pair_map, &md->map_map,
		&md->rest_map, &md->ssrc_claims, &md->encoding_map,
	};
	size_t n = sizeof(*md) + md->text.bytes + md->names.bytes + md->meters + reports_memory(s) +
		candidates_memory(md->candidates) + md->orphan_cap * sizeof(*md->orphans);

	n += md->tails ? told_tails_memory() : 0;
	n += md->lesson ? claims_lesson_memory() : 0;
	n += md->seen.slots ? (md->seen.mask + 1) * sizeof(*md->seen.slots) : 0;
	n += md->gone ? STREAMS_TOLD * sizeof(*md->gone) : 0;
	n += md->encodings ? ENCODINGS_MAX * sizeof(*md->encodings) : 0;
	n += md->fax_ports ? 65536 * sizeof(*md->fax_ports) : 0;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		n += chunks_memory(tables[i]);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		n += hash_map_memory(maps[i]);
	return n;
}
