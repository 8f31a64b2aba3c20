/*
 * Handshake messages out of records, and what they change.
 *
 * Messages are cut anyhow over records. One that lies whole in a record is read
 * there; others are put together. What can be read before the secrets are known
 * is all of it up to TLS 1.2, and the hellos in TLS 1.3.
 */
#include "transport/tls_int.h"

#include "base/bytes.h"
#include "transport/tls_cert.h"

#define MESSAGE_MAX	131072u	/* of a message that is put together */
#define MESSAGES_MAX	262144u	/* kept for a session hash */
#define ENCRYPTED_MAX	4096u	/* of an encrypted premaster secret */

void
tls_stage_reach(struct tls *t, enum tls_stage s)
{
	if (t->info.stage < s)
		t->info.stage = (uint8_t)s;
}

static bool
is_message(uint8_t type)
{
	switch (type) {
	case TLS_HELLO_REQUEST: case TLS_CLIENT_HELLO: case TLS_SERVER_HELLO:
	case TLS_NEW_SESSION_TICKET: case TLS_END_OF_EARLY_DATA: case TLS_ENCRYPTED_EXTENSIONS:
	case TLS_CERTIFICATE: case TLS_SERVER_KEY_EXCHANGE: case TLS_CERTIFICATE_REQUEST:
	case TLS_SERVER_HELLO_DONE: case TLS_CERTIFICATE_VERIFY: case TLS_CLIENT_KEY_EXCHANGE:
	case TLS_FINISHED: case TLS_CERTIFICATE_URL: case TLS_CERTIFICATE_STATUS:
	case TLS_SUPPLEMENTAL_DATA: case TLS_KEY_UPDATE: case TLS_COMPRESSED_CERTIFICATE:
	case TLS_NEXT_PROTOCOL:
		return true;
	default:
		return false;
	}
}

static bool
is13(const struct tls *t)
{
	return t->hs && t->hs->server_hello && t->hs->version == TLS_1_3;
}

static void
certificate_of_server(struct tls *t, struct str der)
{
	struct tls_info *info = &t->info;
	struct tls_cert cert;

	if (tls_keys_there(t) && t->hs && t->hs->suite && t->hs->suite->kx == TLS_KX_RSA) {
		buf_clear(&t->hs->certificate);
		buf_add_str(&t->hs->certificate, str_sub(der, 0, TLS_CERT_MAX));
	}
	if (info->subject.n > 0 || info->issuer.n > 0)
		return;
	if (tls_cert_read(&cert, der)) {
		buf_release(&info->subject);
		buf_release(&info->issuer);
		buf_release(&info->names);
		info->subject = cert.subject;
		info->issuer = cert.issuer;
		info->names = cert.names;
		info->not_before = cert.not_before;
		info->not_after = cert.not_after;
		cert.subject = cert.issuer = cert.names = (struct buf)BUF_INIT;
	}
	tls_cert_release(&cert);
}

static bool
read_certificate(struct tls *t, unsigned d, struct str body)
{
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false }, list, leaf;

	if (is13(t))
		tls_read_vector(&r, 1);
	list = tls_read_vector(&r, 3);
	if (r.bad)
		return false;
	if (t->client_known && d == t->info.client) {
		t->info.client_certificate |= list.n > 0;
		return true;
	}
	if (!is13(t))
		tls_stage_reach(t, TLS_STAGE_CERTIFICATE);
	if (list.n == 0)
		return true;
	leaf = tls_read_vector(&list, 3);
	if (leaf.bad)
		return false;
	certificate_of_server(t, (struct str){ (const char *)leaf.p, leaf.n });
	return true;
}

static bool
read_ticket(struct tls *t, struct str body)
{
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false }, ticket;

	if (is13(t) || !t->hs)
		return true;
	tls_read_int(&r, 4);
	ticket = tls_read_vector(&r, 2);
	if (r.bad)
		return false;
	if (!tls_keys_there(t))
		return true;
	t->hs->has_new_ticket = tls_session_key(TLS_SESSION_TICKET,
						(struct str){ (const char *)ticket.p, ticket.n },
						t->hs->new_ticket);
	tls_session_learn(t);
	return true;
}

