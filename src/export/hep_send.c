/*
 * Packets wait in a ring of bytes, each as it goes on the wire; their own headers tell
 * where one ends. The first is taken out when the system has all of it, so a connection
 * that breaks in the middle of a packet sends that packet again on the next.
 *
 * The link is a small machine: DOWN until retry_at, CONNECTING, HANDSHAKE (TLS), UP.
 * It fails back to DOWN from anywhere. A name may have several addresses: each failure
 * goes on to the next, and only after the last of them there is a pause.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <gnutls/gnutls.h>

#include "export/hep_send.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/time.h"
#include "net/hep_wire.h"
#include "net/peers.h"
#include "net/where.h"

#define QUEUE_DEFAULT	((size_t)16 << 20)
#define QUEUE_EAGER	((size_t)16 << 10)	/* queued bytes worth another try */
#define QUEUE_SMALL	((size_t)1 << 20)
#define BACKOFF_FIRST	NS_PER_S
#define BACKOFF_MAX	(30 * NS_PER_S)
#define HANDSHAKE_MAX	(10 * NS_PER_S)		/* to connect and shake hands */
#define SEND_TURN	256u			/* packets or chunks of one run */
#define TLS_CHUNK	16384u			/* bytes a TLS record holds */
#define UDP_MAX		65507u			/* bytes of a datagram over IPv4 */

enum link_state {
	LINK_DOWN,
	LINK_CONNECTING,
	LINK_HANDSHAKE,
	LINK_UP,
};

struct hep_send {
	struct where where;
	struct peers addresses;
	size_t next;			/* to be tried; past the last: all were */
	char *password;			/* NULL: none */
	uint32_t node;
	bool insecure;

	enum link_state state;
	int fd;
	int64_t retry_at, backoff;	/* monotonic; span */
	int64_t deadline;		/* of connecting */
	int64_t up_at;			/* when it was made */
	bool has_sent;			/* on this connection */
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;	/* NULL: none */
	size_t tls_again;		/* bytes to be offered again; 0: none */

	uint8_t *ring;
	size_t cap, head, used;		/* bytes; head is where the first packet begins */
	size_t part;			/* of it, already sent on this connection */
	size_t tried;			/* used when nothing more went */
	struct buf packet;
	struct hep_send_stats stats;
	char error[256];
};

/* ---- encoding ---- */

static void
put16(struct buf *b, unsigned v)
{
	char bytes[2] = { (char)(v >> 8), (char)v };

	buf_add(b, bytes, 2);
}

static void
put_chunk(struct buf *b, enum hep_chunk_type type, const void *p, size_t n)
{
	put16(b, 0);
	put16(b, type);
	put16(b, (unsigned)(HEP_CHUNK_HEADER + n));
	buf_add(b, p, n);
}

