/* Certificates made here, whole, cut anywhere, and with bytes changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gnutls/x509.h>

#include "base/mem.h"
#include "transport/tls_cert.h"

static gnutls_x509_privkey_t key;

static gnutls_x509_crt_t
begin_cert(const char *dn, time_t from, time_t to)
{
	gnutls_x509_crt_t crt;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, "\1", 1);
	gnutls_x509_crt_set_activation_time(crt, from);
	gnutls_x509_crt_set_expiration_time(crt, to);
	gnutls_x509_crt_set_key(crt, key);
	if (dn)
		assert_int_equal(gnutls_x509_crt_set_dn(crt, dn, NULL), 0);
	return crt;
}

static void
add_name(gnutls_x509_crt_t crt, gnutls_x509_subject_alt_name_t type, struct str s)
{
	assert_int_equal(gnutls_x509_crt_set_subject_alt_name(crt, type, s.p, (unsigned)s.n,
							      GNUTLS_FSAN_APPEND), 0);
}

/* An exact copy on the heap; frees @p crt. */
static struct str
end_cert(gnutls_x509_crt_t crt)
{
	gnutls_datum_t der;
	struct str out;
	char *copy;

	assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der), 0);
	copy = xmalloc(der.size);
	memcpy(copy, der.data, der.size);
	out = (struct str){ copy, der.size };
	gnutls_free(der.data);
	gnutls_x509_crt_deinit(crt);
	return out;
}

static void
free_der(struct str der)
{
	free((void *)(uintptr_t)der.p);
}

static struct str
sample(void)
{
	gnutls_x509_crt_t crt = begin_cert("CN=sip.example.com,O=Example\\, Inc.,C=SE",
					   1700000000, 1800000000);

	add_name(crt, GNUTLS_SAN_DNSNAME, STR("sip.example.com"));
	add_name(crt, GNUTLS_SAN_URI, STR("sip:example.com"));
	add_name(crt, GNUTLS_SAN_IPADDRESS, STR("\xc0\0\2\1"));
	add_name(crt, GNUTLS_SAN_IPADDRESS, STR("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"));
	add_name(crt, GNUTLS_SAN_RFC822NAME, STR("a@example.com"));
	return end_cert(crt);
}

static void
test_sample(void **state)
{
	struct str der = sample();
	struct tls_cert c;

	(void)state;
	assert_true(tls_cert_read(&c, der));
	assert_string_equal(buf_cstr(&c.subject), "CN=sip.example.com,O=Example\\, Inc.,C=SE");
	assert_string_equal(buf_cstr(&c.issuer), "CN=sip.example.com,O=Example\\, Inc.,C=SE");
	assert_string_equal(buf_cstr(&c.names), "sip.example.com, sip:example.com, 192.0.2.1, "
			    "2001:db8::1, a@example.com");
	assert_int_equal(c.not_before, 1700000000 * NS_PER_S);
	assert_int_equal(c.not_after, 1800000000 * NS_PER_S);
	tls_cert_release(&c);
	free_der(der);
}

/* Nothing in it, and dates that nanoseconds cannot count. */
static void
test_bare(void **state)
{
	struct str der = end_cert(begin_cert(NULL, 0, 253402300799));
	struct tls_cert c;

	(void)state;
	assert_true(tls_cert_read(&c, der));
	assert_int_equal(c.subject.n, 0);
	assert_int_equal(c.names.n, 0);
	assert_int_equal(c.not_before, 0);
	assert_int_equal(c.not_after, TIME_NONE);
	tls_cert_release(&c);
	free_der(der);
	assert_false(tls_cert_read(&c, STR_NONE));
	tls_cert_release(&c);
}

