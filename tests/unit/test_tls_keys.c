/* Key logs in any state, files that change under the reader, private keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "transport/tls_keys.h"

#define RANDOM_A "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define BYTES_16 "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define BYTES_32 BYTES_16 BYTES_16
#define BYTES_48 BYTES_32 BYTES_16

static const uint8_t random_a[32] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

static char folder[] = "/tmp/rung-test-keys-XXXXXX";

static struct tls_keys_stats
stats_of(const struct tls_keys *k)
{
	struct tls_keys_stats st;

	tls_keys_stats(k, &st);
	return st;
}

/* How long the secret of @p label is; -1: none. */
static int
found(const struct tls_keys *k, enum tls_label label)
{
	struct tls_secret s = { .n = 99 };

	if (!tls_keys_find(k, label, random_a, &s)) {
		assert_int_equal(s.n, 99);
		return -1;
	}
	for (uint8_t i = 0; i < s.n; i++)
		assert_int_equal(s.bytes[i], 0xa0 + i % 16);
	return s.n;
}

/* ---- lines ---- */

enum what { NOTHING, SECRET, UNKNOWN, BAD };

static const struct {
	struct str text;
	enum what what;
	enum tls_label label;
	int bytes;
} lines[] = {
#define L(text) STR_INIT(text)
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_48), SECRET, TLS_LABEL_MASTER, 48 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_48 "\r"), SECRET, TLS_LABEL_MASTER, 48 },
	{ L(" \tCLIENT_RANDOM\t" RANDOM_A "  " BYTES_48 " "), SECRET, TLS_LABEL_MASTER, 48 },
	{ L("\0\0\0CLIENT_RANDOM " RANDOM_A " " BYTES_48), SECRET, TLS_LABEL_MASTER, 48 },
	{ L("\xef\xbb\xbf" "CLIENT_RANDOM " RANDOM_A " " BYTES_48), SECRET, TLS_LABEL_MASTER, 48 },
	{ L("PMS_CLIENT_RANDOM " RANDOM_A " " BYTES_48), SECRET, TLS_LABEL_PREMASTER, 48 },
	{ L("PMS_CLIENT_RANDOM " RANDOM_A " " BYTES_32 BYTES_32), SECRET, TLS_LABEL_PREMASTER, 64 },
	{ L("CLIENT_EARLY_TRAFFIC_SECRET " RANDOM_A " " BYTES_32), SECRET,
	  TLS_LABEL_CLIENT_EARLY, 32 },
	{ L("CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM_A " " BYTES_48), SECRET,
	  TLS_LABEL_CLIENT_HANDSHAKE, 48 },
	{ L("SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM_A " " BYTES_32), SECRET,
	  TLS_LABEL_SERVER_HANDSHAKE, 32 },
	{ L("CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_32), SECRET,
	  TLS_LABEL_CLIENT_TRAFFIC, 32 },
	{ L("SERVER_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_48), SECRET,
	  TLS_LABEL_SERVER_TRAFFIC, 48 },
	{ L("EXPORTER_SECRET " RANDOM_A " " BYTES_32), UNKNOWN, 0, 0 },
	{ L("QUIC_CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_32), UNKNOWN, 0, 0 },
	{ L(""), NOTHING, 0, 0 },
	{ L(" \r"), NOTHING, 0, 0 },
	{ L("# SSL/TLS secrets log file"), NOTHING, 0, 0 },
	{ L("garbage"), BAD, 0, 0 },
	{ L("\xff\xfe\x01\x80"), BAD, 0, 0 },
	{ L("CLIENT_RANDOM"), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A "00 " BYTES_48), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_32), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_48 "0"), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_48 "00"), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_48 " x"), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " \0" BYTES_48), BAD, 0, 0 },
	{ L("CLIENT_RANDOM " RANDOM_A " " BYTES_32 BYTES_16 "g0"), BAD, 0, 0 },
	{ L("client_random " RANDOM_A " " BYTES_48), BAD, 0, 0 },
	{ L("CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_32 "a0"), BAD, 0, 0 },
	{ L("PMS_CLIENT_RANDOM " RANDOM_A " " BYTES_32 BYTES_32 "00"), BAD, 0, 0 },
	{ L("RSA a0a1a2a3a4a5a6a7 " BYTES_32), BAD, 0, 0 },
	{ L("RSA a0a1a2a3a4a5a6 " BYTES_48), BAD, 0, 0 },
	{ L("RSA Session-ID: Master-Key:" BYTES_48), BAD, 0, 0 },
	{ L("RSA Session-ID:" BYTES_32 "00 Master-Key:" BYTES_48), BAD, 0, 0 },
	{ L("RSA Session-ID:" BYTES_32 " " BYTES_48), BAD, 0, 0 },
#undef L
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct tls_keys *k = tls_keys_new();
		struct tls_keys_stats st;
		char *copy = xmalloc(lines[i].text.n + 1);
		enum what what;

		memcpy(copy, lines[i].text.p, lines[i].text.n);
		tls_keys_add_text(k, (struct str){ copy, lines[i].text.n });
		free(copy);
		st = stats_of(k);
		what = st.lines == 0 ? NOTHING : st.bad ? BAD : st.unknown ? UNKNOWN : SECRET;
		if (what != lines[i].what || st.lines > 1)
			fail_msg("line %zu: %d", i, what);
		assert_int_equal(st.secrets, what == SECRET);
		assert_int_equal(tls_keys_any(k), what == SECRET);
		if (what == SECRET)
			assert_int_equal(found(k, lines[i].label), lines[i].bytes);
		tls_keys_free(k);
	}
}

