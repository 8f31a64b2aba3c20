/**
 * @file media_check.h  For tests: whether all tables of media agree with each other, so that
 * nothing leads to what is gone and nothing stays that nothing leads to.
 */
#ifndef TESTS_UNIT_MEDIA_CHECK_H
#define TESTS_UNIT_MEDIA_CHECK_H

#include "store/reports_int.h"
#include "store/stream_new.h"

#define MEDIA_CHECK(what) \
	do { \
		if (!(what)) \
			BUG("media does not hold: %s", #what); \
	} while (0)

/** Elements that were not dropped: those are all zero, and others have a byte that is not. */
ATTR_UNUSED static uint32_t
media_check_live(const struct chunks *c)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		const char *p = chunks_at(c, i);
		size_t k = 0;

		while (k < c->size && p[k] == 0)
			k++;
		live += k < c->size;
	}
	return live;
}

ATTR_UNUSED static const struct stream *
media_check_stream(const struct store *s, uint32_t i)
{
	const struct stream *st;

	MEDIA_CHECK(i < s->media->streams.n);
	st = chunks_at(&s->media->streams, i);
	MEDIA_CHECK(stream_is_there(st) && st->index == i);
	return st;
}

/* What one stream is in. @return its links; *bytes grows by what its meter takes. */
ATTR_UNUSED static uint32_t
media_check_one(const struct store *s, const struct stream *st, size_t *bytes)
{
	const struct media *md = s->media;
	const struct media_end *src = chunks_at(&md->ends, st->src_end);
	const struct media_end *dst = chunks_at(&md->ends, st->dst_end);
	const struct media_pair *p = media_pair_find(md, st->src_end, st->dst_end);
	struct stream_key key;
	uint32_t links = 0, digits = 0;

	MEDIA_CHECK(net_endpoint_eq(&src->at, &st->src) && net_endpoint_eq(&dst->at, &st->dst));
	MEDIA_CHECK(p && p->there > 0 && p->n <= p->there);
	MEDIA_CHECK(st->prev_from == STREAM_NONE ? src->from == st->index
		    : media_check_stream(s, st->prev_from)->next_from == st->index);
	MEDIA_CHECK(st->prev_to == STREAM_NONE ? dst->to == st->index
		    : media_check_stream(s, st->prev_to)->next_to == st->index);
	if (!md->by_ssrc) {
		MEDIA_CHECK(st->prev_ssrc == STREAM_NONE && st->next_ssrc == STREAM_NONE);
	} else if (st->prev_ssrc != STREAM_NONE) {
		MEDIA_CHECK(media_check_stream(s, st->prev_ssrc)->next_ssrc == st->index);
	} else {
		uint64_t cursor = 0;

		MEDIA_CHECK(media_next_ssrc((struct store *)(uintptr_t)s, st->ssrc, &cursor) == st);
	}
	if (st->next_from != STREAM_NONE)
		MEDIA_CHECK(media_check_stream(s, st->next_from)->prev_from == st->index);
	if (st->next_to != STREAM_NONE)
		MEDIA_CHECK(media_check_stream(s, st->next_to)->prev_to == st->index);
	if (st->next_ssrc != STREAM_NONE)
		MEDIA_CHECK(media_check_stream(s, st->next_ssrc)->prev_ssrc == st->index);
	key_make(&key, &st->src, &st->dst, st->ssrc);
	MEDIA_CHECK(st->check & CHECK_GONE || stream_find(s, &key, &st->src, &st->dst) == st);
	for (uint32_t i = st->first_link; i != UINT32_MAX; links++) {
		const struct stream_link *l = chunks_at(&md->links, i);

		MEDIA_CHECK(l->stream == st->index && l->call < s->calls.n);
		i = l->next_of_stream;
	}
	MEDIA_CHECK(links == st->link_n);
	MEDIA_CHECK((links == 0) == (st->orphan != UINT32_MAX));
	if (links == 0)
		MEDIA_CHECK(st->orphan < md->orphan_n &&
			    md->orphans[st->orphan].stream == st->index);
	for (uint32_t i = st->first_event; i != UINT32_MAX; digits++) {
		const struct digit *d = chunks_at(&md->digits, i);

		MEDIA_CHECK(d->stream == st->index);
		i = d->before;
	}
	MEDIA_CHECK(digits <= md->digits.n - md->digits_gone);
	if (st->reports)
		MEDIA_CHECK(chunks_at(&md->reports->list, st->reports->index) == st->reports);
	*bytes += meter_memory(&st->meter);
	return links;
}

