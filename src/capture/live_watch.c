/*
 * What becomes of the interface. The socket knows one by its index: when it goes down
 * and comes up again the kernel goes on by itself; when it was deleted and made again
 * the socket has to be bound to the new one, which takes no rights, while a new socket
 * would. So the handle, its ring and its filter stay.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "capture/live_int.h"

#define ETHERTYPES	0x0003	/* ETH_P_ALL */

static void
set_request(struct ifreq *request, const struct live *l)
{
	memset(request, 0, sizeof(*request));
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", l->device);
}

/* @return 0: there is none of that name. */
static int
index_of(const struct live *l)
{
	struct ifreq request;

	set_request(&request, l);
	return ioctl(l->control, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

static int
kind_of(const struct live *l)
{
	struct ifreq request;

	set_request(&request, l);
	return ioctl(l->control, SIOCGIFHWADDR, &request) == 0 ?
		request.ifr_hwaddr.sa_family : -1;
}

static enum live_state
state_of(const struct live *l)
{
	struct ifreq request;

	set_request(&request, l);
	if (ioctl(l->control, SIOCGIFFLAGS, &request) != 0)
		return LIVE_GONE;
	if (!(request.ifr_flags & IFF_UP))
		return LIVE_DOWN;
	return request.ifr_flags & IFF_RUNNING ? LIVE_UP : LIVE_QUIET;
}

int
live_bind(struct live *l, int index)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPES), .sll_ifindex = index,
	};
	struct packet_mreq all = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	socklen_t n = sizeof(int);
	int fault;

	if (bind(l->fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return -1;
	if (l->promiscuous)
		(void)!setsockopt(l->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
	/* That it is down is no fault, but is left there as one. */
	(void)!getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &fault, &n);
	l->index = index;
	return 0;
}

void
live_watch_start(struct live *l)
{
	if (l->any)
		return;
	if (!l->cooked)
		l->index = index_of(l);
	l->kind = kind_of(l);
	l->state = state_of(l);
	if (l->state == LIVE_DOWN)
		live_tell(l, "is down: waiting for it to come up");
	else if (l->state == LIVE_QUIET)
		live_tell(l, "has no carrier");
}

/* None of that name is there: perhaps what is bound to has another one now. @return
 * whether it has. */
static bool
was_renamed(struct live *l)
{
	struct ifreq request = { .ifr_ifindex = l->index };

	if (l->index == 0 || l->state == LIVE_GONE ||
	    ioctl(l->control, SIOCGIFNAME, &request) != 0)
		return false;
	request.ifr_name[IFNAMSIZ - 1] = '\0';
	live_tell(l, "is named %s now: going on", request.ifr_name);
	free(l->device);
	l->device = xstrdup(request.ifr_name);
	return true;
}

/* One of that name is there, with another index. @return what it is like. */
static enum live_state
take_over(struct live *l, int index)
{
	if (!l->cooked && kind_of(l) != l->kind)
		return LIVE_OTHER;
	if (live_bind(l, index) != 0)
		return LIVE_GONE;
	return state_of(l);
}

/* One that is deleted goes down first: that it is down is told at the second look.
 * @return whether to wait for that. */
static bool
sinks(struct live *l, enum live_state state)
{
	bool before = l->sinks;

	l->sinks = !before && state == LIVE_DOWN &&
		(l->state == LIVE_UP || l->state == LIVE_QUIET);
	if (before && state == l->state)
		live_tell(l, "went down for a moment");
	return l->sinks;
}

void
live_watch(struct live *l)
{
	static const char *const texts[] = {
		[LIVE_UP] = "is up again: going on",
		[LIVE_QUIET] = "has no carrier",
		[LIVE_DOWN] = "went down: waiting for it to come up",
		[LIVE_GONE] = "vanished: waiting for it to come again",
		[LIVE_OTHER] = "is there again, but of another kind, which needs a new start",
	};
	enum live_state state;
	bool again = false;
	int index;

	if (l->any)
		return;
	index = index_of(l);
	if (index == 0) {
		state = was_renamed(l) ? state_of(l) : LIVE_GONE;
	} else if (index != l->index) {
		/* It went and came between two looks. */
		if (l->state != LIVE_GONE && l->state != LIVE_OTHER)
			live_tell(l, "%s", texts[LIVE_GONE]);
		state = take_over(l, index);
		again = state != LIVE_GONE && state != LIVE_OTHER;
	} else {
		state = state_of(l);
	}
	if (again) {
		l->sinks = false;
		live_tell(l, "is there again%s", state == LIVE_UP ? ": going on" :
			  state == LIVE_DOWN ? ", but down: waiting for it to come up" :
			  ", without a carrier");
	} else if (sinks(l, state)) {
		return;
	} else if (state != l->state) {
		live_tell(l, "%s", texts[state]);
	}
	l->state = state;
}
