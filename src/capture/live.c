/*
 * libpcap opens the interface and reads its ring (TPACKET_V3): the kernel fills blocks,
 * and hands each over when it is full or 30 to 60 ms old, so that the process wakes twenty
 * times a second at low rates, once a block at high ones, and not at all when nothing
 * comes. Packets are copied out of the ring in batches: libpcap gives a block back while
 * the last packet of it is being looked at, and other sources may want to go first.
 *
 * After opening nothing is needed that takes rights or a file's name: what goes on is
 * done on the descriptors there are (live_watch.c, live_drops.c).
 *
 * One epoll set has the ring and a timer; it is what the caller polls.
 */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/live_int.h"
#include "capture/sandbox.h"

#define LOOK_SOON	(20 * NS_PER_MS)	/* between looks at an idle interface */
#define FAULT_LASTS	(3 * NS_PER_S)		/* before it is told */
#define STOP_MAX	(4 * LIVE_RETIRE_MS * NS_PER_MS)
#define STOP_LATE	(2 * NS_PER_S)		/* for what came before, where that was much */
#define LINKTYPE_SLL2	276u

void
live_tell(struct live *l, const char *fmt, ...)
{
	struct buf clock = BUF_INIT;
	char text[400];
	va_list ap;

	if (l->notices++ >= LIVE_NOTICES)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	time_add(&clock, time_now(), TIME_CLOCK, false);
	/* Whole seconds will do. */
	notice_add(l->c, l->device, false, "%.8s: %s%s", buf_cstr(&clock), text,
		   l->notices == LIVE_NOTICES ? "; no more is told of it" : "");
	buf_release(&clock);
}

/* ---- reading ---- */

static void
take(u_char *ctx, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct live *l = (struct live *)(void *)ctx;
	struct live_packet *p = &l->packets[l->n];
	uint32_t n = h->caplen < l->room ? h->caplen : (uint32_t)l->room;

	/* Until it was bound to one interface, packets of all may have come. */
	if (l->cooked && (n < 8 || (int)((uint32_t)bytes[4] << 24 | (uint32_t)bytes[5] << 16 |
					 (uint32_t)bytes[6] << 8 | bytes[7]) != l->index))
		return;
	if (l->n == LIVE_BATCH)
		BUG("more packets than were asked for");
	l->n++;
	/* The handle counts in ns, in a member that is named after us. */
	*p = (struct live_packet){
		.at = (uint32_t)l->used, .caplen = n, .wirelen = h->len > n ? h->len : n,
		.time = (int64_t)h->ts.tv_sec * NS_PER_S + (int64_t)h->ts.tv_usec,
	};
	memcpy(l->bytes + l->used, bytes, n);
	l->used += (n + 15u) & ~(size_t)15u;
}

/* What is due once a second, or when there was nothing. */
static void
tend(struct live *l, int64_t now, struct source *source)
{
	if (now - l->looked >= (l->n == 0 ? LOOK_SOON : NS_PER_S)) {
		l->looked = now;
		live_watch(l);
	}
	if (now - l->counted >= NS_PER_S - LOOK_SOON) {
		l->counted = now;
		live_drops_count(l, source);
	}
}

/* Reading failed. That the interface went is known by looking, and no fault for long. */
static void
tell_fault(struct live *l, int64_t now)
{
	if (l->state != LIVE_UP && l->state != LIVE_QUIET)
		l->faulty = 0;
	else if (l->faulty == 0)
		l->faulty = now;
	else if (!l->fault_told && now - l->faulty > FAULT_LASTS) {
		l->fault_told = true;
		live_tell(l, "%s", pcap_geterr(l->pcap));
	}
}

static enum read_status
refill(struct live *l, struct source *source)
{
	int64_t begun = l->stopping ? time_monotonic() : 0, now;
	uint64_t ticks;
	int r;

	l->n = l->at = 0;
	l->used = 0;
	r = pcap_dispatch(l->pcap, (int)LIVE_BATCH, take, (u_char *)(void *)l);
	now = time_monotonic();
	tend(l, now, source);
	/* Whoever had to wait for the CPU meanwhile has all of it still before him. */
	if (l->stopping && begun >= l->stop_until &&
	    (l->n == 0 || l->packets[0].time > l->stopped || begun >= l->stop_until + STOP_LATE)) {
		l->n = 0;
		live_drops_count(l, source);
		return READ_END;
	}
	if (l->n > 0) {
		l->faulty = 0;
		l->fault_told = false;
		return READ_RECORD;
	}
	if (r == PCAP_ERROR)
		tell_fault(l, now);
	else
		l->faulty = 0;
	(void)!read(l->timer, &ticks, sizeof(ticks));
	return r > 0 ? READ_BUSY : READ_WAIT;
}

