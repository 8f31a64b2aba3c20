#include "sip/param.h"

#include "sip/chars.h"

size_t
sip_quoted_end(struct str s)
{
	size_t end = str_chr(str_skip(s, 1), '"');

	if (end == SIZE_MAX)
		return SIZE_MAX;
	if (!memchr(s.p + 1, '\\', end))
		return end + 2;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return SIZE_MAX;
}

/* gen-value: token, host or quoted string. IPv6 references and what user agents
 * put there unquoted (URIs, base64) count as good, blanks and quotes do not. */
static size_t
value_length(struct str s, char separator, struct sip_param *param)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '"') {
		n = sip_quoted_end(s);
		if (n != SIZE_MAX) {
			param->quoted = true;
			param->value = (struct str){ s.p + 1, n - 2 };
			return n;
		}
		/* It takes all the rest: so a walk over many of these is linear. */
		param->bad = true;
		param->value = str_skip(s, 1);
		return s.n;
	}
	n = 0;
	while (n < s.n && s.p[n] != separator && !sip_char_is(s.p[n], SIP_CHAR_LWS)) {
		if (s.p[n] == '"' || (unsigned char)s.p[n] < 0x20)
			param->bad = true;
		n++;
	}
	param->value = (struct str){ s.p, n };
	if (n == 0)
		param->bad = true;
	return n;
}

static bool
param_take(struct str *rest, char separator, struct sip_param *param)
{
	struct str s = sip_skip_lws(*rest);
	size_t n = sip_span(s, SIP_CHAR_TOKEN);

	param->name = (struct str){ s.p, n };
	if (n == 0)
		param->bad = true;
	s = sip_skip_lws(str_skip(s, n));
	if (s.n > 0 && s.p[0] == '=') {
		s = sip_skip_lws(str_skip(s, 1));
		param->has_value = true;
		s = sip_skip_lws(str_skip(s, value_length(s, separator, param)));
	}
	if (s.n > 0 && s.p[0] != separator) {
		param->bad = true;
		n = str_chr(s, separator);
		s = str_skip(s, n == SIZE_MAX ? s.n : n);
	}
	*rest = s;
	return true;
}

bool
sip_param_next(struct str *rest, struct sip_param *param)
{
	struct str s = sip_skip_lws(*rest);
	size_t n;

	*param = (struct sip_param){ .bad = false };
	if (s.n == 0) {
		*rest = STR_NONE;
		return false;
	}
	if (s.p[0] != ';') {
		/* Something else between the value and its parameters. */
		n = str_chr(s, ';');
		param->bad = true;
		param->name = str_trim((struct str){ s.p, n == SIZE_MAX ? s.n : n });
		*rest = str_skip(s, n == SIZE_MAX ? s.n : n);
		return true;
	}
	*rest = str_skip(s, 1);
	return param_take(rest, ';', param);
}

bool
sip_param_next_by(struct str *rest, char separator, struct sip_param *param)
{
	struct str s = sip_skip_lws(*rest);

	*param = (struct sip_param){ .bad = false };
	if (s.n == 0) {
		*rest = STR_NONE;
		return false;
	}
	if (s.p[0] == separator)
		s = str_skip(s, 1);
	*rest = s;
	return param_take(rest, separator, param);
}

bool
sip_param_find(struct str params, struct str name, struct str *value)
{
	struct sip_param param;

	while (sip_param_next(&params, &param)) {
		if (str_eq_ci(param.name, name)) {
			*value = param.has_value ? param.value : STR("");
			return true;
		}
	}
	*value = STR_NONE;
	return false;
}

bool
sip_list_next(struct str *rest, struct str *item)
{
	struct str s = *rest;
	bool inside = false, open = false;
	size_t i = 0;

	if (!s.p)
		return false;
	while (i < s.n && (inside || s.p[i] != ',')) {
		size_t n = 1;

		if (s.p[i] == '"') {
			/* One that does not end takes the rest. */
			n = sip_quoted_end(str_skip(s, i));
			if (n == SIZE_MAX)
				n = s.n - i;
		} else if (s.p[i] == '<' && !open) {
			inside = memchr(s.p + i, '>', s.n - i) != NULL;
			open = !inside;
		} else if (s.p[i] == '>') {
			inside = false;
		}
		i += n;
	}
	*item = str_trim((struct str){ s.p, i });
	*rest = i < s.n ? str_skip(s, i + 1) : STR_NONE;
	return true;
}

void
sip_quoted_add(struct buf *b, struct str inside)
{
	for (size_t i = 0; i < inside.n; i++) {
		if (inside.p[i] == '\\' && i + 1 < inside.n)
			i++;
		buf_add_char(b, inside.p[i]);
	}
}

void
sip_unescape_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			high = ascii_hex(s.p[i + 1]);
			low = ascii_hex(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_add_char(b, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_char(b, s.p[i]);
		}
	}
}

bool
sip_escapes_are_good(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || ascii_hex(s.p[i + 1]) < 0 || ascii_hex(s.p[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
}
