#include <zlib.h>

#include "capture/gunzip.h"

#include "base/mem.h"

#define GZIP_WINDOW	(15 + 16)	/* largest; with a gzip header only */

struct gunzip {
	z_stream z;
	bool between;	/* a member ended and no other has begun */
};

struct gunzip *
gunzip_new(void)
{
	struct gunzip *g = xcalloc(1, sizeof(*g));

	if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

bool
gunzip_may_end(const struct gunzip *g)
{
	return g->between;
}

enum gunzip_status
gunzip_next(struct gunzip *g, const uint8_t **p, size_t *n, uint8_t *to, size_t room, size_t *made)
{
	enum gunzip_status status = GUNZIP_MORE;

	*made = 0;
	while (*n > 0 && *made < room) {
		size_t in = *n < UINT32_MAX ? *n : UINT32_MAX;
		size_t out = room - *made < UINT32_MAX ? room - *made : UINT32_MAX;
		int r;

		/* Padding or whatever else after a member is not data. */
		if (g->between && **p != 0x1f)
			return GUNZIP_END;
		g->between = false;
		g->z.next_in = (Bytef *)(uintptr_t)*p;
		g->z.avail_in = (uInt)in;
		g->z.next_out = to + *made;
		g->z.avail_out = (uInt)out;
		r = inflate(&g->z, Z_NO_FLUSH);
		*p += in - g->z.avail_in;
		*n -= in - g->z.avail_in;
		*made += out - g->z.avail_out;
		if (r == Z_STREAM_END) {
			g->between = true;
			if (inflateReset(&g->z) != Z_OK)
				return GUNZIP_BAD;
		} else if (r != Z_OK) {
			status = GUNZIP_BAD;
			break;
		}
	}
	return status;
}
