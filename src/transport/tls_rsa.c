/* RSA private keys: read, matched to certificates, and decrypted with. */
#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <unistd.h>

#include "base/mem.h"
#include "transport/tls_cert.h"
#include "transport/tls_keys_int.h"

#define KEY_FILE_MAX	((size_t)1 << 20)
#define KEY_WAIT_MS	2000		/* for a pipe's writer */
#define KEY_ID_BYTES	32u		/* SHA-256 of the public key */
#define PREMASTER_BYTES	48u

struct rsa_key {
	gnutls_privkey_t key;
	uint8_t id[KEY_ID_BYTES];
};

void
rsa_keys_release(struct tls_keys *k)
{
	for (size_t i = 0; i < k->rsa_n; i++)
		gnutls_privkey_deinit(k->rsa[i].key);
	free(k->rsa);
}

/* ---- reading ---- */

/* @return the bytes read into @p to, or -1 with *err. */
static ssize_t
read_file(const char *path, char *to, size_t max, struct err *err)
{
	struct stat st;
	int fd = keys_open(path, &st, err);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return -1;
	while (n < max && (got = keys_read(fd, to + n, max - n, KEY_WAIT_MS)) != 0) {
		if (got < 0) {
			err_set(err, "%s: read: %s", path, strerror(errno));
			close(fd);
			return -1;
		}
		n += (size_t)got;
	}
	close(fd);
	if (n == max) {
		err_set(err, "%s: too long for a private key", path);
		return -1;
	}
	return (ssize_t)n;
}

/* Find the next "-----BEGIN LABEL-----" of *rest; *block is from there to its end
 * line or that of the text, *rest what follows. */
static bool
next_pem(struct str *rest, struct str *label, struct str *block)
{
	size_t begin = str_find_ci(*rest, STR("-----BEGIN ")), end;

	if (begin == SIZE_MAX)
		return false;
	*block = str_skip(*rest, begin);
	*label = str_skip(*block, sizeof("-----BEGIN ") - 1);
	label->n = str_chr(*label, '-') == SIZE_MAX ? label->n : str_chr(*label, '-');
	end = str_find_ci(*block, STR("-----END "));
	if (end != SIZE_MAX) {
		size_t line = str_chr(str_skip(*block, end), '\n');

		if (line != SIZE_MAX)
			block->n = end + line + 1;
	}
	*rest = str_skip(*rest, begin + block->n);
	return true;
}

/* @return whether the key was added; *why says what it is else. */
static bool
take_key(struct tls_keys *k, struct str pem, const char **why)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)pem.p, (unsigned)pem.n };
	size_t id_n = KEY_ID_BYTES;
	gnutls_x509_privkey_t x509;
	struct rsa_key key;
	int result;

	if (gnutls_x509_privkey_init(&x509) < 0) {
		*why = "no memory for a key";
		return false;
	}
	*why = NULL;
	result = gnutls_x509_privkey_import2(x509, &in, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (result < 0)
		*why = gnutls_strerror(result);
	else if (gnutls_x509_privkey_get_pk_algorithm(x509) != GNUTLS_PK_RSA)
		*why = "the private key is not RSA";
	else if (gnutls_x509_privkey_get_key_id(x509, GNUTLS_KEYID_USE_SHA256, key.id, &id_n) < 0)
		*why = "its public key cannot be told";
	else if (gnutls_privkey_init(&key.key) < 0)
		*why = "no memory for a key";
	if (!*why) {
		/* A copy: the other one is wiped below. */
		result = gnutls_privkey_import_x509(key.key, x509, GNUTLS_PRIVKEY_IMPORT_COPY);
		if (result < 0) {
			*why = gnutls_strerror(result);
			gnutls_privkey_deinit(key.key);
		}
	}
	gnutls_x509_privkey_deinit(x509);
	if (*why)
		return false;
	for (size_t i = 0; i < k->rsa_n; i++) {
		if (memcmp(k->rsa[i].id, key.id, KEY_ID_BYTES) == 0) {
			gnutls_privkey_deinit(key.key);
			return true;
		}
	}
	ARRAY_GROW(k->rsa, k->rsa_cap, k->rsa_n + 1);
	k->rsa[k->rsa_n++] = key;
	k->fresh = true;
	return true;
}

