/*
 * Streams by their keys, SSRCs and ends, and what is done when one begins. Each list is
 * linked both ways: a stream may go from the middle of it, see media_drop.c.
 *
 * Those of one SSRC are put together when one is asked for by its SSRC first: by reports,
 * by a description that names some, by a stream at an end where others have its SSRC or
 * more are than are looked at.
 */
#include "store/stream_new.h"

#include "base/mem.h"

#define SAME_SSRC_MAX	64u	/* streams with one SSRC that are looked at */
#define NEIGHBOURS	8u	/* streams from and to an end that are looked at for an SSRC */
#define STREAMS_MANY	1536u	/* from so many on they are worth a huge page */

/* ---- finding ---- */

struct stream *
stream_find(const struct store *s, const struct stream_key *k, const struct net_endpoint *src,
	    const struct net_endpoint *dst)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->media->map, k->hash, &cursor)) != HASH_NONE) {
		struct stream *st = chunks_at(&s->media->streams, i);

		if (is_stream(st, k, src, dst))
			return st;
	}
	return NULL;
}

struct stream *
media_find(struct store *s, const struct net_endpoint *src, const struct net_endpoint *dst,
	   uint32_t ssrc)
{
	struct stream_key key;

	key_make(&key, src, dst, ssrc);
	return stream_find(s, &key, src, dst);
}

/* The newest stream with that SSRC, which leads to the others; HASH_NONE: none. */
static uint32_t
ssrc_find(const struct media *md, uint32_t ssrc)
{
	uint64_t hash = hash_u64(ssrc);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&md->ssrc_map, hash, &cursor)) != HASH_NONE)
		if (((const struct stream *)chunks_at(&md->streams, i))->ssrc == ssrc)
			break;
	return i;
}

static void
index_ssrc(struct media *md, struct stream *st)
{
	uint64_t hash = hash_u64(st->ssrc);
	uint32_t i = ssrc_find(md, st->ssrc);

	st->next_ssrc = i;
	if (i == HASH_NONE) {
		hash_map_add(&md->ssrc_map, hash, st->index);
		return;
	}
	hash_map_replace(&md->ssrc_map, hash, i, st->index);
	((struct stream *)chunks_at(&md->streams, i))->prev_ssrc = st->index;
}

/* From now on streams are found by their SSRC. */
static void
index_ssrcs(struct media *md)
{
	if (md->by_ssrc)
		return;
	md->by_ssrc = true;
	for (uint32_t i = md->first_stream; i < md->streams.n;
	     i = chunks_skip(&md->streams, i + 1)) {
		struct stream *st = chunks_at(&md->streams, i);

		if (stream_is_there(st))
			index_ssrc(md, st);
	}
}

/* *cursor counts them in its upper half. */
struct stream *
media_next_ssrc(struct store *s, uint32_t ssrc, uint64_t *cursor)
{
	uint64_t n = *cursor >> 32;
	struct stream *st;
	uint32_t i;

	index_ssrcs(s->media);
	i = n == 0 ? ssrc_find(s->media, ssrc) : (uint32_t)*cursor;
	if (i == STREAM_NONE || n == SAME_SSRC_MAX)
		return NULL;
	st = chunks_at(&s->media->streams, i);
	*cursor = (n + 1) << 32 | st->next_ssrc;
	return st;
}

struct media_pair *
media_pair_find(const struct media *md, uint32_t from, uint32_t to)
{
	struct media_end *end = chunks_at(&md->ends, from);
	uint64_t hash;
	size_t cursor = 0;
	uint32_t i;

	if (LIKELY(end->pair.there > 0 && end->pair.to == to))
		return &end->pair;
	if (LIKELY(end->pairs == 0))
		return NULL;
	hash = media_pair_hash(from, to);
	while ((i = hash_map_next(&md->pair_map, hash, &cursor)) != HASH_NONE) {
		struct media_pair *p = chunks_at(&md->pairs, i);

		if (p->from == from && p->to == to)
			return p;
	}
	return NULL;
}

/* The newest stream from one end to another; NULL. */
static struct stream *
media_between(const struct store *s, uint32_t from, uint32_t to)
{
	const struct media_pair *p = media_pair_find(s->media, from, to);

	return p && p->newest != STREAM_NONE ? chunks_at(&s->media->streams, p->newest) : NULL;
}

