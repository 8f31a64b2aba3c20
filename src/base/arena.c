#include "base/arena.h"

#include "base/mem.h"

#define CHUNK_SIZE	65536u

struct arena_chunk {
	struct arena_chunk *older;
	max_align_t bytes[];
};

void
arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks;

	while (c) {
		struct arena_chunk *older = c->older;

		free(c);
		c = older;
	}
	*a = (struct arena)ARENA_INIT;
}

static void *
take(struct arena *a, size_t size)
{
	struct arena_chunk *c;
	char *p;

	if (a->next && size <= a->left) {
		p = a->next;
		a->next += size;
		a->left -= size;
		return p;
	}

	size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE - sizeof(*c);

	c = xmalloc(sizeof(*c) + room);
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
