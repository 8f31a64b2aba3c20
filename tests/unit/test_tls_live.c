/*
 * Connections between a client and a server of GnuTLS, in this process, read from
 * what they send: each version, cipher and key exchange that the library has,
 * resumption, client certificates, key updates, and RSA keys in place of a log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <unistd.h>

#include "base/mem.h"
#include "tls_seen.h"

#define NAME	"sip.example"

struct live {
	gnutls_certificate_credentials_t server_cert, client_cert;
	gnutls_psk_server_credentials_t server_psk;
	gnutls_psk_client_credentials_t client_psk;
	gnutls_datum_t ticket_key;
	char pem[64];		/* a file with the RSA key */
};

static struct live live;

/* One end: what the other one sent waits in ->in. */
struct end {
	gnutls_session_t session;
	struct buf in;
	struct end *peer;
	struct seen *seen;
	unsigned dir;
};

static bool give_secrets;

static ssize_t
push(gnutls_transport_ptr_t p, const void *data, size_t n)
{
	struct end *e = p;

	buf_add(&e->peer->in, data, n);
	feed(e->seen, e->dir, data, n);
	return (ssize_t)n;
}

static ssize_t
pull(gnutls_transport_ptr_t p, void *data, size_t n)
{
	struct end *e = p;

	if (e->in.n == 0) {
		gnutls_transport_set_errno(e->session, EAGAIN);
		return -1;
	}
	n = n < e->in.n ? n : e->in.n;
	memcpy(data, e->in.p, n);
	memmove(e->in.p, e->in.p + n, e->in.n - n);
	e->in.n -= n;
	return (ssize_t)n;
}

static int
keylog(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
	struct end *e = gnutls_session_get_ptr(session);
	gnutls_datum_t client, server;
	struct buf line = BUF_INIT;

	if (!give_secrets)
		return 0;
	gnutls_session_get_random(session, &client, &server);
	build_log_line(&line, label, client.data, secret->data, secret->size);
	tls_keys_add_text(e->seen->keys, buf_str(&line));
	buf_release(&line);
	return 0;
}

static int
psk_of(gnutls_session_t session, const char *user, gnutls_datum_t *key)
{
	(void)session;
	(void)user;
	key->data = gnutls_malloc(16);
	key->size = 16;
	memset(key->data, 7, 16);
	return 0;
}

static void
make_certificate(gnutls_x509_privkey_t key, gnutls_x509_crt_t crt)
{
	uint8_t serial[] = { 1 };

	assert_int_equal(gnutls_x509_crt_set_version(crt, 3), 0);
	gnutls_x509_crt_set_key(crt, key);
	gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
	gnutls_x509_crt_set_activation_time(crt, 1600000000);
	gnutls_x509_crt_set_expiration_time(crt, 4000000000);
	gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, NAME, strlen(NAME));
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, NAME, strlen(NAME), 0);
	gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE |
				      GNUTLS_KEY_KEY_ENCIPHERMENT);
	assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), 0);
}

/* A new RSA key, its PEM in a file named by @p path. */
static gnutls_x509_privkey_t
make_key(char path[64])
{
	gnutls_x509_privkey_t key;
	char text[8192];
	size_t n = sizeof(text);
	int fd;

	gnutls_x509_privkey_init(&key);
	assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0), 0);
	assert_int_equal(gnutls_x509_privkey_export(key, GNUTLS_X509_FMT_PEM, text, &n), 0);
	snprintf(path, 64, "tls_live_XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	close(fd);
	return key;
}

