/*
 * What the pass looks into: addresses, parameters, and whether a body has SDP.
 */
#include "sip/scan_int.h"

#include "sip/chars.h"
#include "sip/feeds.h"
#include "sip/param.h"
#include "sip/type.h"

/* The bytes of the scheme of @p uri with its colon; 0: there is none. */
static size_t
scheme_length(struct str uri)
{
	uint32_t four = uri.n < 4 ? 0 : sip_four(uri.p);
	size_t n;

	if (four == SIP_FOUR('s', 'i', 'p', ':') || four == SIP_FOUR('t', 'e', 'l', ':'))
		return 4;
	n = sip_span(uri, SIP_CHAR_SCHEME);
	return n > 0 && n < uri.n && uri.p[n] == ':' && ascii_is_alpha(uri.p[0]) ? n + 1 : 0;
}

struct str
sip_scan_user(struct str uri)
{
	bool tel = uri.n >= 4 && sip_four(uri.p) == SIP_FOUR('t', 'e', 'l', ':');
	struct str rest = str_skip(uri, scheme_length(uri)), user = rest;
	size_t at = str_chr(rest, tel ? ';' : '@');

	if (at == SIZE_MAX)
		return tel ? user : STR_NONE;
	user.n = at;
	if (!tel && (at = str_chr(user, ':')) != SIZE_MAX)
		user.n = at;
	return user;
}

/* The value of a parameter, at the front of @p s: a quoted string, or up to the
 * next ';'. */
static struct str
param_value(struct str s)
{
	size_t n = SIZE_MAX;

	if (s.n > 0 && s.p[0] == '"')
		n = sip_quoted_end(s);
	if (n == SIZE_MAX)
		n = str_chr(s, ';');
	if (n != SIZE_MAX)
		s.n = n;
	while (s.n > 0 && sip_char_is(s.p[s.n - 1], SIP_CHAR_LWS))
		s.n--;
	return s;
}

/* The value of a parameter in @p s, which starts at a ';' or with the thing the
 * parameters belong to. @p name is lower case, four to eight bytes with its '='. */
static struct str
scan_param(struct str s, struct str name)
{
	struct str value;
	bool open = false;
	size_t n;

	while ((n = str_chr(s, ';')) != SIZE_MAX) {
		s = sip_skip_lws(str_skip(s, n + 1));
		if (s.n >= name.n && sip_four(s.p) == sip_four(name.p) &&
		    sip_four(s.p + name.n - 4) == sip_four(name.p + name.n - 4))
			return param_value(sip_skip_lws(str_skip(s, name.n)));
		n = sip_span(s, SIP_CHAR_TOKEN);
		value = sip_skip_lws(str_skip(s, n));
		if (value.n > 0 && value.p[0] == '=') {
			value = sip_skip_lws(str_skip(value, 1));
			if (n == name.n - 1 &&
			    str_eq_ci((struct str){ s.p, n }, str_sub(name, 0, n)))
				return param_value(value);
			if (value.n > 0 && value.p[0] == '"' && !open) {
				/* Without its end it is looked for once only: a
				 * message of many such costs no more. */
				n = sip_quoted_end(value);
				open = n == SIZE_MAX;
				value = str_skip(value, open ? 1 : n);
			}
		}
		s = value;
	}
	return STR_NONE;
}

struct str
sip_scan_branch_odd(struct str via)
{
	struct str list = via;

	if (via.n > 0 && memchr(via.p, ',', via.n))
		sip_list_next(&list, &via);
	return scan_param(via, STR("branch="));
}

bool
sip_scan_address_odd(struct str v, struct str *uri, struct str *tag)
{
	bool good = true;
	struct str rest = v;
	size_t at = 0;

	*tag = STR_NONE;
	if (v.n > 0 && v.p[0] == '"') {
		at = sip_quoted_end(v);
		if (at == SIZE_MAX) {
			good = false;
			at = 1;
		}
		rest = str_skip(v, at);
	}
	at = rest.n > 0 && rest.p[0] == '<' ? 0 : str_chr(rest, '<');
	if (at != SIZE_MAX) {
		rest = str_skip(rest, at + 1);
		at = str_chr(rest, '>');
		if (at == SIZE_MAX) {
			/* No end: the URI's own parameters pass for the header's. */
			good = false;
			*uri = rest;
			at = str_chr(rest, ';');
			if (at != SIZE_MAX)
				uri->n = at;
		} else {
			*uri = (struct str){ rest.p, at };
			rest = str_skip(rest, at + 1);
		}
	} else {
		/* addr-spec: what follows ';' belongs to the header. */
		at = str_chr(rest, ';');
		*uri = str_trim((struct str){ rest.p, at == SIZE_MAX ? rest.n : at });
		rest = str_skip(rest, at == SIZE_MAX ? rest.n : at);
		if (v.n > 0 && v.p[0] == '"')
			good = false;
	}
	if (scheme_length(*uri) == 0)
		good = false;
	if (rest.n > 0)
		*tag = scan_param(rest, STR("tag="));
	return good;
}

static bool
type_is_sdp(struct str type)
{
	static const char sdp[] = "application/sdp";

	/* Four overlapping words are the fifteen letters. */
	return type.n >= 15 && sip_four(type.p) == sip_four(sdp) &&
	       sip_four(type.p + 4) == sip_four(sdp + 4) &&
	       sip_four(type.p + 8) == sip_four(sdp + 8) &&
	       sip_four(type.p + 11) == sip_four(sdp + 11) &&
	       (type.n == 15 || type.p[15] == ';' || sip_char_is(type.p[15], SIP_CHAR_LWS));
}

/* Whether a part of the body @p s is SDP: headers of parts follow lines that
 * start with "--", at any depth. RFC 2046 section 5.1. */
static bool
parts_have_sdp(struct str s)
{
	bool in_head = false;
	struct str line;

	while (str_cut(&s, '\n', &line)) {
		if (line.n > 2 && line.p[0] == '-' && line.p[1] == '-') {
			in_head = true;
		} else if (in_head) {
			struct str name;
			size_t colon = str_chr(line, ':');

			line = str_trim(line);
			if (line.n == 0 || colon == SIZE_MAX) {
				in_head = line.n > 0;
				continue;
			}
			name = str_trim((struct str){ line.p, colon < line.n ? colon : line.n });
			if ((str_eq_ci(name, STR("content-type")) || str_eq_ci(name, STR("c"))) &&
			    type_is_sdp(str_trim(str_skip(line, colon + 1))))
				return true;
		}
	}
	return false;
}

bool
sip_scan_has_sdp(const struct sip_scan *msg)
{
	if (msg->content_type.n == 0)
		return sip_body_begins_sdp(msg->body);
	if (msg->content_type.n < 15)
		return false;
	switch (sip_four(msg->content_type.p)) {
	case SIP_FOUR('a', 'p', 'p', 'l'):
		return type_is_sdp(msg->content_type);
	case SIP_FOUR('m', 'u', 'l', 't'):
		return str_starts_ci(msg->content_type, STR("multipart/")) &&
		       parts_have_sdp(msg->body);
	default:
		return false;
	}
}
