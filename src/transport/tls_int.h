/**
 * @file tls_int.h  What the files of the TLS reader share: suites, keys, state.
 */
#ifndef TRANSPORT_TLS_INT_H
#define TRANSPORT_TLS_INT_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/hash.h"
#include "transport/intake.h"
#include "transport/tls.h"

/* ---- what is on the wire (RFC 5246 6.2.1, RFC 8446 5.1) ---- */

enum tls_type {
	TLS_TYPE_CCS = 20,
	TLS_TYPE_ALERT = 21,
	TLS_TYPE_HANDSHAKE = 22,
	TLS_TYPE_APPLICATION = 23,
	TLS_TYPE_HEARTBEAT = 24,
};

enum tls_message {
	TLS_HELLO_REQUEST = 0,
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_NEW_SESSION_TICKET = 4,
	TLS_END_OF_EARLY_DATA = 5,
	TLS_ENCRYPTED_EXTENSIONS = 8,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_KEY_EXCHANGE = 12,
	TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14,
	TLS_CERTIFICATE_VERIFY = 15,
	TLS_CLIENT_KEY_EXCHANGE = 16,
	TLS_FINISHED = 20,
	TLS_CERTIFICATE_URL = 21,
	TLS_CERTIFICATE_STATUS = 22,
	TLS_SUPPLEMENTAL_DATA = 23,
	TLS_KEY_UPDATE = 24,
	TLS_COMPRESSED_CERTIFICATE = 25,
	TLS_NEXT_PROTOCOL = 67,
};

#define TLS_SSL3	0x0300
#define TLS_1_0		0x0301
#define TLS_1_1		0x0302
#define TLS_1_2		0x0303
#define TLS_1_3		0x0304

#define TLS_HEADER		5u
#define TLS_PLAIN_MAX		16384u
#define TLS_RECORD_MAX		(TLS_PLAIN_MAX + 2048u)	/* RFC 5246 6.2.3 */
#define TLS_RECORD13_MAX	(TLS_PLAIN_MAX + 256u)	/* RFC 8446 5.2 */

/* ---- suites (tls_suites.c) ---- */

enum tls_kx {
	TLS_KX_OTHER,	/* a secret that is in no record: DHE, ECDHE, PSK, ... */
	TLS_KX_RSA,
	TLS_KX_TLS13,
};

enum tls_hash {
	TLS_HASH_NONE,
	TLS_HASH_MD5,
	TLS_HASH_SHA1,
	TLS_HASH_SHA256,
	TLS_HASH_SHA384,
};

#define TLS_HASH_BYTES_MAX	64u

enum tls_cipher_id {
	TLS_CIPHER_NONE,	/* cannot be read here */
	TLS_CIPHER_NULL,
	TLS_CIPHER_RC4_128,
	TLS_CIPHER_DES_CBC,
	TLS_CIPHER_DES3_CBC,
	TLS_CIPHER_AES_128_CBC,
	TLS_CIPHER_AES_256_CBC,
	TLS_CIPHER_CAMELLIA_128_CBC,
	TLS_CIPHER_CAMELLIA_256_CBC,
	TLS_CIPHER_AES_128_GCM,
	TLS_CIPHER_AES_256_GCM,
	TLS_CIPHER_CAMELLIA_128_GCM,
	TLS_CIPHER_CAMELLIA_256_GCM,
	TLS_CIPHER_AES_128_CCM,
	TLS_CIPHER_AES_256_CCM,
	TLS_CIPHER_AES_128_CCM_8,
	TLS_CIPHER_AES_256_CCM_8,
	TLS_CIPHER_CHACHA20_POLY1305,
	TLS_CIPHER_COUNT
};

struct tls_suite {
	uint16_t code;
	uint8_t kx;		/* enum tls_kx */
	uint8_t cipher;		/* enum tls_cipher_id */
	uint8_t mac;		/* enum tls_hash; NONE: an AEAD */
	uint8_t prf;		/* enum tls_hash: of TLS 1.2 and 1.3 */
	const char *name;
};

