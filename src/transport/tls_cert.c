#include "transport/tls_cert.h"

#include <gnutls/x509.h>

#include "net/addr.h"

/* Context tags of GeneralName (RFC 5280 4.2.1.6) that are shown. */
enum {
	NAME_EMAIL = 0x81,
	NAME_DNS = 0x82,
	NAME_URI = 0x86,
	NAME_ADDRESS = 0x87,
};

/* Append what fits; a text that was cut ends in "...", between characters. */
static void
add_text(struct buf *b, struct str s)
{
	static const char more[] = "...";
	size_t n = s.n;

	if (b->n + s.n > TLS_CERT_TEXT_MAX) {
		n = TLS_CERT_TEXT_MAX - b->n < sizeof(more) ? 0 :
			TLS_CERT_TEXT_MAX - b->n - (sizeof(more) - 1);
		for (size_t back = 0; back < 3 && n > 0 && (s.p[n] & 0xc0) == 0x80; back++)
			n--;
	}
	buf_add(b, s.p, n);
	if (n < s.n)
		buf_add(b, more, sizeof(more) - 1);
}

static void
add_datum(struct buf *b, gnutls_datum_t *d)
{
	add_text(b, (struct str){ (const char *)d->data, d->size });
	gnutls_free(d->data);
	d->data = NULL;
}

static int64_t
moment(time_t t)
{
	/* Not valid, or beyond what nanoseconds can count, as 9999-12-31 is, which
	 * stands for no date at all (RFC 5280 4.1.2.5). */
	if (t == (time_t)-1 || t > INT64_MAX / NS_PER_S || t < INT64_MIN / NS_PER_S)
		return TIME_NONE;
	return t * NS_PER_S;
}

/* Cut a DER element off the front of *s. @return false when there is none. */
static bool
take_der(struct str *s, uint8_t *tag, struct str *value)
{
	const uint8_t *p = (const uint8_t *)s->p;
	size_t head = 2, n;

	if (s->n < 2)
		return false;
	*tag = p[0];
	n = p[1];
	if (n & 0x80) {
		size_t bytes = n & 0x7f;

		if (bytes == 0 || bytes > 3 || s->n < 2 + bytes)
			return false;
		n = 0;
		for (size_t i = 0; i < bytes; i++)
			n = n << 8 | p[2 + i];
		head += bytes;
	}
	if (n > s->n - head)
		return false;
	*value = str_sub(*s, head, n);
	*s = str_skip(*s, head + n);
	return true;
}

static void
add_address(struct buf *b, struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p;
	struct net_addr addr;

	if (s.n == 4)
		addr = net_addr_ip4(p);
	else if (s.n == 16)
		addr = net_addr_ip6(p);
	else
		return;
	net_addr_add(b, &addr);
}

/* @return false when nothing more fits. */
static bool
add_name(struct buf *names, struct str name)
{
	size_t separator = names->n > 0 ? 2 : 0;

	if (name.n == 0)
		return true;
	if (names->n > 0 && names->n + separator + name.n > TLS_CERT_TEXT_MAX - 5) {
		buf_add_cstr(names, ", ...");
		return false;
	}
	if (separator)
		buf_add_cstr(names, ", ");
	add_text(names, name);
	return true;
}

/* SubjectAltName: a sequence of names, each with a tag that says its form. */
static void
add_names(struct buf *names, struct str extension)
{
	struct buf address = BUF_INIT;
	struct str list, value;
	uint8_t tag;

	if (!take_der(&extension, &tag, &list) || tag != 0x30)
		return;
	while (take_der(&list, &tag, &value)) {
		if (tag == NAME_ADDRESS) {
			buf_clear(&address);
			add_address(&address, value);
			value = buf_str(&address);
		} else if (tag != NAME_DNS && tag != NAME_URI && tag != NAME_EMAIL) {
			continue;
		}
		if (!add_name(names, value))
			break;
	}
	buf_release(&address);
}

bool
tls_cert_read(struct tls_cert *cert, struct str der)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)der.p, (unsigned)der.n }, d;
	gnutls_x509_crt_t crt;
	unsigned critical;

	*cert = (struct tls_cert){ .not_before = TIME_NONE, .not_after = TIME_NONE };
	if (der.n == 0 || der.n > TLS_CERT_MAX || gnutls_x509_crt_init(&crt) < 0)
		return false;
	if (gnutls_x509_crt_import(crt, &in, GNUTLS_X509_FMT_DER) < 0) {
		gnutls_x509_crt_deinit(crt);
		return false;
	}
	if (gnutls_x509_crt_get_dn3(crt, &d, 0) >= 0)
		add_datum(&cert->subject, &d);
	if (gnutls_x509_crt_get_issuer_dn3(crt, &d, 0) >= 0)
		add_datum(&cert->issuer, &d);
	if (gnutls_x509_crt_get_extension_by_oid2(crt, "2.5.29.17", 0, &d, &critical) >= 0) {
		add_names(&cert->names, (struct str){ (const char *)d.data, d.size });
		gnutls_free(d.data);
	}
	cert->not_before = moment(gnutls_x509_crt_get_activation_time(crt));
	cert->not_after = moment(gnutls_x509_crt_get_expiration_time(crt));
	gnutls_x509_crt_deinit(crt);
	return true;
}

void
tls_cert_release(struct tls_cert *cert)
{
	buf_release(&cert->subject);
	buf_release(&cert->issuer);
	buf_release(&cert->names);
}
