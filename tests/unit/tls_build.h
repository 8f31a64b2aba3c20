/*
 * TLS connections made up: hellos, records of any suite, and the lines of the key
 * log that go with them. Records are protected by GnuTLS here, beside and not
 * through the code that opens them; keys come from its derivation, which has
 * vectors of its own.
 */
#ifndef TESTS_TLS_BUILD_H
#define TESTS_TLS_BUILD_H

#include "base/mem.h"
#include "transport/tls_int.h"

#define BUILD_FLIGHTS	256

/* What a direction writes with. */
struct build_key {
	gnutls_aead_cipher_hd_t aead;
	gnutls_cipher_hd_t cipher;
	uint8_t mac[TLS_HASH_BYTES_MAX], iv[16];
	uint64_t seq;
	bool on;
};

struct build {
	const struct tls_suite *suite;
	uint16_t version;
	bool etm, ems, early, retry;
	uint8_t seed;			/* of everything that is random */
	unsigned client;		/* direction of the client */
	struct str id, ticket;		/* in ClientHello; id echoed when it resumes */
	bool resume;
	uint8_t client_random[32], server_random[32];
	uint8_t master[48];
	uint8_t secrets[4][48];		/* handshake and traffic, client and server */
	struct build_key key[2];
	struct buf messages;		/* handshake so far */
	/* What was sent, in order. */
	struct { unsigned dir; struct buf bytes; } flight[BUILD_FLIGHTS];
	size_t n;
};

struct build_cipher {
	gnutls_cipher_algorithm_t id;
	uint8_t key, iv, sent, tag, block;
};

static inline struct build_cipher
build_cipher(enum tls_cipher_id c)
{
	switch (c) {
	case TLS_CIPHER_RC4_128:
		return (struct build_cipher){ GNUTLS_CIPHER_ARCFOUR_128, 16, 0, 0, 0, 0 };
	case TLS_CIPHER_DES_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_DES_CBC, 8, 8, 0, 0, 8 };
	case TLS_CIPHER_DES3_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_3DES_CBC, 24, 8, 0, 0, 8 };
	case TLS_CIPHER_AES_128_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_128_CBC, 16, 16, 0, 0, 16 };
	case TLS_CIPHER_AES_256_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_256_CBC, 32, 16, 0, 0, 16 };
	case TLS_CIPHER_CAMELLIA_128_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_CAMELLIA_128_CBC, 16, 16, 0, 0, 16 };
	case TLS_CIPHER_CAMELLIA_256_CBC:
		return (struct build_cipher){ GNUTLS_CIPHER_CAMELLIA_256_CBC, 32, 16, 0, 0, 16 };
	case TLS_CIPHER_AES_128_GCM:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_128_GCM, 16, 4, 8, 16, 0 };
	case TLS_CIPHER_AES_256_GCM:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_256_GCM, 32, 4, 8, 16, 0 };
	case TLS_CIPHER_CAMELLIA_128_GCM:
		return (struct build_cipher){ GNUTLS_CIPHER_CAMELLIA_128_GCM, 16, 4, 8, 16, 0 };
	case TLS_CIPHER_CAMELLIA_256_GCM:
		return (struct build_cipher){ GNUTLS_CIPHER_CAMELLIA_256_GCM, 32, 4, 8, 16, 0 };
	case TLS_CIPHER_AES_128_CCM:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_128_CCM, 16, 4, 8, 16, 0 };
	case TLS_CIPHER_AES_256_CCM:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_256_CCM, 32, 4, 8, 16, 0 };
	case TLS_CIPHER_AES_128_CCM_8:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_128_CCM_8, 16, 4, 8, 8, 0 };
	case TLS_CIPHER_AES_256_CCM_8:
		return (struct build_cipher){ GNUTLS_CIPHER_AES_256_CCM_8, 32, 4, 8, 8, 0 };
	case TLS_CIPHER_CHACHA20_POLY1305:
		return (struct build_cipher){ GNUTLS_CIPHER_CHACHA20_POLY1305, 32, 12, 0, 16, 0 };
	default:
		return (struct build_cipher){ GNUTLS_CIPHER_NULL, 0, 0, 0, 0, 0 };
	}
}

static inline struct str
build_bytes(const void *p, size_t n)
{
	return (struct str){ p, n };
}

