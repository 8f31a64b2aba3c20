/** @file related_int.h  What the parts of query/related share. */
#ifndef QUERY_RELATED_INT_H
#define QUERY_RELATED_INT_H

#include "base/arena.h"
#include "base/hash.h"
#include "query/related.h"

#define RELATED_TOKENS_MAX	64u	/* taken of a message */
#define RELATED_MESSAGES_MAX	64u	/* read of a call that is known */

/** What a message says of itself or of others. */
struct related_token {
	struct str text;	/**< a Call-ID; or a UUID, an icid */
	uint8_t reason;		/**< enum related_reason */
	struct str header;	/**< of HEADER */
};

struct related_tokens {
	struct related_token list[RELATED_TOKENS_MAX];
	size_t n;
	struct str refer_to;	/**< the user whom a Refer-To asks to call; empty: none */
	struct buf text;	/**< of those that do not lie in the message */
};

/** The tokens of @p message, replaced; those of a message that was not read since are
 * valid. @p headers as for related_start(). */
void related_tokens_read(struct related_tokens *t, struct str message, struct str headers);

/** Whether the token is one that both calls have, not a Call-ID. */
static inline bool
related_is_shared(enum related_reason reason)
{
	return reason == RELATED_SESSION_ID || reason == RELATED_ICID;
}

/** How much alike the users of two calls are: 0 not, 1 one of them, 2 both. */
int related_users_alike(const struct call *a, const struct call *b);

#endif
