/*
 * An error quotes the beginning of the packet that caused it. Where that reaches
 * into SIP as far as the Call-ID, the call is known for sure; else it is that of
 * the last message seen between the two ends the quote names, or that of the stream there.
 */
#include "app/icmp_in.h"

#include "app/deliver.h"
#include "app/streams.h"
#include "decode/icmp.h"
#include "store/stream.h"

static void
add_what(struct buf *b, const struct store *s, uint8_t method, uint16_t status)
{
	if (status)
		buf_printf(b, " for %u", status);
	else if (method)
		buf_printf(b, " for %.*s", STR_ARG(store_method_name(s, method)));
}

void
icmp_in(struct engine *e, const struct segment *seg)
{
	struct streams *s = e->streams;
	struct icmp_error error;
	const struct segment *quoted = &error.quoted;
	struct delivery d = { .e = e, .seg = seg, .time = TIME_NONE };
	struct buf text = BUF_INIT;
	struct str id = STR_NONE;
	struct sip_scan scan;
	uint32_t last, media;

	if (!icmp_error_read(seg, &error))
		return;
	s->icmp_errors++;
	d.src = &quoted->src;
	d.dst = &quoted->dst;
	d.transport = deliver_transport(quoted->kind);
	buf_printf(&text, "ICMP%s %s", seg->kind == SEGMENT_ICMP6 ? "v6" : "", error.text);
	engine_flush(e);
	if (sip_scan(quoted->payload, SIP_DATAGRAM, &scan) == SIP_SCAN_MESSAGE && scan.call_id.n) {
		id = scan.call_id;
		add_what(&text, e->store, scan.method, scan.status);
	} else if (quoted->kind != SEGMENT_TCP) {
		last = store_path_last(e->store, d.src, d.dst, d.transport, quoted->ip_id,
				       seg->time);
		if (last != MESSAGE_NONE) {
			const struct message *m = store_message(e->store, last);

			id = call_id(store_call(e->store, m->call));
			add_what(&text, e->store, m->method, m->status);
		} else if (quoted->kind == SEGMENT_UDP) {
			media = store_media_refused(e->store, d.src, d.dst);
			if (media != CALL_NONE) {
				id = call_id(store_call(e->store, media));
				buf_add_cstr(&text, " for RTP");
			}
		}
	}
	/* Of a TCP connection it concerns every call that uses it. */
	if (id.n > 0 || quoted->kind == SEGMENT_TCP)
		deliver_event(&d, EVENT_ICMP, id, buf_str(&text));
	s->icmp_tied += id.n > 0;
	buf_release(&text);
}
