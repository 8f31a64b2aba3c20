/* media/rtp.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "media/rtp.h"

#define REST "\x12\x34\x00\x01\x00\x02\xde\xad\xbe\xef"
#define TWO_CSRC "\0\0\0\1\0\0\0\2"
#define EXT_1 "\xbe\xde\x00\x01\x10\x20\x00\x00"

static const struct {
	struct str in;
	uint32_t wire;		/* 0: all of it was captured */
	const char *payload;	/* NULL: no RTP */
	uint32_t length;
	uint16_t flaws;
} cases[] = {
	{ STR_INIT("\x80\x00" REST), 0, "", 0, 0 },
	{ STR_INIT("\x80\x88" REST "abcd"), 0, "abcd", 4, 0 },
	{ STR_INIT("\x82\x00" REST TWO_CSRC "ab"), 0, "ab", 2, 0 },
	{ STR_INIT("\x90\x00" REST EXT_1 "ab"), 0, "ab", 2, 0 },
	{ STR_INIT("\x92\x00" REST TWO_CSRC EXT_1 "ab"), 0, "ab", 2, 0 },
	{ STR_INIT("\xa0\x00" REST "ab\0\x02"), 0, "ab", 2, 0 },
	{ STR_INIT("\xa0\x00" REST "\0\0\0\x04"), 0, "", 0, 0 },
	{ STR_INIT("\xa0\x00" REST "abc\x05"), 0, "abc\x05", 4, RTP_FLAW_PADDING },
	{ STR_INIT("\xa0\x00" REST "abc\0"), 0, NULL, 4, RTP_FLAW_PADDING },
	{ STR_INIT("\xa0\x00" REST), 0, "", 0, RTP_FLAW_PADDING },
	{ STR_INIT("\x8f\x00" REST "abcd"), 0, "abcd", 4, RTP_FLAW_CSRC },
	{ STR_INIT("\x90\x00" REST "abc"), 0, "abc", 3, RTP_FLAW_EXTENSION },
	{ STR_INIT("\x90\x00" REST "\xbe\xde\x00\x02zzzz"), 0, NULL, 8, RTP_FLAW_EXTENSION },
	/* Cut by the capture. */
	{ STR_INIT("\x80\x00" REST "ab"), 172, "ab", 160, 0 },
	{ STR_INIT("\xa0\x00" REST "ab"), 172, "ab", 160, 0 },
	{ STR_INIT("\x82\x00" REST "\0\0"), 180, "", 160, 0 },
	/* None. */
	{ STR_INIT("\x40\x00" REST), 0, NULL, 0, UINT16_MAX },
	{ STR_INIT("\x80\xc8" REST), 0, NULL, 0, UINT16_MAX },
	{ STR_INIT("\x81\xcc" REST), 0, NULL, 0, UINT16_MAX },
	{ STR_INIT(""), 0, NULL, 0, UINT16_MAX },
};

static void
test_table(void **state)
{
	struct rtp rtp;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str in = cases[i].in;
		bool is = rtp_parse(in, cases[i].wire ? cases[i].wire : (uint32_t)in.n, &rtp);

		assert_int_equal(is, cases[i].flaws != UINT16_MAX);
		if (!is)
			continue;
		assert_int_equal(rtp.flaws, cases[i].flaws);
		assert_int_equal(rtp.payload_length, cases[i].length);
		assert_int_equal(rtp.sequence, 0x1234);
		assert_int_equal(rtp.timestamp, 0x00010002);
		assert_int_equal(rtp.ssrc, 0xdeadbeef);
		assert_int_equal(rtp.marker, (uint8_t)in.p[1] >> 7);
		assert_int_equal(rtp.payload_type, in.p[1] & 127);
		if (cases[i].payload)
			assert_true(str_eq(rtp.payload, str_of(cases[i].payload)));
	}
}

static void
check_cut(struct str in, size_t n, uint32_t wire)
{
	char *copy = xmalloc(n ? n : 1);
	struct rtp rtp;

	if (n > 0)
		memcpy(copy, in.p, n);
	if (rtp_parse((struct str){ copy, n }, wire, &rtp)) {
		assert_true(n >= RTP_HEADER);
		assert_true(rtp.payload.n <= n - RTP_HEADER);
		assert_true(rtp.payload.n <= rtp.payload_length);
		assert_true(rtp.payload_length <= (wire > n ? wire : n) - RTP_HEADER);
		assert_true(rtp.payload.n == 0 || rtp.payload.p + rtp.payload.n <= copy + n);
	}
	free(copy);
}

/* As a shorter packet, as one that the capture cut, and with a length that lies. */
static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t n = 0; n <= cases[i].in.n; n++) {
			check_cut(cases[i].in, n, (uint32_t)n);
			check_cut(cases[i].in, n, (uint32_t)cases[i].in.n);
			check_cut(cases[i].in, n, UINT32_MAX);
			check_cut(cases[i].in, n, 0);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
