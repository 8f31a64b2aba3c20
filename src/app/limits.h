/**
 * @file limits.h  What was left out because a sender made too much of it.
 *
 * All that a sender can grow has a bound. What is beyond is counted, and said where
 * people look: on standard error after an answer, in the title of the screens.
 */
#ifndef APP_LIMITS_H
#define APP_LIMITS_H

#include "app/engine.h"

#define LIMITS_MAX	8

struct limit {
	const char *what;	/**< "RTP packets not counted: of ...", static, no full stop */
	uint64_t n;		/**< how many, more than 0 */
};

/** Those reached so far, in an order that stays. O(1). @return how many. */
size_t limits_reached(const struct engine *e, struct limit limits[LIMITS_MAX]);

#endif