enum read_status
live_next(struct live *l, struct record *rec, struct source *source)
{
	const struct live_packet *p;

	if (l->at >= l->n) {
		enum read_status rs = refill(l, source);

		if (rs != READ_RECORD)
			return rs;
	}
	p = &l->packets[l->at++];
	*rec = (struct record){
		.data = l->bytes + p->at, .caplen = p->caplen, .wirelen = p->wirelen,
		.time = p->time, .link = l->link,
	};
	return READ_RECORD;
}

bool
live_stays(const struct live *l)
{
	return l->at < l->n;
}

static void
set_timer(const struct live *l, int64_t first, int64_t again)
{
	struct itimerspec t = {
		.it_value = { first / NS_PER_S, first % NS_PER_S },
		.it_interval = { again / NS_PER_S, again % NS_PER_S },
	};

	timerfd_settime(l->timer, 0, &t, NULL);
}

void
live_stop(struct live *l)
{
	if (l->stopping)
		return;
	l->stopping = true;
	l->stopped = time_now();
	/* The block that is being filled comes within that. */
	l->stop_until = time_monotonic() + STOP_MAX;
	set_timer(l, STOP_MAX, STOP_MAX);
}

int
live_fd(const struct live *l)
{
	return l->epoll;
}

/* ---- opening ---- */

static void
add_names(struct buf *b)
{
	struct capture_interface *list;
	size_t n;

	if (capture_interfaces(&list, &n, NULL) != 0)
		return;
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i > 0 ? ", " : "", list[i].name);
	capture_interfaces_free(list, n);
}

static enum capture_live_result
no_device(const char *device, struct err *err)
{
	struct buf names = BUF_INIT;

	add_names(&names);
	err_set(err, "%s: no such interface (there are %s)", device, buf_cstr(&names));
	buf_release(&names);
	return CAPTURE_LIVE_NO_DEVICE;
}

/* What libpcap says of @p p, or of a @p code that it says no more of. */
static const char *
reason(pcap_t *p, int code)
{
	const char *text = code == PCAP_ERROR ? pcap_geterr(p) : pcap_statustostr(code);

	return *text ? text : "cannot be captured on";
}

/* Open @p device, which may be "any" for an interface that is down. @return 0, or what
 * pcap_activate() says. */
static int
activate(struct live *l, const char *device, const struct capture_live *o, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int r;

	l->pcap = pcap_create(device, why);
	if (!l->pcap) {
		err_set(err, "%s: %s", l->device, why);
		return PCAP_ERROR;
	}
	pcap_set_snaplen(l->pcap, (int)(o->snaplen ? o->snaplen : CAPTURE_LIVE_SNAPLEN));
	pcap_set_buffer_size(l->pcap, (int)l->buffer);
	pcap_set_timeout(l->pcap, LIVE_RETIRE_MS);
	pcap_set_promisc(l->pcap, l->promiscuous && strcmp(device, "any") != 0);
	pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
	r = pcap_activate(l->pcap);
	if (r >= 0)
		return 0;
	err_set(err, "%s: %s", l->device, reason(l->pcap, r));
	pcap_close(l->pcap);
	l->pcap = NULL;
	return r;
}

/* One that is down cannot be opened, but a socket for all interfaces be bound to it. */
static int
activate_down(struct live *l, const struct capture_live *o, struct err *err)
{
	int index = (int)if_nametoindex(l->device), r = activate(l, "any", o, err);

	if (r != 0)
		return r;
	l->cooked = true;
	l->fd = pcap_fileno(l->pcap);
	if (pcap_set_datalink(l->pcap, DLT_LINUX_SLL2) == 0 && live_bind(l, index) == 0)
		return 0;
	err_set(err, "%s: is down, and cannot be waited for", l->device);
	return PCAP_ERROR;
}

