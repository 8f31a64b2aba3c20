#include "sip/uri.h"

#include "sip/chars.h"

static const struct {
	struct str scheme;
	enum sip_uri_kind kind;
} schemes[] = {
	{ STR_INIT("sip"), SIP_URI_SIP },
	{ STR_INIT("sips"), SIP_URI_SIPS },
	{ STR_INIT("tel"), SIP_URI_TEL },
	{ STR_INIT("im"), SIP_URI_MAIL },
	{ STR_INIT("pres"), SIP_URI_MAIL },
	{ STR_INIT("xmpp"), SIP_URI_MAIL },
	{ STR_INIT("mailto"), SIP_URI_MAIL },
	{ STR_INIT("urn"), SIP_URI_URN },
};

/* Whether all of @p s is of class @p kind or %-escapes. */
static bool
all_are(struct str s, enum sip_char kind)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '%' && !sip_char_is(s.p[i], kind))
			return false;
	return sip_escapes_are_good(s);
}

bool
sip_uri_header_next(struct str *headers, struct str *name, struct str *value)
{
	struct str part;
	size_t at;

	if (headers->n == 0 || !str_cut(headers, '&', &part))
		return false;
	at = str_chr(part, '=');
	*name = str_sub(part, 0, at);
	*value = at == SIZE_MAX ? STR_NONE : str_skip(part, at + 1);
	return true;
}

static bool
params_are_good(struct str params)
{
	struct str part;

	if (params.n == 0)
		return true;
	params = str_skip(params, 1);
	while (str_cut(&params, ';', &part)) {
		size_t at = str_chr(part, '=');

		if (part.n == 0 || at == 0 || !all_are(str_sub(part, 0, at), SIP_CHAR_PARAM))
			return false;
		if (at != SIZE_MAX && !all_are(str_skip(part, at + 1), SIP_CHAR_PARAM))
			return false;
	}
	return true;
}

static bool
headers_are_good(struct str headers)
{
	struct str name, value;

	while (sip_uri_header_next(&headers, &name, &value))
		if (name.n == 0 || !value.p || !all_are(name, SIP_CHAR_HEADER) ||
		    !all_are(value, SIP_CHAR_HEADER))
			return false;
	return true;
}

/* [user[:password]@]host[:port][;params][?headers] */
static bool
parse_sip(struct sip_uri *uri)
{
	struct str s = uri->rest;
	size_t at = str_chr(s, '@');
	bool good = true;

	if (at != SIZE_MAX) {
		uri->has_user = true;
		uri->user = (struct str){ s.p, at };
		s = str_skip(s, at + 1);
		at = str_chr(uri->user, ':');
		if (at != SIZE_MAX) {
			uri->has_password = true;
			uri->password = str_skip(uri->user, at + 1);
			uri->user.n = at;
		}
		good = uri->user.n > 0 && all_are(uri->user, SIP_CHAR_USER) &&
		       all_are(uri->password, SIP_CHAR_PASSWORD);
	}
	if (!sip_host_take(&s, false, &uri->host))
		good = false;
	if (s.n > 0 && s.p[0] != ';' && s.p[0] != '?') {
		/* What is between host and parameters belongs to neither. */
		size_t n = 0;

		good = false;
		while (n < s.n && s.p[n] != ';' && s.p[n] != '?')
			n++;
		s = str_skip(s, n);
	}
	at = str_chr(s, '?');
	uri->params = str_sub(s, 0, at);
	if (at != SIZE_MAX) {
		uri->headers = str_skip(s, at + 1);
		if (uri->headers.n == 0)
			good = false;
	}
	return params_are_good(uri->params) && headers_are_good(uri->headers) && good;
}

/* RFC 3966 section 3: digits and visual separators; a local number also has
 * hexadecimal digits, '*' and '#'. */
static bool
parse_tel(struct sip_uri *uri)
{
	size_t at = str_chr(uri->rest, ';'), digits = 0;
	bool good = true;

	uri->has_user = true;
	uri->user = str_sub(uri->rest, 0, at);
	uri->params = at == SIZE_MAX ? STR_NONE : str_skip(uri->rest, at);
	for (size_t i = 0; i < uri->user.n; i++) {
		char c = uri->user.p[i];

		if (ascii_hex(c) >= 0 || c == '*' || c == '#')
			digits++;
		else if (!memchr("-.()", c, 4) && (c != '+' || i > 0))
			good = false;
	}
	return good && digits > 0 && params_are_good(uri->params);
}

static bool
parse_mail(struct sip_uri *uri)
{
	struct str s = uri->rest;
	size_t at = str_chr(s, '@');

	if (at == SIZE_MAX)
		return false;
	uri->has_user = true;
	uri->user = str_sub(s, 0, at);
	s = str_skip(s, at + 1);
	if (!sip_host_take(&s, false, &uri->host))
		return false;
	at = str_chr(s, '?');
	uri->params = str_sub(s, 0, at);
	uri->headers = at == SIZE_MAX ? STR_NONE : str_skip(s, at + 1);
	return uri->user.n > 0;
}

bool
sip_uri_parse(struct str text, struct sip_uri *uri)
{
	size_t n = sip_span(text, SIP_CHAR_SCHEME);

	*uri = (struct sip_uri){ .kind = SIP_URI_NONE };
	if (n == 0 || n == text.n || text.p[n] != ':' || !ascii_is_alpha(text.p[0])) {
		uri->rest = text;
		parse_sip(uri);
		return false;
	}
	uri->scheme = (struct str){ text.p, n };
	uri->rest = str_skip(text, n + 1);
	uri->kind = SIP_URI_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_eq_ci(uri->scheme, schemes[i].scheme))
			uri->kind = (uint8_t)schemes[i].kind;

	switch ((enum sip_uri_kind)uri->kind) {
	case SIP_URI_SIP:
	case SIP_URI_SIPS:
		return parse_sip(uri);
	case SIP_URI_TEL:
		return parse_tel(uri);
	case SIP_URI_MAIL:
		return parse_mail(uri);
	case SIP_URI_NONE:
	case SIP_URI_URN:
	case SIP_URI_OTHER:
		break;
	}
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || memchr("<>\"", text.p[i], 3))
			return false;
	return uri->rest.n > 0;
}
