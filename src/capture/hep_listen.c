/*
 * One epoll set has the socket and all connections; it is what the caller polls. A turn
 * asks it which are readable and goes through these, each until it has no more or had
 * its share. Datagrams are read in batches. Nothing is read while a record waits to be
 * taken, so the queue is the kernel's.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <gnutls/gnutls.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "capture/hep_listen.h"
#include "net/hep_wire.h"

#define BATCH		32u		/* datagrams of one call */
#define DATAGRAM_MAX	65536u
#define EVENTS		64
#define ACCEPTS		64u		/* connections of one turn */
#define STEPS		1024u		/* of one turn, without a record */
#define RECEIVE_BUFFER	(8 << 20)	/* bytes that the kernel is asked to hold */
#define PATIENCE	(10 * NS_PER_S)	/* with one that never said anything */
#define STOP_MAX	(NS_PER_S / 2)	/* for what has come before the stop */

/* Control data of a datagram: when, to which address, how many were dropped. */
union control {
	uint64_t align;
	uint8_t bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(uint32_t)) +
		      CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		      CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct batch {
	struct mmsghdr msgs[BATCH];
	struct iovec iovs[BATCH];
	struct sockaddr_storage froms[BATCH];
	union control controls[BATCH];
	uint8_t *bytes;		/* BATCH times headroom and a datagram */
	unsigned n, at;
};

struct hep_listener {
	struct hep_listen_stats *stats;
	enum where_kind kind;
	char *password;			/* NULL: none */
	struct net_endpoint local;
	int fd;				/* listening; -1: closed */
	int epoll;
	int spare;			/* a descriptor to have one when there is none */
	gnutls_certificate_credentials_t credentials;
	struct batch *batch;		/* udp only */
	uint32_t overflows;		/* datagrams dropped, as the kernel counts */
	uint64_t dropped;
	struct hep_conn **conns;
	size_t conn_n, conn_cap;
	struct hep_conn *current;	/* whose turn it is; NULL: nobody's */
	struct epoll_event events[EVENTS];
	int event_n, event_at;
	bool stopping;
	int64_t stop_until;		/* monotonic */
};

static int64_t
time_of(const struct timespec *t)
{
	return t->tv_sec * NS_PER_S + t->tv_nsec;
}

/* ---- addresses and records ---- */

static struct net_addr
addr_of6(const uint8_t *p)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(p, mapped, sizeof(mapped)) == 0 ? net_addr_ip4(p + 12) : net_addr_ip6(p);
}

struct net_endpoint
hep_endpoint(const struct sockaddr_storage *a)
{
	struct net_endpoint e = { .port = 0 };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (a->ss_family == AF_INET) {
		memcpy(&in, a, sizeof(in));
		e.addr = net_addr_ip4((const uint8_t *)&in.sin_addr);
		e.port = ntohs(in.sin_port);
	} else if (a->ss_family == AF_INET6) {
		memcpy(&in6, a, sizeof(in6));
		e.addr = addr_of6(in6.sin6_addr.s6_addr);
		e.port = ntohs(in6.sin6_port);
	}
	return e;
}

static void
set_be16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Lengths that do not fit in 16 bits are 0, as segmentation offload leaves them: the
 * record is the measure then. */
void
hep_record(uint8_t *packet, size_t n, const struct net_endpoint *src,
	   const struct net_endpoint *dst, int64_t time, struct record *rec)
{
	bool six = src->addr.family == NET_IP6;
	size_t header = six ? 40 : 20, length = header + 8 + n;
	uint8_t *p = packet - 8 - header, *udp = packet - 8;

	memset(p, 0, header + 8);
	if (six) {
		p[0] = 0x60;
		set_be16(p + 4, n + 8 <= UINT16_MAX ? n + 8 : 0);
		p[6] = 17;
		p[7] = 64;
		memcpy(p + 8, src->addr.bytes, 16);
		if (dst->addr.family == NET_IP6)
			memcpy(p + 24, dst->addr.bytes, 16);
	} else {
		p[0] = 0x45;
		set_be16(p + 2, length <= UINT16_MAX ? length : 0);
		p[8] = 64;
		p[9] = 17;
		memcpy(p + 12, src->addr.bytes, 4);
		if (dst->addr.family == NET_IP4)
			memcpy(p + 16, dst->addr.bytes, 4);
	}
	set_be16(udp, src->port);
	set_be16(udp + 2, dst->port);
	set_be16(udp + 4, n + 8 <= UINT16_MAX ? n + 8 : 0);
	*rec = (struct record){
		.data = p, .caplen = (uint32_t)length, .wirelen = (uint32_t)length,
		.time = time, .link = 101,
	};
}

