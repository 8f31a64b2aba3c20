/**
 * @file hep_wire.h  What HEP packets are on the wire: the start and the chunks.
 *
 * The layout is that of "HEP3/EEP" by the SIP Capture project: a header of six
 * bytes, "HEP3" (or "EEP1") and the length of all in network order, then chunks:
 * vendor, type and length, two bytes each, the length counting these six.
 */
#ifndef NET_HEP_WIRE_H
#define NET_HEP_WIRE_H

#include "base/str.h"

#define HEP_HEADER	6u		/* bytes in front of the chunks */
#define HEP_CHUNK_HEADER 6u
#define HEP_PACKET_MAX	65535u		/* bytes of a version 3 packet */

/** Types of chunks of vendor 0. */
enum hep_chunk_type {
	HEP_CHUNK_FAMILY = 1,		/**< 1 byte: 2 IPv4, 10 IPv6 */
	HEP_CHUNK_PROTOCOL = 2,		/**< 1 byte: IP protocol number */
	HEP_CHUNK_IP4_SRC = 3,
	HEP_CHUNK_IP4_DST = 4,
	HEP_CHUNK_IP6_SRC = 5,
	HEP_CHUNK_IP6_DST = 6,
	HEP_CHUNK_SRC_PORT = 7,		/**< 2 bytes */
	HEP_CHUNK_DST_PORT = 8,
	HEP_CHUNK_SECONDS = 9,		/**< 4 bytes, since 1970 */
	HEP_CHUNK_MICROSECONDS = 10,	/**< 4 bytes */
	HEP_CHUNK_TYPE = 11,		/**< 1 byte */
	HEP_CHUNK_NODE = 12,		/**< 4 bytes */
	HEP_CHUNK_KEEPALIVE = 13,	/**< 2 bytes, seconds */
	HEP_CHUNK_KEY = 14,
	HEP_CHUNK_PAYLOAD = 15,
	HEP_CHUNK_COMPRESSED = 16,
	HEP_CHUNK_CORRELATION = 17,
	HEP_CHUNK_VLAN = 18,		/**< 2 bytes */
	HEP_CHUNK_NODE_NAME = 19,
};

/** Version of the HEP packet that @p in seems to be: 1, 2, 3; 0: none. Looks at
 * six bytes at most; for versions 1 and 2, which have no magic, it is a guess. */
unsigned hep_wire_version(struct str in);

/** Length of the version 3 packet at the front of a stream.
 * @return 0 when it takes more bytes to tell; SIZE_MAX when there is none. */
size_t hep_wire_length(struct str in);

/** Where in a stream the next version 3 packet may begin: its start with a chunk behind
 * it, as far as there are bytes to tell. @return SIZE_MAX when nowhere. O(bytes). */
size_t hep_wire_find(struct str in);

/** Bytes a chunk of vendor 0 has by its type, without the header; 0: any number. */
size_t hep_chunk_size(unsigned type);

struct hep_chunk {
	uint16_t vendor, type;
	bool lies;		/**< the length was not what it must be: body is what
				     seems to belong to the chunk, or all that is left */
	struct str body;
};

/**
 * Cut the next chunk off the front of *rest. After one whose length is a lie it goes
 * on where the next one seems to begin.
 * @return false at the end, or when nothing that is left is a chunk; *rest is what
 *         is left then. O(1) but for lies; all calls of a packet O(bytes).
 */
bool hep_chunk_next(struct str *rest, struct hep_chunk *chunk);

#endif
