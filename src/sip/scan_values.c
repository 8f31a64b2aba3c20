/*
 * What the pass looks into: addresses, parameters, and whether a body has SDP.
 */
#include "sip/scan_int.h"

#include "sip/chars.h"
#include "sip/feeds.h"
#include "sip/param.h"

/* The user part of @p uri; for tel: the number. False without a scheme. */
static bool
uri_user(struct str uri, struct str *user)
{
	size_t n, at;
	uint32_t four;

	*user = STR_NONE;
	four = uri.n < 4 ? 0 : sip_four(uri.p);
	if (LIKELY(four == SIP_FOUR('s', 'i', 'p', ':'))) {
		n = 4;
	} else if (four == SIP_FOUR('t', 'e', 'l', ':')) {
		*user = str_skip(uri, 4);
		at = str_chr(*user, ';');
		if (at != SIZE_MAX)
			user->n = at;
		return true;
	} else {
		n = sip_span(uri, SIP_CHAR_SCHEME);
		if (n == uri.n || uri.p[n] != ':' || n == 0 || !ascii_is_alpha(uri.p[0]))
			n = 0;
		else
			n++;
	}
	uri = str_skip(uri, n);
	at = str_chr(uri, '@');
	if (at != SIZE_MAX) {
		*user = (struct str){ uri.p, at };
		at = str_chr(*user, ':');
		if (at != SIZE_MAX)
			user->n = at;
	}
	return n > 0;
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
struct str
sip_scan_param(struct str s, struct str name)
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

/* The address nearly all messages have: an optional name, a sip: URI in angle
 * brackets, a tag or nothing. False when it is any other. @p limit is the end of
 * the input, which the searches may look ahead to. */
static inline bool
address_usual(struct str v, const char *limit, struct str *uri, struct str *user,
	      struct str *tag)
{
	const char *p = v.p, *end = v.p + v.n, *close, *at, *colon;

	if (v.n < 8)
		return false;
	if (*p == '"') {
		close = sip_find_byte(p + 1, end, limit, '"');
		if (sip_find_byte(p + 1, close, limit, '\\') != close)
			return false;
		for (p = close + 1; p < end && *p == ' '; p++)
			;
	}
	if (end - p < 6 || *p != '<' || sip_four(p + 1) != SIP_FOUR('s', 'i', 'p', ':'))
		return false;
	p++;
	close = sip_find_byte(p, end, limit, '>');
	if (close == end)
		return false;
	*uri = (struct str){ p, (size_t)(close - p) };
	p += 4;
	at = sip_find_byte(p, close, limit, '@');
	if (at != close) {
		colon = sip_find_byte(p, at, limit, ':');
		*user = (struct str){ p, (size_t)(colon - p) };
	}
	p = close + 1;
	if (p == end)
		return true;
	if (end - p < 6 || *p != ';' || sip_four(p + 1) != SIP_FOUR('t', 'a', 'g', '=') ||
	    p[5] == '"' || sip_char_is(p[5], SIP_CHAR_LWS))
		return false;
	p += 5;
	if (sip_find_byte(p, end, limit, ';') != end)
		return false;
	*tag = (struct str){ p, (size_t)(end - p) };
	return true;
}

/* Take a From or To apart. False when it does not follow the grammar; what can
 * be read is set all the same. RFC 3261 sections 20.10, 20.20 and 20.39. */
bool
sip_scan_address(struct str v, const char *limit, struct str *uri, struct str *user, struct str *tag)
{
	bool good = true;
	struct str rest = v;
	size_t at = 0;

	if (LIKELY(address_usual(v, limit, uri, user, tag)))
		return true;
	*user = *tag = STR_NONE;
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
	if (!uri_user(*uri, user))
		good = false;
	if (rest.n > 0)
		*tag = sip_scan_param(rest, STR("tag="));
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
	if (msg->body.n == 0 || msg->content_type.n < 15)
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
