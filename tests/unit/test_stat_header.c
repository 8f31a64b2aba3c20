/* media/stat_header.h, and the numbers of media/report.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "media/stat_header.h"

#define NONE	REPORT_ABSENT
#define MS	NS_PER_MS

static const struct {
	uint8_t id;
	const char *value;
	bool any;
	int64_t packets, lost, jitter, max_jitter, delay;
	double mos_lq, mos_cq;
	int64_t sent, sent_lost, sent_jitter;
	int64_t duration;
} cases[] = {
	{ STAT_HEADER_X, "PS=207;OS=49680;;PR=314;OR=50240;PL=0;JI=600;LA=40;", true,
	  314, 0, 600 * MS, NONE, 40 * MS, NAN, NAN, 207, NONE, NONE, TIME_NONE },
	{ STAT_HEADER_P, "PS=1234,OS=34560,PR=1236,OR=24720,JI=1,DU=1230,PL=3,EN=G711U,DE=G711U,"
	  "MOS=4.0", true,
	  1236, 3, 1 * MS, NONE, NONE, 4.0, NAN, 1234, NONE, NONE, 1230 * NS_PER_S },
	{ STAT_HEADER_P, " PS=0 , OS=0, PR=5429,OR=955504,PL=0,JI=0,LA=0,DU=108", true,
	  5429, 0, 0, NONE, NONE, NAN, NAN, 0, NONE, NONE, 108 * NS_PER_S },
	/* Pairs: received, sent. */
	{ STAT_HEADER_X, "CS=0;CD=30;PR=1375;PS=1476;PL=125,49;PD=1,0;JI=11.2,9.5;"
	  "IP=192.0.2.1:4000,192.0.2.2:6000", true,
	  1375, 125, 11200000, NONE, NONE, NAN, NAN, 1476, 49, 9500000, TIME_NONE },
	{ STAT_HEADER_RX, "Dur=13,Pkt=408,Oct=97680,LatePkt=8,LostPkt=2,AvgJit=1,"
	  "VQMetrics=\"CCR=0.0017;ICR=0.0000;VoRxCodec=PCMU;VoPktSizeMs=30;VoOneWayDelayMs=281;"
	  "maxJitter=12;MOScq=4.21;MOSlq=3.52;network=ethernet\"", true,
	  408, 2, 1 * MS, 12 * MS, 281 * MS, 3.52, 4.21, NONE, NONE, NONE, 13 * NS_PER_S },
	{ STAT_HEADER_RX, "Dur=13,Pkt=657,Oct=113004,LatePkt=0,LostPkt=0,AvgJit=1.000000,"
	  "VQMetrics=\"MLQK=4.5000;MLQKav=4.5000;\r\n MLQKmn=4.5000;SCS=0\"", true,
	  657, 0, 1 * MS, NONE, NONE, 4.5, NAN, NONE, NONE, NONE, 13 * NS_PER_S },
	{ STAT_HEADER_TX, "Dur=13,Pkt=660,Oct=113520", true,
	  NONE, NONE, NONE, NONE, NONE, NAN, NAN, 660, NONE, NONE, 13 * NS_PER_S },
	/* Nothing that is a number, or known, or may be. */
	{ STAT_HEADER_X, "", false, NONE, NONE, NONE, NONE, NONE, NAN, NAN, NONE, NONE, NONE,
	  TIME_NONE },
	{ STAT_HEADER_X, "MOS=127;JI=-3;PR=x;LA=;=;;,,\"", false, NONE, NONE, NONE, NONE, NONE,
	  NAN, NAN, NONE, NONE, NONE, TIME_NONE },
	{ STAT_HEADER_X, "PR=99999999999999999999;XX=3", false, NONE, NONE, NONE, NONE, NONE,
	  NAN, NAN, NONE, NONE, NONE, TIME_NONE },
};

static bool
same(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-9;
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stat_header h;
		bool any = stat_header_parse((enum stat_header_id)cases[i].id,
					     str_of(cases[i].value), &h);
		const struct report *r = &h.received, *t = &h.sent;

		if (any != cases[i].any || r->packets != cases[i].packets ||
		    r->lost != cases[i].lost || r->jitter != cases[i].jitter ||
		    r->max_jitter != cases[i].max_jitter || r->delay != cases[i].delay ||
		    !same(r->mos_lq, cases[i].mos_lq) || !same(r->mos_cq, cases[i].mos_cq) ||
		    t->packets != cases[i].sent || t->lost != cases[i].sent_lost ||
		    t->jitter != cases[i].sent_jitter || h.duration != cases[i].duration)
			fail_msg("case %zu: %s", i, cases[i].value);
		assert_true(t->sender && !r->sender);
	}
}

static void
test_ends(void **state)
{
	struct stat_header h;

	(void)state;
	assert_true(stat_header_parse(STAT_HEADER_X, str_of(cases[3].value), &h));
	assert_int_equal(h.received.from.port, 6000);
	assert_int_equal(h.received.to.port, 4000);
	assert_int_equal(h.sent.from.port, 4000);
	assert_true(stat_header_parse(STAT_HEADER_SIEMENS, STR(
		"TB=1;IPL=192.0.2.1;PTL=4000;IPR=192.0.2.2;PTR=6000;EN=8;DE=0;PR=3"), &h));
	assert_int_equal(h.received.from.port, 6000);
	assert_int_equal(h.received.from.addr.bytes[3], 2);
	assert_true(str_eq(h.encoder, STR("8")) && str_eq(h.decoder, STR("0")));
	assert_string_equal(stat_header_name(STAT_HEADER_RX), "RTP-RxStat");
}

static const struct {
	const char *text;
	bool is;
	double value;
} numbers[] = {
	{ "4.1", true, 4.1 }, { "-2", true, -2 }, { ".5", true, 0.5 }, { "20ms", true, 20 },
	{ "1.", true, 1 }, { "+3", true, 3 }, { "1e9", true, 1 }, { "", false, 0 },
	{ ".", false, 0 }, { "-", false, 0 }, { "x", false, 0 }, { "NaN", false, 0 },
	{ "9999999999999999999999999999", false, 0 }, { "0.33333333333333333333333", true, 1.0 / 3 },
};

static void
test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		double v = 0;

		if (report_number(str_of(numbers[i].text), &v) != numbers[i].is ||
		    !same(v, numbers[i].value))
			fail_msg("%s: %g", numbers[i].text, v);
	}
	assert_int_equal(report_count(STR("12")), 12);
	assert_int_equal(report_count(STR("-1")), REPORT_ABSENT);
	assert_int_equal(report_ms(1.5), 1500000);
	assert_int_equal(report_ms(-1), TIME_NONE);
	assert_int_equal(report_ms(NAN), TIME_NONE);
	assert_true(isnan(report_mos(12.7)) && isnan(report_r_factor(127)));
}

static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str whole = str_of(cases[i].value);

		for (size_t n = 0; n <= whole.n; n++) {
			char *copy = xmalloc(n ? n : 1);
			struct stat_header h;

			if (n > 0)
				memcpy(copy, whole.p, n);
			stat_header_parse((enum stat_header_id)cases[i].id,
					  (struct str){ copy, n }, &h);
			free(copy);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
