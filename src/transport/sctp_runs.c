/*
 * Fragments are kept in runs: those of one message that follow one another. Two
 * maps know the runs by their first and by their last number, so that a fragment
 * finds the one it continues and the one that continues it, in whatever order
 * they come. A run that has both a beginning and an end is a message.
 */
#include "transport/sctp_int.h"

#include "base/mem.h"

#define SIBLINGS_MAX	32u	/* runs that are looked at for the same message */

void
runs_init(struct runs *r)
{
	r->free = NONE;
	r->waiting = r->doomed = (struct list){ NONE, NONE };
}

static void
parts_free(struct part *p)
{
	while (p) {
		struct part *next = p->next;

		free(p);
		p = next;
	}
}

void
runs_release(struct runs *r)
{
	for (size_t i = 0; i < r->n; i++)
		parts_free(r->all[i].head);
	free(r->all);
	hash_map_release(&r->by_first);
	hash_map_release(&r->by_last);
}

/* ---- lists ---- */

static void
list_push(struct runs *r, struct list *l, enum run_list which, uint32_t i)
{
	r->all[i].links[which].prev = l->last;
	r->all[i].links[which].next = NONE;
	if (l->last == NONE)
		l->first = i;
	else
		r->all[l->last].links[which].next = i;
	l->last = i;
}

static void
list_remove(struct runs *r, struct list *l, enum run_list which, uint32_t i)
{
	uint32_t prev = r->all[i].links[which].prev, next = r->all[i].links[which].next;

	if (prev == NONE)
		l->first = next;
	else
		r->all[prev].links[which].next = next;
	if (next == NONE)
		l->last = prev;
	else
		r->all[next].links[which].prev = prev;
}

/* ---- maps ---- */

static uint64_t
key_hash(const struct run_key *key, uint32_t seq)
{
	return hash_bytes(key, sizeof(*key)) ^ hash_u64(seq);
}

static bool
key_eq(const struct run_key *a, const struct run_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static uint32_t
find_by_last(const struct runs *r, const struct run_key *key, uint32_t seq)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&r->by_last, key_hash(key, seq), &cursor)) != HASH_NONE)
		if (r->all[i].last == seq && !r->all[i].ends && key_eq(&r->all[i].key, key))
			return i;
	return NONE;
}

static uint32_t
find_by_first(const struct runs *r, const struct run_key *key, uint32_t seq)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&r->by_first, key_hash(key, seq), &cursor)) != HASH_NONE)
		if (r->all[i].first == seq && !r->all[i].begins && key_eq(&r->all[i].key, key))
			return i;
	return NONE;
}

static void
maps_add(struct runs *r, uint32_t i)
{
	const struct run *run = &r->all[i];

	hash_map_add(&r->by_first, key_hash(&run->key, run->first), i);
	hash_map_add(&r->by_last, key_hash(&run->key, run->last), i);
}

static void
maps_remove(struct runs *r, uint32_t i)
{
	const struct run *run = &r->all[i];

	hash_map_remove(&r->by_first, key_hash(&run->key, run->first), i);
	hash_map_remove(&r->by_last, key_hash(&run->key, run->last), i);
}

/* ---- runs ---- */

static uint32_t
run_new(struct runs *r, struct list *own, const struct run_part *p)
{
	uint32_t i = r->free;

	if (i != NONE) {
		r->free = r->all[i].links[LIST_ALL].next;
	} else {
		ARRAY_GROW(r->all, r->cap, r->n + 1);
		i = (uint32_t)r->n++;
	}
	r->all[i] = (struct run){
		.key = p->key, .first = p->seq, .last = p->seq, .since = p->seg->time,
	};
	list_push(r, &r->waiting, LIST_ALL, i);
	list_push(r, own, LIST_OWN, i);
	return i;
}

void
runs_drop(struct runs *r, uint32_t i)
{
	parts_free(r->all[i].head);
	r->all[i].head = NULL;
	r->all[i].links[LIST_ALL].next = r->free;
	r->free = i;
}

/* It waits no more. */
static void
run_leave(struct runs *r, struct list *own, size_t *bytes, uint32_t i)
{
	maps_remove(r, i);
	list_remove(r, &r->waiting, LIST_ALL, i);
	list_remove(r, own, LIST_OWN, i);
	r->bytes -= r->all[i].bytes;
	*bytes -= r->all[i].bytes;
}

static struct part *
part_new(struct runs *r, const struct run_part *p)
{
	struct part *part = xmalloc(sizeof(*part) + p->bytes.n);

	*part = (struct part){
		.n = (uint32_t)p->bytes.n, .cut = p->cut,
		.stamp = {
			.time = p->seg->time, .at = r->arrivals++,
			.frame = p->seg->frame, .source = p->seg->source,
		},
	};
	if (p->bytes.n > 0)
		memcpy(part->bytes, p->bytes.p, p->bytes.n);
	return part;
}

