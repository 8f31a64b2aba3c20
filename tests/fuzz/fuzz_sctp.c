/*
 * SCTP packets. Input: for each a byte of flags, two bytes of length and the bytes
 * from the common header on. Flags: 1 the other direction, 2 cut by 16 bytes of
 * the wire, 4 twenty seconds later, 8 other addresses, 16 the end of the input and
 * on. All is kept within small bounds.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/sctp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
drain(struct sctp *s)
{
	struct net_endpoint src, dst;
	struct flow_event ev;

	while (sctp_next(s, &ev, &src, &dst)) {
		if (ev.stamp_n == 0 || src.addr.family != NET_IP4 || dst.addr.family != NET_IP4)
			BUG("an event that nothing brought");
		for (size_t i = 1; i < ev.stamp_n; i++)
			if (ev.stamps[i].frame <= ev.stamps[i - 1].frame)
				BUG("frames out of order");
		if (ev.dir > 1 || (ev.kind != FLOW_MESSAGE && ev.kind != FLOW_GAP &&
				   ev.kind != FLOW_END && ev.kind != FLOW_RESET))
			BUG("no event of SCTP");
		if (ev.kind == FLOW_MESSAGE && ev.bytes.n > 0)
			free(xstrndup(ev.bytes.p, ev.bytes.n));
		if (ev.text)
			free(xstrdup(ev.text));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sctp *s = sctp_new(&(struct sctp_limits){
		.waiting = 2000, .waiting_all = 3000, .associations = 3,
	});
	struct segment seg = { .kind = SEGMENT_SCTP, .in_record = true };
	struct sctp_stats stats;
	uint8_t a[4] = { 10, 0, 0, 1 }, b[4] = { 10, 0, 0, 2 };

	while (size >= 3) {
		uint8_t flags = data[0];
		size_t n = get_be16(data + 1);
		char *copy;

		data += 3;
		size -= 3;
		n = n > size ? size : n;
		copy = xmalloc(n > 0 ? n : 1);
		memcpy(copy, data, n);
		data += n;
		size -= n;
		a[2] = b[2] = flags & 8 ? 1 : 0;
		net_addr_set_ip4(&seg.src.addr, flags & 1 ? b : a);
		net_addr_set_ip4(&seg.dst.addr, flags & 1 ? a : b);
		seg.src.port = n >= 2 ? get_be16((uint8_t *)copy) : 0;
		seg.dst.port = n >= 4 ? get_be16((uint8_t *)copy + 2) : 0;
		seg.payload = (struct str){ copy, n };
		seg.wire_length = (uint32_t)n + (flags & 2 ? 16 : 0);
		seg.time += flags & 4 ? 20 * NS_PER_S : 1;
		seg.frame++;
		sctp_take(s, &seg);
		drain(s);
		free(copy);
		sctp_stats(s, &stats);
		if (stats.waiting_bytes > 4000 + 65536)
			BUG("more waits than may");
		if (flags & 16) {
			sctp_end(s);
			drain(s);
		}
	}
	sctp_end(s);
	drain(s);
	sctp_stats(s, &stats);
	if (stats.waiting_bytes > 0)
		BUG("something is left");
	sctp_free(s);
	return 0;
}