static void
test_rsa_lines(void **state)
{
	struct str encrypted = STR("\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7 and more");
	struct tls_keys *k = tls_keys_new();
	struct tls_secret s = { .n = 0 };

	(void)state;
	tls_keys_add_text(k, STR("RSA a0a1a2a3a4a5a6a7 " BYTES_48 "\n"
				 "RSA Session-ID:a0a1a2 Master-Key:" BYTES_48 "\n"));
	assert_int_equal(stats_of(k).secrets, 2);
	assert_int_equal(tls_keys_rsa(k, STR_NONE, encrypted, &s), TLS_RSA_OK);
	assert_int_equal(s.n, 48);
	assert_int_equal(tls_keys_rsa(k, STR_NONE, STR("\xa0\xa1\xa2\xa3\xa4\xa5\xa6"), &s),
			 TLS_RSA_NO_KEY);
	s.n = 0;
	assert_true(tls_keys_find_session(k, STR("\xa0\xa1\xa2"), &s));
	assert_int_equal(s.n, 48);
	assert_false(tls_keys_find_session(k, STR("\xa0\xa1"), &s));
	assert_false(tls_keys_find_session(k, STR_NONE, &s));
	tls_keys_free(k);
}

/* The line that comes later wins; equal ones are one secret. */
static void
test_again(void **state)
{
	struct tls_keys *k = tls_keys_new();

	(void)state;
	for (int i = 0; i < 3; i++) {
		tls_keys_add_text(k, STR("CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_32));
		assert_int_equal(found(k, TLS_LABEL_CLIENT_TRAFFIC), 32);
		tls_keys_add_text(k, STR("CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_48));
		assert_int_equal(found(k, TLS_LABEL_CLIENT_TRAFFIC), 48);
	}
	assert_int_equal(stats_of(k).secrets, 1);
	assert_int_equal(stats_of(k).lines, 6);
	tls_keys_free(k);
}

static const char all_labels[] =
	"# a comment\r\n\r\n"
	"CLIENT_RANDOM " RANDOM_A " " BYTES_48 "\r\n"
	"what is this\n"
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM_A " " BYTES_32 "\n"
	"EXPORTER_SECRET " RANDOM_A " " BYTES_32 "\n"
	"SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM_A " " BYTES_32 "\n"
	"RSA a0a1a2a3a4a5a6a7 " BYTES_48 "\n"
	"RSA Session-ID:a0a1a2 Master-Key:" BYTES_48;

static void
test_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof(all_labels) - 1; n++) {
		struct tls_keys *k = tls_keys_new();
		char *copy = xmalloc(n + (n == 0));

		memcpy(copy, all_labels, n);
		tls_keys_add_text(k, (struct str){ copy, n });
		tls_keys_add_text(k, str_skip((struct str){ copy, n }, n / 2));
		free(copy);
		tls_keys_free(k);
	}
}

#define MANY	1000000

static void
add_many(struct buf *b, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		buf_printf(b, "CLIENT_RANDOM %064x %096x\n", i, i);
}

static void
test_many(void **state)
{
	struct tls_keys *k = tls_keys_new();
	struct buf b = BUF_INIT;
	struct tls_secret s;
	struct timespec a, z;
	double seconds;

	(void)state;
	add_many(&b, 0, MANY);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	tls_keys_add_text(k, buf_str(&b));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &z);
	buf_release(&b);
	seconds = (double)(z.tv_sec - a.tv_sec) + (double)(z.tv_nsec - a.tv_nsec) / 1e9;
	print_message("# a million lines: %.2f s\n", seconds);
	assert_int_equal(stats_of(k).secrets, MANY);
	for (uint32_t i = 0; i < MANY; i += 997) {
		uint8_t random[32] = { 0 };

		random[29] = (uint8_t)(i >> 16);
		random[30] = (uint8_t)(i >> 8);
		random[31] = (uint8_t)i;
		assert_true(tls_keys_find(k, TLS_LABEL_MASTER, random, &s));
		assert_memory_equal(s.bytes + 45, random + 29, 3);
	}
	tls_keys_free(k);
}

/* ---- files ---- */

static const char *
path_of(const char *name)
{
	static char path[4][128];
	static int turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void
put(const char *name, const char *mode, const char *text, size_t n)
{
	FILE *f = fopen(path_of(name), mode);

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* Naming it again looks at it at once. */
static void
look(struct tls_keys *k, const char *name)
{
	struct err err;

	if (tls_keys_add_file(k, path_of(name), &err) != 0)
		fail_msg("%s", err.text);
}

/* The file in two halves, cut anywhere, is the same as in one. */
static void
test_grows(void **state)
{
	size_t all = sizeof(all_labels) - 1;
	struct tls_keys_stats want, got;
	struct tls_keys *k = tls_keys_new();

	(void)state;
	tls_keys_add_text(k, str_of(all_labels));
	want = stats_of(k);
	tls_keys_free(k);
	assert_int_equal(want.secrets, 5);
	assert_int_equal(want.lines, 7);
	for (size_t n = 0; n <= all; n++) {
		k = tls_keys_new();
		put("grows", "w", all_labels, n);
		look(k, "grows");
		put("grows", "a", all_labels + n, all - n);
		look(k, "grows");
		got = stats_of(k);
		assert_memory_equal(&got, &want, sizeof(got));
		/* The line end that was missing. */
		put("grows", "a", "\n", 1);
		look(k, "grows");
		got = stats_of(k);
		assert_memory_equal(&got, &want, sizeof(got));
		tls_keys_free(k);
	}
}

static void
test_refresh(void **state)
{
	static const char line[] = "CLIENT_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_48;
	struct timespec wait = { 0, 60000000 };
	struct tls_keys *k = tls_keys_new();

	(void)state;
	assert_false(tls_keys_refresh(k));
	put("fresh", "w", line, 60);
	assert_false(tls_keys_any(k));
	look(k, "fresh");
	assert_true(tls_keys_any(k));
	assert_int_equal(found(k, TLS_LABEL_CLIENT_TRAFFIC), -1);
	assert_false(tls_keys_refresh(k));
	put("fresh", "a", line + 60, sizeof(line) - 1 - 60);
	nanosleep(&wait, NULL);
	assert_true(tls_keys_refresh(k));
	assert_int_equal(found(k, TLS_LABEL_CLIENT_TRAFFIC), 48);
	assert_false(tls_keys_refresh(k));
	nanosleep(&wait, NULL);
	assert_false(tls_keys_refresh(k));
	tls_keys_free(k);
}

/* Replaced by another file, made shorter, written over at the same length. */
static void
test_changes(void **state)
{
	static const char a[] = "CLIENT_RANDOM " RANDOM_A " " BYTES_48 "\n";
	static const char b[] = "SERVER_TRAFFIC_SECRET_0 " RANDOM_A " " BYTES_32 "\n";
	struct tls_keys *k = tls_keys_new();
	char longer[4096];
	struct tls_secret s;
	struct buf many = BUF_INIT;

	(void)state;
	put("log", "w", a, sizeof(a) - 1);
	look(k, "log");
	assert_int_equal(found(k, TLS_LABEL_MASTER), 48);
	put("other", "w", b, sizeof(b) - 1);
	assert_int_equal(rename(path_of("other"), path_of("log")), 0);
	look(k, "log");
	assert_int_equal(stats_of(k).secrets, 2);
	put("log", "w", "RSA Session-ID:01 Master-Key:" BYTES_48 "\n", 30 + 96);
	look(k, "log");
	assert_int_equal(stats_of(k).secrets, 3);
	/* Longer than before, and other bytes. */
	add_many(&many, 1, 3);
	memset(longer, '#', sizeof(longer));
	put("log", "w", longer, sizeof(longer));
	put("log", "a", "\n", 1);
	put("log", "a", many.p, many.n);
	look(k, "log");
	assert_int_equal(stats_of(k).secrets, 5);
	assert_true(tls_keys_find_session(k, STR("\1"), &s));
	assert_int_equal(stats_of(k).bad, 0);
	/* Gone: what is known stays. */
	assert_int_equal(unlink(path_of("log")), 0);
	assert_int_equal(tls_keys_add_file(k, path_of("log"), NULL), -1);
	assert_int_equal(stats_of(k).secrets, 5);
	buf_release(&many);
	tls_keys_free(k);
}

/* A line that has no end for long, a hole of NULs, and a secret after each. */
static void
test_long(void **state)
{
	struct tls_keys *k = tls_keys_new();
	struct buf b = BUF_INIT;

	(void)state;
	buf_add_chars(&b, 'x', 300000);
	buf_add_cstr(&b, "\n");
	add_many(&b, 0, 1);
	buf_add_chars(&b, '\0', 300000);
	add_many(&b, 1, 2);
	buf_add_chars(&b, '#', 300000);
	buf_add_cstr(&b, "\n");
	add_many(&b, 2, 3);
	buf_add_chars(&b, 'x', 300000);
	put("long", "w", b.p, b.n);
	look(k, "long");
	assert_int_equal(stats_of(k).secrets, 3);
	assert_int_equal(stats_of(k).bad, 2);
	assert_int_equal(stats_of(k).lines, 5);
	buf_release(&b);
	tls_keys_free(k);
}

static void
refuse(struct tls_keys *k, const char *name, bool rsa, const char *why)
{
	const char *path = path_of(name);
	struct err err = { "" };
	int result = rsa ? tls_keys_add_rsa(k, path, &err) : tls_keys_add_file(k, path, &err);

	assert_int_equal(result, -1);
	assert_memory_equal(err.text, path, strlen(path));
	if (!strstr(err.text, why))
		fail_msg("\"%s\" should say \"%s\"", err.text, why);
}

static void
test_refuses(void **state)
{
	struct tls_keys *k = tls_keys_new();

	(void)state;
	refuse(k, ".", false, "is a directory");
	refuse(k, "missing", false, "No such file");
	if (geteuid() != 0) {
		put("secret", "w", "x", 1);
		assert_int_equal(chmod(path_of("secret"), 0), 0);
		refuse(k, "secret", false, "Permission denied");
	}
	refuse(k, ".", true, "is a directory");
	refuse(k, "missing", true, "No such file");
	assert_int_equal(tls_keys_add_file(k, "/dev/zero", NULL), -1);
	assert_false(tls_keys_any(k));
	tls_keys_free(k);
}

static void
test_pipe(void **state)
{
	struct tls_keys *k = tls_keys_new();
	FILE *f;

	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	look(k, "pipe");
	assert_int_equal(stats_of(k).lines, 0);
	f = fopen(path_of("pipe"), "r+");
	assert_non_null(f);
	fputs("CLIENT_RANDOM " RANDOM_A " " BYTES_48 "\nCLIENT", f);
	fflush(f);
	look(k, "pipe");
	assert_int_equal(found(k, TLS_LABEL_MASTER), 48);
	fputs("_HANDSHAKE_TRAFFIC_SECRET " RANDOM_A " " BYTES_48 "\n", f);
	fclose(f);
	look(k, "pipe");
	tls_keys_free(k);
}

/* ---- private keys ---- */

static gnutls_x509_privkey_t
make_key(gnutls_pk_algorithm_t kind, unsigned bits)
{
	gnutls_x509_privkey_t key;

	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(key, kind, bits, 0), 0);
	return key;
}

static gnutls_datum_t
make_cert(gnutls_x509_privkey_t key)
{
	gnutls_x509_crt_t crt;
	gnutls_datum_t der;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, "\1", 1);
	gnutls_x509_crt_set_activation_time(crt, 1700000000);
	gnutls_x509_crt_set_expiration_time(crt, 1800000000);
	gnutls_x509_crt_set_key(crt, key);
	gnutls_x509_crt_set_dn(crt, "CN=a", NULL);
	assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der), 0);
	gnutls_x509_crt_deinit(crt);
	return der;
}

