/*
 * Counted arenas have small chunks at multiples of their size, so that the chunk of a
 * piece is told by its address. They lie in slabs of 2 MiB that stay; a chunk that is
 * free keeps its address, and loses its memory when there are many. Pieces of up to a
 * quarter of a page share pages, so that one that lives long keeps little else. Larger
 * ones have chunks of their own: malloc() would keep what lies between those that stay.
 */
#include "base/arena.h"

#include <sys/mman.h>

#include "base/mem.h"

#define CHUNK_SIZE	65536u
#define LARGE		((size_t)1 << 20)	/* an arena of that many bytes ... */
#define LARGE_CHUNK	((size_t)2 << 20)	/* ... grows by that many */

static const struct pool_kind {
	size_t chunk;		/* bytes of one */
	size_t piece_max;
	size_t warm;		/* free chunks that keep their memory */
} kinds[ARENA_POOLS] = { { 4096, 1024, 64 }, { 65536, 32768, 4 } };

struct arena_slab {
	struct arena_slab *older;
};

/* At the beginning of each of its chunks. */
struct counted_chunk {
	uint32_t pieces;
};

struct arena_chunk {
	struct arena_chunk *older;
	size_t pages;		/* bytes of pages_alloc(); 0: of xmalloc() */
	max_align_t bytes[];
};

static void
chunk_free(struct arena_chunk *c)
{
	if (c->pages)
		pages_free(c, c->pages);
	else
		free(c);
}

/* A chunk with room for @p size bytes, which is how many *room has. */
static struct arena_chunk *
chunk_new(const struct arena *a, size_t size, size_t *room)
{
	struct arena_chunk *c;

	if (a->bytes >= LARGE && size <= LARGE_CHUNK / 4) {
		*room = LARGE_CHUNK - sizeof(*c);
		c = pages_alloc(LARGE_CHUNK, 0);
		c->pages = LARGE_CHUNK;
		return c;
	}
	*room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE - sizeof(*c);
	c = xmalloc(sizeof(*c) + *room);
	c->pages = 0;
	return c;
}

/* Large pieces of counted arenas are the caller's to drop, and leak else: they are kept in a
 * list, each with its place in it. */
struct large_piece {
	struct large_piece *older, *newer;
	size_t size;
	max_align_t bytes[];
};

void
arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks;
	struct arena_slab *slab = a->slabs;
	struct large_piece *large = a->large;
	bool counted = a->counted;

	while (c) {
		struct arena_chunk *older = c->older;

		chunk_free(c);
		c = older;
	}
	while (slab) {
		struct arena_slab *older = slab->older;

		pages_free(slab, LARGE_CHUNK);
		slab = older;
	}
	while (large) {
		struct large_piece *older = large->older;

		free(large);
		large = older;
	}
	for (int i = 0; i < ARENA_POOLS; i++)
		free(a->pools[i].spare);
	*a = (struct arena){ .counted = counted };
}

/* ---- counted ---- */

static void
add_spare(struct arena_pool *p, char *chunk)
{
	ARRAY_GROW(p->spare, p->spare_cap, p->spare_n + 1);
	p->spare[p->spare_n++] = chunk;
}

static void
slab_add(struct arena *a, int kind)
{
	/* Its first chunk is its head's. */
	struct arena_slab *slab = pages_alloc(LARGE_CHUNK, LARGE_CHUNK);
	size_t size = kinds[kind].chunk;

	slab->older = a->slabs;
	a->slabs = slab;
	for (size_t at = LARGE_CHUNK - size; at > 0; at -= size)
		add_spare(&a->pools[kind], (char *)slab + at);
}

static struct counted_chunk *
chunk_of(const char *p, int kind)
{
	return (struct counted_chunk *)((uintptr_t)p & ~(uintptr_t)(kinds[kind].chunk - 1));
}

static void
chunk_spare(struct arena *a, struct counted_chunk *c, int kind)
{
	a->bytes -= kinds[kind].chunk;
	if (a->pools[kind].spare_n >= kinds[kind].warm)
		(void)madvise(c, kinds[kind].chunk, MADV_DONTNEED);
	add_spare(&a->pools[kind], (char *)c);
}

