/* Key derivation: PRFs up to TLS 1.2, HKDF of TLS 1.3. */
#include "base/buf.h"
#include "transport/tls_int.h"

static const struct {
	gnutls_mac_algorithm_t mac;
	gnutls_digest_algorithm_t digest;
	uint8_t size;
} hashes[] = {
	[TLS_HASH_NONE] = { GNUTLS_MAC_UNKNOWN, GNUTLS_DIG_UNKNOWN, 0 },
	[TLS_HASH_MD5] = { GNUTLS_MAC_MD5, GNUTLS_DIG_MD5, 16 },
	[TLS_HASH_SHA1] = { GNUTLS_MAC_SHA1, GNUTLS_DIG_SHA1, 20 },
	[TLS_HASH_SHA256] = { GNUTLS_MAC_SHA256, GNUTLS_DIG_SHA256, 32 },
	[TLS_HASH_SHA384] = { GNUTLS_MAC_SHA384, GNUTLS_DIG_SHA384, 48 },
};

size_t
tls_hash_size(enum tls_hash hash)
{
	return hashes[hash].size;
}

gnutls_mac_algorithm_t
tls_hash_mac(enum tls_hash hash)
{
	return hashes[hash].mac;
}

/* P_hash of RFC 5246 section 5, xored into @out. */
static bool
p_hash(enum tls_hash hash, struct str secret, const char *label, struct str a, struct str b,
       uint8_t *out, size_t n)
{
	uint8_t round[TLS_HASH_BYTES_MAX], block[TLS_HASH_BYTES_MAX];
	size_t size = tls_hash_size(hash), label_n = strlen(label);
	gnutls_hmac_hd_t h;
	bool ok;

	if (gnutls_hmac_init(&h, tls_hash_mac(hash), secret.p, secret.n) != 0)
		return false;
	ok = gnutls_hmac(h, label, label_n) == 0 && gnutls_hmac(h, a.p, a.n) == 0 &&
	     gnutls_hmac(h, b.p, b.n) == 0;
	gnutls_hmac_output(h, round);
	for (size_t at = 0; ok && at < n; at += size) {
		ok = gnutls_hmac(h, round, size) == 0 && gnutls_hmac(h, label, label_n) == 0 &&
		     gnutls_hmac(h, a.p, a.n) == 0 && gnutls_hmac(h, b.p, b.n) == 0;
		gnutls_hmac_output(h, block);
		for (size_t i = 0; i < size && at + i < n; i++)
			out[at + i] ^= block[i];
		if (ok && at + size < n) {
			ok = gnutls_hmac(h, round, size) == 0;
			gnutls_hmac_output(h, round);
		}
	}
	gnutls_hmac_deinit(h, NULL);
	gnutls_memset(round, 0, sizeof(round));
	gnutls_memset(block, 0, sizeof(block));
	return ok;
}

/* MD5(secret + SHA-1("A" + secret + a + b)), then with "BB", and so on (RFC 6101
 * sections 6.1 and 6.2.2). */
static bool
ssl3_prf(struct str secret, struct str a, struct str b, uint8_t *out, size_t n)
{
	uint8_t sha[20], md5[16], letters[26];
	gnutls_hash_hd_t h;
	bool ok = n <= sizeof(md5) * sizeof(letters);

	for (size_t i = 0; ok && i * sizeof(md5) < n; i++) {
		size_t at = i * sizeof(md5), part = n - at < sizeof(md5) ? n - at : sizeof(md5);

		memset(letters, 'A' + (int)i, i + 1);
		if (gnutls_hash_init(&h, GNUTLS_DIG_SHA1) != 0)
			return false;
		ok = gnutls_hash(h, letters, i + 1) == 0 &&
		     gnutls_hash(h, secret.p, secret.n) == 0 &&
		     gnutls_hash(h, a.p, a.n) == 0 && gnutls_hash(h, b.p, b.n) == 0;
		gnutls_hash_deinit(h, sha);
		if (gnutls_hash_init(&h, GNUTLS_DIG_MD5) != 0)
			return false;
		ok = ok && gnutls_hash(h, secret.p, secret.n) == 0 &&
		     gnutls_hash(h, sha, sizeof(sha)) == 0;
		gnutls_hash_deinit(h, md5);
		memcpy(out + at, md5, part);
	}
	gnutls_memset(sha, 0, sizeof(sha));
	gnutls_memset(md5, 0, sizeof(md5));
	return ok;
}

bool
tls_prf(uint16_t version, enum tls_hash hash, struct str secret, const char *label,
	struct str a, struct str b, uint8_t *out, size_t n)
{
	size_t half = (secret.n + 1) / 2;

	memset(out, 0, n);
	if (version == TLS_SSL3)
		return ssl3_prf(secret, a, b, out, n);
	if (version >= TLS_1_2)
		return p_hash(hash, secret, label, a, b, out, n);
	/* The halves share a byte when there is an odd number of them. */
	return p_hash(TLS_HASH_MD5, str_sub(secret, 0, half), label, a, b, out, n) &&
	       p_hash(TLS_HASH_SHA1, str_skip(secret, secret.n - half), label, a, b, out, n);
}

bool
tls_expand(enum tls_hash hash, struct str secret, const char *label, uint8_t *out, size_t n)
{
	uint8_t info[64];
	size_t label_n = strlen(label);
	gnutls_datum_t key = { (unsigned char *)(uintptr_t)secret.p, (unsigned)secret.n };
	gnutls_datum_t given = { info, (unsigned)(10 + label_n) };

	if (label_n > sizeof(info) - 10 || n > UINT16_MAX)
		BUG("label \"%s\"", label);
	info[0] = (uint8_t)(n >> 8);
	info[1] = (uint8_t)n;
	info[2] = (uint8_t)(6 + label_n);
	memcpy(info + 3, "tls13 ", 6);
	memcpy(info + 9, label, label_n);
	info[9 + label_n] = 0;
	return gnutls_hkdf_expand(tls_hash_mac(hash), &key, &given, out, n) == 0;
}

size_t
tls_session_hash(uint16_t version, enum tls_hash hash, struct str messages,
		 uint8_t out[TLS_HASH_BYTES_MAX])
{
	if (version >= TLS_1_2)
		return gnutls_hash_fast(hashes[hash].digest, messages.p, messages.n, out) == 0 ?
		       tls_hash_size(hash) : 0;
	if (gnutls_hash_fast(GNUTLS_DIG_MD5, messages.p, messages.n, out) != 0 ||
	    gnutls_hash_fast(GNUTLS_DIG_SHA1, messages.p, messages.n, out + 16) != 0)
		return 0;
	return 36;
}