/* NULL for a suite that is not known. O(log n). */
const struct tls_suite *tls_suite_find(uint16_t code);
/* The i th suite, NULL past the end. */
const struct tls_suite *tls_suite_at(size_t i);

/* ---- key derivation (tls_kdf.c) ---- */

/* Each returns false when the library refuses an algorithm. */

size_t tls_hash_size(enum tls_hash hash);
gnutls_mac_algorithm_t tls_hash_mac(enum tls_hash hash);

/* The PRF of a version (RFC 2246 5, RFC 5246 5; SSL 3.0: RFC 6101 6.1, which has no
 * label). The seed is a then b. */
bool tls_prf(uint16_t version, enum tls_hash hash, struct str secret, const char *label,
	     struct str a, struct str b, uint8_t *out, size_t n);

/* HKDF-Expand-Label with no context (RFC 8446 7.1). */
bool tls_expand(enum tls_hash hash, struct str secret, const char *label, uint8_t *out, size_t n);

/* Hash of handshake messages as the PRF of a version wants it (RFC 7627 3).
 * @return its length, 0: refused. */
size_t tls_session_hash(uint16_t version, enum tls_hash hash, struct str messages,
			uint8_t out[TLS_HASH_BYTES_MAX]);

/* ---- record protection (tls_cipher.c) ---- */

struct tls_cipher;

/* Keys for one direction out of the master secret, up to TLS 1.2.
 * @param server  whether it is what the server writes.
 * @return NULL when the suite is not supported by us or the library. */
struct tls_cipher *tls_cipher_new(const struct tls_suite *suite, uint16_t version, bool etm,
				  struct str master, const uint8_t client_random[32],
				  const uint8_t server_random[32], bool server);
/* The same out of a traffic secret of TLS 1.3. */
struct tls_cipher *tls_cipher_new13(const struct tls_suite *suite, struct str secret);
/* The keys after a key update (RFC 8446 7.2); NULL as above. */
struct tls_cipher *tls_cipher_next13(const struct tls_cipher *c);
void tls_cipher_free(struct tls_cipher *c);	/* wipes; NULL is fine */

/* Bytes that protection adds to a record at least. */
size_t tls_cipher_overhead(const struct tls_cipher *c);
/* Whether the cipher runs on over the records, so that it cannot go on after a gap. */
bool tls_cipher_is_stream(const struct tls_cipher *c);

/* A record as it came, and what is in it. */
struct tls_record {
	uint8_t type;		/* in: of the header; out: what it is (TLS 1.3) */
	struct str head;	/* the 5 bytes of the header */
	struct str body;	/* protected bytes */
	struct str text;	/* out: in the caller's buffer, or in body (NULL cipher) */
};

enum tls_opened {
	TLS_OPENED,
	TLS_OPEN_BAD,	/* authentication fails */
	TLS_OPEN_NO_IV,	/* the record before is missing: gone, but the next can be read */
};

/**
 * Open the record that comes @p ahead records after the one expected next. The
 * keys move on behind it when it opens; otherwise tls_cipher_pass() is the
 * caller's to call.
 * @param out  at least TLS_RECORD_MAX + 64 bytes.
 */
enum tls_opened tls_cipher_open(struct tls_cipher *c, uint64_t ahead, struct tls_record *r,
				uint8_t *out);

/* The keys move on behind a record that could not be opened; body empty: that
 * is not at hand. */
void tls_cipher_pass(struct tls_cipher *c, struct str body);
/* What came before is not known: a chained IV is lost. */
void tls_cipher_gap(struct tls_cipher *c);

/* ---- the context: sessions that may be resumed (tls_sessions.c) ---- */

#define TLS_MASTER	48u

struct tls_session {
	uint64_t hash;
	uint8_t kind;		/* enum tls_session_kind */
	uint8_t key[32];	/* session id padded by zeroes, or hash of the ticket */
	uint8_t master[TLS_MASTER];
};

enum tls_session_kind {
	TLS_SESSION_ID,
	TLS_SESSION_TICKET,
};

