/*
 * Names of many files, out of a template; and what is written of decrypted messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/save_built.h"
#include "app/save_names.h"
#include "decode/decode.h"
#include "store/transport.h"

#define BOB	{ .index = 7, .call_id = STR_INIT("a84b4c76e66710@pc33"), \
		  .from = STR_INIT("alice"), .to = STR_INIT("bob") }

static const struct save_name_parts bob = BOB;

static const struct {
	const char *template;
	struct save_name_parts parts;
	const char *name;
} rows[] = {
	{ "%i.pcap", BOB, "7.pcap" },
	{ "out/%f-%t.pcapng", BOB, "out/alice-bob.pcapng" },
	{ "%c.json.gz", BOB, "a84b4c76e66710@pc33.json.gz" },
	{ "100%%.txt", BOB, "100%.txt" },
	{ "%x/%i", BOB, "%x/7" },		/* folders are as they are */
	{ "%f.pcap", { .from = STR_INIT("../../etc/passwd") }, "_._.._etc_passwd.pcap" },
	{ "%f.pcap", { .from = STR_INIT("-rf") }, "_rf.pcap" },
	{ "%f.pcap", { .from = STR_INIT(".hidden") }, "_hidden.pcap" },
	{ "%f.pcap", { .from = STR_INIT("a\x1b[31m\n b") }, "a__31m__b.pcap" },
	{ "%t.pcap", { .index = 1 }, "unknown.pcap" },
	{ "%c", { .call_id = STR_INIT("0123456789012345678901234567890123456789"
				      "012345678901234567890123456789") },
	  "0123456789012345678901234567890123456789012345678901234567890123" },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct save_names names = { 0 };

		assert_int_equal(save_names_check(rows[i].template, NULL), 0);
		save_names_add(&names, rows[i].template, &rows[i].parts);
		assert_string_equal(names.list[0], rows[i].name);
		save_names_release(&names);
	}
}

static void
test_no_template(void **state)
{
	static const char *const none[] = { "", "out/", "%", "a%", "%x", "out/%d.pcap", "%5i",
		"-", "/dev/stdout" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		err.text[0] = '\0';
		assert_int_equal(save_names_check(none[i], &err), -1);
		assert_true(err.text[0] != '\0');
	}
}

static void
test_alike(void **state)
{
	struct save_names names = { 0 };
	struct save_name_parts two = bob;

	(void)state;
	two.to = STR("bob-2");
	save_names_add(&names, "d/%t.pcap", &bob);
	save_names_add(&names, "d/%t.pcap", &two);
	for (int i = 0; i < 3; i++)
		save_names_add(&names, "d/%t.pcap", &bob);
	assert_string_equal(names.list[0], "d/bob.pcap");
	assert_string_equal(names.list[1], "d/bob-2.pcap");
	assert_string_equal(names.list[2], "d/bob-3.pcap");
	assert_string_equal(names.list[4], "d/bob-5.pcap");
	/* Many of one name cost no more each. */
	for (int i = 0; i < 20000; i++)
		save_names_add(&names, "d/x", &bob);
	assert_string_equal(names.list[names.n - 1], "d/x-20000");
	save_names_release(&names);
}

static void
test_long(void **state)
{
	char template[1000];
	struct save_names names = { 0 };

	(void)state;
	memset(template, 'a', sizeof(template));
	memcpy(template + sizeof(template) - 8, ".pcapng", 8);
	save_names_add(&names, template, &bob);
	save_names_add(&names, template, &bob);
	assert_int_equal(strlen(names.list[0]), SAVE_NAME_MAX);
	assert_true(strlen(names.list[1]) < 255);
	assert_string_equal(names.list[0] + SAVE_NAME_MAX - 7, ".pcapng");
	assert_string_equal(names.list[1] + strlen(names.list[1]) - 9, "-2.pcapng");
	save_names_release(&names);
}

/* What is written is what the decoder reads. */
static void
test_pdu(void **state)
{
	static const struct {
		unsigned transport;
		enum segment_kind kind;
		const char *pdu;
	} ways[] = {
		{ TRANSPORT_TLS, SEGMENT_TCP, "sip/tls" }, { TRANSPORT_WSS, SEGMENT_TCP, "sip/wss" },
		{ TRANSPORT_TCP, SEGMENT_TCP, "sip" }, { TRANSPORT_UDP, SEGMENT_UDP, "sip" },
		{ TRANSPORT_SCTP, SEGMENT_SCTP, "sip" },
	};
	static const uint8_t a4[] = { 192, 0, 2, 1 }, b4[] = { 192, 0, 2, 2 };
	static const uint8_t a6[16] = { 0x20, 1, 0x0d, 0xb8, 1 }, b6[16] = { 0x20, 1, 0x0d, 0xb8, 2 };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(ways); i++) {
		bool ip4 = i % 2;
		struct net_endpoint src = { ip4 ? net_addr_ip4(a4) : net_addr_ip6(a6), 5061 };
		struct net_endpoint dst = { ip4 ? net_addr_ip4(b4) : net_addr_ip6(b6), 40000 };
		struct decoder *d = decoder_new();
		struct record rec = { .link = SAVE_PDU_LINK, .frame = 1 };
		struct segment seg;

		assert_true(save_built_pdu(&b, &src, &dst, ways[i / 2].transport, STR("SIP/2.0")));
		rec.data = (const uint8_t *)b.p;
		rec.caplen = rec.wirelen = (uint32_t)b.n;
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_SEGMENT);
		assert_int_equal(seg.kind, ways[i / 2].kind);
		assert_string_equal(seg.pdu, ways[i / 2].pdu);
		assert_true(net_endpoint_eq(&seg.src, &src) && net_endpoint_eq(&seg.dst, &dst));
		assert_true(str_eq(seg.payload, STR("SIP/2.0")));
		decoder_free(d);
	}
	assert_false(save_built_pdu(&b, &(struct net_endpoint){ net_addr_ip4(a4), 1 },
				    &(struct net_endpoint){ net_addr_ip6(b6), 1 },
				    TRANSPORT_TLS, STR("x")));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_template),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_pdu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
