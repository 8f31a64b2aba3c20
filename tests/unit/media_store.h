/** @file media_store.h  For tests: a store that is told of calls and given RTP. */
#ifndef TESTS_UNIT_MEDIA_STORE_H
#define TESTS_UNIT_MEDIA_STORE_H

#include "base/hash.h"
#include "sip_store.h"
#include "store/rtp_ahead.h"

/** One message: "INVITE", or "200 INVITE" for a response; the tag of the From of the
 * request, and of its To ("" for none); lines of a description, NULL for none. */
ATTR_UNUSED static void
media_say(struct sip_store *t, double ms, const char *src, const char *dst, const char *what,
	  const char *call, const char *tags, unsigned cseq, const char *sdp)
{
	const char *method = strchr(what, ' ') ? strchr(what, ' ') + 1 : what;
	size_t from_n = strcspn(tags, "/");
	const char *to = tags[from_n] ? tags + from_n + 1 : "";
	struct buf b = BUF_INIT;

	if (method == what)
		buf_printf(&b, "%s sip:x@y SIP/2.0\r\n", method);
	else
		buf_printf(&b, "SIP/2.0 %.3s Said\r\n", what);
	buf_printf(&b, "Via: SIP/2.0/UDP h;branch=z9hG4bK%s%u%s\r\nFrom: <sip:a@a.test>;tag=%.*s\r\n"
		   "To: <sip:b@b.test>%s%s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n", call, cseq, method,
		   (int)from_n, tags, *to ? ";tag=" : "", to, call, cseq, method);
	if (sdp)
		buf_add_cstr(&b, "Content-Type: application/sdp\r\n");
	buf_printf(&b, "Content-Length: %zu\r\n\r\n%s", sdp ? strlen(sdp) : 0, sdp ? sdp : "");
	sip_store_add(t, ms, src, dst, buf_str(&b), 0);
	buf_release(&b);
}

struct media_packet {
	const char *src, *dst;
	uint32_t ssrc, timestamp;
	uint16_t sequence;
	uint8_t payload_type;
};

#define MEDIA_HEADERS	28u	/* IPv4 and UDP */

/* The headers in front of RTP, as far as somebody looks at them. */
ATTR_UNUSED static void
media_headers(uint8_t *ip, const struct net_endpoint *src, const struct net_endpoint *dst)
{
	memcpy(ip + 12, src->addr.bytes, 4);
	memcpy(ip + 16, dst->addr.bytes, 4);
	ip[20] = (uint8_t)(src->port >> 8);
	ip[21] = (uint8_t)src->port;
	ip[22] = (uint8_t)(dst->port >> 8);
	ip[23] = (uint8_t)dst->port;
}

ATTR_UNUSED static bool
media_send(struct sip_store *t, double ms, const struct media_packet *p)
{
	uint8_t packet[MEDIA_HEADERS + 32] = { 0 }, *bytes = packet + MEDIA_HEADERS;
	struct net_endpoint src, dst;
	struct media_input in = {
		.src = &src, .dst = &dst, .payload = { (const char *)bytes, 32 },
		.wire_length = 172, .frame = ++t->frames,
		.time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};
	struct rtp_ahead ahead = { .in = &in, .time = in.time, .bytes = 160 };
	struct rtp_new new;

	memcpy(bytes, (const uint8_t[]){
		0x80, p->payload_type, (uint8_t)(p->sequence >> 8), (uint8_t)p->sequence,
		(uint8_t)(p->timestamp >> 24), (uint8_t)(p->timestamp >> 16),
		(uint8_t)(p->timestamp >> 8), (uint8_t)p->timestamp, (uint8_t)(p->ssrc >> 24),
		(uint8_t)(p->ssrc >> 16), (uint8_t)(p->ssrc >> 8), (uint8_t)p->ssrc }, 12);
	if (!net_endpoint_parse(str_of(p->src), &src) || !net_endpoint_parse(str_of(p->dst), &dst))
		BUG("test packet of %s", p->src);
	/* As it is done for many, and for one. */
	if (t->frames % 8) {
		if (src.addr.family == NET_IP4) {
			media_headers(packet, &src, &dst);
			ahead.rtp = bytes;
			ahead.kind = RTP_AHEAD_IP4;
		}
		rtp_ahead_put(&ahead, store_rtp_map(t->store));
		store_expect_rtps(t->store, &ahead, 1, &new);
		if (t->frames % 3 == 0) {
			store_expect_new(t->store, &new);
			store_expect_calls(t->store, &new);
		}
		if (store_go_on(t->store, &ahead, 1) == 1)
			return true;
	}
	return store_add_rtp(t->store, &in);
}

/** @p n packets, 20 ms apart, from sequence number @p from on. */
ATTR_UNUSED static void
media_run(struct sip_store *t, double ms, const char *src, const char *dst, uint32_t ssrc,
	  uint8_t payload_type, uint16_t from, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		media_send(t, ms + 20.0 * i, &(struct media_packet){
			src, dst, ssrc, 160 * (from + i), (uint16_t)(from + i), payload_type });
}

/** Two hosts. */
#define MEDIA_A		"192.0.2.1:5060"
#define MEDIA_B		"192.0.2.2:5060"

#define MEDIA_SDP(addr, lines) \
	"v=0\r\no=- 1 1 IN IP4 " addr "\r\ns=-\r\nc=IN IP4 " addr "\r\nt=0 0\r\n" lines

/** An answered call; media at 192.0.2.1:4000 and 192.0.2.2:6000 unless told else. */
ATTR_UNUSED static void
media_call(struct sip_store *t, double ms, const char *call, const char *offer,
	   const char *answer)
{
	if (!offer)
		offer = MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 0 8 101\r\n"
				  "a=rtpmap:101 telephone-event/8000\r\n");
	if (!answer)
		answer = MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8 101\r\n"
				   "a=rtpmap:101 telephone-event/8000\r\n");
	media_say(t, ms, MEDIA_A, MEDIA_B, "INVITE", call, "a", 1, offer);
	media_say(t, ms + 10, MEDIA_B, MEDIA_A, "200 INVITE", call, "a/b", 1, answer);
	media_say(t, ms + 20, MEDIA_A, MEDIA_B, "ACK", call, "a/b", 1, NULL);
}

ATTR_UNUSED static void
media_bye(struct sip_store *t, double ms, const char *call)
{
	media_say(t, ms, MEDIA_A, MEDIA_B, "BYE", call, "a/b", 9, NULL);
	media_say(t, ms + 5, MEDIA_B, MEDIA_A, "200 BYE", call, "a/b", 9, NULL);
}

/** "call/how/side/medium;..." of a stream, best first. Static. */
ATTR_UNUSED static const char *
media_links(const struct sip_store *t, uint32_t stream)
{
	static char text[4096];
	struct buf b = BUF_INIT;
	uint32_t cursor = 0;
	const struct stream_link *l;

	while ((l = store_stream_links(t->store, store_stream(t->store, stream), &cursor))) {
		const char *side = call_side_name(l->side);

		buf_printf(&b, "%s%.*s/%s/%s/%u", b.n ? ";" : "",
			   STR_ARG(call_id(store_call(t->store, l->call))), stream_how_name(l->how),
			   side ? side : "-", l->medium);
	}
	snprintf(text, sizeof(text), "%s", b.n ? b.p : "");
	buf_release(&b);
	return text;
}

#endif