struct tls_context {
	struct tls_keys *keys;
	uint8_t *out;			/* where records are opened */
	struct tls_session *sessions;	/* a ring */
	size_t session_n, session_cap, session_next;
	struct hash_map session_map;
	struct tls *waiting;		/* connections that wait for a secret, oldest first */
	struct tls *waiting_last;
	size_t waiting_bytes;
};

/* The key of a session in a cache; false when it is empty or too long. */
bool tls_session_key(enum tls_session_kind kind, struct str id, uint8_t key[32]);
void tls_session_add(struct tls_context *c, enum tls_session_kind kind, const uint8_t key[32],
		     const uint8_t master[TLS_MASTER]);
bool tls_session_find(const struct tls_context *c, enum tls_session_kind kind,
		      const uint8_t key[32], uint8_t master[TLS_MASTER]);

/* ---- a connection ---- */

/* A handshake, from ClientHello on. Allocated when a hello is seen. */
struct tls_handshake {
	bool client_hello, server_hello;
	bool etm, ems;
	bool key_exchange;	/* ClientKeyExchange was seen */
	bool hello_done;	/* ServerHelloDone was seen: a full handshake */
	bool has_id, has_ticket, has_new_ticket;
	bool has_master, has_premaster;
	bool compressed;
	uint8_t rsa;		/* enum tls_rsa_result + 1; 0: not tried */
	uint8_t session_hash_n;
	uint16_t version;
	uint16_t code;
	const struct tls_suite *suite;
	uint8_t client_random[32], server_random[32];
	uint8_t client_id[32], client_id_n;
	uint8_t id[32];		/* the server's session id */
	uint8_t id_n;
	uint8_t ticket[32], new_ticket[32];	/* keys of sessions */
	uint8_t session_hash[TLS_HASH_BYTES_MAX];
	uint8_t master[TLS_MASTER];
	struct tls_secret premaster;
	struct buf messages;	/* for the session hash, while it may be wanted */
	struct buf certificate;	/* DER, for RSA */
};

/* Where bytes are missing in what waits. */
struct tls_hole {
	size_t at;		/* bytes of the view before it */
	uint64_t missing;	/* 0: not known */
	struct stamp stamp;
};

/* One direction. */
struct tls_dir {
	struct intake in;
	struct tls_cipher *cipher;	/* NULL: records are plain, or wait */
	struct buf message;		/* a handshake message that is not whole */
	struct tls_hole *holes;
	size_t hole_n, hole_cap;
	uint64_t skip;		/* bytes of a record, to be dropped as they come */
	uint64_t search;	/* trials that a connection may still cost, in bytes */
	uint32_t message_skip;	/* bytes of an oversized handshake message to come */
	uint32_t lenient;	/* bytes that may fail to open: 0-RTT */
	uint32_t counted;	/* bytes of the view that info has already */
	uint32_t need;		/* bytes of the view before there is something to do */
	uint32_t unsure;	/* records that may be missing; 0: none */
	uint8_t fails;		/* records in a row that did not open */
	uint8_t epoch;		/* TLS 1.3: 0 handshake, 1 application traffic */
	bool armed;		/* records are encrypted from here on */
	bool opaque;		/* they will not be read */
	bool lost;		/* the next record has to be found */
	bool waits;		/* a secret is wanted */
	bool opened;		/* a record was opened with some keys */
	bool gapped;		/* something was missing */
	bool finished;		/* Finished was read */
	bool started;		/* a record was seen */
	bool in_turn;
	bool early_skip;	/* 0-RTT before a second ClientHello */
	bool maybe_armed;	/* ChangeCipherSpec came, but may mean nothing (TLS 1.3) */
	bool tell_gap;		/* a gap is to be told, at gap_stamp */
	struct stamp gap_stamp;
};

