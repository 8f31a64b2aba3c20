/* The interfaces there are. */
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "capture/capture.h"

static bool
addr_of(const struct sockaddr *a, struct net_addr *addr)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (a && a->sa_family == AF_INET) {
		memcpy(&in, a, sizeof(in));
		*addr = net_addr_ip4((const uint8_t *)&in.sin_addr);
		return true;
	}
	if (a && a->sa_family == AF_INET6) {
		memcpy(&in6, a, sizeof(in6));
		*addr = net_addr_ip6(in6.sin6_addr.s6_addr);
		return true;
	}
	return false;
}

static void
fill(struct capture_interface *to, const pcap_if_t *from)
{
	size_t cap = 0;

	*to = (struct capture_interface){
		.name = xstrdup(from->name),
		.description = xstrdup(from->description ? from->description : ""),
		.up = from->flags & PCAP_IF_UP, .running = from->flags & PCAP_IF_RUNNING,
		.loopback = from->flags & PCAP_IF_LOOPBACK,
	};
	for (const pcap_addr_t *a = from->addresses; a; a = a->next) {
		struct net_addr addr;

		if (!addr_of(a->addr, &addr))
			continue;
		ARRAY_GROW(to->addrs, cap, to->n + 1);
		to->addrs[to->n++] = addr;
	}
}

int
capture_interfaces(struct capture_interface **list, size_t *n, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE];
	size_t cap = 0;
	pcap_if_t *all;

	*list = NULL;
	*n = 0;
	if (pcap_findalldevs(&all, why) != 0)
		return err_set(err, "interfaces: %s", why);
	for (const pcap_if_t *i = all; i; i = i->next) {
		/* Not USB, Bluetooth, D-Bus and the like. */
		if (strcmp(i->name, "any") != 0 && if_nametoindex(i->name) == 0)
			continue;
		ARRAY_GROW(*list, cap, *n + 1);
		fill(&(*list)[(*n)++], i);
	}
	pcap_freealldevs(all);
	return 0;
}

void
capture_interfaces_free(struct capture_interface *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].name);
		free(list[i].description);
		free(list[i].addrs);
	}
	free(list);
}