static void
put_number(struct buf *b, enum hep_chunk_type type, uint32_t v)
{
	uint8_t bytes[4] = {
		(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v,
	};
	size_t n = hep_chunk_size(type);

	put_chunk(b, type, bytes + sizeof(bytes) - n, n);
}

/* An address that is not known goes as the one of all zeroes. */
static void
put_addresses(struct buf *b, const struct hep_packet *packet)
{
	bool six = packet->src.addr.family == NET_IP6 || packet->dst.addr.family == NET_IP6;
	size_t n = six ? 16 : 4;

	put_number(b, HEP_CHUNK_FAMILY, six ? 10 : 2);
	put_number(b, HEP_CHUNK_PROTOCOL, packet->protocol);
	put_chunk(b, six ? HEP_CHUNK_IP6_SRC : HEP_CHUNK_IP4_SRC, packet->src.addr.bytes, n);
	put_chunk(b, six ? HEP_CHUNK_IP6_DST : HEP_CHUNK_IP4_DST, packet->dst.addr.bytes, n);
	put_number(b, HEP_CHUNK_SRC_PORT, packet->src.port);
	put_number(b, HEP_CHUNK_DST_PORT, packet->dst.port);
}

bool
hep_encode(struct buf *b, const struct hep_packet *packet, uint32_t node, const char *password)
{
	size_t start = b->n, key = password ? strlen(password) : 0, n;
	int64_t time = packet->time != TIME_NONE ? packet->time : time_now();

	if (packet->payload.n > HEP_PACKET_MAX || packet->correlation.n > HEP_PACKET_MAX ||
	    key > HEP_PACKET_MAX)
		return false;
	/* What this is at most: the fixed chunks are of 130 bytes. */
	buf_reserve(b, 256 + packet->payload.n + packet->correlation.n + key);
	buf_add(b, "HEP3\0\0", HEP_HEADER);
	put_addresses(b, packet);
	put_number(b, HEP_CHUNK_SECONDS, time > 0 ? (uint32_t)(time / NS_PER_S) : 0);
	put_number(b, HEP_CHUNK_MICROSECONDS,
		   time > 0 ? (uint32_t)(time % NS_PER_S / NS_PER_US) : 0);
	put_number(b, HEP_CHUNK_TYPE, packet->type);
	put_number(b, HEP_CHUNK_NODE, node);
	if (key > 0)
		put_chunk(b, HEP_CHUNK_KEY, password, key);
	if (packet->correlation.n > 0)
		put_chunk(b, HEP_CHUNK_CORRELATION, packet->correlation.p,
			  packet->correlation.n);
	if (packet->vlan)
		put_number(b, HEP_CHUNK_VLAN, packet->vlan);
	put_chunk(b, HEP_CHUNK_PAYLOAD, packet->payload.p, packet->payload.n);
	n = b->n - start;
	if (n > HEP_PACKET_MAX) {
		b->n = start;
		b->p[start] = '\0';
		return false;
	}
	b->p[start + 4] = (char)(n >> 8);
	b->p[start + 5] = (char)n;
	return true;
}

/* ---- the queue ---- */

static uint8_t
ring_at(const struct hep_send *s, size_t i)
{
	return s->ring[(s->head + i) % s->cap];
}

/* Length of the first packet; there is one. */
static size_t
first_length(const struct hep_send *s)
{
	return (size_t)ring_at(s, 4) << 8 | ring_at(s, 5);
}

/* Where bytes from @p from on lie in one piece. @return how many, at most @p max. */
static size_t
ring_piece(const struct hep_send *s, size_t from, size_t max, const uint8_t **p)
{
	size_t at = (s->head + from) % s->cap, n = s->cap - at;

	if (n > s->used - from)
		n = s->used - from;
	*p = s->ring + at;
	return n < max ? n : max;
}

static void
ring_put(struct hep_send *s, const char *p, size_t n)
{
	size_t at = (s->head + s->used) % s->cap, first = s->cap - at;

	if (first > n)
		first = n;
	memcpy(s->ring + at, p, first);
	memcpy(s->ring, p + first, n - first);
	s->used += n;
}

static void
drop_first(struct hep_send *s)
{
	size_t n = first_length(s);

	s->head = (s->head + n) % s->cap;
	s->used -= n;
	s->part = 0;
}

/* @p n more bytes of the stream went out: take away what is whole. */
static void
stream_sent(struct hep_send *s, size_t n)
{
	s->part += n;
	s->has_sent = true;
	while (s->part > 0 && s->part >= first_length(s)) {
		size_t rest = s->part - first_length(s);

		drop_first(s);
		s->part = rest;
		s->stats.sent++;
	}
}

/* ---- the link ---- */

static void
link_close(struct hep_send *s)
{
	if (s->session)
		gnutls_deinit(s->session);
	s->session = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->part = 0;
	s->tls_again = 0;
	s->state = LINK_DOWN;
}

ATTR_PRINTF(2, 3)
static void
link_fail(struct hep_send *s, const char *fmt, ...)
{
	int64_t now = time_monotonic();
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, ap);
	va_end(ap);
	s->stats.failures++;
	/* One that worked for a while begins anew. */
	if (s->state == LINK_UP && (s->has_sent || now - s->up_at >= BACKOFF_MAX)) {
		s->next = s->addresses.n;
		s->backoff = BACKOFF_FIRST;
	}
	if (s->next >= s->addresses.n) {
		s->next = 0;
		s->retry_at = now + s->backoff;
		s->backoff = 2 * s->backoff < BACKOFF_MAX ? 2 * s->backoff : BACKOFF_MAX;
	}
	link_close(s);
}

static bool
is_address(const char *host)
{
	struct net_addr addr;

	return net_addr_parse(str_of(host), &addr);
}

static bool
tls_begin(struct hep_send *s)
{
	const char *host = s->where.host;

	if (gnutls_init(&s->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0) {
		s->session = NULL;
		return false;
	}
	if (gnutls_set_default_priority(s->session) != 0 ||
	    gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, s->credentials) != 0)
		return false;
	if (!is_address(host))
		gnutls_server_name_set(s->session, GNUTLS_NAME_DNS, host, strlen(host));
	if (!s->insecure)
		gnutls_session_set_verify_cert(s->session, host, 0);
	gnutls_transport_set_int(s->session, s->fd);
	gnutls_transport_set_push_function(s->session, peers_push);
	return true;
}

