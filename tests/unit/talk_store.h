/**
 * @file talk_store.h  For tests: RTP put into a store of sip_store.h.
 */
#ifndef TESTS_UNIT_TALK_STORE_H
#define TESTS_UNIT_TALK_STORE_H

#include "sip_store.h"
#include "store/stream.h"

/** Some seconds of 20 ms packets of 160 bytes, one way. Members not named are zero. */
struct media_talk {
	const char *src, *dst;
	uint32_t ssrc;
	uint8_t payload_type;
	double from, to;	/**< ms after the start */
	uint32_t lose_from, lose;	/**< packets, from that one on, that do not come */
	uint16_t sequence;	/**< of the first */
};

/** Add packet @p i of @p talk. */
ATTR_UNUSED static void
media_packet(struct sip_store *t, const struct media_talk *talk, uint32_t i)
{
	uint8_t bytes[172] = { 0x80, talk->payload_type };
	struct net_endpoint src, dst;
	uint16_t sequence = (uint16_t)(talk->sequence + i);
	uint32_t timestamp = i * 160;
	struct media_input in = {
		.src = &src, .dst = &dst, .payload = { (const char *)bytes, sizeof(bytes) },
		.wire_length = sizeof(bytes), .frame = ++t->frames, .ttl = 64,
		.time = SIP_STORE_START + (int64_t)(talk->from * 1e6) + i * 20 * NS_PER_MS,
		.ip_id = (uint16_t)t->frames, .has_ip_id = true,
	};

	if (!net_endpoint_parse(str_of(talk->src), &src) ||
	    !net_endpoint_parse(str_of(talk->dst), &dst))
		BUG("test media of %s", talk->src);
	bytes[2] = (uint8_t)(sequence >> 8);
	bytes[3] = (uint8_t)sequence;
	for (int k = 0; k < 4; k++) {
		bytes[4 + k] = (uint8_t)(timestamp >> (24 - 8 * k));
		bytes[8 + k] = (uint8_t)(talk->ssrc >> (24 - 8 * k));
	}
	store_clock(t->store, in.time);
	if (!store_add_rtp(t->store, &in))
		BUG("test media of %s is none", talk->src);
}

/** Add the packet that @p talk has at @p ms, unless it is lost. */
ATTR_UNUSED static void
media_due(struct sip_store *t, const struct media_talk *talk, double ms)
{
	uint32_t i;

	if (ms < talk->from || ms >= talk->to)
		return;
	i = (uint32_t)((ms - talk->from) / 20);
	if (i < talk->lose_from || i >= talk->lose_from + talk->lose)
		media_packet(t, talk, i);
}

/** Add what @p n of them say, in order of time. */
ATTR_UNUSED static void
media_say(struct sip_store *t, const struct media_talk *talks, size_t n)
{
	double end = 0;

	for (size_t k = 0; k < n; k++)
		if (talks[k].to > end)
			end = talks[k].to;
	for (double ms = 0; ms < end; ms += 20)
		for (size_t k = 0; k < n; k++)
			media_due(t, &talks[k], ms);
}

/** The front of an answered call: INVITE, 200, ACK, with descriptions @p offer and
 * @p answer (NULL: none). Answered at 3000 ms. */
ATTR_UNUSED static void
media_call(struct sip_store *t, const char *call_id, const char *a, const char *b,
	   const char *offer, const char *answer)
{
	sip_store_say(t, 0, a, b, &(struct sip_line){
		"INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "i1", NULL, call_id, offer });
	sip_store_say(t, 1100, b, a, &(struct sip_line){
		"SIP/2.0 180 Ringing", "1 INVITE", "i1", "b1", call_id, NULL });
	sip_store_say(t, 3000, b, a, &(struct sip_line){
		"SIP/2.0 200 OK", "1 INVITE", "i1", "b1", call_id, answer });
	sip_store_say(t, 3040, a, b, &(struct sip_line){
		"ACK sip:bob@b.test SIP/2.0", "1 ACK", "k1", "b1", call_id, NULL });
}

/** Its end. */
ATTR_UNUSED static void
media_bye(struct sip_store *t, double ms, const char *call_id, const char *a, const char *b)
{
	sip_store_say(t, ms, a, b, &(struct sip_line){
		"BYE sip:bob@b.test SIP/2.0", "9 BYE", "y1", "b1", call_id, NULL });
	sip_store_say(t, ms + 10, b, a, &(struct sip_line){
		"SIP/2.0 200 OK", "9 BYE", "y1", "b1", call_id, NULL });
}

/** A description of one audio line. */
#define MEDIA_SDP(address, port, formats, more) \
	"v=0\r\no=- 1 1 IN IP4 " address "\r\ns=-\r\nc=IN IP4 " address "\r\nt=0 0\r\n" \
	"m=audio " port " RTP/AVP " formats "\r\n" more

#endif