static int
setup(void **state)
{
	static const gnutls_datum_t psk = { (unsigned char *)(uintptr_t)
					    "07070707070707070707070707070707", 32 };
	gnutls_x509_privkey_t key = make_key(live.pem);
	gnutls_x509_crt_t crt;

	(void)state;
	gnutls_x509_crt_init(&crt);
	make_certificate(key, crt);
	gnutls_certificate_allocate_credentials(&live.server_cert);
	gnutls_certificate_allocate_credentials(&live.client_cert);
	gnutls_certificate_set_x509_key(live.server_cert, &crt, 1, key);
	gnutls_certificate_set_x509_key(live.client_cert, &crt, 1, key);
	gnutls_certificate_set_known_dh_params(live.server_cert, GNUTLS_SEC_PARAM_MEDIUM);
	gnutls_psk_allocate_server_credentials(&live.server_psk);
	gnutls_psk_allocate_client_credentials(&live.client_psk);
	gnutls_psk_set_server_credentials_function(live.server_psk, psk_of);
	gnutls_psk_set_server_known_dh_params(live.server_psk, GNUTLS_SEC_PARAM_MEDIUM);
	gnutls_psk_set_client_credentials(live.client_psk, "alice", &psk, GNUTLS_PSK_KEY_HEX);
	gnutls_session_ticket_key_generate(&live.ticket_key);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(live.pem);
	gnutls_certificate_free_credentials(live.server_cert);
	gnutls_certificate_free_credentials(live.client_cert);
	gnutls_psk_free_server_credentials(live.server_psk);
	gnutls_psk_free_client_credentials(live.client_psk);
	gnutls_free(live.ticket_key.data);
	return 0;
}

static bool
end_open(struct end *e, unsigned flags, const char *priority, struct seen *s, bool tickets)
{
	const char *at;

	e->dir = flags == GNUTLS_SERVER;
	e->seen = s;
	gnutls_init(&e->session, flags | GNUTLS_NONBLOCK);
	gnutls_session_set_ptr(e->session, e);
	gnutls_transport_set_ptr(e->session, e);
	gnutls_transport_set_push_function(e->session, push);
	gnutls_transport_set_pull_function(e->session, pull);
	gnutls_session_set_keylog_function(e->session, keylog);
	gnutls_credentials_set(e->session, GNUTLS_CRD_CERTIFICATE,
			       e->dir ? live.server_cert : live.client_cert);
	gnutls_credentials_set(e->session, GNUTLS_CRD_PSK,
			       e->dir ? (void *)live.server_psk : (void *)live.client_psk);
	if (e->dir && tickets)
		gnutls_session_ticket_enable_server(e->session, &live.ticket_key);
	if (!e->dir)
		gnutls_server_name_set(e->session, GNUTLS_NAME_DNS, NAME, strlen(NAME));
	return gnutls_priority_set_direct(e->session, priority, &at) == 0;
}

static void
end_close(struct end *e)
{
	gnutls_deinit(e->session);
	buf_release(&e->in);
}

static bool
shake(struct end *client, struct end *server)
{
	int a = GNUTLS_E_AGAIN, b = GNUTLS_E_AGAIN;

	for (unsigned i = 0; i < 100 && (a != 0 || b != 0); i++) {
		if (a != 0)
			a = gnutls_handshake(client->session);
		if (b != 0)
			b = gnutls_handshake(server->session);
		if ((a < 0 && gnutls_error_is_fatal(a)) || (b < 0 && gnutls_error_is_fatal(b)))
			return false;
	}
	return a == 0 && b == 0;
}

static void
say(struct end *from, const char *text)
{
	char in[256];
	size_t n = strlen(text);
	ssize_t got = GNUTLS_E_AGAIN;

	assert_int_equal(gnutls_record_send(from->session, text, n), n);
	/* Tickets and key updates come before it. */
	for (unsigned i = 0; i < 10 && got == GNUTLS_E_AGAIN; i++)
		got = gnutls_record_recv(from->peer->session, in, sizeof(in));
	assert_int_equal(got, n);
}

struct way {
	bool rsa;		/* an RSA key in place of a log */
	bool client_certificate;
	unsigned update;	/* key updates: 1 one way, 2 asking the other to */
	unsigned resume;	/* how many connections after the first */
	bool tickets;
	bool psk;		/* perhaps without a certificate */
	const char *key;	/* another file of an RSA key; NULL: the server's */
	const char *reason;	/* why it cannot be read */
};

