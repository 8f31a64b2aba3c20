/*
 * The decoder on a sequence of records. Input: a byte that chooses the link
 * type; then for each record a byte of flags, two bytes of length and the
 * bytes. Flags: 1 cut by 16 bytes of the wire, 2 a second later, 4 a minute
 * later, 8 take what has expired, 16 the record is raw IP whatever the first
 * byte said.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "decode/decode.h"
#include "decode/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct segment *seg)
{
	const struct segment *q;
	struct icmp_error error;

	if (seg->payload.n > seg->wire_length)
		BUG("more payload than there was");
	if ((seg->flaws & SEGMENT_FLAW_CUT) && seg->payload.n == seg->wire_length)
		BUG("a whole payload is called cut");
	if (seg->tunnels > 8)
		BUG("too many tunnels");
	/* Touch all of it. */
	free(xstrndup(seg->payload.p, seg->payload.n));
	if (!icmp_error_read(seg, &error))
		return;
	q = &error.quoted;
	if (q->payload.n > q->wire_length || q->src.addr.family == NET_NONE ||
	    !error.text[0] || (q->payload.n > 0 && q->payload.p < seg->payload.p) ||
	    q->payload.p + q->payload.n > seg->payload.p + seg->payload.n)
		BUG("a quote of what is not there");
}

static uint64_t
counted(const struct decoder *d)
{
	struct decode_count c;
	uint64_t n = 0;

	for (size_t i = 0; decode_count_at(d, i, &c); i++)
		n += c.kind != DECODE_COUNT_TUNNEL ? c.n : 0;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoder *d = decoder_new();
	struct record rec = { .time = NS_PER_S };
	const char *name;
	struct segment seg;
	uint16_t link = 1;
	uint64_t before;

	decoder_set_fragment_cap(d, 200000);
	if (size > 0) {
		if (!decode_link_at(data[0] % 18, &link, &name))
			link = data[0];
		data++;
		size--;
	}
	while (size >= 3) {
		uint8_t flags = data[0];
		size_t n = get_be16(data + 1);
		uint8_t *copy;
		enum decode_result r;

		data += 3;
		size -= 3;
		if (n > size)
			n = size;
		copy = xmalloc(n > 0 ? n : 1);
		if (n > 0)
			memcpy(copy, data, n);
		data += n;
		size -= n;
		rec.data = copy;
		rec.caplen = (uint32_t)n;
		rec.wirelen = (uint32_t)n + (flags & 1 ? 16 : 0);
		rec.time += flags & 2 ? NS_PER_S : 0;
		rec.time += flags & 4 ? 60 * NS_PER_S : 0;
		rec.link = flags & 16 ? 101 : link;
		rec.frame++;
		before = counted(d);
		r = decode_record(d, &rec, &seg);
		if (r == DECODE_SEGMENT)
			check(&seg);
		else if (r != DECODE_HELD && counted(d) == before)
			BUG("a record ended without a name");
		free(copy);
		while ((flags & 8) && decode_expired(d, rec.time, &seg))
			check(&seg);
	}
	while (decode_expired(d, INT64_MAX, &seg))
		check(&seg);
	if (decode_has_expired(d, INT64_MAX))
		BUG("something is left");
	decoder_free(d);
	return 0;
}