static void
link_up(struct hep_send *s)
{
	s->state = LINK_UP;
	s->has_sent = false;
	s->up_at = time_monotonic();
	if (s->where.kind != WHERE_UDP)
		s->stats.connects++;
	s->tried = 0;
}

static void
tls_shake(struct hep_send *s)
{
	gnutls_datum_t text = { NULL, 0 };
	int r;

	do
		r = gnutls_handshake(s->session);
	while (r < 0 && r != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(r));
	if (r == GNUTLS_E_AGAIN)
		return;
	if (r == 0) {
		link_up(s);
		return;
	}
	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
	    gnutls_certificate_verification_status_print(
		    gnutls_session_get_verify_cert_status(s->session), GNUTLS_CRT_X509,
		    &text, 0) == 0) {
		link_fail(s, "%s: %s", s->where.host, (const char *)text.data);
		gnutls_free(text.data);
		return;
	}
	link_fail(s, "%s: TLS: %s", s->where.host, gnutls_strerror(r));
}

/* The connection is made, or not. */
static void
link_connected(struct hep_send *s)
{
	int error = 0;
	socklen_t n = sizeof(error);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		error = errno;
	if (error != 0) {
		link_fail(s, "%s: %s", s->where.host, strerror(error));
	} else if (s->where.kind != WHERE_TLS) {
		link_up(s);
	} else if (!tls_begin(s)) {
		link_fail(s, "%s: TLS cannot be set up", s->where.host);
	} else {
		s->state = LINK_HANDSHAKE;
		tls_shake(s);
	}
}

static void
link_begin(struct hep_send *s)
{
	const struct peer *to = &s->addresses.list[s->next++];
	int type = s->where.kind == WHERE_UDP ? SOCK_DGRAM : SOCK_STREAM;

	s->fd = socket(to->at->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	s->deadline = time_monotonic() + HANDSHAKE_MAX;
	if (s->fd < 0) {
		link_fail(s, "%s: %s", s->where.host, strerror(errno));
	} else if (connect(s->fd, to->at, to->n) == 0) {
		s->state = LINK_CONNECTING;
		link_connected(s);
	} else if (errno == EINPROGRESS) {
		s->state = LINK_CONNECTING;
	} else {
		link_fail(s, "%s: %s", s->where.host, strerror(errno));
	}
}

static bool
fd_ready(int fd, short events, int64_t timeout)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ms = timeout > 60 * NS_PER_S ? 60000 : (int)((timeout + NS_PER_MS - 1) / NS_PER_MS);

	return poll(&p, 1, ms) > 0;
}

