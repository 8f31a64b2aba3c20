#include "sip/via.h"

#include "sip/chars.h"

/* A token and the slash after it, LWS around either. */
static struct str
take_part(struct str *s, bool slash, bool *bad)
{
	size_t n = sip_span(*s, SIP_CHAR_TOKEN);
	struct str part = { s->p, n };

	*s = str_skip(*s, n);
	if (n == 0)
		*bad = true;
	if (slash) {
		*s = sip_skip_lws(*s);
		if (s->n > 0 && s->p[0] == '/')
			*s = sip_skip_lws(str_skip(*s, 1));
		else
			*bad = true;
	}
	return part;
}

/* RFC 5118 section 4.5: received is seen with and without brackets. */
static struct str
without_brackets(struct str s)
{
	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return str_sub(s, 1, s.n - 2);
	return s;
}

static void
take_params(struct sip_via *via)
{
	struct str rest = via->params, none;
	struct sip_param param;
	uint32_t number;

	while (sip_param_next(&rest, &param)) {
		if (param.bad && !str_eq_ci(param.name, STR("rport")))
			via->bad = true;
		if (str_eq_ci(param.name, STR("branch"))) {
			via->branch = param.value;
			if (!sip_is_token(param.value))
				via->bad = true;
		} else if (str_eq_ci(param.name, STR("received"))) {
			via->received = without_brackets(param.value);
			if (!sip_is_ip4(via->received) && !sip_is_ip6(via->received))
				via->bad = true;
		} else if (str_eq_ci(param.name, STR("maddr"))) {
			via->maddr = without_brackets(param.value);
		} else if (str_eq_ci(param.name, STR("rport"))) {
			via->has_rport = true;
			via->rport = param.value;
			if (param.value.n > 0 &&
			    (!str_to_u32(param.value, &number) || number > UINT16_MAX))
				via->bad = true;
		} else if (str_eq_ci(param.name, STR("ttl"))) {
			via->ttl = param.value;
			if (!str_to_u32(param.value, &number) || number > UINT8_MAX)
				via->bad = true;
		}
	}
	/* RFC 3261 8.1.1.7: the cookie alone makes no branch unique. */
	none = STR("z9hG4bK");
	if (str_eq_ci(via->branch, none))
		via->bad = true;
}

bool
sip_via_parse(struct str value, struct sip_via *via)
{
	struct str s = str_trim(value), before;

	*via = (struct sip_via){ .bad = false };
	via->protocol = take_part(&s, true, &via->bad);
	via->version = take_part(&s, true, &via->bad);
	via->transport = take_part(&s, false, &via->bad);
	before = s;
	s = sip_skip_lws(s);
	if (s.n == before.n || !sip_host_take(&s, true, &via->sent_by))
		via->bad = true;
	s = sip_skip_lws(s);
	if (s.n > 0 && s.p[0] != ';') {
		size_t n = str_chr(s, ';');

		via->bad = true;
		s = str_skip(s, n == SIZE_MAX ? s.n : n);
	}
	via->params = s;
	take_params(via);
	return !via->bad;
}

bool
sip_via_next(struct str *rest, struct sip_via *via)
{
	struct str item;

	if (!sip_list_next(rest, &item))
		return false;
	sip_via_parse(item, via);
	return true;
}