static inline void
build_int(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_add_char(b, (char)(uint8_t)(v >> 8 * bytes));
}

static inline void
build_init(struct build *b, uint16_t version, uint16_t suite, uint8_t seed)
{
	memset(b, 0, sizeof(*b));
	b->version = version;
	b->suite = tls_suite_find(suite);
	b->seed = seed;
	for (size_t i = 0; i < 32; i++) {
		b->client_random[i] = (uint8_t)(seed + i);
		b->server_random[i] = (uint8_t)(seed + 100 + 3 * i);
	}
	for (size_t i = 0; i < 48; i++) {
		b->master[i] = (uint8_t)(seed * 5 + i);
		for (size_t k = 0; k < 4; k++)
			b->secrets[k][i] = (uint8_t)(seed * 7 + k * 50 + i);
	}
}

static inline void
build_key_off(struct build_key *k)
{
	if (k->aead)
		gnutls_aead_cipher_deinit(k->aead);
	if (k->cipher)
		gnutls_cipher_deinit(k->cipher);
	memset(k, 0, sizeof(*k));
}

static inline void
build_release(struct build *b)
{
	build_key_off(&b->key[0]);
	build_key_off(&b->key[1]);
	buf_release(&b->messages);
	for (size_t i = 0; i < b->n; i++)
		buf_release(&b->flight[i].bytes);
}

/* Where the next bytes of @d go: a flight of the other direction ends. */
static inline struct buf *
build_to(struct build *b, unsigned d)
{
	if (b->n == 0 || b->flight[b->n - 1].dir != d) {
		if (b->n == BUILD_FLIGHTS)
			BUG("too many flights");
		b->flight[b->n].dir = d;
		b->flight[b->n].bytes = (struct buf)BUF_INIT;
		b->n++;
	}
	return &b->flight[b->n - 1].bytes;
}

/* What follows goes into a flight of its own. */
static inline void
build_cut(struct build *b)
{
	unsigned d = b->flight[b->n - 1].dir;

	if (b->n == BUILD_FLIGHTS)
		BUG("too many flights");
	b->flight[b->n].dir = d;
	b->flight[b->n].bytes = (struct buf)BUF_INIT;
	b->n++;
}

static inline bool
build_handles(struct build *b, struct build_key *k, const uint8_t *key)
{
	struct build_cipher c = build_cipher(b->suite->cipher);
	gnutls_datum_t datum = { (unsigned char *)(uintptr_t)key, c.key };
	gnutls_datum_t iv = { k->iv, c.block };

	k->on = true;
	if (c.tag > 0)
		return gnutls_aead_cipher_init(&k->aead, c.id, &datum) == 0;
	return c.key == 0 ||
	       gnutls_cipher_init(&k->cipher, c.id, &datum, c.block > 0 ? &iv : NULL) == 0;
}

/* Keys of TLS up to 1.2. @return false when the library has no such cipher. */
static inline bool
build_key12(struct build *b, unsigned d)
{
	struct build_cipher c = build_cipher(b->suite->cipher);
	struct build_key *k = &b->key[d];
	size_t mac = tls_hash_size(b->suite->mac), server = d != b->client;
	uint8_t block[256];

	build_key_off(k);
	tls_prf(b->version, b->suite->prf, build_bytes(b->master, 48), "key expansion",
		build_bytes(b->server_random, 32), build_bytes(b->client_random, 32), block,
		2 * (mac + c.key + c.iv));
	memcpy(k->mac, block + server * mac, mac);
	memcpy(k->iv, block + 2 * (mac + c.key) + server * c.iv, c.iv);
	return build_handles(b, k, block + 2 * mac + server * c.key);
}

static inline bool
build_key13(struct build *b, unsigned d, const uint8_t *secret)
{
	struct build_cipher c = build_cipher(b->suite->cipher);
	struct str s = build_bytes(secret, tls_hash_size(b->suite->prf));
	struct build_key *k = &b->key[d];
	uint8_t key[32];

	build_key_off(k);
	tls_expand(b->suite->prf, s, "key", key, c.key);
	tls_expand(b->suite->prf, s, "iv", k->iv, 12);
	return build_handles(b, k, key);
}

static inline void
build_header(struct buf *to, uint8_t type, uint16_t version, size_t n)
{
	buf_add_char(to, (char)type);
	build_int(to, version, 2);
	build_int(to, n, 2);
}

