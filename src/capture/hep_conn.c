/*
 * A connection gives packets one after the other, each as long as it says. What does
 * not begin like HEP ends it: in a stream there is no place to go on from.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include <gnutls/gnutls.h>

#include "base/mem.h"
#include "capture/hep_listen.h"
#include "net/hep_wire.h"
#include "net/peers.h"

#define BUFFER_FIRST	((size_t)16 << 10)
#define READS_TURN	16u	/* before others have their turn */

struct hep_conn *
hep_conn_new(int fd, void *credentials)
{
	struct hep_conn *c = xcalloc(1, sizeof(*c));
	struct sockaddr_storage a = { 0 }, b = { 0 };
	socklen_t an = sizeof(a), bn = sizeof(b);
	gnutls_session_t session;

	c->fd = fd;
	getpeername(fd, (struct sockaddr *)&a, &an);
	getsockname(fd, (struct sockaddr *)&b, &bn);
	c->src = hep_endpoint(&a);
	c->dst = hep_endpoint(&b);
	if (!credentials)
		return c;
	if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0) {
		hep_conn_free(c);
		return NULL;
	}
	c->session = session;
	c->shaking = true;
	if (gnutls_set_default_priority(session) != 0 ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials) != 0) {
		hep_conn_free(c);
		return NULL;
	}
	gnutls_transport_set_int(session, fd);
	gnutls_transport_set_push_function(session, peers_push);
	return c;
}

void
hep_conn_free(struct hep_conn *c)
{
	if (c->session)
		gnutls_deinit(c->session);
	close(c->fd);
	free(c->buf);
	free(c);
}

/* @return READ_BUSY when that is done. */
static enum read_status
shake(struct hep_conn *c)
{
	int r;

	do
		r = gnutls_handshake(c->session);
	while (r == GNUTLS_E_INTERRUPTED || r == GNUTLS_E_WARNING_ALERT_RECEIVED);
	c->wants_out = r == GNUTLS_E_AGAIN && gnutls_record_get_direction(c->session) == 1;
	if (r == GNUTLS_E_AGAIN)
		return READ_WAIT;
	c->shaking = r != 0;
	return r == 0 ? READ_BUSY : READ_END;
}

/* @return the count; 0 at the end, a reset included; -1 where TLS is broken; -2 when
 * there is nothing now. */
static ptrdiff_t
receive(struct hep_conn *c, void *to, size_t n)
{
	ssize_t r;

	if (c->session) {
		do
			r = gnutls_record_recv(c->session, to, n);
		while (r == GNUTLS_E_INTERRUPTED || r == GNUTLS_E_WARNING_ALERT_RECEIVED);
		/* Many close without a word. */
		if (r == GNUTLS_E_PREMATURE_TERMINATION || r == GNUTLS_E_PULL_ERROR)
			return 0;
		return r == GNUTLS_E_AGAIN ? -2 : r < 0 ? -1 : r;
	}
	do
		r = recv(c->fd, to, n, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EAGAIN ? -2 : 0;
	return r;
}

/* Room for a packet of @p n bytes at pos; what was used makes place. */
static void
make_room(struct hep_conn *c, size_t n)
{
	size_t left = c->end - c->pos;

	if (c->pos > HEP_HEADROOM) {
		memmove(c->buf + HEP_HEADROOM, c->buf + c->pos, left);
		c->pos = HEP_HEADROOM;
		c->end = c->pos + left;
	}
	if (n < BUFFER_FIRST)
		n = BUFFER_FIRST;
	if (HEP_HEADROOM + n <= c->cap)
		return;
	if (c->cap == 0)
		c->pos = c->end = HEP_HEADROOM;
	else
		n = HEP_PACKET_MAX;
	c->cap = HEP_HEADROOM + n;
	c->buf = xrealloc(c->buf, c->cap);
}

enum read_status
hep_conn_next(struct hep_conn *c, struct hep_listener *l, struct record *rec, bool *bad)
{
	struct str in = c->buf ? (struct str){ (char *)c->buf + c->pos, c->end - c->pos } : STR_NONE;
	size_t n = hep_wire_length(in);
	ptrdiff_t r;

	*bad = true;
	if (c->shaking) {
		enum read_status rs = shake(c);

		if (rs != READ_BUSY)
			return rs;
	}
	if (n == SIZE_MAX)
		return READ_END;
	if (n > 0 && n <= in.n) {
		uint8_t *packet = c->buf + c->pos;

		c->pos += n;
		if (!hep_listener_takes(l, str_sub(in, 0, n)))
			return READ_BUSY;
		c->has_given = true;
		hep_record(packet, n, &c->src, &c->dst, time_now(), rec);
		return READ_RECORD;
	}
	/* What TLS has read ahead does not make the socket readable. */
	if (c->reads >= READS_TURN && (!c->session || gnutls_record_check_pending(c->session) == 0))
		return READ_WAIT;
	c->reads++;
	make_room(c, n);
	r = receive(c, c->buf + c->end, c->cap - c->end);
	if (r > 0)
		c->end += (size_t)r;
	*bad = r < 0 || c->end > c->pos;
	return r > 0 ? READ_BUSY : r == -2 ? READ_WAIT : READ_END;
}
