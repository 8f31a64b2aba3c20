/* TLS connections: derivation by vectors, every suite, what handshakes can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tls_seen.h"

/* ---- derivation ---- */

static size_t
from_hex(const char *hex, uint8_t *to)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(ascii_hex(hex[2 * i]) << 4 | ascii_hex(hex[2 * i + 1]));
	return n;
}

static void
test_prf(void **state)
{
	static const struct {
		uint16_t version;
		enum tls_hash hash;
		const char *secret, *seed, *out;
	} rows[] = {
		{ TLS_1_2, TLS_HASH_SHA256, "9bbe436ba940f017b17652849a71db35",
		  "a0ba9f936cda311827a6f796ffd5198c",
		  "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9"
		  "c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789ba"
		  "a48082d122ee42c5a72e5a5110fff70187347b66" },
		{ TLS_1_2, TLS_HASH_SHA384, "b80b733d6ceefcdc71566ea48e5567df",
		  "cd665cf6a8447dd6ff8b27555edb7465",
		  "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe3"
		  "4f82b1233c9146a0e534cb400fed2700884f9dc236f80edd" },
		{ TLS_1_0, TLS_HASH_SHA256,
		  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
		  "28292a2b2c2d2e2f", "a0ba9f936cda311827a6f796ffd5198c",
		  "1db0e9b58e74fbe46c841fde3444d8d311d170250ba27b8a7a08a7cf005797bf5cf664ad872787c9"
		  "bdb428eebc9542bac4b1cd0e500dad88a7f2d7af16e43a71" },
		{ TLS_1_1, TLS_HASH_NONE, "0102030405", "a0ba9f936cda311827a6f796ffd5198c",
		  "60d83fc7f44562fd5f54dcd658614ce8e1688be660498c13bd250e4bbc07fa723576f07ca143b6e5"
		},
	};
	uint8_t secret[64], seed[64], want[128], got[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t k = from_hex(rows[i].secret, secret), s = from_hex(rows[i].seed, seed);
		size_t n = from_hex(rows[i].out, want);

		assert_true(tls_prf(rows[i].version, rows[i].hash, build_bytes(secret, k),
				    "test label", build_bytes(seed, s / 2),
				    build_bytes(seed + s / 2, s - s / 2), got, n));
		assert_memory_equal(got, want, n);
	}
}

/* RFC 8448 section 3. */
static void
test_expand(void **state)
{
	static const struct {
		const char *secret, *label, *out;
	} rows[] = {
		{ "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "key",
		  "3fce516009c21727d0f2e4e86ee403bc" },
		{ "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "iv",
		  "5d313eb2671276ee13000b30" },
		{ "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "key",
		  "dbfaa693d1762c5b666af5d950258d01" },
		{ "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "iv",
		  "5bd3c71b836e0b76bb73265f" },
	};
	uint8_t secret[64], want[64], got[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t k = from_hex(rows[i].secret, secret), n = from_hex(rows[i].out, want);

		assert_true(tls_expand(TLS_HASH_SHA256, build_bytes(secret, k), rows[i].label, got,
				       n));
		assert_memory_equal(got, want, n);
	}
}

