/*
 * Record protection: one direction's keys, and how to open a record with them.
 *
 * A record is opened at a sequence number: the one expected, or a number of
 * records ahead of it, after a gap. Only a record that opens moves the number,
 * so a wrong guess costs time alone. What chains a record to the one before is
 * the IV of CBC up to TLS 1.0, which heals after one record, and the key stream
 * of RC4, which does not.
 */
#include "transport/tls_int.h"

#include "base/bytes.h"
#include "base/mem.h"

enum mode {
	MODE_NONE,
	MODE_PLAIN,	/* NULL cipher */
	MODE_STREAM,
	MODE_CBC,
	MODE_AEAD,
};

static const struct kind {
	gnutls_cipher_algorithm_t id;
	uint8_t mode;		/* enum mode */
	uint8_t key;		/* bytes of the key */
	uint8_t iv;		/* bytes of IV out of the key block, up to TLS 1.2 */
	uint8_t sent;		/* bytes of the nonce that records carry, up to TLS 1.2 */
	uint8_t tag;		/* bytes of the tag, or of a block (CBC) */
} kinds[TLS_CIPHER_COUNT] = {
	[TLS_CIPHER_NULL] = { GNUTLS_CIPHER_NULL, MODE_PLAIN, 0, 0, 0, 0 },
	[TLS_CIPHER_RC4_128] = { GNUTLS_CIPHER_ARCFOUR_128, MODE_STREAM, 16, 0, 0, 0 },
	[TLS_CIPHER_DES_CBC] = { GNUTLS_CIPHER_DES_CBC, MODE_CBC, 8, 8, 0, 8 },
	[TLS_CIPHER_DES3_CBC] = { GNUTLS_CIPHER_3DES_CBC, MODE_CBC, 24, 8, 0, 8 },
	[TLS_CIPHER_AES_128_CBC] = { GNUTLS_CIPHER_AES_128_CBC, MODE_CBC, 16, 16, 0, 16 },
	[TLS_CIPHER_AES_256_CBC] = { GNUTLS_CIPHER_AES_256_CBC, MODE_CBC, 32, 16, 0, 16 },
	[TLS_CIPHER_CAMELLIA_128_CBC] = { GNUTLS_CIPHER_CAMELLIA_128_CBC, MODE_CBC, 16, 16, 0, 16 },
	[TLS_CIPHER_CAMELLIA_256_CBC] = { GNUTLS_CIPHER_CAMELLIA_256_CBC, MODE_CBC, 32, 16, 0, 16 },
	[TLS_CIPHER_AES_128_GCM] = { GNUTLS_CIPHER_AES_128_GCM, MODE_AEAD, 16, 4, 8, 16 },
	[TLS_CIPHER_AES_256_GCM] = { GNUTLS_CIPHER_AES_256_GCM, MODE_AEAD, 32, 4, 8, 16 },
	[TLS_CIPHER_CAMELLIA_128_GCM] = { GNUTLS_CIPHER_CAMELLIA_128_GCM, MODE_AEAD, 16, 4, 8, 16 },
	[TLS_CIPHER_CAMELLIA_256_GCM] = { GNUTLS_CIPHER_CAMELLIA_256_GCM, MODE_AEAD, 32, 4, 8, 16 },
	[TLS_CIPHER_AES_128_CCM] = { GNUTLS_CIPHER_AES_128_CCM, MODE_AEAD, 16, 4, 8, 16 },
	[TLS_CIPHER_AES_256_CCM] = { GNUTLS_CIPHER_AES_256_CCM, MODE_AEAD, 32, 4, 8, 16 },
	[TLS_CIPHER_AES_128_CCM_8] = { GNUTLS_CIPHER_AES_128_CCM_8, MODE_AEAD, 16, 4, 8, 8 },
	[TLS_CIPHER_AES_256_CCM_8] = { GNUTLS_CIPHER_AES_256_CCM_8, MODE_AEAD, 32, 4, 8, 8 },
	[TLS_CIPHER_CHACHA20_POLY1305] =
		{ GNUTLS_CIPHER_CHACHA20_POLY1305, MODE_AEAD, 32, 12, 0, 16 },
};

#define KEY_BLOCK_MAX	(2u * (TLS_HASH_BYTES_MAX + 32u + 16u))
#define IV13		12u	/* RFC 8446 5.3: max(8, N_MIN), which is 12 for all suites */