static bool
read_key_exchange(struct tls *t, struct str body)
{
	struct tls_handshake *hs = t->hs;
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false };
	struct str encrypted = body;

	tls_stage_reach(t, TLS_STAGE_KEY_EXCHANGE);
	if (!hs)
		return true;
	hs->key_exchange = true;
	if (!tls_keys_there(t) || !hs->server_hello || !hs->suite)
		return true;
	if (hs->ems && hs->messages.n > 0)
		hs->session_hash_n = (uint8_t)tls_session_hash(hs->version, hs->suite->prf,
							       buf_str(&hs->messages),
							       hs->session_hash);
	buf_release(&hs->messages);
	if (hs->suite->kx != TLS_KX_RSA)
		return true;
	if (hs->version > TLS_SSL3) {
		struct tls_reader v = tls_read_vector(&r, 2);

		encrypted = (struct str){ (const char *)v.p, v.n };
	}
	if (r.bad || encrypted.n == 0 || encrypted.n > ENCRYPTED_MAX)
		return false;
	tls_rsa_try(t, encrypted);
	return true;
}

static bool
read_finished(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];

	dir->finished = true;
	if (is13(t)) {
		if (dir->epoch == 0) {
			dir->epoch = 1;
			tls_cipher_free(dir->cipher);
			dir->cipher = NULL;
		}
		/* The client answers the server's. */
		if (t->client_known && d == t->info.client)
			tls_stage_reach(t, TLS_STAGE_FINISHED);
	} else if (t->dir[!d].finished) {
		tls_stage_reach(t, TLS_STAGE_FINISHED);
	}
	return true;
}

static bool
read_key_update(struct tls *t, unsigned d, struct str body)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_cipher *next;

	if (!is13(t) || body.n != 1)
		return false;
	if (!dir->cipher || dir->epoch == 0)
		return true;
	next = tls_cipher_next13(dir->cipher);
	if (!next)
		return true;
	tls_cipher_free(dir->cipher);
	dir->cipher = next;
	return true;
}

static bool
message_read(struct tls *t, unsigned d, uint8_t type, struct str body)
{
	switch (type) {
	/* No second handshake in TLS 1.3 (RFC 8446 4.1.2). */
	case TLS_CLIENT_HELLO:
		return (!is13(t) || !t->hs->client_hello) && tls_client_hello(t, d, body);
	case TLS_SERVER_HELLO:
		return !is13(t) && tls_server_hello(t, d, body);
	case TLS_ENCRYPTED_EXTENSIONS:
		return !is13(t) || tls_encrypted_extensions(t, body);
	case TLS_CERTIFICATE:
		return read_certificate(t, d, body);
	case TLS_SERVER_KEY_EXCHANGE:
		tls_stage_reach(t, TLS_STAGE_KEY_EXCHANGE);
		return true;
	case TLS_SERVER_HELLO_DONE:
		if (t->hs)
			t->hs->hello_done = true;
		return true;
	case TLS_CLIENT_KEY_EXCHANGE:
		return read_key_exchange(t, body);
	case TLS_NEW_SESSION_TICKET:
		return read_ticket(t, body);
	case TLS_FINISHED:
		return read_finished(t, d);
	case TLS_KEY_UPDATE:
		return read_key_update(t, d, body);
	default:
		return true;
	}
}

/* The session hash is over all messages from ClientHello to ClientKeyExchange, in
 * the order they were sent (RFC 7627 section 3), which need not be that of the
 * capture for the hellos. */