/* Put run @b behind run @a, and forget @b. */
static void
runs_join(struct runs *r, struct list *own, uint32_t a, uint32_t b)
{
	struct run *to = &r->all[a], *from = &r->all[b];

	list_remove(r, &r->waiting, LIST_ALL, b);
	list_remove(r, own, LIST_OWN, b);
	to->tail->next = from->head;
	to->tail = from->tail;
	to->last = from->last;
	to->ends = from->ends;
	to->bytes += from->bytes;
	if (from->since < to->since)
		to->since = from->since;
	from->head = NULL;
	runs_drop(r, b);
}

uint32_t
runs_add(struct runs *r, struct list *own, size_t *bytes, const struct run_part *p)
{
	uint32_t before = p->begins ? NONE : find_by_last(r, &p->key, p->seq - 1);
	uint32_t after = p->ends ? NONE : find_by_first(r, &p->key, p->seq + 1);
	struct part *part = part_new(r, p);
	struct run *run;
	uint32_t i;

	if (before != NONE)
		maps_remove(r, before);
	if (after != NONE && after != before)
		maps_remove(r, after);
	if (before != NONE) {
		i = before;
		run = &r->all[i];
		run->tail->next = part;
		run->tail = part;
		run->last = p->seq;
		run->ends = p->ends;
		if (after != NONE && after != before)
			runs_join(r, own, before, after);
	} else if (after != NONE) {
		i = after;
		run = &r->all[i];
		part->next = run->head;
		run->head = part;
		run->first = p->seq;
		run->begins = p->begins;
	} else {
		i = run_new(r, own, p);
		run = &r->all[i];
		run->head = run->tail = part;
		run->begins = p->begins;
		run->ends = p->ends;
	}
	run->bytes += part_size(p);
	*bytes += part_size(p);
	r->bytes += part_size(p);
	net_endpoint_copy(&run->src, &p->seg->src);
	net_endpoint_copy(&run->dst, &p->seg->dst);
	maps_add(r, i);
	if (!run->begins || !run->ends)
		return NONE;
	run_leave(r, own, bytes, i);
	return i;
}

void
runs_doom(struct runs *r, struct list *own, size_t *bytes, uint32_t i)
{
	struct run_key key = r->all[i].key;
	uint32_t first = i, next;

	run_leave(r, own, bytes, i);
	list_push(r, &r->doomed, LIST_ALL, i);
	/* Unordered DATA has nothing that tells one message from another. */
	if (key.flags == RUN_UNORDERED)
		return;
	next = own->first;
	for (unsigned n = 0; n < SIBLINGS_MAX && next != NONE; n++) {
		i = next;
		next = r->all[i].links[LIST_OWN].next;
		if (!key_eq(&r->all[i].key, &key))
			continue;
		run_leave(r, own, bytes, i);
		list_push(r, &r->doomed, LIST_ALL, i);
		/* Who has the beginning tells of it. */
		if (r->all[i].begins && !r->all[first].begins) {
			r->all[first].quiet = true;
			first = i;
		} else {
			r->all[i].quiet = true;
		}
	}
}

bool
runs_take_doomed(struct runs *r, uint32_t *i)
{
	while (r->doomed.first != NONE) {
		*i = r->doomed.first;
		list_remove(r, &r->doomed, LIST_ALL, *i);
		if (!r->all[*i].quiet)
			return true;
		runs_drop(r, *i);
	}
	return false;
}

bool
run_text(const struct run *run, struct buf *text)
{
	buf_clear(text);
	for (const struct part *p = run->head; p; p = p->next) {
		buf_add(text, p->bytes, p->n);
		if (p->cut)
			return false;
	}
	return run->begins && run->ends;
}

static int
stamp_cmp(const void *a, const void *b)
{
	const struct stamp *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

size_t
run_stamps(const struct run *run, struct stamp **list, size_t *cap)
{
	struct stamp *s;
	size_t n = 0, kept = 1;

	for (const struct part *p = run->head; p; p = p->next) {
		ARRAY_GROW(*list, *cap, n + 1);
		(*list)[n++] = p->stamp;
	}
	s = *list;
	qsort(s, n, sizeof(*s), stamp_cmp);
	for (size_t i = 1; i < n; i++)
		if (s[i].frame != s[kept - 1].frame || s[i].source != s[kept - 1].source)
			s[kept++] = s[i];
	return kept;
}
