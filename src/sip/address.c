#include "sip/address.h"

#include "sip/chars.h"

/* Token words with LWS between: a display name without quotes. UTF-8 there is
 * not the grammar's but nothing goes wrong with it. */
static bool
is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!sip_char_is(s.p[i], SIP_CHAR_TOKEN) && !sip_char_is(s.p[i], SIP_CHAR_LWS) &&
		    (unsigned char)s.p[i] < 0x80)
			return false;
	return true;
}

static bool
params_are_good(struct str params)
{
	struct sip_param param;

	while (sip_param_next(&params, &param))
		if (param.bad)
			return false;
	return true;
}

/* The part in <>, and the parameters behind it. */
static void
take_brackets(struct str s, struct sip_address *a)
{
	size_t end = str_chr(s, '>');

	a->brackets = true;
	if (end == SIZE_MAX) {
		a->bad = true;
		end = str_chr(s, ';');
		a->uri = str_trim(str_sub(s, 0, end));
		a->params = str_skip(s, end == SIZE_MAX ? s.n : end);
		return;
	}
	a->uri = str_sub(s, 0, end);
	a->params = sip_skip_lws(str_skip(s, end + 1));
}

bool
sip_address_parse(struct str value, struct sip_address *a)
{
	struct str s = str_trim(value);
	size_t at;

	*a = (struct sip_address){ .bad = false };
	if (s.n > 0 && s.p[0] == '"') {
		at = sip_quoted_end(s);
		a->quoted = true;
		if (at == SIZE_MAX) {
			a->bad = true;
			at = str_chr(s, '<');
			a->display = str_trim(str_sub(s, 1, at == SIZE_MAX ? 0 : at - 1));
			s = str_skip(s, at == SIZE_MAX ? 1 : at);
		} else {
			a->display = str_sub(s, 1, at - 2);
			s = sip_skip_lws(str_skip(s, at));
		}
		if (s.n == 0 || s.p[0] != '<')
			a->bad = true;
	}
	at = str_chr(s, '<');
	if (at != SIZE_MAX) {
		if (!a->quoted) {
			a->display = str_trim(str_sub(s, 0, at));
			if (!is_plain_name(a->display))
				a->bad = true;
		}
		take_brackets(str_skip(s, at + 1), a);
	} else {
		at = str_chr(s, ';');
		a->uri = str_trim(str_sub(s, 0, at));
		a->params = str_skip(s, at == SIZE_MAX ? s.n : at);
		a->star = str_eq(a->uri, STR("*"));
		/* Section 20: a URI with ',', ';' or '?' must be in <>. */
		if (str_chr(a->uri, '?') != SIZE_MAX || str_chr(a->uri, ',') != SIZE_MAX)
			a->bad = true;
	}
	if (a->uri.n == 0 || !params_are_good(a->params))
		a->bad = true;
	return !a->bad;
}

bool
sip_address_next(struct str *rest, struct sip_address *address)
{
	struct str item;

	if (!sip_list_next(rest, &item))
		return false;
	sip_address_parse(item, address);
	return true;
}
