/**
 * @file sip_store.h  For tests: a store filled with messages written out, and
 * their text in memory.
 */
#ifndef TESTS_UNIT_SIP_STORE_H
#define TESTS_UNIT_SIP_STORE_H

#include <stdarg.h>

#include "base/err.h"
#include "sip/scan.h"
#include "store/store.h"

/** 2026-03-01 09:00:00 UTC */
#define SIP_STORE_START	(INT64_C(1772355600) * NS_PER_S)

struct sip_store {
	struct store *store;
	struct buf text;
	uint32_t frames;
	uint16_t ip_id;		/**< of the next message; 0: counts up */
	/** How the next messages travel: transport, carrier, node, source, stamps,
	 * place.source, and frame where it is not 0. */
	struct store_input like;
};

ATTR_UNUSED static int
sip_store_read(void *ctx, struct place place, void *to, size_t n, struct err *err)
{
	const struct buf *text = ctx;

	if (place.source == PLACE_NONE || place.offset > text->n || n > text->n - place.offset)
		return err_set(err, "test: nothing there");
	memcpy(to, text->p + place.offset, n);
	return 0;
}

ATTR_UNUSED static void
sip_store_init(struct sip_store *t)
{
	*t = (struct sip_store){ .store = store_new() };
	store_set_reader(t->store, sip_store_read, &t->text);
}

ATTR_UNUSED static void
sip_store_release(struct sip_store *t)
{
	store_free(t->store);
	buf_release(&t->text);
}

/** Add bytes as a datagram at @p ms after the start. @return its index. */
ATTR_UNUSED static uint32_t
sip_store_add(struct sip_store *t, double ms, const char *src, const char *dst, struct str bytes,
	      uint32_t flaws)
{
	struct sip_scan scan;
	struct store_input in = t->like;

	in.scan = &scan;
	in.ttl = 64;
	in.has_ip_id = in.transport == TRANSPORT_UDP && in.carrier == CARRIER_NONE;
	in.place.offset = t->text.n;
	in.frame = in.frame ? in.frame : ++t->frames;
	in.flaws = flaws;
	in.time = SIP_STORE_START + (int64_t)(ms * 1e6);

	if (sip_scan(bytes, SIP_DATAGRAM, &scan) != SIP_SCAN_MESSAGE ||
	    !net_endpoint_parse(str_of(src), &in.src) || !net_endpoint_parse(str_of(dst), &in.dst))
		BUG("test message of %s", src);
	in.ip_id = t->ip_id ? t->ip_id : (uint16_t)t->frames;
	in.length = (uint32_t)(scan.length - scan.start);
	in.place.offset += scan.start;
	buf_add_str(&t->text, bytes);
	store_clock(t->store, in.time);
	return store_add(t->store, &in);
}

struct sip_line {
	const char *start;	/**< "INVITE sip:bob@b SIP/2.0", "SIP/2.0 200 OK" */
	const char *cseq;	/**< "1 INVITE" */
	const char *branch;
	const char *to_tag;	/**< NULL: none */
	const char *call_id;	/**< NULL: "call-1@test" */
	const char *body;	/**< application/sdp; NULL: none */
};

/** The same from parts. */
ATTR_UNUSED static uint32_t
sip_store_say(struct sip_store *t, double ms, const char *src, const char *dst,
	      const struct sip_line *line)
{
	struct buf b = BUF_INIT;
	uint32_t i;

	buf_printf(&b, "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s\r\n"
		   "From: \"Alice\" <sip:alice@a.test>;tag=a1\r\nTo: <sip:bob@b.test>%s%s\r\n"
		   "Call-ID: %s\r\nCSeq: %s\r\n", line->start, line->branch,
		   line->to_tag ? ";tag=" : "", line->to_tag ? line->to_tag : "",
		   line->call_id ? line->call_id : "call-1@test", line->cseq);
	if (line->body)
		buf_add_cstr(&b, "Content-Type: application/sdp\r\n");
	buf_printf(&b, "Content-Length: %zu\r\n\r\n%s", line->body ? strlen(line->body) : 0,
		   line->body ? line->body : "");
	i = sip_store_add(t, ms, src, dst, buf_str(&b), 0);
	buf_release(&b);
	return i;
}

/** Add an event at @p ms after the start. @return its index. */
ATTR_UNUSED static uint32_t
sip_store_event(struct sip_store *t, double ms, enum event_kind kind, const char *src,
		const char *dst, const char *text, const char *call_id)
{
	struct event_input in = {
		.kind = (uint8_t)kind, .transport = t->like.transport,
		.text = str_of(text), .call_id = call_id ? str_of(call_id) : STR_NONE,
		.place = { .source = PLACE_NONE }, .frame = ++t->frames, .source = t->like.source,
		.time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};

	if (!net_endpoint_parse(str_of(src), &in.src) || !net_endpoint_parse(str_of(dst), &in.dst))
		BUG("test event of %s", src);
	return store_add_event(t->store, &in);
}

#define SIP_STORE_SDP_A \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
#define SIP_STORE_SDP_B \
	"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n" \
	"m=audio 6000 RTP/AVP 8\r\na=sendrecv\r\n"

/** An answered call of two hosts, with a retransmitted INVITE: 8 messages. */
ATTR_UNUSED static void
sip_store_call(struct sip_store *t, const char *call_id, const char *a, const char *b)
{
	const struct sip_line invite = {
		"INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "i1", NULL, call_id, SIP_STORE_SDP_A };

	sip_store_say(t, 0, a, b, &invite);
	sip_store_say(t, 500, a, b, &invite);
	sip_store_say(t, 600, b, a, &(struct sip_line){
		"SIP/2.0 100 Trying", "1 INVITE", "i1", NULL, call_id, NULL });
	sip_store_say(t, 1100, b, a, &(struct sip_line){
		"SIP/2.0 180 Ringing", "1 INVITE", "i1", "b1", call_id, NULL });
	sip_store_say(t, 3000, b, a, &(struct sip_line){
		"SIP/2.0 200 OK", "1 INVITE", "i1", "b1", call_id, SIP_STORE_SDP_B });
	sip_store_say(t, 3050, a, b, &(struct sip_line){
		"ACK sip:bob@b.test SIP/2.0", "1 ACK", "k1", "b1", call_id, NULL });
	sip_store_say(t, 63050, a, b, &(struct sip_line){
		"BYE sip:bob@b.test SIP/2.0", "2 BYE", "y1", "b1", call_id, NULL });
	sip_store_say(t, 63060.5, b, a, &(struct sip_line){
		"SIP/2.0 200 OK", "2 BYE", "y1", "b1", call_id, NULL });
}

#endif
