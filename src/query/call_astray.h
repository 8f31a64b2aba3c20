/**
 * @file call_astray.h  Sound that is in the capture, but goes where nobody waits for it.
 */
#ifndef QUERY_CALL_ASTRAY_H
#define QUERY_CALL_ASTRAY_H

#include "query/query.h"

/** id, where it goes, in words behind others */
#define CALL_ASTRAYS(_) \
	_(NONE,    "") \
	_(PRIVATE, ", sent to a private address") /* while all that comes back has public ones */ \
	_(PORT,    ", sent to another port")	/* of the right host: that nobody described, and that
					   nothing comes from */

enum call_astray {
#define CALL_ASTRAY_ID(id, ...) CALL_ASTRAY_##id,
	CALL_ASTRAYS(CALL_ASTRAY_ID)
#undef CALL_ASTRAY_ID
	CALL_ASTRAY_COUNT
};

/**
 * Whether a stream of a call goes where the other side is not, as far as that is sure: the
 * other side sends, from where it said that it receives or from behind a NAT, and no report
 * of it tells of the stream. O(streams + claims).
 * @param links   the @p n streams of the call
 * @param claims  the @p claim_n descriptions of it
 * @param i       of links: which stream; its side is told
 */
enum call_astray call_stream_astray(struct query *q, const struct stream_link *const *links,
				    size_t n, const struct stream_claim *const *claims,
				    size_t claim_n, size_t i);

#endif