/* ---- who may ---- */

/* Takes as long whatever the bytes are. */
static bool
is_password(struct str key, const char *password)
{
	size_t n = strlen(password);

	return key.n == n && (n == 0 || gnutls_memcmp(key.p, password, n) == 0);
}

static bool
has_password(const struct hep_listener *l, struct str packet)
{
	struct str rest = str_skip(packet, HEP_HEADER);
	struct hep_chunk chunk;

	if (!l->password)
		return true;
	if (hep_wire_version(packet) != 3)
		return false;
	while (hep_chunk_next(&rest, &chunk))
		if (chunk.vendor == 0 && chunk.type == HEP_CHUNK_KEY)
			return is_password(chunk.body, l->password);
	return false;
}

bool
hep_listener_takes(struct hep_listener *l, struct str packet)
{
	if (hep_wire_version(packet) == 0) {
		l->stats->bad++;
		return false;
	}
	if (!has_password(l, packet)) {
		l->stats->refused++;
		return false;
	}
	l->stats->packets++;
	return true;
}

/* ---- datagrams ---- */

static struct batch *
batch_new(void)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->bytes = xmalloc(BATCH * (size_t)(HEP_HEADROOM + DATAGRAM_MAX));
	for (size_t i = 0; i < BATCH; i++) {
		struct msghdr *m = &b->msgs[i].msg_hdr;

		b->iovs[i].iov_base = b->bytes + i * (HEP_HEADROOM + DATAGRAM_MAX) +
			HEP_HEADROOM;
		b->iovs[i].iov_len = DATAGRAM_MAX;
		m->msg_iov = &b->iovs[i];
		m->msg_iovlen = 1;
		m->msg_name = &b->froms[i];
		m->msg_control = &b->controls[i];
	}
	return b;
}

static void
batch_read(struct hep_listener *l)
{
	struct batch *b = l->batch;
	int n;

	for (size_t i = 0; i < BATCH; i++) {
		b->msgs[i].msg_hdr.msg_namelen = sizeof(b->froms[i]);
		b->msgs[i].msg_hdr.msg_controllen = sizeof(b->controls[i]);
	}
	n = recvmmsg(l->fd, b->msgs, BATCH, MSG_DONTWAIT, NULL);
	b->at = 0;
	b->n = n > 0 ? (unsigned)n : 0;
}

/* @return when it came. */
static int64_t
control_read(struct hep_listener *l, struct msghdr *m, struct net_endpoint *dst)
{
	struct timespec t = { 0 };
	struct in_pktinfo to4;
	struct in6_pktinfo to6;
	uint32_t overflows;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&overflows, CMSG_DATA(c), sizeof(overflows));
			/* It wraps. */
			l->dropped += overflows - l->overflows;
			l->overflows = overflows;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&to4, CMSG_DATA(c), sizeof(to4));
			dst->addr = net_addr_ip4((const uint8_t *)&to4.ipi_addr);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&to6, CMSG_DATA(c), sizeof(to6));
			dst->addr = addr_of6(to6.ipi6_addr.s6_addr);
		}
	}
	if (t.tv_sec == 0)
		clock_gettime(CLOCK_REALTIME, &t);
	return time_of(&t);
}

static bool
batch_next(struct hep_listener *l, struct record *rec)
{
	struct batch *b = l->batch;
	unsigned i = b->at++;
	struct net_endpoint src = hep_endpoint(&b->froms[i]), dst = l->local;
	int64_t time = control_read(l, &b->msgs[i].msg_hdr, &dst);
	struct str packet = { b->iovs[i].iov_base, b->msgs[i].msg_len };

	if (!hep_listener_takes(l, packet))
		return false;
	hep_record(b->iovs[i].iov_base, packet.n, &src, &dst, time, rec);
	return true;
}

/* ---- connections ---- */

static int
watch(struct hep_listener *l, int op, int fd, void *what, bool out)
{
	struct epoll_event e = { .events = EPOLLIN | (out ? EPOLLOUT : 0u), .data.ptr = what };

	return epoll_ctl(l->epoll, op, fd, &e);
}