/* A chunk that was open and is full is free once its pieces are dropped. */
static void
chunk_open(struct arena *a, int kind)
{
	struct arena_pool *p = &a->pools[kind];
	struct counted_chunk *old = p->next ? chunk_of(p->next - 1, kind) : NULL, *c;

	if (p->spare_n == 0)
		slab_add(a, kind);
	c = (struct counted_chunk *)(void *)p->spare[--p->spare_n];
	c->pieces = 0;
	a->bytes += kinds[kind].chunk;
	p->next = (char *)c + sizeof(max_align_t);
	p->left = kinds[kind].chunk - sizeof(max_align_t);
	if (old && old->pieces == 0)
		chunk_spare(a, old, kind);
}

/* Which pool a piece is of; ARENA_POOLS: it is too large. As arena_alloc() rounds it: what is
 * above a limit is so either way. */
static int
kind_of(size_t size)
{
	int kind = 0;

	while (kind < ARENA_POOLS && size > kinds[kind].piece_max)
		kind++;
	return kind;
}

static void *
take_large(struct arena *a, size_t size)
{
	struct large_piece *l = xmalloc(sizeof(*l) + size);

	*l = (struct large_piece){ .older = a->large, .size = size };
	if (a->large)
		a->large->newer = l;
	a->large = l;
	a->bytes += sizeof(*l) + size;
	return l->bytes;
}

static void
drop_large(struct arena *a, const void *p)
{
	struct large_piece *l = (struct large_piece *)((uintptr_t)p -
						       offsetof(struct large_piece, bytes));

	if (l->older)
		l->older->newer = l->newer;
	if (l->newer)
		l->newer->older = l->older;
	else
		a->large = l->older;
	a->bytes -= sizeof(*l) + l->size;
	free(l);
}

/* As take(). */
static void *
take_counted(struct arena *a, size_t size, bool aligned)
{
	int kind = kind_of(size);
	struct arena_pool *p = &a->pools[kind < ARENA_POOLS ? kind : 0];
	size_t skew = aligned ? -(uintptr_t)p->next & 7 : 0;
	char *piece;

	if (kind == ARENA_POOLS)
		return take_large(a, size);
	/* Nothing at the end of a chunk would have the address of the next one. */
	if (size == 0)
		size = 1;
	if (!p->next || size + skew > p->left) {
		chunk_open(a, kind);
		skew = 0;
	}
	piece = p->next + skew;
	p->next = piece + size;
	p->left -= size + skew;
	chunk_of(piece, kind)->pieces++;
	return piece;
}

void
arena_drop(struct arena *a, const void *p, size_t size)
{
	int kind = kind_of(size);
	struct counted_chunk *c;

	if (!a->counted)
		BUG("a piece of an arena that does not count");
	if (kind == ARENA_POOLS) {
		drop_large(a, p);
		return;
	}
	c = chunk_of(p, kind);
	if (c->pieces == 0)
		BUG("a piece of an arena that has none");
	c->pieces--;
	if (c->pieces == 0 && c != chunk_of(a->pools[kind].next - 1, kind))
		chunk_spare(a, c, kind);
}

void
arena_drop_str(struct arena *a, struct str s)
{
	arena_drop(a, s.p, s.n + 1);
}

static void *
take(struct arena *a, size_t size)
{
	struct arena_chunk *c;
	size_t room;
	char *p;

	if (a->next && size <= a->left) {
		p = a->next;
		a->next += size;
		a->left -= size;
		return p;
	}

	c = chunk_new(a, size, &room);
	a->bytes += sizeof(*c) + room;
	c->older = a->chunks;
	a->chunks = c;
	p = (char *)c->bytes;
	/* A large piece gets a chunk of its own; the open one stays in use. */
	if (room - size > a->left || !a->next) {
		a->next = p + size;
		a->left = room - size;
	}
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t skew = (size_t)((uintptr_t)a->next & 7);

	if (size > SIZE_MAX / 2)
		BUG("%zu bytes of an arena", size);
	/* Nothing is 8 bytes too, so that each answer is a place of its own. */
	size = size ? (size + 7) & ~(size_t)7 : 8;
	if (UNLIKELY(a->counted))
		return take_counted(a, size, true);
	if (skew && a->left >= 8 - skew) {
		a->next += 8 - skew;
		a->left -= 8 - skew;
	} else if (skew) {
		a->left = 0;
	}
	return take(a, size);
}

char *
arena_bytes(struct arena *a, size_t size)
{
	return UNLIKELY(a->counted) ? take_counted(a, size, false) : take(a, size);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}
