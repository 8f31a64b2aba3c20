/**
 * @file messages_text.h  Messages one after another, as a person reads them.
 *
 *	#12  2026-03-01 09:00:00.000000  192.0.2.1:5060 -> 192.0.2.2:5060  UDP
 *	INVITE sip:bob@b.test SIP/2.0
 *	...
 *
 * Where several records brought it they are told behind the transport ("frames
 * 10-12  first byte 08:59:59.999000"), and so is the agent that sent it by HEP.
 * Each ends in an empty line.
 */
#ifndef EXPORT_MESSAGES_TEXT_H
#define EXPORT_MESSAGES_TEXT_H

#include "export/ladder.h"
#include "export/sink.h"
#include "query/query.h"

/** How times are written in the line above a message. */
enum messages_time {
	MESSAGES_TIME_ABSOLUTE,
	MESSAGES_TIME_RELATIVE,	/**< seconds since the first message written */
	MESSAGES_TIME_DELTA,	/**< seconds since the one written before */
};

/** Zeroes are useful. */
struct messages_text_options {
	bool raw;		/**< the bytes as captured, whatever they do to a terminal */
	bool no_head;		/**< the text alone: no line above it, no flaws below */
	bool utc, ascii;
	enum messages_time time;
	ladder_name_fn *name;	/**< of hosts, shown beside the address; NULL: none */
	void *name_ctx;
};

struct messages_text {
	struct sink sink;
	struct query *query;	/**< borrowed */
	struct messages_text_options o;
	uint64_t messages;	/**< written so far */
	int64_t origin;		/**< private: time others are told from */
};

/** @p query and @p out are borrowed until messages_text_end(). */
void messages_text_begin(struct messages_text *t, struct query *query,
			 const struct messages_text_options *options, FILE *out);

/**
 * Write message @p index of the store. One whose text cannot be read again is
 * written without it, which is said there and counted in query->unread.
 * @return false once writing has failed.
 */
bool messages_text_add(struct messages_text *t, uint32_t index);

/** Write out the rest. @return 0, or -1 with *err. */
int messages_text_end(struct messages_text *t, struct err *err);

#endif
