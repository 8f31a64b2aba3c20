#include "sip/method.h"

static const struct str names[] = {
#define SIP_METHOD_NAME(id, text, ...) [SIP_METHOD_##id] = STR_INIT(text),
	SIP_METHODS(SIP_METHOD_NAME)
#undef SIP_METHOD_NAME
};

enum sip_method
sip_method_find(struct str name)
{
	if (name.n == 0)
		return SIP_METHOD_NONE;
	for (unsigned m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++)
		if (names[m].n == name.n && names[m].p[0] == name.p[0] &&
		    memcmp(names[m].p, name.p, name.n) == 0)
			return (enum sip_method)m;
	return SIP_METHOD_OTHER;
}

struct str
sip_method_name(enum sip_method m)
{
	if (m <= SIP_METHOD_NONE || m >= SIP_METHOD_OTHER)
		return STR("");
	return names[m];
}

bool
sip_method_is_tail(struct str name)
{
	for (unsigned m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++)
		if (name.n > 0 && name.n < names[m].n && str_ends(names[m], name))
			return true;
	return false;
}

size_t
sip_method_at_end(struct str text)
{
	for (unsigned m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++)
		if (str_ends(text, names[m]))
			return text.n - names[m].n;
	return SIZE_MAX;
}
