/* The list of TLS connections, of made-up ones, hostile texts among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "app/tls_list.h"
#include "base/mem.h"

static void
full(struct tls_connection *r)
{
	static const uint16_t suites[] = { 0x1301, 0xc02f, 0xfafb };
	struct tls_info *i = &r->info;

	*r = (struct tls_connection){ .frame = 7, .first = 1700000000 * NS_PER_S + 123456000,
				  .last = 1700000001 * NS_PER_S };
	assert_true(net_endpoint_parse(STR("192.0.2.1:40000"), &r->client));
	assert_true(net_endpoint_parse(STR("[2001:db8::1]:5061"), &r->server));
	i->client = 1;
	i->stage = TLS_STAGE_FINISHED;
	i->version = 0x0303;
	i->version_offered = 0x0304;
	i->suite = 0xc02f;
	memcpy(i->suites, suites, sizeof(suites));
	i->suite_n = 3;
	i->resumed = i->client_certificate = i->decrypted = i->has_random = true;
	memset(i->client_random, 0xab, sizeof(i->client_random));
	buf_add_cstr(&i->server_name, "sip.example.com");
	buf_add_cstr(&i->alpn, "sip/2");
	buf_add_cstr(&i->subject, "CN=sip.example.com,O=Example\\, Inc.");
	buf_add_cstr(&i->issuer, "CN=ca");
	buf_add_cstr(&i->names, "sip.example.com, 192.0.2.2");
	i->not_before = 1700000000 * NS_PER_S;
	i->not_after = TIME_NONE;
	buf_add_cstr(&i->alerts, "server: warning: close notify; client: fatal: bad record mac");
	i->alert_n = 2;
	i->bytes[0] = 20;
	i->bytes[1] = 10;
	i->records[0] = 2;
	i->records[1] = 1;
	i->text_bytes[1] = 5;
	i->flaws[TLS_FLAW_BIT_MAC] = 3;
	i->flaws[TLS_FLAW_BIT_GAP] = 1;
}

static void
bare(struct tls_connection *r)
{
	*r = (struct tls_connection){ .first = TIME_NONE, .last = TIME_NONE };
	r->info.not_before = r->info.not_after = TIME_NONE;
	buf_add_cstr(&r->info.reason, "the handshake is not in the capture");
}

static void
hostile(struct tls_connection *r)
{
	struct tls_info *i = &r->info;

	bare(r);
	buf_add(&i->server_name, "a\0\x1b[2J\"\r\n,\xff\xe2\x80\xae", 14);
	buf_add_cstr(&i->subject, "CN=\x1b]0;x\x07\n# 1");
	buf_add_cstr(&i->names, ", , \", ");
	buf_add_cstr(&i->alerts, "; ");
	i->version = 0x7f12;
	i->suite = 0xfafa;
	i->suite_n = UINT32_MAX;
	for (size_t k = 0; k < TLS_SUITES_MAX; k++)
		i->suites[k] = 0xfa00;
	i->client = 1;
	i->bytes[0] = UINT64_MAX;
}

static struct str
written(struct tls_connection *list, size_t n, const struct tls_list_options *o)
{
	static char text[65536];
	FILE *f = tmpfile();
	struct str s = { text, 0 };
	struct err err;

	assert_non_null(f);
	assert_int_equal(tls_list_write(list, n, o, f, &err), 0);
	rewind(f);
	s.n = fread(text, 1, sizeof(text) - 1, f);
	text[s.n] = '\0';
	fclose(f);
	return s;
}

static void
test_text(void **state)
{
	struct tls_list_options o = { .format = OUTPUT_TEXT, .utc = true };
	struct tls_connection r[2];

	(void)state;
	full(&r[0]);
	bare(&r[1]);
	assert_string_equal(written(r, 2, &o).p,
		"#7  2023-11-14 22:13:20.123456  192.0.2.1:40000 -> [2001:db8::1]:5061  876.5 ms\n"
		"  server name   sip.example.com\n"
		"  version       up to TLS 1.3 offered, TLS 1.2 chosen\n"
		"  suite         TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
		"  offered       TLS_AES_128_GCM_SHA256, "
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 0xfafb\n"
		"  alpn          sip/2\n"
		"  certificate   CN=sip.example.com,O=Example\\, Inc.\n"
		"  issuer        CN=ca\n"
		"  names         sip.example.com, 192.0.2.2\n"
		"  valid         from 2023-11-14\n"
		"  handshake     finished, session resumed, client certificate\n"
		"  alerts        server: warning: close notify; client: fatal: bad record mac\n"
		"  bytes         10 sent in 1 records, 20 received in 2\n"
		"  decrypted     5 bytes sent, 0 received\n"
		"  flaws         mac 3, gap 1\n"
		"\n"
		"#0  no time  ? -> ?\n"
		"  handshake     no handshake seen\n"
		"  bytes         0 sent in 0 records, 0 received in 0\n"
		"  decrypted     no: the handshake is not in the capture\n");
	tls_info_release(&r[0].info);
	tls_info_release(&r[1].info);
}

/* Nothing but line ends that are ours, and text that is visible. */
static void
expect_tame(struct str s, bool ascii)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f || (ascii && c >= 0x80))
			fail_msg("byte %zu is 0x%02x", i, c);
	}
	assert_null(strstr(s.p, "\xe2\x80\xae"));
}

static void
test_hostile_text(void **state)
{
	struct tls_list_options o = { .format = OUTPUT_TEXT, .utc = true };
	struct tls_connection r;
	struct str s;

	(void)state;
	hostile(&r);
	s = written(&r, 1, &o);
	expect_tame(s, false);
	assert_null(strstr(s.p, "\n#"));
	assert_non_null(strstr(s.p, ", and 4294967231 more\n"));
	o.ascii = true;
	expect_tame(written(&r, 1, &o), true);
	tls_info_release(&r.info);
}

