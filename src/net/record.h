/**
 * @file record.h  One captured packet, and where bytes can be found again.
 */
#ifndef NET_RECORD_H
#define NET_RECORD_H

#include "base/time.h"

/**
 * Where bytes lie: in an input file that can be read again, or in the spool.
 * Valid as long as the capture set that gave it (capture/capture.h).
 */
struct place {
	uint64_t offset;	/**< from the start of the file, in bytes */
	uint16_t source;	/**< of the capture set; PLACE_SPOOL, PLACE_NONE */
};

#define PLACE_SPOOL	UINT16_MAX		/* the spool */
#define PLACE_NONE	(UINT16_MAX - 1)	/* nowhere: must be spooled to be kept */

/** A packet as a source gave it. The bytes are borrowed from the source and
 * valid until the next record is asked of it. */
struct record {
	const uint8_t *data;
	uint32_t caplen;	/**< bytes at data */
	uint32_t wirelen;	/**< bytes on the wire; at least caplen */
	int64_t time;		/**< TIME_NONE: the format gives none (SPB) */
	struct place place;	/**< of data[0]; source PLACE_NONE when it has none */
	uint64_t frame;		/**< counts the records of its file from 1; of 48 bits */
	uint16_t source;	/**< index of the source in the capture set */
	uint16_t interface;	/**< pcapng interface of its section, else 0 */
	uint16_t link;		/**< LINKTYPE_ value as in pcap files (not DLT_) */
	bool fleeting;		/**< it lies at its place only once capture_keep() has put it
				     there, before the next record is asked for */
};

/** What records of one interface of a file have in common, a word. */
struct record_tail {
	uint64_t word;		/**< private: from .source on */
};

_Static_assert(sizeof(struct record) - offsetof(struct record, source) == 8, "they are a word");

/** That of a file without interfaces, whose packets stay where they are. */
static inline struct record_tail
record_tail(uint16_t source, uint16_t link)
{
	const struct record rec = { .source = source, .link = link };
	struct record_tail tail;

	memcpy(&tail.word, (const char *)&rec + offsetof(struct record, source), 8);
	return tail;
}

static inline void
record_set_tail(struct record *rec, struct record_tail tail)
{
	memcpy((char *)rec + offsetof(struct record, source), &tail.word, 8);
}

/** The record that brought some bytes of a stream. */
struct stamp {
	int64_t time;		/**< of the record */
	uint64_t at;		/**< private to transport/intake.h */
	uint64_t frame;		/**< counts the records of its file from 1 */
	uint16_t source;	/**< index of the source in the capture set */
};

#endif
