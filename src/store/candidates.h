/**
 * @file candidates.h  What has the shape of RTP and is not yet known to be it.
 *
 * Of packets that no description tells of, some in a row have to fit each other: one
 * source, destination and SSRC, sequence numbers and timestamps that go on. Until then
 * they are held, a bounded number of them.
 */
#ifndef STORE_CANDIDATES_H
#define STORE_CANDIDATES_H

#include "media/rtp.h"
#include "store/stream.h"

#define CANDIDATE_PACKETS	4u	/* in a row that make a stream */

/** A packet that is held. */
struct candidate_packet {
	int64_t time;
	uint32_t timestamp;
	uint32_t frame;
	uint16_t sequence;
	uint16_t bytes;		/* of payload */
	uint16_t source;
	uint16_t ip_id;
	uint8_t payload_type;
	bool marker, has_ip_id;
};

enum candidate_verdict {
	CANDIDATE_WAIT,		/**< held, or given up for now */
	CANDIDATE_STREAM,	/**< it is one: count the packets held, then this one */
};

struct candidates;

struct candidates *candidates_new(void);
void candidates_free(struct candidates *c);

/**
 * Take a packet between two ends. O(1), no allocation.
 * @param hash        of source, destination and SSRC
 * @param held        STREAM: at most CANDIDATE_PACKETS - 1 of them, in order; valid until
 *                    the next call
 * @param confidence  STREAM: 0 to 99
 */
enum candidate_verdict candidates_add(struct candidates *c, uint64_t hash,
				      const struct media_input *in, const struct rtp *rtp,
				      const struct candidate_packet **held, size_t *n,
				      uint8_t *confidence);

/** Packets that were held and never became a stream, so far. */
uint64_t candidates_unsure(const struct candidates *c);

#endif