static inline void
build_mac(struct build *b, struct build_key *k, uint8_t type, struct str text, uint8_t *out)
{
	struct buf in = BUF_INIT;

	build_int(&in, k->seq, 8);
	buf_add_char(&in, (char)type);
	build_int(&in, b->version, 2);
	build_int(&in, text.n, 2);
	buf_add_str(&in, text);
	gnutls_hmac_fast(tls_hash_mac(b->suite->mac), k->mac, tls_hash_size(b->suite->mac), in.p,
			 in.n, out);
	buf_release(&in);
}

static inline void
build_aead(struct build *b, struct build_key *k, uint8_t type, struct str text, struct buf *to)
{
	struct build_cipher c = build_cipher(b->suite->cipher);
	struct buf in = BUF_INIT, aad = BUF_INIT;
	bool is13 = b->version == TLS_1_3;
	uint8_t nonce[12];
	size_t n = text.n + c.tag + (is13 ? 1 : 0), out = n;

	memcpy(nonce, k->iv, 12);
	if (!is13 && c.sent > 0)
		for (size_t i = 0; i < 8; i++)
			nonce[4 + i] = (uint8_t)(k->seq >> (56 - 8 * i));
	else
		for (size_t i = 0; i < 8; i++)
			nonce[4 + i] ^= (uint8_t)(k->seq >> (56 - 8 * i));
	buf_add_str(&in, text);
	if (is13) {
		buf_add_char(&in, (char)type);
		build_header(&aad, TLS_TYPE_APPLICATION, TLS_1_2, n);
		build_header(to, TLS_TYPE_APPLICATION, TLS_1_2, n);
	} else {
		build_int(&aad, k->seq, 8);
		build_header(&aad, type, b->version, text.n);
		build_header(to, type, b->version, n + c.sent);
		buf_add(to, nonce + 4, c.sent);
	}
	buf_reserve(to, n);
	if (gnutls_aead_cipher_encrypt(k->aead, nonce, 12, aad.p, aad.n, c.tag, in.p ? in.p : "",
				       in.n, to->p + to->n, &out) != 0)
		BUG("encrypt");
	to->n += out;
	buf_release(&in);
	buf_release(&aad);
}

static inline void
build_old(struct build *b, struct build_key *k, uint8_t type, struct str text, struct buf *to)
{
	struct build_cipher c = build_cipher(b->suite->cipher);
	size_t mac_n = tls_hash_size(b->suite->mac);
	uint8_t mac[TLS_HASH_BYTES_MAX], iv[16];
	bool etm = b->etm && c.block > 0;
	struct buf in = BUF_INIT, out = BUF_INIT;

	buf_add_str(&in, text);
	if (!etm) {
		build_mac(b, k, type, text, mac);
		buf_add(&in, mac, mac_n);
	}
	memcpy(iv, k->iv, sizeof(iv));
	if (c.block > 0) {
		size_t pad = c.block - 1 - in.n % c.block;

		/* Sometimes more than is needed. */
		if (k->seq % 3 == 1)
			pad += c.block;
		buf_add_chars(&in, (char)pad, pad + 1);
		if (b->version >= TLS_1_1) {
			for (size_t i = 0; i < c.block && i < sizeof(iv); i++)
				iv[i] = (uint8_t)(k->seq * 31 + i * 7);
			buf_add(&out, iv, c.block);
		}
		gnutls_cipher_set_iv(k->cipher, iv, c.block);
	}
	if (k->cipher && in.n > 0 && gnutls_cipher_encrypt(k->cipher, in.p, in.n) != 0)
		BUG("encrypt");
	buf_add_str(&out, buf_str(&in));
	if (c.block > 0)
		memcpy(k->iv, out.p + out.n - c.block, c.block);
	if (etm) {
		build_mac(b, k, type, buf_str(&out), mac);
		buf_add(&out, mac, mac_n);
	}
	build_header(to, type, b->version, out.n);
	buf_add_str(to, buf_str(&out));
	buf_release(&in);
	buf_release(&out);
}

/* A record as direction @d writes now. */
static inline void
build_record(struct build *b, unsigned d, uint8_t type, struct str text)
{
	struct build_key *k = &b->key[d];
	struct buf *to = build_to(b, d);

	if (!k->on) {
		build_header(to, type, b->version < TLS_1_2 ? b->version : TLS_1_2, text.n);
		buf_add_str(to, text);
		return;
	}
	if (build_cipher(b->suite->cipher).tag > 0)
		build_aead(b, k, type, text, to);
	else
		build_old(b, k, type, text, to);
	k->seq++;
}

