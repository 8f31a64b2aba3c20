/* media/rtcp_json.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "media/rtcp_json.h"

/* An SR of one block, SDES of two items, an XR, a BYE. */
#define SR "\x81\xc8\x00\x0c\x00\x00\x00\x05\xd9\x9a\x00\x01\x80\x00\x00\x00" \
	"\x00\x00\x42\x40\x00\x00\x00\x6a\x00\x00\x42\x41" \
	"\x35\x8b\x94\x5d\x0c\xff\xff\xfe\x00\x00\x51\x91\x00\x00\x00\x07" \
	"\xbe\x9c\xf0\x0a\x00\x00\x1e\x35"
#define SDES "\x81\xca\x00\x04\x00\x00\x00\x05\x01\x03" "a\"b" "\x08\x01\xe9\x00\x00\x00\x00"
#define XR "\x80\xcf\x00\x02\x00\x00\x00\x05\x04\x00\x00\x00"
#define BYE "\x81\xcb\x00\x01\x00\x00\x00\x05"

#define BLOCK "{\"source_ssrc\":898339933,\"highest_seq_no\":20881,\"fraction_lost\":12," \
	"\"ia_jitter\":7,\"packets_lost\":-2,\"lsr\":3197956106,\"dlsr\":7733}"
#define SENDER "\"sender_information\":{\"ntp_timestamp_sec\":3650748417," \
	"\"ntp_timestamp_usec\":2147483648,\"octets\":16961,\"rtp_timestamp\":16960," \
	"\"packets\":106}"
#define ITEMS "\"sdes_ssrc\":5,\"sdes_report_count\":1,\"sdes_information\":[" \
	"{\"sdes_chunk_ssrc\":5,\"type\":1,\"text\":\"a\\\"b\"}," \
	"{\"sdes_chunk_ssrc\":5,\"type\":8,\"text\":\"\\ufffd\"}]"

static const struct {
	struct str in;
	const char *want;	/* NULL: no RTCP */
} cases[] = {
	{ STR_INIT(SR SDES XR BYE),
	  "{" SENDER ",\"ssrc\":5,\"type\":200,\"report_count\":1,\"report_blocks\":["
	  BLOCK "]," ITEMS ",\"bye_ssrc\":[5]}" },
	{ STR_INIT("\x80\xc9\x00\x01\x00\x00\x00\x09"),
	  "{\"ssrc\":9,\"type\":201,\"report_count\":0,\"report_blocks\":[]}" },
	/* More blocks are promised than there are. */
	{ STR_INIT("\x9f\xc9\x00\x01\x00\x00\x00\x09"),
	  "{\"ssrc\":9,\"type\":201,\"report_count\":0,\"report_blocks\":[]}" },
	{ STR_INIT("\x80\xc8\x00\x01\x00\x00\x00\x09"),
	  "{\"ssrc\":9,\"type\":200,\"report_count\":0,\"report_blocks\":[]}" },
	/* A feedback message alone, RFC 5506. */
	{ STR_INIT("\x81\xce\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02"),
	  "{\"ssrc\":1,\"type\":206,\"report_count\":0,\"report_blocks\":[]}" },
	/* Text beyond ASCII, and padded with NUL. */
	{ STR_INIT("\x81\xca\x00\x04\x00\x00\x00\x05\x07\x08"
		   "\xc3\xa9\xf0\x9f\x98\x80\n\0\0\0"),
	  "{\"ssrc\":5,\"type\":202,\"report_count\":0,\"report_blocks\":[],"
	  "\"sdes_ssrc\":5,\"sdes_report_count\":1,\"sdes_information\":[{"
	  "\"sdes_chunk_ssrc\":5,\"type\":7,\"text\":\"\\u00e9\\ud83d\\ude00\\u000a\"}]}" },
	/* An item that runs over the end; padding. */
	{ STR_INIT("\x81\xca\x00\x02\x00\x00\x00\x05\x01\x03" "ab"),
	  "{\"ssrc\":5,\"type\":202,\"report_count\":0,\"report_blocks\":[],"
	  "\"sdes_ssrc\":5,\"sdes_report_count\":1,\"sdes_information\":[]}" },
	/* NUL is refused by many readers of JSON. */
	{ STR_INIT("\x81\xca\x00\x02\x00\x00\x00\x05\x01\x02" "a\x00"),
	  "{\"ssrc\":5,\"type\":202,\"report_count\":0,\"report_blocks\":[],"
	  "\"sdes_ssrc\":5,\"sdes_report_count\":1,\"sdes_information\":["
	  "{\"sdes_chunk_ssrc\":5,\"type\":1,\"text\":\"a\"}]}" },
	{ STR_INIT("\xa2\xcb\x00\x02\x00\x00\x00\x05\x00\x00\x00\x04"),
	  "{\"ssrc\":5,\"type\":203,\"report_count\":0,\"report_blocks\":[],"
	  "\"bye_ssrc\":[5]}" },
	/* VoIP metrics. */
	{ STR_INIT("\x80\xcf\x00\x0a\x00\x00\x00\x05\x07\x00\x00\x08\x00\x00\x00\x09"
		   "\x0d\x05\x40\x03\x00\x78\x09\x60\x00\x58\x00\x3c\xec\xc4\x32\x10"
		   "\x51\x7f\x28\x27\x30\x00\x00\x28\x00\x3c\x00\xc8"),
	  "{\"ssrc\":5,\"type\":207,\"report_count\":0,\"report_blocks\":[],"
	  "\"report_blocks_xr\":{\"type\":7,\"id\":9,\"fraction_lost\":13,"
	  "\"fraction_discard\":5,\"burst_density\":64,\"gap_density\":3,"
	  "\"burst_duration\":120,\"gap_duration\":2400,\"round_trip_delay\":88,"
	  "\"end_system_delay\":60,\"r_factor\":81,\"mos_lq\":40,\"mos_cq\":39}}" },
	{ STR_INIT(""), NULL },
	{ STR_INIT("\x80\xc9\x00\x00"), NULL },
	{ STR_INIT("\x80\x00\x00\x01\x00\x00\x00\x09"), NULL },
	{ STR_INIT("\x40\xc9\x00\x01\x00\x00\x00\x09"), NULL },
	{ STR_INIT("\x80\xc9\x00\x02\x00\x00\x00\x09"), NULL },
	{ STR_INIT("\x80\xc9\x00\x01\x00\x00\x00\x09\x00\x00\x00\x00"), NULL },
	{ STR_INIT("\x80\xc9\x00\x01\x00\x00\x00\x09\x80"), NULL },
};