static json_t *
parsed(struct str s)
{
	json_t *root = json_loadb(s.p, s.n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	return root;
}

#define TEXT(root, key)	json_string_value(json_object_get(root, key))
#define NUMBER(root, key)	json_integer_value(json_object_get(root, key))

static void
test_json(void **state)
{
	struct tls_list_options o = { .format = OUTPUT_JSON };
	struct tls_connection r;
	json_t *root, *list;

	(void)state;
	full(&r);
	root = parsed(written(&r, 1, &o));
	assert_string_equal(TEXT(root, "time"), "2023-11-14T22:13:20.123456Z");
	assert_string_equal(TEXT(root, "source"), "192.0.2.1:40000");
	assert_string_equal(TEXT(root, "destination"), "[2001:db8::1]:5061");
	assert_string_equal(TEXT(root, "version"), "TLS 1.2");
	assert_string_equal(TEXT(root, "version_offered"), "TLS 1.3");
	assert_string_equal(TEXT(root, "suite"), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(TEXT(root, "stage"), "finished");
	assert_string_equal(TEXT(root, "not_before"), "2023-11-14T22:13:20.000000Z");
	assert_true(json_is_null(json_object_get(root, "not_after")));
	assert_true(json_is_null(json_object_get(root, "reason")));
	assert_true(json_is_true(json_object_get(root, "decrypted")));
	assert_true(json_is_false(json_object_get(root, "retried")));
	assert_int_equal(NUMBER(root, "bytes_sent"), 10);
	assert_int_equal(NUMBER(root, "bytes_received"), 20);
	assert_int_equal(NUMBER(root, "text_bytes_received"), 0);
	assert_int_equal(strlen(TEXT(root, "client_random")), 64);
	list = json_object_get(root, "suites_offered");
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(json_string_value(json_array_get(list, 2)), "0xfafb");
	list = json_object_get(root, "alerts");
	assert_int_equal(json_array_size(list), 2);
	list = json_object_get(root, "names");
	assert_string_equal(json_string_value(json_array_get(list, 1)), "192.0.2.2");
	list = json_object_get(root, "flaws");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_array_get(list, 0)), "mac");
	json_decref(root);
	tls_info_release(&r.info);

	bare(&r);
	root = parsed(written(&r, 1, &o));
	assert_true(json_is_null(json_object_get(root, "time")));
	assert_true(json_is_null(json_object_get(root, "source")));
	assert_true(json_is_null(json_object_get(root, "server_name")));
	assert_true(json_is_null(json_object_get(root, "version")));
	assert_true(json_is_null(json_object_get(root, "client_random")));
	assert_int_equal(json_array_size(json_object_get(root, "names")), 0);
	json_decref(root);
	tls_info_release(&r.info);

	hostile(&r);
	for (int i = 0; i < 2; i++) {
		struct str s = written(&r, 1, &o);

		if (o.terminal)
			expect_tame(s, true);
		root = parsed(s);
		assert_memory_equal(TEXT(root, "server_name"), "a\0\x1b[2J\"\r\n,\xef\xbf\xbd", 13);
		assert_string_equal(TEXT(root, "version"), "0x7f12");
		assert_string_equal(TEXT(root, "suite"), "0xfafa");
		assert_int_equal(NUMBER(root, "suites_offered_count"), UINT32_MAX);
		json_decref(root);
		o.terminal = true;
	}
	tls_info_release(&r.info);
}

/* The values of a line, outside of quotes. */
static size_t
csv_values(struct str *s)
{
	bool quoted = false;
	size_t n = 1, i;

	for (i = 0; i < s->n && (quoted || s->p[i] != '\n'); i++) {
		if (s->p[i] == '"')
			quoted = !quoted;
		n += !quoted && s->p[i] == ',';
	}
	*s = str_skip(*s, i + 1);
	return n;
}

static void
test_csv(void **state)
{
	struct tls_list_options o = { .format = OUTPUT_CSV };
	struct tls_connection r[3];
	struct str s;
	size_t n;

	(void)state;
	full(&r[0]);
	bare(&r[1]);
	hostile(&r[2]);
	for (int turn = 0; turn < 2; turn++) {
		s = written(r, 3, &o);
		assert_true(str_starts(s, STR("time,end,frame,source,destination,server_name,")));
		assert_non_null(strstr(s.p, "\n2023-11-14T22:13:20.123456Z,"
				       "2023-11-14T22:13:21.000000Z,7,192.0.2.1:40000,"
				       "[2001:db8::1]:5061,sip.example.com,TLS 1.2,"));
		assert_non_null(strstr(s.p, ",\"CN=sip.example.com,O=Example\\, Inc.\","));
		assert_non_null(strstr(s.p, ",mac gap\n"));
		if (o.terminal)
			expect_tame(s, false);
		n = csv_values(&s);
		for (int i = 0; i < 3; i++)
			assert_int_equal(csv_values(&s), n);
		assert_int_equal(s.n, 0);
		o.terminal = true;
	}
	s = written(r, 0, &o);
	assert_int_equal(csv_values(&s), n);
	for (int i = 0; i < 3; i++)
		tls_info_release(&r[i].info);
}

static void
test_full_disk(void **state)
{
	struct tls_list_options o = { .format = OUTPUT_TEXT };
	struct tls_connection r;
	struct err err = { "" };
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	if (!f)
		skip();
	bare(&r);
	assert_int_equal(tls_list_write(&r, 1, &o, f, &err), -1);
	assert_non_null(strstr(err.text, "No space left"));
	fclose(f);
	tls_info_release(&r.info);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests_name("tls_list", tests, NULL, NULL);
}
