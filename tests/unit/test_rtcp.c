/* media/rtcp.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "media/rtcp.h"

/* RFC 3550 section 6.4.1: an SR with two blocks. */
#define SR "\x82\xc8\x00\x12\x00\x00\x00\x05\xd9\x9a\x00\x01\x80\x00\x00\x00" \
	"\x00\x00\x42\x40\x00\x00\x00\x6a\x00\x00\x42\x41" \
	"\x35\x8b\x94\x5d\x0c\xff\xff\xfe\x00\x00\x51\x91\x00\x00\x00\x07" \
	"\xbe\x9c\xf0\x0a\x00\x00\x1e\x35" \
	"\x00\x00\x00\x06\xff\x7f\xff\xff\x00\x01\x00\x02\x00\x00\x00\x50" \
	"\x00\x00\x00\x00\x00\x00\x00\x00"
#define RR "\x80\xc9\x00\x01\x00\x00\x00\x09"
#define SDES "\x82\xca\x00\x06\x00\x00\x00\x05\x01\x03" "a@b" "\x02\x01" "x" \
	"\x00\x00\x00\x00\x00\x00\x00\x06\x01\x01" "c" "\x00"
#define BYE "\x82\xcb\x00\x04\x00\x00\x00\x05\x00\x00\x00\x06\x04" "left" "\x00\x00\x00"
#define APP "\x83\xcc\x00\x03\x00\x00\x00\x05" "qtsi" "\x00\x00\x00\x01"
#define NACK "\x81\xcd\x00\x03\x00\x00\x00\x05\x00\x00\x00\x06\x00\x01\x00\x03"
#define PLI "\x81\xce\x00\x02\x00\x00\x00\x05\x00\x00\x00\x06"

static struct rtcp_part
part_of(struct str packet)
{
	struct rtcp_walk walk;
	struct rtcp_part part;

	rtcp_start(&walk, packet, (uint32_t)packet.n);
	assert_true(rtcp_next(&walk, &part));
	return part;
}

static void
test_sender_report(void **state)
{
	struct rtcp_part part = part_of(STR(SR));
	struct rtcp_sender sender;
	struct rtcp_block block;

	(void)state;
	assert_int_equal(part.type, RTCP_SR);
	assert_true(rtcp_sender(&part, &sender));
	assert_int_equal(sender.ssrc, 5);
	assert_int_equal(sender.ntp_seconds, 0xd99a0001);
	assert_int_equal(sender.ntp_fraction, 0x80000000);
	assert_int_equal(sender.timestamp, 0x4240);
	assert_int_equal(sender.packets, 106);
	assert_int_equal(sender.octets, 0x4241);
	assert_int_equal(rtcp_ntp_middle(sender.ntp_seconds, sender.ntp_fraction), 0x00018000);
	assert_true(rtcp_block(&part, 0, &block));
	assert_int_equal(block.ssrc, 0x358b945d);
	assert_int_equal(block.fraction, 12);
	assert_int_equal(block.lost, -2);
	assert_int_equal(block.highest, 20881);
	assert_int_equal(block.jitter, 7);
	assert_int_equal(block.lsr, 0xbe9cf00a);
	assert_int_equal(block.dlsr, 7733);
	assert_true(rtcp_block(&part, 1, &block));
	assert_int_equal(block.lost, 0x7fffff);
	assert_int_equal(block.fraction, 255);
	assert_int_equal(block.highest, 0x10002);
	assert_false(rtcp_block(&part, 2, &block));
	assert_int_equal(rtcp_part_flaws(&part), 0);
	/* The most that 24 bits can be below 0. */
	part = part_of(STR("\x81\xc9\x00\x07\x00\x00\x00\x09\x00\x00\x00\x05\x00\x80\x00\x00"
			   "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"));
	assert_true(rtcp_block(&part, 0, &block));
	assert_int_equal(block.lost, -0x800000);
}

static void
test_others(void **state)
{
	struct rtcp_part part = part_of(STR(SDES));
	struct rtcp_sdes sdes;
	uint32_t ssrc;

	(void)state;
	rtcp_sdes_start(&sdes, &part);
	assert_true(rtcp_sdes_next(&sdes));
	assert_int_equal(sdes.type, RTCP_SDES_CNAME);
	assert_int_equal(sdes.ssrc, 5);
	assert_true(str_eq(sdes.text, STR("a@b")));
	assert_true(rtcp_sdes_next(&sdes));
	assert_int_equal(sdes.type, 2);
	assert_true(rtcp_sdes_next(&sdes));
	assert_int_equal(sdes.ssrc, 6);
	assert_true(str_eq(sdes.text, STR("c")));
	assert_false(rtcp_sdes_next(&sdes));
	assert_false(rtcp_sdes_next(&sdes));

	part = part_of(STR(BYE));
	assert_true(rtcp_bye(&part, 0, &ssrc) && ssrc == 5);
	assert_true(rtcp_bye(&part, 1, &ssrc) && ssrc == 6);
	assert_false(rtcp_bye(&part, 2, &ssrc));

	part = part_of(STR(APP));
	assert_int_equal(part.count, 3);
	part = part_of(STR(NACK));
	assert_true(rtcp_ssrc(&part, &ssrc) && ssrc == 5);
	assert_true(rtcp_feedback(&part, &ssrc) && ssrc == 6);
	assert_int_equal(part.count, 1);
	part = part_of(STR(PLI));
	assert_int_equal(part.type, RTCP_PSFB);
	assert_true(rtcp_feedback(&part, &ssrc));
}

