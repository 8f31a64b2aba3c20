/**
 * @file sip_reader.h  SIP messages out of one direction of a stream.
 *
 * A message ends where Content-Length says; without one at the next start line
 * or the end of the stream (RFC 3261 18.3, 20.14), never where a segment ends.
 * Empty lines between messages are keep-alives. What is no message is passed over
 * to the next start line and counted. Where bytes are missing the message they
 * belong to is given as far as it is there, with flaw GAP (CUT for the snap
 * length); when that was none, the next one has the flaw.
 */
#ifndef APP_SIP_READER_H
#define APP_SIP_READER_H

#include "sip/scan.h"
#include "transport/intake.h"

#define SIP_READER_HEAD_MAX	(256u << 10)	/* bytes of a head */
#define SIP_READER_MESSAGE_MAX	(4u << 20)	/* bytes of a message */

#define SIP_READER_BEFORE	6

struct sip_reader {
	struct intake in;
	size_t seen;		/* private: see sip_head_whole() */
	uint32_t need;		/* private: bytes of the message at hand; 0: not known */
	uint32_t open_seen;	/* private: bytes of an open body looked at */
	uint64_t skip;		/* private: bytes of a told message still to come */
	uint32_t flaws;		/* private: for the next message */
	bool lost;		/* private: looks for a start line */
	bool found;		/* private: the message at hand was looked for */
	bool torn;		/* private: the first byte at hand follows a hole */
	bool in_line;		/* private: of a line that is no start line */
	bool open;		/* private: at hand is a body without a length */
	uint64_t garbage;	/**< bytes that belong to no message */
	uint32_t keepalives;	/**< runs of line ends between messages (RFC 5626 4.4.1) */
	uint32_t messages;
	uint8_t before[SIP_READER_BEFORE];	/**< the bytes before what is at hand; in take():
						     before the message */
};

/** A message on its way to the store. Everything is borrowed for the call. */
struct sip_piece {
	struct sip_scan *scan;
	struct str text;	/**< start line to body */
	struct place place;	/**< of text; source PLACE_NONE: to be spooled */
	const struct stamp *stamps;
	size_t stamp_n;
};

/** Who takes the messages. */
struct sip_sink {
	/** Where the next message is scanned to: given back by ->scan of take(), or
	 * used again. */
	struct sip_scan *(*room)(void *ctx);
	void (*take)(void *ctx, const struct sip_piece *piece);
	void *ctx;
};

void sip_reader_init(struct sip_reader *r);
void sip_reader_release(struct sip_reader *r);

/** The stream begins in the middle of something, @p in_line: of a line. Look for a
 * start line. */
void sip_reader_lose(struct sip_reader *r, bool in_line);

/** Take the next bytes of the stream, and give the messages that are whole. All
 * calls together are O(bytes). */
void sip_reader_take(struct sip_reader *r, struct str bytes, struct place place,
		     const struct stamp *stamps, size_t n, const struct sip_sink *sink);

/** The other side talks: a body without a length that ends in a line end is taken
 * to be whole, so that a request comes before its response. */
void sip_reader_answered(struct sip_reader *r, const struct sip_sink *sink);

/** @p missing bytes are not there (0: it is not known how many); @p cut: for the
 * snap length. */
void sip_reader_gap(struct sip_reader *r, uint64_t missing, bool cut,
		    const struct sip_sink *sink);

/** The stream is at its end: what waits is given as it is. */
void sip_reader_end(struct sip_reader *r, const struct sip_sink *sink);

#endif