static inline void
build_message(struct build *b, unsigned d, uint8_t type, struct str body)
{
	struct buf m = BUF_INIT;

	buf_add_char(&m, (char)type);
	build_int(&m, body.n, 3);
	buf_add_str(&m, body);
	buf_add_str(&b->messages, buf_str(&m));
	build_record(b, d, TLS_TYPE_HANDSHAKE, buf_str(&m));
	buf_release(&m);
}

static inline void
build_extension(struct buf *to, uint16_t type, struct str body)
{
	build_int(to, type, 2);
	build_int(to, body.n, 2);
	buf_add_str(to, body);
}

static inline void
build_client_hello(struct build *b)
{
	struct buf m = BUF_INIT, ext = BUF_INIT;

	build_int(&m, b->version < TLS_1_2 ? b->version : TLS_1_2, 2);
	buf_add(&m, b->client_random, 32);
	build_int(&m, b->id.n, 1);
	buf_add_str(&m, b->id);
	build_int(&m, 6, 2);
	build_int(&m, 0x3a3a, 2);
	build_int(&m, b->suite->code, 2);
	build_int(&m, 0x00ff, 2);
	build_int(&m, 0x0100, 2);
	build_extension(&ext, 0x1a1a, STR_NONE);
	build_extension(&ext, 0, STR("\0\x0e\0\0\x0bsip.example"));
	build_extension(&ext, 16, STR("\0\x08\x03sip\x03" "foo"));
	if (b->ems)
		build_extension(&ext, 23, STR_NONE);
	if (b->etm)
		build_extension(&ext, 22, STR_NONE);
	build_extension(&ext, 35, b->ticket);
	if (b->version == TLS_1_3)
		build_extension(&ext, 43, STR("\x06\x7a\x7a\x03\x04\x03\x03"));
	if (b->early)
		build_extension(&ext, 42, STR_NONE);
	build_int(&m, ext.n, 2);
	buf_add_str(&m, buf_str(&ext));
	build_message(b, b->client, TLS_CLIENT_HELLO, buf_str(&m));
	buf_release(&m);
	buf_release(&ext);
}

static inline void
build_server_hello(struct build *b, const uint8_t random[32])
{
	struct buf m = BUF_INIT, ext = BUF_INIT;
	struct str id = b->resume || b->version == TLS_1_3 ? b->id : STR("another");

	build_int(&m, b->version < TLS_1_2 ? b->version : TLS_1_2, 2);
	buf_add(&m, random, 32);
	build_int(&m, id.n, 1);
	buf_add_str(&m, id);
	build_int(&m, b->suite->code, 2);
	build_int(&m, 0, 1);
	if (b->ems)
		build_extension(&ext, 23, STR_NONE);
	if (b->etm)
		build_extension(&ext, 22, STR_NONE);
	if (b->version == TLS_1_3)
		build_extension(&ext, 43, STR("\x03\x04"));
	else
		build_extension(&ext, 16, STR("\0\x04\x03sip"));
	build_int(&m, ext.n, 2);
	buf_add_str(&m, buf_str(&ext));
	build_message(b, !b->client, TLS_SERVER_HELLO, buf_str(&m));
	buf_release(&m);
	buf_release(&ext);
}

static inline bool
build_change(struct build *b, unsigned d)
{
	build_record(b, d, TLS_TYPE_CCS, STR("\1"));
	if (!build_key12(b, d))
		return false;
	build_message(b, d, TLS_FINISHED, STR("verify data."));
	return true;
}

