#include "app/save_tls.h"

#include <stdlib.h>

#include "base/mem.h"

static uint64_t
pair_hash(const struct net_endpoint *a, const struct net_endpoint *b)
{
	/* The same in either order. */
	return hash_u64(net_endpoint_hash(a) + net_endpoint_hash(b));
}

/* The newest one with these ends, in either order; HASH_NONE: there is none. */
static uint32_t
find(const struct save_tls *t, const struct net_endpoint *a, const struct net_endpoint *b)
{
	uint64_t hash = pair_hash(a, b);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&t->map, hash, &cursor)) != HASH_NONE) {
		const struct net_endpoint *e = t->list[i].ends;

		if ((net_endpoint_eq(&e[0], a) && net_endpoint_eq(&e[1], b)) ||
		    (net_endpoint_eq(&e[0], b) && net_endpoint_eq(&e[1], a)))
			return i;
	}
	return HASH_NONE;
}

static void
add(struct save_tls *t, const struct net_endpoint *a, const struct net_endpoint *b,
    int64_t first, int64_t last, const struct tls_info *info)
{
	uint64_t hash = pair_hash(a, b);
	struct save_tls_conn *conn;

	ARRAY_GROW(t->list, t->cap, t->n + 1);
	conn = &t->list[t->n];
	*conn = (struct save_tls_conn){
		.ends = { *a, *b }, .first = first, .last = last,
		.has_random = info->has_random, .older = find(t, a, b),
	};
	memcpy(conn->random, info->client_random, sizeof(conn->random));
	if (conn->older == HASH_NONE)
		hash_map_add(&t->map, hash, (uint32_t)t->n);
	else
		hash_map_replace(&t->map, hash, conn->older, (uint32_t)t->n);
	t->n++;
}

void
save_tls_learn(struct save_tls *t, const struct streams *s)
{
	const struct tcp_connection *c = NULL;

	for (size_t i = 0; i < s->tls_n; i++) {
		const struct tls_connection *one = &s->tls_list[i];

		add(t, &one->client, &one->server, one->first, one->last, &one->info);
	}
	while ((c = tcp_each(s->tcp, c)) != NULL) {
		const struct channel *ch = c->user;

		if (ch && ch->tls)
			add(t, &c->ends[0], &c->ends[1], c->first, INT64_MAX, tls_info(ch->tls));
	}
}

uint32_t
save_tls_find(const struct save_tls *t, const struct segment *seg)
{
	uint32_t i = t->n > 0 ? find(t, &seg->src, &seg->dst) : HASH_NONE;

	for (; i != HASH_NONE; i = t->list[i].older) {
		const struct save_tls_conn *conn = &t->list[i];

		if (seg->time == TIME_NONE || conn->first == TIME_NONE ||
		    (seg->time >= conn->first && seg->time <= conn->last))
			return i;
	}
	return SAVE_TLS_NONE;
}

void
save_tls_set_add(struct save_tls_set *set, uint32_t i)
{
	size_t word = i / 64, words = set->words;
	uint64_t bit = UINT64_C(1) << i % 64;

	if (word >= words) {
		ARRAY_GROW(set->bits, set->words, word + 1);
		memset(set->bits + words, 0, (set->words - words) * sizeof(*set->bits));
	}
	set->n += !(set->bits[word] & bit);
	set->bits[word] |= bit;
}

void
save_tls_set_release(struct save_tls_set *set)
{
	free(set->bits);
	*set = (struct save_tls_set){ 0 };
}

static int
by_random(const void *a, const void *b)
{
	const struct save_tls_conn *const *x = a, *const *y = b;

	return memcmp((*x)->random, (*y)->random, sizeof((*x)->random));
}

size_t
save_tls_secrets(const struct save_tls *t, const struct save_tls_set *set,
		 const struct tls_keys *keys, struct buf *to)
{
	const struct save_tls_conn **list = xcalloc(set->n + 1, sizeof(*list));
	size_t n = 0, with = 0;
	bool had = false;

	for (size_t w = 0; w < set->words; w++) {
		for (uint64_t word = set->bits[w]; word; word &= word - 1) {
			size_t i = w * 64 + (size_t)__builtin_ctzll(word);

			if (t->list[i].has_random)
				list[n++] = &t->list[i];
		}
	}
	/* One that was captured in several places is there several times. */
	qsort(list, n, sizeof(*list), by_random);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || by_random(&list[i - 1], &list[i]) != 0)
			had = tls_keys_lines(keys, list[i]->random, to) > 0;
		with += had;
	}
	free(list);
	return with;
}

void
save_tls_release(struct save_tls *t)
{
	free(t->list);
	hash_map_release(&t->map);
	*t = (struct save_tls){ 0 };
}
