/* query/reported.h: reports of every source beside the streams they are about. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sip_store.h"
#include "base/mem.h"
#include "query/reported.h"

#define X	0x11111111u	/* the caller sends */
#define Y	0x22222222u
#define AT_A	"192.0.2.1:4000"
#define AT_B	"192.0.2.2:6000"

static void
put(struct buf *b, uint32_t word)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_char(b, (char)(word >> shift));
}

static void
send_media(struct store *s, double ms, const char *src, const char *dst, struct str bytes, bool rtcp)
{
	struct net_endpoint from, to;
	struct media_input in = {
		.src = &from, .dst = &to, .payload = bytes, .wire_length = (uint32_t)bytes.n,
		.time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};

	net_endpoint_parse(str_of(src), &from);
	net_endpoint_parse(str_of(dst), &to);
	if (rtcp)
		store_add_rtcp(s, &in);
	else
		store_add_rtp(s, &in);
}

static void
send_rtp(struct store *s, double ms, const char *src, const char *dst, uint32_t ssrc, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct buf b = BUF_INIT;

		put(&b, 0x80080000u | (100 + i));
		put(&b, 160 * i);
		put(&b, ssrc);
		buf_add_chars(&b, '\xd5', 160);
		send_media(s, ms + 20 * i, src, dst, buf_str(&b), false);
		buf_release(&b);
	}
}

static void
say(struct sip_store *t, double ms, const char *src, const char *dst, const char *text)
{
	sip_store_add(t, ms, src, dst, str_of(text), 0);
}

#define HEAD(from, to, id, cseq) \
	"Via: SIP/2.0/UDP h;branch=z9hG4bK" from cseq "\r\nFrom: <sip:a@a.test>;tag=" from "\r\n" \
	"To: <sip:b@b.test>;tag=" to "\r\nCall-ID: " id "\r\nCSeq: " cseq "\r\n"

#define VQ \
	"VQSessionReport: CallTerm\r\nCallID: call-1@test\r\n" \
	"LocalAddr:IP=192.0.2.2 PORT=6000 SSRC=22222222\r\n" \
	"RemoteAddr:IP=192.0.2.1 PORT=4000 SSRC=0x11111111\r\n" \
	"LocalMetrics:\r\nPacketLoss:NLR=3.5 JDR=0.5\r\nQualityEst:MOSLQ=4.1 MOSCQ=127\r\n" \
	"RemoteMetrics:\r\nPacketLoss:NLR=1.0\r\n"

static void
call_with_media(struct sip_store *t)
{
	const struct sip_line invite = { "INVITE sip:bob@b.test SIP/2.0", "1 INVITE", "i1", NULL,
					 "call-1@test", SIP_STORE_SDP_A };

	sip_store_init(t);
	sip_store_say(t, 0, "192.0.2.1:5060", "192.0.2.2:5060", &invite);
	sip_store_say(t, 100, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
		"SIP/2.0 200 OK", "1 INVITE", "i1", "b1", "call-1@test", SIP_STORE_SDP_B });
	send_rtp(t->store, 200, AT_A, AT_B, X, 20);
	send_rtp(t->store, 205, AT_B, AT_A, Y, 10);
}

static const struct stream *
stream_of(const struct store *s, uint32_t i)
{
	return i == STREAM_NONE ? NULL : store_stream(s, i);
}

static const struct reported *
reported_last(const struct reported_list *r, uint32_t stream, enum report_source source,
	      bool sender)
{
	for (size_t i = r->n; i-- > 0;) {
		const struct reported *one = &r->list[i];

		if (one->stream == stream && one->report.source == source &&
		    one->report.sender == sender)
			return one;
	}
	return NULL;
}

