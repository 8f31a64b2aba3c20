/* media/rtcp_xr.h: layouts of RFC 3611 section 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "media/rtcp_xr.h"

/* 100 to 160: 30 ones, 7 zeros in 15 bits, 15 zeros, a null. */
#define LOSS "\x01\x00\x00\x04\x00\x00\x00\x06\x00\x64\x00\xa0\x40\x1e\xd5\x55\x00\x0f\x00\x00"
/* 65520 to 16 with one of two told of: 16 of 32. */
#define DUPLICATES "\x02\x01\x00\x03\x00\x00\x00\x06\xff\xf0\x00\x10\x7f\xff\x00\x00"
#define TIMES "\x03\x00\x00\x04\x00\x00\x00\x06\x00\x01\x00\x03\x00\x00\x03\xe8\x00\x00\x04\x88"
#define RRTR "\x04\x00\x00\x02\xd9\x9a\x00\x01\x80\x00\x00\x00"
#define DLRR "\x05\x00\x00\x06\x00\x00\x00\x07\x00\x01\x80\x00\x00\x01\x00\x00" \
	"\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00"
#define SUMMARY "\x06\xe8\x00\x09\x00\x00\x00\x06\x00\x01\x00\x65\x00\x00\x00\x03" \
	"\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x28\x00\x00\x00\x09\x00\x00\x00\x04" \
	"\x3c\x40\x3e\x01"
#define VOIP "\x07\x00\x00\x08\x00\x00\x00\x06\x05\x02\x64\x03\x00\x78\x0b\xb8" \
	"\x00\x50\x00\x3c\xec\xba\x37\x10\x55\x7f\x29\x7f\x60\x00\x00\x28\x00\x50\x00\x78"
#define ALL LOSS DUPLICATES TIMES RRTR DLRR SUMMARY VOIP

static bool
start(struct rtcp_xr_walk *walk, struct str body)
{
	struct rtcp_part part = { .type = RTCP_XR, .body = body };

	return rtcp_xr_start(walk, &part);
}

static struct rtcp_xr_block
block_of(struct str block, uint32_t *flaws)
{
	struct buf b = BUF_INIT;
	struct rtcp_xr_walk walk;
	struct rtcp_xr_block found;

	buf_add(&b, "\x00\x00\x00\x05", 4);
	buf_add_str(&b, block);
	assert_true(start(&walk, buf_str(&b)));
	assert_int_equal(walk.ssrc, 5);
	assert_true(rtcp_xr_next(&walk, &found));
	*flaws = walk.flaws;
	/* The bytes in the table live longer. */
	found.body.p = block.p + 4;
	buf_release(&b);
	return found;
}

static void
test_blocks(void **state)
{
	struct rtcp_xr_block b;
	struct rtcp_xr_rle rle;
	struct rtcp_xr_dlrr dlrr;
	struct rtcp_xr_summary sum;
	struct rtcp_xr_voip voip;
	uint32_t middle, flaws;

	(void)state;
	b = block_of(STR(LOSS), &flaws);
	assert_int_equal(flaws, 0);
	assert_int_equal(b.type, RTCP_XR_LOSS_RLE);
	assert_true(rtcp_xr_rle(&b, &rle));
	assert_int_equal(rle.ssrc, 6);
	assert_int_equal(rle.ones, 30 + 8);
	assert_int_equal(rle.zeros, 7 + 15);
	assert_false(rtcp_xr_voip(&b, &voip));

	/* A run longer than the numbers it is of. */
	b = block_of(STR(DUPLICATES), &flaws);
	assert_true(rtcp_xr_rle(&b, &rle));
	assert_int_equal(rle.thinning, 1);
	assert_int_equal(rle.ones, 16);
	assert_int_equal(rle.zeros, 0);

	b = block_of(STR(TIMES), &flaws);
	assert_int_equal(b.type, RTCP_XR_RECEIPT_TIMES);
	assert_int_equal(get_be32((const uint8_t *)b.body.p + 8 + 4), 1160);

	b = block_of(STR(RRTR), &flaws);
	assert_true(rtcp_xr_rrtr(&b, &middle));
	assert_int_equal(middle, 0x00018000);

	b = block_of(STR(DLRR), &flaws);
	assert_true(rtcp_xr_dlrr(&b, 0, &dlrr));
	assert_int_equal(dlrr.ssrc, 7);
	assert_int_equal(dlrr.lrr, 0x00018000);
	assert_int_equal(dlrr.dlrr, 65536);
	assert_true(rtcp_xr_dlrr(&b, 1, &dlrr));
	assert_false(rtcp_xr_dlrr(&b, 2, &dlrr));

	b = block_of(STR(SUMMARY), &flaws);
	assert_true(rtcp_xr_summary(&b, &sum));
	assert_true(sum.has_lost && sum.has_duplicates && sum.has_jitter);
	assert_int_equal(sum.lost, 3);
	assert_int_equal(sum.duplicates, 1);
	assert_int_equal(sum.max_jitter, 40);
	assert_int_equal(sum.mean_jitter, 9);
	assert_int_equal(sum.dev_jitter, 4);
	assert_int_equal(sum.ttl, 1);
	assert_int_equal(sum.mean_ttl, 62);

	b = block_of(STR(VOIP), &flaws);
	assert_true(rtcp_xr_voip(&b, &voip));
	assert_int_equal(voip.loss_rate, 5);
	assert_int_equal(voip.discard_rate, 2);
	assert_int_equal(voip.burst_ms, 120);
	assert_int_equal(voip.gap_ms, 3000);
	assert_int_equal(voip.round_trip_ms, 80);
	assert_int_equal(voip.end_system_ms, 60);
	assert_int_equal(voip.signal_dbm, -20);
	assert_int_equal(voip.noise_dbm, -70);
	assert_int_equal(voip.r_factor, 85);
	assert_int_equal(voip.ext_r_factor, RTCP_XR_UNAVAILABLE);
	assert_int_equal(voip.mos_lq, 41);
	assert_int_equal(voip.mos_cq, RTCP_XR_UNAVAILABLE);
	assert_int_equal(voip.buffer_most_ms, 120);
}

