#include <netdb.h>
#include <sys/socket.h>

#include "net/where.h"

static bool
kind_of(struct str name, enum where_kind *kind)
{
	static const char *const names[] = {
		[WHERE_UDP] = "udp", [WHERE_TCP] = "tcp", [WHERE_TLS] = "tls",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eq_ci(name, str_of(names[i]))) {
			*kind = (enum where_kind)i;
			return true;
		}
	}
	return false;
}

/* The last colon parts host and port; within brackets colons are the host's. */
static bool
split(struct str rest, struct str *host, struct str *port)
{
	size_t colon = SIZE_MAX;

	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == ':')
			colon = i;
	if (colon == SIZE_MAX) {
		*host = STR("");
		*port = rest;
		return true;
	}
	*host = str_sub(rest, 0, colon);
	*port = str_skip(rest, colon + 1);
	if (host->n >= 2 && host->p[0] == '[' && host->p[host->n - 1] == ']')
		*host = str_sub(*host, 1, host->n - 2);
	else if (str_chr(*host, ':') != SIZE_MAX || str_chr(*host, '[') != SIZE_MAX)
		return false;
	return true;
}

int
where_parse(const char *text, struct where *where, struct err *err)
{
	struct str rest = str_of(text), kind, host, port;
	uint32_t number;

	if (!str_cut(&rest, ':', &kind) || !kind_of(kind, &where->kind))
		return err_set(err, "\"%s\" is not udp:, tcp: or tls: and ADDRESS:PORT", text);
	if (!split(rest, &host, &port) || host.n >= sizeof(where->host))
		return err_set(err, "%s: not ADDRESS:PORT (IPv6 in brackets)", text);
	if (!str_to_u32(port, &number) || number > UINT16_MAX)
		return err_set(err, "%s: \"%.*s\" is no port", text, (int)(port.n < 32 ? port.n : 32), port.p);
	where->port = (uint16_t)number;
	if (host.n > 0)
		memcpy(where->host, host.p, host.n);
	where->host[host.n] = '\0';
	return 0;
}

struct addrinfo *
where_resolve(const struct where *where, bool passive, struct err *err)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = where->kind == WHERE_UDP ? SOCK_DGRAM : SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
	};
	struct addrinfo *list;
	char port[8];
	int r;

	snprintf(port, sizeof(port), "%u", where->port);
	r = getaddrinfo(where->host[0] != '\0' ? where->host : NULL, port, &hints, &list);
	if (r != 0) {
		err_set(err, "%s: %s", where->host, gai_strerror(r));
		return NULL;
	}
	return list;
}
