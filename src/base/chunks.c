#include "base/chunks.h"

#include <sys/mman.h>

#include "base/mem.h"

#define SMALL_BYTES	((size_t)2 << 20)	/* of the first block, whose pages are small */
#define WANT_LEAST	((size_t)16 << 10)	/* bytes of them that are asked for at once */
#define WANT_MOST	((size_t)64 << 10)

/* What is dropped of a block: of each page how many elements, those counted that lie in it
 * only partly. */
struct chunks_holes {
	uint32_t dropped;	/* of the block */
	uint16_t pages[];
};

static size_t
block_bytes(const struct chunks *c)
{
	return c->size << CHUNKS_SHIFT;
}

static size_t
holes_size(const struct chunks *c)
{
	return sizeof(struct chunks_holes) + block_bytes(c) / CHUNKS_PAGE * sizeof(uint16_t);
}

void
chunks_init(struct chunks *c, size_t size)
{
	*c = (struct chunks){ .size = size };
}

void
chunks_release(struct chunks *c)
{
	size_t count = ((size_t)c->n + CHUNKS_MASK) >> CHUNKS_SHIFT;

	for (size_t i = 0; i < count; i++) {
		if (c->blocks[i] != c->hollow)
			pages_free(c->blocks[i], block_bytes(c));
		if (c->holes)
			free(c->holes[i]);
	}
	if (c->hollow)
		munmap(c->hollow, block_bytes(c));
	free(c->blocks);
	free(c->holes);
	chunks_init(c, c->size);
}

static void
block_add(struct chunks *c)
{
	size_t block = c->n >> CHUNKS_SHIFT, had = c->cap;

	if (c->n >= UINT32_MAX - (CHUNKS_MASK + 1))
		BUG("more than 2^32 elements of %zu bytes", c->size);
	ARRAY_GROW(c->blocks, c->cap, block + 1);
	if (c->holes && c->cap > had) {
		c->holes = xreallocarray(c->holes, c->cap, sizeof(*c->holes));
		memset(c->holes + had, 0, (c->cap - had) * sizeof(*c->holes));
	}
	c->blocks[block] = pages_alloc(block_bytes(c), block == 0 ? 1 : 0);
}

/* Small pages are asked for ahead, the more the more there are. */
static void
want_more(struct chunks *c)
{
	uint32_t end = (c->n | CHUNKS_MASK) + 1;	/* of the block */
	size_t used = c->n * c->size, more = used / 2;

	c->ready = end;
	if (used >= SMALL_BYTES)
		return;
	more = more < WANT_LEAST ? WANT_LEAST : more < WANT_MOST ? more : WANT_MOST;
	more = (more + c->size - 1) / c->size;
	if (more < end - c->n)
		c->ready = c->n + (uint32_t)more;
	pages_want(c->blocks[0] + used, (c->ready - c->n) * c->size);
}

void
chunks_grow(struct chunks *c)
{
	if ((c->n & CHUNKS_MASK) == 0)
		block_add(c);
	want_more(c);
}

/* ---- dropping ---- */

static struct chunks_holes *
holes_get(struct chunks *c, size_t block)
{
	if (!c->holes)
		c->holes = xcalloc(c->cap, sizeof(*c->holes));
	if (!c->holes[block]) {
		c->holes[block] = xcalloc(1, holes_size(c));
		c->holes_bytes += holes_size(c);
	}
	return c->holes[block];
}

/* Instead of a block of which all is dropped: zeroes, of which there is one page. */
static void
give_back_block(struct chunks *c, size_t block)
{
	size_t bytes = block_bytes(c);

	if (!c->hollow) {
		void *p = mmap(NULL, bytes, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (p == MAP_FAILED)
			return;
		c->hollow = p;
	}
	pages_free(c->blocks[block], bytes);
	c->blocks[block] = c->hollow;
	free(c->holes[block]);
	c->holes[block] = NULL;
	c->holes_bytes -= holes_size(c);
}

/* Elements that lie in a page of a block, or reach into it. */
static uint32_t
page_elements(const struct chunks *c, size_t page)
{
	size_t from = page * CHUNKS_PAGE, to = from + CHUNKS_PAGE - 1;

	return (uint32_t)(to / c->size - from / c->size) + 1;
}

void
chunks_drop(struct chunks *c, uint32_t i)
{
	size_t block = i >> CHUNKS_SHIFT, at = (size_t)(i & CHUNKS_MASK) * c->size;
	struct chunks_holes *h;

	if (i >= c->n || c->size % 8 != 0 || c->blocks[block] == c->hollow)
		BUG("element %u of %u, of %zu bytes, to be dropped", i, c->n, c->size);
	h = holes_get(c, block);
	memset(c->blocks[block] + at, 0, c->size);
	for (size_t page = at / CHUNKS_PAGE; page <= (at + c->size - 1) / CHUNKS_PAGE; page++) {
		uint32_t all = page_elements(c, page);

		if (h->pages[page] >= all)
			BUG("element %u is dropped twice", i);
		if (++h->pages[page] < all)
			continue;
		/* Zeroes they are anyway. */
		(void)madvise(c->blocks[block] + page * CHUNKS_PAGE, CHUNKS_PAGE, MADV_DONTNEED);
		c->pages_gone++;
	}
	if (++h->dropped == CHUNKS_MASK + 1)
		give_back_block(c, block);
}

uint32_t
chunks_skip(const struct chunks *c, uint32_t i)
{
	while (i < c->n && c->holes) {
		size_t block = i >> CHUNKS_SHIFT, at = (size_t)(i & CHUNKS_MASK) * c->size;
		size_t page = at / CHUNKS_PAGE;
		uint32_t next;

		if (c->blocks[block] == c->hollow) {
			i = (i | CHUNKS_MASK) + 1;
			continue;
		}
		if (!c->holes[block] || c->holes[block]->pages[page] < page_elements(c, page))
			break;
		/* The first one that reaches into the next page. */
		next = (uint32_t)(block << CHUNKS_SHIFT) +
			(uint32_t)((page + 1) * CHUNKS_PAGE / c->size);
		i = next > i ? next : i + 1;
	}
	return i < c->n ? i : c->n;
}

size_t
chunks_memory(const struct chunks *c)
{
	size_t used = (size_t)(c->n >> CHUNKS_SHIFT) * (block_bytes(c) / CHUNKS_PAGE) +
		((size_t)(c->n & CHUNKS_MASK) * c->size + CHUNKS_PAGE - 1) / CHUNKS_PAGE;

	return (used - c->pages_gone) * CHUNKS_PAGE + c->holes_bytes +
		c->cap * (sizeof(*c->blocks) + (c->holes ? sizeof(*c->holes) : 0));
}
