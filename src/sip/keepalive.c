#include "base/bytes.h"
#include "sip/keepalive.h"

#define STUN_HEADER	20
#define STUN_COOKIE	UINT32_C(0x2112a442)
#define NUL_MAX		4

static bool
is_stun(struct str in)
{
	const uint8_t *p = (const uint8_t *)in.p;

	return in.n >= STUN_HEADER && (p[0] & 0xc0) == 0 && get_be32(p + 4) == STUN_COOKIE &&
	       get_be16(p + 2) % 4 == 0 && get_be16(p + 2) + (size_t)STUN_HEADER == in.n;
}

static bool
is_all(struct str in, char a, char b)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] != a && in.p[i] != b)
			return false;
	return true;
}

enum sip_keepalive
sip_keepalive(struct str in)
{
	if (in.n == 0)
		return SIP_KEEPALIVE_NONE;
	if (is_stun(in))
		return SIP_KEEPALIVE_STUN;
	if (is_all(in, '\r', '\n'))
		return SIP_KEEPALIVE_CRLF;
	return in.n <= NUL_MAX && is_all(in, '\0', '\0') ? SIP_KEEPALIVE_NUL : SIP_KEEPALIVE_NONE;
}
