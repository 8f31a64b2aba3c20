#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "sip/sdp_attr.h"

#define assert_str(s, text) \
	do { \
		struct str got_ = (s), want_ = str_of(text); \
		if (!str_eq(got_, want_)) \
			fail_msg("%s is \"%.*s\", not \"%s\"", #s, STR_ARG(got_), (text)); \
	} while (0)

#define HEAD "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

static const char full[] =
	"v=0\r\no=mira 18446744073709551616 3 IN IP6 2001:db8::1\r\ns=talk\r\n"
	"c=IN IP4 192.0.2.1\r\nb=AS:64\r\nt=3034423619 3042462419\r\n"
	"a=group:BUNDLE a0 v1\r\na=ice-lite\r\na=tool:x 1\r\na=setup:actpass\r\n"
	"a=fingerprint:sha-256 AB:cd:01\r\na=inactive\r\na=ice-ufrag:sess\r\n"
	"m=audio 49170/2 RTP/SAVPF 8 0 101\r\ni=talking\r\nc=IN IP4 224.2.1.1/127/3\r\n"
	"c=IN IP4 224.2.2.1/127\r\nb=TIAS:64000\r\n"
	"a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
	"a=ptime:20\r\na=maxptime:40\r\na=sendonly\r\na=rtcp:53020 IN IP6 2001:db8::2\r\n"
	"a=rtcp-mux\r\na=mid:a0\r\na=label:1\r\na=content:main\r\n"
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20 UNENCRYPTED_SRTP\r\n"
	"a=candidate:1 1 UDP 2130706431 192.0.2.1 49170 typ srflx raddr 10.0.0.1 rport 5 "
	"generation 0\r\na=ice-ufrag:med\r\na=ssrc:3735928559 cname:x y\r\n"
	"a=rtpmap:0 opus/48000/2\r\n"
	"m=image 0 udptl t38\r\na=T38FaxVersion:3\r\na=T38MaxBitRate:14400\r\n"
	"a=T38FaxRateManagement:transferredTCF\r\na=T38FaxMaxBuffer:200\r\n"
	"a=T38FaxMaxDatagram:72\r\na=T38FaxUdpEC:t38UDPRedundancy\r\na=T38FaxFillBitRemoval:0\r\n"
	"a=T38FaxTranscodingMMR\r\n";

static void
test_full(void **state)
{
	struct str lines, name, value, rest;
	struct sdp_candidate candidate;
	struct sdp_crypto crypto;
	struct sdp_rtpmap map;
	struct sdp_ssrc ssrc;
	struct sdp_group group;
	struct sdp_media *m;
	struct sdp sdp;

	(void)state;
	if (!sdp_parse(STR(full), &sdp))
		fail_msg("flaws %x", sdp.flaws);
	assert_str(sdp.origin.username, "mira");
	assert_str(sdp.origin.session_id, "18446744073709551616");
	assert_int_equal(sdp.origin.address.kind, SDP_ADDRESS_IP6);
	assert_str(sdp.name, "talk");
	assert_int_equal(sdp.start, 3034423619u);
	assert_int_equal(sdp.stop, 3042462419u);
	assert_true(sdp.ice_lite);
	assert_str(sdp.user_agent, "x 1");
	assert_true(sdp_group_parse(sdp.group, &group));
	assert_str(group.semantics, "BUNDLE");
	assert_str(group.mids, "a0 v1");
	assert_int_equal(sdp.media_count, 2);

	m = &sdp.media[0];
	assert_str(m->type, "audio");
	assert_int_equal(m->port, 49170);
	assert_int_equal(m->port_count, 2);
	assert_str(m->proto, "RTP/SAVPF");
	assert_int_equal(m->format_count, 3);
	assert_str(m->title, "talking");
	assert_true(m->own_address);
	assert_str(m->common.address.text, "224.2.1.1");
	assert_int_equal(m->common.address.ttl, 127);
	assert_int_equal(m->common.address.count, 3);
	assert_int_equal(m->common.addresses, 2);
	assert_int_equal(m->common.direction, SDP_SENDONLY);
	assert_true(sdp_is_hold(m));
	assert_int_equal(m->ptime_ms, 20);
	assert_int_equal(m->maxptime_ms, 40);
	assert_int_equal(m->rtcp.port, 53020);
	assert_str(m->rtcp.address.text, "2001:db8::2");
	assert_true(m->rtcp_mux);
	assert_str(m->mid, "a0");
	assert_str(m->label, "1");
	assert_str(m->content, "main");
	assert_str(m->common.setup, "actpass");
	assert_str(m->common.fingerprint.hash, "sha-256");
	assert_str(m->common.ice_ufrag, "med");
	assert_int_equal(m->crypto_count, 1);
	assert_int_equal(m->candidate_count, 1);
	assert_int_equal(m->ssrc_count, 1);
	assert_true(sdp_rtpmap_find(m, 101, &map));
	assert_str(map.encoding, "telephone-event");
	assert_int_equal(map.clock_rate, 8000);
	assert_true(sdp_rtpmap_find(m, 0, &map));
	assert_str(map.params, "2");
	assert_false(sdp_rtpmap_find(m, 3, &map));
	assert_true(sdp_fmtp_find(m, STR("101"), &value));
	assert_str(value, "0-15");
	assert_false(sdp_fmtp_find(m, STR("8"), &value));
	assert_true(sdp_attr_find(m->text, STR("crypto"), &value));
	assert_true(sdp_crypto_parse(value, &crypto));
	assert_int_equal(crypto.tag, 1);
	assert_str(crypto.suite, "AES_CM_128_HMAC_SHA1_80");
	assert_str(crypto.session_params, "UNENCRYPTED_SRTP");
	assert_true(sdp_attr_find(m->text, STR("candidate"), &value));
	assert_true(sdp_candidate_parse(value, &candidate));
	assert_str(candidate.type, "srflx");
	assert_int_equal(candidate.priority, 2130706431);
	assert_str(candidate.related.text, "10.0.0.1");
	assert_int_equal(candidate.related_port, 5);
	assert_true(sdp_attr_find(m->text, STR("ssrc"), &value));
	assert_true(sdp_ssrc_parse(value, &ssrc));
	assert_int_equal(ssrc.ssrc, 3735928559u);
	assert_str(ssrc.value, "x y");
	for (rest = m->formats; sdp_format_next(&rest, &value);)
		name = value;
	assert_str(name, "101");

	m = &sdp.media[1];
	assert_true(sdp_is_rejected(m));
	assert_false(sdp_is_hold(m));
	assert_false(m->own_address);
	assert_str(m->common.address.text, "192.0.2.1");
	assert_int_equal(m->common.direction, SDP_INACTIVE);
	assert_str(m->common.ice_ufrag, "sess");
	assert_int_equal(m->t38.version, 3);
	assert_int_equal(m->t38.max_bit_rate, 14400);
	assert_int_equal(m->t38.max_buffer, 200);
	assert_int_equal(m->t38.max_datagram, 72);
	assert_str(m->t38.rate_management, "transferredTCF");
	assert_str(m->t38.error_correction, "t38UDPRedundancy");
	assert_false(m->t38.fill_bit_removal);
	assert_true(m->t38.transcoding_mmr);
	lines = sdp.session;
	assert_true(sdp_attr_next(&lines, &name, &value));
	assert_str(name, "group");
}

struct sdp_case {
	const char *text;
	uint32_t flaws;
	unsigned media;
};

static const struct sdp_case cases[] = {
	{ HEAD, 0, 0 },
	{ "v=0\no=- 1 2 IN IP4 192.0.2.1\ns=-\nt=0 0\n\n\n", 0, 0 },
	{ HEAD "c=IN IP4 192.0.2.1\r\nm=audio 1 RTP/AVP 0", 0, 1 },
	{ HEAD "c=IN IP4 host.example.com\r\nm=audio 1 RTP/AVP 0\r\n", 0, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\n", 0, 1 },
	{ HEAD "m=audio 1 RTP/AVP 0\r\n", SDP_FLAW_NO_ADDRESS, 1 },
	{ HEAD "m=audio 1 RTP/AVP 0\r\nc=IN IP6 ::1\r\n", 0, 1 },
	{ "", SDP_FLAW_VERSION | SDP_FLAW_ORIGIN | SDP_FLAW_NAME | SDP_FLAW_TIME, 0 },
	{ "v=1\r\no=- 1 2 IN IP4 h.example\r\ns=-\r\nt=0 0\r\n", SDP_FLAW_VERSION, 0 },
	{ "v=0\r\no=- x 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", SDP_FLAW_ORIGIN, 0 },
	{ "v=0\r\no=- 1 2 IN IP4\r\ns=-\r\nt=0 0\r\n", SDP_FLAW_ORIGIN, 0 },
	{ "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=now\r\n", SDP_FLAW_TIME, 0 },
	{ "o=- 1 2 IN IP4 192.0.2.1\r\nv=0\r\ns=-\r\nt=0 0\r\n", SDP_FLAW_ORDER, 0 },
	{ HEAD "c=IN IP4 300.0.2.1\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "c=IN IP4 ::1\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "c=IN IP5 192.0.2.1\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "c=\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "c=IN IP4 224.1.1.1/300\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "c=IN IP6 ff15::1/3\r\n", 0, 0 },
	{ HEAD "c=IN IP6 ff15::1/3/4\r\n", SDP_FLAW_CONNECTION, 0 },
	{ HEAD "b=AS\r\n", SDP_FLAW_BANDWIDTH, 0 },
	{ HEAD "m=\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio RTP/AVP 0\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio 70000 RTP/AVP 0\r\n", SDP_FLAW_PORT, 1 },
	{ HEAD "m=audio 99999999999 RTP/AVP 0\r\n", SDP_FLAW_PORT, 1 },
	{ HEAD "m=audio -1 RTP/AVP 0\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio 0/x RTP/AVP 0\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio 0 RTP/AVP\r\n", SDP_FLAW_MEDIA, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=rtpmap:300 X/1\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=ptime:20.5\r\n", 0, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=ptime:x\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=rtcp:99999\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=candidate:1\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=candidate:1 1 udp 1 abc.local 9 typ host\r\n", 0, 1 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\na=crypto:x\r\n", SDP_FLAW_ATTRIBUTE, 1 },
	{ HEAD "a=fingerprint:sha-1 A\r\n", SDP_FLAW_ATTRIBUTE, 0 },
	{ HEAD "a=\r\n", SDP_FLAW_ATTRIBUTE, 0 },
	{ HEAD "a=unknown:anything\r\n", 0, 0 },
	{ HEAD "not a line\r\n", SDP_FLAW_LINE, 0 },
	{ HEAD "m=audio 0 RTP/AVP 0\r\nv=0\r\n", SDP_FLAW_ORDER, 1 },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sdp sdp;

		sdp_parse(str_of(cases[i].text), &sdp);
		if (sdp.flaws != cases[i].flaws || sdp.media_count != cases[i].media)
			fail_msg("%s: flaws %x, media %u", cases[i].text, sdp.flaws,
				 sdp.media_count);
	}
	for (unsigned i = 0; i < SDP_FLAW_COUNT; i++)
		assert_non_null(sdp_flaw_defs[i].name);
}

static void
test_hold(void **state)
{
	static const struct {
		const char *lines;
		unsigned port;
		bool hold;
	} holds[] = {
		{ "c=IN IP4 192.0.2.1\r\n", 4000, false },
		{ "c=IN IP4 0.0.0.0\r\n", 4000, true },
		{ "c=IN IP6 ::\r\n", 4000, true },
		{ "c=IN IP4 192.0.2.1\r\na=recvonly\r\n", 4000, false },
		{ "c=IN IP4 192.0.2.1\r\na=inactive\r\n", 4000, true },
		{ "c=IN IP4 0.0.0.0\r\n", 9, false },
		{ "c=IN IP6 ::\r\n", 9, false },
		{ "c=IN IP4 0.0.0.0\r\na=sendonly\r\n", 9, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(holds); i++) {
		char text[256];
		struct sdp sdp;
		int n = snprintf(text, sizeof(text), "%sm=audio %u RTP/AVP 0\r\n%s", HEAD,
				 holds[i].port, holds[i].lines);

		assert_true(sdp_parse((struct str){ text, (size_t)n }, &sdp));
		assert_int_equal(sdp_is_hold(&sdp.media[0]), holds[i].hold);
	}
}

static void
test_many(void **state)
{
	struct buf b = BUF_INIT;
	struct sdp sdp;

	(void)state;
	buf_add_cstr(&b, HEAD "c=IN IP4 192.0.2.1\r\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "m=audio %d RTP/AVP 0\r\na=ptime:x\r\nc=bad\r\n", 1000 + i);
	buf_add_cstr(&b, "m=video 1 RTP/AVP");
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, " %d", i);
	assert_false(sdp_parse(buf_str(&b), &sdp));
	assert_int_equal(sdp.media_count, SDP_MEDIA_MAX);
	assert_int_equal(sdp.media_total, 101);
	assert_true(sdp.flaws & SDP_FLAW_TOO_MANY);
	assert_int_equal(sdp.media[31].port, 1031);
	buf_release(&b);
}

static void
test_every_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(full); n++) {
		char *copy = malloc(n > 0 ? n : 1);
		struct str lines, name, value;
		struct sdp sdp;

		memcpy(copy, full, n);
		sdp_parse((struct str){ copy, n }, &sdp);
		for (uint32_t i = 0; i < sdp.media_count; i++) {
			struct sdp_rtpmap map;

			lines = sdp.media[i].text;
			assert_true(lines.p >= copy && lines.p + lines.n <= copy + n);
			while (sdp_attr_next(&lines, &name, &value))
				sdp_rtpmap_parse(value, &map);
			sdp_is_rejected(&sdp.media[i]);
		}
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full), cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hold), cmocka_unit_test(test_many),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("sdp", tests, NULL, NULL);
}
