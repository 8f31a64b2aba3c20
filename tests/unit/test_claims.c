/* What a description tells of where media comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "store/claim_read.h"

static const char whole[] =
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1/127\r\nt=0 0\r\n"
	"a=sendonly\r\na=group:BUNDLE a v\r\na=fingerprint:sha-256 AA:BB\r\n"
	"m=audio 4000/3 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:a\r\na=rtpmap:111 opus/48000/2\r\n"
	"a=ptime:20\r\na=rtcp:9 IN IP4 192.0.2.9\r\na=rtcp-mux\r\na=ssrc:1 cname:x\r\n"
	"a=candidate:1 1 UDP 1 192.0.2.3 9 typ host\r\na=recvonly\r\n"
	"m=video 0 RTP/AVP 96\r\nc=IN IP6 2001:db8::5\r\na=mid:v\r\n"
	"m=image 4500 udptl t38\r\nc=IN IP4 host.example.com\r\n"
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel";

static void
all_lines(void **state)
{
	static struct told told;
	const uint8_t host[] = { 192, 0, 2, 1 }, rtcp[] = { 192, 0, 2, 9 };
	struct net_addr addr = net_addr_ip4(host), rtcp_addr = net_addr_ip4(rtcp);

	told_read(STR(whole), &told);
	assert_int_equal(told.n, 4);
	assert_true(net_addr_eq(&told.media[0].addr, &addr));
	assert_true(net_addr_eq(&told.media[0].rtcp_addr, &rtcp_addr));
	assert_int_equal(told.media[0].port, 4000);
	assert_int_equal(told.media[0].port_count, 3);
	assert_int_equal(told.media[0].rtcp_port, 9);
	assert_int_equal(told.media[0].ptime_ms, 20);
	assert_int_equal(told.media[0].direction, SDP_RECVONLY);
	assert_int_equal(told.media[0].kind, CODEC_AUDIO);
	assert_int_equal(told.media[0].crypto, 1u << STREAM_CRYPTO_DTLS);
	assert_int_equal(told.media[0].candidates, 1);
	assert_int_equal(told.media[0].ssrcs, 1);
	assert_true(told.media[0].mux && told.media[0].secure && told.media[0].bundled);
	assert_int_equal(told.media[1].direction, SDP_SENDONLY);
	assert_int_equal(told.media[1].addr.family, NET_IP6);
	assert_int_equal(told.media[1].port, 0);
	assert_true(told.media[1].bundled);
	assert_true(told.media[2].fax);
	assert_false(told.media[0].framed);
	assert_int_equal(told.media[2].kind, CODEC_FAX);
	/* A name is not known; what the session said is not of this medium. */
	assert_false(told.media[2].secure);
	assert_false(told.media[3].secure);
	(void)state;
}

/* Where it is cut nothing is read beyond. */
static void
cut_anywhere(void **state)
{
	for (size_t n = 0; n < sizeof(whole); n++) {
		static struct told told;
		char *copy = malloc(n ? n : 1);

		memcpy(copy, whole, n);
		told_read((struct str){ copy, n }, &told);
		assert_true(told.n <= 4);
		free(copy);
	}
	(void)state;
}

static void
addresses(void **state)
{
	static const struct { const char *text; const char *as; } rows[] = {
		{ "192.0.2.1", "192.0.2.1" }, { "255.255.255.255", "255.255.255.255" },
		{ "224.2.1.1/127/3", "224.2.1.1" }, { "2001:db8::1", "2001:db8::1" },
		{ "FF15::101/3", "ff15::101" }, { "256.1.1.1", NULL }, { "1.2.3", NULL },
		{ "1.2.3.4.5", NULL }, { "1..2.3", NULL }, { "", NULL }, { "example.com", NULL },
		{ "1.2.3.", NULL }, { "0001.2.3.4", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf b = BUF_INIT;
		struct net_addr addr;
		bool good = told_addr(str_of(rows[i].text), &addr);

		assert_int_equal(good, rows[i].as != NULL);
		if (good) {
			net_addr_add(&b, &addr);
			assert_string_equal(b.p, rows[i].as);
		}
		buf_release(&b);
	}
	(void)state;
}

/* By the protocol of the medium; a setup attribute need not be there. */
static void
over_tcp(void **state)
{
	static struct told told;

	told_read(STR("c=IN IP4 192.0.2.1\nm=audio 9 TCP/RTP/AVP 0\na=setup:active\n"
		      "m=audio 9 tcp/TLS/RTP/SAVP 0\nm=audio 9 TCP\nm=audio 9 RTP/AVP 0\n"), &told);
	assert_int_equal(told.n, 4);
	assert_true(told.media[0].framed && told.media[1].framed);
	assert_false(told.media[0].secure || told.media[2].framed || told.media[3].framed);
	assert_true(told.media[1].secure);
	(void)state;
}

/* Media beyond those that are kept change nothing of those that are. */
static void
too_many(void **state)
{
	static struct told told;
	struct buf b = BUF_INIT;

	buf_add_cstr(&b, "c=IN IP4 192.0.2.1\n");
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&b, "m=audio %u RTP/AVP 0\na=sendonly\nc=IN IP4 10.0.0.%u\n", 1000 + i, i);
	told_read(buf_str(&b), &told);
	assert_int_equal(told.n, SDP_MEDIA_MAX);
	assert_int_equal(told.media[SDP_MEDIA_MAX - 1].port, 1000 + SDP_MEDIA_MAX - 1);
	assert_int_equal(told.media[SDP_MEDIA_MAX - 1].addr.bytes[3], SDP_MEDIA_MAX - 1);
	buf_release(&b);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lines), cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(addresses), cmocka_unit_test(too_many), cmocka_unit_test(over_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
