/**
 * @file digits.h  The digits of a call, whatever brought them.
 *
 * From its streams (RFC 4733), from the bodies of INFO, and from KPML (RFC 4730). A digit
 * that one side pressed is often told more than once: on both legs of a relay, by INFO
 * beside RTP. Each telling is listed, those after the first are marked.
 */
#ifndef QUERY_DIGITS_H
#define QUERY_DIGITS_H

#include "query/query.h"
#include "store/stream.h"

struct query_digit {
	struct digit digit;	/**< stream or message says what told it */
	uint8_t side;		/**< enum call_side: who pressed it; NONE: not known */
	bool again;		/**< another stream or message told it within a second before */
	uint64_t again_by;	/**< private */
};

/** All zero before the first use; the list is owned by it. */
struct query_digits {
	struct query_digit *list;	/**< in order of time */
	size_t n;
	size_t cap;		/**< private */
	bool more;		/**< a body had more than are kept */
};

void query_digits_release(struct query_digits *d);

/**
 * Find the digits of a call. Messages captured twice, retransmitted, or seen again at
 * another hop are taken once. Reads the texts of its INFO and NOTIFY requests, so that
 * the text that @p q kept is another one afterwards. O(messages + n log n).
 * @return d->n.
 */
size_t query_call_digits(struct query *q, const struct call *c, struct query_digits *d);

/** Append the digits that were pressed as text, each once: "1234#"; a flash is "!". Of
 * one side, or of CALL_SIDE_NONE: of all. */
void query_digits_text(const struct query_digits *d, enum call_side side, struct buf *to);

#endif
