/**
 * @file streams.h  Connections and what they carry: TCP, TLS, WebSocket, SCTP.
 */
#ifndef APP_STREAMS_H
#define APP_STREAMS_H

#include "app/channel.h"
#include "app/tls_list.h"
#include "decode/hep.h"
#include "transport/sctp.h"
#include "transport/tcp.h"

#define STREAMS_KEPT_MAX	(UINT64_C(256) << 20)	/* bytes that wait in all readers */
#define STREAMS_TLS_MAX	100000u	/* TLS connections listed; more are only counted */

struct streams {
	struct tcp *tcp;
	struct sctp *sctp;
	struct tls_keys *keys;
	struct tls_context *tls;
	size_t secrets_taken;		/* private: blocks of the capture set */
	size_t sources_seen;		/* private: of it, as to whether they may have some */

	struct tls_connection *tls_list;	/**< those that are over; at the end by
						     time; owned */
	size_t tls_n, tls_cap;

	/* Counters over the connections that are over, but for those marked. */
	uint64_t channels[CHANNEL_COUNT];	/**< connections by what they carried */
	uint64_t with_sip;		/**< that carried a SIP message, in TLS and WebSocket
					     too */
	uint64_t tls_connections, tls_decrypted, tls_unlisted;
	uint64_t tls_flaws[TLS_FLAW_COUNT];
	uint64_t ws_flaws[WS_FLAW_COUNT];
	uint64_t garbage;		/**< bytes in SIP streams that belong to no message */
	uint64_t keepalives;		/**< CRLF keep-alives in SIP streams */
	uint64_t stamps_lost;		/**< frames left out of the lists of messages */
	uint64_t kept;			/**< now: bytes that wait in readers */
	uint64_t kept_max;		/**< the most there may be */
	uint32_t tls_max;		/**< of tls_list; STREAMS_TLS_MAX or less */
	uint64_t given_up;		/**< now: streams given up for too many of these */

	/* HEP; all of them now. */
	uint64_t hep_packets, hep_sip, hep_reports, hep_logs, hep_rtp;
	uint64_t hep_other;		/**< other types, and what is no SIP */
	uint64_t hep_bad;		/**< cannot be parsed */
	uint64_t hep_flaws[HEP_FLAW_COUNT];		/**< by enum hep_flaw_bit */
	/* Media beside plain UDP; all of them now. */
	struct turn_channels *turn;	/**< owned */
	uint64_t turn_data;		/**< messages of TURN with data of others in them */
	uint64_t turn_lost;		/**< channels beyond those that are kept */
	uint64_t framed_lost;		/**< bytes of streams of media that belong to no frame */
	/* ICMP errors; all of them now. */
	uint64_t icmp_errors, icmp_tied;
};

struct streams *streams_new(void);
void streams_free(struct streams *s);

/** Take a TCP segment. @return what its connection was found to carry. */
enum payload streams_tcp(struct engine *e, const struct segment *seg);

/** Take an SCTP packet. @return what it was counted as. */
enum payload streams_sctp(struct engine *e, const struct segment *seg);

/** The input is at its end: give what waits. */
void streams_end(struct engine *e);

/** Take the secrets that capture files brought along so far. */
void streams_take_secrets(struct engine *e);

/** Count a channel that is over; @p inner: the text of a TLS connection. */
void streams_count(struct streams *s, const struct channel *ch, bool inner);

#endif