struct tls_cipher {
	const struct kind *kind;
	const struct tls_suite *suite;
	gnutls_aead_cipher_hd_t aead;
	gnutls_cipher_hd_t cipher;
	gnutls_hmac_hd_t mac;
	uint64_t seq;
	uint16_t version;
	uint8_t mac_n;
	bool etm;
	bool iv_lost;		/* the chained IV is not known */
	uint8_t iv[16];
	uint8_t mac_key[TLS_HASH_BYTES_MAX];	/* SSL 3.0 */
	uint8_t secret[TLS_HASH_BYTES_MAX];	/* TLS 1.3 */
};

static bool
handles_open(struct tls_cipher *c, const uint8_t *mac_key, const uint8_t *key)
{
	gnutls_datum_t k = { (unsigned char *)(uintptr_t)key, c->kind->key };
	gnutls_datum_t iv = { c->iv, c->kind->tag };

	if (c->kind->mode == MODE_AEAD)
		return gnutls_aead_cipher_init(&c->aead, c->kind->id, &k) == 0;
	if (c->kind->mode != MODE_PLAIN &&
	    gnutls_cipher_init(&c->cipher, c->kind->id, &k,
			       c->kind->mode == MODE_CBC ? &iv : NULL) != 0)
		return false;
	if (c->version == TLS_SSL3) {
		if (c->suite->mac != TLS_HASH_MD5 && c->suite->mac != TLS_HASH_SHA1)
			return false;
		memcpy(c->mac_key, mac_key, c->mac_n);
		return true;
	}
	return gnutls_hmac_init(&c->mac, tls_hash_mac(c->suite->mac), mac_key, c->mac_n) == 0;
}

struct tls_cipher *
tls_cipher_new(const struct tls_suite *suite, uint16_t version, bool etm, struct str master,
	       const uint8_t client_random[32], const uint8_t server_random[32], bool server)
{
	const struct kind *kind = &kinds[suite->cipher];
	size_t mac = tls_hash_size(suite->mac);
	size_t all = 2 * (mac + kind->key + kind->iv), at;
	uint8_t block[KEY_BLOCK_MAX];
	struct tls_cipher *c;
	bool ok;

	/* AEAD suites are of TLS 1.2, RFC 5246 6.2.3.3. */
	if (kind->mode == MODE_NONE || suite->kx == TLS_KX_TLS13 ||
	    (kind->mode == MODE_AEAD && version < TLS_1_2))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	*c = (struct tls_cipher){ .kind = kind, .suite = suite, .version = version,
				  .mac_n = (uint8_t)mac, .etm = etm && kind->mode == MODE_CBC };
	ok = tls_prf(version, suite->prf, master, "key expansion",
		     (struct str){ (const char *)server_random, 32 },
		     (struct str){ (const char *)client_random, 32 }, block, all);
	at = 2 * (mac + kind->key) + (server ? kind->iv : 0u);
	memcpy(c->iv, block + at, kind->iv);
	ok = ok && handles_open(c, block + (server ? mac : 0),
				block + 2 * mac + (server ? kind->key : 0u));
	gnutls_memset(block, 0, sizeof(block));
	if (ok)
		return c;
	tls_cipher_free(c);
	return NULL;
}

struct tls_cipher *
tls_cipher_new13(const struct tls_suite *suite, struct str secret)
{
	const struct kind *kind = &kinds[suite->cipher];
	struct tls_cipher *c;
	uint8_t key[32];
	bool ok;

	if (suite->kx != TLS_KX_TLS13 || kind->mode != MODE_AEAD ||
	    secret.n != tls_hash_size(suite->prf))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	*c = (struct tls_cipher){ .kind = kind, .suite = suite, .version = TLS_1_3 };
	memcpy(c->secret, secret.p, secret.n);
	ok = tls_expand(suite->prf, secret, "key", key, kind->key) &&
	     tls_expand(suite->prf, secret, "iv", c->iv, IV13) && handles_open(c, NULL, key);
	gnutls_memset(key, 0, sizeof(key));
	if (ok)
		return c;
	tls_cipher_free(c);
	return NULL;
}

struct tls_cipher *
tls_cipher_next13(const struct tls_cipher *c)
{
	uint8_t next[TLS_HASH_BYTES_MAX];
	size_t n = tls_hash_size(c->suite->prf);
	struct tls_cipher *new = NULL;

	if (tls_expand(c->suite->prf, (struct str){ (const char *)c->secret, n }, "traffic upd",
		       next, n))
		new = tls_cipher_new13(c->suite, (struct str){ (const char *)next, n });
	gnutls_memset(next, 0, sizeof(next));
	return new;
}

void
tls_cipher_free(struct tls_cipher *c)
{
	if (!c)
		return;
	if (c->aead)
		gnutls_aead_cipher_deinit(c->aead);
	if (c->cipher)
		gnutls_cipher_deinit(c->cipher);
	if (c->mac)
		gnutls_hmac_deinit(c->mac, NULL);
	gnutls_memset(c, 0, sizeof(*c));
	free(c);
}

