#include "sip/method.h"

static const struct str names[] = {
#define SIP_METHOD_NAME(id, text, ...) [SIP_METHOD_##id] = STR_INIT(text),
	SIP_METHODS(SIP_METHOD_NAME)
#undef SIP_METHOD_NAME
};

/* The only one there can be, by its first letter and its length. */
static enum sip_method
method_of_look(char first, size_t n)
{
	switch (first) {
	case 'A':
		return SIP_METHOD_ACK;
	case 'B':
		return SIP_METHOD_BYE;
	case 'C':
		return SIP_METHOD_CANCEL;
	case 'I':
		return n == 6 ? SIP_METHOD_INVITE : SIP_METHOD_INFO;
	case 'K':
		return SIP_METHOD_KDMQ;
	case 'M':
		return SIP_METHOD_MESSAGE;
	case 'N':
		return SIP_METHOD_NOTIFY;
	case 'O':
		return SIP_METHOD_OPTIONS;
	case 'P':
		return n == 5 ? SIP_METHOD_PRACK : SIP_METHOD_PUBLISH;
	case 'R':
		return n == 5 ? SIP_METHOD_REFER : SIP_METHOD_REGISTER;
	case 'S':
		return n == 9 ? SIP_METHOD_SUBSCRIBE : SIP_METHOD_SERVICE;
	case 'U':
		return SIP_METHOD_UPDATE;
	default:
		return SIP_METHOD_NONE;		/* whose name is empty */
	}
}

enum sip_method
sip_method_find(struct str name)
{
	enum sip_method m;

	if (name.n == 0)
		return SIP_METHOD_NONE;
	m = method_of_look(name.p[0], name.n);
	return str_eq_short(name, names[m]) ? m : SIP_METHOD_OTHER;
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
