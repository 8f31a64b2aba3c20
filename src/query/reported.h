/**
 * @file reported.h  What the ends of a call say of its media, from every source.
 *
 * - RTCP of its streams, extended reports too, and what capture agents sent of them as JSON;
 * - voice quality reports (RFC 6035) that name its Call-ID, in whichever PUBLISH or NOTIFY;
 * - headers such as X-RTP-Stat in BYE and its answer.
 *
 * Beside each stands the stream it is about, so that what was reported can be put next to
 * what was measured.
 */
#ifndef QUERY_REPORTED_H
#define QUERY_REPORTED_H

#include "media/report.h"
#include "query/query.h"
#include "store/stream.h"

struct reported {
	struct report report;
	uint32_t stream;	/**< it is about; STREAM_NONE: none that was seen */
	uint32_t message;	/**< that carries it; MESSAGE_NONE: none does */
	uint32_t event;		/**< that carries it; EVENT_NONE */
	uint8_t by;		/**< enum call_side: who tells it; NONE: not known */
};

#define REPORTED_MAX	2048u	/* of a call; more are counted */

struct reported_list {
	struct reported *list;	/**< in order of time; owned */
	size_t n, cap;
	uint64_t left;		/**< found and not kept */
};

/** Begin with an empty list: { 0 }. */
void reported_release(struct reported_list *r);

/**
 * Gather the reports of call @p c, replacing what is in @p r. Reads the text of its BYEs,
 * of voice quality reports about it and of reports of agents again. A message that was
 * seen on several hops tells once.
 */
void reported_gather(struct query *q, const struct call *c, struct reported_list *r);

#endif