static void
message_keep(struct tls *t, struct str message)
{
	uint8_t type = (uint8_t)message.p[0];
	struct tls_handshake *hs = t->hs;
	struct buf answer = BUF_INIT;

	if (type == TLS_HELLO_REQUEST || !tls_keys_there(t))
		return;
	if (!hs && type == TLS_SERVER_HELLO)
		hs = tls_handshake_of(t);
	if (!hs || hs->messages.n + message.n > MESSAGES_MAX)
		return;
	if (type == TLS_CLIENT_HELLO && hs->server_hello) {
		if (is13(t) || !hs->ems)
			return;
		answer = hs->messages;
		hs->messages = (struct buf)BUF_INIT;
	} else if (type != TLS_CLIENT_HELLO && hs->messages.n == 0 &&
		   (type != TLS_SERVER_HELLO || hs->client_hello)) {
		return;
	}
	buf_add_str(&hs->messages, message);
	buf_add_str(&hs->messages, buf_str(&answer));
	buf_release(&answer);
}

static void
message_take(struct tls *t, unsigned d, struct str message)
{
	uint8_t type = (uint8_t)message.p[0];
	bool ok;

	/* ClientHello may clear what was kept; the others use it, themselves
	 * included. */
	if (type != TLS_CLIENT_HELLO)
		message_keep(t, message);
	ok = message_read(t, d, type, str_skip(message, 4));
	if (type == TLS_CLIENT_HELLO)
		message_keep(t, message);
	if (!ok)
		tls_flaw(t, TLS_FLAW_BIT_HANDSHAKE);
}

/* Put a message together. @return bytes of @s that were used. */
static size_t
message_grow(struct tls *t, unsigned d, struct str s)
{
	struct tls_dir *dir = &t->dir[d];
	size_t have = dir->message.n, need = 4, n;

	if (have >= 4)
		need += get_be24((const uint8_t *)dir->message.p + 1);
	n = need - have < s.n ? need - have : s.n;
	buf_add(&dir->message, s.p, n);
	have += n;
	if (have < 4)
		return n;
	need = 4 + (size_t)get_be24((const uint8_t *)dir->message.p + 1);
	if (need > MESSAGE_MAX) {
		tls_flaw(t, TLS_FLAW_BIT_HANDSHAKE);
		dir->message_skip = (uint32_t)(need - have);
		buf_release(&dir->message);
	} else if (have == need) {
		struct buf whole = dir->message;

		/* Not in place: a new key or hello may clear the direction. */
		dir->message = (struct buf)BUF_INIT;
		message_take(t, d, buf_str(&whole));
		buf_release(&whole);
	}
	return n;
}

void
tls_handshake_take(struct tls *t, unsigned d, struct str s)
{
	struct tls_dir *dir = &t->dir[d];

	while (s.n > 0) {
		size_t n;

		if (dir->message_skip > 0) {
			n = s.n < dir->message_skip ? s.n : dir->message_skip;
			dir->message_skip -= (uint32_t)n;
		} else if (dir->message.n == 0 && !is_message((uint8_t)s.p[0])) {
			tls_flaw(t, TLS_FLAW_BIT_HANDSHAKE);
			return;
		} else if (dir->message.n == 0 && s.n >= 4 &&
			   s.n >= 4 + (size_t)get_be24((const uint8_t *)s.p + 1)) {
			n = 4 + (size_t)get_be24((const uint8_t *)s.p + 1);
			message_take(t, d, str_sub(s, 0, n));
		} else {
			n = message_grow(t, d, s);
		}
		s = str_skip(s, n);
	}
}

void
tls_change_cipher(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_handshake *hs = t->hs;

	/* In TLS 1.3 it is there for middleboxes and means nothing (RFC 8446 D.4). */
	if (is13(t) || (t->info.retried && hs && !hs->server_hello))
		return;
	if (!dir->armed && hs && !hs->server_hello && !hs->key_exchange) {
		dir->maybe_armed = true;
		return;
	}
	/* In a full handshake the client's comes first. */
	if (hs && hs->server_hello && !hs->hello_done && !dir->gapped && t->client_known &&
	    d != t->info.client)
		t->info.resumed = true;
	tls_cipher_free(dir->cipher);
	dir->cipher = NULL;
	dir->armed = true;
	dir->epoch = 0;
	dir->finished = false;
	tls_stage_reach(t, TLS_STAGE_ENCRYPTED);
}