static struct str
str_datum(gnutls_datum_t d)
{
	return (struct str){ (const char *)d.data, d.size };
}

static void
put_pem(const char *name, const char *mode, gnutls_x509_privkey_t key, const char *password,
	bool pkcs8)
{
	gnutls_datum_t pem;
	int result = pkcs8 ?
		gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, password,
			password ? GNUTLS_PKCS_PBES2_AES_256 : GNUTLS_PKCS_PLAIN, &pem) :
		gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);

	assert_int_equal(result, 0);
	put(name, mode, (char *)pem.data, pem.size);
	gnutls_free(pem.data);
}

static gnutls_datum_t
encrypt(gnutls_x509_privkey_t key, const uint8_t *text, unsigned n)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)text, n }, out;
	gnutls_privkey_t priv;
	gnutls_pubkey_t pub;

	gnutls_privkey_init(&priv);
	gnutls_pubkey_init(&pub);
	assert_int_equal(gnutls_privkey_import_x509(priv, key, 0), 0);
	assert_int_equal(gnutls_pubkey_import_privkey(pub, priv, 0, 0), 0);
	assert_int_equal(gnutls_pubkey_encrypt_data(pub, 0, &in, &out), 0);
	gnutls_pubkey_deinit(pub);
	gnutls_privkey_deinit(priv);
	return out;
}