static enum capture_live_result
open_handle(struct live *l, const struct capture_live *o, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE];
	int r;

	if (!l->any && if_nametoindex(l->device) == 0)
		return no_device(l->device, err);
	r = activate(l, l->device, o, err);
	if (r == PCAP_ERROR_IFACE_NOT_UP)
		r = activate_down(l, o, err);
	if (r == PCAP_ERROR_PERM_DENIED || r == PCAP_ERROR_PROMISC_PERM_DENIED) {
		err_set(err, "%s: no permission to capture", l->device);
		return CAPTURE_LIVE_PERMISSION;
	}
	if (r == PCAP_ERROR_NO_SUCH_DEVICE)
		return no_device(l->device, err);
	if (r != 0)
		return CAPTURE_LIVE_FAILED;
	/* It tells of the interface, and is what tcpdump takes for "any" too. */
	if (l->any)
		pcap_set_datalink(l->pcap, DLT_LINUX_SLL2);
	if (pcap_setnonblock(l->pcap, 1, why) != 0) {
		err_set(err, "%s: %s", l->device, why);
		return CAPTURE_LIVE_FAILED;
	}
	return CAPTURE_LIVE_OK;
}

static enum capture_live_result
set_filter(struct live *l, const char *filter, struct err *err)
{
	struct bpf_program program;
	int r;

	if (!filter)
		return CAPTURE_LIVE_OK;
	if (pcap_compile(l->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		err_set(err, "%s: BPF filter: %s", l->device, pcap_geterr(l->pcap));
		return CAPTURE_LIVE_FILTER;
	}
	r = pcap_setfilter(l->pcap, &program);
	pcap_freecode(&program);
	if (r == 0)
		return CAPTURE_LIVE_OK;
	err_set(err, "%s: BPF filter: %s", l->device, pcap_geterr(l->pcap));
	return CAPTURE_LIVE_FILTER;
}

/* The LINKTYPE_ value of a DLT_ value; those that differ on Linux. */
static int
link_of(int dlt)
{
	return dlt == DLT_RAW ? 101 : dlt == DLT_LINUX_SLL2 ? (int)LINKTYPE_SLL2 : dlt;
}

static int
watch_descriptors(struct live *l, struct err *err)
{
	int ring = pcap_get_selectable_fd(l->pcap);
	struct epoll_event e = { .events = EPOLLIN };

	l->fd = pcap_fileno(l->pcap);
	l->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->control < 0)
		l->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->control < 0 || l->timer < 0 || l->epoll < 0 || ring < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, ring, &e) != 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &e) != 0)
		return err_set(err, "%s: %s", l->device, strerror(errno));
	set_timer(l, NS_PER_S, NS_PER_S);
	return 0;
}

struct live *
live_new(struct capture *c, const char *device, const struct capture_live *options,
	 const char *filter, enum capture_live_result *result, struct err *err)
{
	static const struct capture_live none;
	struct live *l = xcalloc(1, sizeof(*l));

	if (!options)
		options = &none;
	l->c = c;
	l->device = xstrdup(device);
	l->any = strcmp(device, "any") == 0;
	l->buffer = options->buffer ? options->buffer : CAPTURE_LIVE_BUFFER;
	l->promiscuous = !options->no_promiscuous;
	l->fd = l->control = l->epoll = l->timer = l->drops.softnet = -1;
	*result = open_handle(l, options, err);
	if (*result == CAPTURE_LIVE_OK)
		*result = set_filter(l, filter, err);
	if (*result == CAPTURE_LIVE_OK && watch_descriptors(l, err) != 0)
		*result = CAPTURE_LIVE_FAILED;
	if (*result != CAPTURE_LIVE_OK) {
		live_free(l);
		return NULL;
	}
	l->link = (uint16_t)link_of(pcap_datalink(l->pcap));
	l->room = (size_t)pcap_snapshot(l->pcap) + 64;
	/* What is not touched costs nothing. */
	l->bytes = xmalloc(LIVE_BATCH * (l->room + 16));
	live_watch_start(l);
	live_drops_start(l);
	return l;
}

void
live_sockets(const struct live *l, int fds[2])
{
	fds[0] = l->fd;
	fds[1] = l->control;
}

void
live_free(struct live *l)
{
	if (!l)
		return;
	live_drops_release(&l->drops);
	if (l->pcap)
		pcap_close(l->pcap);
	sandbox_closed(l->fd);
	if (l->epoll >= 0)
		close(l->epoll);
	if (l->timer >= 0)
		close(l->timer);
	if (l->control >= 0)
		close(l->control);
	sandbox_closed(l->control);
	free(l->bytes);
	free(l->device);
	free(l);
}
