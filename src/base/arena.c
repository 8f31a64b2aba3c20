#include "base/arena.h"

#include "base/mem.h"

#define CHUNK_SIZE	65536u
#define LARGE		((size_t)1 << 20)	/* an arena of that many bytes ... */
#define LARGE_CHUNK	((size_t)2 << 20)	/* ... grows by that many */

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

void
arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks;

	while (c) {
		struct arena_chunk *older = c->older;

		chunk_free(c);
		c = older;
	}
	*a = (struct arena)ARENA_INIT;
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
