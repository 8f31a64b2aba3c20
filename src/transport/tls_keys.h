/**
 * @file tls_keys.h  Secrets to read TLS with: key logs and RSA private keys.
 *
 * Key logs are lines "LABEL hex hex" as browsers and TLS libraries write them to
 * the file SSLKEYLOGFILE names. Secrets stay in memory and are wiped when it is
 * given back; they are never printed.
 */
#ifndef TRANSPORT_TLS_KEYS_H
#define TRANSPORT_TLS_KEYS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tls_keys;

enum tls_label {
	TLS_LABEL_MASTER,		/**< CLIENT_RANDOM: master secret, TLS up to 1.2 */
	TLS_LABEL_PREMASTER,		/**< PMS_CLIENT_RANDOM */
	TLS_LABEL_CLIENT_EARLY,		/**< CLIENT_EARLY_TRAFFIC_SECRET */
	TLS_LABEL_CLIENT_HANDSHAKE,	/**< CLIENT_HANDSHAKE_TRAFFIC_SECRET */
	TLS_LABEL_SERVER_HANDSHAKE,
	TLS_LABEL_CLIENT_TRAFFIC,	/**< CLIENT_TRAFFIC_SECRET_0 */
	TLS_LABEL_SERVER_TRAFFIC,
	TLS_LABEL_COUNT
};

#define TLS_SECRET_MAX	64

struct tls_secret {
	uint8_t bytes[TLS_SECRET_MAX];
	uint8_t n;
};

struct tls_keys *tls_keys_new(void);
void tls_keys_free(struct tls_keys *k);	/**< wipes; NULL is fine */

/** Take the lines of a key log (a file's text, a decryption secrets block).
 * Lines that are none are counted. O(text). */
void tls_keys_add_text(struct tls_keys *k, struct str text);

/** Read a key log, and remember it for tls_keys_refresh(); it stays open. A pipe
 * is read as long as its writer does not pause for long. Naming a file again looks
 * at it at once. @return 0, or -1 with *err: "FILE: why". */
int tls_keys_add_file(struct tls_keys *k, const char *path, struct err *err);

/** Take what was appended to the key logs since; a file that was replaced or
 * made shorter is read anew. Looks at most once in 50 ms. @return whether
 * anything new was there. */
bool tls_keys_refresh(struct tls_keys *k);

/** Read an RSA private key, PEM (PKCS #1 or #8, not encrypted).
 * @return 0, or -1 with *err: "FILE: why". */
int tls_keys_add_rsa(struct tls_keys *k, const char *path, struct err *err);

/** Whether anything is there to decrypt with, or may yet come: a key log that is
 * followed counts even while it is empty. */
bool tls_keys_any(const struct tls_keys *k);

/** Secrets may come by tls_keys_add_text() later: tls_keys_any() is true from now on. */
void tls_keys_expect(struct tls_keys *k);

/** The secret of that label for the client random (32 bytes). O(1). A line that
 * was half written may give one that is shorter than the hash of the suite.
 * @return false when there is none; *secret is unchanged then. */
bool tls_keys_find(const struct tls_keys *k, enum tls_label label,
		   const uint8_t client_random[32], struct tls_secret *secret);

/** The master secret a key log gives for a session id ("RSA Session-ID:ID
 * Master-Key:KEY"). */
bool tls_keys_find_session(const struct tls_keys *k, struct str session_id,
			   struct tls_secret *secret);

/** Remember a master secret (48 bytes) that was worked out of other secrets: for
 * tls_keys_lines(), tls_keys_find() does not find it. */
void tls_keys_derived(struct tls_keys *k, const uint8_t client_random[32],
		      const uint8_t master[48]);

/** Append what is known of the connection with that client random as lines of a key
 * log, which are all that is needed to read it. The caller wipes them.
 * @return how many; 0: nothing is known. */
size_t tls_keys_lines(const struct tls_keys *k, const uint8_t client_random[32], struct buf *to);

enum tls_rsa_result {
	TLS_RSA_OK,		/**< *premaster is filled */
	TLS_RSA_NO_KEY,		/**< no private key was given */
	TLS_RSA_MISMATCH,	/**< none belongs to the certificate */
	TLS_RSA_FAILED,		/**< what was encrypted is no premaster secret */
};

/**
 * Decrypt the premaster secret of an RSA key exchange (RFC 5246 7.4.7.1), or find
 * it in a key log ("RSA" lines, by the first 8 bytes of what is encrypted).
 * @param certificate  DER, the server's; empty or broken: every key is tried.
 * @param encrypted  without the length in front of it.
 */
enum tls_rsa_result tls_keys_rsa(const struct tls_keys *k, struct str certificate,
				 struct str encrypted, struct tls_secret *premaster);

struct tls_keys_stats {
	uint64_t lines;		/**< of key logs, without comments and empty ones */
	uint64_t bad;		/**< of which could not be read */
	uint64_t unknown;	/**< of which have a label that is not used here */
	uint64_t secrets;	/**< told apart, now; without derived ones */
	uint64_t rsa;		/**< private keys */
};

void tls_keys_stats(const struct tls_keys *k, struct tls_keys_stats *stats);

#endif
