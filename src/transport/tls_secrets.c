/*
 * Which secret a direction is to be read with, and why there is none.
 *
 * Up to TLS 1.2 it is the master secret: of a key log, by the client random; of
 * the session that is resumed; made of the premaster secret of a key log or of an
 * RSA key exchange. In TLS 1.3 each direction has traffic secrets, of a key log.
 */
#include <stdarg.h>

#include "transport/tls_int.h"

/* Of a server's handshake, when only later secrets are known. */
#define PROBE_BYTES	131072u

bool
tls_keys_there(const struct tls *t)
{
	return t->context->keys && tls_keys_any(t->context->keys);
}

void
tls_reason(struct tls *t, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (t->reason_final)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_clear(&t->info.reason);
	buf_add_cstr(&t->info.reason, text);
	t->reason_final = true;
}

void
tls_reason_secret(struct tls *t, bool final)
{
	const struct tls_handshake *hs = t->hs;
	struct tls_keys_stats stats = { 0 };
	char hex[65];

	if (t->reason_final)
		return;
	if (t->context->keys)
		tls_keys_stats(t->context->keys, &stats);
	if (!hs || !hs->client_hello || !hs->server_hello) {
		tls_reason(t, "the handshake is not in the capture");
	} else if (hs->rsa == TLS_RSA_MISMATCH + 1) {
		tls_reason(t, "RSA key does not match the certificate");
	} else if (hs->rsa == TLS_RSA_FAILED + 1) {
		tls_reason(t, "RSA key does not decrypt the premaster secret");
	} else if (stats.rsa > 0 && stats.secrets == 0 &&
		   (!hs->suite || hs->suite->kx != TLS_KX_RSA)) {
		tls_reason(t, "the key exchange is not RSA: an RSA key cannot decrypt it");
	} else if (stats.rsa > 0 && stats.secrets == 0 && t->info.resumed) {
		tls_reason(t, "the session was resumed, and its first handshake was not seen");
	} else {
		for (size_t i = 0; i < 32; i++)
			snprintf(hex + 2 * i, 3, "%02x", hs->client_random[i]);
		tls_reason(t, "no secret for client random %s", hex);
	}
	t->reason_final = final;
}

void
tls_session_learn(struct tls *t)
{
	struct tls_handshake *hs = t->hs;
	uint8_t key[32];

	if (!hs->has_master)
		return;
	if (tls_session_key(TLS_SESSION_ID, (struct str){ (const char *)hs->id, hs->id_n }, key))
		tls_session_add(t->context, TLS_SESSION_ID, key, hs->master);
	if (hs->has_new_ticket)
		tls_session_add(t->context, TLS_SESSION_TICKET, hs->new_ticket, hs->master);
}

/* RFC 5246 section 8.1, RFC 7627 section 4. */
static bool
master_of_premaster(struct tls_handshake *hs)
{
	struct str secret = { (const char *)hs->premaster.bytes, hs->premaster.n };
	struct str hash = { (const char *)hs->session_hash, hs->session_hash_n };

	if (hs->ems && hash.n == 0)
		return false;
	if (hs->ems)
		return tls_prf(hs->version, hs->suite->prf, secret, "extended master secret", hash,
			       STR_NONE, hs->master, TLS_MASTER);
	return tls_prf(hs->version, hs->suite->prf, secret, "master secret",
		       (struct str){ (const char *)hs->client_random, 32 },
		       (struct str){ (const char *)hs->server_random, 32 },
		       hs->master, TLS_MASTER);
}

void
tls_rsa_try(struct tls *t, struct str encrypted)
{
	struct tls_handshake *hs = t->hs;
	struct tls_secret secret;

	if (tls_keys_find(t->context->keys, TLS_LABEL_MASTER, hs->client_random, &secret)) {
		gnutls_memset(&secret, 0, sizeof(secret));
		return;
	}
	hs->rsa = (uint8_t)(tls_keys_rsa(t->context->keys, buf_str(&hs->certificate), encrypted,
					 &hs->premaster) + 1);
	hs->has_premaster = hs->rsa == TLS_RSA_OK + 1;
}

static bool
master_of_key_log(struct tls *t)
{
	struct tls_handshake *hs = t->hs;
	const struct tls_keys *keys = t->context->keys;
	struct str id = { (const char *)hs->id, hs->id_n };
	struct tls_secret secret;
	bool found = tls_keys_find(keys, TLS_LABEL_MASTER, hs->client_random, &secret) ||
		     (id.n > 0 && tls_keys_find_session(keys, id, &secret));

	if (!found)
		return false;
	found = secret.n == TLS_MASTER;
	if (found)
		memcpy(hs->master, secret.bytes, TLS_MASTER);
	gnutls_memset(&secret, 0, sizeof(secret));
	return found;
}