static void
converse(struct end *client, struct end *server, const struct way *way)
{
	say(client, "INVITE ");
	say(server, "200 ");
	for (unsigned k = 0; k < 3 && way->update > 0; k++) {
		gnutls_session_key_update(client->session, way->update > 1 ? GNUTLS_KU_PEER : 0);
		say(client, "ACK ");
		say(server, "OK ");
	}
	say(client, "BYE");
	gnutls_bye(client->session, GNUTLS_SHUT_WR);
	gnutls_bye(server->session, GNUTLS_SHUT_WR);
}

/* What was read of the @i th connection. */
static void
check_live(const struct seen *s, const struct way *way, unsigned i, bool resumed)
{
	no_flaws(s);
	assert_string_equal(buf_cstr(&s->info->server_name), NAME);
	if (way->reason) {
		assert_string_equal(buf_cstr(&s->info->reason), way->reason);
		assert_non_null(strstr(buf_cstr(&s->events), "gap0:not decrypted "));
		assert_non_null(strstr(buf_cstr(&s->events), "gap1:not decrypted "));
		return;
	}
	assert_string_equal(buf_cstr(&s->info->reason), "");
	check_text(s, 0, way->update ? "INVITE ACK ACK ACK BYE" : "INVITE BYE");
	check_text(s, 1, way->update ? "200 OK OK OK " : "200 ");
	assert_string_equal(buf_cstr(&s->events), "end0 end1 ");
	assert_int_equal(s->info->stage, TLS_STAGE_FINISHED);
	assert_int_equal(s->info->resumed, resumed);
	assert_int_equal(s->info->resumed, i > 0);
	assert_int_equal(s->info->client_certificate, way->client_certificate && i == 0);
	if (i == 0 && !way->psk)
		assert_string_equal(buf_cstr(&s->info->subject), "CN=" NAME);
}

/* @return whether the library can do that. */
static bool
run_live(const char *priority, const struct way *way)
{
	gnutls_datum_t session = { NULL, 0 };
	struct seen s;
	struct err err;
	bool can = true;

	seen_open(&s);
	give_secrets = !way->rsa;
	if (way->rsa)
		assert_int_equal(tls_keys_add_rsa(s.keys, way->key ? way->key : live.pem, &err), 0);
	else	/* So that there is something to wait for. */
		tls_keys_add_text(s.keys, STR(OTHER_LINE));
	for (unsigned i = 0; i <= way->resume && can; i++) {
		struct end client = { 0 }, server = { 0 };

		client.peer = &server;
		server.peer = &client;
		if (i > 0)
			seen_again(&s);
		can = end_open(&client, GNUTLS_CLIENT, priority, &s, way->tickets);
		can &= end_open(&server, GNUTLS_SERVER, priority, &s, way->tickets);
		gnutls_certificate_server_set_request(server.session, way->client_certificate ?
						      GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
		if (i > 0)
			gnutls_session_set_data(client.session, session.data, session.size);
		can = can && shake(&client, &server);
		if (can) {
			converse(&client, &server, way);
			end(&s);
			check_live(&s, way, i, gnutls_session_is_resumed(client.session));
			gnutls_free(session.data);
			session.data = NULL;
			gnutls_session_get_data2(client.session, &session);
		}
		end_close(&client);
		end_close(&server);
	}
	gnutls_free(session.data);
	seen_close(&s);
	return can;
}

static const char *const ciphers[] = {
	"AES-128-CBC:+SHA1", "AES-256-CBC:+SHA1", "AES-128-CBC:+SHA256", "AES-256-CBC:+SHA256",
	"AES-256-CBC:+SHA384", "3DES-CBC:+SHA1", "CAMELLIA-128-CBC:+SHA1",
	"CAMELLIA-256-CBC:+SHA256", "ARCFOUR-128:+SHA1", "ARCFOUR-128:+MD5", "NULL:+SHA1",
	"AES-128-GCM:+AEAD", "AES-256-GCM:+AEAD", "CAMELLIA-128-GCM:+AEAD",
	"CAMELLIA-256-GCM:+AEAD", "AES-128-CCM:+AEAD", "AES-256-CCM:+AEAD", "AES-128-CCM-8:+AEAD",
	"AES-256-CCM-8:+AEAD", "CHACHA20-POLY1305:+AEAD",
};

static unsigned
run_ciphers(const char *version, const char *exchange, const char *more, const struct way *way)
{
	char priority[512];
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++) {
		snprintf(priority, sizeof(priority), "NONE:+VERS-%s:+%s:+%s:+COMP-NULL:+SIGN-ALL:"
			 "+GROUP-ALL:+CTYPE-X509:%%VERIFY_ALLOW_SIGN_WITH_SHA1%s", version,
			 ciphers[i], exchange, more);
		n += run_live(priority, way);
	}
	return n;
}