/* ---- a stream begins ---- */

bool
stream_has_room(struct media *md, const struct start *start)
{
	const struct media_pair *p = start->pair;

	if (md->streams.n - md->streams_gone >= STREAMS_MAX || !media_has_numbers(md)) {
		md->stats.streams_lost++;
		return false;
	}
	if (!p || (start->n > 0 && p->call != start->matches[0].call))
		return true;
	if (p->n < (start->n > 0 ? STREAM_SSRCS_TOLD_MAX : STREAM_SSRCS_MAX))
		return true;
	md->stats.ssrcs_lost++;
	return false;
}

/* Whether no other stream from or to the end it goes to has its SSRC: all of them are looked
 * at, or it is not known. */
static bool
is_only_ssrc(const struct media *md, const struct stream *st)
{
	const struct media_end *dst = chunks_at(&md->ends, st->dst_end);
	const struct stream *other;
	unsigned n = 0;

	for (uint32_t i = dst->from; i != STREAM_NONE; i = other->next_from) {
		other = chunks_at(&md->streams, i);
		if (++n > NEIGHBOURS || (other != st && other->ssrc == st->ssrc))
			return false;
	}
	for (uint32_t i = st->next_to; i != STREAM_NONE; i = other->next_to) {
		other = chunks_at(&md->streams, i);
		if (++n > NEIGHBOURS || other->ssrc == st->ssrc)
			return false;
	}
	return true;
}

/* RFC 3550 section 8.2: its SSRC comes from elsewhere too, or from where it goes. Whether
 * that is the same source, which moved or came back, the next packet tells. */
static void
look_at_ssrc(struct store *s, struct stream *st)
{
	struct media *md = s->media;
	uint32_t i, back = STREAM_NONE;

	if (!md->by_ssrc && is_only_ssrc(md, st))
		return;
	index_ssrcs(md);
	i = st->next_ssrc;
	for (unsigned n = 0; i != STREAM_NONE && n < SAME_SSRC_MAX / 4; n++) {
		struct stream *other = chunks_at(&md->streams, i);

		i = other->next_ssrc;
		if (back == STREAM_NONE && stream_is_back(st, other) &&
		    span_between(stream_last(other), stream_last(st)) <= SILENCE)
			back = other->index;
		if (other->dst_end != st->dst_end || other->src_end == st->src_end ||
		    span_between(stream_last(other), stream_last(st)) > SILENCE)
			continue;
		/* It may have moved: whether it goes on there is for later to tell. */
		st->rival = other->index;
		other->rival = st->index;
		other->check |= CHECK_RIVAL;
		return;
	}
	if (back != STREAM_NONE) {
		st->rival = back;
		st->check |= CHECK_RIVAL;
	}
}

static struct stream *
stream_at(struct media *md, uint32_t i)
{
	return chunks_at(&md->streams, i);
}

static void
index_stream(struct media *md, struct stream *st, uint64_t hash, struct stream *before)
{
	struct media_end *src = chunks_at(&md->ends, st->src_end);
	struct media_end *dst = chunks_at(&md->ends, st->dst_end);

	if (before) {
		before->check |= CHECK_GONE;
		hash_map_replace(&md->map, hash, before->index, st->index);
	} else {
		hash_map_add_first(&md->map, hash, st->index);
	}
	st->next_ssrc = st->prev_ssrc = st->prev_from = st->prev_to = STREAM_NONE;
	if (md->by_ssrc)
		index_ssrc(md, st);
	st->next_from = src->from;
	if (src->from != STREAM_NONE)
		stream_at(md, src->from)->prev_from = st->index;
	src->from = st->index;
	st->next_to = dst->to;
	if (dst->to != STREAM_NONE)
		stream_at(md, dst->to)->prev_to = st->index;
	dst->to = st->index;
}

static struct media_pair *
pair_new(struct media *md, struct media_end *from, uint32_t to)
{
	struct media_pair *pair = &from->pair;

	if (pair->there > 0) {
		pair = chunks_add(&md->pairs);
		hash_map_add(&md->pair_map, media_pair_hash(media_end_index(from), to), md->pairs.n - 1);
		from->pairs++;
	}
	*pair = (struct media_pair){
		.from = media_end_index(from), .to = to, .newest = STREAM_NONE, .call = CALL_NONE,
	};
	return pair;
}