static void
conn_close(struct hep_listener *l, struct hep_conn *c)
{
	for (size_t i = 0; i < l->conn_n; i++) {
		if (l->conns[i] == c) {
			l->conns[i] = l->conns[--l->conn_n];
			break;
		}
	}
	for (int i = l->event_at; i < l->event_n; i++)
		if (l->events[i].data.ptr == c)
			l->events[i].data.ptr = NULL;
	if (l->current == c)
		l->current = NULL;
	hep_conn_free(c);
}

/* Too many: one that has long been silent gives its place. @return whether one did. */
static bool
conn_evict(struct hep_listener *l)
{
	int64_t late = time_monotonic() - PATIENCE;

	for (size_t i = 0; i < l->conn_n; i++) {
		struct hep_conn *c = l->conns[i];

		if (c->has_given || c->opened > late)
			continue;
		conn_close(l, c);
		l->stats->dropped++;
		return true;
	}
	return false;
}

static void
conn_add(struct hep_listener *l, int fd)
{
	struct hep_conn *c;

	if (l->conn_n >= HEP_CONNECTIONS_MAX && !conn_evict(l)) {
		close(fd);
		l->stats->dropped++;
		return;
	}
	c = hep_conn_new(fd, l->credentials);
	if (!c || watch(l, EPOLL_CTL_ADD, fd, c, false) != 0) {
		if (c)
			hep_conn_free(c);
		l->stats->dropped++;
		return;
	}
	c->opened = time_monotonic();
	ARRAY_GROW(l->conns, l->conn_cap, l->conn_n + 1);
	l->conns[l->conn_n++] = c;
	l->stats->connections++;
}

static void
accept_some(struct hep_listener *l)
{
	for (unsigned i = 0; i < ACCEPTS; i++) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			conn_add(l, fd);
		} else if ((errno == EMFILE || errno == ENFILE) && l->spare >= 0) {
			/* Otherwise the socket stays readable for ever. */
			close(l->spare);
			fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0) {
				close(fd);
				l->stats->dropped++;
			}
			l->spare = dup(l->epoll);
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

/* @return as hep_conn_next(); after READ_END and READ_WAIT it is nobody's turn. */
static enum read_status
conn_turn(struct hep_listener *l, struct record *rec)
{
	struct hep_conn *c = l->current;
	bool bad, was_out = c->wants_out;
	enum read_status rs = hep_conn_next(c, l, rec, &bad);

	if (rs == READ_END) {
		l->stats->bad += bad;
		conn_close(l, c);
		return rs;
	}
	if (c->wants_out != was_out)
		watch(l, EPOLL_CTL_MOD, c->fd, c, c->wants_out);
	if (rs == READ_WAIT)
		l->current = NULL;
	return rs;
}

/* ---- the turn ---- */

static void
event_take(struct hep_listener *l)
{
	void *what = l->events[l->event_at++].data.ptr;

	if (what == l && l->kind == WHERE_UDP) {
		batch_read(l);
	} else if (what == l) {
		accept_some(l);
	} else if (what) {
		l->current = what;
		l->current->reads = 0;
	}
}

enum read_status
hep_listener_next(struct hep_listener *l, struct record *rec)
{
	for (unsigned i = 0; i < STEPS; i++) {
		if (l->batch && l->batch->at < l->batch->n) {
			if (batch_next(l, rec))
				return READ_RECORD;
		} else if (l->current) {
			if (conn_turn(l, rec) == READ_RECORD)
				return READ_RECORD;
		} else if (l->event_at < l->event_n) {
			event_take(l);
		} else {
			l->event_at = l->event_n = 0;
			if (l->stopping && time_monotonic() > l->stop_until)
				return READ_END;
			l->event_n = epoll_wait(l->epoll, l->events, EVENTS, 0);
			if (l->event_n <= 0) {
				l->event_n = 0;
				return l->stopping ? READ_END : READ_WAIT;
			}
		}
	}
	return READ_BUSY;
}

void
hep_listener_stop(struct hep_listener *l)
{
	if (l->stopping)
		return;
	l->stopping = true;
	l->stop_until = time_monotonic() + STOP_MAX;
	if (l->kind == WHERE_UDP || l->fd < 0)
		return;
	accept_some(l);
	close(l->fd);
	l->fd = -1;
}

int
hep_listener_fd(const struct hep_listener *l)
{
	return l->epoll;
}