static void
test_names(void **state)
{
	const struct tls_suite *s;
	uint32_t last = 0;

	(void)state;
	for (size_t i = 0; (s = tls_suite_at(i)) != NULL; i++) {
		if (i > 0)
			assert_true(s->code > last);
		last = s->code;
		assert_ptr_equal(tls_suite_find(s->code), s);
		assert_true(strlen(s->name) > 6);
	}
	assert_string_equal(tls_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
	assert_string_equal(tls_suite_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_null(tls_suite_name(0x1399));
	assert_string_equal(tls_version_name(0x0303), "TLS 1.2");
	assert_null(tls_version_name(0x0305));
	for (unsigned i = 0; i < TLS_STAGE_COUNT; i++)
		assert_non_null(tls_stage_name(i));
}

/* ---- every suite, both ways, in pieces ---- */

static void
run_suite(const struct tls_suite *suite, uint16_t version, bool etm, unsigned client,
	  unsigned *ran)
{
	static const size_t steps[] = { 1, 7, 100000 };
	struct build b;
	struct seen s;

	build_init(&b, version, suite->code, (uint8_t)(suite->code * 3 + version));
	b.etm = etm;
	b.client = client;
	if (!build_handshake(&b)) {
		print_message("# %s: not in this library\n", suite->name);
		build_release(&b);
		return;
	}
	seen_open(&s);
	seen_log(&s, &b);
	talk(&b);
	feed_all(&s, &b, steps[*ran % ARRAY_SIZE(steps)]);
	check_talk(&s, client);
	assert_int_equal(s.info->version, version);
	assert_int_equal(s.info->suite, suite->code);
	assert_int_equal(s.info->suite_n, 2);
	assert_int_equal(s.info->suites[0], suite->code);
	assert_int_equal(s.info->version_offered, version);
	assert_string_equal(buf_cstr(&s.info->alpn), version == TLS_1_3 ? "foo" : "sip");
	seen_close(&s);
	build_release(&b);
	(*ran)++;
}

static void
test_suites(void **state)
{
	const struct tls_suite *s;
	unsigned ran = 0;

	(void)state;
	for (size_t i = 0; (s = tls_suite_at(i)) != NULL; i++) {
		if (s->cipher == TLS_CIPHER_NONE)
			continue;
		if (s->kx == TLS_KX_TLS13) {
			run_suite(s, TLS_1_3, false, ran % 2, &ran);
			continue;
		}
		for (uint16_t v = s->mac == TLS_HASH_NONE ? TLS_1_2 : TLS_1_0; v <= TLS_1_2; v++) {
			run_suite(s, v, false, 0, &ran);
			if (build_cipher(s->cipher).block > 0)
				run_suite(s, v, true, 1, &ran);
		}
	}
	print_message("# %u suites, versions and modes\n", ran);
	assert_true(ran > 300);
}

/* ---- cuts ---- */

/* The connection ends after each number of bytes: what was whole is read. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct buf all = BUF_INIT;
		struct build b;

		if (build_kind(&b, k)) {
			struct buf log = BUF_INIT;

			build_log(&b, &log);
			talk(&b);
			for (size_t i = 0; i < b.n; i++)
				buf_add_str(&all, buf_str(&b.flight[i].bytes));
			for (size_t cut = 0; cut < all.n; cut += cut < 300 ? 7 : 1) {
				size_t left = cut;
				struct seen s;

				seen_open(&s);
				tls_keys_add_text(s.keys, buf_str(&log));
				for (size_t i = 0; i < b.n && left > 0; i++) {
					size_t n = b.flight[i].bytes.n < left ?
						   b.flight[i].bytes.n : left;

					feed(&s, b.flight[i].dir, b.flight[i].bytes.p, n);
					left -= n;
				}
				end(&s);
				assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
				assert_int_equal(s.info->flaws[TLS_FLAW_BIT_RECORD_TYPE], 0);
				assert_true(s.info->flaws[TLS_FLAW_BIT_TRUNCATED] <= 1);
				seen_close(&s);
			}
			buf_release(&log);
		}
		build_release(&b);
		buf_release(&all);
	}
}

static void
test_pieces(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (size_t step = 1; step < 40; step++) {
			struct build b;
			struct seen s;

			if (!build_kind(&b, k)) {
				build_release(&b);
				break;
			}
			seen_open(&s);
			seen_log(&s, &b);
			talk(&b);
			feed_all(&s, &b, step);
			check_talk(&s, 0);
			seen_close(&s);
			build_release(&b);
		}
	}
}

/* ---- what handshakes can do ---- */

static void
test_key_update(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	for (uint16_t suite = 0x1301; suite <= 0x1305; suite++) {
		build_init(&b, TLS_1_3, suite, 33);
		seen_open(&s);
		build_handshake(&b);
		seen_log(&s, &b);
		for (unsigned i = 0; i < 10; i++) {
			build_text(&b, i % 2, STR("x"));
			build_key_update(&b, i % 3 == 0);
			build_text(&b, i % 2, STR("y"));
		}
		feed_all(&s, &b, 50);
		check_text(&s, 0, "xyxyxyxyxy");
		check_text(&s, 1, "xyxyxyxyxy");
		no_flaws(&s);
		seen_close(&s);
		build_release(&b);
	}
}

static void
test_early_and_retry(void **state)
{
	(void)state;
	for (unsigned mode = 1; mode < 4; mode++) {
		for (unsigned keys = 0; keys < 2; keys++) {
			struct build b;
			struct seen s;

			build_init(&b, TLS_1_3, 0x1301, 33);
			b.early = mode & 1;
			b.retry = mode & 2;
			b.client = mode == 3;
			seen_open(&s);
			build_handshake(&b);
			if (keys)
				seen_log(&s, &b);
			talk(&b);
			feed_all(&s, &b, 30);
			if (keys)
				check_talk(&s, b.client);
			no_flaws(&s);
			assert_int_equal(s.info->early_data, mode & 1);
			assert_int_equal(s.info->retried, mode >> 1);
			assert_int_equal(s.info->version, TLS_1_3);
			seen_close(&s);
			build_release(&b);
		}
	}
}

/* Padding inside of records (RFC 8446 5.4), and one of zeroes only. */
static void
test_padding(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	build_init(&b, TLS_1_3, 0x1301, 33);
	seen_open(&s);
	build_handshake(&b);
	seen_log(&s, &b);
	build_record(&b, 0, 0, STR("text\x17\0\0\0\0\0"));
	build_record(&b, 0, 0, STR("\0\0\0"));
	build_record(&b, 0, 0, STR("more\x17"));
	feed_all(&s, &b, 30);
	check_text(&s, 0, "textmore");
	assert_int_equal(s.info->flaws[TLS_FLAW_BIT_RECORD_TYPE], 1);
	seen_close(&s);
	build_release(&b);
}

/* Master secrets are remembered by session id and by ticket. */
static void
test_resumption(void **state)
{
	(void)state;
	for (unsigned ticket = 0; ticket < 2; ticket++) {
		struct build b, again;
		struct seen s;

		seen_open(&s);
		build_init(&b, TLS_1_2, 0x003c, 33);
		b.ems = true;
		build_handshake(&b);
		seen_log(&s, &b);
		talk(&b);
		feed_all(&s, &b, 30);
		check_talk(&s, 0);
		assert_false(s.info->resumed);
		seen_again(&s);
		build_init(&again, TLS_1_2, 0x003c, 66);
		again.resume = true;
		again.etm = true;
		again.id = ticket ? STR_NONE : STR("another");
		again.ticket = ticket ? STR("ticket") : STR_NONE;
		memcpy(again.master, b.master, 48);
		build_handshake(&again);
		talk(&again);
		feed_all(&s, &again, 30);
		check_talk(&s, 0);
		assert_true(s.info->resumed);
		seen_close(&s);
		build_release(&b);
		build_release(&again);
	}
}

/* A second handshake inside of the encrypted connection. */
static void
test_renegotiation(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		seen_open(&s);
		build_kind(&b, k);
		seen_log(&s, &b);
		build_text(&b, 0, STR("one "));
		build_message(&b, 1, TLS_HELLO_REQUEST, STR_NONE);
		memset(b.client_random, 77, 32);
		memset(b.master, 78, 48);
		memset(b.secrets[0], 79, 48);
		build_handshake(&b);
		seen_log(&s, &b);
		build_text(&b, 0, STR("two"));
		build_text(&b, 1, STR("three"));
		feed_all(&s, &b, 30);
		check_text(&s, 0, "one two");
		check_text(&s, 1, "three");
		no_flaws(&s);
		seen_close(&s);
		build_release(&b);
	}
}

static void
test_alerts(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	build_init(&b, TLS_1_2, 0xc02f, 33);
	seen_open(&s);
	build_client_hello(&b);
	build_record(&b, 1, TLS_TYPE_ALERT, STR("\1\x70\2\x28"));
	feed_all(&s, &b, 30);
	assert_string_equal(buf_cstr(&s.info->alerts),
			    "server: warning: unrecognized name; server: fatal: handshake failure");
	assert_int_equal(s.info->alert_n, 2);
	assert_int_equal(s.info->stage, TLS_STAGE_CLIENT_HELLO);
	assert_string_equal(buf_cstr(&s.info->reason), "the handshake was not finished");
	assert_string_equal(buf_cstr(&s.events), "alert1:fatal: handshake failure ");
	seen_close(&s);
	build_release(&b);
	for (unsigned keys = 0; keys < 2; keys++) {
		build_init(&b, TLS_1_2, 0xc02f, 33);
		seen_open(&s);
		build_handshake(&b);
		if (keys)
			seen_log(&s, &b);
		build_record(&b, 0, TLS_TYPE_ALERT, STR("\2\x30"));
		feed_all(&s, &b, 30);
		assert_string_equal(buf_cstr(&s.info->alerts), keys ? "client: fatal: unknown ca" :
				    "client: encrypted alert");
		assert_string_equal(buf_cstr(&s.events), keys ? "alert0:fatal: unknown ca " : "");
		seen_close(&s);
		build_release(&b);
	}
}

static void
test_start(void **state)
{
	(void)state;
	assert_true(tls_may_start(STR("\x16\x03\x01\x02\x00")));
	assert_true(tls_may_start(STR("\x16\x03")));
	assert_true(tls_may_start(STR("\x17\x03\x03\x00\x20xyz")));
	assert_false(tls_may_start(STR("\x80\x2e\x01\x03\x01")));
	assert_false(tls_may_start(STR("\x16\x02\x01\x02\x00")));
	assert_false(tls_may_start(STR("\x16\x03\x01\x7f\x00")));
	assert_false(tls_may_start(STR("\x19\x03\x01\x02\x00")));
	assert_false(tls_may_start(STR("INVITE")));
}

/* A ClientHello in the form of SSL 2.0. */
static void
test_hello2(void **state)
{
	static const char hello[] = "\x80\x22\x01\x03\x01\0\x09\0\0\0\x10\0\0\x2f\x07\0\xc0\0\0\x0a"
				    "0123456789abcdef";
	struct seen s;

	(void)state;
	for (size_t n = 1; n < sizeof(hello); n++) {
		seen_open(&s);
		feed(&s, 0, hello, n);
		assert_int_equal(s.info->has_random, n == sizeof(hello) - 1);
		end(&s);
		if (n == sizeof(hello) - 1) {
			assert_memory_equal(s.info->client_random + 16, "0123456789abcdef", 16);
			assert_int_equal(s.info->suite_n, 2);
			assert_int_equal(s.info->version_offered, TLS_1_0);
			no_flaws(&s);
		}
		seen_close(&s);
	}
}

static void
test_unsupported(void **state)
{
	static const uint16_t suites[] = { 0x0096, 0xc03c, 0x1399 };
	struct build b;
	struct seen s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		struct tls_suite wrong = *tls_suite_find(0xc02f);
		char want[64];

		build_init(&b, TLS_1_2, 0xc02f, 33);
		wrong.code = suites[i];
		b.suite = &wrong;
		seen_open(&s);
		build_handshake(&b);
		seen_log(&s, &b);
		talk(&b);
		feed_all(&s, &b, 30);
		snprintf(want, sizeof(want), "suite not supported (0x%04x)", suites[i]);
		assert_string_equal(buf_cstr(&s.info->reason), want);
		assert_string_equal(buf_cstr(&s.events), "gap0:not decrypted gap1:not decrypted ");
		seen_close(&s);
		build_release(&b);
	}
}

static void
test_size(void **state)
{
	(void)state;
	print_message("# %zu bytes a connection\n", sizeof(struct tls));
	assert_true(sizeof(struct tls) <= 1536);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prf),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_key_update),
		cmocka_unit_test(test_early_and_retry),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_resumption),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_hello2),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
