/**
 * @file decode.h  From a record to a segment: link, tunnels, IP, fragments.
 *
 * Everything but fragments is a pure function of the record. Fragments are
 * kept per (addresses, id, protocol, outermost VLAN, tunnel depth) in a
 * decoder, so that copies of a packet taken at two places do not mix. Header
 * checksums are not looked at: with offloading they are wrong in good captures.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "decode/segment.h"

struct decoder;
struct glance;

enum decode_result {
	DECODE_SEGMENT,		/**< *seg holds a segment */
	DECODE_HELD,		/**< a fragment; its datagram is not whole */
	DECODE_OTHER,		/**< a protocol that is not looked into; counted by name */
	DECODE_BAD,		/**< cannot be decoded; counted by the name of its flaw */
};

struct decoder *decoder_new(void);
void decoder_free(struct decoder *d);

/** Memory that waiting fragments may take in all (default 64 MiB); at the cap
 * the oldest unfinished datagram is given up first, as if it had expired. */
void decoder_set_fragment_cap(struct decoder *d, size_t bytes);

/**
 * Decode one record. O(headers) for whole packets, no allocation.
 *
 * @param seg  filled when the answer is DECODE_SEGMENT, else of no meaning;
 *             borrows from the record, or from the decoder until its next call.
 */
enum decode_result decode_record(struct decoder *d, const struct record *rec,
				 struct segment *seg);

/** The same where @p g is what glance_udp4() told of the record (decode/glance.h). */
enum decode_result decode_glanced(struct decoder *d, const struct record *rec,
				  const struct glance *g, struct segment *seg);

/** Count the VLAN tag of a record of which the glance was enough. */
void decode_count_tag(struct decoder *d);

/**
 * Take a datagram whose missing fragments will not come any more: 30 s of
 * capture time have passed (RFC 791, 8200: 15 to 120 s), the memory cap was hit,
 * or @p now is INT64_MAX (end of input). To be called in a loop after each
 * decode_record() that returned DECODE_HELD and at the end of input.
 * The segment holds the contiguous bytes from the start, flaw FRAGMENTS; a
 * datagram whose first fragment is missing is only counted.
 * @return false when there is none.
 */
bool decode_expired(struct decoder *d, int64_t now, struct segment *seg);

/**
 * The records of all fragments of the segment given last, those of other fragments
 * around it included, in the order in which they came.
 * @return how many; 0 when it was no segment of fragments. *stamps is valid until the
 *         decoder's next call.
 */
size_t decode_fragments(const struct decoder *d, const struct stamp **stamps);

/** Whether decode_expired() could have something at @p now. O(1). */
bool decode_has_expired(const struct decoder *d, int64_t now);

/** Other protocols, tunnels peeled and flaws, by name. */
enum decode_count_kind {
	DECODE_COUNT_OTHER,	/**< "arp", "icmp", "ethertype 0x88cc" */
	DECODE_COUNT_FLAW,	/**< "ip4 header cut", "vlan cut" ... */
	DECODE_COUNT_TUNNEL,	/**< "vxlan", "gre", "vlan", "mpls", "pppoe" ... */
	/** "held": records whose bytes wait for, or went into, a datagram that
	 * another record completed; and what was wrong with their datagrams.
	 * A datagram with "fragments missing" is a segment all the same. */
	DECODE_COUNT_FRAGMENT,
};

struct decode_count {
	enum decode_count_kind kind;
	const char *name;	/**< owned by the decoder */
	uint64_t n;		/**< packets, above 0 */
};

/** The @p i th of what was counted, in a stable order. @return false past the end. */
bool decode_count_at(const struct decoder *d, size_t i, struct decode_count *count);

/** Name of a LINKTYPE ("ethernet"), or NULL when it is not decoded. */
const char *decode_link_name(uint16_t link);

/** The @p i th link type that is decoded. @return false past the end. */
bool decode_link_at(size_t i, uint16_t *link, const char **name);

#endif
