/*
 * The outline of a certificate is read here, names are put into words by GnuTLS:
 * its own reading refuses all of a certificate for one extension that is broken.
 */
#include "transport/tls_cert.h"

#include <gnutls/x509.h>

#include "net/addr.h"

enum {
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_UTC_TIME = 0x17,
	TAG_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0,	/* context tags of TBSCertificate (RFC 5280 4.1) */
	TAG_EXTENSIONS = 0xa3,
};

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

	if (!take_der(&extension, &tag, &list) || tag != TAG_SEQUENCE)
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

/* ---- dates ---- */

static bool
take_number(struct str *s, size_t digits, uint32_t *value)
{
	struct str part = str_sub(*s, 0, digits);

	if (part.n != digits || !str_to_u32(part, value))
		return false;
	*s = str_skip(*s, digits);
	return true;
}

/* "YYMMDDhhmmssZ" or "YYYYMMDDhhmmssZ" (RFC 5280 4.1.2.5). */
static int64_t
moment(uint8_t tag, struct str s)
{
	uint32_t y, month, day, hour, min, sec;
	int64_t days, t, year;

	if (!take_number(&s, tag == TAG_UTC_TIME ? 2 : 4, &y) || !take_number(&s, 2, &month) ||
	    !take_number(&s, 2, &day) || !take_number(&s, 2, &hour) ||
	    !take_number(&s, 2, &min) || !take_number(&s, 2, &sec) || !str_eq(s, STR("Z")))
		return TIME_NONE;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || min > 59 || sec > 60)
		return TIME_NONE;
	if (tag == TAG_UTC_TIME)
		y += y < 50 ? 2000 : 1900;
	/* Days of the years that begin in March, so that leap days come last. */
	year = (int64_t)y - (month <= 2);
	days = year * 365 + year / 4 - year / 100 + year / 400 +
		(153 * ((month + 9) % 12) + 2) / 5 + day - 1 - 719468;
	t = days * 86400 + hour * 3600 + min * 60 + sec;
	/* What nanoseconds cannot count, as 9999-12-31, which means no date at all. */
	if (t > INT64_MAX / NS_PER_S || t < INT64_MIN / NS_PER_S)
		return TIME_NONE;
	return t * NS_PER_S;
}

static void
read_dates(struct tls_cert *cert, struct str validity)
{
	struct str value;
	uint8_t tag;

	if (take_der(&validity, &tag, &value) && (tag == TAG_UTC_TIME || tag == TAG_TIME))
		cert->not_before = moment(tag, value);
	if (take_der(&validity, &tag, &value) && (tag == TAG_UTC_TIME || tag == TAG_TIME))
		cert->not_after = moment(tag, value);
}

/* ---- the whole ---- */

/* @p name is the whole element, its tag and length included. */
static void
add_dn(struct buf *b, struct str name)
{
	gnutls_datum_t in = { (unsigned char *)(uintptr_t)name.p, (unsigned)name.n }, out;

	if (gnutls_x509_rdn_get2(&in, &out, 0) < 0)
		return;
	add_text(b, (struct str){ (const char *)out.data, out.size });
	gnutls_free(out.data);
}

static void
read_extensions(struct tls_cert *cert, struct str wrapped)
{
	struct str list, extension, value;
	uint8_t tag;

	if (!take_der(&wrapped, &tag, &list) || tag != TAG_SEQUENCE)
		return;
	while (take_der(&list, &tag, &extension)) {
		if (tag != TAG_SEQUENCE || !take_der(&extension, &tag, &value) ||
		    tag != TAG_OID || !str_eq(value, STR("\x55\x1d\x11")))
			continue;
		/* "critical" may stand before the value. */
		while (take_der(&extension, &tag, &value))
			if (tag == TAG_OCTETS)
				add_names(&cert->names, value);
		break;
	}
}

/* Cut an element that must have @p want off the front of *s; *all is the whole
 * of it, *value what it holds. */
static bool
expect_der(struct str *s, uint8_t want, struct str *all, struct str *value)
{
	struct str from = *s;
	uint8_t tag;

	if (!take_der(s, &tag, value) || tag != want)
		return false;
	*all = str_sub(from, 0, from.n - s->n);
	return true;
}

bool
tls_cert_read(struct tls_cert *cert, struct str der)
{
	struct str tbs, value, issuer, validity, subject, key, rest;
	uint8_t tag;

	*cert = (struct tls_cert){ .not_before = TIME_NONE, .not_after = TIME_NONE };
	if (der.n > TLS_CERT_MAX || !expect_der(&der, TAG_SEQUENCE, &rest, &tbs) ||
	    !expect_der(&tbs, TAG_SEQUENCE, &value, &rest))
		return false;
	if (rest.n > 0 && (uint8_t)rest.p[0] == TAG_VERSION)
		take_der(&rest, &tag, &value);
	if (!take_der(&rest, &tag, &value) ||		/* serial number */
	    !expect_der(&rest, TAG_SEQUENCE, &value, &value) ||	/* signature */
	    !expect_der(&rest, TAG_SEQUENCE, &issuer, &value) ||
	    !expect_der(&rest, TAG_SEQUENCE, &value, &validity) ||
	    !expect_der(&rest, TAG_SEQUENCE, &subject, &value) ||
	    !expect_der(&rest, TAG_SEQUENCE, &key, &value))
		return false;
	add_dn(&cert->subject, subject);
	add_dn(&cert->issuer, issuer);
	read_dates(cert, validity);
	while (take_der(&rest, &tag, &value))
		if (tag == TAG_EXTENSIONS)
			read_extensions(cert, value);
	return true;
}

void
tls_cert_release(struct tls_cert *cert)
{
	buf_release(&cert->subject);
	buf_release(&cert->issuer);
	buf_release(&cert->names);
}