struct tls {
	struct tls_context *context;
	struct tls *wait_prev, *wait_next;
	struct tls_handshake *hs;
	struct tls_dir dir[2];
	size_t waiting_bytes;	/* as counted in the context */
	int64_t wait_since;
	uint32_t use;		/* bytes of the record told last, still in its view */
	uint8_t use_dir;
	bool client_known;
	bool waiting;		/* in the context's list */
	bool ended;
	bool reason_final;
	int64_t now;		/* of the last record that brought something */
	char text[48];		/* of an alert */
	struct tls_info info;
};

/* What becomes of a direction that wants to read on. */
enum tls_want {
	TLS_WANT_OK,	/* ->cipher is there */
	TLS_WANT_WAIT,	/* its secret may still come */
	TLS_WANT_NEVER,	/* the reason is set */
};

/* ---- tls_secrets.c ---- */

/* Whether there is anything to decrypt with. */
bool tls_keys_there(const struct tls *t);
/* Make ->cipher of a direction that is armed. */
enum tls_want tls_dir_key(struct tls *t, unsigned d);
/* Set the reason; the first one stays. */
ATTR_PRINTF(2, 3)
void tls_reason(struct tls *t, const char *fmt, ...);
/* The reason for having no secret; one that may pass unless @final. */
void tls_reason_secret(struct tls *t, bool final);
/* The certificate and ClientKeyExchange of an RSA key exchange were seen. */
void tls_rsa_try(struct tls *t, struct str encrypted);
/* Take the next epoch's keys (TLS 1.3), for a record that may belong to it. */
struct tls_cipher *tls_dir_next_key(struct tls *t, unsigned d);
/* Remember the master secret by what its session may be resumed with. */
void tls_session_learn(struct tls *t);

/* ---- tls_handshake.c, tls_hello.c ---- */

/* What is read of a message; bad when it would go beyond the end. */
struct tls_reader {
	const uint8_t *p;
	size_t n;
	bool bad;
};

uint32_t tls_read_int(struct tls_reader *r, unsigned bytes);
/* A vector with a length of so many bytes before it. */
struct tls_reader tls_read_vector(struct tls_reader *r, unsigned length_bytes);

struct tls_handshake *tls_handshake_of(struct tls *t);
void tls_handshake_free(struct tls_handshake *hs);
/* Take bytes of handshake messages. */
void tls_handshake_take(struct tls *t, unsigned d, struct str s);
/* Each is false for one that cannot be parsed. Body without the header. */
bool tls_client_hello(struct tls *t, unsigned d, struct str body);
bool tls_server_hello(struct tls *t, unsigned d, struct str body);
bool tls_encrypted_extensions(struct tls *t, struct str body);
/* A ClientHello in the form of SSL 2.0 (RFC 5246 E.2). @return its length, 0:
 * it is none, SIZE_MAX: more is needed to tell. */
size_t tls_client_hello2(struct tls *t, unsigned d, struct str in);
void tls_stage_reach(struct tls *t, enum tls_stage s);
/* A ChangeCipherSpec was read. */
void tls_change_cipher(struct tls *t, unsigned d);

/* ---- tls_alert.c ---- */

/* Note alerts (readable: pairs of bytes). @return whether *ev is filled. */
bool tls_alert_take(struct tls *t, unsigned d, struct str s, struct flow_event *ev);
void tls_alert_note(struct tls *t, unsigned d, const char *what);

/* ---- tls_record.c ---- */

enum tls_step {
	TLS_STEP_NONE,	/* nothing more can be done now */
	TLS_STEP_MORE,	/* something was done; ask again */
	TLS_STEP_EVENT,	/* *ev is filled */
};

enum tls_step tls_dir_step(struct tls *t, unsigned d, struct flow_event *ev);
/* Whether the bytes are the header of a record that may be; all when cut. */
bool tls_header_ok(struct str in);
void tls_flaw(struct tls *t, enum tls_flaw_bit f);
/* Bytes at the front of the view were read. */
void tls_dir_use(struct tls_dir *dir, size_t n);
/* Count the records that wait, without reading them. */
void tls_dir_look(struct tls *t, unsigned d);
/* What waits for a secret will not be read: drop it, for good. */
void tls_give_up(struct tls *t);

#endif