static const struct {
	struct str packet;
	uint32_t beyond;	/* bytes that were not captured */
	unsigned int parts;
	uint32_t flaws;
	bool whole;
} walks[] = {
	{ STR_INIT(SR SDES APP BYE), 0, 4, 0, true },
	{ STR_INIT(RR), 0, 1, 0, true },
	/* Reduced size: no report comes first. */
	{ STR_INIT(NACK PLI), 0, 2, 0, true },
	/* Padding of four bytes; none; more than there is. */
	{ STR_INIT("\xa1\xcb\x00\x02\x00\x00\x00\x05\x00\x00\x00\x04"), 0, 1, 0, true },
	{ STR_INIT("\xa1\xcb\x00\x02\x00\x00\x00\x05\x00\x00\x00\x00"), 0, 1,
	  RTCP_FLAW_PADDING, true },
	{ STR_INIT("\xa1\xcb\x00\x02\x00\x00\x00\x05\x00\x00\x00\x09"), 0, 1,
	  RTCP_FLAW_PADDING, true },
	/* A length beyond the end, on the wire and in the capture only. */
	{ STR_INIT("\x80\xc9\x00\x02\x00\x00\x00\x09"), 0, 0, RTCP_FLAW_LENGTH, false },
	{ STR_INIT("\x80\xc9\x00\x02\x00\x00\x00\x09"), 4, 1, RTCP_FLAW_CUT, false },
	{ STR_INIT(RR), 4, 1, RTCP_FLAW_CUT, true },
	{ STR_INIT(RR "\x80"), 0, 1, RTCP_FLAW_LENGTH, false },
	{ STR_INIT(RR "\x40\xc9\x00\x00"), 0, 1, RTCP_FLAW_VERSION, false },
	{ STR_INIT(""), 0, 0, 0, false },
	{ STR_INIT("\x80\x00\x00\x01\x00\x00\x00\x09"), 0, 1, 0, false },
};

static void
test_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		struct rtcp_walk walk;
		struct rtcp_part part;
		unsigned int n = 0;

		rtcp_start(&walk, walks[i].packet,
			   (uint32_t)walks[i].packet.n + walks[i].beyond);
		while (rtcp_next(&walk, &part))
			n++;
		if (n != walks[i].parts || walk.flaws != walks[i].flaws ||
		    rtcp_is_whole(walks[i].packet) != walks[i].whole)
			fail_msg("case %zu: %u parts, flaws %x", i, n, walk.flaws);
	}
}

/* What is promised and not there. */
static void
test_promises(void **state)
{
	struct rtcp_part part = part_of(STR("\x9f\xc9\x00\x01\x00\x00\x00\x09"));
	struct rtcp_block block;
	struct rtcp_sender sender;

	(void)state;
	assert_false(rtcp_block(&part, 0, &block));
	assert_int_equal(rtcp_part_flaws(&part), RTCP_FLAW_BLOCKS);
	part = part_of(STR("\x80\xc8\x00\x01\x00\x00\x00\x09"));
	assert_false(rtcp_sender(&part, &sender));
	assert_int_equal(rtcp_part_flaws(&part), RTCP_FLAW_BLOCKS);
}

#define TAG "\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa"

static void
test_secure(void **state)
{
	static const char noise[] = "\x81\xc9\x00\x07\x00\x00\x00\x09"
		"\x3c\x71\x05\xe8\x10\x93\x44\x27\x9a\x01\xfe\x80\x2b\x6d\xc3\x55\x0e\x90\x81\x72"
		"\x4f\xaa\x13\x37";
	struct str clear = { noise, 32 };
	struct buf b = BUF_INIT;

	(void)state;
	assert_false(rtcp_is_secure(clear, 32));
	buf_add_str(&b, clear);
	buf_add(&b, "\x80\x00\x00\x05" TAG, 14);
	assert_true(rtcp_is_secure(buf_str(&b), 46));
	assert_false(rtcp_is_whole(buf_str(&b)));
	/* Cut by the capture: what is beyond tells by its length. */
	assert_true(rtcp_is_secure(clear, 46));
	assert_false(rtcp_is_secure(clear, 48));
	/* Not encrypted, as its index says. */
	b.p[32] = 0;
	assert_false(rtcp_is_secure(buf_str(&b), 46));
	/* AEAD: tag of 16 bytes, then the index. */
	b.n = 32;
	buf_add(&b, "123456" TAG "\x80\x00\x00\x01", 20);
	assert_true(rtcp_is_secure(buf_str(&b), 52));
	buf_release(&b);
}

static void
test_cuts(void **state)
{
	const struct str whole = STR(SR SDES APP NACK PLI BYE);

	(void)state;
	for (size_t n = 0; n <= whole.n; n++) {
		char *copy = xmalloc(n ? n : 1);
		struct rtcp_walk walk;
		struct rtcp_part part;
		struct rtcp_sender sender;
		struct rtcp_block block;
		struct rtcp_sdes sdes;
		uint32_t ssrc;

		memcpy(copy, whole.p, n);
		rtcp_start(&walk, (struct str){ copy, n }, (uint32_t)whole.n);
		while (rtcp_next(&walk, &part)) {
			rtcp_sender(&part, &sender);
			for (unsigned int i = 0; rtcp_block(&part, i, &block); i++)
				;
			rtcp_sdes_start(&sdes, &part);
			while (rtcp_sdes_next(&sdes))
				;
			for (unsigned int i = 0; rtcp_bye(&part, i, &ssrc); i++)
				;
			rtcp_feedback(&part, &ssrc);
		}
		assert_int_equal(walk.flaws & RTCP_FLAW_CUT, n < whole.n ? RTCP_FLAW_CUT : 0);
		rtcp_is_secure((struct str){ copy, n }, (uint32_t)n);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sender_report),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_secure),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