static void
expect_rsa(const struct tls_keys *k, struct str cert, gnutls_datum_t encrypted,
	   enum tls_rsa_result want, const uint8_t *premaster)
{
	char *copy = xmalloc(encrypted.size);
	struct tls_secret s = { .n = 0 };

	memcpy(copy, encrypted.data, encrypted.size);
	assert_int_equal(tls_keys_rsa(k, cert, (struct str){ copy, encrypted.size }, &s), want);
	free(copy);
	assert_int_equal(s.n, want == TLS_RSA_OK ? 48 : 0);
	if (want == TLS_RSA_OK)
		assert_memory_equal(s.bytes, premaster, 48);
}

static void
test_rsa(void **state)
{
	gnutls_x509_privkey_t a = make_key(GNUTLS_PK_RSA, 2048), b = make_key(GNUTLS_PK_RSA, 2048);
	gnutls_datum_t cert_a = make_cert(a), cert_b = make_cert(b), in_a, in_b, short_a;
	struct tls_keys *k = tls_keys_new();
	uint8_t premaster[48] = { 3, 3, 7, 9 };
	struct err err;

	(void)state;
	in_a = encrypt(a, premaster, 48);
	in_b = encrypt(b, premaster, 48);
	short_a = encrypt(a, premaster, 47);
	expect_rsa(k, str_datum(cert_a), in_a, TLS_RSA_NO_KEY, NULL);
	put_pem("a", "w", a, NULL, false);
	assert_int_equal(tls_keys_add_rsa(k, path_of("a"), &err), 0);
	assert_true(tls_keys_any(k));
	expect_rsa(k, str_datum(cert_a), in_a, TLS_RSA_OK, premaster);
	expect_rsa(k, STR_NONE, in_a, TLS_RSA_OK, premaster);
	expect_rsa(k, str_datum(cert_b), in_b, TLS_RSA_MISMATCH, NULL);
	expect_rsa(k, STR_NONE, in_b, TLS_RSA_FAILED, NULL);
	expect_rsa(k, str_datum(cert_a), short_a, TLS_RSA_FAILED, NULL);
	for (unsigned n = 0; n < in_a.size; n += 17)
		expect_rsa(k, str_datum(cert_a), (gnutls_datum_t){ in_a.data, n },
			   TLS_RSA_FAILED, NULL);
	/* A file with a certificate and both keys, one of them known. */
	put("b", "w", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 59);
	put_pem("b", "a", b, NULL, true);
	put_pem("b", "a", a, NULL, true);
	assert_int_equal(tls_keys_add_rsa(k, path_of("b"), &err), 0);
	assert_int_equal(stats_of(k).rsa, 2);
	expect_rsa(k, str_datum(cert_b), in_b, TLS_RSA_OK, premaster);
	expect_rsa(k, STR_NONE, in_b, TLS_RSA_OK, premaster);
	gnutls_free(in_a.data);
	gnutls_free(in_b.data);
	gnutls_free(short_a.data);
	gnutls_free(cert_a.data);
	gnutls_free(cert_b.data);
	gnutls_x509_privkey_deinit(a);
	gnutls_x509_privkey_deinit(b);
	tls_keys_free(k);
}

