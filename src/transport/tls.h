/**
 * @file tls.h  One TLS connection: records in, plain text out.
 *
 * SSL 3.0 (RFC 6101), TLS 1.0 to 1.2 (RFC 2246, 4346, 5246) and 1.3 (RFC 8446).
 * The handshake is followed as far as it can be read; what is encrypted is read when a secret is
 * known (transport/tls_keys.h). Records that come before their secret wait,
 * within a bound, for a key log that is still being written. Everything that is
 * learned is in struct tls_info, above all why the text cannot be read.
 */
#ifndef TRANSPORT_TLS_H
#define TRANSPORT_TLS_H

#include "base/buf.h"
#include "transport/flow_event.h"
#include "transport/tls_keys.h"

/** What connections share: the secrets, and sessions that may be resumed. */
struct tls_context;

/** @p keys is borrowed, and may be given more secrets at any time. */
struct tls_context *tls_context_new(struct tls_keys *keys);
void tls_context_free(struct tls_context *c);	/**< wipes */

/** How far the handshake got; the names are for people. */
#define TLS_STAGES(_) \
	_(NONE,         "no handshake seen") \
	_(CLIENT_HELLO, "ClientHello, no answer") \
	_(SERVER_HELLO, "ServerHello") \
	_(CERTIFICATE,  "server certificate") \
	_(KEY_EXCHANGE, "key exchange") \
	_(ENCRYPTED,    "encrypted, not known to be finished") \
	_(FINISHED,     "finished")

enum tls_stage {
#define TLS_STAGE_ID(id, ...) TLS_STAGE_##id,
	TLS_STAGES(TLS_STAGE_ID)
#undef TLS_STAGE_ID
	TLS_STAGE_COUNT
};

const char *tls_stage_name(enum tls_stage s);

/** What is wrong with the records: counted, by name. */
#define TLS_FLAWS(_) \
	_(RECORD_TYPE,   "record type",   "no TLS record where one must begin") \
	_(RECORD_LENGTH, "record length", "a record longer than allowed") \
	_(HANDSHAKE,     "handshake",     "a handshake message that cannot be parsed") \
	_(MAC,           "mac",           "a record whose authentication fails") \
	_(GAP,           "gap",           "bytes of the connection are not in the capture") \
	_(TRUNCATED,     "truncated",     "the connection ends inside a record")

enum tls_flaw_bit {
#define TLS_FLAW_BIT(id, ...) TLS_FLAW_BIT_##id,
	TLS_FLAWS(TLS_FLAW_BIT)
#undef TLS_FLAW_BIT
	TLS_FLAW_COUNT
};

const char *tls_flaw_name(enum tls_flaw_bit f);

#define TLS_SUITES_MAX	64	/* offered ones kept */

/** Texts are untrusted bytes, cut at some hundreds; empty: not seen. */
struct tls_info {
	uint8_t client;		/**< direction of who sent (must have sent) ClientHello */
	uint8_t stage;		/**< enum tls_stage */
	uint16_t version;	/**< chosen, 0x0301...0x0304; 0: not seen */
	uint16_t version_offered;	/**< highest of the client; 0: not seen */
	uint16_t suite;		/**< chosen; 0: not seen */
	uint16_t suites[TLS_SUITES_MAX];	/**< offered, as sent, GREASE left out */
	uint32_t suite_n;	/**< offered in all; may exceed TLS_SUITES_MAX */
	bool resumed;		/**< an earlier session was taken up again */
	bool retried;		/**< HelloRetryRequest */
	bool early_data;	/**< 0-RTT was offered; it is skipped */
	bool client_certificate;	/**< the client sent one */
	bool decrypted;		/**< at least one record of application data was read */
	bool has_random;
	uint8_t client_random[32];
	struct buf server_name;
	struct buf alpn;	/**< chosen; else offered ones, comma separated */
	struct buf subject, issuer;	/**< of the server's certificate, RFC 4514 */
	struct buf names;	/**< its subject alternative names, comma separated */
	int64_t not_before, not_after;	/**< of it, TIME_NONE */
	struct buf alerts;	/**< in words: "server: fatal: unknown ca", "; " between */
	uint32_t alert_n;
	uint64_t bytes[2];	/**< of records each way, headers included */
	uint64_t records[2];
	uint64_t text_bytes[2];	/**< of application data that was read */
	uint64_t flaws[TLS_FLAW_COUNT];
	/** Why application data could not be read, for people: "no secret for client
	 * random 0011...", "RSA key does not match the certificate", "suite not
	 * supported", "the handshake is not in the capture", "the handshake was not
	 * finished"; empty: it was. */
	struct buf reason;
};

void tls_info_release(struct tls_info *info);

/** "TLS_AES_128_GCM_SHA256"; NULL for a suite without a name here. Static. */
const char *tls_suite_name(uint16_t suite);
/** "TLS 1.2"; NULL when it is none. Static. */
const char *tls_version_name(uint16_t version);

struct tls;

struct tls *tls_new(struct tls_context *c);
void tls_free(struct tls *t);	/**< wipes; NULL is fine */

/** Whether @p in begins like a TLS record (RFC 8446 5.1) of a type and length
 * that may be there; @p in may be cut. A ClientHello in the form of SSL 2.0 is
 * none, but is read when it is the first that tls_take() is given. */
bool tls_may_start(struct str in);

/** Take the next bytes of direction @p dir (0, 1). They and @p stamps are
 * borrowed until tls_next() has said false. */
void tls_take(struct tls *t, unsigned dir, struct str bytes, const struct stamp *stamps, size_t n);

/** Bytes of direction @p dir are missing here; 0: it is not known how many. */
void tls_gap(struct tls *t, unsigned dir, uint64_t missing, const struct stamp *stamp);

/** The connection is at its end: what waits for a secret is given up, and reason
 * is final. */
void tls_end(struct tls *t);

/**
 * The next event: FLOW_BYTES with text, FLOW_GAP where text is lost, FLOW_ALERT,
 * FLOW_END for close_notify. Stamps are those of the record. Text lies in the
 * context: it dies with the next call on any connection of it. Records that
 * waited for a secret come in the order of their capture, both directions.
 * @return false when there is none left.
 */
bool tls_next(struct tls *t, struct flow_event *ev);

/** What is known so far; lives as long as @p t. */
const struct tls_info *tls_info(const struct tls *t);

/** Move it out, before tls_free(): @p to is the caller's to release. */
void tls_info_take(struct tls *t, struct tls_info *to);

#endif
