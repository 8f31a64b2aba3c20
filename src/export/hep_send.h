/**
 * @file hep_send.h  Send messages as HEP version 3 to a collector (HOMER).
 *
 * Nothing here waits: packets go into a queue of bounded size and out as the
 * socket takes them; what does not fit is dropped and counted. A connection
 * that breaks is made again, after 1 s, then 2, 4 ... up to 30 s.
 */
#ifndef EXPORT_HEP_SEND_H
#define EXPORT_HEP_SEND_H

#include "base/err.h"
#include "base/buf.h"
#include "net/addr.h"

/** One packet to send; all is borrowed for the call. */
struct hep_packet {
	struct net_endpoint src, dst;
	int64_t time;		/**< TIME_NONE: now */
	uint8_t protocol;	/**< IP protocol number: 17, 6, 132 */
	uint8_t type;		/**< enum hep_type (decode/hep.h): 1 SIP, 5 RTCP as JSON */
	uint16_t vlan;		/**< 0: none */
	struct str correlation;	/**< empty: none */
	struct str payload;
};

struct hep_send_options {
	const char *password;	/**< chunk 14; NULL: none */
	uint32_t node;		/**< chunk 12, capture agent id */
	size_t queue;		/**< bytes; 0: 16 MiB */
	const char *ca;		/**< tls: a PEM file of authorities to trust besides the
				     system's; NULL: none */
	bool insecure;		/**< tls: do not verify the collector */
};

struct hep_send_stats {
	uint64_t packets;	/**< handed in */
	uint64_t sent;		/**< given to the system whole */
	uint64_t dropped;	/**< the queue was full, or the collector was gone at the end */
	uint64_t too_long;	/**< longer than HEP or a datagram can be */
	uint64_t connects;	/**< connections made; none with udp */
	uint64_t failures;	/**< connections that could not be made or broke; with udp
				     "port unreachable" and the like */
};

/* What is queued is packets less sent, dropped and too_long. */

struct hep_send;

/** Append @p packet as HEP version 3. @return false when it is too long (65535
 * bytes in all); nothing is appended then. */
bool hep_encode(struct buf *b, const struct hep_packet *packet, uint32_t node,
		const char *password);

/** @param where  "udp:HOST:PORT", "tcp:HOST:PORT" or "tls:HOST:PORT"; IPv6 in
 * brackets. The name is looked up now, and never again; its addresses are tried in
 * turn.
 * @param options  NULL: none. Its text is copied, its file read now.
 * @return NULL with *err when that cannot be. A collector that does not answer is no
 *         error here, but a failure that is counted. */
struct hep_send *hep_send_open(const char *where, const struct hep_send_options *options,
			       struct err *err);

/** Queue a packet, and send what goes without waiting. */
void hep_send_add(struct hep_send *s, const struct hep_packet *packet);

/** Whether so much is queued that a source that can wait should. */
bool hep_send_full(const struct hep_send *s);

/** Send what goes without waiting, and connect when it is time. */
void hep_send_run(struct hep_send *s);

/** Run until the queue is below its half, or empty when @p all; at most @p timeout
 * ns without progress. @return whether it came to that. When not, and @p all, what is
 * left is dropped and counted: the collector is gone. */
bool hep_send_wait(struct hep_send *s, bool all, int64_t timeout);

void hep_send_stats(const struct hep_send *s, struct hep_send_stats *stats);
/** Why the last connection failed; "" when none did. */
const char *hep_send_error(const struct hep_send *s);
/** Where connections are made to, and nowhere else; as long as the sender. */
const struct peers *hep_send_peers(const struct hep_send *s);

/** Drops what is queued: hep_send_wait() first. NULL is fine. */
void hep_send_close(struct hep_send *s);

#endif
