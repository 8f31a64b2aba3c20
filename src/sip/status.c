#include "sip/status.h"

struct str
sip_status_phrase(unsigned code)
{
	switch (code) {
#define SIP_STATUS_CASE(number, phrase, ...) case number: return STR(phrase);
	SIP_STATUSES(SIP_STATUS_CASE)
#undef SIP_STATUS_CASE
	default:
		return STR_NONE;
	}
}

struct str
sip_status_class_name(unsigned class)
{
	static const struct str names[] = {
		{ NULL, 0 },		       STR_INIT("provisional"),
		STR_INIT("success"),	       STR_INIT("redirection"),
		STR_INIT("request failure"),   STR_INIT("server failure"),
		STR_INIT("global failure"),
	};

	return class < ARRAY_SIZE(names) ? names[class] : STR_NONE;
}