uint16_t
hep_listener_port(const struct hep_listener *l)
{
	return l->local.port;
}

uint64_t
hep_listener_dropped(const struct hep_listener *l)
{
	return l->dropped;
}

/* ---- opening and closing ---- */

static void
set_option(int fd, int level, int name, int value)
{
	/* What is not to be had is done without. */
	(void)!setsockopt(fd, level, name, &value, sizeof(value));
}

/* @return the socket, -1 with errno. */
static int
listen_at(enum where_kind kind, const struct addrinfo *ai, bool all)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (ai->ai_family == AF_INET6) {
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !all);
		if (kind == WHERE_UDP)
			set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	} else if (kind == WHERE_UDP) {
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
	if (kind == WHERE_UDP) {
		set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
		set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
		set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
		set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	} else {
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	}
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    (kind != WHERE_UDP && listen(fd, SOMAXCONN) != 0)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* An empty host is IPv6 with IPv4 in it, or IPv4 where there is no IPv6. */
static int
open_socket(struct hep_listener *l, const struct where *where, const char *text, struct err *err)
{
	struct addrinfo *list = where_resolve(where, true, err);
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof(a);
	bool all = where->host[0] == '\0';

	if (!list)
		return -1;
	errno = EADDRNOTAVAIL;
	for (int pass = all ? AF_INET6 : 0; l->fd < 0 && pass >= 0;
	     pass = pass == AF_INET6 ? AF_INET : -1) {
		for (const struct addrinfo *ai = list; ai && l->fd < 0; ai = ai->ai_next)
			if (!all || ai->ai_family == pass)
				l->fd = listen_at(where->kind, ai, all);
		/* Half of what was asked for would look like all. */
		if (l->fd < 0 && errno == EADDRINUSE)
			break;
	}
	freeaddrinfo(list);
	if (l->fd < 0)
		return err_set(err, "%s: cannot listen: %s", text, strerror(errno));
	getsockname(l->fd, (struct sockaddr *)&a, &n);
	l->local = hep_endpoint(&a);
	return 0;
}

static int
load_certificate(struct hep_listener *l, const struct hep_listen *options, const char *text,
		 struct err *err)
{
	int r;

	if (!options->cert || !options->key)
		return err_set(err, "%s: TLS needs a certificate and its key (--hep-cert, --hep-key)", text);
	r = gnutls_certificate_allocate_credentials(&l->credentials);
	if (r == 0)
		r = gnutls_certificate_set_x509_key_file(l->credentials, options->cert,
							 options->key, GNUTLS_X509_FMT_PEM);
	if (r < 0)
		return err_set(err, "%s, %s: %s", options->cert, options->key,
			       gnutls_strerror(r));
	return 0;
}

struct hep_listener *
hep_listener_new(const char *text, const struct hep_listen *options,
		 struct hep_listen_stats *stats, struct err *err)
{
	static const struct hep_listen none;
	struct hep_listener *l = xcalloc(1, sizeof(*l));
	struct where where;

	if (!options)
		options = &none;
	l->stats = stats;
	l->fd = l->epoll = l->spare = -1;
	if (where_parse(text, &where, err) != 0)
		goto fail;
	l->kind = where.kind;
	if (where.kind == WHERE_TLS && load_certificate(l, options, text, err) != 0)
		goto fail;
	if (open_socket(l, &where, text, err) != 0)
		goto fail;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0 || watch(l, EPOLL_CTL_ADD, l->fd, l, false) != 0) {
		err_set(err, "%s: %s", text, strerror(errno));
		goto fail;
	}
	if (where.kind == WHERE_UDP)
		l->batch = batch_new();
	else
		l->spare = dup(l->epoll);
	l->password = options->password ? xstrdup(options->password) : NULL;
	return l;
fail:
	hep_listener_free(l);
	return NULL;
}

void
hep_listener_free(struct hep_listener *l)
{
	if (!l)
		return;
	while (l->conn_n > 0)
		conn_close(l, l->conns[0]);
	free(l->conns);
	if (l->batch)
		free(l->batch->bytes);
	free(l->batch);
	if (l->credentials)
		gnutls_certificate_free_credentials(l->credentials);
	if (l->password) {
		explicit_bzero(l->password, strlen(l->password));
		free(l->password);
	}
	if (l->fd >= 0)
		close(l->fd);
	if (l->spare >= 0)
		close(l->spare);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
}
