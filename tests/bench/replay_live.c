/*
 * Send the packets of a capture on an interface, at a rate.
 *
 *	replay_live [-r PACKETS/S] [-n PACKETS] [-t SECONDS] [-w MS] [-v | -c] INTERFACE FILE
 *
 * Without -r as fast as they go; without -n and -t the file once, else as often as it
 * takes; with -v each time with other Call-IDs and SSRCs, so that calls are new ones; with -c
 * with other branches and CSeqs, so that the dialogs of the first time go on. -w waits before
 * the first. Link types are Ethernet, raw IP and BSD loopback: the
 * latter get an Ethernet header. Prints what was sent: "sent N packets, N bytes, in S s,
 * N packets/s, N refused".
 *
 * It is for loopback and for interfaces of namespaces: on one that is a device it does
 * not send.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <pcap/pcap.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

#define BATCH		64u
#define FRAMES_MAX	((size_t)1 << 20)	/* of the file; later ones are left out */
#define ETHER		14u
#define LAG_MAX		(50 * NS_PER_MS)	/* that is made good by sending faster */

/* What of a frame is another each time. */
enum spot_kind {
	SPOT_TEXT,		/* 8 bytes */
	SPOT_DIGITS,		/* 3 of them */
	SPOT_SSRC,
};

#define SPOTS	2u

struct frame {
	uint8_t *data;
	size_t n;
	size_t vary_at[SPOTS];	/* 0: nothing */
	enum spot_kind kinds[SPOTS];
};

struct replay {
	struct frame *frames;
	size_t n, cap;
	uint64_t rate, packets, wait_ms;	/* rate 0: any; packets 0: see seconds */
	uint64_t seconds;
	uint64_t sent, bytes, refused;
	uint32_t rounds;			/* times the file was sent */
	bool varies, goes_on;			/* -v, -c */
	int fd;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "replay_live: %s: %s\n", what, why);
	return 2;
}

/* ---- the file ---- */

/* Bytes before the IP header, that are replaced by Ethernet's; -1: not known. */
static int
header_of(int link)
{
	return link == DLT_RAW ? 0 : link == DLT_NULL || link == DLT_LOOP ? 4 : -1;
}

static void
add_frame(struct replay *r, const uint8_t *p, size_t n, int skip)
{
	struct frame *f;

	ARRAY_GROW(r->frames, r->cap, r->n + 1);
	f = &r->frames[r->n++];
	*f = (struct frame){ 0 };
	if (skip < 0) {
		f->n = n;
		f->data = xmalloc(n);
		memcpy(f->data, p, n);
		return;
	}
	p += skip;
	n -= (size_t)skip;
	f->n = n + ETHER;
	f->data = xcalloc(1, f->n);
	f->data[12] = p[0] >> 4 == 6 ? 0x86 : 0x08;
	f->data[13] = p[0] >> 4 == 6 ? 0xdd : 0x00;
	memcpy(f->data + ETHER, p, n);
}

#define UDP_AT	(ETHER + 20u)

/* Where the text behind @p name begins, of which there are @p n bytes; 0: nowhere. */
static size_t
text_behind(const struct frame *f, const char *name, size_t n)
{
	const uint8_t *payload = f->data + UDP_AT + 8, *at;

	at = memmem(payload, f->n - UDP_AT - 8, name, strlen(name));
	if (!at || (size_t)(at - f->data) + strlen(name) + n > f->n)
		return 0;
	return (size_t)(at - f->data) + strlen(name);
}

/* Find what tells the call, or the transaction, of a UDP datagram over IPv4, whose checksum
 * no longer fits. */
static void
find_vary(struct frame *f, bool goes_on)
{
	const uint8_t *payload = f->data + UDP_AT + 8;
	size_t cseq;

	if (f->n < UDP_AT + 8 + 12 || f->data[12] != 0x08 || f->data[ETHER] != 0x45 ||
	    f->data[ETHER + 9] != 17)
		return;
	f->vary_at[0] = text_behind(f, goes_on ? ";branch=z9hG4bK-" : "\nCall-ID: ", 8);
	cseq = text_behind(f, "\nCSeq: ", 4);
	if (goes_on && cseq > 0 && f->data[cseq + 3] == ' ') {
		f->vary_at[1] = cseq;
		f->kinds[1] = SPOT_DIGITS;
	}
	if (!goes_on && f->vary_at[0] == 0 && payload[0] >> 6 == 2 &&
	    (payload[1] < 200 || payload[1] > 207)) {
		f->vary_at[0] = UDP_AT + 8 + 8;
		f->kinds[0] = SPOT_SSRC;
	}
	if (f->vary_at[0] + f->vary_at[1] > 0)
		f->data[UDP_AT + 6] = f->data[UDP_AT + 7] = 0;
}

static void
vary(struct frame *f, uint32_t round)
{
	char text[9];

	for (size_t i = 0; i < SPOTS; i++) {
		uint8_t *at = f->data + f->vary_at[i];

		if (f->vary_at[i] == 0)
			continue;
		switch (f->kinds[i]) {
		case SPOT_TEXT:
			snprintf(text, sizeof(text), "%08x", round);
			memcpy(at, text, 8);
			break;
		case SPOT_DIGITS:
			snprintf(text, sizeof(text), "%03u", 100 + round % 900);
			memcpy(at, text, 3);
			break;
		case SPOT_SSRC:
			at[0] = (uint8_t)(round >> 8);
			at[1] = (uint8_t)round;
			break;
		}
	}
}