static void
test_old(void **state)
{
	static const char *const versions[] = { "TLS1.0", "TLS1.1", "TLS1.2" };
	static const char *const exchanges[] = { "RSA", "DHE-RSA", "ECDHE-RSA", "PSK", "DHE-PSK",
						 "ECDHE-PSK", "RSA-PSK" };
	struct way way = { .tickets = true, .resume = 1 };
	unsigned n = 0;

	(void)state;
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		for (size_t e = 0; e < ARRAY_SIZE(exchanges); e++) {
			way.psk = strstr(exchanges[e], "PSK") != NULL;
			/* One exchange with all that differs in the records. */
			n += run_ciphers(versions[v], exchanges[e], "", &way);
			if (e == 2)
				n += run_ciphers(versions[v], exchanges[e], ":%NO_ETM", &way);
		}
	}
	print_message("# %u kinds of connection up to TLS 1.2\n", n);
	assert_true(n >= 40);
}

static void
test_rsa_key(void **state)
{
	struct way way = { .rsa = true, .tickets = true, .resume = 2 };
	unsigned n = 0;

	(void)state;
	n += run_ciphers("TLS1.2", "RSA", "", &way);
	n += run_ciphers("TLS1.2", "RSA", ":%NO_SESSION_HASH", &way);
	n += run_ciphers("TLS1.0", "RSA", "", &way);
	print_message("# %u kinds of connection by an RSA key, resumed by tickets\n", n);
	assert_true(n >= 10);
}

static void
test_new(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned mode = 0; mode < 4; mode++) {
		struct way way = { .update = mode % 3, .client_certificate = mode & 1 };

		n += run_ciphers("TLS1.3", "ECDHE-RSA", "", &way);
	}
	print_message("# %u kinds of connection of TLS 1.3\n", n);
	assert_true(n >= 12);
}

static void
test_wrong_key(void **state)
{
	char path[64];
	struct way way = { .rsa = true };

	(void)state;
	gnutls_x509_privkey_deinit(make_key(path));
	way.reason = "the key exchange is not RSA: an RSA key cannot decrypt it";
	assert_true(run_ciphers("TLS1.2", "ECDHE-RSA", "", &way) > 5);
	assert_true(run_ciphers("TLS1.3", "ECDHE-RSA", "", &way) > 3);
	way.key = path;
	way.reason = "RSA key does not match the certificate";
	assert_true(run_ciphers("TLS1.2", "RSA", "", &way) > 5);
	unlink(path);
}

static void
test_client_certificate(void **state)
{
	struct way way = { .client_certificate = true };

	(void)state;
	assert_true(run_ciphers("TLS1.2", "ECDHE-RSA", "", &way) > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_rsa_key),
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_client_certificate),
		cmocka_unit_test(test_wrong_key),
	};

	return cmocka_run_group_tests_name("tls_live", tests, setup, teardown);
}
