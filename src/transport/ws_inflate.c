/*
 * permessage-deflate. The window is always of 32 KiB: it reads what any smaller
 * one wrote, so that the window bits which were agreed need not be believed.
 */
#include <zlib.h>

#include "transport/ws_int.h"

#include "base/mem.h"

#define STEP	4096u		/* bytes of room at least */
#define WINDOW	32768u

struct ws_inflate {
	z_stream z;
	bool ended;	/* the last block of all was just read */
};

void
ws_inflate_free(struct ws_inflate *i)
{
	if (!i)
		return;
	inflateEnd(&i->z);
	free(i);
}

static struct ws_inflate *
inflate_new(void)
{
	struct ws_inflate *i = xcalloc(1, sizeof(*i));

	if (inflateInit2(&i->z, -MAX_WBITS) != Z_OK)
		BUG("zlib does not start");
	return i;
}

/* After a block that calls itself the last one the next begins anew, but may
 * refer to what was before (RFC 7692 section 7.2.3.4). */
static bool
inflate_go_on(struct ws_inflate *i)
{
	Bytef *window = xmalloc(WINDOW);
	uInt n = WINDOW;
	bool ok = inflateGetDictionary(&i->z, window, &n) == Z_OK &&
		  inflateReset(&i->z) == Z_OK &&
		  inflateSetDictionary(&i->z, window, n) == Z_OK;

	free(window);
	return ok;
}

/* Give @in to zlib; @start is where the text of the message begins in *out. */
static enum ws_inflate_result
inflate_part(struct ws_inflate *i, struct str in, size_t start, struct buf *out)
{
	Bytef none = 0;

	i->ended = false;
	i->z.next_in = in.n > 0 ? (Bytef *)(uintptr_t)in.p : &none;
	i->z.avail_in = (uInt)in.n;
	for (;;) {
		size_t room = out->n - start >= STEP ? out->n - start : STEP;
		int rc;

		if (room > WS_TEXT_MAX + 1 - (out->n - start))
			room = WS_TEXT_MAX + 1 - (out->n - start);
		i->z.next_out = (Bytef *)buf_reserve(out, room);
		i->z.avail_out = (uInt)room;
		rc = inflate(&i->z, Z_SYNC_FLUSH);
		out->n += room - i->z.avail_out;
		if (out->p)
			out->p[out->n] = '\0';
		if (out->n - start > WS_TEXT_MAX)
			return WS_INFLATE_LONG;
		if (rc == Z_STREAM_END) {
			if (!inflate_go_on(i))
				return WS_INFLATE_BAD;
			i->ended = i->z.avail_in == 0;
			if (i->ended)
				return WS_INFLATE_OK;
			continue;
		}
		if (rc != Z_OK && rc != Z_BUF_ERROR)
			return WS_INFLATE_BAD;
		if (i->z.avail_in == 0 && i->z.avail_out > 0)
			return WS_INFLATE_OK;
		if (rc == Z_BUF_ERROR && i->z.avail_out > 0)
			return WS_INFLATE_BAD;
	}
}

enum ws_inflate_result
ws_inflate_add(struct ws_inflate **i, struct str in, bool whole, struct buf *out)
{
	static const struct str tail = STR_INIT("\x00\x00\xff\xff");
	enum ws_inflate_result r;
	size_t start = out->n;

	if (!*i)
		*i = inflate_new();
	r = inflate_part(*i, in, start, out);
	/* The four bytes that a message ends with are not sent. Where the last
	 * block of all has ended they would begin another. */
	if (r == WS_INFLATE_OK && whole && !(*i)->ended)
		r = inflate_part(*i, tail, start, out);
	if (r != WS_INFLATE_OK) {
		ws_inflate_free(*i);
		*i = NULL;
	}
	return r;
}
