/**
 * @file save_media.h  Which datagrams are media of chosen calls.
 *
 * By where session descriptions say that media is to be sent: a datagram that goes
 * to such an address and port, or comes from one, while its call lives. One end is
 * enough, as the other may be behind a NAT. What is sent there is kept, be it RTP,
 * RTCP, STUN, DTLS or T.38, and so are ICMP errors about it; not SIP.
 */
#ifndef APP_SAVE_MEDIA_H
#define APP_SAVE_MEDIA_H

#include "base/hash.h"
#include "decode/segment.h"

struct save_media_at {
	struct net_endpoint at;
	int64_t from, to;
	uint32_t next;		/**< of the same endpoint; HASH_NONE: none */
	uint32_t spans;		/**< of the first: how many there are */
};

/** Zeroes to begin with. */
struct save_media {
	struct save_media_at *list;
	size_t n, cap;
	struct hash_map map;
};

/** Learn the addresses of a session description, for the time @p from to @p to. */
void save_media_learn(struct save_media *m, struct str sdp, int64_t from, int64_t to);

/** Whether the packet is such a datagram. */
bool save_media_takes(const struct save_media *m, const struct segment *seg);

void save_media_release(struct save_media *m);

#endif
