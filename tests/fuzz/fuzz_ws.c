/*
 * A WebSocket connection. Input: pieces of a byte of flags, two bytes of length
 * and the bytes. Flags: 1 direction, 2 a gap after it (its size in the upper
 * four bits), 4 end. Where there is no gap the same bytes are given again one by
 * one: what was opened by heads must say the same messages.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
drain(struct ws *w, struct buf *log)
{
	struct flow_event ev;

	while (ws_next(w, &ev)) {
		if (ev.stamp_n == 0 || ev.stamps[ev.stamp_n - 1].frame == 0)
			BUG("an event that nothing brought");
		if (ev.dir > 1 || (ev.kind != FLOW_MESSAGE && ev.kind != FLOW_GAP &&
				   ev.kind != FLOW_END))
			BUG("no event of a WebSocket");
		if (ev.kind == FLOW_MESSAGE && ev.bytes.n > 0)
			free(xstrndup(ev.bytes.p, ev.bytes.n));
		if (ev.kind == FLOW_MESSAGE && !ev.cut) {
			buf_printf(log, "%u %zu ", ev.dir, ev.bytes.n);
			buf_add_str(log, ev.bytes);
		}
	}
}

/* @return whether it went by the book: opened by heads, without a flaw. */
static bool
run(const uint8_t *data, size_t size, size_t step, struct buf *log)
{
	struct ws *w = ws_new();
	const struct ws_info *info = ws_info(w);
	uint32_t frame = 1;
	bool good;

	while (size >= 3) {
		uint8_t flags = data[0];
		size_t n = get_be16(data + 1);

		data += 3;
		size -= 3;
		n = n > size ? size : n;
		for (size_t at = 0; at < n; at += step) {
			size_t part = n - at < step ? n - at : step;
			struct stamp s = { .frame = frame++ };
			char *copy = xstrndup((const char *)data + at, part);
			char *exact = xmalloc(part);

			memcpy(exact, copy, part);
			free(copy);
			ws_take(w, flags & 1, (struct str){ exact, part },
				(struct place){ at, 0 }, &s, 1);
			drain(w, log);
			free(exact);
		}
		data += n;
		size -= n;
		if (flags & 2) {
			struct stamp s = { .frame = frame++ };

			ws_gap(w, flags & 1, flags >> 4, &s);
			drain(w, log);
		}
		if (flags & 4)
			break;
	}
	good = info->status == 101 && info->state != WS_OTHER && !info->middle;
	ws_end(w);
	drain(w, log);
	for (size_t i = 0; i < WS_FLAW_COUNT; i++)
		good = good && (info->flaws[i] == 0 || i == WS_FLAW_BIT_DEFLATE);
	ws_free(w);
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, single = BUF_INIT;
	bool a = run(data, size, SIZE_MAX / 2, &whole);
	bool b = run(data, size, 1, &single);

	if (a && b && !str_eq(buf_str(&whole), buf_str(&single)))
		BUG("other messages when cut");
	buf_release(&whole);
	buf_release(&single);
	return 0;
}