/* What the flags do not claim is not told. */
static void
test_flags(void **state)
{
	struct rtcp_xr_block b;
	struct rtcp_xr_summary sum;
	uint32_t flaws;

	(void)state;
	b = block_of(STR(SUMMARY), &flaws);
	b.specific = 0x20;
	assert_true(rtcp_xr_summary(&b, &sum));
	assert_false(sum.has_lost || sum.has_duplicates || sum.ttl);
	assert_int_equal(sum.lost, 0);
	assert_int_equal(sum.max_jitter, 40);
}

static const struct {
	struct str body;
	unsigned int blocks, flawed;
	uint32_t flaws;
} bad[] = {
	{ STR_INIT(ALL), 7, 0, 0 },
	{ STR_INIT(""), 0, 0, 0 },
	/* Blocks of no length at all. */
	{ STR_INIT("\x07\x00\x00\x00\x06\xff\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00" RRTR), 5, 3,
	  RTCP_FLAW_XR },
	/* Beyond the packet, half a header. */
	{ STR_INIT("\x07\x00\xff\xff\x00\x00\x00\x06"), 1, 1, RTCP_FLAW_XR },
	{ STR_INIT(RRTR "\x07\x00"), 1, 0, RTCP_FLAW_XR },
	/* Types that nobody knows. */
	{ STR_INIT("\x63\x00\x00\x01\x00\x00\x00\x00" RRTR), 2, 0, 0 },
};

static void
test_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct buf b = BUF_INIT;
		struct rtcp_xr_walk walk;
		struct rtcp_xr_block block;
		unsigned int n = 0, flawed = 0;

		buf_add(&b, "\x00\x00\x00\x05", 4);
		buf_add_str(&b, bad[i].body);
		assert_true(start(&walk, buf_str(&b)));
		for (; rtcp_xr_next(&walk, &block); n++)
			flawed += block.flawed;
		if (n != bad[i].blocks || flawed != bad[i].flawed || walk.flaws != bad[i].flaws)
			fail_msg("case %zu: %u blocks, %u flawed", i, n, flawed);
		buf_release(&b);
	}
	struct rtcp_xr_walk walk;

	assert_false(start(&walk, STR("\x00\x00\x00")));
}

static void
test_cuts(void **state)
{
	static const char all[] = "\x00\x00\x00\x05" ALL;

	(void)state;
	for (size_t n = 0; n < sizeof(all); n++) {
		char *copy = xmalloc(n ? n : 1);
		struct rtcp_xr_walk walk;
		struct rtcp_xr_block block;
		struct rtcp_xr_rle rle;
		struct rtcp_xr_dlrr dlrr;
		struct rtcp_xr_summary sum;
		struct rtcp_xr_voip voip;
		uint32_t middle;

		memcpy(copy, all, n);
		if (start(&walk, (struct str){ copy, n })) {
			while (rtcp_xr_next(&walk, &block)) {
				rtcp_xr_rle(&block, &rle);
				rtcp_xr_rrtr(&block, &middle);
				for (unsigned int i = 0; rtcp_xr_dlrr(&block, i, &dlrr); i++)
					;
				rtcp_xr_summary(&block, &sum);
				rtcp_xr_voip(&block, &voip);
			}
		}
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