static bool
label_ends(struct str label, struct str end)
{
	return label.n >= end.n && str_eq(str_skip(label, label.n - end.n), end);
}

/* Take the keys of a PEM text. @return NULL, or why there is none. */
static const char *
take_pem(struct tls_keys *k, struct str text)
{
	const char *why = "no PEM private key in it", *problem;
	struct str label, block;
	bool any = false;

	while (next_pem(&text, &label, &block)) {
		if (label_ends(label, STR("CERTIFICATE"))) {
			why = "it holds a certificate, not a private key";
		} else if (label_ends(label, STR("PUBLIC KEY"))) {
			why = "it holds a public key, not a private key";
		} else if (str_eq(label, STR("ENCRYPTED PRIVATE KEY")) ||
			   str_find_ci(block, STR("4,ENCRYPTED")) != SIZE_MAX) {
			why = "the private key is encrypted: decrypt it first";
		} else if (str_eq(label, STR("EC PRIVATE KEY")) ||
			   str_eq(label, STR("DSA PRIVATE KEY"))) {
			why = "the private key is not RSA";
		} else if (label_ends(label, STR("PRIVATE KEY"))) {
			if (take_key(k, block, &problem))
				any = true;
			else
				why = problem;
			continue;
		} else {
			continue;
		}
	}
	return any ? NULL : why;
}

int
tls_keys_add_rsa(struct tls_keys *k, const char *path, struct err *err)
{
	char *text = xmalloc(KEY_FILE_MAX);
	ssize_t n = read_file(path, text, KEY_FILE_MAX, err);
	const char *why;
	int result = -1;

	if (n == 0) {
		err_set(err, "%s: it is empty", path);
	} else if (n > 0) {
		why = take_pem(k, (struct str){ text, (size_t)n });
		result = why ? err_set(err, "%s: %s", path, why) : 0;
	}
	gnutls_memset(text, 0, KEY_FILE_MAX);
	free(text);
	return result;
}

/* ---- use ---- */

/* @return whether @p der is a certificate whose public key has an id. */
static bool
certificate_id(struct str der, uint8_t id[KEY_ID_BYTES])
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)der.p, (unsigned)der.n };
	size_t n = KEY_ID_BYTES;
	gnutls_x509_crt_t crt;
	bool ok;

	if (der.n == 0 || der.n > TLS_CERT_MAX || gnutls_x509_crt_init(&crt) < 0)
		return false;
	ok = gnutls_x509_crt_import(crt, &in, GNUTLS_X509_FMT_DER) >= 0 &&
		gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &n) >= 0;
	gnutls_x509_crt_deinit(crt);
	return ok;
}

/* What comes out is as long as a premaster secret; its first bytes should be the
 * version that was offered, but some clients put the one chosen there. */
static bool
decrypt(gnutls_privkey_t key, struct str encrypted, struct tls_secret *premaster)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)encrypted.p, (unsigned)encrypted.n };
	uint8_t out[PREMASTER_BYTES];
	bool ok = gnutls_privkey_decrypt_data2(key, 0, &in, out, sizeof(out)) >= 0;

	if (ok && out[0] == 3) {
		memcpy(premaster->bytes, out, sizeof(out));
		premaster->n = PREMASTER_BYTES;
	}
	ok = ok && out[0] == 3;
	gnutls_memset(out, 0, sizeof(out));
	return ok;
}

enum tls_rsa_result
tls_keys_rsa(const struct tls_keys *k, struct str certificate, struct str encrypted,
	     struct tls_secret *premaster)
{
	uint8_t id[KEY_ID_BYTES];
	bool known, tried = false;

	if (keys_find_encrypted(k, encrypted, premaster))
		return TLS_RSA_OK;
	if (k->rsa_n == 0)
		return TLS_RSA_NO_KEY;
	known = certificate_id(certificate, id);
	for (size_t i = 0; i < k->rsa_n; i++) {
		if (known && memcmp(k->rsa[i].id, id, KEY_ID_BYTES) != 0)
			continue;
		tried = true;
		if (encrypted.n <= TLS_CERT_MAX && decrypt(k->rsa[i].key, encrypted, premaster))
			return TLS_RSA_OK;
	}
	return tried ? TLS_RSA_FAILED : TLS_RSA_MISMATCH;
}