/* A whole handshake up to TLS 1.2. @return false when the library cannot. */
static inline bool
build_handshake12(struct build *b)
{
	unsigned c = b->client, s = !c;
	bool ok;

	buf_clear(&b->messages);
	build_client_hello(b);
	build_server_hello(b, b->server_random);
	if (b->resume)
		return build_change(b, s) && build_change(b, c);
	build_message(b, s, TLS_CERTIFICATE, STR("\0\0\0"));
	build_message(b, s, TLS_SERVER_HELLO_DONE, STR_NONE);
	build_message(b, c, TLS_CLIENT_KEY_EXCHANGE, STR("\0\4none"));
	if (b->ems) {
		uint8_t hash[TLS_HASH_BYTES_MAX];
		size_t n = tls_session_hash(b->version, b->suite->prf, buf_str(&b->messages), hash);

		tls_prf(b->version, b->suite->prf, build_bytes(b->secrets[0], 48),
			"extended master secret", build_bytes(hash, n), STR_NONE, b->master, 48);
	}
	ok = build_change(b, c);
	build_to(b, s);
	build_message(b, s, TLS_NEW_SESSION_TICKET, STR("\0\0\0\1\0\6ticket"));
	return ok && build_change(b, s);
}

static inline bool
build_handshake13(struct build *b)
{
	static const uint8_t retry[32] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
		0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2,
		0xc8, 0xa8, 0x33, 0x9c,
	};
	unsigned c = b->client, s = !c;
	bool ok;

	build_client_hello(b);
	if (b->early) {
		build_record(b, c, TLS_TYPE_CCS, STR("\1"));
		ok = build_key13(b, c, b->client_random);
		build_record(b, c, TLS_TYPE_APPLICATION, STR("this is early data"));
		build_record(b, c, TLS_TYPE_APPLICATION, STR("this, too"));
		build_key_off(&b->key[c]);
	}
	if (b->retry) {
		build_server_hello(b, retry);
		build_record(b, s, TLS_TYPE_CCS, STR("\1"));
		build_client_hello(b);
	}
	build_server_hello(b, b->server_random);
	build_record(b, s, TLS_TYPE_CCS, STR("\1"));
	ok = build_key13(b, s, b->secrets[1]);
	if (!ok)
		return false;
	build_message(b, s, TLS_ENCRYPTED_EXTENSIONS, STR("\0\x0a\0\x10\0\6\0\4\3" "foo\0"));
	build_message(b, s, TLS_CERTIFICATE, STR("\0\0\0\0"));
	build_message(b, s, TLS_FINISHED, STR("verify data"));
	build_key13(b, s, b->secrets[3]);
	build_record(b, c, TLS_TYPE_CCS, STR("\1"));
	build_key13(b, c, b->secrets[0]);
	build_message(b, c, TLS_FINISHED, STR("verify data"));
	build_key13(b, c, b->secrets[2]);
	build_message(b, s, TLS_NEW_SESSION_TICKET, STR("whatever a ticket is"));
	return true;
}

static inline bool
build_handshake(struct build *b)
{
	return b->version == TLS_1_3 ? build_handshake13(b) : build_handshake12(b);
}

static inline void
build_text(struct build *b, unsigned d, struct str text)
{
	build_record(b, d, TLS_TYPE_APPLICATION, text);
}

/* The secret of label @k (as in ->secrets) after an update. */
static inline void
build_key_update(struct build *b, unsigned d)
{
	size_t k = d == b->client ? 2 : 3, n = tls_hash_size(b->suite->prf);
	uint8_t next[48];

	build_message(b, d, TLS_KEY_UPDATE, STR("\0"));
	tls_expand(b->suite->prf, build_bytes(b->secrets[k], n), "traffic upd", next, n);
	memcpy(b->secrets[k], next, n);
	build_key13(b, d, next);
}

static inline void
build_log_line(struct buf *to, const char *label, const uint8_t random[32], const uint8_t *p,
	       size_t n)
{
	buf_printf(to, "%s ", label);
	for (size_t i = 0; i < 32; i++)
		buf_printf(to, "%02x", random[i]);
	buf_add_char(to, ' ');
	for (size_t i = 0; i < n; i++)
		buf_printf(to, "%02x", p[i]);
	buf_add_char(to, '\n');
}

/* The key log; to be called before any key update. */
static inline void
build_log(const struct build *b, struct buf *to)
{
	static const char *const labels[] = {
		"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
	};

	if (b->version < TLS_1_3 && b->ems)
		build_log_line(to, "PMS_CLIENT_RANDOM", b->client_random, b->secrets[0], 48);
	else if (b->version < TLS_1_3)
		build_log_line(to, "CLIENT_RANDOM", b->client_random, b->master, 48);
	for (size_t i = 0; b->version == TLS_1_3 && i < 4; i++)
		build_log_line(to, labels[i], b->client_random, b->secrets[i],
			       tls_hash_size(b->suite->prf));
}

#endif
