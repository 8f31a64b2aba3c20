/*
 * Relays TCP connections on the loopback and writes what passes as a capture, so
 * that traffic of real peers can be had without the privilege to capture.
 *
 *	relay -t PORT -w FILE [-m BYTES] [-o]	listen, print the port, relay to PORT
 *	relay -f				print a port that is free now
 *	relay -c PORT				whether somebody listens there
 *
 * The packets are made up: Ethernet, IPv4 (192.0.2.1 to 192.0.2.2 port 5061) and
 * TCP with SYN, data cut into segments of BYTES at most (-o: of odd sizes), ACK,
 * FIN and RST. Sequence numbers begin shortly before they wrap. Ends by SIGTERM.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINKS_MAX	64
#define SERVER_PORT	5061
#define CLIENT_PORT	40000

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

struct link {
	int fd[2];		/* of the client, of the server; -1: not open */
	bool ended[2];		/* that end sent all it had */
	uint32_t seq[2];
	uint16_t port;
};

static struct link links[LINKS_MAX];
static size_t link_n;
static FILE *out;
static size_t segment_max = 1448;
static bool odd;
static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* ---- packets ---- */

static void
put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* The Internet checksum, going on from @p sum. */
static unsigned int
checksum(const uint8_t *p, size_t n, uint32_t sum)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (n & 1)
		sum += (uint32_t)(p[n - 1] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void
put_packet(const uint8_t *p, size_t n)
{
	struct timespec now;
	uint32_t head[4];

	clock_gettime(CLOCK_REALTIME, &now);
	head[0] = (uint32_t)now.tv_sec;
	head[1] = (uint32_t)(now.tv_nsec / 1000);
	head[2] = head[3] = (uint32_t)n;
	if (fwrite(head, sizeof(head), 1, out) != 1 || fwrite(p, 1, n, out) != n)
		die("write");
}

/* One segment of end @p dir (0 the client). */
static void
put_segment(struct link *l, int dir, int flags, const uint8_t *data, size_t n)
{
	static const uint8_t ends[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
	static uint16_t id;
	uint8_t p[14 + 20 + 20 + 65536] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0 };
	uint8_t *ip = p + 14, *tcp = ip + 20, pseudo[12];
	uint32_t sum = 0;

	ip[0] = 0x45;
	put16(ip + 2, (unsigned int)(40 + n));
	put16(ip + 4, id++);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, ends[dir], 4);
	memcpy(ip + 16, ends[!dir], 4);
	put16(ip + 10, checksum(ip, 20, 0));
	put16(tcp, dir == 0 ? l->port : SERVER_PORT);
	put16(tcp + 2, dir == 0 ? SERVER_PORT : l->port);
	put32(tcp + 4, l->seq[dir]);
	put32(tcp + 8, flags & ACK ? l->seq[!dir] : 0);
	tcp[12] = 0x50;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65535);
	if (n > 0)
		memcpy(tcp + 20, data, n);
	memcpy(pseudo, ip + 12, 8);
	put16(pseudo + 8, 6);
	put16(pseudo + 10, (unsigned int)(20 + n));
	for (int i = 0; i < 12; i += 2)
		sum += (uint32_t)(pseudo[i] << 8 | pseudo[i + 1]);
	put16(tcp + 16, checksum(tcp, 20 + n, sum));
	put_packet(p, 14 + 40 + n);
	l->seq[dir] += (uint32_t)n + !!(flags & (SYN | FIN));
}

static void
put_data(struct link *l, int dir, const uint8_t *data, size_t n)
{
	static const size_t odd_sizes[] = { 1, 2, 3, 4, 5, 7, 11, 64, 13, 500, 17, 1 };
	static size_t turn;

	while (n > 0) {
		size_t piece = odd ? odd_sizes[turn++ % 12] : segment_max;

		if (piece > n)
			piece = n;
		put_segment(l, dir, ACK | (piece == n ? PSH : 0), data, piece);
		data += piece;
		n -= piece;
	}
	put_segment(l, !dir, ACK, NULL, 0);
}

static void
put_file_head(void)
{
	static const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, figures, snaplen, link;
	} head = { 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1 };

	if (fwrite(&head, sizeof(head), 1, out) != 1)
		die("write");
	fflush(out);
}

