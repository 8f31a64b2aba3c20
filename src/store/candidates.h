/**
 * @file candidates.h  What has the shape of RTP and is not yet known to be it.
 *
 * Of packets that no description tells of, some in a row have to fit each other: one
 * source, destination and SSRC, sequence numbers and timestamps that go on. Until then
 * they are held, a bounded number of them. Where less else speaks for RTP, as a payload
 * type that nobody gives, it takes more packets.
 *
 * There is room for CANDIDATE_ROWS_MAX, that streams which begin at once keep all of their packets.
 * Where it is full, what waits already is mostly kept rather than given up for what comes:
 * else more streams at once than there is room for would push each other out for ever.
 */
#ifndef STORE_CANDIDATES_H
#define STORE_CANDIDATES_H

#include "media/rtp.h"
#include "store/stream.h"

#define CANDIDATE_PACKETS	4u	/* in a row that make a stream, where all else fits too */
#define CANDIDATE_ROWS_MAX		(128u * 1024)	/* that wait at once, each of 2 s at most */
#define CANDIDATE_HELD_MAX	15u	/* packets held between two ends, of one SSRC */

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

/** Let it take about @p bytes at most, from what waits next on; less than some 10 KB is not
 * possible. Else CANDIDATE_ROWS_MAX take 27 MB. */
void candidates_bound(struct candidates *c, size_t bytes);

/**
 * Take a packet between two ends. O(1), amortised.
 * @param hash        keyed, of source, destination and SSRC: all that tells them from others
 * @param held        STREAM: at most CANDIDATE_HELD_MAX of them, in the order they came,
 *                    copies and late ones too; valid until the next call
 * @param confidence  STREAM: 0 to 99
 */
enum candidate_verdict candidates_add(struct candidates *c, uint64_t hash,
				      const struct media_input *in, const struct rtp *rtp,
				      const struct candidate_packet **held, size_t *n,
				      uint8_t *confidence);

/** Something else says now that it is a stream: give what is held of it, until the next
 * call. @return how many; 0: nothing. O(1). */
size_t candidates_take(struct candidates *c, uint64_t hash, const struct candidate_packet **held);

/** Bytes it takes. O(1). */
size_t candidates_memory(const struct candidates *c);

/** Packets that were taken and are of no stream: given up, or still waiting. */
uint64_t candidates_unsure(const struct candidates *c);

#endif
