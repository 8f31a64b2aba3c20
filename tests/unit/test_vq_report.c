/* media/vq_report.h */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "media/vq_report.h"

/* The values of the example in RFC 6035 section 4.7. */
#define SESSION \
	"VQSessionReport: CallTerm\r\n" \
	"CallID: 6dg37f1890463\r\n" \
	"LocalID: Alice <sip:alice@example.org>\r\n" \
	"RemoteID: Bill <sip:bill@example.net>\r\n" \
	"OrigID: Alice <sip:alice@example.org>\r\n" \
	"LocalGroup: example-phones-5671\r\n" \
	"RemoteGroup: example-gateways-09871\r\n" \
	"LocalAddr: IP=10.10.1.100 PORT=5000 SSRC=1a3b5c7d\r\n" \
	"LocalMAC: 00:1f:5b:cc:21:0f\r\n" \
	"RemoteAddr:IP=11.1.1.150 PORT=5002 SSRC=0x2468abcd\r\n" \
	"RemoteMAC: 00:26:08:8e:95:02\r\n" \
	"LocalMetrics:\r\n" \
	"Timestamps:START=2004-10-10T18:23:43Z STOP=2004-10-01T18:26:02Z\r\n" \
	"SessionDesc:PT=18 PD=G729 SR=8000 FD=20 FO=20 FPP=2 PPS=50\r\n" \
	" FMTP=\"annexb=no; PT=99\" PLC=3 SSUP=on\r\n" \
	"JitterBuffer:JBA=3 JBR=2 JBN=40 JBM=80 JBX=120\r\n" \
	"PacketLoss:NLR=5.0 JDR=2.0\r\n" \
	"BurstGapLoss:BLD=0 BD=0 GLD=2.0 GD=500 GMIN=16\r\n" \
	"Delay:RTD=200 ESD=140 SOWD=200 IAJ=2 MAJ=10\r\n" \
	"Signal:SL=-18 NL=-50 RERL=55\r\n" \
	"QualityEst:RLQ=90 RCQ=85 EXTRI=90 MOSLQ=4.2 MOSCQ=4.3\r\n" \
	" QoEEstAlg=P.564\r\n"

#define REMOTE \
	"RemoteMetrics:\r\n" \
	"Timestamps:START=2004-10-10T18:23:43Z STOP=2004-10-01T18:26:02Z\r\n" \
	"PacketLoss:NLR=1.5 JDR=127\r\n" \
	"Delay:RTD=0 ESD=0 IAJ=0\r\n" \
	"QualityEst:RLQ=127 RCQ=127 MOSLQ=127 MOSCQ=5.1\r\n" \
	"DialogID:1890463548@alice.example.org;to-tag=8472761;\r\n" \
	" from-tag=9123dh311\r\n"

static void
assert_end(const struct net_endpoint *e, const char *want)
{
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, e);
	assert_string_equal(buf_cstr(&b), want);
	buf_release(&b);
}

static bool
is_text(struct str s, const char *want)
{
	return str_eq(s, str_of(want));
}

static void
test_session(void **state)
{
	struct vq_report vq;
	const struct report *r = &vq.local.report;

	(void)state;
	assert_true(vq_report_parse(STR(SESSION REMOTE), &vq));
	assert_int_equal(vq.kind, VQ_SESSION);
	assert_true(is_text(vq.type, "CallTerm"));
	assert_true(is_text(vq.call_id, "6dg37f1890463"));
	assert_true(is_text(vq.local_id, "Alice <sip:alice@example.org>"));
	assert_true(str_starts(vq.dialog_id, STR("1890463548@alice")));
	assert_true(vq.local.present && vq.remote.present);
	assert_true(is_text(vq.local.codec, "G729"));
	assert_int_equal(vq.local.payload_type, 18);
	assert_int_equal(vq.local.sample_rate, 8000);
	assert_int_equal(vq.local.frame_ms, 20);
	assert_true(is_text(vq.local.start, "2004-10-10T18:23:43Z"));

	/* It tells of what it received. */
	assert_end(&r->from, "11.1.1.150:5002");
	assert_end(&r->to, "10.10.1.100:5000");
	assert_true(r->has_ssrc && r->ssrc == 0x2468abcd);
	assert_int_equal(r->source, REPORT_VQ);
	assert_true(r->lost_percent == 5.0 && r->discard_percent == 2.0);
	assert_true(r->burst_density == 0 && r->gap_density == 0.02);
	assert_int_equal(r->gap_duration, 500 * NS_PER_MS);
	assert_int_equal(r->round_trip, 200 * NS_PER_MS);
	assert_int_equal(r->end_system, 140 * NS_PER_MS);
	assert_int_equal(r->delay, 200 * NS_PER_MS);
	assert_int_equal(r->jitter, 2 * NS_PER_MS);
	assert_int_equal(r->max_jitter, 10 * NS_PER_MS);
	assert_true(r->r_factor == 85);
	assert_true(fabs(r->mos_lq - 4.2) < 1e-9 && fabs(r->mos_cq - 4.3) < 1e-9);
	assert_int_equal(r->packets, REPORT_ABSENT);

	/* What is unavailable is absent. */
	r = &vq.remote.report;
	assert_end(&r->from, "10.10.1.100:5000");
	assert_true(r->has_ssrc && r->ssrc == 0x1a3b5c7d);
	assert_true(r->lost_percent == 1.5 && isnan(r->discard_percent));
	assert_int_equal(r->round_trip, TIME_NONE);
	assert_int_equal(r->jitter, 0);
	assert_true(isnan(r->r_factor) && isnan(r->mos_lq) && isnan(r->mos_cq));
}