static bool
has_iv(const struct tls_cipher *c)
{
	return c->kind->mode == MODE_CBC && c->version >= TLS_1_1;
}

size_t
tls_cipher_overhead(const struct tls_cipher *c)
{
	if (c->version == TLS_1_3)
		return c->kind->tag + 1u;
	switch (c->kind->mode) {
	case MODE_AEAD:
		return (size_t)c->kind->sent + c->kind->tag;
	case MODE_CBC:
		return (size_t)c->mac_n + 1 + (has_iv(c) ? c->kind->tag : 0u);
	default:
		return c->mac_n;
	}
}

bool
tls_cipher_is_stream(const struct tls_cipher *c)
{
	return c->kind->mode == MODE_STREAM;
}

/* ---- opening ---- */

static void
put_be(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * (n - 1 - i));
}

/* Sequence number, type, version and length, as they are authenticated. */
static void
put_pseudo(uint8_t p[13], uint64_t seq, const struct tls_record *r, size_t n)
{
	put_be(p, seq, 8);
	memcpy(p + 8, r->head.p, 3);
	put_be(p + 11, n, 2);
}

/* Strip the padding off what TLS 1.3 protected: zeroes behind the type. */
static void
strip13(struct tls_record *r)
{
	size_t n = r->text.n;

	while (n > 0 && r->text.p[n - 1] == 0)
		n--;
	r->type = n > 0 ? (uint8_t)r->text.p[n - 1] : 0;
	r->text.n = n > 0 ? n - 1 : 0;
}

static enum tls_opened
open_aead(struct tls_cipher *c, uint64_t seq, struct tls_record *r, uint8_t *out)
{
	uint8_t nonce[12], pseudo[13];
	const void *aad = pseudo;
	size_t aad_n = sizeof(pseudo), room = TLS_RECORD_MAX + 64;
	struct str body = r->body;

	memcpy(nonce, c->iv, sizeof(nonce));
	if (c->version == TLS_1_3) {
		aad = r->head.p;
		aad_n = r->head.n;
	} else if (c->kind->sent > 0) {
		memcpy(nonce + c->kind->iv, body.p, c->kind->sent);
		body = str_skip(body, c->kind->sent);
	}
	if (c->version == TLS_1_3 || c->kind->sent == 0)
		for (size_t i = 0; i < 8; i++)
			nonce[4 + i] ^= (uint8_t)(seq >> (56 - 8 * i));
	if (aad == pseudo)
		put_pseudo(pseudo, seq, r, body.n - c->kind->tag);
	if (gnutls_aead_cipher_decrypt(c->aead, nonce, sizeof(nonce), aad, aad_n, c->kind->tag,
				       body.p, body.n, out, &room) != 0)
		return TLS_OPEN_BAD;
	r->text = (struct str){ (const char *)out, room };
	if (c->version == TLS_1_3)
		strip13(r);
	return TLS_OPENED;
}

/* The MAC of SSL 3.0 (RFC 6101 section 5.2.3.1). */
static bool
mac_ssl3(struct tls_cipher *c, uint64_t seq, const struct tls_record *r, struct str text,
	 uint8_t out[TLS_HASH_BYTES_MAX])
{
	gnutls_digest_algorithm_t digest = c->suite->mac == TLS_HASH_MD5 ? GNUTLS_DIG_MD5 :
					   GNUTLS_DIG_SHA1;
	size_t pad_n = c->suite->mac == TLS_HASH_MD5 ? 48 : 40;
	uint8_t pad[48], head[11];
	gnutls_hash_hd_t h;

	put_be(head, seq, 8);
	head[8] = (uint8_t)r->head.p[0];
	put_be(head + 9, text.n, 2);
	memset(pad, 0x36, sizeof(pad));
	if (gnutls_hash_init(&h, digest) != 0)
		return false;
	gnutls_hash(h, c->mac_key, c->mac_n);
	gnutls_hash(h, pad, pad_n);
	gnutls_hash(h, head, sizeof(head));
	gnutls_hash(h, text.p, text.n);
	gnutls_hash_deinit(h, out);
	memset(pad, 0x5c, sizeof(pad));
	if (gnutls_hash_init(&h, digest) != 0)
		return false;
	gnutls_hash(h, c->mac_key, c->mac_n);
	gnutls_hash(h, pad, pad_n);
	gnutls_hash(h, out, c->mac_n);
	gnutls_hash_deinit(h, out);
	return true;
}

