#include <arpa/inet.h>

#include "sip/host.h"

#include "sip/chars.h"

static bool
is_address(int family, struct str s)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, bytes) == 1;
}

bool
sip_is_ip4(struct str s)
{
	return is_address(AF_INET, s);
}

bool
sip_is_ip6(struct str s)
{
	return is_address(AF_INET6, s);
}

/* Labels of letters, digits and '-'; '_' is not allowed but is a name in use. */
static bool
is_name(struct str s)
{
	return s.n > 0 && s.p[0] != '.' && s.p[0] != '-' && sip_span(s, SIP_CHAR_HOST) == s.n;
}

static bool
take_name(struct str *s, struct sip_host *host)
{
	size_t n;

	if (s->n > 0 && s->p[0] == '[') {
		bool closed = (n = str_chr(*s, ']')) != SIZE_MAX;

		host->name = str_sub(*s, 1, closed ? n - 1 : s->n);
		host->kind = SIP_HOST_IP6;
		*s = str_skip(*s, closed ? n + 1 : s->n);
		return closed && sip_is_ip6(host->name);
	}
	n = sip_span(*s, SIP_CHAR_HOST);
	host->name = (struct str){ s->p, n };
	*s = str_skip(*s, n);
	if (sip_is_ip4(host->name)) {
		host->kind = SIP_HOST_IP4;
		return true;
	}
	host->kind = n > 0 ? SIP_HOST_NAME : SIP_HOST_NONE;
	return is_name(host->name);
}

/* "2001:db8::1" without its brackets: the sender's mistake, and an address
 * still. RFC 5118 section 4.2 has one. */
static bool
is_bare_ip6(struct str s)
{
	size_t n = 0;

	while (n < s.n && (ascii_hex(s.p[n]) >= 0 || s.p[n] == ':' || s.p[n] == '.'))
		n++;
	return n > 2 && sip_is_ip6((struct str){ s.p, n });
}

bool
sip_host_take(struct str *s, bool lws, struct sip_host *host)
{
	struct str after;
	uint32_t port;
	bool good;

	*host = (struct sip_host){ .kind = SIP_HOST_NONE };
	if (is_bare_ip6(*s)) {
		size_t n = 0;

		while (n < s->n && (ascii_hex(s->p[n]) >= 0 || s->p[n] == ':' || s->p[n] == '.'))
			n++;
		host->name = (struct str){ s->p, n };
		host->kind = SIP_HOST_IP6;
		*s = str_skip(*s, n);
		return false;
	}
	good = take_name(s, host);
	after = lws ? sip_skip_lws(*s) : *s;
	if (after.n == 0 || after.p[0] != ':')
		return good;

	after = str_skip(after, 1);
	if (lws)
		after = sip_skip_lws(after);
	host->has_port = true;
	if (!str_take_u32(&after, &port) || port > UINT16_MAX)
		good = false;
	else
		host->port = (uint16_t)port;
	while (after.n > 0 && ascii_is_digit(after.p[0]))
		after = str_skip(after, 1);
	*s = after;
	return good;
}
