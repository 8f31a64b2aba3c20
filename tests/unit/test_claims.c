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

	told_read(STR(whole), NULL, &told);
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
		told_read((struct str){ copy, n }, NULL, &told);
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
		      "m=audio 9 tcp/TLS/RTP/SAVP 0\nm=audio 9 TCP\nm=audio 9 RTP/AVP 0\n"), NULL,
		  &told);
	assert_int_equal(told.n, 4);
	assert_true(told.media[0].framed && told.media[1].framed);
	assert_false(told.media[0].secure || told.media[2].framed || told.media[3].framed);
	assert_true(told.media[1].secure);
	(void)state;
}

static void
same_medium(const struct told_medium *a, const struct told_medium *b)
{
	assert_ptr_equal(a->text.p, b->text.p);
	assert_int_equal(a->text.n, b->text.n);
	assert_ptr_equal(a->formats.p, b->formats.p);
	assert_int_equal(a->formats.n, b->formats.n);
	assert_true(net_addr_eq(&a->addr, &b->addr));
	assert_true(net_addr_eq(&a->rtcp_addr, &b->rtcp_addr));
	assert_true(a->map_hash == b->map_hash);
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->rtcp_port, b->rtcp_port);
	assert_int_equal(a->port_count, b->port_count);
	assert_int_equal(a->ptime_ms, b->ptime_ms);
	assert_int_equal(a->crypto, b->crypto);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->direction, b->direction);
	assert_int_equal(a->own_direction, b->own_direction);
	assert_int_equal(a->mux, b->mux);
	assert_int_equal(a->secure, b->secure);
	assert_int_equal(a->bundled, b->bundled);
	assert_int_equal(a->fax, b->fax);
	assert_int_equal(a->framed, b->framed);
	assert_int_equal(a->candidates, b->candidates);
	assert_int_equal(a->ssrcs, b->ssrcs);
}

static void
read_both(struct str text, struct told_tails *tails)
{
	static struct told plain, told;

	told_read(text, NULL, &plain);
	told_read(text, tails, &told);
	assert_int_equal(plain.n, told.n);
	for (uint32_t i = 0; i < told.n; i++)
		same_medium(&plain.media[i], &told.media[i]);
}

/* What is known of an end makes no difference, whatever stands before it. */
static void
ends_alike(void **state)
{
	static const char *const heads[] = {
		"c=IN IP4 192.0.2.1\r\nm=audio 4000", "c=IN IP4 192.0.2.7\r\nm=audio 4002/2",
		"m=audio 4000", "m=video 4000", "m=image 4000", "m=audio 70000", "m=audio x/y",
		"m=AUDIO 1/0", "a=inactive\r\nm=audio 5", "a=group:BUNDLE a v\r\nm=audio 4000",
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\nm=audio 6",
		"m=video 8 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio 4000", "m=audio",
	};
	static const char *const ends[] = {
		" RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		" RTP/AVP 8 0\r\na=rtpmap:8 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		" RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=ptime:30\r\na=sendonly\r\n",
		" RTP/SAVP 8 0\na=mid:a\na=rtcp-mux\na=ssrc:1 cname:x",
		" RTP/AVP 0\r\nc=IN IP4 198.51.100.4\r\na=rtcp:9 IN IP4 192.0.2.9\r\n\r\n",
		" TCP/RTP/AVP 0\r\na=candidate:1 1 UDP 1 192.0.2.3 9 typ host\r\nx",
		" udptl t38\r\na=T38FaxVersion:0\r\n", "             \r\n      ",
		" RTP/AVP 8 0\r\nm=video 9 RTP/AVP 34\r\na=rtpmap:34 H263/90000\r\n",
	};
	struct told_tails *tails = told_tails_new();
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(heads) * ARRAY_SIZE(ends); i++) {
		size_t end = i / 2 / ARRAY_SIZE(heads), head = i % ARRAY_SIZE(heads);

		buf_clear(&b);
		buf_add_cstr(&b, heads[head]);
		buf_add_cstr(&b, ends[end]);
		read_both(buf_str(&b), tails);
	}
	read_both(STR(whole), tails);
	read_both(STR(whole), tails);
	buf_release(&b);
	free(tails);
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
	told_read(buf_str(&b), NULL, &told);
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
		cmocka_unit_test(addresses), cmocka_unit_test(too_many), cmocka_unit_test(ends_alike),
		cmocka_unit_test(over_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
