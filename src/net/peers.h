/**
 * @file peers.h  Sockets that reach one peer only: its addresses, where nobody can change
 * them any more, and sending that names none.
 *
 * A filter of system calls sees that connect() is given a pointer, and not what it points
 * to. Where what it points to is sealed, the pointer is as good as the address.
 */
#ifndef NET_PEERS_H
#define NET_PEERS_H

#include <sys/socket.h>
#include <sys/types.h>

#include "base/err.h"

#define PEERS_MAX	16u	/* addresses of one name */

struct addrinfo;

struct peer {
	const struct sockaddr *at;	/**< in the page */
	socklen_t n;
};

/** Zeroed is empty. */
struct peers {
	struct peer list[PEERS_MAX];
	size_t n;
	void *page;			/**< owned; read-only */
	size_t size;
};

/** Copy the addresses, up to PEERS_MAX of them, to a page of their own.
 * @return 0, or -1 with *err. */
int peers_init(struct peers *peers, const struct addrinfo *addresses, struct err *err);

/** One that was sealed stays until the process ends. */
void peers_release(struct peers *peers);

/** From now on the page can neither be changed nor moved nor be let go (mseal(), Linux
 * 6.10). @return 0, or -1 where the kernel cannot do that. */
int peers_seal(const struct peers *peers);

/**
 * What gnutls_transport_set_push_function() takes, for a socket that is connected and was
 * given to gnutls_transport_set_int(): GnuTLS's own way is sendmsg(), in which the filter
 * cannot see whether there is an address.
 */
ssize_t peers_push(void *socket, const void *p, size_t n);

#endif
