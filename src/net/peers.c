#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/peers.h"

/* One number on all architectures but this, where what is asked for fails. */
#if !defined(SYS_mseal) && !defined(__alpha__)
#define SYS_mseal	462
#endif

int
peers_init(struct peers *peers, const struct addrinfo *addresses, struct err *err)
{
	const size_t slot = sizeof(struct sockaddr_storage);
	char *page;

	*peers = (struct peers){ .size = PEERS_MAX * slot };
	page = mmap(NULL, peers->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return err_set(err, "memory for addresses: %s", strerror(errno));
	peers->page = page;
	for (const struct addrinfo *ai = addresses; ai && peers->n < PEERS_MAX; ai = ai->ai_next) {
		char *at = page + peers->n * slot;

		if (ai->ai_addrlen > slot)
			continue;
		memcpy(at, ai->ai_addr, ai->ai_addrlen);
		peers->list[peers->n++] = (struct peer){ (const void *)at, ai->ai_addrlen };
	}
	if (mprotect(page, peers->size, PROT_READ) == 0)
		return 0;
	err_set(err, "memory for addresses: %s", strerror(errno));
	peers_release(peers);
	return -1;
}

void
peers_release(struct peers *peers)
{
	if (peers->page)
		munmap(peers->page, peers->size);
	*peers = (struct peers){ .n = 0 };
}

int
peers_seal(const struct peers *peers)
{
	if (!peers->page)
		return -1;
#ifdef SYS_mseal
	return syscall(SYS_mseal, peers->page, peers->size, 0UL) == 0 ? 0 : -1;
#else
	return -1;
#endif
}

ssize_t
peers_push(void *socket, const void *p, size_t n)
{
	return send((int)(intptr_t)socket, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}