ATTR_UNUSED static void
media_check_calls(const struct store *s, uint32_t links)
{
	const struct media *md = s->media;
	uint32_t claims = 0, end_claims = 0, found = 0, faxes = 0, rests = 0;

	for (uint32_t c = 0; c < s->calls.n; c++) {
		const struct call *call = chunks_at(&s->calls, c);
		const struct stream_claim *claim;

		if (store_call_is_gone(s, c))
			continue;
		for (uint32_t i = call->streams; i != UINT32_MAX; found++) {
			const struct stream_link *l = chunks_at(&md->links, i);

			MEDIA_CHECK(l->call == c);
			media_check_stream(s, l->stream);
			i = l->next_of_call;
		}
		for (uint32_t i = call->claims; i != UINT32_MAX; i = claim->next_of_call) {
			claim = chunks_at(&md->claims, i);
			MEDIA_CHECK(claim->call == c && claim->map < md->maps.n);
			MEDIA_CHECK(((struct payload_map *)chunks_at(&md->maps, claim->map))->claims);
			for (uint32_t k = 0; k < claim->end_n; k++) {
				const struct end_claim *ec = chunks_at(&md->end_claims, claim->ends + k);

				MEDIA_CHECK(ec->claim == i);
			}
			MEDIA_CHECK(!claim->has_rest || claim->end_n > 0);
			rests += claim->has_rest;
			claims++;
			end_claims += claim->end_n;
			faxes += claim->kind == CODEC_FAX && claim->at.port;
		}
	}
	MEDIA_CHECK(found == links && links == media_check_live(&md->links));
	MEDIA_CHECK(claims == media_check_live(&md->claims));
	MEDIA_CHECK(end_claims == media_check_live(&md->end_claims));
	MEDIA_CHECK(faxes == md->fax);
	MEDIA_CHECK(rests == media_check_live(&md->rests) && rests == md->rest_map.live);
}

ATTR_UNUSED static void
media_check_ends(const struct store *s)
{
	const struct media *md = s->media;
	uint32_t end_claims = 0, there = 0, pairs = 0;

	for (uint32_t i = 0; i < md->ends.n; i++) {
		const struct media_end *e = chunks_at(&md->ends, i);

		if (e->at.addr.family == NET_NONE)
			continue;
		MEDIA_CHECK(media_end_find(md, &e->at) == e && media_end_index(e) == i);
		MEDIA_CHECK(e->claims != UINT32_MAX || e->from != STREAM_NONE ||
			    e->to != STREAM_NONE);
		for (uint32_t k = e->claims, before = UINT32_MAX; k != UINT32_MAX; end_claims++) {
			const struct end_claim *ec = chunks_at(&md->end_claims, k);

			MEDIA_CHECK(ec->end == i && ec->before == before);
			MEDIA_CHECK(before != UINT32_MAX || ec->claim == e->claim);
			before = k;
			k = ec->next;
		}
	}
	for (uint32_t i = 0; i < md->end_claims.n; i++) {
		const struct end_claim *ec = chunks_at(&md->end_claims, i);

		end_claims += ec->how == STREAM_HOW_SSRC;
	}
	MEDIA_CHECK(end_claims == media_check_live(&md->end_claims));
	for (uint32_t i = 0; i < md->ends.n; i++) {
		const struct media_end *end = chunks_at(&md->ends, i);

		there += end->pair.there;
		pairs += end->pairs;
	}
	MEDIA_CHECK(pairs == media_check_live(&md->pairs));
	for (uint32_t i = 0; i < md->pairs.n; i++)
		there += ((struct media_pair *)chunks_at(&md->pairs, i))->there;
	MEDIA_CHECK(there == store_streams_there(s));
}

/** Dies where something does not hold. O(all that was ever there). */
ATTR_UNUSED static void
media_check(const struct store *s)
{
	const struct media *md = s->media;
	uint32_t streams = 0, links = 0, orphans = 0, maps = 0;
	size_t bytes = 0;

	for (uint32_t i = store_first_stream(s); i < md->streams.n; i = store_next_stream(s, i)) {
		const struct stream *st = media_check_stream(s, i);

		links += media_check_one(s, st, &bytes);
		orphans += st->link_n == 0;
		streams++;
	}
	MEDIA_CHECK(streams == store_streams_there(s) && orphans == md->orphan_n);
	MEDIA_CHECK(streams == media_check_live(&md->streams));
	MEDIA_CHECK(md->ssrc_map.live <= (md->by_ssrc ? streams : 0) && md->map.live <= streams);
	MEDIA_CHECK(bytes == md->meters);
	MEDIA_CHECK(media_check_live(&md->digits) == md->digits.n - md->digits_gone);
	MEDIA_CHECK(md->end_map.live == media_check_live(&md->ends));
	MEDIA_CHECK(md->pair_map.live == media_check_live(&md->pairs));
	for (uint32_t i = 1; i < md->orphan_n; i++)
		MEDIA_CHECK(md->orphans[(i - 1) / 2].last <= md->orphans[i].last);
	media_check_calls(s, links);
	media_check_ends(s);
	for (uint32_t i = 1; i < md->maps.n; i++)
		maps += ((struct payload_map *)chunks_at(&md->maps, i))->claims > 0;
	MEDIA_CHECK(maps == md->map_map.live);
	if (md->reports) {
		size_t beside = 0;

		for (uint32_t i = 0; i < md->reports->list.n; i++)
			beside += stream_reports_memory(chunks_at(&md->reports->list, i));
		MEDIA_CHECK(beside == md->reports->bytes);
		MEDIA_CHECK(md->reports->vq_map.live == media_check_live(&md->reports->vq));
	}
}

#endif
