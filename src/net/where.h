/**
 * @file where.h  "udp:HOST:PORT": where to listen, or what to connect to.
 */
#ifndef NET_WHERE_H
#define NET_WHERE_H

#include "base/err.h"
#include "base/str.h"

struct addrinfo;

enum where_kind {
	WHERE_UDP,
	WHERE_TCP,
	WHERE_TLS,
};

struct where {
	enum where_kind kind;
	uint16_t port;
	char host[256];		/**< without brackets; "": all addresses */
};

/** Read "udp:HOST:PORT", also tcp and tls; IPv6 stands in brackets; "udp:PORT" is one
 * with no host.
 * @return 0, or -1 with *err. */
int where_parse(const char *text, struct where *where, struct err *err);

/**
 * Look the host up; waits for the name service.
 * @param passive  to listen: an empty host is the wildcard of each family then, else
 *                 this machine.
 * @return the addresses, to be released by freeaddrinfo(); NULL with *err.
 */
struct addrinfo *where_resolve(const struct where *where, bool passive, struct err *err);

#endif
