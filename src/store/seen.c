/*
 * Between which hosts media was seen: a set of hashes of hosts that sent, of hosts that were
 * sent to, and of both. They are keyed and 64 bits long, so that two alike are not to be had.
 *
 * Nobody but who asks needs it: streams are looked at then, and when they are let go of.
 */
#include "store/streams_int.h"

#include "base/hash.h"
#include "base/mem.h"

enum seen_kind { SEEN_FROM = 1, SEEN_TO, SEEN_BETWEEN };

#define SLOTS_FIRST	256u	/* a power of two */
#define SEEN_BACK	(200 * NS_PER_MS)	/* of media that goes back, and is no rest */
#define SEEN_SPARE	65536u	/* kept at least, however few streams are left */

static uint64_t
key_of(enum seen_kind kind, const struct net_addr *a, const struct net_addr *b)
{
	uint64_t key = hash_bytes(a, sizeof(*a)) + (uint64_t)kind;

	if (b)
		key = hash_u64(key) + hash_bytes(b, sizeof(*b));
	key = hash_u64(key);
	return key ? key : 1;
}

/* Where a key is, or would be. */
static uint64_t *
slot_of(const struct media_seen *m, uint64_t key)
{
	size_t i = (size_t)key & m->mask;

	while (m->slots[i] != 0 && m->slots[i] != key)
		i = (i + 1) & m->mask;
	return &m->slots[i];
}

static void
grow(struct media_seen *m)
{
	struct media_seen more = { .n = m->n, .next = m->next };

	more.mask = (m->slots ? (m->mask + 1) * 2 : SLOTS_FIRST) - 1;
	more.slots = xcalloc(more.mask + 1, sizeof(*more.slots));
	for (size_t i = 0; m->slots && i <= m->mask; i++)
		if (m->slots[i] != 0)
			*slot_of(&more, m->slots[i]) = m->slots[i];
	free(m->slots);
	*m = more;
}

static void
add(struct media_seen *m, uint64_t key)
{
	uint64_t *slot;

	if (!m->slots || m->n >= m->mask / 2)
		grow(m);
	slot = slot_of(m, key);
	m->n += *slot == 0;
	*slot = key;
}

static void
add_stream(struct media_seen *m, const struct stream *st)
{
	add(m, key_of(SEEN_FROM, &st->src.addr, NULL));
	add(m, key_of(SEEN_TO, &st->dst.addr, NULL));
	add(m, key_of(SEEN_BETWEEN, &st->src.addr, &st->dst.addr));
}

static void
learn(struct media *md)
{
	struct media_seen *m = &md->seen;

	if (m->next < md->first_stream)
		m->next = md->first_stream;
	for (; m->next < md->streams.n; m->next++) {
		const struct stream *st = chunks_at(&md->streams, m->next);

		if (stream_is_there(st))
			add_stream(m, st);
	}
}

void
media_seen_drop(struct media *md, const struct stream *st)
{
	struct media_seen *m = &md->seen;

	if (st->index >= m->next)
		add_stream(m, st);
	/* What is left of many that went is forgotten some time. */
	if (m->n <= SEEN_SPARE || m->n / 8 <= md->streams.n - md->streams_gone)
		return;
	media_seen_release(m);
	m->next = md->first_stream;
}

void
media_seen_release(struct media_seen *m)
{
	free(m->slots);
	*m = (struct media_seen){ 0 };
}

static bool
has(const struct store *s, uint64_t key)
{
	struct media *md = s->media;

	learn(md);
	return md->seen.slots && *slot_of(&md->seen, key) == key;
}

bool
store_media_from(const struct store *s, const struct net_addr *host)
{
	return has(s, key_of(SEEN_FROM, host, NULL));
}

bool
store_media_to(const struct store *s, const struct net_addr *host)
{
	return has(s, key_of(SEEN_TO, host, NULL));
}

bool
store_media_between(const struct store *s, const struct net_addr *from, const struct net_addr *to)
{
	return has(s, key_of(SEEN_BETWEEN, from, to));
}

/* Whether the hop on which a description was told ends at a host. */
static bool
is_on_hop(const struct path *hop, const struct net_addr *host)
{
	return net_addr_eq(&hop->src.addr, host) || net_addr_eq(&hop->dst.addr, host);
}

/*
 * It would where something that went from the one to the other is. Else the capture must be on
 * the way of their media, as what goes back shows - from where it comes after a NAT, too, while
 * these descriptions stand - or messages that they exchanged themselves, and other media of
 * one of them; and of one of them it must have the direction that is asked for.
 */
bool
store_media_would_be_here(const struct store *s, const struct stream_claim *from,
			  const struct stream_claim *to, int64_t last_back)
{
	const struct net_addr *a = &from->at.addr, *b = &to->at.addr;
	const struct path *hop = store_path(s, from->path);
	int64_t both = from->time > to->time ? from->time : to->time;
	bool back = store_media_between(s, b, a) ||
		(last_back != TIME_NONE && span_between(both, last_back) > SEEN_BACK);

	if (from->sends_unseen || store_media_between(s, a, b))
		return true;
	if (back)
		return store_media_from(s, a) || store_media_to(s, b) || is_on_hop(hop, a) ||
			is_on_hop(hop, b);
	return is_on_hop(hop, a) && is_on_hop(hop, b) &&
		(store_media_from(s, a) || store_media_to(s, b) || store_media_from(s, b) ||
		 store_media_to(s, a));
}

bool
store_media_is_told(const struct store *s)
{
	return s->media->streams.n > 0 || s->media->unseen > 0;
}

uint64_t
store_media_mark(const struct store *s)
{
	struct media *md = s->media;

	learn(md);
	return hash_u64(md->seen.n) + hash_u64(md->unseen + (UINT64_C(1) << 40));
}
