/**
 * @file tls_cert.h  What a certificate says of itself; nothing is verified.
 */
#ifndef TRANSPORT_TLS_CERT_H
#define TRANSPORT_TLS_CERT_H

#include "base/buf.h"
#include "base/time.h"

#define TLS_CERT_TEXT_MAX	512u	/* bytes kept of each text */
#define TLS_CERT_MAX		65536u	/* bytes of DER looked at */

/** Owned buffers; the texts hold bytes from the wire. */
struct tls_cert {
	struct buf subject, issuer;	/**< RFC 4514 */
	struct buf names;		/**< DNS names, addresses and URIs, comma separated */
	int64_t not_before, not_after;	/**< TIME_NONE: cannot be read */
};

/** @return false when @p der is no certificate; *cert is to be released anyhow. */
bool tls_cert_read(struct tls_cert *cert, struct str der);
void tls_cert_release(struct tls_cert *cert);

#endif
