/** @file header.h  Header values of stored messages, by name. */
#ifndef QUERY_HEADER_H
#define QUERY_HEADER_H

#include "query/query.h"
#include "sip/header.h"

/** Walks the values of one header of one message; private but for value. */
struct query_headers {
	struct str value;	/**< trimmed; folded lines as they are */
	struct sip_headers walk;
	enum sip_header_id id;
	struct str name;
};

/** Start at the headers @p name (any case, long or compact) of message @p i.
 * The walk is valid as long as the message's text in @p q. */
void query_headers_start(struct query_headers *h, struct query *q, uint32_t i, struct str name);

/** @return false when there are no more. */
bool query_headers_next(struct query_headers *h);

/** The first value, trimmed; STR_NONE when there is none. */
struct str query_header(struct query *q, uint32_t i, struct str name);

#endif