static void
test_dates(void **state)
{
	static const time_t dates[] = {
		-631152000, 0, 68169599, 951782399, 951782400, 951868800, 983404800,
		1709164800, 2524607999, 2524608000, 4107542400, 9223372036,
	};
	struct tls_cert c;

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(dates); i++) {
		struct str der = end_cert(begin_cert("CN=a", dates[i], dates[i + 1]));

		assert_true(tls_cert_read(&c, der));
		assert_int_equal(c.not_before, dates[i] * NS_PER_S);
		assert_int_equal(c.not_after, dates[i + 1] * NS_PER_S);
		tls_cert_release(&c);
		free_der(der);
	}
}

static void
der_name(struct buf *list, char tag, struct str s)
{
	buf_add_char(list, tag);
	buf_add_char(list, (char)s.n);
	buf_add_str(list, s);
}

/* More than is kept, and bytes that are no text. */
static void
test_long(void **state)
{
	gnutls_x509_crt_t crt = begin_cert("CN=\xc3\xa5\x1b[31m", 1, 2);
	struct buf list = BUF_INIT, names = BUF_INIT;
	struct tls_cert c;
	struct str der;
	char name[64];

	(void)state;
	der_name(&list, '\x82', STR("a\0b\x1b[0m\xff"));
	der_name(&list, '\x87', STR("bad"));
	der_name(&list, '\xa0', STR("other"));
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "host-%03d.example.com", i);
		der_name(&list, '\x82', str_of(name));
	}
	buf_printf(&names, "0\x82%c%c", (int)(list.n >> 8), (int)(list.n & 0xff));
	buf_add_str(&names, buf_str(&list));
	assert_int_equal(gnutls_x509_crt_set_extension_by_oid(crt, "2.5.29.17", names.p,
							      names.n, 0), 0);
	buf_release(&list);
	buf_release(&names);
	der = end_cert(crt);
	assert_true(tls_cert_read(&c, der));
	assert_string_equal(buf_cstr(&c.subject), "CN=\xc3\xa5\x1b[31m");
	assert_memory_equal(c.names.p, "a\0b\x1b[0m\xff, host-000.example.com, ", 32);
	assert_true(c.names.n <= TLS_CERT_TEXT_MAX && c.names.n > TLS_CERT_TEXT_MAX - 40);
	assert_string_equal(c.names.p + c.names.n - 13, "mple.com, ...");
	tls_cert_release(&c);
	free_der(der);

	crt = begin_cert("CN=a", 1, 2);
	for (int i = 0; i < 60; i++)
		assert_int_equal(gnutls_x509_crt_set_dn_by_oid(crt,
			GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "x\xc3\xa5\xc3\xa5\xc3\xa5", 7), 0);
	der = end_cert(crt);
	assert_true(tls_cert_read(&c, der));
	assert_true(c.subject.n <= TLS_CERT_TEXT_MAX && c.subject.n >= TLS_CERT_TEXT_MAX - 4);
	assert_string_equal(c.subject.p + c.subject.n - 3, "...");
	assert_true((c.subject.p[c.subject.n - 4] & 0xff) != 0xc3);
	tls_cert_release(&c);
	free_der(der);
}

static void
try_copy(const char *p, size_t n)
{
	char *copy = xmalloc(n + (n == 0));
	struct tls_cert c;

	memcpy(copy, p, n);
	tls_cert_read(&c, (struct str){ copy, n });
	tls_cert_release(&c);
	free(copy);
}

static void
test_cut(void **state)
{
	struct str der = sample();
	char *changed = xmalloc(der.n);

	(void)state;
	for (size_t n = 0; n < der.n; n++)
		try_copy(der.p, n);
	for (size_t i = 0; i < der.n; i++) {
		memcpy(changed, der.p, der.n);
		changed[i] = (char)0xff;
		try_copy(changed, der.n);
		changed[i] = (char)(der.p[i] + 1);
		try_copy(changed, der.n);
	}
	free(changed);
	free_der(der);
}

static int
setup(void **state)
{
	(void)state;
	if (gnutls_x509_privkey_init(&key) < 0)
		return -1;
	return gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
}

static int
teardown(void **state)
{
	(void)state;
	gnutls_x509_privkey_deinit(key);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("tls_cert", tests, setup, teardown);
}