static int
read_file(struct replay *r, const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);
	struct pcap_pkthdr *h;
	const u_char *bytes;
	int skip;

	if (!p)
		return fail(path, why);
	skip = header_of(pcap_datalink(p));
	if (skip < 0 && pcap_datalink(p) != DLT_EN10MB) {
		pcap_close(p);
		return fail(path, "neither Ethernet nor raw IP");
	}
	while (r->n < FRAMES_MAX && pcap_next_ex(p, &h, &bytes) == 1)
		if (h->caplen > (skip < 0 ? (uint32_t)ETHER : (uint32_t)skip))
			add_frame(r, bytes, h->caplen, skip);
	pcap_close(p);
	for (size_t i = 0; r->varies && i < r->n; i++)
		find_vary(&r->frames[i], r->goes_on);
	return r->n > 0 ? 0 : fail(path, "no packet");
}

/* ---- the interface ---- */

static int
open_interface(struct replay *r, const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	int room = 32 << 20, one = 1;
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	if (access(path, F_OK) == 0)
		return fail(name, "a device, to which nothing is sent");
	at.sll_ifindex = (int)if_nametoindex(name);
	if (at.sll_ifindex == 0)
		return fail(name, "no such interface");
	/* Protocol 0: nothing is to be received. */
	r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (r->fd < 0 || bind(r->fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return fail(name, strerror(errno));
	setsockopt(r->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(r->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	return 0;
}

static void
sleep_ns(int64_t ns)
{
	struct timespec t = { ns / NS_PER_S, ns % NS_PER_S };

	nanosleep(&t, NULL);
}

/* How many may go now. */
static unsigned
due(const struct replay *r, int64_t *start)
{
	uint64_t left = r->packets ? r->packets - r->sent : UINT64_MAX, may;
	int64_t now = time_monotonic();

	if (r->rate == 0)
		return left < BATCH ? (unsigned)left : BATCH;
	/* Who slept long does not send all of it in one burst. */
	may = (uint64_t)((double)(now - *start) / 1e9 * (double)r->rate);
	if (may > r->sent && (may - r->sent) * (uint64_t)NS_PER_S / r->rate > LAG_MAX)
		*start = now - (int64_t)((double)r->sent / (double)r->rate * 1e9);
	may = may > r->sent ? may - r->sent : 0;
	may = may < left ? may : left;
	return may < BATCH ? (unsigned)may : BATCH;
}

static void
send_some(struct replay *r, size_t *next, unsigned count)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iovs[BATCH];
	unsigned n = 0, done = 0;

	for (; n < count; n++) {
		struct frame *f = &r->frames[(*next + n) % r->n];

		if (r->varies)
			vary(f, r->rounds + (*next + n >= r->n));
		iovs[n] = (struct iovec){ f->data, f->n };
		msgs[n] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iovs[n], .msg_iovlen = 1 } };
	}
	while (done < n) {
		int got = sendmmsg(r->fd, msgs + done, n - done, 0);

		if (got <= 0) {
			/* Too long for it, or it is down: the next one. */
			r->refused++;
			if (errno == ENOBUFS || errno == ENETDOWN || errno == ENXIO)
				sleep_ns(NS_PER_MS);
			got = 1;
			r->bytes -= iovs[done].iov_len;
		}
		for (int i = 0; i < got; i++)
			r->bytes += iovs[done + (unsigned)i].iov_len;
		done += (unsigned)got;
	}
	r->rounds += *next + n >= r->n;
	*next = (*next + n) % r->n;
	r->sent += n;
}

static void
replay(struct replay *r)
{
	int64_t start, from, until;
	size_t next = 0;
	double took;

	sleep_ns((int64_t)r->wait_ms * NS_PER_MS);
	from = start = time_monotonic();
	until = from + (int64_t)r->seconds * NS_PER_S;
	if (r->packets == 0 && r->seconds == 0)
		r->packets = r->n;
	while ((r->packets == 0 || r->sent < r->packets) &&
	       (r->seconds == 0 || time_monotonic() < until)) {
		unsigned n = due(r, &start);

		if (n > 0)
			send_some(r, &next, n);
		else
			sleep_ns(NS_PER_MS / 2);
	}
	took = (double)(time_monotonic() - from) / 1e9;
	printf("sent %llu packets, %llu bytes, in %.3f s, %.0f packets/s, %llu refused\n",
	       (unsigned long long)(r->sent - r->refused), (unsigned long long)r->bytes, took,
	       took > 0 ? (double)r->sent / took : 0, (unsigned long long)r->refused);
}

int
main(int argc, char **argv)
{
	struct replay r = { .fd = -1 };
	int c, code = 2;

	while ((c = getopt(argc, argv, "r:n:t:w:vc")) != -1) {
		uint64_t *to = c == 'r' ? &r.rate : c == 'n' ? &r.packets :
			c == 't' ? &r.seconds : c == 'w' ? &r.wait_ms : NULL;
		char *end = NULL;

		if (c == 'v' || c == 'c') {
			r.varies = true;
			r.goes_on = c == 'c';
			continue;
		}
		if (to)
			*to = strtoull(optarg, &end, 10);
		if (!to || *end != '\0')
			return fail("usage", "[-r RATE] [-n PACKETS] [-t SECONDS] [-w MS] [-v | -c] "
				    "INTERFACE FILE");
	}
	if (argc - optind != 2)
		return fail("usage", "INTERFACE FILE");
	if (read_file(&r, argv[optind + 1]) == 0 && open_interface(&r, argv[optind]) == 0) {
		replay(&r);
		code = 0;
	}
	for (size_t i = 0; i < r.n; i++)
		free(r.frames[i].data);
	free(r.frames);
	if (r.fd >= 0)
		close(r.fd);
	return code;
}
