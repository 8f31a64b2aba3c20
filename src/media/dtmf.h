/**
 * @file dtmf.h  Digits on their way: events in RTP, and bodies of SIP messages.
 *
 * RFC 4733 (telephone-event), RFC 2198 (redundancy), RFC 4730 (KPML). The bodies of INFO
 * follow no RFC: application/dtmf-relay and application/dtmf are as gateways write them,
 * application/vnd.nortelnetworks.digits as far as others read it.
 */
#ifndef MEDIA_DTMF_H
#define MEDIA_DTMF_H

#include "base/str.h"
#include "base/time.h"

#define DTMF_FLASH	16u	/* the event of RFC 2833; reserved since, and still sent */

/** '0' to '9', '*', '#', 'A' to 'D'; '!' for a flash; 0 for any other event. */
char dtmf_digit(unsigned int event);

/** The event of such a digit, small letters too; 255: it is none. */
unsigned int dtmf_event_of(char digit);

/** One report of an event. */
struct dtmf_event {
	uint8_t event;
	bool end;
	uint8_t volume;		/**< below 0 dBm0, 0 to 63 dB */
	uint16_t duration;	/**< so far, in units of the clock rate */
	uint32_t offset;	/**< of its beginning after the timestamp of the packet */
};

/** Where a walk over the reports in a payload is. */
struct dtmf_events {
	struct str rest;
	uint32_t offset;
	bool first, open;	/* private */
};

/**
 * Begin with the first report in the payload of a telephone-event packet. Others follow
 * where whole events came one right after the other (RFC 4733 section 2.5.1.6): what is
 * behind a report that is no end, or has no duration, is padding.
 */
void dtmf_events_of(struct str payload, struct dtmf_events *events);

/** The next report; false at the end. */
bool dtmf_event_next(struct dtmf_events *events, struct dtmf_event *event);

/** One block of a redundant payload; data borrows from it. */
struct red_block {
	uint8_t payload_type;
	uint16_t offset;	/**< before the timestamp of the packet; 0: the primary one */
	struct str data;
};

/** Where a walk over the blocks is. */
struct red_blocks {
	struct str headers, data;	/* private */
};

/** Begin with the first, oldest block (RFC 2198 section 3). @return false when the
 * headers are longer than the payload. */
bool red_blocks_of(struct str payload, struct red_blocks *blocks);

/** The next block, the primary one last; false at the end, and where one is longer than
 * what is there. */
bool red_block_next(struct red_blocks *blocks, struct red_block *block);

/** id, type/subtype */
#define DTMF_BODIES(_) \
	_(RELAY,  "dtmf-relay") \
	_(PLAIN,  "dtmf") \
	_(NORTEL, "vnd.nortelnetworks.digits") \
	_(KPML,   "kpml-response+xml")

enum dtmf_body {
#define DTMF_BODY_ID(id, ...) DTMF_BODY_##id,
	DTMF_BODIES(DTMF_BODY_ID)
#undef DTMF_BODY_ID
	DTMF_BODY_COUNT		/**< tells of no digits */
};

/** What a body of that Content-Type is; its two halves, in any case. */
enum dtmf_body dtmf_body_of(struct str type, struct str subtype);

#define DTMF_TOLD_MAX	64u	/* digits read of one body */

/** The digits that a body tells. */
struct dtmf_told {
	char digits[DTMF_TOLD_MAX + 1];	/**< as by dtmf_digit(), NUL terminated */
	uint8_t n;
	bool more;		/**< there were more than are kept */
	int64_t duration;	/**< ns, of each; TIME_NONE: not told */
};

/** Read a body. @return whether there is a digit in it. O(n), no allocation. */
bool dtmf_body_read(enum dtmf_body kind, struct str body, struct dtmf_told *told);

#endif