/* ---- connections ---- */

static struct sockaddr_in
loopback(unsigned int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	return a;
}

/* @return a socket bound to a port of the kernel's choice, which is printed. */
static int
listen_somewhere(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		die("listen");
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

/* @return a connection, or -1. */
static int
connect_to(unsigned int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
begin_link(int listener, unsigned int target)
{
	static uint16_t next;
	struct link *l = &links[link_n];
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	*l = (struct link){ .fd = { fd, link_n < LINKS_MAX - 1 ? connect_to(target) : -1 } };
	if (l->fd[1] < 0) {
		perror("connect");
		close(fd);
		return;
	}
	link_n++;
	l->port = (uint16_t)(CLIENT_PORT + next);
	l->seq[0] = 0xffffff00u + next;
	l->seq[1] = 0xfffffe00u + next;
	next++;
	put_segment(l, 0, SYN, NULL, 0);
	put_segment(l, 1, SYN | ACK, NULL, 0);
	put_segment(l, 0, ACK, NULL, 0);
}

static bool
send_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* Pass on what end @p dir has to say. @return false when the link is at its end. */
static bool
pass(struct link *l, int dir)
{
	uint8_t bytes[32768];
	ssize_t n = recv(l->fd[dir], bytes, sizeof(bytes), 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		put_segment(l, dir, RST, NULL, 0);
		return false;
	}
	if (n == 0) {
		put_segment(l, dir, FIN | ACK, NULL, 0);
		put_segment(l, !dir, ACK, NULL, 0);
		l->ended[dir] = true;
		shutdown(l->fd[!dir], SHUT_WR);
		return !l->ended[!dir];
	}
	put_data(l, dir, bytes, (size_t)n);
	if (send_all(l->fd[!dir], bytes, (size_t)n))
		return true;
	put_segment(l, !dir, RST, NULL, 0);
	return false;
}

static void
relay(int listener, unsigned int target)
{
	struct pollfd p[1 + 2 * LINKS_MAX];

	while (!stop) {
		p[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (size_t i = 0; i < link_n; i++)
			for (int dir = 0; dir < 2; dir++)
				p[1 + 2 * i + (size_t)dir] = (struct pollfd){
					.fd = links[i].ended[dir] ? -1 : links[i].fd[dir],
					.events = POLLIN };
		fflush(out);
		if (poll(p, 1 + 2 * link_n, -1) < 0)
			continue;
		/* From the last one, which takes the place of one that ends. */
		for (size_t i = link_n; i-- > 0; ) {
			bool alive = true;

			for (int dir = 0; dir < 2 && alive; dir++)
				if (p[1 + 2 * i + (size_t)dir].revents != 0)
					alive = pass(&links[i], dir);
			if (alive)
				continue;
			close(links[i].fd[0]);
			close(links[i].fd[1]);
			links[i] = links[--link_n];
		}
		if (p[0].revents & POLLIN)
			begin_link(listener, target);
	}
}

int
main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	const char *file = NULL;
	unsigned long target = 0;
	int option;

	while ((option = getopt(argc, argv, "fc:t:w:m:o")) != -1) {
		switch (option) {
		case 'f':
			return close(listen_somewhere());
		case 'c':
			return connect_to((unsigned int)strtoul(optarg, NULL, 10)) < 0;
		case 't':
			target = strtoul(optarg, NULL, 10);
			break;
		case 'w':
			file = optarg;
			break;
		case 'm':
			segment_max = strtoul(optarg, NULL, 10);
			break;
		case 'o':
			odd = true;
			break;
		default:
			return 2;
		}
	}
	if (!file || target == 0 || target > 65535 || segment_max == 0 || segment_max > 65000) {
		fputs("usage: relay -t PORT -w FILE [-m BYTES] [-o] | -f | -c PORT\n", stderr);
		return 2;
	}
	out = fopen(file, "wb");
	if (!out)
		die(file);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	put_file_head();
	relay(listen_somewhere(), (unsigned int)target);
	/* Not by exit(): a second signal could come while a leak checker runs. */
	_exit(fclose(out) == 0 ? 0 : 2);
}