static void
test_table(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		assert_int_equal(rtcp_json_add(&b, cases[i].in), cases[i].want != NULL);
		assert_string_equal(buf_cstr(&b), cases[i].want ? cases[i].want : "");
	}
	buf_release(&b);
}

/* A cut packet is none, but where it is cut between two of the compound. */
static void
test_cuts(void **state)
{
	struct str in = cases[0].in;
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t n = 0; n < in.n; n++) {
		char *copy = xmalloc(n ? n : 1);
		bool whole = n == 52 || n == 52 + 20 || n == 52 + 20 + 12;
		json_t *json;

		memcpy(copy, in.p, n);
		buf_clear(&b);
		assert_int_equal(rtcp_json_add(&b, (struct str){ copy, n }), whole);
		free(copy);
		assert_int_equal(b.n > 0, whole);
		if (!whole)
			continue;
		json = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(json);
		json_decref(json);
	}
	buf_release(&b);
}

static void
test_read(void **state)
{
	struct buf b = BUF_INIT;
	struct rtcp_json json;

	(void)state;
	assert_true(rtcp_json_add(&b, STR(SR SDES XR BYE)));
	assert_true(rtcp_json_read(buf_str(&b), &json));
	assert_true(json.has_ssrc && json.ssrc == 5);
	assert_true(json.has_sender && !json.has_voip);
	assert_int_equal(json.sender.packets, 106);
	assert_int_equal(json.sender.ntp_seconds, 0xd99a0001);
	assert_int_equal(json.block_n, 1);
	assert_int_equal(json.blocks[0].ssrc, 0x358b945d);
	assert_int_equal(json.blocks[0].lost, -2);
	assert_int_equal(json.blocks[0].lsr, 0xbe9cf00a);
	/* Numbers as text, values that cannot be, what is no block. */
	assert_true(rtcp_json_read(STR(
		"{\"ssrc\":\"7\",\"report_blocks\":[3,{\"source_ssrc\":-1},{\"source_ssrc\":8,\"fraction_lost\":\"12\","
		"\"packets_lost\":99999999999}],\"report_blocks_xr\":{\"id\":9,\"mos_lq\":41,"
		"\"fraction_lost\":1,\"fraction_discard\":0,\"burst_density\":0,\"gap_density\":0}}"),
		&json));
	assert_int_equal(json.ssrc, 7);
	assert_int_equal(json.block_n, 1);
	assert_int_equal(json.blocks[0].ssrc, 8);
	assert_int_equal(json.blocks[0].fraction, 12);
	assert_int_equal(json.has[0], RTCP_JSON_FRACTION);
	assert_false(json.has_sender);
	assert_true(json.has_voip && json.voip.ssrc == 9);
	assert_int_equal(json.voip.mos_lq, 41);
	assert_int_equal(json.voip.mos_cq, RTCP_XR_UNAVAILABLE);
	/* All parts in each, of zeros where there was none; losses without their sign. */
	assert_true(rtcp_json_read(STR(
		"{\"sender_information\":{\"ntp_timestamp_sec\":0,\"ntp_timestamp_usec\":0,"
		"\"rtp_timestamp\":0,\"packets\":0,\"octets\":0},\"ssrc\":7,\"type\":201,"
		"\"report_blocks\":[{\"source_ssrc\":0,\"fraction_lost\":0,\"packets_lost\":0,"
		"\"highest_seq_no\":0,\"ia_jitter\":0,\"lsr\":0,\"dlsr\":0},"
		"{\"source_ssrc\":8,\"packets_lost\":16777214},"
		"{\"source_ssrc\":8,\"packets_lost\":4294967293},"
		"{\"source_ssrc\":8,\"packets_lost\":2147483648}],"
		"\"report_blocks_xr\":{\"type\":0,\"id\":0,\"fraction_lost\":0,"
		"\"fraction_discard\":0,\"burst_density\":0,\"gap_density\":0,"
		"\"burst_duration\":0,\"gap_duration\":0,\"round_trip_delay\":0,"
		"\"end_system_delay\":0},\"sdes_ssrc\":0}"), &json));
	assert_false(json.has_sender || json.has_voip);
	assert_int_equal(json.block_n, 3);
	assert_int_equal(json.blocks[0].lost, -2);
	assert_int_equal(json.blocks[1].lost, -3);
	assert_int_equal(json.has[2], 0);
	assert_false(rtcp_json_read(STR(""), &json));
	assert_false(rtcp_json_read(STR("[1]"), &json));
	assert_false(rtcp_json_read(STR("{\"ssrc\":"), &json));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests_name("rtcp_json", tests, NULL, NULL);
}
