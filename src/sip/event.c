#include "sip/event.h"

#include "sip/chars.h"

bool
sip_event_parse(struct str value, struct sip_event *event)
{
	struct str s = str_trim(value);
	size_t n = sip_span(s, SIP_CHAR_TOKEN);
	struct sip_param param;
	bool good = n > 0;

	*event = (struct sip_event){ .package = { s.p, n } };
	event->params = s = str_skip(s, n);
	while (sip_param_next(&s, &param)) {
		if (param.bad)
			good = false;
		if (str_eq_ci(param.name, STR("id")))
			event->id = param.value;
	}
	return good;
}

bool
sip_subscription_parse(struct str value, struct sip_subscription *sub)
{
	struct str s = str_trim(value);
	size_t n = sip_span(s, SIP_CHAR_TOKEN);
	struct sip_param param;
	bool good = n > 0;

	*sub = (struct sip_subscription){ .state = { s.p, n } };
	sub->params = s = str_skip(s, n);
	while (sip_param_next(&s, &param)) {
		if (param.bad)
			good = false;
		if (str_eq_ci(param.name, STR("reason"))) {
			sub->reason = param.value;
		} else if (str_eq_ci(param.name, STR("expires"))) {
			sub->has_expires = str_to_u32(param.value, &sub->expires_s);
			good = good && sub->has_expires;
		} else if (str_eq_ci(param.name, STR("retry-after"))) {
			sub->has_retry_after = str_to_u32(param.value, &sub->retry_after_s);
			good = good && sub->has_retry_after;
		}
	}
	return good;
}

/* A comment, which may hold others; index past its ')', or SIZE_MAX. */
static size_t
comment_end(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return SIZE_MAX;
}

bool
sip_seconds_parse(struct str value, struct sip_seconds *seconds)
{
	struct str s = str_trim(value);
	struct sip_param param;
	bool good;
	size_t n;

	*seconds = (struct sip_seconds){ .seconds = 0 };
	good = str_take_u32(&s, &seconds->seconds);
	if (!good)
		while (s.n > 0 && s.p[0] != ';' && s.p[0] != '(')
			s = str_skip(s, 1);
	s = sip_skip_lws(s);
	if (s.n > 0 && s.p[0] == '(') {
		n = comment_end(s);
		if (n == SIZE_MAX) {
			seconds->comment = str_skip(s, 1);
			return false;
		}
		seconds->comment = str_sub(s, 1, n - 2);
		s = sip_skip_lws(str_skip(s, n));
	}
	seconds->params = s;
	while (sip_param_next(&s, &param)) {
		if (param.bad)
			good = false;
		if (str_eq_ci(param.name, STR("refresher")))
			seconds->refresher = param.value;
	}
	return good;
}
