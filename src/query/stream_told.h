/** @file stream_told.h  What the receiver of a stream says of it, in one. */
#ifndef QUERY_STREAM_TOLD_H
#define QUERY_STREAM_TOLD_H

#include "query/query.h"
#include "query/reported.h"

struct stream_told {
	struct report last;	/**< each figure as the last report has it that tells it */
	uint32_t sources;	/**< bits by enum report_source: what brought reports */
	uint64_t reports;	/**< about it, of its sender too */
};

/** Private: the stream asked last. */
struct query_told {
	uint32_t of;		/* stream */
	uint32_t call;		/* with which it was asked; CALL_NONE */
	uint64_t total;		/* reports then */
	uint32_t messages;	/* of the call then */
	struct stream_told answer;
	struct reported_list list;
};

void query_told_free(struct query_told *t);

/**
 * What was told of the stream of @p item: by RTCP, and where its call is known by messages
 * too. Reads texts, as reported_gather(); nothing when it is the stream of the last
 * question, of which no report and no message came. Valid until the next.
 */
const struct stream_told *query_told(struct query *q, const struct query_item *item);

#endif