/* A collector says nothing, but that it goes. */
static void
link_listen(struct hep_send *s)
{
	char bytes[1024];
	ssize_t r = 1;

	for (int i = 0; i < 16 && r > 0; i++) {
		if (s->session)
			r = gnutls_record_recv(s->session, bytes, sizeof(bytes));
		else
			r = recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	if (r > 0)
		return;
	if (r == 0)
		link_fail(s, "%s: the collector closed the connection", s->where.host);
	else if (s->session && gnutls_error_is_fatal((int)r))
		link_fail(s, "%s: TLS: %s", s->where.host, gnutls_strerror((int)r));
	else if (!s->session && errno != EAGAIN && errno != EINTR)
		link_fail(s, "%s: %s", s->where.host, strerror(errno));
}

/* ---- sending ---- */

/* About a datagram before this one. Where the name has another address, the collector
 * may be there. @return whether to go on here. */
static bool
datagram_refused(struct hep_send *s)
{
	if (s->addresses.n > 1) {
		s->has_sent = false;
		s->up_at = time_monotonic();
		link_fail(s, "%s: %s", s->where.host, strerror(ECONNREFUSED));
		return false;
	}
	snprintf(s->error, sizeof(s->error), "%.200s: %s", s->where.host, strerror(ECONNREFUSED));
	s->stats.failures++;
	return true;
}

/* @return whether to go on with the next. */
static bool
send_datagram(struct hep_send *s)
{
	const uint8_t *p;
	size_t n = first_length(s), first = ring_piece(s, 0, n, &p);
	struct iovec iov[2] = {
		{ (void *)(uintptr_t)p, first },
		{ s->ring, n - first },
	};

	/* Not sendmsg(), which the sandbox does not allow: it can name an address. */
	if (writev(s->fd, iov, first < n ? 2 : 1) >= 0) {
		s->stats.sent++;
		s->has_sent = true;
		drop_first(s);
		return true;
	}
	switch (errno) {
	case EAGAIN:
	case ENOBUFS:
		return false;
	case EINTR:
		return true;
	case EMSGSIZE:
		s->stats.too_long++;
		drop_first(s);
		return true;
	case ECONNREFUSED:
		return datagram_refused(s);
	}
	link_fail(s, "%s: %s", s->where.host, strerror(errno));
	return false;
}

static bool
send_bytes(struct hep_send *s)
{
	const uint8_t *p;
	size_t n = ring_piece(s, s->part, SIZE_MAX, &p);
	ssize_t r = send(s->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (r >= 0) {
		stream_sent(s, (size_t)r);
		return true;
	}
	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != ENOBUFS)
		link_fail(s, "%s: %s", s->where.host, strerror(errno));
	return false;
}

/* What was not taken must be offered again with the same length. */
static bool
send_tls(struct hep_send *s)
{
	const uint8_t *p;
	size_t n = ring_piece(s, s->part, s->tls_again ? s->tls_again : TLS_CHUNK, &p);
	ssize_t r = gnutls_record_send(s->session, p, n);

	s->tls_again = 0;
	if (r >= 0) {
		stream_sent(s, (size_t)r);
		return true;
	}
	if (gnutls_error_is_fatal((int)r))
		link_fail(s, "%s: TLS: %s", s->where.host, gnutls_strerror((int)r));
	else
		s->tls_again = n;
	return false;
}

/* Whether a datagram was refused is told only once, to who asks next. */
static void
datagram_listen(struct hep_send *s)
{
	char byte;

	if (s->has_sent && recv(s->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNREFUSED)
		datagram_refused(s);
}

static void
flush(struct hep_send *s)
{
	bool on = true;

	for (unsigned i = 0; i < SEND_TURN && on && s->state == LINK_UP && s->used > 0; i++) {
		if (s->where.kind == WHERE_UDP)
			on = send_datagram(s);
		else if (s->where.kind == WHERE_TCP)
			on = send_bytes(s);
		else
			on = send_tls(s);
	}
	s->tried = s->used;
}

void
hep_send_run(struct hep_send *s)
{
	if (s->state == LINK_DOWN && time_monotonic() >= s->retry_at)
		link_begin(s);
	if (s->state == LINK_CONNECTING && fd_ready(s->fd, POLLOUT, 0))
		link_connected(s);
	else if (s->state == LINK_HANDSHAKE)
		tls_shake(s);
	if ((s->state == LINK_CONNECTING || s->state == LINK_HANDSHAKE) &&
	    time_monotonic() >= s->deadline)
		link_fail(s, "%s: no answer", s->where.host);
	if (s->state == LINK_UP && s->where.kind != WHERE_UDP)
		link_listen(s);
	flush(s);
	if (s->state == LINK_UP && s->where.kind == WHERE_UDP)
		datagram_listen(s);
}

void
hep_send_add(struct hep_send *s, const struct hep_packet *packet)
{
	size_t n;

	s->stats.packets++;
	buf_clear(&s->packet);
	if (!hep_encode(&s->packet, packet, s->node, s->password) ||
	    (s->where.kind == WHERE_UDP && s->packet.n > UDP_MAX)) {
		s->stats.too_long++;
		return;
	}
	n = s->packet.n;
	if (n > s->cap - s->used)
		hep_send_run(s);
	if (n > s->cap - s->used) {
		s->stats.dropped++;
		return;
	}
	ring_put(s, s->packet.p, n);
	/* Where the socket took no more, asking it for every packet is in vain. */
	if (s->used == n || s->used >= s->tried + QUEUE_EAGER)
		hep_send_run(s);
}

bool
hep_send_full(const struct hep_send *s)
{
	return s->used > s->cap / 4 * 3;
}

/* Wait for what the link waits for, or until @p until. */
static void
link_wait(const struct hep_send *s, int64_t until)
{
	int64_t left;
	short events = POLLIN;

	if (s->state == LINK_DOWN && s->retry_at < until)
		until = s->retry_at;
	if ((s->state == LINK_CONNECTING || s->state == LINK_HANDSHAKE) && s->deadline < until)
		until = s->deadline;
	left = until - time_monotonic();
	if (left <= 0)
		return;
	if (s->state == LINK_CONNECTING ||
	    (s->state == LINK_HANDSHAKE && gnutls_record_get_direction(s->session) == 1) ||
	    (s->state == LINK_UP && s->used > 0))
		events |= POLLOUT;
	fd_ready(s->state == LINK_DOWN ? -1 : s->fd, events, left);
}

static void
drop_all(struct hep_send *s)
{
	/* In the middle of a packet: the stream is of no use any more. */
	if (s->part > 0 || s->tls_again > 0) {
		link_close(s);
		s->next = 0;
	}
	while (s->used > 0) {
		drop_first(s);
		s->stats.dropped++;
	}
	s->tried = 0;
}

bool
hep_send_wait(struct hep_send *s, bool all, int64_t timeout)
{
	size_t goal = all ? 0 : s->cap / 2;
	int64_t until = time_monotonic() + timeout;

	for (;;) {
		size_t was = s->used - s->part;
		int64_t now;

		hep_send_run(s);
		if (s->used <= goal)
			return true;
		now = time_monotonic();
		if (s->used - s->part < was)
			until = now + timeout;
		if (now >= until)
			break;
		link_wait(s, until);
	}
	if (all)
		drop_all(s);
	return false;
}

/* ---- opening and closing ---- */

static int
load_trust(struct hep_send *s, const struct hep_send_options *options, struct err *err)
{
	int r = gnutls_certificate_allocate_credentials(&s->credentials);

	if (r != 0)
		return err_set(err, "TLS: %s", gnutls_strerror(r));
	if (s->insecure)
		return 0;
	/* Without the system's certificates another file may still do. */
	gnutls_certificate_set_x509_system_trust(s->credentials);
	if (!options->ca)
		return 0;
	r = gnutls_certificate_set_x509_trust_file(s->credentials, options->ca,
						   GNUTLS_X509_FMT_PEM);
	if (r <= 0)
		return err_set(err, "%s: %s", options->ca,
			       r < 0 ? gnutls_strerror(r) : "no certificate in it");
	return 0;
}

static int
find_addresses(struct hep_send *s, struct err *err)
{
	struct addrinfo *found = where_resolve(&s->where, false, err);
	int r;

	if (!found)
		return -1;
	r = peers_init(&s->addresses, found, err);
	freeaddrinfo(found);
	return r == 0 && s->addresses.n == 0 ? err_set(err, "%s: no address", s->where.host) : r;
}

struct hep_send *
hep_send_open(const char *where, const struct hep_send_options *options, struct err *err)
{
	static const struct hep_send_options none;
	struct hep_send *s = xcalloc(1, sizeof(*s));

	if (!options)
		options = &none;
	s->fd = -1;
	s->node = options->node;
	s->insecure = options->insecure;
	s->backoff = BACKOFF_FIRST;
	s->cap = options->queue ? options->queue : QUEUE_DEFAULT;
	if (where_parse(where, &s->where, err) != 0)
		goto fail;
	if (s->where.host[0] == '\0' || s->where.port == 0) {
		err_set(err, "%s: no host or no port to send to", where);
		goto fail;
	}
	if (find_addresses(s, err) != 0)
		goto fail;
	if (s->where.kind == WHERE_TLS && load_trust(s, options, err) != 0)
		goto fail;
	s->password = options->password ? xstrdup(options->password) : NULL;
	s->ring = pages_alloc(s->cap, QUEUE_SMALL);
	hep_send_run(s);
	return s;
fail:
	hep_send_close(s);
	return NULL;
}

const struct peers *
hep_send_peers(const struct hep_send *s)
{
	return &s->addresses;
}

void
hep_send_stats(const struct hep_send *s, struct hep_send_stats *stats)
{
	*stats = s->stats;
}

const char *
hep_send_error(const struct hep_send *s)
{
	return s->error;
}

void
hep_send_close(struct hep_send *s)
{
	if (!s)
		return;
	if (s->session && s->state == LINK_UP)
		gnutls_bye(s->session, GNUTLS_SHUT_WR);
	link_close(s);
	if (s->credentials)
		gnutls_certificate_free_credentials(s->credentials);
	peers_release(&s->addresses);
	if (s->ring)
		pages_free(s->ring, s->cap);
	if (s->password) {
		explicit_bzero(s->password, strlen(s->password));
		free(s->password);
	}
	if (s->packet.p)
		explicit_bzero(s->packet.p, s->packet.cap);
	buf_release(&s->packet);
	free(s);
}