static void
test_no_rsa(void **state)
{
	gnutls_x509_privkey_t ec = make_key(GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
	struct tls_keys *k = tls_keys_new();
	struct buf b = BUF_INIT;

	(void)state;
	put("empty", "w", "", 0);
	refuse(k, "empty", true, "empty");
	put("text", "w", "no key\n", 7);
	refuse(k, "text", true, "no PEM private key");
	put("cert", "w", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 59);
	refuse(k, "cert", true, "a certificate");
	put("pub", "w", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", 57);
	refuse(k, "pub", true, "a public key");
	put("broken", "w", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", 37);
	refuse(k, "broken", true, ": ");
	put_pem("ec", "w", ec, NULL, true);
	refuse(k, "ec", true, "not RSA");
	put_pem("ec1", "w", ec, NULL, false);
	refuse(k, "ec1", true, "not RSA");
	put_pem("enc", "w", ec, "secret", true);
	refuse(k, "enc", true, "encrypted");
	put("old", "w", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n", 61);
	refuse(k, "old", true, "encrypted");
	buf_add_chars(&b, '\n', 2000000);
	put("big", "w", b.p, b.n);
	refuse(k, "big", true, "too long");
	buf_release(&b);
	assert_false(tls_keys_any(k));
	gnutls_x509_privkey_deinit(ec);
	tls_keys_free(k);
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
teardown(void **state)
{
	static const char *const names[] = {
		"grows", "fresh", "log", "other", "long", "secret", "pipe", "a", "b", "empty",
		"text", "cert", "pub", "broken", "ec", "ec1", "enc", "old", "big",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_rsa_lines),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_no_rsa),
	};

	return cmocka_run_group_tests_name("tls_keys", tests, setup, teardown);
}