static void
test_all(void **state)
{
	struct sip_store t;
	struct query q;
	struct reported_list r = { 0 };
	struct buf b = BUF_INIT;
	const struct reported *one;

	(void)state;
	call_with_media(&t);
	put(&b, 0x81c90007);
	put(&b, Y);
	put(&b, X);
	put(&b, 0x40000005);
	put(&b, 119);
	put(&b, 16);
	put(&b, 0);
	put(&b, 0);
	send_media(t.store, 900, "192.0.2.2:6001", "192.0.2.1:4001", buf_str(&b), true);
	/* An agent tells of a stream that nobody captured. */
	sip_store_event(&t, 950, EVENT_RTCP, AT_B, AT_A, "{\"ssrc\":5,\"type\":201,"
			"\"report_blocks\":[{\"source_ssrc\":6,\"fraction_lost\":0,"
			"\"packets_lost\":7,\"ia_jitter\":1}]}", "call-1@test");
	say(&t, 1000, "192.0.2.2:5060", "192.0.2.1:5060",
	    "BYE sip:a@a.test SIP/2.0\r\n" HEAD("b1", "a1", "call-1@test", "1 BYE")
	    "X-RTP-Stat: PS=10,OS=1600,PR=20,OR=3200,PL=1,JI=2\r\nContent-Length: 0\r\n\r\n");
	/* The same on another hop. */
	say(&t, 1001, "192.0.2.9:5060", "192.0.2.1:5060",
	    "BYE sip:a@a.test SIP/2.0\r\n" HEAD("b1", "a1", "call-1@test", "1 BYE")
	    "X-RTP-Stat: PS=10,OS=1600,PR=20,OR=3200,PL=1,JI=2\r\nContent-Length: 0\r\n\r\n");
	say(&t, 1010, "192.0.2.1:5060", "192.0.2.2:5060",
	    "SIP/2.0 200 OK\r\n" HEAD("b1", "a1", "call-1@test", "1 BYE")
	    "RTP-RxStat: Dur=1,Pkt=9,Oct=1440,LatePkt=0,LostPkt=3,AvgJit=4\r\n"
	    "RTP-TxStat: Dur=1,Pkt=21,Oct=3200\r\nContent-Length: 0\r\n\r\n");
	for (int hop = 0; hop < 2; hop++)
		say(&t, 2000 + hop, hop ? "192.0.2.8:5060" : "192.0.2.2:5060", "192.0.2.7:5060",
		    "PUBLISH sip:c@c.test SIP/2.0\r\n" HEAD("p1", "p2", "other@test", "7 PUBLISH")
		    "Content-Type: application/vq-rtcpxr\r\n\r\n" VQ);
	store_media_end(t.store);

	query_init(&q, t.store);
	reported_gather(&q, store_call(t.store, 0), &r);
	/* RTCP, agent, two of the BYE, two of its answer, two of the PUBLISH. */
	assert_int_equal(r.n, 8);
	assert_int_equal(r.left, 0);
	for (size_t i = 1; i < r.n; i++)
		assert_true(r.list[i - 1].report.time <= r.list[i].report.time);

	one = &r.list[0];
	assert_int_equal(one->report.source, REPORT_RTCP);
	assert_int_equal(stream_of(t.store, one->stream)->ssrc, X);
	assert_int_equal(one->by, CALL_SIDE_CALLEE);
	assert_int_equal(one->report.lost, 5);
	assert_int_equal(one->report.jitter, 2 * NS_PER_MS);

	one = &r.list[1];
	assert_int_equal(one->report.source, REPORT_HEP);
	assert_int_equal(one->stream, STREAM_NONE);
	assert_int_equal(one->report.lost, 7);
	assert_int_equal(one->report.ssrc, 6);

	/* The callee received X and sent Y. */
	for (uint32_t i = 0; i < store_stream_count(t.store); i++) {
		bool x = store_stream(t.store, i)->ssrc == X;

		one = reported_last(&r, i, REPORT_HEADER, !x);
		assert_non_null(one);
		if (x)
			assert_int_equal(one->report.packets, 20);
		else
			assert_int_equal(one->report.packets, 10);
		assert_int_equal(one->by, CALL_SIDE_CALLEE);
		/* And the caller's answer. */
		one = reported_last(&r, i, REPORT_HEADER, x);
		assert_non_null(one);
		if (x)
			assert_int_equal(one->report.packets, 21);
		else
			assert_int_equal(one->report.lost, 3);
		assert_int_equal(one->by, CALL_SIDE_CALLER);
		one = reported_last(&r, i, REPORT_VQ, false);
		assert_non_null(one);
		assert_true(one->report.lost_percent == (x ? 3.5 : 1.0));
		assert_true(isnan(one->report.mos_cq));
		assert_int_equal(one->by, x ? CALL_SIDE_CALLEE : CALL_SIDE_CALLER);
	}
	assert_null(reported_last(&r, 0, REPORT_XR, false));

	/* The PUBLISH itself is a call without media. */
	reported_gather(&q, store_call(t.store, 1), &r);
	assert_int_equal(r.n, 0);
	reported_release(&r);
	query_release(&q);
	buf_release(&b);
	sip_store_release(&t);
}

