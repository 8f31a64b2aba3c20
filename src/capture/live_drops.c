/*
 * What was lost before it came here, and where. The ring counts packets it had no room
 * for (PACKET_STATISTICS). Of what the interface lost the driver tells: rx_missed_errors
 * and rx_fifo_errors are the packets that came while its ring was full. What the queue
 * between both had no room for is in the second column of /proc/net/softnet_stat, and in
 * rx_dropped of the interface, which has other things too: so it is the lesser of both.
 *
 * The files stay open, for later there may be no right to open them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "capture/live_int.h"

#define TELL_AGAIN	(60 * NS_PER_S)	/* between notices of drops */
#define BUFFER_MAX_MB	2048u

/* @return whether there was a number. */
static bool
read_counter(int fd, uint64_t *value)
{
	char text[32];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	*value = strtoull(text, NULL, 10);
	return true;
}

/* Packets that the queues of all processors had no room for: the second hexadecimal
 * column of each line. */
static uint64_t
read_softnet(int fd)
{
	static char text[65536];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	struct str rest = { text, n > 0 ? (size_t)n : 0 }, line;
	uint64_t sum = 0;

	text[n > 0 ? n : 0] = '\0';
	while (str_cut(&rest, '\n', &line)) {
		char *end;

		if (line.n < 17)
			continue;
		(void)strtoull(line.p, &end, 16);
		sum += strtoull(end, NULL, 16);
	}
	return sum;
}

static void
close_files(struct drop_files *f)
{
	for (size_t i = 0; i < DROP_COUNTERS; i++)
		if (f->fds[i] >= 0)
			close(f->fds[i]);
}

static void
open_files(struct drop_files *f)
{
	static const char *const names[DROP_COUNTERS] = {
		[DROP_MISSED] = "rx_missed_errors", [DROP_FIFO] = "rx_fifo_errors",
		[DROP_DROPPED] = "rx_dropped",
	};
	char path[128];

	for (size_t i = 0; i < DROP_COUNTERS; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", f->name, names[i]);
		f->fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		f->seen[i] = 0;
		read_counter(f->fds[i], &f->seen[i]);
	}
}

static void
add_files(struct live_drops *d, const char *name)
{
	struct drop_files *f = &d->files[d->n];

	/* A name is part of a path here. */
	if (d->n == DROP_FILES || strchr(name, '/'))
		return;
	d->n++;
	snprintf(f->name, sizeof(f->name), "%s", name);
	open_files(f);
}

void
live_drops_start(struct live *l)
{
	struct live_drops *d = &l->drops;
	struct capture_interface *list;
	struct tpacket_stats_v3 ring;
	socklen_t size = sizeof(ring);
	size_t n;

	if (!l->any) {
		add_files(d, l->device);
	} else if (capture_interfaces(&list, &n, NULL) == 0) {
		for (size_t i = 0; i < n; i++)
			if (strcmp(list[i].name, "any") != 0 && !list[i].loopback && list[i].up)
				add_files(d, list[i].name);
		capture_interfaces_free(list, n);
	}
	d->softnet = open("/proc/net/softnet_stat", O_RDONLY | O_CLOEXEC);
	d->softnet_seen = read_softnet(d->softnet);
	/* What was lost before is nobody's loss. */
	(void)!getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &ring, &size);
}

void
live_drops_release(struct live_drops *d)
{
	for (size_t i = 0; i < d->n; i++)
		close_files(&d->files[i]);
	if (d->softnet >= 0)
		close(d->softnet);
}

/* How much more there is. */
static uint64_t
grown(uint64_t *seen, uint64_t now)
{
	uint64_t more = now > *seen ? now - *seen : 0;

	*seen = now;
	return more;
}

static void
count_files(struct live_drops *d, uint64_t more[DROP_COUNTERS])
{
	for (size_t i = 0; i < d->n; i++) {
		struct drop_files *f = &d->files[i];

		for (size_t k = 0; k < DROP_COUNTERS; k++) {
			uint64_t value;

			if (read_counter(f->fds[k], &value)) {
				more[k] += grown(&f->seen[k], value);
			} else if (f->fds[k] >= 0) {
				/* It went; one of that name may have come. */
				close_files(f);
				open_files(f);
				break;
			}
		}
	}
}

static uint64_t
count_ring(const struct live *l)
{
	struct tpacket_stats_v3 ring = { .tp_drops = 0 };
	socklen_t size = sizeof(ring);

	/* Asking sets it to nought. */
	if (getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &ring, &size) != 0)
		return 0;
	return ring.tp_drops;
}

static void
set_cause(const struct live *l, char cause[80], bool ring, bool nic)
{
	uint32_t mb = l->buffer >> 20, more = mb < BUFFER_MAX_MB / 2 ? 2 * mb : BUFFER_MAX_MB;

	if (ring && mb < BUFFER_MAX_MB)
		snprintf(cause, 80, "buffer full, try -B %u", more > 1 ? more : 2);
	else if (ring)
		snprintf(cause, 80, "buffer full");
	else if (nic)
		snprintf(cause, 80, "ring of the interface full, try ethtool -G");
	else
		snprintf(cause, 80,
			 "queue of the kernel full, raise net.core.netdev_max_backlog");
}

void
live_drops_count(struct live *l, struct source *source)
{
	struct capture_stats *stats = &source->pub.stats;
	struct live_drops *d = &l->drops;
	uint64_t ring = count_ring(l), more[DROP_COUNTERS] = { 0 }, nic, queue;
	int64_t now = time_monotonic();

	count_files(d, more);
	nic = more[DROP_MISSED] + more[DROP_FIFO];
	queue = grown(&d->softnet_seen, read_softnet(d->softnet));
	if (queue > more[DROP_DROPPED])
		queue = more[DROP_DROPPED];
	d->kernel += ring;
	d->interface += nic + queue;
	stats->dropped = d->kernel;
	stats->if_dropped = d->interface;
	stats->has_drops = true;
	if (ring + nic + queue == 0)
		return;
	set_cause(l, source->drop_cause, ring > 0, nic > 0);
	stats->drop_cause = source->drop_cause;
	if (d->told != 0 && now - d->told < TELL_AGAIN)
		return;
	d->told = now;
	live_tell(l, "%" PRIu64 " packets dropped: %s", ring + nic + queue, source->drop_cause);
}
