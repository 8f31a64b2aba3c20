/**
 * @file hep_listen.h  A socket that takes HEP, and the connections made to it.
 */
#ifndef CAPTURE_HEP_LISTEN_H
#define CAPTURE_HEP_LISTEN_H

#include "capture/capture_int.h"
#include "net/where.h"

#define HEP_CONNECTIONS_MAX	1024u	/* of one listener */

struct hep_listener;

/**
 * Listen.
 * @param stats  where to count; outlives the listener.
 * @return NULL with *err when that cannot be.
 */
struct hep_listener *hep_listener_new(const char *where, const struct hep_listen *options,
				      struct hep_listen_stats *stats, struct err *err);
void hep_listener_free(struct hep_listener *l);

/** The next packet as a record of raw IP, but for frame, place and source.
 * @return READ_END only after hep_listener_stop(). */
enum read_status hep_listener_next(struct hep_listener *l, struct record *rec);

/** Take what has come, and no more. */
void hep_listener_stop(struct hep_listener *l);

/** Readable when there may be a packet; owned by the listener. */
int hep_listener_fd(const struct hep_listener *l);

uint16_t hep_listener_port(const struct hep_listener *l);

/** Datagrams the kernel had no room for. */
uint64_t hep_listener_dropped(const struct hep_listener *l);

/* ---- shared by hep_listen.c and hep_conn.c ---- */

#define HEP_HEADROOM	48u	/* bytes in front of a packet, for IPv6 and UDP */

struct sockaddr_storage;

/** What of an address matters; IPv4 in IPv6 becomes IPv4. */
struct net_endpoint hep_endpoint(const struct sockaddr_storage *a);

/** Count the packet. @return whether it is HEP and has the password, if any. */
bool hep_listener_takes(struct hep_listener *l, struct str packet);

/** Make a record of the @p n bytes at @p packet, in front of which there are
 * HEP_HEADROOM bytes to be used. */
void hep_record(uint8_t *packet, size_t n, const struct net_endpoint *src,
		const struct net_endpoint *dst, int64_t time, struct record *rec);

/** A connection, plain or TLS. */
struct hep_conn {
	int fd;
	int64_t opened;		/**< monotonic */
	bool has_given;		/**< a packet came of it */
	void *session;		/**< gnutls_session_t; NULL: plain */
	bool shaking;		/**< hands, still */
	bool wants_out;		/**< it waits to write */
	struct net_endpoint src, dst;
	uint8_t *buf;
	size_t cap, pos, end;	/**< buf[pos..end) was not used yet */
	unsigned reads;		/**< since it became readable */
};

/** @param credentials  gnutls_certificate_credentials_t; NULL: plain.
 * @return NULL when it cannot be; @p fd is closed then. */
struct hep_conn *hep_conn_new(int fd, void *credentials);
void hep_conn_free(struct hep_conn *c);

/** @return READ_RECORD; READ_WAIT; READ_BUSY: ask again; READ_END: it is over, *bad
 * tells whether not as it should. */
enum read_status hep_conn_next(struct hep_conn *c, struct hep_listener *l,
			       struct record *rec, bool *bad);

#endif
