#include "sip/reason.h"

#include "sip/chars.h"

bool
sip_reason_next(struct str *rest, struct sip_reason *reason)
{
	struct sip_param param;
	struct str item;
	size_t n;

	*reason = (struct sip_reason){ .bad = false };
	if (!sip_list_next(rest, &item))
		return false;
	n = sip_span(item, SIP_CHAR_TOKEN);
	reason->protocol = (struct str){ item.p, n };
	reason->params = item = str_skip(item, n);
	if (n == 0)
		reason->bad = true;
	while (sip_param_next(&item, &param)) {
		if (param.bad)
			reason->bad = true;
		if (str_eq_ci(param.name, STR("cause"))) {
			reason->has_cause = str_to_u32(param.value, &reason->cause);
			if (!reason->has_cause)
				reason->bad = true;
		} else if (str_eq_ci(param.name, STR("text"))) {
			reason->text = param.value;
		}
	}
	return true;
}

bool
sip_warning_next(struct str *rest, struct sip_warning *warning)
{
	struct str s;
	size_t n;

	*warning = (struct sip_warning){ .bad = false };
	if (!sip_list_next(rest, &s))
		return false;
	n = sip_span(s, SIP_CHAR_TOKEN);
	if (n != 3 || !str_to_u32(str_sub(s, 0, n), &warning->code)) {
		warning->bad = true;
		str_to_u32(str_sub(s, 0, n), &warning->code);
	}
	s = sip_skip_lws(str_skip(s, n));
	for (n = 0; n < s.n && !sip_char_is(s.p[n], SIP_CHAR_LWS) && s.p[n] != '"'; n++)
		;
	warning->agent = str_sub(s, 0, n);
	s = sip_skip_lws(str_skip(s, n));
	n = s.n > 0 && s.p[0] == '"' ? sip_quoted_end(s) : SIZE_MAX;
	if (n == SIZE_MAX) {
		warning->bad = true;
		warning->text = s;
	} else {
		warning->text = str_sub(s, 1, n - 2);
		if (n != s.n)
			warning->bad = true;
	}
	if (warning->agent.n == 0)
		warning->bad = true;
	return true;
}