static bool
master_of_session(struct tls *t)
{
	struct tls_handshake *hs = t->hs;
	uint8_t key[32];

	if (!t->info.resumed)
		return false;
	if (tls_session_key(TLS_SESSION_ID, (struct str){ (const char *)hs->id, hs->id_n }, key) &&
	    tls_session_find(t->context, TLS_SESSION_ID, key, hs->master))
		return true;
	return hs->has_ticket &&
	       tls_session_find(t->context, TLS_SESSION_TICKET, hs->ticket, hs->master);
}

static bool
master_find(struct tls *t)
{
	struct tls_handshake *hs = t->hs;

	if (hs->has_master)
		return true;
	hs->has_master = master_of_key_log(t) || master_of_session(t);
	if (!hs->has_master && !hs->has_premaster)
		hs->has_premaster = tls_keys_find(t->context->keys, TLS_LABEL_PREMASTER,
						  hs->client_random, &hs->premaster);
	if (!hs->has_master && hs->has_premaster)
		hs->has_master = master_of_premaster(hs);
	if (hs->has_master) {
		tls_session_learn(t);
		tls_keys_derived(t->context->keys, hs->client_random, hs->master);
	}
	return hs->has_master;
}

static enum tls_want
wait_for(struct tls *t)
{
	/* What it is in the end is found out when it is given up. */
	if (t->info.reason.n == 0)
		tls_reason_secret(t, false);
	return TLS_WANT_WAIT;
}

static bool
secret13(struct tls *t, unsigned d, unsigned epoch, struct tls_secret *secret)
{
	static const uint8_t labels[2][2] = {
		{ TLS_LABEL_SERVER_HANDSHAKE, TLS_LABEL_CLIENT_HANDSHAKE },
		{ TLS_LABEL_SERVER_TRAFFIC, TLS_LABEL_CLIENT_TRAFFIC },
	};

	return tls_keys_find(t->context->keys, labels[epoch][d == t->info.client],
			     t->hs->client_random, secret);
}

static enum tls_want
dir_key13(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];
	const struct tls_suite *suite = t->hs->suite;
	struct tls_secret secret;
	bool fits;

	if (!secret13(t, d, dir->epoch, &secret)) {
		/* A log of traffic secrets only: wait for the first record of theirs. */
		if (dir->epoch > 0 || !secret13(t, d, 1, &secret))
			return wait_for(t);
		dir->epoch = 1;
		if (dir->lenient < PROBE_BYTES)
			dir->lenient = PROBE_BYTES;
	}
	fits = secret.n == tls_hash_size(suite->prf);
	if (fits)
		dir->cipher = tls_cipher_new13(suite, (struct str){ (const char *)secret.bytes,
								    secret.n });
	gnutls_memset(&secret, 0, sizeof(secret));
	if (!fits) {
		tls_reason(t, "the secret does not fit: key for another session?");
		return TLS_WANT_NEVER;
	}
	return TLS_WANT_OK;
}

enum tls_want
tls_dir_key(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_handshake *hs = t->hs;
	enum tls_want want = TLS_WANT_OK;

	if (!hs || !hs->client_hello || !hs->server_hello)
		return wait_for(t);
	if (hs->version < TLS_SSL3 || hs->version > TLS_1_3) {
		tls_reason(t, "version not supported (0x%04x)", hs->version);
		return TLS_WANT_NEVER;
	}
	if (hs->compressed) {
		tls_reason(t, "compression is not supported");
		return TLS_WANT_NEVER;
	}
	if (!hs->suite || hs->suite->cipher == TLS_CIPHER_NONE) {
		tls_reason(t, "suite not supported (0x%04x)", hs->code);
		return TLS_WANT_NEVER;
	}
	tls_keys_refresh(t->context->keys);
	if (hs->version == TLS_1_3)
		want = dir_key13(t, d);
	else if (!master_find(t))
		want = wait_for(t);
	else
		dir->cipher = tls_cipher_new(hs->suite, hs->version, hs->etm,
					     (struct str){ (const char *)hs->master, TLS_MASTER },
					     hs->client_random, hs->server_random,
					     d != t->info.client);
	if (want != TLS_WANT_OK)
		return want;
	if (!dir->cipher) {
		/* By the library: a system may forbid old algorithms. */
		tls_reason(t, "suite not supported (0x%04x)", hs->code);
		return TLS_WANT_NEVER;
	}
	if (!t->reason_final)
		buf_clear(&t->info.reason);
	return TLS_WANT_OK;
}

struct tls_cipher *
tls_dir_next_key(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_secret secret;
	struct tls_cipher *c;

	if (!t->hs || !t->hs->suite || t->hs->version != TLS_1_3)
		return NULL;
	if (dir->epoch > 0)
		return tls_cipher_next13(dir->cipher);
	if (!secret13(t, d, 1, &secret))
		return NULL;
	c = tls_cipher_new13(t->hs->suite, (struct str){ (const char *)secret.bytes, secret.n });
	gnutls_memset(&secret, 0, sizeof(secret));
	return c;
}