/* As it was before the RFC: ends within the metrics, SSRCs in decimals. */
static void
test_old(void **state)
{
	struct vq_report vq;

	(void)state;
	assert_true(vq_report_parse(STR(
		"VQIntervalReport\nLocalMetrics:\nTimeStamps:START=a STOP=b\n"
		"CallID:785c@192.0.2.52\nLocalAddr:IP=192.0.2.51 PORT=2270 SSRC=4209273062\n"
		"RemoteAddr:IP=2001:db8::1 PORT=2298 SSRC=35369613\n"
		"Delay:RTD=3 ESD=239 OWD=240 IAJ=0\n"
		"RemoteMetrics:\nLocalAddr:IP=192.0.2.9 PORT=1 SSRC=0x1\n"
		"RemoteAddr:IP=192.0.2.8 PORT=2 SSRC=zz\nPacketLoss:NLR=2\n"), &vq));
	assert_int_equal(vq.kind, VQ_INTERVAL);
	assert_true(is_text(vq.call_id, "785c@192.0.2.52"));
	assert_end(&vq.local.report.from, "[2001:db8::1]:2298");
	assert_end(&vq.local.report.to, "192.0.2.51:2270");
	assert_int_equal(vq.local.report.ssrc, 0x35369613);
	assert_true(vq.local.may_be_decimal && vq.local.ssrc_decimal == 35369613);
	assert_int_equal(vq.local.report.delay, 240 * NS_PER_MS);
	assert_end(&vq.remote.report.from, "192.0.2.8:2");
	assert_false(vq.remote.report.has_ssrc);
}

/* Colons for equals signs, as a generator of HEP has them. */
static void
test_colons(void **state)
{
	struct vq_report vq;

	(void)state;
	assert_true(vq_report_parse(STR(
		"VQIntervalReport\nLocalMetrics:\nSessionDesc:PT=124 PD=opus SR=48000\nCallID:c@a\n"
		"LocalAddr:IP:192.0.2.55 PORT:30539\nLocalMAC:99:e6:ba:df:7b:dd\n"
		"RemoteAddr:IP:2001:db8::23 PORT:7079\nPacketLoss:NLR=8.0\nDelay:IAJ=93\n"), &vq));
	assert_end(&vq.local.report.to, "192.0.2.55:30539");
	assert_end(&vq.local.report.from, "[2001:db8::23]:7079");
	assert_false(vq.local.report.has_ssrc);
	assert_true(vq.local.report.lost_percent == 8.0);
	assert_int_equal(vq.local.report.jitter, 93 * NS_PER_MS);
	assert_false(vq.remote.present);
}

/* Equals signs for colons, in the line that names the call above all. */
static void
test_equals(void **state)
{
	struct vq_report vq;

	(void)state;
	assert_true(vq_report_parse(STR(
		"VQSessionReport\r\nCallID=203286@192.0.2.51\r\nLocalID: <sip:1000@192.0.2.51>\r\n"
		"LocalAddr: IP=192.0.2.51 Port=6000 SSRC=0x54c62a13\r\n"
		"RemoteAddr: IP=192.0.2.52 Port=6002 SSRC=0x243220dd\r\nLocalGroup:\r\n"
		"LocalMetrics:\r\nDelay: RTD=0 ESD=11\r\nQualityEst: RLQ=93 MOSLQ=4.1\r\n"), &vq));
	assert_true(is_text(vq.call_id, "203286@192.0.2.51"));
	assert_end(&vq.local.report.from, "192.0.2.52:6002");
	assert_int_equal(vq.local.report.ssrc, 0x243220dd);
	assert_int_equal(vq.local.report.end_system, 11 * NS_PER_MS);
	assert_true(vq.local.report.r_factor == 93);
}

static const struct {
	const char *body;
	bool is;
	const char *call_id;
} cases[] = {
	{ "VQSessionReport\nCallID=a:b=c\n", true, "a:b=c" },
	{ "", false, "" },
	{ "\r\n\r\n", false, "" },
	{ "VQAlertReport: Type=NLR Severity=Critical Dir=local\r\nCallID:x\r\n", true, "x" },
	{ "\r\nvqsessionreport : CallTerm\nCallID :  y \n", true, "y" },
	{ "VQSessionReport\r\nCallID:\r\n folded\r\n", true, "folded" },
	{ "VQSessionReport\nLocalMetrics:\nDelay:RTD=\"\nCallID:z", true, "z" },
	{ "VQSomething: x\r\nCallID:x\r\n", false, "" },
	{ "v=0\r\n", false, "" },
};

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vq_report vq;
		struct str body = str_of(cases[i].body);

		if (vq_report_parse(body, &vq) != cases[i].is ||
		    !is_text(vq_report_call_id(body), cases[i].call_id) ||
		    !is_text(vq.call_id, cases[i].call_id))
			fail_msg("%s", cases[i].body);
	}
}

static void
test_cuts(void **state)
{
	const struct str whole = STR(SESSION REMOTE);

	(void)state;
	for (size_t n = 0; n <= whole.n; n++) {
		char *copy = xmalloc(n ? n : 1);
		struct vq_report vq;

		memcpy(copy, whole.p, n);
		if (vq_report_parse((struct str){ copy, n }, &vq))
			assert_true(n >= 15);
		vq_report_call_id((struct str){ copy, n });
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_colons),
		cmocka_unit_test(test_equals),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