/* SSRCs in decimals, and a report that names nothing that was seen. */
static void
test_odd(void **state)
{
	struct sip_store t;
	struct query q;
	struct reported_list r = { 0 };

	(void)state;
	call_with_media(&t);
	say(&t, 2000, "192.0.2.2:5060", "192.0.2.7:5060",
	    "NOTIFY sip:c@c.test SIP/2.0\r\n" HEAD("p1", "p2", "other@test", "7 NOTIFY")
	    "Content-Type: multipart/mixed;boundary=x\r\n\r\n"
	    "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
	    "--x\r\nContent-Type: application/vq-rtcpxr\r\n\r\n"
	    "VQIntervalReport\r\nCallID:call-1@test\r\n"
	    "LocalAddr:IP=10.0.0.1 PORT=1 SSRC=1\r\nRemoteAddr:IP=10.0.0.2 PORT=2 SSRC=286331153\r\n"
	    "LocalMetrics:\r\nDelay:IAJ=5\r\nRemoteMetrics:\r\nDelay:IAJ=6\r\n\r\n--x--\r\n");
	query_init(&q, t.store);
	reported_gather(&q, store_call(t.store, 0), &r);
	assert_int_equal(r.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct stream *st = stream_of(t.store, r.list[i].stream);

		if (r.list[i].report.jitter == 5 * NS_PER_MS)
			assert_int_equal(st->ssrc, X);
		else
			assert_null(st);
	}
	reported_release(&r);
	query_release(&q);
	sip_store_release(&t);
}

/* A report that names a stream of the call names one of no call: it is of the call too. */
static void
test_tie(void **state)
{
	struct sip_store t;
	struct buf b = BUF_INIT;
	const struct stream_link *link;
	const struct stream *st;
	uint32_t cursor = 0;

	(void)state;
	call_with_media(&t);
	send_rtp(t.store, 700, "192.0.2.1:25555", "192.0.2.2:27777", 0x33333333, 20);
	st = store_stream(t.store, store_stream_count(t.store) - 1);
	assert_int_equal(st->ssrc, 0x33333333);
	assert_int_equal(store_stream_call(t.store, st), CALL_NONE);
	put(&b, 0x82c9000d);
	put(&b, Y);
	for (int i = 0; i < 2; i++) {
		put(&b, i ? X : 0x33333333);
		for (int w = 0; w < 5; w++)
			put(&b, 0);
	}
	send_media(t.store, 1200, "192.0.2.2:6001", "192.0.2.1:4001", buf_str(&b), true);
	assert_int_equal(store_stream_call(t.store, st), 0);
	link = store_stream_links(t.store, st, &cursor);
	assert_int_equal(link->how, STREAM_HOW_RTCP);
	assert_int_equal(link->side, CALL_SIDE_CALLER);
	buf_release(&b);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_tie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