static bool
mac_ok(struct tls_cipher *c, uint64_t seq, const struct tls_record *r, struct str text,
       const char *mac)
{
	uint8_t pseudo[13], out[TLS_HASH_BYTES_MAX];

	if (c->version == TLS_SSL3)
		return mac_ssl3(c, seq, r, text, out) && memcmp(out, mac, c->mac_n) == 0;
	put_pseudo(pseudo, seq, r, text.n);
	gnutls_hmac(c->mac, pseudo, sizeof(pseudo));
	gnutls_hmac(c->mac, text.p, text.n);
	gnutls_hmac_output(c->mac, out);
	return memcmp(out, mac, c->mac_n) == 0;
}

/* Bytes of padding with its length byte at the end of @text; 0: it is wrong. */
static size_t
padding(const struct tls_cipher *c, struct str text)
{
	size_t n = text.n > 0 ? (uint8_t)text.p[text.n - 1] + (size_t)1 : 0;

	if (n == 0 || n > text.n)
		return 0;
	if (c->version == TLS_SSL3)
		return n <= c->kind->tag ? n : 0;
	for (size_t i = text.n - n; i < text.n; i++)
		if ((uint8_t)text.p[i] != n - 1)
			return 0;
	return n;
}

static enum tls_opened
open_cbc(struct tls_cipher *c, uint64_t seq, struct tls_record *r, uint8_t *out)
{
	struct str body = r->body, text;
	size_t block = c->kind->tag, pad;
	const void *iv = c->iv;

	if (c->etm) {
		body.n -= c->mac_n;
		if (!mac_ok(c, seq, r, body, body.p + body.n))
			return TLS_OPEN_BAD;
	}
	if (has_iv(c)) {
		iv = body.p;
		body = str_skip(body, block);
	} else if (c->iv_lost) {
		return TLS_OPEN_NO_IV;
	}
	if (body.n == 0 || body.n % block != 0)
		return TLS_OPEN_BAD;
	gnutls_cipher_set_iv(c->cipher, (void *)(uintptr_t)iv, block);
	if (gnutls_cipher_decrypt2(c->cipher, body.p, body.n, out, TLS_RECORD_MAX + 64) != 0)
		return TLS_OPEN_BAD;
	text = (struct str){ (const char *)out, body.n };
	pad = padding(c, text);
	if (pad == 0 || pad + (c->etm ? 0 : c->mac_n) > text.n)
		return TLS_OPEN_BAD;
	text.n -= pad;
	if (!c->etm) {
		text.n -= c->mac_n;
		if (!mac_ok(c, seq, r, text, text.p + text.n))
			return TLS_OPEN_BAD;
	}
	r->text = text;
	return TLS_OPENED;
}

static enum tls_opened
open_stream(struct tls_cipher *c, uint64_t seq, struct tls_record *r, uint8_t *out)
{
	struct str text = r->body;

	if (c->kind->mode == MODE_STREAM) {
		if (gnutls_cipher_decrypt2(c->cipher, text.p, text.n, out,
					   TLS_RECORD_MAX + 64) != 0)
			return TLS_OPEN_BAD;
		text.p = (const char *)out;
	}
	text.n -= c->mac_n;
	if (!mac_ok(c, seq, r, text, text.p + text.n))
		return TLS_OPEN_BAD;
	r->text = text;
	return TLS_OPENED;
}

void
tls_cipher_pass(struct tls_cipher *c, struct str body)
{
	size_t block = c->kind->tag;

	c->seq++;
	if (c->kind->mode != MODE_CBC || has_iv(c))
		return;
	if (c->etm)
		body.n = body.n > c->mac_n ? body.n - c->mac_n : 0;
	c->iv_lost = body.n < block;
	if (!c->iv_lost)
		memcpy(c->iv, body.p + body.n - block, block);
}

void
tls_cipher_gap(struct tls_cipher *c)
{
	c->iv_lost = true;
}

enum tls_opened
tls_cipher_open(struct tls_cipher *c, uint64_t ahead, struct tls_record *r, uint8_t *out)
{
	enum tls_opened opened;
	uint64_t seq = c->seq + ahead;

	if (r->body.n < tls_cipher_overhead(c) || r->body.n > TLS_RECORD_MAX)
		return TLS_OPEN_BAD;
	switch (c->kind->mode) {
	case MODE_AEAD:
		opened = open_aead(c, seq, r, out);
		break;
	case MODE_CBC:
		opened = open_cbc(c, seq, r, out);
		break;
	default:
		opened = open_stream(c, seq, r, out);
		break;
	}
	if (opened == TLS_OPENED) {
		c->seq = seq;
		tls_cipher_pass(c, r->body);
	}
	return opened;
}
