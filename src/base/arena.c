/*
 * Counted arenas have small chunks at multiples of their size, so that the chunk of a
 * piece is told by its address. They lie in slabs of 2 MiB that stay; a chunk that is
 * free keeps its address, and loses its memory when there are many.
 */
#include "base/arena.h"

#include <sys/mman.h>

#include "base/mem.h"

#define CHUNK_SIZE	65536u
#define LARGE		((size_t)1 << 20)	/* an arena of that many bytes ... */
#define LARGE_CHUNK	((size_t)2 << 20)	/* ... grows by that many */

#define COUNTED_CHUNK	((size_t)4 << 10)	/* a page: what lives long keeps little else */
#define COUNTED_MAX	(COUNTED_CHUNK / 4)	/* larger pieces are of malloc() */
#define SPARE_WARM	64u			/* free chunks that keep their memory */

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
	free(a->spare);
	*a = (struct arena){ .counted = counted };
}

/* ---- counted ---- */

static void
add_spare(struct arena *a, char *chunk)
{
	ARRAY_GROW(a->spare, a->spare_cap, a->spare_n + 1);
	a->spare[a->spare_n++] = chunk;
}

static void
slab_add(struct arena *a)
{
	/* Its first chunk is its head's. */
	struct arena_slab *slab = pages_alloc(LARGE_CHUNK, LARGE_CHUNK);

	slab->older = a->slabs;
	a->slabs = slab;
	for (size_t at = LARGE_CHUNK - COUNTED_CHUNK; at > 0; at -= COUNTED_CHUNK)
		add_spare(a, (char *)slab + at);
}

static struct counted_chunk *
chunk_of(const char *p)
{
	return (struct counted_chunk *)((uintptr_t)p & ~(uintptr_t)(COUNTED_CHUNK - 1));
}

static void
chunk_spare(struct arena *a, struct counted_chunk *c)
{
	a->bytes -= COUNTED_CHUNK;
	if (a->spare_n >= SPARE_WARM)
		(void)madvise(c, COUNTED_CHUNK, MADV_DONTNEED);
	add_spare(a, (char *)c);
}

/* A chunk that was open and is full is free once its pieces are dropped. */
static void
chunk_open(struct arena *a)
{
	struct counted_chunk *old = a->next ? chunk_of(a->next - 1) : NULL, *c;

	if (a->spare_n == 0)
		slab_add(a);
	c = (struct counted_chunk *)(void *)a->spare[--a->spare_n];
	c->pieces = 0;
	a->bytes += COUNTED_CHUNK;
	a->next = (char *)c + sizeof(max_align_t);
	a->left = COUNTED_CHUNK - sizeof(max_align_t);
	if (old && old->pieces == 0)
		chunk_spare(a, old);
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
take_counted(struct arena *a, size_t size)
{
	char *p;

	if (size > COUNTED_MAX)
		return take_large(a, size);
	/* Nothing at the end of a chunk would have the address of the next one. */
	if (size == 0)
		size = 1;
	if (!a->next || size > a->left)
		chunk_open(a);
	p = a->next;
	a->next += size;
	a->left -= size;
	chunk_of(p)->pieces++;
	return p;
}

void
arena_drop(struct arena *a, const void *p, size_t size)
{
	struct counted_chunk *c = chunk_of(p);

	if (!a->counted)
		BUG("a piece of an arena that does not count");
	/* As arena_alloc() rounds it: what is above is so either way. */
	if (size > COUNTED_MAX) {
		drop_large(a, p);
		return;
	}
	if (c->pieces == 0)
		BUG("a piece of an arena that has none");
	c->pieces--;
	if (c->pieces == 0 && c != chunk_of(a->next - 1))
		chunk_spare(a, c);
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

	if (UNLIKELY(a->counted))
		return take_counted(a, size);
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

	if (skew && a->left >= 8 - skew) {
		a->next += 8 - skew;
		a->left -= 8 - skew;
	} else if (skew) {
		a->left = 0;
	}
	if (size > SIZE_MAX / 2)
		BUG("%zu bytes of an arena", size);
	/* Nothing is 8 bytes too, so that each answer is a place of its own. */
	return take(a, size ? (size + 7) & ~(size_t)7 : 8);
}

char *
arena_bytes(struct arena *a, size_t size)
{
	return take(a, size);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = take(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}
