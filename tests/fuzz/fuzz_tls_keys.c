/* A key log's text, or (first byte odd) a certificate. */
#include <stdint.h>

#include "base/mem.h"
#include "transport/tls_cert.h"
#include "transport/tls_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_certificate(struct str in)
{
	struct tls_cert cert;
	struct tls_keys *k = tls_keys_new();
	struct tls_secret secret;
	bool ok = tls_cert_read(&cert, in);

	if (!ok && (cert.subject.n > 0 || cert.not_after != TIME_NONE))
		BUG("something of what is no certificate");
	if (cert.subject.n > TLS_CERT_TEXT_MAX || cert.issuer.n > TLS_CERT_TEXT_MAX ||
	    cert.names.n > TLS_CERT_TEXT_MAX)
		BUG("longer than is kept");
	tls_cert_release(&cert);
	if (tls_keys_rsa(k, in, in, &secret) != TLS_RSA_NO_KEY)
		BUG("a secret without a key");
	tls_keys_free(k);
}

/* Reading it twice changes nothing but the counts. */
static void
read_log(struct str in)
{
	struct tls_keys *k = tls_keys_new();
	struct tls_keys_stats once, twice;

	tls_keys_add_text(k, in);
	tls_keys_stats(k, &once);
	if (once.bad + once.unknown + once.secrets > once.lines)
		BUG("more than there are lines");
	if (tls_keys_any(k) != (once.secrets > 0))
		BUG("any and the count differ");
	tls_keys_add_text(k, in);
	tls_keys_stats(k, &twice);
	if (twice.secrets != once.secrets || twice.bad != 2 * once.bad ||
	    twice.lines != 2 * once.lines)
		BUG("the same text is read in two ways");
	tls_keys_free(k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };

	if (size == 0)
		return 0;
	if (data[0] & 1)
		read_certificate(str_skip(in, 1));
	else
		read_log(str_skip(in, 1));
	return 0;
}