static void
index_pair(struct store *s, struct stream *st, struct media_pair *pair, uint32_t call)
{
	struct media *md = s->media;
	struct stream *back;

	if (!pair)
		pair = pair_new(md, chunks_at(&md->ends, st->src_end), st->dst_end);
	if (pair->call != call)
		pair->n = 0;
	pair->call = call;
	pair->n++;
	pair->there++;
	pair->newest = st->index;
	back = ((struct media_end *)chunks_at(&md->ends, st->dst_end))->from == STREAM_NONE ? NULL
		: media_between(s, st->dst_end, st->src_end);
	if (back && back != st && span_between(stream_last(back), st->last) <= 6 * MEDIA_LINGER) {
		st->reverse = back->index;
		back->reverse = st->index;
	}
}

struct stream *
stream_add(struct store *s, const struct media_input *in, uint32_t ssrc, enum stream_kind kind,
	   const struct start *start, struct stream *before)
{
	struct media *md = s->media;
	const struct candidate_packet *held = start->held_n > 0 ? &start->held[0] : NULL;
	uint32_t src = start->src ? media_end_index(start->src) : media_end_get(md, in->src);
	uint32_t dst = start->dst ? media_end_index(start->dst) : media_end_get(md, in->dst);
	struct stream *st = chunks_add(&md->streams);

	if (md->streams.n == STREAMS_MANY)
		pages_gather(md->streams.blocks[0]);
	/* The memory is new, and zero. */
	net_endpoint_copy(&st->src, in->src);
	net_endpoint_copy(&st->dst, in->dst);
	st->ssrc = ssrc;
	memcpy(st->key, start->key.word, sizeof(st->key));
	st->check = CHECK_TIME;
	if (in->src->addr.family != NET_IP4 || in->dst->addr.family != NET_IP4 ||
	    kind != STREAM_RTP)
		st->check |= CHECK_KEY;
	st->index = md->streams.n - 1;
	st->payload_type = 255;
	st->codecs = &st->one_codec;
	st->kind = (uint8_t)kind;
	st->carriage = in->carriage;
	st->confidence = start->confidence;
	st->last = held ? held->time : in->time;
	st->first_frame = held ? held->frame : (uint32_t)in->frame;
	/* What was held is of before. */
	st->first_high = (uint16_t)((in->frame >> 32) - (st->first_frame > (uint32_t)in->frame));
	st->source = held ? held->source : in->source;
	st->vlan = in->vlan;
	st->first_link = st->first_event = UINT32_MAX;
	st->reverse = st->rival = st->orphan = STREAM_NONE;
	st->round_trip = TIME_NONE;
	st->src_end = src;
	st->dst_end = dst;
	index_stream(md, st, start->key.hash, before);
	link_to(s, st, start->matches, start->n, in->time);
	if (st->link_n == 0)
		orphan_add(md, st);
	index_pair(s, st, start->pair, start->n > 0 ? start->matches[0].call : CALL_NONE);
	if (kind != STREAM_T38)
		look_at_ssrc(s, st);
	reports_stream_new(s, st);
	return st;
}

void
stream_find_calls(struct store *s, const struct media_input *in, uint32_t ssrc,
		  uint8_t payload_type, struct start *start)
{
	struct media *md = s->media;
	struct media_end *src = media_end_find(md, in->src);
	struct media_end *dst = media_end_find(md, in->dst);

	start->src = src;
	start->dst = dst;
	start->n = media_calls_of(s, src ? src : &(struct media_end){
			.at = *in->src, .claims = UINT32_MAX, .from = STREAM_NONE, .to = STREAM_NONE,
		}, dst ? dst : &(struct media_end){
			.at = *in->dst, .claims = UINT32_MAX, .from = STREAM_NONE, .to = STREAM_NONE,
		}, ssrc, payload_type, in->time, start->matches);
	start->pair = src && dst && src->from != STREAM_NONE && dst->to != STREAM_NONE
		? media_pair_find(md, media_end_index(src), media_end_index(dst)) : NULL;
}
